//! A second opinion: small random plans, enumerated with strings and ordered sets, by rules written
//! a second time. It shares nothing with the walk but the plan.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::super::{Coverage, RuleId, prove};
use super::{made, sources};
use crate::action::site::{Owes, Site};
use crate::action::{Action, Unit};
use crate::plan::{After, Plan, Step, StepId};

/// One step of a random plan: what it does, where, and what it waits for.
#[derive(Debug, Clone)]
struct Small {
    what: u8,
    about: u8,
    after: Vec<usize>,
}

fn smalls() -> impl Strategy<Value = Vec<Small>> {
    let one = (0..4_u8, 0..3_u8, proptest::collection::vec(0..8_usize, 0..3));
    proptest::collection::vec(one, 1..8).prop_map(|all| {
        all.into_iter()
            .enumerate()
            .map(|(at, (what, about, after))| {
                let after = after.into_iter().filter(|earlier| *earlier < at).collect();
                Small { what, about, after }
            })
            .collect()
    })
}

/// A plan of such steps, on the nodes of an example.
fn plan_of(base: &Plan, smalls: &[Small]) -> Plan {
    let nodes: Vec<_> = base.topology.clusters.values().flat_map(|c| c.nodes.clone()).collect();
    let mut plan = base.clone();
    plan.start = crate::state::State::new();
    plan.warnings = Vec::new();
    plan.accepted = Vec::new();
    plan.point_of_no_return = None;
    plan.goal = crate::plan::Goal::Registry;
    plan.steps = Vec::new();
    for (at, small) in smalls.iter().enumerate() {
        let node = nodes[usize::from(small.about)].clone();
        let units = vec!["kesl".to_owned()];
        let site = |owes| {
            Action::Site(Site {
                confirm: None,
                name: format!("thing-{}", small.about).parse().expect("a name"),
                node: Some(node.clone()),
                owes: Some(owes),
                probe: None,
                run: vec!["true".to_owned()],
                undo: vec!["true".to_owned()],
            })
        };
        let action = match small.what {
            0 => Action::Unit(Unit::StopAntivirus { node: node.clone(), units }),
            1 => Action::Unit(Unit::StartAntivirus { node: node.clone(), units }),
            2 => site(Owes::Opens),
            _ => site(Owes::Pays),
        };
        let effect = action.effect();
        plan.steps.push(Step {
            after: small
                .after
                .iter()
                .map(|e| After { because: Vec::new(), step: StepId(format!("step-{e}")) })
                .collect(),
            closes: effect.closes().cloned().collect(),
            commands: action.commands(),
            cwd: None,
            id: StepId(format!("step-{at}")),
            kind: action.kind(),
            leaves: effect.done.clone(),
            limit_s: Some(60),
            needs: effect.needs.clone(),
            node: Some(node),
            opens: effect.opens().cloned().collect(),
            phase: crate::plan::Phase::Prepare,
            repeat: action.repeat(),
            rests_on: Vec::new(),
            source: Vec::new(),
            takes: None,
            undo: action.undo(),
            user: None,
            action,
        });
    }
    plan
}

/// What the enumerator found.
#[derive(Debug, Default, PartialEq, Eq)]
struct Found {
    down_sets: usize,
    antivirus: bool,
    debts: bool,
}

/// Every set of steps that can be done and under way, each with what is owed then.
fn enumerate(smalls: &[Small]) -> Found {
    type At = (BTreeSet<usize>, BTreeSet<usize>, BTreeSet<String>);
    let owed = |small: &Small| match small.what {
        0 | 1 => format!("antivirus {}", small.about),
        _ => format!("thing {}", small.about),
    };
    let paid: BTreeSet<String> = smalls.iter().filter(|s| s.what == 3).map(owed).collect();
    let opened: BTreeSet<String> =
        smalls.iter().filter(|s| s.what == 0 || s.what == 2).map(owed).collect();
    let mut found = Found::default();
    let mut seen: BTreeSet<At> = BTreeSet::new();
    let mut done_sets: BTreeMap<BTreeSet<usize>, usize> = BTreeMap::new();
    let mut open: Vec<At> = vec![Default::default()];
    while let Some((done, running, debts)) = open.pop() {
        if !seen.insert((done.clone(), running.clone(), debts.clone())) {
            continue;
        }
        if running.is_empty() {
            *done_sets.entry(done.clone()).or_default() += 1;
            if done.len() == smalls.len() && debts.iter().any(|d| opened.contains(d)) {
                let off = debts.iter().any(|d| d.starts_with("antivirus") && opened.contains(d));
                let thing = debts.iter().any(|d| d.starts_with("thing") && opened.contains(d));
                found.antivirus |= off;
                found.debts |= thing;
            }
        }
        // What can be owed while others are under way: each may have had its effect or not.
        let mut worlds = vec![debts.clone()];
        for other in &running {
            for mut world in worlds.clone() {
                let debt = owed(&smalls[*other]);
                if smalls[*other].what.is_multiple_of(2) {
                    world.insert(debt)
                } else {
                    world.remove(&debt)
                };
                worlds.push(world);
            }
        }
        for (at, small) in smalls.iter().enumerate() {
            let waits = small.after.iter().any(|earlier| !done.contains(earlier));
            let busy = running.iter().any(|other| smalls[*other].about == small.about);
            if done.contains(&at) || running.contains(&at) || waits || busy {
                continue;
            }
            if small.what == 1 {
                let job = running.iter().any(|other| smalls[*other].what > 1);
                let bad = worlds.iter().any(|world| {
                    !world.contains(&owed(small)) || world.iter().any(|debt| paid.contains(debt))
                });
                found.antivirus |= job || bad;
            }
            let mut running = running.clone();
            running.insert(at);
            open.push((done.clone(), running, debts.clone()));
        }
        for at in running.clone() {
            let (mut done, mut running, mut debts) = (done.clone(), running.clone(), debts.clone());
            running.remove(&at);
            done.insert(at);
            let debt = owed(&smalls[at]);
            if smalls[at].what.is_multiple_of(2) {
                debts.insert(debt)
            } else {
                debts.remove(&debt)
            };
            open.push((done, running, debts));
        }
    }
    found.down_sets = done_sets.len();
    found
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3000, ..ProptestConfig::default() })]

    #[test]
    fn agrees_on_the_verdict_and_the_number_of_down_sets(smalls in smalls()) {
        use std::sync::LazyLock;
        static BASE: LazyLock<Plan> = LazyLock::new(|| made("ha", &sources()["ha"]));
        let plan = plan_of(&BASE, &smalls);
        let proof = prove(&plan);
        let Coverage::Whole { down_sets, .. } = proof.coverage else {
            panic!("a small plan is walked as a whole");
        };
        let broken = |id| proof.refutations.iter().any(|r| r.rule == id && r.fault.is_none());
        let found = Found {
            down_sets,
            antivirus: broken(RuleId::Invariant(10)),
            debts: broken(RuleId::Invariant(27)),
        };
        prop_assert_eq!(found, enumerate(&smalls));
    }
}

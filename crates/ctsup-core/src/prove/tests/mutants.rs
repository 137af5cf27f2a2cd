//! Plans tampered with: each mutant is refuted, or listed with the reason why it is as good.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use super::super::check::{Limits, refute};
use super::super::edges::without_edge;
use super::super::{Needed, RuleId, edges};
use super::plans;
use crate::action::dpl::{Dpl, DplOp};
use crate::action::{Action, Kind, Volume, Wait};
use crate::name::NodeName;
use crate::plan::{After, Because, Plan, Step, StepId, WarningCode};

const LIMITS: Limits = Limits { states: 4_000 };

/// Invariants that these mutants cannot break: the planner's (16, 23, 26, 30), the executor's (34), and
/// those that are properties of a step alone, which have a test of their own.
const KEPT_ELSEWHERE: [u8; 9] = [16, 20, 21, 22, 23, 24, 26, 30, 34];

/// A way to tamper with a plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Tampering {
    EdgeDropped,
    EdgeReversed,
    StepDropped,
    StepDoubled,
    StepMoved,
    ClosingDropped,
}

/// A mutant and what became of it.
struct Mutant {
    how: Tampering,
    what: String,
    plan: Plan,
    /// Why it may be as good as the plan.
    excuse: &'static str,
}

#[test]
#[expect(clippy::print_stdout, reason = "the score is the result")]
fn every_mutant_is_refuted_or_explained() {
    let mut score: BTreeMap<(String, Tampering), (usize, usize)> = BTreeMap::new();
    let mut excused: BTreeMap<&str, usize> = BTreeMap::new();
    let mut bites: BTreeMap<RuleId, (usize, usize)> = BTreeMap::new();
    let mut unexplained = String::new();
    for (name, plan) in plans() {
        assert!(refute(&plan, LIMITS).is_empty(), "{name} itself is in order");
        for mutant in mutants(&plan) {
            let entry = score.entry((name.clone(), mutant.how)).or_default();
            entry.0 += 1;
            let by: BTreeSet<RuleId> = refute(&mutant.plan, LIMITS).into_iter().collect();
            for rule in &by {
                let bites = bites.entry(*rule).or_default();
                bites.0 += 1;
                bites.1 += usize::from(by.len() == 1);
            }
            if !by.is_empty() {
                entry.1 += 1;
            } else if mutant.excuse.is_empty() {
                let _ = writeln!(unexplained, "{name}: {:?} {}", mutant.how, mutant.what);
            } else {
                *excused.entry(mutant.excuse).or_default() += 1;
            }
        }
    }
    let mut total = (0, 0);
    let mut report = String::new();
    for ((name, how), (all, refuted)) in &score {
        total = (total.0 + all, total.1 + refuted);
        let _ = writeln!(report, "{name} {how:?}: {refuted} of {all} refuted");
    }
    println!("{report}{} of {} mutants refuted, the others explained:", total.1, total.0);
    for (excuse, count) in &excused {
        println!("{count}: {excuse}");
    }
    for (rule, (all, alone)) in &bites {
        println!("{rule:?} refutes {all} of them, {alone} alone");
    }
    // A rule that refutes nothing could as well be missing.
    for number in (1..=35).filter(|number| !KEPT_ELSEWHERE.contains(number)) {
        assert!(bites.contains_key(&RuleId::Invariant(number)), "invariant {number} never bites");
    }
    assert!(unexplained.is_empty(), "neither refuted nor explained:\n{unexplained}\n{report}");
    assert!(total.1 * 2 > total.0, "{} of {} refuted", total.1, total.0);
}

#[test]
fn each_rule_about_a_step_alone_bites() {
    let broken = |plan: &Plan| -> BTreeSet<RuleId> { refute(plan, LIMITS).into_iter().collect() };
    let bites = |plan: &Plan, number: u8| {
        assert!(broken(plan).contains(&RuleId::Invariant(number)), "invariant {number}");
    };
    let all = plans();
    let with = |name: &str, change: &dyn Fn(&mut Step)| {
        let mut plan = all[name].clone();
        plan.steps.iter_mut().for_each(change);
        plan
    };
    bites(&with("single", &|s| s.limit_s = None), 24);
    bites(&with("single", &|s| s.repeat = crate::action::Repeat::Safe), 25);
    let to_root = with("single", &|s| {
        if let Action::Volume(crate::action::Volume::BackUp {
            by: crate::action::volume::BackUp::Copy { to },
            ..
        }) = &mut s.action
        {
            "/".clone_into(to);
        }
    });
    bites(&to_root, 21);
    let answered = with("ansible-single", &|s| {
        s.commands = vec!["yes | ansible-playbook all.yml".to_owned()];
    });
    bites(&answered, 22);
    let mut both = all["postgres"].clone();
    both.steps.extend(all["cleanup"].steps.clone());
    bites(&both, 20);
}

/// Invariant 31: between the switch and the stop stands nothing but the look that it arrived and the
/// stops of the same node.
#[test]
#[expect(clippy::print_stdout, reason = "how many were tried is the result")]
fn whatever_is_put_into_the_window_is_refuted() {
    let mut tried = 0;
    for (name, plan) in plans() {
        let windows = plan.warnings.iter().filter(|w| w.code == WarningCode::OldContainersWindow);
        let ends = windows.filter_map(|w| w.step.clone().zip(w.until.clone()));
        for (opens, closes) in ends.filter(|(opens, closes)| opens != closes) {
            let node = plan.step(closes.as_str()).and_then(|s| s.node.clone());
            for step in &plan.steps {
                let stop = matches!(
                    &step.action,
                    Action::Dpl(Dpl { op: DplOp::Stop { .. }, .. }) if step.node == node
                );
                if stop || matches!(step.action, Action::Wait(Wait::Arrived { .. })) {
                    continue;
                }
                let mut mutant = plan.clone();
                let place = mutant.steps.iter().position(|s| s.id == closes).expect("a step");
                let mut copy = step.clone();
                copy.id = StepId(format!("{}/inserted", step.id));
                copy.after = vec![After { because: Vec::new(), step: opens.clone() }];
                let waits = After { because: Vec::new(), step: copy.id.clone() };
                mutant.steps[place].after.push(waits);
                mutant.steps.insert(place, copy);
                let found = refute(&mutant, LIMITS);
                let seen = found.contains(&RuleId::Invariant(31));
                assert!(seen, "{name}: {} between {opens} and {closes}: {found:?}", step.id);
                tried += 1;
            }
        }
    }
    println!("{tried} steps put into windows, each refuted");
    assert!(tried > 200, "{tried}");
}

/// A plan that restores one node of a cluster and leaves the other's own newer data is no way back.
#[test]
fn newer_data_of_an_idle_node_is_refuted() {
    let mut plan = plans().remove("restore-ha").expect("there");
    let of_idle = |step: &&Step| {
        matches!(
            &step.action,
            Action::Volume(
                Volume::SetAside { serving: Some(_), .. }
                    | Volume::PutBack { serving: Some(_), .. }
            )
        )
    };
    let ids: Vec<StepId> = plan.steps.iter().filter(of_idle).map(|s| s.id.clone()).collect();
    assert_eq!(ids.len(), 4, "CTS and VoEx, aside and back");
    assert_eq!(refute(&plan, LIMITS), []);
    for id in ids {
        plan = without_step(&plan, &id);
    }
    assert_eq!(refute(&plan, LIMITS), [RuleId::Goal; 2], "CTS and VoEx");
}

#[test]
fn no_edge_is_without_a_reason() {
    for (name, plan) in plans() {
        for edge in edges(&plan, LIMITS) {
            assert_ne!(edge.needed, Needed::Nothing, "{name}: {} -> {}", edge.earlier, edge.later);
        }
    }
}

fn mutants(plan: &Plan) -> Vec<Mutant> {
    let mut all = Vec::new();
    for step in &plan.steps {
        for after in &step.after {
            let what = format!("{} -> {}", after.step, step.id);
            let dropped = without_edge(plan, &after.step, &step.id);
            let excuse = excuse_edge(after);
            all.push(Mutant {
                how: Tampering::EdgeDropped,
                what: what.clone(),
                plan: dropped,
                excuse,
            });
            if let Some(reversed) = reversed(plan, &after.step, &step.id) {
                all.push(Mutant { how: Tampering::EdgeReversed, what, plan: reversed, excuse });
            }
        }
        let what = step.id.to_string();
        let (how, excuse) = match step.closes.is_empty() {
            true => (Tampering::StepDropped, excuse_drop(plan, step)),
            false => (Tampering::ClosingDropped, excuse_drop(plan, step)),
        };
        all.push(Mutant { how, what: what.clone(), plan: without_step(plan, &step.id), excuse });
        let excuse = excuse_double(step);
        all.push(Mutant {
            how: Tampering::StepDoubled,
            what: what.clone(),
            plan: doubled(plan, &step.id),
            excuse,
        });
        if let Some(moved) = moved(plan, step) {
            all.push(Mutant { how: Tampering::StepMoved, what, plan: moved, excuse: "" });
        }
    }
    all
}

/// An edge that only the guide's order, or the file, asks for.
fn excuse_edge(after: &After) -> &'static str {
    let guide = after.because.iter().any(|b| matches!(b, Because::Row(_)));
    let site = after.because.iter().any(|b| matches!(b, Because::Site(_)));
    match (guide, site) {
        (true, _) => return "the guide's order is its only reason",
        (_, true) => return "the site's file puts it there",
        _ => {}
    }
    let invariant = after.because.iter().find_map(|because| match because {
        Because::Invariant(number) => Some(*number),
        _ => None,
    });
    match invariant {
        Some(2) => "each data set's own copy is proven; the order makes all copies at one time",
        Some(4) => "two stops on one host: one goes after the other by itself, in one outage",
        Some(5) => "the executor asks for the active node before each change; so does a look",
        Some(8) => "seen or fetched before the stop: without it only the outage is longer",
        Some(19) => "the list is proven; that it is the active node's, its look has said",
        Some(20 | 27 | 28) => "advice at the end, for which nothing waits",
        Some(25) => "where a playbook left the resources, the gate behind it proves again",
        Some(34) => "one command at a time on a node, which the executor keeps by itself",
        Some(35) => "what a person reads and sends at the end is proven to be asked for",
        _ => "",
    }
}

fn excuse_drop(plan: &Plan, step: &Step) -> &'static str {
    match step.kind {
        Kind::Observe => "it looks, and nothing rests on what it sees but a reader's calm",
        _ if step.action.code() == "volume-fix-owners"
            || step.action.code() == "volume-clear-letsencrypt"
            || step.action.code() == "settings-hold-database"
            || step.action.code() == "settings-auto-upgrade"
            || step.action.code() == "settings-unpin"
            || step.action.code() == "registry-log-out" =>
        {
            "whether it is due, facts and file decide; the plan alone cannot tell"
        }
        Kind::Confirm => "a person is asked, and the model takes the answer for granted",
        _ if matches!(step.action, Action::Site(_)) => {
            "the prover assumes nothing of the site's own"
        }
        _ if matches!(step.action.code(), "dpl-exporters") => {
            "exporters watch: without them users miss nothing"
        }
        _ if step.action.code() == "registry-load"
            && plan.steps.iter().any(|s| s.action.code() == "registry-see-tags") =>
        {
            "the look at the registry's tags stops the run before anything is changed"
        }
        _ if step.action.code() == "dpl-fetch" && plan.topology.clusters.is_empty() => {
            "the deploy fetches what is missing: only the outage is longer"
        }
        _ => "",
    }
}

fn excuse_double(step: &Step) -> &'static str {
    match step.kind {
        Kind::Observe | Kind::Wait => "looking twice changes nothing",
        Kind::Confirm => "asking twice changes nothing",
        Kind::Change if step.action.code() == "dpl-start" => "it starts what runs already",
        Kind::Change if step.repeat == crate::action::Repeat::Safe => "safe to repeat",
        Kind::Change if brings_the_same(step) => "a deploy without an update makes what is there",
        Kind::Change => "",
    }
}

/// A deploy that leaves every release as it is.
fn brings_the_same(step: &Step) -> bool {
    use crate::action::dpl::Brings;
    matches!(&step.action, Action::Dpl(Dpl { op: DplOp::Deploy { brings: Brings::Same, .. }, .. }))
}

fn without_step(plan: &Plan, id: &StepId) -> Plan {
    let mut without = plan.clone();
    let inherited = plan.step(id.as_str()).map(|s| s.after.clone()).unwrap_or_default();
    without.steps.retain(|s| s.id != *id);
    for step in &mut without.steps {
        let waited = step.after.iter().any(|a| a.step == *id);
        step.after.retain(|a| a.step != *id);
        if waited {
            for after in &inherited {
                if !step.after.iter().any(|a| a.step == after.step) {
                    step.after.push(after.clone());
                }
            }
        }
    }
    without
}

/// The step a second time, right behind itself and before what waited for it.
fn doubled(plan: &Plan, id: &StepId) -> Plan {
    let mut doubled = plan.clone();
    let at = plan.steps.iter().position(|s| s.id == *id).expect("a step of the plan");
    let again = StepId(format!("{id}/again"));
    for step in &mut doubled.steps {
        for after in &mut step.after {
            if after.step == *id {
                after.step = again.clone();
            }
        }
    }
    let mut copy = plan.steps[at].clone();
    copy.after = vec![After { because: Vec::new(), step: id.clone() }];
    copy.id = again;
    doubled.steps.insert(at + 1, copy);
    doubled
}

/// The two steps of an edge the other way round; `None` where that is a cycle.
fn reversed(plan: &Plan, earlier: &StepId, later: &StepId) -> Option<Plan> {
    let mut turned = without_edge(plan, earlier, later);
    turned
        .steps
        .iter_mut()
        .find(|s| s.id == *earlier)?
        .after
        .push(After { because: Vec::new(), step: later.clone() });
    // Other steps kept their order; these may now stand before what they wait for.
    for step in &mut turned.steps {
        if step.id == *later {
            step.after.retain(|a| a.step != *earlier);
        }
    }
    let mut sorted: Vec<Step> = Vec::new();
    let mut rest = turned.steps.clone();
    while !rest.is_empty() {
        let ready =
            |s: &Step| s.after.iter().all(|a| sorted.iter().any(|done: &Step| done.id == a.step));
        let next = rest.iter().position(ready)?;
        sorted.push(rest.remove(next));
    }
    turned.steps = sorted;
    Some(turned)
}

/// The step on the other node of its cluster, where it is one that changes something.
fn moved(plan: &Plan, step: &Step) -> Option<Plan> {
    let node = step.node.as_ref()?;
    let pair = plan.topology.clusters.values().find(|c| c.nodes.contains(node))?;
    let other = pair.nodes.iter().find(|n| *n != node)?;
    let docker = matches!(step.action, Action::Dpl(_) | Action::Database(_) | Action::Unit(_));
    if !docker {
        return None;
    }
    let mut moved = plan.clone();
    let changed = moved.steps.iter_mut().find(|s| s.id == step.id)?;
    changed.node = Some(other.clone());
    changed.action = elsewhere(&step.action, other);
    let effect = changed.action.effect();
    changed.needs = effect.needs.clone();
    changed.leaves = effect.done.clone();
    changed.opens = effect.opens().cloned().collect();
    changed.closes = effect.closes().cloned().collect();
    Some(moved)
}

fn elsewhere(action: &Action, node: &NodeName) -> Action {
    let mut action = action.clone();
    match &mut action {
        Action::Dpl(dpl) => dpl.stack.node = node.clone(),
        Action::Database(database) => database.node = node.clone(),
        Action::Unit(
            crate::action::Unit::StopAntivirus { node: n, .. }
            | crate::action::Unit::StartAntivirus { node: n, .. },
        ) => *n = node.clone(),
        _ => {}
    }
    action
}

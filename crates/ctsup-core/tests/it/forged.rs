//! Plans that somebody changed and sealed again: the digest is right, the plan is not.

use ctsup_core::action::dpl::DplOp;
use ctsup_core::action::volume::BackUp;
use ctsup_core::action::{Look, Volume, Wait};
use ctsup_core::plan::lint::Rule;
use ctsup_core::plan::{ReadPlanError, Step, lint};
use ctsup_core::{Action, Atom, Goal, Plan};
use serde_json::{Value, json};

use crate::site;

/// What reading says of a plan with one change, its digest made right again.
fn read(plan: &Plan, change: impl FnOnce(&mut Value)) -> Result<Plan, ReadPlanError> {
    let mut value = serde_json::to_value(plan).expect("a plan is JSON");
    change(&mut value);
    let changed: Plan = serde_json::from_value(value.clone()).expect("of a plan's shape");
    value["digest"] = json!(changed.computed_digest());
    Plan::read(&value.to_string())
}

fn ha() -> Plan {
    let mut plans = site::plans().into_iter();
    let (_, plan) = plans.find(|(name, _)| name.starts_with("ha")).expect("there is one");
    plan
}

#[test]
fn every_plan_of_ours_is_sound() {
    for (name, plan) in site::plans() {
        let read = read(&plan, |_| {});
        assert!(read.is_ok(), "{name}: {read:?}");
    }
}

#[test]
fn what_no_planner_writes_is_refused() {
    let plan = ha();
    let fetch = plan.steps.iter().position(|s| s.id.as_str().ends_with("express/fetch"));
    let fetch = fetch.expect("images are fetched");
    let node = plan.steps[fetch].node.clone().expect("on a node").to_string();
    let other = plan.topology.nodes.keys().find(|name| name.as_str() != node).expect("several");
    let other = other.to_string();
    let server = format!("/topology/nodes/{node}");
    let step = format!("/steps/{fetch}");
    let changes: Vec<(String, Value)> = vec![
        (format!("{step}/node"), json!("nosuch")),
        (format!("{step}/node"), json!(other)),
        (format!("{step}/node"), Value::Null),
        (format!("{step}/user"), json!("root; reboot")),
        (format!("{step}/source"), json!([])),
        (format!("{step}/takes/min_s"), json!(1_000_000_000)),
        (format!("{step}/takes/max_s"), json!(1_000_000_000)),
        (format!("{step}/id"), json!("a b/$(x)")),
        (format!("{server}/fqdn"), json!("a b;$(x)")),
        (format!("{server}/address"), json!("-oProxyCommand=reboot")),
        (format!("{server}/address"), json!("10.0.0.q10")),
        (format!("{server}/user"), json!("root@elsewhere")),
        (format!("{server}/port"), json!(0)),
        ("/topology/clusters/back/nodes".to_owned(), json!([node, node])),
        ("/topology/stacks/0/dir".to_owned(), json!("/opt/../etc")),
        ("/claims".to_owned(), json!([])),
        ("/site".to_owned(), json!("a b")),
    ];
    for (place, to) in changes {
        let read = read(&plan, |value| {
            *value.pointer_mut(&place).unwrap_or_else(|| panic!("{place}")) = to.clone();
        });
        // Who waits for a step by its old name finds it no more.
        let refused =
            matches!(read, Err(ReadPlanError::Unsound { .. } | ReadPlanError::Order { .. }));
        assert!(refused, "{place} = {to}: {read:?}");
    }
}

/// One change within a step, and the rule that it breaks; `false` where the step has nothing such.
type Change = (&'static str, Rule, fn(&mut Step) -> bool);

const CHANGES: &[Change] = &[
    ("a copy without volumes", Rule::BackupFirst, |step| match &mut step.action {
        Action::Volume(Volume::BackUp { by: BackUp::Copy { .. }, paths, .. }) => {
            paths.retain(|path| !path.ends_with("/volumes"));
            true
        }
        _ => false,
    }),
    ("a copy without settings", Rule::BackupFirst, |step| match &mut step.action {
        Action::Volume(Volume::BackUp { by: BackUp::Copy { .. }, paths, .. }) => {
            paths.retain(|path| !path.starts_with("/opt/express"));
            true
        }
        _ => false,
    }),
    ("a backup that nobody verifies", Rule::BackupFirst, |step| match &mut step.action {
        Action::Volume(Volume::BackUp { by: BackUp::Command { probe, .. }, .. }) => {
            probe.clear();
            true
        }
        _ => false,
    }),
    ("a gate that asks nothing", Rule::GatePassed, |step| match &mut step.action {
        Action::Wait(Wait::Gate { on_one, .. }) => {
            on_one.clear();
            true
        }
        _ => false,
    }),
    ("no ports", Rule::PortsFirst, |step| match &mut step.action {
        Action::Look(Look::Ports { ports, .. }) => {
            ports.clear();
            true
        }
        _ => false,
    }),
    ("all of CTS instead of a store", Rule::PathsSafe, |step| match &mut step.action {
        Action::Volume(Volume::ClearLetsEncrypt { dir, .. }) => {
            *dir = "/opt/express".to_owned();
            true
        }
        _ => false,
    }),
    ("a store elsewhere", Rule::PathsSafe, |step| match &mut step.action {
        Action::Volume(Volume::ClearLetsEncrypt { dir, .. }) => {
            *dir = "/opt/express-voice/letsencrypt".to_owned();
            true
        }
        _ => false,
    }),
    ("less is put back than was moved", Rule::GoalReached, |step| match &mut step.action {
        Action::Volume(Volume::PutBack { paths, .. }) => paths.pop().is_some(),
        _ => false,
    }),
];

#[test]
fn a_step_that_says_less_than_it_must_is_found() {
    for (what, rule, change) in CHANGES {
        let mut changed = 0;
        for (name, plan) in site::plans() {
            for place in 0..plan.steps.len() {
                let mut plan = plan.clone();
                if !change(&mut plan.steps[place]) {
                    continue;
                }
                changed += 1;
                let step = &plan.steps[place].id;
                let found = lint(&plan);
                let bites = found.iter().any(|f| f.rule == *rule && f.steps.contains(step));
                assert!(bites, "{name}: {step}: {what}: {found:?}");
            }
        }
        assert!(changed > 0, "no example for {what}");
    }
}

#[test]
fn owners_that_have_to_be_changed_are_not_left_out() {
    let mut changed = 0;
    for (name, mut plan) in site::plans() {
        let all = plan.steps.len();
        plan.steps.retain(|s| !matches!(s.action, Action::Volume(Volume::FixOwners { .. })));
        if plan.steps.len() < all {
            changed += 1;
            let found = lint(&plan);
            assert!(found.iter().any(|f| f.rule == Rule::OnceOnly), "{name}: {found:?}");
        }
    }
    assert!(changed > 0);
}

#[test]
fn a_certificate_that_nothing_reads_does_not_reach_the_goal() {
    let mut changed = 0;
    for (name, mut plan) in site::plans() {
        if plan.goal != Goal::Certificate {
            continue;
        }
        let all = plan.steps.len();
        plan.steps.retain(|s| !matches!(s.action, Action::Dpl(_)));
        if plan.steps.len() < all {
            changed += 1;
            let found = lint(&plan);
            assert!(found.iter().any(|f| f.rule == Rule::GoalReached), "{name}: {found:?}");
        }
    }
    assert!(changed > 0);
}

#[test]
fn an_old_release_is_not_started_on_data_of_the_new_one() {
    let mut changed = 0;
    for (name, plan) in site::plans() {
        for place in 0..plan.steps.len() {
            let mut plan = plan.clone();
            let step = &mut plan.steps[place];
            let Action::Dpl(dpl) = &mut step.action else { continue };
            if plan.goal != Goal::Upgrade || !matches!(dpl.op, DplOp::Deploy { .. }) {
                continue;
            }
            let met = Atom::Met(dpl.data.clone());
            dpl.op = DplOp::Start;
            step.leaves.retain(|c| !matches!(c.atom, Atom::New(_) | Atom::Met(_)));
            let earlier =
                plan.steps[..place].iter().any(|s| s.leaves.iter().any(|c| c.atom == met));
            if !earlier {
                continue;
            }
            changed += 1;
            let step = &plan.steps[place].id;
            let found = lint(&plan);
            let bites =
                found.iter().any(|f| f.rule == Rule::WindowClosed && f.steps.contains(step));
            assert!(bites, "{name}: {step}: {found:?}");
        }
    }
    assert!(changed > 0);
}

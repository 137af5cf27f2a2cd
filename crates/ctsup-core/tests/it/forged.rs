//! Plans that somebody changed and sealed again: the digest is right, the plan is not.

use ctsup_core::Plan;
use ctsup_core::plan::ReadPlanError;
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
        (format!("{server}/become"), json!("perhaps")),
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

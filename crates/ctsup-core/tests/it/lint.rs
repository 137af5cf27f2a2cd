//! Plans of the planner have no findings.

use ctsup_core::plan::{ReadPlanError, lint};
use ctsup_core::{Goal, Plan};

use crate::site;

#[test]
fn plans_are_clean() {
    let mut found = Vec::new();
    for (name, plan) in site::plans() {
        found.extend(lint(&plan).into_iter().map(|finding| format!("{name}: {finding}")));
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn derived_fields_are_compared() {
    let (name, plan) = site::plans().swap_remove(0);
    for command in ["rm -rf /", "reboot"] {
        let mut value = serde_json::to_value(&plan).expect("a plan is JSON");
        value["steps"][0]["commands"] = serde_json::json!([command]);
        let changed: Plan = serde_json::from_value(value.clone()).expect("of a plan's shape");
        value["digest"] = serde_json::json!(changed.computed_digest());
        let read = Plan::read(&value.to_string());
        assert!(matches!(read, Err(ReadPlanError::Derived { .. })), "{name}: {read:?}");
    }
}

#[test]
fn every_site_has_a_plan() {
    for site in site::all() {
        let planned =
            Goal::ALL.iter().any(|goal| site::plan(&site.text, *goal).planned().is_some());
        let said = site::plan(&site.text, Goal::Upgrade).diagnostics().to_vec();
        assert!(planned, "{}: {said:#?}", site.name);
    }
}

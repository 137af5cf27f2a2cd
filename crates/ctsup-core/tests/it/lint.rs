//! Plans of the planner have no findings.

use ctsup_core::Goal;
use ctsup_core::plan::lint;

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
fn every_site_has_a_plan() {
    for site in site::all() {
        let planned =
            Goal::ALL.iter().any(|goal| site::plan(&site.text, *goal).planned().is_some());
        let said = site::plan(&site.text, Goal::Upgrade).diagnostics().to_vec();
        assert!(planned, "{}: {said:#?}", site.name);
    }
}

//! What users notice of a state.

use std::collections::BTreeSet;

use super::super::fault::set;
use super::super::model::Model;
use super::super::people::{Function, Service};
use super::super::{Outlook, prove};
use super::{made, plans, sources};
use crate::catalogue::Catalogue;
use crate::plan::{Plan, StepId, WarningCode};

/// Steps while which users miss something, in the plan's own order, that lie in no outage which the
/// plan names. The prover works the first out from states, the procedures name the second.
pub(super) fn unnamed_outages(plan: &Plan, outlook: &Outlook) -> Vec<StepId> {
    let at = |id: &StepId| plan.steps.iter().position(|step| step.id == *id);
    let mut named = BTreeSet::new();
    for warning in plan.warnings.iter().filter(|w| w.code == WarningCode::Outage) {
        let first = warning.step.as_ref().and_then(at).unwrap_or(0);
        let last = warning.until.as_ref().and_then(at).unwrap_or(first);
        named.extend(first..=last);
    }
    let missed = outlook.forecast.iter().flat_map(|f| &f.outages).flat_map(|o| &o.steps);
    let missed: BTreeSet<_> = missed.filter_map(at).collect();
    missed.difference(&named).map(|place| plan.steps[*place].id.clone()).collect()
}

#[test]
fn a_plan_names_every_outage_that_its_proof_foresees() {
    for (name, plan) in plans() {
        let outlook = prove(&plan).outlook;
        assert_eq!(unnamed_outages(&plan, &outlook), [], "{name}");
    }
}

/// Whether users have messages where these hold beside what holds at the start.
fn messages(name: &str, atoms: &[(&str, bool)]) -> bool {
    let plan = plans().remove(name).expect("an example");
    let model = Model::of(&plan).expect("small enough");
    let mut state = model.start;
    for (text, holds) in atoms {
        let atom: crate::state::Atom = text.parse().expect("a proposition");
        set(&model, &mut state, &atom, *holds);
    }
    !Service::of(&model).missing(&state).contains(&Function::Messages)
}

/// Planned anew from every place of it, where services are down as the plan left them.
#[test]
fn a_plan_made_anew_names_the_outage_that_it_begins_in() {
    let mut already = 0;
    for (name, text) in sources() {
        let plan = made(&name, &text);
        let parsed = crate::topology::parse(&text, None);
        let mut state = plan.start.clone();
        for step in &plan.steps {
            for condition in &step.leaves {
                state.apply(condition);
            }
            let goal = super::goal(&text);
            let outcome = crate::plan_from(&parsed, Catalogue::built_in(), goal, Some(&state));
            let Some(anew) = outcome.planned().map(|planned| &planned.plan) else { continue };
            let outlook = prove(anew).outlook;
            assert_eq!(unnamed_outages(anew, &outlook), [], "{name} behind {}", step.id);
            let since = anew.warnings.iter().filter(|w| w.args.contains_key("since"));
            already += since.count();
        }
    }
    assert!(already > 100, "{already} outages that were there before");
}

#[test]
fn a_database_starts_only_on_files_of_its_own_version() {
    let over =
        [("active(back-01)", false), ("active(back-02)", true), ("running(back-02/express)", true)];
    let with = |more: &[(&'static str, bool)]| messages("ha-postgres", &[&over[..], more].concat());
    assert!(with(&[]), "before the upgrade");
    assert!(!with(&[("database-new", true)]), "old containers on upgraded files");
    assert!(with(&[("database-new", true), ("new(back-02/express)", true)]), "behind it");
}

#[test]
fn between_data_set_aside_and_put_back_nobody_is_served() {
    let aside = ("set-aside(back/express)", true);
    assert!(messages("restore-ha", &[]));
    assert!(!messages("restore-ha", &[aside]));
}

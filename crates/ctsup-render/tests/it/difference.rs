//! Differences of plans: none of a plan with itself, and all that a person must know of two.

use std::fs;

use ctsup_core::{Catalogue, Goal, Outcome, Plan, Request};
use ctsup_render::{Lang, Options, Words, difference};

use crate::example;

#[test]
fn a_plan_does_not_differ_from_itself() {
    for example in example::all() {
        let plan = &example.planned.plan;
        assert_eq!(difference(plan, plan, Words::of(Lang::En), &Options::default()), None);
    }
}

#[test]
fn any_two_plans_can_be_compared() {
    let plans: Vec<_> = example::all().iter().map(|example| &example.planned.plan).collect();
    for pair in plans.windows(2) {
        for lang in Lang::ALL {
            let said = difference(pair[0], pair[1], Words::of(lang), &Options::default());
            assert!(said.is_some());
        }
    }
}

/// The plan of an example with a text replaced.
fn changed(name: &str, from: &str, to: &str) -> Plan {
    let path = example::path(&format!("examples/{name}.toml"));
    let text = fs::read_to_string(path).expect("the example can be read");
    assert!(text.contains(from), "{from} is in examples/{name}.toml");
    let outcome = ctsup_core::plan(&Request {
        topology: &text.replace(from, to),
        facts: None,
        image_lists: &std::collections::BTreeMap::new(),
        catalogue: Catalogue::built_in(),
        goal: Goal::Upgrade,
    });
    match outcome {
        Outcome::Ready(planned) => planned.plan,
        other => panic!("{:#?}", other.diagnostics()),
    }
}

#[test]
fn other_active_nodes_are_other_steps_and_claims() {
    let old = &example::of("ha", Goal::Upgrade).planned.plan;
    let new = changed("ha", "active = \"front-01\"", "active = \"front-02\"");
    let mut settings = insta::Settings::clone_current();
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| {
        for lang in Lang::ALL {
            let said = difference(old, &new, Words::of(lang), &Options::default());
            let name = format!("ha.other-front.{}", lang.as_str());
            insta::assert_snapshot!(name, said.expect("the plans differ"));
        }
    });
}

#[test]
fn another_backup_directory_changes_commands_only() {
    let old = &example::of("single", Goal::Upgrade).planned.plan;
    let new = changed("single", "to = \"/backup\"", "to = \"/srv/backup\"");
    let said = difference(old, &new, Words::of(Lang::En), &Options::default());
    let said = said.expect("the plans differ");
    assert!(said.contains("+ mkdir /srv/backup/romashka-cts-express-before-upgrade-2.5.7"));
    assert!(!said.contains("Steps that went and came"));
    assert!(!said.contains("Order that is promised"));
}

//! Every row of the guide is carried out by a step of some example, or has a written reason.

use std::collections::{BTreeMap, BTreeSet};

use ctsup_core::action::Pcs;
use ctsup_core::guide::{self, RowKey};
use ctsup_core::plan::{Source, Step};
use ctsup_core::prove::rollback_at;
use ctsup_core::topology::parse;
use ctsup_core::{Action, Catalogue, Goal, Outcome};

use crate::site;

/// Rows that no example's step cites yet. The list only shrinks: a row that is cited must leave it.
const TO_COME: &[&str] = &[];

#[test]
fn every_row_has_a_step_or_a_reason() {
    let mut cited: BTreeMap<RowKey, usize> = BTreeMap::new();
    for (_, plan) in site::example_plans() {
        for source in plan.steps.iter().flat_map(|step| &step.source) {
            if let Source::Row(row) = source {
                *cited.entry(*row).or_default() += 1;
            }
        }
    }
    let reasons: BTreeMap<&str, &str> = include_str!("data/reasons.txt")
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .map(|line| line.split_once(char::is_whitespace).expect("a row and a reason"))
        .collect();
    let known: BTreeSet<_> = guide::rows().iter().map(|row| row.key).collect();
    let mut wrong = Vec::new();
    for row in guide::rows() {
        let key = RowKey::parse(row.key).expect("a row of the table");
        let ways =
            [cited.contains_key(&key), reasons.contains_key(row.key), TO_COME.contains(&row.key)];
        if ways.iter().filter(|way| **way).count() != 1 {
            wrong.push(format!("{}: cited, with a reason, to come: {ways:?}", row.key));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    for key in reasons.keys().chain(TO_COME) {
        assert!(known.contains(key), "the guide has no row {key}");
    }
    if !TO_COME.is_empty() {
        println!("rows to come: {}", TO_COME.join(" "));
    }
}

/// No example begins in the middle of a run, so this row stands in no example's plan.
#[test]
fn way_back_before_the_first_deploy() {
    let ha = site::all().into_iter().find(|site| site.name == "ha").expect("an example");
    let Outcome::Ready(upgrade) = site::plan(&ha.text, Goal::Upgrade) else { panic!("a plan") };
    let switched = |step: &Step| step.id.as_str().ends_with("/cluster/arrived");
    let upgrade = upgrade.plan;
    let first = upgrade.steps.iter().position(switched).expect("a switch");
    let done = upgrade.steps[..=first].iter().map(|step| step.id.clone()).collect();
    let mut parsed = parse(&ha.text, None);
    let back = rollback_at(&mut parsed, Catalogue::built_in(), &upgrade, &done);
    let Outcome::Ready(back) = back else { panic!("a way back: {:?}", back.diagnostics()) };
    let row = RowKey::parse("HA-RB.a").expect("a row");
    let moves = |step: &&Step| matches!(step.action, Action::Pcs(Pcs::Move { .. }));
    let moved: Vec<_> = back.plan.steps.iter().filter(moves).collect();
    assert_eq!(moved.len(), 1, "one cluster was switched, one goes back");
    assert!(moved[0].source.contains(&Source::Row(row)));
    assert!(!back.plan.steps.iter().any(|step| matches!(step.action, Action::Dpl(_))));
}

#[test]
fn every_step_has_a_source() {
    for (name, plan) in site::example_plans() {
        for step in &plan.steps {
            assert!(!step.source.is_empty(), "{name}: {}", step.id);
        }
    }
}

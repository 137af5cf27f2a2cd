//! Every row of the guide is carried out by a step of some example, or has a written reason.

use std::collections::{BTreeMap, BTreeSet};

use ctsup_core::guide::{self, RowKey};
use ctsup_core::plan::Source;

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

#[test]
fn every_step_has_a_source() {
    for (name, plan) in site::example_plans() {
        for step in &plan.steps {
            assert!(!step.source.is_empty(), "{name}: {}", step.id);
        }
    }
}

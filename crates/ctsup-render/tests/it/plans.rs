//! The JSON plan of every example, for the goal that its first lines name, kept in
//! `fixtures/plans/`: the format's fixtures, and what a change of the planner changes.
//!
//! `UPDATE_PLANS=1` writes them anew; review the difference like code.

use std::fs;

use ctsup_core::{Goal, Plan};

use crate::example;

/// The goal in the example's own instructions.
fn goal(name: &str) -> Goal {
    let path = example::path(&format!("examples/{name}.toml"));
    let text = fs::read_to_string(path).expect("the example can be read");
    let named = text.lines().find_map(|line| line.split_once("--goal "));
    named.and_then(|(_, goal)| Goal::parse(goal.trim())).unwrap_or(Goal::Upgrade)
}

#[test]
fn every_example_has_the_plan_that_is_kept() {
    let mut names: Vec<_> = example::all().iter().map(|e| e.name.clone()).collect();
    names.dedup();
    assert!(names.len() >= 14, "an example for each kind and goal");
    let mut differ = Vec::new();
    for name in names {
        let plan = &example::of(&name, goal(&name)).planned.plan;
        assert!(!plan.is_empty(), "examples/{name}.toml shows a plan");
        let path = example::path(&format!("fixtures/plans/{name}.json"));
        let json = plan.to_json();
        if std::env::var_os("UPDATE_PLANS").is_some() {
            fs::write(&path, &json).expect("the plan can be written");
        }
        let kept = fs::read_to_string(&path).unwrap_or_default();
        if kept != json {
            differ.push(name);
        }
    }
    assert!(differ.is_empty(), "other plans than kept, UPDATE_PLANS=1 shows how: {differ:?}");
}

#[test]
fn every_kept_plan_can_be_read() {
    let kept = fs::read_dir(example::path("fixtures/plans")).expect("there are kept plans");
    for entry in kept {
        let path = entry.expect("plans can be listed").path();
        let text = fs::read_to_string(&path).expect("a plan can be read");
        let plan = Plan::read(&text).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        assert_eq!(plan.to_json(), text, "{}", path.display());
    }
}

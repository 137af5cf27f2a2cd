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

/// JSON as RFC 8785 has it, for what plans are made of: ASCII keys, no fractions.
fn sorted(value: &serde_json::Value) -> String {
    use serde_json::Value;
    match value {
        Value::Object(all) => {
            let mut keys: Vec<_> = all.keys().collect();
            keys.sort();
            let part =
                |key: &String| format!("{}:{}", Value::from(key.as_str()), sorted(&all[key]));
            format!("{{{}}}", keys.into_iter().map(part).collect::<Vec<_>>().join(","))
        }
        Value::Array(all) => {
            format!("[{}]", all.iter().map(sorted).collect::<Vec<_>>().join(","))
        }
        other => other.to_string(),
    }
}

/// Anybody who sorts the keys of a kept plan and takes its digest out has what the digest is over.
#[test]
fn the_digest_is_over_the_sorted_document() {
    let kept = fs::read_dir(example::path("fixtures/plans")).expect("there are kept plans");
    for entry in kept {
        let path = entry.expect("plans can be listed").path();
        let text = fs::read_to_string(&path).expect("a plan can be read");
        let mut value: serde_json::Value = serde_json::from_str(&text).expect("JSON");
        value.as_object_mut().expect("an object").remove("digest");
        let plan = Plan::read(&text).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        assert_eq!(sorted(&value), plan.canonical(), "{}", path.display());
    }
}

/// Not every action is in a kept plan: the fields of all that is written stand in order in the code.
#[test]
fn fields_stand_in_the_order_of_their_names() {
    let folder = |path: &str| -> Vec<std::path::PathBuf> {
        let all = fs::read_dir(example::path(path)).expect("a folder of the project");
        all.map(|entry| entry.expect("readable").path()).collect()
    };
    let mut files = folder("crates/ctsup-core/src/action");
    files.extend(
        ["plan.rs", "plan/servers.rs", "plan/step.rs", "plan/warning.rs", "fact.rs"]
            .map(|f| example::path(&format!("crates/ctsup-core/src/{f}"))),
    );
    let mut checked = 0;
    for file in files {
        let text = fs::read_to_string(&file).expect("readable");
        let mut written = false;
        let mut before: Option<(usize, String)> = None;
        for line in text.lines() {
            if line.starts_with("#[derive(") {
                written = line.contains("Serialize");
            }
            let indent = line.len() - line.trim_start().len();
            let bare = line.trim().trim_start_matches("pub ").trim_start_matches("r#");
            if !written || bare.starts_with("///") || bare.starts_with("#[") {
                continue;
            }
            let field = bare.split_once(": ").map(|(name, _)| name).filter(|name| {
                !name.is_empty() && name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_')
            });
            match field {
                Some(name) => {
                    if let Some((at, earlier)) = &before
                        && *at == indent
                    {
                        assert!(earlier.as_str() < name, "{}: {earlier}, {name}", file.display());
                        checked += 1;
                    }
                    before = Some((indent, name.to_owned()));
                }
                None => before = None,
            }
            if line.starts_with('}') {
                written = false;
            }
        }
    }
    assert!(checked > 50, "{checked} pairs of fields");
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

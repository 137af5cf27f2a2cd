//! The prover tried on every example: proven as they are, refuted when tampered with, and agreed
//! with by an enumerator that shares nothing with it.

mod enumerator;
mod examples;
mod mutants;
mod people;

use std::collections::BTreeMap;

use crate::catalogue::Catalogue;
use crate::plan::{Goal, Plan};
use crate::planner::{Request, plan};

/// The plans of the example files, by their names.
fn plans() -> BTreeMap<String, Plan> {
    sources()
        .into_iter()
        .map(|(name, text)| {
            let made = made(&name, &text);
            (name, made)
        })
        .collect()
}

/// The example files' texts.
fn sources() -> BTreeMap<String, String> {
    let dir = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples");
    let mut all = BTreeMap::new();
    for entry in std::fs::read_dir(dir).expect("the examples are there") {
        let path = entry.expect("readable").path();
        if path.extension().is_some_and(|e| e == "toml") {
            let name = path.file_stem().expect("named").to_string_lossy().into_owned();
            all.insert(name, std::fs::read_to_string(&path).expect("readable"));
        }
    }
    all
}

fn goal(text: &str) -> Goal {
    text.lines()
        .filter_map(|line| line.split_once("--goal "))
        .find_map(|(_, rest)| Goal::parse(rest.split_whitespace().next()?))
        .unwrap_or(Goal::Upgrade)
}

fn made(name: &str, text: &str) -> Plan {
    let mut lists = BTreeMap::new();
    if text.contains("cts-current_version") {
        let path =
            concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/lists/cts-current_version.txt");
        let list = std::fs::read_to_string(path).expect("the list is there");
        lists.insert("cts".parse().expect("a name"), list);
    }
    let catalogue = Catalogue::built_in();
    let request =
        Request { topology: text, facts: None, image_lists: &lists, catalogue, goal: goal(text) };
    let outcome = plan(&request);
    match outcome.planned() {
        Some(planned) => planned.plan.clone(),
        None => panic!("{name} plans: {:?}", outcome.diagnostics()),
    }
}

//! The example topologies, planned for the goal that their first comment names.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use ctsup_core::{
    Catalogue, Goal, NodeName, Outcome, Parsed, Plan, Request, StepId, inputs, plan, plan_back,
};

fn dir() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples")
}

/// All examples by name, in order.
pub(crate) fn all() -> Vec<(String, Plan)> {
    let mut names: Vec<String> = std::fs::read_dir(dir())
        .expect("the examples are there")
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter_map(|name| name.strip_suffix(".toml").map(str::to_owned))
        .collect();
    names.sort();
    names.into_iter().map(|name| (name.clone(), planned(&name))).collect()
}

/// One example's text, what it is planned for, and the image lists that it names.
fn read(name: &str) -> (String, Goal, BTreeMap<NodeName, String>) {
    let text = std::fs::read_to_string(dir().join(format!("{name}.toml"))).expect("an example");
    let asked = text.lines().find_map(|l| l.split_once("--goal ").map(|(_, goal)| goal.trim()));
    let goal = asked.map_or(Goal::Upgrade, |goal| Goal::parse(goal).expect("a goal"));
    let mut image_lists = BTreeMap::new();
    if name == "rollback-single" {
        let list = std::fs::read_to_string(dir().join("lists/cts-current_version.txt"));
        image_lists.insert("cts".parse().expect("a name"), list.expect("a saved list"));
    }
    (text, goal, image_lists)
}

fn request<'a>(
    text: &'a str,
    goal: Goal,
    image_lists: &'a BTreeMap<NodeName, String>,
) -> Request<'a> {
    Request { topology: text, facts: None, image_lists, catalogue: Catalogue::built_in(), goal }
}

/// One example as the planner reads it.
pub(crate) fn parsed(name: &str) -> (Parsed, Goal) {
    let (text, goal, lists) = read(name);
    (inputs(&request(&text, goal, &lists)), goal)
}

/// The same by hand: `[method]` taken out of its file, as a refused plan by playbooks says.
pub(crate) fn parsed_by_hand(name: &str) -> (Parsed, Goal) {
    let (text, goal, lists) = read(name);
    let mut by_hand = String::new();
    let mut table = "";
    for line in text.lines() {
        if line.starts_with('[') {
            table = line;
        }
        if table != "[method]" {
            by_hand.push_str(line);
            by_hand.push('\n');
        }
    }
    (inputs(&request(&by_hand, goal, &lists)), goal)
}

/// One example's plan.
pub(crate) fn planned(name: &str) -> Plan {
    let (text, goal, lists) = read(name);
    match plan(&request(&text, goal, &lists)) {
        Outcome::Ready(planned) | Outcome::NothingToDo(planned) => planned.plan,
        Outcome::Stopped(found) => panic!("{name}: {found:?}"),
    }
}

/// The way back of an example from the place where just these steps are done.
pub(crate) fn back(
    name: &str,
    image_lists: &BTreeMap<NodeName, String>,
    plan: &Plan,
    done: &BTreeSet<StepId>,
) -> Outcome {
    let text = std::fs::read_to_string(dir().join(format!("{name}.toml"))).expect("an example");
    let catalogue = Catalogue::built_in();
    let goal = Goal::Rollback;
    // What is measured before anything is put back.
    let holders: BTreeSet<_> = plan.topology.stacks.iter().map(|s| &s.data.holder).collect();
    let mut facts = String::new();
    for holder in holders {
        facts.push_str(&format!("[data.{holder}]\nfree_volumes = \"900 GiB\"\n"));
        if !text.contains(&format!("[facts.data.{holder}]\nvolumes")) {
            facts.push_str("volumes = \"40 GiB\"\n");
        }
    }
    let facts = Some(facts.as_str());
    let request = Request { topology: &text, facts, image_lists, catalogue, goal };
    plan_back(&request, plan, done)
}

//! Proves the plans of topology files, and says how many states that took and how long.

#![allow(clippy::print_stdout, reason = "a report for people")]

use std::collections::BTreeMap;
use std::time::Instant;

use ctsup_core::prove::prove;
use ctsup_core::{Catalogue, Goal, Request, plan};

fn main() {
    let lists = std::fs::read_to_string("examples/lists/cts-current_version.txt");
    for file in std::env::args().skip(1) {
        let Ok(topology) = std::fs::read_to_string(&file) else {
            println!("{file}: cannot be read");
            continue;
        };
        let goal = topology
            .lines()
            .filter_map(|line| line.split_once("--goal "))
            .find_map(|(_, rest)| Goal::parse(rest.split_whitespace().next()?))
            .unwrap_or(Goal::Upgrade);
        let mut image_lists = BTreeMap::new();
        if topology.contains("cts-current_version")
            && let (Ok(list), Ok(node)) = (&lists, "cts".parse())
        {
            image_lists.insert(node, list.clone());
        }
        let catalogue = Catalogue::built_in();
        let request = Request {
            topology: &topology,
            facts: None,
            image_lists: &image_lists,
            catalogue,
            goal,
        };
        let outcome = plan(&request);
        let Some(planned) = outcome.planned() else {
            println!("{file}: {:?}", outcome.diagnostics());
            continue;
        };
        let begun = Instant::now();
        let proof = prove(&planned.plan);
        let took = begun.elapsed();
        let Coverage { states, .. } = summary(&proof);
        println!(
            "{file}: {:?}, {} steps, {states}, {} faults tried, {} dead ends, {took:?}",
            proof.verdict,
            planned.plan.steps.len(),
            proof.faults.tried,
            proof.faults.dead_ends,
        );
        for found in &proof.refutations {
            println!("  {}", serde_json::to_string(found).unwrap_or_default());
        }
        if std::env::var_os("CELLS").is_some() {
            for cell in &proof.table {
                println!("  {}", serde_json::to_string(cell).unwrap_or_default());
            }
        }
        if std::env::var_os("REST").is_some() {
            println!("  {}", serde_json::to_string(&proof.outlook).unwrap_or_default());
        }
    }
}

struct Coverage {
    states: String,
}

fn summary(proof: &ctsup_core::prove::Proof) -> Coverage {
    Coverage { states: serde_json::to_string(&proof.coverage).unwrap_or_default() }
}

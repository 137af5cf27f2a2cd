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
        println!(
            "{file}: {:?} {:?} {} steps in {took:?}",
            proof.verdict,
            proof.coverage,
            planned.plan.steps.len()
        );
        for found in &proof.refutations {
            println!(
                "  {:?} at {:?}",
                found.rule,
                found.starting.as_ref().map(ToString::to_string)
            );
            println!("    facts {}", serde_json::to_string(&found.facts).unwrap_or_default());
            println!(
                "    prevented {}",
                serde_json::to_string(&found.prevented).unwrap_or_default()
            );
            let story: Vec<_> =
                found.story.iter().map(|h| format!("{:?} {}", h.event, h.step)).collect();
            println!(
                "    story of {}: .. {}",
                story.len(),
                story[story.len().saturating_sub(6)..].join(", ")
            );
        }
    }
}

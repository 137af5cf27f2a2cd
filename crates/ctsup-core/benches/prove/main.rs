//! How long a full proof takes, with all faults, and how that grows with the plan.
//!
//! Measured is the time that this one thread was on a processor, where the system tells (Linux), so
//! that a busy machine does not count; else the time on the clock. The best of some turns stands.
//! The proof of the four-node plan has to stay within a second.

#![allow(clippy::print_stdout, reason = "a report for people")]

use std::collections::BTreeMap;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use ctsup_core::prove::{Coverage, prove};
use ctsup_core::{Catalogue, Goal, Request, plan};

/// Examples, the smallest plan first; all are planned from their files alone.
const EXAMPLES: [&str; 8] =
    ["single", "single-old", "split", "split-old", "restore-ha", "ha-vendor", "ha", "ha-postgres"];
const TURNS: usize = 5;
const LIMIT: Duration = Duration::from_secs(1);

fn main() -> ExitCode {
    println!("{:<12} {:>5} {:>8} {:>8} {:>10}", "plan", "steps", "states", "faults", "time");
    let mut slow = false;
    for name in EXAMPLES {
        let path = format!("{}/../../examples/{name}.toml", env!("CARGO_MANIFEST_DIR"));
        let topology = std::fs::read_to_string(path).expect("an example");
        let goal = topology
            .lines()
            .find_map(|l| Goal::parse(l.split_once("--goal ")?.1.split_whitespace().next()?))
            .unwrap_or(Goal::Upgrade);
        let outcome = plan(&Request {
            topology: &topology,
            facts: None,
            image_lists: &BTreeMap::new(),
            catalogue: Catalogue::built_in(),
            goal,
        });
        let plan = &outcome.planned().expect("the example has a plan").plan;
        let mut best = Duration::MAX;
        let mut proof = prove(plan);
        for _ in 0..TURNS {
            let from = spent();
            proof = prove(plan);
            best = best.min(spent().saturating_sub(from));
        }
        let states = match proof.coverage {
            Coverage::Whole { states, .. }
            | Coverage::WithoutInert { states, .. }
            | Coverage::PerRule { states, .. } => states,
            Coverage::None => 0,
        };
        let (steps, faults) = (plan.steps.len(), proof.faults.tried);
        println!("{name:<12} {steps:>5} {states:>8} {faults:>8} {:>7} ms", best.as_millis());
        slow |= name == "ha" && best > LIMIT;
    }
    if slow { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

/// Time that this thread spent on a processor.
fn spent() -> Duration {
    static BEGUN: std::sync::LazyLock<Instant> = std::sync::LazyLock::new(Instant::now);
    let on_cpu = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let on_cpu = on_cpu.and_then(|text| text.split_whitespace().next()?.parse().ok());
    on_cpu.map_or_else(|| BEGUN.elapsed(), Duration::from_nanos)
}

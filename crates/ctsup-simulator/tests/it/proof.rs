//! What a proof says, against hosts that know nothing of it: faults, ways back, forecasts.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use ctsup_core::action::Why;
use ctsup_core::prove::{
    Back, Fault, Residue, after_fault, done_up_to, prove, state_after, way_back_from,
};
use ctsup_core::run::{JournalText, Run, Status};
use ctsup_core::{NodeName, Plan, State, StepId};
use ctsup_simulator::fault::{Fault as Strike, Kind, Moment};
use ctsup_simulator::{Ended, Rehearsal, Simulation, World};

use crate::{by_hand, example, plans};

/// Plans whose every command cell is tried; the other examples are made of the same chapters.
const EXECUTED: [&str; 5] = ["single", "split", "postgres", "rollback-single", "certificate"];
/// Plans with clusters whose nodes die behind every step.
const CLUSTERED: [&str; 2] = ["ha-vendor", "certificate-ha"];

/// The first changing command of each step: node, text, and the how many-eth with that text.
fn commands(plan: &Plan) -> Vec<(StepId, String, String, u32)> {
    let whole = Rehearsal::new(plan.clone(), Simulation::new(World::of(plan, 1)));
    if whole.run() != Ended::Done {
        return Vec::new();
    }
    let calls = whole.way.simulation.with(|w| w.calls.clone());
    let mut found = Vec::new();
    for step in &plan.steps {
        let of_step = |job: &Option<String>| {
            job.as_deref().is_some_and(|job| job.contains(&format!("/{}/", step.id)))
        };
        let Some(at) = calls.iter().position(|call| of_step(&call.job)) else { continue };
        let call = &calls[at];
        let same =
            calls[..=at].iter().filter(|c| c.node == call.node && c.text.contains(&call.text));
        let nth = u32::try_from(same.count()).expect("few calls");
        found.push((step.id.clone(), call.node.clone(), call.text.clone(), nth));
    }
    found
}

/// The steps that a stopped run's journal knows as done.
fn done(plan: &Plan, rehearsal: &Rehearsal) -> BTreeSet<StepId> {
    let text = rehearsal.journal();
    let read = JournalText::read(text.as_bytes()).expect("a whole journal");
    let mut run = Run::new(Arc::new(plan.clone()));
    for record in &read.records {
        run.apply(record.at, &record.event).expect("a legal journal");
    }
    run.steps()
        .filter(|(_, s)| matches!(s.status, Status::Done(_)))
        .map(|(step, _)| step.id.clone())
        .collect()
}

/// Whether the hosts are in one of the states that a fault can lead to; else what is nearest.
fn as_predicted(plan: &Plan, states: &[State], simulation: &Simulation) -> Result<(), String> {
    let mut nearest: Option<Vec<String>> = None;
    for state in states {
        let wrong = plans::compared(plan, state, simulation);
        if wrong.is_empty() {
            return Ok(());
        }
        if nearest.as_ref().is_none_or(|known| wrong.len() < known.len()) {
            nearest = Some(wrong);
        }
    }
    Err(nearest.unwrap_or_default().join("; "))
}

#[test]
#[expect(clippy::print_stdout, reason = "how many cells were tried is the result")]
fn a_command_that_fails_or_is_lost_leaves_what_the_table_says() {
    let faults = [
        (Fault::Fails, Kind::Fail(1)),
        (Fault::Fails, Kind::FailAfter(1)),
        (Fault::Unknown, Kind::Drop(Moment::During(50))),
        (Fault::ExecutorDies, Kind::KillExecutor(Moment::During(50))),
    ];
    let (mut cells, mut wrong) = (0, Vec::new());
    for name in EXECUTED {
        let plan = example::planned(name);
        let commands = commands(&plan);
        assert!(!commands.is_empty(), "{name} reaches its end undisturbed");
        for (step, node, text, nth) in &commands {
            for (fault, kind) in &faults {
                cells += 1;
                let struck = Rehearsal::new(plan.clone(), Simulation::new(World::of(&plan, 1)));
                let strike = Strike {
                    node: Some(node.clone()),
                    command: text.clone(),
                    nth: *nth,
                    kind: kind.clone(),
                };
                struck.way.simulation.with(|w| w.faults.add(strike));
                let mut ended = struck.run();
                if ended == Ended::Killed {
                    ended = struck.run();
                }
                // What goes on behind a fault reaches the plan's end; what stops is in a state
                // that the table knows.
                let states = match ended {
                    Ended::Done => vec![plan.end()],
                    _ => {
                        let done = done(&plan, &struck);
                        let after = after_fault(&plan, &done, step, fault);
                        after.into_iter().map(|(_, state)| state).collect()
                    }
                };
                struck.way.simulation.pass(60_000);
                if let Err(why) = as_predicted(&plan, &states, &struck.way.simulation) {
                    wrong.push(format!("{name}: {step}: {kind:?}: {ended:?}: {why}"));
                }
            }
        }
    }
    println!("{cells} cells of {EXECUTED:?}");
    assert!(wrong.is_empty(), "{} of {cells}:\n{}", wrong.len(), wrong.join("\n"));
    assert!(cells > 100, "{cells}");
}

#[test]
#[expect(clippy::print_stdout, reason = "how many cells were tried is the result")]
fn a_node_of_a_cluster_that_dies_leaves_what_the_table_says() {
    let (mut cells, mut wrong) = (0, Vec::new());
    for name in CLUSTERED {
        let plan = example::planned(name);
        for (place, step) in plan.steps.iter().enumerate() {
            let mut before = plan.clone();
            before.steps.truncate(place);
            let done: BTreeSet<StepId> = before.steps.iter().map(|s| s.id.clone()).collect();
            let state = state_after(&plan, &done);
            let at_step = Simulation::new(World::of(&plan, 1));
            let trouble = by_hand::carry_out(&before, &at_step);
            assert!(trouble.is_empty(), "{name}: {trouble:?}");
            for (cluster, nodes) in &plan.topology.clusters {
                for node in &nodes.nodes {
                    cells += 1;
                    let active = state.has(&ctsup_core::Atom::Active(node.clone()));
                    let fault = match active {
                        true => Fault::ActiveNodeDies(*cluster),
                        false => Fault::StandbyDies(*cluster),
                    };
                    let hosts = Simulation::new(at_step.with(|w| w.clone()));
                    hosts.with(|w| w.reboot(node.as_str()));
                    hosts.pass(10 * 60_000);
                    let after = after_fault(&plan, &done, &step.id, &fault);
                    let states: Vec<_> = after.into_iter().map(|(_, state)| state).collect();
                    if let Err(why) = as_predicted(&plan, &states, &hosts) {
                        wrong.push(format!("{name}: before {}: {node} dies: {why}", step.id));
                    }
                }
            }
        }
    }
    println!("{cells} deaths of nodes in {CLUSTERED:?}");
    assert!(wrong.is_empty(), "{} of {cells}:\n{}", wrong.len(), wrong.join("\n"));
    assert!(cells > 100, "{cells}");
}

/// Seconds between the first job of these steps that began and the last one that ended.
fn took(simulation: &Simulation, steps: &[StepId]) -> Option<u64> {
    let calls = simulation.with(|w| w.calls.clone());
    let of_steps: Vec<_> = calls
        .iter()
        .filter(|call| {
            let job = call.job.as_deref().unwrap_or_default();
            steps.iter().any(|step| job.contains(&format!("/{step}/")))
        })
        .collect();
    let from = of_steps.iter().map(|call| call.begun).min()?;
    let to = of_steps.iter().filter_map(|call| call.ended).map(|(at, _)| at).max()?;
    Some((to - from) / 1000)
}

/// A number from 0 to 999 that follows from a night and a step.
fn drawn(seed: u64, step: usize) -> u64 {
    let mut x = (seed << 32) ^ (step as u64 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    for shift in [33, 29, 32] {
        x = (x ^ (x >> shift)).wrapping_mul(0xFF51_AFD7_ED55_8CCD);
    }
    (x >> 20) % 1000
}

/// Nights in which every step takes a time drawn from its own interval: what users miss lies within the
/// forecast, in at least this share of them, in percent.
const SHARE: usize = 95;

#[test]
#[expect(clippy::print_stdout, reason = "the share is the result")]
fn the_forecast_holds_for_simulated_nights() {
    let (mut seen, mut within) = (0, 0);
    let mut places: Vec<u64> = Vec::new();
    let mut outside = Vec::new();
    for name in ["single", "split", "postgres", "ha-vendor"] {
        let plan = example::planned(name);
        let forecast = prove(&plan).outlook.forecast;
        for seed in 1..=20 {
            let own = Rehearsal::new(plan.clone(), Simulation::new(World::of(&plan, seed)));
            assert_eq!(own.run(), Ended::Done, "{name} {seed}");
            let night = Rehearsal::new(plan.clone(), Simulation::new(World::of(&plan, seed)));
            for (at, step) in plan.steps.iter().enumerate() {
                let Some(takes) = &step.takes else { continue };
                let span = u64::from(takes.max_s - takes.min_s);
                let wanted = u64::from(takes.min_s) + span * drawn(seed, at) / 1000;
                let already = took(&own.way.simulation, std::slice::from_ref(&step.id));
                let slow = wanted.saturating_sub(already.unwrap_or(wanted)) * 1000;
                let id = step.id.as_str();
                night.way.simulation.with(|w| w.faults.add_to_step(id, Kind::Slow(slow)));
            }
            assert_eq!(night.run(), Ended::Done, "{name} {seed}");
            for function in forecast.iter().filter(|f| !f.outages.is_empty()) {
                let outages = function.outages.iter();
                let down: u64 = outages.filter_map(|o| took(&night.way.simulation, &o.steps)).sum();
                seen += 1;
                let (min_s, max_s) = (u64::from(function.min_s), u64::from(function.max_s));
                if (min_s..=max_s).contains(&down) {
                    within += 1;
                    places.push((down - min_s) * 100 / (max_s - min_s).max(1));
                } else {
                    let what = function.function;
                    outside.push(format!(
                        "{name} {seed}: {what:?} {down} s, not {min_s} to {max_s} s"
                    ));
                }
            }
        }
    }
    places.sort_unstable();
    let place = |share: usize| places[(places.len() - 1) * share / 100];
    println!(
        "{within} of {seen} outages within the forecast; of its width, 5 % end before {} %, half \
         before {} %, 95 % before {} %",
        place(5),
        place(50),
        place(95)
    );
    assert!(within * 100 >= seen * SHARE, "{within} of {seen}:\n{}", outside.join("\n"));
    assert!(seen > 100, "{seen}");
}

/// Upgrades whose way back is gone from behind every step.
const GONE_BACK: [&str; 3] = ["single", "split", "ha-vendor"];

/// What stays behind by what a field of the hosts shows it; `None` where nothing may.
///
/// Copies and lists are what the plans are for: they are kept, and no residue of the way back.
fn residue_of(field: &str) -> Option<Vec<Residue>> {
    let has = |part: &str| field.contains(part);
    let settings = field.ends_with("/settings") || has("/settings.");
    if has("/backup") || has("/ctsup") || has("current_version") || has("-before") || has("before-")
    {
        return Some(Vec::new());
    }
    Some(if has("/units/cadvisor") || has("/units/node_exporter") || has("/etc/systemd/system/") {
        vec![Residue::Exporters]
    } else if field.ends_with("/.cts/release") {
        vec![Residue::SetUp]
    } else if has("/images/") || has("overlay2") {
        vec![Residue::Person(Why::ImagesStay), Residue::Person(Why::RollBackByPins)]
    } else if settings {
        vec![Residue::Person(Why::RollBackByPins)]
    } else {
        return None;
    })
}

#[test]
#[ignore = "not every way back is compiled right yet: one that finds a server already stopped loses its order, a host that need not be restored is asked for its backup"]
#[expect(clippy::print_stdout, reason = "what stays behind is the result")]
fn the_way_back_from_every_place_leads_to_the_start_but_for_its_residue() {
    let (mut gone, mut wrong) = (0, Vec::new());
    let mut stays: BTreeMap<String, usize> = BTreeMap::new();
    for name in GONE_BACK {
        let plan = example::planned(name);
        let cuts = prove(&plan).outlook.cuts;
        let begun = World::of(&plan, 1);
        let lists = saved_lists(&plan, &begun);
        for (place, step) in plan.steps.iter().enumerate() {
            if way_back_from(&plan, &step.id) != step.id {
                continue;
            }
            let done = done_up_to(&plan, &step.id);
            let outcome = example::back(name, &lists, &plan, &done);
            let Some(planned) = outcome.planned() else {
                wrong.push(format!("{name}: {}: {:?}", step.id, outcome.diagnostics()));
                continue;
            };
            let hosts = Simulation::new(World::of(&plan, 1));
            let mut before = plan.clone();
            before.steps.truncate(place + 1);
            let mut trouble = by_hand::carry_out(&before, &hosts);
            trouble.extend(by_hand::carry_out(&planned.plan, &hosts));
            if !trouble.is_empty() {
                wrong.push(format!("{name}: back from {}: {trouble:?}", step.id));
                continue;
            }
            hosts.pass(60_000);
            gone += 1;
            let said: &[Residue] = match &cuts[place + 1].back {
                Back::Residue(all) => all,
                _ => &[],
            };
            for difference in begun.differences(&hosts.with(|w| w.clone())) {
                match residue_of(&difference.field) {
                    Some(of) if of.is_empty() || of.iter().any(|r| said.contains(r)) => {
                        *stays.entry(format!("{of:?}")).or_default() += 1;
                    }
                    _ => wrong.push(format!("{name}: back from {}: {difference:?}", step.id)),
                }
            }
        }
    }
    println!("{gone} ways back gone; fields that stay as the proof says: {stays:?}");
    let mut kinds: BTreeMap<String, (usize, String)> = BTreeMap::new();
    for line in &wrong {
        let kind =
            line.split("field:").nth(1).unwrap_or(line).split('/').take(3).collect::<Vec<_>>();
        let entry = kinds.entry(kind.join("/").chars().take(60).collect()).or_default();
        entry.0 += 1;
        entry.1.clone_from(line);
    }
    assert!(wrong.is_empty(), "{} differences: {kinds:#?}", wrong.len());
    assert!(gone > 40, "{gone}");
}

/// The image lists of the beginning, as the upgrade saves them.
fn saved_lists(plan: &Plan, begun: &World) -> BTreeMap<NodeName, String> {
    let hosts = Simulation::new(begun.clone());
    let serving = |node: &&NodeName| hosts.with(|w| w.nodes[node.as_str()].docker.running);
    plan.topology
        .stacks
        .iter()
        .map(|place| &place.stack.node)
        .filter(serving)
        .map(|node| {
            let seen = by_hand::run(&hosts, node.as_str(), None, "docker ps -a --no-trunc");
            (node.clone(), seen.printed.out)
        })
        .collect()
}

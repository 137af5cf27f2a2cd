//! What a proof says, against hosts that know nothing of it: faults, ways back, forecasts.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use ctsup_core::action::{Action, Person, Why};
use ctsup_core::prove::{
    Back, Fault, Function, Residue, after_fault, done_up_to, prove, state_after, way_back_from,
};
use ctsup_core::run::{JournalText, Run, Status};
use ctsup_core::topology::Role;
use ctsup_core::{App, Atom, NodeName, Plan, State, StepId};
use ctsup_simulator::fault::{Fault as Strike, Kind, Moment};
use ctsup_simulator::world::log::Served;
use ctsup_simulator::{Ended, Rehearsal, Simulation, World};

use crate::harness::{Tally, Whole, places, rehearsal, wholes};
use crate::{by_hand, example, plans};

/// Command cells of each example that are tried by default; the smaller plans have no more.
const CELLS: usize = 30;
/// Steps of each example with clusters before which each of their nodes dies.
const DEATHS: usize = 8;

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

/// The fault of the table that a kind of trouble on a node is, when just these steps are done.
fn fault_of(plan: &Plan, done: &BTreeSet<StepId>, kind: &Kind, node: &str) -> Fault {
    match kind {
        Kind::Drop(_) => Fault::Unknown,
        Kind::KillExecutor(_) => Fault::ExecutorDies,
        Kind::Hang => Fault::Hangs,
        Kind::KillNode(_) => {
            let state = state_after(plan, done);
            let named = |(name, _): &(&NodeName, _)| name.as_str() == node;
            let (name, _) = plan.topology.nodes.iter().find(named).expect("a node of the plan");
            let clusters = &mut plan.topology.clusters.iter();
            match clusters.find(|(_, cluster)| cluster.nodes.contains(name)) {
                None => Fault::NodeDies(name.clone()),
                Some((cluster, _)) if state.has(&Atom::Active(name.clone())) => {
                    Fault::ActiveNodeDies(*cluster)
                }
                Some((cluster, _)) => Fault::StandbyDies(*cluster),
            }
        }
        _ => Fault::Fails,
    }
}

#[test]
fn a_command_that_fails_or_is_lost_leaves_what_the_table_says() {
    let kinds = [
        Kind::Fail(1),
        Kind::FailAfter(1),
        Kind::Drop(Moment::During(50)),
        Kind::KillExecutor(Moment::During(50)),
        Kind::KillNode(Moment::During(50)),
        Kind::Hang,
    ];
    let mut tally = Tally::default();
    for Whole { name, plan, .. } in wholes() {
        let commands = commands(plan);
        let cells: Vec<_> =
            commands.iter().flat_map(|c| kinds.iter().map(move |kind| (c, kind))).collect();
        tally.possible += cells.len();
        for at in places(name, cells.len(), CELLS) {
            let ((step, node, text, nth), kind) = cells[at];
            tally.tried += 1;
            let struck = rehearsal(plan);
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
            // What goes on behind a fault reaches the plan's end; what stops is in a state that the
            // table knows.
            let done = done(plan, &struck);
            let fault = fault_of(plan, &done, kind, node);
            let states = match ended {
                Ended::Done => vec![plan.end()],
                _ => {
                    let after = after_fault(plan, &done, step, &fault);
                    after.into_iter().map(|(_, state)| state).collect()
                }
            };
            struck.way.simulation.pass(10 * 60_000);
            match as_predicted(plan, &states, &struck.way.simulation) {
                Ok(()) => tally.count(format!("{fault:?}")),
                Err(why) => tally.wrong.push(format!("{name}: {step}: {kind:?}: {ended:?}: {why}")),
            }
        }
    }
    tally.end("cells of commands, by what goes wrong");
}

#[test]
fn a_no_of_a_person_leaves_what_the_table_says() {
    let mut tally = Tally::default();
    for Whole { name, plan, .. } in wholes() {
        for step in plan.steps.iter().filter(|s| s.kind == ctsup_core::action::Kind::Confirm) {
            tally.possible += 1;
            tally.tried += 1;
            let mut night = rehearsal(plan);
            night.refused.insert(step.id.clone());
            let ended = night.run();
            // Advice blocks nothing: whoever says no to it has the plan's end all the same.
            if matches!(step.action, Action::Person(Person::Advice { .. })) {
                assert_eq!(ended, Ended::Done, "{name}: {}", step.id);
                tally.count("advice");
                continue;
            }
            assert_ne!(ended, Ended::Done, "{name}: {}", step.id);
            let after = after_fault(plan, &done(plan, &night), &step.id, &Fault::PersonSaysNo);
            let states: Vec<_> = after.into_iter().map(|(_, state)| state).collect();
            night.way.simulation.pass(60_000);
            match as_predicted(plan, &states, &night.way.simulation) {
                Ok(()) => tally.count("PersonSaysNo"),
                Err(why) => tally.wrong.push(format!("{name}: {}: {ended:?}: {why}", step.id)),
            }
        }
    }
    tally.end("questions answered with no");
}

#[test]
fn a_node_of_a_cluster_that_dies_leaves_what_the_table_says() {
    let mut tally = Tally::default();
    for Whole { name, plan, .. } in wholes().iter().filter(|w| !w.plan.topology.clusters.is_empty())
    {
        let clusters = plan.topology.clusters.values();
        tally.possible += plan.steps.len() * clusters.map(|c| c.nodes.len()).sum::<usize>();
        for place in places(name, plan.steps.len(), DEATHS) {
            let step = &plan.steps[place];
            let mut before = plan.clone();
            before.steps.truncate(place);
            let done: BTreeSet<StepId> = before.steps.iter().map(|s| s.id.clone()).collect();
            let state = state_after(plan, &done);
            let at_step = Simulation::new(World::of(plan, 1));
            let trouble = by_hand::carry_out(&before, &at_step);
            assert!(trouble.is_empty(), "{name}: {trouble:?}");
            for (cluster, nodes) in &plan.topology.clusters {
                for node in &nodes.nodes {
                    tally.tried += 1;
                    let active = state.has(&Atom::Active(node.clone()));
                    let fault = match active {
                        true => Fault::ActiveNodeDies(*cluster),
                        false => Fault::StandbyDies(*cluster),
                    };
                    let hosts = Simulation::new(at_step.with(|w| w.clone()));
                    // What a move has left draws the resources back when their node is up again:
                    // what follows then is not what the table tells.
                    match state.has(&Atom::Constraint(*cluster)) {
                        true => hosts.with(|w| w.kill(node.as_str())),
                        false => hosts.with(|w| w.reboot(node.as_str())),
                    }
                    hosts.pass(10 * 60_000);
                    let after = after_fault(plan, &done, &step.id, &fault);
                    let states: Vec<_> = after.into_iter().map(|(_, state)| state).collect();
                    match as_predicted(plan, &states, &hosts) {
                        Ok(()) => tally.count(if active { "active" } else { "idle" }),
                        Err(why) => {
                            let told = format!("{name}: before {}: {node} dies: {why}", step.id);
                            tally.wrong.push(told);
                        }
                    }
                }
            }
        }
    }
    tally.end("deaths of nodes of clusters");
}

/// A number from 0 to 999 that follows from a night and a step.
fn drawn(seed: u64, step: usize) -> u64 {
    let mut x = (seed << 32) ^ (step as u64 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    for shift in [33, 29, 32] {
        x = (x ^ (x >> shift)).wrapping_mul(0xFF51_AFD7_ED55_8CCD);
    }
    (x >> 20) % 1000
}

/// Milliseconds that the commands of a step's jobs took; nothing where it has none.
fn took(simulation: &Simulation, step: &StepId) -> Option<u64> {
    let mark = format!("/{step}/");
    let calls = simulation.with(|w| w.calls.clone());
    let of_step: Vec<_> =
        calls.iter().filter(|c| c.job.as_deref().is_some_and(|job| job.contains(&mark))).collect();
    let from = of_step.iter().map(|call| call.begun).min()?;
    let to = of_step.iter().filter_map(|call| call.ended).map(|(at, _)| at).max()?;
    Some(to - from)
}

/// The nodes of which one must serve, by compose project, for users to have a function: what the
/// prover says of it, written a second time.
fn needed(plan: &Plan, function: Function) -> Vec<(&'static str, Vec<String>)> {
    let mut groups: BTreeMap<(&'static str, bool), Vec<String>> = BTreeMap::new();
    for place in &plan.topology.stacks {
        let node = &place.stack.node;
        let front = plan.topology.nodes[node].role == Role::Front;
        let (project, wanted) = match place.stack.app {
            App::Express => ("cts", !front || function != Function::Administration),
            App::Voex => ("voex", function == Function::Calls),
            App::WebClient => ("web_client", function == Function::Web),
        };
        if wanted {
            let front = front && place.stack.app == App::Express;
            groups.entry((project, front)).or_default().push(node.as_str().to_owned());
        }
    }
    groups.into_iter().map(|((project, _), nodes)| (project, nodes)).collect()
}

/// Seconds of a night in which users missed a function, as the hosts were.
fn missed(plan: &Plan, night: &Simulation, function: Function) -> u64 {
    let (served, end) = night.with(|w| (w.served.clone().unwrap_or_default(), w.now));
    let needed = needed(plan, function);
    let serves = |served: &Served, project: &str, nodes: &[String]| {
        nodes.iter().any(|node| served.stacks.contains(&(node.clone(), project.to_owned())))
    };
    let untils = served.iter().skip(1).map(|s| s.from).chain([end]);
    let down = served.iter().zip(untils).filter(|(served, _)| {
        !needed.iter().all(|(project, nodes)| serves(served, project, nodes))
    });
    down.map(|(served, until)| until - served.from).sum::<u64>() / 1000
}

/// In at least this share of nights, in percent, users miss a function for a time that lies within the
/// forecast.
const SHARE: usize = 95;
/// Nights of each plan.
const NIGHTS: u64 = 10;

/// Nights in which every step takes a time drawn from its own interval. What users miss is seen on the
/// hosts, from moment to moment, not added up from steps.
#[test]
#[expect(clippy::print_stdout, reason = "the share is the result")]
fn the_forecast_holds_for_simulated_nights() {
    let (mut seen, mut within) = (0, 0);
    let mut places: Vec<u64> = Vec::new();
    let mut outside = Vec::new();
    for name in ["single", "split", "postgres", "ha-vendor", "ha", "rollback-single"] {
        let plan = example::planned(name);
        let forecast = prove(&plan).outlook.forecast;
        let own = rehearsal(&plan);
        assert_eq!(own.run(), Ended::Done, "{name}");
        for seed in 1..=NIGHTS {
            let mut night = Rehearsal::new(plan.clone(), Simulation::new(World::of(&plan, seed)));
            let simulation = night.way.simulation.clone();
            simulation.with(|w| w.served = Some(Vec::new()));
            for (at, step) in plan.steps.iter().enumerate() {
                let Some(takes) = &step.takes else { continue };
                let span = u64::from(takes.max_s - takes.min_s);
                let wanted = 1000 * u64::from(takes.min_s) + span * drawn(seed, at);
                if let Some(already) = took(&own.way.simulation, &step.id) {
                    let slow = Kind::Slow(wanted.saturating_sub(already));
                    simulation.with(|w| w.faults.add_to_step(step.id.as_str(), slow));
                } else if step.node.is_none() {
                    night.person_takes.insert(step.id.clone(), wanted);
                }
            }
            assert_eq!(night.run(), Ended::Done, "{name} {seed}");
            for of in forecast.iter().filter(|f| !f.outages.is_empty()) {
                let down = missed(&plan, &simulation, of.function);
                let (min_s, max_s) = (u64::from(of.min_s), u64::from(of.max_s));
                seen += 1;
                if (min_s..=max_s).contains(&down) {
                    within += 1;
                    places.push((down - min_s) * 100 / (max_s - min_s).max(1));
                } else {
                    let what = of.function;
                    outside.push(format!(
                        "{name} {seed}: {what:?} {down} s, not {min_s} to {max_s} s"
                    ));
                }
            }
        }
    }
    places.sort_unstable();
    let place = |share: usize| places.get(places.len() * share / 100).copied().unwrap_or_default();
    println!(
        "{within} of {seen} outages within the forecast; of its width, 5 % end before {} %, half \
         before {} %, 95 % before {} %\n{}",
        place(5),
        place(50),
        place(95),
        outside.join("\n")
    );
    assert!(within * 100 >= seen * SHARE, "{within} of {seen}:\n{}", outside.join("\n"));
    assert!(seen > 100, "{seen}");
}

/// Upgrades whose way back is gone from behind every step.
const GONE_BACK: [&str; 13] = [
    "single",
    "single-old",
    "single-offline",
    "single-automatic",
    "single-hold",
    "split",
    "split-old",
    "ha-vendor",
    "ha",
    "ha-voex",
    "ha-postgres",
    "ansible-single",
    "ansible-ha",
];

/// Whether a field is what a step named in the residue changed and its undo commands take back.
fn undone(field: &str, said: &[Residue]) -> bool {
    let of = |part: &str| {
        said.iter().any(|r| matches!(r, Residue::Undo(step) if step.as_str().contains(part)))
    };
    field.contains("/letsencrypt") && of("/letsencrypt")
        || field.ends_with("/settings") && of("/settings/")
}

/// What stays behind by what a field of the hosts shows it; `None` where nothing may.
///
/// Copies and lists are what the plans are for: they are kept, and no residue of the way back.
fn residue_of(field: &str) -> Option<Vec<Residue>> {
    let has = |part: &str| field.contains(part);
    let [pins, again] = [Why::RollBackByPins, Why::PlaybookAgain].map(Residue::Person);
    let moved = [Residue::Person(Why::MoveBack), Residue::Person(Why::MoveDecided)];
    let settings = field.ends_with("/settings") || has("/settings.");
    if has("/backup") || has("/ctsup") || has("current_version") || has("-before") || has("before-")
    {
        return Some(Vec::new());
    }
    Some(if field.starts_with("files/registry:root/tmp/images") {
        vec![Residue::Person(Why::ImagesStay)]
    } else if has("/units/cadvisor") || has("/units/node_exporter") || has("/etc/systemd/system/") {
        vec![Residue::Exporters]
    } else if field.ends_with("/.cts/release") {
        vec![Residue::SetUp, pins, again]
    } else if has("/images/") || has("overlay2") {
        vec![Residue::Person(Why::ImagesStay), pins, again]
    } else if settings {
        // The pins of the way back; those of a restore stand in the settings of the backup.
        vec![pins, again, Residue::WritesLost, Residue::Person(Why::OldDatabaseKept)]
    } else if field.contains("/_data") {
        // Old containers on data that has met the newer release, or the data of the backup.
        vec![pins, again, Residue::WritesLost, Residue::Person(Why::OwnersFromList)]
    } else if has("/containers/cts_redis_") {
        // The guide names the services that are pinned; this one is not among them.
        [vec![pins, again], moved.to_vec()].concat()
    } else if ["back/", "front/"].iter().any(|cluster| field.starts_with(cluster))
        && (has("/resources/") || has("/constraints/"))
    {
        // The resources serve from where they are, held by what the move has left.
        moved.to_vec()
    } else if ["back-0", "front-0"].iter().any(|node| field.starts_with(node))
        && (has("/containers/") || field.ends_with("/docker"))
    {
        [vec![again], moved.to_vec()].concat()
    } else {
        return None;
    })
}

#[test]
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
                if undone(&difference.field, said) {
                    *stays.entry("Undo".to_owned()).or_default() += 1;
                    continue;
                }
                match residue_of(&difference.field) {
                    Some(of) if of.is_empty() || of.iter().any(|r| said.contains(r)) => {
                        *stays.entry(format!("{of:?}")).or_default() += 1;
                    }
                    _ => wrong
                        .push(format!("{name}: back from {}: {said:?} {difference:?}", step.id)),
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

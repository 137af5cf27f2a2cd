//! Every example rehearsed with the executor's driver, and killed wherever it can be.

use std::collections::BTreeMap;

use ctsup_core::Plan;
use ctsup_simulator::fault::{Fault, Kind, Moment};
use ctsup_simulator::{Cut, Ended, Rehearsal, Simulation, World};

use crate::example;

fn rehearsal(plan: &Plan) -> Rehearsal {
    Rehearsal::new(plan.clone(), Simulation::new(World::of(plan, 1)))
}

/// How often each command of a job was begun on each node.
fn begun(rehearsal: &Rehearsal) -> BTreeMap<(String, String), u32> {
    let mut all = BTreeMap::new();
    for call in rehearsal.way.simulation.with(|w| w.calls.clone()) {
        if let Some(job) = call.job {
            // The attempt is left out: a repetition of a step is what is looked for.
            let step = job.rsplitn(3, '/').last().unwrap_or_default().to_owned();
            *all.entry((step, call.text)).or_default() += 1;
        }
    }
    all
}

/// Examples that the executor carries to their end today.
fn reached() -> Vec<(String, Plan)> {
    let all = example::all().into_iter();
    all.filter(|(_, plan)| rehearsal(plan).run() == Ended::Done).collect()
}

#[test]
fn examples_reach_their_end() {
    let mut stopped = String::new();
    for (name, plan) in example::all() {
        let rehearsal = rehearsal(&plan);
        let ended = rehearsal.run();
        if ended != Ended::Done {
            let journal = rehearsal.journal();
            let last: Vec<_> = journal.lines().rev().take(2).collect();
            stopped.push_str(&format!("{name}: {ended:?}\n  {}\n", last.join("\n  ")));
        }
    }
    let known: Vec<&str> = include_str!("stopped.txt").lines().collect();
    let news = stopped.lines().filter(|l| !l.starts_with(' '));
    let news: Vec<_> =
        news.filter(|l| !known.iter().any(|k| !k.is_empty() && l.starts_with(k))).collect();
    assert!(news.is_empty(), "{news:#?}\n{stopped}");
}

/// A plan's undisturbed rehearsal, to compare others with.
struct Whole {
    name: String,
    plan: Plan,
    end: World,
    once: BTreeMap<(String, String), u32>,
    lines: usize,
    commands: usize,
    calls: u64,
}

fn wholes() -> Vec<Whole> {
    let all = reached().into_iter().map(|(name, plan)| {
        let whole = rehearsal(&plan);
        assert_eq!(whole.run(), Ended::Done);
        let end = whole.way.simulation.with(|w| w.clone());
        let (lines, calls) = (whole.journal().lines().count(), whole.way.calls());
        let commands = end.calls.len();
        Whole { name, plan, once: begun(&whole), end, lines, commands, calls }
    });
    all.collect()
}

/// Goes on after a disturbance until the plan is done; what is then not as without it.
fn compared(whole: &Whole, again: &Rehearsal, what: &str) -> Option<String> {
    let mut ended = again.run();
    for _ in 0..3 {
        if ended == Ended::Killed {
            ended = again.run();
        }
    }
    let told = |text: String| Some(format!("{} {what}: {text}", whole.name));
    if ended != Ended::Done {
        return told(format!("{ended:?} {}", again.journal().lines().last().unwrap_or_default()));
    }
    let differences = again.way.simulation.with(|w| w.differences(&whole.end));
    if let Some(first) = differences.first() {
        return told(format!("{} fields differ: {}", differences.len(), first.field));
    }
    let begun = begun(again);
    let more = begun.iter().find(|(call, times)| whole.once.get(call) != Some(times));
    more.and_then(|more| told(format!("begun otherwise: {more:?}")))
}

/// Nothing may go wrong.
#[expect(clippy::print_stdout, reason = "how many disturbances there were is a part of the result")]
fn none(count: usize, wrong: &[String]) {
    println!("{count} disturbances, {} go wrong", wrong.len());
    assert!(wrong.is_empty(), "{} of {count}: {:#?}", wrong.len(), &wrong[..wrong.len().min(12)]);
}

#[test]
fn killed_after_every_record_it_ends_the_same() {
    let (mut count, mut wrong) = (0, Vec::new());
    for whole in wholes() {
        for lines in 1..whole.lines {
            count += 1;
            let again = rehearsal(&whole.plan);
            again.die_after(lines);
            wrong.extend(compared(&whole, &again, &format!("killed after {lines} lines")));
        }
    }
    none(count, &wrong);
}

#[test]
fn killed_in_the_middle_of_every_command_it_ends_the_same() {
    let (mut count, mut wrong) = (0, Vec::new());
    for whole in wholes() {
        for nth in 1..=whole.commands {
            count += 1;
            let again = rehearsal(&whole.plan);
            let kind = Kind::KillExecutor(Moment::During(150));
            let (nth, command) = (u32::try_from(nth).expect("few commands"), String::new());
            let fault = Fault { node: None, command, nth, kind };
            again.way.simulation.with(|w| w.faults.add(fault));
            wrong.extend(compared(&whole, &again, &format!("killed in command {nth}")));
        }
    }
    none(count, &wrong);
}

#[test]
fn a_connection_cut_at_any_call_changes_nothing() {
    let (mut count, mut wrong) = (0, Vec::new());
    for whole in wholes() {
        // Long plans are sampled: their calls are alike.
        let stride = usize::try_from(whole.calls / 100 + 1).expect("few calls");
        for call in (1..=whole.calls).step_by(stride) {
            for cut in [Cut::Before, Cut::After] {
                // The first calls take the lock, before anything is under way.
                if call <= 2 * whole.plan.topology.nodes.len() as u64 {
                    continue;
                }
                count += 1;
                let again = rehearsal(&whole.plan);
                again.way.cut(call, cut);
                wrong.extend(compared(&whole, &again, &format!("cut {cut:?} in call {call}")));
            }
        }
    }
    none(count, &wrong);
}

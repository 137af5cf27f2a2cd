//! Nights in which several things go wrong, drawn from a seed. Whatever they are, a person who
//! resumes, switches nodes on, makes room and plans anew where the run says so reaches the goal, and
//! until then nothing forbidden happens on the hosts.
//!
//! A seed that failed once stays in `seeds.txt` for good.

use ctsup_core::StepId;
use ctsup_core::run::{Event, JournalText, StopReason};
use ctsup_simulator::chance::{Chance, hash};
use ctsup_simulator::fault::{Fault, Faults, Kind, Moment};
use ctsup_simulator::{Cut, Ended, Rehearsal, Simulation, World};

use crate::harness::{Tally, Whole, exhaustive, last, rehearsal, wholes};
use crate::{nodes, plans};

/// What goes wrong in one night.
#[derive(Debug)]
struct Night {
    faults: Vec<Fault>,
    cuts: Vec<(u64, Cut)>,
    deaths: Vec<usize>,
}

fn night(whole: &Whole, seed: u64) -> Night {
    let mut chance = Chance::new(seed ^ hash(whole.name.as_bytes()));
    let mut night = Night { faults: Vec::new(), cuts: Vec::new(), deaths: Vec::new() };
    for _ in 0..chance.between(2, 5) {
        let moment = match chance.between(0, 2) {
            0 => Moment::Before,
            1 => Moment::During(chance.between(1, 20_000)),
            _ => Moment::After,
        };
        let kind = match chance.between(0, 10) {
            0 => Kind::Fail(1),
            1 => Kind::FailAfter(1),
            2 => Kind::Slow(chance.between(1_000, 600_000)),
            3 | 4 => Kind::Drop(moment),
            5 => Kind::KillNode(moment),
            6 => Kind::Reboot(moment),
            7 => Kind::Corrupt("\u{fffd}?".to_owned()),
            8 => Kind::KillExecutor(moment),
            9 => {
                let lines = chance.between(1, whole.lines as u64);
                night.deaths.push(usize::try_from(lines).expect("few lines"));
                continue;
            }
            _ => {
                let cut = if chance.between(0, 1) == 0 { Cut::Before } else { Cut::After };
                night.cuts.push((chance.between(1, whole.calls), cut));
                continue;
            }
        };
        let nth = u32::try_from(chance.between(1, whole.commands as u64)).expect("few commands");
        night.faults.push(Fault { node: None, command: String::new(), nth, kind });
    }
    night
}

/// The night, and how it ended: rounds and plans, or what was wrong.
fn lived(whole: &Whole, seed: u64) -> Result<String, String> {
    let night = night(whole, seed);
    let run = rehearsal(&whole.plan);
    run.way.simulation.with(|w| night.faults.iter().for_each(|f| w.faults.add(f.clone())));
    night.cuts.iter().for_each(|(call, cut)| run.way.cut(*call, *cut));
    let mut deaths = night.deaths.clone();
    let told = |what: String| Err(format!("{} seed {seed}: {what}\n{night:?}", whole.name));
    let mut failed: Option<StepId> = None;
    for round in 1..=12 {
        let lines = run.journal().lines().count();
        if let Some(at) = deaths.iter().position(|d| *d > lines) {
            run.die_after(deaths.remove(at));
        }
        let ended = run.run();
        if let Some(twice) = repeated(&run) {
            return told(format!("sent again without a person's word: {twice}"));
        }
        match ended {
            Ended::Done => {
                // The night is over: who looks now is not disturbed.
                run.way.simulation.with(|w| w.faults = Faults::default());
                // A fault that is still on its way strikes an installation with which the run is done: it
                // is looked at as it is now, where nothing strikes any more.
                let now = run.way.simulation.with(|w| w.clone());
                if struck(&run, &now) {
                    // A node went down behind the run's back: nothing of it asked that node again. Who
                    // finds it so plans from there.
                    return anew(whole, &run).or_else(told);
                }
                let wrong = plans::news(&whole.name, &run.plan, &Simulation::new(now.calm()));
                return match wrong.is_empty() {
                    true => Ok(format!("done in {round} rounds")),
                    false => told(format!("at the end: {wrong:?}")),
                };
            }
            Ended::Killed => {}
            // What took too long runs on where it is; a person resumes when it had time.
            Ended::Stopped(StopReason::Asked { .. }) => run.way.simulation.pass(600_000),
            // What fails again where nothing else is wrong any more is not tried for ever.
            Ended::Stopped(StopReason::Failed(ref id)) if failed.as_ref() == Some(id) => {
                return anew(whole, &run).or_else(told);
            }
            // Somebody switches on what is off, and resumes.
            Ended::Stopped(
                StopReason::Lost(_) | StopReason::Failed(_) | StopReason::Refused(_),
            ) => {
                nodes::switch_on(&run);
                nodes::helped(&run, &ended);
                if let Ended::Stopped(StopReason::Failed(id)) = ended {
                    failed = Some(id);
                }
            }
            // What no look makes true again is planned anew: the report of such a stop says so.
            Ended::Stopped(
                StopReason::Rebooted(_) | StopReason::NotMet(..) | StopReason::Fell(_),
            ) => {
                return anew(whole, &run).or_else(told);
            }
            // No node answered: nothing was begun.
            Ended::Broken(why) if why == "no node answers" => {
                nodes::switch_on(&run);
            }
            other => return told(format!("{other:?} {}", last(&run))),
        }
    }
    told(format!("no end {}", last(&run)))
}

/// Whether a node is off, or booted since the run last heard of it.
fn struck(run: &Rehearsal, now: &World) -> bool {
    let text = run.journal();
    let Ok(read) = JournalText::read(text.as_bytes()) else { return false };
    let known = |name: &str| {
        read.records.iter().rev().find_map(|record| match &record.event {
            Event::Boot { boot, node } if node.as_str() == name => Some(boot.clone()),
            _ => None,
        })
    };
    let mut nodes = now.nodes.iter();
    nodes.any(|(name, node)| !node.up || known(name).is_some_and(|boot| boot != node.boot_id()))
}

/// Planned anew from where the run stopped; the night is over.
fn anew(whole: &Whole, run: &Rehearsal) -> Result<String, String> {
    nodes::switch_on(run);
    run.way.simulation.with(|w| w.faults = Faults::default());
    let plans = nodes::to_the_goal(&whole.name, run)?;
    Ok(format!("{plans} plans made anew"))
}

/// A step that may not be repeated unasked and was: its commands were launched twice with nobody's
/// answer and no look between.
fn repeated(run: &Rehearsal) -> Option<String> {
    let text = run.journal();
    let read = JournalText::read(text.as_bytes()).ok()?;
    let mut launched: Vec<(&str, u32)> = Vec::new();
    for record in &read.records {
        match &record.event {
            Event::Launched { step, part, .. } => {
                let safe = run
                    .plan
                    .step(step.as_str())
                    .is_none_or(|s| s.repeat == ctsup_core::action::Repeat::Safe);
                if !safe && launched.contains(&(step.as_str(), *part)) {
                    return Some(format!("{step} part {part}"));
                }
                launched.push((step.as_str(), *part));
            }
            Event::Answered { step, .. } | Event::Probed { step, .. } => {
                launched.retain(|(id, _)| *id != step.as_str());
            }
            _ => {}
        }
    }
    None
}

#[test]
fn whatever_goes_wrong_in_a_night_a_person_reaches_the_goal() {
    let mut tally = Tally::default();
    let each: u64 = if exhaustive() { 300 } else { 8 };
    let kept = include_str!("seeds.txt").lines().filter(|l| !l.starts_with('#'));
    let kept: Vec<(&str, u64)> = kept
        .filter_map(|l| l.split_once(' '))
        .filter_map(|(n, s)| Some((n, s.parse().ok()?)))
        .collect();
    for whole in wholes() {
        let own = kept.iter().filter(|(name, _)| *name == whole.name).map(|(_, seed)| *seed);
        for seed in (1..=each).chain(own) {
            tally.tried += 1;
            tally.possible += 1;
            match lived(whole, seed) {
                Ok(how) => tally.count(how),
                Err(what) => tally.wrong.push(what),
            }
        }
    }
    nodes::set_known_aside(&mut tally);
    tally.end("nights");
}

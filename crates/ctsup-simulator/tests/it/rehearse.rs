//! Every example rehearsed with the executor's driver, and disturbed wherever it can be.

use ctsup_simulator::fault::{Fault, Kind, Moment};
use ctsup_simulator::{Cut, Ended};

use crate::example;
use crate::harness::{Tally, compared, differs, places, rehearsal, wholes};

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
            continue;
        }
        let run = rehearsal.told().expect("a journal");
        if run.state() != plan.end() {
            stopped.push_str(&format!("{name}: ends in another state than the plan's\n"));
        }
    }
    let known: Vec<&str> = include_str!("stopped.txt").lines().collect();
    let named = |line: &&str| known.iter().any(|k| !k.is_empty() && line.starts_with(k));
    let news = stopped.lines().filter(|l| !l.starts_with(' '));
    let news: Vec<_> = news.filter(|l| !named(l)).collect();
    assert!(news.is_empty(), "{news:#?}\n{stopped}");
    let known = known.iter().filter(|k| !k.is_empty() && !k.starts_with('#'));
    let stale: Vec<_> = known.filter(|k| !stopped.lines().any(|l| l.starts_with(**k))).collect();
    assert!(stale.is_empty(), "mended, to be taken out of stopped.txt: {stale:#?}");
}

/// Invariant 17: the executor, too, keeps the file as it was before it edits it.
#[test]
fn each_edit_of_settings_leaves_a_copy() {
    let mut seen = 0;
    for (name, plan) in example::all() {
        let rehearsal = rehearsal(&plan);
        if rehearsal.run() != Ended::Done {
            continue;
        }
        for step in &plan.steps {
            let ctsup_core::Action::Settings(edit) = &step.action else { continue };
            let copy = rehearsal
                .way
                .simulation
                .with(|w| w.text(edit.node.as_str(), &edit.copy).map(str::to_owned));
            assert!(copy.is_some(), "{name}: {}: no {}", step.id, edit.copy);
            seen += 1;
        }
    }
    assert!(seen > 0, "some example edits settings");
}

#[test]
fn killed_after_every_record_it_ends_the_same() {
    let mut tally = Tally::default();
    for whole in wholes() {
        tally.possible += whole.lines - 1;
        for at in places(&whole.name, whole.lines - 1, 60) {
            tally.tried += 1;
            let again = rehearsal(&whole.plan);
            again.die_after(at + 1);
            let what = format!("killed after {} lines", at + 1);
            tally.wrong.extend(compared(whole, &again, &what));
        }
    }
    tally.end("killed after a record");
}

/// A fault that strikes at one of all commands, wherever that runs.
fn strikes(nth: usize, kind: Kind) -> Fault {
    let nth = u32::try_from(nth).expect("few commands");
    Fault { node: None, command: String::new(), nth, kind }
}

/// Every command, with a fault that no run may notice in the end.
fn harmless(what: &str, most: usize, kind: &Kind) {
    let mut tally = Tally::default();
    for whole in wholes() {
        tally.possible += whole.commands;
        for at in places(&whole.name, whole.commands, most) {
            tally.tried += 1;
            let again = rehearsal(&whole.plan);
            again.way.simulation.with(|w| w.faults.add(strikes(at + 1, kind.clone())));
            tally.wrong.extend(compared(whole, &again, &format!("{what} {}", at + 1)));
        }
    }
    tally.end(what);
}

#[test]
fn killed_in_the_middle_of_every_command_it_ends_the_same() {
    harmless("killed in command", 60, &Kind::KillExecutor(Moment::During(150)));
}

/// The operator's machine goes down at that moment, and loses what was not said to be on disk.
#[test]
fn power_lost_in_the_middle_of_every_command_it_ends_the_same() {
    let (mut tally, mut lines) = (Tally::default(), 0);
    for whole in wholes() {
        tally.possible += 2 * whole.commands;
        for at in places(&whole.name, whole.commands, 20) {
            for moment in [Moment::During(150), Moment::After] {
                tally.tried += 1;
                let again = rehearsal(&whole.plan);
                let kind = Kind::KillExecutor(moment);
                again.way.simulation.with(|w| w.faults.add(strikes(at + 1, kind)));
                let mut ended = again.run();
                if ended == Ended::Killed {
                    lines += again.lose_power();
                    ended = again.run();
                }
                let what = format!("power lost in {}", at + 1);
                tally.wrong.extend(differs(whole, &again, &ended, &what));
            }
        }
    }
    assert!(lines > 0, "no line was ever lost");
    tally.count(format!("{lines} lines lost"));
    tally.end("power lost in command");
}

#[test]
fn killed_behind_every_command_it_ends_the_same() {
    harmless("killed behind command", 30, &Kind::KillExecutor(Moment::After));
}

#[test]
fn a_connection_that_breaks_during_any_command_changes_nothing() {
    harmless("cut during command", 40, &Kind::Drop(Moment::During(150)));
}

#[test]
fn a_connection_cut_at_any_call_changes_nothing() {
    let mut tally = Tally::default();
    for whole in wholes() {
        let calls = usize::try_from(whole.calls).expect("few calls");
        tally.possible += 2 * calls;
        for call in places(&whole.name, calls, 40) {
            for cut in [Cut::Before, Cut::After] {
                tally.tried += 1;
                let again = rehearsal(&whole.plan);
                let number = call as u64 + 1;
                again.way.cut(number, cut);
                let mut ended = again.run();
                // While the lock is taken nothing was begun: the person begins again.
                if ended != Ended::Done && number <= 2 * whole.plan.topology.nodes.len() as u64 {
                    tally.count("lock not taken everywhere");
                    ended = again.run();
                }
                let what = format!("cut {cut:?} in call {number}");
                tally.wrong.extend(differs(whole, &again, &ended, &what));
            }
        }
    }
    tally.end("cut at a call");
}

//! Two operators: one wins, the other is told who; whoever slept through a takeover does nothing
//! more.

use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use ctsup_core::NodeName;
use ctsup_core::run::{Event, JournalText, Record};
use ctsup_simulator::{Cut, Ended};

use crate::harness::{Tally, differs, places, rehearsal, wholes};

#[test]
fn the_second_operator_is_told_who_has_it() {
    let mut tally = Tally::default();
    for whole in wholes() {
        tally.possible += 1;
        tally.tried += 1;
        let first = rehearsal(&whole.plan);
        first.die_after(whole.lines / 2);
        assert_eq!(first.run(), Ended::Killed);
        let second = first.colleague("boris@laptop-2", &first.journal());
        let before = second.way.simulation.with(|w| w.calls.len());
        let ended = second.run();
        let after = second.way.simulation.with(|w| w.calls.len());
        let told = matches!(&ended, Ended::Broken(why) if why.contains("rehearsal@here"));
        if !told || before != after {
            tally.wrong.push(format!("{}: {ended:?}", whole.name));
            continue;
        }
        // And takes it over on purpose.
        let ended = second.take_over();
        tally.wrong.extend(differs(whole, &second, &ended, "taken over"));
    }
    tally.end("a second operator");
}

#[test]
fn who_slept_through_a_takeover_does_nothing_more() {
    let mut tally = Tally::default();
    for whole in wholes() {
        // The machine falls asleep after some number of its own moments.
        let moments = usize::try_from(whole.calls).expect("few calls") * 2;
        tally.possible += moments;
        for asleep in places(&whole.name, moments, 25) {
            let first = rehearsal(&whole.plan);
            let mut work = pin!(first.at_work());
            let mut context = Context::from_waker(Waker::noop());
            let mut over = None;
            for _ in 0..asleep {
                if let Poll::Ready(ended) = work.as_mut().poll(&mut context) {
                    over = Some(ended);
                    break;
                }
            }
            if over.is_some() || first.journal().lines().count() < 3 {
                continue;
            }
            tally.tried += 1;
            let second = first.colleague("boris@laptop-2", &first.journal());
            let ended = second.take_over();
            let what = format!("taken over at moment {asleep}");
            tally.wrong.extend(differs(whole, &second, &ended, &what));
            let before = second.way.simulation.with(|w| w.clone());
            let written = first.journal().len();
            // The first one wakes up and goes on as if nothing had happened.
            let mut woken = None;
            for _ in 0..2_000_000 {
                if let Poll::Ready(ended) = work.as_mut().poll(&mut context) {
                    woken = Some(ended);
                    break;
                }
            }
            let changes = second.way.simulation.with(|w| {
                let later = w.calls.iter().skip(before.calls.len());
                (w.differences(&before), later.filter(|c| c.job.is_some()).count())
            });
            tally.count(match &woken {
                Some(Ended::Stopped(reason)) => {
                    let text = format!("{reason:?}");
                    text.split('(').next().unwrap_or_default().to_owned()
                }
                other => format!("{other:?}").chars().take(40).collect(),
            });
            let harmless = changes.0.is_empty() && changes.1 == 0;
            if !harmless || woken.is_none() {
                tally.wrong.push(format!("{} {what}: {woken:?} {changes:?}", whole.name));
            }
            // A person who is asked would do by hand what somebody else does already.
            if first.journal()[written..].contains("\"asked\"") {
                tally.wrong.push(format!("{} {what}: asks a person", whole.name));
            }
        }
    }
    tally.end("asleep through a takeover");
}

/// Where plan and journal are copied.
const KEPT: &str = "/copies";

#[test]
fn a_colleague_goes_on_from_a_nodes_copy() {
    let mut tally = Tally::default();
    for whole in wholes() {
        tally.possible += whole.lines - 1;
        for at in places(&whole.name, whole.lines - 1, 6) {
            let mut first = rehearsal(&whole.plan);
            first.keep_copies(KEPT);
            first.die_after(at + 1);
            assert_eq!(first.run(), Ended::Killed);
            let Some(copy) = first.copy() else {
                // Nothing was begun before the first copy lay on a node.
                let jobs = first.way.simulation.with(|w| w.calls.iter().any(|c| c.job.is_some()));
                if jobs {
                    tally.wrong.push(format!("{} after {at} lines: no copy", whole.name));
                }
                continue;
            };
            tally.tried += 1;
            let behind = first.journal().lines().count() - copy.journal.lines().count();
            tally.count(format!("{behind} lines behind"));
            assert!(first.journal().starts_with(&copy.journal), "{}", whole.name);
            let second = first.colleague("boris@laptop-2", &copy.journal);
            let ended = second.take_over();
            let what = format!("from a copy after {} lines", at + 1);
            tally.wrong.extend(differs(whole, &second, &ended, &what));
        }
    }
    tally.end("from a node's copy");
}

/// The disk here lost a part of the journal; the nodes' copies tell the rest.
#[test]
fn a_lost_tail_is_found_on_the_nodes() {
    let mut tally = Tally::default();
    for whole in wholes() {
        tally.possible += whole.lines - 1;
        for at in places(&whole.name, whole.lines - 1, 6) {
            let mut first = rehearsal(&whole.plan);
            first.keep_copies(KEPT);
            first.die_after(at + 1);
            assert_eq!(first.run(), Ended::Killed);
            let Some(copy) = first.copy() else { continue };
            let lines = copy.journal.lines().count();
            tally.tried += 1;
            let left = 3.max(lines / 2).min(lines);
            first.lose_tail(left);
            let ended = first.run();
            let what = format!("{left} of {lines} lines left");
            if !first.journal().starts_with(&copy.journal) {
                tally
                    .wrong
                    .push(format!("{} {what}: what the nodes knew is not there", whole.name));
            }
            tally.wrong.extend(differs(whole, &first, &ended, &what));
        }
    }
    tally.end("a lost tail");
}

/// Whoever is taken over writes on until the lock is gone: what they wrote is not lost.
#[test]
fn what_was_written_until_the_takeover_is_known_after_it() {
    let mut tally = Tally::default();
    for whole in wholes() {
        tally.possible += 1;
        tally.tried += 1;
        let mut first = rehearsal(&whole.plan);
        first.keep_copies(KEPT);
        first.die_after(whole.lines / 2);
        assert_eq!(first.run(), Ended::Killed);
        let copy = first.copy().expect("a copy");
        let lines = copy.journal.lines().count();
        let early: String = copy.journal.split_inclusive('\n').take(3.max(lines - 4)).collect();
        let path = format!("{KEPT}/runs/{}/journal.jsonl", copy.run);
        let nodes: Vec<String> = whole.plan.topology.nodes.keys().map(|n| n.to_string()).collect();
        let write = move |text: &str, simulation: &ctsup_simulator::Simulation| {
            simulation.with(|w| {
                for node in &nodes {
                    // Where no copy lies none is looked for.
                    let _ = w.write(node, &path, text);
                }
            });
        };
        write(&early, &first.way.simulation);
        let mut second = first.colleague("boris@laptop-2", &early);
        second.keep_copies(KEPT);
        let late = copy.journal.clone();
        second.way.before_taking(move |simulation| write(&late, simulation));
        let ended = second.take_over();
        if !second.journal().starts_with(&copy.journal) {
            tally.wrong.push(format!("{}: what they wrote down last is lost", whole.name));
        }
        tally.wrong.extend(differs(whole, &second, &ended, "taken over while it wrote"));
    }
    tally.end("written until the takeover");
}

/// A tail that was lost here before the run went on lies on a node that was silent since: no reason
/// to stop. One behind which somebody took the run up is.
#[test]
fn a_shorter_copy_that_tells_otherwise_is_somebodys_or_nobodys() {
    let mut tally = Tally::default();
    for whole in wholes().iter().filter(|whole| whole.plan.topology.nodes.len() > 1) {
        for theirs in [false, true] {
            tally.possible += 1;
            tally.tried += 1;
            let mut first = rehearsal(&whole.plan);
            first.keep_copies(KEPT);
            first.die_after(whole.lines / 2);
            assert_eq!(first.run(), Ended::Killed);
            let copy = first.copy().expect("a copy");
            let read = JournalText::read(copy.journal.as_bytes()).expect("a journal");
            let half = copy.journal.lines().count() / 2;
            let cut: String = copy.journal.split_inclusive('\n').take(half).collect();
            let cut = JournalText::read(cut.as_bytes()).expect("a journal");
            let event = match theirs {
                true => Event::Attached { by: "boris@laptop-2".to_owned(), generation: 7 },
                false => Event::Left { reason: "lost".to_owned() },
            };
            let theirs_or_lost = cut.follow(1, event);
            let records = cut.records.iter().chain([&theirs_or_lost]).map(Record::line);
            let other: String = std::iter::once(read.header.line()).chain(records).collect();
            let path = format!("{KEPT}/runs/{}/journal.jsonl", copy.run);
            let last = whole.plan.topology.nodes.keys().last().expect("nodes").to_string();
            let written = first.way.simulation.with(|w| w.write(&last, &path, &other));
            written.expect("a copy lies there");
            let before = first.way.simulation.with(|w| w.calls.len());
            let ended = first.run();
            let refused = matches!(&ended, Ended::Broken(why) if why.contains("elsewhere"));
            let quiet = first.way.simulation.with(|w| w.calls.len()) == before;
            if refused != theirs || (theirs && !quiet) {
                tally.wrong.push(format!("{} theirs {theirs}: {ended:?}", whole.name));
            }
        }
    }
    tally.end("another tail on a node");
}

/// A node that answers again gets the plan, too: a journal without it is of no use to anybody.
#[test]
fn a_copy_that_did_not_arrive_comes_again() {
    let mut tally = Tally::default();
    for whole in wholes() {
        let asked = whole.journal.lines().position(|line| line.contains("\"asked\""));
        let lines = asked.unwrap_or(whole.lines).min(whole.lines / 2);
        let nodes: Vec<_> = whole.plan.topology.nodes.keys().cloned().collect();
        let died = |cut: Option<u64>| {
            let mut first = rehearsal(&whole.plan);
            first.keep_copies(KEPT);
            cut.into_iter().for_each(|call| first.way.cut(call, Cut::Before));
            first.die_after(lines);
            (first.run() == Ended::Killed).then_some(first)
        };
        // Where an undisturbed run has several copies behind it by then.
        let Some(quiet) = died(None).filter(|_| lines > 12) else { continue };
        for call in 1..=4 * nodes.len() as u64 {
            tally.possible += 1;
            let Some(first) = died(Some(call)) else { continue };
            tally.tried += 1;
            let had = |node: &&NodeName| first.way.is_locked(node) && quiet.copy_on(node).is_some();
            for node in nodes.iter().filter(had) {
                if first.copy_on(node).is_none() {
                    tally
                        .wrong
                        .push(format!("{}: call {call} cut, {node} has no copy", whole.name));
                }
            }
        }
    }
    tally.end("a copy that did not arrive");
}

/// Whoever was taken over comes back with a journal of their own end: not gone on with.
#[test]
fn a_journal_that_another_went_on_from_is_refused() {
    let mut tally = Tally::default();
    for whole in wholes() {
        tally.possible += 1;
        tally.tried += 1;
        let mut first = rehearsal(&whole.plan);
        first.keep_copies(KEPT);
        first.die_after(whole.lines / 2);
        assert_eq!(first.run(), Ended::Killed);
        let copy = first.copy().expect("a copy");
        // The colleague's last copy lacks what was written here behind it.
        let mut second = first.colleague("boris@laptop-2", &copy.journal);
        second.keep_copies(KEPT);
        assert_eq!(second.take_over(), Ended::Done, "{}", whole.name);
        let before = second.way.simulation.with(|w| w.clone());
        let ended = first.take_over();
        let told = matches!(&ended, Ended::Broken(why) if why.contains("elsewhere"));
        // Nothing is lost where the colleague has all that was written here.
        let all = second.journal().starts_with(&first.journal());
        let changes = second
            .way
            .simulation
            .with(|w| w.calls.iter().skip(before.calls.len()).filter(|c| c.job.is_some()).count());
        if !(told || all) || changes > 0 {
            tally.wrong.push(format!("{}: {ended:?}, {changes} changes", whole.name));
        }
    }
    tally.end("a journal gone on with elsewhere");
}

#[test]
fn a_generation_is_above_the_journals_though_who_saw_it_is_silent() {
    let mut tally = Tally::default();
    for whole in wholes().iter().filter(|whole| whole.plan.topology.nodes.len() > 1) {
        tally.possible += 1;
        tally.tried += 1;
        let run = rehearsal(&whole.plan);
        let nodes: Vec<String> =
            whole.plan.topology.nodes.keys().map(ToString::to_string).collect();
        let reach = |last: bool| {
            run.way.simulation.with(|w| {
                for (at, name) in nodes.iter().enumerate() {
                    let is_last = at + 1 == nodes.len();
                    w.nodes.get_mut(name).expect("a node").reachable = is_last == last;
                }
            });
        };
        run.die_after(3);
        assert_eq!(run.run(), Ended::Killed);
        // All but the last node see the second generation, and only the last one is there then.
        reach(false);
        run.die_after(4);
        assert_eq!(run.run(), Ended::Killed);
        reach(true);
        run.die_after(5);
        let ended = run.run();
        if ended != Ended::Killed {
            tally.wrong.push(format!("{}: {ended:?}", whole.name));
        }
        run.way.simulation.with(|w| w.nodes.values_mut().for_each(|n| n.reachable = true));
        let ended = run.run();
        tally.wrong.extend(differs(whole, &run, &ended, "with silent nodes"));
    }
    tally.end("a generation nobody can tell");
}

//! What a node answers seldom: a launch that is slower than its answer, jobs of which it knows nothing
//! any more, a write that it refuses, and a journal that ends before what was done.

use ctsup_core::action::Unit;
use ctsup_core::run::{Event, JournalText, StopReason};
use ctsup_core::{Action, StepId};
use ctsup_simulator::{Ended, Rehearsal};

use crate::harness::{Tally, Whole, differs, last, places, rehearsal, wholes};
use crate::needs::begins_at;

/// The number of journal lines up to the first record of a step that is so.
fn lines_to(journal: &str, step: &StepId, so: impl Fn(&Event) -> bool) -> Option<usize> {
    let read = JournalText::read(journal.as_bytes()).expect("a whole journal");
    let found = |event: &Event| event.step() == Some(step) && so(event);
    read.records.iter().position(|record| found(&record.event)).map(|at| at + 2)
}

fn launches(whole: &Whole) -> usize {
    let read = JournalText::read(whole.journal.as_bytes()).expect("a whole journal");
    let launched = |event: &Event| matches!(event, Event::Launched { .. });
    read.records.iter().filter(|record| launched(&record.event)).count()
}

#[test]
fn a_launch_slower_than_its_answer_is_begun_again() {
    let mut tally = Tally::default();
    for whole in wholes() {
        let launches = launches(whole);
        tally.possible += launches;
        for at in places(&whole.name, launches, 15) {
            tally.tried += 1;
            let run = rehearsal(&whole.plan);
            run.way.slow_launch(at as u64 + 1);
            let ended = run.run();
            let what = format!("launch {} is slow", at + 1);
            tally.wrong.extend(differs(whole, &run, &ended, &what));
            if !run.journal().contains("ctsup:never-arrived") {
                tally.wrong.push(format!("{} {what}: nothing was told of it", whole.name));
            }
        }
    }
    tally.end("slow launches");
}

/// The run says that a job runs, and its node knows of none: it can be gone on with and given up.
#[test]
fn jobs_that_a_node_forgot_are_in_doubt() {
    let mut tally = Tally::default();
    for whole in wholes() {
        let launches = launches(whole);
        tally.possible += 2 * launches;
        for at in places(&whole.name, launches, 12) {
            for aborts in [false, true] {
                let read = JournalText::read(whole.journal.as_bytes()).expect("a whole journal");
                let launched = |event: &Event| matches!(event, Event::Launched { .. });
                let mut all = read.records.iter().enumerate();
                let place = all.by_ref().filter(|(_, r)| launched(&r.event)).nth(at);
                let (line, _) = place.expect("counted before");
                tally.tried += 1;
                let run = rehearsal(&whole.plan);
                run.die_after(line + 2);
                assert_eq!(run.run(), Ended::Killed);
                // What had begun ends before the snapshot is put back.
                run.way.simulation.pass(4 * 3_600_000);
                run.way.forget_jobs();
                let ended = if aborts { run.abort() } else { run.run() };
                let (Ended::Done | Ended::Stopped(_)) = ended else {
                    tally.wrong.push(format!("{} {at}: {ended:?} {}", whole.name, last(&run)));
                    continue;
                };
                let gone = |event: &Event| matches!(event, Event::Vanished { .. });
                let text = run.journal();
                let read = JournalText::read(text.as_bytes()).expect("a whole journal");
                if !read.records.iter().any(|record| gone(&record.event)) {
                    tally.wrong.push(format!("{} {at}: not told as vanished", whole.name));
                }
                tally.count(if aborts { "given up" } else { "gone on with" });
            }
        }
    }
    tally.end("forgotten jobs");
}

/// The executor dies after each record while a node refuses a write: whoever comes next goes on.
#[test]
fn a_refused_write_can_be_gone_on_with_from_every_record() {
    let mut tally = Tally::default();
    for whole in wholes() {
        for step in &whole.plan.steps {
            let Action::Settings(edit) = &step.action else { continue };
            let begins = begins_at(whole, &step.id).expect("it begins");
            let disturbed = |lines: usize| -> (Rehearsal, Ended) {
                let run = rehearsal(&whole.plan);
                run.die_after(begins);
                assert_eq!(run.run(), Ended::Killed);
                run.way.meddle(&edit.file);
                run.die_after(lines);
                let ended = run.run();
                (run, ended)
            };
            let (refused, ended) = disturbed(usize::MAX);
            if ended != Ended::Stopped(StopReason::Failed(step.id.clone())) {
                // Nothing had to be written there.
                tally.count("nothing to write");
                continue;
            }
            let told = refused.told().expect("a run");
            let seen = told.step(&step.id).expect("a step");
            assert_eq!((seen.seen.as_str(), seen.code), ("ctsup:changed-meanwhile", None));
            for lines in begins + 1..=refused.journal().lines().count() {
                tally.possible += 1;
                tally.tried += 1;
                let (run, mut ended) = disturbed(lines);
                for _ in 0..3 {
                    if ended != Ended::Done {
                        ended = run.run();
                    }
                }
                if ended != Ended::Done {
                    let what = format!("{} {} after {lines} lines", whole.name, step.id);
                    tally.wrong.push(format!("{what}: {ended:?} {}", last(&run)));
                }
            }
        }
    }
    tally.end("refused writes, killed after a record");
}

/// A copy of the journal that lags behind what was done: the antivirus is given back all the same.
#[test]
fn whoever_goes_on_from_an_older_copy_gives_the_antivirus_back() {
    let mut tally = Tally::default();
    for whole in wholes() {
        for step in &whole.plan.steps {
            let Action::Unit(Unit::StopAntivirus { .. }) = &step.action else { continue };
            let begun = begins_at(whole, &step.id).expect("it begins");
            let ended = |event: &Event| matches!(event, Event::Ended { .. });
            let Some(ends) = lines_to(&whole.journal, &step.id, ended) else { continue };
            for known in begun..ends {
                tally.possible += 1;
                tally.tried += 1;
                let first = rehearsal(&whole.plan);
                first.die_after(ends);
                assert_eq!(first.run(), Ended::Killed);
                let text = first.journal();
                let older: String = text.split_inclusive('\n').take(known).collect();
                let second = first.colleague("boris@laptop-2", &older);
                let ended = second.take_over();
                let what = format!("{} known up to line {known} of {ends}", step.id);
                tally.wrong.extend(differs(whole, &second, &ended, &what));
            }
        }
    }
    tally.end("older copies while the antivirus is stopped");
}

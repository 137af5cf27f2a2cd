//! Disturbed rehearsals beside undisturbed ones: what each plan's whole run is, where it can be
//! disturbed, how many of those places are tried, and what must be the same afterwards.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use ctsup_core::{Plan, run::Event, run::JournalText};
use ctsup_simulator::chance::{Chance, hash};
use ctsup_simulator::{Ended, Rehearsal, Simulation, World};

use crate::example;

/// A plan on hosts of its own.
pub(crate) fn rehearsal(plan: &Plan) -> Rehearsal {
    Rehearsal::new(plan.clone(), Simulation::new(World::of(plan, 1)))
}

/// How often each command of a job was begun, by step.
pub(crate) fn begun(rehearsal: &Rehearsal) -> BTreeMap<(String, String), u32> {
    let mut all = BTreeMap::new();
    for call in rehearsal.way.simulation.with(|w| w.calls.clone()) {
        if let Some(job) = call.job {
            // Attempt and part are left out: a repetition of a step is what is looked for.
            let step = job.rsplitn(3, '/').last().unwrap_or_default().to_owned();
            *all.entry((step, call.text)).or_default() += 1;
        }
    }
    all
}

/// A plan's undisturbed rehearsal, to compare others with.
pub(crate) struct Whole {
    pub(crate) name: String,
    pub(crate) plan: Plan,
    pub(crate) end: World,
    pub(crate) once: BTreeMap<(String, String), u32>,
    pub(crate) lines: usize,
    pub(crate) journal: String,
    pub(crate) commands: usize,
    pub(crate) calls: u64,
}

/// Every example that its plan lets come to its end; `examples_reach_their_end` names the others.
pub(crate) fn wholes() -> &'static [Whole] {
    static WHOLES: OnceLock<Vec<Whole>> = OnceLock::new();
    WHOLES.get_or_init(|| {
        let all = example::all().into_iter().filter_map(|(name, plan)| {
            let whole = rehearsal(&plan);
            if whole.run() != Ended::Done {
                return None;
            }
            let end = whole.way.simulation.with(|w| w.clone());
            let (journal, calls) = (whole.journal(), whole.way.calls());
            let lines = journal.lines().count();
            let commands = end.calls.len();
            Some(Whole { name, plan, once: begun(&whole), end, journal, lines, commands, calls })
        });
        all.collect()
    })
}

/// Whether every place is tried.
pub(crate) fn exhaustive() -> bool {
    std::env::var_os("CTSUP_EXHAUSTIVE").is_some()
}

/// Which of `count` places, counted from 0, are tried: all of them where `CTSUP_EXHAUSTIVE` is set,
/// else at most so many, one by chance out of each stretch of the same length.
pub(crate) fn places(name: &str, count: usize, most: usize) -> Vec<usize> {
    if count <= most || exhaustive() {
        return (0..count).collect();
    }
    let mut chance = Chance::new(hash(name.as_bytes()));
    let cut = |n: usize| n * count / most;
    let within = |n| chance.between(cut(n) as u64, cut(n + 1) as u64 - 1);
    (0..most).map(within).filter_map(|at| usize::try_from(at).ok()).collect()
}

/// How many disturbances there were, and what went wrong.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    pub(crate) tried: usize,
    pub(crate) possible: usize,
    pub(crate) wrong: Vec<String>,
    /// What became of them, where that differs.
    pub(crate) kinds: BTreeMap<String, usize>,
}

impl Tally {
    pub(crate) fn count(&mut self, kind: impl Into<String>) {
        *self.kinds.entry(kind.into()).or_default() += 1;
    }

    /// Nothing may have gone wrong, and something must have been tried.
    #[expect(clippy::print_stdout, reason = "how many there were is a part of the result")]
    pub(crate) fn end(self, what: &str) {
        let Self { tried, possible, wrong, kinds } = self;
        println!("{what}: {tried} of {possible} places, {} go wrong {kinds:?}", wrong.len());
        assert!(tried > 0, "nothing was tried");
        let shown = if std::env::var_os("CTSUP_TELL_ALL").is_some() { wrong.len() } else { 12 };
        let first = &wrong[..wrong.len().min(shown)];
        assert!(wrong.is_empty(), "{what}: {} of {tried}: {first:#?}", wrong.len());
    }
}

/// Goes on after a disturbance until the plan is done; what is then not as without it.
pub(crate) fn compared(whole: &Whole, again: &Rehearsal, what: &str) -> Option<String> {
    let mut ended = again.run();
    for _ in 0..3 {
        if ended == Ended::Killed {
            ended = again.run();
        }
    }
    differs(whole, again, &ended, what)
}

/// What is not as in the undisturbed run: the end, the hosts, how often each change was begun.
pub(crate) fn differs(
    whole: &Whole,
    again: &Rehearsal,
    ended: &Ended,
    what: &str,
) -> Option<String> {
    let told = |text: String| Some(format!("{} {what}: {text}", whole.name));
    if *ended != Ended::Done {
        return told(format!("{ended:?} {}", last(again)));
    }
    let mut differences = again.way.simulation.with(|w| w.differences(&whole.end));
    // Copies of plan and journal name who went on.
    differences.retain(|d| !d.field.contains("/copies/") && !d.field.ends_with("/copies"));
    if let Some(first) = differences.first() {
        return told(format!("{} fields differ: {first:?}", differences.len()));
    }
    let begun = begun(again);
    let mut calls: Vec<_> = begun.keys().chain(whole.once.keys()).collect();
    calls.sort();
    calls.dedup();
    let other = calls.into_iter().find(|call| begun.get(*call) != whole.once.get(*call));
    if let Some(call) = other {
        let (times, once) = (begun.get(call), whole.once.get(call));
        return told(format!("begun {times:?} times, undisturbed {once:?}: {call:?}"));
    }
    let run = match again.told() {
        Ok(run) => run,
        Err(error) => return told(error),
    };
    let (left, end) = (run.state(), whole.plan.end());
    let owed: Vec<_> = left.debts().filter(|debt| !end.has(debt)).collect();
    if owed.is_empty() { None } else { told(format!("owed at the end: {owed:?}")) }
}

/// The last things that the journal tells.
pub(crate) fn last(rehearsal: &Rehearsal) -> String {
    let text = rehearsal.journal();
    let Ok(read) = JournalText::read(text.as_bytes()) else {
        return "a damaged journal".to_owned();
    };
    let events: Vec<&Event> = read.records.iter().rev().take(3).map(|r| &r.event).collect();
    format!("{events:?}").chars().take(900).collect()
}

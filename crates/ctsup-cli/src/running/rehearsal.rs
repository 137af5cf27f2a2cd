//! Rehearsals: the same run against hosts that are not there, in virtual time.
//!
//! The hosts live in memory only. A rehearsal that stopped is gone on with by letting everything
//! happen again, silently and from the same seed, up to where it stopped; its journal must come out
//! the same, byte for byte.

use std::collections::VecDeque;
use std::io;

use ctsup_core::run::{Answer, Event, JournalText, Limits};
use ctsup_core::{Plan, Run, StepId};
use ctsup_executor::driver::DriveError;
use ctsup_executor::take_up::{NotTaken, Taker, go_on, take};
use ctsup_executor::{Folder, FolderError, Manner, MemoryStore, Order};
use ctsup_render::Words;
use ctsup_render::run::Why;
use ctsup_simulator::fault::{Kind, Moment};
use ctsup_simulator::{PATIENCE, Rehearsal, Simulation, World};
use serde::{Deserialize, Serialize};
use tokio::sync::mpsc;

use super::Shared;
use super::drive::{Seat, drive};
use super::person::Person;
use super::view::{Clock, View};
use crate::console::Console;
use crate::failure::Failure;

const FILE: &str = "rehearsal.json";
const OWNER: &str = "rehearsal@here";

/// What a rehearsal is made of, besides its plan.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Rehearsed {
    pub(crate) seed: u64,
    /// Steps and what goes wrong with them.
    pub(crate) faults: Vec<(StepId, String)>,
    /// What each process did that took it up.
    sessions: Vec<Session>,
}

/// What one process does with a rehearsal.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Session {
    /// Gives the run up.
    pub(crate) abort: bool,
    pub(crate) parallel: usize,
    pub(crate) pause_before: Vec<StepId>,
    pub(crate) until: Option<StepId>,
    /// Questions are answered with yes.
    pub(crate) yes: bool,
    /// Answers that a person gave.
    pub(crate) answers: Vec<Answer>,
}

impl Session {
    pub(crate) fn of(limits: &Limits, yes: bool) -> Self {
        Self {
            parallel: limits.parallel,
            pause_before: limits.pause_before.iter().cloned().collect(),
            until: limits.until.clone(),
            yes,
            ..Self::default()
        }
    }

    fn limits(&self) -> Limits {
        Limits {
            parallel: self.parallel,
            until: self.until.clone(),
            pause_before: self.pause_before.iter().cloned().collect(),
        }
    }
}

/// A fault's name, and the fault; nothing where it is a person's no.
type NamedFault = (&'static str, fn() -> Option<Kind>);

/// The faults that can be named on the command line.
pub(crate) const FAULTS: [NamedFault; 12] = [
    ("fail", || Some(Kind::Fail(1))),
    ("fail-after", || Some(Kind::FailAfter(1))),
    ("hang", || Some(Kind::Hang)),
    ("slow", || Some(Kind::Slow(3_600_000))),
    ("drop", || Some(Kind::Drop(Moment::During(1000)))),
    ("drop-after", || Some(Kind::Drop(Moment::After))),
    ("kill-ctsup", || Some(Kind::KillExecutor(Moment::During(1000)))),
    ("kill-node", || Some(Kind::KillNode(Moment::During(1000)))),
    ("reboot", || Some(Kind::Reboot(Moment::During(1000)))),
    ("disk-full", || Some(Kind::DiskFull("/".to_owned()))),
    ("garbage", || Some(Kind::Corrupt("\u{fffd}\u{fffd}".to_owned()))),
    // The person says no.
    ("no", || None),
];

impl Rehearsed {
    pub(crate) fn new(seed: u64, faults: Vec<(StepId, String)>) -> Self {
        Self { seed, faults, sessions: Vec::new() }
    }

    /// Of a run's folder, where it is one of a rehearsal. One that can't be read is never taken for a
    /// run: nothing of it happened on servers.
    pub(crate) fn of(folder: &Folder) -> Result<Option<Self>, Failure> {
        let file = || folder.dir().join(FILE).display().to_string();
        let wrong = |why: String| {
            Failure::said("run-rehearsal-unreadable", &[("file", &file()), ("why", &why)])
        };
        match folder.read(FILE) {
            Ok(text) => {
                let read: Self = serde_json::from_str(&text).map_err(|e| wrong(e.to_string()))?;
                let known = |kind: &String| FAULTS.iter().any(|(name, _)| name == kind);
                match read.faults.iter().find(|(_, kind)| !known(kind)) {
                    Some((_, kind)) => Err(wrong(kind.clone())),
                    None => Ok(Some(read)),
                }
            }
            Err(FolderError::Io { source, .. }) if source.kind() == io::ErrorKind::NotFound => {
                match folder.look() {
                    // The file was taken away; the journal still says whose it is.
                    Ok(read) if read.records.iter().any(|record| is_ours(&record.event)) => {
                        Err(wrong(source.to_string()))
                    }
                    _ => Ok(None),
                }
            }
            Err(error) => Err(wrong(error.to_string())),
        }
    }

    /// Whether a folder is one of a rehearsal, readable or not.
    pub(crate) fn is_in(folder: &Folder) -> bool {
        !matches!(Self::of(folder), Ok(None))
    }

    fn world(&self, plan: &Plan) -> World {
        let mut world = World::of(plan, self.seed);
        for (step, name) in &self.faults {
            let kind = FAULTS.iter().find(|(known, _)| known == name).and_then(|(_, make)| make());
            if let Some(kind) = kind {
                world.faults.add_to_step(step.as_str(), kind);
            }
        }
        world
    }

    fn says_no(&self, step: &StepId) -> bool {
        self.faults.iter().any(|(at, kind)| at == step && kind == "no")
    }

    /// Lets what happened happen again, then does what is asked now. The run, why it is not under
    /// way, and the journal that came of it.
    pub(crate) async fn play(
        &mut self,
        plan: &Shared,
        kept: Option<&str>,
        now: Session,
        name: &str,
        stage: Stage,
        orders: &mut mpsc::Receiver<Order>,
    ) -> Result<Played, Failure> {
        let rehearsal = Rehearsal::new(Plan::clone(plan), Simulation::new(self.world(plan)));
        let store = MemoryStore::default();
        for session in self.sessions.clone() {
            let silent = View::silent(&Run::new(plan.clone()), stage.words, stage.clock);
            let (_none, mut nobody) = mpsc::channel(1);
            let person = Person::Nobody;
            let hall = Hall { rehearsal: &rehearsal, store: &store, name, view: &silent, person };
            self.session(&hall, &session, &mut nobody, stage.words).await?;
        }
        if kept.is_some_and(|kept| kept != store.text()) {
            return Err(Failure::said("run-rehearsal-changed", &[]));
        }
        let before = replayed(plan, &store)?;
        let view = View::new(&before, stage.words, stage.clock, stage.json).rehearses();
        let mut now = now;
        let person = Person::there(stage.json);
        let hall = Hall { rehearsal: &rehearsal, store: &store, name, view: &view, person };
        let why = self.session(&hall, &now, orders, stage.words).await?;
        view.rest();
        let text = store.text();
        let read = read_whole(&text)?;
        let events: Vec<_> = read.records.iter().map(|record| &record.event).collect();
        let from = events.iter().rposition(|event| matches!(event, Event::Attached { .. }));
        let answers = events[from.unwrap_or(0)..].iter().filter_map(|event| match event {
            Event::Answered { answer, .. } => Some(*answer),
            _ => None,
        });
        now.answers = answers.collect();
        self.sessions.push(now);
        let struck = rehearsal.way.simulation.with(|w| w.faults.left());
        let struck =
            self.faults.iter().map(|(step, _)| !struck.contains(&step.as_str().to_owned()));
        let said_no = |step: &StepId| events.iter().any(|event| is_no(event, step));
        let struck = struck
            .zip(&self.faults)
            .map(|(struck, (step, kind))| if kind == "no" { said_no(step) } else { struck });
        let struck = struck.collect();
        Ok(Played { run: replayed(plan, &store)?, why, journal: text, struck })
    }

    /// Says of each fault whether it came to it, and what it was: some are mended without a trace.
    pub(crate) fn tell_faults(&self, struck: &[bool], console: &Console) {
        for ((step, kind), struck) in self.faults.iter().zip(struck) {
            let happened = match (struck, kind.as_str()) {
                (false, _) => "none",
                (true, "no") => "said-no",
                (true, kind) => kind,
            };
            let args = [("step", step.as_str()), ("kind", kind), ("happened", happened)];
            let args = args.map(|(name, value)| (name, value.into()));
            let told = ctsup_render::paragraph(&console.words.say("fault-told", &args), 76);
            console.tell(&format!("{}\n", told.join("\n    ")));
        }
    }

    /// One process: takes the run up and drives it until it stops.
    async fn session(
        &self,
        hall: &Hall<'_>,
        session: &Session,
        orders: &mut mpsc::Receiver<Order>,
        words: &'static Words,
    ) -> Result<Why, Failure> {
        let Hall { rehearsal, store, name, view, person } = hall;
        let plan = rehearsal.plan.clone();
        let way = rehearsal.way.clone();
        let text = store.text();
        let read = if text.is_empty() { None } else { Some(read_whole(&text)?) };
        // Whoever comes back has ended by then what hangs on the hosts, as the report says.
        if read.is_some() && way.simulation.end_hung() > 0 {
            view.say("run-ended-by-hand");
        }
        let taker = Taker { run: name, owner: OWNER, over: false };
        let mut own = (*store).clone();
        let taken = take(&way, &plan, None, &mut own, read, taker).await;
        let taken = taken.map_err(|error| match &error {
            NotTaken::Lock(error) => Failure::lock(error, words),
            other => Failure::Ours(other.to_string()),
        })?;
        let manner = Manner { leaves_overdue: Some(PATIENCE), ..Manner::default() };
        let ours = |error: DriveError| Failure::Ours(error.to_string());
        let parts = (way.clone(), way.clone(), own, manner);
        let mut driver = go_on(parts, &plan, &taken, taker).map_err(ours)?;
        view.follow(&driver.run);
        if session.abort {
            driver.give_up(OWNER, &mut |heard| view.hear(heard)).map_err(ours)?;
        }
        let mut given: VecDeque<Answer> = session.answers.iter().copied().collect();
        let (yes, limits) = (session.yes, session.limits());
        let mut obliging = |_: &Run, step: &StepId, question, said: Option<Answer>| {
            match said.or_else(|| given.pop_front()) {
                // Who says that it is done has done it.
                Some(Answer::Done) => Some(rehearsal.answer(step, question)),
                Some(other) => Some(other),
                None if self.says_no(step) => Some(Answer::No),
                None if yes => Some(rehearsal.answer(step, question)),
                None => None,
            }
        };
        let mut seat = Seat { person, by: OWNER, view, words, obliging: &mut obliging };
        let driven = tokio::select! {
            biased;
            () = way.death() => Why::Killed,
            why = drive(&mut driver, &limits, orders, &mut seat) => why,
        };
        Ok(driven)
    }

    /// Keeps the rehearsal, so that it can be gone on with.
    pub(crate) fn keep(&self, folder: &Folder, journal: &str) -> Result<(), Failure> {
        let text = serde_json::to_string(self).expect("a rehearsal is always JSON");
        folder
            .write(FILE, &text)
            .and_then(|()| folder.put_journal(journal))
            .map_err(|error| Failure::run(folder, error))
    }
}

/// Told by a rehearsal's process.
fn is_ours(event: &Event) -> bool {
    matches!(event, Event::Attached { by, .. } if by == OWNER)
}

/// What a session plays with.
struct Hall<'h> {
    rehearsal: &'h Rehearsal,
    store: &'h MemoryStore,
    name: &'h str,
    view: &'h View,
    person: Person,
}

/// Where a rehearsal is watched.
#[derive(Clone, Copy)]
pub(crate) struct Stage {
    pub(crate) words: &'static Words,
    pub(crate) clock: Clock,
    pub(crate) json: bool,
}

fn replayed(plan: &Shared, store: &MemoryStore) -> Result<Run, Failure> {
    let text = store.text();
    if text.is_empty() {
        return Ok(Run::new(plan.clone()));
    }
    let read = read_whole(&text)?;
    Run::replay(plan.clone(), &read.records).map_err(|error| Failure::Ours(error.to_string()))
}

/// A journal that was written in memory.
fn read_whole(text: &str) -> Result<JournalText, Failure> {
    JournalText::read(text.as_bytes()).map_err(|error| Failure::Ours(error.to_string()))
}

fn is_no(event: &Event, id: &StepId) -> bool {
    matches!(event, Event::Answered { answer: Answer::No, step, .. } if step == id)
}

/// What came of a session.
pub(crate) struct Played {
    pub(crate) run: Run,
    /// Why it is not under way.
    pub(crate) why: Why,
    pub(crate) journal: String,
    /// Of each fault, whether it came to it.
    pub(crate) struck: Vec<bool>,
}

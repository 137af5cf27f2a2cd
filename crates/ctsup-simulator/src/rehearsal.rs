//! A plan rehearsed: the executor's own driver on simulated hosts, in virtual time.
//!
//! The person of a rehearsal agrees to what is asked, and types what the plan leaves to a person's
//! terminal. A rehearsal whose executor was killed goes on with the journal that is left.

use std::collections::{BTreeMap, BTreeSet};
use std::future::Future;
use std::io;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use ctsup_core::action::Person;
use ctsup_core::action::person::DatabaseBack;
use ctsup_core::plan::Servers;
use ctsup_core::run::{Answer, Event, JournalText, Limits, Question, Run, StopReason};
use ctsup_core::{Action, FactKey, FactValue, LookUp, NodeName, Plan, StepId};
use ctsup_executor::copies::{self, Behind, Copy};
use ctsup_executor::driver::{DriveError, Driver, Ending, Manner};
use ctsup_executor::store::Store;
use ctsup_executor::take_up::{NotTaken, Taker, go_on, take};
use ctsup_executor::{Heard, claims, lock as installation};
use tokio::sync::mpsc;

use crate::process::lock;
use crate::simulation::{Command, Simulation};
use crate::way::Way;

/// How long a rehearsal waits for a command that is past its limit: longer than any fault makes one
/// slow, so that only what hangs for good is left behind.
pub const PATIENCE: Duration = Duration::from_secs(2 * 3600);

const OWNER: &str = "rehearsal@here";
const RUN: &str = "rehearsal";
/// How a journal's store says that its executor died with the line.
const KILLED: io::ErrorKind = io::ErrorKind::ConnectionAborted;
/// Longer than anything that a person types takes.
const LIMIT_MS: u64 = 8 * 3_600_000;

/// A rehearsal of one plan.
pub struct Rehearsal {
    /// The plan.
    pub plan: Arc<Plan>,
    /// The hosts.
    pub way: Way,
    journal: Lines,
    limits: Limits,
    name: String,
    owner: String,
    copies: Option<String>,
    heard: Arc<Mutex<String>>,
    /// How many milliseconds the person takes for a step; where none are said the answer comes at once.
    pub person_takes: BTreeMap<StepId, u64>,
    /// Where the person says no.
    pub refused: BTreeSet<StepId>,
}

/// What whoever takes a run up wants of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wish {
    GoOn,
    GiveUp,
    TakeOver,
}

/// How a part of a rehearsal ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ended {
    /// The plan is done.
    Done,
    /// The run stopped by itself.
    Stopped(StopReason),
    /// The executor was killed; what it wrote down is left.
    Killed,
    /// The rehearsal can't go on, for a reason of the executor's.
    Broken(String),
}

/// A journal in memory that can die with its executor after a given number of lines.
#[derive(Debug, Clone, Default)]
struct Lines(Arc<Mutex<Kept>>);

#[derive(Debug, Default)]
struct Kept {
    text: String,
    /// How much of it survives the loss of power.
    kept: usize,
    dies_after: Option<usize>,
}

impl Store for Lines {
    fn append(&mut self, line: &str) -> io::Result<()> {
        let mut kept = lock(&self.0);
        kept.text.push_str(line);
        // The line is on disk; whoever wrote it does not live to act on it.
        if kept.dies_after.is_some_and(|n| kept.text.lines().count() >= n) {
            kept.dies_after = None;
            return Err(KILLED.into());
        }
        Ok(())
    }

    fn keep(&mut self) -> io::Result<()> {
        let mut kept = lock(&self.0);
        kept.kept = kept.text.len();
        Ok(())
    }
}

impl Rehearsal {
    /// A rehearsal on these hosts.
    #[must_use]
    pub fn new(plan: Plan, simulation: Simulation) -> Self {
        let (way, journal) = (Way::new(simulation), Lines::default());
        Self {
            plan: Arc::new(plan),
            way,
            journal,
            limits: Limits::default(),
            name: RUN.to_owned(),
            owner: OWNER.to_owned(),
            copies: None,
            heard: Arc::default(),
            person_takes: BTreeMap::new(),
            refused: BTreeSet::new(),
        }
    }

    /// Another plan on the same hosts, as a run of its own: what is planned anew after a stop.
    #[must_use]
    pub fn then(&self, plan: Plan, name: &str) -> Self {
        let (way, owner) = (self.way.clone(), self.owner.clone());
        Self {
            plan: Arc::new(plan),
            way,
            journal: Lines::default(),
            limits: Limits::default(),
            name: name.to_owned(),
            owner,
            copies: self.copies.clone(),
            heard: Arc::default(),
            person_takes: BTreeMap::new(),
            refused: BTreeSet::new(),
        }
    }

    /// The same run in other hands: another person at another machine, with a copy of the journal.
    #[must_use]
    pub fn colleague(&self, owner: &str, journal: &str) -> Self {
        let lines = Lines::default();
        journal.clone_into(&mut lock(&lines.0).text);
        Self {
            plan: Arc::clone(&self.plan),
            way: self.way.clone(),
            journal: lines,
            limits: self.limits.clone(),
            name: self.name.clone(),
            owner: owner.to_owned(),
            copies: self.copies.clone(),
            heard: Arc::default(),
            person_takes: BTreeMap::new(),
            refused: BTreeSet::new(),
        }
    }

    /// Plan and journal are copied to a directory on every node from now on.
    pub fn keep_copies(&mut self, base: &str) {
        self.copies = Some(base.to_owned());
    }

    /// The run's copy on the nodes.
    ///
    /// # Panics
    /// When the machine can't run a task at all.
    #[must_use]
    pub fn copy(&self) -> Option<Copy> {
        let nodes: Vec<NodeName> = self.plan.topology.nodes.keys().cloned().collect();
        let base = self.copies.as_deref()?;
        block_on(copies::fetch(&self.way, &nodes, base, Some(&self.name)))
    }

    /// The run's copy on one node.
    ///
    /// # Panics
    /// When the machine can't run a task at all.
    #[must_use]
    pub fn copy_on(&self, node: &NodeName) -> Option<Copy> {
        let base = self.copies.as_deref()?;
        block_on(copies::fetch(&self.way, std::slice::from_ref(node), base, Some(&self.name)))
    }

    /// What whoever watched it heard besides the journal's records: output, what waits saw.
    #[must_use]
    pub fn heard(&self) -> String {
        lock(&self.heard).clone()
    }

    /// A fact as the hosts tell it now: what `ctsup observe` asks them.
    ///
    /// # Errors
    /// What is in the way of it.
    ///
    /// # Panics
    /// When the machine can't run a task at all.
    pub fn read(
        &self,
        key: &FactKey,
        look: &LookUp,
        servers: &Servers,
    ) -> Result<FactValue, String> {
        let asked = [(key.clone(), look.clone())];
        let mut told = block_on(claims::values(&self.way, &asked, servers));
        told.pop().expect("one answer to one question")
    }

    /// What the journal tells.
    ///
    /// # Errors
    /// When it is damaged, or tells what cannot have happened.
    pub fn told(&self) -> Result<Run, String> {
        let read = JournalText::read(self.journal().as_bytes()).map_err(|e| e.to_string())?;
        Run::replay(Arc::clone(&self.plan), &read.records).map_err(|e| e.to_string())
    }

    /// The journal's text.
    #[must_use]
    pub fn journal(&self) -> String {
        lock(&self.journal.0).text.clone()
    }

    /// Kills the executor once the journal has so many lines.
    pub fn die_after(&self, lines: usize) {
        lock(&self.journal.0).dies_after = Some(lines);
    }

    /// The operator's machine loses its power once its executor is dead: of the journal is left what
    /// was said to be on disk. How many lines went.
    #[must_use]
    pub fn lose_power(&self) -> usize {
        let mut kept = lock(&self.journal.0);
        let whole = kept.kept.min(kept.text.len());
        let gone = kept.text.split_off(whole);
        gone.lines().count()
    }

    /// The journal here loses its end: so many lines are left.
    pub fn lose_tail(&self, lines: usize) {
        let mut kept = lock(&self.journal.0);
        kept.text = kept.text.split_inclusive('\n').take(lines).collect();
    }

    /// Runs the plan, or goes on where the last executor left it.
    ///
    /// # Panics
    /// When the machine can't run a task at all.
    #[must_use]
    pub fn run(&self) -> Ended {
        block_on(self.process(Wish::GoOn))
    }

    /// Gives the run up: `ctsup abort`.
    ///
    /// # Panics
    /// When the machine can't run a task at all.
    #[must_use]
    pub fn abort(&self) -> Ended {
        block_on(self.process(Wish::GiveUp))
    }

    /// Takes the run over from whoever has it.
    ///
    /// # Panics
    /// When the machine can't run a task at all.
    #[must_use]
    pub fn take_over(&self) -> Ended {
        block_on(self.process(Wish::TakeOver))
    }

    /// [`Rehearsal::run`] in the hands of the caller: an operator's machine that is not polled
    /// sleeps while the hosts go on.
    pub async fn at_work(&self) -> Ended {
        self.process(Wish::GoOn).await
    }

    async fn process(&self, wish: Wish) -> Ended {
        tokio::select! {
            biased;
            () = self.way.death() => Ended::Killed,
            ended = self.attempt(wish) => ended,
        }
    }

    async fn attempt(&self, wish: Wish) -> Ended {
        // `ctsup resume` says so, and does nothing.
        if self.told().is_ok_and(|run| run.is_finished()) {
            return Ended::Done;
        }
        let over = wish == Wish::TakeOver;
        let read = JournalText::read(self.journal().as_bytes());
        let taker = Taker { run: &self.name, owner: &self.owner, over };
        let mut store = self.journal.clone();
        let read = match read {
            Ok(read) => {
                // What stands behind the last whole line was never acted upon.
                lock(&self.journal.0).text.truncate(read.whole);
                Some(read)
            }
            Err(_) if self.journal().lines().count() < 2 => {
                lock(&self.journal.0).text.clear();
                None
            }
            Err(error) => return Ended::Broken(error.to_string()),
        };
        let copies = self.copies.as_deref();
        let taken = take(&self.way, &self.plan, copies, &mut store, read, taker).await;
        let taken = match taken {
            Ok(taken) => taken,
            Err(NotTaken::Done) => return Ended::Done,
            Err(NotTaken::Behind(Behind::Io(error))) => return broken(&DriveError::from(error)),
            Err(error) => return Ended::Broken(error.to_string()),
        };
        let held = taken.held.clone();
        let manner = Manner {
            copies: self.copies.clone(),
            leaves_overdue: Some(PATIENCE),
            ..Manner::default()
        };
        let parts = (self.way.clone(), self.way.clone(), store, manner);
        let mut driver = match go_on(parts, &self.plan, &taken, taker) {
            Ok(driver) => driver,
            Err(error) => return broken(&error),
        };
        if wish == Wish::GiveUp
            && let Err(error) = driver.give_up(&self.owner, &mut |_| {})
        {
            return broken(&error);
        }
        let ended = self.drive(driver).await;
        if matches!(ended, Ended::Done | Ended::Stopped(_)) {
            // Where a node does not answer, the lock stays and says whose it was.
            installation::release(&self.way, &held.nodes, held.generation).await;
        }
        ended
    }

    async fn drive(&self, mut driver: Driver<Way, Way, Lines>) -> Ended {
        // Nobody gives orders while a rehearsal runs: answers are written down between two drives.
        let (_orders, mut orders) = mpsc::channel(1);
        let heard = Arc::clone(&self.heard);
        let listener: &mut (dyn FnMut(Heard<'_>) + Send) = &mut |told: Heard<'_>| {
            let text = match told {
                Heard::Record(_) => return,
                Heard::Output { bytes, .. } => String::from_utf8_lossy(bytes).into_owned(),
                Heard::Seen { text, .. } => format!("{text}\n"),
            };
            lock(&heard).push_str(&text);
        };
        loop {
            match driver.drive(&self.limits, &mut orders, listener).await {
                Ok(Ending::Done) => return Ended::Done,
                Ok(Ending::Stopped(reason)) => return Ended::Stopped(reason),
                // Nothing waits at a terminal here.
                Ok(Ending::Prompt(step)) => return Ended::Broken(format!("{step} asks something")),
                Ok(Ending::Person(step, question)) => {
                    if let Some(takes) = self.person_takes.get(&step) {
                        self.way.simulation.pass(*takes);
                    }
                    let answer = self.answer(&step, question);
                    let (by, note) = (self.owner.clone(), String::new());
                    let event = Event::Answered { answer, by, note, step };
                    if let Err(error) = driver.record(event, listener) {
                        return broken(&error);
                    }
                }
                Err(error) => return broken(&error),
            }
        }
    }

    /// What the person does, and says then: what the plan leaves to a person's terminal is typed.
    #[must_use]
    pub fn answer(&self, id: &StepId, question: Question) -> Answer {
        let Some(step) = self.plan.step(id.as_str()) else { return Answer::No };
        if self.refused.contains(id) {
            return Answer::No;
        }
        match &step.action {
            Action::Person(Person::RollBackDatabase {
                backup,
                node,
                part: DatabaseBack::MoveFiles,
                ..
            }) => {
                let data =
                    self.way.simulation.with(|w| w.volume_path(node.as_str(), "cts_postgres_data"));
                // Whoever is asked again looks first what of it lies there already.
                let lies = |path: &str| {
                    self.way.simulation.with(|w| w.entry(node.as_str(), path).is_some())
                };
                let (now, new) = (format!("{data}/PG_VERSION"), format!("{data}/PG_VERSION.new"));
                let old = format!("{data}/{backup}/PG_VERSION");
                let mut lines = Vec::new();
                if !lies(&new) {
                    lines.push(format!("mv {now} {new}"));
                }
                if lies(&old) {
                    lines.push(format!("mv {old} {now}"));
                }
                self.type_in(node.as_str(), None, &lines)
            }
            Action::Person(Person::BringCopy { from, node, path, .. }) => {
                let (from, to) = (from.as_str(), node.as_str());
                match self.way.simulation.with(|w| w.bring(from, to, path)) {
                    Ok(()) => Answer::Done,
                    Err(_) => Answer::No,
                }
            }
            Action::Playbook(ctsup_core::action::Playbook::NameImage { dir, image, node }) => {
                let file = format!("{dir}/group_vars/all.yaml");
                let line = format!("echo 'web_client_image: {image}' > {file}");
                self.type_in(node.as_str(), None, &[line])
            }
            _ => match (&step.node, question) {
                (Some(node), Question::Agree | Question::Judge) if typed(&step.action) => {
                    self.type_in(node.as_str(), step.cwd.as_deref(), &step.commands)
                }
                (_, Question::Repeat) => Answer::Again,
                _ => Answer::Done,
            },
        }
    }

    fn type_in(&self, node: &str, cwd: Option<&str>, lines: &[String]) -> Answer {
        let command = Command {
            lines: lines.to_vec(),
            cwd: cwd.map(str::to_owned),
            job: None,
            terminal: true,
        };
        match self.way.simulation.run(node, &command, LIMIT_MS) {
            Some(seen) if seen.code == Some(0) => Answer::Done,
            _ => Answer::No,
        }
    }
}

fn block_on<R>(work: impl Future<Output = R>) -> R {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build();
    runtime.expect("a runtime without threads and timers always starts").block_on(work)
}

/// Whether a person types the commands: they want a terminal, a password or a decision.
fn typed(action: &Action) -> bool {
    matches!(action, Action::Playbook(_) | Action::Registry(_) | Action::Site(_))
}

fn broken(error: &DriveError) -> Ended {
    match error {
        DriveError::Journal(error) if error.kind() == KILLED => Ended::Killed,
        error => Ended::Broken(error.to_string()),
    }
}

//! `ctsup run`: carries an approved plan out on the servers it names.

use std::sync::Arc;

use clap::{ArgMatches, Command};
use ctsup_core::run::{Event, JournalText, Limits, StopReason};
use ctsup_core::{NodeName, Plan, Run};
use ctsup_executor::claims::{self, Tested};
use ctsup_executor::copies::{self, Behind};
use ctsup_executor::transport::{Base, Real};
use ctsup_executor::{Driver, FileStore, Folder, Manner, WallClock, driver, lock};
use ctsup_render::Words;
use ctsup_render::run::{Teller, Why};

use super::rehearse;
use crate::console::Console;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::running::{self, Clock, Person, Rehearsed, Seat, Session, Told, View};
use crate::{help, inputs};

pub(crate) fn define(words: &'static Words) -> Command {
    let option = |id, name, about| help::option(words, id, name, about, "running");
    let command = help::command(words, "run")
        .arg(inputs::file(words, "help-run-file"))
        .arg(option("digest", "digest", "help-run-digest"));
    let command = define_reach(running::define_limits(command, words), words);
    running::define_root(inputs::define(command, words), words)
}

/// The options that say how nodes are reached and whose lock is taken over.
pub(crate) fn define_reach(command: Command, words: &Words) -> Command {
    let command = define_ssh(command, words);
    command.arg(help::flag(words, "take-over", "help-run-take-over", "running"))
}

/// The option that says how nodes are reached.
pub(crate) fn define_ssh(command: Command, words: &Words) -> Command {
    command.arg(help::option(words, "ssh-config", "file", "help-run-ssh-config", "running"))
}

pub(crate) fn run(matches: &ArgMatches, console: &Console) -> Result<Exit, Failure> {
    let clock = Clock::local();
    let plan = match running::plan(matches, console)? {
        Ok(plan) => plan,
        Err(exit) => return Ok(exit),
    };
    let limits = running::limits(matches, &plan, "")?;
    if let Some(exit) = unproven(&plan, console) {
        return Ok(exit);
    }
    approved(matches, &plan, console)?;
    let name = running::name_for(&plan, clock.offset());
    let root = running::root(matches);
    let folder = Folder::create(&root, &name, &plan).map_err(|error| {
        let dir = root.display().to_string();
        Failure::said("run-folder", &[("dir", &dir), ("why", &error.to_string())])
    })?;
    let ended = carry(matches, &Arc::new(plan), &folder, Begin::New, &limits, clock, console);
    if running::never_begun(&folder) {
        // What did not begin is no run; one that stays by mistake is passed over.
        let _ = folder.remove();
    }
    ended
}

/// Nothing begins that is not proven, unless it was saved so on purpose, and then that is said.
fn unproven(plan: &Plan, console: &Console) -> Option<Exit> {
    if plan.is_marked_unproven() {
        console.say("warning-unproven", &[]);
        return None;
    }
    let refused = super::plan::refused(plan, console)?;
    console.say(refused, &[]);
    Some(Exit::Counterexample)
}

/// Approval: the digest on the command line, or a yes at the terminal.
fn approved(matches: &ArgMatches, plan: &Plan, console: &Console) -> Result<(), Failure> {
    let digest = [("digest", plan.digest.as_str())];
    if let Some(given) = matches.get_one::<String>("digest") {
        let bare = |text: &str| text.trim_start_matches("sha256:").to_owned();
        return if bare(given) == bare(&plan.digest) {
            Ok(())
        } else {
            Err(Failure::ending(Exit::NotApproved, "run-digest-wrong", &digest))
        };
    }
    if !Person::there(running::json(matches)).is_there() {
        return Err(Failure::ending(Exit::NotApproved, "run-not-approved", &digest));
    }
    console.tell(&Teller::new(plan, console.words).approval());
    if running::yes(&console.words.say("approve-ask", &[]), console.words) {
        Ok(())
    } else {
        Err(Failure::ending(Exit::NotApproved, "approve-refused", &[]))
    }
}

/// How a process takes a run up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Begin {
    /// It begins.
    New,
    /// It goes on.
    Again,
    /// It is given up.
    Abort,
}

/// Takes a kept run up: where it was rehearsed, or on the servers.
pub(crate) fn take_up(
    matches: &ArgMatches,
    folder: Folder,
    plan: &Arc<Plan>,
    begin: Begin,
    limits: &Limits,
    clock: Clock,
    console: &Console,
) -> Result<Exit, Failure> {
    let Some(rehearsed) = Rehearsed::of(&folder)? else {
        return carry(matches, plan, &folder, begin, limits, clock, console);
    };
    let abort = matches!(begin, Begin::Abort);
    // Only resuming asks for a yes.
    let session = Session { abort, ..Session::of(limits, !abort && matches.get_flag("yes")) };
    let name = folder.name().to_owned();
    rehearse::play(matches, rehearsed, plan, Some(folder), session, &name, clock, console)
}

/// Takes a run up and drives it.
fn carry(
    matches: &ArgMatches,
    plan: &Arc<Plan>,
    folder: &Folder,
    begin: Begin,
    limits: &Limits,
    clock: Clock,
    console: &Console,
) -> Result<Exit, Failure> {
    let runtime = running::runtime()?;
    let ended = runtime.block_on(async {
        let way = Real::ssh(&plan.topology, running::reach(matches, &plan.site, console));
        let mut site = Site { matches, plan, folder, limits, clock, console };
        site.drive(way, begin).await
    });
    // Whoever still waits for a line from the terminal is not waited for.
    runtime.shutdown_background();
    ended
}

/// A run on real servers.
struct Site<'s> {
    matches: &'s ArgMatches,
    plan: &'s Arc<Plan>,
    folder: &'s Folder,
    limits: &'s Limits,
    clock: Clock,
    console: &'s Console,
}

impl Site<'_> {
    async fn drive(&mut self, way: Real, begin: Begin) -> Result<Exit, Failure> {
        let said = |why: String| Failure::said("run-illegal", &[("why", &why)]);
        let owner = running::owner();
        let name = self.folder.name().to_owned();
        // The journal's own lock comes first: two processes on one machine are told apart by it.
        if begin == Begin::New && !self.claims_hold(&way).await {
            return Ok(Exit::Faulty);
        }
        let nodes: Vec<NodeName> = self.plan.topology.nodes.keys().cloned().collect();
        let (journal, read) = self.journal(begin, &way, &nodes).await?;
        let over = |read: &JournalText| {
            Run::replay(self.plan.clone(), &read.records).is_ok_and(|run| run.is_finished())
        };
        // As the nodes told just now.
        if read.as_ref().is_some_and(over) {
            self.console.say("run-finished-already", &[("run", name.as_str().into())]);
            return Ok(Exit::Done);
        }
        let over = self.matches.get_flag("take-over");
        let last = read.as_ref().map_or(0, lock::last_generation);
        let held = lock::take_after(&way, &nodes, &name, &owner, over, last)
            .await
            .map_err(|error| Failure::lock(&error, self.console.words))?;
        for failure in &held.absent {
            let why = [
                ("node", failure.node().as_str()),
                ("why", &ctsup_render::run::seen(self.console.words, &failure.seen())),
            ]
            .map(|(name, value)| (name, value.into()));
            self.console.say("run-not-reached", &why);
        }
        let (mut orders, signal) =
            running::signals(Some(self.folder.clone())).map_err(|error| said(error.to_string()))?;
        let json = running::json(self.matches);
        let copies = Some(Base::of(&self.plan.site).path().to_owned());
        let parts = (way, WallClock, journal, Manner { copies, ..Manner::default() });
        let mut driver = match &read {
            None => driver::begin(parts, self.plan.clone(), &owner, held.generation),
            Some(read) => driver::resume(parts, self.plan.clone(), read, &owner, held.generation),
        }
        .map_err(|error| said(error.to_string()))?;
        let view = View::new(&driver.run, self.console.words, self.clock, json);
        let ticker = ticker(&view);
        let person = Person::there(json);
        let mut seat = Seat {
            person: &person,
            by: &owner,
            view: &view,
            words: self.console.words,
            obliging: &mut running::nobody,
        };
        let mut aborting = Ok(());
        if begin == Begin::Abort {
            let event = Event::Aborting { by: owner.clone() };
            aborting = driver.record(event, &mut |heard| view.hear(heard));
        }
        let why = match aborting {
            Ok(()) => running::drive(&mut driver, self.limits, &mut orders, &mut seat).await,
            Err(error) => Why::Broken(running::broken(&error)),
        };
        ticker.abort();
        let told = Told { why, signal: Some(*signal.borrow()).filter(|signal| *signal != 0) };
        // What is over, given up, or never began, blocks nobody.
        let given_up = matches!(told.why, Why::Stopped(StopReason::Aborted));
        if given_up || matches!(told.why, Why::Done) || !driver.run.has_changed() {
            lock::release(&driver.way, &held.nodes, held.generation).await;
        }
        // A journal that can't be written takes no last word, and one that was taken over must not
        // go on beside the other.
        if !matches!(told.why, Why::Broken(_)) {
            self.left(&mut driver, &told.why, &view)?;
        }
        let run = &driver.run;
        running::finish(run, &name, Some(self.folder), &told, &view, self.clock, self.console)
    }

    /// Tests again what the plan rests on; what could not be told is said and left to the person
    /// who approved it.
    async fn claims_hold(&self, way: &Real) -> bool {
        let words = self.console.words;
        let teller = Teller::new(self.plan, words);
        let tested = claims::test(way, self.plan).await;
        let mut holds = true;
        for (claim, tested) in &tested {
            let said = ("claim", teller.claim(claim).into());
            match tested {
                Tested::Holds => {}
                Tested::Fell(seen) => {
                    holds = false;
                    self.console.say("claims-fell", &[said]);
                    let seen = ctsup_render::run::seen(words, seen);
                    self.console.say("claims-seen", &[("seen", seen.into())]);
                }
                Tested::Untold(why) => {
                    let why =
                        ctsup_render::run::seen(words, why.lines().next().unwrap_or_default());
                    self.console.say("claims-untested", &[said, ("why", why.into())]);
                }
            }
        }
        self.console.say("claims-tested", &[("count", tested.len().into())]);
        if !holds {
            self.console.say("stop-claims", &[]);
            self.console.say("next-again", &[]);
        }
        holds
    }

    async fn journal(
        &self,
        begin: Begin,
        way: &Real,
        nodes: &[NodeName],
    ) -> Result<(ctsup_executor::Journal<FileStore>, Option<JournalText>), Failure> {
        let wrong = |error| Failure::run(self.folder, error);
        if begin == Begin::New {
            return Ok((self.folder.begin(self.plan).map_err(wrong)?, None));
        }
        let (mut store, read) = self.folder.go_on().map_err(wrong)?;
        let base = Base::of(&self.plan.site);
        let caught_up = copies::caught_up(way, nodes, base.path(), &mut store, read).await;
        let (read, from) = caught_up.map_err(|behind| match behind {
            Behind::Elsewhere(node) => {
                let args = [("run", self.folder.name()), ("node", node.as_str())];
                Failure::ending(Exit::Locked, "run-elsewhere", &args)
            }
            Behind::Io(error) => {
                let args = [("dir", self.folder.name()), ("why", &error.to_string())];
                Failure::said("run-folder", &args)
            }
        })?;
        if let Some(node) = from {
            self.console.say("run-caught-up", &[("node", node.as_str().into())]);
        }
        Ok((ctsup_executor::Journal::go_on(store, &read), Some(read)))
    }

    fn left(
        &self,
        driver: &mut Driver<Real, WallClock, FileStore>,
        why: &Why,
        view: &View,
    ) -> Result<(), Failure> {
        let event = Event::Left { reason: why.code().to_owned() };
        let heard = &mut |heard: ctsup_executor::Heard<'_>| view.hear(heard);
        driver
            .record(event, heard)
            .map_err(|error| Failure::said("run-illegal", &[("why", &error.to_string())]))
    }
}

/// Lets the living line tell the time.
fn ticker(view: &View) -> tokio::task::JoinHandle<()> {
    let view = view.clone();
    tokio::spawn(async move {
        let mut every = tokio::time::interval(std::time::Duration::from_secs(1));
        loop {
            every.tick().await;
            view.tick(ctsup_executor::Clock::now_ms(&WallClock));
        }
    })
}

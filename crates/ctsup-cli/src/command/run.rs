//! `ctsup run`: carries an approved plan out on the servers it names.

use std::future::Future;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use clap::{ArgMatches, Command};
use ctsup_core::run::{Event, Limits, StopReason};
use ctsup_core::{NodeName, Plan};
use ctsup_executor::claims::{self, Tested};
use ctsup_executor::copies::Behind;
use ctsup_executor::driver::stop_wanted;
use ctsup_executor::take_up::{NotTaken, Taker, go_on, take};
use ctsup_executor::transport::{Base, Real};
use ctsup_executor::{Driver, FileStore, Folder, Manner, Order, WallClock, lock};
use ctsup_render::Words;
use ctsup_render::run::{Teller, Why};
use tokio::sync::mpsc;

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
    let plan = match inputs::plan(matches, console)? {
        Ok(plan) => plan,
        Err(exit) => return Ok(exit),
    };
    let limits = running::limits(matches, &plan, &running::given(matches))?;
    if let Some(exit) = unproven(&plan, console) {
        return Ok(exit);
    }
    let root = running::root(matches);
    carried_out_before(&root, &plan, console);
    approved(matches, &plan, console)?;
    let name = running::name_for(&plan, clock.offset());
    let folder =
        Folder::create(&root, &name, &plan).map_err(|error| Failure::in_root(&root, error))?;
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

/// Names the runs that carried this very plan out to its end: whoever approves it should know.
fn carried_out_before(root: &std::path::Path, plan: &Plan, console: &Console) {
    let finished = |folder: &Folder| {
        folder.look().is_ok_and(|read| {
            read.header.digest == plan.digest
                && read.records.iter().any(|record| matches!(record.event, Event::Finished))
        })
    };
    for folder in Folder::all(root) {
        if finished(&folder) && !Rehearsed::is_in(&folder) {
            console.say("approve-before", &[("run", folder.name().into())]);
        }
    }
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
        // Heard from the first moment: what is stopped while it takes the lock gives it back.
        let (mut orders, signal) = running::signals(Some(self.folder.clone()))?;
        let owner = running::owner();
        let name = self.folder.name().to_owned();
        // The journal's own lock comes first: two processes on one machine are told apart by it.
        let (mut store, read) = match begin {
            Begin::New => self.folder.begin(self.plan),
            Begin::Again | Begin::Abort => self.folder.go_on(),
        }
        .map_err(|error| Failure::run(self.folder, error))?;
        let taker = Taker { run: &name, owner: &owner, over: self.matches.get_flag("take-over") };
        let copies = Base::of(&self.plan.site).path().to_owned();
        let mut later = Vec::new();
        let taken = tokio::select! {
            biased;
            () = stop_wanted(&mut orders, &mut later) => None,
            taken = async {
                if begin == Begin::New {
                    // Claims fall because of somebody's work: who is at work is told first. A run is
                    // not taken over for a plan that does not hold, so the lock itself comes last.
                    let nodes = self.nodes();
                    let another = lock::held_by_another(&way, &nodes, &name, &owner).await;
                    if let Some((by, node)) = another.filter(|_| !taker.over) {
                        return Err(lock::LockError::Held { by, node }.into());
                    }
                    if !self.claims_hold(&way).await {
                        return Ok(None);
                    }
                }
                let taken = take(&way, self.plan, Some(&copies), &mut store, Some(read), taker);
                taken.await.map(Some)
            } => Some(taken),
        };
        let taken = match taken {
            Some(Ok(Some(taken))) => taken,
            Some(Ok(None)) => return Ok(Exit::Faulty),
            Some(Err(NotTaken::Done)) => {
                self.console.say("run-finished-already", &[("run", name.as_str().into())]);
                return Ok(Exit::Done);
            }
            Some(Err(error)) => return Err(self.not_taken(&error)),
            None => {
                self.console.say("stop-asked", &[]);
                if begin == Begin::New {
                    self.console.say("stop-unchanged", &[]);
                    // What went on before stays as it was: its lock, too.
                    until_stopped(lock::let_go(&way, &self.nodes(), &name, &owner), &mut orders)
                        .await;
                }
                let terminated = *signal.borrow() == 15;
                return Ok(if terminated { Exit::Terminated } else { Exit::Interrupted });
            }
        };
        if let Some(node) = &taken.knew_more {
            self.console.say("run-caught-up", &[("node", node.as_str().into())]);
        }
        let held = taken.held.clone();
        for failure in &held.absent {
            let why = [
                ("node", failure.node().as_str()),
                ("why", &ctsup_render::run::seen(self.console.words, &failure.seen())),
            ]
            .map(|(name, value)| (name, value.into()));
            self.console.say("run-not-reached", &why);
        }
        let json = running::json(self.matches);
        let person = Person::there(json);
        let prompt_after = (!person.is_there()).then_some(PROMPT);
        let manner = Manner { copies: Some(copies), prompt_after, ..Manner::default() };
        let mut driver = go_on((way, WallClock, store, manner), self.plan, &taken, taker)
            .map_err(|error| Failure::drive(&error))?;
        // Answers that were left for this process.
        driver.later = later;
        let view = View::new(&driver.run, self.console.words, self.clock, json);
        let ticker = ticker(&view);
        let mut seat = Seat {
            person: &person,
            by: &owner,
            view: &view,
            words: self.console.words,
            obliging: &mut running::nobody,
        };
        let mut aborting = Ok(());
        if begin == Begin::Abort {
            aborting = driver.give_up(&owner, &mut |heard| view.hear(heard));
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
            let released = lock::release(&driver.way, &held.nodes, held.generation);
            until_stopped(released, &mut orders).await;
        }
        // A journal that can't be written takes no last word, and one that was taken over must not
        // go on beside the other.
        if !matches!(told.why, Why::Broken(_)) {
            self.left(&mut driver, &told.why, &view)?;
        }
        let run = &driver.run;
        let kept = running::kept(self.matches, &name, false);
        running::finish(run, &kept, Some(self.folder), &told, &view, self.clock, self.console)
    }

    fn nodes(&self) -> Vec<NodeName> {
        self.plan.topology.nodes.keys().cloned().collect()
    }

    fn not_taken(&self, error: &NotTaken) -> Failure {
        match error {
            NotTaken::Lock(error) => Failure::lock(error, self.console.words),
            NotTaken::Behind(Behind::Elsewhere(node)) => {
                let args = [("run", self.folder.name()), ("node", node.as_str())];
                Failure::ending(Exit::Locked, "run-elsewhere", &args)
            }
            NotTaken::Behind(Behind::Io(error)) => {
                Failure::Write(self.folder.journal(), io::Error::from(error.kind()))
            }
            NotTaken::Done => unreachable!("told before"),
        }
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
        let untold = tested.iter().filter(|(_, tested)| matches!(tested, Tested::Untold(_)));
        let told = tested.len() - untold.count();
        let counts = [("told", told.into()), ("count", tested.len().into())];
        self.console.say("claims-tested", &counts);
        if !holds {
            self.console.say("stop-claims", &[]);
            self.console.say("next-again", &[]);
        }
        holds
    }

    fn left(
        &self,
        driver: &mut Driver<Real, WallClock, FileStore>,
        why: &Why,
        view: &View,
    ) -> Result<(), Failure> {
        let event = Event::Left { reason: why.code().to_owned() };
        let heard = &mut |heard: ctsup_executor::Heard<'_>| view.hear(heard);
        driver.record(event, heard).map_err(|error| Failure::drive(&error))
    }
}

/// How long a playbook may stand at a line without its end, where nobody is there, until that is
/// taken for a question.
const PROMPT: Duration = Duration::from_secs(60);

/// Does something that silent nodes may hold up, until somebody wants to leave.
async fn until_stopped<A>(work: impl Future<Output = A>, orders: &mut mpsc::Receiver<Order>) {
    // Nothing that is said any more is of use.
    let mut late = Vec::new();
    tokio::select! {
        biased;
        _ = work => {}
        () = stop_wanted(orders, &mut late) => {}
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

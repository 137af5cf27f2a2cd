//! Processes and virtual time: what is due next happens next, always in the same order.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};

use crate::process::{Printed, Shell, Sink, Work, lock};
use crate::shell;
use crate::world::{Due, World};

/// A world with its processes. Clones are handles to the same one.
#[derive(Clone)]
pub struct Simulation {
    world: Arc<Mutex<World>>,
    processes: Arc<Mutex<Processes>>,
}

#[derive(Default)]
struct Processes {
    next: u64,
    running: BTreeMap<u64, Process>,
    ended: BTreeMap<u64, (Option<i32>, Arc<Mutex<Printed>>)>,
}

struct Process {
    node: String,
    boots: u32,
    printed: Arc<Mutex<Printed>>,
    work: Work,
}

/// What is to be run.
#[derive(Debug, Clone, Default)]
pub struct Command {
    /// Lines of a shell; the first that fails ends the process with its code.
    pub lines: Vec<String>,
    /// The directory; root's home where there is none.
    pub cwd: Option<String>,
    /// The detached job that it is.
    pub job: Option<String>,
    /// A person sits at a terminal.
    pub terminal: bool,
}

/// A process as those who started it see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// Still runs.
    pub running: bool,
    /// Its exit code; nothing while it runs, and for ever when its node died under it.
    pub code: Option<i32>,
    /// What it printed so far.
    pub printed: Printed,
}

impl Simulation {
    /// Lets a world run.
    #[must_use]
    pub fn new(world: World) -> Self {
        Self { world: Arc::new(Mutex::new(world)), processes: Arc::default() }
    }

    /// Something looked at or done in the world, between two of its moments.
    pub fn with<R>(&self, act: impl FnOnce(&mut World) -> R) -> R {
        act(&mut lock(&self.world))
    }

    /// Starts a process on a node that is up.
    pub fn start(&self, node: &str, command: &Command) -> Option<u64> {
        let boots = self.with(|w| w.nodes.get(node).filter(|n| n.up).map(|n| n.boots))?;
        let printed = Arc::<Mutex<Printed>>::default();
        let mut processes = lock(&self.processes);
        processes.next += 1;
        let pid = processes.next;
        let shell = Shell {
            world: Arc::clone(&self.world),
            pid,
            node: node.to_owned(),
            job: command.job.clone(),
            cwd: command.cwd.clone().unwrap_or_else(|| "/root".to_owned()),
            environment: BTreeMap::new(),
            terminal: command.terminal,
            no_clobber: false,
            pipes: BTreeMap::new(),
            input: None,
            out: Sink::Out(Arc::clone(&printed)),
            err: Sink::Err(Arc::clone(&printed)),
        };
        let work = shell::run_lines(shell, command.lines.clone());
        let process = Process { node: node.to_owned(), boots, printed, work };
        processes.running.insert(pid, process);
        drop(processes);
        let now = self.with(|w| w.now);
        self.with(|w| w.schedule(now, Due::Process(pid)));
        Some(pid)
    }

    /// What a process does and printed.
    #[must_use]
    pub fn see(&self, pid: u64) -> Option<Seen> {
        let processes = lock(&self.processes);
        if let Some(process) = processes.running.get(&pid) {
            let printed = lock(&process.printed).clone();
            return Some(Seen { running: true, code: None, printed });
        }
        let (code, printed) = processes.ended.get(&pid)?;
        Some(Seen { running: false, code: *code, printed: lock(printed).clone() })
    }

    /// Ends a process as a signal does: no exit code, nothing more is done.
    pub fn kill(&self, pid: u64) {
        let gone = lock(&self.processes).running.remove(&pid);
        if let Some(process) = gone {
            lock(&self.processes).ended.insert(pid, (None, process.printed));
            self.with(|w| w.cancel(|due| *due == Due::Process(pid)));
        }
    }

    /// Ends every process that hangs, as a person does on the node. How many there were.
    pub fn end_hung(&self) -> usize {
        const YEARS_MS: u64 = 10 * 365 * 24 * 3_600_000;
        let hung = self.with(|w| w.asleep_for(YEARS_MS));
        hung.iter().for_each(|pid| self.kill(*pid));
        hung.len()
    }

    /// Lets the next thing happen; `false` when nothing is due any more.
    pub fn step(&self) -> bool {
        let Some(due) = self.with(World::pop) else { return false };
        self.with(|w| w.happen(&due));
        if let Due::Process(pid) = due {
            self.poll(pid);
        }
        self.reap();
        self.with(World::watch);
        true
    }

    fn poll(&self, pid: u64) {
        let Some(mut process) = lock(&self.processes).running.remove(&pid) else { return };
        let polled = process.work.as_mut().poll(&mut Context::from_waker(Waker::noop()));
        let mut processes = lock(&self.processes);
        match polled {
            Poll::Pending => {
                processes.running.insert(pid, process);
            }
            Poll::Ready(code) => {
                processes.ended.insert(pid, (Some(code), process.printed));
            }
        }
    }

    /// Processes of nodes that died are gone with them.
    fn reap(&self) {
        let orphaned: Vec<u64> = {
            let world = lock(&self.world);
            let processes = lock(&self.processes);
            let alive =
                |p: &Process| world.nodes.get(&p.node).is_some_and(|n| n.up && n.boots == p.boots);
            processes.running.iter().filter(|(_, p)| !alive(p)).map(|(pid, _)| *pid).collect()
        };
        for pid in orphaned {
            self.kill(pid);
        }
    }

    /// Makes sure that something happens after a time; says when that is.
    pub(crate) fn wake_in(&self, milliseconds: u64) -> u64 {
        self.with(|w| {
            let at = w.now.saturating_add(milliseconds);
            w.schedule(at, Due::Alarm(0));
            at
        })
    }

    /// Lets time pass, with everything that happens in it.
    pub fn pass(&self, milliseconds: u64) {
        let until = self.with(|w| w.now) + milliseconds;
        self.with(|w| w.schedule(until, Due::Alarm(0)));
        while self.with(|w| w.now) < until && self.step() {}
    }

    /// Runs a command to its end, or until a limit has passed.
    pub fn run(&self, node: &str, command: &Command, limit_ms: u64) -> Option<Seen> {
        let pid = self.start(node, command)?;
        let until = self.with(|w| w.now) + limit_ms;
        self.with(|w| w.schedule(until, Due::Alarm(pid)));
        while self.with(|w| w.now) < until
            && self.see(pid).is_some_and(|s| s.running)
            && self.step()
        {}
        self.with(|w| w.cancel(|due| *due == Due::Alarm(pid)));
        self.see(pid)
    }
}

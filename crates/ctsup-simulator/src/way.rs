//! The executor's way to simulated hosts: its transport and its clock.
//!
//! Whoever waits lets the world go on, one thing at a time, so a night of work passes in seconds.

use std::collections::{BTreeMap, BTreeSet};
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};
use std::time::Duration;

use ctsup_core::NodeName;
use ctsup_executor::clock::Clock;
use ctsup_executor::transport::{
    Answer, Content, Failure, Job, JobAnswer, JobKey, JobState, JobView, LockAnswer, LockOrder,
    LockedBy, Look, Over, Put, PutAnswer, Transport, Why,
};

use crate::fault::Signal;
use crate::process::lock;
use crate::simulation::{Command, Simulation};
use crate::world::files::Entry;

/// When the world begins, in milliseconds since 1970: an evening of November 2026.
const BEGINNING_MS: u64 = 1_795_305_600_000;

/// The way to the hosts of one simulation. Clones are the same way.
#[derive(Clone)]
pub struct Way {
    /// The hosts.
    pub simulation: Simulation,
    kept: Arc<Mutex<Kept>>,
}

/// What lies on the nodes for the executor, and what happens to its connections.
#[derive(Default)]
struct Kept {
    nodes: BTreeMap<String, OnNode>,
    calls: u64,
    cuts: BTreeMap<u64, Cut>,
    dead: bool,
    dropped: BTreeSet<String>,
    /// A file that a person edits right before it is written.
    meddled: Option<String>,
    /// What somebody else does right before a lock is taken.
    before_taking: Option<Act>,
    launches: u64,
    /// Launches that are not seen to begin, by their number; none of them ever begins.
    slow: BTreeSet<u64>,
}

/// What somebody does to the hosts, once.
type Act = Box<dyn FnOnce(&Simulation) + Send>;

/// What that person adds.
const BY_HAND: &str = "# edited by hand";

#[derive(Default)]
struct OnNode {
    by: Option<LockedBy>,
    highest: u64,
    jobs: BTreeMap<JobKey, Option<Launched>>,
}

#[derive(Clone)]
struct Launched {
    pid: u64,
    boot: String,
}

/// How a connection breaks at one call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cut {
    /// Before the node hears anything.
    Before,
    /// After the node did what was asked, before it could answer.
    After,
}

impl Way {
    /// A way to these hosts.
    #[must_use]
    pub fn new(simulation: Simulation) -> Self {
        Self { simulation, kept: Arc::default() }
    }

    /// Cuts the connection at one call, counted from 1 over all nodes.
    pub fn cut(&self, call: u64, cut: Cut) {
        lock(&self.kept).cuts.insert(call, cut);
    }

    /// A person edits a file between the executor's reading and its next writing.
    pub fn meddle(&self, path: &str) {
        lock(&self.kept).meddled = Some(path.to_owned());
    }

    /// Somebody else is at work until the very moment at which a lock is next taken.
    pub fn before_taking(&self, act: impl FnOnce(&Simulation) + Send + 'static) {
        lock(&self.kept).before_taking = Some(Box::new(act));
    }

    /// Whether that person still waits for the moment.
    #[must_use]
    pub fn meddles(&self) -> bool {
        lock(&self.kept).meddled.is_some()
    }

    /// A launch, counted from 1 over all nodes, is so slow that the node answers before the job has
    /// begun; whoever asks for it then settles that it never will.
    pub fn slow_launch(&self, number: u64) {
        lock(&self.kept).slow.insert(number);
    }

    /// The nodes lose every trace of jobs: snapshots of them were put back, or a disk was cleaned.
    pub fn forget_jobs(&self) {
        lock(&self.kept).nodes.values_mut().for_each(|node| node.jobs.clear());
    }

    /// Whether somebody has the lock on a node.
    #[must_use]
    pub fn is_locked(&self, node: &NodeName) -> bool {
        self.at(node, |node| node.by.is_some())
    }

    /// How many calls there were.
    #[must_use]
    pub fn calls(&self) -> u64 {
        lock(&self.kept).calls
    }

    /// Ends when a fault kills the executor.
    pub fn death(&self) -> impl Future<Output = ()> + Send {
        let way = self.clone();
        std::future::poll_fn(move |_| {
            way.hear();
            let mut kept = lock(&way.kept);
            if std::mem::take(&mut kept.dead) { Poll::Ready(()) } else { Poll::Pending }
        })
    }

    /// Takes up what the world says to those outside.
    fn hear(&self) {
        while let Some(signal) = self.simulation.with(|w| w.signals.pop_front()) {
            let mut kept = lock(&self.kept);
            match signal {
                Signal::ExecutorKilled => kept.dead = true,
                Signal::Dropped { node } => {
                    kept.dropped.insert(node);
                }
            }
        }
    }

    /// Begins a call: whether the node is there, and how the connection will break.
    fn call(&self, node: &NodeName) -> Result<Option<Cut>, Failure> {
        let cut = {
            let mut kept = lock(&self.kept);
            kept.calls += 1;
            let number = kept.calls;
            kept.cuts.remove(&number)
        };
        let there = self.simulation.with(|w| {
            let host = w.nodes.get(node.as_str())?;
            Some(host.up && host.reachable)
        });
        let (why, text) = match there {
            Some(true) => {
                return match cut {
                    Some(Cut::Before) => Err(self.lost(node)),
                    cut => Ok(cut),
                };
            }
            Some(false) => (Why::Silent, "Connection timed out"),
            None => (Why::NotInPlan, "no such host"),
        };
        Err(Failure::Unreachable { node: node.clone(), why, text: text.to_owned() })
    }

    fn lost(&self, node: &NodeName) -> Failure {
        let text = format!("Connection to {node} closed by remote host.");
        Failure::Lost { node: node.clone(), text }
    }

    /// The answer, unless the connection broke meanwhile.
    fn answered<R>(&self, node: &NodeName, cut: Option<Cut>, answer: R) -> Result<R, Failure> {
        self.hear();
        let dropped = lock(&self.kept).dropped.remove(node.as_str());
        if cut.is_some() || dropped { Err(self.lost(node)) } else { Ok(answer) }
    }

    /// Lets the world go on until something is so, or a time has passed.
    async fn until<R>(
        &self,
        time: Duration,
        mut so: impl FnMut() -> Option<R> + Send,
    ) -> Option<R> {
        let span = u64::try_from(time.as_millis()).unwrap_or(u64::MAX / 4);
        let end = self.simulation.wake_in(span);
        loop {
            if let Some(found) = so() {
                return Some(found);
            }
            if self.simulation.with(|w| w.now) >= end {
                return None;
            }
            self.simulation.step();
            Turn(false).await;
        }
    }

    fn at<R>(&self, node: &NodeName, act: impl FnOnce(&mut OnNode) -> R) -> R {
        act(lock(&self.kept).nodes.entry(node.to_string()).or_default())
    }

    fn boot(&self, node: &NodeName) -> String {
        self.simulation
            .with(|w| w.nodes.get(node.as_str()).map(|n| n.boot_id()))
            .unwrap_or_default()
    }
}

/// Lets the others of the same task have their turn.
struct Turn(bool);

impl Future for Turn {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        if self.0 {
            return Poll::Ready(());
        }
        self.0 = true;
        context.waker().wake_by_ref();
        Poll::Pending
    }
}

impl Clock for Way {
    fn now_ms(&self) -> u64 {
        BEGINNING_MS + self.simulation.with(|w| w.now)
    }

    fn elapsed_ms(&self) -> u64 {
        self.simulation.with(|w| w.now)
    }

    async fn sleep(&self, time: Duration) {
        self.until(time, || None::<()>).await;
    }
}

impl Transport for Way {
    async fn look(&self, node: &NodeName, look: &Look) -> Result<Answer, Failure> {
        let cut = self.call(node)?;
        let lines = vec![look.script.clone()];
        let command = Command { lines, cwd: look.cwd.clone(), job: None, terminal: false };
        let Some(pid) = self.simulation.start(node.as_str(), &command) else {
            return Err(self.lost(node));
        };
        let ended = || self.simulation.see(pid).filter(|seen| !seen.running);
        let Some(seen) = self.until(look.limit, ended).await else {
            self.simulation.kill(pid);
            return Err(Failure::TimedOut { node: node.clone(), limit: look.limit });
        };
        let Some(code) = seen.code else { return Err(self.lost(node)) };
        self.answered(node, cut, Answer::new(code, seen.printed.out, seen.printed.err))
    }

    async fn start(&self, node: &NodeName, job: &Job) -> Result<JobAnswer, Failure> {
        let cut = self.call(node)?;
        let locked = self.at(node, |n| n.by.as_ref().map_or(0, |by| by.generation));
        if locked != job.generation {
            return self.answered(node, cut, JobAnswer::NotLocked { generation: locked });
        }
        let jobs = self.at(node, |n| n.jobs.clone());
        if jobs.contains_key(&job.key) {
            return self.answered(node, cut, JobAnswer::Before);
        }
        let runs = |l: &Launched| self.simulation.see(l.pid).is_some_and(|s| s.running);
        if let Some((key, _)) = jobs.iter().find(|(_, l)| l.as_ref().is_some_and(runs)) {
            return self.answered(node, cut, JobAnswer::Busy { job: key.to_string() });
        }
        let boot = self.boot(node);
        let slow = {
            let mut kept = lock(&self.kept);
            kept.launches += 1;
            let number = kept.launches;
            kept.slow.remove(&number)
        };
        if slow {
            return self.answered(node, cut, JobAnswer::Started { boot, seen: None });
        }
        let command = Command {
            lines: job.commands.clone(),
            cwd: job.cwd.clone(),
            job: Some(job.key.to_string()),
            terminal: job.terminal,
        };
        let Some(pid) = self.simulation.start(node.as_str(), &command) else {
            return Err(self.lost(node));
        };
        let launched = Launched { pid, boot: boot.clone() };
        self.at(node, |n| n.jobs.insert(job.key.clone(), Some(launched)));
        // As a node answers: what it came to in its first moment.
        let seen = JobView {
            state: JobState::Running,
            boot_then: boot.clone(),
            boot_now: boot.clone(),
            output: Vec::new(),
            size: 0,
        };
        self.answered(node, cut, JobAnswer::Started { boot, seen: Some(seen) })
    }

    async fn type_in(
        &self,
        node: &NodeName,
        _: &JobKey,
        _: u64,
        _: &[u8],
    ) -> Result<bool, Failure> {
        let cut = self.call(node)?;
        // Whoever rehearses answers at once: nothing waits at a terminal here.
        self.answered(node, cut, false)
    }

    async fn read_job(&self, node: &NodeName, key: &JobKey, from: u64) -> Result<JobView, Failure> {
        let cut = self.call(node)?;
        // Asked for once and not there, it never may be started any more under this key.
        let job = self.at(node, |n| n.jobs.entry(key.clone()).or_insert(None).clone());
        let (boot_now, mut output) = (self.boot(node), Vec::new());
        let (mut state, mut boot_then, mut size) = (JobState::Never, String::new(), 0);
        if let Some(launched) = job
            && let Some(seen) = self.simulation.see(launched.pid)
        {
            boot_then = launched.boot;
            let bytes = seen.printed.both.into_bytes();
            size = bytes.len() as u64;
            let skip = usize::try_from(from).unwrap_or(usize::MAX);
            output = bytes.into_iter().skip(skip).collect();
            state = match (seen.running, seen.code) {
                (true, _) => JobState::Running,
                (false, Some(code)) => JobState::Finished { code },
                (false, None) => JobState::Vanished,
            };
        }
        self.answered(node, cut, JobView { state, boot_then, boot_now, output, size })
    }

    async fn lock(&self, node: &NodeName, order: &LockOrder) -> Result<LockAnswer, Failure> {
        let cut = self.call(node)?;
        if matches!(order, LockOrder::Take { .. }) {
            let act = lock(&self.kept).before_taking.take();
            act.into_iter().for_each(|act| act(&self.simulation));
        }
        let answer = self.at(node, |n| {
            let done = match order {
                LockOrder::Read => true,
                LockOrder::Take { by, over } => {
                    let free = n.by.as_ref().is_none_or(|held| Some(held.generation) == *over);
                    let ours = n.by.as_ref() == Some(by);
                    let takes = ours || (free && by.generation > n.highest);
                    if takes {
                        n.highest = by.generation.max(n.highest);
                        n.by = Some(by.clone());
                    }
                    takes
                }
                LockOrder::Release { generation } => {
                    let ours = n.by.as_ref().is_some_and(|by| by.generation == *generation);
                    if ours {
                        n.by = None;
                    }
                    ours
                }
            };
            LockAnswer { by: n.by.clone(), highest: n.highest, done }
        });
        self.answered(node, cut, answer)
    }

    async fn put(&self, node: &NodeName, put: &Put) -> Result<PutAnswer, Failure> {
        let cut = self.call(node)?;
        let locked = self.at(node, |n| n.by.as_ref().map_or(0, |by| by.generation));
        if locked != put.generation {
            return self.answered(node, cut, PutAnswer::NotLocked { generation: locked });
        }
        let text = String::from_utf8_lossy(&put.bytes).into_owned();
        let meddled = lock(&self.kept).meddled.take_if(|path| *path == put.path);
        let written = self.simulation.with(|w| {
            if let Some(path) = &meddled
                && let Some(lies) =
                    w.text(node.as_str(), path).map(|text| format!("{text}{BY_HAND}\n"))
            {
                // Nothing but what its answer says depends on this write.
                let _ = w.write(node.as_str(), path, &lies);
            }
            let lies = w.text(node.as_str(), &put.path).map(|t| t.as_bytes().to_vec());
            match &put.over {
                Over::Content(was) if lies.as_ref() != Some(was) => return Ok(PutAnswer::Changed),
                Over::Content(_) => {}
                Over::Anything => w.seed_file(node.as_str(), &put.path, Entry::file("")),
            }
            w.write(node.as_str(), &put.path, &text).map(|()| PutAnswer::Written)
        });
        match written {
            Ok(answer) => self.answered(node, cut, answer),
            Err(why) => self.answered(node, cut, PutAnswer::NoRoom { text: why.to_owned() }),
        }
    }

    async fn get(&self, node: &NodeName, path: &str) -> Result<Option<Content>, Failure> {
        let cut = self.call(node)?;
        let text = self.simulation.with(|w| w.text(node.as_str(), path).map(str::to_owned));
        self.answered(node, cut, text.map(|t| Content { bytes: t.into_bytes() }))
    }
}

//! A process on a node: where it runs, what it prints, and how it waits in virtual time.
//!
//! Tools are plain sequential code that sleeps. Killing a process drops its future, so what it had
//! done by then stays and what it had not is never done, as on a real host.

use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};

use crate::world::files::absolute;
use crate::world::{Due, World};

/// A tool or a shell at work; it ends with an exit code.
pub(crate) type Work = Pin<Box<dyn Future<Output = i32> + Send>>;

/// What a process printed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Printed {
    /// Standard output.
    pub out: String,
    /// Standard error.
    pub err: String,
    /// Both, in their order.
    pub both: String,
}

/// Where a stream goes.
#[derive(Debug, Clone)]
pub(crate) enum Sink {
    Out(Arc<Mutex<Printed>>),
    Err(Arc<Mutex<Printed>>),
    Text(Arc<Mutex<String>>),
}

impl Sink {
    pub(crate) fn text() -> (Self, Arc<Mutex<String>>) {
        let text = Arc::new(Mutex::new(String::new()));
        (Self::Text(Arc::clone(&text)), text)
    }

    fn say(&self, text: &str) {
        match self {
            Self::Out(printed) => {
                let mut printed = lock(printed);
                printed.out.push_str(text);
                printed.both.push_str(text);
            }
            Self::Err(printed) => {
                let mut printed = lock(printed);
                printed.err.push_str(text);
                printed.both.push_str(text);
            }
            Self::Text(all) => lock(all).push_str(text),
        }
    }
}

/// A mutex of one thread's simulation: a panic elsewhere does not make its data wrong.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What a process knows of itself.
#[derive(Debug, Clone)]
pub(crate) struct Shell {
    pub(crate) world: Arc<Mutex<World>>,
    pub(crate) pid: u64,
    pub(crate) node: String,
    pub(crate) job: Option<String>,
    pub(crate) cwd: String,
    pub(crate) environment: BTreeMap<String, String>,
    /// A person sits at a terminal.
    pub(crate) terminal: bool,
    /// `set -C`: redirections never write over a file.
    pub(crate) no_clobber: bool,
    /// Texts of process substitutions by their name.
    pub(crate) pipes: BTreeMap<String, String>,
    pub(crate) input: Option<String>,
    pub(crate) out: Sink,
    pub(crate) err: Sink,
}

impl Shell {
    /// Something done with the world, at once.
    pub(crate) fn with<R>(&self, act: impl FnOnce(&mut World) -> R) -> R {
        act(&mut lock(&self.world))
    }

    pub(crate) fn say(&self, text: &str) {
        self.out.say(text);
    }

    pub(crate) fn line(&self, text: &str) {
        self.out.say(text);
        self.out.say("\n");
    }

    pub(crate) fn complain(&self, text: &str) {
        self.err.say(text);
        self.err.say("\n");
    }

    pub(crate) fn path(&self, path: &str) -> String {
        absolute(&self.cwd, path)
    }

    /// A variable of the environment.
    pub(crate) fn variable(&self, name: &str) -> Option<&str> {
        self.environment.get(name).map(String::as_str)
    }

    /// Waits.
    pub(crate) fn sleep(&self, milliseconds: u64) -> Sleep {
        let until = self.with(|w| w.now) + milliseconds;
        Sleep { world: Arc::clone(&self.world), pid: self.pid, until, set: false }
    }

    /// Waits for a time between two, as chance has it.
    pub(crate) fn busy(&self, least: u64, most: u64) -> Sleep {
        let milliseconds = self.with(|w| w.chance.between(least, most));
        self.sleep(milliseconds)
    }
}

/// Waits until a moment of the world.
pub(crate) struct Sleep {
    world: Arc<Mutex<World>>,
    pid: u64,
    until: u64,
    set: bool,
}

impl Future for Sleep {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<()> {
        let (pid, until) = (self.pid, self.until);
        let first = !self.set;
        self.set = true;
        let mut world = lock(&self.world);
        if world.now >= until {
            return Poll::Ready(());
        }
        if first {
            world.schedule(until, Due::Process(pid));
        }
        Poll::Pending
    }
}

//! Commands that change something: detached jobs, each in a directory of its own on its node.

use std::fmt;

use ctsup_core::StepId;

/// Which job: one part of one attempt of one step of one run.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct JobKey {
    /// The run.
    pub run: String,
    /// The step.
    pub step: StepId,
    /// Counted from 1.
    pub attempt: u32,
    /// Steps of several commands, with looks between them, have several parts, from 1.
    pub part: u32,
}

impl fmt::Display for JobKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}/{}/{}", self.run, self.step, self.attempt, self.part)
    }
}

/// A job to be started.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job {
    /// Which.
    pub key: JobKey,
    /// Lines of a POSIX shell, as an administrator would type them; the first that fails ends the
    /// job with its exit code.
    pub commands: Vec<String>,
    /// The directory in which they run; the home directory where there is none.
    pub cwd: Option<String>,
    /// The generation of the lock under which it may start.
    pub generation: u64,
    /// It has a controlling terminal of its own and is in its foreground, so that its questions
    /// work; what a person types is sent there by [`super::Transport::type_in`].
    pub terminal: bool,
}

/// What the node said to a job that was to be started.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum JobAnswer {
    /// It runs.
    Started {
        /// The node's boot id.
        boot: String,
        /// What it came to in its first moment, where the node waited for that: most commands are
        /// short, and need no second question.
        seen: Option<JobView>,
    },
    /// It was started before: it is not started again, read it.
    Before,
    /// The lock on the node is not of that generation: somebody else owns the installation.
    NotLocked {
        /// The generation that lies there; 0 where there is no lock.
        generation: u64,
    },
    /// Another job of ours runs on the node.
    Busy {
        /// Its name there.
        job: String,
    },
    /// The node can't keep a job: no room, no right.
    NoRoom {
        /// What it said.
        text: String,
    },
}

/// What a job does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum JobState {
    /// Was never started on this node, and never will be under this key.
    Never,
    /// Runs.
    Running,
    /// Ended.
    Finished {
        /// Its exit code; never guessed.
        code: i32,
    },
    /// Does not run any more and left no exit code: killed, or the node went down.
    Vanished,
}

/// What is seen of a job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobView {
    /// What it does.
    pub state: JobState,
    /// The node's boot id when the job was started; empty where it never was.
    pub boot_then: String,
    /// The node's boot id now.
    pub boot_now: String,
    /// Bytes of output, both kinds in their order, from the byte asked for; at most 1 MiB.
    pub output: Vec<u8>,
    /// How many bytes of output there are in all.
    pub size: u64,
}

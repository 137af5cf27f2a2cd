//! How commands reach a node: the one trait that knows.
//!
//! On real nodes ([`Real`]) jobs, locks and files are scripts of a POSIX shell that go through
//! [`Transport::look`] as well; a simulated transport answers each of them itself.
//!
//! All of a node's commands run as the user that may change the installation: whoever logs in with
//! `become = "sudo"` gets a root shell here.

use std::future::Future;
use std::time::Duration;

use ctsup_core::NodeName;
use ctsup_core::run::Seen;

pub mod askpass;
mod file;
mod job;
mod lock;
mod password;
mod real;
mod script;
mod shell;

pub use self::file::{Content, Over, Put, PutAnswer};
pub use self::job::{Job, JobAnswer, JobKey, JobState, JobView};
pub use self::lock::{LockAnswer, LockOrder, LockedBy};
pub use self::password::{Ask, Password, Passwords, Prompt};
pub use self::real::{Reach, Real};
pub use self::script::Base;

/// A way to the nodes of one installation.
pub trait Transport: Send + Sync {
    /// Runs a script that changes nothing, within a time limit; it reads nothing from standard input
    /// but a secret that it was given. One that does not end in time is given up and reported, even
    /// where it cannot be killed, and the next one is answered all the same.
    fn look(
        &self,
        node: &NodeName,
        look: &Look,
    ) -> impl Future<Output = Result<Answer, Failure>> + Send;

    /// Starts a command that changes something, detached: it runs to its end whatever happens to
    /// the connection. The node itself checks the lock's generation, that the same job was not
    /// started before and that no other job runs there, all at once.
    fn start(
        &self,
        node: &NodeName,
        job: &Job,
    ) -> impl Future<Output = Result<JobAnswer, Failure>> + Send;

    /// What a job does, and what it printed from a byte on.
    fn read_job(
        &self,
        node: &NodeName,
        key: &JobKey,
        from: u64,
    ) -> impl Future<Output = Result<JobView, Failure>> + Send;

    /// Types bytes into a job's terminal; false where it has none, does not run any more, or the lock
    /// on the node is not of that generation.
    fn type_in(
        &self,
        node: &NodeName,
        key: &JobKey,
        generation: u64,
        bytes: &[u8],
    ) -> impl Future<Output = Result<bool, Failure>> + Send;

    /// Takes, gives back or reads the lock that lies on a node.
    fn lock(
        &self,
        node: &NodeName,
        order: &LockOrder,
    ) -> impl Future<Output = Result<LockAnswer, Failure>> + Send;

    /// Writes a small file as a whole or not at all.
    fn put(
        &self,
        node: &NodeName,
        put: &Put,
    ) -> impl Future<Output = Result<PutAnswer, Failure>> + Send;

    /// Reads a small file; `None` where there is none.
    fn get(
        &self,
        node: &NodeName,
        path: &str,
    ) -> impl Future<Output = Result<Option<Content>, Failure>> + Send;

    /// The password of a registry's user, asked of a person where it is not known yet, or was
    /// `refused`; none where nobody is there to type it.
    fn registry_password(
        &self,
        _user: &str,
        _url: &str,
        _refused: bool,
    ) -> impl Future<Output = Option<Password>> + Send {
        async { None }
    }
}

/// What prints a node's boot id.
pub const BOOT_ID: &str = "cat /proc/sys/kernel/random/boot_id";

/// The limit of looks that touch nothing slow.
pub const SHORT: Duration = Duration::from_secs(20);

/// A script that changes nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Look {
    /// The directory in which it runs; the login directory where there is none.
    pub cwd: Option<String>,
    /// Text of a POSIX shell, most often one command as an administrator would type it.
    pub script: String,
    /// How long it may take.
    pub limit: Duration,
    /// What it reads from standard input, where it reads something: a secret, which goes through the
    /// connection and a pipe, and is in no argument, environment or file of the node.
    pub input: Option<Password>,
}

impl Look {
    /// A look from the login directory.
    #[must_use]
    pub fn new(script: impl Into<String>, limit: Duration) -> Self {
        Self { cwd: None, script: script.into(), limit, input: None }
    }

    /// The same with something secret to read.
    #[must_use]
    pub fn reading(mut self, input: Option<Password>) -> Self {
        self.input = input;
        self
    }

    /// The same from a directory.
    #[must_use]
    pub fn within(mut self, cwd: Option<&str>) -> Self {
        self.cwd = cwd.map(str::to_owned);
        self
    }
}

/// What a script answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// Its exit code; 128 and a signal's number where one ended it.
    pub code: i32,
    /// Standard output, as bytes.
    pub out: Vec<u8>,
    /// Standard error, as bytes.
    pub err: Vec<u8>,
    /// The output was longer than what is read of a look, and ends early.
    pub cut: bool,
}

impl Answer {
    /// An answer of text.
    #[must_use]
    pub fn new(code: i32, out: impl Into<Vec<u8>>, err: impl Into<Vec<u8>>) -> Self {
        Self { code, out: out.into(), err: err.into(), cut: false }
    }

    /// Standard output as text; bytes that are none become replacement characters.
    #[must_use]
    pub fn out_text(&self) -> String {
        String::from_utf8_lossy(&self.out).into_owned()
    }

    /// Standard error as text.
    #[must_use]
    pub fn err_text(&self) -> String {
        String::from_utf8_lossy(&self.err).into_owned()
    }
}

/// Why there is no answer. None of these says whether a script ran.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// No way to the node: nothing was sent.
    #[error("{node} can't be reached: {text}")]
    Unreachable {
        /// Which node.
        node: NodeName,
        /// What kind of obstacle.
        why: Why,
        /// What ssh said, word for word.
        text: String,
    },
    /// The connection broke after something was sent: what came of it is unknown.
    #[error("the connection to {node} broke: {text}")]
    Lost {
        /// Which node.
        node: NodeName,
        /// What ssh said, word for word.
        text: String,
    },
    /// The script did not end in time and was given up.
    #[error("{node} did not answer within {} s", .limit.as_secs())]
    TimedOut {
        /// Which node.
        node: NodeName,
        /// The limit that passed.
        limit: Duration,
    },
    /// The node answered something that no script of ours prints.
    #[error("{node} answered what was not asked: {text}")]
    Garbled {
        /// Which node.
        node: NodeName,
        /// What it said.
        text: String,
    },
}

/// Why a node can't be reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Why {
    /// The plan names no such server.
    NotInPlan,
    /// The name has no address.
    NoAddress,
    /// Nobody listens there.
    Refused,
    /// Nobody answers in time.
    Silent,
    /// The host's key is not known.
    UnknownHost,
    /// The host's key is not the one known.
    OtherHost,
    /// The login was refused.
    LoginRefused,
    /// sudo wants a password that was not given, or refused.
    BecomeRefused,
    /// Something else.
    Other,
}

impl Why {
    /// A stable name.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::NotInPlan => "not-in-plan",
            Self::NoAddress => "no-address",
            Self::Refused => "refused",
            Self::Silent => "silent",
            Self::UnknownHost => "unknown-host",
            Self::OtherHost => "other-host",
            Self::LoginRefused => "login-refused",
            Self::BecomeRefused => "become-refused",
            Self::Other => "other",
        }
    }
}

impl Failure {
    /// What an event says of it; words are made of that for each reader.
    #[must_use]
    pub fn seen(&self) -> String {
        let last = |text: &str| text.lines().next_back().unwrap_or_default().to_owned();
        let seen = match self {
            Self::Unreachable { node, why, text } => {
                Seen::Unreachable(node.clone(), why.code(), last(text))
            }
            Self::Lost { node, text } => Seen::Lost(node.clone(), last(text)),
            Self::TimedOut { node, limit } => Seen::NotAnswered(node.clone(), limit.as_secs()),
            Self::Garbled { node, text } => Seen::Garbled(node.clone(), text.clone()),
        };
        seen.to_string()
    }

    /// Which node it is about.
    #[must_use]
    pub fn node(&self) -> &NodeName {
        match self {
            Self::Unreachable { node, .. }
            | Self::Lost { node, .. }
            | Self::TimedOut { node, .. }
            | Self::Garbled { node, .. } => node,
        }
    }
}

/// A word of a shell's line, whatever it holds.
pub(crate) fn quoted(word: &str) -> String {
    format!("'{}'", word.replace('\'', r"'\''"))
}

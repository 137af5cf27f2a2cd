//! What can happen in a run. Journal, progress and machine-readable output read the same events.

use serde::{Deserialize, Serialize};

use crate::name::NodeName;
use crate::plan::StepId;
use crate::state::Condition;

/// Something that happened in a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Event {
    /// A person approved the plan with this digest.
    Approved {
        /// Who.
        by: String,
        /// Which.
        digest: String,
    },
    /// A process takes the run up, with the lock on all nodes it will touch. Whatever was under way
    /// before is nobody's until it is attached again.
    Attached {
        /// A person and a machine.
        by: String,
        /// The generation of the lock.
        generation: u64,
    },
    /// A node's boot id was read.
    Boot {
        /// The id.
        boot: String,
        /// Which node.
        node: NodeName,
    },
    /// A step begins: it looks first, and what it needs was tested.
    Begun {
        /// Counted from 1.
        attempt: u32,
        /// Which step.
        step: StepId,
    },
    /// What a step needs does not hold on the live system: it and its dependents do not run.
    Fell {
        /// What was needed.
        condition: Condition,
        /// What was seen instead.
        seen: String,
        /// Which step.
        step: StepId,
    },
    /// Commands that change something are about to be sent.
    Started {
        /// The attempt.
        attempt: u32,
        /// The commands, as they are sent.
        commands: Vec<String>,
        /// The part of the step, from 1.
        part: u32,
        /// Which step.
        step: StepId,
    },
    /// The node has started them.
    Launched {
        /// The attempt.
        attempt: u32,
        /// The node's boot id.
        boot: String,
        /// The part.
        part: u32,
        /// Which step.
        step: StepId,
    },
    /// The node did not start them and never will under this attempt.
    NotLaunched {
        /// They never arrived: sending them again under another attempt is no repetition.
        again: bool,
        /// The attempt.
        attempt: u32,
        /// The part.
        part: u32,
        /// What the node or ssh said.
        seen: String,
        /// Which step.
        step: StepId,
    },
    /// The node can't be asked what became of them.
    Lost {
        /// What ssh said.
        seen: String,
        /// Which step.
        step: StepId,
    },
    /// A process watches the step again.
    Reattached {
        /// Which step.
        step: StepId,
    },
    /// The step's limit passed. It is not killed for that.
    Overdue {
        /// Which step.
        step: StepId,
    },
    /// The commands ended.
    Ended {
        /// The attempt.
        attempt: u32,
        /// Their exit code.
        code: i32,
        /// The part.
        part: u32,
        /// Bytes of output that lie on the node.
        size: u64,
        /// Which step.
        step: StepId,
    },
    /// The commands do not run any more and left no exit code.
    Vanished {
        /// The attempt.
        attempt: u32,
        /// The part.
        part: u32,
        /// Which step.
        step: StepId,
    },
    /// A value that later steps or a report need.
    Kept {
        /// Its name.
        name: String,
        /// Which step found it.
        step: StepId,
        /// The value; never a secret.
        value: String,
    },
    /// The step whose outcome is unknown was looked at.
    Probed {
        /// What was seen.
        seen: String,
        /// Which step.
        step: StepId,
        /// What it means.
        verdict: Verdict,
    },
    /// The step is done.
    Done {
        /// How that is known.
        how: How,
        /// Which step.
        step: StepId,
    },
    /// The step failed.
    Failed {
        /// The exit code, where commands gave one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        code: Option<i32>,
        /// What failed, as a code with words of its own.
        reason: String,
        /// What was seen last.
        seen: String,
        /// Which step.
        step: StepId,
    },
    /// A person is asked.
    Asked {
        /// What.
        question: Question,
        /// What the person should know.
        seen: String,
        /// About which step.
        step: StepId,
    },
    /// A person answered.
    Answered {
        /// What.
        answer: Answer,
        /// Who.
        by: String,
        /// In the person's own words.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        note: String,
        /// About which step.
        step: StepId,
    },
    /// Somebody wants the run to stop: after what is under way, or at once.
    StopAsked {
        /// The second time: leave everything as it is.
        at_once: bool,
        /// Who or what: a person, a signal.
        by: String,
    },
    /// The run is given up: what it opened is paid, nothing else begins.
    Aborting {
        /// Who.
        by: String,
    },
    /// The process lets go of the run.
    Left {
        /// Why, as a code.
        reason: String,
    },
    /// Everything is done.
    Finished,
}

/// What a probe of a step means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// It is done.
    Done,
    /// Nothing of it happened, or what did does no harm: it may be repeated.
    NotDone,
    /// Nobody can tell but a person.
    Unclear,
}

/// How it is known that a step is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum How {
    /// Its commands ended well, or what it looked at was in order.
    Ran,
    /// It was found to be done already.
    Found,
    /// A person said so.
    Said,
    /// It was told, and nobody has to answer.
    Told,
}

/// What a person is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Question {
    /// Whether the step, which is a person's, is done or agreed to.
    Agree,
    /// Whether the step, whose outcome is unknown or bad, is done or to be repeated.
    Repeat,
    /// Whether what was seen is in order.
    Judge,
}

/// What a person answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Answer {
    /// It is done, agreed, in order.
    Done,
    /// Repeat it.
    Again,
    /// No: the run stops.
    No,
}

impl Verdict {
    /// The stable name.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::NotDone => "not-done",
            Self::Unclear => "unclear",
        }
    }
}

impl How {
    /// The stable name.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Ran => "ran",
            Self::Found => "found",
            Self::Said => "said",
            Self::Told => "told",
        }
    }
}

impl Question {
    /// The stable name.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Agree => "agree",
            Self::Repeat => "repeat",
            Self::Judge => "judge",
        }
    }
}

impl Answer {
    /// The stable name.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Again => "again",
            Self::No => "no",
        }
    }
}

/// What a person said of a step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Said {
    /// The answer.
    pub answer: Answer,
    /// When, in milliseconds since 1970.
    pub at: u64,
    /// Who.
    pub by: String,
    /// In their own words; empty where they said no more.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub note: String,
}

impl Said {
    pub(crate) fn new(at: u64, by: &str, answer: Answer, note: &str) -> Self {
        Self { answer, at, by: by.to_owned(), note: note.to_owned() }
    }
}

impl Event {
    /// Whether its record may come to the disk together with a later one: nothing was sent because of
    /// it, and who goes on without it looks at the node and finds the same. All others are on disk
    /// before anything else happens; so is, with them, whatever stands before them.
    #[must_use]
    pub fn may_follow(&self) -> bool {
        matches!(
            self,
            Self::Begun { .. } | Self::Boot { .. } | Self::Launched { .. } | Self::Ended { .. }
        )
    }

    /// The stable name.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Approved { .. } => "approved",
            Self::Attached { .. } => "attached",
            Self::Boot { .. } => "boot",
            Self::Begun { .. } => "begun",
            Self::Fell { .. } => "fell",
            Self::Started { .. } => "started",
            Self::Launched { .. } => "launched",
            Self::NotLaunched { .. } => "not-launched",
            Self::Lost { .. } => "lost",
            Self::Reattached { .. } => "reattached",
            Self::Overdue { .. } => "overdue",
            Self::Ended { .. } => "ended",
            Self::Vanished { .. } => "vanished",
            Self::Kept { .. } => "kept",
            Self::Probed { .. } => "probed",
            Self::Done { .. } => "done",
            Self::Failed { .. } => "failed",
            Self::Asked { .. } => "asked",
            Self::Answered { .. } => "answered",
            Self::StopAsked { .. } => "stop-asked",
            Self::Aborting { .. } => "aborting",
            Self::Left { .. } => "left",
            Self::Finished => "finished",
        }
    }

    /// The step that it is about.
    #[must_use]
    pub fn step(&self) -> Option<&StepId> {
        match self {
            Self::Begun { step, .. }
            | Self::Fell { step, .. }
            | Self::Started { step, .. }
            | Self::Launched { step, .. }
            | Self::NotLaunched { step, .. }
            | Self::Lost { step, .. }
            | Self::Reattached { step }
            | Self::Overdue { step }
            | Self::Ended { step, .. }
            | Self::Vanished { step, .. }
            | Self::Kept { step, .. }
            | Self::Probed { step, .. }
            | Self::Done { step, .. }
            | Self::Failed { step, .. }
            | Self::Asked { step, .. }
            | Self::Answered { step, .. } => Some(step),
            _ => None,
        }
    }
}

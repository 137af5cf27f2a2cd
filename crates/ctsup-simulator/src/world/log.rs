//! What was run on the hosts: every command begun and ended, in virtual time; who served meanwhile.

use std::collections::BTreeSet;

/// One command of a shell on a node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// Where.
    pub node: String,
    /// What was typed, assignments in front included.
    pub text: String,
    /// The directory.
    pub cwd: String,
    /// The detached job that it belongs to; nothing for a look.
    pub job: Option<String>,
    /// When it began, in milliseconds of the world.
    pub begun: u64,
    /// When it ended, with its exit code; nothing when it never did.
    pub ended: Option<(u64, i32)>,
}

/// Who serves from a moment on: hosts and their compose projects of which every container runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Served {
    /// Milliseconds of the world.
    pub from: u64,
    /// Host and project.
    pub stacks: BTreeSet<(String, String)>,
}

/// Something that must not happen, or that only a known window allows, as the hosts saw it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Hazard {
    /// A service of an older release ran on data that a newer one has met (invariant 31).
    OldOnNew {
        /// Where.
        node: String,
        /// Which volume.
        volume: String,
        /// From when.
        from: u64,
        /// Until when; nothing while it still does.
        until: Option<u64>,
    },
    /// A newer release met data of which no cold copy lies anywhere (invariant 2).
    MetWithoutCopy {
        /// Where.
        node: String,
        /// Which volume.
        volume: String,
        /// When.
        at: u64,
    },
    /// Two nodes ran containers on the same data at once.
    TwoWriters {
        /// Which volume.
        volume: String,
        /// When.
        at: u64,
    },
}

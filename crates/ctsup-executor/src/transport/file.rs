//! Small files on nodes: written as a whole or not at all, and only over what was read.

use std::fmt;

/// A file to be written.
#[derive(Clone, PartialEq, Eq)]
pub struct Put {
    /// Where, absolute.
    pub path: String,
    /// What.
    pub bytes: Vec<u8>,
    /// What must lie there; the file is left alone when something else does.
    pub over: Over,
    /// The generation of the lock under which it may be written.
    pub generation: u64,
}

/// What a file is written over.
#[derive(Clone, PartialEq, Eq)]
pub enum Over {
    /// Whatever lies there: files of our own. The directory is made, mode 0700.
    Anything,
    /// This content, as it was read; owner, group and mode are kept.
    Content(Vec<u8>),
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PutAnswer {
    /// Written.
    Written,
    /// Something else lies there than what was read.
    Changed,
    /// The lock on the node is not of that generation.
    NotLocked {
        /// The generation that lies there; 0 where there is no lock.
        generation: u64,
    },
    /// The node can't keep it: no room, no right.
    NoRoom {
        /// What it said.
        text: String,
    },
}

/// A file that was read.
#[derive(Clone, PartialEq, Eq)]
pub struct Content {
    /// What lies there; a directory or a file far longer than any of ours is an error of the look.
    pub bytes: Vec<u8>,
}

// Settings hold secrets: how much there is of them is all that may be printed by mistake.

impl fmt::Debug for Put {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Put")
            .field("path", &self.path)
            .field("bytes", &self.bytes.len())
            .field("over", &self.over)
            .field("generation", &self.generation)
            .finish()
    }
}

impl fmt::Debug for Over {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Anything => f.write_str("Anything"),
            Self::Content(bytes) => f.debug_tuple("Content").field(&bytes.len()).finish(),
        }
    }
}

impl fmt::Debug for Content {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Content").field("bytes", &self.bytes.len()).finish()
    }
}

//! Small files on nodes: written as a whole or not at all, and only over what was read.

/// A file to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
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
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Over {
    /// Whatever lies there: files of our own. The directory is made, mode 0700.
    Anything,
    /// This content, as it was read; owner, group and mode are kept.
    Content(Vec<u8>),
}

/// What came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PutAnswer {
    /// Written.
    Written,
    /// Something else lies there than what was read.
    Changed,
    /// The lock on the node is not of that generation.
    NotLocked,
}

/// A file that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Content {
    /// What lies there; a directory or a file above 1 MiB is an error of the look.
    pub bytes: Vec<u8>,
}

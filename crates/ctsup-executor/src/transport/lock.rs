//! The lock of an installation: a file on each of its nodes, with a generation that only grows.

/// Something done with the lock that lies on a node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LockOrder {
    /// Says who has it.
    Read,
    /// Takes it. Refused while somebody else has it, unless `over` names the generation that is
    /// taken over, and always when the node has seen a generation as high as `by.generation`.
    /// Taking again what is already ours, generation and all, succeeds.
    Take {
        /// Who takes it.
        by: LockedBy,
        /// The generation that is taken over.
        over: Option<u64>,
    },
    /// Gives it back; does nothing when it is of another generation.
    Release {
        /// Under which generation it was taken.
        generation: u64,
    },
}

/// Who has the lock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LockedBy {
    /// Grows with every taking; the launcher of jobs on the node checks it.
    pub generation: u64,
    /// The run.
    pub run: String,
    /// A person and a machine: `ivanov@laptop-3`.
    pub owner: String,
}

/// What lies on the node afterwards.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LockAnswer {
    /// Who has it.
    pub by: Option<LockedBy>,
    /// The highest generation that the node has seen, given back ones included.
    pub highest: u64,
    /// Whether the order was carried out.
    pub done: bool,
}

//! Pure readers of what real systems print: text in, a typed value or a typed error out.
//!
//! One module per kind of output. They serve whoever looks at a live system and whoever plans from
//! a file that a person saved, so they expect dressed-up text: colours, carriage returns, prompts,
//! lines cut or wrapped by a terminal. They run nothing, open nothing and decide nothing, and no
//! text makes them panic. Where a reader is not sure it says so: unknown is never "no".

pub mod cluster;
pub mod constraints;
pub mod disk;
pub mod image_list;
pub mod logs;
pub mod postgres;
pub mod recap;
pub mod registry;
pub mod units;

mod terminal;

#[cfg(test)]
mod never_panics;

/// Why a text gave no value at all.
///
/// `what` is a stable code of the thing looked for (`ps-table`, `volume-table`), not a sentence.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReadError {
    /// What was looked for does not stand in the text.
    #[error("no {what} in the text")]
    Missing {
        /// Code of what was looked for.
        what: &'static str,
    },
    /// The right table is there, the name asked for is not in it.
    #[error("{what} does not list `{name}`")]
    NotListed {
        /// Code of the table.
        what: &'static str,
        /// The name asked for.
        name: String,
    },
    /// A different number of answers than questions: no answer can be told from another.
    #[error("{what}: {found} found where {expected} belong")]
    Count {
        /// Code of what was counted.
        what: &'static str,
        /// How many the question allows.
        expected: usize,
        /// How many the text holds.
        found: usize,
    },
    /// A value that has to be read is not of its form.
    #[error("line {line}: `{text}` is no {what}")]
    Malformed {
        /// Code of the form expected.
        what: &'static str,
        /// Line in the text, from 1.
        line: usize,
        /// The offending text.
        text: String,
    },
    /// Pacemaker does not run on the node that was asked, so the answer tells nothing of the cluster.
    #[error("cluster is not running on this node")]
    ClusterNotRunning,
    /// The command printed an error of its own in place of an answer.
    #[error("command answered with an error: {text}")]
    CommandError {
        /// Its line.
        text: String,
    },
    /// The registry refused; its codes say why.
    #[error("registry refused: {codes:?}")]
    Refused {
        /// The codes of the error document, in its order.
        codes: Vec<registry::Code>,
    },
    /// Not well-formed XML.
    #[error("malformed XML")]
    Xml(#[from] roxmltree::Error),
    /// Not the JSON document expected.
    #[error("malformed JSON")]
    Json(#[from] serde_json::Error),
}

/// A remark on one line of a text that was otherwise read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// Line in the text, from 1.
    pub line: usize,
    /// What is the matter with it.
    pub reason: Reason,
}

/// What is the matter with a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Reason {
    /// The line is of no form that the reader knows.
    Unrecognised,
    /// The line begins like a row and breaks off before the columns that matter.
    BreaksOff,
    /// The name column is missing; the rest of the row was read.
    NameMissing,
    /// The name was read but may have been cut by a terminal.
    NameInDoubt,
    /// Two or more lines were read as one that a terminal had wrapped.
    Joined,
    /// The image column holds no image reference.
    ImageUnreadable,
    /// The status column holds no status.
    StatusUnreadable,
    /// A line of JSON that is not the document expected.
    Json,
}

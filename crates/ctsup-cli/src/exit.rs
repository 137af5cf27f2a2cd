//! Exit codes: a contract with scripts, documented in `ctsup --help`.

use std::process::ExitCode;

use ctsup_core::{Diagnostic, Severity};

/// How the program ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Done, or nothing to do.
    Done = 0,
    /// Errors in the input, missing facts, files that cannot be read or written.
    Faulty = 1,
    /// What was compared differs.
    Differs = 2,
    /// A rule refuses.
    Refused = 3,
    /// The plan can go wrong: a counterexample was found.
    Counterexample = 4,
    /// A run stopped, and changes were made.
    Stopped = 5,
    /// A run waits for a person.
    Person = 6,
    /// Somebody else has the installation or the run.
    Locked = 7,
    /// The plan was not approved.
    NotApproved = 8,
    /// The command line is wrong.
    Usage = 64,
    /// Stopped by Ctrl-C.
    Interrupted = 130,
    /// Stopped by TERM.
    Terminated = 143,
}

impl Exit {
    /// What findings mean. Errors and missing facts come first: until they are mended nobody
    /// knows whether a refusal stands.
    pub(crate) fn of(found: &[Diagnostic]) -> Self {
        let any = |severity| found.iter().any(|d| d.severity == severity);
        if any(Severity::Error) || any(Severity::Missing) {
            Self::Faulty
        } else if any(Severity::Refusal) {
            Self::Refused
        } else {
            Self::Done
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

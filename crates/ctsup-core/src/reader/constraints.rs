//! Location constraints as `pcs constraint --full` and `pcs constraint location --full` print them.
//!
//! pcs 0.9 writes node and score behind `Enabled on:`, 0.10 puts nodes on lines of their own, and
//! 0.11.6 and later write sentences (`resource 'dockerd' prefers node 'back-01' with score …`).
//! `--full` matters: without it no form shows ids, and only the id tells what a move has left.

mod section;

use super::{Note, ReadError, terminal};
use section::Section;

/// The location constraints of a cluster.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Constraints {
    /// In the order of the text.
    pub locations: Vec<LocationConstraint>,
    /// Lines of the location section that were not understood.
    pub notes: Vec<Note>,
}

/// One rule where a resource shall or shall not run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LocationConstraint {
    /// Its id; none when `--full` was left out.
    pub id: Option<String>,
    /// The resource, or the pattern of resources, it is for.
    pub resource: String,
    /// Whether `resource` is a pattern.
    pub is_pattern: bool,
    /// The node; none when rules choose it.
    pub node: Option<String>,
    /// How strongly; none when a rule takes it from a node attribute.
    pub score: Option<Score>,
    /// The role it is for.
    pub role: Option<String>,
    /// The line it stands on, from 1.
    pub line: usize,
}

/// A score. Infinity and minus infinity are orders, all else are wishes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Score {
    /// Never there.
    MinusInfinity,
    /// A wish.
    Finite(i32),
    /// There, if at all possible.
    Infinity,
}

/// Who made a constraint, told from its id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// `cli-prefer-…`: left by `pcs resource move RESOURCE NODE`.
    Move,
    /// `cli-ban-…`: left by a move without a node, or by `pcs resource ban`.
    Ban,
    /// Meant to stay.
    Standing,
    /// The text shows no ids.
    Unknown,
}

impl LocationConstraint {
    /// Who made it.
    pub fn origin(&self) -> Origin {
        match self.id.as_deref() {
            None => Origin::Unknown,
            Some(id) if id.starts_with("cli-prefer-") => Origin::Move,
            Some(id) if id.starts_with("cli-ban-") => Origin::Ban,
            Some(_) => Origin::Standing,
        }
    }
}

impl Score {
    fn read(text: &str) -> Option<Self> {
        match text {
            "INFINITY" | "+INFINITY" => Some(Self::Infinity),
            "-INFINITY" => Some(Self::MinusInfinity),
            // Pacemaker's infinity is a million, and nothing is beyond it.
            number => Some(match number.parse().ok()? {
                1_000_000.. => Self::Infinity,
                ..=-1_000_000 => Self::MinusInfinity,
                score => Self::Finite(score),
            }),
        }
    }

    fn negated(self) -> Self {
        match self {
            Self::Infinity => Self::MinusInfinity,
            Self::MinusInfinity => Self::Infinity,
            Self::Finite(score) => Self::Finite(-score),
        }
    }
}

/// Reads the constraints. An empty text is an answer: pcs 0.11.6 and later print nothing when there
/// are none.
pub fn read(text: &str) -> Result<Constraints, ReadError> {
    let plain = terminal::plain(text);
    let mut section = Section::default();
    let mut inside = false;
    let mut headed = false;
    let mut other = false;
    for (line, text) in terminal::lines(&plain) {
        let text = text.trim_start();
        if text.is_empty() || text.starts_with("Warning:") {
            continue;
        }
        if text.starts_with("Error:") {
            return Err(ReadError::CommandError { text: text.to_owned() });
        }
        if text.ends_with(" Constraints:") {
            inside = matches!(text, "Location Constraints:" | "Location Set Constraints:");
            headed = true;
        } else if inside {
            section.read_line(line, text);
        } else {
            other = true;
        }
    }
    if other && !headed {
        return Err(ReadError::Missing { what: "constraints" });
    }
    Ok(section.read)
}

#[cfg(test)]
mod tests;

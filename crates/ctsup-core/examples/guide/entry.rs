//! What the table knows of the guide: its rows, and between them the texts that no row cites.

use std::fmt;

use ctsup_core::guide::Row;

/// A paragraph known by place and hash.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    pub(crate) name: Name,
    /// The number that the paragraph begins with.
    pub(crate) step: Option<u32>,
    /// How many more steps it holds.
    pub(crate) more_steps: u32,
    pub(crate) lines: (u32, u32),
    pub(crate) hash: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Name {
    /// A row, by its key.
    Row(String),
    /// A text that no row cites, by what it is.
    Rest(String),
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Row(key) => f.write_str(key),
            Self::Rest(what) => write!(f, "[{what}]"),
        }
    }
}

/// Everything that the table knows, in the order of the guide's lines.
pub(crate) fn all(rows: &[Row], rest: &str) -> Vec<Entry> {
    let cited = rows.iter().filter_map(|row| {
        Some(Entry {
            name: Name::Row(row.key.to_owned()),
            step: leading_step(row.step),
            more_steps: more_steps(row.step),
            lines: row.lines?,
            hash: row.hash?.to_owned(),
        })
    });
    let uncited = rest.lines().skip(1).map(|line| {
        let [range, hash, what] = line.split('\t').collect::<Vec<_>>()[..] else {
            panic!("not three columns: {line:?}")
        };
        Entry {
            name: Name::Rest(what.to_owned()),
            step: None,
            more_steps: 0,
            lines: parse_range(range).unwrap_or_else(|| panic!("not a range of lines: {line:?}")),
            hash: hash.to_owned(),
        }
    });
    let mut entries: Vec<Entry> = cited.chain(uncited).collect();
    entries.sort_by_key(|entry| entry.lines);
    entries
}

/// The number that a step's paragraph begins with: of `17` and `4-5`, but not of `3 continued`.
fn leading_step(step: &str) -> Option<u32> {
    let first = step.split_once('-').map_or(step, |(first, _)| first);
    first.parse().ok()
}

/// 1 of `4-5`.
fn more_steps(step: &str) -> u32 {
    parse_range(step).map_or(0, |(first, last)| last.saturating_sub(first))
}

fn parse_range(range: &str) -> Option<(u32, u32)> {
    let (first, last) = range.split_once('-')?;
    Some((first.parse().ok()?, last.parse().ok()?))
}

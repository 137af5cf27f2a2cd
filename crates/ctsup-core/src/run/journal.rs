//! The journal's text: a header and one record a line, each naming the line before it by its hash.
//!
//! A last line without its end was never announced to anybody: the record is on disk before the
//! command it announces is sent. Any other damage is named, and nothing is guessed from it.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::event::Event;
use crate::catalogue::hex;

/// The format that this program writes.
pub const JOURNAL_FORMAT: JournalFormat =
    JournalFormat { name: JournalName::CtsupJournal, version: 1 };

/// The first line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Header {
    /// The digest of the plan.
    pub digest: String,
    /// The format.
    pub format: JournalFormat,
    /// The run's name.
    pub run: String,
    /// The installation.
    pub site: String,
}

/// Name and version of the format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct JournalFormat {
    /// Always `ctsup-journal`.
    pub name: JournalName,
    /// Every new field is a new version.
    pub version: u32,
}

/// The one name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum JournalName {
    /// `ctsup-journal`.
    CtsupJournal,
}

/// Any other line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Record {
    /// Milliseconds since 1970.
    pub at: u64,
    /// What happened.
    pub event: Event,
    /// The hash of the line before.
    pub prev: String,
    /// Counted from 1.
    pub seq: u64,
    /// The hash of this record without this field, shortened: the last line has no line after it
    /// that would notice a change.
    pub sum: String,
}

/// A journal that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JournalText {
    /// The first line.
    pub header: Header,
    /// All others.
    pub records: Vec<Record>,
    /// How many bytes are whole lines; what stands behind them is a line without its end.
    pub whole: usize,
    /// The hash of the last whole line.
    pub last: String,
}

/// A journal that can't be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("journal line {line}: {damage}")]
pub struct JournalError {
    /// Counted from 1.
    pub line: usize,
    /// What is the matter.
    pub damage: Damage,
}

/// What is the matter with a journal's line.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Damage {
    /// There is no whole header line.
    #[error("no header")]
    NoHeader,
    /// A version that this program does not read.
    #[error("format version {found}, this program reads {}", JOURNAL_FORMAT.version)]
    Version {
        /// The version.
        found: u32,
    },
    /// Not what belongs on the line.
    #[error("not a record: {text}")]
    Shape {
        /// What the reader said.
        text: String,
    },
    /// The record's own hash is not that of its content.
    #[error("the record was changed")]
    Sum,
    /// It does not follow on the line before: one was changed, left out, doubled or moved.
    #[error("does not follow on the line before")]
    Chain,
}

impl Header {
    /// The header of a run that begins now.
    #[must_use]
    pub fn of(plan: &crate::plan::Plan, run: &str) -> Self {
        Self {
            digest: plan.digest.clone(),
            format: JOURNAL_FORMAT,
            run: run.to_owned(),
            site: plan.site.clone(),
        }
    }

    /// The line, with its end.
    #[must_use]
    pub fn line(&self) -> String {
        let mut text = serde_json::to_string(self).expect("a header is always JSON");
        text.push('\n');
        text
    }
}

impl Record {
    /// The record that follows on a line.
    #[must_use]
    pub fn new(seq: u64, prev: String, at: u64, event: Event) -> Self {
        let mut record = Self { at, event, prev, seq, sum: String::new() };
        record.sum = record.computed_sum();
        record
    }

    /// The line, with its end.
    #[must_use]
    pub fn line(&self) -> String {
        let mut text = serde_json::to_string(self).expect("a record is always JSON");
        text.push('\n');
        text
    }

    fn computed_sum(&self) -> String {
        let bare = Self { sum: String::new(), ..self.clone() };
        let text = serde_json::to_string(&bare).expect("a record is always JSON");
        let mut sum = hex(&Sha256::digest(text.as_bytes()));
        sum.truncate(16);
        sum
    }
}

/// The hash of a line, its end not counted.
#[must_use]
pub fn line_hash(line: &str) -> String {
    hex(&Sha256::digest(line.trim_end_matches('\n').as_bytes()))
}

impl JournalText {
    /// Reads a journal; a last line without its end is left out.
    ///
    /// # Errors
    /// When anything else is the matter with it.
    pub fn read(bytes: &[u8]) -> Result<Self, JournalError> {
        let whole = bytes.iter().rposition(|b| *b == b'\n').map_or(0, |at| at + 1);
        let wrong = |line: usize, damage| JournalError { line, damage };
        let shape = |line: usize, text: String| wrong(line, Damage::Shape { text });
        let mut lines = bytes[..whole].split_inclusive(|b| *b == b'\n').enumerate();
        let Some((_, first)) = lines.next() else { return Err(wrong(1, Damage::NoHeader)) };
        let first = std::str::from_utf8(first).map_err(|e| shape(1, e.to_string()))?;
        let header = read_header(first)?;
        let mut last = line_hash(first);
        let mut records = Vec::new();
        for (index, line) in lines {
            let number = index + 1;
            let text = std::str::from_utf8(line).map_err(|e| shape(number, e.to_string()))?;
            let record: Record =
                serde_json::from_str(text).map_err(|e| shape(number, e.to_string()))?;
            // One form only: a record that reads the same and is written otherwise was changed.
            if record.sum != record.computed_sum() || record.line() != text {
                return Err(wrong(number, Damage::Sum));
            }
            if record.prev != last || record.seq != index as u64 {
                return Err(wrong(number, Damage::Chain));
            }
            last = line_hash(text);
            records.push(record);
        }
        Ok(Self { header, records, whole, last })
    }

    /// The record that would come next.
    #[must_use]
    pub fn follow(&self, at: u64, event: Event) -> Record {
        Record::new(self.records.len() as u64 + 1, self.last.clone(), at, event)
    }
}

fn read_header(text: &str) -> Result<Header, JournalError> {
    #[derive(Deserialize)]
    struct Head {
        format: JournalFormat,
    }
    let shape = |e: serde_json::Error| JournalError {
        line: 1,
        damage: Damage::Shape { text: e.to_string() },
    };
    // The version first: a journal of another format has fields that this program cannot know.
    let head: Head = serde_json::from_str(text).map_err(shape)?;
    if head.format != JOURNAL_FORMAT {
        let found = head.format.version;
        return Err(JournalError { line: 1, damage: Damage::Version { found } });
    }
    let header: Header = serde_json::from_str(text).map_err(shape)?;
    if header.line() != text {
        return Err(JournalError { line: 1, damage: Damage::Sum });
    }
    Ok(header)
}

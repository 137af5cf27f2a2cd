//! Where the guide writes something, and what its rows are about.

use ctsup_core::guide::RowKey;
use ctsup_core::plan::{Source, Step};

use super::Phrases;

impl Phrases<'_> {
    /// What a row of the guide is about.
    pub(crate) fn row(&self, key: RowKey) -> String {
        self.words.say(&format!("row-{}", key.as_str().replace('.', "-")), &[])
    }

    /// The section and the step in it: `Fault-tolerant configuration, step 17`.
    pub(crate) fn place(&self, key: RowKey) -> String {
        let row = key.row();
        let section = self.words.say(&format!("section-{}", slug(row.section)), &[]);
        if row.step.is_empty() {
            return section;
        }
        let place = if row.step.bytes().all(|b| b.is_ascii_digit()) {
            self.words.say("place", &[("step", row.step.into())])
        } else {
            self.words.say(&format!("place-{}", slug(row.step)), &[])
        };
        format!("{section}, {place}")
    }

    /// The guide's rows that a step carries out: `HA.17`.
    pub(crate) fn rows(&self, step: &Step) -> Vec<String> {
        let rows = step.source.iter().filter_map(|source| match source {
            Source::Row(key) => Some(key.as_str().to_owned()),
            _ => None,
        });
        rows.collect()
    }

    /// Who says that a step belongs there, in short: `HA.17`.
    pub(crate) fn source(&self, source: &Source) -> String {
        match source {
            Source::Row(key) => key.as_str().to_owned(),
            Source::Invariant(number) => self.invariant(*number),
            Source::Reading(key) => {
                let reading = self.words.say(&format!("reading-{key}"), &[]);
                self.words.say("source-reading", &[("reading", reading.into())])
            }
            Source::Site => self.words.say("source-site", &[]),
        }
    }

    /// The same with its place.
    pub(crate) fn source_place(&self, source: &Source) -> String {
        match source {
            Source::Row(key) => format!("{}: {}", key.as_str(), self.place(*key)),
            Source::Invariant(number) => {
                let rule = self.invariant(*number).into();
                self.words.say("source-rule", &[("rule", rule)])
            }
            other => self.source(other),
        }
    }

    /// A rule that every plan keeps.
    pub(crate) fn invariant(&self, number: u8) -> String {
        self.words.say(&format!("invariant-{number}"), &[])
    }

    /// A reading of an ambiguity.
    pub(crate) fn reading(&self, key: &str, choice: &str) -> String {
        self.words.say(&format!("reading-{key}.{}", choice.replace('.', "-")), &[])
    }
}

/// A text as part of a message's name.
fn slug(text: &str) -> String {
    let parts = text.split(|c: char| !c.is_ascii_alphanumeric()).filter(|part| !part.is_empty());
    parts.map(str::to_ascii_lowercase).collect::<Vec<_>>().join("-")
}

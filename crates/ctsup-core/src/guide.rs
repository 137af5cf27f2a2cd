//! The guide table: one row per step of the vendor's guide, with the place and the hash of its paragraph.
//!
//! The guide's sentences are not in it: only where a paragraph stands, what it hashes to, and a few words of ours.
//! Rows that the guide does not write carry neither lines nor hash.

mod table;

use std::fmt;
use std::sync::OnceLock;

use serde::de::{self, Deserializer, Unexpected, Visitor};
use serde::{Deserialize, Serialize, Serializer};
use sha2::{Digest, Sha256};

/// The build of the guide that the table was made from.
pub const BUILD: &str = "2.5.7";

/// A step of the guide, or one of ours that stands beside them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Row {
    /// What plans cite: the procedure and the step in it, such as `HA.17`. Never renamed.
    pub key: &'static str,
    /// The procedure that the row belongs to, such as `HA`.
    pub procedure: &'static str,
    /// Where the guide writes it, in our words; `ours` when the guide does not.
    pub section: &'static str,
    /// The guide's number of the step, or what else it is there (`note 2022-03-05`); empty for rows of ours.
    pub step: &'static str,
    /// First and last line in the text of the guide.
    pub lines: Option<(u32, u32)>,
    /// SHA-256 of those lines in NFC with white space folded, as lower-case hex digits.
    pub hash: Option<&'static str>,
    /// What the step is about, in a few English words of ours.
    pub fact: &'static str,
}

/// All rows, in the table's order.
pub fn rows() -> &'static [Row] {
    &table::ROWS
}

/// The row with this key.
pub fn row(key: &str) -> Option<&'static Row> {
    RowKey::parse(key).map(RowKey::row)
}

/// SHA-256 of the table as it is embedded, as lower-case hex digits: what a plan names as its source.
pub fn table_hash() -> &'static str {
    static HASH: OnceLock<String> = OnceLock::new();
    HASH.get_or_init(|| {
        let digest = Sha256::digest(table::TSV);
        digest.iter().map(|byte| format!("{byte:02x}")).collect()
    })
}

/// The key of a row that exists. Made by [`cite!`](crate::cite) from a literal, by [`RowKey::parse`] from a document.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RowKey(u16);

impl RowKey {
    /// The key, when there is such a row.
    pub const fn parse(key: &str) -> Option<Self> {
        match table::find(key) {
            Some(at) => Some(Self(at)),
            None => None,
        }
    }

    /// What [`cite!`](crate::cite) calls while the citing crate compiles.
    ///
    /// # Panics
    ///
    /// Without such a row, which in [`cite!`](crate::cite) fails the build.
    #[doc(hidden)]
    pub const fn of(key: &str) -> Self {
        match Self::parse(key) {
            Some(found) => found,
            None => panic!("the guide table has no such row"),
        }
    }

    /// The row itself.
    pub const fn row(self) -> &'static Row {
        &table::ROWS[self.0 as usize]
    }

    /// The key as it is written in plans.
    pub const fn as_str(self) -> &'static str {
        self.row().key
    }
}

/// Cites a row of the guide: `cite!("HA.17")` is its [`RowKey`]. A row that does not exist fails the build.
///
/// ```
/// let key = ctsup_core::cite!("HA.17");
/// assert_eq!(key.row().lines, Some((347, 354)));
/// ```
///
/// ```compile_fail
/// let key = ctsup_core::cite!("HA.99");
/// ```
#[macro_export]
macro_rules! cite {
    ($key:literal) => {
        const { $crate::guide::RowKey::of($key) }
    };
}

impl fmt::Display for RowKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for RowKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RowKey({self})")
    }
}

impl Serialize for RowKey {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for RowKey {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_str(KeyVisitor)
    }
}

struct KeyVisitor;

impl Visitor<'_> for KeyVisitor {
    type Value = RowKey;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the key of a row of the guide table, such as \"HA.17\"")
    }

    fn visit_str<E: de::Error>(self, key: &str) -> Result<RowKey, E> {
        RowKey::parse(key).ok_or_else(|| E::invalid_value(Unexpected::Str(key), &self))
    }
}

#[cfg(test)]
mod tests;

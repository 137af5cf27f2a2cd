//! A file's values and places by key path.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::diagnostic::{Input, Label};
use crate::version::{ImageRef, Release};

/// A value of a known kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Value {
    Text(String),
    Integer(i64),
    Bool(bool),
    Size(u64),
    Release(Release),
    Unknown,
    Image(ImageRef),
    List(Vec<(Value, Range<usize>)>),
}

/// A file's values and places by key path.
#[derive(Debug, Default)]
pub(crate) struct Document {
    pub(crate) values: BTreeMap<String, (Value, Range<usize>)>,
    pub(super) tables: BTreeMap<String, Range<usize>>,
    pub(super) names: BTreeMap<String, Range<usize>>,
    pub(super) input: Option<Input>,
}

impl Document {
    /// Where a key stands; where it does not, the nearest table around it.
    pub(crate) fn label(&self, path: &str) -> Label {
        let input = self.input.unwrap_or(Input::Topology);
        let mut at = path;
        loop {
            let range = self.values.get(at).map(|(_, range)| range.clone()).or_else(|| {
                self.tables.get(at).map(|r| r.start..r.start.saturating_add(1).min(r.end))
            });
            if range.is_some() {
                return Label { input, path: path.to_owned(), range };
            }
            match at.rsplit_once('.') {
                Some((parent, _)) => at = parent,
                None => {
                    return Label { input, path: path.to_owned(), range: None };
                }
            }
        }
    }

    /// Where a key's own name stands, not its value.
    pub(crate) fn name_label(&self, path: &str) -> Label {
        match (self.names.get(path), self.input) {
            (Some(range), Some(input)) => {
                Label { input, path: path.to_owned(), range: Some(range.clone()) }
            }
            _ => self.label(path),
        }
    }

    pub(crate) fn has(&self, path: &str) -> bool {
        self.values.contains_key(path) || self.tables.contains_key(path)
    }

    /// The names directly below a table, in order.
    pub(crate) fn names<'a>(&'a self, path: &str) -> Vec<&'a str> {
        let depth = path.split('.').count();
        let prefix = format!("{path}.");
        let mut names: Vec<&str> = self
            .tables
            .range(prefix.clone()..)
            .map(|(key, _)| key.as_str())
            .take_while(|key| key.starts_with(&prefix))
            .chain(
                self.values
                    .range(prefix.clone()..)
                    .map(|(key, _)| key.as_str())
                    .take_while(|key| key.starts_with(&prefix)),
            )
            .filter_map(|key| key.split('.').nth(depth))
            .collect();
        names.sort_unstable();
        names.dedup();
        names
    }

    pub(crate) fn text(&self, path: &str) -> Option<&str> {
        match self.values.get(path) {
            Some((Value::Text(text), _)) => Some(text),
            _ => None,
        }
    }

    pub(crate) fn bool(&self, path: &str) -> Option<bool> {
        match self.values.get(path) {
            Some((Value::Bool(b), _)) => Some(*b),
            _ => None,
        }
    }

    pub(crate) fn integer(&self, path: &str) -> Option<i64> {
        match self.values.get(path) {
            Some((Value::Integer(n), _)) => Some(*n),
            _ => None,
        }
    }

    pub(crate) fn size(&self, path: &str) -> Option<u64> {
        match self.values.get(path) {
            Some((Value::Size(n), _)) => Some(*n),
            _ => None,
        }
    }

    pub(crate) fn release(&self, path: &str) -> Option<&Release> {
        match self.values.get(path) {
            Some((Value::Release(release), _)) => Some(release),
            _ => None,
        }
    }

    pub(crate) fn is_unknown(&self, path: &str) -> bool {
        matches!(self.values.get(path), Some((Value::Unknown, _)))
    }

    pub(crate) fn image(&self, path: &str) -> Option<&ImageRef> {
        match self.values.get(path) {
            Some((Value::Image(image), _)) => Some(image),
            _ => None,
        }
    }

    /// The texts of a list; `None` where the key is not there.
    pub(crate) fn texts(&self, path: &str) -> Option<Vec<&str>> {
        match self.values.get(path) {
            Some((Value::List(list), _)) => Some(
                list.iter()
                    .filter_map(|(value, _)| match value {
                        Value::Text(text) => Some(text.as_str()),
                        _ => None,
                    })
                    .collect(),
            ),
            _ => None,
        }
    }
}

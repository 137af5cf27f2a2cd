//! What reading a file gives: a topology, facts, findings, and where each key stands.

use std::collections::{BTreeMap, BTreeSet};

use super::{Topology, check, declared, read};
use crate::diagnostic::{Diagnostic, Input, Label};
use crate::fact::{Facts, Origin};
use crate::name::NodeName;

/// What reading a file gave: a value where there is one, and everything found on the way.
#[derive(Debug)]
pub struct Parsed {
    /// The topology, unless something is wrong that makes it one of none.
    pub topology: Option<Topology>,
    /// The facts that the file declares.
    pub facts: Facts,
    /// What was found, in the order of the text.
    pub diagnostics: Vec<Diagnostic>,
    /// Antivirus units that a run before stopped, whether or not some are active again.
    pub(crate) owed: BTreeMap<NodeName, Vec<String>>,
    pub(crate) places: Places,
}

impl Parsed {
    /// The place of a key, or of the nearest table around it.
    #[must_use]
    pub fn label(&self, path: &str) -> Label {
        self.places.label(path)
    }
}

/// Where the keys of an input stand, so that a refusal found while planning points into the file.
#[derive(Debug, Default)]
pub struct Places {
    pub(super) documents: Vec<read::Document>,
    /// The nodes of which a saved image list was handed in.
    pub(crate) lists: BTreeSet<NodeName>,
}

impl Places {
    /// The place of a key, or of the nearest table around it.
    #[must_use]
    pub fn label(&self, path: &str) -> Label {
        let holder = self.documents.iter().rev().find(|d| d.has(path));
        let listed = path.strip_prefix("facts.nodes.").and_then(|p| p.strip_suffix(".images"));
        if let Some(node) = listed.filter(|node| holder.is_none() && self.lists.contains(*node)) {
            let path = format!("rollback.lists.{node}");
            return Label { input: Input::ImageList, path, range: None };
        }
        match holder.or(self.documents.first()) {
            Some(document) => document.label(path),
            None => Label { input: Input::Topology, path: path.to_owned(), range: None },
        }
    }

    /// The place of a key's own name.
    pub(crate) fn name_label(&self, path: &str) -> Label {
        let holder = self.documents.iter().rev().find(|d| d.has(path));
        holder.map_or_else(|| self.label(path), |document| document.name_label(path))
    }

    /// Whether the file has the key.
    #[must_use]
    pub fn has(&self, path: &str) -> bool {
        self.documents.iter().any(|d| d.has(path))
    }
}

/// Reads a topology file and, where there is one, a facts file beside it.
///
/// Every mistake is reported at once, each with its place.
#[must_use]
pub fn parse(text: &str, facts: Option<&str>) -> Parsed {
    parse_with(text, facts, Origin::Declared)
}

/// The same after a run: what the facts file holds was observed since, so it wins over what the
/// topology file declared of the time before.
#[must_use]
pub fn parse_since(text: &str, facts: Option<&str>) -> Parsed {
    parse_with(text, facts, Origin::Observed)
}

pub(super) fn parse_with(text: &str, facts: Option<&str>, origin: Origin) -> Parsed {
    let (document, mut diagnostics) = read::read(text, Input::Topology, &[]);
    let topology = check::check(&document, &mut diagnostics);
    let mut known = Facts::new();
    if let Some(topology) = &topology {
        declared::learn(&document, topology, Origin::Declared, &mut known, &mut diagnostics);
    }
    let mut places = Places { documents: vec![document], lists: BTreeSet::new() };
    if let Some(text) = facts {
        let (document, found) = read::read(text, Input::Facts, &["facts"]);
        diagnostics.extend(found);
        if let Some(topology) = &topology {
            declared::learn(&document, topology, origin, &mut known, &mut diagnostics);
        }
        places.documents.push(document);
    }
    diagnostics.sort_by_key(|d| {
        d.labels.first().map(|l| (l.input, l.range.as_ref().map(|r| r.start), l.path.clone()))
    });
    Parsed { topology, facts: known, diagnostics, owed: BTreeMap::new(), places }
}

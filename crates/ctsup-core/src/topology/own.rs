//! The site's own steps.

use crate::name::NodeName;

/// A step of the site's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnStep {
    /// Its name.
    pub name: NodeName,
    /// Where in the plan.
    pub place: OwnPlace,
    /// Where its commands run; a person where there are none.
    pub node: Option<NodeName>,
    /// Its commands.
    pub run: Vec<String>,
    /// What is asked of a person.
    pub confirm: Option<String>,
    /// Exits 0 when the step is done.
    pub probe: Option<String>,
    /// What takes it back.
    pub undo: Vec<String>,
    /// It opens a debt that `undo` pays at the end.
    pub owes: bool,
    /// How long it takes.
    pub minutes: Option<u32>,
}

/// Where in the plan a site's own step stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OwnPlace {
    /// Before a phase or a guide row.
    Before(Anchor),
    /// After a phase or a guide row.
    After(Anchor),
}

/// What a site's own step is placed by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Anchor {
    /// A phase.
    Phase(crate::plan::Phase),
    /// A guide row.
    Row(crate::guide::RowKey),
}

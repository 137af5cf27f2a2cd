//! A step before its place in the order is known.

use super::UNRANKED;
use crate::action::Action;
use crate::fact::{ClaimKey, Held};
use crate::guide::RowKey;
use crate::name::NodeName;
use crate::plan::{Phase, Source};
use crate::state::Effect;

/// A step about to be added.
#[derive(Debug, Clone)]
pub(crate) struct Draft {
    pub(super) id: String,
    pub(super) node: Option<NodeName>,
    pub(super) phase: Phase,
    pub(super) action: Action,
    /// What the action needs and does; asked often, worked out once.
    pub(super) effect: Effect,
    pub(super) source: Vec<Source>,
    pub(super) rests_on: Vec<ClaimKey>,
    pub(super) minutes: Option<u32>,
    /// Its place among the others where the waits leave it open.
    pub(super) rank: (usize, u8),
}

impl Draft {
    /// A step on a node.
    pub(crate) fn on(node: &NodeName, phase: Phase, what: &str, action: Action) -> Self {
        Self::new(Some(node.clone()), phase, format!("{node}/{what}"), action)
    }

    /// A step of a person.
    pub(crate) fn person(phase: Phase, what: &str, action: Action) -> Self {
        Self::new(None, phase, format!("person/{what}"), action)
    }

    pub(super) fn new(node: Option<NodeName>, phase: Phase, id: String, action: Action) -> Self {
        Self {
            id,
            node,
            phase,
            effect: action.effect(),
            action,
            source: Vec::new(),
            rests_on: Vec::new(),
            minutes: None,
            rank: UNRANKED,
        }
    }

    /// With the guide rows that it carries out.
    pub(crate) fn cites(mut self, rows: &[RowKey]) -> Self {
        self.source.extend(rows.iter().map(|row| Source::Row(*row)));
        self
    }

    /// With a source that is no guide row.
    pub(crate) fn source(mut self, source: Source) -> Self {
        self.source.push(source);
        self
    }

    /// With a claim that puts it here.
    pub(crate) fn because(mut self, held: &Held) -> Self {
        if !self.rests_on.contains(&held.claim) {
            self.rests_on.push(held.claim.clone());
        }
        self
    }

    /// Among the first steps, though it is added later: a question that must not come at night
    /// while services are down.
    pub(crate) fn early(mut self) -> Self {
        self.rank = (0, 2);
        self
    }

    /// With a duration that the topology file states.
    pub(crate) fn minutes(mut self, minutes: Option<u32>) -> Self {
        self.minutes = minutes;
        self
    }
}

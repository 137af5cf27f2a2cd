//! What is derived from an action: written into a plan for readers, and derived again when a plan
//! is read, so that nothing in a file can disagree with what would be run.

use crate::action::{Action, Kind, Repeat, Undo};
use crate::state::{Atom, Condition, Effect};

/// The derived fields of a step.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Derived {
    pub(super) closes: Vec<Atom>,
    pub(super) commands: Vec<String>,
    pub(super) cwd: Option<String>,
    pub(super) kind: Kind,
    pub(super) leaves: Vec<Condition>,
    pub(super) needs: Vec<Condition>,
    pub(super) opens: Vec<Atom>,
    pub(super) repeat: Repeat,
    pub(super) undo: Undo,
}

/// Derives them.
pub(super) fn derived(action: &Action) -> Derived {
    derived_with(action, action.effect())
}

/// Derives them where the action's effect is known already.
pub(super) fn derived_with(action: &Action, effect: Effect) -> Derived {
    Derived {
        closes: effect.closes().cloned().collect(),
        commands: action.commands(),
        cwd: action.cwd().map(str::to_owned),
        kind: action.kind(),
        opens: effect.opens().cloned().collect(),
        leaves: effect.done,
        needs: effect.needs,
        repeat: action.repeat(),
        undo: action.undo(),
    }
}

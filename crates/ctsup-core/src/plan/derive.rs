//! What is derived from an action: written into a plan for readers, and derived again when a plan
//! is read, so that nothing in a file can disagree with what would be run.

use crate::action::{Action, Kind, Repeat, Undo};
use crate::state::{Atom, Condition, Effect, State};

/// The derived fields of a step.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Derived {
    pub(super) commands: Vec<String>,
    pub(super) cwd: Option<String>,
    pub(super) kind: Kind,
    pub(super) leaves: Vec<Condition>,
    pub(super) needs: Vec<Condition>,
    pub(super) repeat: Repeat,
    pub(super) undo: Undo,
}

/// The debts that a step opens and closes: the difference of the states before and after it. What is
/// owed already is not opened again, and what nobody owes is not closed. The state moves on.
pub(super) fn debts(now: &mut State, leaves: &[Condition]) -> (Vec<Atom>, Vec<Atom>) {
    let (mut opens, mut closes) = (Vec::new(), Vec::new());
    for condition in leaves {
        if condition.atom.is_debt() && !now.meets(condition) {
            if condition.holds { &mut opens } else { &mut closes }.push(condition.atom.clone());
        }
        now.apply(condition);
    }
    (opens, closes)
}

/// Derives them.
pub(super) fn derived(action: &Action) -> Derived {
    derived_with(action, action.effect())
}

/// Derives them where the action's effect is known already.
pub(super) fn derived_with(action: &Action, effect: Effect) -> Derived {
    Derived {
        commands: action.commands(),
        cwd: action.cwd().map(str::to_owned),
        kind: action.kind(),
        leaves: effect.done,
        needs: effect.needs,
        repeat: action.repeat(),
        undo: action.undo(),
    }
}

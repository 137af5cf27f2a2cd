//! The table of faults: every step with everything that can go wrong while it runs.

use serde::{Deserialize, Serialize};

use super::fault::{self, Fault, Left};
use super::model::Model;
use super::people::{Function, Service};
use super::rule::{RuleId, Rules};
use super::set::Set;
use super::way::{Way, WayKind, Ways};
use crate::name::NodeName;
use crate::plan::{StepId, WarningCode};
use crate::state::Atom;

/// A step and a fault, in every state in which they can meet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cell {
    /// The step.
    pub step: StepId,
    /// What goes wrong.
    pub fault: Fault,
    /// In how many states that was tried.
    pub states: usize,
    /// What comes of it, the worst first.
    pub outcomes: Vec<Outcome>,
}

/// What can come of a fault.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Outcome {
    /// The way out.
    pub way: Way,
    /// What the step left.
    pub left: Left,
    /// What users cannot do then.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub missing: Vec<Function>,
    /// Invariants that the fault itself breaks; each is a hazard that the plan names.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub hazards: Vec<RuleId>,
    /// What is owed then.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub debts: Vec<Atom>,
}

/// All cells, and what was found wrong in them.
#[derive(Debug, Default)]
pub(crate) struct Table {
    pub(crate) cells: Vec<Cell>,
    /// States after a fault that break a rule without being named.
    pub(crate) unnamed: Vec<Struck>,
    /// States after a fault without a way out.
    pub(crate) dead: Vec<Struck>,
    /// Faults in states.
    pub(crate) tried: usize,
}

/// What a fault led to, the first time that it did.
#[derive(Debug)]
pub(crate) struct Struck {
    pub(crate) step: usize,
    pub(crate) fault: Fault,
    /// The rule that it breaks, where it is one.
    pub(crate) rule: Option<usize>,
    pub(crate) state: Set,
}

/// Tries every fault in every state in which just one step runs. Where several run and at most one of
/// them can be half done, the others are untouched or done, which is such a state; how many states
/// are otherwise, the proof counts.
pub(crate) fn fill<'s>(
    model: &Model<'_>,
    rules: &Rules,
    states: impl Iterator<Item = &'s Set>,
) -> Table {
    let service = Service::of(model);
    let ways = Ways::new(model, rules);
    let (_, all_running) = model.progress();
    let debts = model.debts();
    let mut table = Table::default();
    let faults: Vec<Vec<Fault>> = (0..model.len()).map(|step| fault::of(model, step)).collect();
    let mut cells: Vec<Vec<Filling>> =
        faults.iter().map(|f| f.iter().map(|_| Filling::default()).collect()).collect();
    for state in states {
        let running = state.both(&all_running);
        let mut bits = running.iter();
        let (Some(bit), None) = (bits.next(), bits.next()) else { continue };
        let step = bit - model.len();
        let mut before = *state;
        before.remove(bit);
        for (number, fault) in faults[step].iter().enumerate() {
            let cell = &mut cells[step][number];
            cell.states += 1;
            for (left, after) in fault::left(model, state, step, fault) {
                let struck = fault::strike(model, &after, fault);
                table.tried += 1;
                let mut hazards = Vec::new();
                let new = |known: &[Struck], id: Option<RuleId>| {
                    !known.iter().any(|k| {
                        k.step == step && k.fault == *fault && k.rule.map(|r| rules.all[r].id) == id
                    })
                };
                let with = |rule| Struck { step, fault: fault.clone(), rule, state: struck };
                for (number, rule) in rules.always() {
                    if rule.broken_in(&struck) && !hazards.contains(&rule.id) {
                        let named = is_named(model, rule, &struck);
                        if !named && new(&table.unnamed, Some(rule.id)) {
                            table.unnamed.push(with(Some(number)));
                        }
                        hazards.push(rule.id);
                    }
                }
                let way = ways.out(&before, step, fault, left, &struck);
                if way.kind == WayKind::DeadEnd && new(&table.dead, None) {
                    table.dead.push(with(None));
                }
                let missing = service.missing(&struck);
                let owed = struck.both(&debts);
                cell.add(way, left, missing, hazards, owed);
            }
        }
    }
    for (step, (faults, fillings)) in faults.into_iter().zip(cells).enumerate() {
        for (fault, filling) in faults.into_iter().zip(fillings) {
            let step = model.step(step).id.clone();
            table.cells.push(filling.cell(model, step, fault));
        }
    }
    let worst = |cell: &Cell| cell.outcomes.first().map(|o| o.way.kind);
    table.cells.sort_by_key(|cell| worst(cell) != Some(WayKind::DeadEnd));
    table
}

/// A cell while it is filled: outcomes with all that is owed in any of their states.
#[derive(Debug, Default)]
struct Filling {
    states: usize,
    outcomes: Vec<(Outcome, Set)>,
}

impl Filling {
    fn add(
        &mut self,
        way: Way,
        left: Left,
        missing: Vec<Function>,
        hazards: Vec<RuleId>,
        owed: Set,
    ) {
        let same = self.outcomes.iter_mut().find(|(o, _)| {
            o.left == left && o.missing == missing && o.hazards == hazards && o.way == way
        });
        match same {
            Some((_, known)) => *known = known.with(&owed),
            None => {
                let outcome = Outcome { way, left, missing, hazards, debts: Vec::new() };
                self.outcomes.push((outcome, owed));
            }
        }
    }

    fn cell(self, model: &Model<'_>, step: StepId, fault: Fault) -> Cell {
        let mut outcomes: Vec<Outcome> = self
            .outcomes
            .into_iter()
            .map(|(outcome, owed)| {
                let debts = model.atoms_of(&owed).atoms().cloned().collect();
                Outcome { debts, ..outcome }
            })
            .collect();
        outcomes.sort();
        Cell { step, fault, states: self.states, outcomes }
    }
}

/// Whether the plan names that old containers can come up on that node.
fn is_named(model: &Model<'_>, rule: &super::rule::Rule, state: &Set) -> bool {
    if rule.id != RuleId::Invariant(31) {
        return false;
    }
    let named = |node: &NodeName| {
        model.plan.warnings.iter().any(|w| {
            // Of an idle node nobody knows what it holds once data goes back.
            let named = matches!(
                w.code,
                WarningCode::IdleNodeOld
                    | WarningCode::IdleNodeNewer
                    | WarningCode::OldContainersWindow
            );
            named && w.args.get("node").is_some_and(|n| n == node.as_str())
        })
    };
    model.plan.topology.stacks.iter().any(|place| {
        let running = model.bit(&Atom::Running(place.stack.clone()));
        running.is_some_and(|bit| state.has(bit) && rule.on.has(bit)) && named(&place.stack.node)
    })
}

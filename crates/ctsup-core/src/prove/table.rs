//! The table of faults: every step with everything that can go wrong while it runs.

use serde::{Deserialize, Serialize};

use super::fault::{self, Fault, Left};
use super::model::Model;
use super::people::{Function, Service};
use super::rule::{RuleId, Rules};
use super::set::{BySet, Set};
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

/// Tries every fault in every state: while one step runs, with all that it can have left; while
/// several run, each fault that strikes more than one of them, with what the others can have left half
/// done, too. Where the others are untouched or done, just one runs, which is another state.
pub(crate) fn fill<'s>(
    model: &Model<'_>,
    rules: &Rules,
    states: impl Iterator<Item = &'s Set>,
) -> Table {
    let (_, all_running) = model.progress();
    let mut filler = Filler::new(model, rules);
    for state in states {
        let running = state.both(&all_running);
        let steps: Vec<usize> = running.iter().map(|bit| bit - model.len()).collect();
        let before = state.without(&running);
        for step in &steps {
            match steps.len() {
                1 => filler.alone(&before, *step),
                _ => filler.among(&before, *step, &steps),
            }
        }
    }
    filler.table()
}

/// The table while it is filled.
struct Filler<'m, 'p> {
    model: &'m Model<'p>,
    rules: &'m Rules,
    service: Service,
    ways: Ways<'m, 'p>,
    debts: Set,
    faults: Vec<Vec<Fault>>,
    cells: Vec<Vec<Filling>>,
    /// States with others half done that were tried already, by fault.
    mixed: Vec<Vec<BySet<()>>>,
    table: Table,
}

impl<'m, 'p> Filler<'m, 'p> {
    fn new(model: &'m Model<'p>, rules: &'m Rules) -> Self {
        let faults: Vec<Vec<Fault>> = (0..model.len()).map(|s| fault::of(model, s)).collect();
        Self {
            model,
            rules,
            service: Service::of(model),
            ways: Ways::new(model, rules),
            debts: model.debts(),
            cells: faults.iter().map(|f| f.iter().map(|_| Filling::default()).collect()).collect(),
            mixed: faults.iter().map(|f| f.iter().map(|_| BySet::default()).collect()).collect(),
            faults,
            table: Table::default(),
        }
    }

    /// While just this step runs.
    fn alone(&mut self, before: &Set, step: usize) {
        for number in 0..self.faults[step].len() {
            self.cells[step][number].states += 1;
            self.strike(before, before, step, number);
        }
    }

    /// While others run, too.
    fn among(&mut self, before: &Set, step: usize, running: &[usize]) {
        for number in 0..self.faults[step].len() {
            let fault = self.faults[step][number].clone();
            if matches!(fault, Fault::Fails | Fault::Hangs | Fault::Unknown | Fault::PersonSaysNo) {
                continue;
            }
            let mut mixtures = vec![*before];
            for other in running.iter().filter(|other| **other != step) {
                if !self.faults[*other].contains(&fault) {
                    continue;
                }
                let halves = fault::halves(self.model, *other, &fault);
                for mixture in mixtures.clone() {
                    mixtures.extend(halves.iter().map(|half| half.on(&mixture)));
                }
            }
            for mixture in mixtures {
                if mixture != *before && self.mixed[step][number].insert(mixture, ()).is_none() {
                    self.strike(before, &mixture, step, number);
                }
            }
        }
    }

    /// Tries one fault for all that the step can have left; others may have left `mixture` of what was
    /// before.
    fn strike(&mut self, before: &Set, mixture: &Set, step: usize, number: usize) {
        let (model, rules) = (self.model, self.rules);
        let fault = self.faults[step][number].clone();
        for (left, after) in fault::left(model, mixture, step, &fault) {
            let struck = fault::strike(model, &after, &fault);
            self.table.tried += 1;
            let mut hazards = Vec::new();
            let new = |known: &[Struck], id: Option<RuleId>| {
                !known.iter().any(|k| {
                    k.step == step && k.fault == fault && k.rule.map(|r| rules.all[r].id) == id
                })
            };
            let with = |rule| Struck { step, fault: fault.clone(), rule, state: struck };
            for (number, rule) in rules.always() {
                if rule.broken_in(&struck) && !hazards.contains(&rule.id) {
                    let named = is_named(model, rule, &struck);
                    if !named && new(&self.table.unnamed, Some(rule.id)) {
                        self.table.unnamed.push(with(Some(number)));
                    }
                    hazards.push(rule.id);
                }
            }
            let way = self.ways.out(before, step, &fault, left, &struck);
            if way.kind == WayKind::DeadEnd && new(&self.table.dead, None) {
                self.table.dead.push(with(None));
            }
            let missing = self.service.missing(&struck);
            let owed = struck.both(&self.debts);
            self.cells[step][number].add(way, left, missing, hazards, owed);
        }
    }

    fn table(self) -> Table {
        let mut table = self.table;
        for (step, (faults, fillings)) in self.faults.into_iter().zip(self.cells).enumerate() {
            for (fault, filling) in faults.into_iter().zip(fillings) {
                let step = self.model.step(step).id.clone();
                table.cells.push(filling.cell(self.model, step, fault));
            }
        }
        let worst = |cell: &Cell| cell.outcomes.first().map(|o| o.way.kind);
        table.cells.sort_by_key(|cell| worst(cell) != Some(WayKind::DeadEnd));
        table
    }
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
            matches!(w.code, WarningCode::IdleNodeOld | WarningCode::OldContainersWindow)
                && w.args.get("node").is_some_and(|n| n == node.as_str())
        })
    };
    model.plan.topology.stacks.iter().any(|place| {
        let running = model.bit(&Atom::Running(place.stack.clone()));
        running.is_some_and(|bit| state.has(bit) && rule.on.has(bit)) && named(&place.stack.node)
    })
}

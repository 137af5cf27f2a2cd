//! The model that is walked: a plan's steps as changes of one bit set.
//!
//! A bit is a step that is done, a step that runs, a window of invariant 31 that is open, or a
//! proposition of the installation. Everything comes from the plan document.

use std::collections::BTreeMap;

use super::set::{Set, WIDTH};
use crate::name::{ClusterName, NodeName};
use crate::plan::graph::Order;
use crate::plan::{Plan, Step, WarningCode};
use crate::state::{Atom, Condition, State};

/// Something that can be asked of a state of the model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Term {
    Is(Atom),
    Not(Atom),
    Done(usize),
    NotDone(usize),
    Running(usize),
    OutsideWindow(usize),
    InWindow(usize),
}

/// A change of a state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Change {
    pub(crate) set: Set,
    pub(crate) clear: Set,
}

impl Change {
    pub(crate) fn on(&self, state: &Set) -> Set {
        state.without(&self.clear).with(&self.set)
    }

    /// What it can touch.
    pub(crate) fn touched(&self) -> Set {
        self.set.with(&self.clear)
    }
}

/// A step as the walk sees it.
#[derive(Debug, Clone)]
pub(crate) struct Move {
    /// Steps done before it may start.
    pub(crate) before: Set,
    /// Where nothing else runs meanwhile: a node's number, or the person's.
    pub(crate) place: usize,
    pub(crate) interrupts: bool,
    pub(crate) done: Change,
    /// What it can have changed when it ends otherwise, or while it runs.
    pub(crate) halves: Vec<(&'static str, Change)>,
    /// All that it can touch.
    pub(crate) touched: Set,
}

/// Old containers on newer data, accepted by name or there from the start: from a switch to the stop
/// behind it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Window {
    /// The switch, where it is of this plan.
    pub(crate) opens: Option<usize>,
    /// The stop.
    pub(crate) closes: usize,
    /// The node on which the old containers are.
    pub(crate) node: Option<NodeName>,
}

/// A plan does not fit the model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TooLarge;

/// A plan as the walk sees it.
#[derive(Debug, Clone)]
pub(crate) struct Model<'p> {
    pub(crate) plan: &'p Plan,
    pub(crate) start: Set,
    pub(crate) moves: Vec<Move>,
    pub(crate) windows: Vec<Window>,
    /// What faults and ways out look at, whatever the rules do.
    pub(crate) background: Set,
    atoms: Vec<Atom>,
    numbers: BTreeMap<Atom, usize>,
}

impl<'p> Model<'p> {
    pub(crate) fn of(plan: &'p Plan) -> Result<Self, TooLarge> {
        let windows = windows(plan);
        let mut model = Self {
            plan,
            start: Set::default(),
            moves: Vec::new(),
            windows,
            background: Set::default(),
            atoms: Vec::new(),
            numbers: BTreeMap::new(),
        };
        let effects: Vec<_> = plan.steps.iter().map(|s| s.action.effect()).collect();
        let named = effects.iter().flat_map(|e| {
            let halves = e.halves.iter().flat_map(|h| &h.changes);
            e.needs.iter().chain(&e.done).chain(halves).map(|c| &c.atom)
        });
        let all: Vec<Atom> =
            plan.start.atoms().chain(named).cloned().chain(background(plan)).collect();
        if 2 * plan.steps.len() + model.windows.len() + all.len() > WIDTH {
            // Counted with repetitions first, which is quick; exactly only where that is too much.
            let different: std::collections::BTreeSet<_> = all.iter().collect();
            if 2 * plan.steps.len() + model.windows.len() + different.len() > WIDTH {
                return Err(TooLarge);
            }
        }
        for atom in all {
            model.number(atom);
        }
        model.background = background(plan).iter().filter_map(|atom| model.bit(atom)).collect();
        model.start = model.state(&plan.start);
        for (number, window) in model.windows.iter().enumerate() {
            if window.opens.is_none() {
                model.start.insert(model.window_bit(number));
            }
        }
        let places: BTreeMap<&NodeName, usize> =
            plan.topology.nodes.keys().enumerate().map(|(i, n)| (n, i)).collect();
        let order = Order::of(plan);
        for (at, (step, effect)) in plan.steps.iter().zip(&effects).enumerate() {
            let whole = model.change(&effect.done);
            let mut done = whole;
            done.set.insert(model.done_bit(at));
            for (number, window) in model.windows.iter().enumerate() {
                if window.opens == Some(at) {
                    done.set.insert(model.window_bit(number));
                }
                if window.closes == at {
                    done.clear.insert(model.window_bit(number));
                }
            }
            let mut halves: Vec<(&'static str, Change)> = Vec::new();
            for half in &effect.halves {
                let change = model.change(&half.changes);
                // All of it done and not seen is done, whatever the command said.
                if change != whole && !halves.iter().any(|(_, known)| *known == change) {
                    halves.push((half.code, change));
                }
            }
            let touched =
                halves.iter().fold(done.touched(), |all, (_, half)| all.with(&half.touched()));
            let place = match &step.node {
                Some(node) => places.get(node).copied().unwrap_or(places.len() + 1 + at),
                None => places.len(),
            };
            let before = (0..at).filter(|e| order.place_before(*e, at)).collect();
            let interrupts = step.action.interrupts();
            model.moves.push(Move { before, place, interrupts, done, halves, touched });
        }
        Ok(model)
    }

    pub(crate) fn steps(&self) -> impl Iterator<Item = (usize, &'p Step)> {
        self.plan.steps.iter().enumerate()
    }

    pub(crate) fn step(&self, at: usize) -> &'p Step {
        &self.plan.steps[at]
    }

    pub(crate) fn len(&self) -> usize {
        self.plan.steps.len()
    }

    pub(crate) fn done_bit(&self, step: usize) -> usize {
        step
    }

    pub(crate) fn running_bit(&self, step: usize) -> usize {
        self.len() + step
    }

    fn window_bit(&self, window: usize) -> usize {
        2 * self.len() + window
    }

    fn first_atom(&self) -> usize {
        2 * self.len() + self.windows.len()
    }

    fn number(&mut self, atom: Atom) -> usize {
        let first = self.first_atom();
        let next = self.atoms.len();
        let number = *self.numbers.entry(atom.clone()).or_insert(next);
        if number == next {
            self.atoms.push(atom);
        }
        first + number
    }

    /// The bit of a proposition, where the model has it: others never become true.
    pub(crate) fn bit(&self, atom: &Atom) -> Option<usize> {
        self.numbers.get(atom).map(|number| self.first_atom() + number)
    }

    pub(crate) fn has(&self, state: &Set, atom: &Atom) -> bool {
        self.bit(atom).is_some_and(|bit| state.has(bit))
    }

    fn change(&self, conditions: &[Condition]) -> Change {
        let mut change = Change::default();
        for condition in conditions {
            let bit = self.bit(&condition.atom).expect("every atom of a step has a bit");
            // Of two conditions on one atom the later wins.
            if condition.holds {
                change.clear.remove(bit);
                change.set.insert(bit);
            } else {
                change.set.remove(bit);
                change.clear.insert(bit);
            }
        }
        change
    }

    fn state(&self, state: &State) -> Set {
        state.atoms().filter_map(|atom| self.bit(atom)).collect()
    }

    /// The propositions of a state.
    pub(crate) fn atoms_of(&self, state: &Set) -> State {
        let first = self.first_atom();
        state
            .iter()
            .filter(|bit| *bit >= first)
            .map(|bit| self.atoms[bit - first].clone())
            .collect()
    }

    /// The bits of debts.
    pub(crate) fn debts(&self) -> Set {
        let first = self.first_atom();
        self.atoms.iter().enumerate().filter(|(_, a)| a.is_debt()).map(|(i, _)| first + i).collect()
    }

    /// A pattern: bits that are on and bits that are off in it; `None` where it can never match.
    pub(crate) fn pattern(&self, terms: &[Term]) -> Option<(Set, Set)> {
        let (mut on, mut off) = (Set::default(), Set::default());
        for term in terms {
            match term {
                Term::Is(atom) => on.insert(self.bit(atom)?),
                Term::Not(atom) => {
                    if let Some(bit) = self.bit(atom) {
                        off.insert(bit);
                    }
                }
                Term::Done(step) => on.insert(self.done_bit(*step)),
                Term::NotDone(step) => off.insert(self.done_bit(*step)),
                Term::Running(step) => on.insert(self.running_bit(*step)),
                Term::OutsideWindow(window) => off.insert(self.window_bit(*window)),
                Term::InWindow(window) => on.insert(self.window_bit(*window)),
            }
        }
        Some((on, off))
    }

    /// Steps done and steps running in a state.
    pub(crate) fn progress(&self) -> (Set, Set) {
        let done = (0..self.len()).collect();
        let running = (self.len()..2 * self.len()).collect();
        (done, running)
    }

    pub(crate) fn in_window(&self, state: &Set) -> bool {
        (0..self.windows.len()).any(|window| state.has(self.window_bit(window)))
    }

    /// The cluster of a node.
    pub(crate) fn cluster_of(&self, node: &NodeName) -> Option<ClusterName> {
        let clusters = &self.plan.topology.clusters;
        clusters.iter().find(|(_, c)| c.nodes.contains(node)).map(|(name, _)| *name)
    }

    /// The other node of a cluster.
    pub(crate) fn other(&self, node: &NodeName) -> Option<&'p NodeName> {
        let cluster = self.plan.topology.clusters.values().find(|c| c.nodes.contains(node))?;
        cluster.nodes.iter().find(|n| *n != node)
    }

    /// The stacks on a node.
    pub(crate) fn stacks_on(
        &self,
        node: &NodeName,
    ) -> impl Iterator<Item = &'p crate::plan::StackPlace> {
        self.plan.topology.stacks.iter().filter(move |s| s.stack.node == *node)
    }

    /// A model of some of the steps only, in the order that the whole forces on them.
    pub(crate) fn restricted(&self, kept: &Set) -> Self {
        let mut part = self.clone();
        let dropped: Set = (0..self.len()).filter(|step| !kept.has(*step)).collect();
        for step in &mut part.moves {
            step.before = step.before.without(&dropped);
        }
        part
    }
}

/// Propositions that rules and faults speak of even where no step does.
fn background(plan: &Plan) -> Vec<Atom> {
    let mut all = vec![Atom::Judged, Atom::Verified, Atom::DatabaseUpgrading];
    for place in &plan.topology.stacks {
        all.push(Atom::Running(place.stack.clone()));
        all.push(Atom::New(place.stack.clone()));
        all.push(Atom::Stopped(place.stack.clone()));
        all.push(Atom::Unchecked(place.stack.clone()));
        all.push(Atom::Met(place.data.clone()));
        all.push(Atom::BackedUp(place.data.clone()));
    }
    for (cluster, nodes) in &plan.topology.clusters {
        all.push(Atom::GatePassed(*cluster));
        all.push(Atom::Moved(*cluster));
        all.push(Atom::Constraint(*cluster));
        for node in &nodes.nodes {
            all.push(Atom::Active(node.clone()));
            all.push(Atom::FilesAnswer(node.clone()));
            all.push(Atom::AntivirusOff(node.clone()));
        }
    }
    all
}

/// The windows that the plan names: those that it opens are accepted by its file, one that is open
/// when it starts nobody could choose.
fn windows(plan: &Plan) -> Vec<Window> {
    let accepted = plan.accepted.iter().any(|risk| risk == "old-containers-window");
    let place = |id: &crate::plan::StepId| plan.steps.iter().position(|s| s.id == *id);
    plan.warnings
        .iter()
        .filter(|w| w.code == WarningCode::OldContainersWindow)
        .filter_map(|w| {
            let closes = place(w.until.as_ref()?)?;
            // A window that is open when the plan starts is named at its stop alone.
            let opens = w.step.as_ref().and_then(place).filter(|opens| *opens != closes);
            let node = w.args.get("node").and_then(|node| node.parse().ok());
            (accepted || opens.is_none()).then_some(Window { opens, closes, node })
        })
        .collect()
}

//! The way out of a fault: what is done, by whom, until the rest of the plan can be gone.
//!
//! A way is found when the rest of the plan, gone in its own order from the state it leads to,
//! breaks no rule. Each action counts with its precondition and effect in the model.

use std::cell::RefCell;

use serde::{Deserialize, Serialize};

use super::fault::{self, Fault, Left, set};
use super::model::Model;
use super::rule::Rules;
use super::set::{BySet, Set};
use crate::action::{Action, Pcs, Repeat};
use crate::name::{ClusterName, DataSet, NodeName};
use crate::state::Atom;

/// How a run goes on after a fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum WayKind {
    /// There is none: somebody has to find one.
    DeadEnd,
    /// What was known is void: the run stops, and the rest is planned anew from what is there.
    PlanAnew,
    /// The plan ends here; the way back of this place is gone, or none is needed.
    StopHere,
    /// The step is done again, or found done, and the plan goes on.
    Resume,
}

/// Something done on a way out.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Remedy {
    /// What a job left is looked at before anything is repeated (invariant 25).
    Look,
    /// A person says that the step may be repeated.
    Ask,
    /// A person ends what hangs, or waits for it.
    EndHung,
    /// A person starts a dead node.
    StartNode(NodeName),
    /// A person reboots both nodes through the virtualisation system (HA.3, HA.6).
    RebootBoth(ClusterName),
    /// A person waits for Pacemaker to have started both resources where they were moved to.
    Settled(ClusterName),
    /// A person stops the old containers that a failover started on newer data (ours, K11).
    StopOld(NodeName),
    /// A person moves the resources back to where they were (HA-RB).
    MoveBack(ClusterName),
    /// A person clears the constraint that a failed move left (HA.29c).
    ClearConstraint(ClusterName),
    /// The antivirus is stopped again on a node that booted (HA.3).
    Antivirus(NodeName),
    /// The gate is passed again (HA.5).
    Gate(ClusterName),
    /// The shared files are looked at again (HA.6).
    Files(NodeName),
    /// A person puts the data back from the binding backup, its services stopped (K12).
    RestoreData(DataSet),
}

impl Remedy {
    /// Whether it is a person's.
    #[must_use]
    pub fn by_person(&self) -> bool {
        !matches!(self, Self::Look | Self::Gate(_) | Self::Files(_) | Self::Antivirus(_))
    }
}

/// A way out of a fault.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Way {
    /// How the run goes on.
    pub kind: WayKind,
    /// What is done before, in this order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub remedies: Vec<Remedy>,
    /// What stays behind at the end, named because nothing of the plan pays it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub residue: Vec<Atom>,
}

impl Way {
    fn new(kind: WayKind, remedies: Vec<Remedy>) -> Self {
        Self { kind, remedies, residue: Vec::new() }
    }
}

/// Finds ways out.
pub(crate) struct Ways<'m, 'p> {
    model: &'m Model<'p>,
    rules: &'m Rules,
    /// What was found out about going the rest of the plan from a state.
    gone: RefCell<BySet<bool>>,
}

impl<'m, 'p> Ways<'m, 'p> {
    pub(crate) fn new(model: &'m Model<'p>, rules: &'m Rules) -> Self {
        Self { model, rules, gone: RefCell::default() }
    }

    /// The way out of the state that a fault left, by the state in which the step had started.
    pub(crate) fn out(
        &self,
        before: &Set,
        step: usize,
        fault: &Fault,
        left: Left,
        state: &Set,
    ) -> Way {
        match fault {
            Fault::PersonSaysNo => Way::new(WayKind::StopHere, Vec::new()),
            Fault::Fails | Fault::Unknown | Fault::ExecutorDies => {
                self.command(before, step, left, state, Vec::new())
            }
            Fault::Hangs => match fault::reboots(self.model, step) {
                Some(cluster) => self.rebooted(before, step, cluster, state),
                None => self.command(before, step, left, state, vec![Remedy::EndHung]),
            },
            Fault::NodeDies(node) => {
                let mut up = *state;
                for place in self.model.stacks_on(node) {
                    let running = Atom::Running(place.stack.clone());
                    // Containers come up with their node, but those that dpl stopped.
                    let there = self.model.has(before, &running) || left != Left::Unchanged;
                    let was = there && !self.model.has(state, &Atom::Stopped(place.stack.clone()));
                    set(self.model, &mut up, &running, was);
                }
                let remedies = vec![Remedy::StartNode(node.clone())];
                let mut way = self.command(before, step, left, &up, remedies);
                if way.kind == WayKind::Resume {
                    way.kind = WayKind::PlanAnew;
                }
                way
            }
            Fault::ActiveNodeDies(cluster)
            | Fault::StandbyDies(cluster)
            | Fault::FencingFires(cluster) => {
                self.cluster(before, step, *cluster, fault, left, state)
            }
        }
    }

    /// A command that did not end as it should.
    fn command(
        &self,
        before: &Set,
        step: usize,
        left: Left,
        state: &Set,
        mut remedies: Vec<Remedy>,
    ) -> Way {
        let model = self.model;
        if left != Left::Unchanged || remedies.is_empty() {
            match model.step(step).repeat {
                Repeat::Safe => {}
                Repeat::ProbeFirst => remedies.push(Remedy::Look),
                Repeat::AskFirst => remedies.extend([Remedy::Look, Remedy::Ask]),
            }
        }
        let mut at = *state;
        if self.interrupted_database(before, step, left, state, &mut at, &mut remedies) {
            return self.end(before, step, left, at, remedies, WayKind::PlanAnew);
        }
        if self.goes_on(before, step, left, &at) {
            return Way::new(WayKind::Resume, remedies);
        }
        if matches!(model.step(step).action, Action::Playbook(_)) {
            for cluster in model.plan.topology.clusters.keys() {
                self.seen_again(before, *cluster, &mut at, &mut remedies);
            }
            self.cleared(before, &mut at, &mut remedies);
            if self.goes_on(before, step, left, &at) {
                return Way::new(WayKind::Resume, remedies);
            }
        }
        let cluster = model.step(step).node.as_ref().and_then(|n| model.cluster_of(n));
        if let (Action::Pcs(Pcs::Move { .. }), Some(cluster)) = (&model.step(step).action, cluster)
        {
            // Nothing is active in between: Pacemaker ends its transition, here or there.
            let nowhere = !model.plan.topology.clusters[&cluster]
                .nodes
                .iter()
                .any(|n| model.has(&at, &Atom::Active(n.clone())));
            if nowhere {
                remedies.push(Remedy::Settled(cluster));
                at = model.moves[step].done.on(&at);
            } else {
                set(model, &mut at, &Atom::GatePassed(cluster), true);
                remedies.push(Remedy::Gate(cluster));
            }
            if self.goes_on(before, step, left, &at) {
                return Way::new(WayKind::Resume, remedies);
            }
            set(
                model,
                &mut at,
                &Atom::Constraint(cluster),
                model.has(before, &Atom::Constraint(cluster)),
            );
            remedies.push(Remedy::ClearConstraint(cluster));
        }
        self.end(before, step, left, at, remedies, WayKind::Resume)
    }

    /// An upgrade of the database that was cut off is not taken up again: the data is put back.
    fn interrupted_database(
        &self,
        before: &Set,
        step: usize,
        left: Left,
        state: &Set,
        at: &mut Set,
        remedies: &mut Vec<Remedy>,
    ) -> bool {
        let model = self.model;
        let upgrading = model.has(state, &Atom::DatabaseUpgrading)
            && !model.has(before, &Atom::DatabaseUpgrading);
        if !upgrading {
            return false;
        }
        let Action::Database(database) = &model.step(step).action else { return false };
        // Found done or still going, it is waited for; only else is anything put back.
        if self.goes_on(before, step, left, &model.moves[step].done.on(state)) {
            *at = model.moves[step].done.on(state);
            return false;
        }
        if model.has(state, &Atom::BackedUp(database.data.clone())) {
            remedies.push(Remedy::RestoreData(database.data.clone()));
            set(model, at, &Atom::DatabaseUpgrading, false);
        }
        true
    }

    /// Both nodes rebooted: what was known of them is void (invariant 26).
    fn rebooted(&self, before: &Set, step: usize, cluster: ClusterName, state: &Set) -> Way {
        let model = self.model;
        let mut at = *state;
        for node in &model.plan.topology.clusters[&cluster].nodes {
            set(model, &mut at, &Atom::AntivirusOff(node.clone()), false);
            set(model, &mut at, &Atom::FilesAnswer(node.clone()), false);
        }
        set(model, &mut at, &Atom::GatePassed(cluster), false);
        let mut remedies = vec![Remedy::RebootBoth(cluster)];
        self.seen_again(before, cluster, &mut at, &mut remedies);
        // Whatever it had done is undone by the boot: it is done again.
        self.end(before, step, Left::Unchanged, at, remedies, WayKind::PlanAnew)
    }

    /// A node of a cluster is gone: it comes back, what it lost is done again, and the resources
    /// return to where the rest of the plan expects them.
    fn cluster(
        &self,
        before: &Set,
        step: usize,
        cluster: ClusterName,
        fault: &Fault,
        left: Left,
        state: &Set,
    ) -> Way {
        let model = self.model;
        let mut at = *state;
        let mut remedies = Vec::new();
        let mut reference = *before;
        // A move that ended by the failover has ended where it was to.
        if left == Left::Done {
            reference = model.moves[step].done.on(before);
        }
        let nodes = &model.plan.topology.clusters[&cluster].nodes;
        let was = nodes.iter().find(|n| model.has(&reference, &Atom::Active((*n).clone())));
        let is = nodes.iter().find(|n| model.has(&at, &Atom::Active((*n).clone())));
        let dead = match fault {
            Fault::StandbyDies(_) => nodes.iter().find(|n| Some(*n) != is),
            _ => is.and_then(|n| model.other(n)),
        };
        if let Some(is) = is {
            let old: Vec<_> = model
                .stacks_on(is)
                .filter(|s| {
                    self.rules.always().any(|(_, r)| {
                        r.id == super::rule::RuleId::Invariant(31)
                            && r.broken_in(&at)
                            && model
                                .bit(&Atom::Running(s.stack.clone()))
                                .is_some_and(|bit| r.on.has(bit))
                    })
                })
                .collect();
            if !old.is_empty() {
                remedies.push(Remedy::StopOld(is.clone()));
                for place in old {
                    set(model, &mut at, &Atom::Running(place.stack.clone()), false);
                    set(model, &mut at, &Atom::Stopped(place.stack.clone()), true);
                }
            }
        }
        if let Some(dead) = dead.filter(|_| !matches!(fault, Fault::FencingFires(_))) {
            remedies.push(Remedy::StartNode(dead.clone()));
        }
        for other in model.plan.topology.clusters.keys().filter(|c| **c != cluster) {
            self.seen_again(&reference, *other, &mut at, &mut remedies);
        }
        self.seen_again(&reference, cluster, &mut at, &mut remedies);
        if let (Some(was), Some(is)) = (was, is)
            && was != is
        {
            remedies.push(Remedy::MoveBack(cluster));
            set(model, &mut at, &Atom::Active(is.clone()), false);
            set(model, &mut at, &Atom::Active(was.clone()), true);
            for place in model.stacks_on(is) {
                set(model, &mut at, &Atom::Running(place.stack.clone()), false);
            }
            for place in model.stacks_on(was) {
                let stopped = model.has(&at, &Atom::Stopped(place.stack.clone()));
                set(model, &mut at, &Atom::Running(place.stack.clone()), !stopped);
            }
            let gate = model.has(&reference, &Atom::GatePassed(cluster));
            set(model, &mut at, &Atom::GatePassed(cluster), gate);
            if gate {
                remedies.push(Remedy::Gate(cluster));
            }
        }
        // Where the plan cannot tell which node serves, both are said to run: the one that booted
        // does so again.
        for place in nodes.iter().flat_map(|n| model.stacks_on(n)) {
            let running = Atom::Running(place.stack.clone());
            let stopped = model.has(&at, &Atom::Stopped(place.stack.clone()));
            if model.has(&reference, &running) && !stopped {
                set(model, &mut at, &running, true);
            }
        }
        let upgrading = model.has(state, &Atom::DatabaseUpgrading) && cluster == ClusterName::Back;
        if upgrading
            && let Some(place) = model
                .plan
                .topology
                .stacks
                .iter()
                .find(|s| model.cluster_of(&s.stack.node) == Some(cluster))
        {
            if !model.has(&at, &Atom::BackedUp(place.data.clone())) {
                return Way::new(WayKind::DeadEnd, remedies);
            }
            // The upgrade died with its node: the data is put back, and it begins again.
            remedies.push(Remedy::RestoreData(place.data.clone()));
        }
        if let Action::Playbook(_) = &model.step(step).action {
            self.cleared(before, &mut at, &mut remedies);
        }
        if self.goes_on(before, step, left, &at) {
            return Way::new(WayKind::PlanAnew, remedies);
        }
        set(
            model,
            &mut at,
            &Atom::Constraint(cluster),
            model.has(before, &Atom::Constraint(cluster)),
        );
        if let Action::Pcs(Pcs::Move { .. }) = &model.step(step).action
            && !self.goes_on(before, step, left, &at)
        {
            // Between the nodes nobody was active; it settles where it was to go.
            at = model.moves[step].done.on(&at);
            remedies.push(Remedy::Settled(cluster));
        }
        let cleared = Remedy::ClearConstraint(cluster);
        if !remedies.contains(&cleared) {
            remedies.push(cleared);
        }
        self.end(before, step, left, at, remedies, WayKind::PlanAnew)
    }

    /// What a boot or a failover made void is seen or done again, where it had been.
    fn seen_again(
        &self,
        reference: &Set,
        cluster: ClusterName,
        at: &mut Set,
        remedies: &mut Vec<Remedy>,
    ) {
        let model = self.model;
        let lost = |at: &Set, atom: &Atom| model.has(reference, atom) && !model.has(at, atom);
        for node in &model.plan.topology.clusters[&cluster].nodes {
            let off = Atom::AntivirusOff(node.clone());
            if lost(at, &off) {
                set(model, at, &off, true);
                remedies.push(Remedy::Antivirus(node.clone()));
            }
        }
        let gate = Atom::GatePassed(cluster);
        if lost(at, &gate) {
            set(model, at, &gate, true);
            remedies.push(Remedy::Gate(cluster));
        }
        for node in &model.plan.topology.clusters[&cluster].nodes {
            let files = Atom::FilesAnswer(node.clone());
            if lost(at, &files) {
                set(model, at, &files, true);
                remedies.push(Remedy::Files(node.clone()));
            }
        }
    }

    /// What the moves of a playbook left is taken away, wherever it moved something.
    fn cleared(&self, before: &Set, at: &mut Set, remedies: &mut Vec<Remedy>) {
        for cluster in self.model.plan.topology.clusters.keys() {
            let left = Atom::Constraint(*cluster);
            if self.model.has(at, &left) && !self.model.has(before, &left) {
                set(self.model, at, &left, false);
                remedies.push(Remedy::ClearConstraint(*cluster));
            }
        }
    }

    fn end(
        &self,
        before: &Set,
        step: usize,
        left: Left,
        at: Set,
        remedies: Vec<Remedy>,
        kind: WayKind,
    ) -> Way {
        if self.goes_on(before, step, left, &at) {
            return Way::new(kind, remedies);
        }
        // What a way out stopped, and the rest of the plan does not start, is owed and named.
        let mut paid = at;
        let mut residue = Vec::new();
        for place in &self.model.plan.topology.stacks {
            let stopped = Atom::Stopped(place.stack.clone());
            let idle = self.model.cluster_of(&place.stack.node).is_some()
                && !self.model.has(&at, &Atom::Active(place.stack.node.clone()));
            if idle && self.model.has(&at, &stopped) && !self.model.has(before, &stopped) {
                set(self.model, &mut paid, &stopped, false);
                residue.push(stopped);
            }
        }
        if !residue.is_empty() && self.goes_on(before, step, left, &paid) {
            return Way { kind, remedies, residue };
        }
        Way::new(WayKind::DeadEnd, remedies)
    }

    /// Whether the step can be done again there, or is done, and the rest of the plan be gone.
    fn goes_on(&self, before: &Set, step: usize, left: Left, state: &Set) -> bool {
        let model = self.model;
        let this = &model.moves[step];
        let mut done = this.done.on(state);
        let mut seen = *state;
        seen.insert(model.done_bit(step));
        if left == Left::Done {
            // It has had its effect; what the fault and the way out changed since stays changed.
            done = seen;
        } else if done != seen && self.rules.starting(step).any(|(_, rule)| rule.broken_in(state)) {
            return false;
        }
        let expected = this.done.on(before);
        let differs = done.differs(&expected).both(&self.rules.seen);
        differs.is_empty() || self.rest(&done)
    }

    /// Whether the rest of the plan, in its order, keeps every rule.
    fn rest(&self, from: &Set) -> bool {
        if let Some(known) = self.gone.borrow().get(from) {
            return *known;
        }
        let model = self.model;
        let mut state = *from;
        let mut holds = true;
        for step in 0..model.len() {
            if state.has(model.done_bit(step)) {
                continue;
            }
            let broken = self.rules.starting(step).any(|(_, rule)| rule.broken_in(&state));
            state = model.moves[step].done.on(&state);
            if broken || self.rules.always().any(|(_, rule)| rule.broken_in(&state)) {
                holds = false;
                break;
            }
        }
        holds = holds && !self.rules.end().any(|(_, rule)| rule.broken_in(&state));
        self.gone.borrow_mut().insert(*from, holds);
        holds
    }
}

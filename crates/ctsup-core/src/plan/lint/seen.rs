//! A plan as the rules see it: what comes before what, and what is true at a step on every order
//! that the waits allow.

use std::collections::BTreeMap;

use crate::action::dpl::{Brings, DplOp};
use crate::action::{Action, Dpl, Pcs, Playbook, Settings, Volume};
use crate::name::{App, ClusterName, DataSet, NodeName, Stack};
use crate::plan::graph::Order;
use crate::plan::{Plan, Step};
use crate::state::{Atom, Condition};
use crate::topology::Role;

/// A plan with what the rules ask of it, worked out once.
pub(super) struct Seen<'p> {
    pub(super) plan: &'p Plan,
    order: Order<'p>,
    /// Which steps change an atom, and to what.
    writers: BTreeMap<&'p Atom, Vec<(usize, bool)>>,
}

impl<'p> Seen<'p> {
    pub(super) fn of(plan: &'p Plan) -> Self {
        let mut writers: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for (place, step) in plan.steps.iter().enumerate() {
            for condition in &step.leaves {
                writers.entry(&condition.atom).or_default().push((place, condition.holds));
            }
        }
        Self { plan, order: Order::of(plan), writers }
    }

    /// All steps with their places.
    pub(super) fn steps(&self) -> impl Iterator<Item = (usize, &'p Step)> + use<'p> {
        self.plan.steps.iter().enumerate()
    }

    pub(super) fn step(&self, place: usize) -> &'p Step {
        &self.plan.steps[place]
    }

    pub(super) fn before(&self, first: usize, second: usize) -> bool {
        self.order.place_before(first, second)
    }

    pub(super) fn beside(&self, one: usize, other: usize) -> bool {
        self.order.beside(one, other)
    }

    /// Whether a condition is met just before a step, and stays so while it runs, on every order:
    /// no step beside it ends the condition, whatever ended it earlier was made good in between,
    /// and something made it so.
    pub(super) fn holds(&self, at: usize, wanted: &Condition) -> bool {
        let others = |value: bool| {
            self.writers(&wanted.atom)
                .filter(move |(w, v)| *w != at && (*v == wanted.holds) == value)
        };
        if others(false).any(|(end, _)| self.beside(end, at)) {
            return false;
        }
        let mut ended = false;
        for (end, _) in others(false).filter(|(end, _)| self.before(*end, at)) {
            ended = true;
            if !others(true).any(|(good, _)| self.before(end, good) && self.before(good, at)) {
                return false;
            }
        }
        ended
            || self.plan.start.meets(wanted)
            || others(true).any(|(good, _)| self.before(good, at))
    }

    /// The same at the end of the plan.
    pub(super) fn ends(&self, wanted: &Condition) -> bool {
        let of = |value: bool| {
            self.writers(&wanted.atom).filter(move |w| (w.1 == wanted.holds) == value)
        };
        let mut all = of(false).peekable();
        if all.peek().is_none() {
            return self.plan.start.meets(wanted) || of(true).next().is_some();
        }
        all.all(|(end, _)| of(true).any(|(good, _)| self.before(end, good)))
    }

    /// Whether on some order a condition may be met just before a step or while it runs.
    pub(super) fn may(&self, at: usize, wanted: &Condition) -> bool {
        !self.holds(at, &Condition { atom: wanted.atom.clone(), holds: !wanted.holds })
    }

    fn writers(&self, atom: &Atom) -> impl Iterator<Item = (usize, bool)> + '_ {
        self.writers.get(atom).into_iter().flatten().copied()
    }

    /// The cluster that a node belongs to.
    pub(super) fn cluster(&self, node: &NodeName) -> Option<ClusterName> {
        self.plan
            .topology
            .clusters
            .iter()
            .find(|(_, members)| members.nodes.contains(node))
            .map(|(cluster, _)| *cluster)
    }

    /// The cluster on a node of which a step is done.
    pub(super) fn cluster_of(&self, step: &Step) -> Option<ClusterName> {
        self.cluster(step.node.as_ref()?)
    }

    /// The nodes of a cluster; none where the plan has no such cluster.
    pub(super) fn nodes(&self, cluster: ClusterName) -> &'p [NodeName] {
        self.plan.topology.clusters.get(&cluster).map_or(&[], |c| c.nodes.as_slice())
    }

    /// The other node of a node's cluster.
    pub(super) fn mate(&self, node: &NodeName) -> Option<&'p NodeName> {
        self.nodes(self.cluster(node)?).iter().find(|other| *other != node)
    }

    pub(super) fn role(&self, node: &NodeName) -> Option<Role> {
        self.plan.topology.nodes.get(node).map(|server| server.role)
    }

    /// The stacks that write a data set.
    pub(super) fn writers_of<'a>(
        &'a self,
        data: &'a DataSet,
    ) -> impl Iterator<Item = &'p Stack> + Clone + 'a {
        self.plan.topology.stacks.iter().filter(move |s| s.data == *data).map(|s| &s.stack)
    }

    /// The data that a stack writes.
    pub(super) fn data_of(&self, stack: &Stack) -> Option<&'p DataSet> {
        self.plan.topology.stacks.iter().find(|s| s.stack == *stack).map(|s| &s.data)
    }

    /// The corporate server's stacks on nodes of a role.
    pub(super) fn express(&self, role: Role) -> impl Iterator<Item = &'p Stack> + '_ {
        self.plan
            .topology
            .stacks
            .iter()
            .map(|s| &s.stack)
            .filter(move |s| s.app == App::Express && self.role(&s.node) == Some(role))
    }

    /// All stacks of a node.
    pub(super) fn stacks_on<'a>(
        &'a self,
        node: &'a NodeName,
    ) -> impl Iterator<Item = &'p Stack> + 'a {
        self.plan.topology.stacks.iter().map(|s| &s.stack).filter(move |s| s.node == *node)
    }

    /// A voice server on a host that has nothing else: it goes at any time (A39).
    pub(super) fn voex_alone(&self, node: &NodeName) -> bool {
        self.cluster(node).is_none()
            && self.stacks_on(node).count() == 1
            && self.stacks_on(node).all(|s| s.app == App::Voex)
    }
}

/// The stack that a step stops.
pub(super) fn stops(step: &Step) -> Option<&Stack> {
    match &step.action {
        Action::Dpl(Dpl { op: DplOp::Stop { .. }, stack, .. }) => Some(stack),
        _ => None,
    }
}

/// What a step deploys or starts: stack and release.
pub(super) fn deploys(step: &Step) -> Vec<(&Stack, Brings)> {
    match &step.action {
        Action::Dpl(Dpl { op: DplOp::Deploy { brings, .. }, stack, .. }) => vec![(stack, *brings)],
        Action::Dpl(Dpl { op: DplOp::Start, stack, .. }) => vec![(stack, Brings::Same)],
        Action::Playbook(Playbook::Run { brings, stacks, .. }) => {
            stacks.iter().map(|stack| (stack, *brings)).collect()
        }
        _ => Vec::new(),
    }
}

/// What a step deploys in another release than was there.
pub(super) fn changes_release(step: &Step) -> Vec<(&Stack, Brings)> {
    let mut all = deploys(step);
    all.retain(|(_, brings)| *brings != Brings::Same);
    all
}

/// A move: cluster, from, to.
pub(super) fn moves(step: &Step) -> Option<(ClusterName, &NodeName, &NodeName)> {
    match &step.action {
        Action::Pcs(Pcs::Move { cluster, from, to, .. }) => Some((*cluster, from, to)),
        _ => None,
    }
}

/// An edit of settings.
pub(super) fn edits(step: &Step) -> Option<&Settings> {
    match &step.action {
        Action::Settings(settings) => Some(settings),
        _ => None,
    }
}

/// A backup: the data that it holds; nothing where the step is none.
pub(super) fn backs_up(step: &Step) -> Vec<&DataSet> {
    match &step.action {
        Action::Volume(Volume::BackUp { beside, data, .. }) => {
            std::iter::once(data).chain(beside).collect()
        }
        _ => Vec::new(),
    }
}

/// Whether the step is a deploy or a stop of the vendor's tool or a playbook: what needs a healthy
/// cluster and saved lists.
pub(super) fn touches_containers(step: &Step) -> Vec<&Stack> {
    let mut all: Vec<_> = stops(step).into_iter().collect();
    all.extend(deploys(step).into_iter().map(|(stack, _)| stack));
    all
}

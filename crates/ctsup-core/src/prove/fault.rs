//! Single faults: what each can do to a state while a step runs.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::model::{Change, Model};
use super::set::Set;
use crate::action::{Action, Kind, Look, Unit};
use crate::name::{ClusterName, NodeName};
use crate::plan::{Plan, StepId};
use crate::state::{Atom, State};

/// Something that goes wrong while a step runs.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fault {
    /// The command fails; a look sees what must not be; a wait's limit passes.
    Fails,
    /// It does not come back.
    Hangs,
    /// The connection is lost, and nobody knows how it ended.
    Unknown,
    /// The program that runs the plan dies; the command runs to its end.
    ExecutorDies,
    /// The node on which the step runs dies, outside any cluster.
    NodeDies(NodeName),
    /// The node with the resources dies; Pacemaker starts them on the other one.
    ActiveNodeDies(ClusterName),
    /// The other node dies.
    StandbyDies(ClusterName),
    /// The active node is fenced, and boots again by itself.
    FencingFires(ClusterName),
    /// The person says no.
    PersonSaysNo,
}

/// What a step leaves when it does not end as it should.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Left {
    /// Nothing changed.
    Unchanged,
    /// Half done, in the way that the code names.
    Half(HalfCode),
    /// Done, but nobody saw it.
    Done,
}

/// The code of a half-done state, with words of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct HalfCode(pub(crate) &'static str);

impl HalfCode {
    /// The code.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.0
    }
}

impl<'de> Deserialize<'de> for HalfCode {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let text = String::deserialize(d)?;
        let known = HALVES.iter().find(|code| **code == text).copied();
        known.map(Self).ok_or_else(|| serde::de::Error::custom("no half-done state has that code"))
    }
}

/// All codes of half-done states.
pub const HALVES: &[&str] = &[
    "between-nodes",
    "deployed-unseen",
    "half-aside",
    "half-cleared",
    "half-deleted",
    "half-deployed",
    "half-owned",
    "half-placed",
    "half-played",
    "half-put-back",
    "half-stopped",
    "move-failed",
    "played-unseen",
    "unit-hangs",
    "upgrade-begun",
];

/// The faults that can strike while a step runs.
pub(crate) fn of(model: &Model<'_>, step: usize) -> Vec<Fault> {
    let this = model.step(step);
    let mut all = Vec::new();
    if this.kind == Kind::Confirm {
        all.push(Fault::PersonSaysNo);
    }
    if this.node.is_some() {
        all.extend([Fault::Fails, Fault::Hangs, Fault::Unknown]);
    }
    all.push(Fault::ExecutorDies);
    if let Some(node) = this.node.as_ref().filter(|n| model.cluster_of(n).is_none()) {
        all.push(Fault::NodeDies(node.clone()));
    }
    for cluster in model.plan.topology.clusters.keys() {
        all.extend([
            Fault::ActiveNodeDies(*cluster),
            Fault::StandbyDies(*cluster),
            Fault::FencingFires(*cluster),
        ]);
    }
    all
}

/// What a step can have left when a fault strikes, by the state in which it had started: the state,
/// without anything under way.
pub(crate) fn left(
    model: &Model<'_>,
    before: &Set,
    step: usize,
    fault: &Fault,
) -> Vec<(Left, Set)> {
    let this = &model.moves[step];
    let mut all = vec![(Left::Unchanged, *before)];
    let (halves, done) = reach(model, step, fault);
    if halves {
        let half =
            |(code, half): &(&'static str, Change)| (Left::Half(HalfCode(code)), half.on(before));
        all.extend(this.halves.iter().map(half));
    }
    if done {
        all.push((Left::Done, this.done.on(before)));
    }
    all.dedup_by(|b, a| a.1 == b.1);
    all
}

/// What a step can have left half done.
pub(crate) fn halves(model: &Model<'_>, step: usize, fault: &Fault) -> Vec<Change> {
    match reach(model, step, fault) {
        (true, _) => model.moves[step].halves.iter().map(|(_, half)| *half).collect(),
        (false, _) => Vec::new(),
    }
}

/// Whether a fault can leave a step half done, and done.
fn reach(model: &Model<'_>, step: usize, fault: &Fault) -> (bool, bool) {
    match fault {
        Fault::PersonSaysNo => (false, false),
        // A command can have done all of it and say that it failed; what looks and waits has seen
        // that it is not so.
        Fault::Fails | Fault::Hangs => (true, model.step(step).kind == Kind::Change),
        Fault::Unknown | Fault::ExecutorDies => (true, true),
        Fault::NodeDies(_) => (true, true),
        Fault::ActiveNodeDies(cluster)
        | Fault::StandbyDies(cluster)
        | Fault::FencingFires(cluster) => {
            // A step elsewhere goes on, which is another state of the walk.
            let here = model.step(step).node.as_ref().and_then(|n| model.cluster_of(n));
            let touches =
                here == Some(*cluster) || matches!(&model.step(step).action, Action::Playbook(_));
            (touches, touches)
        }
    }
}

/// The states that a fault can lead to while a step runs and just these others are done, by what the
/// step left: what the table of faults is about. Empty where the plan has no such step.
#[must_use]
pub fn after_fault(
    plan: &Plan,
    done: &BTreeSet<StepId>,
    step: &StepId,
    fault: &Fault,
) -> Vec<(Left, State)> {
    let Ok(model) = Model::of(plan) else { return Vec::new() };
    let Some((at, _)) = model.steps().find(|(_, s)| s.id == *step) else { return Vec::new() };
    let state = model
        .steps()
        .filter(|(number, s)| *number != at && done.contains(&s.id))
        .fold(model.start, |state, (number, _)| model.moves[number].done.on(&state));
    let all = left(&model, &state, at, fault);
    all.into_iter()
        .map(|(left, after)| (left, model.atoms_of(&strike(&model, &after, fault))))
        .collect()
}

/// What a fault does to nodes and clusters, on top of what the step left.
pub(crate) fn strike(model: &Model<'_>, state: &Set, fault: &Fault) -> Set {
    let mut struck = *state;
    match fault {
        Fault::ActiveNodeDies(cluster) | Fault::FencingFires(cluster) => {
            let nodes = &model.plan.topology.clusters[cluster].nodes;
            if let Some(dead) = nodes.iter().find(|n| model.has(state, &Atom::Active((*n).clone())))
            {
                lose(model, &mut struck, *cluster, dead);
                if let Some(other) = model.other(dead) {
                    take_over(model, &mut struck, other);
                }
            }
        }
        Fault::StandbyDies(cluster) => {
            let nodes = &model.plan.topology.clusters[cluster].nodes;
            if let Some(dead) =
                nodes.iter().find(|n| !model.has(state, &Atom::Active((*n).clone())))
            {
                lose(model, &mut struck, *cluster, dead);
            }
        }
        Fault::NodeDies(node) => {
            for place in model.stacks_on(node) {
                set(model, &mut struck, &Atom::Running(place.stack.clone()), false);
            }
        }
        Fault::Fails
        | Fault::Hangs
        | Fault::Unknown
        | Fault::ExecutorDies
        | Fault::PersonSaysNo => {}
    }
    struck
}

/// What was known of a node is void, and nothing runs there.
fn lose(model: &Model<'_>, state: &mut Set, cluster: ClusterName, dead: &NodeName) {
    for atom in [
        Atom::Active(dead.clone()),
        Atom::GatePassed(cluster),
        Atom::FilesAnswer(dead.clone()),
        // It starts again with the node.
        Atom::AntivirusOff(dead.clone()),
    ] {
        set(model, state, &atom, false);
    }
    for place in model.stacks_on(dead) {
        set(model, state, &Atom::Running(place.stack.clone()), false);
    }
}

/// `dockerd` starts what it last had there, but what dpl stopped.
fn take_over(model: &Model<'_>, state: &mut Set, node: &NodeName) {
    set(model, state, &Atom::Active(node.clone()), true);
    for place in model.stacks_on(node) {
        if !model.has(state, &Atom::Stopped(place.stack.clone())) {
            set(model, state, &Atom::Running(place.stack.clone()), true);
        }
    }
}

/// Makes a proposition true or false, where the model has it.
pub(crate) fn set(model: &Model<'_>, state: &mut Set, atom: &Atom, holds: bool) {
    if let Some(bit) = model.bit(atom) {
        if holds { state.insert(bit) } else { state.remove(bit) }
    }
}

/// Where a hang means, by the guide, that both nodes of the cluster are rebooted (HA.3, HA.6).
pub(crate) fn reboots(model: &Model<'_>, step: usize) -> Option<ClusterName> {
    let this = model.step(step);
    let hangs = matches!(
        &this.action,
        Action::Unit(Unit::StopAntivirus { .. }) | Action::Look(Look::Files { .. })
    );
    this.node.as_ref().filter(|_| hangs).and_then(|n| model.cluster_of(n))
}

//! Plans with one thing changed, as a planner with one mistake would write them.

use std::collections::{BTreeMap, BTreeSet};

use ctsup_core::plan::{After, Because, Plan, Step, StepId};
use ctsup_core::{Action, NodeName};

/// What was changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Change {
    /// The second step no longer waits for the first; all other orders stay.
    EdgeDropped(StepId, StepId),
    /// The step is gone; what it stood between still stands in that order.
    StepDropped(StepId),
    /// The step stands twice, the second right after the first.
    StepDoubled(StepId),
    /// The step is done on the other node of its pair.
    StepMoved(StepId),
    /// Something within a step or the plan, by name.
    Field(&'static str, Option<StepId>),
}

impl std::fmt::Display for Change {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::EdgeDropped(from, to) => write!(f, "edge {from} -> {to} dropped"),
            Self::StepDropped(step) => write!(f, "{step} dropped"),
            Self::StepDoubled(step) => write!(f, "{step} doubled"),
            Self::StepMoved(step) => write!(f, "{step} on the other node"),
            Self::Field(what, Some(step)) => write!(f, "{what} of {step}"),
            Self::Field(what, None) => f.write_str(what),
        }
    }
}

/// Steps with everything that comes before each, waits implied by others included.
#[derive(Debug, Clone)]
struct Graph {
    steps: Vec<Step>,
    before: Vec<BTreeSet<usize>>,
    reasons: BTreeMap<(StepId, StepId), Vec<Because>>,
}

impl Graph {
    fn of(plan: &Plan) -> Self {
        let mut before: Vec<BTreeSet<usize>> = Vec::new();
        let mut reasons = BTreeMap::new();
        for step in &plan.steps {
            let mut all = BTreeSet::new();
            for wait in &step.after {
                let at = plan.steps.iter().position(|s| s.id == wait.step).expect("it is there");
                all.extend(before[at].iter().copied());
                all.insert(at);
                reasons.insert((wait.step.clone(), step.id.clone()), wait.because.clone());
            }
            before.push(all);
        }
        Self { steps: plan.steps.clone(), before, reasons }
    }

    /// The plan with these steps and orders, its waits reduced again.
    fn plan(self, like: &Plan) -> Plan {
        let Self { mut steps, before, reasons } = self;
        let ids: Vec<_> = steps.iter().map(|s| s.id.clone()).collect();
        for (place, step) in steps.iter_mut().enumerate() {
            step.after = before[place]
                .iter()
                .filter(|e| !before[place].iter().any(|between| before[*between].contains(*e)))
                .map(|earlier| {
                    let edge = (ids[*earlier].clone(), step.id.clone());
                    // A wait that others implied has reasons, too; which, does not matter here.
                    let because =
                        reasons.get(&edge).cloned().unwrap_or(vec![Because::Invariant(0)]);
                    After { because, step: edge.0 }
                })
                .collect();
        }
        Plan { steps, ..like.clone() }
    }

    fn remove(&mut self, gone: usize) {
        self.steps.remove(gone);
        self.before.remove(gone);
        for all in &mut self.before {
            *all = all.iter().filter(|i| **i != gone).map(|i| i - usize::from(*i > gone)).collect();
        }
    }

    fn double(&mut self, what: usize) {
        let mut copy = self.steps[what].clone();
        copy.id = StepId::from(format!("{}/again", copy.id).as_str());
        for all in &mut self.before {
            *all = all.iter().map(|i| i + usize::from(*i > what)).collect();
            if all.contains(&what) {
                all.insert(what + 1);
            }
        }
        let mut before = self.before[what].clone();
        before.insert(what);
        self.steps.insert(what + 1, copy);
        self.before.insert(what + 1, before);
    }
}

/// All mutants of a plan's steps and waits.
pub(crate) fn of(plan: &Plan) -> Vec<(Change, Plan)> {
    let graph = Graph::of(plan);
    let mut all = Vec::new();
    for (place, step) in plan.steps.iter().enumerate() {
        for wait in &step.after {
            let earlier = plan.steps.iter().position(|s| s.id == wait.step).expect("it is there");
            let mut mutant = graph.clone();
            mutant.before[place].remove(&earlier);
            let change = Change::EdgeDropped(wait.step.clone(), step.id.clone());
            all.push((change, mutant.plan(plan)));
        }
        let mut mutant = graph.clone();
        mutant.remove(place);
        all.push((Change::StepDropped(step.id.clone()), mutant.plan(plan)));
        let mut mutant = graph.clone();
        mutant.double(place);
        all.push((Change::StepDoubled(step.id.clone()), mutant.plan(plan)));
        if let Some((here, there)) = pair(plan, step) {
            let mut mutant = plan.clone();
            mutant.steps[place] = swapped(step, &here, &there);
            all.push((Change::StepMoved(step.id.clone()), mutant));
        }
    }
    all
}

/// The node of a step and the other one of its cluster; outside clusters Back and Front.
fn pair(plan: &Plan, step: &Step) -> Option<(NodeName, NodeName)> {
    use ctsup_core::topology::Role;
    let here = step.node.clone()?;
    let clustered = plan.topology.clusters.values().find(|c| c.nodes.contains(&here));
    let there = match clustered {
        Some(cluster) => cluster.nodes.iter().find(|n| **n != here)?.clone(),
        None => {
            let other = match plan.topology.nodes.get(&here)?.role {
                Role::Back => Role::Front,
                Role::Front => Role::Back,
                _ => return None,
            };
            plan.topology.nodes.iter().find(|(_, n)| n.role == other)?.0.clone()
        }
    };
    Some((here, there))
}

/// The step with two nodes exchanged wherever they are named.
fn swapped(step: &Step, here: &NodeName, there: &NodeName) -> Step {
    let mut value = serde_json::to_value(&step.action).expect("an action is JSON");
    exchange(&mut value, here.as_str(), there.as_str());
    let action = serde_json::from_value(value).expect("the same action elsewhere");
    with_action(&Step { node: Some(there.clone()), ..step.clone() }, action)
}

/// Exchanges two names wherever they stand as a whole word of a value.
fn exchange(value: &mut serde_json::Value, one: &str, other: &str) {
    use serde_json::Value;
    match value {
        Value::String(text) => {
            let word = |c: char| c.is_ascii_alphanumeric() || "-_".contains(c);
            let parts = text.split_inclusive(|c| !word(c)).map(|part| {
                let (name, rest) = part.split_at(part.trim_end_matches(|c| !word(c)).len());
                let name = match name {
                    _ if name == one => other,
                    _ if name == other => one,
                    name => name,
                };
                format!("{name}{rest}")
            });
            *text = parts.collect();
        }
        Value::Array(all) => all.iter_mut().for_each(|v| exchange(v, one, other)),
        Value::Object(all) => all.values_mut().for_each(|v| exchange(v, one, other)),
        _ => {}
    }
}

/// The step with another action and everything that is derived from it.
pub(crate) fn with_action(step: &Step, action: Action) -> Step {
    let effect = action.effect();
    Step {
        closes: effect.closes().cloned().collect(),
        commands: action.commands(),
        cwd: action.cwd().map(str::to_owned),
        kind: action.kind(),
        opens: effect.opens().cloned().collect(),
        repeat: action.repeat(),
        undo: action.undo(),
        leaves: effect.done,
        needs: effect.needs,
        action,
        ..step.clone()
    }
}

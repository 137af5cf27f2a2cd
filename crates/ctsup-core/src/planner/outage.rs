//! Outages that a plan begins in: what was down before its first step.
//!
//! Procedures name the outages that their steps make. A plan made anew in the middle of a run, or
//! for services that somebody stopped, finds users cut off already: from its first step on.

use std::collections::BTreeMap;

use crate::name::{App, Stack};
use crate::plan::{Step, StepId, Warning, WarningCode};
use crate::state::{Atom, State};
use crate::topology::Topology;

/// Stacks of which one has to serve: a cluster's of one application, or one host's.
struct Service {
    stacks: Vec<Stack>,
    clustered: bool,
}

impl Service {
    fn all(site: &Topology) -> Vec<Self> {
        let mut all: BTreeMap<(String, App), Self> = BTreeMap::new();
        for stack in site.stacks() {
            let pair = site.cluster_of(&stack.node);
            let place = pair.map_or(stack.node.to_string(), |pair| pair.cluster.to_string());
            let service = all
                .entry((place, stack.app))
                .or_insert(Self { stacks: Vec::new(), clustered: pair.is_some() });
            service.stacks.push(stack);
        }
        all.into_values().collect()
    }

    /// The stack that should serve: of a cluster the active node's.
    fn here(&self, state: &State) -> Option<&Stack> {
        let active = |s: &&Stack| !self.clustered || state.has(&Atom::Active(s.node.clone()));
        self.stacks.iter().find(active)
    }

    fn serves(&self, state: &State) -> bool {
        self.here(state).is_some_and(|stack| {
            state.has(&Atom::Running(stack.clone())) && !state.has(&Atom::Stopped(stack.clone()))
        })
    }
}

/// Lets the outages begin with the first step whose services are down before it, and adds those that
/// nothing names.
pub(super) fn from_the_start(
    site: &Topology,
    start: &State,
    steps: &[Step],
    warnings: &mut Vec<Warning>,
) {
    let Some(first) = steps.first().map(|step| step.id.clone()) else { return };
    let place = |id: &StepId| steps.iter().position(|step| step.id == *id);
    let mut unnamed: BTreeMap<usize, Vec<String>> = BTreeMap::new();
    for service in Service::all(site).into_iter().filter(|service| !service.serves(start)) {
        let Some(until) = up_with(&service, start, steps) else { continue };
        let named = warnings.iter_mut().find(|warning| {
            warning.code == WarningCode::Outage
                && warning.step.as_ref().and_then(place).is_some_and(|begin| begin <= until)
                && warning.until.as_ref().and_then(place).is_some_and(|end| end >= until)
                && service.stacks.iter().any(|stack| names(site, warning, stack))
        });
        if let Some(warning) = named {
            warning.step = Some(first.clone());
            warning.args.insert("since".to_owned(), "start".to_owned());
        } else {
            let stack = service.here(start).unwrap_or(&service.stacks[0]);
            unnamed.entry(until).or_default().push(stack.to_string());
        }
    }
    for (until, what) in unnamed {
        let args = [("since", "start".to_owned()), ("what", what.join(", "))];
        warnings.push(Warning {
            args: args.map(|(key, value)| (key.to_owned(), value)).into(),
            code: WarningCode::Outage,
            step: Some(first.clone()),
            until: Some(steps[until].id.clone()),
        });
    }
}

/// The place of the step behind which a service is up again; a plan that does not bring it up leaves
/// it as it found it.
fn up_with(service: &Service, start: &State, steps: &[Step]) -> Option<usize> {
    let mut state = start.clone();
    steps.iter().position(|step| {
        for condition in &step.leaves {
            state.apply(condition);
        }
        service.serves(&state)
    })
}

/// Whether an outage names a stack: by itself, or by its cluster.
fn names(site: &Topology, warning: &Warning, stack: &Stack) -> bool {
    let cluster = site.cluster_of(&stack.node).map(|pair| pair.cluster.to_string());
    let what = warning.args.get("what").map_or("", String::as_str);
    what.split(", ").any(|name| name == stack.to_string() || Some(name) == cluster.as_deref())
}

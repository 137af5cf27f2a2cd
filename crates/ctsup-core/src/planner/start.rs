//! The state that a plan starts from: what the facts tell, or what a run left.

use std::collections::BTreeSet;

use super::Planner;
use crate::fact::{FactKey, FactValue};
use crate::name::{App, ClusterName, NodeName, Stack};
use crate::plan::Goal;
use crate::plan::builder::PlanBuilder;
use crate::state::{Atom, State};
use crate::topology::Topology;
use crate::version::Release;

impl Planner<'_> {
    /// The state that the facts tell, or the one handed in.
    pub(super) fn start(&mut self, known: Option<&State>) {
        self.start = match known {
            Some(state) if self.goal == Goal::Rollback => {
                without_idle_stops(&without_idle_logs(state, self.site), self.site)
            }
            Some(state) => without_idle_logs(state, self.site),
            None => self.state_of_facts(),
        };
        self.steps = PlanBuilder::new(self.start.clone());
        if known.is_some() {
            // Without it there is no plan, and nothing that looks like one.
            for cluster in ClusterName::ALL {
                let _ = self.active(cluster);
            }
        }
    }

    fn state_of_facts(&mut self) -> State {
        let active = self.active_nodes();
        let mut atoms: Vec<_> = active.iter().cloned().map(Atom::Active).collect();
        atoms.extend(self.left_constraints());
        atoms.extend(self.stopped_antivirus());
        let mut unknown = Vec::new();
        for stack in self.site.stacks() {
            let idle = self.site.cluster_of(&stack.node).is_some() && !active.contains(&stack.node);
            let release = self.release_there(&stack, idle);
            atoms.extend(self.release_and_data(&stack, &release));
            atoms.extend(self.services(&stack, idle));
            atoms.extend(self.settings(&stack));
            if idle && release == FactValue::Unknown {
                unknown.push(stack);
            }
        }
        if self.goal == Goal::Rollback {
            // Once something newer has run, nothing goes back to where it was by itself (invariant 32).
            let newer = atoms.iter().any(|a| matches!(a, Atom::New(_) | Atom::Met(_)));
            for stack in unknown {
                self.taken_for_newer(stack, &mut atoms);
            }
            if let Some(rollback) = self.site.rollback.as_ref().filter(|_| !newer) {
                let moved = rollback.home.iter().filter(|(_, home)| !active.contains(*home));
                atoms.extend(moved.map(|(cluster, _)| Atom::Moved(*cluster)));
            }
        }
        atoms.extend(self.database());
        atoms.into_iter().collect()
    }

    /// The active node of each cluster: the claim that the whole plan rests on.
    fn active_nodes(&mut self) -> BTreeSet<NodeName> {
        let mut active = BTreeSet::new();
        for cluster in ClusterName::ALL.into_iter().filter(|c| self.site.pair(*c).is_some()) {
            if let Some(node) = self.active(cluster) {
                let _ = self.ask.value(FactKey::Active(cluster));
                active.insert(node);
            }
        }
        active
    }

    fn left_constraints(&mut self) -> Vec<Atom> {
        let mut left = Vec::new();
        for cluster in ClusterName::ALL.into_iter().filter(|c| self.site.pair(*c).is_some()) {
            let there = self.ask.measured(FactKey::Constraints(cluster));
            if there.is_some_and(|l| l != FactValue::List(Vec::new())) {
                left.push(Atom::Constraint(cluster));
            }
        }
        left
    }

    /// What a stopped upgrade had stopped is given back by the way back (invariant 10).
    fn stopped_antivirus(&self) -> Vec<Atom> {
        if self.goal != Goal::Rollback {
            return Vec::new();
        }
        let pairs = ClusterName::ALL.into_iter().filter_map(|c| self.site.pair(c));
        let nodes = pairs.flat_map(|pair| pair.nodes.clone());
        nodes.filter(|node| !self.antivirus_off(node).is_empty()).map(Atom::AntivirusOff).collect()
    }

    /// The release of a stack as far as the goal concerns it.
    fn release_there(&mut self, stack: &Stack, idle: bool) -> FactValue {
        if self.goal.concerns_releases() {
            return self.release_of(stack).0;
        }
        // It puts nothing anywhere, so nothing is claimed of it.
        match self.facts.get(&FactKey::Release(stack.clone())) {
            Some((release, _)) => release.clone(),
            None if idle => FactValue::Unknown,
            None => FactValue::Release(self.site.installed.clone()),
        }
    }

    /// Whether a stack is of the higher release, and whether its data has met that.
    fn release_and_data(&self, stack: &Stack, release: &FactValue) -> Vec<Atom> {
        let is_new = |release: &Release| match self.goal {
            Goal::Rollback => release > self.wanted(),
            _ => release >= self.new_release(),
        };
        let mut atoms = Vec::new();
        let release = match release {
            FactValue::Release(release) => Some(release),
            _ => None,
        };
        if release.is_some_and(is_new) {
            atoms.push(Atom::New(stack.clone()));
        }
        let data = self.site.data_of(stack);
        let met = match self.facts.get(&FactKey::Met(data.clone())) {
            Some((FactValue::Release(met), _)) => Some(met),
            _ => release,
        };
        if met.is_some_and(is_new) {
            atoms.push(Atom::Met(data));
        }
        atoms
    }

    /// Whether the services of a stack run; on an idle node none do.
    fn services(&mut self, stack: &Stack, idle: bool) -> Option<Atom> {
        if idle {
            return None;
        }
        let running = self.ask.measured(FactKey::Running(stack.clone()));
        Some(match running == Some(FactValue::Bool(false)) {
            true => Atom::Stopped(stack.clone()),
            false => Atom::Running(stack.clone()),
        })
    }

    /// What an earlier plan left in the settings.
    fn settings(&mut self, stack: &Stack) -> Vec<Atom> {
        let place = self.site.settings_of(stack);
        let mut atoms = Vec::new();
        if stack.app == App::Express
            && self.ask.measured(FactKey::UpgradeKey(place.clone())) == Some(FactValue::Bool(true))
        {
            atoms.push(Atom::UpgradeKey(place.clone()));
        }
        if let Some(FactValue::Images(pins)) = self.ask.measured(FactKey::Pins(place.clone()))
            && !pins.is_empty()
        {
            atoms.push(Atom::Pinned(place));
        }
        atoms
    }

    /// Beside a node that goes back, an idle one of which nobody knows is taken for newer, and so is
    /// its own data.
    fn taken_for_newer(&self, stack: Stack, atoms: &mut Vec<Atom>) {
        let Some(pair) = self.site.cluster_of(&stack.node) else { return };
        let serving = Stack::new(pair.other(&stack.node), stack.app);
        let met = Atom::Met(self.site.data_of(&serving));
        if atoms.iter().any(|a| *a == met || *a == Atom::New(serving.clone())) {
            atoms.push(Atom::Met(self.site.data_of(&stack)));
            atoms.push(Atom::New(stack));
        }
    }

    fn database(&self) -> Vec<Atom> {
        match self.facts.get(&FactKey::PostgresVersion) {
            Some((FactValue::Release(version), _))
                if *version >= self.catalogue.thresholds.postgres_minimum =>
            {
                vec![Atom::DatabaseNew, Atom::DatabaseStandard]
            }
            _ => Vec::new(),
        }
    }
}

/// A failover took the resources away before the logs were read: on the idle node nothing runs
/// whose logs could be.
pub(super) fn without_idle_logs(state: &State, site: &Topology) -> State {
    let idle = |stack: &Stack| {
        site.cluster_of(&stack.node).is_some() && !state.has(&Atom::Active(stack.node.clone()))
    };
    // Before anybody judged the first node the way on is over it, and its logs are read there.
    let judged = state.has(&Atom::Judged);
    let read = |atom: &&Atom| !matches!(atom, Atom::Unchecked(stack) if judged && idle(stack));
    state.atoms().filter(read).cloned().collect()
}

/// A way back serves from where the resources are, and leaves the other node as it is. What was stopped
/// there before a failover is not owed to anybody: nothing starts where docker does not run, and with
/// the newer release it would run over data that goes back. The plan's advice names the node.
pub(super) fn without_idle_stops(state: &State, site: &Topology) -> State {
    let idle = |stack: &Stack| {
        let Some(pair) = site.cluster_of(&stack.node) else { return false };
        // Where no node is known to be active, none is known to be idle.
        !state.has(&Atom::Active(stack.node.clone()))
            && state.has(&Atom::Active(pair.other(&stack.node).clone()))
    };
    let owed = |atom: &&Atom| !matches!(atom, Atom::Stopped(stack) if idle(stack));
    state.atoms().filter(owed).cloned().collect()
}

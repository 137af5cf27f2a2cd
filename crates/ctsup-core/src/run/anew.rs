//! From a run that stopped to the state that a new plan starts from.

use crate::action::dpl::DplOp;
use crate::action::{Action, Dpl, Unit};
use crate::fact::{FactKey, FactValue, Facts, Origin};
use crate::name::{NodeName, Stack};
use crate::plan::{Goal, Plan};
use crate::state::{Atom, State, is, is_not};
use crate::topology::Parsed;
use crate::version::Release;

use super::{Run, StepRun};

impl Run {
    /// What planning anew works with: the state to start from ([`Run::state_seen`]), and beside the
    /// facts what only the run knows, the antivirus units that it stopped. A node that booted may
    /// have started some of them again; all of them are owed (invariant 10).
    #[must_use]
    pub fn anew(&self, parsed: &mut Parsed) -> State {
        let state = self.state_seen(&parsed.facts);
        let seen = Seen { run: self, plan: self.plan(), state: State::new() };
        for node in self.plan().topology.nodes.keys() {
            let units = seen.stopped(node);
            if !units.is_empty() {
                parsed.owed.insert(node.clone(), units);
            }
        }
        state
    }

    /// The installation as the run left it ([`Run::state`]), corrected by what was observed since:
    /// `plan_from` goes on from here. Facts of any other origin are older than the run and are left
    /// aside; what nobody observed stays as the run tells it, the worse case where that is open.
    #[must_use]
    pub fn state_seen(&self, facts: &Facts) -> State {
        let mut seen = Seen { run: self, plan: self.plan(), state: self.state() };
        for (key, value, origin) in facts.iter() {
            if origin == Origin::Observed {
                seen.take(key, value);
            }
        }
        seen.unstop(facts);
        seen.unread();
        seen.unjudge();
        seen.unname();
        seen.state
    }
}

struct Seen<'r> {
    run: &'r Run,
    plan: &'r Plan,
    state: State,
}

impl Seen<'_> {
    fn set(&mut self, atom: Atom, holds: bool) {
        self.state.apply(&if holds { is(atom) } else { is_not(atom) });
    }

    /// A stop that broke off left some containers up, for all that is known: it is neither stopped nor
    /// running, so it is stopped before it is copied and started before anything rests on it.
    fn unstop(&mut self, facts: &Facts) {
        let known = |stack: &Stack| {
            let seen = facts.get(&FactKey::Running(stack.clone()));
            matches!(seen, Some((FactValue::Bool(_), Origin::Observed)))
        };
        let broken = self.run.steps().filter_map(|(step, run)| match &step.action {
            Action::Dpl(Dpl { op: DplOp::Stop { .. }, stack, .. })
                if run.touched && !run.is_done() && !known(stack) =>
            {
                Some(stack.clone())
            }
            _ => None,
        });
        for stack in broken.collect::<Vec<_>>() {
            self.set(Atom::Stopped(stack), false);
        }
    }

    /// A deploy that died with its node is done again, and its logs are read then; on a node that the
    /// resources have left nothing runs. Where nothing runs there are no logs to be read before.
    fn unread(&mut self) {
        for place in &self.plan.topology.stacks {
            let stack = &place.stack;
            let has = |atom: fn(Stack) -> Atom| self.state.has(&atom(stack.clone()));
            let up = has(Atom::Running);
            let died = self.run.rebooted().contains(&stack.node) && !has(Atom::New);
            let clustered =
                self.plan.topology.clusters.values().any(|c| c.nodes.contains(&stack.node));
            let idle = clustered && !self.state.has(&Atom::Active(stack.node.clone()));
            if !up && (died || idle) {
                self.set(Atom::Unchecked(stack.clone()), false);
            }
        }
    }

    /// A person judged the first nodes as they ran. Where the new release serves from a node and is not
    /// known to run there, as after a failover back, it is brought up, and judged again (invariant 9).
    fn unjudge(&mut self) {
        let plan = self.plan;
        let down = plan.topology.stacks.iter().map(|place| &place.stack).any(|stack| {
            let clustered = plan.topology.clusters.values().any(|c| c.nodes.contains(&stack.node));
            clustered
                && self.state.has(&Atom::Active(stack.node.clone()))
                && self.state.has(&Atom::New(stack.clone()))
                && !self.state.has(&Atom::Running(stack.clone()))
        });
        if down {
            self.set(Atom::Judged, false);
        }
    }

    /// A playbook that found another image named than the one it is to bring: it is named again.
    fn unname(&mut self) {
        let named = is(Atom::WebClientNamed);
        let fell = |run: &StepRun| !run.is_done() && run.fell.as_ref() == Some(&named);
        if self.run.steps().any(|(_, run)| fell(run)) {
            self.set(Atom::WebClientNamed, false);
        }
    }

    fn take(&mut self, key: &FactKey, value: &FactValue) {
        match (key, value) {
            (FactKey::Active(cluster), value) => {
                let Some(members) = self.plan.topology.clusters.get(cluster) else { return };
                let active = match value {
                    FactValue::Text(name) => members.nodes.iter().find(|n| n.as_str() == name),
                    _ => None,
                };
                for node in &members.nodes {
                    let here = active == Some(node);
                    if here != self.state.has(&Atom::Active(node.clone())) {
                        // Somebody or something moved it: what the gate saw, and who sent a message, is
                        // past.
                        self.set(Atom::GatePassed(*cluster), false);
                        self.set(Atom::Verified, false);
                    }
                    self.set(Atom::Active(node.clone()), here);
                }
                if active.is_some_and(|n| self.plan.start.has(&Atom::Active(n.clone()))) {
                    self.set(Atom::Moved(*cluster), false);
                }
            }
            (FactKey::Running(stack), FactValue::Bool(up)) => {
                if !up && self.state.has(&Atom::Running(stack.clone())) {
                    self.set(Atom::Verified, false);
                }
                self.set(Atom::Running(stack.clone()), *up);
                if *up {
                    self.set(Atom::Stopped(stack.clone()), false);
                }
            }
            (FactKey::Release(stack), FactValue::Release(release)) => {
                let new = self.is_new(release);
                self.set(Atom::New(stack.clone()), new);
            }
            (FactKey::Met(data), FactValue::Release(release)) if self.is_new(release) => {
                self.set(Atom::Met(data.clone()), true);
            }
            (FactKey::Constraints(cluster), FactValue::List(left)) => {
                self.set(Atom::Constraint(*cluster), !left.is_empty());
            }
            (FactKey::UpgradeKey(place), FactValue::Bool(there)) => {
                self.set(Atom::UpgradeKey(place.clone()), *there);
            }
            (FactKey::Pins(place), FactValue::Images(pins)) if pins.is_empty() => {
                // Whether that is what the goal wants, the run knows: a restore wants none.
                for atom in [Atom::Pinned, Atom::SpecialPin] {
                    self.set(atom(place.clone()), false);
                }
            }
            (FactKey::Antivirus(node), FactValue::List(active)) => {
                let off = self.stopped(node).iter().any(|unit| !active.contains(unit));
                self.set(Atom::AntivirusOff(node.clone()), off);
            }
            _ => {}
        }
    }

    /// Whether a release is the higher one of the plan's two.
    fn is_new(&self, release: &Release) -> bool {
        let releases = &self.plan.release;
        match self.plan.goal {
            Goal::Rollback => *release > releases.target,
            _ => *release >= releases.target,
        }
    }

    /// The units that the run stopped on a node: those that it found active there.
    fn stopped(&self, node: &NodeName) -> Vec<String> {
        let steps = self.run.steps().filter_map(|(step, run)| match &step.action {
            Action::Unit(Unit::StopAntivirus { node: at, units }) if at == node => {
                let begun = run.is_done() || run.touched;
                let kept = run
                    .kept
                    .get("units")
                    .map(|kept| kept.split_whitespace().map(str::to_owned).collect::<Vec<_>>());
                begun.then(|| kept.unwrap_or_else(|| units.clone()))
            }
            // Stopped before this run, which only was to start them.
            Action::Unit(Unit::StartAntivirus { node: at, units })
                if at == node && self.plan.start.has(&Atom::AntivirusOff(node.clone())) =>
            {
                Some(units.clone())
            }
            _ => None,
        });
        steps.flatten().collect()
    }
}

//! What a stop leaves, and what a run did, as data.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::action::Undo;
use crate::fact::{FactKey, FactValue};
use crate::name::{DataSet, NodeName, Stack};
use crate::plan::{Step, StepId, Takes, WarningCode};
use crate::state::{Atom, State};
use crate::topology::Risk;

use super::Run;
use super::event::Said;
use super::status::{InFlight, Status};

/// What a stop leaves: promise 6 (invariant 27).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StopReport {
    /// Where resources of a cluster are, as far as known.
    pub active: Vec<NodeName>,
    /// What is owed, with what pays it.
    pub debts: Vec<Debt>,
    /// Steps of which it is not known what they did.
    pub in_doubt: Vec<InDoubt>,
    /// Data that has met the new release.
    pub met: Vec<DataSet>,
    /// Steps left to do.
    pub left: Vec<StepId>,
    /// Nodes that booted during the run.
    pub rebooted: Vec<NodeName>,
    /// Steps whose commands may still run on their nodes.
    pub running: Vec<StepId>,
    /// What each application is, on each node.
    pub stacks: Vec<StackNow>,
    /// Whether the way back by images is closed: the point of no return is behind.
    pub past_no_return: bool,
}

/// An application on a node.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StackNow {
    /// Its containers are of the new release; unknown where a step is in doubt.
    pub new: Option<bool>,
    /// Where that comes from.
    pub new_by: Basis,
    /// Its containers are up.
    pub running: Option<bool>,
    /// Which.
    pub stack: Stack,
}

/// What it rests on which release an application is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Basis {
    /// A step of the run changed it.
    Run,
    /// The facts or the run that the plan was made from tell it of this application.
    Fact,
    /// The file's `release.installed`, which nobody compared with the server.
    File,
    /// Nothing: nobody knows what an idle node has.
    Nothing,
}

/// Something owed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Debt {
    /// It may not be there: the step that would have opened it is in doubt.
    pub certain: bool,
    /// What pays it, as typed on the node.
    pub commands: Vec<String>,
    /// What.
    pub debt: Atom,
    /// Where the commands are typed.
    pub node: Option<NodeName>,
    /// The step that opened it; none when it was there before the run.
    pub opened_by: Option<StepId>,
    /// The step of the plan that pays it.
    pub paid_by: Option<StepId>,
    /// It was there before, and the plan says by name that it stays: nobody has to do anything.
    pub stays: bool,
}

/// A step in doubt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct InDoubt {
    /// What may be true of it, by the codes of its half-done outcomes.
    pub halves: Vec<&'static str>,
    /// What was seen last.
    pub seen: String,
    /// Which step.
    pub step: StepId,
}

/// A step as it went, beside how it was planned.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StepReport {
    /// Who answered for it, and what.
    pub answered: Vec<Said>,
    /// How often it began.
    pub attempts: u32,
    /// The exit code of its last commands.
    pub code: Option<i32>,
    /// How it stands, as a code.
    pub status: &'static str,
    /// Which.
    pub step: StepId,
    /// From its first beginning to its end.
    pub took_ms: Option<u64>,
    /// How long it was expected to take.
    pub takes: Option<Takes>,
}

impl Run {
    /// What would be left if the run stopped now.
    #[must_use]
    pub fn stop_report(&self) -> StopReport {
        let state = self.state();
        let doubtful = |run: &super::StepRun| {
            !run.is_done()
                && (run.touched
                    || matches!(
                        run.status,
                        Status::InFlight(InFlight::Sent) | Status::Lost(InFlight::Sent)
                    ))
        };
        let mut unsure: BTreeMap<Atom, StepId> = BTreeMap::new();
        let mut in_doubt = Vec::new();
        for (step, run) in self.steps().filter(|(_, run)| doubtful(run)) {
            let effect = step.action.effect();
            let halves = effect.halves.iter().flat_map(|h| &h.changes);
            if run.undone {
                // Nothing of it happened, but what it opened may be left.
                let opened = halves.filter(|c| c.holds && c.atom.is_debt());
                unsure.extend(opened.map(|c| (c.atom.clone(), step.id.clone())));
                continue;
            }
            unsure.extend(halves.chain(&effect.done).map(|c| (c.atom.clone(), step.id.clone())));
            in_doubt.push(InDoubt {
                halves: effect.halves.iter().map(|half| half.code).collect(),
                seen: run.seen.clone(),
                step: step.id.clone(),
            });
        }
        let known = |atom: Atom| (!unsure.contains_key(&atom)).then(|| state.has(&atom));
        let stacks = self.plan.topology.stacks.iter().map(|place| StackNow {
            new: known(Atom::New(place.stack.clone())),
            new_by: self.release_by(&place.stack),
            running: known(Atom::Running(place.stack.clone())),
            stack: place.stack.clone(),
        });
        let running = self.steps().filter(|(_, run)| {
            matches!(
                run.status,
                Status::InFlight(InFlight::Sent | InFlight::Running)
                    | Status::Lost(InFlight::Sent | InFlight::Running)
            )
        });
        let no_return = self.plan.point_of_no_return.as_ref().and_then(|p| self.step(&p.step));
        StopReport {
            active: state
                .atoms()
                .filter_map(|atom| match atom {
                    Atom::Active(node) => Some(node.clone()),
                    _ => None,
                })
                .collect(),
            debts: state.debts().map(|debt| self.debt(debt, &state, unsure.get(debt))).collect(),
            in_doubt,
            met: state
                .atoms()
                .filter_map(|atom| match atom {
                    Atom::Met(data) => Some(data.clone()),
                    _ => None,
                })
                .collect(),
            left: self.steps().filter(|(_, r)| !r.is_done()).map(|(s, _)| s.id.clone()).collect(),
            rebooted: self.rebooted.iter().cloned().collect(),
            running: running.map(|(step, _)| step.id.clone()).collect(),
            stacks: stacks.collect(),
            past_no_return: no_return.is_some_and(|run| run.touched || run.is_done()),
        }
    }

    /// What it rests on which release a stack is of: the last that told it.
    fn release_by(&self, stack: &Stack) -> Basis {
        let atom = Atom::New(stack.clone());
        let mut begun = self.steps().filter(|(_, run)| run.is_done() || run.touched);
        if begun.any(|(step, _)| step.action.effect().done.iter().any(|c| c.atom == atom)) {
            return Basis::Run;
        }
        let value = |key: FactKey| {
            let key = key.to_string();
            self.plan.claims.iter().find(|claim| claim.fact == key).map(|claim| &claim.value)
        };
        // No file says this of what was never upgraded: a run before this one did it.
        let release = &self.plan.release;
        if self.plan.start.has(&atom) && release.installed < release.target {
            return Basis::Fact;
        }
        match value(FactKey::Release(stack.clone())) {
            Some(value) if *value == FactValue::Unknown.to_string() => Basis::Nothing,
            Some(_) => Basis::Fact,
            None => match value(FactKey::Choice("release.installed".to_owned())) {
                Some(_) => Basis::File,
                None => Basis::Fact,
            },
        }
    }

    /// Whether the plan says by name that what it found stays.
    fn stays(&self, debt: &Atom) -> bool {
        let named = self.plan.accepted.iter().any(|risk| risk == Risk::PinsKept.as_str())
            || self.plan.warnings.iter().any(|found| found.code == WarningCode::PinsStay);
        matches!(debt, Atom::Pinned(_)) && self.plan.start.has(debt) && named
    }

    /// What is owed, who opened it and what pays it.
    fn debt(&self, debt: &Atom, state: &State, unsure: Option<&StepId>) -> Debt {
        let opens = |id: &StepId| {
            let step = &self.plan.steps[self.places[id]];
            let effect = step.action.effect();
            let halves = effect.halves.iter().flat_map(|half| &half.changes);
            effect.done.iter().chain(halves).any(|c| c.holds && c.atom == *debt)
        };
        let opened_by = unsure.cloned().filter(opens).or_else(|| {
            let begun = self.steps().filter(|(_, run)| run.is_done() || run.touched);
            let ids: Vec<_> = begun.map(|(step, _)| step.id.clone()).collect();
            ids.into_iter().rev().find(opens)
        });
        let pays = self
            .steps()
            .find(|(step, run)| !run.is_done() && step.closes.contains(debt))
            .map(|(step, _)| step)
            .filter(|_| !self.aborting);
        let opener = opened_by.as_ref().and_then(|id| self.plan.step(id.as_str()));
        // Who types a command from here gives back what was borrowed and does nothing else: a deploy that
        // would pay it is the run's. Nothing old starts once something has met newer data, and pins that
        // keep an old release stay.
        let starts = matches!(debt, Atom::Stopped(_) | Atom::Moved(_));
        let met = state.atoms().any(|atom| matches!(atom, Atom::Met(_)));
        let only_pays =
            |step: &&Step| step.leaves.iter().all(|c| step.closes.contains(&c.atom) && !c.holds);
        let (commands, node) = match (opener.map(|step| (step, &step.undo)), pays.filter(only_pays))
        {
            _ if (starts && met) || matches!(debt, Atom::Pinned(_)) => (Vec::new(), None),
            (_, Some(step)) => (step.commands.clone(), step.node.clone()),
            (Some((step, Undo::Commands(commands))), None) => (commands.clone(), step.node.clone()),
            _ => (Vec::new(), None),
        };
        let stays = self.stays(debt) && pays.is_none() && opened_by.is_none();
        Debt {
            certain: unsure.is_none(),
            commands,
            debt: debt.clone(),
            node,
            opened_by,
            paid_by: pays.map(|step| step.id.clone()),
            stays,
        }
    }

    /// Every step as it went, beside how it was planned.
    #[must_use]
    pub fn step_reports(&self) -> Vec<StepReport> {
        self.steps()
            .map(|(step, run)| StepReport {
                answered: run.answered.clone(),
                attempts: run.attempt,
                code: run.code,
                status: run.status.code(),
                step: step.id.clone(),
                took_ms: run
                    .ended_at
                    .zip(run.began_at)
                    .map(|(end, begin)| end.saturating_sub(begin)),
                takes: step.takes,
            })
            .collect()
    }
}

impl Status {
    /// The stable name.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::InFlight(InFlight::Looking) => "looking",
            Self::InFlight(InFlight::Sent) => "sent",
            Self::InFlight(InFlight::Running) => "running",
            Self::Lost(_) => "lost",
            Self::Unknown => "unknown",
            Self::Again => "again",
            Self::Asking(_) => "asking",
            Self::Fell => "fell",
            Self::Failed => "failed",
            Self::Refused(_) => "refused",
            Self::Done(_) => "done",
        }
    }
}

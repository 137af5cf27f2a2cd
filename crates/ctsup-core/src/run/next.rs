//! What comes next: the only place where a run is steered.

use std::collections::BTreeSet;

use crate::action::{Action, Kind, Person, Repeat};
use crate::name::NodeName;
use crate::plan::{Step, StepId};
use crate::state::Condition;

use super::Run;
use super::event::Question;
use super::status::{InFlight, Status};

/// What the person who runs a plan wants of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// How many steps may be under way together; only where the plan lets them.
    pub parallel: usize,
    /// The last step that is run.
    pub until: Option<StepId>,
    /// Steps before which the run stops.
    pub pause_before: BTreeSet<StepId>,
}

impl Default for Limits {
    fn default() -> Self {
        Self { parallel: 1, until: None, pause_before: BTreeSet::new() }
    }
}

/// What comes next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Next {
    /// Begin this step.
    Start(StepId),
    /// Watch this step again: it was under way when its process ended.
    Reattach(StepId),
    /// Look whether this step, whose outcome is unknown, is done.
    Probe(StepId),
    /// Ask a person.
    Ask(StepId, Question),
    /// Something is under way, and nothing else may begin.
    Wait,
    /// Nothing goes on by itself.
    Stop(StopReason),
    /// Everything is done.
    Done,
}

/// Why a run stops.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StopReason {
    /// Nobody approved the plan, or no process has the lock.
    NotReady,
    /// Somebody asked for it.
    Asked {
        /// At once: what is under way goes on unwatched.
        at_once: bool,
    },
    /// This step failed.
    Failed(StepId),
    /// A person said no to this step.
    Refused(StepId),
    /// What this step needs does not hold any more.
    Fell(StepId),
    /// The node of this step can't be asked what became of it.
    Lost(StepId),
    /// A node booted: what was known of it is void, and the rest has to be planned anew.
    Rebooted(NodeName),
    /// By the state that the run predicts the step can't begin; the plan must be made anew.
    NotMet(StepId, Condition),
    /// The step before which the run was wanted to stop.
    Before(StepId),
    /// The step up to which the run was wanted to go.
    Reached(StepId),
    /// The run was given up, and what can be paid is paid.
    Aborted,
}

impl Run {
    /// What comes next. To be asked again after every event.
    #[must_use]
    pub fn next(&self, limits: &Limits) -> Next {
        if self.steps.iter().all(super::StepRun::is_done) {
            return Next::Done;
        }
        if !self.approved || self.session.is_none() {
            return Next::Stop(StopReason::NotReady);
        }
        if self.stop == Some(true) {
            return Next::Stop(StopReason::Asked { at_once: true });
        }
        if let Some((step, _)) = self.steps().find(|(_, run)| run.orphan) {
            return Next::Reattach(step.id.clone());
        }
        let busy = self.steps.iter().any(super::StepRun::in_flight);
        let or_wait = |reason| if busy { Next::Wait } else { Next::Stop(reason) };
        if self.aborting {
            // What became of a step is worth a look; nobody is asked, and nothing is repeated.
            let unknown = |(step, run): &(&Step, &super::StepRun)| {
                run.status == Status::Unknown && step.repeat == Repeat::ProbeFirst
            };
            return match self.steps().find(unknown) {
                Some((step, _)) => Next::Probe(step.id.clone()),
                None => self.next_payment(busy),
            };
        }
        if let Some(node) = self.rebooted.first() {
            return or_wait(StopReason::Rebooted(node.clone()));
        }
        if let Some(next) = self.unsettled() {
            return match next {
                Next::Stop(reason) => or_wait(reason),
                next => next,
            };
        }
        if self.stop.is_some() && !self.in_window() {
            return or_wait(StopReason::Asked { at_once: false });
        }
        match self.candidate(limits) {
            Ok(step) if step.kind == Kind::Confirm && !is_told(&step.action) => {
                Next::Ask(step.id.clone(), Question::Agree)
            }
            Ok(step) => Next::Start(step.id.clone()),
            Err(reason) => match reason {
                Some(reason) => or_wait(reason),
                None if busy => Next::Wait,
                None => Next::Stop(self.blocked()),
            },
        }
    }

    /// What a step that neither runs nor is done asks for, before anything else begins.
    fn unsettled(&self) -> Option<Next> {
        for (step, run) in self.steps() {
            let id = || step.id.clone();
            match &run.status {
                Status::Unknown => {
                    return Some(match step.repeat {
                        Repeat::Safe if self.stop.is_some() => continue,
                        Repeat::Safe => Next::Start(id()),
                        Repeat::ProbeFirst => Next::Probe(id()),
                        Repeat::AskFirst => Next::Ask(id(), Question::Repeat),
                    });
                }
                Status::Asking(question) => return Some(Next::Ask(id(), *question)),
                Status::Lost(_) => return Some(Next::Stop(StopReason::Lost(id()))),
                Status::Failed => return Some(Next::Stop(StopReason::Failed(id()))),
                Status::Refused(_) => return Some(Next::Stop(StopReason::Refused(id()))),
                _ => {}
            }
        }
        None
    }

    /// The step that begins next, in the plan's order; or why none does, where there is a reason
    /// besides others being under way.
    fn candidate(&self, limits: &Limits) -> Result<&Step, Option<StopReason>> {
        let running: Vec<&Step> =
            self.steps().filter(|(_, run)| run.in_flight()).map(|(step, _)| step).collect();
        if running.len() >= limits.parallel.max(1) {
            return Err(None);
        }
        let reached = limits.until.as_ref().filter(|id| self.step(id).is_some_and(|s| s.is_done()));
        if let Some(id) = reached.filter(|_| !self.in_window()) {
            return Err(Some(StopReason::Reached(id.clone())));
        }
        let whole = self.state();
        let mut paused = None;
        for (place, (step, run)) in self.steps().enumerate() {
            let ready = matches!(run.status, Status::Waiting | Status::Again)
                && self.waits_for(step).is_none();
            if !ready || !self.beside(place, step, &running) {
                continue;
            }
            if limits.pause_before.contains(&step.id) && !self.in_window() {
                paused.get_or_insert_with(|| StopReason::Before(step.id.clone()));
                continue;
            }
            let again = run.touched.then(|| self.state_but(Some(&step.id)));
            let state = again.as_ref().unwrap_or(&whole);
            if let Some(unmet) = step.needs.iter().find(|need| !state.meets(need)) {
                let reason = StopReason::NotMet(step.id.clone(), unmet.clone());
                return Err((running.is_empty()).then_some(reason));
            }
            return Ok(step);
        }
        Err(paused)
    }

    /// Whether a step may run beside others.
    pub(super) fn beside(&self, place: usize, step: &Step, running: &[&Step]) -> bool {
        running.iter().all(|other| {
            // Invariant 4: one interruption of the service at a time, wherever it is.
            let interrupts = step.action.interrupts() && other.action.interrupts();
            // Invariant 34: while a job runs on a node, nothing else starts there.
            let same_node = step.node.is_some() && step.node == other.node;
            // The steps of a window follow on each other with nothing beside them.
            let window = self.windows().any(|(opens, closes)| {
                let other = self.places[&other.id];
                (opens..=closes).contains(&place) || (opens..=closes).contains(&other)
            });
            !interrupts && !same_node && !window
        })
    }

    /// Why nothing can begin although nothing is under way.
    fn blocked(&self) -> StopReason {
        let fell = self.steps().find(|(_, run)| run.status == Status::Fell);
        fell.map_or(StopReason::NotReady, |(step, _)| StopReason::Fell(step.id.clone()))
    }

    /// While a run is given up: the steps of the plan that pay open debts and touch neither data nor
    /// services, the antivirus last. What else is owed a person decides (invariant 32).
    fn next_payment(&self, busy: bool) -> Next {
        if busy {
            return Next::Wait;
        }
        let debts: BTreeSet<_> = self.state().debts().cloned().collect();
        let pays = |action: &Action| matches!(action, Action::Settings(_) | Action::Unit(_));
        // A node that does not answer is named by the report; the others get what is theirs.
        let silent: BTreeSet<_> = self
            .steps()
            .filter(|(_, run)| matches!(run.status, Status::Lost(_)))
            .filter_map(|(step, _)| step.node.as_ref())
            .collect();
        let mut open: Vec<&Step> = self
            .steps()
            .filter(|(step, run)| {
                matches!(run.status, Status::Waiting | Status::Again)
                    && pays(&step.action)
                    && step.node.as_ref().is_none_or(|node| !silent.contains(node))
                    && step.closes.iter().any(|debt| debts.contains(debt))
            })
            .map(|(step, _)| step)
            .collect();
        open.sort_by_key(|step| matches!(step.action, Action::Unit(_)));
        match open.first() {
            Some(step) => Next::Start(step.id.clone()),
            None => Next::Stop(StopReason::Aborted),
        }
    }

    /// Whether commands of a step are on their way or run on a node.
    #[must_use]
    pub fn job_on(&self, node: &NodeName) -> Option<&StepId> {
        self.steps()
            .find(|(step, run)| {
                let sent = InFlight::Sent;
                let runs = matches!(run.status, Status::InFlight(x) if x == sent || x == InFlight::Running);
                runs && step.node.as_ref() == Some(node)
            })
            .map(|(step, _)| &step.id)
    }
}

/// Advice blocks nothing: it is told, and nobody has to answer.
fn is_told(action: &Action) -> bool {
    matches!(action, Action::Person(Person::Advice { .. }))
}

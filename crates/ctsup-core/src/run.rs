//! A run of a plan as a fold of its journal: what happened, what is where, what comes next.
//!
//! Pure: events come in, decisions go out. Whoever carries a run out writes each event down before
//! it acts on it, so a run read back from its journal knows as much as the one that wrote it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::name::NodeName;
use crate::plan::{Plan, Step, StepId};
use crate::state::State;

mod anew;
mod event;
mod fold;
mod journal;
mod next;
mod report;
mod seen;
mod status;
#[cfg(test)]
mod tests;
mod window;

pub use self::event::{Answer, Event, How, Question, Said, Verdict};
pub use self::fold::IllegalEvent;
pub use self::journal::{
    Damage, Header, JOURNAL_FORMAT, JournalError, JournalFormat, JournalName, JournalText, Record,
    line_hash,
};
pub use self::next::{Limits, Next, StopReason};
pub use self::report::{Basis, Debt, InDoubt, StackNow, StepReport, StopReport};
pub use self::seen::{NotLooked, Refused, Seen, Trouble, Unstable, code_of};
pub use self::status::{InFlight, Status, StepRun};

/// A run of a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    plan: Arc<Plan>,
    places: BTreeMap<StepId, usize>,
    steps: Vec<StepRun>,
    /// What the steps done so far leave, in the order in which they were done.
    base: State,
    boots: BTreeMap<NodeName, String>,
    rebooted: BTreeSet<NodeName>,
    session: Option<Session>,
    approved: bool,
    stop: Option<bool>,
    aborting: bool,
    finished: bool,
    changed: bool,
}

/// Who carries the run out at present.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// A person and a machine.
    pub by: String,
    /// The generation of the lock.
    pub generation: u64,
}

impl Run {
    /// A run of which nothing has happened.
    #[must_use]
    pub fn new(plan: Arc<Plan>) -> Self {
        let places = plan.steps.iter().enumerate().map(|(i, s)| (s.id.clone(), i)).collect();
        Self {
            places,
            steps: vec![StepRun::default(); plan.steps.len()],
            base: plan.start.clone(),
            boots: BTreeMap::new(),
            rebooted: BTreeSet::new(),
            session: None,
            approved: false,
            stop: None,
            aborting: false,
            finished: false,
            changed: false,
            plan,
        }
    }

    /// A run from the records of its journal.
    ///
    /// # Errors
    /// When the records tell what cannot have happened.
    pub fn replay<'r>(
        plan: Arc<Plan>,
        records: impl IntoIterator<Item = &'r Record>,
    ) -> Result<Self, IllegalEvent> {
        let mut run = Self::new(plan);
        for record in records {
            run.apply(record.at, &record.event)?;
        }
        Ok(run)
    }

    /// The plan that is run.
    #[must_use]
    pub fn plan(&self) -> &Arc<Plan> {
        &self.plan
    }

    /// What became of a step.
    #[must_use]
    pub fn step(&self, id: &StepId) -> Option<&StepRun> {
        self.places.get(id).map(|place| &self.steps[*place])
    }

    /// All steps, with what became of them, in the plan's order.
    pub fn steps(&self) -> impl Iterator<Item = (&Step, &StepRun)> {
        self.plan.steps.iter().zip(&self.steps)
    }

    /// Who carries the run out at present, or did last.
    #[must_use]
    pub fn session(&self) -> Option<&Session> {
        self.session.as_ref()
    }

    /// Whether a person approved the plan.
    #[must_use]
    pub fn is_approved(&self) -> bool {
        self.approved
    }

    /// Whether everything is done.
    #[must_use]
    pub fn is_finished(&self) -> bool {
        self.finished
    }

    /// Whether the run is being given up, and its debts paid.
    #[must_use]
    pub fn is_aborting(&self) -> bool {
        self.aborting
    }

    /// Whether somebody wants the run to stop.
    #[must_use]
    pub fn is_stopping(&self) -> bool {
        self.stop.is_some()
    }

    /// What the step kept that opened a debt which this one pays: the units that were active.
    #[must_use]
    pub fn kept_for(&self, id: &StepId) -> BTreeMap<String, String> {
        let Some(step) = self.plan.step(id.as_str()) else { return BTreeMap::new() };
        let opener = self
            .steps()
            .find(|(other, _)| other.opens.iter().any(|debt| step.closes.contains(debt)));
        opener.map(|(_, run)| run.kept.clone()).unwrap_or_default()
    }

    /// Whether a command that changes something was sent.
    #[must_use]
    pub fn has_changed(&self) -> bool {
        self.changed
    }

    /// When its first step began and its last one ended, in milliseconds since 1970; both 0 where none
    /// has begun.
    #[must_use]
    pub fn span(&self) -> (u64, u64) {
        let moments = || self.steps().flat_map(|(_, s)| s.began_at.into_iter().chain(s.ended_at));
        (moments().min().unwrap_or(0), moments().max().unwrap_or(0))
    }

    /// The boot id that a node had when the run met it.
    #[must_use]
    pub fn boot(&self, node: &NodeName) -> Option<&str> {
        self.boots.get(node).map(String::as_str)
    }

    /// Nodes that booted since the run met them: what was known of them is void.
    #[must_use]
    pub fn rebooted(&self) -> &BTreeSet<NodeName> {
        &self.rebooted
    }
}

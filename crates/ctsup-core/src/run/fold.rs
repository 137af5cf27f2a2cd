//! Events into state: each is a checked transition.

use crate::action::dpl::Brings;
use crate::action::{Action, Look, Playbook, Repeat};
use crate::name::{DataSet, NodeName};
use crate::plan::{Step, StepId};
use crate::state::{Atom, Condition, State};

use super::event::{Event, Question};
use super::status::{InFlight, Status};
use super::{Run, Session};

/// An event that cannot have happened: the journal is of another plan, or was tampered with.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IllegalEvent {
    /// The plan has no such step.
    #[error("`{event}`: the plan has no step {step}")]
    NoSuchStep {
        /// The event.
        event: &'static str,
        /// The step.
        step: StepId,
    },
    /// The step is not where this can happen to it.
    #[error("`{event}` can't happen to step {step}, which is {status:?}")]
    OutOfTurn {
        /// The event.
        event: &'static str,
        /// Where the step stands.
        status: Status,
        /// The step.
        step: StepId,
    },
    /// The step waits for one that is not done.
    #[error("step {step} can't begin: {after} is not done")]
    TooEarly {
        /// What it waits for.
        after: StepId,
        /// The step.
        step: StepId,
    },
    /// Nobody approved this plan, or another digest was approved.
    #[error("the plan was not approved")]
    NotApproved,
    /// Nobody carries the run out.
    #[error("`{event}`, and no process had taken the run up")]
    NotAttached {
        /// The event.
        event: &'static str,
    },
    /// A taking up with a generation that is not higher than the one before.
    #[error("generation {generation} comes after {before}")]
    OldGeneration {
        /// The generation before.
        before: u64,
        /// The one of the event.
        generation: u64,
    },
    /// Not everything is done, or something happened after the end.
    #[error("`{event}` beside the end of the run")]
    NotTheEnd {
        /// The event.
        event: &'static str,
    },
}

impl Run {
    /// Takes up an event.
    ///
    /// # Errors
    /// When it cannot have happened; the run is unchanged then.
    pub fn apply(&mut self, at: u64, event: &Event) -> Result<(), IllegalEvent> {
        let code = event.code();
        if self.finished && !matches!(event, Event::Left { .. }) {
            return Err(IllegalEvent::NotTheEnd { event: code });
        }
        if let Some(id) = event.step() {
            if self.session.is_none() {
                return Err(IllegalEvent::NotAttached { event: code });
            }
            return self.apply_to_step(at, event, &id.clone());
        }
        match event {
            Event::Approved { digest, .. } => {
                if *digest != self.plan.digest {
                    return Err(IllegalEvent::NotApproved);
                }
                self.approved = true;
            }
            Event::Attached { by, generation } => self.attach(by, *generation)?,
            Event::Boot { boot, node } => self.boot_seen(node, boot),
            Event::StopAsked { at_once, .. } => {
                self.stop = Some(*at_once || self.stop == Some(true));
            }
            Event::Aborting { .. } => self.aborting = true,
            Event::Left { .. } => {}
            Event::Finished => {
                if !self.steps.iter().all(super::StepRun::is_done) {
                    return Err(IllegalEvent::NotTheEnd { event: code });
                }
                self.finished = true;
            }
            _ => unreachable!("events about a step were handled before"),
        }
        Ok(())
    }

    fn attach(&mut self, by: &str, generation: u64) -> Result<(), IllegalEvent> {
        if !self.approved {
            return Err(IllegalEvent::NotApproved);
        }
        if let Some(before) = self.session.as_ref().map(|s| s.generation)
            && before >= generation
        {
            return Err(IllegalEvent::OldGeneration { before, generation });
        }
        self.session = Some(Session { by: by.to_owned(), generation });
        self.stop = None;
        for step in &mut self.steps {
            step.orphaned();
        }
        Ok(())
    }

    fn boot_seen(&mut self, node: &crate::name::NodeName, boot: &str) {
        match self.boots.get(node) {
            Some(known) if known == boot => {}
            Some(_) => {
                self.rebooted.insert(node.clone());
            }
            None => {
                self.boots.insert(node.clone(), boot.to_owned());
            }
        }
    }

    fn apply_to_step(&mut self, at: u64, event: &Event, id: &StepId) -> Result<(), IllegalEvent> {
        let code = event.code();
        let Some(&place) = self.places.get(id) else {
            return Err(IllegalEvent::NoSuchStep { event: code, step: id.clone() });
        };
        let plan = self.plan.clone();
        let step = &plan.steps[place];
        let begins =
            matches!(event, Event::Begun { .. } | Event::Asked { question: Question::Agree, .. });
        if begins && let Some(after) = self.waits_for(step) {
            return Err(IllegalEvent::TooEarly { after, step: id.clone() });
        }
        let was = self.steps[place].status.clone();
        let mut next = self.steps[place].clone();
        if next.take(at, step, event).is_none() {
            return Err(IllegalEvent::OutOfTurn { event: code, status: was, step: id.clone() });
        }
        self.steps[place] = next;
        if matches!(event, Event::Started { .. }) {
            self.changed = true;
        }
        if self.steps[place].is_done() {
            for condition in &step.leaves {
                self.base.apply(condition);
            }
        }
        Ok(())
    }

    /// The first step that this one waits for and that is not done. What pays a debt may come early
    /// while the run is given up: nothing else will come before it any more.
    pub(super) fn waits_for(&self, step: &Step) -> Option<StepId> {
        if self.aborting && !step.closes.is_empty() {
            return None;
        }
        let open = |id: &StepId| !self.steps[self.places[id]].is_done();
        step.after.iter().map(|after| &after.step).find(|id| open(id)).cloned()
    }

    /// The installation as the events leave it: what a step may have left half done counts where
    /// that is the worse case. Planning goes on from here (`plan_from`), what is observed winning.
    #[must_use]
    pub fn state(&self) -> State {
        self.state_but(None)
    }

    /// The same without what one step may have left half done: whether that step may begin again was
    /// decided by what repeating it means, by a look or by a person, not by its own traces.
    pub(super) fn state_but(&self, but: Option<&StepId>) -> State {
        let mut state = self.base.clone();
        for (step, run) in self.steps().filter(|(step, _)| Some(&step.id) != but) {
            let sent = matches!(
                run.status,
                Status::InFlight(InFlight::Sent | InFlight::Running)
                    | Status::Lost(InFlight::Sent | InFlight::Running)
            );
            if run.is_done() {
                self.doubt_played(step, &mut state);
            }
            if run.is_done() || !(sent || run.touched) {
                continue;
            }
            for condition in step.action.effect().halves.iter().flat_map(|half| &half.changes) {
                // What a look found unchanged is unchanged; a debt may be there all the same: a move
                // that failed leaves its constraint.
                if worse(condition) && (!run.undone || condition.holds) {
                    state.apply(condition);
                }
            }
            for data in self.may_have_met(step).filter(|_| !run.undone) {
                state.apply(&crate::state::is(Atom::Met(data.clone())));
            }
            // A failure that left no half the model knows of still may have opened what it opens.
            let asks = step.repeat != Repeat::Safe && !run.undone;
            for debt in step.opens.iter().filter(|_| asks) {
                state.apply(&crate::state::is(debt.clone()));
            }
        }
        for node in &self.rebooted {
            let gone: Vec<Atom> =
                state.atoms().filter(|atom| dies_with(atom, self, node)).cloned().collect();
            for atom in gone {
                state.apply(&crate::state::is_not(atom));
            }
        }
        state
    }
}

impl Run {
    /// Data that a playbook may have begun on: it finds by itself on which node of a cluster it plays,
    /// and after a failover that is not the one that the plan took it for.
    fn may_have_met<'s>(&'s self, step: &'s Step) -> impl Iterator<Item = &'s DataSet> {
        let pairs = self.played_on(step);
        let stacks = self.plan.topology.stacks.iter();
        stacks
            .filter(move |place| pairs.iter().any(|pair| pair.contains(&place.stack.node)))
            .map(|place| &place.data)
    }

    /// A playbook that came to its end, and a node of a cluster died or booted before anybody looked where
    /// its resources are: on which of the two it played nobody knows, so neither is new for certain, and
    /// the data of both has met what is.
    fn doubt_played(&self, step: &Step, state: &mut State) {
        let lost = |node: &NodeName| {
            let mut steps = self.steps();
            self.rebooted.contains(node)
                || steps.any(|(s, run)| {
                    s.node.as_ref() == Some(node) && matches!(run.status, Status::Lost(_))
                })
        };
        let since = self.places[&step.id];
        let looked = |pair: &[NodeName]| {
            let look = self.steps().skip(since).find(|(s, _)| {
                matches!(&s.action, Action::Look(Look::Resources { .. }))
                    && s.node.as_ref().is_some_and(|node| pair.contains(node))
            });
            look.is_some_and(|(_, run)| run.is_done())
        };
        let doubtful = |pair: &&[NodeName]| pair.iter().any(lost) && !looked(pair);
        for pair in self.played_on(step).into_iter().filter(doubtful) {
            for place in self.plan.topology.stacks.iter().filter(|p| pair.contains(&p.stack.node)) {
                state.apply(&crate::state::is(Atom::Met(place.data.clone())));
                state.apply(&crate::state::is_not(Atom::New(place.stack.clone())));
            }
        }
    }

    /// The nodes of each cluster on which a playbook brings the new release.
    fn played_on<'s>(&'s self, step: &'s Step) -> Vec<&'s [NodeName]> {
        let clusters = match &step.action {
            Action::Playbook(Playbook::Run { brings: Brings::New, clusters, .. }) => &clusters[..],
            _ => &[],
        };
        let members = clusters.iter().filter_map(|c| self.plan.topology.clusters.get(c));
        members.map(|members| &members.nodes[..]).collect()
    }
}

/// Whether the condition makes matters worse: a debt or newer data there, anything else gone. Which
/// release containers are of stays what it was: a deploy that broke off, forth or back, is done again.
fn worse(condition: &Condition) -> bool {
    if matches!(condition.atom, Atom::New(_)) {
        return false;
    }
    let grave = condition.atom.is_debt() || matches!(condition.atom, Atom::Met(_));
    condition.holds == grave
}

/// What is no longer known of a node that booted.
fn dies_with(atom: &Atom, run: &Run, node: &NodeName) -> bool {
    match atom {
        Atom::Active(at) | Atom::FilesAnswer(at) => at == node,
        Atom::Running(stack) => stack.node == *node,
        Atom::GatePassed(cluster) => {
            run.plan.topology.clusters.get(cluster).is_some_and(|c| c.nodes.contains(node))
        }
        _ => false,
    }
}

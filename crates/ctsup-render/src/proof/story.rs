//! The story of how a plan goes wrong, in plain words.

use std::collections::BTreeSet;

use ctsup_core::prove::{Event, Prevented, Refutation};
use ctsup_core::{Atom, StepId};

use super::Told;
use crate::outline::ranges;

/// So many steps that are not done yet are told by name; more of them by their numbers.
const NAMED: usize = 2;

/// A story.
pub(super) struct Story {
    /// The rule that breaks.
    pub(super) rule: String,
    /// What happens, in order.
    pub(super) lines: Vec<String>,
    /// What would have prevented it.
    pub(super) prevented: Vec<String>,
}

impl Told<'_> {
    pub(super) fn story(&self, found: &Refutation) -> Story {
        let rule = self.with("proof-story-rule", "rule", self.phrases.rule(found.rule));
        let mut lines = match (&found.fault, found.story.is_empty(), &found.starting) {
            (Some(fault), ..) => {
                let mut lines: Vec<_> = found
                    .story
                    .last()
                    .map(|happened| self.about("proof-story-own-order", &happened.step))
                    .into_iter()
                    .collect();
                lines.push(self.with("proof-story-fault", "fault", self.phrases.fault(fault)));
                lines
            }
            (None, true, Some(step)) if found.facts.is_empty() => {
                vec![self.about("proof-story-shape", step)]
            }
            _ => self.progress(found),
        };
        if !found.facts.is_empty() {
            let facts: Vec<_> =
                found.facts.iter().map(|f| self.phrases.proof_fact(&self.outline, f)).collect();
            lines.push(self.with("proof-story-then", "facts", facts.join("; ")));
        }
        let state = self.state(found);
        if !state.is_empty() {
            lines.push(self.with("proof-story-left", "facts", state));
        }
        let prevented = found.prevented.iter().map(|p| self.prevented(p)).collect();
        Story { rule, lines, prevented }
    }

    fn about(&self, id: &str, step: &StepId) -> String {
        let title = self
            .outline
            .plan
            .step(step.as_str())
            .map_or_else(String::new, |s| self.phrases.title(s));
        let number = self.phrases.reference(&self.outline, step);
        self.phrases.words.say(id, &[("step", number.into()), ("title", title.into())])
    }

    /// What is done and what is not, which says more than the order in which it came about.
    fn progress(&self, found: &Refutation) -> Vec<String> {
        let place = |step: &StepId| self.outline.number(step);
        let with = |event: Event| -> BTreeSet<usize> {
            let events = found.story.iter().filter(|h| h.event == event);
            events.filter_map(|h| place(&h.step)).collect()
        };
        let done = with(Event::Done);
        let started = with(Event::Starts);
        let mut lines = Vec::new();
        if done.len() == self.outline.plan.steps.len() {
            lines.push(self.say("proof-story-end"));
        } else if done.is_empty() {
            lines.push(self.say("proof-story-start"));
        } else {
            let steps = ranges(&done.iter().copied().collect::<Vec<_>>());
            lines.push(self.with("proof-story-done", "steps", steps));
        }
        let starting = found.starting.as_ref().and_then(place);
        let last = done.iter().chain(&started).chain(&starting).max().copied().unwrap_or(0);
        let not_done: Vec<usize> = (1..=last)
            .filter(|n| !done.contains(n) && !started.contains(n) && starting != Some(*n))
            .collect();
        let steps = &self.outline.plan.steps;
        match not_done.as_slice() {
            // Where nothing is done that is said already.
            _ if done.is_empty() => {}
            [] => {}
            few if few.len() <= NAMED => {
                let named =
                    few.iter().map(|n| self.about("proof-story-not-done", &steps[n - 1].id));
                lines.extend(named);
            }
            many => lines.push(self.with("proof-story-not-done-several", "steps", ranges(many))),
        }
        for number in started.iter().filter(|n| !done.contains(n)) {
            lines.push(self.about("proof-story-running", &steps[number - 1].id));
        }
        if let Some(step) = &found.starting {
            lines.push(self.about("proof-story-starts", step));
        }
        lines
    }

    /// Who serves and what is owed: the part of the state by which one sees where one is.
    fn state(&self, found: &Refutation) -> String {
        let telling = |atom: &&Atom| {
            atom.is_debt() || matches!(atom, Atom::Active(_) | Atom::Running(_) | Atom::Met(_))
        };
        let all: Vec<_> = found.state.atoms().filter(telling).cloned().collect();
        self.phrases.atoms(&all)
    }

    fn prevented(&self, prevented: &Prevented) -> String {
        match prevented {
            Prevented::Edge { earlier, later } => {
                let args = [
                    ("earlier", self.phrases.reference(&self.outline, earlier).into()),
                    ("later", self.phrases.reference(&self.outline, later).into()),
                ];
                self.phrases.words.say("proof-story-edge", &args)
            }
            Prevented::Step(condition) => {
                self.with("proof-story-step", "condition", self.phrases.condition(condition))
            }
        }
    }
}

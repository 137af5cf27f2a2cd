//! The outline of a plan: numbers, sections, what runs beside what, where debts are paid, where
//! hazards begin and end. Worked out once, from the plan alone, for all forms that people read.

use std::collections::BTreeMap;
use std::ops::Range;

use ctsup_core::plan::graph::Order;
use ctsup_core::plan::{After, Because, Phase, Plan, Step, StepId, Warning, WarningCode};
use ctsup_core::{Atom, NodeName};

use crate::phrase::Span;

/// The outline of a plan.
#[derive(Debug)]
pub(crate) struct Outline<'p> {
    pub(crate) plan: &'p Plan,
    order: Order<'p>,
}

/// A run of steps of the same phase.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Section {
    pub(crate) phase: Phase,
    /// Places of its steps in the plan.
    pub(crate) steps: Range<usize>,
    /// The how many-eth section of this phase, and of how many.
    pub(crate) part: (usize, usize),
}

/// A hazard whose span is known.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Stretch<'p> {
    pub(crate) warning: &'p Warning,
    /// Places of its first and last step.
    pub(crate) first: usize,
    pub(crate) last: usize,
}

impl<'p> Outline<'p> {
    pub(crate) fn of(plan: &'p Plan) -> Self {
        Self { plan, order: Order::of(plan) }
    }

    /// The number that people call a step by: its place, counted from one.
    pub(crate) fn number(&self, id: &StepId) -> Option<usize> {
        self.order.place(id.as_str()).map(|place| place + 1)
    }

    /// Runs of steps of the same phase.
    pub(crate) fn sections(&self) -> Vec<Section> {
        let mut sections: Vec<Section> = Vec::new();
        let mut counts: BTreeMap<Phase, usize> = BTreeMap::new();
        for (place, step) in self.plan.steps.iter().enumerate() {
            match sections.last_mut() {
                Some(section) if section.phase == step.phase => section.steps.end = place + 1,
                _ => {
                    let count = counts.entry(step.phase).or_default();
                    *count += 1;
                    let part = (*count, 0);
                    sections.push(Section { phase: step.phase, steps: place..place + 1, part });
                }
            }
        }
        for section in &mut sections {
            section.part.1 = counts[&section.phase];
        }
        sections
    }

    /// The steps of a section.
    pub(crate) fn steps(&self, section: &Section) -> &'p [Step] {
        &self.plan.steps[section.steps.clone()]
    }

    /// Whether the plan changes nodes in two halves.
    pub(crate) fn has_halves(&self) -> bool {
        self.plan.steps.iter().any(|step| step.phase == Phase::SecondHalf)
    }

    /// The nodes of some steps, in the order in which they come.
    pub(crate) fn nodes(&self, steps: &'p [Step]) -> Vec<&'p NodeName> {
        let mut nodes = Vec::new();
        for node in steps.iter().filter_map(|step| step.node.as_ref()) {
            if !nodes.contains(&node) {
                nodes.push(node);
            }
        }
        nodes
    }

    /// What a step waits for, but where that is simply the step before it and no rule is behind it.
    pub(crate) fn told_waits(&self, place: usize) -> &'p [After] {
        let after = &self.plan.steps[place].after;
        let rule = |because: &Because| matches!(because, Because::Invariant(_) | Because::Site(_));
        let simply = match after.as_slice() {
            [only] => self.number(&only.step) == Some(place) && !only.because.iter().any(rule),
            _ => false,
        };
        if simply { &[] } else { after }
    }

    /// Numbers of the steps of the same section that may run at the same time as this one.
    pub(crate) fn beside(&self, section: &Section, place: usize) -> Vec<usize> {
        let others = section.steps.clone().filter(|other| self.order.beside(place, *other));
        others.map(|other| other + 1).collect()
    }

    /// Numbers of all steps that may run at the same time as this one.
    pub(crate) fn beside_all(&self, place: usize) -> Vec<usize> {
        let others = (0..self.plan.steps.len()).filter(|other| self.order.beside(place, *other));
        others.map(|other| other + 1).collect()
    }

    /// The number of the step that pays a debt which this one opens.
    pub(crate) fn paid_in(&self, place: usize, debt: &Atom) -> Option<usize> {
        let later = self.plan.steps.iter().enumerate().skip(place + 1);
        let mut payers = later.filter(|(_, step)| step.closes.contains(debt));
        payers.next().map(|(payer, _)| payer + 1)
    }

    /// The number of the step since which a debt is open before the step at this place; `None`
    /// where it is not open, or was before the plan began.
    pub(crate) fn owed_since(&self, place: usize, debt: &Atom) -> Option<usize> {
        let mut since = None;
        for (earlier, step) in self.plan.steps[..place].iter().enumerate() {
            if step.closes.contains(debt) {
                since = None;
            } else if step.opens.contains(debt) && since.is_none() {
                since = Some(earlier + 1);
            }
        }
        since
    }

    /// The debts that a step opens, but for those that are open already.
    pub(crate) fn opens(&self, place: usize) -> impl Iterator<Item = &'p Atom> {
        let opens = self.plan.steps[place].opens.iter();
        opens.filter(move |debt| self.owed_since(place, debt).is_none())
    }

    /// Steps that wait for this one directly, with their numbers.
    pub(crate) fn waited_for_by(&self, id: &StepId) -> Vec<(usize, &'p Step)> {
        let steps = self.order.waiting_for(id);
        steps.filter_map(|step| Some((self.number(&step.id)?, step))).collect()
    }

    /// Hazards that begin at a step.
    pub(crate) fn begins(&self, place: usize) -> impl Iterator<Item = &'p Warning> + use<'p> {
        let id = &self.plan.steps[place].id;
        self.plan.warnings.iter().filter(move |warning| warning.step.as_ref() == Some(id))
    }

    /// Hazards that end with a step, the inner ones first.
    pub(crate) fn ends(&self, place: usize) -> impl Iterator<Item = &'p Warning> + use<'p> {
        let id = &self.plan.steps[place].id;
        self.plan.warnings.iter().rev().filter(move |warning| warning.until.as_ref() == Some(id))
    }

    /// Hazards of the whole plan.
    pub(crate) fn general(&self) -> impl Iterator<Item = &'p Warning> + use<'p> {
        self.plan.warnings.iter().filter(|warning| warning.step.is_none())
    }

    /// A hazard with the places of its steps.
    pub(crate) fn stretch(&self, warning: &'p Warning) -> Option<Stretch<'p>> {
        let first = self.order.place(warning.step.as_ref()?.as_str())?;
        let last = match &warning.until {
            Some(until) => self.order.place(until.as_str())?,
            None => first,
        };
        (first <= last).then_some(Stretch { warning, first, last })
    }

    /// The times when users are cut off.
    pub(crate) fn outages(&self) -> Vec<Stretch<'p>> {
        let warnings = self.plan.warnings.iter();
        let outages = warnings.filter(|warning| warning.code == WarningCode::Outage);
        outages.filter_map(|warning| self.stretch(warning)).collect()
    }

    /// How long a stretch takes, one step after the other.
    pub(crate) fn takes(&self, stretch: &Stretch<'_>) -> Span {
        Span::of(&self.plan.steps[stretch.first..=stretch.last])
    }
}

/// Whether a hazard is one to stop at and read, rather than one to know of.
pub(crate) fn is_danger(code: WarningCode) -> bool {
    matches!(
        code,
        WarningCode::OldContainersWindow
            | WarningCode::CrossesBarrier
            | WarningCode::DatabaseRisk
            | WarningCode::PlainDeploy
            | WarningCode::WritesLost
            | WarningCode::AutomaticUpgrade
            | WarningCode::WayBackDeleted
            | WarningCode::Pauses
            | WarningCode::ClusterUnhealthy
            | WarningCode::Unproven
    )
}

/// Numbers with runs joined: `3, 7-9, 12`.
pub(crate) fn ranges(numbers: &[usize]) -> String {
    let mut parts: Vec<String> = Vec::new();
    let mut at = 0;
    while at < numbers.len() {
        let from = numbers[at];
        let mut to = from;
        while numbers.get(at + 1) == Some(&(to + 1)) {
            to += 1;
            at += 1;
        }
        parts.push(if from == to { from.to_string() } else { format!("{from}\u{2013}{to}") });
        at += 1;
    }
    parts.join(", ")
}

#[cfg(test)]
mod tests {
    #[test]
    fn runs_are_joined() {
        assert_eq!(super::ranges(&[3, 7, 8, 9, 12]), "3, 7\u{2013}9, 12");
        assert_eq!(super::ranges(&[]), "");
    }
}

//! The order of a plan's steps as questions: what comes before what, what can run beside what.

use std::collections::BTreeMap;

use super::{Plan, StepId};

/// The order of a plan's steps.
#[derive(Debug, Clone)]
pub struct Order<'p> {
    plan: &'p Plan,
    places: BTreeMap<&'p str, usize>,
    /// For each step, the set of all steps before it.
    before: Vec<Bits>,
}

/// A set of steps by their places in the plan; as wide as the plan.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Bits(Vec<u64>);

impl Bits {
    /// The empty set for `size` steps.
    #[must_use]
    pub fn empty(size: usize) -> Self {
        Self(vec![0; size.div_ceil(64)])
    }

    /// Adds one.
    pub fn insert(&mut self, place: usize) {
        self.0[place / 64] |= 1 << (place % 64);
    }

    /// Whether one is in it.
    #[must_use]
    pub fn has(&self, place: usize) -> bool {
        self.0[place / 64] & (1 << (place % 64)) != 0
    }

    /// Adds all of another set of the same width.
    pub fn join(&mut self, other: &Self) {
        for (mine, theirs) in self.0.iter_mut().zip(&other.0) {
            *mine |= theirs;
        }
    }

    /// Whether all of this set are in the other.
    #[must_use]
    pub fn within(&self, other: &Self) -> bool {
        self.0.iter().zip(&other.0).all(|(mine, theirs)| mine & !theirs == 0)
    }
}

impl<'p> Order<'p> {
    /// The order of a plan; steps waited for that do not exist, or stand later, count as absent.
    #[must_use]
    pub fn of(plan: &'p Plan) -> Self {
        let places: BTreeMap<_, _> =
            plan.steps.iter().enumerate().map(|(i, s)| (s.id.as_str(), i)).collect();
        let mut before: Vec<Bits> = Vec::with_capacity(plan.steps.len());
        for (place, step) in plan.steps.iter().enumerate() {
            let mut all = Bits::empty(plan.steps.len());
            for after in &step.after {
                match places.get(after.step.as_str()) {
                    Some(earlier) if *earlier < place => {
                        all.insert(*earlier);
                        all.join(&before[*earlier]);
                    }
                    _ => {}
                }
            }
            before.push(all);
        }
        Self { plan, places, before }
    }

    /// Where a step stands in the plan.
    #[must_use]
    pub fn place(&self, id: &str) -> Option<usize> {
        self.places.get(id).copied()
    }

    /// Whether the first step always comes before the second.
    #[must_use]
    pub fn before(&self, first: &str, second: &str) -> bool {
        match (self.place(first), self.place(second)) {
            (Some(first), Some(second)) => self.before[second].has(first),
            _ => false,
        }
    }

    /// The same by places.
    #[must_use]
    pub fn place_before(&self, first: usize, second: usize) -> bool {
        self.before[second].has(first)
    }

    /// Whether two steps may run at the same time.
    #[must_use]
    pub fn beside(&self, one: usize, other: usize) -> bool {
        one != other && !self.place_before(one, other) && !self.place_before(other, one)
    }

    /// All steps before a step.
    #[must_use]
    pub fn all_before(&self, place: usize) -> &Bits {
        &self.before[place]
    }

    /// The steps that wait for a step directly.
    pub fn waiting_for<'a>(&'a self, id: &'a StepId) -> impl Iterator<Item = &'p super::Step> + 'a {
        self.plan.steps.iter().filter(move |s| s.after.iter().any(|a| a.step == *id))
    }
}

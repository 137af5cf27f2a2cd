//! What must never be: patterns of bits, each with the invariant that it comes from.

use serde::{Deserialize, Serialize};

use super::model::{Model, Term};
use super::set::Set;

/// What a rule comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RuleId {
    /// An invariant of correct plans, by its number.
    Invariant(u8),
    /// A step's own precondition.
    Needs,
    /// What the plan is for is reached at its end.
    Goal,
    /// Every fault has a way out.
    WayOut,
}

/// When a pattern must not be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum When {
    /// At no time, steps half done included.
    Always,
    /// When this step starts.
    Starting(usize),
    /// When every step is done.
    End,
}

/// One pattern that must not be.
#[derive(Debug, Clone)]
pub(crate) struct Rule {
    pub(crate) id: RuleId,
    pub(crate) when: When,
    /// On in the pattern.
    pub(crate) on: Set,
    /// Off in the pattern.
    pub(crate) off: Set,
    pub(crate) terms: Vec<Term>,
}

impl Rule {
    pub(crate) fn broken_in(&self, state: &Set) -> bool {
        self.on.within(state) && !self.off.meets(state)
    }

    /// The bits that it looks at.
    pub(crate) fn looks_at(&self) -> Set {
        self.on.with(&self.off)
    }
}

/// All rules of a plan, by when they are asked.
#[derive(Debug, Clone, Default)]
pub(crate) struct Rules {
    pub(crate) all: Vec<Rule>,
    always: Vec<usize>,
    starting: Vec<Vec<usize>>,
    end: Vec<usize>,
    /// Everything that rules asked at all times look at.
    pub(crate) watched: Set,
    /// Everything that any rule looks at.
    pub(crate) seen: Set,
}

impl Rules {
    pub(crate) fn new(steps: usize) -> Self {
        Self { starting: vec![Vec::new(); steps], ..Self::default() }
    }

    /// Adds a pattern that must not be.
    pub(crate) fn never(&mut self, model: &Model<'_>, id: RuleId, when: When, terms: &[Term]) {
        let Some((on, off)) = model.pattern(terms) else { return };
        self.push(Rule { id, when, on, off, terms: terms.to_vec() });
    }

    pub(crate) fn push(&mut self, rule: Rule) {
        let number = self.all.len();
        self.seen = self.seen.with(&rule.looks_at());
        match rule.when {
            When::Always => {
                self.always.push(number);
                self.watched = self.watched.with(&rule.looks_at());
            }
            When::Starting(step) => self.starting[step].push(number),
            When::End => self.end.push(number),
        }
        self.all.push(rule);
    }

    /// Those of them that are wanted.
    pub(crate) fn some(&self, wanted: impl Fn(&Rule) -> bool) -> Self {
        let mut some = Self::new(self.starting.len());
        self.all.iter().filter(|rule| wanted(rule)).for_each(|rule| some.push(rule.clone()));
        some
    }

    pub(crate) fn always(&self) -> impl Iterator<Item = (usize, &Rule)> {
        self.always.iter().map(|number| (*number, &self.all[*number]))
    }

    pub(crate) fn starting(&self, step: usize) -> impl Iterator<Item = (usize, &Rule)> {
        self.starting[step].iter().map(|number| (*number, &self.all[*number]))
    }

    pub(crate) fn end(&self) -> impl Iterator<Item = (usize, &Rule)> {
        self.end.iter().map(|number| (*number, &self.all[*number]))
    }
}

//! What a proof says, as data.

use serde::{Deserialize, Serialize};

use super::assume::Assumption;
use super::fault::Fault;
use super::outlook::Outlook;
use super::rule::RuleId;
use super::table::Cell;
use super::walk::Event;
use crate::plan::StepId;
use crate::state::{Condition, State};

/// What was found about a plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Proof {
    /// The plan that it is about.
    pub digest: String,
    /// What it takes for granted.
    pub assumptions: Vec<Assumption>,
    /// How it was covered.
    pub coverage: Coverage,
    /// Whether the plan keeps what it must keep.
    pub verdict: Verdict,
    /// Each invariant, by its number, and the other rules.
    pub judgements: Vec<Judgement>,
    /// How faults were covered.
    pub faults: FaultCoverage,
    /// Every step with everything that can go wrong while it runs; dead ends first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub table: Vec<Cell>,
    /// The way back from every place, where one may stop, how long users are cut off.
    pub outlook: Outlook,
    /// How the plan goes wrong, shortest story first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub refutations: Vec<Refutation>,
}

/// Whether a plan keeps what it must keep.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// Nothing was found in everything that had to be covered.
    Proven,
    /// A story of how it goes wrong was found.
    Refuted,
    /// Nothing was found, but not everything was covered.
    NotCovered,
}

/// What was walked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Coverage {
    /// Every state.
    Whole {
        /// States, steps under way included.
        states: usize,
        /// States in which no step is under way: the down-sets of the order.
        down_sets: usize,
    },
    /// Every state of all steps but these: they touch nothing that any rule or fault looks at, so
    /// where they stand between the others changes nothing. What must hold when one of them starts
    /// is walked rule by rule.
    WithoutInert {
        /// States.
        states: usize,
        /// Down-sets of the order of the others.
        down_sets: usize,
        /// The steps left out.
        inert: Vec<StepId>,
    },
    /// The plan is too wide for that too. For each rule, every state of the steps that can change what
    /// it looks at, in the order that the whole plan forces on them: exact for each rule.
    PerRule {
        /// States of all these walks together.
        states: usize,
        /// How many walks.
        walks: usize,
        /// The limit that the whole walk passed.
        limit: usize,
    },
    /// The plan does not fit the model: nothing was walked.
    None,
}

/// How faults were covered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FaultCoverage {
    /// In every state of the walk; else only in those of the plan's own order.
    pub everywhere: bool,
    /// Faults tried: in a state, with one of the things that a step can leave.
    pub tried: usize,
    /// Of them without a way out.
    pub dead_ends: usize,
    /// States in which several steps can each be half done in a way of its own. What a fault that
    /// strikes them together leaves is not tried, and such a plan is not proven.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub mixed: usize,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks so")]
fn is_zero(number: &usize) -> bool {
    *number == 0
}

/// An invariant or other rule, judged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Judgement {
    /// Which.
    pub rule: RuleId,
    /// How it came out.
    pub judged: Judged,
    /// How many patterns were asked.
    pub patterns: usize,
}

/// How a rule came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Judged {
    /// It holds in every state covered.
    Holds,
    /// It does not.
    Broken,
    /// The plan does nothing that it speaks of.
    Untouched,
    /// The planner keeps it when it makes a plan; nothing of it is in the plan.
    Planning,
    /// The executor keeps it while it runs a plan.
    Running,
}

/// A story of how a plan goes wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Refutation {
    /// The rule that breaks.
    pub rule: RuleId,
    /// The fault that breaks it, where it is one: while the last step of the story runs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fault: Option<Fault>,
    /// What happens, in this order.
    pub story: Vec<Happened>,
    /// The step that must not start then, where the rule is about one.
    pub starting: Option<StepId>,
    /// What breaks the rule together.
    pub facts: Vec<Fact>,
    /// What would have prevented it.
    pub prevented: Vec<Prevented>,
    /// The state of the installation then.
    pub state: State,
}

/// An event of a story.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Happened {
    /// The step.
    pub step: StepId,
    /// What it does.
    pub event: Event,
}

/// Something that is true where a rule breaks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fact {
    /// A proposition holds or does not.
    Condition(Condition),
    /// A step is done.
    Done(StepId),
    /// A step is not done.
    NotDone(StepId),
    /// A step is under way.
    Running(StepId),
    /// Old containers run on newer data, in a window that ends with this step.
    InWindow(StepId),
    /// No such window is open that ends with this step.
    OutsideWindow(StepId),
}

/// What would have prevented a violation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Prevented {
    /// The later step waits for the earlier one.
    Edge {
        /// The earlier one.
        earlier: StepId,
        /// The later one.
        later: StepId,
    },
    /// A step that makes this so, which the plan does not have.
    Step(Condition),
}

//! Why each edge of a plan is there: what goes wrong without it, or that only the guide's order
//! asks for it.

use serde::{Deserialize, Serialize};

use super::check::{Limits, refute};
use super::rule::RuleId;
use crate::plan::{After, Because, Plan, StepId};

/// An edge of the plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Edge {
    /// What is waited for.
    pub earlier: StepId,
    /// What waits.
    pub later: StepId,
    /// Why it is needed.
    pub needed: Needed,
}

/// Why an edge is needed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Needed {
    /// Without it this breaks.
    For(RuleId),
    /// Without it no rule breaks; the guide or the site's file has the two in this order.
    OrderOnly,
    /// Without it no rule breaks; these invariants are given as the reason, of which the model sees
    /// too little to tell.
    Said(Vec<u8>),
    /// Nothing asks for it.
    Nothing,
}

/// Every edge of a plan that is in order, with what it is needed for.
#[must_use]
pub fn edges(plan: &Plan, limits: Limits) -> Vec<Edge> {
    let mut all = Vec::new();
    for step in &plan.steps {
        for after in &step.after {
            let without = without_edge(plan, &after.step, &step.id);
            let needed = match refute(&without, limits).first() {
                Some(rule) => Needed::For(*rule),
                None => unneeded(after),
            };
            all.push(Edge { earlier: after.step.clone(), later: step.id.clone(), needed });
        }
    }
    all
}

fn unneeded(after: &After) -> Needed {
    let said: Vec<u8> = after
        .because
        .iter()
        .filter_map(|because| match because {
            Because::Invariant(number) => Some(*number),
            _ => None,
        })
        .collect();
    let ordered = |b: &Because| matches!(b, Because::Row(_) | Because::Site(_));
    if after.because.iter().any(ordered) {
        Needed::OrderOnly
    } else if !said.is_empty() {
        Needed::Said(said)
    } else {
        Needed::Nothing
    }
}

/// The plan without one edge, everything else that it implied kept.
pub(crate) fn without_edge(plan: &Plan, earlier: &StepId, later: &StepId) -> Plan {
    let mut without = plan.clone();
    let inherited: Vec<After> =
        plan.step(earlier.as_str()).map(|s| s.after.clone()).unwrap_or_default();
    for step in &mut without.steps {
        if step.id == *later {
            step.after.retain(|after| after.step != *earlier);
            for after in &inherited {
                if !step.after.iter().any(|a| a.step == after.step) {
                    step.after.push(after.clone());
                }
            }
        } else if step.after.iter().any(|a| a.step == *later)
            && !step.after.iter().any(|a| a.step == *earlier)
        {
            step.after.push(After { because: Vec::new(), step: earlier.clone() });
        }
    }
    without
}

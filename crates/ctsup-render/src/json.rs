//! The plan itself: what executor, prover and other programs read.

use ctsup_core::plan::Plan;

use crate::format::Options;
use crate::words::Words;

/// The plan as core writes it: no words are in it.
pub(crate) fn render(plan: &Plan, _: &Words, _: &Options) -> String {
    plan.to_json()
}

//! The proof: a plan checked in every order that it allows and under every single fault.
//!
//! Everything follows from the plan document. [`prove`] walks each state that the order of the
//! steps allows, steps under way included, and asks the invariants there; what it finds is data,
//! without a sentence of any language.

mod assume;
mod check;
mod edges;
mod fault;
mod model;
mod outlook;
mod people;
mod prevent;
mod report;
mod rollback;
mod rule;
mod rules;
mod set;
mod shape;
mod table;
mod walk;
mod way;
mod windows;

#[cfg(test)]
mod tests;

pub use self::assume::{Assumption, AssumptionCode};
pub use self::check::{Limits, prove, prove_within};
pub use self::edges::{Edge, Needed, edges};
pub use self::fault::{Fault, HALVES, HalfCode, Left, after_fault};
pub use self::outlook::{Back, Cut, Forecast, Outage, Outlook, Residue, Stop};
pub use self::people::Function;
pub use self::report::{
    Coverage, Fact, FaultCoverage, Happened, Judged, Judgement, Prevented, Proof, Refutation,
    Verdict,
};
pub use self::rollback::{done_up_to, rollback_at, rollback_from, state_after, way_back_from};
pub use self::rule::RuleId;
pub use self::table::{Cell, Outcome};
pub use self::walk::Event;
pub use self::way::{Remedy, Way, WayKind};
pub use self::windows::{NotAWindow, Part, Window, WindowsError, windows};

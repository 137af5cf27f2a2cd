//! The proof: a plan checked in every order that it allows and under every single fault.
//!
//! Everything follows from the plan document. [`prove`] walks each state that the order of the
//! steps allows, steps under way included, and asks the invariants there; what it finds is data,
//! without a sentence of any language.

mod assume;
mod check;
mod fault;
mod model;
mod people;
mod report;
mod rule;
mod rules;
mod set;
mod shape;
mod table;
mod walk;
mod way;

pub use self::assume::{Assumption, AssumptionCode};
pub use self::check::{Limits, prove, prove_within};
pub use self::fault::{Fault, HALVES, HalfCode, Left};
pub use self::people::Function;
pub use self::report::{
    Coverage, Fact, FaultCoverage, Happened, Judged, Judgement, Prevented, Proof, Refutation,
    Verdict,
};
pub use self::rule::RuleId;
pub use self::table::{Cell, Outcome};
pub use self::walk::Event;
pub use self::way::{Remedy, Way, WayKind};

//! Tests of the planner through its public face: plans in, rules and orders out.

mod coverage;
mod draw;
mod field;
mod invariants;
mod lint;
mod mutant;
mod mutants;
mod orders;
mod properties;
mod site;

//! Tests of the planner through its public face: plans in, rules and orders out.

#![expect(clippy::print_stdout, reason = "the score is for people to read")]

mod aside;
mod beside;
mod coverage;
mod draw;
mod field;
mod forged;
mod invariants;
mod lint;
mod mutant;
mod mutants;
mod orders;
mod properties;
mod site;

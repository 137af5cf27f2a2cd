//! Tests of the planner through its public face: plans in, rules and orders out.

mod field;
mod lint;
mod mutant;
mod mutants;
mod site;

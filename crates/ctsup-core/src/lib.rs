//! Plans upgrades of eXpress CTS installations: topology and facts in, a cited plan out.
//!
//! ```text
//! topology.toml + facts -> Topology, State -> procedures -> Plan -> prove -> render | run
//! ```
//!
//! This crate does no I/O: no files, network, clock, environment, threads or terminal, and no
//! human language. What it finds wrong are [`Diagnostic`]s; what it plans is a [`Plan`].

pub mod action;
mod catalogue;
mod diagnostic;
mod fact;
pub mod guide;
mod name;
mod named;
pub mod plan;
mod planner;
mod procedure;
pub mod prove;
pub mod reader;
pub mod run;
mod state;
pub mod topology;
mod version;

pub use self::action::Action;
pub use self::catalogue::{Catalogue, DurationOrigin};
pub use self::diagnostic::{Code, Diagnostic, Fix, Input, Label, Severity};
pub use self::fact::{Claim, ClaimKey, FactKey, FactValue, Facts, LookUp, NotAFact, Origin, Test};
pub use self::name::{App, ClusterName, DataSet, Holding, NodeName, SettingsPlace, Stack};
pub use self::plan::{Goal, Phase, Plan, Step, StepId};
pub use self::planner::{
    Outcome, Planned, Request, inputs, inputs_since, plan, plan_back, plan_from, servers,
};
pub use self::procedure::all_readings;
pub use self::run::{Event, Run};
pub use self::state::{Atom, Condition, Effect, Half, NotAnAtom, State, ThingName};
pub use self::topology::{Parsed, Topology, nearest};
pub use self::version::{ImageRef, NotARelease, NotAnImage, Release};

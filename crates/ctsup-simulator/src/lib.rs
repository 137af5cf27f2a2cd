//! Hosts of a CTS installation that are not there: they understand command text as real ones do.
//!
//! A [`World`] holds nodes, clusters, disks, containers and a registry at one moment of virtual
//! time; a [`Simulation`] lets processes run in it. Nothing here knows what ctsup-core says that an
//! action does: the hosts do what is typed, so that a plan, a prover or an executor that expects
//! something else is found out.

pub mod chance;
pub mod fault;
mod of;
mod process;
mod rehearsal;
mod shell;
mod simulation;
mod tool;
mod way;
pub mod world;

pub use self::process::Printed;
pub use self::rehearsal::{Ended, PATIENCE, Rehearsal};
pub use self::simulation::{Command, Seen, Simulation};
pub use self::way::{Cut, Way};
pub use self::world::World;

/// Where the corporate server's dpl lives.
pub const EXPRESS: &str = "/opt/express";

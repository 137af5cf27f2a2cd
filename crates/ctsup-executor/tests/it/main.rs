//! The executor against what is real: shells, processes, files, an ssh server.

mod again;
mod machine;
mod node;
mod registry;
mod shared;
mod site;
mod ssh;
mod stand_in;
mod transport;
mod upgrade;

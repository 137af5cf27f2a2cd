//! The executor against what is real: shells, processes, files, an ssh server.

mod again;
mod machine;
mod node;
mod playbook;
mod registry;
mod shared;
mod site;
mod ssh;
mod sshd;
mod stand_in;
mod transport;
mod upgrade;

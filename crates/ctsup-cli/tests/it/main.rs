//! The program as people and scripts meet it: what it prints where, and how it ends.

mod attach;
mod cert;
mod examples;
mod files;
mod harness;
mod help;
mod init;
mod invalid;
mod login;
#[path = "../../../ctsup-executor/tests/it/machine.rs"]
mod machine;
mod output;
mod plan;
mod programs;
mod prove;
mod rehearse;
mod schema;
mod server;
mod signals;
#[path = "../../../ctsup-executor/tests/it/stand_in.rs"]
mod stand_in;
mod team;
mod told;
mod usage;

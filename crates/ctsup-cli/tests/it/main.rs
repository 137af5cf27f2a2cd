//! The program as people and scripts meet it: what it prints where, and how it ends.

mod cert;
mod examples;
mod files;
mod harness;
mod help;
mod init;
mod invalid;
mod output;
mod plan;
mod programs;
mod prove;
mod rehearse;
mod schema;
mod team;
mod usage;

//! The executor against what is real: shells, processes, files, an ssh server.

mod node;
mod shared;
mod transport;

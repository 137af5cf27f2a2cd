//! Carries out plans on real hosts so that nothing is lost, whatever dies on the way.
//!
//! What comes next is decided by the fold of the journal in `ctsup-core`; this crate sends the
//! commands, watches them and writes down what happened. It takes no upgrade decision and prints
//! nothing.

pub mod clock;
pub mod transport;

pub use self::clock::{Clock, WallClock};
pub use self::transport::Transport;

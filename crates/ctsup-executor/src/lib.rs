//! Carries out plans on real hosts so that nothing is lost, whatever dies on the way.
//!
//! What comes next is decided by the fold of the journal in `ctsup-core`; this crate sends the
//! commands, watches them and writes down what happened. It takes no upgrade decision and prints
//! nothing.

mod carry;
pub mod claims;
pub mod clock;
pub mod copies;
pub mod driver;
pub mod folder;
pub mod lock;
pub mod settings;
pub mod store;
pub mod take_up;
mod together;
pub mod transport;

pub use self::carry::FIRST_LOOK;
pub use self::clock::{Clock, WallClock};
pub use self::driver::{Driver, Ending, Heard, Manner, Order};
pub use self::folder::{Folder, FolderError};
pub use self::store::{FileStore, Journal, MemoryStore, Store};
pub use self::transport::Transport;

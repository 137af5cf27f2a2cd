//! Renders plans and diagnostics, in Russian and English.

mod words;

pub use self::words::{Arg, Lang, Words};

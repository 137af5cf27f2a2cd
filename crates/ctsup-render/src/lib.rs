//! Renders plans and diagnostics, in Russian and English.

pub mod diagnostic;
mod words;

pub use self::words::{Arg, Lang, Words};

//! Renders plans and diagnostics, in Russian and English.
//!
//! ```text
//! Plan + Words + Options -> text | markdown | json | dot | mermaid
//! Proof + Words + Options -> text | markdown
//! ```
//!
//! Nothing is decided here: a renderer says what a plan holds, with the same bytes for the same
//! input, and every sentence comes from the files in `words/`.

pub mod diagnostic;
mod difference;
mod dot;
mod explain;
mod format;
mod json;
mod markdown;
mod mermaid;
mod outline;
mod page;
mod phrase;
mod proof;
pub mod run;
mod style;
mod text;
mod words;
mod wrap;

pub use self::difference::difference;
pub use self::explain::explain;
pub use self::format::{Format, Options};
pub use self::proof::{ProofForm, proof};
pub use self::style::Style;
pub use self::words::{Arg, Lang, Words};
pub use self::wrap::paragraph;

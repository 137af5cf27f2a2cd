//! The forms a plan can be rendered in: one file each, one line here.

use std::collections::BTreeMap;

use ctsup_core::{LookUp, Plan};

use crate::style::Style;
use crate::words::Words;
use crate::{dot, json, markdown, mermaid, text};

/// What a rendering depends on besides plan and language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// Columns of the terminal; only the text form keeps to them.
    pub width: usize,
    /// Colour, or none; only the text form has any.
    pub style: Style,
    /// The command that looks up the fact of each claim, by the fact's key. A plan does not carry
    /// them; planning gives them beside it.
    pub look_ups: BTreeMap<String, LookUp>,
}

impl Default for Options {
    fn default() -> Self {
        Self { width: 80, style: Style::Plain, look_ups: BTreeMap::new() }
    }
}

macro_rules! formats {
    ($($(#[$doc:meta])* $name:ident = $text:literal, $render:path;)*) => {
        /// A form of a plan.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Format { $($(#[$doc])* $name,)* }

        impl Format {
            /// All forms.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// The name on the command line.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }

            /// By the name on the command line.
            #[must_use]
            pub fn parse(text: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|format| format.as_str() == text)
            }

            /// The plan in this form: the same bytes for the same input.
            #[must_use]
            pub fn render(self, plan: &Plan, words: &Words, options: &Options) -> String {
                match self { $(Self::$name => $render(plan, words, options),)* }
            }
        }
    };
}

formats! {
    /// For a terminal.
    Text = "text", text::render;
    /// A runbook to follow from paper.
    Markdown = "markdown", markdown::render;
    /// The plan itself, for programs.
    Json = "json", json::render;
    /// A graph for Graphviz.
    Dot = "dot", dot::render;
    /// A graph for Mermaid.
    Mermaid = "mermaid", mermaid::render;
}

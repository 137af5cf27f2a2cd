//! Colour, or none. Nothing is said by colour alone.

/// Whether a text has colours.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Style {
    /// No colours: files, pipes, paper, `NO_COLOR`.
    #[default]
    Plain,
    /// Colours of an ANSI terminal.
    Ansi,
}

/// What a piece of text is, as far as colour is concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// A heading.
    Heading,
    /// What is typed.
    Command,
    /// What one reads only when one looks for it.
    Faint,
    /// A hazard.
    Danger,
    /// A doubt, a question.
    Care,
}

impl Style {
    /// The text in its role. Widths are counted before this is called.
    pub(crate) fn paint(self, role: Role, text: &str) -> String {
        let code = match (self, role) {
            (Self::Plain, _) => return text.to_owned(),
            (Self::Ansi, Role::Heading) => "1",
            (Self::Ansi, Role::Command) => "36",
            (Self::Ansi, Role::Faint) => "2",
            (Self::Ansi, Role::Danger) => "1;31",
            (Self::Ansi, Role::Care) => "33",
        };
        format!("\u{1b}[{code}m{text}\u{1b}[0m")
    }
}

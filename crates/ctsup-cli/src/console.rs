//! The terminal: results on standard output, all else on standard error, colours where they are
//! wanted, and no complaint when the reader of a pipe has gone.

use std::ffi::OsString;
use std::io::{self, Write};

use anstream::{AutoStream, ColorChoice};
use clap::ArgMatches;
use ctsup_core::Diagnostic;
use ctsup_render::diagnostic::{self, Look, Note, Source};
use ctsup_render::{Arg, Options, Style, Words};

use crate::failure::Failure;

/// Columns of findings when nobody knows how many there are.
const WIDTH: usize = 100;
/// Columns of a plan when nobody knows how many there are.
const PAGE: usize = 80;

/// The form in which findings are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// With the lines of the file, for people.
    Text,
    /// A line each, for editors.
    Lines,
    /// A document, for programs.
    Json,
}

impl Form {
    /// The names on the command line.
    pub(crate) const NAMES: [&str; 3] = ["text", "lines", "json"];

    pub(crate) fn parse(text: &str) -> Self {
        match text {
            "lines" => Self::Lines,
            "json" => Self::Json,
            _ => Self::Text,
        }
    }
}

/// Where the program speaks, and how.
pub(crate) struct Console {
    pub(crate) words: &'static Words,
    color: ColorChoice,
    messages: Form,
}

impl Console {
    pub(crate) fn new(matches: &ArgMatches, words: &'static Words) -> Self {
        let text = |id: &str| matches.get_one::<String>(id).map(String::as_str);
        let color = match text("color") {
            Some("always") => ColorChoice::Always,
            Some("never") => ColorChoice::Never,
            _ => ColorChoice::Auto,
        };
        Self { words, color, messages: text("messages").map_or(Form::Text, Form::parse) }
    }

    /// A console for what is said before the arguments are understood.
    pub(crate) fn bare(words: &'static Words, args: &[OsString]) -> Self {
        let asked = crate::lang::value(args, "--messages");
        Self {
            words,
            color: ColorChoice::Auto,
            messages: asked.map_or(Form::Text, |f| Form::parse(&f)),
        }
    }

    /// The form of what is said beside results.
    pub(crate) fn messages(&self) -> Form {
        self.messages
    }

    /// Writes a result to standard output. A reader who has seen enough is no failure.
    pub(crate) fn result(&self, text: &str) -> Result<(), Failure> {
        let mut out = AutoStream::new(io::stdout().lock(), self.color);
        match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(Failure::Output(error)),
            _ => Ok(()),
        }
    }

    /// Says something that is no result. Where nobody can hear it, nothing is left to do.
    pub(crate) fn tell(&self, text: &str) {
        let mut err = AutoStream::new(io::stderr().lock(), self.color);
        let _ = err.write_all(text.as_bytes());
        let _ = err.flush();
    }

    /// Says a sentence of the words files, on a line of its own.
    pub(crate) fn say(&self, id: &str, args: &[(&str, Arg)]) {
        let message = self.words.say(id, args);
        match self.messages {
            Form::Json => {
                let (help, file, line) = (None, None, None);
                let note = Note { code: id, severity: "note", message: &message, help, file, line };
                self.tell(&note.json());
            }
            _ => self.tell(&format!("{message}\n")),
        }
    }

    /// How plans are rendered. Colours are taken out of a stream that does not want them.
    pub(crate) fn options(&self, style: Style) -> Options {
        let width = columns(terminal_size::terminal_size_of(io::stdout())).unwrap_or(PAGE);
        Options { width, style, ..Options::default() }
    }

    /// How plans are rendered into a file: the same wherever that is done.
    pub(crate) fn file_options() -> Options {
        Options { width: PAGE, style: Style::Plain, ..Options::default() }
    }

    /// Findings beside a result.
    pub(crate) fn findings(&self, found: &[Diagnostic], sources: &[Source<'_>]) {
        if !found.is_empty() {
            self.tell(&self.shown(found, sources, self.messages));
        }
    }

    /// Findings in a form.
    pub(crate) fn shown(&self, found: &[Diagnostic], sources: &[Source<'_>], form: Form) -> String {
        match form {
            // The stream takes the colours out where they are not wanted.
            Form::Text => {
                let look = Look { color: true, width: width() };
                diagnostic::text(found, sources, self.words, look)
            }
            Form::Lines => diagnostic::lines(found, sources, self.words),
            Form::Json => diagnostic::json(found, sources, self.words),
        }
    }
}

/// Columns for findings.
fn width() -> usize {
    columns(terminal_size::terminal_size_of(io::stderr())).unwrap_or(WIDTH)
}

/// Columns that the environment tells, or the terminal has.
fn columns(terminal: Option<(terminal_size::Width, terminal_size::Height)>) -> Option<usize> {
    let told = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
    told.or(terminal.map(|(width, _)| width.0.into())).filter(|columns| *columns >= 40)
}

//! What keeps the program from doing its work, besides findings about the input's content.

use std::io;
use std::path::{Path, PathBuf};

use ctsup_core::guide::RowKey;
use ctsup_core::plan::ReadPlanError;
use ctsup_core::run::Damage;
use ctsup_core::{Diagnostic, Input};
use ctsup_executor::driver::DriveError;
use ctsup_executor::lock::LockError;
use ctsup_executor::store::OpenError;
use ctsup_executor::{Folder, FolderError};
use ctsup_render::diagnostic::Note;
use ctsup_render::{Arg, Words};

use crate::console::{Console, Form};
use crate::exit::Exit;
use crate::input::File;
use crate::inputs;

/// Why the work could not be done.
#[derive(Debug)]
pub(crate) enum Failure {
    /// A file cannot be read; the name as people typed it.
    Read(String, io::Error),
    /// A file is no text.
    NotText { file: String, line: usize, looks: &'static str },
    /// A topology file without content.
    Empty(String),
    /// JSON where TOML belongs.
    Json(String),
    /// A file is there and must not be overwritten.
    Exists(PathBuf),
    /// A file cannot be written.
    Write(PathBuf, io::Error),
    /// Standard output cannot be written.
    Output(io::Error),
    /// A file holds no plan.
    NotAPlan(String, ReadPlanError),
    /// No step of this name, or several.
    Step { file: String, step: String, several: Vec<String> },
    /// The command line is wrong in a way that its parser cannot see.
    Usage(String),
    /// A sentence of the words files, and how the program ends with it.
    Said(&'static str, Vec<(&'static str, String)>, Exit),
    /// A mistake of ctsup's own, or a journal that tells what cannot have happened, in the words of
    /// its programmers.
    Ours(String),
    /// The machine gives a process less than it needs.
    Machine(String),
    /// The catalogue says something that it cannot mean.
    Catalogue(File, Vec<Diagnostic>),
    /// A file is far larger than any of its kind.
    TooLarge(String),
}

impl Failure {
    /// A sentence of the words files.
    pub(crate) fn said(id: &'static str, args: &[(&'static str, &str)]) -> Self {
        Self::ending(Exit::Faulty, id, args)
    }

    /// The same, with an exit code of its own.
    pub(crate) fn ending(exit: Exit, id: &'static str, args: &[(&'static str, &str)]) -> Self {
        let args = args.iter().map(|(name, value)| (*name, (*value).to_owned()));
        Self::Said(id, args.collect(), exit)
    }

    /// What is wrong with a run's folder.
    pub(crate) fn run(folder: &Folder, error: FolderError) -> Self {
        let name = folder.name();
        match error {
            FolderError::NoSuchRun(name) => {
                let dir = folder.dir().display().to_string();
                Self::said("run-no-such", &[("run", &name), ("dir", &dir)])
            }
            FolderError::Journal(OpenError::Busy) => {
                Self::ending(Exit::Locked, "run-busy", &[("run", name)])
            }
            FolderError::Journal(OpenError::Journal(why)) => {
                let file = folder.journal().display().to_string();
                let (damage, said) = match &why.damage {
                    Damage::NoHeader => ("no-header", String::new()),
                    Damage::Version { found } => ("version", found.to_string()),
                    Damage::Shape { text } => ("shape", text.clone()),
                    Damage::Sum => ("sum", String::new()),
                    Damage::Chain => ("chain", String::new()),
                };
                let line = why.line.to_string();
                let args = [("file", &*file), ("line", &line), ("damage", damage), ("said", &said)];
                let args = [&args[..], &[("run", name)]].concat();
                Self::said("run-journal", &args)
            }
            FolderError::Journal(OpenError::Io(source)) => Self::of_file(folder.journal(), source),
            FolderError::Plan(_) => {
                let file = folder.dir().join("plan.json").display().to_string();
                Self::said("run-plan", &[("file", &file), ("run", name)])
            }
            FolderError::Io { path, source } => {
                if source.kind() == io::ErrorKind::NotFound && path.ends_with("plan.json") {
                    let file = path.display().to_string();
                    return Self::said("run-plan", &[("file", &file), ("run", name)]);
                }
                if source.kind() == io::ErrorKind::NotFound && path == folder.journal() {
                    let file = path.display().to_string();
                    return Self::said("run-journal-gone", &[("file", &file), ("run", name)]);
                }
                Self::of_file(path, source)
            }
        }
    }

    /// A folder that can't be made in the directory of all runs.
    pub(crate) fn in_root(root: &Path, error: FolderError) -> Self {
        match error {
            FolderError::Io { path, source } => Self::of_file(path, source),
            other => Self::Ours(format!("{}: {other}", root.display())),
        }
    }

    fn of_file(path: PathBuf, source: io::Error) -> Self {
        if source.kind() == io::ErrorKind::NotFound {
            return Self::Read(path.display().to_string(), source);
        }
        Self::Write(path, source)
    }

    /// Why a run can't be driven.
    pub(crate) fn drive(error: &DriveError) -> Self {
        match error {
            DriveError::TakenOver(by) => {
                let owner = by.as_ref().map(|by| by.owner.as_str()).unwrap_or_default();
                let known = if owner.is_empty() { "no" } else { "yes" };
                let args = [("owner", owner), ("known", known)];
                Self::ending(Exit::Locked, "stop-taken-over", &args)
            }
            DriveError::Journal(why) => {
                let why = why.to_string();
                Self::said("stop-journal", &[("why", &why)])
            }
            DriveError::Illegal(_) | DriveError::Idle(_) => Self::Ours(error.to_string()),
        }
    }

    /// Why the installation's lock was not taken.
    pub(crate) fn lock(error: &LockError, words: &Words) -> Self {
        match error {
            LockError::Held { by, node } => {
                let args =
                    [("owner", by.owner.as_str()), ("run", &by.run), ("node", node.as_str())];
                Self::ending(Exit::Locked, "stop-locked", &args)
            }
            LockError::Raced { node } => {
                Self::ending(Exit::Locked, "stop-raced", &[("node", node.as_str())])
            }
            LockError::Nobody { failures } => {
                let line = |failure: &ctsup_executor::transport::Failure| {
                    let seen = ctsup_render::run::seen(words, &failure.seen());
                    format!("\n  {seen}")
                };
                let why: String = failures.iter().map(line).collect();
                Self::said("stop-nobody", &[("why", &why)])
            }
        }
    }

    /// Says it, and how the program ends.
    pub(crate) fn tell(self, console: &Console) -> Exit {
        let exit = match &self {
            Self::Usage(_) => Exit::Usage,
            Self::Said(_, _, exit) => *exit,
            _ => Exit::Faulty,
        };
        if console.messages() != Form::Text {
            console.tell(&self.document(console, console.messages()));
            return exit;
        }
        let words = console.words;
        if let Self::Catalogue(file, found) = &self {
            console.findings(found, &[inputs::source(Input::Catalogue, None, file)]);
            return exit;
        }
        let (message, help) = self.say(words);
        let error = words.say("severity-error", &[]);
        let mut text = format!("{}: {message}\n", crate::help::bad(&error));
        if let Some(help) = help {
            let way = words.say("finding-help", &[]);
            text.push_str(&format!("{}: {help}\n", crate::help::good(&way)));
        }
        console.tell(&text);
        exit
    }

    /// The failure as programs and editors read findings.
    pub(crate) fn document(&self, console: &Console, form: Form) -> String {
        if let Self::Catalogue(file, found) = self {
            let sources = [inputs::source(Input::Catalogue, None, file)];
            return console.shown(found, &sources, form);
        }
        let (message, help) = self.say(console.words);
        let file = self.file();
        let line = match self {
            Self::NotText { line, .. } => Some(*line),
            _ => None,
        };
        let note = Note {
            code: self.code(),
            severity: "error",
            message: &message,
            help: help.as_deref(),
            file: file.as_deref(),
            line,
        };
        match form {
            Form::Json => note.json(),
            _ => note.line(),
        }
    }

    /// The stable name of the kind of failure.
    fn code(&self) -> &'static str {
        match self {
            Self::Read(_, why) => match why.kind() {
                io::ErrorKind::NotFound => "file-not-found",
                io::ErrorKind::IsADirectory => "file-directory",
                io::ErrorKind::PermissionDenied => "file-denied",
                _ => "file-unreadable",
            },
            Self::NotText { .. } => "file-not-utf8",
            Self::Empty(_) => "file-empty",
            Self::Json(_) => "file-json",
            Self::Exists(_) => "file-exists",
            Self::Write(..) => "file-unwritable",
            Self::Output(_) => "stdout-unwritable",
            Self::NotAPlan(_, why) => match why {
                ReadPlanError::Shape(_) => "plan-file-not-a-plan",
                ReadPlanError::Format { .. } => "plan-file-format",
                ReadPlanError::Digest { .. } => "plan-file-digest",
                ReadPlanError::Derived { .. } => "plan-file-derived",
                ReadPlanError::Unsound { .. } => "plan-file-unsound",
                ReadPlanError::Order { .. } => "plan-file-order",
            },
            Self::Step { .. } => "plan-step-unknown",
            Self::Said(id, ..) => id,
            Self::Usage(_) => "usage",
            Self::Catalogue(..) => "catalogue",
            Self::TooLarge(_) => "file-too-large",
            Self::Ours(_) => "run-ours",
            Self::Machine(_) => "run-machine",
        }
    }

    /// The file that it is about.
    fn file(&self) -> Option<String> {
        match self {
            Self::Read(file, _)
            | Self::Empty(file)
            | Self::Json(file)
            | Self::TooLarge(file)
            | Self::NotAPlan(file, _)
            | Self::NotText { file, .. }
            | Self::Step { file, .. } => Some(file.clone()),
            Self::Exists(path) | Self::Write(path, _) => Some(path.display().to_string()),
            Self::Catalogue(file, _) => Some(file.name.clone()),
            Self::Output(_)
            | Self::Usage(_)
            | Self::Said(..)
            | Self::Ours(_)
            | Self::Machine(_) => None,
        }
    }

    /// What is wrong, without the way out.
    pub(crate) fn message(&self, words: &Words) -> String {
        self.say(words).0
    }

    fn say(&self, words: &Words) -> (String, Option<String>) {
        let both = |id: &str, args: &[(&str, Arg)]| {
            let help = format!("{id}.help");
            let help = words.has(&help).then(|| words.say(&help, args));
            (words.say(id, args), help)
        };
        match self {
            Self::Read(file, why) => {
                both(self.code(), &[("file", file.into()), ("why", why.to_string().into())])
            }
            Self::TooLarge(file) => {
                let most = (crate::input::MOST >> 20).into();
                both("file-too-large", &[("file", file.into()), ("most", most)])
            }
            Self::NotText { file, line, looks } => both(
                "file-not-utf8",
                &[("file", file.into()), ("line", (*line).into()), ("looks", (*looks).into())],
            ),
            Self::Empty(file) => both("file-empty", &[("file", file.into())]),
            Self::Json(file) => both("file-json", &[("file", file.into())]),
            Self::Exists(file) => both("file-exists", &[("file", shown(file))]),
            Self::Write(file, why) => {
                let args = [("file", shown(file)), ("why", kind(why).into())];
                both("file-unwritable", &args)
            }
            Self::Output(why) => both("stdout-unwritable", &[("why", why.to_string().into())]),
            Self::NotAPlan(file, why) => not_a_plan(file, why, both),
            Self::Step { file, step, several } if !ambiguous(step, several) => {
                let args = [("step", step.into()), ("file", file.into())];
                let (message, help) = both("plan-step-unknown", &args);
                match several.as_slice() {
                    [] if file.ends_with(".json") => (message, None),
                    [] => (message, help),
                    near => {
                        let near = [("near", near.join(", ").into())];
                        (message, Some(words.say("usage-near", &near)))
                    }
                }
            }
            Self::Step { file, step, several } if several.len() == 1 => {
                let args = [("step", step.into()), ("file", file.into())];
                let (mut message, help) = both("plan-step-unknown", &args);
                let (near, _) = both("usage-near", &[("near", several[0].as_str().into())]);
                message.push_str(&format!("\n  {near}"));
                (message, help)
            }
            Self::Step { step, several, .. } => {
                let (mut message, help) = both("plan-step-several", &[("step", step.into())]);
                for step in several {
                    message.push_str(&format!("\n  {step}"));
                }
                (message, help)
            }
            Self::Said(id, args, _) => {
                let args: Vec<_> =
                    args.iter().map(|(name, value)| (*name, Arg::from(value))).collect();
                both(id, &args)
            }
            Self::Usage(sentence) => (sentence.clone(), None),
            Self::Ours(why) | Self::Machine(why) => {
                both(self.code(), &[("why", why.as_str().into())])
            }
            // Shown as findings in its text.
            Self::Catalogue(..) => (String::new(), None),
        }
    }
}

/// Whether these are what the name can stand for, and not what may have been meant.
fn ambiguous(step: &str, several: &[String]) -> bool {
    let row = RowKey::parse(step).is_some();
    !several.is_empty() && (row || several.iter().all(|one| one.contains(step)))
}

/// Why a file cannot be written, as the words files know it: the system's own sentence is in its
/// language, and names a file that nobody asked for.
fn kind(why: &io::Error) -> String {
    match why.kind() {
        io::ErrorKind::NotFound => "no-directory".to_owned(),
        io::ErrorKind::PermissionDenied => "denied".to_owned(),
        io::ErrorKind::IsADirectory => "directory".to_owned(),
        io::ErrorKind::StorageFull => "full".to_owned(),
        io::ErrorKind::ReadOnlyFilesystem => "read-only".to_owned(),
        other => io::Error::from(other).to_string(),
    }
}

fn shown(path: &std::path::Path) -> Arg {
    path.display().to_string().into()
}

fn not_a_plan<T>(file: &str, why: &ReadPlanError, both: impl Fn(&str, &[(&str, Arg)]) -> T) -> T {
    let file = ("file", Arg::from(file));
    match why {
        ReadPlanError::Shape(why) => {
            let kind = match why.classify() {
                serde_json::error::Category::Eof => "end",
                serde_json::error::Category::Syntax => "syntax",
                _ => "field",
            };
            let line = ("line", why.line().into());
            both("plan-file-not-a-plan", &[file, ("why", kind.into()), line])
        }
        ReadPlanError::Format { found, known } => both(
            "plan-file-format",
            &[file, ("found", (*found).into()), ("known", (*known).into())],
        ),
        ReadPlanError::Digest { .. } => both("plan-file-digest", &[file]),
        ReadPlanError::Derived { step, field } => both(
            "plan-file-derived",
            &[file, ("step", step.as_str().into()), ("field", (*field).into())],
        ),
        ReadPlanError::Unsound { place, field } => both(
            "plan-file-unsound",
            &[file, ("place", place.as_str().into()), ("field", (*field).into())],
        ),
        ReadPlanError::Order { step } => {
            both("plan-file-order", &[file, ("step", step.as_str().into())])
        }
    }
}

//! What keeps the program from doing its work, besides findings about the input's content.

use std::io;
use std::path::PathBuf;

use ctsup_core::plan::ReadPlanError;
use ctsup_core::{Diagnostic, Input};
use ctsup_executor::lock::LockError;
use ctsup_executor::store::OpenError;
use ctsup_executor::{Folder, FolderError};
use ctsup_render::{Arg, Words};

use crate::console::Console;
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
    /// The catalogue says something that it cannot mean.
    Catalogue(File, Box<Diagnostic>),
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
        let dir = folder.dir().display().to_string();
        match error {
            FolderError::NoSuchRun(name) => {
                Self::said("run-no-such", &[("run", &name), ("dir", &dir)])
            }
            FolderError::Journal(OpenError::Busy) => {
                Self::ending(Exit::Locked, "run-busy", &[("run", folder.name())])
            }
            FolderError::Journal(why) => {
                let file = folder.journal().display().to_string();
                Self::said("run-journal", &[("file", &file), ("why", &why.to_string())])
            }
            FolderError::Plan(why) => {
                Self::said("run-plan", &[("file", &dir), ("why", &why.to_string())])
            }
            FolderError::Io { path, source } => {
                let (dir, why) = (path.display().to_string(), source.to_string());
                Self::said("run-folder", &[("dir", &dir), ("why", &why)])
            }
        }
    }

    /// Why the installation's lock was not taken.
    pub(crate) fn lock(error: &LockError) -> Self {
        match error {
            LockError::Held { by, node } => {
                let args =
                    [("owner", by.owner.as_str()), ("run", &by.run), ("node", node.as_str())];
                Self::ending(Exit::Locked, "stop-locked", &args)
            }
            LockError::Raced { node } => {
                let args = [("owner", "?"), ("run", "?"), ("node", node.as_str())];
                Self::ending(Exit::Locked, "stop-locked", &args)
            }
            LockError::Nobody { .. } => Self::said("stop-nobody", &[]),
        }
    }

    /// Says it, and how the program ends.
    pub(crate) fn tell(self, console: &Console) -> Exit {
        let exit = match &self {
            Self::Catalogue(file, found) => {
                let source = inputs::source(Input::Catalogue, None, file);
                console.findings(std::slice::from_ref(found), &[source]);
                return Exit::Faulty;
            }
            Self::Usage(_) => Exit::Usage,
            Self::Said(_, _, exit) => *exit,
            _ => Exit::Faulty,
        };
        let words = console.words;
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

    fn say(&self, words: &Words) -> (String, Option<String>) {
        let both = |id: &str, args: &[(&str, Arg)]| {
            let help = format!("{id}.help");
            let help = words.has(&help).then(|| words.say(&help, args));
            (words.say(id, args), help)
        };
        match self {
            Self::Read(file, why) => {
                let id = match why.kind() {
                    io::ErrorKind::NotFound => "file-not-found",
                    io::ErrorKind::IsADirectory => "file-directory",
                    io::ErrorKind::PermissionDenied => "file-denied",
                    _ => "file-unreadable",
                };
                both(id, &[("file", file.into()), ("why", why.to_string().into())])
            }
            Self::NotText { file, line, looks } => both(
                "file-not-utf8",
                &[("file", file.into()), ("line", (*line).into()), ("looks", (*looks).into())],
            ),
            Self::Empty(file) => both("file-empty", &[("file", file.into())]),
            Self::Json(file) => both("file-json", &[("file", file.into())]),
            Self::Exists(file) => both("file-exists", &[("file", shown(file))]),
            Self::Write(file, why) => {
                both("file-unwritable", &[("file", shown(file)), ("why", why.to_string().into())])
            }
            Self::Output(why) => both("stdout-unwritable", &[("why", why.to_string().into())]),
            Self::NotAPlan(file, why) => not_a_plan(file, why, both),
            Self::Step { file, step, several } if several.is_empty() => {
                both("plan-step-unknown", &[("step", step.into()), ("file", file.into())])
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
            Self::Catalogue(..) => (String::new(), None),
        }
    }
}

fn shown(path: &std::path::Path) -> Arg {
    path.display().to_string().into()
}

fn not_a_plan<T>(file: &str, why: &ReadPlanError, both: impl Fn(&str, &[(&str, Arg)]) -> T) -> T {
    let file = ("file", Arg::from(file));
    match why {
        ReadPlanError::Shape(why) => {
            both("plan-file-not-a-plan", &[file, ("why", why.to_string().into())])
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
        ReadPlanError::Order { step } => {
            both("plan-file-order", &[file, ("step", step.as_str().into())])
        }
    }
}

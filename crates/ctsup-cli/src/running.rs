//! What the commands that carry runs out share: where runs are kept, how they are watched, who
//! answers, how they end.

mod drive;
mod end;
mod password;
mod person;
mod rehearsal;
mod runs;
mod view;

pub(crate) use self::drive::{Seat, Told, broken, drive, nobody, runtime, signals};
pub(crate) use self::end::finish;
pub(crate) use self::password::{answer_ssh, no_more_passwords, reach};
pub(crate) use self::person::{Person, yes};
pub(crate) use self::rehearsal::{FAULTS, Played, Rehearsed, Session, Stage};
pub(crate) use self::runs::{
    all, define_root, find, found, name_for, never_begun, no_such, owner, root, run_arg,
};
pub(crate) use self::view::{Clock, View};

use std::path::PathBuf;
use std::sync::Arc;

use clap::{ArgMatches, Command, value_parser};
use ctsup_core::run::Limits;
use ctsup_core::{Plan, StepId};
use ctsup_render::Words;
use ctsup_render::run::Kept;

use crate::failure::Failure;
use crate::help;

/// The options that say how far and how wide a run goes.
pub(crate) fn define_limits(command: Command, words: &Words) -> Command {
    let option = |id, name, about| help::option(words, id, name, about, "running");
    command.args([
        option("parallel", "count", "help-run-parallel")
            .value_parser(value_parser!(u32).range(1..)),
        option("until", "step", "help-run-until"),
        option("pause-before", "step", "help-run-pause").action(clap::ArgAction::Append),
        option("format", "format", "help-run-format").value_parser(["text", "json"]),
    ])
}

/// What those options say.
pub(crate) fn limits(matches: &ArgMatches, plan: &Plan, file: &str) -> Result<Limits, Failure> {
    let step = |name: &String| step(plan, name, file);
    Ok(Limits {
        parallel: matches.get_one::<u32>("parallel").map_or(1, |n| *n as usize),
        until: matches.get_one::<String>("until").map(step).transpose()?,
        pause_before: matches
            .get_many::<String>("pause-before")
            .into_iter()
            .flatten()
            .map(step)
            .collect::<Result<_, _>>()?,
    })
}

/// A step by its name, the end of its name, or its number.
pub(crate) fn step(plan: &Plan, name: &str, file: &str) -> Result<StepId, Failure> {
    crate::command::find_step(plan, name).map(StepId::from).map_err(|several| Failure::Step {
        file: file.to_owned(),
        step: name.to_owned(),
        several,
    })
}

/// The file that was given, as it was typed.
pub(crate) fn given(matches: &ArgMatches) -> String {
    matches.get_one::<PathBuf>("file").map(|file| file.display().to_string()).unwrap_or_default()
}

/// How a run is kept, for the commands that lead on from it.
pub(crate) fn kept(matches: &ArgMatches, name: &str, rehearsed: bool) -> Kept {
    let dir = matches.get_one::<PathBuf>("runs").map(|dir| {
        let dir = dir.display().to_string();
        let plain = |c: char| c.is_alphanumeric() || "._/@%+=,-".contains(c);
        if dir.chars().all(plain) { dir } else { format!("'{}'", dir.replace('\'', r"'\''")) }
    });
    Kept { run: name.to_owned(), rehearsed, dir }
}

/// Whether events are wanted as JSON.
pub(crate) fn json(matches: &ArgMatches) -> bool {
    matches.get_one::<String>("format").is_some_and(|form| form == "json")
}

/// A plan shared by all that work on it.
pub(crate) type Shared = Arc<Plan>;

//! `ctsup diff`: what another plan would do otherwise.

use std::path::{Path, PathBuf};

use clap::{ArgMatches, Command, value_parser};
use ctsup_core::Plan;
use ctsup_render::{Arg, Style, Words, difference};

use crate::console::Console;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::{help, input};

pub(crate) fn define(words: &'static Words) -> Command {
    let plan = |id, about| {
        help::positional(words, id, id, about).required(true).value_parser(value_parser!(PathBuf))
    };
    help::command(words, "diff").args([plan("a", "help-diff-a"), plan("b", "help-diff-b")])
}

pub(crate) fn run(matches: &ArgMatches, console: &Console) -> Result<Exit, Failure> {
    let path = |id: &str| matches.get_one::<PathBuf>(id).expect("clap demands it");
    if input::is_stdin(path("a")) && input::is_stdin(path("b")) {
        return Err(Failure::Usage(console.words.say("usage-two-stdins", &[])));
    }
    let (old, _) = read(path("a"))?;
    let (new, _) = read(path("b"))?;
    compare(&old, &new, console, "plans-same", &[])
}

/// A saved plan, and what its file is called.
pub(super) fn read(path: &Path) -> Result<(Plan, String), Failure> {
    let file = input::text(path)?;
    match Plan::read(&file.text) {
        Ok(plan) => Ok((plan, file.name)),
        Err(error) => Err(Failure::NotAPlan(file.name, error)),
    }
}

/// Shows the difference; that there is none is said beside the results.
pub(super) fn compare(
    old: &Plan,
    new: &Plan,
    console: &Console,
    same: &str,
    args: &[(&str, Arg)],
) -> Result<Exit, Failure> {
    match difference(old, new, console.words, &console.options(Style::Ansi)) {
        Some(text) => {
            console.result(&text)?;
            Ok(Exit::Differs)
        }
        None => {
            console.say(same, args);
            Ok(Exit::Done)
        }
    }
}

//! `ctsup resume`: goes on with a run where its last process left it.

use clap::{ArgMatches, Command};
use ctsup_render::Words;

use super::rehearse;
use super::run::{Begin, carry, define_reach};
use crate::console::Console;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::help;
use crate::running::{self, Clock, Rehearsed, Session};

pub(crate) fn define(words: &'static Words) -> Command {
    let command = help::command(words, "resume").arg(running::run_arg(words)).arg(help::flag(
        words,
        "yes",
        "help-resume-yes",
        "running",
    ));
    let command = define_reach(running::define_limits(command, words), words);
    running::define_root(command, words)
}

pub(crate) fn run(matches: &ArgMatches, console: &Console) -> Result<Exit, Failure> {
    let clock = Clock::local();
    let folder = running::find(matches)?;
    if running::found(&folder)?.is_finished() {
        console.say("run-finished-already", &[("run", folder.name().into())]);
        return Ok(Exit::Done);
    }
    let plan = folder.plan().map_err(|error| Failure::run(&folder, error))?;
    let limits = running::limits(matches, &plan, "")?;
    let plan = running::Shared::new(plan);
    if let Some(rehearsed) = Rehearsed::of(&folder) {
        let session = Session::of(&limits, matches.get_flag("yes"));
        let name = folder.name().to_owned();
        return rehearse::play(
            matches,
            rehearsed,
            &plan,
            Some(folder),
            session,
            &name,
            clock,
            console,
        );
    }
    carry(matches, &plan, &folder, Begin::Again, &limits, clock, console)
}

//! `ctsup abort`: gives a run up. What runs is awaited, services are left to a person, settings,
//! locks and the antivirus are given back.

use clap::{ArgMatches, Command};
use ctsup_core::run::Limits;
use ctsup_executor::Order;
use ctsup_render::Words;

use super::run::{Begin, define_reach, take_up};
use crate::console::Console;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::help;
use crate::running::{self, Clock};

pub(crate) fn define(words: &'static Words) -> Command {
    let command = help::command(words, "abort").arg(running::run_arg(words)).arg(
        help::option(words, "format", "format", "help-run-format", "running")
            .value_parser(["text", "json"]),
    );
    running::define_root(define_reach(command, words), words)
}

pub(crate) fn run(matches: &ArgMatches, console: &Console) -> Result<Exit, Failure> {
    let clock = Clock::local();
    let folder = running::find(matches)?;
    if running::found(&folder)?.is_finished() {
        console.say("run-finished-already", &[("run", folder.name().into())]);
        return Ok(Exit::Done);
    }
    if folder.is_busy() {
        // That process ends what is under way first; then there is something to give up.
        let order = Order::Stop { at_once: false, by: running::owner() };
        folder.order(&order).map_err(|error| Failure::run(&folder, error))?;
        let run = [("run", folder.name())];
        return Err(Failure::ending(Exit::Locked, "run-busy-order", &run));
    }
    let plan = folder.plan().map_err(|error| Failure::run(&folder, error))?;
    let plan = running::Shared::new(plan);
    let limits = Limits::default();
    take_up(matches, folder, &plan, Begin::Abort, &limits, clock, console)
}

//! `ctsup plan`: the plan, in a form, or compared with one that was agreed on.

use clap::{ArgMatches, Command};
use ctsup_render::Words;

use crate::console::Console;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::help;
use crate::inputs::{self, Inputs};

pub(crate) fn define(words: &'static Words) -> Command {
    inputs::define(help::command(words, "plan").arg(inputs::file(words, "help-file")), words)
}

pub(crate) fn run(matches: &ArgMatches, console: &Console) -> Result<Exit, Failure> {
    let inputs = Inputs::read(matches, console)?;
    let outcome = inputs.plan();
    console.findings(outcome.diagnostics(), &inputs.sources());
    let Some(planned) = outcome.planned() else {
        return Ok(Exit::of(outcome.diagnostics()));
    };
    console.result(&planned.plan.to_json())?;
    Ok(Exit::Done)
}

//! `ctsup check`: everything that is wrong or missing, and no plan.

use clap::{ArgMatches, Command};
use ctsup_render::Words;

use crate::console::{Console, Form};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::help;
use crate::inputs::{self, Inputs};

pub(crate) fn define(words: &'static Words) -> Command {
    let command = help::command(words, "check").arg(inputs::file(words, "help-file")).arg(
        help::option(words, "format", "format", "help-check-format", "output")
            .value_parser(Form::NAMES),
    );
    inputs::define(command, words)
}

/// The findings are the result here, so they go to standard output.
pub(crate) fn run(matches: &ArgMatches, console: &Console) -> Result<Exit, Failure> {
    let form = ["format", "messages"]
        .into_iter()
        .find_map(|id| matches.get_one::<String>(id))
        .map_or(Form::Text, |name| Form::parse(name));
    let inputs = match Inputs::read(matches, console) {
        // What keeps it from being checked is a finding, too, for whoever reads findings.
        Err(failure @ Failure::Catalogue(..)) => {
            console.result(&failure.document(console, form))?;
            return Ok(Exit::Faulty);
        }
        Err(failure) if form != Form::Text && !matches!(failure, Failure::Usage(_)) => {
            console.result(&failure.document(console, form))?;
            return Ok(Exit::Faulty);
        }
        read => read?,
    };
    let outcome = inputs.plan();
    let found = outcome.diagnostics();
    if found.is_empty() && form == Form::Text {
        let file = ("file", inputs.topology.name.as_str().into());
        console.result(&format!("{}\n", console.words.say("finding-clean", &[file])))?;
    } else {
        console.result(&console.shown(found, &inputs.sources(), form))?;
    }
    Ok(Exit::of(found))
}

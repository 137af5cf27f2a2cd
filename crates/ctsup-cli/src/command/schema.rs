//! `ctsup schema`: JSON Schemas of the file formats, draft 2020-12.

use clap::builder::PossibleValuesParser;
use clap::{ArgMatches, Command};
use ctsup_render::Words;

use crate::console::Console;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::help;

mod event;
mod notation;
mod plan;
mod topology;

const WHAT: [&str; 3] = ["topology", "plan", "event"];

pub(crate) fn define(words: &'static Words) -> Command {
    help::command(words, "schema").arg(
        help::positional(words, "what", "what", "help-schema-what")
            .required(true)
            .hide_possible_values(true)
            .value_parser(PossibleValuesParser::new(WHAT)),
    )
}

pub(crate) fn run(matches: &ArgMatches, console: &Console) -> Result<Exit, Failure> {
    let schema = match matches.get_one::<String>("what").map(String::as_str) {
        Some("plan") => plan::schema(),
        Some("event") => event::schema(),
        _ => topology::schema(console.words),
    };
    let mut text = serde_json::to_string_pretty(&schema).expect("values are always JSON");
    text.push('\n');
    console.result(&text)?;
    Ok(Exit::Done)
}

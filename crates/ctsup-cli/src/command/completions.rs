//! `ctsup completions`: a script that completes commands and options in a shell.

use clap::{ArgMatches, Command, value_parser};
use clap_complete::Shell;
use ctsup_render::Words;

use crate::console::Console;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::{cli, help};

pub(crate) fn define(words: &'static Words) -> Command {
    help::command(words, "completions").arg(
        help::positional(words, "shell", "shell", "help-completions-shell")
            .required(true)
            .hide_possible_values(true)
            .value_parser(value_parser!(Shell)),
    )
}

pub(crate) fn run(matches: &ArgMatches, console: &Console) -> Result<Exit, Failure> {
    let shell = *matches.get_one::<Shell>("shell").expect("clap demands it");
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut cli::command(console.words), "ctsup", &mut script);
    console.result(&String::from_utf8_lossy(&script))?;
    Ok(Exit::Done)
}

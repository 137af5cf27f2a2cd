//! The `ctsup` command line: arguments, files, terminal, exit codes. All else is in the libraries.

mod cli;
mod command;
mod console;
mod exit;
mod failure;
mod help;
mod input;
mod inputs;
mod lang;
mod output;
mod running;
mod usage;

use std::process::ExitCode;

use ctsup_render::Words;

use crate::console::Console;

fn main() -> ExitCode {
    if let Some(answered) = running::answer_ssh() {
        return if answered { ExitCode::SUCCESS } else { ExitCode::FAILURE };
    }
    let mut args: Vec<_> = std::env::args_os().collect();
    usage::help_command(&mut args);
    let words = Words::of(lang::choose(&args, |name| std::env::var(name).ok()));
    let matches = match cli::command(words).try_get_matches_from(&args) {
        Ok(matches) => matches,
        Err(error) => return usage::answer(&error, &args, words).into(),
    };
    let console = Console::new(&matches, words);
    match command::run(&matches, &console) {
        Ok(exit) => exit.into(),
        Err(failure) => failure.tell(&console).into(),
    }
}

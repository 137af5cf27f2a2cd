//! stub
use clap::{ArgMatches, Command};
use ctsup_render::Words;
use crate::console::Console;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::help;
pub(crate) fn define(words: &'static Words) -> Command { help::command(words, "schema") }
pub(crate) fn run(_: &ArgMatches, _: &Console) -> Result<Exit, Failure> { Ok(Exit::Done) }

//! `ctsup man`: the manual pages, from the same description of arguments as help.

use clap::{ArgMatches, Command};
use clap_mangen::Man;
use ctsup_render::Words;

use crate::console::Console;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::{cli, help};

pub(crate) fn define(words: &'static Words) -> Command {
    let names = super::ALL.iter().map(|one| one.name);
    help::command(words, "man").arg(
        help::positional(words, "command", "command", "help-man-command")
            .hide_possible_values(true)
            .value_parser(clap::builder::PossibleValuesParser::new(names)),
    )
}

pub(crate) fn run(matches: &ArgMatches, console: &Console) -> Result<Exit, Failure> {
    let words = console.words;
    let mut root = cli::command(words);
    root.build();
    let page = match matches.get_one::<String>("command") {
        Some(name) => root.find_subcommand(name).cloned().unwrap_or(root),
        None => root,
    };
    console.result(&render(page, words).map_err(Failure::Output)?)?;
    Ok(Exit::Done)
}

/// The page, with the generator's headings in our language.
fn render(command: Command, words: &Words) -> std::io::Result<String> {
    let mut page = Vec::new();
    Man::new(command).render(&mut page)?;
    let page = String::from_utf8_lossy(&page).into_owned();
    let ours = [
        ("NAME", "man-name"),
        ("SYNOPSIS", "man-synopsis"),
        ("DESCRIPTION", "man-description"),
        ("OPTIONS", "help-heading-options"),
        ("SUBCOMMANDS", "help-heading-commands"),
    ];
    Ok(ours.iter().fold(page, |page, (theirs, id)| {
        page.replace(
            &format!(".SH {theirs}\n"),
            &format!(".SH {}\n", quoted(&words.say(id, &[]).to_uppercase())),
        )
    }))
}

fn quoted(text: &str) -> String {
    if text.contains(' ') { format!("\"{text}\"") } else { text.to_owned() }
}

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
    let name = matches.get_one::<String>("command");
    let page = match name {
        Some(name) => root.find_subcommand(name).cloned().unwrap_or(root),
        None => root,
    };
    let page = render(page, name.map(String::as_str), words).map_err(Failure::Output)?;
    console.result(&page)?;
    Ok(Exit::Done)
}

/// The page, with the generator's headings in our language, and what help has besides arguments.
fn render(command: Command, name: Option<&str>, words: &Words) -> std::io::Result<String> {
    let mut page = Vec::new();
    let title = name.map_or_else(|| "ctsup".to_owned(), |name| format!("ctsup-{name}"));
    let program = concat!("ctsup ", env!("CARGO_PKG_VERSION"));
    let man = Man::new(command).title(&title).source(program);
    man.render(&mut page)?;
    let mut page = String::from_utf8_lossy(&page).into_owned();
    if let Some(version) = page.find(".SH VERSION\n") {
        // It stands in the page's foot.
        page.truncate(version);
    }
    let ours = [
        ("NAME", "man-name"),
        ("SYNOPSIS", "man-synopsis"),
        ("DESCRIPTION", "man-description"),
        ("OPTIONS", "help-heading-options"),
        ("SUBCOMMANDS", "help-heading-commands"),
    ];
    let mut page = ours.iter().fold(page, |page, (theirs, id)| {
        page.replace(&format!(".SH {theirs}\n"), &section(&words.say(id, &[])))
    });
    let mut lines = |id: &str, text: String| {
        page.push_str(&section(&words.say(id, &[])));
        page.push_str(".nf\n");
        for line in text.lines() {
            // A backslash and a leading dot mean something to the formatter.
            page.push_str(&format!("\\&{}\n", line.replace('\\', "\\e")));
        }
        page.push_str(".fi\n");
    };
    if let Some(name) = name {
        lines("man-examples", words.say(&format!("help-{name}.examples"), &[]));
    }
    lines("man-exit", words.say("help-exit", &[]));
    lines("man-environment", words.say("help-environment", &[]));
    Ok(page)
}

fn section(title: &str) -> String {
    format!(".SH {}\n", quoted(&title.to_uppercase()))
}

fn quoted(text: &str) -> String {
    if text.contains(' ') { format!("\"{text}\"") } else { text.to_owned() }
}

//! `ctsup init`: a commented topology file to start from. What each key means is said by the same
//! words that the schema and the findings use.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::PathBuf;

use clap::builder::PossibleValuesParser;
use clap::{ArgMatches, Command, value_parser};
use ctsup_core::Goal;
use ctsup_core::topology::key;
use ctsup_render::Words;

use self::content::{Entry, content};
use crate::console::Console;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::{help, output};

mod content;

/// Columns of the file, comments included.
const WIDTH: usize = 96;

pub(crate) fn define(words: &'static Words) -> Command {
    help::command(words, "init").args([
        help::positional(words, "kind", "kind", "help-init-kind")
            .required(true)
            .hide_possible_values(true)
            .value_parser(PossibleValuesParser::new(key::KINDS)),
        help::option(words, "goal", "goal", "help-init-goal", "input")
            .value_parser(PossibleValuesParser::new(Goal::ALL.map(Goal::as_str))),
        help::option(words, "output", "file", "help-init-output", "output")
            .short('o')
            .value_parser(value_parser!(PathBuf)),
    ])
}

pub(crate) fn run(matches: &ArgMatches, console: &Console) -> Result<Exit, Failure> {
    let kind = matches.get_one::<String>("kind").expect("clap demands it");
    let goal = matches.get_one::<String>("goal").and_then(|name| Goal::parse(name));
    let text = text(kind, goal.unwrap_or(Goal::Upgrade), console.words);
    match matches.get_one::<PathBuf>("output").filter(|path| !crate::input::is_stdin(path)) {
        Some(path) => output::create(path, &text)?,
        None => console.result(&text)?,
    }
    Ok(Exit::Done)
}

fn text(kind: &str, goal: Goal, words: &Words) -> String {
    let mut text = String::new();
    comment(&mut text, &words.say("init-head", &[]));
    if goal != Goal::Upgrade {
        comment(&mut text, &words.say("init-goal", &[("goal", goal.as_str().into())]));
    }
    let mut table = String::new();
    let mut explained = BTreeSet::new();
    let mut explain = |text: &mut String, path: &str| {
        explain(text, path, &mut explained, words);
    };
    for entry in content(kind, goal) {
        match entry {
            Entry::Say(id) => comment(&mut text, &words.say(id, &[])),
            Entry::Blank => text.push('\n'),
            Entry::Table(path) => {
                text.push('\n');
                explain(&mut text, &path);
                let _ = writeln!(text, "[{path}]");
                table = path;
            }
            Entry::Set(key, value) => {
                explain(&mut text, &joined(&table, key));
                let _ = writeln!(text, "{key} = {value}");
            }
            Entry::May(key, value) => {
                explain(&mut text, &joined(&table, key));
                let _ = writeln!(text, "#{key} = {value}");
            }
            Entry::Raw(line) => {
                let _ = writeln!(text, "{line}");
            }
        }
    }
    text
}

fn joined(table: &str, key: &str) -> String {
    if table.is_empty() { key.to_owned() } else { format!("{table}.{key}") }
}

/// What a key means, as a comment; the second server needs none that the first one had.
fn explain(text: &mut String, path: &str, explained: &mut BTreeSet<&'static str>, words: &Words) {
    let parts: Vec<_> = path.split('.').collect();
    if let Some(key) = key::key_of(&parts)
        && explained.insert(key.path)
    {
        let id = format!("key-{}", key.path.replace(['.', '*'], "-"));
        comment(text, &words.say(&id, &[]));
    }
}

/// A text as comment lines.
fn comment(text: &mut String, about: &str) {
    for paragraph in about.lines() {
        let mut line = String::from("#");
        for word in paragraph.split_whitespace() {
            if line.chars().count() + 1 + word.chars().count() > WIDTH {
                let _ = writeln!(text, "{line}");
                line = String::from("#");
            }
            line.push(' ');
            line.push_str(word);
        }
        let _ = writeln!(text, "{line}");
    }
}

//! How help looks: what it is for, how it is called, examples, then arguments in groups.
//!
//! clap lays out; every text is ours, its own headings too, so that help speaks one language.

use anstyle::{AnsiColor, Style};
use clap::builder::Styles;
use clap::{Arg, Command};
use ctsup_render::Words;

use crate::{cli, command};

mod rows;

use self::rows::{WIDTH, fitted};

const HEADING: Style = Style::new().bold();
const LITERAL: Style = AnsiColor::Cyan.on_default();
const BAD: Style = AnsiColor::BrightRed.on_default().bold();
const GOOD: Style = AnsiColor::BrightCyan.on_default().bold();

/// A heading in the terminal's bold.
fn heading(words: &Words, id: &str) -> String {
    format!("{HEADING}{}:{HEADING:#}", words.say(&format!("help-heading-{id}"), &[]))
}

/// The name of something wrong.
pub(crate) fn bad(text: &str) -> String {
    format!("{BAD}{text}{BAD:#}")
}

/// The name of a way out.
pub(crate) fn good(text: &str) -> String {
    format!("{GOOD}{text}{GOOD:#}")
}

/// What all commands share: no help of clap's own, our headings, one width.
pub(crate) fn dressed(root: Command, words: &'static Words) -> Command {
    let styles = Styles::plain().header(HEADING).literal(LITERAL).placeholder(Style::new());
    let dress = |command: Command, version: bool| {
        command
            .disable_help_flag(true)
            .disable_version_flag(true)
            .disable_help_subcommand(true)
            .max_term_width(WIDTH)
            .styles(styles.clone())
            .args(cli::standard(words, version))
    };
    let names: Vec<_> = root.get_subcommands().map(|c| c.get_name().to_owned()).collect();
    let root = dress(root, true);
    names
        .into_iter()
        .fold(root, |root, name| root.mut_subcommand(name, |command| dress(command, false)))
}

/// A command whose texts are `help-<name>` and its attributes.
pub(crate) fn command(words: &Words, name: &'static str) -> Command {
    let say = |part: &str| words.say(&format!("help-{name}{part}"), &[]);
    let template = format!(
        "{{about-with-newline}}\n{usage}\n  {{usage}}\n\n{examples}\n{lines}\n\n{{all-args}}{{after-help}}",
        usage = heading(words, "usage"),
        examples = heading(words, "examples"),
        lines = fitted(&say(".examples"), 0),
    );
    Command::new(name).about(say("")).override_usage(say(".usage")).help_template(template)
}

/// A positional argument whose text is `help-<words_id>`.
pub(crate) fn positional(words: &Words, id: &'static str, name: &str, about: &str) -> Arg {
    Arg::new(id)
        .value_name(words.say(&format!("help-value-{name}"), &[]))
        .help(words.say(about, &[]))
        .help_heading(words.say("help-heading-arguments", &[]))
}

/// An option with a value; `group` is the heading it stands under.
pub(crate) fn option(words: &Words, id: &'static str, name: &str, about: &str, group: &str) -> Arg {
    Arg::new(id)
        .long(id)
        .value_name(words.say(&format!("help-value-{name}"), &[]))
        .help(words.say(about, &[]))
        .hide_possible_values(true)
        .help_heading(words.say(&format!("help-heading-{group}"), &[]))
}

/// An option without a value.
pub(crate) fn flag(words: &Words, id: &'static str, about: &str, group: &str) -> Arg {
    Arg::new(id)
        .long(id)
        .action(clap::ArgAction::SetTrue)
        .help(words.say(about, &[]))
        .help_heading(words.say(&format!("help-heading-{group}"), &[]))
}

/// Help of the program itself: commands in groups, which clap does not have.
pub(crate) fn root_template(words: &'static Words) -> String {
    let mut text = format!(
        "{{about-with-newline}}\n{}\n  {{usage}}\n\n{}\n{}\n",
        heading(words, "usage"),
        heading(words, "start"),
        fitted(&words.say("help-start", &[]), 0),
    );
    for group in ["describe", "plan", "run", "tools"] {
        text.push_str(&format!("\n{}\n", heading(words, group)));
        let ours = command::ALL.iter().filter(|one| one.group == group);
        let about = |name: &str| words.say(&format!("help-{name}"), &[]);
        let rows: Vec<_> = ours.map(|one| format!("{}  {}", one.name, about(one.name))).collect();
        for line in fitted(&rows.join("\n"), 16).lines() {
            // What a row begins with is a command; wrapped lines begin further in.
            match line.strip_prefix("  ").and_then(|row| row.split_once(' ')) {
                Some((name, rest)) if !name.is_empty() => {
                    text.push_str(&format!("  {LITERAL}{name}{LITERAL:#} {rest}\n"));
                }
                _ => text.push_str(&format!("{line}\n")),
            }
        }
    }
    text.push_str(&format!("\n{}\n{{options}}\n", heading(words, "global")));
    for part in ["exit", "environment"] {
        let lines = fitted(&words.say(&format!("help-{part}"), &[]), 0);
        text.push_str(&format!("\n{}\n{lines}\n", heading(words, part)));
    }
    text
}

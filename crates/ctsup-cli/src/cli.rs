//! The whole command line as clap sees it, in one language.

use clap::builder::PossibleValuesParser;
use clap::{Arg, ArgAction, Command};
use ctsup_render::{Lang, Words};

use crate::command;
use crate::console::Form;
use crate::help;

/// The program with all its commands.
pub(crate) fn command(words: &'static Words) -> Command {
    let mut root = Command::new("ctsup")
        .version(env!("CARGO_PKG_VERSION"))
        .about(words.say("help-about", &[]))
        .override_usage(words.say("help-usage", &[]))
        .help_template(help::root_template(words))
        .subcommand_required(true)
        .args(global(words));
    for one in command::ALL {
        root = root.subcommand((one.define)(words));
    }
    help::dressed(root, words)
}

/// Options that every command has.
fn global(words: &Words) -> [Arg; 3] {
    let heading = words.say("help-heading-global", &[]);
    let value = |id: &str| words.say(&format!("help-value-{id}"), &[]);
    [
        Arg::new("lang")
            .long("lang")
            .value_name(value("lang"))
            .value_parser(PossibleValuesParser::new(Lang::ALL.map(Lang::as_str)))
            .help(words.say("help-lang", &[])),
        Arg::new("color")
            .long("color")
            .value_name(value("when"))
            .value_parser(["auto", "always", "never"])
            .help(words.say("help-color", &[])),
        Arg::new("messages")
            .long("messages")
            .value_name(value("format"))
            .value_parser(Form::NAMES)
            .help(words.say("help-messages", &[])),
    ]
    .map(|arg| {
        arg.global(true).hide_possible_values(true).help_heading(heading.clone()).display_order(900)
    })
}

/// `-h` and `--help`, `--version`: clap's own, in our words.
pub(crate) fn standard(words: &Words, version: bool) -> Vec<Arg> {
    let heading = words.say("help-heading-global", &[]);
    let help = Arg::new("help")
        .short('h')
        .long("help")
        .action(ArgAction::HelpShort)
        .help(words.say("help-help", &[]));
    let mut all = vec![help];
    if version {
        let version = Arg::new("version")
            .short('V')
            .long("version")
            .action(ArgAction::Version)
            .help(words.say("help-version", &[]));
        all.push(version);
    }
    all.into_iter().map(|arg| arg.help_heading(heading.clone()).display_order(990)).collect()
}

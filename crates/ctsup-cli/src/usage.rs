//! Answers to a command line that cannot be followed, in our own sentences; help and version come
//! this way too, since clap hands them out as errors.

use std::ffi::OsString;

use clap::Error;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use ctsup_render::{Arg, Words};

use crate::console::{Console, Form};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::help;

/// `ctsup help` and `ctsup help COMMAND`, as other tools know them, for `--help`.
pub(crate) fn help_command(args: &mut Vec<OsString>) {
    if args.get(1).is_some_and(|first| first == "help") {
        args.remove(1);
        let at = args.len().min(2);
        args.insert(at, OsString::from("--help"));
    }
}

/// Says what is wrong, or shows the help that was asked for.
pub(crate) fn answer(error: &Error, args: &[OsString], words: &'static Words) -> Exit {
    let console = Console::bare(words, args);
    if matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) {
        return match console.result(&error.render().ansi().to_string()) {
            Ok(()) => Exit::Done,
            Err(failure) => failure.tell(&console),
        };
    }
    if args.len() <= 1 {
        // Who types nothing but the name wants to know what there is.
        let text = crate::cli::command(words).render_help().ansi().to_string();
        console.tell(&text);
        return Exit::Usage;
    }
    if console.messages() != Form::Text {
        return Failure::Usage(sentence(error, words)).tell(&console);
    }
    let wrong = words.say("severity-error", &[]);
    let mut text = format!("{}: {}\n", help::bad(&wrong), sentence(error, words));
    let way = help::good(&words.say("finding-help", &[]));
    let near =
        [ContextKind::SuggestedArg, ContextKind::SuggestedSubcommand, ContextKind::SuggestedValue]
            .into_iter()
            // clap puts the likeliest last.
            .find_map(|kind| all(error, kind).pop());
    if let Some(near) = near {
        text.push_str(&format!("{way}: {}\n", words.say("usage-near", &[("near", near.into())])));
    }
    let command = command_of(args);
    let see = words.say("usage-see", &[("command", command.into())]);
    text.push_str(&format!("{way}: {see}\n"));
    console.tell(&text);
    Exit::Usage
}

/// What is wrong, as one sentence.
fn sentence(error: &Error, words: &Words) -> String {
    let first = |kind| all(error, kind).into_iter().next().unwrap_or_default();
    let arg = ("arg", Arg::from(option_only(&first(ContextKind::InvalidArg))));
    let value = first(ContextKind::InvalidValue);
    match error.kind() {
        ErrorKind::UnknownArgument if !first(ContextKind::InvalidArg).starts_with('-') => {
            words.say("usage-too-many", &[arg])
        }
        ErrorKind::UnknownArgument => words.say("usage-unknown-option", &[arg]),
        ErrorKind::InvalidSubcommand => {
            let value = first(ContextKind::InvalidSubcommand);
            words.say("usage-unknown-command", &[("value", value.into())])
        }
        ErrorKind::InvalidValue if value.is_empty() => words.say("usage-value-missing", &[arg]),
        ErrorKind::InvalidValue => {
            let choices = all(error, ContextKind::ValidValue).join(", ");
            let args = [arg, ("value", value.into()), ("choices", choices.into())];
            words.say("usage-value-unknown", &args)
        }
        ErrorKind::ValueValidation => {
            words.say("usage-value-wrong", &[arg, ("value", value.into())])
        }
        ErrorKind::TooFewValues | ErrorKind::WrongNumberOfValues | ErrorKind::NoEquals => {
            words.say("usage-value-missing", &[arg])
        }
        ErrorKind::MissingRequiredArgument => {
            let missing = all(error, ContextKind::InvalidArg).join(", ").replace(['<', '>'], "");
            words.say("usage-missing", &[("args", missing.into())])
        }
        ErrorKind::ArgumentConflict => {
            let other = option_only(&first(ContextKind::PriorArg));
            if arg.1 == Arg::from(other.clone()) {
                words.say("usage-twice", &[arg])
            } else {
                words.say("usage-conflict", &[arg, ("other", other.into())])
            }
        }
        ErrorKind::MissingSubcommand | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            words.say("usage-no-command", &[])
        }
        ErrorKind::InvalidUtf8 => words.say("usage-not-text", &[]),
        // Kinds that this command line cannot bring about.
        _ => error.to_string(),
    }
}

/// `--format` of `--format <FORMAT>`, `FILE` of `<FILE>`.
fn option_only(shown: &str) -> String {
    shown.split_whitespace().next().unwrap_or_default().replace(['<', '>'], "")
}

fn all(error: &Error, kind: ContextKind) -> Vec<String> {
    match error.get(kind) {
        Some(ContextValue::String(one)) => vec![one.clone()],
        Some(ContextValue::Strings(all)) => all.clone(),
        Some(ContextValue::StyledStr(one)) => vec![one.to_string()],
        Some(ContextValue::StyledStrs(all)) => all.iter().map(ToString::to_string).collect(),
        _ => Vec::new(),
    }
}

/// The command whose help explains most.
fn command_of(args: &[OsString]) -> String {
    let known = crate::command::ALL.iter().map(|one| one.name);
    let named = args.iter().skip(1).find_map(|arg| known.clone().find(|name| arg == name));
    named.map_or_else(|| "ctsup".to_owned(), |name| format!("ctsup {name}"))
}

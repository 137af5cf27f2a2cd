//! Findings of core as people and programs read them: with snippets, a line each, or as JSON.
//!
//! What a finding says is made once, here (`Said`); the forms only lay it out. Nothing is judged.

use std::ops::Range;

use ctsup_core::topology::key::key_of;
use ctsup_core::{Code, Diagnostic, Input, Severity};

use crate::words::{Arg, Words};

mod json;
mod lines;
mod missing;
mod note;
mod place;
mod snippet;

pub use self::json::json;
pub use self::lines::lines;
pub use self::note::Note;
pub use self::snippet::text;

/// A text that findings point into.
#[derive(Debug, Clone, Copy)]
pub struct Source<'a> {
    /// Which input it is.
    pub input: Input,
    /// The node that a saved image list is of.
    pub node: Option<&'a str>,
    /// What people call it: a path as it was typed.
    pub name: &'a str,
    /// The text.
    pub text: &'a str,
}

/// How the form with snippets looks.
#[derive(Debug, Clone, Copy)]
pub struct Look {
    /// With colours.
    pub color: bool,
    /// Columns of the terminal.
    pub width: usize,
}

/// A finding in words.
#[derive(Debug)]
struct Said {
    message: String,
    /// The way out; none where a replacement says it all.
    help: Option<String>,
    /// "Did you mean".
    near: Option<String>,
    /// What is known there, where the key's own words don't list it.
    choices: Option<String>,
    notes: Vec<String>,
}

/// The name of a severity.
fn severity(words: &Words, severity: Severity) -> String {
    let id = match severity {
        Severity::Warning => "severity-warning",
        Severity::Error => "severity-error",
        Severity::Missing => "severity-missing",
        Severity::Refusal => "severity-refusal",
    };
    words.say(id, &[])
}

fn say(found: &Diagnostic, words: &Words) -> Said {
    let args = args(found, words);
    let get = |name: &str| args.iter().find(|(have, _)| *have == name).map(|(_, arg)| arg.clone());
    let id = format!("diagnostic-{}", found.code);
    let near = get("near").map(|near| words.say("finding-near", &[("near", near)]));
    let about = if near.is_none() { about_key(found, words) } else { None };
    let mut notes = Vec::new();
    let mut listed = None;
    let mut help = Some(words.say(&format!("{id}.help"), &args));
    if found.code == Code::MissingFact && get("node").is_none() {
        help = Some(words.say(&format!("{id}.help-here"), &args));
    }
    if let Some(letter) = get("letter") {
        notes.push(words.say("finding-letter", &[("letter", letter)]));
    }
    if near.is_some() {
        // One good answer is better than a list of others.
        help = None;
    } else if found.code != Code::MissingChoice
        && let Some(choices) = get("choices").filter(|c| *c != Arg::from(""))
    {
        let choices = words.say("finding-choices", &[("choices", choices)]);
        if about.is_none() {
            notes.push(choices.clone());
        }
        listed = Some(choices);
    }
    notes.extend(about);
    if let Some(claim) = get("claim") {
        notes.push(words.say("finding-claim", &[("claim", claim)]));
    }
    Said { message: words.say(&id, &args), help, near, choices: listed, notes }
}

/// What the key means, where not knowing that is likely the trouble.
fn about_key(found: &Diagnostic, words: &Words) -> Option<String> {
    let explains = matches!(
        found.code,
        Code::MissingKey
            | Code::NeededKey
            | Code::MissingChoice
            | Code::UnknownValue
            | Code::OutOfRange
            | Code::WrongType
    );
    let path = found.args.get("key").filter(|_| explains)?;
    key_words(path, words).map(|about| format!("`{}`: {about}", shown_path(path)))
}

/// What a key means.
fn key_words(path: &str, words: &Words) -> Option<String> {
    let parts: Vec<_> = path.split('.').collect();
    let id = format!("key-{}", key_of(&parts)?.path.replace(['.', '*'], "-"));
    words.has(&id).then(|| words.say(&id, &[]))
}

/// A key path without the numbers of list entries, which nobody counts: the place says which.
fn shown_path(path: &str) -> String {
    let numbered = |part: &&str| !part.bytes().all(|b| b.is_ascii_digit());
    path.split('.').filter(numbered).collect::<Vec<_>>().join(".")
}

/// What sentences are filled with: core's arguments, made fit for people.
fn args<'a>(found: &'a Diagnostic, words: &Words) -> Vec<(&'a str, Arg)> {
    let mut args: Vec<(&str, Arg)> = Vec::new();
    if let Some(label) = found.labels.first()
        && !found.args.contains_key("key")
    {
        args.push(("key", shown_path(&label.path).into()));
    }
    if let Some(path) = found.args.get("key").or(found.labels.first().map(|label| &label.path)) {
        // Sentences that differ by key select by this: a dot cannot stand in a selector.
        let of_list = found.code == Code::ImageListIncomplete
            && found.labels.first().is_some_and(|label| label.input == Input::ImageList);
        let slug = if of_list { "list".to_owned() } else { path.replace('.', "-") };
        args.push(("slug", slug.into()));
    }
    for (name, value) in &found.args {
        let shown = match *name {
            "key" | "by" => shown_path(value),
            "free" | "need" => size(value),
            "message" => toml_message(value, words),
            "reason" if found.code == Code::ImageListUnreadable => list_reason(value, words),
            _ => printable(value),
        };
        args.push((name, shown.into()));
    }
    args
}

/// What is wrong with the TOML, in the reader's language: our sentence for what the TOML reader
/// says, where we know it.
fn toml_message(text: &str, words: &Words) -> String {
    let description = text.split([',', ';']).next().unwrap_or(text);
    let id = format!("syntax-{}", slug(description));
    words.say(if words.has(&id) { &id } else { "syntax-other" }, &[])
}

/// Why a saved list of images cannot be used.
fn list_reason(text: &str, words: &Words) -> String {
    let id = format!("image-list-{}", slug(text));
    words.say(if words.has(&id) { &id } else { "image-list-other" }, &[])
}

/// A sentence as the end of a message's name.
fn slug(text: &str) -> String {
    text.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect()
}

/// Bytes in the unit that people compare them in.
fn size(text: &str) -> String {
    let Ok(bytes) = text.parse::<u64>() else {
        return printable(text);
    };
    for (shift, unit) in [(30, "GiB"), (20, "MiB"), (10, "KiB")] {
        if bytes >> shift > 0 {
            let tenths = ((bytes & ((1 << shift) - 1)) * 10) >> shift;
            let whole = bytes >> shift;
            return if tenths == 0 {
                format!("{whole} {unit}")
            } else {
                format!("{whole}.{tenths} {unit}")
            };
        }
    }
    format!("{bytes} B")
}

/// Without what could steer a terminal or turn the reading direction.
pub(crate) fn printable(text: &str) -> String {
    let steers = |c: char| {
        c.is_control()
            || matches!(c, '\u{061c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    text.replace(steers, "\u{fffd}")
}

/// The text that a finding's first label points into, and where in it.
fn source_of<'s, 'a>(
    found: &Diagnostic,
    sources: &'s [Source<'a>],
) -> Option<(&'s Source<'a>, Option<Range<usize>>)> {
    let label = found.labels.first()?;
    let of = |s: &&Source<'_>| {
        s.input == label.input
            && s.node.is_none_or(|node| label.path.ends_with(&format!(".{node}")))
    };
    let source = sources.iter().find(of)?;
    Some((source, label.range.clone().map(|range| place::within(source.text, range))))
}

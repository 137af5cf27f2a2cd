//! Missing facts, all in one block that can be pasted: what is missing, which command on which node
//! finds it out, and the key to write.

use std::fmt::Write;

use annotate_snippets::{Group, Level, Renderer};
use ctsup_core::{Diagnostic, Input, Severity};

use super::snippet::level;
use super::{Source, key_words, printable};
use crate::words::Words;

/// The block.
pub(super) fn facts(
    found: &[&Diagnostic],
    sources: &[Source<'_>],
    words: &Words,
    renderer: &Renderer,
) -> String {
    let message = words.say("finding-facts", &[("count", found.len().into())]);
    let title = level(words, Severity::Missing).primary_title(message).id("missing-fact");
    let of = |input| sources.iter().find(|s| s.input == input);
    let file = of(Input::Facts).or_else(|| of(Input::Topology));
    let mut group = Group::with_title(title);
    if let Some(file) = file {
        let args = [("file", printable(file.name).into())];
        let help = Level::HELP.with_name(words.say("finding-help", &[]));
        group = group.element(help.message(words.say("finding-facts-where", &args)));
    }
    format!("{}\n{}", renderer.render(&[group]), block(found, sources, file, words))
}

fn block(
    found: &[&Diagnostic],
    sources: &[Source<'_>],
    file: Option<&Source<'_>>,
    words: &Words,
) -> String {
    let mut tables: Vec<(&str, Vec<&Diagnostic>)> = Vec::new();
    for one in found {
        let path = one.args.get("key").map_or("", String::as_str);
        let table = path.rsplit_once('.').map_or("", |(table, _)| table);
        match tables.iter_mut().find(|(have, _)| *have == table) {
            Some((_, all)) => all.push(one),
            None => tables.push((table, vec![one])),
        }
    }
    let mut text = String::new();
    let in_facts_file = file.is_some_and(|f| f.input == Input::Facts);
    // What a facts file cannot say stands last, under the name of the file that can.
    tables.sort_by_key(|(path, _)| in_facts_file && !path.starts_with("facts"));
    for (path, all) in tables {
        let of_facts = in_facts_file && path.starts_with("facts");
        let file = match in_facts_file && !of_facts {
            true => sources.iter().find(|s| s.input == Input::Topology),
            false => file,
        };
        // In a facts file everything stands below `facts` without saying so.
        let table = if of_facts { path.trim_start_matches("facts.") } else { path };
        let header = format!("[{table}]");
        let there = file.is_some_and(|f| f.text.lines().any(|line| line.trim() == header));
        text.push('\n');
        if in_facts_file && !of_facts {
            let args = [("file", file.map_or("", |f| f.name).into())];
            let _ = writeln!(text, "# {}", words.say("finding-facts-other", &args));
        }
        if there {
            let note = words.say("finding-facts-table", &[("table", table.into())]);
            let _ = writeln!(text, "# {note}");
        } else {
            let _ = writeln!(text, "{header}");
        }
        for one in all {
            fact(&mut text, one, path, words);
        }
    }
    text
}

/// A fact's comment lines, and the line to fill in. What is to be filled in is no value, so that a
/// block pasted and forgotten is refused.
fn fact(text: &mut String, found: &Diagnostic, table: &str, words: &Words) {
    let path = found.args.get("key").map_or("", String::as_str);
    if let Some(about) = key_words(path, words) {
        let _ = writeln!(text, "# {about}");
    }
    if let Some(command) = found.args.get("command").filter(|c| !c.is_empty()) {
        let place = match found.args.get("node") {
            Some(node) => words.say("finding-facts-on", &[("node", node.into())]),
            None => words.say("finding-facts-here", &[]),
        };
        let _ = writeln!(text, "# {place} {}", printable(command));
    }
    let key = path.strip_prefix(table).unwrap_or(path).trim_start_matches('.');
    let _ = writeln!(text, "{key} = \"…\"");
}

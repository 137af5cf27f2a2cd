//! Findings as one JSON document: codes, arguments and places for programs, and the sentences in
//! the language asked for beside them.

use ctsup_core::Diagnostic;
use serde_json::{Value, json};

use super::{Source, place, say, source_of};
use crate::words::Words;

/// All findings as an indented document, with a final line end.
///
/// Fields are only added within a version.
#[must_use]
pub fn json(found: &[Diagnostic], sources: &[Source<'_>], words: &Words) -> String {
    document(found.iter().map(|d| one(d, sources, words)).collect())
}

/// The document around findings.
pub(super) fn document(all: Vec<Value>) -> String {
    let document = json!({
        "format": { "name": "ctsup-diagnostics", "version": 1 },
        "diagnostics": all,
    });
    let mut text = serde_json::to_string_pretty(&document).expect("values are always JSON");
    text.push('\n');
    text
}

fn one(found: &Diagnostic, sources: &[Source<'_>], words: &Words) -> Value {
    let said = say(found, words);
    let place = source_of(found, sources).map(|(source, range)| {
        let mut place = json!({ "file": source.name });
        if let Some(range) = range {
            let (line, column) = place::line_and_column(source.text, range.start);
            place["line"] = line.into();
            place["column"] = column.into();
        }
        place
    });
    json!({
        "code": found.code,
        "severity": found.severity,
        "message": said.message,
        "help": said.near.or(said.help),
        "notes": said.notes,
        "args": found.args,
        "place": place,
        "labels": found.labels,
        "fixes": found.fixes,
    })
}

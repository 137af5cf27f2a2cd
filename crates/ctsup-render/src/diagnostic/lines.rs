//! One line per finding, as editors and CI take it: `file:line:column: code: text`.

use ctsup_core::Diagnostic;

use super::{Source, place, say, source_of};
use crate::words::Words;

/// All findings, a line each.
#[must_use]
pub fn lines(found: &[Diagnostic], sources: &[Source<'_>], words: &Words) -> String {
    found.iter().map(|d| line(d, sources, words)).collect()
}

fn line(found: &Diagnostic, sources: &[Source<'_>], words: &Words) -> String {
    let place = match source_of(found, sources) {
        Some((source, Some(range))) => {
            let (line, column) = place::line_and_column(source.text, range.start);
            format!("{}:{line}:{column}: ", source.name)
        }
        // Matchers want a line and a column; of what is nowhere, the first.
        Some((source, None)) => format!("{}:1:1: ", source.name),
        None => String::new(),
    };
    let said = say(found, words);
    let mut rest = said.near.or(said.help).map(|way| format!("; {way}")).unwrap_or_default();
    if let Some(choices) = said.choices {
        rest.push_str(&format!("; {choices}"));
    }
    format!("{place}{}: {}{rest}\n", found.code, said.message)
}

//! Findings for people: the line of the file, carets under the place, the way out below.

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Group, Level, Origin, Patch, Renderer, Snippet};
use ctsup_core::{Code, Diagnostic, Severity};

use super::{Look, Said, Source, missing, printable, say, severity, source_of};
use crate::words::Words;

/// Findings shown one by one; a file with more is not mended finding by finding.
const MOST: usize = 200;

/// All findings, missing facts last and together, then how many there are.
#[must_use]
pub fn text(found: &[Diagnostic], sources: &[Source<'_>], words: &Words, look: Look) -> String {
    let renderer = if look.color { Renderer::styled() } else { Renderer::plain() };
    let renderer = renderer.term_width(look.width).decor_style(DecorStyle::Ascii);
    let (facts, others): (Vec<_>, Vec<_>) = found.iter().partition(|d| d.code == Code::MissingFact);
    let shown = others.iter().take(MOST);
    let mut parts: Vec<String> =
        shown.map(|d| one(d, sources, words, &renderer, look.width)).collect();
    if others.len() > MOST {
        let more = [("count", (others.len() - MOST).into())];
        parts.push(words.say("finding-more", &more));
    }
    if !facts.is_empty() {
        parts.push(missing::facts(&facts, sources, words, &renderer));
    }
    let mut text = parts.iter().map(|part| format!("{}\n\n", part.trim_end())).collect::<String>();
    if parts.len() > 1 {
        text.push_str(&summary(found, words));
        text.push('\n');
    } else {
        text.pop();
    }
    text
}

/// The level that a severity is coloured as, under our own name for it.
pub(super) fn level(words: &Words, of: Severity) -> Level<'static> {
    let level = match of {
        Severity::Error | Severity::Refusal => Level::ERROR,
        Severity::Missing => Level::INFO,
        Severity::Warning => Level::WARNING,
    };
    level.with_name(severity(words, of))
}

fn one(
    found: &Diagnostic,
    sources: &[Source<'_>],
    words: &Words,
    renderer: &Renderer,
    width: usize,
) -> String {
    let Said { message, mut help, near, choices: _, notes } = say(found, words);
    let title = level(words, found.severity).primary_title(message).id(found.code.as_str());
    let mut group = Group::with_title(title);
    let mut fixed = None;
    if let Some((source, range)) = source_of(found, sources) {
        // A missing key of the whole file has no line to look at.
        let nowhere = found.code == Code::MissingKey
            && found.labels.first().is_some_and(|label| !label.path.contains('.'));
        group = match range.filter(|_| !nowhere && !source.text.is_empty()) {
            // The line has a secret in it: its number will do.
            Some(range) if found.code == Code::SecretInUrl => {
                let (line, column) = super::place::line_and_column(source.text, range.start);
                let origin = Origin::path(printable(source.name));
                group.element(origin.line(line).char_column(column))
            }
            Some(range) => {
                let annotation =
                    AnnotationKind::Primary.span(super::place::word(source.text, range));
                group.element(
                    Snippet::source(source.text)
                        .path(printable(source.name))
                        .annotation(annotation),
                )
            }
            None => group.element(Origin::path(printable(source.name))),
        };
        let patches: Vec<_> = found
            .fixes
            .iter()
            .map(|fix| Patch::new(super::place::within(source.text, fix.range.clone()), &fix.text))
            .collect();
        if !patches.is_empty() {
            fixed =
                Some(Snippet::source(source.text).path(printable(source.name)).patches(patches));
        }
    }
    let help_level = || Level::HELP.with_name(words.say("finding-help", &[]));
    // What is shown as a change is said above it.
    let above = match (&fixed, &near) {
        (Some(_), None) => help.take(),
        _ => near.clone(),
    };
    let note_level = || Level::NOTE.with_name(words.say("finding-note", &[]));
    if fixed.is_none()
        && let Some(near) = near.clone()
    {
        group = group.element(help_level().message(near));
    }
    if let Some(help) = help {
        group = group.element(help_level().message(wrapped(&help, width)));
    }
    for note in notes {
        group = group.element(note_level().message(wrapped(&note, width)));
    }
    let mut report = vec![group];
    if let Some(snippet) = fixed {
        let title = help_level().secondary_title(above.unwrap_or_default());
        report.push(Group::with_title(title).element(snippet));
    }
    renderer.render(&report)
}

/// Broken between words, with room for what the renderer puts before each line.
fn wrapped(text: &str, width: usize) -> String {
    const BEFORE: usize = 18;
    let room = width.min(100).saturating_sub(BEFORE).max(30);
    let mut lines = String::new();
    let mut column = 0;
    for word in text.split(' ') {
        let length = word.chars().count();
        if column > 0 && column + 1 + length > room {
            lines.push('\n');
            column = 0;
        } else if column > 0 {
            lines.push(' ');
            column += 1;
        }
        lines.push_str(word);
        column += length;
    }
    lines
}

/// `2 errors, 1 refusal`.
fn summary(found: &[Diagnostic], words: &Words) -> String {
    let kinds = [
        (Severity::Error, "finding-summary-errors"),
        (Severity::Refusal, "finding-summary-refusals"),
        (Severity::Missing, "finding-summary-missing"),
        (Severity::Warning, "finding-summary-warnings"),
    ];
    let parts: Vec<_> = kinds
        .iter()
        .map(|(kind, id)| (found.iter().filter(|d| d.severity == *kind).count(), id))
        .filter(|(count, _)| *count > 0)
        .map(|(count, id)| words.say(id, &[("count", count.into())]))
        .collect();
    parts.join(", ")
}

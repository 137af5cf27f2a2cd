//! What a comparison says: a line for all that differs, and a summary.

use std::fmt::{self, Write as _};

use crate::entry::{Entry, Name};
use crate::locate::{Comparison, Found, How};
use crate::text;

/// A line for each row and text that differs (one for all neighbours that moved alike), and the counts.
pub(crate) fn report(compared: &Comparison<'_>) -> String {
    let mut report = String::new();
    let mut moved = Moved::default();
    for (entry, found) in compared.entries.iter().zip(&compared.found) {
        let was = range(entry.lines);
        let Some(Found { at, how }) = found else {
            moved.print(&mut report);
            line(&mut report, "gone", format_args!("{} was {was}", entry.name));
            continue;
        };
        let now = text::numbers(compared.lines, at);
        // Lines may have been broken elsewhere: such a paragraph is no part of a group.
        let as_long = now.1 - now.0 == entry.lines.1 - entry.lines.0;
        if *how == How::Same && as_long {
            let shift = i64::from(now.0) - i64::from(entry.lines.0);
            if shift != moved.shift {
                moved.print(&mut report);
            }
            moved.add(entry, shift);
            continue;
        }
        moved.print(&mut report);
        let place = if now == entry.lines { was } else { format!("{was} -> {}", range(now)) };
        let step = compared.lines[at.start].step.filter(|_| *how == How::Renumbered);
        let step = step.map(|step| format!(", now step {step}")).unwrap_or_default();
        line(&mut report, word(*how), format_args!("{} {place}{step}", entry.name));
    }
    moved.print(&mut report);
    for new in &compared.new {
        let new = range(text::numbers(compared.lines, new));
        line(&mut report, "new text", format_args!("{new}"));
    }
    report + &summary(compared)
}

/// Neighbours whose text is the same and whose lines have shifted alike; a shift of none is not worth a line.
#[derive(Default)]
struct Moved<'a> {
    shift: i64,
    /// The rows among them or, where there are none, other texts.
    named: Vec<&'a Name>,
}

impl<'a> Moved<'a> {
    fn add(&mut self, entry: &'a Entry, shift: i64) {
        self.shift = shift;
        match (&entry.name, self.named.first()) {
            (Name::Rest(_), Some(Name::Row(_))) => return,
            (Name::Row(_), Some(Name::Rest(_))) => self.named.clear(),
            _ => {}
        }
        self.named.push(&entry.name);
    }

    /// Prints the group, unless it stands where it stood, and begins another.
    fn print(&mut self, report: &mut String) {
        let Self { shift, named } = std::mem::take(self);
        match named[..] {
            _ if shift == 0 => {}
            [] => {}
            [only] => line(report, "moved", format_args!("{only} by {shift:+} lines")),
            [first, .., last] => {
                let count = named.len();
                let what = format_args!("{first} to {last} ({count}) by {shift:+} lines");
                line(report, "moved", what);
            }
        }
    }
}

/// How many rows, other texts and new texts there are of each kind.
fn summary(compared: &Comparison<'_>) -> String {
    let kind = |(entry, found): (&Entry, &Option<Found>)| match found {
        None => "gone",
        Some(Found { at, how: How::Same }) if text::numbers(compared.lines, at) == entry.lines => {
            "unchanged"
        }
        Some(found) => word(found.how),
    };
    let mut summary = String::new();
    for (what, rows) in [("rows", true), ("other texts", false)] {
        let kinds: Vec<&str> = compared
            .entries
            .iter()
            .zip(&compared.found)
            .filter(|(entry, _)| matches!(entry.name, Name::Row(_)) == rows)
            .map(kind)
            .collect();
        let counts: Vec<String> =
            ["unchanged", "moved", "elsewhere", "renumbered", "changed", "gone"]
                .iter()
                .map(|kind| (kinds.iter().filter(|other| *other == kind).count(), kind))
                .filter(|(count, _)| *count > 0)
                .map(|(count, kind)| format!("{count} {kind}"))
                .collect();
        let counts = counts.join(", ");
        line(&mut summary, what, format_args!("{} = {counts}", kinds.len()));
    }
    line(&mut summary, "new texts", format_args!("{}", compared.new.len()));
    summary
}

fn range((first, last): (u32, u32)) -> String {
    if first == last { first.to_string() } else { format!("{first}-{last}") }
}

fn word(how: How) -> &'static str {
    match how {
        How::Same => "moved",
        How::Elsewhere => "elsewhere",
        How::Renumbered => "renumbered",
        How::Changed => "changed",
    }
}

fn line(report: &mut String, what: &str, rest: fmt::Arguments<'_>) {
    let _infallible = writeln!(report, "{what:<12}{rest}");
}

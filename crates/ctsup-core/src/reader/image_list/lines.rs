//! From the lines of a saved table to its rows: joins what a terminal had wrapped.

use super::Reason;
use super::row::{self, Row};

/// A piece of the saved text, one or more lines long.
#[derive(Debug)]
pub(super) enum Piece {
    Header {
        /// The header breaks off before the last column: so do the rows, whatever they end with.
        names_cut: bool,
    },
    Row {
        read: Result<Row, Reason>,
        joined: bool,
        /// As wide as the widest line: a terminal's edge may run through its last word.
        at_the_edge: bool,
    },
}

/// One line, with the blanks at its end: a wrapped line fills the terminal with them.
#[derive(Clone, Copy)]
struct Line<'a> {
    number: usize,
    text: &'a str,
    at_the_edge: bool,
}

/// A row of `--no-trunc` takes some lines; a page of other text is no row.
const MOST_LINES: usize = 40;

/// The pieces of `plain`, each with the number of its first line.
pub(super) fn pieces(plain: &str) -> Vec<(usize, Piece)> {
    let widest = plain.lines().map(width).max().unwrap_or(0);
    let lines: Vec<Line<'_>> = plain
        .lines()
        .enumerate()
        .map(|(index, text)| Line { number: index + 1, text, at_the_edge: width(text) == widest })
        .filter(|line| !line.text.trim().is_empty())
        .collect();
    let mut pieces = Vec::new();
    let mut rest = &lines[..];
    while let Some((&first, after)) = rest.split_first() {
        let more = after.iter().take(MOST_LINES).take_while(|line| continues(line.text)).count();
        let (more, _) = after.split_at(more);
        let (taken, piece) = if is_header(first.text) {
            read_header(first, more)
        } else if first.text.trim_start().starts_with('{') {
            let read = row::read_json(first.text.trim());
            (0, Piece::Row { read, joined: false, at_the_edge: false })
        } else {
            let (taken, read) = read_wrapped(first, more);
            (taken, Piece::Row { read, joined: taken > 0, at_the_edge: first.at_the_edge })
        };
        pieces.push((first.number, piece));
        rest = after.get(taken..).unwrap_or_default();
    }
    pieces
}

fn read_header(first: Line<'_>, more: &[Line<'_>]) -> (usize, Piece) {
    let taken = more.iter().take_while(|line| are_titles(line.text)).count();
    // The terminal's edge may have run through the last title itself.
    let titles: String =
        std::iter::once(&first).chain(&more[..taken]).map(|line| line.text).collect();
    let last = titles.trim_end();
    let names_cut = !last.ends_with("NAMES") && !last.ends_with("SIZE");
    (taken, Piece::Header { names_cut })
}

/// The row that begins with `first`, and how many of the lines after it belong to it.
fn read_wrapped(first: Line<'_>, more: &[Line<'_>]) -> (usize, Result<Row, Reason>) {
    let alone = row::read_line(first.text);
    if alone.is_err() && !row::begins_row(first.text) {
        return (0, alone);
    }
    // Blanks at the end of a line are often lost in copying. A line that is shorter for it than
    // others tells so; where all are, only the attempt tells.
    let mut joined = join(first, more, |line| line.at_the_edge);
    if joined.is_none() && name_of(&alone).is_none() {
        joined = join(first, more, |_| false);
    }
    joined.map_or((0, alone), |(taken, row)| (taken, Ok(row)))
}

fn name_of(read: &Result<Row, Reason>) -> Option<&str> {
    read.as_ref().ok()?.name.as_deref()
}

/// The longest whole row of two and more lines; within a word where the line before `is_full`.
fn join(
    first: Line<'_>,
    more: &[Line<'_>],
    is_full: impl Fn(&Line<'_>) -> bool,
) -> Option<(usize, Row)> {
    let mut text = first.text.to_owned();
    let mut last = first;
    let mut read = row::read_line(first.text);
    let mut taken = 0;
    for line in more {
        if !is_full(&last) {
            // Only a line that fills the terminal can have been broken within its last word.
            if name_of(&read).is_some() {
                break;
            }
            text.push(' ');
        }
        text.push_str(line.text);
        let next = row::read_line(&text);
        if let Some(name) = name_of(&read) {
            let grown = name_of(&next).filter(|grown| *grown == name || may_grow(name, line.text));
            if grown.is_none() {
                break;
            }
        }
        (last, read, taken) = (*line, next, taken + 1);
    }
    let row = read.ok().filter(|row| row.name.is_some() && taken > 0)?;
    Some((taken, row))
}

/// A name that ends with compose's number is whole, unless its number goes on: `logout` and the
/// like after the last row are not a part of it.
fn may_grow(name: &str, rest: &str) -> bool {
    !row::is_numbered(name) || !rest.starts_with(char::is_alphabetic)
}

/// Whether a line can be the rest of the one before it.
fn continues(text: &str) -> bool {
    !row::begins_row(text) && !is_header(text) && !text.trim_start().starts_with('{')
}

fn is_header(text: &str) -> bool {
    text.trim_start().starts_with("CONTAINER ID")
}

fn are_titles(text: &str) -> bool {
    const TITLES: &str = "IMAGE COMMAND CREATED STATUS PORTS NAMES SIZE";
    text.split_whitespace().all(|word| TITLES.contains(word))
}

/// Columns that the text takes; docker's tables hold no wide characters.
fn width(text: &str) -> usize {
    text.chars().count()
}

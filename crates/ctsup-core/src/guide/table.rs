//! Reads the embedded table while the crate compiles, so that a damaged table is a failed build, never a failed run.

use std::cmp::Ordering;

use super::Row;

pub(super) const TSV: &str = include_str!("../../data/guide.tsv");
const HEADER: &str = "key\tprocedure\tsection\tstep\tlines\tsha256\tfact";

const COUNT: usize = rows_in(TSV.as_bytes());
pub(super) static ROWS: [Row; COUNT] = read();
/// Places in [`ROWS`] by ascending key.
static BY_KEY: [u16; COUNT] = sorted();

/// The place in [`ROWS`] of the row with this key.
pub(super) const fn find(key: &str) -> Option<u16> {
    let (mut low, mut high) = (0, COUNT);
    while low < high {
        let middle = low.midpoint(high);
        match compare(key, ROWS[BY_KEY[middle] as usize].key) {
            Ordering::Equal => return Some(BY_KEY[middle]),
            Ordering::Less => high = middle,
            Ordering::Greater => low = middle + 1,
        }
    }
    None
}

const fn rows_in(table: &[u8]) -> usize {
    let (mut at, mut lines) = (0, 0);
    while at < table.len() {
        if table[at] == b'\n' {
            lines += 1;
        }
        at += 1;
    }
    lines - 1
}

const fn read() -> [Row; COUNT] {
    const EMPTY: Row =
        Row { key: "", procedure: "", section: "", step: "", lines: None, hash: None, fact: "" };
    let (header, mut rest) = cut(TSV, b'\n');
    assert!(compare(header, HEADER).is_eq(), "the guide table's columns are not those expected");
    let mut rows = [EMPTY; COUNT];
    let mut at = 0;
    while at < COUNT {
        let (line, below) = cut(rest, b'\n');
        let (key, line) = cut(line, b'\t');
        let (procedure, line) = cut(line, b'\t');
        let (section, line) = cut(line, b'\t');
        let (step, line) = cut(line, b'\t');
        let (lines, line) = cut(line, b'\t');
        let (hash, fact) = cut(line, b'\t');
        rows[at] =
            Row { key, procedure, section, step, lines: range(lines), hash: digest(hash), fact };
        assert!(
            rows[at].lines.is_some() == rows[at].hash.is_some(),
            "a row of the guide table has lines without a hash, or a hash without lines"
        );
        rest = below;
        at += 1;
    }
    assert!(rest.is_empty(), "the guide table does not end with a line end");
    rows
}

/// An insertion sort: const code has no other, and there are few rows.
const fn sorted() -> [u16; COUNT] {
    assert!(COUNT <= u16::MAX as usize, "more rows than a key can number");
    let mut order = [0; COUNT];
    let mut next = 0;
    while next < COUNT {
        let mut at = next;
        while at > 0 {
            match compare(ROWS[order[at - 1] as usize].key, ROWS[next].key) {
                Ordering::Less => break,
                Ordering::Equal => panic!("the guide table has two rows with one key"),
                Ordering::Greater => order[at] = order[at - 1],
            }
            at -= 1;
        }
        order[at] = next as u16;
        next += 1;
    }
    order
}

const fn range(cell: &'static str) -> Option<(u32, u32)> {
    if cell.is_empty() {
        return None;
    }
    let (first, last) = cut(cell, b'-');
    let range = (line_number(first), line_number(last));
    assert!(range.0 <= range.1, "a row of the guide table ends before it begins");
    Some(range)
}

const fn line_number(cell: &str) -> u32 {
    match u32::from_str_radix(cell, 10) {
        Ok(number) => number,
        Err(_) => panic!("a line number of the guide table is not one"),
    }
}

const fn digest(cell: &'static str) -> Option<&'static str> {
    if cell.is_empty() {
        return None;
    }
    assert!(cell.len() == 64, "a hash of the guide table is not a SHA-256");
    Some(cell)
}

/// Splits at the first `mark`, which belongs to neither part.
const fn cut(text: &'static str, mark: u8) -> (&'static str, &'static str) {
    let mut at = 0;
    while at < text.len() && text.as_bytes()[at] != mark {
        at += 1;
    }
    assert!(at < text.len(), "a line of the guide table lacks a column");
    let (head, tail) = text.split_at(at);
    (head, tail.split_at(1).1)
}

/// What `str::cmp` would say, which is not const.
const fn compare(left: &str, right: &str) -> Ordering {
    let (left, right) = (left.as_bytes(), right.as_bytes());
    let mut at = 0;
    while at < left.len() && at < right.len() {
        if left[at] < right[at] {
            return Ordering::Less;
        }
        if left[at] > right[at] {
            return Ordering::Greater;
        }
        at += 1;
    }
    if left.len() < right.len() {
        Ordering::Less
    } else if left.len() > right.len() {
        Ordering::Greater
    } else {
        Ordering::Equal
    }
}

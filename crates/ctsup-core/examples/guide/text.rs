//! The text of a guide as the hashes see it: lines that say something, in one Unicode form, with white space folded.

use std::ops::Range;

use sha2::{Digest, Sha256};
use unicode_normalization::UnicodeNormalization;

/// A line that is not blank.
pub(crate) struct Line {
    /// Its number in the file, from 1.
    pub(crate) number: u32,
    /// Its normalised text.
    pub(crate) text: String,
    /// The number of the step that begins here.
    pub(crate) step: Option<u32>,
    /// Whether a paragraph may begin here: not inside a block of commands, not with an item of a list.
    pub(crate) opens: bool,
}

/// The lines of a guide that are not blank.
pub(crate) fn lines(guide: &str) -> Vec<Line> {
    let mut lines = Vec::new();
    let (mut commands, mut after_blank) = (false, true);
    for (number, raw) in (1..).zip(guide.lines()) {
        let text = fold(raw);
        if text.is_empty() {
            after_blank = true;
            continue;
        }
        let fence = text.starts_with("```");
        let prose = !commands && !fence;
        let step = step_of(&text).filter(|_| prose);
        let item = text.starts_with("- ");
        lines.push(Line {
            number,
            step,
            opens: step.is_some() || (prose && after_blank && !item),
            text,
        });
        commands ^= fence;
        after_blank = false;
    }
    lines
}

/// NFC, each run of white space one blank, none at the ends.
fn fold(text: &str) -> String {
    let composed: String = text.nfc().collect();
    composed.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The text of a paragraph that is made of these lines.
pub(crate) fn paragraph(lines: &[Line]) -> String {
    lines.iter().map(|line| line.text.as_str()).collect::<Vec<_>>().join(" ")
}

/// SHA-256 of a paragraph, as lower-case hex digits.
pub(crate) fn hash(paragraph: &str) -> String {
    let digest = Sha256::digest(paragraph);
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The number that a step's text begins with: 17 of `17. Deploy`.
fn step_of(text: &str) -> Option<u32> {
    text.split_once(". ")?.0.parse().ok()
}

/// The text of a paragraph whose steps bear numbers higher by `shift`.
pub(crate) fn renumbered(lines: &[Line], shift: i64) -> String {
    let renumber = |line: &Line| match (line.step, line.text.split_once(". ")) {
        (Some(step), Some((_, text))) => format!("{}. {text}", i64::from(step) + shift),
        _ => line.text.clone(),
    };
    lines.iter().map(renumber).collect::<Vec<_>>().join(" ")
}

/// The numbers of the first and the last of these lines.
pub(crate) fn numbers(lines: &[Line], range: &Range<usize>) -> (u32, u32) {
    (lines[range.start].number, lines[range.end - 1].number)
}

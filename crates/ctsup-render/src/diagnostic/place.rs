//! Places in a text: what a byte range is to a person.

use std::ops::Range;

/// The range, moved so that it lies in the text and cuts no character.
pub(super) fn within(text: &str, range: Range<usize>) -> Range<usize> {
    let floor = |mut at: usize| {
        at = at.min(text.len());
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        at
    };
    let start = floor(range.start);
    start..floor(range.end).max(start)
}

/// The range, or where it is a single byte, the whole word there: a lone caret under the first
/// letter of a table's name looks like a mistake of ours.
pub(super) fn word(text: &str, range: Range<usize>) -> Range<usize> {
    if range.len() > 1 {
        return range;
    }
    let of_word = |b: &u8| b.is_ascii_alphanumeric() || b"._-".contains(b);
    let more = text.as_bytes()[range.start..].iter().take_while(|b| of_word(b)).count();
    range.start..range.end.max(range.start + more)
}

/// Line and column of a byte, both from 1, the column in characters.
pub(super) fn line_and_column(text: &str, at: usize) -> (usize, usize) {
    let before = &text[..at.min(text.len())];
    let line_start = before.rfind('\n').map_or(0, |end| end + 1);
    (before.matches('\n').count() + 1, before[line_start..].chars().count() + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_characters() {
        let text = "a\nимя = 1";
        assert_eq!(line_and_column(text, 0), (1, 1));
        assert_eq!(line_and_column(text, text.find('=').expect("it is there")), (2, 5));
    }

    #[test]
    fn a_single_byte_becomes_its_word() {
        assert_eq!(word("[nodes.cts]", 1..2), 1..10);
        assert_eq!(word("[nodes.cts]", 1..6), 1..6);
        assert_eq!(word("# имя", 0..1), 0..1);
    }

    #[test]
    fn ranges_are_moved_into_the_text() {
        assert_eq!(within("имя", 1..99), 0..6);
        assert_eq!(within("", 0..1), 0..0);
    }
}

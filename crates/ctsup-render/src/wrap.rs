//! Lines of a given width, counted in columns of a terminal.

use unicode_width::UnicodeWidthStr as _;

/// Columns that a text takes.
pub(crate) fn columns(text: &str) -> usize {
    text.width()
}

/// A paragraph in lines of at most `width` columns, at least one; a word that is longer keeps a
/// line of its own.
#[must_use]
pub fn paragraph(text: &str, width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    for part in text.lines() {
        let mut line = String::new();
        // Only the plain space breaks a line: what a no-break space joins stays together.
        for word in part.split(' ').filter(|word| !word.is_empty()) {
            if !line.is_empty() && columns(&line) + 1 + columns(word) > width {
                lines.push(std::mem::take(&mut line));
            }
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
        lines.push(line);
    }
    if lines.is_empty() {
        lines.push(String::new());
    }
    lines
}

/// A command in lines of at most `width` columns, broken so that it can still be pasted: with a
/// backslash, where a shell lets one break it. What a shell does not let one break stays whole.
pub(crate) fn command(text: &str, width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    for part in text.lines() {
        let pieces = pieces(part);
        let mut from = 0;
        while from < pieces.len() {
            let indent = if from == 0 { "" } else { GOES_ON };
            let to = line_end(&pieces, from, width.saturating_sub(indent.len()));
            let end = if to == pieces.len() { "" } else { " \\" };
            lines.push(format!("{indent}{}{end}", pieces[from..to].join(" ")));
            from = to;
        }
    }
    lines
}

/// What the lines of a command but its first begin with.
const GOES_ON: &str = "    ";

/// Up to which piece a line reaches: as far as it can, but rather before a pipe or `&&`.
fn line_end(pieces: &[&str], from: usize, width: usize) -> usize {
    let mut used = columns(pieces[from]);
    let mut to = from + 1;
    // Before an operator only where the line stays worth its name.
    let mut before_operator = None;
    while to < pieces.len() {
        if matches!(pieces[to], "|" | "||" | "&&") && used * 3 >= width {
            before_operator = Some(to);
        }
        used += 1 + columns(pieces[to]);
        // The backslash needs two columns wherever the command goes on behind it.
        let backslash = if to + 1 == pieces.len() { 0 } else { 2 };
        if used + backslash > width {
            return before_operator.unwrap_or(to);
        }
        to += 1;
    }
    to
}

/// A command cut at the single spaces where a line may end: outside quotes, not behind a
/// backslash, not within a comment. Where several spaces stand together none is touched.
fn pieces(text: &str) -> Vec<&str> {
    let bytes = text.as_bytes();
    let mut cuts = Vec::new();
    let mut quote = None;
    let mut at = 0;
    while at < bytes.len() {
        let byte = bytes[at];
        match quote {
            Some(b'\'') if byte == b'\'' => quote = None,
            Some(b'"') if byte == b'\\' => at += 1,
            Some(b'"') if byte == b'"' => quote = None,
            Some(_) => {}
            None => match byte {
                b'\'' | b'"' => quote = Some(byte),
                b'\\' => at += 1,
                b'#' if at == 0 || bytes[at - 1] == b' ' => break,
                b' ' => {
                    let alone = at > 0 && bytes[at - 1] != b' ' && bytes.get(at + 1) != Some(&b' ');
                    if alone && at + 1 < bytes.len() {
                        cuts.push(at);
                    }
                }
                _ => {}
            },
        }
        at += 1;
    }
    let mut pieces = Vec::with_capacity(cuts.len() + 1);
    let mut from = 0;
    for cut in cuts {
        pieces.push(&text[from..cut]);
        from = cut + 1;
    }
    pieces.push(&text[from..]);
    pieces
}

#[cfg(test)]
mod tests {
    use super::{command, paragraph};

    #[test]
    fn a_broken_command_is_the_same_command() {
        let text =
            "docker volume inspect --format '{{ .Mountpoint }}' one two | xargs echo \"a  b\"";
        for width in 10..90 {
            let lines = command(text, width);
            let joined = lines.join("\n").replace(" \\\n    ", " ");
            assert_eq!(joined, text, "at {width}");
        }
    }

    #[test]
    fn quotes_comments_and_escapes_are_not_broken() {
        assert_eq!(command("echo 'a b c d e f'", 8), ["echo \\", "    'a b c d e f'"]);
        assert_eq!(command("echo a\\ b\\ c\\ d", 8), ["echo \\", "    a\\ b\\ c\\ d"]);
        assert_eq!(command("true # a b c d e f", 8), ["true \\", "    # a b c d e f"]);
    }

    #[test]
    fn long_words_stay_whole() {
        assert_eq!(paragraph("a bbbbbbbbbbbb c", 5), ["a", "bbbbbbbbbbbb", "c"]);
    }
}

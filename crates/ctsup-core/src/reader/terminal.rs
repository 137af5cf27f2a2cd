//! Takes off what a terminal adds to a text, so that readers see only what was printed.
//!
//! Not for wrapped or cut lines: whether those can be mended depends on what the line means.

/// The text without colours, cursor movements, carriage returns and other control characters.
///
/// Lines keep their numbers. A line that was overwritten after a lone carriage return shows, as on
/// the screen, only what was written last; no-break spaces, which come from copying out of web
/// pages, are plain spaces.
pub(super) fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut line_start = 0;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\u{1b}' => skip_escape(&mut chars),
            '\u{9b}' => skip_control_sequence(&mut chars),
            '\r' => {
                while chars.next_if_eq(&'\r').is_some() {}
                if chars.peek().is_some_and(|next| *next != '\n') {
                    out.truncate(line_start);
                }
            }
            '\n' => {
                out.push('\n');
                line_start = out.len();
            }
            '\u{8}' if out.len() > line_start => {
                out.pop();
            }
            '\t' => out.push('\t'),
            '\u{a0}' => out.push(' '),
            '\u{feff}' => {}
            c if c.is_control() => {}
            c => out.push(c),
        }
    }
    out
}

/// Numbered lines, from 1, without trailing blanks.
pub(super) fn lines(plain: &str) -> impl Iterator<Item = (usize, &str)> {
    plain.lines().enumerate().map(|(index, line)| (index + 1, line.trim_end()))
}

type Chars<'a> = std::iter::Peekable<std::str::Chars<'a>>;

fn skip_escape(chars: &mut Chars<'_>) {
    match chars.peek() {
        Some('[') => {
            chars.next();
            skip_control_sequence(chars);
        }
        // Operating system commands (window titles) and their like run to BEL or ESC \.
        Some(']' | 'P' | 'X' | '^' | '_') => {
            chars.next();
            while let Some(c) = chars.next_if(|c| *c != '\n') {
                if c == '\u{7}' {
                    break;
                }
                if c == '\u{1b}' {
                    chars.next_if_eq(&'\\');
                    break;
                }
            }
        }
        // Character sets: one more character belongs to it.
        Some('(' | ')' | '*' | '+' | '#' | '%') => {
            chars.next();
            chars.next_if(|c| *c != '\n');
        }
        Some('\n') | None => {}
        Some(_) => {
            chars.next();
        }
    }
}

fn skip_control_sequence(chars: &mut Chars<'_>) {
    // A sequence that a cut left without its end must not swallow the next line.
    while let Some(c) = chars.next_if(|c| *c != '\n') {
        if ('@'..='~').contains(&c) {
            break;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_titles_and_carriage_returns_go() {
        assert_eq!(plain("\u{1b}[1;31mred\u{1b}[0m\r\nb"), "red\nb");
        assert_eq!(plain("\u{1b}]0;root@back-01: ~\u{7}text"), "text");
        assert_eq!(plain("\u{1b}]0;title\u{1b}\\text"), "text");
        assert_eq!(plain("\u{1b}(Btext\u{1b}[?25h"), "text");
        assert_eq!(plain("\u{feff}a\u{a0}b"), "a b");
    }

    #[test]
    fn what_was_overwritten_is_gone() {
        assert_eq!(plain("pulling 1%\rpulling 99%\rdone\n"), "done\n");
        assert_eq!(plain("one\r\r\ntwo"), "one\ntwo");
        assert_eq!(plain("cap\u{8}t"), "cat");
    }

    #[test]
    fn a_cut_sequence_ends_with_its_line() {
        assert_eq!(plain("a\u{1b}[12;\nb"), "a\nb");
        assert_eq!(plain("a\u{1b}]0;cut\nb\u{1b}"), "a\nb");
        assert_eq!(plain("\u{8}\nx"), "\nx");
    }

    #[test]
    fn lines_are_numbered_from_one() {
        let numbered: Vec<_> = lines("a  \n\nb").collect();
        assert_eq!(numbered, [(1, "a"), (2, ""), (3, "b")]);
    }
}

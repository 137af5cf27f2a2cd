//! What was seen, as a reader reads it: what nodes printed as it is, what ctsup says in words.

use ctsup_core::run::code_of;

use crate::diagnostic::printable;
use crate::words::{Arg, Words};

/// A text of lines that were seen, each of ctsup's own in the words of a language.
#[must_use]
pub fn seen(words: &Words, text: &str) -> String {
    let line = |line: &str| {
        let Some((code, args)) = code_of(line) else { return line.to_owned() };
        let arg = |at: usize| args.get(at).copied().unwrap_or_default();
        let mut all = vec![("a", Arg::from(arg(0))), ("b", arg(1).into()), ("c", arg(2).into())];
        if code == "unreachable" {
            let why = words.say("run-obstacle", &[("why", arg(1).into())]);
            all = vec![("a", arg(0).into()), ("b", why.into()), ("said", arg(2).into())];
        }
        if code == "places" {
            let place = |at: &str| match at {
                "" => words.say("seen-places-unsettled", &[]),
                at => at.to_owned(),
            };
            all = vec![("a", place(arg(0)).into()), ("b", place(arg(1)).into())];
        }
        words.say(&format!("seen-{code}"), &all)
    };
    // What nodes print is anybody's: it must not steer the reader's terminal.
    let safe = |text: &str| text.split('\t').map(printable).collect::<Vec<_>>().join("\t");
    text.lines().map(|text| safe(&line(text))).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::seen;
    use crate::{Lang, Words};

    #[test]
    fn what_nodes_print_steers_no_terminal() {
        let words = Words::of(Lang::En);
        let text = "\u{1b}]0;x\u{7}a\tb\n\u{1b}[2J\u{202e}c\r\nctsup:busy\t\u{1b}[2J";
        let shown = seen(words, text);
        assert!(shown.contains("a\tb\n"), "{shown:?}");
        assert_eq!(shown.lines().count(), 3);
        let steers = |c: char| (c.is_control() && !"\t\n".contains(c)) || c == '\u{202e}';
        // Marks that Fluent sets around arguments are its own.
        assert!(!shown.contains(steers), "{shown:?}");
    }
}

//! What was seen, as a reader reads it: what nodes printed as it is, what ctsup says in words.

use ctsup_core::run::code_of;

use crate::words::{Arg, Words};

/// A text of lines that were seen, each of ctsup's own in the words of a language.
#[must_use]
pub fn seen(words: &Words, text: &str) -> String {
    let line = |line: &str| {
        let Some((code, args)) = code_of(line) else { return line.to_owned() };
        let arg = |at: usize| args.get(at).copied().unwrap_or_default();
        let mut all = vec![("a", Arg::from(arg(0))), ("b", arg(1).into())];
        if code == "unreachable" {
            let why = words.say("run-obstacle", &[("why", arg(1).into())]);
            all = vec![("a", arg(0).into()), ("b", why.into()), ("said", arg(2).into())];
        }
        words.say(&format!("seen-{code}"), &all)
    };
    text.lines().map(line).collect::<Vec<_>>().join("\n")
}

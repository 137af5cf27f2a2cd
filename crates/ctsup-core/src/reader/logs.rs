//! Logs of compose services: which service a line is from, and whether it tells of an error.
//!
//! A word like "error" is no verdict: what counts and what is known to be harmless comes in as
//! data. Quiet, too, is for others to judge: this only reads lines.

mod classifier;

pub use classifier::{Classifier, Pattern, Verdict};

use super::terminal;

/// One line of `dpl --dc logs`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogLine {
    /// Where it comes from; none for compose's own lines and for the rest of a wrapped one.
    pub source: Option<Source>,
    /// The text without prefix and colours.
    pub text: String,
}

/// The container that compose put before a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// `web`, or a container's own name that has no number.
    pub service: String,
    /// The 1 of `web_1` and `web-1`.
    pub number: Option<u32>,
}

/// Reads the lines, each of them: the first is line 1.
pub fn read(text: &str) -> Vec<LogLine> {
    terminal::plain(text).lines().map(read_line).collect()
}

fn read_line(line: &str) -> LogLine {
    let (source, text) = match line.split_once('|') {
        Some((prefix, text)) => (read_source(prefix), text.strip_prefix(' ').unwrap_or(text)),
        None => (None, line),
    };
    let text = if source.is_some() { text } else { line };
    LogLine { source, text: text.trim_end().to_owned() }
}

/// Compose pads names to one width and sets the bar apart; a bar elsewhere is the line's own.
fn read_source(prefix: &str) -> Option<Source> {
    let name = prefix.trim_end();
    let is_name = name.starts_with(|c: char| c.is_ascii_alphanumeric())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || "_.-".contains(c));
    if !is_name || name.len() == prefix.len() {
        return None;
    }
    let numbered = name.rsplit_once(['_', '-']).and_then(|(service, number)| {
        let digits = number.bytes().all(|b| b.is_ascii_digit());
        (digits && !service.is_empty()).then_some((service, number.parse().ok()?))
    });
    Some(match numbered {
        Some((service, number)) => Source { service: service.to_owned(), number: Some(number) },
        None => Source { service: name.to_owned(), number: None },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(line: &str) -> (Option<(String, Option<u32>)>, String) {
        let line = read_line(line);
        (line.source.map(|source| (source.service, source.number)), line.text)
    }

    #[test]
    fn prefixes_of_both_compose_generations() {
        for (line, service, number, text) in [
            ("web_1  | 200 OK", "web", Some(1), "200 OK"),
            ("ad_integration_12 | x | y", "ad_integration", Some(12), "x | y"),
            ("postgres-1  |", "postgres", Some(1), ""),
            ("routing-schema-2  |   indented", "routing-schema", Some(2), "  indented"),
            ("Mysqldb      | Initializing", "Mysqldb", None, "Initializing"),
        ] {
            let source = Some((service.to_owned(), number));
            assert_eq!(told(line), (source, text.to_owned()), "{line}");
        }
    }

    #[test]
    fn lines_without_a_prefix_stay_whole() {
        for line in ["Attaching to web_1, db", "a table | of values", "x|y", "", "| x", "_ | x"] {
            assert_eq!(told(line), (None, line.to_owned()), "{line}");
        }
        let colours = read("\u{1b}[36mweb_1  |\u{1b}[0m one\r\n\r\ntwo");
        let texts: Vec<&str> = colours.iter().map(|line| line.text.as_str()).collect();
        assert_eq!(texts, ["one", "", "two"]);
    }
}

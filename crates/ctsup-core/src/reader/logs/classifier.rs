//! Tells lines of errors from harmless ones, by words that come in as data.

use super::LogLine;

/// Which lines tell of errors.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Classifier {
    /// What tells of an error.
    pub errors: Vec<Pattern>,
    /// What is known to be harmless although it sounds like an error.
    pub harmless: Vec<Pattern>,
}

/// Words to look for in a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern {
    service: Option<String>,
    /// In small letters; none of them is empty.
    pieces: Vec<String>,
}

/// What a line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Nothing to see.
    Plain,
    /// Sounds like an error and is known to be harmless.
    Harmless,
    /// Tells of an error.
    Error,
}

/// What tells of an error in the logs of the services, whatever they are written in.
const ERRORS: [&str; 7] =
    ["error", "fatal", "critical", "emergency", "panic", "exception", "traceback"];

impl Classifier {
    /// What tells of an error anywhere, but for lines with these parts (`[logs] harmless` of a
    /// catalogue).
    #[must_use]
    pub fn but_for<'t>(harmless: impl IntoIterator<Item = &'t str>) -> Self {
        let pattern = |text| Pattern::new(None, text);
        Self {
            errors: ERRORS.map(pattern).to_vec(),
            harmless: harmless.into_iter().map(pattern).collect(),
        }
    }

    /// What `line` is.
    pub fn judge(&self, line: &LogLine) -> Verdict {
        let any = |patterns: &[Pattern]| patterns.iter().any(|pattern| pattern.is_in(line));
        match any(&self.errors) {
            false => Verdict::Plain,
            true if any(&self.harmless) => Verdict::Harmless,
            true => Verdict::Error,
        }
    }
}

impl Pattern {
    /// Looks for `text` in lines of `service`, or in all lines.
    ///
    /// Capitals do not matter; `*` stands for anything between. What begins or ends with a letter or
    /// digit must do so as a whole word: `error` is not in `stderr` or `errors`. An empty text is
    /// in nothing.
    pub fn new(service: Option<&str>, text: &str) -> Self {
        let text = text.to_lowercase();
        let pieces = text.split('*').filter(|piece| !piece.is_empty());
        Self { service: service.map(str::to_owned), pieces: pieces.map(str::to_owned).collect() }
    }

    /// Whether the pattern is in `line`.
    pub fn is_in(&self, line: &LogLine) -> bool {
        let service = line.source.as_ref().map(|source| &source.service);
        if self.pieces.is_empty() || (self.service.is_some() && self.service.as_ref() != service) {
            return false;
        }
        let text = line.text.to_lowercase();
        let mut from = 0;
        self.pieces.iter().all(|piece| match find_word(&text, piece, from) {
            Some(end) => {
                from = end;
                true
            }
            None => false,
        })
    }
}

/// The end of the first `piece` in `text` from `from` on that is not a part of a longer word.
fn find_word(text: &str, piece: &str, from: usize) -> Option<usize> {
    let joins = |inner: Option<char>, outer: Option<char>| {
        inner.is_some_and(char::is_alphanumeric) && outer.is_some_and(char::is_alphanumeric)
    };
    let rest = text.get(from..)?;
    if rest.len() < piece.len() {
        return None;
    }
    let mut found = rest.match_indices(piece);
    found.find_map(|(at, _)| {
        let (start, end) = (from + at, from + at + piece.len());
        let before = text.get(..start)?.chars().next_back();
        let after = text.get(end..)?.chars().next();
        let part = joins(piece.chars().next(), before) || joins(piece.chars().next_back(), after);
        (!part).then_some(end)
    })
}

#[cfg(test)]
mod tests {
    use super::super::read;
    use super::*;

    fn read_line(line: &str) -> LogLine {
        read(line).remove(0)
    }

    #[test]
    fn harmless_errors_are_data() {
        let classifier = Classifier {
            errors: vec![Pattern::new(None, "error"), Pattern::new(None, "fatal*starting")],
            harmless: vec![Pattern::new(Some("nginx"), "[error]*favicon.ico*no such file")],
        };
        for (line, verdict) in [
            (
                "nginx_1  | [ERROR] open() \"/favicon.ico\" failed (2: No such file or directory)",
                Verdict::Harmless,
            ),
            (
                "admin_1  | [error] open() \"/favicon.ico\" failed (2: No such file or directory)",
                Verdict::Error,
            ),
            ("nginx_1  | [error] upstream timed out", Verdict::Error),
            ("postgres_1  | FATAL:  the database system is starting up", Verdict::Error),
            ("postgres_1  | starting, nothing fatal", Verdict::Plain),
            ("web_1  | stderr closed, 0 errors, terror", Verdict::Plain),
            ("web_1  | errors: one error", Verdict::Error),
        ] {
            assert_eq!(classifier.judge(&read_line(line)), verdict, "{line}");
        }
    }

    #[test]
    fn what_sounds_like_an_error_is_one_but_for_what_the_catalogue_names() {
        let classifier = Classifier::but_for(["favicon.ico"]);
        for (line, verdict) in [
            ("admin_1  | 10:21:07.113 [error] GenServer terminating", Verdict::Error),
            ("postgres_1  | FATAL:  database files are incompatible with server", Verdict::Error),
            ("botx_1  | Traceback (most recent call last):", Verdict::Error),
            ("nginx_1  | [error] open() \"/favicon.ico\" failed", Verdict::Harmless),
            ("admin_1  | [info] 0 errors", Verdict::Plain),
            ("admin_1  | [info] starting", Verdict::Plain),
        ] {
            assert_eq!(classifier.judge(&read_line(line)), verdict, "{line}");
        }
    }

    #[test]
    fn an_empty_pattern_is_in_nothing() {
        for text in ["", "*", "**"] {
            assert!(!Pattern::new(None, text).is_in(&read_line("web_1  | error")), "{text}");
        }
    }
}

//! What is said beside findings, in the forms that programs and editors read findings in.

use serde_json::json;

/// One sentence with its code: a failure, or something worth knowing.
#[derive(Debug, Clone, Copy)]
pub struct Note<'a> {
    /// The stable name of what it is.
    pub code: &'a str,
    /// `error` or `note`.
    pub severity: &'a str,
    /// The sentence.
    pub message: &'a str,
    /// The way out.
    pub help: Option<&'a str>,
    /// The file that it is about.
    pub file: Option<&'a str>,
    /// The line, from 1.
    pub line: Option<usize>,
}

impl Note<'_> {
    /// As a document of findings with one entry.
    #[must_use]
    pub fn json(&self) -> String {
        let place = self.file.map(|file| {
            let mut place = json!({ "file": file });
            if let Some(line) = self.line {
                place["line"] = line.into();
                place["column"] = 1.into();
            }
            place
        });
        let one = json!({
            "code": self.code,
            "severity": self.severity,
            "message": self.message,
            "help": self.help,
            "notes": [],
            "args": {},
            "place": place,
            "labels": [],
            "fixes": [],
        });
        super::json::document(vec![one])
    }

    /// As a line: `file:line:column: code: text`.
    #[must_use]
    pub fn line(&self) -> String {
        let line = self.line.unwrap_or(1);
        let place = self.file.map_or_else(String::new, |file| format!("{file}:{line}:1: "));
        let rest = self.help.map(|help| format!("; {help}")).unwrap_or_default();
        format!("{place}{}: {}{rest}\n", self.code, self.message)
    }
}

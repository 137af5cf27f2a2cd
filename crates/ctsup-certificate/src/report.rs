//! What [`check`](crate::check) returns: findings, and what the certificates are.

use std::collections::BTreeMap;

use crate::{Code, Severity, Time};

/// Everything found out about the two files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// All findings: files first, then each certificate, the chain, the name, the key, remarks.
    pub findings: Vec<Finding>,
    /// The certificates that could be read, in the order of the file.
    pub certificates: Vec<Summary>,
}

impl Report {
    /// Whether the files must not be used.
    pub fn refused(&self) -> bool {
        self.of(Severity::Refuse).next().is_some()
    }

    /// The findings of one severity.
    pub fn of(&self, severity: Severity) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(move |finding| finding.severity == severity)
    }
}

/// One thing found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What it is.
    pub code: Code,
    /// How much it weighs: [`Code::severity`] of the code.
    pub severity: Severity,
    /// Values for the sentence, by the names in [`Code::args`]. Safe to print: control and
    /// direction-changing characters from the files are replaced.
    pub args: BTreeMap<&'static str, String>,
    /// Index into [`Report::certificates`], when it is about one of them.
    pub certificate: Option<usize>,
}

impl Finding {
    pub(crate) fn new(code: Code) -> Self {
        Self { code, severity: code.severity(), args: BTreeMap::new(), certificate: None }
    }

    pub(crate) fn at(mut self, certificate: usize) -> Self {
        self.certificate = Some(certificate);
        self
    }

    pub(crate) fn with(mut self, name: &'static str, value: impl ToString) -> Self {
        self.args.insert(name, printable(&value.to_string()));
        self
    }
}

/// The part a certificate plays in the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// The server's own.
    Server,
    /// Between server and root.
    Intermediate,
    /// Signed by itself, at the chain's end.
    Root,
    /// Not part of the chain.
    Foreign,
    /// Stands in the file already.
    Duplicate,
}

/// A certificate in short, for people to recognise it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary {
    /// The line in the file where it begins.
    pub line: usize,
    /// The part it plays.
    pub role: Role,
    /// Whom it is for.
    pub subject: String,
    /// Who issued it.
    pub issuer: String,
    /// The alternative DNS names it covers.
    pub names: Vec<String>,
    /// Its first second of validity.
    pub not_before: Time,
    /// Its last second of validity.
    pub not_after: Time,
    /// Its public key, as `RSA 2048`, `P-256` or an object identifier.
    pub key: String,
    /// SHA-256 fingerprint in lower-case hexadecimal: what `openssl x509 -fingerprint -sha256`
    /// shows, to compare files on two nodes or with what nginx serves.
    pub fingerprint: String,
}

/// Replaces what could forge output: a name in a certificate is whatever its maker wrote.
pub(crate) fn printable(text: &str) -> String {
    let forging = |c: char| {
        c.is_control()
            || matches!(c, '\u{061c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    text.replace(forging, "\u{fffd}")
}

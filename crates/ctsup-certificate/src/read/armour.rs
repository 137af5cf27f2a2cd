//! The PEM framing, read as OpenSSL under nginx reads it.
//!
//! Not one of the ready readers: they skip or stop at what is wrong, without a line number, and
//! the damage people really do (files joined without a line break, blank lines, an indented block,
//! a DER or PKCS#12 file) is just what has to be told. After damage, reading goes on.

use data_encoding::BASE64_NOPAD;

use super::unframed;
use crate::{Code, Finding, Severity};

/// Which of the two files.
#[derive(Clone, Copy)]
pub(crate) enum File {
    Bundle,
    Key,
}

impl File {
    fn as_str(self) -> &'static str {
        match self {
            Self::Bundle => "bundle",
            Self::Key => "key",
        }
    }
}

/// What a file holds.
pub(crate) struct Contents {
    pub(crate) file: File,
    pub(crate) blocks: Vec<Block>,
    pub(crate) findings: Vec<Finding>,
}

impl Contents {
    /// Whether a block that is looked for may have been lost to damage that is reported already.
    pub(crate) fn damaged(&self) -> bool {
        self.findings.iter().any(|finding| finding.severity == Severity::Refuse)
    }

    pub(crate) fn ignored(&self, block: &Block) -> Finding {
        self.finding(Code::BlockIgnored).with("line", block.line).with("label", &block.label)
    }

    pub(super) fn finding(&self, code: Code) -> Finding {
        Finding::new(code).with("file", self.file.as_str())
    }

    fn malformed(&mut self, line: usize, reason: &str) {
        let finding = self.finding(Code::PemMalformed);
        self.findings.push(finding.with("line", line).with("reason", reason));
    }

    /// Decodes a framed block and keeps it, unless its Base64 is broken.
    fn keep(&mut self, open: Open<'_>) {
        let header = match open.body.first() {
            Some(line) if line.contains(&b':') => {
                open.body.iter().take_while(|l| !l.is_empty()).count()
            }
            _ => 0,
        };
        let (header, body) = open.body.split_at(header);
        let encrypted = header
            .iter()
            .any(|line| line.starts_with(b"Proc-Type:") && line.ends_with(b"ENCRYPTED"));
        if encrypted {
            // Its content means nothing without the password.
            return self.blocks.push(Block {
                line: open.line,
                label: open.label,
                der: Vec::new(),
                encrypted,
            });
        }
        if !header.is_empty() {
            self.malformed(open.line, "header");
        }
        // One blank line may follow the BEGIN line or the header. Any other makes OpenSSL take
        // what stands before it for a header.
        if body.iter().skip(1).any(|line| line.is_empty()) {
            self.malformed(open.line, "blank-line");
        }
        match decode(&body.concat()) {
            Some(der) => {
                self.blocks.push(Block { line: open.line, label: open.label, der, encrypted })
            }
            None => self.malformed(open.line, "base64"),
        }
    }
}

/// One block, decoded.
pub(crate) struct Block {
    pub(crate) line: usize,
    /// Empty when the file had no PEM framing at all.
    pub(crate) label: String,
    /// Empty when `encrypted`.
    pub(crate) der: Vec<u8>,
    /// Encrypted the old way, by a `Proc-Type` header.
    pub(crate) encrypted: bool,
}

impl Block {
    pub(crate) fn is_private_key(&self) -> bool {
        self.label.ends_with("PRIVATE KEY")
    }
}

struct Open<'a> {
    line: usize,
    label: String,
    body: Vec<&'a [u8]>,
}

/// Reads the framing of a file.
pub(crate) fn open(file: File, bytes: &[u8]) -> Contents {
    let mut contents = Contents { file, blocks: Vec::new(), findings: Vec::new() };
    let text = match bytes.strip_prefix(b"\xef\xbb\xbf") {
        Some(text) => {
            contents.findings.push(contents.finding(Code::ByteOrderMark));
            text
        }
        None => bytes,
    };

    let mut current: Option<Open<'_>> = None;
    for (index, line) in text.split(|&byte| byte == b'\n').enumerate() {
        let (number, line) = (index + 1, line.trim_ascii_end());
        let begin = find(line, b"-----BEGIN ");
        match (&mut current, line.strip_prefix(b"-----END ")) {
            (Some(_), Some(end)) => {
                if let Some(open) = current.take() {
                    if begin.is_some() {
                        contents.malformed(number, "glued");
                    } else if label(end) != open.label {
                        contents.malformed(number, "labels-differ");
                    }
                    contents.keep(open);
                }
            }
            (None, Some(_)) => contents.malformed(number, "begin-missing"),
            (Some(open), None) if begin.is_none() => open.body.push(line),
            _ => {}
        }
        if let Some(at) = begin {
            if let Some(open) = current.take() {
                contents.malformed(open.line, "end-missing");
            }
            let glued = line.starts_with(b"-----END ");
            if !line.ends_with(b"-----") || at > 0 && !glued {
                contents.malformed(number, "marker");
            }
            let label = label(&line[at + b"-----BEGIN ".len()..]);
            current = Some(Open { line: number, label, body: Vec::new() });
        }
    }
    if let Some(open) = current {
        contents.malformed(open.line, "end-missing");
    }
    if contents.blocks.is_empty() && !contents.damaged() {
        unframed::read(&mut contents, text);
    }
    contents
}

/// Base64 with or without its padding, as OpenSSL takes it.
pub(super) fn decode(body: &[u8]) -> Option<Vec<u8>> {
    let packed: Vec<u8> = body.iter().copied().filter(|byte| !byte.is_ascii_whitespace()).collect();
    let padding = packed.iter().rev().take_while(|&&byte| byte == b'=').count();
    if padding > 2 {
        return None;
    }
    BASE64_NOPAD.decode(&packed[..packed.len() - padding]).ok()
}

/// The words between the dashes.
fn label(after_marker: &[u8]) -> String {
    let end = find(after_marker, b"-----").unwrap_or(after_marker.len());
    String::from_utf8_lossy(&after_marker[..end]).into_owned()
}

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack.windows(needle.len()).position(|window| window == needle)
}

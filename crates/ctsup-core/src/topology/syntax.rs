//! A text that is not TOML: what its author most likely meant, beyond what the TOML reader says.

use std::ops::Range;

use super::near;
use crate::diagnostic::{Code, Diagnostic, Input, Label};

/// The finding for the first error of a text.
pub(crate) fn error(text: &str, message: &str, span: Range<usize>, input: Input) -> Diagnostic {
    let at = |range| Label { input, path: String::new(), range: Some(range) };
    let broken = Diagnostic::new(Code::Syntax);
    let line = line_at(text, span.start);
    if let Some(unquoted) = unquoted(text, line.clone()) {
        return broken
            .arg("message", "string values must be quoted")
            .arg("near", format!("\"{}\"", &text[unquoted.clone()]))
            .at(at(unquoted.clone()))
            .fix(unquoted.clone(), format!("\"{}\"", &text[unquoted]));
    }
    if let Some(colon) = colon(&text[line.clone()]) {
        let colon = line.start + colon;
        return broken
            .arg("message", "colon instead of an equals sign")
            .arg("near", "=")
            .at(at(colon..colon + 1))
            .fix(colon..colon + 1, " =");
    }
    let word = word_at(text, span.start);
    let (latin, letter) = near::latin(&text[word.clone()]);
    if let Some(letter) = letter
        && latin.is_ascii()
        && message.starts_with("invalid unquoted key")
    {
        return broken
            .arg("message", "a letter that only looks Latin")
            .arg("letter", letter)
            .arg("near", &latin)
            .at(at(word.clone()))
            .fix(word, latin);
    }
    let message = message.trim_end_matches('\n').replace('\n', "; ");
    broken.arg("message", message).at(at(span))
}

fn line_at(text: &str, at: usize) -> Range<usize> {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    let start = text[..at].rfind('\n').map_or(0, |end| end + 1);
    let end = text[start..].find('\n').map_or(text.len(), |end| start + end);
    start..end
}

/// The value of `key = value` where it is a single plain word that is no value by itself: a text, or
/// a release number, without its quotes.
fn unquoted(text: &str, line: Range<usize>) -> Option<Range<usize>> {
    let (key, value) = text[line.clone()].split_once('=')?;
    let plain_key = key.trim();
    let known = |b: u8| b.is_ascii_alphanumeric() || b"-_.\"".contains(&b);
    if plain_key.is_empty() || !plain_key.bytes().all(known) {
        return None;
    }
    let value = value.split('#').next().unwrap_or(value);
    let start = line.start + key.len() + 1 + (value.len() - value.trim_start().len());
    let word = value.trim();
    let is_value = word.parse::<f64>().is_ok() || word == "true" || word == "false";
    let plain = word.bytes().all(|b| b.is_ascii_alphanumeric() || b"._:/@%+-".contains(&b));
    (!word.is_empty() && plain && !is_value).then(|| start..start + word.len())
}

/// Where a colon stands in place of the sign, as in YAML.
fn colon(line: &str) -> Option<usize> {
    let at = line.find(':')?;
    let key = line[..at].trim();
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"-_.".contains(&b);
    let is_key = !key.is_empty() && key.bytes().all(plain) && !line.contains('=');
    is_key.then_some(at)
}

/// The word around a place.
fn word_at(text: &str, at: usize) -> Range<usize> {
    let line = line_at(text, at);
    let mut at = at.clamp(line.start, line.end);
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    let in_word = |c: char| c.is_alphanumeric() || c == '-' || c == '_';
    let before: usize =
        text[line.start..at].chars().rev().take_while(|c| in_word(*c)).map(char::len_utf8).sum();
    let after: usize =
        text[at..line.end].chars().take_while(|c| in_word(*c)).map(char::len_utf8).sum();
    at - before..at + after
}

//! What a text of the file says as a value of the kind that its key has.

use super::Value;
use crate::diagnostic::{Code, Diagnostic};
use crate::name::is_name;
use crate::topology::key::Kind;
use crate::topology::near::{latin, nearest, size_meant};
use crate::topology::shape::{self, NotAUrl, is_fqdn, is_host, is_line, is_path, is_word};

pub(super) fn parse_text(kind: Kind, text: &str) -> Result<Value, Diagnostic> {
    let wrong = |code: Code| Diagnostic::new(code).arg("value", text);
    let as_text = |right: bool, code: Code| {
        if right { Ok(Value::Text(text.to_owned())) } else { Err(wrong(code)) }
    };
    match kind {
        Kind::Text | Kind::CommandLine => as_text(is_line(text), Code::NotPlainText),
        Kind::Word => as_text(is_word(text), Code::NotPlainText),
        Kind::Host => as_text(is_host(text), Code::NotAnAddress),
        Kind::Url => match shape::url(text) {
            Ok(()) => Ok(Value::Text(text.to_owned())),
            // The text has a secret in it, so it is not repeated.
            Err(NotAUrl::Login) => Err(Diagnostic::new(Code::SecretInUrl)),
            Err(NotAUrl::Shape) => {
                let bare = text.trim_end_matches('/');
                let meant = match text.contains("://") {
                    true => bare.to_owned(),
                    // A single word is more likely a slip than a host.
                    false if bare.contains('.') => format!("http://{bare}"),
                    false => String::new(),
                };
                let found = wrong(Code::NotAUrl);
                Err(if shape::url(&meant).is_ok() { found.arg("near", meant) } else { found })
            }
        },
        Kind::Name | Kind::Node => as_text(is_name(text), Code::NotAName),
        Kind::Fqdn => as_text(is_fqdn(text), Code::NotAnFqdn),
        Kind::Path => as_text(is_path(text), Code::NotAPath),
        Kind::LocalPath => as_text(is_line(text), Code::NotAPath),
        Kind::ReleaseOrUnknown if text == "unknown" => Ok(Value::Unknown),
        Kind::Release | Kind::ReleaseOrUnknown => {
            text.parse().map(Value::Release).map_err(|_| wrong(Code::NotARelease))
        }
        Kind::Image => text.parse().map(Value::Image).map_err(|_| wrong(Code::NotAnImage)),
        Kind::Size => parse_size(text).map(Value::Size).ok_or_else(|| {
            let found = wrong(Code::NotASize);
            match size_meant(text) {
                Some(near) => found.arg("near", near),
                None => found,
            }
        }),
        Kind::OneOf(choices) => {
            if choices.contains(&text) {
                return Ok(Value::Text(text.to_owned()));
            }
            let mut found = wrong(Code::UnknownValue).arg("choices", choices.join(", "));
            if let (latin, Some(letter)) = latin(text)
                && latin.is_ascii()
            {
                found = found.arg("letter", letter);
            }
            Err(match nearest(text, choices.iter().copied()) {
                Some(near) => found.arg("near", near),
                None => found,
            })
        }
        Kind::Table | Kind::Tables | Kind::Bool | Kind::Integer(..) | Kind::List(_) => {
            unreachable!("these kinds are no text")
        }
    }
}

/// `61 GiB`, `500 MB`, `4096`: binary and decimal units, no fractions.
pub(crate) fn parse_size(text: &str) -> Option<u64> {
    let text = text.trim();
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = text.split_at(digits);
    let factor: u64 = match unit.trim_start() {
        "" | "B" => 1,
        "kB" | "KB" => 1000,
        "MB" => 1000_u64.pow(2),
        "GB" => 1000_u64.pow(3),
        "TB" => 1000_u64.pow(4),
        "KiB" => 1 << 10,
        "MiB" => 1 << 20,
        "GiB" => 1 << 30,
        "TiB" => 1 << 40,
        _ => return None,
    };
    number.parse::<u64>().ok()?.checked_mul(factor)
}

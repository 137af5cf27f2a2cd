//! What a registry answers: tag lists, their next page, refusals; and the words of failed logins.
//!
//! A tag list is a set: registries sort it by letters or not at all, so its order tells no age.

mod http;

pub use http::{Answer, next_page, page_after};

use super::{ReadError, terminal};

/// The tags of one repository, or one page of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tags {
    /// The repository.
    pub name: String,
    /// In the order of the answer, which means nothing.
    pub tags: Vec<String>,
}

/// Why a registry refused.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Code {
    /// No login, or a wrong one.
    Unauthorized,
    /// Logged in, but not allowed.
    Denied,
    /// No such repository.
    NameUnknown,
    /// No such tag.
    ManifestUnknown,
    /// Any other code.
    Other(String),
}

#[derive(serde::Deserialize)]
struct Document {
    name: Option<String>,
    tags: Option<Vec<String>>,
    errors: Option<Vec<ErrorItem>>,
}

#[derive(serde::Deserialize)]
struct ErrorItem {
    code: String,
}

/// Reads the body of `GET /v2/<name>/tags/list`. A repository whose tags were all deleted has
/// `"tags": null`: that is an empty list, not an unknown name.
pub fn read_tags(body: &str) -> Result<Tags, ReadError> {
    let document: Document = serde_json::from_str(body)?;
    if let Some(errors) = document.errors {
        let codes = errors.into_iter().map(|error| Code::from(error.code.as_str())).collect();
        return Err(ReadError::Refused { codes });
    }
    let name = document.name.ok_or(ReadError::Missing { what: "tag-list" })?;
    Ok(Tags { name, tags: document.tags.unwrap_or_default() })
}

/// Tags by the numbers in them, the highest first: registries sort them by letters or not at all.
/// Which of them is the newest image no number tells for sure.
#[must_use]
pub fn newest(tags: &[String]) -> Vec<&str> {
    let numbers = |tag: &str| -> Vec<u64> {
        let parts = tag.split(|c: char| !c.is_ascii_digit()).filter(|part| !part.is_empty());
        parts.map(|part| part.parse().unwrap_or(u64::MAX)).collect()
    };
    let mut all: Vec<&str> = tags.iter().map(String::as_str).collect();
    all.sort_by(|a, b| numbers(b).cmp(&numbers(a)).then_with(|| a.cmp(b)));
    all.dedup();
    all
}

impl From<&str> for Code {
    fn from(code: &str) -> Self {
        match code {
            "UNAUTHORIZED" => Self::Unauthorized,
            "DENIED" => Self::Denied,
            "NAME_UNKNOWN" => Self::NameUnknown,
            "MANIFEST_UNKNOWN" => Self::ManifestUnknown,
            other => Self::Other(other.to_owned()),
        }
    }
}

/// Whether a text tells of a failed login, by any of its three faces.
///
/// The guide says "no basic credentials", which nothing prints: docker says `no basic auth
/// credentials`, the registry answers 401 with the code `UNAUTHORIZED`.
pub fn is_login_failure(text: &str) -> bool {
    let plain = terminal::plain(text).to_ascii_lowercase();
    let folded = plain.split_whitespace().collect::<Vec<_>>().join(" ");
    let status = plain.lines().filter(|line| line.trim_start().starts_with("http/"));
    folded.contains("no basic credentials")
        || folded.contains("no basic auth credentials")
        || folded.split(|c: char| !c.is_ascii_alphanumeric()).any(|word| word == "unauthorized")
        || status.into_iter().any(|line| line.split_whitespace().nth(1) == Some("401"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TAGS: &str = include_str!("../../tests/fixtures/reader/registry/tags.http");
    const NO_LOGIN: &str = include_str!("../../tests/fixtures/reader/registry/no-credentials.http");
    const UNKNOWN: &str = include_str!("../../tests/fixtures/reader/registry/unknown-name.http");

    fn tags(text: &str) -> Result<Tags, ReadError> {
        read_tags(Answer::read(text).expect("an answer").body)
    }

    #[test]
    fn tags_of_a_real_registry() {
        let answer = Answer::read(TAGS).expect("an answer");
        assert_eq!((answer.status, answer.next_page()), (200, None));
        assert_eq!(answer.header("content-length"), Some("77"));
        let tags = tags(TAGS).expect("tags");
        assert_eq!(tags.name, "express/messaging");
        assert_eq!(tags.tags, ["latest", "3.9.0", "3.10.1", "3.10.2-rc1"]);
    }

    #[test]
    fn no_tags_is_not_an_unknown_name() {
        let none = read_tags(r#"{"name":"kdc","tags":null}"#).expect("tags");
        assert_eq!(none.tags, Vec::<String>::new());
        let Err(ReadError::Refused { codes }) = tags(UNKNOWN) else { panic!("refused") };
        assert_eq!(codes, [Code::NameUnknown]);
        let Err(ReadError::Refused { codes }) = tags(NO_LOGIN) else { panic!("refused") };
        assert_eq!(codes, [Code::Unauthorized]);
    }

    #[test]
    fn what_is_no_tag_list() {
        assert!(matches!(read_tags("404 page not found\n"), Err(ReadError::Json(_))));
        assert!(matches!(read_tags("{}"), Err(ReadError::Missing { what: "tag-list" })));
        let odd = Answer::read("HTTP/1.1 teapot\r\n\r\n");
        assert!(matches!(odd, Err(ReadError::Malformed { what: "http-head", line: 1, .. })));
        assert!(matches!(Answer::read("{}"), Err(ReadError::Missing { .. })));
    }

    #[test]
    fn tags_by_number_and_not_by_letter() {
        let tags = ["1.9.0", "latest", "1.42.0", "1.38.1", "1.42.0-rc1"].map(str::to_owned);
        assert_eq!(newest(&tags), ["1.42.0-rc1", "1.42.0", "1.38.1", "1.9.0", "latest"]);
    }

    #[test]
    fn failed_logins_in_every_wording() {
        for text in [
            "Error: no basic auth credentials",
            "No Basic Credentials",
            "no basic auth\r\ncredentials",
            "Error response from daemon: unauthorized: authentication required",
            NO_LOGIN,
            "HTTP/2 401 \r\n",
        ] {
            assert!(is_login_failure(text), "{text}");
        }
        for text in [TAGS, UNKNOWN, "unauthorizedly 401", "basic auth credentials"] {
            assert!(!is_login_failure(text), "{text}");
        }
    }
}

//! HTTP answers as `curl -i` prints them.

use crate::reader::ReadError;

/// One HTTP answer as `curl -i` prints it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer<'a> {
    /// The status code.
    pub status: u16,
    /// Header names, as sent, and values.
    pub headers: Vec<(&'a str, &'a str)>,
    /// What follows the headers.
    pub body: &'a str,
}

impl<'a> Answer<'a> {
    /// Reads the output of `curl -i`: of several answers (a proxy's, a redirect's) the last.
    pub fn read(text: &'a str) -> Result<Self, ReadError> {
        let mut last: Option<Self> = None;
        let mut rest = text;
        while rest.starts_with("HTTP/") {
            let answer = read_first(rest)?;
            rest = answer.body;
            last = Some(answer);
        }
        last.ok_or(ReadError::Missing { what: "http-status" })
    }

    /// The value of the header `name`, whatever the case of its letters.
    pub fn header(&self, name: &str) -> Option<&'a str> {
        let same = |(key, _): &&(&str, &str)| key.eq_ignore_ascii_case(name);
        self.headers.iter().find(same).map(|(_, value)| *value)
    }

    /// Where the next page of a list is, as the `Link` header has it: often without a host.
    pub fn next_page(&self) -> Option<&'a str> {
        next_page(self.header("Link")?)
    }
}

/// The first answer, with all that follows it as its body.
fn read_first(text: &str) -> Result<Answer<'_>, ReadError> {
    let malformed =
        |line, text: &str| ReadError::Malformed { what: "http-head", line, text: text.to_owned() };
    let (first, mut rest) = split_line(text);
    let code = first.split_whitespace().nth(1).and_then(|code| code.parse().ok());
    let status = code.ok_or_else(|| malformed(1, first))?;
    let mut headers = Vec::new();
    while !rest.is_empty() {
        let (line, after) = split_line(rest);
        rest = after;
        if line.is_empty() {
            break;
        }
        let header = line.split_once(':').ok_or_else(|| malformed(headers.len() + 2, line))?;
        headers.push((header.0.trim(), header.1.trim()));
    }
    Ok(Answer { status, headers, body: rest })
}

fn split_line(text: &str) -> (&str, &str) {
    let (line, rest) = text.split_once('\n').unwrap_or((text, ""));
    (line.trim_end_matches('\r'), rest)
}

/// The target of `rel="next"` in a `Link` header: `</v2/web/tags/list?last=b&n=2>; rel="next"`.
pub fn next_page(link: &str) -> Option<&str> {
    let mut rest = link;
    loop {
        let (_, after) = rest.split_once('<')?;
        let (target, after) = after.split_once('>')?;
        // A comma ends this link's parameters; quoted commas do not occur in `rel`.
        let (parameters, others) = after.split_once(',').unwrap_or((after, ""));
        let is_next = parameters.split(';').any(|parameter| {
            let (key, value) = parameter.split_once('=').unwrap_or_default();
            key.trim().eq_ignore_ascii_case("rel") && value.trim().trim_matches('"') == "next"
        });
        if is_next {
            return Some(target);
        }
        rest = others;
    }
}

/// The address of the next page, from the address of the registry and a link: a path, or a whole
/// address on the same host. A link to another host is none: a password would go there.
#[must_use]
pub fn page_after(registry: &str, link: &str) -> Option<String> {
    let (scheme, rest) = registry.split_once("://")?;
    let host = rest.split('/').next()?;
    let path = match link.strip_prefix("http://").or_else(|| link.strip_prefix("https://")) {
        Some(whole) => whole.strip_prefix(host)?,
        None => link,
    };
    // Behind a proxy a registry takes itself for one without TLS: the scheme is ours.
    let inside = path.starts_with('/') && !path.starts_with("//");
    inside.then(|| format!("{scheme}://{host}{path}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_of_several_answers_counts() {
        let text = "HTTP/1.1 200 Connection established\r\n\r\nHTTP/1.1 401 Unauthorized\r\nA: b\r\n\r\n{}";
        let answer = Answer::read(text).expect("an answer");
        assert_eq!((answer.status, answer.body), (401, "{}"));
    }

    #[test]
    fn the_next_page_stays_on_its_host() {
        for (link, next) in [
            ("/v2/a/tags/list?last=b", Some("https://r:5000/v2/a/tags/list?last=b")),
            ("http://r:5000/v2/a/tags/list?n=2", Some("https://r:5000/v2/a/tags/list?n=2")),
            ("https://other/v2/a/tags/list", None),
            ("https://r:5000.other/v2/a/tags/list", None),
            ("https://r:5000@other/v2/a/tags/list", None),
            ("//other/v2/a/tags/list", None),
            ("v2/a/tags/list", None),
        ] {
            assert_eq!(page_after("https://r:5000", link).as_deref(), next, "{link}");
        }
    }

    #[test]
    fn the_next_page_among_several_links() {
        for (link, next) in [
            (r#"</v2/web/tags/list?last=b&n=2>; rel="next""#, Some("/v2/web/tags/list?last=b&n=2")),
            (
                r#"</first>; rel="first", <https://r/x?a=1,2>;title="x"; rel=next"#,
                Some("https://r/x?a=1,2"),
            ),
            (r#"</prev>; rel="prev""#, None),
            ("garbage", None),
        ] {
            assert_eq!(next_page(link), next, "{link}");
        }
    }
}

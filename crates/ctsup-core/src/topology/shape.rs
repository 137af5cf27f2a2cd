//! Shapes that texts must have before they may stand for a host, an address or a path: the same for
//! a topology file, a catalogue and a plan that is read back.

use std::net::{Ipv4Addr, Ipv6Addr};

fn is_label(label: &str) -> bool {
    (1..=63).contains(&label.len())
        && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
        && !label.starts_with('-')
        && !label.ends_with('-')
}

fn is_number(label: &str) -> bool {
    label.bytes().all(|b| b.is_ascii_digit())
}

/// A full domain name. Pacemaker wants full names (`pcs` refuses short ones), so a dot is needed;
/// no top-level domain is a number, which keeps addresses apart from names.
pub(crate) fn is_fqdn(text: &str) -> bool {
    text.len() <= 253
        && text.contains('.')
        && text.split('.').all(is_label)
        && text.rsplit('.').next().is_some_and(|last| last.contains(|c: char| !c.is_ascii_digit()))
}

/// Where something answers: an IP address or a host name, short or full. What looks like a mistyped
/// IPv4 address (`10.0.0.q10`) is none.
pub(crate) fn is_host(text: &str) -> bool {
    if let Ok(address) = text.parse::<Ipv4Addr>() {
        // "This network", multicast and reserved addresses are no host's.
        return !matches!(address.octets()[0], 0 | 224..);
    }
    if text.parse::<Ipv6Addr>().is_ok() {
        return true;
    }
    // An alias of ssh's configuration can have an underscore, which DNS has not.
    let labels = text.split('.').all(|label| is_label(&label.replace('_', "a")));
    let numbers = text.split('.').filter(|label| is_number(label)).count();
    labels && text.len() <= 253 && numbers < 2 && !text.rsplit('.').next().is_some_and(is_number)
}

/// What is wrong with the address of a registry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NotAUrl {
    /// It names a user or a password.
    Login,
    /// It is no `http://host` or `https://host:port`.
    Shape,
}

/// Scheme, host and port, nothing behind them: paths are appended to it.
pub(crate) fn url(text: &str) -> Result<(), NotAUrl> {
    let rest = text.split_once("://").map_or(text, |(_, rest)| rest);
    if rest.split('/').next().is_some_and(|host| host.contains('@')) {
        return Err(NotAUrl::Login);
    }
    let place = text.strip_prefix("http://").or_else(|| text.strip_prefix("https://"));
    let place = place.ok_or(NotAUrl::Shape)?;
    let (host, port) = match place.rsplit_once(':') {
        Some((host, port)) => (host, Some(port)),
        None => (place, None),
    };
    let port_is =
        port.is_none_or(|port| is_number(port) && port.parse::<u16>().is_ok_and(|port| port > 0));
    if is_host(host) && !host.contains(':') && port_is { Ok(()) } else { Err(NotAUrl::Shape) }
}

/// Absolute, of plain characters, without `.`, `..` and empty parts: such a path means the same
/// to a shell, to a person and to us (invariant 21). The root itself is no place for anything.
pub(crate) fn is_path(text: &str) -> bool {
    text.strip_prefix('/').is_some_and(is_relative_path)
}

/// The same below a directory.
pub(crate) fn is_relative_path(text: &str) -> bool {
    text.split('/').all(|part| {
        !part.is_empty()
            && part != "."
            && part != ".."
            && part.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-@+".contains(&b))
    })
}

/// Characters that no shell takes for more than themselves.
pub(crate) fn is_word(text: &str) -> bool {
    !text.is_empty()
        && !text.starts_with('-')
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"._:/@%+=,-".contains(&b))
}

/// One line that is not empty, with nothing that steers a terminal or turns the reading direction.
pub(crate) fn is_line(text: &str) -> bool {
    !text.trim().is_empty() && !text.chars().any(|c| c.is_control() || turns(c))
}

/// Marks that make a text read in another order than it runs.
fn turns(c: char) -> bool {
    matches!(c, '\u{061c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn full_names() {
        for right in ["cts.romashka.example", "1c.example", "xn--80aaxitdbjk.xn--p1ai"] {
            assert!(is_fqdn(right), "{right}");
        }
        for wrong in
            ["cts", "1.2.3.4", "1.2.3.4.5.6", "99999999999999999999.1", "a..b", "-a.b", "a b.c"]
        {
            assert!(!is_fqdn(wrong), "{wrong}");
        }
    }

    #[test]
    fn hosts() {
        for right in
            ["10.0.0.10", "back-01", "back_01", "back-01.romashka.example", "fd00::1", "127.0.0.1"]
        {
            assert!(is_host(right), "{right}");
        }
        let long = "x".repeat(5000);
        for wrong in [
            "",
            "10.0..10",
            "10.0.0.q10",
            "0.0.0.10",
            "../../x",
            "10.0.0",
            "10.0.0.256",
            "a/b",
            "224.0.0.1",
            &long,
        ] {
            assert!(!is_host(wrong), "{wrong}");
        }
    }

    #[test]
    fn addresses_of_registries() {
        for right in ["http://registry", "https://registry.example:5000", "http://10.0.0.5:80"] {
            assert_eq!(url(right), Ok(()), "{right}");
        }
        for wrong in [
            "htty://registry",
            "zzz",
            "../../x",
            "http://",
            "http://registry/",
            "http://a:0",
            "http://a:99999",
            "http://a:",
            "registry.example",
            "http://a/b",
            "http://a:+1",
        ] {
            assert_eq!(url(wrong), Err(NotAUrl::Shape), "{wrong}");
        }
        for secret in ["http://u:secret@registry", "u@registry", "https://u:@r:5000"] {
            assert_eq!(url(secret), Err(NotAUrl::Login), "{secret}");
        }
    }

    #[test]
    fn paths_and_lines() {
        assert!(is_path("/opt/express") && is_relative_path("cts/letsencrypt"));
        for wrong in ["/", "opt", "/opt/", "/opt/../etc", "/opt/ex press; rm -rf /", ""] {
            assert!(!is_path(wrong), "{wrong}");
        }
        assert!(is_line("Скажите «да»") && !is_line("a\nb") && !is_line("a\u{202e}b"));
    }
}

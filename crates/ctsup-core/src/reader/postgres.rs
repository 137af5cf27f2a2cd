//! What the PostgreSQL container tells: the version of its data and how an upgrade of it went.

use std::fmt;

use super::{ReadError, logs, terminal};

/// The release that a data directory was made by, as its `PG_VERSION` file has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DataVersion {
    /// `14`, or the 9 of `9.5`.
    pub major: u16,
    /// The 5 of `9.5`; before release 10 two numbers made the major version.
    pub minor: Option<u16>,
}

impl fmt::Display for DataVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.minor {
            Some(minor) => write!(f, "{}.{minor}", self.major),
            None => write!(f, "{}", self.major),
        }
    }
}

/// Reads the content of `PG_VERSION`; lines that the command around it prints may stand beside it.
///
/// `14.4` is the version of a server, which that file never holds, so it is not taken for 14.
pub fn read_version(text: &str) -> Result<DataVersion, ReadError> {
    let plain = terminal::plain(text);
    let found: Vec<DataVersion> =
        plain.lines().filter_map(|line| version_of(line.trim())).collect();
    match found[..] {
        [version] => Ok(version),
        [] => Err(ReadError::Missing { what: "pg-version" }),
        _ => Err(ReadError::Count { what: "pg-version", expected: 1, found: found.len() }),
    }
}

fn version_of(text: &str) -> Option<DataVersion> {
    let number = |text: &str| {
        let plain = matches!(text.len(), 1 | 2) && text.bytes().all(|b| b.is_ascii_digit());
        plain.then(|| text.parse().ok()).flatten()
    };
    match text.split_once('.') {
        Some((major, minor)) => {
            let (major, minor) = (number(major)?, Some(number(minor)?));
            (major < 10).then_some(DataVersion { major, minor })
        }
        None => {
            let major = number(text)?;
            (major >= 10).then_some(DataVersion { major, minor: None })
        }
    }
}

/// What the upgrade script of the container announced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Upgrade {
    /// `DB upgrade is done, please disable postgres_upgrade in the settings`.
    Done,
    /// `postgres_upgrade disabled, exiting`: an upgrade is due and not switched on.
    Disabled,
}

/// An announcement and the line that it begins on, from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Announced {
    /// What was announced.
    pub upgrade: Upgrade,
    /// Where.
    pub line: usize,
}

/// The announcements in a log of the postgres container, in its order.
///
/// Compose prefixes and colours do not matter, nor that a terminal broke the message over two
/// lines, within a word or between words. Whether an announcement is newer than the upgrade that
/// is waited for is not told here: ask the log from that moment on.
pub fn read_upgrade_log(text: &str) -> Vec<Announced> {
    const MESSAGES: [(&str, Upgrade); 2] = [
        ("DB upgrade is done, please disable postgres_upgrade in the settings", Upgrade::Done),
        ("postgres_upgrade disabled, exiting", Upgrade::Disabled),
    ];
    let lines = logs::read(text);
    let folded: Vec<String> = lines.iter().map(|line| without_blanks(&line.text)).collect();
    let mut announced = Vec::new();
    for (index, first) in folded.iter().enumerate() {
        let next = folded.get(index + 1).map_or("", String::as_str);
        let both = format!("{first}{next}");
        for (message, upgrade) in MESSAGES {
            let message = without_blanks(message);
            // Beginning on this line is what keeps a message of the next one from counting twice.
            let begins = both.match_indices(&message).filter(|(at, _)| *at < first.len());
            announced.extend(begins.map(|_| Announced { upgrade, line: index + 1 }));
        }
    }
    announced
}

fn without_blanks(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(text: &str) -> Option<String> {
        read_version(text).ok().map(|version| version.to_string())
    }

    #[test]
    fn versions_of_both_schemes() {
        assert_eq!(version("9.5\n").as_deref(), Some("9.5"));
        assert_eq!(version("14\r\n").as_deref(), Some("14"));
        assert_eq!(version("WARN[0000] FOO is not set\n\u{1b}[0m13\n").as_deref(), Some("13"));
        let parse = |text| read_version(text).expect("a version");
        assert!(parse("9.6") < parse("10") && parse("9.5") < parse("9.6"));
    }

    #[test]
    fn what_is_no_data_version() {
        for text in
            ["", "14.4", "9", "9.5.24", "cat: PG_VERSION: No such file", "14\n9.5\n", "+14", "014"]
        {
            assert_eq!(version(text), None, "{text}");
        }
    }

    fn lines_of(text: &str, upgrade: Upgrade) -> Vec<usize> {
        let all = read_upgrade_log(text).into_iter();
        all.filter(|seen| seen.upgrade == upgrade).map(|seen| seen.line).collect()
    }

    #[test]
    fn the_message_in_every_dress() {
        for text in [
            "DB upgrade is done, please disable postgres_upgrade in the settings",
            "\u{1b}[36mpostgres_1  |\u{1b}[0m DB upgrade is done, please disable postgres_upgrade in the settings\r\n",
            "postgres-1  | DB upgrade is done, please disable postgres_upg\nrade in the settings\n",
            "postgres_1  | DB upgrade is done, please disable\npostgres_1  | postgres_upgrade in the settings\n",
        ] {
            assert_eq!(lines_of(text, Upgrade::Done), [1], "{text}");
            assert_eq!(lines_of(text, Upgrade::Disabled), [0; 0], "{text}");
        }
    }

    #[test]
    fn less_than_the_message_is_none() {
        for text in [
            "DB upgrade is done",
            "DB upgrade is done, please\n\n\ndisable postgres_upgrade in the settings",
            "please disable postgres_upgrade in the settings",
            "db upgrade is done, please disable postgres_upgrade in the settings",
        ] {
            assert_eq!(read_upgrade_log(text), [], "{text}");
        }
    }

    #[test]
    fn a_refusal_before_the_upgrade_keeps_its_place() {
        let log = "postgres_1  | postgres_upgrade disabled, exiting\npostgres_1  | upgrading\n\
            postgres_1  | DB upgrade is done, please disable postgres_upgrade in the settings\n";
        assert_eq!(lines_of(log, Upgrade::Disabled), [1]);
        assert_eq!(lines_of(log, Upgrade::Done), [3]);
    }
}

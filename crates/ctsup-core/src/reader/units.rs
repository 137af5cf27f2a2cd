//! Short answers of single commands: unit states, tool versions, boot id, owners.

use std::fmt;

use super::{ReadError, terminal};

/// What `systemctl is-active` says of a unit.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum UnitState {
    /// Runs.
    Active,
    /// Does not run, or does not exist: systemd since 232 gives one word for both.
    Inactive,
    /// Has failed.
    Failed,
    /// On its way up.
    Activating,
    /// On its way down.
    Deactivating,
    /// Runs and reads its configuration again.
    Reloading,
    /// Does not exist (older systemd).
    Unknown,
    /// Any other word.
    Other(String),
}

/// Reads `systemctl is-active A B …`: one state for each of the `count` units asked, in their order.
pub fn is_active(text: &str, count: usize) -> Result<Vec<UnitState>, ReadError> {
    const WHAT: &str = "unit-state";
    let plain = terminal::plain(text);
    let states = filled(&plain).map(|(line, text)| match text {
        "active" => Ok(UnitState::Active),
        "inactive" => Ok(UnitState::Inactive),
        "failed" => Ok(UnitState::Failed),
        "activating" => Ok(UnitState::Activating),
        "deactivating" => Ok(UnitState::Deactivating),
        "reloading" => Ok(UnitState::Reloading),
        "unknown" => Ok(UnitState::Unknown),
        word if word.bytes().all(|b| b.is_ascii_lowercase() || b == b'-') => {
            Ok(UnitState::Other(word.to_owned()))
        }
        // "Failed to connect to bus" and the like: not a state of any unit.
        text => Err(malformed(WHAT, line, text)),
    });
    exactly(WHAT, count, states.collect::<Result<_, _>>()?)
}

/// The unit files of a host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnitFiles {
    /// Full names and states, such as `kesl.service` and `enabled`.
    pub files: Vec<(String, String)>,
}

impl UnitFiles {
    /// Reads `systemctl list-unit-files [NAME …]`, with or without its header and footer. That no
    /// unit is listed is an answer; any other text is none.
    pub fn read(text: &str) -> Result<Self, ReadError> {
        let plain = terminal::plain(text);
        let mut files = Vec::new();
        for (line, text) in filled(&plain) {
            let words: Vec<&str> = text.split_whitespace().collect();
            match words[..] {
                ["UNIT", "FILE", ..] => {}
                [_, "unit", "files", "listed."] => {}
                [name, state, ..] if name.contains('.') && !text.contains(": ") => {
                    files.push((name.to_owned(), state.to_owned()));
                }
                _ => return Err(malformed("unit-file", line, text)),
            }
        }
        Ok(Self { files })
    }

    /// Whether `unit` exists; without a suffix it is a service, as for systemctl. A masked unit is
    /// listed too, but cannot be started: see its state.
    pub fn state(&self, unit: &str) -> Option<&str> {
        let full = if unit.contains('.') { unit.to_owned() } else { format!("{unit}.service") };
        let named = self.files.iter().find(|(name, _)| *name == full);
        named.map(|(_, state)| state.as_str())
    }
}

/// The version of a tool, in three numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ToolVersion {
    /// The first number.
    pub major: u32,
    /// The second.
    pub minor: u32,
    /// The third; 0 when it is not printed.
    pub patch: u32,
}

impl fmt::Display for ToolVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.major, self.minor, self.patch)
    }
}

impl ToolVersion {
    /// The version at the beginning of `text`: `0.11.5`, `0.10.1.el8`, `1.20.1 (Ubuntu)`.
    fn at_start_of(text: &str) -> Option<Self> {
        let number = text.split(|c: char| !c.is_ascii_digit() && c != '.').next()?;
        let mut parts = number.split('.').filter(|part| !part.is_empty());
        let (major, minor) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
        let patch = parts.next().map_or(Some(0), |part| part.parse().ok())?;
        text.starts_with(|c: char| c.is_ascii_digit()).then_some(Self { major, minor, patch })
    }
}

/// Reads `pcs --version`: `0.9.169`.
pub fn pcs_version(text: &str) -> Result<ToolVersion, ReadError> {
    let plain = terminal::plain(text);
    let found = filled(&plain).filter_map(|(_, text)| ToolVersion::at_start_of(text)).collect();
    one("pcs-version", found)
}

/// Reads `nginx -v`: `nginx version: nginx/1.20.1`, which nginx prints on its error output.
pub fn nginx_version(text: &str) -> Result<ToolVersion, ReadError> {
    let plain = terminal::plain(text);
    let version = |text: &str| {
        let (_, product) = text.split_once("nginx version:")?;
        ToolVersion::at_start_of(product.split_once('/')?.1)
    };
    one("nginx-version", filled(&plain).filter_map(|(_, text)| version(text)).collect())
}

/// The id of one boot: after another, what was known of the node is void.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct BootId(String);

impl BootId {
    /// Reads `/proc/sys/kernel/random/boot_id`.
    pub fn read(text: &str) -> Result<Self, ReadError> {
        let plain = terminal::plain(text);
        let is_id = |text: &&str| {
            let lengths = text.split('-').map(str::len);
            lengths.eq([8, 4, 4, 4, 12]) && text.bytes().all(|b| b == b'-' || b.is_ascii_hexdigit())
        };
        let ids = filled(&plain).map(|(_, text)| text).filter(is_id);
        one("boot-id", ids.map(|id| Self(id.to_ascii_lowercase())).collect())
    }

    /// The id, in small letters.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Who a file belongs to, by number: names differ between a host and its containers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Owner {
    /// User.
    pub uid: u32,
    /// Group.
    pub gid: u32,
}

/// Reads `stat -c %u:%g A B …`: one owner for each of the `count` paths asked, in their order.
pub fn owners(text: &str, count: usize) -> Result<Vec<Owner>, ReadError> {
    const WHAT: &str = "owner";
    let plain = terminal::plain(text);
    let owners = filled(&plain).map(|(line, text)| {
        let ids = text.split_once(':').map(|(uid, gid)| (uid.parse(), gid.parse()));
        match ids {
            Some((Ok(uid), Ok(gid))) => Ok(Owner { uid, gid }),
            _ => Err(malformed(WHAT, line, text)),
        }
    });
    exactly(WHAT, count, owners.collect::<Result<_, _>>()?)
}

fn filled(plain: &str) -> impl Iterator<Item = (usize, &str)> {
    terminal::lines(plain)
        .map(|(line, text)| (line, text.trim()))
        .filter(|(_, text)| !text.is_empty())
}

fn malformed(what: &'static str, line: usize, text: &str) -> ReadError {
    ReadError::Malformed { what, line, text: text.to_owned() }
}

/// A missing or additional answer would shift all others to a wrong question.
fn exactly<T>(what: &'static str, expected: usize, found: Vec<T>) -> Result<Vec<T>, ReadError> {
    if found.len() == expected {
        Ok(found)
    } else {
        Err(ReadError::Count { what, expected, found: found.len() })
    }
}

fn one<T>(what: &'static str, found: Vec<T>) -> Result<T, ReadError> {
    let mut found = exactly(what, 1, found)?;
    found.pop().ok_or(ReadError::Missing { what })
}

#[cfg(test)]
mod tests;

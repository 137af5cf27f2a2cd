//! Files of a node: trees below mount points, some of which several nodes share.
//!
//! A file is a short text and perhaps a weight: gigabytes of a database are a number here, and
//! still fill disks and take time to copy.

use std::collections::BTreeMap;

/// A file system, mounted by one node or by several.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Storage {
    /// Bytes that fit.
    pub capacity: u64,
    entries: BTreeMap<String, Entry>,
}

/// A file or a directory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The text; `None` for a directory.
    pub text: Option<String>,
    /// Bytes beside the text.
    pub weight: u64,
    /// User and group, as numbers.
    pub owner: (u32, u32),
    /// Permission bits.
    pub mode: u32,
}

impl Entry {
    /// A directory of root.
    #[must_use]
    pub fn directory() -> Self {
        Self { text: None, weight: 0, owner: (0, 0), mode: 0o755 }
    }

    /// A file of root.
    #[must_use]
    pub fn file(text: impl Into<String>) -> Self {
        Self { text: Some(text.into()), weight: 0, owner: (0, 0), mode: 0o644 }
    }

    /// The same with bytes beside the text.
    #[must_use]
    pub fn weighing(mut self, weight: u64) -> Self {
        self.weight = weight;
        self
    }

    /// Bytes.
    #[must_use]
    pub fn size(&self) -> u64 {
        match &self.text {
            Some(text) => text.len() as u64 + self.weight,
            None => 4096,
        }
    }

    /// Whether it is a directory.
    #[must_use]
    pub fn is_directory(&self) -> bool {
        self.text.is_none()
    }
}

impl Storage {
    /// An empty file system.
    #[must_use]
    pub fn new(capacity: u64) -> Self {
        Self { capacity, entries: BTreeMap::from([(String::new(), Entry::directory())]) }
    }

    /// Bytes in use.
    #[must_use]
    pub fn used(&self) -> u64 {
        self.entries.values().map(Entry::size).sum()
    }

    /// All entries by path below the mount point; the root is the empty path.
    pub fn entries(&self) -> impl Iterator<Item = (&str, &Entry)> {
        self.entries.iter().map(|(path, entry)| (path.as_str(), entry))
    }

    pub(crate) fn get(&self, path: &str) -> Option<&Entry> {
        self.entries.get(path)
    }

    pub(crate) fn free(&self) -> u64 {
        self.capacity.saturating_sub(self.used())
    }

    /// Puts an entry, with the directories above it.
    pub(crate) fn put(&mut self, path: &str, entry: Entry) {
        for (at, _) in path.match_indices('/') {
            self.entries.entry(path[..at].to_owned()).or_insert_with(Entry::directory);
        }
        self.entries.insert(path.to_owned(), entry);
    }

    /// An entry and all below it, by path relative to it.
    pub(crate) fn tree(&self, path: &str) -> Vec<(String, Entry)> {
        let inside = |at: &str| match path {
            "" => Some(at.to_owned()),
            _ if at == path => Some(String::new()),
            _ => Some(at.strip_prefix(path)?.strip_prefix('/')?.to_owned()),
        };
        let from = self.entries.range(path.to_owned()..);
        from.take_while(|(at, _)| at.starts_with(path))
            .filter_map(|(at, entry)| Some((inside(at)?, entry.clone())))
            .collect()
    }

    pub(crate) fn remove(&mut self, path: &str) {
        let below = format!("{path}/");
        self.entries.retain(|at, _| at != path && !at.starts_with(&below));
    }
}

/// An absolute path from a directory, without `.` and `..`.
#[must_use]
pub fn absolute(cwd: &str, path: &str) -> String {
    let whole = match path.strip_prefix("~/") {
        Some(rest) => format!("/root/{rest}"),
        None if path.starts_with('/') => path.to_owned(),
        None => format!("{cwd}/{path}"),
    };
    let mut parts: Vec<&str> = Vec::new();
    for part in whole.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    format!("/{}", parts.join("/"))
}

/// The last part of a path.
#[must_use]
pub fn base(path: &str) -> &str {
    path.trim_end_matches('/').rsplit('/').next().unwrap_or(path)
}

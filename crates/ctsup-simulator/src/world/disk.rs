//! What a node sees of files: which file system a path lies on, and changes to it.

use super::World;
use super::files::{Entry, Storage, absolute, base};

/// Why a file operation failed, as the C library words it.
pub(crate) type Refusal = &'static str;

pub(crate) const MISSING: Refusal = "No such file or directory";
pub(crate) const FULL: Refusal = "No space left on device";
pub(crate) const EXISTS: Refusal = "File exists";
pub(crate) const BUSY: Refusal = "Device or resource busy";
pub(crate) const IS_DIRECTORY: Refusal = "Is a directory";

impl World {
    /// The file system of a path, its mount point, and the path below that.
    fn place(&self, node: &str, path: &str) -> Option<(String, String, String)> {
        let mounts = &self.nodes.get(node)?.mounts;
        let within = |mount: &str| match mount {
            "/" => Some(path.trim_start_matches('/').to_owned()),
            _ if path == mount => Some(String::new()),
            _ => Some(path.strip_prefix(mount)?.strip_prefix('/')?.to_owned()),
        };
        mounts
            .iter()
            .filter_map(|(mount, id)| Some((mount.clone(), id.clone(), within(mount)?)))
            .max_by_key(|(mount, _, _)| mount.len())
            .map(|(mount, id, rest)| (id, mount, rest))
    }

    /// What lies at a path.
    #[must_use]
    pub fn entry(&self, node: &str, path: &str) -> Option<&Entry> {
        let (id, _, rest) = self.place(node, &absolute("/", path))?;
        self.storages.get(&id)?.get(&rest)
    }

    /// The text of a file.
    #[must_use]
    pub fn text(&self, node: &str, path: &str) -> Option<&str> {
        self.entry(node, path)?.text.as_deref()
    }

    pub(crate) fn storage_of(&self, node: &str, path: &str) -> Option<(&str, &Storage)> {
        let (id, mount, _) = self.place(node, path)?;
        let mounts = &self.nodes.get(node)?.mounts;
        let (mount, id) = mounts.get_key_value(&mount).filter(|(_, at)| **at == id)?;
        Some((mount, self.storages.get(id)?))
    }

    /// Writes a file; one that is there keeps owner and mode.
    pub fn write(&mut self, node: &str, path: &str, text: &str) -> Result<(), Refusal> {
        let path = absolute("/", path);
        let old = self.entry(node, &path);
        if old.is_some_and(Entry::is_directory) {
            return Err(IS_DIRECTORY);
        }
        let entry = match old {
            Some(old) => Entry { text: Some(text.to_owned()), weight: 0, ..old.clone() },
            None => Entry::file(text),
        };
        self.put(node, &path, entry)
    }

    /// Puts an entry into a directory that is there.
    pub(crate) fn put(&mut self, node: &str, path: &str, entry: Entry) -> Result<(), Refusal> {
        let (above, _) = path.rsplit_once('/').unwrap_or(("", path));
        let above = if above.is_empty() { "/" } else { above };
        if !self.entry(node, above).is_some_and(Entry::is_directory) {
            return Err(MISSING);
        }
        let before = self.entry(node, path).map_or(0, Entry::size);
        let (id, _, rest) = self.place(node, path).ok_or(MISSING)?;
        let storage = self.storages.get_mut(&id).ok_or(MISSING)?;
        if entry.size() > before && storage.free() < entry.size() - before {
            return Err(FULL);
        }
        storage.put(&rest, entry);
        Ok(())
    }

    /// Puts an entry with the directories above it: for setting a world up.
    pub fn seed_file(&mut self, node: &str, path: &str, entry: Entry) {
        if let Some((id, _, rest)) = self.place(node, path)
            && let Some(storage) = self.storages.get_mut(&id)
        {
            storage.put(&rest, entry);
        }
    }

    /// An entry and all below it, mount points included, by path relative to it.
    pub(crate) fn tree(&self, node: &str, path: &str) -> Result<Vec<(String, Entry)>, Refusal> {
        let (id, _, rest) = self.place(node, path).ok_or(MISSING)?;
        let storage = self.storages.get(&id).ok_or(MISSING)?;
        storage.get(&rest).ok_or(MISSING)?;
        let mut all = storage.tree(&rest);
        let prefix = if path == "/" { "/".to_owned() } else { format!("{path}/") };
        let mounts = self.nodes.get(node).into_iter().flat_map(|n| &n.mounts);
        for (mount, id) in mounts {
            if let Some(below) = mount.strip_prefix(&prefix).filter(|b| !b.is_empty())
                && let Some(storage) = self.storages.get(id)
            {
                all.retain(|(at, _)| at != below);
                for (at, entry) in storage.tree("") {
                    let at = if at.is_empty() { below.to_owned() } else { format!("{below}/{at}") };
                    all.push((at, entry));
                }
            }
        }
        all.sort_by(|a, b| a.0.cmp(&b.0));
        Ok(all)
    }

    /// Copies a tree as `cp -a` does; `to` is the new name itself.
    pub(crate) fn copy(&mut self, node: &str, from: &str, to: &str) -> Result<(), Refusal> {
        for (at, entry) in self.tree(node, from)? {
            let to = if at.is_empty() { to.to_owned() } else { format!("{to}/{at}") };
            self.put(node, &to, entry)?;
        }
        Ok(())
    }

    /// What a person brings from one node to another, owners and modes kept.
    ///
    /// # Errors
    /// Where it is not there, or has no room.
    pub fn bring(&mut self, from: &str, to: &str, path: &str) -> Result<(), Refusal> {
        for (at, entry) in self.tree(from, path)? {
            let path = if at.is_empty() { path.to_owned() } else { format!("{path}/{at}") };
            self.put(to, &path, entry)?;
        }
        Ok(())
    }

    /// Deletes a tree; a mount point is busy.
    pub(crate) fn remove(&mut self, node: &str, path: &str) -> Result<(), Refusal> {
        if self.is_mount_point_or_above(node, path) {
            return Err(BUSY);
        }
        let (id, _, rest) = self.place(node, path).ok_or(MISSING)?;
        let storage = self.storages.get_mut(&id).ok_or(MISSING)?;
        storage.get(&rest).ok_or(MISSING)?;
        storage.remove(&rest);
        Ok(())
    }

    /// Renames a tree.
    pub(crate) fn rename(&mut self, node: &str, from: &str, to: &str) -> Result<(), Refusal> {
        if self.is_mount_point_or_above(node, from) {
            return Err(BUSY);
        }
        self.copy(node, from, to)?;
        self.remove(node, from)
    }

    fn is_mount_point_or_above(&self, node: &str, path: &str) -> bool {
        let below = format!("{path}/");
        let mounts = self.nodes.get(node).into_iter().flat_map(|n| n.mounts.keys());
        mounts.into_iter().any(|mount| mount == path || mount.starts_with(&below))
    }

    /// Where `cp` and `mv` put something: into a directory that is there, else under the new name.
    pub(crate) fn target(&self, node: &str, from: &str, to: &str) -> String {
        match self.entry(node, to) {
            Some(entry) if entry.is_directory() => {
                let to = if to == "/" { "" } else { to };
                format!("{to}/{}", base(from))
            }
            _ => to.to_owned(),
        }
    }

    /// Takes all room that is left on the disk of a path.
    pub fn fill(&mut self, node: &str, path: &str) {
        if let Some((id, _, _)) = self.place(node, &absolute("/", path))
            && let Some(storage) = self.storages.get_mut(&id)
        {
            storage.capacity = storage.used();
        }
    }
}

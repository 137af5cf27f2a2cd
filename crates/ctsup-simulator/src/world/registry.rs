//! Where images come from: the releases that a registry offers, and single images beside them.

use std::collections::{BTreeMap, BTreeSet};

/// A registry.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Registry {
    /// Its host with a slash, as image names carry it; empty for the vendor's.
    pub prefix: String,
    /// Releases, the oldest first: the newest is what an update brings.
    pub offers: Vec<Offer>,
    /// Images beside those of the releases.
    pub extra: BTreeSet<String>,
    /// The newest release is still in archives or elsewhere.
    pub waiting: bool,
    /// It wants a login, and knows one.
    pub login: bool,
}

/// What belongs to a release.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    /// The release.
    pub release: String,
    /// Image by service, without the registry's host.
    pub images: BTreeMap<String, String>,
}

impl Registry {
    /// The index of the release that an update brings.
    #[must_use]
    pub fn newest(&self) -> usize {
        self.offers.len().saturating_sub(if self.waiting { 2 } else { 1 })
    }

    /// Whether an image can be pulled.
    #[must_use]
    pub fn has(&self, image: &str) -> bool {
        let name = image.strip_prefix(&self.prefix).unwrap_or(image);
        let offered = self.offers.iter().take(self.newest() + 1);
        self.extra.contains(name) || offered.flat_map(|o| o.images.values()).any(|i| i == name)
    }

    /// To which release an image belongs, as an index: the oldest that has it.
    #[must_use]
    pub fn generation(&self, image: &str) -> Option<usize> {
        let name = image.strip_prefix(&self.prefix).unwrap_or(image);
        self.offers.iter().position(|o| o.images.values().any(|i| i == name))
    }

    /// The tags of a service that can be pulled.
    #[must_use]
    pub fn tags(&self, service: &str) -> Vec<String> {
        let offered = self.offers.iter().take(self.newest() + 1).flat_map(|o| o.images.values());
        let all = offered.chain(&self.extra);
        let named = all.filter_map(|i| i.rsplit_once(':')).filter(|(name, _)| *name == service);
        let tags: BTreeSet<String> = named.map(|(_, tag)| tag.to_owned()).collect();
        tags.into_iter().collect()
    }
}

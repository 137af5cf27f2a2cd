//! Image references as `docker ps` prints them, and the pin that a settings file can hold.

use std::fmt;

/// An image reference, letter by letter as it was printed.
///
/// The text is kept literally, because a settings file must name what the host really runs: nothing
/// is filled in, neither `docker.io/library/` nor `:latest`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ImageRef(String);

/// An image path and its tag, without the registry's host: what stands under `images:` in settings.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Pin {
    path: String,
    tag: String,
}

/// Why an image reference cannot become a pin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unpinnable {
    /// Docker printed an image id: the tag has moved to another image since.
    #[error("image id instead of a name")]
    ImageId,
    /// Without a tag docker means `latest`, which names no version.
    #[error("no tag")]
    NoTag,
    /// A digest names one image for ever; settings are written with tags.
    #[error("digest instead of a tag")]
    Digest,
}

impl ImageRef {
    /// The reference in `text`, or nothing when it has characters that no reference has.
    pub fn new(text: &str) -> Option<Self> {
        let known = |c: char| c.is_ascii_alphanumeric() || "._-/:@".contains(c);
        let begins_well = text.starts_with(|c: char| c.is_ascii_alphanumeric());
        let parts_filled = text.split(['/', ':', '@']).all(|part| !part.is_empty());
        (begins_well && parts_filled && text.chars().all(known)).then(|| Self(text.to_owned()))
    }

    /// The literal text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Path and tag without the registry's host: `registry.host:5000/ccs/trusts:1.28.0` becomes
    /// `ccs/trusts:1.28.0`.
    ///
    /// The path is taken as the host has it and never composed: it differs between releases
    /// (`ccs/trusts`, `trusts`).
    pub fn pin(&self) -> Result<Pin, Unpinnable> {
        if self.is_image_id() {
            return Err(Unpinnable::ImageId);
        }
        if self.0.contains('@') {
            return Err(Unpinnable::Digest);
        }
        let path = match self.0.split_once('/') {
            Some((host, rest)) if is_host(host) => rest,
            _ => &self.0,
        };
        match path.rsplit_once(':') {
            Some((path, tag)) if !tag.contains('/') => {
                Ok(Pin { path: path.to_owned(), tag: tag.to_owned() })
            }
            _ => Err(Unpinnable::NoTag),
        }
    }

    /// Docker shortens ids to 12 digits and shows all 64 with `--no-trunc`.
    fn is_image_id(&self) -> bool {
        let digits = self.0.strip_prefix("sha256:").unwrap_or(&self.0);
        is_hex_id(digits)
    }
}

impl fmt::Display for ImageRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Pin {
    /// The path without registry host and tag: `ccs/trusts`.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The tag: `1.28.0`.
    pub fn tag(&self) -> &str {
        &self.tag
    }
}

impl fmt::Display for Pin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.path, self.tag)
    }
}

/// Whether this is an id as docker prints it, of a container or of an image.
pub(super) fn is_hex_id(word: &str) -> bool {
    matches!(word.len(), 12 | 64) && word.bytes().all(|b| b.is_ascii_hexdigit())
}

/// Docker's own rule: the first part is a host when it could not be part of a path.
fn is_host(part: &str) -> bool {
    part == "localhost"
        || part.contains(['.', ':'])
        || part.contains(|c: char| c.is_ascii_uppercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pin(text: &str) -> Result<String, Unpinnable> {
        let image = ImageRef::new(text).expect("a reference");
        assert_eq!(image.to_string(), text);
        image.pin().map(|pin| pin.to_string())
    }

    #[test]
    fn the_host_goes_and_the_path_stays() {
        for (printed, pinned) in [
            ("registry.host:5000/ccs/trusts:1.28.0", "ccs/trusts:1.28.0"),
            ("registry.host/trusts:1.39.0", "trusts:1.39.0"),
            ("localhost/messaging:1", "messaging:1"),
            ("registry:5000/messaging:1", "messaging:1"),
            ("ccs/trusts:1.28.0", "ccs/trusts:1.28.0"),
            ("postgres:14.4-from-9.5", "postgres:14.4-from-9.5"),
        ] {
            assert_eq!(pin(printed).as_deref(), Ok(pinned), "{printed}");
        }
    }

    #[test]
    fn what_names_no_version_is_refused() {
        assert_eq!(pin("bd8638c869ea"), Err(Unpinnable::ImageId));
        assert_eq!(pin(&"ab12".repeat(16)), Err(Unpinnable::ImageId));
        assert_eq!(pin("sha256:bd8638c869ea"), Err(Unpinnable::ImageId));
        assert_eq!(pin("alpine"), Err(Unpinnable::NoTag));
        assert_eq!(pin("registry.host:5000/trusts"), Err(Unpinnable::NoTag));
        assert_eq!(pin("trusts:1@sha256:0123"), Err(Unpinnable::Digest));
    }

    #[test]
    fn what_is_no_reference_is_none() {
        for text in ["", "\"sh", "trusts:", "a//b:1", "-rf:1", "ccs/trus…", "a b"] {
            assert_eq!(ImageRef::new(text), None, "{text}");
        }
    }
}

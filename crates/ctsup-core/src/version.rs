//! Release numbers, as the guide compares them.
//!
//! Not for image tags: those have a type of their own ([`ImageRef`]), because the guide's releases
//! and image tags follow two numbering schemes (reading A24).

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A release number such as `2.5.7`, compared number by number with zero padding.
///
/// ```
/// use ctsup_core::Release;
/// let old: Release = "1.9".parse()?;
/// assert!(old < "1.20".parse()?);
/// assert_eq!("1.28".parse::<Release>()?, "1.28.0".parse()?);
/// # Ok::<(), ctsup_core::NotARelease>(())
/// ```
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "String")]
pub struct Release {
    text: Box<str>,
    numbers: [u32; 4],
}

/// The text is not one to four numbers separated by dots.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a release number such as 2.5.7")]
pub struct NotARelease(pub String);

impl Release {
    /// Major and minor number: barriers and minima are stated for these.
    #[must_use]
    pub fn minor(&self) -> (u32, u32) {
        (self.numbers[0], self.numbers[1])
    }

    /// A version of PostgreSQL as its data knows it: a server of 9.5.24 writes 9.5, one of 14.4
    /// writes 14.
    #[must_use]
    pub fn of_data(&self) -> Self {
        let [major, minor, ..] = self.numbers;
        let text = if major < 10 { format!("{major}.{minor}") } else { major.to_string() };
        let numbers = if major < 10 { [major, minor, 0, 0] } else { [major, 0, 0, 0] };
        Self { text: text.into(), numbers }
    }

    /// The number as it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl FromStr for Release {
    type Err = NotARelease;

    fn from_str(text: &str) -> Result<Self, NotARelease> {
        let wrong = || NotARelease(text.to_owned());
        let mut numbers = [0; 4];
        let mut parts = text.split('.');
        for place in &mut numbers {
            let Some(part) = parts.next() else { break };
            // `parse` alone would take "+1".
            if !part.bytes().all(|b| b.is_ascii_digit()) {
                return Err(wrong());
            }
            *place = part.parse().map_err(|_| wrong())?;
        }
        if parts.next().is_some() || text.is_empty() {
            return Err(wrong());
        }
        Ok(Self { text: text.into(), numbers })
    }
}

impl TryFrom<String> for Release {
    type Error = NotARelease;
    fn try_from(text: String) -> Result<Self, NotARelease> {
        text.parse()
    }
}

impl From<Release> for String {
    fn from(release: Release) -> Self {
        release.text.into()
    }
}

impl Serialize for Release {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(self.as_str())
    }
}

impl fmt::Display for Release {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.text)
    }
}

impl PartialEq for Release {
    fn eq(&self, other: &Self) -> bool {
        self.numbers == other.numbers
    }
}

impl Eq for Release {}

impl PartialOrd for Release {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Release {
    fn cmp(&self, other: &Self) -> Ordering {
        self.numbers.cmp(&other.numbers)
    }
}

/// A container image as `settings` pins it: path and tag, the literal text kept.
///
/// The registry host is not part of it (reading A31), and a pin without a tag pins nothing.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(try_from = "String")]
pub struct ImageRef(Box<str>);

/// The text is not an image path with a tag.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not an image with a tag, such as ccs/trusts:1.28.0")]
pub struct NotAnImage(pub String);

impl ImageRef {
    /// The literal text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What stands behind the last colon.
    #[must_use]
    pub fn tag(&self) -> &str {
        self.0.rsplit_once(':').map_or("", |(_, tag)| tag)
    }
}

impl FromStr for ImageRef {
    type Err = NotAnImage;

    fn from_str(text: &str) -> Result<Self, NotAnImage> {
        let wrong = || NotAnImage(text.to_owned());
        let (path, tag) = text.rsplit_once(':').ok_or_else(wrong)?;
        let name = |s: &str, extra: &str| {
            !s.is_empty()
                && s.bytes().all(|b| b.is_ascii_alphanumeric() || extra.as_bytes().contains(&b))
        };
        let whole = path.split('/').all(|part| name(part, "._-"))
            && name(tag, "._-")
            && !tag.starts_with(['.', '-']);
        if whole { Ok(Self(text.into())) } else { Err(wrong()) }
    }
}

impl TryFrom<String> for ImageRef {
    type Error = NotAnImage;
    fn try_from(text: String) -> Result<Self, NotAnImage> {
        text.parse()
    }
}

impl From<ImageRef> for String {
    fn from(image: ImageRef) -> Self {
        image.0.into()
    }
}

impl Serialize for ImageRef {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(self.as_str())
    }
}

impl fmt::Display for ImageRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn release(text: &str) -> Release {
        text.parse().expect("a release")
    }

    #[test]
    fn compares_by_number_with_zero_padding() {
        assert!(release("1.9") < release("1.20"));
        assert!(release("1.28.3") > release("1.28"));
        assert_eq!(release("1.28"), release("1.28.0"));
        assert!(release("9.5") < release("14"));
    }

    #[test]
    fn data_knows_less_than_the_server() {
        for (server, data) in [("9.5.24", "9.5"), ("9.5", "9.5"), ("14.4", "14"), ("14", "14")] {
            assert_eq!(release(server).of_data().as_str(), data);
        }
    }

    #[test]
    fn refuses_what_is_not_numbers() {
        for text in ["", ".", "1.", "v2", "2.5.7-rc1", "latest", "+1", "1.2.3.4.5", "99999999999"] {
            assert!(text.parse::<Release>().is_err(), "{text:?}");
        }
    }

    #[test]
    fn an_image_keeps_its_text_and_needs_a_tag() {
        for text in ["trusts:1.39.0", "ccs/trusts:1.28.0", "postgres:14.4-from-9.5"] {
            assert_eq!(text.parse::<ImageRef>().expect("an image").to_string(), text);
        }
        for text in ["trusts", "ccs/:1", "a b:1", "a:", ":1", "a:.x", "4f06b3e0a1"] {
            assert!(text.parse::<ImageRef>().is_err(), "{text:?}");
        }
    }
}

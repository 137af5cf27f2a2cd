//! The release catalogue: thresholds, barriers, paths, services, durations of a release family.
//!
//! A new build of the guide that only changes such data needs no new program: the catalogue is a
//! TOML file, replaceable by the user.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::diagnostic::Diagnostic;
use crate::name::ClusterName;
use crate::version::{ImageRef, Release};

mod check;

/// Data of a release family.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Catalogue {
    /// Version of this file's format.
    pub format: u32,
    /// The release family.
    pub family: Release,
    /// The build of the guide that the data is from.
    pub guide: Release,
    /// The assignment that keeps dpl from updating anything first.
    pub skip: String,
    /// Conditions by version.
    pub thresholds: Thresholds,
    /// Directories and files.
    pub paths: Paths,
    /// The embedded database.
    pub postgres: PostgresData,
    /// Ports that Front needs of Back.
    pub ports: Ports,
    /// What each cluster runs.
    pub clusters: Clusters,
    /// Volumes that change hands.
    pub volumes: Volumes,
    /// Names of playbooks.
    pub playbooks: Playbooks,
    /// Services that a rollback pins.
    pub services: Services,
    /// How logs are read.
    pub logs: Logs,
    /// Bounds.
    pub limits: Limits,
    /// Room that is needed.
    pub space: Space,
    /// Durations by the code of the step's message, or the part of it before the first `-`.
    pub durations: BTreeMap<String, Duration>,
    /// SHA-256 of the text.
    #[serde(skip)]
    pub hash: String,
}

/// Conditions by version.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "each is described beside its value in the catalogue file")]
pub struct Thresholds {
    pub owners_up_to: Release,
    pub letsencrypt_nginx_below: Release,
    pub postgres_needed_since: Release,
    pub postgres_minimum: Release,
    pub barriers: Vec<Release>,
    pub pcs_clears_itself_since: Release,
}

/// Directories and files.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "the names say it")]
pub struct Paths {
    pub express: String,
    pub voex: String,
    pub letsencrypt: String,
    pub certificates: String,
    pub cluster_files: String,
    pub cluster_data: String,
    pub image_scratch: String,
    pub load_script: String,
    pub web_playbooks: String,
    pub kept: String,
}

/// The embedded database.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "the names say it")]
pub struct PostgresData {
    pub volume: String,
    pub special_image: ImageRef,
    pub special_from: Release,
    pub standard_image: ImageRef,
    pub upgraded_message: String,
    pub disabled_message: String,
}

/// Ports that Front needs of Back.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "the names say it")]
pub struct Ports {
    pub front_to_back: Vec<u16>,
    pub database: u16,
}

/// What each cluster runs.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "the names say it")]
pub struct Clusters {
    pub back: Resources,
    pub front: Resources,
}

/// Resources of a cluster.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Resources {
    /// Started on both nodes.
    pub on_both: Vec<String>,
    /// Started on one node.
    pub on_one: Vec<String>,
}

/// Volumes that change hands.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "the names say it")]
pub struct Volumes {
    pub owner: String,
    pub owned: Vec<String>,
}

/// Names of playbooks.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "the names say it")]
pub struct Playbooks {
    pub all: String,
    pub first: String,
    pub second: String,
    pub web_first: String,
    pub web_second: String,
}

/// Services that a rollback pins.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "the names say it")]
pub struct Services {
    pub back: Vec<String>,
    pub front: Vec<String>,
    #[serde(default)]
    pub others: Vec<String>,
}

/// How logs are read.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "each is described beside its value in the catalogue file")]
pub struct Logs {
    pub tail: u16,
    pub tail_ha: u16,
    pub quiet_s: u32,
    pub except: Vec<String>,
    pub harmless: Vec<String>,
}

/// Bounds.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "the names say it")]
pub struct Limits {
    pub cleanup_tries: u8,
}

/// Room that is needed.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Space {
    /// Bytes for the images of one release.
    #[serde(deserialize_with = "size")]
    pub images: u64,
}

fn size<'de, D: serde::Deserializer<'de>>(d: D) -> Result<u64, D::Error> {
    let text = String::deserialize(d)?;
    crate::topology::parse_size(&text).ok_or_else(|| serde::de::Error::custom("not a size"))
}

/// How long a step takes, in seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Duration {
    /// At least, usually.
    pub min_s: u32,
    /// At most, usually.
    pub max_s: u32,
    /// After this it is reported.
    pub limit_s: u32,
    /// Who says so.
    pub origin: DurationOrigin,
}

/// Who says how long a step takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DurationOrigin {
    /// The vendor's guide.
    Guide,
    /// We do.
    Ours,
    /// The topology file.
    Site,
}

const TEXT: &str = include_str!("../data/catalogue.toml");

impl Catalogue {
    /// The catalogue that ctsup brings.
    #[must_use]
    pub fn built_in() -> &'static Self {
        static BUILT_IN: LazyLock<Catalogue> =
            LazyLock::new(|| Catalogue::parse(TEXT).expect("the built-in catalogue is tested"));
        &BUILT_IN
    }

    /// The text of the built-in catalogue, to start an own one from.
    #[must_use]
    pub fn built_in_text() -> &'static str {
        TEXT
    }

    /// Reads a catalogue.
    ///
    /// # Errors
    /// What is wrong with the text: of its shape the first mistake, of its values all of them.
    pub fn parse(text: &str) -> Result<Self, Vec<Diagnostic>> {
        let table = check::table(text)?;
        let mut catalogue: Self =
            toml::from_str(text).map_err(|error| vec![check::shape(text, &error)])?;
        let found = check::values(&catalogue, table.get_ref());
        if !found.is_empty() {
            return Err(found);
        }
        catalogue.hash = format!("sha256:{}", hex(&Sha256::digest(text.as_bytes())));
        Ok(catalogue)
    }

    /// How long a step with this message code takes.
    #[must_use]
    pub fn duration(&self, code: &str) -> Option<Duration> {
        let family = code.split('-').next().unwrap_or(code);
        self.durations.get(code).or_else(|| self.durations.get(family)).copied()
    }

    /// What a cluster runs.
    #[must_use]
    pub fn resources(&self, cluster: ClusterName) -> &Resources {
        match cluster {
            ClusterName::Back => &self.clusters.back,
            ClusterName::Front => &self.clusters.front,
        }
    }

    /// The barriers that a way back from `from` to `to` would cross (A25, invariant 11): rolling
    /// back from a barrier's release, or from it or above to below it.
    #[must_use]
    pub fn barriers_between(&self, from: &Release, to: &Release) -> Vec<Release> {
        self.thresholds
            .barriers
            .iter()
            .filter(|b| from.minor() == b.minor() || (to < *b && *b <= from))
            .cloned()
            .collect()
    }

    /// Whether the target needs the newer database.
    #[must_use]
    pub fn needs_new_postgres(&self, target: &Release) -> bool {
        *target >= self.thresholds.postgres_needed_since
    }
}

/// Lower-case hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn crossed(from: &str, to: &str) -> Vec<String> {
        let release = |text: &str| text.parse().expect("a release");
        let all = Catalogue::built_in().barriers_between(&release(from), &release(to));
        all.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn barriers_as_reading_a25_has_them() {
        assert_eq!(crossed("2.5.7", "2.4.1"), [""; 0]);
        assert_eq!(crossed("2.5.7", "2.3.1"), [""; 0], "2.3.x lies above both barriers");
        assert_eq!(crossed("2.3.2", "2.3.1"), ["2.3"], "none from 2.3.x at all");
        assert_eq!(crossed("2.5.7", "2.2.9"), ["2.3"]);
        assert_eq!(crossed("2.5.7", "2.1"), ["2.2", "2.3"]);
        assert_eq!(crossed("2.1", "2.0"), [""; 0]);
    }

    /// The codes of what is wrong with the built-in catalogue after one change.
    fn codes(from: &str, to: &str) -> Vec<&'static str> {
        assert!(TEXT.contains(from), "{from}");
        let text = TEXT.replacen(from, to, 1);
        let found = Catalogue::parse(&text).err().unwrap_or_default();
        for one in &found {
            let range = one.labels[0].range.clone().expect("each has its place");
            assert!(text.get(range).is_some());
        }
        found.iter().map(|d| d.code.as_str()).collect()
    }

    #[test]
    fn values_are_held_to_the_same_rules_as_a_topologys() {
        for (from, to, code) in [
            ("\"/opt/express\"", "\"/opt/ex press; rm -rf /\"", "not-a-path"),
            ("\"cts/letsencrypt\"", "\"../letsencrypt\"", "not-a-path"),
            ("\"888:888\"", "\"0:0; reboot\"", "catalogue-value"),
            ("database = 5432", "database = 0", "out-of-range"),
            ("database = 5432", "database = 99999", "catalogue-value"),
            ("[2379, 6379", "[0, 6379", "out-of-range"),
            ("max_s = 180", "max_s = 0", "duration-order"),
            ("limit_s = 900,", "limit_s = 100,", "duration-order"),
            ("\"messaging\"", "\"messaging; reboot\"", "not-a-name"),
            ("\"dockerd\"", "\"$(reboot)\"", "not-a-name"),
            ("\"05-update_cts.yaml\"", "\"a b.yaml\"", "not-plain-text"),
            ("DEPLOYKA_SKIP_UPDATE=true", "true; reboot", "catalogue-value"),
            ("DB upgrade is done", "a\\nb", "not-plain-text"),
            ("cleanup_tries = 3", "cleanup_tries = 0", "out-of-range"),
            ("format = 1", "format = 2", "unknown-format"),
            ("format = 1", "form = 1", "unknown-key"),
            ("family = \"2.5\"", "", "missing-key"),
            ("family = \"2.5\"", "family = 2.5", "catalogue-value"),
            ("family = \"2.5\"", "family = ", "syntax"),
            ("images = \"20 GiB\"", "images = \"20 parsecs\"", "catalogue-value"),
        ] {
            assert_eq!(codes(from, to), [code], "{to}");
        }
        assert_eq!(codes("format = 1", "format = 1"), [""; 0]);
    }

    #[test]
    fn all_wrong_values_come_at_once() {
        let text = TEXT.replace("max_s = 180,", "max_s = 0,").replace("\"/tmp/images\"", "\"tmp\"");
        let found = Catalogue::parse(&text).expect_err("two mistakes");
        assert_eq!(found.len(), 2, "{found:?}");
    }

    #[test]
    fn every_duration_is_in_order() {
        for (code, d) in &Catalogue::built_in().durations {
            assert!(d.min_s <= d.max_s && d.max_s <= d.limit_s, "{code}");
        }
    }
}

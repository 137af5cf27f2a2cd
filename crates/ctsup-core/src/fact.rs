//! Facts: what is observed or declared about an installation, and claims: what a plan rests on.
//!
//! A fact's value never reaches a plan by itself; only the claim made from it does, so that a plan
//! stays the same while free space and the like vary.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use crate::name::{App, ClusterName, DataSet, NodeName, SettingsPlace, Stack};
use crate::version::{ImageRef, Release};

mod claimed;
mod look;
mod read;

pub use self::look::LookUp;
pub use self::read::NotAFact;

/// What can be known of an installation. Each key has one command that looks it up
/// ([`FactKey::look`]).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FactKey {
    /// A choice written in the topology, by its key path: `voex.on`.
    Choice(String),
    /// The release whose containers an application has on a node.
    Release(Stack),
    /// Whether the application's containers are up there.
    Running(Stack),
    /// The version of nginx in use on a node.
    Nginx(NodeName),
    /// Whether `cts/letsencrypt` is there.
    LetsEncrypt(NodeName),
    /// Free bytes where images are kept.
    FreeImages(NodeName),
    /// The antivirus units that are active.
    Antivirus(NodeName),
    /// The images of a node's services by a saved `docker ps -a`.
    Images(NodeName),
    /// The node of a cluster on which `dockerd` is started.
    Active(ClusterName),
    /// Whether a cluster is as the guide lists it.
    Healthy(ClusterName),
    /// The version of pcs.
    Pcs(ClusterName),
    /// Left-over `cli-*` constraints.
    Constraints(ClusterName),
    /// Permanent location preferences for the moved resources.
    Preferences(ClusterName),
    /// Resource stickiness.
    Stickiness(ClusterName),
    /// The highest release a data set has met.
    Met(DataSet),
    /// Bytes of the volumes to be copied.
    Volumes(NodeName),
    /// Free bytes where the backup goes.
    FreeBackup(NodeName),
    /// Free bytes where the volumes lie: a backup put back stands beside the newer data.
    FreeVolumes(NodeName),
    /// Whether all listed volumes belong to 888:888.
    Owners(NodeName),
    /// Which settings files lie there.
    SettingsFiles(SettingsPlace),
    /// Whether `postgres_upgrade` stands in settings.
    UpgradeKey(SettingsPlace),
    /// Whether `postgres_auto_upgrade` stands in settings.
    AutoUpgradeKey(SettingsPlace),
    /// The pins under `images:` in settings.
    Pins(SettingsPlace),
    /// The content of `PG_VERSION`.
    PostgresVersion,
    /// Bytes of the database.
    PostgresSize,
    /// Free bytes on the file system of the database's volume.
    PostgresFree,
    /// Whether apt.postgresql.org answers the database's host.
    Apt,
    /// The `upgrade_backup_*` directories in the database's volume.
    UpgradeBackups,
    /// The image that the Web Client cluster runs.
    WebClientImage,
    /// Whether the local registry refuses the stored login.
    LoginRefused,
}

impl fmt::Display for FactKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Choice(path) => write!(f, "choice({path})"),
            Self::Release(x) => write!(f, "release({x})"),
            Self::Running(x) => write!(f, "running({x})"),
            Self::Nginx(x) => write!(f, "nginx({x})"),
            Self::LetsEncrypt(x) => write!(f, "letsencrypt({x})"),
            Self::FreeImages(x) => write!(f, "free-images({x})"),
            Self::Antivirus(x) => write!(f, "antivirus({x})"),
            Self::Images(x) => write!(f, "images({x})"),
            Self::Active(x) => write!(f, "active({x})"),
            Self::Healthy(x) => write!(f, "healthy({x})"),
            Self::Pcs(x) => write!(f, "pcs({x})"),
            Self::Constraints(x) => write!(f, "constraints({x})"),
            Self::Preferences(x) => write!(f, "preferences({x})"),
            Self::Stickiness(x) => write!(f, "stickiness({x})"),
            Self::Met(x) => write!(f, "met({x})"),
            Self::Volumes(x) => write!(f, "volumes({x})"),
            Self::FreeBackup(x) => write!(f, "free-backup({x})"),
            Self::FreeVolumes(x) => write!(f, "free-volumes({x})"),
            Self::Owners(x) => write!(f, "owners-888({x})"),
            Self::SettingsFiles(x) => write!(f, "settings-files({x})"),
            Self::UpgradeKey(x) => write!(f, "postgres-upgrade({x})"),
            Self::AutoUpgradeKey(x) => write!(f, "postgres-auto-upgrade({x})"),
            Self::Pins(x) => write!(f, "pins({x})"),
            Self::PostgresVersion => f.write_str("postgres-version"),
            Self::PostgresSize => f.write_str("postgres-size"),
            Self::PostgresFree => f.write_str("postgres-free"),
            Self::Apt => f.write_str("apt"),
            Self::UpgradeBackups => f.write_str("upgrade-backups"),
            Self::WebClientImage => f.write_str("web-client-image"),
            Self::LoginRefused => f.write_str("login-refused"),
        }
    }
}

impl FactKey {
    /// Where a person declares it, as a key path of the topology file.
    #[must_use]
    pub fn path(&self) -> String {
        match self {
            Self::Choice(path) => path.clone(),
            Self::Release(x) => format!("facts.nodes.{}.{}", x.node, x.app),
            Self::Running(x) if x.app == App::Voex => {
                format!("facts.nodes.{}.voex_running", x.node)
            }
            Self::Running(x) => format!("facts.nodes.{}.running", x.node),
            Self::Nginx(x) => format!("facts.nodes.{x}.nginx"),
            Self::LetsEncrypt(x) => format!("facts.nodes.{x}.letsencrypt"),
            Self::FreeImages(x) => format!("facts.nodes.{x}.free_images"),
            Self::Antivirus(x) => format!("facts.nodes.{x}.antivirus"),
            Self::Images(x) => format!("facts.nodes.{x}.images"),
            Self::Active(x) => format!("facts.clusters.{x}.active"),
            Self::Healthy(x) => format!("facts.clusters.{x}.healthy"),
            Self::Pcs(x) => format!("facts.clusters.{x}.pcs"),
            Self::Constraints(x) => format!("facts.clusters.{x}.constraints"),
            Self::Preferences(x) => format!("facts.clusters.{x}.preferences"),
            Self::Stickiness(x) => format!("facts.clusters.{x}.stickiness"),
            Self::Met(x) => format!("facts.data.{}.{}_met", x.holder, x.app),
            Self::Volumes(x) => format!("facts.data.{x}.volumes"),
            Self::FreeBackup(x) => format!("facts.data.{x}.free_backup"),
            Self::FreeVolumes(x) => format!("facts.data.{x}.free_volumes"),
            Self::Owners(x) => format!("facts.data.{x}.owners_888"),
            Self::SettingsFiles(x) => format!("facts.settings.{}.files", x.holder),
            Self::UpgradeKey(x) => format!("facts.settings.{}.postgres_upgrade", x.holder),
            Self::AutoUpgradeKey(x) => {
                format!("facts.settings.{}.postgres_auto_upgrade", x.holder)
            }
            Self::Pins(x) if x.app == App::Voex => format!("facts.settings.{}.voex_pins", x.holder),
            Self::Pins(x) => format!("facts.settings.{}.pins", x.holder),
            Self::PostgresVersion => "facts.postgres.version".to_owned(),
            Self::PostgresSize => "facts.postgres.size".to_owned(),
            Self::PostgresFree => "facts.postgres.free".to_owned(),
            Self::Apt => "facts.postgres.apt".to_owned(),
            Self::UpgradeBackups => "facts.postgres.upgrade_backups".to_owned(),
            Self::WebClientImage => "facts.web_client.image".to_owned(),
            Self::LoginRefused => "facts.registry.login_refused".to_owned(),
        }
    }
}

/// The value of a fact.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FactValue {
    /// Known to be unknown: an idle node's release before its switch.
    Unknown,
    /// Yes or no.
    Bool(bool),
    /// Bytes.
    Size(u64),
    /// A whole number.
    Integer(i64),
    /// A release or version number.
    Release(Release),
    /// A name or another text.
    Text(String),
    /// Names, in order.
    List(Vec<String>),
    /// Image by service.
    Images(BTreeMap<String, ImageRef>),
}

impl FactValue {
    /// A size to make room for: the next whole GiB above it, so that a plan stays the same while
    /// what was measured grows a little. Other values as they are.
    #[must_use]
    pub fn with_room(self) -> Self {
        const GIB: u64 = 1 << 30;
        match self {
            Self::Size(bytes) => Self::Size((bytes / GIB).saturating_add(1).saturating_mul(GIB)),
            other => other,
        }
    }
}

impl fmt::Display for FactValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown => f.write_str("unknown"),
            Self::Bool(x) => x.fmt(f),
            Self::Size(x) => x.fmt(f),
            Self::Integer(x) => x.fmt(f),
            Self::Release(x) => x.fmt(f),
            Self::Text(x) => f.write_str(x),
            Self::List(x) => write!(f, "[{}]", x.join(" ")),
            Self::Images(x) => {
                let all: Vec<_> = x.iter().map(|(s, i)| format!("{s}={i}")).collect();
                write!(f, "[{}]", all.join(" "))
            }
        }
    }
}

/// Where a fact came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Origin {
    /// Nobody said otherwise; looked up before the first change.
    Assumed,
    /// Written in the topology or facts file.
    Declared,
    /// Read from the hosts.
    Observed,
}

/// How a fact is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Test {
    /// Equal.
    #[serde(rename = "=")]
    Is,
    /// Different.
    #[serde(rename = "!=")]
    IsNot,
    /// Smaller.
    #[serde(rename = "<")]
    Below,
    /// Smaller or equal.
    #[serde(rename = "<=")]
    AtMost,
    /// Greater.
    #[serde(rename = ">")]
    Above,
    /// Greater or equal.
    #[serde(rename = ">=")]
    AtLeast,
}

impl Test {
    /// The comparison's sign.
    #[must_use]
    pub fn sign(self) -> &'static str {
        match self {
            Self::Is => "=",
            Self::IsNot => "!=",
            Self::Below => "<",
            Self::AtMost => "<=",
            Self::Above => ">",
            Self::AtLeast => ">=",
        }
    }

    fn opposite(self) -> Self {
        match self {
            Self::Is => Self::IsNot,
            Self::IsNot => Self::Is,
            Self::Below => Self::AtLeast,
            Self::AtLeast => Self::Below,
            Self::AtMost => Self::Above,
            Self::Above => Self::AtMost,
        }
    }

    fn holds(self, have: &FactValue, want: &FactValue) -> bool {
        match self {
            Self::Is => have == want,
            Self::IsNot => have != want,
            Self::Below => have < want,
            Self::AtMost => have <= want,
            Self::Above => have > want,
            Self::AtLeast => have >= want,
        }
    }
}

/// A fact with a predicate that a plan rests on, true when the plan was made.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Claim {
    /// The fact's key, such as `free-backup(back)`.
    pub fact: String,
    /// Where the fact's value came from.
    pub origin: Origin,
    /// How it is compared.
    pub test: Test,
    /// With what.
    pub value: String,
}

impl Claim {
    /// What steps and left-out rows name the claim by: `free-backup(back) >= 42949672960`.
    #[must_use]
    pub fn key(&self) -> ClaimKey {
        ClaimKey(format!("{} {} {}", self.fact, self.test.sign(), self.value))
    }
}

/// The name of a claim within a plan.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ClaimKey(pub(crate) String);

impl fmt::Display for ClaimKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What is known of an installation.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Facts {
    values: BTreeMap<FactKey, (FactValue, Origin)>,
}

impl Facts {
    /// Nothing known.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Learns a fact; a value known before is replaced.
    pub fn set(&mut self, key: FactKey, value: FactValue, origin: Origin) {
        self.values.insert(key, (value, origin));
    }

    /// What is known.
    #[must_use]
    pub fn get(&self, key: &FactKey) -> Option<(&FactValue, Origin)> {
        self.values.get(key).map(|(value, origin)| (value, *origin))
    }

    /// All facts, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&FactKey, &FactValue, Origin)> {
        self.values.iter().map(|(key, (value, origin))| (key, value, *origin))
    }
}

/// The answer to a question, with the claim that a step made because of it rests on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// Whether the predicate asked for holds.
    pub yes: bool,
    /// The claim that is true: the predicate, or its opposite.
    pub claim: ClaimKey,
}

/// Facts as a procedure may ask them: every answer is recorded as a claim, every question without
/// an answer as a missing fact, so that all of them are reported at once.
#[derive(Debug)]
pub struct Asking<'f> {
    facts: &'f Facts,
    claims: BTreeMap<ClaimKey, Claim>,
    claimed: BTreeSet<FactKey>,
    missing: Vec<FactKey>,
}

impl<'f> Asking<'f> {
    /// Asks these facts.
    #[must_use]
    pub fn new(facts: &'f Facts) -> Self {
        Self { facts, claims: BTreeMap::new(), claimed: BTreeSet::new(), missing: Vec::new() }
    }

    /// Whether a fact passes a test; `None` when the fact is missing, which is recorded.
    pub fn holds(&mut self, key: FactKey, test: Test, want: FactValue) -> Option<Held> {
        let Some((have, origin)) = self.facts.get(&key).or_else(|| assumed(&key)) else {
            if !self.missing.contains(&key) {
                self.missing.push(key);
            }
            return None;
        };
        let yes = test.holds(have, &want);
        // "Unknown" is smaller than everything, which is no answer: only equality speaks of it.
        let test = if yes { test } else { test.opposite() };
        let claim = Claim { fact: key.to_string(), origin, test, value: want.to_string() };
        let name = claim.key();
        self.claims.insert(name.clone(), claim);
        self.claimed.insert(key);
        Some(Held { yes, claim: name })
    }

    /// A fact's value; asking for it is recorded as the claim that it is so.
    pub fn value(&mut self, key: FactKey) -> Option<(FactValue, Held)> {
        let value = match self.facts.get(&key).or_else(|| assumed(&key)) {
            Some((value, _)) => value.clone(),
            None => {
                if !self.missing.contains(&key) {
                    self.missing.push(key);
                }
                return None;
            }
        };
        let held = self.holds(key, Test::Is, value.clone())?;
        Some((value, held))
    }

    /// A value to reckon with, such as a size: no claim is made from it by itself.
    pub fn measured(&mut self, key: FactKey) -> Option<FactValue> {
        match self.facts.get(&key).or_else(|| assumed(&key)) {
            Some((value, _)) => Some(value.clone()),
            None => {
                if !self.missing.contains(&key) {
                    self.missing.push(key);
                }
                None
            }
        }
    }

    /// A fact that has to be looked at anew, whatever is known of it.
    pub fn miss(&mut self, key: FactKey) {
        if !self.missing.contains(&key) {
            self.missing.push(key);
        }
    }

    /// The claim that a choice of the topology is as it is.
    pub fn choice(&mut self, path: &str, value: impl fmt::Display) -> Held {
        let claim = Claim {
            fact: FactKey::Choice(path.to_owned()).to_string(),
            origin: Origin::Declared,
            test: Test::Is,
            value: value.to_string(),
        };
        let key = claim.key();
        self.claims.insert(key.clone(), claim);
        Held { yes: true, claim: key }
    }

    /// The claim that something is taken to be so until it is looked up.
    pub fn assume(&mut self, key: &FactKey, test: Test, value: &FactValue) -> Held {
        let claim = Claim {
            fact: key.to_string(),
            origin: Origin::Assumed,
            test,
            value: value.to_string(),
        };
        self.claimed.insert(key.clone());
        let key = claim.key();
        self.claims.insert(key.clone(), claim);
        Held { yes: true, claim: key }
    }

    /// The facts of which something was claimed, in order.
    pub fn claimed(&self) -> impl Iterator<Item = &FactKey> {
        self.claimed.iter()
    }

    /// What was claimed, and what is missing, in the order asked.
    #[must_use]
    pub fn finish(self) -> (BTreeMap<ClaimKey, Claim>, Vec<FactKey>) {
        (self.claims, self.missing)
    }
}

/// What holds in an installation that nobody has tampered with. A plan that rests on it says so
/// (`assumed`), and it is looked up before the first change.
fn assumed(key: &FactKey) -> Option<(&'static FactValue, Origin)> {
    static TRUE: FactValue = FactValue::Bool(true);
    static FALSE: FactValue = FactValue::Bool(false);
    static NONE: FactValue = FactValue::List(Vec::new());
    static NO_PINS: FactValue = FactValue::Images(BTreeMap::new());
    static SETTINGS: LazyLock<FactValue> =
        LazyLock::new(|| FactValue::List(vec!["settings".to_owned()]));
    let value = match key {
        FactKey::Running(_) | FactKey::Healthy(_) => &TRUE,
        FactKey::UpgradeKey(_)
        | FactKey::AutoUpgradeKey(_)
        | FactKey::Owners(_)
        | FactKey::LoginRefused => &FALSE,
        FactKey::Constraints(_) | FactKey::Preferences(_) => &NONE,
        FactKey::Pins(_) => &NO_PINS,
        FactKey::SettingsFiles(_) => &SETTINGS,
        _ => return None,
    };
    Some((value, Origin::Assumed))
}

//! The abstract installation: what is true of it at one moment, and what of that is owed.
//!
//! A state is a set of propositions. Actions change it (`Effect`), plans start from one, the prover
//! walks them, and a run is compared with them.

use std::collections::BTreeSet;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::name::{ClusterName, DataSet, NodeName, SettingsPlace, Stack};

macro_rules! atoms {
    ($($(#[$doc:meta])* $name:ident $(($arg:ty))? = $text:literal;)*) => {
        /// A proposition about an installation.
        ///
        /// "New" means the higher of the plan's two releases: what an upgrade brings and a
        /// rollback takes away.
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Atom { $($(#[$doc])* $name $(($arg))?,)* }

        impl Atom {
            /// The name of the proposition without what it is about.
            #[must_use]
            pub fn name(&self) -> &'static str {
                match self { $(atoms!(@pattern $name $(($arg))?) => $text,)* }
            }

            /// All names, in the order of this table.
            pub const NAMES: &[&str] = &[$($text,)*];
        }

        impl fmt::Display for Atom {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                match self { $(atoms!(@show f $name $(($arg))?, x, $text) => atoms!(@write f x $text $(($arg))?),)* }
            }
        }

        impl std::str::FromStr for Atom {
            type Err = NotAnAtom;
            fn from_str(text: &str) -> Result<Self, NotAnAtom> {
                let wrong = || NotAnAtom(text.to_owned());
                let (name, rest) = match text.split_once('(') {
                    Some((name, rest)) => (name, Some(rest.strip_suffix(')').ok_or_else(wrong)?)),
                    None => (text, None),
                };
                match name {
                    $($text => atoms!(@parse rest wrong $name $(($arg))?),)*
                    _ => Err(wrong()),
                }
            }
        }
    };
    (@pattern $name:ident) => { Self::$name };
    (@pattern $name:ident ($arg:ty)) => { Self::$name(_) };
    (@show $f:ident $name:ident, $x:ident, $text:literal) => { Self::$name };
    (@show $f:ident $name:ident ($arg:ty), $x:ident, $text:literal) => { Self::$name($x) };
    (@write $f:ident $x:ident $text:literal) => { $f.write_str($text) };
    (@write $f:ident $x:ident $text:literal ($arg:ty)) => {{
        // In parts, not by `write!`: most of a plan's bytes pass here.
        $f.write_str(concat!($text, "("))?;
        fmt::Display::fmt($x, $f)?;
        $f.write_str(")")
    }};
    (@parse $rest:ident $wrong:ident $name:ident) => {
        if $rest.is_none() { Ok(Self::$name) } else { Err($wrong()) }
    };
    (@parse $rest:ident $wrong:ident $name:ident ($arg:ty)) => {
        $rest.ok_or_else($wrong)?.parse::<$arg>().map(Self::$name).map_err(|_| $wrong())
    };
}

atoms! {
    /// `dockerd` and `cluster_ip` are started here.
    Active(NodeName) = "active";
    /// The application's containers are up.
    Running(Stack) = "running";
    /// The application's containers are of the new release.
    New(Stack) = "new";
    /// The images of the target are on the node.
    Fetched(Stack) = "fetched";
    /// The special PostgreSQL image is on the node.
    SpecialFetched(NodeName) = "special-fetched";
    /// The image list before the change is saved.
    ListSaved(NodeName) = "list-saved";
    /// The cluster was seen as it must be, and nothing moved or booted since.
    GatePassed(ClusterName) = "gate-passed";
    /// `/opt/ex_data/files` answered, and the node did not boot since.
    FilesAnswer(NodeName) = "files-answer";
    /// The ports that Front needs answered.
    PortsOpen(NodeName) = "ports-open";
    /// New images are in the local registry.
    Loaded = "loaded";
    /// A verified copy, taken after the data's services stopped.
    BackedUp(DataSet) = "backed-up";
    /// The backup to go back to was seen, with all of its parts.
    BackupSeen(DataSet) = "backup-seen";
    /// The database outside was put back from its backup.
    DatabaseRestored = "database-restored";
    /// A backup of the database outside, taken while CTS was stopped.
    DatabaseBackedUp = "database-backed-up";
    /// The data has met the new release.
    Met(DataSet) = "met";
    /// The volumes' owners are 888:888, or need not be.
    OwnersFixed(DataSet) = "owners-fixed";
    /// `cts/letsencrypt` is cleared, or need not be.
    LetsEncryptCleared(NodeName) = "letsencrypt-cleared";
    /// Exporters of the new release are installed.
    Exporters(NodeName) = "exporters";
    /// `PG_VERSION` was read and kept.
    VersionKept = "version-kept";
    /// Space for the database's upgrade was measured.
    SpaceSeen = "space-seen";
    /// The database is of the new major version.
    DatabaseNew = "database-new";
    /// The standard image runs on the upgraded database.
    DatabaseStandard = "database-standard";
    /// The new database's files stand aside, the old ones in their place (DR.3).
    DatabaseAside = "database-aside";
    /// A copy of the settings file before the first edit.
    SettingsKept(SettingsPlace) = "settings-kept";
    /// The pins that the goal wants stand in settings.
    PinsSet(SettingsPlace) = "pins-set";
    /// A person found the first nodes in order.
    Judged = "judged";
    /// A person found the whole in order.
    Verified = "verified";
    /// A person decided for the way back.
    Decided = "decided";
    /// A certificate was found in order before it is put in place.
    CertificateSound = "certificate-sound";
    /// The new certificate's files are in place.
    CertificatePlaced(NodeName) = "certificate-placed";
    /// nginx serves the new certificate.
    CertificateServed(NodeName) = "certificate-served";
    /// The settings of that node's data were put back from the backup.
    PutBack(DataSet) = "put-back";
    /// Present data is set aside, not deleted.
    SetAside(DataSet) = "set-aside";
    /// `web_client_image` names the new image.
    WebClientNamed = "web-client-named";
    /// `upgrade_backup_*` is deleted.
    OldDatabaseGone = "old-database-gone";
    /// A person said that a thing of the plan is done.
    Confirmed(ThingName) = "confirmed";
    /// The site's own step is done.
    OwnDone(ThingName) = "own-done";

    // Debts: temporary changes that must be given back.
    /// Antivirus units stopped by us.
    AntivirusOff(NodeName) = "antivirus-off";
    /// The application stopped by us.
    Stopped(Stack) = "stopped";
    /// The resources away from the node where they were.
    Moved(ClusterName) = "moved";
    /// A constraint of a move left in place.
    Constraint(ClusterName) = "constraint";
    /// `postgres_upgrade` stands in settings.
    UpgradeKey(SettingsPlace) = "upgrade-key";
    /// The special PostgreSQL image is pinned.
    SpecialPin(SettingsPlace) = "special-pin";
    /// The database's upgrade is under way.
    DatabaseUpgrading = "database-upgrading";
    /// Deployed, and its logs not yet read.
    Unchecked(Stack) = "unchecked";
    /// Pins that hold the next upgrade back (A38).
    Pinned(SettingsPlace) = "pinned";
    /// What a site's own step opened.
    OwnOpen(ThingName) = "own-open";
}

/// A short name of something in a plan: a task of a person, a site's own step.
pub type ThingName = NodeName;

/// The text is no proposition.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a proposition")]
pub struct NotAnAtom(pub String);

impl std::str::FromStr for ClusterName {
    type Err = NotAnAtom;
    fn from_str(text: &str) -> Result<Self, NotAnAtom> {
        Self::ALL.into_iter().find(|c| c.as_str() == text).ok_or_else(|| NotAnAtom(text.to_owned()))
    }
}

impl Serialize for Atom {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Atom {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        String::deserialize(d)?.parse().map_err(serde::de::Error::custom)
    }
}

impl Atom {
    /// Whether the proposition is a debt: named whenever a run stops, paid on purpose.
    #[must_use]
    pub fn is_debt(&self) -> bool {
        matches!(
            self,
            Self::AntivirusOff(_)
                | Self::Stopped(_)
                | Self::Moved(_)
                | Self::Constraint(_)
                | Self::UpgradeKey(_)
                | Self::SpecialPin(_)
                | Self::DatabaseUpgrading
                | Self::Unchecked(_)
                | Self::Pinned(_)
                | Self::OwnOpen(_)
        )
    }
}

/// A proposition that holds, or that does not: `running(back-01/express)`, `!met(back/express)`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Condition {
    /// What.
    pub atom: Atom,
    /// Whether it holds.
    pub holds: bool,
}

/// The atom holds.
#[must_use]
pub fn is(atom: Atom) -> Condition {
    Condition { atom, holds: true }
}

/// The atom does not hold.
#[must_use]
pub fn is_not(atom: Atom) -> Condition {
    Condition { atom, holds: false }
}

impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.holds { "" } else { "!" })?;
        self.atom.fmt(f)
    }
}

impl Serialize for Condition {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Condition {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let text = String::deserialize(d)?;
        let (holds, atom) = match text.strip_prefix('!') {
            Some(atom) => (false, atom),
            None => (true, text.as_str()),
        };
        Ok(Self { atom: atom.parse().map_err(serde::de::Error::custom)?, holds })
    }
}

/// What is true of an installation at one moment.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct State(BTreeSet<Atom>);

impl State {
    /// Nothing is true.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Whether a proposition holds.
    #[must_use]
    pub fn has(&self, atom: &Atom) -> bool {
        self.0.contains(atom)
    }

    /// Whether a condition is met.
    #[must_use]
    pub fn meets(&self, condition: &Condition) -> bool {
        self.has(&condition.atom) == condition.holds
    }

    /// Makes a condition true.
    pub fn apply(&mut self, condition: &Condition) {
        if condition.holds {
            self.0.insert(condition.atom.clone());
        } else {
            self.0.remove(&condition.atom);
        }
    }

    /// All that holds, in order.
    pub fn atoms(&self) -> impl Iterator<Item = &Atom> {
        self.0.iter()
    }

    /// What is owed.
    pub fn debts(&self) -> impl Iterator<Item = &Atom> {
        self.0.iter().filter(|atom| atom.is_debt())
    }
}

impl FromIterator<Atom> for State {
    fn from_iter<I: IntoIterator<Item = Atom>>(atoms: I) -> Self {
        Self(atoms.into_iter().collect())
    }
}

/// A way in which an action can end without being done: what may be true then.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Half {
    /// What happened, as a code with words of its own.
    pub code: &'static str,
    /// What changed by then.
    pub changes: Vec<Condition>,
}

/// What an action does to a state.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Effect {
    /// What must hold before.
    pub needs: Vec<Condition>,
    /// What holds after it is done.
    pub done: Vec<Condition>,
    /// What else it can leave when it fails, hangs or ends unseen. That nothing changed at all is
    /// always possible and not listed.
    pub halves: Vec<Half>,
}

impl Effect {
    /// The debts that it opens.
    pub fn opens(&self) -> impl Iterator<Item = &Atom> {
        self.done.iter().filter(|c| c.holds && c.atom.is_debt()).map(|c| &c.atom)
    }

    /// The debts that it closes.
    pub fn closes(&self) -> impl Iterator<Item = &Atom> {
        self.done.iter().filter(|c| !c.holds && c.atom.is_debt()).map(|c| &c.atom)
    }
}

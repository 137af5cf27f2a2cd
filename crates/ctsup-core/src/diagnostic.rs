//! What is wrong with an input, as data: code, arguments, places, ways out.
//!
//! No sentence is made here; the words of each code live in `ctsup-render`.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;

use serde::Serialize;

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// Planning goes on; a person should read it.
    Warning,
    /// The input says something that cannot be: exit 1.
    Error,
    /// A fact that the plan needs is not known: exit 1.
    Missing,
    /// A rule of the guide or an invariant forbids it: exit 3.
    Refusal,
}

/// Which input a label points into.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Input {
    /// The topology file.
    Topology,
    /// The facts file.
    Facts,
    /// The release catalogue.
    Catalogue,
    /// A saved image list.
    ImageList,
}

/// A place in an input.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Label {
    /// Which input.
    pub input: Input,
    /// The key path, such as `nodes.back-01.role`; of a key that is missing, where it belongs.
    pub path: String,
    /// Bytes of the input, where the place is in the text.
    pub range: Option<Range<usize>>,
}

/// A change that would help, shown as a difference.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Fix {
    /// Bytes of the input of the first label to take out.
    pub range: Range<usize>,
    /// What to put there.
    pub text: String,
}

/// One finding about an input.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Diagnostic {
    /// What kind of finding; also the name of its page and of its fixture.
    pub code: Code,
    /// How bad it is.
    pub severity: Severity,
    /// What the sentence is filled with.
    pub args: BTreeMap<&'static str, String>,
    /// Places, the one to blame first.
    pub labels: Vec<Label>,
    /// Changes that would help.
    pub fixes: Vec<Fix>,
}

impl Diagnostic {
    /// A finding without a place.
    #[must_use]
    pub fn new(code: Code) -> Self {
        Self {
            code,
            severity: code.severity(),
            args: BTreeMap::new(),
            labels: Vec::new(),
            fixes: Vec::new(),
        }
    }

    /// With an argument for its sentence.
    #[must_use]
    pub fn arg(mut self, name: &'static str, value: impl fmt::Display) -> Self {
        self.args.insert(name, value.to_string());
        self
    }

    /// Less bad than usual.
    #[must_use]
    pub fn as_warning(mut self) -> Self {
        self.severity = Severity::Warning;
        self
    }

    /// With a place.
    #[must_use]
    pub fn at(mut self, label: Label) -> Self {
        self.labels.push(label);
        self
    }

    /// With a change that would help.
    #[must_use]
    pub fn fix(mut self, range: Range<usize>, text: impl Into<String>) -> Self {
        self.fixes.push(Fix { range, text: text.into() });
        self
    }
}

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $text:literal, $severity:ident;)*) => {
        /// Every kind of finding. A code never changes its meaning.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Code { $($(#[$doc])* $name,)* }

        impl Code {
            /// All codes, in the order of this table.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// The stable name.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }

            /// How bad findings of this kind are.
            #[must_use]
            pub fn severity(self) -> Severity {
                match self { $(Self::$name => Severity::$severity,)* }
            }
        }
    };
}

codes! {
    // The text and its shape.
    /// Not TOML.
    Syntax = "syntax", Error;
    /// A key that nobody reads.
    UnknownKey = "unknown-key", Error;
    /// A key that must be there.
    MissingKey = "missing-key", Error;
    /// A value of another type.
    WrongType = "wrong-type", Error;
    /// A value outside a closed list.
    UnknownValue = "unknown-value", Error;
    /// A number outside its range.
    OutOfRange = "out-of-range", Error;
    /// Not a release number.
    NotARelease = "not-a-release", Error;
    /// Not an image with a tag.
    NotAnImage = "not-an-image", Error;
    /// Not a size such as `61 GiB`.
    NotASize = "not-a-size", Error;
    /// Not a name.
    NotAName = "not-a-name", Error;
    /// Not a fully qualified domain name.
    NotAnFqdn = "not-an-fqdn", Error;
    /// Not an absolute path, or one that a shell would read otherwise.
    NotAPath = "not-a-path", Error;
    /// A text with characters that must not reach a command.
    NotPlainText = "not-plain-text", Error;
    /// A format version of the file that this program does not read.
    UnknownFormat = "unknown-format", Error;
    /// Keys whose table's header is missing above them.
    MissingHeader = "missing-header", Error;
    /// `facts` written in a facts file, where everything stands below it.
    FactsPrefix = "facts-prefix", Error;
    /// A topology file in the place of a facts file.
    NotAFactsFile = "not-a-facts-file", Error;
    /// Neither an IP address nor a host name.
    NotAnAddress = "not-an-address", Error;
    /// Not `http://host` or `https://host:port`.
    NotAUrl = "not-a-url", Error;
    /// A login in an address that plans and runbooks repeat.
    SecretInUrl = "secret-in-url", Error;
    /// A size so small that its unit must have been forgotten.
    TinySize = "tiny-size", Warning;
    /// A value of the catalogue of another kind than it has here.
    CatalogueValue = "catalogue-value", Error;
    /// A duration whose least, most and limit are not in this order.
    DurationOrder = "duration-order", Error;
    /// The same value twice in a list.
    Duplicate = "duplicate", Error;

    // How the parts fit together.
    /// A name of a node that is not described.
    UnknownNode = "unknown-node", Error;
    /// A node called otherwise than the rest of the file calls it.
    MisnamedNode = "misnamed-node", Error;
    /// The kind needs another number of nodes in this role.
    RoleCount = "role-count", Error;
    /// A role that this kind does not have.
    RoleNotInKind = "role-not-in-kind", Error;
    /// A key that belongs to another kind or choice.
    KeyNotHere = "key-not-here", Error;
    /// Two nodes with one address and port, or one FQDN.
    SameAddress = "same-address", Error;
    /// The choice needs this key.
    NeededKey = "needed-key", Error;
    /// A value that this choice does not allow.
    NotAllowedHere = "not-allowed-here", Error;
    /// A risk accepted that has no such name.
    UnknownRisk = "unknown-risk", Error;
    /// A reading that the guide does not leave open.
    UnknownReading = "unknown-reading", Error;
    /// A step of the site's own that can do nothing, or that is run and confirmed at once.
    OwnStepShape = "own-step-shape", Error;
    /// A step of the site's own inside the window of invariant 31.
    OwnStepInWindow = "own-step-in-window", Refusal;
    /// A step of the site's own does what only the plan or a person may do (invariants 5, 7, 26).
    OwnStepReserved = "own-step-reserved", Refusal;
    /// A guide row that does not exist, or is in no plan of this goal.
    UnknownRow = "unknown-row", Error;
    /// A risk accepted that this plan does not have.
    UnusedRisk = "unused-risk", Warning;

    // Facts.
    /// A fact that a decision needs is not known.
    MissingFact = "missing-fact", Missing;
    /// A fact about something that the topology does not have.
    FactOfNothing = "fact-of-nothing", Error;
    /// A service that the catalogue does not list.
    UnknownService = "unknown-service", Error;
    /// An image that is not called as its service.
    ImageNotOfService = "image-not-of-service", Warning;
    /// An image to go back to whose tag moves: `latest` is the new one.
    MovingTag = "moving-tag", Error;
    /// Two sources say different things of one fact.
    FactsDiffer = "facts-differ", Error;
    /// A saved image list that cannot be read.
    ImageListUnreadable = "image-list-unreadable", Error;
    /// A service that the saved image list does not name.
    ImageListIncomplete = "image-list-incomplete", Refusal;
    /// A decision that only a person can take is not in the file.
    MissingChoice = "missing-choice", Missing;

    // Rules. Each is a refusal with rule, claim and way out.
    /// The backup would lie below what it copies.
    BackupInside = "backup-inside", Refusal;
    /// The database is to be upgraded while its image is pinned (invariant 12, A42).
    DatabasePinned = "database-pinned", Refusal;
    /// Rollback from or across 2.2 / 2.3 (A25, invariant 11).
    BarrierCrossed = "barrier-crossed", Refusal;
    /// Without apt.postgresql.org only 9.5 can be upgraded (invariant 15).
    PostgresWithoutApt = "postgres-without-apt", Refusal;
    /// Target at least 2.4 with PostgreSQL below 14 held, and the risk not accepted (invariant 16).
    PostgresTooOld = "postgres-too-old", Refusal;
    /// External PostgreSQL below the minimum (A27).
    ExternalPostgresTooOld = "external-postgres-too-old", Refusal;
    /// Not enough free space.
    NoSpace = "no-space", Refusal;
    /// Pins that contradict the target, and no choice made (K15).
    PinsContradict = "pins-contradict", Refusal;
    /// The nodes of a cluster would end with different images (invariant 17).
    PinsUnequal = "pins-unequal", Refusal;
    /// The installed release is newer than the target (invariant 23).
    Downgrade = "downgrade", Refusal;
    /// The release to go back to was not made for the database's new version (A25).
    PostgresBlocksRollback = "postgres-blocks-rollback", Refusal;
    /// The release to roll back to is not older.
    NotOlder = "not-older", Refusal;
    /// In a cluster each node would have a database of its own (A27).
    DatabasePerNode = "database-per-node", Refusal;
    /// The image to hold the database at is not of the version that runs (A33).
    HoldDiffers = "hold-differs", Refusal;
    /// The special PostgreSQL image would be the final one (invariant 15).
    SpecialImageStays = "special-image-stays", Refusal;
    /// CTS does not run, and the goal is for one that does.
    NotRunning = "not-running", Refusal;
    /// `settings` and `settings.yaml` both there (A23).
    TwoSettings = "two-settings", Refusal;
    /// HA without any source of images (A7).
    NoImageSource = "no-image-source", Refusal;
    /// The VoEx host is not said (A5).
    VoexUnknown = "voex-unknown", Refusal;
    /// Plain `dpl -d` for a certificate while an upgrade condition is due (invariant 29).
    PlainDeployDue = "plain-deploy-due", Refusal;
    /// No backup, and the risk not accepted (invariant 2).
    NoBackup = "no-backup", Refusal;
    /// `postgres_auto_upgrade` found and not planned for (invariant 12).
    AutoUpgradeFound = "auto-upgrade-found", Refusal;
    /// `postgres_upgrade` found before anything began (invariant 12).
    UpgradeKeyFound = "upgrade-key-found", Refusal;
    /// A VM snapshot as backup of live cluster nodes (K19).
    SnapshotOfCluster = "snapshot-of-cluster", Refusal;
    /// The window of invariant 31 is in the plan, and the file does not accept it by name.
    WindowNotAccepted = "window-not-accepted", Refusal;
    /// Deleting the only way back in the same plan, or without a check (invariant 20).
    CleanupTooEarly = "cleanup-too-early", Refusal;
    /// The cluster's state is not what a plan could start from (two active nodes, none).
    ClusterUnclear = "cluster-unclear", Refusal;
    /// The idle node of a cluster has the new release, the one that serves the old (AN-H).
    PlaybooksNotFromHere = "playbooks-not-from-here", Refusal;
    /// Nothing for this goal in this topology.
    GoalNotHere = "goal-not-here", Refusal;
    /// Old images are not to be had, or no saved list exists.
    NothingToRollBack = "nothing-to-roll-back", Refusal;

    // Warnings while planning.
    /// The cluster is not healthy in the facts; its gate will heal or stop (K14).
    ClusterUnhealthy = "cluster-unhealthy", Warning;
    /// Move constraints were found before the start (A12).
    ConstraintsFound = "constraints-found", Warning;
    /// Owners are not 888 although the release says they should be (A1).
    OwnersUnexpected = "owners-unexpected", Warning;
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl Serialize for Code {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(self.as_str())
    }
}

//! The plan: a graph of steps, complete and immutable; running it takes no decision.
//!
//! The fields stand in alphabetical order on purpose: a plan serialises in the order that RFC 8785
//! wants, so what people read is byte for byte what the digest is taken over.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::action::{Action, Kind, Repeat, Undo};
use crate::catalogue::DurationOrigin;
use crate::fact::{Claim, ClaimKey};
use crate::guide::RowKey;
use crate::name::{ClusterName, DataSet, NodeName, SettingsPlace, Stack};
use crate::state::{Atom, Condition, State};
use crate::topology::Role;
use crate::version::Release;

pub(crate) mod builder;
mod derive;
pub mod graph;
mod json;
pub mod lint;
mod sound;

pub use self::json::ReadPlanError;
pub use self::lint::{Finding, Rule, lint};

/// The format that this program writes.
pub const FORMAT: Format = Format { name: PlanFormat::CtsupPlan, version: 1 };

/// A plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// Risks accepted by name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub accepted: Vec<String>,
    /// What it was made from, besides the topology.
    pub catalogue: CatalogueRef,
    /// What it rests on.
    pub claims: Vec<Claim>,
    /// `sha256:` over all other fields: people approve this, the executor runs exactly this.
    pub digest: String,
    /// The format and its version.
    pub format: Format,
    /// What the plan is for.
    pub goal: Goal,
    /// The guide it cites.
    pub guide: GuideRef,
    /// Guide rows that do not apply, each with what decides it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub left_out: Vec<LeftOut>,
    /// The step after which only the backup leads back, and why.
    pub point_of_no_return: Option<PointOfNoReturn>,
    /// Ambiguities that touch this plan.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub readings: Vec<ReadingTaken>,
    /// From and to.
    pub release: Releases,
    /// The installation's name.
    pub site: String,
    /// The state it starts from.
    pub start: State,
    /// In one fixed topological order.
    pub steps: Vec<Step>,
    /// The servers.
    pub topology: Servers,
    /// Hazards and doubts.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<Warning>,
}

/// Name and version of the format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Format {
    /// Always `ctsup-plan`.
    pub name: PlanFormat,
    /// Every new field is a new version.
    pub version: u32,
}

/// The one name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PlanFormat {
    /// `ctsup-plan`.
    CtsupPlan,
}

/// The catalogue that the plan was made from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CatalogueRef {
    /// `sha256:` of its text.
    pub hash: String,
}

/// The guide that the plan cites.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GuideRef {
    /// The guide's build.
    pub build: String,
    /// `sha256:` of the table of its rows.
    pub hash: String,
}

/// From and to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Releases {
    /// What is declared as installed.
    pub installed: Release,
    /// What is wanted.
    pub target: Release,
}

/// What a plan is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Goal {
    /// The target release on every node.
    Upgrade,
    /// The release before.
    Rollback,
    /// A new certificate.
    Certificate,
    /// The embedded database's new major version.
    Postgres,
    /// The Web Client cluster's new image.
    WebClient,
    /// Images in the local registry.
    Registry,
    /// What an upgrade left for a way back.
    Cleanup,
}

impl Goal {
    /// Whether it matters to the goal which release runs where.
    #[must_use]
    pub fn concerns_releases(self) -> bool {
        matches!(self, Self::Upgrade | Self::Rollback | Self::Postgres)
    }

    /// All goals.
    pub const ALL: [Self; 7] = [
        Self::Upgrade,
        Self::Rollback,
        Self::Certificate,
        Self::Postgres,
        Self::WebClient,
        Self::Registry,
        Self::Cleanup,
    ];

    /// The name on the command line.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Upgrade => "upgrade",
            Self::Rollback => "rollback",
            Self::Certificate => "certificate",
            Self::Postgres => "postgres",
            Self::WebClient => "web-client",
            Self::Registry => "registry",
            Self::Cleanup => "cleanup",
        }
    }

    /// By the name on the command line.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|goal| goal.as_str() == text)
    }
}

impl fmt::Display for Goal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// A part of a plan: a closed list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Phase {
    /// Checked and brought before anything changes.
    Prepare,
    /// The antivirus off.
    Quiet,
    /// The clusters seen in order.
    Gate,
    /// Images brought to every node.
    Fetch,
    /// Services stopped and data copied.
    BackUp,
    /// The first nodes changed; without clusters, all.
    FirstHalf,
    /// A person finds the first nodes in order.
    Judge,
    /// The second nodes changed.
    SecondHalf,
    /// The whole seen in order.
    Verify,
    /// What was borrowed given back.
    Restore,
}

impl Phase {
    /// All phases, in order.
    pub const ALL: [Self; 10] = [
        Self::Prepare,
        Self::Quiet,
        Self::Gate,
        Self::Fetch,
        Self::BackUp,
        Self::FirstHalf,
        Self::Judge,
        Self::SecondHalf,
        Self::Verify,
        Self::Restore,
    ];

    /// The stable name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Prepare => "prepare",
            Self::Quiet => "quiet",
            Self::Gate => "gate",
            Self::Fetch => "fetch",
            Self::BackUp => "back-up",
            Self::FirstHalf => "first-half",
            Self::Judge => "judge",
            Self::SecondHalf => "second-half",
            Self::Verify => "verify",
            Self::Restore => "restore",
        }
    }

    /// By its stable name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|phase| phase.as_str() == text)
    }
}

impl fmt::Display for Phase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// A readable, stable, unique name of a step: `back-02/express/deploy`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct StepId(pub(crate) String);

impl StepId {
    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for StepId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl From<&str> for StepId {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

/// One step: one place, one directory, one action.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// What executor and prover work from.
    pub action: Action,
    /// What it waits for, reduced to what is needed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub after: Vec<After>,
    /// Debts that it pays.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub closes: Vec<Atom>,
    /// What an administrator would type.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub commands: Vec<String>,
    /// The directory in which it is typed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cwd: Option<String>,
    /// Its name.
    pub id: StepId,
    /// What it is to the one who runs it.
    pub kind: Kind,
    /// What holds after it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub leaves: Vec<Condition>,
    /// Seconds after which it is reported.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit_s: Option<u32>,
    /// What must hold before it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub needs: Vec<Condition>,
    /// Where; `None` for a person.
    pub node: Option<NodeName>,
    /// Debts that it opens.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub opens: Vec<Atom>,
    /// The part of the plan that it belongs to.
    pub phase: Phase,
    /// What running it again means.
    pub repeat: Repeat,
    /// The claims that put it here.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rests_on: Vec<ClaimKey>,
    /// Who says so.
    pub source: Vec<Source>,
    /// How long it usually takes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub takes: Option<Takes>,
    /// How it is taken back.
    pub undo: Undo,
    /// The user of the commands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
}

/// A step waited for, with the reasons.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct After {
    /// Why.
    pub because: Vec<Because>,
    /// What is waited for.
    pub step: StepId,
}

/// Why one step waits for another.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Because {
    /// The guide has it in this order.
    Row(RowKey),
    /// An invariant of correct plans.
    Invariant(u8),
    /// The earlier step makes true what the later one needs.
    Needs(Condition),
    /// The later step ends what the earlier one needs.
    Keeps(Condition),
    /// The later step takes back what the earlier one did.
    TakesBack(Condition),
    /// The site's own step stands there.
    Site(NodeName),
}

/// Who says that a step belongs there.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Source {
    /// A row of the guide.
    Row(RowKey),
    /// An invariant; the guide does not write the step.
    Invariant(u8),
    /// A reading of an ambiguity.
    Reading(String),
    /// The topology file.
    Site,
}

/// How long a step usually takes, in seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Takes {
    /// At most.
    pub max_s: u32,
    /// At least.
    pub min_s: u32,
    /// Who says so.
    pub origin: DurationOrigin,
}

/// Guide rows that do not apply.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LeftOut {
    /// What decides it.
    pub because: Cause,
    /// The rows.
    pub rows: Vec<RowKey>,
}

/// What decides that a row does not apply.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Cause {
    /// A claim.
    Claim(ClaimKey),
    /// It is done already in the state that the plan starts from.
    Already(Vec<Condition>),
}

/// An ambiguity of the guide that touches a plan.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReadingTaken {
    /// The key of the file that chooses, where one can be chosen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub choose: Option<String>,
    /// Its name: `A11`.
    pub key: String,
    /// The other readings.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub others: Vec<String>,
    /// The reading taken.
    pub taken: String,
}

/// Where only the backup leads back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PointOfNoReturn {
    /// Barriers crossed.
    pub barriers: Vec<Release>,
    /// The step that crosses them first.
    pub step: StepId,
}

macro_rules! warnings {
    ($($(#[$doc:meta])* $name:ident = $text:literal;)*) => {
        /// Hazards and doubts that a plan names.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "kebab-case")]
        pub enum WarningCode { $($(#[$doc])* $name,)* }

        impl WarningCode {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// The stable name.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }
        }
    };
}

warnings! {
    /// Between the second switch and the stop, old containers run on newer data (invariant 31).
    OldContainersWindow = "old-containers-window";
    /// Until the second half the idle node has old containers: a failover starts them (A45).
    IdleNodeOld = "idle-node-old";
    /// After a way back the idle node still holds the newer containers: a failover starts them on
    /// older data, and no step of the plan changes that (invariants 27, 31).
    IdleNodeNewer = "idle-node-newer";
    /// Pins put old containers on data that the newer release has met (K11 b, invariant 31).
    OldOnNewer = "old-on-newer";
    /// Users are cut off from here to there.
    Outage = "outage";
    /// The upgrade crosses a barrier: no rollback afterwards (invariant 11).
    CrossesBarrier = "crosses-barrier";
    /// Data may be lost while the database is upgraded; a backup is strongly advised.
    DatabaseRisk = "database-risk";
    /// The one-time clearing makes nginx ask for new certificates: port 80 and Internet are needed.
    LetsencryptAgain = "letsencrypt-again";
    /// Plain `dpl -d` for a certificate may update everything (A22).
    PlainDeploy = "plain-deploy";
    /// The only way back of the database is deleted (PB.1).
    WayBackDeleted = "way-back-deleted";
    /// Pins stay after a rollback and hold the next upgrade back (A38).
    PinsStay = "pins-stay";
    /// Data written since the upgrade is lost by going back.
    WritesLost = "writes-lost";
    /// A playbook's pauses must not be skipped (K21).
    Pauses = "pauses";
    /// The name of a playbook is inferred (A20).
    InferredPlaybook = "inferred-playbook";
    /// The cluster was not healthy in the facts (K14).
    ClusterUnhealthy = "cluster-unhealthy";
    /// Constraints were there before the plan (A12).
    ConstraintsFound = "constraints-found";
    /// Permanent location preferences can pull resources back (K17).
    PreferencesFound = "preferences-found";
    /// Nothing holds resources where they run: they can go back by themselves (K17).
    NotSticky = "not-sticky";
    /// One playbook deploys Back and Front at once: Front is down before Back was seen to work
    /// (invariant 1, A32).
    Together = "together";
    /// Owners are not 888 although the release says they should be (A1).
    OwnersUnexpected = "owners-unexpected";
    /// Volumes of these names on Front are not touched; look whether there are any (A41).
    OwnersOnFront = "owners-on-front";
    /// A risk that the plan has and the file accepts.
    Accepted = "accepted";
    /// A major upgrade of the database can happen unattended from now on (PG.A).
    AutomaticUpgrade = "automatic-upgrade";
    /// Logging out logs out of all registries.
    AllRegistries = "all-registries";
    /// Not the guide's text but ours: a variant or an addition.
    Ours = "ours";
    /// Saved although it was not proven, by somebody's wish.
    Unproven = "unproven";
}

/// A hazard or doubt.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Warning {
    /// What its sentence is filled with.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub args: BTreeMap<String, String>,
    /// Which.
    pub code: WarningCode,
    /// Where in the plan it belongs: the step, the first of several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step: Option<StepId>,
    /// The last step that it spans.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<StepId>,
}

/// The servers of a plan: what executor and prover must know of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Servers {
    /// The clusters and their nodes.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub clusters: BTreeMap<ClusterName, ClusterNodes>,
    /// All nodes that the plan can touch.
    pub nodes: BTreeMap<NodeName, Server>,
    /// What dpl looks after.
    pub stacks: Vec<StackPlace>,
}

/// The nodes of a cluster, and what they share.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClusterNodes {
    /// Both.
    pub nodes: [NodeName; 2],
    /// Their volumes are the same ones.
    pub shares_volumes: bool,
}

/// A server and the way to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Server {
    /// Where ssh connects to.
    pub address: String,
    /// How commands become root: `no`, `sudo`, `sudo-with-password`.
    pub r#become: String,
    /// Its full name.
    pub fqdn: String,
    /// ssh's port.
    pub port: u16,
    /// What it is for.
    pub role: Role,
    /// The login user.
    pub user: String,
}

/// A stack, with what its services write and its dpl reads.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StackPlace {
    /// The data.
    pub data: DataSet,
    /// The directory.
    pub dir: String,
    /// The settings.
    pub settings: SettingsPlace,
    /// The stack.
    pub stack: Stack,
}

impl Plan {
    /// A step by its name.
    #[must_use]
    pub fn step(&self, id: &str) -> Option<&Step> {
        self.steps.iter().find(|step| step.id.as_str() == id)
    }

    /// The same plan, marked as not proven: another digest, and a hazard that every form names.
    #[must_use]
    pub fn marked_unproven(mut self) -> Self {
        if !self.is_marked_unproven() {
            let code = WarningCode::Unproven;
            let warning = Warning { args: BTreeMap::new(), code, step: None, until: None };
            self.warnings.insert(0, warning);
        }
        self.sealed()
    }

    /// Whether the plan was saved without a proof: whoever runs it is told.
    #[must_use]
    pub fn is_marked_unproven(&self) -> bool {
        self.warnings.iter().any(|warning| warning.code == WarningCode::Unproven)
    }

    /// Whether there is nothing to do.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty()
    }

    /// The state after all steps.
    #[must_use]
    pub fn end(&self) -> State {
        let mut state = self.start.clone();
        for step in &self.steps {
            for condition in &step.leaves {
                state.apply(condition);
            }
        }
        state
    }
}

//! The plan: a graph of steps, complete and immutable; running it takes no decision.
//!
//! The fields stand in alphabetical order on purpose: a plan serialises in the order that RFC 8785
//! wants, so what people read is byte for byte what the digest is taken over.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::fact::{Claim, ClaimKey};
use crate::guide::RowKey;
use crate::named::named;
use crate::state::{Condition, State};
use crate::version::Release;

pub(crate) mod builder;
mod derive;
pub mod graph;
mod json;
pub mod lint;
mod servers;
mod sound;
mod step;
mod warning;

pub use self::json::ReadPlanError;
pub use self::lint::{Finding, Rule, lint};
pub use self::servers::{ClusterNodes, Server, Servers, StackPlace};
pub use self::step::{After, Because, Source, Step, StepId, Takes};
pub use self::warning::{Warning, WarningCode};

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

named! {
    /// What a plan is for.
    Goal;
    /// The target release on every node.
    Upgrade = "upgrade";
    /// The release before.
    Rollback = "rollback";
    /// A new certificate.
    Certificate = "certificate";
    /// The embedded database's new major version.
    Postgres = "postgres";
    /// The Web Client cluster's new image.
    WebClient = "web-client";
    /// Images in the local registry.
    Registry = "registry";
    /// What an upgrade left for a way back.
    Cleanup = "cleanup";
}

impl Goal {
    /// Whether it matters to the goal which release runs where.
    #[must_use]
    pub fn concerns_releases(self) -> bool {
        matches!(self, Self::Upgrade | Self::Rollback | Self::Postgres)
    }
}

named! {
    /// A part of a plan: a closed list.
    Phase;
    /// Checked and brought before anything changes.
    Prepare = "prepare";
    /// The antivirus off.
    Quiet = "quiet";
    /// The clusters seen in order.
    Gate = "gate";
    /// Images brought to every node.
    Fetch = "fetch";
    /// Services stopped and data copied.
    BackUp = "back-up";
    /// The first nodes changed; without clusters, all.
    FirstHalf = "first-half";
    /// A person finds the first nodes in order.
    Judge = "judge";
    /// The second nodes changed.
    SecondHalf = "second-half";
    /// The whole seen in order.
    Verify = "verify";
    /// What was borrowed given back.
    Restore = "restore";
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

//! A step of a plan: where, what, after what and why.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::Phase;
use crate::action::{Action, Kind, Repeat, Undo};
use crate::catalogue::DurationOrigin;
use crate::fact::ClaimKey;
use crate::guide::RowKey;
use crate::name::NodeName;
use crate::state::{Atom, Condition};

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

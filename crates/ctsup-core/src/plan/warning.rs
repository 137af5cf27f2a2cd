//! Hazards and doubts that a plan names.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::StepId;
use crate::named::named;

named! {
    /// Hazards and doubts that a plan names.
    WarningCode;
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

//! What the model takes for granted, as codes: they head every proof, so that a reader can object.

use serde::{Deserialize, Serialize};

use crate::action::{Action, Unit};
use crate::named::named;
use crate::plan::Plan;
use crate::state::Atom;

named! {
    /// Something that the model takes for granted.
    AssumptionCode;
    /// The state that the plan starts from is the installation's: the plan's claims hold.
    StartHolds = "start-holds";
    /// Nobody else changes the installation meanwhile.
    NobodyElse = "nobody-else";
    /// One fault at a time; the next one meets a plan made anew.
    SingleFault = "single-fault";
    /// At most one job of ours on a node, and at most one that interrupts users anywhere.
    OneJobPerNode = "one-job-per-node";
    /// Data of a cluster's nodes is shared, as the file says: met by one, met by both.
    SharedData = "shared-data";
    /// Each node of a cluster has data of its own, as the file says.
    OwnData = "own-data";
    /// `dockerd` starts, on a node that it comes to, the containers that it last had there.
    ContainersFollow = "containers-follow";
    /// Containers stopped by dpl stay stopped until dpl starts them, through a reboot too.
    StoppedStays = "stopped-stays";
    /// A node that boots starts its antivirus again.
    AntivirusBoots = "antivirus-boots";
    /// Pacemaker starts the resources on the other node when the active one dies.
    FailsOver = "fails-over";
    /// `dpl -g` fetches images and changes nothing that runs (A35).
    FetchOnlyFetches = "fetch-only-fetches";
    /// A deploy's new code may meet the data from the moment that it starts.
    MeetsAtOnce = "meets-at-once";
    /// A deploy that failed half-way is found out by looking, and the deploy can be run again (K3).
    DeployAgain = "deploy-again";
    /// A backup that was verified can be restored.
    BackupRestores = "backup-restores";
    /// There is no backup: the risk is accepted by name.
    NoBackup = "no-backup";
    /// Playbooks do to the stacks what the plan says of them; where the resources are afterwards is
    /// looked at, not predicted (K4).
    PlaybookAsSaid = "playbook-as-said";
    /// The site's own steps change nothing but the debts that they declare.
    OwnStepsHarmless = "own-steps-harmless";
    /// Which services users need for what: ours, not the guide's.
    UserFunctions = "user-functions";
    /// Durations are the catalogue's or the file's.
    Durations = "durations";
}

/// An assumption, with what it is about where that is not all of the plan.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Assumption {
    /// Which.
    pub code: AssumptionCode,
    /// Clusters, nodes or steps concerned.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub about: Vec<String>,
}

/// What a proof of this plan takes for granted.
pub(crate) fn of(plan: &Plan) -> Vec<Assumption> {
    use AssumptionCode as A;
    let any = |f: &dyn Fn(&Action) -> bool| plan.steps.iter().any(|s| f(&s.action));
    let mut all: Vec<Assumption> = Vec::new();
    let mut say = |code, about: Vec<String>| all.push(Assumption { code, about });
    for code in [A::StartHolds, A::NobodyElse, A::SingleFault, A::OneJobPerNode, A::StoppedStays] {
        say(code, Vec::new());
    }
    for (shared, code) in [(true, A::SharedData), (false, A::OwnData)] {
        let clusters: Vec<_> = plan
            .topology
            .clusters
            .iter()
            .filter(|(_, c)| c.shares_volumes == shared)
            .map(|(name, _)| name.to_string())
            .collect();
        if !clusters.is_empty() {
            say(code, clusters);
        }
    }
    if !plan.topology.clusters.is_empty() {
        say(A::ContainersFollow, Vec::new());
        say(A::FailsOver, Vec::new());
    }
    if any(&|a| matches!(a, Action::Unit(Unit::StopAntivirus { .. }))) {
        say(A::AntivirusBoots, Vec::new());
    }
    if any(&|a| a.code() == "dpl-fetch") {
        say(A::FetchOnlyFetches, Vec::new());
    }
    if any(&|a| a.effect().done.iter().any(|c| c.holds && matches!(c.atom, Atom::Met(_)))) {
        say(A::MeetsAtOnce, Vec::new());
    }
    if any(&|a| a.code() == "dpl-deploy") {
        say(A::DeployAgain, Vec::new());
    }
    if any(&|a| a.code() == "volume-back-up-accepted") {
        say(A::NoBackup, named(plan, "volume-back-up-accepted"));
    }
    if any(&|a| a.code().starts_with("volume-back-up") && a.code() != "volume-back-up-accepted") {
        say(A::BackupRestores, Vec::new());
    }
    if any(&|a| a.code() == "playbook-run") {
        say(A::PlaybookAsSaid, named(plan, "playbook-run"));
    }
    let own: Vec<_> = plan
        .steps
        .iter()
        .filter(|s| matches!(s.action, Action::Site(_)))
        .map(|s| s.id.to_string())
        .collect();
    if !own.is_empty() {
        say(A::OwnStepsHarmless, own);
    }
    say(A::UserFunctions, Vec::new());
    say(A::Durations, Vec::new());
    all
}

fn named(plan: &Plan, code: &str) -> Vec<String> {
    plan.steps.iter().filter(|s| s.action.code() == code).map(|s| s.id.to_string()).collect()
}

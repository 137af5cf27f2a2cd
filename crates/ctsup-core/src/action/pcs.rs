//! Pacemaker's resources: move both, clear what a move left.

use serde::{Deserialize, Serialize};

use super::{Args, Family, Kind, MOVED_TOGETHER, Repeat, Undo, joined};
use crate::name::{App, ClusterName, NodeName, Stack};
use crate::state::{Atom, Condition, Effect, Half, is, is_not};

/// The command that moves a resource to a node, by its name in Pacemaker.
#[must_use]
pub fn move_to(resource: &str, fqdn: &str) -> String {
    format!("pcs resource move {resource} {fqdn}")
}

/// The command that lets Pacemaker forget a resource's failures.
#[must_use]
pub fn clean_up(resource: &str) -> String {
    format!("pcs resource cleanup {resource}")
}

/// Something done to a cluster's resources.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Pcs {
    /// `cluster_ip` and `dockerd` to the other node; where they already are, nothing (A11).
    Move {
        /// What starts and stops with `dockerd`.
        apps: Vec<App>,
        /// Whose resources.
        cluster: ClusterName,
        /// The target's name as Pacemaker knows it.
        fqdn: String,
        /// The node they leave.
        from: NodeName,
        /// They return to where they were before the plan.
        home: bool,
        /// This pcs leaves a constraint behind (A12).
        leaves_constraint: bool,
        /// The node they go to.
        to: NodeName,
    },
    /// What moves left, taken away after a look at what would move.
    Clear {
        /// Whose constraints.
        cluster: ClusterName,
        /// Where a copy of the configuration is tried out.
        scratch: String,
    },
}

impl Family for Pcs {
    fn code(&self) -> &'static str {
        match self {
            Self::Move { .. } => "pcs-move",
            Self::Clear { .. } => "pcs-clear",
        }
    }

    fn kind(&self) -> Kind {
        Kind::Change
    }

    fn commands(&self) -> Vec<String> {
        match self {
            Self::Move { fqdn, .. } => MOVED_TOGETHER.map(|r| move_to(r, fqdn)).to_vec(),
            Self::Clear { scratch, .. } => {
                // K17: tried on a copy first; what it says would move is read before going on.
                let mut all = vec![format!("cibadmin --query > {scratch}")];
                all.extend(
                    MOVED_TOGETHER
                        .iter()
                        .map(|r| format!("CIB_file={scratch} crm_resource --clear --resource {r}")),
                );
                all.push(format!("crm_simulate --xml-file {scratch} --simulate"));
                all.extend(MOVED_TOGETHER.iter().map(|r| format!("pcs resource clear {r}")));
                all
            }
        }
    }

    fn effect(&self) -> Effect {
        match self {
            Self::Move { apps, cluster, from, home, leaves_constraint, to, .. } => {
                let mut done = vec![
                    is_not(Atom::Active(from.clone())),
                    is(Atom::Active(to.clone())),
                    is_not(Atom::GatePassed(*cluster)),
                    Condition { atom: Atom::Moved(*cluster), holds: !home },
                ];
                for app in apps {
                    done.push(is_not(Atom::Running(Stack::new(from, *app))));
                    done.push(is(Atom::Running(Stack::new(to, *app))));
                }
                let mut failed =
                    vec![is_not(Atom::GatePassed(*cluster)), is(Atom::Constraint(*cluster))];
                let mut between = failed.clone();
                between.push(is_not(Atom::Active(from.clone())));
                between.extend(apps.iter().map(|a| is_not(Atom::Running(Stack::new(from, *a)))));
                if *leaves_constraint {
                    done.push(is(Atom::Constraint(*cluster)));
                }
                failed.dedup();
                Effect {
                    needs: vec![is(Atom::GatePassed(*cluster)), is(Atom::Active(from.clone()))],
                    done,
                    halves: vec![
                        // A failed move leaves its constraint, whatever the version.
                        Half { code: "move-failed", changes: failed },
                        Half { code: "between-nodes", changes: between },
                    ],
                }
            }
            Self::Clear { cluster, .. } => Effect {
                needs: vec![is_not(Atom::Moved(*cluster))],
                done: vec![is_not(Atom::Constraint(*cluster))],
                halves: Vec::new(),
            },
        }
    }

    fn args(&self) -> Args {
        match self {
            Self::Move { cluster, from, to, .. } => vec![
                ("cluster", cluster.to_string()),
                ("from", from.to_string()),
                ("to", to.to_string()),
                ("resources", joined(&MOVED_TOGETHER, ", ")),
            ],
            Self::Clear { cluster, .. } => {
                vec![("cluster", cluster.to_string()), ("resources", joined(&MOVED_TOGETHER, ", "))]
            }
        }
    }

    fn repeat(&self) -> Repeat {
        match self {
            // Moving to where it runs fails and leaves a constraint: look first (invariant 25).
            Self::Move { .. } => Repeat::ProbeFirst,
            Self::Clear { .. } => Repeat::Safe,
        }
    }

    fn undo(&self) -> Undo {
        match self {
            // Only the switch for fetching leaves nothing newer behind.
            Self::Move { home: false, .. } => Undo::Person(super::Why::MoveBack),
            Self::Move { .. } => Undo::Person(super::Why::MoveDecided),
            Self::Clear { .. } => Undo::Nothing,
        }
    }

    fn interrupts(&self) -> bool {
        matches!(self, Self::Move { .. })
    }
}

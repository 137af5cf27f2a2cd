//! Waiting until something is so: each wait has a limit and a meaning.

use serde::{Deserialize, Serialize};

use super::{Args, Family, Kind, joined, node_arg};
use crate::name::{ClusterName, NodeName, Stack};
use crate::state::{Atom, Effect, is, is_not};

/// Something waited for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Wait {
    /// The cluster is as the guide lists it for this site; bad resources are cleaned up, with a
    /// bound (HA.5).
    Gate {
        /// Which cluster.
        cluster: ClusterName,
        /// Where it is asked.
        node: NodeName,
        /// Its nodes, both of which must be online.
        nodes: Vec<NodeName>,
        /// Resources that must be started on both nodes.
        on_both: Vec<String>,
        /// Resources that must be started on one node.
        on_one: Vec<String>,
        /// How often a cleanup of one resource is tried.
        tries: u8,
    },
    /// Both resources are started on the node, and the rest is as the gate wants it (HA.12).
    Arrived {
        /// Which cluster.
        cluster: ClusterName,
        /// The node that is waited for.
        node: NodeName,
        /// Its nodes.
        nodes: Vec<NodeName>,
        /// Resources that must be started on both nodes.
        on_both: Vec<String>,
        /// Resources that must be started on one node.
        on_one: Vec<String>,
    },
    /// The logs hold no errors but known harmless ones; a person judges (S.6).
    CleanLogs {
        /// The application's directory.
        dir: String,
        /// Containers not looked at.
        except: Vec<String>,
        /// Of which application.
        stack: Stack,
        /// How many lines of each container.
        tail: u16,
    },
    /// The containers are stable and their output is quiet, except nginx (HA.19, K16).
    QuietLogs {
        /// The application's directory.
        dir: String,
        /// Containers not looked at.
        except: Vec<String>,
        /// Seconds without output that count as quiet.
        quiet_s: u32,
        /// Of which application.
        stack: Stack,
        /// How many lines of each container.
        tail: u16,
    },
}

impl Family for Wait {
    fn code(&self) -> &'static str {
        match self {
            Self::Gate { .. } => "wait-gate",
            Self::Arrived { .. } => "wait-arrived",
            Self::CleanLogs { .. } => "wait-clean-logs",
            Self::QuietLogs { .. } => "wait-quiet-logs",
        }
    }

    fn kind(&self) -> Kind {
        Kind::Wait
    }

    fn commands(&self) -> Vec<String> {
        match self {
            Self::Gate { .. } | Self::Arrived { .. } => vec!["pcs status".to_owned()],
            Self::CleanLogs { tail, .. } | Self::QuietLogs { tail, .. } => {
                vec![format!("dpl --dc logs --tail={tail} -f")]
            }
        }
    }

    fn effect(&self) -> Effect {
        match self {
            Self::Gate { cluster, .. } => {
                Effect { done: vec![is(Atom::GatePassed(*cluster))], ..Effect::default() }
            }
            Self::Arrived { cluster, node, .. } => Effect {
                needs: vec![is(Atom::Active(node.clone()))],
                done: vec![is(Atom::GatePassed(*cluster))],
                halves: Vec::new(),
            },
            Self::CleanLogs { stack, .. } | Self::QuietLogs { stack, .. } => Effect {
                needs: vec![is(Atom::Running(stack.clone()))],
                done: vec![is_not(Atom::Unchecked(stack.clone()))],
                halves: Vec::new(),
            },
        }
    }

    fn args(&self) -> Args {
        match self {
            Self::Gate { cluster, node, on_both, on_one, tries, .. } => vec![
                node_arg(node),
                ("cluster", cluster.to_string()),
                ("both", joined(on_both, ", ")),
                ("one", joined(on_one, ", ")),
                ("tries", tries.to_string()),
            ],
            Self::Arrived { cluster, node, .. } => {
                vec![node_arg(node), ("cluster", cluster.to_string())]
            }
            Self::CleanLogs { except, stack, tail, .. } => vec![
                node_arg(&stack.node),
                ("app", stack.app.to_string()),
                ("tail", tail.to_string()),
                ("except", joined(except, ", ")),
            ],
            Self::QuietLogs { except, quiet_s, stack, tail, .. } => vec![
                node_arg(&stack.node),
                ("app", stack.app.to_string()),
                ("tail", tail.to_string()),
                ("except", joined(except, ", ")),
                ("quiet", quiet_s.to_string()),
            ],
        }
    }

    fn cwd(&self) -> Option<&str> {
        match self {
            Self::CleanLogs { dir, .. } | Self::QuietLogs { dir, .. } => Some(dir),
            _ => None,
        }
    }
}

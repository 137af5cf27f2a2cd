//! Looking: changes nothing, may be repeated at any time.

use serde::{Deserialize, Serialize};

use super::{Args, Family, Kind, joined, node_arg};
use crate::name::{ClusterName, DataSet, NodeName, Stack};
use crate::state::{Atom, Effect, is};

/// Something looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Look {
    /// `pcs status` (HA.4).
    Status {
        /// Of which cluster.
        cluster: ClusterName,
        /// Where.
        node: NodeName,
    },
    /// On which node `dockerd` is started (HA.7): by exact name, not by `grep` alone (A36).
    ActiveNode {
        /// Of which cluster.
        cluster: ClusterName,
        /// The node that the plan rests on.
        expects: NodeName,
        /// Where it is asked.
        node: NodeName,
    },
    /// Where a cluster's resources are, without an expectation: after a playbook (K4).
    Resources {
        /// Of which cluster.
        cluster: ClusterName,
        /// Where it is asked.
        node: NodeName,
    },
    /// The cluster's file system answers within the time limit (HA.6).
    Files {
        /// Where.
        node: NodeName,
        /// What is listed.
        path: String,
    },
    /// The backup to go back to is here, a true copy with something in each of its parts (K12).
    Backup {
        /// Whose data it holds.
        data: DataSet,
        /// Its directory.
        from: String,
        /// Where.
        node: NodeName,
        /// The names of its parts.
        parts: Vec<String>,
    },
    /// Ports of Back as seen from Front (D-P.2, invariant 28).
    Ports {
        /// From where.
        node: NodeName,
        /// Which.
        ports: Vec<u16>,
        /// Of which host.
        target: String,
    },
    /// The new Web Client image among those loaded, and no other new one (WC.3).
    WebImage {
        /// The image that the file names.
        image: String,
        /// Where.
        node: NodeName,
    },
    /// `docker ps -a` once more, for the report.
    Containers {
        /// Of which application.
        stack: Stack,
    },
}

impl Family for Look {
    fn code(&self) -> &'static str {
        match self {
            Self::Status { .. } => "look-status",
            Self::ActiveNode { .. } => "look-active-node",
            Self::Resources { .. } => "look-resources",
            Self::Files { .. } => "look-files",
            Self::Backup { .. } => "look-backup",
            Self::Ports { .. } => "look-ports",
            Self::WebImage { .. } => "look-web-image",
            Self::Containers { .. } => "look-containers",
        }
    }

    fn kind(&self) -> Kind {
        Kind::Observe
    }

    fn commands(&self) -> Vec<String> {
        match self {
            Self::Status { .. } | Self::Resources { .. } => vec!["pcs status".to_owned()],
            Self::ActiveNode { .. } => vec!["pcs status | grep dockerd".to_owned()],
            Self::Files { path, .. } => vec![format!("ls -la {path}")],
            Self::Backup { from, parts, .. } => parts
                .iter()
                .map(|part| {
                    let path = format!("{from}/{part}");
                    format!(
                        "[ -d {path} ] && [ ! -L {path} ] && \
                         find {path} -mindepth 1 -print -quit | grep /"
                    )
                })
                .collect(),
            Self::Ports { ports, target, .. } => ports
                .iter()
                .map(|p| format!("timeout 5 bash -c '</dev/tcp/{target}/{p}' && echo {p} open"))
                .collect(),
            Self::WebImage { .. } => vec!["docker images | grep web_client".to_owned()],
            Self::Containers { .. } => vec!["docker ps -a".to_owned()],
        }
    }

    fn effect(&self) -> Effect {
        match self {
            Self::ActiveNode { cluster, expects, .. } => Effect {
                needs: vec![is(Atom::GatePassed(*cluster)), is(Atom::Active(expects.clone()))],
                ..Effect::default()
            },
            Self::Files { node, .. } => {
                Effect { done: vec![is(Atom::FilesAnswer(node.clone()))], ..Effect::default() }
            }
            Self::Backup { data, .. } => {
                Effect { done: vec![is(Atom::BackupSeen(data.clone()))], ..Effect::default() }
            }
            Self::Ports { node, .. } => {
                Effect { done: vec![is(Atom::PortsOpen(node.clone()))], ..Effect::default() }
            }
            _ => Effect::default(),
        }
    }

    fn args(&self) -> Args {
        match self {
            Self::Status { cluster, node } | Self::Resources { cluster, node } => {
                vec![node_arg(node), ("cluster", cluster.to_string())]
            }
            Self::ActiveNode { cluster, expects, node } => vec![
                node_arg(node),
                ("cluster", cluster.to_string()),
                ("expects", expects.to_string()),
            ],
            Self::Backup { data, from, node, parts } => vec![
                node_arg(node),
                ("data", data.to_string()),
                ("from", from.clone()),
                ("parts", joined(parts, ", ")),
            ],
            Self::Files { node, path } => vec![node_arg(node), ("path", path.clone())],
            Self::Ports { node, ports, target } => vec![
                node_arg(node),
                ("target", target.clone()),
                ("ports", joined(ports, ", ")),
                ("count", ports.len().to_string()),
            ],
            Self::WebImage { image, node } => vec![node_arg(node), ("image", image.clone())],
            Self::Containers { stack } => {
                vec![node_arg(&stack.node), ("app", stack.app.to_string())]
            }
        }
    }
}

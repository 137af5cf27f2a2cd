//! The servers of a plan: what executor and prover must know of them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::name::{ClusterName, DataSet, NodeName, SettingsPlace, Stack};
use crate::topology::{Become, Role};

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
    /// How commands become root.
    pub r#become: Become,
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

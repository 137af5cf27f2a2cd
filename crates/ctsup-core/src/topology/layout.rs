//! The servers, how they relate, and how each is reached.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::name::{ClusterName, NodeName};
use crate::named::named;

/// How the servers of an installation relate.
#[expect(clippy::large_enum_variant, reason = "one of these per installation")]
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Layout {
    /// One server.
    Single(NodeName),
    /// Back CTS and Front CTS.
    Split {
        /// Holds the database.
        back: NodeName,
        /// Faces the users.
        front: NodeName,
    },
    /// Two Pacemaker clusters of two nodes.
    Ha {
        /// The Back cluster.
        back: Pair,
        /// The Front cluster.
        front: Pair,
    },
}

/// The two nodes of a cluster.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pair {
    /// Back or Front.
    pub cluster: ClusterName,
    /// In the order of their names.
    pub nodes: [NodeName; 2],
    /// Where `cluster_ip` answers.
    pub address: Option<String>,
    /// What they share (K22).
    pub shared: BTreeSet<Shared>,
    /// Resources started on both nodes; `None`: as the catalogue lists them.
    pub on_both: Option<Vec<String>>,
    /// Resources started on one node; `None`: as the catalogue lists them.
    pub on_one: Option<Vec<String>>,
}

impl Pair {
    /// The other node.
    #[must_use]
    pub fn other(&self, node: &NodeName) -> &NodeName {
        if self.nodes[0] == *node { &self.nodes[1] } else { &self.nodes[0] }
    }
}

/// What the nodes of a cluster can share.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Shared {
    /// Docker's volumes.
    Volumes,
    /// `/opt/express` with its settings.
    Settings,
    /// The embedded database.
    Database,
}

/// A server, with the way to reach it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// What it is for.
    pub role: Role,
    /// Its full name; in a cluster, Pacemaker's node name.
    pub fqdn: String,
    /// Where ssh connects to.
    pub address: String,
    /// ssh's port.
    pub port: u16,
    /// The login user.
    pub user: String,
    /// How commands become root.
    pub become_root: Become,
}

/// What a node is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// The one server of a Single CTS.
    Single,
    /// Back CTS.
    Back,
    /// Front CTS.
    Front,
    /// VoEx on a host of its own.
    Voex,
    /// The local image registry.
    Registry,
    /// Runs the playbooks.
    Control,
    /// Has Internet where the registry has none.
    Internet,
    /// A node of the Web Client cluster.
    WebClient,
    /// A host that the site's own steps use.
    Other,
}

named! {
    /// How commands become root on a node.
    Become;
    /// The login user is root.
    No = "no";
    /// `sudo` without a password.
    Sudo = "sudo";
    /// `sudo` with a password, asked once.
    SudoWithPassword = "sudo-with-password";
}

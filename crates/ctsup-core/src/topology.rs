//! Servers and how they relate: the administrator's file, understood.
//!
//! Only installations that can exist are a `Topology`; everything else is a list of diagnostics.

use std::collections::{BTreeMap, BTreeSet};

use crate::name::{App, ClusterName, DataSet, Holding, NodeName, SettingsPlace, Stack};
use crate::version::Release;

mod back;
mod check;
mod declared;
pub mod key;
mod layout;
mod near;
mod own;
mod parsed;
mod parts;
mod read;
mod risk;
mod services;
mod shape;
mod syntax;

pub use self::back::{Rollback, RollbackWay};
pub use self::layout::{Become, Layout, Node, Pair, Role, Shared};
pub use self::near::nearest;
pub use self::own::{Anchor, OwnPlace, OwnStep};
pub use self::parsed::{Parsed, Places, parse, parse_since};
pub use self::parts::{
    Archives, Backup, CertificateKind, DatabasePlan, ImageSource, Images, LocalRegistry, Method,
    NewCertificate, Postgres, Voex, WebClient,
};
pub(crate) use self::read::parse_size;
pub use self::risk::{Reading, Risk};
pub(crate) use self::services::check as check_services;
pub(crate) use self::shape::{is_fqdn, is_host, is_line, is_path, is_relative_path, is_word};
pub(crate) use self::syntax::error as syntax_error;

/// One installation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Topology {
    /// Its name.
    pub site: String,
    /// How its servers relate.
    pub layout: Layout,
    /// All nodes by name.
    pub nodes: BTreeMap<NodeName, Node>,
    /// The release declared as installed.
    pub installed: Release,
    /// The release wanted.
    pub target: Release,
    /// The attempt at this change: copies and lists of an earlier one keep their names (invariant 33).
    pub attempt: u8,
    /// Pins that hold the target back are taken out (K15).
    pub unpin: bool,
    /// Where VoEx runs.
    pub voex: Voex,
    /// The database.
    pub postgres: Postgres,
    /// The certificate; `None` where the file says nothing of it.
    pub certificate: Option<CertificateKind>,
    /// Where images come from; `None` where the file says nothing of it.
    pub images: Option<Images>,
    /// By hand or by playbooks.
    pub method: Method,
    /// The Web Client cluster.
    pub web_client: Option<WebClient>,
    /// Antivirus units to stop for the time of the work.
    pub antivirus: Vec<String>,
    /// Docker's root; volumes lie below it.
    pub docker_root: String,
    /// How data is backed up; `None` where the file says nothing of it.
    pub backup: Option<Backup>,
    /// Both clusters may be interrupted at once.
    pub together: bool,
    /// Where to go back to, and how.
    pub rollback: Option<Rollback>,
    /// Readings chosen in the file.
    pub readings: BTreeMap<Reading, String>,
    /// Risks accepted by name.
    pub accepted: BTreeSet<Risk>,
    /// The site's own steps.
    pub own: Vec<OwnStep>,
}

impl Topology {
    /// The nodes of a cluster or the one host, that an application of this part runs on.
    #[must_use]
    pub fn pair(&self, cluster: ClusterName) -> Option<&Pair> {
        match (&self.layout, cluster) {
            (Layout::Ha { back, .. }, ClusterName::Back) => Some(back),
            (Layout::Ha { front, .. }, ClusterName::Front) => Some(front),
            _ => None,
        }
    }

    /// The cluster that a node belongs to.
    #[must_use]
    pub fn cluster_of(&self, node: &NodeName) -> Option<&Pair> {
        ClusterName::ALL
            .into_iter()
            .filter_map(|c| self.pair(c))
            .find(|pair| pair.nodes.contains(node))
    }

    /// Whether CTS's own services run on a node, those that write its database: the single server,
    /// Back, each node of Back's cluster.
    #[must_use]
    pub fn serves_back(&self, node: &NodeName) -> bool {
        matches!(self.nodes.get(node).map(|n| n.role), Some(Role::Single | Role::Back))
    }

    fn holding(&self, stack: &Stack, shared: Shared) -> Holding {
        let holder = match self.cluster_of(&stack.node) {
            Some(pair) if pair.shared.contains(&shared) => {
                pair.cluster.as_str().parse().expect("cluster names are names")
            }
            _ => stack.node.clone(),
        };
        Holding { holder, app: stack.app }
    }

    /// The data that a stack's services write: the cluster's where its nodes share volumes.
    #[must_use]
    pub fn data_of(&self, stack: &Stack) -> DataSet {
        self.holding(stack, Shared::Volumes)
    }

    /// The settings that a stack's dpl reads: the cluster's where its nodes share them.
    #[must_use]
    pub fn settings_of(&self, stack: &Stack) -> SettingsPlace {
        self.holding(stack, Shared::Settings)
    }

    /// All stacks looked after by dpl, in the order of nodes.
    #[must_use]
    pub fn stacks(&self) -> Vec<Stack> {
        let mut all = Vec::new();
        for (name, node) in &self.nodes {
            if matches!(node.role, Role::Single | Role::Back | Role::Front) {
                all.push(Stack::new(name, App::Express));
            }
            let voex = match &self.voex {
                Voex::On(host) => host == name,
                Voex::FrontCluster => node.role == Role::Front,
                Voex::None | Voex::Unsaid => false,
            };
            if voex {
                all.push(Stack::new(name, App::Voex));
            }
        }
        all
    }
}

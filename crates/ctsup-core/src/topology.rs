//! Servers and how they relate: the administrator's file, understood.
//!
//! Only installations that can exist are a `Topology`; everything else is a list of diagnostics.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::diagnostic::{Diagnostic, Input, Label};
use crate::fact::{Facts, Origin};
use crate::name::{App, ClusterName, DataSet, Holding, NodeName, SettingsPlace, Stack};
use crate::named::named;
use crate::version::{ImageRef, Release};

mod check;
mod declared;
pub mod key;
mod near;
mod read;
mod risk;
mod services;
mod shape;
mod syntax;

pub use self::near::nearest;
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

/// Where VoEx runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Voex {
    /// The file does not say (A5).
    Unsaid,
    /// There is none.
    None,
    /// On this node: the single server, Front, or a host of its own.
    On(NodeName),
    /// On the Front cluster's nodes, wherever `dockerd` runs.
    FrontCluster,
}

/// The database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Postgres {
    /// The file does not say (A27).
    Unsaid,
    /// In a container of CTS.
    Embedded(DatabasePlan),
    /// A server that others look after.
    External,
}

/// What is wanted of the embedded database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DatabasePlan {
    /// Upgraded when the target needs it.
    WhenDue,
    /// Held at this image (PG.H).
    Hold(ImageRef),
    /// Upgraded whenever an image brings a new major version (PG.A).
    Automatic,
}

/// The certificate of the installation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CertificateKind {
    /// Issued and renewed by nginx.
    LetsEncrypt,
    /// The site's own; with the files of a new one where it is to be replaced.
    Own(Option<NewCertificate>),
}

/// A certificate to put in place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewCertificate {
    /// The name users type.
    pub host: String,
    /// The bundle, as the operator's machine reads it.
    pub bundle: String,
    /// The key, as the operator's machine reads it.
    pub key: String,
    /// The bundle's name on the node.
    pub bundle_name: String,
    /// The key's name on the node.
    pub key_name: String,
    /// By the guide's plain `dpl -d` instead of the no-update form (invariant 29).
    pub plain: bool,
}

/// Where images come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Images {
    /// Which way.
    pub source: ImageSource,
    /// `dpl -g` before the stop also outside HA (invariant 8).
    pub fetch_first: bool,
    /// Services whose tags are asked of a local registry; `None`: as the catalogue lists them.
    pub services: Option<Vec<String>>,
}

/// Which way images come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ImageSource {
    /// Every node reaches the vendor's registry.
    Vendor,
    /// A local registry that has them, or gets them from a host with Internet (REG.1).
    Registry(LocalRegistry, Option<NodeName>),
    /// A local registry that loads delivered archives (HA.1).
    Archives(LocalRegistry, Archives),
}

/// A local registry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LocalRegistry {
    /// Its host.
    pub node: NodeName,
    /// Its address, `http://registry.example.org`.
    pub url: String,
    /// Its user.
    pub user: Option<String>,
}

impl LocalRegistry {
    /// The host as image names carry it.
    #[must_use]
    pub fn host(&self) -> &str {
        self.url.split_once("://").map_or(self.url.as_str(), |(_, host)| host).trim_end_matches('/')
    }
}

/// Delivered archives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Archives {
    /// Where the `*.tar` lie on the registry's host.
    pub dir: String,
    /// The loading script; `None`: as the catalogue has it.
    pub script: Option<String>,
}

/// By hand or by playbooks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Method {
    /// By hand.
    Manual,
    /// By the vendor's playbooks.
    Ansible {
        /// The control host.
        control: NodeName,
        /// Where the playbooks lie (A17).
        dir: String,
    },
}

/// The Web Client cluster.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebClient {
    /// Runs its playbooks.
    pub control: NodeName,
    /// Where they lie; `None`: as the catalogue has it.
    pub dir: Option<String>,
    /// The second playbook, where the name was found out (A20).
    pub second_playbook: Option<String>,
    /// The new image.
    pub image: ImageRef,
    /// Where its archives were delivered.
    pub archives: Option<String>,
    /// Its nodes.
    pub nodes: Vec<NodeName>,
}

/// How data is backed up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Backup {
    /// Copied to a directory on each host.
    Copy(String),
    /// By the site's own command.
    Command {
        /// The command.
        run: String,
        /// Exits 0 when the backup is whole.
        probe: String,
    },
    /// By a person.
    Person {
        /// By a snapshot of the virtual machine.
        snapshot: bool,
        /// The snapshot covers storage that nodes share, and the nodes are off or
        /// storage-consistent (K19).
        covers_shared: bool,
    },
    /// Not at all.
    None,
}

/// Where to go back to, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rollback {
    /// The release.
    pub to: Release,
    /// The way, where the file chooses one (K11).
    pub way: Option<RollbackWay>,
    /// Whether VoEx goes back too; where there is one, a way back asks (A40).
    pub voex: Option<bool>,
    /// Saved image lists by node, as the operator's machine reads them.
    pub lists: BTreeMap<NodeName, String>,
    /// Backup directories by holder of data.
    pub backups: BTreeMap<NodeName, String>,
    /// The node on whose disk such a directory lies, where that is known: of copies that a plan made.
    pub copied_on: BTreeMap<NodeName, NodeName>,
    /// Where each cluster's resources were before the upgrade moved them (K11 a).
    pub home: BTreeMap<ClusterName, NodeName>,
    /// The one `upgrade_backup_*` directory to go back to (DR).
    pub upgrade_backup: Option<String>,
    /// The image of the database's old version (DR.4).
    pub postgres_image: Option<ImageRef>,
}

impl Rollback {
    /// Whether the file says that VoEx goes back too.
    #[must_use]
    pub fn takes_voex(&self) -> bool {
        self.voex == Some(true)
    }
}

/// A way back that the file chooses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RollbackWay {
    /// Old images by pins.
    Pins,
    /// From the backup.
    Restore,
    /// Only the database's version.
    Postgres,
}

/// A step of the site's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnStep {
    /// Its name.
    pub name: NodeName,
    /// Where in the plan.
    pub place: OwnPlace,
    /// Where its commands run; a person where there are none.
    pub node: Option<NodeName>,
    /// Its commands.
    pub run: Vec<String>,
    /// What is asked of a person.
    pub confirm: Option<String>,
    /// Exits 0 when the step is done.
    pub probe: Option<String>,
    /// What takes it back.
    pub undo: Vec<String>,
    /// It opens a debt that `undo` pays at the end.
    pub owes: bool,
    /// How long it takes.
    pub minutes: Option<u32>,
}

/// Where in the plan a site's own step stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OwnPlace {
    /// Before a phase or a guide row.
    Before(Anchor),
    /// After a phase or a guide row.
    After(Anchor),
}

/// What a site's own step is placed by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Anchor {
    /// A phase.
    Phase(crate::plan::Phase),
    /// A guide row.
    Row(crate::guide::RowKey),
}

/// What reading a file gave: a value where there is one, and everything found on the way.
#[derive(Debug)]
pub struct Parsed {
    /// The topology, unless something is wrong that makes it one of none.
    pub topology: Option<Topology>,
    /// The facts that the file declares.
    pub facts: Facts,
    /// What was found, in the order of the text.
    pub diagnostics: Vec<Diagnostic>,
    /// Antivirus units that a run before stopped, whether or not some are active again.
    pub(crate) owed: BTreeMap<NodeName, Vec<String>>,
    pub(crate) places: Places,
}

impl Parsed {
    /// The place of a key, or of the nearest table around it.
    #[must_use]
    pub fn label(&self, path: &str) -> Label {
        self.places.label(path)
    }
}

/// Where the keys of an input stand, so that a refusal found while planning points into the file.
#[derive(Debug, Default)]
pub struct Places {
    documents: Vec<read::Document>,
    /// The nodes of which a saved image list was handed in.
    pub(crate) lists: BTreeSet<NodeName>,
}

impl Places {
    /// The place of a key, or of the nearest table around it.
    #[must_use]
    pub fn label(&self, path: &str) -> Label {
        let holder = self.documents.iter().rev().find(|d| d.has(path));
        let listed = path.strip_prefix("facts.nodes.").and_then(|p| p.strip_suffix(".images"));
        if let Some(node) = listed.filter(|node| holder.is_none() && self.lists.contains(*node)) {
            let path = format!("rollback.lists.{node}");
            return Label { input: Input::ImageList, path, range: None };
        }
        match holder.or(self.documents.first()) {
            Some(document) => document.label(path),
            None => Label { input: Input::Topology, path: path.to_owned(), range: None },
        }
    }

    /// The place of a key's own name.
    pub(crate) fn name_label(&self, path: &str) -> Label {
        let holder = self.documents.iter().rev().find(|d| d.has(path));
        holder.map_or_else(|| self.label(path), |document| document.name_label(path))
    }

    /// Whether the file has the key.
    #[must_use]
    pub fn has(&self, path: &str) -> bool {
        self.documents.iter().any(|d| d.has(path))
    }
}

/// Reads a topology file and, where there is one, a facts file beside it.
///
/// Every mistake is reported at once, each with its place.
#[must_use]
pub fn parse(text: &str, facts: Option<&str>) -> Parsed {
    parse_with(text, facts, Origin::Declared)
}

/// The same after a run: what the facts file holds was observed since, so it wins over what the
/// topology file declared of the time before.
#[must_use]
pub fn parse_since(text: &str, facts: Option<&str>) -> Parsed {
    parse_with(text, facts, Origin::Observed)
}

fn parse_with(text: &str, facts: Option<&str>, origin: Origin) -> Parsed {
    let (document, mut diagnostics) = read::read(text, Input::Topology, &[]);
    let topology = check::check(&document, &mut diagnostics);
    let mut known = Facts::new();
    if let Some(topology) = &topology {
        declared::learn(&document, topology, Origin::Declared, &mut known, &mut diagnostics);
    }
    let mut places = Places { documents: vec![document], lists: BTreeSet::new() };
    if let Some(text) = facts {
        let (document, found) = read::read(text, Input::Facts, &["facts"]);
        diagnostics.extend(found);
        if let Some(topology) = &topology {
            declared::learn(&document, topology, origin, &mut known, &mut diagnostics);
        }
        places.documents.push(document);
    }
    diagnostics.sort_by_key(|d| {
        d.labels.first().map(|l| (l.input, l.range.as_ref().map(|r| r.start), l.path.clone()))
    });
    Parsed { topology, facts: known, diagnostics, owed: BTreeMap::new(), places }
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

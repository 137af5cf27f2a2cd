//! What an installation has: VoEx, database, certificate, images, Web Client, backup.

use crate::name::NodeName;
use crate::version::ImageRef;

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

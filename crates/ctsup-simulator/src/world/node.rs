//! One host: power, network, units, mounts, Docker.

use std::collections::{BTreeMap, BTreeSet};

use super::docker::Docker;

/// A host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// Its full name.
    pub fqdn: String,
    /// Where ssh connects to.
    pub address: String,
    /// How often it booted; the boot id follows from it.
    pub boots: u32,
    /// It runs.
    pub up: bool,
    /// The operator and the other nodes reach it.
    pub reachable: bool,
    /// File systems by mount point.
    pub mounts: BTreeMap<String, String>,
    /// The cluster's file system does not answer: whoever touches it hangs.
    pub files_hang: bool,
    /// Units of systemd: whether each is active.
    pub units: BTreeMap<String, bool>,
    /// Docker.
    pub docker: Docker,
    /// What dpl looks after, by directory.
    pub stacks: BTreeMap<String, StackSpec>,
    /// The cluster that it belongs to.
    pub cluster: Option<String>,
    /// apt.postgresql.org answers.
    pub apt: bool,
    /// Images come from the vendor or the local registry.
    pub registry: bool,
    /// The certificate that nginx serves: what lay in its file when nginx started.
    pub served: Option<String>,
    /// Programs of the site's own, that do nothing but succeed.
    pub own: BTreeSet<String>,
    /// What playbooks do, by the file's name, on a control host.
    pub playbooks: BTreeMap<String, Vec<Play>>,
}

/// What dpl looks after in one directory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StackSpec {
    /// The compose project.
    pub project: String,
    /// Services, each with the volume that it writes.
    pub services: Vec<(String, Option<String>)>,
}

/// One thing that a playbook does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Play {
    /// Waits until a person at the terminal goes on.
    Pause(String),
    /// Runs a command on a host in a directory.
    Command {
        /// Where.
        node: String,
        /// The directory.
        cwd: String,
        /// The command.
        command: String,
    },
    /// Stops and deploys everything on the node of a cluster where `dockerd` is then; the second
    /// playbook does it on the other one, and moves the resources there and back.
    Cluster {
        /// Which.
        cluster: String,
        /// The second playbook.
        second: bool,
    },
    /// Runs the image that `group_vars/all.yaml` names.
    WebClient {
        /// Where.
        node: String,
    },
}

impl Node {
    /// A host that runs and does nothing yet.
    #[must_use]
    pub fn new(fqdn: &str, address: &str) -> Self {
        Self {
            fqdn: fqdn.to_owned(),
            address: address.to_owned(),
            boots: 1,
            up: true,
            reachable: true,
            mounts: BTreeMap::new(),
            files_hang: false,
            units: BTreeMap::new(),
            docker: Docker::default(),
            stacks: BTreeMap::new(),
            cluster: None,
            apt: true,
            registry: true,
            served: None,
            own: BTreeSet::new(),
            playbooks: BTreeMap::new(),
        }
    }

    /// What `/proc/sys/kernel/random/boot_id` holds.
    #[must_use]
    pub fn boot_id(&self) -> String {
        let name = crate::chance::hash(self.fqdn.as_bytes());
        let tail = name & 0xffff_ffff_ffff;
        format!(
            "{:08x}-{:04x}-4{:03x}-8{:03x}-{tail:012x}",
            name >> 32,
            name & 0xffff,
            name >> 52,
            self.boots
        )
    }
}

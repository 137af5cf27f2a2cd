//! The hosts of an installation at one moment of virtual time.

use std::collections::{BTreeMap, VecDeque};

pub mod cluster;
pub mod compare;
mod disk;
pub mod docker;
pub mod files;
pub mod log;
pub mod node;
mod pacemaker;
pub mod postgres;
pub mod registry;

use self::cluster::Cluster;
use self::files::Storage;
use self::log::{Call, Hazard, Served};
use self::node::Node;
use self::registry::Registry;
use crate::chance::Chance;
use crate::fault::Faults;

pub(crate) use self::disk::{EXISTS, MISSING, Refusal};

/// All hosts, and what they share.
#[derive(Debug, Clone)]
pub struct World {
    /// Milliseconds since the world began.
    pub now: u64,
    /// Hosts by short name.
    pub nodes: BTreeMap<String, Node>,
    /// Clusters by name.
    pub clusters: BTreeMap<String, Cluster>,
    /// File systems by name; nodes mount them.
    pub storages: BTreeMap<String, Storage>,
    /// Where images come from.
    pub registry: Registry,
    /// Every command begun, in order.
    pub calls: Vec<Call>,
    /// What must not happen, and did.
    pub hazards: Vec<Hazard>,
    /// Who served from when on, where somebody asked for it by an empty list.
    pub served: Option<Vec<Served>>,
    /// Faults to come.
    pub faults: Faults,
    /// What the world did to those who watch it from outside: connections, the executor.
    pub(crate) signals: VecDeque<crate::fault::Signal>,
    pub(crate) chance: Chance,
    agenda: BTreeMap<(u64, u64), Due>,
    next: u64,
}

/// Something that will happen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Due {
    /// A process goes on.
    Process(u64),
    /// Somebody outside waits for this moment.
    Alarm(u64),
    /// A cluster sees that a node is gone.
    Lost { cluster: String, node: String },
    /// A resource has stopped or started.
    Moved { cluster: String, resource: String },
    /// The database's files are of the new version.
    Upgraded { node: String, container: String, version: String },
    /// A fault strikes in the middle of a command.
    Fault { node: String, kind: crate::fault::Kind },
    /// A node that was rebooted is up.
    Booted { node: String },
}

impl World {
    /// A world without hosts.
    #[must_use]
    pub fn empty(seed: u64) -> Self {
        Self {
            now: 0,
            nodes: BTreeMap::new(),
            clusters: BTreeMap::new(),
            storages: BTreeMap::new(),
            registry: Registry::default(),
            calls: Vec::new(),
            hazards: Vec::new(),
            served: None,
            faults: Faults::default(),
            signals: VecDeque::new(),
            chance: Chance::new(seed),
            agenda: BTreeMap::new(),
            next: 0,
        }
    }

    pub(crate) fn schedule(&mut self, at: u64, due: Due) {
        self.next += 1;
        self.agenda.insert((at.max(self.now), self.next), due);
    }

    pub(crate) fn cancel(&mut self, unwanted: impl Fn(&Due) -> bool) {
        self.agenda.retain(|_, due| !unwanted(due));
    }

    /// Processes that sleep for longer than a time: they hang.
    pub(crate) fn asleep_for(&self, milliseconds: u64) -> Vec<u64> {
        let late = self.agenda.range((self.now.saturating_add(milliseconds), 0)..);
        let process = |due: &Due| match due {
            Due::Process(pid) => Some(*pid),
            _ => None,
        };
        late.filter_map(|(_, due)| process(due)).collect()
    }

    /// The same world, in which no fault strikes any more, not even one that is on its way.
    #[must_use]
    pub fn calm(mut self) -> Self {
        self.faults = Faults::default();
        self.cancel(|due| matches!(due, Due::Fault { .. }));
        self
    }

    /// The next thing that happens, with the clock set to its moment.
    pub(crate) fn pop(&mut self) -> Option<Due> {
        let ((at, _), due) = self.agenda.pop_first()?;
        self.now = self.now.max(at);
        Some(due)
    }

    /// Lets a thing happen that needs no process.
    pub(crate) fn happen(&mut self, due: &Due) {
        match due {
            Due::Process(_) | Due::Alarm(_) => {}
            Due::Lost { cluster, node } => self.lose(cluster, node),
            Due::Moved { cluster, resource } => self.arrive(cluster, resource),
            Due::Upgraded { node, container, version } => self.upgraded(node, container, version),
            Due::Booted { node } => self.boot(node),
            Due::Fault { node, kind } => self.struck(node, kind),
        }
    }

    /// Notes who serves, where that is asked for and has changed.
    pub(crate) fn watch(&mut self) {
        if self.served.is_none() {
            return;
        }
        let mut up: BTreeMap<(String, String), bool> = BTreeMap::new();
        for (name, node) in self.nodes.iter().filter(|(_, n)| n.up && n.docker.running) {
            for container in node.docker.containers.values() {
                let all = up.entry((name.clone(), container.project.clone())).or_insert(true);
                *all &= container.is_up();
            }
        }
        let stacks = up.into_iter().filter(|(_, all)| *all).map(|(stack, _)| stack).collect();
        let from = self.now;
        if let Some(served) = &mut self.served
            && served.last().is_none_or(|last| last.stacks != stacks)
        {
            served.push(Served { from, stacks });
        }
    }

    pub(crate) fn node(&self, name: &str) -> &Node {
        self.nodes.get(name).expect("processes run on nodes that are there")
    }

    pub(crate) fn node_mut(&mut self, name: &str) -> &mut Node {
        self.nodes.get_mut(name).expect("processes run on nodes that are there")
    }

    /// Whether somebody listens there: the services of Back do while they run.
    pub(crate) fn listens(&self, host: &str, port: u16) -> bool {
        let holder = |c: &Cluster| {
            let ip = c.resource("cluster_ip").filter(|_| c.address.as_deref() == Some(host))?;
            ip.on.first().cloned()
        };
        let by_name = |n: &Node| n.fqdn == host || n.address == host;
        let named = self.nodes.iter().find(|(name, n)| *name == host || by_name(n));
        let node = self.clusters.values().find_map(holder).or(named.map(|(name, _)| name.clone()));
        let Some(host) = node.and_then(|n| self.nodes.get(&n)).filter(|n| n.up && n.reachable)
        else {
            return false;
        };
        let up = |service: &str| {
            host.docker.containers.values().any(|c| c.is_up() && c.service == service)
        };
        match port {
            5432 => up("postgres"),
            443 => up("nginx"),
            2379 | 6379 | 9092 => up("messaging"),
            22 => true,
            _ => false,
        }
    }

    /// The date and time as tools print it; the world begins on an evening of November 2026.
    #[must_use]
    pub fn clock_text(&self) -> String {
        let seconds = self.now / 1000;
        let (day, rest) = (22 + seconds / 86_400, seconds % 86_400);
        format!("Nov {day} {:02}:{:02}:{:02} 2026", rest / 3600, rest % 3600 / 60, rest % 60)
    }
}

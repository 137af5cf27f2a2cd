//! A Pacemaker cluster of two nodes: where resources run, what moves them, what moves leave.

use std::collections::BTreeSet;

/// A cluster.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cluster {
    /// Its name.
    pub name: String,
    /// Where `cluster_ip` answers.
    pub address: Option<String>,
    /// Short names of its nodes.
    pub nodes: [String; 2],
    /// The version of pcs.
    pub pcs: (u32, u32, u32),
    /// What it runs.
    pub resources: Vec<Resource>,
    /// Location constraints.
    pub constraints: Vec<Constraint>,
    /// Nodes put aside.
    pub standby: BTreeSet<String>,
    /// Nodes seen as gone; what they ran is taken over.
    pub lost: BTreeSet<String>,
    /// Everything is left alone.
    pub maintenance: bool,
    /// Fencing is on: what a lost node ran is taken over only after it is off for sure.
    pub fencing: bool,
    /// What a resource wins by staying where it is.
    pub stickiness: i64,
    /// `cluster_ip` and `dockerd` stay together: moving one moves the other.
    pub colocated: bool,
    /// Failed actions not cleaned up: resource and node.
    pub failures: Vec<(String, String)>,
}

/// A resource, or a clone of one on both nodes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resource {
    /// Its name, `-clone` included.
    pub id: String,
    /// `systemd:docker`, …
    pub agent: String,
    /// Runs on every usable node.
    pub clone: bool,
    /// Where it runs.
    pub on: BTreeSet<String>,
    /// Where it is being started.
    pub starting: Option<String>,
    /// It can't be started on these nodes: for faults.
    pub broken_on: BTreeSet<String>,
}

/// A location constraint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Constraint {
    /// `cli-prefer-dockerd`, …
    pub id: String,
    /// For which resource.
    pub resource: String,
    /// Which node, by its short name.
    pub node: String,
    /// A million is an order, minus a million too.
    pub score: i64,
}

/// Pacemaker's infinity.
pub const INFINITY: i64 = 1_000_000;

impl Cluster {
    /// A resource by its name.
    #[must_use]
    pub fn resource(&self, id: &str) -> Option<&Resource> {
        self.resources.iter().find(|r| r.id == id)
    }

    pub(crate) fn resource_mut(&mut self, id: &str) -> Option<&mut Resource> {
        self.resources.iter_mut().find(|r| r.id == id)
    }

    /// Whether resources may run on a node.
    #[must_use]
    pub fn is_usable(&self, node: &str) -> bool {
        !self.standby.contains(node) && !self.lost.contains(node)
    }

    fn score(&self, resource: &Resource, node: &str) -> i64 {
        let wishes =
            self.constraints.iter().filter(|c| c.resource == resource.id && c.node == node);
        let wish: i64 = wishes.map(|c| c.score).sum();
        let stays = resource.on.contains(node) || resource.starting.as_deref() == Some(node);
        let stay = if stays { self.stickiness } else { 0 };
        (wish + stay).clamp(-INFINITY, INFINITY)
    }

    /// Where a resource has to run; nowhere when no node may have it.
    pub(crate) fn wanted(&self, id: &str) -> Option<String> {
        let resource = self.resource(id)?;
        // The address leads; what is colocated follows it.
        let (leader, follower) = ("cluster_ip", "dockerd");
        if self.colocated && id == follower && self.resource(leader).is_some() {
            return self.wanted(leader);
        }
        let with = if self.colocated && id == leader { self.resource(follower) } else { None };
        let usable = self.nodes.iter().filter(|n| self.is_usable(n));
        let scored = usable.filter(|n| !resource.broken_on.contains(*n)).map(|n| {
            let also = with.map_or(0, |r| self.score(r, n));
            ((self.score(resource, n) + also).clamp(-INFINITY, INFINITY), n)
        });
        // Of equals the one where it runs, else the first.
        let best = scored
            .filter(|(score, _)| *score > -INFINITY)
            .max_by_key(|(score, n)| (*score, resource.on.contains(*n), **n == self.nodes[0]));
        best.map(|(_, n)| n.clone())
    }

    /// The coordinator.
    #[must_use]
    pub fn coordinator(&self) -> Option<&str> {
        self.nodes.iter().find(|n| !self.lost.contains(*n)).map(String::as_str)
    }
}

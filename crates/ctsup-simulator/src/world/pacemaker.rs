//! What Pacemaker does by itself: moves what has to move, takes over what a dead node ran.

use super::cluster::Cluster;
use super::{Due, World};

/// A node is seen as gone after this (corosync's token and a little).
const SEEN_MS: u64 = 2_000;
/// Stopping here and starting there.
const MOVE_MS: u64 = 4_000;
/// Fencing a node.
const FENCE_MS: u64 = 6_000;
/// From power on to the cluster.
const BOOT_MS: u64 = 60_000;

impl World {
    /// Looks at a cluster and moves what has to be somewhere else.
    pub(crate) fn rearrange(&mut self, cluster: &str) {
        let Some(c) = self.clusters.get(cluster) else { return };
        if c.maintenance {
            return;
        }
        let ids: Vec<String> = c.resources.iter().map(|r| r.id.clone()).collect();
        for id in ids {
            self.rearrange_one(cluster, &id);
        }
    }

    fn rearrange_one(&mut self, cluster: &str, id: &str) {
        let Some(c) = self.clusters.get(cluster) else { return };
        let Some(resource) = c.resource(id) else { return };
        if resource.clone {
            let usable: Vec<String> = c.nodes.iter().filter(|n| c.is_usable(n)).cloned().collect();
            if let Some(r) = self.clusters.get_mut(cluster).and_then(|c| c.resource_mut(id)) {
                r.on = usable.into_iter().collect();
            }
            return;
        }
        let wanted = c.wanted(id);
        let settled = resource.starting.is_none()
            && wanted.as_ref().map_or(resource.on.is_empty(), |w| {
                resource.on.len() == 1 && resource.on.contains(w)
            });
        if settled || (resource.starting.is_some() && resource.starting == wanted) {
            return;
        }
        let leaves: Vec<String> = resource.on.iter().cloned().collect();
        let is_docker = id == "dockerd";
        if let Some(r) = self.clusters.get_mut(cluster).and_then(|c| c.resource_mut(id)) {
            r.on.clear();
            r.starting = wanted;
        }
        for node in leaves {
            if is_docker && self.nodes.get(&node).is_some_and(|n| n.up) {
                self.stop_docker(&node);
            }
        }
        let at = self.now + MOVE_MS;
        self.schedule(at, Due::Moved { cluster: cluster.to_owned(), resource: id.to_owned() });
    }

    /// A resource has started where it was to.
    pub(crate) fn arrive(&mut self, cluster: &str, id: &str) {
        let Some(r) = self.clusters.get_mut(cluster).and_then(|c| c.resource_mut(id)) else {
            return;
        };
        let Some(node) = r.starting.take() else { return };
        if !self.nodes.get(&node).is_some_and(|n| n.up) {
            return;
        }
        if let Some(r) = self.clusters.get_mut(cluster).and_then(|c| c.resource_mut(id)) {
            r.on.insert(node.clone());
        }
        if id == "dockerd" {
            self.start_docker(&node);
        }
    }

    /// A node loses its power; whoever runs there is gone.
    pub fn kill(&mut self, node: &str) {
        self.settle();
        let Some(host) = self.nodes.get_mut(node) else { return };
        host.up = false;
        for unit in host.units.values_mut() {
            *unit = false;
        }
        self.stop_docker(node);
        if let Some(cluster) = self.nodes.get(node).and_then(|n| n.cluster.clone()) {
            let fencing = self.clusters.get(&cluster).is_some_and(|c| c.fencing);
            let at = self.now + SEEN_MS + if fencing { FENCE_MS } else { 0 };
            self.schedule(at, Due::Lost { cluster, node: node.to_owned() });
        }
    }

    /// A node is switched off and on; it is up again after a minute.
    pub fn reboot(&mut self, node: &str) {
        self.kill(node);
        let at = self.now + BOOT_MS;
        self.schedule(at, Due::Booted { node: node.to_owned() });
    }

    /// A person switches a node on; it is up at once.
    pub fn switch_on(&mut self, node: &str) {
        self.cancel(|due| *due == Due::Booted { node: node.to_owned() });
        self.boot(node);
    }

    /// The other node sees that one is gone.
    pub(crate) fn lose(&mut self, cluster: &str, node: &str) {
        if self.nodes.get(node).is_some_and(|n| n.up) {
            return;
        }
        let Some(c) = self.clusters.get_mut(cluster) else { return };
        c.lost.insert(node.to_owned());
        forget(c, node);
        self.rearrange(cluster);
    }

    /// A node is up: new boot id, units that start with it, the cluster sees it again.
    pub(crate) fn boot(&mut self, node: &str) {
        let Some(host) = self.nodes.get_mut(node) else { return };
        host.up = true;
        host.boots += 1;
        host.files_hang = false;
        for unit in host.units.values_mut() {
            *unit = true;
        }
        match host.cluster.clone() {
            None => self.start_docker(node),
            Some(cluster) => {
                if let Some(c) = self.clusters.get_mut(&cluster) {
                    c.lost.remove(node);
                    forget(c, node);
                }
                self.rearrange(&cluster);
            }
        }
    }
}

fn forget(cluster: &mut Cluster, node: &str) {
    for resource in &mut cluster.resources {
        resource.on.remove(node);
        if resource.starting.as_deref() == Some(node) {
            resource.starting = None;
        }
    }
}

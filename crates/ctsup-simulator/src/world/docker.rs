//! Docker on one node: containers, images, and what their services do to their data.
//!
//! A service writes its release into the volume that it runs on, so "which release has the data
//! met" is part of the data: it is copied with it and comes back with it.

use std::collections::{BTreeMap, BTreeSet};

use super::World;
use super::files::Entry;
use super::log::Hazard;

/// Docker on a node.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Docker {
    /// The daemon runs.
    pub running: bool,
    /// Where it keeps everything.
    pub root: String,
    /// Containers by name.
    pub containers: BTreeMap<String, Container>,
    /// Images on the node, with their registry's host in front.
    pub images: BTreeSet<String>,
}

/// A container.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Container {
    /// The compose project.
    pub project: String,
    /// The service.
    pub service: String,
    /// Its image.
    pub image: String,
    /// The volume that it writes.
    pub volume: Option<String>,
    /// What it does.
    pub status: Status,
    /// The settings that it was made with, beside its image.
    pub made_with: String,
    /// Nobody stopped it: it starts with the daemon.
    pub wanted: bool,
    /// Until when its writes are counted.
    pub written: u64,
    /// What it printed, with the time.
    pub log: Vec<(u64, String)>,
}

/// What a container does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// Made and never started.
    Created,
    /// Runs.
    Up {
        /// Since when.
        since: u64,
    },
    /// Ended.
    Exited {
        /// With which code.
        code: i32,
        /// When.
        at: u64,
    },
    /// Ends with an error and is started again and again.
    Restarting {
        /// With which code it ended last.
        code: i32,
        /// Since when.
        since: u64,
    },
}

impl Container {
    /// It runs.
    #[must_use]
    pub fn is_up(&self) -> bool {
        matches!(self.status, Status::Up { .. })
    }

    pub(crate) fn say(&mut self, now: u64, line: &str) {
        self.log.push((now, line.to_owned()));
    }
}

/// The name of a container as compose 1 makes it.
#[must_use]
pub fn container_name(project: &str, service: &str) -> String {
    format!("{project}_{service}_1")
}

/// What a service wrote: its release and how much.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Written {
    release: usize,
    writes: u64,
}

impl Written {
    fn read(text: &str) -> Self {
        let number = |key: &str| {
            let line = text.lines().find_map(|l| l.strip_prefix(key));
            line.and_then(|n| n.trim().parse().ok())
        };
        Self {
            release: number("generation").unwrap_or(0) as usize,
            writes: number("writes").unwrap_or(0),
        }
    }
}

impl World {
    /// The directory of a volume's data.
    #[must_use]
    pub fn volume_path(&self, node: &str, volume: &str) -> String {
        let root = self.nodes.get(node).map_or("/var/lib/docker", |n| n.docker.root.as_str());
        format!("{root}/volumes/{volume}/_data")
    }

    /// Which of the known releases the data of a volume has met, as an index.
    #[must_use]
    pub fn met(&self, node: &str, volume: &str) -> Option<usize> {
        let path = format!("{}/state", self.volume_path(node, volume));
        self.text(node, &path).map(|text| Written::read(text).release)
    }

    /// Lets running services write what they wrote since they were looked at last: a write a second.
    pub(crate) fn settle(&mut self) {
        let now = self.now;
        let mut all = Vec::new();
        for (node, host) in &mut self.nodes {
            for container in host.docker.containers.values_mut().filter(|c| c.is_up()) {
                let writes = now.saturating_sub(container.written) / 1000;
                container.written += writes * 1000;
                if let Some(volume) = container.volume.clone().filter(|_| writes > 0) {
                    all.push((node.clone(), volume, writes));
                }
            }
        }
        for (node, volume, writes) in all {
            self.write_state(&node, &volume, |w| w.writes += writes);
        }
    }

    fn write_state(&mut self, node: &str, volume: &str, change: impl FnOnce(&mut Written)) {
        let path = format!("{}/state", self.volume_path(node, volume));
        let Some(text) = self.text(node, &path) else { return };
        let mut written = Written::read(text);
        change(&mut written);
        let text = format!("generation {}\nwrites {}\n", written.release, written.writes);
        let Some(entry) = self.entry(node, &path).cloned() else { return };
        // Each write makes the file longer: a listing taken while a service runs differs from the
        // next one. A full disk stops the service from writing, not the world.
        let entry = Entry { text: Some(text), weight: written.writes, ..entry };
        let _ = self.put(node, &path, entry);
    }

    /// Starts a container: its service meets the data.
    pub(crate) fn start_container(&mut self, node: &str, name: &str) {
        let now = self.now;
        let Some(container) =
            self.nodes.get_mut(node).and_then(|n| n.docker.containers.get_mut(name))
        else {
            return;
        };
        if container.is_up() {
            return;
        }
        container.wanted = true;
        container.status = Status::Up { since: now };
        container.written = now;
        container.say(now, "started");
        let (image, service, volume) =
            (container.image.clone(), container.service.clone(), container.volume.clone());
        if service == "nginx" {
            let certificate = format!("{}/nginx/certs/server.crt", crate::EXPRESS);
            let served = self.text(node, &certificate).map(str::to_owned);
            if let Some(host) = self.nodes.get_mut(node) {
                host.served = served;
            }
        }
        let Some(volume) = volume else { return };
        let path = format!("{}/state", self.volume_path(node, &volume));
        if self.entry(node, &path).is_none() {
            let dir = self.volume_path(node, &volume);
            self.seed_file(node, &dir, Entry::directory());
            self.seed_file(node, &path, Entry::file("generation 0\nwrites 0\n"));
        }
        if self.runs_elsewhere(node, &volume) {
            self.hazards.push(Hazard::TwoWriters { volume: volume.clone(), at: now });
        }
        if service == "postgres" {
            self.start_postgres(node, name, &image, &volume);
            return;
        }
        let Some(release) = self.registry.generation(&image) else { return };
        let met = self.met(node, &volume).unwrap_or(0);
        if release > met {
            if !self.copied(node, &volume) {
                let (node, volume) = (node.to_owned(), volume.clone());
                self.hazards.push(Hazard::MetWithoutCopy { node, volume, at: now });
            }
            self.write_state(node, &volume, |w| w.release = release);
        } else if release < met {
            let (node, volume) = (node.to_owned(), volume.clone());
            self.hazards.push(Hazard::OldOnNew { node, volume, from: now, until: None });
        }
    }

    /// Ends a container with a code.
    pub(crate) fn end_container(&mut self, node: &str, name: &str, code: i32) {
        self.settle();
        let now = self.now;
        let Some(host) = self.nodes.get_mut(node) else { return };
        let Some(container) = host.docker.containers.get_mut(name) else { return };
        if !container.is_up() && !matches!(container.status, Status::Restarting { .. }) {
            return;
        }
        container.status = Status::Exited { code, at: now };
        container.say(now, "stopped");
        let Some(volume) = container.volume.clone() else { return };
        for hazard in &mut self.hazards {
            if let Hazard::OldOnNew { node: n, volume: v, until, .. } = hazard
                && n == node
                && *v == volume
            {
                until.get_or_insert(now);
            }
        }
    }

    /// Another node has the same files and runs a container on them.
    fn runs_elsewhere(&self, node: &str, volume: &str) -> bool {
        let path = self.volume_path(node, volume);
        let here = self.storage_id(node, &path);
        self.nodes.iter().any(|(other, host)| {
            other != node
                && self.storage_id(other, &path) == here
                && host
                    .docker
                    .containers
                    .values()
                    .any(|c| c.is_up() && c.volume.as_deref() == Some(volume))
        })
    }

    pub(crate) fn storage_id(&self, node: &str, path: &str) -> Option<(String, String)> {
        let host = self.nodes.get(node)?;
        let mounts = host.mounts.iter().filter(|(m, _)| {
            m.as_str() == "/" || path == m.as_str() || path.starts_with(&format!("{m}/"))
        });
        let (mount, id) = mounts.max_by_key(|(m, _)| m.len())?;
        Some((id.clone(), path.strip_prefix(mount.as_str())?.to_owned()))
    }

    /// A copy of what the volume holds now lies somewhere else: made while nothing wrote to it.
    fn copied(&self, node: &str, volume: &str) -> bool {
        let path = format!("{}/state", self.volume_path(node, volume));
        let Some(now) = self.text(node, &path) else { return true };
        let here = self.storage_id(node, &path);
        let ending = format!("/{volume}/_data/state");
        self.storages.iter().any(|(id, storage)| {
            storage.entries().any(|(at, entry)| {
                let own = here
                    .as_ref()
                    .is_some_and(|(h, rest)| h == id && rest.trim_start_matches('/') == at);
                let named = at.ends_with(&ending) || format!("/{at}").ends_with(&ending);
                !own && named && entry.text.as_deref() == Some(now)
            })
        })
    }

    /// The daemon starts, and with it every container that nobody stopped.
    pub(crate) fn start_docker(&mut self, node: &str) {
        let Some(host) = self.nodes.get_mut(node) else { return };
        host.docker.running = true;
        let wanted = host.docker.containers.iter().filter(|(_, c)| c.wanted);
        let names: Vec<String> = wanted.map(|(name, _)| name.clone()).collect();
        for name in names {
            self.start_container(node, &name);
        }
    }

    /// The daemon stops, and with it every container; they are not forgotten.
    pub(crate) fn stop_docker(&mut self, node: &str) {
        let Some(host) = self.nodes.get_mut(node) else { return };
        host.docker.running = false;
        let names: Vec<String> = host.docker.containers.keys().cloned().collect();
        for name in names {
            self.end_container(node, &name, 0);
        }
    }
}

//! Two worlds field by field: what a run left that another did not.

use std::collections::BTreeMap;

use super::World;
use super::docker::Status;

/// One field that differs.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Difference {
    /// `back-01/containers/cts_nginx_1`, …
    pub field: String,
    /// In the first world.
    pub left: Option<String>,
    /// In the second.
    pub right: Option<String>,
}

impl World {
    /// Everything that stays when time passes, by field: no clocks, no counters of writes, no logs.
    #[must_use]
    pub fn fields(&self) -> BTreeMap<String, String> {
        let mut all = BTreeMap::new();
        for (name, node) in &self.nodes {
            let mut say = |field: String, value: String| {
                all.insert(format!("{name}/{field}"), value);
            };
            say("up".to_owned(), node.up.to_string());
            say("docker".to_owned(), node.docker.running.to_string());
            for (unit, active) in &node.units {
                say(format!("units/{unit}"), active.to_string());
            }
            for image in &node.docker.images {
                say(format!("images/{image}"), String::new());
            }
            for (container, c) in &node.docker.containers {
                let status = match c.status {
                    Status::Created => "created",
                    Status::Up { .. } => "up",
                    Status::Exited { .. } => "exited",
                    Status::Restarting { .. } => "restarting",
                };
                let start = if c.wanted { "" } else { " (stopped)" };
                say(format!("containers/{container}"), format!("{} {status}{start}", c.image));
            }
        }
        for (name, cluster) in &self.clusters {
            for r in &cluster.resources {
                let on: Vec<_> = r.on.iter().map(String::as_str).collect();
                all.insert(format!("{name}/resources/{}", r.id), on.join(" "));
            }
            for c in &cluster.constraints {
                all.insert(
                    format!("{name}/constraints/{}", c.id),
                    format!("{} {}", c.node, c.score),
                );
            }
        }
        for (name, storage) in &self.storages {
            for (path, entry) in storage.entries() {
                let text = entry.text.as_deref().map(lasting);
                let (user, group) = entry.owner;
                let text = text.unwrap_or_else(|| "/".to_owned());
                // How much a service wrote depends on when it is looked at.
                let written = entry.text.as_deref().is_some_and(|t| t.contains("\nwrites "));
                let weight = if written { 0 } else { entry.weight };
                let value = format!("{user}:{group} {:o} {weight} {text}", entry.mode);
                all.insert(format!("files/{name}/{path}"), value);
            }
        }
        all
    }

    /// Where two worlds differ.
    #[must_use]
    pub fn differences(&self, other: &Self) -> Vec<Difference> {
        let (left, right) = (self.fields(), other.fields());
        let mut fields: Vec<&String> = left.keys().chain(right.keys()).collect();
        fields.sort();
        fields.dedup();
        let differ = fields.into_iter().filter(|f| left.get(*f) != right.get(*f));
        differ
            .map(|f| Difference {
                field: f.clone(),
                left: left.get(f).cloned(),
                right: right.get(f).cloned(),
            })
            .collect()
    }
}

/// A text without counters of writes, and lists of containers without their ages.
fn lasting(text: &str) -> String {
    let list = text.starts_with("CONTAINER ID");
    let line = |line: &str| {
        let aged = line.split("   ").map(|cell| match cell.split_once(' ') {
            Some((word @ ("Up" | "Exited" | "Restarting"), _)) if list => word.to_owned(),
            _ => cell.to_owned(),
        });
        aged.collect::<Vec<_>>().join("   ")
    };
    let lines = text.lines().filter(|l| !l.starts_with("writes "));
    lines.map(line).collect::<Vec<_>>().join("\n")
}

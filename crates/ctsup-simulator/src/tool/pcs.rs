//! `pcs`, as the cluster's version of it behaves.
//!
//! 0.9 and 0.10: a move leaves `cli-prefer-…` and returns at once unless told to wait. From 0.11 it
//! waits, and takes its constraint away again unless the move failed.

use super::{crm, status_text, status_xml};
use crate::process::Shell;
use crate::world::cluster::{Cluster, Constraint, INFINITY};

/// How long a move of 0.11 waits for the cluster.
const WAIT_MS: u64 = 60_000;

pub(super) async fn run(shell: &Shell, args: &[&str]) -> i32 {
    let Some(cluster) = shell.with(|w| w.node(&shell.node).cluster.clone()) else {
        shell.complain("sh: pcs: command not found");
        return 127;
    };
    shell.busy(200, 900).await;
    let words: Vec<&str> = args.iter().filter(|a| !a.starts_with('-')).copied().collect();
    match words[..] {
        [] => {
            let (a, b, c) = shell.with(|w| w.clusters[&cluster].pcs);
            shell.line(&format!("{a}.{b}.{c}"));
            0
        }
        ["status"] => {
            shell.say(&shell.with(|w| status_text::status(w, &cluster)));
            0
        }
        ["status", "xml"] => {
            shell.say(&shell.with(|w| status_xml::status(w, &cluster)));
            0
        }
        ["constraint", ..] => {
            let full = args.contains(&"--full");
            shell.say(&shell.with(|w| constraints(w, &cluster, full)));
            0
        }
        ["resource", "defaults", ..] => {
            shell.line(&format!(
                "resource-stickiness={}",
                shell.with(|w| w.clusters[&cluster].stickiness)
            ));
            0
        }
        ["resource", "move", resource, node] => {
            let new = shell.with(|w| w.clusters[&cluster].pcs >= (0, 11, 0));
            let wait = args.iter().any(|a| a.starts_with("--wait"));
            shift(shell, &cluster, resource, node, new, new || wait).await
        }
        ["resource", "move-with-constraint", resource, node] => {
            let wait = args.iter().any(|a| a.starts_with("--wait"));
            shift(shell, &cluster, resource, node, false, wait).await
        }
        ["resource", "ban", resource, node] => ban(shell, &cluster, resource, node),
        ["resource", "clear", resource, ..] => {
            crm::clear(shell, &cluster, resource);
            0
        }
        ["resource", "cleanup", ref rest @ ..] => {
            shell.with(|w| {
                if let Some(c) = w.clusters.get_mut(&cluster) {
                    c.failures.retain(|(r, _)| !rest.is_empty() && !rest.contains(&r.as_str()));
                }
                w.rearrange(&cluster);
            });
            shell.complain("Cleaned up all resources on all nodes");
            0
        }
        ["node", verb @ ("standby" | "unstandby"), node] => {
            let Some(node) = member(shell, &cluster, node) else { return 1 };
            shell.with(|w| {
                if let Some(c) = w.clusters.get_mut(&cluster) {
                    if verb == "standby" {
                        c.standby.insert(node);
                    } else {
                        c.standby.remove(&node);
                    }
                }
                w.rearrange(&cluster);
            });
            0
        }
        _ => {
            shell.complain(&format!("pcs: not known here: {}", args.join(" ")));
            1
        }
    }
}

/// The node by the name that Pacemaker knows: short names are refused.
fn member(shell: &Shell, cluster: &str, name: &str) -> Option<String> {
    let found = shell.with(|w| {
        let nodes = w.clusters[cluster].nodes.iter();
        nodes.into_iter().find(|n| w.nodes.get(*n).is_some_and(|h| h.fqdn == name)).cloned()
    });
    if found.is_none() {
        shell.complain(&format!("Error: Unable to find node '{name}': node '{name}' is unknown"));
    }
    found
}

async fn shift(
    shell: &Shell,
    cluster: &str,
    resource: &str,
    to: &str,
    clears: bool,
    waits: bool,
) -> i32 {
    let Some(node) = member(shell, cluster, to) else { return 1 };
    let known = shell.with(|w| w.clusters[cluster].resource(resource).cloned());
    let Some(known) = known else {
        shell.complain(&format!("Error: unable to find a resource/clone/group: {resource}"));
        return 1;
    };
    if known.clone {
        shell.complain("Error: cannot move cloned resources");
        return 1;
    }
    if known.on.contains(&node) {
        shell
            .complain(&format!("Error performing operation: {resource} is already active on {to}"));
        return 1;
    }
    shell.with(|w| {
        if let Some(c) = w.clusters.get_mut(cluster) {
            forget(c, resource);
            let id = format!("cli-prefer-{resource}");
            c.constraints.push(Constraint {
                id,
                resource: resource.to_owned(),
                node: node.clone(),
                score: INFINITY,
            });
        }
        w.rearrange(cluster);
    });
    if clears {
        shell.complain(&format!(
            "Location constraint to move resource '{resource}' has been created"
        ));
        shell.complain("Waiting for the cluster to apply configuration changes...");
    }
    // As seen on real hosts: where a start has failed, the move is refused and its constraint stays.
    let failed = |(at, on): &(String, String)| {
        on == &node && matches!(at.as_str(), "cluster_ip" | "dockerd")
    };
    if waits && shell.with(|w| w.clusters[cluster].failures.iter().any(failed)) {
        shell.complain(&format!(
            "Error: Unable to move resource '{resource}' using a location constraint. Current location \
             of the resource may be affected by some other constraint."
        ));
        return 1;
    }
    if !waits {
        return 0;
    }
    let until = shell.with(|w| w.now) + WAIT_MS;
    loop {
        let arrived = shell
            .with(|w| w.clusters[cluster].resource(resource).is_some_and(|r| r.on.contains(&node)));
        if arrived {
            break;
        }
        if shell.with(|w| w.now) >= until {
            shell.complain(&format!("Error: resource '{resource}' is not running on node '{to}'"));
            return 1;
        }
        shell.sleep(500).await;
    }
    if clears {
        shell.with(|w| w.clusters.get_mut(cluster).map(|c| forget(c, resource)));
        shell.complain(&format!(
            "Location constraint created to move resource '{resource}' has been removed"
        ));
        shell.complain("Waiting for the cluster to apply configuration changes...");
        shell.complain(&format!("resource '{resource}' is running on node '{to}'"));
    }
    0
}

/// Takes away what commands left of a resource's constraints.
pub(super) fn forget(cluster: &mut Cluster, resource: &str) {
    cluster.constraints.retain(|c| !(c.resource == resource && c.id.starts_with("cli-")));
}

fn ban(shell: &Shell, cluster: &str, resource: &str, name: &str) -> i32 {
    let Some(node) = member(shell, cluster, name) else { return 1 };
    shell.with(|w| {
        if let Some(c) = w.clusters.get_mut(cluster) {
            let id = format!("cli-ban-{resource}-on-{name}");
            c.constraints.push(Constraint {
                id,
                resource: resource.to_owned(),
                node,
                score: -INFINITY,
            });
        }
        w.rearrange(cluster);
    });
    0
}

fn constraints(world: &crate::World, cluster: &str, full: bool) -> String {
    let c = &world.clusters[cluster];
    let mut text = String::from("Location Constraints:\n");
    for constraint in &c.constraints {
        let node = &world.nodes[&constraint.node].fqdn;
        let score = match constraint.score {
            INFINITY => "INFINITY".to_owned(),
            score if score == -INFINITY => "-INFINITY".to_owned(),
            score => score.to_string(),
        };
        let word = if constraint.score < 0 { "Disabled" } else { "Enabled" };
        let id = if full { format!(" (id:{})", constraint.id) } else { String::new() };
        let resource = &constraint.resource;
        text.push_str(&match c.pcs {
            (0, ..10, _) => format!("  Resource: {resource}\n    {word} on: {node} (score:{score}) (role: Started){id}\n"),
            _ => format!("  Resource: {resource}\n    {word} on:\n      Node: {node} (score:{score}) (role:Started){id}\n"),
        });
    }
    text.push_str("Ordering Constraints:\nColocation Constraints:\nTicket Constraints:\n");
    text
}

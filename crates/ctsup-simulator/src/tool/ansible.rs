//! `ansible-playbook`: plays of the control host, one after the other, with a recap at the end.

use std::collections::{BTreeMap, VecDeque};

use crate::process::Shell;
use crate::shell;
use crate::world::docker::{Container, Status};
use crate::world::node::Play;

pub(super) async fn run(shell: &Shell, args: &[&str]) -> i32 {
    let Some(name) = args.iter().rfind(|a| a.ends_with(".yaml") || a.ends_with(".yml")) else {
        return 2;
    };
    let there = shell.with(|w| w.entry(&shell.node, &shell.path(name)).is_some());
    let plays = shell.with(|w| w.node(&shell.node).playbooks.get(*name).cloned());
    let Some(plays) = plays.filter(|_| there) else {
        shell.complain(&format!("ERROR! the playbook: {name} could not be found"));
        return 1;
    };
    let mut hosts: BTreeMap<String, (u32, bool)> = BTreeMap::new();
    let mut failed = false;
    let mut plays: VecDeque<Play> = plays.into();
    while let Some(play) = plays.pop_front() {
        let (node, code) = match play {
            Play::Pause(question) => {
                shell.line(&format!("TASK [pause] ***\n[pause]\n{question}"));
                // Without a terminal Ansible passes over a pause in silence (K21).
                if shell.terminal {
                    shell.busy(5_000, 60_000).await;
                }
                continue;
            }
            Play::Command { node, cwd, command } => {
                shell.line(&format!("TASK [{command}] ***"));
                let up = shell.with(|w| w.nodes.get(&node).is_some_and(|n| n.up && n.reachable));
                let inner = Shell { node: node.clone(), cwd, terminal: false, ..shell.clone() };
                let code = if up { shell::run_script(inner, command).await } else { 4 };
                (node, code)
            }
            // Which node that is shows when it is played.
            Play::Cluster { cluster, second } => {
                for play in in_cluster(shell, &cluster, second).into_iter().rev() {
                    plays.push_front(play);
                }
                continue;
            }
            Play::WebClient { node } => {
                let code = web_client(shell, &node).await;
                (node, code)
            }
        };
        let host = hosts.entry(node).or_default();
        host.0 += 1;
        if code != 0 {
            host.1 = true;
            failed = true;
            break;
        }
    }
    shell
        .line("\nPLAY RECAP *********************************************************************");
    for (host, (changed, bad)) in hosts {
        let failures = u32::from(bad);
        shell.line(&format!(
            "{host:<26} : ok={} changed={changed}    unreachable=0    failed={failures}    skipped=0    rescued=0    ignored=0",
            changed + 2
        ));
    }
    if failed { 2 } else { 0 }
}

/// What is played in a cluster: nothing where `dockerd` is nowhere, as on a cluster that is ill.
fn in_cluster(shell: &Shell, cluster: &str, second: bool) -> Vec<Play> {
    shell.with(|w| {
        let Some(c) = w.clusters.get(cluster) else { return Vec::new() };
        let active = c.resource("dockerd").and_then(|r| r.on.first().cloned());
        let command = |node: &str, cwd: &str, text: &str| Play::Command {
            node: node.to_owned(),
            cwd: cwd.to_owned(),
            command: text.to_owned(),
        };
        let Some(active) = active else {
            let node = c.nodes.first().cloned().unwrap_or_default();
            return vec![command(&node, "/root", "false")];
        };
        let deploy = |node: &str| {
            let dirs = w.nodes[node].stacks.keys();
            dirs.map(|dir| command(node, dir, "dpl --dc stop && dpl -d")).collect::<Vec<_>>()
        };
        let other = w
            .nodes
            .iter()
            .find(|(name, n)| n.cluster.as_deref() == Some(cluster) && name.as_str() != active);
        let (true, Some((other, host))) = (second, other) else { return deploy(&active) };
        let shift = |fqdn: &str| {
            format!(
                "pcs resource move cluster_ip {fqdn}; pcs resource move dockerd {fqdn}; sleep 20"
            )
        };
        let clear = "pcs resource clear cluster_ip; pcs resource clear dockerd";
        let mut all = vec![command(&active, "/root", &shift(&host.fqdn))];
        all.extend(deploy(other));
        all.push(command(&active, "/root", &shift(&w.nodes[&active].fqdn)));
        all.push(command(&active, "/root", clear));
        all
    })
}

/// Runs the image that the variables name.
async fn web_client(shell: &Shell, node: &str) -> i32 {
    let variables =
        shell.with(|w| w.text(&shell.node, &shell.path("group_vars/all.yaml")).map(str::to_owned));
    let image = variables
        .as_deref()
        .unwrap_or_default()
        .lines()
        .find_map(|l| l.strip_prefix("web_client_image:"));
    let Some(image) = image.map(|i| i.trim().to_owned()) else { return 2 };
    shell.busy(60_000, 180_000).await;
    shell.with(|w| {
        let container = Container {
            project: "web".to_owned(),
            service: "web_client".to_owned(),
            image,
            volume: None,
            status: Status::Up { since: w.now },
            written: w.now,
            made_with: String::new(),
            wanted: true,
            log: Vec::new(),
        };
        w.node_mut(node).docker.containers.insert("web_client".to_owned(), container);
    });
    0
}

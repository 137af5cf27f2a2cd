//! The text of `pcs status`: that of Pacemaker 1.1 for pcs 0.9, that of 2.1 for newer ones.

use crate::world::World;
use crate::world::cluster::{Cluster, Resource};

pub(super) fn status(world: &World, name: &str) -> String {
    let c = &world.clusters[name];
    let old = c.pcs < (0, 10, 0);
    let name_of = |node: &str| world.nodes[node].fqdn.clone();
    let mark = if old { "" } else { "  * " };
    let dc = c.coordinator().map_or("NONE".to_owned(), name_of);
    let count = c.resources.iter().map(|r| if r.clone { 2 } else { 1 }).sum::<usize>();
    let mut text = format!("Cluster name: {name}\n");
    if !old && !c.constraints.is_empty() {
        text.push_str("\nWARNINGS:\nFollowing resources have been moved and their move constraints are still in place: ");
        let moved = c.constraints.iter().filter(|c| c.id.starts_with("cli-"));
        let moved: Vec<String> = moved.map(|c| format!("'{}'", c.resource)).collect();
        text.push_str(&format!("{}\nRun 'pcs constraint' to view the constraints or 'pcs resource clear <resource>' to remove them\n\n", moved.join(", ")));
    }
    if !old {
        text.push_str("Cluster Summary:\n");
    }
    let version = if old { "1.1.23-1.el7_9.1-9acf116022" } else { "2.1.5-a3f44794f94" };
    let clock = world.clock_text();
    text.push_str(&format!(
        "{mark}Stack: corosync\n{mark}Current DC: {dc} (version {version}) - partition with quorum\n\
         {mark}Last updated: Sun {clock}\n{mark}Last change: Sun {clock} by root via cibadmin on {dc}\n\
         {mark}2 nodes configured\n{mark}{count} resource instances configured\n\n"
    ));
    if c.maintenance {
        text.push_str("              *** Resource management is DISABLED ***\n  The cluster will not attempt to start, stop or recover services\n\n");
    }
    if !old {
        text.push_str("Node List:\n");
    }
    let state = |n: &str| match (c.lost.contains(n), c.standby.contains(n)) {
        (true, _) => "OFFLINE",
        (_, true) => "standby",
        _ => "Online",
    };
    let nodes = |wanted: &str| {
        let some = c.nodes.iter().filter(|n| state(n) == wanted).map(|n| name_of(n));
        some.collect::<Vec<_>>().join(" ")
    };
    for node in c.nodes.iter().filter(|n| state(n) == "standby") {
        text.push_str(&format!("{mark}Node {}: standby\n", name_of(node)));
    }
    for word in ["Online", "OFFLINE"] {
        let named = nodes(word);
        if !named.is_empty() {
            text.push_str(&format!("{mark}{word}: [ {named} ]\n"));
        }
    }
    text.push_str(if old {
        "\nFull list of resources:\n\n"
    } else {
        "\nFull List of Resources:\n"
    });
    for r in &c.resources {
        text.push_str(&resource(c, r, old, &name_of));
    }
    text.push_str("\nDaemon Status:\n  corosync: active/enabled\n  pacemaker: active/enabled\n  pcsd: active/enabled\n");
    text
}

fn resource(c: &Cluster, r: &Resource, old: bool, name_of: &dyn Fn(&str) -> String) -> String {
    let (mark, inner) = if old { (" ", "     ") } else { ("  * ", "    * ") };
    if r.clone {
        let on: Vec<String> = r.on.iter().map(|n| name_of(n)).collect();
        let off: Vec<String> =
            c.nodes.iter().filter(|n| !r.on.contains(*n)).map(|n| name_of(n)).collect();
        let one = r.id.trim_end_matches("-clone");
        let colon = if old { "" } else { ":" };
        let mut text = format!("{mark}Clone Set: {} [{one}]{colon}\n", r.id);
        for (word, nodes) in [("Started", on), ("Stopped", off)] {
            if !nodes.is_empty() {
                text.push_str(&format!("{inner}{word}: [ {} ]\n", nodes.join(" ")));
            }
        }
        return text;
    }
    let state = match (r.on.first(), &r.starting) {
        (Some(node), _) => format!("Started {}", name_of(node)),
        (None, Some(node)) => format!("Starting {}", name_of(node)),
        (None, None) => "Stopped".to_owned(),
    };
    let agent = if old {
        r.agent.replacen(':', "::", usize::from(r.agent.starts_with("ocf")))
    } else {
        r.agent.clone()
    };
    format!("{mark}{}\t({agent}):\t{state}\n", r.id)
}

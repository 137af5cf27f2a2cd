//! The text of `pcs status`, that is of `crm_mon --one-shot --inactive`, from Pacemaker 1.1.8 to 3.
//!
//! Only the sections that matter are read, so that a name in a warning, an attribute or a failed
//! action never passes for a resource. Generations differ in bullets, capitals and titles.

mod remarks;
mod resources;

use super::{Cluster, Counts, Node};
use crate::reader::{Note, ReadError, Reason, terminal};
use remarks::{read_ban, read_failure, read_warning};
use resources::Resources;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Section {
    /// Summary and nodes; Pacemaker 1 has no title between them.
    Head,
    Resources,
    Failures,
    Bans,
    Warnings,
    Other,
}

/// Reads the text of `pcs status` or `crm_mon -1 -r`.
pub fn read(text: &str) -> Result<Cluster, ReadError> {
    let plain = terminal::plain(text);
    if plain.lines().any(says_not_running) {
        return Err(ReadError::ClusterNotRunning);
    }
    let mut cluster = Cluster { maintenance_mode: Some(false), ..Cluster::default() };
    let mut resources = Resources::default();
    let mut section = Section::Head;
    for (line, text) in terminal::lines(&plain) {
        if text.is_empty() {
            if section == Section::Warnings {
                section = Section::Head;
            }
            continue;
        }
        if let Some(titled) = section_titled(text) {
            section = titled;
            continue;
        }
        let item = text.trim_start();
        let item = item.strip_prefix("* ").unwrap_or(item).trim();
        let understood = match section {
            Section::Head => read_head(item, &mut cluster),
            Section::Resources => resources.read_line(text, item),
            Section::Failures => read_failure(item, &mut cluster),
            Section::Bans => read_ban(item, &mut cluster),
            Section::Warnings => read_warning(item, &mut cluster),
            Section::Other => true,
        };
        if !understood {
            cluster.notes.push(Note { line, reason: Reason::Unrecognised });
        }
    }
    if cluster.nodes.is_empty() {
        return Err(ReadError::Missing { what: "cluster-nodes" });
    }
    cluster.resources = resources.found;
    Ok(cluster)
}

fn says_not_running(line: &str) -> bool {
    const WORDS: [&str; 4] = [
        "cluster is not currently running on this node",
        "cluster is not available on this node",
        "error running crm_mon, is pacemaker running?",
        "Connection to cluster failed",
    ];
    WORDS.iter().any(|words| line.contains(words))
}

/// Titles stand at the left edge, without a bullet, and end with a colon.
fn section_titled(text: &str) -> Option<Section> {
    let title = text.strip_suffix(':')?;
    if title.starts_with([' ', '\t', '*']) {
        return None;
    }
    Some(match title.to_ascii_lowercase().as_str() {
        "cluster summary" | "node list" => Section::Head,
        "full list of resources" | "active resources" | "inactive resources" => Section::Resources,
        "failed actions" | "failed resource actions" => Section::Failures,
        "negative location constraints" => Section::Bans,
        "warnings" => Section::Warnings,
        _ => Section::Other,
    })
}

/// Other lines of the head are of no interest; only a node's may not get lost.
fn read_head(item: &str, cluster: &mut Cluster) -> bool {
    if let Some(dc) = item.strip_prefix("Current DC: ") {
        let name = dc.split_whitespace().next().filter(|name| *name != "NONE");
        cluster.dc = name.map(str::to_owned);
        cluster.quorum =
            match (dc.contains("partition with quorum"), dc.contains("partition WITHOUT quorum")) {
                (true, false) => Some(true),
                (false, true) => Some(false),
                _ => None,
            };
    } else if item.starts_with("Version: ") {
        // Up to 1.1.12 the text says nothing of maintenance mode.
        cluster.maintenance_mode = None;
    } else if item.contains("Resource management is DISABLED") {
        cluster.maintenance_mode = Some(true);
    } else if item.contains(" resource instances configured") {
        // `(4 DISABLED, 1 BLOCKED from further action due to failure)`, each only if there are any.
        let words: Vec<&str> = item.split(|c: char| !c.is_ascii_alphanumeric()).collect();
        let count = |name| {
            let at = words.iter().position(|word| *word == name)?;
            words.get(at.checked_sub(1)?)?.parse().ok()
        };
        let (disabled, blocked) = (count("DISABLED").unwrap_or(0), count("BLOCKED").unwrap_or(0));
        cluster.counts = Some(Counts { disabled, blocked });
    } else if let Some((is_remote, rest)) = node_title(item) {
        return read_node(rest, is_remote, cluster);
    } else if let Some((title, names)) = item.split_once(": [") {
        let online = title.ends_with("Online") || title == "Containers";
        if online || title.ends_with("OFFLINE") {
            let is_remote = !matches!(title, "Online" | "OFFLINE");
            let node = |name: &str| Node { name: bare(name), is_remote, online, ..Node::default() };
            cluster.nodes.extend(listed(names).map(node));
        }
    }
    true
}

fn node_title(item: &str) -> Option<(bool, &str)> {
    if let Some(rest) = item.strip_prefix("Node ") {
        return Some((false, rest));
    }
    let remote = ["RemoteNode ", "GuestNode ", "ContainerNode "];
    remote.iter().find_map(|title| Some((true, item.strip_prefix(title)?)))
}

/// `back-02 (2): UNCLEAN (offline)`, with features and health behind a comma.
fn read_node(text: &str, is_remote: bool, cluster: &mut Cluster) -> bool {
    let Some((who, mode)) = text.split_once(": ") else {
        return false;
    };
    let Some(name) = who.split_whitespace().next().map(bare) else {
        return false;
    };
    let mode = mode.split(',').next().unwrap_or_default().trim_end_matches(':');
    let offline = mode.starts_with("OFFLINE") || mode == "UNCLEAN (offline)";
    let pending = matches!(mode, "pending" | "UNCLEAN (pending)");
    let known = ["online", "standby", "maintenance"].iter().any(|word| mode.starts_with(word));
    let online = known || mode == "UNCLEAN (online)";
    cluster.nodes.push(Node {
        name,
        is_remote,
        online,
        standby: mode.contains("standby"),
        standby_on_fail: mode.contains("on-fail"),
        maintenance: mode.contains("maintenance"),
        pending,
        unclean: mode.starts_with("UNCLEAN"),
        shutdown: false,
    });
    // A word that is not known leaves the node offline, which no gate takes for good.
    online || offline || pending
}

/// `[ back-01 (1) back-02 (2) ]` after its opening bracket.
fn listed(names: &str) -> impl Iterator<Item = &str> {
    let names = names.split(']').next().unwrap_or_default();
    names.split_whitespace().filter(|name| !name.starts_with('('))
}

/// A guest node's name without the node that hosts it.
fn bare(name: &str) -> String {
    name.split('@').next().unwrap_or(name).to_owned()
}

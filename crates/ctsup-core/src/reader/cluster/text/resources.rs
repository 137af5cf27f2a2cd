//! The resource section of `pcs status`.

use super::listed;
use crate::reader::cluster::{Resource, Role};

/// Reads the section line by line; what a line belongs to is told by how far it is indented.
#[derive(Default)]
pub(super) struct Resources {
    pub(super) found: Vec<Resource>,
    parents: Vec<Parent>,
}

struct Parent {
    indent: usize,
    kind: Kind,
    id: String,
    /// The resource that a clone is made of.
    child: String,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Clone,
    Group,
}

impl Resources {
    /// Reads `item`, which stands in `line` after blanks and bullet; whether it was understood.
    pub(super) fn read_line(&mut self, line: &str, item: &str) -> bool {
        let indent = line.len() - line.trim_start().len();
        if item.starts_with("No ") || item.starts_with("Replica[") {
            return true;
        }
        if let Some((state, nodes)) = item.split_once(": [") {
            return self.read_instances(state, nodes);
        }
        while self.parents.last().is_some_and(|parent| parent.indent >= indent) {
            self.parents.pop();
        }
        if let Some((kind, id, child)) = read_title(item) {
            self.parents.push(Parent { indent, kind, id, child });
            return true;
        }
        let Some(mut resource) = read_resource(item) else {
            return false;
        };
        resource.clone = self.nearest(Kind::Clone).map(|parent| parent.id.clone());
        resource.group = self.nearest(Kind::Group).map(|parent| parent.id.clone());
        self.found.push(resource);
        true
    }

    fn nearest(&self, kind: Kind) -> Option<&Parent> {
        self.parents.iter().rev().find(|parent| parent.kind == kind)
    }

    /// `Started: [ back-01 back-02 ]`: the well-behaved instances of a clone in one line.
    fn read_instances(&mut self, state: &str, nodes: &str) -> bool {
        let (word, flags) = state.split_once(' ').unwrap_or((state, ""));
        let role = match word {
            "Masters" => Role::Promoted,
            "Slaves" => Role::Unpromoted,
            word => Role::read(word),
        };
        let Some(clone) = self.nearest(Kind::Clone) else {
            return false;
        };
        if matches!(role, Role::Other(_)) {
            return false;
        }
        let running = role.is_running();
        let instance = |node: &str| Resource {
            id: clone.child.clone(),
            clone: Some(clone.id.clone()),
            role: role.clone(),
            active: running,
            disabled: flags.contains("disabled"),
            // `Stopped: [ … ]` names the nodes that an instance could run on.
            nodes: if running { vec![node.to_owned()] } else { Vec::new() },
            ..stopped()
        };
        let instances: Vec<Resource> = listed(nodes).map(instance).collect();
        self.found.extend(instances);
        true
    }
}

/// `Clone Set: dlm-clone [dlm]`, `Resource Group: g`, and their like, with a colon behind in newer
/// and without in older generations.
fn read_title(item: &str) -> Option<(Kind, String, String)> {
    const CLONES: [&str; 6] = [
        "Clone Set: ",
        "Master/Slave Set: ",
        "Container bundle set: ",
        "Container bundle: ",
        "Docker container set: ",
        "Docker container: ",
    ];
    if let Some(rest) = item.strip_prefix("Resource Group: ") {
        let id = rest.split_whitespace().next()?.trim_end_matches(':');
        // Groups of a clone are numbered: `mysql-group:0`.
        let id = id.split(':').next().unwrap_or(id);
        return Some((Kind::Group, id.to_owned(), String::new()));
    }
    let rest = CLONES.iter().find_map(|title| item.strip_prefix(title))?;
    let (id, rest) = rest.split_once(" [")?;
    let child = rest.split(']').next()?;
    Some((Kind::Clone, id.trim().to_owned(), child.to_owned()))
}

/// `dockerd    (systemd:docker):    Started back-01 (disabled, unmanaged)`.
fn read_resource(item: &str) -> Option<Resource> {
    let (head, state) = item.split_once("):")?;
    let (name, agent) = head.rsplit_once('(')?;
    let mut names = name.split_whitespace();
    let id = names.next()?;
    // Instances of a bundle have their address behind the name; anything else is another sentence.
    // `--brief` counts instances instead of naming them: `1/1 (systemd:docker): Active back-01`.
    let is_count = id.bytes().all(|b| b == b'/' || b.is_ascii_digit());
    let is_name = !is_count && agent.contains(':') && names.all(|word| word.starts_with('('));
    // Two nodes for one instance are listed in brackets, which 1.1 sets without a blank before.
    let (state, several) = state.split_once('[').unwrap_or((state, ""));
    let (state, flags) = state.split_once('(').unwrap_or((state, ""));
    // Generations differ in where they put these two words.
    let says = |marker| {
        state.split_whitespace().chain(flags.split_whitespace()).any(|word| word == marker)
    };
    let (failed, orphaned) = (says("FAILED"), says("ORPHANED"));
    let mut words =
        state.split_whitespace().filter(|word| !["FAILED", "ORPHANED"].contains(word)).peekable();
    let said = words.next_if(|word| !failed || !matches!(Role::read(word), Role::Other(_)));
    let nodes: Vec<String> = words.chain(listed(several)).map(str::to_owned).collect();
    let role = match said {
        Some(word) => Role::read(word),
        // A failed resource has its role left out, unless it leads.
        None if failed && nodes.is_empty() => Role::Stopped,
        None if failed => Role::Started,
        None => return None,
    };
    let flag =
        |words: &[&str]| flags.split([',', '(', ')']).any(|flag| words.contains(&flag.trim()));
    let blocked = flag(&["blocked"]);
    (is_name && nodes.iter().all(|node| !node.contains(['\'', ':']))).then(|| Resource {
        id: id.to_owned(),
        agent: agent.to_owned(),
        active: role != Role::Stopped,
        role,
        managed: !blocked && !flag(&["unmanaged", "maintenance"]),
        failed,
        blocked,
        orphaned,
        disabled: flag(&["disabled"]),
        nodes,
        ..stopped()
    })
}

fn stopped() -> Resource {
    Resource {
        id: String::new(),
        clone: None,
        group: None,
        agent: String::new(),
        role: Role::Stopped,
        active: false,
        managed: true,
        failed: false,
        blocked: false,
        orphaned: false,
        disabled: false,
        nodes: Vec::new(),
    }
}

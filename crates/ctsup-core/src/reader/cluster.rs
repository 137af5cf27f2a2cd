//! The state of a Pacemaker cluster, from the XML of `crm_mon` (`pcs status xml`) or from the text
//! of `pcs status`.
//!
//! XML is the better source; text is the fallback for hosts that print no XML. Resources are known
//! by their exact name, because a search through the text also hits failed actions, warnings and
//! longer names. What a text does not tell is unknown (`None`), never a default.

mod doubt;
mod parts;
mod text;
mod xml;

pub use doubt::{Contradiction, Unsettled};
pub use parts::{Ban, Counts, Failure, Node, Resource, Role};
pub use text::read as read_text;
pub use xml::read as read_xml;

use super::{Note, ReadError};

/// What one node knows of its cluster.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Cluster {
    /// In the order of the text.
    pub nodes: Vec<Node>,
    /// The designated coordinator, which is *not* the node that serves.
    pub dc: Option<String>,
    /// Whether this part of the cluster has quorum; unknown without a coordinator.
    pub quorum: Option<bool>,
    /// Whether the whole cluster is in maintenance mode.
    pub maintenance_mode: Option<bool>,
    /// Whether fencing is switched on; text does not tell.
    pub stonith: Option<bool>,
    /// How many instances the cluster itself counts as disabled and as blocked; older generations
    /// count more of them than they list.
    pub counts: Option<Counts>,
    /// Every resource instance.
    pub resources: Vec<Resource>,
    /// Failed actions that were not cleaned up.
    pub failures: Vec<Failure>,
    /// Constraints that keep resources off nodes, `cli-ban-…` among them.
    pub bans: Vec<Ban>,
    /// Resources that `pcs status` (0.11.3 and later) warns of: moved, and the constraint remains.
    pub moved: Vec<String>,
    /// Lines of the resource section that were not understood; text only.
    pub notes: Vec<Note>,
}

/// Reads XML or text, whichever it is.
pub fn read(text: &str) -> Result<Cluster, ReadError> {
    if xml::holds_document(text) { read_xml(text) } else { read_text(text) }
}

impl Cluster {
    /// The node named exactly `name`.
    pub fn node(&self, name: &str) -> Option<&Node> {
        self.nodes.iter().find(|node| node.name == name)
    }

    /// The instances of the resource named exactly `name`: its own name or that of its clone.
    pub fn instances<'a>(&'a self, name: &str) -> impl Iterator<Item = &'a Resource> {
        let named = move |resource: &&Resource| {
            resource.id == name || resource.clone.as_deref() == Some(name)
        };
        self.resources.iter().filter(named)
    }

    /// The nodes where the resource (or clone) named exactly `name` runs, each once. One that is
    /// starting does not run; one on a node that went away is still reported: see
    /// [`Cluster::active_node`] for an answer to act on.
    pub fn runs_on<'a>(&'a self, name: &str) -> Vec<&'a str> {
        let running =
            self.instances(name).filter(|resource| resource.active && resource.role.is_running());
        let mut nodes = Vec::new();
        for node in running.flat_map(|resource| &resource.nodes) {
            if !nodes.contains(&node.as_str()) {
                nodes.push(node.as_str());
            }
        }
        nodes
    }
}

#[cfg(test)]
mod tests;

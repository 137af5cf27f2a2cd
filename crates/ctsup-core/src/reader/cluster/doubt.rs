//! When what a cluster says can be acted on: answers beyond doubt, and what cannot be true.

use super::{Cluster, Role};
use crate::action::MOVED_TOGETHER;

/// Why no node can be named as the one where a resource runs.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unsettled {
    /// No resource of that name.
    #[error("no such resource")]
    Unknown,
    /// It runs nowhere.
    #[error("runs nowhere")]
    Nowhere,
    /// It runs on several nodes.
    #[error("runs on several nodes: {nodes:?}")]
    Several {
        /// The nodes.
        nodes: Vec<String>,
    },
    /// It is between two states.
    #[error("is {role:?}")]
    InTransition {
        /// What it does.
        role: Role,
    },
    /// It failed or is blocked.
    #[error("failed or blocked")]
    Failed,
    /// Its node is not in a state to believe it.
    #[error("node `{node}` is offline, unclean or unknown")]
    Unreliable {
        /// The node.
        node: String,
    },
}

/// What cannot be true of a cluster, so that nothing else should be believed of it either.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Contradiction {
    /// The coordinator is not online.
    DcOffline {
        /// The coordinator.
        node: String,
    },
    /// A managed resource runs on a node that is neither online nor unclean.
    RunsOffline {
        /// The resource.
        resource: String,
        /// The node.
        node: String,
    },
    /// A resource runs on a node that is not listed.
    RunsNowhereKnown {
        /// The resource.
        resource: String,
        /// The node.
        node: String,
    },
}

impl Cluster {
    /// The one node where the resource named exactly `name` runs, if that is beyond doubt.
    pub fn active_node<'a>(&'a self, name: &str) -> Result<&'a str, Unsettled> {
        let mut instances = self.instances(name).peekable();
        instances.peek().ok_or(Unsettled::Unknown)?;
        for resource in instances {
            if resource.failed || resource.blocked {
                return Err(Unsettled::Failed);
            }
            if !resource.role.is_running() && resource.role != Role::Stopped {
                return Err(Unsettled::InTransition { role: resource.role.clone() });
            }
        }
        match self.runs_on(name)[..] {
            [] => Err(Unsettled::Nowhere),
            [name] => match self.node(name) {
                Some(node) if node.online && !node.unclean && !node.pending => Ok(name),
                _ => Err(Unsettled::Unreliable { node: name.to_owned() }),
            },
            ref nodes => Err(Unsettled::Several {
                nodes: nodes.iter().map(|&node| node.to_owned()).collect(),
            }),
        }
    }

    /// Where the address and the services are, when that is two nodes: nobody is served then.
    pub fn apart(&self) -> Option<[&str; 2]> {
        match MOVED_TOGETHER.map(|name| self.active_node(name)) {
            [Ok(address), Ok(services)] if address != services => Some([address, services]),
            _ => None,
        }
    }

    /// What cannot be true. A managed resource on a node that is offline and *unclean* is none: the
    /// node has died and fencing has not confirmed it yet.
    pub fn contradictions(&self) -> Vec<Contradiction> {
        let mut found = Vec::new();
        if let Some(dc) = &self.dc
            && !self.node(dc).is_some_and(|node| node.online)
        {
            found.push(Contradiction::DcOffline { node: dc.clone() });
        }
        for resource in &self.resources {
            for name in &resource.nodes {
                let (resource, managed, node) =
                    (resource.id.clone(), resource.managed, name.clone());
                match self.node(name) {
                    None => found.push(Contradiction::RunsNowhereKnown { resource, node }),
                    Some(at) if managed && !at.online && !at.unclean => {
                        found.push(Contradiction::RunsOffline { resource, node });
                    }
                    Some(_) => {}
                }
            }
        }
        found
    }
}

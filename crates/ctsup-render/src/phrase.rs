//! Phrases: what a plan holds, in the words of one language.
//!
//! Every renderer says the same thing in the same phrase; here codes and names become arguments.

use ctsup_core::plan::Plan;
use ctsup_core::{App, ClusterName, Holding, NodeName, Stack};

use crate::words::Words;

mod action;
mod back;
mod claim;
mod duration;
mod guide;
mod plan;
mod proof;
mod reason;

pub(crate) use self::duration::Span;

/// Says what a plan holds.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Phrases<'p> {
    pub(crate) words: &'p Words,
    pub(crate) plan: &'p Plan,
}

impl<'p> Phrases<'p> {
    pub(crate) fn new(words: &'p Words, plan: &'p Plan) -> Self {
        Self { words, plan }
    }

    pub(crate) fn app(&self, app: App) -> String {
        self.words.say(&format!("app-{app}"), &[])
    }

    pub(crate) fn cluster(&self, cluster: ClusterName) -> String {
        self.words.say(&format!("cluster-{cluster}"), &[])
    }

    /// An application on a node.
    pub(crate) fn stack(&self, stack: &Stack) -> String {
        let node = stack.node.as_str().into();
        self.words.say("stack", &[("app", self.app(stack.app).into()), ("node", node)])
    }

    /// Data or settings: of a node, or of a cluster whose nodes share them.
    pub(crate) fn holding(&self, holding: &Holding) -> String {
        let app = ("app", self.app(holding.app).into());
        match self.shared_by(&holding.holder) {
            Some(cluster) => {
                self.words.say("holding-cluster", &[app, ("cluster", self.cluster(cluster).into())])
            }
            None => {
                let node = holding.holder.as_str().into();
                self.words.say("holding-node", &[app, ("node", node)])
            }
        }
    }

    /// The cluster that a holder's name stands for; a node of that name is the node.
    fn shared_by(&self, holder: &NodeName) -> Option<ClusterName> {
        if self.plan.topology.nodes.contains_key(holder) {
            return None;
        }
        ClusterName::ALL.into_iter().find(|cluster| cluster.as_str() == holder.as_str())
    }

    /// Names as core writes them, `back-01/express` or `back`, in words; others stay as they are.
    pub(crate) fn name(&self, text: &str) -> String {
        if let Ok(stack) = text.parse::<Stack>() {
            return match self.shared_by(&stack.node) {
                Some(_) => text.parse().map_or_else(|_| text.to_owned(), |h| self.holding(&h)),
                None => self.stack(&stack),
            };
        }
        match text.parse::<NodeName>().ok().and_then(|name| self.shared_by(&name)) {
            Some(cluster) => self.cluster(cluster),
            None => text.to_owned(),
        }
    }

    /// The same for a list.
    pub(crate) fn names(&self, text: &str) -> String {
        let all: Vec<_> = text.split(", ").map(|name| self.name(name)).collect();
        all.join(", ")
    }
}

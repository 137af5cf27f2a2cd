//! The world that a plan document starts from: its servers, its start state, its releases.
//!
//! Only what the document says of the hosts is read: names, claims, and the texts of commands, which
//! tell where archives, playbooks and certificates lie. What a step is said to do is not looked at.

mod contents;
mod hosts;
mod releases;

use ctsup_core::{App, Atom, ClusterName, Plan};

use crate::World;

/// A plan as something to read hosts from.
struct Document<'p> {
    plan: &'p Plan,
}

impl World {
    /// The world that a plan starts from.
    #[must_use]
    pub fn of(plan: &Plan, seed: u64) -> Self {
        let document = Document { plan };
        let mut world = Self::empty(seed);
        hosts::make(&mut world, &document);
        releases::make(&mut world, &document);
        contents::make(&mut world, &document);
        hosts::start(&mut world, &document);
        // What happened while the world was made is no news.
        world.hazards.clear();
        world
    }
}

impl<'p> Document<'p> {
    /// Every command of the plan, with its node and directory.
    fn commands(&self) -> impl Iterator<Item = (&'p str, &'p str, &'p str)> {
        self.plan.steps.iter().flat_map(|step| {
            let node = step.node.as_ref().map_or("", |n| n.as_str());
            let cwd = step.cwd.as_deref().unwrap_or("/root");
            step.commands.iter().map(move |command| (node, cwd, command.as_str()))
        })
    }

    /// A claim's value, where it says what a fact is.
    fn is(&self, fact: &str) -> Option<&'p str> {
        let claims = self.plan.claims.iter();
        claims.filter(|c| c.fact == fact && c.test.sign() == "=").map(|c| c.value.as_str()).next()
    }

    /// Whether a claim with this sign and value stands in the plan.
    fn claims(&self, fact: &str, sign: &str, value: &str) -> bool {
        let mut claims = self.plan.claims.iter();
        claims.any(|c| c.fact == fact && c.test.sign() == sign && c.value == value)
    }

    /// Pairs of a list value: `[admin=admin:1.39.2 messaging=messaging:1.39.6]`.
    fn pairs(&self, fact: &str) -> Vec<(String, String)> {
        let list = self.is(fact).unwrap_or_default().trim_matches(['[', ']']);
        let pairs = list.split_whitespace().filter_map(|p| p.split_once('='));
        pairs.map(|(k, v)| (k.to_owned(), v.to_owned())).collect()
    }

    fn starts_with(&self, atom: &str) -> bool {
        self.plan.start.atoms().any(|a| a.to_string() == atom)
    }

    /// Where a cluster's resources are at the start.
    fn active(&self, cluster: ClusterName) -> Option<String> {
        let nodes = &self.plan.topology.clusters.get(&cluster)?.nodes;
        let active = self.plan.start.atoms().find_map(|atom| match atom {
            Atom::Active(node) if nodes.contains(node) => Some(node.to_string()),
            _ => None,
        });
        active.or_else(|| Some(nodes[0].to_string()))
    }

    /// The part that a node plays: which services run there.
    fn part(&self, node: &str, app: App) -> Part {
        if app != App::Express {
            return Part::Voice;
        }
        let places = self.plan.topology.stacks.iter().filter(|p| p.stack.app == App::Express);
        let mut nodes: Vec<&str> = places.map(|p| p.stack.node.as_str()).collect();
        nodes.dedup();
        let clusters = &self.plan.topology.clusters;
        let member = |c: &ClusterName| {
            clusters.get(c).is_some_and(|c| c.nodes.iter().any(|n| n.as_str() == node))
        };
        match (member(&ClusterName::Back), member(&ClusterName::Front), nodes.len()) {
            (true, _, _) => Part::Back,
            (_, true, _) => Part::Front,
            (_, _, 1) => Part::Single,
            // Of two servers without clusters Front is the one that people name so.
            _ if node.contains("front") => Part::Front,
            _ => Part::Back,
        }
    }
}

/// Which services a stack has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Single,
    Back,
    Front,
    Voice,
}

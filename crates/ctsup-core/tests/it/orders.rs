//! The guide's orders: for each pair of rows that it orders, every plan's waits enforce the order;
//! what it calls truly parallel stays parallel.

use std::collections::BTreeMap;

use ctsup_core::Plan;
use ctsup_core::guide::RowKey;
use ctsup_core::plan::graph::Order;
use ctsup_core::plan::{Phase, Source, Step};

use crate::site;

/// How far an order reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Scope {
    Site,
    Host,
    Node,
    /// One node, first and second half of the work apart: what the halves repeat.
    Half,
}

/// Steps that cite a row, narrowed where the row is several steps.
#[derive(Debug, Clone, Copy)]
struct Cited<'t> {
    row: RowKey,
    last: Option<&'t str>,
}

impl<'t> Cited<'t> {
    fn parse(text: &'t str) -> Self {
        let (row, last) = match text.split_once('/') {
            Some((row, last)) => (row, Some(last)),
            None => (text, None),
        };
        let row = RowKey::parse(row).unwrap_or_else(|| panic!("the guide has no row {row}"));
        Self { row, last }
    }

    fn is(&self, step: &Step) -> bool {
        let named =
            self.last.is_none_or(|last| step.id.as_str().split('/').any(|part| part == last));
        named && step.source.contains(&Source::Row(self.row))
    }
}

fn pairs(text: &str) -> impl Iterator<Item = (&str, Cited<'_>, Cited<'_>, Scope)> {
    let lines = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines.map(|line| {
        let words: Vec<_> = line.split_whitespace().collect();
        let [earlier, later, scope] = words[..] else { panic!("{line}: three words") };
        let scope = match scope {
            "site" => Scope::Site,
            "host" => Scope::Host,
            "node" => Scope::Node,
            "half" => Scope::Half,
            other => panic!("no scope {other}"),
        };
        (line, Cited::parse(earlier), Cited::parse(later), scope)
    })
}

/// Whether a pair of steps is within the reach of an order.
fn together(plan: &Plan, one: &Step, other: &Step, scope: Scope) -> bool {
    let host = |step: &Step| -> Option<String> {
        let node = node_of(plan, step)?;
        let clusters = plan.topology.clusters.iter();
        let cluster = clusters.filter(|(_, c)| c.nodes.iter().any(|n| n.as_str() == node));
        Some(cluster.map(|(name, _)| name.to_string()).next().unwrap_or(node))
    };
    match scope {
        Scope::Site => true,
        Scope::Host => match (host(one), host(other)) {
            (Some(one), Some(other)) => one == other,
            _ => true,
        },
        Scope::Half if (one.phase == Phase::SecondHalf) != (other.phase == Phase::SecondHalf) => {
            false
        }
        Scope::Node | Scope::Half => match (node_of(plan, one), node_of(plan, other)) {
            (Some(one), Some(other)) => one == other,
            _ => false,
        },
    }
}

/// The node of a step; of a person's, the node that its name speaks of.
fn node_of(plan: &Plan, step: &Step) -> Option<String> {
    let named = || {
        let mut parts = step.id.as_str().split('/');
        parts.find(|part| plan.topology.nodes.keys().any(|n| n.as_str() == *part))
    };
    step.node.as_ref().map(|n| n.to_string()).or_else(|| named().map(str::to_owned))
}

#[test]
fn the_guides_order_is_enforced() {
    let mut wrong = Vec::new();
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    let plans = site::plans();
    for (line, earlier, later, scope) in pairs(include_str!("data/orders.txt")) {
        let count = seen.entry(line).or_default();
        for (name, plan) in &plans {
            let order = Order::of(plan);
            // Advice says when a row's work may be tidied away; it is no part of that work.
            let advice = |step: &&Step| !step.id.as_str().contains("/advice/");
            for first in plan.steps.iter().filter(advice).filter(|step| earlier.is(step)) {
                for second in plan.steps.iter().filter(advice).filter(|step| later.is(step)) {
                    if first.id == second.id || !together(plan, first, second, scope) {
                        continue;
                    }
                    *count += 1;
                    if !order.before(first.id.as_str(), second.id.as_str()) {
                        wrong.push(format!("{name}: {line}: {} -> {}", first.id, second.id));
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} not enforced:\n{}", wrong.len(), wrong.join("\n"));
    let unseen: Vec<_> = seen.iter().filter(|(_, count)| **count == 0).map(|(l, _)| *l).collect();
    assert!(unseen.is_empty(), "no plan has both rows:\n{}", unseen.join("\n"));
}

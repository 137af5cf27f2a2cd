//! The least that a program can do with the same input: read the TOML, make a graph of the same
//! steps and waits with names as texts, sort it, write the same document.
//!
//! What the document says is handed to it ready made; it checks nothing and decides nothing.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use ctsup_core::Plan;
use petgraph::graph::DiGraph;

/// Where the bare program's time went.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Spent {
    pub(crate) read: Duration,
    pub(crate) graph: Duration,
    pub(crate) write: Duration,
}

impl Spent {
    pub(crate) fn all(self) -> Duration {
        self.read + self.graph + self.write
    }
}

/// Does it, and says how long it took.
pub(crate) fn run(text: &str, plan: &Plan, spent: &mut Spent) -> usize {
    let start = Instant::now();
    let table: toml::Table = toml::from_str(text).expect("the example is TOML");
    let read = Instant::now();
    let sorted = sorted(plan);
    let graph = Instant::now();
    let json = serde_json::to_string_pretty(plan).expect("a plan is JSON");
    let size = std::hint::black_box((table, sorted, json)).2.len();
    spent.read += read - start;
    spent.graph += graph - read;
    spent.write += graph.elapsed();
    size
}

fn sorted(plan: &Plan) -> Vec<String> {
    let mut graph = DiGraph::<String, ()>::new();
    let mut places = HashMap::new();
    for step in &plan.steps {
        places.insert(step.id.to_string(), graph.add_node(step.id.to_string()));
    }
    for step in &plan.steps {
        for after in &step.after {
            graph.add_edge(places[after.step.as_str()], places[step.id.as_str()], ());
        }
    }
    let order = petgraph::algo::toposort(&graph, None).expect("a plan has no cycle");
    order.into_iter().map(|place| graph[place].clone()).collect()
}

//! A graph for Graphviz: a box per node, reasons on the edges.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use ctsup_core::action::Kind;
use ctsup_core::plan::{Plan, Step};

use crate::format::Options;
use crate::outline::Outline;
use crate::phrase::Phrases;
use crate::words::Words;

/// The graph.
pub(crate) fn render(plan: &Plan, words: &Words, _: &Options) -> String {
    let phrases = Phrases::new(words, plan);
    let outline = Outline::of(plan);
    let mut out = String::from("digraph plan {\n  rankdir=TB;\n  node [shape=box];\n");
    let _ = writeln!(out, "  label={};", quoted(&phrases.heading()));
    for (number, (place, steps)) in by_place(plan).into_iter().enumerate() {
        let name = place.map_or_else(|| words.say("place-person", &[]), str::to_owned);
        let _ = writeln!(out, "  subgraph cluster_{number} {{\n    label={};", quoted(&name));
        for step in steps {
            let place = outline.number(&step.id).unwrap_or_default();
            let label = format!("{place}. {}\n{}", phrases.title(step), step.id);
            let id = quoted(step.id.as_str());
            let _ = writeln!(out, "    {id} [label={}{}];", quoted(&label), shape(step));
        }
        out.push_str("  }\n");
    }
    for step in &plan.steps {
        for after in &step.after {
            let (from, to) = (quoted(after.step.as_str()), quoted(step.id.as_str()));
            let reasons = phrases.because(&after.because).join("\n");
            let _ = writeln!(out, "  {from} -> {to} [label={}];", quoted(&reasons));
        }
    }
    out.push_str("}\n");
    out
}

/// The steps of each node, in the order of the names; those of people first.
pub(crate) fn by_place(plan: &Plan) -> BTreeMap<Option<&str>, Vec<&Step>> {
    let mut places: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for step in &plan.steps {
        places.entry(step.node.as_ref().map(|node| node.as_str())).or_default().push(step);
    }
    places
}

fn shape(step: &Step) -> &'static str {
    match step.kind {
        Kind::Change => ", style=bold",
        Kind::Observe => "",
        Kind::Wait => ", style=dashed",
        Kind::Confirm => ", shape=octagon",
    }
}

/// A string of Graphviz: only the quote, the backslash and line ends are special in it.
fn quoted(text: &str) -> String {
    let escaped = text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
    format!("\"{escaped}\"")
}

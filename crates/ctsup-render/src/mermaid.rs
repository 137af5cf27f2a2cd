//! A graph for Mermaid: a subgraph per node, reasons on the edges.

use std::fmt::Write as _;

use ctsup_core::action::Kind;
use ctsup_core::plan::{Plan, Step};

use crate::dot::by_place;
use crate::format::Options;
use crate::outline::Outline;
use crate::phrase::Phrases;
use crate::words::Words;

/// The graph. Steps are called `s1`, `s2` and so on there, as Mermaid's names are narrow; each
/// label carries the step's own name.
pub(crate) fn render(plan: &Plan, words: &Words, _: &Options) -> String {
    let phrases = Phrases::new(words, plan);
    let outline = Outline::of(plan);
    let number = |step: &Step| outline.number(&step.id).unwrap_or_default();
    let mut out = format!("---\ntitle: {}\n---\nflowchart TB\n", yaml(&phrases.heading()));
    for (count, (place, steps)) in by_place(plan).into_iter().enumerate() {
        let name = place.map_or_else(|| words.say("place-person", &[]), str::to_owned);
        let _ = writeln!(out, "  subgraph n{count} [{}]", quoted(&name));
        for step in steps {
            let label = format!("{}. {}\n{}", number(step), phrases.title(step), step.id);
            let (open, close) = shape(step);
            let _ = writeln!(out, "    s{}{open}{}{close}", number(step), quoted(&label));
        }
        out.push_str("  end\n");
    }
    for step in &plan.steps {
        for after in &step.after {
            let Some(from) = outline.number(&after.step) else { continue };
            let reasons = quoted(&phrases.because(&after.because).join("\n"));
            let _ = writeln!(out, "  s{from} -->|{reasons}| s{}", number(step));
        }
    }
    out
}

fn shape(step: &Step) -> (&'static str, &'static str) {
    match step.kind {
        Kind::Change => ("[", "]"),
        Kind::Observe => ("(", ")"),
        Kind::Wait => ("([", "])"),
        Kind::Confirm => ("{{", "}}"),
    }
}

/// A label of Mermaid: quotes and whatever Markdown, HTML or Mermaid would read become entities.
fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '\n' => out.push_str("<br/>"),
            '"' | '#' | '&' | '<' | '>' | ';' | '`' | '*' | '_' | '\\' | '|' => {
                let _ = write!(out, "#{};", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// A double-quoted string of YAML.
fn yaml(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

//! DOT and Mermaid read back: every step and every wait is there, and nothing else.

use std::collections::{BTreeMap, BTreeSet};

use ctsup_core::Plan;
use ctsup_render::{Format, Lang, Options, Words};

use crate::example;

type Edges = BTreeSet<(String, String)>;

fn of_plan(plan: &Plan) -> (BTreeSet<String>, Edges) {
    let steps = plan.steps.iter().map(|step| step.id.to_string()).collect();
    let edges = plan.steps.iter().flat_map(|step| {
        step.after.iter().map(|after| (after.step.to_string(), step.id.to_string()))
    });
    (steps, edges.collect())
}

fn rendered(format: Format) -> impl Iterator<Item = (&'static Plan, String)> {
    example::all().iter().flat_map(move |example| {
        let plan = &example.planned.plan;
        Lang::ALL.map(|lang| (plan, format.render(plan, Words::of(lang), &Options::default())))
    })
}

/// The quoted strings of a line, unescaped.
fn strings(line: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut chars = line.chars();
    while chars.by_ref().any(|c| c == '"') {
        let mut text = String::new();
        while let Some(c) = chars.next() {
            match c {
                '"' => break,
                '\\' => match chars.next() {
                    Some('n') => text.push('\n'),
                    Some(c) => text.push(c),
                    None => {}
                },
                c => text.push(c),
            }
        }
        found.push(text);
    }
    found
}

#[test]
fn dot_holds_every_step_and_wait() {
    for (plan, text) in rendered(Format::Dot) {
        let (mut steps, mut edges) = (BTreeSet::new(), Edges::new());
        for line in text.lines() {
            let strings = strings(line);
            match strings.as_slice() {
                [id, label] if line.starts_with("    \"") => {
                    assert!(label.ends_with(&format!("\n{id}")), "{label}");
                    steps.insert(id.clone());
                }
                [from, to, reasons] => {
                    assert!(!reasons.is_empty(), "{from} -> {to} has a reason");
                    edges.insert((from.clone(), to.clone()));
                }
                _ => {}
            }
        }
        assert_eq!((steps, edges), of_plan(plan));
        assert_eq!(text.matches('{').count(), text.matches('}').count());
    }
}

#[test]
fn mermaid_holds_every_step_and_wait() {
    for (plan, text) in rendered(Format::Mermaid) {
        let mut names = BTreeMap::new();
        let mut edges = Edges::new();
        for line in text.lines().map(str::trim) {
            if let Some((from, rest)) = line.split_once(" -->|") {
                let to = rest.rsplit_once("| ").expect("a label ends with a bar").1;
                let name = |short: &str| -> String { String::clone(&names[short]) };
                edges.insert((name(from), name(to)));
            } else if line.starts_with('s') && line.contains("<br/>") {
                let short: String = line.chars().take_while(char::is_ascii_alphanumeric).collect();
                let label = line.split('"').nth(1).expect("a step has a label");
                let id = label.rsplit_once("<br/>").expect("a label ends with the id").1;
                names.insert(short, unescaped(id));
            }
        }
        let steps = names.into_values().collect();
        assert_eq!((steps, edges), of_plan(plan));
    }
}

/// Mermaid's entities as the characters that they stand for.
fn unescaped(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('#') {
        let (number, after) = after.split_once(';').expect("an entity ends");
        out.push_str(before);
        out.extend(number.parse().ok().and_then(char::from_u32));
        rest = after;
    }
    out + rest
}

#[test]
fn json_is_the_plan() {
    for (plan, text) in rendered(Format::Json) {
        let value: serde_json::Value = serde_json::from_str(&text).expect("it is JSON");
        assert_eq!(value["digest"], plan.digest.as_str());
        assert_eq!(value["steps"].as_array().map(Vec::len), Some(plan.steps.len()));
    }
}

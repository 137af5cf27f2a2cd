//! `ctsup explain`: one step, of a topology's plan or of a saved one.

use std::path::PathBuf;

use clap::{ArgMatches, Command};
use ctsup_core::guide::RowKey;
use ctsup_core::plan::{After, Source};
use ctsup_core::{Plan, StepId};
use ctsup_render::{Style, Words, explain};

use crate::console::Console;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::input::Given;
use crate::inputs::{self, Inputs};
use crate::{help, input};

pub(crate) fn define(words: &'static Words) -> Command {
    let command = help::command(words, "explain")
        .arg(inputs::file(words, "help-explain-file"))
        .arg(help::positional(words, "step", "step", "help-explain-step").required(true));
    inputs::define(command, words)
}

pub(crate) fn run(matches: &ArgMatches, console: &Console) -> Result<Exit, Failure> {
    inputs::one_stdin(matches, console.words)?;
    let path = matches.get_one::<PathBuf>("file").expect("clap demands it");
    let file = input::text(path)?;
    let name = file.name.clone();
    let mut options = console.options(Style::Ansi);
    let file = match input::given(file)? {
        Given::Plan(plan) => {
            inputs::none_beside_a_plan(matches, console.words)?;
            let exit = show(&plan, &[], matches, &name, console, &options)?;
            console.say("explain-saved", &[]);
            return Ok(exit);
        }
        Given::Topology(file) => file,
    };
    let inputs = Inputs::with(file, matches, console)?;
    let outcome = inputs.plan();
    let Some(planned) = outcome.planned() else {
        console.findings(outcome.diagnostics(), &inputs.sources());
        return Ok(Exit::of(outcome.diagnostics()));
    };
    options.look_ups = planned.look_ups.clone();
    show(&planned.plan, &planned.implied, matches, &name, console, &options)
}

fn show(
    plan: &Plan,
    implied: &[(StepId, After)],
    matches: &ArgMatches,
    file: &str,
    console: &Console,
    options: &ctsup_render::Options,
) -> Result<Exit, Failure> {
    let step = matches.get_one::<String>("step").expect("clap demands it");
    let id = find(plan, step).map_err(|several| Failure::Step {
        file: file.to_owned(),
        step: step.clone(),
        several,
    })?;
    if let Some(text) = explain(plan, implied, id, console.words, options) {
        console.result(&text)?;
    }
    Ok(Exit::Done)
}

/// The step of that name, the one whose name ends so, the one of that number in the plan's text, or
/// the one that the guide's row makes; else all that could be meant.
pub(crate) fn find<'p>(plan: &'p Plan, step: &str) -> Result<&'p str, Vec<String>> {
    if let Some(step) = plan.step(step) {
        return Ok(step.id.as_str());
    }
    if let Ok(number) = step.parse::<usize>() {
        let numbered = number.checked_sub(1).and_then(|place| plan.steps.get(place));
        return numbered.map(|step| step.id.as_str()).ok_or_else(Vec::new);
    }
    let ids = || plan.steps.iter().map(|s| s.id.as_str());
    let end = format!("/{step}");
    let meant: Vec<_> = match RowKey::parse(step) {
        Some(row) => plan
            .steps
            .iter()
            .filter(|step| step.source.contains(&Source::Row(row)))
            .map(|step| step.id.as_str())
            .collect(),
        None => ids().filter(|id| id.ends_with(&end)).collect(),
    };
    match meant.as_slice() {
        [one] => Ok(one),
        [] if step.is_empty() => Err(Vec::new()),
        [] => {
            let within: Vec<_> = ids().filter(|id| id.contains(step)).map(str::to_owned).collect();
            Err(if within.is_empty() { near(plan, step) } else { within })
        }
        several => Err(several.iter().map(ToString::to_string).collect()),
    }
}

/// The steps whose names, or ends of names, come nearest to this; the same step on another node is
/// nearer than another step.
fn near(plan: &Plan, step: &str) -> Vec<String> {
    let ids = || plan.steps.iter().map(|s| s.id.as_str());
    let elsewhere: Vec<_> = match step.split_once('/') {
        Some((_, rest)) if rest.contains('/') => {
            let end = format!("/{rest}");
            ids().filter(|id| id.ends_with(&end)).map(str::to_owned).collect()
        }
        _ => Vec::new(),
    };
    if !elsewhere.is_empty() {
        return elsewhere;
    }
    let ends = |id: &'_ str| -> Vec<String> {
        let starts = id.match_indices('/').map(|(at, _)| at + 1);
        std::iter::once(0).chain(starts).map(|at| id[at..].to_owned()).collect()
    };
    let all: Vec<String> = ids().flat_map(ends).collect();
    match ctsup_core::nearest(step, all.iter().map(String::as_str)) {
        None => Vec::new(),
        Some(near) => {
            let end = format!("/{near}");
            let is = |id: &&str| *id == near || id.ends_with(&end);
            ids().filter(is).map(str::to_owned).collect()
        }
    }
}

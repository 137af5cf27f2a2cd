//! `ctsup explain`: one step, of a topology's plan or of a saved one.

use std::path::PathBuf;

use clap::{ArgMatches, Command};
use ctsup_core::plan::After;
use ctsup_core::{Plan, StepId};
use ctsup_render::{Style, Words, explain};

use crate::console::Console;
use crate::exit::Exit;
use crate::failure::Failure;
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
    if file.text.trim_start().starts_with('{') {
        let plan = Plan::read(&file.text).map_err(|why| Failure::NotAPlan(file.name, why))?;
        return show(&plan, &[], matches, &name, console, &options);
    }
    let inputs = Inputs::with(input::as_topology(file)?, matches, console)?;
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

/// The step of that name, or the one whose name ends so; else all that could be meant.
pub(crate) fn find<'p>(plan: &'p Plan, step: &str) -> Result<&'p str, Vec<String>> {
    if let Some(step) = plan.step(step) {
        return Ok(step.id.as_str());
    }
    let ids = || plan.steps.iter().map(|s| s.id.as_str());
    let end = format!("/{step}");
    let ending: Vec<_> = ids().filter(|id| id.ends_with(&end)).collect();
    match ending.as_slice() {
        [one] => Ok(one),
        [] => Err(ids().filter(|id| id.contains(step)).map(str::to_owned).collect()),
        several => Err(several.iter().map(ToString::to_string).collect()),
    }
}

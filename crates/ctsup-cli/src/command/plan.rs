//! `ctsup plan`: the plan in a form, or compared with one that was agreed on.

use std::borrow::Cow;
use std::path::{Path, PathBuf};

use clap::builder::PossibleValuesParser;
use clap::{ArgMatches, Command, value_parser};
use ctsup_core::{Atom, Goal, NodeName, Outcome, Plan, Planned, Run, State, prove};
use ctsup_executor::Folder;
use ctsup_render::{Format, ProofForm, Style, Words, proof};

use super::{diff, explain};
use crate::console::Console;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::inputs::{self, Inputs};
use crate::running::Rehearsed;
use crate::{help, input, output, running};

pub(crate) fn define(words: &'static Words) -> Command {
    let option = |id, name, about| help::option(words, id, name, about, "output");
    let names = Format::ALL.iter().map(|format| format.as_str());
    let command = help::command(words, "plan").arg(inputs::file(words, "help-file"));
    let command = inputs::define(command, words).args([
        option("format", "format", "help-plan-format")
            .value_parser(PossibleValuesParser::new(names)),
        option("output", "file", "help-plan-output")
            .short('o')
            .value_parser(value_parser!(PathBuf)),
        option("locked", "plan", "help-plan-locked")
            .value_parser(value_parser!(PathBuf))
            .conflicts_with_all(["format", "output"]),
        help::option(words, "from-run", "run", "help-plan-from-run", "input").conflicts_with("at"),
        option("at", "step", "help-plan-at"),
        help::flag(words, "unproven", "help-plan-unproven", "output").requires("output"),
    ]);
    crate::running::define_root(command, words)
}

pub(crate) fn run(matches: &ArgMatches, console: &Console) -> Result<Exit, Failure> {
    let inputs = Inputs::read(matches, console)?;
    let asked = matches.get_one::<String>("format").and_then(|name| Format::parse(name));
    let output = matches.get_one::<PathBuf>("output").filter(|path| !input::is_stdin(path));
    let of_file = match output {
        Some(path) => {
            inputs.not_over(path, console.words)?;
            asked.or_else(|| of_ending(path))
        }
        None => asked,
    };
    if let (Some(path), None) = (output, of_file) {
        let file = path.display().to_string();
        let sentence = console.words.say("usage-output-ending", &[("file", file.into())]);
        return Err(Failure::Usage(sentence));
    }
    let at = matches.get_one::<String>("at");
    let outcome = match matches.get_one::<String>("from-run") {
        Some(name) => {
            let root = running::root(matches);
            let folder = Folder::open(&root, name).map_err(|_| running::no_such(name, &root))?;
            if Rehearsed::is_in(&folder) {
                if output.is_some() || asked.is_some_and(|format| format != Format::Text) {
                    return Err(Failure::said("plan-of-rehearsal", &[("run", name)]));
                }
                console.say("warning-rehearsed", &[]);
            }
            let run = running::found(&folder)?;
            let (state, outcome) = inputs.plan_from(&run);
            let ours = outcome.planned().map(|planned| planned.plan.site.as_str());
            if let Some(ours) = ours.filter(|ours| *ours != run.plan().site) {
                let args = [("run", name.as_str()), ("theirs", &run.plan().site), ("ours", ours)];
                return Err(Failure::said("from-run-other-site", &args));
            }
            // Where nobody looked since, an empty plan is no proof that nothing is left.
            let unseen = !inputs.has_facts() && !run.is_finished();
            clear(&run, &state, unseen && matches!(outcome, Outcome::NothingToDo(_)), name)?;
            outcome
        }
        None if at.is_some() => back(&inputs, at.map_or("", String::as_str), console)?,
        None => inputs.plan(),
    };
    let planned = match inputs.planned(&outcome, console) {
        Ok(planned) => planned,
        Err(exit) => return Ok(exit),
    };
    if let Some(path) = matches.get_one::<PathBuf>("locked") {
        return compare(path, planned, console);
    }
    let format = of_file.unwrap_or(Format::Text);
    match output {
        Some(path) => {
            let Some(plan) = proven(&planned.plan, matches, console) else {
                return Ok(Exit::Counterexample);
            };
            let mut options = Console::file_options();
            options.look_ups = planned.look_ups.clone();
            output::replace(path, &format.render(&plan, console.words, &options))?;
            let steps = ("count", plan.steps.len().into());
            let steps = console.words.say("plan-steps", &[steps]);
            let file = path.display().to_string();
            let digest = plan.digest.as_str();
            let args = [("file", file.into()), ("steps", steps.into()), ("digest", digest.into())];
            console.say("plan-written", &args);
            if plan.is_marked_unproven() {
                console.say("warning-unproven", &[]);
            }
        }
        None => {
            let mut options = console.options(Style::Ansi);
            options.look_ups = planned.look_ups.clone();
            console.result(&format.render(&planned.plan, console.words, &options))?;
            // Shown all the same: in the middle of the night somebody has to go on from somewhere.
            if inputs::breaks(&planned.plan, console) {
                return Ok(Exit::Counterexample);
            }
        }
    }
    Ok(Exit::Done)
}

/// Refuses to plan from a run that left in doubt where a cluster is active, or that is not over
/// although nothing seems left to do: such a plan would be wrong by leaving steps out.
fn clear(run: &Run, state: &State, unfinished: bool, name: &str) -> Result<(), Failure> {
    let clusters = &run.plan().topology.clusters;
    let lost = clusters.iter().find(|(_, cluster)| {
        let active = |node: &NodeName| state.has(&Atom::Active(node.clone()));
        cluster.nodes.iter().filter(|node| active(node)).count() != 1
    });
    match lost {
        Some((cluster, _)) => {
            let args = [("run", name), ("what", cluster.as_str())];
            Err(Failure::ending(Exit::Refused, "from-run-active", &args))
        }
        None if unfinished => {
            Err(Failure::ending(Exit::Refused, "from-run-nothing", &[("run", name)]))
        }
        None => Ok(()),
    }
}

/// The way back from the middle of the upgrade.
fn back(inputs: &Inputs, at: &str, console: &Console) -> Result<Outcome, Failure> {
    if inputs.goal != Goal::Rollback {
        return Err(Failure::Usage(console.words.say("plan-at-goal", &[])));
    }
    inputs.plan_back(console, |plan| match explain::find(plan, at) {
        Ok(id) => Ok(plan.step(id).expect("it was found").id.clone()),
        Err(several) => {
            Err(Failure::Step { file: inputs.topology.name.clone(), step: at.to_owned(), several })
        }
    })
}

/// The plan as it may be saved: proven, or marked where that is wished for.
fn proven<'p>(plan: &'p Plan, matches: &ArgMatches, console: &Console) -> Option<Cow<'p, Plan>> {
    let Some(refused) = refused(plan, console) else { return Some(Cow::Borrowed(plan)) };
    if matches.get_flag("unproven") {
        return Some(Cow::Owned(plan.clone().marked_unproven()));
    }
    console.say(refused, &[]);
    console.say("plan-refuted.help", &[]);
    None
}

/// Proves a plan before it is kept or run; where it is not proven, tells how it goes wrong.
pub(super) fn refused(plan: &Plan, console: &Console) -> Option<&'static str> {
    let found = prove::prove(plan);
    let refused = match found.verdict {
        prove::Verdict::Proven if inputs::breaks(plan, console) => return Some("plan-refuted"),
        prove::Verdict::Proven => return None,
        prove::Verdict::Refuted => "plan-refuted",
        prove::Verdict::NotCovered => "plan-not-covered",
    };
    let options = console.options(Style::Ansi);
    console.tell(&proof(plan, &found, &[], ProofForm::Story, console.words, &options));
    Some(refused)
}

/// The plan against one that was agreed on.
fn compare(path: &Path, planned: &Planned, console: &Console) -> Result<Exit, Failure> {
    let (locked, file) = diff::read(path)?;
    diff::compare(&locked, &planned.plan, console, "plan-same", &[("file", file.into())])
}

/// The form that a file's ending asks for.
fn of_ending(path: &Path) -> Option<Format> {
    // What is no file has no ending to go by.
    if std::fs::metadata(path).is_ok_and(|meta| !meta.is_file()) {
        return Some(Format::Text);
    }
    match path.extension()?.to_str()?.to_ascii_lowercase().as_str() {
        "json" => Some(Format::Json),
        "md" | "markdown" => Some(Format::Markdown),
        "dot" | "gv" => Some(Format::Dot),
        "mmd" | "mermaid" => Some(Format::Mermaid),
        "txt" => Some(Format::Text),
        _ => None,
    }
}

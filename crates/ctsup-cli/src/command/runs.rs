//! `ctsup runs`: the runs that are kept here.

use clap::{ArgMatches, Command};
use ctsup_core::Run;
use ctsup_executor::Folder;
use ctsup_render::Words;

use crate::console::Console;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::help;
use crate::running::{self, Rehearsed};

pub(crate) fn define(words: &'static Words) -> Command {
    let command = help::command(words, "runs").arg(
        help::option(words, "format", "format", "help-run-format", "running")
            .value_parser(["text", "json"]),
    );
    running::define_root(command, words)
}

pub(crate) fn run(matches: &ArgMatches, console: &Console) -> Result<Exit, Failure> {
    let root = running::root(matches);
    let all = Folder::all(&root);
    if running::json(matches) {
        let all: Vec<_> = all
            .iter()
            .map(|folder| {
                let (state, done, count, _) = state(folder);
                serde_json::json!({
                    "count": count, "done": done, "rehearsal": Rehearsed::is_in(folder),
                    "run": folder.name(), "state": state,
                })
            })
            .collect();
        console.result(&format!("{:#}\n", serde_json::Value::from(all)))?;
        return Ok(Exit::Done);
    }
    if all.is_empty() {
        console.say("runs-none", &[("dir", root.display().to_string().into())]);
    }
    let mut text = String::new();
    for folder in &all {
        let (state, done, count, why) = state(folder);
        let words = console.words.say(&format!("runs-{state}"), &[("why", why.into())]);
        text.push_str(&format!("{}  {done}/{count}  {words}", folder.name()));
        if Rehearsed::is_in(folder) {
            text.push_str(&format!(" · {}", console.words.say("runs-rehearsal", &[])));
        }
        text.push('\n');
    }
    console.result(&text)?;
    Ok(Exit::Done)
}

/// How a run stands: its state's name, steps done, steps in all, what is wrong with it.
fn state(folder: &Folder) -> (&'static str, usize, usize, String) {
    if folder.has_no_journal() {
        return ("new", 0, folder.plan().map_or(0, |plan| plan.steps.len()), String::new());
    }
    let read = folder.plan().and_then(|plan| Ok((plan, folder.look()?)));
    let (plan, read) = match read {
        Ok(read) => read,
        Err(error) => return ("damaged", 0, 0, error.to_string()),
    };
    let count = plan.steps.len();
    match Run::replay(plan.into(), &read.records) {
        Err(error) => ("damaged", 0, count, error.to_string()),
        Ok(run) => {
            let done = run.steps().filter(|(_, step)| step.is_done()).count();
            let state = match () {
                () if run.is_finished() => "finished",
                () if folder.is_busy() => "running",
                () if read.records.is_empty() => "new",
                () => "stopped",
            };
            (state, done, count, String::new())
        }
    }
}

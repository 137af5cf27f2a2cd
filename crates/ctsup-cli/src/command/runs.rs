//! `ctsup runs`: the runs that are kept here.

use clap::{ArgMatches, Command};
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
    let all = running::all(matches)?;
    if running::json(matches) {
        let all: Vec<_> = all
            .iter()
            .map(|folder| {
                let State { code, done, count, .. } = state(folder);
                serde_json::json!({
                    "count": count, "done": done, "rehearsal": Rehearsed::is_in(folder),
                    "run": folder.name(), "state": code,
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
        let State { code, done, count, wrong } = state(folder);
        let why = wrong.map(|wrong| wrong.message(console.words)).unwrap_or_default();
        let words = console.words.say(&format!("runs-{code}"), &[("why", why.into())]);
        text.push_str(&format!("{}  {done}/{count}  {words}", folder.name()));
        if Rehearsed::is_in(folder) {
            text.push_str(&format!(" · {}", console.words.say("runs-rehearsal", &[])));
        }
        text.push('\n');
    }
    console.result(&text)?;
    Ok(Exit::Done)
}

/// How a run stands.
struct State {
    /// The state's name.
    code: &'static str,
    /// Steps that are done.
    done: usize,
    /// Steps in all.
    count: usize,
    /// What is wrong with it.
    wrong: Option<Failure>,
}

fn state(folder: &Folder) -> State {
    let count = folder.plan().map_or(0, |plan| plan.steps.len());
    let with = |code, done, wrong| State { code, done, count, wrong };
    if folder.has_no_journal() && count > 0 {
        return with("new", 0, None);
    }
    let run = match running::found(folder) {
        Ok(run) => run,
        Err(wrong) => return with("damaged", 0, Some(wrong)),
    };
    let code = match () {
        () if run.is_finished() => "finished",
        () if folder.is_busy() => "running",
        () if running::never_begun(folder) => "new",
        () if run.is_aborting() => "given-up",
        () => "stopped",
    };
    with(code, run.steps().filter(|(_, step)| step.is_done()).count(), None)
}

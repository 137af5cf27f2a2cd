//! `ctsup status`: how a run stands, from its journal alone.

use clap::{ArgMatches, Command};
use ctsup_core::run::{Limits, Next};
use ctsup_render::Words;
use ctsup_render::run::{Teller, Why};

use crate::console::Console;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::help;
use crate::running::{self, Rehearsed};

pub(crate) fn define(words: &'static Words) -> Command {
    let command = help::command(words, "status").arg(running::run_arg(words)).arg(
        help::option(words, "format", "format", "help-run-format", "running")
            .value_parser(["text", "json"]),
    );
    running::define_root(command, words)
}

pub(crate) fn run(matches: &ArgMatches, console: &Console) -> Result<Exit, Failure> {
    let folder = running::find(matches)?;
    let run = running::found(&folder)?;
    let busy = folder.is_busy();
    let why = match run.next(&Limits::default()) {
        _ if busy => Why::AtWork,
        Next::Done => Why::Done,
        Next::Stop(reason) => Why::Stopped(reason),
        Next::Ask(step, question) => Why::Person(step, question),
        _ => Why::Looked,
    };
    if running::json(matches) {
        let value = serde_json::json!({
            "busy": busy,
            "left": run.stop_report(),
            "run": folder.name(),
            "step": why.step(),
            "steps": run.step_reports(),
            "why": why.code(),
        });
        console.result(&format!("{value:#}\n"))?;
        return Ok(Exit::Done);
    }
    let teller = Teller::new(run.plan(), console.words);
    let state = if busy {
        "runs-running"
    } else if run.is_finished() {
        "runs-finished"
    } else {
        "runs-stopped"
    };
    let (from, to) = run.span();
    let state = console.words.say(state, &[]);
    let mut text =
        format!("{}: {state}\n{}\n", folder.name(), teller.progress(&run, to.saturating_sub(from)));
    let now = ctsup_executor::Clock::now_ms(&ctsup_executor::WallClock);
    let steps = if busy { teller.under_way(&run, now) } else { teller.broken_off(&run) };
    for line in steps {
        text.push_str(&format!("{line}\n"));
    }
    let kept = running::kept(matches, folder.name(), Rehearsed::is_in(&folder));
    text.push_str(&teller.stopped(&run, &kept, &why));
    console.result(&text)?;
    Ok(Exit::Done)
}

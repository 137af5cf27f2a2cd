//! `ctsup confirm`: a person's answer to a run, from wherever the person sits.

use clap::{ArgMatches, Command};
use ctsup_core::StepId;
use ctsup_core::run::{Answer, Event, Question, Run, Status, StepRun};
use ctsup_executor::{Clock as _, Journal, Order, WallClock};
use ctsup_render::Words;

use crate::console::Console;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::help;
use crate::running::{self, Clock, Rehearsed};

pub(crate) fn define(words: &'static Words) -> Command {
    let option = |id, name, about| help::option(words, id, name, about, "running");
    let command = help::command(words, "confirm")
        .arg(running::run_arg(words).required(true))
        .arg(help::positional(words, "step", "step", "help-confirm-step").required(true))
        .args([
            option("answer", "answer", "help-confirm-answer").value_parser(["yes", "again", "no"]),
            option("note", "text", "help-confirm-note"),
        ]);
    running::define_root(command, words)
}

pub(crate) fn run(matches: &ArgMatches, console: &Console) -> Result<Exit, Failure> {
    let folder = running::find(matches)?;
    let wrong = |error| Failure::run(&folder, error);
    let name = folder.name().to_owned();
    if Rehearsed::is_in(&folder) {
        return Err(Failure::said("run-is-rehearsal-confirm", &[("run", &name)]));
    }
    let plan = folder.plan().map_err(wrong)?;
    let step = matches.get_one::<String>("step").expect("clap demands it");
    let step = running::step(&plan, step, &name)?;
    let answer = match matches.get_one::<String>("answer").map(String::as_str) {
        Some("no") => Answer::No,
        Some("again") => Answer::Again,
        _ => Answer::Done,
    };
    let note = matches.get_one::<String>("note").cloned().unwrap_or_default();
    let by = running::owner();
    let nothing = |run: &Run| {
        if let Some(now) = run.step(&step).filter(|now| now.is_done()) {
            return done_already(&step, now);
        }
        let id = match run.step(&step).map(|now| &now.status) {
            Some(Status::Asking(Question::Agree)) => "run-answer-unfit",
            Some(Status::Refused(_)) => "run-was-refused",
            _ => "run-nothing-asked",
        };
        Failure::said(id, &[("step", step.as_str()), ("run", &name)])
    };
    let said = || console.say("run-confirmed", &[("step", step.as_str().into())]);
    if folder.is_busy() {
        let run = running::found(&folder)?;
        let event =
            Event::Answered { answer, by: by.clone(), note: note.clone(), step: step.clone() };
        goes_on(&run, &name)?;
        run.clone().apply(0, &event).map_err(|_| nothing(&run))?;
        let order = Order::Answer { answer, by, note, step: step.clone() };
        folder.order(&order).map_err(wrong)?;
        said();
        return Ok(Exit::Done);
    }
    let (store, read) = folder.go_on().map_err(wrong)?;
    let run = Run::replay(plan.into(), &read.records)
        .map_err(|error| Failure::Ours(error.to_string()))?;
    goes_on(&run, &name)?;
    let event = Event::Answered { answer, by, note, step: step.clone() };
    let at = WallClock.now_ms();
    run.clone().apply(at, &event).map_err(|_| nothing(&run))?;
    let written = Journal::go_on(store, &read).append(at, event);
    written.map_err(|error| Failure::Write(folder.journal(), error))?;
    said();
    Ok(Exit::Done)
}

/// The step is done: by whose answer, or when it ended by itself.
fn done_already(step: &StepId, now: &StepRun) -> Failure {
    let said = now.answered.last();
    let at = said.map(|said| said.at).or(now.ended_at).unwrap_or_default();
    let by = said.map_or("none", |said| said.by.as_str());
    let at = Clock::local().date(at);
    Failure::said("run-answered-already", &[("step", step.as_str()), ("at", &at), ("by", by)])
}

/// A run that was given up takes no answers: nothing of it goes on.
fn goes_on(run: &Run, name: &str) -> Result<(), Failure> {
    match run.is_aborting() {
        true => Err(Failure::said("run-given-up", &[("run", name)])),
        false => Ok(()),
    }
}

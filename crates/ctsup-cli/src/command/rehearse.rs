//! `ctsup rehearse`: the run of a plan against hosts that are not there, in virtual time.

use clap::{ArgAction, ArgMatches, Command, value_parser};
use ctsup_core::{Plan, StepId};
use ctsup_executor::Folder;
use ctsup_render::Words;
use ctsup_render::run::Why;

use crate::console::Console;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::running::{self, Clock, FAULTS, Played, Rehearsed, Session, Stage, Told, View};
use crate::{help, inputs};

pub(crate) fn define(words: &'static Words) -> Command {
    let option = |id, name, about| help::option(words, id, name, about, "running");
    let command =
        help::command(words, "rehearse").arg(inputs::file(words, "help-run-file")).args([
            option("seed", "count", "help-rehearse-seed").value_parser(value_parser!(u64)),
            option("fault", "fault", "help-rehearse-fault").action(ArgAction::Append),
            help::flag(words, "yes", "help-rehearse-yes", "running"),
        ]);
    let command = running::define_limits(command, words);
    running::define_root(inputs::define(command, words), words)
}

pub(crate) fn run(matches: &ArgMatches, console: &Console) -> Result<Exit, Failure> {
    let clock = Clock::local();
    let plan = match inputs::plan(matches, console)? {
        Ok(plan) => plan,
        Err(exit) => return Ok(exit),
    };
    if plan.is_marked_unproven() {
        console.say("warning-unproven", &[]);
    }
    let limits = running::limits(matches, &plan, &running::given(matches))?;
    let seed = matches.get_one::<u64>("seed").copied().unwrap_or(1);
    let rehearsed = Rehearsed::new(seed, faults(matches, &plan)?);
    let name = running::name_for(&plan, clock.offset());
    let session = Session::of(&limits, matches.get_flag("yes"));
    let plan = running::Shared::new(plan);
    play(matches, rehearsed, &plan, None, session, &name, clock, console)
}

/// Plays one more session of a rehearsal, and keeps it where it is not over.
#[expect(clippy::too_many_arguments, reason = "a session and where it is played, used twice")]
pub(crate) fn play(
    matches: &ArgMatches,
    mut rehearsed: Rehearsed,
    plan: &running::Shared,
    folder: Option<Folder>,
    session: Session,
    name: &str,
    clock: Clock,
    console: &Console,
) -> Result<Exit, Failure> {
    let json = running::json(matches);
    let stage = Stage { words: console.words, clock, json };
    let kept = match &folder {
        Some(folder) => {
            let text = folder.journal_text();
            Some(text.map_err(|error| Failure::run(folder, error))?)
        }
        None => None,
    };
    let runtime = running::runtime()?;
    let played = runtime.block_on(async {
        let (mut orders, signal) = running::signals(None)?;
        let played =
            rehearsed.play(plan, kept.as_deref(), session, name, stage, &mut orders).await?;
        let signal = Some(*signal.borrow()).filter(|signal| *signal != 0);
        Ok::<_, Failure>((played, signal))
    });
    // Whoever still waits for a line from the terminal is not waited for.
    runtime.shutdown_background();
    let (Played { run, why, journal, struck }, signal) = played?;
    let over = matches!(why, Why::Done);
    let root = running::root(matches);
    let (mut folder, mut unkept) = (folder, None);
    if folder.is_none() && !over {
        match Folder::create(&root, name, plan) {
            Ok(created) => folder = Some(created),
            Err(error) => unkept = Some(Failure::in_root(&root, error)),
        }
    }
    let name = folder.as_ref().map_or(name, Folder::name).to_owned();
    if let Some(kept) = &folder
        && let Err(failure) = rehearsed.keep(kept, &journal)
    {
        unkept = Some(failure);
    }
    let view = if json {
        View::new(&run, console.words, clock, true)
    } else {
        console.say("stop-head-rehearsed", &[]);
        View::silent(&run, console.words, clock)
    };
    if !json {
        rehearsed.tell_faults(&struck, console);
    }
    let told = Told { why, signal };
    let kept = running::kept(matches, &name, true);
    // How it stands is said although the disk takes nothing.
    let folder = folder.as_ref().filter(|_| unkept.is_none());
    let exit = running::finish(&run, &kept, folder, &told, &view, clock, console)?;
    match unkept {
        Some(failure) => Err(failure),
        None => Ok(exit),
    }
}

fn faults(matches: &ArgMatches, plan: &Plan) -> Result<Vec<(StepId, String)>, Failure> {
    let mut all: Vec<(StepId, String)> = Vec::new();
    for given in matches.get_many::<String>("fault").into_iter().flatten() {
        let kinds = FAULTS.map(|(name, _)| name).join(", ");
        let wrong = || {
            Failure::ending(Exit::Usage, "run-fault-wrong", &[("value", given), ("kinds", &kinds)])
        };
        let (step, kind) = given.rsplit_once('=').ok_or_else(wrong)?;
        if !FAULTS.iter().any(|(name, _)| *name == kind) {
            return Err(wrong());
        }
        let id = running::step(plan, step, &running::given(matches))?;
        let changes = plan
            .step(id.as_str())
            .is_some_and(|step| step.kind == ctsup_core::action::Kind::Change);
        let asks = plan
            .step(id.as_str())
            .is_some_and(|step| step.kind == ctsup_core::action::Kind::Confirm);
        let unfit = match kind {
            _ if all.iter().any(|(other, _)| *other == id) => Some("run-fault-twice"),
            "no" if !asks => Some("run-fault-no-question"),
            "no" => None,
            _ if !changes => Some("run-fault-no-command"),
            _ => None,
        };
        if let Some(unfit) = unfit {
            return Err(Failure::ending(Exit::Usage, unfit, &[("value", given)]));
        }
        all.push((id, kind.to_owned()));
    }
    Ok(all)
}

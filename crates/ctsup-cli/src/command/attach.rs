//! `ctsup attach`: sits down at the terminal of a playbook that waits for a person, on whichever
//! machine ctsup itself runs; the run goes on whether or not somebody is attached.

use std::io::{IsTerminal, Read, Write};
use std::process::{Command as Program, Stdio};
use std::time::Duration;

use clap::{ArgMatches, Command};
use ctsup_core::action::Playbook;
use ctsup_core::run::{InFlight, Status};
use ctsup_core::{Action, NodeName, Plan, Run};
use ctsup_executor::Transport;
use ctsup_executor::transport::{JobKey, JobState, Real};
use ctsup_render::Words;
use tokio::sync::mpsc;

use super::run::define_ssh;
use crate::console::Console;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::help;
use crate::running::{self, Rehearsed};

/// Ctrl-] leaves: a key that no playbook asks for.
const LEAVE: u8 = 0x1d;
/// How much of what was printed before is shown first.
const BEFORE: u64 = 4096;

pub(crate) fn define(words: &'static Words) -> Command {
    let command = help::command(words, "attach").arg(running::run_arg(words));
    running::define_root(define_ssh(command, words), words)
}

pub(crate) fn run(matches: &ArgMatches, console: &Console) -> Result<Exit, Failure> {
    let folder = running::find(matches)?;
    if Rehearsed::is_in(&folder) {
        return Err(Failure::said("run-is-rehearsal", &[("run", folder.name())]));
    }
    let plan = folder.plan().map_err(|error| Failure::run(&folder, error))?;
    let run = running::found(&folder)?;
    let generation = run.session().map_or(0, |session| session.generation);
    let Some((node, key)) = at_work(&run, &plan, folder.name()) else {
        return Err(Failure::said("attach-nothing", &[("run", folder.name())]));
    };
    let args = [("node", node.as_str().into()), ("step", key.step.as_str().into())];
    console.say("attach-begun", &args);
    let reach = running::reach(matches, &plan.site, console);
    let way = Real::ssh(&plan.topology, reach);
    let runtime = running::runtime()?;
    let ended = runtime.block_on(sit(&way, &node, &key, generation));
    runtime.shutdown_background();
    match ended {
        Ok(left) => {
            console.say(if left { "attach-left" } else { "attach-ended" }, &args);
            Ok(Exit::Done)
        }
        Err(why) => {
            let why = ctsup_render::run::seen(console.words, &why.seen());
            Err(Failure::said("attach-lost", &[("why", &why)]))
        }
    }
}

/// The playbook that is under way, and its job.
fn at_work(run: &Run, plan: &Plan, name: &str) -> Option<(NodeName, JobKey)> {
    // Seen to run: a job that is asked for before it arrives would never begin.
    let running = Status::InFlight(InFlight::Running);
    let mut playing = run.steps().filter(|(step, now)| {
        matches!(step.action, Action::Playbook(Playbook::Run { .. })) && now.status == running
    });
    let (step, now) = playing.next()?;
    let node = plan.step(step.id.as_str())?.node.clone()?;
    let (run, step, attempt) = (name.to_owned(), step.id.clone(), now.attempt);
    Some((node, JobKey { run, step, attempt, part: now.part }))
}

/// Shows what the job prints and types what the person types, until it ends or the person leaves.
/// True where the person left.
async fn sit(
    way: &Real,
    node: &NodeName,
    key: &JobKey,
    generation: u64,
) -> Result<bool, ctsup_executor::transport::Failure> {
    // Logging in may ask for a password: only then the terminal is the playbook's, and from then on
    // nobody else reads it.
    let size = way.read_job(node, key, u64::MAX / 2).await?.size;
    running::no_more_passwords();
    let raw = Raw::begin();
    let mut keys = keys();
    let mut from = size.saturating_sub(BEFORE);
    loop {
        let view = way.read_job(node, key, from).await?;
        from += view.output.len() as u64;
        let mut out = std::io::stdout().lock();
        // A reader that has gone is no reason to end the playbook.
        let _ = out.write_all(&view.output).and_then(|()| out.flush());
        drop(out);
        if view.state != JobState::Running && from >= view.size {
            drop(raw);
            return Ok(false);
        }
        let wait = if view.output.is_empty() { 150 } else { 10 };
        let mut typed = Vec::new();
        tokio::select! {
            byte = keys.recv() => match byte {
                Some(bytes) => typed = bytes,
                // Nothing more is typed; what is printed is still shown.
                None => tokio::time::sleep(Duration::from_millis(wait)).await,
            },
            () = tokio::time::sleep(Duration::from_millis(wait)) => {}
        }
        let leaves = typed.iter().position(|byte| *byte == LEAVE);
        typed.truncate(leaves.unwrap_or(typed.len()));
        if !typed.is_empty() && !way.type_in(node, key, generation, &typed).await? {
            // Not taken: nobody reads there just now.
            let mut out = std::io::stdout().lock();
            let _ = out.write_all(b"\x07").and_then(|()| out.flush());
        }
        if leaves.is_some() {
            drop(raw);
            return Ok(true);
        }
    }
}

/// What is typed here, as it is typed.
fn keys() -> mpsc::Receiver<Vec<u8>> {
    let (send, receive) = mpsc::channel(64);
    std::thread::spawn(move || {
        let mut bytes = [0; 1024];
        while let Ok(n) = std::io::stdin().lock().read(&mut bytes) {
            if n == 0 || send.blocking_send(bytes[..n].to_vec()).is_err() {
                return;
            }
        }
    });
    receive
}

/// The terminal passes every key on and shows none itself, until this is dropped.
struct Raw(Option<String>);

impl Raw {
    fn begin() -> Self {
        if !std::io::stdin().is_terminal() {
            return Self(None);
        }
        let before = stty(&["-g"]);
        if before.is_some() {
            stty(&["raw", "-echo"]);
        }
        Self(before)
    }
}

impl Drop for Raw {
    fn drop(&mut self) {
        if let Some(before) = &self.0 {
            stty(&[before.trim()]);
        }
    }
}

fn stty(args: &[&str]) -> Option<String> {
    let mut program = Program::new("stty");
    let output = program.args(args).stdin(Stdio::inherit()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}

//! `ctsup resume`: goes on with a run where its last process left it.

use std::path::{Path, PathBuf};

use clap::{ArgMatches, Command, value_parser};
use ctsup_core::plan::Servers;
use ctsup_core::{Catalogue, NodeName};
use ctsup_executor::copies::Copy;
use ctsup_executor::transport::Real;
use ctsup_executor::{Folder, copies};
use ctsup_render::Words;

use super::run::{Begin, define_reach, take_up};
use crate::console::Console;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::input::Given;
use crate::running::{self, Clock};
use crate::{help, input};

pub(crate) fn define(words: &'static Words) -> Command {
    let command = help::command(words, "resume").args([
        running::run_arg(words),
        help::flag(words, "yes", "help-resume-yes", "running"),
        help::option(words, "fetch", "file", "help-resume-fetch", "running")
            .value_parser(value_parser!(PathBuf)),
    ]);
    let command = define_reach(running::define_limits(command, words), words);
    running::define_root(command, words)
}

pub(crate) fn run(matches: &ArgMatches, console: &Console) -> Result<Exit, Failure> {
    let clock = Clock::local();
    if let Some(path) = matches.get_one::<PathBuf>("fetch") {
        fetch(matches, path, console)?;
    }
    let folder = running::find(matches)?;
    if running::found(&folder)?.is_finished() {
        console.say("run-finished-already", &[("run", folder.name().into())]);
        return Ok(Exit::Done);
    }
    let plan = folder.plan().map_err(|error| Failure::run(&folder, error))?;
    let limits = running::limits(matches, &plan, folder.name())?;
    let plan = running::Shared::new(plan);
    take_up(matches, folder, &plan, Begin::Again, &limits, clock, console)
}

/// Brings a run here from the copies on its nodes, which a topology or a saved plan names.
fn fetch(matches: &ArgMatches, path: &Path, console: &Console) -> Result<(), Failure> {
    let file = input::text(path)?;
    let (servers, site) = servers(file)?;
    let reach = running::reach(matches, &site, console);
    let base = reach.base.path().to_owned();
    let way = Real::ssh(&servers, reach);
    let nodes: Vec<NodeName> = servers.nodes.keys().cloned().collect();
    let run = matches.get_one::<String>("run").map(String::as_str);
    let runtime = running::runtime()?;
    let copy = runtime.block_on(copies::fetch(&way, &nodes, &base, run));
    runtime.shutdown_background();
    let Some(copy) = copy else {
        return Err(Failure::said("run-no-copy", &[("site", &site)]));
    };
    keep(&running::root(matches), &copy)?;
    let args = [("run", copy.run.into()), ("node", copy.node.as_str().into())];
    console.say("run-fetched", &args);
    Ok(())
}

/// Puts a copy where runs are kept; what is whole there stays.
fn keep(root: &Path, copy: &Copy) -> Result<(), Failure> {
    let Ok(here) = Folder::open(root, &copy.run) else {
        let folder = Folder::create(root, &copy.run, &copy.plan);
        let folder = folder.map_err(|error| Failure::in_root(root, error))?;
        if folder.name() != copy.run {
            let dir = root.join(&copy.run).display().to_string();
            // Just made, and of no use under another name.
            let _ = folder.remove();
            return Err(Failure::said("run-fetch-in-the-way", &[("dir", &dir)]));
        }
        return folder.replace_journal(&copy.journal).map_err(|error| Failure::run(&folder, error));
    };
    let wrong = |error| Failure::run(&here, error);
    let (plan, journal) = (here.plan(), here.look());
    if here.is_busy() || (plan.is_ok() && journal.is_ok()) {
        return Err(Failure::said("run-fetch-there", &[("run", &copy.run)]));
    }
    let digest = match (&plan, &journal) {
        (Ok(plan), _) => Some(&plan.digest),
        (_, Ok(journal)) => Some(&journal.header.digest),
        _ => None,
    };
    if digest.is_some_and(|digest| *digest != copy.plan.digest) {
        let dir = here.dir().display().to_string();
        let args = [("dir", dir.as_str()), ("node", copy.node.as_str())];
        return Err(Failure::said("run-fetch-other", &args));
    }
    if plan.is_err() {
        here.put_plan(&copy.plan).map_err(wrong)?;
    }
    if journal.is_err() {
        here.replace_journal(&copy.journal).map_err(wrong)?;
    }
    Ok(())
}

/// The servers that a topology or a saved plan names, and the installation's name.
fn servers(file: input::File) -> Result<(Servers, String), Failure> {
    let file = match input::given(file)? {
        Given::Plan(plan) => return Ok((plan.topology, plan.site)),
        Given::Topology(file) => file,
    };
    let parsed = ctsup_core::topology::parse(&file.text, None);
    let Some(site) = parsed.topology else {
        return Err(Failure::said("run-no-topology", &[("file", &file.name)]));
    };
    Ok((ctsup_core::servers(&site, Catalogue::built_in()), site.site.clone()))
}

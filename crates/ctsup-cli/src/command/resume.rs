//! `ctsup resume`: goes on with a run where its last process left it.

use std::path::{Path, PathBuf};

use clap::{ArgMatches, Command, value_parser};
use ctsup_core::plan::Servers;
use ctsup_core::{Catalogue, NodeName, Plan};
use ctsup_executor::transport::Real;
use ctsup_executor::{Folder, copies};
use ctsup_render::Words;

use super::run::{Begin, define_reach, take_up};
use crate::console::Console;
use crate::exit::Exit;
use crate::failure::Failure;
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
    let limits = running::limits(matches, &plan, "")?;
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
    let root = running::root(matches);
    let wrong = |why: String| {
        let dir = root.display().to_string();
        Failure::said("run-folder", &[("dir", &dir), ("why", &why)])
    };
    let folder = match Folder::open(&root, &copy.run) {
        // Only a journal that is of no use here makes room for the copy.
        Ok(here) if here.look().is_ok() || here.is_busy() => {
            return Err(Failure::said("run-fetch-there", &[("run", &copy.run)]));
        }
        Ok(here) => here,
        Err(_) => Folder::create(&root, &copy.run, &copy.plan).map_err(|e| wrong(e.to_string()))?,
    };
    folder.replace_journal(&copy.journal).map_err(|e| wrong(e.to_string()))?;
    let args = [("run", copy.run.into()), ("node", copy.node.as_str().into())];
    console.say("run-fetched", &args);
    Ok(())
}

/// The servers that a topology or a saved plan names, and the installation's name.
fn servers(file: input::File) -> Result<(Servers, String), Failure> {
    if file.text.trim_start().starts_with('{') {
        let plan = Plan::read(&file.text).map_err(|why| Failure::NotAPlan(file.name, why))?;
        return Ok((plan.topology, plan.site));
    }
    let file = input::as_topology(file)?;
    let parsed = ctsup_core::topology::parse(&file.text, None);
    let Some(site) = parsed.topology else {
        return Err(Failure::said("run-no-topology", &[("file", &file.name)]));
    };
    Ok((ctsup_core::servers(&site, Catalogue::built_in()), site.site.clone()))
}

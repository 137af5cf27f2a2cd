//! What planning works from: the files named on the command line and those named in the topology.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::path::{Path, PathBuf};

use clap::builder::PossibleValuesParser;
use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use ctsup_core::prove::{done_up_to, way_back_from};
use ctsup_core::{Catalogue, Goal, Input, NodeName, Outcome, Plan, Request, StepId};
use ctsup_render::Words;
use ctsup_render::diagnostic::Source;

use crate::console::Console;
use crate::failure::Failure;
use crate::help;
use crate::input::{self, File};

/// Adds the options that say what planning works from.
pub(crate) fn define(command: Command, words: &Words) -> Command {
    let option = |id, name, about| help::option(words, id, name, about, "input");
    command.args([
        option("goal", "goal", "help-plan-goal")
            .value_parser(PossibleValuesParser::new(Goal::ALL.map(Goal::as_str))),
        option("facts", "file", "help-plan-facts").value_parser(value_parser!(PathBuf)),
        option("catalog", "file", "help-plan-catalog").value_parser(value_parser!(PathBuf)),
        option("image-list", "node-file", "help-plan-image-list").action(ArgAction::Append),
    ])
}

/// The topology file as an argument.
pub(crate) fn file(words: &Words, about: &str) -> Arg {
    help::positional(words, "file", "file", about)
        .required(true)
        .value_parser(value_parser!(PathBuf))
}

/// Standard input can be read once.
pub(crate) fn one_stdin(matches: &ArgMatches, words: &Words) -> Result<(), Failure> {
    let stdins = ["file", "facts", "catalog"]
        .into_iter()
        .filter_map(|id| matches.get_one::<PathBuf>(id))
        .filter(|path| input::is_stdin(path));
    if stdins.count() > 1 {
        return Err(Failure::Usage(words.say("usage-two-stdins", &[])));
    }
    Ok(())
}

/// The files, read.
pub(crate) struct Inputs {
    pub(crate) goal: Goal,
    pub(crate) topology: File,
    facts: Option<File>,
    catalogue: Option<(File, Catalogue)>,
    lists: BTreeMap<NodeName, File>,
}

impl Inputs {
    /// Reads what the arguments name.
    pub(crate) fn read(matches: &ArgMatches, console: &Console) -> Result<Self, Failure> {
        one_stdin(matches, console.words)?;
        let path = matches.get_one::<PathBuf>("file").expect("clap demands it");
        Self::with(input::topology(path)?, matches, console)
    }

    /// Reads all but the topology, which was read before.
    pub(crate) fn with(
        topology: File,
        matches: &ArgMatches,
        console: &Console,
    ) -> Result<Self, Failure> {
        let path = |id: &str| matches.get_one::<PathBuf>(id);
        let goal = matches
            .get_one::<String>("goal")
            .and_then(|name| Goal::parse(name))
            .unwrap_or(Goal::Upgrade);
        let facts = path("facts").map(|path| input::text(path)).transpose()?;
        let catalogue = match path("catalog") {
            Some(path) => Some(catalogue(path)?),
            None => None,
        };
        let mut inputs = Self { goal, topology, facts, catalogue, lists: BTreeMap::new() };
        inputs.lists = inputs.lists(matches, console.words)?;
        Ok(inputs)
    }

    /// Lists named on the command line, and for a way back those that the topology names.
    fn lists(
        &self,
        matches: &ArgMatches,
        words: &Words,
    ) -> Result<BTreeMap<NodeName, File>, Failure> {
        let mut lists = BTreeMap::new();
        for given in matches.get_many::<String>("image-list").into_iter().flatten() {
            let wrong = |id: &str| Failure::Usage(words.say(id, &[("value", given.into())]));
            let (node, path) = given.split_once('=').ok_or_else(|| wrong("usage-node-file"))?;
            let node = node.parse().map_err(|_| wrong("usage-node-name"))?;
            lists.insert(node, input::text(Path::new(path))?);
        }
        if self.goal == Goal::Rollback {
            let parsed = ctsup_core::topology::parse(&self.topology.text, None);
            let named = parsed.topology.and_then(|topology| topology.rollback);
            for (node, path) in named.map(|rollback| rollback.lists).unwrap_or_default() {
                if let Entry::Vacant(place) = lists.entry(node) {
                    place.insert(input::text(&self.topology.dir.join(path))?);
                }
            }
        }
        Ok(lists)
    }

    /// Plans.
    pub(crate) fn plan(&self) -> Outcome {
        self.asking(self.goal, ctsup_core::plan)
    }

    /// Plans the upgrade, and then the way back from behind one of its steps; `find` names it.
    pub(crate) fn plan_back(
        &self,
        console: &Console,
        find: impl FnOnce(&Plan) -> Result<StepId, Failure>,
    ) -> Result<Outcome, Failure> {
        let upgrade = self.asking(Goal::Upgrade, ctsup_core::plan);
        let Some(planned) = upgrade.planned() else { return Ok(upgrade) };
        let named = find(&planned.plan)?;
        // Out of the middle of the database's upgrade nobody goes back.
        let from = way_back_from(&planned.plan, &named);
        if from != named {
            let args = [("step", named.as_str().into()), ("from", from.as_str().into())];
            console.say("plan-at-later", &args);
        }
        let done = done_up_to(&planned.plan, &from);
        Ok(self
            .asking(Goal::Rollback, |request| ctsup_core::plan_back(request, &planned.plan, &done)))
    }

    fn asking(&self, goal: Goal, plan: impl FnOnce(&Request<'_>) -> Outcome) -> Outcome {
        let image_lists =
            self.lists.iter().map(|(node, file)| (node.clone(), file.text.clone())).collect();
        plan(&Request {
            topology: &self.topology.text,
            facts: self.facts.as_ref().map(|file| file.text.as_str()),
            image_lists: &image_lists,
            catalogue: self.catalogue.as_ref().map_or(Catalogue::built_in(), |(_, own)| own),
            goal,
        })
    }

    /// The texts that findings point into.
    pub(crate) fn sources(&self) -> Vec<Source<'_>> {
        let mut all = vec![source(Input::Topology, None, &self.topology)];
        all.extend(self.facts.iter().map(|file| source(Input::Facts, None, file)));
        all.extend(self.catalogue.iter().map(|(file, _)| source(Input::Catalogue, None, file)));
        for (node, file) in &self.lists {
            all.push(source(Input::ImageList, Some(node.as_str()), file));
        }
        all
    }
}

/// A file as findings point into it.
pub(crate) fn source<'a>(input: Input, node: Option<&'a str>, file: &'a File) -> Source<'a> {
    Source { input, node, name: &file.name, text: &file.text }
}

fn catalogue(path: &Path) -> Result<(File, Catalogue), Failure> {
    let file = input::text(path)?;
    match Catalogue::parse(&file.text) {
        Ok(catalogue) => Ok((file, catalogue)),
        Err(found) => Err(Failure::Catalogue(file, Box::new(found))),
    }
}

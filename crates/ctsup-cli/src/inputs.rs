//! What planning works from: the files named on the command line and those named in the topology.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use clap::builder::PossibleValuesParser;
use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use ctsup_core::plan::lint;
use ctsup_core::prove::{done_up_to, way_back_from};
use ctsup_core::{
    Catalogue, Code, Diagnostic, Goal, Input, NodeName, Outcome, Plan, Planned, Request, Run,
    State, StepId,
};
use ctsup_render::Words;
use ctsup_render::diagnostic::Source;

use crate::console::Console;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::help;
use crate::input::{self, File, Given};
use crate::output;

/// A saved plan is what it is: options that say what to plan would be passed over in silence.
pub(crate) fn none_beside_a_plan(matches: &ArgMatches, words: &Words) -> Result<(), Failure> {
    let given = |id: &&str| matches.value_source(id).is_some();
    match ["goal", "facts", "catalog", "image-list"].into_iter().find(given) {
        None => Ok(()),
        Some(option) => {
            let option = [("option", format!("--{option}").into())];
            Err(Failure::Usage(words.say("usage-saved-plan", &option)))
        }
    }
}

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

/// The plan that a file is, or that is made from it; or the findings that stand in its way, told.
pub(crate) fn plan(matches: &ArgMatches, console: &Console) -> Result<Result<Plan, Exit>, Failure> {
    one_stdin(matches, console.words)?;
    let path = matches.get_one::<PathBuf>("file").expect("clap demands it");
    let file = input::text(path)?;
    let file = match input::given(file)? {
        Given::Plan(plan) => {
            none_beside_a_plan(matches, console.words)?;
            return Ok(Ok(*plan));
        }
        Given::Topology(file) => file,
    };
    let inputs = Inputs::with(file, matches, console)?;
    let outcome = inputs.plan();
    Ok(inputs.planned(&outcome, console).map(|planned| planned.plan.clone()))
}

/// The files, read.
pub(crate) struct Inputs {
    pub(crate) goal: Goal,
    pub(crate) topology: File,
    facts: Option<File>,
    catalogue: Option<(File, Catalogue)>,
    lists: BTreeMap<NodeName, File>,
    /// All files that were read, so that none of them is written over.
    paths: Vec<PathBuf>,
    /// Lists that the topology names and that cannot be read.
    unreadable: Vec<(NodeName, Diagnostic)>,
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
        let named = ["file", "facts", "catalog"].into_iter().filter_map(path);
        let paths = named.filter(|path| !input::is_stdin(path)).cloned().collect();
        let (lists, unreadable) = (BTreeMap::new(), Vec::new());
        let mut inputs = Self { goal, topology, facts, catalogue, lists, paths, unreadable };
        inputs.read_lists(matches, console.words)?;
        Ok(inputs)
    }

    /// Refuses to write over a file that was read.
    pub(crate) fn not_over(&self, output: &Path, words: &Words) -> Result<(), Failure> {
        match self.paths.iter().find(|path| output::same(path, output)) {
            None => Ok(()),
            Some(input) => {
                let name = |path: &Path| path.display().to_string().into();
                let args = [("output", name(output)), ("input", name(input))];
                Err(Failure::Usage(words.say("usage-output-is-input", &args)))
            }
        }
    }

    /// Lists named on the command line, and for a way back those that the topology names.
    fn read_lists(&mut self, matches: &ArgMatches, words: &Words) -> Result<(), Failure> {
        for given in matches.get_many::<String>("image-list").into_iter().flatten() {
            let wrong = |id: &str| Failure::Usage(words.say(id, &[("value", given.into())]));
            let (node, path) = given.split_once('=').ok_or_else(|| wrong("usage-node-file"))?;
            let node: NodeName = node.parse().map_err(|_| wrong("usage-node-name"))?;
            if path.is_empty() {
                return Err(wrong("usage-node-file"));
            }
            let path = Path::new(path);
            if self.lists.insert(node, input::text(path)?).is_some() {
                return Err(wrong("usage-list-twice"));
            }
            self.paths.push(path.to_path_buf());
        }
        if self.goal != Goal::Rollback {
            return Ok(());
        }
        let parsed = ctsup_core::topology::parse(&self.topology.text, None);
        let named = parsed.topology.as_ref().and_then(|topology| topology.rollback.clone());
        for (node, path) in named.map(|rollback| rollback.lists).unwrap_or_default() {
            let path = self.topology.dir.join(path);
            if let Some(given) = self.lists.get(&node) {
                // The same file twice says one thing; two files say two.
                if !output::same(Path::new(&given.name), &path) {
                    let path = path.display().to_string();
                    let args = [("value", node.as_str().into()), ("other", path.into())];
                    return Err(Failure::Usage(words.say("usage-list-named", &args)));
                }
                continue;
            }
            self.paths.push(path.clone());
            match input::text(&path) {
                Ok(file) => {
                    self.lists.insert(node, file);
                }
                Err(failure) => {
                    let found = Diagnostic::new(Code::ImageListUnreadable)
                        .arg("node", &node)
                        .arg("line", 0)
                        .arg("reason", reason(&failure))
                        .at(parsed.label(&format!("rollback.lists.{node}")));
                    self.unreadable.push((node, found));
                }
            }
        }
        Ok(())
    }

    /// The topology with the facts beside it, as read.
    pub(crate) fn parsed(&self) -> ctsup_core::Parsed {
        let facts = self.facts.as_ref().map(|file| file.text.as_str());
        ctsup_core::topology::parse(&self.topology.text, facts)
    }

    pub(crate) fn catalogue(&self) -> &Catalogue {
        self.catalogue.as_ref().map_or(Catalogue::built_in(), |(_, own)| own)
    }

    /// Plans from facts that were learned beside the files.
    pub(crate) fn plan_of(&self, parsed: &ctsup_core::Parsed) -> Outcome {
        ctsup_core::plan_from(parsed, self.catalogue(), self.goal, None)
    }

    /// Plans from where a run stopped, and the state that it starts from. The facts file holds what
    /// was observed since, which wins over what the run predicts and the topology declares.
    pub(crate) fn plan_from(&self, run: &Run) -> (State, Outcome) {
        let lists = self.image_lists();
        let mut parsed = ctsup_core::inputs_since(&self.request(&lists));
        let state = run.anew(&mut parsed);
        let outcome = ctsup_core::plan_from(&parsed, self.catalogue(), self.goal, Some(&state));
        (state, outcome)
    }

    /// What the facts file holds, told apart from what the topology declares.
    pub(crate) fn given(&self) -> ctsup_core::Facts {
        let facts = self.facts.as_ref().map(|file| file.text.as_str());
        ctsup_core::topology::parse_since(&self.topology.text, facts).facts
    }

    /// Whether a facts file was given.
    pub(crate) fn has_facts(&self) -> bool {
        self.facts.is_some()
    }

    fn image_lists(&self) -> BTreeMap<NodeName, String> {
        self.lists.iter().map(|(node, file)| (node.clone(), file.text.clone())).collect()
    }

    fn request<'a>(&'a self, image_lists: &'a BTreeMap<NodeName, String>) -> Request<'a> {
        Request {
            topology: &self.topology.text,
            facts: self.facts.as_ref().map(|file| file.text.as_str()),
            image_lists,
            catalogue: self.catalogue(),
            goal: self.goal,
        }
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
        let image_lists = self.image_lists();
        let outcome = plan(&Request { goal, ..self.request(&image_lists) });
        if self.unreadable.is_empty() {
            return outcome;
        }
        // That a list is not known follows from its file, which is named instead.
        let follows = |found: &Diagnostic| {
            let key = found.args.get("key");
            found.code == Code::MissingFact
                && self.unreadable.iter().any(|(node, _)| {
                    key.is_some_and(|key| *key == format!("rollback.lists.{node}"))
                })
        };
        let mut found: Vec<_> =
            outcome.diagnostics().iter().filter(|found| !follows(found)).cloned().collect();
        found.extend(self.unreadable.iter().map(|(_, found)| found.clone()));
        Outcome::Stopped(found)
    }

    /// The plan, once everything found is told; else how the program ends.
    pub(crate) fn planned<'o>(
        &self,
        outcome: &'o Outcome,
        console: &Console,
    ) -> Result<&'o Planned, Exit> {
        console.findings(outcome.diagnostics(), &self.sources());
        let Some(planned) = outcome.planned() else {
            return Err(Exit::of(outcome.diagnostics()));
        };
        if matches!(outcome, Outcome::NothingToDo(_)) {
            let goal = ("goal", self.goal.as_str().into());
            console.say("plan-nothing-to-do", &[goal]);
            if self.goal == Goal::Rollback {
                console.say("plan-nothing-rollback", &[]);
            }
        }
        Ok(planned)
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

/// Tells the rules that a plan breaks: a mistake of ours, or an own step of the site in a wrong place.
pub(crate) fn breaks(plan: &Plan, console: &Console) -> bool {
    let found = lint(plan);
    for finding in &found {
        let rule = match finding.rule.invariant() {
            Some(number) => console.words.say(&format!("invariant-{number}"), &[]),
            None => finding.rule.to_string(),
        };
        let steps: Vec<_> = finding.steps.iter().map(StepId::as_str).collect();
        let args = [
            ("rule", rule.into()),
            ("name", finding.rule.to_string().into()),
            ("about", finding.about.clone().into()),
            ("steps", steps.join(", ").into()),
        ];
        console.say("plan-breaks", &args);
    }
    if !found.is_empty() {
        console.say("plan-breaks.help", &[]);
    }
    !found.is_empty()
}

/// A file as findings point into it.
pub(crate) fn source<'a>(input: Input, node: Option<&'a str>, file: &'a File) -> Source<'a> {
    Source { input, node, name: &file.name, text: &file.text }
}

fn catalogue(path: &Path) -> Result<(File, Catalogue), Failure> {
    let file = input::text(path)?;
    match Catalogue::parse(&file.text) {
        Ok(catalogue) => Ok((file, catalogue)),
        Err(found) => Err(Failure::Catalogue(file, found)),
    }
}

/// Why a saved list cannot be read, as the words files know it.
fn reason(failure: &Failure) -> &'static str {
    match failure {
        Failure::Read(_, why) => match why.kind() {
            std::io::ErrorKind::NotFound => "no such file",
            std::io::ErrorKind::IsADirectory => "a directory",
            std::io::ErrorKind::PermissionDenied => "not allowed",
            _ => "unreadable",
        },
        Failure::NotText { .. } => "not text",
        Failure::TooLarge(_) => "too large",
        _ => "unreadable",
    }
}

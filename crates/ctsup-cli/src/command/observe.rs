//! `ctsup observe`: logs in to every server, changes nothing, reads the facts that they tell.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::PathBuf;

use clap::{ArgMatches, Command, value_parser};
use ctsup_core::plan::Servers;
use ctsup_core::{Code, FactKey, FactValue, LookUp, Origin, Outcome, Topology};
use ctsup_executor::Transport;
use ctsup_executor::claims;
use ctsup_executor::transport::{Failure as Unreached, Look, Real, SHORT};
use ctsup_render::Words;

use super::run::define_ssh;
use crate::console::Console;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::inputs::{self, Inputs};
use crate::{help, input, output, running};

pub(crate) fn define(words: &'static Words) -> Command {
    let command = help::command(words, "observe").arg(inputs::file(words, "help-file")).arg(
        help::option(words, "output", "file", "help-observe-output", "output")
            .short('o')
            .value_parser(value_parser!(PathBuf)),
    );
    define_ssh(inputs::define(command, words), words)
}

pub(crate) fn run(matches: &ArgMatches, console: &Console) -> Result<Exit, Failure> {
    let inputs = Inputs::read(matches, console)?;
    let parsed = inputs.parsed();
    let Some(site) = &parsed.topology else {
        console.findings(&parsed.diagnostics, &inputs.sources());
        return Ok(Exit::Faulty);
    };
    let servers = ctsup_core::servers(site, inputs.catalogue());
    let way = Real::ssh(&servers, running::reach(matches, &site.site, console));
    let runtime = running::runtime()?;
    let (all, facts) = runtime.block_on(async {
        let mut all = true;
        for node in servers.nodes.keys() {
            match way.look(node, &Look::new("id -un", SHORT)).await {
                Ok(answer) => {
                    let user = answer.out_text().trim().to_owned();
                    let args = [("node", node.as_str().into()), ("user", user.into())];
                    console.say("run-reached", &args);
                }
                Err(failure) => {
                    all = false;
                    let why = obstacle(&failure, console);
                    let args = [("node", node.as_str().into()), ("why", why.into())];
                    console.say("run-not-reached", &args);
                }
            }
        }
        (all, read(&way, &inputs, site, &servers, console).await)
    });
    let (facts, untold) = facts;
    runtime.shutdown_background();
    let site = ("site", site.site.as_str().into());
    let head = console.words.say("observe-head", &[site]);
    let mut text = written(&head, &facts);
    // What a person found out earlier stands for what no server was asked; what one was asked and did
    // not tell is not known any more.
    let given = inputs.given();
    let given = given.iter().filter(|(key, _, origin)| {
        *origin == Origin::Observed && !untold.contains(key) && facts.iter().all(|(k, _)| k != *key)
    });
    let given: Vec<_> = given.map(|(key, value, _)| (key.clone(), value.clone())).collect();
    if !given.is_empty() {
        text.push_str(&written(&console.words.say("observe-given", &[]), &given));
    }
    match matches.get_one::<PathBuf>("output").filter(|path| !input::is_stdin(path)) {
        Some(path) => output::replace(path, &text)?,
        None => console.result(&text)?,
    }
    Ok(if all { Exit::Done } else { Exit::Faulty })
}

/// Reads what planning asks for and the hosts tell beyond doubt. What is known by then decides what
/// is asked next, so it goes on until nothing new is asked. Beside it what was asked and not told.
async fn read(
    way: &Real,
    inputs: &Inputs,
    site: &Topology,
    servers: &Servers,
    console: &Console,
) -> (Vec<(FactKey, FactValue)>, BTreeSet<FactKey>) {
    let mut untold = BTreeSet::new();
    let mut known: BTreeMap<FactKey, FactValue> = BTreeMap::new();
    let mut asked: BTreeSet<FactKey> = BTreeSet::new();
    let mut next = FactKey::observable(site);
    let mut settings = FactKey::in_settings(site);
    while !next.is_empty() {
        let mut parsed = inputs.parsed();
        for (key, value) in &known {
            parsed.facts.set(key.clone(), value.clone(), Origin::Observed);
        }
        asked.extend(next.iter().cloned());
        let mut looks: Vec<(FactKey, LookUp)> = Vec::new();
        for key in next {
            let look = key.look(site, inputs.catalogue(), &parsed.facts);
            match look.node {
                Some(_) => looks.push((key, look)),
                None if look.command.is_empty() => {}
                None => {
                    let args = [("fact", key.to_string().into()), ("command", look.command.into())];
                    console.say("observe-by-person", &args);
                }
            }
        }
        let values = claims::values(way, &looks, servers).await;
        let mut answers: Vec<_> = looks.into_iter().map(|(key, _)| key).zip(values).collect();
        answers.sort_by(|(a, _), (b, _)| a.cmp(b));
        for (key, value) in answers {
            match value {
                Ok(value) => drop(known.insert(key, value)),
                Err(why) => {
                    let why = ctsup_render::run::seen(console.words, &why);
                    let why = why.lines().next().unwrap_or_default().to_owned();
                    let args = [("fact", key.to_string().into()), ("why", why.into())];
                    console.say("observe-untold", &args);
                    untold.insert(key);
                }
            }
        }
        for (key, value) in &known {
            parsed.facts.set(key.clone(), value.clone(), Origin::Observed);
        }
        next = wanted(&inputs.plan_of(&parsed));
        next.append(&mut settings);
        next.sort();
        next.dedup();
        next.retain(|key| key.is_readable() && !asked.contains(key));
    }
    (known.into_iter().collect(), untold)
}

/// The facts that planning asked for: those it lacks, and those that its claims rest on.
fn wanted(outcome: &Outcome) -> Vec<FactKey> {
    let missing = outcome.diagnostics().iter().filter(|found| found.code == Code::MissingFact);
    let missing = missing.filter_map(|found| found.args.get("fact")?.to_string().parse().ok());
    let planned = outcome.planned();
    let rests = planned.into_iter().flat_map(|planned| planned.look_ups.keys());
    missing.chain(rests.filter_map(|key| key.parse().ok())).collect()
}

/// What is in the way, in words, with what ssh said.
fn obstacle(failure: &Unreached, console: &Console) -> String {
    let Unreached::Unreachable { why, text, .. } = failure else {
        return ctsup_render::run::seen(console.words, &failure.seen());
    };
    let said = text.lines().next_back().unwrap_or_default();
    format!("{} ({said})", console.words.say("run-obstacle", &[("why", why.code().into())]))
}

/// Facts as a facts file, a dotted key each.
fn written(head: &str, facts: &[(FactKey, FactValue)]) -> String {
    let mut text = format!("# {head}\n");
    for (key, value) in facts {
        let quoted = |text: &str| serde_json::Value::from(text).to_string();
        let value = match value {
            FactValue::Bool(yes) => yes.to_string(),
            FactValue::Integer(number) => number.to_string(),
            FactValue::Size(bytes) => quoted(&format!("{bytes} B")),
            FactValue::List(all) => {
                let all: Vec<_> = all.iter().map(|word| quoted(word)).collect();
                format!("[{}]", all.join(", "))
            }
            FactValue::Images(all) => {
                let all = all.iter().map(|(name, image)| {
                    format!("{} = {}", quoted(name), quoted(&image.to_string()))
                });
                format!("{{ {} }}", all.collect::<Vec<_>>().join(", "))
            }
            other => quoted(&other.to_string()),
        };
        // A string cannot fail to be written to.
        let path = key.path();
        // A facts file holds what stands below `[facts]` in a topology.
        let _ = writeln!(text, "{} = {value}", path.strip_prefix("facts.").unwrap_or(&path));
    }
    text
}

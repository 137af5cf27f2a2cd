//! `ctsup observe`: logs in to every server, changes nothing, reads the facts that they tell.

use std::fmt::Write as _;
use std::path::PathBuf;

use clap::{ArgMatches, Command, value_parser};
use ctsup_core::{FactKey, FactValue};
use ctsup_executor::Transport;
use ctsup_executor::claims;
use ctsup_executor::transport::{Failure as Unreached, Look, Real, SHORT, Why};
use ctsup_render::Words;

use super::run::define_reach;
use crate::console::Console;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::inputs::{self, Inputs};
use crate::{help, output, running};

pub(crate) fn define(words: &'static Words) -> Command {
    let command = help::command(words, "observe").arg(inputs::file(words, "help-file")).arg(
        help::option(words, "output", "file", "help-observe-output", "output")
            .short('o')
            .value_parser(value_parser!(PathBuf)),
    );
    define_reach(inputs::define(command, words), words)
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
        let mut facts = Vec::new();
        for key in FactKey::observable(site) {
            let look = key.look(site, inputs.catalogue(), &ctsup_core::Facts::new());
            match claims::value(&way, &key, &look, &servers).await {
                Ok(value) => facts.push((key, value)),
                Err(why) => {
                    let why = why.lines().next().unwrap_or_default().to_owned();
                    let args = [("fact", key.to_string().into()), ("why", why.into())];
                    console.say("observe-untold", &args);
                }
            }
        }
        (all, facts)
    });
    runtime.shutdown_background();
    let site = ("site", site.site.as_str().into());
    let head = console.words.say("observe-head", &[site]);
    let text = written(&head, &facts);
    match matches.get_one::<PathBuf>("output") {
        Some(path) => output::replace(path, &text)?,
        None => console.result(&text)?,
    }
    Ok(if all { Exit::Done } else { Exit::Faulty })
}

/// What is in the way, in words, with what ssh said.
fn obstacle(failure: &Unreached, console: &Console) -> String {
    let Unreached::Unreachable { why, text, .. } = failure else { return failure.to_string() };
    let name = match why {
        Why::NotInPlan => "not-in-plan",
        Why::NoAddress => "no-address",
        Why::Refused => "refused",
        Why::Silent => "silent",
        Why::UnknownHost => "unknown-host",
        Why::OtherHost => "other-host",
        Why::LoginRefused => "login-refused",
        Why::BecomeRefused => "become-refused",
        Why::Other => "other",
    };
    let said = text.lines().next_back().unwrap_or_default();
    format!("{} ({said})", console.words.say("run-obstacle", &[("why", name.into())]))
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
            FactValue::Images(_) => continue,
            other => quoted(&other.to_string()),
        };
        // A string cannot fail to be written to.
        let path = key.path();
        // A facts file holds what stands below `[facts]` in a topology.
        let _ = writeln!(text, "{} = {value}", path.strip_prefix("facts.").unwrap_or(&path));
    }
    text
}

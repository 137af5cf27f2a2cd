//! `ctsup prove`: a plan in every order and under every single fault, ways back, downtime.

use clap::builder::PossibleValuesParser;
use clap::{ArgAction, ArgMatches, Command, value_parser};
use ctsup_core::Plan;
use ctsup_core::prove::{Part, Proof, Verdict, Window, WindowsError, prove, windows};
use ctsup_render::{ProofForm, Style, Words, proof};

use crate::console::Console;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::help;
use crate::inputs::{self};

pub(crate) fn define(words: &'static Words) -> Command {
    let option = |id, name, about| help::option(words, id, name, about, "output");
    let command = help::command(words, "prove").arg(inputs::file(words, "help-prove-file"));
    inputs::define(command, words).args([
        option("format", "format", "help-prove-format")
            .value_parser(PossibleValuesParser::new(["text", "markdown", "json"])),
        option("windows", "windows", "help-prove-windows")
            .value_parser(value_parser!(Window))
            .value_delimiter(',')
            .action(ArgAction::Append),
        help::flag(words, "full", "help-prove-full", "output").conflicts_with("format"),
    ])
}

pub(crate) fn run(matches: &ArgMatches, console: &Console) -> Result<Exit, Failure> {
    match inputs::plan(matches, console)? {
        Ok(plan) => show(&plan, matches, console),
        Err(exit) => Ok(exit),
    }
}

/// A proof as programs read it.
fn document(proof: &Proof, parts: Option<&[Part]>) -> String {
    let mut document = serde_json::to_value(proof).expect("a proof is JSON");
    document["format"] = serde_json::json!({ "name": "ctsup-proof", "version": 1 });
    if let Some(parts) = parts {
        document["windows"] = serde_json::to_value(parts).expect("parts are JSON");
    }
    let text = serde_json::to_string_pretty(&document).expect("JSON is text");
    format!("{text}\n")
}

fn show(plan: &Plan, matches: &ArgMatches, console: &Console) -> Result<Exit, Failure> {
    let found = prove(plan);
    let asked: Vec<Window> =
        matches.get_many::<Window>("windows").into_iter().flatten().cloned().collect();
    let lengths: Vec<u32> = asked.iter().map(|window| window.length_s).collect();
    let parts = match lengths.as_slice() {
        [] => Ok(Vec::new()),
        lengths => windows(plan, &found, lengths),
    };
    let in_windows: Vec<(Window, Option<Part>)> = match &parts {
        Ok(parts) => asked
            .into_iter()
            .enumerate()
            .map(|(at, window)| (window, parts.iter().find(|part| part.window == at).cloned()))
            .collect(),
        Err(_) => Vec::new(),
    };
    let format = matches.get_one::<String>("format").map(String::as_str);
    let text = if format == Some("json") {
        document(&found, parts.as_deref().ok().filter(|parts| !parts.is_empty()))
    } else {
        let form = match (format, matches.get_flag("full")) {
            (Some("markdown"), _) => ProofForm::Markdown,
            (_, true) => ProofForm::Full,
            (_, false) => ProofForm::Short,
        };
        let options = console.options(Style::Ansi);
        proof(plan, &found, &in_windows, form, console.words, &options)
    };
    console.result(&text)?;
    if let Err(WindowsError::TooShort { from, needed_s, longest_s }) = &parts {
        let minutes = |seconds: u32| format!("{} min", seconds.div_ceil(60));
        let args = [
            ("step", from.as_str().into()),
            ("needed", minutes(*needed_s).into()),
            ("longest", minutes(*longest_s).into()),
        ];
        console.say("windows-too-short", &args);
        console.say("windows-too-short.help", &[]);
        return Ok(Exit::Refused);
    }
    Ok(verdict(&found))
}

/// What a verdict means for those who ask by exit code.
pub(super) fn verdict(proof: &Proof) -> Exit {
    match proof.verdict {
        Verdict::Proven => Exit::Done,
        Verdict::Refuted | Verdict::NotCovered => Exit::Counterexample,
    }
}

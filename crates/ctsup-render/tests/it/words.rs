//! Every code of core has its words, and no words are left over.

use std::collections::BTreeSet;
use std::fs;

use ctsup_core::action::Why;
use ctsup_core::plan::WarningCode;
use ctsup_core::topology::Risk;
use ctsup_core::{Atom, Code, Goal, Phase};
use ctsup_render::{Lang, Words};

use crate::example;

fn has(ids: impl IntoIterator<Item = String>) {
    for id in ids {
        for lang in Lang::ALL {
            assert!(Words::of(lang).has(&id), "{id} in {}", lang.as_str());
        }
    }
}

/// The source of a file of core. Codes of actions and the like are no table there: each family
/// answers for itself, so the test reads what they answer.
fn source(path: &str) -> String {
    let path = example::path("crates/ctsup-core/src").join(path);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn families() -> Vec<String> {
    let dir = example::path("crates/ctsup-core/src/action");
    let mut names: Vec<_> = fs::read_dir(dir)
        .expect("actions have a directory")
        .map(|entry| entry.expect("it can be listed").file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names.into_iter().map(|name| source(&format!("action/{name}"))).collect()
}

/// The string literals between two marks of a source.
fn literals(source: &str, from: &str, to: &str) -> Vec<String> {
    let Some(start) = source.find(from) else { return Vec::new() };
    let rest = &source[start + from.len()..];
    let end = rest.find(to).unwrap_or(rest.len());
    rest[..end].split('"').skip(1).step_by(2).map(str::to_owned).collect()
}

fn action_codes() -> BTreeSet<String> {
    let all = families();
    all.iter().flat_map(|source| literals(source, "fn code(&self)", "fn kind(&self)")).collect()
}

fn half_codes() -> BTreeSet<String> {
    let all = families();
    let codes = all.iter().flat_map(|source| source.split("code: \"").skip(1));
    codes.filter_map(|rest| rest.split('"').next()).map(str::to_owned).collect()
}

fn fact_names() -> BTreeSet<String> {
    let shown = literals(&source("fact.rs"), "impl fmt::Display for FactKey", "impl FactKey");
    shown.iter().filter_map(|text| text.split('(').next()).map(str::to_owned).collect()
}

#[test]
fn actions() {
    let codes = action_codes();
    assert!(codes.len() > 80, "the codes are found: {codes:?}");
    for step in example::all().iter().flat_map(|example| &example.planned.plan.steps) {
        assert!(codes.contains(step.action.code()), "{} is found", step.action.code());
    }
    has(codes.iter().map(|code| format!("action-{code}")));
    has(codes.iter().map(|code| format!("action-{code}.what")));
    has(half_codes().iter().map(|code| format!("half-{code}")));
    has(Why::ALL.iter().map(|why| format!("why-{}", why.as_str())));
}

#[test]
fn whoever_confirms_is_asked_something_that_fits() {
    for step in example::all().iter().flat_map(|example| &example.planned.plan.steps) {
        if step.kind == ctsup_core::action::Kind::Confirm {
            has([format!("action-{}.ask", step.action.code())]);
        }
    }
}

#[test]
fn states() {
    has(Atom::NAMES.iter().map(|name| format!("atom-{name}")));
    has(Atom::NAMES.iter().map(|name| format!("atom-{name}.not")));
    for name in Atom::NAMES {
        let forms =
            ["", "(back-01)", "(back-01/express)", "(back)"].map(|of| format!("{name}{of}"));
        let atom = forms.iter().find_map(|form| form.parse::<Atom>().ok());
        if atom.unwrap_or_else(|| panic!("{name} can be made")).is_debt() {
            has([format!("atom-{name}.paid")]);
        }
    }
}

#[test]
fn facts() {
    let names = fact_names();
    assert!(names.len() > 20, "the names are found: {names:?}");
    // Of a choice the claim itself is the sentence.
    has(names.iter().filter(|name| *name != "choice").map(|name| format!("fact-{name}")));
}

#[test]
fn yes_and_no_are_sentences() {
    for claim in example::all().iter().flat_map(|example| &example.planned.plan.claims) {
        let name = claim.fact.split('(').next().unwrap_or_default();
        if matches!(claim.value.as_str(), "true" | "false") && name != "choice" {
            has([format!("fact-{name}.not")]);
        }
    }
}

#[test]
fn plans() {
    has(Goal::ALL.iter().map(|goal| format!("heading-{goal}")));
    has(Phase::ALL.iter().map(|phase| format!("phase-{phase}")));
    has(WarningCode::ALL.iter().map(|code| format!("warning-{}", code.as_str())));
    has(Risk::ALL.iter().map(|risk| format!("risk-{}", risk.as_str())));
    has((1..=35).map(|number| format!("invariant-{number}")));
}

#[test]
fn hazards_with_an_end_say_so() {
    let plans = example::all().iter().map(|example| &example.planned.plan);
    for warning in plans.flat_map(|plan| &plan.warnings).filter(|w| w.until.is_some()) {
        has([format!("warning-{}.end", warning.code.as_str())]);
    }
}

#[test]
fn readings() {
    for (key, choices) in ctsup_core::all_readings() {
        has([format!("reading-{key}")]);
        has(choices.iter().map(|choice| format!("reading-{key}.{}", choice.replace('.', "-"))));
    }
}

#[test]
fn what_ctsup_saw() {
    has(ctsup_core::run::Seen::CODES.map(|code| format!("seen-{code}")));
}

#[test]
fn guide_rows() {
    let slug = |text: &str| {
        let parts = text.split(|c: char| !c.is_ascii_alphanumeric()).filter(|p| !p.is_empty());
        parts.map(str::to_ascii_lowercase).collect::<Vec<_>>().join("-")
    };
    for row in ctsup_core::guide::rows() {
        has([format!("row-{}", row.key.replace('.', "-"))]);
        has([format!("section-{}", slug(row.section))]);
        if !row.step.is_empty() && row.step.parse::<u32>().is_err() {
            has([format!("place-{}", slug(row.step))]);
        }
    }
}

#[test]
fn diagnostics() {
    has(Code::ALL.iter().map(|code| format!("diagnostic-{code}")));
    has(Code::ALL.iter().map(|code| format!("diagnostic-{code}.help")));
}

#[test]
fn no_words_are_left_over() {
    let known = |prefix: &str, codes: &BTreeSet<String>| {
        for file in ["action", "claim"] {
            let path = format!("crates/ctsup-render/src/words/en/{file}.ftl");
            let text = fs::read_to_string(example::path(&path)).expect("the words can be read");
            for line in text.lines().filter_map(|line| line.strip_prefix(prefix)) {
                let code = line.split(' ').next().unwrap_or_default();
                assert!(codes.contains(code), "{prefix}{code} is for nothing");
            }
        }
    };
    known("action-", &action_codes());
    known("half-", &half_codes());
    known("fact-", &fact_names());
    known("atom-", &Atom::NAMES.iter().map(|name| (*name).to_owned()).collect());
}

/// All sources of the crates that say something of runs, as one text.
fn sources() -> String {
    fn read(dir: &std::path::Path, all: &mut String) {
        for entry in fs::read_dir(dir).expect("sources").flatten() {
            let path = entry.path();
            if path.is_dir() {
                read(&path, all);
            } else if path.extension().is_some_and(|end| end == "rs") {
                all.push_str(&fs::read_to_string(&path).expect("a source"));
            }
        }
    }
    let mut all = String::new();
    for name in ["core", "executor", "render", "cli"] {
        read(&example::path(&format!("crates/ctsup-{name}/src")), &mut all);
    }
    all
}

#[test]
fn no_words_of_runs_are_left_over() {
    let sources = sources();
    let said = |id: &str| sources.contains(&format!("\"{id}\""));
    // Made of a code: a reason, something seen, a status, a question.
    let coded =
        ["failed-", "seen-", "status-", "runs-", "ask-", "left-", "report-", "run-password-"];
    let text = fs::read_to_string(example::path("crates/ctsup-render/src/words/en/run.ftl"));
    let text = text.expect("the words can be read");
    let ids = text.lines().filter_map(|line| line.split_once(" =")).map(|(id, _)| id);
    let ids = ids.filter(|id| id.starts_with(|c: char| c.is_ascii_lowercase()));
    let over: Vec<_> = ids
        .filter(|id| !said(id) && !coded.iter().any(|p| id.strip_prefix(p).is_some_and(said)))
        .collect();
    assert!(over.is_empty(), "nobody says {over:?}");
}

#[test]
fn counts_select_the_right_plural() {
    let steps = |count: u64| Words::of(Lang::Ru).say("plan-steps", &[("count", count.into())]);
    let said = [1, 2, 5, 11, 12, 21, 22, 25, 111].map(steps);
    let want = [
        "1 шаг",
        "2 шага",
        "5 шагов",
        "11 шагов",
        "12 шагов",
        "21 шаг",
        "22 шага",
        "25 шагов",
        "111 шагов",
    ];
    assert_eq!(said, want);
    // The same from a text, as core gives it.
    let text = Words::of(Lang::Ru).say("plan-steps", &[("count", "3".into())]);
    assert_eq!(text, "3 шага");
}

#[test]
fn what_is_missing_is_seen() {
    assert_eq!(Words::of(Lang::En).say("no-such-message", &[]), "{no-such-message}");
    assert!(Words::of(Lang::En).say("plan-steps", &[]).contains("{$count}"));
}

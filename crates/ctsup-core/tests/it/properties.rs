//! What holds of every installation: no panic, clean plans, one text for one meaning, the goal
//! reached, and reached from wherever a run may have stopped.

use std::collections::{BTreeMap, BTreeSet};

use ctsup_core::plan::graph::Order;
use ctsup_core::plan::{Plan, lint};
use ctsup_core::topology::{Parsed, parse};
use ctsup_core::{Action, Catalogue, Goal, Outcome, State, plan_from};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

use crate::draw::draws;

fn planned(text: &str, goal: Goal) -> (Parsed, Outcome) {
    let parsed = parse(text, None);
    let outcome = plan_from(&parsed, Catalogue::built_in(), goal, None);
    (parsed, outcome)
}

fn from(parsed: &Parsed, goal: Goal, start: &State) -> Outcome {
    plan_from(parsed, Catalogue::built_in(), goal, Some(start))
}

/// The steps of a run that stopped: some steps, and all that come before them.
fn cut(plan: &Plan, chosen: &[usize]) -> BTreeSet<usize> {
    let order = Order::of(plan);
    let mut done = BTreeSet::new();
    for place in chosen.iter().map(|c| c % plan.steps.len()) {
        done.extend((0..plan.steps.len()).filter(|i| *i == place || order.place_before(*i, place)));
    }
    done
}

fn state_after(plan: &Plan, done: &BTreeSet<usize>) -> State {
    let mut state = plan.start.clone();
    for place in done {
        plan.steps[*place].leaves.iter().for_each(|condition| state.apply(condition));
    }
    state
}

fn clean(plan: &Plan) -> Result<(), TestCaseError> {
    let found = lint(plan);
    let said: Vec<_> = found.iter().map(ToString::to_string).collect();
    prop_assert!(found.is_empty(), "{}", said.join("\n"));
    Ok(())
}

fn config(cases: u32) -> ProptestConfig {
    let default = ProptestConfig::default();
    // The same draws everywhere; PROPTEST_RNG_SEED and PROPTEST_CASES look for more.
    let rng_seed = match default.rng_seed {
        RngSeed::Random => RngSeed::Fixed(26),
        chosen => chosen,
    };
    let cases = if std::env::var_os("PROPTEST_CASES").is_some() { default.cases } else { cases };
    ProptestConfig { cases, failure_persistence: None, rng_seed, ..default }
}

proptest! {
    #![proptest_config(config(400))]

    #[test]
    fn plans_are_clean_and_reach_their_goal(draw in draws()) {
        let file = draw.file();
        let (parsed, outcome) = planned(&file.text(), file.goal);
        let Outcome::Ready(planned) = outcome else { return Ok(()) };
        clean(&planned.plan).map_err(|e| TestCaseError::fail(format!("{e}\n{}", file.text())))?;
        let again = from(&parsed, file.goal, &planned.plan.end());
        let left = again.planned().map(|p| p.plan.steps.iter().map(|s| s.id.to_string()).collect::<Vec<_>>());
        prop_assert!(matches!(again, Outcome::NothingToDo(_)), "{left:?} {:?}\n{}", again.diagnostics(), file.text());
    }

    #[test]
    fn any_cut_leads_to_the_goal(
        draw in draws(),
        chosen in prop::collection::vec(any::<usize>(), 0..4),
    ) {
        let file = draw.file();
        let (parsed, outcome) = planned(&file.text(), file.goal);
        let Outcome::Ready(planned) = outcome else { return Ok(()) };
        let plan = planned.plan;
        let done = cut(&plan, &chosen);
        let stopped = state_after(&plan, &done);
        let names = |plan: &Plan| plan.steps.iter().map(|s| s.id.to_string()).collect::<Vec<_>>();
        let had: Vec<_> = done.iter().map(|i| plan.steps[*i].id.to_string()).collect();
        let rest = from(&parsed, file.goal, &stopped);
        let Some(rest) = rest.planned() else {
            return Err(TestCaseError::fail(format!("{had:?}: {:?}\n{}", rest.diagnostics(), file.text())));
        };
        let rest = &rest.plan;
        clean(rest).map_err(|e| TestCaseError::fail(format!("{e}\nafter {had:?}\nrest {:?}\n{}", names(rest), file.text())))?;
        let again = from(&parsed, file.goal, &rest.end());
        let left = again.planned().map(|p| names(&p.plan));
        prop_assert!(
            matches!(again, Outcome::NothingToDo(_)),
            "after {had:?}\nrest {:?}\nleft {left:?} {:?}\n{}",
            names(rest),
            again.diagnostics(),
            file.text(),
        );
        for place in done {
            let Action::Volume(volume) = &plan.steps[place].action else { continue };
            let code = plan.steps[place].action.code();
            if !code.starts_with("volume-back-up") { continue }
            let repeated = rest.steps.iter().any(|s| matches!(&s.action, Action::Volume(v)
                if v == volume));
            prop_assert!(!repeated, "{} again", plan.steps[place].id);
        }
    }

    #[test]
    fn same_bytes_and_any_key_order(draw in draws(), seed in any::<u64>()) {
        let file = draw.file();
        let (_, outcome) = planned(&file.text(), file.goal);
        let (_, again) = planned(&file.text(), file.goal);
        let (_, other) = planned(&file.shuffled(seed).text(), file.goal);
        let json = |outcome: &Outcome| outcome.planned().map(|p| p.plan.to_json());
        prop_assert_eq!(json(&outcome), json(&again));
        prop_assert_eq!(json(&outcome), json(&other));
        let codes = |outcome: &Outcome| {
            let mut all: Vec<_> = outcome.diagnostics().iter().map(|d| (d.code, d.args.clone())).collect();
            all.sort();
            all
        };
        prop_assert_eq!(codes(&outcome), codes(&other));
    }

    #[test]
    fn plans_are_read_as_they_were_written(draw in draws()) {
        let file = draw.file();
        let (_, outcome) = planned(&file.text(), file.goal);
        let Some(planned) = outcome.planned() else { return Ok(()) };
        let plan = &planned.plan;
        let read = Plan::read(&plan.to_json()).map_err(|e| TestCaseError::fail(e.to_string()))?;
        prop_assert_eq!(&read, plan);
        // RFC 8785: keys sorted, nothing between, numbers as integers.
        let mut value = serde_json::to_value(plan).expect("a plan is JSON");
        value.as_object_mut().expect("a plan is an object").remove("digest");
        let (wanted, text) = (canonical(&value), plan.canonical());
        let differs = wanted.bytes().zip(text.bytes()).position(|(a, b)| a != b);
        let around = differs.map(|at| &text[at.saturating_sub(200)..(at + 50).min(text.len())]);
        prop_assert!(wanted == text, "not canonical: {around:?}");
    }

    #[test]
    fn any_change_changes_the_digest(draw in draws(), at in any::<usize>()) {
        let file = draw.file();
        let (_, outcome) = planned(&file.text(), file.goal);
        let Some(planned) = outcome.planned() else { return Ok(()) };
        let plan = &planned.plan;
        let mut value = serde_json::to_value(plan).expect("a plan is JSON");
        value.as_object_mut().expect("a plan is an object").remove("digest");
        let count = leaves(&mut value, &mut |_| {});
        let mut number = 0;
        leaves(&mut value, &mut |leaf| {
            if number == at % count {
                change(leaf);
            }
            number += 1;
        });
        value["digest"] = serde_json::json!(plan.digest);
        // Most changes are no plan any more; those that are have another digest.
        if let Ok(changed) = serde_json::from_value::<Plan>(value)
            && changed != *plan
        {
            prop_assert_ne!(changed.computed_digest(), plan.digest.clone());
            prop_assert!(Plan::read(&changed.to_json()).is_err());
        }
    }
}

proptest! {
    #![proptest_config(config(2000))]

    #[test]
    fn no_text_makes_a_parser_panic(text in ".{0,200}") {
        let _ = parse(&text, Some(&text));
        let _ = Plan::read(&text);
        let _ = Catalogue::parse(&text);
    }

    #[test]
    fn no_broken_file_makes_a_parser_panic(
        draw in draws(),
        at in any::<usize>(),
        length in 0_usize..12,
        junk in "[ -~\\n]{0,6}",
    ) {
        let file = draw.file();
        let broken = |text: &str| {
            let mut chars: Vec<char> = text.chars().collect();
            let start = at % chars.len();
            let end = (start + length).min(chars.len());
            chars.splice(start..end, junk.chars());
            chars.into_iter().collect::<String>()
        };
        let text = broken(&file.text());
        let parsed = parse(&text, None);
        let _ = plan_from(&parsed, Catalogue::built_in(), file.goal, None);
        let _ = Plan::read(&broken(r#"{"format":{"name":"ctsup-plan","version":1},"steps":[]}"#));
        let _ = Catalogue::parse(&broken(include_str!("../../data/catalogue.toml")));
    }
}

/// JSON as RFC 8785 has it, for what plans are made of: no fractions, no exotic characters in keys.
fn canonical(value: &serde_json::Value) -> String {
    use serde_json::Value;
    match value {
        Value::Object(all) => {
            let sorted: BTreeMap<_, _> = all.iter().collect();
            let parts: Vec<_> = sorted
                .into_iter()
                .map(|(key, value)| format!("{}:{}", Value::from(key.as_str()), canonical(value)))
                .collect();
            format!("{{{}}}", parts.join(","))
        }
        Value::Array(all) => {
            format!("[{}]", all.iter().map(canonical).collect::<Vec<_>>().join(","))
        }
        other => other.to_string(),
    }
}

/// Visits every leaf of a document and counts them.
fn leaves(value: &mut serde_json::Value, visit: &mut impl FnMut(&mut serde_json::Value)) -> usize {
    use serde_json::Value;
    match value {
        Value::Object(all) => all.values_mut().map(|v| leaves(v, visit)).sum(),
        Value::Array(all) => all.iter_mut().map(|v| leaves(v, visit)).sum(),
        leaf => {
            visit(leaf);
            1
        }
    }
}

fn change(leaf: &mut serde_json::Value) {
    use serde_json::{Value, json};
    *leaf = match leaf {
        Value::String(text) => json!(format!("{text}x")),
        Value::Number(number) => json!(number.as_u64().unwrap_or(0) + 1),
        Value::Bool(yes) => json!(!*yes),
        _ => json!("x"),
    };
}

//! All 35 invariants are kept somewhere, and what keeps each is proven to bite.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use ctsup_core::plan::Rule;
use ctsup_core::plan::lint::invariants::{INVARIANTS, Keeper};
use ctsup_core::{Code, Goal, Outcome};

use crate::site;

/// Tests that the table names and that are not written yet, or ignored: those bite nobody. The list
/// only shrinks: a name that is found must leave it.
const TO_COME: &[&str] = &[];

#[test]
fn all_35_are_kept() {
    let numbers: Vec<_> = INVARIANTS.iter().map(|i| i.number).collect();
    assert_eq!(numbers, (1..=35).collect::<Vec<_>>());
    for invariant in INVARIANTS {
        assert!(!invariant.kept.is_empty(), "{} is kept nowhere", invariant.number);
        for keeper in invariant.kept {
            if let Keeper::Lint(rule) = keeper
                && let Some(number) = rule.invariant()
                // A rule can serve another invariant beside its own.
                && number != invariant.number
            {
                let own = INVARIANTS.iter().find(|i| i.number == number).expect("all are there");
                assert!(own.kept.contains(keeper), "{rule} guards {number}");
            }
        }
    }
    for rule in Rule::ALL {
        if let Some(number) = rule.invariant() {
            let guarded = INVARIANTS.iter().find(|i| i.number == number).expect("all are there");
            assert!(guarded.kept.contains(&Keeper::Lint(*rule)), "{rule} is not in the table");
        }
    }
}

#[test]
fn each_names_a_test_that_exists() {
    let written = tests();
    for name in INVARIANTS.iter().flat_map(|i| i.bites) {
        let pending = TO_COME.contains(name);
        assert!(written.contains(*name) != pending, "{name}: written or to come, not both");
    }
    for name in TO_COME {
        let numbers: Vec<_> =
            INVARIANTS.iter().filter(|i| i.bites.contains(name)).map(|i| i.number).collect();
        println!("to come: {name} for the invariants {numbers:?}");
    }
}

/// The names of all test functions of the workspace that are run.
fn tests() -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut directories = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("..")];
    while let Some(directory) = directories.pop() {
        let entries = std::fs::read_dir(directory).expect("a directory of the project");
        for path in entries.map(|entry| entry.expect("readable").path()) {
            if path.is_dir() {
                directories.push(path);
            } else if path.extension().is_some_and(|end| end == "rs") {
                let text = std::fs::read_to_string(path).expect("a readable text");
                let mut test = false;
                for line in text.lines().map(str::trim) {
                    if let Some(rest) = line.trim_start_matches("async ").strip_prefix("fn ")
                        && test
                    {
                        found.extend(rest.split('(').next().map(str::to_owned));
                    }
                    let marked = line == "#[test]" || line.starts_with("#[tokio::test");
                    let ignored = line.starts_with("#[ignore");
                    test = marked || (test && line.starts_with("#[") && !ignored);
                }
            }
        }
    }
    found
}

#[test]
fn refusals_that_keep_invariants_bite() {
    let invalid = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/invalid");
    let refused: BTreeSet<_> = INVARIANTS
        .iter()
        .flat_map(|i| i.kept)
        .filter_map(|keeper| match keeper {
            Keeper::Refusal(code) => Some(code.as_str()),
            _ => None,
        })
        .collect();
    for code in refused {
        let file: PathBuf = invalid.join(format!("{code}.toml"));
        let text = std::fs::read_to_string(&file).expect("a file named after the code");
        let said = Goal::ALL.iter().any(|goal| match site::plan(&text, *goal) {
            Outcome::Stopped(found) => found.iter().any(|d| d.code.as_str() == code),
            _ => false,
        });
        assert!(said, "{}: {code} for no goal", file.display());
        assert!(Code::ALL.iter().any(|c| c.as_str() == code));
    }
}

//! `fixtures/invalid`: for each code an input that brings it about, and what people are told then.
//!
//! A file is a topology; a folder has what goes with it: `facts.toml`, `catalog.toml`, and
//! `<node>.list.txt`, a saved image list. `# goal: …` names the goal where it is not `upgrade`.

use std::collections::BTreeSet;
use std::path::Path;

use ctsup_core::{Code, Severity};

use crate::harness::{ctsup, files, root};

/// Codes that no input brings about, each with the reason.
const UNREACHABLE: [(Code, &str); 3] = [
    (Code::ClusterUnclear, "nothing in core says it yet"),
    (Code::ClusterUnhealthy, "said as a warning of the plan"),
    (Code::ConstraintsFound, "said as a warning of the plan"),
];

struct Fixture {
    name: String,
    /// The arguments that the check takes.
    line: String,
}

fn fixtures() -> Vec<Fixture> {
    files("fixtures/invalid").iter().map(|path| fixture(path)).collect()
}

fn fixture(path: &Path) -> Fixture {
    let name = path.file_stem().expect("a name").to_string_lossy().into_owned();
    let at = |path: &Path| {
        path.strip_prefix(root()).expect("below the root").to_string_lossy().into_owned()
    };
    let mut line = String::new();
    let site = if path.is_dir() {
        for file in files(&at(path)) {
            let file_name = file.file_name().expect("a name").to_string_lossy().into_owned();
            if file_name == "facts.toml" {
                line.push_str(&format!(" --facts {}", at(&file)));
            } else if file_name == "catalog.toml" {
                line.push_str(&format!(" --catalog {}", at(&file)));
            } else if let Some(node) = file_name.strip_suffix(".list.txt") {
                line.push_str(&format!(" --image-list {node}={}", at(&file)));
            }
        }
        path.join("site.toml")
    } else {
        path.to_path_buf()
    };
    let text = std::fs::read_to_string(&site).expect("readable");
    assert!(text.starts_with("# "), "{name}: a first line says what is wrong");
    let goal = text.lines().find_map(|line| line.strip_prefix("# goal: "));
    if let Some(goal) = goal {
        line.push_str(&format!(" --goal {goal}"));
    }
    Fixture { name, line: format!("check {}{line}", at(&site)) }
}

/// The code in a fixture's name: the whole, or the part before what is special about it.
fn code_of(name: &str) -> Code {
    let of =
        |code: &&Code| name == code.as_str() || name.starts_with(&format!("{}-", code.as_str()));
    // `missing-fact` also begins what could be called `missing-fact-file`: the longest wins.
    let longest = Code::ALL.iter().filter(of).max_by_key(|code| code.as_str().len());
    *longest.unwrap_or_else(|| panic!("{name} is named after no code"))
}

#[test]
fn each_fixture_gives_its_code_and_the_exit_of_its_severity() {
    for Fixture { name, line } in fixtures() {
        let ran = ctsup(&format!("{line} --format json"));
        let code = code_of(&name);
        let found = format!("\"code\": \"{code}\"");
        assert!(ran.stdout.contains(&found), "{name}: {code} is not found: {}", ran.stdout);
        let exit = match code.severity() {
            Severity::Warning => 0,
            Severity::Error | Severity::Missing => 1,
            Severity::Refusal => 3,
        };
        assert_eq!(ran.exit, exit, "{name}");
        assert_eq!(ran.stderr, "", "{name}");
    }
}

#[test]
fn each_code_has_a_fixture() {
    let have: BTreeSet<_> = fixtures().iter().map(|fixture| code_of(&fixture.name)).collect();
    for code in Code::ALL {
        let reason = UNREACHABLE.iter().find(|(unreachable, _)| unreachable == code);
        match reason {
            None => assert!(have.contains(code), "no fixture for {code}"),
            Some((_, reason)) => assert!(!have.contains(code), "{code} is reachable: {reason}?"),
        }
    }
}

/// All that is said about all fixtures, in a language.
fn said(lang: &str) -> String {
    let mut text = String::new();
    for Fixture { name, line } in fixtures() {
        let ran = ctsup(&format!("{line} --lang {lang}"));
        // What a message could not be filled with would stand there in braces.
        let unfilled = |part: &str| ran.stdout.contains(part);
        assert!(!unfilled("{$") && !unfilled("{diagnostic"), "{name}: {}", ran.stdout);
        text.push_str(&format!("######## {name}\n{}\n", ran.stdout));
    }
    text
}

#[test]
fn what_is_said_in_english() {
    insta::assert_snapshot!("invalid-en", said("en"));
}

#[test]
fn what_is_said_in_russian() {
    insta::assert_snapshot!("invalid-ru", said("ru"));
}

#[test]
fn a_line_each_for_editors() {
    let ran = ctsup("check fixtures/invalid/unknown-key.toml --format lines");
    insta::assert_snapshot!(ran.transcript(), @r#"
    --- stdout
    fixtures/invalid/unknown-key.toml:10:1: unknown-key: there is no key `release.traget`; did you mean `target`?
    --- exit 1
    "#);
    let ran = ctsup("check fixtures/invalid/missing-fact-all.toml --format lines --lang ru");
    insta::assert_snapshot!(ran.transcript(), @r#"
    --- stdout
    fixtures/invalid/missing-fact-all.toml:1:1: missing-fact: `facts.postgres.version` неизвестно; на cts выполните: cd /opt/express && DEPLOYKA_SKIP_UPDATE=true dpl --dc exec postgres cat /var/lib/postgresql/data/PG_VERSION
    fixtures/invalid/missing-fact-all.toml:1:1: missing-fact: `facts.data.cts.volumes` неизвестно; на cts выполните: du -sc --block-size=1 /var/lib/docker/volumes /opt/express
    fixtures/invalid/missing-fact-all.toml:1:1: missing-fact: `facts.data.cts.free_backup` неизвестно; на cts выполните: df --output=avail --block-size=1 /backup
    --- exit 1
    "#);
}

#[test]
fn a_document_for_programs() {
    let ran = ctsup("check fixtures/invalid/unknown-node.toml --format json");
    insta::assert_snapshot!(ran.transcript(), @r#"
    --- stdout
    {
      "diagnostics": [
        {
          "args": {
            "choices": "back-01, back-02, front-01, front-02, registry",
            "key": "images.registry",
            "near": "registry",
            "value": "registri"
          },
          "code": "unknown-node",
          "fixes": [
            {
              "range": {
                "end": 723,
                "start": 713
              },
              "text": "\"registry\""
            }
          ],
          "help": "did you mean `registry`?",
          "labels": [
            {
              "input": "topology",
              "path": "images.registry",
              "range": {
                "end": 723,
                "start": 713
              }
            }
          ],
          "message": "no node is called `registri`",
          "notes": [],
          "place": {
            "column": 12,
            "file": "fixtures/invalid/unknown-node.toml",
            "line": 45
          },
          "severity": "error"
        }
      ],
      "format": {
        "name": "ctsup-diagnostics",
        "version": 1
      }
    }
    --- exit 1
    "#);
}

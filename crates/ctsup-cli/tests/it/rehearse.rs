//! `rehearse`, and what goes on with it: `resume`, `abort`, `status`, `runs`.

use crate::harness::{Ran, ctsup, run, scratch};

fn here(line: &str, dir: &tempfile::TempDir) -> Ran {
    run(&format!("{line} --runs {}", dir.path().display()), &[], None)
}

#[test]
fn a_whole_upgrade_passes_and_leaves_nothing() {
    let dir = scratch();
    for lang in ["en", "ru"] {
        let ran = here(&format!("rehearse examples/split.toml --yes --lang {lang}"), &dir);
        assert_eq!(ran.exit, 0, "{}{}", ran.stderr, ran.stdout);
        assert!(!ran.stderr.contains('{') && !ran.stdout.contains('{'), "{}", ran.stderr);
    }
    assert_eq!(here("runs", &dir).stdout, "", "a rehearsal that is over is not kept");
}

#[test]
fn without_yes_it_waits_for_a_person() {
    let dir = scratch();
    let ran = here("rehearse examples/split.toml", &dir);
    assert_eq!(ran.exit, 6, "{}", ran.stderr);
    let ran = here("resume --yes", &dir);
    assert_eq!(ran.exit, 0, "{}{}", ran.stderr, ran.stdout);
}

#[test]
fn a_fault_stops_it_and_resume_finishes() {
    for kind in ["fail", "fail-after", "drop", "drop-after", "kill-ctsup"] {
        let dir = scratch();
        let line = format!("rehearse examples/split.toml --yes --fault back/express/deploy={kind}");
        let ran = here(&line, &dir);
        let lost = ["drop", "drop-after"].contains(&kind);
        assert_eq!(ran.exit, if lost { 0 } else { 5 }, "{kind}: {}{}", ran.stderr, ran.stdout);
        if lost {
            continue;
        }
        assert!(ran.stdout.contains("ctsup resume "), "{kind}: {}", ran.stdout);
        assert!(
            here("status", &dir).stdout.contains("back/express/deploy") || kind == "kill-ctsup"
        );
        let ran = here("resume --yes", &dir);
        assert_eq!(ran.exit, 0, "{kind}: {}{}", ran.stderr, ran.stdout);
    }
}

#[test]
fn giving_up_names_what_is_owed() {
    let dir = scratch();
    let line = "rehearse examples/split.toml --yes --fault back/express/deploy=fail";
    assert_eq!(here(line, &dir).exit, 5);
    let ran = here("abort", &dir);
    assert!([1, 5].contains(&ran.exit), "{}", ran.stderr);
    assert!(ran.stdout.contains("Owed"), "{}", ran.stdout);
}

#[test]
fn faults_that_are_none() {
    for fault in ["back/express/deploy", "back/express/deploy=flood", "back/express/deploy=no"] {
        let ran = ctsup(&format!("rehearse examples/split.toml --fault {fault}"));
        assert_eq!(ran.exit, 64, "{}", ran.stderr);
    }
}

#[test]
fn events_for_programs_are_a_line_each() {
    let dir = scratch();
    let ran = here("rehearse examples/single.toml --yes --format json", &dir);
    assert_eq!((ran.exit, ran.stderr.as_str()), (0, ""));
    let lines: Vec<serde_json::Value> =
        ran.stdout.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let (last, events) = lines.split_last().expect("lines");
    assert!(events.iter().all(|line| line["event"].is_object() || line["event"].is_string()));
    assert_eq!(last["stop"]["why"], "done");
}

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
        // What a message could not be filled with would stand there in braces.
        assert!(!ran.stderr.contains("{$") && !ran.stdout.contains("{$"), "{}", ran.stderr);
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
    assert_eq!(ran.exit, 5, "{}", ran.stderr);
    assert!(ran.stdout.contains("Owed"), "{}", ran.stdout);
}

#[test]
fn a_run_that_is_not_over_never_plans_to_nothing() {
    for (step, exit) in [("back-02/cluster/move", 3), ("back-02/express/deploy", 0)] {
        let dir = scratch();
        let line = format!("rehearse examples/ha.toml --yes --fault {step}=fail");
        assert_eq!(here(&line, &dir).exit, 5);
        let runs: serde_json::Value =
            serde_json::from_str(&here("runs --format json", &dir).stdout).expect("JSON");
        let name = runs[0]["run"].as_str().expect("a name").to_owned();
        let ran = here(&format!("plan examples/ha.toml --from-run {name}"), &dir);
        assert!(!ran.stderr.contains("nothing to do"), "{step}: {}", ran.stderr);
        assert_eq!(ran.exit, exit, "{step}: {}", ran.stderr);
        assert_eq!(ran.stdout.contains("deploy"), exit == 0, "{step}: {}", ran.stdout);
    }
}

/// A node that boots in the middle takes the knowledge away of who is active; what was observed
/// afterwards gives it back. The two commands must not send a person from one to the other.
#[test]
fn a_reboot_is_planned_on_from_with_what_was_observed() {
    let dir = scratch();
    let example = std::fs::read_to_string(crate::harness::root().join("examples/ha.toml"));
    let topology: String = example
        .expect("an example")
        .lines()
        .filter(|line| !line.starts_with("active = "))
        .map(|line| format!("{line}\n"))
        .collect();
    let file = |name: &str, text: &str| {
        let path = dir.path().join(name);
        std::fs::write(&path, text).expect("a file");
        path.display().to_string()
    };
    let topology = file("ha.toml", &topology);
    let active = |back: &str| {
        let text =
            format!("clusters.back.active = \"{back}\"\nclusters.front.active = \"front-01\"\n");
        file(&format!("{back}.toml"), &text)
    };
    let before = active("back-01");
    let fault = "--yes --fault back-02/express/deploy=reboot";
    assert_eq!(here(&format!("rehearse {topology} --facts {before} {fault}"), &dir).exit, 5);
    let runs: serde_json::Value =
        serde_json::from_str(&here("runs --format json", &dir).stdout).expect("JSON");
    let name = runs[0]["run"].as_str().expect("a name");
    let refused = here(&format!("plan {topology} --from-run {name}"), &dir);
    assert_eq!(refused.exit, 3, "{}", refused.stderr);
    assert!(refused.stderr.contains("--facts"), "{}", refused.stderr);
    let after = active("back-02");
    let planned = here(&format!("plan {topology} --facts {after} --from-run {name}"), &dir);
    assert_eq!(planned.exit, 0, "{}", planned.stderr);
    assert!(planned.stdout.contains("back-02/express/deploy"), "{}", planned.stdout);
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
    let schema: serde_json::Value =
        serde_json::from_str(&ctsup("schema event").stdout).expect("a schema");
    let schema = jsonschema::validator_for(&schema).expect("a schema");
    for line in events {
        assert!(schema.is_valid(line), "{line}");
    }
    assert!(!schema.is_valid(&serde_json::json!({ "event": "finished" })));
}

/// Journals of format 1, kept for good: whatever comes later reads them.
#[test]
fn journals_that_are_kept_are_read() {
    let schema: serde_json::Value =
        serde_json::from_str(&ctsup("schema event").stdout).expect("a schema");
    let schema = jsonschema::validator_for(&schema).expect("a schema");
    let mut codes = std::collections::BTreeSet::new();
    for path in crate::harness::files("fixtures/journals") {
        let bytes = std::fs::read(&path).expect("readable");
        let read = ctsup_core::run::JournalText::read(&bytes).expect("a journal");
        assert_eq!(read.whole, bytes.len(), "{}", path.display());
        for record in &read.records {
            codes.insert(record.event.code());
            let line = serde_json::from_str(&record.line()).expect("JSON");
            assert!(schema.is_valid(&line), "{line}");
        }
    }
    for code in [
        "approved",
        "attached",
        "begun",
        "started",
        "launched",
        "ended",
        "done",
        "failed",
        "reattached",
        "kept",
        "probed",
        "asked",
        "answered",
        "boot",
        "aborting",
    ] {
        assert!(codes.contains(code), "no journal holds `{code}`: {codes:?}");
    }
}

/// Nothing of a rehearsal happened on servers: one that cannot be read is never gone on with there.
#[test]
fn a_damaged_rehearsal_is_no_run() {
    let line = "rehearse examples/split.toml --yes --fault back/express/deploy=fail";
    for damage in ["{\"seed\":1}", "", "\u{0}", "gone"] {
        let dir = scratch();
        assert_eq!(here(line, &dir).exit, 5);
        let runs: serde_json::Value =
            serde_json::from_str(&here("runs --format json", &dir).stdout).expect("JSON");
        let name = runs[0]["run"].as_str().expect("a name").to_owned();
        let file = dir.path().join(&name).join("rehearsal.json");
        if damage == "gone" {
            std::fs::remove_file(&file).expect("it was there");
        } else {
            std::fs::write(&file, damage).expect("a file");
        }
        for command in ["resume", "abort", "attach"] {
            for run in ["", name.as_str()] {
                let ran = here(&format!("{command} {run}"), &dir);
                assert_eq!(ran.exit, 1, "{command} {run}: {}", ran.stderr);
                assert!(ran.stderr.contains("rehearsal"), "{command} {run}: {}", ran.stderr);
            }
        }
        let runs: serde_json::Value =
            serde_json::from_str(&here("runs --format json", &dir).stdout).expect("JSON");
        assert_eq!(runs[0]["rehearsal"], true);
    }
}

/// What never began stands in nobody's way.
#[test]
fn a_run_that_never_began_is_no_open_run() {
    let dir = scratch();
    let line = "rehearse examples/split.toml --yes --fault back/express/deploy=fail";
    assert_eq!(here(line, &dir).exit, 5);
    let begun = std::fs::read_dir(dir.path()).expect("runs").next().expect("one").expect("one");
    for name in ["romashka-20260101-000000", "romashka-20260101-000001"] {
        let other = dir.path().join(name);
        std::fs::create_dir(&other).expect("a directory");
        std::fs::copy(begun.path().join("plan.json"), other.join("plan.json")).expect("a copy");
    }
    let ran = here("resume --yes", &dir);
    assert_eq!(ran.exit, 0, "{}{}", ran.stderr, ran.stdout);
    let ran = here("runs", &dir);
    assert_eq!(ran.stdout.matches("not begun").count(), 2, "{}", ran.stdout);
}

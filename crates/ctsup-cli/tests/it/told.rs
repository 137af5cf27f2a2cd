//! What is told when a run is not under way: nothing that is not so, and always a way on.

use crate::harness::{Ran, ctsup, root, run, scratch};

fn here(line: &str, dir: &tempfile::TempDir) -> Ran {
    run(&format!("{line} --runs {}", dir.path().display()), &[], None)
}

fn only_run(dir: &tempfile::TempDir) -> String {
    let runs: serde_json::Value =
        serde_json::from_str(&here("runs --format json", dir).stdout).expect("JSON");
    assert_eq!(runs.as_array().map(Vec::len), Some(1), "{runs}");
    runs[0]["run"].as_str().expect("a name").to_owned()
}

#[test]
fn a_hanging_command_is_ended_by_whoever_comes_back() {
    for (file, step) in [("single", "cts/express/deploy"), ("ha", "back-02/express/deploy")] {
        for (command, exit) in [("resume --yes", 0), ("abort", 5)] {
            let dir = scratch();
            let ran =
                here(&format!("rehearse examples/{file}.toml --yes --fault {step}=hang"), &dir);
            assert_eq!(ran.exit, 5, "{}{}", ran.stderr, ran.stdout);
            assert!(ran.stdout.contains("end it with kill"), "{}", ran.stdout);
            let ran = here(command, &dir);
            assert_eq!(ran.exit, exit, "{command}: {}{}", ran.stderr, ran.stdout);
            assert!(ran.stderr.contains("what hung on the hosts was ended"), "{}", ran.stderr);
            if command == "abort" {
                assert!(ran.stdout.contains("given up"), "{}", ran.stdout);
            }
        }
    }
}

#[test]
fn a_rehearsal_that_waits_names_commands_that_are_taken() {
    let dir = scratch();
    let ran = here("rehearse examples/single.toml", &dir);
    assert_eq!(ran.exit, 6, "{}", ran.stderr);
    let name = only_run(&dir);
    let place = dir.path().display();
    let resume = format!("ctsup resume {name} --yes --runs {place}");
    assert!(ran.stdout.contains(&resume), "{}", ran.stdout);
    assert!(ran.stdout.contains(&format!("ctsup abort {name} --runs {place}")), "{}", ran.stdout);
    for real in ["ctsup confirm", "ctsup observe", "ctsup plan"] {
        assert!(!ran.stdout.contains(real), "{real}: {}", ran.stdout);
    }
    // What is asked stands there, not its title alone.
    assert!(ran.stdout.contains("\n  ? "), "{}", ran.stdout);
    let refused = here(&format!("confirm {name} person/send-message"), &dir);
    assert_eq!(refused.exit, 1);
    assert!(refused.stderr.contains("ctsup resume"), "{}", refused.stderr);
    // As printed, but for the program's place.
    let ran = ctsup(resume.strip_prefix("ctsup ").expect("a command"));
    assert_eq!(ran.exit, 0, "{}", ran.stderr);
}

#[test]
fn before_a_step_is_not_after_it() {
    for (limit, says, done) in
        [("--until 5", "paused after step 5", 5), ("--pause-before 5", "paused before step 5", 4)]
    {
        let dir = scratch();
        let ran = here(&format!("rehearse examples/single.toml --yes {limit}"), &dir);
        assert!(ran.stdout.contains(says), "{}", ran.stdout);
        let runs: serde_json::Value =
            serde_json::from_str(&here("runs --format json", &dir).stdout).expect("JSON");
        assert_eq!(runs[0]["done"], done);
    }
}

/// The window of invariant 31 is closed first, and that is said.
#[test]
fn a_window_is_closed_and_said_to_be() {
    let dir = scratch();
    let plan = ctsup("plan examples/ha.toml --format json");
    let plan: serde_json::Value = serde_json::from_str(&plan.stdout).expect("JSON");
    let steps = plan["steps"].as_array().expect("steps");
    let place =
        |id: &serde_json::Value| steps.iter().position(|s| s["id"] == *id).expect("one") + 1;
    let window = plan["warnings"]
        .as_array()
        .expect("warnings")
        .iter()
        .find(|warning| warning["code"] == "old-containers-window")
        .expect("a window");
    let (opens, closes) = (place(&window["step"]), place(&window["until"]));
    let ran = here(&format!("rehearse examples/ha.toml --yes --until {opens}"), &dir);
    assert!(ran.stdout.contains(&format!("paused after step {closes}")), "{}", ran.stdout);
    assert!(ran.stdout.contains(&format!("up to step {opens}")), "{}", ran.stdout);
}

#[test]
fn a_run_whose_files_are_lost_is_a_run() {
    let line = "rehearse examples/split.toml --yes --fault back/express/deploy=fail";
    for (file, with) in [
        ("plan.json", None),
        ("plan.json", Some("{\"steps\": 5}")),
        ("journal.jsonl", None),
        ("journal.jsonl", Some("{}\n")),
    ] {
        for lang in ["en", "ru"] {
            let dir = scratch();
            assert_eq!(here(line, &dir).exit, 5);
            let name = only_run(&dir);
            let path = dir.path().join(&name).join(file);
            match with {
                None => std::fs::remove_file(&path).expect("it was there"),
                Some(text) => std::fs::write(&path, text).expect("a file"),
            }
            let listed = here(&format!("runs --lang {lang}"), &dir);
            assert!(listed.stdout.contains(&name), "{file} {with:?}: {listed:?}");
            let damaged = ["cannot be read", "не читается"];
            assert!(damaged.iter().any(|d| listed.stdout.contains(d)), "{}", listed.stdout);
            for command in ["status", "resume"] {
                let ran = here(&format!("{command} {name} --lang {lang}"), &dir);
                assert_eq!(ran.exit, 1, "{command}: {}", ran.stderr);
                assert!(ran.stderr.contains(file), "{command}: {}", ran.stderr);
                let way_out = ["--fetch", "rehearse anew", "отрепетируйте"];
                assert!(way_out.iter().any(|w| ran.stderr.contains(w)), "{}", ran.stderr);
                assert!(!ran.stderr.contains("unknown"), "{}", ran.stderr);
            }
        }
    }
}

#[test]
fn a_rehearsal_that_is_over_can_be_looked_at() {
    let dir = scratch();
    let line = "rehearse examples/split.toml --yes --fault back/express/deploy=fail";
    assert_eq!(here(line, &dir).exit, 5);
    assert_eq!(here("resume --yes", &dir).exit, 0);
    let ran = here("status", &dir);
    assert_eq!((ran.exit, ran.stderr.as_str()), (0, ""));
    assert!(ran.stdout.contains("Everything is done"), "{}", ran.stdout);
}

#[test]
fn a_directory_that_is_not_there_is_no_history() {
    for place in ["/no/such/place", "Cargo.toml"] {
        for command in ["runs", "status"] {
            let ran = ctsup(&format!("{command} --runs {place}"));
            assert_eq!(ran.exit, 1, "{command}: {}", ran.stdout);
            assert!(ran.stderr.contains(place), "{}", ran.stderr);
        }
    }
}

#[test]
fn observed_facts_go_where_a_dash_says() {
    let ran = ctsup("observe examples/single.toml -o -");
    assert!(!root().join("-").exists(), "a file of that name");
    assert!(ran.stdout.starts_with("# Facts"), "{}{}", ran.stdout, ran.stderr);
}

#[test]
fn each_fault_is_told_of() {
    let dir = scratch();
    let line = "rehearse examples/ha.toml --yes --fault back-02/express/deploy=drop";
    let ran = here(line, &dir);
    assert_eq!(ran.exit, 0, "{}", ran.stderr);
    assert!(ran.stderr.contains("deploy=drop: the connection broke"), "{}", ran.stderr);
    let ran = here(&format!("{line} --until 3"), &dir);
    assert!(ran.stderr.contains("deploy=drop: was not reached"), "{}", ran.stderr);
    for (fault, says) in [
        ("--fault back/express/deploy=no", "asks no question"),
        ("--fault person/send-message=drop", "sends no command"),
        ("--fault back/express/deploy=fail --fault back/express/deploy=drop", "already"),
    ] {
        let ran = ctsup(&format!("rehearse examples/split.toml {fault}"));
        assert_eq!(ran.exit, 64, "{fault}: {}", ran.stderr);
        assert!(ran.stderr.contains(says), "{fault}: {}", ran.stderr);
    }
}

#[test]
fn the_report_of_a_rehearsal_says_that_it_is_one() {
    for (lang, title, said) in [
        ("en", "# Rehearsal ", "Nothing of it happened on servers"),
        ("ru", "# Репетиция ", "На серверах ничего не выполнялось"),
    ] {
        let dir = scratch();
        let fault = "--fault back/express/deploy=fail";
        let ran = here(&format!("rehearse examples/split.toml --yes {fault} --lang {lang}"), &dir);
        assert_eq!(ran.exit, 5);
        let report = std::fs::read_to_string(dir.path().join(only_run(&dir)).join("report.md"));
        let report = report.expect("a report");
        assert!(report.starts_with(title) && report.contains(said), "{report}");
    }
}

/// What stopped, and how it stands, is said although the disk takes nothing.
#[test]
fn a_rehearsal_that_cannot_be_kept_says_how_it_stands() {
    let dir = scratch();
    let file = dir.path().join("file");
    std::fs::write(&file, "").expect("a file");
    let fault = "--fault back/express/deploy=fail";
    let runs = file.join("runs").display().to_string();
    let ran = ctsup(&format!("rehearse examples/split.toml --yes {fault} --runs {runs}"));
    assert_eq!(ran.exit, 1, "{}", ran.stderr);
    assert!(ran.stdout.contains("failed, exit code 1"), "{}", ran.stdout);
    assert!(ran.stderr.contains(&runs), "{}", ran.stderr);
}

#[test]
fn a_command_whose_end_was_seen_does_not_run() {
    let dir = scratch();
    let ran = here("rehearse examples/single.toml --yes --fault cts/express/deploy=fail", &dir);
    assert_eq!(ran.exit, 5);
    assert!(ran.stdout.contains("step 6 failed, exit code 1"), "{}", ran.stdout);
    assert!(!ran.stdout.contains("still running"), "{}", ran.stdout);
}

/// A server that does not answer is not said to be what it was.
#[test]
fn what_a_silent_server_does_is_not_known() {
    let dir = scratch();
    let ran =
        here("rehearse examples/ha.toml --yes --fault back-02/express/deploy=kill-node", &dir);
    assert_eq!(ran.exit, 5, "{}", ran.stderr);
    let text = ran.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(!text.contains("back-02 is the active node"), "{}", ran.stdout);
    assert!(text.contains("back-02 was the active node; whether it still is"), "{}", ran.stdout);
    assert!(text.contains("on back-02: not known"), "{}", ran.stdout);
}

#[test]
fn texts_fit_a_terminal() {
    let mut long = Vec::new();
    for (file, fault) in [
        ("single", ""),
        ("ha", ""),
        ("ha", "--fault back-02/express/deploy=fail"),
        ("ha", "--fault back-02/express/deploy=kill-node"),
        ("ha", "--fault back-02/express/deploy=hang"),
        ("ansible-single", ""),
    ] {
        for lang in ["en", "ru"] {
            let dir = scratch();
            let line = format!("rehearse examples/{file}.toml --yes {fault} --lang {lang}");
            let mut texts = vec![here(&line, &dir)];
            if !fault.is_empty() {
                texts.push(here(&format!("status --lang {lang}"), &dir));
            }
            let lines = texts.iter().flat_map(|ran| ran.stdout.lines().chain(ran.stderr.lines()));
            // Commands stay whole: they are pasted.
            let pasted = |line: &&str| {
                let line = line.trim_start();
                ["ctsup ", "on ", "на "].iter().any(|begin| line.starts_with(begin))
            };
            let wide = lines.filter(|line| !pasted(line) && line.chars().count() > 80);
            long.extend(wide.map(|line| format!("{file} {lang}: {line}")));
        }
    }
    assert!(long.is_empty(), "{} lines:\n{}", long.len(), long.join("\n"));
}

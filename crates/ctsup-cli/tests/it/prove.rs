//! `prove`, saving what is proven, and the way back from the middle.

use ctsup_core::Plan;

use crate::harness::{ctsup, scratch};

#[test]
fn a_proof_on_a_terminal_and_on_paper() {
    for (name, line) in [
        ("prove_split", "prove examples/split.toml"),
        ("prove_ha_ru", "prove examples/ha.toml --lang ru"),
        ("prove_single_full", "prove examples/single.toml --full"),
        ("prove_single_markdown", "prove examples/single.toml --format markdown"),
        ("prove_windows", "prove examples/split.toml --windows 02:00-04:00,23:30-03:00,2h"),
    ] {
        let ran = ctsup(line);
        assert_eq!(ran.exit, 0, "{line}: {}{}", ran.stderr, ran.stdout);
        for text in ran.stdout.lines().filter(|_| !name.ends_with("markdown")) {
            assert!(text.chars().count() <= 80, "wider than a terminal: {text}");
        }
        assert!(!ran.stdout.contains('{'), "{line}: an argument without its value");
        insta::assert_snapshot!(name, ran.transcript());
    }
}

#[test]
fn programs_read_a_proof_with_its_verdict_and_windows() {
    let ran = ctsup("prove examples/split.toml --format json --windows 12h");
    let proof: serde_json::Value = serde_json::from_str(&ran.stdout).expect("JSON");
    assert_eq!(proof["format"]["name"], "ctsup-proof");
    assert_eq!(proof["verdict"], "proven");
    assert_eq!(proof["windows"].as_array().map(Vec::len), Some(1));
}

#[test]
fn windows_that_do_not_hold_the_plan_are_refused() {
    let ran = ctsup("prove examples/split.toml --windows 5m,5m");
    assert_eq!(ran.exit, 3, "{}", ran.stderr);
    assert!(ran.stderr.contains("longest window"), "{}", ran.stderr);
    let wrong = ctsup("prove examples/split.toml --windows soon");
    assert_eq!(wrong.exit, 64, "{}", wrong.stderr);
}

#[test]
fn a_plan_without_its_backup_first_is_a_story_with_exit_code_4() {
    let dir = scratch();
    let path = dir.path().join("plan.json");
    let saved = ctsup(&format!("plan examples/single.toml -o {}", path.display()));
    assert_eq!(saved.exit, 0, "{}", saved.stderr);
    let text = std::fs::read_to_string(&path).expect("it was saved");
    let mut plan = Plan::read(&text).expect("a plan");
    let deploy = plan.steps.iter_mut().find(|s| s.id.as_str().ends_with("/deploy"));
    deploy.expect("it deploys").after.clear();
    plan.digest = plan.computed_digest();
    std::fs::write(&path, plan.to_json()).expect("room");
    let ran = ctsup(&format!("prove {}", path.display()));
    assert_eq!(ran.exit, 4, "{}{}", ran.stdout, ran.stderr);
    insta::assert_snapshot!("prove_refuted", ran.stdout);
    let ran = ctsup(&format!("prove {} --lang ru", path.display()));
    insta::assert_snapshot!("prove_refuted_ru", ran.stdout);
}

#[test]
fn the_way_back_from_the_middle_is_a_proven_plan() {
    let dir = scratch();
    let path = dir.path().join("back.json");
    // The list that the upgrade saved on the node, fetched by the administrator.
    let list = std::fs::read_to_string(
        crate::harness::root().join("examples/lists/cts-current_version.txt"),
    );
    std::fs::write(dir.path().join("cts.txt"), list.expect("an example")).expect("room");
    let site = std::fs::read_to_string(crate::harness::root().join("examples/single.toml"));
    let site = site.expect("an example")
        + "\n[rollback]\nto = \"2.4.1\"\n[rollback.lists]\ncts = \"cts.txt\"\n";
    let file = dir.path().join("site.toml");
    std::fs::write(&file, site).expect("room");
    let file = file.display();
    let line = format!("plan {file} --goal rollback --at cts/express/deploy");
    let saved = ctsup(&format!("{line} -o {}", path.display()));
    assert_eq!(saved.exit, 0, "{}{}", saved.stdout, saved.stderr);
    let text = std::fs::read_to_string(&path).expect("it was saved");
    let plan = Plan::read(&text).expect("a plan");
    assert_eq!(plan.goal, ctsup_core::Goal::Rollback);
    assert!(!plan.steps.is_empty());
    assert_eq!(ctsup(&format!("prove {}", path.display())).exit, 0);
    let unknown = ctsup("plan examples/split.toml --goal rollback --at nowhere");
    assert_eq!(unknown.exit, 1, "{}", unknown.stderr);
    let wrong = ctsup("plan examples/split.toml --at back/express/deploy");
    assert_eq!(wrong.exit, 64, "{}", wrong.stderr);
}

/// A site whose own step, on a node of Back, may run while old containers stand on newer data: it waits
/// for VoEx on a host of its own, which has no order with that window (invariant 31).
fn refuted_site(dir: &std::path::Path) -> std::path::PathBuf {
    let site = std::fs::read_to_string(crate::harness::root().join("examples/ha-voex.toml"));
    let own = "\n[[own]]\nname = \"warm-cache\"\nbefore = \"D-V.4\"\nnode = \"back-01\"\n\
               run = [\"/usr/local/bin/warm-cache\"]\nundo = [\"true\"]\n";
    let file = dir.join("site.toml");
    std::fs::write(&file, site.expect("an example") + own).expect("room");
    file
}

#[test]
fn saving_refuses_a_refuted_plan_in_any_form_and_tells_why() {
    let dir = scratch();
    let file = refuted_site(dir.path());
    for ending in ["json", "md", "txt", "dot"] {
        let out = dir.path().join(format!("plan.{ending}"));
        let ran = ctsup(&format!("plan {} -o {}", file.display(), out.display()));
        assert_eq!(ran.exit, 4, "{}", ran.stderr);
        assert!(!out.exists(), "nothing is left behind");
        assert!(ran.stderr.contains("This rule is broken: 31"), "{}", ran.stderr);
        assert!(ran.stderr.contains("own/warm-cache"), "{}", ran.stderr);
    }
    // Looking at it is no saving.
    assert_eq!(ctsup(&format!("plan {}", file.display())).exit, 0);
    let out = dir.path().join("plan.json");
    let ran = ctsup(&format!("plan {} -o {} --lang ru", file.display(), out.display()));
    insta::assert_snapshot!("plan_refuted_ru", ran.transcript());
}

#[test]
fn unproven_is_saved_marked_and_said_before_a_run() {
    let dir = scratch();
    let file = refuted_site(dir.path());
    let out = dir.path().join("plan.json");
    let (from, to) = (file.display(), out.display());
    let ran = ctsup(&format!("plan {from} -o {to} --unproven"));
    assert_eq!(ran.exit, 0, "{}", ran.stderr);
    assert!(ran.stderr.contains("This plan is not proven"), "{}", ran.stderr);
    let marked = Plan::read(&std::fs::read_to_string(&out).expect("it was saved")).expect("a plan");
    assert!(marked.is_marked_unproven());
    let bare = ctsup(&format!("plan {from} --format json")).stdout;
    let bare = Plan::read(&bare).expect("a plan");
    assert_ne!(bare.digest, marked.digest, "who approves the one has not approved the other");
    // Every form that is saved says so.
    for ending in ["md", "txt"] {
        let form = dir.path().join(format!("plan.{ending}"));
        let ran = ctsup(&format!("plan {from} -o {} --unproven", form.display()));
        assert_eq!(ran.exit, 0, "{}", ran.stderr);
        let text = std::fs::read_to_string(form).expect("it was saved");
        assert!(text.contains("This plan is not proven"), "{ending}: {text}");
    }
    // A run says it before anybody approves it, and the same without the mark does not begin.
    let runs = dir.path().join("runs");
    let run = |plan: &str| ctsup(&format!("run {plan} --runs {} --digest 0", runs.display()));
    let ran = run(&to.to_string());
    assert_eq!(ran.exit, 8, "{}", ran.stderr);
    assert!(ran.stderr.contains("This plan is not proven"), "{}", ran.stderr);
    let path = dir.path().join("bare.json");
    std::fs::write(&path, bare.to_json()).expect("room");
    let ran = run(&path.display().to_string());
    assert_eq!(ran.exit, 4, "{}", ran.stderr);
    assert!(ran.stderr.contains("This rule is broken: 31"), "{}", ran.stderr);
    assert!(!runs.exists(), "nothing was begun");
    // The mark cannot be taken off the file: the digest is over it.
    let text = std::fs::read_to_string(&out).expect("it was saved");
    std::fs::write(&path, text.replace("\"unproven\"", "\"pins-stay\"")).expect("room");
    let ran = run(&path.display().to_string());
    assert_eq!(ran.exit, 1, "{}", ran.stderr);
    assert!(ran.stderr.contains("digest"), "{}", ran.stderr);
    // A proven plan is not marked, whatever was asked for.
    let ran = ctsup(&format!("plan examples/single.toml -o {to} --unproven"));
    assert_eq!(ran.exit, 0, "{}", ran.stderr);
    let plan = Plan::read(&std::fs::read_to_string(&out).expect("it was saved")).expect("a plan");
    assert!(!plan.is_marked_unproven());
}

/// All of a proof in Russian, on a terminal and on paper: for readers of snapshots.
#[test]
fn a_whole_proof_in_russian() {
    let ran = ctsup("prove examples/split.toml --full --lang ru");
    for line in ran.stdout.lines() {
        assert!(line.chars().count() <= 80, "wider than a terminal: {line}");
    }
    insta::assert_snapshot!("prove_split_full_ru", ran.transcript());
    let ran = ctsup("prove examples/single.toml --format markdown --lang ru");
    insta::assert_snapshot!("prove_single_markdown_ru", ran.transcript());
}

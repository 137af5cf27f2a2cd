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

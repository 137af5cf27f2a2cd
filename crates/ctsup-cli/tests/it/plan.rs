//! `plan`, `diff` and `explain`: comparing, saving, and what cannot be compared.

use crate::harness::{ctsup, run, scratch};

#[test]
fn a_plan_is_locked_and_stays_the_same() {
    let dir = scratch();
    let path = dir.path().join("plan.json");
    let path = path.display();
    let saved = ctsup(&format!("plan examples/split.toml -o {path}"));
    assert_eq!(saved.exit, 0, "{}", saved.stderr);
    assert!(saved.stderr.contains("plan.json: "), "{}", saved.stderr);
    let same = ctsup(&format!("plan examples/split.toml --locked {path}"));
    assert_eq!((same.exit, same.stdout.as_str()), (0, ""));
    // Measured values are no part of a plan.
    let topology = std::fs::read_to_string(crate::harness::root().join("examples/split.toml"))
        .expect("readable")
        .replace("80 GiB", "81 GiB");
    let line = format!("plan - --locked {path}");
    assert_eq!(run(&line, &[], Some(topology.as_bytes())).exit, 0);
    let other = topology.replace("2.5.7", "2.5.9");
    let differs = run(&line, &[], Some(other.as_bytes()));
    assert_eq!((differs.exit, differs.stderr.as_str()), (2, ""));
    assert!(differs.stdout.contains("2.5.9"), "{}", differs.stdout);
    let wrong = topology.replace("81 GiB", "1 GiB");
    let refused = run(&line, &[], Some(wrong.as_bytes()));
    assert_eq!((refused.exit, refused.stdout.as_str()), (3, ""));
}

#[test]
fn two_saved_plans() {
    let dir = scratch();
    let path = |name: &str| dir.path().join(name).display().to_string();
    let (one, two) = (path("one.json"), path("two.json"));
    assert_eq!(ctsup(&format!("plan examples/single.toml -o {one}")).exit, 0);
    assert_eq!(ctsup(&format!("plan examples/split.toml -o {two}")).exit, 0);
    let same = ctsup(&format!("diff {one} {one}"));
    assert_eq!((same.exit, same.stdout.as_str()), (0, ""));
    let differs = ctsup(&format!("diff {one} {two}"));
    assert_eq!((differs.exit, differs.stderr.as_str()), (2, ""));
}

#[test]
fn the_ending_of_the_file_chooses_the_form() {
    let dir = scratch();
    let starts = [
        ("plan.json", "{\n"),
        ("plan.md", "# "),
        ("plan.dot", "digraph"),
        ("plan.mmd", "---\n"),
        ("plan.txt", "Upgrade of"),
        ("plan", "Upgrade of"),
    ];
    for (name, start) in starts {
        let path = dir.path().join(name);
        let ran = ctsup(&format!("plan examples/single.toml -o {}", path.display()));
        assert_eq!(ran.exit, 0, "{name}");
        let text = std::fs::read_to_string(&path).expect("it is there");
        assert!(text.starts_with(start), "{name}: {}", text.lines().next().unwrap_or_default());
        assert!(!text.contains('\u{1b}'), "{name}");
    }
}

#[test]
fn nothing_to_do_is_done() {
    let topology = std::fs::read_to_string(crate::harness::root().join("examples/single.toml"))
        .expect("readable")
        .replace("2.4.1", "2.5.7");
    for (lang, said) in [("en", "nothing to do"), ("ru", "делать нечего")] {
        let ran = run(&format!("plan - --lang {lang}"), &[], Some(topology.as_bytes()));
        assert_eq!(ran.exit, 0);
        assert!(ran.stderr.contains(said), "{}", ran.stderr);
        assert!(!ran.stdout.is_empty());
    }
}

#[test]
fn plans_that_are_none() {
    let plan = ctsup("plan examples/single.toml --format json").stdout;
    let dir = scratch();
    let path = dir.path().join("plan.json");
    let mut text = String::new();
    for changed in [
        "[]".to_owned(),
        plan.replace("\"version\": 1", "\"version\": 2"),
        plan.replacen("romashka", "romashki", 1),
        plan[..40].to_owned(),
    ] {
        std::fs::write(&path, changed).expect("writable");
        let ran = ctsup(&format!("diff {0} {0}", path.display()));
        assert_eq!((ran.exit, ran.stdout.as_str()), (1, ""));
        text.push_str(&ran.stderr.replace(&path.display().to_string(), "plan.json"));
    }
    insta::assert_snapshot!(text, @r#"
    error: plan.json: this is no plan saved as JSON by ctsup: invalid length 0, expected struct Head with 1 element at line 1 column 2
    help: ctsup plan FILE -o plan.json saves one
    error: plan.json: a plan of format 2, this ctsup reads format 1
    help: take the ctsup that wrote it, or plan anew
    error: plan.json: the plan was changed after it was made: its digest is not that of its content
    help: plan anew; a plan is never edited by hand
    error: plan.json: this is no plan saved as JSON by ctsup: EOF while parsing a string at line 3 column 21
    help: ctsup plan FILE -o plan.json saves one
    "#);
}

#[test]
fn a_step_is_explained_by_its_name_or_its_end() {
    let whole = ctsup("explain examples/split.toml back/express/deploy");
    assert_eq!((whole.exit, whole.stderr.as_str()), (0, ""));
    let plan = ctsup("plan examples/split.toml --format json").stdout;
    let saved = run("explain - back/express/deploy", &[], Some(plan.as_bytes()));
    assert_eq!(saved.exit, 0);
    assert_eq!(ctsup("explain examples/single.toml deploy").exit, 0);
}

#[test]
fn steps_that_are_none_or_several() {
    insta::assert_snapshot!(ctsup("explain examples/split.toml deploy").transcript(), @r#"
    --- stderr
    error: deploy can be several steps:
      voex/voex/deploy
      back/express/deploy
      front/express/deploy
    --- exit 1
    "#);
    insta::assert_snapshot!(ctsup("explain examples/split.toml dance --lang ru").transcript(), @r#"
    --- stderr
    ошибка: шага dance в этом плане нет
    выход: имена шагов показывает план: ctsup plan examples/split.toml
    --- exit 1
    "#);
}

#[test]
fn findings_beside_a_plan_go_where_errors_go() {
    let ran = ctsup("plan fixtures/invalid/unused-risk.toml --messages lines");
    assert_eq!(ran.exit, 0);
    assert!(ran.stdout.starts_with("Upgrade of"), "{}", ran.stdout);
    insta::assert_snapshot!(ran.stderr, @r#"
    fixtures/invalid/unused-risk.toml:3:10: unused-risk: the accepted risk `no-backup` is not in this plan; take it out of `accept`: a risk accepted beforehand is not looked at when it comes
    "#);
}

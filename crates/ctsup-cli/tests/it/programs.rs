//! What programs read: a document on the promised stream, whatever is wrong.

use serde_json::Value;

use crate::harness::{Ran, ctsup, run, scratch};

fn findings(text: &str, line: &str) -> Vec<Value> {
    let document: Value =
        serde_json::from_str(text).unwrap_or_else(|error| panic!("{line}: {error}: {text}"));
    assert_eq!(document["format"]["name"], "ctsup-diagnostics", "{line}");
    document["diagnostics"].as_array().expect("a list").clone()
}

#[test]
fn files_that_cannot_be_checked_are_findings() {
    let dir = scratch();
    let file = |name: &str, bytes: &[u8]| {
        let path = dir.path().join(name);
        std::fs::write(&path, bytes).expect("writable");
        path.display().to_string()
    };
    let large = vec![b'#'; 17 << 20];
    for (path, code, line) in [
        ("nowhere.toml".to_owned(), "file-not-found", None),
        ("examples".to_owned(), "file-directory", None),
        (file("empty", b""), "file-empty", None),
        (file("code-page", b"format = 1\n# \xf1\xe5\n"), "file-not-utf8", Some(2)),
        (file("utf-16", b"\xff\xfef\x00"), "file-not-utf8", Some(1)),
        (file("json", b"{}"), "file-json", None),
        (file("large", &large), "file-too-large", None),
    ] {
        let check = ctsup(&format!("check {path} --format json"));
        assert_eq!((check.exit, check.stderr.as_str()), (1, ""), "{path}");
        let found = findings(&check.stdout, &path);
        assert_eq!(found[0]["code"], code, "{path}");
        assert_eq!(found[0]["place"]["file"], path.as_str());
        assert_eq!(found[0]["place"]["line"].as_u64(), line, "{path}");
        let plan = ctsup(&format!("plan {path} --messages json"));
        assert_eq!((plan.exit, plan.stdout.as_str()), (1, ""), "{path}");
        assert_eq!(findings(&plan.stderr, &path)[0]["code"], code);
        let lines = ctsup(&format!("check {path} --format lines"));
        assert!(lines.stdout.starts_with(&format!("{path}:")), "{}", lines.stdout);
        assert!(lines.stdout.contains(code), "{}", lines.stdout);
    }
}

#[test]
fn so_are_other_files_plans_and_command_lines() {
    for (line, exit, code) in [
        ("plan examples/single.toml --messages json --facts nowhere.toml", 1, "file-not-found"),
        ("plan examples/single.toml --messages json --catalog nowhere.toml", 1, "file-not-found"),
        ("diff nowhere.json nowhere.json --messages json", 1, "file-not-found"),
        ("diff README.md README.md --messages json", 1, "plan-file-not-a-plan"),
        ("explain examples/single.toml dance --messages json", 1, "plan-step-unknown"),
        ("plan examples/single.toml -o plan.xyz --messages json", 64, "usage"),
        ("plan --messages json", 64, "usage"),
        ("plna --messages=json", 64, "usage"),
    ] {
        let Ran { stdout, stderr, exit: got } = ctsup(line);
        assert_eq!((got, stdout.as_str()), (exit, ""), "{line}");
        assert_eq!(findings(&stderr, line)[0]["code"], code, "{line}");
    }
    let cert = ctsup("cert nowhere.crt nowhere.key --host a.example --format json");
    assert_eq!((cert.exit, cert.stderr.as_str()), (1, ""));
    assert_eq!(findings(&cert.stdout, "cert")[0]["place"]["file"], "nowhere.crt");
}

#[test]
fn what_is_said_beside_a_result_is_a_document_too() {
    let text = std::fs::read_to_string(crate::harness::root().join("examples/single.toml"));
    let text = text.expect("readable").replace("2.4.1", "2.5.7");
    let ran = run("plan - --format json --messages json", &[], Some(text.as_bytes()));
    assert_eq!(ran.exit, 0);
    let found = findings(&ran.stderr, "plan -");
    assert_eq!(found[0]["code"], "plan-nothing-to-do");
    assert_eq!(found[0]["severity"], "note");
}

#[test]
fn a_password_is_repeated_nowhere() {
    for form in ["text", "lines", "json"] {
        let ran = ctsup(&format!("check fixtures/invalid/secret-in-url.toml --format {form}"));
        assert_eq!(ran.exit, 1);
        assert!(ran.stdout.contains("secret-in-url"), "{form}");
        assert!(!ran.stdout.contains("u:secret"), "{form}: {}", ran.stdout);
    }
}

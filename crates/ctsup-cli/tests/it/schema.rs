//! The schemas hold for what they are about, and refuse what they should.

use ctsup_core::topology::key::KEYS;
use serde_json::Value;

use crate::examples::lines;
use crate::harness::{ctsup, files};

fn schema(what: &str) -> (Value, jsonschema::Validator) {
    let ran = ctsup(&format!("schema {what}"));
    assert_eq!((ran.exit, ran.stderr.as_str()), (0, ""));
    let schema: Value = serde_json::from_str(&ran.stdout).expect("JSON");
    let validator = jsonschema::draft202012::new(&schema).expect("a schema");
    (schema, validator)
}

/// A TOML file as a schema sees it.
fn toml(path: &std::path::Path) -> Option<Value> {
    let text = std::fs::read_to_string(path).expect("readable");
    serde_json::to_value(text.parse::<toml::Table>().ok()?).ok()
}

#[test]
fn plans_of_all_examples() {
    let (_, validator) = schema("plan");
    for (name, line) in lines() {
        let ran = ctsup(&format!("{line} --format json"));
        let plan: Value = serde_json::from_str(&ran.stdout).expect("JSON");
        let wrong = validator.iter_errors(&plan).next();
        let wrong = wrong.map(|error| format!("{}: {error}", error.instance_path));
        assert_eq!(wrong, None, "{name}");
    }
}

#[test]
fn plans_have_no_field_that_the_schema_does_not_know() {
    let (_, validator) = schema("plan");
    let ran = ctsup("plan examples/single.toml --format json");
    let plan: Value = serde_json::from_str(&ran.stdout).expect("JSON");
    for place in ["", "/release", "/steps/0", "/steps/0/action/volume/save-list", "/topology"] {
        let mut changed = plan.clone();
        changed.pointer_mut(place).expect("it is there")["more"] = Value::Bool(true);
        assert!(!validator.is_valid(&changed), "{place}");
    }
}

#[test]
fn topologies_of_all_examples() {
    let (_, validator) = schema("topology");
    for path in files("examples").iter().filter(|p| p.extension().is_some_and(|e| e == "toml")) {
        let topology = toml(path).expect("TOML");
        let wrong = validator.iter_errors(&topology).next();
        let wrong = wrong.map(|error| format!("{}: {error}", error.instance_path));
        assert_eq!(wrong, None, "{}", path.display());
    }
}

/// What is wrong with the shape of one value, an editor can tell by the schema alone.
#[test]
fn topologies_of_a_wrong_shape() {
    let shapes = [
        "unknown-key",
        "missing-key",
        "wrong-type",
        "unknown-value",
        "out-of-range",
        "not-a",
        "not-plain-text",
        "unknown-format",
        "unknown-risk",
        "unknown-reading",
    ];
    let (_, validator) = schema("topology");
    for path in files("fixtures/invalid") {
        let name = path.file_stem().expect("a name").to_string_lossy().into_owned();
        let shape = shapes.iter().any(|shape| name.starts_with(shape));
        if !shape || path.is_dir() || name.starts_with("not-allowed-here") {
            continue;
        }
        if let Some(topology) = toml(&path) {
            assert!(!validator.is_valid(&topology), "{name}");
        }
    }
}

#[test]
fn every_key_is_described_in_both_languages() {
    for lang in ["en", "ru"] {
        let ran = ctsup(&format!("schema topology --lang {lang}"));
        assert!(!ran.stdout.contains("{key-"), "{lang}");
        let described = ran.stdout.matches("\"description\"").count();
        assert!(described >= KEYS.len(), "{described} of {}", KEYS.len());
    }
}

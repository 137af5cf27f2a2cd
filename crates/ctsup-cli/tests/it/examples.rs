//! Each example plans, in every form and language, and says nothing beside the result.

use ctsup_render::{Format, Lang};

use crate::harness::{ctsup, files, root};

/// The command that each example names in its first lines.
pub(crate) fn lines() -> Vec<(String, String)> {
    let mut all = Vec::new();
    for path in files("examples") {
        if path.extension().is_none_or(|ending| ending != "toml") {
            continue;
        }
        let name = path.file_stem().expect("a name").to_string_lossy().into_owned();
        let text = std::fs::read_to_string(&path).expect("readable");
        let line = text
            .lines()
            .find_map(|line| line.strip_prefix("#     ctsup "))
            .unwrap_or_else(|| panic!("{name} does not say how it is planned"));
        let file =
            path.strip_prefix(root()).expect("below the root").to_string_lossy().into_owned();
        assert!(line.contains(&file), "{name}: its command is about another file");
        all.push((name, line.to_owned()));
    }
    assert!(all.len() >= 14, "examples are missing");
    all
}

#[test]
fn each_example_plans_as_it_says() {
    for (name, line) in lines() {
        let ran = ctsup(&line);
        assert_eq!((ran.exit, ran.stderr.as_str()), (0, ""), "{name}");
        let check = ctsup(&line.replacen("plan", "check", 1));
        assert_eq!(check.exit, 0, "{name}: {}", check.stdout);
    }
}

#[test]
fn each_form_in_each_language() {
    for (name, line) in lines() {
        for format in Format::ALL {
            for lang in Lang::ALL {
                let (format, lang) = (format.as_str(), lang.as_str());
                let ran = ctsup(&format!("{line} --format {format} --lang {lang}"));
                assert_eq!((ran.exit, ran.stderr.as_str()), (0, ""), "{name} {format} {lang}");
                assert!(!ran.stdout.is_empty(), "{name} {format} {lang}");
            }
        }
    }
}

#[test]
fn plans_are_the_same_in_every_language() {
    for (name, line) in lines() {
        let [en, ru] =
            ["en", "ru"].map(|lang| ctsup(&format!("{line} --format json --lang {lang}")));
        assert_eq!(en, ru, "{name}");
    }
}

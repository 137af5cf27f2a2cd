//! Files that are written: never over what was read, never by a guess, the same everywhere.

use std::path::Path;

use crate::harness::{ctsup, root, run, scratch};

fn copied(example: &str, dir: &Path) -> String {
    let to = dir.join("site.toml");
    std::fs::copy(root().join("examples").join(example), &to).expect("writable");
    to.display().to_string()
}

/// Refused, and the file is as it was.
fn refused(line: &str, file: &str) {
    let before = std::fs::read_to_string(file).expect("there");
    let ran = ctsup(line);
    assert_eq!(ran.exit, 64, "{line}: {}", ran.stderr);
    assert!(ran.stderr.contains("is the same file as"), "{line}: {}", ran.stderr);
    assert_eq!(std::fs::read_to_string(file).expect("there"), before, "{line}");
}

#[test]
fn nothing_that_was_read_is_written_over() {
    let dir = scratch();
    let site = copied("single.toml", dir.path());
    refused(&format!("plan {site} -o {site} --format text"), &site);
    refused(&format!("plan {site} -o {}/./site.toml --format json", dir.path().display()), &site);
    let other = |name: &str, text: &str| {
        let path = dir.path().join(name);
        std::fs::write(&path, text).expect("writable");
        path.display().to_string()
    };
    let facts = other("facts.txt", "");
    refused(&format!("plan {site} --facts {facts} -o {facts}"), &facts);
    let list = root().join("examples/lists/cts-current_version.txt");
    let list = other("list.txt", &std::fs::read_to_string(list).expect("there"));
    refused(&format!("plan {site} --image-list cts={list} -o {list}"), &list);
    let catalogue = root().join("crates/ctsup-core/data/catalogue.toml");
    let catalogue = other("cat.txt", &std::fs::read_to_string(catalogue).expect("there"));
    refused(&format!("plan {site} --catalog {catalogue} -o {catalogue}"), &catalogue);
}

#[cfg(unix)]
#[test]
fn a_link_is_the_file_behind_it() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let dir = scratch();
    let site = copied("single.toml", dir.path());
    let alias = dir.path().join("alias.txt");
    symlink(&site, &alias).expect("links are there");
    refused(&format!("plan {site} -o {}", alias.display()), &site);
    let hard = dir.path().join("hard.txt");
    std::fs::hard_link(&site, &hard).expect("links are there");
    refused(&format!("plan {site} -o {}", hard.display()), &site);
    // A link to a file that is not there yet stays a link.
    let plan = dir.path().join("plan.json");
    symlink("later.json", &plan).expect("links are there");
    assert_eq!(ctsup(&format!("plan {site} -o {}", plan.display())).exit, 0);
    assert!(plan.is_symlink() && dir.path().join("later.json").is_file());
    // Who may read a file was decided once.
    let mode = |path: &Path| std::fs::metadata(path).expect("there").permissions().mode() & 0o777;
    let kept = dir.path().join("kept.json");
    std::fs::write(&kept, "").expect("writable");
    std::fs::set_permissions(&kept, PermissionsExt::from_mode(0o600)).expect("ours");
    assert_eq!(ctsup(&format!("plan {site} -o {}", kept.display())).exit, 0);
    assert_eq!(mode(&kept), 0o600);
}

#[test]
fn a_form_is_never_guessed() {
    let dir = scratch();
    for name in ["plan", "plan.xyz", ".json"] {
        let path = dir.path().join(name);
        let ran = ctsup(&format!("plan examples/single.toml -o {}", path.display()));
        assert_eq!(ran.exit, 64, "{name}: {}", ran.stderr);
        assert!(!path.exists(), "{name}");
        let line = format!("plan examples/single.toml --format json -o {}", path.display());
        assert_eq!(ctsup(&line).exit, 0, "{name}");
    }
    let loud = dir.path().join("P.JSON");
    assert_eq!(ctsup(&format!("plan examples/single.toml -o {}", loud.display())).exit, 0);
    assert!(std::fs::read_to_string(loud).expect("there").starts_with('{'));
}

#[test]
fn a_file_is_the_same_from_every_terminal() {
    let dir = scratch();
    let texts: Vec<_> = ["40", "80", "200"]
        .into_iter()
        .map(|columns| {
            let path = dir.path().join(format!("{columns}.txt"));
            let line = format!("plan examples/single.toml -o {}", path.display());
            assert_eq!(run(&line, &[("COLUMNS", columns)], None).exit, 0);
            std::fs::read_to_string(path).expect("there")
        })
        .collect();
    assert!(texts.iter().all(|text| *text == texts[0]));
}

#[test]
fn lists_are_named_once_and_of_nodes_that_are_there() {
    let site = "plan examples/rollback-single.toml --goal rollback";
    let list = "examples/lists/cts-current_version.txt";
    for (more, exit, said) in [
        (format!("--image-list cts={list}"), 0, ""),
        (format!("--image-list ctx={list}"), 1, "did you mean `cts`"),
        (format!("--image-list cts={list} --image-list cts={list}"), 64, "has a list already"),
        ("--image-list cts=".to_owned(), 64, "NODE=FILE"),
        ("--image-list cts=README.md".to_owned(), 64, "leave one of them"),
    ] {
        let ran = ctsup(&format!("{site} {more}"));
        assert_eq!(ran.exit, exit, "{more}: {}", ran.stderr);
        assert!(ran.stderr.contains(said), "{more}: {}", ran.stderr);
    }
}

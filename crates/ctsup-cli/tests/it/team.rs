//! `examples/ci`: the script of a team's repository, with this program.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::LazyLock;

use crate::harness::{root, scratch};

fn check(directory: &Path, arguments: &[&str]) -> Output {
    Command::new("sh")
        .arg(directory.join("check"))
        .args(arguments)
        .env("CTSUP", env!("CARGO_BIN_EXE_ctsup"))
        .env("LC_ALL", "C")
        .output()
        .expect("sh is there")
}

/// The example; its plans are written anew first where that was asked for.
fn team() -> PathBuf {
    static TEAM: LazyLock<PathBuf> = LazyLock::new(|| {
        let team = root().join("examples/ci");
        if std::env::var_os("UPDATE_PLANS").is_some() {
            assert!(check(&team, &["--update"]).status.success());
        }
        team
    });
    TEAM.clone()
}

#[test]
fn the_script_finds_the_plans_as_reviewed() {
    let team = team();
    let checked = check(&team, &[]);
    let said = String::from_utf8_lossy(&checked.stdout);
    assert!(checked.status.success(), "{said}{}", String::from_utf8_lossy(&checked.stderr));
    assert_eq!(said, "kazan: as reviewed\nmoscow: as reviewed\n");
}

/// A new release in one site is seen, shown, and named; the other site stays in order.
#[test]
fn the_script_bites() {
    let copy = scratch();
    let team = team();
    let copied = Command::new("cp").arg("-R").arg(&team).arg(copy.path()).status();
    assert!(copied.expect("cp is there").success());
    let team = copy.path().join("ci");
    let site = team.join("sites/kazan.toml");
    let text = std::fs::read_to_string(&site).expect("readable");
    std::fs::write(&site, text.replace("2.5.7", "2.5.9")).expect("writable");
    let checked = check(&team, &[]);
    assert_eq!(checked.status.code(), Some(1));
    let said = String::from_utf8_lossy(&checked.stdout);
    assert!(said.contains("+ Upgrade of kazan from 2.4.1 to 2.5.9"), "{said}");
    assert!(said.ends_with("moscow: as reviewed\n"), "{said}");
    let loud = String::from_utf8_lossy(&checked.stderr);
    assert!(loud.contains("kazan: not what was reviewed"), "{loud}");
}

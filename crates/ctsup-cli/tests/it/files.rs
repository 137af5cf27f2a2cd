//! Files that are not what they should be, and files that must not be harmed.

use std::path::Path;

use crate::harness::{ctsup, run, scratch};

fn single() -> String {
    let path = crate::harness::root().join("examples/single.toml");
    std::fs::read_to_string(path).expect("readable")
}

/// What is said of a file with these bytes, its directory left out.
fn said(bytes: &[u8]) -> String {
    let dir = scratch();
    let path = dir.path().join("site.toml");
    std::fs::write(&path, bytes).expect("writable");
    let ran = ctsup(&format!("check {}", path.display()));
    ran.transcript().replace(&format!("{}/", dir.path().display()), "")
}

#[test]
fn an_empty_file() {
    insta::assert_snapshot!(said(b""), @r#"
    --- stderr
    error: site.toml: the file is empty
    help: ctsup init KIND writes one to start from
    --- exit 1
    "#);
    assert_eq!(said(b"\n \n"), said(b""));
    assert_eq!(said(b"\xef\xbb\xbf"), said(b""));
}

#[test]
fn only_comments() {
    insta::assert_snapshot!(said(b"# later\n"), @r#"
    --- stdout
    error[missing-key]: the key `format` is missing
    --> site.toml
     = help: add it
     = note: `format`: Version of this file's format.

    error[missing-key]: the key `nodes` is missing
    --> site.toml
     = help: add it
     = note: `nodes`: The servers, each under a short name of your choice.

    error[missing-key]: the key `release` is missing
    --> site.toml
     = help: add it
     = note: `release`: From which release to which.

    error[missing-key]: the key `site` is missing
    --> site.toml
     = help: add it
     = note: `site`: The installation as a whole.

    4 errors
    --- exit 1
    "#);
}

#[test]
fn another_encoding() {
    let text = "# сервер\nformat = 1\n";
    let utf16: Vec<u8> =
        [0xfeff].into_iter().chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    insta::assert_snapshot!(said(&utf16), @r#"
        --- stderr
        error: site.toml, line 1: this is not text in UTF-8
        help: it looks like UTF-16: save the file as UTF-8
        --- exit 1
        "#);
    // The same in the code page of Windows.
    let cp1251 = b"format = 1\n# \xf1\xe5\xf0\xe2\xe5\xf0\n";
    insta::assert_snapshot!(said(cp1251), @r#"
    --- stderr
    error: site.toml, line 2: this is not text in UTF-8
    help: it may be in a Windows code page: save the file as UTF-8
    --- exit 1
    "#);
    insta::assert_snapshot!(said(b"\x7fELF\x02\x01\x00\xff"), @r#"
    --- stderr
    error: site.toml, line 1: this is not text in UTF-8
    help: it does not look like text at all
    --- exit 1
    "#);
}

#[test]
fn a_saved_plan_in_place_of_a_topology() {
    insta::assert_snapshot!(said(b"{\"accepted\": []}\n"), @r#"
--- stderr
error: site.toml: this looks like JSON, a topology file is TOML
help: a saved plan can be read by ctsup diff, ctsup explain and ctsup plan --locked
--- exit 1
"#);
}

#[test]
fn a_byte_order_mark_and_other_line_ends_do_no_harm() {
    let text = single();
    let plan = |text: &str| run("plan - --format json", &[], Some(text.as_bytes()));
    let usual = plan(&text);
    assert_eq!((usual.exit, usual.stderr.as_str()), (0, ""));
    assert_eq!(plan(&format!("\u{feff}{text}")), usual);
    assert_eq!(plan(&text.replace('\n', "\r\n")), usual);
    assert_eq!(plan(text.trim_end()), usual);
}

#[test]
fn places_are_right_with_a_mark_and_other_line_ends() {
    let wrong = "\u{feff}format = 1\r\n[сайт]\r\n";
    let ran = run("check - --format lines", &[], Some(wrong.as_bytes()));
    assert!(ran.stdout.contains("<stdin>:2:2: "), "{}", ran.stdout);
}

#[test]
fn no_file_and_a_directory() {
    insta::assert_snapshot!(ctsup("check nowhere.toml").transcript(), @r#"
--- stderr
error: nowhere.toml: no such file
--- exit 1
"#);
    insta::assert_snapshot!(ctsup("check examples --lang ru").transcript(), @r#"
    --- stderr
    ошибка: examples: это каталог
    --- exit 1
    "#);
    let list = "plan examples/single.toml --image-list cts=nowhere.txt";
    insta::assert_snapshot!(ctsup(list).transcript(), @r#"
    --- stderr
    error: nowhere.txt: no such file
    --- exit 1
    "#);
}

#[test]
fn a_list_named_in_the_topology_is_looked_for_beside_it() {
    let dir = scratch();
    let path = dir.path().join("site.toml");
    let example = crate::harness::root().join("examples/rollback-single.toml");
    std::fs::copy(example, &path).expect("writable");
    let line = format!("plan {} --goal rollback", path.display());
    let ran = ctsup(&line);
    assert_eq!(ran.exit, 1);
    assert!(ran.stderr.contains("there is no such file"), "{}", ran.stderr);
    assert!(ran.stderr.contains("site.toml:36:7"), "{}", ran.stderr);
}

#[test]
fn output_is_a_whole_plan_or_what_was_there_before() {
    let dir = scratch();
    let path = dir.path().join("plan.json");
    std::fs::write(&path, "before").expect("writable");
    let output = format!("-o {}", path.display());
    let refused = ctsup(&format!("plan fixtures/invalid/no-space.toml {output}"));
    assert_eq!(refused.exit, 3);
    assert_eq!(std::fs::read_to_string(&path).expect("there"), "before");
    let planned = ctsup(&format!("plan examples/single.toml {output}"));
    assert_eq!((planned.exit, planned.stdout.as_str()), (0, ""));
    let written = std::fs::read_to_string(&path).expect("there");
    assert_eq!(written, ctsup("plan examples/single.toml --format json").stdout);
    let left: Vec<_> = std::fs::read_dir(dir.path()).expect("there").collect();
    assert_eq!(left.len(), 1, "nothing else is left behind");
}

#[test]
fn output_that_cannot_be_written() {
    for line in
        ["plan examples/single.toml -o nowhere/plan.json", "plan examples/single.toml -o examples"]
    {
        let ran = ctsup(line);
        assert_eq!((ran.exit, ran.stdout.as_str()), (1, ""), "{line}");
        assert!(ran.stderr.contains("cannot be written"), "{}", ran.stderr);
    }
}

#[cfg(unix)]
#[test]
fn a_reader_that_has_seen_enough() {
    use std::process::{Command, Stdio};
    let mut child = Command::new(env!("CARGO_BIN_EXE_ctsup"))
        .args(["plan", "examples/ha.toml"])
        .current_dir(crate::harness::root())
        .env_clear()
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("built");
    drop(child.stdout.take());
    let output = child.wait_with_output().expect("it ends");
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    assert_eq!(output.status.code(), Some(0));
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_no_success() {
    use std::process::Command;
    if !Path::new("/dev/full").exists() {
        return;
    }
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").expect("writable");
    let output = Command::new(env!("CARGO_BIN_EXE_ctsup"))
        .args(["plan", "examples/single.toml"])
        .current_dir(crate::harness::root())
        .env_clear()
        .stdout(full)
        .output()
        .expect("built");
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains("the result cannot be written"), "{said}");
}

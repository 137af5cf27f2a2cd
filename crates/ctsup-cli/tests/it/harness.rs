//! Runs the program in an environment that has nothing in it, from the root of the workspace, so
//! that what it prints is the same on any machine.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The root of the workspace.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).expect("two levels up").to_path_buf()
}

/// What a run gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Ran {
    pub(crate) stdout: String,
    pub(crate) stderr: String,
    pub(crate) exit: i32,
}

impl Ran {
    /// As a snapshot shows it: each stream that has something, then the exit code.
    pub(crate) fn transcript(&self) -> String {
        let mut text = String::new();
        for (name, stream) in [("stdout", &self.stdout), ("stderr", &self.stderr)] {
            if !stream.is_empty() {
                text.push_str(&format!("--- {name}\n{}\n", stream.trim_end_matches('\n')));
            }
        }
        text.push_str(&format!("--- exit {}\n", self.exit));
        text
    }
}

/// Runs the program with these arguments, written as on a command line; none has blanks.
pub(crate) fn ctsup(line: &str) -> Ran {
    run(line, &[], None)
}

/// Runs the program with an environment and standard input.
pub(crate) fn run(line: &str, env: &[(&str, &str)], stdin: Option<&[u8]>) -> Ran {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ctsup"));
    command.args(line.split_whitespace()).current_dir(root()).env_clear();
    command.envs(env.iter().copied());
    command.stdin(if stdin.is_some() { Stdio::piped() } else { Stdio::null() });
    let mut child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program was built for this test");
    if let Some(bytes) = stdin {
        // The program may end without having read all; that is its business.
        let _ = child.stdin.take().expect("piped").write_all(bytes);
    }
    let output = child.wait_with_output().expect("it ends");
    Ran {
        stdout: String::from_utf8(output.stdout).expect("text"),
        stderr: String::from_utf8(output.stderr).expect("text"),
        exit: output.status.code().expect("it ends by itself"),
    }
}

/// Files of a folder of the workspace, by name.
pub(crate) fn files(folder: &str) -> Vec<PathBuf> {
    let mut all: Vec<_> = std::fs::read_dir(root().join(folder))
        .expect("the folder is there")
        .map(|entry| entry.expect("readable").path())
        .collect();
    all.sort();
    all
}

/// A directory of its own for a test that writes.
pub(crate) fn scratch() -> tempfile::TempDir {
    tempfile::tempdir().expect("a place for temporary files")
}

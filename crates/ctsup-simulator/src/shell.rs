//! A small POSIX shell: lists, pipes, redirections, subshells, substitutions, quotes.
//!
//! It understands what plans and people type, not more; what it does not understand it refuses
//! loudly with exit code 2.

mod expand;
mod parse;
mod run;

pub(crate) use self::expand::fits;
use crate::process::{Shell, Work};

/// Runs lines one after the other; the first that fails ends it with its code.
pub(crate) fn run_lines(mut shell: Shell, lines: Vec<String>) -> Work {
    Box::pin(async move {
        for line in &lines {
            let code = run_line(&mut shell, line).await;
            if code != 0 {
                return code;
            }
        }
        0
    })
}

async fn run_line(shell: &mut Shell, line: &str) -> i32 {
    match parse::parse(line) {
        Ok(list) => run::list(shell, &list).await,
        Err(what) => {
            shell.complain(&format!("sh: syntax error: {what} in: {line}"));
            2
        }
    }
}

/// Runs the text of a script within a shell, for `bash -c` and the like.
pub(crate) fn run_script(mut shell: Shell, script: String) -> Work {
    Box::pin(async move { run_line(&mut shell, &script).await })
}

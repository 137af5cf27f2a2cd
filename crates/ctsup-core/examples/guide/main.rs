//! Compares a vendor's guide with the guide table and lists what a new build touches: `just guide FILE`.
//!
//! Exit code 0 when the guide is the one that the table was made from, 2 when something differs, 1 when it can't be told.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a program for developers: what it prints is all it makes"
)]

mod candidate;
mod entry;
mod gaps;
mod locate;
mod report;
mod rewrite;
#[cfg(test)]
mod tests;
mod text;

use std::process::ExitCode;

use ctsup_core::guide;

/// Text that no row cites (headings, notes, contents), known by its hash, so that new text stands out.
const REST: &str = include_str!("rest.tsv");
const USAGE: &str = "usage: guide FILE [--write | --write-rest]

  FILE          the text of a vendor's guide
  --write       print the guide table as this guide would have it
  --write-rest  print the table of the texts that no row cites";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let (file, write) = match arguments[..] {
        [file] if !file.starts_with('-') => (file, ""),
        [file, write @ ("--write" | "--write-rest")] => (file, write),
        [write @ ("--write" | "--write-rest"), file] => (file, write),
        _ => {
            eprintln!("{USAGE}");
            return ExitCode::from(64);
        }
    };
    let guide = match std::fs::read_to_string(file) {
        Ok(guide) => guide,
        Err(error) => {
            eprintln!("error: {file}: {error}");
            return ExitCode::FAILURE;
        }
    };

    let entries = entry::all(guide::rows(), REST);
    let lines = text::lines(&guide);
    let found = locate::locate(&entries, &lines);
    match write {
        "--write" => print!("{}", rewrite::table(guide::rows(), &found)),
        "--write-rest" => print!("{}", rewrite::rest(&found)),
        _ => {
            print!("{}", report::report(&found));
            if !found.is_identical() {
                return ExitCode::from(2);
            }
        }
    }
    ExitCode::SUCCESS
}

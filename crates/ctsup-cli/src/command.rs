//! The commands, one file each.

use clap::{ArgMatches, Command};
use ctsup_render::Words;

use crate::console::Console;
use crate::exit::Exit;
use crate::failure::Failure;

mod cert;
mod check;
mod completions;
mod diff;
mod explain;
mod init;
mod man;
mod plan;
mod prove;
mod schema;

/// A command: what it is called, how it is called, what it does.
pub(crate) struct Entry {
    pub(crate) name: &'static str,
    /// The heading under which the program's help lists it.
    pub(crate) group: &'static str,
    pub(crate) define: fn(&'static Words) -> Command,
    run: fn(&ArgMatches, &Console) -> Result<Exit, Failure>,
}

/// All commands, in the order in which help lists them.
pub(crate) const ALL: &[Entry] = &[
    Entry { name: "init", group: "describe", define: init::define, run: init::run },
    Entry { name: "check", group: "describe", define: check::define, run: check::run },
    Entry { name: "plan", group: "plan", define: plan::define, run: plan::run },
    Entry { name: "diff", group: "plan", define: diff::define, run: diff::run },
    Entry { name: "explain", group: "plan", define: explain::define, run: explain::run },
    Entry { name: "prove", group: "plan", define: prove::define, run: prove::run },
    Entry { name: "cert", group: "tools", define: cert::define, run: cert::run },
    Entry { name: "schema", group: "tools", define: schema::define, run: schema::run },
    Entry {
        name: "completions",
        group: "tools",
        define: completions::define,
        run: completions::run,
    },
    Entry { name: "man", group: "tools", define: man::define, run: man::run },
];

/// Runs the command that was called.
pub(crate) fn run(matches: &ArgMatches, console: &Console) -> Result<Exit, Failure> {
    let (name, matches) = matches.subcommand().expect("clap demands a command");
    let entry = ALL.iter().find(|entry| entry.name == name).expect("clap knows only these");
    (entry.run)(matches, console)
}

//! The commands, one file each.

use clap::{ArgMatches, Command};
use ctsup_render::Words;

use crate::console::Console;
use crate::exit::Exit;
use crate::failure::Failure;

mod abort;
mod attach;
mod cert;
mod check;
mod completions;
mod confirm;
mod diff;
mod explain;
mod init;
mod man;
mod observe;
mod plan;
mod prove;
mod rehearse;
mod resume;
mod run;
mod runs;
mod schema;
mod status;

pub(crate) use self::explain::find as find_step;

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
    Entry { name: "observe", group: "describe", define: observe::define, run: observe::run },
    Entry { name: "plan", group: "plan", define: plan::define, run: plan::run },
    Entry { name: "diff", group: "plan", define: diff::define, run: diff::run },
    Entry { name: "explain", group: "plan", define: explain::define, run: explain::run },
    Entry { name: "prove", group: "plan", define: prove::define, run: prove::run },
    Entry { name: "rehearse", group: "run", define: rehearse::define, run: rehearse::run },
    Entry { name: "run", group: "run", define: run::define, run: run::run },
    Entry { name: "status", group: "run", define: status::define, run: status::run },
    Entry { name: "confirm", group: "run", define: confirm::define, run: confirm::run },
    Entry { name: "attach", group: "run", define: attach::define, run: attach::run },
    Entry { name: "resume", group: "run", define: resume::define, run: resume::run },
    Entry { name: "abort", group: "run", define: abort::define, run: abort::run },
    Entry { name: "runs", group: "run", define: runs::define, run: runs::run },
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

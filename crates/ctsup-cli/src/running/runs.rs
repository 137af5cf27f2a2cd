//! Where runs are kept, and which one is meant.

use std::path::PathBuf;

use clap::{Arg, ArgMatches, Command, value_parser};
use ctsup_core::{Event, Plan, Run};
use ctsup_executor::Folder;
use ctsup_render::Words;
use time::{OffsetDateTime, UtcOffset};

use super::rehearsal::Rehearsed;
use crate::failure::Failure;
use crate::help;

/// `--runs DIR`.
pub(crate) fn define_root(command: Command, words: &Words) -> Command {
    let option = help::option(words, "runs", "dir", "help-runs-dir", "running");
    command.arg(option.value_parser(value_parser!(PathBuf)))
}

/// The run as an argument.
pub(crate) fn run_arg(words: &Words) -> Arg {
    help::positional(words, "run", "run", "help-run-name")
}

/// The directory of all runs: `--runs`, else `ctsup/runs` where programs keep their state.
pub(crate) fn root(matches: &ArgMatches) -> PathBuf {
    if let Some(dir) = matches.get_one::<PathBuf>("runs") {
        return dir.clone();
    }
    let set = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty());
    let state = set("XDG_STATE_HOME").map(PathBuf::from).filter(|path| path.is_absolute());
    let home = || PathBuf::from(set("HOME").unwrap_or_else(|| "/".into())).join(".local/state");
    state.unwrap_or_else(home).join("ctsup").join("runs")
}

/// The run that was named, or the only one that is not over.
pub(crate) fn find(matches: &ArgMatches) -> Result<Folder, Failure> {
    let root = root(matches);
    let dir = root.display().to_string();
    if let Some(name) = matches.get_one::<String>("run") {
        return Folder::open(&root, name).map_err(|_| no_such(name, &root));
    }
    let all = all(matches)?;
    let (rehearsals, runs): (Vec<_>, Vec<_>) = all.iter().cloned().partition(Rehearsed::is_in);
    let open: Vec<_> = runs.iter().filter(|folder| !is_over(folder)).collect();
    match open[..] {
        [one] => return Ok(one.clone()),
        [] => {}
        _ => {
            let names: Vec<_> = open.iter().map(|folder| folder.name()).collect();
            return Err(Failure::said("run-several", &[("runs", &names.join(", "))]));
        }
    }
    // A rehearsal never stands in the way of a run; the newest one is meant, and a run that is over
    // can be looked at.
    let rehearsal = rehearsals.iter().filter(|folder| !is_over(folder));
    let rehearsal = rehearsal.max_by_key(|folder| folder.made_at()).cloned();
    let newest = |all: Vec<Folder>| {
        all.into_iter().max_by_key(|folder| (!never_begun(folder), folder.made_at()))
    };
    let found = rehearsal.or_else(|| newest(runs)).or_else(|| newest(rehearsals));
    found.ok_or_else(|| Failure::said("run-none", &[("dir", &dir)]))
}

/// All runs that are kept here. A directory that was named is there: a slip of the pen must not look
/// like a history without runs.
pub(crate) fn all(matches: &ArgMatches) -> Result<Vec<Folder>, Failure> {
    let root = root(matches);
    if matches.get_one::<PathBuf>("runs").is_some() && !root.is_dir() {
        let dir = root.display().to_string();
        let id = if root.exists() { "run-no-dir-file" } else { "run-no-dir" };
        return Err(Failure::said(id, &[("dir", &dir)]));
    }
    Ok(Folder::all(&root))
}

/// There is no run of that name.
pub(crate) fn no_such(name: &str, root: &std::path::Path) -> Failure {
    let dir = root.display().to_string();
    Failure::said("run-no-such", &[("run", name), ("dir", &dir)])
}

/// Done, or never begun.
fn is_over(folder: &Folder) -> bool {
    let finished = |event: &Event| matches!(event, Event::Finished);
    never_begun(folder) || tells(folder, finished) == Some(true)
}

/// Nobody ever had the servers for it: its claims fell, no node answered, somebody else had them.
pub(crate) fn never_begun(folder: &Folder) -> bool {
    let attached = |event: &Event| matches!(event, Event::Attached { .. });
    folder.has_no_journal() || (tells(folder, attached) == Some(false) && !folder.is_busy())
}

/// Whether a journal tells of something; nothing where it can't be read.
fn tells(folder: &Folder, so: impl Fn(&Event) -> bool) -> Option<bool> {
    Some(folder.look().ok()?.records.iter().any(|record| so(&record.event)))
}

/// A run as its journal tells of it.
pub(crate) fn found(folder: &Folder) -> Result<Run, Failure> {
    let plan = folder.plan().map_err(|error| Failure::run(folder, error))?;
    let read = folder.look().map_err(|error| Failure::run(folder, error))?;
    Run::replay(plan.into(), &read.records).map_err(|error| Failure::Ours(error.to_string()))
}

/// A name for a run that begins now.
pub(crate) fn name_for(plan: &Plan, offset: UtcOffset) -> String {
    let now = OffsetDateTime::now_utc().to_offset(offset);
    let site: String = plan
        .site
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() || c == '-' { c } else { '-' })
        .collect();
    format!(
        "{site}-{:04}{:02}{:02}-{:02}{:02}{:02}",
        now.year(),
        u8::from(now.month()),
        now.day(),
        now.hour(),
        now.minute(),
        now.second()
    )
}

/// Who carries runs out from here: a person and a machine.
pub(crate) fn owner() -> String {
    let set = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let person = set("SUDO_USER").or_else(|| set("LOGNAME")).or_else(|| set("USER"));
    let machine = std::fs::read_to_string("/proc/sys/kernel/hostname")
        .ok()
        .map(|name| name.trim().to_owned())
        .or_else(|| set("HOSTNAME"));
    format!(
        "{}@{}",
        person.unwrap_or_else(|| "someone".to_owned()),
        machine.unwrap_or_else(|| "somewhere".to_owned())
    )
}

//! Commands and limits: what would be typed, how often, and for how long.

use super::seen::Seen;
use super::{Findings, Rule};
use crate::action::database::DatabaseOp;
use crate::action::dpl::DplOp;
use crate::action::volume::{ASIDE, BackUp};
use crate::action::{Action, Certificate, Database, Dpl, Kind, Pcs, Playbook, Repeat, Volume};
use crate::plan::Step;

pub(super) fn check(seen: &Seen<'_>, found: &mut Findings<'_, '_>) {
    for (place, step) in seen.steps() {
        let limited = step.limit_s.is_some_and(|limit| limit > 0) || step.kind == Kind::Confirm;
        found.check(limited, Rule::Limited, &[place], "");
        let long = step.takes.zip(step.limit_s).is_none_or(|(takes, limit)| takes.max_s <= limit);
        found.check(long, Rule::Limited, &[place], "takes");
        found.check(step.repeat >= repeat(step), Rule::RepeatNamed, &[place], "");
        for path in destroyed(step) {
            found.check(is_safe(path), Rule::PathsSafe, &[place], path);
        }
        words(found, place, step);
    }
}

/// At least how careful a repetition must be (K1, K3, K4).
fn repeat(step: &Step) -> Repeat {
    match &step.action {
        Action::Pcs(Pcs::Move { .. }) | Action::Dpl(Dpl { op: DplOp::Deploy { .. }, .. }) => {
            Repeat::ProbeFirst
        }
        Action::Database(Database {
            op: DatabaseOp::StartStandard | DatabaseOp::StartOld, ..
        }) => Repeat::ProbeFirst,
        Action::Database(Database { op: DatabaseOp::StartUpgrade { .. }, .. })
        | Action::Playbook(Playbook::Run { .. })
        | Action::Volume(
            Volume::BackUp { .. }
            | Volume::SaveList { .. }
            | Volume::SetAside { .. }
            | Volume::PutBack { .. },
        ) => Repeat::AskFirst,
        Action::Volume(Volume::ClearLetsEncrypt { .. }) => Repeat::ProbeFirst,
        _ => Repeat::Safe,
    }
}

/// The arguments with which a step deletes, moves, owns or overwrites; an empty one stands for a
/// list without members.
fn destroyed(step: &Step) -> Vec<&str> {
    match &step.action {
        Action::Volume(volume) => match volume {
            Volume::FixOwners { list, volumes, .. } => {
                let mut all = members(volumes);
                // Volumes are names that docker resolves; what it prints is shown before chown.
                all.retain(|name| !is_volume(name));
                all.push(list);
                all
            }
            Volume::ClearLetsEncrypt { copy, dir, .. } => vec![copy, dir],
            Volume::SetAside { paths, suffix, .. } => with_ending(paths, suffix),
            Volume::PutBack { from, paths, .. } => {
                let mut all = members(paths);
                all.push(from);
                all
            }
            Volume::BackUp { by: BackUp::Copy { to }, paths, .. } => {
                let mut all = members(paths);
                all.push(to);
                all
            }
            Volume::BackUp { .. } => Vec::new(),
            Volume::SaveList { file, .. } => vec![file],
        },
        Action::Settings(settings) => vec![&settings.file, &settings.copy],
        Action::Certificate(Certificate::Place { dir, incoming, .. }) => vec![dir, incoming],
        Action::Database(Database { op: DatabaseOp::DeleteOld { names }, .. }) => {
            let mut all = members(names);
            // Directories of the database's volume, by the vendor's own name.
            all.retain(|name| !name.strip_prefix("upgrade_backup_").is_some_and(is_plain));
            all
        }
        _ => Vec::new(),
    }
}

fn members(all: &[String]) -> Vec<&str> {
    if all.is_empty() { vec![""] } else { all.iter().map(String::as_str).collect() }
}

/// What is moved aside; an ending that leads elsewhere, or that a later look would not know for
/// newer data, counts as no path.
fn with_ending<'a>(paths: &'a [String], suffix: &'a str) -> Vec<&'a str> {
    let mut all = members(paths);
    if !is_plain(suffix) || suffix.contains('/') || !suffix.starts_with(ASIDE) {
        all.push("");
    }
    all
}

fn is_volume(name: &str) -> bool {
    is_plain(name) && name.starts_with(|c: char| c.is_ascii_alphanumeric()) && !name.contains('/')
}

/// Characters that no shell expands and no blank among them.
fn is_plain(text: &str) -> bool {
    !text.is_empty()
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"._:/@%+=,-".contains(&b))
}

/// Absolute, below some directory, going nowhere else on the way.
fn is_safe(path: &str) -> bool {
    let parts: Vec<_> = path.split('/').filter(|part| !part.is_empty()).collect();
    is_plain(path)
        && path.starts_with('/')
        && parts.len() >= 2
        && !parts.iter().any(|part| *part == ".." || *part == ".")
}

/// Words that no command of a plan may have; the site's own commands are the site's own.
fn words(found: &mut Findings<'_, '_>, place: usize, step: &Step) {
    const SECRET: &[&str] =
        &["password=", "passwd=", "--password ", "PGPASSWORD", "sshpass", "--extra-vars", "token="];
    const ANSWERED: &[&str] = &["yes |", "echo ", "printf ", "< /dev/null", "expect "];
    const REBOOT: &[&str] = &["reboot", "shutdown", "poweroff", "init 6", "stonith", "fence_"];
    if matches!(step.action, Action::Site(_)) {
        return;
    }
    let has = |list: &[&str]| {
        let all = step.commands.iter();
        all.flat_map(|c| list.iter().filter(|word| c.contains(**word)).copied())
            .next()
            .map(str::to_owned)
    };
    if let Some(word) = has(SECRET) {
        found.say(Rule::NoPasswords, &[place], word);
    }
    let user_and_password = step.commands.iter().any(|c| {
        c.split_once("curl -u ")
            .is_some_and(|(_, rest)| rest.split(' ').next().is_some_and(|user| user.contains(':')))
    });
    found.check(!user_and_password, Rule::NoPasswords, &[place], "curl");
    if let Action::Playbook(Playbook::Run { name, .. }) = &step.action {
        let printed = step.commands == [format!("ansible-playbook --ask-pass -v {name}")];
        found.check(printed && has(ANSWERED).is_none(), Rule::NoPasswords, &[place], name);
    }
    if let Some(word) = has(REBOOT) {
        found.say(Rule::NoReboot, &[place], word);
    }
}

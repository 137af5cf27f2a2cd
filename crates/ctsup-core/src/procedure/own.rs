//! The site's own steps: placed by a phase or a guide row, linted like the rest, marked as the site's.

use std::collections::BTreeSet;

use crate::action::site::{Owes, Site};
use crate::action::{Action, Pcs, Person, Unit};
use crate::diagnostic::{Code, Diagnostic};
use crate::plan::builder::Draft;
use crate::plan::{Because, Phase, Source};
use crate::planner::Planner;
use crate::state::Atom;
use crate::topology::{Anchor, OwnPlace, OwnStep};

/// Adds the steps of the file, and what pays their debts at the end.
pub(super) fn add(p: &mut Planner<'_>) {
    if p.steps.added().next().is_none() {
        return;
    }
    for (number, own) in p.site.own.clone().into_iter().enumerate() {
        reserved(p, number, &own);
        let anchor = match &own.place {
            OwnPlace::Before(anchor) | OwnPlace::After(anchor) => anchor.clone(),
        };
        let steps = anchored(p, &anchor);
        if steps.is_empty() {
            unplaced(p, number, &own, &anchor);
            continue;
        }
        if p.steps.has(&Atom::OwnDone(own.name.clone())) {
            continue;
        }
        place(p, number, &own, &steps);
    }
    pay(p);
}

/// A row that no step of this plan cites; a phase that the plan does not have is no mistake.
fn unplaced(p: &mut Planner<'_>, number: usize, own: &OwnStep, anchor: &Anchor) {
    if let Anchor::Row(row) = anchor
        && !p.known_start
    {
        let path = match own.place {
            OwnPlace::Before(_) => format!("own.{number}.before"),
            OwnPlace::After(_) => format!("own.{number}.after"),
        };
        let found = Diagnostic::new(Code::UnknownRow)
            .arg("key", &path)
            .arg("value", row)
            .arg("choices", choices(p));
        p.say(&path, found);
    }
}

/// The phases, and the rows that steps of this plan have.
fn choices(p: &Planner<'_>) -> String {
    let mut rows = BTreeSet::new();
    for (_, _, sources, _) in p.steps.added() {
        rows.extend(sources.iter().filter_map(|source| match source {
            Source::Row(row) => Some(*row),
            _ => None,
        }));
    }
    let phases = Phase::ALL.iter().map(ToString::to_string);
    phases.chain(rows.iter().map(ToString::to_string)).collect::<Vec<_>>().join(", ")
}

/// Says which command of a step changes what only the plan or a person changes.
fn reserved(p: &mut Planner<'_>, number: usize, own: &OwnStep) {
    let commands = [("run", &own.run), ("undo", &own.undo)];
    for (key, command) in
        commands.into_iter().flat_map(|(key, all)| all.iter().map(move |c| (key, c)))
    {
        let parts = command.split(['&', '|', ';', '(', ')', '{', '}', '\n']);
        if let Some(part) = parts.map(str::trim).find(|part| is_reserved(part)) {
            let path = format!("own.{number}.{key}");
            let found =
                Diagnostic::new(Code::OwnStepReserved).arg("name", &own.name).arg("command", part);
            p.say(&path, found);
        }
    }
}

/// Whether a simple command reboots a server, deploys, stops or starts services, or moves resources:
/// beside the plan nothing may (invariants 5, 7, 26).
fn is_reserved(command: &str) -> bool {
    let words = command.split_whitespace();
    // What stands in front of a program's name.
    let prefix = |w: &&str| {
        w.contains('=') || matches!(*w, "sudo" | "exec" | "nohup" | "env" | "time" | "then")
    };
    let words: Vec<_> = words.skip_while(prefix).collect();
    let program = words.first().map_or("", |w| w.rsplit('/').next().unwrap_or(w));
    let rest = words.get(1..).unwrap_or_default();
    match (program, rest) {
        ("reboot" | "shutdown" | "poweroff" | "halt" | "init" | "telinit", _) => true,
        ("systemctl", rest) => {
            rest.iter().any(|w| {
                matches!(*w, "reboot" | "poweroff" | "halt" | "kexec" | "docker" | "docker.service")
                    || matches!(
                        *w,
                        "pacemaker" | "corosync" | "pacemaker.service" | "corosync.service"
                    )
            }) && rest.first().is_none_or(|w| !matches!(*w, "status" | "is-active" | "show"))
        }
        // Of dpl only what looks.
        ("dpl", ["--dc", "ps" | "logs" | "exec" | "top" | "config" | "images", ..]) => false,
        ("dpl", rest) => !rest.is_empty(),
        ("pcs", ["status" | "config" | "--version" | "constraint", ..]) => false,
        ("pcs", ["resource", "status" | "config" | "show" | "defaults", ..]) => false,
        ("pcs", rest) => !rest.is_empty(),
        _ => false,
    }
}

fn anchored(p: &Planner<'_>, anchor: &Anchor) -> Vec<usize> {
    p.steps
        .added()
        .filter(|(_, phase, sources, action)| {
            // Nothing stands before the question whether to cross a barrier (invariant 11).
            let other =
                matches!(action, Action::Site(_) | Action::Person(Person::CrossBarrier { .. }));
            !other
                && match anchor {
                    Anchor::Phase(wanted) => phase == wanted,
                    Anchor::Row(row) => sources.contains(&Source::Row(*row)),
                }
        })
        .map(|(index, ..)| index)
        .collect()
}

fn place(p: &mut Planner<'_>, number: usize, own: &OwnStep, anchored: &[usize]) {
    let waits: Vec<_> = p.steps.waits().collect();
    let inside = |i: &usize| anchored.contains(i);
    let (earlier, later) = match own.place {
        OwnPlace::Before(_) => {
            let mut earlier: Vec<_> = waits
                .iter()
                .filter(|(from, to)| {
                    inside(to) && !inside(from) && !follows(&waits, *from, anchored)
                })
                .map(|(from, _)| *from)
                .collect();
            earlier.sort_unstable();
            earlier.dedup();
            (earlier, anchored.to_vec())
        }
        OwnPlace::After(_) => {
            let mut later: Vec<_> = waits
                .iter()
                .filter(|(from, to)| inside(from) && !inside(to) && !leads(&waits, *to, anchored))
                .map(|(_, to)| *to)
                .collect();
            later.sort_unstable();
            later.dedup();
            (anchored.to_vec(), later)
        }
    };
    if in_window(p, &earlier, &later, &waits) {
        let path = format!("own.{number}.name");
        let found = Diagnostic::new(Code::OwnStepInWindow).arg("name", &own.name);
        p.say(&path, found);
        return;
    }
    let phase = p.steps.added().find(|(i, ..)| *i == anchored[0]).map(|(_, phase, ..)| phase);
    let action = Action::Site(Site {
        confirm: own.confirm.clone(),
        name: own.name.clone(),
        node: own.node.clone(),
        owes: own.owes.then_some(Owes::Opens),
        probe: own.probe.clone(),
        run: own.run.clone(),
        undo: own.undo.clone(),
    });
    let phase = phase.unwrap_or(Phase::Prepare);
    let what = format!("own/{}", own.name);
    let draft = match &own.node {
        Some(node) => Draft::on(node, phase, &what, action),
        None => Draft::person(phase, &what, action),
    };
    let draft = draft.source(Source::Site).minutes(own.minutes);
    p.steps.insert(draft, &earlier, &later, &Because::Site(own.name.clone()));
}

/// Whether a step comes after one of these.
fn follows(waits: &[(usize, usize)], step: usize, of: &[usize]) -> bool {
    reaches(waits, of, &[step])
}

/// Whether a step comes before one of these.
fn leads(waits: &[(usize, usize)], step: usize, of: &[usize]) -> bool {
    reaches(waits, &[step], of)
}

fn reaches(waits: &[(usize, usize)], from: &[usize], to: &[usize]) -> bool {
    let mut seen: Vec<usize> = from.to_vec();
    let mut at = 0;
    while at < seen.len() {
        let here = seen[at];
        at += 1;
        for (earlier, later) in waits {
            if *earlier == here && !seen.contains(later) {
                if to.contains(later) {
                    return true;
                }
                seen.push(*later);
            }
        }
    }
    false
}

/// Whether the place lies between a switch of the second half and the stop behind it: nothing may
/// stand there (invariant 31).
fn in_window(
    p: &Planner<'_>,
    earlier: &[usize],
    later: &[usize],
    waits: &[(usize, usize)],
) -> bool {
    let added: Vec<_> = p.steps.added().map(|(i, phase, _, a)| (i, phase, a.clone())).collect();
    added.iter().any(|(moved, phase, action)| {
        let Action::Pcs(Pcs::Move { cluster, to, .. }) = action else {
            return false;
        };
        if *phase != Phase::SecondHalf {
            return false;
        }
        let _ = cluster;
        let after_move = earlier.contains(moved) || reaches(waits, &[*moved], earlier);
        let before_stop = added.iter().any(|(stop, phase, action)| {
            let Action::Dpl(dpl) = action else {
                return false;
            };
            matches!(dpl.op, crate::action::dpl::DplOp::Stop { .. })
                && *phase == Phase::SecondHalf
                && dpl.stack.node == *to
                && (later.contains(stop) || reaches(waits, later, &[*stop]))
        });
        after_move && before_stop
    })
}

/// What own steps opened is paid at the end, after everything that changes something.
fn pay(p: &mut Planner<'_>) {
    let open: Vec<_> = p
        .steps
        .now()
        .debts()
        .filter_map(|debt| match debt {
            Atom::OwnOpen(name) => Some(name.clone()),
            _ => None,
        })
        .collect();
    for name in open {
        let Some(own) = p.site.own.iter().find(|own| own.name == name).cloned() else {
            continue;
        };
        let opens = |action: &Action| matches!(action, Action::Site(site) if site.name == name);
        let opened: Vec<_> =
            p.steps.added().filter(|(.., a)| opens(a)).map(|(index, ..)| index).collect();
        // The site's step itself may stand among what is restored.
        let last: Vec<_> = p
            .steps
            .added()
            .filter(|(index, phase, ..)| *phase != Phase::Restore || opened.contains(index))
            .map(|(index, ..)| index)
            .collect();
        let waits: Vec<_> = p.steps.waits().collect();
        let action = Action::Site(Site {
            confirm: None,
            name: name.clone(),
            node: own.node.clone(),
            owes: Some(Owes::Pays),
            probe: None,
            run: own.undo.clone(),
            undo: Vec::new(),
        });
        let what = format!("own/{name}/pay");
        let draft = match &own.node {
            Some(node) => Draft::on(node, Phase::Restore, &what, action),
            None => Draft::person(Phase::Restore, &what, action),
        };
        // The antivirus is the last debt (invariant 10), but of what stands behind it.
        let antivirus: Vec<_> = p
            .steps
            .added()
            .filter(|(.., a)| matches!(a, Action::Unit(Unit::StartAntivirus { .. })))
            .map(|(index, ..)| index)
            .filter(|index| !reaches(&waits, &[*index], &opened))
            .collect();
        let paid = p.steps.insert(draft.source(Source::Site), &last, &[], &Because::Site(name));
        for step in antivirus {
            p.steps.after(Some(step), Some(paid), Because::Invariant(10));
        }
    }
}

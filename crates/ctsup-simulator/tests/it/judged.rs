//! What the executor is told it judges: a look that fails, a log with errors, a cluster that never
//! gets well, a copy that is not whole or has no room, a command that never ends. Each is tried at
//! every step of every example that has such a thing to judge.

use ctsup_core::action::volume::BackUp;
use ctsup_core::action::{Look, Volume, Wait};
use ctsup_core::run::{Event, JournalText, Question, StopReason};
use ctsup_core::{Action, App, Atom, Step, StepId};
use ctsup_simulator::fault::{Fault, Kind};
use ctsup_simulator::{Ended, Rehearsal};

use crate::harness::{Tally, Whole, last, rehearsal, wholes};
use crate::needs::begins_at;

/// A rehearsal whose executor died when this step had begun.
fn died_in(whole: &Whole, step: &Step) -> Option<Rehearsal> {
    let first = rehearsal(&whole.plan);
    first.die_after(begins_at(whole, &step.id)?);
    (first.run() == Ended::Killed).then_some(first)
}

fn tells(rehearsal: &Rehearsal, what: impl Fn(&Event) -> bool) -> bool {
    let text = rehearsal.journal();
    let read = JournalText::read(text.as_bytes()).expect("a whole journal");
    read.records.iter().any(|record| what(&record.event))
}

fn fails(kind: Kind, node: &str, command: &str) -> Fault {
    Fault { node: Some(node.to_owned()), command: command.to_owned(), nth: 1, kind }
}

/// At every step that has it something is disturbed once the step has begun; says what is then not as
/// it must be.
fn everywhere(
    what: &str,
    disturb: impl Fn(&Whole, &Rehearsal, &Step) -> bool,
    right: impl Fn(&Rehearsal, &Ended, &StepId) -> bool,
) {
    let mut tally = Tally::default();
    for whole in wholes() {
        for step in &whole.plan.steps {
            // Whether there is anything to disturb shows on hosts of its own.
            if !disturb(whole, &rehearsal(&whole.plan), step) {
                continue;
            }
            let Some(first) = died_in(whole, step) else { continue };
            tally.possible += 1;
            tally.tried += 1;
            disturb(whole, &first, step);
            let ended = first.run();
            if !right(&first, &ended, &step.id) {
                let name = format!("{} {}", whole.name, step.id);
                tally.wrong.push(format!("{name}: {ended:?} {}", last(&first)));
            }
        }
    }
    tally.end(what);
}

fn failed(ended: &Ended, id: &StepId) -> bool {
    matches!(ended, Ended::Stopped(StopReason::Failed(step)) if step == id)
}

#[test]
fn a_look_that_fails_stops_the_run() {
    let disturb = |_: &Whole, run: &Rehearsal, step: &Step| {
        let (
            Action::Look(Look::Files { .. } | Look::Status { .. } | Look::Backup { .. }),
            Some(node),
        ) = (&step.action, &step.node)
        else {
            return false;
        };
        let first = step.action.sent().remove(0);
        let word = first.split_whitespace().next().unwrap_or_default().to_owned();
        let fault = fails(Kind::Fail(1), node.as_str(), &word);
        run.way.simulation.with(|w| w.faults.add(fault));
        true
    };
    everywhere("a failed look", disturb, |_, ended, id| failed(ended, id));
}

#[test]
fn errors_in_a_log_are_for_a_person() {
    let disturb = |_: &Whole, run: &Rehearsal, step: &Step| {
        let Action::Wait(Wait::CleanLogs { stack, .. } | Wait::QuietLogs { stack, .. }) =
            &step.action
        else {
            return false;
        };
        let project = if stack.app == App::Voex { "voex" } else { "cts" };
        run.way.simulation.with(|w| {
            let now = w.now;
            let host = w.nodes.get_mut(stack.node.as_str()).expect("a host of the plan");
            let mut all = host.docker.containers.values_mut();
            let one = all.find(|c| c.project == project && c.service != "nginx");
            one.is_some_and(|c| {
                c.log.push((now, "[error] the schema is of another version".to_owned()));
                true
            })
        })
    };
    let asked = |run: &Rehearsal, _: &Ended, id: &StepId| {
        tells(run, |event| {
            matches!(event, Event::Asked { question: Question::Judge, step, seen }
                if step == id && seen.contains("another version"))
        })
    };
    everywhere("errors in logs", disturb, asked);
}

#[test]
fn a_gate_that_never_opens_stops_the_run() {
    let disturb = |whole: &Whole, run: &Rehearsal, step: &Step| {
        let Action::Wait(Wait::Gate { cluster, .. }) = &step.action else { return false };
        let nodes = &whole.plan.topology.clusters[cluster].nodes;
        run.way.simulation.with(|w| {
            let c = w.clusters.get_mut(cluster.as_str()).expect("a cluster of the plan");
            let serves = c.resource("dockerd").and_then(|r| r.on.first().cloned());
            let idle = nodes.iter().find(|node| Some(node.as_str()) != serves.as_deref());
            c.standby.extend(idle.map(ToString::to_string));
        });
        true
    };
    everywhere("a closed gate", disturb, |_, ended, id| failed(ended, id));
}

#[test]
fn a_copy_that_nobody_calls_whole_is_none() {
    let disturb = |_: &Whole, run: &Rehearsal, step: &Step| {
        let copies = matches!(
            &step.action,
            Action::Volume(Volume::BackUp { by: BackUp::Copy { .. }, .. } | Volume::PutBack { .. })
        );
        let (true, Some(node)) = (copies, &step.node) else { return false };
        let fault = fails(Kind::Corrupt(String::new()), node.as_str(), "echo whole");
        run.way.simulation.with(|w| w.faults.add(fault));
        true
    };
    everywhere("a copy that is not whole", disturb, |_, ended, id| failed(ended, id));
}

#[test]
fn no_copy_is_begun_for_which_there_is_no_room() {
    let disturb = |_: &Whole, run: &Rehearsal, step: &Step| {
        let (Action::Volume(Volume::BackUp { by: BackUp::Copy { to }, .. }), Some(node)) =
            (&step.action, &step.node)
        else {
            return false;
        };
        run.way.simulation.with(|w| w.fill(node.as_str(), to));
        true
    };
    let none_begun = |run: &Rehearsal, ended: &Ended, id: &StepId| {
        let job = format!("/{id}/");
        let begun = run.way.simulation.with(|w| {
            w.calls.iter().any(|call| call.job.as_ref().is_some_and(|name| name.contains(&job)))
        });
        failed(ended, id) && !begun
    };
    everywhere("a full disk", disturb, none_begun);
}

#[test]
fn a_command_that_never_ends_is_told() {
    let mut tally = Tally::default();
    for whole in wholes() {
        let deploys = |step: &&Step| {
            matches!(&step.action, Action::Dpl(_))
                && step.commands.iter().any(|c| c.ends_with("dpl -d"))
        };
        for step in whole.plan.steps.iter().filter(deploys) {
            tally.possible += 1;
            tally.tried += 1;
            let first = rehearsal(&whole.plan);
            first.way.simulation.with(|w| w.faults.add_to_step(step.id.as_str(), Kind::Hang));
            let ended = first.run();
            let told = tells(
                &first,
                |event| matches!(event, Event::Overdue { step: id, .. } if *id == step.id),
            );
            if !told {
                tally.wrong.push(format!("{} {}: {ended:?}", whole.name, step.id));
            }
        }
    }
    tally.end("commands that hang");
}

#[test]
fn an_antivirus_unit_that_was_off_before_stays_off() {
    let mut tally = Tally::default();
    for whole in wholes() {
        let off = |plan: &ctsup_core::Plan| {
            plan.steps.iter().find_map(|s| {
                let leaves = |c: &&ctsup_core::Condition| matches!(&c.atom, Atom::AntivirusOff(_) if c.holds);
                s.leaves.iter().find(leaves).and(s.node.clone())
            })
        };
        let Some(node) = off(&whole.plan) else { continue };
        tally.possible += 1;
        tally.tried += 1;
        let first = rehearsal(&whole.plan);
        let unit = first.way.simulation.with(|w| {
            let units = &mut w.nodes.get_mut(node.as_str()).expect("a host of the plan").units;
            let (name, active) = units.iter_mut().next().expect("an antivirus");
            *active = false;
            name.clone()
        });
        let ended = first.run();
        let on = first.way.simulation.with(|w| w.nodes[node.as_str()].units[&unit]);
        if ended != Ended::Done || on {
            tally.wrong.push(format!("{}: {ended:?}, {unit} on: {on}", whole.name));
        }
    }
    tally.end("units off before");
}

#[test]
fn settings_are_kept_before_they_are_edited() {
    let mut tally = Tally::default();
    for whole in wholes() {
        let edits = whole.plan.steps.iter().filter(|s| matches!(s.action, Action::Settings(_)));
        for step in edits {
            tally.possible += 1;
            tally.tried += 1;
            let job = format!("/{}", step.id);
            let mut begun = whole.once.keys().filter(|(name, _)| name.ends_with(&job));
            if !begun.any(|(_, text)| text.starts_with("cp -a ")) {
                tally.wrong.push(format!("{} {}: nothing is copied", whole.name, step.id));
            }
        }
    }
    tally.end("settings kept");
}

//! What changed behind the executor's back is seen right before the command that it would harm: the
//! executor dies when a step has begun, a stranger changes something, the next executor must not
//! send that step's command.

use ctsup_core::action::{Pcs, Volume, volume::BackUp};
use ctsup_core::run::{Event, JournalText, StopReason};
use ctsup_core::{Action, Atom, Condition, NodeName, Step, StepId};
use ctsup_simulator::{Command, Ended, Rehearsal};

use crate::harness::{Tally, Whole, begun, differs, last, rehearsal, wholes};

/// The number of journal lines when a step has just begun.
pub(crate) fn begins_at(whole: &Whole, id: &StepId) -> Option<usize> {
    let read = JournalText::read(whole.journal.as_bytes()).expect("a whole journal");
    let begins = |event: &Event| matches!(event, Event::Begun { step, .. } if step == id);
    // The header is a line as well.
    read.records.iter().position(|record| begins(&record.event)).map(|at| at + 2)
}

/// A rehearsal whose executor died when this step had begun.
fn died_in(whole: &Whole, step: &Step) -> Option<Rehearsal> {
    let first = rehearsal(&whole.plan);
    first.die_after(begins_at(whole, &step.id)?);
    assert_eq!(first.run(), Ended::Killed, "{}: {}", whole.name, step.id);
    Some(first)
}

fn sent(rehearsal: &Rehearsal, id: &StepId) -> bool {
    begun(rehearsal).keys().any(|(job, _)| job.ends_with(&format!("/{id}")))
}

/// The journal tells that this step lacked this.
fn fell(rehearsal: &Rehearsal, id: &StepId, need: &Condition) -> bool {
    let text = rehearsal.journal();
    let read = JournalText::read(text.as_bytes()).expect("a whole journal");
    let tells = |event: &Event| matches!(event, Event::Fell { step, condition, .. } if step == id && condition == need);
    read.records.iter().any(|record| tells(&record.event))
}

/// A stranger types something on a node.
fn typed(rehearsal: &Rehearsal, node: &str, line: &str) {
    let command = Command { lines: vec![line.to_owned()], terminal: true, ..Command::default() };
    let seen = rehearsal.way.simulation.run(node, &command, 3_600_000).expect("the node is up");
    assert_eq!(seen.code, Some(0), "{line}: {}", seen.printed.err);
}

/// Changes something before each step that needs it, and sees the run stop there.
fn everywhere(
    what: &str,
    needs: impl Fn(&Whole, &Step) -> Option<Condition>,
    change: impl Fn(&Whole, &Rehearsal, &Step),
) {
    let mut tally = Tally::default();
    for whole in wholes() {
        for step in &whole.plan.steps {
            let Some(need) = needs(whole, step) else { continue };
            let Some(first) = died_in(whole, step) else { continue };
            tally.possible += 1;
            tally.tried += 1;
            change(whole, &first, step);
            let ended = first.run();
            let name = format!("{} {}", whole.name, step.id);
            // What does not depend on the step may go on first, and stop the run for its own reason.
            match &ended {
                Ended::Stopped(StopReason::Rebooted(_)) => tally.count("rebooted"),
                Ended::Stopped(_) if fell(&first, &step.id, &need) => tally.count("fell"),
                _ => tally.wrong.push(format!("{name}: {ended:?} {}", last(&first))),
            }
            if sent(&first, &step.id) {
                tally.wrong.push(format!("{name}: its command was sent"));
            }
        }
    }
    tally.end(what);
}

/// The settings that the step's deploys read: beside dpl, or on the hosts of a playbook.
fn settings(whole: &Whole, step: &Step) -> Vec<(String, String)> {
    let path = |dir: &str| format!("{dir}/settings");
    match (&step.action, &step.node, &step.cwd) {
        (Action::Dpl(_) | Action::Database(_), Some(node), Some(dir)) => {
            vec![(node.to_string(), path(dir))]
        }
        _ => {
            let key = step.needs.iter().find(|c| matches!(c.atom, Atom::UpgradeKey(_)));
            let Some(Atom::UpgradeKey(place)) = key.map(|c| &c.atom) else { return Vec::new() };
            let stacks = whole.plan.topology.stacks.iter().filter(|s| s.settings == *place);
            stacks.map(|s| (s.stack.node.to_string(), path(&s.dir))).collect()
        }
    }
}

fn rewritten(whole: &Whole, rehearsal: &Rehearsal, step: &Step, edit: impl Fn(&str) -> String) {
    let mut files = 0;
    for (node, path) in settings(whole, step) {
        rehearsal.way.simulation.with(|w| {
            // An idle node may have none.
            let Some(text) = w.text(&node, &path).map(&edit) else { return };
            w.write(&node, &path, &text).expect("room");
            files += 1;
        });
    }
    assert!(files > 0, "{}: no settings", step.id);
}

fn needs_key(step: &Step, holds: bool) -> Option<Condition> {
    let key = |c: &&Condition| matches!(c.atom, Atom::UpgradeKey(_)) && c.holds == holds;
    step.needs.iter().find(key).cloned()
}

fn is_playbook(step: &Step) -> bool {
    matches!(step.action, Action::Playbook(_))
}

#[test]
fn a_key_that_somebody_wrote_stops_every_deploy_until_it_is_gone() {
    everywhere(
        "a stranger's postgres_upgrade",
        |_, step| needs_key(step, false),
        |whole, rehearsal, step| {
            rewritten(whole, rehearsal, step, |text| format!("{text}\npostgres_upgrade: true\n"));
        },
    );
    let whole = wholes().iter().find(|w| w.name == "single").expect("an example");
    let step = whole.plan.steps.iter().find(|s| needs_key(s, false).is_some()).expect("a deploy");
    let first = died_in(whole, step).expect("it begins");
    rewritten(whole, &first, step, |text| format!("{text}\npostgres_upgrade: true\n"));
    assert_eq!(first.run(), Ended::Stopped(StopReason::Fell(step.id.clone())));
    rewritten(whole, &first, step, |text| text.replace("\npostgres_upgrade: true\n", ""));
    assert_eq!(first.run(), Ended::Done, "{}", last(&first));
}

#[test]
fn a_key_that_somebody_took_out_stops_the_upgrade() {
    everywhere(
        "postgres_upgrade taken out",
        |_, step| needs_key(step, true),
        |whole, rehearsal, step| {
            let keep = |line: &&str| !line.starts_with("postgres_upgrade:");
            let without = |text: &str| text.lines().filter(keep).collect::<Vec<_>>().join("\n");
            rewritten(whole, rehearsal, step, without);
        },
    );
}

fn peers<'w>(whole: &'w Whole, need: &Condition) -> Option<&'w [NodeName; 2]> {
    let Atom::GatePassed(cluster) = &need.atom else { return None };
    whole.plan.topology.clusters.get(cluster).map(|cluster| &cluster.nodes)
}

fn needs_gate(step: &Step) -> Option<Condition> {
    let gate = |c: &&Condition| matches!(c.atom, Atom::GatePassed(_)) && c.holds;
    step.needs.iter().find(gate).filter(|_| step.kind == ctsup_core::action::Kind::Change).cloned()
}

#[test]
fn a_node_that_booted_unseen_stops_every_move() {
    everywhere(
        "the other node booted",
        |_, step| needs_gate(step),
        |whole, rehearsal, step| {
            let need = needs_gate(step).expect("it was found");
            let nodes = peers(whole, &need).expect("a cluster");
            let node = nodes.iter().find(|n| Some(*n) != step.node.as_ref()).expect("another");
            rehearsal.way.simulation.with(|w| w.reboot(node.as_str()));
            rehearsal.way.simulation.pass(300_000);
        },
    );
}

#[test]
fn a_node_in_standby_stops_every_move() {
    everywhere(
        "the other node is in standby",
        |_, step| needs_gate(step),
        |whole, rehearsal, step| {
            let need = needs_gate(step).expect("it was found");
            let nodes = peers(whole, &need).expect("a cluster");
            let active = rehearsal.told().expect("a journal").state();
            let idle = nodes.iter().find(|n| !active.has(&Atom::Active((*n).clone())));
            let idle = idle.expect("one is idle");
            let fqdn = &whole.plan.topology.nodes[idle].fqdn;
            typed(rehearsal, idle.as_str(), &format!("pcs node standby {fqdn}"));
            rehearsal.way.simulation.pass(120_000);
        },
    );
}

#[test]
fn dpl_never_runs_where_the_service_is_no_more() {
    everywhere(
        "the service moved away",
        |whole, step| {
            let node = step.node.as_ref()?;
            let clustered = whole.plan.topology.clusters.values().any(|c| c.nodes.contains(node));
            let dpl = step.commands.iter().any(|command| command.contains("dpl "));
            let change = step.kind == ctsup_core::action::Kind::Change;
            (clustered && dpl && change)
                .then(|| Condition { atom: Atom::Active(node.clone()), holds: true })
        },
        |whole, rehearsal, step| {
            let node = step.node.as_ref().expect("a node");
            let mut clusters = whole.plan.topology.clusters.values();
            let cluster = clusters.find(|c| c.nodes.contains(node)).expect("a cluster");
            let other = cluster.nodes.iter().find(|n| *n != node).expect("two nodes");
            let fqdn = &whole.plan.topology.nodes[other].fqdn;
            typed(rehearsal, other.as_str(), &format!("pcs resource move dockerd {fqdn}"));
            rehearsal.way.simulation.pass(300_000);
        },
    );
}

/// The copy that a step needs, where its own node made it.
fn copy<'w>(whole: &'w Whole, step: &Step) -> Option<(Condition, &'w str)> {
    if step.kind != ctsup_core::action::Kind::Change || is_playbook(step) {
        return None;
    }
    let mut needs = step.needs.iter().filter(|c| matches!(c.atom, Atom::BackedUp(_)));
    needs.find_map(|need| {
        let made = |s: &&Step| s.leaves.contains(need) && s.node == step.node;
        match &whole.plan.steps.iter().find(made)?.action {
            Action::Volume(Volume::BackUp { by: BackUp::Copy { to }, .. }) => {
                Some((need.clone(), to.as_str()))
            }
            _ => None,
        }
    })
}

#[test]
fn a_copy_that_is_gone_stops_what_would_need_it() {
    everywhere(
        "the copy is gone",
        |whole, step| copy(whole, step).map(|(need, _)| need),
        |whole, rehearsal, step| {
            let (_, to) = copy(whole, step).expect("it was found");
            let node = step.node.as_ref().expect("a node").as_str();
            typed(rehearsal, node, &format!("mv {to} {to}.elsewhere"));
        },
    );
}

/// As on four real hosts: a start of `dockerd` failed on the target long ago. Nothing is sent, no
/// constraint is left, and the run goes on once a person has made Pacemaker forget it.
#[test]
fn a_start_that_failed_on_the_target_stops_every_move() {
    let mut tally = Tally::default();
    for whole in wholes() {
        for step in &whole.plan.steps {
            let Action::Pcs(Pcs::Move { cluster, to, .. }) = &step.action else { continue };
            let Some(first) = died_in(whole, step) else { continue };
            tally.possible += 1;
            tally.tried += 1;
            first.way.simulation.with(|w| {
                let cluster = w.clusters.get_mut(cluster.as_str()).expect("the plan's cluster");
                cluster.failures.push(("dockerd".to_owned(), to.to_string()));
            });
            let name = format!("{} {}", whole.name, step.id);
            let ended = first.run();
            let told = first.told().expect("a run");
            let seen = told.step(&step.id).map(|s| s.seen.clone()).unwrap_or_default();
            let stopped = ended == Ended::Stopped(StopReason::Failed(step.id.clone()));
            if !stopped || !seen.starts_with("ctsup:failed-start") || sent(&first, &step.id) {
                tally.wrong.push(format!("{name}: {ended:?} {seen}"));
                continue;
            }
            typed(&first, to.as_str(), "pcs resource cleanup dockerd");
            let ended = first.run();
            tally.wrong.extend(differs(whole, &first, &ended, &format!("after {}", step.id)));
        }
    }
    tally.end("a failed start on the target");
}

/// Settings are written only over what was read: a person who edits them at that moment loses nothing.
#[test]
fn an_edit_by_hand_in_the_same_moment_is_never_written_over() {
    let mut tally = Tally::default();
    for whole in wholes() {
        for step in &whole.plan.steps {
            let Action::Settings(edit) = &step.action else { continue };
            tally.possible += 1;
            let first = rehearsal(&whole.plan);
            first.die_after(begins_at(whole, &step.id).expect("it begins"));
            assert_eq!(first.run(), Ended::Killed);
            first.way.meddle(&edit.file);
            let mut ended = first.run();
            let name = format!("{} {}", whole.name, step.id);
            let told = first.told().expect("a run");
            let seen = told.step(&step.id).map(|s| s.seen.clone()).unwrap_or_default();
            if first.way.meddles() {
                // Nothing had to be written there.
                tally.count("nothing to write");
                continue;
            }
            tally.tried += 1;
            let stopped = ended == Ended::Stopped(StopReason::Failed(step.id.clone()));
            if !stopped || seen != "ctsup:changed-meanwhile" {
                tally.wrong.push(format!("{name}: {ended:?} {seen}"));
                continue;
            }
            ended = first.run();
            let text = first
                .way
                .simulation
                .with(|w| w.text(edit.node.as_str(), &edit.file).map(str::to_owned));
            if ended != Ended::Done || !text.is_some_and(|text| text.contains("edited by hand")) {
                tally.wrong.push(format!("{name}: {ended:?} {}", last(&first)));
            }
        }
    }
    tally.end("an edit by hand");
}

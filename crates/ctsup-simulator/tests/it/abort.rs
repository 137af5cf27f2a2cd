//! A run given up anywhere: the hosts differ from the start only by what the report says.

use ctsup_core::run::{Run, StopReason};
use ctsup_core::{Action, App, Atom};
use ctsup_simulator::world::compare::Difference;
use ctsup_simulator::{Ended, World};

use crate::harness::{Tally, last, places, rehearsal, wholes};
use crate::{nodes, observed};

/// What differs and is not said.
fn unsaid(run: &Run, start: &World, end: &World) -> Vec<String> {
    let differences = end.differences(start);
    let unsaid = differences.iter().filter(|d| !is_said(run, d, end));
    unsaid.map(|d| format!("{} {:?} -> {:?}", d.field, d.right, d.left)).collect()
}

fn is_said(run: &Run, difference: &Difference, end: &World) -> bool {
    let (plan, report) = (run.plan(), run.stop_report());
    let owed = |atom: &Atom| report.debts.iter().any(|d| d.debt == *atom);
    let (place, rest) = difference.field.split_once('/').unwrap_or((&difference.field, ""));
    let (kind, what) = rest.split_once('/').unwrap_or((rest, ""));
    // Steps of which the report says that they are done or in doubt.
    let touched = |on: &dyn Fn(&str) -> bool| {
        run.steps().any(|(step, now)| {
            let here = step.node.as_ref().is_none_or(|n| on(n.as_str()));
            here && step.kind == ctsup_core::action::Kind::Change && (now.is_done() || now.touched)
        })
    };
    match (place, kind) {
        ("back" | "front", "resources") => {
            let node = end.clusters[place].resource(what).and_then(|r| r.on.first().cloned());
            node.is_none_or(|n| report.active.iter().any(|a| a.as_str() == n))
        }
        ("back", "constraints") => owed(&Atom::Constraint(ctsup_core::ClusterName::Back)),
        ("front", "constraints") => owed(&Atom::Constraint(ctsup_core::ClusterName::Front)),
        ("files", _) => {
            // What a playbook did anywhere is said by naming it.
            let named = run.steps().any(|(step, now)| {
                let said = now.is_done() || report.in_doubt.iter().any(|d| d.step == step.id);
                matches!(step.action, Action::Playbook(_)) && said
            });
            // Settings are given back by `abort` where a debt stands in them; the others are copies,
            // data that met a release, and dpl's own set-up, each by a step of that node.
            let mounts = |node: &str| {
                end.nodes[node].mounts.values().any(|id| rest.starts_with(&format!("{id}/")))
            };
            let keyed = |text: &Option<String>| {
                text.as_deref().is_some_and(|t| t.contains("postgres_upgrade: true"))
            };
            let debt =
                plan.topology.stacks.iter().any(|p| owed(&Atom::UpgradeKey(p.settings.clone())));
            // A copy of settings made before an edit holds what stood there then.
            let copy = !rest.ends_with("/settings");
            (named || touched(&mounts))
                && (copy || !keyed(&difference.left) || keyed(&difference.right) || debt)
        }
        (node, "units") => {
            let exporter = what == "node_exporter" || what == "cadvisor";
            let debt = plan
                .topology
                .nodes
                .keys()
                .any(|n| n.as_str() == node && owed(&Atom::AntivirusOff(n.clone())));
            debt || (exporter && touched(&|n| n == node))
        }
        (node, "containers") => {
            let app = if what.starts_with("voex") { App::Voex } else { App::Express };
            let said =
                report.stacks.iter().find(|s| s.stack.node.as_str() == node && s.stack.app == app);
            // What playbooks do, a person started; the report names the step.
            let played = |action: &Action| matches!(action, Action::Playbook(_));
            let played = run.steps().any(|(s, now)| played(&s.action) && now.began_at.is_some());
            played
                || said.is_some_and(|said| {
                    let is = observed::running(end, &said.stack);
                    let moved = end.nodes[node].cluster.is_some();
                    said.running.is_none() || moved || said.running == is
                })
                || touched(&|n| n == node)
        }
        (node, "docker") => {
            report.active.iter().any(|a| a.as_str() == node) == end.nodes[node].docker.running
        }
        (node, "images" | "served") => {
            let played = |action: &Action| matches!(action, Action::Playbook(_));
            touched(&|n| n == node)
                || run.steps().any(|(s, now)| played(&s.action) && now.began_at.is_some())
        }
        _ => false,
    }
}

#[test]
fn given_up_anywhere_the_hosts_differ_by_what_is_said() {
    let mut tally = Tally::default();
    for whole in wholes() {
        let start = rehearsal(&whole.plan).way.simulation.with(|w| w.clone());
        tally.possible += whole.lines - 1;
        for at in places(&whole.name, whole.lines - 1, 40) {
            tally.tried += 1;
            let run = rehearsal(&whole.plan);
            run.die_after(at + 1);
            let _ = run.run();
            let ended = run.abort();
            let mut wrong = |what: String| {
                let place = at + 1;
                tally.wrong.push(format!("{} given up after {place} lines: {what}", whole.name));
            };
            match ended {
                Ended::Stopped(StopReason::Aborted) | Ended::Done => {}
                other => {
                    wrong(format!("{other:?} {}", last(&run)));
                    continue;
                }
            }
            let told = match run.told() {
                Ok(told) => told,
                Err(error) => {
                    wrong(error);
                    continue;
                }
            };
            let end = run.way.simulation.with(|w| w.clone());
            let mut all = unsaid(&told, &start, &end);
            all.extend(observed::untrue(&told, &end));
            let off = told.stop_report().debts;
            // Nothing stands in the way of the antivirus: nodes answer, no job runs.
            all.extend(off.iter().filter_map(|d| match &d.debt {
                Atom::AntivirusOff(node) => Some(format!("{node}: the antivirus stays off")),
                Atom::UpgradeKey(place) => Some(format!("{place}: postgres_upgrade stays")),
                _ => None,
            }));
            let owed = if off.is_empty() { "nothing owed" } else { "services for a person" };
            tally.count(owed);
            if !all.is_empty() {
                tally.wrong.push(format!(
                    "{} given up after {} lines: {:?}",
                    whole.name,
                    at + 1,
                    &all[..all.len().min(3)]
                ));
            }
        }
    }
    nodes::set_known_aside(&mut tally);
    tally.end("given up");
}

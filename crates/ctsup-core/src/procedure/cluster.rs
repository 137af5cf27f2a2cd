//! A Pacemaker cluster: antivirus off and on, gate, switch of both resources, constraints cleared.

use std::collections::BTreeSet;

use crate::action::{Action, Kind, Look, Pcs, Person, Unit, Wait};
use crate::cite;
use crate::fact::{FactKey, FactValue, Test};
use crate::guide::RowKey;
use crate::name::{App, ClusterName, DataSet, NodeName, Stack};
use crate::plan::builder::{Added, Draft};
use crate::plan::{Because, Cause, Goal, Phase, Source, WarningCode};
use crate::planner::Planner;
use crate::state::{Atom, Condition, is, is_not};
use crate::topology::{Layout, Pair, Reading};

/// The rows of the chapter that a cluster's preparation follows.
#[derive(Debug, Clone, Copy)]
pub(super) struct GateRows {
    pub(super) antivirus_off: RowKey,
    pub(super) status: RowKey,
    pub(super) gate: &'static [RowKey],
    pub(super) files: RowKey,
    pub(super) antivirus_on: RowKey,
}

pub(super) const BY_HAND: GateRows = GateRows {
    antivirus_off: cite!("HA.3"),
    status: cite!("HA.4"),
    gate: &[cite!("HA.5")],
    files: cite!("HA.6"),
    antivirus_on: cite!("HA.30"),
};

pub(super) const BY_PLAYBOOK: GateRows = GateRows {
    antivirus_off: cite!("AN-H.2"),
    status: cite!("AN-H.3"),
    gate: &[cite!("AN-H.4"), cite!("AN-H.5")],
    files: cite!("AN-H.6"),
    antivirus_on: cite!("AN-H.14"),
};

/// The two clusters, where there are two.
pub(super) fn pairs(p: &Planner<'_>) -> Vec<Pair> {
    match &p.site.layout {
        Layout::Ha { back, front } => vec![back.clone(), front.clone()],
        _ => Vec::new(),
    }
}

/// Antivirus off on every node: one node of a cluster after the other, because a node that hangs
/// takes both through a reboot; the clusters side by side.
pub(super) fn antivirus_off(p: &mut Planner<'_>, rows: &GateRows) -> Vec<Added> {
    antivirus_off_in(p, rows, &pairs(p))
}

/// The same for some of the clusters.
pub(super) fn antivirus_off_in(
    p: &mut Planner<'_>,
    rows: &GateRows,
    clusters: &[Pair],
) -> Vec<Added> {
    let mut all = Vec::new();
    if p.site.antivirus.is_empty() {
        let said = p.ask.choice("antivirus", "none");
        let off = [rows.antivirus_off, rows.antivirus_on];
        p.steps.leave_out(&off, Cause::Claim(said.claim));
        return all;
    }
    for pair in clusters {
        let mut earlier = None;
        for node in &pair.nodes {
            let (units, held) = active_units(p, node);
            if units.is_empty() {
                if let Some(held) = held {
                    let off = [rows.antivirus_off, rows.antivirus_on];
                    p.steps.leave_out(&off, Cause::Claim(held.claim));
                }
                continue;
            }
            let action = Action::Unit(Unit::StopAntivirus { node: node.clone(), units });
            let mut draft = Draft::on(node, Phase::Quiet, "antivirus/stop", action)
                .cites(&[rows.antivirus_off]);
            if let Some(held) = &held {
                draft = draft.because(held);
            }
            // Where a node's boot started some again, those are stopped beside what is owed already.
            let again = p.owed.contains_key(node) && p.observed(&FactKey::Antivirus(node.clone()));
            let step = if again { p.steps.add(draft) } else { p.steps.once(draft) };
            p.steps.after(step, earlier, Because::Row(rows.antivirus_off));
            earlier = step.or(earlier);
            all.push(step);
        }
    }
    all
}

/// The units that this plan stops on a node.
fn stopped_here(p: &Planner<'_>, node: &NodeName) -> Vec<String> {
    let stopped = p.steps.added().find_map(|(.., action)| match action {
        Action::Unit(Unit::StopAntivirus { node: n, units }) if n == node => Some(units.clone()),
        _ => None,
    });
    stopped.unwrap_or_default()
}

/// The units to stop: those that the facts say are active, else all that the file names.
fn active_units(p: &mut Planner<'_>, node: &NodeName) -> (Vec<String>, Option<crate::fact::Held>) {
    let key = FactKey::Antivirus(node.clone());
    if p.fact(&key).is_none() {
        return (p.site.antivirus.clone(), None);
    }
    if p.known_start {
        return match p.ask.measured(key) {
            Some(FactValue::List(units)) => (units, None),
            _ => (p.site.antivirus.clone(), None),
        };
    }
    match p.ask.value(key) {
        Some((FactValue::List(units), held)) => (units, Some(held)),
        _ => (p.site.antivirus.clone(), None),
    }
}

/// Antivirus on again wherever we stopped it: the last debt (invariant 10).
pub(super) fn antivirus_on(p: &mut Planner<'_>, rows: &GateRows, last: &[Added]) {
    // A look that nothing else waits for comes before it, too.
    let waited: BTreeSet<_> = p.steps.waits().map(|(earlier, _)| earlier).collect();
    let loose = p
        .steps
        .added()
        .filter(|(index, .., action)| !waited.contains(index) && action.kind() != Kind::Confirm);
    let loose: Vec<_> = loose.map(|(index, ..)| Some(index)).collect();
    let last: Vec<_> = last.iter().copied().chain(loose).collect();
    for pair in pairs(p) {
        for node in &pair.nodes {
            if !p.steps.has(&Atom::AntivirusOff(node.clone())) {
                continue;
            }
            // By the facts of now what is off is missing among the active units; where the start is a
            // run's, the facts are those of before it, and name what it stopped.
            let mut units = match p.goal {
                Goal::Rollback if !p.known_start => {
                    let mut units = stopped_here(p, node);
                    let off = p.antivirus_off(node);
                    units.extend(
                        off.into_iter().filter(|unit| !units.contains(unit)).collect::<Vec<_>>(),
                    );
                    units
                }
                _ => active_units(p, node).0,
            };
            let owed = p.owed.get(node).into_iter().flatten();
            let owed: Vec<_> = owed.filter(|unit| !units.contains(unit)).cloned().collect();
            units.extend(owed);
            let units = if units.is_empty() { p.site.antivirus.clone() } else { units };
            let action = Action::Unit(Unit::StartAntivirus { node: node.clone(), units });
            let mut draft = Draft::on(node, Phase::Restore, "antivirus/start", action);
            if p.goal == Goal::Rollback {
                // Another plan stopped them: they are the file's.
                let units = p.site.antivirus.join(" ");
                draft = draft.because(&p.ask.choice("antivirus.units", units));
            }
            let step = p.steps.once(draft.cites(&[rows.antivirus_on]));
            for earlier in &last {
                p.steps.after(step, *earlier, Because::Row(rows.antivirus_on));
                p.steps.after(step, *earlier, Because::Invariant(10));
            }
        }
    }
}

/// Status on both nodes, resources as listed, the cluster's files answering (HA.4 to HA.6).
pub(super) fn gate(p: &mut Planner<'_>, pair: &Pair, rows: &GateRows) -> Vec<Added> {
    let cluster = pair.cluster;
    let mut all = Vec::new();
    if p.steps.has(&Atom::GatePassed(cluster)) {
        let mut left = vec![rows.status];
        left.extend(rows.gate);
        p.steps.leave_out(&left, Cause::Already(vec![is(Atom::GatePassed(cluster))]));
    } else {
        let seen: Vec<_> = pair.nodes.iter().map(|node| status(p, pair, node, rows)).collect();
        let gate = pass(p, pair, Phase::Gate, "cluster/gate", rows.gate);
        for step in seen {
            p.steps.after(gate, step, Because::Row(rows.gate[0]));
        }
        all.push(gate);
    }
    // A run may have stopped between the gate and the look at the files.
    if cluster == ClusterName::Back {
        let aside = set_aside(p, pair);
        if !aside.is_empty() {
            // The files are in it, and nothing is where they are looked for until it is put back.
            p.steps.leave_out(&[rows.files], Cause::Already(aside));
            return all;
        }
        let gate = all.first().copied().flatten();
        all.extend(files_answer(p, pair, gate, rows.files));
    }
    all
}

/// Whether Back's shared files answer on both nodes, seen behind a step.
pub(super) fn files_answer(
    p: &mut Planner<'_>,
    pair: &Pair,
    behind: Added,
    row: RowKey,
) -> Vec<Added> {
    let mut all = Vec::new();
    for node in &pair.nodes {
        let path = p.catalogue.paths.cluster_files.clone();
        let action = Action::Look(Look::Files { node: node.clone(), path });
        let draft = Draft::on(node, Phase::Gate, "cluster/files", action).cites(&[row]);
        let step = p.steps.once(draft);
        p.steps.after(step, behind, Because::Row(row));
        all.push(step);
    }
    all
}

/// The data of a cluster that lies aside with nothing in its place yet.
fn set_aside(p: &Planner<'_>, pair: &Pair) -> Vec<Condition> {
    let stacks = p.site.stacks().into_iter().filter(|s| pair.nodes.contains(&s.node));
    let data: BTreeSet<_> = stacks.map(|stack| p.site.data_of(&stack)).collect();
    let aside = |data: &DataSet| {
        p.steps.has(&Atom::SetAside(data.clone())) && !p.steps.has(&Atom::PutBack(data.clone()))
    };
    data.into_iter().filter(aside).map(|data| is(Atom::SetAside(data))).collect()
}

/// The status of a cluster as one of its nodes tells it.
fn status(p: &mut Planner<'_>, pair: &Pair, node: &NodeName, rows: &GateRows) -> Added {
    let action = Action::Look(Look::Status { cluster: pair.cluster, node: node.clone() });
    let draft = Draft::on(node, Phase::Gate, "cluster/status", action).cites(&[rows.status]);
    let step = p.steps.add(draft);
    // The antivirus of the whole cluster is off before it is judged.
    for node in &pair.nodes {
        let off = p.steps.added().find_map(|(i, _, _, a)| match a {
            Action::Unit(Unit::StopAntivirus { node: n, .. }) if n == node => Some(i),
            _ => None,
        });
        p.steps.after(step, off, Because::Row(rows.status));
    }
    step
}

/// The step that passes a cluster's gate first.
pub(super) fn gate_of(p: &Planner<'_>, cluster: ClusterName) -> Added {
    p.steps
        .added()
        .find(|(.., a)| matches!(a, Action::Wait(Wait::Gate { cluster: c, .. }) if *c == cluster))
        .map(|(index, ..)| index)
}

/// The first step that sees which node of a cluster is active; else the one that passes its gate.
pub(super) fn seen_active(p: &Planner<'_>, cluster: ClusterName) -> Added {
    p.steps
        .added()
        .find(|(.., a)| matches!(a, Action::Look(Look::ActiveNode { cluster: c, .. }) if *c == cluster))
        .map(|(index, ..)| index)
        .or(gate_of(p, cluster))
}

/// The gate itself.
pub(super) fn pass(
    p: &mut Planner<'_>,
    pair: &Pair,
    phase: Phase,
    what: &str,
    rows: &[RowKey],
) -> Added {
    let (on_both, on_one) = resources(p, pair);
    let node = asked_at(p, pair);
    let action = Action::Wait(Wait::Gate {
        cluster: pair.cluster,
        node: node.clone(),
        nodes: pair.nodes.to_vec(),
        on_both,
        on_one,
        tries: p.catalogue.limits.cleanup_tries,
    });
    let draft = Draft::on(&node, phase, what, action);
    let draft = match (rows, phase) {
        ([], Phase::Verify) => draft.source(Source::Invariant(35)),
        ([], _) => draft.source(Source::Invariant(3)),
        _ => draft.cites(rows),
    };
    p.steps.add(draft)
}

/// The node of a cluster that questions go to: the active one, where it is known.
fn asked_at(p: &Planner<'_>, pair: &Pair) -> NodeName {
    let active = pair.nodes.iter().find(|n| p.steps.has(&Atom::Active((*n).clone())));
    active.unwrap_or(&pair.nodes[0]).clone()
}

fn resources(p: &Planner<'_>, pair: &Pair) -> (Vec<String>, Vec<String>) {
    let listed = p.catalogue.resources(pair.cluster);
    (
        pair.on_both.clone().unwrap_or_else(|| listed.on_both.clone()),
        pair.on_one.clone().unwrap_or_else(|| listed.on_one.clone()),
    )
}

/// Where `dockerd` is started: the plan rests on it (HA.7).
pub(super) fn look(
    p: &mut Planner<'_>,
    pair: &Pair,
    phase: Phase,
    rows: &[RowKey],
    what: &str,
) -> Added {
    let node = asked_at(p, pair);
    let action = Action::Look(Look::ActiveNode {
        cluster: pair.cluster,
        expects: node.clone(),
        node: node.clone(),
    });
    let draft = Draft::on(&node, phase, what, action).cites(rows);
    let draft = if rows.is_empty() { draft.source(Source::Invariant(5)) } else { draft };
    let held = match p.known_start {
        true => None,
        false => p.ask.value(FactKey::Active(pair.cluster)).map(|(_, held)| held),
    };
    let draft = held.iter().fold(draft, Draft::because);
    let look = p.steps.add(draft);
    if p.known_start {
        // Units that a reboot started again are stopped before anything that rests on this look, though
        // the gate behind them was passed before.
        let off: Vec<_> = p
            .steps
            .added()
            .filter(|(.., a)| matches!(a, Action::Unit(Unit::StopAntivirus { .. })))
            .map(|(index, ..)| index)
            .collect();
        for step in off {
            p.steps.after(
                look,
                Some(step),
                rows.first().map_or(Because::Invariant(5), |row| Because::Row(*row)),
            );
        }
    }
    look
}

/// Both gates, and after each where the cluster's resources are: what a way back rests on before it
/// stops or moves anything (invariants 3 and 5).
pub(super) fn looked(p: &mut Planner<'_>, rows: &GateRows, active: [RowKey; 2]) -> Vec<Added> {
    let mut all = Vec::new();
    for (pair, row) in pairs(p).into_iter().zip(active) {
        let gate = gate(p, &pair, rows);
        let look = look(p, &pair, Phase::Gate, &[row], "cluster/active");
        for step in &gate {
            p.steps.after(look, *step, Because::Row(row));
        }
        all.extend(gate);
        all.push(look);
    }
    all
}

/// The steps of a switch.
#[derive(Debug, Clone, Copy)]
pub(super) struct Switch {
    pub(super) moved: Added,
    pub(super) arrived: Added,
}

/// Moves both resources to a node and waits until they are there (HA.11, HA.12).
pub(super) fn switch(
    p: &mut Planner<'_>,
    pair: &Pair,
    to: &NodeName,
    phase: Phase,
    rows: [RowKey; 2],
) -> Switch {
    let cluster = pair.cluster;
    let from = pair.other(to).clone();
    let mut moved = None;
    if p.steps.has(&Atom::Active(to.clone())) {
        p.steps.leave_out(&rows[..1], Cause::Already(vec![is(Atom::Active(to.clone()))]));
    } else {
        let leaves_constraint = leaves_constraint(p, cluster);
        let apps: Vec<App> = [App::Express, App::Voex]
            .into_iter()
            .filter(|app| p.site.stacks().contains(&Stack::new(to, *app)))
            .collect();
        let action = Action::Pcs(Pcs::Move {
            apps,
            cluster,
            from,
            fqdn: p.site.nodes[to].fqdn.clone(),
            // Only the switch for fetching leaves the node where the plan found the resources.
            home: phase != Phase::Fetch,
            leaves_constraint,
            to: to.clone(),
        });
        let draft = Draft::on(to, phase, "cluster/move", action).cites(&rows[..1]);
        moved = p.steps.add(draft);
    }
    if p.steps.has(&Atom::GatePassed(cluster)) {
        p.steps.leave_out(&rows[1..], Cause::Already(vec![is(Atom::GatePassed(cluster))]));
        return Switch { moved, arrived: None };
    }
    let (on_both, on_one) = resources(p, pair);
    let action = Action::Wait(Wait::Arrived {
        cluster,
        node: to.clone(),
        nodes: pair.nodes.to_vec(),
        on_both,
        on_one,
    });
    let draft = Draft::on(to, phase, "cluster/arrived", action).cites(&rows[1..]);
    let arrived = p.steps.add(draft);
    p.steps.after(arrived, moved, Because::Row(rows[1]));
    Switch { moved, arrived }
}

/// Whether this pcs leaves the constraint of a move in place (A12).
fn leaves_constraint(p: &mut Planner<'_>, cluster: ClusterName) -> bool {
    let since = FactValue::Release(p.catalogue.thresholds.pcs_clears_itself_since.clone());
    p.ask.holds(FactKey::Pcs(cluster), Test::Below, since).is_some_and(|held| held.yes)
}

/// Left-over constraints, as the reading of A12 says (HA.29c, K17).
pub(super) fn clear(p: &mut Planner<'_>, last: &[Added]) -> Vec<Added> {
    let row = cite!("HA.29c");
    let choice = p.site.readings.get(&Reading::A12).map_or("offer", String::as_str).to_owned();
    let mut all = Vec::new();
    let mut agreed = None;
    for pair in pairs(p) {
        let cluster = pair.cluster;
        if !p.steps.has(&Atom::Constraint(cluster)) {
            let since = FactValue::Release(p.catalogue.thresholds.pcs_clears_itself_since.clone());
            if let Some(held) = p.ask.holds(FactKey::Pcs(cluster), Test::AtLeast, since) {
                let cause = if held.yes {
                    Cause::Claim(held.claim)
                } else {
                    Cause::Already(vec![is_not(Atom::Constraint(cluster))])
                };
                p.steps.leave_out(&[row], cause);
            }
            continue;
        }
        if p.goal == Goal::Rollback && p.steps.has(&Atom::Moved(cluster)) {
            // The resources serve from where they are, and this holds them there (K17): it goes once
            // a person has moved them home.
            let kept = [
                ("cluster", cluster.to_string()),
                ("constraints", "cli-prefer-cluster_ip, cli-prefer-dockerd".to_owned()),
            ];
            p.warn(WarningCode::ConstraintsFound, &kept, None, None);
            p.steps.leave_out(&[row], Cause::Already(vec![is(Atom::Moved(cluster))]));
            continue;
        }
        if choice == "keep" {
            let said = p.ask.choice("readings.A12", "keep");
            p.steps.leave_out(&[row], Cause::Claim(said.claim));
            continue;
        }
        if choice == "offer" && agreed.is_none() {
            let action = Action::Person(Person::ClearConstraints);
            let draft = Draft::person(Phase::Restore, "clear-constraints", action);
            agreed = p.steps.once(draft.source(Source::Reading("A12".to_owned())));
            for earlier in last {
                p.steps.after(agreed, *earlier, Because::Row(row));
            }
        }
        let node = asked_at(p, &pair);
        let scratch = format!("/tmp/ctsup-{}-{cluster}.xml", p.site.site);
        let action = Action::Pcs(Pcs::Clear { cluster, scratch });
        let draft = Draft::on(&node, Phase::Restore, "cluster/clear", action).cites(&[row]);
        let step = p.steps.once(draft);
        p.steps.after(step, agreed, Because::Row(row));
        for earlier in last {
            p.steps.after(step, *earlier, Because::Row(row));
        }
        // Where nothing else is left to be done, the gate that was asked first is what it waits for.
        p.steps.after(step, gate_of(p, cluster), Because::Invariant(7));
        all.push(step);
    }
    all
}

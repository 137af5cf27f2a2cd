//! What comes before the first stop: facts, gates, images, lists.

use super::{BACK_FIRST, SAVED, Side};
use crate::action::{Action, Person};
use crate::cite;
use crate::guide::RowKey;
use crate::name::{App, ClusterName, NodeName};
use crate::plan::builder::{Added, Draft};
use crate::plan::{Because, Phase, WarningCode};
use crate::planner::Planner;
use crate::procedure::cluster::{BY_HAND, Switch};
use crate::procedure::server::save_list;
use crate::procedure::{cluster, images, postgres, split};
use crate::state::Atom;

/// What was prepared, by what waits for it.
#[derive(Default)]
pub(super) struct Prepared {
    /// New images in the registry: every fetch waits for them.
    pub(super) images: Vec<Added>,
    /// Gate, files and active node of each cluster: every fetch there waits for them.
    pub(super) gates: [Vec<Added>; 2],
    /// What each cluster's first switch waits for, and why.
    pub(super) before_move: [Vec<(Added, Because)>; 2],
    /// Read or agreed before anything is stopped.
    pub(super) before_stop: Vec<Added>,
}

/// Registry, consoles, antivirus, gates, facts and lists on the active nodes (HA.1 to HA.9).
pub(super) fn prepare(p: &mut Planner<'_>, back: &Side, front: &Side) -> Prepared {
    let mut prepared = Prepared { images: images::prepare(p), ..Prepared::default() };
    let nodes: Vec<_> = back.pair.nodes.iter().chain(&front.pair.nodes).cloned().collect();
    let consoles = Action::Person(Person::Consoles { nodes });
    let consoles = Draft::person(Phase::Prepare, "consoles", consoles).cites(&[cite!("HA.2")]);
    let consoles = p.steps.once(consoles);
    prepared.before_stop.push(split::network_table(p));
    for step in cluster::antivirus_off(p, &BY_HAND) {
        p.steps.after(step, consoles, Because::Row(cite!("HA.3")));
    }
    for (number, (side, row)) in [(back, cite!("HA.7")), (front, cite!("HA.9"))].iter().enumerate()
    {
        let mut gate = cluster::gate(p, &side.pair, &BY_HAND);
        for step in &gate {
            p.steps.after(*step, consoles, Because::Row(cite!("HA.4")));
        }
        let look = cluster::look(p, &side.pair, Phase::Gate, &[*row], "cluster/active");
        for step in &gate {
            p.steps.after(look, *step, Because::Row(*row));
        }
        gate.push(look);
        prepared.gates[number] = gate;
    }
    facts(p, back, front, &mut prepared);
    prepared
}

/// What must be read on the active nodes before anything moves or stops (invariants 13, 19, 28).
pub(super) fn facts(p: &mut Planner<'_>, back: &Side, front: &Side, prepared: &mut Prepared) {
    for (number, side) in [back, front].into_iter().enumerate() {
        let active = active(p, side);
        if side.needs_first(p) || side.needs_second(p) {
            let list = save_list(p, &active, Phase::Gate, &[cite!("RB.0")]);
            let looked = prepared.gates[number].last().copied().flatten();
            p.steps.after(list, looked, Because::Row(cite!("RB.0")));
            // On the active node before its cluster's first switch.
            prepared.before_move[number].push((list, SAVED));
        }
    }
    if !back.needs_first(p) {
        return;
    }
    let phases = [Phase::BackUp, Phase::FirstHalf];
    let embedded = postgres::is_embedded(p);
    let server = back.server(&active(p, back), App::Express, phases, BACK_FIRST, embedded);
    let look = prepared.gates[0].last().copied().flatten();
    for fact in postgres::facts(p, &server) {
        // A person need not wait for the cluster; what is asked of its node must.
        if !p.steps.is_confirm(fact) {
            p.steps.after(fact, look, Because::Row(cite!("HA.7")));
        }
        prepared.before_stop.push(fact);
        let looks = p.steps.added().nth(fact.unwrap_or_default()).map(|(.., action)| action);
        if looks.is_some_and(|action| matches!(action, Action::Database(_))) {
            // Nothing is looked at on a node that is just being left.
            prepared.before_move[0].push((fact, Because::Invariant(6)));
        }
    }
    if let Some(address) = back.pair.address.clone() {
        let ports = split::ports(p, &active(p, front), &address);
        p.steps.after(ports, prepared.gates[1].last().copied().flatten(), Because::Invariant(5));
        prepared.before_stop.push(ports);
        // While Back still runs undisturbed, and from a node that Front does not leave meanwhile.
        for before in &mut prepared.before_move {
            before.push((ports, Because::Invariant(28)));
        }
    }
}

pub(super) fn active(p: &Planner<'_>, side: &Side) -> NodeName {
    let here = p.steps.has(&Atom::Active(side.first.clone()));
    if here { side.first.clone() } else { side.second.clone() }
}

/// Images on both nodes of each cluster: on the active one, then after a switch on the other
/// (HA.8 to HA.16). docker runs on one node only, hence the switch.
pub(super) fn fetch(
    p: &mut Planner<'_>,
    back: &Side,
    front: &Side,
    prepared: &Prepared,
    closed: &[Vec<Added>; 2],
) -> Vec<Added> {
    let mut all = Vec::new();
    let mut arrived_back = None;
    for (number, (side, [here, moved, arrived, there])) in [
        (back, [cite!("HA.8"), cite!("HA.11"), cite!("HA.12"), cite!("HA.13")]),
        (front, [cite!("HA.10"), cite!("HA.14"), cite!("HA.15"), cite!("HA.16")]),
    ]
    .into_iter()
    .enumerate()
    {
        if !side.needs_first(p) && !side.is_left(p) {
            continue;
        }
        let mut on_second = Vec::new();
        if p.steps.has(&Atom::Active(side.second.clone())) {
            on_second = fetch_on(p, side, &side.second.clone(), here, prepared);
            for step in &on_second {
                for gate in &prepared.gates[number] {
                    p.steps.after(*step, *gate, Because::Row(here));
                }
            }
        }
        let Switch { moved: move_step, arrived: arrived_step } =
            cluster::switch(p, &side.pair, &side.first, Phase::Fetch, [moved, arrived]);
        for step in &on_second {
            p.steps.after(move_step, *step, Because::Row(moved));
            p.steps.after(move_step, *step, Because::Invariant(8));
        }
        for step in &prepared.gates[number] {
            p.steps.after(move_step, *step, Because::Invariant(3));
        }
        for (step, because) in &prepared.before_move[number] {
            p.steps.after(move_step, *step, because.clone());
        }
        if side.pair.cluster == ClusterName::Front && p.site.together {
            // The plan says why two switches stand side by side.
            let _ = p.ask.choice("interruptions.together", true);
        } else if side.pair.cluster == ClusterName::Front {
            p.steps.after(move_step, arrived_back, Because::Invariant(4));
        } else {
            arrived_back = arrived_step.or(move_step);
        }
        let what = side.pair.cluster.to_string();
        // What had to stop at once is down until the resources are where the new release is.
        let since = closed[number].first().copied().flatten().filter(|_| move_step.is_some());
        p.warn(WarningCode::Outage, &[("what", what)], since.or(move_step), arrived_step);
        let list = save_list(p, &side.first, Phase::Fetch, &[cite!("RB.0")]);
        p.steps.after(list, arrived_step, SAVED);
        let on_first = fetch_on(p, side, &side.first.clone(), there, prepared);
        for step in &on_first {
            p.steps.after(*step, arrived_step, Because::Row(there));
        }
        all.extend(on_second);
        all.extend(on_first);
        all.push(arrived_step);
    }
    all
}

pub(super) fn fetch_on(
    p: &mut Planner<'_>,
    side: &Side,
    node: &NodeName,
    row: RowKey,
    prepared: &Prepared,
) -> Vec<Added> {
    let mut steps = Vec::new();
    let room: Vec<_> = images::room(p, node).into_iter().collect();
    for app in side.apps(p) {
        let phases = [Phase::Fetch, Phase::Fetch];
        let server = side.server(node, app, phases, BACK_FIRST, false);
        steps.push(server.fetch(p, Some(row), &room));
    }
    if side.pair.cluster == ClusterName::Back {
        steps.push(postgres::fetch_images(p, node));
    }
    // One dpl at a time in a node's Docker; the chapter's order of the directories.
    p.steps.chain(&steps, &Because::Row(row));
    for step in &steps {
        for image in &prepared.images {
            p.steps.after(*step, *image, Because::Row(row));
        }
    }
    steps
}

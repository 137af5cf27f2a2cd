//! Back CTS and Front CTS: Back first, then Front; VoEx on whichever host it has.

use super::server::{Rows, Server};
use super::{checks, ending, images, postgres, single};
use crate::action::dpl::Brings;
use crate::action::{Action, Look, Person};
use crate::cite;
use crate::name::{App, NodeName, Stack};
use crate::plan::builder::{Added, Draft};
use crate::plan::{Because, Cause, Phase};
use crate::planner::Planner;
use crate::state::{Atom, is};
use crate::topology::Postgres;

pub(super) const BACK: Rows = Rows {
    stop: &[cite!("B.1"), cite!("B.2")],
    back_up: &[cite!("B.3")],
    owners: Some(cite!("B.4")),
    letsencrypt: None,
    exporters: Some(cite!("B.4b")),
    deploy: cite!("B.5"),
    logs: Some(cite!("B.6")),
};

pub(super) const FRONT: Rows = Rows {
    stop: &[cite!("F.1"), cite!("F.2")],
    back_up: &[cite!("F.3")],
    owners: None,
    letsencrypt: Some(cite!("F.3b")),
    exporters: None,
    deploy: cite!("F.4"),
    logs: Some(cite!("F.5")),
};

pub(super) const VOEX: Rows = Rows {
    stop: &[cite!("D-V.1"), cite!("D-V.2")],
    back_up: &[],
    owners: None,
    letsencrypt: None,
    exporters: None,
    deploy: cite!("D-V.3"),
    logs: Some(cite!("D-V.4")),
};

/// The two servers as their chapters update them.
pub(super) fn servers(
    p: &Planner<'_>,
    back: &NodeName,
    front: &NodeName,
    brings: Brings,
) -> [Server; 2] {
    let server = |node: &NodeName, rows, database| Server {
        stack: Stack::new(node, App::Express),
        clustered: false,
        phases: [Phase::BackUp, Phase::FirstHalf],
        rows,
        database,
        brings,
    };
    [server(back, BACK, postgres::is_embedded(p)), server(front, FRONT, false)]
}

/// Upgrades Back, then Front.
pub(super) fn add(p: &mut Planner<'_>, back: &NodeName, front: &NodeName) {
    checks::barrier(p);
    let loaded = images::prepare(p);
    let [back_server, front_server] = servers(p, back, front, Brings::New);
    let voex = single::voex(p, front, VOEX);
    let on = |host: &NodeName| voex.as_ref().filter(|voex| voex.stack.node == *host);
    let due = |p: &Planner<'_>, host| on(host).is_some_and(|voex| voex.needs_deploy(p));
    let mut before_back = Vec::new();
    if due(p, back) {
        before_back.push(back_server.save_list(p, Phase::Prepare));
    }
    if back_server.needs_deploy(p) {
        before_back.push(network_table(p));
        before_back.push(ports(p, front, &p.site.nodes[back].address.clone()));
        before_back.push(back_server.save_list(p, Phase::Prepare));
        before_back.extend(postgres::facts(p, &back_server));
        before_back.push(images::fetch_first(p, &back_server, &loaded));
    }
    let front_list = match front_server.needs_deploy(p) || due(p, front) {
        true => front_server.save_list(p, Phase::Prepare),
        false => None,
    };
    let front_fetched = images::fetch_first(p, &front_server, &loaded);
    let alone = voex.as_ref().filter(|voex| ![back, front].contains(&&voex.stack.node));
    let voex_done = alone.and_then(|voex| single::voex_alone(p, voex, &loaded));
    let updated = single::update(p, &back_server, on(back));
    let before: Vec<_> =
        before_back.into_iter().map(|step| (step, Because::Row(cite!("B.2")))).collect();
    updated.wait(p, &before);
    images::before(p, &loaded, &updated.stops);
    let back_done = updated.last;
    let updated = single::update(p, &front_server, on(front));
    // The warning and note of the chapter stand above both servers (L148). VoEx beside Front waits
    // with it: one copy holds both.
    updated.wait(
        p,
        &[
            (front_list, Because::Row(cite!("F.2"))),
            (front_fetched, Because::Invariant(8)),
            (back_done, Because::Row(cite!("D-P.4"))),
        ],
    );
    for stop in &updated.stops {
        if p.steps.is_of(*stop, App::Express) {
            p.steps.after(*stop, back_done, Because::Invariant(1));
        }
    }
    images::before(p, &loaded, &updated.stops);
    let last = updated.last.or(back_done);
    let check = ending::send_message(p, &[last, voex_done]).or(last);
    ending::close_ports(p, check);
    ending::old_copies(p, check);
    ending::old_database(p, check);
}

/// A person compares the network tables of the two versions (D-P.1).
pub(super) fn network_table(p: &mut Planner<'_>) -> Added {
    let action = Action::Person(Person::NetworkTable);
    let draft = Draft::person(Phase::Prepare, "network-table", action);
    p.steps.once(draft.cites(&[cite!("D-P.1")]))
}

/// Front reaches Back's ports, while Back still runs (D-P.2, invariant 28).
pub(super) fn ports(p: &mut Planner<'_>, from: &NodeName, target: &str) -> Added {
    let mut ports = p.catalogue.ports.front_to_back.clone();
    if matches!(p.site.postgres, Postgres::Embedded(_)) {
        ports.push(p.catalogue.ports.database);
    }
    ports.sort_unstable();
    let action = Action::Look(Look::Ports { node: from.clone(), ports, target: target.to_owned() });
    let clustered = p.site.cluster_of(from).is_some();
    let phase = if clustered { Phase::Gate } else { Phase::Prepare };
    // Seen once from the one node of a cluster, they are seen for the other; and once Back is down
    // there is nothing to see.
    let fronts = match p.site.cluster_of(from) {
        Some(pair) => pair.nodes.to_vec(),
        None => vec![from.clone()],
    };
    let open = fronts.into_iter().map(|node| is(Atom::PortsOpen(node)));
    let seen = open.into_iter().find(|open| p.steps.now().meets(open));
    let back = |stack: &Stack| {
        stack.app == App::Express && p.site.nodes[&stack.node].role == crate::topology::Role::Back
    };
    let up = |stack: &Stack| p.steps.has(&Atom::Running(stack.clone()));
    let stacks = p.site.stacks();
    let down =
        stacks.iter().filter(|s| back(s)).find(|s| p.steps.has(&Atom::Stopped((*s).clone())));
    let why = match (seen, down) {
        (Some(open), _) => Some(open),
        (None, Some(down)) if !stacks.iter().filter(|s| back(s)).any(up) => {
            Some(is(Atom::Stopped(down.clone())))
        }
        _ => None,
    };
    if let Some(why) = why {
        p.steps.leave_out(&[cite!("D-P.2")], Cause::Already(vec![why]));
        return None;
    }
    let draft = Draft::on(from, phase, "ports", action).cites(&[cite!("D-P.2")]);
    p.steps.once(draft)
}

//! Back CTS and Front CTS: Back first, then Front; VoEx on whichever host it has.

use super::server::{Rows, Server};
use super::{checks, ending, images, postgres, single};
use crate::action::dpl::Brings;
use crate::action::{Action, Look, Person};
use crate::cite;
use crate::name::{App, NodeName, Stack};
use crate::plan::builder::{Added, Draft};
use crate::plan::{Because, Phase};
use crate::planner::Planner;
use crate::state::{Atom, is, is_not};
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
    let mut before_back = Vec::new();
    if back_server.needs_deploy(p) {
        before_back.push(network_table(p));
        before_back.push(ports(p, front, &p.site.nodes[back].address.clone()));
        before_back.push(back_server.save_list(p, Phase::Prepare));
        before_back.extend(postgres::facts(p, &back_server));
        before_back.push(images::fetch_first(p, &back_server, &loaded));
    }
    let front_list = match front_server.needs_deploy(p) {
        true => front_server.save_list(p, Phase::Prepare),
        false => None,
    };
    let front_fetched = images::fetch_first(p, &front_server, &loaded);
    let (voex, voex_host) = single::voex(p, front, VOEX, &loaded);
    let stop_back = match back_server.is_due(p) {
        true => single::update(p, &back_server),
        false => None,
    };
    for earlier in before_back {
        p.steps.after(stop_back, earlier, Because::Row(cite!("B.2")));
    }
    images::before(p, &loaded, &[stop_back]);
    if [back, front].into_iter().any(|host| voex_host.as_ref() == Some(host)) {
        // Its chapter comes first; only on a host of its own may it go beside CTS (A39).
        p.steps.after(stop_back, voex, Because::Row(cite!("B.1")));
    }
    let back_done = last_of(p, back);
    let stop_front = match front_server.is_due(p) {
        true => single::update(p, &front_server),
        false => None,
    };
    p.steps.after(stop_front, front_list, Because::Row(cite!("F.2")));
    p.steps.after(stop_front, front_fetched, Because::Invariant(8));
    // The warning and note of the chapter stand above both servers (L148).
    p.steps.after(stop_front, back_done, Because::Row(cite!("D-P.4")));
    p.steps.after(stop_front, back_done, Because::Invariant(1));
    if voex_host.as_ref() == Some(front) {
        p.steps.after(stop_front, voex, Because::Row(cite!("F.1")));
    }
    let front_done = last_of(p, front);
    let last = front_done.or(back_done);
    let check = ending::send_message(p, &[last, voex]).or(last);
    ending::close_ports(p, check);
    ending::old_copies(p, check);
    ending::old_database(p, check);
}

/// The last step so far on a node that belongs to its CTS.
pub(super) fn last_of(p: &Planner<'_>, node: &NodeName) -> Added {
    p.steps.last_doing(&is_not(Atom::Unchecked(Stack::new(node, App::Express))))
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
    let draft = Draft::on(from, phase, "ports", action).cites(&[cite!("D-P.2")]);
    p.steps.ensure(draft, &[is(Atom::PortsOpen(from.clone()))])
}

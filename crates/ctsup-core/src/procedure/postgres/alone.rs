//! The goal of its own: the database upgraded under the release that is installed.

use super::{database, facts, fetch_images, upgrade};
use crate::action::database::DatabaseOp;
use crate::action::dpl::Brings;
use crate::cite;
use crate::guide::RowKey;
use crate::name::{App, ClusterName, Stack};
use crate::plan::builder::{Added, Draft};
use crate::plan::{Because, Phase, WarningCode};
use crate::planner::Planner;
use crate::procedure::beside;
use crate::procedure::beside::{Part, Rest};
use crate::procedure::server::Server;
use crate::state::{Atom, is};
use crate::topology::Layout;

/// The database's upgrade by itself: the goal `postgres`.
pub(in crate::procedure) fn alone(p: &mut Planner<'_>) {
    if crate::procedure::checks::database(p) == crate::procedure::checks::Verdict::NothingToDo {
        p.nothing_to_do();
        return;
    }
    let (node, clustered) = match p.site.layout.clone() {
        Layout::Single(host) => (host, false),
        Layout::Split { back, .. } => (back, false),
        Layout::Ha { back, .. } => match p.active(back.cluster) {
            Some(active) => (active, true),
            None => return,
        },
    };
    let (stop, back_up): (&[RowKey], &[RowKey]) = match p.site.layout {
        Layout::Single(_) => (&[cite!("S.2")], &[cite!("S.0"), cite!("S.3")]),
        Layout::Split { .. } => (&[cite!("B.2")], &[cite!("S.0"), cite!("B.3")]),
        Layout::Ha { .. } => (&[cite!("HA.17")], &[cite!("HA.0")]),
    };
    let server = Server {
        stack: Stack::new(&node, App::Express),
        clustered,
        phases: [Phase::BackUp, Phase::FirstHalf],
        rows: crate::procedure::server::Rows {
            stop,
            back_up,
            owners: None,
            letsencrypt: None,
            exporters: None,
            deploy: cite!("PG.8"),
            logs: None,
        },
        database: true,
        brings: Brings::Same,
    };
    let list = server.save_list(p, Phase::Prepare);
    let facts = alone_facts(p, &server);
    let gates = match &p.site.layout {
        Layout::Ha { back, .. } => {
            let rows = &crate::procedure::cluster::BY_HAND;
            crate::procedure::cluster::antivirus_off_in(p, rows, std::slice::from_ref(back));
            crate::procedure::cluster::gate(p, back, rows)
        }
        _ => Vec::new(),
    };
    // docker runs here; the idle node has the images of its next upgrade.
    let fetched = fetch_images(p, &node);
    let begun = p.steps.has(&Atom::Stopped(server.stack.clone()));
    let voex = beside::voex_of(p, &server);
    let copied = begun && p.steps.has(&Atom::DatabaseNew);
    let mut parts = vec![Part { server: &server, due: true }];
    parts.extend(voex.as_ref().map(|server| Part { server, due: false }));
    let begin = p.steps.count();
    let rest = match copied {
        true => Rest { stops: vec![server.stop(p)], back_up: None },
        false => beside::rest(p, &parts),
    };
    for stop in &rest.stops {
        for gate in &gates {
            p.steps.after(*stop, *gate, Because::Invariant(3));
        }
    }
    if clustered {
        p.steps.after(
            list,
            crate::procedure::cluster::gate_of(p, ClusterName::Back),
            Because::Invariant(19),
        );
    }
    for earlier in facts.into_iter().chain([fetched, list]) {
        for stop in &rest.stops {
            p.steps.after(*stop, earlier, Because::Row(cite!("PG.4")));
        }
    }
    for stop in &rest.stops {
        p.steps.after(rest.back_up, *stop, Because::Row(cite!("PG.0")));
    }
    let unpinned = crate::procedure::checks::take_pins_out(p);
    let span = upgrade(p, &server);
    span.after(p, rest.back_up, &Because::Row(cite!("PG.4")));
    for unpinned in unpinned {
        p.steps.after(unpinned, rest.back_up, Because::Invariant(2));
        // One edit of a file after the other; what matters is that the pin is out by then.
        span.after(p, unpinned, &Because::Invariant(34));
        let started = p.steps.last_doing(&is(Atom::DatabaseUpgrading));
        p.steps.after(started, unpinned, Because::Invariant(12));
    }
    if let Some(pair) = p.site.cluster_of(&node) {
        // Its containers have the old image until its next upgrade, and the data is new (A45).
        let idle = pair.other(&node).to_string();
        let started = p.steps.last_doing(&is(Atom::DatabaseUpgrading));
        p.warn(WarningCode::IdleNodeOld, &[("node", idle)], started, None);
    }
    let start = server.start(p, "start");
    span.before(p, start, &Because::Row(cite!("PG.8")));
    for gate in gates {
        p.steps.after(start, gate, Because::Invariant(3));
    }
    let logs = server.read_logs(p);
    let last = beside::wake(p, &parts, &[start]).or(start);
    let (check, end) = crate::procedure::ending::seen_in_order(p, &[logs, last]);
    let what = [("what", server.stack.to_string())];
    p.warn(WarningCode::Outage, &what, p.steps.first_since(begin), last);
    crate::procedure::ending::old_database(p, check);
    crate::procedure::cluster::antivirus_on(p, &crate::procedure::cluster::BY_HAND, &end);
}

fn alone_facts(p: &mut Planner<'_>, server: &Server) -> Vec<Added> {
    // Here nothing is deployed, but the version is kept all the same.
    let deploying = Server { brings: Brings::New, ..server.clone() };
    let kept = p.steps.has(&Atom::New(server.stack.clone()));
    let mut all = facts(p, &deploying);
    if kept && !p.steps.has(&Atom::VersionKept) {
        let keep = database(p, &server.stack.node, DatabaseOp::KeepVersion { file: None });
        let draft = Draft::on(&server.stack.node, Phase::Prepare, "postgres/version", keep);
        all.push(p.steps.once(draft.cites(&[cite!("PG.2")])));
    }
    all
}

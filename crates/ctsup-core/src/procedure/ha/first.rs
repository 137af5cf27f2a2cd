//! The first half: the idle node takes the resources and is updated (HA.12 to HA.26).

use super::{BACK_FIRST, FRONT_FIRST, Half, Prepared, Side, shares_data};
use crate::action::{Action, Person};
use crate::cite;
use crate::guide::RowKey;
use crate::name::{App, Stack};
use crate::plan::builder::{Added, Draft};
use crate::plan::{Because, Phase, WarningCode};
use crate::planner::Planner;
use crate::procedure::beside::Part;
use crate::procedure::server::Server;
use crate::procedure::{beside, cluster, postgres};
use crate::state::{Atom, is};

/// Back's first node, then Front's (HA.17 to HA.21): the last step of each.
pub(super) fn first_half(
    p: &mut Planner<'_>,
    back: &Side,
    front: &Side,
    prepared: &Prepared,
    fetched: &[Added],
    closed: &[Vec<Added>; 2],
) -> Vec<Added> {
    let mut last = Vec::new();
    let phases = [Phase::BackUp, Phase::FirstHalf];
    let embedded = postgres::is_embedded(p);
    let mut quiet = None;
    // Users are cut off from where old containers had to stop at once.
    let mut outage = closed.iter().flatten().copied().find(Option::is_some).flatten();
    let server = back.server(&back.first, App::Express, phases, BACK_FIRST, embedded);
    let servers: Vec<_> = front
        .apps(p)
        .into_iter()
        .map(|app| front.server(&front.first, app, phases, FRONT_FIRST, false))
        .collect();
    // Nothing runs on it since the move: its copy lengthens no outage.
    let idle = [idle_copy(p, back, std::slice::from_ref(&server)), idle_copy(p, front, &servers)];
    let unread = p.steps.has(&Atom::Unchecked(server.stack.clone()));
    if unread || back.is_first_due(p, std::slice::from_ref(&server)) {
        // After a reboot of a stopped node nothing else waits for the gate.
        let gates = &prepared.gates[0];
        let updated = update(p, std::slice::from_ref(&server), idle[0], gates, &[cite!("HA.17")]);
        for stop in &updated.stops {
            for step in fetched {
                p.steps.after(*stop, *step, Because::Invariant(8));
                p.steps.after(*stop, *step, Because::Row(cite!("HA.17")));
            }
            for step in &prepared.before_stop {
                p.steps.after(*stop, *step, Because::Row(cite!("HA.17")));
            }
            // A run that goes on after its fetches looks at the registry again.
            for image in &prepared.images {
                p.steps.after(*stop, *image, Because::Invariant(8));
            }
        }
        let stop = updated.first();
        let quiet_first = p.steps.count();
        quiet = server.quiet(p, &[cite!("HA.18"), cite!("HA.19")]);
        if quiet == Some(quiet_first) && stop.is_none() {
            for step in fetched {
                p.steps.after(quiet, *step, Because::Row(cite!("HA.18")));
            }
        }
        outage = outage.or(stop);
        if shares_data(p, back) {
            p.warn(WarningCode::IdleNodeOld, &[("node", back.second.to_string())], stop, None);
        }
        last.push(quiet);
    }
    if !front.is_first_due(p, &servers) {
        p.warn(WarningCode::Outage, &[("what", "back".to_owned())], outage, quiet);
        return last;
    }
    let row = [cite!("HA.20")];
    let look = cluster::look(p, &front.pair, Phase::FirstHalf, &row, "cluster/active/first-half");
    let updated = update(p, &servers, idle[1], &[look, quiet], &[cite!("HA.21")]);
    for stop in &updated.stops {
        for step in fetched {
            p.steps.after(*stop, *step, Because::Row(cite!("HA.21")));
        }
        // A run that goes on after its fetches looks at the registry again.
        for image in &prepared.images {
            p.steps.after(*stop, *image, Because::Invariant(8));
        }
        p.steps.after(*stop, quiet, Because::Invariant(1));
    }
    let outage = outage.or(updated.first());
    if shares_data(p, front) {
        let idle = [("node", front.second.to_string())];
        p.warn(WarningCode::IdleNodeOld, &idle, updated.last, None);
    }
    let what = [("what", "back, front".to_owned())];
    p.warn(WarningCode::Outage, &what, outage, updated.last);
    last.push(updated.last);
    last
}

/// What the update of one node's applications added.
#[derive(Default)]
pub(super) struct Updated {
    /// The stops; where nothing had to stop, the first step.
    pub(super) stops: Vec<Added>,
    pub(super) last: Added,
}

impl Updated {
    pub(super) fn first(&self) -> Added {
        self.stops.iter().copied().find(Option::is_some).flatten()
    }
}

/// The applications of one node of a cluster: all stopped, copied once, then what is due, exporters
/// and deploy of each; the cluster's first deploy after the copy of data that only the idle node has
/// (K2).
pub(super) fn update(
    p: &mut Planner<'_>,
    servers: &[Server],
    idle: Added,
    before: &[Added],
    rows: &[RowKey],
) -> Updated {
    let parts: Vec<_> = servers.iter().map(|server| Part::of(p, server)).collect();
    if parts.iter().all(|part| !part.due) {
        return Updated::default();
    }
    let rest = beside::rest(p, &parts);
    let waits: Vec<_> = rest.steps().collect();
    let mut all: Vec<Added> = rest.steps().collect();
    let mut last = None;
    for part in parts.iter().filter(|part| part.due) {
        let server = part.server;
        let row = Because::Row(server.rows.deploy);
        let owners = server.owners(p);
        let letsencrypt = server.letsencrypt(p);
        let database = postgres::upgrade(p, server);
        let exporters = server.exporters(p);
        let deploy = server.deploy(p);
        for earlier in waits.iter().copied().chain([last]) {
            for step in [owners, letsencrypt, exporters, deploy] {
                p.steps.after(step, earlier, row.clone());
            }
            database.after(p, earlier, &row);
        }
        all.extend([owners, letsencrypt]);
        all.extend(database.first());
        all.extend([exporters, deploy]);
        p.steps.after(exporters, idle, Because::Row(cite!("HA.0")));
        p.steps.after(deploy, idle, Because::Invariant(2));
        database.after(p, rest.back_up, &Because::Invariant(2));
        all.extend(database.last());
        p.steps.chain(&[owners, letsencrypt], &row);
        for earlier in [owners, letsencrypt] {
            database.after(p, earlier, &row);
            p.steps.after(exporters, earlier, row.clone());
            p.steps.after(deploy, earlier, row.clone());
        }
        database.before(p, exporters, &row);
        database.before(p, deploy, &row);
        p.steps.after(deploy, exporters, row);
        last = deploy.or(last);
    }
    let last = beside::wake(p, &parts, &[last]).or(last);
    for step in &all {
        for earlier in before {
            for row in rows {
                p.steps.after(*step, *earlier, Because::Row(*row));
            }
        }
    }
    let stops = match rest.first() {
        Some(_) => rest.stops,
        None => vec![all.into_iter().find(Option::is_some).flatten()],
    };
    Updated { stops, last }
}

/// The copy of data that only the node has which is updated second: nothing runs on it now.
fn idle_copy(p: &mut Planner<'_>, side: &Side, servers: &[Server]) -> Added {
    let first_due = servers.iter().any(|server| Part::of(p, server).due);
    let second = servers.iter().map(|server| Server {
        stack: Stack::new(&side.second, server.stack.app),
        database: false,
        ..server.clone()
    });
    let due: Vec<_> = second.filter(|server| server.needs_deploy(p)).collect();
    let server = due.first()?;
    let apart = p.site.data_of(&server.stack).holder == side.second;
    let here = p.steps.has(&Atom::Active(side.second.clone()));
    if !first_due || !apart || here {
        return None;
    }
    let copy = server.back_up_idle(p);
    // Where it is seen that nothing runs there: behind the move, where this plan makes it.
    p.steps.after(copy, cluster::seen_active(p, side.pair.cluster), Because::Invariant(5));
    let arrived = p.steps.last_doing(&is(Atom::GatePassed(side.pair.cluster)));
    p.steps.after(copy, arrived, Because::Invariant(2));
    copy
}

/// A person finds the first nodes in order; the second ones wait for it (HA.22, invariant 9).
pub(super) fn judge(
    p: &mut Planner<'_>,
    back: &Side,
    front: &Side,
    half: Half,
    prepared: &Prepared,
    first: Vec<Added>,
) -> Added {
    if !back.needs_second(p) && !front.needs_second(p) {
        return None;
    }
    let stacks: Vec<_> = [back, front]
        .into_iter()
        .flat_map(|side| side.apps(p).into_iter().map(|app| Stack::new(&side.first, app)))
        .filter(|stack| p.steps.has(&Atom::Unchecked(stack.clone())))
        .collect();
    // A second half begun by an earlier run was judged by it.
    let whole = [back, front].into_iter().any(|side| !side.needs_second(p));
    if stacks.is_empty() && (half == Half::Begun || (half == Half::Second && whole)) {
        return None;
    }
    let action = Action::Person(Person::Judge { stacks });
    let draft = Draft::person(Phase::Judge, "judge", action).cites(&[cite!("HA.22")]);
    let step = p.steps.once(draft);
    for earlier in first {
        p.steps.after(step, earlier, Because::Row(cite!("HA.22")));
    }
    // Also what no first node waited for, because it was done before: nothing of it stands beside
    // the second half.
    let gates = prepared.gates.iter().flatten();
    let lists = prepared.before_move.iter().flatten().map(|(step, _)| step);
    let rest = prepared.images.iter().chain(&prepared.before_stop);
    for earlier in gates.chain(lists).chain(rest) {
        p.steps.after(step, *earlier, Because::Row(cite!("HA.22")));
    }
    step
}

//! The second half: the nodes that served before (HA.27 to HA.33).

use super::{BACK_SECOND, FRONT_SECOND, Side, update};
use crate::action::Kind;
use crate::cite;
use crate::guide::RowKey;
use crate::name::{App, ClusterName, Stack};
use crate::plan::builder::Added;
use crate::plan::{Because, Phase, WarningCode};
use crate::planner::Planner;
use crate::procedure::cluster;
use crate::procedure::cluster::Switch;
use crate::procedure::server::{Server, save_list};
use crate::state::Atom;
use crate::topology::{Postgres, Risk, Shared};

/// The second nodes: switch, at once stop, deploy; Back before Front (HA.23 to HA.29).
pub(super) fn second_half(
    p: &mut Planner<'_>,
    back: &Side,
    front: &Side,
    closed: &[Vec<Added>; 2],
    judged: Added,
    before: &[Added],
) -> Vec<Added> {
    let quiet = second_back(p, back, &[], judged, before);
    let mut last = vec![quiet];
    let earlier = quiet.or(judged);
    if front.needs_second(p) {
        let rows = [cite!("HA.27"), cite!("HA.28")];
        let phases = [Phase::SecondHalf, Phase::SecondHalf];
        let servers: Vec<_> = front
            .apps(p)
            .into_iter()
            .map(|app| front.server(&front.second, app, phases, FRONT_SECOND, false))
            .collect();
        let (start, deployed) = second(p, front, &servers, rows, earlier);
        if let Some(start) = start {
            p.steps.after(Some(start), judged, Because::Row(cite!("HA.27")));
            p.steps.after(Some(start), earlier, Because::Invariant(1));
            for step in before {
                p.steps.after(Some(start), *step, Because::Invariant(1));
            }
        }
        let since = closed[1].first().copied().flatten().or(start);
        p.warn(WarningCode::Outage, &[("what", "front".to_owned())], since, deployed);
        last.push(deployed);
    }
    last
}

/// Back's second node, until its logs are quiet (HA.23 to HA.26).
pub(super) fn second_back(
    p: &mut Planner<'_>,
    back: &Side,
    closed: &[Added],
    earlier: Added,
    before: &[Added],
) -> Added {
    let unread = Atom::Unchecked(Stack::new(&back.second, App::Express));
    if !back.needs_second(p) && !p.steps.has(&unread) {
        return None;
    }
    let phases = [Phase::SecondHalf, Phase::SecondHalf];
    let server = back.server(&back.second, App::Express, phases, BACK_SECOND, false);
    let rows = [cite!("HA.23"), cite!("HA.24")];
    let (start, _) = second(p, back, std::slice::from_ref(&server), rows, earlier);
    for step in before {
        p.steps.after(start, *step, Because::Row(cite!("HA.22")));
    }
    let quiet = server.quiet(p, &[cite!("HA.26")]);
    let since = closed.first().copied().flatten().or(start);
    p.warn(WarningCode::Outage, &[("what", "back".to_owned())], since, quiet);
    quiet
}

/// One cluster's switch back with the stop right behind it: nothing stands in between but the look
/// that the resources arrived (invariant 31, K10). Its first and its last step.
pub(super) fn second(
    p: &mut Planner<'_>,
    side: &Side,
    servers: &[Server],
    rows: [RowKey; 2],
    earlier: Added,
) -> (Added, Added) {
    let Switch { moved, arrived } =
        cluster::switch(p, &side.pair, &side.second, Phase::SecondHalf, rows);
    p.steps.after(moved, earlier, Because::Row(rows[0]));
    p.steps.after(moved, earlier, Because::Invariant(9));
    let mut before = arrived.or(moved).or(earlier);
    let row = servers.first().map_or(rows[1], |s| s.rows.deploy);
    // Where the data is shared, or has met the new release, every application is stopped before the
    // first is deployed: until then old containers run on it. Elsewhere the chapter's order holds.
    let met = servers.iter().any(|s| p.steps.has(&Atom::Met(p.site.data_of(&s.stack))));
    let all = met || side.pair.shared.contains(&Shared::Volumes);
    let mut stops = Vec::new();
    for server in servers.iter().take(if all { servers.len() } else { 1 }) {
        if server.needs_deploy(p) {
            let stop = server.stop(p);
            p.steps.after(stop, before, Because::Row(row));
            p.steps.after(stop, before, Because::Invariant(31));
            before = stop.or(before);
            stops.push(stop);
        }
    }
    // A list that no earlier run saved is saved now: stopped containers are still listed.
    if servers.iter().any(|server| server.needs_deploy(p)) {
        let list = save_list(p, &side.second, Phase::SecondHalf, &[cite!("RB.0")]);
        p.steps.after(list, before, Because::Invariant(31));
    }
    let until = stops.last().copied().flatten();
    if on_newer_data(p, side, servers) && until.is_some() {
        p.accepts(Risk::OldContainersWindow);
        let what = [("node", side.second.to_string())];
        p.warn(WarningCode::OldContainersWindow, &what, moved.or(until), until);
    }
    let updated = update(p, servers, None, &[before], &[row]);
    let first = moved.or(stops.first().copied().flatten()).or(updated.first());
    // Nobody is kept by anything else while the window is open; and where nobody judged, what was
    // prepared stands before it, too.
    let begun = first.unwrap_or_default();
    let before: Vec<_> = p
        .steps
        .added()
        .filter(|(index, phase, _, action)| {
            let prepared = earlier.is_none() && *phase < Phase::BackUp;
            *index < begun && (action.kind() == Kind::Confirm || prepared)
        })
        .map(|(index, ..)| index)
        .collect();
    for step in before {
        p.steps.after(first, Some(step), Because::Invariant(31));
    }
    (first, updated.last)
}

/// Whether what starts on the second node finds data that the new release has met: shared volumes,
/// or Back's database where its nodes share one.
pub(super) fn on_newer_data(p: &Planner<'_>, side: &Side, servers: &[Server]) -> bool {
    let met = servers.iter().any(|s| p.steps.has(&Atom::Met(p.site.data_of(&s.stack))));
    met || (side.pair.cluster == ClusterName::Back && shares_data(p, side))
}

/// Whether a cluster's nodes write the same data: volumes, or Back's database.
pub(super) fn shares_data(p: &Planner<'_>, side: &Side) -> bool {
    let database =
        p.site.postgres == Postgres::External || side.pair.shared.contains(&Shared::Database);
    side.pair.shared.contains(&Shared::Volumes)
        || (side.pair.cluster == ClusterName::Back && database)
}

//! Back from the binding backup (RS, K12), and the database's old version by a person's hand (DR).

use super::beside::{self};
use super::rollback::{self, decide, finish};
use super::{cluster, ending};
use crate::action::person::WayBack;
use crate::action::{Action, Look};
use crate::cite;
use crate::name::Stack;
use crate::plan::builder::{Added, Draft};
use crate::plan::{Because, Phase, Source, WarningCode};
use crate::planner::Planner;
use crate::state::Atom;
use crate::topology::{Layout, Rollback};

mod database;
mod host;
mod put_back;

pub(super) use self::database::database;
use self::host::{From, Host, Place, hosts};
use self::put_back::{brought, external, paths, put_back, room};

/// Stops everything that is newer, sets the present data aside, puts the backup back with the images
/// of its time, deploys what it holds: Back before Front.
pub(super) fn add(p: &mut Planner<'_>, rollback: &Rollback) {
    // Nobody knows whether the settings in a backup have them, too.
    let stacks = p.site.stacks();
    rollback::pins_stay(p, &stacks);
    let clustered = matches!(p.site.layout, Layout::Ha { .. });
    let rows: &[_] = if clustered { &[cite!("HA-RB.c")] } else { &[cite!("RS.1")] };
    let hosts = hosts(p, rollback);
    let mut before = Vec::new();
    if hosts.iter().any(|host| !host.places.is_empty()) {
        // One answer for the whole, before the first stop: half of it would fit nothing (K12).
        before.push(decide(p, WayBack::Restore, rows, "decide"));
        before.extend(rollback::looked(p));
        for host in &hosts {
            before.extend(ready(p, host));
        }
    }
    let down = down(p, &hosts);
    let older: Vec<_> =
        hosts.iter().map(|host| rollback::older_idle(p, &host.servers[0].stack.node)).collect();
    let begin = p.steps.count();
    let open = rollback::open_windows(p);
    let stops = stop(p, &hosts, &before);
    rollback::name_windows(p, &open);
    // Where all is stopped already, what follows waits for what comes first.
    let stops = if stops.iter().all(Option::is_none) { before.clone() } else { stops };
    // All of it lies where it was before any of it starts.
    let mut waits = stops.clone();
    for host in &hosts {
        waits.extend(put_back(p, host, &stops));
    }
    let external = external(p, &hosts, &stops);
    // What was only stopped starts after the person's decision, too.
    let mut earlier: Added = before.first().copied().flatten();
    let mut newer = Vec::new();
    waits.push(external);
    for (host, older) in hosts.iter().zip(older) {
        earlier = start(p, host, &waits, earlier).or(earlier);
        let node = &host.servers[0].stack.node;
        if let Some(idle) = older {
            p.warn(WarningCode::IdleNodeOld, &[("node", idle.to_string())], None, None);
        }
        if let Some(idle) = rollback::newer_idle(p, node) {
            let first = stops.iter().copied().find(Option::is_some).flatten();
            p.warn(WarningCode::IdleNodeNewer, &[("node", idle.to_string())], first, None);
            newer.push(idle);
        }
    }
    if !rollback.takes_voex() {
        earlier = rollback::settle_voex(p, earlier);
    }
    if !down.is_empty() {
        let first = p.steps.first_since(begin);
        p.warn(WarningCode::Outage, &[("what", down.join(", "))], first, earlier);
    }
    let end = finish(p, earlier, clustered);
    ending::newer_containers(p, newer, &end);
}

/// What users miss meanwhile: all of a host of which something goes back, and what is stopped already.
fn down(p: &Planner<'_>, hosts: &[Host]) -> Vec<String> {
    hosts
        .iter()
        .flat_map(|host| host.servers.iter().map(move |server| (host, server)))
        .filter(|(host, server)| {
            !host.due.is_empty() || p.steps.has(&Atom::Stopped(server.stack.clone()))
        })
        .map(|(_, server)| server.stack.to_string())
        .collect()
}

/// What is seen of a host before anything stops: its list saved, the backup there with all of its
/// parts, room for it beside the newer data, the images of its time.
fn ready(p: &mut Planner<'_>, host: &Host) -> Vec<Added> {
    if host.places.is_empty() {
        return Vec::new();
    }
    let node = host.servers[0].stack.node.clone();
    let active = p.site.cluster_of(&node).map(|pair| pair.cluster);
    let active = active.and_then(|cluster| cluster::seen_active(p, cluster));
    let mut all = Vec::new();
    if !host.due.is_empty() {
        let list = host.servers[0].save_list(p, Phase::Prepare);
        p.steps.after(list, active, Because::Invariant(19));
        all.push(list);
    }
    for place in &host.places {
        let From::Copy(from) = &place.from else { continue };
        let data = p.site.data_of(&place.stack);
        let brought = brought(p, place, from);
        let held = place.volumes.then(|| room(p, &data.holder)).flatten();
        let parts = paths(p, place);
        let parts = parts.iter().filter_map(|path| path.rsplit('/').next());
        let Stack { node, app } = &place.stack;
        let look = Action::Look(Look::Backup {
            data,
            from: from.clone(),
            node: node.clone(),
            parts: parts.map(str::to_owned).collect(),
        });
        let draft = Draft::on(node, Phase::Prepare, &format!("{app}/backup"), look)
            .source(Source::Invariant(2));
        let draft = held.iter().fold(draft, Draft::because);
        let seen = p.steps.once(draft);
        // Its file system may be one that only the active node has; which one idles is seen first.
        let because = match place.serving {
            None => Because::Invariant(5),
            Some(_) => Because::Row(cite!("RS.3")),
        };
        p.steps.after(seen, active, because);
        p.steps.after(seen, brought, Because::Invariant(2));
        all.push(seen);
    }
    for due in &host.due {
        if let Some((pins, held)) = &due.pins {
            all.push(rollback::images_there(p, &due.server, pins, held));
        }
    }
    all
}

/// Stops all that is newer before anything is put back, Front first: nothing newer may work on
/// restored data, nor with it from another host (invariant 31, DR.1).
fn stop(p: &mut Planner<'_>, hosts: &[Host], before: &[Added]) -> Vec<Added> {
    let mut stops = Vec::new();
    for host in hosts.iter().rev().filter(|host| !host.due.is_empty()) {
        for server in &host.servers {
            stops.push(server.stop(p));
        }
    }
    p.steps.chain(&stops, &Because::Invariant(4));
    for stop in &stops {
        for step in before {
            p.steps.after(*stop, *step, Because::Row(cite!("RS.1")));
        }
    }
    stops
}

/// Deploys what came back on a host and reads its logs, then starts what was stopped beside it; on a
/// host where nothing is due any more, what an earlier run left to be read or started. The last step.
fn start(p: &mut Planner<'_>, host: &Host, waits: &[Added], earlier: Added) -> Added {
    let mut last = None;
    for due in &host.due {
        let deploy = due.server.deploy(p);
        for step in waits.iter().copied().chain([earlier, last]) {
            p.steps.after(deploy, step, Because::Row(cite!("RS.5")));
        }
        let logs = due.server.read_logs(p);
        p.steps.after(logs, deploy, Because::Row(cite!("RS.5")));
        last = logs.or(deploy).or(last);
    }
    for server in host.servers.iter().filter(|server| !host.is_due(server)) {
        // What is stopped beside something that goes back is read once it is up again.
        let here = |atom: Atom| p.steps.has(&atom);
        let stack = &server.stack;
        if here(Atom::Unchecked(stack.clone())) && here(Atom::Running(stack.clone())) {
            let logs = server.read_logs(p);
            for step in [earlier, last] {
                p.steps.after(logs, step, Because::Invariant(35));
            }
            last = logs.or(last);
        }
    }
    beside::wake(p, &host.parts(), &[earlier, last]).or(last)
}

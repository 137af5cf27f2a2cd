//! Old images by pins, host by host.

use std::collections::BTreeMap;

use super::{
    Playbooks, Which, by_playbooks, decide, finish, goes_back, images_there, looked, name_windows,
    newer_idle, old_images, older_idle, open_windows, pins_stay, serving,
};
use crate::action::dpl::Brings;
use crate::action::person::WayBack;
use crate::action::settings::Edit;
use crate::action::{Action, Volume};
use crate::cite;
use crate::fact::Held;
use crate::guide::RowKey;
use crate::name::{App, NodeName, Stack};
use crate::plan::builder::{Added, Draft};
use crate::plan::{Because, Cause, Phase, WarningCode};
use crate::planner::Planner;
use crate::procedure::beside::Part;
use crate::procedure::server::{Rows, Server};
use crate::procedure::{beside, cluster, ending, postgres};
use crate::state::Atom;
use crate::topology::{Layout, Method, Rollback, Voex};
use crate::version::ImageRef;

pub(super) const BY_HAND: Rows = Rows {
    stop: &[cite!("RB.2")],
    back_up: &[],
    owners: None,
    letsencrypt: None,
    exporters: None,
    deploy: cite!("RB.2"),
    logs: None,
};

pub(super) const VOEX: Rows =
    Rows { stop: &[cite!("S-V.2")], deploy: cite!("S-V.3"), logs: Some(cite!("S-V.4")), ..BY_HAND };

pub(super) const IN_HA: Rows =
    Rows { stop: &[cite!("HA-RB.b")], deploy: cite!("HA-RB.b"), ..BY_HAND };

/// Old images by pins: Back before Front, then VoEx where the file asks for it.
pub(super) fn pins(p: &mut Planner<'_>, rollback: &Rollback) {
    let parts: Vec<(Vec<NodeName>, Vec<String>, RowKey)> = match p.site.layout.clone() {
        Layout::Single(host) => {
            let services = &p.catalogue.services;
            let all = services.back.iter().chain(&services.front).cloned().collect();
            vec![(vec![host], all, cite!("RB.1"))]
        }
        Layout::Split { back, front } => vec![
            (vec![back], p.catalogue.services.back.clone(), cite!("RB.1")),
            (vec![front], p.catalogue.services.front.clone(), cite!("RB.1")),
        ],
        Layout::Ha { back, front } => vec![
            (back.nodes.to_vec(), p.catalogue.services.back.clone(), cite!("AN-R.2")),
            (front.nodes.to_vec(), p.catalogue.services.front.clone(), cite!("AN-R.4")),
        ],
    };
    let clustered = matches!(p.site.layout, Layout::Ha { .. });
    let rows: &[RowKey] = if clustered { &[cite!("HA-RB.b")] } else { &[cite!("RB.1")] };
    let mut last = decide(p, WayBack::Pins, rows, "decide");
    if let Method::Ansible { control, dir } = p.site.method.clone()
        && let Layout::Ha { back, front } = p.site.layout.clone()
    {
        let by = Playbooks { control: &control, dir: &dir, pairs: [&back, &front] };
        by_playbooks(p, &by, &parts, last);
        return;
    }
    let gates = looked(p);
    let mut newer = Vec::new();
    let mut voex_pinned = false;
    for (nodes, services, row) in &parts {
        let Some(serving) = serving(p, nodes) else { continue };
        let Some((pins, held)) = old_images(p, nodes, &serving, Which::These(services)) else {
            continue;
        };
        let express = server(&serving, App::Express, clustered);
        let voex = Server { rows: VOEX, ..server(&serving, App::Voex, clustered) };
        let mut all = vec![Old { server: &express, pins: Some((pins, *row, held)), nodes }];
        if p.site.stacks().contains(&voex.stack) {
            let pins = match rollback.takes_voex() {
                true => old_images(p, nodes, &serving, Which::Voex),
                false => None,
            };
            voex_pinned |= pins.is_some();
            let pins = pins.map(|(pins, held)| (pins, cite!("RB.1"), held));
            all.push(Old { server: &voex, pins, nodes });
        }
        let older = older_idle(p, &serving);
        let back = one_back(p, &all, &[last]);
        for stop in &back.stops {
            for gate in &gates {
                // The person's decision rests on both clusters; the stop on its own.
                let own = p.steps.concerns(*gate, nodes);
                let because =
                    if own { Because::Invariant(3) } else { Because::Row(cite!("HA-RB.b")) };
                p.steps.after(*stop, *gate, because);
            }
        }
        if let Some(pair) = p.site.cluster_of(&serving).map(|pair| pair.cluster) {
            let seen = cluster::seen_active(p, pair);
            p.steps.after(listed(p, &serving), seen, Because::Invariant(19));
        }
        let first = back.stops.iter().copied().find(Option::is_some).flatten();
        last = back.last.or(last);
        if let Some(idle) = newer_idle(p, &serving) {
            p.warn(WarningCode::IdleNodeNewer, &[("node", idle.to_string())], first, None);
            newer.push(idle);
        }
        if let Some(idle) = older {
            p.warn(WarningCode::IdleNodeOld, &[("node", idle.to_string())], None, None);
        }
    }
    if !voex_pinned {
        last = voex_back(p, rollback, last);
    }
    let end = finish(p, last, clustered);
    ending::newer_containers(p, newer, &end);
}

pub(super) fn server(node: &NodeName, app: App, clustered: bool) -> Server {
    Server {
        stack: Stack::new(node, app),
        clustered,
        phases: [Phase::BackUp, Phase::FirstHalf],
        rows: if clustered { IN_HA } else { BY_HAND },
        database: false,
        brings: Brings::Old,
    }
}

/// One application on its way back: with its old images, the row that pins them and what they rest
/// on; without, it is stopped only for the copy.
pub(super) struct Old<'s> {
    pub(super) server: &'s Server,
    pub(super) pins: Option<(BTreeMap<String, ImageRef>, RowKey, Held)>,
    pub(super) nodes: &'s [NodeName],
}

/// What going back on one host added.
pub(super) struct Back {
    pub(super) stops: Vec<Added>,
    pub(super) last: Added,
}

/// List, stops, one copy, pins, deploys, logs on one host.
pub(super) fn one_back(p: &mut Planner<'_>, all: &[Old<'_>], earlier: &[Added]) -> Back {
    let due = |p: &Planner<'_>, old: &Old<'_>| old.pins.is_some() && goes_back(p, old.server);
    let parts: Vec<_> =
        all.iter().map(|old| Part { server: old.server, due: due(p, old) }).collect();
    if parts.iter().all(|part| !part.due) {
        return as_it_was(p, &parts, earlier);
    }
    let list = parts[0].server.save_list(p, Phase::Prepare);
    let mut there = Vec::new();
    for (old, part) in all.iter().zip(&parts).filter(|(_, part)| part.due) {
        if let Some((pins, _, held)) = &old.pins {
            there.push(images_there(p, part.server, pins, held));
        }
    }
    let begin = p.steps.count();
    let open = open_windows(p);
    let rest = beside::rest(p, &parts);
    name_windows(p, &open);
    for stop in &rest.stops {
        for step in &there {
            p.steps.after(*stop, *step, Because::Invariant(8));
        }
        for step in earlier {
            p.steps.after(*stop, *step, Because::Row(parts[0].server.rows.deploy));
        }
        p.steps.after(*stop, list, Because::Row(cite!("RB.0")));
    }
    let mut last = None;
    for (old, part) in all.iter().zip(&parts).filter(|(_, part)| part.due) {
        let Some((pins, row, held)) = &old.pins else { continue };
        let server = part.server;
        let mut edits = Vec::new();
        for editor in editors_of(p, old.nodes) {
            let app = server.stack.app;
            let action = postgres::edit(p, &editor, app, Edit::Pin(pins.clone()));
            let what = format!("{app}/settings/pin");
            let draft = Draft::on(&editor, Phase::FirstHalf, &what, action);
            let step = p.steps.once(draft.cites(&[*row]).because(held));
            p.steps.after(step, rest.back_up, Because::Invariant(2));
            p.warn(WarningCode::PinsStay, &[("node", editor.to_string())], step, None);
            edits.push(step);
        }
        let deploy = server.deploy(p);
        p.warn(WarningCode::OldOnNewer, &[("what", server.stack.to_string())], deploy, None);
        // Where it is stopped already, the deploy itself waits for what comes first.
        for step in rest.stops.iter().chain([&last]).chain(earlier) {
            p.steps.after(deploy, *step, Because::Row(server.rows.deploy));
        }
        p.steps.after(deploy, rest.back_up, Because::Invariant(2));
        // Where it is stopped already, nothing stops after them.
        for step in &there {
            p.steps.after(deploy, *step, Because::Invariant(8));
        }
        for edit in edits {
            p.steps.after(deploy, edit, Because::Row(*row));
        }
        let logs = server.read_logs(p);
        p.steps.after(logs, deploy, Because::Row(server.rows.deploy));
        last = logs.or(deploy).or(last);
    }
    let last = beside::wake(p, &parts, &[last]).or(last);
    let what: Vec<_> = parts.iter().map(|part| part.server.stack.to_string()).collect();
    let what = [("what", what.join(", "))];
    let first = p.steps.first_since(begin);
    p.warn(WarningCode::Outage, &what, first, last);
    let stops = if rest.first().is_some() { rest.stops } else { vec![first] };
    Back { stops, last }
}

/// A host that need not go back, or is back: what the upgrade, or an earlier way back, left of it to be
/// started or read.
pub(super) fn as_it_was(p: &mut Planner<'_>, parts: &[Part<'_>], earlier: &[Added]) -> Back {
    let begin = p.steps.count();
    let what: Vec<_> = parts.iter().map(|part| part.server.stack.clone()).collect();
    let what: Vec<_> =
        what.into_iter().filter(|s| p.steps.has(&Atom::Stopped(s.clone()))).collect();
    let woken = beside::wake(p, parts, earlier);
    if woken.is_some() {
        let what: Vec<_> = what.iter().map(ToString::to_string).collect();
        p.warn(
            WarningCode::Outage,
            &[("what", what.join(", "))],
            p.steps.first_since(begin),
            woken,
        );
    }
    let stacks: Vec<_> = parts.iter().map(|part| part.server.stack.clone()).collect();
    pins_stay(p, &stacks);
    let mut last = woken;
    for part in parts {
        let logs = part.server.read_logs(p);
        for step in earlier.iter().chain([&last]) {
            p.steps.after(logs, *step, Because::Invariant(35));
        }
        last = logs.or(last);
    }
    Back { stops: vec![p.steps.first_since(begin)], last }
}

/// VoEx on a host of its own keeps its release on a way back that does not name it; what an upgrade
/// left of it undone is done: it is started, its logs are read. The last step.
pub(in crate::procedure) fn settle_voex(p: &mut Planner<'_>, last: Added) -> Added {
    let Voex::On(host) = p.site.voex.clone() else { return last };
    if p.site.stacks().contains(&Stack::new(&host, App::Express)) {
        return last;
    }
    let voex = Server { rows: VOEX, brings: Brings::Same, ..server(&host, App::Voex, false) };
    as_it_was(p, &[Part { server: &voex, due: false }], &[last]).last.or(last)
}

/// The step that saves a node's image list.
pub(super) fn listed(p: &Planner<'_>, node: &NodeName) -> Added {
    p.steps
        .added()
        .find(|(.., a)| matches!(a, Action::Volume(Volume::SaveList { node: n, .. }) if n == node))
        .map(|(index, ..)| index)
}

/// Both nodes of a cluster, unless they share settings.
pub(super) fn editors_of(p: &Planner<'_>, nodes: &[NodeName]) -> Vec<NodeName> {
    match serving(p, nodes) {
        Some(serving) => postgres::editors(p, &serving),
        None => nodes.to_vec(),
    }
}

/// VoEx on a host of its own goes back where the file asks for it.
pub(super) fn voex_back(p: &mut Planner<'_>, rollback: &Rollback, last: Added) -> Added {
    let host = match p.site.voex.clone() {
        Voex::On(host) if rollback.takes_voex() => Some(host),
        _ => None,
    };
    let Some(host) = host.filter(|h| !p.site.stacks().contains(&Stack::new(h, App::Express)))
    else {
        let said = p.ask.choice("rollback.voex", rollback.takes_voex());
        let rows = [cite!("S-V.2"), cite!("S-V.3"), cite!("S-V.4")];
        p.steps.leave_out(&rows, Cause::Claim(said.claim));
        return settle_voex(p, last);
    };
    let server = Server { rows: VOEX, ..server(&host, App::Voex, false) };
    let nodes = [host.clone()];
    let Some((pins, held)) = old_images(p, &nodes, &host, Which::Voex) else { return last };
    let pins = Some((pins, cite!("RB.1"), held));
    let back = one_back(p, &[Old { server: &server, pins, nodes: &nodes }], &[last]);
    back.last.or(last)
}

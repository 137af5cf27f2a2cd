//! The way back: resources moved back, old images by pins, the backup, or the database's old
//! version; which of them, a person decides (K11).

use std::collections::{BTreeMap, BTreeSet};

use super::beside::{self, Part};
use super::server::{Rows, Server};
use super::{ansible, checks, cluster, ending, images, postgres, restore};
use crate::action::dpl::{Brings, DplOp};
use crate::action::person::WayBack;
use crate::action::settings::Edit;
use crate::action::{Action, Dpl, Person, Registry, Volume, Wait};
use crate::cite;
use crate::diagnostic::{Code, Diagnostic};
use crate::fact::{FactKey, FactValue, Held, Test};
use crate::guide::RowKey;
use crate::name::{App, ClusterName, NodeName, Stack};
use crate::plan::builder::{Added, Draft};
use crate::plan::{Because, Cause, Goal, Phase, Source, WarningCode};
use crate::planner::Planner;
use crate::state::Atom;
use crate::topology::{Layout, Method, Pair, Risk, Rollback, RollbackWay, Voex};
use crate::version::{ImageRef, Release};

/// Goes back to the release that the file names.
pub(super) fn add(p: &mut Planner<'_>) {
    let Some(rollback) = p.site.rollback.clone() else {
        let found = Diagnostic::new(Code::MissingChoice)
            .arg("key", "rollback.to")
            .arg("choices", "release");
        p.say("rollback.to", found);
        return;
    };
    // Only the database's version can go back under the release that is installed.
    let database = rollback.way == Some(RollbackWay::Postgres);
    if database && rollback.to <= p.site.installed {
        restore::database(p, &rollback);
        return;
    }
    // By what runs anywhere and what any data has met: an upgrade that stopped half-way left the
    // file's `installed` as it was. While nothing newer has run, what it moved goes back (K11 a).
    let highest = p.new_release().clone();
    let begun = p.site.installed < p.site.target && rollback.to == highest;
    if rollback.to > highest || (rollback.to == highest && !begun && !p.known_start) {
        let found =
            Diagnostic::new(Code::NotOlder).arg("installed", &highest).arg("to", &rollback.to);
        p.say("rollback.to", found);
        return;
    }
    let unread = p.steps.now().debts().any(|d| matches!(d, Atom::Unchecked(_)));
    if !unread && !p.site.stacks().iter().any(|s| met_or_new(p, s)) {
        untouched(p);
        return;
    }
    if back_already(p) {
        p.nothing_to_do();
        return;
    }
    checks::common(p);
    // The guide's list names CTS's services alone, and VoEx of which release goes with them it does not
    // say (A40).
    if rollback.voex.is_none() && matches!(p.site.voex, Voex::On(_)) {
        let found = Diagnostic::new(Code::MissingChoice)
            .arg("key", "rollback.voex")
            .arg("choices", "true, false");
        p.say("rollback.voex", found);
    }
    barriers(p, &rollback);
    match rollback.way {
        Some(RollbackWay::Pins) => pins(p, &rollback),
        Some(RollbackWay::Restore) => restore::add(p, &rollback),
        Some(RollbackWay::Postgres) | None => {
            let found = Diagnostic::new(Code::MissingChoice)
                .arg("key", "rollback.way")
                .arg("choices", "pins, restore");
            p.say("rollback.way", found);
        }
    }
}

fn met_or_new(p: &Planner<'_>, stack: &Stack) -> bool {
    p.steps.has(&Atom::New(stack.clone())) || p.steps.has(&Atom::Met(p.site.data_of(stack)))
}

/// Everything that serves is old again, up, and its logs read.
fn back_already(p: &Planner<'_>) -> bool {
    let voex = p.site.rollback.as_ref().is_some_and(Rollback::takes_voex);
    let serving: Vec<_> = p
        .site
        .stacks()
        .into_iter()
        .filter(|s| s.app == App::Express || voex)
        .filter(|s| {
            p.site.cluster_of(&s.node).is_none() || p.steps.has(&Atom::Active(s.node.clone()))
        })
        .collect();
    !serving.is_empty()
        && serving.iter().all(|s| {
            !p.steps.has(&Atom::New(s.clone()))
                && p.steps.has(&Atom::Running(s.clone()))
                && !p.steps.has(&Atom::Unchecked(s.clone()))
        })
        && !p.steps.now().debts().any(|d| matches!(d, Atom::AntivirusOff(_)))
}

/// The data has met nothing newer: the resources go back to where they were, nothing else (K11 a).
fn untouched(p: &mut Planner<'_>) {
    if !p.known_start && !homes_known(p) {
        return;
    }
    let moved: Vec<Pair> = cluster::pairs(p)
        .into_iter()
        .filter(|pair| p.steps.has(&Atom::Moved(pair.cluster)))
        .collect();
    let off = p.steps.now().debts().any(|d| matches!(d, Atom::AntivirusOff(_)));
    // An idle node's containers start where its cluster is active there.
    let serves = |p: &Planner<'_>, s: &Stack| {
        p.site.cluster_of(&s.node).is_none() || p.steps.has(&Atom::Active(s.node.clone()))
    };
    let stopped: Vec<Stack> = p
        .site
        .stacks()
        .into_iter()
        .filter(|s| p.steps.has(&Atom::Stopped(s.clone())) && serves(p, s))
        .collect();
    if moved.is_empty() && !off && stopped.is_empty() {
        p.nothing_to_do();
        return;
    }
    let stacks = p.site.stacks();
    pins_stay(p, &stacks);
    let interrupts = !(moved.is_empty() && stopped.is_empty());
    let mut last = decide(p, WayBack::MoveBack, &[cite!("HA-RB.a")], "decide");
    // Units that are off are given back whatever the clusters are like.
    let looks = if interrupts { looked(p) } else { Vec::new() };
    // What was stopped starts as it was, before the resources leave it.
    for stack in stopped {
        let clustered = p.site.cluster_of(&stack.node).is_some();
        let server = server(&stack.node, stack.app, clustered);
        let start = server.start(p, "start");
        for earlier in looks.iter().copied().chain([last]) {
            p.steps.after(start, earlier, Because::Row(cite!("HA-RB.a")));
        }
        let logs = server.read_logs(p);
        p.steps.after(logs, start, Because::Invariant(35));
        p.warn(WarningCode::Outage, &[("what", server.stack.to_string())], start, logs);
        last = logs.or(start).or(last);
    }
    for pair in moved {
        let Some(to) =
            pair.nodes.iter().find(|n| !p.steps.has(&Atom::Active((*n).clone()))).cloned()
        else {
            continue;
        };
        let rows = [cite!("HA-RB.a"), cite!("HA.12")];
        let switch = cluster::switch(p, &pair, &to, Phase::FirstHalf, rows);
        for look in &looks {
            p.steps.after(switch.moved, *look, Because::Invariant(3));
        }
        p.steps.after(switch.moved, last, Because::Row(cite!("HA-RB.a")));
        let what = pair.cluster.to_string();
        p.warn(WarningCode::Outage, &[("what", what)], switch.moved, switch.arrived);
        last = switch.arrived.or(switch.moved).or(last);
    }
    let mut end = match interrupts {
        true => ending::seen_in_order(p, &[last]).1,
        false => vec![last],
    };
    end.extend(cluster::clear(p, &end.clone()));
    cluster::antivirus_on(p, &cluster::BY_HAND, &end);
}

/// Whether the file says where each cluster's resources were before the upgrade moved them. A plan
/// made from a run knows; a file does not unless it says so.
fn homes_known(p: &mut Planner<'_>) -> bool {
    let home = p.site.rollback.as_ref().map(|r| r.home.clone()).unwrap_or_default();
    let mut known = true;
    for pair in cluster::pairs(p) {
        if home.get(&pair.cluster).is_some_and(|node| pair.nodes.contains(node)) {
            continue;
        }
        let path = format!("rollback.home.{}", pair.cluster);
        let found = Diagnostic::new(Code::MissingChoice).arg("key", &path).arg(
            "choices",
            pair.nodes.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "),
        );
        p.say(&path, found);
        known = false;
    }
    known
}

/// The antivirus off, gates, and where the resources are, as the manual chapter sees them.
pub(super) fn looked(p: &mut Planner<'_>) -> Vec<Added> {
    cluster::antivirus_off(p, &cluster::BY_HAND);
    cluster::looked(p, &cluster::BY_HAND, [cite!("HA.7"), cite!("HA.9")])
}

/// The idle node of a cluster, where it holds newer containers for all that is known.
pub(super) fn newer_idle(p: &Planner<'_>, serving: &NodeName) -> Option<NodeName> {
    let idle = p.site.cluster_of(serving)?.other(serving).clone();
    p.steps.has(&Atom::New(Stack::new(&idle, App::Express))).then_some(idle)
}

/// The decision that no tool takes.
pub(super) fn decide(p: &mut Planner<'_>, way: WayBack, rows: &[RowKey], what: &str) -> Added {
    let action = Action::Person(Person::DecideWayBack { way });
    let draft = Draft::person(Phase::Prepare, what, action).cites(rows);
    let step = p.steps.add(draft);
    // Pins leave the data as it is.
    if matches!(way, WayBack::Restore | WayBack::Postgres) {
        p.warn(WarningCode::WritesLost, &[], step, None);
    }
    step
}

/// No rollback across 2.2 / 2.3, judged by the highest release that the data has met; and none
/// below the release that brought the database's new version, while it has it (A25).
fn barriers(p: &mut Planner<'_>, rollback: &Rollback) {
    if rollback.way == Some(RollbackWay::Restore) {
        return;
    }
    let mut met: Vec<(Release, Option<Held>, String)> =
        vec![(p.new_release().clone(), None, "release.installed".to_owned())];
    for stack in p.site.stacks() {
        let key = FactKey::Met(p.site.data_of(&stack));
        let path = key.path();
        if p.fact(&key).is_some()
            && let Some((FactValue::Release(release), held)) = p.ask.value(key)
        {
            met.push((release, Some(held), path));
        }
    }
    let Some((highest, held, path)) = met.into_iter().max_by(|a, b| a.0.cmp(&b.0)) else { return };
    let crossed = p.catalogue.barriers_between(&highest, &rollback.to);
    if !crossed.is_empty() {
        let names: Vec<_> = crossed.iter().map(ToString::to_string).collect();
        let claim = held.map_or(format!("release.installed = {highest}"), |h| h.claim.to_string());
        let found = Diagnostic::new(Code::BarrierCrossed)
            .arg("barriers", names.join(", "))
            .arg("met", &highest)
            .arg("to", &rollback.to)
            .arg("claim", claim);
        p.say(&path, found);
    } else if p.catalogue.needs_new_postgres(&highest)
        && !p.catalogue.needs_new_postgres(&rollback.to)
        && postgres::is_embedded(p)
    {
        let minimum = p.catalogue.thresholds.postgres_minimum.clone();
        let new = p.ask.holds(FactKey::PostgresVersion, Test::AtLeast, FactValue::Release(minimum));
        if let Some(new) = new
            && new.yes
        {
            let found = Diagnostic::new(Code::PostgresBlocksRollback)
                .arg("claim", &new.claim)
                .arg("to", &rollback.to);
            p.say("rollback.to", found);
        }
    }
}

const BY_HAND: Rows = Rows {
    stop: &[cite!("RB.2")],
    back_up: &[],
    owners: None,
    letsencrypt: None,
    exporters: None,
    deploy: cite!("RB.2"),
    logs: None,
};
const VOEX: Rows =
    Rows { stop: &[cite!("S-V.2")], deploy: cite!("S-V.3"), logs: Some(cite!("S-V.4")), ..BY_HAND };
const IN_HA: Rows = Rows { stop: &[cite!("HA-RB.b")], deploy: cite!("HA-RB.b"), ..BY_HAND };

/// Old images by pins: Back before Front, then VoEx where the file asks for it.
fn pins(p: &mut Planner<'_>, rollback: &Rollback) {
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
        by_playbooks(p, &control, &dir, [&back, &front], &parts, last);
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

fn server(node: &NodeName, app: App, clustered: bool) -> Server {
    Server {
        stack: Stack::new(node, app),
        clustered,
        phases: [Phase::BackUp, Phase::FirstHalf],
        rows: if clustered { IN_HA } else { BY_HAND },
        database: false,
        brings: Brings::Old,
    }
}

/// The node that serves: of a cluster the active one.
fn serving(p: &Planner<'_>, nodes: &[NodeName]) -> Option<NodeName> {
    match nodes {
        [one] => Some(one.clone()),
        _ => nodes.iter().find(|n| p.steps.has(&Atom::Active((*n).clone()))).cloned(),
    }
}

/// Which images of a saved list are wanted.
#[derive(Debug, Clone, Copy)]
pub(super) enum Which<'s> {
    /// Those of these services of CTS.
    These(&'s [String]),
    /// All of CTS, among them these: what runs on data of that time is of that time, the database's
    /// container too.
    All(&'s [String]),
    /// Those of VoEx.
    Voex,
}

/// The images before the upgrade, one for each service; a service that the list does not name
/// refuses the plan.
pub(super) fn old_images(
    p: &mut Planner<'_>,
    nodes: &[NodeName],
    serving: &NodeName,
    which: Which<'_>,
) -> Option<(BTreeMap<String, ImageRef>, Held)> {
    // A cluster's list was saved on the node that was active then, which need not be active now.
    let known = nodes.iter().find(|n| p.fact(&FactKey::Images((*n).clone())).is_some());
    let key = FactKey::Images(known.unwrap_or(serving).clone());
    let path = key.path();
    let Some((FactValue::Images(images), held)) = p.ask.value(key) else { return None };
    let mut pins = BTreeMap::new();
    let mut lacking = Vec::new();
    for (service, image) in &images {
        let voex = service.strip_prefix("voex/");
        let name = match which {
            Which::Voex => voex,
            Which::All(_) if voex.is_none() => Some(service.as_str()),
            Which::These(services) if services.contains(service) => Some(service.as_str()),
            _ => None,
        };
        if let Some(name) = name {
            pins.insert(name.to_owned(), image.clone());
        }
    }
    match which {
        Which::Voex if pins.is_empty() => lacking.push("voex".to_owned()),
        Which::Voex => {}
        Which::These(services) | Which::All(services) => {
            lacking.extend(services.iter().filter(|s| !images.contains_key(*s)).cloned());
        }
    }
    if !lacking.is_empty() {
        let found = Diagnostic::new(Code::ImageListIncomplete)
            .arg("node", serving)
            .arg("count", lacking.len())
            .arg("services", lacking.join(", "));
        p.say(&path, found);
        return None;
    }
    Some((pins, held))
}

/// One application on its way back: with its old images, the row that pins them and what they rest
/// on; without, it is stopped only for the copy.
struct Old<'s> {
    server: &'s Server,
    pins: Option<(BTreeMap<String, ImageRef>, RowKey, Held)>,
    nodes: &'s [NodeName],
}

/// What going back on one host added.
struct Back {
    stops: Vec<Added>,
    last: Added,
}

/// List, stops, one copy, pins, deploys, logs on one host.
fn one_back(p: &mut Planner<'_>, all: &[Old<'_>], earlier: &[Added]) -> Back {
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
fn as_it_was(p: &mut Planner<'_>, parts: &[Part<'_>], earlier: &[Added]) -> Back {
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

/// Names the pins that are there already: nothing in the plan takes them out.
pub(super) fn pins_stay(p: &mut Planner<'_>, stacks: &[Stack]) {
    let pinned = stacks.iter().filter(|s| p.steps.has(&Atom::Pinned(p.site.settings_of(s))));
    let nodes: BTreeSet<_> = pinned.map(|stack| stack.node.to_string()).collect();
    for node in nodes {
        p.warn(WarningCode::PinsStay, &[("node", node)], None, None);
    }
}

/// Whether a server has to go back: it is newer, or its data has met what is. What the upgrade had only
/// stopped is started as it is.
pub(super) fn goes_back(p: &Planner<'_>, server: &Server) -> bool {
    let stack = &server.stack;
    let met = met(p, stack);
    // Pins leave the data as it is: with them, and up again, it is back.
    let pinned = p.steps.has(&Atom::Pinned(p.site.settings_of(stack))) || !p.known_start;
    let back = pinned && p.steps.has(&Atom::Running(stack.clone()));
    p.steps.has(&Atom::New(stack.clone())) || (met && !back)
}

/// Old containers on newer data, from a place inside the window of invariant 31.
pub(super) fn open_windows(p: &Planner<'_>) -> Vec<Stack> {
    p.site.stacks().into_iter().filter(|stack| is_open(p, stack)).collect()
}

/// Whether a stack is of that kind: known from a run, and not pinned there on purpose.
pub(super) fn is_open(p: &Planner<'_>, stack: &Stack) -> bool {
    p.known_start
        && p.steps.has(&Atom::Running(stack.clone()))
        && !p.steps.has(&Atom::New(stack.clone()))
        && !p.steps.has(&Atom::Pinned(p.site.settings_of(stack)))
        && match p.goal {
            Goal::Upgrade => met_here(p, stack),
            _ => met(p, stack),
        }
}

/// Whether a deploy of this upgrade has begun on the data: it has a copy of before. Data that met what is
/// newer earlier, and serves with old containers, is what somebody went back to.
fn met_here(p: &Planner<'_>, stack: &Stack) -> bool {
    beside_too(p, stack).into_iter().any(|s| {
        let data = p.site.data_of(&s);
        p.steps.has(&Atom::Met(data.clone())) && p.steps.has(&Atom::BackedUp(data))
    })
}

/// Whether what a stack runs on has met what is newer: its own data, and on Back the one database of
/// both nodes.
fn met(p: &Planner<'_>, stack: &Stack) -> bool {
    beside_too(p, stack).iter().any(|s| p.steps.has(&Atom::Met(p.site.data_of(s))))
}

/// A stack, and on Back the other node's, which works with the same database.
fn beside_too(p: &Planner<'_>, stack: &Stack) -> Vec<Stack> {
    let back = p.site.cluster_of(&stack.node).filter(|pair| pair.cluster == ClusterName::Back);
    let beside = back.map(|pair| Stack::new(pair.other(&stack.node), stack.app));
    std::iter::once(stack.clone()).chain(beside).collect()
}

/// The idle node of a cluster, where a failover would start old containers on newer data.
pub(super) fn older_idle(p: &Planner<'_>, serving: &NodeName) -> Option<NodeName> {
    let idle = p.site.cluster_of(serving)?.other(serving).clone();
    let stack = Stack::new(&idle, App::Express);
    let old =
        !p.steps.has(&Atom::New(stack.clone())) && !p.steps.has(&Atom::Stopped(stack.clone()));
    (p.known_start && old && met(p, &stack)).then_some(idle)
}

/// They end with the stop, and the plan says so.
pub(super) fn name_windows(p: &mut Planner<'_>, open: &[Stack]) {
    for stack in open {
        let stop = p.steps.added().find_map(|(index, .., action)| match action {
            Action::Dpl(Dpl { op: DplOp::Stop { .. }, stack: s, .. }) if s == stack => Some(index),
            _ => None,
        });
        if stop.is_some() && p.accepts(Risk::OldContainersWindow) {
            let node = [("node", stack.node.to_string())];
            p.warn(WarningCode::OldContainersWindow, &node, stop, stop);
        }
    }
}

/// VoEx on a host of its own keeps its release on a way back that does not name it; what an upgrade
/// left of it undone is done: it is started, its logs are read. The last step.
pub(super) fn settle_voex(p: &mut Planner<'_>, last: Added) -> Added {
    let Voex::On(host) = p.site.voex.clone() else { return last };
    if p.site.stacks().contains(&Stack::new(&host, App::Express)) {
        return last;
    }
    let voex = Server { rows: VOEX, brings: Brings::Same, ..server(&host, App::Voex, false) };
    as_it_was(p, &[Part { server: &voex, due: false }], &[last]).last.or(last)
}

/// Old images are on the node, or fetched, before anything stops for them (RB.1, K12).
pub(super) fn images_there(
    p: &mut Planner<'_>,
    server: &Server,
    pins: &BTreeMap<String, ImageRef>,
    held: &Held,
) -> Added {
    let stack = server.stack.clone();
    let mut images: Vec<_> = pins.values().cloned().collect();
    images.sort();
    images.dedup();
    let prefix = images::prefix(p);
    let action = Action::Registry(Registry::OldImages { images, prefix, stack: stack.clone() });
    let what = format!("{}/old-images", stack.app);
    let draft = Draft::on(&stack.node, Phase::Fetch, &what, action);
    let step = p.steps.once(draft.source(Source::Invariant(8)).because(held));
    // docker answers only where it runs.
    if let Some(pair) = p.site.cluster_of(&stack.node).map(|pair| pair.cluster) {
        p.steps.after(step, cluster::seen_active(p, pair), Because::Invariant(5));
    }
    step
}

/// The step that saves a node's image list.
fn listed(p: &Planner<'_>, node: &NodeName) -> Added {
    p.steps
        .added()
        .find(|(.., a)| matches!(a, Action::Volume(Volume::SaveList { node: n, .. }) if n == node))
        .map(|(index, ..)| index)
}

/// Both nodes of a cluster, unless they share settings.
fn editors_of(p: &Planner<'_>, nodes: &[NodeName]) -> Vec<NodeName> {
    match serving(p, nodes) {
        Some(serving) => postgres::editors(p, &serving),
        None => nodes.to_vec(),
    }
}

/// VoEx on a host of its own goes back where the file asks for it.
fn voex_back(p: &mut Planner<'_>, rollback: &Rollback, last: Added) -> Added {
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

/// A message sent, gates seen again, antivirus on where we had it off.
pub(super) fn finish(p: &mut Planner<'_>, last: Added, clustered: bool) -> Vec<Added> {
    let (_, end) = ending::seen_in_order(p, &[last]);
    if clustered {
        let mut all = end.clone();
        all.extend(cluster::clear(p, &end));
        // Where nothing had to stop, nothing else waits for what was looked at.
        let looks = p.steps.added().filter(|(.., action)| {
            matches!(action, Action::Look(_) | Action::Wait(Wait::Gate { .. }))
        });
        all.extend(looks.map(|(index, ..)| Some(index)).collect::<Vec<_>>());
        cluster::antivirus_on(p, &cluster::BY_HAND, &all);
    }
    end
}

/// Pins on all four nodes, then the two playbooks (AN-R).
fn by_playbooks(
    p: &mut Planner<'_>,
    control: &NodeName,
    dir: &str,
    pairs: [&Pair; 2],
    parts: &[(Vec<NodeName>, Vec<String>, RowKey)],
    decided: Added,
) {
    let mut active = Vec::new();
    let mut gates = Vec::new();
    cluster::antivirus_off(p, &cluster::BY_PLAYBOOK);
    gates.extend(cluster::looked(p, &cluster::BY_PLAYBOOK, [cite!("AN-H.7"); 2]));
    for pair in pairs {
        let here = serving(p, &pair.nodes);
        if let Some(idle) = here.as_ref().and_then(|here| older_idle(p, here)) {
            p.warn(WarningCode::IdleNodeOld, &[("node", idle.to_string())], None, None);
        }
        active.extend(here);
    }
    let mut pinned = Vec::new();
    let mut stopped: Added = None;
    let mut ready = Vec::new();
    let consoles = [cite!("AN-R.1"), cite!("AN-R.3")];
    let nodes = pairs.iter().flat_map(|pair| pair.nodes.clone()).collect();
    let console = Action::Person(Person::Consoles { nodes });
    let console = Draft::person(Phase::Prepare, "consoles", console).cites(&consoles);
    let console = p.steps.once(console);
    p.steps.after(console, decided, Because::Row(cite!("AN-R.1")));
    let mut earlier: Added = None;
    // One playbook for both clusters: it plays where either has to go back, or is down.
    let due = active.iter().any(|node| {
        let server = server(node, App::Express, true);
        goes_back(p, &server) || !p.steps.has(&Atom::Running(server.stack))
    });
    for (pair, (nodes, services, row)) in pairs.iter().zip(parts) {
        let Some(here) = serving(p, nodes) else { continue };
        let Some((pins, held)) = old_images(p, nodes, &here, Which::These(services)) else {
            continue;
        };
        let server = Server { rows: IN_HA, ..server(&here, App::Express, true) };
        let voex = beside::voex_of(p, &server);
        let mut parts = vec![Part { server: &server, due }];
        parts.extend(voex.as_ref().map(|server| Part { server, due: false }));
        let list = server.save_list(p, Phase::Gate);
        let there = images_there(p, &server, &pins, &held);
        let rest = beside::rest(p, &parts);
        for stop in &rest.stops {
            p.steps.after(*stop, there, Because::Invariant(8));
            p.steps.after(*stop, list, Because::Row(cite!("RB.0")));
            p.steps.after(*stop, console, Because::Row(cite!("AN-R.1")));
            p.steps.after(*stop, earlier, Because::Row(cite!("AN-R.5")));
            for gate in &gates {
                let own = p.steps.concerns(*gate, nodes);
                let because =
                    if own { Because::Invariant(3) } else { Because::Row(cite!("AN-R.5")) };
                p.steps.after(*stop, *gate, because);
            }
        }
        // Where it is stopped already, the playbook is what they come before.
        ready.extend([there, list]);
        stopped = stopped.or(rest.first());
        p.steps.after(list, cluster::seen_active(p, pair.cluster), Because::Invariant(19));
        let back_up = rest.back_up;
        let begin = p.steps.count();
        let woken = beside::wake(p, &parts, &[back_up]);
        if rest.first().is_none() && woken.is_some() {
            // Nothing stops here any more: what was stopped beside it starts for itself.
            let first = p.steps.first_since(begin);
            for step in gates.iter().chain([&decided]) {
                p.steps.after(first, *step, Because::Invariant(3));
            }
            let what = voex.iter().map(|server| server.stack.to_string());
            let what = [("what", what.collect::<Vec<_>>().join(", "))];
            p.warn(WarningCode::Outage, &what, first, woken);
        }
        stopped = stopped.or(woken);
        ready.push(woken);
        let stop = rest.stops.iter().rev().copied().find(Option::is_some).flatten();
        earlier = woken.or(back_up).or(stop).or(earlier);
        for editor in editors_of(p, &pair.nodes) {
            let action = postgres::edit(p, &editor, App::Express, Edit::Pin(pins.clone()));
            let draft = Draft::on(&editor, Phase::FirstHalf, "express/settings/pin", action);
            let step = p.steps.once(draft.cites(&[*row]).because(&held));
            p.steps.after(step, console, Because::Row(*row));
            // The idle node's settings wait for its own copy where it has one.
            let shared = p.site.data_of(&Stack::new(&editor, App::Express)).holder != editor;
            if editor == here || shared {
                p.steps.after(step, back_up, Because::Invariant(2));
            }
            p.warn(WarningCode::PinsStay, &[("node", editor.to_string())], step, None);
            pinned.push(step);
        }
    }
    let stacks = |p: &Planner<'_>, serving: bool| -> Vec<Stack> {
        p.site
            .stacks()
            .into_iter()
            .filter(|s| s.app == App::Express && active.contains(&s.node) == serving)
            .collect()
    };
    let first = stacks(p, true);
    let second = stacks(p, false);
    let play = |name: String, stacks: Vec<Stack>, serving, phase, what, rows| ansible::Play {
        control,
        dir,
        name,
        brings: Brings::Old,
        stacks,
        serving,
        listed: if phase == Phase::FirstHalf { active.clone() } else { Vec::new() },
        clusters: ClusterName::ALL.to_vec(),
        since: None,
        phase,
        what,
        rows,
    };
    let name = p.catalogue.playbooks.first.clone();
    let rows: &[RowKey] = &[cite!("AN-R.5")];
    let idle = ansible::idle_backups(p, &second, IN_HA);
    let run = play(name, first.clone(), Vec::new(), Phase::FirstHalf, "first", rows);
    let run = ansible::play(p, ansible::Play { since: stopped, ..run });
    for (node, step) in idle {
        p.steps.after(run, step, Because::Invariant(2));
        // The idle node's settings change after its own copy.
        for pin in pinned.clone() {
            if p.steps.concerns(pin, std::slice::from_ref(&node)) {
                p.steps.after(pin, step, Because::Invariant(2));
            }
        }
        if let Some(pair) = p.site.cluster_of(&node).map(|pair| pair.cluster) {
            p.steps.after(step, cluster::seen_active(p, pair), Because::Invariant(5));
        }
    }
    for step in pinned.iter().chain(&ready) {
        p.steps.after(run, *step, Because::Row(cite!("AN-R.5")));
    }
    let first_run = run;
    p.warn(
        WarningCode::OldOnNewer,
        &[("what", first.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "))],
        run,
        None,
    );
    let what = "cluster/resources/first-half";
    let last = ansible::seen(p, pairs, run, Phase::FirstHalf, what);
    let judge = Action::Person(Person::Judge { stacks: first.clone() });
    let judge = Draft::person(Phase::Judge, "judge", judge).cites(&[cite!("AN-R.6")]);
    let judge = p.steps.once(judge);
    for step in &last {
        p.steps.after(judge, *step, Because::Row(cite!("AN-R.6")));
    }
    let mut again = Vec::new();
    for pair in pairs {
        let gate = cluster::pass(p, pair, Phase::Judge, "cluster/gate/judge", &[]);
        let looks = last.iter().copied().filter(|step| p.steps.concerns(*step, &pair.nodes));
        for step in looks.collect::<Vec<_>>() {
            p.steps.after(gate, step, Because::Invariant(25));
        }
        again.push(gate);
    }
    let name = p.catalogue.playbooks.second.clone();
    let rows: &[RowKey] = &[cite!("AN-R.7"), cite!("AN-R.8")];
    let idle: Vec<_> = active.iter().filter_map(|node| newer_idle(p, node)).collect();
    let run = play(name, second, first.clone(), Phase::SecondHalf, "second", rows);
    let run = ansible::play(p, run);
    for idle in idle {
        p.warn(WarningCode::IdleNodeNewer, &[("node", idle.to_string())], first_run, run);
    }
    p.steps.after(run, judge, Because::Row(cite!("AN-R.7")));
    p.steps.after(run, judge, Because::Invariant(9));
    // Where an earlier run played the first one, it has all of that before it.
    for step in pinned.iter().chain(&ready) {
        p.steps.after(run, *step, Because::Row(cite!("AN-R.7")));
    }
    for gate in &again {
        p.steps.after(run, *gate, Because::Invariant(3));
    }
    ansible::still_there(p, pairs, &again, run);
    let what = "cluster/resources/second-half";
    let last = ansible::seen(p, pairs, run, Phase::SecondHalf, what);
    let all = p.site.stacks().into_iter();
    let unread: Vec<_> = all.filter(|s| p.steps.has(&Atom::Unchecked(s.clone()))).collect();
    let mut logs = None;
    if !unread.is_empty() {
        let action = Action::Person(p.read_logs(unread));
        let draft = Draft::person(Phase::Verify, "read-logs", action);
        logs = p.steps.once(draft.source(Source::Invariant(35)));
        p.steps.after(logs, judge, Because::Invariant(35));
        for step in &last {
            p.steps.after(logs, *step, Because::Invariant(25));
        }
    }
    finish(p, logs.or(judge), true);
}

//! Back from the binding backup (RS, K12), and the database's old version by a person's hand (DR).

use std::collections::BTreeSet;

use super::beside::{self, Part};
use super::rollback::{decide, finish};
use super::server::{Rows, Server};
use super::{checks, cleanup, cluster, postgres};
use crate::action::database::{Database, DatabaseOp};
use crate::action::dpl::Brings;
use crate::action::person::{DatabaseBack, WayBack};
use crate::action::settings::Edit;
use crate::action::{Action, Person, Volume};
use crate::cite;
use crate::diagnostic::{Code, Diagnostic};
use crate::fact::{FactKey, FactValue, Test};
use crate::name::{App, ClusterName, NodeName, Stack};
use crate::plan::builder::{Added, Draft};
use crate::plan::{Because, Phase, WarningCode};
use crate::planner::Planner;
use crate::state::{Atom, is};
use crate::topology::{Layout, Risk, Rollback, Voex};

const ROWS: Rows = Rows {
    stop: &[cite!("RS.1")],
    back_up: &[],
    owners: None,
    letsencrypt: None,
    exporters: None,
    deploy: cite!("RS.5"),
    logs: None,
};

/// The servers that serve, Back first.
fn serving(p: &Planner<'_>) -> Vec<NodeName> {
    match p.site.layout.clone() {
        Layout::Single(host) => vec![host],
        Layout::Split { back, front } => vec![back, front],
        Layout::Ha { back, front } => [back, front]
            .into_iter()
            .filter_map(|pair| {
                pair.nodes.iter().find(|n| p.steps.has(&Atom::Active((*n).clone()))).cloned()
            })
            .collect(),
    }
}

/// Stops everything, sets the present data aside, puts the backup back, deploys what it holds.
pub(super) fn add(p: &mut Planner<'_>, rollback: &Rollback) {
    let clustered = matches!(p.site.layout, Layout::Ha { .. });
    let across = [cite!("HA-RB.c")];
    let rows: &[_] = if clustered { &across } else { &[cite!("RS.1")] };
    let server = |node: &NodeName, app| Server {
        stack: Stack::new(node, app),
        clustered: p.site.cluster_of(node).is_some(),
        phases: [Phase::BackUp, Phase::FirstHalf],
        rows: ROWS,
        database: false,
        brings: Brings::Old,
    };
    let stacks = p.site.stacks();
    let mut hosts: Vec<Vec<Server>> =
        serving(p).iter().map(|node| vec![server(node, App::Express)]).collect();
    for host in &mut hosts {
        let node = host[0].stack.node.clone();
        if stacks.contains(&Stack::new(&node, App::Voex)) {
            host.push(server(&node, App::Voex));
        }
    }
    // A voice server on a host of its own goes back where the file asks for it.
    if let Voex::On(host) = &p.site.voex
        && rollback.voex
        && !stacks.contains(&Stack::new(host, App::Express))
    {
        hosts.push(vec![server(host, App::Voex)]);
    }
    let mut froms = Vec::new();
    for host in &hosts {
        let holder = p.site.data_of(&host[0].stack).holder;
        match rollback.backups.get(&holder) {
            Some(from) => froms.push(from.clone()),
            None => {
                let path = format!("rollback.backups.{holder}");
                let found = Diagnostic::new(Code::NothingToRollBack)
                    .arg("key", &path)
                    .arg("holder", &holder);
                p.say(&path, found);
                froms.push(String::new());
            }
        }
    }
    let mut gates = Vec::new();
    if clustered {
        for pair in cluster::pairs(p) {
            gates.extend(cluster::gate(p, &pair, &cluster::BY_HAND));
        }
    }
    let mut earlier: Added = None;
    for (host, from) in hosts.iter().zip(froms) {
        let parts: Vec<_> = host
            .iter()
            .map(|server| {
                let asked = server.stack.app == App::Express || rollback.voex;
                Part { server, due: asked && server.needs_deploy(p) }
            })
            .collect();
        earlier = match parts.iter().any(|part| part.due) {
            true => one(p, &parts, &from, rows, earlier, &gates).or(earlier),
            false => settle(p, &parts, earlier).or(earlier),
        };
    }
    // Nobody knows whether the settings in a backup have them, too.
    let pinned: BTreeSet<_> =
        stacks.iter().filter(|s| p.steps.has(&Atom::Pinned(p.site.settings_of(s)))).collect();
    let nodes: BTreeSet<_> = pinned.iter().map(|stack| stack.node.to_string()).collect();
    for node in nodes {
        p.warn(WarningCode::PinsStay, &[("node", node)], None, None);
    }
    finish(p, earlier, clustered);
}

/// One host: the last step. A person confirms before its data is touched. All volumes of the host
/// move, so everything on it is stopped.
fn one(
    p: &mut Planner<'_>,
    parts: &[Part<'_>],
    from: &str,
    rows: &[crate::guide::RowKey],
    earlier: Added,
    gates: &[Added],
) -> Added {
    let node = parts[0].server.stack.node.clone();
    let list = parts[0].server.save_list(p, Phase::Prepare);
    if let Some(cluster) = p.site.cluster_of(&node).map(|pair| pair.cluster) {
        p.steps.after(list, cluster::gate_of(p, cluster), Because::Invariant(19));
    }
    let due: Vec<_> = parts.iter().filter(|part| part.due).map(|part| part.server).collect();
    let mut before: Vec<_> = gates.iter().copied().chain([list, earlier]).collect();
    for server in &due {
        let what = match server.stack.app {
            App::Voex => format!("{node}/voex/decide"),
            _ => format!("{node}/decide"),
        };
        before.push(decide(p, WayBack::Restore, rows, &what));
    }
    let begin = p.steps.count();
    let stops: Vec<_> = parts.iter().map(|part| part.server.stop(p)).collect();
    p.steps.chain(&stops, &Because::Invariant(4));
    for stop in &stops {
        for step in &before {
            p.steps.after(*stop, *step, Because::Row(cite!("RS.1")));
        }
    }
    let writers: Vec<_> = parts.iter().map(|part| part.server.stack.clone()).collect();
    let mut puts = Vec::new();
    for (number, server) in due.iter().enumerate() {
        let volumes = (number == 0).then(|| format!("{}/volumes", p.site.docker_root));
        let put = put_back(p, server, volumes, from, &writers);
        // One data set after the other.
        p.steps.after(put.0, puts.last().copied().flatten(), Because::Invariant(34));
        for stop in &stops {
            p.steps.after(put.0, *stop, Because::Row(cite!("RS.2")));
        }
        puts.push(put.1);
    }
    let mut last = None;
    for server in &due {
        let deploy = server.deploy(p);
        for put in puts.iter().copied().chain([last]) {
            p.steps.after(deploy, put, Because::Row(cite!("RS.5")));
        }
        let logs = server.read_logs(p);
        p.steps.after(logs, deploy, Because::Row(cite!("RS.5")));
        last = logs.or(deploy).or(last);
    }
    let last = beside::wake(p, parts, &[last]).or(last);
    let first = stops.iter().copied().find(Option::is_some).flatten();
    let what: Vec<_> = writers.iter().map(ToString::to_string).collect();
    p.warn(WarningCode::Outage, &[("what", what.join(", "))], p.steps.first_since(begin), last);
    if let Some(pair) = p.site.cluster_of(&node) {
        let idle = pair.other(&node).to_string();
        p.warn(WarningCode::IdleNodeOld, &[("node", idle)], first, None);
    }
    last
}

/// A host whose data an earlier run brought back: what it left to be read or started.
fn settle(p: &mut Planner<'_>, parts: &[Part<'_>], earlier: Added) -> Added {
    let mut last = None;
    for part in parts {
        if p.steps.has(&Atom::Unchecked(part.server.stack.clone())) {
            let logs = part.server.read_logs(p);
            p.steps.after(logs, earlier, Because::Invariant(35));
            last = logs.or(last);
        }
    }
    beside::wake(p, parts, &[earlier, last]).or(last)
}

/// One application's present data moved aside and its backup put back: the first and the last step.
fn put_back(
    p: &mut Planner<'_>,
    server: &Server,
    volumes: Option<String>,
    from: &str,
    writers: &[Stack],
) -> (Added, Added) {
    let Stack { node, app } = server.stack.clone();
    let data = p.site.data_of(&server.stack);
    let mut paths: Vec<_> = volumes.into_iter().collect();
    paths.push(p.dir(app).to_owned());
    if p.site.cluster_of(&node).is_some_and(|c| c.cluster == ClusterName::Back) {
        paths.push(p.catalogue.paths.cluster_data.clone());
    }
    let aside = Action::Volume(Volume::SetAside {
        data: data.clone(),
        paths: paths.clone(),
        suffix: format!("before-rollback-{}", p.wanted()),
        writers: writers.to_vec(),
    });
    let aside = Draft::on(&node, Phase::FirstHalf, &format!("{app}/set-aside"), aside);
    let aside = p.steps.once(aside.cites(&[cite!("RS.2")]));
    let put = Action::Volume(Volume::PutBack {
        data: data.clone(),
        from: from.to_owned(),
        paths,
        settings: p.site.settings_of(&server.stack),
    });
    let put = Draft::on(&node, Phase::FirstHalf, &format!("{app}/put-back"), put);
    let put =
        p.steps.ensure(put.cites(&[cite!("RS.3"), cite!("RS.4")]), &[is(Atom::PutBack(data))]);
    p.steps.after(put, aside, Because::Row(cite!("RS.3")));
    (aside.or(put), put)
}

/// The database's old version, from the files that its upgrade kept: a runbook for a person, not
/// automatic (DR, A16).
pub(super) fn database(p: &mut Planner<'_>, rollback: &Rollback) {
    if !postgres::is_embedded(p) {
        p.say("postgres.location", Diagnostic::new(Code::GoalNotHere).arg("goal", p.goal));
        return;
    }
    checks::common(p);
    let minimum = p.catalogue.thresholds.postgres_minimum.clone();
    if p.catalogue.needs_new_postgres(&p.site.installed) && !p.accepts(Risk::PostgresBelowMinimum) {
        let found = Diagnostic::new(Code::PostgresTooOld)
            .arg("claim", format!("release.installed = {}", p.site.installed))
            .arg("minimum", &minimum)
            .arg("target", &p.site.installed)
            .arg("risk", Risk::PostgresBelowMinimum.as_str());
        p.say("rollback.way", found);
    }
    let backup = chosen(p, rollback);
    let Some(image) = rollback.postgres_image.clone() else {
        let found = Diagnostic::new(Code::MissingChoice)
            .arg("key", "rollback.postgres_image")
            .arg("choices", "postgres:9.5.24");
        p.say("rollback.postgres_image", found);
        return;
    };
    let (Some(node), Some(backup)) = (cleanup::holder(p), backup) else { return };
    let clustered = p.site.cluster_of(&node).is_some();
    let new = p.ask.holds(FactKey::PostgresVersion, Test::AtLeast, FactValue::Release(minimum));
    if p.steps.has(&Atom::DatabaseAside) && p.steps.has(&Atom::DatabaseStandard) {
        p.nothing_to_do();
        return;
    }
    if new.is_some_and(|n| !n.yes) && !p.known_start {
        p.nothing_to_do();
        return;
    }
    let server = Server {
        stack: Stack::new(&node, App::Express),
        clustered,
        phases: [Phase::BackUp, Phase::FirstHalf],
        rows: Rows { stop: &[cite!("DR.1")], back_up: &[], deploy: cite!("DR.5"), ..ROWS },
        database: true,
        brings: Brings::Same,
    };
    by_hand(p, &server, &backup, image, clustered);
}

/// The one directory to go back to: named in the file, or the only one there.
fn chosen(p: &mut Planner<'_>, rollback: &Rollback) -> Option<String> {
    if let Some(name) = &rollback.upgrade_backup {
        return Some(name.clone());
    }
    match p.ask.value(FactKey::UpgradeBackups) {
        Some((FactValue::List(names), _)) if names.len() == 1 => names.first().cloned(),
        Some((FactValue::List(names), _)) => {
            let found = Diagnostic::new(Code::MissingChoice)
                .arg("key", "rollback.upgrade_backup")
                .arg("choices", names.join(", "));
            p.say("rollback.upgrade_backup", found);
            None
        }
        _ => None,
    }
}

fn by_hand(
    p: &mut Planner<'_>,
    server: &Server,
    backup: &str,
    image: crate::version::ImageRef,
    clustered: bool,
) {
    let node = server.stack.node.clone();
    let database = |p: &Planner<'_>, op| {
        Action::Database(Database {
            data: p.site.data_of(&server.stack),
            dir: p.dir(App::Express).to_owned(),
            node: node.clone(),
            op,
            settings: p.site.settings_of(&server.stack),
            skip: p.catalogue.skip.clone(),
        })
    };
    let keep = database(p, DatabaseOp::KeepVersion { file: None });
    let keep = Draft::on(&node, Phase::Prepare, "postgres/version", keep);
    let keep = p.steps.once(keep.cites(&[cite!("PG.2")]));
    let list = server.save_list(p, Phase::Prepare);
    let decided = decide(p, WayBack::Postgres, &[cite!("DR.1")], "decide");
    let mut gates = Vec::new();
    if clustered {
        gates = cluster::gates(p);
    }
    let voex = beside::voex_of(p, server);
    let mut parts = vec![Part { server, due: true }];
    parts.extend(voex.as_ref().map(|server| Part { server, due: false }));
    let begin = p.steps.count();
    let rest = beside::rest(p, &parts);
    if clustered {
        p.steps.after(list, cluster::gate_of(p, ClusterName::Back), Because::Invariant(19));
    }
    for step in gates.into_iter().chain([keep, list, decided]) {
        for stop in &rest.stops {
            p.steps.after(*stop, step, Because::Row(cite!("DR.1")));
        }
    }
    let back_up = rest.back_up;
    let (dir, skip) = (p.dir(App::Express).to_owned(), p.catalogue.skip.clone());
    let volume = postgres::volume(p);
    let person = |part, what: &str, row| {
        let action = Person::RollBackDatabase {
            backup: backup.to_owned(),
            dir: dir.clone(),
            image: image.clone(),
            node: node.clone(),
            part,
            skip: skip.clone(),
            volume: volume.clone(),
        };
        Draft::person(Phase::FirstHalf, what, Action::Person(action)).cites(&[row])
    };
    let shell = p.steps.add(person(DatabaseBack::OpenShell, "database/shell", cite!("DR.2")));
    p.steps.after(shell, back_up, Because::Row(cite!("DR.2")));
    let files = p.steps.once(person(DatabaseBack::MoveFiles, "database/files", cite!("DR.3")));
    p.steps.after(files, shell, Because::Row(cite!("DR.3")));
    p.steps.after(files, back_up, Because::Invariant(2));
    let mut last = files;
    for editor in postgres::editors(p, &node) {
        let edit = Edit::HoldDatabase(image.clone());
        let action = postgres::edit(p, &editor, App::Express, edit);
        let draft = Draft::on(&editor, Phase::FirstHalf, "settings/hold-database", action);
        let step = p.steps.once(draft.cites(&[cite!("DR.4")]));
        p.steps.after(step, last, Because::Row(cite!("DR.4")));
        p.warn(WarningCode::PinsStay, &[("node", editor.to_string())], step, None);
        last = step.or(last);
    }
    let start = database(p, DatabaseOp::StartOld);
    let start = Draft::on(&node, Phase::FirstHalf, "postgres/start-old", start);
    let start = p.steps.once(start.cites(&[cite!("DR.5")]));
    p.steps.after(start, last, Because::Row(cite!("DR.5")));
    let all = server.start(p, "start");
    p.steps.after(all, start, Because::Row(cite!("DR.5")));
    let logs = server.read_logs(p);
    p.steps.after(logs, all, Because::Invariant(35));
    let all = beside::wake(p, &parts, &[all]).or(all);
    let what = [("what", server.stack.to_string())];
    p.warn(WarningCode::Outage, &what, p.steps.first_since(begin), all);
    finish(p, logs.or(all), clustered);
}

//! Back from the binding backup (RS, K12), and the database's old version by a person's hand (DR).

use super::rollback::{decide, finish};
use super::server::{Rows, Server};
use super::{checks, cleanup, cluster, postgres, split};
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
use crate::topology::{Layout, Risk, Rollback};

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
    let servers: Vec<Server> = serving(p)
        .iter()
        .map(|node| Server {
            stack: Stack::new(node, App::Express),
            clustered,
            phases: [Phase::BackUp, Phase::FirstHalf],
            rows: ROWS,
            database: false,
            brings: Brings::Old,
        })
        .collect();
    let mut froms = Vec::new();
    for server in &servers {
        let holder = p.site.data_of(&server.stack).holder;
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
    for (server, from) in servers.iter().zip(froms) {
        if !is_due(p, server) {
            continue;
        }
        earlier = one(p, server, &from, rows, earlier, &gates).or(earlier);
    }
    finish(p, earlier, clustered);
}

/// One server: the last step. A person confirms before its data is touched.
fn one(
    p: &mut Planner<'_>,
    server: &Server,
    from: &str,
    rows: &[crate::guide::RowKey],
    earlier: Added,
    gates: &[Added],
) -> Added {
    let node = server.stack.node.clone();
    let data = p.site.data_of(&server.stack);
    let list = server.save_list(p, Phase::Prepare);
    let decided = decide(p, WayBack::Restore, rows, &format!("{node}/decide"));
    let stop = stop(p, server);
    if let Some(cluster) = p.site.cluster_of(&node).map(|pair| pair.cluster) {
        p.steps.after(list, cluster::gate_of(p, cluster), Because::Invariant(19));
    }
    let voex = beside(p, server);
    let voex_stop = voex.as_ref().and_then(|voex| voex.stop(p));
    for step in gates.iter().copied().chain([list, earlier, decided, stop]) {
        p.steps.after(voex_stop, step, Because::Row(cite!("RS.1")));
    }
    let mut paths = vec![format!("{}/volumes", p.site.docker_root), p.dir(App::Express).to_owned()];
    let back = p.site.cluster_of(&node).is_some_and(|c| c.cluster == ClusterName::Back);
    if back {
        paths.push(p.catalogue.paths.cluster_data.clone());
    }
    let aside = Action::Volume(Volume::SetAside {
        data: data.clone(),
        paths: paths.clone(),
        suffix: format!("before-rollback-{}", p.wanted()),
        writers: std::iter::once(server).chain(&voex).map(|s| s.stack.clone()).collect(),
    });
    let aside = Draft::on(&node, Phase::FirstHalf, "express/set-aside", aside);
    let aside = p.steps.once(aside.cites(&[cite!("RS.2")]));
    for step in [stop, voex_stop] {
        p.steps.after(aside, step, Because::Row(cite!("RS.2")));
    }
    let put = Action::Volume(Volume::PutBack {
        data: data.clone(),
        from: from.to_owned(),
        paths,
        settings: p.site.settings_of(&server.stack),
    });
    let put = Draft::on(&node, Phase::FirstHalf, "express/put-back", put);
    let put = p
        .steps
        .ensure(put.cites(&[cite!("RS.3"), cite!("RS.4")]), &[is(Atom::PutBack(data.clone()))]);
    p.steps.after(put, aside, Because::Row(cite!("RS.3")));
    let deploy = server.deploy(p);
    p.steps.after(deploy, put, Because::Row(cite!("RS.5")));
    // What is stopped already has no step that stops it: then the next one waits.
    let first = stop.or(aside).or(put).or(deploy);
    for step in gates.iter().copied().chain([list, earlier, decided]) {
        p.steps.after(first, step, Because::Row(cite!("RS.1")));
    }
    let logs = server.read_logs(p);
    p.steps.after(logs, deploy, Because::Row(cite!("RS.5")));
    p.warn(WarningCode::Outage, &[("what", server.stack.to_string())], stop, deploy);
    let mut up = None;
    if let Some(voex) = &voex {
        up = settle_voex(p, voex, logs.or(deploy));
        if voex_stop.is_some() {
            p.warn(WarningCode::Outage, &[("what", voex.stack.to_string())], voex_stop, up);
        }
    }
    if let Some(pair) = p.site.cluster_of(&server.stack.node) {
        let idle = pair.other(&server.stack.node).to_string();
        p.warn(WarningCode::IdleNodeOld, &[("node", idle)], stop, None);
    }
    // VoEx comes up behind everything else of its host.
    up.or(split::last_of(p, &node)).or(deploy)
}

/// Whether a server has to go back: its release, or old containers on data that met the newer one.
pub(super) fn is_due(p: &Planner<'_>, server: &Server) -> bool {
    server.needs_deploy(p) || is_old_on_new(p, server)
}

fn is_old_on_new(p: &Planner<'_>, server: &Server) -> bool {
    let stack = &server.stack;
    p.steps.has(&Atom::Running(stack.clone()))
        && !p.steps.has(&Atom::New(stack.clone()))
        && p.steps.has(&Atom::Met(p.site.data_of(stack)))
}

/// Stops a server on the way back. From a place inside the window of invariant 31 old containers run
/// on newer data until then, and the plan says so.
pub(super) fn stop(p: &mut Planner<'_>, server: &Server) -> Added {
    let open = is_old_on_new(p, server);
    let stop = server.stop(p);
    if open && stop.is_some() && p.accepts(Risk::OldContainersWindow) {
        let node = [("node", server.stack.node.to_string())];
        p.warn(WarningCode::OldContainersWindow, &node, stop, stop);
    }
    stop
}

/// `VoEx` on the same host: its volumes lie among those of CTS.
fn beside(p: &Planner<'_>, server: &Server) -> Option<Server> {
    let stack = Stack::new(&server.stack.node, App::Voex);
    let there = p.site.stacks().contains(&stack);
    there.then(|| Server { stack, brings: Brings::Same, database: false, ..server.clone() })
}

/// `VoEx` keeps its release on a way back that does not name it; what an upgrade left of it undone is
/// done: it is started, its logs are read.
pub(super) fn settle_voex(p: &mut Planner<'_>, voex: &Server, last: Added) -> Added {
    let start = match p.steps.has(&Atom::Stopped(voex.stack.clone())) {
        true => voex.start(p, "start"),
        false => None,
    };
    p.steps.after(start, last, Because::Row(cite!("RS.5")));
    let logs = voex.read_logs(p);
    p.steps.after(logs, start.or(last), Because::Invariant(35));
    logs.or(start)
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
    let stop = server.stop(p);
    if clustered {
        p.steps.after(list, cluster::gate_of(p, ClusterName::Back), Because::Invariant(19));
    }
    for step in gates.into_iter().chain([keep, list, decided]) {
        p.steps.after(stop, step, Because::Row(cite!("DR.1")));
    }
    let back_up = server.back_up(p);
    p.steps.after(back_up, stop, Because::Invariant(2));
    let person = |part, what: &str, row| {
        let action =
            Person::RollBackDatabase { backup: backup.to_owned(), node: node.clone(), part };
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
        last = step.or(last);
    }
    let start = database(p, DatabaseOp::StartOld);
    let start = Draft::on(&node, Phase::FirstHalf, "postgres/start-old", start);
    let start = p.steps.once(start.cites(&[cite!("DR.5")]));
    p.steps.after(start, last, Because::Row(cite!("DR.5")));
    let all = server.start(p, "start");
    p.steps.after(all, start, Because::Row(cite!("DR.5")));
    p.warn(WarningCode::Outage, &[("what", server.stack.to_string())], stop, all);
    finish(p, all, clustered);
}

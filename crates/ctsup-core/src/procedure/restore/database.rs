//! The old version of the database alone.

use super::host::ROWS;
use crate::action::database::{Database, DatabaseOp};
use crate::action::dpl::Brings;
use crate::action::person::{DatabaseBack, WayBack};
use crate::action::settings::Edit;
use crate::action::{Action, Person};
use crate::cite;
use crate::diagnostic::{Code, Diagnostic};
use crate::fact::{FactKey, FactValue, Test};
use crate::name::{App, ClusterName, Stack};
use crate::plan::builder::Draft;
use crate::plan::{Because, Phase, WarningCode};
use crate::planner::Planner;
use crate::procedure::beside::Part;
use crate::procedure::rollback::{decide, finish};
use crate::procedure::server::{Rows, Server};
use crate::procedure::{beside, checks, cleanup, cluster, postgres, rollback};
use crate::state::{Atom, is};
use crate::topology::{Risk, Rollback};

/// The database's old version, from the files that its upgrade kept: a runbook for a person, not
/// automatic (DR, A16).
pub(in crate::procedure) fn database(p: &mut Planner<'_>, rollback: &Rollback) {
    if !postgres::is_embedded(p) {
        p.say("postgres.location", Diagnostic::new(Code::GoalNotHere).arg("goal", p.goal));
        return;
    }
    checks::common(p);
    let minimum = p.catalogue.thresholds.postgres_minimum.clone();
    if p.catalogue.needs_new_postgres(&p.site.installed) && !p.accepts(Risk::PostgresBelowMinimum) {
        let installed = &p.site.installed;
        let claim = format!("release.installed = {installed}");
        p.say("rollback.way", postgres::too_old(p, &claim, installed));
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
pub(super) fn chosen(p: &mut Planner<'_>, rollback: &Rollback) -> Option<String> {
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

pub(super) fn by_hand(
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
        gates = rollback::looked(p);
    }
    let voex = beside::voex_of(p, server);
    let mut parts = vec![Part { server, due: true }];
    parts.extend(voex.as_ref().map(|server| Part { server, due: false }));
    let begin = p.steps.count();
    let rest = beside::rest(p, &parts);
    if clustered {
        p.steps.after(list, cluster::seen_active(p, ClusterName::Back), Because::Invariant(19));
    }
    let before: Vec<_> = gates.into_iter().chain([keep, list, decided]).collect();
    for step in &before {
        for stop in &rest.stops {
            p.steps.after(*stop, *step, Because::Row(cite!("DR.1")));
        }
    }
    let stopped = rest.first().is_none();
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
    // A shell of an earlier run is gone; it is needed as long as the files are not moved.
    let aside = p.steps.has(&Atom::DatabaseAside);
    let shell = person(DatabaseBack::OpenShell, "database/shell", cite!("DR.2"));
    let shell = match aside {
        true => p.steps.ensure(shell, &[is(Atom::DatabaseAside)]),
        false => p.steps.add(shell),
    };
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
    if stopped {
        // Where all was stopped before, what begins waits for what comes first.
        for step in &before {
            for later in [shell, files, start] {
                p.steps.after(later, *step, Because::Row(cite!("DR.1")));
            }
        }
    }
    p.steps.after(all, start, Because::Row(cite!("DR.5")));
    let logs = server.read_logs(p);
    p.steps.after(logs, all, Because::Invariant(35));
    let all = beside::wake(p, &parts, &[all]).or(all);
    let what = [("what", server.stack.to_string())];
    p.warn(WarningCode::Outage, &what, p.steps.first_since(begin), all);
    finish(p, logs.or(all), clustered);
}

//! Single CTS: VoEx first, then the server.

use super::server::{Rows, Server};
use super::{checks, ending, images, postgres, split};
use crate::action::dpl::Brings;
use crate::cite;
use crate::name::{App, NodeName, Stack};
use crate::plan::builder::Added;
use crate::plan::{Because, Cause, Phase, WarningCode};
use crate::planner::Planner;
use crate::topology::Voex;

const ROWS: Rows = Rows {
    stop: &[cite!("S.1"), cite!("S.2")],
    back_up: &[cite!("S.0"), cite!("S.3")],
    owners: Some(cite!("S.3a")),
    letsencrypt: Some(cite!("S.3b")),
    exporters: Some(cite!("S.4")),
    deploy: cite!("S.5"),
    logs: Some(cite!("S.6")),
};

pub(super) const VOEX: Rows = Rows {
    stop: &[cite!("S-V.1"), cite!("S-V.2")],
    back_up: &[],
    owners: None,
    letsencrypt: None,
    exporters: None,
    deploy: cite!("S-V.3"),
    logs: Some(cite!("S-V.4")),
};

/// Upgrades a single server.
pub(super) fn add(p: &mut Planner<'_>, host: &NodeName) {
    checks::barrier(p);
    let loaded = images::prepare(p);
    let express = Server {
        stack: Stack::new(host, App::Express),
        clustered: false,
        phases: [Phase::BackUp, Phase::FirstHalf],
        rows: ROWS,
        database: postgres::is_embedded(p),
        brings: Brings::New,
    };
    // Facts first: they need running containers, and PG_VERSION changes with the image.
    let list = express.save_list(p, Phase::Prepare);
    let facts = postgres::facts(p, &express);
    let voex = voex(p, host, VOEX, &loaded);
    if !express.is_due(p) {
        return;
    }
    let fetched = images::fetch_first(p, &express, &loaded);
    let stop = update(p, &express);
    p.steps.after(stop, list, Because::Row(cite!("S.2")));
    p.steps.after(stop, fetched, Because::Invariant(8));
    images::before(p, &loaded, &[stop]);
    for fact in facts {
        p.steps.after(stop, fact, Because::Row(cite!("S.2")));
    }
    if voex.1.as_ref() == Some(host) {
        // On one host the chapter's order (A39).
        p.steps.after(stop, voex.0, Because::Row(cite!("S.1")));
    }
    let last = split::last_of(p, host);
    ending::send_message(p, &[last, voex.0]);
    ending::old_database(p, last);
}

/// The chain of one server outside a cluster; the first step is returned.
pub(super) fn update(p: &mut Planner<'_>, server: &Server) -> Added {
    if !server.needs_deploy(p) {
        return server.read_logs(p);
    }
    let stop = server.stop(p);
    let back_up = server.back_up(p);
    let owners = server.owners(p);
    let letsencrypt = server.letsencrypt(p);
    let database = postgres::upgrade(p, server);
    let exporters = server.exporters(p);
    let deploy = server.deploy(p);
    let logs = server.read_logs(p);
    let row = |key| Because::Row(key);
    p.steps.after(back_up, stop, row(*server.rows.back_up.last().unwrap_or(&server.rows.deploy)));
    for (step, reason) in [
        (owners, server.rows.owners),
        (letsencrypt, server.rows.letsencrypt),
        (exporters, server.rows.exporters),
        (deploy, Some(server.rows.deploy)),
    ] {
        if let Some(reason) = reason {
            p.steps.after(step, back_up, row(reason));
            p.steps.after(step, stop, row(reason));
        }
    }
    p.steps.after(database.first, back_up, row(cite!("PG.4")));
    // The database before what stands between it and the deploy (A26).
    for earlier in [stop, back_up, owners, letsencrypt] {
        p.steps.after(database.first, earlier, row(cite!("PG.4")));
    }
    p.steps.after(exporters, database.last, row(server.rows.exporters.unwrap_or(cite!("PG.8"))));
    for earlier in [owners, letsencrypt, exporters, database.last] {
        p.steps.after(deploy, earlier, row(server.rows.deploy));
    }
    if let Some(reason) = server.rows.logs {
        p.steps.after(logs, deploy, row(reason));
    }
    let what = server.stack.to_string();
    p.warn(WarningCode::Outage, &[("what", what)], stop, deploy.or(logs));
    stop
}

/// VoEx on one host, by the four rows of its chapter: the last step, and its host.
pub(super) fn voex(
    p: &mut Planner<'_>,
    default: &NodeName,
    rows: Rows,
    loaded: &[Added],
) -> (Added, Option<NodeName>) {
    let host = match p.site.voex.clone() {
        Voex::On(host) => host,
        Voex::FrontCluster => default.clone(),
        Voex::None | Voex::Unsaid => {
            let said = p.ask.choice("voex.on", "none");
            let mut all = rows.stop.to_vec();
            all.push(rows.deploy);
            all.extend(rows.logs);
            p.steps.leave_out(&all, Cause::Claim(said.claim));
            return (None, None);
        }
    };
    let server = Server {
        stack: Stack::new(&host, App::Voex),
        clustered: false,
        phases: [Phase::BackUp, Phase::FirstHalf],
        rows,
        database: false,
        brings: Brings::New,
    };
    if !server.is_due(p) {
        return (None, Some(host));
    }
    if !server.needs_deploy(p) {
        return (server.read_logs(p), Some(host));
    }
    let list = server.save_list(p, Phase::Prepare);
    let stop = server.stop(p);
    let back_up = server.back_up(p);
    let deploy = server.deploy(p);
    let logs = server.read_logs(p);
    p.steps.after(stop, list, Because::Row(rows.stop[1]));
    images::before(p, loaded, &[stop]);
    p.steps.after(back_up, stop, Because::Invariant(2));
    p.steps.after(deploy, stop, Because::Row(rows.deploy));
    p.steps.after(deploy, back_up, Because::Invariant(2));
    p.steps.after(logs, deploy, Because::Row(rows.logs.unwrap_or(rows.deploy)));
    p.warn(WarningCode::Outage, &[("what", server.stack.to_string())], stop, deploy.or(logs));
    (logs.or(deploy), Some(host))
}

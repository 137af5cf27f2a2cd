//! Single CTS: VoEx first, then the server.

use super::beside::{self, Part, Rest};
use super::server::{Rows, Server};
use super::{checks, ending, ha, images, postgres, rollback};
use crate::action::dpl::{Brings, DplOp};
use crate::action::{Action, Dpl};
use crate::cite;
use crate::name::{App, NodeName, Stack};
use crate::plan::builder::Added;
use crate::plan::{Because, Cause, Goal, Phase, WarningCode};
use crate::planner::Planner;
use crate::state::Atom;
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
    let mut before = vec![(list, Because::Row(cite!("S.2")))];
    for fact in postgres::facts(p, &express) {
        before.push((fact, Because::Row(cite!("S.2"))));
    }
    let voex = voex(p, host, VOEX);
    let (beside, alone) = match &voex {
        Some(voex) if voex.stack.node == *host => (Some(voex), None),
        other => (None, other.as_ref()),
    };
    let voex_done = alone.and_then(|voex| voex_alone(p, voex, &loaded));
    let fetched = images::fetch_first(p, &express, &loaded);
    before.push((fetched, Because::Invariant(8)));
    let updated = update(p, &express, beside);
    updated.wait(p, &before);
    images::before(p, &loaded, &updated.stops);
    ending::send_message(p, &[updated.last, voex_done]);
    ending::old_database(p, updated.last);
}

/// What the update of one host's applications added.
#[derive(Default)]
pub(super) struct Updated {
    /// The stops; where nothing had to stop, the first step.
    pub(super) stops: Vec<Added>,
    /// The last step.
    pub(super) last: Added,
}

impl Updated {
    /// Everything of it waits for these.
    pub(super) fn wait(&self, p: &mut Planner<'_>, earlier: &[(Added, Because)]) {
        for stop in &self.stops {
            for (step, because) in earlier {
                p.steps.after(*stop, *step, because.clone());
            }
        }
    }
}

/// The chain of one server outside a cluster, with VoEx where it has its place there.
pub(super) fn update(p: &mut Planner<'_>, server: &Server, voex: Option<&Server>) -> Updated {
    let mut parts: Vec<_> = voex.iter().map(|voex| Part::of(p, voex)).collect();
    parts.push(Part::of(p, server));
    if parts.iter().all(|part| !part.due) {
        let logs: Vec<_> = parts.iter().map(|part| part.server.read_logs(p)).collect();
        p.steps.chain(&logs, &Because::Row(server.rows.deploy));
        let last = logs.iter().rev().copied().find(Option::is_some).flatten();
        return Updated { stops: logs, last };
    }
    let begin = p.steps.count();
    close(p, &parts);
    let rest = beside::rest(p, &parts);
    // VoEx's chapter comes first (A39).
    let earlier = voex.and_then(|voex| voex_beside(p, voex, &parts, &rest));
    let due = server.needs_deploy(p);
    let done = if due { start(p, server, &rest, earlier) } else { earlier };
    let woken = beside::wake(p, &parts, &[done]);
    let last = woken.or(done);
    let what: Vec<_> = parts.iter().map(|part| part.server.stack.to_string()).collect();
    let first = p.steps.first_since(begin);
    p.warn(WarningCode::Outage, &[("what", what.join(", "))], first, last);
    let stops = if rest.first().is_some() { rest.stops } else { vec![first] };
    Updated { stops, last }
}

/// Where a deploy died with its host everything may be up again, and nobody knows whether all of it
/// is new: what may be old containers on newer data stops before anything else (invariant 31).
fn close(p: &mut Planner<'_>, parts: &[Part<'_>]) {
    if p.goal != Goal::Upgrade {
        return;
    }
    let open: Vec<Server> = parts
        .iter()
        .map(|part| part.server)
        .filter(|server| rollback::is_open(p, &server.stack))
        .map(|server| Server { phases: [Phase::Quiet, server.phases[1]], ..server.clone() })
        .collect();
    if open.is_empty() {
        return;
    }
    // Those of another host come first where they are open as well.
    let quiet = |phase: Phase, action: &Action| {
        phase == Phase::Quiet && matches!(action, Action::Dpl(Dpl { op: DplOp::Stop { .. }, .. }))
    };
    let added = p.steps.added().filter(|(_, phase, _, action)| quiet(*phase, action));
    let mut stops: Vec<Added> = added.map(|(index, ..)| Some(index)).collect();
    stops.extend(ha::stop_at_once(p, &open));
    p.steps.chain(&stops, &Because::Invariant(4));
    p.comes_first(stops.last().copied().flatten(), Because::Invariant(31));
}

/// What stands between the copy and the logs of CTS: the last step.
fn start(p: &mut Planner<'_>, server: &Server, rest: &Rest, earlier: Added) -> Added {
    let owners = server.owners(p);
    let letsencrypt = server.letsencrypt(p);
    let database = postgres::upgrade(p, server);
    let exporters = server.exporters(p);
    let deploy = server.deploy(p);
    let logs = server.read_logs(p);
    for (step, row) in [
        (owners, server.rows.owners),
        (letsencrypt, server.rows.letsencrypt),
        (exporters, server.rows.exporters),
        (deploy, Some(server.rows.deploy)),
    ] {
        let Some(row) = row else { continue };
        for before in rest.steps().chain([earlier]) {
            p.steps.after(step, before, Because::Row(row));
        }
    }
    // The database before what stands between it and the deploy (A26).
    for before in rest.steps().chain([earlier, owners, letsencrypt]) {
        database.after(p, before, &Because::Row(cite!("PG.4")));
    }
    database.after(p, rest.back_up, &Because::Invariant(2));
    if let Some(row) = server.rows.exporters {
        database.before(p, exporters, &Because::Row(row));
    }
    database.before(p, deploy, &Because::Row(server.rows.deploy));
    for before in [owners, letsencrypt, exporters] {
        p.steps.after(deploy, before, Because::Row(server.rows.deploy));
    }
    if let Some(row) = server.rows.logs {
        p.steps.after(logs, deploy, Because::Row(row));
    }
    logs.or(deploy)
}

/// VoEx beside CTS: deployed where it is due; deployed by an earlier run, its logs are read.
pub(super) fn voex_beside(
    p: &mut Planner<'_>,
    voex: &Server,
    parts: &[Part<'_>],
    rest: &Rest,
) -> Added {
    if parts.iter().any(|part| part.due && part.server.stack == voex.stack) {
        return start_voex(p, voex, rest);
    }
    // What was stopped for the copy alone is started when all else is done.
    let down = p.steps.has(&Atom::Stopped(voex.stack.clone()));
    if down { None } else { voex.read_logs(p) }
}

/// VoEx deployed after its copy, and its logs: the last step.
pub(super) fn start_voex(p: &mut Planner<'_>, voex: &Server, rest: &Rest) -> Added {
    let deploy = voex.deploy(p);
    let logs = voex.read_logs(p);
    for stop in &rest.stops {
        p.steps.after(deploy, *stop, Because::Row(voex.rows.deploy));
    }
    p.steps.after(deploy, rest.back_up, Because::Invariant(2));
    p.steps.after(logs, deploy, Because::Row(voex.rows.logs.unwrap_or(voex.rows.deploy)));
    logs.or(deploy)
}

/// The voice server by the four rows of its chapter, where there is one.
pub(super) fn voex(p: &mut Planner<'_>, default: &NodeName, rows: Rows) -> Option<Server> {
    let host = match p.site.voex.clone() {
        Voex::On(host) => host,
        Voex::FrontCluster => default.clone(),
        Voex::None | Voex::Unsaid => {
            let said = p.ask.choice("voex.on", "none");
            let mut all = rows.stop.to_vec();
            all.push(rows.deploy);
            all.extend(rows.logs);
            p.steps.leave_out(&all, Cause::Claim(said.claim));
            return None;
        }
    };
    Some(Server {
        stack: Stack::new(&host, App::Voex),
        clustered: false,
        phases: [Phase::BackUp, Phase::FirstHalf],
        rows,
        database: false,
        brings: Brings::New,
    })
}

/// VoEx on a host of its own, at any time: the last step.
pub(super) fn voex_alone(p: &mut Planner<'_>, voex: &Server, loaded: &[Added]) -> Added {
    if !voex.needs_deploy(p) {
        return voex.read_logs(p);
    }
    let list = voex.save_list(p, Phase::Prepare);
    let begin = p.steps.count();
    let parts = [Part::of(p, voex)];
    close(p, &parts);
    let rest = beside::rest(p, &parts);
    for stop in &rest.stops {
        p.steps.after(*stop, list, Because::Row(voex.rows.deploy));
    }
    images::before(p, loaded, &rest.stops);
    let last = start_voex(p, voex, &rest);
    let what = [("what", voex.stack.to_string())];
    p.warn(WarningCode::Outage, &what, p.steps.first_since(begin), last);
    last
}

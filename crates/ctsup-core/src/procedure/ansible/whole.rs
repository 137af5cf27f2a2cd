//! One playbook for a whole installation, without clusters or with one node each (AN-1).

use super::{Play, play};
use crate::action::Action;
use crate::action::dpl::Brings;
use crate::cite;
use crate::name::{App, NodeName, Stack};
use crate::plan::builder::{Added, Draft};
use crate::plan::{Because, Phase, Source, WarningCode};
use crate::planner::Planner;
use crate::procedure::beside::Part;
use crate::procedure::server::{Rows, Server};
use crate::procedure::{beside, checks, ending, images, postgres, single, split};
use crate::state::Atom;

pub(super) const SINGLE: Rows = Rows {
    stop: &[cite!("S.2")],
    back_up: &[cite!("S.0"), cite!("S.3")],
    owners: Some(cite!("S.3a")),
    letsencrypt: Some(cite!("S.3b")),
    exporters: None,
    deploy: cite!("AN-1.1"),
    logs: None,
};

pub(super) const BACK: Rows = Rows {
    stop: &[cite!("B.2")],
    back_up: &[cite!("B.3")],
    owners: Some(cite!("B.4")),
    letsencrypt: None,
    ..SINGLE
};

pub(super) const FRONT: Rows = Rows {
    stop: &[cite!("F.2")],
    back_up: &[cite!("F.3")],
    owners: None,
    letsencrypt: Some(cite!("F.3b")),
    ..SINGLE
};

/// One host made ready for a playbook that deploys there.
#[derive(Default)]
pub(super) struct Ready {
    /// The stops: everything else of it waits for them.
    pub(super) stops: Vec<Added>,
    /// The first step.
    pub(super) first: Added,
    /// All of its steps; the last one that there is comes last.
    pub(super) steps: Vec<Added>,
    /// The first step that changes its data: from there on old containers elsewhere meet another.
    pub(super) changed: Added,
}

impl Ready {
    pub(super) fn wait(&self, p: &mut Planner<'_>, earlier: Added, because: &Because) {
        for stop in &self.stops {
            p.steps.after(*stop, earlier, because.clone());
        }
    }

    pub(super) fn last(&self) -> Added {
        self.steps.iter().rev().copied().find(Option::is_some).flatten()
    }
}

/// Stops and one copy on a host, what is due there, and VoEx by its own chapter where the playbook
/// leaves it alone.
pub(super) fn ready(p: &mut Planner<'_>, parts: &[Part<'_>], voex: Option<&Server>) -> Ready {
    let begin = p.steps.count();
    let rest = beside::rest(p, parts);
    let mut steps: Vec<_> = rest.steps().collect();
    let mut changed = None;
    let mut earlier = None;
    if let Some(voex) = voex {
        earlier = single::voex_beside(p, voex, parts, &rest);
        steps.push(earlier);
    }
    for server in parts.iter().filter(|part| part.due).map(|part| part.server) {
        if voex.is_some_and(|voex| voex.stack == server.stack) {
            continue;
        }
        let owners = server.owners(p);
        let letsencrypt = server.letsencrypt(p);
        let database = postgres::upgrade(p, server);
        for before in rest.stops.iter().copied().chain([earlier]) {
            for later in [owners, letsencrypt] {
                p.steps.after(later, before, Because::Row(server.rows.deploy));
            }
            database.after(p, before, &Because::Row(server.rows.deploy));
        }
        for later in [owners, letsencrypt] {
            p.steps.after(later, rest.back_up, Because::Invariant(2));
            database.after(p, later, &Because::Row(cite!("PG.4")));
        }
        database.after(p, rest.back_up, &Because::Invariant(2));
        let database_begins = database.first().iter().copied().find(Option::is_some).flatten();
        changed = changed.or(owners).or(letsencrypt).or(database_begins);
        steps.extend([owners, letsencrypt]);
        steps.extend(database.last());
    }
    let stops = match rest.first() {
        Some(_) => rest.stops,
        None => vec![steps.iter().copied().find(Option::is_some).flatten()],
    };
    Ready { stops, first: p.steps.first_since(begin), steps, changed }
}

/// Single, or Back and Front: one playbook for all containers (AN-1).
pub(super) fn all_at_once(
    p: &mut Planner<'_>,
    control: &NodeName,
    dir: &str,
    hosts: &[(NodeName, Rows)],
) {
    checks::barrier(p);
    let loaded = images::prepare(p);
    let mut before = loaded;
    let embedded = postgres::is_embedded(p);
    let servers: Vec<_> = hosts
        .iter()
        .enumerate()
        .map(|(number, (host, rows))| Server {
            stack: Stack::new(host, App::Express),
            clustered: false,
            phases: [Phase::BackUp, Phase::BackUp],
            rows: *rows,
            database: embedded && number == 0,
            brings: Brings::New,
        })
        .collect();
    let due = servers.iter().any(|s| s.needs_deploy(p));
    if due {
        if let [(back, _), (front, _)] = hosts {
            before.push(split::network_table(p));
            before.push(split::ports(p, front, &p.site.nodes[back].address.clone()));
        }
        for server in &servers {
            before.push(server.save_list(p, Phase::Prepare));
        }
        before.extend(postgres::facts(p, &servers[0]));
        let loaded = before.clone();
        for server in &servers {
            before.push(images::fetch_first(p, server, &loaded));
        }
    }
    let host = hosts[hosts.len() - 1].0.clone();
    let rows = if hosts.len() == 1 { single::VOEX } else { split::VOEX };
    let voex = single::voex(p, &host, rows);
    let here = |node: &NodeName| voex.as_ref().filter(|voex| voex.stack.node == *node);
    let beside = servers.iter().any(|server| here(&server.stack.node).is_some());
    let mut last = Vec::new();
    if let Some(alone) = voex.as_ref().filter(|_| !beside) {
        last.push(single::voex_alone(p, alone, &before.clone()));
    }
    let mut made_ready = Vec::new();
    let mut since = None;
    let mut earlier = None;
    for server in &servers {
        let voex = here(&server.stack.node);
        let mut parts: Vec<_> = voex.iter().map(|voex| Part::of(p, voex)).collect();
        // One playbook for all hosts: they are made ready together.
        parts.push(Part { server, due });
        if parts.iter().all(|part| !part.due) {
            last.extend(parts.iter().map(|part| part.server.read_logs(p)).collect::<Vec<_>>());
            continue;
        }
        if !due {
            before.push(server.save_list(p, Phase::Prepare));
        }
        let ready = ready(p, &parts, voex);
        for step in &before {
            ready.wait(p, *step, &Because::Row(cite!("AN-1.1")));
        }
        ready.wait(p, earlier, &Because::Row(cite!("D-P.4")));
        let woken = beside::wake(p, &parts, &[ready.last()]);
        earlier = woken.or(ready.last()).or(earlier);
        since = since.or(ready.first);
        made_ready.extend(ready.steps);
        made_ready.push(woken);
    }
    let stacks: Vec<_> = servers.iter().map(|s| s.stack.clone()).collect();
    let step = play(
        p,
        Play {
            control,
            dir,
            name: p.catalogue.playbooks.all.clone(),
            brings: Brings::New,
            listed: stacks.iter().map(|s| s.node.clone()).collect(),
            stacks: stacks.clone(),
            serving: Vec::new(),
            clusters: Vec::new(),
            since,
            phase: Phase::FirstHalf,
            what: "all",
            rows: &[cite!("AN-1.1"), cite!("AN-1.2")],
        },
    );
    if hosts.len() > 1 && step.is_some() {
        p.warn(WarningCode::Together, &[], since.or(step), None);
    }
    for earlier in made_ready.iter().chain(&before) {
        p.steps.after(step, *earlier, Because::Row(cite!("AN-1.1")));
    }
    if step.is_none() {
        last.extend(made_ready);
        let what: Vec<_> = servers.iter().map(|s| s.stack.to_string()).collect();
        p.warn(WarningCode::Outage, &[("what", what.join(", "))], since, earlier);
    }
    finish(p, &stacks, &[step], &last);
}

/// Logs read, a message sent, in clusters the gates once more: what the antivirus waits for.
pub(super) fn finish(
    p: &mut Planner<'_>,
    stacks: &[Stack],
    last: &[Added],
    beside: &[Added],
) -> Vec<Added> {
    let unread: Vec<_> =
        stacks.iter().filter(|s| p.steps.has(&Atom::Unchecked((*s).clone()))).cloned().collect();
    let mut logs = None;
    if !unread.is_empty() {
        let action = Action::Person(p.read_logs(unread));
        let draft = Draft::person(Phase::Verify, "read-logs", action);
        logs = p.steps.once(draft.source(Source::Invariant(35)));
        for step in last {
            p.steps.after(logs, *step, Because::Invariant(35));
        }
    }
    let all: Vec<_> = last.iter().chain(beside).copied().chain([logs]).collect();
    let (check, end) = ending::seen_in_order(p, &all);
    ending::old_database(p, check);
    end
}

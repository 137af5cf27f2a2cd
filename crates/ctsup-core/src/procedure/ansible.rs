//! Upgrades by the vendor's playbooks (AN-1, AN-H).
//!
//! The playbooks' chapters mention neither backup nor conditions; those of the manual chapters hold
//! all the same (A32), and stand before the first playbook.

use super::beside::{self, Part};
use super::cluster::{self, BY_PLAYBOOK};
use super::server::{Rows, Server, save_list};
use super::{checks, ending, images, postgres, single, split};
use crate::action::dpl::Brings;
use crate::action::{Action, Look, Person, Playbook};
use crate::cite;
use crate::diagnostic::{Code, Diagnostic};
use crate::guide::RowKey;
use crate::name::{App, ClusterName, DataSet, NodeName, SettingsPlace, Stack};
use crate::plan::builder::{Added, Draft};
use crate::plan::{Because, Phase, Source, WarningCode};
use crate::planner::Planner;
use crate::state::{Atom, is, is_not};
use crate::topology::{Layout, Pair, Postgres, Risk, Shared, Voex};

const SINGLE: Rows = Rows {
    stop: &[cite!("S.2")],
    back_up: &[cite!("S.0"), cite!("S.3")],
    owners: Some(cite!("S.3a")),
    letsencrypt: Some(cite!("S.3b")),
    exporters: None,
    deploy: cite!("AN-1.1"),
    logs: None,
};
const BACK: Rows = Rows {
    stop: &[cite!("B.2")],
    back_up: &[cite!("B.3")],
    owners: Some(cite!("B.4")),
    letsencrypt: None,
    ..SINGLE
};
const FRONT: Rows = Rows {
    stop: &[cite!("F.2")],
    back_up: &[cite!("F.3")],
    owners: None,
    letsencrypt: Some(cite!("F.3b")),
    ..SINGLE
};
const BACK_HA: Rows = Rows {
    stop: &[cite!("HA.17")],
    back_up: &[cite!("HA.0")],
    owners: Some(cite!("B.4")),
    letsencrypt: None,
    exporters: None,
    deploy: cite!("AN-H.10"),
    logs: None,
};
const FRONT_HA: Rows =
    Rows { stop: &[cite!("HA.21")], owners: None, letsencrypt: Some(cite!("F.3b")), ..BACK_HA };

/// Upgrades by the playbooks of the layout.
pub(super) fn upgrade(p: &mut Planner<'_>, control: &NodeName, dir: &str) {
    match p.site.layout.clone() {
        Layout::Single(host) => all_at_once(p, control, dir, &[(host, SINGLE)]),
        Layout::Split { back, front } => {
            all_at_once(p, control, dir, &[(back, BACK), (front, FRONT)]);
        }
        Layout::Ha { back, front } => by_halves(p, control, dir, &back, &front),
    }
}

/// One playbook.
pub(super) struct Play<'a> {
    pub(super) control: &'a NodeName,
    pub(super) dir: &'a str,
    pub(super) name: String,
    pub(super) brings: Brings,
    pub(super) stacks: Vec<Stack>,
    /// What serves, where it deploys on nodes that idle.
    pub(super) serving: Vec<Stack>,
    /// Nodes whose image lists must have been saved.
    pub(super) listed: Vec<NodeName>,
    pub(super) clusters: Vec<ClusterName>,
    /// The first stop before it, from which on users are cut off.
    pub(super) since: Added,
    pub(super) phase: Phase,
    pub(super) what: &'a str,
    pub(super) rows: &'a [RowKey],
}

/// Adds a playbook: its prompt and pauses are a person's.
pub(super) fn play(p: &mut Planner<'_>, play: Play<'_>) -> Added {
    let mut data: Vec<DataSet> = play.stacks.iter().map(|s| p.site.data_of(s)).collect();
    data.sort();
    data.dedup();
    let mut settings: Vec<SettingsPlace> =
        play.stacks.iter().map(|s| p.site.settings_of(s)).collect();
    settings.sort();
    settings.dedup();
    let new = play.brings == Brings::New;
    let runs = if play.serving.is_empty() { &play.stacks } else { &play.serving };
    let done: Vec<_> = play
        .stacks
        .iter()
        .map(|s| if new { is(Atom::New(s.clone())) } else { is_not(Atom::New(s.clone())) })
        .chain(runs.iter().map(|s| is(Atom::Running(s.clone()))))
        .collect();
    let cut: Vec<_> = runs.iter().map(ToString::to_string).collect();
    let crosses = if new {
        let lowest = p.lowest_release();
        p.catalogue.barriers_between(p.new_release(), &lowest)
    } else {
        Vec::new()
    };
    let action = Action::Playbook(Playbook::Run {
        brings: play.brings,
        clusters: play.clusters,
        data,
        dir: play.dir.to_owned(),
        listed: play.listed,
        name: play.name.clone(),
        node: play.control.clone(),
        serving: play.serving,
        settings,
        stacks: play.stacks.clone(),
    });
    let draft = Draft::on(play.control, play.phase, &format!("playbook/{}", play.what), action);
    let due = !done.iter().all(|condition| p.steps.now().meets(condition));
    let host = play.stacks.iter().find(|s| s.app == App::Express && p.site.serves_back(&s.node));
    // In a cluster where the database runs now, not where the playbook will move it.
    let host = host.filter(|_| due && new).map(|host| match p.site.cluster_of(&host.node) {
        Some(pair) if !p.steps.has(&Atom::Active(host.node.clone())) => {
            pair.other(&host.node).clone()
        }
        _ => host.node.clone(),
    });
    let kept = host.and_then(|host| postgres::keep_version(p, &host));
    let step = p.steps.ensure(draft.cites(play.rows), &done);
    p.steps.after(step, kept, Because::Invariant(13));
    let external = p.steps.last_doing(&is(Atom::DatabaseBackedUp));
    p.steps.after(step, external, Because::Invariant(2));
    p.no_return_after(step, crosses);
    p.warn(WarningCode::Pauses, &[("name", play.name)], step, None);
    p.warn(WarningCode::Outage, &[("what", cut.join(", "))], play.since.or(step), step);
    step
}

/// One host made ready for a playbook that deploys there.
#[derive(Default)]
struct Ready {
    /// The stops: everything else of it waits for them.
    stops: Vec<Added>,
    /// The first step.
    first: Added,
    /// All of its steps; the last one that there is comes last.
    steps: Vec<Added>,
}

impl Ready {
    fn wait(&self, p: &mut Planner<'_>, earlier: Added, because: &Because) {
        for stop in &self.stops {
            p.steps.after(*stop, earlier, because.clone());
        }
    }

    fn last(&self) -> Added {
        self.steps.iter().rev().copied().find(Option::is_some).flatten()
    }
}

/// Stops and one copy on a host, what is due there, and VoEx by its own chapter where the playbook
/// leaves it alone.
fn ready(p: &mut Planner<'_>, parts: &[Part<'_>], voex: Option<&Server>) -> Ready {
    let begin = p.steps.count();
    let rest = beside::rest(p, parts);
    let mut steps: Vec<_> = rest.steps().collect();
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
        steps.extend([owners, letsencrypt]);
        steps.extend(database.last());
    }
    let stops = match rest.first() {
        Some(_) => rest.stops,
        None => vec![steps.iter().copied().find(Option::is_some).flatten()],
    };
    Ready { stops, first: p.steps.first_since(begin), steps }
}

/// Single, or Back and Front: one playbook for all containers (AN-1).
fn all_at_once(p: &mut Planner<'_>, control: &NodeName, dir: &str, hosts: &[(NodeName, Rows)]) {
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
fn finish(p: &mut Planner<'_>, stacks: &[Stack], last: &[Added], beside: &[Added]) -> Vec<Added> {
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

/// The two clusters: first playbook, a person's check, second playbook (AN-H).
fn by_halves(p: &mut Planner<'_>, control: &NodeName, dir: &str, back: &Pair, front: &Pair) {
    let active = |p: &Planner<'_>, pair: &Pair| {
        pair.nodes.iter().find(|n| p.steps.has(&Atom::Active((*n).clone()))).cloned()
    };
    let (Some(back_now), Some(front_now)) = (active(p, back), active(p, front)) else { return };
    checks::barrier(p);
    begins_here(p, &[(back, &back_now), (front, &front_now)]);
    let apps = |p: &Planner<'_>, node: &NodeName| -> Vec<Stack> {
        p.site.stacks().into_iter().filter(|s| s.node == *node).collect()
    };
    let mut first = apps(p, &back_now);
    first.extend(apps(p, &front_now));
    let closed = close(p, &first, &back_now);
    let mut second = apps(p, back.other(&back_now));
    second.extend(apps(p, front.other(&front_now)));
    let new = |p: &Planner<'_>, stacks: &[Stack]| {
        stacks.iter().all(|s| p.steps.has(&Atom::New(s.clone())))
    };
    if new(p, &first) {
        // What the first playbook would have named.
        for stack in second.iter().filter(|s| s.app == App::Express) {
            if !p.steps.has(&Atom::New(stack.clone())) {
                let node = [("node", stack.node.to_string())];
                p.warn(WarningCode::IdleNodeOld, &node, None, None);
            }
        }
    } else {
        super::ha::name_idle(p, &[back_now.clone(), front_now.clone()]);
    }
    // Data that only the idle nodes have: nothing runs on it now.
    let idle = if new(p, &second) { Vec::new() } else { idle_backups(p, &second, BACK_HA) };
    let mut last = if !new(p, &first) {
        first_half(p, control, dir, [back, front], [&back_now, &front_now], &first)
    } else if !new(p, &second) {
        cluster::antivirus_off(p, &BY_PLAYBOOK)
    } else {
        Vec::new()
    };
    if !new(p, &second) {
        last = second_half(p, control, dir, [back, front], &first, &second, &last);
    }
    let play = first_play(p);
    if let Some(stop) = closed {
        let what: Vec<_> = stacks_of(&first);
        p.warn(WarningCode::Outage, &[("what", what.join(", "))], Some(stop), play);
    }
    for (node, step) in idle {
        p.steps.after(play, step, Because::Invariant(2));
        // Which node idles is seen first.
        if let Some(pair) = p.site.cluster_of(&node).map(|pair| pair.cluster) {
            p.steps.after(step, cluster::seen_active(p, pair), Because::Invariant(5));
        }
    }
    // The playbooks leave a voice server on a host of its own alone.
    let mut beside = None;
    if p.site.voex != Voex::FrontCluster
        && let Some(voex) = single::voex(p, &front_now, split::VOEX)
    {
        let loaded = loaded(p);
        beside = single::voex_alone(p, &voex, &loaded);
    }
    let mut stacks = first;
    stacks.extend(second);
    let mut end = finish(p, &stacks, &last, &[beside]);
    // Not the playbooks' doing: somebody's move before this plan, or an earlier run's.
    if p.steps.now().debts().any(|debt| matches!(debt, Atom::Constraint(_))) {
        end.extend(cluster::clear(p, &end.clone()));
    }
    cluster::antivirus_on(p, &BY_PLAYBOOK, &end);
}

fn stacks_of(stacks: &[Stack]) -> Vec<String> {
    stacks.iter().map(ToString::to_string).collect()
}

/// Old containers that a broken-off playbook left on newer data stop at once, whatever else there is to
/// do (invariant 31): the first of the stops.
fn close(p: &mut Planner<'_>, stacks: &[Stack], back: &NodeName) -> Added {
    let server = |stack: &Stack| Server {
        stack: stack.clone(),
        clustered: true,
        phases: [Phase::Quiet, Phase::BackUp],
        rows: if stack.node == *back { BACK_HA } else { FRONT_HA },
        database: false,
        brings: Brings::New,
    };
    let open = stacks.iter().filter(|stack| super::rollback::is_open(p, stack));
    let open: Vec<_> = open.map(server).collect();
    let stops = super::ha::stop_at_once(p, &open);
    p.steps.chain(&stops, &Because::Invariant(4));
    let last = stops.last().copied().flatten();
    if last.is_some() {
        p.comes_first(last, Because::Invariant(31));
    }
    stops.first().copied().flatten()
}

/// The first playbook begins with the nodes that serve, the second with those that idle: where one
/// that idles is new and one that serves is not, only a plan by hand leads on.
fn begins_here(p: &mut Planner<'_>, clusters: &[(&Pair, &NodeName)]) {
    let new = |node: &NodeName| p.steps.has(&Atom::New(Stack::new(node, App::Express)));
    let old = clusters.iter().map(|(_, active)| *active).find(|active| !new(active));
    let idle = clusters.iter().map(|(pair, active)| pair.other(active)).find(|idle| new(idle));
    if let (Some(active), Some(idle)) = (old, idle) {
        let found =
            Diagnostic::new(Code::PlaybooksNotFromHere).arg("active", active).arg("idle", idle);
        p.say("method.by", found);
    }
}

/// The steps that bring images to the registry.
fn loaded(p: &Planner<'_>) -> Vec<Added> {
    let brings = |action: &Action| matches!(action, Action::Registry(_));
    p.steps.added().filter(|(.., action)| brings(action)).map(|(index, ..)| Some(index)).collect()
}

/// The first playbook of the plan.
pub(super) fn first_play(p: &Planner<'_>) -> Added {
    let run = |action: &Action| matches!(action, Action::Playbook(Playbook::Run { .. }));
    p.steps.added().find(|(.., action)| run(action)).map(|(index, ..)| index)
}

/// Backups of what only the idle nodes of the clusters have.
pub(super) fn idle_backups(
    p: &mut Planner<'_>,
    stacks: &[Stack],
    rows: Rows,
) -> Vec<(NodeName, Added)> {
    let server = |stack: &Stack| Server {
        stack: stack.clone(),
        clustered: true,
        phases: [Phase::BackUp, Phase::BackUp],
        rows,
        database: false,
        brings: Brings::New,
    };
    let mut all = Vec::new();
    for stack in stacks {
        // What the cluster shares is backed up where its services stop.
        let apart = p.site.data_of(stack).holder == stack.node;
        if apart && !p.steps.has(&Atom::Running(stack.clone())) {
            all.push((stack.node.clone(), server(stack).back_up_idle(p)));
        }
    }
    all
}

fn first_half(
    p: &mut Planner<'_>,
    control: &NodeName,
    dir: &str,
    pairs: [&Pair; 2],
    active: [&NodeName; 2],
    stacks: &[Stack],
) -> Vec<Added> {
    let loaded = images::prepare(p);
    let mut before = loaded.clone();
    before.push(split::network_table(p));
    let off = cluster::antivirus_off(p, &BY_PLAYBOOK);
    for step in &off {
        for image in &before {
            // The chapter's order: images first, antivirus after.
            p.steps.after(*step, *image, Because::Row(cite!("AN-H.2")));
        }
    }
    let mut lists = Vec::new();
    for (pair, node) in pairs.iter().zip(active) {
        let gate = cluster::gate(p, pair, &BY_PLAYBOOK);
        let what = "cluster/active";
        let look = cluster::look(p, pair, Phase::Gate, &[cite!("AN-H.7")], what);
        for step in &gate {
            p.steps.after(look, *step, Because::Row(cite!("AN-H.7")));
        }
        let list = save_list(p, node, Phase::Gate, &[cite!("AN-H.8")]);
        p.steps.after(list, look, Because::Row(cite!("AN-H.8")));
        before.extend(gate);
        before.push(look);
        lists.push(list);
    }
    let nodes = active.map(Clone::clone).to_vec();
    let keep = Action::Person(Person::KeepLists { nodes: nodes.clone() });
    let keep = Draft::person(Phase::Gate, "keep-lists", keep).cites(&[cite!("AN-H.9")]);
    let keep = p.steps.once(keep);
    for list in &lists {
        p.steps.after(keep, *list, Because::Row(cite!("AN-H.9")));
    }
    before.push(keep);
    let server = |p: &Planner<'_>, stack: &Stack| {
        let back = stack.node == *active[0];
        let rows = match (back, stack.app) {
            (true, _) => BACK_HA,
            (false, App::Express) => FRONT_HA,
            // The store of Let's Encrypt belongs to CTS.
            (false, _) => Rows { letsencrypt: None, ..FRONT_HA },
        };
        Server {
            stack: stack.clone(),
            clustered: true,
            phases: [Phase::BackUp, Phase::BackUp],
            rows,
            database: back && stack.app == App::Express && postgres::is_embedded(p),
            brings: Brings::New,
        }
    };
    let servers: Vec<_> = stacks.iter().map(|stack| server(p, stack)).collect();
    if let Some(address) = pairs[0].address.clone() {
        let ports = split::ports(p, active[1], &address);
        let seen = cluster::seen_active(p, ClusterName::Front);
        p.steps.after(ports, seen, Because::Invariant(5));
        before.push(ports);
    }
    before.extend(postgres::facts(p, &servers[0]));
    // Before the copy for which ctsup itself stops both (invariant 8).
    for server in &servers {
        let fetched = images::fetch_first(p, server, &loaded);
        let cluster = p.site.cluster_of(&server.stack.node).map(|pair| pair.cluster);
        if let Some(cluster) = cluster {
            p.steps.after(fetched, cluster::seen_active(p, cluster), Because::Invariant(5));
        }
        before.push(fetched);
    }
    let mut made_ready = Vec::new();
    let mut since = None;
    let mut earlier: Added = None;
    for node in active {
        let here = servers.iter().filter(|server| server.stack.node == *node);
        let parts: Vec<_> = here.map(|server| Part { server, due: true }).collect();
        let ready = ready(p, &parts, None);
        for step in &before {
            ready.wait(p, *step, &Because::Row(cite!("AN-H.10")));
        }
        ready.wait(p, earlier, &Because::Row(cite!("HA.21")));
        earlier = ready.last().or(earlier);
        since = since.or(ready.first);
        made_ready.extend(ready.steps);
    }
    let step = play(
        p,
        Play {
            control,
            dir,
            name: p.catalogue.playbooks.first.clone(),
            brings: Brings::New,
            stacks: stacks.to_vec(),
            serving: Vec::new(),
            listed: nodes,
            clusters: ClusterName::ALL.to_vec(),
            since,
            phase: Phase::FirstHalf,
            what: "first",
            rows: &[cite!("AN-H.10")],
        },
    );
    for earlier in made_ready.iter().chain(&before) {
        p.steps.after(step, *earlier, Because::Row(cite!("AN-H.10")));
    }
    warn_idle(p, pairs, active, step);
    seen(p, pairs, step, Phase::FirstHalf, "cluster/resources/first-half")
}

/// Until the second playbook a failover starts what the idle nodes had before (A45).
pub(super) fn warn_idle(
    p: &mut Planner<'_>,
    pairs: [&Pair; 2],
    active: [&NodeName; 2],
    first: Added,
) {
    for (pair, active) in pairs.into_iter().zip(active) {
        let idle = pair.other(active).to_string();
        p.warn(WarningCode::IdleNodeOld, &[("node", idle)], first, None);
    }
}

fn backed(p: &Planner<'_>, node: &NodeName) -> Atom {
    Atom::BackedUp(p.site.data_of(&Stack::new(node, App::Express)))
}

/// The second playbook switches to nodes that have old containers still, and starts them on data
/// that the new release has met where that is shared (invariant 31).
fn warn_window(p: &mut Planner<'_>, pairs: [&Pair; 2], second: &[Stack], step: Added) {
    for pair in pairs {
        let here = || second.iter().filter(|s| pair.nodes.contains(&s.node));
        let met = here().any(|s| p.steps.has(&Atom::Met(p.site.data_of(s))));
        let database = pair.cluster == ClusterName::Back
            && (p.site.postgres == Postgres::External || pair.shared.contains(&Shared::Database));
        let shared = pair.shared.contains(&Shared::Volumes) && met;
        if let Some(node) = here().next().map(|s| s.node.to_string())
            && (shared || database)
        {
            p.accepts(Risk::OldContainersWindow);
            p.warn(WarningCode::OldContainersWindow, &[("node", node)], step, step);
        }
    }
}

/// Where the resources are after a playbook: looked at, not predicted (K4).
pub(super) fn seen(
    p: &mut Planner<'_>,
    pairs: [&Pair; 2],
    after: Added,
    phase: Phase,
    what: &str,
) -> Vec<Added> {
    let mut all = Vec::new();
    for pair in pairs {
        let node = pair.nodes[0].clone();
        let action = Action::Look(Look::Resources { cluster: pair.cluster, node: node.clone() });
        let draft = Draft::on(&node, phase, what, action).source(Source::Reading("A32".to_owned()));
        let step = p.steps.add(draft);
        p.steps.after(step, after, Because::Invariant(25));
        all.push(step);
    }
    all
}

/// The second playbook deploys on the nodes that idle: those that served before the first one must
/// still serve (K4).
pub(super) fn still_there(p: &mut Planner<'_>, pairs: [&Pair; 2], gates: &[Added], step: Added) {
    if step.is_none() {
        return;
    }
    for pair in pairs {
        let look = cluster::look(p, pair, Phase::Judge, &[], "cluster/active/judge");
        for gate in gates
            .iter()
            .copied()
            .filter(|gate| p.steps.concerns(*gate, &pair.nodes))
            .collect::<Vec<_>>()
        {
            p.steps.after(look, gate, Because::Invariant(5));
        }
        p.steps.after(step, look, Because::Invariant(5));
    }
}

/// A cold copy of what the clusters share, where no copy of the first half is known: its services
/// stop on the active nodes and start again behind it, as the playbook deploys on the others.
fn copies(p: &mut Planner<'_>, second: &[Stack], gates: &[Added]) -> Vec<Added> {
    let mut all = Vec::new();
    for stack in second.iter().filter(|stack| stack.app == App::Express) {
        let Some(pair) = p.site.cluster_of(&stack.node).cloned() else { continue };
        let active = pair.other(&stack.node).clone();
        let known = p.steps.has(&Atom::BackedUp(p.site.data_of(stack)));
        if known || !p.steps.has(&Atom::Active(active.clone())) {
            continue;
        }
        let rows = match pair.cluster {
            ClusterName::Back => BACK_HA,
            ClusterName::Front => FRONT_HA,
        };
        let here = p.site.stacks().into_iter().filter(|stack| stack.node == active);
        let servers: Vec<_> = here
            .map(|stack| Server {
                database: stack.app == App::Express
                    && pair.cluster == ClusterName::Back
                    && postgres::is_embedded(p),
                stack,
                clustered: true,
                phases: [Phase::BackUp, Phase::BackUp],
                rows,
                brings: Brings::Same,
            })
            .collect();
        let parts: Vec<_> = servers.iter().map(|server| Part { server, due: true }).collect();
        let list = save_list(p, &active, Phase::Gate, &[cite!("AN-H.8")]);
        let rest = beside::rest(p, &parts);
        for stop in &rest.stops {
            for earlier in gates.iter().copied().chain([list]).chain(all.last().copied()) {
                p.steps.after(*stop, earlier, Because::Invariant(2));
            }
        }
        let asleep: Vec<_> = servers.iter().map(|server| Part { server, due: false }).collect();
        let woken = beside::wake(p, &asleep, &[rest.back_up]);
        let what: Vec<_> = servers.iter().map(|server| server.stack.to_string()).collect();
        p.warn(WarningCode::Outage, &[("what", what.join(", "))], rest.first(), woken);
        all.extend(rest.steps().chain([woken]));
    }
    all
}

fn second_half(
    p: &mut Planner<'_>,
    control: &NodeName,
    dir: &str,
    pairs: [&Pair; 2],
    first: &[Stack],
    second: &[Stack],
    after: &[Added],
) -> Vec<Added> {
    let unread: Vec<_> =
        first.iter().filter(|s| p.steps.has(&Atom::Unchecked((*s).clone()))).cloned().collect();
    let again = !unread.is_empty();
    let judge = Action::Person(Person::Judge { stacks: unread });
    let judge = Draft::person(Phase::Judge, "judge", judge).cites(&[cite!("AN-H.11")]);
    // What started again since somebody judged it is judged again.
    let judge = if again { p.steps.add(judge) } else { p.steps.once(judge) };
    for step in after {
        p.steps.after(judge, *step, Because::Row(cite!("AN-H.11")));
    }
    let mut gates = Vec::new();
    for pair in pairs {
        if p.steps.has(&Atom::GatePassed(pair.cluster)) {
            continue;
        }
        let answered = |node: &NodeName| p.steps.has(&Atom::FilesAnswer(node.clone()));
        if pair.cluster == ClusterName::Back && !pair.nodes.iter().all(answered) {
            // No first half in this plan that looked before.
            gates.extend(cluster::gate(p, pair, &BY_PLAYBOOK));
            continue;
        }
        let gate = cluster::pass(p, pair, Phase::Judge, "cluster/gate/judge", &[]);
        // Each gate after the look at its own cluster.
        let looks = after.iter().copied().filter(|step| p.steps.concerns(*step, &pair.nodes));
        for step in looks.collect::<Vec<_>>() {
            p.steps.after(gate, step, Because::Invariant(25));
        }
        gates.push(gate);
    }
    // Each Front node has a store of its own (K7); the idle one's is cleared before the playbook
    // starts containers there.
    let mut stores = Vec::new();
    for stack in second.iter().filter(|s| s.app == App::Express && pairs[1].nodes.contains(&s.node))
    {
        let server = Server {
            stack: stack.clone(),
            clustered: true,
            phases: [Phase::SecondHalf, Phase::SecondHalf],
            rows: FRONT_HA,
            database: false,
            brings: Brings::New,
        };
        stores.push((stack.node.clone(), server.letsencrypt(p)));
    }
    let copied = copies(p, second, &gates);
    let step = play(
        p,
        Play {
            control,
            dir,
            name: p.catalogue.playbooks.second.clone(),
            brings: Brings::New,
            stacks: second.to_vec(),
            serving: first.to_vec(),
            listed: Vec::new(),
            clusters: ClusterName::ALL.to_vec(),
            since: None,
            phase: Phase::SecondHalf,
            what: "second",
            rows: &[cite!("AN-H.12"), cite!("AN-H.13")],
        },
    );
    p.steps.after(step, judge, Because::Row(cite!("AN-H.12")));
    p.steps.after(step, judge, Because::Invariant(9));
    for copy in copied {
        p.steps.after(step, copy, Because::Invariant(2));
        p.steps.after(copy, judge, Because::Invariant(9));
    }
    for (node, cleared) in stores {
        p.steps.after(cleared, judge, Because::Row(cite!("F.3b")));
        p.steps.after(cleared, p.steps.last_doing(&is(backed(p, &node))), Because::Invariant(18));
        p.steps.after(step, cleared, Because::Row(cite!("F.3b")));
    }
    warn_window(p, pairs, second, step);
    for gate in &gates {
        p.steps.after(step, *gate, Because::Invariant(3));
    }
    still_there(p, pairs, &gates, step);
    seen(p, pairs, step, Phase::SecondHalf, "cluster/resources/second-half")
}

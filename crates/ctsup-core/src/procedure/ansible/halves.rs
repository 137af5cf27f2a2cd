//! Two playbooks on two clusters, half by half (AN-H).

use super::{
    Play, finish, first_play, idle_backups, loaded, play, ready, seen, still_there, warn_idle,
};
use crate::action::dpl::Brings;
use crate::action::{Action, Person};
use crate::cite;
use crate::diagnostic::{Code, Diagnostic};
use crate::name::{App, ClusterName, NodeName, Stack};
use crate::plan::builder::{Added, Draft};
use crate::plan::{Because, Phase, WarningCode};
use crate::planner::Planner;
use crate::procedure::beside::Part;
use crate::procedure::cluster::BY_PLAYBOOK;
use crate::procedure::server::{Rows, Server, save_list};
use crate::procedure::{beside, checks, cluster, images, postgres, single, split};
use crate::state::{Atom, is};
use crate::topology::{Pair, Postgres, Risk, Shared, Voex};

pub(super) const BACK_HA: Rows = Rows {
    stop: &[cite!("HA.17")],
    back_up: &[cite!("HA.0")],
    owners: Some(cite!("B.4")),
    letsencrypt: None,
    exporters: None,
    deploy: cite!("AN-H.10"),
    logs: None,
};

pub(super) const FRONT_HA: Rows =
    Rows { stop: &[cite!("HA.21")], owners: None, letsencrypt: Some(cite!("F.3b")), ..BACK_HA };

/// The two clusters: first playbook, a person's check, second playbook (AN-H).
pub(super) fn by_halves(
    p: &mut Planner<'_>,
    control: &NodeName,
    dir: &str,
    back: &Pair,
    front: &Pair,
) {
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
        crate::procedure::ha::name_idle(p, &[back_now.clone(), front_now.clone()]);
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

pub(super) fn stacks_of(stacks: &[Stack]) -> Vec<String> {
    stacks.iter().map(ToString::to_string).collect()
}

/// Old containers that a broken-off playbook left on newer data stop at once, whatever else there is to
/// do (invariant 31): the first of the stops.
pub(super) fn close(p: &mut Planner<'_>, stacks: &[Stack], back: &NodeName) -> Added {
    let server = |stack: &Stack| Server {
        stack: stack.clone(),
        clustered: true,
        phases: [Phase::Quiet, Phase::BackUp],
        rows: if stack.node == *back { BACK_HA } else { FRONT_HA },
        database: false,
        brings: Brings::New,
    };
    let open = stacks.iter().filter(|stack| crate::procedure::rollback::is_open(p, stack));
    let open: Vec<_> = open.map(server).collect();
    let stops = crate::procedure::ha::stop_at_once(p, &open);
    p.steps.chain(&stops, &Because::Invariant(4));
    let last = stops.last().copied().flatten();
    if last.is_some() {
        p.comes_first(last, Because::Invariant(31));
    }
    stops.first().copied().flatten()
}

/// The first playbook begins with the nodes that serve, the second with those that idle: where one
/// that idles is new and one that serves is not, only a plan by hand leads on.
pub(super) fn begins_here(p: &mut Planner<'_>, clusters: &[(&Pair, &NodeName)]) {
    let new = |node: &NodeName| p.steps.has(&Atom::New(Stack::new(node, App::Express)));
    let old = clusters.iter().map(|(_, active)| *active).find(|active| !new(active));
    let idle = clusters.iter().map(|(pair, active)| pair.other(active)).find(|idle| new(idle));
    if let (Some(active), Some(idle)) = (old, idle) {
        let found =
            Diagnostic::new(Code::PlaybooksNotFromHere).arg("active", active).arg("idle", idle);
        p.say("method.by", found);
    }
}

pub(super) fn first_half(
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

pub(super) fn backed(p: &Planner<'_>, node: &NodeName) -> Atom {
    Atom::BackedUp(p.site.data_of(&Stack::new(node, App::Express)))
}

/// The second playbook switches to nodes that have old containers still, and starts them on data
/// that the new release has met where that is shared (invariant 31).
pub(super) fn warn_window(p: &mut Planner<'_>, pairs: [&Pair; 2], second: &[Stack], step: Added) {
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

/// A cold copy of what the clusters share, where no copy of the first half is known: its services
/// stop on the active nodes and start again behind it, as the playbook deploys on the others.
pub(super) fn copies(p: &mut Planner<'_>, second: &[Stack], gates: &[Added]) -> Vec<Added> {
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

pub(super) fn second_half(
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

//! Pins on all four nodes, then the two playbooks (AN-R).

use super::{
    IN_HA, Which, editors_of, finish, goes_back, images_there, newer_idle, old_images, older_idle,
    server, serving,
};
use crate::action::dpl::Brings;
use crate::action::settings::Edit;
use crate::action::{Action, Person};
use crate::cite;
use crate::guide::RowKey;
use crate::name::{App, ClusterName, NodeName, Stack};
use crate::plan::builder::{Added, Draft};
use crate::plan::{Because, Phase, Source, WarningCode};
use crate::planner::Planner;
use crate::procedure::beside::Part;
use crate::procedure::server::Server;
use crate::procedure::{ansible, beside, cluster, postgres};
use crate::state::Atom;
use crate::topology::Pair;

/// Where the playbooks are, and the clusters that they play on.
pub(super) struct Playbooks<'s> {
    pub(super) control: &'s NodeName,
    pub(super) dir: &'s str,
    pub(super) pairs: [&'s Pair; 2],
}

/// What stands before the first playbook.
struct Ready {
    /// The node of each cluster that serves.
    active: Vec<NodeName>,
    gates: Vec<Added>,
    /// Edits of settings.
    pinned: Vec<Added>,
    /// Lists, images, and what was started again beside them.
    before: Vec<Added>,
    /// The first of what interrupts.
    stopped: Added,
}

/// Pins on all four nodes, then the two playbooks (AN-R).
pub(super) fn by_playbooks(
    p: &mut Planner<'_>,
    by: &Playbooks<'_>,
    parts: &[(Vec<NodeName>, Vec<String>, RowKey)],
    decided: Added,
) {
    let ready = ready(p, by, parts, decided);
    let (of_active, of_idle): (Vec<_>, Vec<_>) = p
        .site
        .stacks()
        .into_iter()
        .filter(|s| s.app == App::Express)
        .partition(|s| ready.active.contains(&s.node));
    let first = first(p, by, &ready, &of_active, &of_idle);
    let what = "cluster/resources/first-half";
    let seen = ansible::seen(p, by.pairs, first, Phase::FirstHalf, what);
    let judge = judge(p, &of_active, &seen);
    let again = gates_again(p, by, &seen);
    let newer: Vec<_> = ready.active.iter().filter_map(|node| newer_idle(p, node)).collect();
    let second = second(p, by, &ready, of_idle, of_active);
    for idle in newer {
        p.warn(WarningCode::IdleNodeNewer, &[("node", idle.to_string())], first, second);
    }
    p.steps.after(second, judge, Because::Row(cite!("AN-R.7")));
    p.steps.after(second, judge, Because::Invariant(9));
    for gate in &again {
        p.steps.after(second, *gate, Because::Invariant(3));
    }
    ansible::still_there(p, by.pairs, &again, second);
    let what = "cluster/resources/second-half";
    let seen = ansible::seen(p, by.pairs, second, Phase::SecondHalf, what);
    let logs = logs_of_all(p, judge, &seen);
    finish(p, logs.or(judge), true);
}

/// Consoles, gates, pins, and what the playbook stops without a word about a copy.
fn ready(
    p: &mut Planner<'_>,
    by: &Playbooks<'_>,
    parts: &[(Vec<NodeName>, Vec<String>, RowKey)],
    decided: Added,
) -> Ready {
    cluster::antivirus_off(p, &cluster::BY_PLAYBOOK);
    let gates = cluster::looked(p, &cluster::BY_PLAYBOOK, [cite!("AN-H.7"); 2]);
    let mut active = Vec::new();
    for pair in by.pairs {
        let here = serving(p, &pair.nodes);
        if let Some(idle) = here.as_ref().and_then(|here| older_idle(p, here)) {
            p.warn(WarningCode::IdleNodeOld, &[("node", idle.to_string())], None, None);
        }
        active.extend(here);
    }
    let nodes = by.pairs.iter().flat_map(|pair| pair.nodes.clone()).collect();
    let console = Action::Person(Person::Consoles { nodes });
    let console = Draft::person(Phase::Prepare, "consoles", console)
        .cites(&[cite!("AN-R.1"), cite!("AN-R.3")]);
    let console = p.steps.once(console);
    p.steps.after(console, decided, Because::Row(cite!("AN-R.1")));
    // One playbook for both clusters: it plays where either has to go back, or is down.
    let due = active.iter().any(|node| {
        let server = server(node, App::Express, true);
        goes_back(p, &server) || !p.steps.has(&Atom::Running(server.stack))
    });
    let mut ready = Ready { active, gates, pinned: vec![], before: vec![], stopped: None };
    let mut earlier: Added = None;
    for (pair, part) in by.pairs.iter().zip(parts) {
        earlier = pinned(p, pair, part, due, [console, decided, earlier], &mut ready).or(earlier);
    }
    ready
}

/// One cluster on its way to the first playbook: list and images, the copy of what it stops for, pins.
/// The last step that the other cluster's stop waits for.
fn pinned(
    p: &mut Planner<'_>,
    pair: &Pair,
    (nodes, services, row): &(Vec<NodeName>, Vec<String>, RowKey),
    due: bool,
    [console, decided, earlier]: [Added; 3],
    ready: &mut Ready,
) -> Added {
    let here = serving(p, nodes)?;
    let (pins, held) = old_images(p, nodes, &here, Which::These(services))?;
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
        for gate in &ready.gates {
            let own = p.steps.concerns(*gate, nodes);
            let because = if own { Because::Invariant(3) } else { Because::Row(cite!("AN-R.5")) };
            p.steps.after(*stop, *gate, because);
        }
    }
    p.steps.after(list, cluster::seen_active(p, pair.cluster), Because::Invariant(19));
    let begin = p.steps.count();
    let woken = beside::wake(p, &parts, &[rest.back_up]);
    if rest.first().is_none() && woken.is_some() {
        // Nothing stops here any more: what was stopped beside it starts for itself.
        let first = p.steps.first_since(begin);
        for step in ready.gates.iter().chain([&decided]) {
            p.steps.after(first, *step, Because::Invariant(3));
        }
        let what = voex.iter().map(|server| server.stack.to_string());
        let what = [("what", what.collect::<Vec<_>>().join(", "))];
        p.warn(WarningCode::Outage, &what, first, woken);
    }
    for editor in editors_of(p, &pair.nodes) {
        let action = postgres::edit(p, &editor, App::Express, Edit::Pin(pins.clone()));
        let draft = Draft::on(&editor, Phase::FirstHalf, "express/settings/pin", action);
        let step = p.steps.once(draft.cites(&[*row]).because(&held));
        p.steps.after(step, console, Because::Row(*row));
        // The idle node's settings wait for its own copy where it has one.
        let shared = p.site.data_of(&Stack::new(&editor, App::Express)).holder != editor;
        if editor == here || shared {
            p.steps.after(step, rest.back_up, Because::Invariant(2));
        }
        p.warn(WarningCode::PinsStay, &[("node", editor.to_string())], step, None);
        ready.pinned.push(step);
    }
    ready.stopped = ready.stopped.or(rest.first()).or(woken);
    // Where it is stopped already, the playbook is what they come before.
    ready.before.extend([there, list, woken]);
    let stop = rest.stops.iter().rev().copied().find(Option::is_some).flatten();
    woken.or(rest.back_up).or(stop)
}

/// The first playbook: old containers on the nodes that serve.
fn first(
    p: &mut Planner<'_>,
    by: &Playbooks<'_>,
    ready: &Ready,
    of_active: &[Stack],
    of_idle: &[Stack],
) -> Added {
    let idle = ansible::idle_backups(p, of_idle, IN_HA);
    let run = ansible::play(
        p,
        ansible::Play {
            control: by.control,
            dir: by.dir,
            name: p.catalogue.playbooks.first.clone(),
            brings: Brings::Old,
            stacks: of_active.to_vec(),
            serving: Vec::new(),
            listed: ready.active.clone(),
            clusters: ClusterName::ALL.to_vec(),
            since: ready.stopped,
            phase: Phase::FirstHalf,
            what: "first",
            rows: &[cite!("AN-R.5")],
        },
    );
    for (node, step) in idle {
        p.steps.after(run, step, Because::Invariant(2));
        // The idle node's settings change after its own copy.
        for pin in &ready.pinned {
            if p.steps.concerns(*pin, std::slice::from_ref(&node)) {
                p.steps.after(*pin, step, Because::Invariant(2));
            }
        }
        if let Some(pair) = p.site.cluster_of(&node).map(|pair| pair.cluster) {
            p.steps.after(step, cluster::seen_active(p, pair), Because::Invariant(5));
        }
    }
    for step in ready.pinned.iter().chain(&ready.before) {
        p.steps.after(run, *step, Because::Row(cite!("AN-R.5")));
    }
    let what = of_active.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    p.warn(WarningCode::OldOnNewer, &[("what", what)], run, None);
    run
}

/// A person judges what the first playbook left.
fn judge(p: &mut Planner<'_>, of_active: &[Stack], seen: &[Added]) -> Added {
    let judge = Action::Person(Person::Judge { stacks: of_active.to_vec() });
    let judge = Draft::person(Phase::Judge, "judge", judge).cites(&[cite!("AN-R.6")]);
    let judge = p.steps.once(judge);
    for step in seen {
        p.steps.after(judge, *step, Because::Row(cite!("AN-R.6")));
    }
    judge
}

fn gates_again(p: &mut Planner<'_>, by: &Playbooks<'_>, seen: &[Added]) -> Vec<Added> {
    let mut again = Vec::new();
    for pair in by.pairs {
        let gate = cluster::pass(p, pair, Phase::Judge, "cluster/gate/judge", &[]);
        for step in seen {
            if p.steps.concerns(*step, &pair.nodes) {
                p.steps.after(gate, *step, Because::Invariant(25));
            }
        }
        again.push(gate);
    }
    again
}

/// The second playbook: the other nodes.
fn second(
    p: &mut Planner<'_>,
    by: &Playbooks<'_>,
    ready: &Ready,
    of_idle: Vec<Stack>,
    of_active: Vec<Stack>,
) -> Added {
    let run = ansible::play(
        p,
        ansible::Play {
            control: by.control,
            dir: by.dir,
            name: p.catalogue.playbooks.second.clone(),
            brings: Brings::Old,
            stacks: of_idle,
            serving: of_active,
            listed: Vec::new(),
            clusters: ClusterName::ALL.to_vec(),
            since: None,
            phase: Phase::SecondHalf,
            what: "second",
            rows: &[cite!("AN-R.7"), cite!("AN-R.8")],
        },
    );
    // Where an earlier run played the first one, it has all of that before it.
    for step in ready.pinned.iter().chain(&ready.before) {
        p.steps.after(run, *step, Because::Row(cite!("AN-R.7")));
    }
    run
}

/// Logs that nobody has read yet, of whatever both playbooks started.
fn logs_of_all(p: &mut Planner<'_>, judge: Added, seen: &[Added]) -> Added {
    let all = p.site.stacks().into_iter();
    let unread: Vec<_> = all.filter(|s| p.steps.has(&Atom::Unchecked(s.clone()))).collect();
    if unread.is_empty() {
        return None;
    }
    let action = Action::Person(p.read_logs(unread));
    let draft = Draft::person(Phase::Verify, "read-logs", action);
    let logs = p.steps.once(draft.source(Source::Invariant(35)));
    p.steps.after(logs, judge, Because::Invariant(35));
    for step in seen {
        p.steps.after(logs, *step, Because::Invariant(25));
    }
    logs
}

//! Two playbooks on two clusters, half by half (AN-H).

use super::{finish, first_play, idle_backups, loaded};
use crate::action::dpl::Brings;
use crate::cite;
use crate::diagnostic::{Code, Diagnostic};
use crate::name::{App, NodeName, Stack};
use crate::plan::builder::Added;
use crate::plan::{Because, Phase, WarningCode};
use crate::planner::Planner;
use crate::procedure::cluster::BY_PLAYBOOK;
use crate::procedure::server::{Rows, Server};
use crate::procedure::{checks, cluster, single, split};
use crate::state::Atom;
use crate::topology::{Pair, Voex};

mod first;
mod second;

pub(super) use self::first::first_half;
pub(super) use self::second::second_half;

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

//! The fault-tolerant configuration by hand: prefetch on both nodes of each cluster, first nodes,
//! a person's check, second nodes (HA.1 to HA.30).

use std::collections::BTreeSet;

use super::cluster::{self, BY_HAND};
use super::server::Server;
use super::{checks, ending, rollback, single, split};
use crate::action::{Action, Pcs};
use crate::name::{ClusterName, NodeName, Stack};
use crate::plan::builder::Added;
use crate::plan::{Because, Phase, WarningCode};
use crate::planner::Planner;
use crate::state::Atom;
use crate::topology::{Pair, Risk, Voex};

mod first;
mod prepared;
mod second;
mod side;

use self::first::{first_half, judge, update};
use self::prepared::{Prepared, active, fetch, prepare};
use self::second::{second_back, second_half, shares_data};
use self::side::{BACK_FIRST, BACK_SECOND, FRONT_FIRST, FRONT_SECOND, Side};

/// Upgrades both clusters.
pub(super) fn add(p: &mut Planner<'_>, back: &Pair, front: &Pair) {
    let sides = (Side::of(p, back), Side::of(p, front));
    let (Some(back), Some(front)) = sides else {
        return;
    };
    checks::barrier(p);
    let only_second = !back.needs_first(p) && !front.needs_first(p);
    // A failover took resources back before anybody judged the first node: the way on is over it.
    let back_left = back.is_left(p);
    let left = back_left || front.is_left(p);
    // Or in the middle of its deploy: the old ones that came up stop, and it is gone on with.
    let back_begun = back.is_begun(p);
    name_idle(p, &[active(p, &back), active(p, &front)]);
    let closed = [close(p, &back), close(p, &front)];
    let open = closed.iter().any(|stops| !stops.is_empty());
    let prepared = prepare(p, &back, &front);
    let before_voex = p.steps.count();
    let voex = voex(p, &front, &prepared);
    let voex_up = p
        .steps
        .added()
        .skip(before_voex)
        .filter(|(.., a)| a.interrupts())
        .map(|(index, ..)| index)
        .last();
    // Stopped for good, Back comes up again with the new release before anything else.
    let up = match closed[0].is_empty() || back_left || back_begun {
        true => None,
        false => second_back(p, &back, &closed[0], None, &[]),
    };
    let begin = p.steps.count();
    let fetched = fetch(p, &back, &front, &prepared, &closed);
    let mut first = first_half(p, &back, &front, &prepared, &fetched, &closed);
    for step in begin..p.steps.count() {
        p.steps.after(Some(step), up, Because::Invariant(1));
    }
    first.push(up);
    if left {
        // A first node to which the resources only went back is judged where they are.
        first.extend(fetched);
    }
    let half = match (only_second, open && !left) {
        (true, true) => Half::Begun,
        (true, false) => Half::Second,
        (false, _) => Half::First,
    };
    let judged = judge(p, &back, &front, half, &prepared, first.clone());
    // Where an earlier run was judged already, what it left of the first nodes comes first all the same.
    let before = if judged.is_none() { first.as_slice() } else { &[] };
    let mut last = second_half(p, &back, &front, &closed, judged.or(up), before);
    last.extend(first);
    last.push(voex);
    // VoEx is down and up again before resources are on their way (invariants 4 and 31).
    let moves: Vec<_> =
        p.steps.added().filter(|(.., a)| is_move(a)).map(|(index, ..)| index).collect();
    for step in moves {
        p.steps.after(Some(step), voex_up, Because::Invariant(4));
    }
    verify(p, &back, &front, last);
    let stops: Vec<_> = closed.into_iter().flatten().collect();
    p.steps.chain(&stops, &Because::Invariant(4));
    if open {
        p.comes_first(stops.last().copied().flatten(), Because::Invariant(31));
    }
}

/// Where a plan begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Half {
    /// First nodes are still to be updated.
    First,
    /// Only second ones.
    Second,
    /// Among the second ones: old containers ran on newer data.
    Begun,
}

fn is_move(action: &Action) -> bool {
    matches!(action, Action::Pcs(Pcs::Move { .. }))
}

/// VoEx on a host of its own, by its chapter (A39): the last step.
fn voex(p: &mut Planner<'_>, front: &Side, prepared: &Prepared) -> Added {
    if p.site.voex == Voex::FrontCluster {
        return None;
    }
    let voex = single::voex(p, &front.first, split::VOEX)?;
    single::voex_alone(p, &voex, &prepared.images)
}

/// Old containers already run on newer data: the way out is the stop, at once, whatever else there
/// is to do (invariant 31).
fn close(p: &mut Planner<'_>, side: &Side) -> Vec<Added> {
    let [first, second] = match side.pair.cluster {
        ClusterName::Back => [BACK_FIRST, BACK_SECOND],
        ClusterName::Front => [FRONT_FIRST, FRONT_SECOND],
    };
    let mut open = Vec::new();
    for app in side.apps(p) {
        let begun = side.server(&side.first, app, [Phase::Quiet, Phase::FirstHalf], first, false);
        if rollback::is_open(p, &begun.stack) {
            open.push(begun);
        }
        let phases = [Phase::Quiet, Phase::SecondHalf];
        let server = side.server(&side.second, app, phases, second, false);
        let stack = &server.stack;
        // Where no node is new the old containers are a rollback's: that is no window.
        let old = p.steps.has(&Atom::New(Stack::new(&side.first, app)))
            && p.steps.has(&Atom::Running(stack.clone()))
            && !p.steps.has(&Atom::New(stack.clone()))
            && p.steps.has(&Atom::Met(p.site.data_of(stack)));
        if old || rollback::is_open(p, stack) {
            open.push(server);
        }
    }
    stop_at_once(p, &open)
}

/// Stops old containers that run on newer data, and names the window that this closes.
pub(super) fn stop_at_once(p: &mut Planner<'_>, open: &[Server]) -> Vec<Added> {
    let stops: Vec<_> = open.iter().map(|server| server.stop_as(p, "stop/quiet")).collect();
    // Open when the plan begins, a window is named at the stop that closes it: a node's last.
    let nodes: BTreeSet<&NodeName> = open.iter().map(|server| &server.stack.node).collect();
    for node in nodes {
        let last = open.iter().rposition(|server| server.stack.node == *node);
        let last = last.and_then(|last| stops[last]);
        p.accepts(Risk::OldContainersWindow);
        p.warn(WarningCode::OldContainersWindow, &[("node", node.to_string())], last, last);
    }
    stops
}

/// Names the nodes whose old containers a failover would start on newer data, where an earlier run
/// brought that about.
pub(super) fn name_idle(p: &mut Planner<'_>, active: &[NodeName]) {
    for node in active {
        if let Some(idle) = rollback::older_idle(p, node) {
            p.warn(WarningCode::IdleNodeOld, &[("node", idle.to_string())], None, None);
        }
    }
}

const SAVED: Because = Because::Invariant(19);

/// Front's logs, a message sent, the gates once more; then constraints and antivirus (invariant 35).
fn verify(p: &mut Planner<'_>, back: &Side, front: &Side, mut last: Vec<Added>) {
    let phases = [Phase::Verify, Phase::Verify];
    let touched = p.steps.added().next().is_some() || p.steps.now().debts().next().is_some();
    if !touched {
        return;
    }
    for side in [back, front] {
        for app in side.apps(p) {
            for node in &side.pair.nodes {
                let server = side.server(node, app, phases, FRONT_SECOND, false);
                let there = p.steps.has(&Atom::Active(node.clone()));
                if there && p.steps.has(&Atom::Unchecked(server.stack.clone())) {
                    let logs = server.read_logs(p);
                    p.steps.after(logs, server.deployed(p), Because::Invariant(35));
                    last.push(logs);
                }
            }
        }
    }
    let (check, mut end) = ending::seen_in_order(p, &last);
    end.extend(cluster::clear(p, &end.clone()));
    cluster::antivirus_on(p, &BY_HAND, &end);
    ending::old_database(p, check);
}

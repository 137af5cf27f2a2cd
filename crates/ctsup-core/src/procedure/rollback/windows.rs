//! Old containers on data that has met what is newer: where there are such, and what a plan says of them.

use std::collections::BTreeSet;

use crate::action::dpl::DplOp;
use crate::action::{Action, Dpl};
use crate::name::{App, ClusterName, NodeName, Stack};
use crate::plan::{Goal, WarningCode};
use crate::planner::Planner;
use crate::procedure::server::Server;
use crate::state::Atom;
use crate::topology::Risk;

/// Names the pins that are there already: nothing in the plan takes them out.
pub(in crate::procedure) fn pins_stay(p: &mut Planner<'_>, stacks: &[Stack]) {
    let pinned = stacks.iter().filter(|s| p.steps.has(&Atom::Pinned(p.site.settings_of(s))));
    let nodes: BTreeSet<_> = pinned.map(|stack| stack.node.to_string()).collect();
    for node in nodes {
        p.warn(WarningCode::PinsStay, &[("node", node)], None, None);
    }
}

/// Whether a server has to go back: it is newer, or its data has met what is. What the upgrade had only
/// stopped is started as it is.
pub(in crate::procedure) fn goes_back(p: &Planner<'_>, server: &Server) -> bool {
    let stack = &server.stack;
    let met = met(p, stack);
    // Pins leave the data as it is: with them, and up again, it is back.
    let pinned = p.steps.has(&Atom::Pinned(p.site.settings_of(stack))) || !p.known_start;
    let back = pinned && p.steps.has(&Atom::Running(stack.clone()));
    p.steps.has(&Atom::New(stack.clone())) || (met && !back)
}

/// Old containers on newer data, from a place inside the window of invariant 31.
pub(in crate::procedure) fn open_windows(p: &Planner<'_>) -> Vec<Stack> {
    p.site.stacks().into_iter().filter(|stack| is_open(p, stack)).collect()
}

/// Whether a stack is of that kind: known from a run, and not pinned there on purpose.
pub(in crate::procedure) fn is_open(p: &Planner<'_>, stack: &Stack) -> bool {
    p.known_start
        && p.steps.has(&Atom::Running(stack.clone()))
        && !p.steps.has(&Atom::New(stack.clone()))
        && !p.steps.has(&Atom::Pinned(p.site.settings_of(stack)))
        && match p.goal {
            Goal::Upgrade => met_here(p, stack),
            _ => met(p, stack),
        }
}

/// Whether a deploy of this upgrade has begun on the data: it has a copy of before. Data that met what is
/// newer earlier, and serves with old containers, is what somebody went back to.
pub(super) fn met_here(p: &Planner<'_>, stack: &Stack) -> bool {
    beside_too(p, stack).into_iter().any(|s| {
        let data = p.site.data_of(&s);
        p.steps.has(&Atom::Met(data.clone())) && p.steps.has(&Atom::BackedUp(data))
    })
}

/// Whether what a stack runs on has met what is newer: its own data, and on Back the one database of
/// both nodes.
pub(super) fn met(p: &Planner<'_>, stack: &Stack) -> bool {
    beside_too(p, stack).iter().any(|s| p.steps.has(&Atom::Met(p.site.data_of(s))))
}

/// A stack, and on Back the other node's, which works with the same database.
pub(super) fn beside_too(p: &Planner<'_>, stack: &Stack) -> Vec<Stack> {
    let back = p.site.cluster_of(&stack.node).filter(|pair| pair.cluster == ClusterName::Back);
    let beside = back.map(|pair| Stack::new(pair.other(&stack.node), stack.app));
    std::iter::once(stack.clone()).chain(beside).collect()
}

/// The idle node of a cluster, where a failover would start old containers on newer data.
pub(in crate::procedure) fn older_idle(p: &Planner<'_>, serving: &NodeName) -> Option<NodeName> {
    let idle = p.site.cluster_of(serving)?.other(serving).clone();
    let stack = Stack::new(&idle, App::Express);
    let old =
        !p.steps.has(&Atom::New(stack.clone())) && !p.steps.has(&Atom::Stopped(stack.clone()));
    (p.known_start && old && met(p, &stack)).then_some(idle)
}

/// The idle node of a cluster, where it holds newer containers for all that is known.
pub(in crate::procedure) fn newer_idle(p: &Planner<'_>, serving: &NodeName) -> Option<NodeName> {
    let idle = p.site.cluster_of(serving)?.other(serving).clone();
    p.steps.has(&Atom::New(Stack::new(&idle, App::Express))).then_some(idle)
}

/// They end with the stop, and the plan says so.
pub(in crate::procedure) fn name_windows(p: &mut Planner<'_>, open: &[Stack]) {
    for stack in open {
        let stop = p.steps.added().find_map(|(index, .., action)| match action {
            Action::Dpl(Dpl { op: DplOp::Stop { .. }, stack: s, .. }) if s == stack => Some(index),
            _ => None,
        });
        if stop.is_some() && p.accepts(Risk::OldContainersWindow) {
            let node = [("node", stack.node.to_string())];
            p.warn(WarningCode::OldContainersWindow, &node, stop, stop);
        }
    }
}

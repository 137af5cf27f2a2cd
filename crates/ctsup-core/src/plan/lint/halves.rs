//! What waits for what between servers: ports before Back's stop, images before the first stop,
//! Back before Front, first nodes before second ones.

use super::seen::{Seen, changes_release, deploys, moves, stops, touches_containers};
use super::{Findings, Rule};
use crate::action::database::DatabaseOp;
use crate::action::dpl::Brings;
use crate::action::{Action, Database, Look, Person, Playbook};
use crate::name::{App, NodeName, Stack};
use crate::plan::{Goal, Step};
use crate::state::{Atom, Condition, is, is_not};
use crate::topology::Role;

pub(super) fn check(seen: &Seen<'_>, found: &mut Findings<'_, '_>) {
    for (place, step) in seen.steps() {
        back_first(seen, found, place, step);
        ports_first(seen, found, place, step);
        images_first(seen, found, place, step);
        special_images_first(seen, found, place, step);
        judged_first(seen, found, place, step);
    }
    playbooks_judged(seen, found);
}

/// Before Front's CTS stops or changes, no Back log is unread, and as many Back nodes have the
/// release that it gets as Front nodes will have: Back's half before Front's, in each half.
fn back_first(seen: &Seen<'_>, found: &mut Findings<'_, '_>, place: usize, step: &Step) {
    for front in touches_containers(step) {
        if front.app != App::Express || seen.role(&front.node) != Some(Role::Front) {
            continue;
        }
        let same_step = |back: &Stack| deploys(step).iter().any(|(stack, _)| *stack == back);
        for back in seen.express(Role::Back) {
            let read = is_not(Atom::Unchecked(back.clone()));
            found.check(seen.holds(place, &read), Rule::BackFirst, &[place], read);
        }
        let Some(new) = brings(seen, place, front) else {
            continue;
        };
        let has = |stack: &Stack| Condition { atom: Atom::New(stack.clone()), holds: new };
        let fronts = seen
            .express(Role::Front)
            .filter(|other| *other != front && seen.may(place, &has(other)))
            .count();
        let backs = seen.express(Role::Back).count();
        let ready = seen
            .express(Role::Back)
            .filter(|back| same_step(back) || seen.holds(place, &has(back)))
            .count();
        found.check(ready > fronts.min(backs.saturating_sub(1)), Rule::BackFirst, &[place], front);
    }
}

/// Whether the deploy at this step, or the next one of the stack after this stop, brings the new
/// release; `None` where the release stays.
fn brings(seen: &Seen<'_>, place: usize, stack: &Stack) -> Option<bool> {
    let of = |step: &Step| {
        let found = changes_release(step).into_iter().find(|(s, _)| *s == stack);
        found.map(|(_, brings)| brings == Brings::New)
    };
    of(seen.step(place)).or_else(|| {
        seen.steps().filter(|(later, _)| seen.before(place, *later)).find_map(|(_, s)| of(s))
    })
}

/// Back's ports are tried from Front while Back runs undisturbed.
fn ports_first(seen: &Seen<'_>, found: &mut Findings<'_, '_>, place: usize, step: &Step) {
    let backs: Vec<_> = seen.express(Role::Back).collect();
    let fronts: Vec<_> = seen.express(Role::Front).collect();
    if seen.plan.goal != Goal::Upgrade || backs.is_empty() || fronts.is_empty() {
        return;
    }
    let playbook = matches!(step.action, Action::Playbook(_));
    let stopped = touches_containers(step)
        .into_iter()
        .any(|stack| backs.contains(&stack) && (playbook || stops(step).is_some()));
    let begun = backs.iter().any(|b| seen.plan.start.has(&Atom::New((*b).clone())));
    if stopped && !begun {
        let tried =
            fronts.iter().any(|front| seen.holds(place, &is(Atom::PortsOpen(front.node.clone()))));
        found.check(tried, Rule::PortsFirst, &[place], "");
    }
    if let Action::Look(Look::Ports { .. }) = &step.action {
        let disturbed = seen.steps().any(|(other, s)| {
            let moved = moves(s).is_some_and(|(_, from, _)| seen.role(from) == Some(Role::Back));
            let down = stops(s).is_some_and(|stack| backs.contains(&stack))
                || (matches!(s.action, Action::Playbook(_))
                    && deploys(s).iter().any(|(stack, _)| backs.contains(stack)));
            (moved || down) && !seen.before(place, other)
        });
        let up = backs.iter().any(|back| seen.plan.start.has(&Atom::Running((*back).clone())));
        found.check(!disturbed && up, Rule::PortsFirst, &[place], "");
    }
}

/// A cluster's nodes have their images before anything is stopped, and before the first move the
/// node that the resources leave has its own.
fn images_first(seen: &Seen<'_>, found: &mut Findings<'_, '_>, place: usize, step: &Step) {
    let clustered: Vec<_> = seen
        .plan
        .topology
        .stacks
        .iter()
        .map(|s| &s.stack)
        .filter(|stack| seen.cluster(&stack.node).is_some())
        .collect();
    let begun = clustered.iter().any(|s| seen.plan.start.has(&Atom::New((*s).clone())));
    if seen.plan.goal != Goal::Upgrade || begun {
        return;
    }
    let mut wanted: Vec<&Stack> = Vec::new();
    if stops(step).is_some_and(|stack| seen.cluster(&stack.node).is_some()) {
        wanted.clone_from(&clustered);
    }
    if let Some((cluster, from, _)) = moves(step) {
        let first = !seen.plan.start.has(&Atom::Moved(cluster))
            && !seen.steps().any(|(other, s)| {
                moves(s).is_some_and(|(c, ..)| c == cluster) && seen.before(other, place)
            });
        if first {
            wanted = seen.stacks_on(from).collect();
        }
    }
    for stack in wanted {
        let there = is(Atom::Fetched(stack.clone()));
        found.check(seen.holds(place, &there), Rule::ImagesFirst, &[place], there);
    }
}

/// The special PostgreSQL image is on the database's nodes before they stop.
fn special_images_first(seen: &Seen<'_>, found: &mut Findings<'_, '_>, place: usize, step: &Step) {
    let Action::Database(Database { op: DatabaseOp::StartUpgrade { special: true }, node, .. }) =
        &step.action
    else {
        return;
    };
    let stop = seen
        .steps()
        .find(|(_, s)| stops(s).is_some_and(|x| x.node == *node && x.app == App::Express));
    let at = stop.map_or(place, |(stop, _)| stop);
    let mate = seen.mate(node).into_iter();
    for node in std::iter::once(node).chain(mate) {
        let there = is(Atom::SpecialFetched(node.clone()));
        found.check(seen.holds(at, &there), Rule::ImagesFirst, &[at, place], there);
    }
}

/// A node is second when its cluster's other node may have the new release already. Before it is
/// switched to, stopped or deployed, a person has seen all first nodes of this plan in order.
fn judged_first(seen: &Seen<'_>, found: &mut Findings<'_, '_>, place: usize, step: &Step) {
    let node = if let Some((_, _, to)) = moves(step) {
        to
    } else if let Some(stack) = stops(step) {
        &stack.node
    } else if let [(stack, Brings::New), ..] = changes_release(step)[..] {
        &stack.node
    } else {
        return;
    };
    if seen.plan.goal != Goal::Upgrade || !is_second(seen, place, node) {
        return;
    }
    let firsts: Vec<_> = seen
        .steps()
        .filter(|(at, s)| {
            changes_release(s).iter().any(|(stack, brings)| {
                *brings == Brings::New
                    && seen.cluster(&stack.node).is_some()
                    && !is_second(seen, *at, &stack.node)
            })
        })
        .map(|(at, _)| at)
        .collect();
    let judge = |s: &Step| matches!(s.action, Action::Person(Person::Judge { .. }));
    let mut judged = seen.steps().filter(|(at, s)| judge(s) && seen.before(*at, place));
    let good = if firsts.is_empty() {
        seen.holds(place, &is(Atom::Judged)) || begun(seen)
    } else {
        judged.any(|(at, _)| firsts.iter().all(|first| seen.before(*first, at)))
    };
    found.check(good, Rule::JudgedFirst, &[place], node);
}

fn is_second(seen: &Seen<'_>, place: usize, node: &NodeName) -> bool {
    seen.mate(node).is_some_and(|mate| {
        seen.stacks_on(mate).any(|stack| seen.may(place, &is(Atom::New(stack.clone()))))
    })
}

/// The second half was begun before this plan: a whole cluster is new, or old containers already
/// run on newer data and have to stop at once.
fn begun(seen: &Seen<'_>) -> bool {
    let start = &seen.plan.start;
    let new = |stack: &Stack| start.has(&Atom::New(stack.clone()));
    let whole = seen
        .plan
        .topology
        .clusters
        .values()
        .any(|c| c.nodes.iter().all(|node| seen.stacks_on(node).all(new)));
    whole || seen.plan.topology.stacks.iter().any(|s| window_open(seen, &s.stack))
}

/// Old containers run on data that has met the new release, before the plan begins.
pub(super) fn window_open(seen: &Seen<'_>, stack: &Stack) -> bool {
    let start = &seen.plan.start;
    start.has(&Atom::Running(stack.clone()))
        && !start.has(&Atom::New(stack.clone()))
        && seen.data_of(stack).is_some_and(|data| start.has(&Atom::Met(data.clone())))
}

/// Of two playbooks the second waits for a person's check of what the first one did.
fn playbooks_judged(seen: &Seen<'_>, found: &mut Findings<'_, '_>) {
    let runs = |s: &Step| matches!(s.action, Action::Playbook(Playbook::Run { .. }));
    let all: Vec<_> = seen.steps().filter(|(_, s)| runs(s)).map(|(at, _)| at).collect();
    for pair in all.windows(2) {
        let judged = seen.steps().any(|(at, s)| {
            matches!(s.action, Action::Person(Person::Judge { .. }))
                && seen.before(pair[0], at)
                && seen.before(at, pair[1])
        });
        found.check(judged, Rule::JudgedFirst, pair, "");
    }
}

//! What waits for what between servers: ports before Back's stop, images before the first stop,
//! Back before Front, first nodes before second ones.

use super::seen::{Seen, changes_release, deploys, moves, stops, touches_containers};
use super::{Findings, Rule};
use crate::action::database::DatabaseOp;
use crate::action::dpl::{Brings, DplOp};
use crate::action::settings::Edit;
use crate::action::{Action, Database, Dpl, Look, Person, Playbook, Registry, Volume};
use crate::fact::FactKey;
use crate::name::{App, NodeName, Stack};
use crate::plan::{Goal, Step};
use crate::state::{Atom, Condition, is, is_not};
use crate::topology::Role;

pub(super) fn check(seen: &Seen<'_>, found: &mut Findings<'_, '_>) {
    for (place, step) in seen.steps() {
        back_first(seen, found, place, step);
        ports_first(seen, found, place, step);
        images_first(seen, found, place, step);
        old_images_first(seen, found, place, step);
        stopped_together(seen, found, place, step);
        special_images_first(seen, found, place, step);
        brought_in(seen, found, place, step);
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
        // Where data goes back, all that writes stops before any of it does; what starts again
        // keeps the order.
        if stops(step).is_some() && restores(seen) {
            continue;
        }
        // Old containers on newer data stop first, whatever there is to read (invariant 31).
        if stops(step).is_some_and(|stack| window_open(seen, stack)) {
            continue;
        }
        for back in seen.express(Role::Back) {
            let read = is_not(Atom::Unchecked(back.clone()));
            // Down for the same playbook: nothing of it serves that could be read.
            let down = by_playbook(seen, place, back)
                && seen.holds(place, &is_not(Atom::Running(back.clone())));
            found.check(down || seen.holds(place, &read), Rule::BackFirst, &[place], read);
        }
        let Some((at, new)) = brings(seen, place, front) else {
            continue;
        };
        // One playbook deploys both; what stops for the backup before it cannot wait for it.
        let same_step =
            |back: &Stack| deploys(seen.step(at)).iter().any(|(stack, _)| *stack == back);
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
        // A way back leaves idle nodes as they are: what counts is the node that serves.
        let serves = |back: &&Stack| match seen.cluster(&back.node) {
            Some(_) => seen.may(place, &is(Atom::Active(back.node.clone()))),
            None => true,
        };
        let enough = match seen.plan.goal {
            Goal::Rollback => seen
                .express(Role::Back)
                .filter(serves)
                .all(|b| same_step(b) || seen.holds(place, &has(b))),
            _ => ready > fronts.min(backs.saturating_sub(1)),
        };
        found.check(enough, Rule::BackFirst, &[place], front);
    }
}

/// Whether a playbook of the plan deploys a stack, at this step or after it.
fn by_playbook(seen: &Seen<'_>, place: usize, stack: &Stack) -> bool {
    seen.steps().any(|(at, s)| {
        matches!(s.action, Action::Playbook(_))
            && (at == place || seen.before(place, at))
            && deploys(s).iter().any(|(d, _)| *d == stack)
    })
}

/// Whether a backup is put back in the plan, or was before it.
fn restores(seen: &Seen<'_>) -> bool {
    let puts_back =
        |s: &Step| s.leaves.iter().any(|c| c.holds && matches!(c.atom, Atom::PutBack(_)));
    seen.plan.goal == Goal::Rollback
        && (seen.steps().any(|(_, s)| puts_back(s))
            || seen.plan.start.atoms().any(|atom| matches!(atom, Atom::PutBack(_))))
}

/// Where data goes back nothing starts on it, nor beside it, while something newer still writes:
/// what deploys waits until every stack that goes back is down or old again (invariant 31).
fn stopped_together(seen: &Seen<'_>, found: &mut Findings<'_, '_>, place: usize, step: &Step) {
    let puts_back =
        |s: &Step| s.leaves.iter().any(|c| c.holds && matches!(c.atom, Atom::PutBack(_)));
    if seen.plan.goal != Goal::Rollback || !puts_back(step) {
        return;
    }
    let going: Vec<_> = seen
        .steps()
        .flat_map(|(at, s)| changes_release(s).into_iter().map(move |(stack, _)| (at, stack)))
        .collect();
    for (_, stack) in going {
        let down = is_not(Atom::Running(stack.clone()));
        found.check(seen.holds(place, &down), Rule::StoppedTogether, &[place], stack);
    }
}

/// The deploy at this step, or the next one of the stack after this stop, and whether it brings the
/// new release; `None` where the release stays.
fn brings(seen: &Seen<'_>, place: usize, stack: &Stack) -> Option<(usize, bool)> {
    let of = |at: usize| {
        let found = changes_release(seen.step(at)).into_iter().find(|(s, _)| *s == stack);
        found.map(|(_, brings)| (at, brings == Brings::New))
    };
    let later = seen.steps().map(|(at, _)| at).filter(|at| seen.before(place, *at));
    of(place).or_else(|| later.into_iter().find_map(of))
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
    // Where Back was down before the plan there was nothing to try.
    let up = backs.iter().any(|back| seen.plan.start.has(&Atom::Running((*back).clone())));
    if stopped && !begun && up {
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
        found.check(!disturbed && up, Rule::PortsFirst, &[place], "");
    }
}

/// What goes back finds its images before anything stops for it, and a backup to put back was seen.
fn old_images_first(seen: &Seen<'_>, found: &mut Findings<'_, '_>, place: usize, step: &Step) {
    let Some(stack) = stops(step).filter(|_| seen.plan.goal == Goal::Rollback) else { return };
    if brings(seen, place, stack).is_some_and(|(_, new)| !new) {
        let there = is(Atom::Fetched(stack.clone()));
        found.check(seen.holds(place, &there), Rule::ImagesFirst, &[place], there);
    }
    for (_, s) in seen.steps() {
        if let Action::Volume(Volume::SetAside { data, .. }) = &s.action {
            let there = is(Atom::BackupSeen(data.clone()));
            found.check(seen.holds(place, &there), Rule::BackupSeen, &[place], there);
        }
    }
}

/// Outside clusters images come before the stop where the file asks for it. A cluster's nodes have theirs
/// before anything is stopped, and before the first move the node that the resources leave has its own.
fn images_first(seen: &Seen<'_>, found: &mut Findings<'_, '_>, place: usize, step: &Step) {
    let clustered: Vec<_> = seen
        .plan
        .topology
        .stacks
        .iter()
        .map(|s| &s.stack)
        .filter(|stack| seen.cluster(&stack.node).is_some())
        .collect();
    let asked = FactKey::Choice("images.fetch_first".to_owned()).to_string();
    let asked = seen.plan.claims.iter().any(|c| c.fact == asked && c.value == "true");
    let due = |s: &&Stack| !seen.plan.start.has(&Atom::New((*s).clone()));
    if let Some(stack) = stops(step).filter(|s| asked && s.app == App::Express).filter(due) {
        let there = is(Atom::Fetched(stack.clone()));
        found.check(seen.holds(place, &there), Rule::ImagesFirst, &[place], there);
    }
    if seen.plan.goal != Goal::Upgrade {
        return;
    }
    // A cluster that has been begun is gone on with from where it stands.
    let begun = |stack: &Stack| {
        let cluster = seen.cluster(&stack.node);
        let mut all = clustered.iter().filter(|s| seen.cluster(&s.node) == cluster);
        all.any(|s| seen.plan.start.has(&Atom::New((*s).clone())))
    };
    // What this upgrade has met already, on a node that is new for no one: who goes there to fetch
    // starts old containers on newer data (invariant 31).
    let met = |stack: &Stack| {
        let start = &seen.plan.start;
        seen.data_of(stack).is_some_and(|data| {
            start.has(&Atom::Met(data.clone())) && start.has(&Atom::BackedUp(data.clone()))
        })
    };
    let mut wanted: Vec<&Stack> = Vec::new();
    // A playbook fetches what it deploys.
    let by_hand = |stack: &&Stack| {
        let deploy = brings(seen, place, stack).map(|(at, _)| &seen.step(at).action);
        seen.cluster(&stack.node).is_some() && !matches!(deploy, Some(Action::Playbook(_)))
    };
    // Old containers on newer data stop at once (invariant 31).
    if stops(step).is_some_and(|stack| by_hand(&stack) && !window_open(seen, stack)) {
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
    for stack in wanted.into_iter().filter(|stack| !begun(stack) && !met(stack)) {
        let there = is(Atom::Fetched(stack.clone()));
        found.check(seen.holds(place, &there), Rule::ImagesFirst, &[place], there);
    }
}

/// Where the plan brings images to a local registry, or takes pins out that hold the target back,
/// nothing is fetched or deployed, or stopped for it, before.
fn brought_in(seen: &Seen<'_>, found: &mut Findings<'_, '_>, place: usize, step: &Step) {
    let fetched = match &step.action {
        Action::Dpl(Dpl { op: DplOp::Fetch, stack, .. }) => vec![stack],
        Action::Registry(Registry::Pull { .. }) => Vec::new(),
        // Old containers on newer data stop whatever else there is to do.
        _ if stops(step).is_some_and(|stack| window_open(seen, stack)) => return,
        _ if stops(step).is_some_and(|stack| brings(seen, place, stack).is_some()) => {
            stops(step).into_iter().collect()
        }
        _ => {
            let all = changes_release(step);
            if all.is_empty() {
                return;
            }
            all.into_iter().map(|(stack, _)| stack).collect()
        }
    };
    if seen.plan.goal != Goal::Upgrade {
        return;
    }
    for (other, s) in seen.steps() {
        let first = match &s.action {
            Action::Registry(
                Registry::Load { .. } | Registry::Upload { .. } | Registry::SeeTags { .. },
            ) => true,
            Action::Settings(settings) if matches!(settings.edit, Edit::Unpin(_)) => {
                fetched.iter().any(|stack| {
                    let all = seen.plan.topology.stacks.iter();
                    all.into_iter().any(|x| x.stack == **stack && x.settings == settings.place)
                })
            }
            _ => false,
        };
        found.check(!first || seen.before(other, place), Rule::ImagesFirst, &[other, place], "");
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
    // By itself the upgrade runs where docker runs; in a whole upgrade both nodes get their images.
    let mate = seen.mate(node).filter(|_| seen.plan.goal == Goal::Upgrade).into_iter();
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
    // What closed a window comes up again before anything is judged.
    let closed = seen.stacks_on(node).any(|stack| second_open(seen, stack))
        || stops(step).is_some_and(|stack| window_open(seen, stack));
    let good = if closed {
        true
    } else if firsts.is_empty() {
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
    whole || seen.plan.topology.stacks.iter().any(|s| second_open(seen, &s.stack))
}

/// Old containers run on data that has met the new release, before the plan begins: in the middle of the
/// second half, or where a deploy of the first broke off.
pub(super) fn window_open(seen: &Seen<'_>, stack: &Stack) -> bool {
    second_open(seen, stack) || {
        let start = &seen.plan.start;
        // A copy of before tells a deploy of this upgrade from what somebody went back to earlier.
        let met = |s: &Stack| {
            seen.data_of(s).is_some_and(|data| {
                start.has(&Atom::Met(data.clone())) && start.has(&Atom::BackedUp(data.clone()))
            })
        };
        let mate = seen.mate(&stack.node).map(|node| Stack::new(node, stack.app));
        // Back's database is one for both of its nodes.
        let beside = mate.as_ref().filter(|_| seen.role(&stack.node) == Some(Role::Back));
        let mut places = seen.plan.topology.stacks.iter().filter(|s| s.stack == *stack);
        let pinned = places.any(|s| start.has(&Atom::Pinned(s.settings.clone())));
        !pinned
            && start.has(&Atom::Running(stack.clone()))
            && !start.has(&Atom::New(stack.clone()))
            && (met(stack) || beside.is_some_and(met))
    }
}

/// The first of the two: the other node is new.
fn second_open(seen: &Seen<'_>, stack: &Stack) -> bool {
    let start = &seen.plan.start;
    let new = |node| start.has(&Atom::New(Stack::new(node, stack.app)));
    seen.mate(&stack.node).is_some_and(new)
        && start.has(&Atom::Running(stack.clone()))
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

//! What waits for what between servers: Back before Front, one interruption at a time, images and
//! ports before anything stops, the person's check between the halves.

use super::{brings, deploys, role_of, stacks, touches};
use crate::action::database::DatabaseOp;
use crate::action::dpl::{Brings, DplOp};
use crate::action::{Action, Database, Dpl, Look, Pcs, Person};
use crate::name::{App, Stack};
use crate::plan::{Goal, StackPlace, Step};
use crate::prove::model::{Model, Term, Window};
use crate::prove::rule::{RuleId, Rules, When};
use crate::state::Atom;
use crate::topology::Role;

pub(super) fn add(model: &Model<'_>, rules: &mut Rules) {
    for (at, step) in model.steps() {
        back_first(model, rules, at, step);
        images_first(model, rules, at, step);
        old_images_first(model, rules, at, step);
        ports_first(model, rules, at, step);
        judged_first(model, rules, at, step);
    }
    one_interruption(model, rules);
    barrier_agreed(model, rules);
}

/// Invariant 1: in each half, no stop or deploy of Front's CTS before Back's log check passed.
fn back_first(model: &Model<'_>, rules: &mut Rules, at: usize, step: &Step) {
    let id = RuleId::Invariant(1);
    let when = When::Starting(at);
    let backs: Vec<_> = stacks(model.plan, App::Express, Role::Back).collect();
    let touched = touches(step);
    let stops = matches!(&step.action, Action::Dpl(Dpl { op: DplOp::Stop { .. }, .. }));
    // Where data goes back, all that writes stops before any of it does (K12); what starts again
    // keeps the order.
    if (stops && restores(model)) || super::cluster::closes_at_once(model, at, step) {
        return;
    }
    for front in &touched {
        if front.app != App::Express || role_of(model.plan, &front.node) != Some(Role::Front) {
            continue;
        }
        // Stopped only to be copied, before a playbook that updates Back and Front in its order.
        let played = model.plan.steps.iter().any(|s| {
            matches!(s.action, Action::Playbook(_))
                && deploys(s).iter().any(|(stack, _)| *stack == *front)
        });
        for back in backs.iter().filter(|back| !touched.contains(back)) {
            let unread = Term::Is(Atom::Unchecked((*back).clone()));
            if played {
                // Down for the same playbook, nothing of it serves that could be read.
                let up = Term::Is(Atom::Running((*back).clone()));
                rules.never(model, id, when, &[unread, up]);
            } else {
                rules.never(model, id, when, &[unread]);
            }
            let old = match brings(model.plan, front) {
                Some(Brings::New) => Term::Not(Atom::New((*back).clone())),
                Some(Brings::Old) => Term::Is(Atom::New((*back).clone())),
                _ => continue,
            };
            if played && stops {
                continue;
            }
            match model.cluster_of(&back.node) {
                None => rules.never(model, id, when, &[old]),
                Some(_) => {
                    let active = Term::Is(Atom::Active(back.node.clone()));
                    rules.never(model, id, when, &[active, old.clone()]);
                    // The second half: the other Front node has it already, so both of Back must.
                    if let Some(other) = model.other(&front.node)
                        && brings(model.plan, front) == Some(Brings::New)
                    {
                        let other = Term::Is(Atom::New(Stack::new(other, App::Express)));
                        rules.never(model, id, when, &[other, old]);
                    }
                }
            }
        }
    }
}

/// Whether a backup is put back in the plan, or was before it.
fn restores(model: &Model<'_>) -> bool {
    let put_back = |atom: &Atom| matches!(atom, Atom::PutBack(_));
    model.plan.goal == Goal::Rollback
        && (model.plan.start.atoms().any(put_back)
            || model.steps().any(|(_, s)| s.leaves.iter().any(|c| c.holds && put_back(&c.atom))))
}

/// Invariant 4: while one cluster's resources are on their way, nothing interrupts another one,
/// unless the file allows it.
fn one_interruption(model: &Model<'_>, rules: &mut Rules) {
    let together =
        |c: &crate::fact::Claim| c.fact.contains("interruptions.together") && c.value == "true";
    if model.plan.claims.iter().any(together) {
        return;
    }
    for (moved, step) in model.steps() {
        let Action::Pcs(Pcs::Move { cluster, .. }) = &step.action else { continue };
        for (other, later) in model.steps() {
            let elsewhere = later.node.as_ref().and_then(|n| model.cluster_of(n)) != Some(*cluster);
            if later.action.interrupts() && elsewhere {
                let on_its_way = [Term::Done(moved), Term::Not(Atom::GatePassed(*cluster))];
                // A later move or reboot voids the gate too, and is judged by its own rules.
                let once = last_move(model, moved, *cluster);
                let terms: Vec<_> = on_its_way.into_iter().chain(once).collect();
                rules.never(model, RuleId::Invariant(4), When::Starting(other), &terms);
            }
        }
    }
}

/// No later move of the same cluster is done.
fn last_move(
    model: &Model<'_>,
    moved: usize,
    cluster: crate::name::ClusterName,
) -> impl Iterator<Item = Term> {
    let later: Vec<_> = model
        .steps()
        .filter(|(at, s)| {
            *at > moved
                && matches!(&s.action, Action::Pcs(Pcs::Move { cluster: c, .. }) if *c == cluster)
        })
        .map(|(at, _)| Term::NotDone(at))
        .collect();
    later.into_iter()
}

/// Invariant 8: in HA the node that is left has its images before its cluster's first move, and all
/// nodes have theirs before anything is stopped.
fn images_first(model: &Model<'_>, rules: &mut Rules, at: usize, step: &Step) {
    let plan = model.plan;
    let by_hand = !plan.steps.iter().any(|s| matches!(s.action, Action::Playbook(_)));
    if plan.goal != Goal::Upgrade || plan.topology.clusters.is_empty() || !by_hand {
        return;
    }
    let id = RuleId::Invariant(8);
    let lacking = |stack: &Stack| {
        [Term::Not(Atom::Fetched(stack.clone())), Term::Not(Atom::New(stack.clone()))]
    };
    // Old containers on newer data stop at once (invariant 31).
    if super::cluster::closes_at_once(model, at, step) {
        return;
    }
    // A cluster whose halves have begun had its images before; and who switches to a node whose data
    // this upgrade has met, to fetch there, starts old containers on newer data.
    let begun = |place: &StackPlace| {
        let cluster = model.cluster_of(&place.stack.node);
        let start = |atom: Atom| plan.start.has(&atom);
        let here = plan.topology.stacks.iter();
        let changed = |s: &&StackPlace| model.cluster_of(&s.stack.node) == cluster;
        let new = |s: &StackPlace| {
            start(Atom::New(s.stack.clone())) || start(Atom::Stopped(s.stack.clone()))
        };
        here.filter(changed).any(new)
            || start(Atom::Met(place.data.clone())) && start(Atom::BackedUp(place.data.clone()))
    };
    let clustered = || {
        let all = plan.topology.stacks.iter();
        all.filter(|s| model.cluster_of(&s.stack.node).is_some() && !begun(s)).map(|s| &s.stack)
    };
    match &step.action {
        Action::Pcs(Pcs::Move { from, .. }) => {
            for stack in clustered().filter(|stack| stack.node == *from) {
                rules.never(model, id, When::Starting(at), &lacking(stack));
            }
        }
        Action::Dpl(Dpl {
            op: DplOp::Stop { .. } | DplOp::Deploy { .. }, clustered: true, ..
        }) => {
            for stack in clustered() {
                rules.never(model, id, When::Starting(at), &lacking(stack));
            }
            let upgraded = plan.steps.iter().any(|s| {
                matches!(
                    &s.action,
                    Action::Database(Database { op: DatabaseOp::StartUpgrade { .. }, .. })
                )
            });
            if upgraded {
                let back = stacks(plan, App::Express, Role::Back);
                for back in back.filter(|back| clustered().any(|stack| stack == *back)) {
                    let lacking = Term::Not(Atom::SpecialFetched(back.node.clone()));
                    rules.never(model, id, When::Starting(at), &[lacking]);
                }
            }
        }
        _ => {}
    }
}

/// Invariant 8 on the way back: what the old release needs is there before anything stops for it.
fn old_images_first(model: &Model<'_>, rules: &mut Rules, at: usize, step: &Step) {
    let Action::Dpl(Dpl { op: DplOp::Stop { .. } | DplOp::Deploy { .. }, stack, .. }) =
        &step.action
    else {
        return;
    };
    if model.plan.goal == Goal::Rollback && brings(model.plan, stack) == Some(Brings::Old) {
        let lacking = Term::Not(Atom::Fetched(stack.clone()));
        rules.never(model, RuleId::Invariant(8), When::Starting(at), &[lacking]);
    }
}

/// Invariant 28: the ports that Front needs are tried while Back still runs undisturbed.
fn ports_first(model: &Model<'_>, rules: &mut Rules, at: usize, step: &Step) {
    let plan = model.plan;
    let id = RuleId::Invariant(28);
    let backs: Vec<_> = stacks(plan, App::Express, Role::Back).collect();
    if let Action::Look(Look::Ports { node, .. }) = &step.action {
        // Asked from the node that faces users, of services that run.
        if model.cluster_of(node).is_some() {
            rules.never(model, id, When::Starting(at), &[Term::Not(Atom::Active(node.clone()))]);
        }
        let mut down: Vec<_> =
            backs.iter().map(|b| Term::Not(Atom::Running((*b).clone()))).collect();
        if !down.is_empty() {
            rules.never(model, id, When::Starting(at), &down);
            down.clear();
        }
        return;
    }
    let tried = plan.steps.iter().any(|s| matches!(s.action, Action::Look(Look::Ports { .. })));
    let split = plan.topology.clusters.is_empty() && plan.goal == Goal::Upgrade;
    let begun = backs.iter().any(|b| {
        plan.start.has(&Atom::New((*b).clone())) || plan.start.has(&Atom::Stopped((*b).clone()))
    });
    let stops = match &step.action {
        Action::Pcs(Pcs::Move { from, .. }) => role_of(plan, from) == Some(Role::Back),
        _ => touches(step).iter().any(|s| backs.contains(s)),
    };
    let fronts: Vec<_> = stacks(plan, App::Express, Role::Front).collect();
    if stops && !begun && !fronts.is_empty() && (tried || split) {
        let untried: Vec<_> =
            fronts.iter().map(|f| Term::Not(Atom::PortsOpen(f.node.clone()))).collect();
        rules.never(model, id, When::Starting(at), &untried);
    }
}

/// Invariant 9: second nodes are switched to, stopped and deployed only after the person's check.
fn judged_first(model: &Model<'_>, rules: &mut Rules, at: usize, step: &Step) {
    let plan = model.plan;
    let id = RuleId::Invariant(9);
    // From a state where second nodes were begun, the check was before this plan.
    let all = || plan.topology.stacks.iter().map(|s| &s.stack);
    let was = |stack: &Stack| plan.start.has(&Atom::New(stack.clone()));
    let begun = plan.topology.clusters.values().any(|c| {
        let there = |n: &crate::name::NodeName| all().any(|s| s.node == *n && was(s));
        c.nodes.iter().all(there)
    });
    // Open from the start on a node of a cluster, that is: a host of its own is nobody's second.
    let clustered = |w: &Window| w.node.as_ref().is_some_and(|n| model.cluster_of(n).is_some());
    let window_open = model.windows.iter().any(|w| w.opens.is_none() && clustered(w));
    if plan.goal == Goal::Upgrade && !begun && !window_open {
        let second: Vec<Stack> = match &step.action {
            Action::Pcs(Pcs::Move { to, .. }) => {
                model.stacks_on(to).map(|s| s.stack.clone()).collect()
            }
            _ => touches(step).into_iter().cloned().collect(),
        };
        for stack in second {
            let Some(other) = model.other(&stack.node) else { continue };
            let first = Term::Is(Atom::New(Stack::new(other, stack.app)));
            let itself = Term::Not(Atom::New(stack));
            let terms = [first, itself, Term::Not(Atom::Judged)];
            rules.never(model, id, When::Starting(at), &terms);
        }
    }
    // Playbooks: the second of two waits for the check of the first.
    if !deploys(step).is_empty() && matches!(step.action, Action::Playbook(_)) {
        let earlier = plan.steps[..at]
            .iter()
            .any(|s| matches!(s.action, Action::Playbook(_)) && !deploys(s).is_empty());
        if earlier {
            rules.never(model, id, When::Starting(at), &[Term::Not(Atom::Judged)]);
        }
    }
    // The check is of something: all first nodes are deployed.
    if matches!(step.action, Action::Person(Person::Judge { .. })) {
        for (cluster, nodes) in &plan.topology.clusters {
            let _ = cluster;
            for (node, other) in [(0, 1), (1, 0)].map(|(a, b)| (&nodes.nodes[a], &nodes.nodes[b])) {
                let old = |n: &crate::name::NodeName| {
                    brings(plan, &Stack::new(n, App::Express)) == Some(Brings::New)
                };
                if plan.goal == Goal::Upgrade && old(node) && old(other) {
                    let [a, b] =
                        [node, other].map(|n| Term::Not(Atom::New(Stack::new(n, App::Express))));
                    rules.never(model, id, When::Starting(at), &[a, b]);
                }
            }
        }
        for place in &plan.topology.stacks {
            if model.cluster_of(&place.stack.node).map(|c| c.as_str()) == Some("back") {
                let unread = Term::Is(Atom::Unchecked(place.stack.clone()));
                let by_judge = matches!(&step.action, Action::Person(Person::Judge { stacks }) if stacks.contains(&place.stack));
                if !by_judge {
                    rules.never(model, id, When::Starting(at), &[unread]);
                }
            }
        }
    }
}

/// Invariant 11: who crosses a barrier has agreed before anything else is done.
fn barrier_agreed(model: &Model<'_>, rules: &mut Rules) {
    let crosses = model.plan.steps.iter().any(|s| {
        matches!(
            &s.action,
            Action::Dpl(Dpl { op: DplOp::Deploy { crosses_barrier: true, .. }, .. })
        )
    }) || model.plan.point_of_no_return.is_some();
    let met =
        model.plan.topology.stacks.iter().any(|s| model.plan.start.has(&Atom::Met(s.data.clone())));
    if !crosses || met {
        return;
    }
    let code = Action::Person(Person::CrossBarrier { barriers: Vec::new() }).code();
    let agreed = Atom::Confirmed(code.parse().expect("message codes are names"));
    for (at, step) in model.steps() {
        if !matches!(step.action, Action::Person(Person::CrossBarrier { .. })) {
            let not_agreed = [Term::Not(agreed.clone())];
            rules.never(model, RuleId::Invariant(11), When::Starting(at), &not_agreed);
        }
    }
}

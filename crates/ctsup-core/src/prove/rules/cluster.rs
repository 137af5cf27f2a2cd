//! Clusters: gates, the active node, moves, and old containers on newer data.

use super::{deploys, touches};
use crate::action::dpl::DplOp;
use crate::action::{Action, Dpl, Look, Pcs, Unit, Volume, Wait};
use crate::name::{ClusterName, DataSet};
use crate::plan::{Goal, StackPlace, Step};
use crate::prove::model::{Model, Term};
use crate::prove::rule::{RuleId, Rules, When};
use crate::state::Atom;

pub(super) fn add(model: &Model<'_>, rules: &mut Rules) {
    for (at, step) in model.steps() {
        gate_first(model, rules, at, step);
        on_the_active_node(model, rules, at, step);
        arrived_first(model, rules, at, step);
        moves_from_active(model, rules, at, step);
        window_is_tight(model, rules, at, step);
    }
    no_old_on_new(model, rules);
}

/// Invariant 3: before each move, stop or deploy in a cluster its gate has passed since the last
/// reboot or move; Back's shared files answer.
fn gate_first(model: &Model<'_>, rules: &mut Rules, at: usize, step: &Step) {
    let id = RuleId::Invariant(3);
    // Old containers on newer data stop first, whatever the cluster looks like (invariant 31).
    if closes_at_once(model, at, step) {
        return;
    }
    let mut clusters: Vec<ClusterName> =
        touches(step).iter().filter_map(|s| model.cluster_of(&s.node)).collect();
    if let Action::Pcs(Pcs::Move { cluster, .. }) = &step.action {
        clusters.push(*cluster);
    }
    clusters.dedup();
    for cluster in clusters {
        rules.never(model, id, When::Starting(at), &[Term::Not(Atom::GatePassed(cluster))]);
        // In data that lies aside no files answer; they do again before anything starts on it.
        let start = &model.plan.start;
        let mut back = model.plan.topology.stacks.iter();
        let aside = back.any(|s| {
            model.cluster_of(&s.stack.node) == Some(cluster)
                && start.has(&Atom::SetAside(s.data.clone()))
                && !start.has(&Atom::PutBack(s.data.clone()))
        });
        let stops = matches!(step.action, Action::Dpl(Dpl { op: DplOp::Stop { .. }, .. }));
        if cluster == ClusterName::Back && !(stops && aside) {
            for node in &model.plan.topology.clusters[&cluster].nodes {
                let silent = Term::Not(Atom::FilesAnswer(node.clone()));
                rules.never(model, id, When::Starting(at), &[silent]);
            }
        }
    }
    // A gate sees what the antivirus would still disturb, so it comes after that is off.
    if let Action::Wait(Wait::Gate { cluster, .. }) = &step.action {
        for (off, other) in model.steps() {
            if let Action::Unit(Unit::StopAntivirus { node, .. }) = &other.action
                && model.cluster_of(node) == Some(*cluster)
            {
                let _ = off;
                let verify = Term::Not(Atom::Verified);
                let on = Term::Not(Atom::AntivirusOff(node.clone()));
                rules.never(model, id, When::Starting(at), &[on, verify]);
            }
        }
    }
    // What looks at a cluster's files looks at a cluster that was seen in order (HA.6 after HA.5).
    if let Action::Look(Look::Files { node, .. }) = &step.action
        && let Some(cluster) = model.cluster_of(node)
    {
        rules.never(model, id, When::Starting(at), &[Term::Not(Atom::GatePassed(cluster))]);
    }
}

/// Whether a step stops old containers that work on newer data where the plan begins, and nothing but
/// such a stop comes before it.
pub(super) fn closes_at_once(model: &Model<'_>, at: usize, step: &Step) -> bool {
    let Action::Dpl(Dpl { op: DplOp::Stop { .. }, stack, .. }) = &step.action else { return false };
    let before = &model.moves[at].before;
    let stops = |s: &Step| matches!(s.action, Action::Dpl(Dpl { op: DplOp::Stop { .. }, .. }));
    if model.steps().any(|(other, s)| before.has(model.done_bit(other)) && !stops(s)) {
        return false;
    }
    let start = &model.plan.start;
    let old = start.has(&Atom::Running(stack.clone())) && !start.has(&Atom::New(stack.clone()));
    let mut places = model.plan.topology.stacks.iter().filter(|place| place.stack == *stack);
    let met = places
        .any(|place| met_by(model, place).any(|(_, data)| start.has(&Atom::Met(data.clone()))));
    old && met
}

/// Invariant 5: dpl, and whatever else needs Docker, only where `dockerd` is started, as long as it
/// runs.
fn on_the_active_node(model: &Model<'_>, rules: &mut Rules, at: usize, step: &Step) {
    let Some(node) = &step.node else { return };
    if model.cluster_of(node).is_none() {
        return;
    }
    let docker = match &step.action {
        Action::Dpl(_) | Action::Database(_) => true,
        Action::Volume(volume) => {
            matches!(volume, Volume::SaveList { .. } | Volume::FixOwners { .. })
        }
        Action::Registry(registry) => {
            matches!(registry, crate::action::Registry::Pull { .. })
        }
        Action::Wait(wait) => matches!(wait, Wait::CleanLogs { .. } | Wait::QuietLogs { .. }),
        _ => false,
    };
    if docker {
        let id = RuleId::Invariant(5);
        let elsewhere = Term::Not(Atom::Active(node.clone()));
        rules.never(model, id, When::Starting(at), std::slice::from_ref(&elsewhere));
        rules.never(model, id, When::Always, &[Term::Running(at), elsewhere]);
    }
}

/// Invariant 6: after a move both resources are seen on the node before anything follows there.
fn arrived_first(model: &Model<'_>, rules: &mut Rules, at: usize, step: &Step) {
    let acts = matches!(step.action, Action::Dpl(_) | Action::Volume(_) | Action::Database(_))
        || matches!(step.action, Action::Registry(crate::action::Registry::Pull { .. }));
    let Some(cluster) = step.node.as_ref().and_then(|n| model.cluster_of(n)) else { return };
    if !acts {
        return;
    }
    for (moved, other) in model.steps() {
        if matches!(&other.action, Action::Pcs(Pcs::Move { cluster: c, .. }) if *c == cluster) {
            let terms = [Term::Done(moved), Term::Not(Atom::GatePassed(cluster))];
            rules.never(model, RuleId::Invariant(6), When::Starting(at), &terms);
        }
    }
}

/// Invariant 7: a move goes from the active node to the other one, and to no node that is active
/// already; that the node is online is the gate's business.
fn moves_from_active(model: &Model<'_>, rules: &mut Rules, at: usize, step: &Step) {
    let id = RuleId::Invariant(7);
    match &step.action {
        Action::Pcs(Pcs::Move { from, to, .. }) => {
            rules.never(model, id, When::Starting(at), &[Term::Not(Atom::Active(from.clone()))]);
            rules.never(model, id, When::Starting(at), &[Term::Is(Atom::Active(to.clone()))]);
        }
        // Cleared while something runs, resources may wander (K17); at the end they are seen first.
        Action::Pcs(Pcs::Clear { cluster, .. }) => {
            rules.never(model, id, When::Starting(at), &[Term::Not(Atom::GatePassed(*cluster))]);
            if !model.plan.readings.iter().any(|r| r.key == "A12" && r.taken == "clear") {
                let code = Action::Person(crate::action::Person::ClearConstraints).code();
                let agreed = Atom::Confirmed(code.parse().expect("message codes are names"));
                rules.never(model, id, When::Starting(at), &[Term::Not(agreed)]);
            }
        }
        // The arrival that is waited for can only follow its move.
        Action::Wait(Wait::Arrived { node, .. }) => {
            rules.never(model, id, When::Starting(at), &[Term::Not(Atom::Active(node.clone()))]);
        }
        _ => {}
    }
}

/// The data of a stack: its own; on Back both nodes', because the database is one, whether it is
/// shared or external.
fn met_by<'p>(
    model: &Model<'p>,
    place: &'p StackPlace,
) -> impl Iterator<Item = (&'p StackPlace, &'p DataSet)> {
    let one_database = model.cluster_of(&place.stack.node) == Some(ClusterName::Back);
    let other = model.other(&place.stack.node).filter(|_| one_database);
    let others = other.and_then(|n| model.stacks_on(n).find(|s| s.stack.app == place.stack.app));
    std::iter::once(place).chain(others).map(move |s| (place, &s.data))
}

/// Invariant 31: old containers never run on data that a newer release has met, outside a window
/// that the file accepts.
fn no_old_on_new(model: &Model<'_>, rules: &mut Rules) {
    // Other goals leave the release as it is; a new database under it is judged by 14 and 15.
    if !matches!(model.plan.goal, Goal::Upgrade | Goal::Rollback) {
        return;
    }
    let windows: Vec<_> = (0..model.windows.len()).collect();
    for (place, data) in model.plan.topology.stacks.iter().flat_map(|s| met_by(model, s)) {
        let mut terms = vec![
            Term::Is(Atom::Running(place.stack.clone())),
            Term::Not(Atom::New(place.stack.clone())),
            Term::Is(Atom::Met(data.clone())),
        ];
        terms.extend(
            windows
                .iter()
                .filter(|w| {
                    let node = model.windows[**w].node.as_ref();
                    node.is_none_or(|n| *n == place.stack.node)
                })
                .map(|w| Term::OutsideWindow(*w)),
        );
        // A deploy that takes the old release to the data on purpose is a person's decision (32).
        let taken_back = model
            .plan
            .steps
            .iter()
            .flat_map(deploys)
            .any(|(s, brings)| *s == place.stack && brings == crate::action::dpl::Brings::Old);
        // By an earlier run's decision it serves there already, pinned.
        let start = &model.plan.start;
        let was_taken = model.plan.goal == Goal::Rollback
            && start.has(&Atom::Decided)
            && start.has(&Atom::Pinned(place.settings.clone()));
        if taken_back || was_taken {
            terms.push(Term::Not(Atom::Decided));
        }
        rules.never(model, RuleId::Invariant(31), When::Always, &terms);
    }
}

/// Invariant 31: nothing stands between the switch and the stop but the look that it arrived, and
/// the further stops of the same node.
fn window_is_tight(model: &Model<'_>, rules: &mut Rules, at: usize, step: &Step) {
    for (number, window) in model.windows.iter().enumerate() {
        let Some(opens) = window.opens else { continue };
        let here = step.node.as_ref() == window.node.as_ref();
        let allowed = matches!(&step.action, Action::Wait(Wait::Arrived { .. }))
            || matches!(&step.action, Action::Dpl(Dpl { op: DplOp::Stop { .. }, .. }) if here);
        let before_stop = model.moves[window.closes].before.has(model.done_bit(at));
        let delays = before_stop && model.moves[at].before.has(model.done_bit(opens));
        // What the stop waits for, or what holds the node or the cluster, would keep it open.
        let same = step.node.as_ref().and_then(|n| model.cluster_of(n)).is_some()
            && step.node.as_ref().and_then(|n| model.cluster_of(n))
                == window.node.as_ref().and_then(|n| model.cluster_of(n));
        if !allowed
            && at != window.closes
            && at != opens
            && (before_stop || delays || same || model.moves[at].interrupts)
        {
            rules.never(
                model,
                RuleId::Invariant(31),
                When::Starting(at),
                &[Term::InWindow(number)],
            );
        }
    }
}

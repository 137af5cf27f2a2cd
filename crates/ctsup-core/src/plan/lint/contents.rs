//! What steps say within themselves: what a copy holds, what a gate asks, which ports are tried,
//! below what something is deleted. Order alone does not make such a step right.

use super::seen::{Seen, backs_up, deploys};
use super::{Findings, Rule};
use crate::action::dpl::DplOp;
use crate::action::volume::BackUp;
use crate::action::{Action, Dpl, Look, MOVED_TOGETHER, Volume, Wait};
use crate::plan::{Goal, Step};
use crate::state::{Atom, is};

pub(super) fn check(seen: &Seen<'_>, found: &mut Findings<'_, '_>) {
    for (place, step) in seen.steps() {
        copy_whole(seen, found, place, step);
        gate_asks(found, place, step);
        ports_named(found, place, step);
        store_below(seen, found, place, step);
        whole_back(seen, found, place, step);
        old_on_newer(seen, found, place, step);
    }
    certificate_applied(seen, found);
}

/// A copy holds Docker's volumes and the directory of each application whose data it is said to
/// save; the site's own command has a probe that says whether it does.
fn copy_whole(seen: &Seen<'_>, found: &mut Findings<'_, '_>, place: usize, step: &Step) {
    let Action::Volume(Volume::BackUp { by, paths, .. }) = &step.action else { return };
    if let BackUp::Command { probe, run } = by {
        let judged = !probe.trim().is_empty() && !run.trim().is_empty();
        found.check(judged, Rule::BackupFirst, &[place], "probe");
    }
    let (BackUp::Copy { .. }, Some(node)) = (by, &step.node) else { return };
    let volumes = paths.iter().any(|path| path.ends_with("/volumes"));
    found.check(volumes, Rule::BackupFirst, &[place], "volumes");
    for server in seen.plan.topology.stacks.iter().filter(|s| s.stack.node == *node) {
        if backs_up(step).contains(&&server.data) {
            let held = paths.contains(&server.dir);
            found.check(held, Rule::BackupFirst, &[place], &server.dir);
        }
    }
}

/// A gate asks after both resources that move (invariant 3).
fn gate_asks(found: &mut Findings<'_, '_>, place: usize, step: &Step) {
    let Action::Wait(Wait::Gate { nodes, on_one, .. }) = &step.action else { return };
    let asked = |wanted: &str| on_one.iter().any(|resource| resource == wanted);
    for wanted in MOVED_TOGETHER {
        found.check(asked(wanted), Rule::GatePassed, &[place], wanted);
    }
    found.check(nodes.len() == 2, Rule::GatePassed, &[place], "nodes");
}

/// A look at ports tries some, somewhere (invariant 28).
fn ports_named(found: &mut Findings<'_, '_>, place: usize, step: &Step) {
    let Action::Look(Look::Ports { ports, target, .. }) = &step.action else { return };
    found.check(!ports.is_empty() && !target.is_empty(), Rule::PortsFirst, &[place], target);
}

/// The Let's Encrypt store lies below the directory of CTS, and is not that directory (A30).
fn store_below(seen: &Seen<'_>, found: &mut Findings<'_, '_>, place: usize, step: &Step) {
    let Action::Volume(Volume::ClearLetsEncrypt { data, dir, node, .. }) = &step.action else {
        return;
    };
    let below = seen.plan.topology.stacks.iter().any(|s| {
        s.stack.node == *node
            && s.data == *data
            && dir.strip_prefix(&s.dir).is_some_and(|rest| !rest.trim_matches('/').is_empty())
            && dir.starts_with(&format!("{}/", s.dir))
    });
    found.check(below, Rule::PathsSafe, &[place], dir);
}

/// What was moved aside is what is put back, and nothing else (K12).
fn whole_back(seen: &Seen<'_>, found: &mut Findings<'_, '_>, place: usize, step: &Step) {
    let Action::Volume(Volume::PutBack { data, paths, .. }) = &step.action else { return };
    for (aside, s) in seen.steps() {
        if let Action::Volume(Volume::SetAside { data: d, paths: moved, .. }) = &s.action
            && d == data
        {
            found.check(moved == paths, Rule::GoalReached, &[aside, place], data);
        }
    }
}

/// In an upgrade nothing starts an old release on data that has met the new one (invariant 31).
fn old_on_newer(seen: &Seen<'_>, found: &mut Findings<'_, '_>, place: usize, step: &Step) {
    let Action::Dpl(Dpl { op: DplOp::Start, data, stack, .. }) = &step.action else { return };
    if seen.plan.goal != Goal::Upgrade {
        return;
    }
    let met = seen.may(place, &is(Atom::Met(data.clone())));
    let new = seen.holds(place, &is(Atom::New(stack.clone())));
    found.check(new || !met, Rule::WindowClosed, &[place], stack);
}

/// A certificate that is placed where the service runs is read by it afterwards.
fn certificate_applied(seen: &Seen<'_>, found: &mut Findings<'_, '_>) {
    if seen.plan.goal != Goal::Certificate {
        return;
    }
    for (place, step) in seen.steps() {
        let placed = step.leaves.iter().find_map(|c| match &c.atom {
            Atom::CertificatePlaced(node) if c.holds => Some(node),
            _ => None,
        });
        let Some(node) = placed else { continue };
        let idle =
            seen.cluster(node).is_some() && !seen.may(place, &is(Atom::Active(node.clone())));
        let read = seen.steps().any(|(at, s)| {
            seen.before(place, at) && deploys(s).iter().any(|(stack, _)| stack.node == *node)
        });
        found.check(idle || read, Rule::GoalReached, &[place], node);
    }
}

//! Clusters and interruptions: gates, moves, arrivals, the window, one outage at a time.

use super::halves::window_open;
use super::seen::{Seen, changes_release, moves, stops, touches_containers};
use super::{Findings, Rule};
use crate::action::database::DatabaseOp;
use crate::action::dpl::{Brings, DplOp};
use crate::action::settings::Edit;
use crate::action::volume::Volume;
use crate::action::{Action, Database, Dpl, Kind, Look, Playbook, Registry, Wait};
use crate::fact::FactKey;
use crate::name::{App, ClusterName, DataSet, NodeName, Stack};
use crate::plan::{Goal, Step, WarningCode};
use crate::state::{Atom, is, is_not};
use crate::topology::Risk;

pub(super) fn check(seen: &Seen<'_>, found: &mut Findings<'_, '_>) {
    for (place, step) in seen.steps() {
        gate_passed(seen, found, place, step);
        active_here(seen, found, place, step);
        asked_just_before(seen, found, place, step);
        seen_first(seen, found, place, step);
        move_away(seen, found, place, step);
        moved_together(seen, found, place, step);
        window_closed(seen, found, place, step);
        outage_named(seen, found, place, step);
        looked_after(seen, found, place, step);
    }
    one_interruption(seen, found);
    open_window_closed(seen, found);
}

/// The clusters whose resources or containers a step touches.
fn touched(seen: &Seen<'_>, step: &Step) -> Vec<ClusterName> {
    let mut all: Vec<_> = touches_containers(step)
        .into_iter()
        .filter(|_| matches!(step.action, Action::Dpl(_)))
        .filter_map(|stack| seen.cluster(&stack.node))
        .collect();
    all.extend(moves(step).map(|(cluster, ..)| cluster));
    if let Action::Playbook(Playbook::Run { clusters, .. }) = &step.action {
        all.extend(clusters);
    }
    all
}

fn gate_passed(seen: &Seen<'_>, found: &mut Findings<'_, '_>, place: usize, step: &Step) {
    for cluster in touched(seen, step) {
        let passed = is(Atom::GatePassed(cluster));
        let closing = stops(step).is_some_and(|stack| window_open(seen, stack));
        // Old containers on newer data stop first, whatever the cluster looks like (invariant 31).
        found.check(closing || seen.holds(place, &passed), Rule::GatePassed, &[place], passed);
        // In data that lies aside no files answer; they do again before anything starts on it.
        let aside = stops(step).is_some() && lies_aside(seen, cluster);
        if cluster == ClusterName::Back && !closing && !aside {
            for node in seen.nodes(cluster) {
                let answer = is(Atom::FilesAnswer(node.clone()));
                found.check(seen.holds(place, &answer), Rule::GatePassed, &[place], answer);
            }
        }
    }
}

/// Whether data of a cluster lies aside where the plan begins, with nothing in its place.
fn lies_aside(seen: &Seen<'_>, cluster: ClusterName) -> bool {
    let start = &seen.plan.start;
    let here =
        seen.plan.topology.stacks.iter().filter(|s| seen.cluster(&s.stack.node) == Some(cluster));
    here.map(|s| &s.data).any(|data| {
        start.has(&Atom::SetAside(data.clone())) && !start.has(&Atom::PutBack(data.clone()))
    })
}

/// What is applied long after the gate asks once more on which node docker runs, and does it next.
fn asked_just_before(seen: &Seen<'_>, found: &mut Findings<'_, '_>, place: usize, step: &Step) {
    let Action::Dpl(Dpl {
        op: DplOp::Deploy { brings: Brings::Same, .. },
        clustered: true,
        stack,
        ..
    }) = &step.action
    else {
        return;
    };
    let asked = seen.steps().any(|(look, s)| {
        matches!(&s.action, Action::Look(Look::ActiveNode { expects, .. }) if *expects == stack.node)
            && seen.before(look, place)
            && (0..seen.plan.steps.len())
                .all(|other| other == look || !seen.before(other, place) || seen.before(other, look))
    });
    found.check(asked, Rule::ActiveHere, &[place], &stack.node);
}

/// Where the plan looks which node of a cluster is active, what is asked of that node's CTS waits
/// for the look: facts may be of yesterday.
fn seen_first(seen: &Seen<'_>, found: &mut Findings<'_, '_>, place: usize, step: &Step) {
    let asks = match &step.action {
        Action::Database(Database { op, .. }) => matches!(
            op,
            DatabaseOp::KeepVersion { .. } | DatabaseOp::SeeSpace { .. } | DatabaseOp::SeeApt
        ),
        Action::Look(Look::Ports { .. }) => true,
        _ => false,
    };
    let Some(cluster) = step.node.as_ref().filter(|_| asks).and_then(|node| seen.cluster(node))
    else {
        return;
    };
    let mut looks = seen.steps().filter(|(_, s)| {
        matches!(&s.action, Action::Look(Look::ActiveNode { cluster: c, .. }) if *c == cluster)
    });
    let Some(first) = looks.next() else { return };
    let good = seen.before(first.0, place) || looks.any(|(at, _)| seen.before(at, place));
    found.check(good, Rule::ActiveHere, &[place], cluster);
}

fn active_here(seen: &Seen<'_>, found: &mut Findings<'_, '_>, place: usize, step: &Step) {
    let node = match &step.action {
        Action::Dpl(dpl) => &dpl.stack.node,
        // Access to the Internet is the node's own affair; all else asks the running container.
        Action::Database(Database { node, op, .. }) if *op != DatabaseOp::SeeApt => node,
        Action::Wait(Wait::CleanLogs { stack, .. } | Wait::QuietLogs { stack, .. }) => &stack.node,
        // The idle node's own data moves while the other serves.
        Action::Volume(
            Volume::SetAside { serving: Some(other), .. }
            | Volume::PutBack { serving: Some(other), .. },
        ) => other,
        Action::Look(Look::Backup { data, node, .. }) => beside(seen, data).unwrap_or(node),
        // docker answers only where it runs.
        Action::Volume(
            Volume::FixOwners { .. } | Volume::SetAside { .. } | Volume::PutBack { .. },
        )
        | Action::Registry(Registry::Pull { .. } | Registry::OldImages { .. }) => {
            match &step.node {
                Some(node) => node,
                None => return,
            }
        }
        Action::Settings(s) if matches!(s.edit, Edit::AskUpgrade | Edit::TakeUpgradeOut) => &s.node,
        _ => return,
    };
    if let Some(cluster) = seen.cluster(node) {
        let here = is(Atom::Active(node.clone()));
        found.check(seen.holds(place, &here), Rule::ActiveHere, &[place], &here);
        // Images and backup of a way back are asked for once somebody looked where the resources are.
        let looked = seen.steps().any(|(other, s)| {
            let look = matches!(&s.action, Action::Look(Look::ActiveNode { cluster: c, .. }) if *c == cluster);
            look && seen.before(other, place)
        });
        let images = matches!(
            step.action,
            Action::Registry(Registry::OldImages { .. }) | Action::Look(Look::Backup { .. })
        );
        let needed = images && super::data::asks(seen, cluster);
        found.check(looked || !needed, Rule::ActiveHere, &[place], here);
    }
}

/// The node that serves while the idle one's own data goes back, where the plan does that.
fn beside<'p>(seen: &Seen<'p>, data: &DataSet) -> Option<&'p NodeName> {
    seen.plan.steps.iter().find_map(|s| match &s.action {
        Action::Volume(Volume::SetAside { data: d, serving, .. }) if d == data => serving.as_ref(),
        _ => None,
    })
}

fn move_away(seen: &Seen<'_>, found: &mut Findings<'_, '_>, place: usize, step: &Step) {
    let Some((cluster, from, to)) = moves(step) else { return };
    let members = seen.nodes(cluster);
    let inside = members.contains(from) && members.contains(to) && from != to;
    found.check(inside, Rule::MoveAway, &[place], to);
    for wanted in [is(Atom::Active(from.clone())), is_not(Atom::Active(to.clone()))] {
        found.check(seen.holds(place, &wanted), Rule::MoveAway, &[place], wanted);
    }
}

/// Both resources in one step, and the arrival right behind it: whatever else concerns the
/// cluster's nodes comes before the move or after the arrival.
fn moved_together(seen: &Seen<'_>, found: &mut Findings<'_, '_>, place: usize, step: &Step) {
    let Some((cluster, _, to)) = moves(step) else { return };
    let both = crate::action::MOVED_TOGETHER
        .iter()
        .all(|r| step.commands.iter().any(|c| c.starts_with(&format!("pcs resource move {r} "))));
    found.check(both, Rule::MovedTogether, &[place], to);
    let arrival = seen.steps().find(|(at, s)| {
        let here = matches!(&s.action, Action::Wait(Wait::Arrived { cluster: c, node, .. })
            if *c == cluster && node == to);
        here && seen.before(place, *at)
    });
    let Some((arrival, _)) = arrival else {
        found.say(Rule::MovedTogether, &[place], to);
        return;
    };
    for (other, s) in seen.steps() {
        // A person's snapshot is made on no node of the plan, of a node's data all the same.
        let copied = match &s.action {
            Action::Volume(Volume::BackUp { data, .. }) => Some(&data.holder),
            _ => None,
        };
        let on_its_nodes = [s.node.as_ref(), copied]
            .into_iter()
            .flatten()
            .any(|node| seen.nodes(cluster).contains(node));
        let concerned = on_its_nodes || moves(s).is_some_and(|(c, ..)| c == cluster);
        let apart = seen.before(other, place) || seen.before(arrival, other);
        if concerned && other != place && other != arrival && !apart {
            found.say(Rule::MovedTogether, &[place, other], to);
        }
    }
}

/// From a move to a node with old containers, while the other node has new ones, to the stop of
/// what would run on newer data: nothing but the look at the arrival.
fn window_closed(seen: &Seen<'_>, found: &mut Findings<'_, '_>, place: usize, step: &Step) {
    let Some((cluster, from, to)) = moves(step) else { return };
    let new = |node: &NodeName| {
        seen.stacks_on(node).any(|stack| seen.may(place, &is(Atom::New(stack.clone()))))
    };
    if !new(from) || new(to) {
        return;
    }
    let endangered: Vec<_> = seen
        .stacks_on(to)
        .filter(|stack| {
            let met = seen.data_of(stack).map(|data| is(Atom::Met(data.clone())));
            stack.app == App::Express || met.is_some_and(|met| seen.may(place, &met))
        })
        .collect();
    let mut window = vec![place];
    for stack in &endangered {
        let stop = seen.steps().find(|(at, s)| stops(s) == Some(*stack) && seen.before(place, *at));
        match stop {
            Some((at, _)) => window.push(at),
            None => found.say(Rule::WindowClosed, &[place], stack),
        }
    }
    let shared = endangered.iter().any(|stack| {
        seen.data_of(stack).is_some_and(|data| seen.may(place, &is(Atom::Met(data.clone()))))
    });
    let external = FactKey::Choice("postgres.location".to_owned()).to_string();
    let external = cluster == ClusterName::Back
        && seen.plan.claims.iter().any(|c| c.fact == external && c.value == "external");
    if shared || external {
        let hazard = WarningCode::OldContainersWindow;
        let accepted = seen.plan.accepted.iter().any(|r| r == Risk::OldContainersWindow.as_str());
        let named = seen
            .plan
            .warnings
            .iter()
            .any(|w| w.code == hazard && w.step.as_ref() == Some(&step.id));
        found.check(accepted && named, Rule::WindowClosed, &[place], hazard.as_str());
    }
    let stops: Vec<_> = window[1..].to_vec();
    for (other, s) in seen.steps() {
        let arrival = matches!(&s.action, Action::Wait(Wait::Arrived { cluster: c, node, .. })
            if *c == cluster && node == to);
        let elsewhere = s.node.as_ref().is_some_and(|node| seen.voex_alone(node));
        let apart = seen.before(other, place) || stops.iter().all(|stop| seen.before(*stop, other));
        if !window.contains(&other) && !arrival && !elsewhere && !apart {
            found.say(Rule::WindowClosed, &[place, other], to);
        }
    }
}

/// Where a plan begins inside the window, the stop comes before all other changes.
fn open_window_closed(seen: &Seen<'_>, found: &mut Findings<'_, '_>) {
    // A way back begins wherever somebody stands; what runs on what is a person's decision there.
    // A certificate or a registry's images are no way out of it, nor does their plan look like one.
    if seen.plan.goal != Goal::Upgrade {
        return;
    }
    for stack in seen.plan.topology.stacks.iter().map(|s| &s.stack) {
        if !window_open(seen, stack) {
            continue;
        }
        let Some((stop, _)) = seen.steps().find(|(_, s)| stops(s) == Some(stack)) else {
            found.say(Rule::WindowClosed, &[], stack);
            continue;
        };
        for (other, s) in seen.steps() {
            let harmless = s.kind != Kind::Change
                || stops(s).is_some()
                || matches!(s.action, Action::Volume(Volume::SaveList { .. }))
                || s.node.as_ref().is_some_and(|node| seen.voex_alone(node));
            found.check(
                harmless || seen.before(stop, other),
                Rule::WindowClosed,
                &[stop, other],
                stack,
            );
        }
    }
}

/// After a playbook that may have moved resources somebody looks where they are, before anything
/// else that concerns the cluster, a person's reading of logs included (K4).
fn looked_after(seen: &Seen<'_>, found: &mut Findings<'_, '_>, place: usize, step: &Step) {
    let Action::Playbook(Playbook::Run { clusters, .. }) = &step.action else { return };
    // A playbook that deploys a second node switches to it, and starts what is there.
    let window = changes_release(step).iter().any(|(stack, brings)| {
        let met = seen.data_of(stack).map(|data| is(Atom::Met(data.clone())));
        *brings == Brings::New
            && seen.mate(&stack.node).is_some_and(|mate| {
                let other = Stack::new(mate, stack.app);
                seen.may(place, &is(Atom::New(other)))
            })
            && !seen.may(place, &is(Atom::New((*stack).clone())))
            && met.is_some_and(|met| seen.may(place, &met))
    });
    if window {
        let risk = Risk::OldContainersWindow.as_str();
        let accepted = seen.plan.accepted.iter().any(|r| r == risk);
        let hazard = WarningCode::OldContainersWindow;
        let mut warnings = seen.plan.warnings.iter();
        let named = warnings.any(|w| w.code == hazard && w.step.as_ref() == Some(&step.id));
        found.check(accepted && named, Rule::WindowClosed, &[place], hazard.as_str());
    }
    for cluster in clusters {
        let look = seen.steps().find(|(at, s)| {
            matches!(&s.action, Action::Look(Look::Resources { cluster: c, .. }) if c == cluster)
                && seen.before(place, *at)
        });
        let Some((look, _)) = look else {
            found.say(Rule::LookedAfter, &[place], cluster);
            continue;
        };
        for (other, s) in seen.steps() {
            let runs = |c: &crate::state::Condition| matches!(&c.atom, Atom::Running(stack) if seen.cluster(&stack.node) == Some(*cluster));
            let concerned = s.needs.iter().any(runs)
                || seen.cluster_of(s) == Some(*cluster)
                || matches!(s.action, Action::Playbook(_));
            let looks = matches!(s.action, Action::Look(Look::Resources { .. }));
            let apart = other == place || seen.before(other, place) || seen.before(look, other);
            found.check(looks || !concerned || apart, Rule::LookedAfter, &[place, other], cluster);
        }
    }
}

/// Two steps that users notice never run side by side, unless the file allows both clusters to be
/// interrupted at once; a voice server on its own host is nobody's neighbour, but while resources
/// are on their way it stands still.
fn one_interruption(seen: &Seen<'_>, found: &mut Findings<'_, '_>) {
    let together = FactKey::Choice("interruptions.together".to_owned()).to_string();
    let together = seen.plan.claims.iter().any(|c| c.fact == together && c.value == "true");
    let all: Vec<_> = seen.steps().filter(|(_, s)| s.action.interrupts()).collect();
    let alone = |s: &Step| s.node.as_ref().is_some_and(|node| seen.voex_alone(node));
    // What a move interrupts is back when its arrival was seen.
    let last = |place: usize, step: &Step| {
        let arrived = |s: &Step| {
            moves(step).is_some_and(|(cluster, _, to)| {
                matches!(&s.action, Action::Wait(Wait::Arrived { cluster: c, node, .. })
                    if *c == cluster && node == to)
            })
        };
        let mut all = seen.steps().filter(|(at, s)| arrived(s) && seen.before(place, *at));
        all.next().map_or(place, |(at, _)| at)
    };
    for (number, (one, first)) in all.iter().enumerate() {
        for (other, second) in &all[number + 1..] {
            let both_move = moves(first).is_some() && moves(second).is_some();
            let one_moves = moves(first).is_some() || moves(second).is_some();
            if (alone(first) || alone(second)) && !one_moves {
                continue;
            }
            let apart = |a: usize, a_step: &Step, b: usize| {
                let end = last(a, a_step);
                seen.before(end, b) || (end == b && seen.before(a, b))
            };
            let chained = apart(*one, first, *other) || apart(*other, second, *one);
            // The stop right behind an arrival ends the same interruption.
            let same =
                seen.before(*one, *other) && seen.cluster_of(first) == seen.cluster_of(second);
            if !(chained || same || (together && both_move)) {
                found.say(Rule::OneInterruption, &[*one, *other], "");
            }
        }
    }
}

/// Each interruption lies between the first and the last step of an outage that the plan names.
fn outage_named(seen: &Seen<'_>, found: &mut Findings<'_, '_>, place: usize, step: &Step) {
    if !step.action.interrupts() {
        return;
    }
    let at = |id: &Option<crate::plan::StepId>| {
        id.as_ref().and_then(|id| seen.steps().find(|(_, s)| s.id == *id)).map(|(at, _)| at)
    };
    let named = seen.plan.warnings.iter().filter(|w| w.code == WarningCode::Outage).any(|w| {
        let Some(first) = at(&w.step) else { return false };
        let last = at(&w.until).unwrap_or(first);
        // What was there before the plan needs no step that begins it.
        let begun = w.args.contains_key("since") || first == place || seen.before(first, place);
        begun && (last == place || seen.before(place, last))
    });
    found.check(named, Rule::OutageNamed, &[place], "");
}

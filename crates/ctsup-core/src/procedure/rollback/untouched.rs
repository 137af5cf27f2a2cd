//! Nothing newer has run: what the upgrade moved or stopped goes back, and nothing else (K11 a).

use super::{decide, looked, pins_stay, server};
use crate::action::person::WayBack;
use crate::cite;
use crate::diagnostic::{Code, Diagnostic};
use crate::name::Stack;
use crate::plan::{Because, Phase, WarningCode};
use crate::planner::Planner;
use crate::procedure::{cluster, ending};
use crate::state::Atom;
use crate::topology::Pair;

/// The data has met nothing newer: the resources go back to where they were, nothing else (K11 a).
pub(super) fn untouched(p: &mut Planner<'_>) {
    if !p.known_start && !homes_known(p) {
        return;
    }
    let moved: Vec<Pair> = cluster::pairs(p)
        .into_iter()
        .filter(|pair| p.steps.has(&Atom::Moved(pair.cluster)))
        .collect();
    let off = p.steps.now().debts().any(|d| matches!(d, Atom::AntivirusOff(_)));
    // An idle node's containers start where its cluster is active there.
    let serves = |p: &Planner<'_>, s: &Stack| {
        p.site.cluster_of(&s.node).is_none() || p.steps.has(&Atom::Active(s.node.clone()))
    };
    let stopped: Vec<Stack> = p
        .site
        .stacks()
        .into_iter()
        .filter(|s| p.steps.has(&Atom::Stopped(s.clone())) && serves(p, s))
        .collect();
    if moved.is_empty() && !off && stopped.is_empty() {
        p.nothing_to_do();
        return;
    }
    let stacks = p.site.stacks();
    pins_stay(p, &stacks);
    let interrupts = !(moved.is_empty() && stopped.is_empty());
    let mut last = decide(p, WayBack::MoveBack, &[cite!("HA-RB.a")], "decide");
    // Units that are off are given back whatever the clusters are like.
    let looks = if interrupts { looked(p) } else { Vec::new() };
    // What was stopped starts as it was, before the resources leave it.
    for stack in stopped {
        let clustered = p.site.cluster_of(&stack.node).is_some();
        let server = server(&stack.node, stack.app, clustered);
        let start = server.start(p, "start");
        for earlier in looks.iter().copied().chain([last]) {
            p.steps.after(start, earlier, Because::Row(cite!("HA-RB.a")));
        }
        let logs = server.read_logs(p);
        p.steps.after(logs, start, Because::Invariant(35));
        p.warn(WarningCode::Outage, &[("what", server.stack.to_string())], start, logs);
        last = logs.or(start).or(last);
    }
    for pair in moved {
        let Some(to) =
            pair.nodes.iter().find(|n| !p.steps.has(&Atom::Active((*n).clone()))).cloned()
        else {
            continue;
        };
        let rows = [cite!("HA-RB.a"), cite!("HA.12")];
        let switch = cluster::switch(p, &pair, &to, Phase::FirstHalf, rows);
        for look in &looks {
            p.steps.after(switch.moved, *look, Because::Invariant(3));
        }
        p.steps.after(switch.moved, last, Because::Row(cite!("HA-RB.a")));
        let what = pair.cluster.to_string();
        p.warn(WarningCode::Outage, &[("what", what)], switch.moved, switch.arrived);
        last = switch.arrived.or(switch.moved).or(last);
    }
    let mut end = match interrupts {
        true => ending::seen_in_order(p, &[last]).1,
        false => vec![last],
    };
    end.extend(cluster::clear(p, &end.clone()));
    cluster::antivirus_on(p, &cluster::BY_HAND, &end);
}

/// Whether the file says where each cluster's resources were before the upgrade moved them. A plan
/// made from a run knows; a file does not unless it says so.
pub(super) fn homes_known(p: &mut Planner<'_>) -> bool {
    let home = p.site.rollback.as_ref().map(|r| r.home.clone()).unwrap_or_default();
    let mut known = true;
    for pair in cluster::pairs(p) {
        if home.get(&pair.cluster).is_some_and(|node| pair.nodes.contains(node)) {
            continue;
        }
        let path = format!("rollback.home.{}", pair.cluster);
        let found = Diagnostic::new(Code::MissingChoice).arg("key", &path).arg(
            "choices",
            pair.nodes.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "),
        );
        p.say(&path, found);
        known = false;
    }
    known
}

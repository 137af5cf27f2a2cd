//! What stands at the end of plans: a message sent, and advice that blocks nothing.

use super::cluster;
use crate::action::database::DatabaseOp;
use crate::action::person::Advice;
use crate::action::{Action, Database, Pcs, Person};
use crate::cite;
use crate::name::NodeName;
use crate::plan::builder::{Added, Draft};
use crate::plan::{Because, Phase, Source};
use crate::planner::Planner;
use crate::topology::Backup;

/// A person sends a message when everything is up again (invariant 35).
pub(super) fn send_message(p: &mut Planner<'_>, last: &[Added]) -> Added {
    let action = Action::Person(Person::SendMessage);
    let draft = Draft::person(Phase::Verify, "send-message", action).source(Source::Invariant(35));
    let step = p.steps.once(draft);
    for earlier in last {
        p.steps.after(step, *earlier, Because::Invariant(35));
    }
    step
}

/// The end of plans that change a cluster, in this order: logs read (the steps handed in), a message
/// sent, each gate passed once more (invariant 35). What was borrowed waits for all of it.
pub(super) fn seen_in_order(p: &mut Planner<'_>, last: &[Added]) -> (Added, Vec<Added>) {
    let check = send_message(p, last);
    let mut end = vec![check];
    for pair in cluster::pairs(p) {
        let touched = p.steps.added().any(|(.., action)| match action {
            Action::Playbook(_) => true,
            Action::Dpl(dpl) => pair.nodes.contains(&dpl.stack.node),
            Action::Pcs(Pcs::Move { cluster, .. }) => *cluster == pair.cluster,
            _ => false,
        });
        if !touched {
            continue;
        }
        let gate = cluster::pass(p, &pair, Phase::Verify, "cluster/gate/verify", &[]);
        for step in last.iter().chain([&check]) {
            p.steps.after(gate, *step, Because::Invariant(35));
        }
        end.push(gate);
    }
    (check, end)
}

/// Ports closed to all but Front, as the note of the split chapter would like (A43).
pub(super) fn close_ports(p: &mut Planner<'_>, last: Added) {
    let source = [Source::Reading("A43".to_owned())];
    advise(p, Advice::ClosePorts, "close-ports", &source, Because::Invariant(28), last);
}

/// Copies may go after some days of operation, as the split chapter says.
pub(super) fn old_copies(p: &mut Planner<'_>, last: Added) {
    if matches!(p.site.backup, Some(Backup::Copy(_))) {
        let source = [Source::Row(cite!("B.3")), Source::Row(cite!("F.3"))];
        let because = Because::Row(cite!("F.3"));
        advise(p, Advice::DeleteCopies, "delete-copies", &source, because, last);
    }
}

/// The old database's files stay for a way back, and go by a goal of their own (invariant 20).
pub(super) fn old_database(p: &mut Planner<'_>, last: Added) {
    let upgraded = p.steps.added().any(|(_, _, _, action)| {
        matches!(action, Action::Database(Database { op: DatabaseOp::WaitUpgraded { .. }, .. }))
    });
    if upgraded {
        let (source, because) = ([Source::Invariant(20)], Because::Invariant(20));
        advise(p, Advice::DeleteOldDatabase, "delete-old-database", &source, because, last);
    }
}

/// Which idle nodes still hold the newer containers after a way back (invariant 27).
pub(super) fn newer_containers(p: &mut Planner<'_>, nodes: Vec<NodeName>, last: &[Added]) {
    if nodes.is_empty() || p.steps.added().next().is_none() {
        return;
    }
    let action = Person::Advice { nodes, topic: Advice::NewerContainers };
    let draft = Draft::person(Phase::Restore, "advice/newer-containers", Action::Person(action));
    let step = p.steps.once(draft.source(Source::Invariant(27)));
    for earlier in last {
        p.steps.after(step, *earlier, Because::Invariant(27));
    }
}

fn advise(
    p: &mut Planner<'_>,
    topic: Advice,
    name: &str,
    source: &[Source],
    because: Because,
    last: Added,
) {
    let action = Action::Person(Person::Advice { nodes: Vec::new(), topic });
    let draft = Draft::person(Phase::Restore, &format!("advice/{name}"), action);
    let step = p.steps.once(source.iter().cloned().fold(draft, Draft::source));
    p.steps.after(step, last, because);
}

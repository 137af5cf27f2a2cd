//! What an upgrade of the database left for a way back, deleted on request (PB.1, invariant 20).

use crate::action::database::{Database, DatabaseOp};
use crate::action::{Action, Person};
use crate::cite;
use crate::diagnostic::{Code, Diagnostic};
use crate::fact::{FactKey, FactValue};
use crate::name::{App, NodeName, Stack};
use crate::plan::builder::Draft;
use crate::plan::{Because, Phase, WarningCode};
use crate::planner::Planner;
use crate::state::Atom;
use crate::topology::Layout;

/// Deletes `upgrade_backup_*`, after a person said that nobody wants to go back.
pub(super) fn add(p: &mut Planner<'_>) {
    if !super::postgres::is_embedded(p) {
        p.say("postgres.location", Diagnostic::new(Code::GoalNotHere).arg("goal", p.goal));
        return;
    }
    let Some((FactValue::List(names), held)) = p.ask.value(FactKey::UpgradeBackups) else { return };
    if names.is_empty() || p.steps.has(&Atom::OldDatabaseGone) {
        p.nothing_to_do();
        return;
    }
    let Some(node) = holder(p) else { return };
    let stack = Stack::new(&node, App::Express);
    // The only way back of the database: not before the upgrade is through and seen to work.
    if !p.steps.has(&Atom::DatabaseNew) || !p.steps.has(&Atom::Running(stack.clone())) {
        let found = Diagnostic::new(Code::CleanupTooEarly).arg("claim", &held.claim);
        p.say("facts.postgres.version", found);
        return;
    }
    let action = Action::Person(Person::NoWayBackWanted);
    let agreed = Draft::person(Phase::Judge, "no-way-back-wanted", action);
    let agreed = p.steps.once(agreed.cites(&[cite!("PB.1")]).because(&held));
    let action = Action::Database(Database {
        data: p.site.data_of(&stack),
        dir: p.dir(App::Express).to_owned(),
        node: node.clone(),
        op: DatabaseOp::DeleteOld { names },
        settings: p.site.settings_of(&stack),
        skip: p.catalogue.skip.clone(),
    });
    let draft = Draft::on(&node, Phase::FirstHalf, "postgres/delete-old", action);
    let step = p.steps.once(draft.cites(&[cite!("PB.1")]).because(&held));
    p.steps.after(step, agreed, Because::Invariant(20));
    if let Some(pair) = p.site.cluster_of(&node).cloned() {
        let rows = [cite!("HA.7")];
        let gate = super::cluster::gate(p, &pair, &super::cluster::BY_HAND);
        let seen = super::cluster::look(p, &pair, Phase::Gate, &rows, "cluster/active");
        for earlier in gate {
            p.steps.after(seen, earlier, Because::Row(rows[0]));
        }
        p.steps.after(step, seen, Because::Invariant(5));
    }
    p.warn(WarningCode::WayBackDeleted, &[], step, None);
}

/// The node on which the embedded database runs now.
pub(super) fn holder(p: &mut Planner<'_>) -> Option<NodeName> {
    match p.site.layout.clone() {
        Layout::Single(host) => Some(host),
        Layout::Split { back, .. } => Some(back),
        Layout::Ha { back, .. } => back
            .nodes
            .iter()
            .find(|n| p.steps.has(&Atom::Active((*n).clone())))
            .cloned()
            .or_else(|| p.active(back.cluster)),
    }
}

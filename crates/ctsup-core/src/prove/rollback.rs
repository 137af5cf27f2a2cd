//! The way back from a place in a plan, compiled by the planner: a plan like any other.

use std::collections::{BTreeMap, BTreeSet};

use crate::action::database::{Database, DatabaseOp};
use crate::action::volume::BackUp;
use crate::action::{Action, Volume};
use crate::catalogue::Catalogue;
use crate::diagnostic::{Code, Diagnostic};
use crate::fact::{FactKey, FactValue, Origin};
use crate::name::{App, NodeName, Stack};
use crate::plan::{Goal, Plan, StepId};
use crate::planner::{Outcome, plan_from};
use crate::state::{Atom, State, is_not};
use crate::topology::{Parsed, Rollback, RollbackWay};

/// The state of the installation when just these steps of the plan are done.
///
/// Steps that are not of the plan are ignored; the order is the plan's.
#[must_use]
pub fn state_after(plan: &Plan, done: &BTreeSet<StepId>) -> State {
    let mut state = plan.start.clone();
    for step in plan.steps.iter().filter(|s| done.contains(&s.id)) {
        for condition in &step.leaves {
            state.apply(condition);
        }
    }
    state
}

/// Plans the way back from the place where just these steps of an upgrade are done.
///
/// Nothing newer met the data: the resources go back and debts are paid. Else by pins, where that
/// leads back; else from the plan's own backup.
#[must_use]
pub fn rollback_at(
    parsed: &mut Parsed,
    catalogue: &Catalogue,
    plan: &Plan,
    done: &BTreeSet<StepId>,
) -> Outcome {
    rollback_from(parsed, catalogue, plan, done, &state_after(plan, done))
}

/// The same from a state that was seen: after a run that stopped half-way, `state` is what its journal
/// and the hosts say, and `done` the steps whose outcome is known.
#[must_use]
pub fn rollback_from(
    parsed: &mut Parsed,
    catalogue: &Catalogue,
    plan: &Plan,
    done: &BTreeSet<StepId>,
    state: &State,
) -> Outcome {
    let Some(site) = parsed.topology.as_mut() else {
        return Outcome::Stopped(parsed.diagnostics.clone());
    };
    let before = (site.installed.clone(), site.rollback.clone());
    let crossed = catalogue.barriers_between(&plan.release.target, &plan.release.installed);
    // What the file says a person has decided; else pins, where that leads back.
    let said = site.rollback.clone();
    let chosen = said.as_ref().and_then(|r| r.way).filter(|way| *way != RollbackWay::Postgres);
    let way = chosen.unwrap_or(match crossed.is_empty() {
        true => RollbackWay::Pins,
        false => RollbackWay::Restore,
    });
    let voex = plan.steps.iter().any(|step| {
        done.contains(&step.id)
            && step
                .leaves
                .iter()
                .any(|c| c.holds && matches!(&c.atom, Atom::New(s) if s.app == App::Voex))
    });
    // The file's own backups win: the copy may have been moved since.
    let said_backups = said.map(|r| r.backups).unwrap_or_default();
    site.installed = plan.release.target.clone();
    site.rollback = Some(Rollback {
        to: plan.release.installed.clone(),
        way: Some(way),
        voex: Some(voex),
        lists: Default::default(),
        backups: backups(plan, done).into_iter().chain(said_backups).collect(),
        home: Default::default(),
        upgrade_backup: None,
        postgres_image: None,
    });
    for atom in state.atoms() {
        if let Atom::Met(data) = atom {
            let met = FactValue::Release(plan.release.target.clone());
            parsed.facts.set(FactKey::Met(data.clone()), met, Origin::Observed);
        }
    }
    // A25 asks which version the data is of by now.
    if state.has(&Atom::DatabaseNew) {
        let new = FactValue::Release(catalogue.thresholds.postgres_minimum.clone());
        parsed.facts.set(FactKey::PostgresVersion, new, Origin::Observed);
    }
    // What a person saw of the upgrade says nothing of what follows.
    let mut begun = state.clone();
    for atom in [Atom::Verified, Atom::Judged] {
        begun.apply(&is_not(atom));
    }
    // Nor is its copy one of what was written since the data met the newer release.
    for atom in state.atoms() {
        if let Atom::Met(data) = atom {
            begun.apply(&is_not(Atom::BackedUp(data.clone())));
        }
    }
    // The database's upgrade starts its container beside services that are stopped: the way back stops
    // it before it touches the data.
    for step in plan.steps.iter().filter(|s| done.contains(&s.id)) {
        if let Action::Database(Database { node, op, .. }) = &step.action
            && matches!(op, DatabaseOp::StartUpgrade { .. } | DatabaseOp::StartStandard)
        {
            begun.apply(&is_not(Atom::Stopped(Stack::new(node, App::Express))));
        }
    }
    let state = &begun;
    let mut outcome = plan_from(parsed, catalogue, Goal::Rollback, Some(state));
    // For want of a list or of room, a way that loses what users wrote is not taken.
    let nowhere = |found: &Diagnostic| {
        matches!(found.code, Code::BarrierCrossed | Code::PostgresBlocksRollback)
    };
    let nowhere = outcome.diagnostics().iter().any(nowhere);
    if way == RollbackWay::Pins && chosen.is_none() && nowhere {
        if let Some(rollback) = parsed.topology.as_mut().and_then(|s| s.rollback.as_mut()) {
            rollback.way = Some(RollbackWay::Restore);
        }
        let restored = plan_from(parsed, catalogue, Goal::Rollback, Some(state));
        if !matches!(restored, Outcome::Stopped(_)) {
            outcome = restored;
        }
    }
    if let Some(site) = parsed.topology.as_mut() {
        (site.installed, site.rollback) = before;
    }
    outcome
}

/// The steps that are done when the plan has gone in its own order up to one of them, and with it.
#[must_use]
pub fn done_up_to(plan: &Plan, last: &StepId) -> BTreeSet<StepId> {
    let place = plan.steps.iter().position(|s| s.id == *last).map_or(0, |place| place + 1);
    plan.steps[..place].iter().map(|s| s.id.clone()).collect()
}

/// The step behind which the way back begins, for a place in the middle of the database's upgrade,
/// which nothing interrupts (invariant 14); elsewhere the place itself.
#[must_use]
pub fn way_back_from(plan: &Plan, last: &StepId) -> StepId {
    let under_way = |state: &State| {
        state.atoms().any(|atom| {
            matches!(atom, Atom::UpgradeKey(_) | Atom::SpecialPin(_) | Atom::DatabaseUpgrading)
        })
    };
    let from = plan.steps.iter().position(|s| s.id == *last).unwrap_or(0);
    plan.steps[from..]
        .iter()
        .map(|step| &step.id)
        .find(|id| !under_way(&state_after(plan, &done_up_to(plan, id))))
        .unwrap_or(last)
        .clone()
}

/// The copies that the plan made by then, by whose data they hold.
fn backups(plan: &Plan, done: &BTreeSet<StepId>) -> BTreeMap<NodeName, String> {
    plan.steps
        .iter()
        .filter(|step| done.contains(&step.id))
        .filter_map(|step| match &step.action {
            Action::Volume(Volume::BackUp { by: BackUp::Copy { to }, data, .. }) => {
                Some((data, to.clone()))
            }
            _ => None,
        })
        // Of a host that has both, the copy of CTS holds VoEx, too.
        .fold(BTreeMap::new(), |mut all, (data, to)| {
            if data.app == App::Express || !all.contains_key(&data.holder) {
                all.insert(data.holder.clone(), to);
            }
            all
        })
}

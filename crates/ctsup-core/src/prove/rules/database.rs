//! The embedded database: its keys in settings, its version, its upgrade.

use super::{deploys, touches};
use crate::action::database::DatabaseOp;
use crate::action::dpl::{Brings, DplOp};
use crate::action::settings::Edit;
use crate::action::{Action, Database, Dpl, Playbook, Settings};
use crate::name::{App, SettingsPlace, Stack};
use crate::plan::Step;
use crate::prove::model::{Model, Term};
use crate::prove::rule::{RuleId, Rules, When};
use crate::state::Atom;

pub(super) fn add(model: &Model<'_>, rules: &mut Rules) {
    for (at, step) in model.steps() {
        keys(model, rules, at, step);
        version(model, rules, at, step);
        upgrade(model, rules, at, step);
        pins(model, rules, at, step);
        equal_pins(model, rules, step);
    }
}

/// The settings that a step's containers are made from.
fn settings_of(model: &Model<'_>, step: &Step) -> Vec<SettingsPlace> {
    match &step.action {
        Action::Dpl(Dpl { op: DplOp::Deploy { .. } | DplOp::Start, settings, .. }) => {
            vec![settings.clone()]
        }
        Action::Playbook(Playbook::Run { settings, .. }) => settings.clone(),
        _ => {
            let _ = model;
            Vec::new()
        }
    }
}

/// Invariant 12: no deploy meets the key, and it is written on the active node only.
fn keys(model: &Model<'_>, rules: &mut Rules, at: usize, step: &Step) {
    let id = RuleId::Invariant(12);
    for place in settings_of(model, step) {
        rules.never(model, id, When::Starting(at), &[Term::Is(Atom::UpgradeKey(place.clone()))]);
        let special = Term::Is(Atom::SpecialPin(place));
        rules.never(model, RuleId::Invariant(15), When::Starting(at), &[special]);
    }
    let Action::Settings(Settings { edit, node, place, .. }) = &step.action else { return };
    match edit {
        Edit::AskUpgrade => {
            if model.cluster_of(node).is_some() {
                let idle = Term::Not(Atom::Active(node.clone()));
                rules.never(model, id, When::Starting(at), &[idle]);
            }
            // PG.4 stands after the stop: a container that restarts by itself would upgrade.
            let up = Term::Is(Atom::Running(Stack::new(node, App::Express)));
            rules.never(model, id, When::Starting(at), &[up]);
            let again = Term::Is(Atom::UpgradeKey(place.clone()));
            rules.never(model, id, When::Starting(at), &[again]);
        }
        Edit::TakeUpgradeOut => {
            let begun = model.plan.steps.iter().any(|s| {
                matches!(
                    &s.action,
                    Action::Database(Database { op: DatabaseOp::StartUpgrade { .. }, .. })
                )
            });
            if begun {
                let early = Term::Not(Atom::DatabaseNew);
                rules.never(model, RuleId::Invariant(14), When::Starting(at), &[early]);
            }
        }
        Edit::UnpinSpecial(_) => {
            let early = Term::Not(Atom::DatabaseNew);
            rules.never(model, RuleId::Invariant(14), When::Starting(at), &[early]);
        }
        _ => {}
    }
}

/// Invariant 13: `PG_VERSION` is read while the container runs, before the stop and any deploy.
fn version(model: &Model<'_>, rules: &mut Rules, at: usize, step: &Step) {
    let id = RuleId::Invariant(13);
    let not_kept = [Term::Not(Atom::VersionKept)];
    match &step.action {
        Action::Dpl(Dpl { op: DplOp::Stop { database: true, .. }, .. })
        | Action::Database(Database { op: DatabaseOp::StartUpgrade { .. }, .. }) => {
            rules.never(model, id, When::Starting(at), &not_kept);
        }
        Action::Database(Database { op: DatabaseOp::KeepVersion { file: None }, node, .. }) => {
            let down = Term::Not(Atom::Running(Stack::new(node, App::Express)));
            rules.never(model, id, When::Starting(at), std::slice::from_ref(&down));
            rules.never(model, id, When::Always, &[Term::Running(at), down]);
        }
        _ => {
            // A deploy that updates the image of a database whose version the plan keeps.
            let keeps = |s: &Step| match &s.action {
                Action::Database(Database { op: DatabaseOp::KeepVersion { .. }, node, .. }) => {
                    deploys(step).iter().any(|(stack, brings)| {
                        stack.node == *node && stack.app == App::Express && *brings != Brings::Same
                    })
                }
                _ => false,
            };
            if model.plan.steps.iter().any(keeps) {
                rules.never(model, id, When::Starting(at), &not_kept);
            }
        }
    }
}

/// Invariant 14: room first, one at a time, not interrupted; success is seen before what follows.
fn upgrade(model: &Model<'_>, rules: &mut Rules, at: usize, step: &Step) {
    let id = RuleId::Invariant(14);
    match &step.action {
        Action::Database(Database {
            op: DatabaseOp::StartUpgrade { special },
            node,
            settings,
            ..
        }) => {
            for need in [Atom::SpaceSeen, Atom::Stopped(Stack::new(node, App::Express))] {
                rules.never(model, id, When::Starting(at), &[Term::Not(need)]);
            }
            rules.never(model, id, When::Starting(at), &[Term::Is(Atom::DatabaseNew)]);
            // Its host may have gone down under it: the same call goes on with what there is, and what
            // it needs was seen by the run that began it.
            let begun = model.plan.start.has(&Atom::DatabaseUpgrading);
            if !begun {
                rules.never(model, id, When::Starting(at), &[Term::Is(Atom::DatabaseUpgrading)]);
            }
            let key = Term::Not(Atom::UpgradeKey(settings.clone()));
            rules.never(model, RuleId::Invariant(12), When::Starting(at), &[key]);
            let unlisted = Term::Not(Atom::ListSaved(node.clone()));
            rules.never(model, RuleId::Invariant(19), When::Starting(at), &[unlisted]);
            if *special {
                let missing = Term::Not(Atom::SpecialFetched(node.clone()));
                rules.never(model, RuleId::Invariant(8), When::Starting(at), &[missing]);
            } else if !begun {
                // Invariant 15: the way that needs apt.postgresql.org saw that it answers.
                let seen = model.steps().find(|(_, s)| {
                    matches!(&s.action, Action::Database(Database { op: DatabaseOp::SeeApt, .. }))
                });
                let terms: Vec<_> = seen.map(|(apt, _)| Term::NotDone(apt)).into_iter().collect();
                rules.never(model, RuleId::Invariant(15), When::Starting(at), &terms);
            }
        }
        Action::Database(Database { op: DatabaseOp::SeeSpace { .. }, node, .. }) => {
            // `docker system df` knows a volume's size while Docker runs with it.
            let down = Term::Not(Atom::Running(Stack::new(node, App::Express)));
            rules.never(model, id, When::Starting(at), &[down]);
        }
        Action::Database(Database { op, .. })
            if matches!(op, DatabaseOp::StartStandard | DatabaseOp::StartOld) =>
        {
            if matches!(op, DatabaseOp::StartStandard) {
                rules.never(model, id, When::Starting(at), &[Term::Not(Atom::DatabaseNew)]);
            }
            let again = Term::Is(Atom::DatabaseStandard);
            rules.never(model, RuleId::Invariant(25), When::Starting(at), &[again]);
        }
        // While the upgrade is under way nothing else of the node's containers is touched.
        _ if touches(step).iter().any(|s| s.app == App::Express)
            || matches!(step.action, Action::Pcs(_)) =>
        {
            rules.never(model, id, When::Starting(at), &[Term::Is(Atom::DatabaseUpgrading)]);
            // And what follows an upgrade that this plan makes runs on the standard image.
            let makes = model.plan.steps.iter().any(|s| {
                matches!(
                    &s.action,
                    Action::Database(Database { op: DatabaseOp::StartUpgrade { .. }, .. })
                )
            });
            if makes && !deploys(step).is_empty() {
                let not_yet = Term::Not(Atom::DatabaseStandard);
                rules.never(model, RuleId::Invariant(15), When::Starting(at), &[not_yet]);
            }
        }
        _ => {}
    }
}

/// Invariant 17: whenever a plan ends, both nodes of a cluster have the same pins.
fn equal_pins(model: &Model<'_>, rules: &mut Rules, step: &Step) {
    let Action::Settings(Settings { edit, node, place, .. }) = &step.action else { return };
    let pins = matches!(edit, Edit::Pin(_) | Edit::HoldDatabase(_) | Edit::AutoUpgrade);
    let Some(other) = model.other(node).filter(|_| pins) else { return };
    for theirs in model.stacks_on(other).filter(|s| s.stack.app == place.app) {
        if theirs.settings != *place {
            let here = Term::Is(Atom::PinsSet(place.clone()));
            let there = Term::Not(Atom::PinsSet(theirs.settings.clone()));
            rules.never(model, RuleId::Invariant(17), When::End, &[here, there]);
        }
    }
}

/// Invariant 17: a deploy that reads pins finds them on every node of the cluster.
fn pins(model: &Model<'_>, rules: &mut Rules, at: usize, step: &Step) {
    let id = RuleId::Invariant(17);
    let mut nodes: Vec<_> = deploys(step).iter().map(|(s, _)| (s.app, s.node.clone())).collect();
    let fetches = matches!(&step.action, Action::Dpl(Dpl { op: DplOp::Fetch, .. }));
    if let (true, Action::Dpl(dpl)) = (fetches, &step.action) {
        nodes.push((dpl.stack.app, dpl.stack.node.clone()));
    }
    if nodes.is_empty() {
        return;
    }
    for (number, edit) in model.steps() {
        let Action::Settings(Settings { edit, node, place, .. }) = &edit.action else { continue };
        let of_cluster = nodes.iter().any(|(_, n)| n == node || model.other(n) == Some(node));
        let pins = match edit {
            Edit::Unpin(_) => true,
            Edit::Pin(_) | Edit::HoldDatabase(_) | Edit::AutoUpgrade => !fetches,
            _ => false,
        };
        let same_app = nodes.iter().any(|(app, _)| *app == place.app);
        if of_cluster && pins && same_app {
            rules.never(model, id, When::Starting(at), &[Term::NotDone(number)]);
        }
    }
}

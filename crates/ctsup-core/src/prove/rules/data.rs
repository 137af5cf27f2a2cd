//! Data: backups, owners, stores, image lists, certificates, the old database's files.

use super::deploys;
use crate::action::database::DatabaseOp;
use crate::action::dpl::{Brings, DplOp};
use crate::action::person::DatabaseBack;
use crate::action::settings::Edit;
use crate::action::site::{Owes, Site};
use crate::action::{
    Action, Certificate, Database, Dpl, Pcs, Person, Playbook, Registry, Settings, Volume,
};
use crate::name::{App, DataSet, NodeName};
use crate::plan::{Goal, Step};
use crate::prove::model::{Model, Term};
use crate::prove::rule::{RuleId, Rules, When};
use crate::state::Atom;

pub(super) fn add(model: &Model<'_>, rules: &mut Rules) {
    for (at, step) in model.steps() {
        backed_up(model, rules, at, step);
        once(model, rules, at, step);
        listed(model, rules, at, step);
        certificate(model, rules, at, step);
        not_twice(model, rules, at, step);
    }
}

/// What a step changes of data for the first time.
fn mutates(model: &Model<'_>, step: &Step) -> Vec<DataSet> {
    match &step.action {
        Action::Dpl(Dpl { op: DplOp::Exporters { .. } | DplOp::Deploy { .. }, data, .. })
            if !deploys(step).iter().any(|(_, b)| *b == Brings::Same) =>
        {
            vec![data.clone()]
        }
        Action::Volume(Volume::FixOwners { data, .. } | Volume::ClearLetsEncrypt { data, .. }) => {
            vec![data.clone()]
        }
        Action::Database(Database { op: DatabaseOp::StartUpgrade { .. }, data, .. }) => {
            vec![data.clone()]
        }
        Action::Playbook(Playbook::Run { data, .. }) => data.clone(),
        // A person's hand on the database's files.
        Action::Person(Person::RollBackDatabase {
            node, part: DatabaseBack::MoveFiles, ..
        }) => {
            let express = model.stacks_on(node).filter(|s| s.stack.app == App::Express);
            express.map(|s| s.data.clone()).collect()
        }
        // Pins are taken out before anything is fetched by them; the edit keeps its own copy.
        Action::Settings(Settings { edit: Edit::Unpin(_), .. }) => Vec::new(),
        Action::Settings(Settings { node, place, .. }) => {
            // Where the plan has a backup of the data it stands before the edit.
            let of_node = model.stacks_on(node).filter(|s| s.settings == *place).map(|s| &s.data);
            let copied = |data: &&DataSet| {
                model.plan.steps.iter().any(|s| {
                    matches!(&s.action, Action::Volume(Volume::BackUp { data: d, beside, .. })
                        if d == *data || beside.contains(data))
                })
            };
            of_node.filter(copied).cloned().collect()
        }
        _ => Vec::new(),
    }
}

/// Invariant 2: a verified backup, taken after the services stopped, before the first change.
fn backed_up(model: &Model<'_>, rules: &mut Rules, at: usize, step: &Step) {
    let id = RuleId::Invariant(2);
    for data in mutates(model, step) {
        rules.never(model, id, When::Starting(at), &[Term::Not(Atom::BackedUp(data))]);
    }
    match &step.action {
        Action::Volume(Volume::BackUp { data, writers, .. }) => {
            let of_data =
                model.plan.topology.stacks.iter().filter(|s| s.data == *data).map(|s| &s.stack);
            for writer in writers.iter().chain(of_data) {
                let up = Term::Is(Atom::Running(writer.clone()));
                rules.never(model, id, When::Starting(at), std::slice::from_ref(&up));
                rules.never(model, id, When::Always, &[Term::Running(at), up]);
            }
            let met = Atom::Met(data.clone());
            if model.plan.goal == Goal::Upgrade && !model.plan.start.has(&met) {
                rules.never(model, id, When::Starting(at), &[Term::Is(met)]);
            }
            let again = Term::Is(Atom::BackedUp(data.clone()));
            rules.never(model, RuleId::Invariant(33), When::Starting(at), &[again]);
        }
        // What is moved or overwritten is not written to meanwhile.
        Action::Volume(Volume::PutBack { data, .. } | Volume::SetAside { data, .. }) => {
            for place in model.plan.topology.stacks.iter().filter(|s| s.data == *data) {
                let up = Term::Is(Atom::Running(place.stack.clone()));
                rules.never(model, id, When::Starting(at), std::slice::from_ref(&up));
                rules.never(model, id, When::Always, &[Term::Running(at), up]);
            }
        }
        Action::Volume(Volume::FixOwners { data, .. } | Volume::ClearLetsEncrypt { data, .. }) => {
            for place in model.plan.topology.stacks.iter().filter(|s| s.data == *data) {
                let up = Term::Is(Atom::Running(place.stack.clone()));
                rules.never(model, id, When::Starting(at), &[up]);
            }
        }
        _ => {}
    }
}

/// Invariants 18 and 19: once per volume, per directory, per list.
fn once(model: &Model<'_>, rules: &mut Rules, at: usize, step: &Step) {
    let (id, again) = match &step.action {
        Action::Volume(Volume::FixOwners { data, .. }) => {
            (RuleId::Invariant(18), Atom::OwnersFixed(data.clone()))
        }
        Action::Volume(Volume::ClearLetsEncrypt { node, .. }) => {
            (RuleId::Invariant(18), Atom::LetsEncryptCleared(node.clone()))
        }
        Action::Volume(Volume::SaveList { node, .. }) => {
            (RuleId::Invariant(19), Atom::ListSaved(node.clone()))
        }
        Action::Volume(Volume::SetAside { data, .. }) => {
            (RuleId::Invariant(33), Atom::SetAside(data.clone()))
        }
        Action::Volume(Volume::PutBack { data, .. }) => {
            (RuleId::Invariant(33), Atom::PutBack(data.clone()))
        }
        _ => return,
    };
    rules.never(model, id, When::Starting(at), &[Term::Is(again)]);
}

/// Invariant 19: a node's image list is saved before its containers change for the first time, and
/// while they are still the old ones.
fn listed(model: &Model<'_>, rules: &mut Rules, at: usize, step: &Step) {
    let id = RuleId::Invariant(19);
    let saves = |n: &NodeName| {
        model.plan.steps.iter().any(
            |s| matches!(&s.action, Action::Volume(Volume::SaveList { node, .. }) if node == n),
        )
    };
    let changed: Vec<&NodeName> = match &step.action {
        Action::Pcs(Pcs::Move { from, .. }) if model.plan.goal == Goal::Upgrade => vec![from],
        // A stop leaves the containers; the list shows them stopped too.
        Action::Dpl(_) => deploys(step).into_iter().map(|(s, _)| &s.node).collect(),
        _ => Vec::new(),
    };
    for node in changed {
        let release = model
            .plan
            .steps
            .iter()
            .flat_map(deploys)
            .any(|(s, b)| s.node == *node && b != Brings::Same);
        if release || saves(node) {
            rules.never(model, id, When::Starting(at), &[Term::Not(Atom::ListSaved(node.clone()))]);
        }
    }
    if let Action::Volume(Volume::SaveList { node, .. }) = &step.action
        && model.plan.goal == Goal::Upgrade
    {
        for place in model.stacks_on(node) {
            if !model.plan.start.has(&Atom::New(place.stack.clone())) {
                let new = Term::Is(Atom::New(place.stack.clone()));
                rules.never(model, id, When::Starting(at), &[new]);
            }
        }
    }
}

/// Invariant 25: what may not be repeated blindly stands where it is not done yet.
fn not_twice(model: &Model<'_>, rules: &mut Rules, at: usize, step: &Step) {
    let id = RuleId::Invariant(25);
    // Invariant 8: images come out of the local registry once they are in it.
    let gets = matches!(&step.action, Action::Dpl(Dpl { op: DplOp::Fetch, .. }))
        || matches!(&step.action, Action::Registry(Registry::Pull { .. }))
        || deploys(step).iter().any(|(_, b)| *b == Brings::New);
    if matches!(&step.action, Action::Look(crate::action::Look::WebImage { .. })) {
        let empty = Term::Not(Atom::Loaded);
        rules.never(model, RuleId::Invariant(8), When::Starting(at), &[empty]);
    }
    if let Action::Playbook(Playbook::Run { stacks, brings: Brings::New, .. }) = &step.action {
        let done: Vec<_> = stacks.iter().map(|s| Term::Is(Atom::New(s.clone()))).collect();
        rules.never(model, id, When::Starting(at), &done);
    }
    let local = |s: &Step| matches!(s.action, Action::Registry(Registry::SeeTags { .. }));
    if gets && model.plan.steps.iter().any(local) {
        let empty = Term::Not(Atom::Loaded);
        rules.never(model, RuleId::Invariant(8), When::Starting(at), &[empty]);
    }
    match &step.action {
        Action::Dpl(Dpl { op: DplOp::Deploy { .. } | DplOp::Start, stack, .. })
            if model.plan.goal != Goal::Certificate =>
        {
            let up = Term::Is(Atom::Running(stack.clone()));
            rules.never(model, id, When::Starting(at), &[up]);
        }
        Action::Site(Site { name, owes: Some(Owes::Pays), .. }) => {
            let paid = Term::Not(Atom::OwnOpen(name.clone()));
            rules.never(model, id, When::Starting(at), &[paid]);
        }
        Action::Site(Site { name, .. }) => {
            let done = Term::Is(Atom::OwnDone(name.clone()));
            rules.never(model, id, When::Starting(at), &[done]);
        }
        Action::Database(Database { op: DatabaseOp::StartOld, node, .. }) => {
            let unlisted = Term::Not(Atom::ListSaved(node.clone()));
            rules.never(model, RuleId::Invariant(19), When::Starting(at), &[unlisted]);
        }
        _ => {}
    }
}

/// Invariants 20 and 29.
fn certificate(model: &Model<'_>, rules: &mut Rules, at: usize, step: &Step) {
    match &step.action {
        Action::Certificate(Certificate::Place { .. }) => {
            let unsound = Term::Not(Atom::CertificateSound);
            rules.never(model, RuleId::Invariant(29), When::Starting(at), &[unsound]);
        }
        Action::Dpl(Dpl { op: DplOp::RestartNginx, stack, .. })
            if !model.plan.steps.iter().any(|s| deploys(s).iter().any(|(d, _)| *d == stack)) =>
        {
            // By default the certificate is applied by a deploy without an update, too.
            rules.never(model, RuleId::Invariant(29), When::Starting(at), &[]);
        }
        // What applies the certificate finds it in place on every node that has its files.
        Action::Dpl(Dpl { op: DplOp::Deploy { .. } | DplOp::RestartNginx, .. })
            if model.plan.goal == Goal::Certificate =>
        {
            for other in &model.plan.steps {
                if let Action::Certificate(Certificate::Place { node, .. }) = &other.action {
                    let missing = Term::Not(Atom::CertificatePlaced(node.clone()));
                    rules.never(model, RuleId::Invariant(29), When::Starting(at), &[missing]);
                }
            }
        }
        Action::Database(Database { op: DatabaseOp::DeleteOld { .. }, .. }) => {
            let unseen = Term::Not(Atom::Verified);
            rules.never(model, RuleId::Invariant(20), When::Starting(at), &[unseen]);
            let upgraded = Term::Not(Atom::DatabaseNew);
            rules.never(model, RuleId::Invariant(20), When::Starting(at), &[upgraded]);
        }
        _ => {}
    }
}

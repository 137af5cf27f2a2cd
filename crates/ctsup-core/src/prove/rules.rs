//! The invariants of correct plans as patterns over the model, one file a family.
//!
//! A rule never rests on an edge or a reason written in the plan: what it asks must follow from
//! what the steps do. That is what makes a plan with an edge missing fail.

mod cluster;
mod data;
mod database;
mod end;
mod order;

use super::model::{Model, Term};
use super::rule::{RuleId, Rules, When};
use crate::action::dpl::{Brings, DplOp};
use crate::action::{Action, Dpl, Playbook};
use crate::name::{App, NodeName, Stack};
use crate::plan::{Plan, Step};
use crate::state::Atom;
use crate::topology::Role;

/// All rules of a plan.
pub(crate) fn compile(model: &Model<'_>) -> Rules {
    let mut rules = Rules::new(model.len());
    order::add(model, &mut rules);
    cluster::add(model, &mut rules);
    data::add(model, &mut rules);
    database::add(model, &mut rules);
    end::add(model, &mut rules);
    needs(model, &mut rules);
    rules
}

/// A step's own preconditions; those that an invariant asks for carry its number.
fn needs(model: &Model<'_>, rules: &mut Rules) {
    for (at, step) in model.steps() {
        for need in &step.needs {
            let id = match (&need.atom, need.holds) {
                (Atom::GatePassed(_) | Atom::FilesAnswer(_), true) => RuleId::Invariant(3),
                (Atom::Active(_), true) => RuleId::Invariant(5),
                (Atom::BackedUp(_) | Atom::Stopped(_), true) => RuleId::Invariant(2),
                (Atom::ListSaved(_), true) => RuleId::Invariant(19),
                (Atom::VersionKept, true) => RuleId::Invariant(13),
                (Atom::UpgradeKey(_), _) => RuleId::Invariant(12),
                (Atom::SpecialPin(_), false) => RuleId::Invariant(15),
                (Atom::SpaceSeen | Atom::DatabaseUpgrading | Atom::DatabaseNew, true) => {
                    RuleId::Invariant(14)
                }
                (Atom::CertificateSound | Atom::CertificatePlaced(_), true) => {
                    RuleId::Invariant(29)
                }
                (Atom::Decided, true) => RuleId::Invariant(32),
                _ => RuleId::Needs,
            };
            let unmet =
                if need.holds { Term::Not(need.atom.clone()) } else { Term::Is(need.atom.clone()) };
            rules.never(model, id, When::Starting(at), &[unmet]);
        }
    }
}

/// The stacks that a step stops, deploys or restarts.
fn touches(step: &Step) -> Vec<&Stack> {
    match &step.action {
        Action::Dpl(Dpl {
            op: DplOp::Stop { .. } | DplOp::Deploy { .. } | DplOp::Start,
            stack,
            ..
        }) => {
            vec![stack]
        }
        Action::Playbook(Playbook::Run { stacks, .. }) => stacks.iter().collect(),
        _ => Vec::new(),
    }
}

/// The stacks that a step gives a release, and which.
fn deploys(step: &Step) -> Vec<(&Stack, Brings)> {
    match &step.action {
        Action::Dpl(Dpl { op: DplOp::Deploy { brings, .. }, stack, .. }) => vec![(stack, *brings)],
        Action::Dpl(Dpl { op: DplOp::Start, stack, .. }) => vec![(stack, Brings::Same)],
        Action::Playbook(Playbook::Run { stacks, brings, .. }) => {
            stacks.iter().map(|s| (s, *brings)).collect()
        }
        _ => Vec::new(),
    }
}

/// Which release a stack gets in this plan.
fn brings(plan: &Plan, stack: &Stack) -> Option<Brings> {
    plan.steps.iter().flat_map(deploys).find(|(s, _)| *s == stack).map(|(_, brings)| brings)
}

/// The application's stacks on nodes of a role.
fn stacks(plan: &Plan, app: App, role: Role) -> impl Iterator<Item = &Stack> {
    plan.topology
        .stacks
        .iter()
        .map(|s| &s.stack)
        .filter(move |s| s.app == app && role_of(plan, &s.node) == Some(role))
}

fn role_of(plan: &Plan, node: &NodeName) -> Option<Role> {
    plan.topology.nodes.get(node).map(|server| server.role)
}

//! The end of a plan: its goal reached, what was borrowed given back, what was changed seen.

use super::{brings, deploys};
use crate::action::dpl::Brings;
use crate::action::{Action, Certificate, Person, Playbook, Unit, Volume};
use crate::name::App;
use crate::plan::{Goal, Step, WarningCode};
use crate::prove::model::{Model, Term};
use crate::prove::rule::{RuleId, Rules, When};
use crate::state::Atom;

pub(super) fn add(model: &Model<'_>, rules: &mut Rules) {
    if model.plan.is_empty() {
        return;
    }
    goal(model, rules);
    debts(model, rules);
    antivirus(model, rules);
    seen(model, rules);
}

/// What the plan is for holds at its end.
fn goal(model: &Model<'_>, rules: &mut Rules) {
    let plan = model.plan;
    let mut want = |terms: &[Term]| rules.never(model, RuleId::Goal, When::End, terms);
    for place in &plan.topology.stacks {
        let stack = &place.stack;
        let new = Atom::New(stack.clone());
        // Of a cluster's nodes the one where the resources are.
        let active =
            model.cluster_of(&stack.node).map(|_| Term::Is(Atom::Active(stack.node.clone())));
        let down: Vec<_> =
            active.into_iter().chain([Term::Not(Atom::Running(stack.clone()))]).collect();
        match plan.goal {
            // Everywhere; a playbook's second run included.
            Goal::Upgrade => {
                want(&[Term::Not(new)]);
                want(&down);
            }
            Goal::Rollback if brings(plan, stack) == Some(Brings::Old) => {
                want(&[Term::Is(new)]);
                want(&down);
                // A failover would give old services the newer data that the idle node has for itself.
                let pair = model.cluster_of(&stack.node);
                let beside = plan.topology.stacks.iter().filter(|other| {
                    let together = pair.is_some() && model.cluster_of(&other.stack.node) == pair;
                    together && other.stack.app == stack.app && other.data != place.data
                });
                for other in beside {
                    let put_back = Term::Is(Atom::PutBack(place.data.clone()));
                    want(&[put_back, Term::Is(Atom::Met(other.data.clone()))]);
                }
            }
            // Whoever served at the start serves at the end.
            _ if plan.start.has(&Atom::Running(stack.clone()))
                && model.cluster_of(&stack.node).is_none() =>
            {
                want(&[Term::Not(Atom::Running(stack.clone()))]);
            }
            _ => {}
        }
    }
    for step in &plan.steps {
        match &step.action {
            Action::Playbook(Playbook::Run { stacks, brings: Brings::New, .. }) => {
                for stack in stacks {
                    want(&[Term::Not(Atom::New(stack.clone()))]);
                }
            }
            // Back by playbooks is back on all nodes (AN-R.7): nothing newer waits for a failover.
            Action::Playbook(Playbook::Run { clusters, brings: Brings::Old, .. }) => {
                for place in &plan.topology.stacks {
                    let played =
                        model.cluster_of(&place.stack.node).is_some_and(|c| clusters.contains(&c));
                    if played && place.stack.app == App::Express {
                        want(&[Term::Is(Atom::New(place.stack.clone()))]);
                    }
                }
            }
            Action::Volume(Volume::SetAside { data, .. }) => {
                want(&[Term::Not(Atom::PutBack(data.clone()))]);
            }
            Action::Certificate(Certificate::SeeServed { node, .. }) => {
                want(&[Term::Not(Atom::CertificateServed(node.clone()))]);
            }
            _ => {}
        }
    }
    match plan.goal {
        Goal::Postgres => want(&[Term::Not(Atom::DatabaseStandard)]),
        Goal::Cleanup => want(&[Term::Not(Atom::OldDatabaseGone)]),
        Goal::Registry => want(&[Term::Not(Atom::Loaded)]),
        Goal::Certificate => {
            let served: Vec<_> = plan
                .topology
                .nodes
                .keys()
                .map(|n| Term::Not(Atom::CertificateServed(n.clone())))
                .collect();
            want(&served);
        }
        Goal::Rollback => {
            want(&[Term::Is(Atom::DatabaseAside), Term::Not(Atom::DatabaseStandard)]);
        }
        Goal::Upgrade | Goal::WebClient => {}
    }
}

/// Invariants 10, 12, 17 and 27: every debt is paid, but those that the plan names as staying.
fn debts(model: &Model<'_>, rules: &mut Rules) {
    let plan = model.plan;
    for bit in model.debts().iter() {
        let debt = model.atoms_of(&std::iter::once(bit).collect()).atoms().next().cloned();
        let Some(debt) = debt else { continue };
        let opened = plan.steps.iter().any(|s| s.opens.contains(&debt));
        let whole = matches!(plan.goal, Goal::Upgrade | Goal::Rollback);
        let named = match &debt {
            Atom::Constraint(cluster) => {
                // Or it holds the resources where a way back serves from, and the plan names it.
                let holds = plan.goal == Goal::Rollback
                    && plan.start.has(&Atom::Moved(*cluster))
                    && plan.warnings.iter().any(|w| w.code == WarningCode::ConstraintsFound);
                holds || plan.readings.iter().any(|r| r.key == "A12" && r.taken == "keep")
            }
            Atom::Pinned(_) => {
                plan.goal == Goal::Rollback
                    || plan
                        .accepted
                        .iter()
                        .any(|r| r == "pins-kept" || r == "postgres-below-minimum")
                    || plan.warnings.iter().any(|w| w.code == WarningCode::PinsStay)
                    || (!opened && plan.goal != Goal::Upgrade)
            }
            // Who restores or goes back serves from where the resources are now.
            Atom::Moved(_) => plan.goal == Goal::Rollback && plan.start.has(&debt),
            _ => false,
        };
        if named || !(opened || whole) {
            continue;
        }
        let id = match &debt {
            Atom::AntivirusOff(_) => RuleId::Invariant(10),
            Atom::UpgradeKey(_) => RuleId::Invariant(12),
            Atom::SpecialPin(_) => RuleId::Invariant(15),
            Atom::DatabaseUpgrading => RuleId::Invariant(14),
            Atom::Unchecked(_) => RuleId::Invariant(35),
            _ => RuleId::Invariant(27),
        };
        rules.never(model, id, When::End, &[Term::Is(debt)]);
    }
}

/// Invariant 10: the antivirus is the last debt: started where it was stopped, on nodes without a
/// job, when nothing else is owed.
fn antivirus(model: &Model<'_>, rules: &mut Rules) {
    let id = RuleId::Invariant(10);
    for (at, step) in model.steps() {
        let Action::Unit(Unit::StartAntivirus { node, .. }) = &step.action else { continue };
        let when = When::Starting(at);
        rules.never(model, id, when, &[Term::Not(Atom::AntivirusOff(node.clone()))]);
        for bit in model.debts().iter() {
            let debts = model.atoms_of(&std::iter::once(bit).collect());
            let Some(debt) = debts.atoms().next() else { continue };
            let paid_here = model.plan.steps.iter().any(|s| s.closes.contains(debt));
            if paid_here && !matches!(debt, Atom::AntivirusOff(_)) {
                rules.never(model, id, when, &[Term::Is(debt.clone())]);
            }
        }
        for (other, job) in model.steps() {
            if job.node.is_some() && !matches!(job.action, Action::Unit(_)) {
                rules.never(model, id, when, &[Term::Running(other)]);
            }
        }
    }
}

/// Invariant 35: at the end logs are read, a person sends a message, gates pass again; then
/// constraints and antivirus.
fn seen(model: &Model<'_>, rules: &mut Rules) {
    let plan = model.plan;
    let id = RuleId::Invariant(35);
    let changes = |s: &&Step| !deploys(s).is_empty();
    if !plan.steps.iter().any(|s| changes(&s)) || plan.goal == Goal::Certificate {
        return;
    }
    // The chapters of one host and of Back and Front end with their logs; the clusters' and the
    // playbooks' ends are seen by a person (K18).
    let person = plan.steps.iter().any(|s| matches!(s.action, Action::Playbook(_)))
        || plan.goal == Goal::Postgres;
    if person || !plan.topology.clusters.is_empty() {
        rules.never(model, id, When::End, &[Term::Not(Atom::Verified)]);
    }
    let gated: Vec<_> = plan
        .topology
        .clusters
        .keys()
        .filter(|c| {
            plan.steps.iter().flat_map(deploys).any(|(s, _)| model.cluster_of(&s.node) == Some(**c))
        })
        .collect();
    for cluster in &gated {
        rules.never(model, id, When::End, &[Term::Not(Atom::GatePassed(**cluster))]);
        rules.never(model, id, When::End, &not_yet_final(model, **cluster));
    }
    for (at, step) in model.steps() {
        let last = matches!(step.action, Action::Unit(Unit::StartAntivirus { .. }))
            || matches!(step.action, Action::Pcs(crate::action::Pcs::Clear { .. }));
        if last {
            rules.never(model, id, When::Starting(at), &[Term::Not(Atom::Verified)]);
            // dpl has reinstalled what Pacemaker runs: the gate that counts is a later one.
            for cluster in &gated {
                rules.never(model, id, When::Starting(at), &not_yet_final(model, **cluster));
            }
        }
        if matches!(step.action, Action::Person(Person::SendMessage)) {
            for place in &plan.topology.stacks {
                let unread = Term::Is(Atom::Unchecked(place.stack.clone()));
                rules.never(model, id, When::Starting(at), &[unread]);
                if brings(plan, &place.stack) == Some(Brings::New) {
                    let old = Term::Not(Atom::New(place.stack.clone()));
                    rules.never(model, id, When::Starting(at), &[old]);
                }
            }
        }
    }
}

/// None of the gates is done that follow the cluster's last deploy and the person's message; without
/// such a gate this is always so.
fn not_yet_final(model: &Model<'_>, cluster: crate::name::ClusterName) -> Vec<Term> {
    let gates = model.steps().filter(|(gate, step)| is_final_gate(model, *gate, step, cluster));
    gates.map(|(gate, _)| Term::NotDone(gate)).collect()
}

/// A gate behind the last deploy of its cluster and behind the message.
fn is_final_gate(
    model: &Model<'_>,
    at: usize,
    step: &Step,
    cluster: crate::name::ClusterName,
) -> bool {
    let crate::action::Action::Wait(crate::action::Wait::Gate { cluster: c, .. }) = &step.action
    else {
        return false;
    };
    *c == cluster
        && model
            .steps()
            .filter(|(_, s)| {
                matches!(s.action, Action::Person(Person::SendMessage))
                    || deploys(s)
                        .iter()
                        .any(|(stack, _)| model.cluster_of(&stack.node) == Some(cluster))
            })
            .all(|(earlier, _)| model.moves[at].before.has(model.done_bit(earlier)))
}

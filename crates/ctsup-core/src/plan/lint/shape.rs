//! The shape of a plan: ids, waits, sources, claims, needs, places.

use std::collections::BTreeSet;

use super::seen::{Seen, backs_up, deploys};
use super::{Findings, Rule};
use crate::action::database::DatabaseOp;
use crate::action::dpl::{Brings, DplOp};
use crate::action::person::{DatabaseBack, Person};
use crate::action::{Action, Database, Dpl, Pcs, Playbook, Registry, Unit, Volume, Wait};
use crate::fact::ClaimKey;
use crate::name::{App, DataSet, NodeName, Stack};
use crate::plan::{Cause, Goal, Step, WarningCode};
use crate::state::{Atom, is};
use crate::topology::Role;

pub(super) fn check(seen: &Seen<'_>, found: &mut Findings<'_, '_>) {
    ids_and_waits(seen, found);
    sources(seen, found);
    for (place, step) in seen.steps() {
        for need in &step.needs {
            found.check(seen.holds(place, need), Rule::NeedsMet, &[place], need);
        }
        does_something(seen, found, place, step);
        place_agrees(seen, found, place, step);
    }
    agreed(seen, found);
}

fn ids_and_waits(seen: &Seen<'_>, found: &mut Findings<'_, '_>) {
    let mut ids = BTreeSet::new();
    for (place, step) in seen.steps() {
        for wait in &step.after {
            let earlier = seen.plan.steps[..place].iter().position(|s| s.id == wait.step);
            let Some(earlier) = earlier else {
                found.say(Rule::WaitsExist, &[place], &wait.step);
                continue;
            };
            found.check(!wait.because.is_empty(), Rule::WaitsReasoned, &[place], &wait.step);
            let implied = step.after.iter().any(|other| {
                seen.plan.steps[..place]
                    .iter()
                    .position(|s| s.id == other.step)
                    .is_some_and(|between| seen.before(earlier, between))
            });
            let twice = step.after.iter().filter(|other| other.step == wait.step).count() > 1;
            found.check(!implied && !twice, Rule::WaitsReduced, &[place], &wait.step);
        }
        found.check(ids.insert(&step.id), Rule::IdsUnique, &[place], &step.id);
    }
}

fn sources(seen: &Seen<'_>, found: &mut Findings<'_, '_>) {
    let claims: BTreeSet<ClaimKey> = seen.plan.claims.iter().map(crate::fact::Claim::key).collect();
    for (place, step) in seen.steps() {
        found.check(!step.source.is_empty(), Rule::Sourced, &[place], "");
        for claim in step.rests_on.iter().filter(|claim| !claims.contains(claim)) {
            found.say(Rule::ClaimsExist, &[place], claim);
        }
    }
    for left in &seen.plan.left_out {
        if let Cause::Claim(claim) = &left.because {
            found.check(claims.contains(claim), Rule::ClaimsExist, &[], claim);
        }
    }
}

/// A step all of whose results hold anyway is one too many: a repetition nobody asked for.
fn does_something(seen: &Seen<'_>, found: &mut Findings<'_, '_>, place: usize, step: &Step) {
    let idle = !step.leaves.is_empty() && step.leaves.iter().all(|c| seen.holds(place, c));
    // A gate that is asked once more at the end is asked because exporters were reinstalled.
    let again = match &step.action {
        Action::Wait(Wait::Gate { .. }) => true,
        // Each plan asks for its own decision, also where a plan before it had one.
        Action::Person(Person::DecideWayBack { .. }) => seen.plan.start.has(&Atom::Decided),
        // Its host may have gone down under it: the same call lets alone what still works.
        Action::Database(Database { op: DatabaseOp::StartUpgrade { .. }, .. }) => {
            seen.plan.start.has(&Atom::DatabaseUpgrading)
        }
        // The shell that an earlier run had open is gone.
        Action::Person(Person::RollBackDatabase { part: DatabaseBack::OpenShell, .. }) => {
            let start = &seen.plan.start;
            step.leaves.iter().all(|c| start.meets(c)) && !start.has(&Atom::DatabaseAside)
        }
        // What was loaded is seen to be there.
        Action::Registry(Registry::SeeTags { .. }) => true,
        // What runs is started anew to read the new certificate.
        Action::Dpl(Dpl { op: DplOp::Deploy { brings: Brings::Same, .. }, stack, .. }) => {
            let before = seen.steps().any(|(other, s)| {
                deploys(s).iter().any(|(again, _)| *again == stack) && seen.before(other, place)
            });
            !before && seen.holds(place, &is(Atom::CertificatePlaced(stack.node.clone())))
        }
        _ => false,
    };
    found.check(!idle || again, Rule::DoesSomething, &[place], "");
}

/// What an action says of its place agrees with the step and with the servers.
fn place_agrees(seen: &Seen<'_>, found: &mut Findings<'_, '_>, place: usize, step: &Step) {
    if let Some(node) = &step.node {
        let known = seen.plan.topology.nodes.contains_key(node);
        found.check(known, Rule::PlaceAgrees, &[place], node);
    }
    let there = |node: &NodeName| step.node.as_ref() == Some(node);
    let stack_at = |node: &NodeName, app| {
        let stack = Stack::new(node, app);
        seen.plan.topology.stacks.iter().find(|s| s.stack == stack)
    };
    let good = match &step.action {
        Action::Dpl(dpl) => {
            there(&dpl.stack.node)
                && dpl.clustered == seen.cluster(&dpl.stack.node).is_some()
                && stack_at(&dpl.stack.node, dpl.stack.app).is_some_and(|s| {
                    s.data == dpl.data && s.settings == dpl.settings && s.dir == dpl.dir
                })
        }
        Action::Database(Database { data, dir, node, settings, .. }) => {
            there(node)
                && matches!(seen.role(node), Some(Role::Single | Role::Back))
                && stack_at(node, App::Express)
                    .is_some_and(|s| s.data == *data && s.settings == *settings && s.dir == *dir)
        }
        Action::Settings(settings) => {
            there(&settings.node)
                && stack_at(&settings.node, settings.place.app).is_some_and(|s| {
                    s.settings == settings.place
                        && settings.file.starts_with(&format!("{}/", s.dir))
                })
        }
        Action::Volume(volume) => match volume {
            Volume::SaveList { node, .. } => there(node),
            // Certificates are where users arrive.
            Volume::ClearLetsEncrypt { node, data, .. } => {
                there(node)
                    && matches!(seen.role(node), Some(Role::Single | Role::Front))
                    && stack_at(node, App::Express).is_some_and(|s| s.data == *data)
            }
            // The data of another host cannot be copied, moved or owned from here.
            Volume::BackUp { beside, data, .. } if step.node.is_some() => {
                let here = |data: &DataSet| {
                    let mut stacks = seen.plan.topology.stacks.iter();
                    stacks.any(|s| there(&s.stack.node) && s.data == *data)
                };
                std::iter::once(data).chain(beside).all(here)
            }
            // Beside the node that serves lies the other node's own data.
            Volume::SetAside { data, serving: Some(serving), .. }
            | Volume::PutBack { data, serving: Some(serving), .. } => {
                step.node.as_ref().is_some_and(|node| {
                    let pair = seen.cluster(node).map(|cluster| seen.nodes(cluster));
                    data.holder == *node
                        && node != serving
                        && pair.is_some_and(|pair| pair.contains(serving))
                })
            }
            Volume::BackUp { data, .. }
            | Volume::FixOwners { data, .. }
            | Volume::SetAside { data, .. }
            | Volume::PutBack { data, .. } => match &step.node {
                Some(node) => seen
                    .plan
                    .topology
                    .stacks
                    .iter()
                    .any(|s| s.stack.node == *node && s.data == *data),
                None => !backs_up(step).is_empty(),
            },
        },
        Action::Unit(Unit::StopAntivirus { node, .. } | Unit::StartAntivirus { node, .. }) => {
            there(node)
        }
        Action::Pcs(Pcs::Move { cluster, to, fqdn, .. }) => {
            let named = seen.plan.topology.nodes.get(to).is_some_and(|n| n.fqdn == *fqdn);
            named && step.node.as_ref().and_then(|n| seen.cluster(n)) == Some(*cluster)
        }
        Action::Pcs(Pcs::Clear { cluster, .. }) => {
            step.node.as_ref().and_then(|n| seen.cluster(n)) == Some(*cluster)
        }
        Action::Person(_) => step.node.is_none(),
        _ => true,
    };
    found.check(good, Rule::PlaceAgrees, &[place], step.action.code());
}

/// What the HA chapter does not cover, and what a chapter leaves to a person, waits for a yes.
fn agreed(seen: &Seen<'_>, found: &mut Findings<'_, '_>) {
    use crate::action::person::Topic;
    let clears = seen.plan.readings.iter().any(|r| r.key == "A12" && r.taken == "clear");
    let inferred = |name: &String| {
        seen.plan
            .warnings
            .iter()
            .any(|w| w.code == WarningCode::InferredPlaybook && w.args.get("name") == Some(name))
    };
    decided(seen, found);
    for (place, step) in seen.steps() {
        let clustered = step.node.as_ref().is_some_and(|node| seen.cluster(node).is_some());
        let person = match &step.action {
            Action::Volume(Volume::FixOwners { .. }) if clustered => {
                Person::NotInGuide { topic: Topic::Owners }
            }
            Action::Volume(Volume::ClearLetsEncrypt { .. }) if clustered => {
                Person::NotInGuide { topic: Topic::Letsencrypt }
            }
            Action::Database(Database { op: DatabaseOp::StartUpgrade { .. }, .. }) if clustered => {
                Person::NotInGuide { topic: Topic::Database }
            }
            Action::Pcs(Pcs::Clear { .. }) if !clears => Person::ClearConstraints,
            Action::Playbook(Playbook::Run { dir, name, node, .. }) if inferred(name) => {
                let (dir, name, node) = (dir.clone(), name.clone(), node.clone());
                Person::PlaybookName { dir, name, node }
            }
            _ => continue,
        };
        let code = Action::Person(person).code();
        let yes = Atom::Confirmed(code.parse().expect("message codes are names"));
        found.check(seen.holds(place, &is(yes)), Rule::Agreed, &[place], code);
    }
}

/// A way back is decided before it interrupts anything; one answer is for the whole (K11, K12).
fn decided(seen: &Seen<'_>, found: &mut Findings<'_, '_>) {
    let back = seen.plan.goal == Goal::Rollback;
    for (place, _) in seen.steps().filter(|(_, s)| back && s.action.interrupts()) {
        let decided = is(Atom::Decided);
        found.check(seen.holds(place, &decided), Rule::Agreed, &[place], decided);
    }
}

//! What frames a plan: the barrier agreed at its beginning, debts paid and the order of its end,
//! and the certificate that brings nothing with it.

use super::seen::{Seen, changes_release, deploys};
use super::{Findings, Rule};
use crate::action::database::DatabaseOp;
use crate::action::dpl::{Brings, DplOp};
use crate::action::volume::BackUp;
use crate::action::{Action, Certificate, Dpl, Kind, Pcs, Person, Registry, Unit, Volume, Wait};
use crate::fact::FactKey;
use crate::name::{App, ClusterName};
use crate::plan::{Goal, Step, WarningCode};
use crate::state::{Atom, is, is_not};
use crate::topology::{Risk, Role};

pub(super) fn check(seen: &Seen<'_>, found: &mut Findings<'_, '_>) {
    barrier_agreed(seen, found);
    debts_paid(seen, found);
    goal_reached(seen, found);
    antivirus_last(seen, found);
    ends_well(seen, found);
    certificate_alone(seen, found);
    nothing_newer(seen, found);
    risks_accepted(seen, found);
}

/// Where the plan crosses a barrier it says after which step nothing leads back, and a person has
/// agreed before anything else is done.
fn barrier_agreed(seen: &Seen<'_>, found: &mut Findings<'_, '_>) {
    let crossing: Vec<_> = seen
        .steps()
        .filter(|(_, s)| {
            let crosses = matches!(
                &s.action,
                Action::Dpl(Dpl { op: DplOp::Deploy { crosses_barrier: true, .. }, .. })
            );
            crosses
        })
        .map(|(at, _)| at)
        .collect();
    let named = seen.plan.point_of_no_return.as_ref();
    let Some(named) = named else {
        found.check(crossing.is_empty(), Rule::BarrierAgreed, &crossing, "");
        return;
    };
    found.check(!named.barriers.is_empty(), Rule::BarrierAgreed, &[], "");
    let Some((first, step)) = seen.steps().find(|(_, s)| s.id == named.step) else {
        found.say(Rule::BarrierAgreed, &[], &named.step);
        return;
    };
    let brings = changes_release(step).iter().any(|(_, brings)| *brings == Brings::New);
    let earlier = crossing.iter().any(|at| seen.before(*at, first));
    found.check(brings && !earlier, Rule::BarrierAgreed, &[first], &named.step);
    let met = |s: &crate::plan::StackPlace| seen.plan.start.has(&Atom::Met(s.data.clone()));
    if seen.plan.topology.stacks.iter().any(met) {
        return;
    }
    let yes =
        seen.steps().find(|(_, s)| matches!(s.action, Action::Person(Person::CrossBarrier { .. })));
    let Some((yes, _)) = yes else {
        let before = seen.holds(first, &is(confirmed()));
        found.check(before, Rule::BarrierAgreed, &[first], "");
        return;
    };
    for (other, _) in seen.steps().filter(|(other, _)| *other != yes) {
        found.check(seen.before(yes, other), Rule::BarrierAgreed, &[yes, other], "");
    }
}

fn confirmed() -> Atom {
    let code = Action::Person(Person::CrossBarrier { barriers: Vec::new() }).code();
    Atom::Confirmed(code.parse().expect("message codes are names"))
}

/// On every order each debt that the plan opens is paid at its end; so is, in a plan for a release,
/// each that it found. What stays is named.
fn debts_paid(seen: &Seen<'_>, found: &mut Findings<'_, '_>) {
    let start = &seen.plan.start;
    let opened = seen.steps().flat_map(|(_, s)| &s.opens);
    let held = FactKey::Choice("postgres.upgrade".to_owned()).to_string();
    let whole = matches!(seen.plan.goal, Goal::Upgrade | Goal::Rollback) && !seen.plan.is_empty();
    let inherited = start.debts().filter(|_| whole);
    for debt in opened.chain(inherited) {
        let named = match debt {
            // A choice of the file, or what was there before and is named as such.
            Atom::Constraint(cluster) => {
                // Or it holds the resources where a way back serves from (K17).
                let holds = seen.plan.goal == Goal::Rollback
                    && start.has(&Atom::Moved(*cluster))
                    && seen.plan.warnings.iter().any(|w| w.code == WarningCode::ConstraintsFound);
                holds || seen.plan.readings.iter().any(|r| r.key == "A12" && r.taken == "keep")
            }
            // Who goes back serves from where the resources are.
            Atom::Moved(_) => seen.plan.goal == Goal::Rollback && start.has(debt),
            Atom::Pinned(_) => {
                let kept = Risk::PinsKept.as_str();
                seen.plan.accepted.iter().any(|r| r == kept)
                    || seen.plan.warnings.iter().any(|w| w.code == WarningCode::PinsStay)
                    || seen.plan.claims.iter().any(|c| c.fact == held && c.value == "hold")
            }
            _ => false,
        };
        let paid = seen.ends(&is_not(debt.clone()));
        let openers: Vec<_> =
            seen.steps().filter(|(_, s)| s.opens.contains(debt)).map(|(at, _)| at).collect();
        found.check(paid || named, Rule::DebtsPaid, &openers, debt);
    }
}

/// What the goal wants is so on every order: releases, services up, exporters, database, images,
/// certificate.
fn goal_reached(seen: &Seen<'_>, found: &mut Findings<'_, '_>) {
    let mut wanted = Vec::new();
    let stacks = || seen.plan.topology.stacks.iter().map(|s| &s.stack);
    match seen.plan.goal {
        Goal::Upgrade => {
            wanted.extend(stacks().map(|stack| is(Atom::New(stack.clone()))));
            // Pacemaker starts in a cluster what it starts there.
            let alone = stacks().filter(|stack| seen.cluster(&stack.node).is_none());
            wanted.extend(alone.map(|stack| is(Atom::Running(stack.clone()))));
            let deployed = seen.steps().flat_map(|(_, s)| changes_release(s));
            wanted.extend(
                deployed
                    .filter(|(stack, _)| {
                        stack.app == App::Express
                            && matches!(seen.role(&stack.node), Some(Role::Single | Role::Back))
                    })
                    .filter(|_| !seen.steps().any(|(_, s)| matches!(s.action, Action::Playbook(_))))
                    .map(|(stack, _)| is(Atom::Exporters(stack.node.clone()))),
            );
        }
        Goal::Postgres => wanted.extend([is(Atom::DatabaseNew), is(Atom::DatabaseStandard)]),
        Goal::Registry => {
            wanted.push(is(Atom::Loaded));
            // What was brought in is seen to be there.
            let tags = |s: &Step| matches!(s.action, Action::Registry(Registry::SeeTags { .. }));
            let brings = |s: &Step| {
                let registry = matches!(s.action, Action::Registry(_));
                registry && !tags(s) && s.leaves.contains(&is(Atom::Loaded))
            };
            let seen_there = seen.steps().any(|(at, s)| {
                let mut all = seen.steps().filter(|(_, s)| brings(s));
                tags(s) && all.all(|(load, _)| seen.before(load, at))
            });
            found.check(seen_there || seen.plan.is_empty(), Rule::GoalReached, &[], "tags");
        }
        Goal::Cleanup => wanted.push(is(Atom::OldDatabaseGone)),
        // Nothing that was set aside leaves a hole.
        Goal::Rollback => wanted.extend(seen.steps().filter_map(|(_, s)| match &s.action {
            Action::Volume(Volume::SetAside { data, .. }) => Some(is(Atom::PutBack(data.clone()))),
            _ => None,
        })),
        Goal::Certificate | Goal::WebClient => {}
    }
    // A database that is upgraded ends on the standard image.
    let upgraded = seen.steps().any(|(_, s)| s.opens.contains(&Atom::DatabaseUpgrading));
    if upgraded {
        wanted.extend([is(Atom::DatabaseNew), is(Atom::DatabaseStandard)]);
    }
    for wanted in wanted {
        found.check(seen.ends(&wanted), Rule::GoalReached, &[], wanted);
    }
}

/// What was stopped is started, exactly that and only there, when nothing else is left to be done
/// or owed.
fn antivirus_last(seen: &Seen<'_>, found: &mut Findings<'_, '_>) {
    for (place, step) in seen.steps() {
        let Action::Unit(Unit::StartAntivirus { node, units }) = &step.action else {
            if let Action::Unit(Unit::StopAntivirus { node, .. }) = &step.action {
                let paid = seen.steps().any(|(at, s)| {
                    matches!(&s.action, Action::Unit(Unit::StartAntivirus { node: n, .. }) if n == node)
                        && seen.before(place, at)
                });
                found.check(paid, Rule::AntivirusLast, &[place], node);
            }
            continue;
        };
        let off = is(Atom::AntivirusOff(node.clone()));
        found.check(seen.holds(place, &off), Rule::AntivirusLast, &[place], off);
        let stopped = seen.steps().find_map(|(_, s)| match &s.action {
            Action::Unit(Unit::StopAntivirus { node: n, units }) if n == node => Some(units),
            _ => None,
        });
        // What another plan stopped is among the units that the file names.
        let named = FactKey::Choice("antivirus.units".to_owned()).to_string();
        let named = seen.plan.claims.iter().find(|claim| claim.fact == named);
        let of_file = |unit: &String| {
            named.is_none_or(|claim| claim.value.split(' ').any(|name| name == unit))
        };
        let same = match stopped {
            // A way back starts what the upgrade left off, too.
            Some(stopped) if seen.plan.goal == Goal::Rollback => {
                stopped.iter().all(|unit| units.contains(unit)) && units.iter().all(of_file)
            }
            Some(stopped) => stopped == units,
            None => units.iter().all(of_file),
        };
        found.check(same, Rule::AntivirusLast, &[place], units.join(" "));
        for (other, s) in seen.steps() {
            let ours = !matches!(s.action, Action::Unit(Unit::StartAntivirus { .. }))
                && (s.kind != Kind::Confirm || !s.closes.is_empty());
            found.check(
                !ours || seen.before(other, place),
                Rule::AntivirusLast,
                &[other, place],
                "",
            );
        }
    }
}

/// After the last deploy all logs are read; then a person sends a message; then the gates pass again
/// (exporters that Pacemaker runs were reinstalled); then the antivirus.
fn ends_well(seen: &Seen<'_>, found: &mut Findings<'_, '_>) {
    let database = seen.steps().any(|(_, s)| {
        matches!(&s.action, Action::Database(d)
            if matches!(d.op, DatabaseOp::StartStandard | DatabaseOp::StartOld))
    });
    // A way back may only start what was stopped and move what was moved.
    let as_it_was = seen.plan.goal == Goal::Rollback
        && !database
        && seen.steps().all(|(_, s)| changes_release(s).is_empty());
    let given_back = |s: &Step| {
        matches!(
            &s.action,
            Action::Pcs(Pcs::Move { .. })
                | Action::Wait(Wait::Arrived { .. })
                | Action::Dpl(Dpl { op: DplOp::Start, .. })
        )
    };
    let changes: Vec<_> = seen
        .steps()
        .filter(|(_, s)| {
            let started = database && !deploys(s).is_empty();
            started || !changes_release(s).is_empty() || (as_it_was && given_back(s))
        })
        .map(|(at, _)| at)
        .collect();
    let Some(last) = changes.last() else { return };
    let after_all = |at: usize| changes.iter().all(|change| seen.before(*change, at));
    let message = seen
        .steps()
        .find(|(at, s)| matches!(s.action, Action::Person(Person::SendMessage)) && after_all(*at));
    let Some((message, _)) = message else {
        found.say(Rule::EndsWell, &[*last], "send-message");
        return;
    };
    let clusters: Vec<_> = changes
        .iter()
        .flat_map(|at| {
            let step = seen.step(*at);
            let here = step.node.iter().filter(|_| as_it_was).cloned();
            deploys(step).iter().map(|(s, _)| s.node.clone()).chain(here).collect::<Vec<_>>()
        })
        .filter_map(|node| seen.cluster(&node))
        .collect();
    for cluster in ClusterName::ALL.into_iter().filter(|c| clusters.contains(c)) {
        let gate = seen.steps().find(|(at, s)| {
            matches!(&s.action, Action::Wait(Wait::Gate { cluster: c, .. }) if *c == cluster)
                && after_all(*at)
                && seen.before(message, *at)
        });
        let Some((gate, _)) = gate else {
            found.say(Rule::EndsWell, &[message], cluster);
            continue;
        };
        for (at, s) in seen.steps() {
            let antivirus = matches!(s.action, Action::Unit(Unit::StartAntivirus { .. }));
            found.check(!antivirus || seen.before(gate, at), Rule::EndsWell, &[gate, at], "");
        }
    }
    for (at, s) in seen.steps() {
        // Logs read, and whatever was stopped started again.
        let reads =
            s.closes.iter().any(|debt| matches!(debt, Atom::Unchecked(_) | Atom::Stopped(_)));
        found.check(!reads || seen.before(at, message), Rule::EndsWell, &[at, message], "");
        let antivirus = matches!(s.action, Action::Unit(Unit::StartAntivirus { .. }));
        found.check(!antivirus || seen.before(message, at), Rule::EndsWell, &[message, at], "");
    }
}

/// The new certificate is checked, lies on every node that faces users, and is applied by a deploy
/// that updates nothing, unless the file accepts the guide's plain one.
fn certificate_alone(seen: &Seen<'_>, found: &mut Findings<'_, '_>) {
    let placed: Vec<_> = seen
        .steps()
        .filter_map(|(at, s)| match &s.action {
            Action::Certificate(Certificate::Place {
                node, bundle_name, key_name, suffix, ..
            }) => {
                let kept = [bundle_name, key_name].iter().all(|name| {
                    let copy = crate::action::kept_first(name, &format!("{name}.{suffix}"));
                    let over = format!("> {name}");
                    // In one chain with what overwrites it, and before that.
                    s.commands.iter().all(|command| {
                        let parts: Vec<_> = command.split(" && ").collect();
                        let first = parts.iter().position(|part| part.ends_with(&over));
                        first.is_none_or(|at| parts[..at].contains(&copy.as_str()))
                    })
                });
                Some((at, node, kept))
            }
            _ => None,
        })
        .collect();
    if placed.is_empty() {
        return;
    }
    for (at, node, kept) in &placed {
        let faces = matches!(seen.role(node), Some(Role::Single | Role::Front));
        found.check(faces && *kept, Rule::CertificateAlone, &[*at], node);
        if let Some(mate) = seen.mate(node) {
            let both = placed.iter().any(|(_, other, _)| *other == mate)
                || seen.plan.start.has(&Atom::CertificatePlaced(mate.clone()));
            found.check(both, Rule::CertificateAlone, &[*at], mate);
        }
    }
    if seen.plan.goal != Goal::Certificate {
        return;
    }
    for (at, s) in seen.steps() {
        let other = deploys(s).iter().any(|(_, brings)| *brings != Brings::Same);
        found.check(!other, Rule::CertificateAlone, &[at], "");
    }
}

/// A start that is to bring nothing, or the old release, has the no-update variable; the guide's
/// plain form for a certificate is a risk by name.
fn nothing_newer(seen: &Seen<'_>, found: &mut Findings<'_, '_>) {
    let plain = seen.plan.accepted.iter().any(|r| r == Risk::PlainDeploy.as_str());
    for (at, s) in seen.steps() {
        let Action::Dpl(Dpl { data, op, settings, skip: None, .. }) = &s.action else { continue };
        let brings = match op {
            DplOp::Deploy { brings, .. } => brings,
            DplOp::Start => {
                found.say(Rule::NothingNewer, &[at], "");
                continue;
            }
            _ => continue,
        };
        let accepted = match brings {
            Brings::New => true,
            // The guide's way back: what every service's pin says is fetched, and nothing else.
            // On data that was put back nothing else may be fetched at all (K12).
            Brings::Old => {
                seen.holds(at, &is(Atom::Pinned(settings.clone())))
                    && !seen.may(at, &is(Atom::PutBack(data.clone())))
            }
            Brings::Same => plain && seen.plan.goal == Goal::Certificate,
        };
        found.check(accepted, Rule::NothingNewer, &[at], "");
    }
}

/// What the plan says it risks is accepted by name.
fn risks_accepted(seen: &Seen<'_>, found: &mut Findings<'_, '_>) {
    let accepted = |risk: &String| seen.plan.accepted.contains(risk);
    for (at, s) in seen.steps() {
        if let Action::Volume(Volume::BackUp { by: BackUp::Accepted { risk }, .. }) = &s.action {
            found.check(accepted(risk), Rule::RisksAccepted, &[at], risk);
        }
        if let Action::Person(Person::ExternalBackup { risk: Some(risk), .. }) = &s.action {
            found.check(accepted(risk), Rule::RisksAccepted, &[at], risk);
        }
    }
    let named = seen.plan.warnings.iter().filter(|w| w.code == WarningCode::Accepted);
    for risk in named.filter_map(|w| w.args.get("risk")) {
        found.check(accepted(risk), Rule::RisksAccepted, &[], risk);
    }
}

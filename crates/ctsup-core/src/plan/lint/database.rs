//! The embedded database: version kept, room seen, one request, one upgrade, the standard image.

use super::seen::{Seen, changes_release, deploys, edits, stops};
use super::{Findings, Rule};
use crate::action::database::DatabaseOp;
use crate::action::dpl::DplOp;
use crate::action::settings::Edit;
use crate::action::{Action, Database, Dpl, Person};
use crate::fact::{FactKey, Test};
use crate::name::App;
use crate::plan::Step;
use crate::state::{Atom, is, is_not};
use crate::topology::Role;

pub(super) fn check(seen: &Seen<'_>, found: &mut Findings<'_, '_>) {
    for (place, step) in seen.steps() {
        version_kept(seen, found, place, step);
        upgrade_key(seen, found, place, step);
        unpinned(seen, found, place, step);
        in_order(seen, found, place, step);
        not_interrupted(seen, found, place, step);
        special(seen, found, place, step);
    }
}

fn op(step: &Step) -> Option<&Database> {
    match &step.action {
        Action::Database(database) => Some(database),
        _ => None,
    }
}

/// Where the plan knows of an embedded database, its version is kept before its host's CTS stops
/// or is deployed: afterwards the container no longer says what it was.
fn version_kept(seen: &Seen<'_>, found: &mut Findings<'_, '_>, place: usize, step: &Step) {
    let embedded = seen.steps().any(|(_, s)| {
        op(s).is_some()
            || matches!(&s.action, Action::Dpl(Dpl { op: DplOp::Stop { database: true, .. }, .. }))
    });
    if !embedded {
        return;
    }
    let mut stacks: Vec<_> = stops(step).into_iter().collect();
    stacks.extend(changes_release(step).into_iter().map(|(stack, _)| stack));
    let here = stacks.iter().any(|stack| {
        stack.app == App::Express
            && matches!(seen.role(&stack.node), Some(Role::Single | Role::Back))
    });
    if here {
        let kept = is(Atom::VersionKept);
        found.check(seen.holds(place, &kept), Rule::VersionKept, &[place], kept);
    }
    if let Some(Database { op: DatabaseOp::KeepVersion { file: None }, .. }) = op(step) {
        // Read from the container: not after anything that may have changed its image.
        let late = seen.steps().any(|(other, s)| {
            let changes = changes_release(s).iter().any(|(stack, _)| {
                stack.app == App::Express
                    && matches!(seen.role(&stack.node), Some(Role::Single | Role::Back))
            });
            changes && !seen.before(place, other)
        });
        found.check(!late, Rule::VersionKept, &[place], "");
    }
}

/// One request at a time, on the file of the node that is upgraded, with no hold beside it.
fn upgrade_key(seen: &Seen<'_>, found: &mut Findings<'_, '_>, place: usize, step: &Step) {
    let Some(edit) = edits(step) else { return };
    match edit.edit {
        Edit::AskUpgrade => {
            for (other, s) in seen.steps().filter(|(other, _)| *other != place) {
                let again = edits(s)
                    .is_some_and(|e| matches!(e.edit, Edit::AskUpgrade | Edit::HoldDatabase(_)));
                found.check(!again, Rule::UpgradeKeyAlone, &[place, other], &edit.place);
            }
            let upgraded = seen.steps().any(|(at, s)| {
                op(s).is_some_and(|d| {
                    matches!(d.op, DatabaseOp::StartUpgrade { .. }) && d.settings == edit.place
                }) && seen.before(place, at)
            });
            found.check(upgraded, Rule::UpgradeKeyAlone, &[place], &edit.place);
        }
        Edit::HoldDatabase(_) | Edit::AutoUpgrade => {
            let without = is_not(Atom::UpgradeKey(edit.place.clone()));
            found.check(seen.holds(place, &without), Rule::UpgradeKeyAlone, &[place], without);
        }
        _ => {}
    }
    // Whatever deploys from this file does so without the request.
    for (other, s) in seen.steps() {
        let from_here = matches!(&s.action, Action::Dpl(d) if d.settings == edit.place
            && matches!(d.op, DplOp::Deploy { .. } | DplOp::Start | DplOp::Exporters { .. }));
        let without = is_not(Atom::UpgradeKey(edit.place.clone()));
        if from_here && !seen.holds(other, &without) {
            found.say(Rule::UpgradeKeyAlone, &[other], without);
        }
    }
}

/// A pinned image of the database has no upgrade script: where the plan knows of the pin, it takes
/// it out first.
fn unpinned(seen: &Seen<'_>, found: &mut Findings<'_, '_>, place: usize, step: &Step) {
    let Some(Database { op: DatabaseOp::StartUpgrade { .. }, settings, .. }) = op(step) else {
        return;
    };
    let pins = FactKey::Pins(settings.clone()).to_string();
    let pinned = seen.plan.claims.iter().any(|claim| {
        let mut parts = claim.value.split(['[', ' ', ']']);
        claim.fact == pins && claim.test == Test::Is && parts.any(|p| p.starts_with("postgres="))
    });
    let out = seen.steps().any(|(at, s)| {
        let edit = edits(s).filter(|edit| edit.place == *settings && seen.before(at, place));
        edit.is_some_and(
            |edit| matches!(&edit.edit, Edit::Unpin(all) if all.iter().any(|s| s == "postgres")),
        )
    });
    found.check(!pinned || out, Rule::UpgradeKeyAlone, &[place], pins);
}

/// Before the upgrade: version, room, access or the special image, a person's window. After it: the
/// exact message, the request out, the standard image, and only then exporters and the full deploy.
fn in_order(seen: &Seen<'_>, found: &mut Findings<'_, '_>, place: usize, step: &Step) {
    let Some(Database { op: what, node, settings, .. }) = op(step) else { return };
    let mut wanted = Vec::new();
    match what {
        DatabaseOp::StartUpgrade { special } => {
            let code = Action::Person(Person::DatabaseWindow).code();
            wanted.push(is(Atom::Confirmed(code.parse().expect("message codes are names"))));
            wanted.extend([is(Atom::VersionKept), is(Atom::SpaceSeen)]);
            wanted.push(is(Atom::UpgradeKey(settings.clone())));
            // Under way already, its host may have gone down under it.
            if !seen.plan.start.has(&Atom::DatabaseUpgrading) {
                wanted.push(is_not(Atom::DatabaseUpgrading));
            }
            let seen_apt = seen.steps().any(|(at, s)| {
                op(s).is_some_and(|d| d.op == DatabaseOp::SeeApt) && seen.before(at, place)
            });
            // A stopped run looked before it stopped.
            let before = seen.plan.start.has(&Atom::SpaceSeen);
            found.check(*special || seen_apt || before, Rule::DatabaseInOrder, &[place], "apt");
        }
        DatabaseOp::WaitUpgraded { message, .. } => {
            wanted.push(is(Atom::DatabaseUpgrading));
            found.check(!message.is_empty(), Rule::DatabaseInOrder, &[place], "");
        }
        DatabaseOp::StartStandard => {
            wanted.push(is(Atom::DatabaseNew));
            wanted.push(is_not(Atom::UpgradeKey(settings.clone())));
        }
        _ => {}
    }
    for wanted in wanted {
        found.check(seen.holds(place, &wanted), Rule::DatabaseInOrder, &[place], wanted);
    }
    if *what == DatabaseOp::StartStandard {
        for (other, s) in seen.steps() {
            let later = matches!(&s.action, Action::Dpl(d) if d.stack.node == *node
                && d.stack.app == App::Express
                && matches!(d.op, DplOp::Deploy { .. } | DplOp::Start | DplOp::Exporters { .. }));
            found.check(
                !later || seen.before(place, other),
                Rule::DatabaseInOrder,
                &[place, other],
                "",
            );
        }
    }
}

/// While the database is upgraded nothing else is done to its containers.
fn not_interrupted(seen: &Seen<'_>, found: &mut Findings<'_, '_>, place: usize, step: &Step) {
    let ours = match &step.action {
        Action::Dpl(dpl) => {
            dpl.stack.app == App::Express
                && matches!(seen.role(&dpl.stack.node), Some(Role::Single | Role::Back))
        }
        Action::Database(d) => {
            !matches!(d.op, DatabaseOp::WaitUpgraded { .. } | DatabaseOp::StartUpgrade { .. })
        }
        Action::Settings(s) => !matches!(s.edit, Edit::Pin(_) | Edit::Unpin(_)),
        _ => return,
    };
    let quiet = is_not(Atom::DatabaseUpgrading);
    if ours {
        found.check(seen.holds(place, &quiet), Rule::DatabaseInOrder, &[place], quiet);
    }
}

/// The special image is there for the upgrade alone, and knows one old version only.
fn special(seen: &Seen<'_>, found: &mut Findings<'_, '_>, place: usize, step: &Step) {
    if let Some(Database { op: DatabaseOp::StartUpgrade { special: true }, settings, .. }) =
        op(step)
    {
        let version = FactKey::PostgresVersion.to_string();
        let known =
            step.rests_on.iter().any(|c| c.to_string().starts_with(&format!("{version} = ")));
        found.check(known, Rule::SpecialNotFinal, &[place], version);
        let pinned = is(Atom::SpecialPin(settings.clone()));
        found.check(seen.holds(place, &pinned), Rule::SpecialNotFinal, &[place], pinned);
    }
    let standard = op(step).is_some_and(|d| d.op == DatabaseOp::StartStandard);
    let settings = match &step.action {
        Action::Dpl(dpl) if !deploys(step).is_empty() => &dpl.settings,
        Action::Database(d) if standard => &d.settings,
        _ => return,
    };
    let out = is_not(Atom::SpecialPin(settings.clone()));
    found.check(seen.holds(place, &out), Rule::SpecialNotFinal, &[place], out);
}

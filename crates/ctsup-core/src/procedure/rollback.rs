//! The way back: resources moved back, old images by pins, the backup, or the database's old
//! version; which of them, a person decides (K11).

use super::{checks, cluster, ending, postgres, restore};
use crate::action::person::WayBack;
use crate::action::{Action, Person, Wait};
use crate::cite;
use crate::diagnostic::{Code, Diagnostic};
use crate::fact::{FactKey, FactValue, Held, Test};
use crate::guide::RowKey;
use crate::name::{App, NodeName, Stack};
use crate::plan::builder::{Added, Draft};
use crate::plan::{Phase, WarningCode};
use crate::planner::Planner;
use crate::state::Atom;
use crate::topology::{Rollback, RollbackWay, Voex};
use crate::version::Release;

mod old_images;
mod pins;
mod playbooks;
mod untouched;
mod windows;

pub(super) use self::old_images::{Which, images_there, old_images};
pub(super) use self::pins::settle_voex;
use self::pins::{IN_HA, editors_of, pins, server};
use self::playbooks::{Playbooks, by_playbooks};
use self::untouched::untouched;
pub(super) use self::windows::{
    goes_back, is_open, name_windows, newer_idle, older_idle, open_windows, pins_stay,
};

/// Goes back to the release that the file names.
pub(super) fn add(p: &mut Planner<'_>) {
    let Some(rollback) = p.site.rollback.clone() else {
        let found = Diagnostic::new(Code::MissingChoice)
            .arg("key", "rollback.to")
            .arg("choices", "release");
        p.say("rollback.to", found);
        return;
    };
    // Only the database's version can go back under the release that is installed.
    let database = rollback.way == Some(RollbackWay::Postgres);
    if database && rollback.to <= p.site.installed {
        restore::database(p, &rollback);
        return;
    }
    // By what runs anywhere and what any data has met: an upgrade that stopped half-way left the
    // file's `installed` as it was. While nothing newer has run, what it moved goes back (K11 a).
    let highest = p.new_release().clone();
    let begun = p.site.installed < p.site.target && rollback.to == highest;
    if rollback.to > highest || (rollback.to == highest && !begun && !p.known_start) {
        let found =
            Diagnostic::new(Code::NotOlder).arg("installed", &highest).arg("to", &rollback.to);
        p.say("rollback.to", found);
        return;
    }
    let unread = p.steps.now().debts().any(|d| matches!(d, Atom::Unchecked(_)));
    if !unread && !p.site.stacks().iter().any(|s| met_or_new(p, s)) {
        untouched(p);
        return;
    }
    if back_already(p) {
        p.nothing_to_do();
        return;
    }
    checks::common(p);
    // The guide's list names CTS's services alone, and VoEx of which release goes with them it does not
    // say (A40).
    if rollback.voex.is_none() && matches!(p.site.voex, Voex::On(_)) {
        let found = Diagnostic::new(Code::MissingChoice)
            .arg("key", "rollback.voex")
            .arg("choices", "true, false");
        p.say("rollback.voex", found);
    }
    barriers(p, &rollback);
    match rollback.way {
        Some(RollbackWay::Pins) => pins(p, &rollback),
        Some(RollbackWay::Restore) => restore::add(p, &rollback),
        Some(RollbackWay::Postgres) | None => {
            let found = Diagnostic::new(Code::MissingChoice)
                .arg("key", "rollback.way")
                .arg("choices", "pins, restore");
            p.say("rollback.way", found);
        }
    }
}

fn met_or_new(p: &Planner<'_>, stack: &Stack) -> bool {
    p.steps.has(&Atom::New(stack.clone())) || p.steps.has(&Atom::Met(p.site.data_of(stack)))
}

/// Everything that serves is old again, up, and its logs read.
fn back_already(p: &Planner<'_>) -> bool {
    let voex = p.site.rollback.as_ref().is_some_and(Rollback::takes_voex);
    let serving: Vec<_> = p
        .site
        .stacks()
        .into_iter()
        .filter(|s| s.app == App::Express || voex)
        .filter(|s| {
            p.site.cluster_of(&s.node).is_none() || p.steps.has(&Atom::Active(s.node.clone()))
        })
        .collect();
    !serving.is_empty()
        && serving.iter().all(|s| {
            !p.steps.has(&Atom::New(s.clone()))
                && p.steps.has(&Atom::Running(s.clone()))
                && !p.steps.has(&Atom::Unchecked(s.clone()))
        })
        && !p.steps.now().debts().any(|d| matches!(d, Atom::AntivirusOff(_)))
}

/// The antivirus off, gates, and where the resources are, as the manual chapter sees them.
pub(super) fn looked(p: &mut Planner<'_>) -> Vec<Added> {
    cluster::antivirus_off(p, &cluster::BY_HAND);
    cluster::looked(p, &cluster::BY_HAND, [cite!("HA.7"), cite!("HA.9")])
}

/// The decision that no tool takes.
pub(super) fn decide(p: &mut Planner<'_>, way: WayBack, rows: &[RowKey], what: &str) -> Added {
    let action = Action::Person(Person::DecideWayBack { way });
    let draft = Draft::person(Phase::Prepare, what, action).cites(rows);
    let step = p.steps.add(draft);
    // Pins leave the data as it is.
    if matches!(way, WayBack::Restore | WayBack::Postgres) {
        p.warn(WarningCode::WritesLost, &[], step, None);
    }
    step
}

/// No rollback across 2.2 / 2.3, judged by the highest release that the data has met; and none
/// below the release that brought the database's new version, while it has it (A25).
fn barriers(p: &mut Planner<'_>, rollback: &Rollback) {
    if rollback.way == Some(RollbackWay::Restore) {
        return;
    }
    let mut met: Vec<(Release, Option<Held>, String)> =
        vec![(p.new_release().clone(), None, "release.installed".to_owned())];
    for stack in p.site.stacks() {
        let key = FactKey::Met(p.site.data_of(&stack));
        let path = key.path();
        if p.fact(&key).is_some()
            && let Some((FactValue::Release(release), held)) = p.ask.value(key)
        {
            met.push((release, Some(held), path));
        }
    }
    let Some((highest, held, path)) = met.into_iter().max_by(|a, b| a.0.cmp(&b.0)) else { return };
    let crossed = p.catalogue.barriers_between(&highest, &rollback.to);
    if !crossed.is_empty() {
        let names: Vec<_> = crossed.iter().map(ToString::to_string).collect();
        let claim = held.map_or(format!("release.installed = {highest}"), |h| h.claim.to_string());
        let found = Diagnostic::new(Code::BarrierCrossed)
            .arg("barriers", names.join(", "))
            .arg("met", &highest)
            .arg("to", &rollback.to)
            .arg("claim", claim);
        p.say(&path, found);
    } else if p.catalogue.needs_new_postgres(&highest)
        && !p.catalogue.needs_new_postgres(&rollback.to)
        && postgres::is_embedded(p)
    {
        let minimum = p.catalogue.thresholds.postgres_minimum.clone();
        let new = p.ask.holds(FactKey::PostgresVersion, Test::AtLeast, FactValue::Release(minimum));
        if let Some(new) = new
            && new.yes
        {
            let found = Diagnostic::new(Code::PostgresBlocksRollback)
                .arg("claim", &new.claim)
                .arg("to", &rollback.to);
            p.say("rollback.to", found);
        }
    }
}

/// The node that serves: of a cluster the active one.
fn serving(p: &Planner<'_>, nodes: &[NodeName]) -> Option<NodeName> {
    match nodes {
        [one] => Some(one.clone()),
        _ => nodes.iter().find(|n| p.steps.has(&Atom::Active((*n).clone()))).cloned(),
    }
}

/// A message sent, gates seen again, antivirus on where we had it off.
pub(super) fn finish(p: &mut Planner<'_>, last: Added, clustered: bool) -> Vec<Added> {
    let (_, end) = ending::seen_in_order(p, &[last]);
    if clustered {
        let mut all = end.clone();
        all.extend(cluster::clear(p, &end));
        // Where nothing had to stop, nothing else waits for what was looked at.
        let looks = p.steps.added().filter(|(.., action)| {
            matches!(action, Action::Look(_) | Action::Wait(Wait::Gate { .. }))
        });
        all.extend(looks.map(|(index, ..)| Some(index)).collect::<Vec<_>>());
        cluster::antivirus_on(p, &cluster::BY_HAND, &all);
    }
    end
}

//! What is refused: no way to upgrade, a release that needs a newer database, what a hold leaves.

use super::is_embedded;
use crate::diagnostic::{Code, Diagnostic};
use crate::fact::{FactKey, FactValue, Test};
use crate::plan::Goal;
use crate::planner::Planner;
use crate::state::Atom;
use crate::topology::{DatabasePlan, Postgres, Risk};
use crate::version::Release;

/// Refusals that concern the database (invariants 12, 15, 16).
pub(in crate::procedure) fn refusals(p: &mut Planner<'_>) {
    let minimum = p.catalogue.thresholds.postgres_minimum.clone();
    let needed = p.catalogue.needs_new_postgres(&p.site.target) && p.goal == Goal::Upgrade;
    let asked = needed || p.goal == Goal::Postgres;
    match p.site.postgres.clone() {
        Postgres::Unsaid => {
            let found = Diagnostic::new(Code::MissingChoice)
                .arg("key", "postgres.location")
                .arg("choices", "embedded, external");
            p.say("postgres.location", found);
        }
        Postgres::External if needed => {
            let old = p.ask.holds(
                FactKey::PostgresVersion,
                Test::Below,
                FactValue::Release(minimum.clone()),
            );
            if let Some(old) = old
                && old.yes
            {
                let found = Diagnostic::new(Code::ExternalPostgresTooOld)
                    .arg("claim", &old.claim)
                    .arg("minimum", &minimum)
                    .arg("target", &p.site.target);
                p.say("facts.postgres.version", found);
            }
        }
        Postgres::External => {}
        Postgres::Embedded(plan) => {
            let old = p.ask.holds(
                FactKey::PostgresVersion,
                Test::Below,
                FactValue::Release(minimum.clone()),
            );
            let Some(old) = old.filter(|o| o.yes && asked) else {
                return;
            };
            if let DatabasePlan::Hold(image) = &plan
                && p.goal == Goal::Upgrade
            {
                held_at(p, image);
                if !p.accepts(Risk::PostgresBelowMinimum) {
                    let target = &p.site.target;
                    p.say("postgres.upgrade", too_old(p, &old.claim, target));
                }
                return;
            }
            let apt = p.ask.holds(FactKey::Apt, Test::Is, FactValue::Bool(true));
            let from = p.catalogue.postgres.special_from.clone();
            let special =
                p.ask.holds(FactKey::PostgresVersion, Test::Is, FactValue::Release(from.clone()));
            if let (Some(apt), Some(special)) = (apt, special)
                && !apt.yes
                && !special.yes
            {
                let found = Diagnostic::new(Code::PostgresWithoutApt)
                    .arg("claim", &special.claim)
                    .arg("from", from);
                p.say("facts.postgres.version", found);
            }
        }
    }
}

/// A release that wants the new database runs on the old one, and nobody accepted that: the goal is
/// not reached, and its way is a goal of its own (invariant 16).
pub(in crate::procedure) fn left_old(p: &mut Planner<'_>) {
    if !is_embedded(p)
        || p.steps.has(&Atom::DatabaseNew)
        || p.fact(&FactKey::PostgresVersion).is_none()
        || !p.catalogue.needs_new_postgres(&p.site.target)
    {
        return;
    }
    let minimum = p.catalogue.thresholds.postgres_minimum.clone();
    let old =
        p.ask.holds(FactKey::PostgresVersion, Test::Below, FactValue::Release(minimum.clone()));
    let held = matches!(p.site.postgres, Postgres::Embedded(DatabasePlan::Hold(_)));
    if let Some(old) = old.filter(|old| old.yes)
        && !(held && p.accepts(Risk::PostgresBelowMinimum))
    {
        let target = &p.site.target;
        p.say("postgres.upgrade", too_old(p, &old.claim, target));
    }
}

/// The database would be left older than a release needs it (invariant 16).
pub(in crate::procedure) fn too_old(
    p: &Planner<'_>,
    claim: impl std::fmt::Display,
    release: &Release,
) -> Diagnostic {
    Diagnostic::new(Code::PostgresTooOld)
        .arg("claim", claim)
        .arg("minimum", &p.catalogue.thresholds.postgres_minimum)
        .arg("target", release)
        .arg("risk", Risk::PostgresBelowMinimum.as_str())
}

/// The image to hold the database at is the one that its data is of: another major version does not
/// start, and the special image is there for the upgrade alone (A33, invariant 15).
fn held_at(p: &mut Planner<'_>, image: &crate::version::ImageRef) {
    if image.tag() == p.catalogue.postgres.special_image.tag() {
        let found =
            Diagnostic::new(Code::SpecialImageStays).arg("image", image).arg("where", "hold");
        p.say("postgres.hold_image", found);
        return;
    }
    let Some((FactValue::Release(version), held)) = p.ask.value(FactKey::PostgresVersion) else {
        return;
    };
    let of_version = image
        .tag()
        .strip_prefix(version.as_str())
        .is_some_and(|rest| rest.chars().next().is_none_or(|c| !c.is_ascii_digit()));
    if !of_version {
        let found = Diagnostic::new(Code::HoldDiffers)
            .arg("image", image)
            .arg("version", &version)
            .arg("claim", &held.claim);
        p.say("postgres.hold_image", found);
    }
}

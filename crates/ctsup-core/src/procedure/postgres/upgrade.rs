//! The steps of the database's upgrade, by apt or by the special image, or its hold.

use super::{Fate, PG, PN, Span, database, edit, editors, fate, rests, volume};
use crate::action::database::DatabaseOp;
use crate::action::dpl::Brings;
use crate::action::person::Topic;
use crate::action::registry::Registry;
use crate::action::settings::Edit;
use crate::action::{Action, Person};
use crate::cite;
use crate::fact::{FactKey, FactValue, Held, Test};
use crate::guide::RowKey;
use crate::name::{App, NodeName, Stack};
use crate::plan::builder::{Added, Draft};
use crate::plan::{Because, Cause, Goal, Phase, WarningCode};
use crate::planner::Planner;
use crate::procedure::server::Server;
use crate::state::{Atom, is, is_not};
use crate::topology::{DatabasePlan, Layout, Postgres, Risk};

/// The database's upgrade on the server that holds it (PG.4 to PG.8, PN, PG.H, PG.A).
pub(in crate::procedure) fn upgrade(p: &mut Planner<'_>, server: &Server) -> Span {
    if !server.database || server.brings == Brings::Old {
        return Span::default();
    }
    let Some(fate) = fate(p) else {
        return Span::default();
    };
    let Postgres::Embedded(plan) = p.site.postgres.clone() else {
        return Span::default();
    };
    leave_out(p, &fate, &plan);
    let node = server.stack.node.clone();
    let phase = server.phases[1];
    let span = match fate {
        Fate::Stays => Span::default(),
        Fate::Held(image, held) => hold(p, &node, phase, image, &held),
        Fate::Upgraded(held) => by_upgrade(p, server, false, &held),
        Fate::UpgradedSpecially(held) => by_upgrade(p, server, true, &held),
    };
    let key = FactKey::AutoUpgradeKey(p.site.settings_of(&server.stack));
    let there = p.fact(&key) == Some(&FactValue::Bool(true));
    if plan == DatabasePlan::Automatic && p.goal == Goal::Upgrade && !there {
        let said = p.ask.choice("postgres.upgrade", "automatic");
        let mut edits = Vec::new();
        for editor in editors(p, &node) {
            let action = edit(p, &editor, App::Express, Edit::AutoUpgrade);
            let draft = Draft::on(&editor, phase, "settings/auto-upgrade", action);
            let step = p.steps.once(draft.cites(&[cite!("PG.A")]).because(&said));
            after_copy(p, &editor, step);
            // Not beside a request (A42).
            span.before(p, step, &Because::Row(cite!("PG.A")));
            p.warn(WarningCode::AutomaticUpgrade, &[], step, None);
            edits.push(step);
        }
        let first = if span.first.is_empty() { edits.clone() } else { span.first };
        return Span { first, last: edits };
    }
    span
}

/// An edit of a node's settings waits for the copy of that node's data, where the plan makes one.
fn after_copy(p: &mut Planner<'_>, editor: &NodeName, step: Added) {
    let data = p.site.data_of(&Stack::new(editor, App::Express));
    let copy = p.steps.last_doing(&is(Atom::BackedUp(data)));
    p.steps.after(step, copy, Because::Invariant(2));
}

fn leave_out(p: &mut Planner<'_>, fate: &Fate, plan: &DatabasePlan) {
    let minimum = FactValue::Release(p.catalogue.thresholds.postgres_minimum.clone());
    let old = p.ask.holds(FactKey::PostgresVersion, Test::Below, minimum);
    let claim = match (fate, old) {
        (Fate::Stays, Some(old)) if old.yes => p.ask.choice("release.target", &p.site.target).claim,
        (_, Some(old)) => old.claim,
        (_, None) => return,
    };
    let apt = |held: &[Held]| held.get(1).map_or(claim.clone(), |h| h.claim.clone());
    if matches!(p.site.layout, Layout::Split { .. }) && p.goal == Goal::Upgrade {
        p.steps.leave_out(&[cite!("D-P.3")], Cause::Claim(claim.clone()));
    }
    match fate {
        Fate::Stays => {
            p.steps.leave_out(PG, Cause::Claim(claim.clone()));
            p.steps.leave_out(PN, Cause::Claim(claim.clone()));
        }
        Fate::Held(_, held) => {
            p.steps.leave_out(PG, Cause::Claim(apt(held)));
            p.steps.leave_out(PN, Cause::Claim(apt(held)));
        }
        Fate::Upgraded(held) => p.steps.leave_out(PN, Cause::Claim(apt(held))),
        Fate::UpgradedSpecially(held) => p.steps.leave_out(&PG[2..], Cause::Claim(apt(held))),
    }
    let said = p.ask.choice(
        "postgres.upgrade",
        match plan {
            DatabasePlan::WhenDue => "when-due",
            DatabasePlan::Hold(_) => "hold",
            DatabasePlan::Automatic => "automatic",
        },
    );
    if *plan != DatabasePlan::Automatic {
        p.steps.leave_out(&[cite!("PG.A")], Cause::Claim(said.claim.clone()));
    }
    if !matches!(fate, Fate::Held(..)) {
        p.steps.leave_out(&[cite!("PG.H")], Cause::Claim(said.claim));
    }
}

fn hold(
    p: &mut Planner<'_>,
    node: &NodeName,
    phase: Phase,
    image: crate::version::ImageRef,
    held: &[Held],
) -> Span {
    let mut span = Span::default();
    for editor in editors(p, node) {
        let action = edit(p, &editor, App::Express, Edit::HoldDatabase(image.clone()));
        let draft = Draft::on(&editor, phase, "settings/hold-database", action);
        let step = p.steps.once(rests(draft.cites(&[cite!("PG.H")]), held));
        after_copy(p, &editor, step);
        span.first.push(step);
    }
    span.last.clone_from(&span.first);
    if p.accepts(Risk::PostgresBelowMinimum) {
        let risk = Risk::PostgresBelowMinimum.as_str().to_owned();
        let first = span.first.iter().copied().find(Option::is_some).flatten();
        p.warn(WarningCode::Accepted, &[("risk", risk)], first, None);
    }
    span
}

fn by_upgrade(p: &mut Planner<'_>, server: &Server, special: bool, held: &[Held]) -> Span {
    let node = server.stack.node.clone();
    let place = p.site.settings_of(&server.stack);
    let phase = server.phases[1];
    let on =
        |what: &str, action: Action| Draft::on(&node, phase, &format!("postgres/{what}"), action);
    let mut chain: Vec<(Added, RowKey)> = Vec::new();
    let begun = p.steps.has(&Atom::DatabaseUpgrading) || p.steps.has(&Atom::DatabaseNew);
    let editors = editors(p, &node);
    if !begun {
        let row = if special { cite!("PN.1") } else { cite!("PG.4") };
        let agreed = server.agreed(p, Topic::Database, row, held);
        if special {
            // The pin on both nodes of a cluster (K6); the request to upgrade only on the active.
            for editor in &editors {
                let image = p.catalogue.postgres.special_image.clone();
                let action = edit(p, editor, App::Express, Edit::PinSpecial(image));
                let draft = Draft::on(editor, phase, "settings/pin-special", action);
                let step = p.steps.once(rests(draft.cites(&[row]), held));
                after_copy(p, editor, step);
                chain.push((step, row));
            }
        }
        let row = if special { cite!("PN.2") } else { cite!("PG.4") };
        let ask = edit(p, &node, App::Express, Edit::AskUpgrade);
        let draft = Draft::on(&node, phase, "settings/ask-upgrade", ask);
        chain.push((p.steps.once(rests(draft.cites(&[row]), held)), row));
        let row = if special { cite!("PN.3") } else { cite!("PG.5") };
        let start = database(p, &node, DatabaseOp::StartUpgrade { special });
        let started = p.steps.add(rests(on("start-upgrade", start).cites(&[row]), held));
        p.steps.after(started, agreed, Because::Row(row));
        for seen in before_upgrade(p) {
            p.steps.after(started, Some(seen), Because::Row(row));
        }
        // The list shows the old database image too.
        p.steps.after(started, server.listed(p), Because::Invariant(19));
        p.warn(WarningCode::DatabaseRisk, &[], started, None);
        chain.push((started, row));
    } else if !p.steps.has(&Atom::DatabaseNew) && !p.steps.has(&Atom::Running(server.stack.clone()))
    {
        // Its host may have gone down under it: a container that still works is left alone by the
        // same call, one that is gone is started again, and finds its old files (copy mode).
        let row = if special { cite!("PN.3") } else { cite!("PG.5") };
        let start = database(p, &node, DatabaseOp::StartUpgrade { special });
        let started = p.steps.add(rests(on("start-upgrade", start).cites(&[row]), held));
        p.warn(WarningCode::DatabaseRisk, &[], started, None);
        chain.push((started, row));
    }
    if !p.steps.has(&Atom::DatabaseNew) {
        let row = if special { cite!("PN.4") } else { cite!("PG.6") };
        let version = p.catalogue.thresholds.postgres_minimum.to_string();
        let message = p.catalogue.postgres.upgraded_message.clone();
        let file = format!("{}/PG_VERSION", volume(p));
        let wait = database(p, &node, DatabaseOp::WaitUpgraded { file, message, version });
        chain.push((p.steps.add(on("wait-upgraded", wait).cites(&[row])), row));
    }
    let row = if special { cite!("PN.5") } else { cite!("PG.7") };
    if p.steps.has(&Atom::UpgradeKey(place.clone())) {
        let take = edit(p, &node, App::Express, Edit::TakeUpgradeOut);
        let draft = Draft::on(&node, phase, "settings/take-upgrade-out", take).cites(&[row]);
        let out = p.steps.ensure(draft, &[is_not(Atom::UpgradeKey(place.clone()))]);
        chain.push((out, row));
    }
    for editor in &editors {
        let pinned = Atom::SpecialPin(p.site.settings_of(&Stack::new(editor, App::Express)));
        if p.steps.has(&pinned) {
            let image = p.catalogue.postgres.special_image.clone();
            let unpin = edit(p, editor, App::Express, Edit::UnpinSpecial(image));
            let draft = Draft::on(editor, phase, "settings/unpin-special", unpin);
            chain.push((p.steps.add(draft.cites(&[cite!("PN.5")])), cite!("PN.5")));
        }
    }
    let row = if special { cite!("PN.5") } else { cite!("PG.8") };
    let standard = database(p, &node, DatabaseOp::StartStandard);
    let draft = on("start-standard", standard).cites(&[row]);
    chain.push((p.steps.ensure(draft, &[is(Atom::DatabaseStandard)]), row));
    chain.retain(|(step, _)| step.is_some());
    for pair in chain.windows(2) {
        p.steps.after(pair[1].0, pair[0].0, Because::Row(pair[1].1));
    }
    let step = |place: Option<&(Added, RowKey)>| place.and_then(|(step, _)| *step);
    Span { first: vec![step(chain.first())], last: vec![step(chain.last())] }
}

/// What was agreed, looked at and fetched for the upgrade, also where nothing is left to be stopped.
fn before_upgrade(p: &Planner<'_>) -> Vec<usize> {
    let looks = |action: &Action| match action {
        Action::Database(database) => matches!(
            database.op,
            DatabaseOp::SeeApt | DatabaseOp::SeeSpace { .. } | DatabaseOp::KeepVersion { .. }
        ),
        Action::Person(person) => matches!(person, Person::DatabaseWindow),
        Action::Registry(registry) => matches!(registry, Registry::Pull { .. }),
        _ => false,
    };
    p.steps.added().filter(|(.., action)| looks(action)).map(|(index, ..)| index).collect()
}

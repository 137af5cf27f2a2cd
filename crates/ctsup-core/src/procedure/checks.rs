//! Refusals: rules that forbid a plan, each with the claim and the way out, all at once.

use std::collections::BTreeMap;
use std::path::Path;

use super::postgres;
use crate::action::{Action, Person, Settings, settings};
use crate::diagnostic::{Code, Diagnostic};
use crate::fact::{FactKey, FactValue, Held, Test};
use crate::name::{App, ClusterName, NodeName, SettingsPlace, Stack};
use crate::plan::builder::{Added, Draft};
use crate::plan::{Because, Cause, Goal, Phase, Source, WarningCode};
use crate::planner::Planner;
use crate::state::Atom;
use crate::topology::{Backup, DatabasePlan, Layout, Postgres, Risk, RollbackWay, Shared, Voex};

/// The database's service, as `images:` names it.
const POSTGRES: &str = "postgres";

/// Whether there is something to plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// The goal is reached, every node known.
    NothingToDo,
    /// There is something to do, unless a refusal stands in its way.
    GoOn,
}

/// What stands in the way of an upgrade.
pub(super) fn upgrade(p: &mut Planner<'_>) -> Verdict {
    // A newer release is not "reached": it is asked about before anything else (invariant 23).
    if !downgrade(p) && reached(p) {
        postgres::left_old(p);
        return Verdict::NothingToDo;
    }
    common(p);
    pins(p);
    postgres::refusals(p);
    // Where its host has the target already, no step of this plan comes to the database.
    let host = |stack: &Stack| stack.app == App::Express && p.site.serves_back(&stack.node);
    if p.site.stacks().iter().filter(|s| host(s)).any(|s| p.steps.has(&Atom::New(s.clone()))) {
        postgres::left_old(p);
    }
    clusters(p);
    Verdict::GoOn
}

/// What stands in the way of any plan that changes CTS.
pub(super) fn common(p: &mut Planner<'_>) {
    if p.site.voex == Voex::Unsaid {
        p.say("voex.on", Diagnostic::new(Code::VoexUnknown).arg("key", "voex.on"));
    }
    if p.site.images.is_none() && matches!(p.site.layout, Layout::Ha { .. }) {
        let found = Diagnostic::new(Code::NoImageSource).arg("key", "images.source");
        p.say("images", found);
    }
    match &p.site.backup {
        None => {
            let found = Diagnostic::new(Code::MissingChoice)
                .arg("key", "backup.by")
                .arg("choices", "copy, command, person, none");
            p.say("backup.by", found);
        }
        Some(Backup::None) if !p.accepts(Risk::NoBackup) => {
            let risk = Risk::NoBackup.as_str();
            p.say("backup.by", Diagnostic::new(Code::NoBackup).arg("risk", risk));
        }
        _ => {}
    }
    backup_apart(p);
    settings_files(p);
    database_shared(p);
    // A restore puts another file in the place of settings; the database's upgrade that broke off
    // with its key in them must not stand in its way.
    let restores = p.goal == Goal::Rollback
        && p.site.rollback.as_ref().and_then(|r| r.way) == Some(RollbackWay::Restore);
    if !p.known_start && !restores {
        upgrade_keys(p);
    }
}

/// An embedded database is in one of a cluster's volumes, so the nodes share it or each has its own:
/// then every switch changes to other data, and only one of them would be upgraded (A27).
fn database_shared(p: &mut Planner<'_>) {
    let Layout::Ha { back, .. } = &p.site.layout else { return };
    let shared = [Shared::Volumes, Shared::Database].iter().any(|what| back.shared.contains(what));
    if matches!(p.site.postgres, Postgres::Embedded(_)) && !shared {
        let found =
            Diagnostic::new(Code::DatabasePerNode).arg("claim", "postgres.location = embedded");
        p.say("clusters.back.shared", found);
    }
}

/// A copy below what is copied would be a copy of itself, found out when all is stopped.
fn backup_apart(p: &mut Planner<'_>) {
    let Some(Backup::Copy(to)) = &p.site.backup else { return };
    let paths = &p.catalogue.paths;
    let volumes = format!("{}/volumes", p.site.docker_root);
    let copied = [&volumes, &paths.express, &paths.voex, &paths.cluster_data];
    let inside = copied.into_iter().find(|path| Path::new(to).starts_with(path.as_str()));
    if let Some(path) = inside {
        let found = Diagnostic::new(Code::BackupInside).arg("value", to).arg("path", path);
        p.say("backup.to", found);
    }
}

/// What stands in the way of upgrading the database by itself.
pub(super) fn database(p: &mut Planner<'_>) -> Verdict {
    if !matches!(p.site.postgres, Postgres::Embedded(_)) {
        let found = Diagnostic::new(Code::GoalNotHere).arg("goal", p.goal);
        p.say("postgres.location", found);
        return Verdict::NothingToDo;
    }
    common(p);
    pins(p);
    postgres::refusals(p);
    // Pins that somebody left, constraints of old moves and what is stopped elsewhere are no work of
    // this goal.
    let host = super::cleanup::holder(p);
    let ours = |debt: &Atom| match debt {
        Atom::Pinned(_) | Atom::Constraint(_) => false,
        Atom::Stopped(stack) => Some(&stack.node) == host.as_ref(),
        _ => true,
    };
    let debts = p.steps.now().debts().any(ours);
    if p.steps.has(&Atom::DatabaseNew) && p.steps.has(&Atom::DatabaseStandard) && !debts {
        return Verdict::NothingToDo;
    }
    Verdict::GoOn
}

/// Installed = target on every node, all known, everything up and nothing owed (invariant 23).
fn reached(p: &mut Planner<'_>) -> bool {
    let debts = p
        .steps
        .now()
        .debts()
        // Nor of this one.
        .any(|debt| !matches!(debt, Atom::Pinned(_) | Atom::Constraint(_)));
    let everywhere = p.site.stacks().into_iter().all(|stack| {
        let clustered = p.site.cluster_of(&stack.node).is_some();
        let active = p.steps.has(&Atom::Active(stack.node.clone()));
        p.steps.has(&Atom::New(stack.clone()))
            && (p.steps.has(&Atom::Running(stack.clone())) || (clustered && !active))
    });
    let done = everywhere && !debts && !p.site.stacks().is_empty();
    if done {
        for stack in p.site.stacks() {
            let _ = p.release_of(&stack);
        }
    }
    done
}

/// Whether something newer than the target is installed, which is said.
fn downgrade(p: &mut Planner<'_>) -> bool {
    let target = p.site.target.clone();
    if p.site.installed > target {
        let found = Diagnostic::new(Code::Downgrade)
            .arg("installed", &p.site.installed)
            .arg("target", &target);
        p.say("release.target", found);
        return true;
    }
    let mut refused = false;
    let mut newer = |p: &mut Planner<'_>, path: String, release: FactValue, held: &Held| {
        if let FactValue::Release(release) = release
            && release > target
        {
            let found = Diagnostic::new(Code::Downgrade)
                .arg("installed", &release)
                .arg("target", &target)
                .arg("claim", &held.claim);
            p.say(&path, found);
            refused = true;
        }
    };
    for stack in p.site.stacks() {
        let (release, held) = p.release_of(&stack);
        newer(p, FactKey::Release(stack.clone()).path(), release, &held);
        // Judged by what the data has met, too: that is newer after a rollback by pins.
        let met = FactKey::Met(p.site.data_of(&stack));
        if p.fact(&met).is_some()
            && let Some((release, held)) = p.ask.value(met.clone())
        {
            newer(p, met.path(), release, &held);
        }
    }
    refused
}

/// CTS's settings files.
fn settings_places(p: &Planner<'_>) -> Vec<SettingsPlace> {
    let mut places = all_settings_places(p);
    places.retain(|place| place.app == App::Express);
    places
}

/// The settings files of CTS and VoEx.
fn all_settings_places(p: &Planner<'_>) -> Vec<SettingsPlace> {
    let mut places: Vec<_> = p.site.stacks().iter().map(|s| p.site.settings_of(s)).collect();
    places.sort();
    places.dedup();
    places
}

pub(super) fn settings_files(p: &mut Planner<'_>) {
    for place in settings_places(p) {
        let key = FactKey::SettingsFiles(place);
        let path = key.path();
        if let Some((FactValue::List(files), held)) = p.ask.value(key)
            && files.len() != 1
        {
            let found = Diagnostic::new(Code::TwoSettings)
                .arg("count", files.len())
                .arg("claim", &held.claim);
            p.say(&path, found);
        }
    }
}

/// The settings file of a place.
pub(super) fn settings_file(p: &Planner<'_>, place: &SettingsPlace) -> String {
    let dir = p.dir(place.app);
    let place = SettingsPlace { holder: place.holder.clone(), app: App::Express };
    match p.fact(&FactKey::SettingsFiles(place)) {
        Some(FactValue::List(files)) if files.len() == 1 => format!("{dir}/{}", files[0]),
        _ => format!("{dir}/settings"),
    }
}

fn upgrade_keys(p: &mut Planner<'_>) {
    let automatic = p.site.postgres == Postgres::Embedded(DatabasePlan::Automatic);
    for place in settings_places(p) {
        let key = FactKey::UpgradeKey(place.clone());
        let path = key.path();
        if let Some((FactValue::Bool(true), held)) = p.ask.value(key) {
            p.say(&path, Diagnostic::new(Code::UpgradeKeyFound).arg("claim", &held.claim));
        }
        let key = FactKey::AutoUpgradeKey(place);
        let path = key.path();
        // Planned for, it stands there only while the database is new enough: never beside a request
        // to upgrade (A42).
        if let Some((FactValue::Bool(true), held)) = p.ask.value(key)
            && (!automatic || postgres::is_due(p))
        {
            p.say(&path, Diagnostic::new(Code::AutoUpgradeFound).arg("claim", &held.claim));
        }
    }
}

/// What stands in the way of a `dpl -d` that is to bring nothing, where it runs beside the embedded
/// database: with `postgres_upgrade` its container would not start, with `postgres_auto_upgrade`
/// the call may be its upgrade (invariant 12).
pub(super) fn database_untouched(p: &mut Planner<'_>, node: &NodeName) {
    if p.known_start || p.site.postgres == Postgres::External || !p.site.serves_back(node) {
        return;
    }
    upgrade_keys(p);
    if p.site.postgres != Postgres::Embedded(DatabasePlan::Automatic) {
        return;
    }
    // Chosen in the file, it does nothing to a database that is new enough.
    let place = p.site.settings_of(&Stack::new(node, App::Express));
    let key = FactKey::AutoUpgradeKey(place);
    let path = key.path();
    if let Some((FactValue::Bool(true), held)) = p.ask.value(key) {
        let minimum = FactValue::Release(p.catalogue.thresholds.postgres_minimum.clone());
        let old = p.ask.holds(FactKey::PostgresVersion, Test::Below, minimum);
        if old.is_some_and(|old| old.yes) {
            p.say(&path, Diagnostic::new(Code::AutoUpgradeFound).arg("claim", &held.claim));
        }
    }
}

/// Pins that hold the target back (K15, A38): taken out, kept by name, or refused.
fn pins(p: &mut Planner<'_>) {
    let upgraded = postgres::is_upgraded(p);
    for place in all_settings_places(p) {
        let mut contradicting = contradicting(p, &place);
        if contradicting.is_empty() || p.site.unpin {
            continue;
        }
        // The pinned image has no upgrade script: no risk to take, but a plan that cannot work
        // (invariant 12, A42).
        let database = contradicting.iter().position(|s| s == POSTGRES);
        if let Some(database) = database.filter(|_| upgraded && place.app == App::Express) {
            contradicting.remove(database);
            let key = FactKey::Pins(place.clone());
            let claim = p.ask.value(key.clone()).map(|(_, held)| held.claim.to_string());
            let found =
                Diagnostic::new(Code::DatabasePinned).arg("claim", claim.unwrap_or_default());
            p.say(&key.path(), found);
        }
        if contradicting.iter().any(|s| s == POSTGRES) && pins_special(p, &place) {
            contradicting.retain(|s| s != POSTGRES);
            let key = FactKey::Pins(place.clone());
            let found = Diagnostic::new(Code::SpecialImageStays)
                .arg("image", &p.catalogue.postgres.special_image)
                .arg("where", "pin");
            p.say(&key.path(), found);
        }
        if contradicting.is_empty() {
            continue;
        }
        unequal(p, &place, &contradicting);
        if !p.accepts(Risk::PinsKept) {
            let found = Diagnostic::new(Code::PinsContradict)
                .arg("count", contradicting.len())
                .arg("services", contradicting.join(", "))
                .arg("risk", Risk::PinsKept.as_str());
            p.say(&FactKey::Pins(place).path(), found);
        }
    }
}

/// Pins that are kept are the same on both nodes of a cluster, or a failover changes the release.
fn unequal(p: &mut Planner<'_>, place: &SettingsPlace, services: &[String]) {
    let pair = place.holder.clone();
    let Some(other) = p.site.cluster_of(&pair).map(|c| c.other(&pair).clone()) else { return };
    let pinned =
        |p: &Planner<'_>, place: &SettingsPlace| match p.fact(&FactKey::Pins(place.clone())) {
            Some(FactValue::Images(pins)) => pins.clone(),
            _ => BTreeMap::new(),
        };
    let there = p.site.settings_of(&Stack::new(&other, place.app));
    let (here, there) = (pinned(p, place), pinned(p, &there));
    let differ: Vec<_> =
        services.iter().filter(|s| here.get(*s) != there.get(*s)).cloned().collect();
    if !differ.is_empty() {
        let found = Diagnostic::new(Code::PinsUnequal)
            .arg("other", &other)
            .arg("services", differ.join(", "));
        p.say(&FactKey::Pins(place.clone()).path(), found);
    }
}

/// Whether the database's pin is the image that is there for its upgrade alone.
fn pins_special(p: &Planner<'_>, place: &SettingsPlace) -> bool {
    let Some(FactValue::Images(pins)) = p.fact(&FactKey::Pins(place.clone())) else { return false };
    pins.get(POSTGRES).is_some_and(|image| image.tag() == p.catalogue.postgres.special_image.tag())
}

/// The services pinned by something else than the hold of the database that the file asks for.
fn contradicting(p: &mut Planner<'_>, place: &SettingsPlace) -> Vec<String> {
    if p.known_start && !p.steps.has(&Atom::Pinned(place.clone())) {
        return Vec::new();
    }
    let of_database = |stack: &Stack| {
        stack.app == App::Express
            && p.site.serves_back(&stack.node)
            && p.site.settings_of(stack) == *place
    };
    if p.goal == Goal::Postgres && !p.site.stacks().iter().any(of_database) {
        return Vec::new();
    }
    let held = match &p.site.postgres {
        Postgres::Embedded(DatabasePlan::Hold(image)) if p.goal != Goal::Postgres => Some(image),
        _ => None,
    };
    let services = |service: &str| p.goal != Goal::Postgres || service == POSTGRES;
    match p.ask.value(FactKey::Pins(place.clone())) {
        Some((FactValue::Images(pins), _)) => pins
            .iter()
            .filter(|(service, image)| service.as_str() != POSTGRES || Some(*image) != held)
            .filter(|(service, _)| services(service))
            .map(|(service, _)| service.clone())
            .collect(),
        _ => Vec::new(),
    }
}

/// Own steps that take contradicting pins out, before anything is fetched or deployed.
pub(super) fn take_pins_out(p: &mut Planner<'_>) -> Vec<Added> {
    let mut steps = Vec::new();
    if !p.site.unpin {
        return steps;
    }
    for place in all_settings_places(p) {
        let services = contradicting(p, &place);
        let stack = p.site.stacks().into_iter().find(|s| p.site.settings_of(s) == place);
        let (false, Some(stack)) = (services.is_empty(), stack) else {
            continue;
        };
        let said = p.ask.choice("release.unpin", true);
        let edit = settings::Edit::Unpin(services);
        let action = postgres::edit(p, &stack.node, stack.app, edit);
        debug_assert!(matches!(&action, Action::Settings(Settings { .. })));
        let what = match stack.app {
            App::Voex => "settings/unpin-voex",
            _ => "settings/unpin",
        };
        let draft = Draft::on(&stack.node, Phase::Prepare, what, action)
            .source(Source::Reading("A38".to_owned()))
            .because(&said);
        steps.push(p.steps.once(draft));
    }
    steps
}

/// The clusters' facts, and the window that HA has by its nature.
fn clusters(p: &mut Planner<'_>) {
    let Layout::Ha { back, front } = p.site.layout.clone() else {
        return;
    };
    let shared = [&back, &front].iter().any(|pair| {
        pair.shared.contains(&Shared::Volumes) || pair.shared.contains(&Shared::Database)
    });
    let window = shared || p.site.postgres == Postgres::External;
    if window && !p.accepts(Risk::OldContainersWindow) {
        let found = Diagnostic::new(Code::WindowNotAccepted)
            .arg("risk", Risk::OldContainersWindow.as_str());
        p.say("accept", found);
    }
    for cluster in ClusterName::ALL {
        if let Some((FactValue::Bool(false), _)) = p.ask.value(FactKey::Healthy(cluster)) {
            p.warn(WarningCode::ClusterUnhealthy, &[("cluster", cluster.to_string())], None, None);
        }
        if let Some((FactValue::List(left), _)) = p.ask.value(FactKey::Constraints(cluster))
            && !left.is_empty()
        {
            let args = [("cluster", cluster.to_string()), ("constraints", left.join(", "))];
            p.warn(WarningCode::ConstraintsFound, &args, None, None);
        }
        if let Some((FactValue::List(left), _)) = p.ask.value(FactKey::Preferences(cluster))
            && !left.is_empty()
        {
            let args = [("cluster", cluster.to_string()), ("preferences", left.join(", "))];
            p.warn(WarningCode::PreferencesFound, &args, None, None);
        }
        let key = FactKey::Stickiness(cluster);
        if p.fact(&key).is_some()
            && let Some((FactValue::Integer(sticky), _)) = p.ask.value(key)
            && sticky <= 0
        {
            p.warn(WarningCode::NotSticky, &[("cluster", cluster.to_string())], None, None);
        }
    }
}

/// Not enough room for something.
pub(super) fn no_space(p: &mut Planner<'_>, key: &FactKey, free: &FactValue, need: &FactValue) {
    let found = Diagnostic::new(Code::NoSpace).arg("fact", key).arg("free", free).arg("need", need);
    p.say(&key.path(), found);
}

/// A person agrees to cross a barrier before the first change (invariant 11).
pub(super) fn barrier(p: &mut Planner<'_>) -> Added {
    let lowest = p.lowest_release();
    let barriers = p.catalogue.barriers_between(p.new_release(), &lowest);
    let started = p.site.stacks().iter().any(|s| p.steps.has(&Atom::Met(p.site.data_of(s))));
    if barriers.is_empty() || started || p.goal != Goal::Upgrade {
        return None;
    }
    let names: Vec<_> = barriers.iter().map(ToString::to_string).collect();
    let held = p.ask.choice("release.installed", &p.site.installed);
    let action = Action::Person(Person::CrossBarrier { barriers: names.clone() });
    let draft = Draft::person(Phase::Prepare, "cross-barrier", action)
        .source(Source::Invariant(11))
        .because(&held);
    let step = p.steps.once(draft);
    p.warn(WarningCode::CrossesBarrier, &[("barriers", names.join(", "))], step, None);
    p.comes_first(step, Because::Invariant(11));
    step
}

/// Rows of a procedure that this topology does not have.
pub(super) fn not_for(p: &mut Planner<'_>, path: &str, value: &str, rows: &[crate::guide::RowKey]) {
    let said = p.ask.choice(path, value);
    p.steps.leave_out(rows, Cause::Claim(said.claim));
}

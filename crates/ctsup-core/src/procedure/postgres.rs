//! The embedded PostgreSQL: whether its upgrade is due, by which way, and its steps.
//!
//! Where it stands in an upgrade: after stop and backup, before the exporters and the full deploy
//! (A26). With access to apt.postgresql.org it is procedure PG, without it PN, only from 9.5.

use super::beside::{self, Part, Rest};
use super::server::Server;
use crate::action::database::DatabaseOp;
use crate::action::dpl::Brings;
use crate::action::person::Topic;
use crate::action::registry::Registry;
use crate::action::settings::Edit;
use crate::action::{Action, Database, Person, Settings};
use crate::cite;
use crate::diagnostic::{Code, Diagnostic};
use crate::fact::{FactKey, FactValue, Held, Test};
use crate::guide::RowKey;
use crate::name::{App, ClusterName, NodeName, Stack};
use crate::plan::builder::{Added, Draft};
use crate::plan::{Because, Cause, Goal, Phase, Source, WarningCode};
use crate::planner::Planner;
use crate::state::{Atom, is, is_not};
use crate::topology::{DatabasePlan, ImageSource, Layout, Postgres, Risk, Shared};
use crate::version::Release;

const PG: &[RowKey] = &[
    cite!("PG.0"),
    cite!("PG.1"),
    cite!("PG.3"),
    cite!("PG.4"),
    cite!("PG.5"),
    cite!("PG.6"),
    cite!("PG.7"),
    cite!("PG.8"),
];
const PN: &[RowKey] = &[cite!("PN.1"), cite!("PN.2"), cite!("PN.3"), cite!("PN.4"), cite!("PN.5")];

/// What becomes of the database in this plan.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Fate {
    /// Nothing: it is new enough, or nobody asks.
    Stays,
    /// Upgraded with binaries from apt.postgresql.org.
    Upgraded(Vec<Held>),
    /// Upgraded by the special image.
    UpgradedSpecially(Vec<Held>),
    /// Held at this image.
    Held(crate::version::ImageRef, Vec<Held>),
}

/// Where the database's part of a plan begins and ends: edits of both nodes of a cluster stand side
/// by side.
#[derive(Debug, Clone, Default)]
pub(super) struct Span {
    first: Vec<Added>,
    last: Vec<Added>,
}

impl Span {
    /// All of it waits for a step.
    pub(super) fn after(&self, p: &mut Planner<'_>, earlier: Added, because: &Because) {
        for step in &self.first {
            p.steps.after(*step, earlier, because.clone());
        }
    }

    /// A step waits for all of it.
    pub(super) fn before(&self, p: &mut Planner<'_>, later: Added, because: &Because) {
        for step in &self.last {
            p.steps.after(later, *step, because.clone());
        }
    }

    /// Its first steps.
    pub(super) fn first(&self) -> &[Added] {
        &self.first
    }

    /// Its last steps.
    pub(super) fn last(&self) -> &[Added] {
        &self.last
    }
}

/// Whether the database runs in a container of CTS.
pub(super) fn is_embedded(p: &Planner<'_>) -> bool {
    matches!(p.site.postgres, Postgres::Embedded(_))
}

/// The fate of the database, and what it rests on; refusals are the business of `checks`.
fn fate(p: &mut Planner<'_>) -> Option<Fate> {
    let Postgres::Embedded(plan) = &p.site.postgres else {
        return Some(Fate::Stays);
    };
    let minimum = p.catalogue.thresholds.postgres_minimum.clone();
    let old = p.ask.holds(FactKey::PostgresVersion, Test::Below, FactValue::Release(minimum))?;
    let wanted = p.goal == Goal::Postgres || p.catalogue.needs_new_postgres(&p.site.target);
    if !old.yes {
        return Some(Fate::Stays);
    }
    match plan {
        DatabasePlan::Hold(image) if p.goal != Goal::Postgres => {
            let said = p.ask.choice("postgres.upgrade", "hold");
            Some(Fate::Held(image.clone(), vec![old, said]))
        }
        _ if !wanted => Some(Fate::Stays),
        _ => {
            let apt = p.ask.holds(FactKey::Apt, Test::Is, FactValue::Bool(true))?;
            if apt.yes {
                return Some(Fate::Upgraded(vec![old, apt]));
            }
            let from = FactValue::Release(p.catalogue.postgres.special_from.clone());
            let special = p.ask.holds(FactKey::PostgresVersion, Test::Is, from)?;
            special.yes.then_some(Fate::UpgradedSpecially(vec![old, apt, special]))
        }
    }
}

/// Whether the plan's own steps upgrade the database.
pub(super) fn is_due(p: &mut Planner<'_>) -> bool {
    matches!(fate(p), Some(Fate::Upgraded(_) | Fate::UpgradedSpecially(_)))
}

/// Whether the plan upgrades the database, or lets it upgrade itself.
pub(super) fn is_upgraded(p: &mut Planner<'_>) -> bool {
    let automatic = p.site.postgres == Postgres::Embedded(DatabasePlan::Automatic);
    // Without access to the special image's way there is no plan at all, whatever is pinned.
    is_due(p) || (automatic && p.goal == Goal::Upgrade)
}

fn database(p: &Planner<'_>, node: &NodeName, op: DatabaseOp) -> Action {
    let stack = Stack::new(node, App::Express);
    Action::Database(Database {
        data: p.site.data_of(&stack),
        dir: p.dir(App::Express).to_owned(),
        node: node.clone(),
        op,
        settings: p.site.settings_of(&stack),
        skip: p.catalogue.skip.clone(),
    })
}

/// The database's volume on its host.
pub(super) fn volume(p: &Planner<'_>) -> String {
    format!("{}/volumes/cts_{}/_data", p.site.docker_root, p.catalogue.postgres.volume)
}

/// What must be read while the database still runs and its image is old: version always, room and
/// access where the upgrade is due. Nothing is stopped before these.
pub(super) fn facts(p: &mut Planner<'_>, server: &Server) -> Vec<Added> {
    if !is_embedded(p) {
        let said = p.ask.choice("postgres.location", "external");
        p.steps.leave_out(&[cite!("PG.2")], Cause::Claim(said.claim));
        return Vec::new();
    }
    let node = server.stack.node.clone();
    // In a cluster nothing is asked of the node before its gate.
    let phase = if server.clustered { Phase::Gate } else { Phase::Prepare };
    let mut all = Vec::new();
    if server.needs_deploy(p) {
        all.push(keep_version(p, &node));
    }
    let Some(fate) = fate(p) else { return all };
    let (Fate::Upgraded(held) | Fate::UpgradedSpecially(held)) = &fate else {
        return all;
    };
    if p.steps.has(&Atom::DatabaseNew) {
        return all;
    }
    let held = held.clone();
    room(p);
    let window =
        Draft::person(Phase::Prepare, "database-window", Action::Person(Person::DatabaseWindow));
    let planned: &[RowKey] = match p.site.layout {
        // The note of the split chapter sends here (D-P.3).
        Layout::Split { .. } if p.goal == Goal::Upgrade => &[cite!("PG.0"), cite!("D-P.3")],
        _ => &[cite!("PG.0")],
    };
    all.push(p.steps.once(rests(window.cites(planned), &held)));
    let see =
        database(p, &node, DatabaseOp::SeeSpace { volume: p.catalogue.postgres.volume.clone() });
    let space = Draft::on(&node, phase, "postgres/space", see).cites(&[cite!("PG.1")]);
    all.push(p.steps.once(rests(space, &held)));
    if matches!(fate, Fate::Upgraded(_)) {
        let see = database(p, &node, DatabaseOp::SeeApt);
        let apt = Draft::on(&node, phase, "postgres/apt", see).cites(&[cite!("PG.3")]);
        let apt = rests(apt, &held);
        if !p.steps.has(&Atom::DatabaseUpgrading) {
            all.push(p.steps.add(apt));
        }
    }
    if let Some(pair) = p.site.cluster_of(&node) {
        let seen = super::cluster::seen_active(p, pair.cluster);
        for step in
            all.iter().filter(|step| !p.steps.is_confirm(**step)).copied().collect::<Vec<_>>()
        {
            p.steps.after(step, seen, Because::Invariant(5));
        }
    }
    all
}

/// `PG_VERSION` read and kept, by the container while it runs, else from its file (invariant 13).
pub(super) fn keep_version(p: &mut Planner<'_>, node: &NodeName) -> Added {
    if !is_embedded(p) {
        return None;
    }
    let running = p.steps.has(&Atom::Running(Stack::new(node, App::Express)));
    let file = (!running).then(|| format!("{}/PG_VERSION", volume(p)));
    let keep = database(p, node, DatabaseOp::KeepVersion { file });
    let cluster = p.site.cluster_of(node).map(|pair| pair.cluster);
    let phase = if cluster.is_some() { Phase::Gate } else { Phase::Prepare };
    let draft = Draft::on(node, phase, "postgres/version", keep);
    let step = p.steps.once(draft.cites(&[cite!("PG.2")]));
    if let Some(cluster) = cluster {
        // On the node where docker runs, once that was seen.
        p.steps.after(step, super::cluster::seen_active(p, cluster), Because::Invariant(5));
    }
    step
}

fn rests(draft: Draft, held: &[Held]) -> Draft {
    held.iter().fold(draft, Draft::because)
}

/// Free space at least the size of the database (PG.1, invariant 14).
fn room(p: &mut Planner<'_>) {
    let size = p.ask.measured(FactKey::PostgresSize);
    let free = p.ask.measured(FactKey::PostgresFree);
    let (Some(size), Some(free)) = (size, free) else {
        return;
    };
    let size = size.with_room();
    let held = p.ask.holds(FactKey::PostgresFree, Test::AtLeast, size.clone());
    if held.is_some_and(|h| !h.yes) {
        super::checks::no_space(p, &FactKey::PostgresFree, &free, &size);
    }
}

/// Both images on the node before anything is stopped, where the way needs two (K6).
pub(super) fn fetch_images(p: &mut Planner<'_>, node: &NodeName) -> Added {
    let Some(Fate::UpgradedSpecially(held)) = fate(p) else {
        return None;
    };
    if p.steps.has(&Atom::DatabaseNew) {
        return None;
    }
    let prefix = match p.site.images.as_ref().map(|i| &i.source) {
        Some(ImageSource::Registry(r, _) | ImageSource::Archives(r, _)) => format!("{}/", r.host()),
        _ => String::new(),
    };
    let images = vec![
        p.catalogue.postgres.special_image.clone(),
        p.catalogue.postgres.standard_image.clone(),
    ];
    let action = Action::Registry(Registry::Pull { images, node: node.clone(), prefix });
    let draft = Draft::on(node, Phase::Fetch, "postgres/fetch", action);
    let step = p.steps.once(rests(draft.source(Source::Invariant(8)), &held));
    Server::loaded_first(p, step);
    step
}

/// The edit of the settings of a node's CTS.
pub(super) fn edit(p: &Planner<'_>, node: &NodeName, app: App, edit: Edit) -> Action {
    let place = p.site.settings_of(&Stack::new(node, app));
    let file = super::checks::settings_file(p, &place);
    let name = file.rsplit('/').next().unwrap_or("settings").to_owned();
    let kept = &p.catalogue.paths.kept;
    Action::Settings(Settings {
        copy: format!(
            "{kept}/{}/{}-{app}-{name}-before-{}-{}",
            p.site.site,
            place.holder,
            edit.name(),
            p.before().trim_start_matches("before-")
        ),
        edit,
        file,
        node: node.clone(),
        place,
    })
}

/// The nodes on which settings are edited: one, or both of a cluster that does not share them.
pub(super) fn editors(p: &Planner<'_>, node: &NodeName) -> Vec<NodeName> {
    match p.site.cluster_of(node) {
        Some(pair) if !pair.shared.contains(&Shared::Settings) => {
            vec![node.clone(), pair.other(node).clone()]
        }
        _ => vec![node.clone()],
    }
}

/// The database's upgrade on the server that holds it (PG.4 to PG.8, PN, PG.H, PG.A).
pub(super) fn upgrade(p: &mut Planner<'_>, server: &Server) -> Span {
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

/// The database's upgrade by itself: the goal `postgres`.
pub(super) fn alone(p: &mut Planner<'_>) {
    if super::checks::database(p) == super::checks::Verdict::NothingToDo {
        p.nothing_to_do();
        return;
    }
    let (node, clustered) = match p.site.layout.clone() {
        Layout::Single(host) => (host, false),
        Layout::Split { back, .. } => (back, false),
        Layout::Ha { back, .. } => match p.active(back.cluster) {
            Some(active) => (active, true),
            None => return,
        },
    };
    let (stop, back_up): (&[RowKey], &[RowKey]) = match p.site.layout {
        Layout::Single(_) => (&[cite!("S.2")], &[cite!("S.0"), cite!("S.3")]),
        Layout::Split { .. } => (&[cite!("B.2")], &[cite!("S.0"), cite!("B.3")]),
        Layout::Ha { .. } => (&[cite!("HA.17")], &[cite!("HA.0")]),
    };
    let server = Server {
        stack: Stack::new(&node, App::Express),
        clustered,
        phases: [Phase::BackUp, Phase::FirstHalf],
        rows: super::server::Rows {
            stop,
            back_up,
            owners: None,
            letsencrypt: None,
            exporters: None,
            deploy: cite!("PG.8"),
            logs: None,
        },
        database: true,
        brings: Brings::Same,
    };
    let list = server.save_list(p, Phase::Prepare);
    let facts = alone_facts(p, &server);
    let gates = match &p.site.layout {
        Layout::Ha { back, .. } => {
            let rows = &super::cluster::BY_HAND;
            super::cluster::antivirus_off_in(p, rows, std::slice::from_ref(back));
            super::cluster::gate(p, back, rows)
        }
        _ => Vec::new(),
    };
    // docker runs here; the idle node has the images of its next upgrade.
    let fetched = fetch_images(p, &node);
    let begun = p.steps.has(&Atom::Stopped(server.stack.clone()));
    let voex = beside::voex_of(p, &server);
    let copied = begun && p.steps.has(&Atom::DatabaseNew);
    let mut parts = vec![Part { server: &server, due: true }];
    parts.extend(voex.as_ref().map(|server| Part { server, due: false }));
    let begin = p.steps.count();
    let rest = match copied {
        true => Rest { stops: vec![server.stop(p)], back_up: None },
        false => beside::rest(p, &parts),
    };
    for stop in &rest.stops {
        for gate in &gates {
            p.steps.after(*stop, *gate, Because::Invariant(3));
        }
    }
    if clustered {
        p.steps.after(list, super::cluster::gate_of(p, ClusterName::Back), Because::Invariant(19));
    }
    for earlier in facts.into_iter().chain([fetched, list]) {
        for stop in &rest.stops {
            p.steps.after(*stop, earlier, Because::Row(cite!("PG.4")));
        }
    }
    for stop in &rest.stops {
        p.steps.after(rest.back_up, *stop, Because::Row(cite!("PG.0")));
    }
    let unpinned = super::checks::take_pins_out(p);
    let span = upgrade(p, &server);
    span.after(p, rest.back_up, &Because::Row(cite!("PG.4")));
    for unpinned in unpinned {
        p.steps.after(unpinned, rest.back_up, Because::Invariant(2));
        // One edit of a file after the other; what matters is that the pin is out by then.
        span.after(p, unpinned, &Because::Invariant(34));
        let started = p.steps.last_doing(&is(Atom::DatabaseUpgrading));
        p.steps.after(started, unpinned, Because::Invariant(12));
    }
    if let Some(pair) = p.site.cluster_of(&node) {
        // Its containers have the old image until its next upgrade, and the data is new (A45).
        let idle = pair.other(&node).to_string();
        let started = p.steps.last_doing(&is(Atom::DatabaseUpgrading));
        p.warn(WarningCode::IdleNodeOld, &[("node", idle)], started, None);
    }
    let start = server.start(p, "start");
    span.before(p, start, &Because::Row(cite!("PG.8")));
    for gate in gates {
        p.steps.after(start, gate, Because::Invariant(3));
    }
    let logs = server.read_logs(p);
    let last = beside::wake(p, &parts, &[start]).or(start);
    let (check, end) = super::ending::seen_in_order(p, &[logs, last]);
    let what = [("what", server.stack.to_string())];
    p.warn(WarningCode::Outage, &what, p.steps.first_since(begin), last);
    super::ending::old_database(p, check);
    super::cluster::antivirus_on(p, &super::cluster::BY_HAND, &end);
}

fn alone_facts(p: &mut Planner<'_>, server: &Server) -> Vec<Added> {
    // Here nothing is deployed, but the version is kept all the same.
    let deploying = Server { brings: Brings::New, ..server.clone() };
    let kept = p.steps.has(&Atom::New(server.stack.clone()));
    let mut all = facts(p, &deploying);
    if kept && !p.steps.has(&Atom::VersionKept) {
        let keep = database(p, &server.stack.node, DatabaseOp::KeepVersion { file: None });
        let draft = Draft::on(&server.stack.node, Phase::Prepare, "postgres/version", keep);
        all.push(p.steps.once(draft.cites(&[cite!("PG.2")])));
    }
    all
}

/// Refusals that concern the database (invariants 12, 15, 16).
pub(super) fn refusals(p: &mut Planner<'_>) {
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
pub(super) fn left_old(p: &mut Planner<'_>) {
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
pub(super) fn too_old(
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

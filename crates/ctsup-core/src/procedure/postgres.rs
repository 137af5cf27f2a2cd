//! The embedded PostgreSQL: whether its upgrade is due, by which way, and its steps.
//!
//! Where it stands in an upgrade: after stop and backup, before the exporters and the full deploy
//! (A26). With access to apt.postgresql.org it is procedure PG, without it PN, only from 9.5.

use super::server::Server;
use crate::action::database::DatabaseOp;
use crate::action::registry::Registry;
use crate::action::settings::Edit;
use crate::action::{Action, Database, Person, Settings};
use crate::cite;
use crate::fact::{FactKey, FactValue, Held, Test};
use crate::guide::RowKey;
use crate::name::{App, NodeName, Stack};
use crate::plan::builder::{Added, Draft};
use crate::plan::{Because, Cause, Goal, Phase, Source};
use crate::planner::Planner;
use crate::state::Atom;
use crate::topology::{DatabasePlan, ImageSource, Layout, Postgres, Shared};

mod alone;
mod refusals;
mod upgrade;

pub(super) use self::alone::alone;
pub(super) use self::refusals::{left_old, refusals, too_old};
pub(super) use self::upgrade::upgrade;

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

//! The copy in the place of the data: set aside, put back, settled.

use super::{From, Host, Place};
use crate::action::settings::Edit;
use crate::action::{Action, Person, Volume};
use crate::cite;
use crate::fact::{FactKey, FactValue, Held, Test};
use crate::name::{App, ClusterName, NodeName, Stack};
use crate::plan::builder::{Added, Draft};
use crate::plan::{Because, Phase, Source, WarningCode};
use crate::planner::Planner;
use crate::procedure::{checks, cluster, postgres};
use crate::state::{Atom, is};
use crate::topology::Postgres;

/// The data of each application of a host aside, its backup and the pins of its time in place: the
/// steps that its deploy waits for.
pub(super) fn put_back(p: &mut Planner<'_>, host: &Host, stops: &[Added]) -> Vec<Added> {
    let writers: Vec<_> = host.servers.iter().map(|server| server.stack.clone()).collect();
    let mut all = Vec::new();
    // All that is newer lies aside before any of the copy comes.
    let mut last: Added = None;
    let mut asides = Vec::new();
    for place in &host.places {
        // Where nothing on the node that serves goes back, nothing of it stops.
        let writers = if host.due.is_empty() { &[][..] } else { &writers[..] };
        let aside = set_aside(p, place, writers);
        for step in stops {
            p.steps.after(aside, *step, Because::Row(cite!("RS.2")));
        }
        // One data set after the other.
        p.steps.after(aside, last, Because::Invariant(34));
        last = aside.or(last);
        asides.push(aside);
    }
    let mut back: Vec<(Stack, Added)> = Vec::new();
    for place in &host.places {
        let writers = if host.due.is_empty() { &[][..] } else { &writers[..] };
        let put = copy_back(p, place, writers);
        for step in asides.iter().chain(stops) {
            p.steps.after(put, *step, Because::Row(cite!("RS.3")));
        }
        p.steps.after(put, last, Because::Invariant(34));
        last = put.or(last);
        back.push((place.stack.clone(), put));
        all.push(put);
        // Looked for as long as they lay aside, they would not have been found.
        let pair = p.site.cluster_of(&place.stack.node).cloned();
        if let Some(pair) = pair.filter(|pair| pair.cluster == ClusterName::Back)
            && place.serving.is_none()
        {
            all.extend(cluster::files_answer(p, &pair, put, cite!("HA.6")));
        }
    }
    for due in &host.due {
        let Some((pins, held)) = &due.pins else { continue };
        let Stack { node, app } = due.server.stack.clone();
        for editor in postgres::editors(p, &node) {
            let edit = postgres::edit(p, &editor, app, Edit::Pin(pins.clone()));
            let what = format!("{app}/settings/pin");
            let draft = Draft::on(&editor, Phase::FirstHalf, &what, edit);
            let step = p.steps.once(draft.cites(&[cite!("RS.4")]).because(held));
            // The file that is edited is the one that came back.
            for (_, put) in back.iter().filter(|(s, _)| s.node == editor || s.node == node) {
                p.steps.after(step, *put, Because::Row(cite!("RS.4")));
            }
            p.warn(WarningCode::PinsStay, &[("node", editor.to_string())], step, None);
            all.push(step);
        }
    }
    all
}

/// What belongs to a place. Docker's volumes are those of the whole host; the files of Back's cluster
/// are there where it serves.
pub(super) fn paths(p: &Planner<'_>, place: &Place) -> Vec<String> {
    let Stack { node, app } = &place.stack;
    let mut paths = Vec::new();
    if place.volumes {
        paths.push(format!("{}/volumes", p.site.docker_root));
    }
    paths.push(p.dir(*app).to_owned());
    let back = p.site.cluster_of(node).is_some_and(|c| c.cluster == ClusterName::Back);
    if back && place.serving.is_none() {
        paths.push(p.catalogue.paths.cluster_data.clone());
    }
    paths
}

/// A copy that lies on the other node's own disk is brought here first; no node reaches into another.
pub(super) fn brought(p: &mut Planner<'_>, place: &Place, path: &str) -> Added {
    let from = place.lies_on.clone()?;
    let Stack { node, app } = place.stack.clone();
    let data = p.site.data_of(&place.stack);
    let what = format!("{node}/{app}/bring-copy");
    let action = Person::BringCopy { data, from, node, path: path.to_owned() };
    let draft = Draft::person(Phase::Prepare, &what, Action::Person(action));
    p.steps.once(draft.source(Source::Invariant(2)))
}

/// Present data moved aside; the site's own way of backing up does it itself.
pub(super) fn set_aside(p: &mut Planner<'_>, place: &Place, writers: &[Stack]) -> Added {
    let From::Copy(_) = &place.from else { return None };
    let Stack { node, app } = &place.stack;
    let aside = Action::Volume(Volume::SetAside {
        data: p.site.data_of(&place.stack),
        paths: paths(p, place),
        serving: place.serving.clone(),
        suffix: p.before(),
        writers: writers.to_vec(),
    });
    let aside = Draft::on(node, Phase::FirstHalf, &format!("{app}/set-aside"), aside);
    p.steps.once(aside.cites(&[cite!("RS.2")]))
}

/// A backup put back.
pub(super) fn copy_back(p: &mut Planner<'_>, place: &Place, writers: &[Stack]) -> Added {
    let Stack { node, app } = place.stack.clone();
    let data = p.site.data_of(&place.stack);
    let paths = paths(p, place);
    let settings = p.site.settings_of(&place.stack);
    let back = [is(Atom::PutBack(data.clone()))];
    match &place.from {
        From::Person => {
            let writers = writers.to_vec();
            let action = Person::PutBack { data, node: node.clone(), paths, settings, writers };
            let what = format!("{node}/{app}/put-back");
            let draft = Draft::person(Phase::FirstHalf, &what, Action::Person(action));
            p.steps.ensure(draft.cites(&[cite!("RS.3"), cite!("RS.4")]), &back)
        }
        From::Copy(from) => {
            let put = Action::Volume(Volume::PutBack {
                data,
                from: from.clone(),
                paths,
                serving: place.serving.clone(),
                settings,
            });
            let put = Draft::on(&node, Phase::FirstHalf, &format!("{app}/put-back"), put);
            p.steps.ensure(put.cites(&[cite!("RS.3"), cite!("RS.4")]), &back)
        }
    }
}

/// A database outside CTS goes back by a person's hand, while nothing writes it: the upgrade changed
/// it, and no copy of volumes holds it.
pub(super) fn external(p: &mut Planner<'_>, hosts: &[Host], stops: &[Added]) -> Added {
    let back = hosts
        .iter()
        .flat_map(|host| &host.due)
        .map(|due| &due.server.stack)
        .find(|stack| stack.app == App::Express && p.site.serves_back(&stack.node));
    if p.site.postgres != Postgres::External || back.is_none() {
        return None;
    }
    let writers = hosts.iter().filter(|host| !host.due.is_empty());
    let writers = writers.flat_map(|host| &host.servers).map(|s| s.stack.clone());
    let action =
        Person::ExternalRestore { writers: writers.filter(|s| s.app == App::Express).collect() };
    let said = p.ask.choice("postgres.location", "external");
    let draft = Draft::person(Phase::FirstHalf, "external-restore", Action::Person(action));
    let step = p.steps.once(draft.cites(&[cite!("RS.3")]).because(&said));
    for stop in stops {
        p.steps.after(step, *stop, Because::Row(cite!("RS.2")));
    }
    step
}

/// Room where the volumes lie: the newer data stays beside the copy (K12).
pub(super) fn room(p: &mut Planner<'_>, holder: &NodeName) -> Option<Held> {
    let volumes = p.ask.measured(FactKey::Volumes(holder.clone()));
    let key = FactKey::FreeVolumes(holder.clone());
    let free = p.ask.measured(key.clone());
    let (Some(size @ FactValue::Size(_)), Some(free)) = (volumes, free) else {
        return None;
    };
    let size = size.with_room();
    let held = p.ask.holds(key.clone(), Test::AtLeast, size.clone())?;
    if !held.yes {
        checks::no_space(p, &key, &free, &size);
    }
    Some(held)
}

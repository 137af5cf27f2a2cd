//! Back from the binding backup (RS, K12), and the database's old version by a person's hand (DR).

use std::collections::BTreeMap;

use super::beside::{self, Part};
use super::rollback::{self, Which, decide, finish};
use super::server::{Rows, Server};
use super::{checks, cleanup, cluster, ending, postgres};
use crate::action::database::{Database, DatabaseOp};
use crate::action::dpl::Brings;
use crate::action::person::{DatabaseBack, WayBack};
use crate::action::settings::Edit;
use crate::action::{Action, Look, Person, Volume};
use crate::cite;
use crate::diagnostic::{Code, Diagnostic};
use crate::fact::{FactKey, FactValue, Held, Test};
use crate::name::{App, ClusterName, NodeName, Stack};
use crate::plan::builder::{Added, Draft};
use crate::plan::{Because, Phase, Source, WarningCode};
use crate::planner::Planner;
use crate::state::{Atom, is};
use crate::topology::{Backup, Layout, Postgres, Risk, Rollback, Voex};
use crate::version::ImageRef;

const ROWS: Rows = Rows {
    stop: &[cite!("RS.1")],
    back_up: &[],
    owners: None,
    letsencrypt: None,
    exporters: None,
    deploy: cite!("RS.5"),
    logs: None,
};

/// The servers that serve, Back first.
fn serving(p: &Planner<'_>) -> Vec<NodeName> {
    match p.site.layout.clone() {
        Layout::Single(host) => vec![host],
        Layout::Split { back, front } => vec![back, front],
        Layout::Ha { back, front } => [back, front]
            .into_iter()
            .filter_map(|pair| {
                pair.nodes.iter().find(|n| p.steps.has(&Atom::Active((*n).clone()))).cloned()
            })
            .collect(),
    }
}

/// The services of which the saved list of a host must name the images.
fn services(p: &Planner<'_>, node: &NodeName) -> Vec<String> {
    let services = &p.catalogue.services;
    match &p.site.layout {
        Layout::Single(_) => services.back.iter().chain(&services.front).cloned().collect(),
        _ if p.site.serves_back(node) => services.back.clone(),
        _ => services.front.clone(),
    }
}

/// Where an application's backup comes from.
#[derive(Debug, Clone)]
enum From {
    /// A directory as our own copies lie there.
    Copy(String),
    /// The site's own way of backing up: a person puts it back.
    Person,
}

/// An application that goes back: its server and the images of the backup's time.
struct Due {
    server: Server,
    pins: Option<(BTreeMap<String, ImageRef>, Held)>,
}

/// Data that goes back.
struct Place {
    /// Whose it is: of a server that serves, or of the idle node beside it that has data of its own.
    stack: Stack,
    from: From,
    /// The other node, on whose disk the copy lies.
    lies_on: Option<NodeName>,
    /// Docker's volumes of the host go with it: with one application of a host.
    volumes: bool,
    /// The node that serves, where the data is the idle one's.
    serving: Option<NodeName>,
}

/// One host: its applications, those of them that go back, and what data goes back for it.
struct Host {
    servers: Vec<Server>,
    due: Vec<Due>,
    places: Vec<Place>,
}

impl Host {
    fn is_due(&self, server: &Server) -> bool {
        self.due.iter().any(|due| due.server.stack == server.stack)
    }

    fn parts(&self) -> Vec<Part<'_>> {
        self.servers.iter().map(|server| Part { server, due: self.is_due(server) }).collect()
    }
}

/// Stops everything that is newer, sets the present data aside, puts the backup back with the images
/// of its time, deploys what it holds: Back before Front.
pub(super) fn add(p: &mut Planner<'_>, rollback: &Rollback) {
    // Nobody knows whether the settings in a backup have them, too.
    let stacks = p.site.stacks();
    rollback::pins_stay(p, &stacks);
    let clustered = matches!(p.site.layout, Layout::Ha { .. });
    let rows: &[_] = if clustered { &[cite!("HA-RB.c")] } else { &[cite!("RS.1")] };
    let hosts = hosts(p, rollback);
    let mut before = Vec::new();
    if hosts.iter().any(|host| !host.places.is_empty()) {
        // One answer for the whole, before the first stop: half of it would fit nothing (K12).
        before.push(decide(p, WayBack::Restore, rows, "decide"));
        before.extend(rollback::looked(p));
        for host in &hosts {
            before.extend(ready(p, host));
        }
    }
    let down = down(p, &hosts);
    let older: Vec<_> =
        hosts.iter().map(|host| rollback::older_idle(p, &host.servers[0].stack.node)).collect();
    let begin = p.steps.count();
    let open = rollback::open_windows(p);
    let stops = stop(p, &hosts, &before);
    rollback::name_windows(p, &open);
    // Where all is stopped already, what follows waits for what comes first.
    let stops = if stops.iter().all(Option::is_none) { before.clone() } else { stops };
    // All of it lies where it was before any of it starts.
    let mut waits = stops.clone();
    for host in &hosts {
        waits.extend(put_back(p, host, &stops));
    }
    let external = external(p, &hosts, &stops);
    // What was only stopped starts after the person's decision, too.
    let mut earlier: Added = before.first().copied().flatten();
    let mut newer = Vec::new();
    waits.push(external);
    for (host, older) in hosts.iter().zip(older) {
        earlier = start(p, host, &waits, earlier).or(earlier);
        let node = &host.servers[0].stack.node;
        if let Some(idle) = older {
            p.warn(WarningCode::IdleNodeOld, &[("node", idle.to_string())], None, None);
        }
        if let Some(idle) = rollback::newer_idle(p, node) {
            let first = stops.iter().copied().find(Option::is_some).flatten();
            p.warn(WarningCode::IdleNodeNewer, &[("node", idle.to_string())], first, None);
            newer.push(idle);
        }
    }
    if !rollback.takes_voex() {
        earlier = rollback::settle_voex(p, earlier);
    }
    if !down.is_empty() {
        let first = p.steps.first_since(begin);
        p.warn(WarningCode::Outage, &[("what", down.join(", "))], first, earlier);
    }
    let end = finish(p, earlier, clustered);
    ending::newer_containers(p, newer, &end);
}

/// What users miss meanwhile: all of a host of which something goes back, and what is stopped already.
fn down(p: &Planner<'_>, hosts: &[Host]) -> Vec<String> {
    hosts
        .iter()
        .flat_map(|host| host.servers.iter().map(move |server| (host, server)))
        .filter(|(host, server)| {
            !host.due.is_empty() || p.steps.has(&Atom::Stopped(server.stack.clone()))
        })
        .map(|(_, server)| server.stack.to_string())
        .collect()
}

/// Every host that serves, and what goes back on it.
fn hosts(p: &mut Planner<'_>, rollback: &Rollback) -> Vec<Host> {
    let server = |p: &Planner<'_>, node: &NodeName, app| Server {
        stack: Stack::new(node, app),
        clustered: p.site.cluster_of(node).is_some(),
        phases: [Phase::BackUp, Phase::FirstHalf],
        rows: ROWS,
        database: false,
        brings: Brings::Old,
    };
    let stacks = p.site.stacks();
    let mut all: Vec<Vec<Server>> =
        serving(p).iter().map(|node| vec![server(p, node, App::Express)]).collect();
    for host in &mut all {
        let node = host[0].stack.node.clone();
        if stacks.contains(&Stack::new(&node, App::Voex)) {
            host.push(server(p, &node, App::Voex));
        }
    }
    // A voice server on a host of its own goes back where the file asks for it.
    if let Voex::On(host) = &p.site.voex
        && rollback.takes_voex()
        && !stacks.contains(&Stack::new(host, App::Express))
    {
        all.push(vec![server(p, host, App::Voex)]);
    }
    let mut hosts = Vec::new();
    for servers in all {
        let asked = |server: &&Server| server.stack.app == App::Express || rollback.takes_voex();
        let needed = |p: &Planner<'_>, server: &&Server| rollback::goes_back(p, server);
        let asked: Vec<_> = servers.iter().filter(asked).cloned().collect();
        let mut places = Vec::new();
        let mut due = Vec::new();
        for server in &asked {
            if needed(p, &server) {
                places.push(place(p, &server.stack, places.is_empty(), rollback, None));
                due.push(of(p, server.clone()));
            }
        }
        let mut volumes = true;
        for server in asked {
            let node = &server.stack.node;
            let Some(other) = p.site.cluster_of(node).map(|pair| pair.other(node).clone()) else {
                continue;
            };
            let idle = Stack::new(&other, server.stack.app);
            let own = p.site.data_of(&idle);
            let newer = p.steps.has(&Atom::Met(own.clone()));
            if own != p.site.data_of(&server.stack) && newer {
                places.push(place(p, &idle, volumes, rollback, Some(node.clone())));
                volumes = false;
            }
        }
        hosts.push(Host { servers, due, places });
    }
    hosts
}

/// Data that goes back, and where its backup lies.
fn place(
    p: &mut Planner<'_>,
    stack: &Stack,
    volumes: bool,
    rollback: &Rollback,
    serving: Option<NodeName>,
) -> Place {
    let holder = p.site.data_of(stack).holder;
    let from = match (&p.site.backup, rollback.backups.get(&holder)) {
        (Some(Backup::Command { .. } | Backup::Person { .. }), _) => From::Person,
        (_, Some(from)) => From::Copy(from.clone()),
        (_, None) => {
            let path = format!("rollback.backups.{holder}");
            let found =
                Diagnostic::new(Code::NothingToRollBack).arg("key", &path).arg("holder", &holder);
            p.say(&path, found);
            From::Copy(String::new())
        }
    };
    let lies_on = rollback.copied_on.get(&holder).filter(|node| **node != stack.node).cloned();
    Place { stack: stack.clone(), from, lies_on, volumes, serving }
}

/// An application with the images of the backup's time.
fn of(p: &mut Planner<'_>, server: Server) -> Due {
    let Stack { node, app } = server.stack.clone();
    let nodes = match p.site.cluster_of(&node) {
        Some(pair) => pair.nodes.to_vec(),
        None => vec![node.clone()],
    };
    let services = services(p, &node);
    let which = match app {
        App::Voex => Which::Voex,
        _ => Which::All(&services),
    };
    let pins = rollback::old_images(p, &nodes, &node, which);
    Due { server, pins }
}

/// What is seen of a host before anything stops: its list saved, the backup there with all of its
/// parts, room for it beside the newer data, the images of its time.
fn ready(p: &mut Planner<'_>, host: &Host) -> Vec<Added> {
    if host.places.is_empty() {
        return Vec::new();
    }
    let node = host.servers[0].stack.node.clone();
    let active = p.site.cluster_of(&node).map(|pair| pair.cluster);
    let active = active.and_then(|cluster| cluster::seen_active(p, cluster));
    let mut all = Vec::new();
    if !host.due.is_empty() {
        let list = host.servers[0].save_list(p, Phase::Prepare);
        p.steps.after(list, active, Because::Invariant(19));
        all.push(list);
    }
    for place in &host.places {
        let From::Copy(from) = &place.from else { continue };
        let data = p.site.data_of(&place.stack);
        let brought = brought(p, place, from);
        let held = place.volumes.then(|| room(p, &data.holder)).flatten();
        let parts = paths(p, place);
        let parts = parts.iter().filter_map(|path| path.rsplit('/').next());
        let Stack { node, app } = &place.stack;
        let look = Action::Look(Look::Backup {
            data,
            from: from.clone(),
            node: node.clone(),
            parts: parts.map(str::to_owned).collect(),
        });
        let draft = Draft::on(node, Phase::Prepare, &format!("{app}/backup"), look)
            .source(Source::Invariant(2));
        let draft = held.iter().fold(draft, Draft::because);
        let seen = p.steps.once(draft);
        // Its file system may be one that only the active node has; which one idles is seen first.
        let because = match place.serving {
            None => Because::Invariant(5),
            Some(_) => Because::Row(cite!("RS.3")),
        };
        p.steps.after(seen, active, because);
        p.steps.after(seen, brought, Because::Invariant(2));
        all.push(seen);
    }
    for due in &host.due {
        if let Some((pins, held)) = &due.pins {
            all.push(rollback::images_there(p, &due.server, pins, held));
        }
    }
    all
}

/// Room where the volumes lie: the newer data stays beside the copy (K12).
fn room(p: &mut Planner<'_>, holder: &NodeName) -> Option<Held> {
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

/// Stops all that is newer before anything is put back, Front first: nothing newer may work on
/// restored data, nor with it from another host (invariant 31, DR.1).
fn stop(p: &mut Planner<'_>, hosts: &[Host], before: &[Added]) -> Vec<Added> {
    let mut stops = Vec::new();
    for host in hosts.iter().rev().filter(|host| !host.due.is_empty()) {
        for server in &host.servers {
            stops.push(server.stop(p));
        }
    }
    p.steps.chain(&stops, &Because::Invariant(4));
    for stop in &stops {
        for step in before {
            p.steps.after(*stop, *step, Because::Row(cite!("RS.1")));
        }
    }
    stops
}

/// The data of each application of a host aside, its backup and the pins of its time in place: the
/// steps that its deploy waits for.
fn put_back(p: &mut Planner<'_>, host: &Host, stops: &[Added]) -> Vec<Added> {
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
fn paths(p: &Planner<'_>, place: &Place) -> Vec<String> {
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
fn brought(p: &mut Planner<'_>, place: &Place, path: &str) -> Added {
    let from = place.lies_on.clone()?;
    let Stack { node, app } = place.stack.clone();
    let data = p.site.data_of(&place.stack);
    let what = format!("{node}/{app}/bring-copy");
    let action = Person::BringCopy { data, from, node, path: path.to_owned() };
    let draft = Draft::person(Phase::Prepare, &what, Action::Person(action));
    p.steps.once(draft.source(Source::Invariant(2)))
}

/// Present data moved aside; the site's own way of backing up does it itself.
fn set_aside(p: &mut Planner<'_>, place: &Place, writers: &[Stack]) -> Added {
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
fn copy_back(p: &mut Planner<'_>, place: &Place, writers: &[Stack]) -> Added {
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
fn external(p: &mut Planner<'_>, hosts: &[Host], stops: &[Added]) -> Added {
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

/// Deploys what came back on a host and reads its logs, then starts what was stopped beside it; on a
/// host where nothing is due any more, what an earlier run left to be read or started. The last step.
fn start(p: &mut Planner<'_>, host: &Host, waits: &[Added], earlier: Added) -> Added {
    let mut last = None;
    for due in &host.due {
        let deploy = due.server.deploy(p);
        for step in waits.iter().copied().chain([earlier, last]) {
            p.steps.after(deploy, step, Because::Row(cite!("RS.5")));
        }
        let logs = due.server.read_logs(p);
        p.steps.after(logs, deploy, Because::Row(cite!("RS.5")));
        last = logs.or(deploy).or(last);
    }
    for server in host.servers.iter().filter(|server| !host.is_due(server)) {
        // What is stopped beside something that goes back is read once it is up again.
        let here = |atom: Atom| p.steps.has(&atom);
        let stack = &server.stack;
        if here(Atom::Unchecked(stack.clone())) && here(Atom::Running(stack.clone())) {
            let logs = server.read_logs(p);
            for step in [earlier, last] {
                p.steps.after(logs, step, Because::Invariant(35));
            }
            last = logs.or(last);
        }
    }
    beside::wake(p, &host.parts(), &[earlier, last]).or(last)
}

/// The database's old version, from the files that its upgrade kept: a runbook for a person, not
/// automatic (DR, A16).
pub(super) fn database(p: &mut Planner<'_>, rollback: &Rollback) {
    if !postgres::is_embedded(p) {
        p.say("postgres.location", Diagnostic::new(Code::GoalNotHere).arg("goal", p.goal));
        return;
    }
    checks::common(p);
    let minimum = p.catalogue.thresholds.postgres_minimum.clone();
    if p.catalogue.needs_new_postgres(&p.site.installed) && !p.accepts(Risk::PostgresBelowMinimum) {
        let installed = &p.site.installed;
        let claim = format!("release.installed = {installed}");
        p.say("rollback.way", postgres::too_old(p, &claim, installed));
    }
    let backup = chosen(p, rollback);
    let Some(image) = rollback.postgres_image.clone() else {
        let found = Diagnostic::new(Code::MissingChoice)
            .arg("key", "rollback.postgres_image")
            .arg("choices", "postgres:9.5.24");
        p.say("rollback.postgres_image", found);
        return;
    };
    let (Some(node), Some(backup)) = (cleanup::holder(p), backup) else { return };
    let clustered = p.site.cluster_of(&node).is_some();
    let new = p.ask.holds(FactKey::PostgresVersion, Test::AtLeast, FactValue::Release(minimum));
    if p.steps.has(&Atom::DatabaseAside) && p.steps.has(&Atom::DatabaseStandard) {
        p.nothing_to_do();
        return;
    }
    if new.is_some_and(|n| !n.yes) && !p.known_start {
        p.nothing_to_do();
        return;
    }
    let server = Server {
        stack: Stack::new(&node, App::Express),
        clustered,
        phases: [Phase::BackUp, Phase::FirstHalf],
        rows: Rows { stop: &[cite!("DR.1")], back_up: &[], deploy: cite!("DR.5"), ..ROWS },
        database: true,
        brings: Brings::Same,
    };
    by_hand(p, &server, &backup, image, clustered);
}

/// The one directory to go back to: named in the file, or the only one there.
fn chosen(p: &mut Planner<'_>, rollback: &Rollback) -> Option<String> {
    if let Some(name) = &rollback.upgrade_backup {
        return Some(name.clone());
    }
    match p.ask.value(FactKey::UpgradeBackups) {
        Some((FactValue::List(names), _)) if names.len() == 1 => names.first().cloned(),
        Some((FactValue::List(names), _)) => {
            let found = Diagnostic::new(Code::MissingChoice)
                .arg("key", "rollback.upgrade_backup")
                .arg("choices", names.join(", "));
            p.say("rollback.upgrade_backup", found);
            None
        }
        _ => None,
    }
}

fn by_hand(
    p: &mut Planner<'_>,
    server: &Server,
    backup: &str,
    image: crate::version::ImageRef,
    clustered: bool,
) {
    let node = server.stack.node.clone();
    let database = |p: &Planner<'_>, op| {
        Action::Database(Database {
            data: p.site.data_of(&server.stack),
            dir: p.dir(App::Express).to_owned(),
            node: node.clone(),
            op,
            settings: p.site.settings_of(&server.stack),
            skip: p.catalogue.skip.clone(),
        })
    };
    let keep = database(p, DatabaseOp::KeepVersion { file: None });
    let keep = Draft::on(&node, Phase::Prepare, "postgres/version", keep);
    let keep = p.steps.once(keep.cites(&[cite!("PG.2")]));
    let list = server.save_list(p, Phase::Prepare);
    let decided = decide(p, WayBack::Postgres, &[cite!("DR.1")], "decide");
    let mut gates = Vec::new();
    if clustered {
        gates = rollback::looked(p);
    }
    let voex = beside::voex_of(p, server);
    let mut parts = vec![Part { server, due: true }];
    parts.extend(voex.as_ref().map(|server| Part { server, due: false }));
    let begin = p.steps.count();
    let rest = beside::rest(p, &parts);
    if clustered {
        p.steps.after(list, cluster::seen_active(p, ClusterName::Back), Because::Invariant(19));
    }
    let before: Vec<_> = gates.into_iter().chain([keep, list, decided]).collect();
    for step in &before {
        for stop in &rest.stops {
            p.steps.after(*stop, *step, Because::Row(cite!("DR.1")));
        }
    }
    let stopped = rest.first().is_none();
    let back_up = rest.back_up;
    let (dir, skip) = (p.dir(App::Express).to_owned(), p.catalogue.skip.clone());
    let volume = postgres::volume(p);
    let person = |part, what: &str, row| {
        let action = Person::RollBackDatabase {
            backup: backup.to_owned(),
            dir: dir.clone(),
            image: image.clone(),
            node: node.clone(),
            part,
            skip: skip.clone(),
            volume: volume.clone(),
        };
        Draft::person(Phase::FirstHalf, what, Action::Person(action)).cites(&[row])
    };
    // A shell of an earlier run is gone; it is needed as long as the files are not moved.
    let aside = p.steps.has(&Atom::DatabaseAside);
    let shell = person(DatabaseBack::OpenShell, "database/shell", cite!("DR.2"));
    let shell = match aside {
        true => p.steps.ensure(shell, &[is(Atom::DatabaseAside)]),
        false => p.steps.add(shell),
    };
    p.steps.after(shell, back_up, Because::Row(cite!("DR.2")));
    let files = p.steps.once(person(DatabaseBack::MoveFiles, "database/files", cite!("DR.3")));
    p.steps.after(files, shell, Because::Row(cite!("DR.3")));
    p.steps.after(files, back_up, Because::Invariant(2));
    let mut last = files;
    for editor in postgres::editors(p, &node) {
        let edit = Edit::HoldDatabase(image.clone());
        let action = postgres::edit(p, &editor, App::Express, edit);
        let draft = Draft::on(&editor, Phase::FirstHalf, "settings/hold-database", action);
        let step = p.steps.once(draft.cites(&[cite!("DR.4")]));
        p.steps.after(step, last, Because::Row(cite!("DR.4")));
        p.warn(WarningCode::PinsStay, &[("node", editor.to_string())], step, None);
        last = step.or(last);
    }
    let start = database(p, DatabaseOp::StartOld);
    let start = Draft::on(&node, Phase::FirstHalf, "postgres/start-old", start);
    let start = p.steps.once(start.cites(&[cite!("DR.5")]));
    p.steps.after(start, last, Because::Row(cite!("DR.5")));
    let all = server.start(p, "start");
    if stopped {
        // Where all was stopped before, what begins waits for what comes first.
        for step in &before {
            for later in [shell, files, start] {
                p.steps.after(later, *step, Because::Row(cite!("DR.1")));
            }
        }
    }
    p.steps.after(all, start, Because::Row(cite!("DR.5")));
    let logs = server.read_logs(p);
    p.steps.after(logs, all, Because::Invariant(35));
    let all = beside::wake(p, &parts, &[all]).or(all);
    let what = [("what", server.stack.to_string())];
    p.warn(WarningCode::Outage, &what, p.steps.first_since(begin), all);
    finish(p, logs.or(all), clustered);
}

//! The fault-tolerant configuration by hand: prefetch on both nodes of each cluster, first nodes,
//! a person's check, second nodes (HA.1 to HA.30).

use std::collections::BTreeSet;

use super::beside::{self, Part};
use super::cluster::{self, BY_HAND, Switch};
use super::server::{Rows, Server, save_list};
use super::{checks, ending, images, postgres, rollback, single, split};
use crate::action::dpl::Brings;
use crate::action::{Action, Kind, Pcs, Person};
use crate::cite;
use crate::guide::RowKey;
use crate::name::{App, ClusterName, DataSet, NodeName, Stack};
use crate::plan::builder::{Added, Draft};
use crate::plan::{Because, Phase, WarningCode};
use crate::planner::Planner;
use crate::state::Atom;
use crate::topology::{Pair, Postgres, Risk, Shared, Voex};

const BACK_FIRST: Rows = Rows {
    stop: &[cite!("HA.17")],
    back_up: &[cite!("HA.0")],
    owners: Some(cite!("B.4")),
    letsencrypt: None,
    exporters: Some(cite!("HA.17")),
    deploy: cite!("HA.17"),
    logs: None,
};
const BACK_SECOND: Rows = Rows {
    stop: &[cite!("HA.25")],
    exporters: Some(cite!("HA.25")),
    deploy: cite!("HA.25"),
    ..BACK_FIRST
};
const FRONT_FIRST: Rows = Rows {
    stop: &[cite!("HA.21")],
    back_up: &[cite!("HA.0")],
    owners: None,
    letsencrypt: Some(cite!("F.3b")),
    exporters: None,
    deploy: cite!("HA.21"),
    logs: None,
};
const FRONT_SECOND: Rows = Rows { stop: &[cite!("HA.29")], deploy: cite!("HA.29"), ..FRONT_FIRST };

/// One cluster on its way: which node is updated first, which second.
struct Side {
    pair: Pair,
    first: NodeName,
    second: NodeName,
}

impl Side {
    /// Reads off the state where the cluster stands (A11: the roles move, so they are computed
    /// afresh): the node that already has the new release was first; before that, the node to which
    /// the resources were moved; before that, the one on which they are not.
    fn of(p: &Planner<'_>, pair: &Pair) -> Option<Self> {
        let active = pair.nodes.iter().find(|n| p.steps.has(&Atom::Active((*n).clone())))?;
        let other = pair.other(active);
        let new = |node: &NodeName| p.steps.has(&Atom::New(Stack::new(node, App::Express)));
        let first = match (new(active), new(other)) {
            (true, _) => active,
            (false, true) => other,
            (false, false) if p.steps.has(&Atom::Moved(pair.cluster)) => active,
            // A deploy broke off, and a failover led to the other node. Old containers that work on newer
            // data here stop at once, and the new ones come in their place; where only the node that was
            // left has newer data, nothing old is started on it once more.
            (false, false) if p.known_start && met_by_express(p, [active, other]) => active,
            (false, false) => other,
        };
        Some(Self { pair: pair.clone(), first: first.clone(), second: pair.other(first).clone() })
    }

    fn apps(&self, p: &Planner<'_>) -> Vec<App> {
        let stacks = p.site.stacks();
        [App::Express, App::Voex]
            .into_iter()
            .filter(|app| stacks.contains(&Stack::new(&self.first, *app)))
            .collect()
    }

    fn server(
        &self,
        node: &NodeName,
        app: App,
        phases: [Phase; 2],
        rows: Rows,
        database: bool,
    ) -> Server {
        Server {
            stack: Stack::new(node, app),
            clustered: true,
            phases,
            rows,
            database: database && app == App::Express && self.pair.cluster == ClusterName::Back,
            brings: Brings::New,
        }
    }

    fn needs_first(&self, p: &Planner<'_>) -> bool {
        self.apps(p).into_iter().any(|app| !p.steps.has(&Atom::New(Stack::new(&self.first, app))))
    }

    /// The first node is still to be updated; or it is, and what runs there is down.
    fn is_first_due(&self, p: &Planner<'_>, servers: &[Server]) -> bool {
        let here = p.steps.has(&Atom::Active(self.first.clone()));
        self.needs_first(p) || (here && servers.iter().any(|server| server.needs_deploy(p)))
    }

    /// Whether the first node has the new release, and the resources are on the second one all the
    /// same, before a person judged the first.
    fn is_left(&self, p: &Planner<'_>) -> bool {
        let new = |node: &NodeName| {
            let mut apps = self.apps(p).into_iter();
            apps.any(|app| p.steps.has(&Atom::New(Stack::new(node, app))))
        };
        // Facts alone don't tell whether somebody judged it: a run does.
        p.known_start
            && p.steps.has(&Atom::Active(self.second.clone()))
            && !p.steps.has(&Atom::Judged)
            && new(&self.first)
            && !new(&self.second)
    }

    /// Whether the first node's deploy broke off, and what runs there are old containers again.
    fn is_begun(&self, p: &Planner<'_>) -> bool {
        let mut apps = self.apps(p).into_iter();
        apps.any(|app| rollback::is_open(p, &Stack::new(&self.first, app)))
    }

    fn needs_second(&self, p: &Planner<'_>) -> bool {
        self.apps(p).into_iter().any(|app| !p.steps.has(&Atom::New(Stack::new(&self.second, app))))
    }
}

/// Whether a deploy of this upgrade has begun on the data of CTS on either node.
fn met_by_express(p: &Planner<'_>, nodes: [&NodeName; 2]) -> bool {
    let data = |node: &NodeName| p.site.data_of(&Stack::new(node, App::Express));
    let begun =
        |data: DataSet| p.steps.has(&Atom::Met(data.clone())) && p.steps.has(&Atom::BackedUp(data));
    nodes.into_iter().any(|node| begun(data(node)))
}

/// Upgrades both clusters.
pub(super) fn add(p: &mut Planner<'_>, back: &Pair, front: &Pair) {
    let sides = (Side::of(p, back), Side::of(p, front));
    let (Some(back), Some(front)) = sides else {
        return;
    };
    checks::barrier(p);
    let only_second = !back.needs_first(p) && !front.needs_first(p);
    // A failover took resources back before anybody judged the first node: the way on is over it.
    let back_left = back.is_left(p);
    let left = back_left || front.is_left(p);
    // Or in the middle of its deploy: the old ones that came up stop, and it is gone on with.
    let back_begun = back.is_begun(p);
    name_idle(p, &[active(p, &back), active(p, &front)]);
    let closed = [close(p, &back), close(p, &front)];
    let open = closed.iter().any(|stops| !stops.is_empty());
    let prepared = prepare(p, &back, &front);
    let before_voex = p.steps.count();
    let voex = voex(p, &front, &prepared);
    let voex_up = p
        .steps
        .added()
        .skip(before_voex)
        .filter(|(.., a)| a.interrupts())
        .map(|(index, ..)| index)
        .last();
    // Stopped for good, Back comes up again with the new release before anything else.
    let up = match closed[0].is_empty() || back_left || back_begun {
        true => None,
        false => second_back(p, &back, &closed[0], None, &[]),
    };
    let begin = p.steps.count();
    let fetched = fetch(p, &back, &front, &prepared, &closed);
    let mut first = first_half(p, &back, &front, &prepared, &fetched, &closed);
    for step in begin..p.steps.count() {
        p.steps.after(Some(step), up, Because::Invariant(1));
    }
    first.push(up);
    if left {
        // A first node to which the resources only went back is judged where they are.
        first.extend(fetched);
    }
    let half = match (only_second, open && !left) {
        (true, true) => Half::Begun,
        (true, false) => Half::Second,
        (false, _) => Half::First,
    };
    let judged = judge(p, &back, &front, half, &prepared, first.clone());
    // Where an earlier run was judged already, what it left of the first nodes comes first all the same.
    let before = if judged.is_none() { first.as_slice() } else { &[] };
    let mut last = second_half(p, &back, &front, &closed, judged.or(up), before);
    last.extend(first);
    last.push(voex);
    // VoEx is down and up again before resources are on their way (invariants 4 and 31).
    let moves: Vec<_> =
        p.steps.added().filter(|(.., a)| is_move(a)).map(|(index, ..)| index).collect();
    for step in moves {
        p.steps.after(Some(step), voex_up, Because::Invariant(4));
    }
    verify(p, &back, &front, last);
    let stops: Vec<_> = closed.into_iter().flatten().collect();
    p.steps.chain(&stops, &Because::Invariant(4));
    if open {
        p.comes_first(stops.last().copied().flatten(), Because::Invariant(31));
    }
}

/// Where a plan begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Half {
    /// First nodes are still to be updated.
    First,
    /// Only second ones.
    Second,
    /// Among the second ones: old containers ran on newer data.
    Begun,
}

fn is_move(action: &Action) -> bool {
    matches!(action, Action::Pcs(Pcs::Move { .. }))
}

/// VoEx on a host of its own, by its chapter (A39): the last step.
fn voex(p: &mut Planner<'_>, front: &Side, prepared: &Prepared) -> Added {
    if p.site.voex == Voex::FrontCluster {
        return None;
    }
    let voex = single::voex(p, &front.first, split::VOEX)?;
    single::voex_alone(p, &voex, &prepared.images)
}

/// Old containers already run on newer data: the way out is the stop, at once, whatever else there
/// is to do (invariant 31).
fn close(p: &mut Planner<'_>, side: &Side) -> Vec<Added> {
    let [first, second] = match side.pair.cluster {
        ClusterName::Back => [BACK_FIRST, BACK_SECOND],
        ClusterName::Front => [FRONT_FIRST, FRONT_SECOND],
    };
    let mut open = Vec::new();
    for app in side.apps(p) {
        let begun = side.server(&side.first, app, [Phase::Quiet, Phase::FirstHalf], first, false);
        if rollback::is_open(p, &begun.stack) {
            open.push(begun);
        }
        let phases = [Phase::Quiet, Phase::SecondHalf];
        let server = side.server(&side.second, app, phases, second, false);
        let stack = &server.stack;
        // Where no node is new the old containers are a rollback's: that is no window.
        let old = p.steps.has(&Atom::New(Stack::new(&side.first, app)))
            && p.steps.has(&Atom::Running(stack.clone()))
            && !p.steps.has(&Atom::New(stack.clone()))
            && p.steps.has(&Atom::Met(p.site.data_of(stack)));
        if old || rollback::is_open(p, stack) {
            open.push(server);
        }
    }
    stop_at_once(p, &open)
}

/// Stops old containers that run on newer data, and names the window that this closes.
pub(super) fn stop_at_once(p: &mut Planner<'_>, open: &[Server]) -> Vec<Added> {
    let stops: Vec<_> = open.iter().map(|server| server.stop_as(p, "stop/quiet")).collect();
    // Open when the plan begins, a window is named at the stop that closes it: a node's last.
    let nodes: BTreeSet<&NodeName> = open.iter().map(|server| &server.stack.node).collect();
    for node in nodes {
        let last = open.iter().rposition(|server| server.stack.node == *node);
        let last = last.and_then(|last| stops[last]);
        p.accepts(Risk::OldContainersWindow);
        p.warn(WarningCode::OldContainersWindow, &[("node", node.to_string())], last, last);
    }
    stops
}

/// Names the nodes whose old containers a failover would start on newer data, where an earlier run
/// brought that about.
pub(super) fn name_idle(p: &mut Planner<'_>, active: &[NodeName]) {
    for node in active {
        if let Some(idle) = rollback::older_idle(p, node) {
            p.warn(WarningCode::IdleNodeOld, &[("node", idle.to_string())], None, None);
        }
    }
}

/// What was prepared, by what waits for it.
#[derive(Default)]
struct Prepared {
    /// New images in the registry: every fetch waits for them.
    images: Vec<Added>,
    /// Gate, files and active node of each cluster: every fetch there waits for them.
    gates: [Vec<Added>; 2],
    /// What each cluster's first switch waits for, and why.
    before_move: [Vec<(Added, Because)>; 2],
    /// Read or agreed before anything is stopped.
    before_stop: Vec<Added>,
}

/// Registry, consoles, antivirus, gates, facts and lists on the active nodes (HA.1 to HA.9).
fn prepare(p: &mut Planner<'_>, back: &Side, front: &Side) -> Prepared {
    let mut prepared = Prepared { images: images::prepare(p), ..Prepared::default() };
    let nodes: Vec<_> = back.pair.nodes.iter().chain(&front.pair.nodes).cloned().collect();
    let consoles = Action::Person(Person::Consoles { nodes });
    let consoles = Draft::person(Phase::Prepare, "consoles", consoles).cites(&[cite!("HA.2")]);
    let consoles = p.steps.once(consoles);
    prepared.before_stop.push(split::network_table(p));
    for step in cluster::antivirus_off(p, &BY_HAND) {
        p.steps.after(step, consoles, Because::Row(cite!("HA.3")));
    }
    for (number, (side, row)) in [(back, cite!("HA.7")), (front, cite!("HA.9"))].iter().enumerate()
    {
        let mut gate = cluster::gate(p, &side.pair, &BY_HAND);
        for step in &gate {
            p.steps.after(*step, consoles, Because::Row(cite!("HA.4")));
        }
        let look = cluster::look(p, &side.pair, Phase::Gate, &[*row], "cluster/active");
        for step in &gate {
            p.steps.after(look, *step, Because::Row(*row));
        }
        gate.push(look);
        prepared.gates[number] = gate;
    }
    facts(p, back, front, &mut prepared);
    prepared
}

/// What must be read on the active nodes before anything moves or stops (invariants 13, 19, 28).
fn facts(p: &mut Planner<'_>, back: &Side, front: &Side, prepared: &mut Prepared) {
    for (number, side) in [back, front].into_iter().enumerate() {
        let active = active(p, side);
        if side.needs_first(p) || side.needs_second(p) {
            let list = save_list(p, &active, Phase::Gate, &[cite!("RB.0")]);
            let looked = prepared.gates[number].last().copied().flatten();
            p.steps.after(list, looked, Because::Row(cite!("RB.0")));
            // On the active node before its cluster's first switch.
            prepared.before_move[number].push((list, SAVED));
        }
    }
    if !back.needs_first(p) {
        return;
    }
    let phases = [Phase::BackUp, Phase::FirstHalf];
    let embedded = postgres::is_embedded(p);
    let server = back.server(&active(p, back), App::Express, phases, BACK_FIRST, embedded);
    let look = prepared.gates[0].last().copied().flatten();
    for fact in postgres::facts(p, &server) {
        // A person need not wait for the cluster; what is asked of its node must.
        if !p.steps.is_confirm(fact) {
            p.steps.after(fact, look, Because::Row(cite!("HA.7")));
        }
        prepared.before_stop.push(fact);
        let looks = p.steps.added().nth(fact.unwrap_or_default()).map(|(.., action)| action);
        if looks.is_some_and(|action| matches!(action, Action::Database(_))) {
            // Nothing is looked at on a node that is just being left.
            prepared.before_move[0].push((fact, Because::Invariant(6)));
        }
    }
    if let Some(address) = back.pair.address.clone() {
        let ports = split::ports(p, &active(p, front), &address);
        p.steps.after(ports, prepared.gates[1].last().copied().flatten(), Because::Invariant(5));
        prepared.before_stop.push(ports);
        // While Back still runs undisturbed, and from a node that Front does not leave meanwhile.
        for before in &mut prepared.before_move {
            before.push((ports, Because::Invariant(28)));
        }
    }
}

const SAVED: Because = Because::Invariant(19);

fn active(p: &Planner<'_>, side: &Side) -> NodeName {
    let here = p.steps.has(&Atom::Active(side.first.clone()));
    if here { side.first.clone() } else { side.second.clone() }
}

/// Images on both nodes of each cluster: on the active one, then after a switch on the other
/// (HA.8 to HA.16). docker runs on one node only, hence the switch.
fn fetch(
    p: &mut Planner<'_>,
    back: &Side,
    front: &Side,
    prepared: &Prepared,
    closed: &[Vec<Added>; 2],
) -> Vec<Added> {
    let mut all = Vec::new();
    let mut arrived_back = None;
    for (number, (side, [here, moved, arrived, there])) in [
        (back, [cite!("HA.8"), cite!("HA.11"), cite!("HA.12"), cite!("HA.13")]),
        (front, [cite!("HA.10"), cite!("HA.14"), cite!("HA.15"), cite!("HA.16")]),
    ]
    .into_iter()
    .enumerate()
    {
        if !side.needs_first(p) && !side.is_left(p) {
            continue;
        }
        let mut on_second = Vec::new();
        if p.steps.has(&Atom::Active(side.second.clone())) {
            on_second = fetch_on(p, side, &side.second.clone(), here, prepared);
            for step in &on_second {
                for gate in &prepared.gates[number] {
                    p.steps.after(*step, *gate, Because::Row(here));
                }
            }
        }
        let Switch { moved: move_step, arrived: arrived_step } =
            cluster::switch(p, &side.pair, &side.first, Phase::Fetch, [moved, arrived]);
        for step in &on_second {
            p.steps.after(move_step, *step, Because::Row(moved));
            p.steps.after(move_step, *step, Because::Invariant(8));
        }
        for step in &prepared.gates[number] {
            p.steps.after(move_step, *step, Because::Invariant(3));
        }
        for (step, because) in &prepared.before_move[number] {
            p.steps.after(move_step, *step, because.clone());
        }
        if side.pair.cluster == ClusterName::Front && p.site.together {
            // The plan says why two switches stand side by side.
            let _ = p.ask.choice("interruptions.together", true);
        } else if side.pair.cluster == ClusterName::Front {
            p.steps.after(move_step, arrived_back, Because::Invariant(4));
        } else {
            arrived_back = arrived_step.or(move_step);
        }
        let what = side.pair.cluster.to_string();
        // What had to stop at once is down until the resources are where the new release is.
        let since = closed[number].first().copied().flatten().filter(|_| move_step.is_some());
        p.warn(WarningCode::Outage, &[("what", what)], since.or(move_step), arrived_step);
        let list = save_list(p, &side.first, Phase::Fetch, &[cite!("RB.0")]);
        p.steps.after(list, arrived_step, SAVED);
        let on_first = fetch_on(p, side, &side.first.clone(), there, prepared);
        for step in &on_first {
            p.steps.after(*step, arrived_step, Because::Row(there));
        }
        all.extend(on_second);
        all.extend(on_first);
        all.push(arrived_step);
    }
    all
}

fn fetch_on(
    p: &mut Planner<'_>,
    side: &Side,
    node: &NodeName,
    row: RowKey,
    prepared: &Prepared,
) -> Vec<Added> {
    let mut steps = Vec::new();
    let room: Vec<_> = images::room(p, node).into_iter().collect();
    for app in side.apps(p) {
        let phases = [Phase::Fetch, Phase::Fetch];
        let server = side.server(node, app, phases, BACK_FIRST, false);
        steps.push(server.fetch(p, Some(row), &room));
    }
    if side.pair.cluster == ClusterName::Back {
        steps.push(postgres::fetch_images(p, node));
    }
    // One dpl at a time in a node's Docker; the chapter's order of the directories.
    p.steps.chain(&steps, &Because::Row(row));
    for step in &steps {
        for image in &prepared.images {
            p.steps.after(*step, *image, Because::Row(row));
        }
    }
    steps
}

/// Back's first node, then Front's (HA.17 to HA.21): the last step of each.
fn first_half(
    p: &mut Planner<'_>,
    back: &Side,
    front: &Side,
    prepared: &Prepared,
    fetched: &[Added],
    closed: &[Vec<Added>; 2],
) -> Vec<Added> {
    let mut last = Vec::new();
    let phases = [Phase::BackUp, Phase::FirstHalf];
    let embedded = postgres::is_embedded(p);
    let mut quiet = None;
    // Users are cut off from where old containers had to stop at once.
    let mut outage = closed.iter().flatten().copied().find(Option::is_some).flatten();
    let server = back.server(&back.first, App::Express, phases, BACK_FIRST, embedded);
    let unread = p.steps.has(&Atom::Unchecked(server.stack.clone()));
    if unread || back.is_first_due(p, std::slice::from_ref(&server)) {
        // After a reboot of a stopped node nothing else waits for the gate.
        let gates = &prepared.gates[0];
        let updated = update(p, back, std::slice::from_ref(&server), gates, &[cite!("HA.17")]);
        for stop in &updated.stops {
            for step in fetched {
                p.steps.after(*stop, *step, Because::Invariant(8));
                p.steps.after(*stop, *step, Because::Row(cite!("HA.17")));
            }
            for step in &prepared.before_stop {
                p.steps.after(*stop, *step, Because::Row(cite!("HA.17")));
            }
            // A run that goes on after its fetches looks at the registry again.
            for image in &prepared.images {
                p.steps.after(*stop, *image, Because::Invariant(8));
            }
        }
        let stop = updated.first();
        let quiet_first = p.steps.count();
        quiet = server.quiet(p, &[cite!("HA.18"), cite!("HA.19")]);
        if quiet == Some(quiet_first) && stop.is_none() {
            for step in fetched {
                p.steps.after(quiet, *step, Because::Row(cite!("HA.18")));
            }
        }
        outage = outage.or(stop);
        if shares_data(p, back) {
            p.warn(WarningCode::IdleNodeOld, &[("node", back.second.to_string())], stop, None);
        }
        last.push(quiet);
    }
    let servers: Vec<_> = front
        .apps(p)
        .into_iter()
        .map(|app| front.server(&front.first, app, phases, FRONT_FIRST, false))
        .collect();
    if !front.is_first_due(p, &servers) {
        p.warn(WarningCode::Outage, &[("what", "back".to_owned())], outage, quiet);
        return last;
    }
    let row = [cite!("HA.20")];
    let look = cluster::look(p, &front.pair, Phase::FirstHalf, &row, "cluster/active/first-half");
    let updated = update(p, front, &servers, &[look, quiet], &[cite!("HA.21")]);
    for stop in &updated.stops {
        for step in fetched {
            p.steps.after(*stop, *step, Because::Row(cite!("HA.21")));
        }
        // A run that goes on after its fetches looks at the registry again.
        for image in &prepared.images {
            p.steps.after(*stop, *image, Because::Invariant(8));
        }
        p.steps.after(*stop, quiet, Because::Invariant(1));
    }
    let outage = outage.or(updated.first());
    if shares_data(p, front) {
        let idle = [("node", front.second.to_string())];
        p.warn(WarningCode::IdleNodeOld, &idle, updated.last, None);
    }
    let what = [("what", "back, front".to_owned())];
    p.warn(WarningCode::Outage, &what, outage, updated.last);
    last.push(updated.last);
    last
}

/// What the update of one node's applications added.
#[derive(Default)]
struct Updated {
    /// The stops; where nothing had to stop, the first step.
    stops: Vec<Added>,
    last: Added,
}

impl Updated {
    fn first(&self) -> Added {
        self.stops.iter().copied().find(Option::is_some).flatten()
    }
}

/// The applications of one node of a cluster: all stopped, copied once, then what is due, exporters
/// and deploy of each. Data that only the idle node has is copied in the same place, before the
/// cluster's first deploy (K2).
fn update(
    p: &mut Planner<'_>,
    side: &Side,
    servers: &[Server],
    before: &[Added],
    rows: &[RowKey],
) -> Updated {
    let parts: Vec<_> = servers.iter().map(|server| Part::of(p, server)).collect();
    if parts.iter().all(|part| !part.due) {
        return Updated::default();
    }
    let rest = beside::rest(p, &parts);
    let idle = match servers.first() {
        Some(server) if server.stack.node == side.first => idle_copy(p, side, servers),
        _ => None,
    };
    for stop in &rest.stops {
        p.steps.after(idle, *stop, Because::Row(cite!("HA.0")));
    }
    let waits: Vec<_> = rest.steps().collect();
    let mut all: Vec<Added> = rest.steps().collect();
    let mut last = None;
    for part in parts.iter().filter(|part| part.due) {
        let server = part.server;
        let row = Because::Row(server.rows.deploy);
        let owners = server.owners(p);
        let letsencrypt = server.letsencrypt(p);
        let database = postgres::upgrade(p, server);
        let exporters = server.exporters(p);
        let deploy = server.deploy(p);
        for earlier in waits.iter().copied().chain([last]) {
            for step in [owners, letsencrypt, exporters, deploy] {
                p.steps.after(step, earlier, row.clone());
            }
            database.after(p, earlier, &row);
        }
        all.extend([owners, letsencrypt]);
        all.extend(database.first());
        all.extend([exporters, deploy]);
        p.steps.after(exporters, idle, Because::Row(cite!("HA.0")));
        p.steps.after(deploy, idle, Because::Invariant(2));
        database.after(p, rest.back_up, &Because::Invariant(2));
        all.extend(database.last());
        p.steps.chain(&[owners, letsencrypt], &row);
        for earlier in [owners, letsencrypt] {
            database.after(p, earlier, &row);
            p.steps.after(exporters, earlier, row.clone());
            p.steps.after(deploy, earlier, row.clone());
        }
        database.before(p, exporters, &row);
        database.before(p, deploy, &row);
        p.steps.after(deploy, exporters, row);
        last = deploy.or(last);
    }
    let last = beside::wake(p, &parts, &[last]).or(last);
    for step in &all {
        for earlier in before {
            for row in rows {
                p.steps.after(*step, *earlier, Because::Row(*row));
            }
        }
    }
    let stops = match rest.first() {
        Some(_) => rest.stops,
        None => vec![all.into_iter().find(Option::is_some).flatten()],
    };
    Updated { stops, last }
}

/// The copy of data that only the node has which is updated second: nothing runs on it now.
fn idle_copy(p: &mut Planner<'_>, side: &Side, servers: &[Server]) -> Added {
    let second = servers.iter().map(|server| Server {
        stack: Stack::new(&side.second, server.stack.app),
        database: false,
        ..server.clone()
    });
    let due: Vec<_> = second.filter(|server| server.needs_deploy(p)).collect();
    let server = due.first()?;
    let apart = p.site.data_of(&server.stack).holder == side.second;
    let here = p.steps.has(&Atom::Active(side.second.clone()));
    if !apart || here {
        return None;
    }
    let copy = server.back_up_idle(p);
    // Where it is seen that nothing runs there; after a run that broke off no stop stands between.
    p.steps.after(copy, cluster::seen_active(p, side.pair.cluster), Because::Invariant(5));
    copy
}

/// A person finds the first nodes in order; the second ones wait for it (HA.22, invariant 9).
fn judge(
    p: &mut Planner<'_>,
    back: &Side,
    front: &Side,
    half: Half,
    prepared: &Prepared,
    first: Vec<Added>,
) -> Added {
    if !back.needs_second(p) && !front.needs_second(p) {
        return None;
    }
    let stacks: Vec<_> = [back, front]
        .into_iter()
        .flat_map(|side| side.apps(p).into_iter().map(|app| Stack::new(&side.first, app)))
        .filter(|stack| p.steps.has(&Atom::Unchecked(stack.clone())))
        .collect();
    // A second half begun by an earlier run was judged by it.
    let whole = [back, front].into_iter().any(|side| !side.needs_second(p));
    if stacks.is_empty() && (half == Half::Begun || (half == Half::Second && whole)) {
        return None;
    }
    let action = Action::Person(Person::Judge { stacks });
    let draft = Draft::person(Phase::Judge, "judge", action).cites(&[cite!("HA.22")]);
    let step = p.steps.once(draft);
    for earlier in first {
        p.steps.after(step, earlier, Because::Row(cite!("HA.22")));
    }
    // Also what no first node waited for, because it was done before: nothing of it stands beside
    // the second half.
    let gates = prepared.gates.iter().flatten();
    let lists = prepared.before_move.iter().flatten().map(|(step, _)| step);
    let rest = prepared.images.iter().chain(&prepared.before_stop);
    for earlier in gates.chain(lists).chain(rest) {
        p.steps.after(step, *earlier, Because::Row(cite!("HA.22")));
    }
    step
}

/// The second nodes: switch, at once stop, deploy; Back before Front (HA.23 to HA.29).
fn second_half(
    p: &mut Planner<'_>,
    back: &Side,
    front: &Side,
    closed: &[Vec<Added>; 2],
    judged: Added,
    before: &[Added],
) -> Vec<Added> {
    let quiet = second_back(p, back, &[], judged, before);
    let mut last = vec![quiet];
    let earlier = quiet.or(judged);
    if front.needs_second(p) {
        let rows = [cite!("HA.27"), cite!("HA.28")];
        let phases = [Phase::SecondHalf, Phase::SecondHalf];
        let servers: Vec<_> = front
            .apps(p)
            .into_iter()
            .map(|app| front.server(&front.second, app, phases, FRONT_SECOND, false))
            .collect();
        let (start, deployed) = second(p, front, &servers, rows, earlier);
        if let Some(start) = start {
            p.steps.after(Some(start), judged, Because::Row(cite!("HA.27")));
            p.steps.after(Some(start), earlier, Because::Invariant(1));
            for step in before {
                p.steps.after(Some(start), *step, Because::Invariant(1));
            }
        }
        let since = closed[1].first().copied().flatten().or(start);
        p.warn(WarningCode::Outage, &[("what", "front".to_owned())], since, deployed);
        last.push(deployed);
    }
    last
}

/// Back's second node, until its logs are quiet (HA.23 to HA.26).
fn second_back(
    p: &mut Planner<'_>,
    back: &Side,
    closed: &[Added],
    earlier: Added,
    before: &[Added],
) -> Added {
    let unread = Atom::Unchecked(Stack::new(&back.second, App::Express));
    if !back.needs_second(p) && !p.steps.has(&unread) {
        return None;
    }
    let phases = [Phase::SecondHalf, Phase::SecondHalf];
    let server = back.server(&back.second, App::Express, phases, BACK_SECOND, false);
    let rows = [cite!("HA.23"), cite!("HA.24")];
    let (start, _) = second(p, back, std::slice::from_ref(&server), rows, earlier);
    for step in before {
        p.steps.after(start, *step, Because::Row(cite!("HA.22")));
    }
    let quiet = server.quiet(p, &[cite!("HA.26")]);
    let since = closed.first().copied().flatten().or(start);
    p.warn(WarningCode::Outage, &[("what", "back".to_owned())], since, quiet);
    quiet
}

/// One cluster's switch back with the stop right behind it: nothing stands in between but the look
/// that the resources arrived (invariant 31, K10). Its first and its last step.
fn second(
    p: &mut Planner<'_>,
    side: &Side,
    servers: &[Server],
    rows: [RowKey; 2],
    earlier: Added,
) -> (Added, Added) {
    let Switch { moved, arrived } =
        cluster::switch(p, &side.pair, &side.second, Phase::SecondHalf, rows);
    p.steps.after(moved, earlier, Because::Row(rows[0]));
    p.steps.after(moved, earlier, Because::Invariant(9));
    let mut before = arrived.or(moved).or(earlier);
    let row = servers.first().map_or(rows[1], |s| s.rows.deploy);
    // Where the data is shared, or has met the new release, every application is stopped before the
    // first is deployed: until then old containers run on it. Elsewhere the chapter's order holds.
    let met = servers.iter().any(|s| p.steps.has(&Atom::Met(p.site.data_of(&s.stack))));
    let all = met || side.pair.shared.contains(&Shared::Volumes);
    let mut stops = Vec::new();
    for server in servers.iter().take(if all { servers.len() } else { 1 }) {
        if server.needs_deploy(p) {
            let stop = server.stop(p);
            p.steps.after(stop, before, Because::Row(row));
            p.steps.after(stop, before, Because::Invariant(31));
            before = stop.or(before);
            stops.push(stop);
        }
    }
    // A list that no earlier run saved is saved now: stopped containers are still listed.
    if servers.iter().any(|server| server.needs_deploy(p)) {
        let list = save_list(p, &side.second, Phase::SecondHalf, &[cite!("RB.0")]);
        p.steps.after(list, before, Because::Invariant(31));
    }
    let until = stops.last().copied().flatten();
    if on_newer_data(p, side, servers) && until.is_some() {
        p.accepts(Risk::OldContainersWindow);
        let what = [("node", side.second.to_string())];
        p.warn(WarningCode::OldContainersWindow, &what, moved.or(until), until);
    }
    let updated = update(p, side, servers, &[before], &[row]);
    let first = moved.or(stops.first().copied().flatten()).or(updated.first());
    // Nobody is kept by anything else while the window is open; and where nobody judged, what was
    // prepared stands before it, too.
    let begun = first.unwrap_or_default();
    let before: Vec<_> = p
        .steps
        .added()
        .filter(|(index, phase, _, action)| {
            let prepared = earlier.is_none() && *phase < Phase::BackUp;
            *index < begun && (action.kind() == Kind::Confirm || prepared)
        })
        .map(|(index, ..)| index)
        .collect();
    for step in before {
        p.steps.after(first, Some(step), Because::Invariant(31));
    }
    (first, updated.last)
}

/// Whether what starts on the second node finds data that the new release has met: shared volumes,
/// or Back's database where its nodes share one.
fn on_newer_data(p: &Planner<'_>, side: &Side, servers: &[Server]) -> bool {
    let met = servers.iter().any(|s| p.steps.has(&Atom::Met(p.site.data_of(&s.stack))));
    met || (side.pair.cluster == ClusterName::Back && shares_data(p, side))
}

/// Whether a cluster's nodes write the same data: volumes, or Back's database.
fn shares_data(p: &Planner<'_>, side: &Side) -> bool {
    let database =
        p.site.postgres == Postgres::External || side.pair.shared.contains(&Shared::Database);
    side.pair.shared.contains(&Shared::Volumes)
        || (side.pair.cluster == ClusterName::Back && database)
}

/// Front's logs, a message sent, the gates once more; then constraints and antivirus (invariant 35).
fn verify(p: &mut Planner<'_>, back: &Side, front: &Side, mut last: Vec<Added>) {
    let phases = [Phase::Verify, Phase::Verify];
    let touched = p.steps.added().next().is_some() || p.steps.now().debts().next().is_some();
    if !touched {
        return;
    }
    for side in [back, front] {
        for app in side.apps(p) {
            for node in &side.pair.nodes {
                let server = side.server(node, app, phases, FRONT_SECOND, false);
                let there = p.steps.has(&Atom::Active(node.clone()));
                if there && p.steps.has(&Atom::Unchecked(server.stack.clone())) {
                    let logs = server.read_logs(p);
                    p.steps.after(logs, server.deployed(p), Because::Invariant(35));
                    last.push(logs);
                }
            }
        }
    }
    let (check, mut end) = ending::seen_in_order(p, &last);
    end.extend(cluster::clear(p, &end.clone()));
    cluster::antivirus_on(p, &BY_HAND, &end);
    ending::old_database(p, check);
}

//! Every example plan by hand: its commands, in its order, lead to the end that it promises.

use ctsup_core::action::Pcs;
use ctsup_core::plan::StackPlace;
use ctsup_core::reader::{cluster, constraints, image_list, postgres, units};
use ctsup_core::{Action, Atom, Goal, NodeName, Plan, State};
use ctsup_simulator::world::log::Hazard;
use ctsup_simulator::{Simulation, World};

use crate::{by_hand, example};

/// What the end of a plan must be, and is not.
fn checked(plan: &Plan, simulation: &Simulation) -> Vec<String> {
    let mut wrong = compared(plan, &plan.end(), simulation);
    // From 0.11 on pcs takes away what an earlier move of the same resource left, too. Which of the
    // two resources that was no fact tells, so a plan goes on owing what a later move may have paid.
    let paid = plan.steps.iter().filter_map(|step| match &step.action {
        Action::Pcs(Pcs::Move { cluster, leaves_constraint: false, .. }) => Some(cluster),
        _ => None,
    });
    for cluster in paid.filter(|cluster| plan.start.has(&Atom::Constraint(**cluster))) {
        wrong.retain(|w| *w != format!("{cluster}: constraints left: []"));
    }
    wrong
}

/// What a state says, read through the ordinary facts, and the hosts do not.
pub(crate) fn compared(plan: &Plan, end: &State, simulation: &Simulation) -> Vec<String> {
    let mut wrong = Vec::new();
    for place in &plan.topology.stacks {
        stack(simulation, end, place, &mut wrong);
    }
    clusters(plan, end, simulation, &mut wrong);
    for name in plan.topology.nodes.keys() {
        // Of a dead node nothing can be asked.
        let units: Vec<String> = simulation.with(|w| {
            let node = &w.nodes[name.as_str()];
            node.units.keys().filter(|_| node.up).cloned().collect()
        });
        if units.is_empty() {
            continue;
        }
        let command = format!("systemctl is-active {}", units.join(" "));
        let seen = by_hand::run(simulation, name.as_str(), None, &command);
        let states = units::is_active(&seen.printed.out, units.len()).expect("states of units");
        let off = states.iter().any(|s| *s != units::UnitState::Active);
        if off != end.has(&Atom::AntivirusOff(name.clone())) {
            wrong.push(format!("{name}: units {states:?}"));
        }
    }
    settings(plan, end, simulation, &mut wrong);
    database(end, simulation, &mut wrong);
    wrong
}

fn clusters(plan: &Plan, end: &State, simulation: &Simulation, wrong: &mut Vec<String>) {
    for (name, nodes) in &plan.topology.clusters {
        let up = |node: &&NodeName| simulation.with(|w| w.nodes[node.as_str()].up);
        let Some(node) = nodes.nodes.iter().find(up).map(NodeName::as_str) else { continue };
        let seen = by_hand::run(simulation, node, None, "pcs status xml");
        let Ok(seen) = cluster::read(&seen.printed.out) else {
            wrong.push(format!("{name}: its state is not told"));
            continue;
        };
        for node in &nodes.nodes {
            let fqdn = plan.topology.nodes[node].fqdn.as_str();
            let here = seen.active_node("dockerd") == Ok(fqdn);
            if here != end.has(&Atom::Active(node.clone())) {
                wrong.push(format!("{name}: dockerd on {node}: {here}"));
            }
        }
        let text = by_hand::run(simulation, node, None, "pcs constraint --full");
        let Ok(left) = constraints::read(&text.printed.out).map(|read| read.locations) else {
            wrong.push(format!("{name}: its constraints are not told"));
            continue;
        };
        if left.is_empty() == end.has(&Atom::Constraint(*name)) {
            wrong.push(format!("{name}: constraints left: {left:?}"));
        }
    }
}

fn stack(simulation: &Simulation, end: &State, place: &StackPlace, wrong: &mut Vec<String>) {
    let stack = &place.stack;
    let node = stack.node.as_str();
    let project = if stack.app.as_str() == "voex" { "voex" } else { "cts" };
    let serves = simulation.with(|w| w.nodes[node].docker.running);
    let running = end.has(&Atom::Running(stack.clone()));
    let mut images = Vec::new();
    if serves {
        let seen = by_hand::run(simulation, node, None, "docker ps -a --no-trunc");
        // A node can go down under whoever looks.
        let Ok(list) = image_list::read(&seen.printed.out) else {
            wrong.push(format!("{stack}: no list of containers"));
            return;
        };
        assert!(list.notes.is_empty(), "{:?}", list.notes);
        for container in &list.containers {
            let name = container.name.as_deref().unwrap_or_default();
            if !name.starts_with(project) {
                continue;
            }
            images.push(container.image.as_str().to_owned());
            let up = matches!(container.status, image_list::Status::Up { .. });
            // From its upgrade to the deploy behind it the database runs alone.
            let alone = up && !running && name.contains("postgres") && database_begun(end);
            // Files that another release's database has upgraded, or not: it does not start on them.
            let unlike = end.has(&Atom::DatabaseNew) != end.has(&Atom::New(stack.clone()));
            let unlike = (unlike || aside(end, place)) && running && name.contains("postgres");
            if up != running && !alone && !unlike {
                wrong.push(format!("{stack}: {name} is {:?}", container.status));
            }
        }
    } else {
        simulation.with(|w| {
            let all = w.nodes[node].docker.containers.values().filter(|c| c.project == project);
            images.extend(all.map(|c| c.image.clone()));
        });
        if running {
            wrong.push(format!("{stack}: does not run"));
        }
    }
    let (old, several) = simulation.with(|w| {
        let last = w.registry.offers.len() - 1;
        // nginx and the database have versions of their own.
        let own = images.iter().filter(|i| !i.contains("nginx") && !i.contains("postgres"));
        let generation = |i: &&String| w.registry.generation(i).is_none_or(|g| g < last);
        (own.filter(generation).cloned().collect::<Vec<_>>(), last > 0)
    });
    let is_new = end.has(&Atom::New(stack.clone()));
    if several && is_new && !old.is_empty() {
        wrong.push(format!("{stack}: old images {old:?}"));
    }
    // What an idle node has is not known at the start, so nothing is promised of it.
    if several && !is_new && old.is_empty() && running {
        wrong.push(format!("{stack}: is new"));
    }
}

/// Whether the database has been started on its own.
fn database_begun(state: &State) -> bool {
    [Atom::DatabaseUpgrading, Atom::DatabaseNew, Atom::DatabaseStandard]
        .iter()
        .any(|atom| state.has(atom))
}

/// Whether data is moved away and the backup is not there yet.
fn aside(end: &State, place: &StackPlace) -> bool {
    end.has(&Atom::SetAside(place.data.clone())) && !end.has(&Atom::PutBack(place.data.clone()))
}

fn settings(plan: &Plan, end: &State, simulation: &Simulation, wrong: &mut Vec<String>) {
    for place in &plan.topology.stacks {
        let file = format!("{}/settings", place.dir);
        let text = simulation.with(|w| w.text(place.stack.node.as_str(), &file).map(str::to_owned));
        // Aside with the data, until the backup brings its own.
        if aside(end, place) {
            if text.is_some() {
                wrong.push(format!("{}: settings are there", place.settings));
            }
            continue;
        }
        let text = text.unwrap_or_default();
        let key = text.lines().any(|l| l == "postgres_upgrade: true");
        if key != end.has(&Atom::UpgradeKey(place.settings.clone())) {
            wrong.push(format!("{}: postgres_upgrade: {key}", place.settings));
        }
        let special = text.contains("-from-");
        if special != end.has(&Atom::SpecialPin(place.settings.clone())) {
            wrong.push(format!("{}: special image: {special}", place.settings));
        }
        let kept = text.contains("postgres_password: not-for-your-eyes");
        if !kept || text.matches("images:").count() > 1 {
            wrong.push(format!("{}: settings are not what they were", place.settings));
        }
    }
}

fn database(end: &State, simulation: &Simulation, wrong: &mut Vec<String>) {
    let holder = simulation.with(|w| {
        let serves = |n: &&String| {
            let mut all = w.nodes[*n].docker.containers.values();
            all.any(|c| c.service == "postgres" && c.is_up())
        };
        w.nodes.keys().find(serves).cloned()
    });
    let Some(node) = holder else { return };
    let command = "DEPLOYKA_SKIP_UPDATE=true dpl --dc exec postgres \
                   cat /var/lib/postgresql/data/PG_VERSION";
    let seen = by_hand::run(simulation, &node, Some("/opt/express"), command);
    let Ok(version) = postgres::read_version(&seen.printed.out) else {
        wrong.push("the database does not tell its version".to_owned());
        return;
    };
    // Under way it goes on by itself.
    let under_way = end.has(&Atom::DatabaseUpgrading);
    if (version.to_string() == "14") != end.has(&Atom::DatabaseNew) && !under_way {
        wrong.push(format!("the database is of version {version}"));
    }
}

/// What the hosts saw that must not happen, windows that the plan names left out.
fn hazards(plan: &Plan, simulation: &Simulation) -> Vec<String> {
    let named = plan.warnings.iter().any(|w| w.code.as_str() == "old-containers-window");
    let all = simulation.with(|w| w.hazards.clone());
    // A copy made by a person or by the site's own command is not on the simulated disks.
    let copies = plan.steps.iter().flat_map(|s| &s.commands).any(|c| c.starts_with("cp -a /var"));
    let kept = all.into_iter().filter(|h| match h {
        Hazard::MetWithoutCopy { .. } => copies,
        // Going back by pins is just that.
        Hazard::OldOnNew { .. } if plan.goal == Goal::Rollback => false,
        // The window of invariant 31: from the second move to the stop that follows at once.
        Hazard::OldOnNew { from, until: Some(until), .. } => !(named && until - from < 10 * 60_000),
        _ => true,
    });
    kept.map(|h| match h {
        Hazard::MetWithoutCopy { node, volume, .. } => format!("{node}: no cold copy of {volume}"),
        Hazard::OldOnNew { node, volume, from, until } => {
            format!("{node}: old services on newer {volume} from {from} until {until:?}")
        }
        Hazard::TwoWriters { volume, .. } => format!("two nodes write {volume}"),
    })
    .collect()
}

/// What the end of an example's plan must be and is not, besides what is known of its plan.
pub(crate) fn news(name: &str, plan: &Plan, simulation: &Simulation) -> Vec<String> {
    let known = known();
    let mut wrong = checked(plan, simulation);
    wrong.retain(|w| !known.iter().any(|k| format!("{name}: at the end: {w}").starts_with(k)));
    wrong
}

/// What is found in today's plans; each line goes when the planner is mended. See `known.txt`.
fn known() -> Vec<&'static str> {
    include_str!("known.txt").lines().filter(|l| !l.starts_with('#') && !l.is_empty()).collect()
}

#[test]
fn every_example_ends_as_its_plan_promises() {
    let mut found = Vec::new();
    for (name, plan) in example::all() {
        let simulation = Simulation::new(World::of(&plan, 1));
        for t in by_hand::carry_out(&plan, &simulation) {
            found.push(format!("{name}: {}: {}", t.step, t.what.trim_end()));
        }
        for wrong in checked(&plan, &simulation).into_iter().chain(hazards(&plan, &simulation)) {
            found.push(format!("{name}: at the end: {wrong}"));
        }
    }
    let known = known();
    let news: Vec<_> = found.iter().filter(|f| !known.iter().any(|k| f.starts_with(k))).collect();
    assert!(news.is_empty(), "{news:#?}");
    let stale: Vec<_> = known.iter().filter(|k| !found.iter().any(|f| f.starts_with(*k))).collect();
    assert!(stale.is_empty(), "mended, to be taken out of known.txt: {stale:#?}");
}

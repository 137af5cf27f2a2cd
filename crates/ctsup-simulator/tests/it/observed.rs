//! What an observer of the simulated hosts sees, and what a report says of them.

use std::collections::BTreeMap;

use ctsup_core::run::Run;
use ctsup_core::{
    App, Atom, ClusterName, FactKey, FactValue, Facts, NodeName, Origin, Plan, Release, Stack,
};
use ctsup_simulator::World;
use ctsup_simulator::world::docker::Container;
use ctsup_simulator::world::node::Node;

fn project(stack: &Stack) -> &'static str {
    if stack.app == App::Voex { "voex" } else { "cts" }
}

fn containers<'w>(world: &'w World, stack: &Stack) -> Vec<&'w Container> {
    let node = &world.nodes[stack.node.as_str()];
    node.docker.containers.values().filter(|c| c.project == project(stack)).collect()
}

/// Whether all of a stack's containers are up; none where there are none.
pub(crate) fn running(world: &World, stack: &Stack) -> Option<bool> {
    let all = containers(world, stack);
    (!all.is_empty()).then(|| all.iter().all(|c| c.is_up()))
}

/// The release of a stack's containers; none where they are of several, or there are none.
pub(crate) fn release(world: &World, stack: &Stack) -> Option<Release> {
    let offers = &world.registry.offers;
    // nginx and the database have versions of their own.
    let own = containers(world, stack).into_iter();
    let own = own.filter(|c| !matches!(c.service.as_str(), "nginx" | "postgres"));
    let mut all: Vec<_> = own.map(|c| world.registry.generation(&c.image)).collect();
    all.dedup();
    match all[..] {
        [Some(one)] => offers.get(one)?.release.parse().ok(),
        _ => None,
    }
}

/// The node of a cluster on which `dockerd` is.
pub(crate) fn active(world: &World, cluster: ClusterName) -> Option<String> {
    let docker = world.clusters.get(cluster.as_str())?.resource("dockerd")?;
    docker.on.first().cloned()
}

/// Units that are off on a node that is up; exporters are dpl's.
pub(crate) fn units_off(node: &Node) -> Vec<&str> {
    let off = node.units.iter().filter(|(unit, on)| !**on && !is_exporter(unit));
    off.map(|(unit, _)| unit.as_str()).collect()
}

fn is_exporter(unit: &str) -> bool {
    unit == "node_exporter" || unit == "cadvisor"
}

pub(crate) fn leftover(world: &World, cluster: ClusterName) -> Vec<String> {
    let all = world.clusters.get(cluster.as_str()).into_iter().flat_map(|c| &c.constraints);
    all.filter(|c| c.id.starts_with("cli-")).map(|c| c.id.clone()).collect()
}

fn settings<'w>(world: &'w World, node: &str, dir: &str) -> &'w str {
    world.text(node, &format!("{dir}/settings")).unwrap_or_default()
}

pub(crate) fn upgrade_key(world: &World, node: &str, dir: &str) -> bool {
    settings(world, node, dir).lines().any(|l| l == "postgres_upgrade: true")
}

/// What is known of the hosts before planning anew. `ctsup observe` reads `Active`, `Constraints`,
/// `Antivirus`, and `UpgradeKey` where planning asks for it; `Running`, `Release` and `Pins` a person
/// has to write into the facts file (`FactKey::is_readable`), which here always happens.
pub(crate) fn facts(plan: &Plan, world: &World) -> Facts {
    let mut facts = Facts::new();
    let mut learn = |key, value| facts.set(key, value, Origin::Observed);
    for cluster in plan.topology.clusters.keys() {
        let value = active(world, *cluster).map_or(FactValue::Unknown, FactValue::Text);
        learn(FactKey::Active(*cluster), value);
        learn(FactKey::Constraints(*cluster), FactValue::List(leftover(world, *cluster)));
    }
    for name in plan.topology.nodes.keys() {
        let node = &world.nodes[name.as_str()];
        let on = node.units.iter().filter(|(unit, on)| **on && !is_exporter(unit));
        let on = on.map(|(unit, _)| unit.clone());
        learn(FactKey::Antivirus(name.clone()), FactValue::List(on.collect()));
    }
    for place in &plan.topology.stacks {
        let (stack, node) = (&place.stack, place.stack.node.as_str());
        let daemon = world.nodes[node].docker.running;
        if let Some(up) = running(world, stack) {
            learn(FactKey::Running(stack.clone()), FactValue::Bool(up && daemon));
        }
        // Where no daemon runs nobody can list containers.
        if let Some(release) = release(world, stack).filter(|_| daemon) {
            learn(FactKey::Release(stack.clone()), FactValue::Release(release));
        }
        let key = upgrade_key(world, node, &place.dir);
        learn(FactKey::UpgradeKey(place.settings.clone()), FactValue::Bool(key));
        if !settings(world, node, &place.dir).contains("\nimages:") {
            learn(FactKey::Pins(place.settings.clone()), FactValue::Images(BTreeMap::new()));
        }
    }
    facts
}

/// What a stop's report says, and what of it is not so: what is owed on the hosts is named, what is
/// said for certain is true.
pub(crate) fn untrue(run: &Run, world: &World) -> Vec<String> {
    let (plan, report) = (run.plan(), run.stop_report());
    let mut wrong = Vec::new();
    let owed = |atom: &Atom| report.debts.iter().any(|d| d.debt == *atom);
    let named = |node: &NodeName| {
        report.rebooted.contains(node)
            || report
                .in_doubt
                .iter()
                .any(|d| plan.step(d.step.as_str()).is_some_and(|s| s.node.as_ref() == Some(node)))
    };
    for name in plan.topology.nodes.keys() {
        let node = &world.nodes[name.as_str()];
        let off = units_off(node);
        if node.up && !off.is_empty() && !owed(&Atom::AntivirusOff(name.clone())) {
            wrong.push(format!("{name}: {off:?} are off and not named"));
        }
    }
    for cluster in plan.topology.clusters.keys() {
        let left = leftover(world, *cluster);
        let before = plan.start.has(&Atom::Constraint(*cluster));
        if !left.is_empty() && !before && !owed(&Atom::Constraint(*cluster)) {
            wrong.push(format!("{cluster}: {left:?} are left and not named"));
        }
    }
    for place in &plan.topology.stacks {
        let (stack, node) = (&place.stack, &place.stack.node);
        let host = &world.nodes[node.as_str()];
        if upgrade_key(world, node.as_str(), &place.dir)
            && !owed(&Atom::UpgradeKey(place.settings.clone()))
        {
            wrong.push(format!("{}: postgres_upgrade is not named", place.settings));
        }
        let offers = world.registry.offers.len();
        let mets = containers(world, stack).into_iter().filter_map(|c| c.volume.as_deref());
        let newest = mets.filter_map(|v| world.met(node.as_str(), v)).max();
        // An undone restore or rollback starts from newer data.
        let met = offers > 1 && newest == Some(offers - 1);
        let known = report.met.contains(&place.data);
        if met && !known && plan.goal != ctsup_core::Goal::Rollback {
            wrong.push(format!("{}: has met the new release, which is not said", place.data));
        }
        // A node that is off, or whose failover nobody saw yet, is for whoever looks next.
        let seen = host.up && host.docker.running && !named(node);
        let Some(said) = report.stacks.iter().find(|s| s.stack == *stack) else { continue };
        if let (true, Some(said), Some(is)) = (seen, said.running, running(world, stack))
            && said != is
            && host.cluster.is_none()
        {
            wrong.push(format!("{stack}: runs {is}, said {said}"));
        }
    }
    wrong
}

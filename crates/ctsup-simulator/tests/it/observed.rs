//! What an observer of the simulated hosts sees, and what a report says of them.

use std::collections::BTreeSet;

use ctsup_core::run::Run;
use ctsup_core::{
    App, Atom, Catalogue, ClusterName, Code, FactKey, Facts, Goal, NodeName, Origin, Parsed, Stack,
    plan_from, servers,
};
use ctsup_simulator::world::docker::Container;
use ctsup_simulator::world::node::Node;
use ctsup_simulator::{Rehearsal, World};

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

/// What is known of the hosts before planning anew: what `ctsup observe` reads of them, by the same
/// looks and the same readers, and nothing else. A look that tells nothing leaves its fact out.
pub(crate) fn facts(mut parsed: Parsed, goal: Goal, rehearsal: &Rehearsal) -> Facts {
    let site = parsed.topology.clone().expect("an example");
    let site = &site;
    let catalogue = Catalogue::built_in();
    let servers = servers(site, catalogue);
    let mut facts = Facts::new();
    let mut asked: BTreeSet<FactKey> = BTreeSet::new();
    let mut next = FactKey::observable(site);
    let mut settings = FactKey::in_settings(site);
    while !next.is_empty() {
        asked.extend(next.iter().cloned());
        for key in next {
            let look = key.look(site, catalogue, &parsed.facts);
            let value = rehearsal.read(&key, &look, &servers);
            if let Ok(value) = value {
                facts.set(key.clone(), value.clone(), Origin::Observed);
                parsed.facts.set(key, value, Origin::Observed);
            }
        }
        let outcome = plan_from(&parsed, catalogue, goal, None);
        let missing = outcome.diagnostics().iter().filter(|found| found.code == Code::MissingFact);
        let missing = missing.filter_map(|found| found.args.get("fact")?.to_string().parse().ok());
        let planned = outcome.planned();
        let rests = planned.into_iter().flat_map(|planned| planned.look_ups.keys());
        let rests = rests.filter_map(|key| key.parse().ok());
        next = missing.chain(rests).chain(settings.drain(..)).collect();
        next.sort();
        next.dedup();
        next.retain(|key| key.is_readable() && !asked.contains(key));
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

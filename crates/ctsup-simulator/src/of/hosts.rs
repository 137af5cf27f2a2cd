//! Nodes, their disks and clusters, and what runs on them at the start.

use std::collections::BTreeSet;

use ctsup_core::action::volume::BackUp;
use ctsup_core::action::{Look, Volume};
use ctsup_core::{Action, Catalogue, ClusterName, NodeName, Plan};

use super::{Document, Part};
use crate::World;
use crate::world::cluster::{Cluster, Resource};
use crate::world::docker::{Container, Status, container_name};
use crate::world::files::{Entry, Storage};
use crate::world::node::{Node, StackSpec};

const GIB: u64 = 1 << 30;
/// Where Docker keeps everything unless the plan's backup names another place.
const DOCKER_ROOT: &str = "/var/lib/docker";

/// Where copies are made on a node, or lie there: a disk of its own.
fn copies(plan: &Plan, node: &NodeName) -> BTreeSet<String> {
    let here = plan.steps.iter().filter(|step| step.node.as_ref() == Some(node));
    let paths = here.filter_map(|step| match &step.action {
        Action::Volume(Volume::BackUp { by: BackUp::Copy { to }, .. }) => Some(to),
        Action::Volume(Volume::PutBack { from, .. }) | Action::Look(Look::Backup { from, .. }) => {
            Some(from)
        }
        _ => None,
    });
    let above = paths.filter_map(|path| path.rsplit_once('/')).map(|(above, _)| above.to_owned());
    let mut all: BTreeSet<_> = above.filter(|above| above.len() > 1).collect();
    // The way back may be to a node that made none.
    all.insert("/backup".to_owned());
    let within = |one: &String| all.iter().any(|other| one.starts_with(&format!("{other}/")));
    all.iter().filter(|one| !within(one)).cloned().collect()
}

pub(super) fn make(world: &mut World, document: &Document<'_>) {
    let servers = &document.plan.topology;
    for (name, server) in &servers.nodes {
        let mut node = Node::new(&server.fqdn, &server.address);
        DOCKER_ROOT.clone_into(&mut node.docker.root);
        node.mounts.insert("/".to_owned(), format!("{name}:root"));
        for directory in copies(document.plan, name) {
            node.mounts.insert(directory, format!("{name}:backup"));
        }
        node.apt = !document.claims("apt", "!=", "true");
        node.cluster = cluster_of(document, name.as_str()).map(|c| c.to_string());
        world.nodes.insert(name.to_string(), node);
        for disk in ["root", "backup"] {
            world.storages.insert(format!("{name}:{disk}"), Storage::new(800 * GIB));
        }
    }
    for (name, members) in &servers.clusters {
        let nodes = members.nodes.clone().map(|n| n.to_string());
        share(world, document, *name, &nodes, members.shares_volumes);
        world.clusters.insert(name.to_string(), cluster(document, *name, nodes));
    }
    for place in &servers.stacks {
        let node = place.stack.node.as_str();
        let part = document.part(node, place.stack.app);
        let external = document.is("choice(postgres.location)") == Some("external");
        if let Some(node) = world.nodes.get_mut(node) {
            node.stacks.insert(place.dir.clone(), spec(part, external));
        }
    }
}

fn cluster_of(document: &Document<'_>, node: &str) -> Option<ClusterName> {
    let mut clusters = document.plan.topology.clusters.iter();
    clusters.find(|(_, c)| c.nodes.iter().any(|n| n.as_str() == node)).map(|(name, _)| *name)
}

/// What a cluster's nodes mount from one place.
fn share(
    world: &mut World,
    document: &Document<'_>,
    cluster: ClusterName,
    nodes: &[String; 2],
    volumes: bool,
) {
    let mut shared = Vec::new();
    if volumes {
        shared.push((format!("{DOCKER_ROOT}/volumes"), format!("{cluster}:volumes")));
    }
    for place in &document.plan.topology.stacks {
        let member = nodes.iter().any(|n| n == place.stack.node.as_str());
        if member && place.settings.holder.as_str() == cluster.as_str() {
            shared.push((place.dir.clone(), format!("{cluster}:{}", place.stack.app)));
        }
    }
    if cluster == ClusterName::Back {
        shared.push((Catalogue::built_in().paths.cluster_data.clone(), "back:ex_data".to_owned()));
    }
    for (mount, id) in shared {
        world.storages.entry(id.clone()).or_insert_with(|| Storage::new(800 * GIB));
        for node in nodes {
            if let Some(node) = world.nodes.get_mut(node) {
                node.mounts.insert(mount.clone(), id.clone());
            }
        }
    }
}

fn cluster(document: &Document<'_>, name: ClusterName, nodes: [String; 2]) -> Cluster {
    let clusters = &Catalogue::built_in().clusters;
    let listed = match name {
        ClusterName::Back => &clusters.back,
        ClusterName::Front => &clusters.front,
    };
    let active = document.active(name).unwrap_or_default();
    let mut resources = Vec::new();
    for (ids, clone) in [(&listed.on_both, true), (&listed.on_one, false)] {
        for id in ids {
            let on = if clone {
                nodes.iter().cloned().collect()
            } else {
                BTreeSet::from([active.clone()])
            };
            let agent = match id.as_str() {
                "cluster_ip" => "ocf:heartbeat:IPaddr2",
                "dockerd" => "systemd:docker",
                "vmfence" => "stonith:fence_vmware_soap",
                "dlm-clone" => "ocf:pacemaker:controld",
                _ => "ocf:pacemaker:Dummy",
            };
            let (id, agent) = (id.clone(), agent.to_owned());
            resources.push(Resource {
                id,
                agent,
                clone,
                on,
                starting: None,
                broken_on: BTreeSet::new(),
            });
        }
    }
    let address = document.commands().find_map(|(node, _, c)| {
        // Front asks for Back's ports at the address of Back's cluster.
        let (_, rest) = c.split_once("/dev/tcp/")?;
        let (host, _) = rest.split_once('/')?;
        (name == ClusterName::Back && !nodes.iter().any(|n| n == node)).then(|| host.to_owned())
    });
    let old = document.claims(&format!("pcs({name})"), "<", "0.11");
    Cluster {
        name: name.to_string(),
        address,
        nodes,
        pcs: if old { (0, 9, 169) } else { (0, 11, 5) },
        resources,
        constraints: Vec::new(),
        standby: BTreeSet::new(),
        lost: BTreeSet::new(),
        maintenance: false,
        fencing: false,
        stickiness: 100,
        colocated: false,
        failures: Vec::new(),
    }
}

fn spec(part: Part, external: bool) -> StackSpec {
    let services = &Catalogue::built_in().services;
    let (back, front) = (services.back.iter(), services.front.iter());
    let mut names: Vec<String> = match part {
        Part::Single => back.chain(front).cloned().collect(),
        Part::Back => back.cloned().collect(),
        Part::Front => front.cloned().collect(),
        Part::Voice => ["janus", "coturn", "voex_redis"].map(str::to_owned).to_vec(),
    };
    if matches!(part, Part::Single | Part::Front) {
        names.push("nginx".to_owned());
    }
    if matches!(part, Part::Single | Part::Back) {
        names.insert(0, "redis".to_owned());
        if !external {
            names.insert(0, "postgres".to_owned());
        }
    }
    let project = if part == Part::Voice { "voex" } else { "cts" };
    let volume = |service: &str| match service {
        "postgres" => Some("postgres_data"),
        "redis" => Some("redis_data"),
        "messaging" => Some("messaging_uploads"),
        "admin" => Some("ccs_admin_public"),
        "file_service" => Some("file_service_uploads"),
        "ad_phonebook" => Some("phonebook_uploads"),
        "settings" => Some("messaging_cache"),
        "trusts" => Some("trusts_data"),
        "voex_redis" => Some("redis_data"),
        _ => None,
    };
    let services = names.into_iter().map(|service| {
        let volume = volume(&service).map(|v| format!("{project}_{v}"));
        (service, volume)
    });
    StackSpec { project: project.to_owned(), services: services.collect() }
}

/// Containers as they were made long ago, and up where Docker is.
pub(super) fn start(world: &mut World, document: &Document<'_>) {
    for place in &document.plan.topology.stacks {
        let node = place.stack.node.to_string();
        let Some(spec) = world.nodes.get(&node).and_then(|n| n.stacks.get(&place.dir)).cloned()
        else {
            continue;
        };
        let release = generation(world, document, &place.stack.to_string(), &node);
        let prefix = world.registry.prefix.clone();
        let images =
            world.registry.offers.get(release).map(|o| o.images.clone()).unwrap_or_default();
        let pins = document.pairs(&format!("pins({})", place.settings));
        let running = document.starts_with(&format!("running({})", place.stack));
        for (service, volume) in &spec.services {
            let pinned = pins.iter().find(|(s, _)| s == service).map(|(_, i)| i);
            let Some(image) = pinned.or(images.get(service)) else { continue };
            let image = format!("{prefix}{image}");
            let layer =
                format!("{DOCKER_ROOT}/overlay2/{:016x}", crate::chance::hash(image.as_bytes()));
            world.seed_file(&node, &layer, Entry::file("").weighing(300_000_000));
            let host = world.node_mut(&node);
            host.docker.images.insert(image.clone());
            let container = Container {
                project: spec.project.clone(),
                service: service.clone(),
                image,
                volume: volume.clone(),
                status: Status::Created,
                written: 0,
                made_with: String::new(),
                // Idle nodes of a cluster have containers that were up when Docker left.
                wanted: running || host.cluster.is_some(),
                log: Vec::new(),
            };
            host.docker.containers.insert(container_name(&spec.project, service), container);
        }
    }
    let names: Vec<String> = world.nodes.keys().cloned().collect();
    for name in names {
        let here = cluster_of(document, &name)
            .is_none_or(|c| document.active(c).as_deref() == Some(name.as_str()));
        if here {
            world.start_docker(&name);
        }
    }
}

/// Which release a stack's containers have: that of the state, and on an idle node that of the
/// node which serves.
fn generation(world: &World, document: &Document<'_>, stack: &str, node: &str) -> usize {
    let newest = world.registry.offers.len().saturating_sub(1);
    let mate = cluster_of(document, node);
    let active = mate.and_then(|c| document.active(c)).unwrap_or_else(|| node.to_owned());
    let app = stack.split_once('/').map_or("", |(_, app)| app);
    let is_new = document.starts_with(&format!("new({active}/{app})"));
    if is_new { newest } else { 0 }
}

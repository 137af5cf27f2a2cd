//! What lies on the disks at the start: settings, data, archives, certificates, playbooks.

use ctsup_core::App;

use super::{Document, releases};
use crate::World;
use crate::world::files::{Entry, base};
use crate::world::node::Play;

const GIB: u64 = 1 << 30;

/// Words that hosts know; every other first word of a command is a program of the site's own.
const KNOWN: &str = "dpl docker pcs cibadmin crm_resource crm_simulate systemctl ansible-playbook curl openssl cp mv rm mkdir ls find stat sha256sum df du cat grep sed sort diff test xargs sudo timeout bash vi ctsup cd";

pub(super) fn make(world: &mut World, document: &Document<'_>) {
    let nodes: Vec<String> = world.nodes.keys().cloned().collect();
    for node in &nodes {
        for dir in [
            "/root/.docker",
            "/tmp",
            "/var/lib",
            "/etc/systemd/system",
            "/var/lib/docker/volumes",
            "/var/lib/docker/overlay2",
        ] {
            world.seed_file(node, dir, Entry::directory());
        }
        world.seed_file(node, "/root/.docker/config.json", Entry::file("{\"auths\": {}}\n"));
        if world.nodes[node].mounts.contains_key("/opt/ex_data") {
            world.seed_file(
                node,
                "/opt/ex_data/files/kept.bin",
                Entry::file("uploads\n").weighing(GIB),
            );
        }
    }
    for place in &document.plan.topology.stacks {
        let node = place.stack.node.to_string();
        stack(world, document, &node, &place.dir, place.stack.app, &place.settings.to_string());
    }
    for (node, cwd, command) in document.commands() {
        named(world, node, cwd, command);
    }
    playbooks(world, document);
    backups(world, document);
}

fn stack(world: &mut World, document: &Document<'_>, node: &str, dir: &str, app: App, place: &str) {
    let pins = document.pairs(&format!("pins({place})"));
    let mut settings = String::from(
        "# settings of the installation\nccs_host: express.example\npostgres_password: not-for-your-eyes\n",
    );
    if !pins.is_empty() {
        settings.push_str("images:\n");
        pins.iter().for_each(|(s, i)| settings.push_str(&format!("  {s}: {i}  # held back\n")));
    }
    if document.claims(&format!("postgres-upgrade({place})"), "=", "true") {
        settings.push_str("postgres_upgrade: true\n");
    }
    settings.push_str("api_internal_token: nor-this\n");
    let file = Entry { mode: 0o600, ..Entry::file(settings) };
    world.seed_file(node, &format!("{dir}/settings"), file);
    let is_new = document.starts_with(&format!("new({node}/{app})"));
    let newest = world.registry.offers.len().saturating_sub(1);
    let index = if is_new { newest } else { 0 };
    let release = world.registry.offers.get(index).map(|o| o.release.clone()).unwrap_or_default();
    let path = format!("{dir}/.cts/release");
    // Of two nodes that share the directory the one that serves knows better.
    if is_new || world.entry(node, &path).is_none() {
        world.seed_file(node, &path, Entry::file(format!("{release}\n")));
    }
    if app == App::Express {
        world.seed_file(
            node,
            &format!("{dir}/nginx/certs/server.crt"),
            Entry::file("old certificate\n"),
        );
        world.seed_file(node, &format!("{dir}/nginx/certs/server.key"), Entry::file("old key\n"));
        world.seed_file(
            node,
            &format!("{dir}/cts/letsencrypt/live/fullchain.pem"),
            Entry::file("from letsencrypt\n"),
        );
    }
    let spec = world.nodes[node].stacks.get(dir).cloned();
    for (service, volume) in spec.into_iter().flat_map(|s| s.services) {
        let Some(volume) = volume else { continue };
        let data = world.volume_path(node, &volume);
        let met = document
            .plan
            .start
            .atoms()
            .any(|a| a.to_string() == format!("met({})", place_of_data(document, node, app)));
        let generation = if met { newest } else { 0 };
        let state = format!("generation {generation}\nwrites 1\n");
        world.seed_file(node, &data, Entry { owner: (1000, 1000), ..Entry::directory() });
        world.seed_file(node, &format!("{data}/state"), Entry::file(state));
        world.seed_file(node, &format!("{data}/data"), Entry::file("").weighing(GIB));
        if service == "postgres" {
            let version = releases::postgres_version(document);
            world.seed_file(
                node,
                &format!("{data}/PG_VERSION"),
                Entry::file(format!("{version}\n")),
            );
            let list = document.is("upgrade-backups").unwrap_or_default().trim_matches(['[', ']']);
            for old in list.split_whitespace() {
                world.seed_file(node, &format!("{data}/{old}/PG_VERSION"), Entry::file("9.5\n"));
            }
        }
    }
}

fn place_of_data(document: &Document<'_>, node: &str, app: App) -> String {
    let mut places = document.plan.topology.stacks.iter();
    let place = places.find(|p| p.stack.node.as_str() == node && p.stack.app == app);
    place.map_or(String::new(), |p| p.data.to_string())
}

/// Files and programs that a command takes for granted.
fn named(world: &mut World, node: &str, cwd: &str, command: &str) {
    if !world.nodes.contains_key(node) {
        return;
    }
    let words: Vec<&str> = command.split_whitespace().collect();
    match words[..] {
        ["systemctl", "stop", ref units @ ..] => {
            let host = world.node_mut(node);
            host.units.extend(units.iter().map(|u| ((*u).to_owned(), true)));
        }
        ["systemctl", "start", ref units @ ..] => {
            // What is started without having been stopped by the plan was off before it.
            let host = world.node_mut(node);
            units.iter().for_each(|u| {
                host.units.entry((*u).to_owned()).or_insert(false);
            });
        }
        ["cp", from, to] if from.ends_with("/*.tar") => {
            let dir = from.trim_end_matches("/*.tar");
            for name in ["cts-2.tar", "web_client.tar"] {
                world.seed_file(node, &format!("{dir}/{name}"), Entry::file("").weighing(GIB));
            }
            world.seed_file(node, to.trim_end_matches('/'), Entry::directory());
            world.remove(node, to.trim_end_matches('/')).ok();
        }
        ["cp", from, _] if from.ends_with(".sh") => {
            world.seed_file(node, from, Entry::file("#!/bin/sh\n"))
        }
        ["[", "-z", ..] => {
            // Images loaded in one chain.
            for part in command.split(" && ").skip(1).filter(|part| part.starts_with("cp ")) {
                named(world, node, cwd, part);
            }
        }
        ["test", "-s", ..] => {
            // A new certificate, brought to the node by a person before it is put in place.
            for part in command.split(" && ") {
                let words: Vec<_> = part.split_whitespace().collect();
                if let ["cat", new, ">", old] = words[..] {
                    let text = format!("new {}\n", base(new));
                    world.seed_file(node, new, Entry::file(text));
                    let old_file = Entry::file(format!("old {old}\n"));
                    world.seed_file(node, &format!("{cwd}/{old}"), old_file);
                }
            }
        }
        [script] if script.starts_with("./") => {
            world.seed_file(node, &format!("{cwd}/{}", &script[2..]), Entry::file("#!/bin/sh\n"));
        }
        [first, ..]
            if !first.starts_with('(')
                && !first.contains('=')
                && !KNOWN.split(' ').any(|k| k == first) =>
        {
            world.node_mut(node).own.insert(first.to_owned());
        }
        _ => {}
    }
}

fn playbooks(world: &mut World, document: &Document<'_>) {
    for (node, cwd, command) in document.commands() {
        let Some(name) = command.strip_prefix("ansible-playbook --ask-pass -v ") else { continue };
        world.seed_file(node, &format!("{cwd}/{name}"), Entry::file("- hosts: cts\n"));
        world.seed_file(
            node,
            &format!("{cwd}/group_vars/all.yaml"),
            Entry::file("# variables\nweb_client_image: web_client:2.8.0\n"),
        );
        let plays = plays(world, document, node, name);
        world.node_mut(node).playbooks.insert(name.to_owned(), plays);
    }
    let images: Vec<String> = document
        .plan
        .steps
        .iter()
        .filter_map(|s| serde_image(&format!("{:?}", s.action)))
        .collect();
    world.registry.extra.extend(images);
}

/// The Web Client's image, wherever the plan names it.
fn serde_image(text: &str) -> Option<String> {
    let (_, rest) = text.split_once("\"web_client:")?;
    rest.split_once('"').map(|(tag, _)| format!("web_client:{tag}"))
}

fn plays(world: &World, document: &Document<'_>, control: &str, name: &str) -> Vec<Play> {
    let mut plays = vec![Play::Pause("Press enter to go on".to_owned())];
    let second = name.starts_with("06");
    if name.contains("web") {
        let busy: Vec<&str> = document.commands().map(|(n, _, _)| n).collect();
        let web =
            world.nodes.iter().filter(|(n, h)| h.stacks.is_empty() && !busy.contains(&n.as_str()));
        let web: Vec<String> = web.map(|(n, _)| n.clone()).filter(|n| n != control).collect();
        let half = web.iter().skip(usize::from(second)).take(1);
        plays.extend(half.map(|n| Play::WebClient { node: n.clone() }));
        return plays;
    }
    let command = |node: &str, cwd: &str, text: &str| Play::Command {
        node: node.to_owned(),
        cwd: cwd.to_owned(),
        command: text.to_owned(),
    };
    let deploy = |plays: &mut Vec<Play>, node: &str| {
        for dir in world.nodes[node].stacks.keys() {
            plays.push(command(node, dir, "dpl --dc stop && dpl -d"));
        }
    };
    if document.plan.topology.clusters.is_empty() {
        let hosts = world.nodes.iter().filter(|(_, h)| !h.stacks.is_empty());
        hosts.for_each(|(n, _)| deploy(&mut plays, n));
        return plays;
    }
    let clusters = document.plan.topology.clusters.keys();
    plays.extend(clusters.map(|c| Play::Cluster { cluster: c.as_str().to_owned(), second }));
    plays
}

/// A restore takes an older backup for granted: what was there, one release earlier. The other node of
/// a cluster has its own, or reaches the same.
fn backups(world: &mut World, document: &Document<'_>) {
    for (node, _, command) in document.commands() {
        let Some((from, to)) = copied_back(command) else { continue };
        let above = from.rsplit_once('/').map_or("", |(above, _)| above);
        if document.commands().any(|(_, _, c)| c == format!("mkdir {above}")) {
            continue;
        }
        backup(world, node, from, to);
        let pairs = document.plan.topology.clusters.values().map(|cluster| &cluster.nodes);
        let pair = pairs.into_iter().find(|pair| pair.iter().any(|n| n.as_str() == node));
        for mate in pair.into_iter().flatten().map(|n| n.as_str()).filter(|n| *n != node) {
            backup(world, mate, &from.replace(node, mate), to);
        }
    }
}

/// One backup of what lies at `to`.
fn backup(world: &mut World, node: &str, copy: &str, to: &str) {
    let above = copy.rsplit_once('/').map_or("", |(above, _)| above);
    world.seed_file(node, above, Entry::directory());
    let old = world.registry.offers.first().map(|o| o.release.clone()).unwrap_or_default();
    for (at, mut entry) in world.tree(node, to).unwrap_or_default() {
        if at.ends_with("_data/state") {
            entry.text = Some("generation 0\nwrites 1\n".to_owned());
        } else if at.ends_with(".cts/release") {
            entry.text = Some(format!("{old}\n"));
        }
        let path = if at.is_empty() { copy.to_owned() } else { format!("{copy}/{at}") };
        world.seed_file(node, &path, entry);
    }
}

/// Where a command copies a backup from and to: `find COPY/ … -exec cp -a -t PATH/ {} +`.
fn copied_back(command: &str) -> Option<(&str, &str)> {
    let (before, after) = command.split_once("-exec cp -a -t ")?;
    let (_, from) = before.rsplit_once("&& find ")?;
    let from = from.split_whitespace().next()?;
    let to = after.split_whitespace().next()?;
    Some((from.trim_end_matches('/'), to.trim_end_matches('/')))
}

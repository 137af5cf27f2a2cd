//! What the registry offers: the plan's two releases, and the images beside them.

use std::collections::BTreeMap;

use ctsup_core::{Catalogue, Goal};

use super::Document;
use crate::World;
use crate::world::registry::Offer;

/// Services that a release has beside those that a rollback pins.
const OTHERS: [&str; 4] = ["redis", "janus", "coturn", "voex_redis"];

pub(super) fn make(world: &mut World, document: &Document<'_>) {
    let plan = document.plan;
    let (installed, target) = (&plan.release.installed, &plan.release.target);
    let (old, new) = if installed <= target { (installed, target) } else { (target, installed) };
    let mut releases = vec![old.to_string()];
    if old != new {
        releases.push(new.to_string());
    }
    let last = releases.len() - 1;
    for (i, release) in releases.iter().enumerate() {
        let first = i == 0 && last > 0;
        world.registry.offers.push(offer(document, release, first, i == last && last > 0));
    }
    for image in ["postgres:9.5.24", "postgres:10.21", "postgres:13.8", "postgres:14.4"] {
        world.registry.extra.insert(image.to_owned());
    }
    world.registry.extra.insert(Catalogue::built_in().postgres.special_image.to_string());
    for node in plan.topology.nodes.keys() {
        for (_, image) in document.pairs(&format!("pins({node}/express)")) {
            world.registry.extra.insert(image);
        }
    }
    let url = document.commands().find_map(|(_, _, c)| {
        let (_, rest) = c.split_once("http://")?;
        let (host, _) = rest.split_once("/v2/")?;
        Some(host.to_owned())
    });
    let pulled = document.commands().find_map(|(_, _, c)| {
        // A registry's host has a dot or a port; the vendor's own images may stand in a directory.
        let (_, image) = c.split_once("docker pull ")?;
        let (prefix, _) = image.split_whitespace().next()?.rsplit_once('/')?;
        prefix.contains(['.', ':']).then(|| prefix.to_owned())
    });
    if let Some(host) = pulled.or(url) {
        world.registry.prefix = format!("{host}/");
    }
    let brought = |c: &str| c.ends_with("./load.sh") || c.ends_with("./upload.sh");
    let web_only = plan.goal == Goal::WebClient;
    world.registry.waiting = !web_only && document.commands().any(|(_, _, c)| brought(c));
    world.registry.login = document.commands().any(|(_, _, c)| c.starts_with("curl -u"));
}

fn offer(document: &Document<'_>, release: &str, old: bool, newest: bool) -> Offer {
    let services = &Catalogue::built_in().services;
    let all = services.back.iter().chain(&services.front).map(String::as_str).chain(OTHERS);
    let mut images: BTreeMap<String, String> =
        all.map(|s| (s.to_owned(), format!("{s}:{release}"))).collect();
    let postgres = if newest { "14".to_owned() } else { postgres_version(document) };
    images.insert("postgres".to_owned(), postgres_image(&postgres).to_owned());
    let clears = |c: &str| c.contains("letsencrypt");
    let nginx =
        if !newest && document.commands().any(|(_, _, c)| clears(c)) { "1.19.6" } else { "1.20.1" };
    images.insert("nginx".to_owned(), format!("nginx:{nginx}"));
    if old {
        for node in document.plan.topology.nodes.keys() {
            images.extend(document.pairs(&format!("images({node})")));
        }
    }
    Offer { release: release.to_owned(), images }
}

/// The version of the database's files at the start.
pub(super) fn postgres_version(document: &Document<'_>) -> String {
    match document.is("postgres-version") {
        Some(version) => version.to_owned(),
        None if document.starts_with("database-new") => "14".to_owned(),
        None if document.claims("postgres-version", "!=", "9.5") => "10".to_owned(),
        None => "9.5".to_owned(),
    }
}

fn postgres_image(version: &str) -> &'static str {
    match version {
        "9.5" => "postgres:9.5.24",
        "10" => "postgres:10.21",
        "13" => "postgres:13.8",
        _ => "postgres:14.4",
    }
}

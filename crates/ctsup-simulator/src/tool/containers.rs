//! Tables of containers and images as Docker prints them.

use crate::chance::hash;
use crate::world::World;
use crate::world::docker::{Container, Status};

const HEAD: &str = "CONTAINER ID   IMAGE   COMMAND   CREATED   STATUS   PORTS   NAMES";

/// `docker ps`, with all containers or those that run, in a format or as a table.
pub(super) fn ps(
    world: &World,
    node: &str,
    all: bool,
    format: Option<&str>,
    whole: bool,
) -> String {
    let mut text = if format.is_none() { format!("{HEAD}\n") } else { String::new() };
    for (name, c) in &world.node(node).docker.containers {
        if !all && !c.is_up() {
            continue;
        }
        let row = match format {
            None => {
                let status = status(c, world.now);
                let id = id(name, whole);
                format!(
                    "{id}   {}   \"/entrypoint.sh\"   2 days ago   {status}             {name}",
                    c.image
                )
            }
            Some(format) => filled(format, name, c, world.now, whole),
        };
        text.push_str(&row);
        text.push('\n');
    }
    text
}

/// The containers that are up and whose names begin so; their names stand for ids.
pub(super) fn up(world: &World, node: &str, begins: &str) -> Vec<String> {
    let all = world.node(node).docker.containers.iter();
    let up = all.filter(|(name, c)| name.starts_with(begins) && c.is_up());
    up.map(|(name, _)| name.clone()).collect()
}

fn filled(format: &str, name: &str, c: &Container, now: u64, whole: bool) -> String {
    let labels = format!(
        "com.docker.compose.project={},com.docker.compose.service={}",
        c.project, c.service
    );
    let state = match c.status {
        Status::Created => "created",
        Status::Up { .. } => "running",
        Status::Exited { .. } => "exited",
        Status::Restarting { .. } => "restarting",
    };
    let (id, status) = (id(name, whole), status(c, now));
    let fields = [
        ("ID", id.as_str()),
        ("Image", c.image.as_str()),
        ("Names", name),
        ("Status", status.as_str()),
        ("State", state),
        ("Labels", labels.as_str()),
        ("Command", "/entrypoint.sh"),
        ("Ports", ""),
    ];
    if format.contains("json") {
        let fields: Vec<String> = fields.iter().map(|(k, v)| format!("\"{k}\":\"{v}\"")).collect();
        return format!("{{{}}}", fields.join(","));
    }
    let text = format.replace("{{ ", "{{").replace(" }}", "}}").replace("\\t", "\t");
    fields.iter().fold(text, |text, (k, v)| text.replace(&format!("{{{{.{k}}}}}"), v))
}

fn id(name: &str, whole: bool) -> String {
    let hash = hash(name.as_bytes());
    if whole {
        format!("{hash:016x}").repeat(4)
    } else {
        format!("{:012x}", hash & 0xffff_ffff_ffff)
    }
}

fn status(c: &Container, now: u64) -> String {
    let ago = |then: u64| match now.saturating_sub(then) / 1000 {
        seconds @ 0..=1 => format!("{} seconds", seconds.max(2)),
        seconds @ 2..=119 => format!("{seconds} seconds"),
        seconds => format!("{} minutes", seconds / 60),
    };
    match c.status {
        Status::Created => "Created".to_owned(),
        Status::Up { since } => format!("Up {}", ago(since)),
        Status::Exited { code, at } => format!("Exited ({code}) {} ago", ago(at)),
        // Docker waits longer and longer between tries; a minute is its longest.
        Status::Restarting { code, .. } => format!("Restarting ({code}) 10 seconds ago"),
    }
}

/// `docker images`.
pub(super) fn images(world: &World, node: &str, format: Option<&str>) -> String {
    let mut text = String::new();
    if format.is_none() {
        text.push_str("REPOSITORY   TAG   IMAGE ID   CREATED   SIZE\n");
    }
    for image in &world.node(node).docker.images {
        let (name, tag) = image.rsplit_once(':').unwrap_or((image, "latest"));
        let id = format!("{:012x}", hash(image.as_bytes()) & 0xffff_ffff_ffff);
        let row = match format {
            None => format!("{name}   {tag}   {id}   2 days ago   300MB"),
            Some(format) => {
                let format = format.replace("{{ ", "{{").replace(" }}", "}}");
                format
                    .replace("{{.Repository}}", name)
                    .replace("{{.Tag}}", tag)
                    .replace("{{.ID}}", &id)
            }
        };
        text.push_str(&row);
        text.push('\n');
    }
    text
}

/// `docker system df -v`.
pub(super) fn system_df(world: &World, node: &str) -> String {
    let docker = &world.node(node).docker;
    let mut text = String::from(
        "Images space usage:\n\nREPOSITORY   TAG   IMAGE ID   CREATED   SIZE   SHARED SIZE   \
         UNIQUE SIZE   CONTAINERS\n\nContainers space usage:\n\nCONTAINER ID   IMAGE   COMMAND   \
         LOCAL VOLUMES   SIZE   CREATED   STATUS   NAMES\n\nLocal Volumes space usage:\n\n\
         VOLUME NAME   LINKS   SIZE\n",
    );
    for volume in volumes(world, node) {
        let path = format!("{}/volumes/{volume}/_data", docker.root);
        let size: u64 = world
            .tree(node, &path)
            .unwrap_or_default()
            .iter()
            .filter(|(_, e)| !e.is_directory())
            .map(|(_, e)| e.size())
            .sum();
        let links =
            docker.containers.values().filter(|c| c.volume.as_ref() == Some(&volume)).count();
        text.push_str(&format!("{volume}   {links}   {size}B\n"));
    }
    text.push_str("\nBuild cache usage: 0B\n");
    text
}

/// The volumes of a node, by name.
pub(super) fn volumes(world: &World, node: &str) -> Vec<String> {
    let root = format!("{}/volumes", world.node(node).docker.root);
    let all = world.tree(node, &root).unwrap_or_default();
    let names =
        all.iter().filter(|(at, e)| !at.is_empty() && !at.contains('/') && e.is_directory());
    names.map(|(at, _)| at.clone()).collect()
}

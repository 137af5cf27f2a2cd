//! `dpl -g` and `dpl -d`: images to the node, containers of them.

use super::{docker, images};
use crate::process::Shell;
use crate::world::docker::{Container, Status, container_name};
use crate::world::node::StackSpec;

/// Fetches all images of the set-up's release.
pub(super) async fn fetch(shell: &Shell, spec: &StackSpec) -> i32 {
    for image in images(shell, spec).values() {
        let code = docker::pull(shell, image).await;
        if code != 0 {
            return code;
        }
    }
    0
}

/// Makes and starts the containers of all services, or of some.
pub(super) async fn deploy(shell: &Shell, spec: &StackSpec, only: &[&str]) -> i32 {
    if let Some(unknown) = only.iter().find(|s| !spec.services.iter().any(|(n, _)| n == *s)) {
        shell.complain(&format!("dpl: no such service: {unknown}"));
        return 1;
    }
    let images = images(shell, spec);
    let wanted = |service: &str| only.is_empty() || only.contains(&service);
    // All images first: a pull that fails leaves the containers as they are.
    for (service, image) in &images {
        let here = shell.with(|w| w.node(&shell.node).docker.images.contains(image));
        if wanted(service) && !here {
            let code = docker::pull(shell, image).await;
            if code != 0 {
                return code;
            }
        }
    }
    let settings = shell.with(|w| w.settings_text(&shell.node, &shell.cwd)).unwrap_or_default();
    for (service, volume) in spec.services.iter().filter(|(s, _)| wanted(s)) {
        let Some(image) = images.get(service) else { continue };
        let made_with = match service.as_str() {
            "postgres" => {
                settings.lines().filter(|l| l.starts_with("postgres")).collect::<Vec<_>>().join(" ")
            }
            _ => String::new(),
        };
        let name = container_name(&spec.project, service);
        let same = shell.with(|w| {
            let c = w.node(&shell.node).docker.containers.get(&name);
            c.is_some_and(|c| c.image == *image && c.made_with == made_with)
        });
        if same {
            let up = shell.with(|w| w.container_mut(&shell.node, &name).is_some_and(|c| c.is_up()));
            if !up {
                shell.busy(1_000, 4_000).await;
                shell.with(|w| w.start_container(&shell.node, &name));
            }
            shell.complain(&format!("{name} is up-to-date"));
            continue;
        }
        shell.complain(&format!("Recreating {name} ..."));
        shell.busy(10_000, 50_000).await;
        shell.with(|w| {
            w.end_container(&shell.node, &name, 0);
            let container = Container {
                project: spec.project.clone(),
                service: service.clone(),
                image: image.clone(),
                volume: volume.clone(),
                status: Status::Created,
                written: w.now,
                made_with,
                wanted: true,
                log: Vec::new(),
            };
            w.node_mut(&shell.node).docker.containers.insert(name.clone(), container);
            w.start_container(&shell.node, &name);
        });
        shell.complain(&format!("Recreating {name} ... done"));
    }
    0
}

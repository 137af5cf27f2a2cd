//! Programs that are not known by name: the site's own, and scripts that lie in a directory.

use crate::process::Shell;
use crate::world::MISSING;
use crate::world::files::base;

pub(super) async fn run(shell: &Shell, name: &str, _args: &[&str]) -> i32 {
    let own = shell.with(|w| w.node(&shell.node).own.contains(name));
    if own {
        shell.busy(1000, 20_000).await;
        shell.line("done");
        return 0;
    }
    if !name.contains('/') {
        shell.complain(&format!("sh: {name}: command not found"));
        return 127;
    }
    if shell.with(|w| w.entry(&shell.node, &shell.path(name)).is_none()) {
        shell.complain(&format!("sh: {name}: {MISSING}"));
        return 127;
    }
    match base(name) {
        // The vendor's scripts: archives or images into the registry.
        "load.sh" => load(shell).await,
        "upload.sh" => {
            shell.busy(600_000, 1_200_000).await;
            shell.with(|w| w.registry.waiting = false);
            0
        }
        _ => {
            shell.busy(60_000, 300_000).await;
            0
        }
    }
}

async fn load(shell: &Shell) -> i32 {
    let archives = shell.with(|w| w.tree(&shell.node, &shell.cwd)).unwrap_or_default();
    let loaded: Vec<&str> =
        archives.iter().map(|(at, _)| at.as_str()).filter(|at| at.ends_with(".tar")).collect();
    if loaded.is_empty() {
        shell.complain("load.sh: no archives");
        return 1;
    }
    for archive in loaded {
        shell.busy(20_000, 90_000).await;
        shell.line(&format!("Loaded {archive}"));
    }
    shell.with(|w| {
        w.registry.waiting = false;
        let named: Vec<String> =
            w.registry.extra.iter().filter(|i| i.contains("web_client")).cloned().collect();
        let node = w.node_mut(&shell.node);
        node.docker.images.extend(named);
    });
    0
}

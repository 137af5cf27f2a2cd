//! `systemctl is-active`, `stop`, `start`, `restart`, `show`.

use crate::process::Shell;

pub(super) async fn run(shell: &Shell, args: &[&str]) -> i32 {
    let words: Vec<&str> = args.iter().filter(|a| !a.starts_with('-')).copied().collect();
    let Some((verb, units)) = words.split_first() else { return 1 };
    let state = |unit: &str| {
        let unit = unit.trim_end_matches(".service");
        shell.with(|w| {
            let node = w.node(&shell.node);
            if unit == "docker" {
                return Some(node.docker.running);
            }
            node.units.get(unit).copied()
        })
    };
    match *verb {
        "is-active" => {
            let mut any = false;
            for unit in units {
                let active = state(unit).unwrap_or(false);
                any |= active;
                shell.line(if active { "active" } else { "inactive" });
            }
            if any { 0 } else { 3 }
        }
        "start" | "stop" | "restart" => {
            let mut code = 0;
            for unit in units {
                if state(unit).is_none() {
                    let verb = if *verb == "stop" { "stop" } else { "start" };
                    shell.complain(&format!(
                        "Failed to {verb} {unit}.service: Unit {unit}.service not {}.",
                        if verb == "stop" { "loaded" } else { "found" }
                    ));
                    code = 5;
                    continue;
                }
                shell.busy(500, 2500).await;
                let name = unit.trim_end_matches(".service").to_owned();
                shell.with(|w| {
                    if name == "docker" {
                        match *verb {
                            "stop" => w.stop_docker(&shell.node),
                            _ => w.start_docker(&shell.node),
                        }
                    } else {
                        w.node_mut(&shell.node).units.insert(name, *verb != "stop");
                    }
                });
            }
            code
        }
        "is-enabled" | "cat" | "status" => {
            let known = units.iter().all(|u| state(u).is_some());
            shell.line(if known { "enabled" } else { "not-found" });
            i32::from(!known)
        }
        _ => {
            shell.complain(&format!("Unknown command verb {verb}."));
            1
        }
    }
}

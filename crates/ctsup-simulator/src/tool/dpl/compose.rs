//! `dpl --dc …`: what is passed on to docker-compose.

use super::super::nested;
use crate::process::{Shell, Sink, lock};
use crate::world::docker::{Status, container_name};
use crate::world::node::StackSpec;

const DATA: &str = "/var/lib/postgresql/data";

pub(super) async fn run(shell: &Shell, spec: &StackSpec, args: &[&str]) -> i32 {
    let Some((verb, rest)) = args.split_first() else { return 64 };
    let operands: Vec<&str> = rest.iter().filter(|a| !a.starts_with('-')).copied().collect();
    match *verb {
        "stop" | "start" | "restart" => services(shell, spec, verb, &operands).await,
        "exec" => exec(shell, spec, rest).await,
        "logs" => logs(shell, spec, rest, &operands).await,
        "ps" => {
            shell.say(
                &shell.with(|w| super::super::containers::ps(w, &shell.node, true, None, false)),
            );
            0
        }
        _ => {
            shell.complain(&format!("No such command: {verb}"));
            1
        }
    }
}

fn chosen(spec: &StackSpec, only: &[&str]) -> Vec<String> {
    let all = spec.services.iter().map(|(s, _)| s);
    all.filter(|s| only.is_empty() || only.contains(&s.as_str())).cloned().collect()
}

async fn services(shell: &Shell, spec: &StackSpec, verb: &str, only: &[&str]) -> i32 {
    for service in chosen(spec, only) {
        let name = container_name(&spec.project, &service);
        let up = shell.with(|w| w.container_mut(&shell.node, &name).map(|c| c.status));
        let Some(status) = up else { continue };
        let runs = matches!(status, Status::Up { .. } | Status::Restarting { .. });
        if verb != "start" && runs {
            shell.complain(&format!("Stopping {name} ..."));
            shell.busy(1_000, 8_000).await;
            shell.with(|w| w.end_container(&shell.node, &name, 0));
        }
        if verb == "stop" {
            shell.with(|w| w.container_mut(&shell.node, &name).map(|c| c.wanted = false));
        } else {
            shell.busy(500, 2_000).await;
            shell.with(|w| w.start_container(&shell.node, &name));
        }
    }
    0
}

async fn exec(shell: &Shell, spec: &StackSpec, args: &[&str]) -> i32 {
    let bare = args.contains(&"-T");
    let mut words = args.iter().skip_while(|a| a.starts_with('-'));
    let Some(service) = words.next() else { return 1 };
    let name = container_name(&spec.project, service);
    shell.busy(300, 1_500).await;
    let container =
        shell.with(|w| w.container_mut(&shell.node, &name).filter(|c| c.is_up()).cloned());
    let Some(container) = container else {
        shell.complain(&format!("ERROR: No container found for {service}_1"));
        return 1;
    };
    if !bare && !shell.terminal {
        shell.complain("the input device is not a TTY");
        return 1;
    }
    let command: Vec<String> = words.map(|w| (*w).to_owned()).collect();
    if command == ["nginx", "-v"] {
        let tag = container.image.rsplit_once(':').map_or("", |(_, tag)| tag);
        shell.complain(&format!("nginx version: nginx/{tag}"));
        return 0;
    }
    // Inside, the volume lies where the service looks for it.
    let volume = container.volume.unwrap_or_default();
    let outside = shell.with(|w| w.volume_path(&shell.node, &volume));
    let command = command.iter().map(|w| w.replace(DATA, &outside)).collect();
    let (out, text) = Sink::text();
    let code = nested(Shell { out, ..shell.clone() }, command).await;
    let text = lock(&text).replace(&outside, DATA);
    shell.say(&text);
    code
}

async fn logs(shell: &Shell, spec: &StackSpec, args: &[&str], only: &[&str]) -> i32 {
    let follow = args.contains(&"-f") || args.contains(&"--follow");
    let tail = args.iter().find_map(|a| a.strip_prefix("--tail=")).and_then(|n| n.parse().ok());
    let services = chosen(spec, only);
    let (mut from, mut tail) = (0, tail);
    loop {
        shell.busy(200, 300).await;
        let now = shell.with(|w| w.now);
        for service in &services {
            for line in lines(shell, spec, service, from, now, tail) {
                shell.line(&format!("{service}_1  | {line}"));
            }
        }
        if !follow {
            return 0;
        }
        // What is already there is cut to the last lines, what comes is not.
        (from, tail) = (now + 1, None);
        shell.sleep(2_000).await;
    }
}

/// What a service printed in a span of time, at most the last lines of it.
fn lines(
    shell: &Shell,
    spec: &StackSpec,
    service: &str,
    from: u64,
    to: u64,
    tail: Option<usize>,
) -> Vec<String> {
    let name = container_name(&spec.project, service);
    shell.with(|w| {
        let Some(c) = w.container_mut(&shell.node, &name) else { return Vec::new() };
        let span = from..=to;
        let said = c.log.iter().filter(|(at, _)| span.contains(at));
        let mut all: Vec<(u64, String)> = said.cloned().collect();
        if let Status::Up { since } = c.status {
            // nginx never is quiet; the others are while they start.
            let (step, until) =
                if service == "nginx" { (5_000, to) } else { (7_000, to.min(since + 90_000)) };
            let first = since + step;
            let mut at = first.max(from).max(to.saturating_sub(200 * step));
            at += (step - at.wrapping_sub(first) % step) % step;
            while at <= until {
                let line =
                    if service == "nginx" { "GET / HTTP/1.1 200" } else { "[info] starting" };
                all.push((at, line.to_owned()));
                at += step;
            }
        }
        all.sort_by_key(|(at, _)| *at);
        let skip = tail.map_or(0, |t| all.len().saturating_sub(t));
        all.into_iter().skip(skip).map(|(_, line)| line).collect()
    })
}

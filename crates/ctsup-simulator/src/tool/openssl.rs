//! `openssl s_client | openssl x509`: which certificate nginx serves.

use crate::chance::hash;
use crate::process::Shell;

pub(super) async fn run(shell: &Shell, args: &[&str]) -> i32 {
    match args.first().copied() {
        Some("s_client") => {
            let (up, served) = shell.with(|w| {
                let node = w.node(&shell.node);
                let up = node.docker.containers.values().any(|c| c.service == "nginx" && c.is_up());
                (up, node.served.clone())
            });
            match served.filter(|_| up) {
                Some(text) => {
                    shell.say(&text);
                    0
                }
                None => {
                    shell.complain("connect: Connection refused");
                    1
                }
            }
        }
        Some("x509") => {
            let file = args.iter().position(|a| *a == "-in").and_then(|at| args.get(at + 1));
            let text = match file {
                Some(file) => {
                    shell.with(|w| w.text(&shell.node, &shell.path(file)).map(str::to_owned))
                }
                None => shell.input.clone(),
            };
            let text = text.unwrap_or_default();
            if text.is_empty() {
                shell.complain("unable to load certificate");
                return 1;
            }
            shell.line(text.lines().next().unwrap_or_default());
            shell.line(&format!("sha256 Fingerprint={:016X}", hash(text.as_bytes())));
            0
        }
        _ => 1,
    }
}

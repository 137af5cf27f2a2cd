//! The program and the smallest installation on a test's own server.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use crate::machine::Machine;

/// The program for a machine: its own home, nothing else of the environment.
pub(crate) fn ctsup(machine: &Machine, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ctsup"));
    command.args(args).env_clear();
    command.env("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
    command.env("HOME", machine.dir.path()).env("LOGNAME", "anna").env("TERM", "xterm");
    command.env("TMPDIR", machine.dir.path());
    command.stdin(Stdio::null());
    command
}

impl Machine {
    /// The smallest installation, on this server.
    pub(crate) fn topology(&self, user: &str, r#become: &str) -> PathBuf {
        let node = format!(
            "fqdn = \"cts.romashka.example\"\naddress = \"127.0.0.1\"\nport = {}\n\
             user = \"{user}\"\nbecome = \"{}\"",
            self.port, r#become
        );
        let text = include_str!("../../../../examples/single.toml")
            .replace("fqdn = \"cts.romashka.example\"", &node)
            .replace("to = \"/backup\"", "to = \"/opt/backup\"")
            .replace("volumes = \"30 GiB\"", "volumes = \"1 MiB\"");
        let file = self.at("site.toml");
        fs::write(&file, text).expect("a file");
        file
    }

    /// The calls of a tool on the server that change something, in their order.
    pub(crate) fn changes(&self) -> Vec<String> {
        let calls = self.inside("cat /opt/site/calls");
        let looks = ["logs", "exec", "ps ", "is-active", "volume inspect", "info"];
        let changes = calls.lines().filter(|call| !looks.iter().any(|look| call.contains(look)));
        changes.map(str::to_owned).collect()
    }
}

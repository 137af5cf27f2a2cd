//! Programs of the simulated hosts, one file per tool; called by name, logged, struck by faults.

use std::future::Future;
use std::pin::Pin;

use crate::fault::{Kind, Moment, Signal};
use crate::process::{Shell, Sink};
use crate::world::log::Call;

mod ansible;
mod containers;
mod crm;
mod curl;
mod disk_space;
mod docker;
mod dpl;
mod file;
mod find;
mod listing;
mod openssl;
mod pcs;
mod site;
mod status_text;
mod status_xml;
mod system;
mod systemctl;
mod text;

/// What a tool answers: its exit code, once it has ended.
pub(crate) type Ends<'a> = Pin<Box<dyn Future<Output = i32> + Send + 'a>>;

/// Runs a simple command: logs it, lets faults strike, calls the tool.
pub(crate) async fn call(shell: &mut Shell, set: Vec<(String, String)>, words: Vec<String>) -> i32 {
    let assigned = set.iter().map(|(name, value)| format!("{name}={value}"));
    let text = assigned.chain(words.iter().cloned()).collect::<Vec<_>>().join(" ");
    let number = shell.with(|w| {
        w.calls.push(Call {
            node: shell.node.clone(),
            text: text.clone(),
            cwd: shell.cwd.clone(),
            job: shell.job.clone(),
            begun: w.now,
            ended: None,
        });
        w.calls.len() - 1
    });
    let struck = shell.with(|w| w.faults.strike(&shell.node, &text, shell.job.as_deref()));
    let code = struck_call(shell, set, &words, struck).await;
    shell.with(|w| {
        let now = w.now;
        if let Some(call) = w.calls.get_mut(number) {
            call.ended = Some((now, code));
        }
    });
    code
}

async fn struck_call(
    shell: &mut Shell,
    set: Vec<(String, String)>,
    words: &[String],
    struck: Vec<Kind>,
) -> i32 {
    let mut after = Vec::new();
    for kind in struck {
        match kind {
            Kind::Fail(code) => {
                shell.complain(&format!("{}: injected failure", words[0]));
                return code;
            }
            Kind::Hang => shell.sleep(u64::MAX / 4).await,
            Kind::Slow(milliseconds) => shell.sleep(milliseconds).await,
            Kind::DiskFull(path) => shell.with(|w| w.fill(&shell.node, &path)),
            Kind::Drop(Moment::Before)
            | Kind::KillExecutor(Moment::Before)
            | Kind::KillNode(Moment::Before)
            | Kind::Reboot(Moment::Before) => {
                strike(shell, &kind);
                // A dead node's process never comes back from this.
                shell.sleep(1).await;
            }
            Kind::Drop(Moment::During(ms))
            | Kind::KillExecutor(Moment::During(ms))
            | Kind::KillNode(Moment::During(ms))
            | Kind::Reboot(Moment::During(ms)) => {
                let node = shell.node.clone();
                shell.with(|w| w.strike_later(ms, &node, &kind));
            }
            kind => after.push(kind),
        }
    }
    let corrupt = after.iter().find_map(|k| match k {
        Kind::Corrupt(text) => Some(text.clone()),
        _ => None,
    });
    let plain = shell.out.clone();
    if corrupt.is_some() {
        shell.out = Sink::text().0;
    }
    let mut code = dispatch(shell, set, words).await;
    shell.out = plain;
    if let Some(text) = corrupt {
        shell.say(&text);
    }
    for kind in after {
        match kind {
            Kind::FailAfter(failed) => code = failed,
            Kind::Corrupt(_) => {}
            kind => {
                strike(shell, &kind);
                shell.sleep(1).await;
            }
        }
    }
    code
}

fn strike(shell: &Shell, kind: &Kind) {
    let node = shell.node.clone();
    shell.with(|w| w.strike_now(&node, kind));
}

async fn dispatch(shell: &mut Shell, set: Vec<(String, String)>, words: &[String]) -> i32 {
    let (name, rest) = words.split_first().expect("a command has a name");
    if let Some(code) = system::builtin(shell, name, rest) {
        return code;
    }
    let mut inner = shell.clone();
    inner.environment.extend(set);
    let args: Vec<&str> = rest.iter().map(String::as_str).collect();
    let shell = &inner;
    let run: Ends<'_> = match name.as_str() {
        "dpl" => Box::pin(dpl::run(shell, &args)),
        "docker" => Box::pin(docker::run(shell, &args)),
        "pcs" => Box::pin(pcs::run(shell, &args)),
        "crm_mon" | "crm_resource" | "crm_simulate" | "cibadmin" => {
            Box::pin(crm::run(shell, name, &args))
        }
        "systemctl" => Box::pin(systemctl::run(shell, &args)),
        "ansible-playbook" => Box::pin(ansible::run(shell, &args)),
        "curl" => Box::pin(curl::run(shell, &args)),
        "openssl" => Box::pin(openssl::run(shell, &args)),
        "cp" | "mv" | "rm" | "mkdir" | "chown" | "chmod" | "touch" => {
            Box::pin(file::run(shell, name, &args))
        }
        "ls" | "find" | "stat" | "sha256sum" => Box::pin(listing::run(shell, name, &args)),
        "df" | "du" => Box::pin(disk_space::run(shell, name, &args)),
        "cat" | "grep" | "sed" | "sort" | "head" | "tail" | "wc" | "diff" => {
            Box::pin(text::run(shell, name, &args))
        }
        "xargs" | "sudo" | "timeout" | "bash" | "sh" | "env" | "nice" | "sleep" | "date"
        | "hostname" | "test" | "[" | "id" | "pgrep" | "mountpoint" | "readlink" | "findmnt" => {
            Box::pin(system::run(shell, name, rest))
        }
        _ => Box::pin(site::run(shell, name, &args)),
    };
    run.await
}

/// Runs words as a command of their own: what `xargs`, `sudo` and `timeout` do.
pub(crate) fn nested(
    mut shell: Shell,
    words: Vec<String>,
) -> Pin<Box<dyn Future<Output = i32> + Send>> {
    Box::pin(async move {
        if words.is_empty() {
            return 0;
        }
        dispatch(&mut shell, Vec::new(), &words).await
    })
}

impl crate::World {
    fn strike_now(&mut self, node: &str, kind: &Kind) {
        match kind {
            Kind::Drop(_) => self.signals.push_back(Signal::Dropped { node: node.to_owned() }),
            Kind::KillExecutor(_) => self.signals.push_back(Signal::ExecutorKilled),
            Kind::KillNode(_) => self.kill(node),
            Kind::Reboot(_) => self.reboot(node),
            _ => {}
        }
    }

    fn strike_later(&mut self, milliseconds: u64, node: &str, kind: &Kind) {
        let at = self.now + milliseconds;
        let due = crate::world::Due::Fault { node: node.to_owned(), kind: kind.clone() };
        self.schedule(at, due);
    }

    pub(crate) fn struck(&mut self, node: &str, kind: &Kind) {
        self.strike_now(node, kind);
    }
}

//! Waiting until something is so: a gate, an arrival, quiet or clean logs, the database's message.

use ctsup_core::NodeName;
use ctsup_core::action::{MOVED_TOGETHER, Wait};
use ctsup_core::reader::image_list::{self, Health, Status};
use ctsup_core::reader::logs::{self, Verdict};
use ctsup_core::reader::postgres::{self, Upgrade};
use ctsup_core::run::How;

use super::cluster::{closed, failed};
use super::{Carried, Hand, without_terminal};
use crate::clock::Clock;
use crate::transport::Transport;

impl<T: Transport, C: Clock> Hand<'_, T, C> {
    pub(super) async fn wait(&self, wait: &Wait) -> Carried<()> {
        match wait {
            Wait::Gate { nodes, on_both, on_one, tries, .. } => {
                self.wait_cluster(nodes, on_both, on_one, None, u32::from(*tries)).await
            }
            Wait::Arrived { node, nodes, on_both, on_one, .. } => {
                self.wait_cluster(nodes, on_both, on_one, Some(node), 0).await
            }
            Wait::CleanLogs { except, tail, .. } => {
                let found = match self.log_lines(*tail, except).await? {
                    Ok((_, errors)) => errors,
                    Err(why) => return self.fail("no-answer", None, &why).await,
                };
                if found.is_empty() {
                    self.done(How::Ran).await
                } else {
                    self.ask_to_judge(&found.join("\n")).await
                }
            }
            Wait::QuietLogs { except, quiet_s, tail, .. } => {
                self.wait_quiet(*tail, except, *quiet_s).await
            }
        }
    }

    /// Waits until the cluster is as the guide lists it, and both resources are on a node where one
    /// is named. Resources that failed are cleaned up, each a bounded number of times.
    async fn wait_cluster(
        &self,
        nodes: &[NodeName],
        on_both: &[String],
        on_one: &[String],
        at: Option<&NodeName>,
        tries: u32,
    ) -> Carried<()> {
        let names: Vec<String> = nodes.iter().map(|node| self.fqdn(node)).collect();
        let until = self.until(self.limit(900));
        let mut tried = self.was.part;
        if self.job_may_run() {
            self.job(tried, Vec::new()).await?;
        }
        loop {
            let seen = match self.cluster_at(self.node()?).await? {
                Err(why) => vec![why],
                Ok(cluster) => {
                    let mut all = closed(&cluster, &names, on_both, on_one);
                    if let Some(node) = at {
                        let fqdn = self.fqdn(node);
                        for name in MOVED_TOGETHER {
                            if cluster.active_node(name) != Ok(fqdn.as_str()) {
                                all.push(format!("{name}: not on {fqdn}"));
                            }
                        }
                    }
                    if all.is_empty() {
                        return self.done(How::Ran).await;
                    }
                    let bad = failed(&cluster);
                    if !bad.is_empty() && tried < tries {
                        tried += 1;
                        let clean = |name| format!("pcs resource cleanup {name}");
                        self.job(tried, bad.iter().map(clean).collect()).await?;
                    }
                    all
                }
            };
            let seen = seen.join("; ");
            self.seen(&seen);
            if self.past(until) {
                return self.fail("limit", None, &seen).await;
            }
            self.pause().await;
        }
    }

    /// The log's lines without those of the containers left out, and those that tell of errors.
    async fn log_lines(
        &self,
        tail: u16,
        except: &[String],
    ) -> Carried<Result<(Vec<String>, Vec<String>), String>> {
        let command = format!("dpl --dc logs --tail={tail}");
        let answer = match self.look(&command, self.look_limit()).await? {
            Ok(answer) if answer.code == 0 => answer,
            Ok(answer) => return Ok(Err(format!("exit {}: {}", answer.code, answer.err_text()))),
            Err(failure) => return Ok(Err(failure.seen())),
        };
        let (mut lines, mut errors) = (Vec::new(), Vec::new());
        for line in logs::read(&answer.out_text()) {
            let service = line.source.as_ref().map(|source| source.service.as_str());
            if service.is_some_and(|service| except.iter().any(|name| name == service)) {
                continue;
            }
            let whole = format!("{}| {}", service.unwrap_or_default(), line.text);
            if self.manner.logs.judge(&line) == Verdict::Error {
                errors.push(whole.clone());
            }
            lines.push(whole);
        }
        Ok(Ok((lines, errors)))
    }

    /// K16: the containers are stable, their output rests, and no line tells of an error. Errors
    /// are for a person to judge; so is a log that never rests.
    async fn wait_quiet(&self, tail: u16, except: &[String], quiet_s: u32) -> Carried<()> {
        let until = self.until(self.limit(1800));
        let mut before: Vec<String> = Vec::new();
        let quiet = std::time::Duration::from_secs(quiet_s.into());
        let mut quiet_at = self.until(quiet);
        loop {
            let unstable = self.unstable().await?;
            let (lines, errors) = match self.log_lines(tail, except).await? {
                Ok(read) => read,
                Err(why) => (vec![why.clone()], vec![why]),
            };
            // compose prints the ends of several logs as they come: the same lines in another order
            // are the same logs.
            let last = lines.last().cloned().unwrap_or_default();
            let mut lines = lines;
            lines.sort();
            if lines != before || unstable.is_some() {
                before = lines;
                quiet_at = self.until(quiet);
            }
            let seen = match (&unstable, errors.is_empty()) {
                (Some(why), _) => why.clone(),
                (None, false) => errors.join("\n"),
                // What still comes: the last line, in whatever language the site speaks.
                (None, true) => last,
            };
            if self.past(quiet_at) {
                if errors.is_empty() {
                    return self.done(How::Ran).await;
                }
                return self.ask_to_judge(&seen).await;
            }
            self.seen(&seen);
            if self.past(until) {
                return self.ask_to_judge(&seen).await;
            }
            self.pause().await;
        }
    }

    /// A container that restarts, is unhealthy or not decided yet.
    async fn unstable(&self) -> Carried<Option<String>> {
        let answer = match self.look("docker ps -a --no-trunc", self.look_limit()).await? {
            Ok(answer) => answer,
            Err(failure) => return Ok(Some(failure.seen())),
        };
        let list = match image_list::read(&answer.out_text()) {
            Ok(list) => list,
            Err(error) => return Ok(Some(error.to_string())),
        };
        let bad = list.containers.iter().find(|container| {
            matches!(
                container.status,
                Status::Restarting { .. }
                    | Status::Dead
                    | Status::Up { health: Health::Starting | Health::Unhealthy, .. }
            )
        });
        Ok(bad.map(|c| format!("{}: {:?}", c.name.clone().unwrap_or_default(), c.status)))
    }

    /// Invariant 14: the exact message, and the new version in `PG_VERSION`.
    pub(super) async fn wait_upgraded(&self, version: &str) -> Carried<()> {
        let until = self.until(self.limit(6 * 3600));
        let reads = self.step().commands.last().map(|command| without_terminal(command));
        let reads = reads.unwrap_or_default();
        loop {
            let log = self.look("dpl --dc logs --tail=200 postgres", self.look_limit()).await?;
            let text = log.map(|answer| answer.out_text()).unwrap_or_default();
            let announced = postgres::read_upgrade_log(&text);
            let mut seen = text.lines().next_back().unwrap_or_default().to_owned();
            if announced.last().is_some_and(|last| last.upgrade == Upgrade::Done) {
                let answer = self.look(&reads, self.look_limit()).await?;
                let read = answer.map(|answer| answer.out_text()).unwrap_or_default();
                match postgres::read_version(&read) {
                    Ok(found) if found.to_string() == version => return self.done(How::Ran).await,
                    Ok(found) => seen = format!("PG_VERSION {found}"),
                    Err(error) => seen = error.to_string(),
                }
            }
            self.seen(&seen);
            if self.past(until) {
                return self.fail("limit", None, &seen).await;
            }
            self.pause().await;
        }
    }
}

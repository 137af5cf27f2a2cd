//! Waiting until something is so: a gate, an arrival, quiet or clean logs, the database's message.

use ctsup_core::NodeName;
use ctsup_core::action::{MOVED_TOGETHER, Wait, pcs};
use ctsup_core::reader::image_list::{self, Health, Status};
use ctsup_core::reader::logs::{self, Verdict};
use ctsup_core::reader::postgres::{self, Upgrade};
use ctsup_core::run::{How, Seen, Trouble, Unstable};

use super::cluster::{closed, failed};
use super::{Carried, Hand};
use crate::clock::Clock;
use crate::transport::Transport;

/// What lists containers, whole.
const LIST: &str = "docker ps -a --no-trunc";

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
                                all.push(
                                    Seen::Cluster(Trouble::NotOn, name.to_owned(), fqdn.clone())
                                        .to_string(),
                                );
                            }
                        }
                    }
                    if all.is_empty() {
                        return self.done(How::Ran).await;
                    }
                    let bad = failed(&cluster);
                    if !bad.is_empty() && tried < tries {
                        tried += 1;
                        let clean = bad.iter().map(|name| pcs::clean_up(name)).collect();
                        self.job(tried, clean).await?;
                    }
                    all
                }
            };
            let seen = seen.join("\n");
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
            // Its end is what matters.
            Ok(answer) if answer.cut => {
                let why = Seen::Unreadable(command, "> 8 MiB".to_owned());
                return Ok(Err(why.to_string()));
            }
            Ok(answer) if answer.code == 0 => answer,
            Ok(answer) => {
                return Ok(Err(Seen::Exit(answer.code, answer.err_text()).to_string()));
            }
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
        let answer = match self.look(LIST, self.look_limit()).await? {
            Ok(answer) => answer,
            Err(failure) => return Ok(Some(failure.seen())),
        };
        let list = match image_list::read(&answer.out_text()) {
            Ok(list) => list,
            Err(error) => {
                return Ok(Some(Seen::Unreadable(LIST.to_owned(), error.to_string()).to_string()));
            }
        };
        Ok(list.containers.iter().find_map(|container| {
            let how = match container.status {
                Status::Restarting { .. } => Unstable::Restarting,
                Status::Dead => Unstable::Dead,
                Status::Up { health: Health::Starting, .. } => Unstable::Starting,
                Status::Up { health: Health::Unhealthy, .. } => Unstable::Unhealthy,
                _ => return None,
            };
            let name = container.name.clone().unwrap_or_default();
            Some(Seen::Container(name, how).to_string())
        }))
    }

    /// Invariant 14: the exact message, and the new version in `PG_VERSION`.
    pub(super) async fn wait_upgraded(&self, reads: &str, version: &str) -> Carried<()> {
        let until = self.until(self.limit(6 * 3600));
        loop {
            let log = self.look("dpl --dc logs --tail=200 postgres", self.look_limit()).await?;
            let text = log.map(|answer| answer.out_text()).unwrap_or_default();
            let announced = postgres::read_upgrade_log(&text);
            let mut seen = text.lines().next_back().unwrap_or_default().to_owned();
            if announced.last().is_some_and(|last| last.upgrade == Upgrade::Done) {
                let answer = self.look(reads, self.look_limit()).await?;
                let read = answer.map(|answer| answer.out_text()).unwrap_or_default();
                match postgres::read_version(&read) {
                    Ok(found) if found.to_string() == version => return self.done(How::Ran).await,
                    Ok(found) => seen = format!("PG_VERSION {found}"),
                    Err(error) => {
                        let said = format!("{error} {}", read.trim());
                        seen = Seen::Unreadable("PG_VERSION".to_owned(), said).to_string();
                    }
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

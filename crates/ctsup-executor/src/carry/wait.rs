//! Waiting until something is so: a gate, an arrival, quiet or clean logs, the database's message.

use std::collections::BTreeSet;

use ctsup_core::action::{MOVED_TOGETHER, Wait, pcs};
use ctsup_core::reader::image_list::{self, Container, Health, ImageList, Status};
use ctsup_core::reader::logs::{self, Verdict};
use ctsup_core::reader::postgres::{self, Upgrade};
use ctsup_core::run::{How, Seen, Trouble, Unstable};
use ctsup_core::{Atom, Condition, NodeName};

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
            Wait::CleanLogs { except, stack, tail, .. } => {
                let Logs { errors: found, services, .. } =
                    match self.log_lines(*tail, except).await? {
                        Ok(logs) => logs,
                        Err(why) => return self.fail("no-answer", None, &why).await,
                    };
                // What is stopped has no errors either.
                let list = match self.containers().await? {
                    Ok(list) => list,
                    Err(why) => return self.fail("no-answer", None, &why).await,
                };
                if let Some(name) = stopped(&list, stack.app.project(), &services) {
                    let seen = Seen::Container(name, Unstable::Stopped).to_string();
                    let need = Condition { atom: Atom::Running(stack.clone()), holds: true };
                    return self.fell(&need, &seen).await;
                }
                if found.is_empty() {
                    self.done(How::Ran).await
                } else {
                    self.ask_to_judge(&found.join("\n")).await
                }
            }
            Wait::QuietLogs { except, quiet_s, stack, tail, .. } => {
                self.wait_quiet(*tail, except, *quiet_s, stack.app.project()).await
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
    async fn log_lines(&self, tail: u16, except: &[String]) -> Carried<Result<Logs, String>> {
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
        let Logs { mut lines, mut errors, mut services } = Logs::default();
        for line in logs::read(&answer.out_text()) {
            let service = line.source.as_ref().map(|source| source.service.as_str());
            services.extend(service.map(str::to_owned));
            if service.is_some_and(|service| except.iter().any(|name| name == service)) {
                continue;
            }
            let whole = format!("{}| {}", service.unwrap_or_default(), line.text);
            if self.manner.logs.judge(&line) == Verdict::Error {
                errors.push(whole.clone());
            }
            lines.push(whole);
        }
        Ok(Ok(Logs { errors, lines, services }))
    }

    /// K16: the containers are stable, their output rests, and no line tells of an error. Errors
    /// are for a person to judge; so is a log that never rests.
    async fn wait_quiet(
        &self,
        tail: u16,
        except: &[String],
        quiet_s: u32,
        project: &str,
    ) -> Carried<()> {
        let until = self.until(self.limit(1800));
        let mut before: Vec<String> = Vec::new();
        let quiet = std::time::Duration::from_secs(quiet_s.into());
        let mut quiet_at = self.until(quiet);
        loop {
            let Logs { lines, errors, services } = match self.log_lines(tail, except).await? {
                Ok(read) => read,
                Err(why) => Logs { lines: vec![why.clone()], errors: vec![why], ..Logs::default() },
            };
            let unstable = match self.containers().await? {
                Ok(list) => unstable(&list).or_else(|| {
                    let name = stopped(&list, project, &services)?;
                    Some(Seen::Container(name, Unstable::Stopped).to_string())
                }),
                Err(why) => Some(why),
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

    /// The node's containers, or why they can't be told.
    async fn containers(&self) -> Carried<Result<ImageList, String>> {
        let answer = match self.look(LIST, self.look_limit()).await? {
            Ok(answer) => answer,
            Err(failure) => return Ok(Err(failure.seen())),
        };
        Ok(image_list::read(&answer.out_text())
            .map_err(|error| Seen::Unreadable(LIST.to_owned(), error.to_string()).to_string()))
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

/// What the logs of a directory tell.
#[derive(Default)]
struct Logs {
    /// The lines that tell of errors.
    errors: Vec<String>,
    /// All lines, but those of the containers left out.
    lines: Vec<String>,
    /// The services that have a log at all.
    services: BTreeSet<String>,
}

/// A container that restarts, is unhealthy or not decided yet.
fn unstable(list: &ImageList) -> Option<String> {
    list.containers.iter().find_map(|container| {
        let how = match container.status {
            Status::Restarting { .. } => Unstable::Restarting,
            Status::Dead => Unstable::Dead,
            Status::Up { health: Health::Starting, .. } => Unstable::Starting,
            Status::Up { health: Health::Unhealthy, .. } => Unstable::Unhealthy,
            _ => return None,
        };
        let name = container.name.clone().unwrap_or_default();
        Some(Seen::Container(name, how).to_string())
    })
}

/// One of a project's containers where none of them is up: a log that rests may be that of a service
/// that is stopped. Where the site calls its project otherwise, its containers are those of the
/// services that have a log.
fn stopped(list: &ImageList, project: &str, services: &BTreeSet<String>) -> Option<String> {
    let numbered = |container: &&Container| {
        let name = container.name.as_deref().unwrap_or_default();
        let bare = name.trim_end_matches(|c: char| c.is_ascii_digit());
        let of = |service: &String| {
            ["_", "-"].iter().any(|s| bare.ends_with(&format!("{s}{service}{s}")))
        };
        services.iter().any(of)
    };
    let of_project = |container: &&Container| container.service(project).is_some();
    let mut own: Vec<_> = list.containers.iter().filter(of_project).collect();
    if own.is_empty() {
        own = list.containers.iter().filter(numbered).collect();
    }
    let up = |container: &&Container| {
        matches!(container.status, Status::Up { .. } | Status::Restarting { .. })
    };
    if own.iter().any(up) {
        return None;
    }
    own.first().map(|container| container.name.clone().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use ctsup_core::reader::image_list;

    use super::stopped;

    /// As `docker ps -a` of a node shows two projects, the second stopped.
    const LIST: &str = "\
CONTAINER ID   IMAGE              COMMAND   CREATED      STATUS                     PORTS     NAMES
d7f893067461   reg/x/redis:2.5.7  \"run\"     2 days ago   Up 2 minutes                         express_redis_1
d7f893067462   reg/x/janus:2.5.7  \"run\"     2 days ago   Exited (0) 2 minutes ago             express-voice_janus_1
";

    #[test]
    fn what_is_stopped_is_not_quiet() {
        let list = image_list::read(LIST).expect("a list");
        let services = |all: &[&str]| all.iter().map(|s| (*s).to_owned()).collect::<BTreeSet<_>>();
        let told = |project: &str, all: &[&str]| stopped(&list, project, &services(all));
        // A site that calls its projects as the directories are called.
        assert_eq!(told("voex", &["janus"]), Some("express-voice_janus_1".to_owned()));
        assert_eq!(told("cts", &["redis"]), None);
        // One that calls them as the guide does.
        assert_eq!(told("express-voice", &[]), Some("express-voice_janus_1".to_owned()));
        assert_eq!(told("express", &[]), None);
        // Where neither is known nothing is said.
        assert_eq!(told("voex", &[]), None);
    }
}

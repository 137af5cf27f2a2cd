//! Pacemaker: where the resources are, moving both of them, seeing that they arrived.

use ctsup_core::NodeName;
use ctsup_core::action::{MOVED_TOGETHER, pcs};
use ctsup_core::reader::cluster::{self, Cluster, Contradiction, Unsettled};
use ctsup_core::run::{How, Seen, Trouble};

use super::{Carried, Gone, Hand};
use crate::clock::Clock;
use crate::transport::{Answer, Look, SHORT, Transport};

/// What a cluster is asked with: an older pcs has no XML.
const STATUS: [&str; 2] = ["pcs status xml", "pcs status"];

fn read(command: &str, answer: &Answer) -> Result<Cluster, String> {
    let read = cluster::read(&answer.out_text());
    read.map_err(|error| {
        let said = answer.err_text();
        let said = if said.trim().is_empty() { error.to_string() } else { said };
        Seen::Unreadable(command.to_owned(), said).to_string()
    })
}

impl<T: Transport, C: Clock> Hand<'_, T, C> {
    /// The cluster as a node sees it, or why it can't be said: XML where pcs has it, else text.
    pub(super) async fn cluster_at(&self, node: &NodeName) -> Carried<Result<Cluster, String>> {
        let mut why = String::new();
        for command in STATUS {
            match self.look_at(node, &Look::new(command, SHORT)).await? {
                Ok(answer) => match read(command, &answer) {
                    Ok(cluster) => return Ok(Ok(cluster)),
                    Err(unread) => why = unread,
                },
                // A second question would hang as well.
                Err(failure) => return Ok(Err(failure.seen())),
            }
        }
        Ok(Err(why))
    }

    /// The same by one look each, which never ends the step.
    pub(super) async fn cluster_once(&self, node: &NodeName) -> Result<Cluster, String> {
        let mut why = String::new();
        for command in STATUS {
            let answer = self.way.look(node, &Look::new(command, SHORT)).await;
            let answer = answer.map_err(|failure| failure.seen())?;
            match read(command, &answer) {
                Ok(cluster) => return Ok(cluster),
                // A person may make sense of it.
                Err(unread) => why = format!("{unread}\n{}", answer.out_text()),
            }
        }
        Err(why)
    }

    /// The node where `dockerd` runs, by its name in Pacemaker, as another node sees it.
    pub(super) async fn active_at(&self, node: &NodeName) -> Carried<Result<String, String>> {
        Ok(self.cluster_at(node).await?.and_then(|cluster| {
            let active = cluster.active_node("dockerd");
            active.map(str::to_owned).map_err(|why| unsettled("dockerd", &why))
        }))
    }

    pub(super) async fn see_active(&self, expects: &NodeName) -> Carried<()> {
        let fqdn = self.fqdn(expects);
        match self.active_at(self.node()?).await? {
            Ok(active) if active == fqdn => self.done(How::Ran).await,
            Ok(active) => self.fail("active-elsewhere", None, &active).await,
            Err(unsettled) => self.fail("active-unsettled", None, &unsettled).await,
        }
    }

    /// Where each of the two resources is.
    pub(super) async fn both(&self) -> Carried<Result<[Option<String>; 2], String>> {
        let cluster = match self.cluster_at(self.node()?).await? {
            Ok(cluster) => cluster,
            Err(why) => return Ok(Err(why)),
        };
        Ok(Ok(MOVED_TOGETHER.map(|name| cluster.active_node(name).ok().map(str::to_owned))))
    }

    /// Moves what is not there yet: where both are tied together the second has moved with the
    /// first, and moving what is there fails and leaves a constraint (invariant 25).
    pub(super) async fn move_resources(&self, to: &str) -> Carried<()> {
        let mut sent = self.was.part > 0;
        for (index, name) in MOVED_TOGETHER.into_iter().enumerate() {
            let part = u32::try_from(index).unwrap_or(0) + 1;
            // What an earlier process sent comes first; only then is looking worth anything.
            if part > self.was.part {
                if self.is_there(index, to).await? {
                    continue;
                }
                if let Some(why) = self.not_usable(to).await? {
                    return self.fail("target-not-usable", None, &why).await;
                }
            }
            sent = true;
            let ended = self.job(part, vec![pcs::move_to(name, to)]).await?;
            if ended.code != 0 {
                return self.fail("move-failed", Some(ended.code), &ended.tail).await;
            }
        }
        let how = if sent { How::Ran } else { How::Found };
        // pcs before 0.11 returns at once: seeing both there is part of the move.
        let until = self.until(self.limit(600));
        loop {
            let seen = match self.both().await? {
                Ok(both) if both.iter().all(|at| at.as_deref() == Some(to)) => {
                    return self.done(how).await;
                }
                Ok(both) => places(&both),
                Err(why) => why,
            };
            self.seen(&seen);
            if self.past(until) {
                return self.fail("not-arrived", None, &seen).await;
            }
            self.pause().await;
        }
    }

    async fn is_there(&self, index: usize, to: &str) -> Carried<bool> {
        match self.both().await? {
            Ok(both) => Ok(both[index].as_deref() == Some(to)),
            Err(why) => {
                self.fail("cluster-unreadable", None, &why).await?;
                Err(Gone)
            }
        }
    }

    /// Why nothing may be moved to a node (invariant 7).
    async fn not_usable(&self, to: &str) -> Carried<Option<String>> {
        Ok(match self.cluster_at(self.node()?).await? {
            Err(why) => Some(why),
            Ok(cluster) => match cluster.node(to) {
                // Pacemaker starts nothing where a start has failed until that is forgotten: the move
                // would fail, and leave its constraint.
                Some(node) if node.is_usable() => cluster
                    .failures
                    .iter()
                    .find(|f| {
                        f.task == "start" && f.node == to && MOVED_TOGETHER.contains(&&*f.resource)
                    })
                    .map(|f| Seen::FailedStart(f.resource.clone(), to.to_owned()).to_string()),
                Some(node) => Some(of_node(state_of(node), to)),
                None => Some(of_node(Trouble::Absent, to)),
            },
        })
    }
}

/// Where the two resources are.
pub(super) fn places<S: AsRef<str>>(both: &[Option<S>; 2]) -> String {
    let [one, other] = both;
    let place = |at: &Option<S>| at.as_ref().map(|at| at.as_ref().to_owned()).unwrap_or_default();
    Seen::Places([place(one), place(other)]).to_string()
}

fn of_node(trouble: Trouble, node: &str) -> String {
    Seen::Cluster(trouble, node.to_owned(), String::new()).to_string()
}

/// Why it can't be said where a resource runs.
fn unsettled(name: &str, why: &Unsettled) -> String {
    Seen::unsettled(name, why).to_string()
}

/// What can't be true, so that nothing else is believed either.
fn contradiction(found: Contradiction) -> String {
    let (trouble, name, at) = match found {
        Contradiction::DcOffline { node } => (Trouble::CoordinatorOffline, node, String::new()),
        Contradiction::RunsOffline { resource, node }
        | Contradiction::RunsNowhereKnown { resource, node } => {
            (Trouble::RunsOffline, resource, node)
        }
    };
    Seen::Cluster(trouble, name, at).to_string()
}

/// What keeps a cluster's gate closed: nothing, when it is as the guide lists it.
pub(super) fn closed(
    cluster: &Cluster,
    nodes: &[String],
    on_both: &[String],
    on_one: &[String],
) -> Vec<String> {
    let mut all = unfit(cluster, nodes, on_one);
    for name in on_both {
        let runs = cluster.runs_on(name);
        let missing = nodes.iter().filter(|node| !runs.contains(&node.as_str()));
        all.extend(missing.map(|node| {
            Seen::Cluster(Trouble::NotStarted, name.clone(), node.clone()).to_string()
        }));
    }
    let listed = |id: &str| on_both.iter().chain(on_one).any(|name| name == id);
    for resource in cluster.resources.iter().filter(|r| r.failed || r.blocked) {
        if !listed(&resource.id) {
            all.push(unsettled(&resource.id, &Unsettled::Failed));
        }
    }
    all
}

/// Why a cluster can't be worked with at all: its nodes, its quorum, what runs on one node.
pub(super) fn unfit(cluster: &Cluster, nodes: &[String], on_one: &[String]) -> Vec<String> {
    let mut all: Vec<String> = cluster.contradictions().into_iter().map(contradiction).collect();
    if cluster.maintenance_mode == Some(true) {
        all.push(of_node(Trouble::Maintenance, ""));
    }
    if cluster.quorum == Some(false) {
        all.push(of_node(Trouble::NoQuorum, ""));
    }
    for name in nodes {
        match cluster.node(name) {
            Some(node) if node.is_usable() => {}
            Some(node) => all.push(of_node(state_of(node), name)),
            None => all.push(of_node(Trouble::Absent, name)),
        }
    }
    for name in on_one {
        if let Err(why) = cluster.active_node(name) {
            all.push(unsettled(name, &why));
        }
    }
    // The address on one node and the services on the other: nobody is served, and a move that failed
    // half way is not over.
    all.extend(cluster.apart().map(|both| places(&both.map(Some))));
    all
}

fn state_of(node: &cluster::Node) -> Trouble {
    match () {
        () if !node.online => Trouble::Offline,
        () if node.unclean => Trouble::Unclean,
        () if node.standby || node.standby_on_fail => Trouble::Standby,
        () if node.maintenance => Trouble::NodeMaintenance,
        () if node.pending => Trouble::Pending,
        () => Trouble::ShuttingDown,
    }
}

/// Resources that failed, by the name that a cleanup takes.
pub(super) fn failed(cluster: &Cluster) -> Vec<String> {
    let mut all: Vec<String> = cluster
        .resources
        .iter()
        .filter(|resource| resource.failed)
        .map(|resource| resource.clone.clone().unwrap_or_else(|| resource.id.clone()))
        .collect();
    all.sort();
    all.dedup();
    all
}

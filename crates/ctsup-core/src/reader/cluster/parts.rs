//! What a cluster consists of, and the few words that tell its parts' states.

/// The cluster's own counts of resource instances.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Stopped on purpose.
    pub disabled: u32,
    /// Not mended by the cluster after a failure.
    pub blocked: u32,
}

/// A node as the cluster sees it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Node {
    /// Its name in Pacemaker, which is the one that commands accept.
    pub name: String,
    /// Not a member but a remote or guest node.
    pub is_remote: bool,
    /// Takes part in the cluster.
    pub online: bool,
    /// Put aside by a person.
    pub standby: bool,
    /// Put aside because a resource with `on-fail=standby` failed.
    pub standby_on_fail: bool,
    /// Its resources are left alone.
    pub maintenance: bool,
    /// On its way into the cluster.
    pub pending: bool,
    /// In need of fencing: nobody knows what it runs.
    pub unclean: bool,
    /// On its way out of the cluster; text does not tell.
    pub shutdown: bool,
}

impl Node {
    /// Whether resources may be moved here: online and in none of the states that stand against it.
    pub fn is_usable(&self) -> bool {
        let aside = self.standby || self.standby_on_fail || self.maintenance;
        self.online && !aside && !self.pending && !self.unclean && !self.shutdown
    }
}

/// One instance of a resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resource {
    /// Its exact name.
    pub id: String,
    /// The clone or bundle it is an instance of.
    pub clone: Option<String>,
    /// The group it belongs to.
    pub group: Option<String>,
    /// `systemd:docker`, `ocf:heartbeat:IPaddr2`, …
    pub agent: String,
    /// What it does now.
    pub role: Role,
    /// Runs, well or not.
    pub active: bool,
    /// Looked after by the cluster.
    pub managed: bool,
    /// Its last action failed.
    pub failed: bool,
    /// Failed in a way that the cluster does not mend by itself.
    pub blocked: bool,
    /// No longer configured, and still there.
    pub orphaned: bool,
    /// Stopped on purpose (`target-role=Stopped`), unlike one that a failure stopped.
    pub disabled: bool,
    /// Where it is; more than one node for one instance means trouble.
    pub nodes: Vec<String>,
}

/// What a resource does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Role {
    /// Runs.
    Started,
    /// Runs, as the leading instance (Master).
    Promoted,
    /// Runs, as a following instance (Slave).
    Unpromoted,
    /// Does not run.
    Stopped,
    /// Is being started, and does not run yet.
    Starting,
    /// Is being stopped.
    Stopping,
    /// Any other word (`Migrating`, `Promoting`, …): between two states.
    Other(String),
}

impl Role {
    pub(super) fn read(word: &str) -> Self {
        match word {
            "Started" => Self::Started,
            "Promoted" | "Master" => Self::Promoted,
            "Unpromoted" | "Slave" => Self::Unpromoted,
            "Stopped" => Self::Stopped,
            "Starting" => Self::Starting,
            "Stopping" => Self::Stopping,
            other => Self::Other(other.to_owned()),
        }
    }

    /// Whether a resource in this role runs.
    pub fn is_running(&self) -> bool {
        matches!(self, Self::Started | Self::Promoted | Self::Unpromoted)
    }
}

/// A failed action.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// The resource it was for.
    pub resource: String,
    /// `start`, `monitor`, …
    pub task: String,
    /// Where.
    pub node: String,
    /// Whatever else was printed of it, for a person.
    pub detail: String,
}

/// A constraint that keeps a resource off a node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ban {
    /// Its id; `cli-ban-…` when a command made it.
    pub id: String,
    /// The resource.
    pub resource: String,
    /// The node.
    pub node: String,
}

/// Resource and task of an operation key: `vmfence_start_0`, `db_migrate_to_0`.
pub(super) fn split_operation(key: &str) -> Option<(&str, &str)> {
    const TASKS: [&str; 9] = [
        "start",
        "stop",
        "monitor",
        "promote",
        "demote",
        "notify",
        "migrate_to",
        "migrate_from",
        "reload",
    ];
    let (left, interval) = key.rsplit_once('_')?;
    let is_number = !interval.is_empty() && interval.bytes().all(|b| b.is_ascii_digit());
    let task = TASKS.iter().find(|task| {
        left.strip_suffix(*task)
            .is_some_and(|resource| resource.len() > 1 && resource.ends_with('_'))
    })?;
    let resource = left.strip_suffix(task)?.strip_suffix('_')?;
    is_number.then_some((resource, task))
}

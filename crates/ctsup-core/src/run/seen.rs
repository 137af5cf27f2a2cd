//! What ctsup itself says was seen, where nothing on a node printed it. In events it is a code with its
//! arguments, as everything that core says; the words are those of each reader's language.

use std::fmt;

use crate::name::NodeName;
use crate::named::named;
use crate::reader::cluster::Unsettled;

/// Something seen that no node printed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Seen {
    /// The node booted.
    Booted(NodeName),
    /// ctsup did not look or do it; the commands below are for a person to type.
    ByHand(NotLooked),
    /// Another job runs on the node, by its name there.
    Busy(String),
    /// Somebody changed the file between reading and writing.
    ChangedMeanwhile,
    /// What keeps a cluster from being worked with: a resource or a node, and where.
    Cluster(Trouble, String, String),
    /// A container that is not stable: its name, and how it stands.
    Container(String, Unstable),
    /// An edit of settings is not beyond doubt: the line and the column, 0 where there are none.
    EditRefused(Refused, u64, u64),
    /// A look ended with this exit code and said something.
    Exit(i32, String),
    /// The resource could not be started on the node, and Pacemaker has not forgotten it.
    FailedStart(String, String),
    /// The node answered something that no script of ours prints.
    Garbled(NodeName, String),
    /// The connection broke; what ssh said.
    Lost(NodeName, String),
    /// The commands never arrived.
    NeverArrived,
    /// No container of the project is there: it may run or not.
    NoContainers(String),
    /// The directory is not there.
    NoDirectory(String),
    /// docker does not run there, so what only it knows is not to be had.
    NoDocker,
    /// A copy does not fit: bytes needed, bytes free.
    NoRoom(u64, u64),
    /// The node did not answer within so many seconds.
    NotAnswered(NodeName, u64),
    /// The lock on the node has another generation; 0 where there is none.
    NotOurs(u64),
    /// The file is no UTF-8.
    NotText,
    /// Of a project's containers some do not run: the project, how many of how many, which.
    PartlyDown(String, String, String),
    /// Where the two resources that move together are; empty where it is not settled.
    Places([String; 2]),
    /// The answer of a command can't be read: the command, and what it said.
    Unreadable(String, String),
    /// The node can't be reached: the obstacle's code, and what ssh said.
    Unreachable(NodeName, &'static str, String),
}

named! {
    /// Why ctsup leaves it to a person to type commands.
    NotLooked;
    /// It is not typed on a server.
    Elsewhere = "elsewhere";
    /// It asks for a password that nobody can type here.
    Password = "password";
    /// It wants a terminal or an editor.
    Terminal = "terminal";
}

named! {
    /// What is the matter with a resource or a node of a cluster.
    Trouble;
    /// The node is not in the cluster.
    Absent = "absent";
    /// The coordinator is said to be offline.
    CoordinatorOffline = "coordinator-offline";
    /// The resource failed or is blocked.
    Failed = "failed";
    /// The resource is between two states.
    InTransition = "in-transition";
    /// The whole cluster is in maintenance.
    Maintenance = "maintenance";
    /// The cluster has no quorum.
    NoQuorum = "no-quorum";
    /// The node is in maintenance.
    NodeMaintenance = "node-maintenance";
    /// The resource is not on the node.
    NotOn = "not-on";
    /// The resource is not started on the node.
    NotStarted = "not-started";
    /// The resource runs nowhere.
    Nowhere = "nowhere";
    /// The node is offline.
    Offline = "offline";
    /// The node is joining.
    Pending = "pending";
    /// The resource is said to run on a node that is offline.
    RunsOffline = "runs-offline";
    /// The resource runs on several nodes.
    Several = "several";
    /// The node is shutting down.
    ShuttingDown = "shutting-down";
    /// The node is in standby.
    Standby = "standby";
    /// The node is unclean.
    Unclean = "unclean";
    /// There is no such resource.
    Unknown = "unknown";
    /// The node on which the resource is said to run can't be believed.
    Unreliable = "unreliable";
}

named! {
    /// Why a container is not stable.
    Unstable;
    /// docker has given up on it.
    Dead = "dead";
    /// It restarts all the time.
    Restarting = "restarting";
    /// Its health check has not decided yet.
    Starting = "starting";
    /// Its health check says no.
    Unhealthy = "unhealthy";
}

named! {
    /// Why an edit of settings is not made.
    Refused;
    /// `images` is there and is no mapping.
    NoMapping = "no-mapping";
    /// The file is no YAML mapping, or has a key twice.
    Unreadable = "unreadable";
    /// The edit would change more than it should.
    Unsafe = "unsafe";
}

/// What a line begins with that is ours. Old journals have it, so it stays.
const OURS: &str = "ctsup:";

impl Seen {
    /// All codes; each has words.
    pub const CODES: [&str; 23] = [
        "booted",
        "by-hand",
        "busy",
        "changed-meanwhile",
        "cluster",
        "container",
        "edit-refused",
        "exit",
        "failed-start",
        "garbled",
        "lost",
        "never-arrived",
        "no-containers",
        "no-directory",
        "no-docker",
        "no-room",
        "not-answered",
        "not-ours",
        "not-text",
        "partly-down",
        "places",
        "unreadable",
        "unreachable",
    ];

    /// Why nobody can say where a resource of a cluster runs.
    #[must_use]
    pub fn unsettled(resource: &str, why: &Unsettled) -> Self {
        let (trouble, at) = match why {
            Unsettled::Unknown => (Trouble::Unknown, String::new()),
            Unsettled::Nowhere => (Trouble::Nowhere, String::new()),
            Unsettled::Several { nodes } => (Trouble::Several, nodes.join(", ")),
            Unsettled::InTransition { .. } => (Trouble::InTransition, String::new()),
            Unsettled::Failed => (Trouble::Failed, String::new()),
            Unsettled::Unreliable { node } => (Trouble::Unreliable, node.clone()),
        };
        Self::Cluster(trouble, resource.to_owned(), at)
    }

    fn parts(&self) -> (&'static str, Vec<String>) {
        match self {
            Self::Booted(node) => ("booted", vec![node.to_string()]),
            Self::ByHand(why) => ("by-hand", vec![why.as_str().to_owned()]),
            Self::Cluster(trouble, what, at) => {
                ("cluster", vec![trouble.as_str().to_owned(), what.clone(), at.clone()])
            }
            Self::Container(name, how) => {
                ("container", vec![name.clone(), how.as_str().to_owned()])
            }
            Self::EditRefused(why, line, column) => {
                let parts = vec![why.as_str().to_owned(), line.to_string(), column.to_string()];
                ("edit-refused", parts)
            }
            Self::Exit(code, text) => ("exit", vec![code.to_string(), text.clone()]),
            Self::Places([one, other]) => ("places", vec![one.clone(), other.clone()]),
            Self::Unreadable(command, text) => ("unreadable", vec![command.clone(), text.clone()]),
            Self::Busy(job) => ("busy", vec![job.clone()]),
            Self::ChangedMeanwhile => ("changed-meanwhile", Vec::new()),
            Self::FailedStart(resource, node) => {
                ("failed-start", vec![resource.clone(), node.clone()])
            }
            Self::Garbled(node, text) => ("garbled", vec![node.to_string(), text.clone()]),
            Self::Lost(node, text) => ("lost", vec![node.to_string(), text.clone()]),
            Self::NeverArrived => ("never-arrived", Vec::new()),
            Self::NoContainers(project) => ("no-containers", vec![project.clone()]),
            Self::NoDirectory(path) => ("no-directory", vec![path.clone()]),
            Self::NoDocker => ("no-docker", Vec::new()),
            Self::NoRoom(needed, free) => ("no-room", vec![needed.to_string(), free.to_string()]),
            Self::NotAnswered(node, seconds) => {
                ("not-answered", vec![node.to_string(), seconds.to_string()])
            }
            Self::NotOurs(generation) => ("not-ours", vec![generation.to_string()]),
            Self::NotText => ("not-text", Vec::new()),
            Self::PartlyDown(project, count, which) => {
                ("partly-down", vec![project.clone(), count.clone(), which.clone()])
            }
            Self::Unreachable(node, why, text) => {
                ("unreachable", vec![node.to_string(), (*why).to_owned(), text.clone()])
            }
        }
    }
}

impl fmt::Display for Seen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (code, args) = self.parts();
        write!(f, "{OURS}{code}")?;
        for arg in args {
            // Arguments end at a tab, and what was seen at the line's end.
            let one: Vec<&str> = arg.split(['\t', '\n', '\r']).collect();
            write!(f, "\t{}", one.join(" ").trim())?;
        }
        Ok(())
    }
}

/// A line's code and arguments, where it is one of ours.
#[must_use]
pub fn code_of(line: &str) -> Option<(&'static str, Vec<&str>)> {
    let mut parts = line.strip_prefix(OURS)?.split('\t');
    let code = parts.next()?;
    let code = Seen::CODES.into_iter().find(|known| *known == code)?;
    Some((code, parts.collect()))
}

#[cfg(test)]
mod tests {
    use super::{NotLooked, Refused, Seen, Trouble, Unstable, code_of};

    #[test]
    fn what_is_written_is_read_again() {
        let node = || "cts-01".parse().expect("a name");
        let all = [
            Seen::Booted(node()),
            Seen::ByHand(NotLooked::Password),
            Seen::Busy("r1/step/1.1".to_owned()),
            Seen::ChangedMeanwhile,
            Seen::Cluster(Trouble::NotOn, "dockerd".to_owned(), "back-02.site".to_owned()),
            Seen::Container("cts".to_owned(), Unstable::Restarting),
            Seen::EditRefused(Refused::Unreadable, 3, 1),
            Seen::Exit(1, "no such service".to_owned()),
            Seen::FailedStart("dockerd".to_owned(), "back-02.site".to_owned()),
            Seen::Garbled(node(), "two\nlines\tand a tab".to_owned()),
            Seen::Lost(node(), String::new()),
            Seen::NeverArrived,
            Seen::NoContainers("cts".to_owned()),
            Seen::NoDirectory("/mnt/backup".to_owned()),
            Seen::NoDocker,
            Seen::NoRoom(2, 1),
            Seen::NotAnswered(node(), 20),
            Seen::NotOurs(0),
            Seen::NotText,
            Seen::PartlyDown("cts".to_owned(), "1/2".to_owned(), "cts_b_1".to_owned()),
            Seen::Places(["back-01.site".to_owned(), String::new()]),
            Seen::Unreadable("pcs status".to_owned(), "?".to_owned()),
            Seen::Unreachable(node(), "refused", "Connection refused".to_owned()),
        ];
        assert_eq!(all.len(), Seen::CODES.len());
        for (seen, code) in all.iter().zip(Seen::CODES) {
            let text = seen.to_string();
            assert_eq!(text.lines().count(), 1, "{text:?}");
            assert_eq!(code_of(&text).map(|(code, args)| (code, args.len())), {
                Some((code, seen.parts().1.len()))
            });
        }
        // As journals of the first format have it, for good.
        let old = "ctsup:unreachable\tback-01\tsilent\tConnection timed out";
        let read = ("unreachable", vec!["back-01", "silent", "Connection timed out"]);
        assert_eq!(code_of(old), Some(read));
        assert_eq!(code_of("ctsup:elsewhere\tx"), None);
        assert_eq!(code_of("what a node printed"), None);
    }
}

//! What a person does, checks or decides.

use serde::{Deserialize, Serialize};

use super::{Args, Family, Kind, Undo, Why, joined};
use crate::name::{App, DataSet, NodeName, SettingsPlace, Stack};
use crate::state::{Atom, Effect, ThingName, is, is_not};
use crate::version::ImageRef;

/// Something a person does or agrees to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Person {
    /// Compares the network tables of the two versions (D-P.1).
    NetworkTable,
    /// Opens consoles on all nodes, one of them out of band (HA.2).
    Consoles {
        /// Which nodes.
        nodes: Vec<NodeName>,
    },
    /// Agrees to cross a barrier after which there is no rollback (invariant 11).
    CrossBarrier {
        /// The barriers crossed.
        barriers: Vec<String>,
    },
    /// Backup and window before the database's upgrade (PG.0).
    DatabaseWindow,
    /// Backs a database outside CTS up, which no copy of volumes holds (invariant 2).
    ExternalBackup {
        /// The risk accepted by name, where there is no backup of it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        risk: Option<String>,
        /// The stacks that write it and must be stopped.
        writers: Vec<Stack>,
    },
    /// Checks the system: logs, sending messages (HA.22). The second nodes wait for it.
    Judge {
        /// Whose logs are read.
        stacks: Vec<Stack>,
    },
    /// Sends a message at the end (invariant 35).
    SendMessage,
    /// Agrees to something that the guide does not cover in HA (A8).
    NotInGuide {
        /// The topic: `owners`, `letsencrypt`, `database`.
        topic: Topic,
    },
    /// Decides for the way back (K11).
    DecideWayBack {
        /// Which way.
        way: WayBack,
    },
    /// Agrees to what clearing the constraints would move (K17).
    ClearConstraints,
    /// Keeps the image lists off the nodes (AN-H.9).
    KeepLists {
        /// The nodes.
        nodes: Vec<NodeName>,
    },
    /// Confirms the name of a playbook that the guide leaves open (A20).
    PlaybookName {
        /// The directory to look in.
        dir: String,
        /// The inferred name.
        name: String,
        /// The control host.
        node: NodeName,
    },
    /// Puts back what the site's own way of backing up saved: data and settings, the newer ones
    /// kept aside (K12).
    PutBack {
        /// The data.
        data: DataSet,
        /// Where.
        node: NodeName,
        /// What belongs to it.
        paths: Vec<String>,
        /// Whose settings come back with it.
        settings: SettingsPlace,
        /// The stacks that write it and must be stopped.
        writers: Vec<Stack>,
    },
    /// Brings a copy from the node where the upgrade made it to the one that serves now.
    BringCopy {
        /// Whose data it holds.
        data: DataSet,
        /// The node where it lies.
        from: NodeName,
        /// Where it is put back.
        node: NodeName,
        /// The directory, on both.
        path: String,
    },
    /// Puts a database outside CTS back from the backup of that time: no copy of volumes holds it.
    ExternalRestore {
        /// The stacks that write it and must be stopped.
        writers: Vec<Stack>,
    },
    /// Advice at the end that blocks nothing: close ports, delete old copies.
    Advice {
        /// The nodes that it is about.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        nodes: Vec<NodeName>,
        /// Which advice.
        topic: Advice,
    },
    /// Sees that nobody wants to go back any more (PB.1).
    NoWayBackWanted,
    /// Reads the logs of a stack that nobody follows (end of a playbook).
    ReadLogs {
        /// The applications' directories, in which the logs are asked for.
        dirs: Vec<String>,
        /// Of which stacks.
        stacks: Vec<Stack>,
    },
    /// One part of the database's rollback, which stays a person's work (DR, A16).
    RollBackDatabase {
        /// The directory chosen.
        backup: String,
        /// The directory with `settings`.
        dir: String,
        /// The image that runs on the old files.
        image: ImageRef,
        /// Where.
        node: NodeName,
        /// Which part.
        part: DatabaseBack,
        /// The assignment that keeps dpl from updating anything first.
        skip: String,
        /// The database's volume on the host.
        volume: String,
    },
}

/// What the HA chapter does not cover although it holds there (A8).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Topic {
    /// Owners of volumes.
    Owners,
    /// The Let's Encrypt store.
    Letsencrypt,
    /// The embedded database.
    Database,
}

/// Ways back (K11, K12).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum WayBack {
    /// Nothing newer was started: the resources go back, nothing else.
    MoveBack,
    /// Old images by pins.
    Pins,
    /// Data, settings and images from the backup.
    Restore,
    /// The database's old version.
    Postgres,
}

/// Advice at the end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Advice {
    /// Close Back's ports to all but Front (A43).
    ClosePorts,
    /// Delete the copies after some days of operation.
    DeleteCopies,
    /// Delete the database's old files by the goal `cleanup`.
    DeleteOldDatabase,
    /// Pins stay and hold the next upgrade back (A38).
    PinsStay,
    /// Idle nodes that still hold the newer containers after a way back (invariant 27).
    NewerContainers,
}

/// Parts of the database's rollback.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DatabaseBack {
    /// A shell on the volume (DR.2).
    OpenShell,
    /// New files aside, old files up, version compared (DR.3).
    MoveFiles,
}

impl Family for Person {
    fn code(&self) -> &'static str {
        match self {
            Self::NetworkTable => "person-network-table",
            Self::Consoles { .. } => "person-consoles",
            Self::CrossBarrier { .. } => "person-cross-barrier",
            Self::DatabaseWindow => "person-database-window",
            Self::ExternalBackup { risk: None, .. } => "person-external-backup",
            Self::ExternalBackup { risk: Some(_), .. } => "person-external-backup-accepted",
            Self::Judge { stacks } if is_web_client(stacks) => "person-judge-web-client",
            Self::Judge { .. } => "person-judge",
            Self::SendMessage => "person-send-message",
            Self::NotInGuide { topic: Topic::Owners } => "person-not-in-guide-owners",
            Self::NotInGuide { topic: Topic::Letsencrypt } => "person-not-in-guide-letsencrypt",
            Self::NotInGuide { topic: Topic::Database } => "person-not-in-guide-database",
            Self::DecideWayBack { way: WayBack::MoveBack } => "person-decide-move-back",
            Self::DecideWayBack { way: WayBack::Pins } => "person-decide-pins",
            Self::DecideWayBack { way: WayBack::Restore } => "person-decide-restore",
            Self::DecideWayBack { way: WayBack::Postgres } => "person-decide-postgres",
            Self::ClearConstraints => "person-clear-constraints",
            Self::KeepLists { .. } => "person-keep-lists",
            Self::PlaybookName { .. } => "person-playbook-name",
            Self::PutBack { .. } => "person-put-back",
            Self::BringCopy { .. } => "person-bring-copy",
            Self::ExternalRestore { .. } => "person-external-restore",
            Self::Advice { topic: Advice::ClosePorts, .. } => "person-advice-close-ports",
            Self::Advice { topic: Advice::DeleteCopies, .. } => "person-advice-delete-copies",
            Self::Advice { topic: Advice::DeleteOldDatabase, .. } => {
                "person-advice-delete-old-database"
            }
            Self::Advice { topic: Advice::NewerContainers, .. } => "person-advice-newer-containers",
            Self::Advice { topic: Advice::PinsStay, .. } => "person-advice-pins-stay",
            Self::NoWayBackWanted => "person-no-way-back-wanted",
            Self::ReadLogs { stacks, .. } if is_web_client(stacks) => "person-read-logs-web-client",
            Self::ReadLogs { .. } => "person-read-logs",
            Self::RollBackDatabase { part: DatabaseBack::OpenShell, .. } => "person-database-shell",
            Self::RollBackDatabase { part: DatabaseBack::MoveFiles, .. } => {
                "person-database-move-files"
            }
        }
    }

    fn kind(&self) -> Kind {
        Kind::Confirm
    }

    fn commands(&self) -> Vec<String> {
        Vec::new()
    }

    fn effect(&self) -> Effect {
        let done = match self {
            Self::Judge { stacks } => {
                let mut done = vec![is(Atom::Judged)];
                done.extend(stacks.iter().map(|s| is_not(Atom::Unchecked(s.clone()))));
                done
            }
            Self::ExternalBackup { .. } => vec![is(Atom::DatabaseBackedUp)],
            Self::ExternalRestore { .. } => vec![is(Atom::DatabaseRestored)],
            Self::PutBack { data, settings, .. } => vec![
                is(Atom::SetAside(data.clone())),
                is(Atom::PutBack(data.clone())),
                is(Atom::BackedUp(data.clone())),
                is_not(Atom::Met(data.clone())),
                is_not(Atom::UpgradeKey(settings.clone())),
                is_not(Atom::SpecialPin(settings.clone())),
            ],
            Self::SendMessage | Self::NoWayBackWanted => vec![is(Atom::Verified)],
            Self::DecideWayBack { .. } => vec![is(Atom::Decided)],
            Self::ReadLogs { stacks, .. } => {
                stacks.iter().map(|s| is_not(Atom::Unchecked(s.clone()))).collect()
            }
            Self::RollBackDatabase { part: DatabaseBack::MoveFiles, .. } => {
                vec![
                    is(Atom::DatabaseAside),
                    is_not(Atom::DatabaseNew),
                    is_not(Atom::DatabaseStandard),
                ]
            }
            other => vec![is(Atom::Confirmed(thing(other.code())))],
        };
        let needs = match self {
            Self::ReadLogs { stacks, .. } | Self::Judge { stacks } => {
                stacks.iter().map(|s| is(Atom::Running(s.clone()))).collect()
            }
            Self::ExternalBackup { writers, .. } => {
                writers.iter().map(|s| is(Atom::Stopped(s.clone()))).collect()
            }
            Self::ExternalRestore { writers } | Self::PutBack { writers, .. } => {
                let stopped = writers.iter().map(|s| is(Atom::Stopped(s.clone())));
                stopped.chain([is(Atom::Decided)]).collect()
            }
            Self::RollBackDatabase { .. } => vec![is(Atom::Decided)],
            _ => Vec::new(),
        };
        Effect { needs, done, halves: Vec::new() }
    }

    fn args(&self) -> Args {
        match self {
            Self::Consoles { nodes } | Self::KeepLists { nodes } => {
                vec![("nodes", joined(nodes, ", ")), ("count", nodes.len().to_string())]
            }
            Self::CrossBarrier { barriers } => {
                vec![("barriers", barriers.join(", ")), ("count", barriers.len().to_string())]
            }
            Self::ExternalBackup { risk, writers } => {
                let mut args = vec![("stacks", joined(writers, ", "))];
                args.extend(risk.iter().map(|risk| ("risk", risk.clone())));
                args
            }
            Self::ExternalRestore { writers } => vec![("stacks", joined(writers, ", "))],
            Self::PutBack { data, node, paths, .. } => vec![
                ("node", node.to_string()),
                ("data", data.to_string()),
                ("paths", joined(paths, ", ")),
            ],
            Self::BringCopy { data, from, node, path } => {
                let (above, name) = path.rsplit_once('/').unwrap_or((".", path));
                let above = if above.is_empty() { "/" } else { above };
                vec![
                    ("node", node.to_string()),
                    ("data", data.to_string()),
                    ("from", from.to_string()),
                    ("path", path.clone()),
                    ("above", above.to_owned()),
                    ("name", name.to_owned()),
                ]
            }
            Self::Advice { nodes, .. } => {
                vec![("nodes", joined(nodes, ", ")), ("count", nodes.len().to_string())]
            }
            Self::PlaybookName { dir, name, node } => {
                vec![("name", name.clone()), ("dir", dir.clone()), ("node", node.to_string())]
            }
            Self::ReadLogs { dirs, stacks } => {
                vec![("stacks", joined(stacks, ", ")), ("dirs", dirs.join(", "))]
            }
            Self::Judge { stacks } => vec![("stacks", joined(stacks, ", "))],
            Self::RollBackDatabase { backup, dir, image, node, skip, volume, .. } => vec![
                ("backup", backup.clone()),
                ("dir", dir.clone()),
                ("image", image.to_string()),
                ("node", node.to_string()),
                ("skip", skip.clone()),
                ("version", major(image)),
                ("volume", volume.clone()),
            ],
            _ => Vec::new(),
        }
    }

    fn undo(&self) -> Undo {
        match self {
            Self::RollBackDatabase { .. } | Self::ExternalRestore { .. } | Self::PutBack { .. } => {
                Undo::Person(Why::PersonDid)
            }
            _ => Undo::Nothing,
        }
    }
}

fn is_web_client(stacks: &[Stack]) -> bool {
    !stacks.is_empty() && stacks.iter().all(|stack| stack.app == App::WebClient)
}

/// What `PG_VERSION` holds for an image: two parts before 10, one since.
fn major(image: &ImageRef) -> String {
    let tag = image.tag();
    let mut parts = tag.split('.');
    match (parts.next().unwrap_or(tag), parts.next()) {
        (first, Some(second)) if first.parse::<u32>().is_ok_and(|n| n < 10) => {
            format!("{first}.{second}")
        }
        (first, _) => first.to_owned(),
    }
}

fn thing(code: &str) -> ThingName {
    code.parse().expect("message codes are names")
}

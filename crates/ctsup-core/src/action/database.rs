//! The embedded PostgreSQL: version, space, major upgrade, its old files.

use serde::{Deserialize, Serialize};

use super::{Args, Family, Kind, Repeat, Undo, Why, node_arg};
use crate::name::{App, DataSet, NodeName, SettingsPlace, Stack};
use crate::state::{Atom, Effect, Half, is, is_not};

/// Something done with the embedded database.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Database {
    /// The data set that the database belongs to.
    pub data: DataSet,
    /// The directory with `settings`.
    pub dir: String,
    /// The node on which it runs.
    pub node: NodeName,
    /// What is done.
    pub op: DatabaseOp,
    /// Its settings.
    pub settings: SettingsPlace,
    /// The assignment that keeps dpl from updating anything first.
    pub skip: String,
}

/// What is done with the embedded database.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum DatabaseOp {
    /// Reads and keeps `PG_VERSION` (PG.2), while the container runs.
    KeepVersion {
        /// The file in the volume, where the container does not run any more (invariant 13).
        #[serde(default, skip_serializing_if = "Option::is_none")]
        file: Option<String>,
    },
    /// Sees the size of the database and the room beside it (PG.1).
    SeeSpace {
        /// The volume.
        volume: String,
    },
    /// Whether apt.postgresql.org answers (PG.3).
    SeeApt,
    /// `dpl -d postgres` with the upgrade asked for (PG.5, PN.3).
    StartUpgrade {
        /// By the special image (PN), which must be on the node and pinned.
        special: bool,
    },
    /// Waits for the exact message and `PG_VERSION` of the new major (PG.6, invariant 14).
    WaitUpgraded {
        /// `PG_VERSION` in the volume, for when the container does not run.
        file: String,
        /// The message.
        message: String,
        /// The new major version.
        version: String,
    },
    /// `dpl -d postgres` with the no-update variable: the standard image (PG.8, PN.5).
    StartStandard,
    /// `dpl -d postgres` with the no-update variable: the old image on the old files (DR.5).
    StartOld,
    /// Deletes `upgrade_backup_*` (PB.1).
    DeleteOld {
        /// The directories, by name.
        names: Vec<String>,
    },
}

impl Database {
    fn stack(&self) -> Stack {
        Stack::new(&self.node, App::Express)
    }

    /// Whether `dpl` changes something: in a cluster it runs where `dockerd` does (invariant 5).
    #[must_use]
    pub fn is_by_dpl(&self) -> bool {
        self.kind() == Kind::Change
    }

    /// What starts the database alone, and nothing newer.
    #[must_use]
    pub fn starts(&self) -> String {
        format!("{} dpl -d postgres", self.skip)
    }

    /// What reads the version of the data, as it is sent.
    #[must_use]
    pub fn reads_version(&self) -> String {
        self.version("-T ")
    }

    fn version(&self, t: &str) -> String {
        format!("{} dpl --dc exec {t}postgres cat {DATA}/PG_VERSION", self.skip)
    }

    /// The commands; `t` tells `exec` that there is no terminal.
    fn lines(&self, t: &str) -> Vec<String> {
        let Self { skip, .. } = self;
        match &self.op {
            DatabaseOp::KeepVersion { file: Some(file) } => vec![format!("cat {file}")],
            DatabaseOp::KeepVersion { file: None } => {
                vec![self.version(t)]
            }
            DatabaseOp::SeeSpace { volume } => vec![
                format!("docker system df -v | grep {volume}"),
                // In the units that docker prints.
                format!(
                    "df -H --output=avail \
                     \"$(docker volume inspect --format '{{{{ .Mountpoint }}}}' cts_{volume})\""
                ),
            ],
            DatabaseOp::SeeApt => {
                vec![
                    "curl --silent --show-error --head --max-time 20 https://apt.postgresql.org/"
                        .to_owned(),
                ]
            }
            DatabaseOp::StartUpgrade { .. } => vec!["dpl -d postgres".to_owned()],
            DatabaseOp::WaitUpgraded { message, .. } => vec![
                "dpl --dc logs -f --tail=1 postgres".to_owned(),
                // One line of tail can miss the message; the time tells it from an old one.
                format!(
                    "dpl --dc logs -t --tail=200 postgres | grep -F {}",
                    super::quoted(message)
                ),
                self.version(t),
            ],
            DatabaseOp::StartStandard | DatabaseOp::StartOld => vec![self.starts()],
            DatabaseOp::DeleteOld { .. } => {
                let find = format!(
                    "{skip} dpl --dc exec {t}postgres find {DATA} -maxdepth 1 -type d \
                     -name 'upgrade_backup_*'"
                );
                // A15: quoted, so that no shell expands it; pruned, so that find does not enter
                // what it has deleted; listed before and after.
                vec![find.clone(), format!("{find} -prune -exec rm -r {{}} \\;"), find]
            }
        }
    }
}

const DATA: &str = "/var/lib/postgresql/data";

impl Family for Database {
    fn code(&self) -> &'static str {
        match self.op {
            DatabaseOp::KeepVersion { .. } => "database-keep-version",
            DatabaseOp::SeeSpace { .. } => "database-see-space",
            DatabaseOp::SeeApt => "database-see-apt",
            DatabaseOp::StartUpgrade { .. } => "database-start-upgrade",
            DatabaseOp::WaitUpgraded { .. } => "database-wait-upgraded",
            DatabaseOp::StartStandard => "database-start-standard",
            DatabaseOp::StartOld => "database-start-old",
            DatabaseOp::DeleteOld { .. } => "database-delete-old",
        }
    }

    fn kind(&self) -> Kind {
        match self.op {
            DatabaseOp::KeepVersion { .. } | DatabaseOp::SeeSpace { .. } | DatabaseOp::SeeApt => {
                Kind::Observe
            }
            DatabaseOp::WaitUpgraded { .. } => Kind::Wait,
            _ => Kind::Change,
        }
    }

    fn commands(&self) -> Vec<String> {
        self.lines("")
    }

    fn sent(&self) -> Vec<String> {
        self.lines("-T ")
    }

    fn effect(&self) -> Effect {
        let settings = || self.settings.clone();
        match &self.op {
            DatabaseOp::KeepVersion { file } => Effect {
                needs: match file {
                    None => vec![is(Atom::Running(self.stack()))],
                    Some(_) => Vec::new(),
                },
                done: vec![is(Atom::VersionKept)],
                halves: Vec::new(),
            },
            // docker tells it, whether the container runs or not.
            DatabaseOp::SeeSpace { .. } => {
                Effect { done: vec![is(Atom::SpaceSeen)], ..Effect::default() }
            }
            DatabaseOp::SeeApt => Effect::default(),
            DatabaseOp::StartUpgrade { special } => {
                let mut needs = vec![
                    is(Atom::UpgradeKey(settings())),
                    is(Atom::BackedUp(self.data.clone())),
                    is(Atom::Stopped(self.stack())),
                    is(Atom::ListSaved(self.node.clone())),
                    is(Atom::VersionKept),
                    is(Atom::SpaceSeen),
                ];
                if *special {
                    needs.push(is(Atom::SpecialPin(settings())));
                }
                let done = vec![is(Atom::DatabaseUpgrading), is(Atom::Met(self.data.clone()))];
                Effect {
                    needs,
                    halves: vec![Half { code: "upgrade-begun", changes: done.clone() }],
                    done,
                }
            }
            DatabaseOp::WaitUpgraded { .. } => Effect {
                needs: vec![is(Atom::DatabaseUpgrading)],
                done: vec![is(Atom::DatabaseNew), is_not(Atom::DatabaseUpgrading)],
                halves: Vec::new(),
            },
            DatabaseOp::StartStandard => Effect {
                needs: vec![
                    is(Atom::DatabaseNew),
                    is_not(Atom::UpgradeKey(settings())),
                    is_not(Atom::SpecialPin(settings())),
                ],
                done: vec![is(Atom::DatabaseStandard)],
                halves: Vec::new(),
            },
            DatabaseOp::StartOld => Effect {
                needs: vec![
                    is(Atom::DatabaseAside),
                    is_not(Atom::DatabaseNew),
                    is(Atom::PinsSet(settings())),
                    is_not(Atom::UpgradeKey(settings())),
                ],
                done: vec![is(Atom::DatabaseStandard)],
                halves: Vec::new(),
            },
            DatabaseOp::DeleteOld { .. } => Effect {
                needs: vec![is(Atom::Verified), is(Atom::Running(self.stack()))],
                done: vec![is(Atom::OldDatabaseGone)],
                halves: vec![Half { code: "half-deleted", changes: Vec::new() }],
            },
        }
    }

    fn args(&self) -> Args {
        let mut args = vec![node_arg(&self.node)];
        match &self.op {
            DatabaseOp::SeeSpace { volume } => args.push(("volume", volume.clone())),
            DatabaseOp::WaitUpgraded { file, message, version } => {
                args.push(("file", file.clone()));
                args.push(("message", message.clone()));
                args.push(("version", version.clone()));
            }
            DatabaseOp::DeleteOld { names } => {
                args.push(("count", names.len().to_string()));
                args.push(("names", names.join(", ")));
            }
            _ => {}
        }
        args
    }

    fn cwd(&self) -> Option<&str> {
        Some(&self.dir)
    }

    fn repeat(&self) -> Repeat {
        match self.op {
            DatabaseOp::StartUpgrade { .. } => Repeat::AskFirst,
            DatabaseOp::StartStandard | DatabaseOp::StartOld => Repeat::ProbeFirst,
            _ => Repeat::Safe,
        }
    }

    fn undo(&self) -> Undo {
        match self.op {
            DatabaseOp::StartUpgrade { .. } | DatabaseOp::StartStandard => {
                Undo::Person(Why::OldDatabaseKept)
            }
            // Nothing is moved or edited back under a database that runs.
            DatabaseOp::StartOld => {
                Undo::Commands(vec![format!("{} dpl --dc stop postgres", self.skip)])
            }
            DatabaseOp::DeleteOld { .. } => Undo::Irreversible(Why::WayBackDeleted),
            _ => Undo::Nothing,
        }
    }

    fn interrupts(&self) -> bool {
        matches!(
            self.op,
            DatabaseOp::StartUpgrade { .. } | DatabaseOp::StartStandard | DatabaseOp::StartOld
        )
    }
}

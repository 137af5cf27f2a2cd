//! The vendor's tool: stop, fetch, exporters, deploy.

use serde::{Deserialize, Serialize};

use super::{Args, Family, Kind, Repeat, Undo, Why, node_arg};
use crate::name::{App, DataSet, SettingsPlace, Stack};
use crate::state::{Atom, Condition, Effect, Half, is, is_not};

/// One call of dpl in an application's directory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Dpl {
    /// The node belongs to a cluster: dpl runs there only while `dockerd` does (invariant 5).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub clustered: bool,
    /// The data that the application's services write.
    pub data: DataSet,
    /// The application's directory.
    pub dir: String,
    /// What is asked of dpl.
    pub op: DplOp,
    /// Where its settings lie.
    pub settings: SettingsPlace,
    /// The assignment that keeps dpl from updating anything first, where the guide has it here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub skip: Option<String>,
    /// The application and its node.
    pub stack: Stack,
}

/// What is asked of dpl.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum DplOp {
    /// `dpl --dc stop`.
    Stop {
        /// With docker, because dpl finds no settings: they lie aside in the middle of a restore, and a
        /// failover started what is stopped here.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        by_docker: bool,
        /// The embedded database runs in this stack, so `PG_VERSION` must be kept first.
        database: bool,
        /// These containers are of another release than the data has met, or than what they work
        /// with has by now: to start them again is no way back (invariants 31, 32).
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        outdated: bool,
    },
    /// `dpl -g`: fetch images, start nothing (A35).
    Fetch,
    /// Node exporter and cAdvisor, in the order that the chapter has.
    Exporters {
        /// `nxinstall` before `cadvinstall`.
        node_first: bool,
    },
    /// `dpl -d`.
    Deploy {
        /// Which release the containers have afterwards.
        brings: Brings,
        /// No rollback leads back over it (A25): only the backup does.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        crosses_barrier: bool,
        /// Its services write a database outside, which no copy of volumes holds (invariant 2).
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        external_database: bool,
    },
    /// `dpl --dc start`: the containers that a stop left, and nothing else.
    Start,
    /// `dpl --dc restart nginx`.
    RestartNginx,
}

/// Which release a deploy brings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Brings {
    /// The plan's new release.
    New,
    /// The plan's old release, by pins or restored settings.
    Old,
    /// The one that runs: settings and files are applied anew.
    Same,
}

impl Dpl {
    fn prefix(&self) -> String {
        self.skip.as_ref().map_or_else(String::new, |skip| format!("{skip} "))
    }

    fn here(&self) -> Vec<Condition> {
        if self.clustered { vec![is(Atom::Active(self.stack.node.clone()))] } else { Vec::new() }
    }
}

impl Family for Dpl {
    fn code(&self) -> &'static str {
        match self.op {
            DplOp::Stop { .. } => "dpl-stop",
            DplOp::Fetch => "dpl-fetch",
            DplOp::Exporters { .. } => "dpl-exporters",
            DplOp::Deploy { brings: Brings::Same, .. } => "dpl-apply",
            DplOp::Deploy { .. } if self.stack.app == App::Voex => "dpl-deploy-voex",
            DplOp::Deploy { .. } => "dpl-deploy",
            DplOp::Start => "dpl-start",
            DplOp::RestartNginx => "dpl-restart-nginx",
        }
    }

    fn kind(&self) -> Kind {
        Kind::Change
    }

    fn commands(&self) -> Vec<String> {
        let prefix = self.prefix();
        vec![match self.op {
            // The names of a project's containers begin with it.
            DplOp::Stop { by_docker: true, .. } => {
                let project = self.stack.app.project();
                format!("docker ps -q --filter name=^{project}_ | xargs -r docker stop")
            }
            DplOp::Stop { .. } => format!("{prefix}dpl --dc stop"),
            DplOp::Fetch => "dpl -g".to_owned(),
            DplOp::Exporters { node_first: true } => "dpl nxinstall && dpl cadvinstall".to_owned(),
            DplOp::Exporters { node_first: false } => "dpl cadvinstall && dpl nxinstall".to_owned(),
            DplOp::Deploy { .. } => format!("{prefix}dpl -d"),
            DplOp::Start => format!("{prefix}dpl --dc start"),
            DplOp::RestartNginx => "dpl --dc restart nginx".to_owned(),
        }]
    }

    fn effect(&self) -> Effect {
        let stack = || self.stack.clone();
        let node = || self.stack.node.clone();
        let data = || self.data.clone();
        let mut needs = self.here();
        let mut halves = Vec::new();
        let done = match self.op {
            DplOp::Stop { database, .. } => {
                if database {
                    needs.push(is(Atom::VersionKept));
                }
                // Some containers stopped, some not: users are cut off, data is still written to.
                halves
                    .push(Half { code: "half-stopped", changes: vec![is(Atom::Stopped(stack()))] });
                vec![is_not(Atom::Running(stack())), is(Atom::Stopped(stack()))]
            }
            DplOp::Fetch => vec![is(Atom::Fetched(stack()))],
            DplOp::Exporters { .. } => {
                needs.push(is(Atom::BackedUp(data())));
                needs.push(is(Atom::ListSaved(node())));
                vec![is(Atom::Exporters(node()))]
            }
            DplOp::Deploy { brings: Brings::Same, .. } => {
                // What does not run is started, not applied anew.
                needs.push(is(Atom::Running(stack())));
                needs.push(is_not(Atom::UpgradeKey(self.settings.clone())));
                vec![is(Atom::Running(stack()))]
            }
            DplOp::Start => {
                needs.push(is_not(Atom::UpgradeKey(self.settings.clone())));
                vec![
                    is(Atom::Running(stack())),
                    is_not(Atom::Stopped(stack())),
                    is(Atom::Unchecked(stack())),
                ]
            }
            DplOp::Deploy { brings, external_database, .. } => {
                if external_database {
                    needs.push(is(Atom::DatabaseBackedUp));
                }
                needs.push(is(Atom::BackedUp(data())));
                needs.push(is(Atom::ListSaved(node())));
                needs.push(is_not(Atom::UpgradeKey(self.settings.clone())));
                let new = brings == Brings::New;
                let mut done = vec![
                    is(Atom::Running(stack())),
                    is_not(Atom::Stopped(stack())),
                    is(Atom::Unchecked(stack())),
                    Condition { atom: Atom::New(stack()), holds: new },
                ];
                if new {
                    done.push(is(Atom::Met(data())));
                    // The new code may have begun on the data before the deploy failed.
                    halves
                        .push(Half { code: "half-deployed", changes: vec![is(Atom::Met(data()))] });
                } else {
                    needs.push(is(Atom::PinsSet(self.settings.clone())));
                }
                halves.push(Half { code: "deployed-unseen", changes: done.clone() });
                done
            }
            DplOp::RestartNginx => vec![is(Atom::CertificateServed(node()))],
        };
        if self.op == DplOp::RestartNginx {
            needs.push(is(Atom::CertificatePlaced(node())));
            needs.push(is(Atom::Running(stack())));
        }
        Effect { needs, done, halves }
    }

    fn args(&self) -> Args {
        let mut args = vec![node_arg(&self.stack.node), ("app", self.stack.app.to_string())];
        if let DplOp::Stop { by_docker, .. } = self.op {
            args.push(("by", if by_docker { "docker" } else { "dpl" }.to_owned()));
        }
        args
    }

    fn cwd(&self) -> Option<&str> {
        Some(&self.dir)
    }

    fn repeat(&self) -> Repeat {
        match self.op {
            // K3: a deploy may still be running, or be done.
            DplOp::Deploy { .. } => Repeat::ProbeFirst,
            _ => Repeat::Safe,
        }
    }

    fn undo(&self) -> Undo {
        match self.op {
            DplOp::Stop { outdated: true, .. } | DplOp::Stop { by_docker: true, .. } => {
                Undo::Person(Why::StaysStopped)
            }
            DplOp::Stop { .. } => {
                let skip = self.skip.as_deref().unwrap_or("DEPLOYKA_SKIP_UPDATE=true");
                // The very containers that were stopped, whatever settings say by then.
                Undo::Commands(vec![format!("{skip} dpl --dc start")])
            }
            // Exporters stand beside the services; no pin concerns them, no data is theirs.
            DplOp::Fetch | DplOp::Exporters { .. } => Undo::Nothing,
            DplOp::Deploy { brings: Brings::Same, .. } => Undo::Nothing,
            DplOp::Start => Undo::Commands(vec![format!("{}dpl --dc stop", self.prefix())]),
            DplOp::Deploy { crosses_barrier: true, .. } => Undo::Irreversible(Why::OnlyFromBackup),
            DplOp::Deploy { brings: Brings::Old, .. } => Undo::Person(Why::ForwardAgain),
            DplOp::Deploy { .. } => Undo::Person(Why::RollBackByPins),
            DplOp::RestartNginx => Undo::Nothing,
        }
    }

    fn interrupts(&self) -> bool {
        match self.op {
            DplOp::Stop { .. } | DplOp::Start | DplOp::RestartNginx => true,
            DplOp::Deploy { .. } => self.stack.app != App::WebClient,
            DplOp::Fetch | DplOp::Exporters { .. } => false,
        }
    }
}

//! The vendor's Ansible playbooks: their pauses and password prompts belong to a person.

use serde::{Deserialize, Serialize};

use super::dpl::Brings;
use super::{Args, Family, Kind, Repeat, Undo, Why, joined, node_arg};
use crate::name::{App, ClusterName, DataSet, NodeName, SettingsPlace, Stack};
use crate::state::{Atom, Condition, Effect, Half, is, is_not};

/// One playbook, or the variable that the next one reads.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Playbook {
    /// `ansible-playbook --ask-pass -v NAME`, under a terminal (K21).
    Run {
        /// Which release its hosts have afterwards.
        brings: Brings,
        /// Clusters whose resources it may move: looked at afterwards, not predicted (K4).
        clusters: Vec<ClusterName>,
        /// Data that the deployed stacks write.
        data: Vec<DataSet>,
        /// The playbooks' directory.
        dir: String,
        /// Nodes whose image lists must have been saved before.
        listed: Vec<NodeName>,
        /// The file.
        name: String,
        /// The control host.
        node: NodeName,
        /// What serves while it deploys on nodes that idle: the resources go there and come back, so
        /// these containers start again, and those that it deploys do not stay up. Empty where it
        /// deploys what serves.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        serving: Vec<Stack>,
        /// Settings that its deploys read.
        settings: Vec<SettingsPlace>,
        /// What it deploys.
        stacks: Vec<Stack>,
    },
    /// `web_client_image` in `group_vars/all.yaml` (WC.4).
    NameImage {
        /// The playbooks' directory.
        dir: String,
        /// The new image.
        image: String,
        /// The control host.
        node: NodeName,
    },
}

/// The file that names the Web Client's image, below the playbooks' directory.
const VARIABLES: &str = "group_vars/all.yaml";
const VARIABLES_KEPT: &str = "group_vars/all.yaml.before-ctsup";

fn put_back() -> String {
    format!("cp -a {VARIABLES_KEPT} {VARIABLES}")
}

fn is_web_client(stacks: &[Stack]) -> bool {
    !stacks.is_empty() && stacks.iter().all(|stack| stack.app == App::WebClient)
}

impl Family for Playbook {
    fn code(&self) -> &'static str {
        match self {
            Self::Run { .. } => "playbook-run",
            Self::NameImage { .. } => "playbook-name-image",
        }
    }

    fn kind(&self) -> Kind {
        Kind::Change
    }

    fn commands(&self) -> Vec<String> {
        match self {
            Self::Run { name, .. } => vec![format!("ansible-playbook --ask-pass -v {name}")],
            Self::NameImage { .. } => {
                vec![
                    super::kept(VARIABLES, VARIABLES_KEPT),
                    format!("vi {VARIABLES}"),
                    format!("diff -u {VARIABLES_KEPT} {VARIABLES}"),
                ]
            }
        }
    }

    fn effect(&self) -> Effect {
        match self {
            Self::Run { brings, clusters, data, listed, serving, settings, stacks, .. } => {
                let mut effect = Effect::default();
                for cluster in clusters {
                    effect.needs.push(is(Atom::GatePassed(*cluster)));
                    effect.done.push(is_not(Atom::GatePassed(*cluster)));
                }
                for set in data {
                    effect.needs.push(is(Atom::BackedUp(set.clone())));
                    if *brings == Brings::New {
                        effect.done.push(is(Atom::Met(set.clone())));
                    }
                }
                for place in settings {
                    effect.needs.push(is_not(Atom::UpgradeKey(place.clone())));
                    if *brings == Brings::Old {
                        effect.needs.push(is(Atom::PinsSet(place.clone())));
                    }
                }
                for node in listed {
                    effect.needs.push(is(Atom::ListSaved(node.clone())));
                }
                for stack in stacks {
                    effect.done.push(is_not(Atom::Stopped(stack.clone())));
                    effect.done.push(Condition {
                        atom: Atom::New(stack.clone()),
                        holds: *brings == Brings::New,
                    });
                }
                for stack in if serving.is_empty() { stacks } else { serving } {
                    effect.done.push(is(Atom::Running(stack.clone())));
                    effect.done.push(is(Atom::Unchecked(stack.clone())));
                }
                if is_web_client(stacks) {
                    effect.needs.push(is(Atom::WebClientNamed));
                }
                // A move of its own that nothing followed has left its constraint.
                let left = clusters.iter().map(|cluster| is(Atom::Constraint(*cluster)));
                effect.halves.push(Half {
                    code: "half-played",
                    changes: effect
                        .done
                        .iter()
                        .filter(|c| matches!(c.atom, Atom::Met(_) | Atom::GatePassed(_)))
                        .cloned()
                        .chain(left)
                        .collect(),
                });
                effect.halves.push(Half { code: "played-unseen", changes: effect.done.clone() });
                effect
            }
            Self::NameImage { .. } => {
                Effect { done: vec![is(Atom::WebClientNamed)], ..Effect::default() }
            }
        }
    }

    fn args(&self) -> Args {
        match self {
            Self::Run { clusters, dir, name, node, .. } => vec![
                node_arg(node),
                ("name", name.clone()),
                ("dir", dir.clone()),
                ("clusters", joined(clusters, ", ")),
            ],
            Self::NameImage { dir, image, node } => {
                vec![node_arg(node), ("image", image.clone()), ("dir", dir.clone())]
            }
        }
    }

    fn cwd(&self) -> Option<&str> {
        match self {
            Self::Run { dir, .. } | Self::NameImage { dir, .. } => Some(dir),
        }
    }

    fn repeat(&self) -> Repeat {
        match self {
            Self::Run { .. } => Repeat::AskFirst,
            Self::NameImage { .. } => Repeat::Safe,
        }
    }

    fn undo(&self) -> Undo {
        match self {
            // The old image is named again before the playbook brings it.
            Self::Run { name, stacks, .. } if is_web_client(stacks) => {
                Undo::Commands(vec![put_back(), format!("ansible-playbook --ask-pass -v {name}")])
            }
            Self::Run { .. } => Undo::Person(Why::PlaybookAgain),
            Self::NameImage { .. } => Undo::Commands(vec![put_back()]),
        }
    }

    fn interrupts(&self) -> bool {
        matches!(self, Self::Run { .. })
    }
}

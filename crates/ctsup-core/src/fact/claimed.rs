//! The command that looks a claim of a saved plan up: a plan carries no topology, but names what most
//! looks need.

use super::look::{self, LookUp};
use super::{FactKey, Test};
use crate::action::volume::{BackUp, Volume};
use crate::action::{Action, Unit};
use crate::catalogue::Catalogue;
use crate::name::{ClusterName, NodeName, SettingsPlace};
use crate::plan::Plan;
use crate::state::Atom;

impl FactKey {
    /// How a claim of a saved plan is looked up: a plan carries no topology, but names what the
    /// look needs. None where it does not.
    #[must_use]
    pub fn look_of(&self, plan: &Plan) -> Option<LookUp> {
        let of_cluster =
            |cluster: &ClusterName| plan.topology.clusters.get(cluster).map(|c| c.nodes[0].clone());
        let server = |node: &NodeName| plan.topology.nodes.contains_key(node).then(|| node.clone());
        let (node, command) = match self {
            Self::Active(c) | Self::Healthy(c) => (of_cluster(c)?, "pcs status".to_owned()),
            Self::Pcs(c) => (of_cluster(c)?, "pcs --version".to_owned()),
            Self::Constraints(c) => (of_cluster(c)?, "pcs constraint --full".to_owned()),
            Self::FreeImages(n) => (
                server(n)?,
                // Where images lie the daemon knows; where it does not run nobody does.
                "root=$(docker info --format '{{.DockerRootDir}}') && \
                 df --output=avail --block-size=1 \"$root\""
                    .to_owned(),
            ),
            Self::FreeBackup(holder) => {
                let found = plan.steps.iter().find_map(|step| match &step.action {
                    Action::Volume(Volume::BackUp { by: BackUp::Copy { to, .. }, .. }) => {
                        let node = step.node.clone()?;
                        let cluster = plan.topology.clusters.iter().find(|(name, c)| {
                            name.as_str() == holder.as_str() && c.nodes.contains(&node)
                        });
                        (node == *holder || cluster.is_some()).then(|| (node, to.clone()))
                    }
                    _ => None,
                });
                let (node, to) = found?;
                // The copy's own directory is made by the copy.
                let parent = to.rsplit_once('/').map_or("/", |(dir, _)| dir);
                (node, format!("df --output=avail --block-size=1 '{parent}'"))
            }
            Self::FreeVolumes(holder) => {
                let found = plan.steps.iter().find_map(|step| match &step.action {
                    Action::Volume(Volume::SetAside { data, paths, .. })
                        if data.holder == *holder =>
                    {
                        let volumes = paths.iter().find(|path| path.ends_with("/volumes"))?;
                        Some((step.node.clone()?, volumes.clone()))
                    }
                    _ => None,
                });
                let (node, volumes) = found?;
                (node, format!("df --output=avail --block-size=1 {volumes}"))
            }
            Self::Antivirus(node) => {
                let units = plan.steps.iter().find_map(|step| match &step.action {
                    Action::Unit(Unit::StopAntivirus { units, .. })
                        if step.node.as_ref() == Some(node) =>
                    {
                        Some(units.join(" "))
                    }
                    _ => None,
                });
                (server(node)?, format!("systemctl is-active {}", units?))
            }
            Self::LetsEncrypt(node) => {
                let paths = &Catalogue::built_in().paths;
                (server(node)?, format!("ls -d {}/{}", paths.express, paths.letsencrypt))
            }
            Self::Running(stack) => (server(&stack.node)?, "docker ps -a".to_owned()),
            Self::SettingsFiles(place) => {
                let (node, dir) = settings_of(plan, place)?;
                (node, look::settings_files(dir))
            }
            Self::UpgradeKey(place) => {
                let (node, dir) = settings_of(plan, place)?;
                (node, look::key_in(&settings_file(plan, place, dir), "postgres_upgrade"))
            }
            Self::AutoUpgradeKey(place) => {
                let (node, dir) = settings_of(plan, place)?;
                (node, look::key_in(&settings_file(plan, place, dir), "postgres_auto_upgrade"))
            }
            Self::Pins(place) => {
                let (node, dir) = settings_of(plan, place)?;
                (node, look::pins_in(&settings_file(plan, place, dir)))
            }
            _ => return None,
        };
        Some(LookUp { node: Some(node), command })
    }
}

/// Where a settings file is read, and its directory: what a cluster shares, on the node that serves.
fn settings_of<'p>(plan: &'p Plan, place: &SettingsPlace) -> Option<(NodeName, &'p str)> {
    let mut stacks = plan.topology.stacks.iter().filter(|stack| stack.settings == *place);
    let first = stacks.clone().next()?;
    let active = stacks.find(|s| plan.start.has(&Atom::Active(s.stack.node.clone())));
    let at = active.unwrap_or(first);
    Some((at.stack.node.clone(), &at.dir))
}

/// The one file that dpl reads there, as the plan knows it.
fn settings_file(plan: &Plan, place: &SettingsPlace, dir: &str) -> String {
    let fact = FactKey::SettingsFiles(place.clone()).to_string();
    let said = plan.claims.iter().find(|claim| claim.fact == fact && claim.test == Test::Is);
    let name = said.and_then(|claim| claim.value.strip_prefix('[')?.strip_suffix(']'));
    let name = name.filter(|name| !name.is_empty() && !name.contains(' ')).unwrap_or("settings");
    format!("{dir}/{name}")
}

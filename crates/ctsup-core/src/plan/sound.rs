//! What a plan that is read must be besides derived rightly: its names are names, its nodes are its
//! own, each step stands where its action is done, and what it rests on is among its claims.

use std::collections::BTreeSet;

use super::{Cause, Plan, ReadPlanError, Servers, Step};
use crate::action::volume::BackUp;
use crate::action::{
    Action, Certificate, Database, Dpl, Look, Pcs, Playbook, Registry, Settings, Unit, Volume, Wait,
};
use crate::name::{ClusterName, NodeName, is_name};
use crate::topology::{is_fqdn, is_host, is_path};

/// Where an action is done.
enum Place<'a> {
    /// By a person.
    Person,
    /// On this node.
    Node(&'a NodeName),
    /// On one of a cluster's nodes.
    Cluster(ClusterName),
    /// On this node, or on a node of the cluster of this name.
    Holder(&'a NodeName),
}

fn place(action: &Action) -> Place<'_> {
    match action {
        Action::Dpl(Dpl { stack, .. })
        | Action::Registry(Registry::OldImages { stack, .. })
        | Action::Look(Look::Containers { stack, .. })
        | Action::Wait(Wait::CleanLogs { stack, .. } | Wait::QuietLogs { stack, .. }) => {
            Place::Node(&stack.node)
        }
        Action::Pcs(Pcs::Move { cluster, .. } | Pcs::Clear { cluster, .. }) => {
            Place::Cluster(*cluster)
        }
        Action::Unit(Unit::StopAntivirus { node, .. } | Unit::StartAntivirus { node, .. })
        | Action::Volume(Volume::SaveList { node, .. } | Volume::ClearLetsEncrypt { node, .. })
        | Action::Settings(Settings { node, .. })
        | Action::Database(Database { node, .. })
        | Action::Registry(
            Registry::Load { node, .. }
            | Registry::Download { node, .. }
            | Registry::Upload { node, .. }
            | Registry::SeeTags { node, .. }
            | Registry::LogOut { node, .. }
            | Registry::LogIn { node, .. }
            | Registry::Pull { node, .. },
        )
        | Action::Playbook(Playbook::Run { node, .. } | Playbook::NameImage { node, .. })
        | Action::Certificate(
            Certificate::Place { node, .. }
            | Certificate::Compare { node, .. }
            | Certificate::SeeServed { node, .. },
        )
        | Action::Look(
            Look::Status { node, .. }
            | Look::ActiveNode { node, .. }
            | Look::Resources { node, .. }
            | Look::Files { node, .. }
            | Look::Backup { node, .. }
            | Look::Ports { node, .. }
            | Look::WebImage { node, .. },
        )
        | Action::Wait(Wait::Gate { node, .. } | Wait::Arrived { node, .. }) => Place::Node(node),
        Action::Volume(Volume::BackUp {
            by: BackUp::Person { .. } | BackUp::Accepted { .. },
            ..
        })
        | Action::Certificate(Certificate::Check { .. })
        | Action::Person(_) => Place::Person,
        Action::Volume(
            Volume::BackUp { data, .. }
            | Volume::FixOwners { data, .. }
            | Volume::SetAside { data, .. }
            | Volume::PutBack { data, .. },
        ) => Place::Holder(&data.holder),
        Action::Site(site) => site.node.as_ref().map_or(Place::Person, Place::Node),
    }
}

fn stands(step: &Step, servers: &Servers) -> bool {
    let of = |cluster: ClusterName, node: &NodeName| {
        servers.clusters.get(&cluster).is_some_and(|pair| pair.nodes.contains(node))
    };
    let cluster_named =
        |name: &NodeName| ClusterName::ALL.into_iter().find(|c| c.as_str() == name.as_str());
    match (place(&step.action), &step.node) {
        (Place::Person, None) => true,
        (Place::Node(own), Some(node)) => own == node,
        (Place::Cluster(cluster), Some(node)) => of(cluster, node),
        (Place::Holder(holder), Some(node)) => {
            holder == node || cluster_named(holder).is_some_and(|cluster| of(cluster, node))
        }
        _ => false,
    }
}

impl Plan {
    /// Refuses what no planner writes, however right the digest is.
    pub(super) fn sound(&self) -> Result<(), ReadPlanError> {
        self.servers()?;
        let claims: BTreeSet<_> = self.claims.iter().map(super::super::fact::Claim::key).collect();
        for step in &self.steps {
            let known = step.node.as_ref().is_none_or(|n| self.topology.nodes.contains_key(n));
            let times = step.takes.is_none_or(|takes| {
                takes.min_s <= takes.max_s && step.limit_s.is_none_or(|l| takes.max_s <= l)
            });
            let parts = [
                ("id", step.id.as_str().split('/').all(is_name)),
                ("node", known && stands(step, &self.topology)),
                ("user", step.user.as_deref().is_none_or(is_name)),
                ("source", !step.source.is_empty()),
                ("after", step.after.iter().all(|after| !after.because.is_empty())),
                ("takes", times),
                ("rests_on", step.rests_on.iter().all(|claim| claims.contains(claim))),
            ];
            refuse(step.id.as_str(), &parts)?;
        }
        for step in &self.steps {
            if let Action::Volume(Volume::ClearLetsEncrypt { node, dir, .. }) = &step.action {
                // A directory of CTS's own, never CTS's directory itself (A30, invariant 21).
                let mut homes = self.topology.stacks.iter().filter(|s| s.stack.node == *node);
                let inside = homes.any(|home| {
                    let rest = dir.strip_prefix(&home.dir).and_then(|rest| rest.strip_prefix('/'));
                    rest.is_some_and(|rest| !rest.is_empty() && !rest.starts_with('/'))
                });
                refuse(step.id.as_str(), &[("action", inside && is_path(dir))])?;
            }
        }
        let decided = self.left_out.iter().all(|left| match &left.because {
            Cause::Claim(claim) => claims.contains(claim),
            Cause::Already(_) => true,
        });
        let step = |id: &super::StepId| self.step(id.as_str()).is_some();
        let warned = self.warnings.iter().all(|warning| {
            warning.step.as_ref().is_none_or(step) && warning.until.as_ref().is_none_or(step)
        });
        let point = self.point_of_no_return.as_ref().is_none_or(|point| step(&point.step));
        refuse(
            "plan",
            &[
                ("site", is_name(&self.site)),
                ("left_out", decided),
                ("warnings", warned),
                ("point_of_no_return", point),
            ],
        )
    }

    fn servers(&self) -> Result<(), ReadPlanError> {
        let Servers { clusters, nodes, stacks } = &self.topology;
        for (name, server) in nodes {
            let parts = [
                ("fqdn", is_fqdn(&server.fqdn)),
                ("address", is_host(&server.address)),
                ("user", is_name(&server.user)),
                ("port", server.port > 0),
            ];
            refuse(&format!("topology.nodes.{name}"), &parts)?;
        }
        for (cluster, pair) in clusters {
            let [first, second] = &pair.nodes;
            let known = first != second && pair.nodes.iter().all(|n| nodes.contains_key(n));
            refuse(&format!("topology.clusters.{cluster}"), &[("nodes", known)])?;
        }
        for stack in stacks {
            let place = format!("topology.stacks.{}", stack.stack);
            let known = nodes.contains_key(&stack.stack.node);
            refuse(&place, &[("stack", known), ("dir", is_path(&stack.dir))])?;
        }
        Ok(())
    }
}

fn refuse(place: &str, parts: &[(&'static str, bool)]) -> Result<(), ReadPlanError> {
    match parts.iter().find(|(_, right)| !right) {
        None => Ok(()),
        Some((field, _)) => Err(ReadPlanError::Unsound { place: place.to_owned(), field }),
    }
}

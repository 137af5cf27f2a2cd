//! From steps, claims and findings to a plan, or to everything that stands in its way.

use std::collections::BTreeMap;

use super::{Outcome, Planned, Planner, outage};
use crate::catalogue::Catalogue;
use crate::diagnostic::{Code, Diagnostic, Severity};
use crate::fact::{Asking, FactKey, LookUp};
use crate::name::{App, NodeName};
use crate::plan::builder::{Added, Built};
use crate::plan::{
    CatalogueRef, ClusterNodes, FORMAT, Goal, GuideRef, Plan, PointOfNoReturn, Releases, Server,
    Servers, StackPlace, StepId, Warning, WarningCode,
};
use crate::topology::{Become, Layout, Shared, Topology};
use crate::{guide, procedure};

impl Planner<'_> {
    pub(super) fn finish(mut self) -> Outcome {
        if let (Some(first), Some(because)) = (self.first, self.first_because.take()) {
            self.steps.all_after(first, &because);
        }
        self.say_unused_risks();
        let release = self.releases();
        let look_ups = self.look_ups();
        let (claims, missing) = std::mem::replace(&mut self.ask, Asking::new(self.facts)).finish();
        for key in missing {
            self.say_missing(&key);
        }
        if self.found.iter().any(|d| d.severity >= Severity::Error) {
            return Outcome::Stopped(self.found);
        }
        self.steps.tell_apart();
        let mut warnings = self.placed_warnings();
        let point_of_no_return = self.point_of_no_return.take().and_then(|(step, barriers)| {
            Some(PointOfNoReturn { barriers, step: step.map(|index| self.steps.id(index))? })
        });
        let site = self.site;
        let Built { steps, left_out, implied } =
            self.steps.finish(self.catalogue, |node| user_of(site, node));
        outage::from_the_start(site, &self.start, &steps, &mut warnings);
        let place =
            |id: &Option<StepId>| id.as_ref().and_then(|id| steps.iter().position(|s| s.id == *id));
        warnings.sort_by_key(|w| (place(&w.step), w.code));
        // Claims that put nothing anywhere are kept: they say why nothing more is planned.
        let plan = Plan {
            accepted: self.used.iter().map(|r| r.as_str().to_owned()).collect(),
            catalogue: CatalogueRef { hash: self.catalogue.hash.clone() },
            claims: claims.into_values().collect(),
            digest: String::new(),
            format: FORMAT,
            goal: self.goal,
            guide: GuideRef {
                build: guide::BUILD.to_owned(),
                hash: format!("sha256:{}", guide::table_hash()),
            },
            readings: procedure::readings(site, &steps, &left_out),
            left_out,
            point_of_no_return,
            release,
            site: site.site.clone(),
            start: self.start,
            steps,
            topology: servers(site, self.catalogue),
            warnings,
        }
        .sealed();
        let empty = plan.is_empty();
        let planned = Box::new(Planned { plan, diagnostics: self.found, implied, look_ups });
        if empty { Outcome::NothingToDo(planned) } else { Outcome::Ready(planned) }
    }

    fn releases(&self) -> Releases {
        match (&self.site.rollback, self.goal) {
            (Some(rollback), Goal::Rollback) => {
                Releases { installed: self.new_release().clone(), target: rollback.to.clone() }
            }
            _ => Releases {
                installed: self.site.installed.clone(),
                target: self.site.target.clone(),
            },
        }
    }

    /// Risks that the file accepts and this plan does not have.
    fn say_unused_risks(&mut self) {
        if self.nothing_to_do || self.goal != Goal::Upgrade {
            return;
        }
        for risk in self.site.accepted.iter().filter(|risk| !self.used.contains(risk)) {
            let found = Diagnostic::new(Code::UnusedRisk).arg("value", risk.as_str());
            self.found.push(found.at(self.places.label("accept")));
        }
    }

    /// How the fact of each claim is looked up.
    fn look_ups(&self) -> BTreeMap<String, LookUp> {
        let look = |key: &FactKey| key.look(self.site, self.catalogue, self.facts);
        self.ask.claimed().map(|key| (key.to_string(), look(key))).collect()
    }

    /// A fact that the plan needs and nobody knows, with the command that finds it out.
    fn say_missing(&mut self, key: &FactKey) {
        let path = match key {
            // Old images are saved beforehand: a list is named, its content is not written out.
            FactKey::Images(node) => format!("rollback.lists.{node}"),
            _ => key.path(),
        };
        let look = key.look(self.site, self.catalogue, self.facts);
        let mut found = Diagnostic::new(Code::MissingFact)
            .arg("fact", key)
            .arg("key", &path)
            .arg("command", look.command);
        if let Some(node) = look.node {
            found = found.arg("node", node);
        }
        self.found.push(found.at(self.places.label(&path)));
    }

    /// The warnings at their steps. An outage that no step of this plan begins or ends is none of its
    /// hazards.
    fn placed_warnings(&mut self) -> Vec<Warning> {
        let id = |added: Added| added.map(|index| self.steps.id(index));
        std::mem::take(&mut self.warnings)
            .into_iter()
            .map(|(warning, step, until)| Warning { step: id(step), until: id(until), ..warning })
            .filter(|w| w.code != WarningCode::Outage || w.step.is_some() || w.until.is_some())
            .collect()
    }
}

/// The user that a node's commands run as.
pub(super) fn user_of(site: &Topology, node: &NodeName) -> String {
    match site.nodes.get(node) {
        Some(node) if node.become_root == Become::No => node.user.clone(),
        _ => "root".to_owned(),
    }
}

/// The servers as a plan carries them.
#[must_use]
pub fn servers(site: &Topology, catalogue: &Catalogue) -> Servers {
    let nodes = site
        .nodes
        .iter()
        .map(|(name, node)| {
            let server = Server {
                address: node.address.clone(),
                r#become: node.become_root,
                fqdn: node.fqdn.clone(),
                port: node.port,
                role: node.role,
                user: node.user.clone(),
            };
            (name.clone(), server)
        })
        .collect();
    let clusters = match &site.layout {
        Layout::Ha { back, front } => [back, front]
            .into_iter()
            .map(|pair| {
                let nodes = ClusterNodes {
                    nodes: pair.nodes.clone(),
                    shares_volumes: pair.shared.contains(&Shared::Volumes),
                };
                (pair.cluster, nodes)
            })
            .collect(),
        _ => BTreeMap::new(),
    };
    let stacks = site
        .stacks()
        .into_iter()
        .map(|stack| StackPlace {
            data: site.data_of(&stack),
            dir: match stack.app {
                App::Voex => catalogue.paths.voex.clone(),
                _ => catalogue.paths.express.clone(),
            },
            settings: site.settings_of(&stack),
            stack,
        })
        .collect();
    Servers { clusters, nodes, stacks }
}

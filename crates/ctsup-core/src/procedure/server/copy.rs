//! The copy of the data before anything changes it (invariants 2 and 33).

use super::Server;
use crate::action::volume::BackUp;
use crate::action::{Action, Person, Volume};
use crate::fact::{FactKey, FactValue, Held, Test};
use crate::name::{App, Stack};
use crate::plan::builder::{Added, Draft};
use crate::plan::{Goal, Source};
use crate::planner::Planner;
use crate::state::{Atom, is};
use crate::topology::{Backup, Postgres, Risk};

impl Server {
    /// A verified copy of the data, once per data set (invariant 2), of everything on the host that
    /// keeps its volumes where this application does.
    pub(in crate::procedure) fn back_up(&self, p: &mut Planner<'_>) -> Added {
        self.copy(p, self.neighbours(p))
    }

    /// This application and the others of its host: their volumes lie side by side.
    pub(super) fn neighbours(&self, p: &Planner<'_>) -> Vec<Stack> {
        p.site.stacks().into_iter().filter(|stack| stack.node == self.stack.node).collect()
    }

    /// The same on an idle node of a cluster, where nothing runs that would have to stop.
    pub(in crate::procedure) fn back_up_idle(&self, p: &mut Planner<'_>) -> Added {
        self.copy(p, Vec::new())
    }

    pub(super) fn copy(&self, p: &mut Planner<'_>, writers: Vec<Stack>) -> Added {
        let data = p.site.data_of(&self.stack);
        let neighbours = self.neighbours(p);
        let done: Vec<_> =
            neighbours.iter().map(|stack| is(Atom::BackedUp(p.site.data_of(stack)))).collect();
        let mut held = None;
        let by = match p.site.backup.clone() {
            Some(Backup::Copy(to)) => {
                held = self.room_for_copy(p);
                let name = format!("{}-{}", data.holder, data.app);
                BackUp::Copy { to: format!("{to}/{}-{name}-{}", p.site.site, p.before()) }
            }
            Some(Backup::Command { run, probe }) => BackUp::Command { run, probe },
            Some(Backup::Person { snapshot, .. }) => BackUp::Person { snapshot },
            // Refused before, unless the risk is accepted by name.
            Some(Backup::None) | None => {
                BackUp::Accepted { risk: Risk::NoBackup.as_str().to_owned() }
            }
        };
        // Beside CTS the copy of the volumes holds VoEx, whatever is accepted.
        let by = if neighbours.iter().all(|stack| stack.app == App::Voex)
            && p.site.accepted.contains(&Risk::VoexWithoutBackup)
        {
            p.accepts(Risk::VoexWithoutBackup);
            BackUp::Accepted { risk: Risk::VoexWithoutBackup.as_str().to_owned() }
        } else {
            by
        };
        let beside = neighbours
            .iter()
            .filter(|stack| stack.app != self.stack.app)
            .map(|stack| p.site.data_of(stack))
            .collect();
        let at_rest = writers.clone();
        let paths = self.paths(p, &neighbours);
        let action =
            Action::Volume(Volume::BackUp { beside, by: by.clone(), data, paths, writers });
        let what = format!("{}/back-up", self.stack.app);
        let mut draft = match by {
            BackUp::Person { .. } | BackUp::Accepted { .. } => {
                Draft::person(self.phases[0], &format!("{}/{what}", self.stack.node), action)
            }
            _ => Draft::on(&self.stack.node, self.phases[0], &what, action),
        };
        draft = if self.rows.back_up.is_empty() {
            draft.source(Source::Invariant(2))
        } else {
            draft.cites(self.rows.back_up)
        };
        if let Some(held) = held {
            draft = draft.because(&held);
        }
        let copied = p.steps.ensure(draft, &done);
        self.external_backup(p, at_rest);
        copied
    }

    /// Whether a deploy of the new release here is the first to change a database outside CTS: the
    /// one on Back, before any of its data has met the release.
    pub(super) fn changes_external(&self, p: &Planner<'_>) -> bool {
        p.site.postgres == Postgres::External
            && p.goal == Goal::Upgrade
            && self.stack.app == App::Express
            && p.site.serves_back(&self.stack.node)
            && !p.site.stacks().iter().any(|stack| {
                stack.app == App::Express
                    && p.site.serves_back(&stack.node)
                    && p.steps.has(&Atom::Met(p.site.data_of(stack)))
            })
    }

    /// A database outside CTS is in no copy of volumes, and the new release changes it all the same:
    /// a person backs it up while CTS is stopped, or the risk is accepted by name (invariant 2).
    pub(super) fn external_backup(&self, p: &mut Planner<'_>, at_rest: Vec<Stack>) {
        if at_rest.is_empty() || !self.changes_external(p) {
            return;
        }
        let risk = Risk::ExternalDatabaseWithoutBackup;
        let accepted = p.accepts(risk).then(|| risk.as_str().to_owned());
        let action = Person::ExternalBackup { risk: accepted, writers: at_rest };
        let said = p.ask.choice("postgres.location", "external");
        let draft = Draft::person(self.phases[0], "external-backup", Action::Person(action));
        p.steps.once(draft.source(Source::Invariant(2)).because(&said));
    }

    /// What belongs to the data: the volumes, each application's directory, the cluster's files.
    pub(super) fn paths(&self, p: &Planner<'_>, neighbours: &[Stack]) -> Vec<String> {
        let mut paths = vec![format!("{}/volumes", p.site.docker_root)];
        paths.extend(neighbours.iter().map(|stack| p.dir(stack.app).to_owned()));
        let back = p.site.cluster_of(&self.stack.node);
        if back.is_some_and(|pair| pair.cluster == crate::name::ClusterName::Back) {
            paths.push(p.catalogue.paths.cluster_data.clone());
        }
        paths
    }

    pub(super) fn room_for_copy(&self, p: &mut Planner<'_>) -> Option<Held> {
        let holder = p.site.data_of(&self.stack).holder;
        let volumes = p.ask.measured(FactKey::Volumes(holder.clone()));
        // Asked even when the size is not known, so that both are reported missing at once.
        let free = p.ask.measured(FactKey::FreeBackup(holder.clone()));
        let (Some(size @ FactValue::Size(_)), Some(free)) = (volumes, free) else {
            return None;
        };
        let size = size.with_room();
        let held = p.ask.holds(FactKey::FreeBackup(holder.clone()), Test::AtLeast, size.clone())?;
        if !held.yes {
            crate::procedure::checks::no_space(p, &FactKey::FreeBackup(holder), &free, &size);
        }
        Some(held)
    }
}

//! What every chapter does with one server: list, stop, back up, owners, Let's Encrypt, exporters,
//! deploy, logs. The chapters differ in rows, spelling and which of these they have.

use crate::action::dpl::{Brings, DplOp};
use crate::action::person::Topic;
use crate::action::volume::BackUp;
use crate::action::{Action, Dpl, Person, Volume, Wait};
use crate::cite;
use crate::diagnostic::{Code, Diagnostic};
use crate::fact::{FactKey, FactValue, Held, Test};
use crate::guide::RowKey;
use crate::name::{App, Stack};
use crate::plan::builder::{Added, Draft};
use crate::plan::{Because, Cause, Goal, Phase, Source, WarningCode};
use crate::planner::Planner;
use crate::state::{Atom, is, is_not};
use crate::topology::{Backup, CertificateKind, Postgres, Reading, Risk, RollbackWay};
use crate::version::Release;

/// One application on one node as a chapter of the guide updates it.
#[derive(Debug, Clone)]
pub(super) struct Server {
    pub(super) stack: Stack,
    /// In a cluster: dpl without the no-update variable before the stop (A9).
    pub(super) clustered: bool,
    /// The phase of stop and backup, and that of the rest.
    pub(super) phases: [Phase; 2],
    pub(super) rows: Rows,
    /// The embedded database runs here.
    pub(super) database: bool,
    /// Which release its deploy brings.
    pub(super) brings: Brings,
}

/// The rows of a chapter.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rows {
    pub(super) stop: &'static [RowKey],
    pub(super) back_up: &'static [RowKey],
    pub(super) owners: Option<RowKey>,
    pub(super) letsencrypt: Option<RowKey>,
    pub(super) exporters: Option<RowKey>,
    pub(super) deploy: RowKey,
    pub(super) logs: Option<RowKey>,
}

impl Server {
    fn dpl(&self, p: &Planner<'_>, skip: bool, op: DplOp) -> Action {
        Action::Dpl(Dpl {
            clustered: self.clustered,
            data: p.site.data_of(&self.stack),
            dir: p.dir(self.stack.app).to_owned(),
            op,
            settings: p.site.settings_of(&self.stack),
            skip: skip.then(|| p.catalogue.skip.clone()),
            stack: self.stack.clone(),
        })
    }

    fn step(&self, phase: Phase, what: &str, action: Action) -> Draft {
        let what = format!("{}/{what}", self.stack.app);
        Draft::on(&self.stack.node, phase, &what, action)
    }

    /// Stops the application's services.
    pub(super) fn stop(&self, p: &mut Planner<'_>) -> Added {
        self.stop_as(p, "stop")
    }

    /// The same under another name: where a plan may have to stop them twice.
    pub(super) fn stop_as(&self, p: &mut Planner<'_>, what: &str) -> Added {
        let op = DplOp::Stop {
            database: self.database,
            // In a second half these containers are another release's than what they meet: their
            // data, or the nodes that have been changed.
            outdated: self.phases[0] == Phase::SecondHalf
                || p.steps.has(&Atom::Met(p.site.data_of(&self.stack)))
                    && !p.steps.has(&Atom::New(self.stack.clone())),
            by_docker: p.known_start && (self.is_aside(p) || self.may_be_aside(p)),
        };
        let draft = self.step(self.phases[0], what, self.dpl(p, !self.clustered, op));
        let draft = match self.rows.stop {
            // Only for the copy of what lies beside it.
            [] => draft.source(Source::Invariant(2)),
            rows => draft.cites(rows),
        };
        // A move starts again what was stopped on the node it goes to.
        let at_rest =
            [is(Atom::Stopped(self.stack.clone())), is_not(Atom::Running(self.stack.clone()))];
        let kept = match self.database && !at_rest.iter().all(|c| p.steps.now().meets(c)) {
            true => super::postgres::keep_version(p, &self.stack.node),
            false => None,
        };
        let stop = p.steps.ensure(draft, &at_rest);
        p.steps.after(stop, kept, Because::Invariant(13));
        stop
    }

    /// Whether the application's data, its settings among them, lies aside with nothing in its place.
    fn is_aside(&self, p: &Planner<'_>) -> bool {
        let data = p.site.data_of(&self.stack);
        p.steps.has(&Atom::SetAside(data.clone())) && !p.steps.has(&Atom::PutBack(data))
    }

    /// Whether a restore that broke off may have begun to set the data aside: where nobody has seen that
    /// the settings lie there, dpl may find none.
    fn may_be_aside(&self, p: &Planner<'_>) -> bool {
        let data = p.site.data_of(&self.stack);
        let restores = p.goal == Goal::Rollback
            && p.site.rollback.as_ref().and_then(|r| r.way) == Some(RollbackWay::Restore);
        let files = FactKey::SettingsFiles(p.site.settings_of(&self.stack));
        let one = |files: &FactValue| matches!(files, FactValue::List(names) if names.len() == 1);
        let seen = p.observed(&files) && p.fact(&files).is_some_and(one);
        restores && !seen && !p.steps.has(&Atom::PutBack(data))
    }

    /// A verified copy of the data, once per data set (invariant 2), of everything on the host that
    /// keeps its volumes where this application does.
    pub(super) fn back_up(&self, p: &mut Planner<'_>) -> Added {
        self.copy(p, self.neighbours(p))
    }

    /// This application and the others of its host: their volumes lie side by side.
    fn neighbours(&self, p: &Planner<'_>) -> Vec<Stack> {
        p.site.stacks().into_iter().filter(|stack| stack.node == self.stack.node).collect()
    }

    /// The same on an idle node of a cluster, where nothing runs that would have to stop.
    pub(super) fn back_up_idle(&self, p: &mut Planner<'_>) -> Added {
        self.copy(p, Vec::new())
    }

    fn copy(&self, p: &mut Planner<'_>, writers: Vec<Stack>) -> Added {
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
    fn changes_external(&self, p: &Planner<'_>) -> bool {
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
    fn external_backup(&self, p: &mut Planner<'_>, at_rest: Vec<Stack>) {
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
    fn paths(&self, p: &Planner<'_>, neighbours: &[Stack]) -> Vec<String> {
        let mut paths = vec![format!("{}/volumes", p.site.docker_root)];
        paths.extend(neighbours.iter().map(|stack| p.dir(stack.app).to_owned()));
        let back = p.site.cluster_of(&self.stack.node);
        if back.is_some_and(|pair| pair.cluster == crate::name::ClusterName::Back) {
            paths.push(p.catalogue.paths.cluster_data.clone());
        }
        paths
    }

    fn room_for_copy(&self, p: &mut Planner<'_>) -> Option<Held> {
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
            super::checks::no_space(p, &FactKey::FreeBackup(holder), &free, &size);
        }
        Some(held)
    }

    /// Volumes to 888:888, when upgrading from an old release (A1).
    pub(super) fn owners(&self, p: &mut Planner<'_>) -> Added {
        let row = self.rows.owners.filter(|_| self.stack.app == App::Express)?;
        let data = p.site.data_of(&self.stack);
        let limit = p.catalogue.thresholds.owners_up_to.clone();
        let below = p.site.readings.get(&Reading::A1).is_some_and(|r| r == "below-1.28");
        let (release, said) = self.release_before(p);
        let FactValue::Release(release) = release else {
            p.steps.leave_out(&[row], Cause::Claim(said.claim));
            return None;
        };
        // "≤ 1.28.x": any patch level of 1.28 counts (A1).
        let due = release < limit || (!below && release.minor() == limit.minor());
        if !due {
            p.steps.leave_out(&[row], Cause::Claim(said.claim));
            // Said, and not changed unasked (A1).
            let key = FactKey::Owners(data.holder.clone());
            if release > limit && p.fact(&key) == Some(&FactValue::Bool(false)) {
                let found = Diagnostic::new(Code::OwnersUnexpected).arg("holder", &data.holder);
                p.say(&key.path(), found);
            }
            return None;
        }
        let key = FactKey::Owners(data.holder.clone());
        let owners = p.ask.holds(key, Test::Is, FactValue::Bool(true))?;
        if owners.yes {
            p.steps.leave_out(&[row], Cause::Claim(owners.claim));
            return None;
        }
        let agreed = self.agreed(p, Topic::Owners, row, std::slice::from_ref(&said));
        let list = format!(
            "{}/{}/owners-{}-{}.txt",
            p.catalogue.paths.kept,
            p.site.site,
            data.holder,
            p.before()
        );
        let action = Action::Volume(Volume::FixOwners {
            data: data.clone(),
            list,
            owner: p.catalogue.volumes.owner.clone(),
            volumes: p.catalogue.volumes.owned.clone(),
        });
        let draft = self
            .step(self.phases[1], "owners", action)
            .cites(&[row])
            .because(&said)
            .because(&owners);
        let step = p.steps.ensure(draft, &[is(Atom::OwnersFixed(data))]);
        p.steps.after(step, agreed, Because::Row(row));
        step
    }

    /// The release that the data comes from: this node's, or in a cluster the other node's, where
    /// this one idled and nobody knows its own.
    fn release_before(&self, p: &mut Planner<'_>) -> (FactValue, Held) {
        let here = p.release_of(&self.stack);
        let other = p.site.cluster_of(&self.stack.node).map(|pair| pair.other(&self.stack.node));
        match (&here.0, other) {
            (FactValue::Unknown, Some(other)) => p.release_of(&Stack::new(other, self.stack.app)),
            _ => here,
        }
    }

    /// What the HA chapter does not cover is behind a person's yes, asked before anything stops (A8).
    pub(super) fn agreed(
        &self,
        p: &mut Planner<'_>,
        topic: Topic,
        row: RowKey,
        held: &[Held],
    ) -> Added {
        if !self.clustered {
            return None;
        }
        let action = Action::Person(Person::NotInGuide { topic });
        let name = action.code().trim_start_matches("person-").to_owned();
        let draft = Draft::person(Phase::Prepare, &name, action)
            .source(Source::Reading("A8".to_owned()))
            .early();
        let agreed = p.steps.once(held.iter().fold(draft, Draft::because));
        let stops: Vec<_> = p
            .steps
            .added()
            .filter(|(.., action)| {
                matches!(action, Action::Dpl(Dpl { op: DplOp::Stop { .. }, .. }))
            })
            .map(|(index, ..)| index)
            .collect();
        for stop in stops {
            p.steps.after(Some(stop), agreed, Because::Row(row));
        }
        agreed
    }

    /// The Let's Encrypt store cleared, when nginx was old (once per node).
    pub(super) fn letsencrypt(&self, p: &mut Planner<'_>) -> Added {
        let row = self.rows.letsencrypt.filter(|_| self.stack.app == App::Express)?;
        let node = self.stack.node.clone();
        let limit = p.catalogue.thresholds.letsencrypt_nginx_below.clone();
        match p.site.certificate.clone() {
            Some(CertificateKind::LetsEncrypt) => {}
            Some(CertificateKind::Own(_)) => {
                let said = p.ask.choice("certificate.kind", "own");
                p.steps.leave_out(&[row], Cause::Claim(said.claim));
                return None;
            }
            None => {
                self.certificate_unsaid(p, row, limit);
                return None;
            }
        }
        let old = p.ask.holds(FactKey::Nginx(node.clone()), Test::Below, FactValue::Release(limit));
        let there =
            p.ask.holds(FactKey::LetsEncrypt(node.clone()), Test::Is, FactValue::Bool(true));
        let (old, there) = (old?, there?);
        // One directory for both nodes of a cluster is cleared once (invariant 18).
        let place = p.site.settings_of(&self.stack);
        let mate = p.site.cluster_of(&node).map(|pair| pair.other(&node).clone());
        let shared =
            mate.filter(|mate| p.site.settings_of(&Stack::new(mate, App::Express)) == place);
        if let Some(done) = shared.map(|mate| is(Atom::LetsEncryptCleared(mate)))
            && p.steps.now().meets(&done)
        {
            p.steps.leave_out(&[row], Cause::Already(vec![done]));
            return None;
        }
        if !old.yes || !there.yes {
            let claim = if old.yes { there.claim } else { old.claim };
            p.steps.leave_out(&[row], Cause::Claim(claim));
            return None;
        }
        let agreed = self.agreed(p, Topic::Letsencrypt, row, std::slice::from_ref(&old));
        let kept = &p.catalogue.paths.kept;
        let action = Action::Volume(Volume::ClearLetsEncrypt {
            copy: format!("{kept}/{}/letsencrypt-{node}-{}", p.site.site, p.before()),
            data: p.site.data_of(&self.stack),
            dir: format!("{}/{}", p.dir(App::Express), p.catalogue.paths.letsencrypt),
            node: node.clone(),
        });
        let draft = self
            .step(self.phases[1], "letsencrypt", action)
            .cites(&[row])
            .because(&old)
            .because(&there);
        let step = p.steps.ensure(draft, &[is(Atom::LetsEncryptCleared(node))]);
        p.steps.after(step, agreed, Because::Row(row));
        if step.is_some() {
            p.warn(WarningCode::LetsencryptAgain, &[], step, None);
        }
        step
    }

    /// The file does not say whose certificate nginx serves. Where nginx is known to be new that
    /// does not matter; where it is old, or the release is as old as the chapter's other one-time
    /// conditions, it is asked; else nginx is taken to be new until somebody looks.
    fn certificate_unsaid(&self, p: &mut Planner<'_>, row: RowKey, limit: Release) {
        let key = FactKey::Nginx(self.stack.node.clone());
        let nginx = p.fact(&key).cloned();
        let limit = FactValue::Release(limit);
        let (release, _) = self.release_before(p);
        let old = p.catalogue.thresholds.owners_up_to.minor();
        let old = matches!(&release, FactValue::Release(r) if r.minor() <= old);
        if nginx.as_ref().map_or(old, |nginx| *nginx < limit) {
            let found = Diagnostic::new(Code::MissingChoice)
                .arg("key", "certificate.kind")
                .arg("choices", "own, lets-encrypt");
            p.say("certificate.kind", found);
            return;
        }
        let held = match nginx {
            Some(_) => p.ask.holds(key, Test::AtLeast, limit),
            None => Some(p.ask.assume(&key, Test::AtLeast, &limit)),
        };
        if let Some(held) = held {
            p.steps.leave_out(&[row], Cause::Claim(held.claim));
        }
    }

    /// Node exporter and cAdvisor.
    pub(super) fn exporters(&self, p: &mut Planner<'_>) -> Added {
        let row = self.rows.exporters?;
        // Each chapter's own order of the two (A3).
        let op = DplOp::Exporters { node_first: self.clustered };
        let draft = self.step(self.phases[1], "exporters", self.dpl(p, false, op)).cites(&[row]);
        p.steps.ensure(draft, &[is(Atom::Exporters(self.stack.node.clone()))])
    }

    /// Deploys the release that is wanted.
    pub(super) fn deploy(&self, p: &mut Planner<'_>) -> Added {
        let barriers = match self.brings {
            Brings::New => {
                let lowest = p.lowest_release();
                p.catalogue.barriers_between(p.new_release(), &lowest)
            }
            _ => Vec::new(),
        };
        let op = DplOp::Deploy {
            brings: self.brings,
            crosses_barrier: !barriers.is_empty(),
            external_database: self.brings == Brings::New && self.changes_external(p),
        };
        // From the backup nothing may be pulled (K12); with pins the guide deploys plainly (RB.2).
        let restored = p.site.rollback.as_ref().and_then(|r| r.way) == Some(RollbackWay::Restore);
        let skip = p.goal == Goal::Rollback && self.brings == Brings::Old && restored;
        let draft =
            self.step(self.phases[1], "deploy", self.dpl(p, skip, op)).cites(&[self.rows.deploy]);
        let new = Atom::New(self.stack.clone());
        let there = if self.brings == Brings::New { is(new) } else { is_not(new) };
        let step = p.steps.ensure(draft, &[there, is(Atom::Running(self.stack.clone()))]);
        p.no_return_after(step, barriers);
        self.unpinned_first(p, step);
        if self.brings == Brings::New {
            Self::loaded_first(p, step);
        }
        step
    }

    /// What a node gets from the local registry is in it first.
    pub(super) fn loaded_first(p: &mut Planner<'_>, step: Added) {
        let loads: Vec<_> = p
            .steps
            .added()
            .filter(|(.., action)| match action {
                Action::Registry(registry) => {
                    use crate::action::Registry as R;
                    matches!(registry, R::Load { .. } | R::Upload { .. } | R::SeeTags { .. })
                }
                _ => false,
            })
            .map(|(index, ..)| index)
            .collect();
        for load in loads {
            p.steps.after(step, Some(load), Because::Invariant(8));
        }
    }

    /// Pins that hold the target back are out before anything is fetched or deployed by them (K15).
    fn unpinned_first(&self, p: &mut Planner<'_>, step: Added) {
        let place = p.site.settings_of(&self.stack);
        let unpins: Vec<_> = p
            .steps
            .added()
            .filter(|(_, _, _, action)| match action {
                Action::Settings(edit) => {
                    edit.place == place
                        && matches!(edit.edit, crate::action::settings::Edit::Unpin(_))
                }
                _ => false,
            })
            .map(|(index, ..)| index)
            .collect();
        for unpin in unpins {
            p.steps.after(step, Some(unpin), Because::Invariant(17));
        }
    }

    /// Starts what was there, changing nothing.
    pub(super) fn start(&self, p: &mut Planner<'_>, what: &str) -> Added {
        let draft = self
            .step(self.phases[1], what, self.dpl(p, true, DplOp::Start))
            .source(Source::Invariant(35));
        p.steps.ensure(draft, &[is(Atom::Running(self.stack.clone()))])
    }

    /// Fetches images before the stop.
    pub(super) fn fetch(&self, p: &mut Planner<'_>, row: Option<RowKey>, held: &[Held]) -> Added {
        let mut draft = self.step(Phase::Fetch, "fetch", self.dpl(p, false, DplOp::Fetch));
        draft = match row {
            Some(row) => draft.cites(&[row]),
            None => draft.source(Source::Invariant(8)),
        };
        for held in held {
            draft = draft.because(held);
        }
        let step = p.steps.ensure(draft, &[is(Atom::Fetched(self.stack.clone()))]);
        self.unpinned_first(p, step);
        Self::loaded_first(p, step);
        step
    }

    /// Reads the logs until they are clean.
    pub(super) fn read_logs(&self, p: &mut Planner<'_>) -> Added {
        let action = Action::Wait(Wait::CleanLogs {
            dir: p.dir(self.stack.app).to_owned(),
            except: Vec::new(),
            stack: self.stack.clone(),
            tail: p.catalogue.logs.tail,
        });
        let draft = self.step(self.phases[1], "logs", action);
        let draft = match self.rows.logs {
            Some(row) => draft.cites(&[row]),
            None => draft.source(Source::Invariant(35)),
        };
        p.steps.ensure(draft, &[is_not(Atom::Unchecked(self.stack.clone()))])
    }

    /// Waits until the containers' output is quiet (A28).
    pub(super) fn quiet(&self, p: &mut Planner<'_>, rows: &[RowKey]) -> Added {
        let logs = &p.catalogue.logs;
        let action = Action::Wait(Wait::QuietLogs {
            dir: p.dir(self.stack.app).to_owned(),
            except: logs.except.clone(),
            quiet_s: logs.quiet_s,
            stack: self.stack.clone(),
            tail: logs.tail_ha,
        });
        let draft = self.step(self.phases[1], "quiet", action).cites(rows);
        let quiet = p.steps.ensure(draft, &[is_not(Atom::Unchecked(self.stack.clone()))]);
        let deploy = self.deployed(p);
        for row in rows {
            p.steps.after(quiet, deploy, Because::Row(*row));
        }
        quiet
    }

    /// The step of this plan that deployed here.
    pub(super) fn deployed(&self, p: &Planner<'_>) -> Added {
        p.steps.last_doing(&is(Atom::Unchecked(self.stack.clone())))
    }

    /// The step of this plan that saves this node's image list.
    pub(super) fn listed(&self, p: &Planner<'_>) -> Added {
        let saved = is(Atom::ListSaved(self.stack.node.clone()));
        let mut steps = p.steps.added();
        steps.find(|(.., action)| action.effect().done.contains(&saved)).map(|(index, ..)| index)
    }

    /// The image list before the change (invariant 19).
    pub(super) fn save_list(&self, p: &mut Planner<'_>, phase: Phase) -> Added {
        save_list(p, &self.stack.node, phase, &[cite!("RB.0")])
    }

    /// Whether the wanted release still has to be deployed here.
    pub(super) fn needs_deploy(&self, p: &Planner<'_>) -> bool {
        let new = self.brings == Brings::New;
        p.steps.has(&Atom::New(self.stack.clone())) != new
            || !p.steps.has(&Atom::Running(self.stack.clone()))
    }
}

/// Saves the image list of a node.
pub(super) fn save_list(
    p: &mut Planner<'_>,
    node: &crate::name::NodeName,
    phase: Phase,
    rows: &[RowKey],
) -> Added {
    let file = format!(
        "{}/{}/{node}-current_version-{}.txt",
        p.catalogue.paths.kept,
        p.site.site,
        p.before()
    );
    let action = Action::Volume(Volume::SaveList { file, node: node.clone() });
    p.steps.once(Draft::on(node, phase, "containers/save-list", action).cites(rows))
}

//! What every chapter does with one server: list, stop, back up, owners, Let's Encrypt, exporters,
//! deploy, logs. The chapters differ in rows, spelling and which of these they have.

use crate::action::dpl::{Brings, DplOp};
use crate::action::{Action, Dpl, Volume, Wait};
use crate::cite;
use crate::fact::{FactKey, FactValue};
use crate::guide::RowKey;
use crate::name::Stack;
use crate::plan::builder::{Added, Draft};
use crate::plan::{Because, Goal, Phase, Source};
use crate::planner::Planner;
use crate::state::{Atom, is, is_not};
use crate::topology::RollbackWay;

mod copy;
mod deploy;
mod once;

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
        let restores = p.goal == Goal::Rollback
            && p.site.rollback.as_ref().and_then(|r| r.way) == Some(RollbackWay::Restore);
        let files = FactKey::SettingsFiles(p.site.settings_of(&self.stack));
        let one = |files: &FactValue| matches!(files, FactValue::List(names) if names.len() == 1);
        let seen = p.observed(&files) && p.fact(&files).is_some_and(one);
        restores && !seen && !p.steps.has(&Atom::PutBack(p.site.data_of(&self.stack)))
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

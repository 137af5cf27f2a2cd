//! The deploy, and what has to be before it.

use super::Server;
use crate::action::Action;
use crate::action::dpl::{Brings, DplOp};
use crate::fact::Held;
use crate::guide::RowKey;
use crate::plan::builder::Added;
use crate::plan::{Because, Goal, Phase, Source};
use crate::planner::Planner;
use crate::state::{Atom, is, is_not};
use crate::topology::RollbackWay;

impl Server {
    /// Node exporter and cAdvisor.
    pub(in crate::procedure) fn exporters(&self, p: &mut Planner<'_>) -> Added {
        let row = self.rows.exporters?;
        // Each chapter's own order of the two (A3).
        let op = DplOp::Exporters { node_first: self.clustered };
        let draft = self.step(self.phases[1], "exporters", self.dpl(p, false, op)).cites(&[row]);
        p.steps.ensure(draft, &[is(Atom::Exporters(self.stack.node.clone()))])
    }

    /// Deploys the release that is wanted.
    pub(in crate::procedure) fn deploy(&self, p: &mut Planner<'_>) -> Added {
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
    pub(in crate::procedure) fn loaded_first(p: &mut Planner<'_>, step: Added) {
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
    pub(super) fn unpinned_first(&self, p: &mut Planner<'_>, step: Added) {
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
    pub(in crate::procedure) fn start(&self, p: &mut Planner<'_>, what: &str) -> Added {
        let draft = self
            .step(self.phases[1], what, self.dpl(p, true, DplOp::Start))
            .source(Source::Invariant(35));
        p.steps.ensure(draft, &[is(Atom::Running(self.stack.clone()))])
    }

    /// Fetches images before the stop.
    pub(in crate::procedure) fn fetch(
        &self,
        p: &mut Planner<'_>,
        row: Option<RowKey>,
        held: &[Held],
    ) -> Added {
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

    /// Whether the wanted release still has to be deployed here.
    pub(in crate::procedure) fn needs_deploy(&self, p: &Planner<'_>) -> bool {
        let new = self.brings == Brings::New;
        p.steps.has(&Atom::New(self.stack.clone())) != new
            || !p.steps.has(&Atom::Running(self.stack.clone()))
    }

    /// The step of this plan that deployed here.
    pub(in crate::procedure) fn deployed(&self, p: &Planner<'_>) -> Added {
        p.steps.last_doing(&is(Atom::Unchecked(self.stack.clone())))
    }
}

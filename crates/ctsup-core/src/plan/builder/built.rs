//! From drafts to the steps of a plan.

use std::collections::BTreeSet;

use super::{Draft, PlanBuilder};
use crate::catalogue::{Catalogue, DurationOrigin};
use crate::guide::RowKey;
use crate::name::NodeName;
use crate::plan::derive::{debts, derived_with};
use crate::plan::{After, LeftOut, Source, Step, StepId, Takes};
use crate::state::State;

/// What a builder made.
#[derive(Debug)]
pub(crate) struct Built {
    pub(crate) steps: Vec<Step>,
    pub(crate) left_out: Vec<LeftOut>,
    pub(crate) implied: Vec<(StepId, After)>,
}

/// Rows that no step carries out, in the order of the guide; a row that one step leaves out and
/// another carries out is not left out.
pub(super) fn left_out(noted: Vec<LeftOut>, steps: &[Step]) -> Vec<LeftOut> {
    let cited: BTreeSet<RowKey> = steps
        .iter()
        .flat_map(|step| &step.source)
        .filter_map(|source| match source {
            Source::Row(row) => Some(*row),
            _ => None,
        })
        .collect();
    let mut kept: Vec<LeftOut> = Vec::new();
    for LeftOut { because, rows } in noted {
        let rows: Vec<_> = rows
            .into_iter()
            .filter(|row| !cited.contains(row) && !kept.iter().any(|k| k.rows.contains(row)))
            .collect();
        if !rows.is_empty() {
            kept.push(LeftOut { because, rows });
        }
    }
    kept.sort_by(|a, b| a.rows.cmp(&b.rows));
    kept
}

pub(super) fn step(
    draft: Draft,
    after: Vec<After>,
    catalogue: &Catalogue,
    user: Option<String>,
    now: &mut State,
) -> Step {
    let duration = catalogue.duration(draft.action.code());
    let (takes, limit_s) = match draft.minutes {
        Some(minutes) => {
            let max_s = minutes.saturating_mul(60);
            let takes = Takes { min_s: 0, max_s, origin: DurationOrigin::Site };
            (Some(takes), Some(max_s.saturating_mul(4).max(60)))
        }
        None => (
            duration.map(|d| Takes { min_s: d.min_s, max_s: d.max_s, origin: d.origin }),
            duration.map(|d| d.limit_s),
        ),
    };
    let derived = derived_with(&draft.action, draft.effect);
    let (opens, closes) = debts(now, &derived.leaves);
    Step {
        after,
        closes,
        commands: derived.commands,
        cwd: derived.cwd,
        id: StepId(draft.id),
        kind: derived.kind,
        leaves: derived.leaves,
        limit_s,
        needs: derived.needs,
        node: draft.node,
        opens,
        phase: draft.phase,
        repeat: derived.repeat,
        rests_on: draft.rests_on,
        source: draft.source,
        takes,
        undo: derived.undo,
        user,
        action: draft.action,
    }
}

impl PlanBuilder {
    /// All steps in their order, reduced waits with their reasons, rows left out, and every wait
    /// with a reason before the reduction.
    ///
    /// # Panics
    /// When procedures contradict each other: a mistake of ours, not of input.
    pub(crate) fn finish(self, catalogue: &Catalogue, user: impl Fn(&NodeName) -> String) -> Built {
        let order = self.order();
        let mut place = vec![0; order.len()];
        for (position, index) in order.iter().enumerate() {
            place[*index] = position;
        }
        let reduced = self.reduced(&order, &place);
        let mut implied = Vec::new();
        let mut waits: Vec<Vec<(usize, After)>> = vec![Vec::new(); order.len()];
        for ((earlier, later), mut because) in self.edges {
            because.sort();
            let after = After { because, step: StepId(self.drafts[earlier].id.clone()) };
            if reduced.contains(&(earlier, later)) {
                waits[later].push((place[earlier], after));
            } else {
                implied.push((StepId(self.drafts[later].id.clone()), after));
            }
        }
        let mut drafts: Vec<_> = self.drafts.into_iter().map(Some).collect();
        let mut start = self.start;
        let steps: Vec<Step> = order
            .iter()
            .map(|index| {
                let draft = drafts[*index].take().expect("the order has every step once");
                let mut after = std::mem::take(&mut waits[*index]);
                after.sort_by_key(|(place, _)| *place);
                let after = after.into_iter().map(|(_, after)| after).collect();
                let user = draft.node.as_ref().map(&user);
                step(draft, after, catalogue, user, &mut start)
            })
            .collect();
        let left_out = left_out(self.left_out, &steps);
        Built { steps, left_out, implied }
    }
}

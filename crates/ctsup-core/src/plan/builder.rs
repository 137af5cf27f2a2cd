//! Collects steps and the reasons why one waits for another, and makes a plan of them.
//!
//! Steps are added in one order that is right. From what each needs and does, the builder works out
//! which of that order is forced; procedures add what the guide orders beyond it.

use std::collections::{BTreeMap, BTreeSet, BinaryHeap};

use super::derive::{debts, derived_with};
use super::graph::Bits;
use super::{After, Because, Cause, LeftOut, Phase, Source, Step, StepId, Takes};
use crate::action::Action;
use crate::catalogue::{Catalogue, DurationOrigin};
use crate::fact::{ClaimKey, Held};
use crate::guide::RowKey;
use crate::name::{App, NodeName};
use crate::state::{Atom, Condition, Effect, State};

/// A step about to be added.
#[derive(Debug, Clone)]
pub(crate) struct Draft {
    id: String,
    node: Option<NodeName>,
    phase: Phase,
    action: Action,
    /// What the action needs and does; asked often, worked out once.
    effect: Effect,
    source: Vec<Source>,
    rests_on: Vec<ClaimKey>,
    minutes: Option<u32>,
    /// Its place among the others where the waits leave it open.
    rank: (usize, u8),
}

impl Draft {
    /// A step on a node.
    pub(crate) fn on(node: &NodeName, phase: Phase, what: &str, action: Action) -> Self {
        Self::new(Some(node.clone()), phase, format!("{node}/{what}"), action)
    }

    /// A step of a person.
    pub(crate) fn person(phase: Phase, what: &str, action: Action) -> Self {
        Self::new(None, phase, format!("person/{what}"), action)
    }

    fn new(node: Option<NodeName>, phase: Phase, id: String, action: Action) -> Self {
        Self {
            id,
            node,
            phase,
            effect: action.effect(),
            action,
            source: Vec::new(),
            rests_on: Vec::new(),
            minutes: None,
            rank: UNRANKED,
        }
    }

    /// With the guide rows that it carries out.
    pub(crate) fn cites(mut self, rows: &[RowKey]) -> Self {
        self.source.extend(rows.iter().map(|row| Source::Row(*row)));
        self
    }

    /// With a source that is no guide row.
    pub(crate) fn source(mut self, source: Source) -> Self {
        self.source.push(source);
        self
    }

    /// With a claim that puts it here.
    pub(crate) fn because(mut self, held: &Held) -> Self {
        if !self.rests_on.contains(&held.claim) {
            self.rests_on.push(held.claim.clone());
        }
        self
    }

    /// Among the first steps, though it is added later: a question that must not come at night
    /// while services are down.
    pub(crate) fn early(mut self) -> Self {
        self.rank = (0, 2);
        self
    }

    /// With a duration that the topology file states.
    pub(crate) fn minutes(mut self, minutes: Option<u32>) -> Self {
        self.minutes = minutes;
        self
    }
}

/// The place of a step that stands where it is added.
const UNRANKED: (usize, u8) = (usize::MAX, 0);

/// A step of the plan being built; `None` where it was left out.
pub(crate) type Added = Option<usize>;

/// The plan being built.
#[derive(Debug)]
pub(crate) struct PlanBuilder {
    drafts: Vec<Draft>,
    start: State,
    edges: BTreeMap<(usize, usize), Vec<Because>>,
    now: State,
    /// Who last changed an atom, and who needed it since.
    writers: BTreeMap<Atom, (usize, bool)>,
    readers: BTreeMap<Atom, Vec<(usize, bool)>>,
    left_out: Vec<LeftOut>,
}

impl PlanBuilder {
    /// A plan without steps, from a state.
    pub(crate) fn new(start: State) -> Self {
        Self {
            drafts: Vec::new(),
            edges: BTreeMap::new(),
            now: start.clone(),
            start,
            writers: BTreeMap::new(),
            readers: BTreeMap::new(),
            left_out: Vec::new(),
        }
    }

    /// What is true after the steps added so far.
    pub(crate) fn now(&self) -> &State {
        &self.now
    }

    /// Whether an atom holds after the steps added so far.
    pub(crate) fn has(&self, atom: &Atom) -> bool {
        self.now.has(atom)
    }

    /// Adds a step.
    pub(crate) fn add(&mut self, draft: Draft) -> Added {
        let index = self.drafts.len();
        for need in &draft.effect.needs {
            if let Some((writer, value)) = self.writers.get(&need.atom).copied()
                && value == need.holds
            {
                self.wait(index, writer, Because::Needs(need.clone()));
            }
            self.readers.entry(need.atom.clone()).or_default().push((index, need.holds));
        }
        for done in &draft.effect.done {
            for (reader, wanted) in self.readers.get(&done.atom).cloned().unwrap_or_default() {
                if wanted != done.holds && reader != index {
                    let kept = Condition { atom: done.atom.clone(), holds: wanted };
                    self.wait(index, reader, Because::Keeps(kept));
                }
            }
            match self.writers.get(&done.atom).copied() {
                Some((writer, value)) if value != done.holds => {
                    let before = Condition { atom: done.atom.clone(), holds: value };
                    self.wait(index, writer, Because::TakesBack(before));
                    self.writers.insert(done.atom.clone(), (index, done.holds));
                    self.readers.remove(&done.atom);
                }
                // The first who makes it so is the one to wait for.
                Some(_) => {}
                None => {
                    if self.now.has(&done.atom) != done.holds {
                        self.writers.insert(done.atom.clone(), (index, done.holds));
                    }
                }
            }
            self.now.apply(done);
        }
        let rank = if draft.rank == UNRANKED { (index, 1) } else { draft.rank };
        self.drafts.push(Draft { rank, ..draft });
        Some(index)
    }

    /// Adds a step unless all of these hold already; then its rows are left out for that reason.
    pub(crate) fn ensure(&mut self, draft: Draft, unless: &[Condition]) -> Added {
        if unless.iter().all(|condition| self.now.meets(condition)) {
            let rows: Vec<_> = draft
                .source
                .iter()
                .filter_map(|source| match source {
                    Source::Row(row) => Some(*row),
                    _ => None,
                })
                .collect();
            if !rows.is_empty() {
                self.leave_out(&rows, Cause::Already(unless.to_vec()));
            }
            return None;
        }
        self.add(draft)
    }

    /// Adds a step unless everything that it does is done already.
    pub(crate) fn once(&mut self, draft: Draft) -> Added {
        let done = draft.effect.done.clone();
        self.ensure(draft, &done)
    }

    /// Guide rows that do not apply.
    pub(crate) fn leave_out(&mut self, rows: &[RowKey], because: Cause) {
        let left = LeftOut { because, rows: rows.to_vec() };
        if !self.left_out.contains(&left) {
            self.left_out.push(left);
        }
    }

    /// The later step waits for the earlier one.
    pub(crate) fn after(&mut self, later: Added, earlier: Added, because: Because) {
        if let (Some(later), Some(earlier)) = (later, earlier) {
            self.wait(later, earlier, because);
        }
    }

    /// Each step waits for the one before it that was not left out.
    pub(crate) fn chain(&mut self, steps: &[Added], because: &Because) {
        let present: Vec<_> = steps.iter().flatten().copied().collect();
        for pair in present.windows(2) {
            self.wait(pair[1], pair[0], because.clone());
        }
    }

    /// Every step that waits for nothing yet waits for this one, unless this one waits for it: a
    /// site's own step may stand before everything.
    pub(crate) fn all_after(&mut self, first: usize, because: &Because) {
        let mut before = BTreeSet::from([first]);
        let mut open = vec![first];
        while let Some(step) = open.pop() {
            for (earlier, later) in self.edges.keys() {
                if *later == step && before.insert(*earlier) {
                    open.push(*earlier);
                }
            }
        }
        let waiting: BTreeSet<_> = self.edges.keys().map(|(_, to)| *to).collect();
        for step in (0..self.drafts.len()).filter(|s| !waiting.contains(s) && !before.contains(s)) {
            self.wait(step, first, because.clone());
        }
    }

    fn wait(&mut self, later: usize, earlier: usize, because: Because) {
        if later == earlier {
            return;
        }
        let reasons = self.edges.entry((earlier, later)).or_default();
        if !reasons.contains(&because) {
            reasons.push(because);
        }
    }

    /// The steps added so far: place in the plan being built, phase, sources.
    pub(crate) fn added(&self) -> impl Iterator<Item = (usize, Phase, &[Source], &Action)> {
        self.drafts.iter().enumerate().map(|(i, d)| (i, d.phase, d.source.as_slice(), &d.action))
    }

    /// Whether the first step edits settings that the second does not read.
    pub(crate) fn is_edit_for_another(&self, edit: Added, reader: Added) -> bool {
        let (Some(edit), Some(reader)) = (edit, reader) else { return false };
        match (&self.drafts[edit].action, &self.drafts[reader].action) {
            (Action::Settings(edit), Action::Dpl(dpl)) => edit.place != dpl.settings,
            (Action::Settings(_), Action::Registry(_)) => true,
            _ => false,
        }
    }

    /// Whether a step is done on one of these nodes.
    pub(crate) fn concerns(&self, step: Added, nodes: &[NodeName]) -> bool {
        step.is_some_and(|i| self.drafts[i].node.as_ref().is_some_and(|n| nodes.contains(n)))
    }

    /// Whether a step is a call of dpl in this application's directory.
    pub(crate) fn is_of(&self, step: Added, app: App) -> bool {
        step.is_some_and(|i| matches!(&self.drafts[i].action, Action::Dpl(d) if d.stack.app == app))
    }

    /// How many steps there are so far: the place of the next one.
    pub(crate) fn count(&self) -> usize {
        self.drafts.len()
    }

    /// The first step added since there were so many.
    pub(crate) fn first_since(&self, count: usize) -> Added {
        (self.drafts.len() > count).then_some(count)
    }

    /// The last step so far that makes a condition true.
    pub(crate) fn last_doing(&self, condition: &Condition) -> Added {
        self.drafts.iter().rposition(|draft| draft.effect.done.contains(condition))
    }

    /// Whether a step is a person's.
    pub(crate) fn is_confirm(&self, step: Added) -> bool {
        step.is_some_and(|i| self.drafts[i].action.kind() == crate::action::Kind::Confirm)
    }

    /// The direct waits so far: earlier and later.
    pub(crate) fn waits(&self) -> impl Iterator<Item = (usize, usize)> {
        self.edges.keys().copied()
    }

    /// Puts a step between others: after `earlier`, before `later`.
    pub(crate) fn insert(
        &mut self,
        draft: Draft,
        earlier: &[usize],
        later: &[usize],
        because: &Because,
    ) -> usize {
        let index = self.drafts.len();
        for condition in &draft.effect.done {
            self.now.apply(condition);
        }
        // Just before the first that waits for it; else just after the last that it waits for.
        let rank = match (later.iter().min(), earlier.iter().max()) {
            (Some(first), _) => (*first, 0),
            (None, Some(last)) => (*last, 2),
            (None, None) => (index, 1),
        };
        self.drafts.push(Draft { rank, ..draft });
        for step in earlier {
            self.wait(index, *step, because.clone());
        }
        for step in later {
            self.wait(*step, index, because.clone());
        }
        index
    }

    /// Tells apart steps that do the same twice, as a plan made anew in the middle of a run can: logs read
    /// because they were left unread, and read once more behind a start.
    pub(crate) fn tell_apart(&mut self) {
        while let Some(id) = twice(&self.drafts) {
            let again = self.drafts.iter_mut().filter(|draft| draft.id == id).skip(1);
            for (number, draft) in again.enumerate() {
                draft.id = format!("{id}/{}", number + 2);
            }
        }
    }

    /// The id that a step will have.
    pub(crate) fn id(&self, index: usize) -> StepId {
        StepId(self.drafts[index].id.clone())
    }

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

    /// A topological order that follows the order of adding where it can.
    fn order(&self) -> Vec<usize> {
        let mut open = vec![0_usize; self.drafts.len()];
        let mut later: Vec<Vec<usize>> = vec![Vec::new(); self.drafts.len()];
        for (from, to) in self.edges.keys() {
            open[*to] += 1;
            later[*from].push(*to);
        }
        let rank = |i: usize| std::cmp::Reverse((self.drafts[i].rank, i));
        let mut ready: BinaryHeap<_> =
            (0..open.len()).filter(|i| open[*i] == 0).map(rank).collect();
        let mut order = Vec::with_capacity(open.len());
        while let Some(std::cmp::Reverse((_, next))) = ready.pop() {
            order.push(next);
            for to in &later[next] {
                open[*to] -= 1;
                if open[*to] == 0 {
                    ready.push(rank(*to));
                }
            }
        }
        assert_eq!(
            order.len(),
            open.len(),
            "procedures never contradict each other: {}",
            self.circle(&open)
        );
        order
    }

    /// A circle of waits among the steps that never became free, each wait with its reasons: what a
    /// developer needs who made procedures contradict each other.
    fn circle(&self, open: &[usize]) -> String {
        let Some(mut at) = open.iter().position(|waits| *waits > 0) else { return String::new() };
        let mut path = vec![at];
        // Each of these waits for another of these: going back finds a circle.
        loop {
            let earlier = self.edges.keys().find(|(from, to)| *to == at && open[*from] > 0);
            let Some((from, _)) = earlier else { return String::new() };
            at = *from;
            if let Some(start) = path.iter().position(|step| step == from) {
                path.drain(..start);
                break;
            }
            path.push(at);
        }
        path.push(path[0]);
        let waits = path.windows(2).map(|pair| {
            let because = &self.edges[&(pair[1], pair[0])];
            format!("\n  {} waits for {}: {because:?}", self.id(pair[0]), self.id(pair[1]))
        });
        waits.collect()
    }

    /// The waits that no other waits imply.
    fn reduced(&self, order: &[usize], place: &[usize]) -> BTreeSet<(usize, usize)> {
        let mut earlier: Vec<Vec<usize>> = vec![Vec::new(); order.len()];
        for (from, to) in self.edges.keys() {
            earlier[*to].push(*from);
        }
        let mut before = vec![Bits::empty(order.len()); order.len()];
        let mut kept = BTreeSet::new();
        for step in order {
            // The latest first: what it waits for itself needs no wait of its own.
            earlier[*step].sort_unstable_by_key(|from| std::cmp::Reverse(place[*from]));
            let mut all = Bits::empty(order.len());
            for from in &earlier[*step] {
                if !all.has(*from) {
                    kept.insert((*from, *step));
                    all.insert(*from);
                    all.join(&before[*from]);
                }
            }
            before[*step] = all;
        }
        kept
    }
}

/// Rows that no step carries out, in the order of the guide; a row that one step leaves out and
/// another carries out is not left out.
fn left_out(noted: Vec<LeftOut>, steps: &[Step]) -> Vec<LeftOut> {
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

/// An id that stands twice.
fn twice(drafts: &[Draft]) -> Option<String> {
    let mut ids: Vec<_> = drafts.iter().map(|d| d.id.as_str()).collect();
    ids.sort_unstable();
    ids.windows(2).find(|w| w[0] == w[1]).map(|w| w[0].to_owned())
}

/// What a builder made.
#[derive(Debug)]
pub(crate) struct Built {
    pub(crate) steps: Vec<Step>,
    pub(crate) left_out: Vec<LeftOut>,
    pub(crate) implied: Vec<(StepId, After)>,
}

fn step(
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

//! Collects steps and the reasons why one waits for another, and makes a plan of them.
//!
//! Steps are added in one order that is right. From what each needs and does, the builder works out
//! which of that order is forced; procedures add what the guide orders beyond it.

use std::collections::{BTreeMap, BTreeSet};

use super::{Because, Cause, LeftOut, Phase, Source, StepId};
use crate::action::Action;
use crate::guide::RowKey;
use crate::name::{App, NodeName};
use crate::state::{Atom, Condition, State};

mod built;
mod draft;
mod order;

pub(crate) use self::built::Built;
pub(crate) use self::draft::Draft;

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
}

/// An id that stands twice.
fn twice(drafts: &[Draft]) -> Option<String> {
    let mut ids: Vec<_> = drafts.iter().map(|d| d.id.as_str()).collect();
    ids.sort_unstable();
    ids.windows(2).find(|w| w[0] == w[1]).map(|w| w[0].to_owned())
}

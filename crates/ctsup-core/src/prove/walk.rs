//! The walk: every state that the plan's order allows, with everything that may run side by side.
//!
//! Breadth first, so that the first story found of a violation is a shortest one.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use super::model::{Change, Model};
use super::rule::Rules;
use super::set::{BySet, Set};

/// Something that happens in a walk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Event {
    /// A step starts.
    Starts,
    /// A step is done.
    Done,
}

/// How a state was reached first.
#[derive(Debug, Clone, Copy)]
struct Reached {
    from: usize,
    step: usize,
    event: Event,
}

/// A rule broken: in which state, while which step starts.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Broken {
    pub(crate) rule: usize,
    /// The state before the last event.
    pub(crate) state: usize,
    /// The step that must not start there.
    pub(crate) starting: Option<usize>,
    /// What is true there, running steps taken as far as they break the rule.
    pub(crate) world: Set,
}

/// What a walk found.
#[derive(Debug)]
pub(crate) struct Walk {
    pub(crate) states: Vec<Set>,
    reached: Vec<Option<Reached>>,
    /// The first violation of each rule, shortest first.
    pub(crate) broken: Vec<Broken>,
    /// States in which nothing runs.
    pub(crate) down_sets: usize,
    /// Two orders of the same steps ended in different states.
    pub(crate) races: bool,
    /// Every state was seen.
    pub(crate) complete: bool,
}

impl Walk {
    /// The events that lead to a state.
    pub(crate) fn story(&self, state: usize) -> Vec<(usize, Event)> {
        let mut events = Vec::new();
        let mut at = state;
        while let Some(reached) = self.reached[at] {
            events.push((reached.step, reached.event));
            at = reached.from;
        }
        events.reverse();
        events
    }
}

/// Walks the steps of a set, asking the rules everywhere.
pub(crate) fn walk(model: &Model<'_>, rules: &Rules, kept: &Set, limit: usize) -> Walk {
    let (all_done, all_running) = model.progress();
    let kept = kept.both(&all_done);
    let steps: Vec<usize> = kept.iter().collect();
    let mut found = Walk {
        states: vec![model.start],
        reached: vec![None],
        broken: Vec::new(),
        down_sets: 0,
        races: false,
        complete: true,
    };
    let mut known: BySet<usize> = BySet::default();
    let mut down_sets: BySet<Set> = BySet::default();
    known.insert(model.start, 0);
    let mut queue = VecDeque::from([0_usize]);
    let mut asked = Asked { rules, broken: vec![false; rules.all.len()] };
    while let Some(at) = queue.pop_front() {
        let state = found.states[at];
        let running = state.both(&all_running);
        let done = state.both(&all_done);
        let worlds = worlds(model, rules, &state, &running);
        asked.always(&mut found, at, &worlds);
        if running.is_empty() {
            found.down_sets += 1;
            // Windows and propositions follow from the steps done, whatever their order.
            if let Some(before) = down_sets.insert(done, state)
                && before != state
            {
                found.races = true;
                found.down_sets -= 1;
            }
            if kept.within(&done) {
                asked.end(&mut found, at, &state);
            }
        }
        let mut next = |found: &mut Walk, state: Set, step: usize, event: Event| {
            if known.contains_key(&state) {
                return;
            }
            if found.states.len() >= limit {
                found.complete = false;
                return;
            }
            known.insert(state, found.states.len());
            queue.push_back(found.states.len());
            found.states.push(state);
            found.reached.push(Some(Reached { from: at, step, event }));
        };
        for bit in running.iter() {
            let step = bit - model.len();
            let mut after = model.moves[step].done.on(&state);
            after.remove(bit);
            next(&mut found, after, step, Event::Done);
        }
        for step in steps.iter().copied() {
            if !may_start(model, &done, &running, step) {
                continue;
            }
            asked.starting(&mut found, at, &worlds, step);
            let mut after = state;
            after.insert(model.running_bit(step));
            next(&mut found, after, step, Event::Starts);
        }
    }
    found
}

/// Whether a step may start: everything before it is done, nothing else runs in its place, and no
/// two steps that interrupt users run together.
pub(crate) fn may_start(model: &Model<'_>, done: &Set, running: &Set, step: usize) -> bool {
    let this = &model.moves[step];
    let started = done.has(model.done_bit(step)) || running.has(model.running_bit(step));
    !started
        && this.before.within(done)
        && running.iter().all(|bit| {
            let other = &model.moves[bit - model.len()];
            other.place != this.place && !(other.interrupts && this.interrupts)
        })
}

/// What can be true while steps run: each may have done nothing yet, a part, or all of it.
fn worlds(model: &Model<'_>, rules: &Rules, state: &Set, running: &Set) -> Vec<Set> {
    let mut all = vec![*state];
    for bit in running.iter() {
        let step = &model.moves[bit - model.len()];
        if !step.touched.meets(&rules.seen) {
            continue;
        }
        let mut done = step.done;
        done.set.remove(model.done_bit(bit - model.len()));
        let ways: Vec<Change> = step.halves.iter().map(|(_, half)| *half).chain([done]).collect();
        for world in all.clone() {
            for way in &ways {
                let changed = way.on(&world);
                if !all.contains(&changed) {
                    all.push(changed);
                }
            }
        }
    }
    all
}

struct Asked<'r> {
    rules: &'r Rules,
    broken: Vec<bool>,
}

impl Asked<'_> {
    fn always(&mut self, found: &mut Walk, at: usize, worlds: &[Set]) {
        for (number, rule) in self.rules.always() {
            self.ask(found, (number, rule), at, worlds, None);
        }
    }

    fn starting(&mut self, found: &mut Walk, at: usize, worlds: &[Set], step: usize) {
        for (number, rule) in self.rules.starting(step) {
            self.ask(found, (number, rule), at, worlds, Some(step));
        }
    }

    fn end(&mut self, found: &mut Walk, at: usize, state: &Set) {
        for (number, rule) in self.rules.end() {
            self.ask(found, (number, rule), at, std::slice::from_ref(state), None);
        }
    }

    fn ask(
        &mut self,
        found: &mut Walk,
        (number, rule): (usize, &super::rule::Rule),
        at: usize,
        worlds: &[Set],
        starting: Option<usize>,
    ) {
        if self.broken[number] {
            return;
        }
        if let Some(world) = worlds.iter().find(|world| rule.broken_in(world)) {
            self.broken[number] = true;
            found.broken.push(Broken { rule: number, state: at, starting, world: *world });
        }
    }
}

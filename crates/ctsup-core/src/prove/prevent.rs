//! What would have prevented a violation: a wait between two steps, or a step that the plan lacks.
//!
//! A wait is only named once it was tried: with it, no order of the steps that the rule depends on
//! breaks the rule any more.

use super::check::concerned;
use super::model::{Model, Term};
use super::report::Prevented;
use super::rule::{Rule, Rules, When};
use super::walk::{Broken, walk};
use crate::state::Condition;

/// States of a walk that tries a wait.
const STATES: usize = 5_000;
/// Waits tried where what the rule speaks of does not say which.
const TRIED: usize = 80;
/// Waits named: the reader needs one.
const NAMED: usize = 3;

/// Waits and steps that would have kept a rule from being broken.
pub(crate) fn by_what(model: &Model<'_>, rule: &Rule, broken: &Broken) -> Vec<Prevented> {
    let (mut waits, steps) = spoken_of(model, rule, broken);
    waits.retain(|wait| holds_with(model, rule, *wait));
    if waits.is_empty() && steps.is_empty() {
        let all: Vec<usize> = concerned(model, rule).iter().collect();
        let pairs = all.iter().flat_map(|a| all.iter().map(move |b| (*a, *b)));
        waits = pairs
            .filter(|(earlier, later)| is_new(model, *earlier, *later))
            .take(TRIED)
            .filter(|wait| holds_with(model, rule, *wait))
            .take(NAMED)
            .collect();
    }
    let id = |step: usize| model.step(step).id.clone();
    let waits = waits
        .into_iter()
        .take(NAMED)
        .map(|(earlier, later)| Prevented::Edge { earlier: id(earlier), later: id(later) });
    let steps = steps.into_iter().map(Prevented::Step);
    waits.chain(steps).collect()
}

/// A wait that the plan does not have and that makes no circle.
fn is_new(model: &Model<'_>, earlier: usize, later: usize) -> bool {
    earlier != later
        && !model.moves[earlier].before.has(model.done_bit(later))
        && !model.moves[later].before.has(model.done_bit(earlier))
}

/// Whether no order breaks the rule once one step waits for the other.
fn holds_with(model: &Model<'_>, rule: &Rule, (earlier, later): (usize, usize)) -> bool {
    let mut with = model.clone();
    let mut first = model.moves[earlier].before;
    first.insert(model.done_bit(earlier));
    for step in 0..model.len() {
        if step == later || model.moves[step].before.has(model.done_bit(later)) {
            with.moves[step].before = with.moves[step].before.with(&first);
        }
    }
    let steps = concerned(&with, rule);
    let part = with.restricted(&steps);
    let mut rules = Rules::new(model.len());
    rules.push(rule.clone());
    let walked = walk(&part, &rules, &steps, STATES);
    walked.complete && walked.broken.is_empty()
}

/// What the rule's own terms suggest.
fn spoken_of(
    model: &Model<'_>,
    rule: &Rule,
    broken: &Broken,
) -> (Vec<(usize, usize)>, Vec<Condition>) {
    let mut waits: Vec<(usize, usize)> = Vec::new();
    let mut steps: Vec<Condition> = Vec::new();
    let mut wait = |earlier: usize, later: usize| {
        if is_new(model, earlier, later) && !waits.contains(&(earlier, later)) {
            waits.push((earlier, later));
        }
    };
    for term in &rule.terms {
        let (atom, wanted) = match term {
            Term::Is(atom) => (atom, false),
            Term::Not(atom) => (atom, true),
            Term::NotDone(step) => {
                if let Some(starting) = broken.starting {
                    wait(*step, starting);
                }
                continue;
            }
            Term::Done(step) | Term::Running(step) => {
                if let Some(starting) = broken.starting {
                    wait(starting, *step);
                }
                continue;
            }
            Term::InWindow(_) | Term::OutsideWindow(_) => continue,
        };
        let condition = Condition { atom: atom.clone(), holds: wanted };
        let Some(bit) = model.bit(atom) else {
            steps.push(condition);
            continue;
        };
        let makes = |step: usize, holds: bool| {
            let done = &model.moves[step].done;
            if holds { done.set.has(bit) } else { done.clear.has(bit) }
        };
        let is_done = |step: usize| broken.world.has(model.done_bit(step));
        let makers: Vec<usize> = (0..model.len()).filter(|s| makes(*s, wanted)).collect();
        let Some(starting) = broken.starting else {
            if makers.is_empty() && rule.when == When::End {
                steps.push(condition);
            }
            continue;
        };
        let later: Vec<usize> =
            makers.into_iter().filter(|s| !is_done(*s) && *s != starting).collect();
        if later.is_empty() && model.start.has(bit) != wanted {
            steps.push(condition);
        }
        for step in later {
            wait(step, starting);
        }
        for step in (0..model.len()).filter(|s| makes(*s, !wanted) && is_done(*s)) {
            wait(starting, step);
        }
    }
    (waits, steps)
}

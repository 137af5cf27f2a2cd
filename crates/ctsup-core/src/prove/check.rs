//! From a plan to its proof.

use super::assume;
use super::model::{Model, Term};
use super::outlook::{self, Outlook};
use super::prevent;
use super::report::{
    Coverage, Fact, FaultCoverage, Happened, Judged, Judgement, Proof, Refutation, Verdict,
};
use super::rule::{Rule, RuleId, Rules, When};
use super::rules;
use super::set::Set;
use super::shape;
use super::table::{self, Table};
use super::walk::{Broken, Event, Walk, walk};
use super::way::WayKind;
use crate::plan::Plan;
use crate::state::Condition;

/// How far a walk goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// States of a walk; with more, each rule is walked by itself. The whole plan is walked up to a
    /// fifth of them: beyond that a walk without inert steps says the same sooner.
    pub states: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { states: 250_000 }
    }
}

/// Proves a plan, or finds how it goes wrong.
#[must_use]
pub fn prove(plan: &Plan) -> Proof {
    prove_within(plan, Limits::default())
}

/// The same, with limits of one's own.
#[must_use]
pub fn prove_within(plan: &Plan, limits: Limits) -> Proof {
    let mut proof = Proof {
        digest: plan.digest.clone(),
        assumptions: assume::of(plan),
        coverage: Coverage::None,
        verdict: Verdict::NotCovered,
        judgements: Vec::new(),
        faults: FaultCoverage { everywhere: false, tried: 0, dead_ends: 0, mixed: 0 },
        table: Vec::new(),
        outlook: Outlook::default(),
        refutations: Vec::new(),
    };
    let Ok(model) = Model::of(plan) else { return proof };
    let rules = rules::compile(&model);
    let Asked { coverage, left_out, mut refutations, walk: walked } =
        ask(&model, &rules, limits, Tell::Stories);
    proof.coverage = coverage;
    let mut states = own_order(&model);
    let everywhere = walked.complete;
    if everywhere {
        states.extend(walked.states.iter().map(|state| with_waited_for(&model, state)));
        states.extend(inert_under_way(&model, &left_out, &walked));
    }
    let table = table::fill(&model, &rules, states.iter());
    refutations.extend(in_faults(&model, &rules, &table));
    let dead = |o: &&super::table::Outcome| o.way.kind == WayKind::DeadEnd;
    proof.faults = FaultCoverage {
        everywhere,
        tried: table.tried,
        mixed: mixed(&model, &rules, &walked),
        dead_ends: table.cells.iter().flat_map(|c| &c.outcomes).filter(dead).count(),
    };
    proof.table = table.cells;
    proof.outlook = outlook::of(&model, &rules);
    for found in shape::check(plan) {
        refutations.push(Refutation {
            rule: found.id,
            fault: None,
            story: Vec::new(),
            starting: Some(plan.steps[found.step].id.clone()),
            facts: Vec::new(),
            prevented: Vec::new(),
            state: plan.start.clone(),
        });
    }
    refutations.sort_by_key(|r| (r.fault.is_some(), r.story.len()));
    proof.judgements = judge(&rules, &refutations, plan);
    proof.verdict = match refutations.is_empty() {
        true if everywhere && proof.faults.mixed == 0 => Verdict::Proven,
        true => Verdict::NotCovered,
        false => Verdict::Refuted,
    };
    proof.refutations = refutations;
    proof
}

/// The rules that a plan breaks in any order, without faults and without their stories.
pub(crate) fn refute(plan: &Plan, limits: Limits) -> Vec<RuleId> {
    let Ok(model) = Model::of(plan) else { return Vec::new() };
    let rules = rules::compile(&model);
    let mut found: Vec<RuleId> =
        ask(&model, &rules, limits, Tell::Rules).refutations.into_iter().map(|r| r.rule).collect();
    found.extend(shape::check(plan).into_iter().map(|m| m.id));
    found
}

/// How much is told of what is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tell {
    /// Which rules break; for callers that only want to know whether.
    Rules,
    /// And what would have prevented it, which takes walks of its own.
    Stories,
}

/// Stories of a walk that say what would have prevented them: people read the first ones.
const PREVENTED: usize = 6;

/// What was walked, and what was found.
struct Asked {
    coverage: Coverage,
    /// Steps that the walk left out.
    left_out: Set,
    refutations: Vec<Refutation>,
    walk: Walk,
}

/// Walks the whole where it is not too wide; else all that rules look at; else each rule by itself.
fn ask(model: &Model<'_>, rules: &Rules, limits: Limits, tell: Tell) -> Asked {
    let (all, _) = model.progress();
    let whole = walk(model, rules, &all, limits.states / 5);
    if whole.complete {
        let coverage = Coverage::Whole { states: whole.states.len(), down_sets: whole.down_sets };
        let refutations = refutations(model, rules, &whole, tell);
        return Asked { coverage, left_out: Set::default(), refutations, walk: whole };
    }
    let inert = inert(model, rules);
    let kept = all.without(&inert);
    let part = model.restricted(&kept);
    let walk = walk(&part, rules, &kept, limits.states);
    let rest = if walk.complete {
        rules.some(|rule| matches!(rule.when, When::Starting(step) if inert.has(step)))
    } else {
        rules.some(|_| true)
    };
    let (states, walks, found) = rule_by_rule(model, &rest, limits.states, tell);
    let Some(mut refutations) = found else {
        let (coverage, refutations) = (Coverage::None, Vec::new());
        return Asked { coverage, left_out: inert, refutations, walk };
    };
    if walk.complete {
        refutations.extend(self::refutations(&part, rules, &walk, tell));
        let coverage = Coverage::WithoutInert {
            states: walk.states.len() + states,
            down_sets: walk.down_sets,
            inert: inert.iter().map(|step| model.step(step).id.clone()).collect(),
        };
        return Asked { coverage, left_out: inert, refutations, walk };
    }
    let coverage = Coverage::PerRule { states, walks, limit: limits.states };
    Asked { coverage, left_out: inert, refutations, walk }
}

/// Steps that change nothing that a rule, a fault, a way out or a user looks at, and interrupt
/// nobody.
///
/// Why the walk may leave them out: take any state of the whole, and forget which of them are done
/// or under way. What is left is a state of the walk of the others, which keeps the order that the
/// whole forces on them; and each state of that walk is one of the whole, once everything is done
/// that its steps waited for. The two agree in every bit that anything looks at. What must hold when
/// one of these steps starts is asked rule by rule, and what a fault does while one is under way in
/// [`inert_under_way`].
fn inert(model: &Model<'_>, rules: &Rules) -> Set {
    let looked_at = looked_at(model, rules);
    (0..model.len())
        .filter(|step| {
            let this = &model.moves[*step];
            let own = [model.done_bit(*step), model.running_bit(*step)];
            let seen = own.iter().any(|bit| looked_at.has(*bit));
            let mut touched = this.touched;
            touched.remove(own[0]);
            !seen && !touched.meets(&looked_at) && !this.interrupts
        })
        .collect()
}

/// Everything that a rule, a fault, a way out or a user looks at.
fn looked_at(model: &Model<'_>, rules: &Rules) -> Set {
    rules.seen.with(&model.background).with(&model.debts())
}

/// States in which two steps are under way that can each be half done in a way of its own: faults
/// that strike both there are not tried.
///
/// Why all others are: of a step that can only be untouched or done, as far as anything looks, both
/// are states of the walk without it under way, because it can always start later or end first. So
/// where at most one step can be half done, what a fault leaves is what it leaves while that step
/// runs alone. Nearly every step that can be half done interrupts users, and of those one runs at a
/// time.
fn mixed(model: &Model<'_>, rules: &Rules, walk: &Walk) -> usize {
    let looked_at = looked_at(model, rules);
    let halved: Set = (0..model.len())
        .filter(|step| {
            model.moves[*step].halves.iter().any(|(_, half)| half.touched().meets(&looked_at))
        })
        .map(|step| model.running_bit(step))
        .collect();
    walk.states.iter().filter(|state| state.both(&halved).iter().nth(1).is_some()).count()
}

/// The states in which a step that the walk left out is under way, alone.
///
/// In each of them as few of the other steps left out are done as can be: the rest of the plan then
/// still has to start more of them, so a way out that is found there is one wherever more are done.
fn inert_under_way(model: &Model<'_>, inert: &Set, walk: &Walk) -> Vec<Set> {
    let (all_done, all_running) = model.progress();
    let mut states = Vec::new();
    for step in inert.iter() {
        let before = model.moves[step].before.without(inert);
        let behind: Set =
            (0..model.len()).filter(|later| model.moves[*later].before.has(step)).collect();
        for state in &walk.states {
            let done = state.both(&all_done);
            if !state.meets(&all_running) && before.within(&done) && !done.meets(&behind) {
                let mut under_way = *state;
                under_way.insert(model.running_bit(step));
                states.push(with_waited_for(model, &under_way));
            }
        }
    }
    states
}

/// The states of the plan's own order, one step at a time: what faults are tried in where the whole
/// is too wide.
fn own_order(model: &Model<'_>) -> Vec<Set> {
    let mut state = model.start;
    (0..model.len())
        .map(|step| {
            let mut running = state;
            running.insert(model.running_bit(step));
            state = model.moves[step].done.on(&state);
            running
        })
        .collect()
}

/// A state with everything done that a step done or under way has waited for: what a walk of some
/// of the steps left out.
fn with_waited_for(model: &Model<'_>, state: &Set) -> Set {
    let (done, _) = model.progress();
    (0..model.len())
        .filter(|step| state.has(model.done_bit(*step)) || state.has(model.running_bit(*step)))
        .fold(*state, |all, step| all.with(&model.moves[step].before.both(&done)))
}

/// Faults without a way out, and faults that break what no hazard of the plan names.
fn in_faults(model: &Model<'_>, rules: &Rules, table: &Table) -> Vec<Refutation> {
    let found = table.dead.iter().chain(&table.unnamed);
    found
        .map(|struck| {
            let rule = struck.rule.map(|number| &rules.all[number]);
            let step = model.step(struck.step).id.clone();
            Refutation {
                rule: rule.map_or(RuleId::WayOut, |rule| rule.id),
                fault: Some(struck.fault.clone()),
                story: vec![Happened { step, event: Event::Starts }],
                starting: None,
                facts: rule.iter().flat_map(|r| &r.terms).map(|term| fact(model, term)).collect(),
                prevented: Vec::new(),
                state: model.atoms_of(&struck.state),
            }
        })
        .collect()
}

/// Each rule with just the steps that can change what it looks at. A state of these steps is one of
/// the whole, cut down, and the other way round: nothing else can make the rule true or false.
pub(crate) fn rule_by_rule(
    model: &Model<'_>,
    rules: &Rules,
    limit: usize,
    tell: Tell,
) -> (usize, usize, Option<Vec<Refutation>>) {
    let mut walks: std::collections::BTreeMap<Set, Rules> = std::collections::BTreeMap::new();
    for rule in &rules.all {
        let steps = concerned(model, rule);
        walks.entry(steps).or_insert_with(|| Rules::new(model.len())).push(rule.clone());
    }
    let mut states = 0;
    let mut found = Vec::new();
    for (steps, rules) in &walks {
        let part = model.restricted(steps);
        let walked = walk(&part, rules, steps, limit);
        if !walked.complete {
            return (states, walks.len(), None);
        }
        states += walked.states.len();
        found.extend(refutations(&part, rules, &walked, tell));
    }
    (states, walks.len(), Some(found))
}

/// The steps that can change what a rule looks at, and the one it is about.
pub(crate) fn concerned(model: &Model<'_>, rule: &Rule) -> Set {
    let looks = rule.looks_at();
    (0..model.len())
        .filter(|step| {
            let this = &model.moves[*step];
            rule.when == When::Starting(*step)
                || this.touched.meets(&looks)
                || looks.has(model.running_bit(*step))
        })
        .collect()
}

fn refutations(model: &Model<'_>, rules: &Rules, walk: &Walk, tell: Tell) -> Vec<Refutation> {
    let found = walk.broken.iter().enumerate();
    found
        .map(|(number, broken)| {
            let mut refutation = refutation(model, rules, walk, broken);
            if tell == Tell::Stories && number < PREVENTED {
                refutation.prevented = prevent::by_what(model, &rules.all[broken.rule], broken);
            }
            refutation
        })
        .collect()
}

fn refutation(model: &Model<'_>, rules: &Rules, walk: &Walk, broken: &Broken) -> Refutation {
    let rule = &rules.all[broken.rule];
    let id = |step: usize| model.step(step).id.clone();
    Refutation {
        rule: rule.id,
        fault: None,
        story: walk
            .story(broken.state)
            .into_iter()
            .map(|(step, event)| Happened { step: id(step), event })
            .collect(),
        starting: broken.starting.map(id),
        facts: rule.terms.iter().map(|term| fact(model, term)).collect(),
        prevented: Vec::new(),
        state: model.atoms_of(&broken.world),
    }
}

fn fact(model: &Model<'_>, term: &Term) -> Fact {
    let id = |step: usize| model.step(step).id.clone();
    let closes = |window: usize| id(model.windows[window].closes);
    match term {
        Term::Is(atom) => Fact::Condition(Condition { atom: atom.clone(), holds: true }),
        Term::Not(atom) => Fact::Condition(Condition { atom: atom.clone(), holds: false }),
        Term::Done(step) => Fact::Done(id(*step)),
        Term::NotDone(step) => Fact::NotDone(id(*step)),
        Term::Running(step) => Fact::Running(id(*step)),
        Term::InWindow(window) => Fact::InWindow(closes(*window)),
        Term::OutsideWindow(window) => Fact::OutsideWindow(closes(*window)),
    }
}

/// Kept by the planner when it makes a plan.
const BY_PLANNER: [u8; 4] = [16, 23, 30, 26];
/// Kept by the executor.
const BY_EXECUTOR: [u8; 2] = [34, 32];

fn judge(rules: &Rules, refutations: &[Refutation], plan: &Plan) -> Vec<Judgement> {
    let mut ids: Vec<RuleId> = (1..=35).map(RuleId::Invariant).collect();
    ids.extend([RuleId::Needs, RuleId::Goal, RuleId::WayOut]);
    ids.into_iter()
        .map(|id| {
            let patterns = rules.all.iter().filter(|r| r.id == id).count();
            let shape =
                matches!(id, RuleId::Invariant(20 | 21 | 22 | 24 | 25 | 33)) && !plan.is_empty();
            let judged = if refutations.iter().any(|r| r.rule == id) {
                Judged::Broken
            } else if patterns > 0 || shape || (id == RuleId::WayOut && !plan.is_empty()) {
                Judged::Holds
            } else {
                match id {
                    RuleId::Invariant(n) if BY_PLANNER.contains(&n) => Judged::Planning,
                    RuleId::Invariant(n) if BY_EXECUTOR.contains(&n) => Judged::Running,
                    _ => Judged::Untouched,
                }
            };
            Judgement { rule: id, judged, patterns }
        })
        .collect()
}

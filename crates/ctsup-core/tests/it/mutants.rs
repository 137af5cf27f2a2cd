//! Each rule bites: plans with one mistake are rejected, and each that is not has a reason.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use ctsup_core::Plan;
use ctsup_core::action::{Action, Kind, Look, Registry, Wait};
use ctsup_core::plan::{Because, Cause, Rule, Source, Step, StepId, WarningCode, lint};

use crate::field;
use crate::mutant::{self, Change};
use crate::site;

#[test]
fn every_mutant_is_killed_or_excused() {
    let mut score = Score::default();
    for (name, plan) in site::plans() {
        let mutants = mutant::of(&plan).into_iter().chain(field::of(&plan));
        for (change, mutant) in mutants {
            score.take(&name, &plan, &change, &mutant);
        }
    }
    let text = score.text();
    println!("{text}");
    assert!(score.unexplained.is_empty(), "{}", score.unexplained.join("\n"));
    let blunt: Vec<_> =
        Rule::ALL.iter().map(|r| r.as_str()).filter(|r| !score.by.contains_key(r)).collect();
    assert!(blunt.is_empty(), "rules that reject no mutant: {blunt:?}");
}

/// Why a mutant may live: the closed list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Excuse {
    /// The guide's order, or the site's, is the wait's only reason.
    GuideOrder,
    /// Two jobs on one node: the executor starts the second after the first, edge or no edge.
    ExecutorKeeps,
    /// Only a row of the guide asks for the step, and no other step cites it: the row table
    /// notices that it is neither cited nor left out.
    RowUnaccounted,
    /// A look that leaves nothing true: nothing can rest on it.
    LookOnly,
    /// A gate or a look twice harms nobody.
    AskedAgain,
    /// A question to the whole cluster may be asked of either node.
    EitherNode,
    /// No step and no row left out rests on any claim of the plan.
    NothingRests,
    /// Which images the one file pins is the image list's business.
    OneFile,
    /// Advice blocks nothing.
    Advice,
    /// The site's own step has no effect but its debt.
    SiteOwn,
}

fn excuse(plan: &Plan, change: &Change, mutant: &Plan) -> Option<Excuse> {
    let step = |id: &StepId| plan.step(id.as_str()).expect("a step of the plan");
    match change {
        Change::EdgeDropped(from, to) => {
            let wait = step(to).after.iter().find(|a| a.step == *from).expect("a wait of the plan");
            if to.as_str().contains("/advice/") {
                return Some(Excuse::Advice);
            }
            let guide = |b: &Because| matches!(b, Because::Row(_) | Because::Site(_));
            let executor = |b: &Because| guide(b) || *b == Because::Invariant(34);
            if wait.because.iter().all(guide) {
                return Some(Excuse::GuideOrder);
            }
            wait.because.iter().all(executor).then_some(Excuse::ExecutorKeeps)
        }
        Change::StepDropped(id) => dropped(plan, step(id), mutant),
        Change::StepDoubled(id) => {
            let step = step(id);
            let again = step.leaves.is_empty()
                || matches!(
                    step.action,
                    Action::Wait(Wait::Gate { .. }) | Action::Registry(Registry::SeeTags { .. })
                );
            again.then_some(Excuse::AskedAgain)
        }
        Change::StepMoved(id) => {
            let moved = mutant.step(id.as_str()).expect("only its node changed");
            let step = step(id);
            let same = moved.leaves == step.leaves && moved.needs == step.needs;
            let asked = step.kind != Kind::Change || matches!(step.action, Action::Pcs(_));
            // A file that both nodes share is the same from either; so are Back's ports.
            let shared = matches!(&step.action, Action::Settings(s)
                if plan.topology.clusters.keys().any(|c| c.as_str() == s.place.holder.as_str()));
            let ports = matches!(step.action, Action::Look(Look::Ports { .. }));
            if step.kind == Kind::Observe && step.leaves.is_empty() {
                return Some(Excuse::LookOnly);
            }
            (same && (asked || shared) || ports).then_some(Excuse::EitherNode)
        }
        Change::Field(what, id) => field(plan, what, id.as_ref().map(step)),
    }
}

fn field(plan: &Plan, what: &str, step: Option<&Step>) -> Option<Excuse> {
    match what {
        "warnings taken out" => {
            let windows = [WarningCode::Outage, WarningCode::OldContainersWindow];
            (!plan.warnings.iter().any(|w| windows.contains(&w.code))).then_some(Excuse::Advice)
        }
        "claims taken out" => {
            let rests = plan.steps.iter().any(|s| !s.rests_on.is_empty())
                || plan.left_out.iter().any(|l| matches!(l.because, Cause::Claim(_)));
            (!rests).then_some(Excuse::NothingRests)
        }
        "other pins" => {
            let here = step.and_then(|s| s.node.as_ref());
            let cluster =
                here.and_then(|n| plan.topology.clusters.values().find(|c| c.nodes.contains(n)));
            let pins = plan.steps.iter().filter(|s| {
                let there = s.node.as_ref();
                s.action.code() == "settings-pin"
                    && (there == here
                        || cluster.zip(there).is_some_and(|(c, node)| c.nodes.contains(node)))
            });
            (pins.count() == 1).then_some(Excuse::OneFile)
        }
        _ => None,
    }
}

fn dropped(_plan: &Plan, step: &Step, mutant: &Plan) -> Option<Excuse> {
    if step.id.as_str().contains("/advice/") {
        return Some(Excuse::Advice);
    }
    if matches!(step.action, Action::Site(_)) {
        return Some(Excuse::SiteOwn);
    }
    let accounted = |row| {
        let cited = mutant.steps.iter().any(|s| s.source.contains(&Source::Row(row)));
        let left = mutant.left_out.iter().any(|l| {
            l.rows.contains(&row) && matches!(l.because, Cause::Claim(_) | Cause::Already(_))
        });
        cited || left
    };
    let unaccounted = step.source.iter().any(|s| matches!(s, Source::Row(row) if !accounted(*row)));
    if unaccounted {
        return Some(Excuse::RowUnaccounted);
    }
    (step.kind == Kind::Observe && step.leaves.is_empty()).then_some(Excuse::LookOnly)
}

#[derive(Default)]
struct Score {
    all: usize,
    killed: usize,
    by: BTreeMap<&'static str, (usize, usize)>,
    excused: BTreeMap<Excuse, usize>,
    unexplained: Vec<String>,
}

impl Score {
    fn take(&mut self, name: &str, plan: &Plan, change: &Change, mutant: &Plan) {
        self.all += 1;
        let found = lint(mutant);
        if found.is_empty() {
            match excuse(plan, change, mutant) {
                Some(excuse) => *self.excused.entry(excuse).or_default() += 1,
                None => self.unexplained.push(format!("{name}: {change}")),
            }
            return;
        }
        self.killed += 1;
        let mut rules: Vec<_> = found.iter().map(|f| f.rule.as_str()).collect();
        rules.dedup();
        for rule in &rules {
            let entry = self.by.entry(rule).or_default();
            entry.0 += 1;
            entry.1 += usize::from(rules.len() == 1);
        }
    }

    fn text(&self) -> String {
        let mut text = format!("{} mutants, {} killed\n", self.all, self.killed);
        for (rule, (count, alone)) in &self.by {
            let _ = writeln!(text, "{count:6} {alone:6} alone  {rule}");
        }
        for (excuse, count) in &self.excused {
            let _ = writeln!(text, "{count:6} live: {excuse:?}");
        }
        text
    }
}

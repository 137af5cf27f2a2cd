//! What a proof holds, in words: assumptions, rules, faults, ways out, ways back.

use std::collections::BTreeSet;

use ctsup_core::plan::Warning;
use ctsup_core::prove::{
    Assumption, Back, Coverage, Fact, Fault, FaultCoverage, Function, Judged, Left, Outcome,
    Remedy, Residue, RuleId, Stop, Way, WayKind,
};
use ctsup_core::{Atom, StepId};

use super::Phrases;
use crate::outline::{Outline, ranges};
use crate::words::Arg;

impl Phrases<'_> {
    pub(crate) fn assumption(&self, outline: &Outline<'_>, assumption: &Assumption) -> String {
        let about: Vec<String> = assumption
            .about
            .iter()
            .map(|about| match outline.plan.step(about) {
                Some(step) => self.reference(outline, &step.id),
                None => self.name(about),
            })
            .collect();
        let id = format!("assumption-{}", assumption.code.as_str());
        self.words.say(&id, &[("about", about.join(", ").into())])
    }

    /// A rule by its number, or by what it is.
    pub(crate) fn rule(&self, rule: RuleId) -> String {
        match rule {
            RuleId::Invariant(number) => {
                let what = ("what", self.invariant(number).into());
                self.words.say("rule", &[("number", u32::from(number).into()), what])
            }
            other => self.rule_name(other),
        }
    }

    /// The number of a rule, or its name where it has none.
    pub(crate) fn rule_name(&self, rule: RuleId) -> String {
        match rule {
            RuleId::Invariant(number) => number.to_string(),
            RuleId::Needs => self.words.say("rule-needs", &[]),
            RuleId::Goal => self.words.say("rule-goal", &[]),
            RuleId::WayOut => self.words.say("rule-way-out", &[]),
        }
    }

    pub(crate) fn judged(&self, judged: Judged) -> String {
        self.words.say(
            match judged {
                Judged::Holds => "judged-holds",
                Judged::Broken => "judged-broken",
                Judged::Untouched => "judged-untouched",
                Judged::Planning => "judged-planning",
                Judged::Running => "judged-running",
            },
            &[],
        )
    }

    pub(crate) fn coverage(&self, coverage: &Coverage) -> String {
        let whole = |count: &usize| Arg::from(*count);
        match coverage {
            Coverage::Whole { states, .. } => {
                let steps = self.count("plan-steps", self.plan.steps.len());
                let args = [("states", whole(states)), ("steps", steps.into())];
                self.words.say("proof-covered-whole", &args)
            }
            Coverage::WithoutInert { states, inert, .. } => {
                let args = [("states", whole(states)), ("inert", inert.len().into())];
                self.words.say("proof-covered-inert", &args)
            }
            Coverage::PerRule { states, walks, limit } => {
                let args =
                    [("states", whole(states)), ("walks", whole(walks)), ("limit", whole(limit))];
                self.words.say("proof-covered-per-rule", &args)
            }
            Coverage::None => self.words.say("proof-covered-none", &[]),
        }
    }

    pub(crate) fn faults_covered(&self, faults: &FaultCoverage) -> String {
        let id =
            if faults.everywhere { "proof-covered-faults" } else { "proof-covered-faults-own" };
        let tried = self.words.say(id, &[("tried", faults.tried.into())]);
        let dead = self.count("proof-dead-ends", faults.dead_ends);
        format!("{tried}; {dead}")
    }

    pub(crate) fn fault(&self, fault: &Fault) -> String {
        let node = |id: &str, node: &str| self.words.say(id, &[("node", node.into())]);
        let cluster =
            |id: &str, cluster| self.words.say(id, &[("cluster", self.cluster(cluster).into())]);
        match fault {
            Fault::Fails => self.words.say("fault-fails", &[]),
            Fault::Hangs => self.words.say("fault-hangs", &[]),
            Fault::Unknown => self.words.say("fault-unknown", &[]),
            Fault::ExecutorDies => self.words.say("fault-executor-dies", &[]),
            Fault::PersonSaysNo => self.words.say("fault-person-says-no", &[]),
            Fault::NodeDies(name) => node("fault-node-dies", name.as_str()),
            Fault::ActiveNodeDies(name) => cluster("fault-active-node-dies", *name),
            Fault::StandbyDies(name) => cluster("fault-standby-dies", *name),
            Fault::FencingFires(name) => cluster("fault-fencing-fires", *name),
        }
    }

    /// The same, of any server and cluster.
    pub(crate) fn fault_kind(&self, fault: &Fault) -> String {
        match fault {
            Fault::NodeDies(_) => self.words.say("fault-node-dies-any", &[]),
            Fault::ActiveNodeDies(_) => self.words.say("fault-active-node-dies-any", &[]),
            Fault::StandbyDies(_) => self.words.say("fault-standby-dies-any", &[]),
            Fault::FencingFires(_) => self.words.say("fault-fencing-fires-any", &[]),
            other => self.fault(other),
        }
    }

    pub(crate) fn left(&self, left: Left) -> String {
        match left {
            Left::Unchanged => self.words.say("left-unchanged", &[]),
            Left::Done => self.words.say("left-done", &[]),
            Left::Half(code) => self.words.say(&format!("half-{}", code.as_str()), &[]),
        }
    }

    pub(crate) fn way_kind(&self, kind: WayKind) -> String {
        self.words.say(
            match kind {
                WayKind::DeadEnd => "way-dead-end",
                WayKind::PlanAnew => "way-plan-anew",
                WayKind::StopHere => "way-stop-here",
                WayKind::Resume => "way-resume",
            },
            &[],
        )
    }

    pub(crate) fn remedy(&self, remedy: &Remedy) -> String {
        let say = |id: &str| self.words.say(id, &[]);
        let node = |id: &str, node: &str| self.words.say(id, &[("node", node.into())]);
        let cluster =
            |id: &str, cluster| self.words.say(id, &[("cluster", self.cluster(cluster).into())]);
        match remedy {
            Remedy::Look => say("remedy-look"),
            Remedy::Ask => say("remedy-ask"),
            Remedy::EndHung => say("remedy-end-hung"),
            Remedy::StartNode(name) => node("remedy-start-node", name.as_str()),
            Remedy::StopOld(name) => node("remedy-stop-old", name.as_str()),
            Remedy::Antivirus(name) => node("remedy-antivirus", name.as_str()),
            Remedy::Files(name) => node("remedy-files", name.as_str()),
            Remedy::RebootBoth(name) => cluster("remedy-reboot-both", *name),
            Remedy::Settled(name) => cluster("remedy-settled", *name),
            Remedy::MoveBack(name) => cluster("remedy-move-back", *name),
            Remedy::ClearConstraint(name) => cluster("remedy-clear-constraint", *name),
            Remedy::Gate(name) => cluster("remedy-gate", *name),
            Remedy::RestoreData(data) => {
                self.words.say("remedy-restore-data", &[("data", self.holding(data).into())])
            }
        }
    }

    /// A way out in one line: what is done, then how it goes on.
    pub(crate) fn way(&self, way: &Way) -> String {
        let mut all: Vec<_> = way.remedies.iter().map(|remedy| self.remedy(remedy)).collect();
        all.push(self.way_kind(way.kind));
        let mut said = all.join("; ");
        if !way.residue.is_empty() {
            let residue = self.atoms(&way.residue).into();
            said.push_str("; ");
            said.push_str(&self.words.say("proof-cell-residue", &[("residue", residue)]));
        }
        said
    }

    /// What users miss in an outcome, and which hazards it is.
    pub(crate) fn noticed(&self, outcome: &Outcome) -> String {
        let mut said = match outcome.missing.as_slice() {
            [] => self.words.say("proof-cell-nothing", &[]),
            some => self.functions(some),
        };
        if let Some(hazard) = self.hazard(outcome) {
            said.push(' ');
            said.push_str(&hazard);
        }
        said
    }

    /// Which named hazards an outcome is.
    pub(crate) fn hazard(&self, outcome: &Outcome) -> Option<String> {
        let rules: Vec<_> = outcome.hazards.iter().map(|rule| self.rule_name(*rule)).collect();
        let args = [("rules", rules.join(", ").into())];
        (!rules.is_empty()).then(|| self.words.say("proof-cell-hazard", &args))
    }

    pub(crate) fn function(&self, function: Function) -> String {
        self.words.say(&format!("function-{}", function.as_str()), &[])
    }

    pub(crate) fn functions(&self, all: &[Function]) -> String {
        all.iter().map(|f| self.function(*f)).collect::<Vec<_>>().join(", ")
    }

    pub(crate) fn atoms(&self, all: &[Atom]) -> String {
        all.iter().map(|atom| self.atom(atom)).collect::<Vec<_>>().join(", ")
    }

    pub(crate) fn back(&self, outline: &Outline<'_>, back: &Back) -> String {
        let why =
            |why: &ctsup_core::action::Why| self.words.say(&format!("why-{}", why.as_str()), &[]);
        match back {
            Back::Restored => self.words.say("proof-back-restored", &[]),
            Back::Residue(all) => {
                let all: Vec<_> = all
                    .iter()
                    .map(|residue| match residue {
                        Residue::Person(reason) => {
                            let id = format!("residue-{}", reason.as_str());
                            match self.words.has(&id) {
                                true => self.words.say(&id, &[]),
                                false => why(reason),
                            }
                        }
                        Residue::WritesLost => self.words.say("residue-writes-lost", &[]),
                        Residue::Exporters => self.words.say("residue-exporters", &[]),
                        Residue::SetUp => self.words.say("residue-set-up", &[]),
                        Residue::Undo(step) => {
                            let step = ("step", self.reference(outline, step).into());
                            self.words.say("residue-undo", &[step])
                        }
                    })
                    .collect();
                self.words.say("proof-back-residue", &[("residue", all.join("; ").into())])
            }
            Back::Later { after } => {
                let step = ("step", self.reference(outline, after).into());
                self.words.say("proof-back-later", &[step])
            }
            Back::Irreversible { since, why: reason } => {
                let step = ("step", self.reference(outline, since).into());
                self.words.say("proof-back-irreversible", &[step, ("why", why(reason).into())])
            }
        }
    }

    /// Whether one may stop at a place.
    pub(crate) fn stop(&self, stop: &Stop) -> String {
        if stop.is_safe() {
            return self.words.say("proof-stop-safe", &[]);
        }
        if stop.is_bearable() {
            let debts = ("debts", self.atoms(&stop.debts).into());
            return self.words.say("proof-stop-bearable", &[debts]);
        }
        let mut why = Vec::new();
        if !stop.missing.is_empty() {
            let functions = self.functions(&stop.missing).into();
            why.push(self.words.say("proof-stop-missing", &[("functions", functions)]));
        }
        if stop.in_window {
            why.push(self.words.say("proof-stop-window", &[]));
        } else if !stop.hazards.is_empty() {
            why.push(self.words.say("proof-stop-hazard", &[]));
        }
        self.words.say("proof-stop-never", &[("why", why.join("; ").into())])
    }

    /// Something that is true where a rule breaks.
    pub(crate) fn proof_fact(&self, outline: &Outline<'_>, fact: &Fact) -> String {
        let of = |id: &str, step: &StepId| {
            self.words.say(id, &[("step", self.reference(outline, step).into())])
        };
        match fact {
            Fact::Condition(condition) => self.condition(condition),
            Fact::Done(step) => of("proof-fact-done", step),
            Fact::NotDone(step) => of("proof-fact-not-done", step),
            Fact::Running(step) => of("proof-fact-running", step),
            Fact::InWindow(step) => of("proof-fact-in-window", step),
            Fact::OutsideWindow(step) => of("proof-fact-outside-window", step),
        }
    }

    /// A window of invariant 31 that the plan names: its steps, and the node.
    pub(crate) fn window_hazard(&self, outline: &Outline<'_>, warning: &Warning) -> String {
        let steps = outline.stretch(warning).map_or_else(String::new, |stretch| {
            ranges(&(stretch.first + 1..=stretch.last + 1).collect::<Vec<_>>())
        });
        let node = warning.args.get("node").map_or("", String::as_str);
        self.words.say("proof-hazard-window", &[("steps", steps.into()), ("node", node.into())])
    }

    /// Numbers of steps, runs joined.
    pub(crate) fn step_numbers<'s>(
        &self,
        outline: &Outline<'_>,
        steps: impl IntoIterator<Item = &'s StepId>,
    ) -> String {
        let numbers: BTreeSet<usize> =
            steps.into_iter().filter_map(|step| outline.number(step)).collect();
        ranges(&numbers.into_iter().collect::<Vec<_>>())
    }
}

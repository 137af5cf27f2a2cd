//! Steps that came, went or changed, and waits that did.

use ctsup_core::action::Undo;
use ctsup_core::plan::{Phase, Plan, Step};

use super::{Difference, Side};
use crate::style::Role;

impl<'p> Difference<'p> {
    pub(super) fn steps(&mut self) {
        let line =
            |side: &Side<'_>, step: &Step| format!("{}: {}", step.id, side.phrases.title(step));
        let only = |one: &Side<'p>, other: &Side<'p>| -> Vec<String> {
            let steps = one.plan.steps.iter();
            let lone = steps.filter(|step| other.plan.step(step.id.as_str()).is_none());
            lone.map(|step| line(one, step)).collect()
        };
        let (gone, come) = (only(&self.old, &self.new), only(&self.new, &self.old));
        self.lost_and_gained("difference-steps", gone, come);
        let changed: Vec<_> = self
            .common()
            .into_iter()
            .filter_map(|(old, new)| {
                let changes = self.changes(old, new);
                (!changes.is_empty()).then(|| (line(&self.new, new), changes))
            })
            .collect();
        if changed.is_empty() {
            return;
        }
        self.section("difference-changed");
        for (title, changes) in changed {
            self.page.item(2, "~", &title);
            for (id, old, new) in changes {
                let label = self.words.say(id, &[]);
                self.page.painted(4, Role::Faint, &label);
                for line in old.iter().filter(|line| !new.contains(line)) {
                    self.page.item(6, "-", line);
                }
                for line in new.iter().filter(|line| !old.contains(line)) {
                    self.page.item(6, "+", line);
                }
            }
        }
    }

    /// What changed of a step: its name, and the lines before and after.
    fn changes(&self, old: &Step, new: &Step) -> Vec<(&'static str, Vec<String>, Vec<String>)> {
        let mut changes = Vec::new();
        let mut compare = |id, old: Vec<String>, new: Vec<String>| {
            if old != new {
                changes.push((id, old, new));
            }
        };
        let (was, is) = (&self.old, &self.new);
        compare("difference-title", vec![was.phrases.title(old)], vec![is.phrases.title(new)]);
        compare("difference-place", vec![was.phrases.prompt(old)], vec![is.phrases.prompt(new)]);
        compare("difference-commands", old.commands.clone(), new.commands.clone());
        let lines = |side: &Side<'_>, step| {
            side.phrases.edit(step).map(|(_, lines)| lines).unwrap_or_default()
        };
        compare("difference-edit", lines(was, old), lines(is, new));
        let phase = |side: &Side<'_>, step: &Step| {
            let second = |step: &Step| step.phase == Phase::SecondHalf;
            vec![side.phrases.phase(step.phase, side.plan.steps.iter().any(second))]
        };
        compare("difference-phase", phase(was, old), phase(is, new));
        compare("difference-what", vec![was.phrases.what(old)], vec![is.phrases.what(new)]);
        let sources = |side: &Side<'_>, step: &Step| {
            step.source.iter().map(|source| side.phrases.source(source)).collect()
        };
        compare("difference-sources", sources(was, old), sources(is, new));
        let needs = |side: &Side<'_>, step: &Step| {
            step.needs.iter().map(|need| side.phrases.condition(need)).collect()
        };
        compare("difference-needs", needs(was, old), needs(is, new));
        let leaves = |side: &Side<'_>, step: &Step| {
            step.leaves.iter().map(|left| side.phrases.condition(left)).collect()
        };
        compare("difference-leaves", leaves(was, old), leaves(is, new));
        let undo = |side: &Side<'_>, step: &Step| -> Vec<String> {
            match &step.undo {
                Undo::Commands(commands) => commands.clone(),
                _ => side.phrases.undo(step).into_iter().collect(),
            }
        };
        compare("difference-undo", undo(was, old), undo(is, new));
        let reasons = |side: &Side<'_>, step: &Step, other: &Step| -> Vec<String> {
            let both = step
                .after
                .iter()
                .filter(|after| other.after.iter().any(|wait| wait.step == after.step));
            both.map(|after| {
                side.phrases.words.say(
                    "difference-wait",
                    &[
                        ("step", after.step.as_str().into()),
                        ("reasons", side.phrases.reasons(after).into()),
                    ],
                )
            })
            .collect()
        };
        compare("difference-reasons", reasons(was, old, new), reasons(is, new, old));
        compare("difference-times", was.phrases.times(old), is.phrases.times(new));
        changes
    }

    /// Waits as they are written, for plans that differ in nothing else: which of them are direct.
    pub(super) fn written(&mut self) {
        let lines = |side: &Side<'_>| -> Vec<String> {
            let waits = side
                .plan
                .steps
                .iter()
                .flat_map(|step| step.after.iter().map(move |after| (step, after)));
            waits
                .map(|(step, after)| {
                    let args = [
                        ("first", after.step.as_str().into()),
                        ("second", step.id.as_str().into()),
                        ("reasons", side.phrases.reasons(after).into()),
                    ];
                    side.phrases.words.say("difference-before", &args)
                })
                .collect()
        };
        let (old, new) = (lines(&self.old), lines(&self.new));
        self.lost_and_gained("difference-written", old, new);
    }

    /// Waits that one plan promises and the other does not, between steps that both have.
    pub(super) fn order(&mut self) {
        let lost = unkept(&self.old, &self.new);
        let gained = unkept(&self.new, &self.old);
        self.lost_and_gained("difference-order", lost, gained);
        let places = |plan: &Plan, other: &Plan| -> Vec<String> {
            let steps = plan.steps.iter().map(|step| step.id.to_string());
            steps.filter(|id| other.step(id).is_some()).collect()
        };
        let (old, new) = (self.old.plan, self.new.plan);
        if places(old, new) != places(new, old) {
            self.section("difference-listed");
        }
    }
}

/// Direct waits of one plan that the other does not keep, directly or through other steps.
fn unkept(one: &Side<'_>, other: &Side<'_>) -> Vec<String> {
    let mut lines = Vec::new();
    for step in &one.plan.steps {
        for after in &step.after {
            let (first, second) = (after.step.as_str(), step.id.as_str());
            let both = other.plan.step(first).is_some() && other.plan.step(second).is_some();
            if both && !other.order.before(first, second) {
                let args = [
                    ("first", first.into()),
                    ("second", second.into()),
                    ("reasons", one.phrases.reasons(after).into()),
                ];
                lines.push(one.phrases.words.say("difference-before", &args));
            }
        }
    }
    lines
}

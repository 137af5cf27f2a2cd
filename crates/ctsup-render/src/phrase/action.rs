//! What a step is, what it looks like when it is right, what to do when it is not.

use ctsup_core::action::{Action, Undo, Why};
use ctsup_core::plan::Step;

use super::Phrases;
use crate::words::Arg;

impl Phrases<'_> {
    /// One line that names the step.
    pub(crate) fn title(&self, step: &Step) -> String {
        self.of_action(step, "").unwrap_or_default()
    }

    /// What one does, and what one sees when it is right.
    pub(crate) fn what(&self, step: &Step) -> String {
        self.of_action(step, ".what").unwrap_or_default()
    }

    /// What to do when it fails.
    pub(crate) fn fails(&self, step: &Step) -> Option<String> {
        self.of_action(step, ".fails")
    }

    /// What is asked of the person who confirms it.
    pub(crate) fn ask(&self, step: &Step) -> String {
        self.of_action(step, ".ask").unwrap_or_else(|| self.words.say("ask-done", &[]))
    }

    fn of_action(&self, step: &Step, attribute: &str) -> Option<String> {
        let id = format!("action-{}{attribute}", step.action.code());
        if !attribute.is_empty() && !self.words.has(&id) {
            return None;
        }
        let args = step.action.args();
        let args: Vec<_> =
            args.iter().map(|(name, value)| (*name, self.argument(name, value))).collect();
        Some(self.words.say(&id, &args))
    }

    /// An argument of core as a person reads it.
    pub(crate) fn argument(&self, name: &str, value: &str) -> Arg {
        match name {
            "app" => self.words.say(&format!("app-{value}"), &[]).into(),
            "cluster" => self.words.say(&format!("cluster-{value}"), &[]).into(),
            "data" | "what" => self.names(value).into(),
            "stacks" => self.names(value).into(),
            "risk" => self.risk(value).into(),
            // A list may be empty, and a message must be able to say so.
            _ if value.is_empty() => "none".into(),
            _ => value.into(),
        }
    }

    /// A risk accepted by name: what it means.
    pub(crate) fn risk(&self, name: &str) -> String {
        let id = format!("risk-{name}");
        if self.words.has(&id) { self.words.say(&id, &[]) } else { name.to_owned() }
    }

    /// What a failed action can leave.
    pub(crate) fn halves(&self, step: &Step) -> Vec<String> {
        let effect = step.action.effect();
        let halves = effect.halves.iter();
        halves.map(|half| self.words.say(&format!("half-{}", half.code), &[])).collect()
    }

    /// How a step is undone, where not by commands alone: `None` when there is nothing to undo.
    pub(crate) fn undo(&self, step: &Step) -> Option<String> {
        let why = |why: &Why| match why {
            // Where this plan itself takes the data past the old images, pins are no way back.
            Why::RollBackByPins if self.only_restore() => self.words.say("why-only-restore", &[]),
            why => self.words.say(&format!("why-{}", why.as_str()), &[]),
        };
        match &step.undo {
            Undo::Nothing => None,
            Undo::Commands(_) => Some(self.words.say("undo-commands", &[])),
            Undo::Person(reason) => {
                Some(self.words.say("undo-person", &[("why", why(reason).into())]))
            }
            Undo::Irreversible(reason) => {
                Some(self.words.say("undo-irreversible", &[("why", why(reason).into())]))
            }
        }
    }

    /// The lines of a settings file that an edit adds or takes out.
    pub(crate) fn edit(&self, step: &Step) -> Option<(String, Vec<String>)> {
        match &step.action {
            Action::Settings(settings) => {
                let lines = settings.lines();
                let lines = lines.iter().map(|(sign, line)| format!("{sign}{line}")).collect();
                Some((settings.file.clone(), lines))
            }
            _ => None,
        }
    }
}

//! What a step is, what it looks like when it is right, what to do when it is not.

use ctsup_core::action::{Action, Pcs, Person, Playbook, Undo, Why};
use ctsup_core::plan::Step;
use ctsup_core::{App, Atom};

use super::{Phrases, Span};
use crate::outline::ranges;
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
        let copied = || {
            let edits = matches!(step.action, Action::Settings(_));
            edits.then(|| self.words.say("settings-fails", &[]))
        };
        self.of_action(step, ".fails").or_else(copied)
    }

    /// What is asked of the person who confirms it.
    pub(crate) fn ask(&self, step: &Step) -> String {
        self.of_action(step, ".ask").unwrap_or_else(|| self.words.say("ask-done", &[]))
    }

    /// What "no" means there: to stop, but where only a few steps hang on it.
    pub(crate) fn no(&self, step: &Step) -> String {
        if step.action != Action::Person(Person::ClearConstraints) {
            return self.words.say("no-stop", &[]);
        }
        let steps = self.plan.steps.iter().enumerate();
        let clears = steps.filter(|(_, s)| matches!(s.action, Action::Pcs(Pcs::Clear { .. })));
        let numbers: Vec<_> = clears.map(|(place, _)| place + 1).collect();
        match numbers.last() {
            None => self.words.say("no-stop", &[]),
            Some(last) => {
                let next = if *last < self.plan.steps.len() { "yes" } else { "none" };
                let args = [
                    ("steps", ranges(&numbers).into()),
                    ("next", (last + 1).into()),
                    ("more", next.into()),
                ];
                self.words.say("no-skip", &args)
            }
        }
    }

    fn of_action(&self, step: &Step, attribute: &str) -> Option<String> {
        let id = format!("action-{}{attribute}", step.action.code());
        if !attribute.is_empty() && !self.words.has(&id) {
            return None;
        }
        let args = step.action.args();
        let mut args: Vec<_> =
            args.iter().map(|(name, value)| (*name, self.argument(name, value))).collect();
        // What the plan as a whole is, where a sentence depends on it.
        let voex = self.plan.topology.stacks.iter().any(|known| known.stack.app == App::Voex);
        let owes = self.plan.steps.iter().any(|step| {
            step.opens.iter().any(|debt| !matches!(debt, Atom::Unchecked(_) | Atom::Stopped(_)))
        });
        let yes = |is: bool| if is { "yes" } else { "none" };
        args.push(("goal", self.plan.goal.as_str().into()));
        args.push(("calls", yes(voex).into()));
        args.push(("owes", yes(owes).into()));
        // By the catalogue in use, which may not be the guide's.
        args.push(("span", self.span(Span::of([step])).into()));
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
            Why::RollBackByPins | Why::PlaybookAgain if self.only_restore() => {
                self.words.say("why-only-restore", &[])
            }
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
            Action::Playbook(Playbook::NameImage { image, .. }) => {
                let key = "web_client_image";
                let lines = vec![format!("-{key}: \u{2026}"), format!("+{key}: {image}")];
                Some((key.to_owned(), lines))
            }
            _ => None,
        }
    }
}

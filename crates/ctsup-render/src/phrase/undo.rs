//! How a step is taken back where one stands in this plan: what has been done before it, and what
//! may have been done since.

use ctsup_core::action::database::DatabaseOp;
use ctsup_core::action::dpl::DplOp;
use ctsup_core::action::{Action, Dpl, MOVED_TOGETHER, Pcs, Undo, Volume, Why, pcs};
use ctsup_core::plan::{Step, Warning, WarningCode};
use ctsup_core::{App, Atom, Condition, Goal, NodeName, Stack, StepId};

use super::Phrases;

/// The way back from one step.
#[derive(Debug)]
pub(crate) struct TakeBack {
    /// What is to be known or done; nothing where the commands say it all.
    pub(crate) said: Option<String>,
    /// What is typed, in the step's own place and directory.
    pub(crate) commands: Vec<String>,
}

impl<'p> Phrases<'p> {
    /// How a step is undone; `None` when there is nothing to undo.
    pub(crate) fn take_back(&self, step: &Step) -> Option<TakeBack> {
        let words = self.undo(step)?;
        Some(match (&step.action, &step.undo) {
            (Action::Pcs(Pcs::Move { apps, from, to, .. }), Undo::Person(Why::MoveBack)) => {
                self.move_back(step, apps, from, to)
            }
            (Action::Dpl(dpl), Undo::Commands(commands)) => {
                TakeBack { said: self.before_start(step, dpl), commands: commands.clone() }
            }
            (Action::Dpl(dpl), Undo::Person(Why::StaysStopped)) => {
                TakeBack { said: self.stays_stopped(step, &dpl.stack), commands: Vec::new() }
                    .or(words)
            }
            (
                Action::Volume(Volume::SetAside { .. } | Volume::PutBack { .. }),
                Undo::Commands(commands),
            ) => TakeBack {
                said: Some(self.words.say("undo-while-stopped", &[])),
                commands: commands.clone(),
            },
            (_, Undo::Commands(commands)) => TakeBack { said: None, commands: commands.clone() },
            _ => TakeBack { said: Some(words), commands: Vec::new() },
        })
    }

    /// Back to the node whose containers ran on the data until the move: safe while nothing newer
    /// has begun on the node that it went to, and for good where the data is new already.
    fn move_back(&self, step: &Step, apps: &[App], from: &NodeName, to: &NodeName) -> TakeBack {
        let place = self.index(step);
        let server = self.plan.topology.nodes.get(from);
        let fqdn = server.map_or(from.as_str(), |server| server.fqdn.as_str());
        let commands = MOVED_TOGETHER.map(|name| pcs::move_to(name, fqdn)).to_vec();
        let node = ("node", from.as_str().into());
        let rises = matches!(self.plan.goal, Goal::Upgrade | Goal::Postgres);
        let renewed = |change: &Condition| {
            change.holds && matches!(&change.atom, Atom::New(stack) if stack.node == *from)
        };
        let new_there = self.plan.steps[..place]
            .iter()
            .any(|step| step.action.effect().done.iter().any(renewed))
            || apps.iter().any(|app| self.plan.start.has(&Atom::New(Stack::new(from, *app))));
        let meets = |step: &Step| brings_newer(step) && step.node.as_ref() == Some(to);
        let later = self.plan.steps.iter().skip(place).position(meets);
        let said = match later {
            _ if rises && new_there => self.words.say("undo-move-new", &[node]),
            Some(after) if rises => {
                let until = ("step", (place + after + 1).into());
                self.words.say("undo-move-until", &[node, until])
            }
            _ => self.words.say("undo-move", &[node]),
        };
        TakeBack { said: Some(said), commands }
    }

    /// What must be looked at before stopped containers are started again: the database's may be
    /// another one by then.
    fn before_start(&self, step: &Step, dpl: &Dpl) -> Option<String> {
        if !matches!(dpl.op, DplOp::Stop { .. }) {
            return None;
        }
        let place = self.index(step);
        let mut later = self.plan.steps.iter().enumerate().skip(place);
        later.find_map(|(at, other)| {
            let Action::Database(database) = &other.action else { return None };
            if database.node != dpl.stack.node {
                return None;
            }
            let at = ("step", (at + 1).into());
            match database.op {
                DatabaseOp::StartUpgrade { .. } => Some(self.words.say("undo-stop-upgrade", &[at])),
                DatabaseOp::StartOld => {
                    let command = ("command", database.starts().into());
                    Some(self.words.say("undo-stop-old", &[at, command]))
                }
                _ => None,
            }
        })
    }

    /// Old containers stay stopped; where the resources were moved to them, they go back.
    fn stays_stopped(&self, step: &Step, stack: &Stack) -> Option<String> {
        let place = self.index(step);
        let earlier = self.plan.steps.iter().enumerate().take(place);
        let moved = earlier.rev().find_map(|(at, step)| match &step.action {
            Action::Pcs(Pcs::Move { from, to, .. }) if *to == stack.node => Some((at + 1, from)),
            _ => None,
        });
        let (step, from) = moved?;
        let args = [("step", step.into()), ("node", from.as_str().into())];
        Some(self.words.say("undo-stays-stopped", &args))
    }

    /// What to do first when a step fails while old containers may run on newer data.
    pub(crate) fn in_window(&self, step: &Step) -> Option<String> {
        if let Some(said) = self.in_playbook(step) {
            return Some(said);
        }
        let place = self.index(step);
        let window = self.plan.warnings.iter().find(|warning| {
            warning.code == WarningCode::OldContainersWindow
                && self.span_of(warning).is_some_and(|(first, last)| first <= place && place < last)
        })?;
        self.stop_of(window)
    }

    /// A playbook is its own window: it moves to old containers and stops them by itself.
    fn in_playbook(&self, step: &Step) -> Option<String> {
        if !matches!(step.action, Action::Playbook(_)) {
            return None;
        }
        let window = self.plan.warnings.iter().find(|warning| {
            warning.code == WarningCode::OldContainersWindow
                && warning.step.as_ref() == Some(&step.id)
        })?;
        let node = window.args.get("node").map_or("", String::as_str);
        Some(self.words.say("fails-playbook-window", &[("node", node.into())]))
    }

    fn stop_of(&self, window: &Warning) -> Option<String> {
        let (_, last) = self.span_of(window)?;
        // The step that ends it is the stop itself.
        let stop = &self.plan.steps[last];
        let command = self.typed(stop, &stop.commands).join(" && ");
        let args = [
            ("node", stop.node.as_ref().map_or("", NodeName::as_str).into()),
            ("step", (last + 1).into()),
            ("command", command.into()),
        ];
        Some(self.words.say("fails-in-window", &args))
    }

    fn span_of(&self, warning: &Warning) -> Option<(usize, usize)> {
        let at = |id: &StepId| self.plan.steps.iter().position(|step| step.id == *id);
        Some((at(warning.step.as_ref()?)?, at(warning.until.as_ref()?)?))
    }

    fn index(&self, step: &Step) -> usize {
        self.plan.steps.iter().position(|other| other.id == step.id).unwrap_or_default()
    }
}

impl TakeBack {
    fn or(mut self, words: String) -> Self {
        self.said.get_or_insert(words);
        self
    }
}

/// Whether a step lets newer containers at some data.
fn brings_newer(step: &Step) -> bool {
    let met = |change: &Condition| change.holds && matches!(change.atom, Atom::Met(_));
    step.action.effect().done.iter().any(met)
}

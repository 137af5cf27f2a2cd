//! What is said when a run is not under way: why, how it stands, what is owed, what next.

use ctsup_core::run::{Question, Run, StopReason};
use ctsup_core::{Atom, Goal, StepId};

use super::Teller;
use crate::words::Arg;

/// Why a run is not under way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Why {
    /// It is done.
    Done,
    /// The run stopped by itself or was stopped.
    Stopped(StopReason),
    /// A person has to answer.
    Person(StepId, Question),
    /// A fault of a rehearsal killed the program.
    Killed,
    /// The program can't go on; what is written down holds.
    Broken(Broken),
    /// Nobody asks: the run is looked at from outside.
    Looked,
}

/// Why a program can't go on with a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Broken {
    /// The journal can't be written: what the system said.
    Journal(String),
    /// Somebody else has taken the installation over, by their name where it is known.
    TakenOver(Option<String>),
    /// A mistake of ctsup's own, in the words of its programmers.
    Ours(String),
}

impl Teller<'_> {
    /// Why, and what a stop leaves: for a tired person, the most important first.
    #[must_use]
    pub fn stopped(&self, run: &Run, name: &str, why: &Why) -> String {
        let mut text = String::new();
        if let Some(head) = self.why(why) {
            text.push_str(&format!("{head}\n"));
        }
        if let Some(id) = why.step() {
            text.push_str(&format!("  {} · {id}\n", self.title(id)));
            let seen = run.step(id).map(|step| step.seen.clone()).unwrap_or_default();
            self.lines(&mut text, &seen);
            // What failed or was refused has a way out of its own, which a person takes.
            if let Why::Stopped(StopReason::Failed(_) | StopReason::Refused(_)) = why
                && let Some(fails) = self.step(id).and_then(|step| self.phrases.fails(step))
            {
                text.push_str(&format!(
                    "  {}\n",
                    self.say("stop-remedy", &[("how", fails.into())])
                ));
            }
        }
        if matches!(why, Why::Done) && run.stop_report().debts.is_empty() {
            return text;
        }
        let begun = run.steps().any(|(_, step)| step.touched || step.is_done());
        if !run.has_changed() && !begun {
            text.push_str(&format!("{}\n", self.say("stop-unchanged", &[])));
        } else {
            self.left(run, why, &mut text);
        }
        self.next(run, name, why, &mut text);
        text
    }

    fn why(&self, why: &Why) -> Option<String> {
        let number = why.step().map_or(0, |id| self.number(id));
        let number = ("number", Arg::from(number));
        let node = |id: &StepId| {
            let node = self.step(id).and_then(|step| step.node.as_ref());
            Arg::from(node.map(ToString::to_string).unwrap_or_default())
        };
        Some(match why {
            Why::Done => self.say("stop-head-done", &[]),
            Why::Killed => self.say("stop-killed", &[]),
            Why::Person(..) => self.say("stop-person", &[number]),
            Why::Looked => return None,
            Why::Broken(Broken::Journal(why)) => {
                self.say("stop-journal", &[("why", why.as_str().into())])
            }
            Why::Broken(Broken::TakenOver(owner)) => {
                let owner = owner.clone().unwrap_or_default();
                let known = if owner.is_empty() { "no" } else { "yes" };
                let args = [("owner", owner.into()), ("known", known.into())];
                self.say("stop-taken-over", &args)
            }
            Why::Broken(Broken::Ours(why)) => {
                self.say("stop-ours", &[("why", why.as_str().into())])
            }
            Why::Stopped(reason) => match reason {
                StopReason::NotReady => self.say("stop-not-ready", &[]),
                StopReason::Asked { at_once: false } => self.say("stop-asked", &[]),
                StopReason::Asked { at_once: true } => self.say("stop-asked-at-once", &[]),
                StopReason::Failed(_) => self.say("stop-failed", &[number]),
                StopReason::Refused(_) => self.say("stop-refused", &[number]),
                StopReason::Fell(_) => self.say("stop-fell", &[number]),
                StopReason::Lost(id) => self.say("stop-lost", &[number, ("node", node(id))]),
                StopReason::Rebooted(node) => {
                    self.say("stop-rebooted", &[("node", node.as_str().into())])
                }
                StopReason::NotMet(_, condition) => {
                    let condition = self.phrases.condition(condition);
                    self.say("stop-not-met", &[number, ("condition", condition.into())])
                }
                StopReason::Reached(_) => self.say("stop-reached", &[number]),
                StopReason::Aborted => self.say("stop-aborted", &[]),
            },
        })
    }

    fn lines(&self, text: &mut String, seen: &str) {
        const MOST: usize = 20;
        let seen = self.seen(seen.trim());
        let lines: Vec<&str> = seen.lines().collect();
        for line in lines.iter().skip(lines.len().saturating_sub(MOST)) {
            text.push_str(&format!("    | {line}\n"));
        }
    }

    fn heading(&self, text: &mut String, id: &str) {
        text.push_str(&format!("\n{}\n", self.say(id, &[])));
    }

    /// Which node runs what, what the data has met, what is in doubt, what is owed.
    fn left(&self, run: &Run, why: &Why, text: &mut String) {
        let report = run.stop_report();
        self.heading(text, "left-now");
        for node in &report.active {
            text.push_str(&format!("  {}\n", self.phrases.atom(&Atom::Active(node.clone()))));
        }
        for stack in &report.stacks {
            let said = |known: Option<bool>, atom: Atom| match known {
                Some(true) => self.phrases.atom(&atom),
                Some(false) => {
                    self.phrases.condition(&ctsup_core::Condition { atom, holds: false })
                }
                None => format!(
                    "{}: {}",
                    self.phrases.stack(&stack.stack),
                    self.say("left-stack-unknown", &[])
                ),
            };
            let runs = said(stack.running, Atom::Running(stack.stack.clone()));
            let new = said(stack.new, Atom::New(stack.stack.clone()));
            let line = if runs == new { runs } else { format!("{runs}; {new}") };
            text.push_str(&format!("  {line}\n"));
        }
        if report.met.is_empty() {
            text.push_str(&format!("  {}\n", self.say("left-nothing-met", &[])));
        } else {
            let data: Vec<_> =
                report.met.iter().map(|data| self.phrases.name(&data.to_string())).collect();
            let args = [("data", Arg::from(data.join(", ")))];
            let back = *why == Why::Done && run.plan().goal == Goal::Rollback;
            let id = if back { "left-met-back" } else { "left-met" };
            text.push_str(&format!("  {}\n", self.say(id, &args)));
        }
        if report.past_no_return {
            text.push_str(&format!("  {}\n", self.say("left-no-return", &[])));
        }
        if !report.running.is_empty() {
            self.heading(text, "left-running");
            for id in &report.running {
                let node = self.step(id).and_then(|s| s.node.as_ref());
                let args = [
                    ("number", Arg::from(self.number(id))),
                    ("node", node.map(ToString::to_string).unwrap_or_default().into()),
                    ("title", self.title(id).into()),
                ];
                text.push_str(&format!("  {}\n", self.say("left-running-step", &args)));
            }
        }
        if !report.in_doubt.is_empty() {
            self.heading(text, "left-doubt");
            for doubt in &report.in_doubt {
                let halves = self.step(&doubt.step).map(|step| self.phrases.halves(step));
                let mut halves = halves.unwrap_or_default();
                if halves.is_empty() {
                    halves.push(self.say("left-stack-unknown", &[]));
                }
                let args = [
                    ("number", Arg::from(self.number(&doubt.step))),
                    ("title", self.title(&doubt.step).into()),
                ];
                text.push_str(&format!("  {}\n", self.say("left-doubt-step", &args)));
                for half in halves {
                    let half = [("half", Arg::from(half))];
                    text.push_str(&format!("      {}\n", self.say("left-doubt-half", &half)));
                }
            }
        }
        self.debts(&report, text);
    }

    fn debts(&self, report: &ctsup_core::run::StopReport, text: &mut String) {
        if report.debts.is_empty() {
            text.push_str(&format!("\n{}\n", self.say("left-no-debts", &[])));
            return;
        }
        self.heading(text, "left-debts");
        for debt in &report.debts {
            let id = if debt.certain { "left-debt" } else { "left-debt-unsure" };
            let what = [("what", Arg::from(self.phrases.atom(&debt.debt)))];
            text.push_str(&format!("  {}\n", self.say(id, &what)));
            for command in &debt.commands {
                let node = debt.node.as_ref().map(ToString::to_string).unwrap_or_default();
                let args = [("node", Arg::from(node)), ("command", command.into())];
                text.push_str(&format!("      {}\n", self.say("left-debt-pays", &args)));
            }
            match &debt.paid_by {
                Some(step) => {
                    let args = [("number", Arg::from(self.number(step)))];
                    text.push_str(&format!("      {}\n", self.say("left-debt-step", &args)));
                }
                None if debt.commands.is_empty() => {
                    text.push_str(&format!("      {}\n", self.say("left-debt-person", &[])));
                }
                None => {}
            }
        }
    }

    /// The commands that lead on.
    fn next(&self, run: &Run, name: &str, why: &Why, text: &mut String) {
        let run_arg = ("run", Arg::from(name));
        let mut ways: Vec<(String, String)> = Vec::new();
        let mut way = |id: &str, extra: Option<(&'static str, Arg)>, reason: &str| {
            let args: Vec<_> = std::iter::once(run_arg.clone()).chain(extra).collect();
            ways.push((self.say(id, &args), self.say(reason, &args)));
        };
        let doubtful = !run.stop_report().in_doubt.is_empty();
        match why {
            Why::Done => {}
            // It is not gone on with: what is to be done is planned from how things stand.
            _ if run.is_aborting() => {
                way("next-observe", None, "next-observe.why");
                way("next-plan", None, "next-plan.why");
            }
            // They go on with it; nothing is left to do here.
            Why::Broken(Broken::TakenOver(_)) => {}
            Why::Stopped(StopReason::Rebooted(_) | StopReason::NotMet(..)) => {
                way("next-observe", None, "next-observe.why");
                way("next-plan", None, "next-plan.why");
                way("next-abort", None, "next-abort.why");
            }
            _ => {
                if let Why::Person(step, _) = why {
                    let step = Some(("step", Arg::from(step.as_str())));
                    way("next-confirm", step, "next-confirm.why");
                }
                let reason = if doubtful { "next-resume-asks" } else { "next-resume.why" };
                way("next-resume", None, reason);
                way("next-observe", None, "next-observe.why");
                way("next-plan", None, "next-plan.why");
                way("next-abort", None, "next-abort.why");
            }
        }
        if ways.is_empty() {
            return;
        }
        self.heading(text, "left-next");
        for (command, why) in ways {
            text.push_str(&format!("  {command}\n      {why}\n"));
        }
    }
}

impl Why {
    /// The step that it is about.
    #[must_use]
    pub fn step(&self) -> Option<&StepId> {
        match self {
            Self::Person(id, _) => Some(id),
            Self::Stopped(
                StopReason::Failed(id)
                | StopReason::Refused(id)
                | StopReason::Fell(id)
                | StopReason::Lost(id)
                | StopReason::NotMet(id, _)
                | StopReason::Reached(id),
            ) => Some(id),
            _ => None,
        }
    }

    /// A stable name for programs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Killed => "killed",
            Self::Broken(Broken::Journal(_)) => "journal",
            Self::Broken(Broken::TakenOver(_)) => "taken-over",
            Self::Broken(Broken::Ours(_)) => "mistake",
            Self::Looked => "looked",
            Self::Person(..) => "person",
            Self::Stopped(reason) => match reason {
                StopReason::NotReady => "not-ready",
                StopReason::Asked { at_once: false } => "asked",
                StopReason::Asked { at_once: true } => "asked-at-once",
                StopReason::Failed(_) => "failed",
                StopReason::Refused(_) => "refused",
                StopReason::Fell(_) => "fell",
                StopReason::Lost(_) => "lost",
                StopReason::Rebooted(_) => "rebooted",
                StopReason::NotMet(..) => "not-met",
                StopReason::Reached(_) => "reached",
                StopReason::Aborted => "aborted",
            },
        }
    }
}

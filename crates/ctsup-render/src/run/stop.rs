//! What is said when a run is not under way: why, how it stands, what is owed, what next.

use std::collections::BTreeSet;

use ctsup_core::run::{Basis, Question, Run, Status, StopReason, StopReport};
use ctsup_core::{Atom, Goal, StepId};

use super::{Teller, WIDTH, put};
use crate::words::Arg;
use crate::wrap;

/// Why a run is not under way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Why {
    /// It is done.
    Done,
    /// The run stopped by itself or was stopped.
    Stopped(StopReason),
    /// A person has to answer.
    Person(StepId, Question),
    /// A playbook asks something at its terminal, and nobody is there.
    Prompt(StepId),
    /// Another process carries it out.
    AtWork,
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

/// How a run is kept, for the commands that lead on from it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// The run's name.
    pub run: String,
    /// Nothing of it happens on servers.
    pub rehearsed: bool,
    /// The directory of all runs, as it was given on the command line; nothing where it is the usual
    /// one.
    pub dir: Option<String>,
}

impl Teller<'_> {
    /// Why, and what a stop leaves: for a tired person, the most important first.
    #[must_use]
    pub fn stopped(&self, run: &Run, kept: &Kept, why: &Why) -> String {
        let mut text = String::new();
        if let Some(head) = self.why(run, why) {
            put(&mut text, 0, &head);
        }
        match (why, why.step()) {
            (Why::Person(id, question), _) => {
                let seen = run.step(id).map(|step| step.seen.clone()).unwrap_or_default();
                let asked = self.question(id, *question, &seen);
                asked.lines().for_each(|line| text.push_str(&format!("  {line}\n")));
            }
            (_, Some(id)) => {
                put(&mut text, 2, &format!("{} · {id}", self.title(id)));
                let seen = run.step(id).map(|step| step.seen.clone()).unwrap_or_default();
                self.lines(&mut text, &seen);
                // What failed or was refused has a way out of its own, which a person takes.
                if let Why::Stopped(StopReason::Failed(_) | StopReason::Refused(_)) = why
                    && let Some(fails) = self.step(id).and_then(|step| self.phrases.fails(step))
                {
                    put(&mut text, 2, &self.say("stop-remedy", &[("how", fails.into())]));
                }
            }
            (_, None) => {}
        }
        if *why == Why::AtWork {
            // What is under way there is in no doubt: somebody watches it.
            self.next(run, kept, why, &mut text);
            return text;
        }
        if matches!(why, Why::Done) && run.stop_report().debts.is_empty() {
            return text;
        }
        let begun = run.steps().any(|(_, step)| step.touched || step.is_done());
        if !run.has_changed() && !begun {
            text.push_str(&format!("{}\n", self.say("stop-unchanged", &[])));
        } else {
            self.left(run, kept, why, &mut text);
        }
        self.next(run, kept, why, &mut text);
        text
    }

    fn why(&self, run: &Run, why: &Why) -> Option<String> {
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
            Why::Prompt(_) => self.say("stop-prompt", &[number]),
            Why::AtWork => {
                let by = run.session().map(|session| session.by.as_str()).unwrap_or_default();
                self.say("stop-at-work", &[("by", by.into())])
            }
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
                StopReason::Failed(id) => match run.step(id).and_then(|step| step.code) {
                    Some(code) if code != 0 => {
                        let code = ("code", Arg::from(code.to_string()));
                        self.say("stop-failed-code", &[number, code])
                    }
                    _ => self.say("stop-failed", &[number]),
                },
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
                StopReason::Before(_) => self.say("stop-before", &[number]),
                StopReason::Reached(id) => match run.window_end(id) {
                    Some(end) => {
                        let end = ("end", Arg::from(self.number(end)));
                        self.say("stop-reached-window", &[number, end])
                    }
                    None => self.say("stop-reached", &[number]),
                },
                StopReason::Aborted => self.say("stop-aborted", &[]),
            },
        })
    }

    fn lines(&self, text: &mut String, seen: &str) {
        const MOST: usize = 20;
        let seen = self.seen(seen.trim());
        let lines: Vec<&str> = seen.lines().collect();
        for line in lines.iter().skip(lines.len().saturating_sub(MOST)) {
            for part in wrap::paragraph(line, WIDTH - 6) {
                text.push_str(&format!("    | {part}\n"));
            }
        }
    }

    fn heading(&self, text: &mut String, id: &str) {
        text.push_str(&format!("\n{}\n", self.say(id, &[])));
    }

    /// Which node runs what, what the data has met, what is in doubt, what is owed.
    fn left(&self, run: &Run, kept: &Kept, why: &Why, text: &mut String) {
        let report = run.stop_report();
        self.heading(text, "left-now");
        // What a silent node was last is not what it is.
        let silent: BTreeSet<_> = run
            .steps()
            .filter(|(_, run)| matches!(run.status, Status::Lost(_)))
            .filter_map(|(step, _)| step.node.as_ref())
            .collect();
        let clusters = &self.plan().topology.clusters;
        for node in &report.active {
            let cluster = clusters.values().find(|cluster| cluster.nodes.contains(node));
            let gone = cluster.and_then(|c| c.nodes.iter().find(|node| silent.contains(node)));
            let line = match gone {
                Some(gone) => {
                    let args = [("node", node.as_str().into()), ("silent", gone.as_str().into())];
                    self.say("left-active-unknown", &args)
                }
                None => self.phrases.atom(&Atom::Active(node.clone())),
            };
            put(text, 2, &line);
        }
        for stack in &report.stacks {
            if silent.contains(&stack.stack.node) {
                let stack = [("stack", self.phrases.stack(&stack.stack).into())];
                put(text, 2, &self.say("left-stack-silent", &stack));
                continue;
            }
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
            let new = match (stack.new, stack.new_by) {
                // What a file says of a whole installation is no knowledge of this server.
                (Some(_), Basis::File) => {
                    let release = self.plan().release.installed.to_string();
                    self.say("left-release-file", &[("release", release.into())])
                }
                (Some(_), Basis::Nothing) => self.say("left-release-unknown", &[]),
                (new, _) => said(new, Atom::New(stack.stack.clone())),
            };
            let line = if runs == new { runs } else { format!("{runs}; {new}") };
            put(text, 2, &line);
        }
        if report.met.is_empty() {
            put(text, 2, &self.say("left-nothing-met", &[]));
        } else {
            let data: Vec<_> =
                report.met.iter().map(|data| self.phrases.name(&data.to_string())).collect();
            let args = [("data", Arg::from(data.join(", ")))];
            let back = *why == Why::Done && run.plan().goal == Goal::Rollback;
            let id = if back { "left-met-back" } else { "left-met" };
            put(text, 2, &self.say(id, &args));
        }
        if report.past_no_return {
            put(text, 2, &self.say("left-no-return", &[]));
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
                let now = run.step(id);
                let lost = now.is_some_and(|now| matches!(now.status, Status::Lost(_)));
                let line = if lost { "left-running-lost" } else { "left-running-step" };
                put(text, 2, &self.say(line, &args));
                if now.is_some_and(|now| now.overdue) && !lost {
                    let line =
                        if kept.rehearsed { "left-overdue-rehearsed" } else { "left-overdue" };
                    put(text, 6, &self.say(line, &args));
                }
            }
        }
        if !report.in_doubt.is_empty() {
            self.heading(text, "left-doubt");
            for doubt in &report.in_doubt {
                // Whose end was seen, that does not run.
                let ended = run.step(&doubt.step).is_some_and(|now| now.code.is_some());
                let codes = doubt.halves.iter().filter(|c| !(ended && c.ends_with("-unseen")));
                let mut halves: Vec<_> =
                    codes.map(|code| self.say(&format!("half-{code}"), &[])).collect();
                if halves.is_empty() {
                    halves.push(self.say("left-doubt-unknown", &[]));
                }
                let args = [
                    ("number", Arg::from(self.number(&doubt.step))),
                    ("title", self.title(&doubt.step).into()),
                ];
                put(text, 2, &self.say("left-doubt-step", &args));
                halves.iter().for_each(|half| put(text, 6, half));
            }
        }
        self.debts(&report, text);
    }

    fn debts(&self, report: &StopReport, text: &mut String) {
        let (stay, owed): (Vec<_>, Vec<_>) = report.debts.iter().partition(|debt| debt.stays);
        if owed.is_empty() {
            text.push_str(&format!("\n{}\n", self.say("left-no-debts", &[])));
        } else {
            self.heading(text, "left-debts");
        }
        for debt in owed {
            let id = if debt.certain { "left-debt" } else { "left-debt-unsure" };
            let what = [("what", Arg::from(self.phrases.atom(&debt.debt)))];
            put(text, 2, &self.say(id, &what));
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
        if !stay.is_empty() {
            let what: Vec<_> = stay.iter().map(|debt| self.phrases.atom(&debt.debt)).collect();
            put(text, 0, &self.say("left-stays", &[("what", what.join("; ").into())]));
        }
    }

    /// The commands that lead on.
    fn next(&self, run: &Run, kept: &Kept, why: &Why, text: &mut String) {
        let run_arg = ("run", Arg::from(kept.run.as_str()));
        let mut ways: Vec<(String, String)> = Vec::new();
        let mut way = |id: &str, extra: Option<(&'static str, Arg)>, reason: &str| {
            let args: Vec<_> = std::iter::once(run_arg.clone()).chain(extra).collect();
            let mut command = self.say(id, &args);
            if let Some(dir) = kept.dir.as_ref().filter(|_| command.contains(&kept.run)) {
                command.push_str(&format!(" --runs {dir}"));
            }
            ways.push((command, self.say(reason, &args)));
        };
        let doubtful = !run.stop_report().in_doubt.is_empty();
        match why {
            Why::Done => {}
            Why::AtWork => way("next-abort", None, "next-abort-busy"),
            // Nothing of it happened on servers: what they tell is of another night.
            _ if kept.rehearsed && run.is_aborting() => {}
            _ if kept.rehearsed => {
                if let Why::Person(..) = why {
                    way("next-resume-yes", None, "next-resume-yes.why");
                } else {
                    let reason = if doubtful { "next-resume-asks" } else { "next-resume.why" };
                    way("next-resume", None, reason);
                }
                way("next-abort", None, "next-abort-rehearsed");
            }
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
                if let Why::Person(step, question) = why {
                    let step = Some(("step", Arg::from(step.as_str())));
                    let agrees = *question == Question::Agree;
                    let reason = if agrees { "next-confirm.why" } else { "next-confirm-again" };
                    way("next-confirm", step, reason);
                }
                if let Why::Prompt(_) = why {
                    way("next-attach", None, "next-attach.why");
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
            text.push_str(&format!("  {command}\n"));
            put(text, 6, &why);
        }
    }
}

impl Why {
    /// The step that it is about.
    #[must_use]
    pub fn step(&self) -> Option<&StepId> {
        match self {
            Self::Person(id, _) | Self::Prompt(id) => Some(id),
            Self::Stopped(
                StopReason::Failed(id)
                | StopReason::Refused(id)
                | StopReason::Fell(id)
                | StopReason::Lost(id)
                | StopReason::NotMet(id, _)
                | StopReason::Before(id)
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
            Self::AtWork => "at-work",
            Self::Prompt(_) => "prompt",
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
                StopReason::Before(_) => "before",
                StopReason::Reached(_) => "reached",
                StopReason::Aborted => "aborted",
            },
        }
    }
}

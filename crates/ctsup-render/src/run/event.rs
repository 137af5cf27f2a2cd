//! Events as lines; what only machines care for has none.

use ctsup_core::action::Playbook;
use ctsup_core::run::{Event, Question, Run, Verdict};
use ctsup_core::{Action, StepId};

use super::{Line, Mood, Teller};
use crate::words::Arg;

impl Teller<'_> {
    /// An event as a line, where it is worth one. `run` is the run after the event.
    #[must_use]
    pub fn line(&self, event: &Event, run: &Run) -> Option<Line> {
        let place = event
            .step()
            .and_then(|id| self.step(id))
            .and_then(|step| step.node.as_ref())
            .map(ToString::to_string)
            .unwrap_or_default();
        let line = |mood, text: String, below: &str| {
            let below = self.seen(below.trim()).lines().map(str::to_owned).collect();
            Some(Line { place: place.clone(), text, below, mood })
        };
        let text = |value: &str| Arg::from(value);
        match event {
            Event::Approved { by, digest } => {
                let digest = digest.strip_prefix("sha256:").unwrap_or(digest);
                let short: String = digest.chars().take(12).collect();
                let args = [("by", text(by)), ("digest", short.into())];
                line(Mood::Person, self.say("run-approved", &args), "")
            }
            Event::Attached { by, .. } => {
                line(Mood::Person, self.say("run-attached", &[("by", text(by))]), "")
            }
            Event::Boot { node, .. } if run.rebooted().contains(node) => {
                let args = [("node", text(node.as_str()))];
                line(Mood::Bad, self.say("run-boot-changed", &args), "")
            }
            Event::Boot { .. } | Event::Launched { .. } | Event::Kept { .. } => None,
            Event::Begun { step, .. } => line(Mood::Begins, self.head(step), ""),
            Event::Fell { condition, seen, .. } => {
                let args = [("what", self.phrases.condition(condition).into())];
                line(Mood::Bad, self.say("run-fell", &args), seen)
            }
            Event::Started { commands, step, .. } => {
                let said = |c: &String| self.say("run-started", &[("command", text(c))]);
                let mut all: Vec<_> = commands.iter().map(said).collect();
                let action = self.step(step).map(|step| &step.action);
                if let Some(Action::Playbook(Playbook::Run { .. })) = action {
                    all.push(self.say("attach-hint", &[]));
                }
                line(Mood::Under, all.join("\n"), "")
            }
            Event::NotLaunched { seen, .. } => line(
                Mood::Bad,
                self.say("run-not-launched", &[("seen", self.seen(seen).into())]),
                "",
            ),
            Event::Lost { seen, .. } => {
                let args = [("node", text(&place)), ("seen", self.seen(seen).into())];
                line(Mood::Bad, self.say("run-lost", &args), "")
            }
            Event::Reattached { step } => {
                let head = self.head(step);
                line(Mood::Begins, format!("{head} ({})", self.say("run-reattached", &[])), "")
            }
            Event::Overdue { step } => {
                let limit = self.step(step).and_then(|step| step.limit_s).unwrap_or_default();
                let args = [("limit", self.phrases.limit(limit).into())];
                line(Mood::Bad, self.say("run-overdue", &args), "")
            }
            // What it means is told next.
            Event::Ended { .. } => None,
            Event::Vanished { .. } => line(Mood::Bad, self.say("run-vanished", &[]), ""),
            Event::Probed { seen, verdict, .. } => {
                // What a person has to judge is shown with the question, which comes next.
                let seen = if *verdict == Verdict::Unclear { "" } else { seen };
                let args = [("verdict", text(verdict.code()))];
                line(Mood::Under, self.say("run-probed", &args), seen)
            }
            Event::Done { how, step } => {
                let took = run.step(step).and_then(|s| s.ended_at.zip(s.began_at));
                let took = took.map_or(0, |(end, began)| end.saturating_sub(began));
                let args = [("how", text(how.code())), ("span", self.time(took).into())];
                line(Mood::Good, self.say("run-done", &args), "")
            }
            Event::Failed { code, reason, seen, .. } => {
                let why = self.failure(reason, *code);
                // The rest is told with the stop that follows.
                let seen = seen.trim().lines().next_back().unwrap_or_default();
                line(Mood::Bad, self.say("run-failed", &[("reason", why.into())]), seen)
            }
            Event::Asked { question, seen, step } => {
                let head = self.head(step);
                // What a person is to judge was begun before, and has its line.
                let seen = if *question == Question::Agree { "" } else { seen };
                line(Mood::Person, format!("{head}?"), seen)
            }
            Event::Answered { answer, by, note, .. } => {
                let args = [("by", text(by)), ("answer", text(answer.code()))];
                line(Mood::Person, self.say("run-answered", &args), note)
            }
            Event::StopAsked { at_once, by } => {
                let at_once = if *at_once { "true" } else { "false" };
                let args = [("by", text(by)), ("at_once", text(at_once))];
                line(Mood::Person, self.say("run-stop-asked", &args), "")
            }
            Event::Aborting { by } => {
                line(Mood::Person, self.say("run-aborting", &[("by", text(by))]), "")
            }
            Event::Left { .. } => None,
            Event::Finished => line(Mood::Good, self.say("run-finished", &[]), ""),
        }
    }

    /// A step's number and title.
    fn head(&self, step: &StepId) -> String {
        let args = [
            ("number", Arg::from(self.number(step))),
            ("count", self.plan().steps.len().into()),
            ("title", self.title(step).into()),
        ];
        self.say("run-step", &args)
    }

    /// Why a step failed.
    pub(super) fn failure(&self, reason: &str, code: Option<i32>) -> String {
        let id = format!("failed-{reason}");
        let code = ("code", Arg::from(code.map_or("?".to_owned(), |code| code.to_string())));
        if self.phrases.words.has(&id) {
            self.say(&id, &[code])
        } else {
            self.say("failed-other", &[("reason", reason.into())])
        }
    }
}

//! A run in words: its events as lines, its questions, what a stop leaves, the report at the end.
//!
//! Not the machine-readable form: those who read events by program read the journal's own records.

use ctsup_core::plan::Plan;
use ctsup_core::run::{Question, Run, Status};
use ctsup_core::{Step, StepId};

use crate::phrase::{Phrases, Span};
use crate::words::{Arg, Words};
use crate::wrap;

mod event;
mod report;
mod seen;
mod stop;

pub use self::report::Head;
pub use self::seen::seen;
pub use self::stop::{Broken, Kept, Why};

/// How wide a text is.
const WIDTH: usize = 80;

/// Adds a sentence in lines of the text's width, each behind so many blanks and all but the first two
/// further in.
fn put(text: &mut String, indent: usize, sentence: &str) {
    let width = WIDTH.saturating_sub(indent + 2);
    for (index, line) in wrap::paragraph(sentence, width).iter().enumerate() {
        let indent = if index == 0 { indent } else { indent + 2 };
        text.push_str(&format!("{:indent$}{line}\n", ""));
    }
}

/// Tells of a run of one plan, in one language.
#[derive(Debug, Clone, Copy)]
pub struct Teller<'p> {
    phrases: Phrases<'p>,
}

/// A line about an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Whose: a node's name, or nothing.
    pub place: String,
    /// What happened.
    pub text: String,
    /// What was seen, to stand below it.
    pub below: Vec<String>,
    /// How it is to be taken.
    pub mood: Mood,
}

/// How a line is to be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mood {
    /// It begins.
    Begins,
    /// Something of it, on the way.
    Under,
    /// It ended well.
    Good,
    /// It did not.
    Bad,
    /// A person is meant.
    Person,
}

impl<'p> Teller<'p> {
    /// For a plan, in the words of a language.
    #[must_use]
    pub fn new(plan: &'p Plan, words: &'p Words) -> Self {
        Self { phrases: Phrases::new(words, plan) }
    }

    fn plan(&self) -> &'p Plan {
        self.phrases.plan
    }

    fn say(&self, id: &str, args: &[(&str, Arg)]) -> String {
        self.phrases.words.say(id, args)
    }

    /// The number under which all forms of the plan show a step; 0 for one that it does not have.
    #[must_use]
    pub fn number(&self, id: &StepId) -> usize {
        self.plan().steps.iter().position(|step| step.id == *id).map_or(0, |place| place + 1)
    }

    /// What was seen, in words where it is ours.
    #[must_use]
    pub fn seen(&self, text: &str) -> String {
        seen(self.phrases.words, text)
    }

    fn step(&self, id: &StepId) -> Option<&'p Step> {
        self.plan().step(id.as_str())
    }

    /// What a step is, in a line.
    #[must_use]
    pub fn title(&self, id: &StepId) -> String {
        self.step(id).map_or_else(|| id.to_string(), |step| self.phrases.title(step))
    }

    /// What a claim says.
    #[must_use]
    pub fn claim(&self, claim: &ctsup_core::Claim) -> String {
        self.phrases.claim(claim)
    }

    /// A time that has passed.
    #[must_use]
    pub fn time(&self, ms: u64) -> String {
        self.phrases.spent(ms)
    }

    /// What is to be approved: how much it is, how long it takes, its digest.
    #[must_use]
    pub fn approval(&self) -> String {
        let plan = self.plan();
        let steps = self.say("plan-steps", &[("count", plan.steps.len().into())]);
        let span = self.phrases.span(Span::of(&plan.steps));
        let mut head = format!("{}\n", self.phrases.heading());
        head.push_str(&self.say("approve-head", &[("steps", steps.into()), ("span", span.into())]));
        if let Some(point) = &plan.point_of_no_return {
            let why = self.phrases.no_return_at(point);
            head.push_str(&format!("\n{}: {why}", self.say("no-return", &[])));
        }
        let digest = self.say("approve-digest", &[("digest", plan.digest.as_str().into())]);
        format!("{head}\n{digest}\n{}\n", self.say("approve-claims", &[]))
    }

    /// What a person is asked about a step: the matter, what was seen, the question itself.
    #[must_use]
    pub fn question(&self, id: &StepId, question: Question, seen: &str) -> String {
        let Some(step) = self.step(id) else { return id.to_string() };
        let (title, number) = (self.phrases.title(step), self.number(id));
        let args = [("title", Arg::from(title)), ("number", number.into())];
        let code = format!("ask-{}", question.code());
        let mut text = String::new();
        put(&mut text, 0, &self.say(&code, &args));
        for line in self.phrases.what(step).lines() {
            put(&mut text, 2, line);
        }
        if question == Question::Agree {
            for command in &step.commands {
                for (index, line) in wrap::command(command, WIDTH - 8).iter().enumerate() {
                    let sign = if index == 0 { "$" } else { " " };
                    text.push_str(&format!("    {sign} {line}\n"));
                }
            }
        }
        if !seen.trim().is_empty() {
            text.push_str(&format!("  {}\n", self.say("ask-seen", &[])));
            for line in self.seen(seen).lines() {
                for part in wrap::paragraph(line, WIDTH - 8) {
                    text.push_str(&format!("    | {part}\n"));
                }
            }
        }
        let ask = match question {
            Question::Agree => self.phrases.ask(step),
            _ => self.say(&format!("{code}.ask"), &[]),
        };
        put(&mut text, 0, &format!("? {ask}"));
        text.trim_end().to_owned()
    }

    /// How far the run is: counts, time spent, time left by the plan's own durations.
    #[must_use]
    pub fn progress(&self, run: &Run, spent_ms: u64) -> String {
        let done = run.steps().filter(|(_, run)| run.is_done()).count();
        let left = run.steps().filter(|(_, run)| !run.is_done()).map(|(step, _)| step);
        let left = self.phrases.span(Span::of(left));
        let args = [
            ("done", Arg::from(done)),
            ("count", self.plan().steps.len().into()),
            ("spent", self.time(spent_ms).into()),
            ("left", left.into()),
        ];
        self.say("run-progress", &args)
    }

    /// The same in a few characters.
    #[must_use]
    pub fn brief(&self, run: &Run, spent_ms: u64) -> String {
        let done = run.steps().filter(|(_, run)| run.is_done()).count();
        format!("{done}/{} · {}", self.plan().steps.len(), self.time(spent_ms))
    }

    /// The steps that were under way when the process ended that carried the run out.
    #[must_use]
    pub fn broken_off(&self, run: &Run) -> Vec<String> {
        let busy = run.steps().filter(|(_, run)| run.in_flight());
        busy.map(|(step, _)| {
            let place = step.node.as_ref().map(|n| format!("{n}: ")).unwrap_or_default();
            let ended = self.say("run-broken-off", &[]);
            format!("{place}{} · {ended}", self.phrases.title(step))
        })
        .collect()
    }

    /// The steps under way: where, and what.
    #[must_use]
    pub fn at_work(&self, run: &Run) -> Vec<String> {
        let busy = run.steps().filter(|(_, run)| run.in_flight());
        busy.map(|(step, _)| {
            let place = step.node.as_ref().map(|n| format!("{n}: ")).unwrap_or_default();
            format!("{place}{}", self.phrases.title(step))
        })
        .collect()
    }

    /// The steps under way: where, what, since when.
    #[must_use]
    pub fn under_way(&self, run: &Run, now_ms: u64) -> Vec<String> {
        let busy = run.steps().filter(|(_, run)| run.in_flight());
        busy.map(|(step, run)| {
            let spent = run.began_at.map_or(0, |began| now_ms.saturating_sub(began));
            let span = self.phrases.span(Span::of([step]));
            let times = match step.takes {
                Some(_) => self.say(
                    "run-until-now",
                    &[("spent", self.time(spent).into()), ("span", span.into())],
                ),
                None => self.time(spent),
            };
            let place = step.node.as_ref().map(|n| format!("{n}: ")).unwrap_or_default();
            format!("{place}{} · {times}", self.phrases.title(step))
        })
        .collect()
    }
}

/// The code of a status's words.
fn status_words(status: &Status) -> String {
    format!("status-{}", status.code())
}

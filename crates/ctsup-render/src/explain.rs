//! One step explained: why this step, why here, why then; what if it fails.

use ctsup_core::action::Repeat;
use ctsup_core::plan::{After, Plan, Step};
use ctsup_core::{Condition, StepId};

use crate::format::Options;
use crate::outline::{Outline, ranges};
use crate::page::Page;
use crate::phrase::{Phrases, Span};
use crate::style::Role;
use crate::words::Words;

/// Explains a step of a plan; `None` when the plan has no step of that name.
///
/// `implied` are the waits that others imply: planning gives them beside the plan, and without
/// them only the direct ones are told.
#[must_use]
pub fn explain(
    plan: &Plan,
    implied: &[(StepId, After)],
    step: &str,
    words: &Words,
    options: &Options,
) -> Option<String> {
    let step = plan.step(step)?;
    let outline = Outline::of(plan);
    let number = outline.number(&step.id)?;
    let mut explained = Explained {
        phrases: Phrases::new(words, plan),
        outline,
        step,
        place: number - 1,
        page: Page::new(options.width, options.style),
    };
    explained.head();
    explained.why();
    explained.needs();
    explained.waits(implied);
    explained.leaves();
    explained.failure();
    Some(explained.page.finish())
}

struct Explained<'p> {
    phrases: Phrases<'p>,
    outline: Outline<'p>,
    step: &'p Step,
    place: usize,
    page: Page,
}

impl Explained<'_> {
    fn say(&self, id: &str) -> String {
        self.phrases.words.say(id, &[])
    }

    fn section(&mut self, id: &str) {
        self.page.blank();
        let title = self.say(id);
        self.page.painted(0, Role::Heading, &title);
    }

    fn item(&mut self, text: &str) {
        self.page.item(2, "\u{2022}", text);
    }

    fn head(&mut self) {
        let step = self.step;
        let title = self.phrases.title(step);
        let takes = step.takes.map_or_else(String::new, |_| self.phrases.span(Span::of([step])));
        self.page.sides(0, &format!("{}. ", self.place + 1), &title, &takes);
        let prompt = self.phrases.prompt(step);
        self.page.painted(0, Role::Faint, &format!("{prompt} \u{b7} {}", step.id));
        let what = self.phrases.what(step);
        self.page.paragraph(0, &what);
        for command in &self.phrases.typed(step, &step.commands) {
            self.page.command(2, command);
        }
        for warning in self.outline.begins(self.place) {
            let warning = self.phrases.warning(warning);
            self.page.item(0, "!", &warning);
        }
    }

    /// Who says that it belongs into the plan, and which claims put it there.
    fn why(&mut self) {
        self.section("explain-why");
        for source in &self.step.source {
            let place = self.phrases.source_place(source);
            let said = match source {
                ctsup_core::plan::Source::Row(row) => {
                    format!("{place}: {}", self.phrases.row(*row))
                }
                _ => place,
            };
            self.item(&said);
        }
        for claim in &self.step.rests_on {
            let claim = self.phrases.claim_by(self.outline.plan, claim).into();
            let said = self.phrases.words.say("explain-rests-on", &[("claim", claim)]);
            self.item(&said);
        }
    }

    /// What must hold before it, and since which step it does.
    fn needs(&mut self) {
        if self.step.needs.is_empty() {
            return;
        }
        self.section("explain-needs");
        for need in &self.step.needs {
            let condition = self.phrases.condition(need).into();
            let said = match self.since(need) {
                Some(number) => {
                    let args = [("condition", condition), ("step", number.into())];
                    self.phrases.words.say("explain-since", &args)
                }
                None => self.phrases.words.say("explain-from-start", &[("condition", condition)]),
            };
            self.item(&said);
        }
    }

    /// The number of the last step before this one that made a condition true.
    fn since(&self, condition: &Condition) -> Option<usize> {
        let earlier = self.outline.plan.steps[..self.place].iter().enumerate().rev();
        let mut makers = earlier.filter(|(_, step)| step.leaves.contains(condition));
        makers.next().map(|(maker, _)| maker + 1)
    }

    /// Why it stands where it stands: waits, implied waits, and who waits for it.
    fn waits(&mut self, implied: &[(StepId, After)]) {
        self.section("explain-then");
        let mut implied: Vec<_> =
            implied.iter().filter(|(id, _)| *id == self.step.id).map(|(_, after)| after).collect();
        implied.sort_by_key(|after| self.outline.number(&after.step));
        if self.step.after.is_empty() && implied.is_empty() {
            let nothing = self.say("explain-no-waits");
            self.item(&nothing);
        }
        for after in &self.step.after {
            self.wait("after", after);
        }
        for after in implied {
            self.wait("explain-implied", after);
        }
        let beside: Vec<_> = self.outline.beside_all(self.place);
        if !beside.is_empty() {
            let said = self.phrases.words.say("beside", &[("steps", ranges(&beside).into())]);
            self.item(&said);
        }
        let waiting = self.outline.waited_for_by(&self.step.id);
        if !waiting.is_empty() {
            self.section("explain-waiting");
            for (number, step) in waiting {
                let said = format!("{number}\u{a0}{}: {}", step.id, self.phrases.title(step));
                self.item(&said);
            }
        }
    }

    fn wait(&mut self, id: &str, after: &After) {
        let steps = self.phrases.reference(&self.outline, &after.step).into();
        let reasons = self.phrases.reasons(after).into();
        let said = self.phrases.words.say(id, &[("steps", steps), ("reasons", reasons)]);
        self.item(&said);
    }

    /// What is true after it, and what it borrows or gives back.
    fn leaves(&mut self) {
        if self.step.leaves.is_empty() {
            return;
        }
        self.section("explain-leaves");
        for left in self.step.leaves.iter().filter(|left| !left.atom.is_debt()) {
            let said = self.phrases.condition(left);
            self.item(&said);
        }
        for debt in &self.step.opens {
            let said = self.phrases.opens(&self.outline, self.place, debt);
            self.item(&said);
        }
        for debt in &self.step.closes {
            let said = self.phrases.closes(&self.outline, self.place, debt);
            self.item(&said);
        }
    }

    fn failure(&mut self) {
        self.section("explain-fails");
        if let Some(first) = self.phrases.in_window(self.step) {
            self.item(&first);
        }
        if let Some(fails) = self.phrases.fails(self.step) {
            self.item(&fails);
        }
        let halves = self.phrases.halves(self.step);
        if !halves.is_empty() {
            let left = [("halves", halves.join("; ").into())];
            let said = self.phrases.words.say("fails-left", &left);
            self.item(&said);
        }
        let repeat = match self.step.repeat {
            Repeat::Safe => "repeat-safe",
            Repeat::ProbeFirst => "repeat-probe-first",
            Repeat::AskFirst => "repeat-ask-first",
        };
        let repeat = self.say(repeat);
        self.item(&repeat);
        if let Some(limit) = self.step.limit_s {
            let limit = self.phrases.limit(limit).into();
            let said = self.phrases.words.say("explain-limit", &[("span", limit)]);
            self.item(&said);
        }
        let undo = self.phrases.take_back(self.step);
        let commands = undo.as_ref().map_or(&[][..], |undo| &undo.commands);
        let said = match &undo {
            None => self.say("undo-nothing"),
            Some(undo) => undo.said.clone().unwrap_or_else(|| self.say("undo-commands")),
        };
        let said = format!("{} {said}", self.say("undo"));
        self.item(&said);
        for command in commands {
            self.page.command(6, command);
        }
    }
}

//! A proof on a terminal: short, or all of it.

use ctsup_core::prove::Verdict;

use super::Told;
use crate::format::Options;
use crate::page::Page;
use crate::style::Role;

pub(super) fn render(told: &Told<'_>, full: bool, options: &Options) -> String {
    let mut text = Text { told, page: Page::new(options.width, options.style) };
    text.head();
    text.stories(full);
    text.list("proof-assumptions", &told.assumptions());
    text.list("proof-covered", &told.covered());
    if full {
        text.rules();
    } else {
        text.list("proof-rules", &told.rules());
    }
    text.list("proof-hazards", &told.hazards());
    if full {
        text.table();
    } else {
        text.faults();
    }
    text.back();
    text.labelled("proof-stop", &if full { told.stops() } else { told.stops_in_short() });
    text.forecast();
    text.list("proof-windows", &told.windows());
    if !full {
        text.page.blank();
        let more = told.say("proof-more");
        text.page.painted(0, Role::Faint, &more);
    }
    text.page.finish()
}

/// The verdict and the shortest story.
pub(super) fn story(told: &Told<'_>, options: &Options) -> String {
    let mut text = Text { told, page: Page::new(options.width, options.style) };
    text.head();
    text.stories(false);
    text.page.finish()
}

struct Text<'t, 'p> {
    told: &'t Told<'p>,
    page: Page,
}

impl Text<'_, '_> {
    fn section(&mut self, id: &str) {
        self.page.blank();
        let title = self.told.say(id);
        self.page.painted(0, Role::Heading, &title);
    }

    fn list(&mut self, id: &str, items: &[String]) {
        if items.is_empty() {
            return;
        }
        self.section(id);
        for item in items {
            self.page.item(2, "\u{2022}", item);
        }
    }

    fn labelled(&mut self, id: &str, items: &[super::Labelled]) {
        if items.is_empty() {
            return;
        }
        self.section(id);
        for (label, said) in items {
            self.page.item(2, "\u{2022}", &format!("{label}: {said}"));
        }
    }

    fn head(&mut self) {
        let heading = self.told.heading();
        self.page.painted(0, Role::Heading, &heading);
        let (verdict, why) = self.told.verdict();
        let role = match self.told.proof.verdict {
            Verdict::Proven => Role::Heading,
            Verdict::Refuted => Role::Danger,
            Verdict::NotCovered => Role::Care,
        };
        self.page.rule(role, &verdict);
        self.page.paragraph(0, &why);
    }

    /// The shortest story; all of them, event by event, where all is wanted.
    fn stories(&mut self, full: bool) {
        let stories = self.told.stories();
        let shown = if full { stories.len() } else { 1 };
        let count = stories.len().min(shown);
        for (at, story) in stories.iter().take(shown).enumerate() {
            self.page.blank();
            let args = [("count", count.into()), ("number", (at + 1).into())];
            let title = self.told.phrases.words.say("proof-story", &args);
            self.page.painted(0, Role::Danger, &title);
            self.page.paragraph(0, &story.rule);
            for (number, line) in story.lines.iter().enumerate() {
                self.page.item(2, &format!("{}.", number + 1), line);
            }
            let title = if story.prevented.is_empty() {
                "proof-story-no-cure"
            } else {
                "proof-story-prevented"
            };
            let title = self.told.say(title);
            self.page.paragraph(0, &title);
            for prevented in &story.prevented {
                self.page.item(2, "\u{2022}", prevented);
            }
            let events = self.told.events(&self.told.proof.refutations[at]);
            if full && events.len() > 1 {
                let title = self.told.say("proof-events");
                self.page.paragraph(2, &format!("{title}: {}", events.join(", ")));
            }
        }
        if stories.len() > shown {
            let rest = stories.len() - shown;
            let more = self.told.phrases.words.say("proof-story-more", &[("count", rest.into())]);
            self.page.painted(0, Role::Faint, &more);
        }
    }

    fn rules(&mut self) {
        self.section("proof-rules");
        for judgement in &self.told.proof.judgements {
            let rule = self.told.phrases.rule(judgement.rule);
            let judged = self.told.phrases.judged(judgement.judged);
            self.page.item(2, "\u{2022}", &format!("{rule}: {judged}"));
        }
    }

    fn faults(&mut self) {
        let faults = self.told.faults();
        if faults.is_empty() {
            return;
        }
        self.section("proof-faults");
        for (fault, lines) in faults {
            self.page.item(2, "\u{2022}", &fault);
            for line in lines {
                self.page.paragraph(4, &line);
            }
        }
    }

    /// Every cell, by steps; dead ends before all others.
    fn table(&mut self) {
        self.section("proof-faults");
        let phrases = &self.told.phrases;
        let mut last = None;
        for cell in &self.told.proof.table {
            if last != Some(&cell.step) {
                let step = phrases.reference(&self.told.outline, &cell.step);
                self.page.paragraph(2, &step);
                last = Some(&cell.step);
            }
            self.page.item(4, "\u{2022}", &phrases.fault(&cell.fault));
            for outcome in &cell.outcomes {
                let mut left = phrases.left(outcome.left);
                if !outcome.missing.is_empty() {
                    let missing = phrases.functions(&outcome.missing);
                    left.push_str("; ");
                    left.push_str(&self.told.with("proof-cell-users", "missing", missing));
                }
                if let Some(hazard) = phrases.hazard(outcome) {
                    left.push(' ');
                    left.push_str(&hazard);
                }
                self.page.paragraph(8, &format!("{left} \u{2192} {}", phrases.way(&outcome.way)));
            }
        }
    }

    fn back(&mut self) {
        self.labelled("proof-back", &self.told.back());
        let no_return = self.told.no_return();
        self.page.paragraph(2, &no_return);
        let compile = self.told.say("proof-back-compile");
        self.page.painted(2, Role::Faint, &compile);
    }

    fn forecast(&mut self) {
        self.section("proof-forecast");
        let forecast = self.told.forecast();
        for (at, [function, span, steps, path]) in forecast.iter().enumerate() {
            let both: Vec<_> =
                [span, steps].into_iter().filter(|s| !s.is_empty()).cloned().collect();
            self.page.item(2, "\u{2022}", &format!("{function}: {}", both.join("; ")));
            let said_before = forecast[..at].iter().any(|[.., earlier]| earlier == path);
            if !path.is_empty() && !said_before {
                self.page.painted(4, Role::Faint, path);
            }
        }
    }
}

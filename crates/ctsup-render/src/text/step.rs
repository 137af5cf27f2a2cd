//! The steps of the text: sections, steps, hazards where they belong.

use ctsup_core::action::{Action, Kind, Person};
use ctsup_core::plan::Warning;

use super::Text;
use crate::outline::{Section, is_danger, ranges};
use crate::phrase::Span;
use crate::style::Role;

/// Columns before everything that belongs to a step: its number stands there.
const INDENT: usize = 5;

impl Text<'_> {
    pub(super) fn steps(&mut self) {
        for section in self.outline.sections() {
            let steps = self.outline.steps(&section);
            let name = self.phrases.section(&self.outline, &section);
            let nodes: Vec<_> = self.outline.nodes(steps).iter().map(ToString::to_string).collect();
            let span = self.phrases.span(Span::of(steps));
            let head = match nodes.as_slice() {
                [] => format!("{name} \u{b7} {span}"),
                nodes => format!("{name} \u{b7} {} \u{b7} {span}", nodes.join(", ")),
            };
            self.page.heading(&head);
            for place in section.steps.clone() {
                self.step(&section, place);
            }
        }
    }

    fn step(&mut self, section: &Section, place: usize) {
        let plan = self.outline.plan;
        let step = &plan.steps[place];
        self.page.blank();
        self.no_return(place);
        for warning in self.outline.begins(place) {
            self.hazard(INDENT, warning);
        }
        let number = format!("{:>3}. ", place + 1);
        let title = self.phrases.title(step);
        let takes = self.phrases.span(Span::of([step]));
        self.page.sides(0, &number, &title, if step.takes.is_some() { &takes } else { "" });
        let prompt = self.phrases.prompt(step);
        let mut known = vec![prompt, step.id.to_string()];
        known.extend(self.phrases.rows(step));
        self.page.painted(INDENT, Role::Faint, &known.join(" \u{b7} "));
        // First what it is about: some of it is to be read before the commands are typed.
        let what = self.phrases.what(step);
        self.page.paragraph(INDENT, &what);
        for (number, block) in self.phrases.blocks(step).iter().enumerate() {
            if number > 0 {
                let next = self.say("block-next");
                self.page.paragraph(INDENT, &next);
            }
            for command in block {
                self.page.command(INDENT + 2, command);
            }
        }
        if let Some((_, lines)) = self.phrases.edit(step) {
            for line in lines {
                self.page.command(INDENT + 4, &line);
            }
        }
        // Advice asks for no answer: nothing waits for it.
        let advice = matches!(step.action, Action::Person(Person::Advice { .. }));
        if step.kind == Kind::Confirm && !advice {
            self.question(step);
        }
        self.waits(section, place);
        self.debts(place);
        for warning in self.outline.ends(place) {
            if let Some(end) = self.phrases.warning_end(&self.outline, warning) {
                self.page.mark(INDENT, Role::Care, &end);
            }
        }
    }

    fn question(&mut self, step: &ctsup_core::Step) {
        let ask = self.phrases.ask(step);
        let (yes, no) = (self.say("yes-on"), self.phrases.no(step));
        self.page.painted(INDENT, Role::Care, &format!("? {ask}"));
        let both = format!("[ ] {yes}    [ ] {no}");
        // Side by side where that fits the narrowest page.
        if both.chars().count() <= 50 {
            self.page.exactly(INDENT + 2, Role::Care, &both);
        } else {
            for one in [yes, no] {
                self.page.exactly(INDENT + 2, Role::Care, &format!("[ ] {one}"));
            }
        }
    }

    fn waits(&mut self, section: &Section, place: usize) {
        for (steps, reasons) in self.phrases.waits(&self.outline, place) {
            let after = [("steps", steps.join(", ").into()), ("reasons", reasons.into())];
            let after = self.phrases.words.say("after", &after);
            self.page.item(INDENT, "\u{2514}", &after);
        }
        let beside = self.outline.beside(section, place);
        if !beside.is_empty() {
            let beside = self.phrases.words.say("beside", &[("steps", ranges(&beside).into())]);
            self.page.item(INDENT, "\u{2225}", &beside);
        }
    }

    fn debts(&mut self, place: usize) {
        let plan = self.outline.plan;
        let opens: Vec<_> = self.outline.opens(place).collect();
        for debt in opens {
            let said = self.phrases.opens(&self.outline, place, debt);
            self.page.item(INDENT, "+", &said);
        }
        for debt in &plan.steps[place].closes {
            let said = self.phrases.closes(&self.outline, place, debt);
            self.page.item(INDENT, "\u{2212}", &said);
        }
    }

    fn no_return(&mut self, place: usize) {
        let plan = self.outline.plan;
        if let Some(point) = &plan.point_of_no_return
            && point.step == plan.steps[place].id
        {
            let label = self.say("no-return");
            let why = self.phrases.no_return(point);
            self.page.rule(Role::Danger, &label);
            self.page.painted(0, Role::Danger, &why);
            self.page.blank();
        }
    }

    pub(super) fn hazard(&mut self, indent: usize, warning: &Warning) {
        let text = self.phrases.warning(warning);
        if is_danger(warning.code) {
            let label = self.say("danger");
            self.page.boxed(indent, Role::Danger, &label, &text);
        } else if warning.until.is_some() {
            self.page.mark(indent, Role::Care, &text);
        } else {
            self.page.item(indent, "!", &text);
        }
    }
}

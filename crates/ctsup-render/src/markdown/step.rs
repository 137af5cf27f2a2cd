//! The steps of the runbook: what to type, what to see, what to do when it is not so.

use ctsup_core::action::{Action, Kind, Person};
use ctsup_core::plan::{Step, Warning};

use super::Runbook;
use super::sheet::{code, escaped};
use crate::outline::{Section, is_danger, ranges};
use crate::phrase::Span;

impl Runbook<'_> {
    pub(super) fn steps(&mut self) {
        let title = self.say("steps");
        self.sheet.heading(2, &title);
        let stop = self.say("steps-stop");
        self.sheet.paragraph(&stop);
        for section in self.outline.sections() {
            let name = self.phrases.section(&self.outline, &section);
            self.sheet.heading(3, &name);
            for place in section.steps.clone() {
                self.step(&section, place);
            }
        }
    }

    fn step(&mut self, section: &Section, place: usize) {
        let plan = self.outline.plan;
        let step = &plan.steps[place];
        self.no_return(step);
        for warning in self.outline.begins(place) {
            self.hazard(warning);
        }
        let title = self.phrases.title(step);
        self.sheet.heading(4, &format!("{}. {title}", place + 1));
        self.place(step);
        // Before the commands: some of it is to be read before they are typed.
        let what = self.phrases.what(step);
        self.sheet.paragraph(&what);
        for (number, block) in self.phrases.blocks(step).iter().enumerate() {
            if number > 0 {
                let next = self.say("block-next");
                self.sheet.paragraph(&next);
            }
            self.sheet.fenced_if("sh", block);
        }
        if let Some((_, lines)) = self.phrases.edit(step) {
            self.sheet.fenced_if("diff", &lines);
        }
        // Advice asks for no answer: nothing waits for it.
        let advice = matches!(step.action, Action::Person(Person::Advice { .. }));
        if step.kind == Kind::Confirm && !advice {
            self.question(step);
        }
        self.around(section, place);
        self.failure(step);
        self.fill_in(step);
        for warning in self.outline.ends(place) {
            if let Some(end) = self.phrases.warning_end(&self.outline, warning) {
                self.sheet.block(&format!("> {}", escaped(&end)));
            }
        }
    }

    /// Where, as whom, how long, and the step's own name.
    fn place(&mut self, step: &Step) {
        let mut parts = match &step.node {
            Some(node) => {
                let mut on = vec![("node", format!("**{node}**").into())];
                let user = step.user.as_deref().unwrap_or_default();
                on.push(("user", code(user).into()));
                vec![self.phrases.words.say("on-node", &on)]
            }
            None => vec![escaped(&self.say("place-person"))],
        };
        if step.takes.is_some() {
            parts.push(escaped(&self.phrases.span(Span::of([step]))));
        }
        parts.push(code(step.id.as_str()));
        self.sheet.block(&parts.join(" \u{b7} "));
    }

    fn question(&mut self, step: &Step) {
        let (label, ask) = (self.say("question"), self.phrases.ask(step));
        let boxes = [self.say("yes-on"), self.phrases.no(step)];
        self.sheet.frame(&label, &ask, &boxes);
    }

    /// What it waits for, what may run beside it, what it borrows and gives back.
    fn around(&mut self, section: &Section, place: usize) {
        let (phrases, outline) = (&self.phrases, &self.outline);
        let mut lines = Vec::new();
        for (steps, reasons) in phrases.waits(outline, place) {
            let after = [("steps", steps.join(", ").into()), ("reasons", reasons.into())];
            lines.push(phrases.words.say("after", &after));
        }
        let beside = outline.beside(section, place);
        if !beside.is_empty() {
            lines.push(phrases.words.say("beside", &[("steps", ranges(&beside).into())]));
        }
        if let Some(same) = phrases.same_output(place) {
            lines.push(phrases.words.say("same-output", &[("step", same.into())]));
        }
        lines.extend(outline.opens(place).map(|debt| phrases.opens(outline, place, debt)));
        let closes = outline.plan.steps[place].closes.iter();
        lines.extend(closes.map(|debt| phrases.closes(outline, place, debt)));
        let lines: Vec<_> = lines.iter().map(|line| escaped(line)).collect();
        self.sheet.list(&lines);
    }

    fn failure(&mut self, step: &Step) {
        let mut said: Vec<String> = self.phrases.in_window(step).into_iter().collect();
        said.extend(self.phrases.fails(step));
        let halves = self.phrases.halves(step);
        if !halves.is_empty() {
            let left = [("halves", halves.join("; ").into())];
            said.push(self.phrases.words.say("fails-left", &left));
        }
        if !said.is_empty() {
            let label = self.say("fails");
            self.sheet.labelled(&label, &said.join(" "));
        }
        let Some(undo) = self.phrases.take_back(step) else { return };
        let label = self.say("undo");
        let mut said: Vec<_> = undo.said.iter().map(|said| escaped(said)).collect();
        let typed = self.phrases.typed(step, &undo.commands);
        let commands: Vec<_> = typed.iter().map(|command| code(command)).collect();
        said.extend((!commands.is_empty()).then(|| commands.join(", ")));
        self.sheet.block(&format!("**{}** {}", escaped(&label), said.join(" ")));
    }

    /// The line to fill in with a pen.
    fn fill_in(&mut self, step: &Step) {
        let blank = "\u{2026}".repeat(6);
        let advice = matches!(step.action, Action::Person(Person::Advice { .. }));
        let done = match step.kind {
            _ if advice => self.say("read"),
            Kind::Confirm => self.say("agreed"),
            _ => self.say("done"),
        };
        let (started, finished, by) = (self.say("started"), self.say("finished"), self.say("by"));
        self.sheet.block(&format!(
            "- [ ] **{done}** \u{b7} {started} {blank} \u{b7} {finished} {blank} \u{b7} {by} {blank}"
        ));
    }

    fn no_return(&mut self, step: &Step) {
        if let Some(point) = &self.outline.plan.point_of_no_return
            && point.step == step.id
        {
            let (label, why) = (self.say("no-return"), self.phrases.no_return(point));
            self.sheet.block("---");
            self.sheet.frame(&label, &why, &[]);
            self.sheet.block("---");
        }
    }

    fn hazard(&mut self, warning: &Warning) {
        let text = self.phrases.warning(warning);
        if is_danger(warning.code) {
            let label = format!("{}.", self.say("danger"));
            self.sheet.frame(&label, &text, &[]);
        } else {
            self.sheet.block(&format!("> {}", escaped(&text)));
        }
    }
}

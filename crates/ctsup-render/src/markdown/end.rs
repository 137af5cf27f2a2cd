//! The last pages: the way back, what is left out, how the guide is read, where each step is from.

use ctsup_core::Origin;

use super::Runbook;
use super::sheet::{escaped, fenced};

impl Runbook<'_> {
    /// How each step is undone, the last one first.
    pub(super) fn way_back(&mut self) {
        let title = self.say("way-back");
        self.sheet.heading(2, &title);
        for way in self.phrases.ways_back() {
            self.sheet.paragraph(&way.when);
            self.sheet.fenced_if("toml", &way.lines);
        }
        let each = self.say("way-back-each");
        self.sheet.paragraph(&each);
        let plan = self.outline.plan;
        for (place, step) in plan.steps.iter().enumerate().rev() {
            if let Some(undo) = self.phrases.take_back(step) {
                let title = escaped(&self.phrases.title(step));
                let mut how = format!("- [ ] **{}.** {title}", place + 1);
                if !undo.commands.is_empty() {
                    how.push_str(&format!(" ({})", escaped(&self.phrases.prompt(step))));
                }
                how.push(':');
                how.extend(undo.said.iter().map(|said| format!(" {}", escaped(said))));
                if !undo.commands.is_empty() {
                    let typed = self.phrases.typed(step, &undo.commands);
                    let block = fenced("sh", &typed).replace('\n', "\n  ");
                    how.push_str(&format!("\n\n  {block}"));
                }
                self.sheet.block(&how);
            }
            if let Some(point) = &plan.point_of_no_return
                && point.step == step.id
            {
                let (label, why) = (self.say("no-return"), self.say("way-back-barrier"));
                self.sheet.frame(&label, &why, &[]);
            }
        }
    }

    pub(super) fn left_out(&mut self) {
        let left_out = self.phrases.left_out();
        if left_out.is_empty() {
            return;
        }
        let title = self.say("left-out");
        self.sheet.heading(2, &title);
        for (cause, rows) in left_out {
            self.sheet.paragraph(&format!("{cause}:"));
            let rows: Vec<_> = rows
                .iter()
                .map(|row| {
                    format!(
                        "{} {} ({})",
                        row.as_str(),
                        escaped(&self.phrases.row(*row)),
                        escaped(&self.phrases.place(*row))
                    )
                })
                .collect();
            self.sheet.list(&rows);
        }
    }

    pub(super) fn readings(&mut self) {
        let readings = &self.outline.plan.readings;
        if readings.is_empty() {
            return;
        }
        let title = self.say("readings");
        self.sheet.heading(2, &title);
        let lines: Vec<_> = readings
            .iter()
            .map(|taken| format!("**{}** {}", taken.key, escaped(&self.phrases.taken(taken))))
            .collect();
        self.sheet.list(&lines);
    }

    pub(super) fn rests_on(&mut self) {
        for (origin, id) in [(Origin::Declared, "declared"), (Origin::Observed, "observed")] {
            let claims = self.outline.plan.claims.iter().filter(|claim| claim.origin == origin);
            let lines: Vec<_> = claims.map(|claim| escaped(&self.phrases.claim(claim))).collect();
            if !lines.is_empty() {
                let title = self.say(id);
                self.sheet.heading(2, &title);
                self.sheet.list(&lines);
            }
        }
    }

    /// Where each step comes from.
    pub(super) fn sources(&mut self) {
        let plan = self.outline.plan;
        if plan.is_empty() {
            return;
        }
        let title = self.say("sources");
        self.sheet.heading(2, &title);
        let mut rows = Vec::new();
        for (place, step) in plan.steps.iter().enumerate() {
            let sources: Vec<_> =
                step.source.iter().map(|source| self.phrases.source_place(source)).collect();
            rows.push(vec![
                (place + 1).to_string(),
                escaped(&self.phrases.title(step)),
                escaped(&sources.join("; ")),
            ]);
        }
        let head = ["source-step", "source-title", "source-place"].map(|id| self.say(id));
        self.sheet.table(&head.each_ref().map(String::as_str), &rows);
    }
}

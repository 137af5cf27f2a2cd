//! A proof on paper: everything, with its tables.

use super::Told;
use crate::markdown::sheet::{Sheet, code, escaped};

pub(super) fn render(told: &Told<'_>) -> String {
    let mut paper = Paper { told, sheet: Sheet::default() };
    paper.sheet.heading(1, &told.heading());
    let (verdict, why) = told.verdict();
    paper.sheet.labelled(&verdict, &why);
    paper.sheet.block(&code(&told.proof.digest));
    paper.stories();
    paper.list("proof-assumptions", &told.assumptions());
    paper.list("proof-covered", &told.covered());
    paper.rules();
    paper.list("proof-hazards", &told.hazards());
    paper.places();
    paper.forecast();
    paper.list("proof-windows", &told.windows());
    paper.faults();
    paper.sheet.finish()
}

struct Paper<'t, 'p> {
    told: &'t Told<'p>,
    sheet: Sheet,
}

impl Paper<'_, '_> {
    fn list(&mut self, id: &str, items: &[String]) {
        if items.is_empty() {
            return;
        }
        self.sheet.heading(2, &self.told.say(id));
        let items: Vec<_> = items.iter().map(|item| escaped(item)).collect();
        self.sheet.list(&items);
    }

    fn table(&mut self, title: &str, head: &[&str], rows: &[Vec<String>]) {
        self.sheet.heading(2, &self.told.say(title));
        let head: Vec<_> = head.iter().map(|id| self.told.say(id)).collect();
        let head: Vec<_> = head.iter().map(String::as_str).collect();
        self.sheet.table(&head, rows);
    }

    fn stories(&mut self) {
        let stories = self.told.stories();
        for (at, story) in stories.iter().enumerate() {
            let args = [("count", stories.len().into()), ("number", (at + 1).into())];
            self.sheet.heading(2, &self.told.phrases.words.say("proof-story", &args));
            self.sheet.paragraph(&story.rule);
            let lines: Vec<_> = story.lines.iter().map(|line| escaped(line)).collect();
            self.sheet.list(&lines);
            let title = match story.prevented.is_empty() {
                true => "proof-story-no-cure",
                false => "proof-story-prevented",
            };
            self.sheet.paragraph(&self.told.say(title));
            let prevented: Vec<_> = story.prevented.iter().map(|line| escaped(line)).collect();
            if !prevented.is_empty() {
                self.sheet.list(&prevented);
            }
        }
    }

    fn rules(&mut self) {
        let phrases = &self.told.phrases;
        let rows: Vec<_> = self
            .told
            .proof
            .judgements
            .iter()
            .map(|judgement| {
                let says = match judgement.rule {
                    ctsup_core::prove::RuleId::Invariant(number) => phrases.invariant(number),
                    _ => String::new(),
                };
                vec![
                    escaped(&phrases.rule_name(judgement.rule)),
                    escaped(&says),
                    escaped(&phrases.judged(judgement.judged)),
                ]
            })
            .collect();
        let head = ["proof-rule-number", "proof-rule-says", "proof-rule-came"];
        self.table("proof-rules", &head, &rows);
    }

    fn places(&mut self) {
        let both = |cut: &ctsup_core::prove::Cut| {
            let back = self.told.phrases.back(&self.told.outline, &cut.back);
            format!("{back}\n{}", self.told.phrases.stop(&cut.stop))
        };
        let rows: Vec<_> = self
            .told
            .places(both)
            .into_iter()
            .map(|(place, said)| {
                let (back, stop) = said.split_once('\n').unwrap_or((&said, ""));
                vec![escaped(&place), escaped(back), escaped(stop)]
            })
            .collect();
        let head = ["proof-stop-table-place", "proof-stop-table-back", "proof-stop-table-stop"];
        self.table("proof-stop", &head, &rows);
        self.sheet.paragraph(&self.told.no_return());
        self.sheet.paragraph(&self.told.say("proof-back-compile"));
    }

    fn forecast(&mut self) {
        let rows: Vec<Vec<String>> = self
            .told
            .forecast()
            .into_iter()
            .map(|cells| cells.iter().map(|cell| escaped(cell)).collect())
            .collect();
        let head = [
            "proof-function",
            "proof-function-span",
            "proof-function-steps",
            "proof-function-path",
        ];
        self.table("proof-forecast", &head, &rows);
    }

    /// Steps by faults: one row for each thing that can be left.
    fn faults(&mut self) {
        let phrases = &self.told.phrases;
        let mut rows = Vec::new();
        for cell in &self.told.proof.table {
            for outcome in &cell.outcomes {
                rows.push(vec![
                    escaped(&phrases.reference(&self.told.outline, &cell.step)),
                    escaped(&phrases.fault(&cell.fault)),
                    escaped(&phrases.left(outcome.left)),
                    escaped(&phrases.noticed(outcome)),
                    escaped(&phrases.atoms(&outcome.debts)),
                    escaped(&phrases.way(&outcome.way)),
                ]);
            }
        }
        let head = [
            "proof-cell-step",
            "proof-cell-fault",
            "proof-cell-left",
            "proof-cell-missing",
            "proof-cell-owed",
            "proof-cell-way",
        ];
        self.table("proof-faults", &head, &rows);
    }
}

//! A proof for people: short for a terminal at night, or all of it, as text or Markdown.
//!
//! What a proof holds becomes lists of lines here, once; the forms lay them out.

use std::collections::BTreeSet;

use ctsup_core::Plan;
use ctsup_core::plan::WarningCode;
use ctsup_core::prove::{
    Cell, Cut, Event, Fault, Judged, Part, Proof, Refutation, Remedy, RuleId, Verdict, WayKind,
    Window,
};

use crate::format::Options;
use crate::outline::{Outline, ranges};
use crate::phrase::{Phrases, Span};
use crate::words::{Arg, Words};

mod markdown;
mod story;
mod text;

/// How a proof is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ProofForm {
    /// The verdict, and how the plan goes wrong where it does.
    Story,
    /// What one must know, for a terminal.
    Short,
    /// All of it, for a terminal.
    Full,
    /// All of it, with tables, for paper.
    Markdown,
}

/// A proof in words: the same bytes for the same input.
///
/// `windows` are the maintenance windows that were asked for, with the plan's parts in them.
#[must_use]
pub fn proof(
    plan: &Plan,
    proof: &Proof,
    windows: &[(Window, Option<Part>)],
    form: ProofForm,
    words: &Words,
    options: &Options,
) -> String {
    let told =
        Told { phrases: Phrases::new(words, plan), outline: Outline::of(plan), proof, windows };
    match form {
        ProofForm::Story => text::story(&told, options),
        ProofForm::Short => text::render(&told, false, options),
        ProofForm::Full => text::render(&told, true, options),
        ProofForm::Markdown => markdown::render(&told),
    }
}

/// Whether numbers of steps are one number or several, for words that tell them apart.
fn several(steps: &str) -> Arg {
    Arg::from(if steps.chars().all(|c| c.is_ascii_digit()) { 1_usize } else { 2 })
}

/// A proof being told.
struct Told<'p> {
    phrases: Phrases<'p>,
    outline: Outline<'p>,
    proof: &'p Proof,
    windows: &'p [(Window, Option<Part>)],
}

/// A labelled line: where or what, and what of it.
type Labelled = (String, String);

impl Told<'_> {
    fn say(&self, id: &str) -> String {
        self.phrases.words.say(id, &[])
    }

    fn with(&self, id: &str, name: &str, value: String) -> String {
        self.phrases.words.say(id, &[(name, value.into())])
    }

    fn heading(&self) -> String {
        self.with("proof-heading", "plan", self.phrases.heading())
    }

    /// The verdict in a word, and what it means.
    fn verdict(&self) -> (String, String) {
        let id = match self.proof.verdict {
            Verdict::Proven => "proof-proven",
            Verdict::Refuted => "proof-refuted",
            Verdict::NotCovered => "proof-not-covered",
        };
        (self.say(id), self.say(&format!("{id}.why")))
    }

    fn assumptions(&self) -> Vec<String> {
        let all = self.proof.assumptions.iter();
        all.map(|a| self.phrases.assumption(&self.outline, a)).collect()
    }

    fn covered(&self) -> Vec<String> {
        let mut all = vec![
            self.phrases.coverage(&self.proof.coverage),
            self.phrases.faults_covered(&self.proof.faults),
        ];
        if self.proof.faults.mixed > 0 {
            let count = ("count", self.proof.faults.mixed.into());
            all.push(self.phrases.words.say("proof-covered-mixed", &[count]));
        }
        all
    }

    /// The rules by how they came out.
    fn rules(&self) -> Vec<String> {
        let groups = [
            (Judged::Broken, "proof-rules-broken"),
            (Judged::Holds, "proof-rules-holds"),
            (Judged::Untouched, "proof-rules-untouched"),
            (Judged::Planning, "proof-rules-planning"),
            (Judged::Running, "proof-rules-running"),
        ];
        let mut all = Vec::new();
        for (judged, id) in groups {
            let of = || self.proof.judgements.iter().filter(move |j| j.judged == judged);
            let numbers: Vec<usize> = of()
                .filter_map(|j| match j.rule {
                    RuleId::Invariant(number) => Some(number.into()),
                    _ => None,
                })
                .collect();
            let mut named = vec![ranges(&numbers)];
            named.extend(
                of().filter(|j| !matches!(j.rule, RuleId::Invariant(_)))
                    .map(|j| self.phrases.rule_name(j.rule)),
            );
            named.retain(|name| !name.is_empty());
            if !named.is_empty() {
                all.push(self.with(id, "rules", named.join(", ")));
            }
        }
        all
    }

    /// The windows of invariant 31, and the faults that bring old containers up.
    fn hazards(&self) -> Vec<String> {
        let warnings = self.outline.plan.warnings.iter();
        let mut all: Vec<_> = warnings
            .filter(|w| w.code == WarningCode::OldContainersWindow)
            .map(|w| self.phrases.window_hazard(&self.outline, w))
            .collect();
        for (fault, cells) in self.by_fault(|a, b| a == b) {
            let named = cells.iter().filter(|c| c.outcomes.iter().any(|o| !o.hazards.is_empty()));
            let steps = self.phrases.step_numbers(&self.outline, named.map(|c| &c.step));
            if !steps.is_empty() {
                let fault = ("fault", self.phrases.fault(fault).into());
                let args = [fault, ("count", several(&steps)), ("steps", steps.into())];
                all.push(self.phrases.words.say("proof-hazard-failover", &args));
            }
        }
        all
    }

    /// The table's cells by what goes wrong, whichever server or cluster it is.
    fn by_kind(&self) -> Vec<(&Fault, Vec<&Cell>)> {
        self.by_fault(|a, b| std::mem::discriminant(a) == std::mem::discriminant(b))
    }

    fn by_fault(&self, alike: impl Fn(&Fault, &Fault) -> bool) -> Vec<(&Fault, Vec<&Cell>)> {
        let mut all: Vec<(&Fault, Vec<&Cell>)> = Vec::new();
        for cell in &self.proof.table {
            let same = |fault: &Fault| alike(fault, &cell.fault);
            match all.iter_mut().find(|(fault, _)| same(fault)) {
                Some((_, cells)) => cells.push(cell),
                None => all.push((&cell.fault, vec![cell])),
            }
        }
        all.sort_by_key(|(fault, _)| (*fault).clone());
        all
    }

    /// For each fault the worst ways out and where, and what a person does on them.
    fn faults(&self) -> Vec<(String, Vec<String>)> {
        let mut all = Vec::new();
        for (fault, cells) in self.by_kind() {
            let mut lines = Vec::new();
            let kinds = [WayKind::DeadEnd, WayKind::PlanAnew, WayKind::StopHere, WayKind::Resume];
            for kind in kinds {
                let of =
                    cells.iter().filter(|c| c.outcomes.first().is_some_and(|o| o.way.kind == kind));
                let steps = self.phrases.step_numbers(&self.outline, of.map(|c| &c.step));
                if !steps.is_empty() {
                    let way = self.phrases.way_kind(kind).into();
                    let args = [("way", way), ("count", several(&steps)), ("steps", steps.into())];
                    lines.push(self.phrases.words.say("proof-fault-way", &args));
                }
            }
            let by_person: BTreeSet<&Remedy> = cells
                .iter()
                .flat_map(|c| &c.outcomes)
                .flat_map(|o| &o.way.remedies)
                .filter(|r| r.by_person())
                .collect();
            if !by_person.is_empty() {
                let mut said: Vec<String> = Vec::new();
                for remedy in by_person {
                    let remedy = self.phrases.remedy(remedy);
                    if !said.contains(&remedy) {
                        said.push(remedy);
                    }
                }
                lines.push(self.with("proof-fault-person", "remedies", said.join("; ")));
            }
            all.push((self.phrases.fault_kind(fault), lines));
        }
        all
    }

    /// Places behind which the same is true, and what.
    fn places(&self, of: impl Fn(&Cut) -> String) -> Vec<Labelled> {
        let mut all: Vec<(Vec<usize>, String)> = Vec::new();
        for (place, cut) in self.proof.outlook.cuts.iter().enumerate() {
            let said = of(cut);
            match all.last_mut() {
                Some((places, same)) if *same == said => places.push(place),
                _ => all.push((vec![place], said)),
            }
        }
        all.into_iter().map(|(places, said)| (self.place(&places), said)).collect()
    }

    fn place(&self, places: &[usize]) -> String {
        let behind: Vec<_> = places.iter().copied().filter(|place| *place > 0).collect();
        let mut all = Vec::new();
        if places.first() == Some(&0) {
            all.push(self.say("proof-back-from-start"));
        }
        if !behind.is_empty() {
            all.push(self.with("proof-back-after", "steps", ranges(&behind)));
        }
        all.join(", ")
    }

    fn back(&self) -> Vec<Labelled> {
        self.places(|cut| self.phrases.back(&self.outline, &cut.back))
    }

    fn stops(&self) -> Vec<Labelled> {
        self.places(|cut| self.phrases.stop(&cut.stop))
    }

    /// The same in three lines: what exactly is owed or missing is told in full elsewhere.
    fn stops_in_short(&self) -> Vec<Labelled> {
        let kind = |cut: &Cut| match (cut.stop.is_safe(), cut.stop.is_bearable()) {
            (true, _) => "proof-stop-safe",
            (_, true) => "proof-stop-bearable-short",
            _ => "proof-stop-never-short",
        };
        let cuts = &self.proof.outlook.cuts;
        ["proof-stop-safe", "proof-stop-bearable-short", "proof-stop-never-short"]
            .into_iter()
            .filter_map(|id| {
                let of = cuts.iter().enumerate().filter(|(_, cut)| kind(cut) == id);
                let places: Vec<_> = of.map(|(place, _)| place).collect();
                (!places.is_empty()).then(|| (self.say(id), self.place(&places)))
            })
            .collect()
    }

    /// From where on only the backup, or nothing, leads back.
    fn no_return(&self) -> String {
        let outlook = &self.proof.outlook;
        let since =
            |id: &str, step| self.with(id, "step", self.phrases.reference(&self.outline, step));
        match (&outlook.only_backup_since, &outlook.irreversible_since) {
            (_, Some(step)) => since("proof-no-back", step),
            (Some(step), None) => since("proof-only-backup", step),
            (None, None) => self.say("proof-back-always"),
        }
    }

    /// Per function: how long it is missed, in which steps, and what takes the time.
    fn forecast(&self) -> Vec<[String; 4]> {
        let forecast = self.proof.outlook.forecast.iter();
        forecast
            .map(|of| {
                let function = self.phrases.function(of.function);
                if of.outages.is_empty() {
                    return [
                        function,
                        self.say("proof-forecast-none"),
                        String::new(),
                        String::new(),
                    ];
                }
                let ids = || of.outages.iter().flat_map(|o| &o.steps);
                let steps = self.phrases.step_numbers(&self.outline, ids());
                let args = [("count", several(&steps)), ("steps", steps.into())];
                let mut steps = self.phrases.words.say("proof-forecast-steps", &args);
                let unbounded = of.outages.iter().flat_map(|o| &o.unbounded);
                let unbounded = self.phrases.step_numbers(&self.outline, unbounded);
                if !unbounded.is_empty() {
                    steps.push_str(", ");
                    steps.push_str(&self.with("proof-forecast-unbounded", "steps", unbounded));
                }
                let mut longest: Vec<_> = ids()
                    .filter_map(|id| {
                        let takes = self.outline.plan.step(id.as_str())?.takes?;
                        Some((takes.max_s, id))
                    })
                    .collect();
                longest.sort_by_key(|(max_s, _)| std::cmp::Reverse(*max_s));
                let path: Vec<_> = longest
                    .iter()
                    .take(3)
                    .map(|(max_s, id)| {
                        let step = self.phrases.reference(&self.outline, id);
                        format!("{step} ({})", self.phrases.limit(*max_s))
                    })
                    .collect();
                let path = self.with("proof-forecast-path", "path", path.join(", "));
                [function, self.phrases.span(Span::between(of.min_s, of.max_s)), steps, path]
            })
            .collect()
    }

    fn windows(&self) -> Vec<String> {
        self.windows
            .iter()
            .map(|(window, part)| {
                let window = ("window", window.to_string().into());
                let Some(part) = part else {
                    return self.phrases.words.say("proof-window-idle", &[window]);
                };
                let steps = self.phrases.step_numbers(&self.outline, &part.steps);
                let span = self.phrases.span(Span::between(part.min_s, part.max_s));
                let args = [window, ("steps", steps.into()), ("span", span.into())];
                self.phrases.words.say("proof-window", &args)
            })
            .collect()
    }

    fn stories(&self) -> Vec<story::Story> {
        self.proof.refutations.iter().map(|found| self.story(found)).collect()
    }

    /// What happens, event by event.
    fn events(&self, found: &Refutation) -> Vec<String> {
        found
            .story
            .iter()
            .map(|happened| {
                let id = match happened.event {
                    Event::Starts => "proof-event-starts",
                    Event::Done => "proof-event-done",
                };
                self.with(id, "step", self.phrases.reference(&self.outline, &happened.step))
            })
            .collect()
    }
}

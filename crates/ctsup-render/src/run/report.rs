//! The report of a run in Markdown: planned against actual, who said what, debts.

use ctsup_core::Run;
use ctsup_core::run::Said;

use super::{Kept, Teller, Why, status_words};
use crate::markdown::sheet::fenced;
use crate::phrase::Span;
use crate::words::Arg;

/// What a report says of the run as a whole.
pub struct Head<'h> {
    /// How it is kept.
    pub kept: &'h Kept,
    /// A moment in milliseconds since 1970, as a person reads it.
    pub date: &'h dyn Fn(u64) -> String,
}

impl Teller<'_> {
    /// The whole report.
    #[must_use]
    pub fn report(&self, run: &Run, head: &Head<'_>, why: &Why) -> String {
        let plan = self.plan();
        let title =
            [("run", Arg::from(head.kept.run.as_str())), ("site", plan.site.as_str().into())];
        let id = if head.kept.rehearsed { "report-title-rehearsed" } else { "report-title" };
        let mut text = format!("# {}\n\n", self.say(id, &title));
        if head.kept.rehearsed {
            text.push_str(&format!("{}\n\n", self.say("report-rehearsed", &[])));
        }
        let digest = [("digest", Arg::from(format!("`{}`", plan.digest)))];
        text.push_str(&format!("{}  \n", self.say("report-digest", &digest)));
        let (from, to) = run.span();
        let span = [
            ("from", Arg::from((head.date)(from))),
            ("to", (head.date)(to).into()),
            ("span", self.time(to.saturating_sub(from)).into()),
        ];
        text.push_str(&format!("{}  \n", self.say("report-span", &span)));
        if let Some(session) = run.session() {
            let by = [("by", Arg::from(session.by.as_str()))];
            text.push_str(&format!("{}\n", self.say("report-by", &by)));
        }
        let stopped = self.stopped(run, head.kept, why);
        let lines: Vec<_> = stopped.trim_end().lines().map(str::to_owned).collect();
        text.push_str(&format!("\n{}\n", fenced("text", &lines)));
        self.table(run, &mut text);
        self.people(run, head, &mut text);
        self.lent(run, &mut text);
        text
    }

    fn table(&self, run: &Run, text: &mut String) {
        text.push_str(&format!("\n## {}\n\n", self.say("report-steps", &[])));
        let heads = ["number", "what", "planned", "actual", "how"]
            .map(|id| self.say(&format!("report-{id}"), &[]));
        text.push_str(&format!("| {} |\n|---|---|---|---|---|\n", heads.join(" | ")));
        for (place, (step, done)) in run.steps().enumerate() {
            let planned = step.takes.map_or(String::new(), |_| self.phrases.span(Span::of([step])));
            let actual = done.ended_at.zip(done.began_at);
            let actual = actual
                .filter(|_| !done.in_flight())
                .map_or(String::new(), |(end, began)| self.time(end.saturating_sub(began)));
            let mut how = self.say(&status_words(&done.status), &[]);
            if done.attempt > 1 {
                how.push_str(&format!(", {} {}", self.say("report-attempts", &[]), done.attempt));
            }
            let title = self.phrases.title(step).replace('|', "\\|");
            text.push_str(&format!(
                "| {} | {title}<br>`{}` | {planned} | {actual} | {how} |\n",
                place + 1,
                step.id
            ));
        }
    }

    fn people(&self, run: &Run, head: &Head<'_>, text: &mut String) {
        text.push_str(&format!("\n## {}\n\n", self.say("report-people", &[])));
        let mut none = true;
        for (place, (step, done)) in run.steps().enumerate() {
            for Said { answer, at, by, note } in &done.answered {
                none = false;
                let args = [("by", Arg::from(by.as_str())), ("answer", answer.code().into())];
                let said = self.say("run-answered", &args);
                let note = if note.is_empty() { String::new() } else { format!(" ({note})") };
                let title = self.phrases.title(step);
                let when = (head.date)(*at);
                text.push_str(&format!("- {}. {title}: {when}, {said}{note}\n", place + 1));
            }
        }
        if none {
            text.push_str(&format!("{}\n", self.say("report-nothing", &[])));
        }
    }

    fn lent(&self, run: &Run, text: &mut String) {
        text.push_str(&format!("\n## {}\n\n", self.say("report-debts", &[])));
        let mut none = true;
        for (place, (step, done)) in run.steps().enumerate() {
            if !(done.is_done() || done.touched) {
                continue;
            }
            for debt in &step.opens {
                none = false;
                let later = run.steps().enumerate().skip(place + 1);
                let paid = later
                    .filter(|(_, (other, done))| done.is_done() && other.closes.contains(debt))
                    .map(|(paid, _)| paid + 1)
                    .next();
                let what = ("what", Arg::from(self.phrases.atom(debt)));
                let number = ("number", Arg::from(place + 1));
                let line = match paid {
                    Some(paid) => self.say("report-paid", &[what, number, ("paid", paid.into())]),
                    None => self.say("report-unpaid", &[what, number]),
                };
                text.push_str(&format!("- {line}\n"));
            }
        }
        if none {
            text.push_str(&format!("{}\n", self.say("report-nothing", &[])));
        }
    }
}

//! How long something takes, as an interval that one can read.

use ctsup_core::plan::Step;

use super::Phrases;

/// The least and the most that steps take, one after the other.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Span {
    min_s: u64,
    max_s: u64,
}

impl Span {
    /// Of seconds at least and at most.
    pub(crate) fn between(min_s: u32, max_s: u32) -> Self {
        Self { min_s: min_s.into(), max_s: max_s.into() }
    }

    /// Of steps; one without a duration takes no time.
    pub(crate) fn of<'s>(steps: impl IntoIterator<Item = &'s Step>) -> Self {
        let takes = steps.into_iter().filter_map(|step| step.takes);
        takes.fold(Self::default(), |sum, takes| Self {
            min_s: sum.min_s + u64::from(takes.min_s),
            max_s: sum.max_s + u64::from(takes.max_s),
        })
    }
}

impl Phrases<'_> {
    /// An interval: seconds, minutes, or hours and minutes; the longer it is, the rounder.
    pub(crate) fn span(&self, span: Span) -> String {
        let Span { min_s, max_s } = span;
        if max_s < 60 {
            return self.interval("span-s", min_s, max_s);
        }
        let (min, max) = (min_s / 60, max_s.div_ceil(60));
        if max < 60 {
            return self.interval("span-min", min, max);
        }
        let (from, to) = (self.hours(min / 5 * 5), self.hours(max.div_ceil(5) * 5));
        let id = if min < 5 { "span-up-to" } else { "span" };
        self.words.say(id, &[("from", from.into()), ("to", to.into())])
    }

    /// A limit.
    pub(crate) fn limit(&self, seconds: u32) -> String {
        let seconds = u64::from(seconds);
        match seconds {
            0..60 => self.interval("span-s", seconds, seconds),
            _ => self.hours(seconds / 60),
        }
    }

    /// A time that has passed: to the second while that says something, else to the minute.
    pub(crate) fn spent(&self, ms: u64) -> String {
        let seconds = (ms + 500) / 1000;
        match seconds {
            0 => self.words.say("time-no-s", &[]),
            1..60 => self.interval("span-s", seconds, seconds),
            60..600 => {
                let (min, s) = (("min", (seconds / 60).into()), ("s", (seconds % 60).into()));
                let id = if seconds.is_multiple_of(60) { "time-min" } else { "time-min-s" };
                self.words.say(id, &[min, s])
            }
            _ => self.hours((seconds + 30) / 60),
        }
    }

    /// How long a step usually takes, and after how long it is reported.
    pub(crate) fn times(&self, step: &Step) -> Vec<String> {
        let takes = step.takes.map(|_| self.span(Span::of([step])));
        let limit = step
            .limit_s
            .map(|limit| self.words.say("explain-limit", &[("span", self.limit(limit).into())]));
        takes.into_iter().chain(limit).collect()
    }

    fn interval(&self, id: &str, from: u64, to: u64) -> String {
        let id = match from {
            _ if from == to => format!("{id}-exactly"),
            0 => format!("{id}-up-to"),
            // "1-60 s" says no more than "up to 60 s".
            _ if from * 10 <= to => format!("{id}-up-to"),
            _ => id.to_owned(),
        };
        self.words.say(&id, &[("from", from.into()), ("to", to.into())])
    }

    fn hours(&self, minutes: u64) -> String {
        let id = match (minutes / 60, minutes % 60) {
            (0, _) => "time-min",
            (_, 0) => "time-h",
            _ => "time-h-min",
        };
        self.words.say(id, &[("h", (minutes / 60).into()), ("min", (minutes % 60).into())])
    }
}

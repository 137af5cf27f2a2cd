//! A runbook in Markdown: to be printed, followed at night, and filled in with a pen.

use ctsup_core::plan::Plan;

use crate::format::Options;
use crate::outline::Outline;
use crate::phrase::Phrases;
use crate::words::Words;

mod begin;
mod end;
pub(crate) mod sheet;
mod step;
mod summary;

use self::sheet::Sheet;

/// What the parts of the runbook share.
struct Runbook<'p> {
    phrases: Phrases<'p>,
    outline: Outline<'p>,
    options: &'p Options,
    sheet: Sheet,
}

/// The runbook.
pub(crate) fn render(plan: &Plan, words: &Words, options: &Options) -> String {
    let mut runbook = Runbook {
        phrases: Phrases::new(words, plan),
        outline: Outline::of(plan),
        options,
        sheet: Sheet::default(),
    };
    runbook.summary();
    if !plan.is_empty() {
        runbook.begin();
        runbook.steps();
        runbook.way_back();
    }
    runbook.left_out();
    runbook.readings();
    runbook.rests_on();
    runbook.sources();
    runbook.sheet.finish()
}

impl Runbook<'_> {
    fn say(&self, id: &str) -> String {
        self.phrases.words.say(id, &[])
    }
}

//! The plan for a terminal: everything one has to know, in the order in which one needs it.

use ctsup_core::plan::Plan;

use crate::format::Options;
use crate::outline::Outline;
use crate::page::Page;
use crate::phrase::Phrases;
use crate::words::Words;

mod end;
mod head;
mod step;

/// What the parts of the text share.
struct Text<'p> {
    phrases: Phrases<'p>,
    outline: Outline<'p>,
    options: &'p Options,
    page: Page,
}

/// The text.
pub(crate) fn render(plan: &Plan, words: &Words, options: &Options) -> String {
    let mut text = Text {
        phrases: Phrases::new(words, plan),
        outline: Outline::of(plan),
        options,
        page: Page::new(options.width, options.style),
    };
    text.head();
    text.steps();
    text.end();
    text.page.finish()
}

impl Text<'_> {
    fn say(&self, id: &str) -> String {
        self.phrases.words.say(id, &[])
    }
}

//! Journals that are kept for good: what ctsup saw in them is told in words, in every language.

use std::collections::BTreeSet;
use std::fs;

use ctsup_core::run::{Event, JournalText, code_of};
use ctsup_render::run::seen;
use ctsup_render::{Lang, Words};

use crate::example;

#[test]
fn what_old_journals_saw_is_told_in_words() {
    let mut codes = BTreeSet::new();
    for entry in fs::read_dir(example::path("fixtures/journals")).expect("journals") {
        let path = entry.expect("it can be listed").path();
        let read = JournalText::read(&fs::read(&path).expect("readable")).expect("a journal");
        for record in read.records {
            let (Event::Failed { seen: text, .. } | Event::Lost { seen: text, .. }) = record.event
            else {
                continue;
            };
            let ours = text.lines().filter_map(code_of).map(|(code, _)| code);
            codes.extend(ours);
            for lang in Lang::ALL {
                let told = seen(Words::of(lang), &text);
                assert!(!told.contains("ctsup:") && !told.contains('{'), "{told}");
            }
        }
    }
    // All that the first format had.
    let first = [
        "booted",
        "busy",
        "changed-meanwhile",
        "failed-start",
        "garbled",
        "lost",
        "never-arrived",
        "no-room",
        "not-answered",
        "not-ours",
        "not-text",
        "unreachable",
    ];
    assert!(first.iter().all(|code| codes.contains(code)), "{codes:?}");
}

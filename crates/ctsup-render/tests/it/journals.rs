//! Journals that are kept for good: what ctsup saw in them is told in words, in every language.

use std::collections::BTreeSet;
use std::fs;

use ctsup_core::run::{Event, JournalText, NotLooked, Refused, Seen, Trouble, Unstable, code_of};
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

/// Each of the cases that ctsup tells apart is told apart in words.
#[test]
fn what_is_seen_is_told_apart() {
    for lang in Lang::ALL {
        let words = Words::of(lang);
        let told = |all: Vec<Seen>| {
            let count = all.len();
            let texts = all.iter().map(|one| seen(words, &one.to_string()));
            let texts: BTreeSet<String> = texts.collect();
            assert_eq!(texts.len(), count, "{texts:?}");
            for text in texts {
                assert!(!text.contains("ctsup:") && !text.contains('{'), "{text}");
            }
        };
        let of = |trouble| Seen::Cluster(trouble, "dockerd".to_owned(), "back-01".to_owned());
        told(Trouble::ALL.into_iter().map(of).collect());
        told(NotLooked::ALL.into_iter().map(Seen::ByHand).collect());
        let of = |how| Seen::Container("cts".to_owned(), how);
        told(Unstable::ALL.into_iter().map(of).collect());
        told(Refused::ALL.into_iter().map(|why| Seen::EditRefused(why, 3, 1)).collect());
        let places = Seen::Places(["back-01".to_owned(), String::new()]);
        assert!(!seen(words, &places.to_string()).ends_with(": "), "{places}");
    }
}

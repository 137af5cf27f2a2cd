//! Journals that were damaged: refused with a reason, or gone on with rightly.

use ctsup_core::run::JournalText;
use ctsup_simulator::Ended;

use crate::example;
use crate::harness::{Tally, Whole, differs, places, rehearsal, wholes};

/// Short plans of different kinds: each byte costs a rehearsal.
fn some() -> impl Iterator<Item = &'static Whole> {
    let names = ["single", "cleanup", "certificate", "web-client"];
    wholes().iter().filter(move |w| names.contains(&w.name.as_str()))
}

#[test]
fn a_journal_cut_at_any_byte_is_refused_or_gone_on_with_rightly() {
    let mut tally = Tally::default();
    for whole in some() {
        let lines = whole.lines / 2;
        let first = rehearsal(&whole.plan);
        first.die_after(lines);
        assert_eq!(first.run(), Ended::Killed);
        let text = first.journal();
        // The last line is the one that a loss of power can tear: nothing was done yet that it
        // announces. Every byte of it is tried; what was lost before it is another test.
        let torn = text.trim_end_matches('\n').rfind('\n').map_or(0, |at| at + 1);
        tally.possible += text.len() - torn;
        for at in places(&whole.name, text.len() - torn, 60) {
            tally.tried += 1;
            let again = rehearsal(&whole.plan);
            again.die_after(lines);
            assert_eq!(again.run(), Ended::Killed);
            let again = again.colleague("rehearsal@here", &text[..torn + at]);
            let ended = again.run();
            tally.wrong.extend(differs(whole, &again, &ended, &format!("cut at byte {at}")));
        }
    }
    tally.end("cut at a byte");
}

#[test]
fn a_journal_changed_anywhere_is_refused() {
    let mut tally = Tally::default();
    for (name, plan) in example::all() {
        let whole = rehearsal(&plan);
        let _ = whole.run();
        let text = whole.journal();
        let lines: Vec<&str> = text.split_inclusive('\n').collect();
        let mut refused = |what: String, damaged: &[u8]| {
            tally.tried += 1;
            tally.possible += 1;
            match JournalText::read(damaged) {
                Ok(_) if damaged != text.as_bytes() => tally.wrong.push(format!("{name} {what}")),
                Ok(_) => {}
                Err(error) => tally.count(error.damage.to_string().split(':').next().unwrap_or("")),
            }
        };
        for at in places(&name, lines.len() - 1, 40) {
            let mut doubled = lines.clone();
            doubled.insert(at, lines[at]);
            refused(format!("line {at} doubled"), doubled.concat().as_bytes());
            let mut left_out = lines.clone();
            left_out.remove(at);
            refused(format!("line {at} left out"), left_out.concat().as_bytes());
            let mut swapped = lines.clone();
            swapped.swap(at, at + 1);
            refused(format!("line {at} swapped with the next"), swapped.concat().as_bytes());
        }
        for at in places(&name, text.len() - 1, 300) {
            for bit in [1, 0x20] {
                let mut flipped = text.clone().into_bytes();
                flipped[at] ^= bit;
                refused(format!("byte {at} flipped"), &flipped);
            }
        }
    }
    tally.end("a changed journal");
}

//! Finds the known paragraphs in another build of the guide, where lines have shifted and steps have other numbers.

use std::ops::Range;

use crate::candidate::{self, Candidate};
use crate::entry::Entry;
use crate::gaps;
use crate::text::{self, Line};

/// How a paragraph was found again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum How {
    /// By its hash, in its place among the others.
    Same,
    /// By its hash, but its step has another number.
    Renumbered,
    /// By its hash, but not in its place among the others.
    Elsewhere,
    /// By the neighbours that were found: its text differs.
    Changed,
}

/// A paragraph found again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Found {
    /// Which of the lines that are not blank.
    pub(crate) at: Range<usize>,
    pub(crate) how: How,
}

/// A guide compared with what is known of it.
pub(crate) struct Comparison<'a> {
    pub(crate) entries: &'a [Entry],
    pub(crate) lines: &'a [Line],
    /// Beside each entry what became of it; none: gone.
    pub(crate) found: Vec<Option<Found>>,
    /// Text that belongs to nothing known.
    pub(crate) new: Vec<Range<usize>>,
}

impl Comparison<'_> {
    /// Whether every paragraph stands where it stood, and nothing else does.
    pub(crate) fn is_identical(&self) -> bool {
        let unchanged = |(entry, found): (&Entry, &Option<Found>)| {
            found.as_ref().is_some_and(|found| {
                found.how == How::Same && text::numbers(self.lines, &found.at) == entry.lines
            })
        };
        self.new.is_empty() && self.entries.iter().zip(&self.found).all(unchanged)
    }
}

/// Compares a guide's lines with the entries, which stand in the order of their lines.
pub(crate) fn locate<'a>(entries: &'a [Entry], lines: &'a [Line]) -> Comparison<'a> {
    let candidates = candidate::all(entries, lines);
    let mut open: Vec<&Candidate> = candidates.iter().collect();
    let mut found = vec![None; entries.len()];
    for candidate in candidate::best_chain(entries, &open) {
        found[candidate.entry] = Some(candidate.found.clone());
    }
    let mut taken = vec![false; lines.len()];
    take(&mut taken, &found);

    // What kept its text but left its place: each further chain is a piece of the guide that moved as a whole.
    let mut elsewhere: Vec<Option<Found>> = vec![None; entries.len()];
    loop {
        open.retain(|candidate| {
            let Found { at, how } = &candidate.found;
            let missing = found[candidate.entry].is_none() && elsewhere[candidate.entry].is_none();
            missing && *how == How::Same && !taken[at.clone()].contains(&true)
        });
        let chain = candidate::best_chain(entries, &open);
        if chain.is_empty() {
            break;
        }
        for candidate in chain {
            let how = How::Elsewhere;
            elsewhere[candidate.entry] = Some(Found { how, ..candidate.found.clone() });
        }
        take(&mut taken, &elsewhere);
    }

    let missing = |entry: usize| found[entry].is_none() && elsewhere[entry].is_none();
    for (entry, at) in gaps::assign(entries, lines, &found, &missing, &taken) {
        let how = How::Changed;
        elsewhere[entry] = Some(Found { at, how });
    }
    take(&mut taken, &elsewhere);
    let mut found: Vec<_> =
        found.into_iter().zip(elsewhere).map(|(found, elsewhere)| found.or(elsewhere)).collect();
    gaps::share(entries, &mut found);
    Comparison { entries, lines, found, new: gaps::free(&taken) }
}

fn take(taken: &mut [bool], found: &[Option<Found>]) {
    for found in found.iter().flatten() {
        taken[found.at.clone()].fill(true);
    }
}

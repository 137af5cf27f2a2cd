//! Where the hashes of the entries occur, and which of those places keep the order of the entries.

use std::collections::{BTreeSet, HashMap};
use std::ops::Range;

use crate::entry::Entry;
use crate::locate::{Found, How};
use crate::text::{self, Line};

/// How many lines longer than before a paragraph may be and still be recognised by its hash (lines break elsewhere).
const SLACK: u32 = 4;

/// A place where an entry may stand.
pub(crate) struct Candidate {
    /// Which entry.
    pub(crate) entry: usize,
    pub(crate) found: Found,
}

/// All places where an entry's hash occurs, as it is or under another step's number, by ascending entry.
pub(crate) fn all(entries: &[Entry], lines: &[Line]) -> Vec<Candidate> {
    let mut wanted: HashMap<&str, Vec<usize>> = HashMap::new();
    for (index, entry) in entries.iter().enumerate() {
        wanted.entry(&entry.hash).or_default().push(index);
    }
    let span = |entry: &Entry| entry.lines.1 - entry.lines.0 + SLACK;
    let longest = entries.iter().map(span).max().unwrap_or(0);
    let steps: BTreeSet<u32> = entries.iter().filter_map(|entry| entry.step).collect();

    let mut candidates = Vec::new();
    let mut note = |paragraph: &str, at: &Range<usize>, how| {
        let hash = text::hash(paragraph);
        for &entry in wanted.get(hash.as_str()).into_iter().flatten() {
            let found = Found { at: at.clone(), how };
            candidates.push(Candidate { entry, found });
        }
    };
    for start in 0..lines.len() {
        let near = |line: &&Line| line.number - lines[start].number <= longest;
        let reach = lines[start..].iter().take_while(near).count();
        for at in (start + 1..=start + reach).map(|end| start..end) {
            note(&text::paragraph(&lines[at.clone()]), &at, How::Same);
            let Some(present) = lines[start].step else {
                continue;
            };
            for &step in steps.iter().filter(|&&step| step != present) {
                let shift = i64::from(step) - i64::from(present);
                let paragraph = text::renumbered(&lines[at.clone()], shift);
                note(&paragraph, &at, How::Renumbered);
            }
        }
    }
    candidates.sort_by_key(|candidate| (candidate.entry, candidate.found.at.start));
    candidates
}

/// The candidates that keep the order of the entries and explain most lines: the longest path through them.
pub(crate) fn best_chain<'a>(
    entries: &[Entry],
    candidates: &[&'a Candidate],
) -> Vec<&'a Candidate> {
    let mut best: Vec<(usize, Option<usize>)> = Vec::with_capacity(candidates.len());
    for (index, candidate) in candidates.iter().enumerate() {
        let before = (0..index)
            .filter(|&before| follows(entries, candidates[before], candidate))
            .max_by_key(|&before| best[before].0);
        // A paragraph under its own number explains a little more than under another.
        let renumbered = candidate.found.how == How::Renumbered;
        let own = 2 * candidate.found.at.len() - usize::from(renumbered);
        best.push((own + before.map_or(0, |before| best[before].0), before));
    }
    let mut chain = Vec::new();
    let mut last = (0..candidates.len()).max_by_key(|&index| best[index].0);
    while let Some(index) = last {
        chain.push(candidates[index]);
        last = best[index].1;
    }
    chain
}

/// Whether two places stand to each other as their entries do. Rows may share lines.
fn follows(entries: &[Entry], before: &Candidate, after: &Candidate) -> bool {
    if before.entry >= after.entry {
        return false;
    }
    let (known_before, known_after) = (entries[before.entry].lines, entries[after.entry].lines);
    let (before, after) = (&before.found.at, &after.found.at);
    if known_before.0 == known_after.0 {
        before.start == after.start
    } else if known_before.1 < known_after.0 {
        before.end <= after.start
    } else {
        before.start < after.start && after.start < before.end
    }
}

//! Between paragraphs that were found again: which of the text left over there belongs to those that were not.

use std::ops::Range;

use crate::entry::Entry;
use crate::locate::{Found, How};
use crate::text::{self, Line};

/// Runs of lines that nothing has taken.
pub(crate) fn free(taken: &[bool]) -> Vec<Range<usize>> {
    let mut runs: Vec<Range<usize>> = Vec::new();
    for at in (0..taken.len()).filter(|&at| !taken[at]) {
        match runs.last_mut() {
            Some(run) if run.end == at => run.end += 1,
            _ => runs.push(at..at + 1),
        }
    }
    runs
}

/// Gives each missing entry the text that stands in its place, where there is some: its text has changed.
pub(crate) fn assign(
    entries: &[Entry],
    lines: &[Line],
    found: &[Option<Found>],
    missing: &dyn Fn(usize) -> bool,
    taken: &[bool],
) -> Vec<(usize, Range<usize>)> {
    let mut assigned = Vec::new();
    let mut next = 0;
    while next < entries.len() {
        // What is found out of its place (neither `found` nor missing) bounds nothing.
        let stop =
            (next..entries.len()).find(|&entry| found[entry].is_some()).unwrap_or(entries.len());
        let mut run: Vec<usize> = (next..stop).filter(|&entry| missing(entry)).collect();
        // Of entries that begin with the same text one takes it; `share` serves the others.
        run.dedup_by_key(|entry| entries[*entry].lines.0);
        let located = |entries: Range<usize>| found[entries].iter().flatten();
        let above = located(0..next).map(|found| found.at.end).max();
        let below = located(stop..found.len()).map(|found| found.at.start).min();
        let region = above.unwrap_or(0)..below.unwrap_or(lines.len());
        let segments = segments(lines, taken, region);
        assigned.extend(pair(entries, lines, &run, &segments));
        next = stop + 1;
    }
    assigned
}

/// An entry that shared lines with others, and is still missing, has changed with them.
pub(crate) fn share(entries: &[Entry], found: &mut [Option<Found>]) {
    for missing in 0..entries.len() {
        if found[missing].is_some() {
            continue;
        }
        let (first, last) = entries[missing].lines;
        let shares = |entry: &Entry| entry.lines.0 <= last && first <= entry.lines.1;
        let places = entries.iter().zip(&*found).filter(|(entry, _)| shares(entry));
        let places = places.filter_map(|(_, found)| found.as_ref().map(|found| found.at.clone()));
        let how = How::Changed;
        found[missing] = places
            .reduce(|one, other| one.start.min(other.start)..one.end.max(other.end))
            .map(|at| Found { at, how });
    }
}

/// The free text of a region, cut where a step or another paragraph begins.
fn segments(lines: &[Line], taken: &[bool], region: Range<usize>) -> Vec<Range<usize>> {
    let mut segments: Vec<Range<usize>> = Vec::new();
    for at in region.filter(|&at| !taken[at]) {
        match segments.last_mut() {
            Some(segment) if segment.end == at && !lines[at].opens => segment.end += 1,
            _ => segments.push(at..at + 1),
        }
    }
    segments
}

/// Pairs entries with segments in their order: steps by number, else by order when there is one for each.
fn pair(
    entries: &[Entry],
    lines: &[Line],
    run: &[usize],
    segments: &[Range<usize>],
) -> Vec<(usize, Range<usize>)> {
    let step_at = |segment: usize| lines[segments[segment].start].step;
    let mut pairs = Vec::new();
    let mut next = 0;
    for (done, &index) in run.iter().enumerate() {
        let entry = &entries[index];
        let mut left = next..segments.len();
        let chosen = if entry.step.is_none() {
            left.find(|&segment| step_at(segment).is_none())
        } else if let Some(same) = left.clone().find(|&segment| step_at(segment) == entry.step) {
            Some(same)
        } else {
            let steps: Vec<usize> = left.filter(|&segment| step_at(segment).is_some()).collect();
            let is_step = |entry: &&usize| entries[**entry].step.is_some();
            let wanted = run[done..].iter().filter(is_step).count();
            steps.first().copied().filter(|_| steps.len() >= wanted)
        };
        let Some(chosen) = chosen else { continue };
        let mut at = segments[chosen].clone();
        next = chosen + 1;
        // The notes after a step were part of it, as far as it reached; and more steps, where a row has some.
        let last = step_at(chosen).map(|step| step + entry.more_steps);
        while next < segments.len()
            && segments[next].start == at.end
            && step_at(next).is_none_or(|step| Some(step) <= last)
        {
            let longer = at.start..segments[next].end;
            let (first, last) = text::numbers(lines, &longer);
            if last - first > entry.lines.1 - entry.lines.0 {
                break;
            }
            at = longer;
            next += 1;
        }
        pairs.push((index, at));
    }
    pairs
}

//! A plan cut into maintenance windows: it stops only where one may stop.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::report::Proof;
use crate::plan::{Plan, StepId};

/// A maintenance window: from when to when, or how long. Which night it is, people know.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Window {
    text: String,
    /// Its length in seconds.
    pub length_s: u32,
}

/// The text is no maintenance window.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is neither two times of day like 02:00-04:00 nor a duration like 2h, 90m or 1h30m")]
pub struct NotAWindow(pub String);

impl FromStr for Window {
    type Err = NotAWindow;

    fn from_str(text: &str) -> Result<Self, NotAWindow> {
        let text = text.trim();
        let minutes = match text.split_once(['-', '\u{2013}']) {
            // Over midnight where the end is the earlier time of day.
            Some((from, to)) => {
                time_of_day(from).zip(time_of_day(to)).map(|(from, to)| (to + DAY - from) % DAY)
            }
            None => duration(text),
        };
        match minutes.filter(|minutes| (1..=7 * DAY).contains(minutes)) {
            Some(minutes) => Ok(Self { text: text.to_owned(), length_s: minutes * 60 }),
            None => Err(NotAWindow(text.to_owned())),
        }
    }
}

impl fmt::Display for Window {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// Minutes of a day.
const DAY: u32 = 24 * 60;

/// Minutes since midnight.
fn time_of_day(text: &str) -> Option<u32> {
    let (hours, minutes) = text.trim().split_once(':')?;
    let (hours, minutes) = (number(hours)?, number(minutes)?);
    (hours < 24 && minutes < 60).then_some(hours * 60 + minutes)
}

/// Minutes of `2h`, `90m`, `1h30m`.
fn duration(text: &str) -> Option<u32> {
    let (hours, rest) = match text.split_once('h') {
        Some((hours, rest)) => (number(hours)?, rest.trim()),
        None => (0, text),
    };
    let minutes = match rest {
        "" => 0,
        rest => number(rest.strip_suffix('m')?)?,
    };
    Some(hours * 60 + minutes)
}

/// Up to four digits.
fn number(text: &str) -> Option<u32> {
    let digits = (1..=4).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    if digits { text.parse().ok() } else { None }
}

/// The part of a plan that one maintenance window holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Part {
    /// The window, counted from 0.
    pub window: usize,
    /// Its length in seconds.
    pub length_s: u32,
    /// The steps, in order.
    pub steps: Vec<StepId>,
    /// Seconds that they take at least.
    pub min_s: u32,
    /// Seconds that they take at most.
    pub max_s: u32,
}

/// The windows do not hold the plan.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WindowsError {
    /// Between two places where one may stop lies more than any window left holds.
    #[error(
        "from {from} on {needed_s} seconds are needed before one may stop again, the longest window left has {longest_s}"
    )]
    TooShort {
        /// The first step of the part that does not fit.
        from: StepId,
        /// What it takes at most.
        needed_s: u32,
        /// The longest window left.
        longest_s: u32,
    },
    /// The proof is of another plan.
    #[error("the proof is of another plan")]
    OtherPlan,
}

/// Cuts a plan: each window takes as many steps as it holds at their slowest, and ends where users
/// miss nothing, nothing is owed and a single fault breaks nothing.
///
/// # Errors
/// When a part that must not be cut fits no window left, or the proof is of another plan.
pub fn windows(plan: &Plan, proof: &Proof, lengths_s: &[u32]) -> Result<Vec<Part>, WindowsError> {
    if proof.digest != plan.digest || proof.outlook.cuts.len() != plan.steps.len() + 1 {
        return Err(WindowsError::OtherPlan);
    }
    let safe = |place: usize| place == plan.steps.len() || proof.outlook.cuts[place].stop.is_safe();
    let slowest = |from: usize, to: usize| -> u32 {
        plan.steps[from..to]
            .iter()
            .map(|s| s.takes.map_or(0, |t| t.max_s))
            .fold(0, u32::saturating_add)
    };
    let mut parts = Vec::new();
    let mut from = 0;
    for (window, length_s) in lengths_s.iter().copied().enumerate() {
        if from == plan.steps.len() {
            break;
        }
        let to = (from + 1..=plan.steps.len())
            .take_while(|to| slowest(from, *to) <= length_s)
            .filter(|to| safe(*to))
            .last();
        let Some(to) = to else { continue };
        parts.push(Part {
            window,
            length_s,
            steps: plan.steps[from..to].iter().map(|s| s.id.clone()).collect(),
            min_s: plan.steps[from..to].iter().filter_map(|s| s.takes).map(|t| t.min_s).sum(),
            max_s: slowest(from, to),
        });
        from = to;
    }
    if from < plan.steps.len() {
        let next = (from + 1..=plan.steps.len()).find(|to| safe(*to)).unwrap_or(plan.steps.len());
        return Err(WindowsError::TooShort {
            from: plan.steps[from].id.clone(),
            needed_s: slowest(from, next),
            longest_s: lengths_s.iter().copied().max().unwrap_or(0),
        });
    }
    Ok(parts)
}

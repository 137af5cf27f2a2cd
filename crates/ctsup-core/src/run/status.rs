//! Where a step stands, and which event may follow on which.

use std::collections::BTreeMap;

use crate::action::{Kind, Repeat};
use crate::plan::Step;
use crate::state::Condition;

use super::event::{Answer, Event, How, Question, Said, Verdict};

/// Where a step stands.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Status {
    /// Nothing happened.
    #[default]
    Waiting,
    /// Under way.
    InFlight(InFlight),
    /// Its node does not answer, and this is what it did: commands may run there, be done, or never
    /// have started; a look goes on once the node answers again.
    Lost(InFlight),
    /// What came of it is unknown; what repeating it means decides.
    Unknown,
    /// May begin again: nothing of it happened, or a person wants it.
    Again,
    /// A person is asked.
    Asking(Question),
    /// What it needs does not hold.
    Fell,
    /// It failed.
    Failed,
    /// A person said no to this question.
    Refused(Question),
    /// Done.
    Done(How),
}

/// What a step under way does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InFlight {
    /// Looks, waits, or is between two commands.
    Looking,
    /// Commands were or are about to be sent; whether they arrived is not known.
    Sent,
    /// Commands run.
    Running,
}

/// What became of a step.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StepRun {
    /// Where it stands.
    pub status: Status,
    /// How often it began.
    pub attempt: u32,
    /// The part of it whose commands were sent last; 0 before the first.
    pub part: u32,
    /// The part before that one whose commands were sent; 0 where there is none.
    pub before: u32,
    /// Nobody watches it: the process that did is gone.
    pub orphan: bool,
    /// Its limit passed.
    pub overdue: bool,
    /// Its commands were sent in some attempt, and may have changed something.
    pub touched: bool,
    /// A look since then said that nothing of it happened, or that what did does no harm: but for
    /// what it opens, it left everything as it was.
    pub undone: bool,
    /// When it first began and when it last ended, in milliseconds since 1970.
    pub began_at: Option<u64>,
    /// See `began_at`.
    pub ended_at: Option<u64>,
    /// Values kept.
    pub kept: BTreeMap<String, String>,
    /// What was seen last.
    pub seen: String,
    /// What it needed and was found not to be so, until it begins again.
    pub fell: Option<Condition>,
    /// The exit code of the commands that were sent last; nothing where nobody has seen their end.
    pub code: Option<i32>,
    /// Who answered for it, and what.
    pub answered: Vec<Said>,
}

impl StepRun {
    /// Whether it is done.
    #[must_use]
    pub fn is_done(&self) -> bool {
        matches!(self.status, Status::Done(_))
    }

    /// Whether it is under way.
    #[must_use]
    pub fn in_flight(&self) -> bool {
        matches!(self.status, Status::InFlight(_))
    }

    /// Takes up an event, or refuses it (`None`).
    pub(super) fn take(&mut self, at: u64, step: &Step, event: &Event) -> Option<()> {
        let repeat = step.repeat;
        use InFlight::{Looking, Running, Sent};
        use Status as S;
        let this = |attempt: u32, part: u32| attempt == self.attempt && part == self.part;
        let next = match (&self.status, event) {
            (S::Waiting | S::Again | S::Unknown, Event::Begun { attempt, .. })
                if *attempt == self.attempt + 1
                    // What is unknown begins again without a look only where that loses nothing.
                    && (self.status != S::Unknown || repeat == Repeat::Safe) =>
            {
                self.attempt = *attempt;
                self.part = 0;
                self.before = 0;
                self.fell = None;
                self.overdue = false;
                self.orphan = false;
                self.began_at.get_or_insert(at);
                S::InFlight(Looking)
            }
            // Parts that had nothing to do are left out.
            (S::InFlight(Looking), Event::Started { attempt, part, .. })
                if *attempt == self.attempt && *part > self.part =>
            {
                self.before = self.part;
                self.part = *part;
                // Of those that are sent now nobody has seen an end.
                self.code = None;
                S::InFlight(Sent)
            }
            (S::InFlight(Sent), Event::Launched { attempt, part, .. }) if this(*attempt, *part) => {
                self.touch();
                S::InFlight(Running)
            }
            (S::InFlight(Sent), Event::NotLaunched { again, attempt, part, seen, .. })
                if this(*attempt, *part) =>
            {
                self.seen.clone_from(seen);
                match (again, self.before) {
                    (false, _) => S::Failed,
                    // Nothing of this attempt arrived.
                    (true, 0) => S::Again,
                    // The parts before it have ended, and nothing happened since: the step goes on
                    // behind them, under a number that the node has not refused.
                    (true, before) => {
                        self.part = before;
                        self.attempt += 1;
                        self.orphan = true;
                        S::InFlight(Looking)
                    }
                }
            }
            (S::InFlight(Sent | Running), Event::Ended { attempt, part, code, .. })
                if this(*attempt, *part) =>
            {
                self.touch();
                self.code = Some(*code);
                S::InFlight(Looking)
            }
            (S::InFlight(Sent | Running), Event::Vanished { attempt, part, .. })
                if this(*attempt, *part) =>
            {
                self.touch();
                S::Unknown
            }
            (S::InFlight(_), Event::Lost { seen, .. }) => {
                self.seen.clone_from(seen);
                let S::InFlight(doing) = self.status else { return None };
                S::Lost(doing)
            }
            (S::InFlight(_), Event::Reattached { .. }) if self.orphan => {
                self.orphan = false;
                self.status.clone()
            }
            (S::Lost(doing), Event::Reattached { .. }) if self.orphan => {
                self.orphan = false;
                S::InFlight(if *doing == Looking { Looking } else { Sent })
            }
            (S::InFlight(_), Event::Overdue { .. }) => {
                self.overdue = true;
                self.status.clone()
            }
            (S::InFlight(_), Event::Kept { name, value, .. }) => {
                self.kept.insert(name.clone(), value.clone());
                self.status.clone()
            }
            (S::Unknown, Event::Probed { seen, verdict, .. }) => {
                self.seen.clone_from(seen);
                self.undone = *verdict == Verdict::NotDone;
                match verdict {
                    Verdict::Done => S::Done(How::Found),
                    Verdict::NotDone => S::Again,
                    Verdict::Unclear => S::Asking(Question::Repeat),
                }
            }
            (S::InFlight(Looking), Event::Done { how, .. }) => S::Done(*how),
            (S::InFlight(Looking), Event::Failed { code, seen, .. }) => {
                self.code = code.or(self.code);
                self.seen.clone_from(seen);
                S::Failed
            }
            // Found out when it looks, before it sends anything.
            (S::InFlight(Looking), Event::Fell { condition, seen, .. }) if self.part == 0 => {
                self.seen.clone_from(seen);
                self.fell = Some(condition.clone());
                S::Fell
            }
            (S::Waiting | S::Again, Event::Asked { question: Question::Agree, seen, .. })
            | (S::InFlight(Looking), Event::Asked { question: Question::Judge, seen, .. })
            | (S::Unknown, Event::Asked { question: Question::Repeat, seen, .. }) => {
                self.began_at.get_or_insert(at);
                self.seen.clone_from(seen);
                let Event::Asked { question, .. } = event else { return None };
                // From here on a person may type the commands of a change.
                if *question == Question::Judge && step.kind == Kind::Change {
                    self.touch();
                }
                S::Asking(*question)
            }
            (S::Asking(_), Event::Asked { .. }) => self.status.clone(),
            (S::Asking(question), Event::Answered { answer, by, note, .. }) => {
                self.answered.push(Said::new(at, by, *answer, note));
                match (answer, question) {
                    (Answer::Done, _) => S::Done(How::Said),
                    (Answer::Again, Question::Agree) => return None,
                    (Answer::Again, _) => S::Again,
                    (Answer::No, question) => S::Refused(*question),
                }
            }
            // The guide lets a person judge a wait before its own condition does; what has not been
            // sent yet nobody can call done.
            (S::InFlight(Looking), Event::Answered { answer: Answer::Done, by, note, .. })
                if step.action.may_be_judged() =>
            {
                self.answered.push(Said::new(at, by, Answer::Done, note));
                S::Done(How::Said)
            }
            _ => return None,
        };
        if !matches!(next, S::InFlight(_)) {
            self.ended_at = Some(at);
        }
        self.status = next;
        Some(())
    }

    fn touch(&mut self) {
        self.touched = true;
        self.undone = false;
    }

    /// The process that watched the step is gone, another one takes the run up.
    pub(super) fn orphaned(&mut self) {
        match self.status {
            Status::InFlight(_) | Status::Lost(_) => self.orphan = true,
            // A new process means that somebody wants to go on: what failed is looked at anew.
            Status::Failed if self.touched => self.status = Status::Unknown,
            Status::Failed | Status::Fell => self.status = Status::Again,
            Status::Refused(Question::Repeat) => self.status = Status::Unknown,
            Status::Refused(_) => self.status = Status::Again,
            // Asked anew, by the process that can hear the answer; a wait looks again first.
            Status::Asking(Question::Judge) => self.status = Status::Again,
            _ => {}
        }
    }
}

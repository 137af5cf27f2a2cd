//! Commands that change something: announced, sent, watched to their end.

use std::time::Duration;

use ctsup_core::action::Playbook;
use ctsup_core::run::{InFlight, Seen, Status};
use ctsup_core::{Action, Event};

use super::{Carried, Gone, Hand};
use crate::clock::Clock;
use crate::driver::Said;
use crate::transport::{Failure, Job, JobAnswer, JobKey, JobState, JobView, Transport};

/// How commands ended.
pub(super) struct Ended {
    pub(super) code: i32,
    /// The end of their output.
    pub(super) tail: String,
}

/// How soon a job is looked at again at first; seldomer and seldomer after that.
pub const FIRST_LOOK: Duration = Duration::from_millis(10);

/// How much of a job's output is kept at hand.
const TAIL: usize = 64 << 10;

impl<T: Transport, C: Clock> Hand<'_, T, C> {
    /// Whether commands of this step may run, sent by a process before this one.
    pub(super) fn job_may_run(&self) -> bool {
        matches!(self.was.status, Status::InFlight(InFlight::Sent | InFlight::Running))
    }

    fn key(&self, part: u32) -> JobKey {
        let attempt = self.was.attempt;
        JobKey { run: self.run.clone(), step: self.id(), attempt, part }
    }

    /// Runs commands as one part of the step. What an earlier process sent is read, not sent again.
    pub(super) async fn job(&self, part: u32, commands: Vec<String>) -> Carried<Ended> {
        self.job_of(part, commands, false).await
    }

    /// The same under a terminal of its own.
    pub(super) async fn terminal_job(&self, commands: Vec<String>) -> Carried<Ended> {
        self.job_of(1, commands, true).await
    }

    async fn job_of(&self, part: u32, commands: Vec<String>, terminal: bool) -> Carried<Ended> {
        if part < self.was.part {
            return Ok(Ended { code: 0, tail: String::new() });
        }
        if part == self.was.part {
            if self.job_may_run() {
                return self.watch(part, true, None).await;
            }
            let code = self.was.code.unwrap_or_default();
            return Ok(Ended { code, tail: self.tail_of(part).await? });
        }
        let (attempt, step) = (self.was.attempt, self.id());
        let started = Event::Started { attempt, commands: commands.clone(), part, step };
        self.tell(started).await?;
        let job = Job {
            key: self.key(part),
            commands,
            cwd: self.step().cwd.clone(),
            generation: self.generation,
            terminal,
        };
        match self.way.start(self.node()?, &job).await {
            Ok(JobAnswer::Started { boot, seen: Some(view) }) => {
                let step = self.id();
                self.tell(Event::Launched { attempt, boot, part, step }).await?;
                self.watch(part, false, Some(view)).await
            }
            // Nobody has seen it begin: as in doubt as after an answer that was lost.
            Ok(JobAnswer::Started { seen: None, .. }) => self.watch(part, true, None).await,
            // Asked twice by a connection that broke, or by a process that did not live to tell.
            Ok(JobAnswer::Before) => self.watch(part, true, None).await,
            Ok(JobAnswer::NotLocked { generation }) => {
                self.not_launched(part, &Seen::NotOurs(generation).to_string()).await
            }
            Ok(JobAnswer::Busy { job }) => {
                self.not_launched(part, &Seen::Busy(job).to_string()).await
            }
            Ok(JobAnswer::NoRoom { text }) => self.not_launched(part, &text).await,
            // Whether it arrived is unknown: the node tells, and makes sure that it stays so.
            Err(_) => self.watch(part, true, None).await,
        }
    }

    pub(super) async fn not_launched(&self, part: u32, seen: &str) -> Carried<Ended> {
        self.never(part, false, seen).await
    }

    async fn never(&self, part: u32, again: bool, seen: &str) -> Carried<Ended> {
        let (attempt, step, seen) = (self.was.attempt, self.id(), seen.to_owned());
        // A node that swallows every attempt is not asked for ever.
        let again = again && attempt < 5;
        self.tell(Event::NotLaunched { again, attempt, part, seen, step }).await?;
        Err(Gone)
    }

    /// Watches a job to its end, from what was `seen` of it at once.
    async fn watch(&self, part: u32, in_doubt: bool, mut seen: Option<JobView>) -> Carried<Ended> {
        let (node, key, attempt) = (self.node()?, self.key(part), self.was.attempt);
        let most = self.limit(6 * 3600);
        let limit = self.until(most);
        let leaves = self.manner.leaves_overdue.map(|more| self.until(most.saturating_add(more)));
        let (mut from, mut tail, mut overdue) = (0, Vec::new(), self.was.overdue);
        let mut still = self.until(self.manner.prompt_after.unwrap_or_default());
        let mut pause = FIRST_LOOK.min(self.manner.every);
        let mut lost_at = None;
        let mut launched = !in_doubt || self.launch_was_told(part);
        loop {
            let view = match seen.take() {
                Some(view) => Ok(view),
                None => self.way.read_job(node, &key, from).await,
            };
            let view = match view {
                Ok(view) => view,
                Err(failure) => {
                    let since = *lost_at.get_or_insert_with(|| self.until(self.manner.patience));
                    if self.past(since) {
                        return self.lost(&failure).await;
                    }
                    self.pause().await;
                    continue;
                }
            };
            lost_at = None;
            from += view.output.len() as u64;
            self.hear(&view, &mut tail);
            if !view.output.is_empty() {
                still = self.until(self.manner.prompt_after.unwrap_or_default());
            }
            let step = self.id();
            match view.state {
                JobState::Running => {
                    if !launched {
                        launched = true;
                        let boot = view.boot_then.clone();
                        self.tell(Event::Launched { attempt, boot, part, step }).await?;
                    }
                }
                // A longer output is fetched before the end is told.
                JobState::Finished { .. } if from < view.size => continue,
                JobState::Finished { code } => {
                    self.tell(Event::Ended { attempt, code, part, size: view.size, step }).await?;
                    return Ok(Ended { code, tail: text(&tail) });
                }
                // What was seen to run and is not known there any more left no trace: a snapshot of
                // the node was put back, or its directory is gone.
                JobState::Never if launched => return self.vanished(part, &view).await,
                JobState::Never => {
                    return self.never(part, true, &Seen::NeverArrived.to_string()).await;
                }
                JobState::Vanished => return self.vanished(part, &view).await,
            }
            if self.waits_at_prompt(&tail) && self.past(still) {
                // Heard or not, the question stands.
                let _ = self.say.send(Said::Prompt(self.id()));
                still = u64::MAX;
            }
            if !overdue && self.past(limit) {
                overdue = true;
                self.tell(Event::Overdue { step: self.id() }).await?;
            }
            if leaves.is_some_and(|moment| self.past(moment)) {
                self.say.send(Said::Leaves).map_err(|_| Gone)?;
            }
            self.clock.sleep(pause).await;
            pause = (pause * 3 / 2).min(self.manner.every);
        }
    }

    /// Whether a playbook stands at a line without its end, where nobody is there to answer.
    fn waits_at_prompt(&self, tail: &[u8]) -> bool {
        let plays = matches!(self.step().action, Action::Playbook(Playbook::Run { .. }));
        let asks = tail.last().is_some_and(|last| !b"\r\n".contains(last));
        plays && asks && self.manner.prompt_after.is_some()
    }

    /// Whoever sent the job told that it runs.
    fn launch_was_told(&self, part: u32) -> bool {
        self.was.part == part && self.was.status == Status::InFlight(InFlight::Running)
    }

    async fn lost(&self, failure: &Failure) -> Carried<Ended> {
        self.tell(Event::Lost { seen: failure.seen(), step: self.id() }).await?;
        Err(Gone)
    }

    async fn boot_told(&self, view: &JobView) -> Carried<()> {
        let (boot, node) = (view.boot_now.clone(), self.node()?.clone());
        self.tell(Event::Boot { boot, node }).await
    }

    async fn vanished(&self, part: u32, view: &JobView) -> Carried<Ended> {
        self.boot_told(view).await?;
        let (attempt, step) = (self.was.attempt, self.id());
        self.tell(Event::Vanished { attempt, part, step }).await?;
        Err(Gone)
    }

    /// The node booted while commands of ours may have run there: what became of them is told.
    pub(super) async fn settle_after_boot(&self) -> Carried<()> {
        self.watch(self.was.part, true, None).await.map(drop)
    }

    fn hear(&self, view: &JobView, tail: &mut Vec<u8>) {
        if view.output.is_empty() {
            return;
        }
        tail.extend_from_slice(&view.output);
        let over = tail.len().saturating_sub(TAIL);
        tail.drain(..over);
        // Nothing depends on its being heard.
        let _ = self.say.send(Said::Output(self.id(), view.output.clone()));
    }

    /// The end of the output of a part that ended before.
    async fn tail_of(&self, part: u32) -> Carried<String> {
        let (node, key) = (self.node()?, self.key(part));
        let Ok(view) = self.way.read_job(node, &key, u64::MAX / 2).await else {
            return Ok(String::new());
        };
        let from = view.size.saturating_sub(TAIL as u64);
        let view = self.way.read_job(node, &key, from).await;
        Ok(view.map(|view| text(&view.output)).unwrap_or_default())
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

//! Edits of `settings` on a node: a copy before the first, then only over what was read.

use ctsup_core::Event;
use ctsup_core::action::Settings;
use ctsup_core::run::{How, Seen};

use super::{Carried, Hand};
use crate::clock::Clock;
use crate::settings;
use crate::transport::{Content, Failure, Over, Put, PutAnswer, Transport};

impl<T: Transport, C: Clock> Hand<'_, T, C> {
    pub(super) async fn edit_settings(&self, edit: &Settings) -> Carried<()> {
        // Where the second part is under way, the copy has been made.
        if self.was.part < 2 {
            let ended = self.job(1, edit.keeping()).await?;
            if ended.code != 0 {
                return self.fail("no-copy", Some(ended.code), &ended.tail).await;
            }
        }
        // Refused, and the process that told so did not live to draw the conclusion.
        if self.was.part == 2 && !self.job_may_run() {
            let code = self.was.code.unwrap_or_default();
            if code != 0 {
                return self.by_code(code, &self.was.seen).await;
            }
        }
        // Announced by a process before this one, and its end not told.
        let mut announced = self.was.part == 2 && self.job_may_run();
        let until = self.until(self.manner.patience);
        loop {
            let wanted = match self.wanted(edit).await? {
                Ok(wanted) => wanted,
                // Whether it was written cannot be told: begun anew, the step says what is wrong.
                Err((_, seen)) if announced => return self.not_told(&seen).await,
                Err((reason, seen)) => return self.fail(reason, None, &seen).await,
            };
            let Some(put) = wanted else {
                self.end_edit(announced).await?;
                let how = if announced || self.was.part == 2 { How::Ran } else { How::Found };
                return self.done(how).await;
            };
            if !announced {
                // Only what the edit itself adds or takes is told: the file holds secrets.
                let commands =
                    edit.lines().into_iter().map(|(sign, line)| format!("{sign}{line}")).collect();
                let (attempt, part, step) = (self.was.attempt, 2, self.id());
                self.tell(Event::Started { attempt, commands, part, step }).await?;
                announced = true;
            }
            let refused = match self.way.put(self.node()?, &put).await {
                Ok(PutAnswer::Written) => {
                    self.end_edit(announced).await?;
                    return self.done(How::Ran).await;
                }
                Ok(PutAnswer::Changed) => Seen::ChangedMeanwhile.to_string(),
                Ok(PutAnswer::NotLocked { generation }) => Seen::NotOurs(generation).to_string(),
                Ok(PutAnswer::NoRoom { text }) => text,
                // Whether it was written the file itself tells, as soon as it can be read.
                Err(Failure::Unreachable { .. } | Failure::Lost { .. }) if !self.past(until) => {
                    self.pause().await;
                    continue;
                }
                Err(failure) => {
                    let seen = failure.seen();
                    return self.tell(Event::Lost { seen, step: self.id() }).await;
                }
            };
            // Nothing was written, and nothing ran that could have had an exit code.
            return self.not_launched(2, &refused).await.map(drop);
        }
    }

    /// The file as it is to be written over what lies there; nothing where that is as wanted.
    async fn wanted(
        &self,
        edit: &Settings,
    ) -> Carried<Result<Option<Put>, (&'static str, String)>> {
        let read = match self.file(&edit.file).await? {
            Ok(Some(content)) => content.bytes,
            Ok(None) => return Ok(Err(("no-file", edit.file.clone()))),
            Err(failure) => return Ok(Err(("no-answer", failure.seen()))),
        };
        let Ok(text) = String::from_utf8(read.clone()) else {
            return Ok(Err(("unreadable", Seen::NotText.to_string())));
        };
        Ok(match settings::edited(&text, &edit.edit) {
            Ok(edited) if edited == text => Ok(None),
            Ok(edited) => Ok(Some(Put {
                path: edit.file.clone(),
                bytes: edited.into_bytes(),
                over: Over::Content(read),
                generation: self.generation,
            })),
            Err(error) => Err(("edit-refused", error.seen().to_string())),
        })
    }

    /// Reads a file of the step's node, asking again for a while where that does not answer.
    async fn file(&self, path: &str) -> Carried<Result<Option<Content>, Failure>> {
        let node = self.node()?;
        self.patiently(|| self.way.get(node, path)).await
    }

    /// The second part is over, where it was announced.
    async fn end_edit(&self, announced: bool) -> Carried<()> {
        if !announced {
            return Ok(());
        }
        let (attempt, part, step) = (self.was.attempt, 2, self.id());
        self.tell(Event::Ended { attempt, code: 0, part, size: 0, step }).await
    }

    /// What was announced has an end that nobody saw.
    async fn not_told(&self, seen: &str) -> Carried<()> {
        self.seen(seen);
        let (attempt, part, step) = (self.was.attempt, 2, self.id());
        self.tell(Event::Vanished { attempt, part, step }).await
    }
}

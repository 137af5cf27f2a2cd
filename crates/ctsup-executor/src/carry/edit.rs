//! Edits of `settings` on a node: a copy before the first, then only over what was read.

use ctsup_core::Event;
use ctsup_core::action::Settings;
use ctsup_core::run::{How, InFlight, Status};

use super::{Carried, Hand};
use crate::clock::Clock;
use crate::settings;
use crate::transport::{Over, Put, PutAnswer, Transport};

impl<T: Transport, C: Clock> Hand<'_, T, C> {
    pub(super) async fn edit_settings(&self, edit: &Settings) -> Carried<()> {
        // The plan's first two commands make the copy, and a directory for it. Where the second part
        // is under way, the first has ended.
        let copy = self.step().commands.iter().take(2).cloned().collect();
        if self.was.part < 2 {
            let ended = self.job(1, copy).await?;
            if ended.code != 0 {
                return self.fail("no-copy", Some(ended.code), &ended.tail).await;
            }
        }
        let node = self.node()?;
        let read = match self.way.get(node, &edit.file).await {
            Ok(Some(content)) => content.bytes,
            Ok(None) => return self.after_part("no-file", &edit.file).await,
            Err(failure) => return self.after_part("no-answer", &failure.to_string()).await,
        };
        let text = match String::from_utf8(read.clone()) {
            Ok(text) => text,
            Err(_) => return self.after_part("unreadable", "the file is no UTF-8").await,
        };
        let edited = match settings::edited(&text, &edit.edit) {
            Ok(edited) => edited,
            Err(error) => return self.after_part("edit-refused", &error.to_string()).await,
        };
        let (attempt, part, step) = (self.was.attempt, 2, self.id());
        if edited == text {
            self.end_part().await?;
            let how = if self.was.part == 2 { How::Ran } else { How::Found };
            return self.done(how).await;
        }
        if self.was.part < 2 {
            // Only what the edit itself adds or takes is told: the file holds secrets.
            let commands =
                edit.lines().into_iter().map(|(sign, line)| format!("{sign}{line}")).collect();
            self.tell(Event::Started { attempt, commands, part, step: step.clone() }).await?;
        }
        let (path, bytes, over) = (edit.file.clone(), edited.into_bytes(), Over::Content(read));
        let put = Put { path, bytes, over, generation: self.generation };
        let (code, reason) = match self.way.put(node, &put).await {
            Ok(PutAnswer::Written) => (0, String::new()),
            Ok(PutAnswer::Changed) => (1, "somebody else changed the file".to_owned()),
            Ok(PutAnswer::NotLocked) => (1, "the lock there is not ours".to_owned()),
            // Whether it was written the file itself tells, when the step is taken up again.
            Err(failure) => {
                return self.tell(Event::Lost { seen: failure.to_string(), step }).await;
            }
        };
        self.tell(Event::Ended { attempt, code, part, size: 0, step }).await?;
        self.by_code(code, &reason).await
    }

    /// A part announced by an earlier process is over, with nothing left to do for it.
    async fn end_part(&self) -> Carried<()> {
        let sent = matches!(self.was.status, Status::InFlight(InFlight::Sent | InFlight::Running));
        if self.was.part == 2 && sent {
            let (attempt, part, step) = (self.was.attempt, 2, self.id());
            self.tell(Event::Ended { attempt, code: 0, part, size: 0, step }).await?;
        }
        Ok(())
    }

    async fn after_part(&self, reason: &str, seen: &str) -> Carried<()> {
        self.end_part().await?;
        self.fail(reason, None, seen).await
    }
}

//! Who answers a run's questions: a person at the terminal, a rehearsal's obliging one, nobody.

use std::io::{self, BufRead, IsTerminal, Read, Write};
use std::os::fd::AsFd;
use std::sync::atomic::{AtomicUsize, Ordering};

use ctsup_core::StepId;
use ctsup_core::run::{Answer, Question, Run};
use ctsup_render::Words;
use ctsup_render::run::Teller;
use tokio::net::unix::pipe::Receiver;

use super::view::View;

/// How many questions stand on the terminal: nothing else is drawn there meanwhile.
static ASKED: AtomicUsize = AtomicUsize::new(0);

/// A question stands on the terminal.
pub(crate) struct Asked;

impl Asked {
    pub(crate) fn begin() -> Self {
        ASKED.fetch_add(1, Ordering::SeqCst);
        Self
    }

    /// Whether one does.
    pub(crate) fn stands() -> bool {
        ASKED.load(Ordering::SeqCst) > 0
    }
}

impl Drop for Asked {
    fn drop(&mut self) {
        ASKED.fetch_sub(1, Ordering::SeqCst);
    }
}

/// Who answers.
pub(crate) enum Person {
    /// Somebody at the terminal.
    AtTerminal,
    /// Nobody: the run stops at the first question.
    Nobody,
}

impl Person {
    /// Whoever is there: never a prompt without a terminal.
    pub(crate) fn there(json: bool) -> Self {
        if !json && std::io::stdin().is_terminal() && std::io::stderr().is_terminal() {
            Self::AtTerminal
        } else {
            Self::Nobody
        }
    }

    pub(crate) fn is_there(&self) -> bool {
        matches!(self, Self::AtTerminal)
    }
}

/// Asks about a step; nothing at the end of input.
pub(crate) async fn ask(
    run: &Run,
    id: &StepId,
    question: Question,
    words: &'static Words,
    view: &View,
) -> Option<Answer> {
    // Ends with this future: what was answered elsewhere does not stand on the terminal any more.
    let _asked = Asked::begin();
    view.rest();
    let seen = run.step(id).map(|step| step.seen.clone()).unwrap_or_default();
    let text = Teller::new(run.plan(), words).question(id, question, &seen);
    let again = question != Question::Agree;
    let answers = if again { "ask-answers-again" } else { "ask-answers" };
    let text: Vec<_> = text.lines().map(super::view::printable).collect();
    let text = format!("\n{} {} ", text.join("\n"), words.say(answers, &[]));
    loop {
        say(&text);
        let typed = line(std::io::stdin()).await.ok().flatten()?;
        match understood(&typed, again, words) {
            Ok(answer) => return Some(answer),
            Err(complaint) => say(&complaint),
        }
    }
}

/// The next line that is typed; nothing at the end of input. Read only once it is there: whoever
/// stops waiting leaves nobody behind that would take the next one.
async fn line<R: AsFd + Read>(mut from: R) -> io::Result<Option<String>> {
    // Only waits; it is read through what may hold a part of it already.
    let ready = Receiver::from_owned_fd_unchecked(from.as_fd().try_clone_to_owned()?)?;
    ready.readable().await?;
    drop(ready);
    let mut line = Vec::new();
    let mut byte = [0];
    // A terminal gives whole lines.
    while from.read(&mut byte)? == 1 {
        if byte == *b"\n" {
            return Ok(Some(String::from_utf8_lossy(&line).into_owned()));
        }
        line.push(byte[0]);
    }
    Ok((!line.is_empty()).then(|| String::from_utf8_lossy(&line).into_owned()))
}

fn say(text: &str) {
    let mut err = io::stderr();
    // Where nobody sees the question, nobody answers it.
    let _ = err.write_all(text.as_bytes()).and_then(|()| err.flush());
}

/// Asks for yes or no; no at the end of input.
pub(crate) fn yes(text: &str, words: &Words) -> bool {
    let text = format!("{text} {} ", words.say("ask-answers", &[]));
    loop {
        say(&text);
        let mut line = String::new();
        match io::stdin().lock().read_line(&mut line) {
            Ok(0) | Err(_) => return false,
            Ok(_) => {}
        }
        match understood(&line, false, words) {
            Ok(answer) => return answer == Answer::Done,
            Err(complaint) => say(&complaint),
        }
    }
}

/// What a line means, or what is said to one that means nothing.
fn understood(line: &str, again: bool, words: &Words) -> Result<Answer, String> {
    let said = line.trim().to_lowercase();
    let is = |id: &str| words.say(id, &[]).split(' ').any(|word| word == said);
    if is("ask-words-yes") {
        return Ok(Answer::Done);
    }
    if is("ask-words-no") {
        return Ok(Answer::No);
    }
    if again && is("ask-words-again") {
        return Ok(Answer::Again);
    }
    let id = if again { "ask-not-understood-again" } else { "ask-not-understood" };
    Err(format!("{}\n", words.say(id, &[])))
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::os::unix::net::UnixStream;
    use std::time::Duration;

    use super::line;

    /// An answer from elsewhere ends a question; the next line belongs to the next one.
    #[tokio::test]
    async fn a_question_that_is_over_takes_no_line() {
        let (mut person, terminal) = UnixStream::pair().expect("a pair");
        let first = line(terminal.try_clone().expect("a handle"));
        let over = tokio::time::timeout(Duration::from_millis(50), first).await;
        assert!(over.is_err(), "nobody has typed anything");
        person.write_all("да\nlater\n".as_bytes()).expect("typed");
        let second = line(terminal.try_clone().expect("a handle")).await.expect("a line");
        assert_eq!(second.as_deref(), Some("да"));
        let third = line(terminal.try_clone().expect("a handle")).await.expect("a line");
        assert_eq!(third.as_deref(), Some("later"));
        drop(person);
        assert_eq!(line(terminal).await.expect("an end"), None);
    }
}

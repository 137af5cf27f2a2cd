//! Who answers a run's questions: a person at the terminal, a rehearsal's obliging one, nobody.

use std::io::{BufRead, IsTerminal, Write};
use std::sync::atomic::{AtomicUsize, Ordering};

use ctsup_core::StepId;
use ctsup_core::run::{Answer, Question, Run};
use ctsup_render::Words;
use ctsup_render::run::Teller;

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
    let asked = Asked::begin();
    view.rest();
    let seen = run.step(id).map(|step| step.seen.clone()).unwrap_or_default();
    let text = Teller::new(run.plan(), words).question(id, question, &seen);
    let again = question != Question::Agree;
    // Read beside the work: signals and orders must be heard meanwhile.
    tokio::task::spawn_blocking(move || {
        let answers = if again { "ask-answers-again" } else { "ask-answers" };
        let text: Vec<_> = text.lines().map(super::view::printable).collect();
        let text = format!("\n{} {} ", text.join("\n"), words.say(answers, &[]));
        let said = choose(&text, again, words);
        drop(asked);
        said
    })
    .await
    .ok()
    .flatten()
}

/// Asks for yes or no; no at the end of input.
pub(crate) fn yes(text: &str, words: &Words) -> bool {
    let text = format!("{text} {} ", words.say("ask-answers", &[]));
    choose(&text, false, words) == Some(Answer::Done)
}

fn choose(text: &str, again: bool, words: &Words) -> Option<Answer> {
    let mut err = std::io::stderr();
    loop {
        let _ = err.write_all(text.as_bytes()).and_then(|()| err.flush());
        let mut line = String::new();
        match std::io::stdin().lock().read_line(&mut line) {
            Ok(0) | Err(_) => return None,
            Ok(_) => {}
        }
        let said = line.trim().to_lowercase();
        let is = |id: &str| words.say(id, &[]).split(' ').any(|word| word == said);
        if is("ask-words-yes") {
            return Some(Answer::Done);
        }
        if is("ask-words-no") {
            return Some(Answer::No);
        }
        if again && is("ask-words-again") {
            return Some(Answer::Again);
        }
        let id = if again { "ask-not-understood-again" } else { "ask-not-understood" };
        let _ = err.write_all(format!("{}\n", words.say(id, &[])).as_bytes());
    }
}

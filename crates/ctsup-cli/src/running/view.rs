//! How a run is watched: a line for each event, on a terminal a last line that lives, or the events
//! themselves for programs.

use std::io::{IsTerminal, Write};
use std::sync::{Arc, Mutex, MutexGuard};

use ctsup_core::run::Record;
use ctsup_core::{Run, StepId};
use ctsup_executor::{Clock as _, Heard, WallClock};
use ctsup_render::Words;
use ctsup_render::run::{Line, Mood, Teller};
use time::{OffsetDateTime, UtcOffset};

use super::Shared;
use super::person::Asked;

/// Tells moments as people here read them.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Clock {
    offset: UtcOffset,
}

impl Clock {
    /// The local one; asked before there are threads, for later it may not be known.
    pub(crate) fn local() -> Self {
        Self { offset: UtcOffset::current_local_offset().unwrap_or(UtcOffset::UTC) }
    }

    pub(crate) fn offset(self) -> UtcOffset {
        self.offset
    }

    fn at(self, ms: u64) -> OffsetDateTime {
        let seconds = i64::try_from(ms / 1000).unwrap_or_default();
        let at = OffsetDateTime::from_unix_timestamp(seconds);
        at.unwrap_or(OffsetDateTime::UNIX_EPOCH).to_offset(self.offset)
    }

    pub(crate) fn time(self, ms: u64) -> String {
        let at = self.at(ms);
        format!("{:02}:{:02}:{:02}", at.hour(), at.minute(), at.second())
    }

    pub(crate) fn date(self, ms: u64) -> String {
        let at = self.at(ms);
        let (month, day) = (u8::from(at.month()), at.day());
        format!("{:04}-{month:02}-{day:02} {}", at.year(), self.time(ms))
    }
}

/// Watches a run. Clones watch the same one.
#[derive(Clone)]
pub(crate) struct View(Arc<Mutex<Watched>>);

struct Watched {
    plan: Shared,
    run: Run,
    words: &'static Words,
    clock: Clock,
    form: Form,
    began_at: Option<u64>,
    now: u64,
    tail: String,
    drawn: bool,
    /// What a wait saw that was told last, and when.
    said: (u64, String),
    virtual_time: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Silent,
    Lines,
    /// Lines, and one that lives.
    Live,
    Json,
}

impl View {
    /// On standard error for people, on standard output for programs.
    pub(crate) fn new(run: &Run, words: &'static Words, clock: Clock, json: bool) -> Self {
        let form = match json {
            true => Form::Json,
            false if std::io::stderr().is_terminal() => Form::Live,
            false => Form::Lines,
        };
        Self::with(run, words, clock, form)
    }

    /// Nobody watches.
    pub(crate) fn silent(run: &Run, words: &'static Words, clock: Clock) -> Self {
        Self::with(run, words, clock, Form::Silent)
    }

    fn with(run: &Run, words: &'static Words, clock: Clock, form: Form) -> Self {
        let began_at = run.steps().filter_map(|(_, step)| step.began_at).min();
        Self(Arc::new(Mutex::new(Watched {
            plan: run.plan().clone(),
            run: run.clone(),
            words,
            clock,
            form,
            began_at,
            now: 0,
            tail: String::new(),
            drawn: false,
            said: (0, String::new()),
            virtual_time: false,
        })))
    }

    fn lock(&self) -> MutexGuard<'_, Watched> {
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// Time here is not the wall's: a rehearsal.
    pub(crate) fn rehearses(self) -> Self {
        self.lock().virtual_time = true;
        self
    }

    /// Takes the run as it stands: what happened before anybody watched is known.
    pub(crate) fn follow(&self, run: &Run) {
        self.lock().run = run.clone();
    }

    pub(crate) fn is_json(&self) -> bool {
        self.lock().form == Form::Json
    }

    /// Takes up what the driver says.
    pub(crate) fn hear(&self, heard: Heard<'_>) {
        let mut watched = self.lock();
        match heard {
            Heard::Record(record) => watched.record(record),
            Heard::Output { bytes, .. } => {
                let text = String::from_utf8_lossy(bytes);
                let last = text.split(['\n', '\r']).rfind(|line| !line.trim().is_empty());
                if let Some(line) = last {
                    watched.tail = printable(line);
                    watched.draw();
                }
            }
            Heard::Seen { step, text } => {
                let text = ctsup_render::run::seen(watched.words, text);
                watched.tail = printable(&text.lines().collect::<Vec<_>>().join("; "));
                watched.draw();
                watched.seen(step);
            }
        }
    }

    /// Says a sentence of the words files among the events.
    pub(crate) fn say(&self, id: &str) {
        let mut watched = self.lock();
        if matches!(watched.form, Form::Lines | Form::Live) {
            watched.wipe();
            let text = format!("{}\n", watched.words.say(id, &[]));
            let mut err = anstream::stderr().lock();
            let _ = err.write_all(text.as_bytes());
        }
    }

    /// Draws the living line anew: time passes while nothing happens.
    pub(crate) fn tick(&self, now_ms: u64) {
        let mut watched = self.lock();
        watched.now = watched.now.max(now_ms);
        watched.draw();
    }

    /// Takes the living line away, so that something else can be said.
    pub(crate) fn rest(&self) {
        self.lock().wipe();
    }
}

impl Watched {
    fn record(&mut self, record: &Record) {
        self.now = self.now.max(record.at);
        self.began_at.get_or_insert(record.at);
        // The driver took it up before; what it allowed is allowed.
        let _ = self.run.apply(record.at, &record.event);
        match self.form {
            Form::Silent => {}
            Form::Json => {
                let mut out = std::io::stdout().lock();
                // A reader that has gone does not stop a run.
                let _ = out.write_all(record.line().as_bytes()).and_then(|()| out.flush());
            }
            Form::Lines | Form::Live => {
                let line = Teller::new(&self.plan, self.words).line(&record.event, &self.run);
                if let Some(line) = line {
                    self.wipe();
                    self.tail.clear();
                    let text = self.shown(record.at, &line);
                    let mut err = anstream::stderr().lock();
                    let _ = err.write_all(text.as_bytes());
                }
                self.draw();
            }
        }
    }

    /// What a wait saw, where no living line shows it: when it changes, and not all the time.
    fn seen(&mut self, step: &StepId) {
        const SELDOM_MS: u64 = 30_000;
        let text = self.tail.clone();
        if self.form != Form::Lines || text.is_empty() || text == self.said.1 {
            return;
        }
        let now = if self.virtual_time { self.now } else { WallClock.now_ms() };
        if now.saturating_sub(self.said.0) < SELDOM_MS {
            return;
        }
        let node = self.plan.step(step.as_str()).and_then(|step| step.node.as_ref());
        let place = node.map(ToString::to_string).unwrap_or_default();
        let line = Line { place, text: text.clone(), below: Vec::new(), mood: Mood::Under };
        let text_shown = self.shown(now, &line);
        self.said = (now, text);
        let mut err = anstream::stderr().lock();
        let _ = err.write_all(text_shown.as_bytes());
    }

    fn shown(&self, at: u64, line: &Line) -> String {
        use anstyle::{AnsiColor, Style};
        let (mark, style) = match line.mood {
            Mood::Begins => ("▶", Style::new().bold()),
            Mood::Under => (" ", Style::new().dimmed()),
            Mood::Good => ("✓", AnsiColor::Green.on_default()),
            Mood::Bad => ("✗", AnsiColor::Red.on_default().bold()),
            Mood::Person => ("•", AnsiColor::Cyan.on_default()),
        };
        let width = self.plan.topology.nodes.keys().map(|n| n.as_str().len()).max().unwrap_or(0);
        let head = format!("{} {:width$}", self.clock.time(at), line.place);
        let mut text = String::new();
        for (index, part) in line.text.lines().enumerate() {
            let mark = if index == 0 { mark } else { " " };
            // What runs stands whole in the plan and in the report; here its beginning tells which.
            let parts = match line.mood {
                Mood::Under => vec![cut(&printable(part), self.room(&head))],
                _ => ctsup_render::paragraph(&printable(part), self.room(&head)),
            };
            for (place, part) in parts.iter().enumerate() {
                let mark = if place == 0 { mark } else { " " };
                text.push_str(&format!("{head} {style}{mark} {part}{style:#}\n"));
            }
        }
        let skipped = line.below.len().saturating_sub(20);
        for below in line.below.iter().skip(skipped) {
            let below = cut(&printable(below), self.room(&head).saturating_sub(2));
            text.push_str(&format!("{head}   | {below}\n"));
        }
        text
    }

    /// How long a line may be behind its head.
    fn room(&self, head: &str) -> usize {
        let width = match self.form {
            Form::Live => width(),
            _ => LINE,
        };
        width.saturating_sub(head.chars().count() + 3).max(20)
    }

    fn wipe(&mut self) {
        if std::mem::take(&mut self.drawn) {
            let mut err = std::io::stderr().lock();
            let _ = err.write_all(b"\r\x1b[2K").and_then(|()| err.flush());
        }
    }

    fn draw(&mut self) {
        if self.form != Form::Live || Asked::stands() {
            return;
        }
        self.wipe();
        let teller = Teller::new(&self.plan, self.words);
        let spent = self.began_at.map_or(0, |began| self.now.saturating_sub(began));
        // On a narrow terminal what runs and what it says come before what is left.
        let (mut text, steps) = if width() < WIDE {
            (teller.brief(&self.run, spent), teller.at_work(&self.run))
        } else {
            (teller.progress(&self.run, spent), teller.under_way(&self.run, self.now))
        };
        for step in steps {
            let step = if width() < WIDE { cut(&step, width() / 2) } else { step };
            text.push_str(&format!(" · {step}"));
        }
        if !self.tail.is_empty() {
            text.push_str(&format!(" | {}", self.tail));
        }
        let text = cut(&text, width());
        let mut err = std::io::stderr().lock();
        let _ = err.write_all(text.as_bytes()).and_then(|()| err.flush());
        self.drawn = true;
    }
}

/// How long a line is at most where no terminal says so.
const LINE: usize = 80;
/// From here on a living line has room for everything.
const WIDE: usize = 120;

/// The terminal's width but for its last column, where some of them begin a new line.
fn width() -> usize {
    let size = terminal_size::terminal_size_of(std::io::stderr());
    size.map_or(80, |(width, _)| usize::from(width.0)).saturating_sub(1)
}

/// The beginning of a text that is too long.
fn cut(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let begins: String = text.chars().take(most.saturating_sub(1)).collect();
    format!("{begins}…")
}

/// What others printed must not steer our terminal.
pub(crate) fn printable(text: &str) -> String {
    text.chars().map(|c| if c.is_control() && c != '\t' { '\u{fffd}' } else { c }).collect()
}

//! The one that carries a run out: asks the fold what comes next, does it, writes down what happened.
//!
//! All steps under way and the person at the console tell their events to one place, which writes
//! each down and only then lets the teller go on. Nobody is spawned: when the driver is dropped,
//! nothing of it goes on, and what runs on the nodes is found again by the next one.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use ctsup_core::Catalogue;
use ctsup_core::reader::logs::Classifier;
use ctsup_core::run::{
    Answer, IllegalEvent, JournalText, Limits, Next, Question, Record, Run, StopReason,
};
use ctsup_core::{Event, StepId};
use tokio::sync::{mpsc, oneshot};

use crate::carry::{Gone, Hand, carry, probe};
use crate::clock::Clock;
use crate::copies::Copier;
use crate::lock;
use crate::store::{Journal, Store};
use crate::transport::{LockedBy, Transport};

/// What a driver works with.
#[derive(Debug, Clone)]
pub struct Manner {
    /// Which log lines tell of errors.
    pub logs: Classifier,
    /// How long a node that does not answer is asked again before the run stops.
    pub patience: Duration,
    /// How often a wait looks, and at most how seldom a running command is looked at.
    pub every: Duration,
    /// Answers come as orders while the run goes on; otherwise it stops at the first question.
    pub attended: bool,
    /// Nobody is there to type: how long a playbook's terminal may stand still at a line without its
    /// end until that is taken for a question, at which the run stops and the playbook waits on.
    pub prompt_after: Option<Duration>,
    /// Nobody watches: so long after a command went past its limit the run stops, and the command goes
    /// on by itself. Without it, that is only reported, and the person who watches decides.
    pub leaves_overdue: Option<Duration>,
    /// The directory on the nodes below which plan and journal are copied, so that another operator
    /// can go on from any of them; none are made without it.
    pub copies: Option<String>,
}

impl Default for Manner {
    fn default() -> Self {
        Self {
            logs: Classifier::but_for(
                Catalogue::built_in().logs.harmless.iter().map(String::as_str),
            ),
            patience: Duration::from_secs(300),
            every: Duration::from_secs(3),
            attended: false,
            prompt_after: None,
            leaves_overdue: None,
            copies: None,
        }
    }
}

/// What a person wants while a run is under way.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Order {
    /// Stop after what is under way, or at once.
    Stop {
        /// Not even what is under way is waited for.
        at_once: bool,
        /// A person or a signal.
        by: String,
    },
    /// An answer to a question, or to a wait that the person judges to be over.
    Answer {
        /// What.
        answer: Answer,
        /// Who.
        by: String,
        /// In the person's own words.
        note: String,
        /// About which step.
        step: StepId,
    },
}

/// What whoever watches hears.
#[derive(Debug)]
pub enum Heard<'a> {
    /// An event, written down.
    Record(&'a Record),
    /// Output of a running command; nothing depends on its being seen.
    Output {
        /// Whose.
        step: &'a StepId,
        /// The bytes.
        bytes: &'a [u8],
    },
    /// What a wait saw last.
    Seen {
        /// Which.
        step: &'a StepId,
        /// What.
        text: &'a str,
    },
}

/// How a drive ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ending {
    /// Everything is done.
    Done,
    /// It stopped; the run's report says what is left.
    Stopped(StopReason),
    /// A person has to answer, and nobody is there.
    Person(StepId, Question),
    /// A playbook asks something at its terminal, and nobody is there; it goes on waiting.
    Prompt(StepId),
}

/// Why a drive broke off. What is written down holds; it can be resumed.
#[derive(Debug, thiserror::Error)]
pub enum DriveError {
    /// An event could not be written down, so nothing more is done.
    #[error("the journal can't be written: {0}")]
    Journal(#[from] std::io::Error),
    /// A mistake of ours: an event that the run does not allow.
    #[error(transparent)]
    Illegal(#[from] IllegalEvent),
    /// Somebody else has taken the installation over while this process slept or was cut off.
    #[error("{} has taken the installation over", .0.as_ref().map_or("somebody else", |by| &by.owner))]
    TakenOver(Option<LockedBy>),
    /// A mistake of ours: something is under way and nobody works on it.
    #[error("step {0} is under way and nobody works on it")]
    Idle(StepId),
}

/// A run and what it is carried out with.
pub struct Driver<T, C, S> {
    /// The way to the nodes.
    pub way: T,
    /// Time.
    pub clock: C,
    /// What happened, written down.
    pub journal: Journal<S>,
    /// What happened, understood.
    pub run: Run,
    /// How.
    pub manner: Manner,
    /// Orders that came while nobody could take them up; they come first.
    pub later: Vec<Order>,
}

/// What a step under way says.
pub(crate) enum Said {
    Event(Event, oneshot::Sender<bool>),
    Output(StepId, Vec<u8>),
    Seen(StepId, String),
    /// A playbook waits at its terminal for somebody.
    Prompt(StepId),
    /// Its command is not waited for any longer.
    Leaves,
}

type Flight<'f> = Pin<Box<dyn Future<Output = Result<(), Gone>> + Send + 'f>>;

impl<T: Transport, C: Clock, S: Store> Driver<T, C, S> {
    /// Writes an event down and takes it up.
    ///
    /// # Errors
    /// When the run does not allow it, or it can't be kept.
    pub fn record(
        &mut self,
        event: Event,
        heard: &mut (dyn FnMut(Heard<'_>) + Send),
    ) -> Result<(), DriveError> {
        let at = self.clock.now_ms();
        record(&mut self.run, &mut self.journal, at, event, heard)
    }

    /// Gives the run up: from now on only what is owed is paid.
    ///
    /// # Errors
    /// As [`Driver::record`].
    pub fn give_up(
        &mut self,
        by: &str,
        heard: &mut (dyn FnMut(Heard<'_>) + Send),
    ) -> Result<(), DriveError> {
        self.record(Event::Aborting { by: by.to_owned() }, heard)
    }

    /// Takes up an order that comes between two drives; the step that an answer settled.
    ///
    /// # Errors
    /// When it can't be written down.
    pub fn obey(
        &mut self,
        order: Order,
        heard: &mut (dyn FnMut(Heard<'_>) + Send),
    ) -> Result<Option<StepId>, DriveError> {
        let at = self.clock.now_ms();
        obey(order, &mut self.run, &mut self.journal, at, heard)
    }

    /// Carries the run out until it ends, stops or needs somebody.
    ///
    /// # Errors
    /// When the journal can't be written, or by a mistake of ours.
    pub async fn drive(
        &mut self,
        limits: &Limits,
        orders: &mut mpsc::Receiver<Order>,
        heard: &mut (dyn FnMut(Heard<'_>) + Send),
    ) -> Result<Ending, DriveError> {
        let Self { way, clock, journal, run, manner, later } = self;
        let (way, clock, manner) = (&*way, &*clock, &*manner);
        let name = journal.header().run.clone();
        let (say, mut said) = mpsc::unbounded_channel();
        let mut flights: Vec<(StepId, Flight<'_>)> = Vec::new();
        let mut listening = true;
        let mut asked: Option<(StepId, Question)> = None;
        let mut copier = Copier::new(way, manner, run, &name);
        loop {
            for order in std::mem::take(later) {
                if let Some(step) = obey(order, run, journal, clock.now_ms(), heard)? {
                    flights.retain(|(id, _)| *id != step);
                    asked = None;
                }
            }
            copier.catch_up(journal.text());
            match run.next(limits) {
                Next::Done => {
                    record(run, journal, clock.now_ms(), Event::Finished, heard)?;
                    let ears = (&mut *orders, &mut listening, &mut *later);
                    finish(&mut copier, journal.text(), ears).await;
                    return Ok(Ending::Done);
                }
                Next::Stop(reason) => {
                    // What is under way when it is to stop at once goes on unwatched.
                    if reason != (StopReason::Asked { at_once: true }) {
                        let ears = (&mut *orders, &mut listening, &mut *later);
                        finish(&mut copier, journal.text(), ears).await;
                    }
                    return Ok(Ending::Stopped(reason));
                }
                Next::Start(id) => {
                    let attempt = run.step(&id).map_or(0, |step| step.attempt) + 1;
                    let event = Event::Begun { attempt, step: id.clone() };
                    record(run, journal, clock.now_ms(), event, heard)?;
                    let hand = Hand::new(way, clock, manner, run, &name, &id, say.clone());
                    flights.push((id, Box::pin(carry(hand))));
                    continue;
                }
                Next::Reattach(id) => {
                    let event = Event::Reattached { step: id.clone() };
                    record(run, journal, clock.now_ms(), event, heard)?;
                    let hand = Hand::new(way, clock, manner, run, &name, &id, say.clone());
                    flights.push((id, Box::pin(carry(hand))));
                    continue;
                }
                Next::Probe(id) => {
                    if !flights.iter().any(|(other, _)| *other == id) {
                        let hand = Hand::new(way, clock, manner, run, &name, &id, say.clone());
                        flights.push((id, Box::pin(probe(hand))));
                    }
                }
                Next::Ask(id, question) => {
                    // Each drive asks anew: whoever was asked before may be gone.
                    if asked.as_ref() != Some(&(id.clone(), question)) {
                        let wait = still_ours(way, run);
                        let ears = (&mut *orders, &mut listening, &mut *later);
                        match meanwhile(wait, &mut flights, &mut copier, ears).await {
                            Some(ours) => ours?,
                            None => continue,
                        }
                        asked = Some((id.clone(), question));
                        let seen = run.step(&id).map(|s| s.seen.clone()).unwrap_or_default();
                        let event = Event::Asked { question, seen, step: id.clone() };
                        record(run, journal, clock.now_ms(), event, heard)?;
                    }
                    if flights.is_empty() && (!manner.attended || !listening) {
                        let ears = (&mut *orders, &mut listening, &mut *later);
                        finish(&mut copier, journal.text(), ears).await;
                        // Answered meanwhile.
                        if !later.is_empty() {
                            continue;
                        }
                        return Ok(Ending::Person(id, question));
                    }
                }
                Next::Wait => {
                    if flights.is_empty() {
                        let id =
                            run.steps().find(|(_, s)| s.in_flight()).map(|(s, _)| s.id.clone());
                        return Err(DriveError::Idle(id.unwrap_or_else(|| StepId::from(""))));
                    }
                }
            }
            tokio::select! {
                biased;
                Some(word) = said.recv() => match word {
                    Said::Event(event, written) => {
                        if let Event::Asked { question, step, .. } = &event {
                            let wait = still_ours(way, run);
                            let ears = (&mut *orders, &mut listening, &mut *later);
                            // A stop that comes meanwhile is obeyed before anybody is asked.
                            if let Some(ours) =
                                meanwhile(wait, &mut flights, &mut copier, ears).await
                            {
                                ours?;
                                asked = Some((step.clone(), *question));
                            }
                        }
                        let told = match &event {
                            Event::Boot { node, .. } => Some(node.clone()),
                            _ => None,
                        };
                        record(run, journal, clock.now_ms(), event, heard)?;
                        let same = match &told {
                            Some(node) => !run.rebooted().contains(node),
                            None => true,
                        };
                        // A teller that is gone does not need to know.
                        let _ = written.send(same);
                    }
                    Said::Prompt(step) => {
                        let by = run.session().map(|s| s.by.clone()).unwrap_or_default();
                        let event = Event::StopAsked { at_once: true, by };
                        record(run, journal, clock.now_ms(), event, heard)?;
                        return Ok(Ending::Prompt(step));
                    }
                    Said::Leaves => {
                        let by = run.session().map(|s| s.by.clone()).unwrap_or_default();
                        let event = Event::StopAsked { at_once: true, by };
                        record(run, journal, clock.now_ms(), event, heard)?;
                    }
                    Said::Output(step, bytes) => heard(Heard::Output { step: &step, bytes: &bytes }),
                    Said::Seen(step, text) => heard(Heard::Seen { step: &step, text: &text }),
                },
                order = orders.recv(), if listening => match order {
                    None => listening = false,
                    Some(order) => later.push(order),
                },
                () = any(&mut flights), if !flights.is_empty() => {}
                () = copier.work(), if copier.is_busy() => {}
            }
        }
    }
}

/// What the launcher of jobs checks on each node, before a person is asked: a person does not look
/// at generations, and would do by hand what somebody else does already.
async fn still_ours<T: Transport>(way: &T, run: &Run) -> Result<(), DriveError> {
    let Some(session) = run.session() else { return Ok(()) };
    let nodes: Vec<_> = run.plan().topology.nodes.keys().cloned().collect();
    match lock::taken_over(way, &nodes, session.generation).await {
        Some(by) => Err(DriveError::TakenOver(by)),
        None => Ok(()),
    }
}

/// Takes an order up; the step that an answer settled.
fn obey<S: Store>(
    order: Order,
    run: &mut Run,
    journal: &mut Journal<S>,
    at: u64,
    heard: &mut (dyn FnMut(Heard<'_>) + Send),
) -> Result<Option<StepId>, DriveError> {
    let (event, settled) = match order {
        Order::Stop { at_once, by } => (Event::StopAsked { at_once, by }, None),
        Order::Answer { answer, by, note, step } => {
            let event = Event::Answered { answer, by, note, step: step.clone() };
            // An answer to what nobody asked is no mistake of ours.
            if run.clone().apply(at, &event).is_err() {
                return Ok(None);
            }
            // A wait judged to be over looks no more.
            (event, Some(step))
        }
    };
    record(run, journal, at, event, heard)?;
    Ok(settled)
}

/// Where orders come from, whether any more can come, and where those are put that have time.
type Ears<'e> = (&'e mut mpsc::Receiver<Order>, &'e mut bool, &'e mut Vec<Order>);

/// Lets what is under way go on while the driver itself waits for the nodes: a look that nobody
/// drives on keeps its node's shell, and whoever waits for that shell would wait for ever. Nothing
/// where somebody wants the run to stop meanwhile: silent nodes are not waited for then.
async fn meanwhile<A, T: Transport>(
    wait: impl Future<Output = A>,
    flights: &mut Vec<(StepId, Flight<'_>)>,
    copier: &mut Copier<'_, T>,
    (orders, listening, later): Ears<'_>,
) -> Option<A> {
    let mut wait = std::pin::pin!(wait);
    loop {
        tokio::select! {
            biased;
            answer = &mut wait => return Some(answer),
            order = orders.recv(), if *listening => match order {
                None => *listening = false,
                Some(order) => {
                    let stops = matches!(order, Order::Stop { .. });
                    later.push(order);
                    if stops {
                        return None;
                    }
                }
            },
            () = any(flights), if !flights.is_empty() => {}
            () = copier.work(), if copier.is_busy() => {}
        }
    }
}

/// Brings the copies to the journal's end, unless somebody wants to leave at once.
async fn finish<T: Transport>(
    copier: &mut Copier<'_, T>,
    journal: &str,
    (orders, listening, later): Ears<'_>,
) {
    tokio::select! {
        biased;
        () = copier.finish(journal) => {}
        () = stop_wanted(orders, later), if *listening => {}
    }
}

/// Ends when somebody wants the run to stop; other orders are kept for later.
pub async fn stop_wanted(orders: &mut mpsc::Receiver<Order>, later: &mut Vec<Order>) {
    loop {
        match orders.recv().await {
            Some(Order::Stop { .. }) => return,
            Some(order) => later.push(order),
            None => std::future::pending().await,
        }
    }
}

fn record<S: Store>(
    run: &mut Run,
    journal: &mut Journal<S>,
    at: u64,
    event: Event,
    heard: &mut (dyn FnMut(Heard<'_>) + Send),
) -> Result<(), DriveError> {
    // Tried before it is written: a journal holds nothing that can't be replayed.
    let mut next = run.clone();
    next.apply(at, &event)?;
    let record = journal.append(at, event)?;
    *run = next;
    heard(Heard::Record(&record));
    Ok(())
}

/// Ends when one of them ends, and takes it out.
async fn any(flights: &mut Vec<(StepId, Flight<'_>)>) {
    std::future::poll_fn(|context| {
        let mut ended = None;
        for (at, (_, flight)) in flights.iter_mut().enumerate() {
            if flight.as_mut().poll(context).is_ready() {
                ended = Some(at);
                break;
            }
        }
        match ended {
            Some(at) => {
                drop(flights.remove(at));
                Poll::Ready(())
            }
            None => Poll::Pending,
        }
    })
    .await;
}

/// A run about to begin, approved and taken up.
///
/// # Errors
/// When its journal can't be written.
pub fn begin<T, C, S>(
    parts: (T, C, Journal<S>, Manner),
    plan: Arc<ctsup_core::Plan>,
    by: &str,
    generation: u64,
) -> Result<Driver<T, C, S>, DriveError>
where
    T: Transport,
    C: Clock,
    S: Store,
{
    let approved = Event::Approved { by: by.to_owned(), digest: plan.digest.clone() };
    let attached = Event::Attached { by: by.to_owned(), generation };
    taken_up(parts, Run::new(plan), [approved, attached])
}

/// A run taken up again: what was under way is found on the nodes.
///
/// # Errors
/// When the journal is not one of this plan, or can't be written.
pub fn resume<T, C, S>(
    parts: (T, C, Journal<S>, Manner),
    plan: Arc<ctsup_core::Plan>,
    read: &JournalText,
    by: &str,
    generation: u64,
) -> Result<Driver<T, C, S>, DriveError>
where
    T: Transport,
    C: Clock,
    S: Store,
{
    let attached = Event::Attached { by: by.to_owned(), generation };
    taken_up(parts, Run::replay(plan, &read.records)?, [attached])
}

/// A driver of a run, with what is written down before anything else happens.
fn taken_up<T, C, S>(
    (way, clock, journal, manner): (T, C, Journal<S>, Manner),
    run: Run,
    first: impl IntoIterator<Item = Event>,
) -> Result<Driver<T, C, S>, DriveError>
where
    T: Transport,
    C: Clock,
    S: Store,
{
    let mut driver = Driver { way, clock, journal, run, manner, later: Vec::new() };
    for event in first {
        driver.record(event, &mut |_| {})?;
    }
    Ok(driver)
}

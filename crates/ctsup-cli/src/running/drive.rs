//! Drives a run to its end or to its next stop: signals, orders from other processes, questions.

use std::time::Duration;

use ctsup_core::run::{Answer, Event, Limits, Question};
use ctsup_core::{Run, StepId};
use ctsup_executor::driver::DriveError;
use ctsup_executor::{Clock, Driver, Ending, Folder, Order, Store, Transport};
use ctsup_render::Words;
use ctsup_render::run::{Broken, Why};
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::mpsc;

use super::person::{Person, ask};
use super::view::View;
use crate::failure::Failure;

/// A runtime for one command.
pub(crate) fn runtime() -> Result<tokio::runtime::Runtime, Failure> {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .map_err(|error| Failure::Machine(error.to_string()))
}

/// How a drive came about to end, and which signal asked for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Told {
    pub(crate) why: Why,
    pub(crate) signal: Option<u8>,
}

/// Turns signals and orders left in the run's folder into orders. Ctrl-C and TERM ask to stop, the
/// second one at once; HUP is ignored.
pub(crate) fn signals(
    folder: Option<Folder>,
) -> Result<(mpsc::Receiver<Order>, tokio::sync::watch::Receiver<u8>), Failure> {
    let signal = |kind| signal(kind).map_err(|error| Failure::Machine(error.to_string()));
    let (send, receive) = mpsc::channel(16);
    let (seen, last) = tokio::sync::watch::channel(0);
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    let mut hang_up = signal(SignalKind::hangup())?;
    tokio::spawn(async move {
        let mut every = tokio::time::interval(Duration::from_millis(300));
        // A stop that was meant for a process before this one is over with it; an answer is not.
        let left = folder.iter().flat_map(Folder::orders);
        for order in left.filter(|order| !matches!(order, Order::Stop { .. })) {
            if send.send(order).await.is_err() {
                return;
            }
        }
        let mut signals = 0;
        let mut stop = |by: &str| {
            signals += 1;
            Order::Stop { at_once: signals > 1, by: by.to_owned() }
        };
        loop {
            let order = tokio::select! {
                _ = interrupt.recv() => {
                    let _ = seen.send(2);
                    stop("SIGINT")
                }
                _ = terminate.recv() => {
                    let _ = seen.send(15);
                    stop("SIGTERM")
                }
                // The terminal went; the run stays.
                _ = hang_up.recv() => continue,
                _ = every.tick() => {
                    for order in folder.iter().flat_map(Folder::orders) {
                        if send.send(order).await.is_err() {
                            return;
                        }
                    }
                    continue;
                }
            };
            if send.send(order).await.is_err() {
                return;
            }
        }
    });
    Ok((receive, last))
}

/// Answers in place of a person, or carries out what a person at the terminal said.
pub(crate) type Obliging<'a> =
    &'a mut (dyn FnMut(&Run, &StepId, Question, Option<Answer>) -> Option<Answer> + Send);

/// Nobody answers in place of a person.
pub(crate) fn nobody(_: &Run, _: &StepId, _: Question, said: Option<Answer>) -> Option<Answer> {
    said
}

/// Who sits before a run.
pub(crate) struct Seat<'s> {
    pub(crate) person: &'s Person,
    pub(crate) by: &'s str,
    pub(crate) view: &'s View,
    pub(crate) words: &'static Words,
    pub(crate) obliging: Obliging<'s>,
}

/// Drives until the run ends, stops or waits for somebody who is not there.
pub(crate) async fn drive<T: Transport, C: Clock, S: Store>(
    driver: &mut Driver<T, C, S>,
    limits: &Limits,
    orders: &mut mpsc::Receiver<Order>,
    seat: &mut Seat<'_>,
) -> Why {
    match driven(driver, limits, orders, seat).await {
        Ok(why) => why,
        Err(error) => Why::Broken(broken(&error)),
    }
}

/// Why a drive broke off, for whoever is told.
pub(crate) fn broken(error: &DriveError) -> Broken {
    match error {
        DriveError::Journal(why) => Broken::Journal(why.to_string()),
        DriveError::TakenOver(by) => Broken::TakenOver(by.as_ref().map(|by| by.owner.clone())),
        DriveError::Illegal(_) | DriveError::Idle(_) => Broken::Ours(error.to_string()),
    }
}

async fn driven<T: Transport, C: Clock, S: Store>(
    driver: &mut Driver<T, C, S>,
    limits: &Limits,
    orders: &mut mpsc::Receiver<Order>,
    seat: &mut Seat<'_>,
) -> Result<Why, DriveError> {
    let Seat { person, by, view, words, obliging } = seat;
    let heard = |heard: ctsup_executor::Heard<'_>| view.hear(heard);
    loop {
        let (step, question) = match driver.drive(limits, orders, &mut heard.clone()).await? {
            Ending::Done => return Ok(Why::Done),
            Ending::Stopped(reason) => return Ok(Why::Stopped(reason)),
            Ending::Prompt(step) => return Ok(Why::Prompt(step)),
            Ending::Person(step, question) => (step, question),
        };
        let note = String::new();
        if let Some(answer) = obliging(&driver.run, &step, question, None) {
            let event = Event::Answered { answer, by: (*by).to_owned(), note, step };
            driver.record(event, &mut heard.clone())?;
            continue;
        }
        if !person.is_there() {
            return Ok(Why::Person(step, question));
        }
        let event = tokio::select! {
            answer = ask(&driver.run, &step, question, words, view) => match answer {
                Some(answer) => {
                    let done = obliging(&driver.run, &step, question, Some(answer));
                    let answer = done.unwrap_or(answer);
                    Event::Answered { answer, by: (*by).to_owned(), note, step }
                }
                None => return Ok(Why::Person(step, question)),
            },
            order = orders.recv() => {
                let Some(order) = order else { return Ok(Why::Person(step, question)) };
                let stops = matches!(order, Order::Stop { .. });
                driver.obey(order, &mut heard.clone())?;
                if stops {
                    // Nothing is under way while a person is asked.
                    let asked = ctsup_core::run::StopReason::Asked { at_once: false };
                    return Ok(Why::Stopped(asked));
                }
                continue;
            }
        };
        driver.record(event, &mut heard.clone())?;
    }
}

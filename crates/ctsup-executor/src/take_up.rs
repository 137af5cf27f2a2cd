//! Taking a run up: the lock first, then what the nodes know more, and then its journal goes on.
//!
//! In this order: whoever is taken over writes on until the lock is gone, and what they wrote down by
//! then is in the copies that are read behind it.

use std::sync::Arc;

use ctsup_core::run::{Header, JournalText, Run};
use ctsup_core::{Event, NodeName, Plan};

use crate::clock::Clock;
use crate::copies::{self, Behind};
use crate::driver::{self, DriveError, Driver, Manner};
use crate::lock::{self, Held, LockError};
use crate::store::{Journal, Store};
use crate::transport::Transport;

/// Who takes a run up.
#[derive(Debug, Clone, Copy)]
pub struct Taker<'t> {
    /// The run's name.
    pub run: &'t str,
    /// A person and a machine.
    pub owner: &'t str,
    /// Takes it from whoever has it.
    pub over: bool,
}

/// A run whose lock is taken.
#[derive(Debug, Clone)]
pub struct Taken {
    /// The lock.
    pub held: Held,
    /// Its journal, as the nodes know it; nothing for one that begins.
    pub read: Option<JournalText>,
    /// The node that knew more than the journal here.
    pub knew_more: Option<NodeName>,
}

/// Why a run can't be taken up.
#[derive(Debug, thiserror::Error)]
pub enum NotTaken {
    /// The lock was not taken.
    #[error(transparent)]
    Lock(#[from] LockError),
    /// Its journal can't be gone on with.
    #[error(transparent)]
    Behind(#[from] Behind),
    /// There is nothing left to do in it.
    #[error("the run is done")]
    Done,
}

/// Takes the lock for a run and catches up with what its nodes know; `copies` is the directory on the
/// nodes where they keep it. Where it is not taken, nothing stays locked on nodes that answer.
///
/// # Errors
/// As [`NotTaken`] says.
pub async fn take<T: Transport, S: Store>(
    way: &T,
    plan: &Arc<Plan>,
    copies: Option<&str>,
    store: &mut S,
    read: Option<JournalText>,
    taker: Taker<'_>,
) -> Result<Taken, NotTaken> {
    let nodes: Vec<NodeName> = plan.topology.nodes.keys().cloned().collect();
    let Taker { run, owner, over } = taker;
    let last = read.as_ref().map_or(0, lock::last_generation);
    let mut held = lock::take(way, &nodes, run, owner, over, last).await?;
    let (read, knew_more) = match (copies, read) {
        (Some(base), Some(read)) => match copies::caught_up(way, &nodes, base, store, read).await {
            Ok((read, from)) => (Some(read), from),
            Err(behind) => {
                lock::release(way, &held.nodes, held.generation).await;
                return Err(behind.into());
            }
        },
        (_, read) => (read, None),
    };
    let is_done = |read: &JournalText| {
        Run::replay(plan.clone(), &read.records).is_ok_and(|run| run.is_finished())
    };
    if read.as_ref().is_some_and(is_done) {
        lock::release(way, &held.nodes, held.generation).await;
        return Err(NotTaken::Done);
    }
    // A node that told its copy and not its lock may know of a later generation.
    let last = read.as_ref().map_or(0, lock::last_generation);
    if held.generation <= last {
        lock::release(way, &held.nodes, held.generation).await;
        held = lock::take(way, &nodes, run, owner, over, last).await?;
    }
    Ok(Taken { held, read, knew_more })
}

/// Begins the run's journal, or goes on with it behind the last line that was read.
///
/// # Errors
/// When the journal is not one of this plan, or can't be written.
pub fn go_on<T, C, S>(
    (way, clock, store, manner): (T, C, S, Manner),
    plan: &Arc<Plan>,
    taken: &Taken,
    taker: Taker<'_>,
) -> Result<Driver<T, C, S>, DriveError>
where
    T: Transport,
    C: Clock,
    S: Store,
{
    let (owner, generation) = (taker.owner, taken.held.generation);
    let approved = |read: &JournalText| {
        read.records.iter().any(|record| matches!(record.event, Event::Approved { .. }))
    };
    match &taken.read {
        Some(read) => {
            let parts = (way, clock, Journal::go_on(store, read), manner);
            // Whoever made the journal had approved the plan, and did not live to write it down.
            if !approved(read) {
                return driver::begin(parts, plan.clone(), owner, generation);
            }
            driver::resume(parts, plan.clone(), read, owner, generation)
        }
        None => {
            let header = Header::of(plan, taker.run);
            let parts = (way, clock, Journal::begin(store, header)?, manner);
            driver::begin(parts, plan.clone(), owner, generation)
        }
    }
}

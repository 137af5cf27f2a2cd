//! One run at a time per installation: the lock is taken on every node that answers.

use std::collections::BTreeSet;

use ctsup_core::run::{JournalText, Record};
use ctsup_core::{Event, NodeName};

use crate::together::together;
use crate::transport::{Failure, LockAnswer, LockOrder, LockedBy, Transport};

/// The lock of an installation, taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// Its generation.
    pub generation: u64,
    /// Nodes that did not answer, or could not write it down: they refuse every job until it is taken
    /// there too.
    pub absent: Vec<Failure>,
    /// Nodes on which it was taken.
    pub nodes: Vec<NodeName>,
}

/// Why it was not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LockError {
    /// Somebody has it.
    #[error("{} has the installation (run {}, lock on {node})", by.owner, by.run)]
    Held {
        /// Who.
        by: LockedBy,
        /// Where that is written.
        node: NodeName,
    },
    /// Somebody was faster.
    #[error("somebody else took the lock at the same moment, on {node}")]
    Raced {
        /// Where.
        node: NodeName,
    },
    /// No node answers.
    #[error("no node answers")]
    Nobody {
        /// What each said.
        failures: Vec<Failure>,
    },
}

/// Takes the lock for a run. What the same owner left for the same run is taken over without a
/// word: that process is gone, or its journal would be in use. Anybody else's only with `over`.
///
/// For a run that was taken up before, `last` is the last generation of its journal, else 0: the nodes
/// that saw that one may all be silent today.
///
/// # Errors
/// When somebody else has it, or no node answers; what was taken by then is given back where the
/// nodes still answer.
pub async fn take<T: Transport>(
    way: &T,
    nodes: &[NodeName],
    run: &str,
    owner: &str,
    over: bool,
    last: u64,
) -> Result<Held, LockError> {
    let mut there: Vec<(NodeName, LockAnswer)> = Vec::new();
    let mut absent = Vec::new();
    for (node, answer) in nodes.iter().zip(read(way, nodes).await) {
        match answer {
            Ok(answer) => there.push((node.clone(), answer)),
            Err(failure) => absent.push(failure),
        }
    }
    if there.is_empty() {
        return Err(LockError::Nobody { failures: absent });
    }
    let anothers = there.iter().find_map(|(node, answer)| anothers(node, answer, run, owner));
    if let Some((by, node)) = anothers.filter(|_| !over) {
        return Err(LockError::Held { by, node });
    }
    let highest = there.iter().map(|(_, answer)| answer.highest).max().unwrap_or(0);
    let generation = highest.max(last) + 1;
    let by = LockedBy { generation, run: run.to_owned(), owner: owner.to_owned() };
    let mut taken = Vec::new();
    for (node, before) in &there {
        let over = before.by.as_ref().map(|by| by.generation);
        let order = LockOrder::Take { by: by.clone(), over };
        let mut answer = way.lock(node, &order).await;
        // Whether it arrived is unknown; taking again what is ours succeeds.
        if let Err(Failure::Lost { .. }) = answer {
            answer = way.lock(node, &order).await;
        }
        match answer {
            Ok(answer) if answer.done => taken.push(node.clone()),
            Ok(answer) => {
                release(way, &taken, generation).await;
                return Err(match answer.by {
                    Some(by) => LockError::Held { by, node: node.clone() },
                    None => LockError::Raced { node: node.clone() },
                });
            }
            Err(failure) => absent.push(failure),
        }
    }
    if taken.is_empty() {
        return Err(LockError::Nobody { failures: absent });
    }
    Ok(Held { generation, absent, nodes: taken })
}

/// Who else has an installation, and where that is written, by the nodes that answer: whoever has the
/// lock is named before anything else is looked at that their work changes.
pub async fn held_by_another<T: Transport>(
    way: &T,
    nodes: &[NodeName],
    run: &str,
    owner: &str,
) -> Option<(LockedBy, NodeName)> {
    let answers = nodes.iter().zip(read(way, nodes).await);
    let mut there = answers.filter_map(|(node, answer)| Some((node, answer.ok()?)));
    there.find_map(|(node, answer)| anothers(node, &answer, run, owner))
}

/// What a node's lock says, where it is not the one of this run and owner.
fn anothers(
    node: &NodeName,
    answer: &LockAnswer,
    run: &str,
    owner: &str,
) -> Option<(LockedBy, NodeName)> {
    let by = answer.by.as_ref().filter(|by| !(by.run == run && by.owner == owner))?;
    Some((by.clone(), node.clone()))
}

/// The last generation of a journal: whoever takes its run up takes a higher one, though the nodes
/// that saw it may all be silent now.
#[must_use]
pub fn last_generation(read: &JournalText) -> u64 {
    let of = |record: &Record| match record.event {
        Event::Attached { generation, .. } => Some(generation),
        _ => None,
    };
    read.records.iter().filter_map(of).max().unwrap_or(0)
}

/// Whether somebody has taken the installation over since a generation was taken, by the nodes that
/// answer, and who it was: nobody may have it any more.
pub async fn taken_over<T: Transport>(
    way: &T,
    nodes: &[NodeName],
    generation: u64,
) -> Option<Option<LockedBy>> {
    let answers = read(way, nodes).await.into_iter().flatten();
    answers.filter(|answer| answer.highest > generation).map(|answer| answer.by).next()
}

/// What lies on each node; a silent one holds the others up no longer than itself.
async fn read<T: Transport>(way: &T, nodes: &[NodeName]) -> Vec<Result<LockAnswer, Failure>> {
    together(nodes.iter().map(|node| way.lock(node, &LockOrder::Read))).await
}

/// Gives it back; where a node does not answer, its lock stays and says whose it was.
pub async fn release<T: Transport>(way: &T, nodes: &[NodeName], generation: u64) -> Vec<Failure> {
    let order = LockOrder::Release { generation };
    let answers = together(nodes.iter().map(|node| way.lock(node, &order))).await;
    answers.into_iter().filter_map(Result::err).collect()
}

/// Gives back whatever a run has of the lock: its process was stopped while it took it.
pub async fn let_go<T: Transport>(way: &T, nodes: &[NodeName], run: &str, owner: &str) {
    let mut held = BTreeSet::new();
    for answer in read(way, nodes).await.into_iter().flatten() {
        held.extend(
            answer.by.filter(|by| by.run == run && by.owner == owner).map(|by| by.generation),
        );
    }
    for generation in held {
        release(way, nodes, generation).await;
    }
}

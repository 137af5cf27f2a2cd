//! Plan and journal on every reachable node: another operator, on another machine, goes on from any
//! of them.
//!
//! Where the journal here lost its tail, a copy that goes on from it wins.
//!
//! A copy may lag behind: what a lost tail announced is found in the jobs on the nodes, whose names
//! come out the same when the run is taken up again, and which start nothing twice.

use std::collections::BTreeSet;
use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use ctsup_core::run::{JournalText, Record, Run};
use ctsup_core::{Event, NodeName, Plan};

use crate::driver::Manner;
use crate::folder::{JOURNAL, PLAN};
use crate::store::Store;
use crate::together::together;
use crate::transport::{Look, Over, Put, PutAnswer, SHORT, Transport, quoted};

/// A copy under way; it ends with the nodes that have the plan then.
type Work<'w> = Pin<Box<dyn Future<Output = BTreeSet<NodeName>> + Send + 'w>>;

/// Keeps the copies up to date while a run goes on.
pub(crate) struct Copier<'w, T> {
    way: &'w T,
    /// The run's directory on the nodes; none where no copies are wanted.
    dir: Option<String>,
    nodes: Vec<NodeName>,
    generation: u64,
    plan: Arc<[u8]>,
    /// Nodes that have the plan: a journal beside no plan is of no use.
    planned: BTreeSet<NodeName>,
    /// Bytes of the journal that are copied or under way.
    length: usize,
    work: Option<Work<'w>>,
}

/// How long the last copy may hold a run up that is over anyway.
const LAST: Duration = Duration::from_secs(15);

impl<'w, T: Transport> Copier<'w, T> {
    pub(crate) fn new(way: &'w T, manner: &Manner, run: &Run, name: &str) -> Self {
        let dir = manner.copies.as_ref().map(|base| dir(base, name));
        let plan = dir.as_ref().map(|_| run.plan().to_json().into_bytes()).unwrap_or_default();
        Self {
            way,
            plan: plan.into(),
            planned: BTreeSet::new(),
            dir,
            nodes: run.plan().topology.nodes.keys().cloned().collect(),
            generation: run.session().map_or(0, |session| session.generation),
            length: 0,
            work: None,
        }
    }

    /// Begins a copy where there is something new and none is under way.
    pub(crate) fn catch_up(&mut self, journal: &str) {
        let Some(dir) = &self.dir else { return };
        if self.work.is_some() || journal.len() == self.length {
            return;
        }
        self.length = journal.len();
        let (way, generation, nodes) = (self.way, self.generation, self.nodes.clone());
        let (plan, mut planned) = (self.plan.clone(), self.planned.clone());
        let (dir, journal) = (dir.clone(), journal.as_bytes().to_vec());
        self.work = Some(Box::pin(async move {
            let put = |name: &str, bytes: &[u8]| Put {
                path: format!("{dir}/{name}"),
                bytes: bytes.to_vec(),
                over: Over::Anything,
                generation,
            };
            let has = planned.clone();
            // A node that does not answer has the copy before, or none, and holds up nobody else's.
            let copies = nodes.iter().map(|node| async {
                if !has.contains(node) {
                    let answer = way.put(node, &put(PLAN, &plan)).await;
                    if answer != Ok(PutAnswer::Written) {
                        return None;
                    }
                }
                let _ = way.put(node, &put(JOURNAL, &journal)).await;
                Some(node.clone())
            });
            planned.extend(together(copies).await.into_iter().flatten());
            planned
        }));
    }

    pub(crate) fn is_busy(&self) -> bool {
        self.work.is_some()
    }

    /// Goes on with the copy under way until it is made.
    pub(crate) async fn work(&mut self) {
        if let Some(work) = &mut self.work {
            self.planned = work.as_mut().await;
            self.work = None;
        }
    }

    /// Brings the copies to the journal's end, within a bounded time.
    pub(crate) async fn finish(&mut self, journal: &str) {
        if self.dir.is_none() {
            return;
        }
        let all = async {
            self.work().await;
            self.catch_up(journal);
            self.work().await;
        };
        // Whether or not it was in time, the journal itself is whole.
        let _ = tokio::time::timeout(LAST, all).await;
    }
}

fn dir(base: &str, run: &str) -> String {
    format!("{base}/runs/{run}")
}

/// A run as a node keeps it.
#[derive(Debug, Clone, PartialEq)]
pub struct Copy {
    /// Its name.
    pub run: String,
    /// Which node had the longest journal.
    pub node: NodeName,
    /// Its plan.
    pub plan: Plan,
    /// Its journal's text, whole lines only.
    pub journal: String,
}

/// Why a journal can't be gone on with.
#[derive(Debug, thiserror::Error)]
pub enum Behind {
    /// The run went on elsewhere, from before the end of this journal.
    #[error("the run went on elsewhere, as {0} tells")]
    Elsewhere(NodeName),
    /// What a node knows more can't be written down here.
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// Brings a journal that was read here up to what the nodes know of its run: a tail lost here (a disk
/// that failed, a machine that lost its power) is found there. Which node knew more, if one did.
///
/// A shorter copy that tells otherwise is a tail that was lost here before the run was taken up again,
/// unless somebody else took it up there.
///
/// # Errors
/// When the run went on elsewhere, or the journal can't be written.
pub async fn caught_up<T: Transport, S: Store>(
    way: &T,
    nodes: &[NodeName],
    base: &str,
    store: &mut S,
    read: JournalText,
) -> Result<(JournalText, Option<NodeName>), Behind> {
    let here = text_of(&read);
    let all = whole_copies(way, nodes, base, Some(&read.header.run)).await;
    for copy in &all {
        let same = here.bytes().zip(copy.journal.bytes()).take_while(|(a, b)| a == b).count();
        let tail = &copy.journal[copy.journal[..same].rfind('\n').map_or(0, |at| at + 1)..];
        let ends = same == here.len() || same == copy.journal.len();
        if !ends && tail.lines().any(is_taking_up) {
            return Err(Behind::Elsewhere(copy.node.clone()));
        }
    }
    let Some(copy) = longest(all) else { return Ok((read, None)) };
    if here.starts_with(&copy.journal) {
        return Ok((read, None));
    }
    let Some(more) = copy.journal.strip_prefix(&here) else {
        return Err(Behind::Elsewhere(copy.node));
    };
    store.append(more)?;
    store.keep()?;
    let read = JournalText::read(copy.journal.as_bytes()).map_err(io::Error::other)?;
    Ok((read, Some(copy.node)))
}

fn is_taking_up(line: &str) -> bool {
    let record = serde_json::from_str::<Record>(line);
    record.is_ok_and(|record| matches!(record.event, Event::Attached { .. }))
}

/// The whole lines of a journal that was read.
fn text_of(read: &JournalText) -> String {
    let records = read.records.iter().map(Record::line);
    std::iter::once(read.header.line()).chain(records).collect()
}

/// Fetches a run's copy from the nodes: of those that are whole, the longest journal. Without a name
/// the run whose journal was written last on the first node that answers.
pub async fn fetch<T: Transport>(
    way: &T,
    nodes: &[NodeName],
    base: &str,
    run: Option<&str>,
) -> Option<Copy> {
    longest(whole_copies(way, nodes, base, run).await)
}

/// The longest journal; of equal ones the first node's.
fn longest(all: Vec<Copy>) -> Option<Copy> {
    all.into_iter().rev().max_by_key(|copy| copy.journal.len())
}

/// What each node has of a run, where it is whole.
async fn whole_copies<T: Transport>(
    way: &T,
    nodes: &[NodeName],
    base: &str,
    run: Option<&str>,
) -> Vec<Copy> {
    let mut all = Vec::new();
    let mut name = run.map(str::to_owned);
    for node in nodes {
        if name.is_none() {
            let newest =
                format!("ls -t {}/*/{JOURNAL} | head -n 1", quoted(&format!("{base}/runs")));
            let Ok(answer) = way.look(node, &Look::new(newest, SHORT)).await else { continue };
            let path = answer.out_text();
            name = path.trim().rsplit('/').nth(1).filter(|n| !n.is_empty()).map(str::to_owned);
        }
        let Some(name) = &name else { continue };
        let dir = dir(base, name);
        let Ok(Some(plan)) = way.get(node, &format!("{dir}/{PLAN}")).await else { continue };
        let Ok(Some(journal)) = way.get(node, &format!("{dir}/{JOURNAL}")).await else {
            continue;
        };
        let Ok(plan) = Plan::read(&String::from_utf8_lossy(&plan.bytes)) else { continue };
        let Ok(read) = JournalText::read(&journal.bytes) else { continue };
        if read.header.digest != plan.digest {
            continue;
        }
        let journal = String::from_utf8_lossy(&journal.bytes[..read.whole]).into_owned();
        all.push(Copy { run: name.clone(), node: node.clone(), plan, journal });
    }
    all
}

//! The order of steps, and the waits that no other waits imply.

use std::collections::{BTreeSet, BinaryHeap};

use super::PlanBuilder;
use crate::plan::graph::Bits;

impl PlanBuilder {
    /// A topological order that follows the order of adding where it can.
    pub(super) fn order(&self) -> Vec<usize> {
        let mut open = vec![0_usize; self.drafts.len()];
        let mut later: Vec<Vec<usize>> = vec![Vec::new(); self.drafts.len()];
        for (from, to) in self.edges.keys() {
            open[*to] += 1;
            later[*from].push(*to);
        }
        let rank = |i: usize| std::cmp::Reverse((self.drafts[i].rank, i));
        let mut ready: BinaryHeap<_> =
            (0..open.len()).filter(|i| open[*i] == 0).map(rank).collect();
        let mut order = Vec::with_capacity(open.len());
        while let Some(std::cmp::Reverse((_, next))) = ready.pop() {
            order.push(next);
            for to in &later[next] {
                open[*to] -= 1;
                if open[*to] == 0 {
                    ready.push(rank(*to));
                }
            }
        }
        assert_eq!(
            order.len(),
            open.len(),
            "procedures never contradict each other: {}",
            self.circle(&open)
        );
        order
    }

    /// A circle of waits among the steps that never became free, each wait with its reasons: what a
    /// developer needs who made procedures contradict each other.
    pub(super) fn circle(&self, open: &[usize]) -> String {
        let Some(mut at) = open.iter().position(|waits| *waits > 0) else { return String::new() };
        let mut path = vec![at];
        // Each of these waits for another of these: going back finds a circle.
        loop {
            let earlier = self.edges.keys().find(|(from, to)| *to == at && open[*from] > 0);
            let Some((from, _)) = earlier else { return String::new() };
            at = *from;
            if let Some(start) = path.iter().position(|step| step == from) {
                path.drain(..start);
                break;
            }
            path.push(at);
        }
        path.push(path[0]);
        let waits = path.windows(2).map(|pair| {
            let because = &self.edges[&(pair[1], pair[0])];
            format!("\n  {} waits for {}: {because:?}", self.id(pair[0]), self.id(pair[1]))
        });
        waits.collect()
    }

    /// The waits that no other waits imply.
    pub(super) fn reduced(&self, order: &[usize], place: &[usize]) -> BTreeSet<(usize, usize)> {
        let mut earlier: Vec<Vec<usize>> = vec![Vec::new(); order.len()];
        for (from, to) in self.edges.keys() {
            earlier[*to].push(*from);
        }
        let mut before = vec![Bits::empty(order.len()); order.len()];
        let mut kept = BTreeSet::new();
        for step in order {
            // The latest first: what it waits for itself needs no wait of its own.
            earlier[*step].sort_unstable_by_key(|from| std::cmp::Reverse(place[*from]));
            let mut all = Bits::empty(order.len());
            for from in &earlier[*step] {
                if !all.has(*from) {
                    kept.insert((*from, *step));
                    all.insert(*from);
                    all.join(&before[*from]);
                }
            }
            before[*step] = all;
        }
        kept
    }
}

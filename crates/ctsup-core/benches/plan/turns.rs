//! Both programs in turn on every site: whatever else the machine does meets both alike.

use std::time::{Duration, Instant};

use ctsup_core::{Catalogue, Outcome, Plan, topology};

use crate::{GOAL, bare};

/// Where the time of one pass over all sites went.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Spent {
    /// TOML text to a checked topology and facts.
    pub(crate) parse: Duration,
    /// Topology to a plan, its digest included.
    pub(crate) plan: Duration,
    /// The digest again, by itself: a part of `plan`.
    pub(crate) digest: Duration,
    /// Plan to JSON.
    pub(crate) write: Duration,
    pub(crate) bare: bare::Spent,
    pub(crate) steps: usize,
    pub(crate) bytes: usize,
}

impl Spent {
    pub(crate) fn all(&self) -> Duration {
        self.parse + self.plan + self.write
    }

    pub(crate) fn ratio(&self) -> f64 {
        self.all().as_secs_f64() / self.bare.all().as_secs_f64()
    }
}

/// One pass.
pub(crate) fn take(texts: &[String]) -> Spent {
    let mut spent = Spent::default();
    for text in texts {
        let start = Instant::now();
        let parsed = topology::parse(text, None);
        let read = Instant::now();
        let plan = planned(&parsed);
        let made = Instant::now();
        let json = std::hint::black_box(plan.to_json());
        let written = Instant::now();
        assert_eq!(plan.digest, plan.computed_digest(), "the digest is that of the plan");
        spent.digest += written.elapsed();
        spent.parse += read - start;
        spent.plan += made - read;
        spent.write += written - made;
        spent.steps += plan.steps.len();
        spent.bytes += json.len();
        bare::run(text, &plan, &mut spent.bare);
    }
    spent
}

/// The pass with the median ratio, of so many.
pub(crate) fn median(passes: usize, texts: &[String]) -> Spent {
    let mut all: Vec<Spent> = (0..passes).map(|_| take(texts)).collect();
    all.sort_by(|one, other| one.ratio().total_cmp(&other.ratio()));
    all[passes / 2]
}

/// The plan of a site that has one.
pub(crate) fn planned(parsed: &topology::Parsed) -> Plan {
    match ctsup_core::plan_from(parsed, Catalogue::built_in(), GOAL, None) {
        Outcome::Ready(planned) => planned.plan,
        other => panic!("every site has a plan: {:?}", other.diagnostics()),
    }
}

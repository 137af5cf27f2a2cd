//! A node for tests: a directory of this machine.

use std::time::Duration;

use ctsup_core::NodeName;
use ctsup_executor::transport::{Base, Job, JobKey, LockOrder, LockedBy, Look, Reach, Real};
use tempfile::TempDir;

/// The machine as a node, with a directory of its own.
pub(crate) struct Here {
    pub(crate) dir: TempDir,
    pub(crate) way: Real,
    pub(crate) node: NodeName,
}

pub(crate) fn name() -> NodeName {
    "cts-01".parse().expect("a name")
}

impl Here {
    pub(crate) fn new() -> Self {
        let dir = TempDir::new().expect("a directory");
        let base = Base::at(dir.path().join("ctsup").to_str().expect("UTF-8"));
        let way = Real::here([name()], Reach::new(base));
        Self { dir, way, node: name() }
    }

    pub(crate) fn path(&self, name: &str) -> String {
        self.dir.path().join(name).to_str().expect("UTF-8").to_owned()
    }
}

pub(crate) fn look(script: &str) -> Look {
    Look::new(script, Duration::from_secs(20))
}

pub(crate) fn job(step: &str, attempt: u32, commands: &[&str]) -> Job {
    Job {
        key: JobKey { run: "r1".to_owned(), step: step.into(), attempt, part: 1 },
        commands: commands.iter().map(|c| (*c).to_owned()).collect(),
        cwd: None,
        generation: 1,
        terminal: false,
    }
}

pub(crate) fn take(generation: u64, over: Option<u64>) -> LockOrder {
    let by = LockedBy {
        generation,
        run: format!("r{generation}"),
        owner: format!("anna@laptop-{generation}"),
    };
    LockOrder::Take { by, over }
}

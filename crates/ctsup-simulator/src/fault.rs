//! Faults on demand: at which call of which command on which node what goes wrong.

/// A fault that waits for its moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// On which node; everywhere where there is none.
    pub node: Option<String>,
    /// A part of the command's text.
    pub command: String,
    /// At which matching call, counted from 1; 0 means at each.
    pub nth: u32,
    /// What goes wrong.
    pub kind: Kind,
}

/// What goes wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// The command does nothing and exits with this code.
    Fail(i32),
    /// The command does all of its work and exits with this code.
    FailAfter(i32),
    /// The command never ends and does nothing.
    Hang,
    /// The command begins so many milliseconds later.
    Slow(u64),
    /// The connection to the node breaks before, during or after the command.
    Drop(Moment),
    /// The executor dies before, during or after the command.
    KillExecutor(Moment),
    /// The node loses its power before, during or after the command, and stays off.
    KillNode(Moment),
    /// The same, and it boots again.
    Reboot(Moment),
    /// The answer holds this instead of what the command printed.
    Corrupt(String),
    /// The disk with this path has no room left from now on.
    DiskFull(String),
}

/// When, seen from the command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    /// Before it does anything.
    Before,
    /// In the middle, so many milliseconds after it began.
    During(u64),
    /// After it did everything.
    After,
}

/// What those outside see of a fault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Signal {
    /// The connection to a node broke.
    Dropped {
        /// To which node.
        node: String,
    },
    /// The executor died.
    ExecutorKilled,
}

/// All faults of a world, and how often each has matched.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Faults {
    waiting: Vec<(Fault, u32)>,
    of_steps: Vec<(String, Kind)>,
}

impl Faults {
    /// Adds one.
    pub fn add(&mut self, fault: Fault) {
        self.waiting.push((fault, 0));
    }

    /// Adds one that strikes once, at the first command that a step's job calls.
    pub fn add_to_step(&mut self, step: &str, kind: Kind) {
        self.of_steps.push((format!("/{step}/"), kind));
    }

    /// The steps whose faults have not struck.
    #[must_use]
    pub fn left(&self) -> Vec<String> {
        self.of_steps.iter().map(|(step, _)| step.trim_matches('/').to_owned()).collect()
    }

    /// The faults whose moment this call is; `job` is the job that calls, by its name.
    pub(crate) fn strike(&mut self, node: &str, text: &str, job: Option<&str>) -> Vec<Kind> {
        let mut struck = Vec::new();
        if let Some(job) = job
            && let Some(at) = self.of_steps.iter().position(|(step, _)| job.contains(step))
        {
            struck.push(self.of_steps.remove(at).1);
        }
        for (fault, seen) in &mut self.waiting {
            let here = fault.node.as_deref().is_none_or(|n| n == node);
            if here && text.contains(&fault.command) {
                *seen += 1;
                if fault.nth == 0 || fault.nth == *seen {
                    struck.push(fault.kind.clone());
                }
            }
        }
        struck
    }
}

//! The applications of one host. Docker keeps the volumes of all of them side by side, so a copy of
//! the volumes is cold only while all of them are stopped: they stop together, are copied once, and
//! start each by its own chapter (invariant 2 before the chapters' order).

use super::server::{Rows, Server};
use crate::action::dpl::Brings;
use crate::name::{App, Stack};
use crate::plan::Because;
use crate::plan::builder::Added;
use crate::planner::Planner;
use crate::state::Atom;

/// One application of a host: to be changed by this plan, or stopped only for the copy.
pub(super) struct Part<'s> {
    pub(super) server: &'s Server,
    pub(super) due: bool,
}

impl<'s> Part<'s> {
    /// An application that is changed where its release is not the wanted one.
    pub(super) fn of(p: &Planner<'_>, server: &'s Server) -> Self {
        Self { server, due: server.needs_deploy(p) }
    }
}

/// VoEx on the host of a CTS, as a plan that leaves it as it is stops and starts it.
pub(super) fn voex_of(p: &Planner<'_>, server: &Server) -> Option<Server> {
    let stack = Stack::new(&server.stack.node, App::Voex);
    let rows = Rows { stop: &[], back_up: &[], logs: None, ..server.rows };
    let there = p.site.stacks().contains(&stack);
    there.then(|| Server { stack, rows, database: false, brings: Brings::Same, ..server.clone() })
}

/// The applications of a host at rest, and copied.
#[derive(Default)]
pub(super) struct Rest {
    /// Their stops, in their order.
    pub(super) stops: Vec<Added>,
    pub(super) back_up: Added,
}

impl Rest {
    /// All of its steps.
    pub(super) fn steps(&self) -> impl Iterator<Item = Added> + '_ {
        self.stops.iter().copied().chain([self.back_up])
    }

    /// The first stop.
    pub(super) fn first(&self) -> Added {
        self.stops.iter().copied().find(Option::is_some).flatten()
    }
}

/// Stops the applications in this order, all of them where a copy is still to be made, and copies.
pub(super) fn rest(p: &mut Planner<'_>, parts: &[Part<'_>]) -> Rest {
    let safe = |p: &Planner<'_>, server: &Server| {
        p.steps.has(&Atom::BackedUp(p.site.data_of(&server.stack)))
    };
    let copied = parts.iter().all(|part| !part.due || safe(p, part.server));
    let mut stops = Vec::new();
    for part in parts {
        if part.due || !copied {
            stops.push(part.server.stop(p));
        }
    }
    // One interruption after the other.
    p.steps.chain(&stops, &Because::Invariant(4));
    // The copy is that of CTS where there is CTS; one that is there already is left out.
    let express = |part: &&Part<'_>| part.server.stack.app == App::Express;
    let due = |part: &&Part<'_>| part.due;
    let whose = if copied { parts.iter().find(due) } else { parts.iter().find(express) };
    let Some(whose) = whose.or(parts.iter().find(due)) else { return Rest::default() };
    let back_up = whose.server.back_up(p);
    for stop in &stops {
        p.steps.after(back_up, *stop, Because::Invariant(2));
        if let Some(row) = whose.server.rows.back_up.last() {
            p.steps.after(back_up, *stop, Because::Row(*row));
        }
    }
    Rest { stops, back_up }
}

/// Starts again, as they were, the applications that were stopped for the copy alone.
pub(super) fn wake(p: &mut Planner<'_>, parts: &[Part<'_>], last: &[Added]) -> Added {
    let mut woken = None;
    for part in parts.iter().filter(|part| !part.due) {
        let stack = &part.server.stack;
        let down = p.known_start && !p.steps.has(&Atom::Running(stack.clone()));
        if !down && !p.steps.has(&Atom::Stopped(stack.clone())) {
            continue;
        }
        let start = part.server.start(p, "start");
        // One job at a time on a host.
        for earlier in last.iter().copied().chain([woken]) {
            p.steps.after(start, earlier, Because::Invariant(34));
        }
        let logs = part.server.read_logs(p);
        p.steps.after(logs, start, Because::Invariant(35));
        woken = logs.or(start).or(woken);
    }
    woken
}

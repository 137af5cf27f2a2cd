//! The guide's procedures, one file each, and how goals are made of them.

use std::collections::BTreeMap;

use crate::name::NodeName;
use crate::plan::{Goal, LeftOut, ReadingTaken, Step};
use crate::planner::Planner;
use crate::topology::{Layout, Method, Parsed, Topology};

mod ansible;
mod beside;
mod certificate;
mod checks;
mod cleanup;
mod cluster;
mod ending;
mod ha;
mod images;
mod lists;
mod own;
mod postgres;
mod readings;
mod restore;
mod rollback;
mod server;
mod single;
mod split;
mod web_client;

pub use self::readings::all_readings;

/// Adds what the goal needs.
pub(crate) fn add(p: &mut Planner<'_>) {
    match p.goal {
        Goal::Upgrade => upgrade(p),
        Goal::Postgres => postgres::alone(p),
        Goal::Registry => images::registry(p),
        Goal::Rollback => rollback::add(p),
        Goal::Certificate => certificate::add(p),
        Goal::WebClient => web_client::add(p),
        Goal::Cleanup => cleanup::add(p),
    }
    own::add(p);
}

fn upgrade(p: &mut Planner<'_>) {
    if checks::upgrade(p) == checks::Verdict::NothingToDo {
        p.nothing_to_do();
        return;
    }
    match (&p.site.layout, &p.site.method) {
        (Layout::Ha { back, front }, Method::Manual) => ha::add(p, back, front),
        (Layout::Single(host), Method::Manual) => single::add(p, host),
        (Layout::Split { back, front }, Method::Manual) => split::add(p, back, front),
        (_, Method::Ansible { control, dir }) => ansible::upgrade(p, control, dir),
    }
}

/// The readings of ambiguities that a plan's steps touch.
pub(crate) fn readings(site: &Topology, steps: &[Step], left_out: &[LeftOut]) -> Vec<ReadingTaken> {
    readings::touched(site, steps, left_out)
}

/// Saved image lists become facts.
pub(crate) fn image_lists(parsed: &mut Parsed, lists: &BTreeMap<NodeName, String>) {
    lists::learn(parsed, lists);
}

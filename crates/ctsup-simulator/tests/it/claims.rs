//! What a plan rests on, tested on simulated hosts before anything is changed.

use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use ctsup_core::{Atom, Claim, Plan};
use ctsup_executor::claims::{self, Tested};
use ctsup_simulator::{Simulation, Way, World};

use crate::{by_hand, example};

/// Hosts answer as soon as they are asked.
fn now<A>(work: impl Future<Output = A>) -> A {
    let mut work = pin!(work);
    let mut context = Context::from_waker(Waker::noop());
    loop {
        if let Poll::Ready(answer) = work.as_mut().poll(&mut context) {
            return answer;
        }
    }
}

fn tested<'p>(plan: &'p Plan, hosts: &Simulation) -> Vec<(&'p Claim, Tested)> {
    now(claims::test(&Way::new(hosts.clone()), plan))
}

fn of<'t>(all: &'t [(&Claim, Tested)], fact: &str) -> &'t Tested {
    let found = all.iter().find(|(claim, _)| claim.fact == fact);
    &found.unwrap_or_else(|| panic!("{fact} is asked")).1
}

#[test]
fn an_idle_node_without_docker_is_named_as_that() {
    let plan = example::planned("ha");
    let hosts = Simulation::new(World::of(&plan, 7));
    let all = tested(&plan, &hosts);
    let active = |node: &str| {
        let mut start = plan.start.atoms();
        start.any(|atom| matches!(atom, Atom::Active(at) if at.as_str() == node))
    };
    let mut idle = 0;
    for (claim, tested) in &all {
        let node = claim.fact.strip_prefix("free-images(").map(|rest| rest.trim_end_matches(')'));
        match node {
            Some(node) if !active(node) => {
                idle += 1;
                assert_eq!(*tested, Tested::Untold("ctsup:no-docker".to_owned()), "{node}");
            }
            _ => assert_eq!(*tested, Tested::Holds, "{}", claim.fact),
        }
    }
    assert_eq!(idle, 2);
}

/// Nobody stops services for a copy that has nowhere to go.
#[test]
fn a_backup_without_its_directory_falls() {
    let plan = example::planned("ha");
    let hosts = Simulation::new(World::of(&plan, 7));
    for node in ["back-01", "back-02"] {
        by_hand::run(&hosts, node, None, "rm -rf /backup");
    }
    let all = tested(&plan, &hosts);
    let gone = Tested::Fell("ctsup:no-directory\t/backup".to_owned());
    assert_eq!(*of(&all, "free-backup(back)"), gone);
    assert_eq!(*of(&all, "free-backup(front)"), Tested::Holds);
}

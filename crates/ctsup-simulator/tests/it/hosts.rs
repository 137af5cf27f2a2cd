//! The hosts by themselves: shell, clusters of both generations, failover, faults.

use ctsup_core::reader::{cluster, constraints};
use ctsup_simulator::fault::{Fault, Kind, Moment};
use ctsup_simulator::{Simulation, World};

use crate::{by_hand, example};

fn hosts(name: &str) -> Simulation {
    Simulation::new(World::of(&example::planned(name), 7))
}

fn said(simulation: &Simulation, node: &str, line: &str) -> (Option<i32>, String) {
    let seen = by_hand::run(simulation, node, None, line);
    (seen.code, seen.printed.out)
}

#[test]
fn the_shell_understands_what_is_typed() {
    let hosts = hosts("single");
    for (line, code, out) in [
        ("echo 'a b' \"c $HOME\" && false || echo d; echo e | grep e", 0, "a b c \nd\ne\n"),
        ("mkdir -p /tmp/x/y; (cd /tmp/x && ls); pwd 2>/dev/null || echo here", 0, "y\nhere\n"),
        ("echo one > /tmp/f; echo two >> /tmp/f; cat /tmp/f | wc -l", 0, "2\n"),
        ("(set -C; echo again > /tmp/f)", 1, ""),
        ("diff <(echo a) <(echo a) && echo same", 0, "same\n"),
        ("X=1 true; if [ -e /tmp/f ]; then echo there; fi", 0, "there\n"),
        ("no-such-program", 127, ""),
        ("for x in a b; do echo $x; done", 0, "a\nb\n"),
        ("for x in a; do", 2, ""),
    ] {
        let (found, printed) = said(&hosts, "cts", line);
        assert_eq!((found, printed.as_str()), (Some(code), out), "{line}");
    }
}

/// Ids of the constraints that are left.
fn left(simulation: &Simulation, node: &str) -> Vec<String> {
    let (_, text) = said(simulation, node, "pcs constraint --full");
    let read = constraints::read(&text).expect("constraints");
    read.locations.into_iter().filter_map(|l| l.id).collect()
}

fn active(simulation: &Simulation, node: &str) -> Option<String> {
    let (_, text) = said(simulation, node, "pcs status xml");
    let read = cluster::read(&text).expect("a cluster");
    read.active_node("dockerd").ok().map(str::to_owned)
}

#[test]
fn moves_of_both_generations() {
    // 0.9: returns at once and leaves its constraint.
    let old = hosts("ha");
    let from = active(&old, "back-01").expect("it runs");
    let (code, _) = said(&old, "back-01", "pcs resource move dockerd back-02.romashka.example");
    assert_eq!((code, active(&old, "back-01")), (Some(0), None));
    old.pass(10_000);
    assert_ne!(active(&old, "back-01"), Some(from));
    assert_eq!(left(&old, "back-01"), ["cli-prefer-dockerd"]);
    // 0.11: waits and takes it away; a move to where it runs fails.
    let new = hosts("ha-vendor");
    let there = "pcs resource move dockerd back-02.romashka.example";
    assert_eq!(said(&new, "back-01", there).0, Some(0));
    assert_eq!(active(&new, "back-01").as_deref(), Some("back-02.romashka.example"));
    assert_eq!(left(&new, "back-01"), [""; 0]);
    assert_eq!(said(&new, "back-01", there).0, Some(1));
    assert_eq!(said(&new, "back-01", "pcs resource move dockerd back-01").0, Some(1));
    // One that fails leaves its constraint.
    new.with(|w| {
        let back = w.clusters.get_mut("back").expect("a cluster");
        let docker = back.resources.iter_mut().find(|r| r.id == "dockerd").expect("it is there");
        docker.broken_on.insert("back-01".to_owned());
    });
    let back = "pcs resource move dockerd back-01.romashka.example";
    assert_eq!(said(&new, "back-01", back).0, Some(1));
    assert_eq!(left(&new, "back-01"), ["cli-prefer-dockerd"]);
}

#[test]
fn a_dead_node_is_taken_over_and_comes_back_with_another_boot_id() {
    let hosts = hosts("ha-vendor");
    let boot = |hosts: &Simulation| hosts.with(|w| w.nodes["back-01"].boot_id());
    let before = boot(&hosts);
    hosts.with(|w| w.reboot("back-01"));
    hosts.pass(15_000);
    assert_eq!(active(&hosts, "back-02").as_deref(), Some("back-02.romashka.example"));
    let up = hosts.with(|w| w.nodes["back-02"].docker.containers.values().any(|c| c.is_up()));
    assert!(up, "old containers start where dockerd arrives");
    hosts.pass(120_000);
    assert_ne!(boot(&hosts), before);
    assert_eq!(active(&hosts, "back-01").as_deref(), Some("back-02.romashka.example"));
}

#[test]
fn faults_strike_at_their_call() {
    let hosts = hosts("single");
    let add = |nth, kind| {
        let fault = Fault { node: Some("cts".to_owned()), command: "echo".to_owned(), nth, kind };
        hosts.with(|w| w.faults.add(fault));
    };
    add(1, Kind::Fail(7));
    add(2, Kind::FailAfter(8));
    add(3, Kind::Corrupt("?".to_owned()));
    add(4, Kind::KillNode(Moment::After));
    assert_eq!(said(&hosts, "cts", "echo a"), (Some(7), String::new()));
    assert_eq!(said(&hosts, "cts", "echo a"), (Some(8), "a\n".to_owned()));
    assert_eq!(said(&hosts, "cts", "echo a"), (Some(0), "?".to_owned()));
    assert_eq!(said(&hosts, "cts", "echo a"), (None, "a\n".to_owned()));
    let last = hosts.with(|w| w.calls.last().cloned()).expect("it was begun");
    assert_eq!(last.ended, None);
}

#[test]
fn the_same_seed_gives_the_same_night() {
    let plan = example::planned("split");
    let end = |seed| {
        let hosts = Simulation::new(World::of(&plan, seed));
        by_hand::carry_out(&plan, &hosts);
        hosts.with(|w| (w.calls.clone(), w.now))
    };
    assert_eq!(end(3), end(3));
    assert_ne!(end(3).1, end(4).1);
}

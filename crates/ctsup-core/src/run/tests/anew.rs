//! Failed moves, what a look says of them, and planning anew from a run that stopped.

use super::*;
use crate::action::{Action, Pcs, Unit};
use crate::fact::{FactKey, FactValue, Origin};
use crate::name::ClusterName;
use crate::planner::{inputs_since, plan_from};
use crate::state::{Atom, is, is_not};
use crate::topology::Parsed;

fn is_move(step: &Step) -> bool {
    matches!(step.action, Action::Pcs(Pcs::Move { .. }))
}

fn nodes_of(plan: &Plan, id: &StepId) -> (NodeName, NodeName, ClusterName) {
    match &plan.step(id.as_str()).expect("a step").action {
        Action::Pcs(Pcs::Move { from, to, cluster, .. }) => (from.clone(), to.clone(), *cluster),
        other => panic!("{other:?}"),
    }
}

/// A run whose first move failed; it is taken up again, and a look is due.
fn failed_move(plan: &Arc<Plan>) -> (Told, StepId) {
    let id = step_where(plan, is_move);
    let mut told = Told::new(plan);
    told.up_to(id.as_str());
    let attempt = told.send(&id);
    told.end(&id, attempt, 1);
    let (reason, seen) = ("move-failed".to_owned(), "Error: resource not moved".to_owned());
    told.tell(Event::Failed { code: Some(1), reason, seen, step: id.clone() });
    told.attach(2);
    assert_eq!(told.run.next(&Limits::default()), Next::Probe(id.clone()));
    (told, id)
}

fn looked(told: &mut Told, id: &StepId, verdict: Verdict) {
    told.tell(Event::Probed { seen: "back-01".to_owned(), step: id.clone(), verdict });
}

#[test]
fn a_move_that_a_look_found_undone_begins_again() {
    let plan = planned(HA);
    let (mut told, id) = failed_move(&plan);
    let (from, _, cluster) = nodes_of(&plan, &id);
    assert!(!told.run.state().has(&Atom::GatePassed(cluster)), "unknown until somebody looked");
    assert_eq!(told.run.stop_report().in_doubt.len(), 1);
    looked(&mut told, &id, Verdict::NotDone);
    assert_eq!(told.run.next(&Limits::default()), Next::Start(id.clone()));
    let state = told.run.state();
    assert!(state.meets(&is(Atom::Active(from))) && state.meets(&is(Atom::GatePassed(cluster))));
    assert!(!state.has(&Atom::Moved(cluster)), "nothing moved");
    // What a failed move leaves, whatever was seen of the resources.
    let report = told.run.stop_report();
    assert_eq!(report.in_doubt, []);
    let left = report.debts.iter().find(|d| d.debt == Atom::Constraint(cluster));
    assert!(!left.expect("the constraint is named").certain);
    // Sent once more it is in doubt once more.
    let attempt = told.send(&id);
    told.end(&id, attempt, 1);
    assert!(!told.run.state().has(&Atom::GatePassed(cluster)));
    assert_eq!(told.run.stop_report().in_doubt.len(), 1);
}

#[test]
fn a_move_that_a_person_wants_repeated_begins_again() {
    let plan = planned(HA);
    let (mut told, id) = failed_move(&plan);
    looked(&mut told, &id, Verdict::Unclear);
    let (by, note) = ("anna".to_owned(), String::new());
    told.tell(Event::Answered { answer: Answer::Again, by, note, step: id.clone() });
    assert_eq!(told.run.next(&Limits::default()), Next::Start(id));
}

fn since(facts: Option<&str>) -> Parsed {
    let lists = BTreeMap::new();
    let (catalogue, goal) = (Catalogue::built_in(), Goal::Upgrade);
    inputs_since(&Request { topology: HA, facts, image_lists: &lists, catalogue, goal })
}

fn anew(run: &Run, mut parsed: Parsed) -> (State, Outcome) {
    let state = run.anew(&mut parsed);
    let outcome = plan_from(&parsed, Catalogue::built_in(), Goal::Upgrade, Some(&state));
    (state, outcome)
}

fn from_plan(outcome: Outcome) -> Plan {
    match outcome {
        Outcome::Ready(planned) => planned.plan,
        other => panic!("no plan: {:?}", other.diagnostics()),
    }
}

#[test]
fn where_a_cluster_is_active_is_asked_and_never_taken_for_nothing_to_do() {
    let plan = planned(HA);
    let (told, id) = failed_move(&plan);
    let (from, to, cluster) = nodes_of(&plan, &id);
    // The run can't tell, and what the topology declares is older than the run.
    let Outcome::Stopped(found) = anew(&told.run, since(None)).1 else { panic!("planned blindly") };
    let key = FactKey::Active(cluster).path();
    assert!(found.iter().any(|d| d.args.values().any(|v| *v == key)), "{found:?}");
    // What was observed since wins over both.
    for active in [&from, &to] {
        let facts = format!("clusters.{cluster}.active = \"{active}\"\n");
        let (state, outcome) = anew(&told.run, since(Some(&facts)));
        assert!(state.meets(&is(Atom::Active(active.clone()))), "{active}");
        let other = if active == &from { &to } else { &from };
        assert!(state.meets(&is_not(Atom::Active(other.clone()))), "{other}");
        let next = from_plan(outcome);
        let moves = next.steps.iter().filter(|s| is_move(s) && nodes_of(&next, &s.id).2 == cluster);
        let first = moves.map(|s| nodes_of(&next, &s.id).0).next().expect("a switch is left");
        assert_eq!(first, *active, "the first switch leaves the node where the resources are");
    }
}

#[test]
fn what_was_observed_since_wins_over_what_the_topology_declares() {
    let key = FactKey::Active(ClusterName::Back);
    let declared = since(None).facts;
    let (declared, origin) = declared.get(&key).expect("the example declares it");
    assert_eq!(origin, Origin::Declared);
    let other =
        if *declared == FactValue::Text("back-01".to_owned()) { "back-02" } else { "back-01" };
    let parsed = since(Some(&format!("clusters.back.active = \"{other}\"\n")));
    assert!(parsed.diagnostics.is_empty(), "{:?}", parsed.diagnostics);
    let seen = parsed.facts.get(&key).expect("observed");
    assert_eq!(seen, (&FactValue::Text(other.to_owned()), Origin::Observed));
}

#[test]
fn antivirus_units_that_a_boot_started_in_part_are_all_given_back() {
    let plan = planned(HA);
    let stop = step_where(&plan, |s| matches!(s.action, Action::Unit(Unit::StopAntivirus { .. })));
    let node = plan.step(stop.as_str()).and_then(|s| s.node.clone()).expect("a node");
    let Action::Unit(Unit::StopAntivirus { units, .. }) =
        &plan.step(stop.as_str()).expect("a step").action
    else {
        unreachable!("found by it")
    };
    assert!(units.len() > 1, "the example has several units");
    let mut told = Told::new(&plan);
    told.up_to(stop.as_str());
    told.begin(&stop);
    let (name, value) = ("units".to_owned(), units.join(" "));
    told.tell(Event::Kept { name, step: stop.clone(), value });
    let attempt = told.run.step(&stop).expect("a step").attempt;
    let commands = vec!["systemctl stop".to_owned()];
    told.tell(Event::Started { attempt, commands, part: 1, step: stop.clone() });
    told.end(&stop, attempt, 0);
    told.tell(Event::Done { how: How::Ran, step: stop.clone() });
    let ending = |run: &Run, active: &[String]| {
        let list: Vec<_> = active.iter().map(|unit| format!("\"{unit}\"")).collect();
        let facts = format!("nodes.{node}.antivirus = [{}]\n", list.join(", "));
        let next = from_plan(anew(run, since(Some(&facts))).1);
        let here = |action: &Action| match action {
            Action::Unit(Unit::StopAntivirus { node: at, units }) if *at == node => {
                Some((false, units.clone()))
            }
            Action::Unit(Unit::StartAntivirus { node: at, units }) if *at == node => {
                Some((true, units.clone()))
            }
            _ => None,
        };
        next.steps.iter().filter_map(|s| here(&s.action)).collect::<Vec<_>>()
    };
    let sorted = |mut all: Vec<String>| {
        all.sort();
        all
    };
    for (active, stops) in [(&units[..0], 0), (&units[..1], 1), (&units[..], 1)] {
        let seen = ending(&told.run, active);
        let starts: Vec<_> = seen.iter().filter(|(start, _)| *start).collect();
        assert_eq!(seen.len() - starts.len(), stops, "{active:?}: {seen:?}");
        let [(_, given)] = starts[..] else { panic!("{seen:?}") };
        assert_eq!(sorted(given.clone()), sorted(units.clone()), "{active:?} are active again");
    }
}

/// As on four real hosts: the plug of the second node is pulled while it is deployed, and Pacemaker
/// takes the resources back to the first one, which nobody knows to run.
#[test]
fn after_a_failover_back_the_first_node_is_judged_again() {
    let plan = planned(HA);
    let home = step_where(&plan, |s| {
        matches!(&s.action, Action::Pcs(Pcs::Move { home: true, cluster: ClusterName::Back, .. }))
    });
    let (first, second, _) = nodes_of(&plan, &home);
    let deploy =
        step_where(&plan, |s| s.action.code() == "dpl-deploy" && s.node.as_ref() == Some(&second));
    let mut told = Told::new(&plan);
    told.tell(Event::Boot { boot: "one".to_owned(), node: second.clone() });
    told.up_to(deploy.as_str());
    let attempt = told.send(&deploy);
    told.tell(Event::Boot { boot: "two".to_owned(), node: second });
    told.tell(Event::Vanished { attempt, part: 1, step: deploy });
    assert!(told.run.state().has(&Atom::Judged));
    let facts = format!("clusters.back.active = \"{first}\"\n");
    let (state, outcome) = anew(&told.run, since(Some(&facts)));
    assert!(!state.has(&Atom::Judged));
    let next = from_plan(outcome);
    let broken: Vec<_> = crate::plan::lint(&next).iter().map(ToString::to_string).collect();
    assert_eq!(broken, Vec::<String>::new());
    let at = |f: &dyn Fn(&Step) -> bool| next.steps.iter().position(f).expect("such a step");
    let again = at(&|s| s.action.code() == "dpl-deploy" && s.node.as_ref() == Some(&first));
    let judged = at(&|s| s.action.code() == "person-judge");
    let moved = at(&is_move);
    assert!(again < judged && judged < moved, "{again} {judged} {moved}");
    assert_eq!(crate::prove::prove(&next).verdict, crate::prove::Verdict::Proven);
}

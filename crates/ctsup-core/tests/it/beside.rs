//! Rules give way to plans that start in the middle: to a stop of old containers on newer data, to
//! data that lies aside, to an upgrade of the database that is under way. Each such plan is right
//! where it starts; just beside that place, where what excuses it is not so, the rule bites.

use std::collections::BTreeSet;

use ctsup_core::plan::lint::Rule;
use ctsup_core::plan::{WarningCode, lint};
use ctsup_core::prove::{RuleId, Verdict, prove, state_after};
use ctsup_core::{
    Action, Atom, Catalogue, Condition, Goal, Outcome, Plan, Request, State, StepId, inputs,
    plan_from,
};

use crate::site;

/// Where a plan starts: behind all steps of the example's plan before this one, with what else is
/// so by then and what is not.
struct Start {
    example: &'static str,
    goal: Goal,
    before: &'static str,
    is: &'static [&'static str],
    is_not: &'static [&'static str],
}

/// What is changed of the plan, and which rules then bite, at a step whose id ends so.
struct Beside {
    at: &'static str,
    what: &'static str,
    is: &'static [&'static str],
    is_not: &'static [&'static str],
    change: fn(&mut Plan),
    lint: Option<Rule>,
    proof: Option<RuleId>,
}

const BESIDE: Beside =
    Beside { what: "", at: "", is: &[], is_not: &[], change: |_| {}, lint: None, proof: None };

fn atom(text: &str) -> Atom {
    text.parse().unwrap_or_else(|_| panic!("{text} is no atom"))
}

/// Makes these so, and those not.
fn change(state: &mut State, is_not: &[&str], is: &[&str]) {
    for (all, holds) in [(is_not, false), (is, true)] {
        all.iter().for_each(|text| state.apply(&Condition { atom: atom(text), holds }));
    }
}

fn from(start: &Start) -> Plan {
    let file = site::all().into_iter().find(|s| s.name == start.example).expect("an example");
    let Outcome::Ready(whole) = site::plan(&file.text, start.goal) else {
        panic!("{} has a plan", start.example)
    };
    let place = whole.plan.steps.iter().position(|s| s.id.as_str() == start.before);
    let place = place.unwrap_or_else(|| panic!("{} has no {}", start.example, start.before));
    let done: BTreeSet<_> = whole.plan.steps[..place].iter().map(|s| s.id.clone()).collect();
    let mut state = state_after(&whole.plan, &done);
    change(&mut state, start.is_not, start.is);
    let image_lists = site::image_lists(&file.text);
    let catalogue = Catalogue::built_in();
    let goal = start.goal;
    let request =
        Request { topology: &file.text, facts: None, image_lists: &image_lists, catalogue, goal };
    match plan_from(&inputs(&request), catalogue, goal, Some(&state)) {
        Outcome::Ready(planned) => planned.plan,
        other => panic!("{} before {}: {:?}", start.example, start.before, other.diagnostics()),
    }
}

/// The plan is right, and no more so once it is changed.
fn bites(start: &Start, all: &[Beside]) {
    let name = format!("{} before {}", start.example, start.before);
    let plan = from(start);
    let found = lint(&plan);
    assert!(found.is_empty(), "{name}: {found:?}");
    let proof = prove(&plan);
    assert_eq!(proof.verdict, Verdict::Proven, "{name}: {:?}", proof.refutations);
    for beside in all {
        let mut plan = plan.clone();
        change(&mut plan.start, beside.is_not, beside.is);
        (beside.change)(&mut plan);
        if let Some(rule) = beside.lint {
            let found = lint(&plan);
            let here = |steps: &[StepId]| {
                beside.at.is_empty() || steps.iter().any(|id| id.as_str().ends_with(beside.at))
            };
            let bites = found.iter().any(|f| f.rule == rule && here(&f.steps));
            assert!(bites, "{name}, {}: {found:?}", beside.what);
        }
        if let Some(rule) = beside.proof {
            let refuted = prove(&plan).refutations;
            let broken: Vec<_> = refuted.iter().map(|r| (r.rule, r.starting.as_ref())).collect();
            let here = |id: Option<&StepId>| {
                beside.at.is_empty() || id.is_some_and(|id| id.as_str().ends_with(beside.at))
            };
            let bites = broken.iter().any(|(r, starting)| *r == rule && here(*starting));
            assert!(bites, "{name}, {}: {broken:?}", beside.what);
        }
    }
}

/// A step is the first of all, and the stops at once wait for it.
fn first_of_all(plan: &mut Plan, id: &str) {
    let step = plan.steps.iter_mut().find(|s| s.id.as_str() == id);
    let step = step.unwrap_or_else(|| panic!("no {id}"));
    let mut after = std::mem::take(&mut step.after);
    after[0].step = step.id.clone();
    let stops = plan.steps.iter_mut().filter(|s| s.id.as_str().ends_with("/stop/quiet"));
    stops.for_each(|stop| stop.after.clone_from(&after));
    // A plan's steps stand in an order that its waits allow.
    let place = plan.steps.iter().position(|s| s.id.as_str() == id).expect("found before");
    let step = plan.steps.remove(place);
    plan.steps.insert(0, step);
}

fn nothing_waits_for_the_stop(plan: &mut Plan) {
    for step in &mut plan.steps {
        step.after.retain(|after| !after.step.as_str().ends_with("/stop/quiet"));
    }
}

#[test]
fn a_host_whose_deploy_died_with_it_is_stopped_first() {
    let start = Start {
        example: "single",
        goal: Goal::Upgrade,
        before: "cts/express/deploy",
        is: &["running(cts/express)", "met(cts/express)", "unchecked(cts/express)"],
        is_not: &["stopped(cts/express)"],
    };
    let unnamed: fn(&mut Plan) =
        |plan| plan.warnings.retain(|w| w.code != WarningCode::OldContainersWindow);
    bites(
        &start,
        &[
            Beside {
                what: "the window is not named",
                change: unnamed,
                proof: Some(RuleId::Invariant(31)),
                ..BESIDE
            },
            Beside {
                what: "the deploy does not wait for the stop",
                change: nothing_waits_for_the_stop,
                lint: Some(Rule::WindowClosed),
                ..BESIDE
            },
        ],
    );
}

#[test]
fn old_containers_on_newer_data_stop_before_any_gate_and_nothing_else_does() {
    let start = Start {
        example: "ha",
        goal: Goal::Upgrade,
        before: "back-02/express/deploy",
        is: &["running(back-02/express)", "met(back/express)"],
        is_not: &["stopped(back-02/express)", "gate-passed(back)"],
    };
    let gate = (Some(Rule::GatePassed), Some(RuleId::Invariant(3)));
    bites(
        &start,
        &[
            Beside {
                what: "nothing newer has met the data",
                is_not: &["met(back/express)"],
                lint: gate.0,
                proof: gate.1,
                ..BESIDE
            },
            Beside {
                what: "no copy from before tells this upgrade from an earlier one",
                is_not: &["backed-up(back/express)"],
                lint: gate.0,
                ..BESIDE
            },
            Beside {
                what: "somebody went back to them on purpose",
                is: &["pinned(back/express)"],
                lint: gate.0,
                ..BESIDE
            },
            Beside {
                what: "the containers are new",
                is: &["new(back-02/express)"],
                lint: gate.0,
                proof: gate.1,
                ..BESIDE
            },
            Beside {
                what: "something else comes before the stop",
                change: |plan| first_of_all(plan, "back-01/cluster/status"),
                proof: gate.1,
                ..BESIDE
            },
        ],
    );
}

#[test]
fn images_come_before_the_stop_where_the_data_has_not_met_the_release() {
    let start = Start {
        example: "ha",
        goal: Goal::Upgrade,
        before: "front-02/express/deploy",
        is: &["running(front-02/express)", "met(front-02/express)", "met(front-01/express)"],
        is_not: &[
            "stopped(front-02/express)",
            "stopped(front-02/voex)",
            "running(front-02/voex)",
            "gate-passed(front)",
            "fetched(front-01/express)",
        ],
    };
    let images = (Some(Rule::ImagesFirst), Some(RuleId::Invariant(8)));
    bites(
        &start,
        &[
            Beside {
                what: "nothing newer has met the data",
                is_not: &["met(front-01/express)"],
                lint: images.0,
                proof: images.1,
                ..BESIDE
            },
            Beside {
                what: "the data met it in another upgrade",
                is_not: &["backed-up(front-01/express)"],
                lint: images.0,
                proof: images.1,
                ..BESIDE
            },
        ],
    );
}

#[test]
fn front_stops_with_backs_logs_unread_only_where_old_containers_met_newer_data() {
    let start = Start {
        example: "ha",
        goal: Goal::Upgrade,
        before: "front-02/express/deploy",
        is: &["running(front-02/express)", "met(front-02/express)", "unchecked(back-02/express)"],
        is_not: &["stopped(front-02/express)"],
    };
    bites(
        &start,
        &[Beside {
            what: "nothing newer has met the data",
            is_not: &["met(front-02/express)"],
            lint: Some(Rule::BackFirst),
            proof: Some(RuleId::Invariant(1)),
            ..BESIDE
        }],
    );
}

#[test]
fn files_need_not_answer_where_they_lie_aside_and_only_there() {
    let start = Start {
        example: "restore-ha",
        goal: Goal::Rollback,
        before: "back-01/express/put-back",
        is: &["active(back-02)", "running(back-02/express)"],
        is_not: &[
            "active(back-01)",
            "gate-passed(back)",
            "files-answer(back-01)",
            "files-answer(back-02)",
            "running(back-01/express)",
        ],
    };
    bites(
        &start,
        &[Beside {
            what: "the copy is back",
            is: &["put-back(back/express)"],
            lint: Some(Rule::GatePassed),
            proof: Some(RuleId::Invariant(3)),
            ..BESIDE
        }],
    );
}

#[test]
fn who_went_back_by_pins_stays_there_only_as_decided() {
    let start = Start {
        example: "rollback-ha",
        goal: Goal::Rollback,
        before: "front-01/containers/save-list",
        is: &[],
        is_not: &[],
    };
    let old_on_new = Some(RuleId::Invariant(31));
    bites(
        &start,
        &[
            Beside { what: "nobody decided it", is_not: &["decided"], proof: old_on_new, ..BESIDE },
            Beside {
                what: "nothing pins them",
                is_not: &["pinned(back/express)"],
                proof: old_on_new,
                ..BESIDE
            },
        ],
    );
}

#[test]
fn an_upgrade_of_the_database_goes_on_unseen_only_where_it_was_begun() {
    let start = Start {
        example: "postgres",
        goal: Goal::Postgres,
        before: "back/postgres/wait-upgraded",
        is: &[],
        is_not: &[],
    };
    bites(
        &start,
        &[Beside {
            what: "nobody began it, so nobody saw that apt.postgresql.org answers",
            is_not: &["database-upgrading"],
            proof: Some(RuleId::Invariant(15)),
            ..BESIDE
        }],
    );
}

/// Nobody waits for a person's check any more.
fn nobody_waits_for_the_judge(plan: &mut Plan) {
    for step in &mut plan.steps {
        step.after.retain(|after| after.step.as_str() != "person/judge");
    }
}

#[test]
fn second_nodes_wait_for_the_judge_whatever_is_stopped_at_once() {
    let whole = Start {
        example: "ha",
        goal: Goal::Upgrade,
        before: "registry/images/load",
        is: &[],
        is_not: &[],
    };
    let unjudged = |at| Beside {
        what: "nobody waits for the judge",
        at,
        change: nobody_waits_for_the_judge,
        lint: Some(Rule::JudgedFirst),
        ..BESIDE
    };
    let both = |at| Beside { proof: Some(RuleId::Invariant(9)), ..unjudged(at) };
    bites(&whole, &[both("back-01/cluster/move"), unjudged("back-01/express/stop")]);
    // The voice server's window is no cluster's.
    let voex = Start {
        example: "ha-voex",
        goal: Goal::Upgrade,
        before: "voex-01/voex/logs",
        is: &["running(voex-01/voex)", "met(voex-01/voex)"],
        is_not: &["stopped(voex-01/voex)", "new(voex-01/voex)"],
    };
    bites(&voex, &[both("back-01/cluster/move")]);
}

#[test]
fn the_images_of_what_stops_are_there_where_the_cluster_is_not_begun() {
    let start = Start {
        example: "ha",
        goal: Goal::Upgrade,
        before: "back-02/express/stop",
        is: &[],
        is_not: &[],
    };
    bites(
        &start,
        &[Beside {
            what: "nobody fetched them",
            at: "back-02/express/stop",
            is_not: &["fetched(back-01/express)"],
            lint: Some(Rule::ImagesFirst),
            proof: Some(RuleId::Invariant(8)),
            ..BESIDE
        }],
    );
}

#[test]
fn front_stops_with_backs_logs_unread_only_where_the_same_playbook_deploys_back() {
    let start = Start {
        example: "ansible-ha",
        goal: Goal::Upgrade,
        before: "front-01/express/stop",
        is: &["unchecked(back-01/express)"],
        is_not: &[],
    };
    bites(
        &start,
        &[
            Beside {
                what: "Back serves",
                at: "front-01/express/stop",
                is: &["running(back-01/express)"],
                is_not: &["stopped(back-01/express)"],
                lint: Some(Rule::BackFirst),
                proof: Some(RuleId::Invariant(1)),
                ..BESIDE
            },
            Beside {
                what: "the playbook does not wait for the stop",
                at: "front-01/express/stop",
                change: |plan| {
                    let plays = |a: &Action| matches!(a, Action::Playbook(_));
                    let played = plan.steps.iter_mut().filter(|s| plays(&s.action));
                    played.for_each(|s| s.after.clear());
                },
                lint: Some(Rule::BackFirst),
                ..BESIDE
            },
        ],
    );
}

#[test]
fn a_shell_is_opened_again_only_while_the_databases_files_are_in_place() {
    let start = Start {
        example: "rollback-postgres",
        goal: Goal::Rollback,
        before: "person/database/files",
        is: &[],
        is_not: &[],
    };
    bites(
        &start,
        &[Beside {
            what: "they were moved",
            at: "person/database/shell",
            is: &["database-aside"],
            lint: Some(Rule::DoesSomething),
            ..BESIDE
        }],
    );
}

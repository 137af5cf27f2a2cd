//! What is proven of the examples.

use std::collections::BTreeSet;

use super::super::check::{Tell, rule_by_rule};
use super::super::model::Model;
use super::super::{
    AssumptionCode, Back, Coverage, Function, HALVES, Left, Limits, Refutation, Residue, RuleId,
    Verdict, WayKind, WindowsError, done_up_to, prove, prove_within, rollback_at, rules,
    way_back_from, windows,
};
use super::{made, plans, sources};
use crate::action::Action;
use crate::action::dpl::{Brings, Dpl, DplOp};
use crate::catalogue::Catalogue;
use crate::fact::{FactKey, FactValue, Origin};
use crate::name::DataSet;
use crate::plan::{Goal, Phase, Plan, StepId};
use crate::planner::Outcome;
use crate::state::{Atom, is};

#[test]
fn every_example_is_proven_under_every_single_fault() {
    let mut refuted = Vec::new();
    for (name, plan) in plans() {
        // Only a plan made anew has a step twice.
        assert!(!plan.steps.iter().any(|s| s.id.as_str().ends_with("/2")), "{name}");
        let proof = prove(&plan);
        for cell in &proof.table {
            // No cell of the table is empty.
            assert!(cell.states > 0 && !cell.outcomes.is_empty(), "{name}: {cell:?}");
        }
        assert!(proof.faults.everywhere, "{name}: {:?}", proof.coverage);
        // Nowhere can two steps be half done at once.
        assert_eq!(proof.faults.mixed, 0, "{name}");
        match proof.verdict {
            Verdict::Proven => assert_eq!(proof.faults.dead_ends, 0, "{name}"),
            _ => {
                for found in &proof.refutations {
                    let story: Vec<_> = found.story.iter().rev().take(6).collect();
                    let Refutation { rule, fault, starting, facts, .. } = found;
                    let why = format!("{rule:?} {fault:?} {starting:?} {facts:?} {story:?}");
                    refuted.push(format!("{name}: {why}"));
                }
                if proof.refutations.is_empty() {
                    refuted.push(format!("{name}: {:?}", proof.verdict));
                }
            }
        }
    }
    assert!(refuted.is_empty(), "{}", refuted.join("\n"));
}

#[test]
fn every_half_done_state_has_a_known_code() {
    let mut used = BTreeSet::new();
    for plan in plans().values() {
        for step in &plan.steps {
            used.extend(step.action.effect().halves.iter().map(|half| half.code));
        }
    }
    assert!(used.iter().all(|code| HALVES.contains(code)), "{used:?}");
    let mut sorted = HALVES.to_vec();
    sorted.sort_unstable();
    assert_eq!(sorted, HALVES);
}

#[test]
fn rule_by_rule_says_what_the_whole_walk_says() {
    for (name, plan) in plans() {
        // One edge taken out as well, so that there is something to disagree about.
        for skip in 0..plan.steps.len() {
            let mut plan = plan.clone();
            if skip > 0 {
                plan.steps[skip].after.clear();
            }
            let model = Model::of(&plan).expect("it fits");
            let rules = rules::compile(&model);
            let (all, _) = model.progress();
            let whole = super::super::walk::walk(&model, &rules, &all, 60_000);
            if !whole.complete {
                continue;
            }
            let broken: BTreeSet<RuleId> =
                whole.broken.iter().map(|b| rules.all[b.rule].id).collect();
            let (_, _, apart) = rule_by_rule(&model, &rules, 60_000, Tell::Rules);
            let apart: BTreeSet<RuleId> =
                apart.expect("each rule is small").into_iter().map(|r| r.rule).collect();
            assert_eq!(broken, apart, "{name} without the waits of {skip}");
            if skip % 7 == 6 {
                break;
            }
        }
    }
}

#[test]
fn the_window_is_named_in_every_proof_of_two_clusters_with_shared_data() {
    let plan = made("ha", &sources()["ha"]);
    let proof = prove(&plan);
    let named = |kind| {
        proof
            .table
            .iter()
            .filter(move |cell| cell.outcomes.iter().any(|o| o.hazards.contains(&kind)))
    };
    assert!(named(RuleId::Invariant(31)).count() > 0);
    assert!(proof.outlook.cuts.iter().any(|cut| cut.stop.in_window));
    assert!(proof.assumptions.iter().any(|a| a.code == AssumptionCode::SharedData));
    // Not accepted, it is a violation.
    let mut refused = plan.clone();
    refused.accepted.retain(|risk| risk != "old-containers-window");
    let proof = prove(&refused);
    assert_eq!(proof.verdict, Verdict::Refuted);
    assert!(proof.refutations.iter().any(|r| r.rule == RuleId::Invariant(31)));
}

#[test]
fn places_to_stop_are_outside_windows_and_outages() {
    let plan = made("ha", &sources()["ha"]);
    let proof = prove(&plan);
    let cuts = &proof.outlook.cuts;
    assert!(cuts[0].stop.is_safe() && cuts[0].back == Back::Restored);
    assert!(cuts.last().is_some_and(|cut| cut.stop.is_safe()));
    let deploy = plan.steps.iter().position(|s| s.id.as_str() == "back-02/express/deploy");
    let deploy = deploy.expect("it is planned");
    assert!(!cuts[deploy].stop.missing.is_empty(), "stopped before the deploy");
    // From the first deploy to the last one a failover would start old containers.
    assert!(cuts[deploy + 1].stop.hazards.contains(&RuleId::Invariant(31)));
    assert!(!cuts[deploy + 1].stop.is_bearable());
}

#[test]
fn a_window_ends_only_where_one_may_stop() {
    let plan = made("ha", &sources()["ha"]);
    let proof = prove(&plan);
    let whole: u32 = plan.steps.iter().filter_map(|s| s.takes).map(|t| t.max_s).sum();
    let one = windows(&plan, &proof, &[whole]).expect("it fits");
    assert_eq!(one.len(), 1);
    let two = windows(&plan, &proof, &[4000, whole]).expect("preparation first");
    assert_eq!(two.len(), 2);
    let together: Vec<StepId> = two.iter().flat_map(|p| p.steps.clone()).collect();
    let all: Vec<StepId> = plan.steps.iter().map(|s| s.id.clone()).collect();
    assert_eq!(together, all);
    let short = windows(&plan, &proof, &[600, 600]);
    assert!(matches!(short, Err(WindowsError::TooShort { .. })), "{short:?}");
}

#[test]
fn the_forecast_counts_what_lies_between_down_and_up() {
    let plan = made("single", &sources()["single"]);
    let proof = prove(&plan);
    let messages = proof.outlook.forecast.iter().find(|f| f.function == Function::Messages);
    let messages = messages.expect("forecast");
    let steps: Vec<_> =
        messages.outages.iter().flat_map(|o| &o.steps).map(StepId::as_str).collect();
    assert_eq!(
        steps,
        ["cts/express/stop", "cts/express/back-up", "cts/express/exporters", "cts/express/deploy"]
    );
    let sum = |of: fn(&crate::plan::Takes) -> u32| -> u32 {
        steps.iter().filter_map(|id| plan.step(id)?.takes.as_ref().map(of)).sum()
    };
    assert_eq!((messages.min_s, messages.max_s), (sum(|t| t.min_s), sum(|t| t.max_s)));
}

#[test]
fn a_barrier_is_the_point_from_which_only_the_backup_leads_back() {
    let plan = made("single-old", &sources()["single-old"]);
    let proof = prove(&plan);
    let named = plan.point_of_no_return.as_ref().map(|p| p.step.clone());
    assert_eq!(proof.outlook.only_backup_since, named);
    let last = proof.outlook.cuts.last().expect("cuts");
    assert!(matches!(&last.back, Back::Residue(all) if all.contains(&Residue::WritesLost)));
    let cleanup = made("cleanup", &sources()["cleanup"]);
    assert!(prove(&cleanup).outlook.irreversible_since.is_some());
}

#[test]
fn what_does_not_fit_is_never_proven() {
    let plan = made("ha", &sources()["ha"]);
    let proof = prove_within(&plan, Limits { states: 20 });
    assert_eq!(proof.verdict, Verdict::NotCovered);
    let proof = prove_within(&plan, Limits { states: 3000 });
    assert!(!matches!(proof.coverage, Coverage::Whole { .. }));
    if !proof.faults.everywhere {
        assert_ne!(proof.verdict, Verdict::Proven);
    }
}

#[test]
fn a_proof_is_json_and_back() {
    let plan = made("ha", &sources()["ha"]);
    let proof = prove(&plan);
    let text = serde_json::to_string(&proof).expect("a proof is JSON");
    let read: super::super::Proof = serde_json::from_str(&text).expect("and back");
    assert_eq!(read, proof);
    assert!(proof.table.iter().all(|c| c.outcomes[0].way.kind != WayKind::DeadEnd));
}

#[test]
#[expect(clippy::print_stdout, reason = "how many ways back there are is the result")]
fn the_way_back_is_compiled_and_proven_for_every_place_of_an_upgrade() {
    let (mut compiled, mut later, mut nothing, mut wrong) = (0, 0, 0, Vec::new());
    for (name, text) in sources() {
        if super::goal(&text) != Goal::Upgrade {
            continue;
        }
        let plan = made(&name, &text);
        let outlook = prove(&plan).outlook;
        let mut parsed = crate::topology::parse(&text, None);
        // The lists that the upgrade saved on the nodes.
        for stack in &plan.topology.stacks {
            let key = FactKey::Images(stack.stack.node.clone());
            parsed.facts.set(key, old_images(), Origin::Observed);
            // And what is measured before anything is put back.
            let holder = stack.data.holder.clone();
            for (key, gib) in
                [(FactKey::FreeVolumes(holder.clone()), 500_u64), (FactKey::Volumes(holder), 40)]
            {
                if parsed.facts.get(&key).is_none() {
                    parsed.facts.set(key, FactValue::Size(gib << 30), Origin::Observed);
                }
            }
        }
        for (place, step) in plan.steps.iter().enumerate() {
            let from = way_back_from(&plan, &step.id);
            if from != step.id {
                // In the middle of the database's upgrade the proof says when the way back begins.
                assert_eq!(outlook.cuts[place + 1].back, Back::Later { after: from }, "{name}");
                later += 1;
                continue;
            }
            let done = done_up_to(&plan, &step.id);
            match rollback_at(&mut parsed, Catalogue::built_in(), &plan, &done) {
                Outcome::Ready(planned) => {
                    compiled += 1;
                    // The upgrade's copy is none of what was written since.
                    for data in pinned_without_copy(&planned.plan) {
                        wrong.push(format!("{name} back from {}: no copy of {data}", step.id));
                    }
                    let lint = crate::plan::lint::lint(&planned.plan);
                    if let Some(found) = lint.first() {
                        wrong.push(format!("{name} back from {}: {found:?}", step.id));
                    }
                    let proof = prove(&planned.plan);
                    let silent = super::people::unnamed_outages(&planned.plan, &proof.outlook);
                    if !silent.is_empty() {
                        wrong.push(format!("{name} back from {}: silent {silent:?}", step.id));
                    }
                    if proof.verdict != Verdict::Proven {
                        let found = proof.refutations.first();
                        let found = found.map(|r| (r.rule, &r.fault, &r.starting, &r.facts));
                        wrong.push(format!("{name} back from {}: {found:?}", step.id));
                    }
                }
                Outcome::NothingToDo(_) => nothing += 1,
                Outcome::Stopped(found) => {
                    wrong.push(format!("{name} back from {}: {found:?}", step.id));
                }
            }
        }
    }
    println!("{compiled} ways back, {nothing} places without need, {later} inside the database");
    assert!(wrong.is_empty(), "{} of {compiled}:\n{}", wrong.len(), wrong.join("\n"));
    assert!(compiled > 100, "{compiled} ways back");
}

/// Newer data on which a way back by pins starts old services without a copy made by then.
fn pinned_without_copy(plan: &Plan) -> Vec<DataSet> {
    let made = |data: &DataSet| {
        plan.steps.iter().any(|s| s.leaves.contains(&is(Atom::BackedUp(data.clone()))))
    };
    plan.steps
        .iter()
        .filter_map(|step| match &step.action {
            Action::Dpl(Dpl { op: DplOp::Deploy { brings: Brings::Old, .. }, data, .. }) => {
                Some(data.clone())
            }
            _ => None,
        })
        .filter(|data| plan.start.has(&Atom::Met(data.clone())) && !made(data))
        .collect()
}

/// An image of the old release for each service, as a saved list names them.
fn old_images() -> FactValue {
    let services = &Catalogue::built_in().services;
    let all = services.back.iter().chain(&services.front).map(String::as_str).chain(["voex/janus"]);
    let image = |service: &str| format!("registry.express.example/{service}:2.4.1");
    let named = all.map(|s| (s.to_owned(), image(s).parse().expect("an image")));
    FactValue::Images(named.collect())
}

/// The reduction says what the whole walk says: the same rules, the same faults, the same ways out.
#[test]
fn without_inert_steps_the_same_is_found() {
    let mut reduced = 0;
    for (name, plan) in plans() {
        for skip in [None, Some(plan.steps.len() / 3), Some(plan.steps.len() / 2)] {
            let mut plan = plan.clone();
            if let Some(skip) = skip {
                plan.steps[skip].after.clear();
            }
            let whole = prove_within(&plan, Limits { states: 5 * 40_000 });
            let Coverage::Whole { states, .. } = whole.coverage else { continue };
            // Too few for the whole, enough for what is left without inert steps.
            let part = prove_within(&plan, Limits { states: states - 1 });
            let Coverage::WithoutInert { .. } = part.coverage else { continue };
            reduced += 1;
            assert_eq!(whole.verdict, part.verdict, "{name} without the waits of {skip:?}");
            let rules = |p: &super::super::Proof| -> BTreeSet<RuleId> {
                p.refutations.iter().map(|r| r.rule).collect()
            };
            assert_eq!(rules(&whole), rules(&part), "{name} without the waits of {skip:?}");
            for cell in &part.table {
                let same =
                    whole.table.iter().find(|c| c.step == cell.step && c.fault == cell.fault);
                let same = same.expect("a cell of the whole");
                let kinds = |c: &super::super::Cell| -> BTreeSet<_> {
                    c.outcomes.iter().map(|o| (o.way.kind, o.left)).collect()
                };
                if !cell.outcomes.is_empty() {
                    assert_eq!(kinds(cell), kinds(same), "{name}: {} {:?}", cell.step, cell.fault);
                }
            }
        }
    }
    assert!(reduced > 5, "{reduced} plans were reduced");
}

/// Whatever is owed where a person says no is named there.
#[test]
fn every_exit_names_what_is_owed() {
    let mut exits = 0;
    for plan in plans().values() {
        let proof = prove(plan);
        for cell in &proof.table {
            for outcome in cell.outcomes.iter().filter(|o| o.way.kind == WayKind::StopHere) {
                exits += 1;
                let place = plan.steps.iter().position(|s| s.id == cell.step).expect("a step");
                let before: BTreeSet<StepId> =
                    plan.steps[..place].iter().map(|s| s.id.clone()).collect();
                let state = super::super::state_after(plan, &before);
                for owed in state.debts() {
                    assert!(outcome.debts.contains(owed), "{}: {owed} is not named", cell.step);
                }
            }
        }
    }
    assert!(exits > 20, "{exits}");
}

/// Where two steps can each be half done in a way of its own, one fault that strikes both is not
/// tried: such a plan is never proven.
#[test]
fn several_half_done_at_once_are_not_proven() {
    let base = made("split", &sources()["split"]);
    let deploys = |plan: &mut Plan| {
        let node = |name: &str| name.parse::<crate::name::NodeName>().expect("a name");
        let of = [node("back"), node("front")];
        plan.steps.retain(|s| {
            let deploys =
                matches!(&s.action, Action::Dpl(dpl) if matches!(dpl.op, DplOp::Deploy { .. }));
            deploys && s.node.as_ref().is_some_and(|n| of.contains(n))
        });
        assert_eq!(plan.steps.len(), 2);
    };
    let mut plan = base.clone();
    deploys(&mut plan);
    plan.warnings = Vec::new();
    plan.goal = Goal::WebClient;
    // A deploy that interrupts nobody, twice, side by side.
    for step in &mut plan.steps {
        if let Action::Dpl(dpl) = &mut step.action {
            dpl.stack.app = crate::name::App::WebClient;
        }
        let effect = step.action.effect();
        step.after.clear();
        step.opens.clear();
        step.needs.clone_from(&effect.needs);
        step.leaves.clone_from(&effect.done);
    }
    let needs = plan.steps.iter().flat_map(|s| s.needs.clone());
    plan.start = needs.filter(|c| c.holds).map(|c| c.atom).collect();
    let found = prove(&plan);
    assert!(found.faults.mixed > 0, "{:?}", found.faults);
    assert_eq!(found.verdict, Verdict::NotCovered, "{:#?}", found.refutations);
    // One behind the other they never meet.
    let first = plan.steps[0].id.clone();
    plan.steps[1].after.push(crate::plan::After { because: Vec::new(), step: first });
    assert_eq!(prove(&plan).faults.mixed, 0);
}

/// What a step of the site's own opens is given back behind it, wherever the file puts it.
#[test]
fn what_the_site_owes_is_given_back_behind_it() {
    let mut placed = 0;
    for (name, phases) in [
        ("split", &Phase::ALL[..]),
        ("ansible-ha", &[Phase::Restore][..]),
        ("ha", &[Phase::Restore][..]),
    ] {
        let text = &sources()[name];
        for phase in phases {
            for place in ["before", "after"] {
                let node = if name == "split" { "back" } else { "back-01" };
                let own = format!(
                    "{text}\n[[own]]\nname = \"x\"\n{place} = \"{}\"\nnode = \"{node}\"\n\
                     run = [\"true\"]\nundo = [\"true\"]\nowes = true\n",
                    phase.as_str()
                );
                let plan = made(name, &own);
                placed += usize::from(plan.steps.iter().any(|s| s.id.as_str().ends_with("x/pay")));
                let proof = prove(&plan);
                let found = proof.refutations.first().map(|r| (r.rule, &r.starting));
                assert_eq!(proof.verdict, Verdict::Proven, "{name} {place} {phase}: {found:?}");
            }
        }
    }
    assert!(placed > 10, "{placed}");
}

/// A server of which some containers are stopped serves nobody.
#[test]
fn users_notice_a_server_that_is_half_stopped() {
    let plan = made("single", &sources()["single"]);
    let proof = prove(&plan);
    let halves = proof.table.iter().filter(|c| c.step.as_str() == "cts/express/stop");
    let halves: Vec<_> =
        halves.flat_map(|c| &c.outcomes).filter(|o| matches!(o.left, Left::Half(_))).collect();
    assert!(!halves.is_empty());
    assert!(halves.iter().all(|o| o.missing.len() == Function::ALL.len()), "{halves:?}");
}

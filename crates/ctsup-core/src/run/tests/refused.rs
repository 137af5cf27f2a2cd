//! What a run refuses: events that cannot have happened, and steps that may not begin.

use super::*;
use crate::action::{Action, Pcs};
use crate::state::is_not;

fn said(told: &Told, event: &Event) -> IllegalEvent {
    told.run.clone().apply(0, event).expect_err("an event that cannot have happened")
}

#[test]
fn nobody_takes_a_run_up_with_an_old_generation_or_without_approval() {
    let plan = planned(SINGLE);
    let mut told = Told::new(&plan);
    told.attach(5);
    for generation in [4, 5] {
        let event = Event::Attached { by: "boris@laptop".to_owned(), generation };
        let refused = said(&told, &event);
        assert_eq!(refused, IllegalEvent::OldGeneration { before: 5, generation });
    }
    let other = Event::Approved { by: "anna".to_owned(), digest: "sha256:other".to_owned() };
    assert_eq!(said(&told, &other), IllegalEvent::NotApproved);
    let event = Event::Attached { by: "anna".to_owned(), generation: 1 };
    let refused = Run::new(plan.clone()).apply(0, &event);
    assert_eq!(refused, Err(IllegalEvent::NotApproved));
}

#[test]
fn no_step_begins_before_what_it_waits_for() {
    let plan = planned(HA);
    let mut told = Told::new(&plan);
    let mut tried = 0;
    loop {
        for step in &plan.steps {
            let open = step
                .after
                .iter()
                .find(|after| !told.run.step(&after.step).expect("a step").is_done());
            let (Some(open), false) = (open, told.run.step(&step.id).expect("a step").is_done())
            else {
                continue;
            };
            let begun = Event::Begun { attempt: 1, step: step.id.clone() };
            let refused = said(&told, &begun);
            let after = open.step.clone();
            assert_eq!(refused, IllegalEvent::TooEarly { after, step: step.id.clone() });
            tried += 1;
        }
        if !told.advance(&Limits::default()) {
            break;
        }
    }
    assert!(told.run.is_finished() && tried > plan.steps.len());
}

/// Promise 10: never two steps that interrupt the service, nothing beside a window, nothing beside a
/// job on the same node, whatever the plan's order leaves open.
#[test]
fn what_interrupts_stands_alone() {
    let plan = planned(HA);
    let told = Told::new(&plan);
    let windows: Vec<_> = told.run.windows().collect();
    assert!(!windows.is_empty(), "the example has windows");
    let inside = |at: usize| windows.iter().any(|(from, to)| (*from..=*to).contains(&at));
    let (mut cuts, mut beside_window, mut allowed) = (0, 0, 0);
    for (at, step) in plan.steps.iter().enumerate() {
        for (other_at, other) in plan.steps.iter().enumerate().filter(|(other, _)| *other != at) {
            let may = told.run.beside(at, step, &[other]);
            let apart = step.node.is_none() || step.node != other.node;
            let both_cut = step.action.interrupts() && other.action.interrupts();
            let window = inside(at) || inside(other_at);
            assert_eq!(may, apart && !both_cut && !window, "{} beside {}", step.id, other.id);
            cuts += usize::from(both_cut && apart && !window);
            beside_window += usize::from(window && apart && !both_cut);
            allowed += usize::from(may);
        }
    }
    assert!(cuts > 0 && beside_window > 0 && allowed > 0, "{cuts} {beside_window} {allowed}");
}

#[test]
fn what_the_predicted_state_lacks_stops_the_run() {
    let plan = planned(HA);
    let id = step_where(&plan, |s| matches!(s.action, Action::Pcs(Pcs::Move { .. })));
    let mut told = Told::new(&plan);
    told.up_to(id.as_str());
    let need = plan.step(id.as_str()).expect("a step").needs.iter().find(|need| need.holds);
    let need = need.expect("a move needs something").clone();
    // As when the fold learned that it is not so.
    told.run.base.apply(&is_not(need.atom.clone()));
    let next = told.run.next(&Limits::default());
    assert_eq!(next, Next::Stop(StopReason::NotMet(id, need)));
}

#[test]
fn commands_that_vanished_unseen_may_have_changed_something() {
    let plan = planned(SINGLE);
    let id = deploy_of(&plan);
    let mut told = Told::new(&plan);
    told.up_to(id.as_str());
    let attempt = told.send(&id);
    assert!(!told.run.step(&id).expect("a step").touched, "whether they arrived is not known");
    told.tell(Event::Vanished { attempt, part: 1, step: id.clone() });
    assert!(told.run.step(&id).expect("a step").touched);
    assert_eq!(told.run.stop_report().in_doubt.len(), 1);
}

/// A change that looks has not been sent: nobody can say that it is done. A wait that the guide lets
/// a person see may be called over.
#[test]
fn only_a_wait_is_called_done_before_it_is() {
    let examples = example_topologies();
    let (mut refused, mut judged) = (0, 0);
    for topology in &examples {
        let plan = planned(topology);
        let mut told = Told::new(&plan);
        loop {
            if let Next::Start(step) = told.run.next(&Limits::default()) {
                let attempt = told.run.step(&step).expect("a step").attempt + 1;
                let mut tried = told.run.clone();
                tried.apply(0, &Event::Begun { attempt, step: step.clone() }).expect("it begins");
                let (by, note) = ("anna".to_owned(), String::new());
                let event = Event::Answered { answer: Answer::Done, by, note, step: step.clone() };
                let answered = tried.apply(0, &event);
                let of = plan.step(step.as_str()).expect("a step");
                match (&of.action, of.kind) {
                    (Action::Wait(_), Kind::Wait) => {
                        assert_eq!(answered, Ok(()), "{step}");
                        judged += 1;
                    }
                    _ => {
                        let wrong = matches!(answered, Err(IllegalEvent::OutOfTurn { .. }));
                        assert!(wrong, "{step}: {answered:?}");
                        refused += 1;
                    }
                }
            }
            if !told.advance(&Limits::default()) {
                break;
            }
        }
    }
    assert!(refused > 50 && judged > 5, "{refused} refused, {judged} judged");
}

fn example_topologies() -> Vec<String> {
    let dir = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples");
    ["single.toml", "split.toml", "ha.toml"]
        .iter()
        .map(|name| std::fs::read_to_string(format!("{dir}/{name}")).expect("an example"))
        .collect()
}

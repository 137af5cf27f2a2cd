//! Every step of every example can be explained, with all of its waits.

use ctsup_core::Goal;
use ctsup_render::{Lang, Words, explain};

use crate::example;

#[test]
fn every_step_can_be_explained() {
    for example in example::all() {
        let planned = &example.planned;
        for lang in Lang::ALL {
            for step in &planned.plan.steps {
                let id = step.id.as_str();
                let options = example.options();
                let said = explain(&planned.plan, &planned.implied, id, Words::of(lang), &options)
                    .expect("the step is in the plan");
                let implied = planned.implied.iter().filter(|(later, _)| *later == step.id);
                for after in step.after.iter().chain(implied.map(|(_, after)| after)) {
                    assert!(said.contains(after.step.as_str()), "{id} waits for {}", after.step);
                }
            }
        }
    }
}

#[test]
fn a_step_that_is_not_there_is_not_explained() {
    let example = example::of("single", Goal::Upgrade);
    let words = Words::of(Lang::En);
    let plan = &example.planned.plan;
    assert_eq!(explain(plan, &[], "cts/express/no-such", words, &example.options()), None);
}

#[test]
fn the_deploy_of_the_single_server() {
    let example = example::of("single", Goal::Upgrade);
    let planned = &example.planned;
    for lang in Lang::ALL {
        let said = explain(
            &planned.plan,
            &planned.implied,
            "cts/express/deploy",
            Words::of(lang),
            &example.options(),
        );
        let mut settings = insta::Settings::clone_current();
        settings.set_prepend_module_to_snapshot(false);
        settings.set_omit_expression(true);
        settings.bind(|| {
            let name = format!("single.deploy.{}", lang.as_str());
            insta::assert_snapshot!(name, said.expect("the plan has that step"));
        });
    }
}

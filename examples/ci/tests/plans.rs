//! What CI checks: each site still has the plan that was reviewed, and its runbook reads as it did.
//!
//! After a change on purpose, `./check --update` writes the plans and `cargo insta review` shows
//! the runbooks.

use std::fs;
use std::path::Path;

use ctsup_core::Plan;
use ctsup_render::{Format, Lang, Options, Words};
use team_plans::{Site, kept, planned, sites};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn ours() -> Vec<Site> {
    let found = sites(&root().join("sites")).expect("the sites can be read");
    assert!(!found.is_empty(), "we have sites");
    found
}

fn fresh(site: &Site) -> Plan {
    planned(site).unwrap_or_else(|found| panic!("{}: {found:?}", site.name)).plan
}

/// The digest is what people approved: it stands for every step, claim and wait.
#[test]
fn each_site_has_the_plan_that_was_reviewed() {
    for site in ours() {
        let text = fs::read_to_string(kept(root(), &site)).expect("its plan is kept");
        let kept = Plan::read(&text).expect("ctsup wrote it");
        assert_eq!(fresh(&site).digest, kept.digest, "{}: ./check shows how", site.name);
    }
}

#[test]
fn each_runbook_reads_as_it_did() {
    let words = Words::of(Lang::En);
    for site in ours() {
        let text = Format::Text.render(&fresh(&site), words, &Options::default());
        insta::assert_snapshot!(site.name.as_str(), text);
    }
}

/// A rule of this team's own: whatever changes data comes after that node's backup.
#[test]
fn nothing_is_deployed_without_a_backup_before() {
    for site in ours() {
        let plan = fresh(&site);
        let at = |part: &str| {
            plan.steps
                .iter()
                .position(|step| step.id.as_str().ends_with(part))
                .expect("it is there")
        };
        assert!(at("/back-up") < at("/deploy"), "{}", site.name);
    }
}

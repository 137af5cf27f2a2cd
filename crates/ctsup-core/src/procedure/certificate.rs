//! A new certificate: checked, put in place keeping the old, applied, seen (CERT.1 to CERT.3).

use super::cluster;
use crate::action::certificate::Certificate;
use crate::action::dpl::{Brings, DplOp};
use crate::action::{Action, Dpl};
use crate::cite;
use crate::diagnostic::{Code, Diagnostic};
use crate::fact::{FactKey, FactValue, Test};
use crate::name::{App, NodeName, Stack};
use crate::plan::builder::{Added, Draft};
use crate::plan::{Because, Phase, WarningCode};
use crate::planner::Planner;
use crate::state::{Atom, is};
use crate::topology::{CertificateKind, DatabasePlan, Layout, NewCertificate, Postgres, Risk};

/// Replaces the certificate on Front (split), on both Front nodes (HA), on the single server.
pub(super) fn add(p: &mut Planner<'_>) {
    let new = match p.site.certificate.clone() {
        Some(CertificateKind::Own(Some(new))) => new,
        Some(CertificateKind::LetsEncrypt) => {
            // nginx renews it by itself: there is nothing to put in place.
            p.say("certificate.kind", Diagnostic::new(Code::GoalNotHere).arg("goal", p.goal));
            return;
        }
        Some(CertificateKind::Own(None)) | None => {
            let found = Diagnostic::new(Code::MissingChoice)
                .arg("key", "certificate.bundle")
                .arg("choices", "certificate.bundle, certificate.key, certificate.host");
            p.say("certificate", found);
            return;
        }
    };
    let (nodes, serving) = match p.site.layout.clone() {
        Layout::Single(host) => (vec![host.clone()], Some(host)),
        Layout::Split { front, .. } => (vec![front.clone()], Some(front)),
        Layout::Ha { front, .. } => {
            let active = front.nodes.iter().find(|n| p.steps.has(&Atom::Active((*n).clone())));
            (front.nodes.to_vec(), active.cloned())
        }
    };
    let Some(serving) = serving else { return };
    super::checks::database_untouched(p, &serving);
    super::checks::settings_files(p);
    // Nothing serves there, and to start it is not this goal's work.
    if !p.steps.has(&Atom::Running(Stack::new(&serving, App::Express))) {
        let found = Diagnostic::new(Code::NotRunning).arg("node", &serving).arg("goal", p.goal);
        p.say(&format!("facts.nodes.{serving}.running"), found);
        return;
    }
    if new.plain {
        plain(p);
    }
    if p.steps.has(&Atom::CertificateServed(serving.clone())) {
        p.nothing_to_do();
        return;
    }
    let mut gate = Vec::new();
    if let Layout::Ha { front, .. } = p.site.layout.clone() {
        gate = cluster::gate(p, &front, &cluster::BY_HAND);
    }
    let check = Action::Certificate(Certificate::Check {
        bundle: new.bundle.clone(),
        host: new.host.clone(),
        key: new.key.clone(),
    });
    let check = Draft::person(Phase::Prepare, "certificate/check", check);
    let check = p.steps.once(check.cites(&[cite!("CERT.1")]));
    let placed = place(p, &new, &nodes, &serving, check);
    apply(p, &new, &serving, &placed, &gate);
}

fn place(
    p: &mut Planner<'_>,
    new: &NewCertificate,
    nodes: &[NodeName],
    serving: &NodeName,
    check: Added,
) -> Vec<Added> {
    let mut all = Vec::new();
    for node in nodes {
        let incoming = format!("{}/{}/new-certificate", p.catalogue.paths.kept, p.site.site);
        let action = Action::Certificate(Certificate::Place {
            app_dir: (node == serving).then(|| p.dir(App::Express).to_owned()),
            bundle: new.bundle.clone(),
            bundle_name: new.bundle_name.clone(),
            dir: p.catalogue.paths.certificates.clone(),
            incoming,
            key: new.key.clone(),
            key_name: new.key_name.clone(),
            node: node.clone(),
            suffix: "before-ctsup".to_owned(),
        });
        let draft = Draft::on(node, Phase::FirstHalf, "certificate/place", action);
        let step = p.steps.once(draft.cites(&[cite!("CERT.2")]));
        p.steps.after(step, check, Because::Row(cite!("CERT.2")));
        // They may be one directory.
        p.steps.after(step, all.last().copied().flatten(), Because::Invariant(34));
        all.push(step);
    }
    if nodes.len() > 1 {
        // Both nodes hold the same files, or a failover serves the old certificate (A21).
        let mut seen = Vec::new();
        for node in nodes {
            let action = Action::Certificate(Certificate::Compare {
                dir: p.catalogue.paths.certificates.clone(),
                files: vec![new.bundle_name.clone(), new.key_name.clone()],
                node: node.clone(),
            });
            let draft = Draft::on(node, Phase::FirstHalf, "certificate/compare", action);
            let step = p.steps.add(draft.cites(&[cite!("CERT.2")]));
            for placed in &all {
                p.steps.after(step, *placed, Because::Row(cite!("CERT.2")));
            }
            seen.push(step);
        }
        all = seen;
    }
    all
}

fn apply(
    p: &mut Planner<'_>,
    new: &NewCertificate,
    node: &NodeName,
    placed: &[Added],
    gate: &[Added],
) {
    let stack = Stack::new(node, App::Express);
    let dpl = |p: &Planner<'_>, skip: bool, op| {
        Action::Dpl(Dpl {
            clustered: p.site.cluster_of(node).is_some(),
            data: p.site.data_of(&stack),
            dir: p.dir(App::Express).to_owned(),
            op,
            settings: p.site.settings_of(&stack),
            skip: skip.then(|| p.catalogue.skip.clone()),
            stack: stack.clone(),
        })
    };
    let deploy =
        DplOp::Deploy { brings: Brings::Same, crosses_barrier: false, external_database: false };
    let deploy = dpl(p, !new.plain, deploy);
    // In a cluster only where dockerd is started, asked immediately before (invariant 5, A21).
    let here = p.site.cluster_of(node).cloned().map(|pair| {
        cluster::look(p, &pair, Phase::FirstHalf, &[cite!("HA.9")], "cluster/active/apply")
    });
    let form =
        p.ask.choice("certificate.apply", if new.plain { "plain" } else { "without-update" });
    let draft = Draft::on(node, Phase::FirstHalf, "express/apply", deploy);
    let applied = p.steps.add(draft.cites(&[cite!("CERT.3")]).because(&form));
    for step in placed.iter().chain(gate) {
        p.steps.after(applied, *step, Because::Row(cite!("CERT.3")));
    }
    if let Some(here) = here {
        for step in placed.iter().chain(gate) {
            p.steps.after(here, *step, Because::Invariant(5));
        }
        p.steps.after(applied, here, Because::Invariant(5));
    }
    let restart = dpl(p, false, DplOp::RestartNginx);
    let draft = Draft::on(node, Phase::FirstHalf, "express/restart-nginx", restart);
    let restarted = p
        .steps
        .ensure(draft.cites(&[cite!("CERT.3")]), &[is(Atom::CertificateServed(node.clone()))]);
    p.steps.after(restarted, applied, Because::Row(cite!("CERT.3")));
    let see = Action::Certificate(Certificate::SeeServed {
        file: format!("{}/{}", p.catalogue.paths.certificates, new.bundle_name),
        host: new.host.clone(),
        node: node.clone(),
    });
    let see = Draft::on(node, Phase::Verify, "certificate/served", see);
    let see = p.steps.add(see.cites(&[cite!("CERT.3")]));
    p.steps.after(see, restarted, Because::Row(cite!("CERT.3")));
    p.warn(WarningCode::Outage, &[("what", stack.to_string())], applied, restarted);
    if new.plain {
        p.warn(WarningCode::PlainDeploy, &[], applied, None);
    } else {
        p.warn(WarningCode::Ours, &[("what", "without-update".to_owned())], applied, None);
    }
}

/// The guide's plain `dpl -d` may update everything (A22): only by name, and never while a
/// condition of an upgrade is due (invariant 29).
fn plain(p: &mut Planner<'_>) {
    if !p.accepts(Risk::PlainDeploy) {
        let found = Diagnostic::new(Code::PlainDeployDue)
            .arg("reason", "risk")
            .arg("risk", Risk::PlainDeploy.as_str());
        p.say("certificate.apply", found);
        return;
    }
    let mut due: Vec<String> = Vec::new();
    let minimum = FactValue::Release(p.catalogue.thresholds.postgres_minimum.clone());
    if let Postgres::Embedded(plan) = &p.site.postgres
        && !(matches!(plan, DatabasePlan::Hold(_)) && is_held(p))
        && let Some(old) = p.ask.holds(FactKey::PostgresVersion, Test::Below, minimum)
        && old.yes
    {
        due.push(old.claim.to_string());
    }
    let limit = p.catalogue.thresholds.owners_up_to.clone();
    if p.site.installed.minor() <= limit.minor() {
        due.push(format!("release.installed <= {limit}"));
    }
    let barriers = p.catalogue.barriers_between(&p.site.target, &p.site.installed);
    if !barriers.is_empty() {
        due.push(format!("release.installed < {}", barriers[0]));
    }
    for stack in p.site.stacks().into_iter().filter(|s| s.app == App::Express) {
        let place = p.site.settings_of(&stack);
        for key in [FactKey::UpgradeKey(place.clone()), FactKey::AutoUpgradeKey(place)] {
            if let Some((FactValue::Bool(true), held)) = p.ask.value(key) {
                due.push(held.claim.to_string());
            }
        }
    }
    due.dedup();
    if !due.is_empty() {
        let found =
            Diagnostic::new(Code::PlainDeployDue).arg("reason", "due").arg("claim", due.join("; "));
        p.say("certificate.apply", found);
    }
}

/// Whether the image that the file holds the database at stands in settings already.
fn is_held(p: &Planner<'_>) -> bool {
    let places = p.site.stacks().into_iter().filter(|s| p.site.serves_back(&s.node));
    places.filter(|s| s.app == App::Express).any(|stack| {
        let pins = p.fact(&FactKey::Pins(p.site.settings_of(&stack)));
        matches!(pins, Some(FactValue::Images(pins)) if pins.contains_key("postgres"))
    })
}

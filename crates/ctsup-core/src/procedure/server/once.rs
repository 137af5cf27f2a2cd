//! What one release asks once: owners of files, certificates of its own (S.6, S.7).

use super::Server;
use crate::action::dpl::DplOp;
use crate::action::person::Topic;
use crate::action::{Action, Dpl, Person, Volume};
use crate::diagnostic::{Code, Diagnostic};
use crate::fact::{FactKey, FactValue, Held, Test};
use crate::guide::RowKey;
use crate::name::{App, Stack};
use crate::plan::builder::{Added, Draft};
use crate::plan::{Because, Cause, Phase, Source, WarningCode};
use crate::planner::Planner;
use crate::state::{Atom, is};
use crate::topology::{CertificateKind, Reading};
use crate::version::Release;

impl Server {
    /// Volumes to 888:888, when upgrading from an old release (A1).
    pub(in crate::procedure) fn owners(&self, p: &mut Planner<'_>) -> Added {
        let row = self.rows.owners.filter(|_| self.stack.app == App::Express)?;
        let data = p.site.data_of(&self.stack);
        let limit = p.catalogue.thresholds.owners_up_to.clone();
        let below = p.site.readings.get(&Reading::A1).is_some_and(|r| r == "below-1.28");
        let (release, said) = self.release_before(p);
        let FactValue::Release(release) = release else {
            p.steps.leave_out(&[row], Cause::Claim(said.claim));
            return None;
        };
        // "≤ 1.28.x": any patch level of 1.28 counts (A1).
        let due = release < limit || (!below && release.minor() == limit.minor());
        if !due {
            p.steps.leave_out(&[row], Cause::Claim(said.claim));
            // Said, and not changed unasked (A1).
            let key = FactKey::Owners(data.holder.clone());
            if release > limit && p.fact(&key) == Some(&FactValue::Bool(false)) {
                let found = Diagnostic::new(Code::OwnersUnexpected).arg("holder", &data.holder);
                p.say(&key.path(), found);
            }
            return None;
        }
        let key = FactKey::Owners(data.holder.clone());
        let owners = p.ask.holds(key, Test::Is, FactValue::Bool(true))?;
        if owners.yes {
            p.steps.leave_out(&[row], Cause::Claim(owners.claim));
            return None;
        }
        let agreed = self.agreed(p, Topic::Owners, row, std::slice::from_ref(&said));
        let list = format!(
            "{}/{}/owners-{}-{}.txt",
            p.catalogue.paths.kept,
            p.site.site,
            data.holder,
            p.before()
        );
        let action = Action::Volume(Volume::FixOwners {
            data: data.clone(),
            list,
            owner: p.catalogue.volumes.owner.clone(),
            volumes: p.catalogue.volumes.owned.clone(),
        });
        let draft = self
            .step(self.phases[1], "owners", action)
            .cites(&[row])
            .because(&said)
            .because(&owners);
        let step = p.steps.ensure(draft, &[is(Atom::OwnersFixed(data))]);
        p.steps.after(step, agreed, Because::Row(row));
        step
    }

    /// The release that the data comes from: this node's, or in a cluster the other node's, where
    /// this one idled and nobody knows its own.
    pub(super) fn release_before(&self, p: &mut Planner<'_>) -> (FactValue, Held) {
        let here = p.release_of(&self.stack);
        let other = p.site.cluster_of(&self.stack.node).map(|pair| pair.other(&self.stack.node));
        match (&here.0, other) {
            (FactValue::Unknown, Some(other)) => p.release_of(&Stack::new(other, self.stack.app)),
            _ => here,
        }
    }

    /// What the HA chapter does not cover is behind a person's yes, asked before anything stops (A8).
    pub(in crate::procedure) fn agreed(
        &self,
        p: &mut Planner<'_>,
        topic: Topic,
        row: RowKey,
        held: &[Held],
    ) -> Added {
        if !self.clustered {
            return None;
        }
        let action = Action::Person(Person::NotInGuide { topic });
        let name = action.code().trim_start_matches("person-").to_owned();
        let draft = Draft::person(Phase::Prepare, &name, action)
            .source(Source::Reading("A8".to_owned()))
            .early();
        let agreed = p.steps.once(held.iter().fold(draft, Draft::because));
        let stops: Vec<_> = p
            .steps
            .added()
            .filter(|(.., action)| {
                matches!(action, Action::Dpl(Dpl { op: DplOp::Stop { .. }, .. }))
            })
            .map(|(index, ..)| index)
            .collect();
        for stop in stops {
            p.steps.after(Some(stop), agreed, Because::Row(row));
        }
        agreed
    }

    /// The Let's Encrypt store cleared, when nginx was old (once per node).
    pub(in crate::procedure) fn letsencrypt(&self, p: &mut Planner<'_>) -> Added {
        let row = self.rows.letsencrypt.filter(|_| self.stack.app == App::Express)?;
        let node = self.stack.node.clone();
        let limit = p.catalogue.thresholds.letsencrypt_nginx_below.clone();
        match p.site.certificate.clone() {
            Some(CertificateKind::LetsEncrypt) => {}
            Some(CertificateKind::Own(_)) => {
                let said = p.ask.choice("certificate.kind", "own");
                p.steps.leave_out(&[row], Cause::Claim(said.claim));
                return None;
            }
            None => {
                self.certificate_unsaid(p, row, limit);
                return None;
            }
        }
        let old = p.ask.holds(FactKey::Nginx(node.clone()), Test::Below, FactValue::Release(limit));
        let there =
            p.ask.holds(FactKey::LetsEncrypt(node.clone()), Test::Is, FactValue::Bool(true));
        let (old, there) = (old?, there?);
        // One directory for both nodes of a cluster is cleared once (invariant 18).
        let place = p.site.settings_of(&self.stack);
        let mate = p.site.cluster_of(&node).map(|pair| pair.other(&node).clone());
        let shared =
            mate.filter(|mate| p.site.settings_of(&Stack::new(mate, App::Express)) == place);
        if let Some(done) = shared.map(|mate| is(Atom::LetsEncryptCleared(mate)))
            && p.steps.now().meets(&done)
        {
            p.steps.leave_out(&[row], Cause::Already(vec![done]));
            return None;
        }
        if !old.yes || !there.yes {
            let claim = if old.yes { there.claim } else { old.claim };
            p.steps.leave_out(&[row], Cause::Claim(claim));
            return None;
        }
        let agreed = self.agreed(p, Topic::Letsencrypt, row, std::slice::from_ref(&old));
        let kept = &p.catalogue.paths.kept;
        let action = Action::Volume(Volume::ClearLetsEncrypt {
            copy: format!("{kept}/{}/letsencrypt-{node}-{}", p.site.site, p.before()),
            data: p.site.data_of(&self.stack),
            dir: format!("{}/{}", p.dir(App::Express), p.catalogue.paths.letsencrypt),
            node: node.clone(),
        });
        let draft = self
            .step(self.phases[1], "letsencrypt", action)
            .cites(&[row])
            .because(&old)
            .because(&there);
        let step = p.steps.ensure(draft, &[is(Atom::LetsEncryptCleared(node))]);
        p.steps.after(step, agreed, Because::Row(row));
        if step.is_some() {
            p.warn(WarningCode::LetsencryptAgain, &[], step, None);
        }
        step
    }

    /// The file does not say whose certificate nginx serves. Where nginx is known to be new that
    /// does not matter; where it is old, or the release is as old as the chapter's other one-time
    /// conditions, it is asked; else nginx is taken to be new until somebody looks.
    pub(super) fn certificate_unsaid(&self, p: &mut Planner<'_>, row: RowKey, limit: Release) {
        let key = FactKey::Nginx(self.stack.node.clone());
        let nginx = p.fact(&key).cloned();
        let limit = FactValue::Release(limit);
        let (release, _) = self.release_before(p);
        let old = p.catalogue.thresholds.owners_up_to.minor();
        let old = matches!(&release, FactValue::Release(r) if r.minor() <= old);
        if nginx.as_ref().map_or(old, |nginx| *nginx < limit) {
            let found = Diagnostic::new(Code::MissingChoice)
                .arg("key", "certificate.kind")
                .arg("choices", "own, lets-encrypt");
            p.say("certificate.kind", found);
            return;
        }
        let held = match nginx {
            Some(_) => p.ask.holds(key, Test::AtLeast, limit),
            None => Some(p.ask.assume(&key, Test::AtLeast, &limit)),
        };
        if let Some(held) = held {
            p.steps.leave_out(&[row], Cause::Claim(held.claim));
        }
    }
}

//! Looking whether a step is done whose outcome is unknown. Whatever is not beyond doubt is for a
//! person to say.

use ctsup_core::action::{MOVED_TOGETHER, Pcs, Site, Volume};
use ctsup_core::run::Verdict;
use ctsup_core::{Action, Event};

use super::{Carried, Hand};
use crate::clock::Clock;
use crate::transport::{Look, SHORT, Transport, quoted};

/// What a person compares: which containers there are, how they stand, of which images; and whether
/// a dpl still runs.
const CONTAINERS: &str =
    "docker ps -a --format '{{.Names}}  {{.Status}}  {{.Image}}'; pgrep -ax dpl";

/// Looks, and tells what it means; always, for the run waits for it.
pub(crate) async fn probe<T: Transport, C: Clock>(hand: Hand<'_, T, C>) -> Carried<()> {
    let (verdict, seen) = match &hand.step().action.clone() {
        Action::Pcs(Pcs::Move { fqdn, from, .. }) => hand.probe_move(fqdn, &hand.fqdn(from)).await,
        Action::Volume(Volume::ClearLetsEncrypt { copy, dir, .. }) => {
            hand.probe_cleared(copy, dir).await
        }
        Action::Site(Site { probe: Some(probe), .. }) => match hand.ask(probe).await {
            Ok((0, seen)) => (Verdict::Done, seen),
            Ok((_, seen)) => (Verdict::NotDone, seen),
            Err(seen) => (Verdict::Unclear, seen),
        },
        // K3: containers and tags are shown, a person compares them with what was wanted.
        _ => match hand.ask(CONTAINERS).await {
            Ok((_, seen)) | Err(seen) => (Verdict::Unclear, seen),
        },
    };
    hand.tell(Event::Probed { seen: super::shortened(&seen), step: hand.id(), verdict }).await
}

impl<T: Transport, C: Clock> Hand<'_, T, C> {
    /// Exit code and output of a look, or why there is none; never gives the step up.
    async fn ask(&self, script: &str) -> Result<(i32, String), String> {
        let Some(node) = &self.step().node else { return Err(String::new()) };
        let look = Look::new(script, SHORT).within(self.step().cwd.as_deref());
        match self.way.look(node, &look).await {
            Ok(answer) => Ok((answer.code, format!("{}{}", answer.out_text(), answer.err_text()))),
            Err(failure) => Err(failure.seen()),
        }
    }

    async fn probe_move(&self, to: &str, from: &str) -> (Verdict, String) {
        let Some(node) = &self.step().node else { return (Verdict::Unclear, String::new()) };
        let cluster = match self.cluster_once(node).await {
            Ok(cluster) => cluster,
            Err(seen) => return (Verdict::Unclear, seen),
        };
        let both = MOVED_TOGETHER.map(|name| cluster.active_node(name).ok());
        let seen = super::cluster::places(&both);
        let at = |node: &str| both.iter().all(|place| *place == Some(node));
        match (at(to), at(from)) {
            (true, _) => (Verdict::Done, seen),
            (_, true) => (Verdict::NotDone, seen),
            _ => (Verdict::Unclear, seen),
        }
    }

    async fn probe_cleared(&self, copy: &str, dir: &str) -> (Verdict, String) {
        let (copy, dir) = (quoted(copy), quoted(dir));
        let script =
            format!("if [ -e {dir} ]; then echo dir; fi; if [ -e {copy} ]; then echo copy; fi");
        match self.ask(&script).await {
            Ok((0, seen)) => {
                let says = |word: &str| seen.lines().any(|line| line == word);
                let verdict = match (says("dir"), says("copy")) {
                    (false, true) => Verdict::Done,
                    (true, false) => Verdict::NotDone,
                    _ => Verdict::Unclear,
                };
                (verdict, seen)
            }
            Ok((_, seen)) | Err(seen) => (Verdict::Unclear, seen),
        }
    }
}

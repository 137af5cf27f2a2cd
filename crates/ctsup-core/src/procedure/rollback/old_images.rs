//! The images of before the upgrade: which they are, and that they are on the node.

use std::collections::BTreeMap;

use crate::action::{Action, Registry};
use crate::diagnostic::{Code, Diagnostic};
use crate::fact::{FactKey, FactValue, Held};
use crate::name::NodeName;
use crate::plan::builder::{Added, Draft};
use crate::plan::{Because, Phase, Source};
use crate::planner::Planner;
use crate::procedure::server::Server;
use crate::procedure::{cluster, images};
use crate::version::ImageRef;

/// Which images of a saved list are wanted.
#[derive(Debug, Clone, Copy)]
pub(in crate::procedure) enum Which<'s> {
    /// Those of these services of CTS.
    These(&'s [String]),
    /// All of CTS, among them these: what runs on data of that time is of that time, the database's
    /// container too.
    All(&'s [String]),
    /// Those of VoEx.
    Voex,
}

/// The images before the upgrade, one for each service; a service that the list does not name
/// refuses the plan.
pub(in crate::procedure) fn old_images(
    p: &mut Planner<'_>,
    nodes: &[NodeName],
    serving: &NodeName,
    which: Which<'_>,
) -> Option<(BTreeMap<String, ImageRef>, Held)> {
    // A cluster's list was saved on the node that was active then, which need not be active now.
    let known = nodes.iter().find(|n| p.fact(&FactKey::Images((*n).clone())).is_some());
    let key = FactKey::Images(known.unwrap_or(serving).clone());
    let path = key.path();
    let Some((FactValue::Images(images), held)) = p.ask.value(key) else { return None };
    let mut pins = BTreeMap::new();
    let mut lacking = Vec::new();
    for (service, image) in &images {
        let voex = service.strip_prefix("voex/");
        let name = match which {
            Which::Voex => voex,
            Which::All(_) if voex.is_none() => Some(service.as_str()),
            Which::These(services) if services.contains(service) => Some(service.as_str()),
            _ => None,
        };
        if let Some(name) = name {
            pins.insert(name.to_owned(), image.clone());
        }
    }
    match which {
        Which::Voex if pins.is_empty() => lacking.push("voex".to_owned()),
        Which::Voex => {}
        Which::These(services) | Which::All(services) => {
            lacking.extend(services.iter().filter(|s| !images.contains_key(*s)).cloned());
        }
    }
    if !lacking.is_empty() {
        let found = Diagnostic::new(Code::ImageListIncomplete)
            .arg("node", serving)
            .arg("count", lacking.len())
            .arg("services", lacking.join(", "));
        p.say(&path, found);
        return None;
    }
    Some((pins, held))
}

/// Old images are on the node, or fetched, before anything stops for them (RB.1, K12).
pub(in crate::procedure) fn images_there(
    p: &mut Planner<'_>,
    server: &Server,
    pins: &BTreeMap<String, ImageRef>,
    held: &Held,
) -> Added {
    let stack = server.stack.clone();
    let mut images: Vec<_> = pins.values().cloned().collect();
    images.sort();
    images.dedup();
    let prefix = images::prefix(p);
    let action = Action::Registry(Registry::OldImages { images, prefix, stack: stack.clone() });
    let what = format!("{}/old-images", stack.app);
    let draft = Draft::on(&stack.node, Phase::Fetch, &what, action);
    let step = p.steps.once(draft.source(Source::Invariant(8)).because(held));
    // docker answers only where it runs.
    if let Some(pair) = p.site.cluster_of(&stack.node).map(|pair| pair.cluster) {
        p.steps.after(step, cluster::seen_active(p, pair), Because::Invariant(5));
    }
    step
}

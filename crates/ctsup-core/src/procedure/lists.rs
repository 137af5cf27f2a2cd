//! Saved image lists (`docker ps -a`) as facts: which image each service of a node had.

use std::collections::BTreeMap;

use crate::diagnostic::{Code, Diagnostic};
use crate::fact::{FactKey, FactValue, Origin};
use crate::name::{App, NodeName};
use crate::reader::image_list::{self, Naming};
use crate::reader::{Note, Reason};
use crate::topology::Parsed;
use crate::version::ImageRef;

/// Adds what the lists say to the facts.
pub(super) fn learn(parsed: &mut Parsed, lists: &BTreeMap<NodeName, String>) {
    for (node, text) in lists {
        let path = format!("rollback.lists.{node}");
        let label = parsed.places.label(&path);
        let said = match services(text) {
            Ok(images) => {
                let key = FactKey::Images(node.clone());
                let value = FactValue::Images(images);
                match parsed.facts.get(&key) {
                    Some((have, _)) if *have != value => Some(
                        Diagnostic::new(Code::FactsDiffer)
                            .arg("fact", &key)
                            .arg("value", &value)
                            .arg("other", have),
                    ),
                    _ => {
                        parsed.facts.set(key, value, Origin::Declared);
                        None
                    }
                }
            }
            Err(found) => Some(found),
        };
        parsed.diagnostics.extend(said.map(|found| found.arg("node", node).at(label)));
    }
}

/// The image of each service; services of VoEx are named `voex/…`.
fn services(text: &str) -> Result<BTreeMap<String, ImageRef>, Diagnostic> {
    let unreadable = |line: usize, reason: &str| {
        Diagnostic::new(Code::ImageListUnreadable).arg("line", line).arg("reason", reason)
    };
    let list = image_list::read(text).map_err(|error| unreadable(0, &error.to_string()))?;
    let doubtful = |line: usize| {
        let doubt = |note: &Note| note.line == line && note.reason == Reason::NameInDoubt;
        list.notes.iter().any(doubt)
    };
    let mut images: BTreeMap<String, ImageRef> = BTreeMap::new();
    for container in &list.containers {
        for app in [App::Express, App::Voex] {
            let project = app.project();
            let Some(service) = container.service(project) else { continue };
            // Left over from `dpl --dc run` or from a replacement: not what the service was.
            if matches!(service.naming, Naming::OneOff | Naming::Replaced) {
                continue;
            }
            let numbered = matches!(service.naming, Naming::ComposeV1 | Naming::ComposeV2);
            if app == App::Voex && !numbered {
                continue;
            }
            // A name that a terminal may have cut names no service for sure.
            if doubtful(container.line) {
                return Err(unreadable(container.line, "the name may be cut"));
            }
            let pin = container
                .image
                .pin()
                .map_err(|why| unreadable(container.line, &why.to_string()))?;
            let image: ImageRef = pin
                .to_string()
                .parse()
                .map_err(|_| unreadable(container.line, "no image with a tag"))?;
            let name = match app {
                App::Voex => format!("voex/{}", service.name),
                _ => service.name,
            };
            if images.get(&name).is_some_and(|have| *have != image) {
                return Err(unreadable(container.line, "two images for one service"));
            }
            images.insert(name, image);
        }
    }
    Ok(images)
}

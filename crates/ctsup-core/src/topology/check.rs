//! Makes a topology of a document: what its values mean together, every contradiction at once.

use super::read::Document;
use super::{Layout, Topology};
use crate::diagnostic::{Code, Diagnostic, Severity};
use crate::name::NodeName;

mod choices;
mod layout;
mod nodes;
mod own;

/// The topology, unless an error makes it one of none.
pub(super) fn check(document: &Document, found: &mut Vec<Diagnostic>) -> Option<Topology> {
    let mut check = Check { document, found };
    check.node_names();
    let nodes = check.nodes();
    let layout = check.layout(&nodes);
    check.addresses(&nodes);
    let topology = Topology {
        site: document.text("site.name").unwrap_or_default().to_owned(),
        voex: check.voex(&nodes, layout.as_ref()),
        postgres: check.postgres(),
        certificate: check.certificate(),
        images: check.images(),
        method: check.method(),
        web_client: check.web_client(&nodes),
        antivirus: check.antivirus(layout.as_ref()),
        docker_root: document.text("docker.root").unwrap_or("/var/lib/docker").to_owned(),
        backup: check.backup(layout.as_ref()),
        together: document.bool("interruptions.together").unwrap_or(false),
        rollback: check.rollback(&nodes),
        readings: check.readings(),
        accepted: check.accepted(),
        own: check.own(),
        installed: document.release("release.installed").cloned().unwrap_or_else(zero),
        target: document.release("release.target").cloned().unwrap_or_else(zero),
        attempt: document
            .integer("release.attempt")
            .and_then(|n| u8::try_from(n).ok())
            .unwrap_or(1),
        unpin: document.bool("release.unpin").unwrap_or(false),
        layout: layout.unwrap_or_else(|| Layout::Single(nowhere())),
        nodes,
    };
    Check { document, found }.facts_of_nothing();
    let whole = !found.iter().any(|d| d.severity >= Severity::Error);
    whole.then_some(topology)
}

// Stand-ins while the rest of a broken file is checked; no topology is made of them.
fn zero() -> crate::version::Release {
    "0".parse().expect("a number is a release")
}

fn nowhere() -> NodeName {
    "nowhere".parse().expect("a name")
}

struct Check<'a> {
    document: &'a Document,
    found: &'a mut Vec<Diagnostic>,
}

impl Check<'_> {
    fn say(&mut self, path: &str, diagnostic: Diagnostic) {
        let mut label = self.document.label(path);
        if label.range.is_none()
            && let Some((by, _)) = diagnostic.args.get("by").and_then(|by| by.split_once(" = "))
        {
            // What is missing has no place; the choice that needs it has.
            label.range = self.document.label(by).range;
        }
        self.found.push(diagnostic.arg("key", path).at(label));
    }

    fn name(&self, path: &str) -> Option<NodeName> {
        self.document.text(path)?.parse().ok()
    }

    /// A key that the choice `by` needs.
    fn needed(&mut self, path: &str, by: &str) -> Option<String> {
        let value = self.document.text(path).map(str::to_owned);
        // A value of a wrong shape was reported when it was read.
        if value.is_none() && !self.document.has(path) && !self.reported(path) {
            self.say(path, Diagnostic::new(Code::NeededKey).arg("by", by));
        }
        value
    }

    fn reported(&self, path: &str) -> bool {
        self.found.iter().any(|d| d.labels.iter().any(|l| l.path == path))
    }

    /// Something below this table did not parse: what follows from that is no news.
    fn in_doubt(&self, table: &str) -> bool {
        let below = |path: &str| {
            path == table || path.strip_prefix(table).is_some_and(|rest| rest.starts_with('.'))
        };
        self.found.iter().any(|d| {
            let meant = d.args.get("near").is_some_and(|near| {
                d.code == Code::UnknownKey && near == table.rsplit('.').next().unwrap_or(table)
            });
            meant || d.labels.iter().any(|label| below(&label.path))
        })
    }

    /// Keys that do nothing under the choice `by`.
    fn not_here(&mut self, paths: &[&str], by: &str) {
        for path in paths {
            if self.document.has(path) {
                self.say(path, Diagnostic::new(Code::KeyNotHere).arg("by", by));
            }
        }
    }
}

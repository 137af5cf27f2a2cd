//! The facts that a topology or facts file declares.

use std::collections::BTreeMap;

use super::read::Document;
use super::{Topology, nearest};
use crate::diagnostic::{Code, Diagnostic};
use crate::fact::{FactKey, FactValue, Facts, Origin};
use crate::name::{App, ClusterName, Holding, NodeName, Stack};

/// Adds a document's facts to those known. Of two that are declared none wins over the other; what
/// was observed wins.
pub(super) fn learn(
    document: &Document,
    topology: &Topology,
    origin: Origin,
    known: &mut Facts,
    found: &mut Vec<Diagnostic>,
) {
    let mut learning = Learning { document, origin, known, found };
    learning.nodes(topology);
    learning.clusters(topology);
    learning.holders(topology);
    learning.database();
}

/// A fact about something that the topology does not have.
pub(super) fn of_nothing(
    document: &Document,
    table: &str,
    name: &str,
    known: &[&str],
) -> Diagnostic {
    let label = document.name_label(&format!("{table}.{name}"));
    let mut found =
        Diagnostic::new(Code::FactOfNothing).arg("value", name).arg("choices", known.join(", "));
    if let (Some(near), Some(range)) = (nearest(name, known.iter().copied()), label.range.clone()) {
        found = found.arg("near", near).fix(range, near);
    }
    found.at(label)
}

struct Learning<'a> {
    document: &'a Document,
    origin: Origin,
    known: &'a mut Facts,
    found: &'a mut Vec<Diagnostic>,
}

impl Learning<'_> {
    fn learn(&mut self, key: FactKey, value: Option<FactValue>) {
        let Some(value) = value else { return };
        if let Some((have, _)) = self.known.get(&key)
            && *have != value
            && self.origin == Origin::Declared
        {
            let label = self.document.label(&key.path());
            self.found.push(
                Diagnostic::new(Code::FactsDiffer)
                    .arg("fact", &key)
                    .arg("value", &value)
                    .arg("other", have)
                    .at(label),
            );
            return;
        }
        self.known.set(key, value, self.origin);
    }

    fn release(&self, path: &str) -> Option<FactValue> {
        if self.document.is_unknown(path) {
            return Some(FactValue::Unknown);
        }
        self.document.release(path).cloned().map(FactValue::Release)
    }

    fn bool(&self, path: &str) -> Option<FactValue> {
        self.document.bool(path).map(FactValue::Bool)
    }

    fn size(&self, path: &str) -> Option<FactValue> {
        self.document.size(path).map(FactValue::Size)
    }

    fn list(&self, path: &str) -> Option<FactValue> {
        let all = self.document.texts(path)?;
        Some(FactValue::List(all.into_iter().map(str::to_owned).collect()))
    }

    fn images(&self, path: &str) -> Option<FactValue> {
        if !self.document.has(path) {
            return None;
        }
        let images: BTreeMap<_, _> = self
            .document
            .names(path)
            .into_iter()
            .filter_map(|name| {
                Some((name.to_owned(), self.document.image(&format!("{path}.{name}"))?.clone()))
            })
            .collect();
        Some(FactValue::Images(images))
    }

    /// The images of both applications of a node; those of VoEx are named `voex/…`.
    fn with_voex(&self, express: Option<FactValue>, voex: Option<FactValue>) -> Option<FactValue> {
        let mut all = match (express, &voex) {
            (Some(FactValue::Images(express)), _) => express,
            (None, Some(_)) => BTreeMap::new(),
            (other, _) => return other,
        };
        if let Some(FactValue::Images(voex)) = voex {
            all.extend(voex.into_iter().map(|(name, image)| (format!("voex/{name}"), image)));
        }
        Some(FactValue::Images(all))
    }

    fn of_nothing(&mut self, table: &str, name: &str, known: &[&str]) {
        self.found.push(of_nothing(self.document, table, name, known));
    }

    fn nodes(&mut self, topology: &Topology) {
        for name in self.document.names("facts.nodes") {
            let at = |key: &str| format!("facts.nodes.{name}.{key}");
            let Some(node) =
                name.parse().ok().filter(|n: &NodeName| topology.nodes.contains_key(n))
            else {
                let known: Vec<_> = topology.nodes.keys().map(NodeName::as_str).collect();
                self.of_nothing("facts.nodes", name, &known);
                continue;
            };
            for app in [App::Express, App::Voex] {
                let stack = Stack::new(&node, app);
                self.learn(FactKey::Release(stack.clone()), self.release(&at(app.as_str())));
                // Of VoEx only where it is said apart: else what is said of the node holds for all of it.
                let apart = self.bool(&at("voex_running")).filter(|_| app == App::Voex);
                let running = apart.or_else(|| self.bool(&at("running")));
                self.learn(FactKey::Running(stack), running);
            }
            let nginx = self.document.release(&at("nginx")).cloned().map(FactValue::Release);
            self.learn(FactKey::Nginx(node.clone()), nginx);
            self.learn(FactKey::LetsEncrypt(node.clone()), self.bool(&at("letsencrypt")));
            self.learn(FactKey::FreeImages(node.clone()), self.size(&at("free_images")));
            self.learn(FactKey::Antivirus(node.clone()), self.list(&at("antivirus")));
            let images =
                self.with_voex(self.images(&at("images")), self.images(&at("voex_images")));
            self.learn(FactKey::Images(node), images);
        }
    }

    fn clusters(&mut self, topology: &Topology) {
        for name in self.document.names("facts.clusters") {
            let at = |key: &str| format!("facts.clusters.{name}.{key}");
            let pair = name.parse::<ClusterName>().ok().and_then(|c| topology.pair(c));
            let Some(pair) = pair else {
                self.of_nothing("facts.clusters", name, &["back", "front"]);
                continue;
            };
            let cluster = pair.cluster;
            if let Some(active) = self.document.text(&at("active")) {
                if pair.nodes.iter().any(|n| n.as_str() == active) {
                    let value = FactValue::Text(active.to_owned());
                    self.learn(FactKey::Active(cluster), Some(value));
                } else {
                    let label = self.document.label(&at("active"));
                    self.found.push(
                        Diagnostic::new(Code::NotAllowedHere)
                            .arg("key", at("active"))
                            .arg("value", active)
                            .arg("want", format!("{}, {}", pair.nodes[0], pair.nodes[1]))
                            .at(label),
                    );
                }
            }
            self.learn(FactKey::Healthy(cluster), self.bool(&at("healthy")));
            let pcs = self.document.release(&at("pcs")).cloned().map(FactValue::Release);
            self.learn(FactKey::Pcs(cluster), pcs);
            self.learn(FactKey::Constraints(cluster), self.list(&at("constraints")));
            self.learn(FactKey::Preferences(cluster), self.list(&at("preferences")));
            let stickiness = self.document.integer(&at("stickiness")).map(FactValue::Integer);
            self.learn(FactKey::Stickiness(cluster), stickiness);
        }
    }

    fn holders(&mut self, topology: &Topology) {
        let known: Vec<_> = topology
            .nodes
            .keys()
            .map(NodeName::as_str)
            .chain(
                ClusterName::ALL
                    .into_iter()
                    .filter(|c| topology.pair(*c).is_some())
                    .map(|c| -> &str { c.as_str() }),
            )
            .collect();
        let document = self.document;
        for table in ["facts.data", "facts.settings"] {
            for name in document.names(table) {
                let at = |key: &str| format!("{table}.{name}.{key}");
                let Some(holder) = name.parse::<NodeName>().ok().filter(|_| known.contains(&name))
                else {
                    self.of_nothing(table, name, &known);
                    continue;
                };
                let of = |app| Holding { holder: holder.clone(), app };
                if table == "facts.data" {
                    self.learn(FactKey::Met(of(App::Express)), self.release(&at("express_met")));
                    self.learn(FactKey::Met(of(App::Voex)), self.release(&at("voex_met")));
                    self.learn(FactKey::Volumes(holder.clone()), self.size(&at("volumes")));
                    self.learn(FactKey::FreeBackup(holder.clone()), self.size(&at("free_backup")));
                    let volumes = self.size(&at("free_volumes"));
                    self.learn(FactKey::FreeVolumes(holder.clone()), volumes);
                    self.learn(FactKey::Owners(holder.clone()), self.bool(&at("owners_888")));
                } else {
                    let place = of(App::Express);
                    self.learn(FactKey::SettingsFiles(place.clone()), self.list(&at("files")));
                    let upgrade = self.bool(&at("postgres_upgrade"));
                    self.learn(FactKey::UpgradeKey(place.clone()), upgrade);
                    let auto = self.bool(&at("postgres_auto_upgrade"));
                    self.learn(FactKey::AutoUpgradeKey(place.clone()), auto);
                    self.learn(FactKey::Pins(place.clone()), self.images(&at("pins")));
                    let voex = of(App::Voex);
                    self.learn(FactKey::Pins(voex.clone()), self.images(&at("voex_pins")));
                    self.nobodys(topology, [(place, "pins"), (voex, "voex_pins")], &at);
                }
            }
        }
    }

    /// Pins of an application that nothing there reads would be overlooked.
    fn nobodys(
        &mut self,
        topology: &Topology,
        pins: [(Holding, &str); 2],
        at: &dyn Fn(&str) -> String,
    ) {
        let read: Vec<_> = topology.stacks().iter().map(|s| topology.settings_of(s)).collect();
        for (place, key) in pins {
            if self.document.has(&at(key)) && !read.contains(&place) {
                let label = self.document.label(&at(key));
                let found = Diagnostic::new(Code::FactOfNothing).arg("value", &place);
                let known: Vec<_> = read.iter().map(ToString::to_string).collect();
                self.found.push(found.arg("choices", known.join(", ")).at(label));
            }
        }
    }

    fn database(&mut self) {
        let at = |key: &str| format!("facts.postgres.{key}");
        // The server's own answer and the tag of its image have more numbers than the data.
        let version = self.document.release(&at("version"));
        let version = version.map(|version| FactValue::Release(version.of_data()));
        self.learn(FactKey::PostgresVersion, version);
        self.learn(FactKey::PostgresSize, self.size(&at("size")));
        self.learn(FactKey::PostgresFree, self.size(&at("free")));
        self.learn(FactKey::Apt, self.bool(&at("apt")));
        self.learn(FactKey::UpgradeBackups, self.list(&at("upgrade_backups")));
        let image = self.document.image("facts.web_client.image");
        let image = image.map(|i| FactValue::Text(i.to_string()));
        self.learn(FactKey::WebClientImage, image);
        let refused = self.bool("facts.registry.login_refused");
        self.learn(FactKey::LoginRefused, refused);
    }
}

//! Which servers there are, and whether every name in the file is one of them.

use std::collections::{BTreeMap, BTreeSet};

use super::Check;
use crate::diagnostic::{Code, Diagnostic, Severity};
use crate::name::NodeName;
use crate::topology::near::nearest;
use crate::topology::read::Value;
use crate::topology::{Become, Node, Role, declared, key};

/// A node's name where the file uses it.
struct Named {
    path: String,
    name: String,
    /// It is a key, not a value.
    key: bool,
    /// A cluster can stand there too.
    holder: bool,
}

impl Check<'_> {
    /// Every value and key that names a node names one that is described.
    pub(super) fn node_names(&mut self) {
        let known = self.document.names("nodes");
        if known.is_empty() {
            // That the table is missing or misspelt was said.
            return;
        }
        let named = self.named();
        let misnamed = self.misnamed(&known, &named);
        for Named { path, name, key, holder } in named {
            let cluster = holder && ["back", "front"].contains(&name.as_str());
            if cluster || known.contains(&name.as_str()) || misnamed.contains(&name) {
                continue;
            }
            let mut diagnostic = Diagnostic::new(Code::UnknownNode)
                .arg("value", &name)
                .arg("choices", known.join(", "));
            let label =
                if key { self.document.name_label(&path) } else { self.document.label(&path) };
            if let (Some(near), Some(range)) =
                (nearest(&name, known.iter().copied()), label.range.clone())
            {
                let quoted = if key { near.to_owned() } else { format!("\"{near}\"") };
                diagnostic = diagnostic.arg("near", near).fix(range, quoted);
            }
            self.found.push(diagnostic.arg("key", &path).at(label));
        }
    }

    /// Where the file names nodes.
    fn named(&self) -> Vec<Named> {
        let mut all = Vec::new();
        for (path, (value, _)) in &self.document.values {
            let parts: Vec<_> = path.split('.').collect();
            if let (Some(key::Kind::Node), Value::Text(name)) =
                (key::key_of(&parts).map(|key| key.kind), value)
            {
                let (path, name) = (path.clone(), name.clone());
                all.push(Named { path, name, key: false, holder: false });
            }
        }
        for (table, holder) in [("rollback.lists", false), ("rollback.backups", true)] {
            for name in self.document.names(table) {
                let path = format!("{table}.{name}");
                all.push(Named { path, name: name.to_owned(), key: true, holder });
            }
        }
        all
    }

    /// Where several places agree on a name and one node is called almost so and named nowhere, the
    /// node's own header is what is misspelt. Such names are reported once, there.
    fn misnamed(&mut self, known: &[&str], named: &[Named]) -> Vec<String> {
        let mut uses: BTreeMap<&str, usize> = BTreeMap::new();
        for one in named {
            *uses.entry(&one.name).or_default() += 1;
        }
        let facts: Vec<_> = ["facts.nodes", "facts.data", "facts.settings"]
            .into_iter()
            .flat_map(|table| self.document.names(table))
            .collect();
        for name in &facts {
            *uses.entry(name).or_default() += 1;
        }
        let mut misnamed = Vec::new();
        for (name, count) in &uses {
            let cluster = ["back", "front"].contains(name);
            if *count < 2 || cluster || known.contains(name) {
                continue;
            }
            let unused = known.iter().copied().filter(|known| !uses.contains_key(known));
            if let Some(node) = nearest(name, unused) {
                misnamed.push(((*name).to_owned(), node.to_owned(), *count));
            }
        }
        for (name, node, count) in &misnamed {
            let label = self.document.name_label(&format!("nodes.{node}"));
            let mut found = Diagnostic::new(Code::MisnamedNode)
                .arg("value", node)
                .arg("near", name)
                .arg("count", count);
            if let Some(range) = label.range.clone() {
                found = found.fix(range, name);
            }
            self.found.push(found.at(label));
        }
        misnamed.into_iter().map(|(name, ..)| name).collect()
    }

    /// Facts of nodes that nobody describes, where the file has errors: of a whole file they are
    /// found when its facts are learnt.
    pub(super) fn facts_of_nothing(&mut self) {
        let broken = self.found.iter().any(|d| d.severity >= Severity::Error);
        let mut known = self.document.names("nodes");
        if !broken || known.is_empty() || self.roles_in_doubt() {
            return;
        }
        let misnamed = self.found.iter().filter(|d| d.code == Code::MisnamedNode);
        let misnamed: BTreeSet<_> = misnamed.filter_map(|d| d.args.get("near").cloned()).collect();
        for table in ["facts.nodes", "facts.data", "facts.settings"] {
            if table == "facts.data" {
                known.extend(["back", "front"]);
            }
            for name in self.document.names(table) {
                if !known.contains(&name) && !misnamed.contains(name) {
                    let found = declared::of_nothing(self.document, table, name, &known);
                    self.found.push(found);
                }
            }
        }
    }

    pub(super) fn nodes(&mut self) -> BTreeMap<NodeName, Node> {
        let document = self.document;
        let mut nodes = BTreeMap::new();
        for name in document.names("nodes") {
            let at = |key: &str| format!("nodes.{name}.{key}");
            let Ok(node) = name.parse::<NodeName>() else {
                continue;
            };
            let role = match document.text(&at("role")) {
                Some("single") => Role::Single,
                Some("back") => Role::Back,
                Some("front") => Role::Front,
                Some("voex") => Role::Voex,
                Some("registry") => Role::Registry,
                Some("control") => Role::Control,
                Some("internet") => Role::Internet,
                Some("web-client") => Role::WebClient,
                _ => Role::Other,
            };
            let fqdn = document.text(&at("fqdn")).unwrap_or_default().to_owned();
            nodes.insert(
                node,
                Node {
                    role,
                    address: document
                        .text(&at("address"))
                        .map_or_else(|| fqdn.clone(), str::to_owned),
                    fqdn,
                    port: document
                        .integer(&at("port"))
                        .and_then(|n| n.try_into().ok())
                        .unwrap_or(22),
                    user: document.text(&at("user")).unwrap_or("root").to_owned(),
                    become_root: document
                        .text(&at("become"))
                        .and_then(Become::parse)
                        .unwrap_or(Become::No),
                },
            );
        }
        nodes
    }

    pub(super) fn addresses(&mut self, nodes: &BTreeMap<NodeName, Node>) {
        let mut wrong = Vec::new();
        let (mut names, mut ways) = (BTreeMap::new(), BTreeMap::new());
        for (name, node) in nodes {
            let same_name = match node.fqdn.as_str() {
                "" => None,
                fqdn => names.insert(fqdn, name),
            };
            let same_way = match node.address.as_str() {
                "" => None,
                address => ways.insert((address, node.port), name),
            };
            for (key, other) in [("fqdn", same_name), ("address", same_way)] {
                // One finding for two hosts, however many ways they are the same.
                if let Some(other) = other
                    && !wrong.iter().any(|(_, n, o)| n == name && o == other)
                {
                    wrong.push((format!("nodes.{name}.{key}"), name.clone(), other.clone()));
                }
            }
        }
        for (path, name, other) in wrong {
            self.say(
                &path,
                Diagnostic::new(Code::SameAddress).arg("node", name).arg("other", other),
            );
        }
    }
}

//! What runs where: one server, two, pairs, and VoEx.

use std::collections::BTreeMap;

use super::Check;
use crate::diagnostic::{Code, Diagnostic};
use crate::name::{ClusterName, NodeName};
use crate::topology::near::nearest;
use crate::topology::{Layout, Node, Pair, Role, Shared, Voex};

impl Check<'_> {
    pub(super) fn layout(&mut self, nodes: &BTreeMap<NodeName, Node>) -> Option<Layout> {
        let kind = self.document.text("site.kind")?.to_owned();
        let with = |role: Role| -> Vec<NodeName> {
            nodes.iter().filter(|(_, n)| n.role == role).map(|(name, _)| name.clone()).collect()
        };
        let wanted: &[(Role, &str, usize)] = match kind.as_str() {
            "single" => {
                &[(Role::Single, "single", 1), (Role::Back, "back", 0), (Role::Front, "front", 0)]
            }
            "split" => {
                &[(Role::Single, "single", 0), (Role::Back, "back", 1), (Role::Front, "front", 1)]
            }
            _ => &[(Role::Single, "single", 0), (Role::Back, "back", 2), (Role::Front, "front", 2)],
        };
        let mut right = true;
        for (role, name, count) in wanted {
            let have = with(*role);
            if have.len() == *count {
                continue;
            }
            right = false;
            if *count == 0 {
                for node in have {
                    let path = format!("nodes.{node}.role");
                    self.say(
                        &path,
                        Diagnostic::new(Code::RoleNotInKind).arg("role", name).arg("kind", &kind),
                    );
                }
            } else if !self.roles_in_doubt() {
                self.say(
                    "site.kind",
                    Diagnostic::new(Code::RoleCount)
                        .arg("kind", &kind)
                        .arg("role", name)
                        .arg("want", count)
                        .arg("have", have.len()),
                );
            }
        }
        if kind != "ha" {
            self.not_here(&["clusters"], &format!("site.kind = \"{kind}\""));
        }
        let back = with(Role::Back);
        let front = with(Role::Front);
        match kind.as_str() {
            "single" => with(Role::Single).pop().filter(|_| right).map(Layout::Single),
            "split" => {
                let layout =
                    Layout::Split { back: back.first()?.clone(), front: front.first()?.clone() };
                right.then_some(layout)
            }
            _ => {
                let back = self.pair(ClusterName::Back, &back);
                let front = self.pair(ClusterName::Front, &front);
                right.then_some(Layout::Ha { back: back?, front: front? })
            }
        }
    }

    /// A role that is missing or misspelt was reported; counting roles would only echo it.
    pub(super) fn roles_in_doubt(&self) -> bool {
        self.found.iter().any(|d| {
            let path = d.labels.first().map_or("", |label| label.path.as_str());
            let near = |name: &str| d.args.get("near").is_some_and(|near| near == name);
            let role = path.ends_with(".role") || near("role");
            let table = path == "nodes" || matches!(d.code, Code::NotAName | Code::WrongType);
            let misspelt = d.code == Code::UnknownKey && near("nodes") && !path.contains('.');
            (path.starts_with("nodes") && (role || table)) || misspelt
        })
    }

    pub(super) fn pair(&mut self, cluster: ClusterName, nodes: &[NodeName]) -> Option<Pair> {
        let at = |key: &str| format!("clusters.{cluster}.{key}");
        for name in self.document.names("clusters") {
            if cluster == ClusterName::Back && !["back", "front"].contains(&name) {
                self.say(
                    &format!("clusters.{name}"),
                    Diagnostic::new(Code::UnknownValue)
                        .arg("value", name)
                        .arg("choices", "back, front"),
                );
            }
        }
        let table = format!("clusters.{cluster}");
        if !self.document.has(&table) && !self.in_doubt("clusters") {
            self.say(&table, Diagnostic::new(Code::NeededKey).arg("by", "site.kind = \"ha\""));
        }
        let texts = |key: &str| -> Option<Vec<String>> {
            Some(self.document.texts(&at(key))?.into_iter().map(str::to_owned).collect())
        };
        let shared = self.document.texts(&at("shared")).unwrap_or_default();
        if cluster == ClusterName::Back {
            // Front reaches the database and the queues there (invariant 28).
            if !self.in_doubt("clusters") || self.document.has(&table) {
                self.needed(&at("address"), "site.kind = \"ha\"");
            }
        }
        let pair = Pair {
            cluster,
            address: self.document.text(&at("address")).map(str::to_owned),
            nodes: nodes.to_vec().try_into().ok()?,
            shared: shared
                .into_iter()
                .map(|name| match name {
                    "volumes" => Shared::Volumes,
                    "settings" => Shared::Settings,
                    _ => Shared::Database,
                })
                .collect(),
            on_both: texts("on_both"),
            on_one: texts("on_one"),
        };
        for list in ["on_both", "on_one"] {
            let own = if list == "on_one" { &pair.on_one } else { &pair.on_both };
            let moved = crate::action::MOVED_TOGETHER;
            if let Some(own) = own {
                let lacks = list == "on_one" && moved.iter().any(|r| !own.iter().any(|o| o == r));
                if lacks {
                    self.say(
                        &at(list),
                        Diagnostic::new(Code::NotAllowedHere)
                            .arg("value", own.join(", "))
                            .arg("want", moved.join(", ")),
                    );
                }
            }
        }
        Some(pair)
    }

    pub(super) fn voex(
        &mut self,
        nodes: &BTreeMap<NodeName, Node>,
        layout: Option<&Layout>,
    ) -> Voex {
        let ha = matches!(layout, Some(Layout::Ha { .. }));
        let Some(on) = self.document.text("voex.on") else {
            return if ha { Voex::FrontCluster } else { Voex::Unsaid };
        };
        match on {
            "none" => Voex::None,
            "front" if ha => Voex::FrontCluster,
            name => match nodes.get_key_value(name) {
                Some((_, node))
                    if ha && matches!(node.role, Role::Back | Role::Front)
                        || matches!(node.role, Role::WebClient) =>
                {
                    self.say(
                        "voex.on",
                        Diagnostic::new(Code::NotAllowedHere)
                            .arg("value", name)
                            .arg("want", "front, none"),
                    );
                    Voex::None
                }
                Some((node, _)) => Voex::On(node.clone()),
                None => {
                    let mut known: Vec<&str> = nodes.keys().map(NodeName::as_str).collect();
                    known.push("none");
                    if ha {
                        known.push("front");
                    }
                    let mut diagnostic = Diagnostic::new(Code::UnknownNode)
                        .arg("value", name)
                        .arg("choices", known.join(", "));
                    if let Some(near) = nearest(name, known.iter().copied()) {
                        diagnostic = diagnostic.arg("near", near);
                        if let Some((_, range)) = self.document.values.get("voex.on") {
                            diagnostic = diagnostic.fix(range.clone(), format!("\"{near}\""));
                        }
                    }
                    self.say("voex.on", diagnostic);
                    Voex::None
                }
            },
        }
    }
}

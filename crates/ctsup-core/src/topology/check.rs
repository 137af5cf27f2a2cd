//! Makes a topology of a document: what its values mean together, every contradiction at once.

use std::collections::{BTreeMap, BTreeSet};

use super::declared;
use super::near::nearest;
use super::read::{Document, Value};
use super::{
    Anchor, Archives, Backup, Become, CertificateKind, DatabasePlan, ImageSource, Images, Layout,
    LocalRegistry, Method, NewCertificate, Node, OwnPlace, OwnStep, Pair, Postgres, Reading, Risk,
    Role, Rollback, RollbackWay, Shared, Topology, Voex, WebClient, key,
};
use crate::diagnostic::{Code, Diagnostic, Severity};
use crate::guide::RowKey;
use crate::name::{ClusterName, NodeName};
use crate::plan::Phase;

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

/// A node's name where the file uses it.
struct Named {
    path: String,
    name: String,
    /// It is a key, not a value.
    key: bool,
    /// A cluster can stand there too.
    holder: bool,
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

    /// Every value and key that names a node names one that is described.
    fn node_names(&mut self) {
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
    fn facts_of_nothing(&mut self) {
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

    fn nodes(&mut self) -> BTreeMap<NodeName, Node> {
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
                    become_root: match document.text(&at("become")) {
                        Some("sudo") => Become::Sudo,
                        Some("sudo-with-password") => Become::SudoWithPassword,
                        _ => Become::No,
                    },
                },
            );
        }
        nodes
    }

    fn addresses(&mut self, nodes: &BTreeMap<NodeName, Node>) {
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

    fn layout(&mut self, nodes: &BTreeMap<NodeName, Node>) -> Option<Layout> {
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
    fn roles_in_doubt(&self) -> bool {
        self.found.iter().any(|d| {
            let path = d.labels.first().map_or("", |label| label.path.as_str());
            let near = |name: &str| d.args.get("near").is_some_and(|near| near == name);
            let role = path.ends_with(".role") || near("role");
            let table = path == "nodes" || matches!(d.code, Code::NotAName | Code::WrongType);
            let misspelt = d.code == Code::UnknownKey && near("nodes") && !path.contains('.');
            (path.starts_with("nodes") && (role || table)) || misspelt
        })
    }

    fn pair(&mut self, cluster: ClusterName, nodes: &[NodeName]) -> Option<Pair> {
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
            let moved = super::super::action::MOVED_TOGETHER;
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

    fn voex(&mut self, nodes: &BTreeMap<NodeName, Node>, layout: Option<&Layout>) -> Voex {
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

    fn postgres(&mut self) -> Postgres {
        match self.document.text("postgres.location") {
            None => Postgres::Unsaid,
            Some("external") => {
                self.not_here(
                    &["postgres.upgrade", "postgres.hold_image"],
                    "postgres.location = \"external\"",
                );
                Postgres::External
            }
            Some(_) => Postgres::Embedded(match self.document.text("postgres.upgrade") {
                Some("hold") => {
                    let by = "postgres.upgrade = \"hold\"";
                    match self.document.image("postgres.hold_image") {
                        Some(image) => DatabasePlan::Hold(image.clone()),
                        None => {
                            self.needed("postgres.hold_image", by);
                            DatabasePlan::WhenDue
                        }
                    }
                }
                other => {
                    self.not_here(&["postgres.hold_image"], "postgres.upgrade");
                    if other == Some("automatic") {
                        DatabasePlan::Automatic
                    } else {
                        DatabasePlan::WhenDue
                    }
                }
            }),
        }
    }

    fn certificate(&mut self) -> Option<CertificateKind> {
        const FILES: [&str; 3] = ["certificate.host", "certificate.bundle", "certificate.key"];
        match self.document.text("certificate.kind")? {
            "lets-encrypt" => {
                self.not_here(&FILES, "certificate.kind = \"lets-encrypt\"");
                Some(CertificateKind::LetsEncrypt)
            }
            _ if FILES.iter().any(|key| self.document.has(key)) => {
                let [host, bundle, key] = FILES.map(|key| self.needed(key, "certificate.kind"));
                let text =
                    |key: &str, other: &str| self.document.text(key).unwrap_or(other).to_owned();
                Some(CertificateKind::Own(Some(NewCertificate {
                    host: host?,
                    bundle: bundle?,
                    key: key?,
                    bundle_name: text("certificate.bundle_name", "server.crt"),
                    key_name: text("certificate.key_name", "server.key"),
                    plain: self.document.text("certificate.apply") == Some("plain"),
                })))
            }
            _ => Some(CertificateKind::Own(None)),
        }
    }

    fn images(&mut self) -> Option<Images> {
        let source = self.document.text("images.source")?.to_owned();
        let by = format!("images.source = \"{source}\"");
        let source = if source == "vendor" {
            self.not_here(
                &["images.registry", "images.url", "images.archives", "images.internet"],
                &by,
            );
            ImageSource::Vendor
        } else {
            let node = self.needed("images.registry", &by);
            let url = self.needed("images.url", &by);
            let registry = LocalRegistry {
                node: node?.parse().ok()?,
                url: url?,
                user: self.document.text("images.user").map(str::to_owned),
            };
            if source == "archives" {
                self.not_here(&["images.internet"], &by);
                let dir = self.needed("images.archives", &by)?;
                let script = self.document.text("images.script").map(str::to_owned);
                ImageSource::Archives(registry, Archives { dir, script })
            } else {
                self.not_here(&["images.archives"], &by);
                ImageSource::Registry(registry, self.name("images.internet"))
            }
        };
        Some(Images {
            source,
            fetch_first: self.document.bool("images.fetch_first").unwrap_or(false),
            services: self
                .document
                .texts("images.services")
                .map(|all| all.into_iter().map(str::to_owned).collect()),
        })
    }

    fn method(&mut self) -> Method {
        if self.document.text("method.by") != Some("ansible") {
            self.not_here(&["method.control", "method.playbook_dir"], "method.by = \"manual\"");
            return Method::Manual;
        }
        let by = "method.by = \"ansible\"";
        let control = self.needed("method.control", by);
        let dir = self.needed("method.playbook_dir", by);
        match (control.and_then(|c| c.parse().ok()), dir) {
            (Some(control), Some(dir)) => Method::Ansible { control, dir },
            _ => Method::Manual,
        }
    }

    fn web_client(&mut self, nodes: &BTreeMap<NodeName, Node>) -> Option<WebClient> {
        let members: Vec<_> = nodes
            .iter()
            .filter(|(_, node)| node.role == Role::WebClient)
            .map(|(name, _)| name.clone())
            .collect();
        if !self.document.has("web_client") {
            for node in members {
                let path = format!("nodes.{node}.role");
                self.say(
                    &path,
                    Diagnostic::new(Code::NeededKey).arg("by", "role = \"web-client\""),
                );
            }
            return None;
        }
        if members.len() != 2 {
            self.say(
                "web_client",
                Diagnostic::new(Code::RoleCount)
                    .arg("kind", "web-client")
                    .arg("role", "web-client")
                    .arg("want", 2)
                    .arg("have", members.len()),
            );
        }
        Some(WebClient {
            control: self.name("web_client.control")?,
            dir: self.document.text("web_client.playbook_dir").map(str::to_owned),
            second_playbook: self.document.text("web_client.second_playbook").map(str::to_owned),
            image: self.document.image("web_client.image")?.clone(),
            archives: self.document.text("web_client.archives").map(str::to_owned),
            nodes: members,
        })
    }

    fn antivirus(&mut self, layout: Option<&Layout>) -> Vec<String> {
        if !matches!(layout, Some(Layout::Ha { .. }) | None) {
            // The guide stops it only where two nodes and Pacemaker are involved.
            let kind = self.document.text("site.kind").unwrap_or_default();
            self.not_here(&["antivirus"], &format!("site.kind = \"{kind}\""));
        }
        let units = self.document.texts("antivirus.units").unwrap_or_default();
        units.into_iter().map(str::to_owned).collect()
    }

    fn backup(&mut self, layout: Option<&Layout>) -> Option<Backup> {
        let by = self.document.text("backup.by")?.to_owned();
        let because = format!("backup.by = \"{by}\"");
        if by != "copy" {
            self.not_here(&["backup.to"], &because);
        }
        if by != "command" {
            self.not_here(&["backup.command", "backup.probe"], &because);
        }
        if by != "person" {
            self.not_here(&["backup.snapshot", "backup.covers_shared_storage"], &because);
        }
        match by.as_str() {
            "copy" => self.needed("backup.to", &because).map(Backup::Copy),
            "command" => {
                let run = self.needed("backup.command", &because);
                let probe = self.needed("backup.probe", &because);
                Some(Backup::Command { run: run?, probe: probe? })
            }
            "person" => {
                let snapshot = self.document.bool("backup.snapshot").unwrap_or(false);
                let covers = self.document.bool("backup.covers_shared_storage").unwrap_or(false);
                if snapshot && !covers && matches!(layout, Some(Layout::Ha { .. })) {
                    self.say("backup.snapshot", Diagnostic::new(Code::SnapshotOfCluster));
                }
                Some(Backup::Person { snapshot, covers_shared: covers })
            }
            _ => Some(Backup::None),
        }
    }

    fn rollback(&mut self, nodes: &BTreeMap<NodeName, Node>) -> Option<Rollback> {
        let to = self.document.release("rollback.to")?.clone();
        let by_name = |table: &str| -> BTreeMap<NodeName, String> {
            self.document
                .names(table)
                .into_iter()
                .filter_map(|name| {
                    let path = self.document.text(&format!("{table}.{name}"))?;
                    Some((name.parse().ok()?, path.to_owned()))
                })
                .collect()
        };
        let lists = by_name("rollback.lists");
        let lists = lists.into_iter().filter(|(name, _)| nodes.contains_key(name)).collect();
        Some(Rollback {
            to,
            way: self.document.text("rollback.way").map(|way| match way {
                "pins" => RollbackWay::Pins,
                "restore" => RollbackWay::Restore,
                _ => RollbackWay::Postgres,
            }),
            voex: self.document.bool("rollback.voex"),
            lists,
            backups: by_name("rollback.backups"),
            copied_on: Default::default(),
            home: ClusterName::ALL
                .into_iter()
                .filter_map(|c| {
                    let name = self.document.text(&format!("rollback.home.{c}"))?;
                    Some((c, name.parse().ok()?))
                })
                .collect(),
            upgrade_backup: self.document.text("rollback.upgrade_backup").map(str::to_owned),
            postgres_image: self.document.image("rollback.postgres_image").cloned(),
        })
    }

    fn readings(&mut self) -> BTreeMap<Reading, String> {
        let mut readings = BTreeMap::new();
        for name in self.document.names("readings") {
            let path = format!("readings.{name}");
            let Some(choice) = self.document.text(&path) else {
                continue;
            };
            match Reading::parse(name) {
                None => {
                    let known: Vec<_> = Reading::ALL.iter().map(|r| r.as_str()).collect();
                    self.say(
                        &path,
                        Diagnostic::new(Code::UnknownReading)
                            .arg("value", name)
                            .arg("choices", known.join(", ")),
                    );
                }
                Some(reading) if !reading.choices().contains(&choice) => {
                    let mut diagnostic = Diagnostic::new(Code::UnknownValue)
                        .arg("value", choice)
                        .arg("choices", reading.choices().join(", "));
                    if let Some(near) = nearest(choice, reading.choices().iter().copied()) {
                        diagnostic = diagnostic.arg("near", near);
                    }
                    self.say(&path, diagnostic);
                }
                Some(reading) => {
                    readings.insert(reading, choice.to_owned());
                }
            }
        }
        readings
    }

    fn accepted(&mut self) -> BTreeSet<Risk> {
        let mut accepted = BTreeSet::new();
        for name in self.document.texts("accept").unwrap_or_default() {
            let Some(risk) = Risk::parse(name) else {
                let known: Vec<_> = Risk::ALL.iter().map(|r| r.as_str()).collect();
                let mut diagnostic = Diagnostic::new(Code::UnknownRisk)
                    .arg("value", name)
                    .arg("choices", known.join(", "));
                if let Some(near) = nearest(name, known.iter().copied()) {
                    diagnostic = diagnostic.arg("near", near);
                }
                self.say("accept", diagnostic);
                continue;
            };
            accepted.insert(risk);
        }
        accepted
    }

    fn own(&mut self) -> Vec<OwnStep> {
        let mut all: Vec<OwnStep> = Vec::new();
        for index in self.document.names("own") {
            let at = |key: &str| format!("own.{index}.{key}");
            let Some(name) = self.name(&at("name")) else {
                continue;
            };
            if all.iter().any(|step| step.name == name) {
                self.say(&at("name"), Diagnostic::new(Code::Duplicate).arg("value", &name));
            }
            let texts = |key: &str| -> Vec<String> {
                let list = self.document.texts(&at(key)).unwrap_or_default();
                list.into_iter().map(str::to_owned).collect()
            };
            let (run, undo) = (texts("run"), texts("undo"));
            let confirm = self.document.text(&at("confirm")).map(str::to_owned);
            let node = self.name(&at("node"));
            let owes = self.document.bool(&at("owes")).unwrap_or(false);
            let shaped = run.is_empty() == confirm.is_some()
                && run.is_empty() == node.is_none()
                && !(owes && undo.is_empty());
            // A part of it that did not parse says more than that it is not whole.
            let doubted = self.in_doubt(&format!("own.{index}"));
            if !shaped && !doubted {
                self.say(&at("name"), Diagnostic::new(Code::OwnStepShape).arg("name", &name));
            }
            let before = self.anchor(&at("before")).map(OwnPlace::Before);
            let after = self.anchor(&at("after")).map(OwnPlace::After);
            let place = match (before, after) {
                (Some(place), None) | (None, Some(place)) => place,
                (Some(_), Some(_)) => {
                    self.say(
                        &at("after"),
                        Diagnostic::new(Code::KeyNotHere).arg("by", at("before")),
                    );
                    continue;
                }
                (None, None) => {
                    if !doubted {
                        self.say(
                            &at("name"),
                            Diagnostic::new(Code::OwnStepShape).arg("name", &name),
                        );
                    }
                    continue;
                }
            };
            all.push(OwnStep {
                name,
                place,
                node,
                run,
                confirm,
                probe: self.document.text(&at("probe")).map(str::to_owned),
                undo,
                owes,
                minutes: self.document.integer(&at("minutes")).and_then(|n| n.try_into().ok()),
            });
        }
        all
    }

    /// A phase or a guide row.
    fn anchor(&mut self, path: &str) -> Option<Anchor> {
        let text = self.document.text(path)?.to_owned();
        if let Some(phase) = Phase::parse(&text) {
            return Some(Anchor::Phase(phase));
        }
        if let Some(row) = RowKey::parse(&text) {
            return Some(Anchor::Row(row));
        }
        let phases: Vec<_> = Phase::ALL.iter().map(|p| p.as_str()).collect();
        let mut diagnostic =
            Diagnostic::new(Code::UnknownRow).arg("value", &text).arg("choices", phases.join(", "));
        if let Some(near) = nearest(&text, phases.iter().copied()) {
            diagnostic = diagnostic.arg("near", near);
        }
        self.say(path, diagnostic);
        None
    }
}

//! Random installations, as topology files: every choice is one byte, zero the plainest, so that
//! what fails shrinks to a plain file.

use std::fmt::Write as _;

use ctsup_core::Goal;
use proptest::prelude::*;

/// How many choices a file is made of.
const CHOICES: usize = 80;

/// The choices of one file.
#[derive(Debug, Clone)]
pub(crate) struct Draw {
    bytes: Vec<u8>,
    next: usize,
}

/// Any file.
pub(crate) fn draws() -> impl Strategy<Value = Draw> {
    prop::collection::vec(any::<u8>(), CHOICES).prop_map(|bytes| Draw { bytes, next: 0 })
}

/// A file: tables with their keys, in one order.
#[derive(Debug, Clone)]
pub(crate) struct File {
    tables: Vec<(String, Vec<String>)>,
    /// What to plan for.
    pub(crate) goal: Goal,
}

impl File {
    /// The text.
    pub(crate) fn text(&self) -> String {
        let mut text = String::new();
        for (table, keys) in &self.tables {
            if !table.is_empty() {
                let _ = writeln!(text, "{table}");
            }
            for key in keys {
                let _ = writeln!(text, "{key}");
            }
        }
        text
    }

    /// The same file with its tables and keys in another order.
    pub(crate) fn shuffled(&self, mut seed: u64) -> Self {
        let mut shuffle = |length: usize| -> Vec<usize> {
            let mut order: Vec<usize> = (0..length).collect();
            for last in (1..length).rev() {
                seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                let other = usize::try_from((seed >> 33) % (last as u64 + 1)).expect("small");
                order.swap(last, other);
            }
            order
        };
        // Keys before the first table stay there, and lists of tables keep their own order, which
        // means something.
        let own = |(table, _): &&(String, Vec<String>)| table.starts_with("[[");
        let (lists, rest): (Vec<_>, Vec<_>) = self.tables[1..].iter().partition(own);
        let mut tables = vec![self.tables[0].clone()];
        tables.extend(shuffle(rest.len()).into_iter().map(|i| rest[i].clone()));
        tables.extend(lists.into_iter().cloned());
        for (_, keys) in &mut tables {
            *keys = shuffle(keys.len()).into_iter().map(|i| keys[i].clone()).collect();
        }
        Self { tables, goal: self.goal }
    }
}

impl Draw {
    fn of<T: Clone>(&mut self, menu: &[T]) -> T {
        let byte = self.bytes[self.next % self.bytes.len()];
        self.next += 1;
        menu[usize::from(byte) % menu.len()].clone()
    }

    fn yes(&mut self) -> bool {
        self.of(&[false, true])
    }

    /// Now and then.
    fn rarely(&mut self) -> bool {
        self.of(&[false, false, false, false, false, false, false, true])
    }

    /// The file that these choices make.
    pub(crate) fn file(mut self) -> File {
        let goal = self.of(&[
            Goal::Upgrade,
            Goal::Upgrade,
            Goal::Upgrade,
            Goal::Upgrade,
            Goal::Postgres,
            Goal::Rollback,
            Goal::Certificate,
            Goal::Registry,
            Goal::Cleanup,
            Goal::WebClient,
        ]);
        let kind = self.of(&["single", "split", "ha", "ha"]);
        let nodes: &[(&str, &str)] = match kind {
            "single" => &[("cts", "single")],
            "split" => &[("back", "back"), ("front", "front")],
            _ => &[("b1", "back"), ("b2", "back"), ("f1", "front"), ("f2", "front")],
        };
        let mut file = File { tables: vec![(String::new(), vec!["format = 1".to_owned()])], goal };
        self.release(&mut file);
        file.add("[site]", vec![text("name", "site"), text("kind", kind)]);
        let mut extra: Vec<(&str, &str)> = Vec::new();
        self.voex(&mut file, kind, &mut extra);
        self.images(&mut file, &mut extra);
        self.method(&mut file, &mut extra, goal);
        for (name, role) in nodes.iter().chain(&extra) {
            let keys = vec![text("role", role), text("fqdn", &format!("{name}.example"))];
            file.add(&format!("[nodes.{name}]"), keys);
        }
        let holders = self.clusters(&mut file, kind);
        self.postgres(&mut file);
        self.certificate(&mut file, goal);
        self.backup(&mut file);
        self.node_facts(&mut file, nodes, &extra);
        for holder in holders.iter().map(String::as_str).chain(extra.iter().map(|e| e.0)) {
            self.data_facts(&mut file, holder);
        }
        self.own(&mut file, nodes[0].0);
        self.risks(&mut file);
        if goal == Goal::Rollback {
            self.rollback(&mut file, &holders);
        }
        file
    }

    fn release(&mut self, file: &mut File) {
        let installed = self.of(&[
            "2.4.1", "2.5.0", "2.5.7", "2.3.1", "2.2", "2.1.4", "1.28.3", "1.28", "1.27.5", "1.9",
        ]);
        let target = self.of(&["2.5.7", "2.5.7", "2.4.2", "2.3.5"]);
        let mut keys = vec![text("installed", installed), text("target", target)];
        if self.yes() {
            keys.push("unpin = true".to_owned());
        }
        file.add("[release]", keys);
    }

    fn voex(&mut self, file: &mut File, kind: &str, extra: &mut Vec<(&str, &str)>) {
        let on = match kind {
            "single" => self.of(&["none", "cts", "voice"]),
            "split" => self.of(&["none", "front", "voice", "back"]),
            _ => self.of(&["none", "front", "voice"]),
        };
        if on == "voice" {
            extra.push(("voice", "voex"));
        }
        file.add("[voex]", vec![text("on", on)]);
    }

    fn images(&mut self, file: &mut File, extra: &mut Vec<(&str, &str)>) {
        let source = self.of(&["vendor", "registry", "archives"]);
        let mut keys = vec![text("source", source)];
        if source != "vendor" {
            extra.push(("registry", "registry"));
            keys.push(text("registry", "registry"));
            keys.push(text("url", "http://registry.example"));
        }
        if source == "archives" {
            keys.push(text("archives", "/root/images"));
        } else if source == "registry" && self.yes() {
            extra.push(("laptop", "internet"));
            keys.push(text("internet", "laptop"));
        }
        if self.yes() {
            keys.push("fetch_first = true".to_owned());
        }
        file.add("[images]", keys);
    }

    fn method(&mut self, file: &mut File, extra: &mut Vec<(&str, &str)>, goal: Goal) {
        if self.of(&[false, false, true]) {
            extra.push(("control", "control"));
            let keys = [
                text("by", "ansible"),
                text("control", "control"),
                text("playbook_dir", "/opt/deploy/play"),
            ];
            file.add("[method]", keys.to_vec());
        }
        if goal == Goal::WebClient {
            extra.extend([("w1", "web-client"), ("w2", "web-client"), ("pilot", "control")]);
            let mut keys = vec![text("control", "pilot"), text("image", "web_client:2.5.7")];
            if self.yes() {
                keys.push(text("second_playbook", "06-slave.yaml"));
            }
            if self.yes() {
                keys.push(text("archives", "/root/web"));
            }
            file.add("[web_client]", keys);
            let image = self.of(&["web_client:2.4.0", "web_client:2.5.7"]);
            file.add("[facts.web_client]", vec![text("image", image)]);
        }
    }

    /// The clusters; who holds data.
    fn clusters(&mut self, file: &mut File, kind: &str) -> Vec<String> {
        if kind != "ha" {
            let holders: &[&str] = if kind == "single" { &["cts"] } else { &["back", "front"] };
            return holders.iter().map(|h| (*h).to_owned()).collect();
        }
        let mut holders = Vec::new();
        for (cluster, nodes) in [("back", ["b1", "b2"]), ("front", ["f1", "f2"])] {
            let mut shared = Vec::new();
            for thing in ["volumes", "settings", "database"] {
                if self.yes() {
                    shared.push(format!("{thing:?}"));
                }
            }
            let mut keys = vec![format!("shared = [{}]", shared.join(", "))];
            if cluster == "back" {
                keys.push(text("address", "back.example"));
            }
            file.add(&format!("[clusters.{cluster}]"), keys);
            let mut facts = vec![
                text("active", nodes[usize::from(self.yes())]),
                text("pcs", self.of(&["0.10", "0.9.169", "0.11.3", "0.12"])),
            ];
            if self.rarely() {
                facts.push("healthy = false".to_owned());
            }
            if self.rarely() {
                facts.push("constraints = [\"cli-prefer-dockerd\"]".to_owned());
            }
            file.add(&format!("[facts.clusters.{cluster}]"), facts);
            holders.push(cluster.to_owned());
            holders.extend(nodes.map(str::to_owned));
        }
        if self.yes() {
            file.add("[antivirus]", vec!["units = [\"kesl\", \"klnagent64\"]".to_owned()]);
        }
        if self.yes() {
            file.add("[interruptions]", vec!["together = true".to_owned()]);
        }
        holders
    }

    fn postgres(&mut self, file: &mut File) {
        let keys = match self.of(&["embedded", "hold", "automatic", "external"]) {
            "external" => vec![text("location", "external")],
            "embedded" => vec![text("location", "embedded")],
            "hold" => vec![
                text("location", "embedded"),
                text("upgrade", "hold"),
                text("hold_image", "postgres:9.5.24"),
            ],
            other => vec![text("location", "embedded"), text("upgrade", other)],
        };
        file.add("[postgres]", keys);
        let mut facts = vec![
            text("version", self.of(&["14", "9.5", "13"])),
            text("size", "20 GiB"),
            text("free", if self.rarely() { "10 GiB" } else { "60 GiB" }),
            format!("apt = {}", self.yes()),
        ];
        if self.yes() {
            facts.push("upgrade_backups = [\"upgrade_backup_20221118\"]".to_owned());
        }
        file.add("[facts.postgres]", facts);
    }

    fn certificate(&mut self, file: &mut File, goal: Goal) {
        let mut keys = match self.of(&["", "own", "lets-encrypt"]) {
            "" => return,
            kind => vec![text("kind", kind)],
        };
        if goal == Goal::Certificate && keys[0].contains("own") {
            keys.push(text("host", "chat.example"));
            keys.push(text("bundle", "new.crt"));
            keys.push(text("key", "new.key"));
            if self.yes() {
                keys.push(text("apply", "plain"));
            }
        }
        file.add("[certificate]", keys);
    }

    fn backup(&mut self, file: &mut File) {
        let keys = match self.of(&["copy", "command", "person", "snapshot", "none"]) {
            "copy" => vec![text("by", "copy"), text("to", "/backup")],
            "command" => {
                vec![text("by", "command"), text("command", "save all"), text("probe", "saved")]
            }
            "snapshot" => vec![
                text("by", "person"),
                "snapshot = true".to_owned(),
                "covers_shared_storage = true".to_owned(),
            ],
            other => vec![text("by", other)],
        };
        file.add("[backup]", keys);
    }

    fn node_facts(&mut self, file: &mut File, nodes: &[(&str, &str)], extra: &[(&str, &str)]) {
        for (name, _) in nodes.iter().chain(extra.iter().filter(|e| e.1 == "voex")) {
            let mut keys = vec![text("free_images", "61 GiB")];
            if self.of(&[false, false, true]) {
                keys.push(text("express", self.of(&["2.5.7", "unknown", "2.4.1"])));
            }
            if self.rarely() {
                keys.push(text("voex", self.of(&["2.5.7", "unknown", "2.4.1"])));
            }
            if self.rarely() {
                keys.push("running = false".to_owned());
            }
            keys.push(text("nginx", self.of(&["1.21.0", "1.19.10", "1.20.1"])));
            keys.push(format!("letsencrypt = {}", self.yes()));
            if self.rarely() {
                keys.push("antivirus = [\"kesl\"]".to_owned());
            }
            file.add(&format!("[facts.nodes.{name}]"), keys);
        }
    }

    fn data_facts(&mut self, file: &mut File, holder: &str) {
        let free = if self.rarely() { "10 GiB" } else { "90 GiB" };
        let mut keys = vec![text("volumes", "30 GiB"), text("free_backup", free)];
        keys.push(text("free_volumes", free));
        if self.yes() {
            keys.push(format!("owners_888 = {}", self.yes()));
        }
        if self.rarely() {
            keys.push(text("express_met", self.of(&["2.5.7", "2.4.1"])));
        }
        file.add(&format!("[facts.data.{holder}]"), keys);
        if self.rarely() {
            let table = format!("[facts.settings.{holder}.pins]");
            file.add(&table, vec![text("messaging", "messaging:1.39.6")]);
        }
    }

    fn own(&mut self, file: &mut File, node: &str) {
        if self.of(&[false, false, true]) {
            let place =
                self.of(&["prepare", "back-up", "first-half", "second-half", "verify", "gate"]);
            let key = self.of(&["before", "after"]);
            let mut keys = vec![
                text("name", "silence"),
                text(key, place),
                text("node", node),
                "run = [\"silence on\"]".to_owned(),
            ];
            if self.yes() {
                keys.push("undo = [\"silence off\"]".to_owned());
                keys.push("owes = true".to_owned());
            }
            file.add("[[own]]", keys);
        }
        if self.rarely() {
            let keys = vec![
                text("name", "tell-users"),
                text(
                    self.of(&["before", "after"]),
                    self.of(&["judge", "restore", "quiet", "fetch"]),
                ),
                text("confirm", "Users know."),
            ];
            file.add("[[own]]", keys);
        }
    }

    fn risks(&mut self, file: &mut File) {
        let all = [
            "old-containers-window",
            "no-backup",
            "postgres-below-minimum",
            "voex-without-backup",
            "plain-deploy",
            "pins-kept",
            "external-database-without-backup",
        ];
        let accepted: Vec<_> = all
            .into_iter()
            // Refusals are tested elsewhere; most files here are to have a plan.
            .filter(|_| !self.rarely())
            .map(|risk| format!("{risk:?}"))
            .collect();
        file.tables[0].1.push(format!("accept = [{}]", accepted.join(", ")));
        let mut readings = Vec::new();
        match self.of(&["", "offer", "clear", "keep"]) {
            "" => {}
            choice => readings.push(text("A12", choice)),
        }
        if self.rarely() {
            readings.push(text("A1", "below-1.28"));
        }
        if !readings.is_empty() {
            file.add("[readings]", readings);
        }
    }

    fn rollback(&mut self, file: &mut File, holders: &[String]) {
        let way = self.of(&["pins", "restore", "postgres"]);
        let mut keys = vec![text("to", self.of(&["2.4.1", "2.3.1", "2.5.0"])), text("way", way)];
        keys.push(format!("voex = {}", self.yes()));
        if way == "postgres" {
            keys.push(text("upgrade_backup", "upgrade_backup_20221118"));
            keys.push(text("postgres_image", "postgres:9.5.24"));
        }
        file.add("[rollback]", keys);
        let backups = holders.iter().map(|h| text(h, &format!("/backup/{h}"))).collect();
        file.add("[rollback.backups]", backups);
        let services = [
            "messaging",
            "settings",
            "audit",
            "admin",
            "file_service",
            "voex",
            "ad_phonebook",
            "email_notifications",
            "botx",
            "ad_integration",
            "kdc",
            "routing_schema_service",
            "trusts",
        ];
        for holder in holders
            .iter()
            .filter(|h| !["back", "front"].contains(&h.as_str()) || holders.len() == 2)
        {
            let mut images: Vec<_> =
                services.iter().map(|s| text(s, &format!("{s}:1.39.0"))).collect();
            if self.rarely() {
                images.pop();
            }
            file.add(&format!("[facts.nodes.{holder}.images]"), images);
        }
    }
}

impl File {
    fn add(&mut self, table: &str, keys: Vec<String>) {
        self.tables.push((table.to_owned(), keys));
    }
}

fn text(key: &str, value: &str) -> String {
    format!("{key} = {value:?}")
}

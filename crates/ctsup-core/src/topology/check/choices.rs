//! The choices of the file: database, certificate, images, method, antivirus, backup, readings, risks.

use std::collections::{BTreeMap, BTreeSet};

use super::Check;
use crate::diagnostic::{Code, Diagnostic};
use crate::name::{ClusterName, NodeName};
use crate::topology::near::nearest;
use crate::topology::{
    Archives, Backup, CertificateKind, DatabasePlan, ImageSource, Images, Layout, LocalRegistry,
    Method, NewCertificate, Node, Postgres, Reading, Risk, Role, Rollback, RollbackWay, WebClient,
};

impl Check<'_> {
    pub(super) fn postgres(&mut self) -> Postgres {
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

    pub(super) fn certificate(&mut self) -> Option<CertificateKind> {
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

    pub(super) fn images(&mut self) -> Option<Images> {
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

    pub(super) fn method(&mut self) -> Method {
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

    pub(super) fn web_client(&mut self, nodes: &BTreeMap<NodeName, Node>) -> Option<WebClient> {
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

    pub(super) fn antivirus(&mut self, layout: Option<&Layout>) -> Vec<String> {
        if !matches!(layout, Some(Layout::Ha { .. }) | None) {
            // The guide stops it only where two nodes and Pacemaker are involved.
            let kind = self.document.text("site.kind").unwrap_or_default();
            self.not_here(&["antivirus"], &format!("site.kind = \"{kind}\""));
        }
        let units = self.document.texts("antivirus.units").unwrap_or_default();
        units.into_iter().map(str::to_owned).collect()
    }

    pub(super) fn backup(&mut self, layout: Option<&Layout>) -> Option<Backup> {
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

    pub(super) fn rollback(&mut self, nodes: &BTreeMap<NodeName, Node>) -> Option<Rollback> {
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

    pub(super) fn readings(&mut self) -> BTreeMap<Reading, String> {
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

    pub(super) fn accepted(&mut self) -> BTreeSet<Risk> {
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
}

//! The command that looks a fact up, and where.

use super::{FactKey, FactValue, Facts};
use crate::catalogue::Catalogue;
use crate::name::{App, ClusterName, NodeName, SettingsPlace};
use crate::topology::{ImageSource, Layout, Postgres, Topology};

/// How a person finds a fact out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LookUp {
    /// On which node; `None` on the operator's machine.
    pub node: Option<NodeName>,
    /// What to type.
    pub command: String,
}

impl FactKey {
    /// The command that looks the fact up.
    #[must_use]
    pub fn look(&self, site: &Topology, catalogue: &Catalogue, facts: &Facts) -> LookUp {
        let of_cluster = |cluster: ClusterName| site.pair(cluster).map(|p| p.nodes[0].clone());
        // What a cluster shares is looked at where it is in use: on the idle node it may not even
        // be mounted.
        let active = |cluster: ClusterName| match facts.get(&Self::Active(cluster)) {
            Some((FactValue::Text(name), _)) => name.parse().ok(),
            _ => of_cluster(cluster),
        };
        let of_holder = |holder: &NodeName| match holder.as_str() {
            "back" => active(ClusterName::Back).or_else(|| Some(holder.clone())),
            "front" => active(ClusterName::Front).or_else(|| Some(holder.clone())),
            _ => Some(holder.clone()),
        };
        let database = || match &site.layout {
            Layout::Single(host) => Some(host.clone()),
            Layout::Split { back, .. } => Some(back.clone()),
            Layout::Ha { .. } => active(ClusterName::Back),
        };
        let dir = |app: App| match app {
            App::Voex => catalogue.paths.voex.as_str(),
            _ => catalogue.paths.express.as_str(),
        };
        // The one file that dpl reads: not its copies beside it.
        let file = |place: &SettingsPlace| {
            let express = SettingsPlace { app: App::Express, ..place.clone() };
            let name = match facts.get(&Self::SettingsFiles(express)) {
                Some((FactValue::List(files), _)) if files.len() == 1 => files[0].as_str(),
                _ => "settings",
            };
            format!("{}/{name}", dir(place.app))
        };
        let (node, command) = match self {
            Self::Choice(_) => (None, String::new()),
            Self::Release(s) | Self::Running(s) => {
                (Some(s.node.clone()), "docker ps -a".to_owned())
            }
            Self::Nginx(n) => (
                Some(n.clone()),
                format!(
                    "cd {} && {} dpl --dc exec -T nginx nginx -v",
                    dir(App::Express),
                    catalogue.skip
                ),
            ),
            Self::LetsEncrypt(n) => (
                Some(n.clone()),
                format!("ls -d {}/{}", dir(App::Express), catalogue.paths.letsencrypt),
            ),
            Self::FreeImages(n) => {
                (Some(n.clone()), format!("df --output=avail --block-size=1 {}", site.docker_root))
            }
            Self::Antivirus(n) => {
                let units = site.antivirus.join(" ");
                (Some(n.clone()), format!("systemctl is-active {units}"))
            }
            Self::Images(n) => (Some(n.clone()), "docker ps -a --no-trunc".to_owned()),
            Self::Active(c) | Self::Healthy(c) => (of_cluster(*c), "pcs status".to_owned()),
            Self::Pcs(c) => (of_cluster(*c), "pcs --version".to_owned()),
            Self::Constraints(c) | Self::Preferences(c) => {
                (of_cluster(*c), "pcs constraint --full".to_owned())
            }
            Self::Stickiness(c) => (of_cluster(*c), "pcs resource defaults".to_owned()),
            Self::Met(d) => (
                of_holder(&d.holder),
                "docker images --format '{{.Repository}}:{{.Tag}}'".to_owned(),
            ),
            Self::Volumes(h) => (
                of_holder(h),
                format!("du -sc --block-size=1 {}", copied(h, site, catalogue).join(" ")),
            ),
            Self::FreeBackup(h) => {
                let to = match &site.backup {
                    Some(crate::topology::Backup::Copy(to)) => to.as_str(),
                    _ => "/",
                };
                (of_holder(h), format!("df --output=avail --block-size=1 {to}"))
            }
            Self::FreeVolumes(h) => (
                of_holder(h),
                format!("df --output=avail --block-size=1 {}/volumes", site.docker_root),
            ),
            Self::Owners(h) => {
                let volumes = catalogue.volumes.owned.join(" ");
                let inspect =
                    format!("docker volume inspect --format '{{{{ .Mountpoint }}}}' {volumes}");
                (of_holder(h), format!("{inspect} | xargs stat -c '%u:%g %n'"))
            }
            Self::SettingsFiles(p) => (of_holder(&p.holder), settings_files(dir(p.app))),
            Self::UpgradeKey(p) => (of_holder(&p.holder), key_in(&file(p), "postgres_upgrade")),
            Self::AutoUpgradeKey(p) => {
                (of_holder(&p.holder), key_in(&file(p), "postgres_auto_upgrade"))
            }
            Self::Pins(p) => (of_holder(&p.holder), pins_in(&file(p))),
            Self::PostgresVersion if site.postgres == Postgres::External => {
                (None, "psql --no-align --tuples-only --command='show server_version'".to_owned())
            }
            Self::PostgresVersion => (
                database(),
                format!(
                    "cd {} && {} dpl --dc exec postgres cat /var/lib/postgresql/data/PG_VERSION",
                    dir(App::Express),
                    catalogue.skip
                ),
            ),
            Self::PostgresSize => {
                (database(), format!("docker system df -v | grep {}", catalogue.postgres.volume))
            }
            Self::PostgresFree => (
                database(),
                format!("df --output=avail --block-size=1 {}/volumes", site.docker_root),
            ),
            Self::Apt => {
                (database(), "curl --head --max-time 20 https://apt.postgresql.org/".to_owned())
            }
            Self::UpgradeBackups => (
                database(),
                format!(
                    "cd {} && {} dpl --dc exec postgres ls /var/lib/postgresql/data",
                    dir(App::Express),
                    catalogue.skip
                ),
            ),
            Self::LoginRefused => match site.images.as_ref().map(|images| &images.source) {
                Some(ImageSource::Registry(registry, _) | ImageSource::Archives(registry, _)) => {
                    let image = catalogue.services.back.first().map_or("admin", String::as_str);
                    let url = format!("{}/v2/{image}/tags/list", registry.url);
                    let user = registry.user.as_ref().map_or(String::new(), |u| format!("-u {u} "));
                    (Some(registry.node.clone()), format!("curl {user}{url}"))
                }
                _ => (None, String::new()),
            },
            Self::WebClientImage => (
                site.web_client.as_ref().map(|w| w.control.clone()),
                format!(
                    "grep web_client_image {}/group_vars/all.yaml",
                    catalogue.paths.web_playbooks
                ),
            ),
        };
        LookUp { node, command }
    }
}

/// The settings files of an application's directory.
pub(super) fn settings_files(dir: &str) -> String {
    format!("ls {dir}/settings*")
}

/// A key of a settings file, where it stands in it.
pub(super) fn key_in(file: &str, key: &str) -> String {
    format!("grep -n '^{key}:' {file}")
}

/// The pins of a settings file: up to the next key and not with it, which may be a password.
pub(super) fn pins_in(file: &str) -> String {
    format!("sed -n '/^images:/,/^[^ #]/{{/^images:/p;/^[ #]/p}}' {file}")
}

/// What a backup of a holder's data copies: the volumes, each application's directory, Back's files
/// in a cluster.
fn copied(holder: &NodeName, site: &Topology, catalogue: &Catalogue) -> Vec<String> {
    let mut paths = vec![format!("{}/volumes", site.docker_root)];
    for stack in site.stacks().into_iter().filter(|s| site.data_of(s).holder == *holder) {
        let dir = match stack.app {
            App::Voex => &catalogue.paths.voex,
            _ => &catalogue.paths.express,
        };
        let back = site.cluster_of(&stack.node).is_some_and(|p| p.cluster == ClusterName::Back);
        let files = back.then_some(&catalogue.paths.cluster_data);
        for path in std::iter::once(dir).chain(files) {
            if !paths.contains(path) {
                paths.push(path.clone());
            }
        }
    }
    paths
}

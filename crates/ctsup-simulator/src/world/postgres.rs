//! The embedded database: its files know their major version, its image must match them.

use super::World;
use super::docker::Status;
use super::files::Entry;

/// How long a major upgrade takes, in milliseconds of the world.
const UPGRADE_MS: u64 = 8 * 60_000;

/// The message of a finished upgrade, as the vendor words it.
pub(crate) const DONE: &str = "DB upgrade is done, please disable postgres_upgrade in the settings";
pub(crate) const DISABLED: &str = "postgres_upgrade disabled, exiting";

/// The major version of an image's server: `9.5` of `postgres:9.5.24`, `14` of `postgres:14.4`.
#[must_use]
pub fn major(image: &str) -> String {
    let tag = image.rsplit_once(':').map_or("", |(_, tag)| tag);
    let mut numbers = tag.split(['.', '-']);
    let first = numbers.next().unwrap_or_default();
    match first.parse::<u32>() {
        Ok(n) if n < 10 => format!("{first}.{}", numbers.next().unwrap_or_default()),
        _ => first.to_owned(),
    }
}

impl World {
    /// What the entry point of the image does when its container starts.
    pub(crate) fn start_postgres(&mut self, node: &str, name: &str, image: &str, volume: &str) {
        let data = self.volume_path(node, volume);
        let file = format!("{data}/PG_VERSION");
        let have = self.text(node, &file).map(|t| t.trim().to_owned()).unwrap_or_default();
        let (want, now) = (major(image), self.now);
        let settings = self.settings_text(node, crate::EXPRESS).unwrap_or_default();
        let key = |name: &str| settings.lines().any(|l| l.trim_end() == format!("{name}: true"));
        let newer = |a: &str, b: &str| {
            let n = |t: &str| t.split('.').map(|p| p.parse().unwrap_or(0)).collect::<Vec<u32>>();
            n(a) > n(b)
        };
        let fail = |world: &mut Self, line: &str| {
            if let Some(c) = world.container_mut(node, name) {
                c.say(now, line);
                c.status = Status::Restarting { code: 1, since: now };
            }
        };
        if have == want {
            if key("postgres_upgrade") {
                let line = DONE.to_owned();
                if let Some(c) = self.container_mut(node, name) {
                    c.say(now, &line);
                }
            }
        } else if newer(&have, &want) {
            let line = format!(
                "FATAL:  database files are incompatible with server: initialized by PostgreSQL \
                 version {have}, which is not compatible with this version {want}"
            );
            fail(self, &line);
        } else if !key("postgres_upgrade") && !key("postgres_auto_upgrade") {
            fail(self, DISABLED);
        } else if !image.contains(&format!("from-{have}")) && !self.nodes[node].apt {
            fail(self, "E: Failed to fetch http://apt.postgresql.org/  Could not connect");
        } else {
            self.schedule(
                now + UPGRADE_MS,
                super::Due::Upgraded {
                    node: node.to_owned(),
                    container: name.to_owned(),
                    version: want,
                },
            );
            if let Some(c) = self.container_mut(node, name) {
                c.say(now, "Performing DB upgrade");
            }
        }
    }

    /// The upgrade's end, unless the container was stopped meanwhile.
    pub(crate) fn upgraded(&mut self, node: &str, name: &str, version: &str) {
        let now = self.now;
        let Some(container) = self.container_mut(node, name).filter(|c| c.is_up()) else { return };
        let Some(volume) = container.volume.clone() else { return };
        let data = self.volume_path(node, &volume);
        let old = self.text(node, &format!("{data}/PG_VERSION")).unwrap_or_default().to_owned();
        let aside = format!("{data}/upgrade_backup_{}", 20_221_118 + now / 86_400_000);
        self.seed_file(node, &aside, Entry::directory());
        self.seed_file(node, &format!("{aside}/PG_VERSION"), Entry::file(old));
        self.seed_file(node, &format!("{data}/PG_VERSION"), Entry::file(format!("{version}\n")));
        if let Some(c) = self.container_mut(node, name) {
            c.say(now, "Upgrade Complete");
            c.say(now, DONE);
        }
    }

    pub(crate) fn container_mut(
        &mut self,
        node: &str,
        name: &str,
    ) -> Option<&mut super::docker::Container> {
        self.nodes.get_mut(node)?.docker.containers.get_mut(name)
    }

    /// The text of the settings file of a directory, whatever its ending.
    pub(crate) fn settings_text(&self, node: &str, dir: &str) -> Option<String> {
        let names = ["settings", "settings.yaml", "settings.yml"];
        names.iter().find_map(|n| self.text(node, &format!("{dir}/{n}")).map(str::to_owned))
    }
}

//! From what a look printed to a fact's value, and from a value to whether a claim holds.
//!
//! Where an answer leaves doubt there is no value: unknown is never "no".

use std::collections::{BTreeMap, BTreeSet};
use std::str::FromStr;

use super::{Claim, FactKey, FactValue, Test};
use crate::name::{App, ClusterName, NodeName, SettingsPlace};
use crate::reader::{cluster, constraints, disk, image_list, postgres, registry, units};
use crate::run::{Seen, Trouble};
use crate::topology::Topology;
use crate::version::ImageRef;

/// A text that names no fact.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no fact")]
pub struct NotAFact(String);

impl FromStr for FactKey {
    type Err = NotAFact;

    fn from_str(text: &str) -> Result<Self, NotAFact> {
        let wrong = || NotAFact(text.to_owned());
        let (name, of) = match text.split_once('(') {
            Some((name, rest)) => (name, rest.strip_suffix(')').ok_or_else(wrong)?),
            None => (text, ""),
        };
        let node = || of.parse::<NodeName>().map_err(|_| wrong());
        let cluster = || of.parse::<ClusterName>().map_err(|_| wrong());
        let stack = || of.parse().map_err(|_| wrong());
        let holding = || of.parse().map_err(|_| wrong());
        Ok(match name {
            "choice" => Self::Choice(of.to_owned()),
            "release" => Self::Release(stack()?),
            "running" => Self::Running(stack()?),
            "nginx" => Self::Nginx(node()?),
            "letsencrypt" => Self::LetsEncrypt(node()?),
            "free-images" => Self::FreeImages(node()?),
            "antivirus" => Self::Antivirus(node()?),
            "images" => Self::Images(node()?),
            "active" => Self::Active(cluster()?),
            "healthy" => Self::Healthy(cluster()?),
            "pcs" => Self::Pcs(cluster()?),
            "constraints" => Self::Constraints(cluster()?),
            "preferences" => Self::Preferences(cluster()?),
            "stickiness" => Self::Stickiness(cluster()?),
            "met" => Self::Met(holding()?),
            "volumes" => Self::Volumes(node()?),
            "free-backup" => Self::FreeBackup(node()?),
            "free-volumes" => Self::FreeVolumes(node()?),
            "owners-888" => Self::Owners(node()?),
            "settings-files" => Self::SettingsFiles(holding()?),
            "postgres-upgrade" => Self::UpgradeKey(holding()?),
            "postgres-auto-upgrade" => Self::AutoUpgradeKey(holding()?),
            "pins" => Self::Pins(holding()?),
            "postgres-version" => Self::PostgresVersion,
            "postgres-size" => Self::PostgresSize,
            "postgres-free" => Self::PostgresFree,
            "apt" => Self::Apt,
            "upgrade-backups" => Self::UpgradeBackups,
            "login-refused" => Self::LoginRefused,
            "web-client-image" => Self::WebClientImage,
            _ => return Err(wrong()),
        })
    }
}

impl FactKey {
    /// The facts of an installation that can be read from its hosts beyond doubt.
    #[must_use]
    pub fn observable(site: &Topology) -> Vec<Self> {
        let mut all = Vec::new();
        for node in site.nodes.keys() {
            all.push(Self::FreeImages(node.clone()));
            if !site.antivirus.is_empty() {
                all.push(Self::Antivirus(node.clone()));
            }
        }
        for cluster in ClusterName::ALL.into_iter().filter(|c| site.pair(*c).is_some()) {
            all.extend([
                Self::Active(cluster),
                Self::Healthy(cluster),
                Self::Pcs(cluster),
                Self::Constraints(cluster),
            ]);
        }
        for stack in site.stacks() {
            all.push(Self::Running(stack));
        }
        for place in settings_places(site) {
            all.push(Self::SettingsFiles(place));
        }
        all.push(Self::PostgresVersion);
        all
    }

    /// What settings tell: asked once it is known which node has them and how the file is called.
    #[must_use]
    pub fn in_settings(site: &Topology) -> Vec<Self> {
        let pins = site.stacks().into_iter().map(|stack| Self::Pins(site.settings_of(&stack)));
        let keys = settings_places(site).into_iter().map(Self::UpgradeKey);
        let all: BTreeSet<_> = pins.chain(keys).collect();
        all.into_iter().collect()
    }

    /// Whether an answer tells it beyond doubt: which release a list of containers is of, a person says
    /// (A24).
    #[must_use]
    pub fn is_readable(&self) -> bool {
        !matches!(
            self,
            Self::Choice(_)
                | Self::Release(_)
                | Self::Images(_)
                | Self::Met(_)
                | Self::Preferences(_)
        )
    }

    /// The value that an answer tells: exit code, output, what stood on standard error. `names`
    /// turns a host's full name into the node's. `command` is the one that was run.
    ///
    /// # Errors
    /// What is in the way of a value.
    pub fn read(
        &self,
        (code, out, err): (i32, &str, &str),
        command: &str,
        names: impl Fn(&str) -> Option<NodeName>,
    ) -> Result<FactValue, Seen> {
        // A line tells enough, and what is ours is kept in one.
        let text = if err.trim().is_empty() { out } else { err };
        let text = text.trim().lines().next().unwrap_or_default();
        let said = || match code {
            0 => Seen::Unreadable(command.to_owned(), text.to_owned()),
            _ if without_docker(err) => Seen::NoDocker,
            code => Seen::Exit(code, text.to_owned()),
        };
        let size = || {
            let rows: Vec<u64> = out.lines().filter_map(|row| row.trim().parse().ok()).collect();
            match rows[..] {
                [bytes] => Ok(FactValue::Size(bytes)),
                _ => Err(said()),
            }
        };
        let release = |text: String| text.parse().map(FactValue::Release).map_err(|_| said());
        match self {
            Self::Active(_) => {
                let cluster = cluster::read(out).map_err(|_| said())?;
                let active = cluster
                    .active_node("dockerd")
                    .map_err(|why| Seen::unsettled("dockerd", &why))?;
                let name = names(active).ok_or_else(|| {
                    Seen::Cluster(Trouble::Absent, active.to_owned(), String::new())
                })?;
                Ok(FactValue::Text(name.to_string()))
            }
            Self::Healthy(_) => {
                let cluster = cluster::read(out).map_err(|_| said())?;
                let bad = cluster.resources.iter().any(|r| r.failed || r.blocked)
                    || cluster.nodes.iter().any(|node| !node.is_usable())
                    || !cluster.contradictions().is_empty()
                    || cluster.quorum == Some(false);
                Ok(FactValue::Bool(!bad))
            }
            Self::Pcs(_) => {
                let version = units::pcs_version(out).map_err(|_| said())?;
                release(version.to_string())
            }
            Self::Constraints(_) if code == 0 => {
                let read = constraints::read(out).map_err(|_| said())?;
                let left = read.locations.iter().filter(|c| {
                    matches!(c.origin(), constraints::Origin::Move | constraints::Origin::Ban)
                });
                let ids = left.filter_map(|c| c.id.clone()).collect();
                Ok(FactValue::List(ids))
            }
            Self::FreeImages(_)
            | Self::FreeBackup(_)
            | Self::FreeVolumes(_)
            | Self::PostgresFree
                if code == 0 =>
            {
                size()
            }
            Self::Volumes(_) if code == 0 => disk::total(out).map(FactValue::Size).ok_or_else(said),
            Self::Nginx(_) if code == 0 => {
                // nginx tells its version on standard error.
                let text = format!("{out}\n{err}");
                let version = text.split_whitespace().find_map(|word| word.strip_prefix("nginx/"));
                release(version.unwrap_or_default().to_owned())
            }
            Self::Owners(_) if code == 0 => {
                let rows: Vec<&str> = out.lines().filter(|row| !row.trim().is_empty()).collect();
                let all = rows.iter().all(|row| row.starts_with("888:888 "));
                if rows.is_empty() { Err(said()) } else { Ok(FactValue::Bool(all)) }
            }
            Self::SettingsFiles(_) if code == 0 => {
                let names = out.split_whitespace().map(|path| path.rsplit('/').next());
                let names = names.flatten().filter(|name| is_settings(name));
                Ok(FactValue::List(names.map(str::to_owned).collect()))
            }
            // grep: 0 found, 1 not found, anything else knows nothing.
            Self::UpgradeKey(_) | Self::AutoUpgradeKey(_) if code == 0 || code == 1 => {
                if code == 1 && !err.trim().is_empty() {
                    return Err(said());
                }
                Ok(FactValue::Bool(code == 0))
            }
            Self::Stickiness(_) if code == 0 => {
                let text = out.replace(':', "=");
                let mut found = text.split_whitespace().filter_map(|word| {
                    word.strip_prefix("resource-stickiness=")?.parse::<i64>().ok()
                });
                match (found.next(), found.next()) {
                    (Some(number), None) => Ok(FactValue::Integer(number)),
                    (None, _) if out.contains("No defaults set") => Ok(FactValue::Integer(0)),
                    _ => Err(said()),
                }
            }
            Self::PostgresSize if code == 0 => {
                // One row, without the heading of its table.
                let rows: Vec<&str> = out.lines().filter(|row| !row.trim().is_empty()).collect();
                let [row] = rows[..] else { return Err(said()) };
                let name = row.split_whitespace().next().unwrap_or_default();
                let table =
                    format!("Local Volumes space usage:\n\nVOLUME NAME LINKS SIZE\n{row}\n");
                let size = disk::volume_size(&table, name).map_err(|_| said())?;
                Ok(FactValue::Size(size))
            }
            Self::WebClientImage if code == 0 => {
                let found =
                    out.lines().find_map(|line| line.trim().strip_prefix("web_client_image:"));
                let image = found.map(|text| text.trim().trim_matches(['"', '\'']));
                let image = image.filter(|image| !image.is_empty()).ok_or_else(said)?;
                Ok(FactValue::Text(image.to_owned()))
            }
            Self::UpgradeBackups if code == 0 => {
                let names =
                    out.split_whitespace().filter(|name| name.starts_with("upgrade_backup_"));
                Ok(FactValue::List(names.map(str::to_owned).collect()))
            }
            Self::Apt if code == 0 => Ok(FactValue::Bool(true)),
            // curl: no address, no connection, no answer in time.
            Self::Apt if matches!(code, 6 | 7 | 28) => Ok(FactValue::Bool(false)),
            Self::LoginRefused if code == 0 => match registry::read_tags(out) {
                Ok(_) => Ok(FactValue::Bool(false)),
                // Where curl was to ask for a password and nobody was there, it sent none.
                Err(_) if registry::is_login_failure(out) && !command.contains(" -u ") => {
                    Ok(FactValue::Bool(true))
                }
                Err(_) => Err(said()),
            },
            // How much room there will be once somebody makes or mounts it, nobody knows.
            Self::FreeBackup(_) if err.contains("No such file") => {
                let path = command.rsplit(' ').next().unwrap_or_default();
                Err(Seen::NoDirectory(path.trim_matches('\'').to_owned()))
            }
            Self::Antivirus(_) => {
                let asked: Vec<&str> = command
                    .strip_prefix("systemctl is-active ")
                    .unwrap_or_default()
                    .split(' ')
                    .collect();
                let states = units::is_active(out, asked.len()).map_err(|_| said())?;
                let on = asked.iter().zip(states).filter(|(_, s)| *s == units::UnitState::Active);
                Ok(FactValue::List(on.map(|(unit, _)| (*unit).to_owned()).collect()))
            }
            Self::LetsEncrypt(_) if code == 0 => Ok(FactValue::Bool(true)),
            // Only what says so is not there: a mount that does not answer says something else.
            Self::LetsEncrypt(_) if err.contains("No such file") => Ok(FactValue::Bool(false)),
            Self::PostgresVersion => {
                let version = postgres::read_version(out).map_err(|_| said())?;
                release(version.to_string())
            }
            Self::Running(stack) if code == 0 => {
                let list = image_list::read(out).map_err(|_| said())?;
                let project = stack.app.project();
                let own: Vec<_> =
                    list.containers.iter().filter(|c| c.service(project).is_some()).collect();
                let up =
                    |c: &&&image_list::Container| matches!(c.status, image_list::Status::Up { .. });
                let down = own.iter().filter(|c| !up(c));
                let down: Vec<&str> = down.filter_map(|c| c.name.as_deref()).collect();
                // Some up and some not is neither; where there are none nobody knows their project.
                match own.iter().filter(up).count() {
                    _ if own.is_empty() => Err(Seen::NoContainers(project.to_owned())),
                    0 => Ok(FactValue::Bool(false)),
                    all if all == own.len() => Ok(FactValue::Bool(true)),
                    _ => {
                        let count = format!("{}/{}", down.len(), own.len());
                        Err(Seen::PartlyDown(project.to_owned(), count, down.join(", ")))
                    }
                }
            }
            // Where the daemon does not run, nothing of it does.
            Self::Running(_) if without_docker(err) => Ok(FactValue::Bool(false)),
            Self::Pins(_) if code == 0 => {
                // Nothing of what stands there is repeated: nobody knows what is below a wrong heading.
                pins(out)
                    .map(FactValue::Images)
                    .ok_or_else(|| Seen::Unreadable("images:".to_owned(), String::new()))
            }
            Self::Images(_) if code == 0 => {
                let list = image_list::read(out).map_err(|_| said())?;
                let up = list
                    .containers
                    .iter()
                    .any(|c| matches!(c.status, image_list::Status::Up { .. }));
                Ok(FactValue::Bool(up))
            }
            _ => Err(said()),
        }
    }
}

/// Whether docker says that its daemon is not there. Asked for one value only, it complains of its own
/// template instead.
fn without_docker(err: &str) -> bool {
    err.contains("Cannot connect to the Docker daemon")
        || err.contains("reflect: indirection through nil pointer to embedded struct field Info")
}

/// Where the corporate server's settings lie, each once.
fn settings_places(site: &Topology) -> Vec<SettingsPlace> {
    let express = site.stacks().into_iter().filter(|stack| stack.app == App::Express);
    let places: BTreeSet<_> = express.map(|stack| site.settings_of(&stack)).collect();
    places.into_iter().collect()
}

/// The pins below `images:`; none where the heading is not there, nothing where it is not plain.
fn pins(text: &str) -> Option<BTreeMap<String, ImageRef>> {
    let mut all = BTreeMap::new();
    let mut lines = text.lines().filter(|line| {
        let line = line.trim();
        !line.is_empty() && !line.starts_with('#')
    });
    let Some(heading) = lines.next() else { return Some(all) };
    let rest = heading.strip_prefix("images:")?.split(" #").next()?.trim();
    for line in lines {
        let (name, image) = line.strip_prefix(' ')?.trim().split_once(':')?;
        let image = image.split(" #").next()?.trim().trim_matches(['"', '\'']);
        if all.insert(name.to_owned(), image.parse().ok()?).is_some() {
            return None;
        }
    }
    matches!((rest, all.is_empty()), ("", _) | ("{}", true)).then_some(all)
}

/// The names under which dpl looks for its settings; copies beside them are none.
fn is_settings(name: &str) -> bool {
    matches!(name, "settings" | "settings.yaml" | "settings.yml")
}

impl Claim {
    /// Whether a value keeps the claim; nothing where the two cannot be compared.
    #[must_use]
    pub fn met_by(&self, have: &FactValue) -> Option<bool> {
        let want = match have {
            FactValue::Bool(_) => FactValue::Bool(self.value.parse().ok()?),
            FactValue::Size(_) => FactValue::Size(self.value.parse().ok()?),
            FactValue::Integer(_) => FactValue::Integer(self.value.parse().ok()?),
            FactValue::Release(_) => FactValue::Release(self.value.parse().ok()?),
            FactValue::Text(_) => FactValue::Text(self.value.clone()),
            FactValue::List(have) => {
                // A list stands for a set; only equality is asked of it.
                let words = self.value.strip_prefix('[')?.strip_suffix(']')?;
                let mut want: Vec<&str> = words.split_whitespace().collect();
                let mut have: Vec<&str> = have.iter().map(String::as_str).collect();
                want.sort_unstable();
                have.sort_unstable();
                return match self.test {
                    Test::Is => Some(have == want),
                    Test::IsNot => Some(have != want),
                    _ => None,
                };
            }
            FactValue::Unknown | FactValue::Images(_) => return None,
        };
        Some(self.test.holds(have, &want))
    }
}

#[cfg(test)]
mod tests;

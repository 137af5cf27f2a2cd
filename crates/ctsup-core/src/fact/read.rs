//! From what a look printed to a fact's value, and from a value to whether a claim holds.
//!
//! Where an answer leaves doubt there is no value: unknown is never "no".

use std::collections::{BTreeMap, BTreeSet};
use std::str::FromStr;

use super::{Claim, FactKey, FactValue, LookUp, Test};
use crate::action::{Action, Unit, Volume, volume::BackUp};
use crate::catalogue::Catalogue;
use crate::name::{App, ClusterName, NodeName, SettingsPlace};
use crate::plan::Plan;
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

    /// How a claim of a saved plan is looked up: a plan carries no topology, but names what the
    /// look needs. None where it does not.
    #[must_use]
    pub fn look_of(&self, plan: &Plan) -> Option<LookUp> {
        let of_cluster =
            |cluster: &ClusterName| plan.topology.clusters.get(cluster).map(|c| c.nodes[0].clone());
        let server = |node: &NodeName| plan.topology.nodes.contains_key(node).then(|| node.clone());
        let (node, command) = match self {
            Self::Active(c) | Self::Healthy(c) => (of_cluster(c)?, "pcs status".to_owned()),
            Self::Pcs(c) => (of_cluster(c)?, "pcs --version".to_owned()),
            Self::Constraints(c) => (of_cluster(c)?, "pcs constraint --full".to_owned()),
            Self::FreeImages(n) => (
                server(n)?,
                // Where images lie the daemon knows; where it does not run nobody does.
                "root=$(docker info --format '{{.DockerRootDir}}') && \
                 df --output=avail --block-size=1 \"$root\""
                    .to_owned(),
            ),
            Self::FreeBackup(holder) => {
                let found = plan.steps.iter().find_map(|step| match &step.action {
                    Action::Volume(Volume::BackUp { by: BackUp::Copy { to, .. }, .. }) => {
                        let node = step.node.clone()?;
                        let cluster = plan.topology.clusters.iter().find(|(name, c)| {
                            name.as_str() == holder.as_str() && c.nodes.contains(&node)
                        });
                        (node == *holder || cluster.is_some()).then(|| (node, to.clone()))
                    }
                    _ => None,
                });
                let (node, to) = found?;
                // The copy's own directory is made by the copy.
                let parent = to.rsplit_once('/').map_or("/", |(dir, _)| dir);
                (node, format!("df --output=avail --block-size=1 '{parent}'"))
            }
            Self::FreeVolumes(holder) => {
                let found = plan.steps.iter().find_map(|step| match &step.action {
                    Action::Volume(Volume::SetAside { data, paths, .. })
                        if data.holder == *holder =>
                    {
                        let volumes = paths.iter().find(|path| path.ends_with("/volumes"))?;
                        Some((step.node.clone()?, volumes.clone()))
                    }
                    _ => None,
                });
                let (node, volumes) = found?;
                (node, format!("df --output=avail --block-size=1 {volumes}"))
            }
            Self::Antivirus(node) => {
                let units = plan.steps.iter().find_map(|step| match &step.action {
                    Action::Unit(Unit::StopAntivirus { units, .. })
                        if step.node.as_ref() == Some(node) =>
                    {
                        Some(units.join(" "))
                    }
                    _ => None,
                });
                (server(node)?, format!("systemctl is-active {}", units?))
            }
            Self::LetsEncrypt(node) => {
                let paths = &Catalogue::built_in().paths;
                (server(node)?, format!("ls -d {}/{}", paths.express, paths.letsencrypt))
            }
            _ => return None,
        };
        Some(LookUp { node: Some(node), command })
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
mod tests {
    use super::super::Origin;
    use super::*;

    #[test]
    fn every_claim_of_an_example_names_a_fact_that_reads_back() {
        for text in [
            include_str!("../../../../examples/ha.toml"),
            include_str!("../../../../examples/single.toml"),
        ] {
            let lists = Default::default();
            let outcome = crate::plan(&crate::Request {
                topology: text,
                facts: None,
                image_lists: &lists,
                catalogue: Catalogue::built_in(),
                goal: crate::Goal::Upgrade,
            });
            let plan = &outcome.planned().expect("a plan").plan;
            for claim in &plan.claims {
                let key: FactKey = claim.fact.parse().expect("a fact");
                assert_eq!(key.to_string(), claim.fact);
            }
            let looked = plan
                .claims
                .iter()
                .filter_map(|c| c.fact.parse::<FactKey>().ok().and_then(|key| key.look_of(plan)));
            let commands: Vec<String> = looked.map(|look| look.command).collect();
            // Where the copy will lie there is nothing yet: its file system is asked.
            let free = "df --output=avail --block-size=1 '/backup'".to_owned();
            assert!(commands.contains(&free), "{commands:#?}");
        }
    }

    fn claim(test: Test, value: &str) -> Claim {
        Claim { fact: "apt".to_owned(), origin: Origin::Declared, test, value: value.to_owned() }
    }

    #[test]
    fn claims_are_held_against_values() {
        assert_eq!(claim(Test::AtLeast, "40").met_by(&FactValue::Size(40)), Some(true));
        assert_eq!(claim(Test::AtLeast, "40").met_by(&FactValue::Size(39)), Some(false));
        let list = FactValue::List(vec!["b".to_owned(), "a".to_owned()]);
        assert_eq!(claim(Test::Is, "[a b]").met_by(&list), Some(true));
        assert_eq!(claim(Test::Is, "[]").met_by(&list), Some(false));
        assert_eq!(claim(Test::Is, "many").met_by(&FactValue::Size(1)), None);
    }

    #[test]
    fn answers_of_real_tools_are_read() {
        let (node, none) = ("a-1".parse::<NodeName>().expect("a name"), |_: &str| None);
        let place = crate::name::Holding { holder: node.clone(), app: crate::name::App::Express };
        let names = |all: &[&str]| FactValue::List(all.iter().map(|n| (*n).to_owned()).collect());
        let cases: [(FactKey, (i32, &str, &str), FactValue); 12] = [
            (
                FactKey::Volumes(node.clone()),
                (
                    0,
                    "68719472640\t/var/lib/docker/volumes\n4096\t/opt/express\n68719476736\ttotal\n",
                    "",
                ),
                FactValue::Size(64 << 30),
            ),
            (
                FactKey::PostgresFree,
                (0, "    Avail\n12638244864\n", ""),
                FactValue::Size(12638244864),
            ),
            (
                FactKey::Nginx(node.clone()),
                (0, "", "nginx version: nginx/1.21.0\n"),
                FactValue::Release("1.21.0".parse().expect("a release")),
            ),
            (
                FactKey::Owners(node.clone()),
                (0, "888:888 /v/a/_data\n888:888 /v/b/_data\n", ""),
                FactValue::Bool(true),
            ),
            (
                FactKey::Owners(node.clone()),
                (0, "888:888 /v/a/_data\n0:0 /v/b/_data\n", ""),
                FactValue::Bool(false),
            ),
            (
                FactKey::SettingsFiles(place.clone()),
                (0, "/opt/express/settings.before-2.5\n/opt/express/settings.yaml\n", ""),
                names(&["settings.yaml"]),
            ),
            (FactKey::UpgradeKey(place.clone()), (1, "", ""), FactValue::Bool(false)),
            (
                FactKey::UpgradeKey(place.clone()),
                (0, "7:postgres_upgrade: true\n", ""),
                FactValue::Bool(true),
            ),
            (
                FactKey::Stickiness(crate::name::ClusterName::Back),
                (0, "Meta Attrs: build-resource-defaults\n  resource-stickiness=100\n", ""),
                FactValue::Integer(100),
            ),
            (FactKey::Apt, (28, "", "curl: (28) Connection timed out"), FactValue::Bool(false)),
            (
                FactKey::LoginRefused,
                (
                    0,
                    r#"{"errors":[{"code":"UNAUTHORIZED","message":"authentication required"}]}"#,
                    "",
                ),
                FactValue::Bool(true),
            ),
            (
                FactKey::UpgradeBackups,
                (0, "PG_VERSION\nbase\nupgrade_backup_9.5\n", ""),
                names(&["upgrade_backup_9.5"]),
            ),
        ];
        for (key, answer, value) in cases {
            assert_eq!(key.read(answer, "", none), Ok(value), "{key}");
        }
        let refused = r#"{"errors":[{"code":"UNAUTHORIZED"}]}"#;
        let asked = "curl -u userregistry http://r.example/v2/admin/tags/list";
        assert!(FactKey::LoginRefused.read((0, refused, ""), asked, none).is_err());
        // A sum without its last line is none.
        let cut = (0, "68719472640\t/var/lib/docker/volumes\n4096\t/opt/express\n", "");
        assert!(FactKey::Volumes(node.clone()).read(cut, "du", none).is_err());
        // No file to look into is no "no".
        let gone = (2, "", "grep: /opt/express/settings: No such file or directory");
        assert!(FactKey::UpgradeKey(place).read(gone, "", none).is_err());
        assert!(FactKey::Owners(node).read((0, "", ""), "", none).is_err());
    }

    #[test]
    fn what_runs_is_told_by_all_of_its_containers() {
        let none = |_: &str| None;
        let key: FactKey = "running(a-1/express)".parse().expect("a fact");
        let list = |rows: &[(&str, &str)]| {
            let mut text =
                "CONTAINER ID   IMAGE   COMMAND   CREATED      STATUS      PORTS     NAMES\n"
                    .to_owned();
            for (name, status) in rows {
                text.push_str(&format!(
                    "d7f893067461   reg:5000/x:1.39.0   \"run\"   2 days ago   {status}     {name}\n"
                ));
            }
            text
        };
        let up = list(&[
            ("cts_a_1", "Up 2 days"),
            ("cts_b_1", "Up 2 days"),
            ("voex_c_1", "Exited (0) 2 days ago"),
        ]);
        assert_eq!(key.read((0, &up, ""), "", none), Ok(FactValue::Bool(true)));
        let down = list(&[("cts_a_1", "Exited (0) 2 days ago"), ("voex_c_1", "Up 2 days")]);
        assert_eq!(key.read((0, &down, ""), "", none), Ok(FactValue::Bool(false)));
        let mixed = list(&[("cts_a_1", "Up 2 days"), ("cts_b_1", "Exited (1) 2 days ago")]);
        assert_eq!(
            key.read((0, &mixed, ""), "", none),
            Err(Seen::PartlyDown("cts".to_owned(), "1/2".to_owned(), "cts_b_1".to_owned()))
        );
        let others = list(&[("express_a_1", "Up 2 days")]);
        assert!(key.read((0, &others, ""), "", none).is_err(), "another project");
        let idle = "Cannot connect to the Docker daemon at unix:///var/run/docker.sock.";
        assert_eq!(key.read((1, "", idle), "", none), Ok(FactValue::Bool(false)));
    }

    #[test]
    fn pins_are_read_as_they_stand_and_never_repeated_in_an_error() {
        let none = |_: &str| None;
        let key: FactKey = "pins(back/express)".parse().expect("a fact");
        let read = |text: &str| key.read((0, text, ""), "", none);
        assert_eq!(read(""), Ok(FactValue::Images(BTreeMap::new())));
        assert_eq!(read("images: {}\n"), Ok(FactValue::Images(BTreeMap::new())));
        let two = read(
            "images:\n  # of 2022\n  trusts: ccs/trusts:1.28.0 # old\n  admin: \"ccs/admin:1.2\"\n",
        );
        let Ok(FactValue::Images(two)) = two else { panic!("{two:?}") };
        let two: Vec<_> = two.iter().map(|(name, image)| format!("{name} {image}")).collect();
        assert_eq!(two, ["admin ccs/admin:1.2", "trusts ccs/trusts:1.28.0"]);
        for wrong in ["images: [a]\n", "images:\n  password: \n", "images:\n a: x:1\nimages:\n"] {
            let unread = Seen::Unreadable("images:".to_owned(), String::new());
            assert_eq!(read(wrong), Err(unread), "{wrong}");
        }
        assert!(key.read((2, "", "sed: can't read x: No such file"), "", none).is_err());
    }

    #[test]
    fn what_does_not_answer_is_no_value() {
        let node: NodeName = "a-1".parse().expect("a name");
        let none = |_: &str| None;
        let dead = (1, "", "ls: cannot access 'x': Transport endpoint is not connected");
        assert!(FactKey::LetsEncrypt(node.clone()).read(dead, "ls", none).is_err());
        let gone = (2, "", "ls: cannot access 'x': No such file or directory");
        let read = FactKey::LetsEncrypt(node.clone()).read(gone, "ls", none);
        assert_eq!(read, Ok(FactValue::Bool(false)));
        let free = FactKey::FreeImages(node.clone());
        assert!(free.read((1, "", "Cannot connect"), "df", none).is_err());
        // As docker says it where only its root is asked for.
        let template = "template: :1:2: executing \"\" at <.DockerRootDir>: reflect: indirection \
                        through nil pointer to embedded struct field Info";
        assert_eq!(free.read((1, "", template), "docker info", none), Err(Seen::NoDocker));
        let running: FactKey = "running(a-1/express)".parse().expect("a fact");
        assert_eq!(running.read((1, "", template), "", none), Ok(FactValue::Bool(false)));
        // A directory that nobody made has no free space, neither much nor none.
        let (command, gone) = (
            "df --output=avail --block-size=1 '/mnt/backup'",
            (1, "", "df: /mnt/backup: No such file or directory"),
        );
        let read = FactKey::FreeBackup(node).read(gone, command, none);
        assert_eq!(read, Err(Seen::NoDirectory("/mnt/backup".to_owned())));
    }
}

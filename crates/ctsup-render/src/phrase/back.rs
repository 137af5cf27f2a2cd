//! What has to be written into the topology file so that the whole way back can be planned.

use std::collections::BTreeMap;

use ctsup_core::action::database::{Database, DatabaseOp};
use ctsup_core::action::dpl::DplOp;
use ctsup_core::action::volume::{BackUp, Volume};
use ctsup_core::{Action, App, Atom, Goal, NodeName, Stack};

use super::Phrases;

/// One way back: when it is the right one, and the lines for the file.
#[derive(Debug)]
pub(crate) struct WayBack {
    pub(crate) when: String,
    pub(crate) lines: Vec<String>,
}

impl<'p> Phrases<'p> {
    /// The ways back that are plans of their own; none where the goal has no such way.
    pub(crate) fn ways_back(&self) -> Vec<WayBack> {
        let mut ways = Vec::new();
        if self.plan.goal == Goal::Upgrade && !self.plan.is_empty() {
            ways.push(WayBack { when: self.say("way-back-intro"), lines: self.whole() });
        }
        ways.extend(self.of_database());
        let now = self.now();
        if !ways.is_empty() && !now.is_empty() {
            ways.push(WayBack { when: self.say("way-back-now"), lines: now });
        }
        ways
    }

    fn say(&self, id: &str) -> String {
        self.words.say(id, &[])
    }

    fn said(&self, id: &str, step: usize) -> String {
        self.words.say(id, &[("step", step.into())])
    }

    /// The table `[rollback]` with what this plan makes for it.
    fn whole(&self) -> Vec<String> {
        let release = &self.plan.release;
        let (way, why) = match self.only_restore() {
            true => ("restore", self.say("way-back-restore")),
            false => ("pins", self.say("way-back-pins")),
        };
        let mut lines = Vec::new();
        lines.push("[rollback]".to_owned());
        lines.push(format!("to = \"{}\"", release.installed));
        lines.push(format!("way = \"{way}\"  # {why}"));
        let voex = |action: &Action| matches!(deployed(action), Some((stack, true)) if stack.app == App::Voex);
        if self.plan.topology.stacks.iter().any(|s| s.stack.app == App::Voex) {
            let (too, why) = match self.first(voex) {
                Some(_) => (true, "way-back-voex"),
                None => (false, "way-back-voex-stays"),
            };
            lines.push(format!("voex = {too}  # {}", self.say(why)));
        }
        self.home(&mut lines, &self.say("way-back-home"));
        let (mut lists, mut backups) = (BTreeMap::new(), BTreeMap::new());
        for step in &self.plan.steps {
            match &step.action {
                Action::Volume(Volume::SaveList { file, node }) => {
                    lists.insert(node, file);
                }
                Action::Volume(Volume::BackUp { by: BackUp::Copy { to }, data, .. })
                    if data.app == App::Express || !self.serves(&data.holder) =>
                {
                    backups.insert(&data.holder, to);
                }
                _ => {}
            }
        }
        if !lists.is_empty() {
            lines.push(String::new());
            lines.push(format!("[rollback.lists]  # {}", self.say("way-back-lists")));
            lines.extend(lists.iter().map(|(node, file)| {
                let name = file.rsplit('/').next().unwrap_or(file);
                format!("{node} = \"{name}\"  # {node}:{file}")
            }));
        }
        if !backups.is_empty() {
            lines.push(String::new());
            lines.push("[rollback.backups]".to_owned());
            lines.extend(backups.iter().map(|(holder, to)| format!("{holder} = \"{to}\"")));
        }
        lines
    }

    /// The database alone: its upgrade keeps the old files, and CTS has not begun on the new ones.
    fn of_database(&self) -> Option<WayBack> {
        if !matches!(self.plan.goal, Goal::Upgrade | Goal::Postgres) {
            return None;
        }
        let upgrade = |action: &Action| {
            matches!(action, Action::Database(Database { op: DatabaseOp::StartUpgrade { .. }, .. }))
        };
        let from = self.first(upgrade)?;
        let version = self.plan.steps.iter().find_map(|step| match &step.action {
            Action::Database(Database { op: DatabaseOp::WaitUpgraded { version, .. }, .. }) => {
                Some(version.as_str())
            }
            _ => None,
        });
        let deploy = self.first(|action| matches!(deployed(action), Some((_, true))));
        let when = match deploy {
            Some(until) => self
                .words
                .say("way-back-database", &[("step", from.into()), ("until", until.into())]),
            None => self.said("way-back-database-only", from),
        };
        let lines = vec![
            "[rollback]".to_owned(),
            format!("to = \"{}\"", self.plan.release.installed),
            "way = \"postgres\"".to_owned(),
            format!("postgres_image = \"postgres:\u{2026}\"  # {}", self.say("way-back-image")),
            String::new(),
            "[facts.postgres]".to_owned(),
            format!("version = \"{}\"", version.unwrap_or("14")),
            format!(
                "upgrade_backups = [\"upgrade_backup_\u{2026}\"]  # {}",
                self.say("way-back-old-files")
            ),
        ];
        Some(WayBack { when, lines })
    }

    /// What is so by now, which differs from what the file says.
    fn now(&self) -> Vec<String> {
        let clusters = &self.plan.topology.clusters;
        if self.plan.goal != Goal::Upgrade {
            return Vec::new();
        }
        let release = &self.plan.release;
        let mut nodes: BTreeMap<&NodeName, Vec<String>> = BTreeMap::new();
        for known in &self.plan.topology.stacks {
            let stack = &known.stack;
            if !matches!(stack.app, App::Express | App::Voex) {
                continue;
            }
            let renews = |action: &Action| {
                let new = |c: &ctsup_core::Condition| c.holds && c.atom == Atom::New(stack.clone());
                action.effect().done.iter().any(new)
            };
            let line = match self.first(renews) {
                Some(step) => format!(
                    "{} = \"{}\"  # {}",
                    stack.app,
                    release.target,
                    self.words.say(
                        "way-back-release",
                        &[
                            ("step", step.into()),
                            ("installed", release.installed.to_string().into())
                        ],
                    )
                ),
                None => continue,
            };
            nodes.entry(&stack.node).or_default().push(line);
        }
        let mut lines = Vec::new();
        for (node, known) in nodes {
            lines.push(format!("[facts.nodes.{node}]"));
            lines.extend(known);
        }
        for (cluster, pair) in clusters {
            let names: Vec<_> = pair.nodes.iter().map(ToString::to_string).collect();
            lines.push(format!("[facts.clusters.{cluster}]"));
            let either = self.words.say("way-back-active", &[("nodes", names.join(", ").into())]);
            lines.push(format!("active = \"\u{2026}\"  # {either}"));
            lines.push(format!("constraints = []  # {}", self.say("way-back-constraints")));
        }
        lines
    }

    /// The number of the first step whose action is such.
    fn first(&self, is: impl Fn(&Action) -> bool) -> Option<usize> {
        self.plan.steps.iter().position(|step| is(&step.action)).map(|place| place + 1)
    }

    /// Where each cluster's resources are before the plan moves them.
    fn home(&self, lines: &mut Vec<String>, why: &str) {
        let homes = self.plan.topology.clusters.iter().filter_map(|(cluster, pair)| {
            let active = |node: &&NodeName| self.plan.start.has(&Atom::Active((*node).clone()));
            Some(format!("{cluster} = \"{}\"", pair.nodes.iter().find(active)?))
        });
        let homes: Vec<_> = homes.collect();
        if !homes.is_empty() {
            lines.push(String::new());
            lines.push(format!("[rollback.home]  # {why}"));
            lines.extend(homes);
        }
    }

    /// Whether CTS keeps its data under this name.
    fn serves(&self, holder: &NodeName) -> bool {
        let mut stacks = self.plan.topology.stacks.iter();
        stacks.any(|s| s.stack.app == App::Express && s.data.holder == *holder)
    }

    /// Pins lead nowhere: over a barrier, or once the database is of the new version (A25).
    pub(super) fn only_restore(&self) -> bool {
        let upgraded = self.plan.steps.iter().any(|step| match &step.action {
            Action::Database(database) => matches!(database.op, DatabaseOp::StartUpgrade { .. }),
            _ => false,
        });
        upgraded || self.plan.point_of_no_return.is_some()
    }
}

/// What an action deploys, and whether it is of the new release.
fn deployed(action: &Action) -> Option<(Stack, bool)> {
    match action {
        Action::Dpl(dpl) if matches!(dpl.op, DplOp::Deploy { .. }) => {
            let new = |c: &ctsup_core::Condition| matches!(c.atom, Atom::New(_)) && c.holds;
            Some((dpl.stack.clone(), action.effect().done.iter().any(new)))
        }
        Action::Playbook(_) => {
            let done = action.effect().done;
            done.into_iter().find_map(|c| match c.atom {
                Atom::New(stack) => Some((stack, c.holds)),
                _ => None,
            })
        }
        _ => None,
    }
}

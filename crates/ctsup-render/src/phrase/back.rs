//! What has to be written into the topology file so that the whole way back can be planned.

use std::collections::BTreeMap;

use ctsup_core::action::database::DatabaseOp;
use ctsup_core::action::dpl::DplOp;
use ctsup_core::action::volume::{BackUp, Volume};
use ctsup_core::plan::Step;
use ctsup_core::{Action, App, Atom, Goal, NodeName};

use super::Phrases;

impl Phrases<'_> {
    /// The table `[rollback]` of an upgrade, with what this plan makes for it; `None` where the goal
    /// has no such way back.
    pub(crate) fn way_back(&self) -> Option<Vec<String>> {
        if self.plan.goal != Goal::Upgrade || self.plan.is_empty() {
            return None;
        }
        let say = |id: &str| self.words.say(id, &[]);
        let (way, why) = match self.only_restore() {
            true => ("restore", say("way-back-restore")),
            false => ("pins", say("way-back-pins")),
        };
        let mut lines = vec![
            "[rollback]".to_owned(),
            format!("to = \"{}\"", self.plan.release.installed),
            format!("way = \"{way}\"  # {why}"),
        ];
        let voex = |step: &Step| match &step.action {
            Action::Dpl(dpl) => {
                dpl.stack.app == App::Voex && matches!(dpl.op, DplOp::Deploy { .. })
            }
            _ => false,
        };
        if self.plan.steps.iter().any(voex) {
            lines.push(format!("# voex = true  # {}", say("way-back-voex")));
        }
        self.home(&mut lines, &say("way-back-home"));
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
            lines.push(format!("[rollback.lists]  # {}", say("way-back-lists")));
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
        Some(lines)
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

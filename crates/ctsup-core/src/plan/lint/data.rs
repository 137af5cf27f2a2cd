//! What is done to data: backups, owners, the Let's Encrypt store, image lists, settings.

use std::collections::{BTreeMap, BTreeSet};

use super::seen::{Seen, backs_up, changes_release, edits, moves, stops};
use super::{Findings, Rule};
use crate::action::database::DatabaseOp;
use crate::action::dpl::{Brings, DplOp};
use crate::action::settings::Edit;
use crate::action::volume::BackUp;
use crate::action::{Action, Database, Dpl, Kind, Look, Person, Playbook, Repeat, Volume, Wait};
use crate::fact::{FactKey, Test};
use crate::name::{App, ClusterName, DataSet, Stack};
use crate::plan::{Goal, Step};
use crate::state::{Atom, is, is_not};
use crate::topology::Role;
use crate::version::ImageRef;

pub(super) fn check(seen: &Seen<'_>, found: &mut Findings<'_, '_>) {
    for (place, step) in seen.steps() {
        stopped_first(seen, found, place, step);
        backup_first(seen, found, place, step);
        external_first(seen, found, place, step);
        backup_at_rest(seen, found, place, step);
        list_saved(seen, found, place, step);
        settings(seen, found, place, step);
        old_database(seen, found, place, step);
    }
    once_only(seen, found);
    new_directories(seen, found);
}

/// The data that a step is the first to endanger, if it is.
fn endangers<'p>(seen: &Seen<'p>, step: &'p Step) -> Vec<&'p DataSet> {
    match &step.action {
        Action::Dpl(Dpl { op: DplOp::Exporters { .. }, data, .. })
        | Action::Database(Database { op: DatabaseOp::StartUpgrade { .. }, data, .. })
        | Action::Volume(Volume::FixOwners { data, .. } | Volume::ClearLetsEncrypt { data, .. }) => {
            vec![data]
        }
        _ => {
            let changed = changes_release(step).into_iter();
            changed.filter_map(|(stack, _)| seen.data_of(stack)).collect()
        }
    }
}

/// Each chapter stops an application before it deploys another release of it.
fn stopped_first(seen: &Seen<'_>, found: &mut Findings<'_, '_>, place: usize, step: &Step) {
    let Action::Dpl(Dpl { op: DplOp::Deploy { .. }, .. }) = &step.action else { return };
    for (stack, _) in changes_release(step) {
        let rest = is_not(Atom::Running(stack.clone()));
        found.check(seen.holds(place, &rest), Rule::StoppedFirst, &[place], rest);
    }
}

/// A database outside CTS, which no copy of volumes holds, before the new release first meets it.
fn external_first(seen: &Seen<'_>, found: &mut Findings<'_, '_>, place: usize, step: &Step) {
    let location = FactKey::Choice("postgres.location".to_owned()).to_string();
    let external = seen.plan.claims.iter().any(|c| c.fact == location && c.value == "external");
    let back = |stack: &Stack| {
        stack.app == App::Express
            && matches!(seen.role(&stack.node), Some(Role::Single | Role::Back))
    };
    let met = seen
        .plan
        .topology
        .stacks
        .iter()
        .any(|s| back(&s.stack) && seen.plan.start.has(&Atom::Met(s.data.clone())));
    let new = changes_release(step).iter().any(|(s, brings)| back(s) && *brings == Brings::New);
    // What goes back to a backup finds a database outside CTS put back, too (K12).
    let restored = changes_release(step).iter().any(|(s, brings)| {
        let data = seen.data_of(s).cloned();
        back(s)
            && *brings == Brings::Old
            && data.is_some_and(|data| seen.holds(place, &is(Atom::PutBack(data))))
    });
    if external && restored && seen.plan.goal == Goal::Rollback {
        let back = is(Atom::DatabaseRestored);
        found.check(seen.holds(place, &back), Rule::ExternalRestored, &[place], back);
    }
    if external && new && !met && seen.plan.goal == Goal::Upgrade {
        let safe = is(Atom::DatabaseBackedUp);
        found.check(seen.holds(place, &safe), Rule::BackupFirst, &[place], safe);
    }
}

fn backup_first(seen: &Seen<'_>, found: &mut Findings<'_, '_>, place: usize, step: &Step) {
    let mut endangered = endangers(seen, step);
    // Before a cluster's first deploy all data is safe that this plan will deploy on (K2).
    for cluster in changes_release(step).iter().filter_map(|(stack, _)| seen.cluster(&stack.node)) {
        let later = seen.steps().flat_map(|(_, s)| changes_release(s)).map(|(stack, _)| stack);
        let later = later.filter(|stack| seen.cluster(&stack.node) == Some(cluster));
        endangered.extend(later.filter_map(|stack| seen.data_of(stack)));
    }
    endangered.sort();
    endangered.dedup();
    for data in endangered {
        let safe = is(Atom::BackedUp(data.clone()));
        found.check(seen.holds(place, &safe), Rule::BackupFirst, &[place], safe);
    }
    // Pins that hold the target back go out before anything is fetched, from a copy of the file. The
    // idle node's file waits for the backup of the node that serves.
    let Some(edit) = edits(step) else { return };
    if matches!(edit.edit, Edit::Unpin(_)) && seen.plan.goal != Goal::Postgres {
        return;
    }
    let of = |node| {
        let stacks = seen.stacks_on(node).filter(|stack| stack.app == edit.place.app);
        stacks.filter_map(|stack| seen.data_of(stack)).next()
    };
    // Where the plan copies the data of this very node, it is that copy that comes first.
    let own = of(&edit.node).filter(|data| {
        seen.steps().any(|(_, s)| backs_up(s).contains(data))
            || seen.plan.start.has(&Atom::BackedUp((*data).clone()))
    });
    let mut nodes = std::iter::once(&edit.node).chain(seen.mate(&edit.node));
    let safe = |data: &DataSet| seen.holds(place, &is(Atom::BackedUp(data.clone())));
    let good = own.map_or_else(|| nodes.any(|node| of(node).is_some_and(safe)), safe);
    found.check(good, Rule::BackupFirst, &[place], &edit.place);
}

/// While data is copied, moved aside or put back, nothing that writes it runs.
fn backup_at_rest(seen: &Seen<'_>, found: &mut Findings<'_, '_>, place: usize, step: &Step) {
    let (data, paths) = match &step.action {
        Action::Volume(
            Volume::BackUp { data, paths, .. }
            | Volume::SetAside { data, paths, .. }
            | Volume::PutBack { data, paths, .. },
        ) => (data, paths),
        _ => return,
    };
    let of_data = seen.writers_of(data);
    // Docker's volumes are those of every application on the host, whoever's copy it is.
    let all = paths.iter().any(|path| path.ends_with("/volumes"));
    let beside = of_data.clone().flat_map(|stack| seen.stacks_on(&stack.node)).filter(|_| all);
    for stack in of_data.clone().chain(beside) {
        let rest = is_not(Atom::Running(stack.clone()));
        found.check(seen.holds(place, &rest), Rule::BackupAtRest, &[place], rest);
    }
    // And what a copy of them holds it says, so that it is known to be saved.
    if let Action::Volume(Volume::BackUp { .. }) = &step.action {
        let held = backs_up(step);
        let missing = of_data
            .flat_map(|stack| seen.stacks_on(&stack.node))
            .filter_map(|stack| seen.data_of(stack))
            .find(|data| all && !held.contains(data));
        if let Some(missing) = missing {
            found.say(Rule::BackupAtRest, &[place], missing);
        }
    }
    // What nobody stopped is at rest only as long as nobody moves the resources there.
    let stopped = seen.steps().any(|(at, s)| {
        stops(s).is_some_and(|stack| seen.data_of(stack) == Some(data)) && seen.before(at, place)
    });
    let found_so =
        seen.writers_of(data).any(|stack| seen.plan.start.has(&Atom::Stopped(stack.clone())));
    if stopped || found_so {
        return;
    }
    for (other, s) in seen.steps() {
        let there =
            |node: &crate::name::NodeName| seen.writers_of(data).any(|stack| stack.node == *node);
        let moved = moves(s).is_some_and(|(_, _, to)| there(to)) && !seen.before(other, place);
        let moved = moved || matches!(s.action, Action::Playbook(_));
        found.check(!moved || seen.before(place, other), Rule::BackupAtRest, &[place, other], data);
    }
    // And somebody saw that nothing runs there.
    for cluster in seen.writers_of(data).filter_map(|stack| seen.cluster(&stack.node)) {
        let looks = |s: &Step| match &s.action {
            Action::Look(Look::ActiveNode { cluster: c, .. })
            | Action::Wait(Wait::Arrived { cluster: c, .. }) => *c == cluster,
            _ => false,
        };
        // A plan that asks nowhere else sees it at the gate.
        let asks = seen.steps().any(|(_, s)| looks(s));
        let gate = |s: &Step| matches!(&s.action, Action::Wait(Wait::Gate { cluster: c, .. }) if *c == cluster);
        let looked =
            seen.steps().any(|(at, s)| (looks(s) || (!asks && gate(s))) && seen.before(at, place));
        let known = seen.plan.start.has(&Atom::GatePassed(cluster));
        found.check(looked || known, Rule::BackupAtRest, &[place], cluster);
    }
}

/// Whether the plan asks on which node a cluster's resources are.
pub(super) fn asks(seen: &Seen<'_>, cluster: ClusterName) -> bool {
    seen.steps().any(|(_, s)| {
        matches!(&s.action, Action::Look(Look::ActiveNode { cluster: c, .. }) if *c == cluster)
    })
}

/// Before a node's containers change, its list is saved, there and while its containers are there;
/// before the resources leave a node for the first time, too.
fn list_saved(seen: &Seen<'_>, found: &mut Findings<'_, '_>, place: usize, step: &Step) {
    let mut nodes: Vec<_> = match &step.action {
        // A playbook moves resources itself: what it deploys on an idle node nobody could list.
        Action::Playbook(Playbook::Run { listed, .. }) => listed.iter().collect(),
        Action::Dpl(Dpl { op: DplOp::Exporters { .. }, stack, .. }) => vec![&stack.node],
        Action::Database(Database { op: DatabaseOp::StartUpgrade { .. }, node, .. }) => vec![node],
        _ => changes_release(step).into_iter().map(|(stack, _)| &stack.node).collect(),
    };
    let started =
        seen.plan.topology.stacks.iter().any(|s| seen.plan.start.has(&Atom::Met(s.data.clone())));
    if seen.plan.goal == Goal::Upgrade && !started {
        nodes.extend(moves(step).map(|(_, from, _)| from));
    }
    for node in nodes {
        let saved = is(Atom::ListSaved(node.clone()));
        found.check(seen.holds(place, &saved), Rule::ListSaved, &[place], saved);
    }
    let Action::Volume(Volume::SaveList { node, .. }) = &step.action else { return };
    let late = seen.steps().any(|(other, s)| {
        let changes = changes_release(s).iter().any(|(stack, _)| stack.node == *node);
        changes && !seen.before(place, other)
    });
    found.check(!late, Rule::ListSaved, &[place], node);
    if let Some(cluster) = seen.cluster(node) {
        // An idle node lists nothing: somebody looked where the resources are, or stopped them here.
        let looked = seen.steps().any(|(other, s)| {
            let here = match &s.action {
                Action::Look(Look::ActiveNode { expects, .. }) => expects == node,
                Action::Wait(Wait::Arrived { node: there, .. }) => there == node,
                // A plan that asks nowhere else sees it at the gate.
                Action::Wait(Wait::Gate { cluster: c, .. }) => {
                    *c == cluster && !asks(seen, cluster)
                }
                _ => stops(s).is_some_and(|stack| stack.node == *node),
            };
            here && seen.before(other, place)
        });
        let known = seen.plan.start.has(&Atom::GatePassed(cluster));
        let active = is(Atom::Active(node.clone()));
        found.check(
            (looked || known) && seen.holds(place, &active),
            Rule::ListSaved,
            &[place],
            active,
        );
    }
}

/// A copy stands before each edit, and a cluster's nodes are pinned alike.
fn settings(seen: &Seen<'_>, found: &mut Findings<'_, '_>, place: usize, step: &Step) {
    let Some(edit) = edits(step) else { return };
    let absolute = edit.copy.starts_with('/') && edit.copy != edit.file;
    // The first command that touches the file is the copy of it.
    let touching = step.commands.iter().find(|c| c.contains(&edit.file));
    let first = touching.is_some_and(|c| *c == crate::action::kept(&edit.file, &edit.copy));
    // A copy of its own: another edit's would not show, nor take back, this one.
    let others = seen
        .steps()
        .filter_map(|(at, s)| Some((at, edits(s)?)))
        .all(|(at, other)| at == place || other.copy != edit.copy || other.node != edit.node);
    found.check(absolute && first && others, Rule::SettingsKept, &[place], &edit.copy);
    let pins = match edit.edit {
        Edit::AskUpgrade | Edit::TakeUpgradeOut => return,
        _ => &edit.edit,
    };
    if let Edit::Pin(pins) = pins {
        let good = of_that_time(seen, step, pins, edit.place.app);
        found.check(good, Rule::PinsEqual, &[place], &edit.place);
    }
    let Some(mate) = seen.mate(&edit.node) else { return };
    let apart = seen.stacks_on(mate).any(|stack| {
        stack.app == edit.place.app
            && seen
                .plan
                .topology
                .stacks
                .iter()
                .any(|s| s.stack == *stack && s.settings != edit.place)
    });
    // What a stopped run pinned on one node only is in the start of the plan that goes on.
    let alike = seen.steps().filter_map(|(_, s)| edits(s)).any(|other| {
        other.node == *mate && other.place.app == edit.place.app && other.edit == *pins
    });
    let done = pinned_before(seen, step, mate);
    found.check(!apart || alike || done, Rule::PinsEqual, &[place], &edit.place);
}

/// Whether pins are those of the list that they rest on; where a backup is put back all of them, the
/// database's too, since nothing newer may run on data of that time (K12).
fn of_that_time(seen: &Seen<'_>, step: &Step, pins: &BTreeMap<String, ImageRef>, app: App) -> bool {
    let lists =
        seen.plan.claims.iter().filter(|claim| {
            claim.fact.starts_with("images(") && step.rests_on.contains(&claim.key())
        });
    let whole = seen
        .steps()
        .any(|(_, s)| s.leaves.iter().any(|c| c.holds && matches!(c.atom, Atom::PutBack(_))));
    let mut lists = lists.map(|claim| {
        let entries = claim.value.trim_matches(['[', ']']).split(' ');
        let of_app = entries.filter_map(|entry| match (app, entry.strip_prefix("voex/")) {
            (App::Voex, voex) => voex,
            (_, Some(_)) => None,
            (_, None) => Some(entry),
        });
        of_app.map(str::to_owned).collect::<BTreeSet<_>>()
    });
    let wanted: BTreeSet<_> = pins.iter().map(|(s, image)| format!("{s}={image}")).collect();
    lists.any(|list| if whole { list == wanted } else { wanted.is_subset(&list) })
}

/// Whether the other node's file has the same change from before the plan.
fn pinned_before(seen: &Seen<'_>, step: &Step, mate: &crate::name::NodeName) -> bool {
    let place = |app| {
        let of = seen.plan.topology.stacks.iter();
        of.filter(|s| s.stack.node == *mate && s.stack.app == app)
            .map(|s| s.settings.clone())
            .next()
    };
    let Some(edit) = edits(step) else { return false };
    let Some(place) = place(edit.place.app) else { return false };
    let start = &seen.plan.start;
    match edit.edit {
        Edit::PinSpecial(_) => start.has(&Atom::SpecialPin(place)),
        Edit::UnpinSpecial(_) => !start.has(&Atom::SpecialPin(place)),
        Edit::Pin(_) | Edit::AutoUpgrade | Edit::HoldDatabase(_) => {
            start.has(&Atom::PinsSet(place))
        }
        Edit::Unpin(_) => !start.has(&Atom::Pinned(place)),
        Edit::AskUpgrade | Edit::TakeUpgradeOut => true,
    }
}

/// The database's old files go only when a plan of its own asks, after a person's yes.
fn old_database(seen: &Seen<'_>, found: &mut Findings<'_, '_>, place: usize, step: &Step) {
    let Action::Database(Database { op: DatabaseOp::DeleteOld { names }, .. }) = &step.action
    else {
        return;
    };
    let alone = seen.steps().all(|(_, s)| {
        s.kind != Kind::Change || matches!(s.action, Action::Database(_) | Action::Site(_))
    });
    let yes = seen.steps().any(|(at, s)| {
        matches!(s.action, Action::Person(Person::NoWayBackWanted)) && seen.before(at, place)
    });
    let asked = seen.plan.goal == Goal::Cleanup;
    let good = alone && (yes || seen.plan.start.has(&Atom::Verified)) && asked;
    found.check(good, Rule::OldDatabaseKept, &[place], names.join(" "));
}

/// Owners once per data set, the Let's Encrypt store once per node, each with what decides it; and
/// wherever the same claim decides it.
fn once_only(seen: &Seen<'_>, found: &mut Findings<'_, '_>) {
    let mut done: BTreeMap<Atom, usize> = BTreeMap::new();
    for (place, step) in seen.steps() {
        let Action::Volume(volume) = &step.action else { continue };
        match volume {
            Volume::FixOwners { .. } | Volume::ClearLetsEncrypt { .. } => {}
            _ => continue,
        }
        for condition in &step.leaves {
            let before = seen.plan.start.has(&condition.atom);
            let other = done.insert(condition.atom.clone(), place);
            found.check(!before && other.is_none(), Rule::OnceOnly, &[place], condition);
        }
        found.check(!step.rests_on.is_empty(), Rule::OnceOnly, &[place], "");
    }
    for (place, step) in seen.steps() {
        for (stack, brings) in changes_release(step) {
            if brings != Brings::New || stack.app != App::Express {
                continue;
            }
            let Some(data) = seen.data_of(stack) else { continue };
            let node = &stack.node;
            let claimed = |fact: FactKey, yes: bool| {
                let fact = fact.to_string();
                seen.plan.claims.iter().any(|c| {
                    let same = c.value == "true";
                    c.fact == fact && (c.test == Test::Is) == (same == yes)
                })
            };
            let old_nginx = FactKey::Nginx(node.clone()).to_string();
            let old_nginx =
                seen.plan.claims.iter().any(|c| c.fact == old_nginx && c.test == Test::Below);
            let mut wanted = Vec::new();
            if claimed(FactKey::Owners(data.holder.clone()), false) {
                wanted.push(is(Atom::OwnersFixed(data.clone())));
            }
            if old_nginx && claimed(FactKey::LetsEncrypt(node.clone()), true) {
                wanted.push(is(Atom::LetsEncryptCleared(node.clone())));
            }
            for wanted in wanted {
                found.check(seen.holds(place, &wanted), Rule::OnceOnly, &[place], wanted);
            }
        }
    }
}

/// What is kept goes where nothing was, and no two things to one place on one host.
fn new_directories(seen: &Seen<'_>, found: &mut Findings<'_, '_>) {
    let mut taken: BTreeMap<(Option<&str>, &str), usize> = BTreeMap::new();
    for (place, step) in seen.steps() {
        let (rule, path) = match &step.action {
            Action::Volume(Volume::BackUp { by: BackUp::Copy { to }, .. }) => {
                // Chained: where the directory was there, nothing is copied.
                let fresh = step.commands.iter().any(|c| {
                    c.starts_with(&format!("mkdir {to} && cp ")) && c.ends_with(&format!(" {to}/"))
                });
                let asks = step.repeat == Repeat::AskFirst;
                found.check(fresh && asks, Rule::BackupNew, &[place], to);
                (Rule::BackupNew, to)
            }
            Action::Volume(Volume::SaveList { file, .. }) => {
                let kept = step.commands.iter().any(|c| c.contains("set -C") && c.contains(file));
                found.check(kept, Rule::ListSaved, &[place], file);
                (Rule::ListSaved, file)
            }
            _ => continue,
        };
        let node = step.node.as_ref().map(crate::name::NodeName::as_str);
        let other = taken.insert((node, path.as_str()), place);
        found.check(other.is_none(), rule, &[place], path);
    }
}

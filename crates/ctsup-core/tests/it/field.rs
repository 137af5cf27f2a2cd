//! Mutants of what stands within steps and beside them: one field changed.

use ctsup_core::action::database::DatabaseOp;
use ctsup_core::action::dpl::DplOp;
use ctsup_core::action::settings::Edit;
use ctsup_core::action::volume::BackUp;
use ctsup_core::action::{
    Action, Certificate, Database, Dpl, Kind, Pcs, Playbook, Repeat, Settings, Unit, Volume, Wait,
};
use ctsup_core::plan::{After, Because, Plan, Step, StepId};

use crate::mutant::{Change, with_action};

/// All of them for one plan.
pub(crate) fn of(plan: &Plan) -> Vec<(Change, Plan)> {
    let mut all = whole(plan);
    for (place, step) in plan.steps.iter().enumerate() {
        for (what, changed) in steps(plan, place, step) {
            let mut mutant = plan.clone();
            mutant.steps[place] = changed;
            all.push((Change::Field(what, Some(step.id.clone())), mutant));
        }
    }
    all
}

fn whole(plan: &Plan) -> Vec<(Change, Plan)> {
    let mut all = Vec::new();
    let mut add = |what, changed: Plan| {
        if changed != *plan {
            all.push((Change::Field(what, None), changed));
        }
    };
    add("point of no return taken out", Plan { point_of_no_return: None, ..plan.clone() });
    add("warnings taken out", Plan { warnings: Vec::new(), ..plan.clone() });
    add("risks taken out", Plan { accepted: Vec::new(), ..plan.clone() });
    add("claims taken out", Plan { claims: Vec::new(), ..plan.clone() });
    all
}

/// The step with another action, where this is one.
fn acted(step: &Step, change: impl FnOnce(&mut Action) -> bool) -> Option<Step> {
    let mut action = step.action.clone();
    change(&mut action).then(|| with_action(step, action))
}

fn steps(plan: &Plan, place: usize, step: &Step) -> Vec<(&'static str, Step)> {
    let mut all: Vec<(&'static str, Step)> = Vec::new();
    let mut add = |what, changed: Step| all.push((what, changed));
    if let Some(first) = plan.steps.first().filter(|_| place > 0) {
        add("another step's id instead", Step { id: first.id.clone(), ..step.clone() });
    }
    let unknown = After { because: vec![Because::Invariant(1)], step: StepId::from("nowhere") };
    let mut after = step.after.clone();
    after.push(unknown);
    add("a wait for nothing", Step { after, ..step.clone() });
    if let Some(wait) = step.after.first() {
        let mut after = step.after.clone();
        after[0].because.clear();
        add("a wait without a reason", Step { after, ..step.clone() });
        let earlier = plan.step(wait.step.as_str()).and_then(|s| s.after.first());
        if let Some(implied) = earlier {
            let mut after = step.after.clone();
            after.push(implied.clone());
            add("a wait that others imply", Step { after, ..step.clone() });
        }
    }
    add("source taken out", Step { source: Vec::new(), ..step.clone() });
    if step.kind != Kind::Confirm {
        add("limit taken out", Step { limit_s: None, ..step.clone() });
        add("a limit below what it takes", Step { limit_s: Some(0), ..step.clone() });
    }
    if step.repeat > Repeat::Safe && !matches!(step.action, Action::Site(_)) {
        add("repeated as if it were safe", Step { repeat: Repeat::Safe, ..step.clone() });
    }
    if !matches!(step.action, Action::Site(_)) {
        let with = |command: &str| {
            let mut commands = step.commands.clone();
            commands.push(command.to_owned());
            Step { commands, ..step.clone() }
        };
        add("a password typed", with("curl -u admin:secret http://registry/v2/"));
        add("a reboot", with("systemctl reboot"));
    }
    all.extend(actions(step));
    all
}

/// Changes of what the actions say.
fn actions(step: &Step) -> Vec<(&'static str, Step)> {
    let mut all: Vec<(&'static str, Step)> = Vec::new();
    let mut add = |what, changed: Option<Step>| all.extend(changed.map(|step| (what, step)));
    add(
        "an empty list of volumes",
        acted(step, |a| match a {
            Action::Volume(Volume::FixOwners { volumes, .. }) => {
                volumes.clear();
                true
            }
            _ => false,
        }),
    );
    add(
        "a relative path",
        acted(step, |a| match a {
            Action::Volume(Volume::ClearLetsEncrypt { dir, .. }) => {
                "cts/letsencrypt".clone_into(dir);
                true
            }
            Action::Volume(Volume::BackUp { by: BackUp::Copy { to }, .. }) => {
                "/backup/../etc".clone_into(to);
                true
            }
            Action::Volume(Volume::SetAside { paths, .. }) => {
                paths[0] = "/var/lib/docker/vol*".to_owned();
                true
            }
            Action::Volume(Volume::SaveList { file, .. }) => {
                "current_version.txt".clone_into(file);
                true
            }
            _ => false,
        }),
    );
    add(
        "no copy of its own",
        acted(step, |a| match a {
            Action::Settings(Settings { copy, file, .. }) => {
                copy.clone_from(file);
                true
            }
            _ => false,
        }),
    );
    add(
        "other pins",
        acted(step, |a| match a {
            Action::Settings(Settings { edit: Edit::Pin(pins), .. }) => pins.pop_first().is_some(),
            _ => false,
        }),
    );
    add(
        "other units",
        acted(step, |a| match a {
            Action::Unit(Unit::StartAntivirus { units, .. }) => {
                units.push("sshd".to_owned());
                true
            }
            _ => false,
        }),
    );
    add(
        "a move to where they are",
        acted(step, |a| match a {
            Action::Pcs(Pcs::Move { from, to, .. }) => {
                to.clone_from(from);
                true
            }
            _ => false,
        }),
    );
    add(
        "a short name for Pacemaker",
        acted(step, |a| match a {
            Action::Pcs(Pcs::Move { fqdn, to, .. }) => {
                *fqdn = to.to_string();
                true
            }
            _ => false,
        }),
    );
    if matches!(step.action, Action::Pcs(Pcs::Move { .. })) {
        let commands = step.commands[..1].to_vec();
        add("one resource moved", Some(Step { commands, ..step.clone() }));
    }
    if matches!(&step.action, Action::Playbook(Playbook::Run { .. })) {
        let commands = step.commands.iter().map(|c| format!("yes | {c}")).collect();
        add("pauses answered", Some(Step { commands, ..step.clone() }));
    }
    if matches!(&step.action, Action::Volume(Volume::BackUp { by: BackUp::Copy { .. }, .. })) {
        let commands: Vec<_> =
            step.commands.iter().filter(|c| !c.starts_with("mkdir ")).cloned().collect();
        add("a copy over another", Some(Step { commands, ..step.clone() }));
    }
    if matches!(&step.action, Action::Certificate(Certificate::Place { .. })) {
        let commands = step.commands.iter().map(|c| {
            let keeps = |part: &&str| part.starts_with("{ find ");
            let parts: Vec<_> = c.split(" && ").filter(|p| !keeps(p)).collect();
            parts.join(" && ")
        });
        let commands = commands.collect();
        add("old files not kept", Some(Step { commands, ..step.clone() }));
    }
    add(
        "another directory",
        acted(step, |a| match a {
            Action::Dpl(Dpl { dir, .. }) => {
                "/opt/other".clone_into(dir);
                true
            }
            _ => false,
        }),
    );
    add(
        "no message to wait for",
        acted(step, |a| match a {
            Action::Database(Database { op: DatabaseOp::WaitUpgraded { message, .. }, .. }) => {
                message.clear();
                true
            }
            _ => false,
        }),
    );
    add(
        "a deploy that updates",
        acted(step, |a| match a {
            Action::Dpl(Dpl { op: DplOp::Deploy { .. } | DplOp::Start, skip, .. }) => {
                skip.take().is_some()
            }
            _ => false,
        }),
    );
    add(
        "an arrival elsewhere",
        acted(step, |a| match a {
            Action::Wait(Wait::Arrived { node, nodes, .. }) => {
                let other = nodes.iter().find(|n| *n != node).cloned();
                *node = other.expect("a cluster has two nodes");
                true
            }
            _ => false,
        }),
    );
    all
}

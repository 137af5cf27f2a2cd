//! Invariants that are properties of steps, not of states: asked once for each step.

use super::rule::RuleId;
use crate::action::volume::BackUp;
use crate::action::{Action, Database, Dpl, Kind, Pcs, Playbook, Registry, Repeat, Volume};
use crate::action::{database::DatabaseOp, dpl::DplOp};
use crate::plan::{Plan, Step};

/// A step that breaks an invariant by what it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Misshapen {
    pub(crate) id: RuleId,
    pub(crate) step: usize,
}

/// All of them.
pub(crate) fn check(plan: &Plan) -> Vec<Misshapen> {
    let mut found = Vec::new();
    let mut ask = |holds: bool, invariant: u8, step: usize| {
        if !holds {
            found.push(Misshapen { id: RuleId::Invariant(invariant), step });
        }
    };
    let upgrades = plan.steps.iter().any(|s| {
        matches!(&s.action, Action::Database(Database { op: DatabaseOp::StartUpgrade { .. }, .. }))
    });
    let mut copies = std::collections::BTreeSet::new();
    for (at, step) in plan.steps.iter().enumerate() {
        // 20: what an upgrade leaves for a way back outlives the plan that made it.
        let deletes = matches!(
            &step.action,
            Action::Database(Database { op: DatabaseOp::DeleteOld { .. }, .. })
        );
        ask(!(deletes && upgrades), 20, at);
        // 21: nothing destructive with an argument that could be more than it says.
        ask(destroyed(step).iter().all(|path| is_plain(path)), 21, at);
        // 22: a playbook asks for its password itself, and runs in the foreground.
        let played = matches!(step.action, Action::Playbook(Playbook::Run { .. }));
        let asks = step.commands.iter().all(|c| c.contains(" --ask-pass ") && !c.contains('|'));
        ask(!played || asks, 22, at);
        // 24: every wait, look and change is bounded; a person takes the time it takes.
        ask(step.kind == Kind::Confirm || step.limit_s.is_some(), 24, at);
        // 25: what may not be repeated blindly says so.
        ask(!unrepeatable(step) || step.repeat != Repeat::Safe, 25, at);
        // 33: no backup over another.
        if let Action::Volume(Volume::BackUp { by: BackUp::Copy { to }, .. }) = &step.action {
            ask(copies.insert(to.clone()), 33, at);
        }
    }
    found
}

fn unrepeatable(step: &Step) -> bool {
    matches!(
        &step.action,
        Action::Pcs(Pcs::Move { .. })
            | Action::Playbook(Playbook::Run { .. })
            | Action::Dpl(Dpl { op: DplOp::Deploy { .. }, .. })
            | Action::Database(Database { op: DatabaseOp::StartUpgrade { .. }, .. })
            | Action::Volume(Volume::BackUp { .. })
    )
}

/// Paths and names that a step deletes, moves or gives away.
fn destroyed(step: &Step) -> Vec<&str> {
    match &step.action {
        Action::Volume(Volume::ClearLetsEncrypt { dir, copy, .. }) => vec![dir, copy],
        Action::Volume(Volume::SetAside { paths, .. } | Volume::PutBack { paths, .. }) => {
            paths.iter().map(String::as_str).collect()
        }
        Action::Volume(Volume::BackUp { by: BackUp::Copy { to }, .. }) => vec![to],
        Action::Registry(Registry::Load { scratch, script, .. }) => vec![scratch, script],
        _ => Vec::new(),
    }
}

/// An absolute path below the root, without anything that a shell or a file system resolves.
fn is_plain(path: &str) -> bool {
    path.starts_with('/')
        && path.trim_matches('/').len() > 1
        && !path.split('/').any(|part| part == ".." || part == ".")
        && !path.chars().any(|c| "*?[]{}$`~;|&<>()'\"\\ \t\n".contains(c))
}

//! What is asked of the planner, and what it ends in.

use std::collections::{BTreeMap, BTreeSet};

use super::Planner;
use crate::catalogue::Catalogue;
use crate::diagnostic::{Code, Diagnostic, Input, Label, Severity};
use crate::fact::LookUp;
use crate::name::NodeName;
use crate::plan::{After, Goal, Plan, StepId};
use crate::procedure;
use crate::state::State;
use crate::topology::Parsed;

/// What is asked of the planner.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// The topology file's text.
    pub topology: &'a str,
    /// The facts file's text.
    pub facts: Option<&'a str>,
    /// Saved image lists (`docker ps -a`) by node.
    pub image_lists: &'a BTreeMap<NodeName, String>,
    /// The release catalogue.
    pub catalogue: &'a Catalogue,
    /// What the plan is for.
    pub goal: Goal,
}

/// What planning ended in.
#[derive(Debug)]
pub enum Outcome {
    /// A plan.
    Ready(Box<Planned>),
    /// The goal is reached: a plan without steps.
    NothingToDo(Box<Planned>),
    /// Errors, missing facts, refusals: everything that was found.
    Stopped(Vec<Diagnostic>),
}

/// A plan, with what was found beside it.
#[derive(Debug)]
pub struct Planned {
    /// The plan.
    pub plan: Plan,
    /// Warnings about the input.
    pub diagnostics: Vec<Diagnostic>,
    /// Waits that others imply, for explaining: the step that waits, and why.
    pub implied: Vec<(StepId, After)>,
    /// How the fact of each claim is looked up, by the fact's key: a plan does not carry it.
    pub look_ups: BTreeMap<String, LookUp>,
}

impl Outcome {
    /// The plan, where there is one, empty or not.
    #[must_use]
    pub fn planned(&self) -> Option<&Planned> {
        match self {
            Self::Ready(planned) | Self::NothingToDo(planned) => Some(planned),
            Self::Stopped(_) => None,
        }
    }

    /// Everything found.
    #[must_use]
    pub fn diagnostics(&self) -> &[Diagnostic] {
        match self {
            Self::Ready(planned) | Self::NothingToDo(planned) => &planned.diagnostics,
            Self::Stopped(all) => all,
        }
    }
}

/// Plans from texts.
///
/// ```
/// use ctsup_core::{Catalogue, Goal, Outcome, Request, plan};
///
/// let outcome = plan(&Request {
///     topology: "format = 1",
///     facts: None,
///     image_lists: &Default::default(),
///     catalogue: Catalogue::built_in(),
///     goal: Goal::Upgrade,
/// });
/// let Outcome::Stopped(found) = outcome else { panic!("nobody can plan that") };
/// assert!(found.iter().all(|d| d.code.as_str() == "missing-key"));
/// ```
#[must_use]
pub fn plan(request: &Request<'_>) -> Outcome {
    plan_from(&inputs(request), request.catalogue, request.goal, None)
}

/// Reads the texts of a request: what [`plan_from`] works with. What was observed since is set in its
/// facts.
#[must_use]
pub fn inputs(request: &Request<'_>) -> Parsed {
    with_lists(crate::topology::parse(request.topology, request.facts), request.image_lists)
}

/// The same for planning anew from a run that stopped ([`Run::anew`](crate::Run::anew)): the facts of
/// the request were observed since, and win over what the topology declares of the time before.
#[must_use]
pub fn inputs_since(request: &Request<'_>) -> Parsed {
    with_lists(crate::topology::parse_since(request.topology, request.facts), request.image_lists)
}

pub(super) fn with_lists(mut parsed: Parsed, lists: &BTreeMap<NodeName, String>) -> Parsed {
    let of_nodes = known_lists(&mut parsed, lists);
    procedure::image_lists(&mut parsed, &of_nodes);
    parsed
}

/// The lists of nodes that the topology has; the others are errors.
pub(super) fn known_lists(
    parsed: &mut Parsed,
    lists: &BTreeMap<NodeName, String>,
) -> BTreeMap<NodeName, String> {
    let mut known = lists.clone();
    if let Some(topology) = &parsed.topology {
        let names: Vec<_> = topology.nodes.keys().map(NodeName::as_str).collect();
        known.retain(|node, _| topology.nodes.contains_key(node));
        for node in lists.keys().filter(|node| !known.contains_key(*node)) {
            let mut found = Diagnostic::new(Code::UnknownNode)
                .arg("value", node)
                .arg("choices", names.join(", "));
            if let Some(near) = crate::topology::nearest(node.as_str(), names.iter().copied()) {
                found = found.arg("near", near);
            }
            let path = format!("rollback.lists.{node}");
            let label = Label { input: Input::ImageList, path: path.clone(), range: None };
            parsed.diagnostics.push(found.arg("key", path).at(label));
        }
    }
    parsed.places.lists = known.keys().cloned().collect();
    known
}

/// Plans the way back from the place where just these steps of a plan are done, from the texts that
/// the plan was made from: a plan like any other.
#[must_use]
pub fn plan_back(request: &Request<'_>, plan: &Plan, done: &BTreeSet<StepId>) -> Outcome {
    let mut parsed = crate::topology::parse(request.topology, request.facts);
    procedure::image_lists(&mut parsed, request.image_lists);
    crate::prove::rollback_at(&mut parsed, request.catalogue, plan, done)
}

/// Plans from a topology already read, and where wanted from a known state instead of the facts:
/// after a failover, a reboot, a stopped run.
#[must_use]
pub fn plan_from(
    parsed: &Parsed,
    catalogue: &Catalogue,
    goal: Goal,
    start: Option<&State>,
) -> Outcome {
    let whole = !parsed.diagnostics.iter().any(|d| d.severity >= Severity::Error);
    let Some(site) = parsed.topology.as_ref().filter(|_| whole) else {
        return Outcome::Stopped(parsed.diagnostics.clone());
    };
    let mut planner = Planner::new(site, parsed, catalogue, goal);
    planner.found = parsed.diagnostics.clone();
    planner.found.extend(crate::topology::check_services(parsed, catalogue, goal));
    planner.known_start = start.is_some();
    planner.start(start);
    procedure::add(&mut planner);
    planner.finish()
}

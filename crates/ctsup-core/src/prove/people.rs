//! What users notice: which of their functions work in a state.

use serde::{Deserialize, Serialize};

use super::model::Model;
use super::set::Set;
use crate::action::{Action, Pcs};
use crate::name::{App, NodeName};
use crate::plan::StackPlace;
use crate::state::Atom;
use crate::topology::Role;

/// Something that users do with the messenger. What each needs is ours, not the guide's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Function {
    /// Messages: Back and Front.
    Messages,
    /// Calls: messages, and VoEx where there is one.
    Calls,
    /// Files: Back and Front.
    Files,
    /// The client in a browser: Back and Front, and a node of the Web Client cluster.
    Web,
    /// The administrators' pages: Back.
    Administration,
}

impl Function {
    /// All of them.
    pub const ALL: [Self; 5] =
        [Self::Messages, Self::Calls, Self::Files, Self::Web, Self::Administration];

    /// The stable name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Messages => "messages",
            Self::Calls => "calls",
            Self::Files => "files",
            Self::Web => "web",
            Self::Administration => "administration",
        }
    }
}

/// A stack that serves, by bits.
#[derive(Debug)]
struct Served {
    /// Its node is the active one, in a cluster.
    active: Option<usize>,
    running: usize,
    /// dpl has begun to stop it.
    stopped: Option<usize>,
    /// Its containers are of the newer release, and so are the database's files: where the plan changes
    /// both and a failover brings unlike ones together, the database does not start.
    newer: Option<[usize; 2]>,
    /// Its data is set aside, and the backup is back: between them there is none.
    aside: Option<[usize; 2]>,
}

impl Served {
    fn serves(&self, state: &Set) -> bool {
        state.has(self.running)
            && self.active.is_none_or(|bit| state.has(bit))
            && !self.stopped.is_some_and(|bit| state.has(bit))
            && self.newer.is_none_or(|[stack, files]| state.has(stack) == state.has(files))
            && self.aside.is_none_or(|[aside, back]| !state.has(aside) || state.has(back))
    }
}

/// What serves users: groups of stacks of which one must run.
#[derive(Debug)]
pub(crate) struct Service {
    groups: Vec<(Group, Vec<Served>)>,
    /// A cluster's resources are on their way: gate bit, and the moves that took it away.
    on_the_way: Vec<(Group, Vec<usize>, usize)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Group {
    Back,
    Front,
    Voice,
    Web,
}

impl Group {
    fn serves(self) -> &'static [Function] {
        use Function as F;
        match self {
            Self::Back => &F::ALL,
            Self::Front => &[F::Messages, F::Calls, F::Files, F::Web],
            Self::Voice => &[F::Calls],
            Self::Web => &[F::Web],
        }
    }
}

impl Service {
    pub(crate) fn of(model: &Model<'_>) -> Self {
        let mut groups: Vec<(Group, Vec<Served>)> = Vec::new();
        let changes = |atom: fn(&Atom) -> bool| {
            model.steps().any(|(_, step)| step.leaves.iter().any(|c| atom(&c.atom)))
        };
        let changes_database = changes(|atom| *atom == Atom::DatabaseNew)
            && changes(|atom| matches!(atom, Atom::New(stack) if stack.app == App::Express));
        let mut add = |group: Group, place: &StackPlace| {
            let stack = &place.stack;
            let Some(running) = model.bit(&Atom::Running(stack.clone())) else { return };
            let active = match model.cluster_of(&stack.node) {
                Some(_) => model.bit(&Atom::Active(stack.node.clone())),
                None => None,
            };
            let newer = match (group, changes_database) {
                (Group::Back, true) => {
                    model.bit(&Atom::New(stack.clone())).zip(model.bit(&Atom::DatabaseNew))
                }
                _ => None,
            };
            let stopped = model.bit(&Atom::Stopped(stack.clone()));
            let aside = model.bit(&Atom::SetAside(place.data.clone()));
            let aside = aside.zip(model.bit(&Atom::PutBack(place.data.clone())));
            let [newer, aside] = [newer, aside].map(|bits| bits.map(<[usize; 2]>::from));
            let served = Served { active, running, stopped, newer, aside };
            match groups.iter_mut().find(|(g, _)| *g == group) {
                Some((_, stacks)) => stacks.push(served),
                None => groups.push((group, vec![served])),
            }
        };
        for place in &model.plan.topology.stacks {
            let stack = &place.stack;
            let role = model.plan.topology.nodes.get(&stack.node).map(|s| s.role);
            match (stack.app, role) {
                (App::Express, Some(Role::Front)) => add(Group::Front, place),
                (App::Express, _) => add(Group::Back, place),
                (App::Voex, _) => add(Group::Voice, place),
                (App::WebClient, _) => add(Group::Web, place),
            }
        }
        let on_the_way = model
            .plan
            .topology
            .clusters
            .keys()
            .filter_map(|cluster| {
                let moves: Vec<_> = model
                    .steps()
                    .filter(|(_, s)| {
                        matches!(&s.action, Action::Pcs(Pcs::Move { cluster: c, .. }) if c == cluster)
                    })
                    .map(|(at, _)| model.done_bit(at))
                    .collect();
                let group = match cluster.as_str() {
                    "back" => Group::Back,
                    _ => Group::Front,
                };
                Some((group, moves, model.bit(&Atom::GatePassed(*cluster))?))
            })
            .collect();
        Self { groups, on_the_way }
    }

    /// What users cannot do in a state.
    pub(crate) fn missing(&self, state: &Set) -> Vec<Function> {
        let mut down = [false; 5];
        let mut off = |group: Group| {
            for function in group.serves() {
                down[*function as usize] = true;
            }
        };
        for (group, stacks) in &self.groups {
            // With some containers stopped and some not, users are cut off.
            if !stacks.iter().any(|stack| stack.serves(state)) {
                off(*group);
            }
        }
        for (group, moves, gate) in &self.on_the_way {
            if moves.iter().any(|m| state.has(*m)) && !state.has(*gate) {
                off(*group);
            }
        }
        Function::ALL.into_iter().filter(|f| down[*f as usize]).collect()
    }
}

/// What users cannot do while a step runs that itself stands in their way.
pub(crate) fn cut_off_by(model: &Model<'_>, step: usize) -> Vec<Function> {
    let action = &model.step(step).action;
    if !action.interrupts() {
        return Vec::new();
    }
    let of = |node: &NodeName, app: App| {
        let role = model.plan.topology.nodes.get(node).map(|s| s.role);
        match (app, role) {
            (App::Voex, _) => Group::Voice,
            (App::WebClient, _) => Group::Web,
            (_, Some(Role::Front)) => Group::Front,
            _ => Group::Back,
        }
    };
    let groups: Vec<Group> = match action {
        Action::Dpl(dpl) => vec![of(&dpl.stack.node, dpl.stack.app)],
        Action::Pcs(Pcs::Move { to, apps, .. }) => apps.iter().map(|app| of(to, *app)).collect(),
        Action::Database(database) => vec![of(&database.node, App::Express)],
        Action::Playbook(crate::action::Playbook::Run { stacks, .. }) => {
            stacks.iter().map(|s| of(&s.node, s.app)).collect()
        }
        _ => Vec::new(),
    };
    let all: std::collections::BTreeSet<Function> =
        groups.into_iter().flat_map(|g| g.serves().iter().copied()).collect();
    all.into_iter().collect()
}

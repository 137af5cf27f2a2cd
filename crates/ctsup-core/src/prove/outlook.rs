//! What a plan means for those who decide about it: the way back from every place, where one may
//! stop, how long users are cut off.

use serde::{Deserialize, Serialize};

use super::fault::{self, Fault};
use super::model::Model;
use super::people::{Function, Service, cut_off_by};
use super::rule::{RuleId, Rules};
use super::set::Set;
use crate::action::database::{Database, DatabaseOp};
use crate::action::dpl::{Brings, DplOp};
use crate::action::volume::BackUp;
use crate::action::{Action, Playbook, Undo, Volume, Why};
use crate::plan::{Goal, StepId};
use crate::state::Atom;

/// The plan in its own order, place by place, and the forecast.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Outlook {
    /// Before the first step, and behind each.
    pub cuts: Vec<Cut>,
    /// From this step on only the backup leads back.
    pub only_backup_since: Option<StepId>,
    /// From this step on nothing leads back.
    pub irreversible_since: Option<StepId>,
    /// How long users miss what, in the plan's own order, one step at a time.
    pub forecast: Vec<Forecast>,
}

/// A place between two steps.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cut {
    /// The last step done.
    pub after: Option<StepId>,
    /// The way back from here.
    pub back: Back,
    /// Whether one may stop here.
    pub stop: Stop,
}

/// The way back from a place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Back {
    /// To the state before the plan.
    Restored,
    /// To it, but for what these steps leave behind.
    Residue(Vec<Residue>),
    /// The database's upgrade is under way, which nothing interrupts (invariant 14): the way back
    /// begins behind this step.
    Later {
        /// The step that ends it.
        after: StepId,
    },
    /// There is none since this step.
    Irreversible {
        /// The step.
        since: StepId,
        /// Why.
        why: Why,
    },
}

/// Something that stays behind on the way back.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Residue {
    /// A person takes it back, in the way that the code says.
    Person(Why),
    /// What users wrote since the backup is lost.
    WritesLost,
    /// The exporters that the plan installed.
    Exporters,
    /// dpl has updated its own set-up: a plain `dpl -d` would bring the new release.
    SetUp,
    /// What this step changed, which its undo commands take back and the plan back does not.
    Undo(StepId),
}

/// Whether one may stop at a place.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stop {
    /// What users cannot do meanwhile.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub missing: Vec<Function>,
    /// What is owed meanwhile.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub debts: Vec<Atom>,
    /// A single fault meanwhile breaks an invariant; redundancy is not what it was.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub hazards: Vec<RuleId>,
    /// It lies inside a window of invariant 31.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub in_window: bool,
}

impl Stop {
    /// Nothing is missing, owed or at risk: a place to stop for as long as one likes.
    #[must_use]
    pub fn is_safe(&self) -> bool {
        self.is_bearable() && self.debts.is_empty()
    }

    /// Users miss nothing and a single fault breaks nothing, but something is owed.
    #[must_use]
    pub fn is_bearable(&self) -> bool {
        self.missing.is_empty() && self.hazards.is_empty() && !self.in_window
    }
}

/// How long users miss something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Forecast {
    /// What.
    pub function: Function,
    /// Seconds at least, all outages together.
    pub min_s: u32,
    /// Seconds at most, but for steps without a duration.
    pub max_s: u32,
    /// When.
    pub outages: Vec<Outage>,
}

/// From when to when users miss something, and what takes the time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Outage {
    /// Seconds at least.
    pub min_s: u32,
    /// Seconds at most.
    pub max_s: u32,
    /// The steps meanwhile, first to last: the critical path, because they run one at a time.
    pub steps: Vec<StepId>,
    /// Those of them whose duration nobody knows.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unbounded: Vec<StepId>,
}

/// Works it out.
pub(crate) fn of(model: &Model<'_>, rules: &Rules) -> Outlook {
    let service = Service::of(model);
    let mut cuts = Vec::with_capacity(model.len() + 1);
    let mut state = model.start;
    let mut states = vec![state];
    for step in 0..model.len() {
        state = model.moves[step].done.on(&state);
        states.push(state);
    }
    for (done, state) in states.iter().enumerate() {
        cuts.push(Cut {
            after: done.checked_sub(1).map(|last| model.step(last).id.clone()),
            back: later(model, &states, done).unwrap_or_else(|| back(model, done)),
            stop: stop(model, rules, &service, state),
        });
    }
    let since = |wanted: &dyn Fn(Why) -> bool| {
        model.plan.steps.iter().find(|s| matches!(s.undo, Undo::Irreversible(why) if wanted(why)))
    };
    Outlook {
        cuts,
        only_backup_since: since(&|why| why == Why::OnlyFromBackup).map(|s| s.id.clone()),
        irreversible_since: (0..=model.len()).find_map(|done| match back(model, done) {
            Back::Irreversible { since, .. } => Some(since),
            _ => None,
        }),
        forecast: forecast(model, &service, &states),
    }
}

/// The end of the database's upgrade, from a place in the middle of it.
fn later(model: &Model<'_>, states: &[Set], done: usize) -> Option<Back> {
    let under_way = |state: &Set| {
        model.atoms_of(state).atoms().any(|atom| {
            matches!(atom, Atom::UpgradeKey(_) | Atom::SpecialPin(_) | Atom::DatabaseUpgrading)
        })
    };
    if !under_way(&states[done]) || under_way(&model.start) {
        return None;
    }
    let end = (done..states.len()).find(|later| !under_way(&states[*later]))?;
    Some(Back::Later { after: model.step(end.checked_sub(1)?).id.clone() })
}

/// What the steps done leave behind when they are taken back.
fn back(model: &Model<'_>, done: usize) -> Back {
    let mut residue = Vec::new();
    // Net of what later steps gave back: a debt that was paid leaves nothing.
    for step in &model.plan.steps[..done] {
        // What the plan back starts again it reads the logs of, as the guide does, with a plain dpl.
        let started = model.plan.goal == Goal::Upgrade
            && step.opens.iter().any(|debt| matches!(debt, Atom::Stopped(_) | Atom::Moved(_)));
        for stays in beside(&step.action).into_iter().chain(started.then_some(Residue::SetUp)) {
            if !residue.contains(&stays) {
                residue.push(stays);
            }
        }
        let found = match &step.undo {
            // The plan back pays what was borrowed.
            Undo::Commands(_) if model.plan.goal == Goal::Upgrade && step.opens.is_empty() => {
                Residue::Undo(step.id.clone())
            }
            Undo::Nothing | Undo::Commands(_) => continue,
            Undo::Person(why) => Residue::Person(*why),
            Undo::Irreversible(Why::OnlyFromBackup) if restorable(model, done, step) => {
                Residue::WritesLost
            }
            Undo::Irreversible(why) => {
                return Back::Irreversible { since: step.id.clone(), why: *why };
            }
        };
        if !residue.contains(&found) {
            residue.push(found);
        }
    }
    residue.sort();
    if residue.is_empty() { Back::Restored } else { Back::Residue(residue) }
}

/// What an action leaves beside what it is for, and nothing takes back.
fn beside(action: &Action) -> Vec<Residue> {
    if let Action::Database(Database { op: DatabaseOp::StartUpgrade { .. }, .. }) = action {
        return vec![Residue::Person(Why::ImagesStay)];
    }
    if let Action::Playbook(Playbook::Run { .. }) = action {
        return vec![Residue::Person(Why::ImagesStay), Residue::SetUp];
    }
    let Action::Dpl(dpl) = action else { return Vec::new() };
    let mut stays = Vec::new();
    if dpl.skip.is_none() {
        stays.push(Residue::SetUp);
    }
    match dpl.op {
        DplOp::Exporters { .. } => stays.push(Residue::Exporters),
        DplOp::Fetch | DplOp::Deploy { brings: Brings::New, .. } => {
            stays.push(Residue::Person(Why::ImagesStay));
        }
        _ => {}
    }
    stays
}

/// Whether a real backup of what the step changes was made before it.
fn restorable(model: &Model<'_>, done: usize, step: &crate::plan::Step) -> bool {
    let met = step.leaves.iter().filter_map(|c| match &c.atom {
        Atom::Met(data) if c.holds => Some(data),
        _ => None,
    });
    let saved = |data: &crate::name::DataSet| {
        model.plan.steps[..done].iter().any(|s| match &s.action {
            Action::Volume(Volume::BackUp { data: d, beside, by, .. }) => {
                (d == data || beside.contains(data)) && !matches!(by, BackUp::Accepted { .. })
            }
            _ => false,
        })
    };
    met.clone().next().is_some() && met.clone().all(saved)
}

fn stop(model: &Model<'_>, rules: &Rules, service: &Service, state: &Set) -> Stop {
    let mut hazards = Vec::new();
    for cluster in model.plan.topology.clusters.keys() {
        let struck = fault::strike(model, state, &Fault::ActiveNodeDies(*cluster));
        for (_, rule) in rules.always() {
            if rule.broken_in(&struck) && !hazards.contains(&rule.id) {
                hazards.push(rule.id);
            }
        }
    }
    let owed = state.both(&model.debts()).without(&model.start);
    Stop {
        missing: service.missing(state),
        debts: model.atoms_of(&owed).atoms().cloned().collect(),
        hazards,
        in_window: model.in_window(state),
    }
}

/// Runs the plan in its own order and adds up what users miss.
fn forecast(model: &Model<'_>, service: &Service, states: &[Set]) -> Vec<Forecast> {
    Function::ALL
        .into_iter()
        .map(|function| {
            let mut outages: Vec<Outage> = Vec::new();
            let mut open = false;
            for (step, before) in states[..model.len()].iter().enumerate() {
                let missing = service.missing(before).contains(&function)
                    || cut_off_by(model, step).contains(&function);
                if missing && !open {
                    let none =
                        Outage { min_s: 0, max_s: 0, steps: Vec::new(), unbounded: Vec::new() };
                    outages.push(none);
                }
                open = missing;
                let Some(outage) = outages.last_mut().filter(|_| missing) else { continue };
                let this = model.step(step);
                match this.takes {
                    Some(takes) => {
                        outage.min_s = outage.min_s.saturating_add(takes.min_s);
                        outage.max_s = outage.max_s.saturating_add(takes.max_s);
                    }
                    None => outage.unbounded.push(this.id.clone()),
                }
                outage.steps.push(this.id.clone());
            }
            let sum = |of: fn(&Outage) -> u32| outages.iter().map(of).fold(0, u32::saturating_add);
            Forecast { function, min_s: sum(|o| o.min_s), max_s: sum(|o| o.max_s), outages }
        })
        .collect()
}

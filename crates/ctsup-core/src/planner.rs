//! From an installation and a goal to a plan: what procedures share.
//!
//! Planning ends in a plan, in an empty plan because there is nothing to do, or in everything that
//! stands in its way, all of it at once.

use std::collections::{BTreeMap, BTreeSet};

use crate::action::Person;
use crate::catalogue::Catalogue;
use crate::diagnostic::Diagnostic;
use crate::fact::{Asking, FactKey, FactValue, Facts, Held, Origin, Test};
use crate::name::{App, ClusterName, NodeName, Stack};
use crate::plan::builder::{Added, PlanBuilder};
use crate::plan::{Because, Goal, Warning, WarningCode};
use crate::state::{Atom, State};
use crate::topology::{Parsed, Places, Risk, Topology};
use crate::version::Release;

mod finish;
mod outage;
mod request;
mod start;

pub use self::finish::servers;
pub use self::request::{
    Outcome, Planned, Request, inputs, inputs_since, plan, plan_back, plan_from,
};

/// What procedures work with.
pub(crate) struct Planner<'a> {
    pub(crate) site: &'a Topology,
    pub(crate) catalogue: &'a Catalogue,
    pub(crate) goal: Goal,
    pub(crate) ask: Asking<'a>,
    pub(crate) steps: PlanBuilder,
    pub(crate) found: Vec<Diagnostic>,
    /// The state was handed in, not read from facts.
    pub(crate) known_start: bool,
    /// Antivirus units that a run before stopped.
    pub(crate) owed: &'a BTreeMap<NodeName, Vec<String>>,
    places: &'a Places,
    facts: &'a Facts,
    start: State,
    used: BTreeSet<Risk>,
    warnings: Vec<(Warning, Added, Added)>,
    point_of_no_return: Option<(Added, Vec<Release>)>,
    nothing_to_do: bool,
    /// What everything else waits for.
    first: Added,
    first_because: Option<Because>,
}

impl<'a> Planner<'a> {
    fn new(site: &'a Topology, parsed: &'a Parsed, catalogue: &'a Catalogue, goal: Goal) -> Self {
        Self {
            site,
            catalogue,
            goal,
            ask: Asking::new(&parsed.facts),
            steps: PlanBuilder::new(State::new()),
            found: Vec::new(),
            known_start: false,
            owed: &parsed.owed,
            places: &parsed.places,
            facts: &parsed.facts,
            start: State::new(),
            used: BTreeSet::new(),
            warnings: Vec::new(),
            point_of_no_return: None,
            nothing_to_do: false,
            first: None,
            first_because: None,
        }
    }

    /// The higher of the plan's two releases. Of a way back that is the highest release that runs
    /// anywhere or that any data has met: an upgrade that stopped half-way is none that is installed.
    pub(crate) fn new_release(&self) -> &'a Release {
        if self.goal != Goal::Rollback {
            return &self.site.target;
        }
        let stacks = self.site.stacks();
        let keys = stacks.iter().flat_map(|stack| {
            [FactKey::Release(stack.clone()), FactKey::Met(self.site.data_of(stack))]
        });
        let known = keys.filter_map(|key| match self.facts.get(&key) {
            Some((FactValue::Release(release), _)) => Some(release),
            _ => None,
        });
        known.chain([&self.site.installed]).max().expect("one is installed")
    }

    /// The release that the goal wants.
    pub(crate) fn wanted(&self) -> &'a Release {
        match (&self.site.rollback, self.goal) {
            (Some(rollback), Goal::Rollback) => &rollback.to,
            (_, Goal::Upgrade | Goal::WebClient | Goal::Registry) => &self.site.target,
            _ => &self.site.installed,
        }
    }

    /// How files are named that are kept from before this plan; a new attempt writes over none of them
    /// (invariant 33).
    pub(crate) fn before(&self) -> String {
        let first = format!("before-{}-{}", self.goal, self.wanted());
        match self.site.attempt {
            1 => first,
            attempt => format!("{first}-{attempt}"),
        }
    }

    /// A person reads the logs of stacks that nobody follows.
    pub(crate) fn read_logs(&self, stacks: Vec<Stack>) -> Person {
        let mut dirs: Vec<_> = stacks.iter().map(|s| self.dir(s.app).to_owned()).collect();
        dirs.dedup();
        Person::ReadLogs { dirs, stacks }
    }

    /// The directory of an application.
    pub(crate) fn dir(&self, app: App) -> &'a str {
        match app {
            App::Express => &self.catalogue.paths.express,
            App::Voex => &self.catalogue.paths.voex,
            App::WebClient => &self.catalogue.paths.web_playbooks,
        }
    }

    /// The release of a stack: the fact; else what the file declares as installed, where the stack
    /// runs; else unknown (K13).
    pub(crate) fn release_of(&mut self, stack: &Stack) -> (FactValue, Held) {
        let key = FactKey::Release(stack.clone());
        if self.facts.get(&key).is_some() {
            return self.ask.value(key).expect("the fact is there");
        }
        let idle = self
            .site
            .cluster_of(&stack.node)
            .is_some_and(|pair| self.active(pair.cluster).is_some_and(|a| a != stack.node));
        if idle {
            let held =
                self.ask.assume(&FactKey::Release(stack.clone()), Test::Is, &FactValue::Unknown);
            return (FactValue::Unknown, held);
        }
        let held = self.ask.choice("release.installed", &self.site.installed);
        (FactValue::Release(self.site.installed.clone()), held)
    }

    /// The lowest release that anything is known to be of: what barriers are counted from.
    pub(crate) fn lowest_release(&self) -> Release {
        let of = |stack: &Stack| match self.facts.get(&FactKey::Release(stack.clone())) {
            Some((FactValue::Release(release), _)) => Some(release.clone()),
            _ => None,
        };
        let known = self.site.stacks().iter().filter_map(of).min();
        known.map_or(self.site.installed.clone(), |r| r.min(self.site.installed.clone()))
    }

    /// The active node of a cluster by the facts, or by the state that was handed in. Where it is
    /// missing, which is recorded and ends in no plan, planning goes on with the first node, so that
    /// all missing facts come at once.
    pub(crate) fn active(&mut self, cluster: ClusterName) -> Option<NodeName> {
        if self.known_start {
            let pair = self.site.pair(cluster)?;
            let here = |node: &&NodeName| self.start.has(&Atom::Active((*node).clone()));
            let mut active = pair.nodes.iter().filter(here);
            if let (Some(node), None) = (active.next(), active.next()) {
                return Some(node.clone());
            }
            // On no node or on both: what somebody declared before is no answer to that.
            self.ask.miss(FactKey::Active(cluster));
            return Some(pair.nodes[0].clone());
        }
        match self.ask.measured(FactKey::Active(cluster)) {
            Some(FactValue::Text(name)) => name.parse().ok(),
            Some(_) => None,
            None => self.site.pair(cluster).map(|pair| pair.nodes[0].clone()),
        }
    }

    /// The antivirus units of the file that are not known to be active on a node. To start one that is
    /// active does nothing.
    pub(crate) fn antivirus_off(&self, node: &NodeName) -> Vec<String> {
        let mut units = self.site.antivirus.clone();
        if let Some(FactValue::List(active)) = self.fact(&FactKey::Antivirus(node.clone())) {
            units.retain(|unit| !active.contains(unit));
        }
        units
    }

    /// What is known of a fact, without resting on it: where it was asked before.
    pub(crate) fn fact(&self, key: &FactKey) -> Option<&'a FactValue> {
        self.facts.get(key).map(|(value, _)| value)
    }

    /// Whether a fact was read from the hosts, and not declared.
    pub(crate) fn observed(&self, key: &FactKey) -> bool {
        self.facts.get(key).is_some_and(|(_, origin)| origin == Origin::Observed)
    }

    /// Something stands in the way; the place is a key path of the file.
    pub(crate) fn say(&mut self, path: &str, diagnostic: Diagnostic) {
        let diagnostic = diagnostic.at(self.places.label(path));
        if !self.found.contains(&diagnostic) {
            self.found.push(diagnostic);
        }
    }

    /// Whether a risk is accepted by name; if so the plan says that it has it.
    pub(crate) fn accepts(&mut self, risk: Risk) -> bool {
        let accepted = self.site.accepted.contains(&risk);
        if accepted {
            self.used.insert(risk);
        }
        accepted
    }

    /// A hazard or doubt, at a step or from one to another.
    pub(crate) fn warn(
        &mut self,
        code: WarningCode,
        args: &[(&str, String)],
        step: Added,
        until: Added,
    ) {
        let args = args.iter().map(|(k, v)| ((*k).to_owned(), v.clone())).collect();
        self.warnings.push((Warning { args, code, step: None, until: None }, step, until));
    }

    /// From this step on only the backup leads back.
    pub(crate) fn no_return_after(&mut self, step: Added, barriers: Vec<Release>) {
        if self.point_of_no_return.is_none() && step.is_some() && !barriers.is_empty() {
            self.point_of_no_return = Some((step, barriers));
        }
    }

    /// Everything else waits for this step.
    pub(crate) fn comes_first(&mut self, step: Added, because: Because) {
        self.first = step;
        if step.is_some() {
            self.first_because = Some(because);
        }
    }

    /// The goal is reached in the state that the plan starts from.
    pub(crate) fn nothing_to_do(&mut self) {
        self.nothing_to_do = true;
    }
}

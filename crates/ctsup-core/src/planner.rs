//! From an installation and a goal to a plan: what procedures share.
//!
//! Planning ends in a plan, in an empty plan because there is nothing to do, or in everything that
//! stands in its way, all of it at once.

use std::collections::{BTreeMap, BTreeSet};

use crate::action::Person;
use crate::catalogue::Catalogue;
use crate::diagnostic::{Code, Diagnostic, Input, Label, Severity};
use crate::fact::{Asking, FactKey, FactValue, Facts, Held, LookUp, Origin, Test};
use crate::guide;
use crate::name::{App, ClusterName, NodeName, Stack};
use crate::plan::builder::{Added, Built, PlanBuilder};
use crate::plan::{
    After, Because, CatalogueRef, ClusterNodes, FORMAT, Goal, GuideRef, Plan, PointOfNoReturn,
    Releases, Server, Servers, StackPlace, StepId, Warning, WarningCode,
};
use crate::procedure;
use crate::state::{Atom, State};
use crate::topology::{Become, Layout, Parsed, Places, Risk, Shared, Topology};
use crate::version::Release;

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

fn with_lists(mut parsed: Parsed, lists: &BTreeMap<NodeName, String>) -> Parsed {
    let of_nodes = known_lists(&mut parsed, lists);
    procedure::image_lists(&mut parsed, &of_nodes);
    parsed
}

/// The lists of nodes that the topology has; the others are errors.
fn known_lists(
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

    /// The state that the facts tell, or the one handed in.
    fn start(&mut self, known: Option<&State>) {
        self.start = match known {
            Some(state) if self.goal == Goal::Rollback => {
                without_idle_stops(&without_idle_logs(state, self.site), self.site)
            }
            Some(state) => without_idle_logs(state, self.site),
            None => self.state_of_facts(),
        };
        self.steps = PlanBuilder::new(self.start.clone());
        if known.is_some() {
            // Without it there is no plan, and nothing that looks like one.
            for cluster in ClusterName::ALL {
                let _ = self.active(cluster);
            }
        }
    }

    fn state_of_facts(&mut self) -> State {
        let mut atoms = Vec::new();
        let mut active = BTreeSet::new();
        for cluster in ClusterName::ALL {
            if self.site.pair(cluster).is_none() {
                continue;
            }
            if let Some(node) = self.active(cluster) {
                // The claim that the whole plan rests on.
                let _ = self.ask.value(FactKey::Active(cluster));
                atoms.push(Atom::Active(node.clone()));
                active.insert(node);
            }
            let left = self.ask.measured(FactKey::Constraints(cluster));
            if left.is_some_and(|l| l != FactValue::List(Vec::new())) {
                atoms.push(Atom::Constraint(cluster));
            }
        }
        if self.goal == Goal::Rollback {
            // What a stopped upgrade had stopped is given back by the way back (invariant 10).
            let pairs = ClusterName::ALL.into_iter().filter_map(|c| self.site.pair(c));
            for node in pairs.flat_map(|pair| pair.nodes.clone()) {
                if !self.antivirus_off(&node).is_empty() {
                    atoms.push(Atom::AntivirusOff(node));
                }
            }
        }
        let wanted = self.wanted().clone();
        let new = self.new_release().clone();
        let goal = self.goal;
        let is_new = |release: &Release| match goal {
            Goal::Rollback => *release > wanted,
            _ => *release >= new,
        };
        let mut unknown = Vec::new();
        for stack in self.site.stacks() {
            let idle = self.site.cluster_of(&stack.node).is_some() && !active.contains(&stack.node);
            let release = if self.goal.concerns_releases() {
                self.release_of(&stack).0
            } else {
                // It puts nothing anywhere, so nothing is claimed of it.
                match self.facts.get(&FactKey::Release(stack.clone())) {
                    Some((release, _)) => release.clone(),
                    None if idle => FactValue::Unknown,
                    None => FactValue::Release(self.site.installed.clone()),
                }
            };
            if let FactValue::Release(release) = &release
                && is_new(release)
            {
                atoms.push(Atom::New(stack.clone()));
            }
            if !idle {
                let running = self.ask.measured(FactKey::Running(stack.clone()));
                atoms.push(if running == Some(FactValue::Bool(false)) {
                    Atom::Stopped(stack.clone())
                } else {
                    Atom::Running(stack.clone())
                });
            }
            if idle && release == FactValue::Unknown {
                unknown.push(stack.clone());
            }
            let data = self.site.data_of(&stack);
            let met = match self.facts.get(&FactKey::Met(data.clone())) {
                Some((FactValue::Release(met), _)) => Some(met.clone()),
                _ => match release {
                    FactValue::Release(release) => Some(release),
                    _ => None,
                },
            };
            if met.is_some_and(|met| is_new(&met)) {
                atoms.push(Atom::Met(data));
            }
            let place = self.site.settings_of(&stack);
            if stack.app == App::Express {
                let key = self.ask.measured(FactKey::UpgradeKey(place.clone()));
                if key == Some(FactValue::Bool(true)) {
                    atoms.push(Atom::UpgradeKey(place.clone()));
                }
            }
            if let Some(FactValue::Images(pins)) = self.ask.measured(FactKey::Pins(place.clone()))
                && !pins.is_empty()
            {
                atoms.push(Atom::Pinned(place));
            }
        }
        // Once something newer has run, nothing goes back to where it was by itself (invariant 32).
        let newer = atoms.iter().any(|a| matches!(a, Atom::New(_) | Atom::Met(_)));
        // Beside a node that goes back, an idle one of which nobody knows is taken for newer, and so
        // is its own data.
        for stack in unknown.into_iter().filter(|_| goal == Goal::Rollback) {
            let Some(pair) = self.site.cluster_of(&stack.node) else { continue };
            let serving = Stack::new(pair.other(&stack.node), stack.app);
            let met = Atom::Met(self.site.data_of(&serving));
            if atoms.iter().any(|a| *a == met || *a == Atom::New(serving.clone())) {
                atoms.push(Atom::Met(self.site.data_of(&stack)));
                atoms.push(Atom::New(stack));
            }
        }
        if let Some(rollback) = &self.site.rollback
            && self.goal == Goal::Rollback
            && !newer
        {
            let moved = rollback.home.iter().filter(|(_, home)| !active.contains(*home));
            atoms.extend(moved.map(|(cluster, _)| Atom::Moved(*cluster)));
        }
        if let Some((FactValue::Release(version), _)) = self.facts.get(&FactKey::PostgresVersion)
            && *version >= self.catalogue.thresholds.postgres_minimum
        {
            atoms.push(Atom::DatabaseNew);
            atoms.push(Atom::DatabaseStandard);
        }
        atoms.into_iter().collect()
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

    fn finish(mut self) -> Outcome {
        let newest = match self.goal {
            Goal::Rollback => self.new_release().clone(),
            _ => self.site.installed.clone(),
        };
        if let (Some(first), Some(because)) = (self.first, self.first_because.take()) {
            self.steps.all_after(first, &because);
        }
        for risk in &self.site.accepted {
            if !self.used.contains(risk) && !self.nothing_to_do && self.goal == Goal::Upgrade {
                let found = Diagnostic::new(Code::UnusedRisk).arg("value", risk.as_str());
                self.found.push(found.at(self.places.label("accept")));
            }
        }
        let used: Vec<_> = self.used.iter().map(|r| r.as_str().to_owned()).collect();
        let look_ups = self.ask.claimed();
        let look_ups = look_ups
            .map(|key| (key.to_string(), key.look(self.site, self.catalogue, self.facts)))
            .collect();
        let (claims, missing) = self.ask.finish();
        for key in missing {
            let path = match &key {
                // Old images are saved beforehand: a list is named, its content is not written out.
                FactKey::Images(node) => format!("rollback.lists.{node}"),
                _ => key.path(),
            };
            let look = key.look(self.site, self.catalogue, self.facts);
            let mut found = Diagnostic::new(Code::MissingFact)
                .arg("fact", &key)
                .arg("key", &path)
                .arg("command", look.command);
            if let Some(node) = look.node {
                found = found.arg("node", node);
            }
            self.found.push(found.at(self.places.label(&path)));
        }
        if self.found.iter().any(|d| d.severity >= Severity::Error) {
            return Outcome::Stopped(self.found);
        }
        self.steps.tell_apart();
        let id = |added: Added| added.map(|index| self.steps.id(index));
        let mut warnings: Vec<_> = self
            .warnings
            .into_iter()
            .map(|(warning, step, until)| Warning { step: id(step), until: id(until), ..warning })
            .collect();
        let point_of_no_return = self
            .point_of_no_return
            .and_then(|(step, barriers)| Some(PointOfNoReturn { barriers, step: id(step)? }));
        let site = self.site;
        let Built { steps, left_out, implied } =
            self.steps.finish(self.catalogue, |node| user_of(site, node));
        let place =
            |id: &Option<StepId>| id.as_ref().and_then(|id| steps.iter().position(|s| s.id == *id));
        // An outage that no step of this plan begins or ends is none of its hazards.
        warnings.retain(|w| w.code != WarningCode::Outage || w.step.is_some() || w.until.is_some());
        warnings.sort_by_key(|w| (place(&w.step), w.code));
        let readings = procedure::readings(site, &steps, &left_out);
        // Claims that put nothing anywhere are kept: they say why nothing more is planned.
        let plan = Plan {
            accepted: used,
            catalogue: CatalogueRef { hash: self.catalogue.hash.clone() },
            claims: claims.into_values().collect(),
            digest: String::new(),
            format: FORMAT,
            goal: self.goal,
            guide: GuideRef {
                build: guide::BUILD.to_owned(),
                hash: format!("sha256:{}", guide::table_hash()),
            },
            left_out,
            point_of_no_return,
            readings,
            release: Releases {
                installed: newest,
                target: match (&site.rollback, self.goal) {
                    (Some(rollback), Goal::Rollback) => rollback.to.clone(),
                    _ => site.target.clone(),
                },
            },
            site: site.site.clone(),
            start: self.start,
            steps,
            topology: servers(site, self.catalogue),
            warnings,
        }
        .sealed();
        let empty = plan.is_empty();
        let planned = Box::new(Planned { plan, diagnostics: self.found, implied, look_ups });
        if empty { Outcome::NothingToDo(planned) } else { Outcome::Ready(planned) }
    }
}

/// A failover took the resources away before the logs were read: on the idle node nothing runs
/// whose logs could be.
fn without_idle_logs(state: &State, site: &Topology) -> State {
    let idle = |stack: &Stack| {
        site.cluster_of(&stack.node).is_some() && !state.has(&Atom::Active(stack.node.clone()))
    };
    // Before anybody judged the first node the way on is over it, and its logs are read there.
    let judged = state.has(&Atom::Judged);
    let read = |atom: &&Atom| !matches!(atom, Atom::Unchecked(stack) if judged && idle(stack));
    state.atoms().filter(read).cloned().collect()
}

/// A way back serves from where the resources are, and leaves the other node as it is. What was stopped
/// there before a failover is not owed to anybody: nothing starts where docker does not run, and with
/// the newer release it would run over data that goes back. The plan's advice names the node.
fn without_idle_stops(state: &State, site: &Topology) -> State {
    let idle = |stack: &Stack| {
        let Some(pair) = site.cluster_of(&stack.node) else { return false };
        // Where no node is known to be active, none is known to be idle.
        !state.has(&Atom::Active(stack.node.clone()))
            && state.has(&Atom::Active(pair.other(&stack.node).clone()))
    };
    let owed = |atom: &&Atom| !matches!(atom, Atom::Stopped(stack) if idle(stack));
    state.atoms().filter(owed).cloned().collect()
}

/// The user that a node's commands run as.
fn user_of(site: &Topology, node: &NodeName) -> String {
    match site.nodes.get(node) {
        Some(node) if node.become_root == Become::No => node.user.clone(),
        _ => "root".to_owned(),
    }
}

/// The servers as a plan carries them.
#[must_use]
pub fn servers(site: &Topology, catalogue: &Catalogue) -> Servers {
    let nodes = site
        .nodes
        .iter()
        .map(|(name, node)| {
            let server = Server {
                address: node.address.clone(),
                r#become: node.become_root,
                fqdn: node.fqdn.clone(),
                port: node.port,
                role: node.role,
                user: node.user.clone(),
            };
            (name.clone(), server)
        })
        .collect();
    let clusters = match &site.layout {
        Layout::Ha { back, front } => [back, front]
            .into_iter()
            .map(|pair| {
                let nodes = ClusterNodes {
                    nodes: pair.nodes.clone(),
                    shares_volumes: pair.shared.contains(&Shared::Volumes),
                };
                (pair.cluster, nodes)
            })
            .collect(),
        _ => BTreeMap::new(),
    };
    let stacks = site
        .stacks()
        .into_iter()
        .map(|stack| StackPlace {
            data: site.data_of(&stack),
            dir: match stack.app {
                App::Voex => catalogue.paths.voex.clone(),
                _ => catalogue.paths.express.clone(),
            },
            settings: site.settings_of(&stack),
            stack,
        })
        .collect();
    Servers { clusters, nodes, stacks }
}

//! One run of a playbook, and what clusters show after it.

use crate::action::dpl::Brings;
use crate::action::{Action, Look, Playbook};
use crate::guide::RowKey;
use crate::name::{App, ClusterName, DataSet, NodeName, SettingsPlace, Stack};
use crate::plan::builder::{Added, Draft};
use crate::plan::{Because, Phase, Source, WarningCode};
use crate::planner::Planner;
use crate::procedure::server::{Rows, Server};
use crate::procedure::{cluster, postgres};
use crate::state::{Atom, is, is_not};
use crate::topology::Pair;

/// One playbook.
pub(in crate::procedure) struct Play<'a> {
    pub(in crate::procedure) control: &'a NodeName,
    pub(in crate::procedure) dir: &'a str,
    pub(in crate::procedure) name: String,
    pub(in crate::procedure) brings: Brings,
    pub(in crate::procedure) stacks: Vec<Stack>,
    /// What serves, where it deploys on nodes that idle.
    pub(in crate::procedure) serving: Vec<Stack>,
    /// Nodes whose image lists must have been saved.
    pub(in crate::procedure) listed: Vec<NodeName>,
    pub(in crate::procedure) clusters: Vec<ClusterName>,
    /// The first stop before it, from which on users are cut off.
    pub(in crate::procedure) since: Added,
    pub(in crate::procedure) phase: Phase,
    pub(in crate::procedure) what: &'a str,
    pub(in crate::procedure) rows: &'a [RowKey],
}

/// Adds a playbook: its prompt and pauses are a person's.
pub(in crate::procedure) fn play(p: &mut Planner<'_>, play: Play<'_>) -> Added {
    let mut data: Vec<DataSet> = play.stacks.iter().map(|s| p.site.data_of(s)).collect();
    data.sort();
    data.dedup();
    let mut settings: Vec<SettingsPlace> =
        play.stacks.iter().map(|s| p.site.settings_of(s)).collect();
    settings.sort();
    settings.dedup();
    let new = play.brings == Brings::New;
    let runs = if play.serving.is_empty() { &play.stacks } else { &play.serving };
    let done: Vec<_> = play
        .stacks
        .iter()
        .map(|s| if new { is(Atom::New(s.clone())) } else { is_not(Atom::New(s.clone())) })
        .chain(runs.iter().map(|s| is(Atom::Running(s.clone()))))
        .collect();
    let cut: Vec<_> = runs.iter().map(ToString::to_string).collect();
    let crosses = if new {
        let lowest = p.lowest_release();
        p.catalogue.barriers_between(p.new_release(), &lowest)
    } else {
        Vec::new()
    };
    let action = Action::Playbook(Playbook::Run {
        brings: play.brings,
        clusters: play.clusters,
        data,
        dir: play.dir.to_owned(),
        listed: play.listed,
        name: play.name.clone(),
        node: play.control.clone(),
        serving: play.serving,
        settings,
        stacks: play.stacks.clone(),
    });
    let draft = Draft::on(play.control, play.phase, &format!("playbook/{}", play.what), action);
    let due = !done.iter().all(|condition| p.steps.now().meets(condition));
    let host = play.stacks.iter().find(|s| s.app == App::Express && p.site.serves_back(&s.node));
    // In a cluster where the database runs now, not where the playbook will move it.
    let host = host.filter(|_| due && new).map(|host| match p.site.cluster_of(&host.node) {
        Some(pair) if !p.steps.has(&Atom::Active(host.node.clone())) => {
            pair.other(&host.node).clone()
        }
        _ => host.node.clone(),
    });
    let kept = host.and_then(|host| postgres::keep_version(p, &host));
    let step = p.steps.ensure(draft.cites(play.rows), &done);
    p.steps.after(step, kept, Because::Invariant(13));
    let external = p.steps.last_doing(&is(Atom::DatabaseBackedUp));
    p.steps.after(step, external, Because::Invariant(2));
    p.no_return_after(step, crosses);
    p.warn(WarningCode::Pauses, &[("name", play.name)], step, None);
    p.warn(WarningCode::Outage, &[("what", cut.join(", "))], play.since.or(step), step);
    step
}

/// The steps that bring images to the registry.
pub(super) fn loaded(p: &Planner<'_>) -> Vec<Added> {
    let brings = |action: &Action| matches!(action, Action::Registry(_));
    p.steps.added().filter(|(.., action)| brings(action)).map(|(index, ..)| Some(index)).collect()
}

/// The first playbook of the plan.
pub(in crate::procedure) fn first_play(p: &Planner<'_>) -> Added {
    let run = |action: &Action| matches!(action, Action::Playbook(Playbook::Run { .. }));
    p.steps.added().find(|(.., action)| run(action)).map(|(index, ..)| index)
}

/// Where the resources are after a playbook: looked at, not predicted (K4).
pub(in crate::procedure) fn seen(
    p: &mut Planner<'_>,
    pairs: [&Pair; 2],
    after: Added,
    phase: Phase,
    what: &str,
) -> Vec<Added> {
    let mut all = Vec::new();
    for pair in pairs {
        let node = pair.nodes[0].clone();
        let action = Action::Look(Look::Resources { cluster: pair.cluster, node: node.clone() });
        let draft = Draft::on(&node, phase, what, action).source(Source::Reading("A32".to_owned()));
        let step = p.steps.add(draft);
        p.steps.after(step, after, Because::Invariant(25));
        all.push(step);
    }
    all
}

/// The second playbook deploys on the nodes that idle: those that served before the first one must
/// still serve (K4).
pub(in crate::procedure) fn still_there(
    p: &mut Planner<'_>,
    pairs: [&Pair; 2],
    gates: &[Added],
    step: Added,
) {
    if step.is_none() {
        return;
    }
    for pair in pairs {
        let look = cluster::look(p, pair, Phase::Judge, &[], "cluster/active/judge");
        for gate in gates
            .iter()
            .copied()
            .filter(|gate| p.steps.concerns(*gate, &pair.nodes))
            .collect::<Vec<_>>()
        {
            p.steps.after(look, gate, Because::Invariant(5));
        }
        p.steps.after(step, look, Because::Invariant(5));
    }
}

/// Backups of what only the idle nodes of the clusters have.
pub(in crate::procedure) fn idle_backups(
    p: &mut Planner<'_>,
    stacks: &[Stack],
    rows: Rows,
) -> Vec<(NodeName, Added)> {
    let server = |stack: &Stack| Server {
        stack: stack.clone(),
        clustered: true,
        phases: [Phase::BackUp, Phase::BackUp],
        rows,
        database: false,
        brings: Brings::New,
    };
    let mut all = Vec::new();
    for stack in stacks {
        // What the cluster shares is backed up where its services stop.
        let apart = p.site.data_of(stack).holder == stack.node;
        if apart && !p.steps.has(&Atom::Running(stack.clone())) {
            all.push((stack.node.clone(), server(stack).back_up_idle(p)));
        }
    }
    all
}

/// Until the second playbook a failover starts what the idle nodes had before (A45).
pub(in crate::procedure) fn warn_idle(
    p: &mut Planner<'_>,
    pairs: [&Pair; 2],
    active: [&NodeName; 2],
    since: [Added; 2],
) {
    for ((pair, active), since) in pairs.into_iter().zip(active).zip(since) {
        let idle = pair.other(active).to_string();
        p.warn(WarningCode::IdleNodeOld, &[("node", idle)], since, None);
    }
}

//! The second half: a person judges, the gates again, then the second playbook.

use super::{BACK_HA, FRONT_HA};
use crate::action::dpl::Brings;
use crate::action::{Action, Person};
use crate::cite;
use crate::name::{App, ClusterName, NodeName, Stack};
use crate::plan::builder::{Added, Draft};
use crate::plan::{Because, Phase, WarningCode};
use crate::planner::Planner;
use crate::procedure::ansible::{Play, play, seen, still_there};
use crate::procedure::beside::Part;
use crate::procedure::cluster::BY_PLAYBOOK;
use crate::procedure::server::{Server, save_list};
use crate::procedure::{beside, cluster, postgres};
use crate::state::{Atom, is};
use crate::topology::{Pair, Postgres, Risk, Shared};

pub(in crate::procedure::ansible) fn backed(p: &Planner<'_>, node: &NodeName) -> Atom {
    Atom::BackedUp(p.site.data_of(&Stack::new(node, App::Express)))
}

/// The second playbook switches to nodes that have old containers still, and starts them on data
/// that the new release has met where that is shared (invariant 31).
pub(in crate::procedure::ansible) fn warn_window(
    p: &mut Planner<'_>,
    pairs: [&Pair; 2],
    second: &[Stack],
    step: Added,
) {
    for pair in pairs {
        let here = || second.iter().filter(|s| pair.nodes.contains(&s.node));
        let met = here().any(|s| p.steps.has(&Atom::Met(p.site.data_of(s))));
        let database = pair.cluster == ClusterName::Back
            && (p.site.postgres == Postgres::External || pair.shared.contains(&Shared::Database));
        let shared = pair.shared.contains(&Shared::Volumes) && met;
        if let Some(node) = here().next().map(|s| s.node.to_string())
            && (shared || database)
        {
            p.accepts(Risk::OldContainersWindow);
            p.warn(WarningCode::OldContainersWindow, &[("node", node)], step, step);
        }
    }
}

/// A cold copy of what the clusters share, where no copy of the first half is known: its services
/// stop on the active nodes and start again behind it, as the playbook deploys on the others.
pub(in crate::procedure::ansible) fn copies(
    p: &mut Planner<'_>,
    second: &[Stack],
    gates: &[Added],
) -> Vec<Added> {
    let mut all = Vec::new();
    for stack in second.iter().filter(|stack| stack.app == App::Express) {
        let Some(pair) = p.site.cluster_of(&stack.node).cloned() else { continue };
        let active = pair.other(&stack.node).clone();
        let known = p.steps.has(&Atom::BackedUp(p.site.data_of(stack)));
        if known || !p.steps.has(&Atom::Active(active.clone())) {
            continue;
        }
        let rows = match pair.cluster {
            ClusterName::Back => BACK_HA,
            ClusterName::Front => FRONT_HA,
        };
        let here = p.site.stacks().into_iter().filter(|stack| stack.node == active);
        let servers: Vec<_> = here
            .map(|stack| Server {
                database: stack.app == App::Express
                    && pair.cluster == ClusterName::Back
                    && postgres::is_embedded(p),
                stack,
                clustered: true,
                phases: [Phase::BackUp, Phase::BackUp],
                rows,
                brings: Brings::Same,
            })
            .collect();
        let parts: Vec<_> = servers.iter().map(|server| Part { server, due: true }).collect();
        let list = save_list(p, &active, Phase::Gate, &[cite!("AN-H.8")]);
        let rest = beside::rest(p, &parts);
        for stop in &rest.stops {
            for earlier in gates.iter().copied().chain([list]).chain(all.last().copied()) {
                p.steps.after(*stop, earlier, Because::Invariant(2));
            }
        }
        let asleep: Vec<_> = servers.iter().map(|server| Part { server, due: false }).collect();
        let woken = beside::wake(p, &asleep, &[rest.back_up]);
        let what: Vec<_> = servers.iter().map(|server| server.stack.to_string()).collect();
        p.warn(WarningCode::Outage, &[("what", what.join(", "))], rest.first(), woken);
        all.extend(rest.steps().chain([woken]));
    }
    all
}

pub(in crate::procedure::ansible) fn second_half(
    p: &mut Planner<'_>,
    control: &NodeName,
    dir: &str,
    pairs: [&Pair; 2],
    first: &[Stack],
    second: &[Stack],
    after: &[Added],
) -> Vec<Added> {
    let unread: Vec<_> =
        first.iter().filter(|s| p.steps.has(&Atom::Unchecked((*s).clone()))).cloned().collect();
    let again = !unread.is_empty();
    let judge = Action::Person(Person::Judge { stacks: unread });
    let judge = Draft::person(Phase::Judge, "judge", judge).cites(&[cite!("AN-H.11")]);
    // What started again since somebody judged it is judged again.
    let judge = if again { p.steps.add(judge) } else { p.steps.once(judge) };
    for step in after {
        p.steps.after(judge, *step, Because::Row(cite!("AN-H.11")));
    }
    let mut gates = Vec::new();
    for pair in pairs {
        if p.steps.has(&Atom::GatePassed(pair.cluster)) {
            continue;
        }
        let answered = |node: &NodeName| p.steps.has(&Atom::FilesAnswer(node.clone()));
        if pair.cluster == ClusterName::Back && !pair.nodes.iter().all(answered) {
            // No first half in this plan that looked before.
            gates.extend(cluster::gate(p, pair, &BY_PLAYBOOK));
            continue;
        }
        let gate = cluster::pass(p, pair, Phase::Judge, "cluster/gate/judge", &[]);
        // Each gate after the look at its own cluster.
        let looks = after.iter().copied().filter(|step| p.steps.concerns(*step, &pair.nodes));
        for step in looks.collect::<Vec<_>>() {
            p.steps.after(gate, step, Because::Invariant(25));
        }
        gates.push(gate);
    }
    // Each Front node has a store of its own (K7); the idle one's is cleared before the playbook
    // starts containers there.
    let mut stores = Vec::new();
    for stack in second.iter().filter(|s| s.app == App::Express && pairs[1].nodes.contains(&s.node))
    {
        let server = Server {
            stack: stack.clone(),
            clustered: true,
            phases: [Phase::SecondHalf, Phase::SecondHalf],
            rows: FRONT_HA,
            database: false,
            brings: Brings::New,
        };
        stores.push((stack.node.clone(), server.letsencrypt(p)));
    }
    let copied = copies(p, second, &gates);
    let step = play(
        p,
        Play {
            control,
            dir,
            name: p.catalogue.playbooks.second.clone(),
            brings: Brings::New,
            stacks: second.to_vec(),
            serving: first.to_vec(),
            listed: Vec::new(),
            clusters: ClusterName::ALL.to_vec(),
            since: None,
            phase: Phase::SecondHalf,
            what: "second",
            rows: &[cite!("AN-H.12"), cite!("AN-H.13")],
        },
    );
    p.steps.after(step, judge, Because::Row(cite!("AN-H.12")));
    p.steps.after(step, judge, Because::Invariant(9));
    for copy in copied {
        p.steps.after(step, copy, Because::Invariant(2));
        p.steps.after(copy, judge, Because::Invariant(9));
    }
    for (node, cleared) in stores {
        p.steps.after(cleared, judge, Because::Row(cite!("F.3b")));
        p.steps.after(cleared, p.steps.last_doing(&is(backed(p, &node))), Because::Invariant(18));
        p.steps.after(step, cleared, Because::Row(cite!("F.3b")));
    }
    warn_window(p, pairs, second, step);
    for gate in &gates {
        p.steps.after(step, *gate, Because::Invariant(3));
    }
    still_there(p, pairs, &gates, step);
    seen(p, pairs, step, Phase::SecondHalf, "cluster/resources/second-half")
}

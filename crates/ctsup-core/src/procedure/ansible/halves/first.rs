//! The first half: lists, copies, pins of the nodes that serve, then the first playbook.

use super::{BACK_HA, FRONT_HA};
use crate::action::dpl::Brings;
use crate::action::{Action, Person};
use crate::cite;
use crate::name::{App, ClusterName, NodeName, Stack};
use crate::plan::builder::{Added, Draft};
use crate::plan::{Because, Phase};
use crate::planner::Planner;
use crate::procedure::ansible::{Play, play, ready, seen, warn_idle};
use crate::procedure::beside::Part;
use crate::procedure::cluster::BY_PLAYBOOK;
use crate::procedure::server::{Rows, Server, save_list};
use crate::procedure::{cluster, images, postgres, split};
use crate::topology::Pair;

pub(in crate::procedure::ansible) fn first_half(
    p: &mut Planner<'_>,
    control: &NodeName,
    dir: &str,
    pairs: [&Pair; 2],
    active: [&NodeName; 2],
    stacks: &[Stack],
) -> Vec<Added> {
    let loaded = images::prepare(p);
    let mut before = loaded.clone();
    before.push(split::network_table(p));
    let off = cluster::antivirus_off(p, &BY_PLAYBOOK);
    for step in &off {
        for image in &before {
            // The chapter's order: images first, antivirus after.
            p.steps.after(*step, *image, Because::Row(cite!("AN-H.2")));
        }
    }
    let mut lists = Vec::new();
    for (pair, node) in pairs.iter().zip(active) {
        let gate = cluster::gate(p, pair, &BY_PLAYBOOK);
        let what = "cluster/active";
        let look = cluster::look(p, pair, Phase::Gate, &[cite!("AN-H.7")], what);
        for step in &gate {
            p.steps.after(look, *step, Because::Row(cite!("AN-H.7")));
        }
        let list = save_list(p, node, Phase::Gate, &[cite!("AN-H.8")]);
        p.steps.after(list, look, Because::Row(cite!("AN-H.8")));
        before.extend(gate);
        before.push(look);
        lists.push(list);
    }
    let nodes = active.map(Clone::clone).to_vec();
    let keep = Action::Person(Person::KeepLists { nodes: nodes.clone() });
    let keep = Draft::person(Phase::Gate, "keep-lists", keep).cites(&[cite!("AN-H.9")]);
    let keep = p.steps.once(keep);
    for list in &lists {
        p.steps.after(keep, *list, Because::Row(cite!("AN-H.9")));
    }
    before.push(keep);
    let server = |p: &Planner<'_>, stack: &Stack| {
        let back = stack.node == *active[0];
        let rows = match (back, stack.app) {
            (true, _) => BACK_HA,
            (false, App::Express) => FRONT_HA,
            // The store of Let's Encrypt belongs to CTS.
            (false, _) => Rows { letsencrypt: None, ..FRONT_HA },
        };
        Server {
            stack: stack.clone(),
            clustered: true,
            phases: [Phase::BackUp, Phase::BackUp],
            rows,
            database: back && stack.app == App::Express && postgres::is_embedded(p),
            brings: Brings::New,
        }
    };
    let servers: Vec<_> = stacks.iter().map(|stack| server(p, stack)).collect();
    if let Some(address) = pairs[0].address.clone() {
        let ports = split::ports(p, active[1], &address);
        let seen = cluster::seen_active(p, ClusterName::Front);
        p.steps.after(ports, seen, Because::Invariant(5));
        before.push(ports);
    }
    before.extend(postgres::facts(p, &servers[0]));
    // Before the copy for which ctsup itself stops both (invariant 8).
    for server in &servers {
        let fetched = images::fetch_first(p, server, &loaded);
        let cluster = p.site.cluster_of(&server.stack.node).map(|pair| pair.cluster);
        if let Some(cluster) = cluster {
            p.steps.after(fetched, cluster::seen_active(p, cluster), Because::Invariant(5));
        }
        before.push(fetched);
    }
    let mut made_ready = Vec::new();
    let mut since = None;
    let mut changed = [None; 2];
    let mut earlier: Added = None;
    for (node, changed) in active.into_iter().zip(&mut changed) {
        let here = servers.iter().filter(|server| server.stack.node == *node);
        let parts: Vec<_> = here.map(|server| Part { server, due: true }).collect();
        let ready = ready(p, &parts, None);
        for step in &before {
            ready.wait(p, *step, &Because::Row(cite!("AN-H.10")));
        }
        ready.wait(p, earlier, &Because::Row(cite!("HA.21")));
        earlier = ready.last().or(earlier);
        since = since.or(ready.first);
        *changed = ready.changed;
        made_ready.extend(ready.steps);
    }
    let step = play(
        p,
        Play {
            control,
            dir,
            name: p.catalogue.playbooks.first.clone(),
            brings: Brings::New,
            stacks: stacks.to_vec(),
            serving: Vec::new(),
            listed: nodes,
            clusters: ClusterName::ALL.to_vec(),
            since,
            phase: Phase::FirstHalf,
            what: "first",
            rows: &[cite!("AN-H.10")],
        },
    );
    for earlier in made_ready.iter().chain(&before) {
        p.steps.after(step, *earlier, Because::Row(cite!("AN-H.10")));
    }
    // What is changed by hand before the playbook, the idle node's old containers do not know either.
    warn_idle(p, pairs, active, changed.map(|changed| changed.or(step)));
    seen(p, pairs, step, Phase::FirstHalf, "cluster/resources/first-half")
}

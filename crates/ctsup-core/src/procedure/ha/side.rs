//! One cluster of the two: its active and its idle node, and what is due there.

use crate::action::dpl::Brings;
use crate::cite;
use crate::name::{App, ClusterName, DataSet, NodeName, Stack};
use crate::plan::Phase;
use crate::planner::Planner;
use crate::procedure::rollback;
use crate::procedure::server::{Rows, Server};
use crate::state::Atom;
use crate::topology::Pair;

pub(super) const BACK_FIRST: Rows = Rows {
    stop: &[cite!("HA.17")],
    back_up: &[cite!("HA.0")],
    owners: Some(cite!("B.4")),
    letsencrypt: None,
    exporters: Some(cite!("HA.17")),
    deploy: cite!("HA.17"),
    logs: None,
};

pub(super) const BACK_SECOND: Rows = Rows {
    stop: &[cite!("HA.25")],
    exporters: Some(cite!("HA.25")),
    deploy: cite!("HA.25"),
    ..BACK_FIRST
};

pub(super) const FRONT_FIRST: Rows = Rows {
    stop: &[cite!("HA.21")],
    back_up: &[cite!("HA.0")],
    owners: None,
    letsencrypt: Some(cite!("F.3b")),
    exporters: None,
    deploy: cite!("HA.21"),
    logs: None,
};

pub(super) const FRONT_SECOND: Rows =
    Rows { stop: &[cite!("HA.29")], deploy: cite!("HA.29"), ..FRONT_FIRST };

/// One cluster on its way: which node is updated first, which second.
pub(super) struct Side {
    pub(super) pair: Pair,
    pub(super) first: NodeName,
    pub(super) second: NodeName,
}

impl Side {
    /// Reads off the state where the cluster stands (A11: the roles move, so they are computed
    /// afresh): the node that already has the new release was first; before that, the node to which
    /// the resources were moved; before that, the one on which they are not.
    pub(super) fn of(p: &Planner<'_>, pair: &Pair) -> Option<Self> {
        let active = pair.nodes.iter().find(|n| p.steps.has(&Atom::Active((*n).clone())))?;
        let other = pair.other(active);
        let new = |node: &NodeName| p.steps.has(&Atom::New(Stack::new(node, App::Express)));
        let first = match (new(active), new(other)) {
            (true, _) => active,
            (false, true) => other,
            (false, false) if p.steps.has(&Atom::Moved(pair.cluster)) => active,
            // A deploy broke off, and a failover led to the other node. Old containers that work on newer
            // data here stop at once, and the new ones come in their place; where only the node that was
            // left has newer data, nothing old is started on it once more.
            (false, false) if p.known_start && met_by_express(p, [active, other]) => active,
            (false, false) => other,
        };
        Some(Self { pair: pair.clone(), first: first.clone(), second: pair.other(first).clone() })
    }

    pub(super) fn apps(&self, p: &Planner<'_>) -> Vec<App> {
        let stacks = p.site.stacks();
        [App::Express, App::Voex]
            .into_iter()
            .filter(|app| stacks.contains(&Stack::new(&self.first, *app)))
            .collect()
    }

    pub(super) fn server(
        &self,
        node: &NodeName,
        app: App,
        phases: [Phase; 2],
        rows: Rows,
        database: bool,
    ) -> Server {
        Server {
            stack: Stack::new(node, app),
            clustered: true,
            phases,
            rows,
            database: database && app == App::Express && self.pair.cluster == ClusterName::Back,
            brings: Brings::New,
        }
    }

    pub(super) fn needs_first(&self, p: &Planner<'_>) -> bool {
        self.apps(p).into_iter().any(|app| !p.steps.has(&Atom::New(Stack::new(&self.first, app))))
    }

    /// The first node is still to be updated; or it is, and what runs there is down.
    pub(super) fn is_first_due(&self, p: &Planner<'_>, servers: &[Server]) -> bool {
        let here = p.steps.has(&Atom::Active(self.first.clone()));
        self.needs_first(p) || (here && servers.iter().any(|server| server.needs_deploy(p)))
    }

    /// Whether the first node has the new release, and the resources are on the second one all the
    /// same, before a person judged the first.
    pub(super) fn is_left(&self, p: &Planner<'_>) -> bool {
        let new = |node: &NodeName| {
            let mut apps = self.apps(p).into_iter();
            apps.any(|app| p.steps.has(&Atom::New(Stack::new(node, app))))
        };
        // Facts alone don't tell whether somebody judged it: a run does.
        p.known_start
            && p.steps.has(&Atom::Active(self.second.clone()))
            && !p.steps.has(&Atom::Judged)
            && new(&self.first)
            && !new(&self.second)
    }

    /// Whether the first node's deploy broke off, and what runs there are old containers again.
    pub(super) fn is_begun(&self, p: &Planner<'_>) -> bool {
        let mut apps = self.apps(p).into_iter();
        apps.any(|app| rollback::is_open(p, &Stack::new(&self.first, app)))
    }

    pub(super) fn needs_second(&self, p: &Planner<'_>) -> bool {
        self.apps(p).into_iter().any(|app| !p.steps.has(&Atom::New(Stack::new(&self.second, app))))
    }
}

/// Whether a deploy of this upgrade has begun on the data of CTS on either node.
pub(super) fn met_by_express(p: &Planner<'_>, nodes: [&NodeName; 2]) -> bool {
    let data = |node: &NodeName| p.site.data_of(&Stack::new(node, App::Express));
    let begun =
        |data: DataSet| p.steps.has(&Atom::Met(data.clone())) && p.steps.has(&Atom::BackedUp(data));
    nodes.into_iter().any(|node| begun(data(node)))
}

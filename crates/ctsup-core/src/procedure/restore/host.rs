//! What a way back finds on each host: places of data, images, what is due.

use std::collections::BTreeMap;

use crate::action::dpl::Brings;
use crate::cite;
use crate::diagnostic::{Code, Diagnostic};
use crate::fact::Held;
use crate::name::{App, NodeName, Stack};
use crate::plan::Phase;
use crate::planner::Planner;
use crate::procedure::beside::Part;
use crate::procedure::rollback;
use crate::procedure::rollback::Which;
use crate::procedure::server::{Rows, Server};
use crate::state::Atom;
use crate::topology::{Backup, Layout, Rollback, Voex};
use crate::version::ImageRef;

pub(super) const ROWS: Rows = Rows {
    stop: &[cite!("RS.1")],
    back_up: &[],
    owners: None,
    letsencrypt: None,
    exporters: None,
    deploy: cite!("RS.5"),
    logs: None,
};

/// The servers that serve, Back first.
pub(super) fn serving(p: &Planner<'_>) -> Vec<NodeName> {
    match p.site.layout.clone() {
        Layout::Single(host) => vec![host],
        Layout::Split { back, front } => vec![back, front],
        Layout::Ha { back, front } => [back, front]
            .into_iter()
            .filter_map(|pair| {
                pair.nodes.iter().find(|n| p.steps.has(&Atom::Active((*n).clone()))).cloned()
            })
            .collect(),
    }
}

/// The services of which the saved list of a host must name the images.
pub(super) fn services(p: &Planner<'_>, node: &NodeName) -> Vec<String> {
    let services = &p.catalogue.services;
    match &p.site.layout {
        Layout::Single(_) => services.back.iter().chain(&services.front).cloned().collect(),
        _ if p.site.serves_back(node) => services.back.clone(),
        _ => services.front.clone(),
    }
}

/// Where an application's backup comes from.
#[derive(Debug, Clone)]
pub(super) enum From {
    /// A directory as our own copies lie there.
    Copy(String),
    /// The site's own way of backing up: a person puts it back.
    Person,
}

/// An application that goes back: its server and the images of the backup's time.
pub(super) struct Due {
    pub(super) server: Server,
    pub(super) pins: Option<(BTreeMap<String, ImageRef>, Held)>,
}

/// Data that goes back.
pub(super) struct Place {
    /// Whose it is: of a server that serves, or of the idle node beside it that has data of its own.
    pub(super) stack: Stack,
    pub(super) from: From,
    /// The other node, on whose disk the copy lies.
    pub(super) lies_on: Option<NodeName>,
    /// Docker's volumes of the host go with it: with one application of a host.
    pub(super) volumes: bool,
    /// The node that serves, where the data is the idle one's.
    pub(super) serving: Option<NodeName>,
}

/// One host: its applications, those of them that go back, and what data goes back for it.
pub(super) struct Host {
    pub(super) servers: Vec<Server>,
    pub(super) due: Vec<Due>,
    pub(super) places: Vec<Place>,
}

impl Host {
    pub(super) fn is_due(&self, server: &Server) -> bool {
        self.due.iter().any(|due| due.server.stack == server.stack)
    }

    pub(super) fn parts(&self) -> Vec<Part<'_>> {
        self.servers.iter().map(|server| Part { server, due: self.is_due(server) }).collect()
    }
}

/// Every host that serves, and what goes back on it.
pub(super) fn hosts(p: &mut Planner<'_>, rollback: &Rollback) -> Vec<Host> {
    let server = |p: &Planner<'_>, node: &NodeName, app| Server {
        stack: Stack::new(node, app),
        clustered: p.site.cluster_of(node).is_some(),
        phases: [Phase::BackUp, Phase::FirstHalf],
        rows: ROWS,
        database: false,
        brings: Brings::Old,
    };
    let stacks = p.site.stacks();
    let mut all: Vec<Vec<Server>> =
        serving(p).iter().map(|node| vec![server(p, node, App::Express)]).collect();
    for host in &mut all {
        let node = host[0].stack.node.clone();
        if stacks.contains(&Stack::new(&node, App::Voex)) {
            host.push(server(p, &node, App::Voex));
        }
    }
    // A voice server on a host of its own goes back where the file asks for it.
    if let Voex::On(host) = &p.site.voex
        && rollback.takes_voex()
        && !stacks.contains(&Stack::new(host, App::Express))
    {
        all.push(vec![server(p, host, App::Voex)]);
    }
    let mut hosts = Vec::new();
    for servers in all {
        let asked = |server: &&Server| server.stack.app == App::Express || rollback.takes_voex();
        let needed = |p: &Planner<'_>, server: &&Server| rollback::goes_back(p, server);
        let asked: Vec<_> = servers.iter().filter(asked).cloned().collect();
        let mut places = Vec::new();
        let mut due = Vec::new();
        for server in &asked {
            if needed(p, &server) {
                places.push(place(p, &server.stack, places.is_empty(), rollback, None));
                due.push(of(p, server.clone()));
            }
        }
        let mut volumes = true;
        for server in asked {
            let node = &server.stack.node;
            let Some(other) = p.site.cluster_of(node).map(|pair| pair.other(node).clone()) else {
                continue;
            };
            let idle = Stack::new(&other, server.stack.app);
            let own = p.site.data_of(&idle);
            let newer = p.steps.has(&Atom::Met(own.clone()));
            if own != p.site.data_of(&server.stack) && newer {
                places.push(place(p, &idle, volumes, rollback, Some(node.clone())));
                volumes = false;
            }
        }
        hosts.push(Host { servers, due, places });
    }
    hosts
}

/// Data that goes back, and where its backup lies.
pub(super) fn place(
    p: &mut Planner<'_>,
    stack: &Stack,
    volumes: bool,
    rollback: &Rollback,
    serving: Option<NodeName>,
) -> Place {
    let holder = p.site.data_of(stack).holder;
    let from = match (&p.site.backup, rollback.backups.get(&holder)) {
        (Some(Backup::Command { .. } | Backup::Person { .. }), _) => From::Person,
        (_, Some(from)) => From::Copy(from.clone()),
        (_, None) => {
            let path = format!("rollback.backups.{holder}");
            let found =
                Diagnostic::new(Code::NothingToRollBack).arg("key", &path).arg("holder", &holder);
            p.say(&path, found);
            From::Copy(String::new())
        }
    };
    let lies_on = rollback.copied_on.get(&holder).filter(|node| **node != stack.node).cloned();
    Place { stack: stack.clone(), from, lies_on, volumes, serving }
}

/// An application with the images of the backup's time.
pub(super) fn of(p: &mut Planner<'_>, server: Server) -> Due {
    let Stack { node, app } = server.stack.clone();
    let nodes = match p.site.cluster_of(&node) {
        Some(pair) => pair.nodes.to_vec(),
        None => vec![node.clone()],
    };
    let services = services(p, &node);
    let which = match app {
        App::Voex => Which::Voex,
        _ => Which::All(&services),
    };
    let pins = rollback::old_images(p, &nodes, &node, which);
    Due { server, pins }
}

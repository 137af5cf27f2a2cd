//! Real and made clusters, in XML and in the text of each generation.

use super::*;

macro_rules! fixture {
    ($name:literal) => {
        include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/reader/cluster/", $name))
    };
}

mod text;

const HEALTHY: &str = fixture!("healthy.xml");
const OLD: &str = fixture!("crm_mon-1.1.xml");

fn well(text: &str) -> Cluster {
    read(text).expect("a cluster")
}

/// The whole cluster on one page.
fn told(cluster: &Cluster) -> String {
    let mut page = format!(
        "dc {:?} quorum {:?} maintenance {:?} stonith {:?} moved {:?}\n",
        cluster.dc, cluster.quorum, cluster.maintenance_mode, cluster.stonith, cluster.moved
    );
    if let Some(Counts { disabled, blocked }) = cluster.counts {
        page += &format!("{disabled} disabled, {blocked} blocked\n");
    }
    let marks = |marks: &[(bool, &'static str)]| {
        let set = marks.iter().filter(|(set, _)| *set);
        set.map(|(_, mark)| format!(" {mark}")).collect::<String>()
    };
    for node in &cluster.nodes {
        let states = marks(&[
            (node.is_remote, "remote"),
            (node.online, "online"),
            (node.standby, "standby"),
            (node.standby_on_fail, "on-fail"),
            (node.maintenance, "maintenance"),
            (node.pending, "pending"),
            (node.unclean, "unclean"),
            (node.is_usable(), "usable"),
        ]);
        page += &format!("node {}{states}\n", node.name);
    }
    for resource in &cluster.resources {
        let parents = [&resource.clone, &resource.group].into_iter().flatten();
        let parents: String = parents.map(|parent| format!("{parent}/")).collect();
        let states = marks(&[
            (!resource.managed, "unmanaged"),
            (resource.failed, "failed"),
            (resource.blocked, "blocked"),
            (resource.orphaned, "orphaned"),
            (resource.disabled, "disabled"),
        ]);
        let (id, role, nodes) = (&resource.id, &resource.role, &resource.nodes);
        page += &format!("{parents}{id} {role:?} {nodes:?}{states}\n");
    }
    for failure in &cluster.failures {
        page += &format!("failure {} {} {}\n", failure.resource, failure.task, failure.node);
    }
    for ban in &cluster.bans {
        page += &format!("ban {} {} {}\n", ban.id, ban.resource, ban.node);
    }
    page
}

#[test]
fn a_healthy_cluster_in_xml_and_in_text() {
    let (xml, text) = (well(HEALTHY), well(fixture!("healthy.txt")));
    insta::assert_snapshot!(told(&xml), @r#"
    dc Some("back-01.lab.test") quorum Some(true) maintenance Some(false) stonith Some(false) moved []
    0 disabled, 0 blocked
    node back-01.lab.test online usable
    node back-02.lab.test online usable
    vmfence Started ["back-01.lab.test"]
    dlm-clone/dlm Started ["back-01.lab.test"]
    dlm-clone/dlm Started ["back-02.lab.test"]
    clvmd-clone/clvmd Started ["back-01.lab.test"]
    clvmd-clone/clvmd Started ["back-02.lab.test"]
    clusterfs-clone/clusterfs Started ["back-01.lab.test"]
    clusterfs-clone/clusterfs Started ["back-02.lab.test"]
    cluster_ip Started ["back-01.lab.test"]
    dockerd Started ["back-01.lab.test"]
    node_exporter Started ["back-02.lab.test"]
    cadvisor Started ["back-02.lab.test"]
    "#);
    assert_eq!(xml.contradictions(), []);
    assert_eq!(text.notes, []);
    let agents =
        |cluster: &Cluster| cluster.resources.iter().map(|r| r.agent.clone()).collect::<Vec<_>>();
    assert!(
        agents(&xml).contains(&"systemd:docker".to_owned())
            && agents(&text).contains(&"systemd:docker".to_owned())
    );
    // Fencing is the one thing that text does not tell.
    let text = Cluster { stonith: xml.stonith, ..text };
    assert_eq!(told(&text), told(&xml));
}

#[test]
fn failed_fencing_and_a_move() {
    let failed = well(fixture!("fence-start-failed.xml"));
    let told: Vec<_> =
        failed.failures.iter().map(|f| (f.resource.as_str(), f.node.as_str())).collect();
    assert_eq!(told, [("vmfence", "back-01.lab.test"), ("vmfence", "back-02.lab.test")]);
    assert_eq!(failed.active_node("vmfence"), Err(Unsettled::Nowhere));
    let moved = well(fixture!("after-move.xml"));
    assert_eq!(moved.active_node("dockerd"), Ok("back-02.lab.test"));
    assert_eq!(moved.active_node("cluster_ip"), Ok("back-02.lab.test"));
    assert_eq!(moved.dc.as_deref(), Some("back-01.lab.test"));
}

#[test]
fn names_are_exact() {
    let cluster = well(HEALTHY);
    assert_eq!(cluster.runs_on("dlm"), ["back-01.lab.test", "back-02.lab.test"]);
    assert_eq!(cluster.runs_on("dlm-clone"), cluster.runs_on("dlm"));
    assert_eq!(cluster.active_node("dockerd"), Ok("back-01.lab.test"));
    for name in ["docker", "dockerd ", "Dockerd", "", "systemd:docker"] {
        assert_eq!(cluster.active_node(name), Err(Unsettled::Unknown), "{name}");
    }
    assert!(
        matches!(cluster.active_node("dlm"), Err(Unsettled::Several { nodes }) if nodes.len() == 2)
    );
}

#[test]
fn the_old_root_with_all_that_nests() {
    let cluster = well(OLD);
    insta::assert_snapshot!(told(&cluster), @r#"
    dc Some("back-01") quorum Some(true) maintenance Some(false) stonith Some(true) moved []
    node back-01 online usable
    node back-02 standby unclean
    node web-bundle-0 remote online usable
    dockerd Starting ["back-01"]
    dockerd-exporter Stopped [] disabled
    dlm-clone/dlm Started ["back-01"]
    dlm-clone/dlm Started ["back-02"]
    vmfence Stopped []
    db-master/db-group/db Promoted ["back-01"] unmanaged failed blocked
    web-bundle/httpd Started ["web-bundle-0"]
    failure vmfence start back-01
    ban cli-ban-dockerd-on-back-02 dockerd back-02
    "#);
    let starting = Unsettled::InTransition { role: Role::Starting };
    assert_eq!(cluster.active_node("dockerd"), Err(starting));
    assert_eq!(cluster.runs_on("dockerd"), [""; 0]);
    assert_eq!(cluster.active_node("db"), Err(Unsettled::Failed));
    assert_eq!(cluster.active_node("httpd"), Ok("web-bundle-0"));
    assert_eq!(cluster.contradictions(), []);
    assert_eq!(cluster.failures[0].detail, "Timed Out, unknown error, no route");
}

#[test]
fn grouped_by_node_no_instance_counts_twice() {
    let cluster = well(fixture!("grouped-by-node.xml"));
    insta::assert_snapshot!(told(&cluster), @r#"
    dc None quorum None maintenance Some(true) stonith Some(true) moved []
    node back-01 online usable
    node back-02 online usable
    dlm-clone/dlm Started ["back-01"]
    dlm-clone/dlm Stopped []
    dockerd Started ["back-01"]
    "#);
    assert_eq!(cluster.active_node("dockerd"), Ok("back-01"));
}

#[test]
fn where_nothing_runs_nothing_is_known() {
    let stopped = r#"<pacemaker-result api-version="2.25"><status code="102" message="Not connected"/></pacemaker-result>"#;
    for text in [
        "Error: cluster is not currently running on this node\n",
        "Error: error running crm_mon, is pacemaker running?\n  crm_mon: Connection to cluster failed: x\n",
        stopped,
    ] {
        assert!(matches!(read(text), Err(ReadError::ClusterNotRunning)), "{text}");
    }
    for text in ["", "bash: pcs: command not found\n", "<crm_mon version=\"1\"></crm_mon>"] {
        assert!(matches!(read(text), Err(ReadError::Missing { .. })), "{text}");
    }
}

#[test]
fn banners_around_the_xml_do_not_matter_and_damage_does() {
    let banner = format!("Authorized users only\r\n{}\nbye\n", HEALTHY.replace('\n', "\r\n"));
    assert_eq!(well(&banner), well(HEALTHY));
    let cut = HEALTHY.get(..HEALTHY.len() / 2).expect("ASCII");
    assert!(matches!(read(cut), Err(ReadError::Xml(_))));
    let dtd = OLD.replacen("<crm_mon", "<!DOCTYPE x [<!ENTITY a \"b\">]><crm_mon", 1);
    assert_eq!(well(&dtd), well(OLD));
    for (from, to) in [(r#"unclean="false""#, ""), (r#"online="true""#, r#"online="yes""#)] {
        let odd = format!("banner\n{}", HEALTHY.replacen(from, to, 1));
        let read = read(&odd);
        assert!(matches!(read, Err(ReadError::Malformed { line: 14, .. })), "{to}: {read:?}");
    }
}

#[test]
fn what_cannot_be_true_is_told() {
    let dc = HEALTHY.replacen(r#"online="true""#, r#"online="false""#, 1);
    let cluster = well(&dc);
    let node = "back-01.lab.test".to_owned();
    assert_eq!(
        cluster.contradictions().first(),
        Some(&Contradiction::DcOffline { node: node.clone() })
    );
    let dockerd = Contradiction::RunsOffline { resource: "dockerd".to_owned(), node: node.clone() };
    assert!(cluster.contradictions().contains(&dockerd));
    assert_eq!(cluster.active_node("dockerd"), Err(Unsettled::Unreliable { node }));
    let stranger = HEALTHY.replace(
        "<node name=\"back-02.lab.test\" id=\"2\" online",
        "<node name=\"other\" id=\"2\" online",
    );
    let found = well(&stranger).contradictions();
    assert!(
        found.iter().any(|found| matches!(found, Contradiction::RunsNowhereKnown { .. })),
        "{found:?}"
    );
}

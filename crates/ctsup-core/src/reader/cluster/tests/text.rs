//! The text of `pcs status`, generation by generation.

use super::*;

#[test]
fn the_text_of_three_generations() {
    let oldest = well(fixture!("pacemaker-1.1.10.txt"));
    insta::assert_snapshot!(told(&oldest), @r#"
    dc Some("back-02") quorum Some(true) maintenance None stonith None moved []
    node back-01 online standby
    node back-02 online usable
    vmfence Started ["back-02"]
    dlm-clone/dlm Started ["back-02"]
    dlm-clone/dlm Stopped []
    cluster_ip Started ["back-02"]
    dockerd Started ["back-02"] unmanaged failed
    failure dockerd monitor back-02
    "#);
    let el7 = well(fixture!("pacemaker-1.1.23.txt"));
    insta::assert_snapshot!(told(&el7), @r#"
    dc Some("back-01.cts.local") quorum Some(false) maintenance Some(true) stonith None moved []
    1 disabled, 0 blocked
    node back-02.cts.local unclean
    node back-01.cts.local online usable
    vmfence Stopped []
    dlm-clone/dlm Started ["back-02.cts.local"]
    dlm-clone/dlm Started ["back-01.cts.local"]
    clusterfs-clone/clusterfs Stopped [] disabled
    clusterfs-clone/clusterfs Stopped [] disabled
    db-master/db Promoted ["back-01.cts.local"]
    db-master/db Unpromoted ["back-02.cts.local"]
    docker-group/cluster_ip Started ["back-01.cts.local", "back-02.cts.local"]
    docker-group/dockerd Starting ["back-01.cts.local"]
    dockerd-exporter Stopped [] unmanaged disabled
    failure vmfence start back-01.cts.local
    failure dockerd monitor back-02.cts.local
    "#);
    let newest = well(fixture!("pacemaker-2.1.7-full.txt"));
    insta::assert_snapshot!(told(&newest), @r#"
    dc Some("back-01") quorum Some(true) maintenance Some(false) stonith None moved ["cluster_ip", "dockerd"]
    0 disabled, 1 blocked
    node back-01 online usable
    node back-02 online standby
    node back-03 pending
    node back-04 online maintenance
    node web-bundle-0 remote online usable
    dlm-clone/dlm Started ["back-01"]
    dlm-clone/dlm Stopped []
    web-bundle/web-bundle-ip-192.0.2.1 Started ["back-01"]
    web-bundle/httpd Started ["web-bundle-0"]
    stack-clone/stack/front Promoted ["back-01"]
    cluster_ip Started ["back-02"] unmanaged failed blocked
    dockerd Stopped [] unmanaged disabled
    leftover Started ["back-02"] orphaned
    failure cluster_ip monitor back-02
    failure vmfence start back-01
    ban cli-ban-dockerd-on-back-02 dockerd back-02
    "#);
    assert_eq!([oldest.notes, el7.notes, newest.notes], [[], [], []]);
}

#[test]
fn every_word_for_a_node() {
    for (word, states) in [
        ("standby", "online standby"),
        ("standby (on-fail)", "online standby on-fail"),
        ("OFFLINE", ""),
        ("OFFLINE (standby)", "standby"),
        ("OFFLINE (maintenance)", "maintenance"),
        ("maintenance", "online maintenance"),
        ("pending", "pending"),
        ("UNCLEAN (online)", "online unclean"),
        ("UNCLEAN (offline)", "unclean"),
        ("UNCLEAN (pending)", "pending unclean"),
        ("online, feature set 3.16.1", "online usable"),
        ("online:", "online usable"),
    ] {
        let cluster = well(&format!("Node List:\n  * Node back-02 (2): {word}\n"));
        let line = told(&cluster).lines().nth(1).map(str::to_owned);
        assert_eq!(line, Some(format!("node back-02 {states}").trim_end().to_owned()), "{word}");
        assert_eq!(cluster.notes, [], "{word}");
    }
    let odd = well("Node List:\n  * Node back-02: asleep\n");
    assert!(!odd.nodes[0].is_usable() && odd.notes.len() == 1);
}

#[test]
fn a_resource_line_that_is_not_understood_is_noted_and_no_resource() {
    let text = "Online: [ a b ]\nFull list of resources:\n  * 1/1\t(systemd:docker):\tActive a\n  dockerd is fine\n";
    let cluster = well(text);
    assert_eq!(cluster.active_node("dockerd"), Err(Unsettled::Unknown));
    let lines: Vec<usize> = cluster.notes.iter().map(|note| note.line).collect();
    assert_eq!(lines, [3, 4]);
}

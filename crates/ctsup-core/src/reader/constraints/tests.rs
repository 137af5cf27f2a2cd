//! The same two constraints of moves and one that stays, as each generation of pcs prints them.

use super::*;
use crate::reader::Reason;

/// One line a constraint: id, resource, node, score, origin.
fn told(text: &str) -> Vec<String> {
    let read = read(text).expect("constraints");
    assert_eq!(read.notes, [], "{text}");
    let line = |found: &LocationConstraint| {
        let id = found.id.as_deref().unwrap_or("-");
        let node = found.node.as_deref().unwrap_or("-");
        let (resource, score, origin) = (&found.resource, found.score, found.origin());
        format!("{id} {resource} {node} {score:?} {origin:?}")
    };
    read.locations.iter().map(line).collect()
}

const SAME: [&str; 3] = [
    "cli-prefer-dockerd dockerd back-01.cts.local Some(Infinity) Move",
    "cli-ban-cluster_ip-on-back-02 cluster_ip back-02 Some(MinusInfinity) Ban",
    "location-vmfence vmfence back-02 Some(Finite(100)) Standing",
];

#[test]
fn pcs_0_9() {
    let text = "\
Location Constraints:
  Resource: dockerd
    Enabled on: back-01.cts.local (score:INFINITY) (role: Started) (id:cli-prefer-dockerd)
  Resource: cluster_ip
    Disabled on: back-02 (score:-INFINITY) (role: Started) (id:cli-ban-cluster_ip-on-back-02)
  Resource: vmfence
    Enabled on: back-02 (score:100) (resource-discovery=never) (id:location-vmfence)
Ordering Constraints:
  start dlm-clone then start clvmd-clone (kind:Mandatory) (id:order-dlm-clvmd)
Colocation Constraints:
  dockerd with cluster_ip (score:INFINITY) (id:with-dockerd-cluster_ip)
Ticket Constraints:
";
    assert_eq!(told(text), SAME);
    let dockerd = read(text).expect("constraints").locations.remove(0);
    assert_eq!((dockerd.role.as_deref(), dockerd.line), (Some("Started"), 3));
}

#[test]
fn pcs_0_10() {
    let text = "\
Location Constraints:
  Resource: dockerd
    Enabled on:
      Node: back-01.cts.local (score:INFINITY) (role:Started) (id:cli-prefer-dockerd)
  Resource: cluster_ip
    Disabled on:
      Node: back-02 (score:-INFINITY) (role:Started) (id:cli-ban-cluster_ip-on-back-02)
  Resource: vmfence
    Enabled on:
      Node: back-02 (score:100) (id:location-vmfence)
Ordering Constraints:
Colocation Constraints:
Ticket Constraints:
";
    assert_eq!(told(text), SAME);
}

#[test]
fn pcs_0_11_6() {
    let text = "\
Location Constraints:
  Started resource 'dockerd' prefers node 'back-01.cts.local' with score INFINITY (id: cli-prefer-dockerd)
  Started resource 'cluster_ip' avoids node 'back-02' with score INFINITY (id: cli-ban-cluster_ip-on-back-02)
  resource 'vmfence' prefers node 'back-02' with score 100 (id: location-vmfence)
    resource-discovery=never
Colocation Constraints:
  Started resource 'dockerd' with Started resource 'cluster_ip' (id: with-dockerd-cluster_ip)
    score=INFINITY
Order Constraints:
  start resource 'dlm-clone' then start resource 'clvmd-clone' (id: order-dlm-clvmd)
";
    assert_eq!(told(text), SAME);
}

#[test]
fn grouped_by_resource() {
    let text = "\
Location Constraints:
  Resource: dockerd
    Prefers:
      node 'back-01.cts.local' with score INFINITY (id: cli-prefer-dockerd)
  Resource: cluster_ip
    Avoids:
      node 'back-02' with score INFINITY (id: cli-ban-cluster_ip-on-back-02)
  Resource: vmfence
    Prefers:
      node 'back-02' with score 100 (id: location-vmfence)
";
    assert_eq!(told(text), SAME);
}

#[test]
fn constraints_with_rules() {
    let old = "\
Location Constraints:
  Resource: dockerd
    Constraint: cli-prefer-dockerd
      Rule: boolean-op=and score=INFINITY  (id:cli-prefer-rule-dockerd)
        Expression: #uname eq string back-01  (id:cli-prefer-expr-dockerd)
        Expression: date lt 2026-11-22 11:00:00Z  (id:cli-prefer-lifetime-end-dockerd)
";
    let new = "\
Location Constraints:
  resource 'dockerd' (id: cli-prefer-dockerd)
    Rules:
      Rule: boolean-op=and score=INFINITY (id: cli-prefer-rule-dockerd)
        Expression: #uname eq string back-01 (id: cli-prefer-expr-dockerd)
  resource pattern 'web-.*' avoids node 'back-02' with score 5
";
    assert_eq!(told(old), ["cli-prefer-dockerd dockerd - Some(Infinity) Move"]);
    assert_eq!(
        told(new),
        [
            "cli-prefer-dockerd dockerd - Some(Infinity) Move",
            "- web-.* back-02 Some(Finite(-5)) Unknown"
        ]
    );
}

#[test]
fn none_is_an_answer_and_an_error_is_not() {
    for text in [
        "",
        "Location Constraints:\nOrdering Constraints:\n",
        "Warning: x\nColocation Constraints:\n",
    ] {
        assert_eq!(told(text), [""; 0], "{text}");
    }
    assert!(matches!(read("Error: unable to get cib\n"), Err(ReadError::CommandError { .. })));
    assert!(matches!(read("bash: pcs: command not found\n"), Err(ReadError::Missing { .. })));
}

#[test]
fn what_is_not_understood_is_noted() {
    let odd = read(
        "Location Constraints:\n  Resource: dockerd\n    Enabled on: back-01 (id:cli-prefer-dockerd)\n",
    );
    let odd = odd.expect("constraints");
    assert_eq!(odd.locations, []);
    assert_eq!(odd.notes, [Note { line: 3, reason: Reason::Unrecognised }]);
}

#[test]
fn a_million_is_infinity() {
    assert_eq!(Score::read("1000000"), Some(Score::Infinity));
    assert_eq!(Score::read("-1000000"), Some(Score::MinusInfinity));
    assert_eq!(Score::read("99999999999"), None);
}

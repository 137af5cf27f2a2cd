//! The order of the file, and how its certificates belong together.

use ctsup_certificate::{Code, Role, check};

use crate::make::{AT, HOST, Holder, Made, bundle, checked, faults, key, lines, text};

const CLEAN: [&str; 3] = ["server.pem", "intermediate.pem", "root.pem"];

#[test]
fn every_wrong_order_is_refused_and_the_right_one_named() {
    for (order, expected) in [
        ([0, 2, 1], "order-wrong order=1 3 2"),
        ([1, 0, 2], "order-wrong order=2 1 3"),
        ([1, 2, 0], "order-wrong order=3 1 2"),
        ([2, 0, 1], "order-wrong order=2 3 1"),
        ([2, 1, 0], "order-wrong order=3 2 1"),
    ] {
        let report = checked(bundle(&order.map(|index| CLEAN[index])));
        assert_eq!(faults(&report), [expected]);
    }
}

#[test]
fn a_missing_root_warns() {
    let report = checked(bundle(&CLEAN[..2]));
    assert_eq!(report.certificates[1].role, Role::Intermediate);
    assert_eq!(faults(&report), ["root-missing@2 issuer=O=Example, CN=Example Root"]);
    assert!(
        lines(&report)
            .contains(&"trust-unchecked@2 authority=O=Example, CN=Example Root".to_owned())
    );
}

#[test]
fn a_missing_intermediate_is_refused() {
    let missing = "issuer-missing@1 issuer=O=Example, CN=Example Intermediate";
    assert_eq!(faults(&checked(text("server.pem"))), [missing]);
    assert_eq!(
        faults(&checked(bundle(&["server.pem", "root.pem"]))),
        ["not-in-chain@2 subject=O=Example, CN=Example Root", missing]
    );
}

#[test]
fn a_root_that_the_chain_does_not_lead_to_shows_a_gap() {
    let other = Holder::authority("Other Root", key("root")).self_signed();
    assert_eq!(
        faults(&checked(bundle(&CLEAN[..2]) + &other)),
        [
            "not-in-chain@3 subject=CN=Other Root",
            "issuer-missing@2 issuer=O=Example, CN=Example Root"
        ]
    );
}

#[test]
fn a_foreign_certificate_that_is_no_root_shows_none() {
    let found = faults(&checked(bundle(&CLEAN[..2]) + &text("p521-server.pem")));
    assert!(
        found.contains(&"root-missing@2 issuer=O=Example, CN=Example Root".to_owned()),
        "{found:?}"
    );
}

#[test]
fn foreign_certificates_are_refused_wherever_they_stand() {
    let other = Holder::new("other.example.org", key("rsa-2048-other")).self_signed();
    let clean = text("clean.pem");
    let before = checked(other.clone() + &clean);
    assert_eq!(faults(&before), ["not-in-chain@1 subject=CN=other.example.org"]);
    assert_eq!(before.certificates[0].role, Role::Foreign);
    assert_eq!(faults(&checked(clean + &other)), ["not-in-chain@4 subject=CN=other.example.org"]);
}

#[test]
fn without_a_key_the_server_is_no_authority() {
    let authority = Holder::authority("Other Root", key("rsa-2048-other")).self_signed();
    let report = check((authority + &text("clean.pem")).as_bytes(), b"", HOST, AT);
    assert_eq!(faults(&report), ["private-key-missing", "not-in-chain@1 subject=CN=Other Root"]);
}

#[test]
fn of_two_server_certificates_it_is_the_keys() {
    let made = Made::new();
    let old = Holder::new("express", key("rsa-2048-other"));
    let old = made.intermediate.issue(&old);
    assert_eq!(
        faults(&checked(old.clone() + &made.bundle())),
        ["not-in-chain@1 subject=CN=express"]
    );
    // Without a key it is the first.
    let report = check((old + &made.bundle()).as_bytes(), b"", HOST, AT);
    assert!(faults(&report).contains(&"not-in-chain@2 subject=CN=express".to_owned()));
}

#[test]
fn duplicates_warn_once_and_do_not_disturb_the_order() {
    let report = checked(bundle(&[
        "server.pem",
        "server.pem",
        "intermediate.pem",
        "intermediate.pem",
        "root.pem",
    ]));
    assert_eq!(
        faults(&report),
        ["certificate-duplicate@2 first=1", "certificate-duplicate@4 first=3"]
    );
    assert_eq!(report.certificates[1].role, Role::Duplicate);
    let twice_weak = checked(bundle(&["sha1.pem", "sha1.pem", "intermediate.pem", "root.pem"]));
    let weak = twice_weak.findings.iter().filter(|finding| finding.code == Code::SignatureWeak);
    assert_eq!(weak.count(), 1);
}

#[test]
fn a_self_signed_server_certificate_warns() {
    assert_eq!(faults(&checked(Holder::server().self_signed())), ["self-signed@1"]);
    assert!(
        !lines(&checked(Holder::server().self_signed()))
            .iter()
            .any(|line| line.starts_with("trust"))
    );
}

#[test]
fn without_a_server_certificate_the_lowest_authority_stands_for_it() {
    let found = faults(&checked(bundle(&["root.pem", "intermediate.pem"])));
    for expected in ["order-wrong order=2 1", "server-is-ca@2", "private-key-mismatch@2"] {
        assert!(found.contains(&expected.to_owned()), "{expected} {found:?}");
    }
}

#[test]
fn names_cannot_forge_output() {
    let evil = Holder::new("ok\u{1b}[2K\u{202e}gro", key("rsa-2048-other")).self_signed();
    let report = checked(text("clean.pem") + &evil);
    assert_eq!(faults(&report), ["not-in-chain@4 subject=CN=ok\u{fffd}[2K\u{fffd}gro"]);
    assert_eq!(report.certificates[3].subject, "CN=ok\u{fffd}[2K\u{fffd}gro");
}

#[test]
fn lets_encrypt_is_allowed_and_named() {
    let mut made = Made::new();
    made.intermediate
        .params
        .distinguished_name
        .push(rcgen::DnType::OrganizationName, "Let's Encrypt");
    let report = made.report();
    assert_eq!(faults(&report), [""; 0]);
    assert!(lines(&report).contains(&"lets-encrypt@1".to_owned()));
}

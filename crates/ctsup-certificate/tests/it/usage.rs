//! What certificates may be used for, and what only a full verifier notices.

use rcgen::{
    BasicConstraints, CustomExtension, ExtendedKeyUsagePurpose, GeneralSubtree, IsCa,
    KeyUsagePurpose, NameConstraints, PKCS_ECDSA_P384_SHA384,
};

use crate::make::{HOST, Holder, Made, RawKey, bundle, checked, der, faults, hex, key, pem};

#[test]
fn a_server_certificate_must_serve() {
    let mut made = Made::new();
    made.server.params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
    assert_eq!(faults(&made.report()), ["usage-wrong@1 lacks=server-auth"]);
    made.server.params.extended_key_usages.push(ExtendedKeyUsagePurpose::ServerAuth);
    assert_eq!(faults(&made.report()), [""; 0]);

    made.server.params.key_usages = vec![KeyUsagePurpose::KeyEncipherment];
    assert_eq!(faults(&made.report()), ["usage-wrong@1 lacks=digital-signature"]);
    made.server.params.key_usages.push(KeyUsagePurpose::DigitalSignature);
    assert_eq!(faults(&made.report()), [""; 0]);
}

#[test]
fn an_authority_as_server_warns() {
    let mut made = Made::new();
    made.server.params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    assert_eq!(faults(&made.report()), ["server-is-ca@1"]);
    // As `openssl req -x509` makes them.
    assert_eq!(faults(&checked(made.server.self_signed())), ["self-signed@1", "server-is-ca@1"]);
}

#[test]
fn an_issuer_must_be_an_authority() {
    let mut made = Made::new();
    made.intermediate.params.is_ca = IsCa::ExplicitNoCa;
    assert_eq!(faults(&made.report()), ["not-a-ca@2 reason=basic-constraints"]);
    made.intermediate.params.is_ca = IsCa::NoCa;
    assert_eq!(faults(&made.report()), ["not-a-ca@2 reason=basic-constraints"]);

    let mut made = Made::new();
    made.intermediate.params.key_usages = vec![KeyUsagePurpose::CrlSign];
    assert_eq!(faults(&made.report()), ["not-a-ca@2 reason=key-usage"]);
    made.intermediate.params.key_usages.clear();
    assert_eq!(faults(&made.report()), [""; 0]);
}

#[test]
fn an_authority_may_limit_how_many_stand_below_it() {
    let mut made = Made::new();
    made.intermediate.params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    made.root.params.is_ca = IsCa::Ca(BasicConstraints::Constrained(1));
    assert_eq!(faults(&made.report()), [""; 0]);
    made.root.params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    assert_eq!(faults(&made.report()), ["not-a-ca@3 reason=path-length"]);

    // In the middle, where the verifier looks too: told once.
    let mut made = Made::new();
    let lower = Holder::authority("Lower", key("rsa-2048-other"));
    made.intermediate.params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    let bundle = lower.issue(&made.server)
        + &made.intermediate.issue(&lower)
        + &made.root.issue(&made.intermediate)
        + &made.root.self_signed();
    assert_eq!(faults(&checked(bundle)), ["not-a-ca@3 reason=path-length"]);
}

#[test]
fn the_verifier_notices_name_constraints() {
    let constraints = |name: &str| NameConstraints {
        permitted_subtrees: vec![GeneralSubtree::DnsName(name.into())],
        excluded_subtrees: Vec::new(),
    };
    let mut made = Made::new();
    made.root.params.name_constraints = Some(constraints("example.com"));
    assert_eq!(faults(&made.report()), ["chain-rejected@1 reason=name-constraints"]);
    made.root.params.name_constraints = Some(constraints("example.org"));
    assert_eq!(faults(&made.report()), [""; 0]);
}

#[test]
fn an_authority_may_be_bound_to_other_purposes() {
    let mut made = Made::new();
    made.intermediate.params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
    assert_eq!(faults(&made.report()), ["not-a-ca@2 reason=purpose"]);
    for purpose in [ExtendedKeyUsagePurpose::ServerAuth, ExtendedKeyUsagePurpose::Any] {
        made.intermediate.params.extended_key_usages[0] = purpose;
        assert_eq!(faults(&made.report()), [""; 0]);
    }
}

#[test]
fn the_verifier_notices_critical_extensions() {
    let mut made = Made::new();
    let mut unknown = CustomExtension::from_oid_content(&[1, 2, 3, 4], vec![5, 0]);
    unknown.set_criticality(true);
    made.server.params.custom_extensions = vec![unknown];
    assert_eq!(faults(&made.report()), ["chain-rejected@1 reason=critical-extension"]);
}

#[test]
fn the_verifier_notices_that_the_algorithm_was_changed() {
    // It stands inside, signed, and outside, where anybody can change it: here to SHA-384.
    let sha_256 = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 11];
    let mut der = der("server.pem");
    let outside = der.windows(9).rposition(|bytes| bytes == sha_256).unwrap();
    der[outside + 8] = 12;
    assert_eq!(
        faults(&checked(pem(&der) + &bundle(&["intermediate.pem", "root.pem"]))),
        [
            "signature-stronger@1 digest=SHA-384",
            "signature-invalid@1 by=2",
            "chain-rejected@1 reason=algorithms-differ"
        ]
    );
}

#[test]
fn the_verifier_notices_what_is_malformed() {
    let mut made = Made::new();
    // An extension may be there once: here the places of revocation lists, twice.
    let places = CustomExtension::from_oid_content(&[2, 5, 29, 31], vec![0x30, 0]);
    made.server.params.custom_extensions = vec![places.clone(), places];
    assert_eq!(faults(&made.report()), ["chain-rejected@1 reason=malformed"]);
}

#[test]
fn the_verifier_knows_keys_that_lost_all_trust() {
    // That of an authority on its list.
    let point = "0425dba85a64d397da0b1052e9ea546e487befea9c9d9d68a0c5eadcfeef75a69b\
        b5d6fc01f42bfbca6eb40bcd64c0767e36ffd05d97a813c5aa0c6c9530e79cf5f0\
        866468f13806420aa5c851840b1e252540e790e4b654c3852ed64af1e8657d";
    let found =
        faults(&checked(Made::new().bundle_for(&RawKey(hex(point), &PKCS_ECDSA_P384_SHA384))));
    assert!(found.contains(&"chain-rejected@1 reason=distrusted".to_owned()), "{found:?}");
}

#[test]
fn dates_and_purposes_do_not_hide_what_the_verifier_says() {
    let mut made = Made::new();
    made.server.params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
    made.server.params.not_after = rcgen::date_time_ymd(2029, 12, 1);
    made.root.params.name_constraints = Some(NameConstraints {
        permitted_subtrees: Vec::new(),
        excluded_subtrees: vec![GeneralSubtree::DnsName(HOST.into())],
    });
    assert_eq!(
        faults(&made.report()),
        [
            "expired@1 not_after=2029-12-01T00:00:00Z",
            "usage-wrong@1 lacks=server-auth",
            "chain-rejected@1 reason=name-constraints"
        ]
    );
}

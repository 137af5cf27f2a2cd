//! Who issued a certificate: by name, by signature, and where several could have.

use ctsup_certificate::{Role, check};
use rcgen::DnValue;

use crate::make::{AT, HOST, Holder, Made, bundle, bytes, checked, faults, key, text};

#[test]
fn the_signature_must_be_the_issuers_not_only_the_name() {
    let made = Made::new();
    // The same name, another key: an authority's new certificate beside a server's old one.
    let renewed = Holder::authority("Intermediate", key("rsa-2048-other"));
    let bundle = made.intermediate.issue(&made.server)
        + &made.root.issue(&renewed)
        + &made.root.self_signed();
    assert_eq!(faults(&checked(bundle)), ["signature-invalid@1 by=2"]);
}

#[test]
fn a_signature_of_another_kind_than_the_issuers_key_is_invalid() {
    let made = Made::new();
    let elliptic = Holder::authority("Intermediate", rcgen::KeyPair::generate().unwrap());
    let bundle = made.intermediate.issue(&made.server)
        + &made.root.issue(&elliptic)
        + &made.root.self_signed();
    assert_eq!(
        faults(&checked(bundle)),
        ["key-elliptic@2 curve=P-256", "signature-invalid@1 by=2"]
    );
}

#[test]
fn of_issuers_with_one_name_the_one_that_signed_is_taken() {
    let made = Made::new();
    let renewed = Holder::authority("Intermediate", key("rsa-2048-other"));
    let bundle = made.intermediate.issue(&made.server)
        + &made.root.issue(&renewed)
        + &made.root.issue(&made.intermediate)
        + &made.root.self_signed();
    assert_eq!(faults(&checked(bundle)), ["not-in-chain@2 subject=CN=Intermediate"]);
}

#[test]
fn of_equal_issuers_the_next_in_the_file_is_taken() {
    // An intermediate that two roots have certified.
    let made = Made::new();
    let other = Holder::authority("Other Root", key("rsa-2048-other"));
    let crossed = other.issue(&made.intermediate);
    assert_eq!(
        faults(&checked(crossed + &made.bundle())),
        ["not-in-chain@1 subject=CN=Intermediate"]
    );
}

#[test]
fn an_issuer_that_may_have_signed_is_taken_before_one_that_did_not() {
    // The two roots have one name.
    let bundle = bundle(&["p521-server.pem", "root.pem", "p521.pem"]);
    let report = check(bundle.as_bytes(), &bytes("p521-server.key"), HOST, AT);
    let roles: Vec<_> = report.certificates.iter().map(|certificate| certificate.role).collect();
    assert_eq!(roles, [Role::Server, Role::Foreign, Role::Root]);
}

#[test]
fn issuers_of_each_other_have_no_end() {
    let (one, other) =
        (Holder::authority("One", key("server")), Holder::authority("Other", key("root")));
    let report = checked(other.issue(&one) + &one.issue(&other));
    let roles: Vec<_> = report.certificates.iter().map(|certificate| certificate.role).collect();
    assert_eq!(roles, [Role::Server, Role::Intermediate]);
    assert!(faults(&report).contains(&"root-missing@2 issuer=CN=One".to_owned()));
}

#[test]
fn an_authority_that_changed_its_key_is_not_its_own_issuer() {
    let mut made = Made::new();
    let old = Holder::authority("Root", key("rsa-2048-other"));
    made.intermediate.params.distinguished_name = made.root.params.distinguished_name.clone();
    // The root's new certificate, issued from itself to itself with the old key.
    let bundle =
        made.intermediate.issue(&made.server) + &old.issue(&made.intermediate) + &old.self_signed();
    assert_eq!(faults(&checked(bundle)), [""; 0]);
}

#[test]
fn names_are_the_same_in_other_case_spaces_and_string_types() {
    let mut made = Made::new();
    let issued = made.intermediate.issue(&made.server);
    let name = DnValue::BmpString(" INTERMEDIATE ".try_into().unwrap());
    made.intermediate.params.distinguished_name.push(rcgen::DnType::CommonName, name);
    let bundle = issued + &made.root.issue(&made.intermediate) + &made.root.self_signed();
    assert_eq!(faults(&checked(bundle)), [""; 0]);
}

#[test]
fn what_cannot_be_verified_is_not_called_valid() {
    let chain = text("p521-server.pem") + &text("p521.pem");
    let report = check(chain.as_bytes(), &bytes("p521-server.key"), HOST, AT);
    assert!(
        faults(&report)
            .contains(&"signature-unchecked@1 algorithm=1.2.840.10045.4.3.2 by=2".to_owned())
    );
    assert!(!report.refused());
}

#[test]
fn what_a_weak_key_signed_is_not_called_invalid() {
    let found = faults(&checked(text("weak-root-server.pem") + &text("weak-root.pem")));
    assert_eq!(
        found,
        [
            "key-weak@2 bits=1024 least=2048",
            "signature-unchecked@1 algorithm=1.2.840.113549.1.1.11 by=2"
        ]
    );
}

//! Whether the certificate covers the service's external name.

use ctsup_certificate::{Code, Report, check};
use proptest::prelude::*;
use rcgen::{DnType, KeyPair, SanType};
use rustls_pki_types::{CertificateDer, ServerName};
use webpki::EndEntityCert;

use crate::make::{AT, Holder, bytes, faults, lines};

fn asked(names: &[&str], host: &str) -> Report {
    let names = names.iter().map(|name| SanType::DnsName((*name).try_into().unwrap()));
    let server = Holder::server().with(|params| params.subject_alt_names = names.collect());
    check(server.self_signed().as_bytes(), &bytes("server.key"), host, AT)
}

fn covered(names: &[&str], host: &str) -> bool {
    let report = asked(names, host);
    !report.findings.iter().any(|finding| finding.code == Code::NameNotCovered)
}

#[test]
fn names_and_wildcards() {
    for (name, host, expected) in [
        ("a.example.org", "a.example.org", true),
        ("A.Example.ORG", "a.example.org", true),
        ("a.example.org", "A.EXAMPLE.org.", true),
        ("a.example.org", "b.example.org", false),
        ("*.example.org", "a.example.org", true),
        ("*.Example.org", "A.example.ORG", true),
        // One label: neither none nor two.
        ("*.example.org", "example.org", false),
        ("*.example.org", "a.b.example.org", false),
        ("*.example.org", "aexample.org", false),
        ("a*.example.org", "ab.example.org", false),
        ("*", "example.org", false),
        ("b.*.org", "b.example.org", false),
        ("xn--e1aybc.xn--p1ai", "тест.рф", true),
        ("*.xn--p1ai", "ТЕСТ.РФ", true),
        ("xn--e1aybc.xn--p1ai", "xn--e1aybc.xn--p1ai", true),
        ("xn--e1aybc.xn--p1ai", "тесты.рф", false),
    ] {
        assert_eq!(covered(&[name], host), expected, "{name} {host}");
        assert_eq!(covered(&["x.example.net", name], host), expected, "{name} {host}");
    }
}

#[test]
fn the_finding_lists_the_names_there_are() {
    let report = asked(&["a.example.org", "*.example.net"], "b.example.org");
    assert_eq!(
        faults(&report),
        [
            "self-signed@1",
            "name-not-covered@1 host=b.example.org names=a.example.org, *.example.net"
        ]
    );
}

#[test]
fn a_common_name_is_ignored_and_said_so() {
    for (common_name, host) in [
        ("a.example.org", "a.example.org"),
        ("*.example.org", "a.example.org"),
        ("тест.рф", "тест.рф"),
    ] {
        for names in [vec![], vec![SanType::DnsName("x.example.net".try_into().unwrap())]] {
            let server = Holder::server().with(|params| {
                params.subject_alt_names = names;
                params.distinguished_name.push(DnType::CommonName, common_name);
            });
            let report = check(server.self_signed().as_bytes(), &bytes("server.key"), host, AT);
            let found = lines(&report);
            assert!(found.iter().any(|line| line.starts_with("name-not-covered@1")), "{found:?}");
            assert!(
                found.contains(&format!("common-name-ignored@1 common_name={common_name}")),
                "{found:?}"
            );
            assert!(report.refused());
        }
    }
    let unlike = lines(&asked(&["a.example.org"], "b.example.org"));
    assert!(!unlike.iter().any(|line| line.starts_with("common-name")));
}

#[test]
fn hosts_that_are_no_name() {
    for (host, reason) in [
        ("", "syntax"),
        (".", "syntax"),
        ("https://a.example.org", "syntax"),
        ("a b.example.org", "syntax"),
        ("*.example.org", "syntax"),
        ("a..example.org", "syntax"),
        ("192.0.2.1", "address"),
        ("2001:db8::1", "address"),
        ("[2001:db8::1]", "address"),
        ("express", "not-fully-qualified"),
    ] {
        let found = faults(&asked(&["a.example.org"], host));
        assert_eq!(
            found,
            ["self-signed@1".to_owned(), format!("host-invalid host={host} reason={reason}")]
        );
    }
}

proptest! {
    /// The matching here against that of `rustls-webpki`, over few labels so that they often meet.
    #[test]
    fn agrees_with_webpki(
        names in prop::collection::vec("(\\*\\.)?([abAB]{1,2}\\.){1,3}(org|xn--p1ai)", 1..4),
        host in "([abAB]{1,2}\\.){1,4}(org|xn--p1ai)",
    ) {
        let mut server = Holder::new("x", KeyPair::generate().unwrap());
        let sans = names.iter().map(|name| SanType::DnsName(name.as_str().try_into().unwrap()));
        server.params.subject_alt_names = sans.collect();
        let certificate = server.params.self_signed(&server.key).unwrap();
        let report = check(certificate.pem().as_bytes(), b"", &host, AT);
        let ours = !report.findings.iter().any(|finding| finding.code == Code::NameNotCovered);

        let der = CertificateDer::from(certificate.der().to_vec());
        let parsed = EndEntityCert::try_from(&der).unwrap();
        let name = ServerName::try_from(host.as_str()).unwrap();
        let theirs = parsed.verify_is_valid_for_subject_name(&name).is_ok();
        prop_assert_eq!(ours, theirs, "{:?} {}", names, host);
    }
}

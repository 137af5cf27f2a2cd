//! Version, key and signature of each certificate.

use ctsup_certificate::{Role, check};
use rcgen::{
    KeyPair, PKCS_ECDSA_P256_SHA256, PKCS_ECDSA_P384_SHA384, PKCS_ED25519, PKCS_RSA_SHA256,
    PKCS_RSA_SHA384, PKCS_RSA_SHA512,
};

use crate::make::{AT, HOST, Made, RawKey, bundle, bytes, chain_of, checked, faults, lines, text};

#[test]
fn the_clean_bundle_has_nothing_but_notes() {
    for report in [checked(text("clean.pem")), Made::new().report()] {
        assert!(!report.refused());
        assert_eq!(faults(&report), [""; 0]);
        let roles: Vec<_> =
            report.certificates.iter().map(|certificate| certificate.role).collect();
        assert_eq!(roles, [Role::Server, Role::Intermediate, Role::Root]);
    }
    assert_eq!(
        lines(&checked(text("clean.pem"))),
        ["trust-unchecked@3 authority=O=Example, CN=Example Root", "tls-version least=1.2"]
    );
}

#[test]
fn a_summary_tells_a_certificate_by_what_openssl_shows() {
    let report = checked(text("clean.pem"));
    let server = &report.certificates[0];
    assert_eq!(server.line, 1);
    assert_eq!(server.subject, "CN=express.example.org");
    assert_eq!(server.issuer, "O=Example, CN=Example Intermediate");
    assert_eq!(server.names, [HOST]);
    assert_eq!(server.key, "RSA 2048");
    assert_eq!(server.not_before.to_string(), NOT_BEFORE);
    assert_eq!(server.fingerprint, FINGERPRINT);
}

const NOT_BEFORE: &str = "2026-11-22T14:32:31Z";
const FINGERPRINT: &str = "3980575cf20eb1354059f3764a20cd3a4d296b8560265a7c243756f5277e22ef";

#[test]
fn version_1_is_refused() {
    let found = faults(&checked(chain_of("v1.pem")));
    assert!(found.contains(&"version-old@1 version=1".to_owned()), "{found:?}");
}

#[test]
fn rsa_keys_are_measured_to_the_bit() {
    for (name, bits) in [("rsa-1024", 1024), ("rsa-2047", 2047)] {
        let bundle = chain_of(&format!("{name}.pem"));
        let report = check(bundle.as_bytes(), &bytes(&format!("{name}.key")), HOST, AT);
        assert_eq!(faults(&report), [format!("key-weak@1 bits={bits} least=2048")]);
    }
}

#[test]
fn curves_warn_and_their_key_belongs() {
    let bundle = chain_of("p256.pem");
    assert_eq!(
        faults(&check(bundle.as_bytes(), &bytes("p256.key"), HOST, AT)),
        ["key-elliptic@1 curve=P-256"]
    );
    for (algorithm, curve) in
        [(&PKCS_ECDSA_P256_SHA256, "P-256"), (&PKCS_ECDSA_P384_SHA384, "P-384")]
    {
        let mut made = Made::new();
        made.server.key = KeyPair::generate_for(algorithm).unwrap();
        let key = made.server.key.serialize_pem();
        let report = check(made.bundle().as_bytes(), key.as_bytes(), HOST, AT);
        assert_eq!(faults(&report), [format!("key-elliptic@1 curve={curve}")]);
    }
}

#[test]
fn keys_that_clients_do_not_support_are_refused() {
    let bundle = chain_of("secp256k1.pem");
    let report = check(bundle.as_bytes(), &bytes("secp256k1.key"), HOST, AT);
    assert_eq!(
        faults(&report),
        [
            "key-unsupported@1 algorithm=1.3.132.0.10",
            "private-key-unchecked@1 algorithm=1.3.132.0.10"
        ]
    );

    // RSA by name only.
    let report = checked(Made::new().bundle_for(&RawKey(vec![0x30, 0], &PKCS_RSA_SHA256)));
    assert_eq!(
        faults(&report),
        ["key-unsupported@1 algorithm=1.2.840.113549.1.1.1", "private-key-mismatch@1"]
    );

    let mut made = Made::new();
    made.intermediate.key = KeyPair::generate_for(&PKCS_ED25519).unwrap();
    assert_eq!(
        faults(&made.report()),
        [
            "signature-unsupported@1 algorithm=1.3.101.112",
            "key-unsupported@2 algorithm=1.3.101.112"
        ]
    );
}

#[test]
fn weak_digests_are_refused() {
    for (fixture, digest, algorithm) in [
        ("sha1.pem", "SHA-1", "1.2.840.113549.1.1.5"),
        ("md5.pem", "MD5", "1.2.840.113549.1.1.4"),
        ("pss-sha1.pem", "SHA-1", "1.2.840.113549.1.1.10"),
    ] {
        assert_eq!(
            faults(&checked(chain_of(fixture))),
            [
                format!("signature-weak@1 digest={digest}"),
                format!("signature-unchecked@1 algorithm={algorithm} by=2")
            ]
        );
    }
}

#[test]
fn sha_256_is_sha_256_in_pss_too() {
    assert_eq!(faults(&checked(chain_of("pss.pem"))), [""; 0]);
}

#[test]
fn stronger_digests_warn() {
    for (algorithm, digest) in [(&PKCS_RSA_SHA384, "SHA-384"), (&PKCS_RSA_SHA512, "SHA-512")] {
        let mut made = Made::new();
        made.intermediate.key =
            KeyPair::from_pem_and_sign_algo(&text("intermediate.key"), algorithm).unwrap();
        assert_eq!(faults(&made.report()), [format!("signature-stronger@1 digest={digest}")]);
    }
}

#[test]
fn a_roots_own_signature_only_warns() {
    let bundle = text("server.pem") + &text("intermediate.pem") + &text("root-sha1.pem");
    assert_eq!(faults(&checked(bundle)), ["root-signature-weak@3 algorithm=SHA-1"]);
    // Nor is it the root's fault when the chain does not reach it.
    let gap = text("server.pem") + &text("root-sha1.pem");
    assert!(faults(&checked(gap)).contains(&"root-signature-weak@2 algorithm=SHA-1".to_owned()));
    // The same certificate as the server's own is not excused.
    let report = check(&bytes("root-sha1.pem"), &bytes("root.key"), HOST, AT);
    assert!(faults(&report).contains(&"signature-weak@1 digest=SHA-1".to_owned()));
}

#[test]
fn an_authoritys_key_counts_as_well() {
    let weak = bundle(&["server.pem", "intermediate.pem", "rsa-1024.pem"]);
    let found = faults(&checked(weak));
    assert!(found.contains(&"key-weak@3 bits=1024 least=2048".to_owned()), "{found:?}");
}

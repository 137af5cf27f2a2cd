//! What the two files hold besides what belongs there, or instead of it.

use ctsup_certificate::check;

use crate::make::{AT, HOST, bytes, chain_of, checked, der, faults, pem, text};

#[test]
fn nothing_in_the_bundle() {
    for bundle in ["", " \n\r\n", "-----BEGIN X509 CRL-----\nMAA=\n-----END X509 CRL-----\n"] {
        let found = faults(&checked(bundle));
        assert!(found.contains(&"bundle-empty".to_owned()), "{bundle:?} {found:?}");
    }
}

#[test]
fn other_blocks_in_the_bundle() {
    let clean = text("clean.pem");
    let after = clean.lines().count() + 1;
    let parameters = "-----BEGIN DH PARAMETERS-----\nMAA=\n-----END DH PARAMETERS-----\n";
    assert_eq!(
        faults(&checked(clean.clone() + parameters)),
        [format!("block-ignored file=bundle label=DH PARAMETERS line={after}")]
    );
    for key in ["server.key", "server-pkcs1.key", "server-encrypted.key", "server-legacy.key"] {
        assert_eq!(
            faults(&checked(clean.clone() + &text(key))),
            [format!("key-in-bundle line={after}")],
            "{key}"
        );
    }
}

#[test]
fn certificates_that_cannot_be_read() {
    let mut longer = der("server.pem");
    longer.push(0);
    for (bundle, reason) in [
        (pem(b"0123"), "not-a-certificate"),
        (pem(b""), "not-a-certificate"),
        (pem(&longer), "trailing-data"),
        (text("trusted.pem"), "trusted-certificate"),
    ] {
        assert_eq!(
            faults(&checked(bundle)),
            [format!("certificate-unreadable line=1 reason={reason}")]
        );
    }
}

#[test]
fn an_extension_twice_is_unreadable() {
    let mut twice = der("server.pem");
    // The second of the extensions, key usage (2.5.29.15), becomes basic constraints (2.5.29.19).
    let at = twice.windows(3).position(|bytes| bytes == [0x55, 0x1d, 0x0f]).unwrap();
    twice[at + 2] = 0x13;
    let bundle = pem(&twice) + &text("intermediate.pem") + &text("root.pem");
    let found = faults(&checked(bundle));
    assert!(
        found.contains(&"certificate-unreadable@1 line=1 reason=extensions".to_owned()),
        "{found:?}"
    );
}

#[test]
fn files_handed_in_the_wrong_way_round() {
    let report = check(&bytes("server.key"), &bytes("clean.pem"), HOST, AT);
    let found = faults(&report);
    for expected in [
        "key-in-bundle line=1",
        "bundle-empty",
        "private-key-missing",
        "block-ignored file=key label=CERTIFICATE line=1",
    ] {
        assert!(found.contains(&expected.to_owned()), "{expected} {found:?}");
    }
}

#[test]
fn all_faults_at_once() {
    let bundle = chain_of("sha1.pem") + &text("server-encrypted.key");
    let found = faults(&check(bundle.as_bytes(), &bytes("rsa-2047.key"), "other.example.org", AT));
    let codes: Vec<_> = found.iter().map(|line| line.split([' ', '@']).next().unwrap()).collect();
    assert_eq!(
        codes,
        [
            "key-in-bundle",
            "signature-weak",
            "signature-unchecked",
            "name-not-covered",
            "private-key-mismatch"
        ]
    );
}

//! Whether the private key is the certificate's.

use ctsup_certificate::check;
use rcgen::PKCS_ECDSA_P256_SHA256;

use crate::make::{AT, HOST, Made, RawKey, bytes, chain_of, der, faults, hex, pem, text, with_key};

/// The base point of P-256: the public key whose secret is 1.
const X: &str = "6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296";
const Y: &str = "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5";

/// An EC key on P-256 with this secret and public half, both as hexadecimal elements.
fn elliptic(secret: &str, public: &str) -> String {
    let content = format!("020101{secret}a00a06082a8648ce3d030107{public}");
    let der = hex(&format!("30{:02x}{content}", content.len() / 2));
    pem(&der).replace("CERTIFICATE", "EC PRIVATE KEY")
}

#[test]
fn a_key_belongs_in_every_form_openssl_reads() {
    let pkcs8 = text("server.key");
    for key in [pkcs8.clone(), text("server-pkcs1.key"), pkcs8.replace("PRIVATE", "RSA PRIVATE")] {
        assert_eq!(with_key(key), [""; 0]);
    }
    for key in ["p256.key", "p256-no-public.key"] {
        let report = check(chain_of("p256.pem").as_bytes(), &bytes(key), HOST, AT);
        assert_eq!(faults(&report), ["key-elliptic@1 curve=P-256"], "{key}");
    }
}

#[test]
fn a_key_of_another_certificate_is_refused() {
    for key in ["rsa-2048-other.key", "rsa-1024.key", "p256.key", "secp256k1.key"] {
        assert_eq!(with_key(text(key)), ["private-key-mismatch@1"], "{key}");
    }
    for (server, key) in [
        ("p256.pem", "p256-other.key"),
        ("p256.pem", "p521.key"),
        ("p256.pem", "server.key"),
        ("p521-server.pem", "p521.key"),
    ] {
        let found = faults(&check(chain_of(server).as_bytes(), &bytes(key), HOST, AT));
        assert!(found.contains(&"private-key-mismatch@1".to_owned()), "{server} {key} {found:?}");
    }
}

#[test]
fn a_public_half_that_lies_does_not_help() {
    // The secret of one key beside the public half of the certificate's.
    let (own, mut forged) = (der("p256.key"), der("p256-other.key"));
    forged[39..].copy_from_slice(&own[39..]);
    let key = pem(&forged).replace("CERTIFICATE", "EC PRIVATE KEY");
    let found = faults(&check(chain_of("p256.pem").as_bytes(), key.as_bytes(), HOST, AT));
    assert!(found.contains(&"private-key-mismatch@1".to_owned()), "{found:?}");
}

#[test]
fn a_secret_may_be_written_without_leading_zeros() {
    let bundle =
        Made::new().bundle_for(&RawKey(hex(&format!("04{X}{Y}")), &PKCS_ECDSA_P256_SHA256));
    let found =
        |secret| faults(&check(bundle.as_bytes(), elliptic(secret, "").as_bytes(), HOST, AT));
    assert_eq!(found("040101"), ["key-elliptic@1 curve=P-256"]);
    assert_eq!(found("040102"), ["key-elliptic@1 curve=P-256", "private-key-mismatch@1"]);
}

#[test]
fn a_compressed_point_is_compared_with_the_public_half() {
    let bundle = Made::new().bundle_for(&RawKey(hex(&format!("03{X}")), &PKCS_ECDSA_P256_SHA256));
    let found = |public: &str| {
        faults(&check(bundle.as_bytes(), elliptic("040101", public).as_bytes(), HOST, AT))
    };
    assert_eq!(found(&format!("a12403220003{X}")), ["key-elliptic@1 curve=P-256"]);
    assert_eq!(
        found(""),
        ["key-elliptic@1 curve=P-256", "private-key-unchecked@1 algorithm=P-256"]
    );
}

#[test]
fn the_whole_public_half_counts() {
    let mut key = der("server-pkcs1.key");
    let exponent = key.windows(5).position(|bytes| bytes == [2, 3, 1, 0, 1]).unwrap();
    key[exponent + 4] = 3;
    let key = pem(&key).replace("CERTIFICATE", "RSA PRIVATE KEY");
    assert_eq!(with_key(key), ["private-key-mismatch@1"]);
}

#[test]
fn where_the_curve_cannot_be_computed_the_public_half_decides() {
    let chain = text("p521-server.pem") + &text("p521.pem");
    let found = |key: &str| faults(&check(chain.as_bytes(), &bytes(key), HOST, AT));
    assert!(!found("p521-server.key").iter().any(|line| line.starts_with("private")));
    assert!(
        found("p521-server-no-public.key")
            .contains(&"private-key-unchecked@1 algorithm=P-521".to_owned())
    );
}

//! Damage to the files themselves. What OpenSSL 3.0 does with each was tried with
//! `SSL_CTX_use_certificate_chain_file`, which reads as nginx does.

use ctsup_certificate::check;
use data_encoding::BASE64;

use crate::make::{AT, HOST, bytes, checked, der, faults, text};

#[test]
fn clean_in_every_harmless_spelling() {
    let clean = text("clean.pem");
    let one_line = |text: &str| {
        let joined = text.lines().filter(|line| !line.starts_with("-----")).collect::<String>();
        format!("-----BEGIN CERTIFICATE-----\n{joined}\n-----END CERTIFICATE-----\n")
    };
    for (what, bundle) in [
        ("as made", clean.clone()),
        ("DOS line ends", clean.replace('\n', "\r\n")),
        ("no final line end", clean.trim_end().to_owned()),
        ("spaces at line ends", clean.replace('\n', "  \n")),
        ("words between the blocks", clean.replace("-----BEGIN", "subject=CN = x\n\n-----BEGIN")),
        ("a blank line after BEGIN", clean.replace("E-----\nMII", "E-----\n\nMII")),
        ("no padding", clean.replace('=', "")),
        ("the old label", clean.replace("CERTIFICATE", "X509 CERTIFICATE")),
        (
            "long lines",
            ["server.pem", "intermediate.pem", "root.pem"].map(|f| one_line(&text(f))).concat(),
        ),
    ] {
        assert_eq!(faults(&checked(&bundle)), [""; 0], "{what}");
    }
}

#[test]
fn damage_is_named_with_its_line() {
    let clean = text("clean.pem");
    let lines = text("server.pem").lines().count();
    let root = lines + text("intermediate.pem").lines().count() + 1;
    let glued = clean.replacen("-----END CERTIFICATE-----\n", "-----END CERTIFICATE-----", 1);
    let blank = clean.replacen("\n", "\nMIIA\n\n", 1);
    for (bundle, expected) in [
        // Both halves of a glued line are read: nothing else is wrong with them.
        (glued, format!("pem-malformed file=bundle line={lines} reason=glued")),
        (
            clean.replacen("-----END CERTIFICATE-----\n", "", 1),
            "pem-malformed file=bundle line=1 reason=end-missing".to_owned(),
        ),
        (
            clean.replacen("-----BEGIN CERTIFICATE-----\n", "", 1),
            format!("pem-malformed file=bundle line={} reason=begin-missing", lines - 1),
        ),
        (
            clean.replacen("-----END CERTIFICATE-----", "-----END X509 CERTIFICATE-----", 1),
            format!("pem-malformed file=bundle line={lines} reason=labels-differ"),
        ),
        (
            clean.replacen("-----BEGIN", "  -----BEGIN", 1),
            "pem-malformed file=bundle line=1 reason=marker".to_owned(),
        ),
        (
            clean.replacen("BEGIN CERTIFICATE-----", "BEGIN CERTIFICATE----", 1),
            "pem-malformed file=bundle line=1 reason=marker".to_owned(),
        ),
        (blank, "pem-malformed file=bundle line=1 reason=blank-line".to_owned()),
        (
            clean.replacen("-----\n", "-----\nComment: ours\n\n", 1),
            "pem-malformed file=bundle line=1 reason=header".to_owned(),
        ),
        (
            clean.replacen("MII", "M!I", 1),
            "pem-malformed file=bundle line=1 reason=base64".to_owned(),
        ),
        (
            clean.replacen("-----END", "====\n-----END", 1),
            "pem-malformed file=bundle line=1 reason=base64".to_owned(),
        ),
        (
            clean.trim_end().trim_end_matches("-----END CERTIFICATE-----").to_owned(),
            format!("pem-malformed file=bundle line={root} reason=end-missing"),
        ),
    ] {
        let found = faults(&checked(&bundle));
        assert!(found.contains(&expected), "{expected}\n{found:#?}");
    }
}

#[test]
fn after_a_glued_line_everything_is_still_read() {
    let glued = text("clean.pem").replace("-----\n-----", "----------");
    let report = checked(glued);
    assert_eq!(report.certificates.len(), 3);
    assert!(faults(&report).iter().all(|line| line.ends_with("reason=glued")));
}

#[test]
fn a_byte_order_mark_warns_and_is_read_past() {
    let marked = [b"\xef\xbb\xbf".as_slice(), &bytes("clean.pem")].concat();
    assert_eq!(faults(&checked(marked)), ["byte-order-mark file=bundle"]);
}

#[test]
fn what_is_not_pem_is_recognised_and_checked_all_the_same() {
    let lone = "issuer-missing@1 issuer=O=Example, CN=Example Intermediate";
    let base64 = BASE64.encode(&der("server.pem"));
    for (bundle, looks, certificates) in [
        (der("server.pem"), "der", 1),
        (base64.into_bytes(), "base64", 1),
        (bytes("server.p12"), "pkcs12", 0),
        (b"\xff\xfe-\0-\0".to_vec(), "utf-16", 0),
        (b"please find attached".to_vec(), "other", 0),
    ] {
        let report = checked(bundle);
        let mut expected = vec![format!("not-pem file=bundle looks={looks}")];
        expected.extend((certificates > 0).then(|| lone.to_owned()));
        assert_eq!(faults(&report), expected, "{looks}");
        assert_eq!(report.certificates.len(), certificates, "{looks}");
    }
}

#[test]
fn a_der_key_is_checked_all_the_same() {
    let clean = bytes("clean.pem");
    for (key, also) in [
        ("server.key", None),
        ("server-pkcs1.key", None),
        ("rsa-2047.key", Some("private-key-mismatch@1")),
        ("server-encrypted.key", Some("private-key-encrypted form=pkcs8 line=1")),
    ] {
        let found = faults(&check(&clean, &der(key), HOST, AT));
        let expected: Vec<_> = ["not-pem file=key looks=der"].into_iter().chain(also).collect();
        assert_eq!(found, expected, "{key}");
    }
}

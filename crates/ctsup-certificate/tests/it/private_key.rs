//! What the key file holds.

use ctsup_certificate::check;

use crate::make::{AT, HOST, hex, pem, text, with_key};

#[test]
fn encrypted_keys_are_refused() {
    assert_eq!(with_key(text("server-encrypted.key")), ["private-key-encrypted form=pkcs8 line=1"]);
    assert_eq!(with_key(text("server-legacy.key")), ["private-key-encrypted form=legacy line=1"]);
    // The other kind of Proc-Type does not encrypt; OpenSSL takes neither.
    let signed =
        text("server-pkcs1.key").replacen("-----\n", "-----\nProc-Type: 4,MIC-ONLY\n\n", 1);
    assert_eq!(with_key(signed), ["pem-malformed file=key line=1 reason=header"]);
}

#[test]
fn none_or_several() {
    assert_eq!(with_key(""), ["private-key-missing"]);
    assert_eq!(
        with_key(text("server.pem")),
        ["block-ignored file=key label=CERTIFICATE line=1", "private-key-missing"]
    );
    let both = |first: &str, second: &str| text(first) + &text(second);
    assert_eq!(with_key(both("server.key", "root.key")), ["private-keys-several count=2"]);
    // nginx takes the first.
    assert_eq!(
        with_key(both("root.key", "server.key")),
        ["private-keys-several count=2", "private-key-mismatch@1"]
    );
}

#[test]
fn keys_that_cannot_be_read() {
    let relabel = |label: &str| text("server-pkcs1.key").replace("RSA PRIVATE KEY", label);
    for label in ["OPENSSH PRIVATE KEY", "DSA PRIVATE KEY"] {
        assert_eq!(
            with_key(relabel(label)),
            ["private-key-unreadable line=1 reason=format"],
            "{label}"
        );
    }
    // Too few numbers, something else among them, no numbers at all.
    let short = |content: &str| {
        let der = hex(&format!("30{:02x}{content}", content.len() / 2));
        pem(&der).replace("CERTIFICATE", "RSA PRIVATE KEY")
    };
    let five = "020103".repeat(5);
    for key in [
        relabel("PRIVATE KEY"),
        short(&format!("020100020103020103{five}")),
        short(&format!("020100020103020103{five}040103")),
        short(""),
        "-----BEGIN PRIVATE KEY-----\nMAA=\n-----END PRIVATE KEY-----\n".to_owned(),
    ] {
        assert_eq!(with_key(&key), ["private-key-unreadable line=1 reason=content"], "{key}");
    }
}

#[test]
fn a_damaged_key_file_is_not_called_empty() {
    let key = text("server.key").replacen("MII", "M!I", 1);
    assert_eq!(with_key(key), ["pem-malformed file=key line=1 reason=base64"]);
    assert_eq!(with_key("secret"), ["not-pem file=key looks=other"]);
}

#[test]
fn nothing_of_a_key_is_in_a_report() {
    let key = text("server.key");
    let secrets: Vec<&str> = key.lines().filter(|line| line.len() == 64).collect();
    for (bundle, key) in [
        (text("clean.pem") + &key, key.clone()),
        (key.clone(), key.replace("-----", "----")),
        (key.replace('\n', " "), key.replace("BEGIN", "BEGIN ")),
    ] {
        let report = format!("{:?}", check(bundle.as_bytes(), key.as_bytes(), HOST, AT));
        assert!(secrets.iter().all(|secret| !report.contains(secret)), "{report}");
    }
}

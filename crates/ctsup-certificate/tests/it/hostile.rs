//! Inputs nobody meant: whatever the bytes, the answer is a report.

use std::sync::LazyLock;

use ctsup_certificate::{Report, Time, check};
use proptest::prelude::*;

use crate::make::{AT, HOST, bytes, der, pem};

/// What is true of every report.
fn sound(report: &Report) {
    for finding in &report.findings {
        assert_eq!(finding.severity, finding.code.severity());
        let mut expected = finding.code.args().to_vec();
        expected.sort_unstable();
        assert!(finding.args.keys().eq(&expected), "{finding:?}");
        assert!(
            finding.certificate.is_none_or(|index| index < report.certificates.len()),
            "{finding:?}"
        );
        assert!(
            !finding.args.values().any(|value| value.contains(char::is_control)),
            "{finding:?}"
        );
    }
}

static BUNDLE: LazyLock<Vec<u8>> = LazyLock::new(|| bytes("clean.pem"));
static KEYS: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| {
    ["server.key", "server-pkcs1.key", "p256.key", "server-legacy.key"].map(bytes).into()
});

/// Certificates without their framing.
static CONTENTS: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| {
    ["server.pem", "intermediate.pem", "root.pem", "pss.pem", "p256.pem"].map(der).into()
});

/// Changes, doubles or drops bytes at some places.
fn mutate(bytes: &mut Vec<u8>, changes: &[(usize, u8, u8)]) {
    for &(place, what, value) in changes {
        let place = place % bytes.len().max(1);
        match what {
            0..=191 if place < bytes.len() => bytes[place] = value,
            192..=223 => bytes.insert(place, value),
            224..=247 if place < bytes.len() => drop(bytes.remove(place)),
            _ => bytes.truncate(place),
        }
    }
}

fn changes() -> impl Strategy<Value = Vec<(usize, u8, u8)>> {
    prop::collection::vec(any::<(usize, u8, u8)>(), 1..6)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn any_bytes(bundle: Vec<u8>, key: Vec<u8>, host: String, at: i64) {
        sound(&check(&bundle, &key, &host, Time::from_unix(at)));
    }

    #[test]
    fn mutated_pem(bundle in changes(), key in changes(), which in 0..4_usize) {
        let (mut damaged, mut damaged_key) = (BUNDLE.clone(), KEYS[which].clone());
        mutate(&mut damaged, &bundle);
        mutate(&mut damaged_key, &key);
        sound(&check(&damaged, &damaged_key, HOST, AT));
    }

    /// Damage under the Base64, where it reaches the readers of certificates.
    #[test]
    fn mutated_der(all in prop::collection::vec((0..5_usize, changes()), 1..5)) {
        let mut bundle = String::new();
        for (which, changes) in all {
            let mut der = CONTENTS[which].clone();
            mutate(&mut der, &changes);
            bundle += &pem(&der);
            sound(&check(&der, &der, HOST, AT));
        }
        sound(&check(bundle.as_bytes(), &KEYS[0], HOST, AT));
    }

    /// Marks and words of PEM in any mixture.
    #[test]
    fn mixed_framing(lines in prop::collection::vec(
        "(-----(BEGIN|END) )?(CERTIFICATE|PRIVATE KEY|RSA PRIVATE KEY|X)?(-----)?|MAA=|Proc-Type: 4,ENCRYPTED|A:|", 0..12,
    )) {
        let text = lines.join("\n");
        sound(&check(text.as_bytes(), text.as_bytes(), HOST, AT));
    }
}

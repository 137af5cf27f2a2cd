//! Checks a certificate bundle and its private key against the requirements of the vendor's guide.
//!
//! The guide asks of the two files that go to `/opt/express/nginx/certs/`: X.509 version 3, a key of
//! 2048 bits or more, a SHA-256 signature, an unencrypted private key, the external name of the
//! service, PEM, and the order server, intermediates, root. Where it is silent or loose (elliptic
//! curves, stronger digests, a root left out) the reading is in the [`Severity`] of each [`Code`].
//!
//! Bytes in, findings out: no files, no network, no clock, no language. [`check`] gathers *all*
//! findings, because a certificate is ordered once and people wait days for it. Sentences are made
//! elsewhere, from [`Code::as_str`] and the arguments.
//!
//! Not for deciding whether an authority is publicly trusted: that needs a root store, so it stays
//! with a person, and [`Code::TrustUnchecked`] says so each time.

mod chain;
mod code;
mod read;
mod report;
mod rule;
mod signature;
mod time;

pub use code::{Code, Severity};
pub use report::{Finding, Report, Role, Summary};
pub use time::Time;

use read::armour::{self, File};
use read::{certificate, private_key};

/// Checks the certificate file `bundle` and the key file `key` for the service name `host`, as of `at`.
///
/// Never fails: whatever the bytes are, what is wrong with them is a finding. Where a defect can be
/// looked past (DER instead of PEM, a wrong order) the rest is checked all the same.
///
/// ```
/// use ctsup_certificate::{Code, Severity, Time, check};
///
/// let bundle = include_bytes!("../tests/fixtures/clean.pem");
/// let key = include_bytes!("../tests/fixtures/server.key");
/// let at = Time::from_unix(1_893_456_000); // 2030-01-01
///
/// let report = check(bundle, key, "express.example.org", at);
/// assert!(!report.refused());
///
/// let report = check(bundle, key, "mail.example.org", at);
/// assert!(report.refused());
/// let finding = report.of(Severity::Refuse).next().unwrap();
/// assert_eq!(finding.code, Code::NameNotCovered);
/// assert_eq!(finding.args["names"], "express.example.org");
/// ```
pub fn check(bundle: &[u8], key: &[u8], host: &str, at: Time) -> Report {
    let bundle = armour::open(File::Bundle, bundle);
    let key = armour::open(File::Key, key);
    let (certificates, mut findings) = certificate::read_all(&bundle);
    let (private_key, about_key) = private_key::read_file(&key);
    findings.extend(about_key);

    let chain = chain::arrange(&certificates, private_key.as_ref());
    findings.extend(rule::certificate::judge(&certificates, &chain, at));
    findings.extend(rule::chain::judge(&certificates, &chain));
    findings.extend(rule::usage::judge(&certificates, &chain));
    findings.extend(rule::verifier::judge(&certificates, &chain));
    findings.extend(rule::host::judge(&certificates, &chain, host));
    findings.extend(rule::private_key::judge(&certificates, &chain, private_key.as_ref()));
    findings.extend(rule::notice::judge(&certificates, &chain));

    Report {
        findings,
        certificates: certificates
            .iter()
            .enumerate()
            .map(|(index, certificate)| certificate.summary(chain.role(index)))
            .collect(),
    }
}

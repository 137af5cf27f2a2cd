//! Bundles to check: fixtures, and certificates made to order.

use ctsup_certificate::{Finding, Report, Severity, Time, check};
use data_encoding::{BASE64, HEXLOWER};
use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, IsCa, Issuer, KeyPair,
    KeyUsagePurpose, PublicKeyData, SignatureAlgorithm, date_time_ymd,
};

pub(crate) const HOST: &str = "express.example.org";
/// 2030-01-01T00:00:00Z.
pub(crate) const AT: Time = Time::from_unix(1_893_456_000);
pub(crate) const DAY: i64 = 24 * 60 * 60;

pub(crate) fn bytes(fixture: &str) -> Vec<u8> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/");
    std::fs::read(format!("{folder}{fixture}")).unwrap()
}

pub(crate) fn text(fixture: &str) -> String {
    String::from_utf8(bytes(fixture)).unwrap()
}

/// What is under a fixture's framing.
pub(crate) fn der(fixture: &str) -> Vec<u8> {
    let text = text(fixture);
    let (_, block) = text.rsplit_once("-----BEGIN ").unwrap();
    let body: String = block.lines().skip(1).filter(|line| !line.starts_with("-----")).collect();
    BASE64.decode(body.as_bytes()).unwrap()
}

/// A certificate with its framing.
pub(crate) fn pem(der: &[u8]) -> String {
    let body = BASE64.encode(der);
    format!("-----BEGIN CERTIFICATE-----\n{body}\n-----END CERTIFICATE-----\n")
}

/// The fixtures' texts, one after the other.
pub(crate) fn bundle(fixtures: &[&str]) -> String {
    fixtures.iter().map(|fixture| text(fixture)).collect()
}

/// A server certificate fixture with the rest of the clean chain.
pub(crate) fn chain_of(server: &str) -> String {
    bundle(&[server, "intermediate.pem", "root.pem"])
}

/// Checks a bundle with the key and the name that belong to the clean one.
pub(crate) fn checked(bundle: impl AsRef<[u8]>) -> Report {
    check(bundle.as_ref(), &bytes("server.key"), HOST, AT)
}

/// Checks a key file with the clean bundle.
pub(crate) fn with_key(key: impl AsRef<[u8]>) -> Vec<String> {
    faults(&check(&bytes("clean.pem"), key.as_ref(), HOST, AT))
}

/// Refusals and warnings as lines like `expired@1 not_after=...`, with the position from 1.
pub(crate) fn faults(report: &Report) -> Vec<String> {
    let judged = report.findings.iter().filter(|finding| finding.severity != Severity::Note);
    judged.map(line).collect()
}

/// As [`faults`], for all findings.
pub(crate) fn lines(report: &Report) -> Vec<String> {
    report.findings.iter().map(line).collect()
}

fn line(finding: &Finding) -> String {
    let mut line = finding.code.as_str().to_owned();
    if let Some(index) = finding.certificate {
        line += &format!("@{}", index + 1);
    }
    for (name, value) in &finding.args {
        line += &format!(" {name}={value}");
    }
    line
}

/// The RSA key of a fixture.
pub(crate) fn key(name: &str) -> KeyPair {
    KeyPair::from_pem(&text(&format!("{name}.key"))).unwrap()
}

/// Somebody who holds a certificate, and may issue others.
pub(crate) struct Holder {
    pub(crate) params: CertificateParams,
    pub(crate) key: KeyPair,
}

impl Holder {
    pub(crate) fn new(name: &str, key: KeyPair) -> Self {
        let mut params = CertificateParams::default();
        params.distinguished_name = DistinguishedName::new();
        params.distinguished_name.push(DnType::CommonName, name);
        params.not_before = date_time_ymd(2029, 1, 1);
        params.not_after = date_time_ymd(2031, 1, 1);
        Self { params, key }
    }

    pub(crate) fn authority(name: &str, key: KeyPair) -> Self {
        let mut holder = Self::new(name, key);
        holder.params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        holder.params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
        holder
    }

    pub(crate) fn server() -> Self {
        let mut holder = Self::new("express", key("server"));
        holder.params.subject_alt_names = vec![rcgen::SanType::DnsName(HOST.try_into().unwrap())];
        holder
    }

    /// The same with something changed.
    pub(crate) fn with(mut self, change: impl FnOnce(&mut CertificateParams)) -> Self {
        change(&mut self.params);
        self
    }

    pub(crate) fn issue(&self, to: &Holder) -> String {
        let issuer = Issuer::from_params(&self.params, &self.key);
        to.params.signed_by(&to.key, &issuer).unwrap().pem()
    }

    pub(crate) fn self_signed(&self) -> String {
        self.params.self_signed(&self.key).unwrap().pem()
    }
}

/// Server, intermediate and root, to be changed before the bundle is made.
pub(crate) struct Made {
    pub(crate) server: Holder,
    pub(crate) intermediate: Holder,
    pub(crate) root: Holder,
}

impl Made {
    pub(crate) fn new() -> Self {
        Self {
            server: Holder::server(),
            intermediate: Holder::authority("Intermediate", key("intermediate")),
            root: Holder::authority("Root", key("root")),
        }
    }

    /// The three certificates in the guide's order.
    pub(crate) fn bundle(&self) -> String {
        self.intermediate.issue(&self.server)
            + &self.root.issue(&self.intermediate)
            + &self.root.self_signed()
    }

    /// The same with a public key in the server's certificate that nobody need have the secret of.
    pub(crate) fn bundle_for(&self, key: &RawKey) -> String {
        let issuer = Issuer::from_params(&self.intermediate.params, &self.intermediate.key);
        let server = self.server.params.signed_by(key, &issuer).unwrap();
        server.pem() + &self.root.issue(&self.intermediate) + &self.root.self_signed()
    }

    pub(crate) fn report(&self) -> Report {
        checked(self.bundle())
    }
}

/// The bits of a public key and its kind.
pub(crate) struct RawKey(pub(crate) Vec<u8>, pub(crate) &'static SignatureAlgorithm);

impl PublicKeyData for RawKey {
    fn der_bytes(&self) -> &[u8] {
        &self.0
    }

    fn algorithm(&self) -> &'static SignatureAlgorithm {
        self.1
    }
}

pub(crate) fn hex(digits: &str) -> Vec<u8> {
    HEXLOWER.decode(digits.as_bytes()).unwrap()
}

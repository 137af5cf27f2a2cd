//! The certificates of a bundle.

use std::fmt::Write;

use ring::digest::{SHA256, digest};
use x509_parser::prelude::{FromDer, GeneralName, X509Certificate};

use super::armour::{Block, Contents};
use super::distinguished_name;
use super::public_key::PublicKey;
use crate::report::printable;
use crate::{Code, Finding, Role, Summary};

/// A certificate that could be read.
pub(crate) struct Certificate<'a> {
    pub(crate) parsed: X509Certificate<'a>,
    pub(crate) der: &'a [u8],
    pub(crate) key: PublicKey,
    line: usize,
}

impl Certificate<'_> {
    /// The DNS names it is for. The common name is none of them: clients ignore it.
    pub(crate) fn names(&self) -> Vec<&str> {
        let Ok(Some(extension)) = self.parsed.subject_alternative_name() else {
            return Vec::new();
        };
        let names = extension.value.general_names.iter();
        names
            .filter_map(|name| match name {
                GeneralName::DNSName(name) => Some(*name),
                _ => None,
            })
            .collect()
    }

    pub(crate) fn subject(&self) -> String {
        distinguished_name::describe(self.parsed.subject())
    }

    pub(crate) fn issuer(&self) -> String {
        distinguished_name::describe(self.parsed.issuer())
    }

    /// Whether `issuer` is, by name, the one that issued this certificate.
    pub(crate) fn names_as_issuer(&self, issuer: &Certificate<'_>) -> bool {
        distinguished_name::same(self.parsed.issuer(), issuer.parsed.subject())
    }

    pub(crate) fn summary(&self, role: Role) -> Summary {
        let mut fingerprint = String::new();
        for byte in digest(&SHA256, self.der).as_ref() {
            // Writing to a string can't fail.
            let _ = write!(fingerprint, "{byte:02x}");
        }
        Summary {
            line: self.line,
            role,
            subject: printable(&self.subject()),
            issuer: printable(&self.issuer()),
            names: self.names().into_iter().map(printable).collect(),
            not_before: self.parsed.validity().not_before.into(),
            not_after: self.parsed.validity().not_after.into(),
            key: self.key.describe(),
            fingerprint,
        }
    }
}

/// Reads the certificates of a bundle, and says what else is in it.
pub(crate) fn read_all(bundle: &Contents) -> (Vec<Certificate<'_>>, Vec<Finding>) {
    let mut certificates = Vec::new();
    let mut findings = bundle.findings.clone();
    let mut blocks = 0;
    for block in &bundle.blocks {
        if block.is_private_key() {
            findings.push(Finding::new(Code::KeyInBundle).with("line", block.line));
            continue;
        }
        match block.label.as_str() {
            // The second is OpenSSL's old label, which it still reads; the empty one was no PEM.
            "CERTIFICATE" | "X509 CERTIFICATE" | "" => match read(block) {
                Ok(certificate) => {
                    if !extensions_readable(&certificate) {
                        findings.push(unreadable(block, "extensions").at(certificates.len()));
                    }
                    certificates.push(certificate);
                }
                Err(reason) => findings.push(unreadable(block, reason)),
            },
            // OpenSSL takes it in the first place only and skips it in any other.
            "TRUSTED CERTIFICATE" => findings.push(unreadable(block, "trusted-certificate")),
            _ => {
                findings.push(bundle.ignored(block));
                continue;
            }
        }
        blocks += 1;
    }
    if blocks == 0 && !bundle.damaged() {
        findings.push(Finding::new(Code::BundleEmpty));
    }
    (certificates, findings)
}

fn read(block: &Block) -> Result<Certificate<'_>, &'static str> {
    let (rest, parsed) = X509Certificate::from_der(&block.der).map_err(|_| "not-a-certificate")?;
    if !rest.is_empty() {
        return Err("trailing-data");
    }
    Ok(Certificate {
        key: PublicKey::read(parsed.public_key()),
        parsed,
        der: &block.der,
        line: block.line,
    })
}

/// Whether the extensions that the rules ask for are there at most once and well-formed.
fn extensions_readable(certificate: &Certificate<'_>) -> bool {
    let parsed = &certificate.parsed;
    parsed.subject_alternative_name().is_ok()
        && parsed.basic_constraints().is_ok()
        && parsed.key_usage().is_ok()
        && parsed.extended_key_usage().is_ok()
}

fn unreadable(block: &Block, reason: &str) -> Finding {
    Finding::new(Code::CertificateUnreadable).with("line", block.line).with("reason", reason)
}

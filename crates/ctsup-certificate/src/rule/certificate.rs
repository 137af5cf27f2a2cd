//! What the guide asks of each certificate by itself: version, key, signature, dates.

use x509_parser::x509::X509Version;

use crate::chain::{Chain, signs_itself};
use crate::read::certificate::Certificate;
use crate::read::public_key::{PublicKey, bit_length};
use crate::signature::Digest;
use crate::{Code, Finding, Role, Time};

/// The guide's least key length. It says "length of the key" and means RSA.
const LEAST_BITS: usize = 2048;

/// Time to order a certificate, with the paperwork, and to find a maintenance window for it.
const SOON_DAYS: i64 = 30;

pub(crate) fn judge(certificates: &[Certificate<'_>], chain: &Chain, at: Time) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (index, certificate) in certificates.iter().enumerate() {
        let role = chain.role(index);
        // A copy would only say everything twice.
        if role != Role::Duplicate {
            let all = [version(certificate), key(certificate), signature(certificate, role)];
            let all = all.into_iter().flatten().chain(dates(certificate, at));
            findings.extend(all.map(|finding| finding.at(index)));
        }
    }
    findings
}

fn version(certificate: &Certificate<'_>) -> Option<Finding> {
    let version = certificate.parsed.version();
    (version != X509Version::V3)
        .then(|| Finding::new(Code::VersionOld).with("version", u64::from(version.0) + 1))
}

fn key(certificate: &Certificate<'_>) -> Option<Finding> {
    match &certificate.key {
        PublicKey::Rsa { modulus, .. } => {
            let bits = bit_length(modulus);
            (bits < LEAST_BITS)
                .then(|| Finding::new(Code::KeyWeak).with("bits", bits).with("least", LEAST_BITS))
        }
        PublicKey::Elliptic { curve, .. } => {
            Some(Finding::new(Code::KeyElliptic).with("curve", curve.as_str()))
        }
        PublicKey::Other { algorithm } => {
            Some(Finding::new(Code::KeyUnsupported).with("algorithm", algorithm))
        }
    }
}

fn signature(certificate: &Certificate<'_>, role: Role) -> Option<Finding> {
    let identifier = || certificate.parsed.signature_algorithm.algorithm.to_id_string();
    let root = role != Role::Server && signs_itself(certificate);
    match (Digest::of(certificate), root) {
        (Some(Digest::Sha256), _) => None,
        (Some(digest), _) if digest > Digest::Sha256 => {
            Some(Finding::new(Code::SignatureStronger).with("digest", digest.as_str()))
        }
        // Roots of great authorities are still signed with SHA-1, and the guide wants the root in
        // the file. A root is trusted for being in the client's store; OpenSSL and browsers pass
        // over its own signature.
        (digest, true) => {
            let algorithm = digest.map_or_else(identifier, |digest| digest.as_str().to_owned());
            Some(Finding::new(Code::RootSignatureWeak).with("algorithm", algorithm))
        }
        (Some(digest), _) => {
            Some(Finding::new(Code::SignatureWeak).with("digest", digest.as_str()))
        }
        (None, _) => Some(Finding::new(Code::SignatureUnsupported).with("algorithm", identifier())),
    }
}

fn dates(certificate: &Certificate<'_>, at: Time) -> Vec<Finding> {
    let validity = certificate.parsed.validity();
    let (first, last) = (Time::from(validity.not_before), Time::from(validity.not_after));
    let mut findings = Vec::new();
    if at < first {
        findings.push(Finding::new(Code::NotYetValid).with("not_before", first));
    }
    let days = at.days_until(last);
    if at > last {
        findings.push(Finding::new(Code::Expired).with("not_after", last));
    } else if days < SOON_DAYS {
        findings.push(Finding::new(Code::ExpiresSoon).with("not_after", last).with("days", days));
    }
    findings
}

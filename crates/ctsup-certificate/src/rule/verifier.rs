//! A second opinion: what a TLS client's verifier says to the chain as we arranged it.
//!
//! It adds what no rule here looks at (name constraints, critical extensions) and stays silent on
//! what has a code of its own. Verifiers stop at their first error, so this one is asked in a way
//! that dates and purposes, which have such codes, can't be it.

use std::time::Duration;

use rustls_pki_types::{CertificateDer, UnixTime};
use webpki::{
    ALL_VERIFICATION_ALGS, EndEntityCert, Error, ExtendedKeyUsageValidator, KeyPurposeIdIter,
    anchor_from_trusted_cert,
};

use crate::chain::Chain;
use crate::read::certificate::Certificate;
use crate::{Code, Finding, Time};

pub(crate) fn judge(certificates: &[Certificate<'_>], chain: &Chain) -> Option<Finding> {
    let members: Vec<_> = chain.members.iter().map(|&index| &certificates[index]).collect();
    let [server, intermediates @ .., anchor] = members.as_slice() else {
        return None;
    };
    let error = verify(server, intermediates, anchor).err()?;
    let finding = Finding::new(Code::ChainRejected).with("reason", reason(&error)?);
    Some(finding.at(chain.server()?))
}

fn verify(
    server: &Certificate<'_>,
    intermediates: &[&Certificate<'_>],
    anchor: &Certificate<'_>,
) -> Result<(), Error> {
    let anchor = CertificateDer::from(anchor.der);
    let server_der = CertificateDer::from(server.der);
    let between: Vec<_> = intermediates.iter().map(|one| CertificateDer::from(one.der)).collect();
    let dated = intermediates.iter().copied().chain([server]);
    let Some(time) = common_moment(dated) else {
        return Ok(());
    };
    EndEntityCert::try_from(&server_der)?.verify_for_usage(
        ALL_VERIFICATION_ALGS,
        &[anchor_from_trusted_cert(&anchor)?],
        &between,
        time,
        AnyPurpose,
        None,
        None,
    )?;
    Ok(())
}

struct AnyPurpose;

impl ExtendedKeyUsageValidator for AnyPurpose {
    fn validate(&self, _: KeyPurposeIdIter<'_, '_>) -> Result<(), Error> {
        Ok(())
    }
}

/// A moment at which all are valid; the root's dates the verifier does not look at.
fn common_moment<'a>(certificates: impl Iterator<Item = &'a Certificate<'a>>) -> Option<UnixTime> {
    let (mut first, mut last) = (0, i64::MAX);
    for certificate in certificates {
        let validity = certificate.parsed.validity();
        first = first.max(Time::from(validity.not_before).unix());
        last = last.min(Time::from(validity.not_after).unix());
    }
    let seconds = u64::try_from(first).ok().filter(|_| first <= last)?;
    Some(UnixTime::since_unix_epoch(Duration::from_secs(seconds)))
}

/// The argument for errors that no other code tells.
fn reason(error: &Error) -> Option<&'static str> {
    Some(match error {
        Error::NameConstraintViolation
        | Error::MalformedNameConstraint
        | Error::InvalidNetworkMaskConstraint => "name-constraints",
        Error::UnsupportedCriticalExtension => "critical-extension",
        Error::SignatureAlgorithmMismatch => "algorithms-differ",
        Error::CertDistrusted => "distrusted",
        Error::BadDer
        | Error::BadDerTime
        | Error::EmptyEkuExtension
        | Error::ExtensionValueInvalid
        | Error::InvalidSerialNumber
        | Error::MalformedExtensions
        | Error::TrailingData(_) => "malformed",
        _ => return None,
    })
}

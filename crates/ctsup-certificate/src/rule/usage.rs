//! What each certificate may be used for: serving, or issuing the one below it.

use crate::chain::Chain;
use crate::read::certificate::Certificate;
use crate::{Code, Finding};

pub(crate) fn judge(certificates: &[Certificate<'_>], chain: &Chain) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (place, &index) in chain.members.iter().enumerate() {
        let certificate = &certificates[index];
        let found = match place {
            0 => serving(certificate),
            _ => issuing(certificate, place - 1),
        };
        findings.extend(found.into_iter().map(|finding| finding.at(index)));
    }
    findings
}

fn serving(certificate: &Certificate<'_>) -> Vec<Finding> {
    let parsed = &certificate.parsed;
    let mut findings = Vec::new();
    let lacks = |what| Finding::new(Code::UsageWrong).with("lacks", what);
    // An extension that is not there forbids nothing.
    if let Ok(Some(purposes)) = parsed.extended_key_usage()
        && !purposes.value.server_auth
    {
        findings.push(lacks("server-auth"));
    }
    // Key agreement with forward secrecy, the only one in TLS 1.3, signs with the server's key.
    if let Ok(Some(usage)) = parsed.key_usage()
        && !usage.value.digital_signature()
    {
        findings.push(lacks("digital-signature"));
    }
    if parsed.is_ca() {
        findings.push(Finding::new(Code::ServerIsCa));
    }
    findings
}

/// An authority with `below` other authorities between it and the server.
fn issuing(certificate: &Certificate<'_>, below: usize) -> Vec<Finding> {
    let parsed = &certificate.parsed;
    let mut findings = Vec::new();
    let reason = |reason| Finding::new(Code::NotCa).with("reason", reason);
    match parsed.basic_constraints() {
        Ok(Some(constraints)) if constraints.value.ca => {
            let most = constraints.value.path_len_constraint;
            if most.is_some_and(|most| below > most as usize) {
                findings.push(reason("path-length"));
            }
        }
        _ => findings.push(reason("basic-constraints")),
    }
    if let Ok(Some(usage)) = parsed.key_usage()
        && !usage.value.key_cert_sign()
    {
        findings.push(reason("key-usage"));
    }
    // Given to an authority, purposes bound those of all certificates below it.
    if let Ok(Some(purposes)) = parsed.extended_key_usage()
        && !purposes.value.server_auth
        && !purposes.value.any
    {
        findings.push(reason("purpose"));
    }
    findings
}

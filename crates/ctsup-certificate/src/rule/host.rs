//! Whether the server's certificate covers the external name of the service.
//!
//! `rustls-webpki` can match names too, but for no certificate that it can't read in full, and then
//! the name would go unchecked. The tests hold the two against each other.

use std::net::IpAddr;

use crate::chain::Chain;
use crate::read::certificate::Certificate;
use crate::read::distinguished_name;
use crate::{Code, Finding};

pub(crate) fn judge(certificates: &[Certificate<'_>], chain: &Chain, host: &str) -> Vec<Finding> {
    let name = match normalise(host) {
        Ok(name) => name,
        Err(reason) => {
            return vec![Finding::new(Code::HostInvalid).with("host", host).with("reason", reason)];
        }
    };
    let Some(index) = chain.server() else {
        return Vec::new();
    };
    let certificate = &certificates[index];
    let names = certificate.names();
    if names.iter().any(|pattern| covers(pattern, &name)) {
        return Vec::new();
    }
    let finding =
        Finding::new(Code::NameNotCovered).with("host", host).with("names", names.join(", "));
    let mut findings = vec![finding.at(index)];
    let common_names = distinguished_name::values(certificate.parsed.subject(), "CN");
    let would_do =
        |pattern: &String| covers(pattern, &name) || normalise(pattern).as_ref() == Ok(&name);
    if let Some(pattern) = common_names.into_iter().find(would_do) {
        findings.push(Finding::new(Code::CommonNameIgnored).with("common_name", pattern).at(index));
    }
    findings
}

/// The name as certificates have it: lower case, in punycode, without the final dot.
fn normalise(host: &str) -> Result<String, &'static str> {
    let host = host.trim();
    let unbracketed = host.trim_start_matches('[').trim_end_matches(']');
    if unbracketed.parse::<IpAddr>().is_ok() {
        return Err("address");
    }
    let ascii = idna::domain_to_ascii_strict(host.trim_end_matches('.')).map_err(|_| "syntax")?;
    if !ascii.contains('.') {
        return Err("not-fully-qualified");
    }
    Ok(ascii)
}

/// Whether a name in a certificate covers `host`. A wildcard is the whole first label and stands
/// for exactly one label.
fn covers(pattern: &str, host: &str) -> bool {
    match (pattern.strip_prefix("*."), host.split_once('.')) {
        (Some(parent), Some((_, rest))) => parent.eq_ignore_ascii_case(rest),
        (Some(_), None) => false,
        (None, _) => pattern.eq_ignore_ascii_case(host),
    }
}

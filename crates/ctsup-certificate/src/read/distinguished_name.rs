//! Subjects and issuers: as text, and whether two are the same.

use x509_parser::asn1_rs::{Any, Tag};
use x509_parser::objects::{oid_registry, oid2abbrev};
use x509_parser::x509::X509Name;

/// The name on one line, in the order in which the certificate has it.
pub(crate) fn describe(name: &X509Name<'_>) -> String {
    let part = |(kind, value): (String, String)| format!("{kind}={value}");
    attributes(name).map(part).collect::<Vec<_>>().join(", ")
}

/// The attributes of a kind, by its usual abbreviation.
pub(crate) fn values(name: &X509Name<'_>, kind: &str) -> Vec<String> {
    let wanted = attributes(name).filter(|(found, _)| found == kind);
    wanted.map(|(_, value)| value).collect()
}

/// Whether two names are the same: case, runs of spaces and string types don't matter (RFC 5280,
/// 7.1). Authorities do change the string type between their own certificate and those they issue.
pub(crate) fn same(one: &X509Name<'_>, other: &X509Name<'_>) -> bool {
    one.as_raw() == other.as_raw() || folded(one).eq(folded(other))
}

fn folded(name: &X509Name<'_>) -> impl Iterator<Item = (String, String)> {
    attributes(name).map(|(kind, value)| {
        let words: Vec<_> = value.split_whitespace().collect();
        (kind, words.join(" ").to_lowercase())
    })
}

fn attributes(name: &X509Name<'_>) -> impl Iterator<Item = (String, String)> {
    name.iter_attributes().map(|attribute| {
        let kind = match oid2abbrev(attribute.attr_type(), oid_registry()) {
            Ok(abbreviation) => abbreviation.to_owned(),
            Err(_) => attribute.attr_type().to_id_string(),
        };
        (kind, text(attribute.attr_value()))
    })
}

/// BMPString is UTF-16; everything else in use is UTF-8, or near enough to be recognised.
fn text(value: &Any<'_>) -> String {
    if value.tag() != Tag::BmpString {
        return String::from_utf8_lossy(value.data).into_owned();
    }
    let pairs = value.data.chunks_exact(2);
    let units: Vec<u16> = pairs.map(|pair| u16::from_be_bytes([pair[0], pair[1]])).collect();
    String::from_utf16_lossy(&units)
}

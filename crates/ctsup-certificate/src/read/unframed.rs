//! Files that are not PEM: what they look like, and what of them can be checked all the same.

use super::armour::{Block, Contents, decode};
use super::der;
use crate::Code;

/// Says what a file without PEM looks like, and takes what can still be checked.
pub(super) fn read(contents: &mut Contents, bytes: &[u8]) {
    let packed: Vec<u8> =
        bytes.iter().copied().filter(|byte| !byte.is_ascii_whitespace()).collect();
    if packed.is_empty() {
        return;
    }
    let naked = decode(&packed).filter(|der| der::sequence(der).is_some());
    let (looks, der) = match (der::sequence(bytes), naked) {
        (Some(items), _) if is_pkcs12(&items) => ("pkcs12", None),
        (Some(_), _) => ("der", Some(bytes.to_vec())),
        (None, Some(der)) => ("base64", Some(der)),
        (None, None) if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") => {
            ("utf-16", None)
        }
        (None, None) => ("other", None),
    };
    let finding = contents.finding(Code::NotPem).with("looks", looks);
    contents.findings.push(finding);
    contents.blocks.extend(der.map(|der| Block {
        line: 1,
        label: String::new(),
        der,
        encrypted: false,
    }));
}

/// PFX, RFC 7292: version 3, then a content info.
fn is_pkcs12(items: &[der::Item<'_>]) -> bool {
    matches!(items, [version, content, ..] if version.integer() == Some(&[3]) && content.is_sequence())
}

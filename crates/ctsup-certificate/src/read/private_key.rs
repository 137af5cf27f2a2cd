//! The private key of a key file.
//!
//! Told by its shape in ASN.1, since a DER file has no label: PKCS#8 (RFC 5958), PKCS#1 (RFC 8017),
//! SEC 1 (RFC 5915). Nothing of a private key ever enters a finding.

use super::armour::{Block, Contents};
use super::der::{self, Item};
use super::public_key::{Curve, ELLIPTIC, RSA};
use crate::{Code, Finding};

/// A private key, as far as needed to tell whose it is.
pub(crate) enum PrivateKey<'a> {
    /// The public numbers, which are part of it.
    Rsa {
        modulus: &'a [u8],
        exponent: &'a [u8],
    },
    Elliptic {
        curve: Curve,
        secret: &'a [u8],
        public: Option<&'a [u8]>,
    },
    Other {
        algorithm: String,
    },
}

/// Reads the key file; of several keys, the first, as nginx does.
pub(crate) fn read_file(contents: &Contents) -> (Option<PrivateKey<'_>>, Vec<Finding>) {
    let mut findings = contents.findings.clone();
    let mut keys = Vec::new();
    for block in &contents.blocks {
        match block.label.as_str() {
            _ if block.is_private_key() => keys.push(block),
            "" => keys.push(block),
            // `openssl ecparam -genkey` writes those beside the key: nothing to bother people with.
            "EC PARAMETERS" => {}
            _ => findings.push(contents.ignored(block)),
        }
    }
    if keys.len() > 1 {
        findings.push(Finding::new(Code::PrivateKeysSeveral).with("count", keys.len()));
    }
    let Some(block) = keys.first() else {
        if !contents.damaged() {
            findings.push(Finding::new(Code::PrivateKeyMissing));
        }
        return (None, findings);
    };
    let about = |code, name, value| Finding::new(code).with("line", block.line).with(name, value);
    let key = match read(block) {
        Ok(key) => Some(key),
        Err(Unusable::Encrypted(form)) => {
            findings.push(about(Code::PrivateKeyEncrypted, "form", form));
            None
        }
        Err(Unusable::Unreadable(reason)) => {
            findings.push(about(Code::PrivateKeyUnreadable, "reason", reason));
            None
        }
    };
    (key, findings)
}

enum Unusable {
    Encrypted(&'static str),
    Unreadable(&'static str),
}

fn read(block: &Block) -> Result<PrivateKey<'_>, Unusable> {
    if block.encrypted {
        return Err(Unusable::Encrypted("legacy"));
    }
    let content = Unusable::Unreadable("content");
    let items = der::sequence(&block.der);
    match (block.label.as_str(), items.as_deref()) {
        ("ENCRYPTED PRIVATE KEY", _) => Err(Unusable::Encrypted("pkcs8")),
        ("", Some([algorithm, data])) if algorithm.is_sequence() && data.octets().is_some() => {
            Err(Unusable::Encrypted("pkcs8"))
        }
        // OpenSSL reads nothing but PKCS#8 under this label, and both under the older ones.
        ("PRIVATE KEY", Some(items)) => pkcs8(items).ok_or(content),
        ("RSA PRIVATE KEY" | "EC PRIVATE KEY" | "", Some(items)) => {
            let key = pkcs8(items).or_else(|| rsa(items)).or_else(|| elliptic(items, None));
            key.ok_or(content)
        }
        ("PRIVATE KEY" | "RSA PRIVATE KEY" | "EC PRIVATE KEY" | "", None) => Err(content),
        // OPENSSH, DSA and whatever comes: not for nginx.
        _ => Err(Unusable::Unreadable("format")),
    }
}

fn pkcs8<'a>(items: &[Item<'a>]) -> Option<PrivateKey<'a>> {
    let [version, algorithm, key, ..] = items else {
        return None;
    };
    version.integer()?;
    let algorithm = algorithm.items()?;
    let parameter = algorithm.get(1).and_then(Item::identifier);
    let algorithm = algorithm.first()?.identifier()?;
    let inner = key.octets()?;
    match algorithm.as_str() {
        RSA => rsa(&der::sequence(inner)?),
        ELLIPTIC => elliptic(&der::sequence(inner)?, parameter),
        _ => Some(PrivateKey::Other { algorithm }),
    }
}

fn rsa<'a>(items: &[Item<'a>]) -> Option<PrivateKey<'a>> {
    // Version, the public numbers, and six secret ones that a file cut short would lack.
    let [version, modulus, exponent, secret @ ..] = items else {
        return None;
    };
    version.integer()?;
    let complete = secret.len() >= 6 && secret.iter().take(6).all(|item| item.integer().is_some());
    complete
        .then_some(PrivateKey::Rsa { modulus: modulus.integer()?, exponent: exponent.integer()? })
}

fn elliptic<'a>(items: &[Item<'a>], curve: Option<String>) -> Option<PrivateKey<'a>> {
    let [version, secret, rest @ ..] = items else {
        return None;
    };
    version.integer()?;
    let secret = secret.octets()?;
    let own = rest.iter().find_map(|item| item.tagged(0)?.identifier());
    let public = rest.iter().find_map(|item| item.tagged(1)?.bits());
    let identifier = curve.or(own)?;
    Some(match Curve::of(&identifier) {
        Some(curve) => PrivateKey::Elliptic { curve, secret, public },
        None => PrivateKey::Other { algorithm: identifier },
    })
}

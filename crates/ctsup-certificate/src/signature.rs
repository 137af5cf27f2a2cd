//! Signatures of certificates: over which digest, and whether they verify.

use rustls_pki_types::SignatureVerificationAlgorithm;
use webpki::ALL_VERIFICATION_ALGS;
use x509_parser::certificate::X509Certificate;
use x509_parser::signature_algorithm::RsaSsaPssParams;

use crate::read::certificate::Certificate;
use crate::read::der;
use crate::read::public_key::{PublicKey, bit_length};

/// What is signed, weakest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Digest {
    Md2,
    Md4,
    Md5,
    Sha1,
    Sha224,
    Sha256,
    Sha384,
    Sha512,
}

impl Digest {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Md2 => "MD2",
            Self::Md4 => "MD4",
            Self::Md5 => "MD5",
            Self::Sha1 => "SHA-1",
            Self::Sha224 => "SHA-224",
            Self::Sha256 => "SHA-256",
            Self::Sha384 => "SHA-384",
            Self::Sha512 => "SHA-512",
        }
    }

    /// The digest of a certificate's signature; nothing when clients support no such signature.
    pub(crate) fn of(certificate: &Certificate<'_>) -> Option<Self> {
        let algorithm = &certificate.parsed.signature_algorithm;
        if algorithm.algorithm.to_id_string() == PSS {
            let parameters = RsaSsaPssParams::try_from(algorithm.parameters.as_ref()?).ok()?;
            return Self::named(&parameters.hash_algorithm_oid().to_id_string());
        }
        Self::signing(&algorithm.algorithm.to_id_string())
    }

    fn signing(identifier: &str) -> Option<Self> {
        Some(match identifier {
            "1.2.840.113549.1.1.2" => Self::Md2,
            "1.2.840.113549.1.1.3" => Self::Md4,
            "1.2.840.113549.1.1.4" | "1.3.14.3.2.3" => Self::Md5,
            "1.2.840.113549.1.1.5" | "1.3.14.3.2.29" | "1.2.840.10045.4.1" => Self::Sha1,
            "1.2.840.113549.1.1.14" | "1.2.840.10045.4.3.1" => Self::Sha224,
            "1.2.840.113549.1.1.11" | "1.2.840.10045.4.3.2" => Self::Sha256,
            "1.2.840.113549.1.1.12" | "1.2.840.10045.4.3.3" => Self::Sha384,
            "1.2.840.113549.1.1.13" | "1.2.840.10045.4.3.4" => Self::Sha512,
            _ => return None,
        })
    }

    fn named(identifier: &str) -> Option<Self> {
        Some(match identifier {
            "1.3.14.3.2.26" => Self::Sha1,
            "2.16.840.1.101.3.4.2.4" => Self::Sha224,
            "2.16.840.1.101.3.4.2.1" => Self::Sha256,
            "2.16.840.1.101.3.4.2.2" => Self::Sha384,
            "2.16.840.1.101.3.4.2.3" => Self::Sha512,
            _ => return None,
        })
    }
}

const PSS: &str = "1.2.840.113549.1.1.10";

/// Whether a signature was found to be the issuer's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    Valid,
    /// Weak or rare: the verifier has no such algorithm, or refuses keys of that length.
    Unknown,
    Invalid,
}

/// Verifies the signature of `certificate` with the key of `issuer`. Names and dates don't matter here.
pub(crate) fn verify(certificate: &Certificate<'_>, issuer: &Certificate<'_>) -> Verdict {
    let lengths = 2048..=8192;
    match &issuer.key {
        PublicKey::Rsa { modulus, .. } if !lengths.contains(&bit_length(modulus)) => {
            return Verdict::Unknown;
        }
        _ => {}
    }
    let (Some(signed_with), Some(key_kind)) =
        (signature_algorithm(certificate), key_algorithm(&issuer.parsed))
    else {
        return Verdict::Unknown;
    };
    let fits = |algorithm: &&&dyn SignatureVerificationAlgorithm| {
        algorithm.signature_alg_id().as_ref() == signed_with
            && algorithm.public_key_alg_id().as_ref() == key_kind
    };
    let mut candidates = ALL_VERIFICATION_ALGS.iter().filter(fits).peekable();
    if candidates.peek().is_none() {
        return if is_of_kind(&certificate.parsed, &issuer.key) {
            Verdict::Unknown
        } else {
            Verdict::Invalid
        };
    }
    let key = &issuer.parsed.public_key().subject_public_key.data;
    let message = certificate.parsed.tbs_certificate.as_ref();
    let signature = &certificate.parsed.signature_value.data;
    if candidates.any(|algorithm| algorithm.verify_signature(key, message, signature).is_ok()) {
        Verdict::Valid
    } else {
        Verdict::Invalid
    }
}

/// Whether the signature could come from a key of this kind at all.
fn is_of_kind(certificate: &X509Certificate<'_>, key: &PublicKey) -> bool {
    let algorithm = certificate.signature_algorithm.algorithm.to_id_string();
    match key {
        PublicKey::Rsa { .. } => {
            algorithm.starts_with("1.2.840.113549.1.1.") || algorithm.starts_with("1.3.14.3.2.")
        }
        PublicKey::Elliptic { .. } => algorithm.starts_with("1.2.840.10045.4."),
        PublicKey::Other { .. } => true,
    }
}

/// The content of the algorithm identifier, as `SignatureVerificationAlgorithm` has it.
fn signature_algorithm<'a>(certificate: &Certificate<'a>) -> Option<&'a [u8]> {
    Some(der::sequence(certificate.der)?.get(1)?.content())
}

fn key_algorithm<'a>(certificate: &'a X509Certificate<'_>) -> Option<&'a [u8]> {
    Some(der::sequence(certificate.public_key().raw)?.first()?.content())
}

//! Public keys, by the kinds the requirements tell apart.

use x509_parser::x509::SubjectPublicKeyInfo;

use super::der;

pub(crate) const RSA: &str = "1.2.840.113549.1.1.1";
pub(crate) const ELLIPTIC: &str = "1.2.840.10045.2.1";

/// A curve that TLS clients support; the weakest of them is stronger than RSA 2048.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Curve {
    P256,
    P384,
    P521,
}

impl Curve {
    /// The curve with this object identifier.
    pub(crate) fn of(identifier: &str) -> Option<Self> {
        match identifier {
            "1.2.840.10045.3.1.7" => Some(Self::P256),
            "1.3.132.0.34" => Some(Self::P384),
            "1.3.132.0.35" => Some(Self::P521),
            _ => None,
        }
    }

    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::P256 => "P-256",
            Self::P384 => "P-384",
            Self::P521 => "P-521",
        }
    }
}

/// A public key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum PublicKey {
    /// Numbers without leading zeros.
    Rsa {
        modulus: Vec<u8>,
        exponent: Vec<u8>,
    },
    Elliptic {
        curve: Curve,
        point: Vec<u8>,
    },
    /// Everything else, by the object identifier of the algorithm, or of the curve.
    Other {
        algorithm: String,
    },
}

impl PublicKey {
    pub(crate) fn read(info: &SubjectPublicKeyInfo<'_>) -> Self {
        let algorithm = info.algorithm.algorithm.to_id_string();
        let bits = &info.subject_public_key.data;
        let curve = info.algorithm.parameters.as_ref().and_then(|p| p.as_oid().ok());
        match (algorithm.as_str(), curve.map(|oid| oid.to_id_string())) {
            (RSA, _) => Self::rsa(bits).unwrap_or(Self::Other { algorithm }),
            (ELLIPTIC, Some(curve)) => match Curve::of(&curve) {
                Some(curve) => Self::Elliptic { curve, point: bits.to_vec() },
                None => Self::Other { algorithm: curve },
            },
            _ => Self::Other { algorithm },
        }
    }

    fn rsa(der: &[u8]) -> Option<Self> {
        let items = der::sequence(der)?;
        let [modulus, exponent] = items.as_slice() else {
            return None;
        };
        Some(Self::Rsa {
            modulus: modulus.integer()?.to_vec(),
            exponent: exponent.integer()?.to_vec(),
        })
    }

    /// The kind and size, for people to read.
    pub(crate) fn describe(&self) -> String {
        match self {
            Self::Rsa { modulus, .. } => format!("RSA {}", bit_length(modulus)),
            Self::Elliptic { curve, .. } => curve.as_str().to_owned(),
            Self::Other { algorithm } => algorithm.clone(),
        }
    }
}

/// The length of a number to the bit: a modulus of 2047 bits fills as many bytes as one of 2048.
pub(crate) fn bit_length(number: &[u8]) -> usize {
    let unused = number.first().map_or(0, |byte| byte.leading_zeros() as usize);
    number.len() * 8 - unused
}

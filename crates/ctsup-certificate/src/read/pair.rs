//! Whether a private and a public key are a pair.

use ring::rand::SystemRandom;
use ring::signature::{
    ECDSA_P256_SHA256_ASN1_SIGNING, ECDSA_P384_SHA384_ASN1_SIGNING, EcdsaKeyPair,
};

use super::private_key::PrivateKey;
use super::public_key::{Curve, PublicKey};

impl PrivateKey<'_> {
    /// Whether it is the private half of `key`; nothing when that can't be told.
    pub(crate) fn belongs_to(&self, key: &PublicKey) -> Option<bool> {
        match (self, key) {
            (Self::Rsa { modulus, exponent }, PublicKey::Rsa { modulus: m, exponent: e }) => {
                Some(m == modulus && e == exponent)
            }
            (Self::Elliptic { curve, secret, public }, PublicKey::Elliptic { curve: c, point }) => {
                if c == curve {
                    is_pair(*curve, secret, *public, point)
                } else {
                    Some(false)
                }
            }
            (Self::Other { algorithm }, PublicKey::Other { algorithm: a }) if a == algorithm => {
                None
            }
            _ => Some(false),
        }
    }

    pub(crate) fn algorithm(&self) -> &str {
        match self {
            Self::Rsa { .. } => "RSA",
            Self::Elliptic { curve, .. } => curve.as_str(),
            Self::Other { algorithm } => algorithm,
        }
    }
}

/// Computes where ring knows the curve; else compares the public half, if the file has it.
fn is_pair(curve: Curve, secret: &[u8], public: Option<&[u8]>, point: &[u8]) -> Option<bool> {
    let (algorithm, length) = match curve {
        Curve::P256 => (&ECDSA_P256_SHA256_ASN1_SIGNING, 32),
        Curve::P384 => (&ECDSA_P384_SHA384_ASN1_SIGNING, 48),
        Curve::P521 => return public.map(|public| public == point),
    };
    // ring takes no compressed points.
    if point.first() != Some(&4) {
        return public.map(|public| public == point);
    }
    // Some writers drop leading zeros, which ring insists on.
    let mut padded = vec![0; length.max(secret.len()) - secret.len()];
    padded.extend_from_slice(secret);
    // The randomness is for signatures, which are never made: the answer does not depend on it.
    let pair = EcdsaKeyPair::from_private_key_and_public_key(
        algorithm,
        &padded,
        point,
        &SystemRandom::new(),
    );
    Some(pair.is_ok())
}

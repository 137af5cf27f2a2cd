//! From bytes to certificates and keys. Nothing here judges; it only says what can't be read.

pub(crate) mod armour;
pub(crate) mod certificate;
pub(crate) mod der;
pub(crate) mod distinguished_name;
mod pair;
pub(crate) mod private_key;
pub(crate) mod public_key;
mod unframed;

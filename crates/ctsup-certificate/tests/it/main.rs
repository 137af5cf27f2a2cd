//! The tests of the crate: files in, findings out.

#![expect(clippy::unwrap_used, reason = "a test that can't be set up has failed")]

mod armour;
mod certificate;
mod chain;
mod codes;
mod contents;
mod dates;
mod host;
mod hostile;
mod issuer;
mod make;
mod pair;
mod private_key;
mod usage;

//! The requirements, one file for each subject: certificates in, findings out.

pub(crate) mod certificate;
pub(crate) mod chain;
pub(crate) mod host;
pub(crate) mod notice;
pub(crate) mod private_key;
pub(crate) mod usage;
pub(crate) mod verifier;

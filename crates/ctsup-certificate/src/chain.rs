//! Which certificate is the server's, and how the others lead from it to the root.
//!
//! Found regardless of the order in the file, so that a wrong order can be told from a missing or a
//! foreign certificate, and the right order be named. A verifier can't stand in for this: it too
//! looks for a path in any order, and nginx sends the file as it is.

use crate::Role;
use crate::read::certificate::Certificate;
use crate::read::private_key::PrivateKey;
use crate::signature::{Verdict, verify};

/// The certificates of a bundle, arranged. Numbers are their positions in the file, from 0.
#[derive(Default)]
pub(crate) struct Chain {
    /// From the server's certificate upwards.
    pub(crate) members: Vec<usize>,
    /// The signature of each member but the last, checked with the next one's key.
    pub(crate) links: Vec<Verdict>,
    /// Whether the last member signed itself.
    pub(crate) rooted: bool,
    pub(crate) foreign: Vec<usize>,
    /// Copies, each with the one it is a copy of.
    pub(crate) duplicates: Vec<(usize, usize)>,
}

impl Chain {
    /// The server's certificate; nothing only when there is no certificate at all.
    pub(crate) fn server(&self) -> Option<usize> {
        self.members.first().copied()
    }

    /// Whether the server's certificate is its own and only issuer.
    pub(crate) fn is_self_signed(&self) -> bool {
        self.rooted && self.members.len() == 1
    }

    pub(crate) fn role(&self, index: usize) -> Role {
        if self.duplicates.iter().any(|&(copy, _)| copy == index) {
            return Role::Duplicate;
        }
        match self.members.iter().position(|&member| member == index) {
            Some(0) => Role::Server,
            Some(place) if self.rooted && place + 1 == self.members.len() => Role::Root,
            Some(_) => Role::Intermediate,
            None => Role::Foreign,
        }
    }
}

/// Arranges the certificates.
pub(crate) fn arrange(certificates: &[Certificate<'_>], key: Option<&PrivateKey<'_>>) -> Chain {
    let mut chain = Chain::default();
    let mut left = Vec::new();
    for (index, certificate) in certificates.iter().enumerate() {
        match certificates[..index].iter().position(|earlier| earlier.der == certificate.der) {
            Some(first) => chain.duplicates.push((index, first)),
            None => left.push(index),
        }
    }
    let mut next = server(certificates, &left, key);
    while let Some(member) = next {
        chain.members.push(member);
        left.retain(|&index| index != member);
        chain.rooted = signs_itself(&certificates[member]);
        next = None;
        if !chain.rooted
            && let Some((issuer, verdict)) = issuer(certificates, &left, member)
        {
            chain.links.push(verdict);
            next = Some(issuer);
        }
    }
    chain.foreign = left;
    chain
}

/// Whether a certificate is its own issuer. Names alone don't tell: an authority that changes its
/// key issues certificates from itself to itself.
pub(crate) fn signs_itself(certificate: &Certificate<'_>) -> bool {
    certificate.names_as_issuer(certificate) && verify(certificate, certificate) != Verdict::Invalid
}

/// The server's certificate has issued none of the others. Of several such, it is the one that the
/// key belongs to, else one that is no authority, else the first.
fn server(
    certificates: &[Certificate<'_>],
    left: &[usize],
    key: Option<&PrivateKey<'_>>,
) -> Option<usize> {
    let issued_none = |&candidate: &usize| {
        left.iter().all(|&other| {
            other == candidate || !certificates[other].names_as_issuer(&certificates[candidate])
        })
    };
    let belongs = |&index: &usize| {
        key.is_some_and(|key| key.belongs_to(&certificates[index].key) == Some(true))
    };
    let ends: Vec<usize> = left.iter().copied().filter(issued_none).collect();
    let mut found = ends.iter().copied().find(belongs);
    found = found.or_else(|| ends.iter().copied().find(|&end| !certificates[end].parsed.is_ca()));
    found.or(ends.first().copied()).or(left.first().copied())
}

/// The issuer by name, and by signature where several have that name (an authority's old and new
/// certificate, or a cross-signed one); among equals the next one in the file.
fn issuer(certificates: &[Certificate<'_>], left: &[usize], of: usize) -> Option<(usize, Verdict)> {
    let named = left
        .iter()
        .copied()
        .filter(|&index| certificates[of].names_as_issuer(&certificates[index]));
    let judged = named.map(|index| (index, verify(&certificates[of], &certificates[index])));
    judged.min_by_key(|&(index, verdict)| {
        let rank = match verdict {
            Verdict::Valid => 0,
            Verdict::Unknown => 1,
            Verdict::Invalid => 2,
        };
        (rank, index < of)
    })
}

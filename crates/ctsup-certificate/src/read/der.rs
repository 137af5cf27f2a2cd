//! The little ASN.1 that `x509-parser` keeps to itself: the elements of a sequence.

use x509_parser::asn1_rs::{Any, Class, FromDer, Oid, Tag};

/// One element of a sequence.
#[derive(Clone)]
pub(crate) struct Item<'a>(Any<'a>);

impl<'a> Item<'a> {
    fn is(&self, tag: Tag) -> bool {
        self.0.class() == Class::Universal && self.0.tag() == tag
    }

    fn when(&self, tag: Tag) -> Option<&'a [u8]> {
        self.is(tag).then_some(self.0.data)
    }

    pub(crate) fn is_sequence(&self) -> bool {
        self.is(Tag::Sequence)
    }

    /// What is inside the element.
    pub(crate) fn content(&self) -> &'a [u8] {
        self.0.data
    }

    /// The elements of a sequence.
    pub(crate) fn items(&self) -> Option<Vec<Item<'a>>> {
        items(self.when(Tag::Sequence)?)
    }

    /// The value of an integer, unsigned, without leading zeros.
    pub(crate) fn integer(&self) -> Option<&'a [u8]> {
        self.when(Tag::Integer).map(without_zeros)
    }

    pub(crate) fn octets(&self) -> Option<&'a [u8]> {
        self.when(Tag::OctetString)
    }

    /// The bytes of a bit string of whole bytes.
    pub(crate) fn bits(&self) -> Option<&'a [u8]> {
        self.when(Tag::BitString)?.strip_prefix(&[0])
    }

    /// An object identifier in dotted form.
    pub(crate) fn identifier(&self) -> Option<String> {
        Some(Oid::new(self.when(Tag::Oid)?.into()).to_id_string())
    }

    /// The element inside an explicit context tag.
    pub(crate) fn tagged(&self, number: u32) -> Option<Item<'a>> {
        if self.0.class() != Class::ContextSpecific || self.0.tag().0 != number {
            return None;
        }
        items(self.0.data)?.into_iter().next()
    }
}

/// The elements of the one sequence that `bytes` begin with. What follows it is not looked at.
pub(crate) fn sequence(bytes: &[u8]) -> Option<Vec<Item<'_>>> {
    let (_, outer) = Any::from_der(bytes).ok()?;
    Item(outer).items()
}

fn items(mut bytes: &[u8]) -> Option<Vec<Item<'_>>> {
    let mut items = Vec::new();
    while !bytes.is_empty() {
        let (rest, item) = Any::from_der(bytes).ok()?;
        items.push(Item(item));
        bytes = rest;
    }
    Some(items)
}

fn without_zeros(bytes: &[u8]) -> &[u8] {
    let zeros = bytes.iter().take_while(|&&byte| byte == 0).count();
    &bytes[zeros..]
}

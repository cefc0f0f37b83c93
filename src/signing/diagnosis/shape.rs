//! What can be changed: the body that was signed, the key that signed it, the recipe by which, and
//! the text that the signature is read from; and what else a delivery shows that a change may use.
//!
//! Data only. How they are changed stands in the files that follow, what that means in the table.

use std::borrow::Cow;
use std::rc::Rc;

use zeroize::Zeroizing;

use crate::signing::content::{Parts, Segment};
use crate::signing::encoding::Encoding;
use crate::signing::hash::Hash;
use crate::signing::record::words::{Algorithm, KeyRule};
use crate::signing::record::{Scheme, Variant};
use crate::signing::secret::Secret;

/// Bodies longer than this are changed once only, and nothing that was made of them is kept.
pub(super) const LARGE: usize = 96 << 10;
/// Bodies longer than this are changed only in ways that take one pass.
pub(super) const HUGE: usize = 4 << 20;
/// How many headers are looked at.
pub(super) const HEADERS: usize = 64;
/// How many secrets are tried in every way; of further ones only what they are.
pub(super) const SECRETS: usize = 8;
/// The fewest bytes of a truncated signature that tell anything: 16 hex digits.
pub(super) const FEWEST_BYTES: usize = 8;

/// A body as far as it was kept.
#[derive(Debug, Clone, Copy)]
pub struct Received<'a> {
    /// Its bytes, or the first of them.
    pub kept: &'a [u8],
    /// How many bytes came.
    pub total: u64,
}

impl<'a> Received<'a> {
    /// A body that was kept as a whole.
    pub fn whole(body: &'a [u8]) -> Self {
        Self {
            kept: body,
            total: body.len() as u64,
        }
    }

    pub(super) fn is_whole(&self) -> bool {
        self.kept.len() as u64 == self.total
    }
}

/// What is diagnosed.
#[derive(Clone, Copy)]
pub(super) struct Case<'a> {
    pub(super) scheme: &'a Scheme,
    pub(super) secrets: &'a [Secret],
    pub(super) parts: Parts<'a>,
    pub(super) body: Received<'a>,
    /// The variant that was judged.
    pub(super) variant: usize,
}

/// The bytes of a body.
pub(super) type Body = Vec<u8>;

/// A secret's text, the rule by which it becomes a key, and the key.
pub(super) struct Key {
    pub(super) text: Zeroizing<Vec<u8>>,
    pub(super) rule: Rc<KeyRule>,
    /// `None` where the rule makes none of this text.
    pub(super) bytes: Option<Zeroizing<Vec<u8>>>,
}

impl Key {
    /// What the rule makes of a text; a prefix is never demanded.
    pub(super) fn new(text: impl Into<Vec<u8>>, rule: &Rc<KeyRule>) -> Self {
        let text = Zeroizing::new(text.into());
        Self {
            bytes: rule.derive(&text).filter(|key| !key.is_empty()),
            rule: Rc::clone(rule),
            text,
        }
    }

    /// What the same rule makes of another text.
    pub(super) fn with(&self, text: impl Into<Vec<u8>>) -> Self {
        Self::new(text, &self.rule)
    }

    /// Bytes that are the key themselves.
    pub(super) fn bare(bytes: impl Into<Vec<u8>>) -> Self {
        let bytes = Zeroizing::new(bytes.into());
        Self {
            text: bytes.clone(),
            rule: Rc::default(),
            bytes: Some(bytes),
        }
    }
}

/// What is signed, and how.
#[derive(Clone)]
pub(super) struct Recipe {
    pub(super) segments: Vec<Segment>,
    pub(super) calc: Calc,
    /// Which [`Source`] it is for, by its number.
    pub(super) source: usize,
}

impl Recipe {
    pub(super) fn reads_body(&self) -> bool {
        self.segments.iter().any(Segment::reads_body)
    }

    /// Whether all that it signs is known.
    pub(super) fn is_known(&self) -> bool {
        self.segments.iter().all(|segment| match segment {
            Segment::Time(text) | Segment::Id(text) | Segment::Url(text) => !text.is_empty(),
            _ => true,
        })
    }

    /// Whether a shared secret has a part in it.
    pub(super) fn is_keyed(&self) -> bool {
        match self.calc {
            Calc::Pair => false,
            Calc::Plain(_) => self.segments.contains(&Segment::Secret),
            _ => true,
        }
    }

    pub(super) fn with(&self, segments: Vec<Segment>) -> Self {
        Self { segments, ..*self }
    }

    pub(super) fn by(&self, calc: Calc) -> Self {
        let segments = self.segments.clone();
        Self {
            segments,
            calc,
            ..*self
        }
    }
}

/// What a signature is computed with.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Calc {
    Keyed(Hash),
    /// The hash of the content alone, which may name the secret.
    Plain(Hash),
    /// HMAC with key and message exchanged.
    Swapped(Hash),
    /// HMAC of the right signature, in this encoding; its bytes where that is a text's.
    Twice(Hash, Encoding),
    /// The content, and behind it the HMAC of nothing.
    Sum(Hash),
    /// A signature that a public key verifies.
    Pair,
    /// The secret itself travels.
    Token,
}

impl Calc {
    pub(super) fn of(algorithm: Algorithm) -> Self {
        match algorithm {
            Algorithm::Hmac(hash) => Self::Keyed(hash),
            Algorithm::Plain(hash) => Self::Plain(hash),
            Algorithm::KeyPair(_) => Self::Pair,
            Algorithm::Token => Self::Token,
        }
    }

    pub(super) fn hash(self) -> Option<Hash> {
        match self {
            Self::Keyed(hash)
            | Self::Plain(hash)
            | Self::Swapped(hash)
            | Self::Twice(hash, _)
            | Self::Sum(hash) => Some(hash),
            Self::Pair | Self::Token => None,
        }
    }
}

/// Where the signatures of recipes are read, and whose keys they take.
pub(super) struct Source {
    /// The header's values, which one of the spellings wrote, rightly or wrongly.
    pub(super) values: Vec<Vec<u8>>,
    pub(super) spellings: Vec<Rc<Variant>>,
    /// Which rule makes its keys, by its number.
    pub(super) rule: usize,
    /// The keys that verify, where these are pairs.
    pub(super) pairs: Vec<crate::signing::key::Key>,
    /// The digest of the body that the URL names.
    pub(super) digest: Option<String>,
}

/// What the signature's header may be read as.
#[derive(Clone)]
pub(super) struct Reading {
    pub(super) text: Vec<u8>,
    /// The variant that it is written like.
    pub(super) spelling: Rc<Variant>,
    /// The raw signature, once the text is decoded.
    pub(super) raw: Option<Vec<u8>>,
    /// The text ended in the middle of a byte: only good for a truncated signature.
    pub(super) is_partial: bool,
}

impl Reading {
    pub(super) fn new(text: impl Into<Vec<u8>>, spelling: &Rc<Variant>) -> Self {
        Self {
            text: text.into(),
            spelling: Rc::clone(spelling),
            raw: None,
            is_partial: false,
        }
    }

    /// Another text, written like the same variant.
    pub(super) fn with(&self, text: impl Into<Vec<u8>>) -> Self {
        Self::new(text, &self.spelling)
    }

    /// What the text stands for, or what it begins with.
    pub(super) fn decoded(&self, raw: Vec<u8>, is_partial: bool) -> Self {
        Self {
            raw: Some(raw),
            is_partial,
            ..self.clone()
        }
    }

    /// The text behind the prefix.
    pub(super) fn rest(&self) -> Option<&[u8]> {
        let place = &self.spelling.signature;
        let rest = self.text.strip_prefix(place.prefix.as_bytes());
        rest.or_else(|| place.prefix_optional.then_some(self.text.as_slice()))
    }
}

/// What a delivery shows that a change may use.
#[derive(Default)]
pub(super) struct Scene {
    /// Every time that it carries, in every unit.
    pub(super) times: Vec<Made<Vec<u8>>>,
    /// The ids that its headers carry.
    pub(super) ids: Vec<Made<Vec<u8>>>,
    /// The URLs that the sender may have been given.
    pub(super) urls: Vec<Made<Vec<u8>>>,
    pub(super) method: Vec<u8>,
    /// The ids of its payload and headers that may have been taken for the secret.
    pub(super) names: Vec<Made<Vec<u8>>>,
    /// The recipes of other schemes that it shows signs of.
    pub(super) others: Vec<Made<Recipe>>,
    /// Where the body's beginnings end that were found to match.
    pub(super) ends: Vec<usize>,
    /// The body was kept as a whole.
    pub(super) is_whole: bool,
}

/// What a change makes, with the evidence of how.
#[derive(Clone)]
pub(super) struct Made<T> {
    pub(super) thing: T,
    pub(super) what: Cow<'static, str>,
    /// How much rarer than its record this one is.
    pub(super) rarer: u8,
    /// The dialect, the algorithm, or the scheme.
    pub(super) detail: Option<Cow<'static, str>>,
    /// The hash that this is about: of two changes about one hash the later says it all.
    pub(super) names: Option<Hash>,
}

impl<T> Made<T> {
    pub(super) fn new(rarer: u8, thing: T, what: impl Into<Cow<'static, str>>) -> Self {
        Self {
            thing,
            what: what.into(),
            rarer,
            detail: None,
            names: None,
        }
    }
}

/// Where what is made goes, one by one; what is rarer than is wanted now need not be made.
pub(super) struct Sink<'v, T> {
    most: u8,
    is_open: bool,
    /// Says whether more is wanted.
    take: &'v mut dyn FnMut(Made<T>) -> bool,
}

impl<'v, T> Sink<'v, T> {
    /// Takes what is at most so much rarer than its record.
    pub(super) fn new(most: u8, take: &'v mut dyn FnMut(Made<T>) -> bool) -> Self {
        Self {
            most,
            is_open: true,
            take,
        }
    }

    /// How rare what is wanted may be.
    pub(super) fn most(&self) -> u8 {
        self.most
    }

    /// Whether it is worth making what is so much rarer.
    pub(super) fn wants(&self, rarer: u8) -> bool {
        self.is_open && rarer <= self.most
    }

    pub(super) fn push(
        &mut self,
        rarer: u8,
        thing: impl Into<T>,
        what: impl Into<Cow<'static, str>>,
    ) {
        self.put(Made::new(rarer, thing.into(), what));
    }

    /// Makes it only if it is wanted.
    pub(super) fn make<U: Into<T>>(
        &mut self,
        rarer: u8,
        what: impl Into<Cow<'static, str>>,
        make: impl FnOnce() -> U,
    ) {
        if self.wants(rarer) {
            self.push(rarer, make(), what);
        }
    }

    pub(super) fn put(&mut self, made: Made<T>) {
        if self.wants(made.rarer) {
            self.is_open = (self.take)(made);
        }
    }
}

/// Bytes from a peer as harmless text: printable ASCII as it is, all else as escapes, shortened.
pub(super) fn quoted(bytes: &[u8], most: usize) -> String {
    let escaped = |&byte: &u8| match byte {
        b'\'' | b'"' => char::from(byte).to_string(),
        _ => std::ascii::escape_default(byte).to_string(),
    };
    let shown: String = bytes.iter().take(most).map(escaped).collect();
    let more = if bytes.len() > most { "…" } else { "" };
    shown + more
}

//! The shared signing module: signs deliveries and judges them, for every scheme.
//!
//! Pure: no clock, no files, no network. Time, ids and bytes are arguments. A [`Scheme`] says how,
//! a [`Keyring`] holds the keys that secrets make for it, a [`Signer`] or a [`Judge`] takes the
//! body piece by piece and ends with headers or a [`Judgement`]. What a provider asks of a receiver
//! beside its deliveries is a [`handshake`](mod@handshake).

mod content;
pub mod diagnosis;
pub mod encoding;
pub mod explain;
pub mod handshake;
mod judge;
#[cfg(test)]
mod properties;
pub mod scheme;
pub mod secret;
mod sign;

use std::fmt;

pub use judge::{Clock, Expected, Judge, Judgement, Match, Reason, Tolerance};
pub use sign::{Signed, Signer, Stamp};

use crate::delivery::Headers;
use scheme::{Scheme, SignaturePlace, Variant};
use secret::{Key, Secret, Unusable};

/// What may be signed beside the body.
#[derive(Debug, Clone, Copy)]
pub struct Parts<'a> {
    /// The request's method.
    pub method: &'a str,
    /// The whole URL that the sender was given; `None` when it is not known.
    pub url: Option<&'a str>,
    /// The delivery's headers.
    pub headers: &'a Headers,
}

/// The keys that secrets make for a scheme's variants.
#[derive(Debug, Clone)]
pub struct Keyring(Vec<Entry>);

#[derive(Debug, Clone)]
struct Entry {
    /// Which secret, from 1, in the order given.
    position: usize,
    /// Which variant, as an index.
    variant: usize,
    key: Key,
}

/// A secret that is not for the scheme.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unfit {
    /// Which secret, from 1, in the order given.
    pub position: usize,
    /// Why.
    pub why: Unusable,
}

impl fmt::Display for Unfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.position > 1 {
            write!(f, "secret {}: ", self.position)?;
        }
        self.why.fmt(f)
    }
}

impl std::error::Error for Unfit {}

impl Keyring {
    /// The keys to judge deliveries with.
    ///
    /// # Errors
    /// A secret that makes no key for any of the scheme's variants.
    pub fn for_verifying(scheme: &Scheme, secrets: &[Secret]) -> Result<Self, Unfit> {
        Self::new(scheme, secrets, Key::new)
    }

    /// The keys to sign with.
    ///
    /// # Errors
    /// A secret that makes no such key; a public key.
    pub fn for_signing(scheme: &Scheme, secrets: &[Secret]) -> Result<Self, Unfit> {
        Self::new(scheme, secrets, secret::signing_key)
    }

    fn new(
        scheme: &Scheme,
        secrets: &[Secret],
        make: impl Fn(scheme::Algorithm, &scheme::KeyRule, &Secret) -> Result<Key, Unusable>,
    ) -> Result<Self, Unfit> {
        let mut entries = Vec::new();
        for (index, secret) in secrets.iter().enumerate() {
            let position = index + 1;
            let mut first_failure = None;
            let before = entries.len();
            for (variant, rules) in scheme.variants.iter().enumerate() {
                if !is_meant_for(scheme, rules, secret) {
                    continue;
                }
                match make(rules.algorithm, &rules.key, secret) {
                    Ok(key) => entries.push(Entry {
                        position,
                        variant,
                        key,
                    }),
                    Err(why) => {
                        first_failure.get_or_insert(why);
                    }
                }
            }
            if entries.len() == before {
                return Err(Unfit {
                    position,
                    why: first_failure.unwrap_or(Unusable::Empty),
                });
            }
        }
        Ok(Self(entries))
    }

    /// The keys' fingerprints, each once, in the order of their secrets.
    pub fn fingerprints(&self) -> Vec<String> {
        let mut fingerprints = Vec::new();
        for entry in &self.0 {
            let fingerprint = entry.key.fingerprint();
            if !fingerprints.contains(&fingerprint) {
                fingerprints.push(fingerprint);
            }
        }
        fingerprints
    }

    /// Whether there is no key.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.0.iter()
    }

    fn of_variant(&self, variant: usize) -> impl Iterator<Item = &Entry> {
        self.0.iter().filter(move |entry| entry.variant == variant)
    }
}

/// A secret that starts with the prefix of some variant's keys is for the variants of that prefix
/// only, and a PEM is for key pairs: a public key's text must never become a shared secret.
fn is_meant_for(scheme: &Scheme, variant: &Variant, secret: &Secret) -> bool {
    let text = secret.expose().trim_ascii_start();
    let is_pem = text.starts_with(b"-----BEGIN ");
    let starts = |prefix: &Option<String>| {
        (prefix.as_deref()).is_some_and(|prefix| text.starts_with(prefix.as_bytes()))
    };
    let owns = |variant: &Variant| {
        starts(&variant.key.prefix)
            || starts(&variant.key.private_prefix)
            || is_pem && variant.algorithm.is_asymmetric()
    };
    owns(variant) || !scheme.variants.iter().any(owns)
}

/// Whether two variants travel in the same place, so that one delivery may carry both.
fn same_place(one: &SignaturePlace, other: &SignaturePlace) -> bool {
    one.json == other.json
        && match (&one.header, &other.header) {
            (Some(one), Some(other)) => one.eq_ignore_ascii_case(other),
            (None, None) => true,
            _ => false,
        }
}

/// What must be known before a delivery can be signed or judged, and is not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Missing {
    /// The scheme signs the URL that the sender was given.
    SignedUrl,
    /// The content needs a part that is not there; it is named as messages name it.
    Part(String),
    /// There is no secret to sign with.
    Secret,
    /// There is a public key only: it verifies, but cannot sign.
    PrivateKey,
    /// Several secrets, and the scheme carries one signature.
    RoomForSeveral,
    /// Several secrets that belong to forms of the scheme which exclude each other.
    OneForm,
}

impl fmt::Display for Missing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::SignedUrl => f.write_str("the scheme signs the URL, and it is not known"),
            Self::Part(part) => write!(f, "the scheme signs {part}, and it is not there"),
            Self::Secret => f.write_str("there is no secret to sign with"),
            Self::PrivateKey => {
                f.write_str("only the private key can sign, and this is the public one")
            }
            Self::RoomForSeveral => {
                f.write_str("the scheme carries one signature, so only one secret can sign")
            }
            Self::OneForm => f.write_str("these secrets belong to different forms of the scheme"),
        }
    }
}

impl std::error::Error for Missing {}

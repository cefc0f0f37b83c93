//! A keyring: the keys that secrets make for the variants of a scheme.

use super::jwk::is_pair;
use super::key::{Key, Unusable};
use super::record::template::Part;
use super::record::words::{Algorithm, KeyRule};
use super::record::{Scheme, Variant};
use super::secret::Secret;

/// The keys that secrets make for a scheme's variants.
#[derive(Debug, Clone)]
pub struct Keyring(Vec<Entry>);

#[derive(Debug, Clone)]
pub(super) struct Entry {
    /// Which secret, from 1, in the order given.
    pub(super) position: usize,
    /// Which variant, as an index.
    pub(super) variant: usize,
    pub(super) key: Key,
}

/// A secret that is not for the scheme.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{}{why}",
    match position {
        None => "none of the keys fits: ".to_owned(),
        Some(1) => String::new(),
        Some(position) => format!("secret {position}: "),
    }
)]
pub struct Unfit {
    /// Which secret, from 1, in the order given; `None` for all of a file of keys.
    pub position: Option<usize>,
    /// Why.
    pub why: Unusable,
}

impl Keyring {
    /// The keys to judge deliveries with.
    ///
    /// # Errors
    /// A secret that makes no key for any of the scheme's variants.
    pub fn for_verifying(scheme: &Scheme, secrets: &[Secret]) -> Result<Self, Unfit> {
        match Self::new(scheme, secrets, Key::verifying) {
            (keyring, None) => Ok(keyring),
            (_, Some(unfit)) => Err(unfit),
        }
    }

    /// The keys to judge deliveries with that the secrets make: those that make none are left out,
    /// so that the diagnosis can still say what they are.
    pub fn fitting(scheme: &Scheme, secrets: &[Secret]) -> Self {
        Self::new(scheme, secrets, Key::verifying).0
    }

    /// The keys to sign with.
    ///
    /// # Errors
    /// A secret that makes no such key; a public key.
    pub fn for_signing(scheme: &Scheme, secrets: &[Secret]) -> Result<Self, Unfit> {
        match Self::new(scheme, secrets, Key::signing) {
            (keyring, None) => Ok(keyring),
            (_, Some(unfit)) => Err(unfit),
        }
    }

    fn new(
        scheme: &Scheme,
        secrets: &[Secret],
        make: impl Fn(Algorithm, &KeyRule, &Secret) -> Result<Key, Unusable>,
    ) -> (Self, Option<Unfit>) {
        let mut entries = Vec::new();
        let (mut unfit, mut unfit_key, mut has_fit_key) = (None, None, false);
        for (index, secret) in secrets.iter().enumerate() {
            let position = index + 1;
            let (mut fits, mut first_failure) = (false, None);
            for (variant, rules) in scheme.variants.iter().enumerate() {
                if !is_meant_for(scheme, rules, secret) {
                    continue;
                }
                match keys(rules, secrets, secret, &make) {
                    Ok(keys) => {
                        fits = true;
                        entries.extend(keys.into_iter().map(|key| Entry {
                            position,
                            variant,
                            key,
                        }));
                    }
                    Err(why) => {
                        first_failure.get_or_insert(why);
                    }
                }
            }
            let is_of_set = secret.is_of_set();
            has_fit_key |= fits && is_of_set;
            if !fits {
                let failed = if is_of_set {
                    &mut unfit_key
                } else {
                    &mut unfit
                };
                failed.get_or_insert(Unfit {
                    position: (!is_of_set).then_some(position),
                    why: first_failure.unwrap_or(Unusable::SharedOnly),
                });
            }
        }
        // A file of keys holds some for other uses: one that fits is enough.
        let unfit = unfit.or(unfit_key.filter(|_| !has_fit_key));
        (Self(entries), unfit)
    }

    /// The keys' fingerprints, each once, in the order of their secrets.
    pub fn fingerprints(&self) -> Vec<String> {
        let mut fingerprints = Vec::new();
        for entry in &self.0 {
            let fingerprint = entry.key.fingerprint();
            if !fingerprints.iter().any(|known| known == fingerprint) {
                fingerprints.push(fingerprint.to_owned());
            }
        }
        fingerprints
    }

    pub(super) fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.0.iter()
    }

    pub(super) fn of_variant(&self, variant: usize) -> impl Iterator<Item = &Entry> {
        self.0.iter().filter(move |entry| entry.variant == variant)
    }
}

/// The keys that a secret makes for one variant. Where the content holds a text beside the key of a
/// pair, it is one for each such text, and the text makes none of its own.
fn keys(
    rules: &Variant,
    secrets: &[Secret],
    secret: &Secret,
    make: impl Fn(Algorithm, &KeyRule, &Secret) -> Result<Key, Unusable>,
) -> Result<Vec<Key>, Unusable> {
    match rules.algorithm {
        Algorithm::KeyPair(algorithm) if rules.content.has(&Part::Secret) => {
            if !is_pair(secret) {
                let has_key = secrets.iter().any(is_pair);
                let nothing = has_key.then(Vec::new);
                return nothing.ok_or(Unusable::NoKey { algorithm });
            }
            let key = make(rules.algorithm, &rules.key, secret)?;
            let texts = secrets.iter().filter(|secret| !is_pair(secret));
            let keys: Vec<Key> = texts.map(|text| key.clone().beside(text)).collect();
            (!keys.is_empty()).then_some(keys).ok_or(Unusable::NoText)
        }
        algorithm => Ok(vec![make(algorithm, &rules.key, secret)?]),
    }
}

/// A secret that starts with the prefix of some variant's keys is for the variants of that prefix
/// only, and a PEM or JWK of a pair is for key pairs: a public key's text must never become a shared secret.
pub(super) fn is_meant_for(scheme: &Scheme, variant: &Variant, secret: &Secret) -> bool {
    let text = secret.expose().trim_ascii_start();
    let owns = |variant: &Variant| {
        let rule = &variant.key;
        let text = rule.unlabelled(text);
        let mut prefixes = rule.prefix.iter().chain(&rule.private_prefix);
        prefixes.any(|prefix| text.starts_with(prefix.as_bytes()))
            || variant.algorithm.is_asymmetric() && is_pair(secret)
    };
    if secret.is_of_set() && is_pair(secret) {
        return variant.algorithm.is_asymmetric();
    }
    let by_pair = |variant: &Variant| variant.algorithm.is_asymmetric();
    let mut pairs = scheme.variants.iter().map(by_pair);
    if variant.message_signature.is_some() && pairs.any(|pair| pair != by_pair(variant)) {
        // Any text may be a shared secret, also a public key's bare digits: only a file is a pair's.
        return is_pair(secret) == by_pair(variant);
    }
    owns(variant) || !scheme.variants.iter().any(owns)
}

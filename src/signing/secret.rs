//! Secrets and what is made of them: a secret as its owner typed it becomes a key, a key becomes a
//! running computation, that becomes a signature or a yes or no.
//!
//! Owns the primitives (every algorithm that a scheme can name) and the care for secrets: they are
//! wiped when dropped and never shown by `Debug`. Which algorithm, form and encoding apply is the
//! scheme's business.

use std::fmt;

use ed25519_dalek::Signer as _;
use ed25519_dalek::pkcs8::{DecodePrivateKey as _, DecodePublicKey as _};
use hmac::{Hmac, KeyInit as _, Mac as _};
use md5::Md5;
use sha1::Sha1;
use sha2::{Digest as _, Sha256, Sha384, Sha512};
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

use super::encoding;
use super::scheme::{Algorithm, KeyForm, KeyRule};

/// A secret as its owner typed or stored it: any bytes, never empty.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Zeroizing<Vec<u8>>);

/// Why bytes are no secret, or a secret makes no key for a scheme. Never holds the secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unusable {
    /// The secret has no bytes: it would sign like no secret at all.
    Empty,
    /// The scheme's keys are base64, and this is not.
    NotBase64 {
        /// The prefix that is taken off first, if any (`whsec_`).
        prefix: String,
    },
    /// The scheme's keys are hex, and this is not.
    NotHex,
    /// The scheme's secrets start with this prefix, and this one does not.
    NoPrefix {
        /// The prefix that is missing (`whsec_`).
        prefix: String,
    },
    /// Not a key of the asymmetric algorithm, in none of the forms that are read.
    NotAKey {
        /// The algorithm whose key was expected.
        algorithm: Algorithm,
    },
    /// A public key was given, and only a private key can sign.
    PublicKey,
    /// The secret holds bytes that this kind of scheme cannot carry in a header.
    NotHeaderText,
}

impl fmt::Display for Unusable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("the secret is empty"),
            Self::NotBase64 { prefix } if prefix.is_empty() => {
                f.write_str("the secret is not base64, as this scheme's secrets are")
            }
            Self::NotBase64 { prefix } => {
                write!(
                    f,
                    "the secret is not base64 (after an optional {prefix}), as this scheme's secrets are"
                )
            }
            Self::NotHex => f.write_str("the secret is not hex, as this scheme's secrets are"),
            Self::NoPrefix { prefix } => {
                write!(
                    f,
                    "the secret does not start with {prefix}, as this scheme's secrets do"
                )
            }
            Self::NotAKey { algorithm } => write!(
                f,
                "the secret is not an {algorithm} key (PEM, hex or base64 are read)"
            ),
            Self::PublicKey => {
                f.write_str("this is a public key: it verifies, but only the private key can sign")
            }
            Self::NotHeaderText => f.write_str("the secret holds bytes that a header cannot carry"),
        }
    }
}

impl std::error::Error for Unusable {}

impl Secret {
    /// Takes the bytes as they are.
    ///
    /// # Errors
    /// [`Unusable::Empty`]: an empty key would turn into a signature that anybody can make.
    pub fn new(bytes: impl Into<Vec<u8>>) -> Result<Self, Unusable> {
        let bytes = Zeroizing::new(bytes.into());
        if bytes.is_empty() {
            return Err(Unusable::Empty);
        }
        Ok(Self(bytes))
    }

    /// The bytes. Whoever takes them keeps them out of logs and messages.
    pub fn expose(&self) -> &[u8] {
        &self.0
    }
}

/// Shows that there is a secret, and nothing of it.
impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// What a scheme's algorithm computes with.
#[derive(Clone)]
pub struct Key(Material);

#[derive(Clone)]
enum Material {
    Mac {
        bytes: Zeroizing<Vec<u8>>,
        start: Box<Running>,
    },
    Ed25519 {
        private: Option<Box<ed25519_dalek::SigningKey>>,
        public: Box<ed25519_dalek::VerifyingKey>,
    },
    P256 {
        private: Option<Box<p256::ecdsa::SigningKey>>,
        public: Box<p256::ecdsa::VerifyingKey>,
    },
}

/// Shows the fingerprint, which tells keys apart and gives nothing away.
impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Key({})", self.fingerprint())
    }
}

impl Key {
    /// Makes the key that `algorithm` uses of a secret, by the scheme's rule.
    ///
    /// # Errors
    /// The secret is not of the form that the rule asks for.
    pub fn new(algorithm: Algorithm, rule: &KeyRule, secret: &Secret) -> Result<Self, Unusable> {
        match algorithm {
            Algorithm::Ed25519 => ed25519(rule, secret),
            Algorithm::EcdsaP256Sha256 => p256(rule, secret),
            _ => Ok(Self::from_bytes(algorithm, &symmetric(rule, secret)?)),
        }
    }

    /// The key of exactly these bytes, for an algorithm with a shared secret. An asymmetric
    /// algorithm has no such key: there the result computes HMAC-SHA256, which no caller asks for.
    pub fn from_bytes(algorithm: Algorithm, bytes: &[u8]) -> Self {
        Self(Material::Mac {
            start: Box::new(Running::keyed(algorithm, bytes)),
            bytes: Zeroizing::new(bytes.to_vec()),
        })
    }

    /// The first 8 hex digits of the SHA-256 of the key (of the public key, if asymmetric): tells
    /// which of several secrets matched without telling the secret.
    pub fn fingerprint(&self) -> String {
        let digest = match &self.0 {
            Material::Mac { bytes, .. } => Sha256::digest(bytes.as_slice()),
            Material::Ed25519 { public, .. } => Sha256::digest(public.as_bytes()),
            Material::P256 { public, .. } => Sha256::digest(public.to_sec1_bytes()),
        };
        hex::encode(&digest[..4])
    }

    /// Whether this key can sign: a public key can only verify.
    pub fn can_sign(&self) -> bool {
        match &self.0 {
            Material::Mac { .. } => true,
            Material::Ed25519 { private, .. } => private.is_some(),
            Material::P256 { private, .. } => private.is_some(),
        }
    }

    /// The bytes of a shared secret's key.
    pub fn bytes(&self) -> Option<&[u8]> {
        match &self.0 {
            Material::Mac { bytes, .. } => Some(bytes),
            _ => None,
        }
    }

    /// Whether the computation needs the whole content at once.
    pub fn is_asymmetric(&self) -> bool {
        !matches!(self.0, Material::Mac { .. })
    }

    /// Begins a computation over content that arrives piece by piece.
    pub fn start(&self) -> Running {
        match &self.0 {
            Material::Mac { start, .. } => start.as_ref().clone(),
            _ => Running(State::Whole(Vec::new())),
        }
    }

    /// The raw signature of the content that `running` was fed.
    ///
    /// # Errors
    /// [`Unusable::PublicKey`] when there is no private key to sign with.
    pub fn sign(&self, running: Running) -> Result<Vec<u8>, Unusable> {
        match (&self.0, running.0) {
            (Material::Ed25519 { private, .. }, State::Whole(content)) => private
                .as_ref()
                .map(|key| key.sign(&content).to_bytes().to_vec())
                .ok_or(Unusable::PublicKey),
            (Material::P256 { private, .. }, State::Whole(content)) => private
                .as_ref()
                .map(|key| {
                    let signature: p256::ecdsa::Signature = key.sign(&content);
                    signature.to_der().as_bytes().to_vec()
                })
                .ok_or(Unusable::PublicKey),
            (_, state) => Ok(state.finish()),
        }
    }

    /// Whether any of these raw signatures is right for the content that `running` was fed.
    /// Shared-secret signatures are compared in constant time.
    pub fn verify<'a>(
        &self,
        running: Running,
        signatures: impl IntoIterator<Item = &'a [u8]>,
    ) -> bool {
        let signatures = signatures.into_iter();
        match (&self.0, running.0) {
            (Material::Ed25519 { public, .. }, State::Whole(content)) => signatures
                .filter_map(|signature| ed25519_dalek::Signature::from_slice(signature).ok())
                .any(|signature| public.verify_strict(&content, &signature).is_ok()),
            (Material::P256 { public, .. }, State::Whole(content)) => {
                use p256::ecdsa::signature::Verifier as _;
                signatures
                    .filter_map(|signature| p256::ecdsa::Signature::from_der(signature).ok())
                    .any(|signature| public.verify(&content, &signature).is_ok())
            }
            (_, state) => {
                let expected = state.finish();
                signatures.fold(false, |found, signature| {
                    found | bool::from(expected.ct_eq(signature))
                })
            }
        }
    }
}

/// A signature's computation under way.
#[derive(Clone)]
pub struct Running(State);

#[derive(Clone)]
enum State {
    HmacMd5(Hmac<Md5>),
    HmacSha1(Hmac<Sha1>),
    HmacSha256(Hmac<Sha256>),
    HmacSha384(Hmac<Sha384>),
    HmacSha512(Hmac<Sha512>),
    Md5(Md5),
    Sha1(Sha1),
    Sha256(Sha256),
    Sha512(Sha512),
    /// The secret itself travels: the content is not looked at. Compared by digest, so that the
    /// time tells nothing, not even the length.
    Token(Zeroizing<Vec<u8>>),
    Whole(Vec<u8>),
}

impl Running {
    /// Begins a computation with exactly these key bytes. Plain hashes ignore the key: their
    /// schemes name it in the content.
    fn keyed(algorithm: Algorithm, key: &[u8]) -> Self {
        macro_rules! hmac {
            ($state:ident, $hash:ty) => {
                match Hmac::<$hash>::new_from_slice(key) {
                    Ok(mac) => State::$state(mac),
                    // HMAC takes keys of every length (RFC 2104, section 3).
                    Err(_) => State::Whole(Vec::new()),
                }
            };
        }
        Self(match algorithm {
            Algorithm::HmacMd5 => hmac!(HmacMd5, Md5),
            Algorithm::HmacSha1 => hmac!(HmacSha1, Sha1),
            Algorithm::HmacSha384 => hmac!(HmacSha384, Sha384),
            Algorithm::HmacSha512 => hmac!(HmacSha512, Sha512),
            Algorithm::Md5 => State::Md5(Md5::new()),
            Algorithm::Sha1 => State::Sha1(Sha1::new()),
            Algorithm::Sha256 => State::Sha256(Sha256::new()),
            Algorithm::Sha512 => State::Sha512(Sha512::new()),
            Algorithm::Token => State::Token(Zeroizing::new(key.to_vec())),
            Algorithm::HmacSha256 | Algorithm::Ed25519 | Algorithm::EcdsaP256Sha256 => {
                hmac!(HmacSha256, Sha256)
            }
        })
    }

    /// Feeds the next piece of the content.
    pub fn update(&mut self, piece: &[u8]) {
        match &mut self.0 {
            State::HmacMd5(mac) => mac.update(piece),
            State::HmacSha1(mac) => mac.update(piece),
            State::HmacSha256(mac) => mac.update(piece),
            State::HmacSha384(mac) => mac.update(piece),
            State::HmacSha512(mac) => mac.update(piece),
            State::Md5(hash) => hash.update(piece),
            State::Sha1(hash) => hash.update(piece),
            State::Sha256(hash) => hash.update(piece),
            State::Sha512(hash) => hash.update(piece),
            State::Token(_) => {}
            State::Whole(content) => content.extend_from_slice(piece),
        }
    }
}

impl State {
    fn finish(self) -> Vec<u8> {
        match self {
            Self::HmacMd5(mac) => mac.finalize().into_bytes().to_vec(),
            Self::HmacSha1(mac) => mac.finalize().into_bytes().to_vec(),
            Self::HmacSha256(mac) => mac.finalize().into_bytes().to_vec(),
            Self::HmacSha384(mac) => mac.finalize().into_bytes().to_vec(),
            Self::HmacSha512(mac) => mac.finalize().into_bytes().to_vec(),
            Self::Md5(hash) => hash.finalize().to_vec(),
            Self::Sha1(hash) => hash.finalize().to_vec(),
            Self::Sha256(hash) => hash.finalize().to_vec(),
            Self::Sha512(hash) => hash.finalize().to_vec(),
            Self::Token(token) => token.to_vec(),
            Self::Whole(content) => content,
        }
    }
}

/// The key bytes of a shared secret.
fn symmetric(rule: &KeyRule, secret: &Secret) -> Result<Zeroizing<Vec<u8>>, Unusable> {
    let bytes = secret.expose();
    let stripped = match rule.prefix.as_deref() {
        None => bytes,
        Some(prefix) => match bytes.strip_prefix(prefix.as_bytes()) {
            Some(rest) => rest,
            None if rule.prefix_required => {
                return Err(Unusable::NoPrefix {
                    prefix: prefix.to_owned(),
                });
            }
            None => bytes,
        },
    };
    let key = match rule.form {
        KeyForm::Text => stripped.to_vec(),
        KeyForm::Base64 => encoding::lenient_base64(stripped).ok_or(Unusable::NotBase64 {
            prefix: rule.prefix.clone().unwrap_or_default(),
        })?,
        KeyForm::Hex => hex::decode(stripped).map_err(|_| Unusable::NotHex)?,
    };
    if key.is_empty() {
        return Err(Unusable::Empty);
    }
    Ok(Zeroizing::new(key))
}

/// Reads an Ed25519 key: PEM (PKCS #8 or SubjectPublicKeyInfo), or raw bytes as base64 or hex.
/// 32 raw bytes are the public key, unless the scheme's prefix for private keys (`whsk_`) says
/// otherwise: taking a published public key for a private seed too would let anyone who knows it
/// sign. 64 raw bytes are the private seed with its public key, and must agree.
fn ed25519(rule: &KeyRule, secret: &Secret) -> Result<Key, Unusable> {
    use ed25519_dalek::{SigningKey, VerifyingKey};
    const NOT_A_KEY: Unusable = Unusable::NotAKey {
        algorithm: Algorithm::Ed25519,
    };
    let private = |key: SigningKey| {
        Key(Material::Ed25519 {
            public: Box::new(key.verifying_key()),
            private: Some(Box::new(key)),
        })
    };
    let public = |key: VerifyingKey| {
        Key(Material::Ed25519 {
            private: None,
            public: Box::new(key),
        })
    };
    let (raw, is_private) = match asymmetric_bytes(rule, secret) {
        Some(Asymmetric::Pem(pem)) => {
            return SigningKey::from_pkcs8_pem(&pem)
                .map(private)
                .or_else(|_| VerifyingKey::from_public_key_pem(&pem).map(public))
                .map_err(|_| NOT_A_KEY);
        }
        Some(Asymmetric::Raw { bytes, is_private }) => (bytes, is_private),
        None => return Err(NOT_A_KEY),
    };
    match raw.as_slice().try_into() {
        Ok(seed) if is_private => return Ok(private(SigningKey::from_bytes(seed))),
        Ok(key) => {
            return VerifyingKey::from_bytes(key)
                .map(public)
                .map_err(|_| NOT_A_KEY);
        }
        Err(_) => {}
    }
    if let Ok(pair) = raw.as_slice().try_into() {
        return SigningKey::from_keypair_bytes(pair)
            .map(private)
            .map_err(|_| NOT_A_KEY);
    }
    SigningKey::from_pkcs8_der(&raw)
        .map(private)
        .or_else(|_| VerifyingKey::from_public_key_der(&raw).map(public))
        .map_err(|_| NOT_A_KEY)
}

/// Reads an ECDSA P-256 key: PEM or base64 of DER (PKCS #8, SEC 1 or SubjectPublicKeyInfo).
fn p256(rule: &KeyRule, secret: &Secret) -> Result<Key, Unusable> {
    use p256::ecdsa::{SigningKey, VerifyingKey};
    use p256::pkcs8::{DecodePrivateKey as _, DecodePublicKey as _};
    const NOT_A_KEY: Unusable = Unusable::NotAKey {
        algorithm: Algorithm::EcdsaP256Sha256,
    };
    let private = |key: p256::SecretKey| {
        let key = SigningKey::from(key);
        Key(Material::P256 {
            public: Box::new(*key.verifying_key()),
            private: Some(Box::new(key)),
        })
    };
    let public = |key: p256::PublicKey| {
        Key(Material::P256 {
            private: None,
            public: Box::new(VerifyingKey::from(key)),
        })
    };
    match asymmetric_bytes(rule, secret) {
        Some(Asymmetric::Pem(pem)) => p256::SecretKey::from_pkcs8_pem(&pem)
            .or_else(|_| p256::SecretKey::from_sec1_pem(&pem).map_err(|_| ()))
            .map(private)
            .or_else(|()| {
                p256::PublicKey::from_public_key_pem(&pem)
                    .map(public)
                    .map_err(|_| ())
            })
            .map_err(|()| NOT_A_KEY),
        Some(Asymmetric::Raw { bytes, .. }) => p256::SecretKey::from_pkcs8_der(&bytes)
            .or_else(|_| p256::SecretKey::from_sec1_der(&bytes).map_err(|_| ()))
            .map(private)
            .or_else(|()| {
                p256::PublicKey::from_public_key_der(&bytes)
                    .or_else(|_| p256::PublicKey::from_sec1_bytes(&bytes).map_err(|_| ()))
                    .map(public)
            })
            .map_err(|()| NOT_A_KEY),
        None => Err(NOT_A_KEY),
    }
}

enum Asymmetric {
    Pem(Zeroizing<String>),
    Raw {
        bytes: Zeroizing<Vec<u8>>,
        is_private: bool,
    },
}

fn asymmetric_bytes(rule: &KeyRule, secret: &Secret) -> Option<Asymmetric> {
    let text = std::str::from_utf8(secret.expose()).ok()?.trim();
    if text.starts_with("-----BEGIN ") {
        return Some(Asymmetric::Pem(Zeroizing::new(text.to_owned())));
    }
    let strip = |prefix: &Option<String>| {
        prefix
            .as_deref()
            .and_then(|prefix| text.strip_prefix(prefix))
    };
    let (text, is_private) = match (strip(&rule.private_prefix), strip(&rule.prefix)) {
        (Some(rest), _) => (rest, true),
        (None, Some(rest)) => (rest, false),
        (None, None) if rule.prefix_required => return None,
        (None, None) => (text, false),
    };
    // A hex text is also base64 text, of a length that no key has: hex is asked first.
    let bytes = hex::decode(text)
        .ok()
        .or_else(|| encoding::lenient_base64(text.as_bytes()))?;
    Some(Asymmetric::Raw {
        bytes: Zeroizing::new(bytes),
        is_private,
    })
}

/// The key for *signing*: where 32 raw bytes could be either half of a pair, they are the private
/// seed here, since nothing else can sign.
///
/// # Errors
/// The secret is no private key of the algorithm.
pub fn signing_key(algorithm: Algorithm, rule: &KeyRule, secret: &Secret) -> Result<Key, Unusable> {
    let key = Key::new(algorithm, rule, secret)?;
    if key.can_sign() {
        return Ok(key);
    }
    match asymmetric_bytes(rule, secret) {
        Some(Asymmetric::Raw { bytes, .. })
            if algorithm == Algorithm::Ed25519
                && bytes.len() == 32
                && !has_public_prefix(rule, secret) =>
        {
            let seed: [u8; 32] = bytes
                .as_slice()
                .try_into()
                .map_err(|_| Unusable::PublicKey)?;
            let private = ed25519_dalek::SigningKey::from_bytes(&seed);
            Ok(Key(Material::Ed25519 {
                public: Box::new(private.verifying_key()),
                private: Some(Box::new(private)),
            }))
        }
        _ => Err(Unusable::PublicKey),
    }
}

fn has_public_prefix(rule: &KeyRule, secret: &Secret) -> bool {
    rule.prefix
        .as_deref()
        .is_some_and(|prefix| secret.expose().starts_with(prefix.as_bytes()))
}

/// How long a raw signature of this algorithm is, in bytes; `None` where that varies.
pub fn signature_len(algorithm: Algorithm) -> Option<usize> {
    match algorithm {
        Algorithm::Md5 | Algorithm::HmacMd5 => Some(16),
        Algorithm::Sha1 | Algorithm::HmacSha1 => Some(20),
        Algorithm::Sha256 | Algorithm::HmacSha256 => Some(32),
        Algorithm::HmacSha384 => Some(48),
        Algorithm::Sha512 | Algorithm::HmacSha512 | Algorithm::Ed25519 => Some(64),
        Algorithm::EcdsaP256Sha256 | Algorithm::Token => None,
    }
}

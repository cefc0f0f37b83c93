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
    /// 32 bare bytes are no point of the curve: most often the private seed.
    NotAPublicKey,
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
            Self::NotAPublicKey => f.write_str(
                "the secret is not an ed25519 public key; if it is the private seed, give its PEM or \
                 its public key: 32 bare bytes are never taken for the seed when judging",
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
            Algorithm::Token => {
                let token = symmetric(rule, secret)?;
                let text = std::str::from_utf8(&token).map_err(|_| Unusable::NotHeaderText)?;
                if text.chars().any(char::is_control) {
                    return Err(Unusable::NotHeaderText);
                }
                Ok(Self::from_bytes(algorithm, &token))
            }
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
            Material::Mac { start, .. } => Running::clone(start),
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
            // By digest, so that not even the token's length shows in the time.
            (_, State::Token(token)) => {
                let expected = Sha256::digest(token.as_slice());
                signatures.fold(false, |found, signature| {
                    found | bool::from(expected.ct_eq(&Sha256::digest(signature)))
                })
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
    /// The secret itself travels: the content is not looked at.
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

/// Reads an Ed25519 key: PEM or DER (PKCS #8 or SubjectPublicKeyInfo), or raw bytes, as base64 or
/// hex. 32 raw bytes are the public key, unless the scheme's prefix for private keys (`whsk_`)
/// says otherwise: taking a published public key for a private seed too would let anyone who knows
/// it sign. 64 raw bytes are the private seed with its public key, and must agree.
fn ed25519(rule: &KeyRule, secret: &Secret) -> Result<Key, Unusable> {
    use ed25519_dalek::{SigningKey, VerifyingKey};
    let not_a_key = || Unusable::NotAKey {
        algorithm: Algorithm::Ed25519,
    };
    let public = |key: VerifyingKey| {
        Key(Material::Ed25519 {
            private: None,
            public: Box::new(key),
        })
    };
    let KeyBytes { bytes, is_private } = asymmetric_bytes(rule, secret).ok_or_else(not_a_key)?;
    if let Ok(raw) = <&[u8; 32]>::try_from(bytes.as_slice()) {
        return if is_private {
            Ok(ed25519_private(SigningKey::from_bytes(raw)))
        } else {
            (VerifyingKey::from_bytes(raw).map(public)).map_err(|_| Unusable::NotAPublicKey)
        };
    }
    if let Ok(pair) = bytes.as_slice().try_into() {
        return (SigningKey::from_keypair_bytes(pair).map(ed25519_private))
            .map_err(|_| not_a_key());
    }
    SigningKey::from_pkcs8_der(&bytes)
        .map(ed25519_private)
        .or_else(|_| VerifyingKey::from_public_key_der(&bytes).map(public))
        .map_err(|_| not_a_key())
}

fn ed25519_private(key: ed25519_dalek::SigningKey) -> Key {
    Key(Material::Ed25519 {
        public: Box::new(key.verifying_key()),
        private: Some(Box::new(key)),
    })
}

/// Reads an ECDSA P-256 key: PEM or DER (PKCS #8, SEC 1 or SubjectPublicKeyInfo), or raw (the
/// 32 bytes of the private number, the point of the public key), as base64 or hex.
fn p256(rule: &KeyRule, secret: &Secret) -> Result<Key, Unusable> {
    use p256::ecdsa::{SigningKey, VerifyingKey};
    use p256::pkcs8::{DecodePrivateKey as _, DecodePublicKey as _};
    use p256::{PublicKey, SecretKey};
    let not_a_key = || Unusable::NotAKey {
        algorithm: Algorithm::EcdsaP256Sha256,
    };
    let private = |key: SecretKey| {
        let key = SigningKey::from(key);
        Key(Material::P256 {
            public: Box::new(*key.verifying_key()),
            private: Some(Box::new(key)),
        })
    };
    let public = |key: PublicKey| {
        Key(Material::P256 {
            private: None,
            public: Box::new(VerifyingKey::from(key)),
        })
    };
    let KeyBytes { bytes, .. } = asymmetric_bytes(rule, secret).ok_or_else(not_a_key)?;
    // Only the full length: shorter slices would be padded.
    let number = Some(&bytes).filter(|bytes| bytes.len() == 32);
    let secret_key = (number.and_then(|number| SecretKey::from_slice(number).ok()))
        .or_else(|| SecretKey::from_pkcs8_der(&bytes).ok())
        .or_else(|| SecretKey::from_sec1_der(&bytes).ok());
    if let Some(key) = secret_key {
        return Ok(private(key));
    }
    PublicKey::from_public_key_der(&bytes)
        .ok()
        .or_else(|| PublicKey::from_sec1_bytes(&bytes).ok())
        .map(public)
        .ok_or_else(not_a_key)
}

/// The bytes of one half of a key pair.
struct KeyBytes {
    bytes: Zeroizing<Vec<u8>>,
    /// The scheme's prefix for private keys was there.
    is_private: bool,
}

fn asymmetric_bytes(rule: &KeyRule, secret: &Secret) -> Option<KeyBytes> {
    let text = std::str::from_utf8(secret.expose()).ok()?.trim();
    if text.starts_with("-----BEGIN ") {
        return pem_bytes(text).map(|bytes| KeyBytes {
            bytes,
            is_private: false,
        });
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
    Some(KeyBytes {
        bytes: Zeroizing::new(bytes),
        is_private,
    })
}

/// The DER of a PEM's key (RFC 7468), read leniently: environment variables and web forms change
/// its line ends (to the two characters `\n`, or to spaces), and OpenSSL puts parameters first.
fn pem_bytes(text: &str) -> Option<Zeroizing<Vec<u8>>> {
    let mut rest = text;
    while let Some((_, block)) = rest.split_once("-----BEGIN ") {
        let (label, block) = block.split_once("-----")?;
        let (body, after) = block.split_once("-----END ")?;
        if label.ends_with("KEY") {
            let body = Zeroizing::new(body.replace("\\n", "").replace("\\r", ""));
            let base64: Zeroizing<Vec<u8>> = Zeroizing::new(
                (body.bytes())
                    .filter(|byte| !byte.is_ascii_whitespace())
                    .collect(),
            );
            return encoding::lenient_base64(&base64).map(Zeroizing::new);
        }
        rest = after;
    }
    None
}

/// The key for *signing*: where 32 raw bytes could be either half of a pair, they are the private
/// seed here, since nothing else can sign.
///
/// # Errors
/// The secret is no private key of the algorithm.
pub fn signing_key(algorithm: Algorithm, rule: &KeyRule, secret: &Secret) -> Result<Key, Unusable> {
    // The seed first: half of all seeds are no public key, so reading them as one would fail.
    let seed = (algorithm == Algorithm::Ed25519)
        .then(|| asymmetric_bytes(rule, secret))
        .flatten()
        .filter(|_| !has_public_prefix(rule, secret))
        .and_then(|key| <[u8; 32]>::try_from(key.bytes.as_slice()).ok())
        .map(Zeroizing::new);
    if let Some(seed) = seed {
        let private = ed25519_dalek::SigningKey::from_bytes(&seed);
        return Ok(ed25519_private(private));
    }
    let key = Key::new(algorithm, rule, secret)?;
    if key.can_sign() {
        Ok(key)
    } else {
        Err(Unusable::PublicKey)
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

#[cfg(test)]
mod tests {
    use super::*;

    const SEED: &str = "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60";
    /// Of RFC 8032, section 7.1, test 1.
    const PUBLIC: &str = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";

    fn secret(text: &str) -> Secret {
        Secret::new(text).unwrap()
    }

    fn verifying(algorithm: Algorithm, rule: &KeyRule, text: &str) -> Result<Key, Unusable> {
        Key::new(algorithm, rule, &secret(text))
    }

    #[test]
    fn secrets_are_never_shown() {
        let key = Key::from_bytes(Algorithm::HmacSha256, b"hunter2");
        let shown = format!("{:?} {key:?} {:?}", secret("hunter2"), key.start());
        assert_eq!(shown, "Secret(…) Key(f52fbd32) Running");
    }

    #[test]
    fn an_empty_secret_is_none() {
        assert_eq!(Secret::new(""), Err(Unusable::Empty));
        let rule = KeyRule {
            form: KeyForm::Base64,
            prefix: Some("whsec_".into()),
            ..KeyRule::default()
        };
        let of = |text| verifying(Algorithm::HmacSha256, &rule, text).map(|key| key.fingerprint());
        assert_eq!(of("whsec_"), Err(Unusable::Empty));
        assert_eq!(of("whsec_===="), Err(Unusable::Empty));
        assert!(matches!(of("whsec_!"), Err(Unusable::NotBase64 { .. })));
        assert_eq!(of("whsec_AQID"), of("AQID"));
    }

    #[test]
    fn a_token_that_no_header_can_carry_is_refused() {
        let of = |text: &[u8]| {
            let secret = Secret::new(text).unwrap();
            Key::new(Algorithm::Token, &KeyRule::default(), &secret).map(drop)
        };
        assert_eq!(of(b"t\xc3\xb6ken"), Ok(()));
        assert_eq!(of(b"to\nken"), Err(Unusable::NotHeaderText));
        assert_eq!(of(b"to\xffken"), Err(Unusable::NotHeaderText));
    }

    #[test]
    fn a_token_is_compared_whole() {
        let key = Key::from_bytes(Algorithm::Token, b"token");
        let is = |token: &[u8]| key.verify(key.start(), [token]);
        assert!(is(b"token"));
        assert!(!is(b"toke") && !is(b"token ") && !is(b"Token") && !is(b""));
    }

    #[test]
    fn thirty_two_raw_bytes_verify_as_the_public_key_and_sign_as_the_seed() {
        let rule = KeyRule::default();
        let public = verifying(Algorithm::Ed25519, &rule, PUBLIC).unwrap();
        assert!(!public.can_sign());
        assert_eq!(public.sign(public.start()), Err(Unusable::PublicKey));
        let private = signing_key(Algorithm::Ed25519, &rule, &secret(SEED)).unwrap();
        assert_eq!(private.fingerprint(), public.fingerprint());
        let signature = private.sign(private.start()).unwrap();
        assert!(hex::encode(&signature).starts_with("e5564300c360ac729086e2cc806e828a"));
        assert!(public.verify(public.start(), [signature.as_slice()]));
        assert!(private.verify(private.start(), [[7; 3].as_slice(), &signature]));
        assert!(!public.verify(public.start(), [[0; 64].as_slice()]));
    }

    #[test]
    fn a_seed_that_is_no_public_key_is_told_from_what_is_no_key_at_all() {
        let rule = KeyRule::default();
        // 2 is no coordinate of a point.
        let seed = format!("02{}", "00".repeat(31));
        let key = |text: &str| verifying(Algorithm::Ed25519, &rule, text).map(|_| ());
        assert_eq!(key(&seed), Err(Unusable::NotAPublicKey));
        let algorithm = Algorithm::Ed25519;
        assert_eq!(key("zz"), Err(Unusable::NotAKey { algorithm }));
    }

    /// Half of all seeds are no point of the curve.
    #[test]
    fn every_seed_signs() {
        for number in 0..16_u8 {
            let seed = hex::encode([number; 32]);
            let key = signing_key(Algorithm::Ed25519, &KeyRule::default(), &secret(&seed));
            assert!(key.unwrap().can_sign());
        }
    }

    #[test]
    fn a_prefix_says_which_half_of_a_pair_it_is() {
        let rule = KeyRule {
            prefix: Some("whpk_".into()),
            private_prefix: Some("whsk_".into()),
            prefix_required: true,
            ..KeyRule::default()
        };
        let key = |text: &str| verifying(Algorithm::Ed25519, &rule, text);
        let public = key(&format!("whpk_{PUBLIC}")).unwrap();
        assert_eq!(
            key(&format!("whsk_{SEED}")).unwrap().fingerprint(),
            public.fingerprint()
        );
        let pair = key(&format!("whsk_{SEED}{PUBLIC}")).unwrap();
        assert!(pair.can_sign());
        assert!(
            key(&format!("whsk_{SEED}{SEED}")).is_err(),
            "the halves disagree"
        );
        assert!(key(PUBLIC).is_err(), "no prefix");
        let signing = |text: &str| signing_key(Algorithm::Ed25519, &rule, &secret(text)).map(drop);
        assert_eq!(signing(&format!("whpk_{PUBLIC}")), Err(Unusable::PublicKey));
        assert_eq!(signing(&format!("whsk_{SEED}")), Ok(()));
    }

    #[test]
    fn what_is_no_key_is_refused() {
        let rule = KeyRule::default();
        let cases = [
            "x",
            "abcd",
            "not a key!",
            "-----BEGIN PUBLIC KEY-----",
            PUBLIC,
        ];
        for algorithm in [Algorithm::Ed25519, Algorithm::EcdsaP256Sha256] {
            for text in &cases[..4] {
                let key = verifying(algorithm, &rule, text).map(drop);
                assert_eq!(key, Err(Unusable::NotAKey { algorithm }), "{text}");
            }
        }
        let zero = verifying(Algorithm::EcdsaP256Sha256, &rule, &"00".repeat(32)).map(drop);
        assert!(zero.is_err());
    }

    #[test]
    fn a_pem_survives_what_environments_do_to_it() {
        // RFC 8410, section 10.1 and 10.3.
        let public = "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n-----END PUBLIC KEY-----\n";
        let private = "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC\n-----END PRIVATE KEY-----";
        let rule = KeyRule::default();
        let key = |text: &str| verifying(Algorithm::Ed25519, &rule, text).unwrap();
        let expected = key(public).fingerprint();
        assert!(key(private).can_sign());
        assert!(signing_key(Algorithm::Ed25519, &rule, &secret(public)).is_err());
        for text in [
            private.to_owned(),
            public.replace('\n', "\r\n"),
            public.replace('\n', "\\n"),
            public.replace('\n', " "),
            format!(
                "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n{public}"
            ),
            "MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=".to_owned(),
        ] {
            assert_eq!(key(&text).fingerprint(), expected, "{text}");
        }
    }
}

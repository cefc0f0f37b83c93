//! Key pairs: what a private half signs, the public half verifies. Read in all the forms in which
//! people keep them.

use ed25519_dalek::Signer as _;
use ed25519_dalek::pkcs8::{DecodePrivateKey as _, DecodePublicKey as _};
use p256::ecdsa::signature::Verifier as _;
use zeroize::Zeroizing;

use super::encoding::{self, Encoding};
use super::hash::Hash;
use super::jwk::Jwk;
use super::record::words::{KeyPair, KeyRule};
use super::rsa::Rsa;
use super::secret::Secret;

/// A key pair, or its public half alone.
#[derive(Clone)]
pub(super) enum Pair {
    Ed25519 {
        private: Option<Box<ed25519_dalek::SigningKey>>,
        public: Box<ed25519_dalek::VerifyingKey>,
    },
    P256 {
        private: Option<Box<p256::ecdsa::SigningKey>>,
        public: Box<p256::ecdsa::VerifyingKey>,
        /// Signatures are two numbers side by side, not DER.
        is_bare: bool,
    },
    Rsa(Rsa),
}

/// Why a secret is no half of a pair.
pub(super) enum NoPair {
    /// Not a key of the algorithm, in none of the forms that are read.
    NotAKey,
    /// 32 bare bytes that are no point of the curve: most often the private seed.
    NotPublic,
    /// An RSA key of so many bits, which are too few to prove anything.
    Short(usize),
}

impl Pair {
    /// Reads a key for *verifying*.
    pub(super) fn verifying(
        kind: KeyPair,
        rule: &KeyRule,
        secret: &Secret,
    ) -> Result<Self, NoPair> {
        let rsa = |rsa: Rsa| match rsa.bits() {
            bits if bits < Rsa::FEWEST_BITS => Err(NoPair::Short(bits)),
            _ => Ok(Self::Rsa(rsa)),
        };
        let jwk = Jwk::of(secret);
        if let (Some(jwk), KeyPair::RsaSha256 | KeyPair::RsaSha1 | KeyPair::RsaPssSha512) =
            (&jwk, kind)
        {
            return rsa(Rsa::of_jwk(kind, jwk).ok_or(NoPair::NotAKey)?);
        }
        let bytes = match &jwk {
            Some(jwk) => KeyBytes::of_jwk(jwk),
            None => KeyBytes::read(rule, secret),
        };
        let bytes = bytes.ok_or(NoPair::NotAKey)?;
        match kind {
            KeyPair::Ed25519 => ed25519(&bytes),
            KeyPair::EcdsaP256Sha256 => p256(&bytes.bytes, false).ok_or(NoPair::NotAKey),
            KeyPair::Es256 => p256(&bytes.bytes, true).ok_or(NoPair::NotAKey),
            KeyPair::RsaSha256 | KeyPair::RsaSha1 | KeyPair::RsaPssSha512 => {
                rsa(Rsa::of_der(kind, &bytes.bytes).ok_or(NoPair::NotAKey)?)
            }
        }
    }

    /// Reads a key for *signing*: where 32 raw bytes could be either half of an Ed25519 pair, they
    /// are the private seed here, since nothing else can sign. Half of all seeds are no public key.
    pub(super) fn signing(kind: KeyPair, rule: &KeyRule, secret: &Secret) -> Result<Self, NoPair> {
        if kind == KeyPair::Ed25519
            && Jwk::of(secret).is_none()
            && let Some(bytes) = KeyBytes::read(rule, secret)
            && bytes.half != Some(Half::Public)
            && let Ok(seed) = <&[u8; 32]>::try_from(bytes.bytes.as_slice())
        {
            return Ok(ed25519_private(ed25519_dalek::SigningKey::from_bytes(seed)));
        }
        Self::verifying(kind, rule, secret)
    }

    /// The public half, as it is told apart by.
    pub(super) fn public_bytes(&self) -> Vec<u8> {
        match self {
            Self::Ed25519 { public, .. } => public.as_bytes().to_vec(),
            Self::P256 { public, .. } => public.to_sec1_bytes().to_vec(),
            Self::Rsa(rsa) => rsa.public_bytes().to_vec(),
        }
    }

    /// The key's thumbprint (RFC 7638), which names a key that has no other name.
    pub(super) fn thumbprint(&self) -> Option<String> {
        let base64 = |bytes: &[u8]| Encoding::Base64url.encode(bytes);
        let public = self.public_bytes();
        let text = match self {
            Self::Ed25519 { .. } => {
                let x = base64(&public);
                format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{x}"}}"#)
            }
            Self::P256 { public, .. } => {
                let point = public.to_sec1_point(false);
                let (x, y) = (base64(point.x()?), base64(point.y()?));
                format!(r#"{{"crv":"P-256","kty":"EC","x":"{x}","y":"{y}"}}"#)
            }
            Self::Rsa(_) => return None,
        };
        Some(base64(Hash::Sha256.of(&[text.as_bytes()]).as_slice()))
    }

    /// Whether the private half is there.
    pub(super) fn can_sign(&self) -> bool {
        match self {
            Self::Ed25519 { private, .. } => private.is_some(),
            Self::P256 { private, .. } => private.is_some(),
            Self::Rsa(rsa) => rsa.can_sign(),
        }
    }

    /// The raw signature; `None` without the private half.
    pub(super) fn sign(&self, content: &[u8]) -> Option<Vec<u8>> {
        match self {
            Self::Ed25519 { private, .. } => {
                let key = private.as_ref()?;
                Some(key.sign(content).to_bytes().to_vec())
            }
            Self::P256 {
                private, is_bare, ..
            } => {
                let signature: p256::ecdsa::Signature = private.as_ref()?.sign(content);
                Some(match is_bare {
                    true => signature.to_bytes().to_vec(),
                    false => signature.to_der().as_bytes().to_vec(),
                })
            }
            Self::Rsa(rsa) => rsa.sign(content),
        }
    }

    /// Whether the raw signature is right for the content.
    pub(super) fn verify(&self, content: &[u8], signature: &[u8]) -> bool {
        match self {
            Self::Ed25519 { public, .. } => ed25519_dalek::Signature::from_slice(signature)
                .is_ok_and(|signature| public.verify_strict(content, &signature).is_ok()),
            Self::P256 {
                public, is_bare, ..
            } => match is_bare {
                true => p256::ecdsa::Signature::from_slice(signature),
                false => p256::ecdsa::Signature::from_der(signature),
            }
            .is_ok_and(|signature| public.verify(content, &signature).is_ok()),
            Self::Rsa(rsa) => rsa.verify(content, signature),
        }
    }
}

/// Reads an Ed25519 key: PKCS #8 or SubjectPublicKeyInfo, or raw bytes. 32 raw bytes are the
/// public key, unless the scheme's prefix for private keys (`whsk_`) says otherwise: taking a
/// published public key for a private seed too would let anyone who knows it sign. 64 raw bytes
/// are the private seed with its public key, and must agree.
fn ed25519(KeyBytes { bytes, half }: &KeyBytes) -> Result<Pair, NoPair> {
    use ed25519_dalek::{SigningKey, VerifyingKey};
    let public = |key: VerifyingKey| Pair::Ed25519 {
        private: None,
        public: Box::new(key),
    };
    if let Ok(raw) = <&[u8; 32]>::try_from(bytes.as_slice()) {
        return if *half == Some(Half::Private) {
            Ok(ed25519_private(SigningKey::from_bytes(raw)))
        } else {
            (VerifyingKey::from_bytes(raw).map(public)).map_err(|_| NoPair::NotPublic)
        };
    }
    if let Ok(pair) = bytes.as_slice().try_into() {
        return (SigningKey::from_keypair_bytes(pair).map(ed25519_private))
            .map_err(|_| NoPair::NotAKey);
    }
    SigningKey::from_pkcs8_der(bytes)
        .map(ed25519_private)
        .or_else(|_| VerifyingKey::from_public_key_der(bytes).map(public))
        .map_err(|_| NoPair::NotAKey)
}

fn ed25519_private(key: ed25519_dalek::SigningKey) -> Pair {
    Pair::Ed25519 {
        public: Box::new(key.verifying_key()),
        private: Some(Box::new(key)),
    }
}

/// Reads an ECDSA P-256 key: PKCS #8, SEC 1 or SubjectPublicKeyInfo, or raw (the 32 bytes of the
/// private number, the point of the public key).
fn p256(bytes: &[u8], is_bare: bool) -> Option<Pair> {
    use p256::ecdsa::{SigningKey, VerifyingKey};
    use p256::pkcs8::{DecodePrivateKey as _, DecodePublicKey as _};
    use p256::{PublicKey, SecretKey};
    // Only the full length: shorter slices would be padded.
    let number = Some(bytes).filter(|bytes| bytes.len() == 32);
    let private = (number.and_then(|number| SecretKey::from_slice(number).ok()))
        .or_else(|| SecretKey::from_pkcs8_der(bytes).ok())
        .or_else(|| SecretKey::from_sec1_der(bytes).ok())
        .map(SigningKey::from);
    let public = match &private {
        Some(key) => *key.verifying_key(),
        None => PublicKey::from_public_key_der(bytes)
            .or_else(|_| PublicKey::from_sec1_bytes(bytes))
            .map(VerifyingKey::from)
            .ok()?,
    };
    Some(Pair::P256 {
        private: private.map(Box::new),
        public: Box::new(public),
        is_bare,
    })
}

/// The bytes of one half of a key pair, as PEM, base64 or hex wrote them.
struct KeyBytes {
    bytes: Zeroizing<Vec<u8>>,
    /// Which half the scheme's prefix says that it is.
    half: Option<Half>,
}

#[derive(Clone, Copy, PartialEq)]
enum Half {
    Private,
    Public,
}

impl KeyBytes {
    /// The key of a curve that a JWK holds: its private number, or its point.
    fn of_jwk(jwk: &Jwk) -> Option<Self> {
        let is_point = match (jwk.text("kty")?, jwk.text("crv")?) {
            ("OKP", "Ed25519") => false,
            ("EC", "P-256") => true,
            _ => return None,
        };
        if let Some(bytes) = jwk.bytes("d") {
            let half = Some(Half::Private);
            return Some(Self { bytes, half });
        }
        let mut bytes = jwk.bytes("x")?;
        if is_point {
            bytes.insert(0, 4);
            bytes.extend_from_slice(&jwk.bytes("y")?);
        }
        let half = Some(Half::Public);
        Some(Self { bytes, half })
    }

    fn read(rule: &KeyRule, secret: &Secret) -> Option<Self> {
        let text = std::str::from_utf8(secret.expose()).ok()?.trim();
        if text.starts_with("-----BEGIN ") {
            return pem(text).map(|bytes| Self { bytes, half: None });
        }
        let text = std::str::from_utf8(rule.unlabelled(text.as_bytes())).ok()?;
        let strip = |prefix: &Option<String>| text.strip_prefix(prefix.as_deref()?);
        let (text, half) = match (strip(&rule.private_prefix), strip(&rule.prefix)) {
            (Some(rest), _) => (rest, Some(Half::Private)),
            (None, Some(rest)) => (rest, Some(Half::Public)),
            (None, None) if rule.prefix_required => return None,
            (None, None) => (text, None),
        };
        // A hex text is also base64 text, of a length that no key has: hex is asked first.
        let bytes = hex::decode(text)
            .ok()
            .or_else(|| encoding::lenient_base64(text.as_bytes()))?;
        Some(Self {
            bytes: Zeroizing::new(bytes),
            half,
        })
    }
}

/// The DER of a PEM's key or of the key in a certificate (RFC 7468), read leniently: environment variables and web forms change
/// its line ends (to the two characters `\n`, or to spaces), and OpenSSL puts parameters first.
fn pem(text: &str) -> Option<Zeroizing<Vec<u8>>> {
    let mut rest = text;
    while let Some((_, block)) = rest.split_once("-----BEGIN ") {
        let (label, block) = block.split_once("-----")?;
        let (body, after) = block.split_once("-----END ")?;
        let is_certificate = label == "CERTIFICATE";
        if label.ends_with("KEY") || is_certificate {
            let body = Zeroizing::new(body.replace("\\n", "").replace("\\r", ""));
            let base64: Zeroizing<Vec<u8>> = Zeroizing::new(
                (body.bytes())
                    .filter(|byte| !byte.is_ascii_whitespace())
                    .collect(),
            );
            let der = encoding::lenient_base64(&base64).map(Zeroizing::new);
            return if is_certificate {
                certified(&der?)
            } else {
                der
            };
        }
        rest = after;
    }
    None
}

/// The public key of a certificate. Whether the certificate is to be trusted is not looked at: who
/// gives it as the key vouches for it.
fn certified(der: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let der = rustls::pki_types::CertificateDer::from(der);
    let certificate = webpki::EndEntityCert::try_from(&der).ok()?;
    let key = certificate.subject_public_key_info();
    Some(Zeroizing::new(key.as_ref().to_vec()))
}

//! RSA keys and their signatures, by ring: PKCS #1 v1.5 and PSS (RFC 8017).

use std::sync::Arc;

use p256::pkcs8::der::asn1::{ObjectIdentifier, UintRef};
use p256::pkcs8::der::{self, Decode as _, Encode as _, Reader as _, SliceReader};
use p256::pkcs8::spki::SubjectPublicKeyInfoRef;
use ring::rand::SystemRandom;
use ring::rsa::{KeyPair as Private, KeyPairComponents, PublicKeyComponents};
use ring::signature::{self, RsaParameters, UnparsedPublicKey};

use super::jwk::Jwk;
use super::record::words::KeyPair;

/// `rsaEncryption` and `id-RSASSA-PSS` (RFC 8017).
const OIDS: [ObjectIdentifier; 2] = [
    ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1"),
    ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.10"),
];

/// An RSA key pair, or its public half alone.
#[derive(Clone)]
pub(super) struct Rsa {
    kind: KeyPair,
    private: Option<Arc<Private>>,
    /// `RSAPublicKey`.
    public: Vec<u8>,
}

impl Rsa {
    /// Shorter keys are broken by whoever wants to.
    pub(super) const FEWEST_BITS: usize = 2048;

    /// Reads PKCS #8, PKCS #1 of either half, or SubjectPublicKeyInfo.
    pub(super) fn of_der(kind: KeyPair, der: &[u8]) -> Option<Self> {
        if let Ok(private) = Private::from_pkcs8(der).or_else(|_| Private::from_der(der)) {
            return Some(Self::of_private(kind, private));
        }
        let public = match SubjectPublicKeyInfoRef::from_der(der) {
            Ok(info) if OIDS.contains(&info.algorithm.oid) => info.subject_public_key.raw_bytes(),
            Ok(_) => return None,
            Err(_) => der,
        };
        modulus(public)?;
        Some(Self {
            kind,
            private: None,
            public: public.to_vec(),
        })
    }

    /// Reads a JWK.
    pub(super) fn of_jwk(kind: KeyPair, jwk: &Jwk) -> Option<Self> {
        if jwk.text("kty")? != "RSA" {
            return None;
        }
        let (n, e) = (jwk.bytes("n")?, jwk.bytes("e")?);
        let own = |member: &str| jwk.bytes(member);
        if let (Some(d), Some(p), Some(q), Some(dp), Some(dq), Some(qi)) = (
            own("d"),
            own("p"),
            own("q"),
            own("dp"),
            own("dq"),
            own("qi"),
        ) {
            let private = Private::from_components(&KeyPairComponents {
                public_key: PublicKeyComponents {
                    n: n.as_slice(),
                    e: e.as_slice(),
                },
                d: d.as_slice(),
                p: p.as_slice(),
                q: q.as_slice(),
                dP: dp.as_slice(),
                dQ: dq.as_slice(),
                qInv: qi.as_slice(),
            });
            return private.ok().map(|private| Self::of_private(kind, private));
        }
        let numbers = [UintRef::new(&n).ok()?, UintRef::new(&e).ok()?];
        Some(Self {
            kind,
            private: None,
            public: numbers.to_der().ok()?,
        })
    }

    fn of_private(kind: KeyPair, private: Private) -> Self {
        Self {
            kind,
            public: private.public().as_ref().to_vec(),
            private: Some(Arc::new(private)),
        }
    }

    /// How long the key is.
    pub(super) fn bits(&self) -> usize {
        let first = |number: &[u8]| {
            number
                .first()
                .map_or(0, |byte| byte.leading_zeros() as usize)
        };
        modulus(&self.public).map_or(0, |number| number.len() * 8 - first(&number))
    }

    pub(super) fn public_bytes(&self) -> &[u8] {
        &self.public
    }

    pub(super) fn can_sign(&self) -> bool {
        self.private.is_some() && self.kind != KeyPair::RsaSha1
    }

    /// The raw signature; `None` without the private half, and with SHA-1.
    pub(super) fn sign(&self, content: &[u8]) -> Option<Vec<u8>> {
        let padding: &dyn signature::RsaEncoding = match self.kind {
            KeyPair::RsaSha256 => &signature::RSA_PKCS1_SHA256,
            KeyPair::RsaPssSha512 => &signature::RSA_PSS_SHA512,
            _ => return None,
        };
        let private = self.private.as_ref()?;
        let mut signature = vec![0; private.public().modulus_len()];
        let signed = private.sign(padding, &SystemRandom::new(), content, &mut signature);
        signed.ok().map(|()| signature)
    }

    /// Whether the raw signature is right for the content.
    pub(super) fn verify(&self, content: &[u8], signature: &[u8]) -> bool {
        let parameters: &RsaParameters = match self.kind {
            KeyPair::RsaSha256 => &signature::RSA_PKCS1_2048_8192_SHA256,
            KeyPair::RsaPssSha512 => &signature::RSA_PSS_2048_8192_SHA512,
            KeyPair::RsaSha1 => &signature::RSA_PKCS1_2048_8192_SHA1_FOR_LEGACY_USE_ONLY,
            _ => return false,
        };
        UnparsedPublicKey::new(parameters, &self.public)
            .verify(content, signature)
            .is_ok()
    }
}

/// The modulus of an `RSAPublicKey`, without its leading zeros.
fn modulus(public: &[u8]) -> Option<Vec<u8>> {
    let mut reader = SliceReader::new(public).ok()?;
    let modulus = reader.sequence(|numbers| {
        let modulus = UintRef::decode(numbers)?;
        UintRef::decode(numbers)?;
        Ok::<_, der::Error>(modulus.as_bytes().to_vec())
    });
    modulus.ok().filter(|_| reader.is_finished())
}

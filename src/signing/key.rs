//! A secret becomes a key by the scheme's rule, a key a running computation, that a signature or a
//! yes or no. Keys and states are wiped when dropped and never shown.

use std::fmt;
use std::sync::OnceLock;

use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

use super::encoding;
use super::hash::{self, Hash};
use super::jwk::Jwk;
use super::pair::{NoPair, Pair};
use super::record::words::{Algorithm, KeyForm, KeyPair, KeyRule};
use super::secret::Secret;

/// Why a secret makes no key for a scheme. Never holds the secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unusable {
    /// Nothing is left of the secret: it would sign like no secret at all.
    #[error("the secret is empty")]
    Empty,
    /// The scheme's keys are base64, after a prefix if there is one (`whsec_`), and this is not.
    #[error(
        "the secret is not base64{}, as this scheme's secrets are",
        if prefix.is_empty() { String::new() } else { format!(" (after an optional {prefix})") }
    )]
    NotBase64 {
        /// The prefix; may be empty.
        prefix: String,
    },
    /// The scheme's keys are hex, and this is not.
    #[error("the secret is not hex, as this scheme's secrets are")]
    NotHex,
    /// The scheme's secrets start with this prefix, and this one does not.
    #[error("the secret does not start with {prefix}, as this scheme's secrets do")]
    NoPrefix {
        /// The prefix that is missing (`whsec_`).
        prefix: String,
    },
    /// Not a key of the asymmetric algorithm, in none of the forms that are read.
    #[error("the secret is not an {algorithm} key (PEM, JWK, hex or base64 are read)")]
    NotAKey {
        /// The algorithm whose key was expected.
        algorithm: KeyPair,
    },
    /// 32 bare bytes are no point of the curve: most often the private seed.
    #[error(
        "the secret is not an ed25519 public key; if it is the private seed, give its PEM or its \
         public key: 32 bare bytes are never taken for the seed when judging"
    )]
    NotAPublicKey,
    /// An RSA key that is too short to prove anything.
    #[error("the RSA key has {bits} bits: one of fewer than 2048 can be broken, and is not taken")]
    ShortKey {
        /// How long it is.
        bits: usize,
    },
    /// The key says itself that it is not for this.
    #[error("the JWK's {member} says that it is for something else")]
    OtherUse {
        /// The member that says so.
        member: String,
    },
    /// The algorithm is too old to sign with.
    #[error("{algorithm} is verified only: nothing new is signed with SHA-1")]
    VerifiedOnly {
        /// The algorithm.
        algorithm: KeyPair,
    },
    /// A key of a pair, and the scheme has shared secrets only.
    #[error("the scheme signs with a shared secret, and this is a key of a pair")]
    SharedOnly,
    /// The scheme signs a text beside the key, and it is not there.
    #[error(
        "the scheme signs a text that is given as the secret, beside the key, and it is missing"
    )]
    NoText,
    /// The scheme's key is a file beside the secret.
    #[error("the scheme needs an {algorithm} key beside this secret")]
    NoKey {
        /// The algorithm whose key is missing.
        algorithm: KeyPair,
    },
    /// A public key was given, and only a private key can sign.
    #[error("this is a public key: it verifies, but only the private key can sign")]
    PublicKey,
    /// The secret holds bytes that this kind of scheme cannot carry in a header.
    #[error("the secret holds bytes that a header cannot carry")]
    NotHeaderText,
}

impl Unusable {
    /// Whether the secret's text is not of the form that would be decoded.
    pub fn is_undecodable(&self) -> bool {
        matches!(self, Self::NotBase64 { .. } | Self::NotHex)
    }
}

impl KeyRule {
    /// The secret's text without the label that some providers show before its prefix.
    pub(super) fn unlabelled<'a>(&self, text: &'a [u8]) -> &'a [u8] {
        let rest = (self.label.as_ref()).and_then(|label| text.strip_prefix(label.as_bytes()));
        let mut prefixes = self.prefix.iter().chain(&self.private_prefix);
        rest.filter(|rest| prefixes.any(|prefix| rest.starts_with(prefix.as_bytes())))
            .unwrap_or(text)
    }

    /// The secret's text without the rule's prefix.
    pub(super) fn stripped<'a>(&self, text: &'a [u8]) -> &'a [u8] {
        let text = self.unlabelled(text);
        let prefix = self.prefix.as_deref().filter(|_| !self.prefix_kept);
        let rest = prefix.and_then(|prefix| text.strip_prefix(prefix.as_bytes()));
        rest.unwrap_or(text)
    }

    /// The key that the text of a shared secret stands for, with or without its prefix; `None` when
    /// it is not of the rule's form.
    pub(super) fn derive(&self, text: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let rest = self.stripped(text);
        let key = match self.form {
            KeyForm::Text => rest.to_vec(),
            KeyForm::Base64 => encoding::lenient_base64(rest)?,
            KeyForm::Hex => hex::decode(rest).ok()?,
        };
        Some(Zeroizing::new(key))
    }

    /// The member by which a JWK is not what the rule asks for.
    fn refuses<'r>(&'r self, jwk: &Jwk) -> Option<&'r str> {
        let mut members = self.jwk.iter();
        let wrong = members.find(|(member, values)| !jwk.is_one_of(member, values));
        wrong.map(|(member, _)| member.as_str())
    }

    /// The key of a shared secret.
    fn shared(&self, secret: &Secret) -> Result<Zeroizing<Vec<u8>>, Unusable> {
        if let Some(key) = Jwk::of(secret).and_then(|jwk| jwk.shared()) {
            return if key.is_empty() {
                Err(Unusable::Empty)
            } else {
                Ok(key)
            };
        }
        let text = self.unlabelled(secret.expose());
        let prefix = self.prefix.as_deref().unwrap_or_default();
        if self.prefix_required && !text.starts_with(prefix.as_bytes()) {
            let prefix = prefix.to_owned();
            return Err(Unusable::NoPrefix { prefix });
        }
        match self.derive(text) {
            Some(key) if key.is_empty() => Err(Unusable::Empty),
            Some(key) => Ok(key),
            None if self.form == KeyForm::Hex => Err(Unusable::NotHex),
            None => Err(Unusable::NotBase64 {
                prefix: prefix.to_owned(),
            }),
        }
    }
}

/// What a scheme's algorithm computes with.
#[derive(Clone)]
pub(super) struct Key {
    material: Material,
    /// The text beside a pair that the content holds.
    text: Option<Zeroizing<Vec<u8>>>,
    /// The name by which deliveries refer to it.
    id: Option<String>,
    /// Made once: every genuine delivery tells it.
    fingerprint: OnceLock<String>,
}

#[derive(Clone)]
enum Material {
    /// A shared secret's bytes, and the hash that begins with them.
    Shared(Zeroizing<Vec<u8>>, hash::Running),
    /// A shared secret that travels itself.
    Token(Zeroizing<Vec<u8>>),
    Pair(Pair),
}

/// Shows the fingerprint, which tells keys apart and gives nothing away.
impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Key({})", self.fingerprint())
    }
}

impl Key {
    /// The key to verify with that `algorithm` makes of a secret, by the scheme's rule.
    ///
    /// # Errors
    /// The secret is not of the form that the rule asks for.
    pub(super) fn verifying(
        algorithm: Algorithm,
        rule: &KeyRule,
        secret: &Secret,
    ) -> Result<Self, Unusable> {
        Self::new(algorithm, rule, secret, "verify", Pair::verifying)
    }

    /// The key to sign with.
    ///
    /// # Errors
    /// The secret is not of the form that the rule asks for, or a public key.
    pub(super) fn signing(
        algorithm: Algorithm,
        rule: &KeyRule,
        secret: &Secret,
    ) -> Result<Self, Unusable> {
        let key = Self::new(algorithm, rule, secret, "sign", Pair::signing)?;
        if let Algorithm::KeyPair(algorithm @ KeyPair::RsaSha1) = algorithm {
            return Err(Unusable::VerifiedOnly { algorithm });
        }
        key.can_sign().then_some(key).ok_or(Unusable::PublicKey)
    }

    fn new(
        algorithm: Algorithm,
        rule: &KeyRule,
        secret: &Secret,
        operation: &str,
        read: impl Fn(KeyPair, &KeyRule, &Secret) -> Result<Pair, NoPair>,
    ) -> Result<Self, Unusable> {
        let jwk = Jwk::of(secret);
        let refused = jwk
            .as_ref()
            .and_then(|jwk| rule.refuses(jwk).or(jwk.refuses(algorithm, operation)));
        if let Some(member) = refused {
            let member = member.to_owned();
            return Err(Unusable::OtherUse { member });
        }
        let material = match algorithm {
            Algorithm::Hmac(hash) => {
                let bytes = rule.shared(secret)?;
                let start = hash.keyed(&bytes);
                Material::Shared(bytes, start)
            }
            // Its scheme names the secret in the content.
            Algorithm::Plain(hash) => Material::Shared(rule.shared(secret)?, hash.plain()),
            Algorithm::Token => {
                let token = rule.shared(secret)?;
                let is_text = std::str::from_utf8(&token)
                    .is_ok_and(|text| !text.chars().any(char::is_control));
                if !is_text {
                    return Err(Unusable::NotHeaderText);
                }
                Material::Token(token)
            }
            Algorithm::KeyPair(kind) => match read(kind, rule, secret) {
                Ok(pair) => Material::Pair(pair),
                Err(NoPair::NotPublic) => return Err(Unusable::NotAPublicKey),
                Err(NoPair::NotAKey) => return Err(Unusable::NotAKey { algorithm: kind }),
                Err(NoPair::Short(bits)) => return Err(Unusable::ShortKey { bits }),
            },
        };
        Ok(Self {
            material,
            text: None,
            id: jwk.and_then(|jwk| jwk.id().map(str::to_owned)),
            fingerprint: OnceLock::new(),
        })
    }

    /// The key with the text beside it that the content holds.
    pub(super) fn beside(mut self, text: &Secret) -> Self {
        self.text = Some(Zeroizing::new(text.expose().to_vec()));
        self
    }

    /// Whether a delivery that names its key so may mean this one. A key without a name may be any.
    pub(super) fn is_called(&self, id: &[u8]) -> bool {
        (self.id.as_ref()).is_none_or(|own| own.as_bytes() == id)
    }

    /// The name by which deliveries refer to it.
    pub(super) fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }

    /// The first 8 hex digits of the SHA-256 of the key (of the public key, if asymmetric): tells
    /// which of several secrets matched without telling the secret.
    pub(super) fn fingerprint(&self) -> &str {
        self.fingerprint.get_or_init(|| {
            let digest = match &self.material {
                Material::Shared(bytes, _) | Material::Token(bytes) => Hash::Sha256.of(&[bytes]),
                Material::Pair(pair) => Hash::Sha256.of(&[&pair.public_bytes()]),
            };
            hex::encode(&digest.as_slice()[..4])
        })
    }

    /// Its name, or else its thumbprint.
    pub(super) fn name(&self) -> Option<String> {
        match &self.material {
            Material::Pair(pair) if self.id.is_none() => pair.thumbprint(),
            _ => self.id.clone(),
        }
    }

    /// Whether this key can sign: a public key can only verify.
    pub(super) fn can_sign(&self) -> bool {
        match &self.material {
            Material::Pair(pair) => pair.can_sign(),
            _ => true,
        }
    }

    /// The bytes of a shared secret's key, or the text beside a pair: what `{secret}` is.
    pub(super) fn bytes(&self) -> Option<&[u8]> {
        match &self.material {
            Material::Shared(bytes, _) | Material::Token(bytes) => Some(bytes),
            Material::Pair(_) => self.text.as_ref().map(|text| text.as_slice()),
        }
    }

    /// Begins a computation over content that arrives piece by piece.
    pub(super) fn start(&self) -> Running<'_> {
        Running(match &self.material {
            Material::Shared(_, start) => State::Shared(start.clone()),
            Material::Token(token) => State::Token(token),
            Material::Pair(pair) => State::Whole(pair, Vec::new()),
        })
    }
}

/// A signature's computation under way.
#[derive(Clone)]
pub(super) struct Running<'k>(State<'k>);

#[derive(Clone)]
enum State<'k> {
    Shared(hash::Running),
    /// The secret itself travels: the content is not looked at.
    Token(&'k [u8]),
    /// A pair needs the whole content at once.
    Whole(&'k Pair, Vec<u8>),
}

impl Running<'_> {
    /// Feeds the next piece of the content.
    pub(super) fn update(&mut self, piece: &[u8]) {
        match &mut self.0 {
            State::Shared(hash) => hash.update(piece),
            State::Token(_) => {}
            State::Whole(_, content) => content.extend_from_slice(piece),
        }
    }

    /// The raw signature of what was fed; `None` for a public key, which cannot sign.
    pub(super) fn sign(self) -> Option<Vec<u8>> {
        match self.0 {
            State::Shared(hash) => Some(hash.finish().as_slice().to_vec()),
            State::Token(token) => Some(token.to_vec()),
            State::Whole(pair, content) => pair.sign(&content),
        }
    }

    /// Whether any of these raw signatures is right for what was fed. Shared-secret signatures are
    /// compared in constant time.
    pub(super) fn verify<'a>(self, signatures: impl IntoIterator<Item = &'a [u8]>) -> bool {
        let mut signatures = signatures.into_iter();
        let any = |expected: &[u8], found: bool, signature: &[u8]| {
            found | bool::from(expected.ct_eq(signature))
        };
        match self.0 {
            State::Shared(hash) => {
                let expected = hash.finish();
                signatures.fold(false, |found, one| any(expected.as_slice(), found, one))
            }
            // By digest, so that not even the token's length shows in the time.
            State::Token(token) => {
                let digest = |bytes: &[u8]| Hash::Sha256.of(&[bytes]);
                let expected = digest(token);
                signatures.fold(false, |found, one| {
                    any(expected.as_slice(), found, digest(one).as_slice())
                })
            }
            State::Whole(pair, content) => signatures.any(|one| pair.verify(&content, one)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HMAC: Algorithm = Algorithm::Hmac(Hash::Sha256);
    const ED25519: Algorithm = Algorithm::KeyPair(KeyPair::Ed25519);
    const P256: Algorithm = Algorithm::KeyPair(KeyPair::EcdsaP256Sha256);
    const SEED: &str = "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60";
    /// Of RFC 8032, section 7.1, test 1.
    const PUBLIC: &str = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";

    fn secret(text: &str) -> Secret {
        Secret::new(text).unwrap()
    }

    fn verifying(algorithm: Algorithm, rule: &KeyRule, text: &str) -> Result<Key, Unusable> {
        Key::verifying(algorithm, rule, &secret(text))
    }

    #[test]
    fn secrets_are_never_shown() {
        let key = verifying(HMAC, &KeyRule::default(), "hunter2").unwrap();
        let shown = format!("{:?} {key:?}", secret("hunter2"));
        assert_eq!(shown, "Secret(…) Key(f52fbd32)");
    }

    #[test]
    fn an_empty_secret_is_none() {
        assert_eq!(Secret::new(""), Err(crate::signing::secret::Empty));
        let rule = KeyRule {
            form: KeyForm::Base64,
            prefix: Some("whsec_".into()),
            ..KeyRule::default()
        };
        let of = |text| verifying(HMAC, &rule, text).map(|key| key.fingerprint().to_owned());
        assert_eq!(of("whsec_"), Err(Unusable::Empty));
        assert_eq!(of("whsec_===="), Err(Unusable::Empty));
        assert!(matches!(of("whsec_!"), Err(Unusable::NotBase64 { .. })));
        assert_eq!(of("whsec_AQID"), of("AQID"));
    }

    #[test]
    fn a_token_that_no_header_can_carry_is_refused() {
        let of = |text: &[u8]| {
            let secret = Secret::new(text).unwrap();
            Key::verifying(Algorithm::Token, &KeyRule::default(), &secret).map(drop)
        };
        assert_eq!(of(b"t\xc3\xb6ken"), Ok(()));
        assert_eq!(of(b"to\nken"), Err(Unusable::NotHeaderText));
        assert_eq!(of(b"to\xffken"), Err(Unusable::NotHeaderText));
    }

    #[test]
    fn a_token_is_compared_whole() {
        let key = verifying(Algorithm::Token, &KeyRule::default(), "token").unwrap();
        let is = |token: &[u8]| key.start().verify([token]);
        assert!(is(b"token"));
        assert!(!is(b"toke") && !is(b"token ") && !is(b"Token") && !is(b""));
    }

    #[test]
    fn thirty_two_raw_bytes_verify_as_the_public_key_and_sign_as_the_seed() {
        let rule = KeyRule::default();
        let public = verifying(ED25519, &rule, PUBLIC).unwrap();
        assert!(!public.can_sign());
        assert_eq!(public.start().sign(), None);
        let private = Key::signing(ED25519, &rule, &secret(SEED)).unwrap();
        assert_eq!(private.fingerprint(), public.fingerprint());
        let signature = private.start().sign().unwrap();
        assert!(hex::encode(&signature).starts_with("e5564300c360ac729086e2cc806e828a"));
        assert!(public.start().verify([signature.as_slice()]));
        assert!(private.start().verify([[7; 3].as_slice(), &signature]));
        assert!(!public.start().verify([[0; 64].as_slice()]));
    }

    #[test]
    fn a_seed_that_is_no_public_key_is_told_from_what_is_no_key_at_all() {
        let rule = KeyRule::default();
        // 2 is no coordinate of a point.
        let seed = format!("02{}", "00".repeat(31));
        let key = |text: &str| verifying(ED25519, &rule, text).map(|_| ());
        assert_eq!(key(&seed), Err(Unusable::NotAPublicKey));
        let algorithm = KeyPair::Ed25519;
        assert_eq!(key("zz"), Err(Unusable::NotAKey { algorithm }));
    }

    /// Half of all seeds are no point of the curve.
    #[test]
    fn every_seed_signs() {
        for number in 0..16_u8 {
            let seed = hex::encode([number; 32]);
            let key = Key::signing(ED25519, &KeyRule::default(), &secret(&seed));
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
        let key = |text: &str| verifying(ED25519, &rule, text);
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
        let signing = |text: &str| Key::signing(ED25519, &rule, &secret(text)).map(drop);
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
        for algorithm in [KeyPair::Ed25519, KeyPair::EcdsaP256Sha256] {
            for text in &cases[..4] {
                let key = verifying(Algorithm::KeyPair(algorithm), &rule, text).map(drop);
                assert_eq!(key, Err(Unusable::NotAKey { algorithm }), "{text}");
            }
        }
        let zero = verifying(P256, &rule, &"00".repeat(32)).map(drop);
        assert!(zero.is_err());
    }

    #[test]
    fn a_pem_survives_what_environments_do_to_it() {
        // RFC 8410, section 10.1 and 10.3.
        let public = "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n-----END PUBLIC KEY-----\n";
        let private = "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC\n-----END PRIVATE KEY-----";
        let rule = KeyRule::default();
        let key = |text: &str| verifying(ED25519, &rule, text).unwrap();
        let expected = key(public).fingerprint().to_owned();
        assert!(key(private).can_sign());
        assert!(Key::signing(ED25519, &rule, &secret(public)).is_err());
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

//! The words of a record: what is computed, where things travel, how a secret becomes a key.
//!
//! Data with the few questions that it answers about itself. What contradicts what is told by
//! `check`.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::super::hash::Hash;
use crate::{duration, json};

/// What is computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Algorithm {
    /// `hmac-sha256`: HMAC (RFC 2104) with a shared secret.
    Hmac(Hash),
    /// `sha256`: a hash without a key; the content must name `{secret}`.
    Plain(Hash),
    /// The private key signs, the public key verifies.
    KeyPair(KeyPair),
    /// `token`: no signature, the secret itself travels and is compared.
    Token,
}

/// An algorithm with a key pair: it has no shared secret, and no hash to compute with one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyPair {
    /// `ed25519` (RFC 8032).
    Ed25519,
    /// `ecdsa-p256-sha256`: the signature in DER.
    EcdsaP256Sha256,
    /// `es256`: the same, the signature as its two numbers side by side (RFC 7518, RFC 9421).
    Es256,
    /// `rsa-sha256`: PKCS #1 v1.5 (RFC 8017).
    RsaSha256,
    /// `rsa-sha1`: the same with SHA-1, which is verified, and never signed with.
    RsaSha1,
    /// `rsa-pss-sha512`: PSS with a salt of 64 bytes (RFC 9421).
    RsaPssSha512,
}

impl KeyPair {
    /// All of them, with their names in records.
    const ALL: [(Self, &str); 6] = [
        (Self::Ed25519, "ed25519"),
        (Self::EcdsaP256Sha256, "ecdsa-p256-sha256"),
        (Self::Es256, "es256"),
        (Self::RsaSha256, "rsa-sha256"),
        (Self::RsaSha1, "rsa-sha1"),
        (Self::RsaPssSha512, "rsa-pss-sha512"),
    ];
}

impl Algorithm {
    /// Whether signing and verifying take different keys.
    pub(crate) fn is_asymmetric(self) -> bool {
        matches!(self, Self::KeyPair(_))
    }

    /// Its name in JOSE (RFC 7518), if it has one.
    pub(in crate::signing) fn jose(self) -> Option<&'static str> {
        match self {
            Self::Hmac(Hash::Sha256) => Some("HS256"),
            Self::Hmac(Hash::Sha384) => Some("HS384"),
            Self::Hmac(Hash::Sha512) => Some("HS512"),
            Self::KeyPair(KeyPair::Ed25519) => Some("EdDSA"),
            Self::KeyPair(KeyPair::Es256 | KeyPair::EcdsaP256Sha256) => Some("ES256"),
            Self::KeyPair(KeyPair::RsaSha256) => Some("RS256"),
            Self::KeyPair(KeyPair::RsaPssSha512) => Some("PS512"),
            _ => None,
        }
    }

    /// Its name in HTTP Message Signatures, if it has one (RFC 9421, section 6.2.2).
    pub(in crate::signing) fn http(self) -> Option<&'static str> {
        match self {
            Self::Hmac(Hash::Sha256) => Some("hmac-sha256"),
            Self::KeyPair(KeyPair::Ed25519) => Some("ed25519"),
            Self::KeyPair(KeyPair::Es256) => Some("ecdsa-p256-sha256"),
            Self::KeyPair(KeyPair::RsaSha256) => Some("rsa-v1_5-sha256"),
            Self::KeyPair(KeyPair::RsaPssSha512) => Some("rsa-pss-sha512"),
            _ => None,
        }
    }

    /// How long a raw signature is, in bytes; `None` where that varies.
    pub(in crate::signing) fn signature_length(self) -> Option<usize> {
        match self {
            Self::Hmac(hash) | Self::Plain(hash) => Some(hash.length()),
            Self::KeyPair(KeyPair::Ed25519 | KeyPair::Es256) => Some(64),
            Self::KeyPair(_) | Self::Token => None,
        }
    }
}

impl fmt::Display for Algorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Hmac(hash) => write!(f, "hmac-{}", hash.name()),
            Self::Plain(hash) => f.write_str(hash.name()),
            Self::KeyPair(pair) => pair.fmt(f),
            Self::Token => f.write_str("token"),
        }
    }
}

impl fmt::Display for KeyPair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = Self::ALL.iter().find(|(pair, _)| pair == self);
        f.write_str(name.map_or("", |(_, name)| name))
    }
}

impl FromStr for Algorithm {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let hashes = || Hash::ALL.into_iter();
        let pairs = KeyPair::ALL.map(|(pair, _)| Self::KeyPair(pair));
        let all: Vec<Self> = (hashes().map(Self::Hmac))
            .chain(pairs)
            .chain(hashes().map(Self::Plain))
            .chain([Self::Token])
            .collect();
        let known = all.iter().find(|algorithm| algorithm.to_string() == text);
        known.copied().ok_or_else(|| {
            let names: Vec<String> = all.iter().map(|one| format!("`{one}`")).collect();
            format!(
                "no algorithm is called `{text}`, write one of {}",
                names.join(", ")
            )
        })
    }
}

/// Reads and writes a type in records as its text.
macro_rules! as_text {
    ($type:ty) => {
        impl TryFrom<String> for $type {
            type Error = String;

            fn try_from(text: String) -> Result<Self, String> {
                text.parse()
            }
        }

        impl From<$type> for String {
            fn from(value: $type) -> Self {
                value.to_string()
            }
        }
    };
}
pub(super) use as_text;

as_text!(Algorithm);
as_text!(JsonPath);

/// Where the signature travels. Exactly one of `header` and `json` is given.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SignaturePlace {
    /// The header's name. With `{n}` in it, the headers numbered 1 to 100 are read.
    pub header: Option<String>,
    /// Further headers that carry a signature, each with a key of its own: any of them suffices.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub further: Vec<String>,
    /// The path of the signature in a JSON body.
    pub json: Option<JsonPath>,
    /// The header holds a list with this between its items: one ASCII character, which spaces may
    /// follow, or spaces alone. White space around items is dropped when reading.
    pub separator: Option<String>,
    /// What stands before the signature (`sha256=`, `v1,`). In a list, items without it are other
    /// things (a timestamp, other versions) and are passed over.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub prefix: String,
    /// A signature without the prefix is taken too.
    #[serde(skip_serializing_if = "is_false")]
    pub prefix_optional: bool,
}

/// Headers that the delivery itself names as signed: they must all be there.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct NamedHeaders {
    /// The signature list's item that names them (its prefix, as `h=`), separated by spaces.
    pub item: Option<String>,
    /// The header that names them, separated by commas.
    pub header: Option<String>,
    /// `{named_headers}` is `name:value` of each, the names in lower case and sorted, joined with
    /// semicolons. Else it is their values alone, as they are named, joined with full stops.
    #[serde(skip_serializing_if = "is_false")]
    pub with_names: bool,
}

impl SignaturePlace {
    /// Whether more than one signature fits.
    pub fn carries_several(&self) -> bool {
        self.room() > 1
    }

    /// How many signatures fit.
    pub(in crate::signing) fn room(&self) -> usize {
        match self.separator.is_some() || self.is_numbered() {
            true => usize::MAX,
            false => 1 + self.further.len(),
        }
    }

    /// Whether the signatures are in headers numbered from 1.
    pub(in crate::signing) fn is_numbered(&self) -> bool {
        (self.header.as_ref()).is_some_and(|name| name.contains("{n}"))
    }

    /// A signature's text without the prefix; `None` when it lacks one that it needs.
    pub(in crate::signing) fn stripped<'a>(&self, text: &'a [u8]) -> Option<&'a [u8]> {
        let rest = text.strip_prefix(self.prefix.as_bytes());
        rest.or(self.prefix_optional.then_some(text))
    }

    /// Whether one delivery may carry signatures of both, since they travel in the same place.
    pub(in crate::signing) fn is_shared_with(&self, other: &Self) -> bool {
        self.json == other.json
            && match (&self.header, &other.header) {
                (Some(one), Some(other)) => one.eq_ignore_ascii_case(other),
                (None, None) => true,
                _ => false,
            }
    }
}

/// How the secret becomes a key.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct KeyRule {
    /// What the secret's text stands for.
    pub form: KeyForm,
    /// A prefix that is no part of the key (`whsec_`, `whpk_`): taken off when there.
    pub prefix: Option<String>,
    /// What some providers show before the prefix, as a label of the secret (`v1,`): taken off too.
    pub label: Option<String>,
    /// A secret without the prefix is not for this variant.
    #[serde(skip_serializing_if = "is_false")]
    pub prefix_required: bool,
    /// The prefix tells that the secret is for this variant, and is a part of the key all the same.
    #[serde(skip_serializing_if = "is_false")]
    pub prefix_kept: bool,
    /// The prefix of private keys, for asymmetric algorithms (`whsk_`).
    pub private_prefix: Option<String>,
    /// The header in which the delivery names its key (by a JWK's `kid`).
    pub named_by: Option<String>,
    /// Members that a JWK must have, each with one of these texts.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub jwk: BTreeMap<String, Vec<String>>,
}

/// What a secret's text stands for. Asymmetric keys are read in any of their usual forms.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum KeyForm {
    /// Its bytes are the key.
    #[default]
    Text,
    /// It is base64 of the key, read as Python and JavaScript read it.
    Base64,
    /// It is hex of the key.
    Hex,
}

/// Where the delivery's time is and how it is judged. A time in the body counts alone where there
/// is one, since it is signed; of several others the oldest.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TimestampRule {
    /// The header that holds it.
    pub header: Option<String>,
    /// The signature list's item that holds it (its prefix, as `t=`).
    pub item: Option<String>,
    /// The path in a JSON body.
    pub json: Option<JsonPath>,
    /// The token's claim that holds it (`iat`).
    pub claim: Option<String>,
    /// A delivery without it is judged without its age.
    #[serde(skip_serializing_if = "is_false")]
    pub optional: bool,
    /// How the time is written.
    pub unit: TimeUnit,
    /// How old a delivery may be; absent = its age is not judged.
    #[serde(deserialize_with = "read_duration", serialize_with = "write_duration")]
    pub tolerance: Option<Duration>,
    /// Whether a time in the future is judged too.
    pub direction: Direction,
}

/// How a time is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TimeUnit {
    /// Seconds since 1970, in digits.
    #[default]
    S,
    /// Milliseconds since 1970, in digits.
    Ms,
    /// RFC 3339 (`2026-11-22T03:49:53Z`).
    Rfc3339,
}

/// Which times a tolerance refuses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    /// Too old and too far in the future.
    #[default]
    Both,
    /// Too old only.
    Past,
}

/// Where the delivery's signed id is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IdRule {
    /// The header that holds it.
    pub header: String,
}

/// What must be known of a signed URL.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct UrlRule {
    /// The variant applies only to URLs with this query parameter, and it must be the hex SHA-256
    /// of the body.
    pub body_sha256_parameter: Option<String>,
    /// The variant applies only to URLs without this query parameter.
    pub without_parameter: Option<String>,
    /// The sender may sign the URL with its port or without: both are tried.
    #[serde(skip_serializing_if = "is_false")]
    pub either_port: bool,
    /// ASCII characters that the sender may sign as they are or percent-encoded: both are tried.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub either_encoding: String,
    /// ASCII characters whose percent-encodings the sender decodes before it signs. The URL as it
    /// stands is tried too.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub decoded: String,
    /// The sender signs the URL in its normal form (RFC 9110, section 4.2.3): without a port that is
    /// the scheme's own, percent-encodings in upper case. As it stands it is tried too.
    #[serde(skip_serializing_if = "is_false")]
    pub normalised: bool,
}

/// HTTP Message Signatures (RFC 9421): what a delivery must say of its signature, and what ours say.
/// The content is the signature base, and the signature travels as a structured field.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct MessageRule {
    /// The signature's label. Without one every signature of the delivery is looked at.
    pub label: Option<String>,
    /// The `tag` parameter.
    pub tag: Option<String>,
    /// The components that must be covered, in the order in which ours are.
    pub components: Vec<String>,
    /// Those that must be covered where the delivery has them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub where_present: Vec<String>,
    /// Those that must be covered where there is a body.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub with_body: Vec<String>,
    /// The parameters that must be there, in the order of ours.
    pub parameters: Vec<String>,
    /// Deliveries may cover and say whatever they want: what must be is only what ours do.
    #[serde(skip_serializing_if = "is_false")]
    pub open: bool,
    /// The kinds of Content-Digest that prove the body, ours first. Without any: all that are known.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub digests: Vec<String>,
    /// The longest time between `created` and `expires`.
    #[serde(deserialize_with = "read_duration", serialize_with = "write_duration")]
    pub lifetime: Option<Duration>,
    /// How far the sender's clock may be from ours.
    #[serde(deserialize_with = "read_duration", serialize_with = "write_duration")]
    pub skew: Option<Duration>,
}

/// The header that tells what a message signature covers (RFC 9421).
pub(in crate::signing) const SIGNATURE_INPUT: &str = "Signature-Input";
/// The header that holds the body's digest (RFC 9530).
pub(in crate::signing) const CONTENT_DIGEST: &str = "Content-Digest";
/// The kinds of Content-Digest that prove a body (RFC 9530).
const DIGESTS: [(&str, Hash); 2] = [("sha-256", Hash::Sha256), ("sha-512", Hash::Sha512)];

/// A kind of Content-Digest that is known.
pub(in crate::signing) fn known_digest(name: &str) -> Option<(&'static str, Hash)> {
    DIGESTS.into_iter().find(|(known, _)| *known == name)
}

impl MessageRule {
    /// The components that ours cover wherever they are there.
    pub(in crate::signing) fn covered(&self) -> impl Iterator<Item = &String> {
        self.components.iter().chain(&self.with_body)
    }

    /// A component as a record names it: `content-digest`, `signature-agent;key="sig1"`.
    pub(in crate::signing) fn component(name: &str) -> Option<sfv::Item> {
        let (name, parameters) = name.split_at(name.find(';').unwrap_or(name.len()));
        let text = format!("\"{name}\"{parameters}");
        sfv::Parser::new(&text).parse().ok()
    }

    /// Whether the URL must be known for a component.
    pub(in crate::signing) fn is_of_url(component: &str) -> bool {
        component.starts_with('@') && component != "@method"
    }

    /// The kind of Content-Digest that ours write.
    pub(in crate::signing) fn digest(&self) -> (&'static str, Hash) {
        let own = self.digests.first().and_then(|name| known_digest(name));
        own.unwrap_or(DIGESTS[0])
    }
}

/// A path into a JSON body, as a record writes it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct JsonPath(pub json::Path);

impl FromStr for JsonPath {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let path = text.parse().map(Self);
        path.map_err(|error: json::PathError| error.to_string())
    }
}

impl fmt::Display for JsonPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

fn is_false(value: &bool) -> bool {
    !value
}

/// Durations are written as people type them (`5m`); a bare number means seconds.
pub(super) fn read_duration<'de, D: Deserializer<'de>>(
    reader: D,
) -> Result<Option<Duration>, D::Error> {
    let value = toml::Value::deserialize(reader)?;
    let read = match &value {
        toml::Value::String(text) => duration::parse(text),
        toml::Value::Integer(seconds) => u64::try_from(*seconds).ok().map(Duration::from_secs),
        _ => None,
    };
    let wrong = || D::Error::custom(format!("{value} is not a duration such as \"5m\""));
    read.map(Some).ok_or_else(wrong)
}

pub(super) fn write_duration<S: Serializer>(
    length: &Option<Duration>,
    out: S,
) -> Result<S::Ok, S::Error> {
    length.map(duration::shown).serialize(out)
}

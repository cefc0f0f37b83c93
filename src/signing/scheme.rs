//! Signature schemes as data: the record's vocabulary, the table of providers, a user's own record.
//!
//! A scheme is never a branch on its name. The records of the table are TOML texts of the same form
//! that a user writes, one a provider, and are read only when asked for.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::encoding::Encoding;
use crate::json;

/// How one provider signs its deliveries.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scheme {
    /// The name that `--scheme` takes. Not in the record: the table or the file names it.
    #[serde(skip)]
    pub name: String,
    /// Whose scheme it is, in a line.
    pub about: String,
    /// The provider's page that documents the scheme.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub docs: Option<String>,
    /// The forms in which a delivery may be signed, the preferred one first.
    #[serde(rename = "variant")]
    pub variants: Vec<Variant>,
}

/// A record that cannot be used: what is wrong, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invalid {
    /// The line in the TOML text, from 1; `None` when the record as a whole is meant.
    pub line: Option<usize>,
    /// The field, as dotted keys or as the line shows it.
    pub field: Option<String>,
    /// What is wrong with it, in a sentence.
    pub message: String,
}

impl fmt::Display for Invalid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(line) = self.line {
            write!(f, "line {line}: ")?;
        }
        if let Some(field) = &self.field {
            write!(f, "{field}: ")?;
        }
        f.write_str(&self.message)
    }
}

impl std::error::Error for Invalid {}

impl Invalid {
    /// Finds the line and the field of an error that reading `text` gave.
    pub fn locate(text: &str, error: &toml::de::Error) -> Self {
        let start = error.span().map_or(0, |span| span.start.min(text.len()));
        let line_number = text[..start].matches('\n').count() + 1;
        let line = text.lines().nth(line_number - 1).unwrap_or_default();
        let field = line
            .split_once('=')
            .map(|(key, _)| key.trim().to_owned())
            .filter(|key| !key.is_empty());
        Self {
            line: Some(line_number),
            field,
            message: error.message().trim().replace('\n', ", "),
        }
    }
}

/// The records of the table: name and TOML text. A test walks the folder, so that none is missing.
macro_rules! table {
    ($($name:literal),* $(,)?) => {
        const TABLE: &[(&str, &str)] =
            &[$(($name, include_str!(concat!("schemes/", $name, ".toml")))),*];
    };
}

table!["blue"];

/// Blue's scheme, which needs no flag: made without reading a record, for commands that are run in
/// loops. A test holds it equal to its record.
impl Default for Scheme {
    fn default() -> Self {
        Self {
            name: "blue".into(),
            about: "Blue: hex HMAC-SHA256 of the raw body, without a timestamp".into(),
            docs: None,
            variants: vec![Variant {
                algorithm: Algorithm::HmacSha256,
                encoding: Encoding::Hex,
                content: Template(vec![Part::Body]),
                signature: SignaturePlace {
                    header: Some("X-Signature".into()),
                    ..SignaturePlace::default()
                },
                key: KeyRule::default(),
                timestamp: None,
                id: None,
                url: None,
            }],
        }
    }
}

impl Scheme {
    /// The names of the table's schemes, Blue's first.
    pub fn names() -> impl Iterator<Item = &'static str> {
        TABLE.iter().map(|(name, _)| *name)
    }

    /// The record of the table's scheme as TOML text.
    pub fn record(name: &str) -> Option<&'static str> {
        TABLE
            .iter()
            .find(|(known, _)| *known == name)
            .map(|(_, record)| *record)
    }

    /// The table's scheme of that name.
    pub fn named(name: &str) -> Option<Self> {
        // The records of the table are valid: a test reads every one.
        Self::from_toml(name, Self::record(name)?).ok()
    }

    /// Reads a record.
    ///
    /// # Errors
    /// The text is no TOML, or no record that can be used.
    pub fn from_toml(name: &str, text: &str) -> Result<Self, Invalid> {
        let scheme: Self = toml::from_str(text).map_err(|error| Invalid::locate(text, &error))?;
        scheme.checked(name)
    }

    /// Gives the record its name, if it can be used.
    ///
    /// # Errors
    /// Fields that contradict each other, or that need one that is not there.
    pub fn checked(mut self, name: &str) -> Result<Self, Invalid> {
        name.clone_into(&mut self.name);
        if self.variants.is_empty() {
            return Err(Invalid {
                line: None,
                field: Some("variant".into()),
                message: "a scheme needs at least one [[variant]]".into(),
            });
        }
        for (index, variant) in self.variants.iter().enumerate() {
            variant.check().map_err(|(field, message)| Invalid {
                line: None,
                field: Some(format!("variant {}, {field}", index + 1)),
                message: message.into(),
            })?;
        }
        Ok(self)
    }

    /// Whether a delivery can carry several signatures in this scheme, as during a rotation.
    pub fn carries_several(&self) -> bool {
        self.variants
            .iter()
            .any(|variant| variant.signature.carries_several())
    }
}

impl Variant {
    /// What contradicts, as a field and a sentence.
    fn check(&self) -> Result<(), (&'static str, &'static str)> {
        let place = &self.signature;
        if place.header.is_some() == place.json.is_some() {
            return Err(("signature", "give either header or json"));
        }
        if place.separator.as_deref() == Some("") {
            return Err(("signature.separator", "a separator cannot be empty"));
        }
        let items = self
            .timestamp
            .as_ref()
            .is_some_and(|rule| rule.item.is_some())
            || place.named_headers.is_some()
            || (self.content.0.iter()).any(|part| matches!(part, Part::Item(_)));
        if items && place.separator.is_none() {
            return Err((
                "signature.separator",
                "other items of the signature header are used, so a separator is needed",
            ));
        }
        if let Some(rule) = &self.timestamp {
            if rule.header.is_none() && rule.item.is_none() && rule.json.is_none() {
                return Err(("timestamp", "give header, item or json"));
            }
        } else if self.content.has(&Part::Timestamp) {
            return Err((
                "content",
                "{timestamp} is signed, but [variant.timestamp] is missing",
            ));
        }
        if self.content.has(&Part::Id) && self.id.is_none() {
            return Err(("content", "{id} is signed, but id is missing"));
        }
        if self.content.has(&Part::NamedHeaders) && place.named_headers.is_none() {
            return Err((
                "content",
                "{named_headers} is signed, but signature.named_headers is missing",
            ));
        }
        if self.algorithm.is_plain_hash() && !self.content.has(&Part::Secret) {
            return Err((
                "content",
                "a plain hash proves nothing without {secret} in the content",
            ));
        }
        Ok(())
    }

    /// Whether the signed content names the URL.
    pub fn signs_url(&self) -> bool {
        self.content.has(&Part::Url)
    }

    /// Whether the content can be computed while the body streams by.
    pub fn streams(&self) -> bool {
        !self.algorithm.is_asymmetric()
            && !self.content.0.iter().any(Part::reads_body)
            && self.signature.json.is_none()
            && (self.timestamp.as_ref()).is_none_or(|rule| rule.json.is_none())
            && self.url.is_none()
    }

    /// The name of the header that carries the signature, for messages; numbered headers by their
    /// first.
    pub fn signature_header(&self) -> Option<String> {
        self.signature
            .header
            .as_ref()
            .map(|name| name.replace("{n}", "1"))
    }
}

impl SignaturePlace {
    /// Whether more than one signature fits.
    pub fn carries_several(&self) -> bool {
        self.separator.is_some() || self.is_numbered()
    }

    /// Whether the signatures are in headers numbered from 1.
    pub fn is_numbered(&self) -> bool {
        self.header
            .as_ref()
            .is_some_and(|name| name.contains("{n}"))
    }
}

/// One form of a scheme: where the signature travels, what it covers, how it is computed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Variant {
    /// What is computed over the content.
    pub algorithm: Algorithm,
    /// How the signature is written.
    #[serde(default)]
    pub encoding: Encoding,
    /// The signed content: text with parts in braces, see [`Part`].
    pub content: Template,
    /// Where the signature travels, and in what layout.
    pub signature: SignaturePlace,
    /// How the secret becomes a key.
    #[serde(default)]
    pub key: KeyRule,
    /// The delivery's time, if it carries one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timestamp: Option<TimestampRule>,
    /// The header of the delivery's id, if it is signed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<IdRule>,
    /// What the signed URL must be like for this variant to apply.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<UrlRule>,
}

/// What is computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Algorithm {
    /// HMAC (RFC 2104) with MD5.
    HmacMd5,
    /// HMAC with SHA-1.
    HmacSha1,
    /// HMAC with SHA-256.
    HmacSha256,
    /// HMAC with SHA-384.
    HmacSha384,
    /// HMAC with SHA-512.
    HmacSha512,
    /// Ed25519 (RFC 8032): the private key signs, the public key verifies.
    Ed25519,
    /// ECDSA over P-256 with SHA-256, the signature in DER.
    #[serde(rename = "ecdsa-p256-sha256")]
    EcdsaP256Sha256,
    /// A plain MD5 hash: the content must name `{secret}`.
    Md5,
    /// A plain SHA-1 hash: the content must name `{secret}`.
    Sha1,
    /// A plain SHA-256 hash: the content must name `{secret}`.
    Sha256,
    /// A plain SHA-512 hash: the content must name `{secret}`.
    Sha512,
    /// No signature: the secret itself travels and is compared.
    Token,
}

impl Algorithm {
    /// The name that records and messages use.
    pub fn name(self) -> &'static str {
        match self {
            Self::HmacMd5 => "hmac-md5",
            Self::HmacSha1 => "hmac-sha1",
            Self::HmacSha256 => "hmac-sha256",
            Self::HmacSha384 => "hmac-sha384",
            Self::HmacSha512 => "hmac-sha512",
            Self::Ed25519 => "ed25519",
            Self::EcdsaP256Sha256 => "ecdsa-p256-sha256",
            Self::Md5 => "md5",
            Self::Sha1 => "sha1",
            Self::Sha256 => "sha256",
            Self::Sha512 => "sha512",
            Self::Token => "token",
        }
    }

    /// Whether this is a hash without a key.
    pub fn is_plain_hash(self) -> bool {
        matches!(self, Self::Md5 | Self::Sha1 | Self::Sha256 | Self::Sha512)
    }

    /// Whether signing and verifying take different keys.
    pub fn is_asymmetric(self) -> bool {
        matches!(self, Self::Ed25519 | Self::EcdsaP256Sha256)
    }
}

impl fmt::Display for Algorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Where the signature travels. Exactly one of `header` and `json` is given.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignaturePlace {
    /// The header's name. With `{n}` in it, the headers numbered 1 to 100 are read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub header: Option<String>,
    /// The path of the signature in a JSON body.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub json: Option<JsonPath>,
    /// The header holds a list with this between its items; white space around items is dropped.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub separator: Option<String>,
    /// What stands before the signature (`sha256=`, `v1,`). In a list, items without it are other
    /// things (a timestamp, other versions) and are passed over.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub prefix: String,
    /// A signature without the prefix is taken too.
    #[serde(default, skip_serializing_if = "is_false")]
    pub prefix_optional: bool,
    /// The list's item (its prefix, as `h=`) that names further signed headers, separated by
    /// spaces: they must all be there, `{named_headers}` is their values joined with full stops.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub named_headers: Option<String>,
}

/// How the secret becomes a key.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeyRule {
    /// What the secret's text stands for.
    #[serde(default)]
    pub form: KeyForm,
    /// A prefix that is no part of the key (`whsec_`, `whpk_`): taken off when there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prefix: Option<String>,
    /// A secret without the prefix is not for this variant.
    #[serde(default, skip_serializing_if = "is_false")]
    pub prefix_required: bool,
    /// The prefix of private keys, for asymmetric algorithms (`whsk_`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub private_prefix: Option<String>,
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

/// Where the delivery's time is and how it is judged. Every place that the delivery has is read,
/// and the oldest time counts.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TimestampRule {
    /// The header that holds it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub header: Option<String>,
    /// The signature list's item that holds it (its prefix, as `t=`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub item: Option<String>,
    /// The path in a JSON body.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub json: Option<JsonPath>,
    /// A delivery without it is judged without its age.
    #[serde(default, skip_serializing_if = "is_false")]
    pub optional: bool,
    /// How the time is written.
    #[serde(default)]
    pub unit: TimeUnit,
    /// How old a delivery may be; absent = its age is not judged.
    #[serde(
        default,
        with = "duration_text",
        skip_serializing_if = "Option::is_none"
    )]
    pub tolerance: Option<Duration>,
    /// Whether a time in the future is judged too.
    #[serde(default)]
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
#[serde(deny_unknown_fields)]
pub struct UrlRule {
    /// The variant applies only to URLs with this query parameter, and it must be the hex SHA-256
    /// of the body.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body_sha256_parameter: Option<String>,
    /// The variant applies only to URLs without this query parameter.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub without_parameter: Option<String>,
    /// The sender may sign the URL with its port or without: both are tried.
    #[serde(default, skip_serializing_if = "is_false")]
    pub either_port: bool,
}

/// The signed content as text with parts: `{timestamp}.{body}`. A brace of the text is doubled.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Template(pub Vec<Part>);

/// A part of the signed content.
#[derive(Debug, Clone, PartialEq)]
pub enum Part {
    /// This text.
    Text(String),
    /// `{body}`: the body's bytes.
    Body,
    /// `{timestamp}`: the timestamp as it travels.
    Timestamp,
    /// `{id}`: the delivery's id.
    Id,
    /// `{url}`: the whole URL that the sender was given.
    Url,
    /// `{method}`: the request's method.
    Method,
    /// `{header:NAME}`: the value of another header.
    Header(String),
    /// `{json:PATH}`: a value of the JSON body; a string without its quotes.
    Json(JsonPath),
    /// `{form}`: names and values of the form fields in the body, sorted by name.
    Form,
    /// `{body_sha256}`: the hex SHA-256 of the body.
    BodySha256,
    /// `{secret}`: the key, for plain hashes.
    Secret,
    /// `{item:PREFIX}`: another item of the signature header's list.
    Item(String),
    /// `{named_headers}`: the values of the headers that the signature header names.
    NamedHeaders,
}

impl Part {
    /// Whether the body must be known as a whole before the content can be written.
    pub fn reads_body(&self) -> bool {
        matches!(self, Self::Json(_) | Self::Form | Self::BodySha256)
    }
}

impl Template {
    /// Whether the content has such a part.
    pub fn has(&self, part: &Part) -> bool {
        self.0.contains(part)
    }
}

impl FromStr for Template {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut parts = Vec::new();
        let mut literal = String::new();
        let mut rest = text;
        while let Some(at) = rest.find(['{', '}']) {
            literal.push_str(&rest[..at]);
            let brace = &rest[at..=at];
            rest = &rest[at + 1..];
            if let Some(after) = rest.strip_prefix(brace) {
                literal.push_str(brace);
                rest = after;
            } else if brace == "}" {
                return Err(format!("{text:?} has a }} without a {{"));
            } else {
                let Some((name, after)) = rest.split_once('}') else {
                    return Err(format!("{text:?} has a {{ without a }}"));
                };
                if !literal.is_empty() {
                    parts.push(Part::Text(std::mem::take(&mut literal)));
                }
                parts.push(name.parse()?);
                rest = after;
            }
        }
        literal.push_str(rest);
        if !literal.is_empty() {
            parts.push(Part::Text(literal));
        }
        Ok(Self(parts))
    }
}

impl FromStr for Part {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        Ok(match name.split_once(':') {
            None => match name {
                "body" => Self::Body,
                "timestamp" => Self::Timestamp,
                "id" => Self::Id,
                "url" => Self::Url,
                "method" => Self::Method,
                "form" => Self::Form,
                "body_sha256" => Self::BodySha256,
                "secret" => Self::Secret,
                "named_headers" => Self::NamedHeaders,
                _ => {
                    return Err(format!(
                        "{{{name}}} is no part of a content (known: {{body}}, {{timestamp}}, {{id}}, {{url}}, {{method}}, {{form}}, {{body_sha256}}, {{secret}}, {{named_headers}}, {{header:NAME}}, {{json:PATH}}, {{item:PREFIX}})"
                    ));
                }
            },
            Some(("header", name)) if !name.is_empty() => Self::Header(name.to_owned()),
            Some(("item", prefix)) if !prefix.is_empty() => Self::Item(prefix.to_owned()),
            Some(("json", path)) => Self::Json(JsonPath::try_from(path.to_owned())?),
            Some(_) => return Err(format!("{{{name}}} is no part of a content")),
        })
    }
}

impl fmt::Display for Template {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for part in &self.0 {
            match part {
                Part::Text(text) => {
                    f.write_str(&text.replace('{', "{{").replace('}', "}}"))?;
                }
                Part::Body => f.write_str("{body}")?,
                Part::Timestamp => f.write_str("{timestamp}")?,
                Part::Id => f.write_str("{id}")?,
                Part::Url => f.write_str("{url}")?,
                Part::Method => f.write_str("{method}")?,
                Part::Header(name) => write!(f, "{{header:{name}}}")?,
                Part::Json(path) => write!(f, "{{json:{path}}}")?,
                Part::Form => f.write_str("{form}")?,
                Part::BodySha256 => f.write_str("{body_sha256}")?,
                Part::Secret => f.write_str("{secret}")?,
                Part::Item(prefix) => write!(f, "{{item:{prefix}}}")?,
                Part::NamedHeaders => f.write_str("{named_headers}")?,
            }
        }
        Ok(())
    }
}

impl TryFrom<String> for Template {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl From<Template> for String {
    fn from(template: Template) -> Self {
        template.to_string()
    }
}

/// A path into a JSON body, as a record writes it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct JsonPath(pub json::Path);

impl TryFrom<String> for JsonPath {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
            .map(Self)
            .map_err(|error: json::PathError| error.to_string())
    }
}

impl From<JsonPath> for String {
    fn from(path: JsonPath) -> Self {
        path.to_string()
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

/// Durations in records are written as people type them (`5m`).
mod duration_text {
    use std::time::Duration;

    use serde::{Deserialize as _, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(
        duration: &Option<Duration>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        let text = duration.map(|duration| humantime::format_duration(duration).to_string());
        serializer.serialize_str(&text.unwrap_or_default())
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<Duration>, D::Error> {
        let text = String::deserialize(deserializer)?;
        humantime::parse_duration(&text).map(Some).map_err(|_| {
            serde::de::Error::custom(format!("{text:?} is not a duration such as \"5m\""))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_is_blues_record() {
        assert_eq!(Scheme::named("blue"), Some(Scheme::default()));
    }
}

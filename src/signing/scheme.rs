//! Signature schemes as data: the record's vocabulary, the table of providers, a user's own record.
//!
//! A scheme is never a branch on its name. The records of the table are TOML texts of the same form
//! that a user writes, one a provider, and are read only when asked for.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::encoding::Encoding;
use super::handshake::Handshake;
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
    #[serde(default, rename = "variant", skip_serializing_if = "Vec::is_empty")]
    pub variants: Vec<Variant>,
    /// What the provider asks of a receiver before or beside its deliveries.
    #[serde(default, rename = "handshake", skip_serializing_if = "Vec::is_empty")]
    pub handshakes: Vec<Handshake>,
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
        let start = error.span().map_or(0, |span| span.start);
        let before = text.get(..start).unwrap_or(text);
        let line = before.matches('\n').count() + 1;
        let message = error.message().trim().replace('\n', ", ");
        Self {
            line: Some(line),
            field: named_field(&message).or_else(|| field_at(text, start)),
            message,
        }
    }

    /// Where in `text` the field of this error stands: `variant 2, signature.separator`.
    fn located(mut self, text: &str, table: &str, number: usize, field: &str) -> Self {
        let key = field.split('.').next().unwrap_or_default();
        let header = format!("[[{table}]]");
        let mut seen = 0;
        for (index, line) in text.lines().enumerate() {
            let line = line.trim_start();
            if line.starts_with("[[") {
                seen += usize::from(line.starts_with(&header));
            }
            let here = line.starts_with(&header)
                || line.starts_with(&format!("[{table}.{key}]"))
                || line
                    .strip_prefix(key)
                    .is_some_and(|rest| rest.trim_start().starts_with('='));
            if seen == number && here {
                self.line = Some(index + 1);
            }
            if seen > number {
                break;
            }
        }
        self
    }
}

/// The field that a message of serde names itself.
fn named_field(message: &str) -> Option<String> {
    let rest = message
        .strip_prefix("unknown field `")
        .or_else(|| message.strip_prefix("missing field `"))?;
    rest.split_once('`').map(|(field, _)| field.to_owned())
}

/// The key whose value stands at this place of a TOML text: the last one before it on its line.
fn field_at(text: &str, at: usize) -> Option<String> {
    let (before, after) = text.split_at_checked(at)?;
    let before = before.rsplit('\n').next().unwrap_or_default();
    let after = after.split('\n').next().unwrap_or_default();
    let key = match before.rsplit_once('=') {
        Some((keys, _)) => keys,
        None => after.split_once('=')?.0,
    };
    let is_key = |byte: char| byte.is_ascii_alphanumeric() || "_-.".contains(byte);
    let key = key.trim_end();
    let start = key.rfind(|byte| !is_key(byte)).map_or(0, |last| last + 1);
    Some(key[start..].to_owned()).filter(|key| !key.is_empty())
}

/// The records of the table: name and TOML text. A test walks the folder, so that none is missing.
macro_rules! table {
    ($($name:literal),* $(,)?) => {
        const TABLE: &[(&str, &str)] =
            &[$(($name, include_str!(concat!("schemes/", $name, ".toml")))),*];
    };
}

table![
    "blue",
    "standard-webhooks",
    "svix",
    "polar",
    "github",
    "gitlab",
    "stripe",
    "slack",
    "shopify",
    "twilio",
    "sendgrid",
    "zoom",
    "linear",
    "paddle",
    "paystack",
    "square",
    "discord",
    "twitch",
    "meta",
    "intercom",
    "hubspot",
    "dropbox",
    "typeform",
    "calendly",
    "zendesk",
    "clickup",
    "asana",
    "notion",
    "vercel",
    "sentry",
    "pagerduty",
    "bitbucket",
    "jira",
    "docusign",
    "xero",
    "woocommerce",
    "workos",
    "lemon-squeezy",
];

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
            handshakes: Vec::new(),
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
    /// The text is no TOML, or no record that can be used: with the line and the field.
    pub fn from_toml(name: &str, text: &str) -> Result<Self, Invalid> {
        let mut scheme: Self =
            toml::from_str(text).map_err(|error| Invalid::locate(text, &error))?;
        name.clone_into(&mut scheme.name);
        match scheme.contradiction() {
            None => Ok(scheme),
            Some((place, contradiction)) => {
                let invalid = contradiction.at(place);
                Err(match place {
                    Some((table, number)) => {
                        invalid.located(text, table, number, contradiction.field)
                    }
                    None => invalid,
                })
            }
        }
    }

    /// Gives the record its name, if it can be used.
    ///
    /// # Errors
    /// Fields that contradict each other, or that need one that is not there.
    pub fn checked(mut self, name: &str) -> Result<Self, Invalid> {
        name.clone_into(&mut self.name);
        match self.contradiction() {
            None => Ok(self),
            Some((place, contradiction)) => Err(contradiction.at(place)),
        }
    }

    /// The first contradiction, and in which table it is, numbered from 1.
    fn contradiction(&self) -> Option<(Option<(&'static str, usize)>, Contradiction)> {
        if self.variants.is_empty() {
            let message = "a scheme needs at least one [[variant]]";
            return Some((None, Contradiction::new("variant", message)));
        }
        let variants = (self.variants.iter().enumerate()).filter_map(|(index, variant)| {
            Some((Some(("variant", index + 1)), variant.check().err()?))
        });
        let handshakes = (self.handshakes.iter().enumerate()).filter_map(|(index, handshake)| {
            Some((Some(("handshake", index + 1)), handshake.check().err()?))
        });
        variants.chain(handshakes).next()
    }

    /// Whether some form of the scheme carries the delivery's time. Without one, the age of a
    /// delivery cannot be judged, and a replayed delivery cannot be told from the first.
    pub fn has_timestamp(&self) -> bool {
        (self.variants.iter()).any(|variant| variant.timestamp.is_some())
    }

    /// Whether some form of the scheme carries an id or the delivery's time.
    pub fn is_stamped(&self) -> bool {
        self.has_timestamp() || self.variants.iter().any(|variant| variant.id.is_some())
    }

    /// Whether some form of the scheme signs the URL, so that it must be known.
    pub fn signs_url(&self) -> bool {
        self.variants.iter().any(Variant::signs_url)
    }

    /// The headers in which the signature travels, each once, the preferred one first.
    pub fn signature_headers(&self) -> Vec<String> {
        let mut headers: Vec<String> = Vec::new();
        for header in self.variants.iter().filter_map(Variant::signature_header) {
            if !headers
                .iter()
                .any(|known| known.eq_ignore_ascii_case(&header))
            {
                headers.push(header);
            }
        }
        headers
    }

    /// Whether a delivery can carry several signatures in this scheme, as during a rotation.
    pub fn carries_several(&self) -> bool {
        self.variants
            .iter()
            .any(|variant| variant.signature.carries_several())
    }
}

/// Fields that contradict each other: one of them, and a sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Contradiction {
    field: &'static str,
    message: String,
}

impl Contradiction {
    pub(super) fn new(field: &'static str, message: impl Into<String>) -> Self {
        let message = message.into();
        Self { field, message }
    }

    fn at(&self, place: Option<(&'static str, usize)>) -> Invalid {
        Invalid {
            line: None,
            field: Some(match place {
                Some((table, number)) => format!("{table} {number}, {}", self.field),
                None => self.field.to_owned(),
            }),
            message: self.message.clone(),
        }
    }
}

/// Refuses with a field and a sentence when something is so.
fn refuse_if(
    wrong: bool,
    field: &'static str,
    message: impl Into<String>,
) -> Result<(), Contradiction> {
    if wrong {
        Err(Contradiction::new(field, message))
    } else {
        Ok(())
    }
}

/// Refuses what is no header name (RFC 9110, section 5.6.2).
pub(super) fn check_header(field: &'static str, name: &str) -> Result<(), Contradiction> {
    refuse_if(
        !crate::http::is_token(name.as_bytes()),
        field,
        format!("{name:?} is no header name"),
    )
}

impl Variant {
    /// What contradicts.
    fn check(&self) -> Result<(), Contradiction> {
        self.signature.check()?;
        self.check_items()?;
        self.check_content()?;
        self.check_key()?;
        if let Some(rule) = &self.timestamp {
            rule.check(self.content.has(&Part::Timestamp))?;
        }
        if let Some(rule) = &self.id {
            check_header("id.header", &rule.header)?;
            let signed = self.content.has(&Part::Id);
            refuse_if(!signed, "id", "the id is no part of the content")?;
        }
        if let Some(rule) = &self.url {
            refuse_if(
                !self.signs_url(),
                "url",
                "the URL is no part of the content",
            )?;
            refuse_if(
                rule.body_sha256_parameter.is_some()
                    && rule.body_sha256_parameter == rule.without_parameter,
                "url.without_parameter",
                "a URL cannot be with and without the same parameter",
            )?;
        }
        Ok(())
    }

    /// The other items of the signature header's list.
    fn check_items(&self) -> Result<(), Contradiction> {
        let place = &self.signature;
        let has_items = (self.timestamp.as_ref()).is_some_and(|rule| rule.item.is_some())
            || place.named_headers.is_some()
            || (self.content.0.iter()).any(|part| matches!(part, Part::Item(_)));
        refuse_if(
            has_items && place.separator.is_none(),
            "signature.separator",
            "other items of the signature header are used, so a separator is needed",
        )?;
        refuse_if(
            has_items && place.prefix.is_empty(),
            "signature.prefix",
            "the signature needs a prefix that tells it from the list's other items",
        )
    }

    fn check_content(&self) -> Result<(), Contradiction> {
        let content = &self.content;
        let has = |part| content.has(&part);
        let is_token = self.algorithm == Algorithm::Token;
        refuse_if(
            is_token && !content.0.is_empty(),
            "content",
            "a token covers nothing: it has no content",
        )?;
        refuse_if(
            !is_token
                && (content.0.iter()).all(|part| matches!(part, Part::Text(_) | Part::Secret)),
            "content",
            "nothing of the delivery is signed: name at least one part, such as {body}",
        )?;
        refuse_if(
            has(Part::Timestamp) && self.timestamp.is_none(),
            "content",
            "{timestamp} is signed, but timestamp is missing",
        )?;
        refuse_if(
            has(Part::Id) && self.id.is_none(),
            "content",
            "{id} is signed, but id is missing",
        )?;
        refuse_if(
            has(Part::NamedHeaders) && self.signature.named_headers.is_none(),
            "content",
            "{named_headers} is signed, but signature.named_headers is missing",
        )?;
        refuse_if(
            self.algorithm.is_plain_hash() && !has(Part::Secret),
            "content",
            "a plain hash proves nothing without {secret} in the content",
        )?;
        refuse_if(
            self.algorithm.is_asymmetric() && has(Part::Secret),
            "content",
            "a key pair has no {secret} that both sides know",
        )?;
        for part in &content.0 {
            if let Part::Header(name) = part {
                check_header("content", name)?;
            }
        }
        Ok(())
    }

    fn check_key(&self) -> Result<(), Contradiction> {
        let key = &self.key;
        refuse_if(
            (self.encoding == Encoding::Text) != (self.algorithm == Algorithm::Token),
            "encoding",
            "a token travels as text, and nothing else does",
        )?;
        refuse_if(
            key.prefix_required && key.prefix.is_none(),
            "key.prefix_required",
            "there is no key.prefix to require",
        )?;
        let is_asymmetric = self.algorithm.is_asymmetric();
        refuse_if(
            key.private_prefix.is_some() && !is_asymmetric,
            "key.private_prefix",
            "a shared secret has no private half",
        )?;
        refuse_if(
            key.form != KeyForm::Text && is_asymmetric,
            "key.form",
            "the keys of a pair are read in all their usual forms",
        )
    }

    /// Whether the signed content names the URL.
    pub fn signs_url(&self) -> bool {
        self.content.has(&Part::Url)
    }

    /// Whether the content can be computed while the body streams by.
    pub fn streams(&self) -> bool {
        let bodies = (self.content.0.iter()).filter(|part| **part == Part::Body);
        !self.algorithm.is_asymmetric()
            && !self.content.0.iter().any(Part::reads_body)
            && bodies.count() <= 1
            && self.signature.json.is_none()
            && (self.timestamp.as_ref()).is_none_or(|rule| rule.json.is_none())
            && (self.url.as_ref()).is_none_or(|rule| rule.body_sha256_parameter.is_none())
    }

    /// The names of the headers that signing adds, in the order in which they are written.
    pub fn headers(&self) -> Vec<String> {
        let id = self.id.as_ref().map(|rule| rule.header.clone());
        let time = self.timestamp.as_ref().and_then(|rule| rule.header.clone());
        id.into_iter()
            .chain(time)
            .chain(self.signature_header())
            .collect()
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
    fn check(&self) -> Result<(), Contradiction> {
        refuse_if(
            self.header.is_some() == self.json.is_some(),
            "signature",
            "give either header or json",
        )?;
        if let Some(name) = &self.header {
            check_header("signature.header", &name.replacen("{n}", "1", 1))?;
        }
        refuse_if(
            self.prefix_optional && self.prefix.is_empty(),
            "signature.prefix_optional",
            "there is no signature.prefix that could be left out",
        )?;
        let Some(separator) = &self.separator else {
            return Ok(());
        };
        let trimmed = separator.trim_matches(' ');
        refuse_if(
            separator.is_empty() || trimmed.len() > 1 || !separator.is_ascii(),
            "signature.separator",
            "a separator is one ASCII character, with or without spaces, or spaces alone",
        )?;
        let separator = if trimmed.is_empty() { " " } else { trimmed };
        refuse_if(
            self.header.is_none() || self.is_numbered(),
            "signature.separator",
            "only a header that is not numbered holds a list",
        )?;
        refuse_if(
            self.prefix.contains(separator),
            "signature.prefix",
            "the prefix holds the separator, so no item can start with it",
        )
    }

    /// Whether more than one signature fits.
    pub fn carries_several(&self) -> bool {
        self.separator.is_some() || self.is_numbered()
    }

    /// Whether the signatures are in headers numbered from 1.
    pub fn is_numbered(&self) -> bool {
        (self.header.as_ref()).is_some_and(|name| name.contains("{n}"))
    }
}

impl TimestampRule {
    fn check(&self, signed: bool) -> Result<(), Contradiction> {
        let travels = self.header.is_some() || self.item.is_some();
        refuse_if(
            !travels && self.json.is_none(),
            "timestamp",
            "give header, item or json",
        )?;
        refuse_if(
            signed && !travels,
            "timestamp",
            "{timestamp} is signed as a header or item carries it; a time in the body is {json:PATH}",
        )?;
        refuse_if(
            signed && self.optional,
            "timestamp.optional",
            "{timestamp} is signed, so it cannot be left out",
        )?;
        match &self.header {
            Some(name) => check_header("timestamp.header", name),
            None => Ok(()),
        }
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
    /// The signed content: text with parts in braces, see [`Part`]. A token has none.
    #[serde(default, skip_serializing_if = "Template::is_empty")]
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
    /// The header holds a list with this between its items: one ASCII character, which spaces may
    /// follow, or spaces alone. White space around items is dropped when reading.
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
    /// ASCII characters that the sender may sign as they are or percent-encoded: both are tried.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub either_encoding: String,
    /// ASCII characters whose percent-encodings the sender decodes before it signs. The URL as it
    /// stands is tried too.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub decoded: String,
}

/// The signed content as text with parts: `{timestamp}.{body}`. A brace of the text is doubled.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
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

    /// Whether there is no content at all.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl FromStr for Template {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let parts = pieces(text)?.into_iter().map(|piece| match piece {
            Piece::Text(text) => Ok(Part::Text(text)),
            Piece::Name(name) => name.parse(),
        });
        parts.collect::<Result<_, _>>().map(Self)
    }
}

/// What a text with braces is made of.
pub(super) enum Piece<'a> {
    /// Text, with its doubled braces made single.
    Text(String),
    /// What stood between two braces.
    Name(&'a str),
}

/// Splits a text with braces.
pub(super) fn pieces(text: &str) -> Result<Vec<Piece<'_>>, String> {
    let mut pieces = Vec::new();
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
                pieces.push(Piece::Text(std::mem::take(&mut literal)));
            }
            pieces.push(Piece::Name(name));
            rest = after;
        }
    }
    literal.push_str(rest);
    if !literal.is_empty() {
        pieces.push(Piece::Text(literal));
    }
    Ok(pieces)
}

/// Writes text so that [`pieces`] reads it back.
pub(super) fn escaped(text: &str) -> String {
    text.replace('{', "{{").replace('}', "}}")
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
                Part::Text(text) => f.write_str(&escaped(text))?,
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

/// Durations in records are written as people type them (`5m`); a bare number means seconds.
mod duration_text {
    use std::fmt;
    use std::time::Duration;

    use serde::de::{Deserializer, Error, Visitor};
    use serde::ser::Serializer;

    use crate::duration;

    pub(super) fn serialize<S: Serializer>(
        duration: &Option<Duration>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        match duration {
            Some(length) => serializer.serialize_str(&duration::shown(*length)),
            None => serializer.serialize_none(),
        }
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<Duration>, D::Error> {
        deserializer.deserialize_any(Text).map(Some)
    }

    struct Text;

    impl Visitor<'_> for Text {
        type Value = Duration;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a duration such as \"5m\"")
        }

        fn visit_str<E: Error>(self, text: &str) -> Result<Duration, E> {
            duration::parse(text)
                .ok_or_else(|| E::custom(format!("{text:?} is not a duration such as \"5m\"")))
        }

        fn visit_i64<E: Error>(self, seconds: i64) -> Result<Duration, E> {
            u64::try_from(seconds)
                .map(Duration::from_secs)
                .map_err(|_| E::custom(format!("{seconds} is not a duration such as \"5m\"")))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_is_blues_record() {
        assert_eq!(Scheme::named("blue"), Some(Scheme::default()));
    }

    const RECORD: &str = r#"about = "Mine"

[[variant]]
algorithm = "hmac-sha256"
content = "{timestamp}.{body}"
signature = { header = "X-Mine", separator = ", ", prefix = "v1=" }
timestamp = { item = "t=", tolerance = "5m" }

[[variant]]
algorithm = "hmac-sha1"
content = "{body}"
signature = { header = "X-Mine-Old" }
"#;

    fn error(from: &str, to: &str) -> String {
        let record = RECORD.replacen(from, to, 1);
        assert_ne!(record, RECORD, "{from}");
        match Scheme::from_toml("mine", &record) {
            Ok(scheme) => panic!("{scheme:?}"),
            Err(invalid) => invalid.to_string(),
        }
    }

    #[test]
    fn every_record_of_the_folder_is_in_the_table_and_valid() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/signing/schemes");
        let mut files: Vec<String> = std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned())
            .collect();
        files.sort();
        let mut names: Vec<&str> = Scheme::names().collect();
        assert_eq!(names[0], "blue");
        names.sort_unstable();
        assert_eq!(names, files);
        for name in names {
            let record = Scheme::record(name).unwrap();
            let scheme =
                Scheme::from_toml(name, record).unwrap_or_else(|error| panic!("{name}: {error}"));
            assert_eq!(Scheme::named(name).as_ref(), Some(&scheme));
            assert!(!scheme.about.is_empty() && !scheme.about.contains('\n'));
            let docs = scheme.docs.as_deref();
            assert!(
                docs.is_none_or(|docs| docs.starts_with("https://")),
                "{name}"
            );
        }
    }

    #[test]
    fn a_record_that_is_written_reads_the_same() {
        for name in Scheme::names().collect::<Vec<_>>() {
            let scheme = Scheme::named(name).unwrap();
            let text = toml::to_string(&scheme).unwrap();
            let read = Scheme::from_toml(name, &text)
                .unwrap_or_else(|error| panic!("{name}: {error}\n{text}"));
            assert_eq!(read, scheme);
        }
    }

    #[test]
    fn a_record_says_which_headers_it_adds() {
        let headers = |name| Scheme::named(name).unwrap().variants[0].headers();
        assert_eq!(headers("blue"), ["X-Signature"]);
        assert_eq!(
            headers("svix"),
            ["svix-id", "svix-timestamp", "svix-signature"]
        );
        assert_eq!(headers("docusign"), ["X-DocuSign-Signature-1"]);
        let has_timestamp = |name| Scheme::named(name).unwrap().has_timestamp();
        assert!(has_timestamp("stripe") && !has_timestamp("blue"));
        assert!(Scheme::named("square").unwrap().signs_url());
    }

    #[test]
    fn a_template_doubles_its_braces() {
        let template: Template = "{{{id}}}-{body}".parse().unwrap();
        let text = |text: &str| Part::Text(text.into());
        assert_eq!(template.0, [text("{"), Part::Id, text("}-"), Part::Body]);
        assert_eq!(template.to_string(), "{{{id}}}-{body}");
        assert_eq!(Template::default().to_string(), "");
    }

    #[test]
    fn a_duration_is_written_as_people_type_it() {
        for text in ["\"5m\"", "\"300\"", "300", "\"4m 60s\""] {
            let record = RECORD.replace("\"5m\"", text);
            let scheme = Scheme::from_toml("mine", &record).unwrap();
            let rule = scheme.variants[0].timestamp.clone().unwrap();
            assert_eq!(rule.tolerance, Some(Duration::from_secs(300)), "{text}");
        }
    }

    #[test]
    fn a_text_that_is_no_record_is_refused_with_line_and_field() {
        let cases = [
            (
                "about = \"Mine\"",
                "",
                "line 1: about: missing field `about`",
            ),
            (
                "content = \"{body}\"",
                "contents = \"{body}\"",
                "line 11: contents: unknown field `contents`",
            ),
            (
                "header = \"X-Mine-Old\"",
                "heeder = \"X\"",
                "line 12: heeder: unknown field `heeder`",
            ),
            (
                "algorithm = \"hmac-sha1\"",
                "algorithm = \"hmac-sha3\"",
                "line 10: algorithm: unknown variant `hmac-sha3`",
            ),
            (
                "algorithm = \"hmac-sha1\"",
                "",
                "line 9: algorithm: missing field `algorithm`",
            ),
            (
                "\"X-Mine-Old\"",
                "7",
                "line 12: header: invalid type: integer `7`, expected a string",
            ),
            (
                "\"5m\"",
                "\"soon\"",
                "line 7: tolerance: \"soon\" is not a duration such as \"5m\"",
            ),
            (
                "\"5m\"",
                "-5",
                "line 7: tolerance: -5 is not a duration such as \"5m\"",
            ),
            (
                "{timestamp}.{body}",
                "{timestamp}.{boddy}",
                "line 5: content: {boddy} is no part of a content",
            ),
            (
                "{timestamp}.{body}",
                "{timestamp}.{body",
                "line 5: content: \"{timestamp}.{body\" has a { without a }",
            ),
            (
                "{timestamp}.{body}",
                "{timestamp}.body}",
                "line 5: content: \"{timestamp}.body}\" has a } without a {",
            ),
            ("[[variant]]", "[[variant]", "line 3: "),
        ];
        for (from, to, expected) in cases {
            let error = error(from, to);
            assert!(error.starts_with(expected), "{error}\nexpected {expected}");
        }
    }

    #[test]
    fn fields_that_contradict_each_other_are_refused_where_they_stand() {
        let cases = [
            (
                "\"{body}\"",
                "\"fixed\"",
                "line 11: variant 2, content: nothing of the delivery is signed",
            ),
            (
                "\"{body}\"",
                "\"{timestamp}{body}\"",
                "line 11: variant 2, content: {timestamp} is signed, but timestamp is missing",
            ),
            (
                "\"{body}\"",
                "\"{id}{body}\"",
                "line 11: variant 2, content: {id} is signed, but id is missing",
            ),
            (
                "\"{body}\"",
                "\"{named_headers}{body}\"",
                "line 11: variant 2, content: {named_headers} is signed",
            ),
            (
                "\"{body}\"",
                "\"{header:a b}{body}\"",
                "line 11: variant 2, content: \"a b\" is no header name",
            ),
            (
                "hmac-sha1",
                "sha1",
                "line 11: variant 2, content: a plain hash proves nothing",
            ),
            (
                "hmac-sha1",
                "token",
                "line 11: variant 2, content: a token covers nothing",
            ),
            (
                "content = \"{body}\"",
                "content = \"{body}\"\nencoding = \"text\"",
                "line 12: variant 2, encoding: a token travels as text",
            ),
            (
                "content = \"{body}\"",
                "content = \"{body}\"\nid = { header = \"X-Id\" }",
                "line 12: variant 2, id: the id is no part",
            ),
            (
                "content = \"{body}\"",
                "content = \"{body}\"\nurl = { either_port = true }",
                "line 12: variant 2, url: the URL is no part",
            ),
            (
                "content = \"{body}\"",
                "content = \"{body}\"\nkey = { prefix_required = true }",
                "line 12: variant 2, key.prefix_required: there is no key.prefix",
            ),
            (
                "content = \"{body}\"",
                "content = \"{body}\"\nkey = { private_prefix = \"k\" }",
                "line 12: variant 2, key.private_prefix: ",
            ),
            (
                "header = \"X-Mine-Old\"",
                "header = \"X-Mine-Old\", json = \"a\"",
                "line 12: variant 2, signature: give either header or json",
            ),
            (
                "header = \"X-Mine-Old\"",
                "header = \"X Mine\"",
                "line 12: variant 2, signature.header: \"X Mine\" is no header name",
            ),
            (
                "header = \"X-Mine-Old\"",
                "header = \"X-{n}\", separator = \",\"",
                "line 12: variant 2, signature.separator: only a header",
            ),
            (
                "\", \"",
                "\"\"",
                "line 6: variant 1, signature.separator: a separator is one ASCII character",
            ),
            (
                "\", \"",
                "\"; ;\"",
                "line 6: variant 1, signature.separator: a separator is one ASCII character",
            ),
            (
                "\", \"",
                "\"·\"",
                "line 6: variant 1, signature.separator: a separator is one ASCII character",
            ),
            (
                "separator = \", \", ",
                "",
                "line 6: variant 1, signature.separator: other items",
            ),
            (
                "\"v1=\"",
                "\"v1,\"",
                "line 6: variant 1, signature.prefix: the prefix holds the separator",
            ),
            (
                ", prefix = \"v1=\"",
                "",
                "line 6: variant 1, signature.prefix: the signature needs a prefix",
            ),
            (
                "item = \"t=\"",
                "json = \"t\"",
                "line 7: variant 1, timestamp: {timestamp} is signed as a header",
            ),
            (
                "item = \"t=\"",
                "item = \"t=\", optional = true",
                "line 7: variant 1, timestamp.optional: ",
            ),
            (
                "item = \"t=\", ",
                "",
                "line 7: variant 1, timestamp: give header, item or json",
            ),
        ];
        for (from, to, expected) in cases {
            let error = error(from, to);
            assert!(error.starts_with(expected), "{error}\nexpected {expected}");
        }
        let none = Scheme::from_toml("mine", "about = \"Mine\"").unwrap_err();
        assert_eq!(
            none.to_string(),
            "variant: a scheme needs at least one [[variant]]"
        );
    }
}

//! Reading a record: a TOML text becomes a scheme, or it is said which line and field is wrong.
//!
//! What a record may hold is bounded here, so that no delivery is worth more work than its bytes.

use std::fmt;

use super::super::encoding::Encoding;
use super::handshake::{Handshake, Reply, ReplyPart, Value};
use super::jwt::JwtRule;
use super::template::{Part, Template};
use super::words::{
    Algorithm, KeyForm, KeyPair, KeyRule, MessageRule, NamedHeaders, SignaturePlace, TimestampRule,
    UrlRule, known_digest,
};
use super::{Scheme, Variant};
use crate::http;

/// How many variants, handshakes, conditions or headers there may be.
const TABLES: usize = 16;
/// How many parts a template may have.
const PARTS: usize = 32;
/// How long a text may be, in bytes.
const TEXT: usize = 256;
const ABOUT: &str = "it is one line of at most 256 bytes";

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

/// Refuses with a field and a sentence when something is so.
macro_rules! refuse {
    ($($field:literal: $message:expr, if $wrong:expr;)*) => {
        $(if $wrong {
            return Err(Contradiction::new($field, $message));
        })*
    };
}
impl Scheme {
    /// Reads a record.
    ///
    /// # Errors
    /// The text is no TOML, or no record that can be used: with the line and the field.
    pub fn from_toml(name: &str, text: &str) -> Result<Self, Invalid> {
        let scheme: Self = toml::from_str(text).map_err(|error| misread(text, &error))?;
        scheme.named_if(name, |found| found.line_in(text))
    }

    /// Gives the record its name, if it can be used.
    ///
    /// # Errors
    /// Fields that contradict each other, or that need one that is not there.
    pub fn checked(self, name: &str) -> Result<Self, Invalid> {
        self.named_if(name, |_| None)
    }

    fn named_if(
        mut self,
        name: &str,
        line: impl Fn(&Contradiction) -> Option<usize>,
    ) -> Result<Self, Invalid> {
        name.clone_into(&mut self.name);
        match self.check() {
            Ok(()) => Ok(self),
            Err(found) => Err(Invalid {
                line: line(&found),
                field: Some(match found.table {
                    Some((table, number)) => format!("{table} {number}, {}", found.field),
                    None => found.field.to_owned(),
                }),
                message: found.message,
            }),
        }
    }

    fn check(&self) -> Result<(), Contradiction> {
        refuse! {
            "about": ABOUT, if !is_line(&self.about);
            "aliases": format!("there are more than {TABLES}"), if self.aliases.len() > TABLES;
            "aliases": "a name is one line of 1 to 256 bytes",
                if !self.aliases.iter().all(|name| !name.is_empty() && is_line(name));
            "methods": format!("there are more than {TABLES}"), if self.methods.len() > TABLES;
            "methods": "a method is a word such as POST, in capitals",
                if !self.methods.iter().all(|name| is_method(name));
            "variant": "a scheme needs at least one [[variant]]", if self.variants.is_empty();
            "variant": format!("there are more than {TABLES}"), if self.variants.len() > TABLES;
            "handshake": format!("there are more than {TABLES}"), if self.handshakes.len() > TABLES;
        }
        for (index, variant) in self.variants.iter().enumerate() {
            let checked = variant.check();
            checked.map_err(|found| found.within("variant", index + 1))?;
        }
        let first = self.variants[0].algorithm;
        for (index, handshake) in self.handshakes.iter().enumerate() {
            let checked = handshake.check(first, &self.methods());
            checked.map_err(|found| found.within("handshake", index + 1))?;
        }
        Ok(())
    }
}

/// Finds the line and the field of an error that reading `text` gave.
fn misread(text: &str, error: &toml::de::Error) -> Invalid {
    let start = error.span().map_or(0, |span| span.start);
    let before = text.get(..start).unwrap_or(text);
    let message = error.message().trim().replace('\n', ", ");
    Invalid {
        line: Some(before.matches('\n').count() + 1),
        field: named_field(&message).or_else(|| field_at(text, start)),
        message,
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

/// Fields that contradict each other: one of them, and a sentence.
struct Contradiction {
    /// In which table it is, numbered from 1.
    table: Option<(&'static str, usize)>,
    field: &'static str,
    message: String,
}

impl Contradiction {
    fn new(field: &'static str, message: impl Into<String>) -> Self {
        Self {
            table: None,
            field,
            message: message.into(),
        }
    }

    fn within(mut self, table: &'static str, number: usize) -> Self {
        self.table = Some((table, number));
        self
    }

    /// The line of a record's text in which the field stands, or else its table's.
    fn line_in(&self, text: &str) -> Option<usize> {
        let (table, number) = self.table?;
        let key = self.field.split('.').next().unwrap_or_default();
        let (header, own) = (format!("[[{table}]]"), format!("[{table}.{key}]"));
        let mut seen = 0;
        let mut found = None;
        for (index, line) in text.lines().enumerate() {
            let line = line.trim_start();
            let is_header = line.starts_with(&header);
            seen += usize::from(is_header);
            let rest = line.strip_prefix(key).map(str::trim_start);
            let is_field = rest.is_some_and(|rest| rest.starts_with('=')) || line.starts_with(&own);
            if seen == number && (is_header || is_field) {
                found = Some(index + 1);
            }
        }
        found
    }
}

fn is_line(text: &str) -> bool {
    text.len() <= TEXT && !text.chars().any(char::is_control)
}

fn is_method(text: &str) -> bool {
    (1..=20).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_uppercase())
}

/// Refuses what is no header name.
fn check_header(field: &'static str, name: &str) -> Result<(), Contradiction> {
    if http::is_token(name.as_bytes()) && name.len() <= TEXT {
        return Ok(());
    }
    let message = format!("{name:?} is no header name");
    Err(Contradiction::new(field, message))
}

/// Refuses a text of which a header could not be made: a line end would begin another one.
fn check_text(field: &'static str, text: &str) -> Result<(), Contradiction> {
    if text.len() > TEXT {
        let message = format!("it is longer than {TEXT} bytes");
        return Err(Contradiction::new(field, message));
    }
    if !text.bytes().all(|byte| (b' '..=b'~').contains(&byte)) {
        let message = format!("{text:?} holds what is not printable ASCII, such as a line end");
        return Err(Contradiction::new(field, message));
    }
    Ok(())
}

fn check_texts<'a>(
    texts: impl IntoIterator<Item = (&'static str, Option<&'a String>)>,
) -> Result<(), Contradiction> {
    texts
        .into_iter()
        .try_for_each(|(field, text)| text.map_or(Ok(()), |text| check_text(field, text)))
}

impl Variant {
    fn check(&self) -> Result<(), Contradiction> {
        let (content, place) = (&self.content, &self.signature);
        place.check()?;
        let has_items = (self.timestamp.as_ref()).is_some_and(|rule| rule.item.is_some())
            || (self.named_headers.as_ref()).is_some_and(|rule| rule.item.is_some())
            || (content.0.iter()).any(|part| matches!(part, Part::Item(_)));
        refuse! {
            "signature.separator": "other items of the signature header are used, so a separator is needed",
                if has_items && place.separator.is_none();
            "signature.prefix": "the signature needs a prefix that tells it from the list's other items",
                if has_items && place.prefix.is_empty();
        }
        self.check_content()?;
        if let Some(rule) = &self.named_headers {
            rule.check()?;
        }
        if let Some(rule) = &self.message_signature {
            rule.check()?;
            refuse! {
                "content": "HTTP Message Signatures have a content of their own", if !content.is_empty();
                "algorithm": format!("HTTP Message Signatures know no {}", self.algorithm),
                    if self.algorithm.http().is_none();
                "signature": "it is a header without prefix and separator",
                    if place.header.is_none() || place.is_numbered() || place.separator.is_some()
                        || !place.prefix.is_empty() || !place.further.is_empty();
                "encoding": "it is base64 or base64url",
                    if !matches!(self.encoding, Encoding::Base64 | Encoding::Base64url);
            }
        }
        refuse! {
            "when": format!("there are more than {TABLES}"), if self.when.len() > TABLES;
            "when": "only a header or the JSON body tells a form apart: header:NAME, json:PATH",
                if self.when.iter().any(|one| matches!(one.value, Value::Query(_)));
            "when": format!("there are more than {TABLES} texts to be like"),
                if self.when.iter().any(|one| one.like.len() > TABLES);
            "encoding": "a JWT is written in base64url",
                if self.jwt.is_some() && self.encoding != Encoding::Base64url;
            "encoding": "a token travels as text, and nothing else does",
                if (self.encoding == Encoding::Text) != (self.algorithm == Algorithm::Token);
        }
        if let Some(rule) = &self.jwt {
            rule.check()?;
        }
        self.key.check(self.algorithm.is_asymmetric())?;
        if let Some(rule) = &self.timestamp {
            let claims = self.message_signature.is_some();
            rule.check(content.has(&Part::Timestamp), claims, self.jwt.is_some())?;
        }
        if let Some(rule) = &self.id {
            check_header("id.header", &rule.header)?;
            refuse! {
                "id": "the id is no part of the content",
                    if !content.has(&Part::Id) && !self.covers(&rule.header);
            }
        }
        match &self.url {
            Some(rule) => rule.check(self.signs_url()),
            None => Ok(()),
        }
    }

    fn check_content(&self) -> Result<(), Contradiction> {
        let Template(parts) = &self.content;
        let has = |part| self.content.has(&part);
        let is_token = self.algorithm == Algorithm::Token;
        let is_jwt = self.jwt.is_some();
        let is_known = |part: &Part| matches!(part, Part::Text(_) | Part::Secret);
        refuse! {
            "content": "a token covers nothing: it has no content", if is_token && !parts.is_empty();
            "content": "what a JWT signs is itself: it has no content", if is_jwt && !parts.is_empty();
            "content": "nothing of the delivery is signed: name at least one part, such as {body}",
                if !is_token && !is_jwt && self.message_signature.is_none() && parts.iter().all(is_known);
            "jwt": "the algorithm is none of a JWT's",
                if is_jwt && (self.algorithm.jose().is_none()
                    || self.algorithm == Algorithm::KeyPair(KeyPair::EcdsaP256Sha256));
            "jwt": "a token stands alone in a header",
                if is_jwt && (self.signature.header.is_none() || self.signature.separator.is_some()
                    || self.signature.is_numbered() || !self.signature.further.is_empty());
            "content": format!("it has more than {PARTS} parts"), if parts.len() > PARTS;
            "content": "{timestamp} is signed, but timestamp is missing",
                if has(Part::Timestamp) && self.timestamp.is_none();
            "content": "{id} is signed, but id is missing", if has(Part::Id) && self.id.is_none();
            "content": "{named_headers} is signed, but named_headers is missing",
                if has(Part::NamedHeaders) && self.named_headers.is_none();
            "content": "a plain hash proves nothing without {secret} in the content",
                if matches!(self.algorithm, Algorithm::Plain(_)) && !has(Part::Secret);
        }
        parts.iter().try_for_each(check_part)
    }
}

impl MessageRule {
    fn check(&self) -> Result<(), Contradiction> {
        let lists = [&self.components, &self.where_present, &self.with_body];
        let known = ["created", "expires", "nonce", "keyid", "alg", "tag"];
        let has = |name: &str| self.parameters.iter().any(|own| own == name);
        let is_label = |label: &String| sfv::KeyRef::from_str(label).is_ok();
        refuse! {
            "message_signature": format!("there are more than {PARTS} components"),
                if lists.iter().any(|list| list.len() > PARTS);
            "message_signature": "a component is written as content-type, @method or signature-agent;key=\"sig1\"",
                if !lists.into_iter().flatten().all(|name| Self::component(name).is_some());
            "message_signature": format!("its parameters are {}", known.join(", ")),
                if !self.parameters.iter().all(|name| known.contains(&name.as_str()));
            "message_signature": "its digests are sha-256 and sha-512",
                if !self.digests.iter().all(|name| known_digest(name).is_some());
            "message_signature": "tag is a parameter, but it is not said which",
                if has("tag") && self.tag.is_none();
            "message_signature": "expires is a parameter, but lifetime is missing",
                if has("expires") && self.lifetime.is_none();
            "message_signature": "a label is a word in lower case",
                if !self.label.as_ref().is_none_or(is_label);
        }
        check_texts([("message_signature", self.tag.as_ref())])
    }
}

fn check_part(part: &Part) -> Result<(), Contradiction> {
    let is_of_body = |part: &Part| *part == Part::Body || part.reads_body();
    let is_nested = |part: &Part| !part.inner().is_empty();
    let is_either = matches!(part, Part::Either(_));
    let inner = part.inner();
    refuse! {
        "content": format!("it has a text of more than {TEXT} bytes"),
            if matches!(part, Part::Text(text) if text.len() > TEXT);
        "content": format!("it has more than {PARTS} parts"), if inner.len() > PARTS;
        "content": "of several parts the first is taken that the body holds: all are parts of the body",
            if is_either && (!inner.iter().all(is_of_body) || inner.iter().any(is_nested));
        "content": "a part of the body is not written otherwise",
            if matches!(part, Part::Written(..)) && inner.iter().any(is_of_body);
        "content": "{body} and {secret} are never left out",
            if !is_either && (inner.contains(&Part::Body) || inner.contains(&Part::Secret));
    }
    if let Part::Header(name) = part {
        check_header("content", name)?;
    }
    inner.iter().try_for_each(check_part)
}

impl JwtRule {
    fn check(&self) -> Result<(), Contradiction> {
        let parts = || self.claims.values().flat_map(|claim| &claim.0);
        refuse! {
            "jwt": "no claim is of the body or the URL: any delivery could have the token",
                if !parts().any(|part| part.reads_body() || part.reads_url());
            "jwt": "a claim is read by everybody, so {secret} is none",
                if self.claims.values().any(|claim| claim.has(&Part::Secret));
            "jwt": format!("it has more than {TABLES} claims"), if self.claims.len() > TABLES;
            "jwt": format!("a claim has more than {PARTS} parts"),
                if self.claims.values().any(|claim| claim.0.len() > PARTS);
            "jwt": "with_body names what is no claim",
                if !self.with_body.iter().all(|name| self.claims.contains_key(name));
        }
        parts().try_for_each(check_part)
    }
}

impl NamedHeaders {
    fn check(&self) -> Result<(), Contradiction> {
        refuse! {
            "named_headers": "give either item or header", if self.item.is_some() == self.header.is_some();
        }
        check_texts([("named_headers.item", self.item.as_ref())])?;
        match &self.header {
            Some(name) => check_header("named_headers.header", name),
            None => Ok(()),
        }
    }
}

impl SignaturePlace {
    fn check(&self) -> Result<(), Contradiction> {
        refuse! {
            "signature": "give either header or json", if self.header.is_some() == self.json.is_some();
        }
        if let Some(name) = &self.header {
            check_header("signature.header", &name.replacen("{n}", "1", 1))?;
        }
        for name in &self.further {
            check_header("signature.further", name)?;
        }
        check_texts([("signature.prefix", Some(&self.prefix))])?;
        refuse! {
            "signature.further": "only a header that is neither numbered nor a list has others beside it",
                if !self.further.is_empty()
                    && (self.header.is_none() || self.is_numbered() || self.separator.is_some());
            "signature.further": format!("there are more than {TABLES}"), if self.further.len() > TABLES;
            "signature.prefix_optional": "there is no signature.prefix that could be left out",
                if self.prefix_optional && self.prefix.is_empty();
        }
        let Some(separator) = &self.separator else {
            return Ok(());
        };
        let trimmed = separator.trim_matches(' ');
        let between = if trimmed.is_empty() { " " } else { trimmed };
        refuse! {
            "signature.separator": "a separator is one ASCII character, with or without spaces, or spaces alone",
                if separator.is_empty() || trimmed.len() > 1 || !separator.is_ascii();
            "signature.separator": "only a header that is not numbered holds a list",
                if self.header.is_none() || self.is_numbered();
            "signature.prefix": "the prefix holds the separator, so no item can start with it",
                if self.prefix.contains(between);
        }
        check_text("signature.separator", separator)
    }
}

impl KeyRule {
    fn check(&self, is_asymmetric: bool) -> Result<(), Contradiction> {
        refuse! {
            "key.prefix_required": "there is no key.prefix to require",
                if self.prefix_required && self.prefix.is_none();
            "key.prefix_kept": "there is no key.prefix to keep", if self.prefix_kept && self.prefix.is_none();
            "key.label": "there is no key.prefix that it could stand before",
                if self.label.is_some() && self.prefix.is_none();
            "key.private_prefix": "a shared secret has no private half",
                if self.private_prefix.is_some() && !is_asymmetric;
            "key.form": "the keys of a pair are read in all their usual forms",
                if self.form != KeyForm::Text && is_asymmetric;
        }
        check_texts([
            ("key.prefix", self.prefix.as_ref()),
            ("key.label", self.label.as_ref()),
            ("key.private_prefix", self.private_prefix.as_ref()),
        ])?;
        match &self.named_by {
            Some(name) => check_header("key.named_by", name),
            None => Ok(()),
        }
    }
}

impl TimestampRule {
    fn check(&self, signed: bool, claimed: bool, is_jwt: bool) -> Result<(), Contradiction> {
        let travels = self.header.is_some() || self.item.is_some();
        refuse! {
            "timestamp": "the time of an HTTP Message Signature is its created parameter",
                if claimed && (travels || self.json.is_some() || self.claim.is_some());
            "timestamp.claim": "a claim is in a JWT, and the time is there alone",
                if self.claim.is_some() && (!is_jwt || travels || self.json.is_some());
            "timestamp": "give header, item, json or claim",
                if !claimed && !travels && self.json.is_none() && self.claim.is_none();
            "timestamp": "{timestamp} is signed as a header or item carries it; a time in the body is {json:PATH}",
                if signed && !travels;
            "timestamp.optional": "{timestamp} is signed, so it cannot be left out",
                if signed && self.optional;
        }
        check_texts([("timestamp.item", self.item.as_ref())])?;
        match &self.header {
            Some(name) => check_header("timestamp.header", name),
            None => Ok(()),
        }
    }
}

impl UrlRule {
    fn check(&self, signed: bool) -> Result<(), Contradiction> {
        refuse! {
            "url": "the URL is no part of the content", if !signed;
            "url.without_parameter": "a URL cannot be with and without the same parameter",
                if self.body_sha256_parameter.is_some()
                    && self.body_sha256_parameter == self.without_parameter;
        }
        check_texts([
            (
                "url.body_sha256_parameter",
                self.body_sha256_parameter.as_ref(),
            ),
            ("url.without_parameter", self.without_parameter.as_ref()),
            ("url.either_encoding", Some(&self.either_encoding)),
            ("url.decoded", Some(&self.decoded)),
        ])
    }
}

impl Handshake {
    fn check(&self, first: Algorithm, methods: &[&str]) -> Result<(), Contradiction> {
        let mut replies = vec![("body", &self.body)];
        for header in &self.headers {
            check_header("headers", &header.name)?;
            replies.push(("headers", &header.value));
        }
        refuse! {
            "about": ABOUT, if !is_line(&self.about);
            "status": "an answer's status is between 200 and 599", if !(200..=599).contains(&self.status);
            "when": format!("there are more than {TABLES}"), if self.when.len() > TABLES;
            "headers": format!("there are more than {TABLES}"), if self.headers.len() > TABLES;
            "method": "a method is a word such as GET, in capitals",
                if !(self.method.as_ref()).is_none_or(|name| is_method(name));
            "when": "nothing tells the handshake from a delivery",
                if self.when.is_empty() && self.secret.is_none()
                    && (self.method.as_ref()).is_none_or(|name| methods.contains(&name.as_str()))
                    && !replies.iter().any(|(_, reply)| reply.asks());
        }
        for (field, Reply(parts)) in replies {
            refuse! {
                "body": format!("it has more than {PARTS} parts"), if parts.len() > PARTS;
            }
            for part in parts {
                match part {
                    ReplyPart::Text(text) if field == "headers" => check_text(field, text)?,
                    ReplyPart::Signature(value) => {
                        self.check_signing(field, value, first, methods)?
                    }
                    _ => {}
                }
            }
        }
        Ok(())
    }

    /// A receiver that signs whatever it is asked to sign forges deliveries for strangers: what is
    /// signed is a part of a genuine request, which a fixed value in it tells from a delivery.
    fn check_signing(
        &self,
        field: &'static str,
        value: &Value,
        first: Algorithm,
        methods: &[&str],
    ) -> Result<(), Contradiction> {
        // Only a word is signed there, which no body is.
        let is_word = matches!(value, Value::Query(_))
            && self.method.as_deref() == Some("GET")
            && !methods.contains(&"GET");
        let is_fixed = self
            .when
            .iter()
            .any(|one| matches!(one.value, Value::Json(_)) && one.is.is_some() && !one.not);
        refuse! {
            "signed": "{signature:…} signs what anybody asks for, unless the request is signed: set signed = true",
                if !self.signed && !is_word;
            "when": "{signature:…} needs a value of the JSON body that is fixed (is), so that no delivery is taken for the handshake",
                if !is_fixed && !is_word;
        }
        if !is_word && !matches!(value, Value::Json(_)) {
            let message = "{signature:…} is of a value of the JSON body, which the request's own signature covers";
            return Err(Contradiction::new(field, message));
        }
        if !matches!(first, Algorithm::Hmac(_)) {
            let message = format!(
                "{{signature:…}} needs an HMAC as the first variant's algorithm, and this is {first}"
            );
            return Err(Contradiction::new(field, message));
        }
        Ok(())
    }
}

impl Reply {
    /// Whether a value of the request is needed for it.
    fn asks(&self) -> bool {
        !(self.0.iter()).all(|part| matches!(part, ReplyPart::Text(_)))
    }
}

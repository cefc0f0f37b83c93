//! HTTP Message Signatures (RFC 9421): what a delivery says that is signed of it, and the signature
//! base, which is the signed content.
//!
//! A [`Claim`] is one signature with its label, its covered components and its parameters. In the
//! base a covered Content-Digest (RFC 9530) is not the text that came but the body's own digest,
//! computed: so the signature covers the body, like those of all other schemes. Hostile values are
//! bounded here: so many claims, so many components, each once.

use std::collections::HashSet;

use jiff::Timestamp;
use sfv::{BareItem, Dictionary, FieldType as _, InnerList, Item, Key, ListEntry, Parser};

use super::content::{Parts, Segment};
use super::encoding::Encoding;
use super::hash::Hash;
use super::record::Variant;
use super::record::words::{
    CONTENT_DIGEST as DIGEST, MessageRule, SIGNATURE_INPUT as INPUT, known_digest,
};
use super::refusal::{Missing, Reason};
use super::url::{self, authority, escaped, form_decoded};
use crate::delivery::Headers;
use crate::http;

/// How many signatures of a delivery are looked at.
const CLAIMS: usize = 8;
/// How many components one may cover.
const COMPONENTS: usize = 64;

/// The id and the time that a delivery is signed with, for schemes that carry them.
#[derive(Debug, Clone)]
pub struct Stamp {
    /// The delivery's id.
    pub id: String,
    /// The delivery's time.
    pub at: Timestamp,
}

/// One signature: what it says of itself.
#[derive(Clone)]
pub(super) struct Claim {
    label: String,
    list: InnerList,
    /// The signature, as it stands between its colons.
    pub(super) text: Vec<u8>,
}

/// What is wrong with a header.
fn malformed(header: &str, problem: impl Into<String>) -> Reason {
    Reason::MalformedHeader {
        header: header.to_owned(),
        problem: problem.into(),
    }
}

impl Claim {
    /// The signatures that the headers carry and the variant takes. The error says why there is none.
    pub(super) fn read(
        variant: &Variant,
        rule: &MessageRule,
        parts: Parts<'_>,
    ) -> Result<Vec<Self>, Reason> {
        let header = variant.signature_header().unwrap_or_default();
        let field = |name: &str| {
            let missing = || Reason::MissingHeader {
                header: name.to_owned(),
            };
            joined(parts.headers, name).ok_or_else(missing)
        };
        let (signatures, inputs) = (field(&header)?, field(INPUT)?);
        let signatures = members(&signatures)
            .ok_or_else(|| malformed(&header, "a signature is a label, =: and its text and :"))?;
        let inputs: Dictionary = (Parser::new(&inputs).parse())
            .map_err(|_| malformed(INPUT, "it is no dictionary (RFC 8941)"))?;
        let (mut claims, mut refusal) = (Vec::new(), None);
        let is_ours = |label: &Key| rule.label.as_ref().is_none_or(|own| own == label.as_str());
        for (label, entry) in inputs.into_iter().filter(|(label, _)| is_ours(label)) {
            let mut own =
                (signatures.iter()).filter(|(name, _)| *name == label.as_str().as_bytes());
            let text = match (own.next(), own.next()) {
                (Some((_, text)), None) => Ok(text.to_vec()),
                (None, _) => Err(malformed(&header, format!("it has no {label}"))),
                _ => Err(malformed(&header, format!("it has {label} twice"))),
            };
            let claim = text.and_then(|text| {
                let label = label.to_string();
                let ListEntry::InnerList(list) = entry else {
                    return Err(malformed(
                        INPUT,
                        format!("{label} is no list of components"),
                    ));
                };
                let claim = Self { label, list, text };
                let checked = claim.check(variant, rule, parts);
                checked.map_err(|problem| malformed(INPUT, problem))?;
                claim.check_digest(rule, parts.headers)?;
                Ok(claim)
            });
            match claim {
                Ok(claim) => claims.push(claim),
                Err(reason) => refusal = refusal.or(Some(reason)),
            }
            if claims.len() == CLAIMS {
                break;
            }
        }
        if !claims.is_empty() {
            return Ok(claims);
        }
        let none = || match &rule.label {
            Some(label) => format!("it has no {label}"),
            None => "it has no signature".to_owned(),
        };
        Err(refusal.unwrap_or_else(|| malformed(INPUT, none())))
    }

    /// What we say of a signature of ours. The nonce is the delivery's id, `key` the key's name.
    pub(super) fn made(
        variant: &Variant,
        rule: &MessageRule,
        key: Option<&str>,
        stamp: &Stamp,
        parts: Parts<'_>,
    ) -> Result<Self, Missing> {
        let at = stamp.at.as_second();
        let is_there = |name: &String| is_there(name, parts);
        let present = rule.where_present.iter().filter(|name| is_there(name));
        let names = (rule.components.iter().chain(present)).chain(&rule.with_body);
        let items = names.filter_map(|name| MessageRule::component(name));
        let mut list = InnerList::new(items.collect());
        let text = |text: &str| sfv::String::try_from(text.to_owned()).map(BareItem::from);
        let lifetime = rule.lifetime.unwrap_or_default().as_secs();
        for name in &rule.parameters {
            let value = match (name.as_str(), key) {
                ("created", _) => BareItem::try_from(at),
                ("expires", _) => BareItem::try_from(at.saturating_add_unsigned(lifetime)),
                ("nonce", _) => text(&stamp.id),
                ("alg", _) => text(variant.algorithm.http().unwrap_or_default()),
                ("tag", _) => text(rule.tag.as_deref().unwrap_or_default()),
                ("keyid", Some(key)) => text(key),
                _ if rule.open => continue,
                _ => return Err(Missing::Part("the key's name (kid)".into())),
            };
            let value = value.map_err(|_| Missing::Part(format!("a {name} that is ASCII")))?;
            let key = Key::from_string(name.clone()).map_err(|_| Missing::Part(name.clone()))?;
            list.params.insert(key, value);
        }
        Ok(Self {
            label: rule.label.clone().unwrap_or_else(|| "sig1".into()),
            list,
            text: Vec::new(),
        })
    }

    /// The delivery's headers with those of ours that are covered. The digest in it stands for the
    /// one that the body will have.
    pub(super) fn own_headers(
        &self,
        variant: &Variant,
        rule: &MessageRule,
        stamp: &Stamp,
        headers: &Headers,
    ) -> Headers {
        let mut own = headers.clone();
        let (kind, hash) = rule.digest();
        let empty = Encoding::Base64.encode(hash.of(&[]).as_slice());
        own.set(DIGEST, format!("{kind}=:{empty}:"));
        if let Some(rule) = &variant.id {
            own.set(&rule.header, stamp.id.as_str());
        }
        own
    }

    /// The headers that carry it: Signature-Input, and the signature's own, with this text.
    pub(super) fn headers(&self, header: &str, text: &str) -> [(String, String); 2] {
        let label = &self.label;
        [
            (INPUT.to_owned(), format!("{label}={}", self.written())),
            (header.to_owned(), format!("{label}=:{text}:")),
        ]
    }

    /// Whether it covers this component.
    pub(super) fn covers(&self, name: &str) -> bool {
        self.list.items.iter().any(|item| is_called(item, name))
    }

    /// Whether a component of the URL is covered.
    pub(super) fn reads_url(&self) -> bool {
        let of_url = |item: &Item| {
            let name = item.bare_item.as_string();
            name.is_some_and(|name| MessageRule::is_of_url(name.as_str()))
        };
        self.list.items.iter().any(of_url)
    }

    /// The first of these components that it does not cover.
    pub(super) fn uncovered<'r>(&self, names: &'r [String]) -> Option<&'r String> {
        names.iter().find(|name| !self.covers(name))
    }

    /// The name of the key.
    pub(super) fn key(&self) -> Option<&str> {
        self.text_of("keyid")
    }

    pub(super) fn created(&self) -> Option<Timestamp> {
        self.time("created")
    }

    pub(super) fn expires(&self) -> Option<Timestamp> {
        self.time("expires")
    }

    /// What the calendar does not reach counts as its last moment.
    fn time(&self, name: &str) -> Option<Timestamp> {
        let seconds = i64::from(self.list.params.get(name)?.as_integer()?);
        Some(Timestamp::from_second(seconds).unwrap_or(Timestamp::MAX))
    }

    fn text_of(&self, name: &str) -> Option<&str> {
        let value = self.list.params.get(name)?;
        value.as_string().map(|text| text.as_str())
    }

    /// The signature base. The error names what is not there.
    pub(super) fn base(&self, parts: Parts<'_>, url: Option<&str>) -> Result<Vec<Segment>, String> {
        let mut base = Vec::new();
        for item in &self.list.items {
            let name = item.serialize();
            base.push(Segment::Fixed(format!("{name}: ").into_bytes()));
            let value = Component::of(item)?.value(parts, url);
            base.extend(value.ok_or_else(|| name.replacen('"', "", 2))?);
            base.push(Segment::Fixed(b"\n".to_vec()));
        }
        let last = format!("\"@signature-params\": {}", self.written());
        base.push(Segment::Fixed(last.into_bytes()));
        Ok(base)
    }

    /// The base with the Content-Digest that came in the place of the body's own; `None` when it
    /// covers none, or came otherwise.
    pub(super) fn as_sent(&self, base: &[Segment], headers: &Headers) -> Option<Vec<u8>> {
        let value = joined(headers, DIGEST).filter(|_| self.covers("content-digest"))?;
        let mut texts = members(&value)?
            .into_iter()
            .filter(|(name, _)| known(name).is_some());
        let piece = |segment: &Segment| match segment {
            Segment::Digest(..) => texts.next().map(|(_, text)| text.to_vec()),
            other => other.text().map(<[u8]>::to_vec),
        };
        let pieces: Option<Vec<_>> = base.iter().map(piece).collect();
        pieces.map(|pieces| pieces.concat())
    }

    /// The components and parameters in their one spelling, which is signed.
    fn written(&self) -> String {
        let list = vec![ListEntry::InnerList(self.list.clone())];
        list.serialize().unwrap_or_default()
    }

    /// Whether this is what the variant takes, or else what is the matter.
    fn check(&self, variant: &Variant, rule: &MessageRule, parts: Parts<'_>) -> Result<(), String> {
        let items = &self.list.items;
        if items.len() > COMPONENTS {
            return Err(format!("it covers more than {COMPONENTS} components"));
        }
        let mut seen = HashSet::new();
        for item in items {
            if !seen.insert(Component::of(item)?) {
                return Err(format!("it covers {} twice", item.serialize()));
            }
        }
        for (name, value) in &self.list.params {
            let is_right = match name.as_str() {
                "created" | "expires" => value.as_integer().is_some(),
                "nonce" | "keyid" | "alg" | "tag" => value.as_string().is_some(),
                _ => true,
            };
            if !is_right {
                return Err(format!("its {name} is of the wrong type"));
            }
        }
        if let Some(tag) = &rule.tag
            && self.text_of("tag").is_some_and(|own| own != tag)
        {
            return Err(format!("its tag is not {tag}"));
        }
        if let Some(alg) = self.text_of("alg")
            && variant.algorithm.http() != Some(alg)
        {
            return Err(format!("its alg is {alg}, which the key is not for"));
        }
        let span = match (self.created(), self.expires()) {
            (Some(created), Some(expires)) => Some(expires.as_second() - created.as_second()),
            _ => None,
        };
        if span.is_some_and(|span| span <= 0) {
            return Err("it expires before it is created".into());
        }
        if let (Some(span), Some(lifetime)) = (span, rule.lifetime)
            && u64::try_from(span).is_ok_and(|span| span > lifetime.as_secs())
        {
            let allowed = lifetime.as_secs();
            return Err(format!(
                "it is valid for {span} s, and {allowed} s are allowed"
            ));
        }
        if rule.open {
            return Ok(());
        }
        let is_said = |name: &&String| self.list.params.contains_key(name.as_str());
        if let Some(name) = rule.parameters.iter().find(|name| !is_said(name)) {
            return Err(format!("it has no {name}"));
        }
        let present = rule
            .where_present
            .iter()
            .filter(|name| is_there(name, parts));
        match rule
            .components
            .iter()
            .chain(present)
            .find(|name| !self.covers(name))
        {
            Some(name) => Err(format!("it does not cover {name}")),
            None => Ok(()),
        }
    }

    /// Whether a covered Content-Digest, if it is there, is one that can be compared.
    fn check_digest(&self, rule: &MessageRule, headers: &Headers) -> Result<(), Reason> {
        let value = joined(headers, DIGEST).filter(|_| self.covers("content-digest"));
        let Some(value) = value else {
            return Ok(());
        };
        let (_, names) = digests(&value)
            .ok_or_else(|| malformed(DIGEST, "a digest is a name, =: and its base64 and :"))?;
        let is_taken =
            |name: &&str| rule.digests.is_empty() || rule.digests.iter().any(|own| own == name);
        match names.iter().any(is_taken) {
            true => Ok(()),
            false => Err(malformed(
                DIGEST,
                "it has no digest of a kind that proves the body",
            )),
        }
    }
}

/// One covered component.
#[derive(PartialEq, Eq, Hash)]
struct Component<'i> {
    name: &'i str,
    form: Form<'i>,
}

/// Which form of a component is covered.
#[derive(PartialEq, Eq, Hash)]
enum Form<'i> {
    /// As it is.
    Plain,
    /// `sf`: as a structured field in its one spelling.
    Strict,
    /// `key`: a member of a dictionary.
    Member(&'i str),
    /// `bs`: each line as a byte sequence.
    Bytes,
    /// `name`: a parameter of the query.
    Parameter(&'i str),
}

impl<'i> Component<'i> {
    /// Reads one of a list, or says what is wrong with it.
    fn of(item: &'i Item) -> Result<Self, String> {
        let name = item
            .bare_item
            .as_string()
            .ok_or("a component's name is no string")?;
        let name = name.as_str();
        let mut parameters = item.params.iter();
        let form = match (parameters.next(), parameters.next()) {
            (None, _) => Some(Form::Plain),
            (Some((key, value)), None) => {
                let (text, is_set) = (value.as_string(), value.as_boolean() == Some(true));
                match (key.as_str(), text.map(|text| text.as_str())) {
                    ("key", Some(text)) => Some(Form::Member(text)),
                    ("name", Some(text)) => Some(Form::Parameter(text)),
                    ("sf", _) if is_set => Some(Form::Strict),
                    ("bs", _) if is_set => Some(Form::Bytes),
                    _ => None,
                }
            }
            _ => None,
        };
        let is_field = http::is_token(name.as_bytes()) && name == name.to_ascii_lowercase();
        match (name, form) {
            ("@query-param", Some(form @ Form::Parameter(_)))
            | (
                "@method" | "@target-uri" | "@authority" | "@scheme" | "@request-target" | "@path"
                | "@query" | "content-digest",
                Some(form @ Form::Plain),
            ) => Ok(Self { name, form }),
            ("@status", _) => Err("it covers @status, which only answers have".into()),
            (_, Some(form))
                if is_field && name != "content-digest" && !matches!(form, Form::Parameter(_)) =>
            {
                Ok(Self { name, form })
            }
            _ => Err(format!(
                "it covers {}, which is not known here",
                item.serialize()
            )),
        }
    }

    /// What it stands for in this delivery; `None` when it is not there.
    fn value(&self, parts: Parts<'_>, url: Option<&str>) -> Option<Vec<Segment>> {
        let headers = parts.headers;
        let url = url.map(|url| url.split('#').next().unwrap_or_default());
        let query = || url.and_then(|url| url::parts(url).1);
        let value = match (self.name, &self.form) {
            ("@method", _) => parts.method.into(),
            ("@target-uri", _) => return Some(vec![Segment::Url(url?.into())]),
            ("@authority", _) => authority(url?)?.into_bytes(),
            ("@scheme", _) => url?.split_once("://")?.0.to_ascii_lowercase().into_bytes(),
            ("@path", _) => url::parts(url?).0.into(),
            ("@query", _) => format!("?{}", query().unwrap_or_default()).into_bytes(),
            ("@request-target", _) => match url::parts(url?) {
                (path, Some(query)) => format!("{path}?{query}").into_bytes(),
                (path, None) => path.into(),
            },
            (_, Form::Parameter(name)) => query_parameter(query()?, name)?,
            ("content-digest", _) => return Some(digests(&joined(headers, DIGEST)?)?.0),
            (name, Form::Plain) => joined(headers, name)?,
            (name, Form::Strict) => {
                let value = joined(headers, name)?;
                let dictionary = Parser::new(&value).parse::<Dictionary>();
                let strict = match dictionary {
                    Ok(dictionary) => dictionary.serialize(),
                    Err(_) => Parser::new(&value).parse::<sfv::List>().ok()?.serialize(),
                };
                strict?.into_bytes()
            }
            (name, Form::Member(key)) => {
                let value = joined(headers, name)?;
                let mut dictionary: Dictionary = Parser::new(&value).parse().ok()?;
                vec![dictionary.swap_remove(*key)?]
                    .serialize()?
                    .into_bytes()
            }
            (name, Form::Bytes) => {
                let line =
                    |value: &[u8]| format!(":{}:", Encoding::Base64.encode(value.trim_ascii()));
                let lines: Vec<String> = headers.all(name).map(line).collect();
                Some(lines.join(", "))
                    .filter(|text| !text.is_empty())?
                    .into_bytes()
            }
        };
        Some(vec![Segment::Fixed(value)])
    }
}

/// Whether a component is of this name, without parameters or written with them as records do it.
fn is_called(item: &Item, name: &str) -> bool {
    MessageRule::component(name).is_some_and(|own| own == *item)
}

/// Whether a component that is covered where it is present is there.
fn is_there(name: &str, parts: Parts<'_>) -> bool {
    let name = name.split(';').next().unwrap_or_default();
    match name {
        "@query" => parts.url.is_some_and(|url| url::parts(url).1.is_some()),
        field => parts.headers.contains(field),
    }
}

/// All lines of a field as one value; `None` when there is none.
fn joined(headers: &Headers, name: &str) -> Option<Vec<u8>> {
    let lines: Vec<&[u8]> = headers.all(name).map(<[u8]>::trim_ascii).collect();
    (!lines.is_empty()).then(|| lines.join(&b", "[..]))
}

/// The members of a dictionary of byte sequences.
fn members(value: &[u8]) -> Option<Vec<(&[u8], &[u8])>> {
    value.split(|&byte| byte == b',').map(member).collect()
}

/// The name of a byte sequence in a dictionary, and what stands between its colons. That text is
/// decoded by whom it concerns: some senders write base64url, which is no structured field.
fn member(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let text = text.trim_ascii();
    let at = text.iter().position(|&byte| byte == b'=')?;
    let sequence = text[at + 1..].strip_prefix(b":")?.strip_suffix(b":")?;
    Some((&text[..at], sequence))
}

/// A Content-Digest with the body's own digests in the places of those that are known, and their
/// names; `None` when it is none. Either alphabet is taken, in its one spelling.
fn digests(value: &[u8]) -> Option<(Vec<Segment>, Vec<&'static str>)> {
    let (mut segments, mut names) = (Vec::new(), Vec::new());
    for (index, text) in value.split(|&byte| byte == b',').enumerate() {
        let (name, digest) = member(text)?;
        let comma: &[u8] = if index > 0 { b"," } else { b"" };
        let Some((name, hash)) = known(name) else {
            segments.push(Segment::Fixed([comma, text].concat()));
            continue;
        };
        let is_written = |encoding: &&Encoding| {
            let raw = encoding.decode(digest);
            let raw = raw.filter(|raw| raw.len() == hash.length());
            raw.is_some_and(|raw| encoding.encode(&raw).as_bytes() == digest)
        };
        let encoding = [Encoding::Base64, Encoding::Base64url];
        let encoding = *encoding.iter().find(is_written)?;
        let start = text.iter().position(|&byte| byte == b':')? + 1;
        segments.extend([
            Segment::Fixed([comma, &text[..start]].concat()),
            Segment::Digest(hash, encoding),
            Segment::Fixed(text[start + digest.len()..].to_vec()),
        ]);
        names.push(name);
    }
    Some((segments, names))
}

fn known(name: &[u8]) -> Option<(&'static str, Hash)> {
    std::str::from_utf8(name).ok().and_then(known_digest)
}

/// The one parameter of this name in a query, written as RFC 9421 (section 2.2.8) does it.
fn query_parameter(query: &str, name: &str) -> Option<Vec<u8>> {
    let written = |text: &str| {
        let decoded: Vec<u8> = form_decoded(text.as_bytes()).collect();
        escaped(&decoded, b"*-._")
    };
    let mut values = query.split('&').filter_map(|pair| {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        (written(key) == name.as_bytes()).then_some(value)
    });
    // Of several none can be told from the others.
    let value = values.next().filter(|_| values.next().is_none())?;
    Some(written(value))
}

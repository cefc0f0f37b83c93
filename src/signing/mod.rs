//! The shared signing module: signs deliveries and judges them, for every scheme.
//!
//! Pure: no clock, no files, no network. Time, ids and bytes are arguments. A [`Scheme`] says how,
//! a [`Keyring`] holds the keys that secrets make for it, a [`Signer`] or a [`Judge`] takes the
//! body piece by piece and ends with headers or a [`Judgement`].

pub mod encoding;
pub mod explain;
pub mod scheme;
pub mod secret;

use std::fmt;
use std::time::Duration;

use jiff::Timestamp;
use percent_encoding::percent_decode;
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use crate::delivery::Headers;
use crate::json;
use encoding::Encoding;
use scheme::{Direction, Part, Scheme, SignaturePlace, TimeUnit, TimestampRule, UrlRule, Variant};
use secret::{Key, Running, Secret, Unusable};

/// How many numbered signature headers are read (DocuSign sends up to 100).
const NUMBERED_HEADERS: usize = 100;
/// How many signatures of one delivery are looked at: enough for every rotation, too few to make
/// us work for a hostile sender.
const SIGNATURES: usize = 100;

/// What may be signed beside the body.
#[derive(Debug, Clone, Copy)]
pub struct Parts<'a> {
    /// The request's method.
    pub method: &'a str,
    /// The whole URL that the sender was given; `None` when it is not known.
    pub url: Option<&'a str>,
    /// The delivery's headers.
    pub headers: &'a Headers,
}

/// The keys that secrets make for a scheme's variants.
#[derive(Debug, Clone)]
pub struct Keyring(Vec<Entry>);

#[derive(Debug, Clone)]
struct Entry {
    /// Which secret, from 1, in the order given.
    position: usize,
    /// Which variant, as an index.
    variant: usize,
    key: Key,
}

/// A secret that is not for the scheme.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unfit {
    /// Which secret, from 1, in the order given.
    pub position: usize,
    /// Why.
    pub why: Unusable,
}

impl fmt::Display for Unfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.position > 1 {
            write!(f, "secret {}: ", self.position)?;
        }
        self.why.fmt(f)
    }
}

impl std::error::Error for Unfit {}

impl Keyring {
    /// The keys to judge deliveries with.
    ///
    /// # Errors
    /// A secret that makes no key for any of the scheme's variants.
    pub fn for_verifying(scheme: &Scheme, secrets: &[Secret]) -> Result<Self, Unfit> {
        Self::new(scheme, secrets, Key::new)
    }

    /// The keys to sign with.
    ///
    /// # Errors
    /// A secret that makes no such key; a public key.
    pub fn for_signing(scheme: &Scheme, secrets: &[Secret]) -> Result<Self, Unfit> {
        Self::new(scheme, secrets, secret::signing_key)
    }

    fn new(
        scheme: &Scheme,
        secrets: &[Secret],
        make: impl Fn(scheme::Algorithm, &scheme::KeyRule, &Secret) -> Result<Key, Unusable>,
    ) -> Result<Self, Unfit> {
        let mut entries = Vec::new();
        for (index, secret) in secrets.iter().enumerate() {
            let position = index + 1;
            let mut first_failure = None;
            let before = entries.len();
            for (variant, rules) in scheme.variants.iter().enumerate() {
                if !is_meant_for(scheme, rules, secret) {
                    continue;
                }
                match make(rules.algorithm, &rules.key, secret) {
                    Ok(key) => entries.push(Entry {
                        position,
                        variant,
                        key,
                    }),
                    Err(why) => {
                        first_failure.get_or_insert(why);
                    }
                }
            }
            if entries.len() == before {
                return Err(Unfit {
                    position,
                    why: first_failure.unwrap_or(Unusable::Empty),
                });
            }
        }
        Ok(Self(entries))
    }

    /// The keys' fingerprints, each once, in the order of their secrets.
    pub fn fingerprints(&self) -> Vec<String> {
        let mut fingerprints = Vec::new();
        for entry in &self.0 {
            let fingerprint = entry.key.fingerprint();
            if !fingerprints.contains(&fingerprint) {
                fingerprints.push(fingerprint);
            }
        }
        fingerprints
    }

    /// Whether there is no key.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn of_variant(&self, variant: usize) -> impl Iterator<Item = &Entry> {
        self.0.iter().filter(move |entry| entry.variant == variant)
    }
}

/// A secret that starts with the prefix of some variant's keys is for the variants of that prefix
/// only: a public key's text must never become a shared secret.
fn is_meant_for(scheme: &Scheme, variant: &Variant, secret: &Secret) -> bool {
    let starts = |prefix: &Option<String>| {
        prefix
            .as_deref()
            .is_some_and(|prefix| secret.expose().starts_with(prefix.as_bytes()))
    };
    let owns =
        |variant: &Variant| starts(&variant.key.prefix) || starts(&variant.key.private_prefix);
    owns(variant) || !scheme.variants.iter().any(owns)
}

/// What must be known before a delivery can be signed or judged, and is not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Missing {
    /// The scheme signs the URL that the sender was given.
    SignedUrl,
    /// The content needs a part that only a received delivery has.
    Part(String),
    /// Several secrets, and the scheme carries one signature.
    RoomForSeveral,
    /// Several secrets that belong to forms of the scheme which exclude each other.
    OneForm,
}

impl fmt::Display for Missing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::SignedUrl => f.write_str("the scheme signs the URL, and it is not known"),
            Self::Part(part) => write!(f, "the scheme signs {part}, and it is not there"),
            Self::RoomForSeveral => {
                f.write_str("the scheme carries one signature, so only one secret can sign")
            }
            Self::OneForm => f.write_str("these secrets belong to different forms of the scheme"),
        }
    }
}

impl std::error::Error for Missing {}

/// The id and the time that a delivery is signed with, for schemes that carry them.
#[derive(Debug, Clone)]
pub struct Stamp {
    /// The delivery's id.
    pub id: String,
    /// The delivery's time.
    pub at: Timestamp,
}

/// A signature under way: takes the body, ends with headers.
#[derive(Debug)]
pub struct Signer<'a> {
    variant: &'a Variant,
    works: Vec<Work<'a>>,
    timestamp: Option<String>,
    id: Option<String>,
    body: Option<Vec<u8>>,
}

/// What signing gives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signed {
    /// The headers that the scheme adds, in the order in which they are written.
    pub headers: Vec<(String, String)>,
    /// The value of the signature header alone (of the first, if they are numbered).
    pub value: String,
}

impl<'a> Signer<'a> {
    /// Begins to sign.
    ///
    /// # Errors
    /// Something that the scheme signs is not known, or there are more secrets than it carries.
    pub fn new(
        scheme: &'a Scheme,
        keyring: &'a Keyring,
        parts: Parts<'a>,
        stamp: &Stamp,
    ) -> Result<Self, Missing> {
        let chosen = Self::choose(scheme, keyring, parts)?;
        let variant = &scheme.variants[chosen[0].variant];
        if variant.signs_url() && parts.url.is_none() {
            return Err(Missing::SignedUrl);
        }
        let timestamp = variant
            .timestamp
            .as_ref()
            .filter(|rule| rule.header.is_some() || rule.item.is_some())
            .filter(|rule| rule.json.is_none() || !rule.optional)
            .map(|rule| write_time(rule.unit, stamp.at));
        let id = variant.id.as_ref().map(|_| stamp.id.clone());
        let mut works = Vec::new();
        for entry in chosen {
            let variant = &scheme.variants[entry.variant];
            let inputs = Inputs {
                parts,
                url: parts.url.map(str::to_owned),
                timestamp: timestamp.clone().map(String::into_bytes),
                id: id.clone().map(String::into_bytes),
                items: Vec::new(),
                named_headers: None,
            };
            works.push(Work::new(variant, entry, inputs).map_err(Missing::Part)?);
        }
        let whole = works.iter().any(|work| !work.variant.streams());
        Ok(Self {
            variant,
            works,
            timestamp,
            id,
            body: whole.then(Vec::new),
        })
    }

    /// Which keys sign: for each secret the first variant that it fits, all in one form.
    fn choose(
        scheme: &Scheme,
        keyring: &'a Keyring,
        parts: Parts<'_>,
    ) -> Result<Vec<&'a Entry>, Missing> {
        let mut chosen: Vec<&Entry> = Vec::new();
        let fits = |entry: &&Entry| url_applies(&scheme.variants[entry.variant], parts.url);
        for entry in keyring.0.iter().filter(fits) {
            if chosen.iter().any(|other| other.position == entry.position) {
                continue;
            }
            chosen.push(entry);
        }
        let Some(first) = chosen.first() else {
            return Err(Missing::SignedUrl);
        };
        let place = &scheme.variants[first.variant].signature;
        if chosen.len() > 1 && !place.carries_several() {
            return Err(Missing::RoomForSeveral);
        }
        let same = |entry: &&Entry| same_place(&scheme.variants[entry.variant].signature, place);
        if !chosen.iter().all(same) {
            return Err(Missing::OneForm);
        }
        Ok(chosen)
    }

    /// Feeds the next piece of the body.
    pub fn update(&mut self, piece: &[u8]) {
        match &mut self.body {
            Some(body) => body.extend_from_slice(piece),
            None => self.works.iter_mut().for_each(|work| work.update(piece)),
        }
    }

    /// Ends the body and writes the headers.
    ///
    /// # Errors
    /// The body does not hold what the scheme signs, or the key cannot sign.
    pub fn finish(self) -> Result<Signed, Missing> {
        let place = &self.variant.signature;
        let mut values = Vec::new();
        for work in self.works {
            let (variant, key) = (work.variant, work.key);
            let running = work.finish(self.body.as_deref()).map_err(Missing::Part)?;
            let raw = key
                .sign(running)
                .map_err(|why| Missing::Part(why.to_string()))?;
            values.push(format!(
                "{}{}",
                variant.signature.prefix,
                variant.encoding.encode(&raw)
            ));
        }
        Ok(write_headers(
            self.variant,
            place,
            values,
            self.timestamp,
            self.id,
        ))
    }
}

/// Lays out the headers that carry a signature.
fn write_headers(
    variant: &Variant,
    place: &SignaturePlace,
    values: Vec<String>,
    timestamp: Option<String>,
    id: Option<String>,
) -> Signed {
    let mut headers = Vec::new();
    if let (Some(rule), Some(id)) = (&variant.id, id) {
        headers.push((rule.header.clone(), id));
    }
    let mut items = Vec::new();
    if let (Some(rule), Some(timestamp)) = (&variant.timestamp, timestamp) {
        if let Some(name) = &rule.header {
            headers.push((name.clone(), timestamp));
        } else if let Some(item) = &rule.item {
            items.push(format!("{item}{timestamp}"));
        }
    }
    let value;
    if place.is_numbered() {
        let pattern = place.header.clone().unwrap_or_default();
        value = values.first().cloned().unwrap_or_default();
        for (index, signature) in values.into_iter().enumerate() {
            let name = pattern.replace("{n}", &(index + 1).to_string());
            headers.push((name, signature));
        }
    } else {
        items.extend(values);
        value = items.join(place.separator.as_deref().unwrap_or_default());
        if let Some(name) = &place.header {
            headers.push((name.clone(), value.clone()));
        }
    }
    Signed { headers, value }
}

/// How a delivery's age is judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Tolerance {
    /// As the scheme's record says.
    #[default]
    AsScheme,
    /// Not at all.
    Off,
    /// This much, in the record's directions.
    Within(Duration),
}

/// The clock that a delivery is judged by.
#[derive(Debug, Clone, Copy)]
pub struct Clock {
    /// The time of the judgement.
    pub now: Timestamp,
    /// How old a delivery may be.
    pub tolerance: Tolerance,
}

/// The verdict on one delivery, with its evidence.
#[derive(Debug, Clone, PartialEq)]
pub struct Judgement {
    /// Why the delivery is not genuine; `None` when it is.
    pub reason: Option<Reason>,
    /// The secret that matched.
    pub matched: Option<Match>,
    /// The delivery's own time, where the scheme carries one.
    pub timestamp: Option<Timestamp>,
    /// How old the delivery was, in whole seconds; negative when its time is in the future.
    pub age_seconds: Option<i64>,
    /// What the signature header should have held, one a key; only when asked for.
    pub expected: Vec<Expected>,
    /// The index of the variant that was judged.
    pub variant: usize,
}

impl Judgement {
    /// Whether the delivery is genuine.
    pub fn is_genuine(&self) -> bool {
        self.reason.is_none()
    }
}

/// A secret that matched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Match {
    /// Which secret, from 1, in the order given.
    pub position: usize,
    /// The key's fingerprint, see [`Key::fingerprint`].
    pub fingerprint: String,
}

/// A signature that would have been right: whoever has it can forge the delivery.
#[derive(Clone, PartialEq, Eq)]
pub struct Expected {
    /// Which secret, from 1, in the order given.
    pub position: usize,
    /// The signature with its prefix, as it travels.
    pub value: Zeroizing<String>,
}

/// Shows whose it is, and nothing of it.
impl fmt::Debug for Expected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Expected({})", self.position)
    }
}

/// Why a delivery is not genuine, with the evidence.
#[derive(Debug, Clone, PartialEq)]
pub enum Reason {
    /// A header that the scheme needs is not there (or a place in the body).
    MissingHeader {
        /// Its name.
        header: String,
    },
    /// The signature header is there, but not laid out as the scheme does it.
    MalformedHeader {
        /// Its name.
        header: String,
        /// What is wrong with it.
        problem: String,
    },
    /// The signature is not of the right alphabet or length.
    MalformedSignature {
        /// Its header's name.
        header: String,
        /// What is wrong with it.
        problem: String,
    },
    /// The timestamp is no time.
    MalformedTimestamp {
        /// Where it was found.
        place: String,
        /// What was found there, shortened.
        value: Vec<u8>,
    },
    /// The signature is well-formed and not of this content with any of the secrets.
    Mismatch,
    /// The signature is right, and the delivery too old.
    Stale {
        /// How old it is, in seconds.
        age: i64,
        /// How old it may be.
        tolerance: Duration,
    },
    /// The signature is right, and the delivery's time is too far in the future.
    Future {
        /// How far, in seconds.
        ahead: i64,
        /// How far it may be.
        tolerance: Duration,
    },
}

impl Reason {
    /// The reason's name in machine output.
    pub fn code(&self) -> &'static str {
        match self {
            Self::MissingHeader { .. } => "missing-header",
            Self::MalformedHeader { .. } => "malformed-header",
            Self::MalformedSignature { .. } => "malformed-signature",
            Self::MalformedTimestamp { .. } => "malformed-timestamp",
            Self::Mismatch => "mismatch",
            Self::Stale { .. } => "stale",
            Self::Future { .. } => "future",
        }
    }
}

/// A judgement under way: takes the body, ends with the verdict.
#[derive(Debug)]
pub struct Judge<'a> {
    scheme: &'a Scheme,
    candidates: Vec<Candidate<'a>>,
    /// The refusal when there is nothing to compute.
    refusal: Option<Reason>,
    variant: usize,
    times: Vec<TimeFound>,
    body: Option<Vec<u8>>,
    keep_expected: bool,
}

#[derive(Debug)]
struct Candidate<'a> {
    work: Work<'a>,
    position: usize,
    signatures: Result<Vec<Vec<u8>>, Reason>,
}

#[derive(Debug, Clone)]
struct TimeFound {
    at: Timestamp,
}

impl<'a> Judge<'a> {
    /// Begins to judge. What the delivery carries decides which variants are tried: the first
    /// whose signature header is there, and all that share this header. So a right legacy
    /// signature never outweighs a wrong modern one beside it.
    ///
    /// # Errors
    /// The scheme signs the URL, and it is not known.
    pub fn new(
        scheme: &'a Scheme,
        keyring: &'a Keyring,
        parts: Parts<'a>,
    ) -> Result<Self, Missing> {
        let usable: Vec<usize> = (0..scheme.variants.len())
            .filter(|&variant| keyring.of_variant(variant).next().is_some())
            .filter(|&variant| url_applies(&scheme.variants[variant], parts.url))
            .collect();
        let present = |variant: &&usize| is_present(&scheme.variants[**variant].signature, parts);
        let first = usable.iter().find(present).or(usable.first()).copied();
        let mut judge = Self {
            scheme,
            candidates: Vec::new(),
            refusal: None,
            variant: first.unwrap_or_default(),
            times: Vec::new(),
            body: None,
            keep_expected: false,
        };
        let Some(first) = first else {
            judge.refusal = Some(Reason::Mismatch);
            return Ok(judge);
        };
        if scheme.variants[first].signs_url() && parts.url.is_none() {
            return Err(Missing::SignedUrl);
        }
        let place = &scheme.variants[first].signature;
        for &index in &usable {
            if same_place(&scheme.variants[index].signature, place) {
                judge.try_variant(index, keyring, parts);
            }
        }
        if judge
            .candidates
            .iter()
            .any(|one| !one.work.variant.streams())
        {
            judge.body = Some(Vec::new());
        }
        Ok(judge)
    }

    /// Also computes what the signature should have been.
    pub fn keep_expected(&mut self) {
        self.keep_expected = true;
    }

    /// Sets up the computations of one variant, or notes why it cannot be computed.
    fn try_variant(&mut self, index: usize, keyring: &'a Keyring, parts: Parts<'a>) {
        let variant = &self.scheme.variants[index];
        let found = match read_delivery(variant, parts) {
            Ok(found) => found,
            Err(reason) => {
                self.refusal.get_or_insert(reason);
                return;
            }
        };
        self.times.extend(found.times);
        for url in signed_urls(variant, parts.url) {
            for entry in keyring.of_variant(index) {
                let inputs = Inputs {
                    parts,
                    url: url.clone(),
                    timestamp: found.timestamp.clone(),
                    id: found.id.clone(),
                    items: found.items.clone(),
                    named_headers: found.named_headers.clone(),
                };
                match Work::new(variant, entry, inputs) {
                    Ok(work) => self.candidates.push(Candidate {
                        work,
                        position: entry.position,
                        signatures: found.signatures.clone(),
                    }),
                    Err(header) => {
                        self.refusal.get_or_insert(Reason::MissingHeader { header });
                    }
                }
            }
        }
    }

    /// Feeds the next piece of the body.
    pub fn update(&mut self, piece: &[u8]) {
        match &mut self.body {
            Some(body) => body.extend_from_slice(piece),
            None => {
                for candidate in &mut self.candidates {
                    candidate.work.update(piece);
                }
            }
        }
    }

    /// Ends the body and gives the verdict. The signature is judged before the age.
    pub fn finish(mut self, clock: &Clock) -> Judgement {
        let variant = &self.scheme.variants[self.variant];
        let mut judgement = Judgement {
            reason: None,
            matched: None,
            timestamp: None,
            age_seconds: None,
            expected: Vec::new(),
            variant: self.variant,
        };
        let rule = variant.timestamp.as_ref();
        if let (Some(rule), Some(body)) = (rule, &self.body) {
            match time_in_body(rule, body) {
                Ok(time) => self.times.extend(time),
                Err(reason) => self.refusal = Some(reason),
            }
        }
        if let (Some(rule), Some(oldest)) = (rule, self.times.iter().map(|time| time.at).min()) {
            judgement.timestamp = Some(oldest);
            judgement.age_seconds = Some(age_millis(rule, oldest, clock.now).div_euclid(1000));
        }
        let malformed_time = matches!(self.refusal, Some(Reason::MalformedTimestamp { .. }));
        let mut refusal = self.refusal.take();
        for candidate in self.candidates {
            let keep = self.keep_expected.then_some(&mut judgement.expected);
            match candidate.finish(self.body.as_deref(), keep) {
                Ok(matched) => {
                    judgement.matched.get_or_insert(matched);
                }
                Err(reason) => {
                    // A well-formed signature that does not match says more than a malformed one.
                    if refusal.is_none() || reason == Reason::Mismatch && !malformed_time {
                        refusal = Some(reason);
                    }
                }
            }
        }
        judgement.reason = if judgement.matched.is_some() && !malformed_time {
            rule.zip(judgement.timestamp)
                .and_then(|(rule, time)| judge_age(rule, time, clock))
        } else {
            judgement.matched = None;
            Some(refusal.unwrap_or(Reason::Mismatch))
        };
        judgement
    }
}

impl Candidate<'_> {
    fn finish(
        self,
        body: Option<&[u8]>,
        expected: Option<&mut Vec<Expected>>,
    ) -> Result<Match, Reason> {
        let (variant, key, position) = (self.work.variant, self.work.key, self.position);
        let digest_matches = self.work.body_digest_matches(body);
        let running = match self.work.finish(body) {
            Ok(running) => running,
            Err(header) => return Err(Reason::MissingHeader { header }),
        };
        if let Some(expected) = expected
            && key.can_sign()
            && let Ok(raw) = key.sign(running.clone())
        {
            expected.push(Expected {
                position,
                value: Zeroizing::new(format!(
                    "{}{}",
                    variant.signature.prefix,
                    variant.encoding.encode(&raw)
                )),
            });
        }
        let signatures = match (&variant.signature.json, self.signatures) {
            (None, signatures) => signatures?,
            (Some(path), _) => signature_in_body(variant, &path.0, body.unwrap_or_default())?,
        };
        if digest_matches && key.verify(running, signatures.iter().map(Vec::as_slice)) {
            Ok(Match {
                position,
                fingerprint: key.fingerprint(),
            })
        } else {
            Err(Reason::Mismatch)
        }
    }
}

/// The computation of one signature: content goes in as the template lays it out.
#[derive(Debug)]
struct Work<'a> {
    variant: &'a Variant,
    key: &'a Key,
    running: Running,
    inputs: Inputs<'a>,
}

impl fmt::Debug for Running {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Running")
    }
}

/// Everything that the template's parts stand for, but the body.
#[derive(Debug, Clone)]
struct Inputs<'a> {
    parts: Parts<'a>,
    url: Option<String>,
    timestamp: Option<Vec<u8>>,
    id: Option<Vec<u8>>,
    items: Vec<Vec<u8>>,
    named_headers: Option<Vec<u8>>,
}

impl<'a> Work<'a> {
    /// Feeds what stands before a streaming body. The error names the part that is not there.
    fn new(variant: &'a Variant, entry: &'a Entry, inputs: Inputs<'a>) -> Result<Self, String> {
        let mut work = Self {
            variant,
            key: &entry.key,
            running: entry.key.start(),
            inputs,
        };
        if variant.streams() {
            let (before, _) = around_body(&variant.content.0);
            for part in before {
                let piece = work.piece(part, None)?;
                work.running.update(&piece);
            }
        }
        Ok(work)
    }

    fn update(&mut self, piece: &[u8]) {
        if self.variant.content.has(&Part::Body) {
            self.running.update(piece);
        }
    }

    /// Feeds what stands after a streaming body, or the whole content of a `body` that was kept.
    fn finish(mut self, body: Option<&[u8]>) -> Result<Running, String> {
        let parts = &self.variant.content.0;
        let rest = match body {
            // The body was kept for another variant's sake: this one has not seen it yet.
            Some(body) if self.variant.streams() => {
                self.update(body);
                around_body(parts).1
            }
            Some(_) => parts.as_slice(),
            None => around_body(parts).1,
        };
        for part in rest {
            let piece = self.piece(part, body)?;
            self.running.update(&piece);
        }
        Ok(self.running)
    }

    /// The bytes that a part stands for.
    fn piece(&self, part: &Part, body: Option<&[u8]>) -> Result<Vec<u8>, String> {
        let body = body.unwrap_or_default();
        Ok(match part {
            Part::Text(text) => text.clone().into_bytes(),
            Part::Body => body.to_vec(),
            Part::Timestamp => self.inputs.timestamp.clone().ok_or("a timestamp")?,
            Part::Id => self.inputs.id.clone().ok_or("an id")?,
            Part::Url => self.inputs.url.clone().ok_or("the URL")?.into_bytes(),
            Part::Method => self.inputs.parts.method.as_bytes().to_vec(),
            Part::Header(name) => match self.inputs.parts.headers.get(name) {
                Some(value) => value.to_vec(),
                None => return Err(name.clone()),
            },
            Part::Json(path) => {
                json_text(body, &path.0).ok_or_else(|| format!("{path} in the body"))?
            }
            Part::Form => sorted_form(body),
            Part::BodySha256 => hex::encode(Sha256::digest(body)).into_bytes(),
            Part::Secret => self.key.bytes().unwrap_or_default().to_vec(),
            Part::Item(prefix) => find_item(&self.inputs.items, prefix)
                .ok_or_else(|| format!("{prefix} in the signature header"))?
                .to_vec(),
            Part::NamedHeaders => self.inputs.named_headers.clone().unwrap_or_default(),
        })
    }

    /// Whether the URL's digest of the body, where the scheme has one, is right.
    fn body_digest_matches(&self, body: Option<&[u8]>) -> bool {
        let Some(UrlRule {
            body_sha256_parameter: Some(name),
            ..
        }) = &self.variant.url
        else {
            return true;
        };
        let digest = hex::encode(Sha256::digest(body.unwrap_or_default()));
        let url = self.inputs.url.as_deref().unwrap_or_default();
        query_parameter(url, name).is_some_and(|value| value.eq_ignore_ascii_case(&digest))
    }
}

/// What a content has before and after its body.
fn around_body(parts: &[Part]) -> (&[Part], &[Part]) {
    match parts.iter().position(|part| *part == Part::Body) {
        Some(at) => (&parts[..at], &parts[at + 1..]),
        None => (parts, &[]),
    }
}

/// What a delivery carries for one variant.
struct Found {
    signatures: Result<Vec<Vec<u8>>, Reason>,
    timestamp: Option<Vec<u8>>,
    times: Vec<TimeFound>,
    id: Option<Vec<u8>>,
    items: Vec<Vec<u8>>,
    named_headers: Option<Vec<u8>>,
}

/// Reads what the headers hold. The error is a refusal that makes computing pointless.
fn read_delivery(variant: &Variant, parts: Parts<'_>) -> Result<Found, Reason> {
    let place = &variant.signature;
    let values = signature_values(place, parts.headers);
    let items: Vec<Vec<u8>> = match &place.separator {
        Some(separator) => values
            .iter()
            .flat_map(|value| split_list(value, separator))
            .map(<[u8]>::to_vec)
            .take(SIGNATURES)
            .collect(),
        None => values
            .iter()
            .map(|value| value.to_vec())
            .take(SIGNATURES)
            .collect(),
    };
    let header = variant.signature_header().unwrap_or_default();
    if values.is_empty() && place.json.is_none() && variant.timestamp.is_none() {
        return Ok(Found {
            signatures: Err(Reason::MissingHeader { header }),
            timestamp: None,
            times: Vec::new(),
            id: None,
            items,
            named_headers: None,
        });
    }
    if values.is_empty() && place.json.is_none() {
        return Err(Reason::MissingHeader { header });
    }
    let id = match &variant.id {
        None => None,
        Some(rule) => match parts.headers.get(&rule.header) {
            Some(id) => Some(id.to_vec()),
            None => {
                return Err(Reason::MissingHeader {
                    header: rule.header.clone(),
                });
            }
        },
    };
    let (timestamp, times) = match &variant.timestamp {
        None => (None, Vec::new()),
        Some(rule) => read_times(rule, parts.headers, &items, &header)?,
    };
    let named_headers = match &place.named_headers {
        None => None,
        Some(prefix) => named_headers(parts.headers, find_item(&items, prefix))?,
    };
    Ok(Found {
        signatures: read_signatures(variant, &items, &header),
        timestamp,
        times,
        id,
        items,
        named_headers,
    })
}

/// The values of the signature header, of every occurrence and number.
fn signature_values<'a>(place: &SignaturePlace, headers: &'a Headers) -> Vec<&'a [u8]> {
    let Some(name) = &place.header else {
        return Vec::new();
    };
    if !place.is_numbered() {
        return headers.all(name).collect();
    }
    (1..=NUMBERED_HEADERS)
        .flat_map(|number| {
            let name = name.replace("{n}", &number.to_string());
            headers.all(&name).collect::<Vec<_>>()
        })
        .collect()
}

/// Decodes the signatures. Of a list, what has no known prefix is passed over, and what cannot be
/// decoded too as long as something can.
fn read_signatures(
    variant: &Variant,
    items: &[Vec<u8>],
    header: &str,
) -> Result<Vec<Vec<u8>>, Reason> {
    let place = &variant.signature;
    let mut problem = None;
    let mut known = 0;
    let mut signatures = Vec::new();
    for item in items {
        let text = match item.strip_prefix(place.prefix.as_bytes()) {
            Some(rest) => rest,
            None if place.prefix_optional => item.as_slice(),
            None => continue,
        };
        known += 1;
        match decode_signature(variant, text) {
            Ok(raw) => signatures.push(raw),
            Err(what) => problem = Some(what),
        }
    }
    if !signatures.is_empty() {
        return Ok(signatures);
    }
    let header = header.to_owned();
    if known > 0 {
        return Err(Reason::MalformedSignature {
            header,
            problem: problem.unwrap_or_default(),
        });
    }
    let prefix = &place.prefix;
    if place.separator.is_some() {
        Err(Reason::MalformedHeader {
            header,
            problem: format!("it has no {prefix} signature"),
        })
    } else {
        Err(Reason::MalformedSignature {
            header,
            problem: format!("it does not start with {prefix}"),
        })
    }
}

/// Decodes one signature without its prefix, or says what is wrong with it.
fn decode_signature(variant: &Variant, text: &[u8]) -> Result<Vec<u8>, String> {
    let encoding = variant.encoding;
    let length = secret::signature_len(variant.algorithm);
    let expected = match (encoding, length) {
        (Encoding::Hex, Some(length)) => format!("{} hex digits", 2 * length),
        (_, Some(length)) => format!("{} of {length} bytes", encoding.name()),
        (_, None) => encoding.name().to_owned(),
    };
    if text.is_empty() {
        return Err(format!("it is empty, expected {expected}"));
    }
    let Some(raw) = encoding.decode(text) else {
        let characters = text.len();
        return Err(format!(
            "it is not {} ({characters} characters, expected {expected})",
            encoding.name()
        ));
    };
    match length {
        Some(length) if raw.len() != length && encoding == Encoding::Hex => Err(format!(
            "it has {} hex digits, expected {}",
            text.len(),
            2 * length
        )),
        Some(length) if raw.len() != length => {
            Err(format!("it has {} bytes, expected {length}", raw.len()))
        }
        _ => Ok(raw),
    }
}

/// The signature that a JSON body carries itself.
fn signature_in_body(
    variant: &Variant,
    path: &json::Path,
    body: &[u8],
) -> Result<Vec<Vec<u8>>, Reason> {
    let header = format!("{path} in the body");
    let Some(text) = json_text(body, path) else {
        return Err(Reason::MissingHeader { header });
    };
    decode_signature(variant, &text)
        .map(|raw| vec![raw])
        .map_err(|problem| Reason::MalformedSignature { header, problem })
}

type Times = (Option<Vec<u8>>, Vec<TimeFound>);

/// Reads the timestamp of the headers: its text, which is signed, and its value.
fn read_times(
    rule: &TimestampRule,
    headers: &Headers,
    items: &[Vec<u8>],
    signature_header: &str,
) -> Result<Times, Reason> {
    let mut text = None;
    let mut times = Vec::new();
    let places = [
        rule.header
            .as_deref()
            .map(|name| (name.to_owned(), headers.get(name))),
        rule.item.as_deref().map(|item| {
            (
                format!("{item} in {signature_header}"),
                find_item(items, item),
            )
        }),
    ];
    for (place, value) in places.into_iter().flatten() {
        match value {
            Some(value) => {
                let at =
                    read_time(rule.unit, value).ok_or_else(|| malformed_time(&place, value))?;
                times.push(TimeFound { at });
                text.get_or_insert(value.to_vec());
            }
            None if rule.optional || rule.json.is_some() => {}
            None if rule.header.is_some() => return Err(Reason::MissingHeader { header: place }),
            None => {
                return Err(Reason::MalformedHeader {
                    header: signature_header.to_owned(),
                    problem: format!("it has no {}", rule.item.as_deref().unwrap_or_default()),
                });
            }
        }
    }
    Ok((text, times))
}

/// The timestamp that a JSON body carries.
fn time_in_body(rule: &TimestampRule, body: &[u8]) -> Result<Option<TimeFound>, Reason> {
    let Some(path) = &rule.json else {
        return Ok(None);
    };
    match json_text(body, &path.0) {
        Some(text) => match read_time(rule.unit, &text) {
            Some(at) => Ok(Some(TimeFound { at })),
            None => Err(malformed_time(&format!("{path} in the body"), &text)),
        },
        None => Ok(None),
    }
}

fn malformed_time(place: &str, value: &[u8]) -> Reason {
    Reason::MalformedTimestamp {
        place: place.to_owned(),
        value: value[..value.len().min(80)].to_vec(),
    }
}

/// Reads a time as a provider writes it: digits only, no sign, no fraction.
fn read_time(unit: TimeUnit, text: &[u8]) -> Option<Timestamp> {
    let text = std::str::from_utf8(text).ok()?;
    let number = || -> Option<i64> {
        let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        digits.then(|| text.parse().ok()).flatten()
    };
    match unit {
        TimeUnit::S => Timestamp::from_second(number()?).ok(),
        TimeUnit::Ms => Timestamp::from_millisecond(number()?).ok(),
        TimeUnit::Rfc3339 => text.parse().ok(),
    }
}

fn write_time(unit: TimeUnit, at: Timestamp) -> String {
    match unit {
        TimeUnit::S => at.as_second().to_string(),
        TimeUnit::Ms => at.as_millisecond().to_string(),
        TimeUnit::Rfc3339 => at.to_string(),
    }
}

/// How old a delivery is, in milliseconds. Whole seconds are compared with whole seconds, as the
/// providers' libraries do.
fn age_millis(rule: &TimestampRule, time: Timestamp, now: Timestamp) -> i64 {
    match rule.unit {
        TimeUnit::S => (now.as_second() - time.as_second()) * 1000,
        _ => now.as_millisecond() - time.as_millisecond(),
    }
}

fn judge_age(rule: &TimestampRule, time: Timestamp, clock: &Clock) -> Option<Reason> {
    let tolerance = match clock.tolerance {
        Tolerance::AsScheme => rule.tolerance?,
        Tolerance::Off => return None,
        Tolerance::Within(tolerance) => tolerance,
    };
    let age = age_millis(rule, time, clock.now);
    let limit = i64::try_from(tolerance.as_millis()).unwrap_or(i64::MAX);
    if age > limit {
        return Some(Reason::Stale {
            age: age.div_euclid(1000),
            tolerance,
        });
    }
    (rule.direction == Direction::Both && -age > limit).then(|| Reason::Future {
        ahead: (-age).div_euclid(1000),
        tolerance,
    })
}

/// The values of the headers that the signature header names, joined with full stops.
fn named_headers(headers: &Headers, names: Option<&[u8]>) -> Result<Option<Vec<u8>>, Reason> {
    let Some(names) = names else {
        return Ok(None);
    };
    let mut values = Vec::new();
    for name in String::from_utf8_lossy(names).split_ascii_whitespace() {
        match headers.get(name) {
            Some(value) => values.push(value),
            None => {
                return Err(Reason::MissingHeader {
                    header: name.to_owned(),
                });
            }
        }
    }
    Ok(Some(values.join(&b'.')))
}

/// The first list item with this prefix, without it.
fn find_item<'a>(items: &'a [Vec<u8>], prefix: &str) -> Option<&'a [u8]> {
    items
        .iter()
        .find_map(|item| item.strip_prefix(prefix.as_bytes()))
}

/// Splits a list header's value; white space around items is dropped, empty items too.
fn split_list<'a>(value: &'a [u8], separator: &str) -> impl Iterator<Item = &'a [u8]> + use<'a> {
    let byte = separator.trim().bytes().next().unwrap_or(b' ');
    value
        .split(move |&other| other == byte)
        .map(<[u8]>::trim_ascii)
        .filter(|item| !item.is_empty())
}

fn same_place(one: &SignaturePlace, other: &SignaturePlace) -> bool {
    one.json == other.json
        && match (&one.header, &other.header) {
            (Some(one), Some(other)) => one.eq_ignore_ascii_case(other),
            (None, None) => true,
            _ => false,
        }
}

fn is_present(place: &SignaturePlace, parts: Parts<'_>) -> bool {
    place.json.is_some() || !signature_values(place, parts.headers).is_empty()
}

/// Whether the variant is for deliveries to this URL.
fn url_applies(variant: &Variant, url: Option<&str>) -> bool {
    let (Some(rule), Some(url)) = (&variant.url, url) else {
        return true;
    };
    let has = |name: &Option<String>| {
        name.as_deref()
            .map(|name| query_parameter(url, name).is_some())
    };
    has(&rule.body_sha256_parameter) != Some(false) && has(&rule.without_parameter) != Some(true)
}

/// The spellings of the URL that the sender may have signed.
fn signed_urls(variant: &Variant, url: Option<&str>) -> Vec<Option<String>> {
    let mut urls = vec![url.map(str::to_owned)];
    if variant.url.as_ref().is_some_and(|rule| rule.either_port)
        && let Some(other) = url.and_then(other_port)
    {
        urls.push(Some(other));
    }
    urls
}

/// The URL without its port, or with the scheme's own port when it names none.
fn other_port(url: &str) -> Option<String> {
    let (scheme, rest) = url.split_once("://")?;
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, rest) = rest.split_at(end);
    let port_at = authority.rfind(':').filter(|&at| {
        authority[at + 1..]
            .bytes()
            .all(|byte| byte.is_ascii_digit())
    });
    Some(match port_at {
        Some(at) => format!("{scheme}://{}{rest}", &authority[..at]),
        None => {
            let port = if scheme.eq_ignore_ascii_case("https") {
                443
            } else {
                80
            };
            format!("{scheme}://{authority}:{port}{rest}")
        }
    })
}

fn query_parameter<'a>(url: &'a str, name: &str) -> Option<&'a str> {
    let (_, query) = url.split_once('?')?;
    let query = query.split('#').next().unwrap_or_default();
    query.split('&').find_map(|pair| {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        (key == name).then_some(value)
    })
}

/// The names and values of a form, by name; of equal names each different value once, in order.
/// Source: Twilio's request validation.
fn sorted_form(body: &[u8]) -> Vec<u8> {
    let decode = |text: &[u8]| -> Vec<u8> {
        let spaced: Vec<u8> = text
            .iter()
            .map(|&byte| if byte == b'+' { b' ' } else { byte })
            .collect();
        percent_decode(&spaced).collect()
    };
    let mut fields: Vec<(Vec<u8>, Vec<u8>)> = body
        .split(|&byte| byte == b'&')
        .filter(|field| !field.is_empty())
        .map(|field| match field.iter().position(|&byte| byte == b'=') {
            Some(at) => (decode(&field[..at]), decode(&field[at + 1..])),
            None => (decode(field), Vec::new()),
        })
        .collect();
    fields.sort();
    fields.dedup();
    fields
        .into_iter()
        .flat_map(|(name, value)| [name, value])
        .flatten()
        .collect()
}

/// The text of a JSON value: a string without its quotes, anything else as it stands.
fn json_text(body: &[u8], path: &json::Path) -> Option<Vec<u8>> {
    let range = json::find(body, path).ok()??;
    let token = body.get(range)?;
    Some(if token.first() == Some(&b'"') {
        json::unescape(token).into_owned().into_bytes()
    } else {
        token.to_vec()
    })
}

//! Judging: what a delivery carries is read, the body goes in piece by piece, a verdict with its
//! evidence comes out. A wrong signature is a verdict, never an error.

use std::borrow::Cow;
use std::fmt;
use std::time::Duration;

use jiff::Timestamp;
use zeroize::Zeroizing;

use super::content::{Inputs, Work, find_item, json_text, spellings, url_applies};
use super::encoding::Encoding;
use super::scheme::{Direction, Part, Scheme, SignaturePlace, TimeUnit, TimestampRule, Variant};
use super::{Keyring, Missing, Parts, same_place, secret};
use crate::delivery::Headers;
use crate::json;

/// The highest number of a numbered signature header that is read (DocuSign sends up to 100).
const NUMBERED_HEADERS: usize = 100;
/// How many items of a signature list are looked at: enough for every rotation, too few to make us
/// work for a hostile sender.
const ITEMS: usize = 100;
/// How many signatures are tried where trying one takes a curve's arithmetic.
const ASYMMETRIC_SIGNATURES: usize = 16;

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
    /// The secret that matched, also when the delivery is too old.
    pub matched: Option<Match>,
    /// The delivery's own time. `None` where the delivery carries none: where the scheme has none
    /// either ([`Scheme::has_timestamp`]), no age can ever be judged.
    pub timestamp: Option<Timestamp>,
    /// How old the delivery was, in whole seconds; negative when its time is in the future.
    pub age_seconds: Option<i64>,
    /// What the signature header should have held, one a key; only when asked for.
    pub expected: Vec<Expected>,
    /// The index of the variant that matched, or else of the first that was judged.
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
    /// The key's fingerprint, see [`secret::Key::fingerprint`].
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
    /// A header that the scheme needs is not there, or empty (or a place in the body).
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
    forms: Vec<Form>,
    candidates: Vec<Candidate<'a>>,
    /// The refusal when there is nothing to compute.
    refusal: Option<Reason>,
    variant: usize,
    body: Option<Vec<u8>>,
    keep_expected: bool,
}

/// What the delivery carries for one variant.
#[derive(Debug)]
struct Form {
    variant: usize,
    signatures: Result<Vec<Vec<u8>>, Reason>,
    time: Option<Timestamp>,
}

/// One computation that may match: a form with one key, and one spelling of the URL.
#[derive(Debug)]
struct Candidate<'a> {
    work: Work<'a>,
    position: usize,
    form: usize,
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
        let usable = || {
            (0..scheme.variants.len())
                .filter(|&variant| keyring.of_variant(variant).next().is_some())
                .filter(|&variant| url_applies(&scheme.variants[variant], parts.url))
        };
        let place = |variant: usize| &scheme.variants[variant].signature;
        let first = usable()
            .find(|&variant| is_present(place(variant), parts.headers))
            .or_else(|| usable().next());
        let mut judge = Self {
            scheme,
            forms: Vec::new(),
            candidates: Vec::new(),
            refusal: None,
            variant: first.unwrap_or_default(),
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
        for index in usable().filter(|&index| same_place(place(index), place(first))) {
            judge.try_variant(index, keyring, parts);
        }
        let whole = (judge.candidates.iter()).any(|one| !one.work.variant.streams());
        judge.body = whole.then(Vec::new);
        Ok(judge)
    }

    /// The computation with the first key that applies.
    pub(super) fn first_work(&self) -> Option<&Work<'a>> {
        self.candidates.first().map(|candidate| &candidate.work)
    }

    /// Also computes what the signature should have been.
    pub fn keep_expected(&mut self) {
        self.keep_expected = true;
    }

    /// Sets up the computations of one variant, or notes why it cannot be computed.
    fn try_variant(&mut self, index: usize, keyring: &'a Keyring, parts: Parts<'a>) {
        let variant = &self.scheme.variants[index];
        let (mut form, inputs) = match read_delivery(variant, parts) {
            Ok(found) => found,
            Err(reason) => {
                self.refusal.get_or_insert(reason);
                return;
            }
        };
        form.variant = index;
        self.forms.push(form);
        let urls = match parts.url.filter(|_| variant.signs_url()) {
            Some(url) => spellings(variant.url.as_ref(), url),
            None => Vec::new(),
        };
        for entry in keyring.of_variant(index) {
            if urls.is_empty() {
                self.add(Work::new(variant, entry, inputs.clone()), entry.position);
            }
            for url in &urls {
                let mut inputs = inputs.clone();
                inputs.url = Some(url.clone());
                self.add(Work::new(variant, entry, inputs), entry.position);
            }
        }
    }

    fn add(&mut self, work: Result<Work<'a>, String>, position: usize) {
        match work {
            Ok(work) => self.candidates.push(Candidate {
                work,
                position,
                form: self.forms.len() - 1,
            }),
            Err(header) => {
                self.refusal.get_or_insert(Reason::MissingHeader { header });
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
        let mut judgement = Judgement {
            reason: None,
            matched: None,
            timestamp: None,
            age_seconds: None,
            expected: Vec::new(),
            variant: self.variant,
        };
        let mut refusal = self.refusal.take();
        let mut judged = 0;
        for candidate in std::mem::take(&mut self.candidates) {
            let index = candidate.form;
            let keep = self.keep_expected.then_some(&mut judgement.expected);
            match candidate.finish(&self.forms[index], self.body.as_deref(), keep) {
                Ok(_) if judgement.matched.is_some() => {}
                Ok(matched) => {
                    judgement.matched = Some(matched);
                    judged = index;
                }
                Err(reason) => {
                    // A well-formed signature that does not match says more than a malformed one.
                    let unset = refusal.is_none();
                    let malformed_time = matches!(refusal, Some(Reason::MalformedTimestamp { .. }));
                    if unset || reason == Reason::Mismatch && !malformed_time {
                        refusal = Some(reason);
                    }
                }
            }
        }
        let malformed_time = match self.forms.get(judged) {
            Some(form) => {
                judgement.variant = form.variant;
                self.read_age(form, clock, &mut judgement).err()
            }
            None => None,
        };
        judgement.reason = match &judgement.matched {
            None => Some(refusal.unwrap_or(Reason::Mismatch)),
            Some(_) if malformed_time.is_some() => malformed_time,
            Some(_) => self.judge_age(&judgement, clock),
        };
        judgement
    }

    /// Reads how old the delivery is. The error is a time in the body that is none.
    fn read_age(
        &self,
        form: &Form,
        clock: &Clock,
        judgement: &mut Judgement,
    ) -> Result<(), Reason> {
        let Some(rule) = &self.scheme.variants[form.variant].timestamp else {
            return Ok(());
        };
        let in_body = time_in_body(rule, self.body.as_deref().unwrap_or_default());
        let known = in_body.as_ref().ok().copied().flatten();
        if let Some(oldest) = form.time.into_iter().chain(known).min() {
            judgement.timestamp = Some(oldest);
            let age = age_millis(rule, oldest, clock.now);
            judgement.age_seconds = Some(age.div_euclid(1000));
        }
        in_body.map(drop)
    }

    fn judge_age(&self, judgement: &Judgement, clock: &Clock) -> Option<Reason> {
        let rule = self.scheme.variants[judgement.variant].timestamp.as_ref()?;
        let tolerance = match clock.tolerance {
            Tolerance::AsScheme => rule.tolerance?,
            Tolerance::Off => return None,
            Tolerance::Within(tolerance) => tolerance,
        };
        let age = age_millis(rule, judgement.timestamp?, clock.now);
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
}

impl Candidate<'_> {
    fn finish(
        self,
        form: &Form,
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
            && let Ok(raw) = key.sign(running.clone())
        {
            let prefix = &variant.signature.prefix;
            expected.push(Expected {
                position,
                value: Zeroizing::new(format!("{prefix}{}", variant.encoding.encode(&raw))),
            });
        }
        let in_body;
        let signatures = match (&variant.signature.json, &form.signatures) {
            (None, Ok(signatures)) => signatures,
            (None, Err(reason)) => return Err(reason.clone()),
            (Some(path), _) => {
                in_body = signature_in_body(variant, &path.0, body.unwrap_or_default())?;
                &in_body
            }
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

/// Reads what the headers hold. The error is a refusal that makes computing pointless.
fn read_delivery<'a>(variant: &Variant, parts: Parts<'a>) -> Result<(Form, Inputs<'a>), Reason> {
    let place = &variant.signature;
    let header = || variant.signature_header().unwrap_or_default();
    let items: Vec<&[u8]> = match &place.separator {
        Some(separator) => signature_values(place, parts.headers)
            .flat_map(|value| split_list(value, separator))
            .take(ITEMS)
            .collect(),
        None => signature_values(place, parts.headers).take(ITEMS).collect(),
    };
    let mut signatures = Ok(Vec::new());
    if place.header.is_some() {
        if items.is_empty() {
            return Err(Reason::MissingHeader { header: header() });
        }
        signatures = read_signatures(variant, &items);
    }
    let id = match &variant.id {
        None => None,
        Some(rule) => Some(Cow::Borrowed(needed(parts.headers, &rule.header)?)),
    };
    let (timestamp, time) = match &variant.timestamp {
        None => (None, None),
        Some(rule) => read_times(rule, parts.headers, &items, header)?,
    };
    let named_headers = match &place.named_headers {
        None => None,
        Some(prefix) => named_headers(parts.headers, find_item(&items, prefix))?,
    };
    let signs_items = (variant.content.0.iter()).any(|part| matches!(part, Part::Item(_)));
    let inputs = Inputs {
        parts,
        url: None,
        timestamp: timestamp.map(Cow::Borrowed),
        id,
        items: if signs_items { items } else { Vec::new() },
        named_headers,
    };
    let form = Form {
        variant: 0,
        signatures,
        time,
    };
    Ok((form, inputs))
}

/// The header's value, which must not be empty.
fn needed<'a>(headers: &'a Headers, name: &str) -> Result<&'a [u8], Reason> {
    let value = headers.get(name).filter(|value| !value.is_empty());
    value.ok_or_else(|| Reason::MissingHeader {
        header: name.to_owned(),
    })
}

/// The values of the signature header, of every occurrence and number, but empty ones.
pub(super) fn signature_values<'a>(
    place: &SignaturePlace,
    headers: &'a Headers,
) -> impl Iterator<Item = &'a [u8]> {
    let pattern = place.header.as_deref();
    let around = pattern.and_then(|pattern| pattern.split_once("{n}"));
    let is_ours = move |name: &str| match (around, pattern) {
        (Some((before, after)), _) => is_numbered(name, before, after),
        (None, Some(pattern)) => name.eq_ignore_ascii_case(pattern),
        (None, None) => false,
    };
    let ours = headers.iter().filter(move |header| is_ours(&header.name));
    ours.map(|header| header.value.as_slice())
        .filter(|value| !value.is_empty())
}

/// Whether a header's name has a number from 1 to 100 between these texts.
fn is_numbered(name: &str, before: &str, after: &str) -> bool {
    let Some(end) = name.len().checked_sub(after.len()) else {
        return false;
    };
    let (Some(start), Some(number), Some(rest)) = (
        name.get(..before.len()),
        name.get(before.len()..end),
        name.get(end..),
    ) else {
        return false;
    };
    start.eq_ignore_ascii_case(before)
        && rest.eq_ignore_ascii_case(after)
        && number.bytes().all(|byte| byte.is_ascii_digit())
        && (number.parse()).is_ok_and(|number| (1..=NUMBERED_HEADERS).contains(&number))
}

fn is_present(place: &SignaturePlace, headers: &Headers) -> bool {
    place.json.is_some() || signature_values(place, headers).next().is_some()
}

/// Decodes the signatures. Of a list, what has no known prefix is passed over, and what cannot be
/// decoded too as long as something can.
fn read_signatures(variant: &Variant, items: &[&[u8]]) -> Result<Vec<Vec<u8>>, Reason> {
    let place = &variant.signature;
    let mut problem = None;
    let mut signatures = Vec::new();
    for item in items {
        let text = match item.strip_prefix(place.prefix.as_bytes()) {
            Some(rest) => rest,
            None if place.prefix_optional => item,
            None => continue,
        };
        match decode_signature(variant, text) {
            Ok(raw) => signatures.push(raw),
            Err(what) => problem = Some(what),
        }
    }
    if variant.algorithm.is_asymmetric() {
        signatures.truncate(ASYMMETRIC_SIGNATURES);
    }
    if !signatures.is_empty() {
        return Ok(signatures);
    }
    let header = variant.signature_header().unwrap_or_default();
    let prefix = &place.prefix;
    Err(match problem {
        Some(problem) => Reason::MalformedSignature { header, problem },
        None if place.separator.is_some() => Reason::MalformedHeader {
            header,
            problem: format!("it has no {prefix} signature"),
        },
        None => Reason::MalformedSignature {
            header,
            problem: format!("it does not start with {prefix}"),
        },
    })
}

/// Decodes one signature without its prefix, or says what is wrong with it.
fn decode_signature(variant: &Variant, text: &[u8]) -> Result<Vec<u8>, String> {
    let encoding = variant.encoding;
    let length = secret::signature_len(variant.algorithm);
    let raw = encoding.decode(text).filter(|raw| !raw.is_empty());
    match (raw, length) {
        (Some(raw), Some(length)) if raw.len() != length => Err(match encoding {
            Encoding::Hex => {
                let digits = text.len();
                format!("it has {digits} hex digits, expected {}", 2 * length)
            }
            _ => format!("it has {} bytes, expected {length}", raw.len()),
        }),
        (Some(raw), _) => Ok(raw),
        (None, length) => {
            let expected = match (encoding, length) {
                (Encoding::Hex, Some(length)) => format!("{} hex digits", 2 * length),
                (_, Some(length)) => format!("{} of {length} bytes", encoding.name()),
                (_, None) => encoding.name().to_owned(),
            };
            Err(match (text.len(), encoding.name()) {
                (0, _) => format!("it is empty, expected {expected}"),
                (count, name) => {
                    format!("it is not {name} ({count} characters, expected {expected})")
                }
            })
        }
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
    let place = &variant.signature;
    let text = match text.strip_prefix(place.prefix.as_bytes()) {
        Some(rest) => rest,
        None if place.prefix_optional => &text,
        None => {
            let problem = format!("it does not start with {}", place.prefix);
            return Err(Reason::MalformedSignature { header, problem });
        }
    };
    decode_signature(variant, text)
        .map(|raw| vec![raw])
        .map_err(|problem| Reason::MalformedSignature { header, problem })
}

/// Reads the timestamp of the headers: its text, which is signed, and the oldest time.
fn read_times<'a>(
    rule: &TimestampRule,
    headers: &'a Headers,
    items: &[&'a [u8]],
    signature_header: impl Fn() -> String,
) -> Result<(Option<&'a [u8]>, Option<Timestamp>), Reason> {
    let may_lack = rule.optional || rule.json.is_some();
    let mut text = None;
    let mut oldest: Option<Timestamp> = None;
    let mut found = |place: &dyn Fn() -> String, value: &'a [u8]| {
        let at = read_time(rule.unit, value).ok_or_else(|| malformed_time(place(), value))?;
        oldest = Some(oldest.map_or(at, |oldest| oldest.min(at)));
        text.get_or_insert(value);
        Ok(())
    };
    if let Some(name) = &rule.header {
        match needed(headers, name) {
            Ok(value) => found(&|| name.clone(), value)?,
            Err(_) if may_lack => {}
            Err(reason) => return Err(reason),
        }
    }
    if let Some(item) = &rule.item {
        let malformed = |problem| Reason::MalformedHeader {
            header: signature_header(),
            problem,
        };
        // Libraries take the first of several or the last: what they disagree on is refused.
        let mut values = items
            .iter()
            .filter_map(|one| one.strip_prefix(item.as_bytes()));
        let value = values.next().filter(|value| !value.is_empty());
        if values.any(|other| Some(other) != value) {
            return Err(malformed(format!("it has several {item}")));
        }
        match value {
            Some(value) => found(&|| format!("{item} in {}", signature_header()), value)?,
            None if may_lack => {}
            None => return Err(malformed(format!("it has no {item}"))),
        }
    }
    Ok((text, oldest))
}

/// The time that a JSON body carries.
fn time_in_body(rule: &TimestampRule, body: &[u8]) -> Result<Option<Timestamp>, Reason> {
    let Some(path) = &rule.json else {
        return Ok(None);
    };
    let place = || format!("{path} in the body");
    match json_text(body, &path.0) {
        Some(text) => match read_time(rule.unit, &text) {
            Some(at) => Ok(Some(at)),
            None => Err(malformed_time(place(), &text)),
        },
        None if rule.optional || rule.header.is_some() || rule.item.is_some() => Ok(None),
        None => Err(Reason::MissingHeader { header: place() }),
    }
}

fn malformed_time(place: String, value: &[u8]) -> Reason {
    Reason::MalformedTimestamp {
        place,
        value: value[..value.len().min(80)].to_vec(),
    }
}

/// Reads a time as a provider writes it: digits only, no sign, no fraction. What the calendar does
/// not reach counts as its last moment.
fn read_time(unit: TimeUnit, text: &[u8]) -> Option<Timestamp> {
    let text = std::str::from_utf8(text).ok()?;
    let number = || -> Option<i64> {
        let digits = text.bytes().all(|byte| byte.is_ascii_digit());
        digits.then(|| text.parse().ok()).flatten()
    };
    match unit {
        TimeUnit::S => {
            number().map(|number| Timestamp::from_second(number).unwrap_or(Timestamp::MAX))
        }
        TimeUnit::Ms => {
            number().map(|number| Timestamp::from_millisecond(number).unwrap_or(Timestamp::MAX))
        }
        TimeUnit::Rfc3339 => text.parse().ok(),
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

/// The values of the headers that the signature header names, joined with full stops.
pub(super) fn named_headers(
    headers: &Headers,
    names: Option<&[u8]>,
) -> Result<Option<Vec<u8>>, Reason> {
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

/// Splits a list header's value; white space around items is dropped, empty items too.
pub(super) fn split_list<'a>(
    value: &'a [u8],
    separator: &str,
) -> impl Iterator<Item = &'a [u8]> + use<'a> {
    let byte = separator.trim().bytes().next().unwrap_or(b' ');
    value
        .split(move |&other| other == byte)
        .map(<[u8]>::trim_ascii)
        .filter(|item| !item.is_empty())
}

#[cfg(test)]
mod tests {
    use super::super::secret::Secret;
    use super::*;

    fn keyring(scheme: &Scheme, secrets: &[&str]) -> Keyring {
        let secrets: Vec<Secret> = secrets
            .iter()
            .map(|text| Secret::new(*text).unwrap())
            .collect();
        Keyring::for_verifying(scheme, &secrets).unwrap()
    }

    fn judged(
        scheme: &Scheme,
        secrets: &[&str],
        headers: &[(&str, &str)],
        body: &str,
    ) -> Judgement {
        let keyring = keyring(scheme, secrets);
        let mut all = Headers::new();
        for (name, value) in headers {
            all.push(*name, *value);
        }
        let parts = Parts {
            method: "POST",
            url: None,
            headers: &all,
        };
        let mut judge = Judge::new(scheme, &keyring, parts).unwrap();
        judge.keep_expected();
        judge.update(body.as_bytes());
        let now = Timestamp::from_second(1_700_000_000).unwrap();
        judge.finish(&Clock {
            now,
            tolerance: Tolerance::AsScheme,
        })
    }

    fn mac(secret: &str, content: &str) -> String {
        let key = secret::Key::from_bytes(
            super::super::scheme::Algorithm::HmacSha256,
            secret.as_bytes(),
        );
        let mut running = key.start();
        running.update(content.as_bytes());
        hex::encode(key.sign(running).unwrap())
    }

    #[test]
    fn the_expected_signature_is_told_on_demand() {
        let scheme = Scheme::named("github").unwrap();
        let good = format!("sha256={}", mac("s", "hello"));
        let judgement = judged(
            &scheme,
            &["x", "s"],
            &[("x-hub-signature-256", &good)],
            "hello",
        );
        assert!(judgement.is_genuine());
        assert_eq!(judgement.matched.unwrap().position, 2);
        assert_eq!(judgement.expected.len(), 2);
        assert_eq!(*judgement.expected[1].value, good);
        assert_eq!(format!("{:?}", judgement.expected[1]), "Expected(2)");
    }

    #[test]
    fn a_right_old_signature_does_not_outweigh_a_wrong_new_one() {
        let scheme = Scheme::named("github").unwrap();
        let old = "sha1=c5146965fa21598d00e9306e083a4efa53faf91e";
        let headers = [
            ("X-Hub-Signature", old),
            ("X-Hub-Signature-256", "sha256=00"),
        ];
        let judgement = judged(&scheme, &["s"], &headers, "hello");
        assert_eq!(judgement.variant, 0);
        assert_eq!(judgement.reason.unwrap().code(), "malformed-signature");
        let judgement = judged(&scheme, &["s"], &headers[..1], "hello");
        assert_eq!((judgement.is_genuine(), judgement.variant), (true, 1));
    }

    #[test]
    fn a_refusal_names_what_is_wrong() {
        let scheme = Scheme::named("stripe").unwrap();
        let reason = |value: &str| {
            let judgement = judged(&scheme, &["s"], &[("Stripe-Signature", value)], "{}");
            match judgement.reason.unwrap() {
                Reason::MissingHeader { header } => format!("missing {header}"),
                Reason::MalformedHeader { header, problem } => format!("{header}: {problem}"),
                Reason::MalformedSignature { problem, .. } => problem,
                Reason::MalformedTimestamp { place, .. } => place,
                other => other.code().to_owned(),
            }
        };
        assert_eq!(reason(""), "missing Stripe-Signature");
        assert_eq!(reason("x"), "Stripe-Signature: it has no t=");
        assert_eq!(reason("t=1"), "Stripe-Signature: it has no v1= signature");
        assert_eq!(
            reason("t=1,t=2,v1=00"),
            "Stripe-Signature: it has several t="
        );
        assert_eq!(reason("t=x,v1=00"), "t= in Stripe-Signature");
        assert_eq!(reason("t=1,v1="), "it is empty, expected 64 hex digits");
        assert_eq!(reason("t=1,v1=00"), "it has 2 hex digits, expected 64");
        assert_eq!(
            reason("t=1,v1=zz"),
            "it is not hex (2 characters, expected 64 hex digits)"
        );
        assert_eq!(reason(&format!("t=1,v1={}", "00".repeat(32))), "mismatch");
    }

    #[test]
    fn the_signature_is_judged_before_the_age() {
        let scheme = Scheme::named("stripe").unwrap();
        let old = 1_700_000_000 - 301;
        let header = format!("t={old},v1={}", mac("s", &format!("{old}.{{}}")));
        let judgement = judged(&scheme, &["s"], &[("Stripe-Signature", &header)], "{}");
        assert_eq!(judgement.reason.as_ref().unwrap().code(), "stale");
        assert_eq!(judgement.age_seconds, Some(301));
        assert!(
            judgement.matched.is_some(),
            "the secret is right all the same"
        );
        let judgement = judged(&scheme, &["x"], &[("Stripe-Signature", &header)], "{}");
        assert_eq!(judgement.reason, Some(Reason::Mismatch));
        assert_eq!(judgement.age_seconds, Some(301));
    }

    #[test]
    fn a_time_beyond_the_calendar_is_far_in_the_future() {
        let scheme = Scheme::named("standard-webhooks").unwrap();
        let secret = "whsec_c2VjcmV0LXNlY3JldC1zZWNyZXQtMTIz";
        let headers = [
            ("webhook-id", "m"),
            ("webhook-timestamp", "9000000000000000"),
            ("webhook-signature", "v1,"),
        ];
        let expected = judged(&scheme, &[secret], &headers, "{}")
            .expected
            .remove(0);
        let headers = [
            headers[0],
            headers[1],
            ("webhook-signature", expected.value.as_str()),
        ];
        let judgement = judged(&scheme, &[secret], &headers, "{}");
        assert_eq!(judgement.reason.unwrap().code(), "future");
    }

    /// Linear's header is not signed: a fresh one must not make an old delivery young.
    #[test]
    fn of_several_times_the_oldest_counts() {
        let scheme = Scheme::named("linear").unwrap();
        let body = r#"{"webhookTimestamp":1699999000000}"#;
        let mac = mac("s", body);
        let headers = [
            ("Linear-Signature", mac.as_str()),
            ("Linear-Timestamp", "1700000000000"),
        ];
        let judgement = judged(&scheme, &["s"], &headers, body);
        assert_eq!(judgement.age_seconds, Some(1000));
        assert_eq!(judgement.reason.unwrap().code(), "stale");
    }

    #[test]
    fn a_time_in_the_body_that_is_none_is_refused() {
        let scheme = Scheme::named("linear").unwrap();
        let body = r#"{"webhookTimestamp":"soon"}"#;
        let judgement = judged(
            &scheme,
            &["s"],
            &[("Linear-Signature", &mac("s", body))],
            body,
        );
        assert_eq!(judgement.reason.unwrap().code(), "malformed-timestamp");
        let judgement = judged(
            &scheme,
            &["x"],
            &[("Linear-Signature", &mac("s", body))],
            body,
        );
        assert_eq!(judgement.reason, Some(Reason::Mismatch));
    }

    #[test]
    fn a_url_that_is_signed_must_be_known() {
        let scheme = Scheme::named("square").unwrap();
        let headers = Headers::new();
        let parts = Parts {
            method: "POST",
            url: None,
            headers: &headers,
        };
        let keyring = keyring(&scheme, &["s"]);
        assert!(matches!(
            Judge::new(&scheme, &keyring, parts),
            Err(Missing::SignedUrl)
        ));
    }

    #[test]
    fn numbered_headers_have_a_number_from_1_to_100() {
        let is = |name| is_numbered(name, "X-Sig-", "-End");
        assert!(is("x-sig-1-end") && is("X-SIG-100-END"));
        for name in [
            "x-sig--end",
            "x-sig-0-end",
            "x-sig-101-end",
            "x-sig-+1-end",
            "x-sig-1",
            "é",
            "x-sig-éé-end",
        ] {
            assert!(!is(name), "{name}");
        }
    }

    #[test]
    fn a_public_key_is_no_shared_secret() {
        let scheme = Scheme::named("standard-webhooks").unwrap();
        let public = "whpk_1SiA4o9hyqTCpIqC5V9HUakiiaeACeqfZTInDBbOir4=";
        let keyring = keyring(&scheme, &[public]);
        assert!(keyring.entries().all(|entry| entry.key.is_asymmetric()));
        let secrets = [Secret::new(public).unwrap()];
        let unfit = Keyring::for_signing(&scheme, &secrets).unwrap_err();
        assert_eq!(unfit.why, secret::Unusable::PublicKey);
    }
}

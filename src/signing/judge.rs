//! Judging: what a delivery carries is read, the body goes in piece by piece, a verdict with its
//! evidence comes out. A wrong signature is a verdict, never an error.

use std::fmt;
use std::time::Duration;

use jiff::Timestamp;
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

use super::carried::{
    Carried, Life, applies, is_present, refused_by, signature_in_body, time_in_body, unmet,
    unmet_by_body,
};
use super::content::{Given, Parts, Segment, Whole, Work, lay_out};
use super::hash::Hash;
use super::jwt::Token;
use super::keyring::Keyring;
use super::message::Claim;
use super::record::Scheme;
use super::record::jwt::JwtRule;
use super::record::template::Part;
use super::record::words::{Direction, MessageRule, SIGNATURE_INPUT, TimeUnit, TimestampRule};
use super::refusal::{Missing, Reason};
use super::url::{query_parameter, spellings};
use crate::delivery::Headers;

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
    /// Whether what matched covers the whole body.
    pub covers_body: bool,
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
    /// The first 8 hex digits of the SHA-256 of the key, or of the public key of a pair.
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

/// A judgement under way: takes the body, ends with the verdict.
pub struct Judge<'a> {
    scheme: &'a Scheme,
    forms: Vec<Form<'a>>,
    /// Why there is nothing to compute.
    refusal: Option<Reason>,
    variant: usize,
    body: Option<Vec<u8>>,
    keep_expected: bool,
}

/// What the delivery carries for one variant, and what may match it: each key with each spelling of
/// the URL.
struct Form<'a> {
    variant: usize,
    signatures: Result<Vec<Vec<u8>>, Reason>,
    time: Option<Timestamp>,
    life: Life,
    /// What must be equal beside the signature.
    bound: Vec<Bound>,
    /// What the delivery says of the signature.
    claim: Option<Claim>,
    headers: &'a Headers,
    works: Vec<Work<'a>>,
}

/// What the delivery says of itself, and what that must be.
struct Bound {
    /// The token's claim; `None` where it is a part of the signed URL.
    claim: Option<String>,
    segments: Vec<Segment>,
    value: Option<Vec<u8>>,
    /// How it differs where it does.
    problem: &'static str,
}

impl Bound {
    /// Why this is not so.
    fn refusal(&self, body: Option<&Whole<'_>>) -> Option<Reason> {
        let pieces = body.and_then(|body| body.pieces(&self.segments, &[]).ok());
        let given = self.value.as_deref().unwrap_or_default();
        let is_right = pieces.is_some_and(|pieces| bool::from(pieces.concat().ct_eq(given)));
        (!is_right).then(|| match &self.claim {
            None => Reason::Mismatch,
            Some(claim) => Reason::OtherClaim {
                claim: claim.clone(),
                problem: match self.value {
                    Some(_) => self.problem,
                    None => "is missing",
                },
                digest: (self.value.is_some() && self.segments == [Segment::BodySha256])
                    .then(|| String::from_utf8_lossy(given).into_owned()),
            },
        })
    }

    /// What a token claims.
    fn claims(rule: &JwtRule, token: &Token, given: &Given<'_>) -> Result<Vec<Self>, Reason> {
        let mut all = Vec::new();
        for (name, template) in &rule.claims {
            let segments = lay_out(template, given, given.parts.url)
                .map_err(|header| Reason::MissingHeader { header })?;
            let mut bound = Self {
                claim: Some(name.clone()),
                segments,
                value: token.text(name).map(|text| text.as_bytes().to_vec()),
                problem: match &template.0 {
                    parts if parts.iter().any(Part::reads_body) => "is of another body",
                    parts if parts.iter().any(Part::reads_url) => "is of another URL",
                    _ => "is another",
                },
            };
            // Where it may be left out, there is no body; where it is there, there is one.
            if rule.with_body.contains(name) {
                let of_nothing = Hash::Sha256.of(&[]).hex().into_bytes();
                bound.value = match bound.value {
                    None => Some(of_nothing),
                    Some(value) => (value != of_nothing).then_some(value),
                };
            }
            all.push(bound);
        }
        if let Some(name) = &rule.id
            && token.text(name).is_none_or(str::is_empty)
        {
            return Err(Reason::OtherClaim {
                claim: name.clone(),
                problem: "is missing",
                digest: None,
            });
        }
        Ok(all)
    }
}

impl<'a> Judge<'a> {
    /// Begins to judge. What the delivery carries decides which variants are tried: the first
    /// whose signature header is there, and all that share this header, as far as what they ask of
    /// the delivery is so. So a right legacy signature never outweighs a wrong modern one beside it.
    ///
    /// # Errors
    /// The scheme signs the URL, and it is not known.
    pub fn new(
        scheme: &'a Scheme,
        keyring: &'a Keyring,
        parts: Parts<'a>,
    ) -> Result<Self, Missing> {
        let keyed = || {
            (0..scheme.variants.len())
                .filter(|&variant| keyring.of_variant(variant).next().is_some())
        };
        let usable = || keyed().filter(|&variant| applies(&scheme.variants[variant], parts));
        let place = |variant: usize| &scheme.variants[variant].signature;
        let first = usable()
            .find(|&variant| is_present(place(variant), parts.headers))
            .or_else(|| usable().next());
        let mut judge = Self {
            scheme,
            forms: Vec::new(),
            refusal: None,
            variant: first.unwrap_or_default(),
            body: None,
            keep_expected: false,
        };
        let Some(first) = first else {
            let mut unmet =
                keyed().flat_map(|variant| unmet(&scheme.variants[variant], parts.headers));
            judge.refusal = unmet
                .next()
                .map(|(header, condition)| refused_by(condition, header.to_owned()));
            return Ok(judge);
        };
        let is_open = |rule: &MessageRule| rule.open;
        let rule = scheme.variants[first].message_signature.as_ref();
        if parts.url.is_none() && scheme.variants[first].signs_url() && !rule.is_some_and(is_open) {
            return Err(Missing::SignedUrl);
        }
        for variant in usable().filter(|&variant| place(variant).is_shared_with(place(first))) {
            let carried = Carried::all(&scheme.variants[variant], parts);
            for carried in carried.unwrap_or_else(|reason| {
                judge.refusal.get_or_insert(reason);
                Vec::new()
            }) {
                if parts.url.is_none() && carried.claim.as_ref().is_some_and(Claim::reads_url) {
                    return Err(Missing::SignedUrl);
                }
                match Form::new(scheme, variant, keyring, carried) {
                    Ok(form) => judge.forms.push(form),
                    Err(reason) => {
                        judge.refusal.get_or_insert(reason);
                    }
                }
            }
        }
        let needs_all = |form: &Form<'_>| !scheme.variants[form.variant].streams();
        if judge.forms.iter().any(needs_all) {
            judge.body = Some(Vec::new());
        } else {
            judge.works().for_each(Work::begin);
        }
        Ok(judge)
    }

    fn works(&mut self) -> impl Iterator<Item = &mut Work<'a>> {
        self.forms.iter_mut().flat_map(|form| &mut form.works)
    }

    /// The computation with the first key that applies.
    pub(super) fn first_work(&self) -> Option<&Work<'a>> {
        self.forms.first()?.works.first()
    }

    /// Also computes what the signature should have been.
    pub fn keep_expected(&mut self) {
        self.keep_expected = true;
    }

    /// Feeds the next piece of the body.
    pub fn update(&mut self, piece: &[u8]) {
        match &mut self.body {
            Some(body) => body.extend_from_slice(piece),
            None => self.works().for_each(|work| work.update(piece)),
        }
    }

    /// Ends the body and gives the verdict. The signature is judged before the age.
    pub fn finish(mut self, clock: &Clock) -> Judgement {
        let body = self.body.take();
        self.judge(body.as_deref(), clock)
    }

    /// The verdict on a body that is there as a whole, without a copy of it.
    pub fn finish_with(mut self, body: &[u8], clock: &Clock) -> Judgement {
        if self.body.is_some() {
            return self.judge(Some(body), clock);
        }
        self.update(body);
        self.judge(None, clock)
    }

    fn judge(mut self, body: Option<&[u8]>, clock: &Clock) -> Judgement {
        let mut judgement = Judgement {
            reason: None,
            matched: None,
            timestamp: None,
            age_seconds: None,
            expected: Vec::new(),
            variant: self.variant,
            covers_body: true,
        };
        let bytes = body.unwrap_or_default();
        let mut unmet = None;
        self.forms.retain(|form| {
            let found = unmet_by_body(&self.scheme.variants[form.variant], bytes);
            let applies = found.is_none();
            unmet = unmet.take().or(found);
            applies
        });
        if self.forms.is_empty() {
            let refused = unmet.map(|(value, path, condition)| {
                let header = format!("{path} in the body");
                match value {
                    None => Reason::MissingHeader { header },
                    Some(_) => refused_by(condition, header),
                }
            });
            self.refusal = self.refusal.take().or(refused);
        }
        for form in &mut self.forms {
            let variant = &self.scheme.variants[form.variant];
            if let Some(path) = &variant.signature.json {
                form.signatures = signature_in_body(variant, path, bytes);
            }
            if let (Some(claim), Some(rule)) = (&form.claim, &variant.message_signature)
                && !bytes.is_empty()
                && !rule.open
                && let Some(name) = claim.uncovered(&rule.with_body)
            {
                form.signatures = Err(Reason::MalformedHeader {
                    header: SIGNATURE_INPUT.into(),
                    problem: format!("it does not cover {name}"),
                });
            }
            // What cannot match is not worth a computation.
            if form.signatures.is_err() && !self.keep_expected {
                form.works.clear();
            }
        }
        let matching = self.compute(body, &mut judgement).unwrap_or_default();
        let Some(form) = self.forms.get(matching) else {
            return judgement;
        };
        judgement.variant = form.variant;
        let variant = &self.scheme.variants[form.variant];
        judgement.covers_body = match &form.claim {
            Some(claim) => claim.covers("content-digest"),
            None => variant.covers_body(),
        };
        if let (Some(claim), Some(rule)) = (&form.claim, &variant.message_signature)
            && judgement.matched.is_some()
        {
            judgement.reason = judge_span(claim, rule, clock);
        }
        let of_life = TimestampRule::default();
        let rule = match &variant.timestamp {
            Some(rule) => rule,
            None if form.life != (None, None) => &of_life,
            None => return judgement,
        };
        // The time in the body is signed: where it is, no other counts.
        let time = match time_in_body(rule, bytes) {
            Ok(None) => Ok(form.time),
            in_body => in_body,
        };
        judgement.timestamp = time.as_ref().ok().copied().flatten();
        let age = (judgement.timestamp).map(|time| age_millis(rule, time, clock.now));
        judgement.age_seconds = age.map(|age| age.div_euclid(1000));
        if judgement.matched.is_some() {
            judgement.reason = match time {
                Err(reason) => Some(reason),
                Ok(_) => age
                    .and_then(|age| judge_age(rule, age, clock.tolerance))
                    .or_else(|| judge_life(form.life, form.time, clock))
                    .or(judgement.reason),
            };
        }
        judgement
    }

    /// Computes and compares: notes what matched or why nothing did, and gives the form that matched.
    fn compute(&mut self, body: Option<&[u8]>, judgement: &mut Judgement) -> Option<usize> {
        let segments = self.forms.iter().flat_map(|form| {
            let segments = form.works.iter().flat_map(|work| &work.segments);
            segments.chain(form.bound.iter().flat_map(|bound| &bound.segments))
        });
        let body = body.map(|body| Whole::new(body, segments));
        let mut refusal = self.refusal.take();
        let mut matching = None;
        for (at, form) in self.forms.iter_mut().enumerate() {
            if let Err(reason) = &form.signatures {
                refusal.get_or_insert_with(|| reason.clone());
            }
            for work in std::mem::take(&mut form.works) {
                let expected = self.keep_expected.then_some(&mut judgement.expected);
                match form.try_one(work, body.as_ref(), expected) {
                    Ok(matched) => {
                        judgement.matched.get_or_insert(matched);
                        matching.get_or_insert(at);
                    }
                    // A genuine token says more than any signature that is wrong.
                    Err(reason @ Reason::OtherClaim { .. }) => refusal = Some(reason),
                    // A well-formed signature that does not match says more than a malformed one.
                    Err(reason @ (Reason::Mismatch | Reason::OtherBody))
                        if !matches!(
                            refusal,
                            Some(
                                Reason::MalformedTimestamp { .. }
                                    | Reason::OtherBody
                                    | Reason::OtherClaim { .. }
                            )
                        ) =>
                    {
                        refusal = Some(reason);
                    }
                    Err(reason) => {
                        refusal.get_or_insert(reason);
                    }
                }
            }
        }
        if matching.is_none() {
            judgement.reason = Some(refusal.unwrap_or(Reason::Mismatch));
        }
        matching
    }
}

impl<'a> Form<'a> {
    /// Sets up the computations of one variant. The error says why it cannot be computed.
    fn new(
        scheme: &'a Scheme,
        index: usize,
        keyring: &'a Keyring,
        carried: Carried<'a>,
    ) -> Result<Self, Reason> {
        let variant = &scheme.variants[index];
        let parts = carried.given.parts;
        let urls = match parts.url.filter(|_| variant.signs_url()) {
            Some(url) => spellings(variant.url.as_ref(), url)
                .into_iter()
                .map(Some)
                .collect(),
            None => vec![None],
        };
        let mut layouts = Vec::new();
        for url in urls {
            let segments = carried.lay_out(variant, url.as_deref());
            layouts.push(segments.map_err(|header| Reason::MissingHeader { header })?);
        }
        let mut works = Vec::new();
        let id = carried.key_id.as_deref();
        for entry in keyring.of_variant(index) {
            if id.is_some_and(|id| !entry.key.is_called(id)) {
                continue;
            }
            let segments = layouts.iter().cloned();
            works.extend(segments.map(|segments| Work::new(variant, entry, segments)));
        }
        if let (Some(id), []) = (id, works.as_slice()) {
            let ids = keyring.of_variant(index).filter_map(|entry| entry.key.id());
            return Err(Reason::UnknownKey {
                id: id.to_vec(),
                known: ids.map(str::to_owned).collect(),
            });
        }
        let parameter = variant
            .url
            .as_ref()
            .and_then(|rule| rule.body_sha256_parameter.as_ref());
        let digest = parameter.map(|name| {
            let digest = query_parameter(parts.url.unwrap_or_default(), name);
            Bound {
                claim: None,
                segments: vec![Segment::BodySha256],
                value: digest.map(|digest| digest.to_ascii_lowercase().into_bytes()),
                problem: "",
            }
        });
        let mut bound: Vec<Bound> = digest.into_iter().collect();
        if let Some((rule, token)) = variant.jwt.as_ref().zip(carried.token.as_ref()) {
            bound.extend(Bound::claims(rule, token, &carried.given)?);
        }
        Ok(Self {
            variant: index,
            signatures: carried.signatures,
            time: carried.time,
            life: carried.life,
            bound,
            claim: carried.claim,
            headers: parts.headers,
            works,
        })
    }

    fn try_one(
        &self,
        work: Work<'_>,
        body: Option<&Whole<'_>>,
        expected: Option<&mut Vec<Expected>>,
    ) -> Result<Match, Reason> {
        let (variant, entry) = (work.variant, work.entry);
        let claim = self.claim.as_ref();
        let as_sent = claim.and_then(|claim| claim.as_sent(&work.segments, self.headers));
        // The digest in the content is the body's own: the one that came must be the same.
        let is_own = as_sent.as_ref().is_none_or(|sent| {
            let own = body.and_then(|body| body.pieces(&work.segments, &[]).ok());
            own.is_some_and(|own| own.concat() == *sent)
        });
        let running = (work.finish(body)).map_err(|header| Reason::MissingHeader { header })?;
        if let Some(expected) = expected
            && variant.jwt.is_none()
            && let Some(raw) = running.clone().sign()
        {
            let prefix = &variant.signature.prefix;
            expected.push(Expected {
                position: entry.position,
                value: Zeroizing::new(format!("{prefix}{}", variant.encoding.encode(&raw))),
            });
        }
        let signatures = self.signatures.as_ref().map_err(Reason::clone)?;
        if !running.verify(signatures.iter().map(Vec::as_slice)) || !is_own {
            let of_other = as_sent.is_some_and(|content| {
                let mut running = entry.key.start();
                running.update(&content);
                running.verify(signatures.iter().map(Vec::as_slice))
            });
            return Err(if of_other {
                Reason::OtherBody
            } else {
                Reason::Mismatch
            });
        }
        if let Some(reason) = self.bound.iter().find_map(|bound| bound.refusal(body)) {
            return Err(reason);
        }
        Ok(Match {
            position: entry.position,
            fingerprint: entry.key.fingerprint().to_owned(),
        })
    }
}

/// Why a token is not taken now: a second of difference between clocks is allowed.
fn judge_life((from, to): Life, time: Option<Timestamp>, clock: &Clock) -> Option<Reason> {
    let leeway = match clock.tolerance {
        Tolerance::AsScheme => Duration::from_secs(1),
        Tolerance::Off => return None,
        Tolerance::Within(tolerance) => tolerance,
    };
    let seconds = i64::try_from(leeway.as_secs()).unwrap_or(i64::MAX);
    let since = |start: Timestamp| clock.now.as_second() - start.as_second();
    if let Some(to) = to
        && since(to) > seconds
    {
        let age = since(from.or(time).unwrap_or(to));
        let life = Duration::from_secs(u64::try_from(age - since(to)).unwrap_or_default());
        let tolerance = life.saturating_add(leeway);
        return Some(Reason::Stale { age, tolerance });
    }
    let (ahead, tolerance) = (-since(from?), leeway);
    (ahead > seconds).then_some(Reason::Future { ahead, tolerance })
}

/// Why a delivery of this age, in milliseconds, is not taken.
fn judge_age(rule: &TimestampRule, age: i64, tolerance: Tolerance) -> Option<Reason> {
    let tolerance = match tolerance {
        Tolerance::AsScheme => rule.tolerance?,
        Tolerance::Off => return None,
        Tolerance::Within(tolerance) => tolerance,
    };
    let limit = i64::try_from(tolerance.as_millis()).unwrap_or(i64::MAX);
    if age > limit {
        let age = age.div_euclid(1000);
        return Some(Reason::Stale { age, tolerance });
    }
    let ahead = (-age).div_euclid(1000);
    (rule.direction == Direction::Both && -age > limit)
        .then_some(Reason::Future { ahead, tolerance })
}

/// Why a signature is not taken that says itself how long it is valid.
fn judge_span(claim: &Claim, rule: &MessageRule, clock: &Clock) -> Option<Reason> {
    if clock.tolerance == Tolerance::Off {
        return None;
    }
    let skew = rule.skew.unwrap_or_default();
    let now = clock.now.as_second();
    let limit = i64::try_from(skew.as_secs()).unwrap_or(i64::MAX);
    let created = claim.created().map(Timestamp::as_second);
    let ahead = created.map_or(0, |created| created - now);
    if ahead > limit {
        let tolerance = skew;
        return Some(Reason::Future { ahead, tolerance });
    }
    let expires = claim.expires()?.as_second();
    let from = created.unwrap_or(expires);
    let tolerance = Duration::from_secs((expires - from).unsigned_abs());
    (now - expires > limit).then_some(Reason::Stale {
        age: now - from,
        tolerance,
    })
}

/// How old a delivery is, in milliseconds. Whole seconds are compared with whole seconds, as the
/// providers' libraries do.
fn age_millis(rule: &TimestampRule, time: Timestamp, now: Timestamp) -> i64 {
    match rule.unit {
        TimeUnit::S => (now.as_second() - time.as_second()) * 1000,
        _ => now.as_millisecond() - time.as_millisecond(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::key::Unusable;
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
        Hash::Sha256
            .keyed(secret.as_bytes())
            .over(&[content.as_bytes()])
            .hex()
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

    /// Linear's header is not signed: it makes no old delivery young, and no young one old.
    #[test]
    fn the_time_in_the_body_counts_alone() {
        let scheme = Scheme::named("linear").unwrap();
        let age = |in_body: &str, in_header: &str| {
            let body = format!(r#"{{"webhookTimestamp":{in_body}}}"#);
            let mac = mac("s", &body);
            let headers = [
                ("Linear-Signature", mac.as_str()),
                ("Linear-Timestamp", in_header),
            ];
            let judgement = judged(&scheme, &["s"], &headers, &body);
            let reason = judgement.reason.map(|reason| reason.code());
            (judgement.age_seconds, reason)
        };
        let (old, now) = ("1699999000000", "1700000000000");
        assert_eq!(age(old, now), (Some(1000), Some("stale")));
        assert_eq!(age(now, old), (Some(0), None));
        assert_eq!(age("null", old), (Some(1000), Some("stale")));
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
    fn a_public_key_is_no_shared_secret() {
        let scheme = Scheme::named("standard-webhooks").unwrap();
        let public = "whpk_1SiA4o9hyqTCpIqC5V9HUakiiaeACeqfZTInDBbOir4=";
        let keyring = keyring(&scheme, &[public]);
        assert!(keyring.entries().all(|entry| entry.key.bytes().is_none()));
        let secrets = [Secret::new(public).unwrap()];
        let unfit = Keyring::for_signing(&scheme, &secrets).unwrap_err();
        assert_eq!(unfit.why, Unusable::PublicKey);
    }
}

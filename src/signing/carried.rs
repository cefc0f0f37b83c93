//! What a delivery carries: signatures, times, ids and lists, read strictly as the scheme lays them
//! out.

use jiff::Timestamp;

use super::content::{Given, Parts, Segment, find_item, json_text, lay_out};
use super::encoding::Encoding;
use super::jwt::Token;
use super::message::Claim;
use super::record::handshake::{Condition, Value};
use super::record::jwt::JwtRule;
use super::record::words::{JsonPath, NamedHeaders, SignaturePlace, TimeUnit, TimestampRule};
use super::record::{Scheme, Variant};
use super::refusal::Reason;
use super::url::url_applies;
use crate::delivery::Headers;

/// The highest number of a numbered signature header that is read (DocuSign sends up to 100).
const NUMBERED_HEADERS: usize = 100;
/// How many items of a signature list are looked at: enough for every rotation, too few to make us
/// work for a hostile sender.
const ITEMS: usize = 100;
/// How many signatures are tried where trying one takes a curve's arithmetic.
const ASYMMETRIC_SIGNATURES: usize = 16;

/// From when to when something may be taken, as far as it says.
pub(super) type Life = (Option<Timestamp>, Option<Timestamp>);

/// What the headers hold for one variant.
pub(super) struct Carried<'a> {
    /// What is signed of it.
    pub(super) given: Given<'a>,
    /// The raw signatures; empty when they travel in the body.
    pub(super) signatures: Result<Vec<Vec<u8>>, Reason>,
    /// The name of the key, where the delivery says it.
    pub(super) key_id: Option<Vec<u8>>,
    /// The token that the signature is a part of.
    pub(super) token: Option<Token>,
    /// How long a token lives.
    pub(super) life: Life,
    /// The oldest time. Where the body has one, that one counts.
    pub(super) time: Option<Timestamp>,
    /// What the delivery says of this signature, where that decides what is signed.
    pub(super) claim: Option<Claim>,
}

impl<'a> Carried<'a> {
    /// Reads the headers: each signature with a content of its own. The error is a refusal that
    /// makes computing pointless.
    pub(super) fn all(variant: &'a Variant, parts: Parts<'a>) -> Result<Vec<Self>, Reason> {
        let Some(rule) = &variant.message_signature else {
            return Self::read(variant, parts).map(|one| vec![one]);
        };
        let claims = Claim::read(variant, rule, parts)?.into_iter();
        let carried = claims.map(|claim| Self {
            given: Given::of(parts),
            signatures: decode_signature(variant, &claim.text)
                .map(|raw| vec![raw])
                .map_err(|problem| Reason::MalformedSignature {
                    header: variant.signature_header().unwrap_or_default(),
                    problem,
                }),
            time: claim.created(),
            key_id: claim.key().map(|id| id.as_bytes().to_vec()),
            claim: Some(claim),
            token: None,
            life: (None, None),
        });
        Ok(carried.collect())
    }

    /// What is signed, with the URL in one of its spellings. The error names what is not there.
    pub(super) fn lay_out(
        &self,
        variant: &Variant,
        url: Option<&str>,
    ) -> Result<Vec<Segment>, String> {
        match (&self.claim, &self.token) {
            (Some(claim), _) => claim.base(self.given.parts, url),
            (None, Some(token)) => Ok(vec![Segment::Fixed(token.input().to_vec())]),
            (None, None) => lay_out(&variant.content, &self.given, url),
        }
    }

    fn read(variant: &'a Variant, parts: Parts<'a>) -> Result<Self, Reason> {
        let place = &variant.signature;
        let header = || variant.signature_header().unwrap_or_default();
        let values = signature_values(place, parts.headers);
        let items: Vec<&[u8]> = match &place.separator {
            Some(separator) => values
                .flat_map(|value| split_list(value, separator))
                .take(ITEMS)
                .collect(),
            None => values.take(ITEMS).collect(),
        };
        let mut signatures = Ok(Vec::new());
        if place.header.is_some() {
            if items.is_empty() {
                return Err(Reason::MissingHeader { header: header() });
            }
            if variant.jwt.is_none() {
                signatures = read_signatures(variant, header, &items);
            }
        }
        let token = match &variant.jwt {
            None => None,
            Some(_) => Some(read_token(variant, header(), &items)?),
        };
        let id = match &variant.id {
            None => None,
            Some(rule) => Some(needed(parts.headers, &rule.header)?.to_vec()),
        };
        let key_id = match &variant.key.named_by {
            None => None,
            Some(name) => Some(needed(parts.headers, name)?.to_vec()),
        };
        let named = token.as_ref().and_then(Token::key_id);
        let key_id = key_id.or(named.map(|id| id.as_bytes().to_vec()));
        let (timestamp, time) = match &variant.timestamp {
            None => (None, None),
            Some(rule) => read_times(rule, parts.headers, &items, header())?,
        };
        let (mut time, mut life) = (time, (None, None));
        if let Some((token, rule)) = token.as_ref().zip(variant.jwt.as_ref()) {
            signatures = Ok(vec![token.signature().to_vec()]);
            (time, life) = token_times(variant, rule, token)?;
        }
        let named_headers = match &variant.named_headers {
            None => None,
            Some(rule) => named_headers(rule, parts.headers, &items)?,
        };
        let given = Given {
            parts,
            timestamp: timestamp.map(<[u8]>::to_vec),
            id,
            items,
            named_headers,
        };
        Ok(Self {
            given,
            signatures,
            key_id,
            token,
            life,
            time,
            claim: None,
        })
    }
}

impl Scheme {
    /// Whether these headers carry what looks like a signature of the scheme: in its header, with its
    /// prefix. Other schemes may have the same.
    pub fn is_carried_by(&self, headers: &Headers) -> bool {
        (self.variants.iter()).any(|variant| is_carried(variant, headers))
    }
}

/// As [`Scheme::is_carried_by`], of one form.
pub(super) fn is_carried(variant: &Variant, headers: &Headers) -> bool {
    let place = &variant.signature;
    let is_ours = |value: &[u8]| match &place.separator {
        Some(separator) => split_list(value, separator).any(|item| place.stripped(item).is_some()),
        None => place.stripped(value).is_some(),
    };
    signature_values(place, headers).any(is_ours)
}

/// Whether the variant is for deliveries with this URL and such headers.
pub(super) fn applies(variant: &Variant, parts: Parts<'_>) -> bool {
    url_applies(variant, parts.url) && unmet(variant, parts.headers).next().is_none()
}

/// The headers by which the variant is not for this delivery, with what is asked of them.
pub(super) fn unmet<'v>(
    variant: &'v Variant,
    headers: &'v Headers,
) -> impl Iterator<Item = (&'v str, &'v Condition)> {
    variant.when.iter().filter_map(|condition| {
        let Value::Header(name) = &condition.value else {
            return None;
        };
        let ours = |header: &&crate::delivery::Header| header.name.eq_ignore_ascii_case(name);
        let values: Vec<&[u8]> = (headers.iter().filter(ours))
            .map(|header| header.value.as_slice())
            .collect();
        // Of a repeated header all that it says counts: none hides behind another.
        let value = (!values.is_empty()).then(|| values.join(&b','));
        (!condition.accepts(value.as_deref())).then_some((name.as_str(), condition))
    })
}

/// The first value by which the variant is not for a delivery with this body, where it should be, and
/// what is asked of it.
pub(super) fn unmet_by_body<'v>(
    variant: &'v Variant,
    body: &[u8],
) -> Option<(Option<Vec<u8>>, &'v JsonPath, &'v Condition)> {
    variant.when.iter().find_map(|condition| {
        let Value::Json(path) = &condition.value else {
            return None;
        };
        let value = json_text(body, &path.0);
        (!condition.accepts(value.as_deref())).then_some((value, path, condition))
    })
}

/// The refusal of what a header or a place in the body says.
pub(super) fn refused_by(condition: &Condition, header: String) -> Reason {
    let problem = match condition.like.as_slice() {
        [] => "it asks for a form of the scheme that is not known".to_owned(),
        texts => format!("it is not {}", texts.join(" or ")),
    };
    Reason::MalformedHeader { header, problem }
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
    place: &'a SignaturePlace,
    headers: &'a Headers,
) -> impl Iterator<Item = &'a [u8]> {
    signature_fields(place, headers).filter(|value| !value.is_empty())
}

/// The same, with those that are empty.
pub(super) fn signature_fields<'a>(
    place: &'a SignaturePlace,
    headers: &'a Headers,
) -> impl Iterator<Item = &'a [u8]> {
    // A brace first: this runs for every delivery, and most patterns have no number in them.
    let around = |pattern: &'a str| pattern.split_once('{');
    let numbered = place.header.as_deref().and_then(around);
    let numbered = numbered.and_then(|(before, rest)| Some((before, rest.strip_prefix("n}")?)));
    let is_ours = move |name: &str| match numbered {
        Some((before, after)) => is_numbered(name, before, after),
        None => {
            (place.header.iter().chain(&place.further)).any(|own| name.eq_ignore_ascii_case(own))
        }
    };
    let ours = headers.iter().filter(move |header| is_ours(&header.name));
    ours.map(|header| header.value.as_slice())
}

/// Whether a header's name has a number from 1 to 100 between these texts.
fn is_numbered(name: &str, before: &str, after: &str) -> bool {
    let number = || {
        let end = name.len().checked_sub(after.len())?;
        let around = (name.get(..before.len())?, name.get(end..)?);
        let is_ours = around.0.eq_ignore_ascii_case(before) && around.1.eq_ignore_ascii_case(after);
        let digits = name.get(before.len()..end).filter(|_| is_ours)?;
        let is_number = digits.bytes().all(|byte| byte.is_ascii_digit());
        digits.parse().ok().filter(|_| is_number)
    };
    number().is_some_and(|number| (1..=NUMBERED_HEADERS).contains(&number))
}

/// Whether the delivery may carry a signature here.
pub(super) fn is_present(place: &SignaturePlace, headers: &Headers) -> bool {
    place.json.is_some() || signature_values(place, headers).next().is_some()
}

/// Decodes the signatures of a place. Of a list, what has no known prefix is passed over, and what
/// cannot be decoded too as long as something can.
fn read_signatures(
    variant: &Variant,
    header: impl FnOnce() -> String,
    items: &[&[u8]],
) -> Result<Vec<Vec<u8>>, Reason> {
    let place = &variant.signature;
    let (mut signatures, mut problem) = (Vec::new(), None);
    for text in items.iter().filter_map(|item| place.stripped(item)) {
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
    let (header, prefix) = (header(), &place.prefix);
    Err(match problem {
        None if place.separator.is_some() => Reason::MalformedHeader {
            header,
            problem: format!("it has no {prefix} signature"),
        },
        problem => Reason::MalformedSignature {
            header,
            problem: problem.unwrap_or_else(|| format!("it does not start with {prefix}")),
        },
    })
}

/// The time that a token tells, and how long it lives.
fn token_times(
    variant: &Variant,
    rule: &JwtRule,
    token: &Token,
) -> Result<(Option<Timestamp>, Life), Reason> {
    let claim = |name: &str| {
        let read = token.time(name).map_err(String::into_bytes);
        let read = read.and_then(|seconds| {
            Timestamp::from_second(seconds).map_err(|_| seconds.to_string().into_bytes())
        });
        read.map_err(|value| malformed_time(format!("{name} in the token"), &value))
    };
    let own = variant.timestamp.as_ref();
    let own = own.and_then(|rule| rule.claim.as_deref());
    let time = own.map(claim).transpose()?;
    // Where it says so itself, it counts, whether or not the provider's tokens do.
    let may_say = |name: &str| match rule.lifetime.is_some() || token.has(name) {
        true => claim(name).map(Some),
        false => Ok(None),
    };
    let life = (may_say("nbf")?, may_say("exp")?);
    let start = life.0.filter(|_| rule.lifetime.is_some());
    Ok((time.or(start), life))
}

/// Reads the one token of a header.
fn read_token(variant: &Variant, header: String, items: &[&[u8]]) -> Result<Token, Reason> {
    let prefix = variant.signature.prefix.as_bytes();
    let read = |items: &[&[u8]]| {
        let [text] = items else {
            return Err("there are several".to_owned());
        };
        // The names of HTTP's authentication schemes are of either case (RFC 9110).
        let start = text
            .get(..prefix.len())
            .filter(|start| start.eq_ignore_ascii_case(prefix));
        if start.is_none() {
            return Err(format!(
                "it does not start with {}",
                variant.signature.prefix
            ));
        }
        let token = Token::read(&text[prefix.len()..])?;
        match variant.algorithm.jose() {
            Some(needed) if needed == token.algorithm() => Ok(token),
            needed => Err(format!(
                "the token's alg is {:?}, and {} is needed",
                token.algorithm(),
                needed.unwrap_or_default()
            )),
        }
    };
    read(items).map_err(|problem| Reason::MalformedSignature { header, problem })
}

/// Decodes one signature without its prefix, or says what is wrong with it.
fn decode_signature(variant: &Variant, text: &[u8]) -> Result<Vec<u8>, String> {
    let (encoding, name) = (variant.encoding, variant.encoding.name());
    let length = variant.algorithm.signature_length();
    let expected = || match (encoding, length) {
        (Encoding::Hex, Some(length)) => format!("{} hex digits", 2 * length),
        (_, Some(length)) => format!("{name} of {length} bytes"),
        (_, None) => name.to_owned(),
    };
    let count = text.len();
    match (encoding.decode(text), length) {
        _ if text.is_empty() => Err(format!("it is empty, expected {}", expected())),
        (Some(raw), Some(length)) if raw.len() != length => Err(match encoding {
            Encoding::Hex => format!("it has {count} hex digits, expected {}", 2 * length),
            _ => format!("it has {} bytes, expected {length}", raw.len()),
        }),
        (Some(raw), _) if !raw.is_empty() => Ok(raw),
        _ => Err(format!(
            "it is not {name} ({count} characters, expected {})",
            expected()
        )),
    }
}

/// The signature that a JSON body carries itself.
pub(super) fn signature_in_body(
    variant: &Variant,
    path: &JsonPath,
    body: &[u8],
) -> Result<Vec<Vec<u8>>, Reason> {
    let header = format!("{path} in the body");
    let Some(text) = json_text(body, &path.0) else {
        return Err(Reason::MissingHeader { header });
    };
    read_signatures(variant, || header, &[&text])
}

/// Reads the timestamp of the headers: its text, which is signed, and the oldest time.
fn read_times<'a>(
    rule: &TimestampRule,
    headers: &'a Headers,
    items: &[&'a [u8]],
    signature_header: String,
) -> Result<(Option<&'a [u8]>, Option<Timestamp>), Reason> {
    let may_lack = rule.optional || rule.json.is_some();
    let mut found = Vec::new();
    if let Some(name) = &rule.header {
        match needed(headers, name) {
            Ok(value) => found.push((name.clone(), value)),
            Err(_) if may_lack => {}
            Err(reason) => return Err(reason),
        }
    }
    if let Some(item) = &rule.item {
        // Libraries take the first of several or the last: what they disagree on is refused.
        let values: Vec<&[u8]> = (items.iter())
            .filter_map(|one| one.strip_prefix(item.as_bytes()))
            .collect();
        let problem = match values.as_slice() {
            [first, rest @ ..] if rest.iter().any(|other| other != first) => Some("several"),
            [first, ..] if !first.is_empty() => {
                found.push((format!("{item} in {signature_header}"), first));
                None
            }
            _ if may_lack => None,
            _ => Some("no"),
        };
        if let Some(problem) = problem {
            return Err(Reason::MalformedHeader {
                header: signature_header,
                problem: format!("it has {problem} {item}"),
            });
        }
    }
    let text = found.first().map(|(_, value)| *value);
    let time =
        |(place, value)| read_time(rule.unit, value).ok_or_else(|| malformed_time(place, value));
    let times: Vec<_> = found.into_iter().map(time).collect::<Result<_, _>>()?;
    Ok((text, times.into_iter().min()))
}

/// The time that a JSON body carries.
pub(super) fn time_in_body(rule: &TimestampRule, body: &[u8]) -> Result<Option<Timestamp>, Reason> {
    let Some(path) = &rule.json else {
        return Ok(None);
    };
    let place = || format!("{path} in the body");
    // A null is none.
    match json_text(body, &path.0).filter(|text| text != b"null") {
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
    let from = match unit {
        TimeUnit::S => Timestamp::from_second,
        TimeUnit::Ms => Timestamp::from_millisecond,
        TimeUnit::Rfc3339 => return text.parse().ok(),
    };
    let is_number = text.bytes().all(|byte| byte.is_ascii_digit());
    let number = text.parse().ok().filter(|_| is_number)?;
    Some(from(number).unwrap_or(Timestamp::MAX))
}

/// What is signed of the headers that the delivery names.
pub(super) fn named_headers(
    rule: &NamedHeaders,
    headers: &Headers,
    items: &[&[u8]],
) -> Result<Option<Vec<u8>>, Reason> {
    let names = match (&rule.header, &rule.item) {
        (Some(name), _) => Some(needed(headers, name)?),
        (None, item) => item.as_ref().and_then(|prefix| find_item(items, prefix)),
    };
    let Some(names) = names.map(String::from_utf8_lossy) else {
        return Ok(None);
    };
    // One header that is named a thousand times must not become a thousand copies of it.
    let is_between = |character: char| character == ',' || character.is_ascii_whitespace();
    let names = names.split(is_between).filter(|name| !name.is_empty());
    let mut named = Vec::new();
    for name in names.take(ITEMS) {
        let header = || name.to_owned();
        let value =
            (headers.get(name)).ok_or_else(|| Reason::MissingHeader { header: header() })?;
        named.push((name.to_ascii_lowercase(), value.trim_ascii()));
    }
    if !rule.with_names {
        let values: Vec<&[u8]> = named.into_iter().map(|(_, value)| value).collect();
        return Ok(Some(values.join(&b'.')));
    }
    named.sort_unstable();
    let lines = named
        .iter()
        .map(|(name, value)| [name.as_bytes(), value].join(&b':'));
    Ok(Some(lines.collect::<Vec<_>>().join(&b';')))
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
    use super::*;

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
}

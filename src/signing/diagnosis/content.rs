//! What else may have been signed beside the body, and in what order: the scheme's content laid
//! out as segments, and the ways in which senders lay it out otherwise.

use jiff::Timestamp;

use super::table::{Calculated, Laid, Sink};
use crate::delivery::Headers;
use crate::signing::carried::named_headers;
pub(super) use crate::signing::content::Segment as Seg;
use crate::signing::content::{self, Given, Parts, find_item};
use crate::signing::hash::Hash;
use crate::signing::record::Variant;

/// How many timestamps and ids of a delivery are tried.
const FOUND: usize = 6;
/// How many headers are looked at.
const HEADERS: usize = 64;

/// Whether what a segment stands for is known.
pub(super) fn is_known(segment: &Seg) -> bool {
    match segment {
        Seg::Time(text) | Seg::Id(text) | Seg::Url(text) => !text.is_empty(),
        _ => true,
    }
}

/// What a signature is computed with.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Calc {
    Keyed(Hash),
    /// The hash of the content; a scheme's content may name the secret.
    Plain(Hash),
    /// The hash of secret and content: which comes first, and what stands between.
    Joined(Hash, Order, &'static str),
    /// HMAC with key and message exchanged.
    Swapped(Hash),
    /// A signature that a public key verifies.
    Public,
    /// The secret itself travels.
    Token,
}

/// Which of secret and content comes first.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Order {
    SecretFirst,
    SecretLast,
}

impl Calc {
    /// Whether the key has no part in it.
    pub(super) fn is_keyless(self) -> bool {
        matches!(self, Self::Plain(_))
    }

    pub(super) fn hash(self) -> Option<Hash> {
        match self {
            Self::Keyed(hash)
            | Self::Plain(hash)
            | Self::Joined(hash, ..)
            | Self::Swapped(hash) => Some(hash),
            Self::Public | Self::Token => None,
        }
    }
}

/// What the delivery carries that may be a part of the content.
pub(super) struct Scene {
    times: Vec<Time>,
    /// Every time in every unit: its text, what it is, and how much rarer it is.
    spelled_times: Vec<(Vec<u8>, String, u8)>,
    ids: Vec<(String, Vec<u8>)>,
    urls: Vec<(Vec<u8>, String, u8)>,
    method: Vec<u8>,
}

struct Time {
    place: String,
    text: Vec<u8>,
    at: Timestamp,
}

impl Scene {
    /// Looks through the headers and the items of the signature's header.
    pub(super) fn survey(parts: Parts<'_>, items: &[Vec<u8>]) -> Self {
        let mut scene = Self {
            times: Vec::new(),
            spelled_times: Vec::new(),
            ids: Vec::new(),
            urls: parts
                .url
                .map(|url| other_urls(url, parts.headers))
                .unwrap_or_default(),
            method: parts.method.as_bytes().to_vec(),
        };
        for item in items {
            if let Some(at) = item.iter().position(|&byte| byte == b'=') {
                let (name, value) = (super::quoted(&item[..at], 20), &item[at + 1..]);
                scene.note_time(format!("{name} in the signature's header"), value);
            }
        }
        for header in parts.headers.iter().take(HEADERS) {
            let place = format!("the header {}", super::quoted(header.name.as_bytes(), 40));
            if scene.note_time(place.clone(), &header.value) {
                continue;
            }
            let name = header.name.to_ascii_lowercase();
            let is_id = name.ends_with("id")
                || ["delivery", "nonce", "idempotency", "guid"]
                    .iter()
                    .any(|word| name.contains(word));
            let fits = (2..=128).contains(&header.value.len())
                && header.value.iter().all(u8::is_ascii_graphic);
            if is_id && fits && scene.ids.len() < FOUND {
                scene.ids.push((place, header.value.clone()));
            }
        }
        scene.spelled_times = scene.spell_times();
        scene
    }

    fn note_time(&mut self, place: String, text: &[u8]) -> bool {
        let Some(at) = read_any_time(text) else {
            return false;
        };
        if self.times.len() < FOUND && !self.times.iter().any(|time| time.text == text) {
            self.times.push(Time {
                place,
                text: text.to_vec(),
                at,
            });
        }
        true
    }

    fn spell_times(&self) -> Vec<(Vec<u8>, String, u8)> {
        let mut all: Vec<(Vec<u8>, String, u8)> = Vec::new();
        for time in &self.times {
            let place = &time.place;
            all.push((time.text.clone(), format!("the timestamp of {place}"), 0));
        }
        for time in &self.times {
            for (text, unit) in in_other_units(time.at) {
                if !all.iter().any(|(known, ..)| known == text.as_bytes()) {
                    let what = format!("the timestamp of {} in {unit}", time.place);
                    all.push((text.into_bytes(), what, 1));
                }
            }
        }
        all
    }
}

/// Reads what looks like a present-day time: seconds or milliseconds (and finer), RFC 3339, HTTP.
fn read_any_time(text: &[u8]) -> Option<Timestamp> {
    if !(9..=40).contains(&text.len()) {
        return None;
    }
    let text = std::str::from_utf8(text).ok()?;
    if text.bytes().all(|byte| byte.is_ascii_digit()) {
        let number: i128 = text.parse().ok()?;
        let nanoseconds = match text.len() {
            9..=11 => number * 1_000_000_000,
            12..=14 => number * 1_000_000,
            15..=17 => number * 1_000,
            18..=20 => number,
            _ => return None,
        };
        let at = Timestamp::from_nanosecond(nanoseconds).ok()?;
        return (500_000_000..5_000_000_000)
            .contains(&at.as_second())
            .then_some(at);
    }
    let date = text.contains('-') && text.contains(':');
    if date && let Ok(at) = text.parse() {
        return Some(at);
    }
    let is_http = text.as_bytes().get(3) == Some(&b',');
    is_http
        .then(|| {
            jiff::fmt::rfc2822::DateTimeParser::new()
                .parse_timestamp(text)
                .ok()
        })
        .flatten()
}

fn in_other_units(at: Timestamp) -> Vec<(String, &'static str)> {
    let seconds = at.as_second();
    let whole = Timestamp::from_second(seconds).unwrap_or(at);
    let millis = at.as_millisecond();
    vec![
        (seconds.to_string(), "seconds"),
        (millis.to_string(), "milliseconds"),
        (whole.to_string(), "RFC 3339"),
        (format!("{at:.3}"), "RFC 3339 with milliseconds"),
        (
            whole.to_string().replace('Z', "+00:00"),
            "RFC 3339 with +00:00",
        ),
        (
            format!("{seconds}.{:03}", millis.rem_euclid(1000)),
            "seconds with a fraction",
        ),
        (at.as_microsecond().to_string(), "microseconds"),
        (at.as_nanosecond().to_string(), "nanoseconds"),
    ]
}

/// Lays a variant's template out; what is not known stays empty.
pub(super) fn lay_out(
    variant: &Variant,
    parts: Parts<'_>,
    items: &[&[u8]],
    url: Option<&str>,
) -> Option<Vec<Seg>> {
    let time = variant.timestamp.as_ref().and_then(|rule| {
        let header = rule
            .header
            .as_deref()
            .and_then(|name| parts.headers.get(name));
        let item = || rule.item.as_deref().and_then(|item| find_item(items, item));
        // A list with another separator than the scheme's has not been split.
        header.or_else(|| item().and_then(|text| text.split(|byte| b",; &|".contains(byte)).next()))
    });
    let id = variant
        .id
        .as_ref()
        .and_then(|rule| parts.headers.get(&rule.header));
    let named = variant.signature.named_headers.as_ref().and_then(|prefix| {
        named_headers(parts.headers, find_item(items, prefix))
            .ok()
            .flatten()
    });
    let given = Given {
        parts,
        timestamp: Some(time.unwrap_or_default().to_vec()),
        id: Some(id.unwrap_or_default().to_vec()),
        items: items.to_vec(),
        named_headers: named,
    };
    content::lay_out(&variant.content, &given, Some(url.unwrap_or_default())).ok()
}

/// What stands between a timestamp, an id and the body: the text, and how much rarer it is.
const SEPARATORS: [(&str, u8); 12] = [
    (".", 0),
    (":", 0),
    ("", 0),
    ("\n", 1),
    ("-", 1),
    (",", 1),
    ("|", 1),
    (" ", 1),
    ("_", 2),
    (";", 2),
    ("+", 2),
    ("&", 2),
];

fn joined_with(separator: &str) -> String {
    match separator {
        "" => "without a separator".to_owned(),
        "\n" => "joined with a line feed".to_owned(),
        " " => "joined with a space".to_owned(),
        other => format!("joined with \"{other}\""),
    }
}

type Is = fn(&Seg) -> bool;

/// The ways to leave a segment out, with the text that belongs to it.
fn without(segs: &[Seg], is: Is) -> Vec<Vec<Seg>> {
    let Some(at) = segs.iter().position(is) else {
        return Vec::new();
    };
    let is_text = |seg: Option<&Seg>| matches!(seg, Some(Seg::Text(_)));
    let mut ways = Vec::new();
    let mut drop = |from: usize, to: usize| {
        ways.push([&segs[..from], &segs[to..]].concat());
    };
    if is_text(segs.get(at + 1)) {
        drop(at, at + 2);
    }
    if at > 0 && is_text(segs.get(at - 1)) {
        drop(at - 1, at + 1);
        if is_text(segs.get(at + 1)) {
            drop(at - 1, at + 2);
        }
    }
    drop(at, at + 1);
    let bare = |seg: &&Seg| !is(seg) && !is_text(Some(seg));
    ways.push(segs.iter().filter(bare).cloned().collect());
    ways
}

/// The ways to put a segment in.
fn with(segs: &[Seg], new: &Seg, separator: &str) -> Vec<Vec<Seg>> {
    let text = Seg::Text(separator.as_bytes().to_vec());
    let mut ways = vec![
        [&[new.clone(), text.clone()], segs].concat(),
        [segs, &[text.clone(), new.clone()]].concat(),
    ];
    if let Some(at) = segs.iter().position(Seg::reads_body).filter(|&at| at > 0) {
        let (before, rest) = segs.split_at(at);
        let is_text = matches!(before.last(), Some(Seg::Text(_)));
        let pair: &[Seg] = if is_text {
            &[new.clone(), text]
        } else {
            &[text, new.clone()]
        };
        ways.push([before, pair, rest].concat());
    }
    ways
}

/// The layout with another separator; a leading text such as `v0:` keeps its word, or goes.
fn separated(segs: &[Seg], separator: &str) -> Vec<Vec<Seg>> {
    let text = Seg::Text(separator.as_bytes().to_vec());
    let parts: Vec<Seg> = segs
        .iter()
        .filter(|seg| !matches!(seg, Seg::Text(_)))
        .cloned()
        .collect();
    let mut bare = Vec::new();
    for (index, part) in parts.into_iter().enumerate() {
        if index > 0 {
            bare.push(text.clone());
        }
        bare.push(part);
    }
    let mut ways = Vec::new();
    if let Some(Seg::Text(lead)) = segs.first() {
        let word: Vec<u8> = lead
            .iter()
            .copied()
            .filter(u8::is_ascii_alphanumeric)
            .collect();
        ways.push([&[Seg::Text(word), text], bare.as_slice()].concat());
    }
    ways.push(bare);
    ways
}

fn is_time(seg: &Seg) -> bool {
    matches!(seg, Seg::Time(_))
}

fn is_id(seg: &Seg) -> bool {
    matches!(seg, Seg::Id(_))
}

fn replaced(segs: &[Seg], is: Is, new: &Seg) -> Vec<Seg> {
    segs.iter()
        .map(|seg| if is(seg) { new.clone() } else { seg.clone() })
        .collect()
}

pub(super) fn timestamp(segs: &[Seg], scene: &Scene, out: &mut Sink<Laid>) {
    if !segs.iter().any(is_time) {
        for (text, what, rarer) in &scene.spelled_times {
            with_timestamp(segs, &Seg::Time(text.clone()), what, *rarer, out);
        }
        return;
    }
    for made in without(segs, is_time) {
        out.push(Laid::new(made, "no timestamp", 0));
    }
    for (text, what, rarer) in &scene.spelled_times {
        let made = replaced(segs, is_time, &Seg::Time(text.clone()));
        if made != segs && out.wants(*rarer) {
            out.push(Laid::new(made.clone(), what.clone(), *rarer));
            for (separator, rare) in &SEPARATORS[..4] {
                for made in separated(&made, separator) {
                    let what = format!("{what}, {}", joined_with(separator));
                    out.push(Laid::new(made, what, 1 + rarer.max(rare)));
                }
            }
        }
    }
    reordered(segs, out);
}

/// A timestamp where the scheme has none.
fn with_timestamp(segs: &[Seg], time: &Seg, what: &str, rarer: u8, out: &mut Sink<Laid>) {
    for (separator, rare) in SEPARATORS {
        if !out.wants(rarer + rare) {
            continue;
        }
        for (index, made) in with(segs, time, separator).into_iter().enumerate() {
            let side = if index == 1 { "behind" } else { "before" };
            let what = format!("{what} {side} it, {}", joined_with(separator));
            out.push(Laid::new(made, what, rarer + rare + u8::from(index > 0)));
        }
    }
    if !out.wants(rarer + 1) {
        return;
    }
    for (lead, separator) in [("v0", ":"), ("v0", "."), ("v1", ":"), ("v1", ".")] {
        let text = |text: &str| Seg::Text(text.as_bytes().to_vec());
        let front = [text(lead), text(separator), time.clone(), text(separator)];
        let what = format!("{what} before it, as {lead}{separator}TIME{separator}BODY");
        out.push(Laid::new([&front, segs].concat(), what, rarer + 1));
    }
}

/// The scheme's own timestamp with another separator, or in another place.
fn reordered(segs: &[Seg], out: &mut Sink<Laid>) {
    for (separator, rarer) in SEPARATORS {
        for made in separated(segs, separator) {
            let what = format!("its parts {}", joined_with(separator));
            out.push(Laid::new(made, what, rarer));
        }
    }
    let time = segs.iter().find(|seg| is_time(seg));
    let Some(time) = time.filter(|seg| is_known(seg) && out.wants(1)) else {
        return;
    };
    for rest in without(segs, is_time) {
        for (separator, rarer) in SEPARATORS {
            for made in with(&rest, time, separator) {
                let what = format!("the timestamp in another place, {}", joined_with(separator));
                out.push(Laid::new(made, what, rarer + 1));
            }
        }
    }
}

pub(super) fn id(segs: &[Seg], scene: &Scene, out: &mut Sink<Laid>) {
    if segs.iter().any(is_id) {
        for made in without(segs, is_id) {
            out.push(Laid::new(made, "no id", 0));
        }
        for (place, value) in &scene.ids {
            let made = replaced(segs, is_id, &Seg::Id(value.clone()));
            out.push(Laid::new(made, format!("the id of {place}"), 0));
        }
        if !segs.iter().any(is_time) {
            for (separator, rarer) in SEPARATORS {
                for made in separated(segs, separator) {
                    let what = format!("its parts {}", joined_with(separator));
                    out.push(Laid::new(made, what, rarer));
                }
            }
        }
        return;
    }
    for (place, value) in &scene.ids {
        let seg = Seg::Id(value.clone());
        for (separator, rarer) in SEPARATORS
            .into_iter()
            .filter(|(_, rare)| out.wants(*rare))
            .collect::<Vec<_>>()
        {
            for (index, made) in with(segs, &seg, separator).into_iter().enumerate() {
                let side = if index == 1 { "behind" } else { "before" };
                let what = format!("the id of {place} {side} it, {}", joined_with(separator));
                out.push(Laid::new(made, what, rarer + u8::from(index > 0)));
            }
        }
    }
}

pub(super) fn url(segs: &[Seg], scene: &Scene, out: &mut Sink<Laid>) {
    let is_url: Is = |seg| matches!(seg, Seg::Url(_));
    if segs.iter().any(is_url) {
        for (url, what, rarer) in scene
            .urls
            .iter()
            .filter(|(_, _, rarer)| out.wants(*rarer))
            .collect::<Vec<_>>()
        {
            let made = replaced(segs, is_url, &Seg::Url(url.clone()));
            out.push(Laid::new(made, what.clone(), *rarer));
        }
        for made in without(segs, is_url) {
            out.push(Laid::new(made, "no URL", 0));
        }
        return;
    }
    if !out.wants(1) {
        return;
    }
    for (url, what, rarer) in scene.urls.iter().take(12) {
        let seg = Seg::Url(url.clone());
        for (separator, rare) in [("", 0), (".", 1), (":", 1), ("\n", 1), ("|", 1)] {
            for made in with(segs, &seg, separator) {
                let what = format!("{what}, {}", joined_with(separator));
                out.push(Laid::new(made.clone(), what.clone(), 1 + rarer.max(&rare)));
                let text = Seg::Text(separator.as_bytes().to_vec());
                let front = [Seg::Fixed(scene.method.clone()), text];
                out.push(Laid::new(
                    [&front, made.as_slice()].concat(),
                    format!("the method and {what}"),
                    1 + rarer.max(&rare),
                ));
            }
        }
    }
}

/// The URLs that a sender may have signed where this one is known here: as behind a proxy that
/// ends TLS, with and without port, closing slash and query.
fn other_urls(url: &str, headers: &Headers) -> Vec<(Vec<u8>, String, u8)> {
    let mut urls: Vec<(Vec<u8>, String, u8)> = Vec::new();
    let Some((scheme, rest)) = url.split_once("://") else {
        return urls;
    };
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, tail) = rest.split_at(end);
    let hosts = other_hosts(scheme, authority, headers);
    let tails = other_tails(tail);
    let other = if scheme.eq_ignore_ascii_case("https") {
        "http"
    } else {
        "https"
    };
    for (scheme, scheme_what) in [(scheme, ""), (other, "another scheme")] {
        for (host, host_what) in &hosts {
            for (tail, tail_what) in &tails {
                let whats: Vec<&str> = [scheme_what, host_what, tail_what]
                    .into_iter()
                    .filter(|what| !what.is_empty())
                    .collect();
                let what = match whats.as_slice() {
                    [] => "the URL".to_owned(),
                    whats => format!("the URL with {}", whats.join(" and ")),
                };
                let text = format!("{scheme}://{host}{tail}").into_bytes();
                let rarer = u8::try_from(whats.len().saturating_sub(1)).unwrap_or(2);
                if !urls.iter().any(|(known, ..)| *known == text) {
                    urls.push((text, what, rarer));
                }
            }
        }
    }
    for (tail, tail_what) in &tails {
        let dash = if tail_what.is_empty() { "" } else { ", with " };
        urls.push((
            tail.clone().into_bytes(),
            format!("the path alone{dash}{tail_what}"),
            u8::from(!tail_what.is_empty()),
        ));
        let bare = format!("{authority}{tail}").into_bytes();
        urls.push((
            bare,
            format!("the URL without its scheme{dash}{tail_what}"),
            1,
        ));
    }
    urls.sort_by_key(|(_, _, rarer)| *rarer);
    urls
}

fn other_hosts(scheme: &str, authority: &str, headers: &Headers) -> Vec<(String, &'static str)> {
    let mut hosts = vec![(authority.to_owned(), "")];
    let has_port = |text: &str| {
        text.rsplit_once(':')
            .filter(|(_, port)| !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit()))
            .map(|(host, _)| host.to_owned())
    };
    let bare = has_port(authority);
    let name = bare.clone().unwrap_or_else(|| authority.to_owned());
    if let Some(host) = bare {
        hosts.push((host, "no port"));
    }
    let (own, other) = if scheme.eq_ignore_ascii_case("https") {
        (443, 80)
    } else {
        (80, 443)
    };
    hosts.push((format!("{name}:{own}"), "its port"));
    hosts.push((format!("{name}:{other}"), "the other scheme's port"));
    hosts.push((authority.to_ascii_lowercase(), "the host in lower case"));
    if let Some((_, host)) = authority.split_once('@') {
        hosts.push((host.to_owned(), "no user"));
    }
    for header in ["Host", "X-Forwarded-Host", "X-Original-Host"] {
        if let Some(host) = headers
            .get(header)
            .and_then(|value| std::str::from_utf8(value).ok())
            && host.len() < 256
        {
            hosts.push((host.to_owned(), "the host that the headers name"));
            if let Some(bare) = has_port(host) {
                hosts.push((bare, "the host that the headers name, without port"));
            }
        }
    }
    let mut seen = Vec::new();
    hosts.retain(|(host, _)| {
        let new = !seen.contains(host);
        seen.push(host.clone());
        new
    });
    hosts
}

fn other_tails(tail: &str) -> Vec<(String, &'static str)> {
    let tail_alone = tail.split('#').next().unwrap_or_default();
    let (path, query) = match tail_alone.split_once('?') {
        Some((path, query)) => (path, format!("?{query}")),
        None => (tail_alone, String::new()),
    };
    let decoded = percent_encoding::percent_decode_str(tail)
        .decode_utf8_lossy()
        .into_owned();
    let lean = path.trim_end_matches('/');
    let mut tails = vec![(tail.to_owned(), "")];
    for (other, what) in [
        (format!("{path}/{query}"), "a closing slash"),
        (format!("{lean}{query}"), "no closing slash"),
        (path.to_owned(), "no query"),
        (lean.to_owned(), "no query and no closing slash"),
        (format!("{path}/"), "a closing slash and no query"),
        (tail_alone.to_owned(), "no fragment"),
        (decoded, "its escapes decoded"),
        (tail.to_ascii_lowercase(), "the path in lower case"),
    ] {
        if !tails.iter().any(|(known, _)| *known == other) {
            tails.push((other, what));
        }
    }
    tails
}

/// The other hashes, in the same construction.
pub(super) fn algorithm(calc: Calc, out: &mut Sink<Calculated>) {
    for (index, hash) in Hash::ALL.into_iter().enumerate() {
        let (made, what) = match calc {
            Calc::Keyed(own) if own != hash => (Calc::Keyed(hash), format!("HMAC-{}", shown(hash))),
            Calc::Plain(own) if own != hash => (Calc::Plain(hash), shown(hash)),
            Calc::Swapped(own) if own != hash => {
                (Calc::Swapped(hash), format!("HMAC-{}", shown(hash)))
            }
            _ => continue,
        };
        out.push(Calculated {
            calc: made,
            what,
            algorithm: Some(hash.name()),
            rarer: u8::from(index > 4),
        });
    }
}

fn shown(hash: Hash) -> String {
    match hash {
        Hash::Md5 => "MD5".to_owned(),
        Hash::Sha512T256 => "SHA-512/256".to_owned(),
        other => other.name().replace("sha", "SHA-"),
    }
}

/// Plain hashes, of the content alone or joined with the secret.
pub(super) fn unkeyed(calc: Calc, out: &mut Sink<Calculated>) {
    let Calc::Keyed(own) = calc else {
        return;
    };
    for hash in Hash::ALL {
        let rarer = if hash == own { 0 } else { 1 };
        let name = shown(hash);
        let mut push = |calc, what: String, rarer: u8| {
            out.push(Calculated {
                calc,
                what,
                algorithm: Some(hash.name()),
                rarer,
            });
        };
        push(
            Calc::Plain(hash),
            format!("the plain {name} of the content, without the secret"),
            rarer,
        );
        for (separator, rare) in [
            ("", 0),
            (":", 1),
            (".", 1),
            ("\n", 2),
            ("-", 2),
            ("|", 2),
            ("&", 2),
            (",", 2),
            ("+", 2),
        ] {
            let between = joined_with(separator);
            let what = format!("the plain {name} of secret and content, {between}");
            push(
                Calc::Joined(hash, Order::SecretFirst, separator),
                what,
                rarer + rare,
            );
            let what = format!("the plain {name} of content and secret, {between}");
            push(
                Calc::Joined(hash, Order::SecretLast, separator),
                what,
                rarer + rare,
            );
        }
    }
}

pub(super) fn swapped(calc: Calc, out: &mut Sink<Calculated>) {
    if let Calc::Keyed(hash) = calc {
        out.push(Calculated {
            calc: Calc::Swapped(hash),
            what: String::new(),
            algorithm: None,
            rarer: 0,
        });
    }
}

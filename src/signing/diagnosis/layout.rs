//! What else may have been signed beside the body, and in what order: the times and ids that a
//! delivery carries, and the ways in which senders lay a content out otherwise than the scheme.

use jiff::Timestamp;

use super::document::members;
use super::shape::{HEADERS, Made, Recipe, Scene, Sink, quoted};
use crate::delivery::{Header, Headers};
use crate::json::Node;
use crate::signing::content::Segment;

/// How many timestamps and ids of a delivery are tried.
const FOUND: usize = 6;

type Out<'o, 'v> = &'o mut Sink<'v, Recipe>;

/// What stands between a timestamp, an id, the secret and the body: the text, and how much rarer it
/// is.
pub(super) const SEPARATORS: [(&str, u8); 12] = [
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

pub(super) fn joined_with(separator: &str) -> String {
    match separator {
        "" => "without a separator".to_owned(),
        "\n" => "joined with a line feed".to_owned(),
        " " => "joined with a space".to_owned(),
        other => format!("joined with \"{other}\""),
    }
}

pub(super) fn text(text: &str) -> Segment {
    Segment::Text(text.as_bytes().to_vec())
}

fn is_text(segment: Option<&Segment>) -> bool {
    matches!(segment, Some(Segment::Text(_)))
}

type Is = fn(&Segment) -> bool;

fn is_time(segment: &Segment) -> bool {
    matches!(segment, Segment::Time(_))
}

fn is_id(segment: &Segment) -> bool {
    matches!(segment, Segment::Id(_))
}

/// The ways to leave a segment out, with the text that belongs to it.
pub(super) fn without(segments: &[Segment], is: Is) -> Vec<Vec<Segment>> {
    let Some(at) = segments.iter().position(is) else {
        return Vec::new();
    };
    let before = usize::from(at > 0 && is_text(segments.get(at - 1)));
    let after = usize::from(is_text(segments.get(at + 1)));
    let cut = |from: usize, to: usize| [&segments[..from], &segments[to..]].concat();
    let bare = |segment: &&Segment| !is(segment) && !is_text(Some(segment));
    vec![
        cut(at, at + 1 + after),
        cut(at - before, at + 1),
        cut(at - before, at + 1 + after),
        cut(at, at + 1),
        segments.iter().filter(bare).cloned().collect(),
    ]
}

/// The ways to put a segment in: before all, behind all, and before the body.
pub(super) fn with(segments: &[Segment], new: &Segment, separator: &str) -> Vec<Vec<Segment>> {
    let pair = [new.clone(), text(separator)];
    let reverse = [text(separator), new.clone()];
    let mut ways = vec![[&pair, segments].concat(), [segments, &reverse].concat()];
    let body = segments.iter().position(Segment::reads_body);
    if let Some(at) = body.filter(|&at| at > 0) {
        let (before, rest) = segments.split_at(at);
        let is_joined = is_text(before.last());
        let middle = if is_joined { &pair } else { &reverse };
        ways.push([before, middle, rest].concat());
    }
    ways
}

/// The content with another separator; a leading text such as `v0:` keeps its word, or goes.
fn separated(segments: &[Segment], separator: &str) -> Vec<Vec<Segment>> {
    let parts = segments.iter().filter(|segment| !is_text(Some(segment)));
    let joined = parts.flat_map(|part| [text(separator), part.clone()]);
    let bare: Vec<Segment> = joined.skip(1).collect();
    let mut ways = Vec::new();
    if let Some(Segment::Text(lead)) = segments.first() {
        let is_word = |byte: &u8| byte.is_ascii_alphanumeric();
        let word = lead.iter().copied().filter(is_word).collect();
        ways.push([&[Segment::Text(word), text(separator)], bare.as_slice()].concat());
    }
    ways.push(bare);
    ways
}

pub(super) fn replaced(segments: &[Segment], is: Is, new: &Segment) -> Vec<Segment> {
    let other = |segment: &Segment| if is(segment) { new } else { segment }.clone();
    segments.iter().map(other).collect()
}

pub(super) fn timestamp(recipe: &Recipe, scene: &Scene, out: Out<'_, '_>) {
    let segments = &recipe.segments;
    let Some(own) = segments.iter().find(|segment| is_time(segment)) else {
        for time in &scene.times {
            added(recipe, &Segment::Time(time.thing.clone()), time, out);
            // As Slack does it, and who copied it.
            for (lead, separator) in [("v0", ":"), ("v0", "."), ("v1", ":"), ("v1", ".")] {
                let time_then = [Segment::Time(time.thing.clone()), text(separator)];
                let lead_then = [text(lead), text(separator)];
                let made = [&lead_then, &time_then, segments.as_slice()].concat();
                let form = format!("as {lead}{separator}TIME{separator}BODY");
                let what = format!("{} before it, {form}", time.what);
                out.push(time.rarer + 1, recipe.with(made), what);
            }
        }
        return;
    };
    for made in without(segments, is_time) {
        out.push(0, recipe.with(made), "no timestamp");
    }
    for time in &scene.times {
        let other = Segment::Time(time.thing.clone());
        if other == *own || !out.wants(time.rarer) {
            continue;
        }
        let made = replaced(segments, is_time, &other);
        out.push(time.rarer, recipe.with(made.clone()), time.what.clone());
        for (separator, rarer) in &SEPARATORS[..4] {
            for made in separated(&made, separator) {
                let what = format!("{}, {}", time.what, joined_with(separator));
                out.push(1 + time.rarer.max(*rarer), recipe.with(made), what);
            }
        }
    }
    rejoined(recipe, out);
    for rest in without(segments, is_time) {
        for (separator, rarer) in SEPARATORS {
            if out.wants(rarer + 1) {
                let what = "the timestamp in another place, ".to_owned() + &joined_with(separator);
                for made in with(&rest, own, separator) {
                    out.push(rarer + 1, recipe.with(made), what.clone());
                }
            }
        }
    }
}

/// The scheme's own parts with other separators.
fn rejoined(recipe: &Recipe, out: Out<'_, '_>) {
    for (separator, rarer) in SEPARATORS {
        for made in separated(&recipe.segments, separator) {
            let what = format!("its parts {}", joined_with(separator));
            out.push(rarer, recipe.with(made), what);
        }
    }
}

/// A part that the scheme does not have, with every separator.
fn added(recipe: &Recipe, part: &Segment, found: &Made<Vec<u8>>, out: Out<'_, '_>) {
    for (separator, rarer) in SEPARATORS {
        let rarer = found.rarer + rarer;
        if !out.wants(rarer) {
            continue;
        }
        for (index, made) in (0..).zip(with(&recipe.segments, part, separator)) {
            let side = if index == 1 { "behind" } else { "before" };
            let what = format!("{} {side} it, {}", found.what, joined_with(separator));
            out.push(rarer + index.min(1), recipe.with(made), what);
        }
    }
}

pub(super) fn id(recipe: &Recipe, scene: &Scene, out: Out<'_, '_>) {
    let segments = &recipe.segments;
    for found in &scene.ids {
        let part = Segment::Id(found.thing.clone());
        if segments.iter().any(is_id) {
            let made = replaced(segments, is_id, &part);
            out.push(0, recipe.with(made), found.what.clone());
        } else {
            added(recipe, &part, found, out);
        }
    }
    for made in without(segments, is_id) {
        out.push(0, recipe.with(made), "no id");
    }
    if segments.iter().any(is_id) && !segments.iter().any(is_time) {
        rejoined(recipe, out);
    }
}

/// The ids that headers carry.
pub(super) fn ids(headers: &Headers) -> Vec<Made<Vec<u8>>> {
    let words = ["delivery", "nonce", "idempotency", "guid"];
    let found = headers.iter().take(HEADERS).filter(|header| {
        let name = header.name.to_ascii_lowercase();
        (name.ends_with("id") || words.iter().any(|word| name.contains(word)))
            && (2..=128).contains(&header.value.len())
            && header.value.iter().all(u8::is_ascii_graphic)
            && read_any_time(&header.value).is_none()
    });
    let id = |header: &Header| {
        let name = quoted(header.name.as_bytes(), 40);
        Made::new(
            0,
            header.value.clone(),
            format!("the id of the header {name}"),
        )
    };
    found.map(id).take(FOUND).collect()
}

/// The times that the items of the signature's header and the other headers carry: as they stand,
/// and in other units, which is rarer.
pub(super) fn times(headers: &Headers, items: &[Vec<u8>]) -> Vec<Made<Vec<u8>>> {
    let of_item = |item: &Vec<u8>| match item.iter().position(|&byte| byte == b'=') {
        Some(at) => {
            let place = format!("{} in the signature's header", quoted(&item[..at], 20));
            (place, item[at + 1..].to_vec())
        }
        None => ("the signature's header".to_owned(), item.clone()),
    };
    let of_headers = headers.iter().take(HEADERS).map(|header| {
        let place = format!("the header {}", quoted(header.name.as_bytes(), 40));
        (place, header.value.clone())
    });
    let mut times: Vec<Made<Vec<u8>>> = Vec::new();
    let mut others = Vec::new();
    for (place, text) in items.iter().map(of_item).chain(of_headers) {
        let Some(at) = read_any_time(&text).filter(|_| times.len() < FOUND) else {
            continue;
        };
        if times.iter().any(|time| time.thing == text) {
            continue;
        }
        for (rarer, other, unit) in in_other_units(at) {
            let what = format!("the timestamp of {place} {unit}");
            others.push(Made::new(rarer, other.into_bytes(), what));
        }
        times.push(Made::new(0, text, format!("the timestamp of {place}")));
    }
    for other in others {
        if !times.iter().any(|known| known.thing == other.thing) {
            times.push(other);
        }
    }
    times
}

/// The times and ids that a JSON body tells of itself.
pub(super) fn of_body(body: Option<Node<'_>>) -> [Vec<Made<Vec<u8>>>; 2] {
    let [mut times, mut ids] = [Vec::new(), Vec::new()];
    let members = body.into_iter().flat_map(members);
    for (key, value) in members.filter(|(_, value)| !value.kind().is_container()) {
        let text = value.text().into_owned().into_bytes();
        let is_id = key.text().to_ascii_lowercase().ends_with("id");
        let name = quoted(key.text().as_bytes(), 40);
        if read_any_time(&text).is_some() {
            let what = format!("the timestamp of {name} in the body");
            times.push(Made::new(1, text, what));
        } else if is_id && (2..=128).contains(&text.len()) {
            ids.push(Made::new(1, text, format!("the id of {name} in the body")));
        }
    }
    times.truncate(3);
    ids.truncate(3);
    [times, ids]
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
        let is_present = (500_000_000..5_000_000_000).contains(&at.as_second());
        return is_present.then_some(at);
    }
    if text.contains('-') && text.contains(':') {
        return text.parse().ok();
    }
    let is_http = text.as_bytes()[3] == b',';
    let parser = jiff::fmt::rfc2822::DateTimeParser::new();
    is_http.then(|| parser.parse_timestamp(text).ok()).flatten()
}

fn in_other_units(at: Timestamp) -> Vec<(u8, String, &'static str)> {
    let (seconds, millis) = (at.as_second(), at.as_millisecond());
    let whole = Timestamp::from_second(seconds).unwrap_or(at);
    let float = millis as f64 / 1000.0;
    let scientific = format!("{float:e}");
    let (digits, _) = scientific.split_once('e').unwrap_or_default();
    let zoned = whole.to_string().replace('Z', "+00:00");
    vec![
        (1, seconds.to_string(), "in seconds"),
        (1, millis.to_string(), "in milliseconds"),
        (1, zoned, "in RFC 3339 with +00:00"),
        (1, whole.to_string(), "in RFC 3339"),
        (1, format!("{at:.3}"), "in RFC 3339 with milliseconds"),
        (1, format!("{float:.3}"), "in seconds with a fraction"),
        (1, at.as_microsecond().to_string(), "in microseconds"),
        (1, at.as_nanosecond().to_string(), "in nanoseconds"),
        (1, format!("{float:?}"), "as a float, as Python writes it"),
        (2, format!("{digits}e+09"), "as a float, as Go writes it"),
        (2, format!("{digits}E9"), "as a float, as Java writes it"),
        (2, format!("{float:.6}"), "in seconds with six decimals"),
        (2, (seconds / 60).to_string(), "in minutes"),
    ]
}

/// What stands between points and colons, as a timestamp before a signature does.
pub(super) fn parts(value: &[u8]) -> impl Iterator<Item = &[u8]> {
    value.split(|byte| b".:".contains(byte)).take(FOUND)
}

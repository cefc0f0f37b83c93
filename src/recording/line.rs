//! A delivery as one JSON line of ours. Of lines of other types and of unknown keys nothing is
//! kept: what a line costs is in proportion to its bytes, whatever stands on it.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use crate::delivery::{Delivery, Headers};
use crate::http::{is_field_value, is_token};

/// The version of delivery lines that is read.
const VERSION: u64 = 1;
/// How every line of ours starts.
const START: &[u8] = br#"{"type":""#;
/// The types of the lines that a recording may begin with.
const TYPES: [&[u8]; 5] = [
    b"handshake\"",
    b"delivery\"",
    b"listening\"",
    b"malformed\"",
    b"summary\"",
];
/// The headers of a delivery hold no more than this, as the head of a raw request.
pub(super) const HEAD_BYTES: usize = 1 << 20;

/// What a line says.
#[derive(Debug)]
pub(super) struct Told {
    /// The delivery's number, if it has one.
    pub(super) number: Option<u64>,
    pub(super) at: Option<Timestamp>,
    pub(super) remote: Option<String>,
    pub(super) delivery: Delivery,
    /// The whole URL, if it was recorded.
    pub(super) url: Option<String>,
    pub(super) answer: Option<Answered>,
}

impl Told {
    /// A delivery of which nothing else is known.
    pub(super) fn of(delivery: Delivery) -> Self {
        Self {
            number: None,
            at: None,
            remote: None,
            delivery,
            url: None,
            answer: None,
        }
    }
}

/// The answer that was recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answered {
    /// Its status.
    pub status: u16,
    /// Its body, if that was recorded.
    pub body: Option<Vec<u8>>,
}

/// The bytes of a text in base64.
pub(super) fn decoded(text: &str) -> Option<Vec<u8>> {
    STANDARD.decode(text.as_bytes()).ok()
}

/// Why a line tells of no delivery.
#[derive(Debug)]
pub(super) enum Silent {
    /// It is of another type.
    OtherType,
    /// It ends too early: it is what a crash or a full disk left.
    Torn,
    /// What is wrong, as the end of a sentence that begins with the line.
    Wrong(String),
}

/// Reads a line that begins with `{`. `is_last` says that the file ends with it, without a line
/// feed; `is_first`, that it begins with it.
pub(super) fn read(text: &[u8], is_first: bool, is_last: bool) -> Result<Told, Silent> {
    match serde_json::from_slice::<Line>(text) {
        Ok(line) if line.is_of_other_type() => Err(Silent::OtherType),
        Ok(line) => line.told().map_err(Silent::Wrong),
        Err(error) if error.is_eof() && (is_last || is_torn(text, is_first)) => Err(Silent::Torn),
        Err(error) => Err(Silent::Wrong(not_json(&error))),
    }
}

/// Whether this text, which ends too early, is what a crash left of a line of ours before a later
/// run went on below it. The first line of a file is never torn after its first byte: there, a lone
/// `{` begins some other JSON file.
fn is_torn(text: &[u8], is_first: bool) -> bool {
    text.starts_with(START) || START.starts_with(text) && (!is_first || text.len() > 1)
}

/// Where another line of ours begins within this one: a line that was torn, and then written on by
/// somebody who did not end it. Within a text a quote is written `\"`, so that this stands in none.
pub(super) fn second_start(text: &[u8]) -> Option<usize> {
    let text = text.get(1..)?;
    let found = text
        .windows(START.len())
        .rposition(|window| window == START);
    found.map(|at| at + 1)
}

/// Whether a file that starts so is a recording that may be gone on with: it is empty, or its first
/// line is one of ours, or a delivery in whoever's words.
pub(super) fn begins_recording(start: &[u8]) -> bool {
    let start = start.strip_prefix(b"\xef\xbb\xbf").unwrap_or(start);
    let blank = |byte: &u8| *byte == 0 || byte.is_ascii_whitespace();
    let Some(at) = start.iter().position(|byte| !blank(byte)) else {
        return true;
    };
    let start = &start[at..];
    let line = start.split(|byte| *byte == b'\n').next().unwrap_or(start);
    match line.strip_prefix(START) {
        Some(kind) => TYPES
            .iter()
            .any(|it| kind.starts_with(it) || it.starts_with(kind)),
        None => is_torn(line, true) || read(line.trim_ascii(), true, false).is_ok(),
    }
}

/// What is read of a line. Each value may be of any kind, so that it can be complained of in its
/// own words.
#[derive(serde::Deserialize)]
struct Line<'a> {
    #[serde(rename = "type", borrow)]
    kind: Option<Text<'a>>,
    version: Option<Number>,
    number: Option<Number>,
    #[serde(borrow)]
    at: Option<Text<'a>>,
    #[serde(borrow)]
    remote: Option<Text<'a>>,
    #[serde(borrow)]
    method: Option<Text<'a>>,
    #[serde(borrow)]
    target: Option<Text<'a>>,
    #[serde(borrow)]
    url: Option<Text<'a>>,
    headers: Option<Pairs>,
    #[serde(borrow)]
    body: Option<Text<'a>>,
    /// Other tools call it `body_b64`.
    #[serde(borrow, alias = "body_b64")]
    body_base64: Option<Text<'a>>,
    answer: Option<Status>,
}

impl Line<'_> {
    fn is_of_other_type(&self) -> bool {
        let kind = self.kind.as_ref().and_then(|kind| kind.0.as_deref());
        kind.is_some_and(|kind| kind != "delivery")
    }

    fn told(self) -> Result<Told, String> {
        text(self.kind, "type")?;
        match number(self.version, "version")? {
            Some(version) if version > VERSION => {
                return Err(format!(
                    "is of version {version}, and this version of bluehook reads version {VERSION}"
                ));
            }
            _ => {}
        }
        let at = text(self.at, "at")?.map(|at| {
            at.parse()
                .map_err(|_| "has an at that is not a time such as 2026-11-22T03:49:53Z")
        });
        let method = text(self.method, "method")?.ok_or("has no method")?;
        if !is_token(method.as_bytes()) {
            return Err("has a method that is not one of HTTP".into());
        }
        let url = text(self.url, "url")?.map(Cow::into_owned);
        let target = match (text(self.target, "target")?, &url) {
            (Some(target), _) => Some(target),
            (None, Some(url)) => target_of(url).map(Cow::Owned),
            (None, None) => None,
        };
        let target = target.ok_or("has no target")?;
        if !is_target(target.as_bytes()) {
            return Err("has a target that is empty or holds white space".into());
        }
        Ok(Told {
            number: number(self.number, "number")?,
            at: at.transpose()?,
            remote: text(self.remote, "remote")?.map(Cow::into_owned),
            delivery: Delivery {
                method: method.into_owned(),
                target: target.into_owned(),
                headers: self.headers.ok_or("has no headers")?.0?,
                body: body(self.body, self.body_base64)?,
            },
            url,
            answer: (self.answer)
                .and_then(|status| u16::try_from(status.0?).ok())
                .map(|status| Answered { status, body: None }),
        })
    }
}

/// Path and query of a URL.
pub(super) fn target_of(url: &str) -> Option<String> {
    let (_, rest) = url.split_once("://")?;
    let target = &rest[rest.find(['/', '?', '#']).unwrap_or(rest.len())..];
    let target = target.split('#').next().unwrap_or_default();
    match target.starts_with('/') {
        true => Some(target.to_owned()),
        false => Some(format!("/{target}")),
    }
}

/// What a request line may have as its target.
pub(super) fn is_target(bytes: &[u8]) -> bool {
    !bytes.is_empty() && bytes.iter().all(|byte| *byte > b' ' && *byte != 0x7f)
}

fn text<'a>(value: Option<Text<'a>>, name: &str) -> Result<Option<Cow<'a, str>>, String> {
    value.map_or(Ok(None), |value| match value.0 {
        Some(text) => Ok(Some(text)),
        None => Err(format!("has a {name} that is not text")),
    })
}

fn number(value: Option<Number>, name: &str) -> Result<Option<u64>, String> {
    value.map_or(Ok(None), |value| match value.0 {
        Some(number) => Ok(Some(number)),
        None => Err(format!("has a {name} that is not a whole number")),
    })
}

fn body(text: Option<Text<'_>>, base64: Option<Text<'_>>) -> Result<Vec<u8>, &'static str> {
    match (text.map(|it| it.0), base64.map(|it| it.0)) {
        (Some(Some(text)), None) => Ok(text.into_owned().into_bytes()),
        (None, Some(Some(text))) => decoded(&text).ok_or("has a body_base64 that is not base64"),
        (Some(_), Some(_)) => Err("has both body and body_base64"),
        (Some(None), None) => Err("has a body that is not text (JSON is written as text, too)"),
        (None, Some(None)) => Err("has a body_base64 that is not text"),
        (None, None) => Err("has no body (body or body_base64)"),
    }
}

/// What serde_json says, without its own line count.
fn not_json(error: &serde_json::Error) -> String {
    let message = error.to_string();
    let (message, _) = message.rsplit_once(" at line ").unwrap_or((&message, ""));
    let column = error.column();
    if message.contains("hex escape") {
        format!(
            "holds half of a surrogate pair or a broken \\u escape, which stands for no character, at column {column}"
        )
    } else if error.is_data() {
        format!("cannot be used: {message} at column {column}")
    } else {
        format!("is not JSON: {message} at column {column}")
    }
}

/// What is made of a JSON value of any kind. Of kinds that are not wanted nothing is kept.
trait Made<'de>: Sized {
    /// Made of a value that is not wanted.
    fn other() -> Self;

    fn of_text(_: Cow<'de, str>) -> Self {
        Self::other()
    }

    fn of_number(_: u64) -> Self {
        Self::other()
    }

    fn of_list<A: SeqAccess<'de>>(mut items: A) -> Result<Self, A::Error> {
        while items.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Self::other())
    }

    fn of_object<A: MapAccess<'de>>(mut members: A) -> Result<Self, A::Error> {
        while members.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Self::other())
    }
}

/// Reads any JSON value as something [`Made`] of it.
struct Any<T>(PhantomData<T>);

impl<'de, T: Made<'de>> Visitor<'de> for Any<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E>(self) -> Result<T, E> {
        Ok(T::other())
    }

    fn visit_bool<E>(self, _: bool) -> Result<T, E> {
        Ok(T::other())
    }

    fn visit_i64<E>(self, _: i64) -> Result<T, E> {
        Ok(T::other())
    }

    fn visit_u64<E>(self, number: u64) -> Result<T, E> {
        Ok(T::of_number(number))
    }

    fn visit_f64<E>(self, _: f64) -> Result<T, E> {
        Ok(T::other())
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<T, E> {
        Ok(T::of_text(Cow::Borrowed(text)))
    }

    fn visit_str<E>(self, text: &str) -> Result<T, E> {
        Ok(T::of_text(Cow::Owned(text.to_owned())))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, items: A) -> Result<T, A::Error> {
        T::of_list(items)
    }

    fn visit_map<A: MapAccess<'de>>(self, members: A) -> Result<T, A::Error> {
        T::of_object(members)
    }
}

/// A text, or nothing.
struct Text<'a>(Option<Cow<'a, str>>);

impl<'de: 'a, 'a> Made<'de> for Text<'a> {
    fn other() -> Self {
        Self(None)
    }

    fn of_text(text: Cow<'de, str>) -> Self {
        Self(Some(text))
    }
}

/// A whole number, or nothing.
struct Number(Option<u64>);

impl Made<'_> for Number {
    fn other() -> Self {
        Self(None)
    }

    fn of_number(number: u64) -> Self {
        Self(Some(number))
    }
}

/// The status of an answer, or nothing.
struct Status(Option<u64>);

impl<'de> Made<'de> for Status {
    fn other() -> Self {
        Self(None)
    }

    fn of_object<A: MapAccess<'de>>(mut members: A) -> Result<Self, A::Error> {
        let mut status = None;
        while let Some(name) = members.next_key::<Text<'de>>()? {
            match name.0.as_deref() {
                Some("status") => status = members.next_value::<Number>()?.0,
                _ => drop(members.next_value::<IgnoredAny>()?),
            }
        }
        Ok(Self(status))
    }
}

/// Header fields as a list of pairs, or what is wrong with them.
struct Pairs(Result<Headers, String>);

impl<'de> Made<'de> for Pairs {
    fn other() -> Self {
        Self(Err(
            "has headers that are not a list of pairs of name and value".into(),
        ))
    }

    fn of_list<A: SeqAccess<'de>>(mut items: A) -> Result<Self, A::Error> {
        let (mut headers, mut bytes) = (Headers::new(), 0);
        let mut wrong = None;
        while let Some(pair) = items.next_element::<Pair>()? {
            match pair.0 {
                _ if wrong.is_some() => {}
                Err(what) => wrong = Some(format!("has a header {} {what}", headers.len() + 1)),
                Ok((name, value)) => {
                    // As on the wire, with a colon, a space and a line end.
                    bytes += name.len() + value.len() + 4;
                    if bytes > HEAD_BYTES {
                        wrong = Some("has more than 1 MiB of headers".into());
                    }
                    headers.push(name, value);
                }
            }
        }
        Ok(Self(wrong.map_or(Ok(headers), Err)))
    }
}

/// One header field, or what is wrong with it.
struct Pair(Result<(String, Vec<u8>), &'static str>);

impl<'de> Made<'de> for Pair {
    fn other() -> Self {
        Self(Err("that is not a pair of name and value"))
    }

    fn of_list<A: SeqAccess<'de>>(mut items: A) -> Result<Self, A::Error> {
        let name = items.next_element::<Text<'de>>()?.and_then(|name| name.0);
        let value = items.next_element::<Value>()?;
        let is_longer = items.next_element::<IgnoredAny>()?.is_some();
        while items.next_element::<IgnoredAny>()?.is_some() {}
        let (Some(name), Some(value), false) = (name, value, is_longer) else {
            return Ok(Self::other());
        };
        Ok(Self(match value.0 {
            _ if !is_token(name.as_bytes()) => Err("whose name no header may have"),
            Ok(value) if !is_field_value(&value) => Err("whose value holds a line end or a NUL"),
            value => value.map(|value| (name.into_owned(), value)),
        }))
    }
}

/// The value of a header field, or what is wrong with it.
struct Value(Result<Vec<u8>, &'static str>);

impl<'de> Made<'de> for Value {
    fn other() -> Self {
        Self(Err("whose value is neither text nor {\"base64\":\"…\"}"))
    }

    fn of_text(text: Cow<'de, str>) -> Self {
        Self(Ok(text.into_owned().into_bytes()))
    }

    fn of_object<A: MapAccess<'de>>(mut members: A) -> Result<Self, A::Error> {
        let mut value = Self::other();
        while let Some(name) = members.next_key::<Text<'de>>()? {
            let text = members.next_value::<Text<'de>>()?.0;
            if let (Some("base64"), Some(text)) = (name.0.as_deref(), text) {
                let bytes = decoded(&text);
                value.0 = bytes.ok_or("whose value is not base64, though it says so");
            }
        }
        Ok(value)
    }
}

macro_rules! read_as_any {
    ($($made:ty),*) => { $(
        impl<'de> Deserialize<'de> for $made {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                deserializer.deserialize_any(Any(PhantomData))
            }
        }
    )* };
}

read_as_any!(Number, Status, Pairs, Pair, Value);

impl<'de: 'a, 'a> Deserialize<'de> for Text<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Any(PhantomData))
    }
}

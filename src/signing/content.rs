//! The signed content: a variant's template laid out as segments, and these computed.
//!
//! The one truth for signing, judging, explaining and diagnosing. A [`Segment`] is a value: a list
//! of them can be changed (replaced, left out, put in) and computed again. What is made of a body,
//! as a form that is sorted, is made once for all the contents that need it: see [`Whole`].

use std::ops::Range;

use super::encoding::Encoding;
use super::hash::Hash;
use super::key::Running;
use super::keyring::Entry;
use super::record::Variant;
use super::record::template::{Part, Template, Writing};
use super::url::{self, form_decoded, query_parameter};
use crate::delivery::Headers;
use crate::json;

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

/// What a template's parts stand for, but for the URL, the body and the key.
#[derive(Clone)]
pub(super) struct Given<'a> {
    pub(super) parts: Parts<'a>,
    pub(super) timestamp: Option<Vec<u8>>,
    pub(super) id: Option<Vec<u8>>,
    /// The items of the signature header's list.
    pub(super) items: Vec<&'a [u8]>,
    pub(super) named_headers: Option<Vec<u8>>,
}

impl<'a> Given<'a> {
    /// Nothing but these.
    pub(super) fn of(parts: Parts<'a>) -> Self {
        Self {
            parts,
            timestamp: None,
            id: None,
            items: Vec::new(),
            named_headers: None,
        }
    }
}

/// A piece of the signed content.
#[derive(Clone, PartialEq, Hash)]
pub(super) enum Segment {
    /// The template's own text: separators, `v0`.
    Text(Vec<u8>),
    Time(Vec<u8>),
    Id(Vec<u8>),
    Url(Vec<u8>),
    /// Anything else that the body does not change.
    Fixed(Vec<u8>),
    Body,
    /// The fields of the body's form, sorted.
    Form,
    BodySha256,
    BodyCrc32,
    /// The body's digest, as Content-Digest writes it.
    Digest(Hash, Encoding),
    BodyAscii,
    /// A value of the JSON body.
    Json(json::Path),
    /// A value of the JSON body without white space.
    Compact(json::Path),
    /// A field of the body's form.
    Field(String),
    /// The first that the body holds.
    Either(Vec<Self>),
    /// All of them, or nothing where the body does not hold one.
    Optional(Vec<Self>),
    /// The key.
    Secret,
}

impl Segment {
    /// The bytes that it stands for, whatever body and key are.
    pub(super) fn text(&self) -> Option<&[u8]> {
        match self {
            Self::Text(text)
            | Self::Time(text)
            | Self::Id(text)
            | Self::Url(text)
            | Self::Fixed(text) => Some(text),
            _ => None,
        }
    }

    /// Whether it depends on the body.
    pub(super) fn reads_body(&self) -> bool {
        matches!(self, Self::Body) || self.is_made()
    }

    /// Whether it has to be made of the whole body.
    fn is_made(&self) -> bool {
        matches!(
            self,
            Self::Form
                | Self::BodySha256
                | Self::BodyCrc32
                | Self::Digest(..)
                | Self::BodyAscii
                | Self::Json(_)
                | Self::Compact(_)
                | Self::Field(_)
                | Self::Either(_)
                | Self::Optional(_)
        )
    }

    /// What is made of a whole body; `None` when the body does not hold it.
    fn of_body(&self, body: &[u8]) -> Option<Vec<u8>> {
        match self {
            Self::Body => Some(body.to_vec()),
            Self::Form => Some(sorted_form(body)),
            Self::BodySha256 => Some(Hash::Sha256.of(&[body]).hex().into_bytes()),
            Self::Digest(hash, encoding) => {
                Some(encoding.encode(hash.of(&[body]).as_slice()).into_bytes())
            }
            Self::BodyCrc32 => Some(crc32fast::hash(body).to_string().into_bytes()),
            Self::BodyAscii => ascii(body),
            Self::Json(path) => json_text(body, path),
            Self::Compact(path) => compact(body, path),
            Self::Field(name) => form_field(body, name),
            Self::Either(others) => others.iter().find_map(|other| other.of_body(body)),
            Self::Optional(all) => {
                let pieces = all.iter().map(|one| one.of_body(body));
                Some(
                    pieces
                        .collect::<Option<Vec<_>>>()
                        .unwrap_or_default()
                        .concat(),
                )
            }
            other => other.text().map(<[u8]>::to_vec),
        }
    }
}

/// Lays a template out, with the URL in one of its spellings. The error names what is not there.
pub(super) fn lay_out(
    template: &Template,
    given: &Given<'_>,
    url: Option<&str>,
) -> Result<Vec<Segment>, String> {
    let mut segments = Vec::new();
    for part in &template.0 {
        match part {
            Part::Optional(parts) => {
                let inner = parts.iter().map(|part| segment(part, given, url));
                let inner = inner.collect::<Result<Vec<_>, _>>().unwrap_or_default();
                let is_there = |one: &Segment| one.text().is_none_or(|text| !text.is_empty());
                match inner.iter().all(is_there) {
                    true if part.reads_body() => segments.push(Segment::Optional(inner)),
                    true => segments.extend(inner),
                    false => {}
                }
            }
            part => segments.push(segment(part, given, url)?),
        }
    }
    Ok(segments)
}

fn segment(part: &Part, given: &Given<'_>, url: Option<&str>) -> Result<Segment, String> {
    let there = |value: Option<&[u8]>, name: &str| match value {
        Some(value) => Ok(value.to_vec()),
        None => Err(name.to_owned()),
    };
    let of_url = |value: Option<&str>, name: &str| there(value.map(str::as_bytes), name);
    Ok(match part {
        Part::Text(text) => Segment::Text(text.clone().into_bytes()),
        Part::Body => Segment::Body,
        Part::Timestamp => Segment::Time(there(given.timestamp.as_deref(), "a timestamp")?),
        Part::Id => Segment::Id(there(given.id.as_deref(), "an id")?),
        Part::Url => Segment::Url(of_url(url, "the URL")?),
        Part::UrlSha256 => {
            let url = of_url(url, "the URL")?;
            Segment::Fixed(Hash::Sha256.of(&[&url]).hex().into_bytes())
        }
        Part::UrlPath => Segment::Fixed(of_url(url.map(|url| url::parts(url).0), "the URL")?),
        Part::UrlQuery => {
            let query = url.and_then(|url| url::parts(url).1);
            Segment::Fixed(of_url(query, "a query in the URL")?)
        }
        Part::Query(name) => {
            let value = url.and_then(|url| query_parameter(url, name));
            let value = of_url(value, &format!("{name} in the URL's query"))?;
            Segment::Fixed(form_decoded(&value).collect())
        }
        Part::Method => Segment::Fixed(given.parts.method.into()),
        Part::Header(name) => Segment::Fixed(there(given.parts.headers.get(name), name)?),
        Part::Json(path) => Segment::Json(path.0.clone()),
        Part::Compact(path) => Segment::Compact(path.0.clone()),
        Part::Field(name) => Segment::Field(name.clone()),
        Part::Form => Segment::Form,
        Part::BodySha256 => Segment::BodySha256,
        Part::BodyCrc32 => Segment::BodyCrc32,
        Part::BodyAscii => Segment::BodyAscii,
        Part::Secret => Segment::Secret,
        Part::Item(prefix) => {
            let item = find_item(&given.items, prefix);
            Segment::Fixed(there(item, &format!("{prefix} in the signature header"))?)
        }
        Part::NamedHeaders => Segment::Fixed(given.named_headers.clone().unwrap_or_default()),
        Part::Written(writing, part) => {
            let plain = segment(part, given, url)?;
            Segment::Fixed(written(*writing, plain.text().unwrap_or_default()))
        }
        Part::Either(parts) => {
            let parts = parts.iter().map(|part| segment(part, given, url));
            Segment::Either(parts.collect::<Result<_, _>>()?)
        }
        // They stand in no other part: a record is checked for that.
        Part::Optional(_) => Segment::Text(Vec::new()),
    })
}

fn written(writing: Writing, text: &[u8]) -> Vec<u8> {
    match writing {
        Writing::Lower => text.to_ascii_lowercase(),
        Writing::EncodeUri => url::escaped(text, b"-_.!~*'();,/?:@&=+$#"),
        Writing::EncodeComponent => url::escaped(text, b"-_.!~*'()"),
    }
}

/// A whole body, with what contents have of it: each made once, for however many of them.
pub(super) struct Whole<'b> {
    bytes: &'b [u8],
    made: Vec<(Segment, Option<Vec<u8>>)>,
}

impl<'b> Whole<'b> {
    /// The body, for contents of these segments.
    pub(super) fn new<'s>(
        bytes: &'b [u8],
        segments: impl IntoIterator<Item = &'s Segment>,
    ) -> Self {
        let mut made: Vec<(Segment, Option<Vec<u8>>)> = Vec::new();
        for segment in segments {
            if !segment.is_made() || made.iter().any(|(known, _)| known == segment) {
                continue;
            }
            made.push((segment.clone(), segment.of_body(bytes)));
        }
        Self { bytes, made }
    }

    /// The bytes that a segment stands for; `None` when the body does not hold them.
    pub(super) fn piece<'p>(&'p self, segment: &'p Segment, key: &'p [u8]) -> Option<&'p [u8]> {
        match segment {
            Segment::Body => Some(self.bytes),
            Segment::Secret => Some(key),
            other if other.is_made() => {
                let made = self.made.iter().find(|(known, _)| known == other);
                made?.1.as_deref()
            }
            other => other.text(),
        }
    }

    /// The bytes of all segments in order. The error names what the body does not hold.
    pub(super) fn pieces<'p>(
        &'p self,
        segments: &'p [Segment],
        key: &'p [u8],
    ) -> Result<Vec<&'p [u8]>, String> {
        let piece = |segment: &'p Segment| {
            (self.piece(segment, key)).ok_or_else(|| match segment {
                Segment::Json(path) | Segment::Compact(path) => format!("{path} in the body"),
                Segment::Field(name) => format!("the field {name} of the form"),
                _ => "the body".to_owned(),
            })
        };
        segments.iter().map(piece).collect()
    }
}

/// The computation of one signature, over a body that streams by or one that is there as a whole.
pub(super) struct Work<'a> {
    pub(super) variant: &'a Variant,
    pub(super) entry: &'a Entry,
    pub(super) segments: Vec<Segment>,
    running: Running<'a>,
}

impl<'a> Work<'a> {
    pub(super) fn new(variant: &'a Variant, entry: &'a Entry, segments: Vec<Segment>) -> Self {
        Self {
            variant,
            entry,
            segments,
            running: entry.key.start(),
        }
    }

    /// Feeds what stands before a body that will stream by.
    pub(super) fn begin(&mut self) {
        let end = self.body_at().unwrap_or(self.segments.len());
        self.feed(0..end);
    }

    /// Feeds the next piece of a body that streams by.
    pub(super) fn update(&mut self, piece: &[u8]) {
        if self.body_at().is_some() {
            self.running.update(piece);
        }
    }

    /// Ends with what stands behind a body that streamed by, or computes the whole content. The
    /// error names what the body does not hold.
    pub(super) fn finish(mut self, body: Option<&Whole<'_>>) -> Result<Running<'a>, String> {
        if let Some(body) = body {
            let key = self.entry.key.bytes().unwrap_or_default();
            for piece in body.pieces(&self.segments, key)? {
                self.running.update(piece);
            }
        } else if let Some(at) = self.body_at() {
            self.feed(at + 1..self.segments.len());
        }
        Ok(self.running)
    }

    fn body_at(&self) -> Option<usize> {
        self.segments.iter().position(|one| *one == Segment::Body)
    }

    /// Feeds segments that the body has no part in.
    fn feed(&mut self, range: Range<usize>) {
        for segment in &self.segments[range] {
            let key = || self.entry.key.bytes().unwrap_or_default();
            self.running.update(segment.text().unwrap_or_else(key));
        }
    }
}

/// The first list item with this prefix, without it.
pub(super) fn find_item<'a>(items: &[&'a [u8]], prefix: &str) -> Option<&'a [u8]> {
    items
        .iter()
        .find_map(|item| item.strip_prefix(prefix.as_bytes()))
}

/// The text of a JSON value: a string without its quotes, anything else as it stands.
pub(super) fn json_text(body: &[u8], path: &json::Path) -> Option<Vec<u8>> {
    let range = json::find(body, path).ok()??;
    let token = body.get(range)?;
    Some(if token.first() == Some(&b'"') {
        json::unescape(token).into_owned().into_bytes()
    } else {
        token.to_vec()
    })
}

/// A JSON value without the white space between its tokens.
fn compact(body: &[u8], path: &json::Path) -> Option<Vec<u8>> {
    let range = json::find(body, path).ok()??;
    let (mut in_string, mut is_escaped) = (false, false);
    let mut out = body.get(range)?.to_vec();
    out.retain(|&byte| {
        let is_kept = in_string || !byte.is_ascii_whitespace();
        in_string ^= byte == b'"' && !is_escaped;
        is_escaped = in_string && byte == b'\\' && !is_escaped;
        is_kept
    });
    Some(out)
}

/// The body as [`Part::BodyAscii`] has it; `None` when it is no text.
/// Source: Box's libraries.
fn ascii(body: &[u8]) -> Option<Vec<u8>> {
    let text = std::str::from_utf8(body).ok()?;
    let mut out = String::with_capacity(text.len());
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '\r' => out.push_str("\\r"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\\' if characters.peek() != Some(&'/') => out.push_str("\\\\"),
            ascii if ascii.is_ascii() => out.push(ascii),
            other => {
                for unit in other.encode_utf16(&mut [0; 2]) {
                    out.push_str(&format!("\\u{unit:04x}"));
                }
            }
        }
    }
    Some(out.into_bytes())
}

/// The first field of a form with this name, decoded.
fn form_field(body: &[u8], name: &str) -> Option<Vec<u8>> {
    body.split(|&byte| byte == b'&').find_map(|field| {
        let at = field.iter().position(|&byte| byte == b'=')?;
        let is_it = form_decoded(&field[..at]).eq(name.bytes());
        is_it.then(|| form_decoded(&field[at + 1..]).collect())
    })
}

/// The names and values of a form, by name; of equal names each different value once, in order.
/// Source: Twilio's request validation.
fn sorted_form(body: &[u8]) -> Vec<u8> {
    /// Where a field is in the decoded text, and how its name begins: a hostile form has a million
    /// fields, which their first eight bytes nearly always tell apart.
    struct Field {
        head: u64,
        name: Range<usize>,
        end: usize,
    }
    let mut text = Vec::with_capacity(body.len());
    let mut fields = Vec::new();
    for field in body
        .split(|&byte| byte == b'&')
        .filter(|field| !field.is_empty())
    {
        let (name, value) = match field.iter().position(|&byte| byte == b'=') {
            Some(at) => (&field[..at], &field[at + 1..]),
            None => (field, &[][..]),
        };
        let start = text.len();
        text.extend(form_decoded(name));
        let name = start..text.len();
        text.extend(form_decoded(value));
        let mut head = [0; 8];
        let length = name.len().min(8);
        head[..length].copy_from_slice(&text[start..start + length]);
        fields.push(Field {
            head: u64::from_be_bytes(head),
            name,
            end: text.len(),
        });
    }
    let parts = |field: &Field| (&text[field.name.clone()], &text[field.name.end..field.end]);
    fields.sort_unstable_by(|one, other| {
        (one.head.cmp(&other.head)).then_with(|| parts(one).cmp(&parts(other)))
    });
    fields.dedup_by(|one, other| parts(one) == parts(other));
    let mut sorted = Vec::with_capacity(text.len());
    for field in &fields {
        sorted.extend_from_slice(&text[field.name.start..field.end]);
    }
    sorted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_sorted_by_name_and_its_repeated_values_count_once() {
        let form = |body: &str| String::from_utf8(sorted_form(body.as_bytes())).unwrap();
        assert_eq!(form("b=2&a=1&B=%2B+x"), "B+ xa1b2");
        assert_eq!(form("a=2&a=1&a=2"), "a1a2");
        assert_eq!(form("&&a&b="), "ab");
        assert_eq!(form(""), "");
    }
}

//! Templates: texts of a record with parts in braces, of which the signed content is one.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::words::{JsonPath, as_text};

/// The signed content as text with parts: `{timestamp}.{body}`. What stands in square brackets is
/// left out whole where one of its parts is not there. A brace or bracket of the text is doubled.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Template(pub Vec<Part>);

/// A part of the signed content.
#[derive(Debug, Clone, PartialEq)]
pub enum Part {
    /// This text.
    Text(String),
    /// `{body}`: the body's bytes.
    Body,
    /// `{timestamp}`: the timestamp as it travels.
    Timestamp,
    /// `{id}`: the delivery's id.
    Id,
    /// `{url}`: the whole URL that the sender was given.
    Url,
    /// `{method}`: the request's method.
    Method,
    /// `{header:NAME}`: the value of another header.
    Header(String),
    /// `{json:PATH}`: a value of the JSON body; a string without its quotes.
    Json(JsonPath),
    /// `{compact:PATH}`: a value of the JSON body without the white space in it.
    Compact(JsonPath),
    /// `{form:NAME}`: a field of the form in the body, decoded.
    Field(String),
    /// `{form}`: names and values of the form fields in the body, sorted by name.
    Form,
    /// `{body_sha256}`: the hex SHA-256 of the body.
    BodySha256,
    /// `{body_crc32}`: the CRC-32 of the body (IEEE 802.3), a decimal number: it binds little.
    BodyCrc32,
    /// `{url_sha256}`: the hex SHA-256 of the whole URL.
    UrlSha256,
    /// `{body_ascii}`: the body with what is not ASCII, line ends and tabs as JSON escapes them, and
    /// every backslash doubled that is not before a slash.
    BodyAscii,
    /// `{url_path}`: the URL's path.
    UrlPath,
    /// `{url_query}`: the URL's query, without its question mark.
    UrlQuery,
    /// `{query:NAME}`: a parameter of the URL's query, decoded.
    Query(String),
    /// `{secret}`: the key, for plain hashes.
    Secret,
    /// `{item:PREFIX}`: another item of the signature header's list.
    Item(String),
    /// `{named_headers}`: what the delivery says that is signed of its headers.
    NamedHeaders,
    /// `{lower:PART}` and the like: a part that the body has nothing to do with, written otherwise.
    Written(Writing, Box<Part>),
    /// `{PART|PART}`: the first that the body holds.
    Either(Vec<Part>),
    /// `[…]`: left out whole where a part in it is not there, or empty. Of a part of the body it
    /// counts only whether it is there.
    Optional(Vec<Part>),
}

/// How else a part is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Writing {
    /// `lower`: in lower case.
    Lower,
    /// `encode_uri`: percent-encoded as JavaScript's `encodeURI` does it.
    EncodeUri,
    /// `encode_component`: percent-encoded as JavaScript's `encodeURIComponent` does it.
    EncodeComponent,
}

impl Part {
    /// Whether the body must be known as a whole before the content can be written.
    pub(in crate::signing) fn reads_body(&self) -> bool {
        matches!(
            self,
            Self::Json(_)
                | Self::Compact(_)
                | Self::Field(_)
                | Self::Form
                | Self::BodySha256
                | Self::BodyCrc32
                | Self::BodyAscii
                | Self::Either(_)
        ) || self.inner().iter().any(Self::reads_body)
    }

    /// Whether the URL must be known.
    pub(in crate::signing) fn reads_url(&self) -> bool {
        matches!(
            self,
            Self::Url | Self::UrlSha256 | Self::UrlPath | Self::UrlQuery | Self::Query(_)
        ) || self.inner().iter().any(Self::reads_url)
    }

    /// The parts that it is made of.
    pub(super) fn inner(&self) -> &[Self] {
        match self {
            Self::Written(_, part) => std::slice::from_ref(part),
            Self::Either(parts) | Self::Optional(parts) => parts,
            _ => &[],
        }
    }

    fn has(&self, part: &Self) -> bool {
        self == part || self.inner().iter().any(|inner| inner.has(part))
    }
}

impl Template {
    /// Whether the content has such a part.
    pub fn has(&self, part: &Part) -> bool {
        self.0.iter().any(|one| one.has(part))
    }

    /// Whether there is no content at all.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl FromStr for Template {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut parts = Vec::new();
        let mut optional: Option<Vec<Part>> = None;
        for piece in pieces(text)? {
            match piece {
                Piece::Name(name) => optional.as_mut().unwrap_or(&mut parts).push(name.parse()?),
                Piece::Text(piece) => bracketed(&piece, &mut parts, &mut optional)
                    .ok_or_else(|| format!("{text:?} has a bracket without its other half"))?,
            }
        }
        match optional {
            None => Ok(Self(parts)),
            Some(_) => Err(format!("{text:?} has a [ without a ]")),
        }
    }
}

/// Adds a text, in which brackets begin and end what is optional; `None` when one is out of place.
fn bracketed(text: &str, parts: &mut Vec<Part>, optional: &mut Option<Vec<Part>>) -> Option<()> {
    let mut literal = String::new();
    let mut characters = text.chars().peekable();
    loop {
        let next = characters.next();
        match next {
            Some(bracket @ ('[' | ']')) if characters.next_if_eq(&bracket).is_none() => {
                let before = std::mem::take(&mut literal);
                let before =
                    Some(Part::Text(before)).filter(|part| *part != Part::Text(String::new()));
                optional.as_mut().unwrap_or(parts).extend(before);
                *optional = match (bracket, optional.take()) {
                    ('[', None) => Some(Vec::new()),
                    (']', Some(inner)) => {
                        parts.push(Part::Optional(inner));
                        None
                    }
                    _ => return None,
                };
            }
            Some(character) => literal.push(character),
            None if literal.is_empty() => return Some(()),
            None => {
                optional.as_mut().unwrap_or(parts).push(Part::Text(literal));
                return Some(());
            }
        }
    }
}

/// What a text with braces is made of.
pub(super) enum Piece<'a> {
    /// Text, with its doubled braces made single.
    Text(String),
    /// What stood between two braces.
    Name(&'a str),
}

/// Splits a text with braces.
pub(super) fn pieces(text: &str) -> Result<Vec<Piece<'_>>, String> {
    let mut pieces = Vec::new();
    let mut literal = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(['{', '}']) {
        literal.push_str(&rest[..at]);
        let brace = &rest[at..=at];
        rest = &rest[at + 1..];
        if let Some(after) = rest.strip_prefix(brace) {
            literal.push_str(brace);
            rest = after;
        } else if brace == "}" {
            return Err(format!("{text:?} has a }} without a {{"));
        } else {
            let Some((name, after)) = rest.split_once('}') else {
                return Err(format!("{text:?} has a {{ without a }}"));
            };
            if !literal.is_empty() {
                pieces.push(Piece::Text(std::mem::take(&mut literal)));
            }
            pieces.push(Piece::Name(name));
            rest = after;
        }
    }
    literal.push_str(rest);
    if !literal.is_empty() {
        pieces.push(Piece::Text(literal));
    }
    Ok(pieces)
}

/// Writes text so that [`pieces`] reads it back.
pub(super) fn escaped(text: &str) -> String {
    text.replace('{', "{{").replace('}', "}}")
}

/// The parts that are a name alone.
const NAMES: [(&str, Part); 14] = [
    ("body", Part::Body),
    ("timestamp", Part::Timestamp),
    ("id", Part::Id),
    ("url", Part::Url),
    ("method", Part::Method),
    ("form", Part::Form),
    ("body_sha256", Part::BodySha256),
    ("body_crc32", Part::BodyCrc32),
    ("url_sha256", Part::UrlSha256),
    ("body_ascii", Part::BodyAscii),
    ("url_path", Part::UrlPath),
    ("url_query", Part::UrlQuery),
    ("secret", Part::Secret),
    ("named_headers", Part::NamedHeaders),
];

/// The ways to write a part otherwise.
const WRITINGS: [(&str, Writing); 3] = [
    ("lower", Writing::Lower),
    ("encode_uri", Writing::EncodeUri),
    ("encode_component", Writing::EncodeComponent),
];

impl FromStr for Part {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if let Some((_, part)) = NAMES.into_iter().find(|(name, _)| *name == text) {
            return Ok(part);
        }
        if text.contains('|') {
            return text
                .split('|')
                .map(str::parse)
                .collect::<Result<_, _>>()
                .map(Self::Either);
        }
        let written = (text.split_once(':')).and_then(|(name, part)| {
            let (_, writing) = WRITINGS.into_iter().find(|(known, _)| *known == name)?;
            Some((writing, part))
        });
        if let Some((writing, part)) = written {
            return Ok(Self::Written(writing, Box::new(part.parse()?)));
        }
        match text.split_once(':') {
            Some(("header", name)) if !name.is_empty() => Ok(Self::Header(name.to_owned())),
            Some(("item", prefix)) if !prefix.is_empty() => Ok(Self::Item(prefix.to_owned())),
            Some(("query", name)) if !name.is_empty() => Ok(Self::Query(name.to_owned())),
            Some(("form", name)) if !name.is_empty() => Ok(Self::Field(name.to_owned())),
            Some(("json", path)) => path.parse().map(Self::Json),
            Some(("compact", path)) => path.parse().map(Self::Compact),
            _ => {
                let known: String = NAMES.map(|(name, _)| format!("{{{name}}}, ")).concat();
                Err(format!(
                    "{{{text}}} is no part of a content (known: {known}{{header:NAME}}, {{query:NAME}}, {{form:NAME}}, {{json:PATH}}, {{compact:PATH}}, {{item:PREFIX}})"
                ))
            }
        }
    }
}

impl fmt::Display for Template {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_parts(f, &self.0)
    }
}

fn write_parts(f: &mut fmt::Formatter<'_>, parts: &[Part]) -> fmt::Result {
    parts.iter().try_for_each(|part| match part {
        Part::Text(text) => {
            let text = text.replace('[', "[[").replace(']', "]]");
            f.write_str(&escaped(&text))
        }
        Part::Optional(parts) => {
            f.write_str("[")?;
            write_parts(f, parts)?;
            f.write_str("]")
        }
        part => write!(f, "{{{}}}", part.name()),
    })
}

impl Part {
    /// What stands for it between braces.
    fn name(&self) -> String {
        match self {
            Self::Header(name) => format!("header:{name}"),
            Self::Query(name) => format!("query:{name}"),
            Self::Field(name) => format!("form:{name}"),
            Self::Json(path) => format!("json:{path}"),
            Self::Compact(path) => format!("compact:{path}"),
            Self::Item(prefix) => format!("item:{prefix}"),
            Self::Written(writing, part) => {
                let name = WRITINGS.iter().find(|(_, known)| known == writing);
                format!("{}:{}", name.map_or("", |(name, _)| name), part.name())
            }
            Self::Either(parts) => {
                let names: Vec<String> = parts.iter().map(Self::name).collect();
                names.join("|")
            }
            alone => {
                let name = NAMES.iter().find(|(_, part)| part == alone);
                name.map_or_else(String::new, |(name, _)| (*name).to_owned())
            }
        }
    }
}

as_text!(Template);

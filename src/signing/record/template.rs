//! Templates: texts of a record with parts in braces, of which the signed content is one.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::words::{JsonPath, as_text};

/// The signed content as text with parts: `{timestamp}.{body}`. A brace of the text is doubled.
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
    /// `{form}`: names and values of the form fields in the body, sorted by name.
    Form,
    /// `{body_sha256}`: the hex SHA-256 of the body.
    BodySha256,
    /// `{secret}`: the key, for plain hashes.
    Secret,
    /// `{item:PREFIX}`: another item of the signature header's list.
    Item(String),
    /// `{named_headers}`: the values of the headers that the signature header names.
    NamedHeaders,
}

impl Part {
    /// Whether the body must be known as a whole before the content can be written.
    pub(in crate::signing) fn reads_body(&self) -> bool {
        matches!(self, Self::Json(_) | Self::Form | Self::BodySha256)
    }
}

impl Template {
    /// Whether the content has such a part.
    pub fn has(&self, part: &Part) -> bool {
        self.0.contains(part)
    }

    /// Whether there is no content at all.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl FromStr for Template {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let parts = pieces(text)?.into_iter().map(|piece| match piece {
            Piece::Text(text) => Ok(Part::Text(text)),
            Piece::Name(name) => name.parse(),
        });
        parts.collect::<Result<_, _>>().map(Self)
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
const NAMES: [(&str, Part); 9] = [
    ("body", Part::Body),
    ("timestamp", Part::Timestamp),
    ("id", Part::Id),
    ("url", Part::Url),
    ("method", Part::Method),
    ("form", Part::Form),
    ("body_sha256", Part::BodySha256),
    ("secret", Part::Secret),
    ("named_headers", Part::NamedHeaders),
];

impl FromStr for Part {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if let Some((_, part)) = NAMES.into_iter().find(|(name, _)| *name == text) {
            return Ok(part);
        }
        match text.split_once(':') {
            Some(("header", name)) if !name.is_empty() => Ok(Self::Header(name.to_owned())),
            Some(("item", prefix)) if !prefix.is_empty() => Ok(Self::Item(prefix.to_owned())),
            Some(("json", path)) => path.parse().map(Self::Json),
            _ => {
                let known: String = NAMES.map(|(name, _)| format!("{{{name}}}, ")).concat();
                Err(format!(
                    "{{{text}}} is no part of a content (known: {known}{{header:NAME}}, {{json:PATH}}, {{item:PREFIX}})"
                ))
            }
        }
    }
}

impl fmt::Display for Template {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|part| match part {
            Part::Text(text) => f.write_str(&escaped(text)),
            Part::Header(name) => write!(f, "{{header:{name}}}"),
            Part::Json(path) => write!(f, "{{json:{path}}}"),
            Part::Item(prefix) => write!(f, "{{item:{prefix}}}"),
            alone => {
                let name = NAMES.iter().find(|(_, part)| part == alone);
                write!(f, "{{{}}}", name.map_or("", |(name, _)| name))
            }
        })
    }
}

as_text!(Template);

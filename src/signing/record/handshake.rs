//! Handshakes as a record tells them: what a provider asks of a receiver beside its deliveries, by
//! what that is recognised, and a template of the answer.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::template::{Piece, escaped, pieces};
use super::words::{JsonPath, as_text};

/// One handshake of a scheme.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Handshake {
    /// What the provider wants to know, in a line.
    pub about: String,
    /// The method of the request; absent = any.
    pub method: Option<String>,
    /// What else the request must hold. The values that the answer needs must be there anyway.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub when: Vec<Condition>,
    /// Where a word travels that the receiver's owner chose. It is not judged here.
    pub token: Option<Value>,
    /// The request is signed as deliveries are: it is answered only when it is genuine.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub signed: bool,
    /// The answer's status.
    #[serde(default = "ok", skip_serializing_if = "is_ok")]
    pub status: u16,
    /// The answer's headers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub headers: Vec<AnswerHeader>,
    /// The answer's body.
    #[serde(default, skip_serializing_if = "Reply::is_empty")]
    pub body: Reply,
    /// The secret of the deliveries to come, where the handshake tells it.
    pub secret: Option<Value>,
}

fn ok() -> u16 {
    200
}

fn is_ok(status: &u16) -> bool {
    *status == 200
}

/// Something that a request must hold.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Condition {
    /// Where it is.
    pub value: Value,
    /// What it must be.
    pub is: Option<String>,
    /// What it must hold somewhere, in either case.
    pub has: Option<String>,
    /// It must be one of these texts, in which a `*` stands for letters, digits and hyphens: one label
    /// of a host.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub like: Vec<String>,
    /// It may also not be there.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub optional: bool,
    /// The opposite must be so; with neither `is` nor `has` that it is not there.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub not: bool,
}

impl Condition {
    /// Whether the body must be known.
    pub(super) fn reads_body(&self) -> bool {
        matches!(self.value, Value::Json(_))
    }

    /// Whether a value that is there, or is not, is as it must be.
    pub(in crate::signing) fn accepts(&self, value: Option<&[u8]>) -> bool {
        let holds = |value: &[u8], text: &str| {
            let text = text.as_bytes();
            (value.windows(text.len().max(1))).any(|window| window.eq_ignore_ascii_case(text))
        };
        let is_so = value.is_some_and(|value| {
            (self.is.as_ref()).is_none_or(|text| value == text.as_bytes())
                && (self.has.as_ref()).is_none_or(|text| holds(value, text))
                && (self.like.is_empty() || self.like.iter().any(|pattern| is_like(value, pattern)))
        });
        let is_so = is_so || self.optional && value.is_none();
        is_so != self.not
    }
}

/// Whether a value is as [`Condition::like`] says.
fn is_like(value: &[u8], pattern: &str) -> bool {
    let mut parts = pattern.split('*').map(str::as_bytes);
    let first = value.strip_prefix(parts.next().unwrap_or_default());
    let rest = parts.try_fold(first, |rest, part| {
        let is_of_label = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'-';
        let rest = rest?;
        let end = rest.iter().take_while(|byte| is_of_label(byte)).count();
        (end > 0).then(|| rest[end..].strip_prefix(part))
    });
    rest.flatten().is_some_and(<[u8]>::is_empty)
}

/// A header of the answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AnswerHeader {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: Reply,
}

/// A value of the request.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Value {
    /// `json:PATH`: a value of the JSON body; a string without its quotes.
    Json(JsonPath),
    /// `query:NAME`: a parameter of the target's query, decoded.
    Query(String),
    /// `header:NAME`: the value of a header.
    Header(String),
}

/// Text of an answer with parts in braces. A brace of the text is doubled.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Reply(pub Vec<ReplyPart>);

/// A part of an answer.
#[derive(Debug, Clone, PartialEq)]
pub enum ReplyPart {
    /// This text.
    Text(String),
    /// `{json:PATH}`, `{query:NAME}`, `{header:NAME}`: a value of the request.
    Value(Value),
    /// `{token:PATH}`: a value of the JSON body as it stands there, a string with its quotes.
    Token(JsonPath),
    /// `{signature:json:PATH}` and the like: what the scheme's first variant computes of a value,
    /// with its algorithm, encoding and key, without its prefix. Of the query's values only words of
    /// up to 256 letters, digits and signs of base64 are signed: anybody may ask, and no body is one.
    Signature(Value),
}

impl Reply {
    /// Whether there is no text at all.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl FromStr for Value {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.split_once(':') {
            Some(("json", path)) => path.parse().map(Self::Json),
            Some(("query", name)) if !name.is_empty() => Ok(Self::Query(name.to_owned())),
            Some(("header", name)) if !name.is_empty() => Ok(Self::Header(name.to_owned())),
            _ => Err(format!(
                "{text:?} is no value of a request (known: json:PATH, query:NAME, header:NAME)"
            )),
        }
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Json(path) => write!(f, "json:{path}"),
            Self::Query(name) => write!(f, "query:{name}"),
            Self::Header(name) => write!(f, "header:{name}"),
        }
    }
}

impl FromStr for Reply {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let part = |piece| {
            Ok(match piece {
                Piece::Text(text) => ReplyPart::Text(text),
                Piece::Name(name) => match name.split_once(':') {
                    Some(("token", path)) => ReplyPart::Token(path.parse()?),
                    Some(("signature", value)) => ReplyPart::Signature(value.parse()?),
                    _ => ReplyPart::Value(name.parse()?),
                },
            })
        };
        let parts = pieces(text)?.into_iter().map(part);
        parts.collect::<Result<_, String>>().map(Self)
    }
}

impl fmt::Display for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for part in &self.0 {
            match part {
                ReplyPart::Text(text) => f.write_str(&escaped(text))?,
                ReplyPart::Value(value) => write!(f, "{{{value}}}")?,
                ReplyPart::Token(path) => write!(f, "{{token:{path}}}")?,
                ReplyPart::Signature(value) => write!(f, "{{signature:{value}}}")?,
            }
        }
        Ok(())
    }
}

as_text!(Value);
as_text!(Reply);

#[cfg(test)]
mod tests {
    use super::is_like;

    #[test]
    fn an_address_that_begins_or_ends_like_the_providers_is_another() {
        let of = |url: &str| is_like(url.as_bytes(), "https://sns.*.amazonaws.com/*.pem");
        assert!(of("https://sns.us-east-1.amazonaws.com/x.pem"));
        assert!(!of("http://sns.us-east-1.amazonaws.com/x.pem"));
        assert!(!of(
            "https://sns.us-east-1.amazonaws.com.evil.example/x.pem"
        ));
        assert!(!of("https://sns.evil.example/.amazonaws.com/x.pem"));
        assert!(!of("https://sns..amazonaws.com/x.pem"));
        assert!(!of("https://sns.a@evil.amazonaws.com/x.pem"));
        assert!(!of("https://sns.us-east-1.amazonaws.com/x.pem?y"));
        assert!(!of("https://sns.us-east-1.amazonaws.com/?x.pem"));
        assert!(!of("https://sns.us"));
    }
}

//! Heads: a request line and header fields as a sender wrote them, checked strictly.

use std::io::Write;

use crate::delivery::Headers;
use crate::http;

use super::{Limits, Refusal};

/// The most of a sender's words that a message quotes.
const QUOTED_BYTES: usize = 40;

/// A head in order: everything about its message's framing is certain.
#[derive(Debug)]
pub(super) struct Head {
    pub(super) method: String,
    pub(super) target: String,
    pub(super) headers: Headers,
    pub(super) framing: Framing,
    /// Its length, in bytes.
    pub(super) bytes: usize,
    http_1_0: bool,
    connection: Option<&'static str>,
    expects_continue: bool,
}

/// How long a message's body is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Framing {
    Length(u64),
    Chunked,
}

/// How far the end of a head has been looked for.
#[derive(Debug, Default)]
pub(super) struct Search {
    searched: usize,
    line_seen: bool,
}

/// What input that begins a message turned out to be.
#[derive(Debug)]
pub(super) enum Look {
    /// Not yet a whole head.
    Partial,
    /// A head of [`Head::bytes`].
    Whole(Head),
    /// No head that can be accepted.
    Refused(Refusal),
}

/// Looks for a head at the start of `input`, which holds all of the message that has come so far.
pub(super) fn look(input: &[u8], search: &mut Search, limits: &Limits) -> Look {
    if let Some(refusal) = refuse_at_first_sight(input) {
        return Look::Refused(refusal);
    }
    if !search.is_worth_parsing(input) {
        return partial(input, limits);
    }
    let mut fields = vec![httparse::EMPTY_HEADER; limits.header_count];
    let mut request = httparse::Request::new(&mut fields);
    match request.parse(input) {
        Ok(httparse::Status::Partial) => partial(input, limits),
        Ok(httparse::Status::Complete(bytes)) if bytes > limits.head_bytes => too_large(limits),
        Ok(httparse::Status::Complete(bytes)) => match Head::new(&request, bytes, limits) {
            Ok(head) => Look::Whole(head),
            Err(refusal) => Look::Refused(refusal),
        },
        Err(error) => Look::Refused(refuse(error, input, limits)),
    }
}

impl Search {
    /// A head is parsed at first sight, when its first line is complete, and when it has a blank
    /// line; not at every byte that a slow sender adds.
    fn is_worth_parsing(&mut self, input: &[u8]) -> bool {
        let first = self.searched == 0;
        let fresh = input.get(self.searched..).unwrap_or_default();
        let line = !self.line_seen && fresh.contains(&b'\n');
        let end = !first && has_blank_line(input.get(self.searched - 1..).unwrap_or_default());
        self.line_seen |= line;
        // The last three bytes may be the beginning of the blank line.
        self.searched = input.len().saturating_sub(2).max(1);
        first || line || end
    }
}

fn has_blank_line(input: &[u8]) -> bool {
    let mut rest = input;
    while let Some(at) = rest.iter().position(|byte| *byte == b'\n') {
        rest = &rest[at + 1..];
        if rest.starts_with(b"\n") || rest.starts_with(b"\r\n") {
            return true;
        }
    }
    false
}

fn partial(input: &[u8], limits: &Limits) -> Look {
    if input.len() < limits.head_bytes {
        Look::Partial
    } else {
        too_large(limits)
    }
}

fn too_large(limits: &Limits) -> Look {
    Look::Refused(Refusal::new(
        "head-too-large",
        431,
        format!(
            "the request's head is longer than {} bytes",
            limits.head_bytes
        ),
    ))
}

/// What its first bytes give away.
fn refuse_at_first_sight(input: &[u8]) -> Option<Refusal> {
    match input {
        // The content type of a TLS record with a handshake in it (RFC 8446, section 5.1).
        [0x16, ..] => Some(Refusal::new(
            "tls-on-plain-port",
            400,
            "a sender spoke TLS to this plain HTTP port: its URL should begin with http://",
        )),
        [first, ..] if !http::is_token_byte(*first) => Some(malformed(format!(
            "a request begins with {}, which is not HTTP",
            quoted(input)
        ))),
        _ => None,
    }
}

fn refuse(error: httparse::Error, input: &[u8], limits: &Limits) -> Refusal {
    let first_line = input.split(|byte| matches!(byte, b'\r' | b'\n')).next();
    let first_line = quoted(first_line.unwrap_or_default());
    match error {
        httparse::Error::TooManyHeaders => Refusal::new(
            "too-many-headers",
            431,
            format!("the request has more than {} headers", limits.header_count),
        ),
        httparse::Error::Version if input.starts_with(b"PRI * HTTP/2") => Refusal::new(
            "http2-preface",
            400,
            "a sender spoke HTTP/2 without having been asked to; this port speaks HTTP/1.1",
        ),
        httparse::Error::Version => malformed(format!(
            "the request line ends in another version than HTTP/1.0 or HTTP/1.1: {first_line}"
        )),
        httparse::Error::HeaderName => malformed(
            "a header's name is empty, holds a character that no name may, or has no colon behind it",
        ),
        httparse::Error::HeaderValue => malformed("a header's value holds a control character"),
        httparse::Error::NewLine => {
            malformed(format!("a line does not end where it must: {first_line}"))
        }
        _ => malformed(format!("the request line is not HTTP: {first_line}")),
    }
}

fn malformed(message: impl Into<String>) -> Refusal {
    Refusal::new("malformed-request", 400, message)
}

/// The beginning of a sender's words, as plain ASCII.
fn quoted(bytes: &[u8]) -> String {
    match bytes.get(..QUOTED_BYTES) {
        Some(beginning) if bytes.len() > QUOTED_BYTES => {
            format!("\"{}…\"", beginning.escape_ascii())
        }
        _ => format!("\"{}\"", bytes.escape_ascii()),
    }
}

impl Head {
    fn new(
        request: &httparse::Request<'_, '_>,
        bytes: usize,
        limits: &Limits,
    ) -> Result<Self, Refusal> {
        let headers: Headers = request
            .headers
            .iter()
            .map(|field| crate::delivery::Header {
                name: field.name.to_owned(),
                value: http::trimmed(field.value).to_vec(),
            })
            .collect();
        let http_1_0 = request.version == Some(0);
        let framing = framing(&headers, http_1_0)?;
        if let Framing::Length(length) = framing
            && length > limits.body_bytes
        {
            return Err(body_too_large(limits));
        }
        Ok(Self {
            method: request.method.unwrap_or_default().to_owned(),
            target: request.path.unwrap_or_default().to_owned(),
            framing,
            bytes,
            http_1_0,
            connection: connection(&headers),
            expects_continue: headers
                .get("Expect")
                .is_some_and(|value| value.eq_ignore_ascii_case(b"100-continue")),
            headers,
        })
    }

    /// Writes a head for hyper that says about the conversation what this one says, and no more.
    pub(super) fn restate(&self, out: &mut Vec<u8>) {
        // Of methods, hyper must only know those that change how an answer is written.
        let method = if self.method == "HEAD" {
            "HEAD"
        } else {
            "POST"
        };
        let minor = u8::from(!self.http_1_0);
        // Writing to a Vec does not fail.
        let _ = write!(out, "{method} / HTTP/1.{minor}\r\n");
        let _ = match self.framing {
            Framing::Length(0) => Ok(()),
            Framing::Length(length) => write!(out, "content-length: {length}\r\n"),
            Framing::Chunked => write!(out, "transfer-encoding: chunked\r\n"),
        };
        if let Some(connection) = self.connection {
            let _ = write!(out, "connection: {connection}\r\n");
        }
        if self.expects_continue {
            let _ = write!(out, "expect: 100-continue\r\n");
        }
        out.extend(b"\r\n");
    }
}

/// The refusal of a body, announced or sent, that is over the limit.
pub(super) fn body_too_large(limits: &Limits) -> Refusal {
    Refusal::new(
        "body-too-large",
        413,
        format!(
            "the request's body is longer than {} bytes",
            limits.body_bytes
        ),
    )
}

/// The framing (RFC 9112, section 6.3), where every doubt is a refusal: a proxy before us may
/// have resolved it otherwise, and would take our next request for a part of this one.
fn framing(headers: &Headers, http_1_0: bool) -> Result<Framing, Refusal> {
    let mut lengths = headers.all("Content-Length");
    let mut codings = headers.all("Transfer-Encoding");
    match (lengths.next(), codings.next()) {
        (None, None) => Ok(Framing::Length(0)),
        (Some(_), Some(_)) => Err(ambiguous(
            "the request has both Content-Length and Transfer-Encoding",
        )),
        (None, Some(_)) if http_1_0 => Err(ambiguous(
            "the request is HTTP/1.0 and has a Transfer-Encoding",
        )),
        (None, Some(coding)) => {
            if coding.eq_ignore_ascii_case(b"chunked") && codings.next().is_none() {
                Ok(Framing::Chunked)
            } else {
                Err(Refusal::new(
                    "unsupported-transfer-encoding",
                    501,
                    format!(
                        "the request's Transfer-Encoding is not \"chunked\": {}",
                        quoted(coding)
                    ),
                ))
            }
        }
        (Some(length), None) => {
            if lengths.next().is_some() || length.contains(&b',') {
                return Err(ambiguous("the request has more than one Content-Length"));
            }
            content_length(length).map(Framing::Length)
        }
    }
}

fn ambiguous(message: &str) -> Refusal {
    Refusal::new("ambiguous-framing", 400, message)
}

fn content_length(value: &[u8]) -> Result<u64, Refusal> {
    http::content_length(value).ok_or_else(|| {
        Refusal::new(
            "bad-length",
            400,
            format!("the Content-Length is not a number: {}", quoted(value)),
        )
    })
}

/// What the sender wants of the connection; `close` wins (RFC 9112, section 9.6).
fn connection(headers: &Headers) -> Option<&'static str> {
    ["close", "keep-alive"]
        .into_iter()
        .find(|option| http::connection_lists(headers, option))
}

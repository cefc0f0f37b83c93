//! Heads: a request line and header fields as a sender wrote them, checked strictly.

use memchr::memchr;

use crate::amount;
use crate::delivery::{Header, Headers};
use crate::http;

use super::limits::{Limits, Refusal};

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
    pub(super) is_1_0: bool,
    /// Whether the connection may stay open after the answer.
    pub(super) keeps_open: bool,
    pub(super) expects_continue: bool,
}

/// How long a message's body is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Framing {
    Length(u64),
    Chunked,
}

/// A head that is coming in.
#[derive(Debug, Default)]
pub(super) struct Coming {
    /// Up to here line ends have been looked for.
    searched: usize,
    /// The last line begins here.
    line: usize,
    request: Option<Request>,
    fields: usize,
    /// What came first has been looked at, and may become a head.
    is_seen: bool,
}

/// A request line.
#[derive(Debug)]
struct Request {
    method: String,
    target: String,
    is_1_0: bool,
    /// Its length with its line end.
    bytes: usize,
}

impl Coming {
    /// The head at the start of `input`, which holds all of the message that has come so far;
    /// `None` while it is not whole. What is wrong with it is told as soon as it is seen.
    pub(super) fn look(&mut self, input: &[u8], limits: &Limits) -> Result<Option<Head>, Refusal> {
        refuse_at_first_sight(input)?;
        let unsearched = |from| input.get(from..).unwrap_or_default();
        while let Some(found) = memchr(b'\n', unsearched(self.searched)) {
            let end = self.searched + found;
            let Some([line @ .., b'\r']) = input.get(self.line..end) else {
                return Err(Refusal::malformed(
                    "a line of the head ends in a line feed without a carriage return",
                ));
            };
            if end >= limits.head_bytes {
                return Err(too_large(limits));
            }
            self.searched = end + 1;
            self.line = end + 1;
            match &self.request {
                None => self.request = Some(request(line, end + 1)?),
                Some(_) if !line.is_empty() => self.fields += 1,
                Some(request) => {
                    let fields = input.get(request.bytes..=end).unwrap_or_default();
                    let headers = headers(fields, self.fields)?;
                    return self.request.take().map_or(Ok(None), |request| {
                        Head::new(request, headers, end + 1, limits).map(Some)
                    });
                }
            }
            if self.fields > limits.header_count {
                return Err(Refusal::new(
                    "too-many-headers",
                    431,
                    format!("the request has more than {} headers", limits.header_count),
                ));
            }
        }
        if input.len() >= limits.head_bytes {
            return Err(too_large(limits));
        }
        // Once, and not for every byte that a slow sender adds.
        if !std::mem::replace(&mut self.is_seen, true) {
            refuse_what_cannot_become_a_head(input, limits)?;
        }
        self.searched = input.len();
        Ok(None)
    }
}

fn too_large(limits: &Limits) -> Refusal {
    Refusal::new(
        "head-too-large",
        431,
        format!(
            "the request's head is longer than {} bytes",
            amount::count(limits.head_bytes)
        ),
    )
}

/// What its first bytes give away.
fn refuse_at_first_sight(input: &[u8]) -> Result<(), Refusal> {
    match input {
        // The content type of a TLS record with a handshake in it (RFC 8446, section 5.1).
        [0x16, ..] => Err(Refusal::new(
            "tls-on-plain-port",
            400,
            "a sender spoke TLS to this plain HTTP port: its URL should begin with http://",
        )),
        [first, ..] if !http::is_token(&[*first]) => Err(Refusal::malformed(format!(
            "a request begins with {}, which is not HTTP",
            quoted(input)
        ))),
        _ => Ok(()),
    }
}

/// Refuses the beginning of what is no head, without waiting for its end: who speaks something else
/// may never send one.
fn refuse_what_cannot_become_a_head(input: &[u8], limits: &Limits) -> Result<(), Refusal> {
    let mut fields = vec![httparse::EMPTY_HEADER; limits.header_count];
    let line = input.split(|byte| *byte == b'\r').next().unwrap_or(input);
    match httparse::Request::new(&mut fields).parse(input) {
        // Which versions are taken is known at the line's end.
        Ok(_) | Err(httparse::Error::TooManyHeaders) => Ok(()),
        Err(httparse::Error::Version) => match line.rsplit(|byte| *byte == b' ').next() {
            Some([b'H', b'T', b'T', b'P', b'/', b'1' | b'2', ..]) => Ok(()),
            _ => Err(not_http(line)),
        },
        Err(error @ (httparse::Error::HeaderName | httparse::Error::HeaderValue)) => {
            Err(wrong_field(error))
        }
        Err(_) => Err(not_http(line)),
    }
}

fn not_http(line: &[u8]) -> Refusal {
    Refusal::malformed(format!("the request line is not HTTP: {}", quoted(line)))
}

fn wrong_field(error: httparse::Error) -> Refusal {
    Refusal::malformed(match error {
        httparse::Error::HeaderName => {
            "a header's name is empty, holds a character that no name may, or has no colon behind it"
        }
        _ => "a header's value holds a control character",
    })
}

/// Reads a request line (RFC 9112, section 3).
fn request(line: &[u8], bytes: usize) -> Result<Request, Refusal> {
    let mut parts = line.split(|byte| *byte == b' ');
    let (Some(method), Some(target), Some(version), None) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return Err(not_http(line));
    };
    if line.starts_with(b"PRI * HTTP/2") {
        return Err(Refusal::new(
            "http2-preface",
            400,
            "a sender spoke HTTP/2 without having been asked to; this port speaks HTTP/1.1",
        ));
    }
    let is_1_0 = match version {
        b"HTTP/1.0" => true,
        // Later minor versions are read as the latest that is known (RFC 9110, section 2.5).
        [b'H', b'T', b'T', b'P', b'/', b'1', b'.', b'1'..=b'9'] => false,
        _ => {
            return Err(Refusal::malformed(format!(
                "the request line ends in another version than HTTP/1.0 or HTTP/1.1: {}",
                quoted(line)
            )));
        }
    };
    let (Ok(method), Ok(target_text)) = (std::str::from_utf8(method), std::str::from_utf8(target))
    else {
        return Err(not_http(line));
    };
    if !http::is_token(method.as_bytes()) {
        return Err(not_http(line));
    }
    if !http::is_target(target) {
        return Err(Refusal::malformed(format!(
            "the request's target is empty or holds what a URL has percent-encoded: {}",
            quoted(line)
        )));
    }
    if !fits(method, target_text) {
        return Err(Refusal::malformed(format!(
            "the request's target is of a form that its method does not have: {}",
            quoted(line)
        )));
    }
    Ok(Request {
        method: method.to_owned(),
        target: target_text.to_owned(),
        is_1_0,
        bytes,
    })
}

/// Whether a method may have a target of this form (RFC 9112, section 3.2).
fn fits(method: &str, target: &str) -> bool {
    match (method, target) {
        ("CONNECT", target) => target
            .rsplit_once(':')
            .is_some_and(|(_, port)| !port.is_empty() && is_authority(target.as_bytes())),
        ("OPTIONS", "*") => true,
        (_, target) if target.starts_with('/') => true,
        (_, target) => target.split_once("://").is_some_and(|(scheme, rest)| {
            let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
            scheme.starts_with(|first: char| first.is_ascii_alphabetic())
                && scheme
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte))
                && !authority.is_empty()
        }),
    }
}

/// Whether it is a host with or without a port, and nothing else (RFC 3986, section 3.2). A comma
/// would be allowed in a name, but is what two hosts look like that a proxy has joined.
fn is_authority(value: &[u8]) -> bool {
    let (host, port) = match value.iter().rposition(|byte| *byte == b':') {
        Some(colon) if !value.ends_with(b"]") => (&value[..colon], &value[colon + 1..]),
        _ => (value, [].as_slice()),
    };
    let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || b"-._~!$&'()*+;=%".contains(byte);
    let is_host = match host {
        [b'[', address @ .., b']'] => address.iter().all(|byte| is_name(byte) || *byte == b':'),
        name => name.iter().all(is_name),
    };
    is_host && port.iter().all(u8::is_ascii_digit)
}

/// Reads as many fields as were counted, and the empty line behind them.
fn headers(input: &[u8], count: usize) -> Result<Headers, Refusal> {
    let mut fields = vec![httparse::EMPTY_HEADER; count];
    match httparse::parse_headers(input, &mut fields) {
        Ok(httparse::Status::Complete((_, fields))) => Ok(fields
            .iter()
            .map(|field| Header {
                name: field.name.to_owned(),
                value: http::trimmed(field.value).to_vec(),
            })
            .collect()),
        // They are all there, so that none can be wanting.
        Ok(httparse::Status::Partial) => Err(wrong_field(httparse::Error::HeaderName)),
        Err(error) => Err(wrong_field(error)),
    }
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
        request: Request,
        headers: Headers,
        bytes: usize,
        limits: &Limits,
    ) -> Result<Self, Refusal> {
        check_host(&headers, request.is_1_0)?;
        let framing = framing(&headers, request.is_1_0)?;
        if let Framing::Length(length) = framing
            && length > limits.body_bytes
        {
            return Err(Refusal::body_too_large(limits));
        }
        // `close` wins (RFC 9112, section 9.6).
        let keeps_open = !http::connection_lists(&headers, "close")
            && (!request.is_1_0 || http::connection_lists(&headers, "keep-alive"));
        let expects_continue = !request.is_1_0
            && headers
                .get("Expect")
                .is_some_and(|value| value.eq_ignore_ascii_case(b"100-continue"));
        Ok(Self {
            method: request.method,
            target: request.target,
            framing,
            bytes,
            is_1_0: request.is_1_0,
            keeps_open,
            expects_continue,
            headers,
        })
    }
}

/// One host, no more and no less, and it looks like one (RFC 9112, section 3.2): what stands
/// before us may have gone by another.
fn check_host(headers: &Headers, is_1_0: bool) -> Result<(), Refusal> {
    let refuse = |message: String| Err(Refusal::new("bad-host", 400, message));
    let mut hosts = headers.all("Host");
    match (hosts.next(), hosts.next()) {
        (None, _) if is_1_0 => Ok(()),
        (None, _) => refuse("the request has no Host, which HTTP/1.1 asks for".into()),
        (Some(_), Some(_)) => refuse("the request has more than one Host".into()),
        (Some(host), None) if is_authority(host) => Ok(()),
        (Some(host), None) => refuse(format!(
            "the request's Host is not a host with or without a port: {}",
            quoted(host)
        )),
    }
}

/// The framing (RFC 9112, section 6.3), where every doubt is a refusal: a proxy before us may
/// have resolved it otherwise, and would take our next request for a part of this one.
fn framing(headers: &Headers, is_1_0: bool) -> Result<Framing, Refusal> {
    let ambiguous = |message: String| Err(Refusal::new("ambiguous-framing", 400, message));
    let mut lengths = headers.all("Content-Length");
    let has_codings = headers.contains("Transfer-Encoding");
    match lengths.next() {
        None if has_codings && is_1_0 => {
            ambiguous("the request is HTTP/1.0 and has a Transfer-Encoding".into())
        }
        None if has_codings => chunked(headers),
        None => Ok(Framing::Length(0)),
        Some(_) if has_codings => {
            ambiguous("the request has both Content-Length and Transfer-Encoding".into())
        }
        Some(length) if lengths.next().is_some() || length.contains(&b',') => {
            ambiguous("the request has more than one Content-Length".into())
        }
        Some(length) => http::content_length(length)
            .map(Framing::Length)
            .ok_or_else(|| {
                Refusal::new(
                    "bad-length",
                    400,
                    format!("the Content-Length is not a number: {}", quoted(length)),
                )
            }),
    }
}

/// The end of a body is known where `chunked` is the last coding and occurs once; other codings
/// before it are not understood.
fn chunked(headers: &Headers) -> Result<Framing, Refusal> {
    let all: Vec<&[u8]> = headers
        .all("Transfer-Encoding")
        .flat_map(|value| value.split(|byte| *byte == b','))
        .map(http::trimmed)
        .collect();
    let is_chunked = |coding: &&&[u8]| coding.eq_ignore_ascii_case(b"chunked");
    let ends_so = all.last().is_some_and(|last| is_chunked(&last));
    if !ends_so || all.iter().filter(is_chunked).count() != 1 {
        return Err(Refusal::new(
            "ambiguous-framing",
            400,
            format!(
                "the request's Transfer-Encoding does not end in \"chunked\" once: {}",
                quoted(&all.join(b", ".as_slice()))
            ),
        ));
    }
    match all.as_slice() {
        [_] => Ok(Framing::Chunked),
        _ => Err(Refusal::new(
            "unsupported-transfer-encoding",
            501,
            format!(
                "the request's Transfer-Encoding is not \"chunked\" alone: {}",
                quoted(&all.join(b", ".as_slice()))
            ),
        )),
    }
}

//! Deliveries as raw HTTP requests, as editors and proxies save them: request line, headers, a blank
//! line, body. Lines may end in a line feed alone.

use std::io::BufRead;

use super::line::{HEAD_BYTES, is_target};
use super::lines::{Lines, Unreadable, Warning};
use crate::amount;
use crate::delivery::{Delivery, Headers};
use crate::http::{self, Chunks, Fault, Stretch, is_field_value, is_token};

/// What a file is that begins with none of the known forms.
pub(super) const NEITHER: &str =
    "is neither a JSON line nor the first line of an HTTP request (POST /hooks HTTP/1.1)";

/// Whether a file that begins so may be of requests: with a method, or with what editors write above
/// one.
pub(super) fn begins(first: u8) -> bool {
    is_token(&[first]) || matches!(first, b'/' | b'@')
}

/// The requests of a file: one, or several as editors write them, each behind a line that begins
/// with `###`.
#[derive(Debug, Default)]
pub(super) struct Requests {
    /// The next one's request line was read.
    ahead: bool,
    is_divided: bool,
}

/// A request, the line on which it begins, and what is doubtful about it.
pub(super) type Found = (usize, Delivery, Option<Warning>);

impl Requests {
    /// The next request. None at the end.
    pub(super) fn next<R: BufRead>(
        &mut self,
        lines: &mut Lines<R>,
    ) -> Result<Option<Found>, Unreadable> {
        while !std::mem::take(&mut self.ahead) {
            if !lines.advance()? {
                return Ok(None);
            }
            self.is_divided |= is_divider(&lines.text);
            self.ahead = !is_remark(&lines.text);
        }
        let line = lines.number;
        let head = Head::read(lines)?;
        let body = self.body(lines, &head)?;
        let (delivery, doubt) = head.with_body(body)?;
        Ok(Some((line, delivery, doubt)))
    }

    /// What follows a head, up to the next request. The lines' ends before a divider are the layout's.
    fn body<R: BufRead>(
        &mut self,
        lines: &mut Lines<R>,
        head: &Head,
    ) -> Result<Vec<u8>, Unreadable> {
        let least = head.length.unwrap_or(0);
        let mut body = Vec::new();
        while lines.advance()? {
            if is_divider(&lines.text) && body.len() as u64 >= least {
                if self.divide(lines, &mut body)? {
                    break;
                }
            } else {
                lines.append_to(&mut body)?;
            }
        }
        if self.is_divided && !head.is_framed() {
            body.truncate(body.trim_ascii_end().len());
        }
        if !head.is_framed() && (body.starts_with(b"< ") || body.starts_with(b"<@ ")) {
            return Err(Unreadable::Malformed {
                line: head.line,
                what: "ends a head whose body an editor takes from another file, which is not read here".into(),
            });
        }
        Ok(body)
    }

    /// Whether the divider that was read is one: behind nothing but remarks the next request line
    /// follows, or the file's end behind a bare one. Else all that was read is the body's.
    fn divide<R: BufRead>(
        &mut self,
        lines: &mut Lines<R>,
        body: &mut Vec<u8>,
    ) -> Result<bool, Unreadable> {
        let end = body.len();
        let is_bare = lines.text.trim_ascii() == b"###";
        let is_one = loop {
            lines.append_to(body)?;
            if !lines.advance()? {
                break is_bare;
            }
            if !is_remark(&lines.text) {
                self.ahead = request_line(without_cr(&lines.text)).is_ok();
                break self.ahead;
            }
        };
        match is_one {
            true => body.truncate(end),
            false => lines.append_to(body)?,
        }
        self.is_divided |= is_one;
        Ok(is_one)
    }
}

/// Whether a line divides the requests of an editor's file.
fn is_divider(line: &[u8]) -> bool {
    line.starts_with(b"###")
}

/// Whether a line above a request says nothing to a receiver: blank, a comment, a variable of the
/// editor's.
fn is_remark(line: &[u8]) -> bool {
    let line = line.trim_ascii();
    let begins = |mark: &[u8]| line.starts_with(mark);
    line.is_empty() || begins(b"#") || begins(b"//") || begins(b"@")
}

/// Reads the one request whose request line has just been read, and what is doubtful about it.
pub(super) fn request<R: BufRead>(
    lines: &mut Lines<R>,
) -> Result<(Delivery, Option<Warning>), Unreadable> {
    let head = Head::read(lines)?;
    let rest = lines.rest()?;
    head.with_body(rest)
}

/// What stands before a body.
struct Head {
    method: String,
    target: String,
    headers: Headers,
    length: Option<u64>,
    /// The line that ends it.
    line: usize,
}

impl Head {
    /// Reads a head whose request line has just been read.
    fn read<R: BufRead>(lines: &mut Lines<R>) -> Result<Self, Unreadable> {
        let line = request_line(without_cr(&lines.text));
        let (method, target) = line.map_err(|what| lines.malformed(what))?;
        let headers = headers(lines)?;
        let length = content_length(&headers).map_err(|what| lines.malformed(what))?;
        Ok(Self {
            method,
            target,
            headers,
            length,
            line: lines.number,
        })
    }

    /// Whether it says where its body ends.
    fn is_framed(&self) -> bool {
        self.length.is_some() || self.headers.contains("Transfer-Encoding")
    }

    /// The delivery with the bytes that follow, and what is doubtful about them.
    fn with_body(self, rest: Vec<u8>) -> Result<(Delivery, Option<Warning>), Unreadable> {
        let line = self.line;
        let (body, doubt) =
            body(&self, rest).map_err(|what| Unreadable::Malformed { line, what })?;
        let delivery = Delivery {
            method: self.method,
            target: self.target,
            headers: self.headers,
            body,
        };
        Ok((delivery, doubt.map(|what| Warning { line, what })))
    }
}

/// Reads header fields up to the blank line (RFC 9112, section 5).
fn headers<R: BufRead>(lines: &mut Lines<R>) -> Result<Headers, Unreadable> {
    let mut headers = Headers::new();
    let mut bytes = 0;
    while lines.advance()? {
        bytes += lines.text.len();
        if bytes > HEAD_BYTES {
            return Err(lines.malformed("ends a head that is longer than 1 MiB"));
        }
        let text = without_cr(&lines.text);
        if text.is_empty() {
            return Ok(headers);
        }
        let (name, value) = field(text).map_err(|what| lines.malformed(what))?;
        headers.push(name, value);
    }
    Err(lines.malformed("ends the file, but a request's head ends with a blank line"))
}

/// Method and target of a request line (RFC 9112, section 3). Editors leave the version out behind a
/// whole URL; proxies write that of HTTP/2, where the head looks the same once it is saved.
fn request_line(line: &[u8]) -> Result<(String, String), String> {
    let parts: Vec<_> = line.splitn(5, |byte| *byte == b' ').collect();
    let (method, target) = match parts[..] {
        [method, target] if target.windows(3).any(|it| it == b"://") => (method, target),
        [method, target] if target.starts_with(b"{{") => (method, target),
        [method, target, version] => match version.strip_prefix(b"HTTP/") {
            Some(b"1.0" | b"1.1" | b"2" | b"2.0" | b"3") => (method, target),
            Some(version) => {
                return Err(format!(
                    "is of HTTP/{}, which is not known here",
                    version.escape_ascii()
                ));
            }
            None => return Err(NEITHER.into()),
        },
        _ => return Err(NEITHER.into()),
    };
    match (std::str::from_utf8(method), std::str::from_utf8(target)) {
        (Ok(method), Ok(target)) if is_token(method.as_bytes()) && is_target(target.as_bytes()) => {
            if target.starts_with("{{") || target.contains("://{{") {
                return Err(
                    "has a variable in its URL, which an editor fills in: write the URL itself"
                        .into(),
                );
            }
            Ok((method.to_owned(), target.to_owned()))
        }
        _ => Err("has a method or a target that HTTP does not allow".into()),
    }
}

/// Name and value of a header line.
fn field(line: &[u8]) -> Result<(String, &[u8]), &'static str> {
    if matches!(line, [b' ' | b'\t', ..]) {
        return Err("begins with white space, and headers folded over several lines are not read");
    }
    let Some(colon) = line.iter().position(|byte| *byte == b':') else {
        return Err("is not a header: it has no colon");
    };
    let (name, value) = (&line[..colon], http::trimmed(&line[colon + 1..]));
    let name = match std::str::from_utf8(name) {
        Ok(text) if is_token(name) => text.to_owned(),
        _ => return Err("has a name before its colon that no header may have"),
    };
    if !is_field_value(value) {
        return Err("has a header whose value holds a carriage return or a NUL");
    }
    Ok((name, value))
}

/// The body among the bytes that follow a head, and what is doubtful about it.
fn body(head: &Head, mut rest: Vec<u8>) -> Result<(Vec<u8>, Option<String>), String> {
    let headers = &head.headers;
    if headers.contains("Transfer-Encoding") {
        let codings = headers.all("Transfer-Encoding").collect::<Vec<_>>();
        if !matches!(codings[..], [coding] if coding.eq_ignore_ascii_case(b"chunked")) {
            return Err(
                "ends a head with another Transfer-Encoding than chunked, which is not read".into(),
            );
        }
        return unchunked(rest);
    }
    let Some(length) = head.length else {
        return Ok((rest, None));
    };
    let there = rest.len();
    let doubt = match usize::try_from(length) {
        Ok(length) if length <= there => {
            let doubt = left_over(&rest[length..]);
            rest.truncate(length);
            doubt
        }
        _ => Some(format!(
            "ends a head whose Content-Length is {length}, but only {there} bytes follow"
        )),
    };
    Ok((rest, doubt))
}

/// Decodes a body whose head says chunked. Many tools save the decoded body under the head as it
/// was: what does not even begin as a chunk is taken as it is.
fn unchunked(bytes: Vec<u8>) -> Result<(Vec<u8>, Option<String>), String> {
    let mut chunks = Chunks::saved();
    let mut body = Vec::new();
    let mut rest = &bytes[..];
    let mut begun = false;
    let wrong = loop {
        match chunks.read(rest) {
            Ok(Stretch::End) => return Ok((body, left_over(rest))),
            Ok(Stretch::Framing(_) | Stretch::Data(_)) if rest.is_empty() => {
                break (!chunks.is_complete()).then_some("it breaks off");
            }
            Ok(Stretch::Framing(count)) => rest = &rest[count..],
            Ok(Stretch::Data(count)) => {
                begun = true;
                body.extend_from_slice(&rest[..count]);
                rest = &rest[count..];
            }
            Err(Fault::Syntax(what)) => break Some(what),
            Err(Fault::TooLarge) => break Some("its chunks are larger than any file"),
        }
    };
    match wrong {
        None => Ok((body, None)),
        Some(_) if bytes.is_empty() => Ok((body, None)),
        Some(what) if begun => Err(format!(
            "ends a head whose chunked body cannot be read: {what}"
        )),
        Some(_) => {
            let doubt = "ends a head that says chunked, but the body is not: it is taken as it is";
            Ok((bytes, Some(doubt.into())))
        }
    }
}

/// A line end behind the body is an editor's; anything else is worth a word.
fn left_over(bytes: &[u8]) -> Option<String> {
    let only_line_ends = bytes.iter().all(|byte| matches!(byte, b'\r' | b'\n'));
    (!only_line_ends).then(|| {
        format!(
            "ends a head whose body is followed by {}, which are left out",
            amount::bytes(bytes.len())
        )
    })
}

fn content_length(headers: &Headers) -> Result<Option<u64>, &'static str> {
    let mut lengths = headers.all("Content-Length");
    let Some(length) = lengths.next() else {
        return Ok(None);
    };
    if lengths.any(|other| other != length) {
        return Err("ends a head with several values of Content-Length");
    }
    match http::content_length(length) {
        Some(length) => Ok(Some(length)),
        None => Err("ends a head whose Content-Length is not a number"),
    }
}

fn without_cr(line: &[u8]) -> &[u8] {
    line.strip_suffix(b"\r").unwrap_or(line)
}

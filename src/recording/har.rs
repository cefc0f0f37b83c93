//! HAR, as browsers and proxies save it: one JSON document, of which one entry at a time is held.

use std::io::BufRead;

use jiff::Timestamp;
use serde::Deserialize;

use super::line::{Answered, Told, decoded, target_of};
use super::lines::Unreadable;
use crate::amount;
use crate::delivery::{Delivery, Headers};
use crate::http::{is_field_value, is_token};

/// Whether a file that begins so is one.
pub(super) fn begins(start: &[u8]) -> bool {
    let after = |text: &[u8], prefix: &[u8]| -> Option<Vec<u8>> {
        let rest = text.trim_ascii_start().strip_prefix(prefix)?;
        Some(rest.to_vec())
    };
    (after(start, b"{"))
        .and_then(|rest| after(&rest, b"\"log\""))
        .and_then(|rest| after(&rest, b":"))
        .is_some()
}

/// The entries of a HAR file.
#[derive(Debug)]
pub(super) struct Entries<R> {
    input: R,
    limit: usize,
    /// The line on which what was read last ends, from 1.
    pub(super) line: usize,
    begun: bool,
    text: Vec<u8>,
}

/// Where in a JSON document a byte stands.
#[derive(Debug, Default)]
struct Place {
    depth: usize,
    in_text: bool,
    escaped: bool,
}

impl Place {
    fn pass(&mut self, byte: u8) {
        match byte {
            _ if self.escaped => self.escaped = false,
            b'\\' if self.in_text => self.escaped = true,
            b'"' => self.in_text = !self.in_text,
            _ if self.in_text => {}
            b'{' | b'[' => self.depth += 1,
            b'}' | b']' => self.depth = self.depth.saturating_sub(1),
            _ => {}
        }
    }
}

impl<R: BufRead> Entries<R> {
    pub(super) fn new(input: R, limit: usize) -> Self {
        Self {
            input,
            limit,
            line: 1,
            begun: false,
            text: Vec::new(),
        }
    }

    /// The next request, with the line on which its entry begins. None at the end of the list.
    pub(super) fn next(&mut self) -> Result<Option<(usize, Told)>, Unreadable> {
        if !self.begun {
            self.find_list()?;
            self.begun = true;
        }
        let Some(b'{') = self.skip()? else {
            return Ok(None);
        };
        let line = self.line;
        let mut place = Place::default();
        self.text.clear();
        self.take_while(|byte| {
            place.pass(byte);
            place.depth > 0
        })?;
        let entry: Entry = serde_json::from_slice(&self.text).map_err(|error| {
            let message = error.to_string();
            let (message, _) = message.split_once(" at line ").unwrap_or((&message, ""));
            self.malformed(
                line,
                format!("begins an entry that cannot be used: {message}"),
            )
        })?;
        let told = entry.told();
        told.map(|told| Some((line, told)))
            .map_err(|what| self.malformed(line, format!("begins an entry that {what}")))
    }

    /// Reads up to the list of entries: the member of that name of the log.
    fn find_list(&mut self) -> Result<(), Unreadable> {
        let mut place = Place::default();
        let mut name = Vec::new();
        self.take_while(|byte| {
            let was_in_text = place.in_text;
            place.pass(byte);
            match byte {
                b'[' if place.depth == 3 && name == b"\"entries\":" => return false,
                _ if place.depth != 2 || name.len() > 16 => name.clear(),
                b'"' if !was_in_text => name = vec![byte],
                _ if byte.is_ascii_whitespace() => {}
                _ => name.push(byte),
            }
            true
        })
    }

    /// Passes over what separates entries, and tells what comes next.
    fn skip(&mut self) -> Result<Option<u8>, Unreadable> {
        loop {
            let Some(&byte) = self.input.fill_buf()?.first() else {
                return Ok(None);
            };
            if !byte.is_ascii_whitespace() && byte != b',' {
                return Ok(Some(byte));
            }
            self.line += usize::from(byte == b'\n');
            self.input.consume(1);
        }
    }

    /// Takes bytes into the text, up to and with the one after which it says no.
    fn take_while(&mut self, mut more: impl FnMut(u8) -> bool) -> Result<(), Unreadable> {
        let begun = self.begun;
        loop {
            let buffer = self.input.fill_buf()?;
            if buffer.is_empty() {
                let what = "ends the file within an entry, or before the first one";
                return Err(self.malformed(self.line, what.into()));
            }
            let end = buffer.iter().position(|byte| !more(*byte));
            let taken = end.map_or(buffer, |end| &buffer[..=end]);
            self.line += taken.iter().filter(|byte| **byte == b'\n').count();
            if begun {
                self.text.extend_from_slice(taken);
            }
            let count = taken.len();
            self.input.consume(count);
            if self.text.len() > self.limit {
                let what = format!("ends an entry of more than {}", amount::bytes(self.limit));
                return Err(self.malformed(self.line, what));
            }
            if end.is_some() {
                return Ok(());
            }
        }
    }

    fn malformed(&self, line: usize, what: String) -> Unreadable {
        Unreadable::Malformed { line, what }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Entry {
    started_date_time: Option<String>,
    request: Request,
    response: Option<Response>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Request {
    method: String,
    url: String,
    headers: Vec<Field>,
    post_data: Option<Content>,
    /// Of the body as it went over the wire; -1 where nobody knows.
    #[serde(default)]
    body_size: i64,
}

#[derive(Deserialize)]
struct Field {
    name: String,
    value: String,
}

#[derive(Deserialize)]
struct Response {
    #[serde(default)]
    status: i64,
    content: Option<Content>,
}

#[derive(Deserialize)]
struct Content {
    text: Option<String>,
    #[serde(alias = "_encoding")]
    encoding: Option<String>,
}

impl Content {
    fn bytes(self) -> Result<Option<Vec<u8>>, String> {
        match (self.text, self.encoding.as_deref()) {
            (None, _) => Ok(None),
            (Some(text), Some("base64")) => match decoded(&text) {
                Some(bytes) => Ok(Some(bytes)),
                None => Err("has a text that is not base64, though it says so".into()),
            },
            (Some(text), _) => Ok(Some(text.into_bytes())),
        }
    }
}

/// The bytes of a body that is no text: HAR has no place for one, and mitmproxy writes each byte as
/// the character of that number. The body's size shows it; but some tell the size of a text in
/// characters, so that there must be one that no text has, too.
fn unwidened(body: Vec<u8>, size: i64) -> Vec<u8> {
    let narrow = || {
        let text = str::from_utf8(&body).ok()?;
        let is_no_text = |one: char| one.is_control() && !one.is_ascii_whitespace();
        let bytes: Result<Vec<u8>, _> = text.chars().map(u8::try_from).collect();
        let bytes = bytes.ok().filter(|_| text.contains(is_no_text))?;
        (i64::try_from(bytes.len()) == Ok(size)).then_some(bytes)
    };
    narrow().unwrap_or(body)
}

impl Entry {
    fn told(self) -> Result<Told, String> {
        let request = self.request;
        if !is_token(request.method.as_bytes()) {
            return Err("has a method that is not one of HTTP".into());
        }
        let mut headers = Headers::new();
        for field in request.headers {
            // Those of HTTP/2 stand for the request line.
            if field.name.starts_with(':') {
                continue;
            }
            if !is_token(field.name.as_bytes()) || !is_field_value(field.value.as_bytes()) {
                return Err("has a header that HTTP does not allow".into());
            }
            headers.push(field.name, field.value);
        }
        let body = request.post_data.map(Content::bytes).transpose()?.flatten();
        let answer = self.response.and_then(|response| {
            Some(Answered {
                status: u16::try_from(response.status)
                    .ok()
                    .filter(|status| *status > 0)?,
                body: response.content.and_then(|content| content.bytes().ok()?),
            })
        });
        let started = self.started_date_time.as_deref();
        Ok(Told {
            number: None,
            at: started.and_then(|at| at.parse::<Timestamp>().ok()),
            remote: None,
            delivery: Delivery {
                target: target_of(&request.url).ok_or("has a URL that is none")?,
                method: request.method,
                headers,
                body: unwidened(body.unwrap_or_default(), request.body_size),
            },
            url: Some(request.url),
            answer,
        })
    }
}

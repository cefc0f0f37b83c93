//! Recordings: deliveries as JSON lines, and one delivery as a raw HTTP request.
//!
//! Owns reading both, one delivery at a time, and appending given lines so that they outlive a
//! crash. Who writes the lines, what is done with a delivery and where it came from is left to
//! others; nothing here signs or speaks to a network.
//!
//! A line is read whole or not at all: what a crash left behind is passed over with a warning,
//! everything else that is wrong is an error with its line.

use std::borrow::Cow;
use std::fmt;
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufRead, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;

use crate::delivery::{Delivery, Headers};
use crate::http::{self, is_field_value, is_token};

/// How long a line, or a raw request's body, may be unless [`Reader::limit`] says otherwise: a body
/// of 40 MiB fits with each of its bytes written as `\u0000`.
pub const LIMIT_BYTES: usize = 256 << 20;
/// The version of delivery lines that is read.
const VERSION: u64 = 1;
/// How every line of ours starts.
const LINE_START: &[u8] = br#"{"type":""#;
/// A raw request's head holds no more than this.
const HEAD_BYTES: usize = 1 << 20;

/// One delivery of a recording.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    /// The line's own number; else which delivery of the file it is, from 1.
    pub number: u64,
    /// The line on which it stands or begins, from 1.
    pub line: usize,
    /// When it was received.
    pub at: Option<Timestamp>,
    /// Who sent it, as an address with a port.
    pub remote: Option<String>,
    /// What was received.
    pub delivery: Delivery,
    /// The status of the recorded answer.
    pub status: Option<u16>,
}

/// Something that is passed over or taken with a grain of salt. Shown, it is a sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warning {
    /// The line, from 1.
    pub line: usize,
    /// What about it, as the end of a sentence that begins with the line.
    pub what: String,
}

/// A file that is no recording. Shown, it is a sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Malformed {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong with it, as the end of a sentence that begins with the line.
    pub what: String,
}

/// Why there is no next delivery although the file has not ended.
#[derive(Debug)]
pub enum Unreadable {
    /// The file is no recording from here on.
    Malformed(Malformed),
    /// Reading failed.
    Io(io::Error),
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {} {}", self.line, self.what)
    }
}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {} {}", self.line, self.what)
    }
}

impl std::error::Error for Malformed {}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Malformed(malformed) => malformed.fmt(f),
            Self::Io(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for Unreadable {}

impl From<io::Error> for Unreadable {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

/// Reads the deliveries of a recording in order, or the one delivery of a raw HTTP request; the
/// first line decides which of the two it is. Ends after an error.
///
/// Of JSON lines, those of other types than `delivery` and all unknown keys are passed over. A
/// delivery needs `method`, `target`, `headers` and a body, nothing else.
#[derive(Debug)]
pub struct Reader<R> {
    input: R,
    limit: usize,
    text: Vec<u8>,
    /// Which line `text` is.
    line: usize,
    /// Whether `text` had a line feed.
    ended: bool,
    begun: bool,
    over: bool,
    deliveries: u64,
    warnings: Vec<Warning>,
}

impl<R: BufRead> Reader<R> {
    /// Reads from the beginning of a file.
    pub fn new(input: R) -> Self {
        Self {
            input,
            limit: LIMIT_BYTES,
            text: Vec::new(),
            line: 0,
            ended: false,
            begun: false,
            over: false,
            deliveries: 0,
            warnings: Vec::new(),
        }
    }

    /// Allows lines and raw bodies of this many bytes.
    #[must_use]
    pub fn limit(mut self, bytes: usize) -> Self {
        self.limit = bytes;
        self
    }

    /// Takes the warnings that have come up since they were last taken.
    pub fn take_warnings(&mut self) -> Vec<Warning> {
        std::mem::take(&mut self.warnings)
    }

    fn advance(&mut self) -> Result<Option<Recorded>, Unreadable> {
        while !self.over && self.read_line()? {
            let first = self.text.iter().find(|byte| !byte.is_ascii_whitespace());
            let Some(&first) = first else { continue };
            if !std::mem::replace(&mut self.begun, true) && is_token(&[first]) {
                self.over = true;
                return self.raw_request().map(Some);
            }
            if let Some(recorded) = self.json_line()? {
                return Ok(Some(recorded));
            }
        }
        Ok(None)
    }

    /// Reads the next line without its line feed. False at the end.
    fn read_line(&mut self) -> Result<bool, Unreadable> {
        self.text.clear();
        let most = (self.limit as u64).saturating_add(1);
        let mut input = (&mut self.input).take(most);
        if input.read_until(b'\n', &mut self.text)? == 0 {
            return Ok(false);
        }
        self.line += 1;
        self.ended = self.text.pop_if(|last| *last == b'\n').is_some();
        if self.text.len() > self.limit {
            return Err(self.malformed(format!("is longer than {} bytes", self.limit)));
        }
        if self.line == 1 && self.text.starts_with(b"\xef\xbb\xbf") {
            self.text.drain(..3);
        }
        Ok(true)
    }

    fn json_line(&mut self) -> Result<Option<Recorded>, Unreadable> {
        // Some file systems leave zeros where a crash kept them from writing.
        let zeros = |byte: &u8| *byte == 0 || byte.is_ascii_whitespace();
        let end = self.text.iter().rposition(|byte| !zeros(byte));
        let text = end.map_or(&[][..], |last| &self.text[..=last]).trim_ascii();
        let torn = match text.first() {
            None => true,
            Some(b'{') => match serde_json::from_slice::<Line>(text) {
                Ok(line) => {
                    let found = line.delivery(self.line, self.deliveries + 1);
                    let recorded = found.map_err(|what| self.malformed(what))?;
                    self.deliveries += u64::from(recorded.is_some());
                    return Ok(recorded);
                }
                Err(error) if error.is_eof() && (!self.ended || self.is_torn(text)) => true,
                Err(error) => return Err(self.malformed(not_json(&error))),
            },
            Some(_) => false,
        };
        if !torn {
            return Err(self.malformed(if self.line == 1 {
                NEITHER
            } else {
                "is not a JSON object"
            }));
        }
        self.warn(
            self.line,
            "was cut short, as by a crash, and is passed over",
        );
        Ok(None)
    }

    /// Whether this text, which ends too early, is what a crash left of a line of ours before a
    /// later run went on below it. The first line of a file is never torn after its first byte:
    /// there, a lone `{` begins some other JSON file.
    fn is_torn(&self, text: &[u8]) -> bool {
        text.starts_with(LINE_START)
            || LINE_START.starts_with(text) && (self.line > 1 || text.len() > 1)
    }

    /// Reads a raw HTTP request whose request line has just been read.
    fn raw_request(&mut self) -> Result<Recorded, Unreadable> {
        let line = self.line;
        let (method, target) =
            request_line(without_cr(&self.text)).map_err(|what| self.malformed(what))?;
        let headers = self.raw_headers()?;
        let mut rest = Vec::new();
        let most = (self.limit as u64).saturating_add(1);
        (&mut self.input).take(most).read_to_end(&mut rest)?;
        if rest.len() > self.limit {
            self.line += 1;
            return Err(self.malformed(format!("begins more than {} bytes", self.limit)));
        }
        let (body, doubt) = raw_body(&headers, rest).map_err(|what| self.malformed(what))?;
        if let Some(doubt) = doubt {
            self.warn(self.line, doubt);
        }
        Ok(Recorded {
            number: 1,
            line,
            at: None,
            remote: None,
            delivery: Delivery {
                method,
                target,
                headers,
                body,
            },
            status: None,
        })
    }

    /// Reads header fields up to the blank line (RFC 9112, section 5).
    fn raw_headers(&mut self) -> Result<Headers, Unreadable> {
        let mut headers = Headers::new();
        let mut bytes = 0;
        while self.read_line()? {
            bytes += self.text.len();
            if bytes > HEAD_BYTES {
                return Err(self.malformed("ends a head that is longer than 1 MiB"));
            }
            let text = without_cr(&self.text);
            if text.is_empty() {
                return Ok(headers);
            }
            let (name, value) = field(text).map_err(|what| self.malformed(what))?;
            headers.push(name, value);
        }
        Err(self.malformed("ends the file, but a request's head ends with a blank line"))
    }

    fn malformed(&self, what: impl Into<String>) -> Unreadable {
        Unreadable::Malformed(Malformed {
            line: self.line,
            what: what.into(),
        })
    }

    fn warn(&mut self, line: usize, what: impl Into<String>) {
        let what = what.into();
        self.warnings.push(Warning { line, what });
    }
}

impl<R: BufRead> Iterator for Reader<R> {
    type Item = Result<Recorded, Unreadable>;

    fn next(&mut self) -> Option<Self::Item> {
        let found = self.advance();
        self.over |= !matches!(found, Ok(Some(_)));
        found.transpose()
    }
}

const NEITHER: &str =
    "is neither a JSON line nor the first line of an HTTP request (POST /hooks HTTP/1.1)";

/// What is read of a JSON line. Values are looked at one by one, so that each can be complained of
/// in its own words.
#[derive(Deserialize)]
struct Line {
    #[serde(rename = "type")]
    kind: Option<Value>,
    version: Option<Value>,
    number: Option<Value>,
    at: Option<Value>,
    remote: Option<Value>,
    method: Option<Value>,
    target: Option<Value>,
    headers: Option<Value>,
    body: Option<Value>,
    body_base64: Option<Value>,
    answer: Option<Value>,
}

impl Line {
    /// The delivery that stands on the line; none on a line of another type.
    fn delivery(self, line: usize, counted: u64) -> Result<Option<Recorded>, String> {
        match text(self.kind, "type")? {
            Some(kind) if kind != "delivery" => return Ok(None),
            _ => {}
        }
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
        let target = text(self.target, "target")?.ok_or("has no target")?;
        if !is_target(target.as_bytes()) {
            return Err("has a target that is empty or holds white space".into());
        }
        let status = (self.answer.as_ref())
            .and_then(|answer| answer.get("status")?.as_u64())
            .and_then(|status| u16::try_from(status).ok());
        Ok(Some(Recorded {
            number: number(self.number, "number")?.unwrap_or(counted),
            line,
            at: at.transpose()?,
            remote: text(self.remote, "remote")?,
            delivery: Delivery {
                method,
                target,
                headers: headers(self.headers)?,
                body: body(self.body, self.body_base64)?,
            },
            status,
        }))
    }
}

fn text(value: Option<Value>, name: &str) -> Result<Option<String>, String> {
    match value {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(format!("has a {name} that is not text")),
    }
}

fn number(value: Option<Value>, name: &str) -> Result<Option<u64>, String> {
    value.map_or(Ok(None), |value| match value.as_u64() {
        Some(number) => Ok(Some(number)),
        None => Err(format!("has a {name} that is not a whole number")),
    })
}

fn headers(value: Option<Value>) -> Result<Headers, String> {
    let Some(Value::Array(pairs)) = value else {
        return Err(match value {
            None => "has no headers",
            Some(_) => "has headers that are not a list of pairs of name and value",
        }
        .into());
    };
    let mut headers = Headers::new();
    for (index, pair) in pairs.into_iter().enumerate() {
        let (name, value) =
            header(pair).map_err(|what| format!("has a header {} {what}", index + 1))?;
        headers.push(name, value);
    }
    Ok(headers)
}

fn header(pair: Value) -> Result<(String, Vec<u8>), &'static str> {
    const NOT_A_PAIR: &str = "that is not a pair of name and value";
    let Value::Array(pair) = pair else {
        return Err(NOT_A_PAIR);
    };
    let Ok([Value::String(name), value]) = <[Value; 2]>::try_from(pair) else {
        return Err(NOT_A_PAIR);
    };
    if !is_token(name.as_bytes()) {
        return Err("whose name no header may have");
    }
    let value = match value {
        Value::String(text) => text.into_bytes(),
        Value::Object(object) => match object.get("base64") {
            Some(Value::String(text)) => STANDARD
                .decode(text)
                .map_err(|_| "whose value is not base64, though it says so")?,
            _ => return Err("whose value is neither text nor {\"base64\":\"…\"}"),
        },
        _ => return Err("whose value is neither text nor {\"base64\":\"…\"}"),
    };
    if !is_field_value(&value) {
        return Err("whose value holds a line end or a NUL");
    }
    Ok((name, value))
}

fn body(text: Option<Value>, base64: Option<Value>) -> Result<Vec<u8>, &'static str> {
    match (text, base64) {
        (Some(Value::String(text)), None) => Ok(text.into_bytes()),
        (None, Some(Value::String(text))) => STANDARD
            .decode(text)
            .map_err(|_| "has a body_base64 that is not base64"),
        (Some(_), Some(_)) => Err("has both body and body_base64"),
        (Some(_), None) => Err("has a body that is not text (JSON is written as text, too)"),
        (None, Some(_)) => Err("has a body_base64 that is not text"),
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

/// Method and target of a request line (RFC 9112, section 3).
fn request_line(line: &[u8]) -> Result<(String, String), String> {
    let mut parts = line.split(|byte| *byte == b' ');
    let (Some(method), Some(target), Some(version), None) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return Err(NEITHER.into());
    };
    match version.strip_prefix(b"HTTP/") {
        Some([b'1', b'.', minor]) if minor.is_ascii_digit() => {}
        Some(version) => {
            return Err(format!(
                "is of HTTP/{}, and only HTTP/1.0 and HTTP/1.1 are read",
                version.escape_ascii()
            ));
        }
        None => return Err(NEITHER.into()),
    }
    match (std::str::from_utf8(method), std::str::from_utf8(target)) {
        (Ok(method), Ok(target)) if is_token(method.as_bytes()) && is_target(target.as_bytes()) => {
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
fn raw_body(headers: &Headers, mut rest: Vec<u8>) -> Result<(Vec<u8>, Option<String>), String> {
    if headers.contains("Transfer-Encoding") {
        let codings = headers.all("Transfer-Encoding").collect::<Vec<_>>();
        if !matches!(codings[..], [coding] if coding.eq_ignore_ascii_case(b"chunked")) {
            return Err(
                "ends a head with another Transfer-Encoding than chunked, which is not read".into(),
            );
        }
        if rest.is_empty() {
            return Ok((rest, None));
        }
        // Many tools save the decoded body under the head as it was.
        if chunk_size(&rest).is_none() {
            let doubt = "ends a head that says chunked, but the body is not: it is taken as it is";
            return Ok((rest, Some(doubt.into())));
        }
        let (body, after) = unchunked(&rest)?;
        let doubt = left_over(after);
        return Ok((body, doubt));
    }
    let Some(length) = content_length(headers)? else {
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

/// A line end behind the body is an editor's; anything else is worth a word.
fn left_over(bytes: &[u8]) -> Option<String> {
    let only_line_ends = bytes.iter().all(|byte| matches!(byte, b'\r' | b'\n'));
    (!only_line_ends).then(|| {
        format!(
            "ends a head whose body is followed by {} more bytes: they are left out",
            bytes.len()
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

/// Decodes a chunked body (RFC 9112, section 7.1), line ends in either form: the body, and what
/// comes after it.
fn unchunked(bytes: &[u8]) -> Result<(Vec<u8>, &[u8]), &'static str> {
    let mut body = Vec::new();
    let mut rest = bytes;
    loop {
        let (size, after) = chunk_size(rest)
            .ok_or("ends a head whose chunked body breaks off or is not chunked")?;
        rest = after;
        if size == 0 {
            break;
        }
        let Some((data, after)) = rest.split_at_checked(size) else {
            return Err("ends a head whose chunked body breaks off within a chunk");
        };
        body.extend_from_slice(data);
        rest = (after.strip_prefix(b"\r\n"))
            .or_else(|| after.strip_prefix(b"\n"))
            .ok_or("ends a head whose chunked body has a chunk of another size than it says")?;
    }
    // Trailer fields end with a blank line.
    while let Some((line, after)) = split_line(rest) {
        rest = after;
        if line.is_empty() {
            return Ok((body, rest));
        }
    }
    Ok((body, &[]))
}

/// The size that a chunk's first line names, and what follows the line.
fn chunk_size(bytes: &[u8]) -> Option<(usize, &[u8])> {
    let (line, rest) = split_line(bytes)?;
    let digits = line.split(|byte| *byte == b';').next()?.trim_ascii();
    let digits = std::str::from_utf8(digits).ok()?;
    if !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    Some((usize::from_str_radix(digits, 16).ok()?, rest))
}

fn split_line(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = bytes.iter().position(|byte| *byte == b'\n')?;
    Some((without_cr(&bytes[..end]), &bytes[end + 1..]))
}

fn without_cr(line: &[u8]) -> &[u8] {
    line.strip_suffix(b"\r").unwrap_or(line)
}

fn is_target(bytes: &[u8]) -> bool {
    !bytes.is_empty() && bytes.iter().all(|byte| *byte > b' ' && *byte != 0x7f)
}

/// A recording that is being written: lines go in whole or not at all, and are on disk when
/// [`Appender::append`] returns.
///
/// While it is open, no other process can open the same recording.
#[derive(Debug)]
pub struct Appender(Log<Disk>);

/// Why a file cannot be recorded to.
#[derive(Debug)]
#[allow(missing_docs)] // Each field is the path as given, or the system's word.
pub enum Refused {
    /// It is a folder.
    Folder { path: PathBuf },
    /// It is a pipe, a socket or a device: nothing that keeps what is written to it.
    Special { path: PathBuf },
    /// Another process is recording to it.
    InUse { path: PathBuf },
    /// It cannot be opened or written.
    Io { path: PathBuf, error: io::Error },
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Folder { path } => {
                write!(f, "cannot record to {}: it is a folder", path.display())
            }
            Self::Special { path } => write!(
                f,
                "cannot record to {}: it is a pipe or a device, not a file",
                path.display()
            ),
            Self::InUse { path } => write!(
                f,
                "cannot record to {}: another bluehook is recording to it",
                path.display()
            ),
            Self::Io { path, .. } => write!(f, "could not open {} to record", path.display()),
        }
    }
}

impl std::error::Error for Refused {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Io { error, .. } => Some(error),
            _ => None,
        }
    }
}

impl Appender {
    /// Opens a recording to go on with it, or begins one that only its owner can read. If the last
    /// line is torn, it is ended, so that it stays apart from what follows.
    ///
    /// The null device is taken, too; it keeps nothing.
    ///
    /// # Errors
    /// The path is no file, or cannot be written, or another process is recording to it.
    pub fn open(path: &Path) -> Result<Self, Refused> {
        let failed = |error| Refused::Io {
            path: path.to_owned(),
            error,
        };
        // A pipe must not even be opened: that would wait for its reader.
        if let Ok(metadata) = fs::metadata(path) {
            refuse(path, &metadata)?;
        }
        let (mut file, created) = create_or_open(path).map_err(failed)?;
        let metadata = file.metadata().map_err(failed)?;
        refuse(path, &metadata)?;
        let keeps = metadata.is_file();
        let mut length = 0;
        if keeps {
            lock(&file, path)?;
            if created {
                sync_folder_of(path).map_err(failed)?;
            }
            length = end_torn_line(&mut file).map_err(failed)?;
        }
        Ok(Self(Log {
            storage: Disk { file, keeps },
            length,
            cut_to: None,
        }))
    }

    /// Appends lines in one go and waits until the disk has them. A line may come with its line
    /// feed or without it.
    ///
    /// # Errors
    /// The lines could not be written (the disk is full) or hold a line feed inside. Then none of
    /// them is in the file, and the next attempt may succeed.
    pub fn append(&mut self, lines: &[impl AsRef<[u8]>]) -> io::Result<()> {
        if lines.is_empty() {
            return Ok(());
        }
        self.0.append(&joined(lines)?)
    }

    /// How many bytes the recording has.
    pub fn len(&self) -> u64 {
        self.0.length
    }

    /// Whether nothing has been recorded yet.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

fn refuse(path: &Path, metadata: &fs::Metadata) -> Result<(), Refused> {
    let path = || path.to_owned();
    if metadata.is_dir() {
        Err(Refused::Folder { path: path() })
    } else if metadata.is_file() || is_null_device(&path()) {
        Ok(())
    } else {
        Err(Refused::Special { path: path() })
    }
}

fn is_null_device(path: &Path) -> bool {
    let null = if cfg!(windows) { "NUL" } else { "/dev/null" };
    path == Path::new(null) || fs::canonicalize(path).is_ok_and(|path| path == Path::new(null))
}

/// Opens for reading and writing, and tells whether the file is new.
fn create_or_open(path: &Path) -> io::Result<(File, bool)> {
    let mut options = OpenOptions::new();
    options.read(true).write(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    match options.clone().create_new(true).open(path) {
        Ok(file) => Ok((file, true)),
        // A link to a file that is yet to be made is there, too.
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            let file = options.create(true).truncate(false).open(path)?;
            Ok((file, false))
        }
        Err(error) => Err(error),
    }
}

fn lock(file: &File, path: &Path) -> Result<(), Refused> {
    let path = path.to_owned();
    match file.try_lock() {
        Ok(()) => Ok(()),
        Err(fs::TryLockError::WouldBlock) => Err(Refused::InUse { path }),
        // Some network file systems have no locks: recording is worth more than the lock.
        Err(fs::TryLockError::Error(error)) if error.kind() == io::ErrorKind::Unsupported => Ok(()),
        Err(fs::TryLockError::Error(error)) => Err(Refused::Io { path, error }),
    }
}

/// Makes a new file's name outlive a crash. Where folders cannot be synced, nothing is lost by
/// trying.
fn sync_folder_of(path: &Path) -> io::Result<()> {
    if !cfg!(unix) {
        return Ok(());
    }
    let folder = match path.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    };
    match File::open(folder).and_then(|folder| folder.sync_all()) {
        Err(error)
            if !matches!(
                error.kind(),
                io::ErrorKind::PermissionDenied
                    | io::ErrorKind::InvalidInput
                    | io::ErrorKind::Unsupported
            ) =>
        {
            Err(error)
        }
        _ => Ok(()),
    }
}

/// Puts a line feed behind a last line that has none. Gives the file's length.
fn end_torn_line(file: &mut File) -> io::Result<u64> {
    let length = file.seek(SeekFrom::End(0))?;
    if length == 0 {
        return Ok(0);
    }
    let mut last = [0];
    file.seek(SeekFrom::End(-1))?;
    file.read_exact(&mut last)?;
    if last == *b"\n" {
        return Ok(length);
    }
    file.write_all(b"\n")?;
    Ok(length + 1)
}

/// The lines as one piece, each with its line feed.
fn joined(lines: &[impl AsRef<[u8]>]) -> io::Result<Cow<'_, [u8]>> {
    let inside = |line: &[u8]| line.strip_suffix(b"\n").unwrap_or(line).contains(&b'\n');
    if lines.iter().any(|line| inside(line.as_ref())) {
        return Err(io::Error::new(
            io::ErrorKind::InvalidInput,
            "a line to record holds a line feed",
        ));
    }
    if let [line] = lines
        && line.as_ref().ends_with(b"\n")
    {
        return Ok(Cow::Borrowed(line.as_ref()));
    }
    let size = lines.iter().map(|line| line.as_ref().len() + 1).sum();
    let mut block = Vec::with_capacity(size);
    for line in lines {
        let line = line.as_ref();
        block.extend_from_slice(line.strip_suffix(b"\n").unwrap_or(line));
        block.push(b'\n');
    }
    Ok(Cow::Owned(block))
}

/// The end of a file that grows in whole blocks.
#[derive(Debug)]
struct Log<S> {
    storage: S,
    length: u64,
    /// Where the file has to end before anything else is written: a failed write could not be taken
    /// back at once.
    cut_to: Option<u64>,
}

/// What a [`Log`] does to its file. Tests have one that fails.
trait Storage {
    /// Goes to the end and tells where that is.
    fn end(&mut self) -> io::Result<u64>;
    fn put(&mut self, block: &[u8]) -> io::Result<()>;
    fn sync(&mut self) -> io::Result<()>;
    fn cut(&mut self, length: u64) -> io::Result<()>;
}

impl<S: Storage> Log<S> {
    fn append(&mut self, block: &[u8]) -> io::Result<()> {
        if let Some(length) = self.cut_to {
            self.storage.cut(length)?;
            self.cut_to = None;
        }
        let start = self.storage.end()?;
        let written = self.storage.put(block).and_then(|()| self.storage.sync());
        match written {
            Ok(()) => self.length = start + block.len() as u64,
            Err(_) => self.cut_to = self.storage.cut(start).is_err().then_some(start),
        }
        written
    }
}

#[derive(Debug)]
struct Disk {
    file: File,
    /// Whether it is a file, and not the null device.
    keeps: bool,
}

impl Storage for Disk {
    fn end(&mut self) -> io::Result<u64> {
        self.file.seek(SeekFrom::End(0))
    }

    fn put(&mut self, block: &[u8]) -> io::Result<()> {
        self.file.write_all(block)
    }

    fn sync(&mut self) -> io::Result<()> {
        if self.keeps {
            self.file.sync_data()
        } else {
            Ok(())
        }
    }

    fn cut(&mut self, length: u64) -> io::Result<()> {
        self.file.set_len(length)?;
        // The file is as it was for every reader; a disk that fails here failed before.
        let _ = self.file.sync_data();
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::show::lines;

    const LINE: &str = r#"{"type":"delivery","version":1,"number":7,"at":"2026-11-22T03:49:53.123Z","remote":"127.0.0.1:50312","method":"POST","target":"/hooks?x=1","headers":[["Host","a"],["x-a","1"],["X-A","2"]],"body":"{}","event":"TODO_CREATED","answer":{"status":200,"by":"bluehook","ms":0.4},"forwards":[]}"#;
    const SMALL: &str = r#"{"method":"POST","target":"/","headers":[],"body":"a"}"#;

    /// What a file holds, as `listen` would say it: its deliveries, then the error if there is one,
    /// and the warnings.
    fn read(file: impl AsRef<[u8]>) -> (Vec<Recorded>, Option<String>, Vec<String>) {
        let mut reader = Reader::new(file.as_ref()).limit(1 << 20);
        let mut deliveries = Vec::new();
        let mut error = None;
        for found in reader.by_ref() {
            match found {
                Ok(recorded) => deliveries.push(recorded),
                Err(unreadable) => error = Some(unreadable.to_string()),
            }
        }
        let warnings = reader.take_warnings();
        (
            deliveries,
            error,
            warnings.iter().map(Warning::to_string).collect(),
        )
    }

    /// The one delivery of a file in which nothing is wrong.
    fn only(file: impl AsRef<[u8]>) -> Recorded {
        let (mut deliveries, error, warnings) = read(file);
        assert_eq!((error, warnings), (None, Vec::new()));
        assert_eq!(deliveries.len(), 1);
        deliveries.remove(0)
    }

    fn error(file: impl AsRef<[u8]>) -> String {
        read(file).1.expect("an error")
    }

    /// A line as `listen` writes it.
    fn line(number: u64, delivery: &Delivery) -> Vec<u8> {
        #[derive(serde::Serialize)]
        struct Written<'a> {
            #[serde(rename = "type")]
            kind: &'static str,
            number: u64,
            method: &'a str,
            target: &'a str,
            headers: Vec<lines::Pair<'a>>,
            #[serde(skip_serializing_if = "Option::is_none")]
            body: Option<&'a str>,
            #[serde(skip_serializing_if = "Option::is_none")]
            body_base64: Option<String>,
        }
        let text = std::str::from_utf8(&delivery.body).ok();
        lines::to_bytes(&Written {
            kind: "delivery",
            number,
            method: &delivery.method,
            target: &delivery.target,
            headers: delivery
                .headers
                .iter()
                .map(|header| lines::Pair(&header.name, lines::Value(&header.value)))
                .collect(),
            body: text,
            body_base64: text.is_none().then(|| STANDARD.encode(&delivery.body)),
        })
        .unwrap()
    }

    fn deliveries() -> impl Strategy<Value = Delivery> {
        let value = prop_oneof![
            proptest::collection::vec(any::<u8>(), 0..20),
            "[ -~é\u{202e}\u{7f}]{0,20}".prop_map(String::into_bytes),
        ];
        let value = value.prop_map(|mut value| {
            value.retain(|byte| !matches!(byte, b'\r' | b'\n' | 0));
            value
        });
        let headers = proptest::collection::vec(("[A-Za-z-]{1,12}", value), 0..5);
        let body = prop_oneof![
            proptest::collection::vec(any::<u8>(), 0..200),
            any::<String>().prop_map(String::into_bytes),
        ];
        let line = ("[A-Z]{1,6}", "/[!-~]{0,20}");
        (line, headers, body).prop_map(|((method, target), pairs, body)| {
            let mut headers = Headers::new();
            for (name, value) in pairs {
                headers.push(name, value);
            }
            Delivery {
                method,
                target,
                headers,
                body,
            }
        })
    }

    #[test]
    fn a_delivery_line_is_read_whole() {
        let recorded = only(LINE);
        assert_eq!(recorded.number, 7);
        assert_eq!(recorded.line, 1);
        assert_eq!(recorded.at.unwrap().to_string(), "2026-11-22T03:49:53.123Z");
        assert_eq!(recorded.remote.as_deref(), Some("127.0.0.1:50312"));
        assert_eq!(recorded.status, Some(200));
        let delivery = recorded.delivery;
        assert_eq!(
            (&*delivery.method, &*delivery.target),
            ("POST", "/hooks?x=1")
        );
        let headers: Vec<_> = delivery.headers.iter().map(|it| &*it.name).collect();
        assert_eq!(headers, ["Host", "x-a", "X-A"]);
        assert_eq!(delivery.body, b"{}");
    }

    #[test]
    fn four_keys_are_enough_and_numbers_are_counted() {
        let (deliveries, error, warnings) = read(format!("{SMALL}\r\n\n{LINE}\n{SMALL}\n"));
        assert_eq!((error, warnings), (None, Vec::new()));
        let places: Vec<_> = deliveries.iter().map(|it| (it.number, it.line)).collect();
        assert_eq!(places, [(1, 1), (7, 3), (3, 4)]);
        assert_eq!((deliveries[0].at, deliveries[0].status), (None, None));
    }

    #[test]
    fn other_types_and_unknown_keys_are_passed_over() {
        let file = format!(
            "{{\"type\":\"listening\",\"url\":\"x\"}}\n{{\"type\":\"new\",\"method\":5,\"body\":[]}}\n{}\n{{\"type\":\"summary\",\"deliveries\":1}}\n",
            SMALL.replacen('{', "{\"new\":{\"a\":[1e999]},", 1)
        );
        assert_eq!(only(file).line, 3);
        assert_eq!(read("{\"type\":\"summary\"}\n"), Default::default());
        assert_eq!(read(""), Default::default());
        assert_eq!(read("\n \n"), Default::default());
        assert_eq!(only(format!("\u{feff}{SMALL}")).line, 1);
    }

    #[test]
    fn every_byte_of_a_body_and_every_escape_comes_back() {
        let every: Vec<u8> = (0..=255).collect();
        for body in [
            &every[..],
            &every[..128],
            "\u{10ffff}\u{202e}\u{feff}é\"\\/".as_bytes(),
        ] {
            let delivery = Delivery {
                method: "POST".into(),
                target: "/".into(),
                body: body.to_vec(),
                ..Delivery::default()
            };
            assert_eq!(only(line(1, &delivery)).delivery.body, body);
        }
        let escaped = SMALL.replace("\"a\"", r#""\u00e9\ud83d\ude00\/\u0000""#);
        assert_eq!(only(escaped).delivery.body, "é😀/\0".as_bytes());
    }

    #[test]
    fn half_a_surrogate_pair_is_an_error() {
        for half in [r"\ud800", r"\udc00", r"\ud800\u0041", r"\ud800x"] {
            let file = format!(
                "{SMALL}\n{}\n",
                SMALL.replace("\"a\"", &format!("\"{half}\""))
            );
            let said = error(file);
            assert!(
                said.starts_with("line 2 holds half of a surrogate pair"),
                "{said}"
            );
        }
    }

    #[test]
    fn each_thing_that_is_wrong_with_a_line_is_named() {
        for (from, to, said) in [
            (
                SMALL,
                "{\"method\":x}",
                "is not JSON: expected value at column 11",
            ),
            (SMALL, "[]", "is not a JSON object"),
            ("\"method\":\"POST\",", "", "has no method"),
            ("\"POST\"", "5", "has a method that is not text"),
            ("POST", "PO ST", "has a method that is not one of HTTP"),
            ("\"target\":\"/\",", "", "has no target"),
            (
                "\"/\"",
                "\"/ x\"",
                "has a target that is empty or holds white space",
            ),
            ("\"headers\":[],", "", "has no headers"),
            (
                "[]",
                "{}",
                "has headers that are not a list of pairs of name and value",
            ),
            (
                "[]",
                "[[\"a\"]]",
                "has a header 1 that is not a pair of name and value",
            ),
            (
                "[]",
                "[[\"a\",\"\"],[\"b:\",\"\"]]",
                "has a header 2 whose name no header may have",
            ),
            (
                "[]",
                "[[\"a\",\"x\\ny\"]]",
                "has a header 1 whose value holds a line end or a NUL",
            ),
            (
                "[]",
                "[[\"a\",{\"base64\":\"?\"}]]",
                "has a header 1 whose value is not base64, though it says so",
            ),
            (
                "[]",
                "[[\"a\",5]]",
                "has a header 1 whose value is neither text nor {\"base64\":\"…\"}",
            ),
            (",\"body\":\"a\"", "", "has no body (body or body_base64)"),
            (
                "\"a\"",
                "{}",
                "has a body that is not text (JSON is written as text, too)",
            ),
            (
                "\"body\"",
                "\"body_base64\"",
                "has a body_base64 that is not base64",
            ),
            (
                "\"a\"",
                "\"a\",\"body_base64\":\"\"",
                "has both body and body_base64",
            ),
            (
                "\"a\"",
                "\"a\",\"at\":\"now\"",
                "has an at that is not a time such as 2026-11-22T03:49:53Z",
            ),
            (
                "\"a\"",
                "\"a\",\"number\":-1",
                "has a number that is not a whole number",
            ),
            ("\"a\"", "\"a\",\"type\":1", "has a type that is not text"),
            (
                "\"a\"",
                "\"a\",\"body\":\"b\"",
                "cannot be used: duplicate field `body` at column 60",
            ),
            (
                "\"a\"",
                "\"a\",\"version\":2",
                "is of version 2, and this version of bluehook reads version 1",
            ),
        ] {
            let file = format!("{SMALL}\n{}\n{SMALL}\n", SMALL.replace(from, to));
            let (deliveries, error, _) = read(&file);
            assert_eq!(deliveries.len(), 1, "{file}");
            assert_eq!(error, Some(format!("line 2 {said}")));
        }
    }

    #[test]
    fn a_line_over_the_limit_is_an_error_and_one_at_it_is_not() {
        let mut reader = Reader::new(SMALL.as_bytes()).limit(SMALL.len());
        assert!(reader.next().unwrap().is_ok());
        let mut reader = Reader::new(SMALL.as_bytes()).limit(SMALL.len() - 1);
        let said = reader.next().unwrap().unwrap_err().to_string();
        assert_eq!(said, "line 1 is longer than 53 bytes");
        assert!(reader.next().is_none());
    }

    #[test]
    fn what_a_crash_left_is_passed_over_with_a_warning() {
        let torn = &LINE[..LINE.len() / 2];
        let cut = |line| {
            vec![format!(
                "line {line} was cut short, as by a crash, and is passed over"
            )]
        };
        for (file, line) in [
            (format!("{LINE}\n{torn}"), 2),
            (format!("{LINE}\n{torn}\0\0\0"), 2),
            (format!("{LINE}\n\0\0\0"), 2),
            (format!("{LINE}\n{{"), 2),
            (format!("{torn}\n{LINE}\n"), 1),
            (format!("{torn}\0\0\n{LINE}\n"), 1),
            (format!("{LINE}\n{{\n"), 2),
            (format!("{LINE}\n\0\0\n"), 2),
        ] {
            let (deliveries, error, warnings) = read(&file);
            assert_eq!(
                (deliveries.len(), error, warnings),
                (1, None, cut(line)),
                "{file:?}"
            );
        }
    }

    #[test]
    fn what_no_crash_leaves_is_an_error() {
        let said = "line 2 is not JSON: EOF while parsing a value at column 10";
        assert_eq!(error(format!("{LINE}\n{{\"method\":\n{LINE}\n")), said);
        let said = "line 2 is not JSON: trailing comma at column 14";
        assert_eq!(error(format!("{LINE}\n{{\"method\":\"\",}}")), said);
        let said = "line 1 is not JSON: EOF while parsing an object at column 1";
        assert_eq!(error("{\n  \"event\": \"X\"\n}\n"), said);
    }

    #[test]
    fn a_raw_request_is_read_with_either_line_end() {
        let text = "POST http://a/x?y HTTP/1.1\nHost: a\nx-A:  1\t\nX-a:\n\nbody\r\n\n";
        for text in [text.to_owned(), text.replacen('\n', "\r\n", 5)] {
            let recorded = only(&text);
            assert_eq!((recorded.number, recorded.line), (1, 1));
            let delivery = recorded.delivery;
            assert_eq!(
                (&*delivery.method, &*delivery.target),
                ("POST", "http://a/x?y")
            );
            let headers: Vec<_> = delivery
                .headers
                .into_iter()
                .map(|it| (it.name, it.value))
                .collect();
            let expected = [("Host", "a"), ("x-A", "1"), ("X-a", "")];
            assert_eq!(
                headers,
                expected.map(|(name, value)| (name.into(), value.into()))
            );
            assert_eq!(delivery.body, b"body\r\n\n");
        }
    }

    #[test]
    fn the_content_length_counts_where_its_bytes_are_there() {
        let head = "\n\nPUT / HTTP/1.0\r\nContent-Length: 4\r\n\r\n";
        for (rest, body, warnings) in [
            ("body", "body", vec![]),
            ("body\r\n", "body", vec![]),
            (
                "bodyGET",
                "body",
                vec![
                    "line 5 ends a head whose body is followed by 3 more bytes: they are left out",
                ],
            ),
            (
                "bod",
                "bod",
                vec!["line 5 ends a head whose Content-Length is 4, but only 3 bytes follow"],
            ),
        ] {
            let (deliveries, error, said) = read(format!("{head}{rest}"));
            assert_eq!(
                (error, said),
                (None, warnings.into_iter().map(str::to_owned).collect())
            );
            assert_eq!(deliveries[0].delivery.body, body.as_bytes());
            assert_eq!(deliveries[0].line, 3);
        }
    }

    #[test]
    fn a_chunked_raw_request_is_decoded() {
        let head = "POST / HTTP/1.1\r\nTransfer-Encoding: Chunked\r\n\r\n";
        let read = |rest: &str| {
            let (deliveries, error, warnings) = read(format!("{head}{rest}"));
            let body = deliveries.into_iter().next().map(|it| it.delivery.body);
            (
                body.map(|body| String::from_utf8(body).unwrap()),
                error,
                warnings,
            )
        };
        let is = |body: &str| (Some(body.to_owned()), None, Vec::new());
        assert_eq!(
            read("4;x=y\r\nbody\r\nA\r\n0123456789\r\n0\r\n\r\n"),
            is("body0123456789")
        );
        assert_eq!(read("4\nbody\n0\nX-Trailer: 1\n\n\n"), is("body"));
        assert_eq!(read("0\r\n"), is(""));
        assert_eq!(read(""), is(""));
        let (body, error, warnings) = read("{\"a\":1}");
        assert_eq!((body.as_deref(), error), (Some("{\"a\":1}"), None));
        assert_eq!(
            warnings,
            ["line 3 ends a head that says chunked, but the body is not: it is taken as it is"]
        );
        for (rest, said) in [
            ("4\r\nbo", "breaks off within a chunk"),
            ("4\r\nbody\r\n", "breaks off or is not chunked"),
            (
                "4\r\nbodyx\r\n0\r\n\r\n",
                "has a chunk of another size than it says",
            ),
            (
                "4\r\nbody\r\nffffffffffffffffff\r\n",
                "breaks off or is not chunked",
            ),
            (
                "4\r\nbody\r\nffffffffffffffff\r\n",
                "breaks off within a chunk",
            ),
        ] {
            let expected = format!("line 3 ends a head whose chunked body {said}");
            assert_eq!(read(rest), (None, Some(expected), Vec::new()));
        }
    }

    #[test]
    fn each_thing_that_is_wrong_with_a_raw_request_is_named() {
        for (text, said) in [
            ("hello\n", format!("line 1 {NEITHER}")),
            ("\x16\x03\n", format!("line 1 {NEITHER}")),
            ("POST /  HTTP/1.1\n\n", format!("line 1 {NEITHER}")),
            ("POST / HTTP/2\n\n", "line 1 is of HTTP/2, and only HTTP/1.0 and HTTP/1.1 are read".into()),
            ("P@ST / HTTP/1.1\n\n", "line 1 has a method or a target that HTTP does not allow".into()),
            ("POST / HTTP/1.1\nA: 1\n b\n\n", "line 3 begins with white space, and headers folded over several lines are not read".into()),
            ("POST / HTTP/1.1\nnothing\n\n", "line 2 is not a header: it has no colon".into()),
            ("POST / HTTP/1.1\nA : 1\n\n", "line 2 has a name before its colon that no header may have".into()),
            ("POST / HTTP/1.1\nA: 1\r2\n\n", "line 2 has a header whose value holds a carriage return or a NUL".into()),
            ("POST / HTTP/1.1\nA: 1\n", "line 2 ends the file, but a request's head ends with a blank line".into()),
            ("POST / HTTP/1.1\nContent-Length: +1\n\n", "line 3 ends a head whose Content-Length is not a number".into()),
            ("POST / HTTP/1.1\nContent-Length: 1\ncontent-length: 2\n\nab", "line 4 ends a head with several values of Content-Length".into()),
            ("POST / HTTP/1.1\nTransfer-Encoding: gzip, chunked\n\n", "line 3 ends a head with another Transfer-Encoding than chunked, which is not read".into()),
        ] {
            assert_eq!(error(text), said, "{text:?}");
        }
        let head = format!("POST / HTTP/1.1\n{}", "A: 0123456789\n".repeat(1 << 17));
        assert!(error(head).ends_with("ends a head that is longer than 1 MiB"));
        let body = format!("POST / HTTP/1.1\n\n{}", "x".repeat((1 << 20) + 1));
        assert_eq!(error(body), "line 3 begins more than 1048576 bytes");
    }

    #[test]
    fn what_is_appended_is_read_back() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.jsonl");
        let mut appender = Appender::open(&path).unwrap();
        assert!(appender.is_empty());
        appender
            .append(&[LINE.as_bytes(), SMALL.as_bytes()])
            .unwrap();
        appender.append(&[format!("{LINE}\n")]).unwrap();
        appender.append(&[""; 0]).unwrap();
        let error = appender.append(&["a\nb"]).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::InvalidInput);
        let file = fs::read(&path).unwrap();
        assert_eq!(appender.len(), file.len() as u64);
        assert_eq!(file, format!("{LINE}\n{SMALL}\n{LINE}\n").into_bytes());
        drop(appender);
        let mut appender = Appender::open(&path).unwrap();
        assert_eq!(appender.len(), file.len() as u64);
        appender.append(&[SMALL]).unwrap();
        assert_eq!(read(fs::read(&path).unwrap()).0.len(), 4);
    }

    #[test]
    fn a_torn_tail_stays_apart_from_what_follows() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.jsonl");
        fs::write(&path, format!("{LINE}\n{}", &LINE[..50])).unwrap();
        Appender::open(&path).unwrap().append(&[SMALL]).unwrap();
        let (deliveries, error, warnings) = read(fs::read(&path).unwrap());
        assert_eq!((deliveries.len(), error, warnings.len()), (2, None, 1));
        assert_eq!(deliveries[1].line, 3);
    }

    #[test]
    fn a_recording_has_one_writer() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.jsonl");
        let first = Appender::open(&path).unwrap();
        let error = Appender::open(&path).unwrap_err();
        assert!(matches!(error, Refused::InUse { .. }), "{error:?}");
        assert!(
            error
                .to_string()
                .ends_with("another bluehook is recording to it")
        );
        drop(first);
        Appender::open(&path).unwrap();
    }

    #[test]
    fn folders_and_missing_folders_are_refused_in_words() {
        let folder = tempfile::tempdir().unwrap();
        let error = Appender::open(folder.path()).unwrap_err();
        assert!(error.to_string().ends_with(": it is a folder"), "{error}");
        let error = Appender::open(&folder.path().join("no/a.jsonl")).unwrap_err();
        let Refused::Io { error, .. } = error else {
            panic!("{error}");
        };
        assert_eq!(error.kind(), io::ErrorKind::NotFound);
    }

    #[cfg(unix)]
    #[test]
    fn a_new_recording_is_its_owners_and_an_old_one_stays_as_it_is() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.jsonl");
        let mode = || fs::metadata(&path).unwrap().permissions().mode() & 0o777;
        drop(Appender::open(&path).unwrap());
        assert_eq!(mode(), 0o600);
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        drop(Appender::open(&path).unwrap());
        assert_eq!(mode(), 0o644);
        let link = folder.path().join("link");
        std::os::unix::fs::symlink(folder.path().join("b.jsonl"), &link).unwrap();
        Appender::open(&link).unwrap().append(&[SMALL]).unwrap();
        assert!(folder.path().join("b.jsonl").is_file());
    }

    #[cfg(unix)]
    #[test]
    fn devices_and_sockets_are_refused_and_the_null_device_is_taken() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("socket");
        let _socket = std::os::unix::net::UnixListener::bind(&path).unwrap();
        for path in [&path, Path::new("/dev/zero")] {
            let error = Appender::open(path).unwrap_err();
            assert!(matches!(error, Refused::Special { .. }), "{error:?}");
        }
        let mut null = Appender::open(Path::new("/dev/null")).unwrap();
        let _another = Appender::open(Path::new("/dev/null")).unwrap();
        null.append(&[SMALL]).unwrap();
    }

    /// A file in memory with a disk of a size, on which taking back may fail, too.
    #[derive(Default)]
    struct Small {
        bytes: Vec<u8>,
        room: usize,
        broken_sync: bool,
        broken_cut: bool,
    }

    impl Storage for Small {
        fn end(&mut self) -> io::Result<u64> {
            Ok(self.bytes.len() as u64)
        }

        fn put(&mut self, block: &[u8]) -> io::Result<()> {
            let room = self.room.saturating_sub(self.bytes.len()).min(block.len());
            self.bytes.extend_from_slice(&block[..room]);
            if room < block.len() {
                return Err(io::ErrorKind::StorageFull.into());
            }
            Ok(())
        }

        fn sync(&mut self) -> io::Result<()> {
            if self.broken_sync {
                return Err(io::Error::other("broken"));
            }
            Ok(())
        }

        fn cut(&mut self, length: u64) -> io::Result<()> {
            if self.broken_cut {
                return Err(io::Error::other("broken"));
            }
            self.bytes.truncate(usize::try_from(length).unwrap());
            Ok(())
        }
    }

    fn log(storage: Small) -> Log<Small> {
        Log {
            storage,
            length: 0,
            cut_to: None,
        }
    }

    #[test]
    fn what_does_not_fit_leaves_no_trace_and_later_lines_do() {
        let mut log = log(Small {
            room: 8,
            ..Small::default()
        });
        log.append(b"one\n").unwrap();
        let error = log.append(b"two three\n").unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::StorageFull);
        assert_eq!((&*log.storage.bytes, log.length), (&b"one\n"[..], 4));
        log.append(b"two\n").unwrap();
        assert_eq!((&*log.storage.bytes, log.length), (&b"one\ntwo\n"[..], 8));
    }

    #[test]
    fn what_was_not_synced_is_taken_back() {
        let mut log = log(Small {
            room: 100,
            broken_sync: true,
            ..Small::default()
        });
        log.append(b"one\n").unwrap_err();
        assert_eq!(log.storage.bytes, b"");
    }

    #[test]
    fn what_could_not_be_taken_back_is_taken_back_before_anything_else_is_written() {
        let mut log = log(Small {
            room: 6,
            broken_cut: true,
            ..Small::default()
        });
        log.append(b"one\n").unwrap();
        log.append(b"two\n").unwrap_err();
        assert_eq!(log.storage.bytes, b"one\ntw");
        log.storage.room = 100;
        log.append(b"three\n").unwrap_err();
        assert_eq!(log.storage.bytes, b"one\ntw");
        log.storage.broken_cut = false;
        log.append(b"four\n").unwrap();
        assert_eq!(log.storage.bytes, b"one\nfour\n");
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_full_device_is_an_error_each_time() {
        let file = OpenOptions::new().write(true).open("/dev/full").unwrap();
        let mut log = Log {
            storage: Disk { file, keeps: true },
            length: 0,
            cut_to: None,
        };
        let error = log.append(b"one\n").unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::StorageFull);
        log.append(b"two\n").unwrap_err();
    }

    proptest! {
        #[test]
        fn deliveries_come_back_as_they_were(recorded in proptest::collection::vec(deliveries(), 0..4)) {
            let file: Vec<u8> = (1..).zip(&recorded).flat_map(|(number, it)| line(number, it)).collect();
            let (found, error, warnings) = read(file);
            prop_assert_eq!((error, warnings), (None, Vec::new()));
            let found: Vec<_> = found.into_iter().map(|it| it.delivery).collect();
            prop_assert_eq!(found, recorded);
        }

        #[test]
        fn a_recording_that_is_cut_anywhere_in_its_last_line_loses_at_most_that_delivery(
            recorded in proptest::collection::vec(deliveries(), 1..4),
            at in any::<proptest::sample::Index>(),
            go_on in any::<bool>(),
        ) {
            let mut file = Vec::new();
            let mut start = 0;
            for (number, delivery) in (1..).zip(&recorded) {
                start = file.len();
                file.extend(line(number, delivery));
            }
            let cut = start + at.index(file.len() - start);
            let whole = cut == file.len() - 1;
            file.truncate(cut);
            let mut expected = recorded[..recorded.len() - usize::from(!whole)].to_vec();
            // A later run goes on below what is left. A first line is never one byte long: it
            // would have to be torn within a disk's first sector.
            if go_on && cut != 1 {
                if !file.is_empty() && !file.ends_with(b"\n") {
                    file.push(b'\n');
                }
                file.extend(line(9, &recorded[0]));
                expected.push(recorded[0].clone());
            }
            let (found, error, warnings) = read(&file);
            prop_assert_eq!(error, None);
            prop_assert_eq!(warnings.len(), usize::from(!whole && cut > start));
            let found: Vec<_> = found.into_iter().map(|it| it.delivery).collect();
            prop_assert_eq!(found, expected);
        }

        #[test]
        fn any_bytes_are_read_or_refused(
            bytes in proptest::collection::vec(any::<u8>(), 0..300),
            start in proptest::sample::select(&["", "{", SMALL, "POST / HTTP/1.1\n", "POST / HTTP/1.1\nTransfer-Encoding: chunked\n\n4\n"]),
        ) {
            let mut file = start.as_bytes().to_vec();
            file.extend(bytes);
            read(&file);
        }
    }
}

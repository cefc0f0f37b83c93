//! What curl tells of its transfers: `--trace` (hex, exact), `--trace-ascii` (exact but for bytes
//! that it shows as a dot), and `-v`, which shows no body.

use std::io::{BufRead, Cursor};

use super::line::{Answered, Told};
use super::lines::{Lines, Unreadable, Warning};
use super::raw;
use crate::amount;

/// Whether a file that begins so is one: of a trace, or of what `-v` prints.
pub(super) fn begins(start: &[u8]) -> bool {
    let start = start.trim_ascii_start();
    [&b"== Info"[..], b"=> Send", b"<= Recv", b"* ", b"> "]
        .iter()
        .any(|mark| start.starts_with(mark))
}

/// The transfers of a trace.
#[derive(Debug)]
pub(super) struct Transfers {
    /// A line that was read and belongs to what comes next.
    ahead: bool,
}

/// What a stretch of a trace holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    SentHead,
    SentBody,
    GotHead,
    GotBody,
    Other,
}

/// One transfer as its bytes: the request, and the answer's head and body.
#[derive(Debug, Default)]
struct Transfer {
    line: usize,
    request: Vec<u8>,
    head: Vec<u8>,
    body: Vec<u8>,
    has_dots: bool,
    is_verbose: bool,
}

/// A transfer's request, the line on which it begins, and what is doubtful about it.
type Found = (usize, Told, Option<Warning>);

impl Transfers {
    pub(super) fn new() -> Self {
        Self { ahead: false }
    }

    /// The next transfer. None at the end.
    pub(super) fn next<R: BufRead>(
        &mut self,
        lines: &mut Lines<R>,
        limit: usize,
    ) -> Result<Option<Found>, Unreadable> {
        let mut transfer = Transfer::default();
        let mut kind = Kind::Other;
        let mut left = 0;
        while std::mem::take(&mut self.ahead) || lines.advance()? {
            let text = lines.text.strip_suffix(b"\r").unwrap_or(&lines.text);
            if let Some((stretch, bytes)) = stretch(text) {
                if stretch == Kind::SentHead && !transfer.head.is_empty() {
                    self.ahead = true;
                    break;
                }
                if stretch == Kind::SentHead && transfer.request.is_empty() {
                    transfer.line = lines.number;
                }
                (kind, left) = (stretch, bytes);
                continue;
            }
            let verbose = match text {
                [b'>', b' ', rest @ ..] => Some((Kind::SentHead, rest)),
                b">" => Some((Kind::SentHead, &b""[..])),
                [b'<', b' ', rest @ ..] => Some((Kind::GotHead, rest)),
                b"<" => Some((Kind::GotHead, &b""[..])),
                _ => None,
            };
            match verbose {
                Some((Kind::SentHead, _)) if transfer.head.ends_with(b"\r\n\r\n") => {
                    self.ahead = true;
                    break;
                }
                Some((kind, rest)) => {
                    if transfer.request.is_empty() {
                        (transfer.line, transfer.is_verbose) = (lines.number, true);
                    }
                    transfer.put(kind, rest);
                    transfer.put(kind, b"\r\n");
                }
                None if kind == Kind::Other => {}
                None => {
                    let (bytes, dots) = dumped(text, left);
                    left -= left.min(bytes.len());
                    transfer.has_dots |= dots && kind == Kind::SentBody;
                    transfer.put(kind, &bytes);
                }
            }
            let parts = [&transfer.request, &transfer.head, &transfer.body];
            if parts.iter().any(|part| part.len() > limit) {
                return Err(lines.malformed(format!(
                    "is in a transfer of more than {}",
                    amount::bytes(limit)
                )));
            }
        }
        match transfer.request.is_empty() {
            true => Ok(None),
            false => transfer.told(limit).map(Some),
        }
    }
}

impl Transfer {
    fn put(&mut self, kind: Kind, bytes: &[u8]) {
        match kind {
            Kind::SentHead | Kind::SentBody => self.request.extend_from_slice(bytes),
            Kind::GotHead => self.head.extend_from_slice(bytes),
            Kind::GotBody => self.body.extend_from_slice(bytes),
            Kind::Other => {}
        }
    }

    fn told(self, limit: usize) -> Result<Found, Unreadable> {
        let at = |what: String| Unreadable::Malformed {
            line: self.line,
            what,
        };
        let mut lines = Lines::new(Cursor::new(&self.request), limit);
        let begins = |error: Unreadable| match error {
            Unreadable::Malformed { what, .. } => at(format!("begins a request that {what}")),
            error => error,
        };
        lines.advance().map_err(begins)?;
        let (delivery, doubt) = raw::request(&mut lines).map_err(begins)?;
        if self.is_verbose && delivery.body.is_empty() && doubt.is_some() {
            let what = "begins a request whose body curl -v does not show: --trace FILE records it";
            return Err(at(what.into()));
        }
        let doubt = match self.has_dots {
            true => Some("begins a body in which a dot may stand for another byte: --trace FILE instead of --trace-ascii records it exactly".to_owned()),
            false => doubt.map(|doubt| format!("begins a request that {}", doubt.what)),
        };
        let warning = doubt.map(|what| Warning {
            line: self.line,
            what,
        });
        let status = status_of(&self.head);
        let told = Told {
            answer: status.map(|status| Answered {
                status,
                body: (!self.is_verbose).then_some(self.body),
            }),
            ..Told::of(delivery)
        };
        Ok((self.line, told, warning))
    }
}

/// The status of the last answer in these heads.
fn status_of(heads: &[u8]) -> Option<u16> {
    let lines = heads.split(|byte| *byte == b'\n');
    let mut starts = lines.filter(|line| line.starts_with(b"HTTP/"));
    let status = starts.next_back()?.split(|byte| *byte == b' ').nth(1)?;
    std::str::from_utf8(status).ok()?.trim().parse().ok()
}

/// What a stretch that begins so holds, and how many bytes of it there are.
fn stretch(line: &[u8]) -> Option<(Kind, usize)> {
    let text = std::str::from_utf8(line).ok()?;
    if text.starts_with("== Info") {
        return Some((Kind::Other, 0));
    }
    let (what, bytes) = text.split_once(", ")?;
    let kind = match what {
        "=> Send header" => Kind::SentHead,
        "=> Send data" => Kind::SentBody,
        "<= Recv header" => Kind::GotHead,
        "<= Recv data" => Kind::GotBody,
        _ if what.starts_with("=> ") || what.starts_with("<= ") => Kind::Other,
        _ => return None,
    };
    Some((kind, bytes.split(' ').next()?.parse().ok()?))
}

/// The bytes that a line of a dump shows, of so many that are left of its stretch; and whether some
/// of them may be others.
fn dumped(line: &[u8], left: usize) -> (Vec<u8>, bool) {
    let Some(at) = line.windows(2).position(|pair| pair == b": ") else {
        return (Vec::new(), false);
    };
    let shown = &line[at + 2..];
    let pairs = left.min(16);
    let hex: Option<Vec<u8>> = (0..pairs)
        .map(|index| {
            let cell = shown.get(index * 3..index * 3 + 3)?;
            let digits = std::str::from_utf8(&cell[..2]).ok()?;
            let is_cell = cell[2] == b' ' && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
            is_cell.then(|| u8::from_str_radix(digits, 16).ok())?
        })
        .collect();
    if let Some(hex) = hex.filter(|hex| !hex.is_empty()) {
        return (hex, false);
    }
    let mut bytes = shown[..shown.len().min(left)].to_vec();
    let has_dots = bytes.contains(&b'.');
    // A line end is not shown: it ends the line of the dump. A full line has 64 bytes.
    if bytes.len() < left && bytes.len() < 64 {
        bytes.extend_from_slice(b"\r\n");
    }
    (bytes, has_dots)
}

//! Answers as they are written: status line, fields, framing.

use std::sync::{Mutex, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use http::StatusCode;
use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimePrinter;

use super::head::Head;
use super::service::Reply;
use crate::delivery::Headers;
use crate::http::{connection_lists, is_hop_by_hop, is_token};

/// The interim answer that a sender may await before it sends its body.
pub(super) const CONTINUE: &[u8] = b"HTTP/1.1 100 Continue\r\n\r\n";

/// The end of a line.
const END: &[u8] = b"\r\n";

/// What a sender's request says about its answer.
#[derive(Clone, Copy, Debug)]
pub(super) struct Asked {
    /// The request's method was HEAD.
    pub(super) is_head: bool,
    pub(super) is_1_0: bool,
    /// The connection stays open unless the answer says otherwise.
    pub(super) keeps_open: bool,
}

impl From<&Head> for Asked {
    fn from(head: &Head) -> Self {
        Self {
            is_head: head.method == "HEAD",
            is_1_0: head.is_1_0,
            keeps_open: head.keeps_open,
        }
    }
}

/// The head of an answer.
#[derive(Debug)]
pub(super) struct Written {
    pub(super) head: Vec<u8>,
    /// Whether the body follows it.
    pub(super) has_body: bool,
    pub(super) keeps_open: bool,
}

/// Writes the head of an answer.
pub(super) fn write(reply: &Reply, asked: Asked, date: &str) -> Written {
    // Below 200 are interim answers, which cannot be the last.
    let status = StatusCode::from_u16(reply.status)
        .ok()
        .filter(|status| !status.is_informational())
        .unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let keeps_open = asked.keeps_open && !connection_lists(&reply.headers, "close");
    let mut head = Vec::with_capacity(256);
    let mut put = |pieces: &[&[u8]]| pieces.iter().for_each(|it| head.extend_from_slice(it));
    let reason = status.canonical_reason().unwrap_or_default();
    put(&[
        b"HTTP/1.1 ",
        status.as_str().as_bytes(),
        b" ",
        reason.as_bytes(),
        END,
    ]);
    for header in &reply.headers {
        let name = header.name.as_bytes();
        if !is_hop_by_hop(&header.name) && is_token(name) && is_plain(&header.value) {
            put(&[name, b": ", &header.value, END]);
        }
    }
    if !reply.headers.contains("Date") {
        put(&[b"Date: ", date.as_bytes(), END]);
    }
    // RFC 9110, sections 8.6 and 15.3.6.
    let length = match status {
        StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED => None,
        StatusCode::RESET_CONTENT => Some(0),
        _ => Some(reply.body.len()),
    };
    if let Some(length) = length {
        put(&[b"Content-Length: ", length.to_string().as_bytes(), END]);
    }
    put(&match (keeps_open, asked.is_1_0) {
        (false, _) => [b"Connection: close".as_slice(), END, END],
        (true, true) => [b"Connection: keep-alive", END, END],
        (true, false) => [b"", b"", END],
    });
    Written {
        head,
        has_body: !asked.is_head && length.is_some_and(|length| length > 0),
        keeps_open,
    }
}

/// Whether an answer's field may have this value: no control characters but the tab.
fn is_plain(value: &[u8]) -> bool {
    value
        .iter()
        .all(|byte| matches!(byte, b'\t' | b' '..=b'~' | 0x80..))
}

/// The answer to a request that never became a delivery. Its sender is told the code: enough to
/// look it up, and nothing that it sent comes back.
pub(super) fn refusal(status: u16, code: &str) -> Reply {
    let mut headers = Headers::new();
    headers.push("Content-Type", "text/plain");
    headers.push("Connection", "close");
    if status == 503 {
        headers.push("Retry-After", "1");
    }
    Reply {
        status,
        headers,
        body: format!("{code}\n").into(),
    }
}

/// The time as answers tell it, made once a second.
#[derive(Default)]
pub(super) struct Clock(Mutex<(u64, String)>);

impl Clock {
    /// Calls `with` with the date of now (RFC 9110, section 5.6.7).
    pub(super) fn tell<T>(&self, with: impl FnOnce(&str) -> T) -> T {
        let now = SystemTime::now().duration_since(UNIX_EPOCH);
        let second = now.unwrap_or_default().as_secs();
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if last.0 != second || last.1.is_empty() {
            *last = (second, date(second));
        }
        with(&last.1)
    }
}

fn date(second: u64) -> String {
    i64::try_from(second)
        .ok()
        .and_then(|second| Timestamp::from_second(second).ok())
        .and_then(|time| {
            DateTimePrinter::new()
                .timestamp_to_rfc9110_string(&time)
                .ok()
        })
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_is_written_as_http_wants_it() {
        assert_eq!(date(784_111_777), "Sun, 06 Nov 1994 08:49:37 GMT");
    }

    #[test]
    fn an_application_s_own_date_stays() {
        let mut headers = Headers::new();
        headers.push("Date", "then");
        let reply = Reply {
            status: 200,
            headers,
            body: "x".into(),
        };
        let asked = Asked {
            is_head: false,
            is_1_0: false,
            keeps_open: true,
        };
        assert_eq!(
            write(&reply, asked, "now").head,
            b"HTTP/1.1 200 OK\r\nDate: then\r\nContent-Length: 1\r\n\r\n"
        );
    }
}

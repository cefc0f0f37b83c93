//! What a receiver replied, and where the time went.

use std::fmt;
use std::time::Duration;

use crate::delivery::Headers;

/// How much of an answer's body is kept; what comes after it is not read.
pub const ANSWER_LIMIT: usize = 1024 * 1024;

/// What a receiver replied.
#[derive(Clone, PartialEq, Eq)]
pub struct Answer {
    /// The status code.
    pub status: u16,
    /// The header fields, in the receiver's order and case.
    pub headers: Headers,
    /// The body, at most [`ANSWER_LIMIT`] bytes of it, as it came (never decompressed).
    pub body: Vec<u8>,
    /// Whether the body was longer than what is kept.
    pub body_truncated: bool,
    /// Where the time went.
    pub timing: Timing,
}

impl Answer {
    /// The status code's registered name (`Not Found`); empty when it has none.
    pub fn reason(&self) -> &'static str {
        http::StatusCode::from_u16(self.status)
            .ok()
            .and_then(|status| status.canonical_reason())
            .unwrap_or_default()
    }

    /// Whether the receiver took the delivery: a 2xx.
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }
}

/// Shows sizes only: an answer may hold secrets.
impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Answer")
            .field("status", &self.status)
            .field("headers", &self.headers)
            .field("body_bytes", &self.body.len())
            .field("timing", &self.timing)
            .finish()
    }
}

/// Where the time of an attempt went. A phase that did not happen is `None`: on a reused
/// connection nothing is connected, over `http://` there is no TLS.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Timing {
    /// From the start to the answer's last byte.
    pub total: Duration,
    /// The look-up of the name.
    pub resolve: Option<Duration>,
    /// Until TCP was connected, a proxy's `CONNECT` included.
    pub connect: Option<Duration>,
    /// The TLS handshake.
    pub tls: Option<Duration>,
    /// From the request's last byte to the answer's first.
    pub first_byte: Option<Duration>,
}

/// The answer's header fields as they were written; ureq's are in lower case and grouped.
/// `None` when the head is not all there.
pub(super) fn headers_as_written(mut head: &[u8]) -> Option<Headers> {
    loop {
        let mut fields = [httparse::EMPTY_HEADER; 128];
        let mut response = httparse::Response::new(&mut fields);
        let httparse::Status::Complete(length) = response.parse(head).ok()? else {
            return None;
        };
        if matches!(response.code, Some(100 | 102..200)) {
            head = head.get(length..)?;
            continue;
        }
        let mut headers = Headers::new();
        for field in response.headers.iter() {
            headers.push(field.name, field.value);
        }
        return Some(headers);
    }
}

//! What a receiver allows, and how it says that something went beyond it.

use std::time::Duration;

use crate::amount;

/// What a receiver allows. Each time is absolute for its phase, not for one read or write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The longest head (request line and header fields), in bytes; beyond it 431.
    pub head_bytes: usize,
    /// The most header fields; beyond it 431.
    pub header_count: usize,
    /// The longest body, in bytes; beyond it 413.
    pub body_bytes: u64,
    /// The most bytes of heads, bodies and answers that are held together; beyond it 503. One
    /// sender's address may take up three quarters of it, and one whole request in any case.
    pub buffered_bytes: usize,
    /// How long a request may wait for room within `buffered_bytes`.
    pub buffer_wait: Duration,
    /// The most connections; one more closes the longest idle or the slowest of them.
    pub connections: usize,
    /// How long a connection may stay open between requests, or before its first.
    pub idle: Duration,
    /// How long a head may take from its first byte to its last; beyond it 408.
    pub head: Duration,
    /// How long a body may take; beyond it 408.
    pub body: Duration,
    /// How long a sender may take to read its answer.
    pub answer: Duration,
    /// How long a stop waits for the requests that are under way.
    pub grace: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            head_bytes: 64 * 1024,
            header_count: 100,
            body_bytes: 10 * 1024 * 1024,
            buffered_bytes: 64 * 1024 * 1024,
            buffer_wait: Duration::from_secs(1),
            connections: 512,
            idle: Duration::from_secs(60),
            head: Duration::from_secs(10),
            body: Duration::from_secs(30),
            answer: Duration::from_secs(10),
            grace: Duration::from_secs(3),
        }
    }
}

/// Why something that came in is no delivery, and what its sender is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Refusal {
    pub(super) code: &'static str,
    /// None for a sender that cannot be answered any more.
    pub(super) status: Option<u16>,
    pub(super) message: String,
}

impl Refusal {
    pub(super) fn new(code: &'static str, status: u16, message: impl Into<String>) -> Self {
        Self {
            code,
            status: Some(status),
            message: message.into(),
        }
    }

    pub(super) fn unanswered(code: &'static str, message: impl Into<String>) -> Self {
        Self {
            code,
            status: None,
            message: message.into(),
        }
    }

    /// The request is not HTTP as RFC 9112 has it.
    pub(super) fn malformed(message: impl Into<String>) -> Self {
        Self::new("malformed-request", 400, message)
    }

    /// A body, announced or sent, is over the limit.
    pub(super) fn body_too_large(limits: &Limits) -> Self {
        Self::new(
            "body-too-large",
            413,
            format!(
                "the request's body is longer than {} bytes",
                amount::count(limits.body_bytes)
            ),
        )
    }

    /// The receiver's memory is taken up.
    pub(super) fn over_budget() -> Self {
        Self::new(
            "over-budget",
            503,
            "other requests took up all the memory that requests may have",
        )
    }
}

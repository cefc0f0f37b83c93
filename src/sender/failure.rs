//! Why an attempt brought no answer: evidence, sentences, and what may help.

use std::fmt;
use std::net::SocketAddr;
use std::time::Duration;

use super::tls::TlsProblem;
use super::typed::shown;
use crate::amount;

/// Why an attempt brought no answer, with the evidence. The sentence is its `Display`.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs)] // The fields: hosts and addresses, numbers of bytes, the system's words.
pub enum Failure {
    /// The delivery cannot be written as an HTTP request.
    Unsendable { what: String },
    /// The host's address could not be looked up.
    Resolve { host: String, why: String },
    /// Nothing listens there.
    Refused {
        host: String,
        port: u16,
        addresses: Vec<SocketAddr>,
    },
    /// There is no way to that address.
    Unreachable { host: String, why: String },
    /// The attempt's time was up.
    Timeout { after: Duration, phase: Phase },
    /// No trusted TLS connection came about, or it broke.
    Tls {
        host: String,
        problem: TlsProblem,
        why: String,
    },
    /// The proxy did not connect us.
    Proxy { why: String },
    /// The connection was reset, or closed while the request was still being written.
    Reset { request_bytes: usize, reused: bool },
    /// The connection was closed without a byte of an answer.
    Closed { reused: bool },
    /// The connection ended within the answer.
    Truncated {
        status: Option<u16>,
        received: usize,
    },
    /// What came is not HTTP/1.
    NotHttp { start: Vec<u8>, why: String },
    /// The answer's head is larger than 64 KiB or has more than 128 header fields.
    AnswerTooLarge,
    /// Anything else that the system reported.
    Io { why: String },
}

/// What an attempt was doing when its time was up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// Looking up the host's address.
    Resolve,
    /// Connecting.
    Connect,
    /// Agreeing on TLS.
    Tls,
    /// Writing the request.
    Send,
    /// Waiting for the first byte of the answer.
    Wait,
    /// Reading the answer.
    Receive,
}

impl std::error::Error for Failure {}

impl Failure {
    /// TLS failed with that host.
    pub(super) fn tls(host: String, error: &rustls::Error) -> Self {
        let (problem, why) = TlsProblem::of(error);
        let why = shown(&why);
        Self::Tls { host, problem, why }
    }

    /// What came, as far as it did, is no answer of HTTP/1.
    pub(super) fn not_http(head: &[u8], why: &str) -> Self {
        Self::NotHttp {
            start: head.iter().copied().take(40).collect(),
            why: shown(why),
        }
    }

    /// Whether the failure may be the connection's alone, which was kept open from an earlier
    /// attempt and brought no byte of an answer to this one.
    pub(super) fn is_stale(&self) -> bool {
        matches!(
            self,
            Self::Closed { reused: true } | Self::Reset { reused: true, .. }
        )
    }

    /// A short name for machines.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unsendable { .. } => "unsendable",
            Self::Resolve { .. } => "dns",
            Self::Refused { .. } => "refused",
            Self::Unreachable { .. } => "unreachable",
            Self::Timeout { .. } => "timeout",
            Self::Tls { .. } => "tls",
            Self::Proxy { .. } => "proxy",
            Self::Reset { .. } => "reset",
            Self::Closed { .. } => "closed",
            Self::Truncated { .. } => "truncated-answer",
            Self::NotHttp { .. } => "not-http",
            Self::AnswerTooLarge => "answer-too-large",
            Self::Io { .. } => "io",
        }
    }

    /// What may help, where something is known to.
    pub fn hint(&self) -> Option<String> {
        let hint = match self {
            Self::Resolve { .. } => "is the host name spelt right, and is there a network?",
            Self::Refused { port, .. } => {
                return Some(format!("is the receiver running on port {port}?"));
            }
            Self::Timeout { phase, .. } => match phase {
                Phase::Connect => "is the host up, and does a firewall let the port through?",
                Phase::Tls => "does the receiver speak TLS on this port?",
                Phase::Send => "the receiver does not read the request's body",
                Phase::Wait => "answer first and work afterwards, or allow more with --timeout",
                Phase::Resolve | Phase::Receive => "allow more with --timeout",
            },
            Self::Tls { problem, .. } => problem.hint()?,
            Self::Reset { request_bytes, .. } if *request_bytes > LARGE => {
                "receivers that limit a body's size often reset the connection of a larger one"
            }
            Self::Closed { reused: true } => {
                "the receiver closed a connection that was kept open: try again"
            }
            Self::Closed { reused: false } => "does the receiver expect https:// on this port?",
            Self::NotHttp { start, .. } if is_tls(start) => {
                "the receiver speaks TLS on this port: use https://"
            }
            _ => return None,
        };
        Some(hint.to_owned())
    }
}

/// From this size on a reset is probably about the request's size.
const LARGE: usize = 16 * 1024;

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unsendable { what } => write!(f, "the delivery cannot be sent: {what}"),
            Self::Resolve { host, why } => write!(f, "no address found for {host}: {why}"),
            Self::Refused {
                host, addresses, ..
            } => {
                write!(f, "connection refused by {host}")?;
                let tried: Vec<_> = addresses.iter().map(SocketAddr::to_string).collect();
                match tried.join(" and ") {
                    tried if tried.is_empty() || tried == *host => Ok(()),
                    tried => write!(f, " ({tried})"),
                }
            }
            Self::Unreachable { host, why } => write!(f, "{host} cannot be reached: {why}"),
            Self::Timeout { after, phase } => {
                write!(f, "{phase} within {}", crate::amount::wait(*after))
            }
            Self::Tls { host, problem, why } => problem.sentence(f, host, why),
            Self::Proxy { why } => write!(f, "the proxy did not connect: {why}"),
            Self::Reset { request_bytes, .. } => write!(
                f,
                "the connection was reset before an answer to the {} of the request",
                amount::bytes(*request_bytes)
            ),
            Self::Closed { .. } => write!(f, "the connection was closed without an answer"),
            Self::Truncated {
                status: Some(status),
                received,
            } => write!(
                f,
                "the answer ({status}) broke off after {} of its body",
                amount::bytes(*received)
            ),
            Self::Truncated {
                status: None,
                received,
            } => write!(
                f,
                "the answer broke off after {} of its head",
                amount::bytes(*received)
            ),
            Self::NotHttp { start, why } if start.is_empty() => {
                write!(f, "the answer is not HTTP/1: {why}")
            }
            Self::NotHttp { start, .. } => write!(
                f,
                "the answer is not HTTP/1: it starts with \"{}\"",
                start.escape_ascii()
            ),
            Self::AnswerTooLarge => write!(
                f,
                "the answer's head is larger than 64 KiB or has more than 128 headers"
            ),
            Self::Io { why } => f.write_str(why),
        }
    }
}

impl fmt::Display for Phase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Resolve => "no address found",
            Self::Connect => "no connection",
            Self::Tls => "no TLS connection",
            Self::Send => "the request was not taken",
            Self::Wait => "no answer",
            Self::Receive => "no complete answer",
        })
    }
}

/// A TLS record, as a server sends it to a client that does not speak TLS: an alert.
fn is_tls(start: &[u8]) -> bool {
    matches!(start, [0x15 | 0x16, 0x03, ..])
}

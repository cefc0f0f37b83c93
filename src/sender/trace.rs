//! What was seen of the attempt that is being made on this thread: the evidence for a failure, and
//! the times.

use std::cell::RefCell;
use std::net::SocketAddr;
use std::time::Instant;

use super::answer::Timing;
use super::failure::Phase;
use super::url::Scheme;

thread_local! {
    /// What the attempt on this thread has seen. ureq works on the caller's thread and has no
    /// other way from a connection to the one who asked.
    static TRACE: RefCell<Trace> = RefCell::new(Trace::default());
}

/// Notes something about the attempt on this thread.
pub(super) fn trace(note: impl FnOnce(&mut Trace)) {
    TRACE.with_borrow_mut(note);
}

/// Takes what was noted, and begins anew.
pub(super) fn take() -> Trace {
    TRACE.take()
}

/// What was seen of an attempt.
#[derive(Default)]
pub(super) struct Trace {
    /// Begin and end of the look-up.
    pub(super) resolved: Option<(Instant, Instant)>,
    pub(super) addresses: Vec<SocketAddr>,
    /// The host that has no address, and why.
    pub(super) unknown: Option<(String, String)>,
    /// TCP stands (through a proxy: to the target). Stays empty on a reused connection.
    pub(super) connected: Option<Instant>,
    /// The request can be written.
    pub(super) ready: Option<Instant>,
    /// How many bytes of the request were written, and when the last.
    pub(super) written: usize,
    pub(super) sent: Option<Instant>,
    /// The peer went away while we wrote.
    pub(super) cut: bool,
    /// The connection broke, or ended without TLS's own end, while the answer was read.
    pub(super) broken: bool,
    /// The answer's first byte.
    pub(super) answered: Option<Instant>,
    /// The beginning of the answer, about as much of it as a head may be long.
    pub(super) head: Vec<u8>,
}

impl Trace {
    /// What was being done, of a request of so many bytes.
    pub(super) fn phase(&self, length: usize) -> Phase {
        match self {
            Self { resolved: None, .. } => Phase::Resolve,
            Self {
                ready: None,
                connected: None,
                ..
            } => Phase::Connect,
            Self { ready: None, .. } => Phase::Tls,
            Self { written, .. } if *written < length => Phase::Send,
            Self { answered: None, .. } => Phase::Wait,
            _ => Phase::Receive,
        }
    }

    /// Where the time went, for an attempt that began then and has its answer now.
    pub(super) fn timing(&self, start: Instant, scheme: Scheme) -> Timing {
        let between = |from: Option<Instant>, to: Option<Instant>| Some(to? - from?);
        Timing {
            total: start.elapsed(),
            resolve: self.resolved.map(|(from, to)| to - from),
            connect: between(
                self.resolved.map_or(Some(start), |(_, to)| Some(to)),
                self.connected,
            ),
            tls: match scheme {
                Scheme::Http => None,
                Scheme::Https => between(self.connected, self.ready),
            },
            first_byte: between(self.sent, self.answered),
        }
    }
}

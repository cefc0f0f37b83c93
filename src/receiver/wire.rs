//! A socket as hyper sees it: it reads what the sieve lets through, and learns of ends, stops and
//! deadlines as if the sender had caused them.

use std::io;
use std::pin::Pin;
use std::sync::{Arc, PoisonError};
use std::task::{Context, Poll, ready};

use bytes::{Buf, BytesMut};
use hyper::rt::ReadBufCursor;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::sync::OwnedSemaphorePermit;

use super::framing::{Outlet, Sieve};
use super::lines::{Line, Phase};
use super::{Refusal, Shared};

/// What a closing connection may still send for nothing.
const LINGER_BYTES: usize = 64 * 1024 * 1024;
/// What is read at once while a head is awaited, and what every connection may hold.
const KEPT_BYTES: usize = 8 * 1024;

/// One connection's socket, with the sieve in its reading direction.
pub(super) struct Wire {
    stream: TcpStream,
    line: Arc<Line>,
    shared: Arc<Shared>,
    sieve: Sieve,
    /// What was read and could not go through yet.
    held: BytesMut,
    /// The budget's permits for it, beyond what every connection may keep.
    lease: Option<OwnedSemaphorePermit>,
    /// The sender has ended its direction.
    ended: bool,
    /// Something was read while the answer before was not yet written.
    parked: bool,
    shut: bool,
    /// The sender is waited for at the end, since it may still be sending.
    lingers: bool,
    discarded: usize,
}

impl Outlet for ReadBufCursor<'_> {
    fn room(&self) -> usize {
        self.remaining()
    }

    fn put(&mut self, bytes: &[u8]) {
        self.put_slice(bytes);
    }
}

impl Wire {
    pub(super) fn new(stream: TcpStream, line: Arc<Line>, shared: Arc<Shared>) -> Self {
        Self {
            stream,
            line,
            sieve: Sieve::new(shared.limits),
            shared,
            held: BytesMut::new(),
            lease: None,
            ended: false,
            parked: false,
            shut: false,
            lingers: false,
            discarded: 0,
        }
    }

    /// Whether the answer to the request before has gone, so that another one may come through:
    /// who does not read answers is not listened to.
    fn may_begin(&self) -> bool {
        matches!(self.line.phase(), Phase::Idle | Phase::Head)
    }

    /// Reads what comes next and lets it through; `false` when nothing more comes.
    fn poll_fill(&mut self, cx: &mut Context<'_>, out: &mut impl Outlet) -> Poll<bool> {
        if self.ended {
            return Poll::Ready(false);
        }
        let read = {
            let mut scratch = self
                .shared
                .scratch
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            // Of a body no more is read than can go on at once.
            let most = if self.sieve.is_at_head() {
                KEPT_BYTES
            } else {
                out.room().max(1)
            };
            let most = most.min(scratch.len());
            let mut buffer = ReadBuf::new(scratch.get_mut(..most).unwrap_or_default());
            let read = ready!(Pin::new(&mut self.stream).poll_read(cx, &mut buffer));
            let input = buffer.filled();
            // What need not be held goes straight through.
            let done = if self.held.is_empty() && !self.parked {
                self.sieve.sift(input, out)
            } else {
                0
            };
            self.held
                .extend_from_slice(input.get(done..).unwrap_or_default());
            read.map(|()| (input.len(), done))
        };
        match read {
            Ok((0, _)) => self.ended = true,
            Ok((_, 0)) if !self.parked => self.sift_held(out),
            Ok(_) => {}
            Err(_) => {
                self.ended = true;
                let unfinished = self.held.len();
                if !self.sieve.is_at_head() || unfinished > 0 {
                    self.sieve.end(unfinished, "the request was reset", false);
                }
            }
        }
        self.keep_within_budget();
        Poll::Ready(!self.ended)
    }

    fn sift_held(&mut self, out: &mut impl Outlet) {
        let done = self.sieve.sift(&self.held, out);
        self.held.advance(done);
        if self.held.is_empty() {
            self.held = BytesMut::new();
        }
    }

    /// Tells the line what the sieve has found.
    fn tell(&mut self) {
        if let Some(asked) = self.sieve.take_asked() {
            self.line.enter(Phase::Body);
            self.line.put_asked(asked);
        } else if self.sieve.is_at_head() && !self.held.is_empty() && self.may_begin() {
            self.line.enter(Phase::Head);
        }
        if let Some(refusal) = self.sieve.take_spoiled() {
            self.line.put_spoiled(refusal);
        }
    }

    /// Holds no more of heads, and of what senders send ahead, than the budget allows.
    fn keep_within_budget(&mut self) {
        if self.held.len() <= KEPT_BYTES {
            self.lease = None;
        } else if self.lease.is_none() && self.sieve.is_at_head() {
            let most = u32::try_from(self.shared.limits.head_bytes).unwrap_or(u32::MAX);
            match Arc::clone(&self.shared.budget).try_acquire_many_owned(most) {
                Ok(permit) => self.lease = Some(permit),
                Err(_) => self.sieve.refuse(over_budget()),
            }
        }
    }

    /// The reasons to stop reading a head, or waiting for one.
    fn end_reading_heads(&mut self) {
        if !self.sieve.is_at_head() {
            return;
        }
        if self.line.is_overdue_in(Phase::Head) {
            self.sieve.refuse(Refusal::new(
                "head-timeout",
                408,
                format!(
                    "the request's head was not complete after {:?}",
                    self.shared.limits.head
                ),
            ));
        }
        let idle = self.held.is_empty() && self.line.phase() == Phase::Idle;
        if idle && (self.shared.is_stopping() || self.line.is_overdue_in(Phase::Idle)) {
            self.ended = true;
        }
    }
}

/// The refusal when the receiver's memory is taken up.
pub(super) fn over_budget() -> Refusal {
    Refusal::new(
        "over-budget",
        503,
        "other requests took up all the memory that requests may have",
    )
}

impl hyper::rt::Read for Wire {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        mut out: ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        let wire = self.get_mut();
        let room = out.remaining();
        if wire.sieve.is_at_head() && !wire.may_begin() {
            // hyper looks whether more is there; it may have it when the answer is written.
            wire.parked = wire.parked || !wire.held.is_empty();
            if !wire.parked {
                wire.parked = true;
                let filled = wire.poll_fill(cx, &mut out);
                wire.parked = filled.is_ready();
            }
            return Poll::Pending;
        }
        wire.end_reading_heads();
        wire.sift_held(&mut out);
        loop {
            wire.keep_within_budget();
            wire.sieve.send_ahead(&mut out);
            wire.tell();
            if out.remaining() < room || wire.sieve.has_refused() {
                return Poll::Ready(Ok(()));
            }
            if !ready!(wire.poll_fill(cx, &mut out)) {
                let unfinished = wire.held.len();
                if wire.sieve.is_at_head() && unfinished == 0 {
                    return Poll::Ready(Ok(()));
                }
                wire.sieve.end(unfinished, "the request ended", true);
            }
        }
    }
}

impl hyper::rt::Write for Wire {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.get_mut().stream).poll_write(cx, bytes)
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let wire = self.get_mut();
        ready!(Pin::new(&mut wire.stream).poll_flush(cx))?;
        if wire.line.phase() == Phase::Answer {
            wire.line.enter(Phase::Idle);
            if std::mem::take(&mut wire.parked) {
                cx.waker().wake_by_ref();
            }
        }
        Poll::Ready(Ok(()))
    }

    /// Closes our direction. When there is more to read, that is done for a while, for nothing: a
    /// socket that is closed with unread bytes resets the connection, and the answer would be lost
    /// on a sender that is still writing.
    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let wire = self.get_mut();
        if !wire.shut {
            // Fails only when the connection is gone already.
            let _ = ready!(Pin::new(&mut wire.stream).poll_shutdown(cx));
            wire.shut = true;
            wire.lingers = !wire.ended && (!wire.sieve.is_at_head() || !wire.held.is_empty());
            wire.held = BytesMut::new();
            wire.lease = None;
            if wire.lingers {
                wire.line.enter(Phase::Closing);
            }
        }
        while !wire.ended && wire.discarded < LINGER_BYTES {
            let mut scratch = wire
                .shared
                .scratch
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            let mut buffer = ReadBuf::new(&mut scratch);
            match Pin::new(&mut wire.stream).poll_read(cx, &mut buffer) {
                Poll::Pending if wire.lingers => return Poll::Pending,
                Poll::Ready(Ok(())) if !buffer.filled().is_empty() => {
                    wire.discarded += buffer.filled().len();
                }
                _ => wire.ended = true,
            }
        }
        Poll::Ready(Ok(()))
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.get_mut().stream).poll_write_vectored(cx, slices)
    }
}

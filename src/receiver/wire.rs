//! A connection's two directions: reading and writing, each wait of which ends when its line has
//! to.

use std::future::poll_fn;
use std::io;
use std::pin::Pin;
use std::sync::{Mutex, PoisonError};
use std::task::{Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::budget::Share;
use super::lines::{Cut, Line, Phase};

/// What every connection may hold beyond the budget, and what is read at once of a head.
pub(super) const KEPT_BYTES: usize = 16 * 1024;
/// What a closing connection may still send for nothing.
const LINGER_BYTES: usize = 64 * 1024 * 1024;

/// The buffer into which all connections read, one at a time.
pub(super) struct Scratch(Mutex<Box<[u8]>>);

impl Default for Scratch {
    fn default() -> Self {
        Self(Mutex::new(vec![0; 64 * 1024].into_boxed_slice()))
    }
}

/// A stream, and what was read of it and not used yet.
pub(super) struct Wire<'a, S> {
    stream: S,
    line: &'a Line,
    scratch: &'a Scratch,
    /// What has been read, of which so much is done with.
    input: Vec<u8>,
    done: usize,
    /// For input beyond what every connection may hold.
    share: Share,
    /// The sender has ended its direction.
    has_ended: bool,
}

/// Why nothing was read or written.
pub(super) enum Broken {
    /// The connection is gone.
    Reset,
    Cut(Cut),
}

impl From<Cut> for Broken {
    fn from(cut: Cut) -> Self {
        Self::Cut(cut)
    }
}

impl<'a, S: AsyncRead + AsyncWrite + Unpin> Wire<'a, S> {
    pub(super) fn new(stream: S, line: &'a Line, scratch: &'a Scratch, share: Share) -> Self {
        Self {
            stream,
            line,
            scratch,
            input: Vec::new(),
            done: 0,
            share,
            has_ended: false,
        }
    }

    /// What was read and is not done with.
    pub(super) fn unread(&self) -> &[u8] {
        self.input.get(self.done..).unwrap_or_default()
    }

    /// So much of it is done with.
    pub(super) fn pass(&mut self, bytes: usize) {
        self.done += bytes;
    }

    /// Whether the budget allows what is held of a head, and of what came with it.
    pub(super) fn is_within_budget(&mut self) -> bool {
        self.unread().len() <= KEPT_BYTES || self.share.cover(self.input.capacity())
    }

    /// Reads what comes next, at most that much, to the end of `to` or of the input. Returns how
    /// much it was: 0 at the sender's end.
    pub(super) async fn read(
        &mut self,
        most: usize,
        to: Option<&mut Vec<u8>>,
    ) -> Result<usize, Broken> {
        if self.has_ended {
            return Ok(0);
        }
        let to = match to {
            Some(to) => to,
            None => {
                self.input.drain(..self.done);
                self.done = 0;
                if self.input.is_empty() && self.input.capacity() > KEPT_BYTES {
                    self.input = Vec::new();
                    self.share.give_back();
                }
                &mut self.input
            }
        };
        let (stream, scratch) = (&mut self.stream, &self.scratch.0);
        let reading = poll_fn(|context| {
            let mut scratch = scratch.lock().unwrap_or_else(PoisonError::into_inner);
            let most = most.min(scratch.len());
            let mut buffer = ReadBuf::new(scratch.get_mut(..most).unwrap_or_default());
            let read = ready!(Pin::new(&mut *stream).poll_read(context, &mut buffer));
            to.extend_from_slice(buffer.filled());
            Poll::Ready(read.map(|()| buffer.filled().len()))
        });
        match self.line.unless_cut(reading).await? {
            Ok(bytes) => {
                self.has_ended = bytes == 0;
                Ok(bytes)
            }
            Err(_) => {
                self.has_ended = true;
                Err(Broken::Reset)
            }
        }
    }

    /// Writes both, whole.
    pub(super) async fn send(&mut self, head: &[u8], body: &[u8]) -> Result<(), Broken> {
        let (mut head, mut body) = (head, body);
        let mut is_waiting = false;
        let (stream, line) = (&mut self.stream, self.line);
        let writing = poll_fn(|context| {
            while !head.is_empty() || !body.is_empty() {
                let stream = Pin::new(&mut *stream);
                let writing = if body.is_empty() {
                    stream.poll_write(context, head)
                } else {
                    let slices = [io::IoSlice::new(head), io::IoSlice::new(body)];
                    stream.poll_write_vectored(context, &slices)
                };
                let written = match writing {
                    Poll::Ready(Ok(0) | Err(_)) => return Poll::Ready(Err(Broken::Reset)),
                    Poll::Ready(Ok(written)) => written,
                    Poll::Pending => {
                        if !std::mem::replace(&mut is_waiting, true) {
                            line.enter(Phase::Answer);
                        }
                        return Poll::Pending;
                    }
                };
                let of_head = written.min(head.len());
                head = &head[of_head..];
                body = body.get(written - of_head..).unwrap_or_default();
            }
            Pin::new(&mut *stream)
                .poll_flush(context)
                .map_err(|_| Broken::Reset)
        });
        self.line.unless_cut(writing).await?
    }

    /// Closes our direction, and where more may come reads that for a while, for nothing: a socket
    /// that is closed with unread bytes resets the connection, and the answer would be lost on a
    /// sender that is still writing.
    pub(super) async fn linger(&mut self, is_heard_out: bool) -> Result<(), Broken> {
        let has_more = !is_heard_out || !self.unread().is_empty();
        self.input = Vec::new();
        self.done = 0;
        self.share.give_back();
        self.line.enter(Phase::Closing);
        let stream = &mut self.stream;
        let shutting = poll_fn(|context| Pin::new(&mut *stream).poll_shutdown(context));
        if self.line.unless_cut(shutting).await?.is_err() {
            return Ok(());
        }
        let mut discarded = 0;
        while !self.has_ended && discarded < LINGER_BYTES {
            let (stream, scratch) = (&mut self.stream, &self.scratch.0);
            let discarding = poll_fn(|context| {
                let mut scratch = scratch.lock().unwrap_or_else(PoisonError::into_inner);
                let mut buffer = ReadBuf::new(&mut scratch);
                match Pin::new(&mut *stream).poll_read(context, &mut buffer) {
                    Poll::Ready(Ok(())) => Poll::Ready(buffer.filled().len()),
                    Poll::Pending if has_more => Poll::Pending,
                    Poll::Pending | Poll::Ready(Err(_)) => Poll::Ready(0),
                }
            });
            match self.line.unless_cut(discarding).await? {
                0 => return Ok(()),
                bytes => discarded += bytes,
            }
        }
        Ok(())
    }
}

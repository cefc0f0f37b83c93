//! What the receiver hands on and what it wants back: deliveries, and answers to them. Answers may
//! come from any thread.

use std::fmt;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, ThreadId};
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use tokio::sync::{Notify, oneshot};

use super::budget::Share;
use crate::delivery::{Delivery, Headers};

/// What is done with deliveries. Both calls happen on the network thread, so that they must be
/// quick and must not block.
pub trait Service: Send + Sync + 'static {
    /// A whole delivery has come in; `responder` may answer it now or later, on any thread.
    fn received(&self, received: Received, responder: Responder);

    /// Something came in that is no delivery.
    fn malformed(&self, malformed: Malformed);
}

/// A delivery and where it came from.
#[derive(Debug)]
pub struct Received {
    /// When its head was complete.
    pub at: SystemTime,
    /// The sender's address.
    pub remote: SocketAddr,
    /// The request, its head as the sender wrote it; trailers are dropped.
    pub delivery: Delivery,
    /// The delivery's share of the receiver's memory. Whoever keeps the bytes keeps it, too.
    pub share: Share,
}

/// A request that never became a delivery, or trouble with connections as such.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Malformed {
    /// When it was recognised.
    pub at: SystemTime,
    /// The sender's address; none where no single sender is the cause.
    pub remote: Option<SocketAddr>,
    /// A stable name for scripts, such as `truncated-body`.
    pub code: &'static str,
    /// The status that the sender got; none when the connection was closed without an answer.
    pub status: Option<u16>,
    /// A sentence for people. What it quotes from the sender is short and ASCII.
    pub message: String,
}

/// What a sender gets back, and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The answer's content; with none, the connection is closed without an answer.
    pub reply: Option<Reply>,
    /// How long the sender has to wait for it.
    pub delay: Duration,
}

/// The content of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// The status, from 200 to 999; others become 500.
    pub status: u16,
    /// The header fields. Those that belong to a connection or to framing are left out
    /// (`Connection: close` is heeded), as are those that HTTP does not allow.
    pub headers: Headers,
    /// The body. Where it is nobody else's it counts as the receiver's memory until it is sent;
    /// many answers may share one.
    pub body: Bytes,
}

impl Answer {
    /// An answer of that status alone.
    pub fn status(status: u16) -> Self {
        Self::from(Reply {
            status,
            headers: Headers::new(),
            body: Bytes::new(),
        })
    }

    /// No answer: the connection is closed.
    pub fn hang_up() -> Self {
        Self {
            reply: None,
            delay: Duration::ZERO,
        }
    }

    /// The same, but later.
    pub fn after(self, delay: Duration) -> Self {
        Self { delay, ..self }
    }
}

impl From<Reply> for Answer {
    fn from(reply: Reply) -> Self {
        Self {
            reply: Some(reply),
            delay: Duration::ZERO,
        }
    }
}

/// The way back to a sender. Dropped unanswered, it answers 500.
pub struct Responder {
    to: oneshot::Sender<Answer>,
    outbox: Arc<Outbox>,
}

impl Responder {
    pub(super) fn new(outbox: &Arc<Outbox>) -> (Self, oneshot::Receiver<Answer>) {
        let (to, answer) = oneshot::channel();
        let outbox = Arc::clone(outbox);
        (Self { to, outbox }, answer)
    }

    /// Answers the sender, unless it has gone.
    pub fn answer(self, answer: Answer) {
        if thread::current().id() == self.outbox.network {
            // A sender that has hung up needs no answer.
            let _ = self.to.send(answer);
        } else {
            answer_all([(self, answer)]);
        }
    }
}

impl fmt::Debug for Responder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Responder")
    }
}

/// Answers many senders of one receiver, whose thread is woken once for all of them.
pub fn answer_all(answers: impl IntoIterator<Item = (Responder, Answer)>) {
    let mut answers = answers.into_iter().peekable();
    let Some((first, _)) = answers.peek() else {
        return;
    };
    let outbox = Arc::clone(&first.outbox);
    outbox.put(answers.map(|(responder, answer)| (responder.to, answer)));
}

/// Answers on their way to the network thread.
pub(super) struct Outbox {
    network: ThreadId,
    waiting: Mutex<Vec<(oneshot::Sender<Answer>, Answer)>>,
    filled: Notify,
}

impl Outbox {
    /// To be made on the network thread.
    pub(super) fn new() -> Self {
        Self {
            network: thread::current().id(),
            waiting: Mutex::default(),
            filled: Notify::new(),
        }
    }

    fn put(&self, answers: impl Iterator<Item = (oneshot::Sender<Answer>, Answer)>) {
        // Collected before the lock is taken: it may be work to make them.
        let answers: Vec<_> = answers.collect();
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.extend(answers);
        drop(waiting);
        self.filled.notify_one();
    }

    /// Passes answers on for ever.
    pub(super) async fn pass_on(&self) {
        loop {
            self.filled.notified().await;
            let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
            let answers = std::mem::take(&mut *waiting);
            drop(waiting);
            for (to, answer) in answers {
                let _ = to.send(answer);
            }
        }
    }
}

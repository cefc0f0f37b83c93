//! One connection's conversation: a head, its body, the service's answer, and again, until one
//! side has enough. Then the connection lingers, if the sender may still be writing.
//!
//! It is generic over its stream. Nothing is read ahead of what can be used: while an answer is
//! awaited or written, the sender is not listened to.

use std::net::SocketAddr;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, SystemTime};

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::oneshot::error::TryRecvError;
use tokio::time::sleep;

use super::answer::{self, Asked, CONTINUE, Clock};
use super::budget::{Account, Budget, Share};
use super::head::{Coming, Framing, Head};
use super::limits::{Limits, Refusal};
use super::lines::{Cut, Line, Lines, Phase, Place};
use super::service::{Answer, Malformed, Outbox, Received, Reply, Responder, Service};
use super::wire::{Broken, KEPT_BYTES, Scratch, Wire};
use crate::amount;
use crate::delivery::Delivery;
use crate::http::{Chunks, Fault, Stretch};

/// What all connections of a receiver share.
pub(super) struct Shared {
    pub(super) limits: Limits,
    pub(super) lines: Arc<Lines>,
    pub(super) outbox: Arc<Outbox>,
    service: Box<dyn Service>,
    budget: Arc<Budget>,
    clock: Clock,
    scratch: Scratch,
    stopping: AtomicBool,
}

impl Shared {
    /// To be made on the network thread.
    pub(super) fn new(limits: Limits, service: Box<dyn Service>) -> Self {
        Self {
            limits,
            lines: Arc::new(Lines::new(&limits)),
            outbox: Arc::new(Outbox::new()),
            service,
            budget: Arc::new(Budget::new(&limits)),
            clock: Clock::default(),
            scratch: Scratch::default(),
            stopping: AtomicBool::new(false),
        }
    }

    /// Has idle connections closed now and the others after their next answer.
    pub(super) fn stop(&self) {
        self.stopping.store(true, Ordering::Relaxed);
        self.lines.stop();
    }

    fn is_stopping(&self) -> bool {
        self.stopping.load(Ordering::Relaxed)
    }

    pub(super) fn report(&self, remote: Option<SocketAddr>, refusal: Refusal) {
        let malformed = Malformed {
            at: SystemTime::now(),
            remote,
            code: refusal.code,
            status: refusal.status,
            message: refusal.message,
        };
        // A service that panics must harm nothing else.
        let _ = catch_unwind(AssertUnwindSafe(|| self.service.malformed(malformed)));
    }
}

/// Why a conversation is over.
enum End {
    /// There is nothing to say about it.
    Silent,
    /// What came in is no delivery, and its sender is told so if it can be.
    Refused(Refusal),
    Cut(Cut),
}

impl From<Refusal> for End {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<Cut> for End {
    fn from(cut: Cut) -> Self {
        Self::Cut(cut)
    }
}

/// What is wrong with a socket concerns nobody, unless a request breaks off with it.
impl From<Broken> for End {
    fn from(broken: Broken) -> Self {
        match broken {
            Broken::Reset => Self::Silent,
            Broken::Cut(cut) => Self::Cut(cut),
        }
    }
}

/// Sees a connection to its end.
pub(super) async fn attend<S>(stream: S, place: Place, shared: Arc<Shared>)
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let account = shared.budget.account(place.line.remote);
    let mut connection = Connection {
        wire: Wire::new(stream, &place.line, &shared.scratch, account.share()),
        line: &place.line,
        shared: &shared,
        account,
    };
    let end = connection.converse().await;
    // Being cut while it closes, or an error then, changes nothing any more.
    let _ = connection.close(end).await;
}

struct Connection<'a, S> {
    wire: Wire<'a, S>,
    line: &'a Line,
    shared: &'a Shared,
    account: Arc<Account>,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Connection<'_, S> {
    /// Requests and answers in turn. Ends without an error where both sides are content.
    async fn converse(&mut self) -> Result<(), End> {
        while let Some(head) = self.head().await? {
            let at = SystemTime::now();
            let asked = Asked::from(&head);
            let (body, share) = self.body(&head).await?;
            let received = Received {
                at,
                remote: self.line.remote,
                delivery: Delivery {
                    method: head.method,
                    target: head.target,
                    headers: head.headers,
                    body,
                },
                share,
            };
            let reply = self.ask(received).await?;
            if !self.write(reply, asked).await? {
                break;
            }
        }
        Ok(())
    }

    /// The next head; `None` when nothing more comes.
    async fn head(&mut self) -> Result<Option<Head>, End> {
        self.line.enter(Phase::Idle);
        let mut coming = Coming::default();
        let mut is_idle = true;
        loop {
            // Empty lines before a request line are passed over (RFC 9112, section 2.2).
            while is_idle && self.wire.unread().starts_with(b"\r\n") {
                self.wire.pass(2);
            }
            let unread = self.wire.unread();
            let length = unread.len();
            if !matches!(unread, [] | [b'\r']) {
                if let Some(head) = coming.look(unread, &self.shared.limits)? {
                    self.wire.pass(head.bytes);
                    return Ok(Some(head));
                }
                if std::mem::take(&mut is_idle) {
                    self.line.enter(Phase::Head);
                }
                if !self.wire.is_within_budget() {
                    return Err(Refusal::over_budget().into());
                }
            } else if self.shared.is_stopping() {
                return Ok(None);
            }
            match self.wire.read(KEPT_BYTES, None).await {
                Ok(0) if length == 0 => return Ok(None),
                Ok(0) => return Err(truncated_head("ended", length)),
                Ok(_) => {}
                Err(Broken::Reset) if length > 0 => {
                    return Err(unanswered(truncated_head("was reset", length)));
                }
                Err(Broken::Cut(Cut::Overdue(Phase::Head))) => {
                    return Err(self.overdue("head", self.shared.limits.head));
                }
                Err(broken) => return Err(broken.into()),
            }
        }
    }

    /// The body that a head announces, and the share of both.
    async fn body(&mut self, head: &Head) -> Result<(Vec<u8>, Share), End> {
        let mut body = Body {
            bytes: Vec::new(),
            share: self.account.share(),
            beside: head.bytes,
            is_timed: false,
        };
        // What is longer than an address space is over any limit.
        let length = match head.framing {
            Framing::Length(length) => usize::try_from(length).unwrap_or(usize::MAX),
            Framing::Chunked => 0,
        };
        let is_there = length.min(self.wire.unread().len());
        self.grow(&mut body, is_there, length).await?;
        self.move_input(&mut body, is_there);
        if is_there < length || head.framing == Framing::Chunked {
            if head.expects_continue && is_there == 0 && self.wire.unread().is_empty() {
                self.wire.send(CONTINUE, &[]).await?;
            }
            body.time(self.line);
            match head.framing {
                Framing::Length(_) => self.read_length(&mut body, length).await?,
                Framing::Chunked => self.read_chunks(&mut body).await?,
            }
        }
        Ok((body.bytes, body.share))
    }

    async fn read_length(&mut self, body: &mut Body, length: usize) -> Result<(), End> {
        while body.bytes.len() < length {
            let has = body.bytes.len();
            self.grow(body, has + 1, length).await?;
            // No more is read than belongs to the body.
            let room = body.bytes.capacity().min(length) - has;
            let read = self.wire.read(room, Some(&mut body.bytes)).await;
            let place = || {
                let (has, length) = (amount::count(has), amount::bytes(length));
                format!("after {has} of its body's {length}")
            };
            self.went_on(read, place)?;
        }
        Ok(())
    }

    async fn read_chunks(&mut self, body: &mut Body) -> Result<(), End> {
        let limits = self.shared.limits;
        let mut chunks = Chunks::new(limits.body_bytes);
        loop {
            match chunks.read(self.wire.unread()) {
                Ok(Stretch::End) => return Ok(()),
                Ok(Stretch::Framing(0) | Stretch::Data(0)) => {
                    let has = body.bytes.len();
                    let read = self.wire.read(KEPT_BYTES, None).await;
                    self.went_on(read, || {
                        format!("after {has} bytes of its chunked body, before the last chunk")
                    })?;
                }
                Ok(Stretch::Framing(bytes)) => self.wire.pass(bytes),
                Ok(Stretch::Data(bytes)) => {
                    let length = body.bytes.len() + bytes;
                    self.grow(body, length, usize::MAX).await?;
                    self.move_input(body, length);
                }
                Err(Fault::TooLarge) => return Err(Refusal::body_too_large(&limits).into()),
                Err(Fault::Syntax(message)) => return Err(Refusal::malformed(message).into()),
            }
        }
    }

    /// Makes room for a body of that length, ahead of what comes, but never beyond `most`: nothing
    /// is believed that has not come.
    async fn grow(&self, body: &mut Body, length: usize, most: usize) -> Result<(), End> {
        let capacity = body.bytes.capacity();
        let next = if length <= capacity {
            capacity
        } else {
            length.max((capacity * 2).max(KEPT_BYTES).min(most))
        };
        if !body.share.cover(body.beside + next) {
            body.time(self.line);
            let wait = self.shared.limits.buffer_wait;
            let covering = body.share.cover_within(wait, body.beside + next);
            match self.line.unless_cut(covering).await {
                Ok(true) => {}
                Ok(false) => return Err(Refusal::over_budget().into()),
                Err(cut) => return Err(self.cut_in_body(cut)),
            }
        }
        body.bytes.reserve_exact(next - body.bytes.len());
        Ok(())
    }

    /// Moves input into a body, up to that length of it.
    fn move_input(&mut self, body: &mut Body, length: usize) {
        let unread = self.wire.unread();
        let moved = unread.len().min(length - body.bytes.len());
        body.bytes.extend_from_slice(&unread[..moved]);
        self.wire.pass(moved);
    }

    /// Whether a body went on; if not, how it ended is told with what had come of it.
    fn went_on(&self, read: Result<usize, Broken>, so_far: impl Fn() -> String) -> Result<(), End> {
        let truncated = |how: &str| {
            let message = format!("the request {how} {}", so_far());
            End::Refused(Refusal::new("truncated-body", 400, message))
        };
        match read {
            Ok(0) => Err(truncated("ended")),
            Ok(_) => Ok(()),
            Err(Broken::Reset) => Err(unanswered(truncated("was reset"))),
            Err(Broken::Cut(cut)) => Err(self.cut_in_body(cut)),
        }
    }

    fn cut_in_body(&self, cut: Cut) -> End {
        match cut {
            Cut::Overdue(Phase::Body) => self.overdue("body", self.shared.limits.body),
            cut => cut.into(),
        }
    }

    fn overdue(&self, part: &str, limit: Duration) -> End {
        let code = if part == "head" {
            "head-timeout"
        } else {
            "body-timeout"
        };
        let limit = amount::wait(limit);
        let message = format!("the request's {part} was not complete after {limit}");
        Refusal::new(code, 408, message).into()
    }

    /// What the service answers.
    async fn ask(&mut self, received: Received) -> Result<Reply, End> {
        let shared = self.shared;
        let (responder, mut answer) = Responder::new(&shared.outbox);
        let asking = AssertUnwindSafe(|| shared.service.received(received, responder));
        if catch_unwind(asking).is_err() {
            shared.report(
                Some(self.line.remote),
                Refusal::new(
                    "internal-error",
                    500,
                    "the delivery could not be handled: this is a fault of bluehook",
                ),
            );
        }
        let answer = match answer.try_recv() {
            Ok(answer) => Ok(answer),
            Err(TryRecvError::Closed) => Err(()),
            Err(TryRecvError::Empty) => {
                self.line.enter(Phase::Service);
                self.line.unless_cut(answer).await?.map_err(drop)
            }
        };
        let answer = answer.unwrap_or_else(|()| Answer::status(500));
        if !answer.delay.is_zero() {
            self.line.enter(Phase::Service);
            self.line.unless_cut(sleep(answer.delay)).await?;
        }
        answer.reply.ok_or(End::Silent)
    }

    /// Writes an answer. Returns whether the connection stays open.
    async fn write(&mut self, mut reply: Reply, mut asked: Asked) -> Result<bool, End> {
        asked.keeps_open &= !self.shared.is_stopping();
        // A body that others have, too, takes up nothing of its own.
        let counted = reply.body.len() > KEPT_BYTES && reply.body.is_unique();
        let share = if counted {
            self.account.share_for_answer(reply.body.len())
        } else {
            Some(Share::default())
        };
        if share.is_none() {
            let refusal = Refusal::new(
                "over-budget",
                503,
                "other answers took up all the memory that answers may have",
            );
            reply = answer::refusal(503, refusal.code);
            self.shared.report(Some(self.line.remote), refusal);
        }
        let clock = &self.shared.clock;
        let written = clock.tell(|date| answer::write(&reply, asked, date));
        let body: &[u8] = if written.has_body { &reply.body } else { &[] };
        self.wire.send(&written.head, body).await?;
        Ok(written.keeps_open)
    }

    /// Says why a conversation ended, if there is something to say, and to whom it can be said.
    async fn close(mut self, end: Result<(), End>) -> Result<(), End> {
        let mut is_heard_out = true;
        match end {
            Ok(()) => {}
            Err(End::Silent | End::Cut(Cut::Overdue(_) | Cut::Stopped)) => return Ok(()),
            Err(End::Cut(Cut::Crowded(phase, age))) => {
                let refusal = crowded_out(phase, age, self.shared.lines.most());
                self.shared.report(Some(self.line.remote), refusal);
                return Ok(());
            }
            Err(End::Refused(refusal)) => {
                let answer = refusal
                    .status
                    .map(|status| answer::refusal(status, refusal.code));
                self.shared.report(Some(self.line.remote), refusal);
                let Some(reply) = answer else { return Ok(()) };
                let asked = Asked {
                    is_head: false,
                    is_1_0: false,
                    keeps_open: false,
                };
                self.write(reply, asked).await?;
                is_heard_out = false;
            }
        }
        Ok(self.wire.linger(is_heard_out).await?)
    }
}

/// A body that is coming in.
struct Body {
    bytes: Vec<u8>,
    share: Share,
    /// What the share is for beside the body.
    beside: usize,
    /// The time for it runs.
    is_timed: bool,
}

impl Body {
    /// Has the time for it run from now on, unless it does.
    fn time(&mut self, line: &Line) {
        if !std::mem::replace(&mut self.is_timed, true) {
            line.enter(Phase::Body);
        }
    }
}

fn truncated_head(how: &str, bytes: usize) -> End {
    let message = format!("the request {how} after {bytes} bytes of its head");
    Refusal::new("truncated-head", 400, message).into()
}

/// The same, of a sender that has gone.
fn unanswered(end: End) -> End {
    match end {
        End::Refused(refusal) => End::Refused(Refusal::unanswered(refusal.code, refusal.message)),
        end => end,
    }
}

fn crowded_out(phase: Phase, age: Duration, most: usize) -> Refusal {
    let doing = match phase {
        Phase::Idle => "that was idle",
        Phase::Head | Phase::Body => "that was sending a request",
        Phase::Service => "that was waiting for its answer",
        Phase::Answer => "that was reading its answer",
        Phase::Closing => "that was closing",
    };
    Refusal::unanswered(
        "too-many-connections",
        format!(
            "with {most} connections open, one {doing} for {:.1} s was closed to make room",
            age.as_secs_f64()
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::sync::Mutex;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    /// Notes what comes in, and answers with the target.
    #[derive(Clone, Default)]
    struct Notes(Arc<Mutex<Vec<Note>>>);

    /// A request line and its body, or a refusal's code.
    type Note = (String, Vec<u8>);

    impl Service for Notes {
        fn received(&self, received: Received, responder: Responder) {
            let delivery = received.delivery;
            responder.answer(Answer::from(Reply {
                status: 200,
                headers: crate::delivery::Headers::new(),
                body: delivery.target.clone().into(),
            }));
            let line = format!("{} {}", delivery.method, delivery.target);
            self.0.lock().unwrap().push((line, delivery.body));
        }

        fn malformed(&self, malformed: Malformed) {
            let end = (malformed.code.to_owned(), Vec::new());
            self.0.lock().unwrap().push(end);
        }
    }

    /// What comes in, and what goes out, where a sender writes these pieces and ends.
    fn converse<'a>(pieces: impl Iterator<Item = &'a [u8]>) -> (Vec<Note>, Vec<u8>) {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .build()
            .unwrap();
        runtime.block_on(async {
            let notes = Notes::default();
            let shared = Arc::new(Shared::new(Limits::default(), Box::new(notes.clone())));
            let place = shared.lines.open(([192, 0, 2, 1], 1).into());
            let (ours, theirs) = tokio::io::duplex(64);
            let receiving = tokio::spawn(attend(ours, place, Arc::clone(&shared)));
            let (mut reading, mut writing) = tokio::io::split(theirs);
            let answers = tokio::spawn(async move {
                let mut answers = Vec::new();
                let _ = reading.read_to_end(&mut answers).await;
                answers
            });
            for piece in pieces {
                // Whoever is refused need not be listened to.
                if writing.write_all(piece).await.is_err() {
                    break;
                }
                tokio::task::yield_now().await;
            }
            let _ = writing.shutdown().await;
            receiving.await.unwrap();
            assert_eq!(shared.lines.count(), 0);
            let answers = answers.await.unwrap();
            let came = notes.0.lock().unwrap().clone();
            (came, without_dates(&answers))
        })
    }

    fn without_dates(answers: &[u8]) -> Vec<u8> {
        answers
            .split_inclusive(|byte| *byte == b'\n')
            .filter(|line| !line.starts_with(b"Date: "))
            .flatten()
            .copied()
            .collect()
    }

    const CONVERSATION: &[u8] = b"\r\n\r\nPOST /one HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello\
        GET /two HTTP/1.1\r\nA: b\r\nHost:\r\n\r\n\
        POST /three HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x\r\n\r\n\r\n0\r\nT: u\r\n\r\n\
        PUT /four HTTP/1.0\r\nConnection: keep-alive\r\nContent-Length: 0\r\n\r\n\
        POST /five HTTP/1.1\r\nhost: a\r\ncontent-length: 28\r\n\r\nGET /smuggled HTTP/1.1\r\n\r\n\r\n\
        FOO{} /six HTTP/1.1\r\nHost: a\r\n\r\nGET /seven HTTP/1.1\r\nHost: a\r\n\r\n";

    #[test]
    fn messages_are_told_apart_however_they_come() {
        for step in 1..=CONVERSATION.len() {
            let (came, answers) = converse(CONVERSATION.chunks(step));
            let expected: [(&str, &[u8]); 6] = [
                ("POST /one", b"hello"),
                ("GET /two", b""),
                ("POST /three", b"abc\r\n"),
                ("PUT /four", b""),
                ("POST /five", b"GET /smuggled HTTP/1.1\r\n\r\n\r\n"),
                ("malformed-request", b""),
            ];
            let came: Vec<_> = came.iter().map(|(one, body)| (&**one, &**body)).collect();
            assert_eq!(came, expected, "{step}");
            let answers = String::from_utf8(answers).unwrap();
            let statuses: Vec<_> = answers.matches("HTTP/1.1 ").collect();
            assert_eq!(statuses.len(), 6, "{answers}");
            assert!(answers.ends_with("Connection: close\r\n\r\nmalformed-request\n"));
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_borne(
            input in proptest::collection::vec(any::<u8>(), 0..300),
            step in 1..40_usize,
        ) {
            converse(input.chunks(step));
        }

        #[test]
        fn any_change_to_a_conversation_is_borne_and_read_alike_in_pieces(
            at in 0..CONVERSATION.len(),
            byte in any::<u8>(),
            step in 1..40_usize,
        ) {
            let mut input = CONVERSATION.to_vec();
            input[at] = byte;
            let whole = converse(std::iter::once(&*input));
            let pieces = converse(input.chunks(step));
            prop_assert_eq!(whole, pieces);
        }
    }
}

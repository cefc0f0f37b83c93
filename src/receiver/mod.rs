//! The receiver: connections become deliveries, a service answers them. The one user of hyper.
//!
//! It stands behind public tunnels, so that every size and every wait is bounded, and nothing that
//! a sender does can harm the next one. One thread carries all connections; the [`Service`] is
//! called on it and hands longer work to other threads, which answer through a [`Responder`].
//! Whoever signs, records or shows deliveries is elsewhere.
//!
//! ```text
//! socket ─▶ wire: exact head, strict framing, limits ─▶ hyper ─▶ exchange: body, service, answer ─▶ hyper ─▶ wire ─▶ socket
//! ```
//!
//! hyper lower-cases header names and groups them. Therefore `wire` reads each head itself, takes
//! it as it came, and lets hyper read a plain restatement of it: nothing in a head that a stranger
//! wrote can make the two disagree about where a message ends. hyper keeps the conversation going:
//! keep-alive, pipelining, interim answers, answers and their framing.

mod exchange;
mod framing;
mod head;
mod lines;
mod wire;

use std::future::{Future, pending, poll_fn};
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::task::Poll;
use std::time::{Duration, Instant, SystemTime};

use socket2::{Domain, Protocol, Socket, Type};
use tokio::net::TcpStream;
use tokio::sync::{Semaphore, oneshot, watch};
use tokio::time::{sleep, timeout};

use crate::delivery::{Delivery, Headers};
use lines::Lines;

/// Connections that may wait for their acceptance: a burst of senders must not lose its SYNs.
const BACKLOG: i32 = 1024;
/// The pause after an `accept` that failed for want of descriptors or memory.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);
/// Failures of `accept` that are closer together than this are one episode, reported once.
const EPISODE: Duration = Duration::from_secs(10);
/// The buffer into which all connections read, one at a time.
const SCRATCH_BYTES: usize = 64 * 1024;

/// What a receiver allows. Each time is absolute for its phase, not for one read or write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The longest head (request line and header fields), in bytes; beyond it 431.
    pub head_bytes: usize,
    /// The most header fields; beyond it 431.
    pub header_count: usize,
    /// The longest body, in bytes; beyond it 413.
    pub body_bytes: u64,
    /// The most bytes of heads and bodies that all connections together may hold; beyond it 503.
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

/// What is done with deliveries. Both calls happen on the network thread, so that they must be
/// quick and must not block.
pub trait Service: Send + Sync + 'static {
    /// A whole delivery has come in; `responder` may answer it now or later, on any thread.
    fn received(&self, received: Received, responder: Responder);

    /// Something came in that is no delivery.
    fn malformed(&self, malformed: Malformed);
}

/// A delivery and where it came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Received {
    /// When its head was complete.
    pub at: SystemTime,
    /// The sender's address.
    pub remote: SocketAddr,
    /// The request, its head as the sender wrote it; trailers are dropped.
    pub delivery: Delivery,
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

/// The way back to a sender. Dropped unanswered, it answers 500.
#[derive(Debug)]
pub struct Responder(oneshot::Sender<Answer>);

impl Responder {
    /// Answers the sender, unless it has gone.
    pub fn answer(self, answer: Answer) {
        // A sender that has hung up needs no answer.
        let _ = self.0.send(answer);
    }
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
    /// The body.
    pub body: Vec<u8>,
}

impl Answer {
    /// An answer of that status alone.
    pub fn status(status: u16) -> Self {
        Self::from(Reply {
            status,
            headers: Headers::new(),
            body: Vec::new(),
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

/// A switch that ends a receiver. Its clones are the same switch; any thread may use it.
#[derive(Clone, Debug)]
pub struct Stop(Arc<watch::Sender<bool>>);

impl Stop {
    /// A switch that has not been triggered.
    pub fn new() -> Self {
        Self(Arc::new(watch::Sender::new(false)))
    }

    /// Ends the receivers that were given this switch. It cannot be taken back.
    pub fn trigger(&self) {
        self.0.send_replace(true);
    }

    /// Whether it has been triggered.
    pub fn is_triggered(&self) -> bool {
        *self.0.borrow()
    }

    /// Returns once it has been triggered.
    pub async fn triggered(&self) {
        // An error means that no sender is left, but `self` is one.
        let _ = self.0.subscribe().wait_for(|triggered| *triggered).await;
    }
}

impl Default for Stop {
    fn default() -> Self {
        Self::new()
    }
}

/// A bound port, ready to serve: senders can connect from now on.
#[derive(Debug)]
pub struct Receiver {
    listener: TcpListener,
    limits: Limits,
}

impl Receiver {
    /// Binds `address`; port 0 takes any free one.
    ///
    /// # Errors
    /// Those of the operating system, above all an address in use.
    pub fn bind(address: SocketAddr, limits: Limits) -> io::Result<Self> {
        let socket = Socket::new(
            Domain::for_address(address),
            Type::STREAM,
            Some(Protocol::TCP),
        )?;
        // Elsewhere than on Unix this option would let two programs share the port.
        #[cfg(unix)]
        socket.set_reuse_address(true)?;
        socket.bind(&address.into())?;
        socket.listen(BACKLOG)?;
        socket.set_nonblocking(true)?;
        Ok(Self {
            listener: socket.into(),
            limits,
        })
    }

    /// The address that was bound, with its actual port.
    ///
    /// # Errors
    /// Those of the operating system.
    pub fn local_addr(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    /// Serves on this thread until `stop` is triggered. Then no connection is accepted any more,
    /// idle ones are closed, and requests that are under way are answered within the grace.
    ///
    /// # Errors
    /// When the runtime cannot be built.
    pub fn serve(self, service: impl Service, stop: &Stop) -> io::Result<()> {
        self.serve_beside(service, stop, pending())
    }

    /// Like [`serve`](Self::serve), and runs `beside` on the same thread and tokio runtime: the
    /// place to wait for signals or a time. It need not end, and its end does not end serving.
    ///
    /// # Errors
    /// When the runtime cannot be built.
    pub fn serve_beside(
        self,
        service: impl Service,
        stop: &Stop,
        beside: impl Future<Output = ()>,
    ) -> io::Result<()> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        let shared = Arc::new(Shared::new(self.limits, Box::new(service)));
        runtime.block_on(async {
            let listener = tokio::net::TcpListener::from_std(self.listener)?;
            let mut beside = pin!(beside);
            let mut beside_ended = false;
            let mut work = pin!(work(listener, shared, stop));
            poll_fn(|context| {
                beside_ended = beside_ended || beside.as_mut().poll(context).is_ready();
                work.as_mut().poll(context)
            })
            .await;
            Ok(())
        })
    }
}

/// What all connections of a receiver share.
struct Shared {
    limits: Limits,
    service: Box<dyn Service>,
    /// The open connections.
    lines: Lines,
    /// A permit for each byte that may be buffered.
    budget: Arc<Semaphore>,
    /// What a connection reads into before the bytes find their place.
    scratch: Mutex<Box<[u8]>>,
    stopping: AtomicBool,
}

impl Shared {
    fn new(limits: Limits, service: Box<dyn Service>) -> Self {
        Self {
            limits,
            service,
            lines: Lines::default(),
            budget: Arc::new(Semaphore::new(
                limits.buffered_bytes.min(Semaphore::MAX_PERMITS),
            )),
            scratch: Mutex::new(vec![0; SCRATCH_BYTES].into_boxed_slice()),
            stopping: AtomicBool::new(false),
        }
    }

    fn is_stopping(&self) -> bool {
        self.stopping.load(Ordering::Relaxed)
    }

    fn report(&self, remote: Option<SocketAddr>, refusal: Refusal) {
        self.service.malformed(Malformed {
            at: SystemTime::now(),
            remote,
            code: refusal.code,
            status: refusal.status,
            message: refusal.message,
        });
    }
}

/// Why something that came in is no delivery, and what its sender is told.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Refusal {
    code: &'static str,
    status: Option<u16>,
    message: String,
}

impl Refusal {
    fn new(code: &'static str, status: u16, message: impl Into<String>) -> Self {
        Self {
            code,
            status: Some(status),
            message: message.into(),
        }
    }

    /// For a sender that cannot be answered any more.
    fn unanswered(code: &'static str, message: impl Into<String>) -> Self {
        Self {
            code,
            status: None,
            message: message.into(),
        }
    }
}

async fn work(listener: tokio::net::TcpListener, shared: Arc<Shared>, stop: &Stop) {
    tokio::spawn(watch_deadlines(Arc::clone(&shared)));
    {
        let mut stopped = pin!(stop.triggered());
        let mut accepting = pin!(accept(&listener, &shared));
        poll_fn(|context| match stopped.as_mut().poll(context) {
            Poll::Ready(()) => Poll::Ready(()),
            Poll::Pending => accepting.as_mut().poll(context),
        })
        .await;
    }
    drop(listener);
    shared.stopping.store(true, Ordering::Relaxed);
    shared.lines.wake_all();
    // What has not ended by then is cut off together with the runtime.
    let _ = timeout(shared.limits.grace, shared.lines.emptied()).await;
}

/// Accepts connections for ever: no failure of `accept` is final.
async fn accept(listener: &tokio::net::TcpListener, shared: &Arc<Shared>) {
    let mut last_failure: Option<Instant> = None;
    loop {
        match listener.accept().await {
            Ok((stream, remote)) => admit(stream, remote, shared).await,
            // Only the connection that was about to be accepted is lost.
            Err(error) if is_of_one_connection(&error) => {}
            Err(error) => {
                if last_failure.is_none_or(|last| last.elapsed() > EPISODE) {
                    report_failed_accept(shared, &error);
                }
                last_failure = Some(Instant::now());
                shared.lines.close_longest_idle();
                sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}

async fn admit(stream: TcpStream, remote: SocketAddr, shared: &Arc<Shared>) {
    // Without it, answers could wait for the sender's delayed acknowledgement. Its failure means
    // that the connection is dead already, which its first read will tell.
    let _ = stream.set_nodelay(true);
    let full = shared.lines.count() >= shared.limits.connections.max(1);
    if full {
        shared.lines.make_room();
    }
    tokio::spawn(exchange::attend(stream, remote, Arc::clone(shared)));
    if full {
        // Lets those that were told to close do so before the next one comes in.
        tokio::task::yield_now().await;
    }
}

fn is_of_one_connection(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionReset, Interrupted, WouldBlock};
    matches!(
        error.kind(),
        ConnectionAborted | ConnectionReset | Interrupted | WouldBlock
    )
}

/// In a task of its own: a service that panics must not end the accepting.
fn report_failed_accept(shared: &Arc<Shared>, error: &io::Error) {
    let refusal = Refusal::unanswered(
        "out-of-descriptors",
        format!(
            "connections have to wait: none can be accepted, with {} open ({error})",
            shared.lines.count()
        ),
    );
    let shared = Arc::clone(shared);
    tokio::spawn(async move { shared.report(None, refusal) });
}

/// Tells connections whose phase has taken too long. One task for all of them: a timer for each
/// phase of each request would cost more than the looking.
async fn watch_deadlines(shared: Arc<Shared>) {
    loop {
        let pause = shared.lines.cut_overdue(&shared.limits, Instant::now());
        sleep(pause).await;
    }
}

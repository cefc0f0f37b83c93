//! A bound port: connections are accepted, watched over, and ended when the receiver is stopped.

use std::future::{Future, pending, poll_fn};
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::{Duration, Instant};

use socket2::{Domain, Protocol, Socket, Type};
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::time::{sleep, timeout};

use super::connection::{Shared, attend};
use super::limits::{Limits, Refusal};
use super::lines::Lines;
use super::service::Service;

/// Connections that may wait for their acceptance: a burst of senders must not lose its SYNs.
const BACKLOG: i32 = 1024;
/// The pause after an `accept` that failed for want of descriptors or memory.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);
/// Failures of `accept` that are closer together than this are one episode, reported once.
const EPISODE: Duration = Duration::from_secs(10);
/// Descriptors that are left to others when they have run out: one in so many, and at least that
/// many.
const SPARED: (usize, usize) = (8, 4);
/// So many connections are kept all the same.
const KEPT: usize = 8;

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

async fn work(listener: tokio::net::TcpListener, shared: Arc<Shared>, stop: &Stop) {
    tokio::spawn(watch_deadlines(Arc::clone(&shared)));
    let outbox = Arc::clone(&shared.outbox);
    tokio::spawn(async move { outbox.pass_on().await });
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
    shared.stop();
    // What has not ended by then is cut off together with the runtime.
    let _ = timeout(shared.limits.grace, shared.lines.dwindled_to(0)).await;
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
                fit_to_descriptors(&shared.lines).await;
            }
        }
    }
}

async fn admit(stream: TcpStream, remote: SocketAddr, shared: &Arc<Shared>) {
    // Without it, answers could wait for the sender's delayed acknowledgement. Its failure means
    // that the connection is dead already, which its first read will tell.
    let _ = stream.set_nodelay(true);
    let lines = &shared.lines;
    if lines.count() >= lines.most() {
        lines.make_room().await;
    }
    tokio::spawn(attend(stream, lines.open(remote), Arc::clone(shared)));
}

/// Keeps no more connections than there are descriptors for, with a few for others.
async fn fit_to_descriptors(lines: &Lines) {
    let open = lines.count();
    let (one_in, least) = SPARED;
    let spared = (open / one_in).max(least);
    lines.allow_at_most(open.saturating_sub(spared).max(KEPT));
    lines.shrink();
    if lines.most() < open {
        let _ = timeout(ACCEPT_PAUSE, lines.dwindled_to(lines.most())).await;
    } else {
        sleep(ACCEPT_PAUSE).await;
    }
}

fn is_of_one_connection(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionReset, Interrupted, WouldBlock};
    matches!(
        error.kind(),
        ConnectionAborted | ConnectionReset | Interrupted | WouldBlock
    )
}

fn report_failed_accept(shared: &Shared, error: &io::Error) {
    shared.report(
        None,
        Refusal::unanswered(
            "out-of-descriptors",
            format!(
                "connections have to wait: none can be accepted, with {} open ({error})",
                shared.lines.count()
            ),
        ),
    );
}

/// Tells connections whose phase has taken too long. One task for all of them: a timer for each
/// phase of each request would cost more than the looking.
async fn watch_deadlines(shared: Arc<Shared>) {
    loop {
        let pause = shared.lines.cut_overdue(&shared.limits, Instant::now());
        sleep(pause).await;
    }
}

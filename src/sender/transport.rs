//! Attempts on the wire, with ureq below our own bytes. This file is the one user of ureq, which
//! keeps the connections, speaks to proxies, and reads answers; TLS is rustls', by whom we trust.
//!
//! It stands on parts of ureq that are outside its promise of stability, and assumes of them:
//! 1. An exchange begins with one write, ureq's own head of three short lines; all that is written
//!    after it, up to the next read, is what ureq takes for the body ([`Exact`]).
//! 2. An attempt is made on its caller's thread from the look-up of the name to the answer's last
//!    byte, so that what is seen on the way can be noted there (`trace`).
//! 3. The connection to a proxy is set up by the same chain of connectors as any other, with a
//!    configuration that names no proxy ([`to_proxy`]).
//!
//! `tests/sender/` holds each of them: the bytes of every request are compared, also on a reused
//! connection, over TLS and through a proxy, and every phase of an attempt is told apart.

use std::fmt;
use std::io::{self, Read, Write};
use std::net::SocketAddr;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use rustls::pki_types::ServerName;
use rustls::{ClientConfig, ClientConnection, StreamOwned};
use ureq::unversioned::resolver::{ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::{
    Buffers, ConnectProxyConnector, ConnectionDetails, Connector, Either, LazyBuffers, NextTimeout,
    TcpConnector, Transport, TransportAdapter,
};

use super::answer::{ANSWER_LIMIT, Answer, Timing, headers_as_written};
use super::failure::{Failure, Phase};
use super::names::{Names, Unknown};
use super::request::head;
use super::tls::{TlsProblem, Trust};
use super::trace::{self, Trace, trace};
use super::typed::{quoted, shown, without_userinfo};
use super::url::{BadUrl, Scheme, Url};
use crate::delivery::{Delivery, Header, Headers};

/// How Blue waits: 7 seconds an attempt.
pub const BLUE_TIMEOUT: Duration = Duration::from_secs(7);

/// How attempts are made.
#[derive(Clone)]
pub struct Options {
    /// The time for a whole attempt, from the look-up of the name to the answer's last byte.
    pub timeout: Duration,
    /// Certificates (PEM) that are trusted instead of the public roots, as with curl's `--cacert`.
    pub cacert: Option<Vec<u8>>,
    /// Accept any certificate.
    pub insecure: bool,
    /// An `http://` or `https://` proxy; every target is reached through its `CONNECT`.
    pub proxy: Option<String>,
    /// How many attempts will run at the same time; so many idle connections are kept.
    pub concurrency: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            timeout: BLUE_TIMEOUT,
            cacert: None,
            insecure: false,
            proxy: None,
            concurrency: 1,
        }
    }
}

/// An option that no sender can be made with, and why, in a sentence.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadOption {
    /// The trusted certificates.
    #[error("{0}")]
    Cacert(String),
    /// The proxy.
    #[error("{0}")]
    Proxy(String),
}

/// Makes attempts. One sender is shared by all threads of a run; connections are reused.
pub struct Sender {
    agent: ureq::Agent,
    names: Names,
    timeout: Duration,
    proxied: bool,
}

impl Sender {
    /// A sender with these options. Opens nothing and reads no roots yet.
    ///
    /// # Errors
    /// When the certificates or the proxy cannot be used.
    pub fn new(options: &Options) -> Result<Self, BadOption> {
        let proxy = options.proxy.as_deref().map(proxy).transpose()?;
        let proxied = proxy.is_some();
        let trust = match (&options.cacert, options.insecure) {
            (_, true) => Trust::Anyone,
            (Some(pem), false) => Trust::these(pem).map_err(|why| BadOption::Cacert(why.into()))?,
            (None, false) => Trust::Public,
        };
        let timeout = options.timeout.min(LONGEST);
        let connections = options.concurrency.max(1);
        let config = ureq::Agent::config_builder()
            .proxy(proxy)
            .timeout_global(Some(timeout))
            .max_redirects(0)
            .max_redirects_will_error(false)
            .http_status_as_error(false)
            .user_agent("")
            .accept("")
            .accept_encoding("")
            .max_response_header_size(HEAD_LIMIT)
            .max_idle_connections(connections)
            .max_idle_connections_per_host(connections)
            .max_idle_age(IDLE)
            .build();
        let names = Names::default();
        let chain =
            ().chain(ConnectProxyConnector::default())
                .chain(TcpConnector::default())
                .chain(Tap { proxied })
                .chain(Secure::new(trust))
                .chain(Exactly { proxied });
        Ok(Self {
            agent: ureq::Agent::with_parts(config, chain, names.clone()),
            names,
            timeout,
            proxied,
        })
    }

    /// From now on the URL's name leads to these addresses alone, which its caller has looked at: a
    /// second look-up could find others.
    pub fn pin(&self, url: &Url, addresses: Vec<SocketAddr>) {
        self.names.pin(url.host(), url.port(), addresses);
    }

    /// Makes one attempt: sends what [`super::request_bytes`] gives and reads the answer. The delivery's
    /// own `target` is not used; the URL says where to.
    ///
    /// # Errors
    /// When there is no whole answer. A status, whatever it is, is an answer.
    pub fn send(&self, url: &Url, delivery: &Delivery) -> Result<Answer, Failure> {
        self.send_parts(url, &delivery.method, &delivery.headers, &delivery.body)
    }

    /// As [`Sender::send`], of a delivery whose body is others', too: it is not copied.
    ///
    /// # Errors
    /// As there.
    pub fn send_parts(
        &self,
        url: &Url,
        method: &str,
        headers: &Headers,
        body: &[u8],
    ) -> Result<Answer, Failure> {
        let mut head = head(url, method, headers, body.len())?;
        let length = head.len() + body.len();
        let body = match body.len() <= COPIED {
            true => {
                head.extend_from_slice(body);
                &[]
            }
            false => body,
        };
        let start = Instant::now();
        trace::take();
        let outcome = self.exchange(url, method, length, head.as_slice().chain(body));
        let trace = trace::take();
        match outcome {
            Ok(_) if start.elapsed() > self.timeout => Err(Failure::Timeout {
                after: self.timeout,
                phase: Phase::Receive,
            }),
            Ok(answer) if trace.broken && !says_its_length(&answer) => Err(Failure::Truncated {
                status: Some(answer.status),
                received: answer.body.len(),
            }),
            Ok(mut answer) => {
                if let Some(headers) = headers_as_written(&trace.head) {
                    answer.headers = headers;
                }
                answer.timing = trace.timing(start, url.scheme());
                Ok(answer)
            }
            Err(stop) => Err(self.failure(stop, url, trace, length)),
        }
    }

    /// Hands the request's bytes to ureq as if they were a body; [`Exact`] drops the head that
    /// ureq writes before it. Only what ureq must know to read the answer is told: whether the
    /// method is HEAD.
    fn exchange(
        &self,
        url: &Url,
        method: &str,
        length: usize,
        mut bytes: impl Read,
    ) -> Result<Answer, Stop> {
        let origin = format!("{}://{}/", url.scheme(), url.authority());
        let request = match method {
            "HEAD" => self.agent.head(origin).force_send_body(),
            _ => self.agent.post(origin),
        };
        // With a length of its own ureq does not divide it into chunks.
        let request = request.header("content-length", length);
        let bytes = ureq::SendBody::from_reader(&mut bytes);
        let response = request.send(bytes).map_err(|error| Stop {
            error,
            partial: None,
        })?;
        let status = response.status().as_u16();
        let fields = response.headers().iter();
        let headers: Headers = fields
            .map(|(name, value)| Header {
                name: name.as_str().to_owned(),
                value: value.as_bytes().to_vec(),
            })
            .collect();
        let mut body = Vec::new();
        let reader = response.into_body().into_reader();
        let read = reader.take(ANSWER_LIMIT as u64 + 1).read_to_end(&mut body);
        read.map_err(|error| Stop {
            error: error.into(),
            partial: Some((status, body.len())),
        })?;
        let body_truncated = body.len() > ANSWER_LIMIT;
        body.truncate(ANSWER_LIMIT);
        Ok(Answer {
            status,
            headers,
            body,
            body_truncated,
            timing: Timing::default(),
        })
    }

    /// What an error of ureq means, told with the evidence that the attempt left.
    fn failure(&self, stop: Stop, url: &Url, trace: Trace, length: usize) -> Failure {
        use ureq::Error as E;
        let connecting = trace.ready.is_none();
        if connecting {
            self.names.forget();
        }
        let host = url.host().to_owned();
        match stop.error {
            E::Timeout(_) => Failure::Timeout {
                after: self.timeout,
                phase: trace.phase(length),
            },
            E::HostNotFound => {
                let (host, why) = trace.unknown.unwrap_or_default();
                let host = match self.proxied {
                    true => format!("the proxy {host}"),
                    false => host,
                };
                Failure::Resolve { host, why }
            }
            E::ConnectProxyFailed(why) => Failure::Proxy { why: shown(&why) },
            E::Rustls(error) => Failure::tls(host, &error),
            E::LargeResponseHeader(..) => Failure::AnswerTooLarge,
            E::Protocol(error) => match error.to_string() {
                why if self.proxied && connecting => Failure::Proxy { why: shown(&why) },
                why if why.contains("too many headers") => Failure::AnswerTooLarge,
                why if stop.partial.is_some() => Failure::not_http(&[], &why),
                why => Failure::not_http(&trace.head, &why),
            },
            E::Io(error) => match error.get_ref().and_then(|inner| inner.downcast_ref()) {
                Some(fault) => Failure::tls(host, fault),
                None if connecting => self.connection_failure(&error, url, trace),
                None => exchange_failure(&error, &trace, stop.partial),
            },
            error => Failure::Io {
                why: shown(&error.to_string()),
            },
        }
    }

    /// An I/O error before the connection stood.
    fn connection_failure(&self, error: &io::Error, url: &Url, trace: Trace) -> Failure {
        use io::ErrorKind as K;
        let why = error.to_string();
        let host = url.host().to_owned();
        match error.kind() {
            K::ConnectionRefused if trace.connected.is_none() => Failure::Refused {
                port: trace.addresses.first().map_or(url.port(), SocketAddr::port),
                host: match self.proxied {
                    true => "the proxy".to_owned(),
                    false => format!("{host}:{}", url.port()),
                },
                addresses: trace.addresses,
            },
            K::HostUnreachable | K::NetworkUnreachable | K::AddrNotAvailable => {
                Failure::Unreachable { host, why }
            }
            _ if trace.connected.is_some() && url.scheme() == Scheme::Https => {
                let problem = match is_gone(error) {
                    true => TlsProblem::Closed,
                    false => TlsProblem::Other,
                };
                Failure::Tls { host, problem, why }
            }
            _ if self.proxied => Failure::Proxy { why },
            _ => Failure::Io { why },
        }
    }
}

/// Whether the end of an answer can be told from the end of its connection.
fn says_its_length(answer: &Answer) -> bool {
    ["Content-Length", "Transfer-Encoding"]
        .iter()
        .any(|name| answer.headers.contains(name))
}

/// An I/O error while the request was written or the answer read; `partial` is as in [`Stop`].
fn exchange_failure(error: &io::Error, trace: &Trace, partial: Option<(u16, usize)>) -> Failure {
    if !is_gone(error) {
        return Failure::Io {
            why: shown(&error.to_string()),
        };
    }
    match partial {
        Some((status, received)) => Failure::Truncated {
            status: Some(status),
            received,
        },
        None if !trace.head.is_empty() => Failure::Truncated {
            status: None,
            received: trace.head.len(),
        },
        None if trace.cut || error.kind() != io::ErrorKind::UnexpectedEof => Failure::Reset {
            request_bytes: trace.written,
            reused: trace.connected.is_none(),
        },
        None => Failure::Closed {
            reused: trace.connected.is_none(),
        },
    }
}

/// Whether an error means that the peer went away.
fn is_gone(error: &io::Error) -> bool {
    use io::ErrorKind as K;
    matches!(
        error.kind(),
        K::UnexpectedEof | K::ConnectionReset | K::ConnectionAborted | K::BrokenPipe
    )
}

/// Why an exchange stopped, and how much of an answer there was: its status and the body so far.
struct Stop {
    error: ureq::Error,
    partial: Option<(u16, usize)>,
}

/// ureq adds the time-out to an instant, so it must not be astronomical.
const LONGEST: Duration = Duration::from_secs(366 * 24 * 3600);

/// How long an idle connection is kept: less than the 5 s after which Node.js, uvicorn and Apache
/// close theirs, so that a request does not meet a connection that is just being closed.
const IDLE: Duration = Duration::from_secs(4);

/// For how long a connection that was heard from is taken for open.
const FRESH: Duration = Duration::from_millis(10);

/// A body up to this is copied behind its head: one packet costs less than two.
const COPIED: usize = 16 * 1024;

/// The largest head of an answer.
const HEAD_LIMIT: usize = 64 * 1024;

fn proxy(typed: &str) -> Result<ureq::Proxy, BadOption> {
    let bad = || {
        let typed = quoted(&without_userinfo(typed));
        BadOption::Proxy(format!(
            "{typed} is not a proxy: write http://HOST:PORT or https://HOST:PORT"
        ))
    };
    let (scheme, rest) = typed.split_once("://").unwrap_or(("", typed));
    let (user, address) = rest.rsplit_once('@').unwrap_or(("", rest));
    // Short forms are the same as elsewhere, and a name alone is plain HTTP's.
    let url: Url = match scheme {
        "" => (address.parse()).or_else(|_| format!("http://{address}").parse()),
        scheme => format!("{scheme}://{address}").parse(),
    }
    .map_err(|_: BadUrl| bad())?;
    let user = match user {
        "" => String::new(),
        user => format!("{user}@"),
    };
    let whole = format!("{}://{user}{}:{}", url.scheme(), url.host(), url.port());
    ureq::Proxy::new(&whole).map_err(|_| bad())
}

impl Resolver for Names {
    fn resolve(
        &self,
        uri: &http::Uri,
        _: &ureq::config::Config,
        timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, ureq::Error> {
        let host = uri.host().unwrap_or_default();
        let host = host.trim_start_matches('[').trim_end_matches(']');
        let port = uri.port_u16().unwrap_or(match uri.scheme_str() {
            Some("https") => 443,
            _ => 80,
        });
        let start = Instant::now();
        let addresses =
            self.look_up(host, port, *timeout.after)
                .map_err(|unknown| match unknown {
                    Unknown::NotFound(why) => {
                        trace(|trace| trace.unknown = Some((host.to_owned(), why)));
                        ureq::Error::HostNotFound
                    }
                    Unknown::TooLate => ureq::Error::Timeout(timeout.reason),
                    Unknown::Io(error) => error.into(),
                })?;
        let mut found = self.empty();
        for address in addresses.iter().take(16) {
            found.push(*address);
        }
        trace(|trace| {
            trace.resolved = Some((start, Instant::now()));
            trace.addresses = addresses;
        });
        Ok(found)
    }
}

/// Whether this is the connection to the proxy itself, which ureq sets up by the same chain of
/// connectors: it must pass unchanged.
fn to_proxy(details: &ConnectionDetails, proxied: bool) -> bool {
    proxied && details.config.proxy().is_none()
}

/// The link between TCP and TLS: see [`Tapped`].
#[derive(Debug)]
struct Tap {
    proxied: bool,
}

impl<In: Transport> Connector<In> for Tap {
    type Out = Tapped<In>;

    fn connect(
        &self,
        details: &ConnectionDetails,
        chained: Option<In>,
    ) -> Result<Option<Tapped<In>>, ureq::Error> {
        if chained.is_some() && !to_proxy(details, self.proxied) {
            trace(|trace| trace.connected = Some(Instant::now()));
        }
        Ok(chained.map(|inner| Tapped {
            inner,
            cut: false,
            heard: None,
        }))
    }
}

/// A connection whose peer may go away while we write. Receivers that refuse a large body answer
/// early and reset the connection; ureq would stop at the failed write and lose the answer that
/// has already come. So the rest of the request is dropped here, and the answer read.
///
/// It spares the system what ureq would ask of it for nothing: see [`Tapped::is_open`] and
/// [`coarse`].
#[derive(Debug)]
struct Tapped<T> {
    inner: T,
    cut: bool,
    /// When something was read last.
    heard: Option<Instant>,
}

impl<T: Transport> Transport for Tapped<T> {
    fn buffers(&mut self) -> &mut dyn Buffers {
        self.inner.buffers()
    }

    fn transmit_output(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), ureq::Error> {
        if self.cut {
            return Ok(());
        }
        match self.inner.transmit_output(amount, coarse(timeout)) {
            Err(ureq::Error::Io(error)) if is_gone(&error) => {
                self.cut = true;
                trace(|trace| trace.cut = true);
                Ok(())
            }
            outcome => outcome,
        }
    }

    fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, ureq::Error> {
        let has_come = self.inner.await_input(coarse(timeout))?;
        self.heard = has_come.then(Instant::now);
        Ok(has_come)
    }

    /// ureq asks when a connection goes to its pool, and again when it comes out, while others wait
    /// for the pool. One that was just heard from is taken for open: where that is wrong, the
    /// failure is [`Failure::is_stale`].
    fn is_open(&mut self) -> bool {
        let is_fresh = |heard: Instant| heard.elapsed() < FRESH;
        !self.cut && (self.heard.is_some_and(is_fresh) || self.inner.is_open())
    }

    fn is_tls(&self) -> bool {
        self.inner.is_tls()
    }
}

/// The time that is left, rounded up by a sixteenth at most: it shrinks from one call to the next,
/// and each change costs a call to the system. [`Sender::send`] looks at the whole of it again.
fn coarse(mut timeout: NextTimeout) -> NextTimeout {
    if timeout.after.is_not_happening() {
        return timeout;
    }
    let micros = u64::try_from(timeout.after.as_micros()).unwrap_or(u64::MAX);
    let step = (micros / 32).max(1).next_power_of_two();
    timeout.after = Duration::from_micros(micros.div_ceil(step).saturating_mul(step)).into();
    timeout
}

/// TLS where the URL asks for it, by [`Trust`]. What rustls needs is made with the first connection.
#[derive(Debug)]
struct Secure {
    trust: Trust,
    config: OnceLock<Result<Arc<ClientConfig>, rustls::Error>>,
}

impl Secure {
    fn new(trust: Trust) -> Self {
        Self {
            trust,
            config: OnceLock::new(),
        }
    }
}

impl<In: Transport> Connector<In> for Secure {
    type Out = Either<In, Secured>;

    fn connect(
        &self,
        details: &ConnectionDetails,
        chained: Option<In>,
    ) -> Result<Option<Self::Out>, ureq::Error> {
        let Some(transport) = chained else {
            return Ok(None);
        };
        if !details.needs_tls() || transport.is_tls() {
            return Ok(Some(Either::A(transport)));
        }
        let host = details.uri.host().unwrap_or_default();
        let host = host.trim_start_matches('[').trim_end_matches(']');
        let name = ServerName::try_from(host.to_owned())
            .map_err(|_| ureq::Error::Tls("the host's name cannot be one of a certificate"))?;
        let config = self.config.get_or_init(|| self.trust.config()).clone()?;
        let mut connection = ClientConnection::new(config, name)?;
        let mut socket = TransportAdapter::new(transport.boxed(), details.current_time.clone());
        socket.set_timeout(details.timeout);
        connection.complete_io(&mut socket)?;
        let buffers = LazyBuffers::new(
            details.config.input_buffer_size(),
            details.config.output_buffer_size(),
        );
        Ok(Some(Either::B(Secured {
            buffers,
            stream: StreamOwned::new(connection, socket),
        })))
    }
}

/// A connection over TLS.
struct Secured {
    buffers: LazyBuffers,
    stream: StreamOwned<ClientConnection, TransportAdapter>,
}

impl fmt::Debug for Secured {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secured")
    }
}

impl Transport for Secured {
    fn buffers(&mut self) -> &mut dyn Buffers {
        &mut self.buffers
    }

    fn transmit_output(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), ureq::Error> {
        self.stream.sock.set_timeout(timeout);
        let output = self.buffers.output().get(..amount).unwrap_or_default();
        self.stream.write_all(output)?;
        Ok(())
    }

    fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, ureq::Error> {
        self.stream.sock.set_timeout(timeout);
        let amount = self.stream.read(self.buffers.input_append_buf())?;
        self.buffers.input_appended(amount);
        Ok(amount > 0)
    }

    fn is_open(&mut self) -> bool {
        self.stream.sock.get_mut().is_open()
    }

    fn is_tls(&self) -> bool {
        true
    }
}

/// The last link of the chain: see [`Exact`].
#[derive(Debug)]
struct Exactly {
    proxied: bool,
}

impl<In: Transport> Connector<In> for Exactly {
    type Out = Exact<In>;

    fn connect(
        &self,
        details: &ConnectionDetails,
        chained: Option<In>,
    ) -> Result<Option<Exact<In>>, ureq::Error> {
        let tunnel = to_proxy(details, self.proxied);
        Ok(chained.map(|inner| Exact {
            inner,
            tunnel,
            head_next: true,
        }))
    }
}

/// A connection that carries our bytes exactly: the first write of each exchange, which is the
/// head as ureq would write it, is dropped, and what ureq takes for the body is the whole request.
/// ureq's head is three short lines, so it is always one write.
#[derive(Debug)]
struct Exact<T> {
    inner: T,
    /// Leads to a proxy: nothing is changed or noted.
    tunnel: bool,
    /// The next write begins an exchange.
    head_next: bool,
}

impl<T: Transport> Transport for Exact<T> {
    fn buffers(&mut self) -> &mut dyn Buffers {
        self.inner.buffers()
    }

    fn transmit_output(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), ureq::Error> {
        if self.tunnel {
            return self.inner.transmit_output(amount, timeout);
        }
        if self.head_next {
            self.head_next = false;
            trace(|trace| trace.ready = Some(Instant::now()));
            return Ok(());
        }
        self.inner.transmit_output(amount, timeout)?;
        trace(|trace| {
            trace.written += amount;
            trace.sent = Some(Instant::now());
        });
        Ok(())
    }

    fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, ureq::Error> {
        if self.tunnel {
            return self.inner.await_input(timeout);
        }
        self.head_next = true;
        let before = self.inner.buffers().input().len();
        let progress = self.inner.await_input(timeout).inspect_err(|error| {
            // ureq takes it for the end of an answer that says no length.
            let is_gone = matches!(error, ureq::Error::Io(error) if is_gone(error));
            trace(|trace| trace.broken |= is_gone);
        })?;
        let new = self.inner.buffers().input().get(before..);
        if let Some(new) = new.filter(|new| !new.is_empty()) {
            trace(|trace| {
                trace.answered.get_or_insert_with(Instant::now);
                if trace.head.len() < HEAD_LIMIT {
                    trace.head.extend_from_slice(new);
                }
            });
        }
        Ok(progress)
    }

    fn is_open(&mut self) -> bool {
        self.inner.is_open()
    }

    fn is_tls(&self) -> bool {
        self.inner.is_tls()
    }
}

//! The sender: attempts over HTTP and HTTPS, and what an attempt would put on the wire.
//!
//! This room is the one user of ureq. ureq keeps the connections, speaks TLS and to proxies, and
//! reads answers; the request's bytes are ours from the first to the last, so that headers keep
//! their order and case and `--dry-run` shows exactly what is sent. Redirects are never followed,
//! every status is an answer, and no proxy is taken from the environment. Nothing here knows of
//! signing or of the terminal.

use std::cell::RefCell;
use std::collections::HashMap;
use std::fmt;
use std::io::{self, Read};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, ToSocketAddrs};
use std::str::FromStr;
use std::sync::{Arc, PoisonError, RwLock, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use ureq::tls::{Certificate, PemItem, RootCerts, TlsConfig, parse_pem};
use ureq::unversioned::resolver::{ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::{
    Buffers, ConnectProxyConnector, ConnectionDetails, Connector, NextTimeout, RustlsConnector,
    TcpConnector, Transport,
};

use crate::delivery::{Delivery, Headers};
use crate::http::{is_field_value, is_token};

/// How much of an answer's body is kept; what comes after it is not read.
pub const ANSWER_LIMIT: usize = 1024 * 1024;

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

/// An option that no sender can be made with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BadOption {
    /// The file of trusted certificates holds none, or a damaged one.
    Cacert {
        /// What is wrong with it.
        why: String,
    },
    /// The proxy is not an `http://` or `https://` URL.
    Proxy {
        /// The value as typed, without its password.
        typed: String,
    },
}

impl std::error::Error for BadOption {}

impl fmt::Display for BadOption {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Cacert { why } => write!(f, "the trusted certificates cannot be used: {why}"),
            Self::Proxy { typed } => write!(
                f,
                "{typed} is not a proxy: write http://HOST:PORT or https://HOST:PORT"
            ),
        }
    }
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
        let roots = options.cacert.as_deref().map(roots).transpose()?;
        let tls = TlsConfig::builder()
            .root_certs(roots.unwrap_or(RootCerts::WebPki))
            .disable_verification(options.insecure)
            .build();
        let timeout = options.timeout.min(LONGEST);
        let connections = options.concurrency.max(1);
        let config = ureq::Agent::config_builder()
            .tls_config(tls)
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
                .chain(RustlsConnector::default())
                .chain(Exactly { proxied });
        Ok(Self {
            agent: ureq::Agent::with_parts(config, chain, names.clone()),
            names,
            timeout,
            proxied,
        })
    }

    /// Makes one attempt: sends what [`request_bytes`] gives and reads the answer. The delivery's
    /// own `target` is not used; the URL says where to.
    ///
    /// # Errors
    /// When there is no whole answer. A status, whatever it is, is an answer.
    pub fn send(&self, url: &Url, delivery: &Delivery) -> Result<Answer, Failure> {
        let bytes = request_bytes(url, delivery)?;
        let start = Instant::now();
        TRACE.set(Trace::default());
        let outcome = self
            .exchange(url, &delivery.method, &bytes)
            .map_err(|stop| self.failure(stop, url, TRACE.take(), bytes.len()));
        let (status, headers, body, body_truncated) = outcome?;
        let trace = TRACE.take();
        Ok(Answer {
            status,
            headers: headers_as_written(&trace.head).unwrap_or(headers),
            body,
            body_truncated,
            timing: trace.timing(start, url.scheme),
        })
    }

    /// Hands the request's bytes to ureq as if they were a body; [`Exact`] drops the head that
    /// ureq writes before it. Only what ureq must know to read the answer is told: whether the
    /// method is HEAD.
    fn exchange(
        &self,
        url: &Url,
        method: &str,
        bytes: &[u8],
    ) -> Result<(u16, Headers, Vec<u8>, bool), Stop> {
        let origin = format!("{}://{}/", url.scheme, url.authority());
        let request = match method {
            "HEAD" => self.agent.head(origin).force_send_body(),
            _ => self.agent.post(origin),
        };
        let response = request.send(bytes).map_err(Stop::before_answer)?;
        let status = response.status().as_u16();
        let headers = response
            .headers()
            .iter()
            .map(|(name, value)| crate::delivery::Header {
                name: name.as_str().to_owned(),
                value: value.as_bytes().to_vec(),
            })
            .collect();
        let mut body = Vec::new();
        let limit = ANSWER_LIMIT as u64 + 1;
        if let Err(error) = response
            .into_body()
            .into_reader()
            .take(limit)
            .read_to_end(&mut body)
        {
            return Err(Stop {
                error: error.into(),
                partial: Some((status, body.len())),
            });
        }
        let body_truncated = body.len() > ANSWER_LIMIT;
        body.truncate(ANSWER_LIMIT);
        Ok((status, headers, body, body_truncated))
    }

    /// What an error of ureq means, told with the evidence that the attempt left.
    fn failure(&self, stop: Stop, url: &Url, trace: Trace, length: usize) -> Failure {
        use ureq::Error as E;
        let connecting = trace.ready.is_none();
        if connecting {
            self.names.forget();
        }
        match stop.error {
            E::Timeout(_) => Failure::Timeout {
                after: self.timeout,
                phase: trace.phase(length),
            },
            E::HostNotFound => {
                let (host, why) = trace.unknown.unwrap_or_default();
                Failure::Resolve { host, why }
            }
            E::ConnectProxyFailed(why) => Failure::Proxy { why: shown(&why) },
            E::Rustls(error) => tls_failure(url, &error.to_string()),
            E::Tls(why) => tls_failure(url, why),
            E::LargeResponseHeader(..) => Failure::AnswerTooLarge,
            E::Protocol(error) if self.proxied && connecting => Failure::Proxy {
                why: shown(&error.to_string()),
            },
            E::Protocol(error) if stop.partial.is_some() => not_http(&[], &error.to_string()),
            E::Protocol(error) => not_http(&trace.head, &error.to_string()),
            E::Io(error) if connecting => self.connection_failure(&error, url, trace),
            E::Io(error) => exchange_failure(&error, url, &trace, stop.partial),
            error => Failure::Io {
                why: shown(&error.to_string()),
            },
        }
    }

    /// An I/O error before the connection stood.
    fn connection_failure(&self, error: &io::Error, url: &Url, trace: Trace) -> Failure {
        use io::ErrorKind as K;
        let why = error.to_string();
        match error.kind() {
            K::ConnectionRefused if trace.connected.is_none() => Failure::Refused {
                port: trace.addresses.first().map_or(url.port, SocketAddr::port),
                host: if self.proxied {
                    "the proxy".to_owned()
                } else {
                    format!("{}:{}", url.host, url.port)
                },
                addresses: trace.addresses,
            },
            K::HostUnreachable | K::NetworkUnreachable | K::AddrNotAvailable => {
                Failure::Unreachable {
                    host: url.host.clone(),
                    why,
                }
            }
            _ if trace.connected.is_some() && url.scheme == Scheme::Https => {
                if is_gone(error) {
                    let host = url.host.clone();
                    let problem = TlsProblem::Closed;
                    Failure::Tls { host, problem, why }
                } else {
                    tls_failure(url, &why)
                }
            }
            _ if self.proxied => Failure::Proxy { why },
            _ => Failure::Io { why },
        }
    }
}

/// Why an exchange stopped, and how much of an answer there was: its status and the body so far.
struct Stop {
    error: ureq::Error,
    partial: Option<(u16, usize)>,
}

impl Stop {
    fn before_answer(error: ureq::Error) -> Self {
        Self {
            error,
            partial: None,
        }
    }
}

/// ureq adds the time-out to an instant, so it must not be astronomical.
const LONGEST: Duration = Duration::from_secs(366 * 24 * 3600);

/// How long an idle connection is kept: less than the 5 s after which Node.js, uvicorn and Apache
/// close theirs, so that a request does not meet a connection that is just being closed.
const IDLE: Duration = Duration::from_secs(4);

/// The largest head of an answer.
const HEAD_LIMIT: usize = 64 * 1024;

fn proxy(typed: &str) -> Result<ureq::Proxy, BadOption> {
    let bad = || BadOption::Proxy {
        typed: quoted(&without_userinfo(typed)),
    };
    let scheme = typed.split_once("://").map_or("http", |(scheme, _)| scheme);
    if !["http", "https"].contains(&scheme.to_ascii_lowercase().as_str()) {
        return Err(bad());
    }
    let proxy = ureq::Proxy::new(typed).map_err(|_| bad())?;
    if proxy.host().is_empty() {
        return Err(bad());
    }
    Ok(proxy)
}

fn roots(pem: &[u8]) -> Result<RootCerts, BadOption> {
    let mut certificates: Vec<Certificate<'static>> = Vec::new();
    for item in parse_pem(pem) {
        match item {
            Ok(PemItem::Certificate(certificate)) => certificates.push(certificate),
            Ok(_) => {}
            Err(_) => {
                return Err(BadOption::Cacert {
                    why: "the PEM is damaged".to_owned(),
                });
            }
        }
    }
    if certificates.is_empty() {
        return Err(BadOption::Cacert {
            why: "there is no certificate in PEM form (-----BEGIN CERTIFICATE-----)".to_owned(),
        });
    }
    Ok(RootCerts::new_with_certs(&certificates))
}

/// What a receiver replied.
#[derive(Clone, PartialEq, Eq)]
pub struct Answer {
    /// The status code.
    pub status: u16,
    /// The header fields, in the receiver's order and case.
    pub headers: Headers,
    /// The body, at most [`ANSWER_LIMIT`] bytes of it, as it came (never decompressed).
    pub body: Vec<u8>,
    /// Whether the body was longer than what is kept.
    pub body_truncated: bool,
    /// Where the time went.
    pub timing: Timing,
}

impl Answer {
    /// The status code's registered name (`Not Found`); empty when it has none.
    pub fn reason(&self) -> &'static str {
        http::StatusCode::from_u16(self.status)
            .ok()
            .and_then(|status| status.canonical_reason())
            .unwrap_or_default()
    }

    /// Whether the receiver took the delivery: a 2xx.
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }
}

/// Shows sizes only: an answer may hold secrets.
impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Answer")
            .field("status", &self.status)
            .field("headers", &self.headers)
            .field("body_bytes", &self.body.len())
            .field("timing", &self.timing)
            .finish()
    }
}

/// Where the time of an attempt went. A phase that did not happen is `None`: on a reused
/// connection nothing is connected, over `http://` there is no TLS.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Timing {
    /// From the start to the answer's last byte.
    pub total: Duration,
    /// The look-up of the name.
    pub resolve: Option<Duration>,
    /// Until TCP was connected, a proxy's `CONNECT` included.
    pub connect: Option<Duration>,
    /// The TLS handshake.
    pub tls: Option<Duration>,
    /// From the request's last byte to the answer's first.
    pub first_byte: Option<Duration>,
}

/// Why an attempt brought no answer, with the evidence. The sentence is its `Display`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure {
    /// The delivery cannot be written as an HTTP request.
    Unsendable {
        /// What cannot be written.
        what: String,
    },
    /// The host's address could not be looked up.
    Resolve {
        /// The host (the proxy's, when that is what failed).
        host: String,
        /// The system's words.
        why: String,
    },
    /// Nothing listens there.
    Refused {
        /// Host and port.
        host: String,
        /// The port.
        port: u16,
        /// The addresses that were tried.
        addresses: Vec<SocketAddr>,
    },
    /// There is no way to that address.
    Unreachable {
        /// The host.
        host: String,
        /// The system's words.
        why: String,
    },
    /// The attempt's time was up.
    Timeout {
        /// The time that was given.
        after: Duration,
        /// What was being done.
        phase: Phase,
    },
    /// No trusted TLS connection came about, or it broke.
    Tls {
        /// The host.
        host: String,
        /// What is wrong, where it is recognised.
        problem: TlsProblem,
        /// The TLS library's words.
        why: String,
    },
    /// The proxy did not connect us.
    Proxy {
        /// The proxy's or the system's words.
        why: String,
    },
    /// The connection was reset, or closed while the request was still being written.
    Reset {
        /// The request's length in bytes.
        request_bytes: usize,
    },
    /// The connection was closed without a byte of an answer.
    Closed {
        /// Whether the connection had carried an earlier attempt.
        reused: bool,
    },
    /// The connection ended within the answer.
    Truncated {
        /// The status, when the head was complete.
        status: Option<u16>,
        /// How many bytes of the head, or with a status of the body, had come.
        received: usize,
    },
    /// What came is not HTTP/1.
    NotHttp {
        /// Its first bytes.
        start: Vec<u8>,
        /// What is wrong with it.
        why: String,
    },
    /// The answer's head is larger than 64 KiB or has more than 128 header fields.
    AnswerTooLarge,
    /// Anything else that the system reported.
    Io {
        /// The system's words.
        why: String,
    },
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

/// What is wrong with a TLS connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TlsProblem {
    /// The certificate was not issued by anyone who is trusted.
    UnknownIssuer,
    /// The certificate is no longer valid.
    Expired,
    /// The certificate is not valid yet.
    NotYetValid,
    /// The certificate is for other names.
    WrongName,
    /// The certificate is a certificate authority's own, as `openssl req -x509` makes it.
    AuthorityAsServer,
    /// The port does not speak TLS.
    NotTls,
    /// The connection was closed during the handshake.
    Closed,
    /// Something else.
    Other,
}

impl std::error::Error for Failure {}

impl Failure {
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
                return Some(format!("is the server running on port {port}?"));
            }
            Self::Timeout { phase, .. } => match phase {
                Phase::Connect => "is the host up, and does a firewall let the port through?",
                Phase::Tls => "does the server speak TLS on this port?",
                Phase::Send => "the server does not read the request's body",
                Phase::Wait => "answer first and work afterwards, or allow more with --timeout",
                Phase::Resolve | Phase::Receive => "allow more with --timeout",
            },
            Self::Tls { problem, .. } => problem.hint()?,
            Self::Reset { request_bytes } if *request_bytes > LARGE => {
                "servers that limit a body's size often reset the connection of a larger one"
            }
            Self::Closed { reused: true } => {
                "the server closed a connection that was kept open: try again"
            }
            Self::Closed { reused: false } => "does the server expect https:// on this port?",
            Self::NotHttp { start, .. } if is_tls(start) => {
                "the server speaks TLS on this port: use https://"
            }
            _ => return None,
        };
        Some(hint.to_owned())
    }
}

/// From this size on a reset is probably about the request's size.
const LARGE: usize = 16 * 1024;

impl TlsProblem {
    fn hint(&self) -> Option<&'static str> {
        Some(match self {
            Self::UnknownIssuer => "trust the certificate with --cacert FILE, or use --insecure",
            Self::Expired | Self::NotYetValid => {
                "renew the certificate, check the clock, or use --insecure"
            }
            Self::WrongName => "use a name that the certificate is for, or --insecure",
            Self::AuthorityAsServer => {
                "issue a certificate for the server with CA:FALSE, or use --insecure"
            }
            Self::NotTls => "the server speaks plain HTTP on this port: use http://",
            Self::Closed | Self::Other => return None,
        })
    }
}

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
                write!(f, "{phase} within {}", crate::duration::shown(*after))
            }
            Self::Tls { host, problem, why } => problem.sentence(f, host, why),
            Self::Proxy { why } => write!(f, "the proxy did not connect: {why}"),
            Self::Reset { request_bytes } => write!(
                f,
                "the connection was reset before an answer to the {request_bytes} bytes of the request"
            ),
            Self::Closed { .. } => write!(f, "the connection was closed without an answer"),
            Self::Truncated {
                status: Some(status),
                received,
            } => write!(
                f,
                "the answer ({status}) broke off after {received} bytes of its body"
            ),
            Self::Truncated {
                status: None,
                received,
            } => write!(f, "the answer broke off after {received} bytes of its head"),
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
                "the answer's head is larger than 64 KiB or has more than 128 header fields"
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

impl TlsProblem {
    fn sentence(&self, f: &mut fmt::Formatter<'_>, host: &str, why: &str) -> fmt::Result {
        match self {
            Self::UnknownIssuer => write!(f, "the certificate of {host} is not trusted"),
            Self::Expired => write!(f, "the certificate of {host} is no longer valid: {why}"),
            Self::NotYetValid => write!(f, "the certificate of {host} is not valid yet: {why}"),
            Self::WrongName => write!(f, "the certificate is not for {host}: {why}"),
            Self::AuthorityAsServer => write!(
                f,
                "the certificate of {host} is a certificate authority's own, not a server's"
            ),
            Self::NotTls => write!(f, "{host} does not speak TLS on this port"),
            Self::Closed => write!(f, "{host} closed the connection during the TLS handshake"),
            Self::Other => write!(f, "no TLS connection to {host}: {why}"),
        }
    }
}

/// The library's errors are reached as text only; the tests hold each of these against a server.
fn tls_failure(url: &Url, why: &str) -> Failure {
    let any = |marks: &[&str]| marks.iter().any(|mark| why.contains(mark));
    let problem = if any(&["UnknownIssuer", "BadSignature"]) {
        TlsProblem::UnknownIssuer
    } else if any(&["certificate expired", "Expired"]) {
        TlsProblem::Expired
    } else if any(&["not valid yet", "NotValidYet"]) {
        TlsProblem::NotYetValid
    } else if any(&["not valid for name", "NotValidForName"]) {
        TlsProblem::WrongName
    } else if any(&["CaUsedAsEndEntity"]) {
        TlsProblem::AuthorityAsServer
    } else if any(&["InvalidContentType"]) {
        TlsProblem::NotTls
    } else {
        TlsProblem::Other
    };
    let why = why.rsplit("invalid peer certificate: ").next();
    Failure::Tls {
        host: url.host.clone(),
        problem,
        why: shown(why.unwrap_or_default()),
    }
}

fn not_http(head: &[u8], why: &str) -> Failure {
    if why.contains("too many headers") {
        return Failure::AnswerTooLarge;
    }
    Failure::NotHttp {
        start: head.iter().copied().take(40).collect(),
        why: shown(why),
    }
}

/// An I/O error while the request was written or the answer read.
fn exchange_failure(
    error: &io::Error,
    url: &Url,
    trace: &Trace,
    partial: Option<(u16, usize)>,
) -> Failure {
    use io::ErrorKind as K;
    match (is_gone(error), partial) {
        (true, Some((status, received))) => Failure::Truncated {
            status: Some(status),
            received,
        },
        (true, None) if !trace.head.is_empty() => Failure::Truncated {
            status: None,
            received: trace.head.len(),
        },
        (true, None) if trace.cut || error.kind() != K::UnexpectedEof => Failure::Reset {
            request_bytes: trace.written,
        },
        (true, None) => Failure::Closed {
            reused: trace.connected.is_none(),
        },
        (false, _) if url.scheme == Scheme::Https && error.kind() == K::InvalidData => {
            tls_failure(url, &error.to_string())
        }
        (false, _) => Failure::Io {
            why: shown(&error.to_string()),
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

/// A TLS record, as a server sends it to a client that does not speak TLS: an alert.
fn is_tls(start: &[u8]) -> bool {
    matches!(start, [0x15 | 0x16, 0x03, ..])
}

/// The answer's header fields as they were written; ureq's are in lower case and grouped.
/// `None` when the head is not all there.
fn headers_as_written(mut head: &[u8]) -> Option<Headers> {
    loop {
        let mut fields = [httparse::EMPTY_HEADER; 128];
        let mut response = httparse::Response::new(&mut fields);
        let httparse::Status::Complete(length) = response.parse(head).ok()? else {
            return None;
        };
        if matches!(response.code, Some(100 | 102..200)) {
            head = head.get(length..)?;
            continue;
        }
        let mut headers = Headers::new();
        for field in response.headers.iter() {
            headers.push(field.name, field.value);
        }
        return Some(headers);
    }
}

/// The exact bytes that [`Sender::send`] puts on the wire: the request line with the URL's target,
/// `Host` first unless the delivery carries one, the delivery's headers in their order and case,
/// `Content-Length` last, the body. The fields that frame a message on one connection
/// (`Content-Length`, `Transfer-Encoding`, `Connection`) are never taken from the delivery.
///
/// # Errors
/// [`Failure::Unsendable`] when the method, a name or a value would break out of its line.
pub fn request_bytes(url: &Url, delivery: &Delivery) -> Result<Vec<u8>, Failure> {
    check(delivery)?;
    let mut bytes = Vec::with_capacity(512 + delivery.body.len());
    let mut line = |parts: &[&[u8]]| {
        for part in parts {
            bytes.extend_from_slice(part);
        }
        bytes.extend_from_slice(b"\r\n");
    };
    let method = delivery.method.as_bytes();
    line(&[method, b" ", url.target.as_bytes(), b" HTTP/1.1"]);
    if !delivery.headers.contains("Host") {
        line(&[b"Host: ", url.authority().as_bytes()]);
    }
    for header in sent_headers(delivery) {
        line(&[header.name.as_bytes(), b": ", &header.value]);
    }
    if has_length(delivery) {
        let length = delivery.body.len().to_string();
        line(&[b"Content-Length: ", length.as_bytes()]);
    }
    line(&[]);
    bytes.extend_from_slice(&delivery.body);
    Ok(bytes)
}

/// Names that frame a message on one connection: ours to write, never the delivery's.
const FRAMING: [&str; 3] = ["Content-Length", "Transfer-Encoding", "Connection"];

fn sent_headers(delivery: &Delivery) -> impl Iterator<Item = &crate::delivery::Header> {
    delivery.headers.iter().filter(|header| {
        !FRAMING
            .iter()
            .any(|name| header.name.eq_ignore_ascii_case(name))
    })
}

/// A length is written where a body is, and where the method foresees one (RFC 9110, section 8.6).
fn has_length(delivery: &Delivery) -> bool {
    !delivery.body.is_empty() || ["POST", "PUT", "PATCH"].contains(&delivery.method.as_str())
}

fn check(delivery: &Delivery) -> Result<(), Failure> {
    let unsendable = |what: String| Err(Failure::Unsendable { what });
    if !is_token(delivery.method.as_bytes()) {
        return unsendable(format!("{} is not a method", quoted(&delivery.method)));
    }
    for header in &delivery.headers {
        if !is_token(header.name.as_bytes()) {
            return unsendable(format!("{} is not a header name", quoted(&header.name)));
        }
        if !is_field_value(&header.value) {
            return unsendable(format!(
                "the value of {} has a line end or a NUL in it",
                header.name
            ));
        }
    }
    Ok(())
}

/// Where deliveries go: an `http://` or `https://` URL as people type it.
///
/// `3000`, `:3000/path`, `localhost:3000/path`, `127.0.0.1:3000` and `[::1]:3000` are short for
/// `http://…`, `3000` and `:3000` being ports of `localhost`. Any other host needs its scheme.
/// A fragment is never sent and is dropped; what is not visible ASCII in the path and query is
/// percent-encoded, all else is sent as typed.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Url {
    scheme: Scheme,
    host: String,
    port: u16,
    target: String,
}

/// `http` or `https`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Scheme {
    /// Plain HTTP.
    Http,
    /// HTTP over TLS.
    Https,
}

impl Scheme {
    /// The scheme as a URL has it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Https => "https",
        }
    }

    /// The port when the URL has none.
    pub fn default_port(self) -> u16 {
        match self {
            Self::Http => 80,
            Self::Https => 443,
        }
    }
}

impl fmt::Display for Scheme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Url {
    /// `http` or `https`.
    pub fn scheme(&self) -> Scheme {
        self.scheme
    }

    /// The host in lower case, an IPv6 address in its brackets.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The port, the scheme's own when the URL names none.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Host and port as the Host header has them: without the scheme's own port.
    pub fn authority(&self) -> String {
        if self.port == self.scheme.default_port() {
            self.host.clone()
        } else {
            format!("{}:{}", self.host, self.port)
        }
    }

    /// Path and query as the request line has them; at least `/`.
    pub fn target(&self) -> &str {
        &self.target
    }

    /// Whether the host is this machine, by its name or literal address.
    pub fn is_loopback(&self) -> bool {
        match self.address() {
            Some(address) => address.is_loopback() || address.is_unspecified(),
            None => is_localhost(&self.host),
        }
    }

    /// Whether the host is this machine or, by its literal address, in a private network.
    pub fn is_private(&self) -> bool {
        self.is_loopback()
            || match self.address() {
                Some(IpAddr::V4(address)) => is_private_v4(address),
                Some(IpAddr::V6(address)) => {
                    address.is_unique_local() || address.is_unicast_link_local()
                }
                None => false,
            }
    }

    /// The same host with another path and query, a request's target.
    #[must_use]
    pub fn with_target(&self, target: &str) -> Self {
        Self {
            target: origin_form(target),
            ..self.clone()
        }
    }

    /// This URL as the base of a request's target: the paths one after the other, then the queries.
    /// A target of just `/` adds nothing.
    #[must_use]
    pub fn join(&self, target: &str) -> Self {
        let target = origin_form(target);
        let (base, base_query) = split_query(&self.target);
        let (path, query) = split_query(&target);
        let mut joined = match path {
            "/" => base.to_owned(),
            _ => base.strip_suffix('/').unwrap_or(base).to_owned() + path,
        };
        let queries: Vec<_> = [base_query, query].into_iter().flatten().collect();
        if !queries.is_empty() {
            joined.push('?');
            joined.push_str(&queries.join("&"));
        }
        Self {
            target: joined,
            ..self.clone()
        }
    }

    fn address(&self) -> Option<IpAddr> {
        let bare = self.host.trim_start_matches('[').trim_end_matches(']');
        bare.parse()
            .ok()
            .map(|address: IpAddr| address.to_canonical())
    }
}

impl fmt::Display for Url {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}{}", self.scheme, self.authority(), self.target)
    }
}

impl fmt::Debug for Url {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Url({self})")
    }
}

/// A text that is not a URL to send to. The sentence says what to write instead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadUrl(String);

impl std::error::Error for BadUrl {}

impl fmt::Display for BadUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for Url {
    type Err = BadUrl;

    fn from_str(typed: &str) -> Result<Self, BadUrl> {
        let bad = |what: &str| BadUrl(format!("{} {what}", quoted(&without_userinfo(typed))));
        if typed.is_empty() {
            return Err(BadUrl("the URL is empty".to_owned()));
        }
        if typed.contains(char::is_whitespace) {
            return Err(bad(
                "has white space in it: a space in a URL is written %20",
            ));
        }
        if typed.contains(char::is_control) {
            return Err(bad("has a control character in it"));
        }
        let (scheme, rest) = split_scheme(typed).map_err(|what| bad(&what))?;
        let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        let (authority, target) = rest.split_at(end);
        if authority.contains('@') {
            return Err(bad(
                "has a user name in it, which ends up in logs: use -H 'Authorization: …' instead",
            ));
        }
        let (host, port) = split_port(authority, scheme.is_none()).map_err(|what| bad(&what))?;
        let host = host_of(host).map_err(|what| bad(&what))?;
        let scheme = match scheme {
            Some(scheme) => scheme,
            None if is_short_for_http(&host) => Scheme::Http,
            None => {
                return Err(bad(&format!(
                    "has no scheme: write https://{0} or http://{0}",
                    shown(rest)
                )));
            }
        };
        Ok(Self {
            scheme,
            host,
            port: port.unwrap_or(scheme.default_port()),
            target: origin_form(target.split('#').next().unwrap_or_default()),
        })
    }
}

fn split_scheme(typed: &str) -> Result<(Option<Scheme>, &str), String> {
    let end = typed.find(['/', '?', '#']).unwrap_or(typed.len());
    let Some((scheme, rest)) = typed.split_once("://").filter(|(s, _)| s.len() < end) else {
        let lower = typed.to_ascii_lowercase();
        return match ["http:", "https:"].iter().find(|s| lower.starts_with(**s)) {
            Some(scheme) => Err(format!("lacks the two slashes of {scheme}//")),
            None if typed.starts_with("//") => {
                Err("has no scheme: write https: or http: before it".to_owned())
            }
            None if typed.starts_with('/') => {
                Err("has no host: a path on this machine is written :3000/path".to_owned())
            }
            None => Ok((None, typed)),
        };
    };
    match scheme.to_ascii_lowercase().as_str() {
        "http" => Ok((Some(Scheme::Http), rest)),
        "https" => Ok((Some(Scheme::Https), rest)),
        _ => Err("is not an http:// or https:// URL".to_owned()),
    }
}

/// Host and port of an authority. Where no scheme was typed, a port alone is one of `localhost`.
fn split_port(authority: &str, short: bool) -> Result<(&str, Option<u16>), String> {
    let (host, port) = match authority.rfind(']') {
        Some(end) if authority.starts_with('[') => match &authority[end + 1..] {
            "" => (authority, None),
            port => match port.strip_prefix(':') {
                Some(port) => (&authority[..=end], Some(port)),
                None => return Err("has something other than a port after the ]".to_owned()),
            },
        },
        _ if authority.matches(':').count() > 1 => {
            return Err(
                "has more than one colon: an IPv6 address is written [::1]:3000".to_owned(),
            );
        }
        _ => match authority.split_once(':') {
            Some((host, port)) => (host, Some(port)),
            None if short && is_digits(authority) => ("", Some(authority)),
            None => (authority, None),
        },
    };
    let port = match port {
        None => None,
        Some("") if !short => None,
        Some(port) => Some(port_of(port)?),
    };
    match host {
        "" if short && port.is_some() => Ok(("localhost", port)),
        "" => Err("has no host".to_owned()),
        _ => Ok((host, port)),
    }
}

fn port_of(port: &str) -> Result<u16, String> {
    match port.parse::<u16>() {
        Ok(number) if number > 0 && is_digits(port) => Ok(number),
        _ => Err(format!(
            "has the port {}: a port is a number from 1 to 65535",
            quoted(port)
        )),
    }
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// The host in its one form: lower case, addresses as the standard library writes them.
fn host_of(host: &str) -> Result<String, String> {
    if let Some(inner) = host.strip_prefix('[') {
        return match inner.trim_end_matches(']').parse::<Ipv6Addr>() {
            Ok(address) => Ok(format!("[{address}]")),
            Err(_) if inner.contains('%') => {
                Err("has an IPv6 zone in it, which cannot be used here".to_owned())
            }
            Err(_) => Err("has no valid IPv6 address in its brackets".to_owned()),
        };
    }
    if !host.is_ascii() {
        return Err(
            "has a host that is not ASCII: write its ASCII form, which starts with xn--".to_owned(),
        );
    }
    let bare = host.strip_suffix('.').unwrap_or(host);
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && label
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
    };
    if bare.len() > 253 || !bare.split('.').all(is_label) {
        return Err("has no valid host name".to_owned());
    }
    // A name never ends in a number (RFC 3696, section 2), but the system's look-up would take
    // 127.1 or 2130706433 for addresses.
    if bare.rsplit('.').next().is_some_and(is_digits) {
        return match bare.parse::<Ipv4Addr>() {
            Ok(address) => Ok(address.to_string()),
            Err(_) if is_digits(bare) => Err(format!(
                "has a number as its host: port {bare} of this machine is written localhost:{bare}"
            )),
            Err(_) => Err("has no valid IPv4 address as its host".to_owned()),
        };
    }
    Ok(host.to_ascii_lowercase())
}

fn is_short_for_http(host: &str) -> bool {
    host.starts_with('[') || host.parse::<Ipv4Addr>().is_ok() || is_localhost(host)
}

/// RFC 6761, section 6.3.
fn is_localhost(host: &str) -> bool {
    let host = host.strip_suffix('.').unwrap_or(host);
    host == "localhost" || host.ends_with(".localhost")
}

/// The private ranges, link-local, and the shared range of RFC 6598 that VPNs use.
fn is_private_v4(address: Ipv4Addr) -> bool {
    let [first, second, ..] = address.octets();
    address.is_private() || address.is_link_local() || (first == 100 && second & 0xC0 == 64)
}

/// Path and query of a target, which may be in absolute form or lack its slash; only visible ASCII.
fn origin_form(target: &str) -> String {
    let target = match target.split_once("://") {
        Some((scheme, rest)) if is_token(scheme.as_bytes()) => {
            &rest[rest.find(['/', '?']).unwrap_or(rest.len())..]
        }
        _ => target,
    };
    let mut form = String::with_capacity(target.len() + 1);
    if !target.starts_with('/') {
        form.push('/');
    }
    for byte in target.bytes() {
        if byte.is_ascii_graphic() && byte != b'#' {
            form.push(char::from(byte));
        } else {
            form.push_str(&format!("%{byte:02X}"));
        }
    }
    form
}

fn split_query(target: &str) -> (&str, Option<&str>) {
    match target.split_once('?') {
        Some((path, query)) => (path, Some(query)),
        None => (target, None),
    }
}

/// A value as typed, in quotes, with what a terminal would obey written as escapes.
fn quoted(typed: &str) -> String {
    format!("'{}'", shown(typed))
}

fn shown(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for char in text.chars() {
        if is_plain(char) {
            shown.push(char);
        } else {
            shown.extend(char.escape_debug());
        }
    }
    shown
}

/// Whether a character shows as itself everywhere: not a control, no format character, no
/// separator but the space.
fn is_plain(char: char) -> bool {
    matches!(char, '\'' | '"' | '\\') || char.escape_debug().len() == 1
}

/// A URL-like text whose user name and password are hidden.
fn without_userinfo(typed: &str) -> String {
    let start = typed.find("://").map_or(0, |at| at + 3);
    let end = typed[start..]
        .find(['/', '?', '#'])
        .map_or(typed.len(), |at| start + at);
    match typed[start..end].rfind('@') {
        Some(at) => format!("{}…{}", &typed[..start], &typed[start + at..]),
        None => typed.to_owned(),
    }
}

/// What a curl command needs beside URL and delivery: the options that it must share with a sender.
#[derive(Debug, Clone, Copy, Default)]
pub struct Curl<'a> {
    /// The time for the whole attempt; curl's default is to wait for ever.
    pub timeout: Option<Duration>,
    /// Accept any certificate.
    pub insecure: bool,
    /// The file of trusted certificates.
    pub cacert: Option<&'a str>,
    /// The proxy.
    pub proxy: Option<&'a str>,
}

/// The curl command that delivers the same headers and the same bytes, for sh, bash and zsh.
///
/// It shuts out what curl would do of its own: its configuration file, proxies of the environment,
/// default headers, globbing, HTTP/2. Nothing in it is obeyed by a terminal: bodies that are not
/// plain text travel as base64, such header values through `printf`.
///
/// # Errors
/// [`Failure::Unsendable`], as [`request_bytes`].
pub fn curl_command(url: &Url, delivery: &Delivery, options: &Curl) -> Result<String, Failure> {
    check(delivery)?;
    let (source, body) = curl_body(delivery);
    let mut lines = vec![format!("{source}curl -q -sSi")];
    lines.extend(curl_connection(url, options));
    lines.extend(curl_method(delivery));
    lines.extend(curl_headers(delivery));
    lines.extend(body);
    lines.push(shell(&url.to_string()));
    Ok(lines.join(" \\\n  "))
}

fn curl_connection(url: &Url, options: &Curl) -> Vec<String> {
    let mut lines = Vec::new();
    if let Some(timeout) = options.timeout {
        lines.push(format!("--max-time {}", timeout.as_secs_f64()));
    }
    match options.proxy {
        Some(proxy) => lines.push(format!("--proxytunnel --noproxy '' -x {}", shell(proxy))),
        None => lines.push("--noproxy '*'".to_owned()),
    }
    if url.scheme == Scheme::Https {
        lines.push("--http1.1".to_owned());
        if options.insecure {
            lines.push("--insecure".to_owned());
        }
        if let Some(file) = options.cacert {
            lines.push(format!("--cacert {}", shell(file)));
        }
    }
    if url.target.contains(['[', ']', '{', '}']) || url.host.starts_with('[') {
        lines.push("--globoff".to_owned());
    }
    if url.target.contains("/.") {
        lines.push("--path-as-is".to_owned());
    }
    lines
}

/// The method, unless curl chooses it by itself.
fn curl_method(delivery: &Delivery) -> Option<String> {
    match (delivery.method.as_str(), has_length(delivery)) {
        ("POST", true) | ("GET", false) => None,
        ("HEAD", false) => Some("--head".to_owned()),
        (method, _) => Some(format!("-X {}", shell(method))),
    }
}

fn curl_headers(delivery: &Delivery) -> Vec<String> {
    let with_body = has_length(delivery);
    // curl waits for a 100 before a large body: from 1 MiB, older releases from 1 KiB.
    let own = [
        ("User-Agent", true),
        ("Accept", true),
        ("Content-Type", with_body),
        ("Expect", delivery.body.len() > 1024),
    ];
    let mut lines: Vec<_> = own
        .iter()
        .filter(|(name, added)| *added && !delivery.headers.contains(name))
        .map(|(name, _)| format!("-H '{name}:'"))
        .collect();
    lines.extend(sent_headers(delivery).map(|header| {
        if header.value.trim_ascii().is_empty() {
            return format!("-H {}", shell(&format!("{};", header.name)));
        }
        let field = [header.name.as_bytes(), b": ", &header.value].concat();
        match std::str::from_utf8(&field) {
            Ok(text) if text.chars().all(is_plain) => format!("-H {}", shell(text)),
            _ => format!("-H \"$(printf '{}')\"", octal(&field)),
        }
    }));
    lines
}

/// What comes before `curl` and the option that names the body. Text is given as it stands; as an
/// argument it is limited (128 KiB on Linux), so larger bodies come through a pipe.
fn curl_body(delivery: &Delivery) -> (String, Option<String>) {
    const LONGEST_ARGUMENT: usize = 64 * 1024;
    if !has_length(delivery) {
        return (String::new(), None);
    }
    let piped = Some("--data-binary @-".to_owned());
    match std::str::from_utf8(&delivery.body) {
        Ok(text) if text.chars().all(|char| char == '\n' || is_plain(char)) => {
            if text.len() <= LONGEST_ARGUMENT {
                (String::new(), Some(format!("--data-raw {}", shell(text))))
            } else {
                (format!("printf %s {} |\n", shell(text)), piped)
            }
        }
        _ => {
            let encoded = BASE64_STANDARD.encode(&delivery.body);
            (format!("printf %s '{encoded}' | base64 -d |\n"), piped)
        }
    }
}

/// One word for a POSIX shell.
fn shell(text: &str) -> String {
    let bare = |byte: u8| byte.is_ascii_alphanumeric() || b"-_./:@,+".contains(&byte);
    if !text.is_empty() && text.bytes().all(bare) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', "'\\''"))
}

/// Bytes as a format of printf within `"$(printf '…')"`, where even `!` may mean something.
fn octal(bytes: &[u8]) -> String {
    let mut format = String::with_capacity(bytes.len() * 2);
    for &byte in bytes {
        match byte {
            b'%' => format.push_str("%%"),
            _ if byte.is_ascii_alphanumeric() || b" -_.:;,/=+()@".contains(&byte) => {
                format.push(char::from(byte));
            }
            _ => format.push_str(&format!("\\{byte:03o}")),
        }
    }
    format
}

/// Looks up names, each once in a while: ureq asks for every request, and its own resolver starts
/// a thread each time once there is a time-out.
#[derive(Clone, Default)]
struct Names(Arc<RwLock<Known>>);

type Known = HashMap<(String, u16), (Instant, Vec<SocketAddr>)>;

impl Names {
    /// How long an address is believed: a forwarder may run for days.
    const FRESH: Duration = Duration::from_secs(60);

    /// Forgets every address, after a connection that could not be made.
    fn forget(&self) {
        self.0
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .clear();
    }

    fn look_up(
        &self,
        host: &str,
        port: u16,
        timeout: NextTimeout,
    ) -> Result<Vec<SocketAddr>, ureq::Error> {
        if let Ok(address) = host.parse::<IpAddr>() {
            return Ok(vec![SocketAddr::new(address, port)]);
        }
        let key = (host.to_owned(), port);
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
        if let Some((since, addresses)) = known.get(&key)
            && since.elapsed() < Self::FRESH
        {
            return Ok(addresses.clone());
        }
        drop(known);
        let addresses = ask_system(&key, timeout)?;
        self.0
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(key, (Instant::now(), addresses.clone()));
        Ok(addresses)
    }
}

/// The system's look-up knows no time-out, so it gets a thread that may be left behind.
fn ask_system(key: &(String, u16), timeout: NextTimeout) -> Result<Vec<SocketAddr>, ureq::Error> {
    let (answer, answers) = mpsc::sync_channel(1);
    let (host, port) = key.clone();
    thread::Builder::new()
        .name("look-up".to_owned())
        .spawn(move || {
            let found = (host.as_str(), port).to_socket_addrs();
            // Nobody waits any more when the time is up.
            let _ = answer.send(found.map(Iterator::collect::<Vec<_>>));
        })?;
    let unknown = |why: String| {
        TRACE.with_borrow_mut(|trace| trace.unknown = Some((key.0.clone(), why)));
        ureq::Error::HostNotFound
    };
    match answers.recv_timeout(*timeout.after) {
        Ok(Ok(addresses)) if addresses.is_empty() => Err(unknown("it has none".to_owned())),
        Ok(Ok(addresses)) => Ok(addresses),
        Ok(Err(error)) => Err(unknown(error.to_string())),
        Err(_) => Err(ureq::Error::Timeout(timeout.reason)),
    }
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
        let addresses = self.look_up(host, port, timeout)?;
        let mut found = self.empty();
        for address in addresses.iter().take(16) {
            found.push(*address);
        }
        TRACE.with_borrow_mut(|trace| {
            trace.resolved = Some((start, Instant::now()));
            trace.addresses = addresses;
        });
        Ok(found)
    }
}

impl fmt::Debug for Names {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Names")
    }
}

thread_local! {
    /// What the attempt on this thread has seen. ureq works on the caller's thread and has no
    /// other way from a connection to the one who asked.
    static TRACE: RefCell<Trace> = RefCell::new(Trace::default());
}

/// What was seen of an attempt.
#[derive(Default)]
struct Trace {
    /// Begin and end of the look-up.
    resolved: Option<(Instant, Instant)>,
    addresses: Vec<SocketAddr>,
    /// The host that has no address, and why.
    unknown: Option<(String, String)>,
    /// TCP stands (through a proxy: to the target). Stays empty on a reused connection.
    connected: Option<Instant>,
    /// The request can be written.
    ready: Option<Instant>,
    /// How many bytes of the request were written, and when the last.
    written: usize,
    sent: Option<Instant>,
    /// The peer went away while we wrote.
    cut: bool,
    /// The answer's first byte.
    answered: Option<Instant>,
    /// The beginning of the answer, at most [`HEAD_LIMIT`] bytes or a little more.
    head: Vec<u8>,
}

impl Trace {
    fn phase(&self, length: usize) -> Phase {
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

    fn timing(&self, start: Instant, scheme: Scheme) -> Timing {
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
            TRACE.with_borrow_mut(|trace| trace.connected = Some(Instant::now()));
        }
        Ok(chained.map(|inner| Tapped { inner, cut: false }))
    }
}

/// A connection whose peer may go away while we write. Receivers that refuse a large body answer
/// early and reset the connection; ureq would stop at the failed write and lose the answer that
/// has already come. So the rest of the request is dropped here, and the answer read.
#[derive(Debug)]
struct Tapped<T> {
    inner: T,
    cut: bool,
}

impl<T: Transport> Transport for Tapped<T> {
    fn buffers(&mut self) -> &mut dyn Buffers {
        self.inner.buffers()
    }

    fn transmit_output(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), ureq::Error> {
        if self.cut {
            return Ok(());
        }
        match self.inner.transmit_output(amount, timeout) {
            Err(ureq::Error::Io(error)) if is_gone(&error) => {
                self.cut = true;
                TRACE.with_borrow_mut(|trace| trace.cut = true);
                Ok(())
            }
            outcome => outcome,
        }
    }

    fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, ureq::Error> {
        self.inner.await_input(timeout)
    }

    fn is_open(&mut self) -> bool {
        !self.cut && self.inner.is_open()
    }

    fn is_tls(&self) -> bool {
        self.inner.is_tls()
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
            TRACE.with_borrow_mut(|trace| trace.ready = Some(Instant::now()));
            return Ok(());
        }
        self.inner.transmit_output(amount, timeout)?;
        TRACE.with_borrow_mut(|trace| {
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
        let progress = self.inner.await_input(timeout)?;
        let new = self.inner.buffers().input().get(before..);
        if let Some(new) = new.filter(|new| !new.is_empty()) {
            TRACE.with_borrow_mut(|trace| {
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

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;
    use std::net::{TcpListener, TcpStream};
    use std::process::Command;
    use std::thread::JoinHandle;

    const OK: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    fn url(text: &str) -> Url {
        text.parse().unwrap()
    }

    fn delivery(method: &str, headers: &[(&str, &[u8])], body: &[u8]) -> Delivery {
        let mut delivery = Delivery {
            method: method.to_owned(),
            body: body.to_vec(),
            ..Delivery::default()
        };
        for (name, value) in headers {
            delivery.headers.push(*name, *value);
        }
        delivery
    }

    fn sender() -> Sender {
        Sender::new(&Options::default()).unwrap()
    }

    fn impatient() -> Sender {
        Sender::new(&Options {
            timeout: Duration::from_millis(400),
            ..Options::default()
        })
        .unwrap()
    }

    /// A receiver of one connection, given to `serve`; its URL, and what `serve` returned.
    fn receiver<T: Send + 'static>(
        serve: impl FnOnce(TcpStream) -> T + Send + 'static,
    ) -> (Url, JoinHandle<T>) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let serving = thread::spawn(move || {
            let stream = listener.accept().unwrap().0;
            // What is held back when a connection is reset is lost.
            stream.set_nodelay(true).unwrap();
            serve(stream)
        });
        (url(&format!("127.0.0.1:{port}")), serving)
    }

    /// A receiver that gives this answer and returns the request's bytes.
    fn answering(answer: &'static [u8]) -> (Url, JoinHandle<Vec<u8>>) {
        receiver(move |mut stream| {
            let request = read_request(&mut stream);
            stream.write_all(answer).unwrap();
            request
        })
    }

    /// One request: its head, and as much as its Content-Length says.
    fn read_request(stream: &mut impl Read) -> Vec<u8> {
        let mut request = Vec::new();
        let mut buffer = [0; 16 * 1024];
        loop {
            if let Some(end) = head_end(&request) {
                let head = String::from_utf8_lossy(&request[..end]).to_ascii_lowercase();
                let length = head.split("content-length: ").nth(1).map_or(0, |rest| {
                    rest.split("\r\n").next().unwrap().parse().unwrap()
                });
                if request.len() >= end + length {
                    return request;
                }
            }
            match stream.read(&mut buffer).unwrap() {
                0 => return request,
                count => request.extend_from_slice(&buffer[..count]),
            }
        }
    }

    fn head_end(bytes: &[u8]) -> Option<usize> {
        let at = bytes.windows(4).position(|window| window == b"\r\n\r\n")?;
        Some(at + 4)
    }

    /// Deliveries whose bytes are easily changed on the way.
    fn delicate() -> Vec<Delivery> {
        vec![
            delivery(
                "POST",
                &[
                    ("Content-Type", b"application/json"),
                    ("User-Agent", b"bluehook/0.1"),
                    ("X-Signature", b"00ff"),
                ],
                br#"{"event":"TODO_CREATED"}"#,
            ),
            delivery(
                "POST",
                &[
                    ("x-B", b"1"),
                    ("X-A", b"2"),
                    ("X-b", b"3"),
                    ("X-Latin", b"caf\xe9 100% \\ ' \" $HOME !x `id`"),
                    ("X-Utf8", "caf\u{e9} \u{1f600}".as_bytes()),
                    ("X-Empty", b""),
                    ("X-Tab", b"a\tb"),
                    ("Authorization", b"caf\xe9"),
                ],
                b"a=1&b=2\n",
            ),
            delivery("POST", &[("Host", b"hooks.example.com")], b"@/etc/passwd"),
            delivery("POST", &[], b""),
            delivery("GET", &[("Accept", b"*/*")], b""),
            delivery("DELETE", &[], b""),
            delivery("PUT", &[("Content-Type", b"text/plain")], b"x"),
            delivery("GET", &[], b"a body all the same"),
            delivery("BREW", &[], b"coffee"),
            delivery(
                "POST",
                &[
                    ("Content-Length", b"1"),
                    ("Connection", b"close"),
                    ("TRANSFER-ENCODING", b"chunked"),
                ],
                b"framed by us",
            ),
        ]
    }

    #[test]
    fn the_wire_carries_the_request_bytes_and_nothing_else() {
        let mut deliveries = delicate();
        deliveries.push(delivery("POST", &[("X-Big", b"1")], &vec![b'x'; 3_000_000]));
        deliveries.push(delivery("POST", &[("Expect", b"100-continue")], b"at once"));
        deliveries.push(delivery("POST", &[("X-Long", &[b'y'; 200_000])], b"z"));
        let sender = sender();
        for delivery in deliveries {
            let (base, serving) = answering(OK);
            let url = base.with_target("/a//b/../c?x=%2f&y={z}|\"");
            let answer = sender.send(&url, &delivery).unwrap();
            assert_eq!(
                (answer.status, answer.body.as_slice()),
                (200, b"ok".as_slice())
            );
            let wire = serving.join().unwrap();
            let expected = request_bytes(&url, &delivery).unwrap();
            assert!(wire == expected, "{}", String::from_utf8_lossy(&wire));
        }
    }

    #[test]
    fn a_request_is_written_as_expected() {
        let delivery = delivery(
            "POST",
            &[
                ("X-Sig", b"1"),
                ("content-length", b"9"),
                ("x-sig", b"caf\xe9"),
            ],
            b"{}",
        );
        assert_eq!(
            request_bytes(&url(":3000/a?b=c#d"), &delivery).unwrap(),
            b"POST /a?b=c HTTP/1.1\r\nHost: localhost:3000\r\nX-Sig: 1\r\nx-sig: caf\xe9\r\nContent-Length: 2\r\n\r\n{}"
        );
    }

    #[test]
    fn what_would_break_out_of_its_line_is_not_sent() {
        for delivery in [
            delivery("GET / HTTP/1.1\r\nX:", &[], b""),
            delivery("", &[], b""),
            delivery("POST", &[("X Y", b"")], b""),
            delivery("POST", &[("X", b"a\r\nY: b")], b""),
            delivery("POST", &[("X", b"a\0")], b""),
        ] {
            let failure = sender().send(&url(":1"), &delivery).unwrap_err();
            assert_eq!(failure.code(), "unsendable");
            assert!(!failure.to_string().contains('\r'));
            assert!(curl_command(&url(":1"), &delivery, &Curl::default()).is_err());
        }
    }

    #[test]
    fn a_connection_is_used_again_and_stays_exact() {
        let (url, serving) = receiver(|mut stream| {
            let mut requests = Vec::new();
            for _ in 0..3 {
                requests.push(read_request(&mut stream));
                stream.write_all(OK).unwrap();
            }
            requests
        });
        let sender = sender();
        let delivery = delivery("POST", &[("X-A", b"1")], b"{}");
        let first = sender.send(&url, &delivery).unwrap().timing;
        assert!(first.connect.is_some() && first.first_byte.is_some() && first.tls.is_none());
        for _ in 0..2 {
            let again = sender.send(&url, &delivery).unwrap().timing;
            assert_eq!(again.connect, None);
            assert!(again.total > Duration::ZERO);
        }
        let expected = request_bytes(&url, &delivery).unwrap();
        assert_eq!(serving.join().unwrap(), vec![expected; 3]);
    }

    #[test]
    fn threads_share_a_sender() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = url(&listener.local_addr().unwrap().to_string());
        thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                thread::spawn(move || {
                    while !read_request(&mut stream).is_empty() {
                        stream.write_all(OK).unwrap();
                    }
                });
            }
        });
        let sender = Sender::new(&Options {
            concurrency: 4,
            ..Options::default()
        })
        .unwrap();
        thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for _ in 0..50 {
                        let delivery = delivery("POST", &[], b"{}");
                        assert!(sender.send(&url, &delivery).unwrap().is_success());
                    }
                });
            }
        });
    }

    #[test]
    fn every_status_is_an_answer_as_it_was_written() {
        let (url, serving) = answering(
            b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 302 Elsewhere\r\nX-Two: b\r\nLOCATION: http://127.0.0.1:1/\r\nx-two: a\r\nContent-Length: 4\r\n\r\ngone",
        );
        let answer = sender().send(&url, &delivery("POST", &[], b"")).unwrap();
        serving.join().unwrap();
        assert_eq!((answer.status, answer.reason()), (302, "Found"));
        assert!(!answer.is_success());
        let names: Vec<_> = answer
            .headers
            .iter()
            .map(|header| header.name.as_str())
            .collect();
        assert_eq!(names, ["X-Two", "LOCATION", "x-two", "Content-Length"]);
        assert_eq!(answer.body, b"gone");
    }

    #[test]
    fn a_head_request_waits_for_no_body() {
        let (url, serving) = answering(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n");
        let delivery = delivery("HEAD", &[], b"");
        let answer = sender().send(&url, &delivery).unwrap();
        assert!(answer.body.is_empty());
        assert_eq!(
            serving.join().unwrap(),
            request_bytes(&url, &delivery).unwrap()
        );
    }

    #[test]
    fn a_long_answer_is_cut_at_the_limit() {
        let (url, serving) = receiver(|mut stream| {
            read_request(&mut stream);
            stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").unwrap();
            // Ends when the sender has enough and closes.
            while stream.write_all(&[b'x'; 65536]).is_ok() {}
        });
        let answer = sender().send(&url, &delivery("POST", &[], b"")).unwrap();
        assert!(answer.body_truncated);
        assert_eq!(answer.body.len(), ANSWER_LIMIT);
        serving.join().unwrap();
    }

    #[test]
    fn an_early_answer_to_a_large_body_is_not_lost() {
        let (url, serving) = receiver(|mut stream| {
            let mut start = [0; 1024];
            stream.read_exact(&mut start).unwrap();
            stream
                .write_all(b"HTTP/1.1 413 Too Large\r\nContent-Length: 3\r\n\r\nbig")
                .unwrap();
            // Closing with unread bytes resets the connection.
        });
        let large = delivery("POST", &[], &vec![b'x'; 32 * 1024 * 1024]);
        let answer = sender().send(&url, &large).unwrap();
        assert_eq!(
            (answer.status, answer.body.as_slice()),
            (413, b"big".as_slice())
        );
        serving.join().unwrap();
    }

    #[test]
    fn a_reset_within_a_large_body_says_so() {
        let (url, serving) = receiver(|mut stream| {
            stream.read_exact(&mut [0; 1024]).unwrap();
        });
        let large = delivery("POST", &[], &vec![b'x'; 32 * 1024 * 1024]);
        let failure = sender().send(&url, &large).unwrap_err();
        assert_eq!(failure.code(), "reset", "{failure}");
        assert!(failure.hint().unwrap().contains("limit"));
        serving.join().unwrap();
    }

    #[test]
    fn failures_are_told_apart() {
        let refused = TcpListener::bind("127.0.0.1:0").unwrap();
        let closed = url(&refused.local_addr().unwrap().to_string());
        drop(refused);
        let failure = sender()
            .send(&closed, &delivery("POST", &[], b""))
            .unwrap_err();
        let port = closed.port();
        assert_eq!(failure.code(), "refused");
        assert_eq!(
            failure.to_string(),
            format!("connection refused by 127.0.0.1:{port}")
        );
        assert_eq!(
            failure.hint().unwrap(),
            format!("is the server running on port {port}?")
        );

        let many = Box::leak(
            ["HTTP/1.1 200 OK\r\n", &"X: y\r\n".repeat(200), "\r\n"]
                .concat()
                .into_boxed_str(),
        );
        let huge = Box::leak(
            ["HTTP/1.1 200 OK\r\nX: ", &"y".repeat(100_000)]
                .concat()
                .into_boxed_str(),
        );
        let cases: [(&'static [u8], &str, &str); 8] = [
            (b"", "closed", "the connection was closed without an answer"),
            (
                b"SSH-2.0-x\x1b[31m\r\n\r\n",
                "not-http",
                "the answer is not HTTP/1: it starts with \"SSH-2.0-x\\x1b[31m\\r\\n\\r\\n\"",
            ),
            (
                b"\x15\x03\x01\x00\x02\x02\x46",
                "not-http",
                "the answer is not HTTP/1: it starts with \"\\x15\\x03\\x01\\x00\\x02\\x02F\"",
            ),
            (
                b"HTTP/1.1 200 OK\r\nX: ",
                "truncated-answer",
                "the answer broke off after 20 bytes of its head",
            ),
            (
                b"HTTP/1.1 500 No\r\nContent-Length: 9\r\n\r\nabc",
                "truncated-answer",
                "the answer (500) broke off after 3 bytes of its body",
            ),
            (
                b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
                "not-http",
                "the answer is not HTTP/1: chunk length cannot be read as a number",
            ),
            (
                many.as_bytes(),
                "answer-too-large",
                "the answer's head is larger than 64 KiB or has more than 128 header fields",
            ),
            (
                huge.as_bytes(),
                "answer-too-large",
                "the answer's head is larger than 64 KiB or has more than 128 header fields",
            ),
        ];
        for (answer, code, sentence) in cases {
            let (url, serving) = answering(answer);
            let failure = sender()
                .send(&url, &delivery("POST", &[], b"{}"))
                .unwrap_err();
            assert_eq!(
                (failure.code(), failure.to_string().as_str()),
                (code, sentence)
            );
            let tls = failure
                .hint()
                .is_some_and(|hint| hint.contains("use https://"));
            assert_eq!(tls, answer.starts_with(b"\x15"));
            let _ = serving.join();
        }
    }

    #[test]
    fn a_host_without_an_address_is_named() {
        // An empty label: no look-up leaves the machine.
        let nowhere = Url {
            host: "no..where".to_owned(),
            ..url(":1")
        };
        let failure = sender()
            .send(&nowhere, &delivery("POST", &[], b""))
            .unwrap_err();
        assert_eq!(failure.code(), "dns", "{failure}");
        assert!(
            failure
                .to_string()
                .starts_with("no address found for no..where: ")
        );
    }

    #[test]
    fn a_timeout_names_its_phase() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let silent = url(&listener.local_addr().unwrap().to_string());
        let failure = impatient()
            .send(&silent, &delivery("POST", &[], b""))
            .unwrap_err();
        assert_eq!(failure.to_string(), "no answer within 400ms");
        assert_eq!(failure.code(), "timeout");

        let large = delivery("POST", &[], &vec![b'x'; 32 * 1024 * 1024]);
        let failure = impatient().send(&silent, &large).unwrap_err();
        assert_eq!(
            failure.to_string(),
            "the request was not taken within 400ms"
        );

        let tls = url(&format!("https://127.0.0.1:{}", silent.port()));
        let failure = impatient()
            .send(&tls, &delivery("POST", &[], b""))
            .unwrap_err();
        assert_eq!(failure.to_string(), "no TLS connection within 400ms");

        let (dripping, serving) = receiver(|mut stream| {
            read_request(&mut stream);
            stream
                .write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc")
                .unwrap();
            // Until the sender gives up.
            let _ = stream.read(&mut [0; 1]);
        });
        let failure = impatient()
            .send(&dripping, &delivery("POST", &[], b""))
            .unwrap_err();
        assert_eq!(failure.to_string(), "no complete answer within 400ms");
        serving.join().unwrap();
    }

    #[test]
    fn a_name_is_looked_up_once_and_forgotten_after_a_failed_connection() {
        let (local, serving) = answering(OK);
        let sender = sender();
        let named = url(&format!("localhost:{}", local.port()));
        sender.send(&named, &delivery("POST", &[], b"")).unwrap();
        serving.join().unwrap();
        assert_eq!(sender.names.0.read().unwrap().len(), 1);
        let failure = sender
            .send(&named, &delivery("POST", &[], b""))
            .unwrap_err();
        assert_eq!(failure.code(), "refused");
        assert!(failure.to_string().contains("127.0.0.1"), "{failure}");
        assert!(sender.names.0.read().unwrap().is_empty());
    }

    #[test]
    fn a_proxy_is_asked_to_connect_and_the_bytes_stay_exact() {
        let (proxy, serving) = receiver(|mut stream| {
            let connect = read_request(&mut stream);
            stream.write_all(b"HTTP/1.1 200 Connected\r\n\r\n").unwrap();
            let request = read_request(&mut stream);
            stream.write_all(OK).unwrap();
            (connect, request)
        });
        let sender = Sender::new(&Options {
            proxy: Some(proxy.to_string()),
            ..Options::default()
        })
        .unwrap();
        let target = url("http://hooks.invalid/x");
        let delivery = delivery("POST", &[("X-A", b"1")], b"{}");
        assert_eq!(sender.send(&target, &delivery).unwrap().status, 200);
        let (connect, request) = serving.join().unwrap();
        assert!(connect.starts_with(b"CONNECT hooks.invalid:80 HTTP/1.1\r\n"));
        assert!(!String::from_utf8_lossy(&connect).contains("ureq"));
        assert_eq!(request, request_bytes(&target, &delivery).unwrap());
    }

    #[test]
    fn a_proxy_that_refuses_is_named() {
        let (proxy, serving) = answering(b"HTTP/1.1 403 No\r\n\r\n");
        let sender = Sender::new(&Options {
            proxy: Some(proxy.to_string()),
            ..Options::default()
        })
        .unwrap();
        let failure = sender
            .send(&url("http://x.invalid/"), &delivery("POST", &[], b""))
            .unwrap_err();
        assert_eq!(failure.code(), "proxy", "{failure}");
        serving.join().unwrap();
    }

    #[test]
    fn unusable_options_are_refused() {
        let with = |cacert: Option<&[u8]>, proxy: Option<&str>| {
            Sender::new(&Options {
                cacert: cacert.map(<[u8]>::to_vec),
                proxy: proxy.map(str::to_owned),
                ..Options::default()
            })
            .err()
            .map(|bad| bad.to_string())
        };
        assert!(
            with(Some(b"nothing"), None)
                .unwrap()
                .contains("BEGIN CERTIFICATE")
        );
        assert!(
            with(
                Some(b"-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----\n"),
                None
            )
            .is_some()
        );
        let socks = with(None, Some("socks5://me:hunter2@proxy:1080")).unwrap();
        assert!(
            socks.contains("socks5") && !socks.contains("hunter2"),
            "{socks}"
        );
        assert!(with(None, Some("")).is_some());
        assert_eq!(with(None, Some("http://me:hunter2@proxy:8080")), None);
        assert_eq!(with(None, Some("proxy:8080")), None);
    }

    mod tls {
        use super::*;
        use rcgen::{BasicConstraints, CertificateParams, IsCa, KeyPair, date_time_ymd};
        use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
        use rustls::{ServerConfig, ServerConnection, StreamOwned};

        /// A TLS receiver of one connection with a certificate of its own: its URL with the name
        /// `localhost`, the certificate, and the request's bytes, if it came to one.
        fn receiver_with(
            adjust: impl FnOnce(&mut CertificateParams),
        ) -> (Url, String, JoinHandle<Option<Vec<u8>>>) {
            let key = KeyPair::generate().unwrap();
            let mut params = CertificateParams::new(["localhost".to_owned()]).unwrap();
            adjust(&mut params);
            let certificate = params.self_signed(&key).unwrap();
            let private = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
            let config = ServerConfig::builder()
                .with_no_client_auth()
                .with_single_cert(vec![certificate.der().clone()], private)
                .unwrap();
            let (plain, serving) = receiver(move |stream| {
                let connection = ServerConnection::new(Arc::new(config)).unwrap();
                let mut stream = StreamOwned::new(connection, stream);
                let mut first = [0; 1];
                stream.read_exact(&mut first).ok()?;
                let request = [first.to_vec(), read_request(&mut stream)].concat();
                stream.write_all(OK).unwrap();
                Some(request)
            });
            let url = url(&format!("https://localhost:{}", plain.port()));
            (url, certificate.pem(), serving)
        }

        fn sender_with(cacert: Option<&str>, insecure: bool) -> Sender {
            Sender::new(&Options {
                cacert: cacert.map(|pem| pem.as_bytes().to_vec()),
                insecure,
                ..Options::default()
            })
            .unwrap()
        }

        fn refused(
            adjust: impl FnOnce(&mut CertificateParams),
            trusted: bool,
        ) -> (TlsProblem, String) {
            let (url, pem, serving) = receiver_with(adjust);
            let failure = sender_with(trusted.then_some(pem.as_str()), false)
                .send(&url, &delivery("POST", &[], b"{}"))
                .unwrap_err();
            assert_eq!(serving.join().unwrap(), None);
            let sentence = failure.to_string();
            assert_eq!(failure.code(), "tls");
            let Failure::Tls { problem, .. } = failure else {
                panic!("{failure}");
            };
            (problem, sentence)
        }

        #[test]
        fn a_trusted_certificate_is_accepted_and_the_bytes_stay_exact() {
            for (trusted, insecure) in [(true, false), (false, true)] {
                let (url, pem, serving) = receiver_with(|_| ());
                let sender = sender_with(trusted.then_some(pem.as_str()), insecure);
                let delivery = delivery("POST", &[("X-A", b"caf\xe9")], b"{}");
                let answer = sender.send(&url, &delivery).unwrap();
                assert!(answer.timing.tls.is_some());
                let wire = serving.join().unwrap().unwrap();
                assert_eq!(wire, request_bytes(&url, &delivery).unwrap());
            }
        }

        #[test]
        fn the_fault_of_a_certificate_is_named() {
            let (problem, sentence) = refused(|_| (), false);
            assert_eq!(problem, TlsProblem::UnknownIssuer);
            assert_eq!(sentence, "the certificate of localhost is not trusted");
            let (problem, _) = refused(|params| params.not_after = date_time_ymd(2001, 1, 1), true);
            assert_eq!(problem, TlsProblem::Expired);
            let (problem, _) =
                refused(|params| params.not_before = date_time_ymd(4000, 1, 1), true);
            assert_eq!(problem, TlsProblem::NotYetValid);
            let (problem, sentence) = refused(
                |params| *params = CertificateParams::new(["hooks.example".to_owned()]).unwrap(),
                true,
            );
            assert_eq!(problem, TlsProblem::WrongName);
            assert!(sentence.contains("hooks.example"), "{sentence}");
            let authority = |params: &mut CertificateParams| {
                params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
            };
            assert_eq!(refused(authority, true).0, TlsProblem::AuthorityAsServer);
        }

        #[test]
        fn https_to_a_plain_port_is_recognised() {
            let (plain, serving) = receiver(|mut stream| {
                let _ = stream.read(&mut [0; 1024]).unwrap();
                stream
                    .write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n")
                    .unwrap();
            });
            let url = url(&format!("https://127.0.0.1:{}", plain.port()));
            let failure = sender()
                .send(&url, &delivery("POST", &[], b""))
                .unwrap_err();
            assert_eq!(
                failure.to_string(),
                "127.0.0.1 does not speak TLS on this port"
            );
            assert!(failure.hint().unwrap().contains("use http://"));
            serving.join().unwrap();
        }

        #[test]
        fn a_connection_closed_during_the_handshake_is_a_tls_failure() {
            let (plain, serving) = receiver(|mut stream| {
                let _ = stream.read(&mut [0; 16 * 1024]).unwrap();
            });
            let url = url(&format!("https://127.0.0.1:{}", plain.port()));
            let failure = sender()
                .send(&url, &delivery("POST", &[], b""))
                .unwrap_err();
            let Failure::Tls { problem, why, .. } = failure else {
                panic!("{failure}");
            };
            assert_eq!(problem, TlsProblem::Closed, "{why}");
            serving.join().unwrap();
        }

        #[test]
        fn an_early_answer_is_not_lost_behind_tls() {
            let key = KeyPair::generate().unwrap();
            let params = CertificateParams::new(["localhost".to_owned()]).unwrap();
            let certificate = params.self_signed(&key).unwrap();
            let private = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
            let config = ServerConfig::builder()
                .with_no_client_auth()
                .with_single_cert(vec![certificate.der().clone()], private)
                .unwrap();
            let (plain, serving) = receiver(move |stream| {
                let connection = ServerConnection::new(Arc::new(config)).unwrap();
                let mut stream = StreamOwned::new(connection, stream);
                stream.read_exact(&mut [0; 1024]).unwrap();
                stream
                    .write_all(b"HTTP/1.1 413 Too Large\r\nContent-Length: 3\r\n\r\nbig")
                    .unwrap();
            });
            let url = url(&format!("https://localhost:{}", plain.port()));
            let large = delivery("POST", &[], &vec![b'x'; 32 * 1024 * 1024]);
            let answer = sender_with(None, true).send(&url, &large).unwrap();
            assert_eq!(answer.status, 413);
            serving.join().unwrap();
        }
    }

    #[test]
    fn urls_are_taken_as_people_type_them() {
        for (typed, meant) in [
            ("3000", "http://localhost:3000/"),
            ("3000/x?y", "http://localhost:3000/x?y"),
            (":3000", "http://localhost:3000/"),
            (":3000/path", "http://localhost:3000/path"),
            (":80", "http://localhost/"),
            ("localhost", "http://localhost/"),
            ("localhost:3000/path", "http://localhost:3000/path"),
            ("LocalHost:3000", "http://localhost:3000/"),
            ("app.localhost:3000", "http://app.localhost:3000/"),
            ("127.0.0.1:3000", "http://127.0.0.1:3000/"),
            ("192.168.1.5/hook", "http://192.168.1.5/hook"),
            ("[::1]:3000/x", "http://[::1]:3000/x"),
            ("[0:0::1]", "http://[::1]/"),
            ("https://Example.COM", "https://example.com/"),
            ("HTTPS://example.com:443?x=1", "https://example.com/?x=1"),
            ("http://example.com:443/", "http://example.com:443/"),
            ("https://example.com:/x", "https://example.com/x"),
            (
                "http://example.com/a/../b//c;d?e={f}&g=[h]#i",
                "http://example.com/a/../b//c;d?e={f}&g=[h]",
            ),
            (
                "http://example.com/ö/\u{1f600}?ü",
                "http://example.com/%C3%B6/%F0%9F%98%80?%C3%BC",
            ),
            ("http://example.com#x", "http://example.com/"),
            (
                "http://under_score.example./%41",
                "http://under_score.example./%41",
            ),
            (
                "http://xn--bcher-kva.example/",
                "http://xn--bcher-kva.example/",
            ),
            (
                "http://a.example/?to=http://b.example",
                "http://a.example/?to=http://b.example",
            ),
            (
                "3000?to=http://b.example",
                "http://localhost:3000/?to=http://b.example",
            ),
        ] {
            let url = url(typed);
            assert_eq!(url.to_string(), meant, "{typed}");
            assert_eq!(self::url(meant), url, "{typed}");
        }
    }

    #[test]
    fn what_is_no_url_is_refused_in_a_sentence() {
        for (typed, sentence) in [
            ("", "the URL is empty"),
            (
                "example.com/hook",
                "'example.com/hook' has no scheme: write https://example.com/hook or http://example.com/hook",
            ),
            (
                "web:3000",
                "'web:3000' has no scheme: write https://web:3000 or http://web:3000",
            ),
            (
                "ftp://example.com",
                "'ftp://example.com' is not an http:// or https:// URL",
            ),
            (
                "http:/example.com",
                "'http:/example.com' lacks the two slashes of http://",
            ),
            (
                "https:example.com",
                "'https:example.com' lacks the two slashes of https://",
            ),
            (
                "//example.com",
                "'//example.com' has no scheme: write https: or http: before it",
            ),
            (
                "/hook",
                "'/hook' has no host: a path on this machine is written :3000/path",
            ),
            ("http://", "'http://' has no host"),
            ("http:///x", "'http:///x' has no host"),
            ("http://:3000/", "'http://:3000/' has no host"),
            (
                ":/x",
                "':/x' has the port '': a port is a number from 1 to 65535",
            ),
            (
                "70000",
                "'70000' has the port '70000': a port is a number from 1 to 65535",
            ),
            (
                "localhost:0",
                "'localhost:0' has the port '0': a port is a number from 1 to 65535",
            ),
            (
                "localhost:+80",
                "'localhost:+80' has the port '+80': a port is a number from 1 to 65535",
            ),
            (
                "http://x:80a/",
                "'http://x:80a/' has the port '80a': a port is a number from 1 to 65535",
            ),
            (
                " localhost:3000",
                "' localhost:3000' has white space in it: a space in a URL is written %20",
            ),
            (
                "http://x/a b",
                "'http://x/a b' has white space in it: a space in a URL is written %20",
            ),
            (
                "http://x/\x1b[31m",
                "'http://x/\\u{1b}[31m' has a control character in it",
            ),
            (
                "http://me:hunter2@x/",
                "'http://…@x/' has a user name in it, which ends up in logs: use -H 'Authorization: …' instead",
            ),
            (
                "http://bücher.example/",
                "'http://bücher.example/' has a host that is not ASCII: write its ASCII form, which starts with xn--",
            ),
            ("http://a..b/", "'http://a..b/' has no valid host name"),
            ("http://a%20b/", "'http://a%20b/' has no valid host name"),
            (
                "http://127.1/",
                "'http://127.1/' has no valid IPv4 address as its host",
            ),
            (
                "http://256.1.1.1/",
                "'http://256.1.1.1/' has no valid IPv4 address as its host",
            ),
            (
                "http://3000/",
                "'http://3000/' has a number as its host: port 3000 of this machine is written localhost:3000",
            ),
            (
                "::1:3000",
                "'::1:3000' has more than one colon: an IPv6 address is written [::1]:3000",
            ),
            (
                "[::1]3000",
                "'[::1]3000' has something other than a port after the ]",
            ),
            (
                "[::g]:1",
                "'[::g]:1' has no valid IPv6 address in its brackets",
            ),
            (
                "http://[fe80::1%eth0]/",
                "'http://[fe80::1%eth0]/' has an IPv6 zone in it, which cannot be used here",
            ),
        ] {
            let bad = typed.parse::<Url>().unwrap_err().to_string();
            assert_eq!(bad, sentence);
        }
    }

    #[test]
    fn the_parts_of_a_url_are_known() {
        let url = url("https://Example.com:8443/a?b");
        assert_eq!(url.scheme(), Scheme::Https);
        assert_eq!((url.host(), url.port()), ("example.com", 8443));
        assert_eq!(url.authority(), "example.com:8443");
        assert_eq!(url.target(), "/a?b");
        for near in [
            "3000",
            "127.9.9.9:1",
            "[::1]:1",
            "0.0.0.0:1",
            "[::ffff:127.0.0.1]:1",
            "x.localhost",
        ] {
            assert!(
                self::url(near).is_loopback() && self::url(near).is_private(),
                "{near}"
            );
        }
        for private in [
            "10.0.0.1",
            "172.31.0.1",
            "192.168.0.1",
            "169.254.1.1",
            "100.64.0.1",
            "[fd00::1]",
            "[fe80::1]",
        ] {
            let url = self::url(private);
            assert!(url.is_private() && !url.is_loopback(), "{private}");
        }
        for public in [
            "http://example.com",
            "http://127.0.0.1.example.com",
            "http://localhost.example.com",
            "8.8.8.8",
            "172.32.0.1",
            "100.128.0.1",
            "[2001:db8::1]",
        ] {
            assert!(!self::url(public).is_private(), "{public}");
        }
    }

    #[test]
    fn a_target_joins_its_base() {
        for (base, target, joined) in [
            (":1", "/hooks?x=1", "/hooks?x=1"),
            (":1/", "/hooks", "/hooks"),
            (":1/base", "/hooks?x=1", "/base/hooks?x=1"),
            (":1/base/", "/hooks", "/base/hooks"),
            (":1/base", "/", "/base"),
            (":1/base/", "/", "/base/"),
            (":1/base?token=a", "/x?y=b", "/base/x?token=a&y=b"),
            (":1/base?token=a", "/", "/base?token=a"),
            (":1", "?x", "/?x"),
            (":1", "http://other.example/a?b", "/a?b"),
            (":1", "/a?to=http://x/", "/a?to=http://x/"),
            (":1", "//evil.example/x", "//evil.example/x"),
            (":1", "", "/"),
            (":1", "*", "/*"),
            (":1", "/a b#ü", "/a%20b%23%C3%BC"),
        ] {
            assert_eq!(url(base).join(target).target(), joined, "{base} + {target}");
        }
        assert_eq!(
            url(":1/base?x").with_target("/y").to_string(),
            "http://localhost:1/y"
        );
    }

    #[test]
    fn a_curl_command_reads_well() {
        let delivery = delivery(
            "POST",
            &[
                ("Content-Type", b"application/json"),
                ("X-Signature", b"00ff"),
            ],
            b"{\"it's\":1}\n",
        );
        let options = Curl {
            timeout: Some(BLUE_TIMEOUT),
            ..Curl::default()
        };
        assert_eq!(
            curl_command(&url("3000/hooks?x=1"), &delivery, &options).unwrap(),
            "curl -q -sSi \\\n  --max-time 7 \\\n  --noproxy '*' \\\n  -H 'User-Agent:' \\\n  -H 'Accept:' \\\n  -H 'Content-Type: application/json' \\\n  -H 'X-Signature: 00ff' \\\n  --data-raw '{\"it'\\''s\":1}\n' \\\n  'http://localhost:3000/hooks?x=1'"
        );
        let options = Curl {
            timeout: None,
            insecure: true,
            cacert: Some("my ca.pem"),
            proxy: Some("http://proxy:8080"),
        };
        let get = super::tests::delivery("GET", &[], b"");
        assert_eq!(
            curl_command(&url("https://[::1]/a/./b"), &get, &options).unwrap(),
            "curl -q -sSi \\\n  --proxytunnel --noproxy '' -x http://proxy:8080 \\\n  --http1.1 \\\n  --insecure \\\n  --cacert 'my ca.pem' \\\n  --globoff \\\n  --path-as-is \\\n  -H 'User-Agent:' \\\n  -H 'Accept:' \\\n  'https://[::1]/a/./b'"
        );
    }

    #[test]
    fn a_curl_command_is_harmless_to_a_terminal() {
        let hostile = "\u{1b}]0;x\u{7}\u{9b}31m\u{202e}\u{200b}\r\t\u{7f}";
        let delivery = delivery(
            "POST",
            &[("X", hostile.replace('\r', "").as_bytes())],
            hostile.as_bytes(),
        );
        let command = curl_command(&url(":1"), &delivery, &Curl::default()).unwrap();
        assert!(
            command
                .bytes()
                .all(|byte| byte == b'\n' || (b' '..=b'~').contains(&byte)),
            "{command}"
        );
    }

    /// Runs the command of a delivery with each shell and compares what arrives.
    #[test]
    fn curl_delivers_the_same_headers_and_bytes() {
        if Command::new("curl").arg("--version").output().is_err() {
            println!("skipped: there is no curl here");
            return;
        }
        let mut deliveries = delicate();
        deliveries.push(delivery("HEAD", &[], b""));
        let bodies: [&[u8]; 10] = [
            b"it's \"quoted\" `id` $HOME $(id) !! %s %20 \\n \\",
            b"line\nline\n",
            b"\n\n",
            b"@file",
            b"nul\0nul",
            b"\xff\xfe",
            "\u{1f600} \u{e9} e\u{301} \u{202e}".as_bytes(),
            b"\r\n\t\x1b[0m",
            b"-d",
            &[b'x'; 300_000],
        ];
        for body in bodies {
            deliveries.push(delivery("POST", &[("Content-Type", b"text/plain")], body));
            deliveries.push(delivery("PATCH", &[], body));
        }
        let shells = ["sh", "bash"];
        let usable = shells
            .iter()
            .filter(|shell| Command::new(shell).args(["-c", ":"]).output().is_ok());
        for shell in usable {
            for delivery in &deliveries {
                compare_with_curl(shell, delivery);
            }
        }
    }

    fn compare_with_curl(shell: &str, delivery: &Delivery) {
        let (base, serving) = answering(OK);
        let url = base.with_target("/a/../b?x[]={1,2}&y='$z'");
        let options = Curl {
            timeout: Some(Duration::from_millis(7500)),
            ..Curl::default()
        };
        let command = curl_command(&url, delivery, &options).unwrap();
        // From a file: as one argument of the shell, the largest would be too long.
        let mut script = tempfile::NamedTempFile::new().unwrap();
        script.write_all(command.as_bytes()).unwrap();
        let run = Command::new(shell)
            .arg(script.path())
            .env("http_proxy", "http://127.0.0.1:1")
            .env("LC_ALL", "C.UTF-8")
            .output()
            .unwrap();
        assert!(
            run.stdout.starts_with(b"HTTP/1.1 200 OK"),
            "{command}\n{run:?}"
        );
        let (line, fields, body) = parts(&serving.join().unwrap());
        let ours = parts(&request_bytes(&url, delivery).unwrap());
        assert_eq!(line, ours.0, "{command}");
        assert_eq!(fields, ours.1, "{command}");
        assert!(body == ours.2, "{command}");
    }

    type Parts = (String, Vec<(String, Vec<u8>)>, Vec<u8>);

    /// Request line, fields and body; Host is moved to the front, where curl writes it.
    fn parts(request: &[u8]) -> Parts {
        let end = head_end(request).unwrap();
        let mut fields = [httparse::EMPTY_HEADER; 64];
        let mut parsed = httparse::Request::new(&mut fields);
        parsed.parse(request).unwrap();
        let mut fields: Vec<_> = parsed
            .headers
            .iter()
            .map(|field| (field.name.to_owned(), field.value.to_vec()))
            .collect();
        fields.sort_by_key(|(name, _)| !name.eq_ignore_ascii_case("host"));
        let line = format!("{} {}", parsed.method.unwrap(), parsed.path.unwrap());
        (line, fields, request[end..].to_vec())
    }
}

//! Forwarding: the exact bytes go on to local applications, and the first one's answer goes back.

use std::fmt;
use std::io;
use std::net::{IpAddr, SocketAddr, ToSocketAddrs as _, UdpSocket};
use std::str::FromStr;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use glob::Pattern;

use crate::commands::filter;
use crate::delivery::{Delivery, Headers};
use crate::http::end_to_end;
use crate::receiver::{Answer, Received, Reply};
use crate::sender::{self, Failure, Sender, Url};
use crate::show::lines;
use crate::show::seen::Forwarded;

/// How many deliveries are under way at most.
const UNDER_WAY: usize = 512;
/// The header that counts how often a delivery was forwarded.
const HOPS: &str = "Bluehook-Hops";
/// How often a delivery may be forwarded: what comes by more often runs in a circle.
const MOST_HOPS: u32 = 5;

/// Where deliveries go on to: `[GLOB=]URL`.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Target {
    glob: Option<Pattern>,
    url: Url,
}

impl Target {
    /// Which events go to it; none means all.
    pub(super) fn glob(&self) -> Option<&Pattern> {
        self.glob.as_ref()
    }

    /// Whether it is what listens at this address, or at this URL for the world.
    pub(super) fn leads_to(&self, here: SocketAddr, public: Option<&Url>) -> bool {
        let (host, port) = (self.url.host(), self.url.port());
        let is_public = |public: &Url| {
            let below = self
                .url
                .target()
                .strip_prefix(public.target().trim_end_matches('/'));
            (public.host(), public.port()) == (host, port)
                && below.is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '?']))
        };
        if public.is_some_and(is_public) {
            return true;
        }
        let host = host.trim_matches(['[', ']']);
        // Only on our own port a name is worth looking up.
        let found = (port == here.port()).then(|| (host, port).to_socket_addrs());
        let mut addresses = found.and_then(Result::ok).into_iter().flatten();
        addresses.any(|address| is_here(address.ip(), here.ip()))
    }
}

/// Whether a connection to the address comes to who listens at the other.
fn is_here(address: IpAddr, here: IpAddr) -> bool {
    let (address, here) = (address.to_canonical(), here.to_canonical());
    if here.is_unspecified() {
        // It listens at all addresses of this machine: those that can be bound.
        return address.is_unspecified() || UdpSocket::bind((address, 0)).is_ok();
    }
    address == here || address.is_unspecified() && here.is_loopback()
}

impl FromStr for Target {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let url = |text: &str| text.parse::<Url>().map_err(|error| error.to_string());
        // An = in a URL stands behind its host: before it there is a colon or a slash.
        match text.split_once('=') {
            Some(("", _)) => Err("there is no glob before the =".into()),
            Some((glob, rest)) if !glob.contains([':', '/']) => Ok(Self {
                glob: Some(filter::pattern(glob)?),
                url: url(rest)?,
            }),
            _ => Ok(Self {
                glob: None,
                url: url(text)?,
            }),
        }
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.url.fmt(f)?;
        match &self.glob {
            Some(glob) => write!(f, " ({glob})"),
            None => Ok(()),
        }
    }
}

/// Forwards deliveries to its targets.
pub(super) struct Forwarder {
    sender: Sender,
    targets: Vec<Target>,
    /// The URL that senders were given, without the path.
    public_url: Option<String>,
    /// How many deliveries are under way.
    under_way: Mutex<usize>,
    ended: Condvar,
}

/// A delivery that is under way, until this is dropped.
struct UnderWay(Arc<Forwarder>);

impl Drop for UnderWay {
    fn drop(&mut self) {
        *self.0.under_way() -= 1;
        self.0.ended.notify_all();
    }
}

impl Forwarder {
    /// A forwarder to these targets.
    pub(super) fn new(sender: Sender, targets: Vec<Target>, public_url: Option<String>) -> Self {
        Self {
            sender,
            targets,
            public_url,
            under_way: Mutex::new(0),
            ended: Condvar::new(),
        }
    }

    /// Whether some target looks at the event.
    pub(super) fn asks_event(&self) -> bool {
        self.targets.iter().any(|target| target.glob.is_some())
    }

    /// The URLs to which a delivery of this event goes, in the order of the targets.
    pub(super) fn urls(&self, event: Option<&str>, target: &str) -> Vec<Url> {
        let wants = |one: &&Target| {
            let event = event.unwrap_or_default();
            one.glob.as_ref().is_none_or(|glob| glob.matches(event))
        };
        self.targets
            .iter()
            .filter(wants)
            .map(|one| one.url.join(target))
            .collect()
    }

    /// Has a delivery's work done on a thread of its own.
    ///
    /// # Errors
    /// The system gives no thread.
    pub(super) fn spawn(self: &Arc<Self>, work: impl FnOnce() + Send + 'static) -> io::Result<()> {
        *self.under_way() += 1;
        let under_way = UnderWay(self.clone());
        let work = move || {
            let _under_way = under_way;
            work();
        };
        thread::Builder::new().spawn(work).map(drop)
    }

    /// Waits until no delivery is under way, or until the time is up.
    pub(super) fn wait(&self, patience: Duration) {
        let under_way = self.under_way();
        let _ = self
            .ended
            .wait_timeout_while(under_way, patience, |under_way| *under_way > 0);
    }

    /// What the application gets beside the very bytes: the headers in their order and case, without
    /// those of the sender's connection. `Host` and `Content-Length` are the new connection's; what
    /// the sender called us is told as proxies do, so that URLs that are signed can be known.
    fn onward(&self, received: &Received) -> Headers {
        let mut headers = end_to_end(&received.delivery.headers);
        let count = hops(&headers).saturating_add(1);
        let named = (received.delivery.headers.get("Host")).unwrap_or_default();
        let public = self
            .public_url
            .as_deref()
            .and_then(|url| url.split_once("://"));
        let (proto, host) = match public {
            Some((proto, rest)) => (proto, rest.split('/').next().unwrap_or_default().as_bytes()),
            None => ("http", named),
        };
        let remote = received.remote.ip().to_canonical().to_string();
        let told = [
            ("X-Forwarded-Host", host),
            ("X-Forwarded-Proto", proto.as_bytes()),
            ("X-Forwarded-For", remote.as_bytes()),
        ];
        for (name, value) in told {
            if !headers.contains(name) && !value.is_empty() {
                headers.push(name, value);
            }
        }
        headers.remove("Host");
        headers.remove(HOPS);
        headers.push(HOPS, count.to_string());
        headers
    }

    /// Sends a delivery to all of these URLs at once. `first` is told what came of the first, and
    /// the answer for the sender, while the others are still under way; gives what it gives, and
    /// what came of those.
    pub(super) fn send<T>(
        &self,
        urls: &[Url],
        received: &Received,
        first: impl FnOnce(Forwarded, Answer) -> T,
    ) -> (Option<T>, Vec<Forwarded>) {
        let Some((url, others)) = urls.split_first() else {
            return (None, Vec::new());
        };
        let delivery = &received.delivery;
        let headers = self.onward(received);
        thread::scope(|scope| {
            let one = |url| {
                let headers = &headers;
                let work = move || self.one(url, delivery, headers).0;
                let thread = thread::Builder::new().spawn_scoped(scope, work);
                (url, thread)
            };
            let others: Vec<_> = others.iter().map(one).collect();
            let (forwarded, answer) = self.one(url, delivery, &headers);
            let told = first(forwarded, answer);
            let ended = others.into_iter().map(|(url, thread)| {
                let ended = thread.map_err(Refusal::NoThread);
                match ended.map(thread::ScopedJoinHandle::join) {
                    Ok(Ok(forwarded)) => forwarded,
                    Ok(Err(_)) => refused(url, Duration::ZERO, &Refusal::Panic).0,
                    Err(refusal) => refused(url, Duration::ZERO, &refusal).0,
                }
            });
            (Some(told), ended.collect())
        })
    }

    /// Sends a delivery on, once.
    fn one(&self, url: &Url, delivery: &Delivery, headers: &Headers) -> (Forwarded, Answer) {
        let started = Instant::now();
        let outcome = if *self.under_way() > UNDER_WAY {
            Err(Refusal::TooMany)
        } else if hops(headers) > MOST_HOPS {
            Err(Refusal::Loop)
        } else {
            let (method, body) = (&delivery.method, &delivery.body);
            let sent = self.sender.send_parts(url, method, headers, body);
            sent.map_err(Refusal::Failed)
        };
        match outcome {
            Ok(answer) => accepted(url, started.elapsed(), answer),
            Err(refusal) => refused(url, started.elapsed(), &refusal),
        }
    }

    /// A poisoned lock still guards a sound number.
    fn under_way(&self) -> MutexGuard<'_, usize> {
        self.under_way
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

/// Why there is no answer of the application.
enum Refusal {
    TooMany,
    Loop,
    NoThread(io::Error),
    Panic,
    Failed(Failure),
}

impl Refusal {
    fn code(&self) -> &'static str {
        match self {
            Self::TooMany => "too-many-forwards",
            Self::Loop => "loop",
            Self::NoThread(_) => "no-thread",
            Self::Panic => "internal",
            Self::Failed(failure) => failure.code(),
        }
    }

    fn sentence(&self) -> String {
        match self {
            Self::TooMany => format!("{UNDER_WAY} deliveries are under way already"),
            Self::Loop => {
                format!("the delivery was forwarded {MOST_HOPS} times already: it runs in a circle")
            }
            Self::NoThread(error) => format!("the system gave no thread: {error}"),
            Self::Panic => "bluehook itself failed while it forwarded this".into(),
            Self::Failed(failure) => failure.to_string(),
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::Loop => Some("some target leads back to this listener".into()),
            Self::Failed(failure) => failure.hint(),
            _ => None,
        }
    }

    fn status(&self) -> u16 {
        match self {
            Self::TooMany | Self::NoThread(_) => 503,
            Self::Loop => 508,
            Self::Panic => 500,
            Self::Failed(Failure::Timeout { .. }) => 504,
            Self::Failed(_) => 502,
        }
    }
}

/// How often the delivery was forwarded before it came here, as far as it says so.
fn hops(headers: &Headers) -> u32 {
    let count = |value: &[u8]| std::str::from_utf8(value).ok()?.trim().parse().ok();
    headers.all(HOPS).filter_map(count).max().unwrap_or(0)
}

/// What came of it when there is an answer, and what the sender gets of that.
fn accepted(url: &Url, took: Duration, answer: sender::Answer) -> (Forwarded, Answer) {
    let mut forwarded = Forwarded {
        url: url.to_string(),
        status: Some(answer.status),
        ms: lines::ms(took),
        error: None,
        hint: hint(answer.status),
    };
    if answer.body_truncated {
        let size = crate::amount::bytes(answer.body.len());
        forwarded.hint = Some(format!(
            "the application's answer is longer than the {size} of it that the sender got"
        ));
    }
    // 1xx and 101 are between the application and us.
    let status = if answer.status < 200 {
        502
    } else {
        answer.status
    };
    let answer = Answer::from(Reply {
        status,
        headers: end_to_end(&answer.headers),
        body: answer.body.into(),
    });
    (forwarded, answer)
}

/// What came of it when there is none, and what the sender gets instead.
fn refused(url: &Url, took: Duration, refusal: &Refusal) -> (Forwarded, Answer) {
    let forwarded = Forwarded {
        url: url.to_string(),
        status: None,
        ms: lines::ms(took),
        error: Some((refusal.code(), refusal.sentence())),
        hint: refusal.hint(),
    };
    (forwarded, Answer::status(refusal.status()))
}

/// What an application's refusal most often means.
fn hint(status: u16) -> Option<String> {
    Some(match status {
        200..=299 => return None,
        300..=399 => "redirects are not followed: forward to the URL itself".into(),
        400 | 401 | 403 => {
            "most often the application parsed the body before it hashed it: hash the raw bytes"
                .into()
        }
        404 => "the application has no such path: the sender's path is kept".into(),
        405 => "the application does not take POST on this path".into(),
        500..=599 => "the application failed: its own log says why".into(),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_may_have_a_glob_before_it() {
        let target = |text: &str| text.parse::<Target>();
        assert!(target("3000").unwrap().glob.is_none());
        assert!(
            target("http://localhost:3000/a?b=c")
                .unwrap()
                .glob
                .is_none()
        );
        let with = target("COMMENT_*=:3000/c?d=e").unwrap();
        assert_eq!(with.glob.unwrap().as_str(), "COMMENT_*");
        assert_eq!(with.url.to_string(), "http://localhost:3000/c?d=e");
        assert!(target("[=3000").is_err());
        assert!(target("TODO=nonsense").is_err());
    }

    #[test]
    fn hop_by_hop_fields_stay_behind() {
        let mut headers = Headers::new();
        for (name, value) in [
            ("Host", "a"),
            ("Connection", "close, X-Hop"),
            ("X-hop", "1"),
            ("X-Keep", "1"),
            ("x-keep", "2"),
            ("TE", "trailers"),
            ("Content-Length", "3"),
        ] {
            headers.push(name, value);
        }
        let names: Vec<String> = end_to_end(&headers)
            .into_iter()
            .map(|header| header.name)
            .collect();
        assert_eq!(names, ["Host", "X-Keep", "x-keep"]);
    }
}

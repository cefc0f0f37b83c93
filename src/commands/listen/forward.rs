//! Forwarding: the exact bytes go on to local applications, and the first one's answer goes back.

use std::fmt;
use std::io;
use std::str::FromStr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use glob::Pattern;

use super::filter;
use super::intake::lock;
use crate::delivery::{Delivery, Headers};
use crate::http::end_to_end;
use crate::receiver::{Answer, Reply};
use crate::sender::{self, Failure, Sender, Url};
use crate::show::lines;

/// How many forwards are under way at most.
const UNDER_WAY: usize = 512;

/// Where deliveries go on to: `[GLOB=]URL`.
#[derive(Debug, Clone, PartialEq)]
pub struct Target {
    glob: Option<Pattern>,
    url: Url,
}

impl FromStr for Target {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let url = |text: &str| text.parse::<Url>().map_err(|error| error.to_string());
        // An = in a URL stands behind its host: before it there is a colon or a slash.
        match text.split_once('=') {
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

/// What came of one forward.
#[derive(Debug, Clone)]
pub struct Forwarded {
    /// Where it went.
    pub url: String,
    /// The status that came back.
    pub status: Option<u16>,
    /// How long it took, in milliseconds.
    pub ms: f64,
    /// Why nothing came back, for machines and for people.
    pub error: Option<(&'static str, String)>,
    /// What to do about it.
    pub hint: Option<String>,
}

impl Forwarded {
    /// Whether the application took the delivery.
    pub fn is_delivered(&self) -> bool {
        self.status
            .is_some_and(|status| (200..300).contains(&status))
    }
}

/// Forwards deliveries to its targets.
pub struct Forwarder {
    sender: Sender,
    targets: Vec<Target>,
    under_way: AtomicUsize,
    /// How many deliveries are on threads of their own.
    threads: Mutex<usize>,
    ended: Condvar,
}

impl Forwarder {
    /// A forwarder to these targets.
    pub fn new(sender: Sender, targets: Vec<Target>) -> Self {
        Self {
            sender,
            targets,
            under_way: AtomicUsize::new(0),
            threads: Mutex::new(0),
            ended: Condvar::new(),
        }
    }

    /// Whether some target looks at the event.
    pub fn asks_event(&self) -> bool {
        self.targets.iter().any(|target| target.glob.is_some())
    }

    /// The URLs to which a delivery of this event goes, in the order of the targets.
    pub fn urls(&self, event: Option<&str>, target: &str) -> Vec<Url> {
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

    /// Runs work on a thread of its own.
    ///
    /// # Errors
    /// The system gives no thread.
    pub fn spawn(self: &Arc<Self>, work: impl FnOnce() + Send + 'static) -> io::Result<()> {
        *lock(&self.threads) += 1;
        let forwarder = self.clone();
        let spawned = thread::Builder::new().spawn(move || {
            work();
            forwarder.thread_ended();
        });
        if spawned.is_err() {
            self.thread_ended();
        }
        spawned.map(drop)
    }

    fn thread_ended(&self) {
        *lock(&self.threads) -= 1;
        self.ended.notify_all();
    }

    /// Waits until no delivery is under way, or until the time is up.
    pub fn wait(&self, patience: Duration) {
        let threads = lock(&self.threads);
        let _ = self
            .ended
            .wait_timeout_while(threads, patience, |threads| *threads > 0);
    }

    /// Sends a delivery on, once. Its answer is what the sender gets, if this is the first target.
    pub fn forward(&self, url: &Url, delivery: &Delivery) -> (Forwarded, Answer) {
        let started = Instant::now();
        let outcome = if self.under_way.fetch_add(1, Ordering::Relaxed) < UNDER_WAY {
            self.sender
                .send(url, &onward(delivery))
                .map_err(Refusal::Failed)
        } else {
            Err(Refusal::TooMany)
        };
        self.under_way.fetch_sub(1, Ordering::Relaxed);
        let mut forwarded = Forwarded {
            url: url.to_string(),
            status: None,
            ms: lines::ms(started.elapsed()),
            error: None,
            hint: None,
        };
        let answer = match outcome {
            Ok(answer) => {
                forwarded.status = Some(answer.status);
                forwarded.hint = hint(answer.status);
                back(answer, &mut forwarded)
            }
            Err(refusal) => {
                forwarded.error = Some((refusal.code(), refusal.sentence()));
                forwarded.hint = refusal.hint();
                let status = refusal.status();
                Answer::from(Reply {
                    status,
                    headers: Headers::new(),
                    body: Vec::new(),
                })
            }
        };
        (forwarded, answer)
    }
}

/// Why there is no answer of the application.
enum Refusal {
    TooMany,
    Failed(Failure),
}

impl Refusal {
    fn code(&self) -> &'static str {
        match self {
            Self::TooMany => "too-many-forwards",
            Self::Failed(failure) => failure.code(),
        }
    }

    fn sentence(&self) -> String {
        match self {
            Self::TooMany => format!("{UNDER_WAY} forwards are under way already"),
            Self::Failed(failure) => failure.to_string(),
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::TooMany => None,
            Self::Failed(failure) => failure.hint(),
        }
    }

    fn status(&self) -> u16 {
        match self {
            Self::TooMany => 503,
            Self::Failed(Failure::Timeout { .. }) => 504,
            Self::Failed(_) => 502,
        }
    }
}

/// What the application gets: the very bytes, and the headers in their order and case, without
/// those of the sender's connection. `Host` and `Content-Length` are the new connection's.
fn onward(delivery: &Delivery) -> Delivery {
    let mut headers = end_to_end(&delivery.headers);
    headers.remove("Host");
    Delivery {
        method: delivery.method.clone(),
        target: delivery.target.clone(),
        headers,
        body: delivery.body.clone(),
    }
}

/// What the sender gets back of the application's answer.
fn back(answer: sender::Answer, forwarded: &mut Forwarded) -> Answer {
    if answer.body_truncated {
        forwarded.hint =
            Some("the application's answer is larger than 1 MiB, so the sender got 502".into());
        return Answer::status(502);
    }
    // 1xx and 101 are between the application and us.
    let status = if answer.status < 200 {
        502
    } else {
        answer.status
    };
    Answer::from(Reply {
        status,
        headers: end_to_end(&answer.headers),
        body: answer.body,
    })
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

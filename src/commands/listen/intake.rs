//! From the network to the end: the order in which a delivery passes the stages. It gets its
//! number, is judged, answered or forwarded, recorded before the sender has its answer, counted and
//! shown.
//!
//! The network thread calls in here and must never wait: small bodies are judged on it, large ones
//! on a thread beside it; recording and showing happen behind queues.

use std::collections::{HashMap, VecDeque};
use std::hash::{BuildHasher as _, RandomState};
use std::io;
use std::net::SocketAddr;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use jiff::Timestamp;

use super::bench::Bench;
use super::forward::Forwarder;
use super::recorder::Recorder;
use super::respond::Player;
use super::screen::{Note, Screen};
use super::taken::{Handshaken, SMALL_BODY, Taken};
use super::tally::Tally;
use crate::commands::filter::Filter;
use crate::delivery::Headers;
use crate::receiver::{Answer, Malformed, Received, Reply, Responder, Service, Stop};
use crate::sender::Url;
use crate::signing::Judgement;
use crate::signing::handshake::HandshakeAnswer;

/// How long large deliveries are still worked on after the end was called for.
const LAST_WORK: Duration = Duration::from_secs(1);
/// How many bodies are remembered to recognise repeats.
const REMEMBERED: usize = 10_000;

/// Where deliveries come in: on the network thread.
pub(super) struct Intake {
    desk: Arc<Desk>,
    /// The way to the thread for large bodies.
    beside: Sender<Visit>,
    /// How many deliveries came.
    arrived: AtomicU64,
}

/// A delivery that has just come, and the way back to its sender.
struct Visit {
    number: u64,
    received: Arc<Received>,
    responder: Responder,
    started: Instant,
}

/// Opens the way in, and starts the thread for large bodies: it ends with the intake.
///
/// # Errors
/// The system gives no thread.
pub(super) fn open(desk: Arc<Desk>) -> io::Result<(Intake, JoinHandle<()>)> {
    let (beside, visits) = mpsc::channel();
    let working = desk.clone();
    let thread = thread::Builder::new().spawn(move || working.work(&visits))?;
    let intake = Intake {
        desk,
        beside,
        arrived: AtomicU64::new(0),
    };
    Ok((intake, thread))
}

impl Service for Intake {
    fn received(&self, received: Received, responder: Responder) {
        let started = Instant::now();
        let (desk, exit) = (&self.desk, &self.desk.exit);
        let remote = received.remote;
        exit.guard(remote, || {
            let is_small = received.delivery.body.len() <= SMALL_BODY;
            let now = Timestamp::try_from(received.at).unwrap_or_default();
            // What is large is no handshake, so that nothing large is searched here.
            let asks = || desk.bench.handshake(&received.delivery, now);
            if let Some(found) = is_small.then(asks).flatten() {
                desk.shake_hands(found, received, responder, started);
                return;
            }
            if !desk.bench.takes(&received.delivery) {
                desk.refuse_method(&received, responder);
                return;
            }
            let visit = Visit {
                number: self.arrived.fetch_add(1, Ordering::Relaxed) + 1,
                received: Arc::new(received),
                responder,
                started,
            };
            if is_small {
                desk.take(visit);
            } else if self.beside.send(visit).is_err() {
                // With the visit its responder is gone, which answers 500.
                exit.failed(remote, "the thread for large bodies has gone");
            }
        });
    }

    fn malformed(&self, malformed: Malformed) {
        self.desk.exit.malformed(malformed);
    }
}

/// All that a delivery passes.
pub(super) struct Desk {
    /// How deliveries are judged.
    pub(super) bench: Arc<Bench>,
    /// What is not genuine gets 2xx all the same.
    pub(super) accept_invalid: bool,
    /// Which deliveries are meant.
    pub(super) filter: Filter,
    /// Somebody asks for the event before the delivery is shown.
    pub(super) asks_event: bool,
    /// Scripted answers.
    pub(super) player: Option<Player>,
    /// Sends deliveries on.
    pub(super) forwarder: Option<Arc<Forwarder>>,
    /// Writes deliveries down before they are answered.
    pub(super) recorder: Option<Recorder>,
    /// Bodies that came before, where somebody is told of them.
    pub(super) repeats: Option<Repeats>,
    /// Where their way ends.
    pub(super) exit: Arc<Exit>,
}

impl Desk {
    /// Takes large deliveries, one after another, until the intake has gone.
    fn work(self: &Arc<Self>, visits: &Receiver<Visit>) {
        let mut stopped: Option<Instant> = None;
        for visit in visits {
            if self.exit.stop.is_triggered() {
                // With the visit its responder is gone, which answers 500: it will be sent again.
                let since = stopped.get_or_insert_with(Instant::now);
                if self.exit.is_closing() || since.elapsed() > LAST_WORK {
                    self.exit.screen.unanswered();
                    continue;
                }
            }
            let remote = visit.received.remote;
            self.exit.guard(remote, || self.take(visit));
        }
    }

    /// Judges, decides, forwards, has it recorded, answers.
    fn take(self: &Arc<Self>, visit: Visit) {
        let Visit {
            number,
            received,
            responder,
            started,
        } = visit;
        let mut taken = Taken::new(number, received);
        taken.repeat_of = (self.repeats.as_ref())
            .and_then(|repeats| repeats.seen(&taken.delivery().body, number));
        if let Err(missing) = self.bench.judge(&mut taken) {
            self.exit
                .failed(taken.received.remote, &missing.to_string());
            return;
        }
        if self.asks_event || !self.filter.is_empty() {
            self.bench.read(&mut taken);
        }
        taken.admitted = self.filter.is_empty() || self.admits(&taken);
        match &self.forwarder {
            Some(forwarder) if self.accepts(&taken) => {
                let urls = forwarder.urls(taken.event(), &taken.delivery().target);
                if !urls.is_empty() {
                    self.forward(forwarder, taken, responder, started, urls);
                    return;
                }
            }
            _ => {}
        }
        let answer = self.decide(&taken);
        taken.decided(&answer, started);
        let exit = self.exit.clone();
        self.answer(taken, responder, answer, move |taken| exit.end(taken));
    }

    /// Whether a delivery, which was read, is meant.
    fn admits(&self, taken: &Taken) -> bool {
        let facts = taken.report.as_ref().map(|report| &report.facts);
        let project = facts.and_then(|facts| facts.project.as_deref());
        (self.filter).admits(taken.event(), project, &taken.delivery().body)
    }

    /// Whether a delivery is taken: it is genuine, or unchecked, or everything is.
    fn accepts(&self, taken: &Taken) -> bool {
        self.accept_invalid || taken.judgement.as_ref().is_none_or(Judgement::is_genuine)
    }

    /// What the sender gets. It learns that it was refused, and not why: a forger would profit.
    fn decide(&self, taken: &Taken) -> Answer {
        match &self.player {
            _ if !self.accepts(taken) => text(401, "the signature is not accepted\n"),
            Some(player) => player.next(),
            None => Answer::status(200),
        }
    }

    /// Forwards on a thread of its own. The first target's answer is the sender's, as soon as it is
    /// there; the others are waited for before the delivery is shown.
    fn forward(
        self: &Arc<Self>,
        forwarder: &Arc<Forwarder>,
        mut taken: Taken,
        responder: Responder,
        started: Instant,
        urls: Vec<Url>,
    ) {
        let (desk, sending, remote) = (self.clone(), forwarder.clone(), taken.received.remote);
        let work = move || {
            let received = taken.received.clone();
            let (back, others) = sending.send(&urls, &received, |forwarded, answer| {
                taken.decided_by = forwarded.url.clone().into();
                taken.forwards.push(forwarded);
                taken.decided(&answer, started);
                let (back, returned) = mpsc::channel();
                desk.answer(taken, responder, answer, move |taken| {
                    // Whoever sent it on waits for it.
                    let _ = back.send(taken);
                });
                returned
            });
            // Without it everything ends, and it was not answered.
            if let Some(Ok(mut taken)) = back.map(|returned| returned.recv()) {
                taken.forwards.extend(others);
                desk.exit.end(taken);
            }
        };
        let exit = self.exit.clone();
        if let Err(error) = forwarder.spawn(move || exit.guard(remote, work)) {
            // With the work the responder is gone, which answers 500.
            self.exit
                .failed(remote, &format!("the system gave no thread: {error}"));
        }
    }

    /// Answers, when a recording is kept only once the delivery is on disk; then goes on with it.
    fn answer(
        &self,
        taken: Taken,
        responder: Responder,
        answer: Answer,
        next: impl FnOnce(Taken) + Send + 'static,
    ) {
        match &self.recorder {
            Some(recorder) => recorder.record(taken, responder, answer, next),
            None => {
                responder.answer(answer);
                next(taken);
            }
        }
    }

    /// Answers what a provider asks beside its deliveries. What it tells, it may tell only once: that
    /// is recorded first, as a delivery is.
    fn shake_hands(
        &self,
        found: HandshakeAnswer,
        received: Received,
        responder: Responder,
        started: Instant,
    ) {
        let mut headers = Headers::new();
        for (name, value) in found.headers {
            headers.push(name, value);
        }
        let answer = Answer::from(Reply {
            status: found.status,
            headers,
            body: found.body.into(),
        });
        let mut taken = Taken::new(0, Arc::new(received));
        taken.handshake = Some(Handshaken {
            about: found.about,
            secret: found.secret,
        });
        taken.decided(&answer, started);
        let exit = self.exit.clone();
        self.answer(taken, responder, answer, move |taken| exit.end(taken));
    }

    /// Webhooks are POSTed, but for some schemes: other methods are refused and reported.
    fn refuse_method(&self, received: &Received, responder: Responder) {
        let taken = self.bench.courts.get(None).scheme.methods().join(", ");
        let mut answer = text(405, format!("webhooks are sent with {taken}\n"));
        if let Some(reply) = &mut answer.reply {
            reply.headers.push("Allow", taken.as_bytes());
        }
        responder.answer(answer);
        let shown: String = received.delivery.method.chars().take(20).collect();
        self.exit.malformed(Malformed {
            at: received.at,
            remote: Some(received.remote),
            code: "method-not-allowed",
            status: Some(405),
            message: format!("a sender used {shown}, and webhooks are sent with {taken}"),
        });
    }
}

/// The end of a delivery's way: it is counted and shown.
pub(super) struct Exit {
    /// The counts, and what is waited for.
    pub(super) tally: Tally,
    /// Shows what happened.
    pub(super) screen: Screen,
    /// Ends the receiver.
    pub(super) stop: Stop,
    /// The receiver has ended: who has no answer yet gets none.
    pub(super) closing: AtomicBool,
}

impl Exit {
    /// Counts and shows a delivery that was answered.
    fn end(&self, taken: Taken) {
        if taken.handshake.is_none() && self.tally.count(&taken) {
            self.stop.trigger();
        }
        if taken.admitted {
            self.screen.delivery(taken);
        }
    }

    /// Counts and shows what was no delivery.
    fn malformed(&self, malformed: Malformed) {
        self.tally.malformed();
        self.screen.malformed(malformed);
    }

    /// Does one delivery's work. A panic in it ends that delivery and no other: its responder is
    /// dropped, which answers 500.
    fn guard(&self, remote: SocketAddr, work: impl FnOnce()) {
        if catch_unwind(AssertUnwindSafe(work)).is_err() {
            self.failed(remote, "bluehook itself failed, please report it");
        }
    }

    /// Says that a delivery could not be worked on, and that its sender got 500.
    fn failed(&self, remote: SocketAddr, why: &str) {
        let text = format!("a delivery from {remote} was answered 500: {why}");
        self.screen.note(Note::Warning, text);
    }

    fn is_closing(&self) -> bool {
        self.closing.load(Ordering::Relaxed)
    }
}

/// Recognises bodies that came before, by a keyed hash that no sender can aim at.
#[derive(Default)]
pub(super) struct Repeats {
    hasher: RandomState,
    known: Mutex<Known>,
}

#[derive(Default)]
struct Known {
    first: HashMap<u64, u64>,
    order: VecDeque<u64>,
}

impl Repeats {
    /// The number of the first delivery with this body; remembers this one if it is the first.
    fn seen(&self, body: &[u8], number: u64) -> Option<u64> {
        // Before the lock: a large body must keep nobody waiting.
        let hash = self.hasher.hash_one(body);
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(&first) = known.first.get(&hash) {
            return Some(first);
        }
        if known.order.len() >= REMEMBERED
            && let Some(oldest) = known.order.pop_front()
        {
            known.first.remove(&oldest);
        }
        known.order.push_back(hash);
        known.first.insert(hash, number);
        None
    }
}

/// An answer of our own, in words.
fn text(status: u16, words: impl Into<String>) -> Answer {
    let mut headers = Headers::new();
    headers.push("Content-Type", "text/plain; charset=utf-8");
    Answer::from(Reply {
        status,
        headers,
        body: words.into().into(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_repeat_is_recognised_until_it_is_long_ago() {
        let repeats = Repeats::default();
        assert_eq!(repeats.seen(b"a", 1), None);
        assert_eq!(repeats.seen(b"a", 2), Some(1));
        assert_eq!(repeats.seen(b"a", 3), Some(1));
        for number in 0..REMEMBERED {
            repeats.seen(&number.to_le_bytes(), number as u64);
        }
        assert_eq!(repeats.seen(b"a", 4), None);
        assert_eq!(repeats.known.lock().unwrap().first.len(), REMEMBERED);
    }

    /// A stream that keeps what is written to it.
    #[derive(Clone, Default)]
    struct Kept(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Kept {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_panic_ends_one_delivery_and_is_told() {
        let kept = Kept::default();
        let stream = |kept: &Kept| crate::commands::Stream {
            writer: Box::new(kept.clone()),
            style: crate::show::style::Style::PLAIN,
            width: 100,
            is_terminal: false,
        };
        let (mut out, mut err) = (stream(&Kept::default()), stream(&kept));
        let bench = Bench {
            courts: crate::commands::courts::Courts::any(Vec::new(), Vec::new(), false),
            scope: crate::blue::scope::Scope::default(),
            clock: crate::cli::ClockChoice::default(),
            public_url: None,
        };
        let manner = super::super::screen::Manner {
            json: false,
            quiet: false,
            records: false,
            redacts: false,
            layout: crate::show::seen::Layout {
                style: crate::show::style::Style::PLAIN,
                width: 100,
                detail: crate::show::seen::Detail::Line,
                verbose: false,
            },
        };
        let streams = (&mut out, &mut err);
        let (screen, showing) =
            super::super::screen::start(streams, manner, Arc::new(bench), || ()).unwrap();
        let exit = Exit {
            tally: Tally::new(None, Vec::new(), false),
            screen,
            stop: Stop::new(),
            closing: AtomicBool::new(false),
        };
        let remote: SocketAddr = "127.0.0.1:4711".parse().unwrap();
        let mut after = false;
        exit.guard(remote, || panic!("on purpose"));
        exit.guard(remote, || after = true);
        assert!(after);
        exit.screen.end();
        let summary = exit.tally.summary();
        showing
            .end((&mut out, &mut err), &summary, false, || None)
            .unwrap();
        assert_eq!(
            String::from_utf8(kept.0.lock().unwrap().clone()).unwrap(),
            "warning: a delivery from 127.0.0.1:4711 was answered 500: bluehook itself failed, please report it\n"
        );
    }
}

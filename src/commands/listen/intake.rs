//! From the network to an answer: judges each delivery, decides what its sender gets, counts it.
//!
//! The network thread calls in here and must never wait: small bodies are judged on it, large ones
//! on a thread beside it; recording and showing happen behind queues.

use std::borrow::Cow;
use std::collections::{HashMap, VecDeque};
use std::hash::{BuildHasher as _, RandomState};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::Sender;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::thread;
use std::time::Instant;

use glob::Pattern;
use jiff::Timestamp;

use super::expect::Expectations;
use super::filter::Filter;
use super::forward::{Forwarded, Forwarder};
use super::recorder::Recorder;
use super::respond::Player;
use super::screen::{Note, Screen};
use crate::blue::scope::{OutOfScope, Scope};
use crate::blue::validate::{self, Finding, Level, Report};
use crate::cli::ClockChoice;
use crate::commands::settings;
use crate::delivery::{Delivery, Headers, is_secret};
use crate::receiver::{Answer, Malformed, Received, Reply, Responder, Service, Stop};
use crate::sender::Url;
use crate::show::delivery as shown;
use crate::show::lines::{self, AnswerObject, DeliveryLine, Fields, ListenSummary, VerifyLine};
use crate::signing::Scheme;
use crate::signing::handshake::handshake;
use crate::signing::{Judge, Judgement, Keyring, Parts};

/// Bodies up to this are judged on the network thread: that takes less time than handing over.
const SMALL_BODY: usize = 64 * 1024;
/// What stands for a value that is kept back.
const REDACTED: &[u8] = b"(redacted)";
/// How many bodies are remembered to recognise repeats.
const REMEMBERED: usize = 10_000;

/// A delivery on its way through the house.
pub struct Taken {
    /// Which one, from 1, in the order of arrival.
    pub number: u64,
    /// When its head was complete.
    pub at: Timestamp,
    /// The request and its sender.
    pub received: Received,
    /// The verdict; `None` when nothing is checked.
    pub judgement: Option<Judgement>,
    /// The number of the first delivery with the same body.
    pub repeat_of: Option<u64>,
    /// Whether the filters admit it.
    pub admitted: bool,
    /// What the sender gets; `None` closes the connection.
    pub status: Option<u16>,
    /// Who decided: `bluehook`, or the URL of the application that answered.
    pub decided_by: String,
    /// The time to that decision.
    pub decided_in: std::time::Duration,
    /// It could not be written down, so that its sender will send it again.
    pub is_lost: bool,
    /// What came of forwarding it.
    pub forwards: Vec<Forwarded>,
    bench: Arc<Bench>,
    report: OnceLock<Report>,
}

impl Taken {
    /// The request's headers as recordings and machine output hold them.
    pub fn kept_headers(&self) -> Cow<'_, Headers> {
        let headers = &self.delivery().headers;
        if !self.bench.redacts {
            return Cow::Borrowed(headers);
        }
        let kept = headers.iter().cloned().map(|mut header| {
            if is_secret(&header.name) {
                header.value = REDACTED.to_vec();
            }
            header
        });
        Cow::Owned(kept.collect())
    }

    /// What the sender gets.
    pub fn answer(&self) -> AnswerObject<'_> {
        AnswerObject {
            status: self.status,
            by: &self.decided_by,
            ms: lines::ms(self.decided_in),
        }
    }

    /// The line of recordings and machine output, with these of its headers.
    pub fn line<'a>(
        &'a self,
        headers: &'a Headers,
        verification: Option<&'a VerifyLine>,
    ) -> DeliveryLine<'a> {
        let report = self.report();
        let remote = self.received.remote.to_string();
        DeliveryLine {
            headers: Fields(headers),
            event: self.event(),
            project: report.project.as_deref(),
            verification,
            findings: report.findings.iter().map(Into::into).collect(),
            repeat_of: self.repeat_of,
            answer: Some(self.answer()),
            forwards: self.forwards.iter().map(Into::into).collect(),
            ..DeliveryLine::new(self.number, self.at, remote, self.delivery())
        }
    }

    /// The request.
    pub fn delivery(&self) -> &Delivery {
        &self.received.delivery
    }

    /// Notes what the sender gets.
    fn decided(&mut self, answer: &Answer, started: Instant) {
        self.status = answer.reply.as_ref().map(|reply| reply.status);
        self.decided_in = started.elapsed();
    }

    /// The event, as the body or else a header names it.
    pub fn event(&self) -> Option<&str> {
        shown::event(Some(self.report()), self.delivery())
    }

    /// What its body says, read when it is first asked for.
    pub fn report(&self) -> &Report {
        self.report
            .get_or_init(|| self.bench.read(&self.received.delivery.body))
    }
}

/// What the sender and the user want to know when all is over, counted as it happens.
#[derive(Debug, Default)]
pub struct Tally {
    /// The numbers of the closing line.
    pub summary: ListenSummary,
    /// How many deliveries count towards `--count`.
    counted: u64,
    /// What is expected.
    expected: Expectations,
}

/// How deliveries are judged.
pub struct Bench {
    /// The scheme.
    pub scheme: Scheme,
    /// The keys; with none nothing is checked.
    pub keyring: Keyring,
    /// Whether the deliveries are Blue's, so that its rules are for their bodies.
    pub is_blue: bool,
    /// Header values that are secrets by nature stay out of recordings and machine output.
    pub redacts: bool,
    /// Which deliveries the profile is for.
    pub scope: Scope,
    /// How the age is judged.
    pub clock: ClockChoice,
    /// The URL that senders were given, without the path.
    pub public_url: Option<String>,
}

impl Bench {
    /// The URL that the sender was given, as far as it is known.
    pub fn url_of(&self, delivery: &Delivery) -> Option<String> {
        let base = self.public_url.as_deref()?.trim_end_matches('/');
        Some(format!("{base}{}", delivery.target))
    }

    /// What a body says, and what is odd about it.
    fn read(&self, body: &[u8]) -> Report {
        let mut report = validate::validate(body);
        if !self.is_blue {
            // What another provider sends is not odd for being otherwise.
            report.findings.clear();
            report.left_out = 0;
        }
        let admitted = self
            .scope
            .admits(report.event.as_deref(), report.project.as_deref());
        if let Err(out_of_scope) = admitted {
            let code = match out_of_scope {
                OutOfScope::Event { .. } => "event-out-of-profile",
                OutOfScope::Project { .. } => "project-out-of-profile",
            };
            report.findings.push(Finding {
                level: Level::Warning,
                code,
                path: String::new(),
                message: format!("the profile leaves it out: {out_of_scope}"),
            });
        }
        report
    }

    /// The verdict on a delivery; `None` when nothing is checked.
    pub fn judge(&self, delivery: &Delivery, now: Timestamp) -> Option<Judgement> {
        if self.keyring.is_empty() {
            return None;
        }
        let url = self.url_of(delivery);
        let parts = Parts {
            method: &delivery.method,
            url: url.as_deref(),
            headers: &delivery.headers,
        };
        // A scheme that signs the URL is refused at the start when the URL is not known.
        let mut judge = Judge::new(&self.scheme, &self.keyring, parts).ok()?;
        judge.update(&delivery.body);
        Some(judge.finish(&settings::clock(&self.clock, now)))
    }
}

/// Everything that taking a delivery in needs.
pub struct Intake {
    /// How deliveries are judged.
    pub bench: Arc<Bench>,
    /// What is not genuine gets 2xx all the same.
    pub accept_invalid: bool,
    /// Scripted answers.
    pub player: Option<Player>,
    /// Which deliveries are meant.
    pub filter: Filter,
    /// How many deliveries are waited for.
    pub count: Option<u64>,
    /// Ends the receiver.
    pub stop: Stop,
    /// Numbers, counted.
    pub tally: Mutex<Tally>,
    /// Sends deliveries on.
    pub forwarder: Option<Arc<Forwarder>>,
    /// Writes deliveries down before they are answered.
    pub recorder: Option<Recorder>,
    /// Shows what happened.
    pub screen: Screen,
    /// Judges large bodies.
    pub heavy: Sender<Heavy>,
    /// Bodies that came before.
    pub repeats: Mutex<Repeats>,
    /// How many deliveries came.
    pub arrived: AtomicU64,
}

/// What the thread for large bodies is told.
pub enum Heavy {
    /// Judge this one.
    Judge(Box<Taken>, Responder, Instant),
    /// There will be no more.
    End,
}

/// Recognises bodies that came before, by a keyed hash that no sender can aim at.
pub struct Repeats {
    first: HashMap<u64, u64>,
    order: VecDeque<u64>,
    hasher: RandomState,
}

impl Default for Repeats {
    fn default() -> Self {
        Self {
            first: HashMap::new(),
            order: VecDeque::new(),
            hasher: RandomState::new(),
        }
    }
}

impl Repeats {
    /// The number of the first delivery with this body; remembers this one if it is the first.
    fn seen(&mut self, body: &[u8], number: u64) -> Option<u64> {
        let hash = self.hasher.hash_one(body);
        if let Some(&first) = self.first.get(&hash) {
            return Some(first);
        }
        if self.order.len() >= REMEMBERED
            && let Some(oldest) = self.order.pop_front()
        {
            self.first.remove(&oldest);
        }
        self.order.push_back(hash);
        self.first.insert(hash, number);
        None
    }
}

/// A poisoned lock still guards sound numbers: each is written in one go.
pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Service for Arc<Intake> {
    fn received(&self, received: Received, responder: Responder) {
        let started = Instant::now();
        if let Some(answer) = self.shakes_hands(&received) {
            responder.answer(answer);
            return;
        }
        if received.delivery.method != "POST" {
            self.refuse_method(&received, responder);
            return;
        }
        let taken = self.number(received);
        if taken.delivery().body.len() > SMALL_BODY {
            // The thread ends only after the receiver has: it takes what it is sent.
            let _ = self
                .heavy
                .send(Heavy::Judge(Box::new(taken), responder, started));
        } else {
            self.take(taken, responder, started);
        }
    }

    fn malformed(&self, malformed: Malformed) {
        self.report(malformed);
    }
}

impl Intake {
    /// What is expected, as patterns that each must be met.
    pub fn expect(&self, patterns: Vec<Pattern>) {
        let mut tally = lock(&self.tally);
        tally.expected = Expectations::new(patterns);
        tally.summary.missing = tally.expected.missing();
    }

    /// Judges, decides, forwards, has it recorded, answers.
    pub fn take(self: &Arc<Self>, mut taken: Taken, responder: Responder, started: Instant) {
        taken.judgement = self.bench.judge(taken.delivery(), taken.at);
        taken.admitted = self.filter.is_empty() || self.filter.admits(&taken);
        let urls = self.urls(&taken);
        if urls.is_empty() {
            let answer = self.decide(&taken);
            taken.decided(&answer, started);
            self.answer(taken, responder, answer);
        } else {
            self.forward(taken, responder, started, urls);
        }
    }

    /// Whether a delivery is taken: it is genuine, or unchecked, or everything is.
    fn accepts(&self, taken: &Taken) -> bool {
        self.accept_invalid || taken.judgement.as_ref().is_none_or(Judgement::is_genuine)
    }

    /// Where a delivery is to go on to.
    fn urls(&self, taken: &Taken) -> Vec<Url> {
        match &self.forwarder {
            Some(forwarder) if self.accepts(taken) => {
                let event = match forwarder.asks_event() {
                    true => taken.event(),
                    false => None,
                };
                forwarder.urls(event, &taken.delivery().target)
            }
            _ => Vec::new(),
        }
    }

    /// Forwards on a thread of its own. The first target's answer is the sender's, as soon as it is
    /// there; the others are waited for before the delivery is shown.
    fn forward(
        self: &Arc<Self>,
        mut taken: Taken,
        responder: Responder,
        started: Instant,
        urls: Vec<Url>,
    ) {
        let Some(forwarder) = &self.forwarder else {
            return;
        };
        let (intake, sending) = (self.clone(), forwarder.clone());
        let work = move || {
            let delivery = Arc::new(taken.delivery().clone());
            let (first, others) = match urls.split_first() {
                Some((first, others)) => (first, others),
                None => return,
            };
            thread::scope(|scope| {
                let others: Vec<_> = others
                    .iter()
                    .map(|url| {
                        let (sending, delivery) = (&sending, &delivery);
                        scope.spawn(move || sending.forward(url, delivery).0)
                    })
                    .collect();
                let (forwarded, answer) = sending.forward(first, &delivery);
                taken.decided_by.clone_from(&forwarded.url);
                taken.forwards.push(forwarded);
                taken.decided(&answer, started);
                let back = match &intake.recorder {
                    Some(recorder) => recorder.record_and_return(taken, responder, answer),
                    None => {
                        responder.answer(answer);
                        Some(taken)
                    }
                };
                let others = others.into_iter().filter_map(|other| other.join().ok());
                if let Some(mut taken) = back {
                    taken.forwards.extend(others);
                    intake.end(taken);
                }
            });
        };
        // Without a thread the sender is not answered by us: its responder is dropped, which is 500.
        let _ = forwarder.spawn(work);
    }

    /// Answers, when a recording is kept only once the delivery is on disk; counts and shows.
    fn answer(&self, taken: Taken, responder: Responder, answer: Answer) {
        match &self.recorder {
            Some(recorder) => recorder.record(taken, responder, answer),
            None => {
                responder.answer(answer);
                self.end(taken);
            }
        }
    }

    /// Counts and shows a delivery that was answered.
    pub fn end(&self, taken: Taken) {
        if self.tally(&taken) {
            self.stop.trigger();
        }
        if taken.admitted {
            self.screen.delivery(taken);
        }
    }

    /// Answers what a provider asks beside its deliveries, as the scheme's record describes it.
    fn shakes_hands(&self, received: &Received) -> Option<Answer> {
        let delivery = &received.delivery;
        let found = handshake(&self.bench.scheme, delivery, &self.bench.keyring)?;
        if found.signed {
            let now = Timestamp::try_from(received.at).unwrap_or_default();
            let judgement = self.bench.judge(delivery, now);
            if !judgement.is_none_or(|judgement| judgement.is_genuine()) {
                return None;
            }
        }
        let secret = match found.secret {
            Some(_) => {
                ": it told the secret of its deliveries (see its request), pass it with --secret"
            }
            None => "",
        };
        self.screen.note(
            Note::Good,
            format!("answered a handshake: {}{secret}", found.about),
        );
        let mut headers = Headers::new();
        for (name, value) in found.headers {
            headers.push(name, value);
        }
        Some(Answer::from(Reply {
            status: found.status,
            headers,
            body: found.body,
        }))
    }

    /// Counts and shows what was no delivery.
    fn report(&self, malformed: Malformed) {
        lock(&self.tally).summary.malformed += 1;
        self.screen.malformed(malformed);
    }

    fn number(&self, received: Received) -> Taken {
        let number = self.arrived.fetch_add(1, Ordering::Relaxed) + 1;
        let repeat_of = lock(&self.repeats).seen(&received.delivery.body, number);
        Taken {
            number,
            at: Timestamp::try_from(received.at).unwrap_or_default(),
            received,
            judgement: None,
            repeat_of,
            admitted: true,
            status: None,
            decided_by: "bluehook".into(),
            decided_in: std::time::Duration::ZERO,
            is_lost: false,
            forwards: Vec::new(),
            bench: self.bench.clone(),
            report: OnceLock::new(),
        }
    }

    /// What the sender gets. It learns that it was refused, and not why: a forger would profit.
    fn decide(&self, taken: &Taken) -> Answer {
        if !self.accepts(taken) {
            return Answer::from(Reply {
                status: 401,
                headers: text_headers(),
                body: b"the signature is not accepted\n".to_vec(),
            });
        }
        match &self.player {
            Some(player) => player.next(),
            None => Answer::status(200),
        }
    }

    /// Webhooks are POSTed: other methods are refused and reported.
    fn refuse_method(&self, received: &Received, responder: Responder) {
        let mut headers = text_headers();
        headers.push("Allow", "POST");
        responder.answer(Answer::from(Reply {
            status: 405,
            headers,
            body: b"webhooks are sent with POST\n".to_vec(),
        }));
        let delivery = &received.delivery;
        let shown: String = delivery.method.chars().take(20).collect();
        self.report(Malformed {
            at: received.at,
            remote: Some(received.remote),
            code: "method-not-allowed",
            status: Some(405),
            message: format!("a sender used {shown}, and webhooks are sent with POST"),
        });
    }

    /// Counts a delivery; says whether everything that was waited for has come.
    fn tally(&self, taken: &Taken) -> bool {
        let mut tally = lock(&self.tally);
        let tally = &mut *tally;
        if !taken.admitted {
            tally.summary.filtered += 1;
            return false;
        }
        let failed = taken
            .forwards
            .iter()
            .filter(|forward| !forward.is_delivered())
            .count();
        tally.summary.forward_failed += failed as u64;
        tally.summary.deliveries += 1;
        let counts = match &taken.judgement {
            None => {
                tally.summary.unchecked += 1;
                true
            }
            Some(judgement) if judgement.is_genuine() => {
                tally.summary.genuine += 1;
                true
            }
            Some(_) => {
                tally.summary.refused += 1;
                false
            }
        };
        if !counts || taken.is_lost {
            return false;
        }
        tally.counted += 1;
        let expects = !tally.expected.is_empty();
        if expects && !tally.expected.are_met() {
            tally.expected.arrived(taken.event().unwrap_or_default());
            tally.summary.missing = tally.expected.missing();
        }
        (expects || self.count.is_some()) && self.has_all(tally)
    }

    /// Whether everything that was waited for has come.
    pub fn is_satisfied(&self) -> bool {
        self.has_all(&lock(&self.tally))
    }

    fn has_all(&self, tally: &Tally) -> bool {
        self.count.is_none_or(|count| tally.counted >= count) && tally.expected.are_met()
    }
}

fn text_headers() -> Headers {
    let mut headers = Headers::new();
    headers.push("Content-Type", "text/plain; charset=utf-8");
    headers
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_repeat_is_recognised_until_it_is_long_ago() {
        let mut repeats = Repeats::default();
        assert_eq!(repeats.seen(b"a", 1), None);
        assert_eq!(repeats.seen(b"a", 2), Some(1));
        assert_eq!(repeats.seen(b"a", 3), Some(1));
        for number in 0..REMEMBERED {
            repeats.seen(&number.to_le_bytes(), number as u64);
        }
        assert_eq!(repeats.seen(b"a", 4), None);
        assert_eq!(repeats.first.len(), REMEMBERED);
    }
}

//! What is seen of deliveries: a thread that reads them, looks for causes and prints, behind a
//! bounded queue. A paused terminal or a slow reader delays nobody: what finds no room is counted.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::mpsc::{self, Receiver, SyncSender};
use std::thread::{self, JoinHandle};

use jiff::{SignedDuration, Timestamp};

use super::forward::Forwarded;
use super::intake::{Bench, Taken};
use crate::commands::Stream;
use crate::receiver::Malformed;
use crate::show::delivery::{self, Layout, Shown, Verdict};
use crate::show::lines::{self, ListenSummary, MalformedLine, Time, VerifyLine};
use crate::show::{summary, verification};
use crate::signing::Parts;
use crate::signing::Secret;
use crate::signing::diagnosis::{self, Effort};

/// How many things wait to be shown at most.
const QUEUE: usize = 1024;
/// How many bytes of bodies wait to be shown at most.
const QUEUED_BYTES: usize = 64 << 20;
/// How many malformed requests of one kind are shown in a while; the others are counted.
const SHOWN_MALFORMED: u64 = 10;
/// How long that while is.
const WHILE: SignedDuration = SignedDuration::from_secs(60);
/// With more than this waiting, causes are looked for with less effort, and with twice this not at
/// all.
const BUSY: usize = 32;

/// The number of the signal of Ctrl-C.
const INTERRUPT: i32 = 2;

/// What is shown, and how.
#[derive(Debug, Clone, Copy)]
pub struct Manner {
    /// JSON lines instead of text.
    pub json: bool,
    /// Nothing but what was asked for.
    pub quiet: bool,
    /// The text's layout.
    pub layout: Layout,
}

/// The way to the showing thread.
pub struct Screen {
    queue: SyncSender<Item>,
    state: Arc<State>,
    /// Neither deliveries nor what was none are shown: to hand them over would cost the network
    /// thread more than to judge them.
    silent: bool,
}

#[derive(Default)]
struct State {
    /// How many things wait.
    waiting: AtomicUsize,
    /// How many bytes of bodies wait.
    bytes: AtomicUsize,
    /// How many things found no room.
    skipped: AtomicU64,
    /// How many refusals were shown without looking for their cause.
    undiagnosed: AtomicU64,
    /// Nobody reads the output any more.
    closed: AtomicBool,
}

enum Item {
    Delivery(Box<Taken>),
    Malformed(Malformed),
    Note(Note, String),
    End(ListenSummary, Option<i32>),
}

/// What kind of thing is said beside the deliveries.
#[derive(Debug, Clone, Copy)]
pub enum Note {
    /// Something went well.
    Good,
    /// Something needs looking at.
    Warning,
}

/// The showing thread's end.
pub struct Ended {
    /// The streams, given back.
    pub streams: (Stream, Stream),
}

struct Shower {
    /// What came in again and again, by its code.
    floods: BTreeMap<&'static str, Flood>,
    out: Stream,
    err: Stream,
    manner: Manner,
    bench: Arc<Bench>,
    secrets: Vec<Secret>,
    state: Arc<State>,
    closed: Box<dyn Fn() + Send>,
}

impl<'a> From<&'a Forwarded> for lines::ForwardObject<'a> {
    fn from(forwarded: &'a Forwarded) -> Self {
        Self {
            url: &forwarded.url,
            status: forwarded.status,
            ms: forwarded.ms,
            error: forwarded.error.as_ref().map(|(code, _)| *code),
        }
    }
}

impl<'a> From<&'a Forwarded> for delivery::Forward<'a> {
    fn from(forwarded: &'a Forwarded) -> Self {
        Self {
            url: &forwarded.url,
            status: forwarded.status,
            ms: forwarded.ms,
            error: forwarded
                .error
                .as_ref()
                .map(|(_, sentence)| sentence.as_str()),
            hint: forwarded.hint.as_deref(),
        }
    }
}

/// One kind of malformed requests: a flood of them is not worth a screen.
#[derive(Default)]
struct Flood {
    since: Timestamp,
    shown: u64,
    hidden: u64,
}

impl Flood {
    /// Whether one more is shown.
    fn admits(&mut self, at: Timestamp) -> bool {
        if at.duration_since(self.since) > WHILE {
            self.since = at;
            self.shown = 0;
        }
        self.shown += 1;
        let admits = self.shown <= SHOWN_MALFORMED;
        self.hidden += u64::from(!admits);
        admits
    }
}

impl Screen {
    /// Starts the thread. `closed` is called once when nobody reads the output any more.
    pub fn start(
        streams: (Stream, Stream),
        manner: Manner,
        bench: Arc<Bench>,
        secrets: Vec<Secret>,
        closed: impl Fn() + Send + 'static,
    ) -> (Self, JoinHandle<Ended>) {
        let (queue, items) = mpsc::sync_channel(QUEUE);
        let state = Arc::new(State::default());
        let silent = manner.quiet && !manner.json;
        let shower = Shower {
            floods: BTreeMap::new(),
            out: streams.0,
            err: streams.1,
            manner,
            bench,
            secrets,
            state: state.clone(),
            closed: Box::new(closed),
        };
        let thread = thread::spawn(move || shower.work(&items));
        let screen = Self {
            queue,
            state,
            silent,
        };
        (screen, thread)
    }

    /// Has a delivery shown.
    pub fn delivery(&self, taken: Taken) {
        if self.silent {
            return;
        }
        let size = taken.delivery().body.len();
        if self.state.bytes.fetch_add(size, Ordering::Relaxed) > QUEUED_BYTES {
            self.state.bytes.fetch_sub(size, Ordering::Relaxed);
            self.state.skipped.fetch_add(1, Ordering::Relaxed);
        } else if !self.offer(Item::Delivery(Box::new(taken))) {
            self.state.bytes.fetch_sub(size, Ordering::Relaxed);
        }
    }

    /// Has it shown what came in and was no delivery.
    pub fn malformed(&self, malformed: Malformed) {
        if !self.silent {
            self.offer(Item::Malformed(malformed));
        }
    }

    /// Has something said.
    pub fn note(&self, note: Note, text: String) {
        self.offer(Item::Note(note, text));
    }

    /// Has the summary shown when all that waits is shown. Waits for room: nothing is delayed by
    /// it any more. `signal` is the number of the one that ended it.
    pub fn end(&self, summary: ListenSummary, signal: Option<i32>) {
        let _ = self.queue.send(Item::End(summary, signal));
    }

    /// How many things wait to be shown.
    pub fn waiting(&self) -> usize {
        self.state.waiting.load(Ordering::Relaxed)
    }

    fn offer(&self, item: Item) -> bool {
        self.state.waiting.fetch_add(1, Ordering::Relaxed);
        let taken = self.queue.try_send(item).is_ok();
        if !taken {
            self.state.waiting.fetch_sub(1, Ordering::Relaxed);
            self.state.skipped.fetch_add(1, Ordering::Relaxed);
        }
        taken
    }
}

impl Shower {
    fn work(mut self, items: &Receiver<Item>) -> Ended {
        for item in items {
            let waiting = self.state.waiting.load(Ordering::Relaxed).saturating_sub(1);
            match item {
                Item::Delivery(taken) => {
                    let size = taken.delivery().body.len();
                    self.delivery(&taken, waiting);
                    self.state.bytes.fetch_sub(size, Ordering::Relaxed);
                }
                Item::Malformed(malformed) => self.malformed(&malformed),
                Item::Note(note, text) => self.note(note, &text),
                Item::End(summary, signal) => {
                    // A terminal has shown ^C, and the cursor stands behind it.
                    if signal == Some(INTERRUPT) && self.err.is_terminal && !self.manner.quiet {
                        let _ = self.err.print("\n");
                    }
                    self.summary(&summary);
                    break;
                }
            }
            // Only now: whoever waits for the end sees that something moves.
            self.state.waiting.fetch_sub(1, Ordering::Relaxed);
        }
        Ended {
            streams: (self.out, self.err),
        }
    }

    fn note(&mut self, note: Note, text: &str) {
        let style = self.err.style;
        let word = match note {
            Note::Good if self.manner.quiet => return,
            Note::Good => style.name("note:"),
            Note::Warning => style.odd("warning:"),
        };
        let _ = self.err.print(format!("{word} {text}\n"));
    }

    fn delivery(&mut self, taken: &Taken, waiting: usize) {
        let verification = self.verification(taken, waiting);
        let report = taken.report();
        let bytes = if self.manner.json {
            let headers = taken.kept_headers();
            let line = taken.line(&headers, verification.as_ref());
            line.to_bytes().unwrap_or_default()
        } else {
            let forwards: Vec<delivery::Forward<'_>> =
                taken.forwards.iter().map(Into::into).collect();
            let shown = Shown {
                number: taken.number,
                at: taken.at,
                remote: taken.received.remote,
                delivery: taken.delivery(),
                report: Some(report),
                verdict: Verdict::of(verification.as_ref(), self.secrets.len()),
                repeat_of: taken.repeat_of,
                answer: Some(taken.answer()),
                forwards: &forwards,
            };
            delivery::shown(&shown, &self.manner.layout).into_bytes()
        };
        self.print(&bytes);
    }

    /// The verdict as it is shown, with its cause as far as there is time to look for it.
    fn verification(&self, taken: &Taken, waiting: usize) -> Option<VerifyLine> {
        let judgement = taken.judgement.as_ref()?;
        let scheme = &self.bench.scheme;
        let delivery = taken.delivery();
        let mut line = verification::line_of(judgement, scheme, taken.number, delivery);
        if judgement.is_genuine() {
            return Some(line);
        }
        if waiting > 2 * BUSY {
            self.state.undiagnosed.fetch_add(1, Ordering::Relaxed);
            return Some(line);
        }
        let effort = if waiting > BUSY {
            Effort::QUICK
        } else {
            Effort::FULL
        };
        let url = self.bench.url_of(delivery);
        let parts = Parts {
            method: &delivery.method,
            url: url.as_deref(),
            headers: &delivery.headers,
        };
        let body = diagnosis::Received::whole(&delivery.body);
        let found =
            diagnosis::diagnose_within(effort, scheme, &self.secrets, parts, body, judgement);
        verification::add(&mut line, &found);
        Some(line)
    }

    fn malformed(&mut self, malformed: &Malformed) {
        let at = Timestamp::try_from(malformed.at).unwrap_or_default();
        if self.manner.json {
            let line = MalformedLine {
                at: Time(at),
                remote: malformed.remote.map(|remote| remote.to_string()),
                code: malformed.code,
                status: malformed.status,
                message: &malformed.message,
            };
            let bytes = lines::to_bytes(&line).unwrap_or_default();
            self.print(&bytes);
        } else if self.floods.entry(malformed.code).or_default().admits(at) {
            let shown = delivery::malformed(
                at,
                malformed.remote,
                malformed.code,
                malformed.status,
                &malformed.message,
                &self.manner.layout,
            );
            self.print(shown.as_bytes());
        }
    }

    fn summary(&mut self, summary: &ListenSummary) {
        let skipped = self.state.skipped.load(Ordering::Relaxed);
        let undiagnosed = self.state.undiagnosed.load(Ordering::Relaxed);
        let mut counts = vec![
            (skipped, "came too fast to be shown".to_owned()),
            (
                undiagnosed,
                "were refused too fast to look for the cause".to_owned(),
            ),
        ];
        for (code, flood) in &self.floods {
            counts.push((
                flood.hidden,
                format!("more malformed requests were not shown: {code}"),
            ));
        }
        for (count, what) in counts {
            if count > 0 {
                let warning = self.err.style.odd("warning:");
                let count = crate::show::count(count);
                let _ = self.err.print(format!("{warning} {count} {what}\n"));
            }
        }
        if self.manner.json {
            let bytes = lines::to_bytes(summary).unwrap_or_default();
            self.print(&bytes);
        } else if !self.manner.quiet {
            let shown = summary::shown(summary, self.out.style);
            self.print(shown.as_bytes());
        }
    }

    /// Prints, until nobody reads any more.
    fn print(&mut self, bytes: &[u8]) {
        if self.state.closed.load(Ordering::Relaxed) {
            return;
        }
        let written = self
            .out
            .writer
            .write_all(bytes)
            .and_then(|()| self.out.writer.flush());
        if written.is_err() && !self.state.closed.swap(true, Ordering::Relaxed) {
            (self.closed)();
        }
    }
}

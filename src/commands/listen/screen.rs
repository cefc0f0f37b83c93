//! What is seen of deliveries: a thread that looks for causes and prints, behind a bounded queue.
//! A paused terminal or a slow reader delays nobody: what finds no room is counted.
//!
//! The output stands behind a lock that the thread holds only while it writes. So the end can take
//! over from a thread that is still at work on something large.

use std::collections::BTreeMap;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, SyncSender, TryRecvError};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};

use super::bench::Bench;
use super::taken::{Handshaken, Taken};
use crate::commands::shell::{Problem, Shell, Stream};
use crate::receiver::Malformed;
use crate::show::delivery;
use crate::show::lines::{self, ListenSummary, MalformedLine, Time};
use crate::show::row;
use crate::show::seen::{Layout, Shown};
use crate::show::style::Style;
use crate::show::summary;
use crate::signing::diagnosis::Effort;

/// How many things wait to be shown at most.
const QUEUE: usize = 1024;
/// How many bytes of bodies wait to be shown at most: as long as they wait they take up memory that
/// the receiver has for all (64 MiB, 48 for one sender), and of that enough must stay free.
const QUEUED_BYTES: usize = 32 << 20;
/// How many things of one kind are shown in a while, where a flood of them is not worth a screen;
/// the others are counted.
const SHOWN_OF_A_KIND: u64 = 10;
/// How long that while is.
const WHILE: SignedDuration = SignedDuration::from_secs(60);
/// With more than this waiting, causes are looked for with less effort, and with twice this not at
/// all.
const BUSY: usize = 32;
/// How much is written at once of what may be broken off.
const PIECE: usize = 32 * 1024;

/// How much work on what has come is still done at the end.
const LAST_WORK: Duration = Duration::from_secs(1);
/// How much of that when what was waited for has come: it is to be seen.
const LAST_WORK_ON_EXPECTED: Duration = Duration::from_secs(10);
/// How much of that when a person waits for the end.
const LAST_WORK_FOR_PEOPLE: Duration = Duration::from_millis(200);
/// How long the end waits, after a signal, for an output in which nothing moves.
const LAST_WORDS: Duration = Duration::from_secs(2);
/// How often the end looks.
const LOOK: Duration = Duration::from_millis(20);

/// The kind of floods that handshakes are.
const HANDSHAKE: &str = "handshake";

/// The number of the signal of Ctrl-C.
const INTERRUPT: i32 = 2;

/// What is shown, and how.
#[derive(Debug, Clone, Copy)]
pub(super) struct Manner {
    /// JSON lines instead of text.
    pub(super) json: bool,
    /// Nothing but what was asked for.
    pub(super) quiet: bool,
    /// What comes is recorded whole, too.
    pub(super) records: bool,
    /// Values that are secrets by nature stay out of machine output and of the recording.
    pub(super) redacts: bool,
    /// The text's layout.
    pub(super) layout: Layout,
}

impl Manner {
    /// Whether nothing is shown of what comes.
    pub(super) fn is_silent(&self) -> bool {
        self.quiet && !self.json
    }
}

/// The way to the showing thread.
pub(super) struct Screen {
    queue: SyncSender<Item>,
    state: Arc<State>,
    /// Neither deliveries nor what was none are shown: to hand them over would cost the network
    /// thread more than to judge them.
    silent: bool,
}

/// The showing thread, for the one who ends it.
pub(super) struct Showing {
    state: Arc<State>,
    ended: Receiver<()>,
}

struct State {
    manner: Manner,
    output: Mutex<Output>,
    /// How many things wait.
    waiting: AtomicUsize,
    /// How many bytes of bodies wait.
    bytes: AtomicUsize,
    /// How many things found no room.
    skipped: AtomicU64,
    /// How many refusals were shown without looking for their cause.
    undiagnosed: AtomicU64,
    /// How many deliveries the end came before, so that they got no answer.
    unanswered: AtomicU64,
    /// Nothing more comes.
    ending: AtomicBool,
    /// What is not shown yet is not shown any more.
    over: AtomicBool,
}

/// The streams, and what is known of what went through them.
struct Output {
    out: Stream,
    err: Stream,
    /// Nobody reads the output any more.
    closed: bool,
    /// Why the output could not be written, unless its reader has gone.
    failure: Option<io::Error>,
    /// What came in again and again, by its kind.
    floods: BTreeMap<&'static str, Flood>,
}

enum Item {
    Delivery(Box<Taken>),
    Malformed(Malformed),
    Note(Note, String),
    /// Look whether it is the end.
    Look,
}

/// What kind of thing is said beside the deliveries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Note {
    /// Something went well.
    Good,
    /// Something needs looking at.
    Warning,
}

/// One kind of things that come in floods.
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
        let admits = self.shown <= SHOWN_OF_A_KIND;
        self.hidden += u64::from(!admits);
        admits
    }
}

/// Starts the thread, which takes the streams out of their places. `closed` is called once when
/// nobody reads the output any more.
///
/// # Errors
/// The system gives no thread.
pub(super) fn start(
    (out, err): (&mut Stream, &mut Stream),
    manner: Manner,
    bench: Arc<Bench>,
    closed: impl Fn() + Send + 'static,
) -> io::Result<(Screen, Showing)> {
    let (queue, items) = mpsc::sync_channel(QUEUE);
    let output = Output {
        out: take(out),
        err: take(err),
        closed: false,
        failure: None,
        floods: BTreeMap::new(),
    };
    let state = Arc::new(State {
        manner,
        output: Mutex::new(output),
        waiting: AtomicUsize::new(0),
        bytes: AtomicUsize::new(0),
        skipped: AtomicU64::new(0),
        undiagnosed: AtomicU64::new(0),
        unanswered: AtomicU64::new(0),
        ending: AtomicBool::new(false),
        over: AtomicBool::new(false),
    });
    let shower = Shower {
        telling: bench.telling_headers(),
        bench,
        state: state.clone(),
        closed: Box::new(closed),
    };
    let (ends, ended) = mpsc::channel();
    thread::Builder::new().spawn(move || {
        shower.work(&items);
        let _ = ends.send(());
    })?;
    let screen = Screen {
        queue,
        state: state.clone(),
        silent: manner.is_silent(),
    };
    Ok((screen, Showing { state, ended }))
}

/// Takes a stream out of its place.
fn take(stream: &mut Stream) -> Stream {
    let nothing = Stream {
        writer: Box::new(io::sink()),
        style: Style::PLAIN,
        width: stream.width,
        is_terminal: false,
    };
    std::mem::replace(stream, nothing)
}

impl Screen {
    /// Has a delivery shown.
    pub(super) fn delivery(&self, taken: Taken) {
        if self.silent {
            return;
        }
        let size = taken.delivery().body.len();
        let before = self.state.bytes.fetch_add(size, Ordering::Relaxed);
        if before > 0 && before + size > QUEUED_BYTES {
            self.state.bytes.fetch_sub(size, Ordering::Relaxed);
            self.state.skipped.fetch_add(1, Ordering::Relaxed);
        } else if !self.offer(Item::Delivery(Box::new(taken))) {
            self.state.bytes.fetch_sub(size, Ordering::Relaxed);
        }
    }

    /// Has it shown what came in and was no delivery.
    pub(super) fn malformed(&self, malformed: Malformed) {
        if !self.silent {
            self.offer(Item::Malformed(malformed));
        }
    }

    /// Has something said.
    pub(super) fn note(&self, note: Note, text: String) {
        self.offer(Item::Note(note, text));
    }

    /// Has it said at the end that one more delivery got no answer.
    pub(super) fn unanswered(&self) {
        self.state.unanswered.fetch_add(1, Ordering::Relaxed);
    }

    /// Nothing more comes: the thread shows what waits, and ends.
    pub(super) fn end(&self) {
        self.state.ending.store(true, Ordering::Release);
        // With a full queue it looks anyway.
        let _ = self.queue.try_send(Item::Look);
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

impl Showing {
    /// Gives the streams back before anything was shown: it cannot go on.
    pub(super) fn give_back(&self, shell: &mut Shell, error: io::Error) -> Problem {
        let mut output = self.state.output();
        shell.out = take(&mut output.out);
        shell.err = take(&mut output.err);
        Problem::failed(error)
    }

    /// Has the rest shown, as far as that is little work (more, if it `has_expected` things), then
    /// the summary, and gives the streams back. After a signal an output that stands still is not waited for: then there is no summary.
    ///
    /// # Errors
    /// The output could not be written.
    pub(super) fn end(
        self,
        (out, err): (&mut Stream, &mut Stream),
        summary: &ListenSummary,
        has_expected: bool,
        signal: impl Fn() -> Option<i32>,
    ) -> io::Result<()> {
        let patience = |hurry: bool| match (hurry, self.state.manner.json) {
            (true, false) => LAST_WORK_FOR_PEOPLE,
            (false, _) if has_expected => LAST_WORK_ON_EXPECTED,
            _ => LAST_WORK,
        };
        let Some(mut output) = self.rest(|| signal().is_some(), patience) else {
            return Ok(());
        };
        let manner = &self.state.manner;
        // A terminal has shown ^C, and the cursor stands behind it.
        if signal() == Some(INTERRUPT) && output.err.is_terminal && !manner.quiet {
            let _ = output.err.print("\n");
        }
        self.state.say_what_is_left_out(&mut output);
        if manner.json {
            let bytes = lines::to_bytes(summary).unwrap_or_default();
            output.print(&bytes);
        } else if !manner.quiet {
            let shown = summary::shown(summary, output.out.style);
            output.print(shown.as_bytes());
        }
        *out = take(&mut output.out);
        *err = take(&mut output.err);
        output.failure.take().map_or(Ok(()), Err)
    }

    /// Waits until all is shown, or until it is enough, and takes the output.
    fn rest(
        &self,
        hurries: impl Fn() -> bool,
        patience: impl Fn(bool) -> Duration,
    ) -> Option<MutexGuard<'_, Output>> {
        let state = &self.state;
        // For how long the thread has worked (and not written), and for how long nothing moved.
        let (mut work, mut still) = (Duration::ZERO, Duration::ZERO);
        let mut waiting = usize::MAX;
        loop {
            let before = Instant::now();
            match self.ended.recv_timeout(LOOK) {
                Err(RecvTimeoutError::Timeout) => {}
                // It has ended, well or not.
                _ => return Some(state.output()),
            }
            let (passed, hurry) = (before.elapsed(), hurries());
            let is_writing = state.output.try_lock().is_err();
            if hurry || !is_writing {
                work += passed;
            }
            if work >= patience(hurry) {
                state.over.store(true, Ordering::Release);
                if !is_writing {
                    return Some(state.output());
                }
            }
            let now_waiting = state.waiting.load(Ordering::Relaxed);
            still = match is_writing && now_waiting >= waiting {
                true => still + passed,
                false => Duration::ZERO,
            };
            waiting = now_waiting;
            if hurry && still >= LAST_WORDS {
                return None;
            }
        }
    }
}

impl State {
    /// A poisoned lock: one thing was not written to its end.
    fn output(&self) -> MutexGuard<'_, Output> {
        self.output.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn is_over(&self) -> bool {
        self.over.load(Ordering::Acquire)
    }

    fn say_what_is_left_out(&self, output: &mut Output) {
        let count = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        let late = match self.is_over() {
            true => self.waiting.load(Ordering::Relaxed) as u64,
            false => 0,
        };
        let mut counts = vec![
            (count(&self.skipped), "came too fast to be shown".to_owned()),
            (late, "not shown: listening ended first".into()),
            (
                count(&self.unanswered),
                "not answered: listening ended before they were judged".into(),
            ),
            (
                count(&self.undiagnosed),
                "were refused too fast to look for the cause".into(),
            ),
        ];
        for (kind, flood) in &output.floods {
            let what = match *kind {
                HANDSHAKE => "more handshakes were not shown".to_owned(),
                kind => format!("more malformed requests were not shown: {kind}"),
            };
            counts.push((flood.hidden, what));
        }
        for (count, what) in counts {
            if count > 0 {
                let warning = output.err.style.odd("warning:");
                let count = crate::amount::count(count);
                let _ = output.err.print(format!("{warning} {count} {what}\n"));
            }
        }
    }
}

impl Output {
    /// Prints, until nobody reads any more.
    fn print(&mut self, bytes: &[u8]) {
        if self.closed {
            return;
        }
        let writer = &mut self.out.writer;
        if let Err(error) = writer.write_all(bytes).and_then(|()| writer.flush()) {
            self.closed = true;
            // A terminal that was closed says EIO.
            let has_gone = error.kind() == io::ErrorKind::BrokenPipe
                || self.out.is_terminal && error.raw_os_error() == Some(5);
            if !has_gone {
                self.failure = Some(error);
            }
        }
    }
}

/// The thread.
struct Shower {
    bench: Arc<Bench>,
    /// The headers by which deliveries are judged.
    telling: Vec<String>,
    state: Arc<State>,
    closed: Box<dyn Fn() + Send>,
}

impl Shower {
    fn work(&self, items: &Receiver<Item>) {
        loop {
            let item = match self.state.ending.load(Ordering::Acquire) {
                false => match items.recv() {
                    Ok(item) => item,
                    Err(_) => return,
                },
                true => match items.try_recv() {
                    Ok(item) => item,
                    Err(TryRecvError::Empty | TryRecvError::Disconnected) => return,
                },
            };
            if matches!(item, Item::Look) {
                continue;
            }
            if self.state.is_over() {
                return;
            }
            // A panic over one thing is not the end of all others.
            if catch_unwind(AssertUnwindSafe(|| self.show(item))).is_err() {
                self.note(
                    Note::Warning,
                    "bluehook itself failed: one delivery is not shown",
                );
            }
            // Only now: whoever waits for the end sees that something moves.
            self.state.waiting.fetch_sub(1, Ordering::Relaxed);
        }
    }

    fn show(&self, item: Item) {
        match item {
            Item::Delivery(mut taken) => {
                let size = taken.delivery().body.len();
                self.delivery(&mut taken);
                self.state.bytes.fetch_sub(size, Ordering::Relaxed);
            }
            Item::Malformed(malformed) => self.malformed(&malformed),
            Item::Note(note, text) => self.note(note, &text),
            Item::Look => {}
        }
    }

    fn note(&self, note: Note, text: &str) {
        let mut output = self.state.output();
        let style = output.err.style;
        let word = match note {
            Note::Good if self.state.manner.quiet => return,
            Note::Good => style.name("note:"),
            Note::Warning => style.odd("warning:"),
        };
        let _ = output.err.print(format!("{word} {text}\n"));
    }

    fn delivery(&self, taken: &mut Taken) {
        let manner = &self.state.manner;
        if let Some(handshake) = taken.handshake.as_ref().filter(|_| !manner.json) {
            if !taken.is_lost && self.admits(HANDSHAKE, taken.at) {
                self.note(Note::Good, &self.handshake(handshake));
            }
            return;
        }
        self.bench.read(taken);
        let waiting = self.state.waiting.load(Ordering::Relaxed).saturating_sub(1);
        let effort = match waiting {
            0..=BUSY => Some(Effort::FULL),
            _ if waiting <= 2 * BUSY => Some(Effort::QUICK),
            _ => None,
        };
        let verification = self.bench.verification(taken, effort);
        if effort.is_none() && verification.as_ref().is_some_and(|line| !line.genuine) {
            self.state.undiagnosed.fetch_add(1, Ordering::Relaxed);
        }
        if manner.json {
            let line = taken.line(manner.redacts, verification.as_ref());
            self.print(&line.unwrap_or_default(), false);
            return;
        }
        let shown = Shown {
            number: taken.number,
            at: taken.at,
            remote: taken.received.remote,
            delivery: taken.delivery(),
            report: taken.report.as_ref(),
            is_blue: taken.is_blue,
            looks_like: self.bench.looks_like(taken),
            telling: &self.telling,
            found: self.bench.found(taken),
            verification: verification.as_ref(),
            secrets: self.bench.courts.secrets.len(),
            repeat_of: taken.repeat_of,
            answer: Some(taken.answer()),
            forwards: &taken.forwards,
        };
        self.print(delivery::shown(&shown, &manner.layout).as_bytes(), true);
    }

    /// What is said of a handshake. What it told is masked here as every secret is.
    fn handshake(&self, handshake: &Handshaken) -> String {
        let mut text = format!("answered a handshake: {}", handshake.about);
        if let Some(secret) = &handshake.secret {
            let size = crate::amount::bytes(secret.expose().len());
            let manner = &self.state.manner;
            let kept = match (manner.records, manner.redacts) {
                (true, _) => "whole in the recording",
                (false, true) => "--record FILE without --redact keeps it whole",
                (false, false) => "--record FILE or --json keeps it whole",
            };
            text.push_str(&format!(
                "\n  the secret of its deliveries, for --secret: (masked, {size}), {kept}"
            ));
        }
        text
    }

    /// Whether one more thing of that kind is shown.
    fn admits(&self, kind: &'static str, at: Timestamp) -> bool {
        let mut output = self.state.output();
        output.floods.entry(kind).or_default().admits(at)
    }

    fn malformed(&self, malformed: &Malformed) {
        let at = Timestamp::try_from(malformed.at).unwrap_or_default();
        if self.state.manner.json {
            let line = MalformedLine {
                at: Time(at),
                remote: malformed.remote.map(|remote| remote.to_string()),
                code: malformed.code,
                status: malformed.status,
                message: &malformed.message,
            };
            self.print(&lines::to_bytes(&line).unwrap_or_default(), false);
            return;
        }
        if self.admits(malformed.code, at) {
            let shown = row::malformed(
                at,
                malformed.remote,
                malformed.code,
                malformed.status,
                &malformed.message,
                &self.state.manner.layout,
            );
            self.print(shown.as_bytes(), true);
        }
    }

    /// Prints, unless it is over. What a person reads may be broken off when the end comes; a line
    /// for machines goes out whole.
    fn print(&self, bytes: &[u8], breaks: bool) {
        let mut output = self.state.output();
        if self.state.is_over() {
            return;
        }
        let was_closed = output.closed;
        let piece = if breaks { PIECE } else { bytes.len().max(1) };
        for piece in bytes.chunks(piece) {
            output.print(piece);
            if self.state.is_over() {
                // It may have been in the middle of a colour.
                let reset = if output.out.style.has_colours() {
                    "\x1b[0m"
                } else {
                    ""
                };
                output.print(format!("{reset}\n(broken off)\n").as_bytes());
                break;
            }
        }
        let has_closed = output.closed && !was_closed;
        drop(output);
        if has_closed {
            (self.closed)();
        }
    }
}

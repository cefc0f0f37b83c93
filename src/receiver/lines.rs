//! The open connections, each a line with a phase: who is overdue, and who makes room.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Waker;
use std::time::{Duration, Instant};

use tokio::sync::Notify;

use super::head::Head;
use super::{Limits, Refusal};

/// How long a closing connection is read on, so that a sender that is still writing sees its
/// answer instead of a reset.
const LINGER: Duration = Duration::from_secs(2);
/// Deadlines are kept with this precision.
const TICK: Duration = Duration::from_millis(10);

/// What a connection is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    /// Nothing, between requests or before the first.
    Idle,
    /// Reading a head.
    Head,
    /// Reading a body.
    Body,
    /// Waiting for the service.
    Service,
    /// Writing an answer.
    Answer,
    /// Waiting for the sender to close, too.
    Closing,
}

impl Phase {
    fn limit(self, limits: &Limits) -> Option<Duration> {
        match self {
            Phase::Idle => Some(limits.idle),
            Phase::Head => Some(limits.head),
            Phase::Body => Some(limits.body),
            Phase::Service => None,
            Phase::Answer => Some(limits.answer),
            Phase::Closing => Some(LINGER),
        }
    }

    /// Who goes first when room is needed; the sender least to blame goes last.
    fn expendability(self) -> u8 {
        match self {
            Phase::Closing => 3,
            Phase::Idle => 2,
            Phase::Head | Phase::Body | Phase::Answer => 1,
            Phase::Service => 0,
        }
    }
}

/// Why a connection has to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cut {
    /// Its phase took too long.
    Overdue,
    /// Another connection needs its place.
    Crowded,
}

/// One connection, as its own task and those who watch over it see it.
pub(super) struct Line {
    pub(super) remote: SocketAddr,
    state: Mutex<State>,
}

struct State {
    phase: Phase,
    since: Instant,
    cut: Option<Cut>,
    waker: Option<Waker>,
    asked: Option<Result<Head, Refusal>>,
    spoiled: Option<Refusal>,
}

impl Line {
    fn new(remote: SocketAddr) -> Self {
        Self {
            remote,
            state: Mutex::new(State {
                phase: Phase::Idle,
                since: Instant::now(),
                cut: None,
                waker: None,
                asked: None,
                spoiled: None,
            }),
        }
    }

    pub(super) fn phase(&self) -> Phase {
        self.state().phase
    }

    /// Enters a phase, unless the line is in it.
    pub(super) fn enter(&self, phase: Phase) {
        let mut state = self.state();
        if state.phase != phase {
            state.phase = phase;
            state.since = Instant::now();
            // Overdue was the phase that is over.
            state.cut = state.cut.filter(|cut| *cut == Cut::Crowded);
        }
    }

    /// Whether the line has to end in this phase.
    pub(super) fn is_overdue_in(&self, phase: Phase) -> bool {
        let state = self.state();
        state.phase == phase && state.cut == Some(Cut::Overdue)
    }

    /// Why the line has to end, if so, with its phase and that phase's age. The task that asks is
    /// woken when the answer changes.
    pub(super) fn cut(&self, waker: &Waker) -> Option<(Cut, Phase, Duration)> {
        let mut state = self.state();
        if !state.waker.as_ref().is_some_and(|w| w.will_wake(waker)) {
            state.waker = Some(waker.clone());
        }
        let cut = state.cut?;
        Some((cut, state.phase, state.since.elapsed()))
    }

    /// Lays down the head whose restatement is on its way through hyper.
    pub(super) fn put_asked(&self, asked: Result<Head, Refusal>) {
        self.state().asked = Some(asked);
    }

    pub(super) fn take_asked(&self) -> Option<Result<Head, Refusal>> {
        self.state().asked.take()
    }

    /// Lays down why the body that hyper is reading ends early.
    pub(super) fn put_spoiled(&self, refusal: Refusal) {
        self.state().spoiled = Some(refusal);
    }

    pub(super) fn take_spoiled(&self) -> Option<Refusal> {
        self.state().spoiled.take()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn end(&mut self, cut: Cut) {
        self.cut = Some(cut);
        if let Some(waker) = &self.waker {
            waker.wake_by_ref();
        }
    }
}

/// All open lines.
#[derive(Default)]
pub(super) struct Lines {
    open: Mutex<Open>,
    emptied: Notify,
}

#[derive(Default)]
struct Open {
    next: u64,
    lines: HashMap<u64, Arc<Line>>,
}

impl Lines {
    /// Opens a line; the caller closes it with the key it is given.
    pub(super) fn open(&self, remote: SocketAddr) -> (u64, Arc<Line>) {
        let line = Arc::new(Line::new(remote));
        let mut open = self.lock();
        let key = open.next;
        open.next += 1;
        open.lines.insert(key, Arc::clone(&line));
        (key, line)
    }

    pub(super) fn close(&self, key: u64) {
        let mut open = self.lock();
        open.lines.remove(&key);
        if open.lines.is_empty() {
            self.emptied.notify_waiters();
        }
    }

    pub(super) fn count(&self) -> usize {
        self.lock().lines.len()
    }

    /// Returns once no line is open.
    pub(super) async fn emptied(&self) {
        let emptied = self.emptied.notified();
        if self.count() > 0 {
            emptied.await;
        }
    }

    pub(super) fn wake_all(&self) {
        for line in self.lock().lines.values() {
            if let Some(waker) = &line.state().waker {
                waker.wake_by_ref();
            }
        }
    }

    /// Ends the longest idle line, or, where none is idle, the one that has been in its phase
    /// longest.
    pub(super) fn make_room(&self) {
        self.end_oldest(|_| true);
    }

    /// Ends the longest idle line, if one is idle.
    pub(super) fn close_longest_idle(&self) {
        self.end_oldest(|phase| matches!(phase, Phase::Idle | Phase::Closing));
    }

    fn end_oldest(&self, may_end: impl Fn(Phase) -> bool) {
        let open = self.lock();
        let oldest = open
            .lines
            .values()
            .filter_map(|line| {
                let state = line.state();
                let ending = state.cut == Some(Cut::Crowded);
                (!ending && may_end(state.phase)).then(|| {
                    let rank = (state.phase.expendability(), state.since.elapsed());
                    (rank, line)
                })
            })
            .max_by_key(|(rank, _)| *rank);
        if let Some((_, line)) = oldest {
            line.state().end(Cut::Crowded);
        }
    }

    /// Tells the lines whose phase has taken too long. Returns how long nothing can become due.
    pub(super) fn cut_overdue(&self, limits: &Limits, now: Instant) -> Duration {
        // A phase that begins from now on is due after the shortest limit at the earliest.
        let shortest = [limits.idle, limits.head, limits.body, limits.answer, LINGER];
        let mut pause = shortest.into_iter().min().unwrap_or(LINGER);
        for line in self.lock().lines.values() {
            let mut state = line.state();
            let Some(limit) = state.phase.limit(limits) else {
                continue;
            };
            let left = limit.saturating_sub(now.saturating_duration_since(state.since));
            if !left.is_zero() {
                pause = pause.min(left);
            } else if state.cut.is_none() {
                state.end(Cut::Overdue);
            }
        }
        pause.max(TICK)
    }

    fn lock(&self) -> MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

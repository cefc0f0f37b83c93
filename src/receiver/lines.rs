//! The open connections, each a line with a phase: who is overdue, and who makes room.

use std::collections::HashMap;
use std::future::{Future, poll_fn};
use std::net::{IpAddr, SocketAddr};
use std::pin::pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Poll, Waker};
use std::time::{Duration, Instant};

use tokio::sync::Notify;

use super::budget::sender;
use super::limits::Limits;

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

    /// Who goes first when room is needed: who has had an answer. Who waits for ours is not to
    /// blame and goes last.
    fn expendability(self) -> u8 {
        match self {
            Phase::Closing => 2,
            Phase::Idle | Phase::Head | Phase::Body | Phase::Answer => 1,
            Phase::Service => 0,
        }
    }
}

/// Why a connection has to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cut {
    /// Its phase took too long.
    Overdue(Phase),
    /// Another connection needs its place; it was in that phase for that time.
    Crowded(Phase, Duration),
    /// It was idle when the receiver was stopped.
    Stopped,
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
            }),
        }
    }

    /// Begins a phase.
    pub(super) fn enter(&self, phase: Phase) {
        let mut state = self.state();
        state.phase = phase;
        state.since = Instant::now();
        // Overdue was the phase that is over.
        state.cut = state.cut.filter(|cut| matches!(cut, Cut::Crowded(..)));
    }

    /// What `work` comes to, unless the line has to end while it waits.
    pub(super) async fn unless_cut<T>(&self, work: impl Future<Output = T>) -> Result<T, Cut> {
        let mut work = pin!(work);
        poll_fn(|context| match work.as_mut().poll(context) {
            Poll::Ready(done) => Poll::Ready(Ok(done)),
            Poll::Pending => self
                .cut(context.waker())
                .map_or(Poll::Pending, |cut| Poll::Ready(Err(cut))),
        })
        .await
    }

    /// Why the line has to end, if so. The task that asks is woken when the answer changes.
    pub(super) fn cut(&self, waker: &Waker) -> Option<Cut> {
        let mut state = self.state();
        if !state.waker.as_ref().is_some_and(|w| w.will_wake(waker)) {
            state.waker = Some(waker.clone());
        }
        state.cut
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
pub(super) struct Lines {
    /// The most that may be open.
    most: AtomicUsize,
    open: Mutex<Open>,
    closed: Notify,
}

#[derive(Default)]
struct Open {
    next: u64,
    lines: HashMap<u64, Arc<Line>>,
}

/// A line's place among the open ones, given up when dropped: also when the service panics.
pub(super) struct Place {
    key: u64,
    pub(super) line: Arc<Line>,
    lines: Arc<Lines>,
}

impl Drop for Place {
    fn drop(&mut self) {
        self.lines.lock().lines.remove(&self.key);
        self.lines.closed.notify_waiters();
    }
}

impl Lines {
    pub(super) fn new(limits: &Limits) -> Self {
        Self {
            most: AtomicUsize::new(limits.connections.max(1)),
            open: Mutex::default(),
            closed: Notify::new(),
        }
    }

    pub(super) fn open(self: &Arc<Self>, remote: SocketAddr) -> Place {
        let line = Arc::new(Line::new(remote));
        let mut open = self.lock();
        let key = open.next;
        open.next += 1;
        open.lines.insert(key, Arc::clone(&line));
        Place {
            key,
            line,
            lines: Arc::clone(self),
        }
    }

    pub(super) fn count(&self) -> usize {
        self.lock().lines.len()
    }

    pub(super) fn most(&self) -> usize {
        self.most.load(Ordering::Relaxed)
    }

    /// Allows no more lines than that from now on.
    pub(super) fn allow_at_most(&self, most: usize) {
        self.most.fetch_min(most, Ordering::Relaxed);
    }

    /// Returns once no more than that many lines are open.
    pub(super) async fn dwindled_to(&self, most: usize) {
        loop {
            let closed = self.closed.notified();
            if self.count() <= most {
                return;
            }
            closed.await;
        }
    }

    /// Ends lines, and returns once there is room for one more. Whoever has been at what it does
    /// longest goes first, be it idle or slow, so that a newcomer always has time to speak; before
    /// it, whoever shares a sender's address with most of the others.
    pub(super) async fn make_room(&self) {
        // Those that have something to read by now do so first.
        tokio::task::yield_now().await;
        while self.count() >= self.most() {
            self.end_most_expendable(|_| true);
            self.dwindled_to(self.count() - 1).await;
        }
    }

    /// Ends lines that wait for nothing of ours until no more are open than are allowed.
    pub(super) fn shrink(&self) {
        for _ in self.most()..self.count() {
            self.end_most_expendable(|phase| phase != Phase::Service);
        }
    }

    fn end_most_expendable(&self, may_end: impl Fn(Phase) -> bool) {
        let open = self.lock();
        let mut of_address: HashMap<IpAddr, usize> = HashMap::new();
        for line in open.lines.values() {
            *of_address.entry(sender(line.remote)).or_default() += 1;
        }
        let is_crowd = |line: &Line| {
            let lines = of_address.get(&sender(line.remote)).copied();
            lines.unwrap_or_default() * 2 > open.lines.len()
        };
        let first = open
            .lines
            .values()
            .filter_map(|line| {
                let state = line.state();
                let ending = matches!(state.cut, Some(Cut::Crowded(..)));
                (!ending && may_end(state.phase)).then(|| {
                    let expendability = state.phase.expendability();
                    ((expendability, is_crowd(line), state.since.elapsed()), line)
                })
            })
            .max_by_key(|(rank, _)| *rank);
        if let Some(((_, _, age), line)) = first {
            let mut state = line.state();
            let phase = state.phase;
            state.end(Cut::Crowded(phase, age));
        }
    }

    /// Ends the idle lines.
    pub(super) fn stop(&self) {
        for line in self.lock().lines.values() {
            let mut state = line.state();
            if state.phase == Phase::Idle && state.cut.is_none() {
                state.end(Cut::Stopped);
            }
        }
    }

    /// Tells the lines whose phase has taken too long. Returns how long nothing can become due.
    pub(super) fn cut_overdue(&self, limits: &Limits, now: Instant) -> Duration {
        // A phase that begins from now on is due after the shortest limit at the earliest.
        let shortest = [limits.idle, limits.head, limits.body, limits.answer, LINGER];
        let mut pause = shortest.into_iter().min().unwrap_or(LINGER);
        for line in self.lock().lines.values() {
            let mut state = line.state();
            let phase = state.phase;
            let Some(limit) = phase.limit(limits) else {
                continue;
            };
            let left = limit.saturating_sub(now.saturating_duration_since(state.since));
            if !left.is_zero() {
                pause = pause.min(left);
            } else if state.cut.is_none() {
                state.end(Cut::Overdue(phase));
            }
        }
        pause.max(TICK)
    }

    fn lock(&self) -> MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::future::pending;

    #[test]
    fn nobody_comes_in_before_there_is_room() {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .build()
            .unwrap();
        runtime.block_on(async {
            let limits = Limits {
                connections: 3,
                ..Limits::default()
            };
            let lines = Arc::new(Lines::new(&limits));
            for port in 0..50 {
                if lines.count() >= lines.most() {
                    lines.make_room().await;
                }
                assert!(lines.count() < 3);
                let place = lines.open(([192, 0, 2, 1], port).into());
                tokio::spawn(async move {
                    let never = place.line.unless_cut(pending::<()>()).await;
                    assert!(matches!(never, Err(Cut::Crowded(Phase::Idle, _))));
                });
            }
            assert_eq!(lines.count(), 3);
        });
    }
}

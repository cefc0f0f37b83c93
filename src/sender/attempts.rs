//! A delivery's way through its attempts, up to the receiver's yes or the plan's end.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

use jiff::Timestamp;

use super::answer::Answer;
use super::failure::Failure;
use super::policy::{Next, Plan, Reason};
use super::transport::Sender;
use super::url::Url;
use crate::delivery::Delivery;

/// One attempt and what came of it.
#[derive(Debug)]
pub struct Attempt<'a> {
    /// Which attempt at its delivery, from 1.
    pub attempt: u32,
    /// What was sent.
    pub delivery: &'a Delivery,
    /// What came back.
    pub outcome: &'a Result<Answer, Failure>,
    /// How long it took.
    pub took: Duration,
    /// What comes next.
    pub next: Next,
}

/// How a delivery ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// The receiver took it.
    Delivered,
    /// No attempt is left.
    GivenUp(Reason),
    /// Everything was asked to end during a pause.
    Halted,
}

/// Asks all who send to end, also within their pauses. Clones are one.
#[derive(Debug, Clone, Default)]
pub struct Halt(Arc<Bell>);

#[derive(Debug, Default)]
struct Bell {
    asked: AtomicBool,
    lock: Mutex<()>,
    rung: Condvar,
}

impl Halt {
    /// Asks.
    pub fn ask(&self) {
        let _lock = self.0.lock.lock().unwrap_or_else(PoisonError::into_inner);
        self.0.asked.store(true, Ordering::SeqCst);
        self.0.rung.notify_all();
    }

    /// Whether it was asked.
    pub fn is_asked(&self) -> bool {
        self.0.asked.load(Ordering::SeqCst)
    }

    /// Waits; false when it was asked to end, before or meanwhile.
    pub fn wait(&self, pause: Duration) -> bool {
        let lock = self.0.lock.lock().unwrap_or_else(PoisonError::into_inner);
        let asked = |_: &mut ()| !self.is_asked();
        drop(self.0.rung.wait_timeout_while(lock, pause, asked));
        !self.is_asked()
    }
}

impl Sender {
    /// Sends a delivery as often as the plan says. `make` makes it anew for each attempt, so that
    /// its time is the attempt's; `tell` is told of each attempt when it is over.
    ///
    /// # Errors
    /// The delivery could not be made, or what it came to could not be told.
    pub fn deliver<E>(
        &self,
        url: &Url,
        plan: &Plan,
        halt: &Halt,
        make: impl FnMut() -> Result<Delivery, E>,
        mut tell: impl FnMut(Attempt<'_>) -> Result<(), E>,
    ) -> Result<End, E> {
        let mut make = make;
        for attempt in 1.. {
            let delivery = make()?;
            let start = Instant::now();
            let outcome = self.send_afresh(url, &delivery);
            let next = match &outcome {
                // Nothing was sent, and nothing will be another time.
                Err(Failure::Unsendable { .. }) => Next::GivenUp(Reason::Once),
                outcome => plan.next(attempt, outcome, Timestamp::now()),
            };
            tell(Attempt {
                attempt,
                delivery: &delivery,
                outcome: &outcome,
                took: start.elapsed(),
                next,
            })?;
            match next {
                Next::Delivered => return Ok(End::Delivered),
                Next::GivenUp(reason) => return Ok(End::GivenUp(reason)),
                Next::Again(pause) if !halt.wait(pause) => break,
                Next::Again(_) => {}
            }
        }
        Ok(End::Halted)
    }

    /// Makes one attempt. A server may close connections that were kept open just when they are used
    /// again: that is no answer of the receiver, and the request goes out on another, at last on a
    /// new one.
    fn send_afresh(&self, url: &Url, delivery: &Delivery) -> Result<Answer, Failure> {
        loop {
            match self.send(url, delivery) {
                Err(failure) if failure.is_stale() => {}
                outcome => return outcome,
            }
        }
    }
}

//! Many deliveries: who sends which and when, and what they come to.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use hdrhistogram::Histogram;

use super::answer::Answer;
use super::attempts::{End, Halt};
use super::failure::Failure;

/// How many deliveries there are, and how fast.
#[derive(Debug, Clone, Copy)]
pub struct Load {
    /// How many at most.
    pub deliveries: Option<u64>,
    /// After which time none is begun any more.
    pub duration: Option<Duration>,
    /// How many are under way at a time.
    pub concurrency: usize,
    /// How many are begun a second; else as many as the receiver takes.
    pub rate: Option<f64>,
}

/// One delivery's turn.
#[derive(Debug, Clone, Copy)]
pub struct Turn {
    /// Which one, from 1.
    pub number: u64,
    /// When it was due, where there is a rate: what the sender was late counts as latency, since a
    /// receiver that holds all connections up holds up what was to come after.
    pub due: Option<Instant>,
}

/// What deliveries came to.
#[derive(Debug, Clone, Default)]
pub struct Tally {
    /// How many the receiver took.
    pub delivered: u64,
    /// How many it did not.
    pub failed: u64,
    /// How many attempts there were.
    pub attempts: u64,
    /// How often each status came.
    pub statuses: BTreeMap<u16, u64>,
    /// How often each failure came, by its code, with one of its sentences.
    pub failures: BTreeMap<&'static str, (u64, String)>,
    /// The attempts' times in microseconds, once there was one.
    pub times: Option<Histogram<u64>>,
    /// How long all took.
    pub took: Duration,
}

impl Tally {
    /// Counts an attempt that took so long.
    pub fn count(&mut self, outcome: &Result<Answer, Failure>, took: Duration) {
        self.attempts += 1;
        match outcome {
            Ok(answer) => *self.statuses.entry(answer.status).or_default() += 1,
            Err(failure) => {
                let seen = self.failures.entry(failure.code());
                seen.or_insert_with(|| (0, failure.to_string())).0 += 1;
            }
        }
        let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        if self.times.is_none() {
            // Three digits are told apart; more than five could not be.
            self.times = Histogram::new(3).ok();
        }
        if let Some(times) = &mut self.times {
            // It grows as it must.
            let _ = times.record(micros.max(1));
        }
    }

    /// Counts a delivery that is over. One that was halted is neither.
    pub fn end(&mut self, end: End) {
        match end {
            End::Delivered => self.delivered += 1,
            End::GivenUp(_) => self.failed += 1,
            End::Halted => {}
        }
    }

    fn add(&mut self, other: Self) {
        self.delivered += other.delivered;
        self.failed += other.failed;
        self.attempts += other.attempts;
        for (status, count) in other.statuses {
            *self.statuses.entry(status).or_default() += count;
        }
        for (code, (count, sentence)) in other.failures {
            self.failures.entry(code).or_insert((0, sentence)).0 += count;
        }
        match (&mut self.times, other.times) {
            // It grows as it must.
            (Some(times), Some(others)) => drop(times.add(others)),
            (times, others) => *times = times.take().or(others),
        }
    }
}

impl Load {
    /// Lets so many threads take turns. `one` makes a turn's delivery and counts it; it says no when
    /// there is nothing left to send.
    ///
    /// # Errors
    /// The first of those that a turn ended with: nothing is begun after it. What came before it is
    /// counted.
    pub fn run<E: Send>(
        &self,
        halt: &Halt,
        one: impl Fn(Turn, &mut Tally) -> Result<bool, E> + Sync,
    ) -> (Tally, Result<(), E>) {
        let start = Instant::now();
        let begun = AtomicU64::new(0);
        let all = Mutex::new((Tally::default(), Ok(())));
        let lock = || all.lock().unwrap_or_else(PoisonError::into_inner);
        let work = || {
            let mut tally = Tally::default();
            while let Some(turn) = self.turn(&begun, start, halt) {
                match one(turn, &mut tally) {
                    Ok(true) => {}
                    Ok(false) => break,
                    Err(error) => {
                        halt.ask();
                        lock().1 = Err(error);
                        break;
                    }
                }
            }
            lock().0.add(tally);
        };
        thread::scope(|scope| {
            for _ in 1..self.concurrency {
                // With fewer threads it takes longer, and that is all.
                let _ = thread::Builder::new().spawn_scoped(scope, work);
            }
            work();
        });
        let (mut tally, outcome) = all.into_inner().unwrap_or_else(PoisonError::into_inner);
        tally.took = start.elapsed();
        (tally, outcome)
    }

    /// The next turn, once it is due.
    fn turn(&self, begun: &AtomicU64, start: Instant, halt: &Halt) -> Option<Turn> {
        let number = begun.fetch_add(1, Ordering::Relaxed);
        if halt.is_asked() || self.deliveries.is_some_and(|most| number >= most) {
            return None;
        }
        let due = self
            .rate
            .map(|rate| Duration::from_secs_f64(number as f64 / rate));
        let soon = due.unwrap_or_else(|| start.elapsed());
        if self.duration.is_some_and(|most| soon >= most) {
            return None;
        }
        let due = due.map(|due| start + due);
        let early = due.map(|due| due.saturating_duration_since(Instant::now()));
        if early.is_some_and(|early| !early.is_zero() && !halt.wait(early)) {
            return None;
        }
        Some(Turn {
            number: number + 1,
            due,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(deliveries: u64, concurrency: usize) -> Load {
        Load {
            deliveries: Some(deliveries),
            duration: None,
            concurrency,
            rate: None,
        }
    }

    #[test]
    fn every_turn_comes_once() {
        let numbers = Mutex::new(Vec::new());
        let (tally, outcome) = load(1000, 8).run(&Halt::default(), |turn, tally| {
            numbers.lock().unwrap().push(turn.number);
            tally.end(End::Delivered);
            Ok::<_, ()>(true)
        });
        assert_eq!((tally.delivered, outcome), (1000, Ok(())));
        let mut numbers = numbers.into_inner().unwrap();
        numbers.sort_unstable();
        assert!(numbers.into_iter().eq(1..=1000));
    }

    #[test]
    fn it_ends_early_with_an_error_or_when_it_is_asked_to_or_when_nothing_is_left() {
        let (tally, outcome) = load(1000, 4).run(&Halt::default(), |turn, tally| {
            tally.end(End::Delivered);
            if turn.number == 10 {
                Err("no")
            } else {
                Ok(true)
            }
        });
        assert_eq!(outcome, Err("no"));
        assert!(tally.delivered < 1000);
        let halt = Halt::default();
        halt.ask();
        let (tally, _) = load(1000, 4).run(&halt, |_, _| Ok::<_, ()>(true));
        assert_eq!(tally.delivered, 0);
        let (tally, _) = load(1000, 1).run(&Halt::default(), |turn, tally| {
            tally.end(End::Delivered);
            Ok::<_, ()>(turn.number < 3)
        });
        assert_eq!(tally.delivered, 3);
    }

    #[test]
    fn a_turn_knows_when_it_was_due() {
        let paced = Load {
            rate: Some(1000.0),
            duration: Some(Duration::from_millis(20)),
            ..load(1_000_000, 2)
        };
        let dues = Mutex::new(Vec::new());
        let (_, _) = paced.run(&Halt::default(), |turn, _| {
            let due = turn.due.unwrap();
            assert!(Instant::now() >= due);
            dues.lock().unwrap().push(due);
            Ok::<_, ()>(true)
        });
        let mut dues = dues.into_inner().unwrap();
        dues.sort();
        assert_eq!(dues.len(), 20);
        assert_eq!(dues[19] - dues[0], Duration::from_millis(19));
    }

    #[test]
    fn failures_are_grouped_with_a_sentence() {
        let mut tally = Tally::default();
        for _ in 0..3 {
            tally.count(&Err(Failure::AnswerTooLarge), Duration::from_millis(2));
        }
        let (count, sentence) = &tally.failures["answer-too-large"];
        assert_eq!(*count, 3);
        assert!(sentence.starts_with("the answer's head"));
        let longest = |tally: &Tally| tally.times.as_ref().unwrap().max();
        assert_eq!(longest(&tally) / 10, 200);
        tally.count(&Err(Failure::AnswerTooLarge), Duration::from_secs(60));
        assert_eq!(longest(&tally) / 1_000_000, 60);
    }
}

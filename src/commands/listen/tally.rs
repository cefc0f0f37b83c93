//! What the sender and the user want to know when all is over, counted as it happens.

use std::sync::{Mutex, MutexGuard, PoisonError};

use glob::Pattern;

use super::expect::Expectations;
use super::taken::Taken;
use crate::show::lines::{ListenSummary, Wanted};
use crate::signing::Judgement;

/// How many different events are remembered to say what came instead of what was expected.
const NAMED: usize = 8;

/// The counts, and what is waited for.
pub(super) struct Tally {
    /// How many deliveries are waited for.
    count: Option<u64>,
    counts: Mutex<Counts>,
}

struct Counts {
    summary: ListenSummary,
    /// How many deliveries count towards `count`.
    counted: u64,
    expected: Expectations,
    /// The events that came, and how often: the first of them.
    came: Vec<(String, u64)>,
}

impl Tally {
    /// Nothing has come yet.
    pub(super) fn new(count: Option<u64>, expected: Vec<Pattern>, fails_on_refused: bool) -> Self {
        let wanted = Wanted {
            deliveries: count,
            came: 0,
            events: expected.iter().map(Pattern::to_string).collect(),
            refused: fails_on_refused.then_some(0),
        };
        let expected = Expectations::new(expected);
        let summary = ListenSummary {
            missing: expected.missing(),
            wanted: (count.is_some() || !expected.is_empty() || fails_on_refused).then_some(wanted),
            ..ListenSummary::default()
        };
        Self {
            count,
            counts: Mutex::new(Counts {
                summary,
                counted: 0,
                expected,
                came: Vec::new(),
            }),
        }
    }

    /// Counts a delivery; says whether everything that was waited for has come with it.
    pub(super) fn count(&self, taken: &Taken) -> bool {
        let mut counts = self.counts();
        let counts = &mut *counts;
        let summary = &mut counts.summary;
        if !taken.admitted {
            summary.filtered += 1;
            return false;
        }
        summary.deliveries += 1;
        let failed = taken.forwards.iter().filter(|one| !one.is_delivered());
        summary.forward_failed += failed.count() as u64;
        let judgement = taken.judgement.as_ref();
        *match judgement.map(Judgement::is_genuine) {
            None => &mut summary.unchecked,
            Some(true) => &mut summary.genuine,
            Some(false) => &mut summary.refused,
        } += 1;
        if judgement.is_some_and(|judgement| !judgement.is_genuine()) || taken.is_lost {
            return false;
        }
        counts.counted += 1;
        let expects = !counts.expected.is_empty();
        if expects && !counts.expected.are_met() {
            let event = taken.event().unwrap_or_default();
            counts.expected.arrived(event);
            counts.summary.missing = counts.expected.missing();
            let known = counts.came.iter().position(|(known, _)| known == event);
            match known {
                Some(at) => counts.came[at].1 += 1,
                None if counts.came.len() < NAMED => counts.came.push((event.to_owned(), 1)),
                None => {}
            }
        }
        (expects || self.count.is_some()) && self.has_all(counts)
    }

    /// Counts what was no delivery.
    pub(super) fn malformed(&self) {
        self.counts().summary.malformed += 1;
    }

    /// The numbers so far, and what was wanted if that is not what came.
    pub(super) fn summary(&self) -> ListenSummary {
        let counts = self.counts();
        let mut summary = counts.summary.clone();
        let has_failed = summary.wanted.as_ref().and_then(|wanted| wanted.refused);
        let has_failed = has_failed.is_some_and(|most| summary.refused > most);
        if self.has_all(&counts) && !has_failed {
            summary.wanted = None;
        } else if let Some(wanted) = &mut summary.wanted {
            wanted.came = counts.counted;
        }
        summary.came.clone_from(&counts.came);
        summary
    }

    /// Whether everything that was waited for has come.
    pub(super) fn is_satisfied(&self) -> bool {
        self.has_all(&self.counts())
    }

    fn has_all(&self, counts: &Counts) -> bool {
        self.count.is_none_or(|count| counts.counted >= count) && counts.expected.are_met()
    }

    /// A poisoned lock still guards sound numbers: each is written in one go.
    fn counts(&self) -> MutexGuard<'_, Counts> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

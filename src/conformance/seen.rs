//! What only shows over many answers: leaks, and how quick the receiver is.

use std::time::Duration;

use super::judge::{Outcome, Reply, Verdict};
use super::kit::Probe;
use crate::amount;

/// The first case: nothing works without it.
pub const GENUINE: &str = "accepts/genuine";
/// The case that a receiver fails that judges nothing.
pub const UNSIGNED: &str = "refuses/no-signature";
/// The case of a signature that is only wrong.
pub(super) const ANOTHER: &str = "refuses/another-secret";

/// Why leaks cannot be judged when only other cases were chosen.
const NO_FORGERIES: &str = "it shows in the answers to refuses/*, which were not sent";

/// What was seen so far.
#[derive(Default)]
pub struct Seen {
    /// The case whose answer held the expected signature.
    signature: Option<&'static str>,
    /// The case whose answer held the secret.
    secret: Option<&'static str>,
    /// The case whose answer held a stack trace.
    trace: Option<&'static str>,
    /// The slowest answer, and its case.
    slowest: Option<(Duration, &'static str)>,
    /// The cases without an answer in time.
    late: Vec<&'static str>,
    missing: Vec<Told>,
    wrong: Vec<Told>,
    /// How long genuine deliveries took, in order.
    genuine: Vec<Duration>,
}

/// What a refusal tells.
#[derive(PartialEq, Eq)]
struct Told(u16, Vec<u8>);

impl Told {
    fn of(reply: &Reply) -> Self {
        Self(reply.status, reply.body.clone())
    }
}

/// Beyond this Blue gives up.
const BLUE: Duration = Duration::from_secs(7);
/// Beyond this a receiver does its work before it answers.
const SLOW: Duration = Duration::from_millis(3500);
/// Of what is larger, the way there takes the time.
const LARGE: usize = 2 << 20;
/// Shorter secrets stand in answers by chance.
const TELLING: usize = 8;

/// What stands in stack traces of the usual stacks, and hardly anywhere else.
const TRACES: [&str; 12] = [
    "Traceback (most recent call last)",
    "\n    at ",
    "<br> &nbsp; &nbsp;at ",
    "node_modules/",
    "site-packages/",
    "goroutine 1 [",
    "panicked at ",
    "Exception in thread",
    "\tat java.",
    "Stack trace:",
    "werkzeug.debug",
    ".rb:in `",
];

impl Seen {
    /// Takes note of one answer. `secrets` are the texts that no answer may hold.
    pub fn note(
        &mut self,
        case: &'static str,
        probe: &Probe,
        outcome: &Outcome,
        took: Duration,
        secrets: &[&[u8]],
    ) {
        let reply = match outcome {
            Outcome::Answered(reply) => reply,
            Outcome::Late => return self.late(case),
            _ => return,
        };
        let is_small = probe.delivery.body.len() <= LARGE;
        if is_small && self.slowest.is_none_or(|(slowest, _)| took > slowest) {
            self.slowest = Some((took, case));
        }
        if took > BLUE {
            self.late(case);
        }
        let texts = || {
            let values = reply.headers.iter().map(|header| header.value.as_slice());
            values.chain([reply.body.as_slice()])
        };
        let holds = |needle: &[u8]| texts().any(|text| contains(text, needle));
        if let Some(withheld) = &probe.withheld
            && holds(withheld.as_bytes())
        {
            self.signature.get_or_insert(case);
        }
        let telling = |secret: &&&[u8]| secret.len() >= TELLING;
        if secrets.iter().filter(telling).any(|secret| holds(secret)) {
            self.secret.get_or_insert(case);
        }
        let has_trace = |trace: &&str| contains(&reply.body, trace.as_bytes());
        if TRACES.iter().any(has_trace) {
            self.trace.get_or_insert(case);
        }
        match case {
            UNSIGNED => self.missing.push(Told::of(reply)),
            ANOTHER => self.wrong.push(Told::of(reply)),
            GENUINE => self.genuine.push(took),
            _ => {}
        }
    }

    fn late(&mut self, case: &'static str) {
        if self.late.last() != Some(&case) {
            self.late.push(case);
        }
    }

    /// Whether an answer held the signature that it expected.
    pub fn signature(&self) -> (Verdict, String) {
        self.leak(self.signature, "the signature that it expected")
    }

    /// Whether an answer held the secret.
    pub fn secret(&self) -> (Verdict, String) {
        self.leak(self.secret, "the secret")
    }

    /// Whether an answer held a stack trace.
    pub fn trace(&self) -> (Verdict, String) {
        match self.leak(self.trace, "a stack trace") {
            // Frameworks show them as long as they are not told that it is in earnest.
            (Verdict::Fail, message) => (Verdict::Warn, message),
            right => right,
        }
    }

    /// Whether refusals tell a missing signature from a wrong one.
    pub fn difference(&self) -> (Verdict, String) {
        let (Some(missing), Some(wrong)) = (self.missing.first(), self.wrong.first()) else {
            return (Verdict::Untestable, NO_FORGERIES.into());
        };
        // A body that is never the same, with a time or a number in it, tells nothing.
        let is_steady = |told: &[Told]| told.iter().all(|one| *one == told[0]);
        if missing.0 != wrong.0 {
            let message = format!(
                "{} without a signature, {} with a wrong one",
                missing.0, wrong.0
            );
            return (Verdict::Warn, message);
        }
        if is_steady(&self.missing) && is_steady(&self.wrong) && missing.1 != wrong.1 {
            let message = "its answer to a missing signature is another than to a wrong one";
            return (Verdict::Warn, message.into());
        }
        (Verdict::Pass, "they are alike".into())
    }

    /// Answers to forgeries are those that tell.
    fn leak(&self, case: Option<&str>, what: &str) -> (Verdict, String) {
        match case {
            Some(case) => (Verdict::Fail, format!("the answer to {case} holds {what}")),
            None if self.missing.is_empty() && self.wrong.is_empty() => {
                (Verdict::Untestable, NO_FORGERIES.into())
            }
            None => (Verdict::Pass, format!("no answer holds {what}")),
        }
    }

    /// Whether every answer came in time.
    pub fn in_time(&self) -> (Verdict, String) {
        match (self.late.first(), self.slowest) {
            (Some(case), _) => {
                let others = match self.late.len() {
                    1 => String::new(),
                    2 => " and one more case".into(),
                    count => format!(" and {} more cases", count - 1),
                };
                (
                    Verdict::Fail,
                    format!("no answer in time in {case}{others}"),
                )
            }
            (None, Some((took, case))) => {
                let message = format!("{}, the slowest, in {case}", amount::took(took));
                match took > SLOW {
                    true => (Verdict::Warn, message),
                    false => (Verdict::Pass, message),
                }
            }
            (None, None) => (Verdict::Untestable, "nothing was answered".into()),
        }
    }

    /// Whether it is as quick at the end as it was at the start.
    pub fn steady(&self) -> (Verdict, String) {
        // One answer that took longer tells nothing: the quickest of the last few does.
        let last = self.genuine.iter().rev().take(3).min();
        let (Some(&first), Some(&last)) = (self.genuine.first(), last) else {
            return (Verdict::Untestable, "nothing was answered".into());
        };
        let message = format!(
            "{} at the start, {} at the end",
            amount::took(first),
            amount::took(last)
        );
        match last > Duration::from_secs(1) && last > first * 5 {
            true => (Verdict::Warn, message),
            false => (Verdict::Pass, message),
        }
    }
}

/// Plain search, by the first byte.
fn contains(text: &[u8], needle: &[u8]) -> bool {
    !needle.is_empty()
        && text
            .windows(needle.len())
            .any(|window| window[0] == needle[0] && window == needle)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::delivery::{Delivery, Headers};

    /// What is seen of answers that took so long, in seconds.
    fn seen(answers: &[(&'static str, f64)]) -> Seen {
        let mut seen = Seen::default();
        let probe = Probe::new("", Delivery::default());
        for (case, seconds) in answers {
            let reply = Reply {
                status: 200,
                headers: Headers::new(),
                body: Vec::new(),
            };
            let took = Duration::from_secs_f64(*seconds);
            seen.note(case, &probe, &Outcome::Answered(reply), took, &[]);
        }
        seen
    }

    #[test]
    fn an_answer_after_seven_seconds_is_late_and_one_after_half_of_them_unwise() {
        let quick = seen(&[(GENUINE, 0.1), ("accepts/events", 3.4)]);
        let words = "3.4 s, the slowest, in accepts/events";
        assert_eq!(quick.in_time(), (Verdict::Pass, words.into()));
        assert_eq!(seen(&[(GENUINE, 3.6)]).in_time().0, Verdict::Warn);
        let late = [(GENUINE, 7.1), ("stays-up/deep", 8.0), (UNSIGNED, 0.1)];
        let words = "no answer in time in accepts/genuine and one more case";
        assert_eq!(seen(&late).in_time(), (Verdict::Fail, words.into()));
    }

    #[test]
    fn a_receiver_that_becomes_slow_is_a_warning() {
        let steady = |first, last| {
            let end = [(GENUINE, last); 3];
            seen(&[[(GENUINE, first)].as_slice(), &end].concat()).steady()
        };
        let words = "10 ms at the start, 1.2 s at the end";
        assert_eq!(steady(0.01, 1.2), (Verdict::Warn, words.into()));
        assert_eq!(steady(0.01, 0.9).0, Verdict::Pass, "nobody waits");
        assert_eq!(steady(0.9, 1.5).0, Verdict::Pass, "it always was");
        let once = seen(&[(GENUINE, 0.1), (GENUINE, 0.1), (GENUINE, 2.0)]);
        assert_eq!(once.steady().0, Verdict::Pass, "once is by chance");
    }
}

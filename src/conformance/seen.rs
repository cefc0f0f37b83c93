//! What only shows over many answers: leaks, and how quick the receiver is.

use std::time::Duration;

use super::judge::{Outcome, Reply, Verdict};
use super::kit::Probe;

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
            Outcome::Late => return self.late.push(case),
            _ => return,
        };
        if self.slowest.is_none_or(|(slowest, _)| took > slowest) {
            self.slowest = Some((took, case));
        }
        if took > BLUE {
            self.late.push(case);
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
            "refuses/no-signature" => self.missing.push(Told::of(reply)),
            "refuses/another-secret" => self.wrong.push(Told::of(reply)),
            "accepts/genuine" => self.genuine.push(took),
            _ => {}
        }
    }

    /// Whether an answer held the signature that it expected.
    pub fn signature(&self) -> (Verdict, String) {
        leak(self.signature, "the signature that it expected")
    }

    /// Whether an answer held the secret.
    pub fn secret(&self) -> (Verdict, String) {
        leak(self.secret, "the secret")
    }

    /// Whether an answer held a stack trace.
    pub fn trace(&self) -> (Verdict, String) {
        match leak(self.trace, "a stack trace") {
            // Frameworks show them as long as they are not told that it is in earnest.
            (Verdict::Fail, message) => (Verdict::Warn, message),
            right => right,
        }
    }

    /// Whether refusals tell a missing signature from a wrong one.
    pub fn difference(&self) -> (Verdict, String) {
        let (Some(missing), Some(wrong)) = (self.missing.first(), self.wrong.first()) else {
            return (Verdict::Skipped, "there was nothing to compare".into());
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

    /// Whether every answer came in time.
    pub fn in_time(&self) -> (Verdict, String) {
        match (self.late.first(), self.slowest) {
            (Some(case), _) => {
                let others = match self.late.len() {
                    1 => String::new(),
                    count => format!(" and {} more", count - 1),
                };
                (Verdict::Fail, format!("not in {case}{others}"))
            }
            (None, Some((took, case))) => {
                let message = format!("the slowest was {case} with {}", shown(took));
                match took > SLOW {
                    true => (Verdict::Warn, message),
                    false => (Verdict::Pass, message),
                }
            }
            (None, None) => (Verdict::Skipped, "nothing was answered".into()),
        }
    }

    /// Whether it is as quick at the end as it was at the start.
    pub fn steady(&self) -> (Verdict, String) {
        let (Some(&first), Some(&last)) = (self.genuine.first(), self.genuine.last()) else {
            return (Verdict::Skipped, "nothing was answered".into());
        };
        let message = format!("{} at the start, {} at the end", shown(first), shown(last));
        match last > Duration::from_secs(1) && last > first * 5 {
            true => (Verdict::Warn, message),
            false => (Verdict::Pass, message),
        }
    }
}

fn leak(case: Option<&str>, what: &str) -> (Verdict, String) {
    match case {
        Some(case) => (Verdict::Fail, format!("the answer to {case} holds {what}")),
        None => (Verdict::Pass, format!("no answer holds {what}")),
    }
}

fn shown(took: Duration) -> String {
    match took.as_millis() {
        ms @ ..10_000 => format!("{ms} ms"),
        ms => format!("{} s", ms / 1000),
    }
}

fn contains(text: &[u8], needle: &[u8]) -> bool {
    !needle.is_empty() && memchr_find(text, needle)
}

/// Plain search, by the first byte.
fn memchr_find(text: &[u8], needle: &[u8]) -> bool {
    text.windows(needle.len())
        .any(|window| window[0] == needle[0] && window == needle)
}

//! When a delivery is tried again: a pure function of policy, attempt and outcome.

use std::str::FromStr;
use std::time::Duration;

use jiff::Timestamp;
use jiff::fmt::rfc2822;

use super::answer::Answer;
use super::failure::Failure;

/// By whose rule a delivery is tried again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Policy {
    /// It is not.
    #[default]
    Once,
    /// Blue's: whatever is no 2xx is tried again, five attempts with growing pauses; then the
    /// webhook is switched off. Blue does not tell how long its pauses are; these are ours.
    Blue,
    /// Standard Webhooks': its schedule over three days, `Retry-After` is honoured, and 410 ends it.
    Standard,
}

/// Blue's pauses, four between five attempts.
const BLUE: [u64; 4] = [10, 60, 300, 1800];
/// Standard Webhooks' pauses (its specification, "Deliverability and reliability").
const STANDARD: [u64; 9] = [
    5,
    5 * 60,
    30 * 60,
    2 * 3600,
    5 * 3600,
    10 * 3600,
    14 * 3600,
    20 * 3600,
    24 * 3600,
];
/// A receiver can ask for no longer pause than the longest of the schedule.
const LONGEST: Duration = Duration::from_secs(24 * 3600);

impl FromStr for Policy {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        match name {
            "once" => Ok(Self::Once),
            "blue" => Ok(Self::Blue),
            "standard" => Ok(Self::Standard),
            _ => Err("write once, blue or standard".into()),
        }
    }
}

/// How often and how soon a delivery is tried.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Plan {
    /// By whose rule.
    pub policy: Policy,
    /// How many attempts there are at most, if not as many as the policy makes.
    pub attempts: Option<u32>,
    /// What pauses are multiplied with.
    pub time_scale: f64,
}

impl Default for Plan {
    fn default() -> Self {
        Self {
            policy: Policy::Once,
            attempts: None,
            time_scale: 1.0,
        }
    }
}

/// What comes after an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// Nothing: the receiver took the delivery.
    Delivered,
    /// Another attempt, after this pause.
    Again(Duration),
    /// Nothing: no attempt is left.
    GivenUp(Reason),
}

/// Why no attempt is left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// There is only one.
    Once,
    /// This was the last of so many.
    Last(u32),
    /// The receiver says that it is gone for good.
    Gone,
}

impl Plan {
    /// What comes after this attempt, counted from 1, at that time.
    pub fn next(&self, attempt: u32, outcome: &Result<Answer, Failure>, now: Timestamp) -> Next {
        let (status, retry_after) = match outcome {
            Ok(answer) => (Some(answer.status), answer.headers.get("Retry-After")),
            Err(_) => (None, None),
        };
        let pauses: &[u64] = match self.policy {
            Policy::Once => &[],
            Policy::Blue => &BLUE,
            Policy::Standard => &STANDARD,
        };
        let attempts = (self.attempts).unwrap_or_else(|| pauses.len() as u32 + 1);
        if matches!(status, Some(200..300)) {
            return Next::Delivered;
        }
        if self.policy == Policy::Standard && status == Some(410) {
            return Next::GivenUp(Reason::Gone);
        }
        let (Some(last), true) = (pauses.last(), attempt < attempts) else {
            return Next::GivenUp(match attempts {
                1 => Reason::Once,
                attempts => Reason::Last(attempts),
            });
        };
        let scheduled = pauses
            .get(attempt.saturating_sub(1) as usize)
            .unwrap_or(last);
        let mut pause = Duration::from_secs(*scheduled);
        if self.policy == Policy::Standard {
            let asked = retry_after.and_then(|value| wait(value, now));
            pause = pause.max(asked.unwrap_or_default().min(LONGEST));
        }
        Next::Again(pause.mul_f64(self.time_scale))
    }
}

/// How long a `Retry-After` asks to wait: seconds or a date (RFC 9110, section 10.2.3).
fn wait(value: &[u8], now: Timestamp) -> Option<Duration> {
    let text = std::str::from_utf8(value).ok()?;
    if let Ok(seconds) = text.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let date = rfc2822::DateTimeParser::new().parse_timestamp(text).ok()?;
    date.duration_since(now).try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::delivery::Headers;
    use crate::sender::answer::Timing;

    fn answer(status: u16, retry_after: Option<&str>) -> Result<Answer, Failure> {
        let mut headers = Headers::new();
        if let Some(value) = retry_after {
            headers.push("retry-after", value);
        }
        Ok(Answer {
            status,
            headers,
            body: Vec::new(),
            body_truncated: false,
            timing: Timing::default(),
        })
    }

    fn plan(policy: &str, attempts: Option<u32>) -> Plan {
        Plan {
            policy: policy.parse().unwrap(),
            attempts,
            time_scale: 1.0,
        }
    }

    /// The pauses in seconds of a delivery that always comes to this, and why it ends.
    fn pauses(plan: &Plan, outcome: &Result<Answer, Failure>) -> (Vec<u64>, Reason) {
        let mut pauses = Vec::new();
        for attempt in 1.. {
            match plan.next(attempt, outcome, Timestamp::UNIX_EPOCH) {
                Next::Again(pause) => pauses.push(pause.as_secs()),
                Next::GivenUp(reason) => return (pauses, reason),
                Next::Delivered => panic!("delivered"),
            }
        }
        unreachable!()
    }

    #[test]
    fn only_2xx_is_delivered() {
        for policy in ["once", "blue", "standard"] {
            let next = |status| {
                let outcome = answer(status, None);
                plan(policy, None).next(1, &outcome, Timestamp::UNIX_EPOCH)
            };
            assert_eq!((next(200), next(299)), (Next::Delivered, Next::Delivered));
            for status in [199, 300, 302, 400, 401, 404, 410, 429, 500] {
                assert_ne!(next(status), Next::Delivered, "{policy} {status}");
            }
        }
    }

    #[test]
    fn once_is_once_whatever_came() {
        let ended = (vec![], Reason::Once);
        assert_eq!(pauses(&plan("once", None), &answer(500, None)), ended);
        assert_eq!(
            pauses(&plan("once", None), &Err(Failure::AnswerTooLarge)),
            ended
        );
    }

    #[test]
    fn blue_makes_five_attempts_with_growing_pauses_whatever_failed() {
        let reset = Err(Failure::Closed { reused: false });
        for outcome in [
            answer(500, Some("9999")),
            answer(302, None),
            answer(410, None),
            reset,
        ] {
            let (pauses, reason) = pauses(&plan("blue", None), &outcome);
            assert_eq!((pauses.len(), reason), (4, Reason::Last(5)));
            assert!(pauses.is_sorted_by(|one, other| one < other), "{pauses:?}");
        }
    }

    #[test]
    fn standard_follows_its_schedule_and_what_the_receiver_asks_for() {
        let standard = plan("standard", None);
        let (scheduled, reason) = pauses(&standard, &answer(500, None));
        assert_eq!(scheduled, STANDARD);
        assert_eq!(reason, Reason::Last(10));
        assert_eq!(
            pauses(&standard, &answer(410, None)),
            (vec![], Reason::Gone)
        );
        let next = |value: &str| standard.next(1, &answer(429, Some(value)), Timestamp::UNIX_EPOCH);
        let again = |seconds| Next::Again(Duration::from_secs(seconds));
        assert_eq!(next("120"), again(120));
        assert_eq!(next("2"), again(5));
        assert_eq!(next("Thu, 01 Jan 1970 00:01:00 GMT"), again(60));
        assert_eq!(next("Wed, 31 Dec 1969 23:59:00 GMT"), again(5));
        assert_eq!(next("99999999999"), again(24 * 3600));
        assert_eq!(next("soon"), again(5));
    }

    #[test]
    fn attempts_and_pauses_are_as_told() {
        let (made, reason) = pauses(&plan("blue", Some(7)), &answer(500, None));
        assert_eq!((made.len(), reason), (6, Reason::Last(7)));
        assert_eq!(made[5], made[3]);
        let (made, reason) = pauses(&plan("standard", Some(1)), &answer(500, None));
        assert_eq!((made.len(), reason), (0, Reason::Once));
        let hasty = Plan {
            time_scale: 0.01,
            ..plan("blue", None)
        };
        let next = hasty.next(1, &answer(500, None), Timestamp::UNIX_EPOCH);
        assert_eq!(next, Next::Again(Duration::from_millis(100)));
    }
}

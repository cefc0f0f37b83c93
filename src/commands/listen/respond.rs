//! Scripted answers: `--respond 500x4,200@8s,503+Retry-After:5,drop`.

use std::str::FromStr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use crate::cli::{self, Field};
use crate::delivery::Headers;
use bytes::Bytes;

use crate::receiver::{Answer, Reply};

/// The most answers that one script may hold.
const LONGEST: usize = 1_000_000;

/// The steps of a script: each is used as often as it says, and the last one for ever.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Script(Vec<Step>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct Step {
    /// The status; `None` closes the connection without an answer.
    status: Option<u16>,
    times: usize,
    delay: Duration,
    headers: Vec<Field>,
}

impl FromStr for Script {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let steps = text
            .split(',')
            .map(str::parse)
            .collect::<Result<Vec<Step>, String>>()?;
        Ok(Self(steps))
    }
}

impl FromStr for Step {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text.trim().is_empty() {
            return Err("a step is empty".into());
        }
        let wrong = |what: &str| format!("in {}, {what}", text.trim());
        let mut parts = text.trim().split('+');
        let first = parts.next().unwrap_or_default();
        let headers = parts
            .map(|header| {
                Field::parse(header.as_bytes())
                    .map_err(|_| wrong("what follows + is not NAME:VALUE"))
            })
            .collect::<Result<Vec<Field>, String>>()?;
        let (first, delay) = match first.split_once('@') {
            None => (first, Duration::ZERO),
            Some((first, delay)) => (
                first,
                cli::duration(delay)
                    .map_err(|_| wrong("what follows @ is not a duration such as 250ms or 8s"))?,
            ),
        };
        let (status, times) = match first.split_once('x') {
            None => (first, 1),
            Some((status, times)) => match times.parse() {
                Ok(times @ 1..=LONGEST) => (status, times),
                _ => return Err(wrong("what follows x is not a number from 1 to 1000000")),
            },
        };
        let status = match status {
            "drop" => None,
            status => match status.parse() {
                Ok(status @ 200..=599) => Some(status),
                _ => {
                    return Err(wrong(
                        "the status is neither a number from 200 to 599 nor drop",
                    ));
                }
            },
        };
        if status.is_none() && !headers.is_empty() {
            return Err(wrong(
                "drop closes the connection, which carries no headers",
            ));
        }
        Ok(Self {
            status,
            times,
            delay,
            headers,
        })
    }
}

/// A script as it is played.
#[derive(Debug)]
pub(super) struct Player {
    script: Script,
    /// One body for all answers.
    body: Bytes,
    played: AtomicUsize,
}

impl Player {
    /// Plays a script from its beginning; answers that have one carry this body.
    pub(super) fn new(script: Script, body: Vec<u8>) -> Self {
        Self {
            script,
            body: body.into(),
            played: AtomicUsize::new(0),
        }
    }

    /// The next answer.
    pub(super) fn next(&self) -> Answer {
        let mut index = self.played.fetch_add(1, Ordering::Relaxed);
        let steps = &self.script.0;
        let step = steps
            .iter()
            .find(|step| match index.checked_sub(step.times) {
                Some(left) => {
                    index = left;
                    false
                }
                None => true,
            })
            .or(steps.last());
        let Some(step) = step else {
            return Answer::status(200);
        };
        let answer = match step.status {
            None => Answer::hang_up(),
            Some(status) => {
                let mut headers = Headers::new();
                for field in &step.headers {
                    headers.push(field.name.clone(), field.value.clone());
                }
                Answer::from(Reply {
                    status,
                    headers,
                    body: self.body.clone(),
                })
            }
        };
        answer.after(step.delay)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn statuses(script: &str, count: usize) -> Vec<Option<u16>> {
        let player = Player::new(script.parse().unwrap(), Vec::new());
        (0..count)
            .map(|_| player.next().reply.map(|reply| reply.status))
            .collect()
    }

    #[test]
    fn steps_are_played_in_order_and_the_last_one_for_ever() {
        assert_eq!(
            statuses("500x2,drop,200", 6),
            [Some(500), Some(500), None, Some(200), Some(200), Some(200)]
        );
        assert_eq!(statuses("503x2", 3), [Some(503); 3]);
    }

    #[test]
    fn delays_and_headers_are_kept() {
        let player = Player::new("503@8s+Retry-After:5+X-A:b".parse().unwrap(), b"x".to_vec());
        let answer = player.next();
        assert_eq!(answer.delay, Duration::from_secs(8));
        let reply = answer.reply.unwrap();
        assert_eq!(reply.headers.get("retry-after"), Some(b"5".as_slice()));
        assert_eq!(reply.headers.get("x-a"), Some(b"b".as_slice()));
        assert_eq!(reply.body, "x");
    }

    #[test]
    fn a_malformed_script_is_refused_in_words() {
        for wrong in [
            "", "2000", "abc", "500x0", "500x", "200@", "200@soon", "200+x", "100", "drop+A:b",
            "200,,",
        ] {
            let error = wrong.parse::<Script>().unwrap_err();
            let is_said = error.starts_with("in ") || error == "a step is empty";
            assert!(is_said, "{wrong}: {error}");
        }
    }
}

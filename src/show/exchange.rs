//! An attempt and its answer, as `send` tells of them.

use std::time::Duration;

use super::delivery::header_line;
use super::lines::{self, AttemptLine, Latency, RecordedAnswer, ResultLine};
use super::seen::Layout;
use super::style::Style;
use super::{fit, harmless, row, verification};
use crate::amount;
use crate::delivery::Delivery;
use crate::recording::Answered;
use crate::sender::{self, Answer, Failure, Next, Plan, Policy, Reason, Tally, Url};
use crate::signing::Judgement;
use crate::signing::Scheme;

/// How many lines of an answer's body are shown.
const ANSWER_LINES: usize = 8;

/// What was sent, for the report.
#[derive(Clone, Copy)]
pub struct Attempt<'a> {
    /// Where to.
    pub url: &'a Url,
    /// What.
    pub delivery: &'a Delivery,
    /// The event, if it is known.
    pub event: Option<&'a str>,
}

/// The request: its line, and the headers that the signing added (all, when verbose).
pub fn request(attempt: &Attempt<'_>, layout: &Layout) -> String {
    let style = layout.style;
    let Attempt {
        url,
        delivery,
        event,
    } = attempt;
    let event = event.map_or(String::new(), |event| {
        format!("  {}", style.name(harmless::short(event.as_bytes(), 60)))
    });
    let mut text = format!(
        "{} {} {}{event}  {}\n",
        style.dim("→"),
        style.strong(&delivery.method),
        harmless::line(url.to_string().as_bytes()),
        amount::bytes(delivery.body.len()),
    );
    let usual = ["Content-Type", "User-Agent"];
    for header in &delivery.headers {
        let mut usual = usual.iter();
        if layout.verbose || !usual.any(|name| header.name.eq_ignore_ascii_case(name)) {
            text.push_str(&header_line(header, layout));
        }
    }
    text
}

/// What the built-in receiver got: the verdict, and of the body as much as is asked for.
pub fn received(
    delivery: &Delivery,
    scheme: &Scheme,
    judgement: Option<&Judgement>,
    is_blue: bool,
    layout: &Layout,
) -> String {
    let style = layout.style;
    let bytes = delivery.body.len() as u64;
    let verdict = match judgement {
        None => format!("  {}\n", style.odd("unsigned: nothing was verified")),
        Some(judgement) => {
            let line = verification::line_of(judgement, scheme, 1, delivery);
            verification::verdict(&line, 2, None, layout)
        }
    };
    format!(
        "{} the built-in receiver got {}\n{verdict}{}",
        style.dim("←"),
        amount::bytes(bytes),
        super::delivery::content(delivery, is_blue, layout),
    )
}

/// The answer, or why there was none.
pub fn outcome(outcome: &Result<Answer, Failure>, took: Duration, layout: &Layout) -> String {
    let style = layout.style;
    let Ok(answer) = outcome else {
        return String::new();
    };
    let status = format!("{} {}", answer.status, answer.reason());
    let status = if answer.is_success() {
        style.good(status.trim_end())
    } else {
        style.bad(status.trim_end())
    };
    let mut text = format!("{} {status} in {}\n", style.dim("←"), amount::took(took));
    if layout.verbose {
        for header in &answer.headers {
            text.push_str(&header_line(header, layout));
        }
        text.push_str(&timing(answer, style));
    }
    text.push_str(&answer_start(answer, layout));
    if let Some(hint) = status_hint(answer) {
        let paint = |text: &str| style.name(text);
        text.push_str(&fit::labelled(2, "hint:", paint, &hint, layout.columns()));
    }
    text
}

fn timing(answer: &Answer, style: Style) -> String {
    let timing = &answer.timing;
    let phases = [
        ("name", timing.resolve),
        ("connect", timing.connect),
        ("tls", timing.tls),
        ("first byte", timing.first_byte),
        ("all", Some(timing.total)),
    ];
    let shown: Vec<String> = phases
        .into_iter()
        .filter_map(|(name, time)| Some(format!("{name} {}", amount::took(time?))))
        .collect();
    format!("  {}\n", style.dim(shown.join(", ")))
}

/// The first lines of the answer's body.
fn answer_start(answer: &Answer, layout: &Layout) -> String {
    let style = layout.style;
    let mut text = String::new();
    let mut lines = answer.body.split(|&byte| byte == b'\n');
    for line in lines.by_ref().take(ANSWER_LINES) {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if !line.is_empty() {
            text.push_str(&format!("  {}\n", fit::last(line, layout.columns() - 2)));
        }
    }
    if lines.next().is_some_and(|rest| !rest.is_empty()) || answer.body_truncated {
        text.push_str(&format!("  {}\n", style.dim("…")));
    }
    text
}

/// What a status that is no success most often means for a webhook's receiver.
fn status_hint(answer: &Answer) -> Option<String> {
    Some(match answer.status {
        200..=299 => return None,
        300..=399 => {
            let location = answer.headers.get("location").map(|to| harmless::short(to, 100));
            match location {
                Some(to) => format!(
                    "redirects are never followed, as Blue does not follow them: send to {to} itself"
                ),
                None => "redirects are never followed, as Blue does not follow them".into(),
            }
        }
        400 => "the receiver could not read the request; many also answer 400 when the signature does not match".into(),
        401 | 403 => "the receiver refused the signature: compare the secrets, and see that it hashes the raw body before any parsing".into(),
        404 => "there is no such path on the receiver: check the URL's path".into(),
        405 => "the path does not take POST: is the route registered for another method?".into(),
        408 => "the receiver gave up waiting for the request".into(),
        410 => "the receiver says that this endpoint is gone for good".into(),
        413 => "the body is larger than the receiver takes: raise its limit".into(),
        415 => "the receiver wants another Content-Type: set it with -H".into(),
        429 => "the receiver asks for fewer requests".into(),
        500..=599 => "the receiver failed while it worked on the delivery: its own log says why".into(),
        _ => "only 2xx counts as delivered".into(),
    })
}

/// Why there was no answer, where another attempt follows or followed.
pub fn failed(failure: &Failure, took: Duration, style: Style) -> String {
    let sentence = harmless::line(failure.to_string().as_bytes()).into_owned();
    let mark = style.dim("←");
    format!("{mark} {} ({})\n", style.bad(sentence), amount::took(took))
}

/// What comes after an attempt that was not the receiver's yes.
pub fn next(next: Next, attempt: u32, plan: &Plan, style: Style) -> String {
    let text = match next {
        Next::Delivered | Next::GivenUp(Reason::Once) => return String::new(),
        Next::Again(pause) => {
            let pause = amount::wait(pause);
            return format!(
                "  {}\n",
                style.dim(format!("attempt {} in {pause}", attempt + 1))
            );
        }
        Next::GivenUp(Reason::Gone) => {
            "given up: the receiver says that it is gone, and senders switch it off".into()
        }
        Next::GivenUp(Reason::Last(attempts)) if plan.policy == Policy::Blue => {
            format!(
                "given up after {attempts} attempts: Blue would now switch the webhook off: UNHEALTHY"
            )
        }
        Next::GivenUp(Reason::Last(attempts)) => format!("given up after {attempts} attempts"),
    };
    format!("{}\n", style.bad(text))
}

/// An attempt as a line of `--json`.
pub fn attempt_line<'a>(
    number: u64,
    attempt: &'a sender::Attempt<'a>,
    event: Option<&'a str>,
    url: &Url,
) -> AttemptLine<'a> {
    let answer = attempt.outcome.as_ref().ok();
    AttemptLine {
        kind: "attempt",
        number,
        attempt: attempt.attempt,
        event,
        url: url.to_string(),
        status: answer.map(|answer| answer.status),
        ms: lines::ms(attempt.took),
        error: attempt.outcome.as_ref().err().map(Failure::code),
        retry_in_ms: match attempt.next {
            Next::Again(pause) => Some(u64::try_from(pause.as_millis()).unwrap_or(u64::MAX)),
            _ => None,
        },
        answer: answer.map(lines::received),
        recorded: None,
    }
}

/// What deliveries came to, as a line of `--json`. One attempt has no percentiles.
pub fn result_line(tally: &Tally) -> ResultLine {
    let ms = |micros: u64| micros as f64 / 1e3;
    let times = tally.times.as_ref();
    let several = times.filter(|times| times.len() > 1);
    let at = |percent| several.map(|times| ms(times.value_at_percentile(percent)));
    let seconds = tally.took.as_secs_f64();
    ResultLine {
        kind: "result",
        delivered: tally.delivered,
        failed: tally.failed,
        attempts: tally.attempts,
        statuses: (tally.statuses.iter())
            .map(|(status, count)| (status.to_string(), *count))
            .collect(),
        errors: (tally.failures.iter())
            .map(|(code, (count, _))| ((*code).to_owned(), *count))
            .collect(),
        latency_ms: Latency {
            min: times.map(|times| ms(times.min())),
            p50: at(50.0),
            p90: at(90.0),
            p99: at(99.0),
            max: times.map(|times| ms(times.max())),
        },
        seconds,
        per_second: match seconds > 0.0 {
            true => ((tally.delivered + tally.failed) as f64 / seconds * 1e3).round() / 1e3,
            false => 0.0,
        },
    }
}

/// An attempt of a replay in one row, and below it why there was no answer.
pub fn line(
    number: u64,
    sent: &Attempt<'_>,
    attempt: &sender::Attempt<'_>,
    layout: &Layout,
) -> String {
    let status = attempt.outcome.as_ref().ok().map(|answer| answer.status);
    let target = sent.url.target();
    let came = (status, attempt.took);
    let mut text = row::sent((number, sent.event), sent.delivery, target, came, layout);
    if let Err(failure) = attempt.outcome {
        let paint = |text: &str| layout.style.bad(text);
        let failure = failure.to_string();
        text.push_str(&fit::labelled(
            2,
            "failed:",
            paint,
            &failure,
            layout.columns(),
        ));
    }
    text
}

/// What of an answer is not as recorded.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Differs {
    status: bool,
    body: bool,
}

impl Differs {
    /// Compares an answer with the recorded one. What was not recorded differs in nothing.
    pub fn of(outcome: &Result<Answer, Failure>, recorded: Option<&Answered>) -> Self {
        let Some(recorded) = recorded else {
            return Self::default();
        };
        match outcome {
            Err(_) => Self {
                status: true,
                body: false,
            },
            Ok(answer) => Self {
                status: answer.status != recorded.status,
                // Browsers record what they decoded; of a long answer not all is read.
                body: (recorded.body.as_ref())
                    .filter(|_| !answer.headers.contains("Content-Encoding"))
                    .is_some_and(|body| match answer.body_truncated {
                        true => !body.starts_with(&answer.body),
                        false => *body != answer.body,
                    }),
            },
        }
    }

    /// Whether anything does.
    pub fn any(self) -> bool {
        self.status || self.body
    }

    /// What does, beside what was recorded.
    pub fn shown(
        self,
        recorded: Option<&Answered>,
        outcome: &Result<Answer, Failure>,
        style: Style,
    ) -> String {
        let Some(recorded) = recorded.filter(|_| self.any()) else {
            return String::new();
        };
        let mut parts = Vec::new();
        if self.status {
            parts.push(format!("the status was {}", recorded.status));
        }
        if let (true, Some(body), Ok(answer)) = (self.body, &recorded.body, outcome) {
            let shared = body
                .iter()
                .zip(&answer.body)
                .take_while(|(one, other)| one == other);
            parts.push(format!(
                "the body was {}, now {}, alike for {}",
                amount::bytes(body.len()),
                amount::bytes(answer.body.len()),
                amount::bytes(shared.count()),
            ));
        }
        format!("  {} {}\n", style.odd("recorded:"), parts.join("; "))
    }
}

/// The recorded answer for a line of `--json`.
pub fn recorded(recorded: Option<&Answered>, differs: Differs) -> RecordedAnswer {
    let names = [("status", differs.status), ("body", differs.body)];
    RecordedAnswer {
        status: recorded.map(|answer| answer.status),
        differs: names
            .into_iter()
            .filter_map(|(name, differs)| differs.then_some(name))
            .collect(),
    }
}

/// What a replay came to.
pub fn replayed(tally: &Tally, differing: u64, style: Style) -> String {
    let delivered = style.strong(format!("{} delivered", amount::count(tally.delivered)));
    let failed = match tally.failed {
        0 => String::new(),
        failed => style.bad(format!(", {} not", amount::count(failed))),
    };
    let differing = match differing {
        0 => String::new(),
        1 => "; 1 answer is not as recorded".into(),
        count => format!("; {} answers are not as recorded", amount::count(count)),
    };
    format!(
        "{delivered}{failed} in {}{differing}\n",
        amount::took(tally.took)
    )
}

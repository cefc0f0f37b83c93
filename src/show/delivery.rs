//! A delivery as `listen` shows it: one line that tells all, then its headers, why it is not
//! genuine, what is odd, where it went, what changed, and the body.
//!
//! The first line begins with what has a fixed width (time, number, verdict, status), so that the
//! lines of many deliveries form columns at any width; what varies follows, and what matters least
//! is at the end and is left out first. Times are UTC, which their `Z` says. Everything of the
//! sender's is harmless, and stands where it cannot move our own parts (see [`fit`]).

use std::net::SocketAddr;
use std::time::Duration;

use jiff::Timestamp;

use super::diff::{self, Differences};
use super::lines::{AnswerObject, CauseObject, HintObject, VerifyLine};
use super::style::Style;
use super::{body, fit, harmless};
use crate::blue::facts;
use crate::blue::validate::{Level, Report};
use crate::delivery::{Delivery, Header, is_secret};
use crate::json::{Kind, Outline};

/// The narrowest screen that is laid out for; a narrower one breaks our lines itself.
const NARROWEST: usize = 40;
/// From this width on the first line tells the time.
const WIDTH_FOR_TIME: usize = 60;
/// How many columns of a path are shown before less important parts have to go.
const PATH_COLUMNS: usize = 20;
/// How many columns of a path are shown in any case.
const LEAST_PATH_COLUMNS: usize = 5;
/// How many columns of an event's name are shown, if there is room.
const EVENT_COLUMNS: usize = 60;
/// How many columns of a header's name are shown.
const HEADER_COLUMNS: usize = 40;
/// How many columns of a header's value are shown when all are asked for.
const VERBOSE_COLUMNS: usize = 8192;

/// The columns of the verdicts: `✗ not genuine`.
const VERDICT_COLUMNS: usize = 13;

/// Headers that matter beside those which [`MATTERING`] recognises.
const MATTERING_NAMES: [&str; 8] = [
    "content-type",
    "content-encoding",
    "user-agent",
    "forwarded",
    "x-forwarded-for",
    "x-real-ip",
    "cf-connecting-ip",
    "x-goog-resource-state",
];

/// What the names of headers contain that providers send for the receiver to read.
const MATTERING: [&str; 14] = [
    "signature",
    "hmac",
    "timestamp",
    "event",
    "topic",
    "hook",
    "delivery",
    "idempotency",
    "retry",
    "attempt",
    "-id",
    "token",
    "secret",
    "authorization",
];

/// How deliveries are shown.
#[derive(Debug, Clone, Copy)]
pub struct Layout {
    /// The colours.
    pub style: Style,
    /// The screen's columns.
    pub width: usize,
    /// How much of a body is shown.
    pub extent: Extent,
    /// Whether every header is shown, and all of it.
    pub verbose: bool,
}

/// How much of a body is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Extent {
    /// All.
    #[default]
    Full,
    /// Some twenty lines.
    Short,
    /// Nothing, and no diff either: it would tell of the body.
    None,
}

/// A delivery and all that is known of it.
#[derive(Debug, Clone, Copy)]
pub struct Shown<'a> {
    /// Which delivery, from 1.
    pub number: u64,
    /// When it came.
    pub at: Timestamp,
    /// Who sent it.
    pub remote: SocketAddr,
    /// The request.
    pub delivery: &'a Delivery,
    /// What its body says by Blue's rules, if it was read so.
    pub report: Option<&'a Report>,
    /// Whether it is genuine.
    pub verdict: Verdict<'a>,
    /// The number of the first delivery with the same body.
    pub repeat_of: Option<u64>,
    /// What the sender got, if that is decided.
    pub answer: Option<AnswerObject<'a>>,
    /// Where it was forwarded.
    pub forwards: &'a [Forward<'a>],
}

/// Whether a delivery is genuine.
#[derive(Debug, Clone, Copy)]
pub enum Verdict<'a> {
    /// Nothing was checked.
    Unchecked,
    /// It is.
    Genuine {
        /// Which secret matched, from 1.
        position: usize,
        /// How many secrets there are.
        of: usize,
        /// The first hex digits of the SHA-256 of the key that matched.
        fingerprint: &'a str,
    },
    /// It is not.
    Refused {
        /// The verdict in a sentence, as [`super::verification::sentence`] makes it.
        sentence: &'a str,
        /// What would make the signature match.
        cause: Option<&'a CauseObject>,
        /// Other evidence.
        hints: &'a [HintObject],
    },
}

impl<'a> Verdict<'a> {
    /// The verdict of machine output, for a person; `of` is how many secrets there are.
    pub fn of(verification: Option<&'a VerifyLine>, of: usize) -> Self {
        match verification {
            None => Self::Unchecked,
            Some(line) if line.genuine => Self::Genuine {
                position: line
                    .matched_secret
                    .as_ref()
                    .map_or(1, |matched| matched.position),
                of,
                fingerprint: line
                    .matched_secret
                    .as_ref()
                    .map_or("", |matched| &matched.fingerprint),
            },
            Some(line) => Self::Refused {
                sentence: &line.message,
                cause: line.cause.as_ref(),
                hints: &line.hints,
            },
        }
    }

    /// Sign and word, and their colour: each tells it alone.
    fn sign(&self, style: Style) -> Painted {
        match self {
            Self::Unchecked => Painted::new("? unchecked", |text| style.odd(text)),
            Self::Genuine { .. } => Painted::new("✓ genuine", |text| style.good(text)),
            Self::Refused { .. } => Painted::new("✗ not genuine", |text| style.bad(text)),
        }
    }
}

/// One place to which a delivery was forwarded, and what came of it.
#[derive(Debug, Clone, Copy)]
pub struct Forward<'a> {
    /// Where.
    pub url: &'a str,
    /// The answer's status.
    pub status: Option<u16>,
    /// How long it took, in milliseconds.
    pub ms: f64,
    /// Why there was no answer.
    pub error: Option<&'a str>,
    /// What to do about it.
    pub hint: Option<&'a str>,
}

/// A delivery, with an empty line at its end if there is more than its first line.
pub fn shown(seen: &Shown<'_>, layout: &Layout) -> String {
    let layout = &Layout {
        width: layout.width.max(NARROWEST),
        ..*layout
    };
    let mut text = heading(seen, layout);
    let first = text.len();
    text.push_str(&notes(seen, layout));
    text.push_str(&headers(seen.delivery, layout));
    text.push_str(&explanation(&seen.verdict, layout));
    text.push_str(&findings(seen.report, layout));
    for forward in seen.forwards {
        text.push_str(&forwarded(forward, layout));
    }
    if layout.extent != Extent::None {
        if let Some(changes) = seen
            .report
            .and_then(|_| changes(&seen.delivery.body, layout))
        {
            text.push('\n');
            text.push_str(&changes);
        }
        text.push('\n');
        let (content, kind) = (
            &seen.delivery.body,
            seen.delivery.headers.get("content-type"),
        );
        text.push_str(&match layout.extent {
            Extent::Short => body::short(content, kind, layout.style, layout.width),
            _ => body::full(content, kind, layout.style),
        });
    }
    if text.len() > first {
        text.push('\n');
    }
    text
}

/// A request that never became a delivery.
pub fn malformed(
    at: Timestamp,
    remote: Option<SocketAddr>,
    code: &str,
    status: Option<u16>,
    message: &str,
    layout: &Layout,
) -> String {
    let style = layout.style;
    let width = layout.width.max(NARROWEST);
    let verdict = Painted::new("✗ malformed", |text| style.bad(text));
    let mut line = Row::beginning(at, None, verdict, status, width, style);
    let from = remote.map_or(String::new(), |remote| format!(" (from {remote})"));
    line.gap(2);
    line.push(Painted::new(&fit::inline(code.as_bytes(), 40), |text| {
        style.strong(text)
    }));
    let message = format!("{}{from}", harmless::short(message.as_bytes(), 400));
    if line.columns + 2 + fit::columns(&message) <= width {
        return format!("{}: {message}\n", line.text);
    }
    format!("{}\n  {}\n", line.text, fit::wrapped(&message, 2, 2, width))
}

/// A text and its colour.
struct Painted {
    columns: usize,
    text: String,
}

impl Painted {
    fn new(plain: &str, paint: impl Fn(&str) -> String) -> Self {
        Self {
            columns: fit::columns(plain),
            text: paint(plain),
        }
    }
}

/// A line that is being written, and the columns that it takes.
struct Row {
    text: String,
    columns: usize,
}

impl Row {
    /// What all first lines begin with, each part in its own columns.
    fn beginning(
        at: Timestamp,
        number: Option<u64>,
        verdict: Painted,
        status: Option<u16>,
        width: usize,
        style: Style,
    ) -> Self {
        let mut row = Self {
            text: String::new(),
            columns: 0,
        };
        if width >= WIDTH_FOR_TIME {
            let time = at.strftime("%H:%M:%SZ").to_string();
            row.cell(Painted::new(&time, |text| style.dim(text)), 9);
        }
        let number = number.map_or(String::new(), |number| format!("#{number}"));
        row.cell(Painted::new(&number, |text| style.strong(text)), 4);
        row.cell(verdict, VERDICT_COLUMNS);
        row.push(match status {
            Some(status @ 200..=299) => Painted::new(&status.to_string(), |text| style.good(text)),
            Some(status) => Painted::new(&status.to_string(), |text| style.odd(text)),
            None => Painted::new(" – ", |text| style.dim(text)),
        });
        row
    }

    fn push(&mut self, part: Painted) {
        self.text.push_str(&part.text);
        self.columns += part.columns;
    }

    fn gap(&mut self, columns: usize) {
        self.text.extend(std::iter::repeat_n(' ', columns));
        self.columns += columns;
    }

    fn cell(&mut self, part: Painted, width: usize) {
        let gap = 1 + width.saturating_sub(part.columns);
        self.push(part);
        self.gap(gap);
    }
}

/// The first line.
fn heading(seen: &Shown<'_>, layout: &Layout) -> String {
    let style = layout.style;
    let status = seen.answer.and_then(|answer| answer.status);
    let verdict = seen.verdict.sign(style);
    let mut row = Row::beginning(
        seen.at,
        Some(seen.number),
        verdict,
        status,
        layout.width,
        style,
    );
    let rest = Rest::of(seen).fitted(layout.width.saturating_sub(row.columns + 2));
    row.gap(2);
    let event = Painted::new(&rest.event, |text| style.strong(text));
    let [size, took] =
        [rest.size, rest.took].map(|part| Painted::new(&part, |text| style.dim(text)));
    let [request, entity] =
        [rest.request, rest.entity].map(|part| Painted::new(&part, str::to_owned));
    let parts = [request, event, entity, size, took];
    for (number, part) in parts
        .into_iter()
        .filter(|part| part.columns > 0)
        .enumerate()
    {
        row.gap(if number == 0 { 0 } else { 2 });
        row.push(part);
    }
    row.text.truncate(row.text.trim_end().len());
    row.text + "\n"
}

/// The parts of the first line that vary; a part that is not shown is empty.
struct Rest<'a> {
    method: String,
    path: &'a [u8],
    /// Method and path as they are shown.
    request: String,
    event: String,
    entity: String,
    size: String,
    took: String,
}

impl<'a> Rest<'a> {
    fn of(seen: &Shown<'a>) -> Self {
        let facts = seen.report.map(|report| &report.facts);
        let name = facts::event(facts, &seen.delivery.headers).unwrap_or_default();
        let entity = seen.report.and_then(|report| report.entity);
        Self {
            method: fit::inline(seen.delivery.method.as_bytes(), 12),
            path: seen.delivery.target.as_bytes(),
            request: String::new(),
            event: fit::inline(name.as_bytes(), EVENT_COLUMNS),
            entity: entity.map_or(String::new(), |entity| entity.name().to_owned()),
            size: size(seen.delivery.body.len()),
            took: seen.answer.map_or(String::new(), |answer| took(answer.ms)),
        }
    }

    /// Leaves out what matters least until the rest fits: entity, time taken, size, the method if it
    /// is the usual one; then shortens the path, then the event.
    fn fitted(mut self, width: usize) -> Self {
        let path = fit::columns(&fit::inline_middle(self.path, width));
        for step in 0..=4 {
            match step {
                1 => self.entity.clear(),
                2 => self.took.clear(),
                3 => self.size.clear(),
                4 if self.method == "POST" => self.method.clear(),
                _ => {}
            }
            let least = if step < 4 {
                PATH_COLUMNS
            } else {
                LEAST_PATH_COLUMNS
            };
            if self.room(width).is_some_and(|room| room >= path.min(least)) {
                return self.with_path(width);
            }
        }
        let beside = fit::columns(&self.method) + LEAST_PATH_COLUMNS + 4;
        self.event = fit::cut_middle(&self.event, width.saturating_sub(beside)).into_owned();
        self.with_path(width)
    }

    /// The columns that are left for the path, if the others fit.
    fn room(&self, width: usize) -> Option<usize> {
        let part = |text: &str, gap: usize| {
            if text.is_empty() {
                0
            } else {
                fit::columns(text) + gap
            }
        };
        let others = [&self.event, &self.entity, &self.size, &self.took];
        let taken: usize = others.iter().map(|text| part(text, 2)).sum();
        width.checked_sub(taken + part(&self.method, 1))
    }

    fn with_path(mut self, width: usize) -> Self {
        let path = fit::inline_middle(self.path, self.room(width).unwrap_or(LEAST_PATH_COLUMNS));
        self.request = match self.method.as_str() {
            "" => path,
            method => format!("{method} {path}").trim_end().to_owned(),
        };
        self
    }
}

/// A size for a column: `2,334 B`, `10.2 kB`, `1.5 MB`.
fn size(bytes: usize) -> String {
    match bytes {
        0..=9_999 => format!("{} B", super::count(bytes as u64)),
        10_000..=999_949 => format!("{:.1} kB", bytes as f64 / 1e3),
        _ => format!("{:.1} MB", bytes as f64 / 1e6),
    }
}

fn took(ms: f64) -> String {
    super::took(Duration::try_from_secs_f64(ms / 1e3).unwrap_or_default())
}

/// A label and what it labels, broken into lines that fit.
fn labelled(label: &str, paint: impl Fn(&str) -> String, text: &str, layout: &Layout) -> String {
    let used = 3 + fit::columns(label);
    format!(
        "  {} {}\n",
        paint(label),
        fit::wrapped(text, used, 4, layout.width)
    )
}

/// What is remarkable about how it came and how it was answered.
fn notes(seen: &Shown<'_>, layout: &Layout) -> String {
    let mut notes = Vec::new();
    if layout.verbose || !seen.remote.ip().is_loopback() {
        notes.push(format!("from {}", seen.remote));
    }
    if let Some(number) = seen.repeat_of {
        notes.push(format!("same body as #{number}"));
    }
    if let Verdict::Genuine {
        position,
        of,
        fingerprint,
    } = seen.verdict
        && (of > 1 || layout.verbose)
    {
        let fingerprint = fit::inline(fingerprint.as_bytes(), 16);
        notes.push(format!(
            "signed with secret {position} of {of} ({fingerprint})"
        ));
    }
    if let Some(answer) = seen.answer {
        let known =
            answer.by == "bluehook" || seen.forwards.iter().any(|forward| forward.url == answer.by);
        if answer.status.is_none() {
            notes.push("closed without an answer".to_owned());
        } else if !known || seen.forwards.len() > 1 && answer.by != "bluehook" {
            notes.push(format!(
                "answered by {}",
                fit::inline_middle(answer.by.as_bytes(), 60)
            ));
        }
    }
    if let Some(report) = seen.report.filter(|_| layout.verbose)
        && let Some(project) = &report.facts.project
    {
        notes.push(format!("project {}", fit::inline(project.as_bytes(), 60)));
    }
    notes
        .iter()
        .map(|note| format!("  {}\n", layout.style.dim(note)))
        .collect()
}

/// The headers that matter, or all.
fn headers(delivery: &Delivery, layout: &Layout) -> String {
    let matters = |header: &&Header| layout.verbose || matters(&header.name);
    delivery
        .headers
        .iter()
        .filter(matters)
        .map(|header| header_line(header, layout))
        .collect()
}

fn matters(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    MATTERING_NAMES.contains(&lower.as_str())
        || MATTERING.iter().any(|part| lower.contains(part))
        || is_secret(name)
}

fn header_line(header: &Header, layout: &Layout) -> String {
    let style = layout.style;
    let name = fit::inline(header.name.as_bytes(), HEADER_COLUMNS);
    let value = if is_secret(&header.name) {
        style.dim(format!(
            "(masked, {})",
            super::bytes(header.value.len() as u64)
        ))
    } else {
        let room = match layout.verbose {
            true => VERBOSE_COLUMNS,
            false => layout.width.saturating_sub(4 + fit::columns(&name)).max(8),
        };
        fit::last(&header.value, room)
    };
    format!("  {}: {value}\n", style.name(name))
}

/// Why it is not genuine, and what to do about it.
fn explanation(verdict: &Verdict<'_>, layout: &Layout) -> String {
    let Verdict::Refused {
        sentence,
        cause,
        hints,
    } = verdict
    else {
        return String::new();
    };
    let style = layout.style;
    let line = |text: &str| harmless::line(text.as_bytes()).into_owned();
    let (label, rest) = line(sentence)
        .split_once(": ")
        .map_or((line(sentence), String::new()), |(label, rest)| {
            (format!("{label}:"), rest.to_owned())
        });
    let mut text = labelled(&label, |text| style.bad(text), &rest, layout);
    if let Some(cause) = cause {
        text.push_str(&labelled(
            "cause:",
            |text| style.name(text),
            &line(&cause.message),
            layout,
        ));
        if !cause.fix.is_empty() {
            text.push_str(&labelled(
                "fix:",
                |text| style.name(text),
                &line(&cause.fix),
                layout,
            ));
        }
    }
    for hint in *hints {
        text.push_str(&labelled(
            "hint:",
            |text| style.name(text),
            &line(&hint.message),
            layout,
        ));
    }
    text
}

/// What is odd about the body.
fn findings(report: Option<&Report>, layout: &Layout) -> String {
    let Some(report) = report else {
        return String::new();
    };
    let style = layout.style;
    let mut text = String::new();
    for finding in &report.findings {
        let label = format!("body {}:", finding.rule.level.name());
        let paint = |text: &str| match finding.rule.level {
            Level::Info => style.name(text),
            Level::Warning => style.odd(text),
            Level::Error => style.bad(text),
        };
        let message = &finding.to_string();
        let message = harmless::line(message.as_bytes());
        let message = match finding.path.as_str() {
            "" => message.into_owned(),
            path => format!(
                "{} — {message}",
                fit::inline_middle(path.as_bytes(), layout.width / 2)
            ),
        };
        text.push_str(&labelled(&label, paint, &message, layout));
    }
    if report.left_out > 0 {
        let more = super::count(report.left_out as u64);
        text.push_str(&format!(
            "  {}\n",
            style.dim(format!("… {more} more findings"))
        ));
    }
    text
}

/// Where it was forwarded, and what came back.
fn forwarded(forward: &Forward<'_>, layout: &Layout) -> String {
    let style = layout.style;
    let url = fit::inline_middle(
        forward.url.as_bytes(),
        layout.width.saturating_sub(30).max(20),
    );
    let took = took(forward.ms);
    let end = match (forward.status, forward.error) {
        (Some(status @ 200..=299), _) => format!("{} in {took}", style.good(status)),
        (Some(status), _) => format!("{} in {took}", style.bad(status)),
        (None, error) => {
            let error = harmless::short(error.unwrap_or("no answer").as_bytes(), 200);
            format!("{} after {took}: {error}", style.bad("failed"))
        }
    };
    let mut text = format!("  {} {url} {end}\n", style.dim("→"));
    if let Some(hint) = forward.hint {
        text.push_str("  ");
        text.push_str(&labelled(
            "hint:",
            |text| style.name(text),
            &harmless::line(hint.as_bytes()),
            layout,
        ));
    }
    text
}

/// What an update changed: None unless the payload has both values.
fn changes(body: &[u8], layout: &Layout) -> Option<String> {
    let outline = Outline::read(crate::json::unmarked(body).0).ok()?;
    let root = outline.root();
    let [old, new] = ["previousValue", "currentValue"].map(|key| root.member(key));
    let is_object = |value: &crate::json::Node<'_>| value.kind() == Kind::ObjectStart;
    let (old, new) = (old.filter(is_object)?, new.filter(is_object)?);
    let differences = Differences::between(old, new);
    Some(match differences.is_empty() {
        true => format!(
            "  {}\n",
            layout
                .style
                .dim("no difference between previousValue and currentValue")
        ),
        false => diff::shown(&differences, layout.style, layout.width),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::blue::event::Event;
    use crate::blue::facts::Facts;
    use crate::blue::sample::sample;
    use crate::blue::validate::{Finding, Rule, validate};
    use crate::delivery::Headers;

    fn delivery(target: &str, headers: &[(&str, &str)], body: &[u8]) -> Delivery {
        let mut fields = Headers::new();
        for (name, value) in headers {
            fields.push(*name, *value);
        }
        Delivery {
            method: "POST".into(),
            target: target.into(),
            headers: fields,
            body: body.to_vec(),
        }
    }

    fn seen<'a>(
        delivery: &'a Delivery,
        report: Option<&'a Report>,
        verdict: Verdict<'a>,
    ) -> Shown<'a> {
        Shown {
            number: 1,
            at: "2026-11-22T03:49:53.123Z".parse().unwrap(),
            remote: "127.0.0.1:50312".parse().unwrap(),
            delivery,
            report,
            verdict,
            repeat_of: None,
            answer: Some(AnswerObject {
                status: Some(200),
                by: "bluehook",
                ms: 0.4,
            }),
            forwards: &[],
        }
    }

    fn layout(width: usize, extent: Extent) -> Layout {
        Layout {
            style: Style::PLAIN,
            width,
            extent,
            verbose: false,
        }
    }

    const GENUINE: Verdict<'_> = Verdict::Genuine {
        position: 1,
        of: 1,
        fingerprint: "a1b2c3d4",
    };

    const HEADERS: [(&str, &str); 5] = [
        ("Host", "localhost:2583"),
        ("Content-Type", "application/json"),
        ("User-Agent", "axios/0.27.2"),
        ("Authorization", "Bearer topsecret"),
        (
            "X-Signature",
            "b9e43d04b9e43d04b9e43d04b9e43d04b9e43d04b9e43d04b9e43d04b9e43d04",
        ),
    ];

    #[test]
    fn an_update_is_shown_with_what_changed() {
        let body = sample(Event::named("TODO_NAME_CHANGED").unwrap());
        let (request, report) = (delivery("/hooks/blue", &HEADERS, &body), validate(&body));
        let text = shown(
            &seen(&request, Some(&report), GENUINE),
            &layout(80, Extent::Short),
        );
        let before_the_body = text.split("\n{").next().unwrap();
        assert_eq!(
            before_the_body,
            r#"03:49:53Z #1   ✓ genuine     200  POST /hooks/blue  TODO_NAME_CHANGED  3,900 B
  Content-Type: application/json
  User-Agent: axios/0.27.2
  Authorization: (masked, 16 bytes)
  X-Signature: b9e43d04b9e43d04b9e43d04b9e43d04b9e43d04b9e43d04b9e43d04b9e43d04

  ~ title: "GGGG" → "Prepare the launch"
  ~ updatedAt: "2022-12-01T11:23:09.241Z" → "2022-12-01T11:31:42.118Z"
"#
        );
    }

    #[test]
    fn what_is_not_genuine_is_explained() {
        let request = delivery(
            "/hooks",
            &[
                ("X-GitHub-Event", "push"),
                ("X-Hub-Signature-256", "sha256=00"),
            ],
            b"{\"a\":1}\n",
        );
        let cause = CauseObject {
            codes: vec!["body-newline-added"],
            message:
                "a line feed was added at the end of the body, and without it the signature matches"
                    .into(),
            fix: "send the file with --data-binary instead of -d".into(),
            dialect: None,
            algorithm: None,
            scheme: None,
        };
        let hints = [HintObject {
            code: "x",
            message: "the sender's clock is right".into(),
        }];
        let verdict = Verdict::Refused {
            sentence: "not genuine: X-Hub-Signature-256 is not right for these 8 bytes with this secret",
            cause: Some(&cause),
            hints: &hints,
        };
        let forwards = [
            Forward {
                url: "http://localhost:3000/hooks",
                status: Some(200),
                ms: 3.1,
                error: None,
                hint: None,
            },
            Forward {
                url: "http://localhost:4000/hooks",
                status: None,
                ms: 0.2,
                error: Some("connection refused"),
                hint: Some("is it running?"),
            },
        ];
        let shown_one = Shown {
            number: 12,
            repeat_of: Some(3),
            answer: Some(AnswerObject {
                status: Some(401),
                by: "bluehook",
                ms: 12.4,
            }),
            forwards: &forwards,
            ..seen(&request, None, verdict)
        };
        assert_eq!(
            shown(&shown_one, &layout(80, Extent::Full)),
            r#"03:49:53Z #12  ✗ not genuine 401  POST /hooks  push  8 B  12 ms
  same body as #3
  X-GitHub-Event: push
  X-Hub-Signature-256: sha256=00
  not genuine: X-Hub-Signature-256 is not right for these 8 bytes with this
    secret
  cause: a line feed was added at the end of the body, and without it the
    signature matches
  fix: send the file with --data-binary instead of -d
  hint: the sender's clock is right
  → http://localhost:3000/hooks 200 in 3.10 ms
  → http://localhost:4000/hooks failed after 0.20 ms: connection refused
    hint: is it running?

{
  "a": 1
}

"#
        );
    }

    #[test]
    fn findings_are_named_by_their_level() {
        let request = delivery("/", &[], b"");
        let finding = |level, path: &str, about| Finding {
            rule: Box::leak(Box::new(Rule {
                code: "x",
                level,
                about,
            })),
            path: path.into(),
            evidence: String::new(),
        };
        let report = Report {
            findings: vec![
                finding(Level::Error, "", "the body is not JSON"),
                finding(Level::Warning, "currentValue.title", "odd"),
                finding(Level::Info, "webhook", "so it is"),
            ],
            left_out: 7,
            ..Report::default()
        };
        assert_eq!(
            shown(
                &seen(&request, Some(&report), Verdict::Unchecked),
                &layout(80, Extent::None)
            ),
            r#"03:49:53Z #1   ? unchecked   200  POST /  0 B  0.40 ms
  body error: the body is not JSON
  body warning: currentValue.title — odd
  body info: webhook — so it is
  … 7 more findings

"#
        );
    }

    #[test]
    fn the_first_line_fits_and_keeps_what_matters_most() {
        let report = Report {
            facts: Facts {
                event: Some("TODO_CHECKLIST_ITEM_DONE_STATUS_UPDATED".into()),
                project: None,
            },
            entity: Some(crate::blue::event::Entity::ChecklistItem),
            ..Report::default()
        };
        let request = delivery("/api/v1/webhooks/blue/incoming?tenant=acme", &[], b"{}");
        let line = |width| {
            shown(
                &seen(&request, Some(&report), GENUINE),
                &layout(width, Extent::None),
            )
            .lines()
            .next()
            .unwrap()
            .to_owned()
        };
        assert_eq!(
            line(80),
            "03:49:53Z #1   ✓ genuine     200  /a…me  TODO_CHECKLIST_ITEM_DONE_STATUS_UPDATED"
        );
        assert_eq!(
            line(50),
            "#1   ✓ genuine     200  /ap…cme  TODO_CHE…_UPDATED"
        );
        assert_eq!(
            line(200),
            "03:49:53Z #1   ✓ genuine     200  POST /api/v1/webhooks/blue/incoming?tenant=acme  TODO_CHECKLIST_ITEM_DONE_STATUS_UPDATED  ChecklistItem  2 B  0.40 ms"
        );
        for width in 40..250 {
            assert!(
                fit::columns(&line(width)) <= width,
                "{width}: {}",
                line(width)
            );
        }
    }

    #[test]
    fn wide_text_does_not_move_what_follows_beyond_the_edge() {
        let report = Report {
            facts: Facts {
                event: Some("漢字かな交じり文".repeat(9)),
                project: None,
            },
            ..Report::default()
        };
        let mut request = delivery(
            &"/道路".repeat(50),
            &[("X-Event-名", &"絵文字😀".repeat(60))],
            b"{}",
        );
        request.method = "ПОСТ".into();
        for width in [40, 80, 120, 200] {
            let text = shown(
                &seen(&request, Some(&report), GENUINE),
                &layout(width, Extent::None),
            );
            assert!(
                text.lines().all(|line| fit::columns(line) <= width),
                "{text}"
            );
        }
    }

    #[test]
    fn nothing_that_a_sender_writes_drives_the_terminal_or_moves_our_parts() {
        let evil =
            "a\u{1b}[31m\u{9b}2J\u{7}\r\n\t\u{202e}\u{2066}\u{200d}\u{feff}\u{e0041}שלום\u{7f}";
        let json = format!(
            "{{\"event\":{0},\"previousValue\":{{\"k\":{0},\"x\":1}},\"currentValue\":{{\"k\":1,{0}:2}}}}",
            serde_json::to_string(evil).unwrap()
        );
        let mut request = delivery(
            evil,
            &[
                (evil, evil),
                ("X-Event", evil),
                ("User-Agent", evil),
                ("Cookie", evil),
            ],
            json.as_bytes(),
        );
        request.method = evil.into();
        let report = validate(&request.body);
        let cause = CauseObject {
            codes: vec![],
            message: evil.into(),
            fix: evil.into(),
            dialect: None,
            algorithm: None,
            scheme: None,
        };
        let hints = [HintObject {
            code: "x",
            message: evil.into(),
        }];
        let verdict = Verdict::Refused {
            sentence: evil,
            cause: Some(&cause),
            hints: &hints,
        };
        let forwards = [Forward {
            url: evil,
            status: None,
            ms: f64::NAN,
            error: Some(evil),
            hint: Some(evil),
        }];
        let bodies: [&[u8]; 5] = [
            &request.body,
            evil.as_bytes(),
            &[json.as_bytes(), evil.as_bytes()].concat(),
            b"\xff\xfe\0\x1b",
            b"a=%1b&b=%c2%9b",
        ];
        for body in bodies {
            let mut request = request.clone();
            request.body = body.to_vec();
            request
                .headers
                .push("Content-Type", "application/x-www-form-urlencoded");
            for extent in [Extent::Full, Extent::Short] {
                for verbose in [false, true] {
                    let one = Shown {
                        forwards: &forwards,
                        ..seen(&request, Some(&report), verdict)
                    };
                    let layout = Layout {
                        verbose,
                        ..layout(80, extent)
                    };
                    let text = shown(&one, &layout)
                        + &malformed(one.at, Some(one.remote), evil, None, evil, &layout);
                    assert!(
                        text.chars().all(|c| c == '\n' || !harmless::is_hidden(c)),
                        "{text}"
                    );
                    assert!(!text.lines().next().unwrap().contains('ש'));
                }
            }
        }
    }

    #[test]
    fn malformed_requests_stand_in_the_same_columns() {
        let at = "2026-11-22T03:49:53.123Z".parse().unwrap();
        let remote = Some("203.0.113.7:4711".parse().unwrap());
        assert_eq!(
            malformed(
                at,
                remote,
                "truncated-body",
                Some(400),
                "the body ended early",
                &layout(100, Extent::Full)
            ),
            "03:49:53Z      ✗ malformed   400  truncated-body: the body ended early (from 203.0.113.7:4711)\n"
        );
        assert_eq!(
            malformed(
                at,
                remote,
                "truncated-body",
                Some(400),
                "the body ended before its 2,334 bytes",
                &layout(80, Extent::Full)
            ),
            "03:49:53Z      ✗ malformed   400  truncated-body\n  the body ended before its 2,334 bytes (from 203.0.113.7:4711)\n"
        );
    }

    #[test]
    fn sizes_fit_their_column() {
        assert_eq!(
            [0, 9_999, 10_000, 999_949, 10 << 20].map(size),
            ["0 B", "9,999 B", "10.0 kB", "999.9 kB", "10.5 MB"]
        );
    }

    proptest::proptest! {
        #![proptest_config(proptest::prelude::ProptestConfig::with_cases(200))]
        #[test]
        fn any_delivery_is_shown_harmlessly(
            text in "\\PC*|(.|\\[|\\{|\"|:|,|1){0,80}",
            bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..100),
            old in "[1-3,]{0,8}", new in "[1-3,]{0,8}",
            width in 0_usize..130,
        ) {
            let update = format!("{{\"event\":\"{text}\",\"previousValue\":{{\"l\":[{old}]}},\"currentValue\":{{\"l\":[{new}]}}}}");
            for body in [&bytes, text.as_bytes(), update.as_bytes(), &[b"[\"", &bytes[..]].concat()] {
                let (request, report) = (delivery(&text, &[(&text, &text), ("X-Event", &text)], body), validate(body));
                for extent in [Extent::Full, Extent::Short] {
                    let text = shown(&seen(&request, Some(&report), Verdict::Unchecked), &layout(width, extent));
                    assert!(text.chars().all(|c| c == '\n' || !harmless::is_hidden(c)), "{text}");
                    let first = text.lines().next().unwrap_or_default();
                    assert!(fit::columns(first) <= width.max(NARROWEST), "{width}: {first}");
                }
                let short = body::short(body, None, Style::PLAIN, width);
                assert!(short.lines().count() <= 26, "{short}");
            }
        }
    }
}

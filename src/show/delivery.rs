//! A delivery as `listen` shows it: one line that tells all, then as much more as is asked for.
//!
//! The first line is a row of columns, the same for all deliveries: time, number, verdict, status, the
//! event or else the request, what it is about, size, time taken. What matters least is at the end and
//! leaves first on a narrow screen, and from every line. Times are UTC, which their `Z` says.
//! Everything of the sender's is harmless, and stands where it cannot move our own parts (see
//! `fit`). Nothing but bodies is wider than `WIDEST`.

use std::net::SocketAddr;
use std::time::Duration;

use clap::ValueEnum;
use jiff::Timestamp;

use super::lines::{AnswerObject, CauseObject, ForwardObject, HintObject, VerifyLine};
use super::style::Style;
use super::{body, essentials, fit, harmless};
use crate::amount;
use crate::blue::facts;
use crate::blue::validate::{Level, Report};
use crate::delivery::{Delivery, Header, is_secret};

/// The narrowest screen that is laid out for; a narrower one breaks our lines itself.
const NARROWEST: usize = 40;
/// The widest line of ours.
pub(super) const WIDEST: usize = 100;
/// The columns of the verdicts: `✗ not genuine`.
const VERDICT_COLUMNS: usize = 13;
/// How many columns of a header's name are shown.
const HEADER_COLUMNS: usize = 40;
/// How many columns of a header's value are shown when all are asked for.
const VERBOSE_COLUMNS: usize = 8192;
/// How many findings are told in short.
const SHORT_FINDINGS: usize = 3;

/// How much of a delivery is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, ValueEnum)]
pub enum Detail {
    /// One line, and why it is not genuine.
    Line,
    /// What a person wants to know, in a dozen lines.
    #[default]
    Short,
    /// Headers and body, all of it.
    Full,
}

/// How deliveries are shown.
#[derive(Debug, Clone, Copy)]
pub struct Layout {
    /// The colours.
    pub style: Style,
    /// The screen's columns.
    pub width: usize,
    /// How much is shown.
    pub detail: Detail,
    /// Whether every header is shown, and where it came from.
    pub verbose: bool,
}

impl Layout {
    fn has_all(&self) -> bool {
        self.verbose || self.detail == Detail::Full
    }
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
    /// What its body says.
    pub(crate) report: Option<&'a Report>,
    /// Whether it is one of Blue's.
    pub is_blue: bool,
    /// The scheme of the provider that it seems to come from, if that is another one.
    pub looks_like: Option<&'a str>,
    /// The headers by which it is judged.
    pub telling: &'a [String],
    /// Whether it is genuine.
    pub verdict: Verdict<'a>,
    /// The number of the first delivery with the same body.
    pub repeat_of: Option<u64>,
    /// What the sender got, if that is decided.
    pub answer: Option<AnswerObject<'a>>,
    /// Where it was forwarded.
    pub forwards: &'a [Forwarded],
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
    fn sign(&self) -> (&'static str, fn(Style, &str) -> String) {
        match self {
            Self::Unchecked => ("? unchecked", |style, text| style.odd(text)),
            Self::Genuine { .. } => ("✓ genuine", |style, text| style.good(text)),
            Self::Refused { .. } => ("✗ not genuine", |style, text| style.bad(text)),
        }
    }
}

/// What came of forwarding a delivery to one place.
#[derive(Debug, Clone)]
pub struct Forwarded {
    /// Where it went.
    pub url: String,
    /// The status that came back.
    pub status: Option<u16>,
    /// How long it took, in milliseconds.
    pub ms: f64,
    /// Why nothing came back, for machines and for people.
    pub error: Option<(&'static str, String)>,
    /// What to do about it.
    pub hint: Option<String>,
}

impl Forwarded {
    /// Whether the application took the delivery.
    pub fn is_delivered(&self) -> bool {
        self.status
            .is_some_and(|status| (200..300).contains(&status))
    }
}

impl<'a> From<&'a Forwarded> for ForwardObject<'a> {
    fn from(forwarded: &'a Forwarded) -> Self {
        Self {
            url: &forwarded.url,
            status: forwarded.status,
            ms: forwarded.ms,
            error: forwarded.error.as_ref().map(|(code, _)| *code),
        }
    }
}

/// A delivery, with an empty line at its end if more than its line is shown.
pub fn shown(seen: &Shown<'_>, layout: &Layout) -> String {
    let inner = &Layout {
        width: layout.width.clamp(NARROWEST, WIDEST),
        ..*layout
    };
    let mut text = heading(seen, inner);
    if layout.detail > Detail::Line {
        text.push_str(&notes(seen, inner));
        text.push_str(&headers(seen, inner));
    }
    text.push_str(&explanation(seen, inner));
    if layout.detail == Detail::Line {
        return text;
    }
    text.push_str(&findings(seen.report, inner));
    for forward in seen.forwards {
        text.push_str(&forwarded(forward, inner));
    }
    if layout.detail == Detail::Short && seen.repeat_of.is_some() {
        // What it holds stands at the first one.
        return text + "\n";
    }
    text + &content(seen.delivery, seen.is_blue, layout) + "\n"
}

/// The body as far as it is asked for: of Blue's deliveries the essentials or what changed, of others
/// some lines, or all of it.
pub fn content(delivery: &Delivery, is_blue: bool, layout: &Layout) -> String {
    let (bytes, kind) = (&delivery.body, delivery.headers.get("content-type"));
    let (style, width) = (layout.style, layout.width.clamp(NARROWEST, WIDEST));
    match layout.detail {
        Detail::Line => String::new(),
        Detail::Short => {
            let told = match is_blue {
                true => essentials::shown(bytes, style, width),
                false => String::new(),
            };
            match told.is_empty() {
                true => body::short(bytes, kind, style, width),
                false => told,
            }
        }
        Detail::Full => {
            let changes = is_blue.then(|| essentials::all_changes(bytes, style, width));
            let changes = changes.flatten().map(|changes| format!("\n{changes}"));
            changes.unwrap_or_default() + "\n" + &body::full(bytes, kind, style)
        }
    }
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
    let width = layout.width.clamp(NARROWEST, WIDEST);
    let verdict: (_, fn(Style, &str) -> String) = ("✗ malformed", |style, text| style.bad(text));
    let columns = Columns::of(width);
    let mut row = columns.row(at, None, verdict, status, style);
    let from = remote.map_or(String::new(), |remote| format!(" (from {remote})"));
    let code = fit::inline(code.as_bytes(), columns.subject);
    row.cell(&code, fit::columns(&code) + 2, |text| style.strong(text));
    let message = format!("{}{from}", harmless::short(message.as_bytes(), 400));
    if row.next + fit::columns(&message) <= width {
        row.cell(&message, 0, str::to_owned);
        return row.text + "\n";
    }
    let message = fit::wrapped(&message, 2, 2, width);
    format!("{}\n  {message}\n", row.text)
}

/// The widths of the first line's columns; 0 for one that has left.
struct Columns {
    time: usize,
    subject: usize,
    about: usize,
    size: usize,
    took: usize,
}

impl Columns {
    /// Those for a width. Number, verdict and status are always there.
    fn of(width: usize) -> Self {
        let time = if width >= 60 { 9 } else { 0 };
        let size = if width >= 90 { 8 } else { 0 };
        let took = if width >= WIDEST { 8 } else { 0 };
        let fixed = [time, 5, VERDICT_COLUMNS, 3]
            .into_iter()
            .filter(|&one| one > 0);
        let left = width - fixed.map(|one| one + 1).sum::<usize>() - 1;
        let subject = if width >= 80 { 28 } else { left };
        let ends: usize = [size, took]
            .into_iter()
            .filter(|&one| one > 0)
            .map(|one| one + 2)
            .sum();
        Self {
            time,
            subject,
            about: left.saturating_sub(subject + 2 + ends),
            size,
            took,
        }
    }

    /// What all first lines begin with.
    fn row(
        &self,
        at: Timestamp,
        number: Option<u64>,
        (verdict, paint): (&str, fn(Style, &str) -> String),
        status: Option<u16>,
        style: Style,
    ) -> Row {
        let mut row = Row::default();
        if self.time > 0 {
            let time = at.strftime("%H:%M:%SZ").to_string();
            row.cell(&time, self.time + 1, |text| style.dim(text));
        }
        let number = number.map_or(String::new(), |number| format!("#{number}"));
        row.cell(&number, 6, |text| style.strong(text));
        row.cell(verdict, VERDICT_COLUMNS + 1, |text| paint(style, text));
        let shown = status.map_or(" – ".to_owned(), |status| status.to_string());
        row.cell(&shown, 5, |text| match status {
            Some(200..=299) => style.good(text),
            Some(_) => style.odd(text),
            None => style.dim(text),
        });
        row
    }
}

/// A line that is being written cell by cell.
#[derive(Default)]
struct Row {
    text: String,
    /// The columns that are written.
    written: usize,
    /// Where the next cell begins.
    next: usize,
}

impl Row {
    /// Writes into the next cell, of that width with its gap. A text that is too long moves what
    /// follows; an empty one leaves its cell free.
    fn cell(&mut self, plain: &str, width: usize, paint: impl Fn(&str) -> String) {
        let columns = fit::columns(plain);
        if columns > 0 {
            let gap = self.next.saturating_sub(self.written);
            self.text.extend(std::iter::repeat_n(' ', gap));
            self.text.push_str(&paint(plain));
            self.written = self.next.max(self.written) + columns;
        }
        self.next = (self.next + width).max(self.written + 1);
    }
}

/// The first line.
fn heading(seen: &Shown<'_>, layout: &Layout) -> String {
    let style = layout.style;
    let columns = Columns::of(layout.width);
    let status = seen.answer.and_then(|answer| answer.status);
    let mut row = columns.row(
        seen.at,
        Some(seen.number),
        seen.verdict.sign(),
        status,
        style,
    );
    let delivery = seen.delivery;
    let request = |room: usize| {
        let method = fit::inline(delivery.method.as_bytes(), 12);
        let left = room.saturating_sub(fit::columns(&method) + 1);
        let path = fit::inline_middle(delivery.target.as_bytes(), left);
        format!("{method} {path}")
    };
    let facts = seen.report.map(|report| &report.facts);
    let event = facts::event(facts, &delivery.headers);
    let subject = match event {
        Some(event) => fit::inline_middle(event.as_bytes(), columns.subject),
        None => request(columns.subject),
    };
    row.cell(&subject, columns.subject + 2, |text| style.strong(text));
    if columns.about > 0 {
        let repeat = seen
            .repeat_of
            .filter(|_| layout.detail == Detail::Line)
            .map_or(String::new(), |number| format!("=#{number} "));
        let room = columns.about.saturating_sub(repeat.len());
        let called = seen.is_blue.then(|| essentials::called(&delivery.body));
        let entity = seen.report.and_then(|report| report.entity);
        let about = match (called.flatten(), entity, event) {
            (Some(called), ..) => fit::inline(called.as_bytes(), room),
            (None, Some(entity), _) if seen.is_blue => entity.name().to_owned(),
            (None, _, Some(_)) => request(room),
            _ => String::new(),
        };
        row.cell(&(repeat + &about), columns.about + 2, str::to_owned);
    }
    if columns.size > 0 {
        let size = fit::padded_left(&size(delivery.body.len()), columns.size);
        row.cell(&size, columns.size + 2, |text| style.dim(text));
    }
    if let Some(answer) = seen.answer.filter(|_| columns.took > 0) {
        let took = fit::padded_left(&took(answer.ms), columns.took);
        row.cell(&took, 0, |text| style.dim(text));
    }
    row.text + "\n"
}

/// A size for a column: `2,334 B`, `10.2 kB`, `1.5 MB`.
fn size(bytes: usize) -> String {
    match bytes {
        0..=9_999 => format!("{} B", amount::count(bytes)),
        10_000..=999_949 => format!("{:.1} kB", bytes as f64 / 1e3),
        _ => format!("{:.1} MB", bytes as f64 / 1e6),
    }
}

fn took(ms: f64) -> String {
    amount::took(Duration::try_from_secs_f64(ms / 1e3).unwrap_or_default())
}

/// A label and what it labels, broken into lines that fit.
pub(super) fn labelled(
    label: &str,
    paint: impl Fn(&str) -> String,
    text: &str,
    layout: &Layout,
) -> String {
    let used = 3 + fit::columns(label);
    format!(
        "  {} {}\n",
        paint(label),
        fit::wrapped(text, used, 4, layout.width.min(WIDEST))
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

/// All headers, or those by which it was judged not to be genuine.
fn headers(seen: &Shown<'_>, layout: &Layout) -> String {
    let is_refused = matches!(seen.verdict, Verdict::Refused { .. });
    let tells = |header: &&Header| {
        let mut telling = seen.telling.iter();
        layout.has_all()
            || is_refused && telling.any(|name| name.eq_ignore_ascii_case(&header.name))
    };
    if layout.detail == Detail::Full {
        return head(seen.delivery, layout);
    }
    let shown = seen.delivery.headers.iter().filter(tells);
    shown.map(|header| header_line(header, layout)).collect()
}

/// A request's line and all its headers.
pub fn head(delivery: &Delivery, layout: &Layout) -> String {
    let width = layout.width.clamp(NARROWEST, WIDEST);
    let method = fit::inline(delivery.method.as_bytes(), 20);
    let room = width.saturating_sub(3 + fit::columns(&method));
    let target = fit::inline_middle(delivery.target.as_bytes(), room);
    let headers = delivery.headers.iter();
    let headers: String = headers.map(|header| header_line(header, layout)).collect();
    format!("  {method} {target}\n{headers}")
}

/// One header field: its value shortened, and masked where it is a secret by nature.
pub(super) fn header_line(header: &Header, layout: &Layout) -> String {
    let style = layout.style;
    let name = fit::inline(header.name.as_bytes(), HEADER_COLUMNS);
    let value = if is_secret(&header.name) {
        style.dim(format!("(masked, {})", amount::bytes(header.value.len())))
    } else {
        let room = match layout.has_all() {
            true => VERBOSE_COLUMNS,
            false => layout
                .width
                .min(WIDEST)
                .saturating_sub(4 + fit::columns(&name))
                .max(8),
        };
        fit::last(&header.value, room)
    };
    format!("  {}: {value}\n", style.name(name))
}

/// Why it is not genuine, and what to do about it; in a line only that.
fn explanation(seen: &Shown<'_>, layout: &Layout) -> String {
    let style = layout.style;
    let name = |text: &str| style.name(text);
    let line = |text: &str| harmless::line(text.as_bytes()).into_owned();
    let mut text = String::new();
    let Verdict::Refused {
        sentence,
        cause,
        hints,
    } = seen.verdict
    else {
        return seen.looks_like.map_or(text, looks_like);
    };
    if cause.is_none() || layout.detail > Detail::Line {
        let sentence = line(sentence);
        let (label, rest) = sentence.split_once(": ").unwrap_or((&sentence, ""));
        let label = format!("{label}:");
        text.push_str(&labelled(&label, |text| style.bad(text), rest, layout));
    }
    if let Some(cause) = cause {
        text.push_str(&labelled("cause:", name, &line(&cause.message), layout));
        if !cause.fix.is_empty() {
            text.push_str(&labelled("fix:", name, &line(&cause.fix), layout));
        }
    }
    if let (Detail::Line, Some(scheme)) = (layout.detail, seen.looks_like) {
        text.push_str(&looks_like(scheme));
    }
    if layout.detail > Detail::Line {
        for hint in hints {
            text.push_str(&labelled("hint:", name, &line(&hint.message), layout));
        }
    }
    text
}

fn looks_like(scheme: &str) -> String {
    format!("  looks like {scheme}: --scheme {scheme}\n")
}

/// What is odd about the body.
fn findings(report: Option<&Report>, layout: &Layout) -> String {
    let Some(report) = report else {
        return String::new();
    };
    let style = layout.style;
    let mut text = String::new();
    let most = match layout.detail {
        Detail::Full => usize::MAX,
        _ => SHORT_FINDINGS,
    };
    for finding in report.findings.iter().take(most) {
        let label = format!("body {}:", finding.rule.level.name());
        let paint = |text: &str| match finding.rule.level {
            Level::Info => style.name(text),
            Level::Warning => style.odd(text),
            Level::Error => style.bad(text),
        };
        let message = finding.to_string();
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
    let more = report.left_out + report.findings.len().saturating_sub(most);
    if more > 0 {
        let more = amount::count(more);
        text.push_str(&format!(
            "  {}\n",
            style.dim(format!("… {more} more findings"))
        ));
    }
    text
}

/// Where it was forwarded, and what came back.
fn forwarded(forward: &Forwarded, layout: &Layout) -> String {
    let style = layout.style;
    let url = fit::inline_middle(
        forward.url.as_bytes(),
        layout.width.saturating_sub(30).max(20),
    );
    let took = took(forward.ms);
    let end = match (forward.status, &forward.error) {
        (Some(status @ 200..=299), _) => format!("{} in {took}", style.good(status)),
        (Some(status), _) => format!("{} in {took}", style.bad(status)),
        (None, error) => {
            let sentence = error.as_ref().map_or("no answer", |(_, sentence)| sentence);
            let error = harmless::short(sentence.as_bytes(), 200);
            format!("{} after {took}: {error}", style.bad("failed"))
        }
    };
    let mut text = format!("  {} {url} {end}\n", style.dim("→"));
    if let Some(hint) = &forward.hint {
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

    static TELLING: std::sync::OnceLock<Vec<String>> = std::sync::OnceLock::new();

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
            is_blue: report.is_some_and(|report| report.facts.event.is_some()),
            looks_like: None,
            telling: TELLING.get_or_init(|| vec!["x-hub-signature-256".into()]),
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

    fn layout(width: usize, detail: Detail) -> Layout {
        Layout {
            style: Style::PLAIN,
            width,
            detail,
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
        let one = seen(&request, Some(&report), GENUINE);
        assert_eq!(
            shown(&one, &layout(100, Detail::Short)),
            r#"03:49:53Z #1    ✓ genuine     200  TODO_NAME_CHANGED             Prepare the la…   3,900 B   0.40 ms
  ~ title: "GGGG" → "Prepare the launch"

"#
        );
        let text = shown(&one, &layout(100, Detail::Full));
        let (before, body) = text.split_once("\n{\n").unwrap();
        assert_eq!(
            before.split_once('\n').unwrap().1,
            r#"  POST /hooks/blue
  Host: localhost:2583
  Content-Type: application/json
  User-Agent: axios/0.27.2
  Authorization: (masked, 16 bytes)
  X-Signature: b9e43d04b9e43d04b9e43d04b9e43d04b9e43d04b9e43d04b9e43d04b9e43d04

  ~ title: "GGGG" → "Prepare the launch"
  ~ updatedAt: "2022-12-01T11:23:09.241Z" → "2022-12-01T11:31:42.118Z"
"#
        );
        assert!(body.ends_with("\n}\n\n"));
        let line = shown(&one, &layout(80, Detail::Line));
        assert_eq!(
            line,
            "03:49:53Z #1    ✓ genuine     200  TODO_NAME_CHANGED             Prepare the la…\n"
        );
    }

    #[test]
    fn another_providers_delivery_gets_one_line() {
        let request = delivery("/hook", &[("X-GitHub-Event", "push")], b"{\"a\":{\"b\":1}}");
        let one = Shown {
            looks_like: Some("github"),
            ..seen(&request, None, Verdict::Unchecked)
        };
        assert_eq!(
            shown(&one, &layout(80, Detail::Line)),
            "03:49:53Z #1    ? unchecked   200  push                          POST /hook\n  looks like github: --scheme github\n"
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
            Forwarded {
                url: "http://localhost:3000/hooks".into(),
                status: Some(200),
                ms: 3.1,
                error: None,
                hint: None,
            },
            Forwarded {
                url: "http://localhost:4000/hooks".into(),
                status: None,
                ms: 0.2,
                error: Some(("refused", "connection refused".into())),
                hint: Some("is it running?".into()),
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
            shown(&shown_one, &layout(80, Detail::Full)),
            r#"03:49:53Z #12   ✗ not genuine 401  push                          POST /hooks
  same body as #3
  POST /hooks
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
                &layout(80, Detail::Short)
            ),
            r#"03:49:53Z #1    ? unchecked   200  POST /
  body error: the body is not JSON
  body warning: currentValue.title — odd
  body info: webhook — so it is
  … 7 more findings
(no body)

"#
        );
    }

    #[test]
    fn columns_stand_in_their_order_and_leave_from_every_line() {
        let named = |name: &str| Report {
            facts: Facts {
                event: Some(name.into()),
                project: None,
            },
            entity: Some(crate::blue::event::Entity::ChecklistItem),
            ..Report::default()
        };
        let long = named("TODO_CHECKLIST_ITEM_DONE_STATUS_UPDATED");
        let request = delivery("/api/v1/webhooks/blue/incoming?tenant=acme", &[], b"{}");
        let line = |report: Option<&Report>, width| {
            let text = shown(
                &seen(&request, report, GENUINE),
                &layout(width, Detail::Line),
            );
            assert_eq!(text.lines().count(), 1);
            text.trim_end().to_owned()
        };
        assert_eq!(
            line(Some(&long), 50),
            "#1    ✓ genuine     200  TODO_CHECKLI…ATUS_UPDATED"
        );
        assert_eq!(
            line(Some(&long), 80),
            "03:49:53Z #1    ✓ genuine     200  TODO_CHECKLIST…TATUS_UPDATED  ChecklistItem"
        );
        assert_eq!(
            line(None, 80),
            "03:49:53Z #1    ✓ genuine     200  POST /api/v1/web…tenant=acme"
        );
        assert_eq!(
            line(Some(&named("TODO_CREATED")), 200),
            "03:49:53Z #1    ✓ genuine     200  TODO_CREATED                  ChecklistItem         2 B   0.40 ms"
        );
        for width in 40..250 {
            for report in [Some(&long), None] {
                let line = line(report, width);
                assert!(fit::columns(&line) <= width.min(WIDEST), "{width}: {line}");
            }
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
                &layout(width, Detail::Line),
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
        let forwards = [Forwarded {
            url: evil.into(),
            status: None,
            ms: f64::NAN,
            error: Some(("x", evil.into())),
            hint: Some(evil.into()),
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
            for extent in [Detail::Full, Detail::Short] {
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
                &layout(100, Detail::Full)
            ),
            "03:49:53Z       ✗ malformed   400  truncated-body  the body ended early (from 203.0.113.7:4711)\n"
        );
        assert_eq!(
            malformed(
                at,
                remote,
                "truncated-body",
                Some(400),
                "the body ended before its 2,334 bytes",
                &layout(80, Detail::Full)
            ),
            "03:49:53Z       ✗ malformed   400  truncated-body\n  the body ended before its 2,334 bytes (from 203.0.113.7:4711)\n"
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
                for extent in [Detail::Full, Detail::Short] {
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

//! The first line of a delivery: a row of columns, the same for all deliveries.
//!
//! Time, number, verdict, status, the event or else the request, what it is about, size, time taken.
//! What matters least is at the end and leaves first on a narrow screen, and from every line. Times are
//! UTC, which their `Z` says. A delivery that was sent again has the same columns, without time and
//! verdict.

use std::net::SocketAddr;
use std::time::Duration;

use jiff::Timestamp;

use super::fit::WIDEST;
use super::seen::{Detail, Layout, Shown};
use super::style::Style;
use super::{essentials, fit, harmless};
use crate::amount;
use crate::blue::facts;
use crate::delivery::Delivery;

/// The columns of the verdicts: `✗ not genuine`.
const VERDICT_COLUMNS: usize = 13;

/// Sign and word of a verdict, and their colour: each tells it alone.
type Verdict = (&'static str, fn(Style, &str) -> String);

/// The row of a delivery.
pub(super) fn of(seen: &Shown<'_>, layout: &Layout) -> String {
    let style = layout.style;
    let columns = Columns::of(layout.columns(), true);
    let verdict: Verdict = match seen.verification {
        None => ("? unchecked", |style, text| style.odd(text)),
        Some(line) if line.genuine => ("✓ genuine", |style, text| style.good(text)),
        Some(line) if line.is_unsigned => ("✗ unsigned", |style, text| style.bad(text)),
        Some(_) => ("✗ not genuine", |style, text| style.bad(text)),
    };
    let status = seen.answer.and_then(|answer| answer.status);
    let mut row = columns.row(seen.at, Some(seen.number), verdict, status, style);
    let delivery = seen.delivery;
    let request = |room| request(&delivery.method, delivery.target.as_bytes(), room);
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
        // Escapes in the place of right-to-left letters would tell a person nothing.
        let called = (seen
            .is_blue
            .then(|| essentials::called(&delivery.body))
            .flatten())
        .filter(|called| !fit::has_right_to_left(called));
        let entity = seen.report.and_then(|report| report.entity);
        let about = match (called, entity, event) {
            (Some(called), ..) => fit::inline(called.as_bytes(), room),
            (None, Some(entity), _) if seen.is_blue => entity.name().to_owned(),
            (None, _, Some(_)) => request(room),
            _ => String::new(),
        };
        row.cell(&(repeat + &about), columns.about + 2, str::to_owned);
    }
    let took = seen.answer.map(|answer| took(answer.ms));
    row.measures(&columns, delivery.body.len(), took, style);
    row.text + "\n"
}

/// The row of a delivery that was sent to this target again.
pub(super) fn sent(
    (number, event): (u64, Option<&str>),
    delivery: &Delivery,
    target: &str,
    (status, after): (Option<u16>, Duration),
    layout: &Layout,
) -> String {
    let style = layout.style;
    let columns = Columns::of(layout.columns(), false);
    let mut row = Row::default();
    row.begin(Some(number), None, status, style);
    let request = |room| request(&delivery.method, target.as_bytes(), room);
    let (subject, about) = match event {
        Some(event) => (
            fit::inline_middle(event.as_bytes(), columns.subject),
            request(columns.about),
        ),
        None => (request(columns.subject), String::new()),
    };
    row.cell(&subject, columns.subject + 2, |text| style.strong(text));
    if columns.about > 0 {
        row.cell(&about, columns.about + 2, str::to_owned);
    }
    row.measures(
        &columns,
        delivery.body.len(),
        Some(amount::took(after)),
        style,
    );
    row.text + "\n"
}

/// Method and target in so many columns.
fn request(method: &str, target: &[u8], room: usize) -> String {
    let method = fit::inline(method.as_bytes(), 12);
    let left = room.saturating_sub(fit::columns(&method) + 1);
    format!("{method} {}", fit::inline_middle(target, left))
}

/// A request that never became a delivery: its row, and below it what is wrong and who sent it.
pub fn malformed(
    at: Timestamp,
    remote: Option<SocketAddr>,
    code: &str,
    status: Option<u16>,
    message: &str,
    layout: &Layout,
) -> String {
    let style = layout.style;
    let columns = Columns::of(layout.columns(), true);
    let verdict: Verdict = ("✗ malformed", |style, text| style.bad(text));
    let mut row = columns.row(at, None, verdict, status, style);
    let code = fit::inline(code.as_bytes(), columns.subject);
    row.cell(&code, 0, |text| style.strong(text));
    let message = harmless::short(message.as_bytes(), 400);
    let message = fit::wrapped(&message, 2, 4, layout.columns());
    let from = remote.map_or(String::new(), |remote| from(remote, layout));
    format!("{}\n  {message}\n{from}", row.text)
}

/// Who sent it: of little interest if it is this machine.
pub(super) fn from(remote: SocketAddr, layout: &Layout) -> String {
    match layout.verbose || !remote.ip().is_loopback() {
        true => format!("  {}\n", layout.style.dim(format!("from {remote}"))),
        false => String::new(),
    }
}

/// The widths of the columns; 0 for one that has left.
struct Columns {
    time: usize,
    subject: usize,
    about: usize,
    size: usize,
    took: usize,
}

impl Columns {
    /// Those for a width. Number, verdict (where there is one) and status are always there.
    fn of(width: usize, is_judged: bool) -> Self {
        let time = if width >= 60 && is_judged { 9 } else { 0 };
        let verdict = if is_judged { VERDICT_COLUMNS } else { 0 };
        let size = if width >= 90 { 8 } else { 0 };
        let took = if width >= WIDEST { 8 } else { 0 };
        let fixed = [time, 5, verdict, 3].into_iter().filter(|&one| one > 0);
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

    /// What all rows begin with.
    fn row(
        &self,
        at: Timestamp,
        number: Option<u64>,
        verdict: Verdict,
        status: Option<u16>,
        style: Style,
    ) -> Row {
        let mut row = Row::default();
        if self.time > 0 {
            let time = at.strftime("%H:%M:%SZ").to_string();
            row.cell(&time, self.time + 1, |text| style.dim(text));
        }
        row.begin(number, Some(verdict), status, style);
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
    /// Number, verdict and status.
    fn begin(
        &mut self,
        number: Option<u64>,
        verdict: Option<Verdict>,
        status: Option<u16>,
        style: Style,
    ) {
        let number = number.map_or(String::new(), |number| format!("#{number}"));
        self.cell(&number, 6, |text| style.strong(text));
        if let Some((verdict, paint)) = verdict {
            self.cell(verdict, VERDICT_COLUMNS + 1, |text| paint(style, text));
        }
        let shown = status.map_or(" – ".to_owned(), |status| status.to_string());
        self.cell(&shown, 5, |text| match status {
            Some(200..=299) => style.good(text),
            Some(_) => style.odd(text),
            None => style.dim(text),
        });
    }

    /// The size, and how long it took.
    fn measures(&mut self, columns: &Columns, bytes: usize, took: Option<String>, style: Style) {
        if columns.size > 0 {
            let size = fit::padded_left(&size(bytes), columns.size);
            self.cell(&size, columns.size + 2, |text| style.dim(text));
        }
        if let Some(took) = took.filter(|_| columns.took > 0) {
            let took = fit::padded_left(&took, columns.took);
            self.cell(&took, 0, |text| style.dim(text));
        }
    }

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

/// A size for a column: `2,334 B`, `10.2 kB`, `1.5 MB`.
fn size(bytes: usize) -> String {
    match bytes {
        0..=9_999 => format!("{} B", amount::count(bytes)),
        10_000..=999_949 => format!("{:.1} kB", bytes as f64 / 1e3),
        _ => format!("{:.1} MB", bytes as f64 / 1e6),
    }
}

/// A time in milliseconds, for people.
pub(super) fn took(ms: f64) -> String {
    amount::took(Duration::try_from_secs_f64(ms / 1e3).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_fit_their_column() {
        assert_eq!(
            [0, 9_999, 10_000, 999_949, 10 << 20].map(size),
            ["0 B", "9,999 B", "10.0 kB", "999.9 kB", "10.5 MB"]
        );
    }
}

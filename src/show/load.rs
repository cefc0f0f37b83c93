//! What many deliveries came to: how many, how fast, and what came back.

use std::time::Duration;

use hdrhistogram::Histogram;

use super::harmless;
use super::style::Style;
use crate::amount::{self, took};
use crate::sender::{Load, Tally};

/// How many bars the histogram has.
const BARS: usize = 10;
/// How long the longest of them is.
const BAR_COLUMNS: u64 = 40;

/// The report on a run.
pub fn summary(tally: &Tally, load: &Load, style: Style) -> String {
    let over = tally.delivered + tally.failed;
    let seconds = tally.took.as_secs_f64();
    let rate = match seconds > 0.0 {
        true => (over as f64 / seconds).round() as u64,
        false => 0,
    };
    let failed = match tally.failed {
        0 => String::new(),
        failed => style.bad(format!(", {} not", amount::count(failed))),
    };
    let mut text = format!(
        "{}{failed} in {}, {} a second\n",
        style.strong(format!("{} delivered", amount::count(tally.delivered))),
        took(tally.took),
        amount::count(rate),
    );
    let Some(times) = &tally.times else {
        return text;
    };
    text.push_str(&percentiles(times, load, style));
    text.push_str(&histogram(times, style));
    for (status, count) in &tally.statuses {
        let shown = match status {
            200..=299 => style.good(status.to_string()),
            _ => style.bad(status.to_string()),
        };
        text.push_str(&format!("  {shown}  {}\n", amount::count(*count)));
    }
    for (code, (count, sentence)) in &tally.failures {
        let sentence = harmless::line(sentence.as_bytes()).into_owned();
        let count = amount::count(*count);
        text.push_str(&format!(
            "  {}  {count}, such as: {sentence}\n",
            style.bad(code)
        ));
    }
    text
}

fn micros(micros: u64) -> String {
    took(Duration::from_micros(micros))
}

fn percentiles(times: &Histogram<u64>, load: &Load, style: Style) -> String {
    let at = |percent| micros(times.value_at_percentile(percent));
    let since = match load.rate {
        Some(_) => ", from when each was due",
        None => "",
    };
    format!(
        "  {} median {}, 90 % {}, 99 % {}, longest {}{since}\n",
        style.dim("latency"),
        at(50.0),
        at(90.0),
        at(99.0),
        micros(times.max()),
    )
}

/// Bars of the same width in time, from the shortest to what all but one in a hundred took.
fn histogram(times: &Histogram<u64>, style: Style) -> String {
    let (least, most) = (times.min(), times.value_at_percentile(99.0));
    let width = (most.saturating_sub(least) / BARS as u64).max(1);
    let counts: Vec<u64> = (0..BARS as u64)
        .map(|bar| {
            let from = least + bar * width;
            times.count_between(from, from + width - 1)
        })
        .collect();
    let largest = counts.iter().copied().max().unwrap_or(0).max(1);
    let shown = |label: String, count: u64| {
        let length = (count * BAR_COLUMNS).div_ceil(largest) as usize;
        let bar = style.name("█".repeat(length));
        format!("  {label:>15}  {bar} {}\n", amount::count(count))
    };
    let bars = counts.iter().enumerate().map(|(bar, count)| {
        let to = least + (bar as u64 + 1) * width;
        shown(format!("up to {}", micros(to)), *count)
    });
    let rest = times.len().saturating_sub(counts.iter().sum());
    match times.len() {
        // A few are told by their percentiles.
        0..10 => String::new(),
        _ => bars.chain([shown("longer".into(), rest)]).collect(),
    }
}

//! Amounts as people read them: counts, sizes, times.

use std::fmt::Display;

/// A whole number with its thousands set apart: `2,334`.
pub(crate) fn count(number: impl Display) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// So many things in words: `1 line end`, `2,334 line ends`.
pub(crate) fn counted(number: impl Display, thing: &str) -> String {
    let number = count(number);
    let plural = if number == "1" { "" } else { "s" };
    format!("{number} {thing}{plural}")
}

/// A number of bytes in words: `1 byte`, `2,334 bytes`.
pub(crate) fn bytes(number: impl Display) -> String {
    counted(number, "byte")
}

/// A time that something took, for people: `0.42 ms`, `12 ms`, `1.2 s`.
pub(crate) fn took(duration: std::time::Duration) -> String {
    let ms = duration.as_secs_f64() * 1000.0;
    match ms {
        ms if ms < 10.0 => format!("{ms:.2} ms"),
        ms if ms < 1000.0 => format!("{ms:.0} ms"),
        ms => format!("{:.1} s", ms / 1000.0),
    }
}

/// A span of seconds for people: `12 s`, `5 min`, `3 h`, `2 days`.
pub(crate) fn span(seconds: i64) -> String {
    match seconds.unsigned_abs() {
        s if s < 120 => format!("{s} s"),
        s if s < 2 * 3600 => format!("{} min", s / 60),
        s if s < 48 * 3600 => format!("{} h", s / 3600),
        s => format!("{} days", s / 86400),
    }
}

/// A time that is waited, for people: `180 ms`, `7 s`, `30 min`.
pub(crate) fn wait(duration: std::time::Duration) -> String {
    let ms = duration.as_millis();
    match ms.is_multiple_of(1000) || ms > 10_000 {
        true => span(i64::try_from(duration.as_secs()).unwrap_or(i64::MAX)),
        false => format!("{} ms", count(ms)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_for_people() {
        assert_eq!(count(0), "0");
        assert_eq!(count(999), "999");
        assert_eq!(count(1_234_567), "1,234,567");
        assert_eq!(counted(2334, "line end"), "2,334 line ends");
        assert_eq!(bytes(1), "1 byte");
        assert_eq!(span(90), "90 s");
        assert_eq!(span(-7200), "2 h");
        let waits = [180, 1_500, 7_000, 300_000].map(std::time::Duration::from_millis);
        assert_eq!(waits.map(wait), ["180 ms", "1,500 ms", "7 s", "5 min"]);
    }
}

//! Durations as people type them, the same in options, records and commands to paste: `250ms`, `7s`, `5m`,
//! `2h`, `1h 30m`; a bare number means seconds.

use std::time::Duration;

use jiff::fmt::friendly::{SpanParser, SpanPrinter};

static PARSER: SpanParser = SpanParser::new();
static PRINTER: SpanPrinter = SpanPrinter::new();

/// Reads a duration; `None` for what is none, or longer than any clock lasts.
pub fn parse(text: &str) -> Option<Duration> {
    match text.parse() {
        Ok(seconds) => Duration::try_from_secs_f64(seconds).ok(),
        Err(_) => PARSER.parse_unsigned_duration(text).ok(),
    }
}

/// Writes a duration so that [`parse`] reads it back.
pub fn shown(duration: Duration) -> String {
    PRINTER.unsigned_duration_to_string(&duration)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_read_as_people_type_them() {
        for (text, ms) in [
            ("300", 300_000),
            ("0.5", 500),
            ("250ms", 250),
            ("7s", 7_000),
            ("5m", 300_000),
            ("1h 30m", 5_400_000),
            ("1.5h", 5_400_000),
            ("2h", 7_200_000),
        ] {
            assert_eq!(parse(text), Some(Duration::from_millis(ms)), "{text}");
        }
        for wrong in [
            "", "-1", "-5m", "5m ago", "5 apples", "inf", "NaN", "1e30", "5M0",
        ] {
            assert_eq!(parse(wrong), None, "{wrong:?}");
        }
    }

    proptest::proptest! {
        #[test]
        fn what_is_shown_is_read_back(seconds in proptest::num::u64::ANY, nanos in 0..1_000_000_000_u32) {
            let duration = Duration::new(seconds, nanos);
            proptest::prop_assert_eq!(parse(&shown(duration)), Some(duration));
        }

        #[test]
        fn any_text_is_a_duration_or_none(text in "\\PC{0,20}|[0-9.]{1,25}[a-z ]{0,3}") {
            let _ = parse(&text);
        }
    }

    #[test]
    fn durations_are_written_in_few_words() {
        for (ms, text) in [
            (300_000, "5m"),
            (7_000, "7s"),
            (250, "250ms"),
            (1_500, "1s 500ms"),
            (5_400_000, "1h 30m"),
            (0, "0s"),
        ] {
            assert_eq!(shown(Duration::from_millis(ms)), text);
        }
    }
}

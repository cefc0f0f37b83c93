//! What `listen` tells when it ends: how much came, how it was judged, what is missing.

use super::fit;
use super::lines::ListenSummary;
use super::style::Style;
use crate::amount::count;

/// How many columns of the name of a missing event are shown.
const NAME_COLUMNS: usize = 80;

/// The summary in one line, and one more for each event that was expected and did not come.
pub fn shown(summary: &ListenSummary, style: Style) -> String {
    let deliveries = match summary.deliveries {
        0 => "no deliveries".to_owned(),
        1 => "1 delivery".to_owned(),
        number => format!("{} deliveries", count(number)),
    };
    let mut parts = Vec::new();
    let mut part = |number: u64, what: &str, paint: &dyn Fn(String) -> String| {
        if number > 0 {
            parts.push(paint(format!("{} {what}", count(number))));
        }
    };
    part(summary.genuine, "genuine", &|text| style.good(text));
    part(summary.refused, "not genuine", &|text| style.bad(text));
    part(summary.unchecked, "unchecked", &|text| style.odd(text));
    let forwards = if summary.forward_failed == 1 {
        "forward failed"
    } else {
        "forwards failed"
    };
    part(summary.forward_failed, forwards, &|text| style.bad(text));
    part(summary.malformed, "malformed", &|text| style.bad(text));
    part(summary.filtered, "filtered out", &|text| style.dim(text));
    let mut text = style.strong(deliveries);
    if !parts.is_empty() {
        text.push_str(&format!(": {}", parts.join(", ")));
    }
    text.push('\n');
    text.push_str(&unmet(summary, style));
    text
}

/// What was waited for and did not come, and what came instead.
fn unmet(summary: &ListenSummary, style: Style) -> String {
    let mut text = String::new();
    if let Some(wanted) = &summary.wanted
        && let Some(number) = wanted.deliveries.filter(|&number| wanted.came < number)
    {
        let came = match wanted.came {
            0 => "none".to_owned(),
            came => count(came),
        };
        let waited_for = match number {
            1 => "the one delivery that was waited for did not come".to_owned(),
            number => format!(
                "{came} of the {} deliveries that were waited for",
                count(number)
            ),
        };
        text.push_str(&format!("{} {waited_for}\n", style.bad("not enough:")));
    }
    for event in &summary.missing {
        let event = fit::inline(event.as_bytes(), NAME_COLUMNS);
        text.push_str(&format!("{} {event}\n", style.bad("did not arrive:")));
    }
    if !summary.missing.is_empty() && !summary.came.is_empty() {
        let came = summary.came.iter().map(|(event, times)| {
            let event = match event.as_str() {
                "" => "without an event".into(),
                event => fit::inline(event.as_bytes(), NAME_COLUMNS),
            };
            match times {
                1 => event,
                times => format!("{event} ({})", count(*times)),
            }
        });
        let came: Vec<String> = came.collect();
        let came = fit::wrapped(&came.join(", "), 6, 2, 100);
        text.push_str(&format!("{} {came}\n", style.dim("came:")));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_happened_is_told() {
        assert_eq!(
            shown(&ListenSummary::default(), Style::PLAIN),
            "no deliveries\n"
        );
        let summary = ListenSummary {
            deliveries: 1203,
            genuine: 1200,
            refused: 3,
            malformed: 1,
            filtered: 7,
            forward_failed: 2,
            missing: vec!["TODO_DELETED".into(), "COMMENT_*".into()],
            ..ListenSummary::default()
        };
        assert_eq!(
            shown(&summary, Style::PLAIN),
            "1,203 deliveries: 1,200 genuine, 3 not genuine, 2 forwards failed, 1 malformed, 7 filtered out\ndid not arrive: TODO_DELETED\ndid not arrive: COMMENT_*\n"
        );
        let summary = ListenSummary {
            deliveries: 3,
            genuine: 3,
            missing: vec!["TODO_DELETED".into()],
            came: vec![("TODO_CREATED".into(), 2), (String::new(), 1)],
            wanted: Some(super::super::lines::Wanted {
                deliveries: Some(4),
                came: 3,
                events: vec!["TODO_DELETED".into()],
                refused: None,
            }),
            ..ListenSummary::default()
        };
        assert_eq!(
            shown(&summary, Style::PLAIN),
            "3 deliveries: 3 genuine\nnot enough: 3 of the 4 deliveries that were waited for\ndid not arrive: TODO_DELETED\ncame: TODO_CREATED (2), without an event\n"
        );
    }
}

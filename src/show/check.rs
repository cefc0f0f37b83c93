//! What a receiver's check came to: a report for people, lines for machines, JUnit for CI.

use std::fmt::Write as _;

use serde::Serialize;

use super::fit;
use super::harmless;
use super::style::Style;
use crate::conformance::{Case, Finding, Verdict};

/// How wide the labels of a failure's details are.
const LABEL: usize = 6;
/// Where the details of a failure begin.
const INDENT: usize = 7;

/// The report.
pub fn report(
    findings: &[Finding],
    sentence: Option<&str>,
    verbose: bool,
    width: usize,
    style: Style,
) -> String {
    let mut text = String::new();
    for group in groups(findings) {
        let of_group = || {
            findings
                .iter()
                .filter(|finding| finding.case.group() == group)
        };
        let _ = writeln!(
            text,
            "{}  {}",
            style.strong(fit::padded(group, 10)),
            counts(of_group(), style)
        );
        for finding in of_group() {
            let shown = finding.is_bad() || verbose || finding.verdict == Verdict::Untestable;
            if shown {
                text.push_str(&told(finding, width, style));
            }
        }
    }
    text.push('\n');
    if let Some(sentence) = sentence {
        let sentence = harmless::line(sentence.as_bytes());
        let sentence = fit::wrapped(&sentence, 0, 0, width);
        let _ = writeln!(text, "{}", style.strong(sentence));
    }
    text.push_str(&verdict(findings, style));
    text
}

fn groups(findings: &[Finding]) -> Vec<&'static str> {
    let mut groups: Vec<&'static str> = Vec::new();
    for finding in findings {
        if !groups.contains(&finding.case.group()) {
            groups.push(finding.case.group());
        }
    }
    groups
}

const ORDER: [Verdict; 5] = [
    Verdict::Pass,
    Verdict::Fail,
    Verdict::Warn,
    Verdict::Untestable,
    Verdict::Skipped,
];

fn painted(verdict: Verdict, text: String, style: Style) -> String {
    match verdict {
        Verdict::Pass => style.good(text),
        Verdict::Fail => style.bad(text),
        Verdict::Warn => style.odd(text),
        Verdict::Untestable | Verdict::Skipped => style.dim(text),
    }
}

fn counts<'a>(findings: impl Iterator<Item = &'a Finding>, style: Style) -> String {
    let verdicts: Vec<Verdict> = findings.map(|finding| finding.verdict).collect();
    let parts = ORDER.iter().filter_map(|verdict| {
        let count = verdicts.iter().filter(|it| *it == verdict).count();
        let text = format!("{count} {}", verdict.word());
        (count > 0).then(|| painted(*verdict, text, style))
    });
    parts.collect::<Vec<_>>().join(", ")
}

/// One finding; what is to be mended in full.
fn told(finding: &Finding, width: usize, style: Style) -> String {
    let case = finding.case;
    let word = painted(finding.verdict, finding.verdict.word().to_owned(), style);
    let message = harmless::line(finding.message.as_bytes()).into_owned();
    let took = finding
        .took
        .map(|took| format!(" ({})", crate::amount::took(took)));
    let took = took
        .filter(|_| finding.verdict == Verdict::Pass)
        .unwrap_or_default();
    let used = 2 + finding.verdict.word().len() + 1 + case.name.len() + 2;
    let message = fit::wrapped(&message, used, INDENT, width);
    let mut text = format!("  {word} {}: {message}{took}\n", style.name(case.name));
    if !finding.is_bad() {
        return text;
    }
    let details = [
        ("sent", case.sent),
        ("right", case.right.words()),
        ("why", case.why),
        ("mend", case.mend),
    ];
    for (label, detail) in details {
        let label = style.dim(fit::padded(label, LABEL));
        let column = INDENT + LABEL;
        let detail = fit::wrapped(detail, column, column, width);
        let _ = writeln!(text, "{:INDENT$}{label}{detail}", "");
    }
    if let Some(again) = &finding.again {
        let label = style.dim(fit::padded("again", LABEL));
        // Not wrapped: it is to be copied.
        let _ = writeln!(
            text,
            "{:INDENT$}{label}{}",
            "",
            harmless::lines(again.as_bytes())
        );
    }
    text
}

/// The last line.
fn verdict(findings: &[Finding], style: Style) -> String {
    let count = |verdict| {
        findings
            .iter()
            .filter(|finding| finding.verdict == verdict)
            .count()
    };
    let (failed, warned) = (count(Verdict::Fail), count(Verdict::Warn));
    let total = findings.len() - count(Verdict::Skipped) - count(Verdict::Untestable);
    let warned = match warned {
        0 => String::new(),
        1 => ", 1 warning".into(),
        count => format!(", {count} warnings"),
    };
    match failed {
        0 if total == 0 => format!(
            "{}: no case could be shown\n",
            style.odd("nothing was judged")
        ),
        0 => format!(
            "{}: {total} cases passed{warned}\n",
            style.good("conformant")
        ),
        1 => format!(
            "{}: 1 case of {total} failed{warned}\n",
            style.bad("not conformant")
        ),
        _ => format!(
            "{}: {failed} cases of {total} failed{warned}\n",
            style.bad("not conformant")
        ),
    }
}

/// The list of cases.
pub fn list<'a>(cases: impl IntoIterator<Item = &'a Case>, width: usize, style: Style) -> String {
    let cases: Vec<&Case> = cases.into_iter().collect();
    let widest = cases.iter().map(|case| case.name.len()).max().unwrap_or(0);
    let line = |case: &&Case| {
        let sent = fit::wrapped(case.sent, widest + 2, widest + 2, width);
        format!("{}  {sent}\n", style.name(fit::padded(case.name, widest)))
    };
    cases.iter().map(line).collect()
}

/// A case's line of `--json`.
#[derive(Serialize)]
pub struct CaseLine<'a> {
    r#type: &'static str,
    name: &'static str,
    group: &'static str,
    verdict: &'static str,
    status: Option<u16>,
    ms: Option<f64>,
    message: &'a str,
    fix: Option<&'static str>,
}

impl<'a> From<&'a Finding> for CaseLine<'a> {
    fn from(finding: &'a Finding) -> Self {
        let ms = |took: std::time::Duration| (took.as_secs_f64() * 10_000.0).round() / 10.0;
        Self {
            r#type: "case",
            name: finding.case.name,
            group: finding.case.group(),
            verdict: finding.verdict.word(),
            status: finding.status,
            ms: finding.took.map(ms),
            message: &finding.message,
            fix: finding.is_bad().then_some(finding.case.mend),
        }
    }
}

/// The last line of `--json`.
#[derive(Serialize)]
pub struct SummaryLine {
    r#type: &'static str,
    pass: usize,
    fail: usize,
    warn: usize,
    untestable: usize,
    skipped: usize,
}

impl SummaryLine {
    /// Counts.
    pub fn of(findings: &[Finding]) -> Self {
        let count = |verdict| {
            findings
                .iter()
                .filter(|finding| finding.verdict == verdict)
                .count()
        };
        Self {
            r#type: "summary",
            pass: count(Verdict::Pass),
            fail: count(Verdict::Fail),
            warn: count(Verdict::Warn),
            untestable: count(Verdict::Untestable),
            skipped: count(Verdict::Skipped),
        }
    }
}

/// The report as JUnit XML, as Jenkins and GitLab read it: a suite a group, a test case a case.
/// Warnings pass, and say so on their output; what could not be shown is skipped.
pub fn junit(findings: &[Finding], url: &str, at: &str) -> String {
    let seconds = |finding: &Finding| finding.took.unwrap_or_default().as_secs_f64();
    let totals = |findings: &[&Finding]| {
        let count = |wanted: &[Verdict]| {
            findings
                .iter()
                .filter(|it| wanted.contains(&it.verdict))
                .count()
        };
        let time: f64 = findings.iter().map(|finding| seconds(finding)).sum();
        format!(
            "tests=\"{}\" failures=\"{}\" errors=\"0\" skipped=\"{}\" time=\"{time:.4}\"",
            findings.len(),
            count(&[Verdict::Fail]),
            count(&[Verdict::Untestable, Verdict::Skipped]),
        )
    };
    let all: Vec<&Finding> = findings.iter().collect();
    let mut xml = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"bluehook check {}\" {}>\n",
        escaped(url),
        totals(&all).replace(&format!(" skipped=\"{}\"", skipped(&all)), ""),
    );
    for group in groups(findings) {
        let of_group: Vec<&Finding> = all
            .iter()
            .copied()
            .filter(|it| it.case.group() == group)
            .collect();
        let _ = writeln!(
            xml,
            "  <testsuite name=\"{group}\" {} timestamp=\"{}\">",
            totals(&of_group),
            escaped(at)
        );
        for finding in of_group {
            let case = finding.case;
            let _ = write!(
                xml,
                "    <testcase name=\"{}\" classname=\"bluehook.{group}\" time=\"{:.4}\"",
                escaped(case.name),
                seconds(finding)
            );
            let message = escaped(&finding.message);
            let _ = match finding.verdict {
                Verdict::Pass => writeln!(xml, "/>"),
                Verdict::Untestable | Verdict::Skipped => {
                    writeln!(
                        xml,
                        ">\n      <skipped message=\"{message}\"/>\n    </testcase>"
                    )
                }
                Verdict::Warn => writeln!(
                    xml,
                    ">\n      <system-out>warning: {message}\n{}</system-out>\n    </testcase>",
                    escaped(&details(finding))
                ),
                Verdict::Fail => writeln!(
                    xml,
                    ">\n      <failure message=\"{message}\" type=\"fail\">{}</failure>\n    </testcase>",
                    escaped(&details(finding))
                ),
            };
        }
        xml.push_str("  </testsuite>\n");
    }
    xml.push_str("</testsuites>\n");
    xml
}

fn skipped(findings: &[&Finding]) -> usize {
    let is_skipped =
        |finding: &&&Finding| matches!(finding.verdict, Verdict::Untestable | Verdict::Skipped);
    findings.iter().filter(is_skipped).count()
}

fn details(finding: &Finding) -> String {
    let case = finding.case;
    let again = finding
        .again
        .as_ref()
        .map(|again| format!("again: {again}\n"));
    format!(
        "sent: {}\nright: {}\nwhy: {}\nmend: {}\n{}",
        case.sent,
        case.right.words(),
        case.why,
        case.mend,
        again.unwrap_or_default()
    )
}

/// Text of XML 1.0: without what it cannot hold, and nothing that hides.
fn escaped(text: &str) -> String {
    let shown = harmless::lines(text.as_bytes());
    let mut xml = String::with_capacity(shown.len());
    for character in shown.chars() {
        match character {
            '<' => xml.push_str("&lt;"),
            '>' => xml.push_str("&gt;"),
            '&' => xml.push_str("&amp;"),
            '"' => xml.push_str("&quot;"),
            '\'' => xml.push_str("&apos;"),
            shown => xml.push(shown),
        }
    }
    xml
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conformance::cases;

    #[test]
    fn junit_holds_whatever_a_receiver_says() {
        let mut finding =
            Finding::new(&cases()[0], Verdict::Fail, "a<b>&\"'\u{0}\u{1b}\u{ffff}]]>");
        finding.status = Some(500);
        let xml = junit(&[finding], "http://localhost/?a&b", "2026-11-22T00:00:00Z");
        assert!(
            xml.contains("message=\"a&lt;b&gt;&amp;&quot;&apos;\\x00\\x1b\\u{ffff}]]&gt;\""),
            "{xml}"
        );
        assert!(xml.contains("localhost/?a&amp;b"));
        assert!(
            !xml.chars()
                .any(|character| character.is_control() && character != '\n')
        );
    }
}

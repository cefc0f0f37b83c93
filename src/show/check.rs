//! What a receiver's check came to: a report for people, lines for machines, JUnit for CI.

use std::fmt::Write as _;

use jiff::Timestamp;
use serde::Serialize;

use super::fit;
use super::harmless;
use super::style::Style;
use crate::amount;
use crate::conformance::{Case, Finding, Verdict};

/// Where what is told of a fault begins.
const INDENT: usize = 5;
/// How wide its labels are.
const LABEL: usize = 6;

/// The report: what there is to mend comes last, where it is seen.
pub fn report(findings: &[Finding], verbose: bool, width: usize, style: Style) -> String {
    let mut text = String::new();
    let is_told = |finding: &Finding| finding.is_bad() || finding.verdict == Verdict::Skipped;
    if verbose || !findings.iter().all(is_told) {
        for group in groups(findings) {
            let of_group = || findings.iter().filter(|it| it.case.group() == group);
            let name = style.strong(fit::padded(group, 10));
            let _ = writeln!(text, "{name} {}", counts(of_group(), style));
            if verbose {
                text.extend(of_group().map(|finding| line(&[finding], width, style)));
            }
        }
        text.push('\n');
    }
    let is_whole = !findings.iter().any(Finding::is_bad);
    if is_whole && !verbose {
        text.push_str(&untestable(findings, width, style));
    }
    for verdict in [Verdict::Warn, Verdict::Fail] {
        for fault in faults(findings, verdict) {
            text.push_str(&told(&fault, verbose, width, style));
            text.push('\n');
        }
    }
    text.push_str(&verdict(findings, is_whole || verbose, style));
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

/// How many have that verdict.
fn count<'a>(findings: impl Iterator<Item = &'a Finding>, verdict: Verdict) -> usize {
    findings.filter(|it| it.verdict == verdict).count()
}

fn counts<'a>(findings: impl Iterator<Item = &'a Finding> + Clone, style: Style) -> String {
    let parts = ORDER.iter().filter_map(|verdict| {
        let count = count(findings.clone(), *verdict);
        let text = format!("{count} {}", verdict.word());
        (count > 0).then(|| painted(*verdict, text, style))
    });
    parts.collect::<Vec<_>>().join(", ")
}

/// The findings by what they have in common, in their order.
fn folded<'a, K: PartialEq>(
    findings: impl IntoIterator<Item = &'a Finding>,
    common: impl Fn(&'a Finding) -> K,
) -> Vec<Vec<&'a Finding>> {
    let mut folds: Vec<(K, Vec<&Finding>)> = Vec::new();
    for finding in findings {
        let key = common(finding);
        match folds.iter_mut().find(|(it, _)| *it == key) {
            Some((_, fold)) => fold.push(finding),
            None => folds.push((key, vec![finding])),
        }
    }
    folds.into_iter().map(|(_, fold)| fold).collect()
}

/// What is to be mended in the same way is one fault.
fn faults(findings: &[Finding], verdict: Verdict) -> Vec<Vec<&Finding>> {
    let of_verdict = findings.iter().filter(|it| it.verdict == verdict);
    folded(of_verdict, |finding| finding.mend.as_ref())
}

/// What could not be shown, each reason once.
fn untestable(findings: &[Finding], width: usize, style: Style) -> String {
    let all = (findings.iter()).filter(|finding| finding.verdict == Verdict::Untestable);
    let folds = folded(all, |finding| finding.message.as_str());
    let mut text = String::new();
    for fold in &folds {
        let what = match fold.as_slice() {
            [one] => one.case.name.to_owned(),
            several => several.len().to_string(),
        };
        let reason = fold.first().map_or("", |finding| finding.message.as_str());
        let used = "untestable ".len();
        let reason = format!("{what}: {}", harmless::line(reason.as_bytes()));
        let reason = fit::wrapped(&reason, used, used, width);
        let _ = writeln!(text, "{} {reason}", style.dim("untestable"));
    }
    if !folds.is_empty() {
        text.push('\n');
    }
    text
}

/// The case, and which of its deliveries it is about.
fn name(finding: &Finding) -> String {
    match finding.label.as_str() {
        "" => finding.case.name.to_owned(),
        label => format!("{} ({label})", finding.case.name),
    }
}

/// A line of cases that came to the same.
fn line(findings: &[&Finding], width: usize, style: Style) -> String {
    let Some(first) = findings.first() else {
        return String::new();
    };
    let word = first.verdict.word();
    let names: Vec<String> = findings.iter().map(|finding| name(finding)).collect();
    let mut message = harmless::line(first.message.as_bytes()).into_owned();
    if let (Verdict::Pass, Some(took)) = (first.verdict, first.took) {
        message.push_str(&format!(" ({})", amount::took(took)));
    }
    let names = names.join(", ");
    let indent = INDENT.max(word.len() + 1);
    let all = fit::wrapped(&format!("{names}: {message}"), indent, indent, width);
    let word = painted(first.verdict, fit::padded(word, indent - 1), style);
    format!("{word} {all}\n")
}

/// A fault: the cases that show it, why it matters, how to mend it, and how to see it again. Of a
/// warning the mending is enough.
fn told(fault: &[&Finding], verbose: bool, width: usize, style: Style) -> String {
    let mut text = String::new();
    for alike in folded(fault.iter().copied(), |finding| finding.message.as_str()) {
        text.push_str(&line(&alike, width, style));
    }
    let Some(first) = fault.first() else {
        return text;
    };
    let is_whole = verbose || first.verdict == Verdict::Fail;
    // Of several cases the names say enough.
    let is_one = is_whole && fault.len() == 1;
    let details = [
        ("sent", first.case.sent, is_one),
        ("right", first.case.right.words(), is_one),
        ("why", first.why, is_whole),
        ("mend", first.mend.as_ref(), true),
    ];
    for (label, detail, _) in details.into_iter().filter(|(_, _, is_told)| *is_told) {
        let label = style.dim(fit::padded(label, LABEL));
        let column = INDENT + LABEL;
        let detail = harmless::line(detail.as_bytes());
        let detail = fit::wrapped(&detail, column, column, width);
        let _ = writeln!(text, "{:INDENT$}{label}{detail}", "");
    }
    if let Some(again) = &first.again {
        let label = style.dim(fit::padded("again", LABEL));
        // Not wrapped: it is to be copied.
        let again = harmless::lines(again.as_bytes());
        let _ = writeln!(text, "{:INDENT$}{label}{again}", "");
    }
    text
}

/// The last line.
fn verdict(findings: &[Finding], is_whole: bool, style: Style) -> String {
    let count = |verdict| count(findings.iter(), verdict);
    let (failed, skipped) = (count(Verdict::Fail), count(Verdict::Skipped));
    let untestable = count(Verdict::Untestable);
    let total = findings.len() - skipped - untestable;
    let cases = |count: usize| amount::counted(count, "case");
    let mut text = match failed {
        0 if total == 0 && skipped == 0 => style.odd("nothing was judged"),
        0 if skipped > 0 => format!("{}: {} passed", style.odd("not finished"), cases(total)),
        0 => format!("{}: {} passed", style.good("conformant"), cases(total)),
        _ => {
            let failed = cases(failed);
            format!(
                "{}: {failed} of {total} failed",
                style.bad("not conformant")
            )
        }
    };
    let warned = count(Verdict::Warn);
    if warned > 0 {
        text.push_str(&format!(", {}", amount::counted(warned, "warning")));
    }
    if skipped > 0 {
        text.push_str(&format!(", {skipped} not sent"));
    }
    if !is_whole && untestable > 0 {
        text.push_str(&format!(", {untestable} untestable (-v tells why)"));
    }
    text.push('\n');
    text
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
    message: String,
    fix: Option<&'a str>,
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
            message: message(finding),
            fix: finding.is_bad().then_some(finding.mend.as_ref()),
        }
    }
}

/// What came back, and to which of the case's deliveries.
fn message(finding: &Finding) -> String {
    match finding.label.as_str() {
        "" => finding.message.clone(),
        label => format!("{} ({label})", finding.message),
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
        let count = |verdict| count(findings.iter(), verdict);
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

/// The report as JUnit XML, valid by the schema of Ant's JUnit task and by that of Jenkins: a suite
/// a group, a test case a case. Warnings pass and stand in the suite's output; what could not be
/// shown is skipped.
pub fn junit(findings: &[Finding], url: &str, at: Timestamp) -> String {
    let mut xml = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n");
    for (id, group) in groups(findings).into_iter().enumerate() {
        let of_group: Vec<&Finding> = findings
            .iter()
            .filter(|it| it.case.group() == group)
            .collect();
        let count = |wanted: &[Verdict]| {
            let is_it = |finding: &&&Finding| wanted.contains(&finding.verdict);
            of_group.iter().filter(is_it).count()
        };
        let time: f64 = of_group.iter().map(|finding| seconds(finding)).sum();
        let _ = writeln!(
            xml,
            "  <testsuite name=\"{group}\" package=\"bluehook\" id=\"{id}\" hostname=\"localhost\" \
             timestamp=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"0\" skipped=\"{}\" \
             time=\"{time:.3}\">",
            at.strftime("%Y-%m-%dT%H:%M:%S"),
            of_group.len(),
            count(&[Verdict::Fail]),
            count(&[Verdict::Untestable, Verdict::Skipped]),
        );
        let _ = writeln!(
            xml,
            "    <properties><property name=\"url\" value=\"{}\"/></properties>",
            escaped(url)
        );
        for finding in &of_group {
            xml.push_str(&test_case(finding));
        }
        let warnings = of_group.iter().filter(|it| it.verdict == Verdict::Warn);
        let warnings: String = warnings
            .map(|it| {
                format!(
                    "warning: {}: {}\n{}\n",
                    it.case.name,
                    message(it),
                    details(it)
                )
            })
            .collect();
        let _ = writeln!(xml, "    <system-out>{}</system-out>", escaped(&warnings));
        xml.push_str("    <system-err/>\n  </testsuite>\n");
    }
    xml.push_str("</testsuites>\n");
    xml
}

fn seconds(finding: &Finding) -> f64 {
    finding.took.unwrap_or_default().as_secs_f64()
}

fn test_case(finding: &Finding) -> String {
    let case = finding.case;
    let message = escaped(&message(finding));
    let inside = match finding.verdict {
        Verdict::Pass | Verdict::Warn => String::new(),
        Verdict::Untestable | Verdict::Skipped => format!("<skipped message=\"{message}\"/>"),
        Verdict::Fail => format!(
            "<failure message=\"{message}\" type=\"fail\">{}</failure>",
            escaped(&details(finding))
        ),
    };
    format!(
        "    <testcase name=\"{}\" classname=\"bluehook.{}\" time=\"{:.3}\">{inside}</testcase>\n",
        escaped(case.name),
        case.group(),
        seconds(finding)
    )
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
        finding.why,
        finding.mend,
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
        let xml = junit(&[finding], "http://localhost/?a&b", Timestamp::UNIX_EPOCH);
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

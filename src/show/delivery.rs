//! A delivery as `listen` shows it: one row that tells all ([`super::row`]), then as much more as is
//! asked for.
//!
//! Everything of the sender's is harmless, and stands where it cannot move our own parts (see
//! `fit`). Nothing but bodies is wider than `WIDEST`.

use super::seen::{Detail, Forwarded, Layout, Shown};
use super::{body, essentials, fit, harmless, row, verification};
use crate::amount;
use crate::blue::validate::{Level, Report};
use crate::delivery::{Delivery, Header, is_secret};

/// How many columns of a header's name are shown.
const HEADER_COLUMNS: usize = 40;
/// How many columns of a header's value are shown when all are asked for.
const VERBOSE_COLUMNS: usize = 8192;
/// How many findings are told in short.
const SHORT_FINDINGS: usize = 3;

/// A delivery, with an empty line at its end if more than its row is shown.
pub fn shown(seen: &Shown<'_>, layout: &Layout) -> String {
    let mut text = row::of(seen, layout);
    if layout.detail > Detail::Line {
        text.push_str(&notes(seen, layout));
        text.push_str(&headers(seen, layout));
    }
    text.push_str(&refusal(seen, layout));
    if layout.detail == Detail::Line {
        return text;
    }
    text.push_str(&findings(seen.report, layout));
    for forward in seen.forwards {
        text.push_str(&forwarded(forward, layout));
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
    let (style, width) = (layout.style, layout.columns());
    let bytes = &delivery.body;
    match layout.detail {
        Detail::Line => String::new(),
        Detail::Short => {
            let told = match is_blue {
                true => essentials::shown(bytes, style, width),
                false => String::new(),
            };
            match told.is_empty() {
                true => body::short(bytes, &delivery.headers, style, width),
                false => told,
            }
        }
        Detail::Full => {
            let changes = is_blue.then(|| essentials::all_changes(bytes, style, width));
            let changes = changes.flatten().map(|changes| format!("\n{changes}"));
            changes.unwrap_or_default() + "\n" + &body::full(bytes, &delivery.headers, style)
        }
    }
}

/// What is remarkable about how it came and how it was answered.
fn notes(seen: &Shown<'_>, layout: &Layout) -> String {
    let mut notes = Vec::new();
    if let Some(number) = seen.repeat_of {
        notes.push(format!("same body as #{number}"));
    }
    if let Some(matched) = (seen.verification).and_then(|line| line.matched_secret.as_ref())
        && (seen.secrets > 1 || layout.verbose)
    {
        let fingerprint = fit::inline(matched.fingerprint.as_bytes(), 16);
        notes.push(format!(
            "signed with secret {} of {} ({fingerprint})",
            matched.position, seen.secrets
        ));
    }
    if let Some(scheme) = seen.found {
        notes.push(format!(
            "by the scheme {}",
            fit::inline(scheme.as_bytes(), 40)
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
    let notes = notes
        .iter()
        .map(|note| format!("  {}\n", layout.style.dim(note)));
    row::from(seen.remote, layout) + &notes.collect::<String>()
}

/// All headers, or those by which it was judged not to be genuine.
fn headers(seen: &Shown<'_>, layout: &Layout) -> String {
    if layout.detail == Detail::Full {
        return head(seen.delivery, layout);
    }
    let tells = |header: &&Header| {
        let mut telling = seen.telling.iter();
        layout.verbose
            || seen.refusal().is_some()
                && telling.any(|name| name.eq_ignore_ascii_case(&header.name))
    };
    let shown = seen.delivery.headers.iter().filter(tells);
    shown.map(|header| header_line(header, layout)).collect()
}

/// A request's line and all its headers.
pub fn head(delivery: &Delivery, layout: &Layout) -> String {
    let method = fit::inline(delivery.method.as_bytes(), 20);
    let room = (layout.columns()).saturating_sub(3 + fit::columns(&method));
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
            false => (layout.columns())
                .saturating_sub(4 + fit::columns(&name))
                .max(8),
        };
        fit::last(&header.value, room)
    };
    format!("  {}: {value}\n", style.name(name))
}

/// Why it is not genuine, and what to do about it; in a line only that.
fn refusal(seen: &Shown<'_>, layout: &Layout) -> String {
    let mut text = String::new();
    if let Some(line) = seen.refusal() {
        if line.cause.is_none() || layout.detail > Detail::Line {
            text.push_str(&verification::verdict(line, 2, None, layout));
        }
        text.push_str(&verification::reasons(line, layout));
    }
    let is_said = layout.detail > Detail::Line
        && (seen.refusal())
            .is_some_and(|line| line.hints.iter().any(|hint| hint.code == "other-provider"));
    match seen.looks_like {
        Some(scheme) if !is_said => text + &format!("  looks like {scheme}: --scheme {scheme}\n"),
        _ => text,
    }
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
        let message = match finding.path.as_str() {
            "" => finding.to_string(),
            path => format!(
                "{} — {finding}",
                fit::inline_middle(path.as_bytes(), layout.columns() / 2)
            ),
        };
        text.push_str(&fit::labelled(2, &label, paint, &message, layout.columns()));
    }
    let more = report.left_out + report.findings.len().saturating_sub(most);
    if more > 0 {
        let more = amount::counted(more, "more finding");
        text.push_str(&format!("  {}\n", style.dim(format!("… {more}"))));
    }
    text
}

/// Where it was forwarded, and what came back.
fn forwarded(forward: &Forwarded, layout: &Layout) -> String {
    let style = layout.style;
    let url = fit::inline_middle(
        forward.url.as_bytes(),
        layout.columns().saturating_sub(30).max(20),
    );
    let took = row::took(forward.ms);
    let (word, words) = match (forward.status, &forward.error) {
        (Some(status), _) => (status.to_string(), format!("in {took}")),
        (None, None) => ("failed".to_owned(), format!("after {took}: no answer")),
        (None, Some((_, error))) => {
            let error = harmless::short(error.as_bytes(), 200);
            ("failed".to_owned(), format!("after {took}: {error}"))
        }
    };
    let painted = match forward.is_delivered() {
        true => style.good(&word),
        false => style.bad(&word),
    };
    let paint = |_: &str| format!("{} {url} {painted}", style.dim("→"));
    let label = format!("→ {url} {word}");
    let mut text = fit::labelled(2, &label, paint, &words, layout.columns());
    if let Some(hint) = &forward.hint {
        let paint = |text: &str| style.name(text);
        text.push_str(&fit::labelled(4, "hint:", paint, hint, layout.columns()));
    }
    text
}

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;

    use super::*;
    use crate::blue::event::Event;
    use crate::blue::facts::Facts;
    use crate::blue::sample::sample;
    use crate::blue::validate::{Finding, Rule, validate};
    use crate::delivery::Headers;
    use crate::show::fit::WIDEST;
    use crate::show::lines::{
        AnswerObject, BodyDigest, CauseObject, HintObject, MatchObject, VerifyLine,
    };
    use crate::show::seen::NARROWEST;
    use crate::show::style::Style;

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

    static TELLING: LazyLock<Vec<String>> =
        LazyLock::new(|| vec!["x-hub-signature-256".to_owned()]);

    static GENUINE: LazyLock<VerifyLine> = LazyLock::new(|| VerifyLine {
        genuine: true,
        matched_secret: Some(MatchObject {
            position: 1,
            fingerprint: "a1b2c3d4".into(),
        }),
        ..refused("genuine: so it is")
    });

    fn refused(message: &str) -> VerifyLine {
        VerifyLine {
            genuine: false,
            number: 1,
            scheme: "blue".into(),
            reason: None,
            message: message.into(),
            is_unsigned: false,
            cause: None,
            hints: Vec::new(),
            matched_secret: None,
            timestamp: None,
            age_seconds: None,
            body: BodyDigest {
                bytes: 0,
                sha256: String::new(),
            },
            expected: None,
            explanation: None,
        }
    }

    fn seen<'a>(
        delivery: &'a Delivery,
        report: Option<&'a Report>,
        verification: Option<&'a VerifyLine>,
    ) -> Shown<'a> {
        Shown {
            number: 1,
            at: "2026-11-22T03:49:53.123Z".parse().unwrap(),
            remote: "127.0.0.1:50312".parse().unwrap(),
            delivery,
            report,
            is_blue: report.is_some_and(|report| report.facts.event.is_some()),
            looks_like: None,
            telling: &TELLING,
            found: None,
            verification,
            secrets: 1,
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
        let one = seen(&request, Some(&report), Some(&GENUINE));
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
            ..seen(&request, None, None)
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
        let verification = VerifyLine {
            cause: Some(cause),
            hints: vec![HintObject {
                code: "x",
                message: "the sender's clock is right".into(),
            }],
            ..refused(
                "not genuine: X-Hub-Signature-256 is not right for these 8 bytes with this secret",
            )
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
            ..seen(&request, None, Some(&verification))
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
                &seen(&request, Some(&report), None),
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
                &seen(&request, report, Some(&GENUINE)),
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
                &seen(&request, Some(&report), Some(&GENUINE)),
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
        let verification = VerifyLine {
            cause: Some(cause),
            hints: vec![HintObject {
                code: "x",
                message: evil.into(),
            }],
            ..refused(evil)
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
                        ..seen(&request, Some(&report), Some(&verification))
                    };
                    let layout = Layout {
                        verbose,
                        ..layout(80, extent)
                    };
                    let text = shown(&one, &layout)
                        + &row::malformed(one.at, Some(one.remote), evil, None, evil, &layout);
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
            row::malformed(
                at,
                remote,
                "truncated-body",
                Some(400),
                "the body ended early",
                &layout(100, Detail::Full)
            ),
            "03:49:53Z       ✗ malformed   400  truncated-body\n  the body ended early\n  from 203.0.113.7:4711\n"
        );
        assert_eq!(
            row::malformed(
                at,
                Some("127.0.0.1:4711".parse().unwrap()),
                "truncated-body",
                Some(400),
                "the body ended before its 2,334 bytes",
                &layout(80, Detail::Full)
            ),
            "03:49:53Z       ✗ malformed   400  truncated-body\n  the body ended before its 2,334 bytes\n"
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
                    let text = shown(&seen(&request, Some(&report), None), &layout(width, extent));
                    assert!(text.chars().all(|c| c == '\n' || !harmless::is_hidden(c)), "{text}");
                    let first = text.lines().next().unwrap_or_default();
                    assert!(fit::columns(first) <= width.max(NARROWEST), "{width}: {first}");
                }
                let short = body::short(body, &Headers::new(), Style::PLAIN, width);
                assert!(short.lines().count() <= 26, "{short}");
            }
        }
    }
}

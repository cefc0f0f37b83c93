//! Verdicts on signatures: in a sentence, and as the object of machine output.

use super::lines::{self, BodyDigest, CauseObject, HintObject, MatchObject, VerifyLine};
use super::seen::{Detail, Layout};
use super::style::Style;
use super::{fit, harmless};
use crate::amount;
use crate::delivery::Delivery;
use crate::signing::Scheme;
use crate::signing::diagnosis::Diagnosis;
use crate::signing::explain::Explanation;
use crate::signing::{Judgement, Reason};
use sha2::{Digest as _, Sha256};

/// The verdict in a sentence, which begins with `genuine` or `not genuine`.
pub fn sentence(judgement: &Judgement, scheme: &Scheme, bytes: u64) -> String {
    let header = signature_place(judgement, scheme);
    let body = match bytes {
        0 => "an empty body".to_owned(),
        1 => "this 1 byte".to_owned(),
        bytes => format!("these {}", amount::bytes(bytes)),
    };
    let variant = scheme.variants.get(judgement.variant);
    let is_pair = variant.is_some_and(|variant| variant.algorithm.is_asymmetric());
    match &judgement.reason {
        None => {
            let age = judgement
                .age_seconds
                .map_or(String::new(), |age| format!(", {}", aged(age)));
            let secret = match &judgement.matched {
                Some(matched) if matched.position > 1 && is_pair => {
                    format!(" with the key {}", matched.fingerprint)
                }
                Some(matched) if matched.position > 1 => {
                    let (position, fingerprint) = (matched.position, &matched.fingerprint);
                    format!(" with secret {position} ({fingerprint})")
                }
                _ => String::new(),
            };
            match judgement.covers_body {
                true => format!("genuine: {header} is right for {body}{secret}{age}"),
                false => format!(
                    "genuine: {header}, which does not cover the body, is right{secret}{age}"
                ),
            }
        }
        Some(reason) => {
            let key = if is_pair { "key" } else { "secret" };
            match reason {
                Reason::Mismatch if variant.is_some_and(|variant| variant.jwt.is_some()) => {
                    format!("not genuine: the token in {header} is not signed with this {key}")
                }
                reason => format!("not genuine: {}", refusal(reason, &header, &body, key)),
            }
        }
    }
}

/// Where the signature is, or should be.
fn signature_place(judgement: &Judgement, scheme: &Scheme) -> String {
    (scheme.variants.get(judgement.variant))
        .and_then(|variant| variant.signature_header())
        .unwrap_or_else(|| "the signature in the body".into())
}

/// How many names of keys are shown.
const NAMES: usize = 5;

/// Why a delivery is not genuine, without the verdict.
fn refusal(reason: &Reason, header: &str, body: &str, key: &str) -> String {
    match reason {
        Reason::MissingHeader { header: missing } => {
            let shown = harmless::short(missing.as_bytes(), 80);
            match missing {
                missing if missing.contains(" in the ") => format!("there is no {shown}"),
                missing if missing.starts_with('@') => {
                    format!("there is no {shown} in the request")
                }
                missing if missing == header => {
                    format!("unsigned, with no {shown} header or an empty one")
                }
                _ => format!("there is no {shown} header, or an empty one"),
            }
        }
        Reason::MalformedHeader { header, problem } => {
            format!(
                "{header} is malformed: {}",
                harmless::short(problem.as_bytes(), 120)
            )
        }
        Reason::MalformedSignature { header, problem } => {
            format!(
                "the signature in {header} is malformed: {}",
                harmless::short(problem.as_bytes(), 120)
            )
        }
        Reason::MalformedTimestamp { place, value } => {
            format!("{place} is no time: \"{}\"", harmless::short(value, 40))
        }
        Reason::UnknownKey { id, known } => {
            let shown = harmless::short(id, 60);
            let mut names: Vec<String> = (known.iter().take(NAMES))
                .map(|name| harmless::short(name.as_bytes(), 60))
                .collect();
            if let Some(more) = known.len().checked_sub(NAMES + 1) {
                names.push(format!("{} more", more + 1));
            }
            let there = match names.is_empty() {
                true => "none of the keys has a name".to_owned(),
                false => format!("the keys are {}", names.join(" and ")),
            };
            format!("it names the key {shown}, which is not there: {there}")
        }
        Reason::OtherClaim { claim, problem, .. } => {
            let shown = harmless::short(claim.as_bytes(), 40);
            format!("the token in {header} is genuine, but its {shown} {problem}")
        }
        Reason::Mismatch => format!("{header} is not right for {body} with this {key}"),
        Reason::OtherBody => {
            format!(
                "{header} is right, but the Content-Digest that it covers is not that of {body}"
            )
        }
        Reason::Stale { age, tolerance } => format!(
            "the signature is right, but the delivery is {} and {} are allowed",
            aged(*age),
            amount::span(seconds(*tolerance)),
        ),
        Reason::Future { ahead, tolerance } => format!(
            "the signature is right, but the delivery is {} and {} are allowed",
            aged(-*ahead),
            amount::span(seconds(*tolerance)),
        ),
    }
}

/// `3 min old`, or for a time in the future `3 min ahead of the clock`.
fn aged(seconds: i64) -> String {
    let span = amount::span(seconds.saturating_abs());
    match seconds {
        0.. => format!("{span} old"),
        _ => format!("{span} ahead of the clock"),
    }
}

fn seconds(tolerance: std::time::Duration) -> i64 {
    i64::try_from(tolerance.as_secs()).unwrap_or(i64::MAX)
}

/// The verdict as the object of machine output, without a cause.
pub fn line(judgement: &Judgement, scheme: &Scheme, number: u64, body: BodyDigest) -> VerifyLine {
    VerifyLine {
        genuine: judgement.is_genuine(),
        number,
        scheme: scheme.name.clone(),
        reason: judgement.reason.as_ref().map(Reason::code),
        message: sentence(judgement, scheme, body.bytes),
        cause: None,
        hints: Vec::new(),
        is_unsigned: matches!(&judgement.reason, Some(Reason::MissingHeader { header })
            if *header == signature_place(judgement, scheme)),
        matched_secret: judgement.matched.as_ref().map(|matched| MatchObject {
            position: matched.position,
            fingerprint: matched.fingerprint.clone(),
        }),
        timestamp: judgement.timestamp.map(|time| time.as_second()),
        age_seconds: judgement.age_seconds,
        body,
        expected: None,
        explanation: None,
    }
}

/// As [`line()`], for a delivery that is there as a whole.
pub fn line_of(
    judgement: &Judgement,
    scheme: &Scheme,
    number: u64,
    delivery: &Delivery,
) -> VerifyLine {
    let body = BodyDigest {
        bytes: delivery.body.len() as u64,
        sha256: hex::encode(Sha256::digest(&delivery.body)),
    };
    line(judgement, scheme, number, body)
}

/// Adds the cause and the hints that were found.
pub fn add(line: &mut VerifyLine, diagnosis: &Diagnosis) {
    line.cause = diagnosis.cause.as_ref().map(|cause| CauseObject {
        codes: cause.codes.clone(),
        message: cause.message.clone(),
        fix: cause.fix.clone(),
        dialect: cause.dialect.clone(),
        algorithm: cause.algorithm.clone(),
        scheme: cause.scheme.clone(),
    });
    line.hints = diagnosis
        .hints
        .iter()
        .map(|hint| HintObject {
            code: hint.code,
            message: hint.message.clone(),
        })
        .collect();
    // Machine output has no place of its own for what remains when no cause was found. Of a
    // malformed signature the verdict says what is the matter.
    if let Some(remaining) = &diagnosis.nothing_found
        && (line.reason).is_some_and(|reason| !reason.starts_with("malformed"))
    {
        line.hints.push(HintObject {
            code: "no-cause-found",
            message: remaining.clone(),
        });
    }
}

/// The verdict in a sentence, behind its number in a recording; its word in its colour.
pub fn verdict(line: &VerifyLine, indent: usize, number: Option<u64>, layout: &Layout) -> String {
    let style = layout.style;
    let message = harmless::line(line.message.as_bytes());
    let (word, rest) = message.split_once(": ").unwrap_or((&message, ""));
    let number = number.map_or(String::new(), |number| {
        format!("{:<5} ", format!("#{number}"))
    });
    let paint = |_: &str| match line.genuine {
        true => format!("{}{}", style.dim(&number), style.good(format!("{word}:"))),
        false => format!("{}{}", style.dim(&number), style.bad(format!("{word}:"))),
    };
    let label = format!("{number}{word}:");
    fit::labelled(indent, &label, paint, rest, layout.columns())
}

/// Why it is not genuine: the cause and how to mend it, and beyond a line the hints.
pub fn reasons(line: &VerifyLine, layout: &Layout) -> String {
    let style = layout.style;
    let mut text = String::new();
    let mut say = |label: &str, paint: fn(Style, &str) -> String, words: &str| {
        let paint = |label: &str| paint(style, label);
        text.push_str(&fit::labelled(2, label, paint, words, layout.columns()));
    };
    if let Some(cause) = &line.cause {
        say("cause:", |style, label| style.strong(label), &cause.message);
        if !cause.fix.is_empty() {
            say("fix:", |style, label| style.good(label), &cause.fix);
        }
    }
    for hint in (line.hints.iter()).filter(|_| layout.detail > Detail::Line) {
        say("hint:", |style, label| style.name(label), &hint.message);
    }
    text
}

/// What was not tried. Of a small body that is hardly anything: rare pairs, which are not worth a line.
pub fn left_out(diagnosis: &Diagnosis, bytes: u64, layout: &Layout) -> String {
    let is_told = layout.verbose || bytes > SMALL_BODY;
    let paint = |label: &str| layout.style.dim(label);
    let told = diagnosis.left_out.iter().filter(|_| is_told);
    told.map(|words| fit::labelled(2, "left out:", paint, words, layout.columns()))
        .collect()
}

/// Up to this size nothing worth a line is left out of a diagnosis.
const SMALL_BODY: u64 = 64 * 1024;
/// How much of a signed content is shown.
const CONTENT_BYTES: usize = 4096;

/// The steps from secret to signature, and the signed content as text and in hex.
pub fn explanation(explanation: &Explanation, style: Style) -> String {
    let mut text = String::new();
    for (index, step) in explanation.steps.iter().enumerate() {
        let step = harmless::line(step.as_bytes());
        text.push_str(&format!(
            "  {} {step}\n",
            style.dim(format!("{}.", index + 1))
        ));
    }
    let content = &explanation.content;
    let start = &content[..content.len().min(CONTENT_BYTES)];
    let cut = if start.len() < content.len() {
        "…"
    } else {
        ""
    };
    text.push_str(&format!("  {}\n", style.dim("signed content:")));
    text.push_str(&format!("{}{cut}\n", harmless::line(start)));
    text.push_str(&format!("  {}\n", style.dim("in hex:")));
    text.push_str(&super::body::dump(content, style));
    text
}

/// The same as an object of machine output.
pub fn explanation_object(explanation: &Explanation) -> lines::Explanation {
    let content = &explanation.content;
    let start = &content[..content.len().min(CONTENT_BYTES)];
    lines::Explanation {
        steps: explanation.steps.clone(),
        content: std::str::from_utf8(start).ok().map(str::to_owned),
        content_hex: hex::encode(start),
        content_bytes: content.len() as u64,
    }
}

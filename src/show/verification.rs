//! Verdicts on signatures: in a sentence, and as the object of machine output.

use super::harmless;
use super::lines::{self, BodyDigest, MatchObject, VerifyLine};
use super::style::Style;
use crate::signing::explain::Explanation;
use crate::signing::scheme::Scheme;
use crate::signing::{Judgement, Reason};

/// The verdict in a sentence, coloured.
pub fn verdict(judgement: &Judgement, scheme: &Scheme, bytes: u64, style: Style) -> String {
    let sentence = sentence(judgement, scheme, bytes);
    if judgement.is_genuine() {
        style.good(sentence)
    } else {
        style.bad(sentence)
    }
}

/// The verdict in a sentence, which begins with `genuine` or `not genuine`.
pub fn sentence(judgement: &Judgement, scheme: &Scheme, bytes: u64) -> String {
    let header = scheme
        .variants
        .get(judgement.variant)
        .and_then(|variant| variant.signature_header())
        .unwrap_or_else(|| "the signature in the body".into());
    let body = match bytes {
        0 => "an empty body".to_owned(),
        1 => "this 1 byte".to_owned(),
        bytes => format!("these {}", super::bytes(bytes)),
    };
    match &judgement.reason {
        None => {
            let age = judgement
                .age_seconds
                .map_or(String::new(), |age| format!(", {} old", super::span(age)));
            let secret = match &judgement.matched {
                Some(matched) if matched.position > 1 => {
                    format!(
                        " with secret {} ({})",
                        matched.position, matched.fingerprint
                    )
                }
                _ => String::new(),
            };
            format!("genuine: {header} is right for {body}{secret}{age}")
        }
        Some(reason) => format!("not genuine: {}", refusal(reason, &header, &body)),
    }
}

/// Why a delivery is not genuine, without the verdict.
fn refusal(reason: &Reason, header: &str, body: &str) -> String {
    match reason {
        Reason::MissingHeader { header } => match header.ends_with(" in the body") {
            true => format!("there is no {}", harmless::short(header.as_bytes(), 80)),
            false => format!(
                "the delivery has no {} header",
                harmless::short(header.as_bytes(), 80)
            ),
        },
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
        Reason::Mismatch => format!("{header} is not right for {body} with this secret"),
        Reason::Stale { age, tolerance } => format!(
            "the signature is right, but the delivery is {} old and {} are allowed",
            super::span(*age),
            super::span(seconds(*tolerance)),
        ),
        Reason::Future { ahead, tolerance } => format!(
            "the signature is right, but the delivery's time is {} ahead and {} are allowed",
            super::span(*ahead),
            super::span(seconds(*tolerance)),
        ),
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

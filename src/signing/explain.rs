//! The way from secret to signature, step by step, for people who write the other side.

use super::content::{Parts, Segment, Whole};
use super::encoding::Encoding;
use super::judge::Judge;
use super::keyring::Keyring;
use super::record::words::{Algorithm, KeyForm};
use super::record::{Scheme, Variant};
use crate::amount;

/// What stands for the secret in the content.
pub const SECRET: &str = "(secret)";

/// How a delivery's signature is computed: with the first key that applies to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explanation {
    /// The content that is signed, as secret as the body. Where the secret is a part of it, as for
    /// plain hashes, [`SECRET`] stands for it.
    pub content: Vec<u8>,
    /// The steps in order, a sentence each. They hold no secret.
    pub steps: Vec<String>,
}

/// Explains how the signature of this body is computed; `None` when the delivery lacks something
/// that the content needs, or no key is for it.
pub fn explain(
    scheme: &Scheme,
    keyring: &Keyring,
    parts: Parts<'_>,
    body: &[u8],
) -> Option<Explanation> {
    let judge = Judge::new(scheme, keyring, parts).ok()?;
    let work = judge.first_work()?;
    let (variant, segments) = (work.variant, &work.segments);
    let length = work.entry.key.bytes().map(<[u8]>::len);
    let whole = Whole::new(body, segments);
    let content = (whole.pieces(segments, SECRET.as_bytes()).ok()?).concat();
    let hidden = segments
        .iter()
        .filter(|one| **one == Segment::Secret)
        .count();
    let secret = length.unwrap_or_default();
    let total = content.len() + hidden * secret - hidden * SECRET.len();
    let mut steps = vec![
        key_step(variant, length),
        format!(
            "the signed content is {}: {}",
            match (&variant.message_signature, &variant.jwt) {
                (Some(_), _) => "the signature base of RFC 9421".to_owned(),
                (None, Some(_)) => "the token's header and claims".to_owned(),
                (None, None) => variant.content.to_string(),
            },
            amount::bytes(total)
        ),
    ];
    if let Some(rule) = &variant.jwt {
        let claims = rule.claims.iter();
        let claims: Vec<String> = claims.map(|(name, is)| format!("{name} is {is}")).collect();
        steps.push(format!("of its claims {}", claims.join(" and ")));
    }
    if hidden > 0 {
        let secret = amount::bytes(secret);
        steps.push(format!(
            "the secret's {secret} stand where it says {SECRET}"
        ));
    }
    if segments.contains(&Segment::BodyCrc32) {
        let binds = "a CRC-32 binds little: another body with the same one has the same signature";
        steps.push(binds.to_owned());
    }
    steps.push(algorithm_step(variant.algorithm));
    steps.push(place_step(variant));
    let tolerance = variant.timestamp.as_ref().and_then(|rule| rule.tolerance);
    if let Some(tolerance) = tolerance.map(amount::wait) {
        steps.push(format!("the timestamp may be {tolerance} old"));
    }
    Some(Explanation { content, steps })
}

fn key_step(variant: &Variant, length: Option<usize>) -> String {
    let length = length.map_or(String::new(), |length| {
        format!(": {}", amount::bytes(length))
    });
    let prefix = variant.key.prefix.as_ref();
    let without = prefix.map_or(String::new(), |prefix| format!(" without {prefix}"));
    match (variant.algorithm, variant.key.form) {
        (Algorithm::KeyPair(pair), _) => format!("the key is an {pair} key"),
        (_, KeyForm::Text) => {
            format!("the key is the secret's text{without} as it is, not decoded{length}")
        }
        (_, KeyForm::Base64) => {
            format!("the key is the secret{without}, decoded from base64{length}")
        }
        (_, KeyForm::Hex) => format!("the key is the secret{without}, decoded from hex{length}"),
    }
}

fn algorithm_step(algorithm: Algorithm) -> String {
    match algorithm {
        Algorithm::Token => "nothing is computed: the secret itself is sent".into(),
        Algorithm::Plain(_) => format!("the signature is the {algorithm} of the content"),
        _ => format!("the signature is the {algorithm} of the content with the key"),
    }
}

fn place_step(variant: &Variant) -> String {
    let place = &variant.signature;
    let written = match variant.encoding {
        Encoding::Text => String::new(),
        encoding => format!("is written in {} and ", encoding.name()),
    };
    let header = match (&place.header, &place.json) {
        (Some(header), _) => [std::slice::from_ref(header), &place.further]
            .concat()
            .join(" or "),
        (None, Some(path)) => format!("{path} of the body"),
        (None, None) => "no header".into(),
    };
    let after = match place.prefix.as_str() {
        "" => String::new(),
        prefix => format!(" after {prefix}"),
    };
    format!("it {written}travels in {header}{after}")
}

#[cfg(test)]
mod tests {
    use super::super::secret::Secret;
    use super::*;
    use crate::delivery::Headers;

    #[test]
    fn a_secret_that_is_a_part_of_the_content_is_not_shown() {
        let record = r#"about = "Mine"
[[variant]]
algorithm = "sha256"
content = "{secret}:{body}"
signature = { header = "X-Mine" }
"#;
        let scheme = Scheme::from_toml("mine", record).unwrap();
        let secrets = [Secret::new("hunter2").unwrap()];
        let keyring = Keyring::for_verifying(&scheme, &secrets).unwrap();
        let mut headers = Headers::new();
        headers.push("X-Mine", "00");
        let parts = Parts {
            method: "POST",
            url: None,
            headers: &headers,
        };
        let explained = explain(&scheme, &keyring, parts, b"{}").unwrap();
        assert_eq!(explained.content, b"(secret):{}");
        assert_eq!(
            explained.steps,
            [
                "the key is the secret's text as it is, not decoded: 7 bytes",
                "the signed content is {secret}:{body}: 10 bytes",
                "the secret's 7 bytes stand where it says (secret)",
                "the signature is the sha256 of the content",
                "it is written in hex and travels in X-Mine",
            ]
        );
    }
}

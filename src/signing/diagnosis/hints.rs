//! Hints: what looks wrong about a delivery although no retried signature proves it. Also given on
//! genuine deliveries, where other receivers may stumble.

use super::recipe::SCHEMES;
use super::shape::{Case, Received, SECRETS, quoted};
use crate::signing::carried::signature_values;
use crate::signing::content::Parts;
use crate::signing::encoding::Encoding;
use crate::signing::judge::{Clock, Judge, Judgement, Tolerance};
use crate::signing::keyring::Keyring;
use crate::signing::record::{Scheme, Variant};
use crate::signing::refusal::Reason;
use crate::signing::secret::Secret;

/// Evidence that no match backs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hint {
    /// The hint's name in machine output.
    pub code: &'static str,
    /// What was seen and what it may mean, in sentences.
    pub message: String,
}

impl Hint {
    fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
        }
    }
}

type Look = fn(&Case<'_>, &Judgement) -> Option<Hint>;

/// All hints, in the order in which they are given.
const HINTS: &[Look] = &[
    content_length,
    other_provider,
    repeated_header,
    uppercase_hex,
    secret_shape,
    content_encoding,
    charset,
];

/// What can be seen without computing anything, of genuine deliveries too.
pub fn hints(
    scheme: &Scheme,
    secrets: &[Secret],
    parts: Parts<'_>,
    body: Received<'_>,
    judgement: &Judgement,
) -> Vec<Hint> {
    let case = Case {
        scheme,
        secrets,
        parts,
        body,
        variant: judgement.variant,
    };
    HINTS
        .iter()
        .filter_map(|look| look(&case, judgement))
        .collect()
}

/// Whether the bytes that were given as a public key are the private seed.
pub(super) fn seed(case: &Case<'_>) -> Option<Hint> {
    let is_asymmetric = |variant: &Variant| variant.algorithm.is_asymmetric();
    let is_tried = case
        .scheme
        .variants
        .get(case.variant)
        .is_some_and(is_asymmetric);
    let signs = |secret: &Secret| {
        let secrets = std::slice::from_ref(secret);
        let keyring = Keyring::for_signing(case.scheme, secrets).ok()?;
        let mut judge = Judge::new(case.scheme, &keyring, case.parts).ok()?;
        judge.update(case.body.kept);
        let clock = Clock {
            now: jiff::Timestamp::UNIX_EPOCH,
            tolerance: Tolerance::Off,
        };
        judge.finish(&clock).matched
    };
    let mut secrets = case.secrets.iter().take(SECRETS);
    let is_seed = is_tried && case.body.is_whole() && secrets.any(|secret| signs(secret).is_some());
    is_seed.then(|| {
        Hint::new(
            "secret-is-seed",
            "The secret that was given is the private seed of the key that made this signature. Verify with its \
             public key, and keep the seed with the sender.",
        )
    })
}

fn content_length(case: &Case<'_>, _: &Judgement) -> Option<Hint> {
    let text = case.parts.headers.get("Content-Length")?;
    let said: u64 = std::str::from_utf8(text).ok()?.trim().parse().ok()?;
    let came = case.body.total;
    let what = match said.cmp(&came) {
        std::cmp::Ordering::Equal => return None,
        std::cmp::Ordering::Greater => {
            "The body was cut, or is not the one that these headers came with."
        }
        std::cmp::Ordering::Less => {
            "Something was added to the body, or it is not the one that these headers came with."
        }
    };
    Some(Hint::new(
        "content-length-differs",
        format!("Content-Length says {said} bytes, and the body has {came}. {what}"),
    ))
}

fn other_provider(case: &Case<'_>, judgement: &Judgement) -> Option<Hint> {
    let names = |scheme: &Scheme| -> Vec<String> {
        let header = |variant: &Variant| variant.signature_header();
        scheme.variants.iter().filter_map(header).collect()
    };
    let own = names(case.scheme);
    let is_own = |name: &String| own.iter().any(|own| own.eq_ignore_ascii_case(name));
    let own_is_there = own.iter().any(|name| case.parts.headers.contains(name));
    let mut found: Vec<(&str, String)> = Vec::new();
    let mut signs_url = false;
    for scheme in SCHEMES
        .iter()
        .filter(|scheme| scheme.name != case.scheme.name)
    {
        let seen = names(scheme)
            .into_iter()
            .find(|name| !is_own(name) && case.parts.headers.contains(name));
        if let Some(name) = seen {
            signs_url |= scheme.variants.iter().any(Variant::signs_url);
            found.push((&scheme.name, name));
        }
    }
    let (_, header) = found.first()?;
    // Beside the scheme's own header another one is only telling when the delivery is refused.
    if own_is_there && judgement.is_genuine() {
        return None;
    }
    let same: Vec<&str> = found
        .iter()
        .filter(|(_, other)| other == header)
        .map(|(name, _)| *name)
        .take(4)
        .collect();
    let url = if signs_url && case.parts.url.is_none() {
        " That scheme signs the URL, which is not known here: give it with --signed-url."
    } else {
        ""
    };
    Some(Hint::new(
        "other-provider",
        format!(
            "The delivery has the header {header}, as {} sends it: try --scheme {}.{url}",
            same.join(" or "),
            same.first().unwrap_or(&"")
        ),
    ))
}

fn repeated_header(case: &Case<'_>, judgement: &Judgement) -> Option<Hint> {
    let variant = case.scheme.variants.get(judgement.variant)?;
    let place = &variant.signature;
    if place.is_numbered() || place.carries_several() {
        return None;
    }
    let count = signature_values(place, case.parts.headers).count();
    let name = place.header.as_deref()?;
    (count > 1).then(|| {
        Hint::new(
            "repeated-header",
            format!("The header {name} is there {count} times: some receivers take the first, some the last, some join them."),
        )
    })
}

fn uppercase_hex(case: &Case<'_>, judgement: &Judgement) -> Option<Hint> {
    let variant = case.scheme.variants.get(judgement.variant)?;
    if variant.encoding != Encoding::Hex {
        return None;
    }
    let is_upper = |value: &[u8]| {
        let text = value
            .strip_prefix(variant.signature.prefix.as_bytes())
            .unwrap_or(value);
        text.len() >= 16
            && text.iter().all(u8::is_ascii_hexdigit)
            && text.iter().any(u8::is_ascii_uppercase)
    };
    let mut values = signature_values(&variant.signature, case.parts.headers);
    let found = values.any(|value| value.split(|byte| b",; ".contains(byte)).any(is_upper));
    found.then(|| {
        Hint::new(
            "uppercase-hex",
            "The signature is in upper-case hex. It is accepted here, but many receivers compare text with lower-case hex.",
        )
    })
}

/// What the secret looks like, without a word of it.
fn secret_shape(case: &Case<'_>, judgement: &Judgement) -> Option<Hint> {
    if judgement.is_genuine() {
        return None;
    }
    for (index, secret) in case.secrets.iter().enumerate() {
        let which = if case.secrets.len() > 1 {
            format!("Secret {}", index + 1)
        } else {
            "The secret".to_owned()
        };
        let text = secret.expose();
        let is_pem = text.starts_with(b"-----BEGIN");
        if text.trim_ascii() != text && !is_pem {
            return Some(Hint::new(
                "secret-has-whitespace",
                format!("{which} begins or ends with white space: is that a part of it?"),
            ));
        }
        let quotes = [b'"', b'\'', b'`'];
        if let [first, .., last] = text
            && first == last
            && quotes.contains(first)
        {
            return Some(Hint::new(
                "secret-has-quotes",
                format!("{which} stands in quotes: are they a part of it?"),
            ));
        }
        let is_variable = matches!(
            text,
            b"undefined" | b"null" | b"None" | b"nil" | b"[object Object]"
        ) || text.starts_with(b"${") && text.ends_with(b"}")
            || text.starts_with(b"$")
                && text[1..]
                    .iter()
                    .all(|byte| byte.is_ascii_uppercase() || *byte == b'_')
                && text.len() > 3
            || text.starts_with(b"{{") && text.ends_with(b"}}");
        if is_variable {
            return Some(Hint::new(
                "secret-looks-unset",
                format!(
                    "{which} looks like the name of a variable, or like a value that was not set."
                ),
            ));
        }
    }
    None
}

fn content_encoding(case: &Case<'_>, judgement: &Judgement) -> Option<Hint> {
    let value = case.parts.headers.get("Content-Encoding")?;
    if value.eq_ignore_ascii_case(b"identity") || value.is_empty() || judgement.is_genuine() {
        return None;
    }
    Some(Hint::new(
        "content-encoding",
        format!(
            "Content-Encoding says {}: signatures are usually of the body before compression, and proxies may change it.",
            quoted(value, 20)
        ),
    ))
}

fn charset(case: &Case<'_>, judgement: &Judgement) -> Option<Hint> {
    if judgement.is_genuine() || matches!(judgement.reason, Some(Reason::MissingHeader { .. })) {
        return None;
    }
    let content_type = case
        .parts
        .headers
        .get("Content-Type")
        .unwrap_or_default()
        .to_ascii_lowercase();
    let content_type = String::from_utf8_lossy(&content_type);
    let named = content_type
        .split("charset=")
        .nth(1)
        .map(|rest| rest.trim_matches(['"', ' ', ';']));
    if let Some(named) = named.filter(|named| {
        !named.starts_with("utf-8") && !named.starts_with("utf8") && !named.starts_with("us-ascii")
    }) {
        return Some(Hint::new(
            "charset",
            format!(
                "Content-Type names the charset {}: what decodes the body before verifying changes its bytes.",
                quoted(named.as_bytes(), 20)
            ),
        ));
    }
    let is_text = content_type.contains("json") || content_type.contains("text");
    let is_broken = case.body.total == case.body.kept.len() as u64
        && std::str::from_utf8(case.body.kept).is_err();
    (is_text && is_broken && !case.parts.headers.contains("Content-Encoding")).then(|| {
        Hint::new("charset", "The body is not UTF-8, although its Content-Type is a text: it may have been converted on its way.")
    })
}

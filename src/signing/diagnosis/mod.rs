//! Why a signature does not match: what was done to the body, the secret, the signature or the
//! signed content, found by doing it and looking whether the signature matches then.
//!
//! [`diagnose`] states a cause only when a retried signature matched, so it cannot name a wrong
//! one: what somebody forged, or signed with another secret, has none. It never changes a verdict.
//! The [`TABLE`] holds everything that is tried; `search` tries it, singly and in pairs, the
//! common before the rare, within an [`Effort`] that is counted in work and not in time, so that
//! the same delivery always gets the same answer. [`hints()`] are evidence that no match backs.

mod body;
mod candidates;
mod claim;
mod content;
mod hints;
mod key;
mod search;
mod table;

use super::content::Parts;
use super::hash::Hash;
use super::judge::Judgement;
use super::record::Scheme;
use super::refusal::Reason;
use super::secret::Secret;

pub use hints::{Hint, hints};
pub use table::{Dimension, Row, TABLE};

/// A body as far as it was kept.
#[derive(Debug, Clone, Copy)]
pub struct Received<'a> {
    /// Its bytes, or the first of them.
    pub kept: &'a [u8],
    /// How many bytes came.
    pub total: u64,
}

impl<'a> Received<'a> {
    /// A body that was kept as a whole.
    pub fn whole(body: &'a [u8]) -> Self {
        Self {
            kept: body,
            total: body.len() as u64,
        }
    }

    fn is_whole(&self) -> bool {
        self.kept.len() as u64 == self.total
    }
}

/// How much a diagnosis may compute, in hashed bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Effort {
    bytes: u64,
    /// How many times a large body may be hashed, if that is more.
    rounds: u64,
}

impl Effort {
    /// For somebody who waits for the answer: below a tenth of a second for usual bodies.
    pub const FULL: Self = Self {
        bytes: 34 << 20,
        rounds: 64,
    };
    /// For many deliveries in a row: single changes and the commonest pairs.
    pub const QUICK: Self = Self {
        bytes: 6 << 20,
        rounds: 6,
    };

    /// The budget for a body of so many bytes.
    fn budget(self, body: usize) -> u64 {
        self.bytes.max(body as u64 * self.rounds)
    }
}

/// What would make the signature match.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cause {
    /// One code for each change, in the table's order.
    pub codes: Vec<&'static str>,
    /// What happened, in sentences.
    pub message: String,
    /// What to do about it, in sentences.
    pub fix: String,
    /// With `body-reserialised`: who wrote the JSON that was signed.
    pub dialect: Option<String>,
    /// With `signature-algorithm` and `signature-unkeyed`: the hash that was used.
    pub algorithm: Option<String>,
    /// With `content-other-scheme`: the scheme that matches.
    pub scheme: Option<String>,
}

/// Everything that is known about a delivery that is not genuine.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Diagnosis {
    /// What would make the signature match; the simplest, if there are several.
    pub cause: Option<Cause>,
    /// Evidence that no match backs.
    pub hints: Vec<Hint>,
    /// When a cause was looked for and not found: what remains, and what two sides can compare.
    pub nothing_found: Option<String>,
    /// What was not tried, in sentences.
    pub left_out: Vec<&'static str>,
}

/// Looks for the cause of a refusal, with [`Effort::FULL`].
///
/// Causes are looked for on a mismatch and on a malformed signature or header; anything else gets
/// hints alone.
pub fn diagnose(
    scheme: &Scheme,
    secrets: &[Secret],
    parts: Parts<'_>,
    body: Received<'_>,
    judgement: &Judgement,
) -> Diagnosis {
    diagnose_within(Effort::FULL, scheme, secrets, parts, body, judgement)
}

/// Looks for the cause of a refusal within an effort, see [`diagnose`].
pub fn diagnose_within(
    effort: Effort,
    scheme: &Scheme,
    secrets: &[Secret],
    parts: Parts<'_>,
    body: Received<'_>,
    judgement: &Judgement,
) -> Diagnosis {
    let mut diagnosis = Diagnosis {
        hints: hints(scheme, secrets, parts, body, judgement),
        ..Diagnosis::default()
    };
    let is_searched = matches!(
        judgement.reason,
        Some(Reason::Mismatch | Reason::MalformedSignature { .. } | Reason::MalformedHeader { .. })
    );
    if !is_searched {
        return diagnosis;
    }
    let case = search::Case {
        scheme,
        secrets,
        parts,
        body,
        variant: judgement.variant,
    };
    let outcome = search::search(&case, effort);
    diagnosis.left_out = outcome.left_out;
    diagnosis.hints.extend(outcome.hints);
    diagnosis.cause = outcome.cause;
    if diagnosis.cause.is_none() {
        diagnosis.nothing_found = Some(nothing_found(body));
    }
    diagnosis
}

/// What to say when nothing matched.
fn nothing_found(body: Received<'_>) -> String {
    let mut text = String::from(
        "Nothing that was tried makes the signature match. The commonest remaining reasons are that it was signed \
         with another secret, or that the body was changed on its way. To compare with the sender: the body has ",
    );
    let total = body.total;
    let plural = if total == 1 { "" } else { "s" };
    text.push_str(&format!("{total} byte{plural}"));
    if body.is_whole() {
        text.push_str(&format!(
            ", SHA-256 {}",
            Hash::Sha256.of(&[body.kept]).hex()
        ));
    }
    if !body.kept.is_empty() {
        text.push_str(&format!(", begins with {}", quoted(body.kept, 24)));
        if body.is_whole() && body.kept.len() > 24 {
            let end = &body.kept[body.kept.len() - 24..];
            text.push_str(&format!(" and ends with {}", quoted(end, 24)));
        }
    }
    text.push('.');
    text
}

/// Bytes from a peer as harmless text: printable ASCII as it is, all else as escapes, shortened.
fn quoted(bytes: &[u8], most: usize) -> String {
    let mut text = String::new();
    for &byte in bytes.iter().take(most) {
        match byte {
            b'\n' => text.push_str("\\n"),
            b'\r' => text.push_str("\\r"),
            b'\t' => text.push_str("\\t"),
            b'\\' => text.push_str("\\\\"),
            b' '..=b'~' => text.push(char::from(byte)),
            _ => text.push_str(&format!("\\x{byte:02x}")),
        }
    }
    if bytes.len() > most {
        text.push('…');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_of_the_table_is_there_once_and_has_its_prose() {
        for (index, row) in TABLE.iter().enumerate() {
            assert!(
                TABLE[..index].iter().all(|other| other.code != row.code),
                "{}",
                row.code
            );
            let dimension = match row.dimension {
                Dimension::Body => "body-",
                Dimension::Secret => "secret-",
                Dimension::Signature => "signature-",
                Dimension::Content => "content-",
            };
            assert!(row.code.starts_with(dimension), "{}", row.code);
            assert!(
                row.about.ends_with('.') && row.fix.ends_with('.'),
                "{}",
                row.code
            );
        }
        assert_eq!(TABLE.len(), 40);
    }

    #[test]
    fn what_a_peer_sent_is_quoted_harmlessly() {
        assert_eq!(quoted(b"a\x1b[0m\n\\\xff", 20), "a\\x1b[0m\\n\\\\\\xff");
        assert_eq!(quoted(b"abcdef", 3), "abc…");
    }
}

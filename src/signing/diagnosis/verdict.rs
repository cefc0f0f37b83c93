//! The diagnosis: a cause in words, where a retried signature matched; else what remains, and what
//! two sides can compare. It never changes the judgement.

use super::change::{Change, Detail};
use super::hints::{Hint, hints, seed};
use super::search::{BEGINNINGS, Outcome, search, to_digest};
use super::shape::{Case, LARGE, Received, SECRETS, quoted};
use crate::amount;
use crate::signing::content::Parts;
use crate::signing::hash::Hash;
use crate::signing::judge::Judgement;
use crate::signing::record::Scheme;
use crate::signing::record::template::Part;
use crate::signing::refusal::Reason;
use crate::signing::secret::Secret;

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
        bytes: 40 << 20,
        rounds: 64,
    };
    /// For many deliveries in a row: single changes and the commonest pairs.
    pub const QUICK: Self = Self {
        bytes: 6 << 20,
        rounds: 6,
    };
}

/// What would make the signature match.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
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
        Some(
            Reason::Mismatch
                | Reason::OtherBody
                | Reason::OtherClaim {
                    digest: Some(_),
                    ..
                }
                | Reason::MalformedSignature { .. }
                | Reason::MalformedHeader { .. }
        )
    );
    if !is_searched {
        return diagnosis;
    }
    let case = Case {
        scheme,
        secrets,
        parts,
        body,
        variant: judgement.variant,
    };
    let bytes = effort.bytes.max(body.kept.len() as u64 * effort.rounds);
    let outcome = match &judgement.reason {
        Some(Reason::OtherBody) => to_digest(&case, None),
        Some(Reason::OtherClaim { digest, .. }) => to_digest(&case, digest.as_deref()),
        _ => search(&case, bytes),
    };
    diagnosis.left_out = left_out(&case, &outcome);
    match &outcome.best {
        Some(changes) => diagnosis.cause = Some(Cause::of(changes.iter().map(AsRef::as_ref))),
        None => {
            diagnosis.hints.extend(seed(&case));
            diagnosis.nothing_found = Some(nothing_found(&case, judgement));
        }
    }
    diagnosis
}

impl Cause {
    fn of<'a>(changes: impl Iterator<Item = &'a Change>) -> Self {
        let mut cause = Self::default();
        let mut sentences: Vec<String> = Vec::new();
        let mut fixes: Vec<String> = Vec::new();
        for change in changes {
            let record = change.record;
            push_new(&mut cause.codes, record.code);
            push_new(&mut sentences, record.about.replace("{}", &change.what));
            push_new(&mut fixes, record.fix.replace("{}", &change.what));
            let place = match record.detail {
                Detail::Dialect => &mut cause.dialect,
                Detail::Algorithm => &mut cause.algorithm,
                Detail::Scheme => &mut cause.scheme,
            };
            if let Some(detail) = &change.detail {
                *place = Some(detail.to_string());
            }
        }
        let together = match sentences.len() {
            0 | 1 => "",
            2 => "Two things together keep the signature from matching. ",
            _ => "Several things together keep the signature from matching. ",
        };
        cause.message = together.to_owned() + &sentences.join(" ");
        cause.fix = fixes.join(" ");
        cause
    }
}

fn push_new<T: PartialEq>(list: &mut Vec<T>, new: T) {
    if !list.contains(&new) {
        list.push(new);
    }
}

fn left_out(case: &Case<'_>, outcome: &Outcome) -> Vec<&'static str> {
    let length = case.body.kept.len();
    let is_found = outcome.best.is_some();
    let is_large = length > LARGE && !outcome.is_exhausted;
    [
        (
            !case.body.is_whole(),
            "The body is longer than what was kept of it, so only an empty body and what was kept were tried.",
        ),
        (
            !is_found && outcome.is_exhausted,
            "Not every combination of two changes was tried: that would have taken too long.",
        ),
        (
            !is_found && is_large,
            "The body is large, so only the commonest changes were tried, and no combinations.",
        ),
        (
            !is_found && length > BEGINNINGS,
            "The body is large, so what may have been appended to it was looked for at line ends only.",
        ),
        (
            case.secrets.len() > SECRETS,
            "There are many secrets: changed forms were tried of the first eight only.",
        ),
    ]
    .into_iter()
    .filter_map(|(is_so, sentence)| is_so.then_some(sentence))
    .collect()
}

/// What to say when nothing matched.
fn nothing_found(case: &Case<'_>, judgement: &Judgement) -> String {
    let body = case.body;
    let length = amount::bytes(body.total);
    let variant = case.scheme.variants.get(case.variant);
    let is_pair = variant.is_some_and(|variant| variant.algorithm.is_asymmetric());
    let is_beside = variant.is_some_and(|variant| variant.content.0.contains(&Part::Secret));
    let other = match (is_pair, is_beside) {
        (true, false) => {
            "another private key than this public one's (test and production have their own, and keys are exchanged)"
        }
        (true, true) => {
            "another private key than this public one's, or for another text than the one that is given as the secret"
        }
        (false, _) => "another secret",
    };
    let remains = match judgement.reason {
        Some(Reason::OtherBody | Reason::OtherClaim { .. }) => {
            "Nothing that was tried gives the body the digest that was signed: it was changed on its way, or the headers are \
             another delivery's."
                .to_owned()
        }
        _ if variant.is_some_and(|variant| variant.jwt.is_some()) => {
            format!("The commonest remaining reason is that the token was signed with {other}.")
        }
        _ => format!(
            "Nothing that was tried makes the signature match. The commonest remaining reasons are that it was signed \
             with {other}, or that the body was changed on its way."
        ),
    };
    let mut text = format!("{remains} To compare with the sender: the body has {length}");
    if body.is_whole() {
        let digest = Hash::Sha256.of(&[body.kept]).hex();
        text.push_str(&format!(", SHA-256 {digest}"));
    }
    if !body.kept.is_empty() {
        text.push_str(&format!(", begins with {}", quoted(body.kept, 24)));
        if body.is_whole() && body.kept.len() > 24 {
            let end = &body.kept[body.kept.len() - 24..];
            text.push_str(&format!(" and ends with {}", quoted(end, 24)));
        }
    }
    text
}

//! What the signature header may be read as: every raw signature that its text stands for, in the
//! scheme's own spelling and in the spellings that go wrong, each with the changes that led there.

use std::rc::Rc;

use p256::ecdsa::Signature as EcdsaSignature;
use percent_encoding::percent_decode;

use super::key::QUOTES;
use super::table::{Change, Made, Make, Row, Sink, TABLE, row};
use crate::signing::carried::split_list;
use crate::signing::encoding::{Encoding, lenient_base64};
use crate::signing::hash::{Digest as Raw, Hash};
use crate::signing::record::Variant;
use crate::signing::record::words::{Algorithm, KeyPair};

/// How many header values are read, and how long one may be.
const VALUES: usize = 20;
const VALUE_LENGTH: usize = 4096;
/// How many texts are looked at in all.
const TEXTS: usize = 160;
/// The fewest bytes of a truncated signature that tell anything: 16 hex digits.
pub(super) const FEWEST_BYTES: usize = 8;

/// How a scheme writes its signatures.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Spelling {
    prefix: String,
    prefix_optional: bool,
    separator: Option<String>,
    encoding: Encoding,
    /// ECDSA's DER, beside which the two numbers are written side by side.
    is_der: bool,
}

impl Spelling {
    pub(super) fn of(variant: &Variant) -> Self {
        let place = &variant.signature;
        Self {
            prefix: place.prefix.clone(),
            prefix_optional: place.prefix_optional,
            separator: place.separator.clone(),
            encoding: variant.encoding,
            is_der: variant.algorithm == Algorithm::KeyPair(KeyPair::EcdsaP256Sha256),
        }
    }

    pub(super) fn prefix_bytes(&self) -> &[u8] {
        self.prefix.as_bytes()
    }

    fn rest_of<'a>(&self, text: &'a [u8]) -> Option<&'a [u8]> {
        match text.strip_prefix(self.prefix.as_bytes()) {
            Some(rest) => Some(rest),
            None => self.prefix_optional.then_some(text),
        }
    }
}

/// One reading.
pub(super) struct Claim {
    pub(super) raw: Vec<u8>,
    /// The text ended in the middle of a byte: only good for a truncated signature.
    is_partial: bool,
    pub(super) changes: Vec<Rc<Change>>,
}

/// All readings.
#[derive(Default)]
pub(super) struct Claims {
    list: Vec<Claim>,
    /// The first bytes of each, sorted: what nearly every retried signature is told apart by.
    heads: Vec<[u8; FEWEST_BYTES]>,
}

/// How a retried signature agrees with a claim.
pub(super) enum Agreement {
    Whole,
    /// The claim is the beginning of the right signature.
    Short,
    /// The claim goes on after the right signature.
    Long,
}

impl Claims {
    /// Reads the values of a signature header, written as one of `spellings` would or wrongly.
    /// The spellings are equally right.
    pub(super) fn read(values: &[&[u8]], spellings: &[Spelling]) -> Self {
        let mut claims = Self::default();
        for spelling in spellings {
            for (text, changes) in texts(values, spelling) {
                claims.decode(&text, &changes, spelling);
            }
        }
        claims.list.sort_by_key(|claim| claim.changes.len());
        let mut seen: Vec<(Vec<u8>, bool)> = Vec::new();
        claims.list.retain(|claim| {
            let new = claim.raw.len() >= FEWEST_BYTES
                && !seen
                    .iter()
                    .any(|(raw, partial)| *raw == claim.raw && *partial == claim.is_partial);
            if new {
                seen.push((claim.raw.clone(), claim.is_partial));
            }
            new
        });
        claims.heads = claims
            .list
            .iter()
            .filter_map(|claim| claim.raw.first_chunk().copied())
            .collect();
        claims.heads.sort_unstable();
        claims
    }

    /// Whether there is nothing to compare with.
    pub(super) fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// The readings that a public key could verify.
    pub(super) fn whole(&self) -> impl Iterator<Item = &Claim> {
        self.list.iter().filter(|claim| !claim.is_partial)
    }

    /// Whether it is worth to look closer.
    pub(super) fn may_hold(&self, raw: &Raw) -> bool {
        raw.as_slice()
            .first_chunk()
            .is_some_and(|head| self.heads.binary_search(head).is_ok())
    }

    /// The claims that this right signature agrees with. One of the right length must agree to the
    /// last byte.
    pub(super) fn agreeing<'a>(
        &'a self,
        raw: &'a Raw,
    ) -> impl Iterator<Item = (&'a Claim, Agreement)> {
        let right = raw.as_slice();
        self.list.iter().filter_map(move |claim| {
            let agreement = if claim.raw.len() < right.len() {
                right.starts_with(&claim.raw).then_some(Agreement::Short)
            } else if claim.is_partial {
                None
            } else if claim.raw.len() == right.len() {
                (claim.raw == right).then_some(Agreement::Whole)
            } else {
                claim.raw.starts_with(right).then_some(Agreement::Long)
            };
            agreement.map(|agreement| (claim, agreement))
        })
    }

    fn decode(&mut self, text: &[u8], changes: &[Rc<Change>], spelling: &Spelling) {
        let Some(rest) = spelling.rest_of(text) else {
            return;
        };
        let mut push = |raw: Vec<u8>, is_partial: bool, changes: Vec<Rc<Change>>| {
            self.list.push(Claim {
                raw,
                is_partial,
                changes,
            });
        };
        if let Some(raw) = spelling.encoding.decode(rest) {
            push(raw, false, changes.to_vec());
        }
        if let Some(raw) = partial(rest, spelling.encoding) {
            push(raw, true, changes.to_vec());
        }
        for row in TABLE {
            if let Make::Decode(make) = row.make {
                for made in apply(make, rest, spelling) {
                    let raw = made.bytes.clone();
                    push(raw, false, extended(changes, row, made));
                }
            }
        }
    }
}

type Reading = fn(&[u8], &Spelling, &mut Sink<Made>);

fn apply(make: Reading, text: &[u8], spelling: &Spelling) -> Vec<Made> {
    let mut out = Sink::up_to(u8::MAX);
    make(text, spelling, &mut out);
    out.list
}

fn extended(changes: &[Rc<Change>], row: &'static Row, made: Made) -> Vec<Rc<Change>> {
    let mut changes = changes.to_vec();
    changes.push(Rc::new(Change::new(row, made)));
    changes
}

/// Every text that may be the signature as the scheme writes it, and how it got there.
fn texts(values: &[&[u8]], spelling: &Spelling) -> Vec<(Vec<u8>, Vec<Rc<Change>>)> {
    let mut found: Vec<(Vec<u8>, Vec<Rc<Change>>)> = Vec::new();
    let push =
        |found: &mut Vec<(Vec<u8>, Vec<Rc<Change>>)>, text: &[u8], changes: Vec<Rc<Change>>| {
            let known = found.iter().any(|(known, _)| known == text);
            if !known && found.len() < TEXTS && text.len() >= FEWEST_BYTES {
                found.push((text.to_vec(), changes));
            }
        };
    let values = || {
        values
            .iter()
            .copied()
            .filter(|value| value.len() <= VALUE_LENGTH)
            .take(VALUES)
    };
    for value in values() {
        push(&mut found, value, Vec::new());
        if let Some(separator) = &spelling.separator {
            for item in split_list(value, separator).take(VALUES) {
                push(&mut found, item, Vec::new());
            }
        }
    }
    let list = row("signature-prefix");
    for value in values() {
        for item in loose_items(value) {
            // Without names a list is a signature that goes on, which is another cause.
            let is_named = item
                .trim_ascii_end()
                .iter()
                .rev()
                .skip_while(|byte| **byte == b'=')
                .any(|byte| *byte == b'=');
            if let Some(row) = list
                && (is_named || spelling.separator.is_some())
            {
                let made = Made::new(item, "stands in a list that is laid out otherwise");
                push(&mut found, item, extended(&[], row, made));
            }
        }
    }
    let mut at = 0;
    while let Some((text, changes)) = found.get(at).cloned() {
        at += 1;
        for row in TABLE {
            let Make::Text(make) = row.make else {
                continue;
            };
            if changes.len() >= 3 || changes.iter().any(|change| change.row.code == row.code) {
                continue;
            }
            for made in apply(make, &text, spelling) {
                let text = made.bytes.clone();
                push(&mut found, &text, extended(&changes, row, made));
            }
        }
    }
    found
}

/// What stands between any of the usual separators.
pub(super) fn loose_items(value: &[u8]) -> impl Iterator<Item = &[u8]> {
    let is_separator = |byte: &u8| matches!(byte, b',' | b';' | b' ' | b'&' | b'|' | b'\t');
    let several = value.iter().any(is_separator);
    value
        .split(move |byte| is_separator(byte))
        .filter(move |item| several && !item.is_empty())
        .take(VALUES)
}

pub(super) fn whitespace(text: &[u8], _: &Spelling, out: &mut Sink<Made>) {
    let mut dense: Vec<u8> = text
        .iter()
        .copied()
        .filter(|byte| !(byte.is_ascii_whitespace() || *byte == 0))
        .collect();
    for written in [
        "\\r", "\\n", "%0A", "%0a", "%0D", "%0d", "%20", "\u{A0}", "\u{FEFF}", "\u{200B}",
    ] {
        while let Some(rest) = dense.strip_suffix(written.as_bytes()) {
            dense.truncate(rest.len());
        }
        while let Some(rest) = dense.strip_prefix(written.as_bytes()) {
            dense = rest.to_vec();
        }
    }
    if dense != text {
        let count = text.len() - dense.len();
        out.push(Made::new(
            dense,
            super::body::counted(count, "byte") + " of white space",
        ));
    }
    if text.trim_ascii() != text {
        let count = text.len() - text.trim_ascii().len();
        out.push(Made::new(
            text.trim_ascii(),
            super::body::counted(count, "byte") + " of white space",
        ));
    }
}

pub(super) fn quoted(text: &[u8], spelling: &Spelling, out: &mut Sink<Made>) {
    let (lead, rest) = match text.strip_prefix(spelling.prefix.as_bytes()) {
        Some(rest) => (spelling.prefix.as_bytes(), rest),
        None => (&b""[..], text),
    };
    for (open, close, _) in QUOTES
        .into_iter()
        .chain([("(", ")", 0), ("[", "]", 0), ("{", "}", 0)])
    {
        let opened = rest.strip_prefix(open.as_bytes());
        let inner = opened.unwrap_or(rest);
        let closed = inner.strip_suffix(close.as_bytes());
        if opened.is_some() || closed.is_some() {
            let inner = closed.unwrap_or(inner);
            out.push(Made::new(
                [lead, inner].concat(),
                format!("{open} and {close}"),
            ));
        }
    }
}

/// Takes off what stands before a signature and should not, and puts there what should.
pub(super) fn prefix(text: &[u8], spelling: &Spelling, out: &mut Sink<Made>) {
    let wanted = spelling.prefix.as_bytes();
    let mut push = |rest: &[u8], what: String, named: Option<Hash>| {
        let mut made = Made::new([wanted, rest].concat(), what);
        made.names = named;
        out.push(made);
    };
    let wanted_text = super::quoted(wanted, 20);
    let mut rest = text;
    if let Some(inner) = text.strip_prefix(wanted) {
        rest = inner;
    } else {
        push(text, format!("lacks {wanted_text}"), None);
    }
    let wanted_hash = named_hash(wanted);
    for _ in 0..3 {
        let Some(length) = foreign_prefix(rest) else {
            return;
        };
        let (found, inner) = rest.split_at(length);
        let what = match wanted {
            b"" => format!("has {} before it", super::quoted(found, 20)),
            _ => format!(
                "has {} before it where {wanted_text} belongs",
                super::quoted(found, 20)
            ),
        };
        let named = wanted_hash.and_then(|_| named_hash(found));
        push(inner, what.clone(), named);
        push(inner.trim_ascii_start(), what, named);
        rest = inner;
    }
}

/// The hash that a prefix names (`sha1=`).
fn named_hash(prefix: &[u8]) -> Option<Hash> {
    let name: String = prefix
        .iter()
        .filter(|byte| byte.is_ascii_alphanumeric())
        .map(|byte| char::from(byte.to_ascii_lowercase()))
        .collect();
    let name = name.strip_prefix("hmac").unwrap_or(&name);
    Hash::ALL.into_iter().find(|hash| hash.name() == name)
}

/// How long what looks like a prefix is: a word and `=`, `:`, `,` or a space, or `0x`.
fn foreign_prefix(text: &[u8]) -> Option<usize> {
    if text.starts_with(b"0x") || text.starts_with(b"0X") || text.starts_with(b"\\x") {
        return Some(2);
    }
    let at = text
        .iter()
        .take(40)
        .position(|byte| !byte.is_ascii_alphanumeric() && !b"-_.".contains(byte))?;
    let word = &text[..at];
    let is_word = word.iter().any(u8::is_ascii_alphabetic);
    let ends = matches!(text[at], b'=' | b':' | b',' | b' ' | b'/' | b'$');
    (is_word && ends && text.len() - at > FEWEST_BYTES).then_some(at + 1)
}

/// The spellings of raw bytes that are not the scheme's.
pub(super) fn encoding(text: &[u8], spelling: &Spelling, out: &mut Sink<Made>) {
    let expected = spelling.encoding;
    let mut raws: Vec<(Vec<u8>, &str)> = Vec::new();
    let unescaped: Vec<u8> = percent_decode(text).collect();
    let plus: Vec<u8> = text
        .iter()
        .map(|&byte| if byte == b' ' { b'+' } else { byte })
        .collect();
    for text in [text, &unescaped, &plus] {
        for (raw, name) in decodings(text) {
            for (inner, kind) in decodings(&raw) {
                let name = match (name, kind) {
                    ("hex", "base64") => "the hex of base64 text",
                    ("base64", "hex") => "the base64 of hex text",
                    ("hex", _) => "the hex of hex text",
                    _ => "encoded twice",
                };
                raws.push((inner, name));
            }
            raws.push((raw, name));
        }
    }
    if let Some(raw) = byte_list(text) {
        raws.push((raw, "a list of decimal bytes"));
    }
    if !text.is_ascii() && (16..=64).contains(&text.len()) {
        raws.push((text.to_vec(), "raw bytes"));
    }
    for (raw, name) in raws {
        if spelling.is_der
            && raw.len() == 64
            && let Ok(signature) = EcdsaSignature::from_slice(&raw)
        {
            let der = signature.to_der().as_bytes().to_vec();
            out.push(Made::new(
                der,
                "two numbers side by side, where DER belongs",
            ));
        }
        if expected.decode(text).as_ref() != Some(&raw) {
            let what = match name {
                "base64" if expected != Encoding::Hex => {
                    "base64 of another alphabet or padding".to_owned()
                }
                "hex" if expected == Encoding::Hex => "hex with separators".to_owned(),
                _ => name.to_owned(),
            };
            out.push(Made::new(
                raw,
                format!("{what}, where {} belongs", expected.name()),
            ));
        }
    }
}

/// What the text is in hex and base64.
fn decodings(text: &[u8]) -> Vec<(Vec<u8>, &'static str)> {
    let mut raws = Vec::new();
    if !text.is_ascii() || text.len() < FEWEST_BYTES {
        return raws;
    }
    let digits: Vec<u8> = text
        .iter()
        .copied()
        .filter(|byte| !b":-".contains(byte))
        .collect();
    if let Ok(raw) = hex::decode(&digits) {
        raws.push((raw, "hex"));
    } else if digits.iter().all(u8::is_ascii_hexdigit)
        && let Ok(raw) = hex::decode(&digits[..digits.len() & !1])
    {
        raws.push((raw, "hex"));
    }
    if let Some(raw) = partial(text, Encoding::Base64) {
        raws.push((raw, "base64"));
    }
    raws
}

/// `12,255,0`: JavaScript's text of a byte array.
fn byte_list(text: &[u8]) -> Option<Vec<u8>> {
    let text = std::str::from_utf8(text).ok()?;
    let text = text.trim_matches(['[', ']', '(', ')']);
    if !text.contains(',') {
        return None;
    }
    text.split(',')
        .map(|number| number.trim().parse().ok())
        .collect()
}

/// As many whole bytes as the text has in this encoding.
fn partial(text: &[u8], encoding: Encoding) -> Option<Vec<u8>> {
    match encoding {
        Encoding::Hex => hex::decode(&text[..text.len() & !1]).ok(),
        Encoding::Base64 | Encoding::Base64url => {
            let end = text.iter().rposition(|&byte| byte != b'=')? + 1;
            let end = if end % 4 == 1 { end - 1 } else { end };
            lenient_base64(&text[..end])
        }
        Encoding::Text => None,
    }
}

/// A text that goes on after the signature with what its encoding does not have.
pub(super) fn run_on(text: &[u8], spelling: &Spelling, out: &mut Sink<Made>) {
    let Some(rest) = spelling.rest_of(text) else {
        return;
    };
    let belongs = |byte: &u8| match spelling.encoding {
        Encoding::Hex => byte.is_ascii_hexdigit(),
        Encoding::Base64 | Encoding::Base64url => {
            byte.is_ascii_alphanumeric() || b"+/-_".contains(byte)
        }
        Encoding::Text => true,
    };
    let run = rest.iter().take_while(|byte| belongs(byte)).count();
    let padding = rest[run..].iter().take_while(|byte| **byte == b'=').count();
    let padding = if spelling.encoding == Encoding::Hex {
        0
    } else {
        padding.min(2)
    };
    let end = run + padding;
    if run >= 2 * FEWEST_BYTES && end < rest.len() {
        let count = rest.len() - end;
        let lead = &text[..text.len() - rest.len()];
        let made = [lead, &rest[..end]].concat();
        out.push(Made::new(
            made,
            format!("goes on for {count} characters after the right signature"),
        ));
    }
}

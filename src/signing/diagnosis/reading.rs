//! What the signature's text may be read as: other texts, as it was before somebody quoted, padded
//! or prefixed it, and the raw bytes that it stands for in other encodings.

use p256::ecdsa::Signature as EcdsaSignature;
use percent_encoding::percent_decode;

use super::affix::{self, Kind};
use super::escapes::with_plus_for_space;
use super::shape::{FEWEST_BYTES, Made, Reading, Scene, Sink, quoted};
use crate::amount;
use crate::signing::encoding::{Encoding, lenient_base64};
use crate::signing::hash::Hash;
use crate::signing::record::words::{Algorithm, KeyPair};

/// How many items of a header's value are looked at.
const ITEMS: usize = 20;

type Out<'o, 'v> = &'o mut Sink<'v, Reading>;

/// What stands between any of the usual separators, if there are any.
pub(super) fn loose_items(value: &[u8]) -> impl Iterator<Item = &[u8]> {
    let is_separator = |byte: &u8| b",; &|\t".contains(byte);
    let several = value.iter().any(is_separator);
    value
        .split(move |byte| is_separator(byte))
        .filter(move |item| several && !item.is_empty())
        .take(ITEMS)
}

pub(super) fn whitespace(reading: &Reading, _: &Scene, out: Out<'_, '_>) {
    let text = reading.text.as_slice();
    let is_ink = |byte: &u8| !byte.is_ascii_whitespace() && *byte != 0;
    let dense: Vec<u8> = text.iter().copied().filter(is_ink).collect();
    let dense = affix::all_off(&dense, &[Kind::Written, Kind::Invisible, Kind::Bom]);
    for made in [dense, text.trim_ascii()] {
        let what = amount::bytes(text.len() - made.len()) + " of white space";
        out.push(0, reading.with(made), what);
    }
}

pub(super) fn quotes(reading: &Reading, _: &Scene, out: Out<'_, '_>) {
    let prefix = reading.spelling.signature.prefix.as_bytes();
    let (lead, rest) = match reading.text.strip_prefix(prefix) {
        Some(rest) => (prefix, rest),
        None => (&b""[..], reading.text.as_slice()),
    };
    for affix in affix::of(&[Kind::Quote, Kind::Bracket]) {
        if let Some(inner) = affix.half_off(rest) {
            let made = reading.with([lead, inner].concat());
            out.push(0, made, affix.name);
        }
    }
}

/// Takes off what stands before a signature and should not, and puts there what should.
pub(super) fn prefix(reading: &Reading, _: &Scene, out: Out<'_, '_>) {
    let (text, spelling) = (reading.text.as_slice(), &reading.spelling);
    let wanted = spelling.signature.prefix.as_bytes();
    for item in loose_items(text) {
        // Without names a list is a signature that goes on, which is another cause.
        let backwards = item.trim_ascii_end().iter().rev();
        let mut unpadded = backwards.skip_while(|byte| **byte == b'=');
        if spelling.signature.separator.is_some() || unpadded.any(|byte| *byte == b'=') {
            let what = "stands in a list that is laid out otherwise";
            out.push(0, reading.with(item), what);
        }
    }
    let mut push = |rest: &[u8], what: String, names: Option<Hash>| {
        let thing = reading.with([wanted, rest].concat());
        out.put(Made {
            names,
            ..Made::new(0, thing, what)
        });
    };
    let mut rest = match text.strip_prefix(wanted) {
        Some(inner) => inner,
        None => {
            push(text, format!("lacks {}", quoted(wanted, 20)), None);
            text
        }
    };
    for _ in 0..3 {
        let Some(length) = foreign_prefix(rest) else {
            return;
        };
        let (found, inner) = rest.split_at(length);
        let mut what = format!("has {} before it", quoted(found, 20));
        if !wanted.is_empty() {
            what += &format!(" where {} belongs", quoted(wanted, 20));
        }
        let names = named_hash(wanted).and_then(|_| named_hash(found));
        push(inner, what.clone(), names);
        push(inner.trim_ascii_start(), what, names);
        rest = inner;
    }
}

/// The hash that a prefix names (`sha1=`).
fn named_hash(prefix: &[u8]) -> Option<Hash> {
    let letters = prefix.iter().filter(|byte| byte.is_ascii_alphanumeric());
    let name: Vec<u8> = letters.map(u8::to_ascii_lowercase).collect();
    let name = String::from_utf8_lossy(&name);
    let name = name.strip_prefix("hmac").unwrap_or(&name);
    Hash::ALL.into_iter().find(|hash| hash.name() == name)
}

/// How long what looks like a prefix is: a word and `=`, `:`, `,` or a space, `0x`, or a timestamp.
fn foreign_prefix(text: &[u8]) -> Option<usize> {
    let digits = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let is_end = |byte: &u8| b".:,;|-_ ".contains(byte);
    if (9..=13).contains(&digits) && text.get(digits).is_some_and(is_end) {
        return Some(digits + 1);
    }
    if text.starts_with(b"0x") || text.starts_with(b"0X") || text.starts_with(b"\\x") {
        return Some(2);
    }
    // As OpenSSL prints it: `SHA2-256(stdin)= …`.
    if let Some(at) = text.windows(3).take(80).position(|three| three == b")= ") {
        return Some(at + 3);
    }
    let is_word = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_.".contains(byte);
    let at = text.iter().take(40).position(|byte| !is_word(byte))?;
    let ends = b"=:, /$".contains(&text[at]) && text.len() - at > FEWEST_BYTES;
    (ends && text[..at].iter().any(u8::is_ascii_alphabetic)).then_some(at + 1)
}

/// The spellings of raw bytes that are not the scheme's.
pub(super) fn encoding(reading: &Reading, _: &Scene, out: Out<'_, '_>) {
    let spelling = &reading.spelling;
    let Some(text) = reading.rest() else {
        return;
    };
    let expected = spelling.encoding;
    let mut push = |raw: Vec<u8>, what: String| {
        out.push(0, reading.decoded(raw, false), what);
    };
    for (raw, name) in all_decodings(text) {
        if spelling.algorithm == Algorithm::KeyPair(KeyPair::EcdsaP256Sha256)
            && let Ok(signature) = EcdsaSignature::from_slice(&raw)
        {
            let der = signature.to_der().as_bytes().to_vec();
            push(der, "two numbers side by side, where DER belongs".into());
        }
        if expected.decode(text).as_ref() != Some(&raw) {
            let name = match (name, expected) {
                ("base64", Encoding::Base64 | Encoding::Base64url | Encoding::Text) => {
                    "base64 of another alphabet or padding"
                }
                ("hex", Encoding::Hex) => "hex with separators",
                (name, _) => name,
            };
            push(raw, format!("{name}, where {} belongs", expected.name()));
        }
    }
}

/// Everything that the text may be in some encoding, or in one within another.
fn all_decodings(text: &[u8]) -> Vec<(Vec<u8>, &'static str)> {
    let unescaped: Vec<u8> = percent_decode(text).collect();
    let with_plus = with_plus_for_space(text);
    let mut raws: Vec<(Vec<u8>, &str)> = Vec::new();
    for text in [text, &unescaped, &with_plus] {
        for (raw, name) in decodings(text) {
            for (inner, inner_name) in decodings(&raw) {
                let name = match (name, inner_name) {
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
    raws.extend(byte_list(text).map(|raw| (raw, "a list of decimal bytes")));
    let what = "hex without the zeros that bytes below 16 begin with";
    raws.extend(unpadded(text).into_iter().map(|raw| (raw, what)));
    if let Ok(wide) = std::str::from_utf8(text)
        && !text.is_ascii()
        && let Ok(raw) = wide.chars().map(u8::try_from).collect()
    {
        raws.push((raw, "raw bytes, taken for Latin-1"));
    }
    if !text.is_ascii() && (16..=64).contains(&text.len()) {
        raws.push((text.to_vec(), "raw bytes"));
    }
    raws
}

/// What the text is in hex and base64.
fn decodings(text: &[u8]) -> Vec<(Vec<u8>, &'static str)> {
    let mut raws = Vec::new();
    if text.is_ascii() && text.len() >= FEWEST_BYTES {
        let is_digit = |byte: &u8| !b":-".contains(byte);
        let digits: Vec<u8> = text.iter().copied().filter(is_digit).collect();
        raws.extend(beginning(&digits, Encoding::Hex).map(|raw| (raw, "hex")));
        raws.extend(beginning(text, Encoding::Base64).map(|raw| (raw, "base64")));
    }
    raws
}

/// The bytes of hex in which some have one digit, as Java's `Integer.toHexString` and C#'s `x` write
/// them: all ways to read it, where at most three do.
fn unpadded(text: &[u8]) -> Vec<Vec<u8>> {
    const LENGTHS: [usize; 4] = [20, 32, 48, 64];
    const MOST: usize = 3;
    let of_length = |length: &usize| (1..=MOST).contains(&(2 * length).saturating_sub(text.len()));
    let Some(length) = LENGTHS.into_iter().find(of_length) else {
        return Vec::new();
    };
    let digit = |&byte: &u8| Some(char::from(byte).to_digit(16)? as u8);
    let Some(digits) = text.iter().map(digit).collect::<Option<Vec<u8>>>() else {
        return Vec::new();
    };
    // The number as a whole lost the zeros at its start.
    let padded = hex::decode([&b"000"[..2 * length - text.len()], text].concat());
    let short = 2 * length - text.len();
    // The bytes that have been read, and how many of them had one digit.
    let mut open = vec![(Vec::with_capacity(length), 0)];
    let mut found: Vec<Vec<u8>> = padded.into_iter().collect();
    while let Some((bytes, singles)) = open.pop() {
        let at = 2 * bytes.len() - singles;
        match &digits[at.min(digits.len())..] {
            [] if bytes.len() == length => found.push(bytes),
            [] => {}
            [first, rest @ ..] => {
                if let Some(second) = rest.first().filter(|_| *first > 0) {
                    open.push(([bytes.as_slice(), &[first << 4 | second]].concat(), singles));
                }
                if singles < short {
                    open.push(([bytes.as_slice(), &[*first]].concat(), singles + 1));
                }
            }
        }
    }
    found
}

/// `12,255,0`: JavaScript's text of a byte array.
fn byte_list(text: &[u8]) -> Option<Vec<u8>> {
    let text = std::str::from_utf8(text).ok()?;
    let text = text.trim_matches(['[', ']', '(', ')']);
    let mut numbers = text.split(',').map(|number| number.trim().parse().ok());
    text.contains(',')
        .then(|| numbers.by_ref().collect())
        .flatten()
}

/// As many whole bytes as the text has in this encoding.
pub(super) fn beginning(text: &[u8], encoding: Encoding) -> Option<Vec<u8>> {
    match encoding {
        Encoding::Hex if text.iter().all(u8::is_ascii_hexdigit) => {
            hex::decode(&text[..text.len() & !1]).ok()
        }
        Encoding::Base64 | Encoding::Base64url => {
            let end = text.iter().rposition(|&byte| byte != b'=')? + 1;
            let end = if end % 4 == 1 { end - 1 } else { end };
            lenient_base64(&text[..end])
        }
        Encoding::Hex | Encoding::Text => None,
    }
}

/// A text that goes on after the signature with what its encoding does not have.
pub(super) fn run_on(reading: &Reading, _: &Scene, out: Out<'_, '_>) {
    let Some(rest) = reading.rest() else {
        return;
    };
    let (digits, padding): (fn(&u8) -> bool, usize) = match reading.spelling.encoding {
        Encoding::Hex => (u8::is_ascii_hexdigit, 0),
        Encoding::Base64 | Encoding::Base64url => (
            |byte| byte.is_ascii_alphanumeric() || b"+/-_".contains(byte),
            2,
        ),
        Encoding::Text => return,
    };
    let run = rest.iter().take_while(|byte| digits(byte)).count();
    let padded = rest[run..].iter().take(padding);
    let padded = padded.take_while(|byte| **byte == b'=').count();
    let over = rest.len() - run - padded;
    if run >= 2 * FEWEST_BYTES && over > 0 {
        let made = &reading.text[..reading.text.len() - over];
        let what = format!("goes on for {over} characters after the right signature");
        out.push(0, reading.with(made), what);
    }
}

/// The readings of a text as its spelling has it, as far as it goes.
pub(super) fn plain(reading: &Reading) -> impl Iterator<Item = Reading> {
    let encoding = reading.spelling.encoding;
    let rest = reading.rest();
    let whole = rest.and_then(|rest| encoding.decode(rest));
    let partial = rest.and_then(|rest| beginning(rest, encoding));
    let whole = whole.map(|raw| reading.decoded(raw, false));
    let partial = partial.map(|raw| reading.decoded(raw, true));
    whole.into_iter().chain(partial)
}

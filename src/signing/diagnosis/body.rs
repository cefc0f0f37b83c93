//! What happens to a body between its signing and its judging: each function undoes one such
//! change in the ways in which it occurs.
//!
//! A body may come from an attacker: nothing here recurses, takes more than linear time, or makes
//! more than [`LIMIT`] bytes of it.

use std::io::Read as _;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};
use percent_encoding::percent_decode;
use unicode_normalization::UnicodeNormalization as _;

use super::table::{Made, Sink};
use crate::json;

/// The most that a transformation may make, beside a small multiple of what it was given.
const LIMIT: u64 = 4 << 20;
/// The byte order mark in UTF-8.
const BOM: &[u8] = b"\xEF\xBB\xBF";
/// Form fields that carry a whole payload.
const FORM_FIELDS: [&str; 5] = ["payload", "data", "body", "json", "event"];
/// How many bytes of base64 stand on a line (RFC 2045, section 6.8; PEM).
const BASE64_LINES: [usize; 2] = [76, 64];

type Out<'a> = &'a mut Sink<Made>;

/// `count` things in words: `1 line end`, `2 line ends`.
pub(super) fn counted(count: usize, thing: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {thing}{plural}")
}

/// A line end's name and its bytes.
fn line_end_name(end: &[u8]) -> &'static str {
    match end {
        b"\n" => "one line feed (0x0A)",
        b"\r\n" => "one line end (CRLF, 0x0D 0x0A)",
        b"\r" => "one carriage return (0x0D)",
        b"\n\n" => "two line feeds (0x0A 0x0A)",
        b"\r\n\r\n" => "two line ends (CRLF, 0x0D 0x0A)",
        _ => "line ends",
    }
}

pub(super) fn newline_added(body: &[u8], out: Out<'_>) {
    let mut rest = body;
    for round in 1..=4 {
        let end: &[u8] = match rest {
            [.., b'\r', b'\n'] => b"\r\n",
            [.., b'\n'] => b"\n",
            [.., b'\r'] => b"\r",
            _ => return,
        };
        rest = &rest[..rest.len() - end.len()];
        let what = if round == 1 {
            format!("{} at byte {}", line_end_name(end), rest.len())
        } else {
            format!("{round} line ends from byte {} on", rest.len())
        };
        out.push(Made::new(rest, what));
    }
    let bare = without_line_ends(body);
    if bare.len() < rest.len() {
        let what = format!("many line ends from byte {} on", bare.len());
        out.push(Made::new(bare, what));
    }
}

fn without_line_ends(body: &[u8]) -> &[u8] {
    let end = body
        .iter()
        .rposition(|byte| !matches!(byte, b'\r' | b'\n'))
        .map_or(0, |last| last + 1);
    &body[..end]
}

pub(super) fn newline_missing(body: &[u8], out: Out<'_>) {
    let ends: [(&[u8], u8); 5] = [
        (b"\n", 0),
        (b"\r\n", 1),
        (b"\n\n", 1),
        (b"\r\n\r\n", 2),
        (b"\r", 2),
    ];
    for (end, rarer) in ends {
        out.push(Made::new([body, end].concat(), line_end_name(end)).rarer(rarer));
    }
}

/// The body with every `\r\n`, lone `\n` and lone `\r` written as `end`, and how many there were
/// of each.
fn line_ends(body: &[u8], convert: impl Fn(&[u8]) -> Option<&'static [u8]>) -> (Vec<u8>, usize) {
    let mut made = Vec::with_capacity(body.len() + body.len() / 16);
    let mut count = 0;
    let mut at = 0;
    while let Some(&byte) = body.get(at) {
        let end: &[u8] = match (byte, body.get(at + 1)) {
            (b'\r', Some(b'\n')) => b"\r\n",
            (b'\r', _) => b"\r",
            (b'\n', _) => b"\n",
            _ => {
                made.push(byte);
                at += 1;
                continue;
            }
        };
        at += end.len();
        match convert(end) {
            Some(other) => {
                made.extend_from_slice(other);
                count += 1;
            }
            None => made.extend_from_slice(end),
        }
    }
    (made, count)
}

fn push_line_ends(body: &[u8], out: Out<'_>, rarer: u8, from: &'static [u8], to: &'static [u8]) {
    if !out.wants(rarer) || !body.contains(&from[0]) {
        return;
    }
    let (made, count) = line_ends(body, |end| (end == from).then_some(to));
    if count > 0 {
        out.push(Made::new(made, counted(count, "line end")).rarer(rarer));
    }
}

pub(super) fn crlf(body: &[u8], out: Out<'_>) {
    push_line_ends(body, out, 0, b"\r\n", b"\n");
    push_line_ends(body, out, 2, b"\r\n", b"\r");
}

pub(super) fn lf(body: &[u8], out: Out<'_>) {
    push_line_ends(body, out, 0, b"\n", b"\r\n");
    push_line_ends(body, out, 2, b"\n", b"\r");
    push_line_ends(body, out, 2, b"\r", b"\n");
}

pub(super) fn bom_added(body: &[u8], out: Out<'_>) {
    if let Some(rest) = body.strip_prefix(BOM) {
        out.push(Made::new(rest, ""));
    }
}

pub(super) fn bom_missing(body: &[u8], out: Out<'_>) {
    if !body.starts_with(BOM) {
        out.push(Made::new([BOM, body].concat(), ""));
    }
}

fn is_blank(byte: u8) -> bool {
    byte.is_ascii_whitespace() || matches!(byte, 0x0B | 0)
}

pub(super) fn whitespace(body: &[u8], out: Out<'_>) {
    let blanks = |count| counted(count, "byte") + " of white space";
    let start = body.iter().take_while(|&&byte| is_blank(byte)).count();
    let end = body
        .iter()
        .rev()
        .take_while(|&&byte| is_blank(byte))
        .count();
    let (start, end) = if start == body.len() {
        (start, 0)
    } else {
        (start, end)
    };
    let stripped = &body[start..body.len() - end];
    if start > 0 && end > 0 {
        let what = format!("{} before it and {end} after it, unsigned", blanks(start));
        out.push(Made::new(stripped, what));
    }
    if start > 0 {
        let what = format!("{} before it, unsigned", blanks(start));
        out.push(Made::new(&body[start..], what));
    }
    if end > 0 {
        let what = format!("{} after it, unsigned", blanks(end));
        out.push(Made::new(&body[..body.len() - end], what));
        for fewer in 1..end.min(4) {
            let what = format!("{} after it, unsigned", blanks(fewer));
            out.push(Made::new(&body[..body.len() - fewer], what).rarer(1));
        }
    }
    for (before, after) in [
        ("", " "),
        (" ", ""),
        ("", "\t"),
        (" ", " "),
        ("\n", ""),
        ("\n", "\n"),
        ("", "\0"),
        ("", "  "),
        ("  ", ""),
        ("\r\n", ""),
    ] {
        let rarer = 1 + u8::from(before.len() + after.len() > 1);
        if out.wants(rarer) {
            let made = [before.as_bytes(), body, after.as_bytes()].concat();
            let what = "lost white space at its ends that was signed";
            out.push(Made::new(made, what).rarer(rarer));
        }
    }
    inner_whitespace(body, out);
}

/// White space that editors and naive minifiers take out or change inside.
fn inner_whitespace(body: &[u8], out: Out<'_>) {
    if !out.wants(1) || !body.iter().any(|&byte| is_blank(byte)) {
        return;
    }
    // White space between JSON's tokens is the serialiser's: a dialect says it better.
    if json::validate(body).is_ok() {
        return;
    }
    let mut push = |made: Vec<u8>, what: &str, rarer: u8| {
        if made != body {
            out.push(Made::new(made, what).rarer(rarer));
        }
    };
    let all: Vec<u8> = body
        .iter()
        .copied()
        .filter(|&byte| !is_blank(byte))
        .collect();
    push(
        all,
        "white space inside it that was taken out before signing",
        1,
    );
    let (joined, _) = line_ends(body, |_| Some(b""));
    push(
        joined,
        "line ends inside it that were taken out before signing",
        1,
    );
    let (spaced, _) = line_ends(body, |_| Some(b" "));
    push(
        spaced,
        "line ends inside it that were spaces when it was signed",
        2,
    );
    let mut lines = Vec::with_capacity(body.len());
    for line in body.split_inclusive(|&byte| byte == b'\n') {
        let text = line.trim_ascii_end();
        lines.extend_from_slice(text);
        lines.extend_from_slice(match line {
            [.., b'\r', b'\n'] => b"\r\n",
            [.., b'\n'] => b"\n",
            _ => b"",
        });
    }
    push(
        lines,
        "white space at the ends of its lines that was not signed",
        2,
    );
    let mut collapsed = Vec::with_capacity(body.len());
    for &byte in body {
        let blank = byte.is_ascii_whitespace();
        if !blank {
            collapsed.push(byte);
        } else if collapsed.last() != Some(&b' ') {
            collapsed.push(b' ');
        }
    }
    push(
        collapsed,
        "runs of white space inside it that were single spaces when it was signed",
        2,
    );
}

pub(super) fn empty(body: &[u8], out: Out<'_>) {
    if !body.is_empty() {
        out.push(Made::new(Vec::new(), ""));
    }
}

/// The likeliest prefixes; the search itself goes through all of a body that is not too long.
pub(super) fn extended(body: &[u8], out: Out<'_>) {
    for (end, rarer) in likely_ends(body) {
        out.push(Made::new(&body[..end], extended_by(body, end)).rarer(rarer));
    }
}

pub(super) fn extended_by(body: &[u8], end: usize) -> String {
    let rest = &body[end.min(body.len())..];
    format!(
        "{} from byte {end} on ({})",
        counted(rest.len(), "byte"),
        super::quoted(rest, 24)
    )
}

/// Where the first value of the body ends, and where its last lines do, which is rarer.
fn likely_ends(body: &[u8]) -> Vec<(usize, u8)> {
    let mut ends: Vec<(usize, u8)> = Vec::new();
    let is_base64 = |byte: &u8| byte.is_ascii_alphanumeric() || b"+/-_=".contains(byte);
    ends.extend(match body.first() {
        Some(b'{' | b'[') => first_value_end(body).map(|end| (end, 0)),
        Some(b'"') => string_end(body).map(|end| (end, 0)),
        _ => Some((body.iter().take_while(|byte| is_base64(byte)).count(), 1)),
    });
    ends.extend(body.iter().position(|&byte| byte == 0).map(|at| (at, 1)));
    ends.extend(
        body.iter()
            .position(|&byte| byte == b'\n')
            .map(|at| (at, 1)),
    );
    if !matches!(body.first(), Some(b'{' | b'[')) {
        ends.extend(
            body.iter()
                .rposition(|&byte| byte == b'&')
                .map(|at| (at, 1)),
        );
    }
    let lines = body
        .iter()
        .enumerate()
        .rev()
        .filter(|(_, byte)| **byte == b'\n')
        .take(8);
    for (at, _) in lines {
        ends.push((at + 1, 2));
        ends.push((at, 2));
        if at > 0 && body[at - 1] == b'\r' {
            ends.push((at - 1, 2));
        }
    }
    ends.retain(|&(end, _)| end > 0 && end < body.len());
    ends.sort_by_key(|&(_, rarer)| rarer);
    ends
}

/// Where the JSON string that the body opens with closes.
fn string_end(body: &[u8]) -> Option<usize> {
    let mut escaped = false;
    let closes = |&byte: &u8| {
        let closes = byte == b'"' && !escaped;
        escaped = byte == b'\\' && !escaped;
        closes
    };
    body.get(1..)?.iter().position(closes).map(|at| at + 2)
}

/// Where the brackets that the body opens with close.
fn first_value_end(body: &[u8]) -> Option<usize> {
    let (mut depth, mut in_string, mut escaped) = (0_usize, false, false);
    for (at, &byte) in body.iter().enumerate() {
        if in_string {
            match byte {
                _ if escaped => escaped = false,
                b'\\' => escaped = true,
                b'"' => in_string = false,
                _ => {}
            }
            continue;
        }
        match byte {
            b'"' => in_string = true,
            b'{' | b'[' => depth += 1,
            b'}' | b']' => {
                depth = depth.checked_sub(1)?;
                if depth == 0 {
                    return Some(at + 1);
                }
            }
            _ => {}
        }
    }
    None
}

/// What Windows-1252 has for 0x80 to 0x9F (WHATWG Encoding, index windows-1252).
const WINDOWS_1252: [char; 32] = [
    '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8D}', 'Ž', '\u{8F}',
    '\u{90}', '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9D}', 'ž', 'Ÿ',
];

fn to_single_bytes(text: &str, windows: bool) -> Option<Vec<u8>> {
    text.chars()
        .map(|character| {
            if let Ok(byte) = u8::try_from(character)
                && byte.is_ascii()
            {
                return Some(byte);
            }
            let special = WINDOWS_1252
                .iter()
                .position(|&other| windows && other == character);
            match special {
                Some(at) => u8::try_from(0x80 + at).ok(),
                None => u8::try_from(u32::from(character)).ok(),
            }
        })
        .collect()
}

fn from_single_bytes(bytes: &[u8], windows: bool) -> String {
    bytes
        .iter()
        .map(|&byte| match byte {
            0x80..=0x9F if windows => WINDOWS_1252[usize::from(byte - 0x80)],
            _ => char::from(byte),
        })
        .collect()
}

pub(super) fn charset(body: &[u8], out: Out<'_>) {
    utf16(body, out);
    if body.is_ascii() {
        return;
    }
    if let Ok(text) = std::str::from_utf8(body) {
        for windows in [false, true] {
            if let Some(made) = to_single_bytes(text, windows) {
                let (what, rarer) = if std::str::from_utf8(&made).is_ok() {
                    (
                        "is encoded twice: it was signed in UTF-8, which was then taken for",
                        0,
                    )
                } else {
                    ("is UTF-8 and was signed in", 1)
                };
                let charset = if windows { "Windows-1252" } else { "Latin-1" };
                out.push(Made::new(made, format!("{what} {charset}")).rarer(rarer));
            }
        }
        if out.wants(1) {
            for (made, what) in replaced(text) {
                out.push(Made::new(made, what).rarer(1));
            }
        }
    } else {
        let lossy = String::from_utf8_lossy(body).into_owned();
        out.push(Made::new(
            lossy,
            "is not UTF-8, and was signed with U+FFFD in place of what is not",
        ));
        let dropped: String = String::from_utf8_lossy(body).replace('\u{FFFD}', "");
        out.push(Made::new(dropped, "is not UTF-8, and was signed without what is not").rarer(1));
    }
    let rarer = u8::from(std::str::from_utf8(body).is_ok());
    for windows in [false, true] {
        if !out.wants(rarer) {
            break;
        }
        let charset = if windows { "Windows-1252" } else { "Latin-1" };
        let made = from_single_bytes(body, windows);
        let what = format!("was taken for {charset} and turned into UTF-8 before signing");
        out.push(Made::new(made, what).rarer(rarer));
    }
}

/// The text as encoders write it that cannot express it.
fn replaced(text: &str) -> Vec<(Vec<u8>, &'static str)> {
    let ascii = |other: &str| -> Vec<u8> {
        text.chars()
            .map(|character| {
                if character.is_ascii() {
                    character.to_string()
                } else {
                    other.to_owned()
                }
            })
            .collect::<String>()
            .into_bytes()
    };
    let latin: Vec<u8> = text
        .chars()
        .map(|character| u8::try_from(u32::from(character)).unwrap_or(b'?'))
        .collect();
    let units: Vec<u8> = text
        .encode_utf16()
        .map(|unit| if unit < 0x80 { unit as u8 } else { b'?' })
        .collect();
    let low: Vec<u8> = text.encode_utf16().map(|unit| unit as u8).collect();
    vec![
        (
            ascii("?"),
            "was signed with ? in place of all that is not ASCII",
        ),
        (
            units,
            "was signed with ? in place of each UTF-16 unit that is not ASCII",
        ),
        (ascii(""), "was signed without what is not ASCII"),
        (
            ascii("\u{FFFD}"),
            "was signed with U+FFFD in place of all that is not ASCII",
        ),
        (
            latin,
            "was signed in Latin-1, with ? for what that cannot express",
        ),
        (
            low,
            "was signed with the low byte of each UTF-16 unit (as Node's \"binary\" encoding makes it)",
        ),
        (
            cesu8(text),
            "was signed in CESU-8 (UTF-8 of each half of a surrogate pair)",
        ),
    ]
}

/// UTF-8 of each UTF-16 unit, as Java's modified UTF-8 and some databases write it.
fn cesu8(text: &str) -> Vec<u8> {
    let mut made = Vec::with_capacity(text.len());
    for character in text.chars() {
        if u32::from(character) < 0x1_0000 {
            made.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
            continue;
        }
        for unit in character.encode_utf16(&mut [0; 2]) {
            let unit = *unit;
            made.extend([
                0xE0 | (unit >> 12) as u8,
                0x80 | (unit >> 6 & 0x3F) as u8,
                0x80 | (unit & 0x3F) as u8,
            ]);
        }
    }
    made
}

fn utf16(body: &[u8], out: Out<'_>) {
    type Write = fn(u16) -> [u8; 2];
    type Reading = fn([u8; 2]) -> u16;
    let orders: [(&str, Write, Reading); 2] = [
        ("UTF-16LE", u16::to_le_bytes, u16::from_le_bytes),
        ("UTF-16BE", u16::to_be_bytes, u16::from_be_bytes),
    ];
    for (name, write, read) in orders {
        if out.wants(1)
            && !body.is_empty()
            && let Ok(text) = std::str::from_utf8(body)
        {
            let bare: Vec<u8> = text.encode_utf16().flat_map(write).collect();
            let marked = [&write(0xFEFF)[..], &bare].concat();
            out.push(Made::new(bare, format!("was signed in {name}")).rarer(1));
            out.push(
                Made::new(
                    marked,
                    format!("was signed in {name} with a byte order mark"),
                )
                .rarer(1),
            );
        }
        if body.len().is_multiple_of(2) && body.contains(&0) {
            let units = body.chunks_exact(2).map(|pair| read([pair[0], pair[1]]));
            let text: Result<String, _> = char::decode_utf16(units).collect();
            if let Ok(text) = text {
                let what = format!("is {name} and was signed in UTF-8");
                if let Some(rest) = text.strip_prefix('\u{FEFF}') {
                    out.push(Made::new(rest, what.clone()));
                }
                out.push(Made::new(text, what));
            }
        }
    }
}

fn with_plus_as_space(text: &[u8]) -> Vec<u8> {
    text.iter()
        .map(|&byte| if byte == b'+' { b' ' } else { byte })
        .collect()
}

pub(super) fn url_encoded(body: &[u8], out: Out<'_>) {
    if body.contains(&b'%') {
        let plain: Vec<u8> = percent_decode(body).collect();
        out.push(Made::new(plain, ""));
    }
    if body.contains(&b'+') || body.contains(&b'%') {
        let spaced = with_plus_as_space(body);
        out.push(Made::new(percent_decode(&spaced).collect::<Vec<u8>>(), ""));
    }
}

/// Percent-encodes all but letters, digits and `keep`.
pub(super) fn percent_encode(text: &[u8], keep: &[u8], plus: bool, lower: bool) -> Vec<u8> {
    let digits: &[u8; 16] = if lower {
        b"0123456789abcdef"
    } else {
        b"0123456789ABCDEF"
    };
    let mut made = Vec::with_capacity(text.len() * 2);
    for &byte in text {
        match byte {
            b' ' if plus => made.push(b'+'),
            _ if byte.is_ascii_alphanumeric() || keep.contains(&byte) => made.push(byte),
            _ => made.extend([
                b'%',
                digits[usize::from(byte >> 4)],
                digits[usize::from(byte & 15)],
            ]),
        }
    }
    made
}

/// What encoders leave as it is, and whether a space becomes a plus: JavaScript's
/// `encodeURIComponent`, RFC 3986 (PHP's `rawurlencode`), Python's `quote`, forms (PHP's
/// `urlencode`, Python's `quote_plus`, `URLSearchParams`), JavaScript's `encodeURI`.
pub(super) const URL_ENCODERS: [(&[u8], bool, u8); 8] = [
    (b"-_.!~*'()", false, 0),
    (b"-_.", true, 0),
    (b"-_.~", false, 0),
    (b"-_.~", true, 1),
    (b"*-._", true, 1),
    (b"-_.~/", false, 1),
    (b";,/?:@&=+$-_.!~*'()#", false, 1),
    (b"-_.~=&", true, 1),
];

/// Every URL-encoding of the text that `out` wants, as `make` completes it.
fn url_encodings(text: &[u8], rare: u8, out: Out<'_>, make: impl Fn(Vec<u8>) -> Made) {
    for lower in [false, true] {
        for (keep, plus, rarer) in URL_ENCODERS {
            let rarer = rare + rarer + u8::from(lower);
            if out.wants(rarer) {
                let made = percent_encode(text, keep, plus, lower);
                if made != text {
                    out.push(make(made).rarer(rarer));
                }
            }
        }
    }
}

pub(super) fn url_decoded(body: &[u8], out: Out<'_>) {
    url_encodings(body, 0, out, |made| Made::new(made, ""));
    if !out.wants(1) {
        return;
    }
    // A form keeps its own & and =.
    for (keep, plus) in [
        (&b"-_.~&="[..], false),
        (b"*-._&=", true),
        (b"-_.!~*'()&=", false),
    ] {
        let made = percent_encode(body, keep, plus, false);
        if made != body {
            out.push(Made::new(made, "").rarer(1));
        }
    }
    let plus: Vec<u8> = body
        .iter()
        .map(|&byte| if byte == b' ' { b'+' } else { byte })
        .collect();
    if plus != body {
        out.push(Made::new(plus, "").rarer(1));
    }
}

pub(super) fn form_wrapped(body: &[u8], out: Out<'_>) {
    let fields = body.split(|&byte| byte == b'&').take(16);
    for field in fields {
        let Some(at) = field.iter().position(|&byte| byte == b'=') else {
            continue;
        };
        let (name, value) = (&field[..at], &field[at + 1..]);
        if name.len() > 40
            || !name
                .iter()
                .all(|byte| byte.is_ascii_alphanumeric() || b"-_.[]".contains(byte))
        {
            continue;
        }
        let what = format!(
            "is a form, and the value of its field {} was signed",
            super::quoted(name, 40)
        );
        let spaced: Vec<u8> = percent_decode(&with_plus_as_space(value)).collect();
        out.push(Made::new(spaced, what.clone()));
        out.push(Made::new(percent_decode(value).collect::<Vec<u8>>(), what.clone()).rarer(1));
        out.push(Made::new(value, what).rarer(1));
    }
    if body.is_empty() {
        return;
    }
    for (index, name) in FORM_FIELDS.into_iter().enumerate() {
        let rare = 1 + u8::from(index > 0);
        let what = format!("was signed as a form, {name}=…");
        let wrap = |value: &[u8]| Made::new([name.as_bytes(), b"=", value].concat(), what.clone());
        url_encodings(body, rare, out, |value| wrap(&value));
        if out.wants(rare) {
            out.push(wrap(body).rarer(rare));
        }
    }
}

pub(super) fn base64(body: &[u8], out: Out<'_>) {
    if let Some(plain) = from_base64(body) {
        out.push(Made::new(plain, "is the base64 of what was signed"));
    }
    let what = "is what the signed base64 stands for";
    out.push(Made::new(STANDARD.encode(body), what));
    if !out.wants(1) {
        return;
    }
    out.push(Made::new(URL_SAFE_NO_PAD.encode(body), what).rarer(1));
    out.push(Made::new(STANDARD_NO_PAD.encode(body), what).rarer(1));
    out.push(Made::new(URL_SAFE.encode(body), what).rarer(1));
    if !out.wants(2) {
        return;
    }
    let whole = STANDARD.encode(body);
    for width in BASE64_LINES {
        for end in ["\n", "\r\n"] {
            let lines: Vec<&[u8]> = whole.as_bytes().chunks(width).collect();
            let made = lines.join(end.as_bytes());
            let ended = [&made, end.as_bytes()].concat();
            out.push(Made::new(ended, what).rarer(2));
            if lines.len() > 1 {
                out.push(Made::new(made, what).rarer(2));
            }
        }
    }
}

/// Reads base64 of either alphabet, on one line or on many; white space around one line is another
/// change.
fn from_base64(text: &[u8]) -> Option<Vec<u8>> {
    let is_wrapped = text.trim_ascii().contains(&b'\n');
    if text.len() < 4 || !is_wrapped && text.trim_ascii() != text {
        return None;
    }
    let dense: Vec<u8> = text
        .iter()
        .copied()
        .filter(|byte| !byte.is_ascii_whitespace())
        .collect();
    crate::signing::encoding::lenient_base64(&dense)
}

pub(super) fn json_string(body: &[u8], out: Out<'_>) {
    if body.len() >= 2 && body.starts_with(b"\"") && body.ends_with(b"\"") {
        let what = "is a JSON string, and what it says was signed";
        out.push(Made::new(json::unescape(body).into_owned(), what));
    } else if body.windows(2).any(|pair| pair == b"\\\"") {
        let what = "is the inside of a JSON string, and what it says was signed";
        let token = [b"\"", body, b"\""].concat();
        out.push(Made::new(json::unescape(&token).into_owned(), what).rarer(1));
    }
    let Ok(text) = std::str::from_utf8(body) else {
        return;
    };
    for (slash, ascii, rarer) in [
        (false, false, 1),
        (true, true, 2),
        (false, true, 2),
        (true, false, 3),
    ] {
        if !out.wants(rarer) {
            continue;
        }
        let inside = escaped(text, slash, ascii);
        let token = format!("\"{inside}\"");
        out.push(Made::new(token, "was signed as a JSON string").rarer(rarer));
        if inside != text {
            let what = "was signed with the escapes of a JSON string";
            out.push(Made::new(inside, what).rarer(rarer + 1));
        }
    }
}

/// Text as it stands inside a JSON string.
fn escaped(text: &str, slash: bool, ascii: bool) -> String {
    let mut made = String::with_capacity(text.len() + text.len() / 4);
    for character in text.chars() {
        match character {
            '"' => made.push_str("\\\""),
            '\\' => made.push_str("\\\\"),
            '\n' => made.push_str("\\n"),
            '\r' => made.push_str("\\r"),
            '\t' => made.push_str("\\t"),
            '\u{8}' => made.push_str("\\b"),
            '\u{C}' => made.push_str("\\f"),
            '/' if slash => made.push_str("\\/"),
            _ if u32::from(character) < 0x20 || ascii && !character.is_ascii() => {
                for unit in character.encode_utf16(&mut [0; 2]) {
                    made.push_str(&format!("\\u{unit:04x}"));
                }
            }
            _ => made.push(character),
        }
    }
    made
}

pub(super) fn gzip(body: &[u8], out: Out<'_>) {
    let mut push = |reader: &mut dyn std::io::Read, what: &str| {
        let mut made = Vec::new();
        let read = reader.take(LIMIT + 1).read_to_end(&mut made);
        let whole = made.len() as u64 <= LIMIT;
        if read.is_ok() && whole && !made.is_empty() {
            out.push(Made::new(made, what));
        }
    };
    if body.starts_with(&[0x1F, 0x8B]) {
        push(&mut flate2::read::MultiGzDecoder::new(body), "gzip");
    } else if body.first().is_some_and(|byte| byte & 0x0F == 8) && body.len() > 6 {
        push(&mut flate2::read::ZlibDecoder::new(body), "zlib's deflate");
    } else if !body.is_empty() && std::str::from_utf8(body).is_err() {
        push(&mut flate2::read::DeflateDecoder::new(body), "raw deflate");
    }
}

pub(super) fn unicode(body: &[u8], out: Out<'_>) {
    let Ok(text) = std::str::from_utf8(body) else {
        return;
    };
    if text.is_ascii() {
        return;
    }
    let forms: [(&str, String, u8); 4] = [
        ("NFC", text.nfc().collect(), 0),
        ("NFD", text.nfd().collect(), 0),
        ("NFKC", text.nfkc().collect(), 0),
        ("NFKD", text.nfkd().collect(), 1),
    ];
    for (name, made, rarer) in forms {
        if made != text {
            out.push(Made::new(made, name).rarer(rarer));
        }
    }
}

/// White space around the JSON stays: whether that was signed is another question.
pub(super) fn reserialised(body: &[u8], out: Out<'_>) {
    let inner = body.trim_ascii();
    let start = body.len() - body.trim_ascii_start().len();
    let (before, after) = (&body[..start], &body[start + inner.len()..]);
    let Ok(outline) = json::Outline::read(inner) else {
        return;
    };
    for dialect in json::Dialect::all() {
        if !out.wants(dialect.rarity) {
            break;
        }
        let Ok(made) = dialect.write(&outline) else {
            continue;
        };
        if made == inner {
            continue;
        }
        let after = if made.ends_with(b"\n") { b"" } else { after };
        let made = [before, &made, after].concat();
        let what = format!("{} ({})", dialect.name, dialect.about);
        out.push(
            Made::new(made, what)
                .rarer(dialect.rarity)
                .detail(dialect.name),
        );
    }
}

//! What happens to a body between its signing and its judging: each function undoes one such
//! change in the ways in which it occurs.
//!
//! A body may come from an attacker: nothing here recurses, takes more than linear time, or makes
//! more than [`LIMIT`] bytes of it beside a small multiple of what it was given.

use std::io::Read as _;

use percent_encoding::percent_decode;
use unicode_normalization::UnicodeNormalization as _;

use super::affix::{self, Kind};
use super::document::{self, FORM_FIELDS};
use super::escapes::{self, base64_encodings, url_encoders};
use super::shape::{Body, Scene, Sink, quoted};
use crate::amount;
use crate::json;
use crate::signing::encoding::{Encoding, lenient_base64};
use crate::signing::url::form_decoded;

/// The most that decompression may make.
const LIMIT: u64 = 4 << 20;
/// How many bytes of base64 stand on a line (RFC 2045, section 6.8; PEM; Ruby).
const BASE64_LINES: [usize; 3] = [76, 64, 60];

type Out<'o, 'v> = &'o mut Sink<'v, Body>;

pub(super) fn newline_added(body: &Body, _: &Scene, out: Out<'_, '_>) {
    let mut rest = body.as_slice();
    for round in 1..=4 {
        let length = match rest {
            [.., b'\r', b'\n'] => 2,
            [.., b'\n' | b'\r'] => 1,
            _ => return,
        };
        let (before, end) = rest.split_at(rest.len() - length);
        rest = before;
        let at = amount::count(rest.len());
        let mut names = affix::of(&[Kind::LineEnd]);
        let what = match names.find(|affix| affix.after.as_bytes() == end) {
            Some(affix) if round == 1 => format!("{} at byte {at}", affix.name),
            _ => format!("{round} line ends from byte {at} on"),
        };
        out.push(0, rest, what);
    }
    let is_end = |byte: &&u8| matches!(**byte, b'\r' | b'\n');
    let bare = &rest[..rest.len() - rest.iter().rev().take_while(is_end).count()];
    let at = amount::count(bare.len());
    if bare.len() < rest.len() {
        out.push(0, bare, format!("many line ends from byte {at} on"));
    }
}

pub(super) fn newline_missing(body: &Body, _: &Scene, out: Out<'_, '_>) {
    for affix in affix::of(&[Kind::LineEnd]) {
        out.make(affix.rarer, affix.name, || affix.on(body));
    }
}

/// The body with `\r\n`, lone `\n` and lone `\r` written as `convert` says, and how many were.
fn line_ends(body: &[u8], convert: impl Fn(&[u8]) -> Option<&'static [u8]>) -> (Body, usize) {
    let mut made = Vec::with_capacity(body.len() + body.len() / 16);
    let mut count = 0;
    let mut rest = body;
    while let Some(at) = rest.iter().position(|byte| matches!(byte, b'\r' | b'\n')) {
        let length = 1 + usize::from(rest[at..].starts_with(b"\r\n"));
        let (before, end) = rest[..at + length].split_at(at);
        let other = convert(end);
        made.extend_from_slice(before);
        made.extend_from_slice(other.unwrap_or(end));
        count += usize::from(other.is_some());
        rest = &rest[at + length..];
    }
    made.extend_from_slice(rest);
    (made, count)
}

fn convert_line_ends(body: &Body, out: Out<'_, '_>, ways: &[(&'static str, &'static str, u8)]) {
    for &(from, to, rarer) in ways {
        let (from, to) = (from.as_bytes(), to.as_bytes());
        if out.wants(rarer) && body.contains(&from[0]) {
            let (made, count) = line_ends(body, |end| (end == from).then_some(to));
            if count > 0 {
                out.push(rarer, made, amount::counted(count, "line end"));
            }
        }
    }
}

pub(super) fn crlf(body: &Body, _: &Scene, out: Out<'_, '_>) {
    convert_line_ends(body, out, &[("\r\n", "\n", 0), ("\r\n", "\r", 2)]);
}

pub(super) fn lf(body: &Body, _: &Scene, out: Out<'_, '_>) {
    let ways = [("\n", "\r\n", 0), ("\n", "\r", 2), ("\r", "\n", 2)];
    convert_line_ends(body, out, &ways);
}

pub(super) fn bom_added(body: &Body, _: &Scene, out: Out<'_, '_>) {
    for rest in affix::of(&[Kind::Bom]).filter_map(|bom| bom.off(body)) {
        out.push(0, rest, "");
    }
}

pub(super) fn bom_missing(body: &Body, _: &Scene, out: Out<'_, '_>) {
    for bom in affix::of(&[Kind::Bom]).filter(|bom| bom.off(body).is_none()) {
        out.push(0, bom.on(body), "");
    }
}

fn is_blank(byte: &u8) -> bool {
    byte.is_ascii_whitespace() || matches!(byte, 0x0B | 0)
}

pub(super) fn whitespace(body: &Body, _: &Scene, out: Out<'_, '_>) {
    let blanks = |count: usize| amount::bytes(count) + " of white space";
    let start = body.iter().take_while(|byte| is_blank(byte)).count();
    let behind = body[start..].iter().rev();
    let end = behind.take_while(|byte| is_blank(byte)).count();
    if start > 0 && end > 0 {
        let what = format!("{} before it and {end} after it, unsigned", blanks(start));
        out.push(0, &body[start..body.len() - end], what);
    }
    if start > 0 {
        let what = format!("{} before it, unsigned", blanks(start));
        out.push(0, &body[start..], what);
    }
    for fewer in [end, 1, 2, 3] {
        if (1..=end).contains(&fewer) {
            let what = format!("{} after it, unsigned", blanks(fewer));
            out.make(u8::from(fewer != end), what, || &body[..body.len() - fewer]);
        }
    }
    for affix in affix::of(&[Kind::Blank, Kind::Zero]) {
        let what = "lost white space at its ends that was signed";
        out.make(1 + affix.rarer, what, || affix.on(body));
    }
    document::element_lines(body, out);
    inner_whitespace(body, out);
}

/// White space that editors and naive minifiers take out or change inside.
fn inner_whitespace(body: &Body, out: Out<'_, '_>) {
    if !out.wants(1) || !body.iter().any(is_blank) {
        return;
    }
    // White space between JSON's tokens is the serialiser's: a dialect says it better.
    let is_json = json::validate(body).is_ok();
    let ink: Body = body.iter().copied().filter(|it| !is_blank(it)).collect();
    if !is_json || !json::same(body, &ink) {
        let what = "white space inside it that was taken out before signing";
        out.push(1, ink, what);
    }
    let what = "line ends inside it that were taken out before signing";
    out.push(1, line_ends(body, |_| Some(b"")).0, what);
    let what = "line ends inside it that were spaces when it was signed";
    out.push(2, line_ends(body, |_| Some(b" ")).0, what);
    if is_json {
        return;
    }
    let mut lines = Vec::with_capacity(body.len());
    for line in body.split_inclusive(|&byte| byte == b'\n') {
        lines.extend_from_slice(line.trim_ascii_end());
        lines.extend_from_slice(match line {
            [.., b'\r', b'\n'] => b"\r\n",
            [.., b'\n'] => b"\n",
            _ => b"",
        });
    }
    let what = "white space at the ends of its lines that was not signed";
    out.push(2, lines, what);
    let mut collapsed = Vec::with_capacity(body.len());
    for &byte in body {
        if !byte.is_ascii_whitespace() {
            collapsed.push(byte);
        } else if collapsed.last() != Some(&b' ') {
            collapsed.push(b' ');
        }
    }
    let what = "runs of white space inside it that were single spaces when it was signed";
    out.push(2, collapsed, what);
}

/// What programs hash where they have no body: texts of an object, of nothing, of an empty parse.
const STAND_INS: [&str; 3] = [
    "{}|[object Object]|undefined|null|[]|\"\"",
    "None|nil|b''|Array|false|{}\n|null\n|true|{\"type\":\"Buffer\",\"data\":[]}",
    "[object Promise]|[object ReadableStream]|[object ArrayBuffer]|[object Uint8Array]|[object Buffer]|[object FormData]|\
     [object Blob]|[object Request]|[object String]|NaN|0|1|map[]|<nil>|Object|System.Byte[]|System.Object|System.String|\
     System.IO.MemoryStream|System.IO.Stream|Microsoft.AspNetCore.Server.Kestrel.Core.Internal.Http.HttpRequestStream|\
     <QueryDict: {}>|ImmutableMultiDict([])|<Buffer >|''|body|payload|req.body|rawBody|request.body",
];

/// Whether a body is one of the likely ones.
pub(super) fn is_stand_in(body: &[u8]) -> bool {
    let mut likely = STAND_INS[..2].iter().flat_map(|texts| texts.split('|'));
    likely.any(|text| body == text.as_bytes())
}

pub(super) fn stand_in(_: &Body, _: &Scene, out: Out<'_, '_>) {
    for (rarer, texts) in (0..).zip(STAND_INS) {
        for text in texts.split('|') {
            let what = match text {
                "{}" => "of an empty object".to_owned(),
                text => quoted(text.as_bytes(), 80),
            };
            out.push(rarer, text, what);
        }
    }
}

pub(super) fn html(body: &Body, _: &Scene, out: Out<'_, '_>) {
    if let Some(made) = escapes::html_decoded(body) {
        out.push(0, made, "has HTML entities for what was signed");
    }
    if out.wants(1) {
        for made in escapes::html_encodings(body) {
            out.push(1, made, "was signed with HTML entities in it");
        }
    }
}

/// The text of a body's bytes: hex, and lists of numbers.
pub(super) fn bytes(body: &Body, _: &Scene, out: Out<'_, '_>) {
    if let Some(made) = from_byte_text(body) {
        out.push(0, made, "is the list of the bytes that were signed");
    }
    if let Ok(made) = hex::decode(body) {
        out.push(0, made, "is the hex of what was signed");
    }
    let what = "was signed as the hex of its bytes";
    out.make(1, what, || hex::encode(body));
    out.make(2, what, || hex::encode_upper(body));
    let numbers: Vec<String> = body.iter().map(u8::to_string).collect();
    let lists = [
        (
            0,
            "{\"type\":\"Buffer\",\"data\":[*]}",
            ",",
            "JSON.stringify of a Buffer",
        ),
        (1, "*", ",", "String() of a Uint8Array"),
        (2, "[*]", ",", "a list of its bytes"),
        (2, "[*]", ", ", "a list of its bytes"),
        (2, "[*]", " ", "Go's %v of its bytes"),
    ];
    for (rarer, around, comma, name) in lists {
        let what = format!("was signed as {name}");
        out.make(rarer, what, || around.replace('*', &numbers.join(comma)));
    }
    let member = |(at, number): (usize, &String)| format!("\"{at}\":{number}");
    let members = || numbers.iter().enumerate().map(member).collect::<Vec<_>>();
    let what = "was signed as JSON.stringify of a Uint8Array";
    out.make(1, what, || format!("{{{}}}", members().join(",")));
}

/// Reads what `bytes` writes.
fn from_byte_text(text: &[u8]) -> Option<Body> {
    let text = std::str::from_utf8(text).ok()?.trim();
    let list = text
        .strip_prefix("{\"type\":\"Buffer\",\"data\":")
        .unwrap_or(text);
    let list = list.trim_matches(['{', '}', '[', ']']);
    let numbers = list.split([',', ' ']).filter(|item| !item.is_empty());
    let bytes = numbers.map(|item| item.rsplit(':').next()?.parse::<u8>().ok());
    let bytes = bytes.collect::<Option<Body>>();
    bytes.filter(|bytes| bytes.len() > 1)
}

pub(super) fn empty(_: &Body, _: &Scene, out: Out<'_, '_>) {
    out.push(0, "", "");
}

/// The likeliest beginnings, and those that were found to match.
pub(super) fn extended(body: &Body, scene: &Scene, out: Out<'_, '_>) {
    let found = scene.ends.iter().map(|&end| (end, 0));
    for (end, rarer) in found.chain(likely_ends(body)) {
        if end > 0 && end < body.len() && out.wants(rarer) {
            let rest = &body[end..];
            let (length, at) = (amount::bytes(rest.len()), amount::count(end));
            let what = format!("{length} from byte {at} on ({})", quoted(rest, 24));
            out.push(rarer, &body[..end], what);
        }
    }
}

/// Where the first value of the body ends, and where its last lines do, which is rarer.
fn likely_ends(body: &[u8]) -> Vec<(usize, u8)> {
    let is_base64 = |byte: &&u8| byte.is_ascii_alphanumeric() || b"+/-_=".contains(byte);
    let is = |sought: u8| move |byte: &u8| *byte == sought;
    let is_container = matches!(body.first(), Some(b'{' | b'['));
    let mut ends: Vec<(usize, u8)> = Vec::new();
    match body.first() {
        Some(b'{' | b'[' | b'"') => ends.extend(first_value_end(body).map(|end| (end, 0))),
        _ => ends.push((body.iter().take_while(is_base64).count(), 1)),
    }
    ends.extend(body.iter().position(is(0)).map(|at| (at, 1)));
    ends.extend(body.iter().position(is(b'\n')).map(|at| (at, 1)));
    if !is_container {
        ends.extend(body.iter().rposition(is(b'&')).map(|at| (at, 1)));
    }
    let newlines = (0..body.len()).rev().filter(|&at| body[at] == b'\n');
    for at in newlines.take(8) {
        ends.extend([(at + 1, 2), (at, 2)]);
        if body[..at].ends_with(b"\r") {
            ends.push((at - 1, 2));
        }
    }
    ends
}

/// Where the brackets, or the string, close that the body opens with.
fn first_value_end(body: &[u8]) -> Option<usize> {
    let (mut depth, mut in_string, mut is_escaped) = (0_usize, false, false);
    for (at, &byte) in body.iter().enumerate() {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' if in_string => is_escaped = true,
            b'"' => in_string = !in_string,
            _ if in_string => continue,
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth = depth.checked_sub(1)?,
            _ => continue,
        }
        if depth == 0 && !in_string {
            return Some(at + 1);
        }
    }
    None
}

/// What Windows-1252 has for 0x80 to 0x9F (WHATWG Encoding, index windows-1252).
const WINDOWS_1252: [char; 32] = [
    '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8D}', 'Ž', '\u{8F}',
    '\u{90}', '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9D}', 'ž', 'Ÿ',
];

/// The charsets of one byte a character that are met: their names, and whether it is Microsoft's.
const SINGLE_BYTES: [(&str, bool); 2] = [("Latin-1", false), ("Windows-1252", true)];

fn to_single_bytes(text: &str, is_windows: bool) -> Option<Body> {
    let byte = |character: char| {
        let special = is_windows && !character.is_ascii();
        let mut specials = WINDOWS_1252.iter().take(if special { 32 } else { 0 });
        match specials.position(|&other| other == character) {
            Some(at) => u8::try_from(0x80 + at).ok(),
            None => u8::try_from(character).ok(),
        }
    };
    text.chars().map(byte).collect()
}

fn from_single_bytes(bytes: &[u8], is_windows: bool) -> String {
    let character = |&byte: &u8| match byte {
        0x80..=0x9F if is_windows => WINDOWS_1252[usize::from(byte - 0x80)],
        _ => char::from(byte),
    };
    bytes.iter().map(character).collect()
}

pub(super) fn charset(body: &Body, _: &Scene, out: Out<'_, '_>) {
    utf16(body, out);
    if body.is_ascii() {
        return;
    }
    let text = std::str::from_utf8(body);
    if let Ok(text) = text {
        for (charset, is_windows) in SINGLE_BYTES {
            if let Some(made) = to_single_bytes(text, is_windows) {
                let is_twice = std::str::from_utf8(&made).is_ok();
                let what = match is_twice {
                    true => "is encoded twice: it was signed in UTF-8, which was then taken for",
                    false => "is UTF-8 and was signed in",
                };
                out.push(u8::from(!is_twice), made, format!("{what} {charset}"));
            }
        }
        replaced(text, out);
    } else {
        let lossy = String::from_utf8_lossy(body);
        let dropped = lossy.replace('\u{FFFD}', "");
        let what = "is not UTF-8, and was signed with U+FFFD in place of what is not";
        out.push(0, lossy.as_bytes(), what);
        let what = "is not UTF-8, and was signed without what is not";
        out.push(1, dropped, what);
    }
    let rarer = u8::from(text.is_ok());
    for (charset, is_windows) in SINGLE_BYTES {
        let what = format!("was taken for {charset} and turned into UTF-8 before signing");
        out.make(rarer, what, || from_single_bytes(body, is_windows));
    }
}

/// The text as encoders write it that cannot express it.
fn replaced(text: &str, out: Out<'_, '_>) {
    if !out.wants(1) {
        return;
    }
    let ascii = |other| text.replace(|character: char| !character.is_ascii(), other);
    let what = "was signed with ? in place of all that is not ASCII";
    out.push(1, ascii("?"), what);
    out.push(1, ascii(""), "was signed without what is not ASCII");
    let what = "was signed with U+FFFD in place of all that is not ASCII";
    out.push(1, ascii("\u{FFFD}"), what);
    let unit = |unit| if unit < 0x80 { unit as u8 } else { b'?' };
    let units = text.encode_utf16().map(unit);
    let what = "was signed with ? in place of each UTF-16 unit that is not ASCII";
    out.push(1, units.collect::<Body>(), what);
    let byte = |character| u8::try_from(character).unwrap_or(b'?');
    let latin = text.chars().map(byte);
    let what = "was signed in Latin-1, with ? for what that cannot express";
    out.push(1, latin.collect::<Body>(), what);
    let low = text.encode_utf16().map(|unit| unit as u8);
    let what = "was signed with the low byte of each UTF-16 unit (Node's \"binary\" encoding)";
    out.push(1, low.collect::<Body>(), what);
    let what = "was signed in CESU-8 (UTF-8 of each half of a surrogate pair)";
    out.push(1, cesu8(text), what);
}

/// UTF-8 of each UTF-16 unit, as Java's modified UTF-8 and some databases write it.
fn cesu8(text: &str) -> Body {
    let mut made = Vec::with_capacity(text.len());
    for character in text.chars() {
        if u32::from(character) < 0x1_0000 {
            made.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
            continue;
        }
        for unit in character.encode_utf16(&mut [0; 2]) {
            let low = |bits: u16| 0x80 | (bits & 0x3F) as u8;
            made.extend([0xE0 | (*unit >> 12) as u8, low(*unit >> 6), low(*unit)]);
        }
    }
    made
}

fn utf16(body: &Body, out: Out<'_, '_>) {
    type Write = fn(u16) -> [u8; 2];
    type Read = fn([u8; 2]) -> u16;
    let orders: [(&str, Write, Read); 2] = [
        ("UTF-16LE", u16::to_le_bytes, u16::from_le_bytes),
        ("UTF-16BE", u16::to_be_bytes, u16::from_be_bytes),
    ];
    for (name, write, read) in orders {
        if out.wants(1)
            && let Ok(text) = std::str::from_utf8(body)
        {
            let bare: Body = text.encode_utf16().flat_map(write).collect();
            let marked = [&write(0xFEFF)[..], &bare].concat();
            out.push(1, bare, format!("was signed in {name}"));
            let what = format!("was signed in {name} with a byte order mark");
            out.push(1, marked, what);
        }
        if body.len().is_multiple_of(2) && body.contains(&0) {
            let units = body.chunks_exact(2).map(|pair| read([pair[0], pair[1]]));
            if let Ok(text) = char::decode_utf16(units).collect::<Result<String, _>>() {
                let what = format!("is {name} and was signed in UTF-8");
                if let Some(rest) = text.strip_prefix('\u{FEFF}') {
                    out.push(0, rest, what.clone());
                }
                out.push(0, text, what);
            }
        }
    }
}

pub(super) fn url_encoded(body: &Body, _: &Scene, out: Out<'_, '_>) {
    if body.contains(&b'%') {
        out.push(0, percent_decode(body).collect::<Body>(), "");
    }
    if body.contains(&b'+') {
        out.push(0, form_decoded(body).collect::<Body>(), "");
    }
}

pub(super) fn url_decoded(body: &Body, _: &Scene, out: Out<'_, '_>) {
    for (rarer, encode) in url_encoders() {
        out.make(rarer, "", || encode(body));
    }
    // A form keeps its own & and =.
    for (keep, plus) in [("-_.~&=", false), ("*-._&=", true), ("-_.!~*'()&=", false)] {
        let make = || escapes::percent_encode(body, keep.as_bytes(), plus, false);
        out.make(1, "", make);
    }
    out.make(1, "", || escapes::with_plus_for_space(body));
}

pub(super) fn form_wrapped(body: &Body, _: &Scene, out: Out<'_, '_>) {
    let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_.[]".contains(byte);
    for field in body.split(|&byte| byte == b'&').take(16) {
        let Some(at) = field.iter().position(|&byte| byte == b'=') else {
            continue;
        };
        let (name, value) = (&field[..at], &field[at + 1..]);
        if name.len() > 40 || !name.iter().all(is_name) {
            continue;
        }
        let name = quoted(name, 40);
        let what = format!("is a form, and the value of its field {name} was signed");
        out.push(0, form_decoded(value).collect::<Body>(), what.clone());
        out.push(1, percent_decode(value).collect::<Body>(), what.clone());
        out.push(1, value, what);
    }
    for (index, name) in FORM_FIELDS.into_iter().enumerate() {
        let rare = 1 + u8::from(index > 0);
        let what = format!("was signed as a form, {name}=…");
        let wrap = |value: &[u8]| [name.as_bytes(), b"=", value].concat();
        for (rarer, encode) in url_encoders() {
            out.make(rare + rarer, what.clone(), || wrap(&encode(body)));
        }
        out.make(rare, what, || wrap(body));
    }
}

pub(super) fn base64(body: &Body, _: &Scene, out: Out<'_, '_>) {
    if let Some(plain) = from_base64(body) {
        out.push(0, plain, "is the base64 of what was signed");
    }
    let what = "is what the signed base64 stands for";
    for (rarer, made) in base64_encodings(body) {
        out.push(rarer, made, what);
    }
    if !out.wants(2) {
        return;
    }
    let whole = Encoding::Base64.encode(body);
    for width in BASE64_LINES {
        for end in ["\n", "\r\n"] {
            let lines: Vec<&[u8]> = whole.as_bytes().chunks(width).collect();
            let made = lines.join(end.as_bytes());
            out.push(2, [&made, end.as_bytes()].concat(), what);
            out.push(2, made, what);
        }
    }
}

/// Reads base64 of either alphabet, on one line or on many; white space around one line is another
/// change.
fn from_base64(text: &[u8]) -> Option<Body> {
    let is_wrapped = text.trim_ascii().contains(&b'\n');
    if text.len() < 4 || !is_wrapped && text.trim_ascii() != text {
        return None;
    }
    let is_digit = |byte: &u8| !byte.is_ascii_whitespace();
    let dense: Body = text.iter().copied().filter(is_digit).collect();
    lenient_base64(&dense)
}

pub(super) fn json_string(body: &Body, _: &Scene, out: Out<'_, '_>) {
    if body.len() >= 2 && body.starts_with(b"\"") && body.ends_with(b"\"") {
        let what = "is a JSON string, and what it says was signed";
        out.push(0, json::unescape(body).into_owned(), what);
    } else if out.wants(1) && body.windows(2).any(|pair| pair == b"\\\"") {
        let what = "is the inside of a JSON string, and what it says was signed";
        out.push(1, escapes::json_unescaped(body), what);
    }
    let Ok(text) = std::str::from_utf8(body) else {
        return;
    };
    for (rarer, slash, ascii) in [
        (1, false, false),
        (2, true, true),
        (2, false, true),
        (3, true, false),
    ] {
        let inside = || escapes::json_escaped(text, slash, ascii);
        let what = "was signed as a JSON string";
        out.make(rarer, what, || format!("\"{}\"", inside()));
        let what = "was signed with the escapes of a JSON string";
        out.make(rarer + 1, what, inside);
    }
}

pub(super) fn gzip(body: &Body, _: &Scene, out: Out<'_, '_>) {
    let body = body.as_slice();
    let (reader, what): (&mut dyn std::io::Read, &str) = if body.starts_with(&[0x1F, 0x8B]) {
        (&mut flate2::read::MultiGzDecoder::new(body), "gzip")
    } else if body.first().is_some_and(|byte| byte & 0x0F == 8) && body.len() > 6 {
        (&mut flate2::read::ZlibDecoder::new(body), "zlib's deflate")
    } else if std::str::from_utf8(body).is_err() {
        (&mut flate2::read::DeflateDecoder::new(body), "raw deflate")
    } else {
        return;
    };
    let mut made = Vec::new();
    let read = reader.take(LIMIT + 1).read_to_end(&mut made);
    if read.is_ok() && made.len() as u64 <= LIMIT && !made.is_empty() {
        out.push(0, made, what);
    }
}

pub(super) fn unicode(body: &Body, _: &Scene, out: Out<'_, '_>) {
    let text = std::str::from_utf8(body).ok();
    let Some(text) = text.filter(|text| !text.is_ascii()) else {
        return;
    };
    out.push(0, text.nfc().collect::<String>(), "NFC");
    out.push(0, text.nfd().collect::<String>(), "NFD");
    out.push(0, text.nfkc().collect::<String>(), "NFKC");
    out.make(1, "NFKD", || text.nfkd().collect::<String>());
}

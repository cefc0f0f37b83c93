//! How texts are escaped, and read again: in URLs and forms, as HTML entities, inside JSON strings.
//! The same for bodies, secrets and URLs.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};

use crate::json;
use crate::signing::url::form_decoded;

/// Percent-encodes all but letters, digits and `keep`.
pub(super) fn percent_encode(text: &[u8], keep: &[u8], plus: bool, is_lower: bool) -> Vec<u8> {
    let digits = match is_lower {
        true => b"0123456789abcdef",
        false => b"0123456789ABCDEF",
    };
    let mut made = Vec::with_capacity(text.len() * 2);
    for &byte in text {
        if byte == b' ' && plus {
            made.push(b'+');
        } else if byte.is_ascii_alphanumeric() || keep.contains(&byte) {
            made.push(byte);
        } else {
            let digit = |half: u8| digits[usize::from(half)];
            made.extend([b'%', digit(byte >> 4), digit(byte & 15)]);
        }
    }
    made
}

/// What encoders leave as it is, and whether a space becomes a plus: JavaScript's
/// `encodeURIComponent`, RFC 3986 (PHP's `rawurlencode`), Python's `quote`, forms (PHP's
/// `urlencode`, Python's `quote_plus`, `URLSearchParams`), JavaScript's `encodeURI`.
const URL_ENCODERS: [(&[u8], bool, u8); 9] = [
    (b"-_.!~*'()", false, 0),
    (b"-_.", true, 0),
    (b"-_.~", false, 0),
    (b"-_.~", true, 1),
    (b"*-._", true, 1),
    (b"-_.~/", false, 1),
    (b";,/?:@&=+$-_.!~*'()#", false, 1),
    (b"-_.~=&", true, 1),
    (b"-_.", false, 1),
];

/// The ways to URL-encode, and how rare each is.
pub(super) fn url_encoders() -> impl Iterator<Item = (u8, impl Fn(&[u8]) -> Vec<u8>)> {
    [false, true].into_iter().flat_map(|is_lower| {
        URL_ENCODERS.into_iter().map(move |(keep, plus, rarer)| {
            let encode = move |text: &[u8]| percent_encode(text, keep, plus, is_lower);
            (rarer + u8::from(is_lower), encode)
        })
    })
}

/// The name and the value of a form's field, decoded.
pub(super) type Field = [Vec<u8>; 2];

pub(super) fn form_fields(form: &[u8]) -> Vec<Field> {
    let decoded = |text: &[u8]| form_decoded(text).collect();
    let field = |text: &[u8]| {
        let at = text.iter().position(|&byte| byte == b'=');
        let name = &text[..at.unwrap_or(text.len())];
        [name, at.map_or(b"", |at| &text[at + 1..])].map(decoded)
    };
    form.split(|&byte| byte == b'&').map(field).collect()
}

/// The form of these fields.
pub(super) fn form_of(fields: &[Field], encode: impl Fn(&[u8]) -> Vec<u8>) -> Vec<u8> {
    let field = |[name, value]: &Field| [encode(name), encode(value)].join(&b'=');
    let fields: Vec<Vec<u8>> = fields.iter().map(field).collect();
    fields.join(&b'&')
}

pub(super) fn with_plus_for_space(text: &[u8]) -> Vec<u8> {
    let plus = |&byte: &u8| if byte == b' ' { b'+' } else { byte };
    text.iter().map(plus).collect()
}

/// Text as it stands inside a JSON string.
pub(super) fn json_escaped(text: &str, slash: bool, ascii: bool) -> String {
    let escapes = Escapes {
        slash,
        from: ascii.then_some(0x80),
        is_plain: true,
        ..Escapes::default()
    };
    escapes.write(text)
}

/// What stands inside a JSON string says this.
pub(super) fn json_unescaped(text: &[u8]) -> Vec<u8> {
    let token = [b"\"", text, b"\""].concat();
    json::unescape(&token).into_owned().into_bytes()
}

/// One UTF-16 unit as `\uXXXX`.
pub(super) fn push_unit(unit: u16, is_upper: bool, made: &mut String) {
    made.push_str(&match is_upper {
        true => format!("\\u{unit:04X}"),
        false => format!("\\u{unit:04x}"),
    });
}

/// Which characters of strings are written as `\uXXXX`.
#[derive(Default)]
pub(super) struct Escapes<'c> {
    pub(super) chosen: &'c [char],
    /// `\/`
    pub(super) slash: bool,
    /// All from this code point on.
    pub(super) from: Option<u32>,
    /// Capital digits, for the chosen and for the others.
    pub(super) is_upper: [bool; 2],
    /// The text has no escapes yet: what must be escaped is.
    pub(super) is_plain: bool,
}

impl Escapes<'_> {
    pub(super) fn write(&self, text: &str) -> String {
        let mut made = String::with_capacity(text.len() + text.len() / 4);
        let mut last = ' ';
        for one in text.chars() {
            let is_chosen = self.chosen.contains(&one);
            let is_far = self.from.is_some_and(|from| u32::from(one) >= from);
            match one {
                '"' | '\\' if self.is_plain => made.extend(['\\', one]),
                '\n' if self.is_plain => made.push_str("\\n"),
                '\r' if self.is_plain => made.push_str("\\r"),
                '\t' if self.is_plain => made.push_str("\\t"),
                '\u{8}' if self.is_plain => made.push_str("\\b"),
                '\u{C}' if self.is_plain => made.push_str("\\f"),
                '/' if self.slash && (self.is_plain || last != '\\') => made.push_str("\\/"),
                _ if is_chosen || is_far || self.is_plain && one < ' ' => {
                    for unit in one.encode_utf16(&mut [0; 2]) {
                        push_unit(*unit, self.is_upper[usize::from(!is_chosen)], &mut made);
                    }
                }
                _ => made.push(one),
            }
            last = one;
        }
        made
    }

    pub(super) fn what(&self) -> String {
        let mut parts: Vec<String> = self.chosen.iter().map(char::to_string).collect();
        parts.extend(self.slash.then(|| "/".to_owned()));
        parts.extend(self.from.map(|from| match from {
            0x80 => "all that is not ASCII".to_owned(),
            _ => "what lies above U+FFFF (emoji)".to_owned(),
        }));
        format!("{} escaped", parts.join(" and "))
    }
}

/// What double and single quotes become where `&`, `<` and `>` become entities: in PHP's
/// `htmlspecialchars` (since 8.1, and before), Python's `html.escape`, lodash, Jinja and Go, XML,
/// and where quotes stay.
const ENTITIES: [[&str; 2]; 7] = [
    ["&quot;", "&#039;"],
    ["&quot;", "'"],
    ["&quot;", "&#x27;"],
    ["&quot;", "&#39;"],
    ["&#34;", "&#39;"],
    ["&quot;", "&apos;"],
    ["\"", "'"],
];

/// The base64 of bytes, in either alphabet, with and without padding, and how rare each is.
pub(super) fn base64_encodings(bytes: &[u8]) -> impl Iterator<Item = (u8, String)> {
    let encoders = [STANDARD, STANDARD_NO_PAD, URL_SAFE_NO_PAD, URL_SAFE];
    let encoders = encoders.into_iter().zip([0, 1, 1, 1]);
    encoders.map(move |(encoder, rarer)| (rarer, encoder.encode(bytes)))
}

/// The text with HTML's entities, as the usual programs write them.
pub(super) fn html_encodings(text: &[u8]) -> impl Iterator<Item = Vec<u8>> {
    let is_special = text.iter().any(|byte| b"&<>\"'".contains(byte));
    let ways = if is_special { &ENTITIES[..] } else { &[] };
    ways.iter().map(move |[double, single]| {
        let entities = text.iter().flat_map(|byte| match byte {
            b'&' => "&amp;".as_bytes(),
            b'<' => b"&lt;",
            b'>' => b"&gt;",
            b'"' => double.as_bytes(),
            b'\'' => single.as_bytes(),
            _ => std::slice::from_ref(byte),
        });
        entities.copied().collect()
    })
}

/// The text without HTML's entities, if it has any.
pub(super) fn html_decoded(text: &[u8]) -> Option<Vec<u8>> {
    const LONGEST: usize = 10;
    let mut made = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.iter().position(|&byte| byte == b'&') {
        let (before, entity) = rest.split_at(at);
        made.extend_from_slice(before);
        let end = entity.iter().take(LONGEST).position(|&byte| byte == b';');
        let character = end.and_then(|end| entity_character(&entity[1..end]));
        let length = match (character, end) {
            (Some(character), Some(end)) => {
                made.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
                end + 1
            }
            _ => {
                made.push(b'&');
                1
            }
        };
        rest = &entity[length..];
    }
    made.extend_from_slice(rest);
    (made != text).then_some(made)
}

fn entity_character(name: &[u8]) -> Option<char> {
    let name = std::str::from_utf8(name).ok()?;
    Some(match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        "nbsp" => '\u{A0}',
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(digits) => u32::from_str_radix(digits, 16),
                None => number.parse(),
            };
            char::from_u32(code.ok()?)?
        }
    })
}

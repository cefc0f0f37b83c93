//! What a string token says: its escapes read, lone surrogates included.

use std::borrow::Cow;

/// The text of a string or key token (its bytes with the quotes). A lone surrogate, which Rust's strings cannot hold,
/// becomes U+FFFD, and so does whatever is not UTF-8.
pub fn unescape(token: &[u8]) -> Cow<'_, str> {
    let text = String::from_utf8_lossy(unquoted(token));
    if !text.contains('\\') {
        return text;
    }
    let is_char = |code| char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER);
    Cow::Owned(CodePoints::of(&text).map(is_char).collect())
}

/// Whether a string or key token says just this, without writing down what it says.
pub(super) fn says(token: &[u8], text: &str) -> bool {
    let inner = unquoted(token);
    // An escape is always longer than what it stands for, at most six times.
    if inner.len() <= text.len() {
        return inner == text.as_bytes() && !inner.contains(&b'\\');
    }
    let mut pairs = inner.iter().zip(text.as_bytes());
    let odd = pairs.position(|(one, other)| one != other || *one == b'\\');
    odd.is_some_and(|at| inner[at] == b'\\')
        && inner.len() <= 6 * text.len()
        && unescape(token) == text
}

/// The text of a string token as bytes in which a lone surrogate is kept, in UTF-8's pattern for its number (WTF-8), so
/// that different texts stay different and sort by code point.
pub(super) fn wtf8(token: &[u8]) -> Cow<'_, [u8]> {
    let inner = unquoted(token);
    if !inner.contains(&b'\\') {
        return Cow::Borrowed(inner);
    }
    let mut bytes = Vec::with_capacity(inner.len());
    for code in CodePoints::of(&String::from_utf8_lossy(inner)) {
        match char::from_u32(code) {
            Some(character) => {
                bytes.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes())
            }
            None => bytes.extend([
                0xE0 | (code >> 12) as u8,
                0x80 | (code >> 6 & 0x3F) as u8,
                0x80 | (code & 0x3F) as u8,
            ]),
        }
    }
    Cow::Owned(bytes)
}

/// A string token without its quotes.
pub(super) fn unquoted(token: &[u8]) -> &[u8] {
    let token = token.strip_prefix(b"\"").unwrap_or(token);
    token.strip_suffix(b"\"").unwrap_or(token)
}

/// The code points that the inside of a string token stands for. Surrogates come as such where they are alone.
/// A backslash that escapes nothing stands for itself.
pub(super) struct CodePoints<'a> {
    rest: &'a str,
}

impl<'a> CodePoints<'a> {
    pub(super) fn of(inner: &'a str) -> Self {
        CodePoints { rest: inner }
    }

    fn escaped(&mut self) -> Option<u32> {
        let letter = self.rest.chars().next()?;
        let code = match letter {
            'b' => 0x08,
            'f' => 0x0C,
            'n' => 0x0A,
            'r' => 0x0D,
            't' => 0x09,
            '"' | '\\' | '/' => u32::from(letter),
            'u' => return self.unicode(),
            _ => return None,
        };
        self.rest = &self.rest[1..];
        Some(code)
    }

    fn unicode(&mut self) -> Option<u32> {
        let first = unit(self.rest)?;
        self.rest = &self.rest[5..];
        if !(0xD800..0xDC00).contains(&first) {
            return Some(first);
        }
        let second = self.rest.strip_prefix('\\').and_then(unit);
        match second {
            Some(second) if (0xDC00..0xE000).contains(&second) => {
                self.rest = &self.rest[6..];
                Some(0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00))
            }
            _ => Some(first),
        }
    }
}

/// The number in a leading `uXXXX`.
fn unit(text: &str) -> Option<u32> {
    let digits = text.strip_prefix('u')?.as_bytes().get(..4)?;
    digits.iter().try_fold(0, |value, &digit| {
        Some(value << 4 | char::from(digit).to_digit(16)?)
    })
}

impl Iterator for CodePoints<'_> {
    type Item = u32;

    fn next(&mut self) -> Option<u32> {
        let mut chars = self.rest.chars();
        let character = chars.next()?;
        self.rest = chars.as_str();
        match character {
            '\\' => Some(self.escaped().unwrap_or(u32::from('\\'))),
            character => Some(u32::from(character)),
        }
    }
}
#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_are_read() {
        assert_eq!(
            unescape(br#""a\"\\\/\b\f\n\r\t\u00e9\uD83D\ude00 z""#),
            "a\"\\/\u{8}\u{c}\n\r\té😀 z"
        );
        assert!(matches!(
            unescape("\"plain é\"".as_bytes()),
            Cow::Borrowed("plain é")
        ));
        assert_eq!(unescape(b"\"\""), "");
    }

    #[test]
    fn a_text_is_recognised_however_it_is_written() {
        for token in [r#""a\\b""#, r#""\u0061\u005cb""#, r#""\u0061\\\u0062""#] {
            assert!(says(token.as_bytes(), "a\\b"), "{token}");
        }
        for token in [r#""a\b""#, r#""a""#, r#""a\\bc""#, r#""""#, r#""A\\b""#] {
            assert!(!says(token.as_bytes(), "a\\b"), "{token}");
        }
        assert!(says(b"\"\"", "") && !says(b"\"a\"", "") && !says(br#""\n""#, ""));
    }

    #[test]
    fn a_lone_surrogate_becomes_the_replacement_character() {
        assert_eq!(unescape(br#""\ud800""#), "\u{fffd}");
        assert_eq!(unescape(br#""\udc00\ud800\u0041""#), "\u{fffd}\u{fffd}A");
        assert_eq!(unescape(br#""\ud800\ud83d\ude00""#), "\u{fffd}😀");
    }

    #[test]
    fn a_lone_surrogate_is_kept_in_wtf8() {
        assert_eq!(&*wtf8(br#""\ud800""#), b"\xED\xA0\x80");
        assert_ne!(wtf8(br#""\ud800""#), wtf8(br#""\ud801""#));
        assert_eq!(wtf8(br#""\u00e9""#), wtf8("\"é\"".as_bytes()));
    }

    #[test]
    fn what_is_no_token_is_read_leniently() {
        assert_eq!(unescape(b""), "");
        assert_eq!(unescape(b"\""), "");
        assert_eq!(unescape(b"\"\\"), "\\");
        assert_eq!(unescape(b"\\u12"), "\\u12");
        assert_eq!(unescape(b"\\u12\xC3\xA9"), "\\u12é");
        assert_eq!(unescape(b"\xFF"), "\u{fffd}");
    }
}

//! What is wrong with a document, and where.

use std::fmt;

/// The first thing that keeps a document from being JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Error {
    /// The offset of the first byte that does not fit; the document's length if it ends too early.
    pub offset: usize,
    /// The line of that byte, from 1. Lines end with a line feed.
    pub line: usize,
    /// The character's position in its line, from 1.
    pub column: usize,
    /// What is wrong.
    pub kind: ErrorKind,
}

impl Error {
    /// The same error with line and column counted anew in `doc`.
    pub(super) fn located(self, doc: &[u8]) -> Self {
        let before = &doc[..self.offset.min(doc.len())];
        let line_start = before
            .iter()
            .rposition(|&byte| byte == b'\n')
            .map_or(0, |at| at + 1);
        let is_continuation = |byte: &&u8| **byte & 0xC0 == 0x80;
        let kind = match self.kind {
            ErrorKind::ExpectedValue if self.offset == 0 && doc.starts_with(BYTE_ORDER_MARK) => {
                ErrorKind::ByteOrderMark
            }
            kind => kind,
        };
        Error {
            offset: self.offset,
            line: 1 + before.iter().filter(|&&byte| byte == b'\n').count(),
            column: 1 + before.len()
                - line_start
                - before[line_start..].iter().filter(is_continuation).count(),
            kind,
        }
    }
}

/// The UTF-8 form of U+FEFF, which RFC 8259 forbids at the beginning of a JSON text.
pub(super) const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Error {
            offset,
            line,
            column,
            kind,
        } = self;
        write!(f, "{kind} at byte {offset} (line {line}, column {column})")
    }
}

impl std::error::Error for Error {}

/// The ways in which bytes are not JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// Nothing but white space.
    Empty,
    /// It begins with U+FEFF.
    ByteOrderMark,
    /// A value must come here.
    ExpectedValue,
    /// After `[`.
    ExpectedValueOrArrayEnd,
    /// After `{`.
    ExpectedKeyOrObjectEnd,
    /// After a comma in an object.
    ExpectedKey,
    /// After a key.
    ExpectedColon,
    /// After an element.
    ExpectedCommaOrArrayEnd,
    /// After a member.
    ExpectedCommaOrObjectEnd,
    /// Bytes follow the one value.
    TrailingBytes,
    /// `tru` went on otherwise; holds the whole word.
    ExpectedWord(&'static str),
    /// A number must go on with a digit.
    ExpectedDigit,
    /// A number like `012`.
    LeadingZero,
    /// A byte below 0x20 in a string, where it must be escaped.
    ControlCharacter(u8),
    /// A backslash before a byte that it cannot escape.
    UnknownEscape,
    /// `\u` without four hexadecimal digits.
    ExpectedHexDigit,
    /// A string's bytes are not UTF-8.
    InvalidUtf8,
    /// The document ends inside a string.
    EndInString,
    /// The document ends where a number must go on.
    EndInNumber,
    /// The document ends inside `true`, `false` or `null`; holds the whole word.
    EndInWord(&'static str),
    /// The document ends while an object is open.
    EndInObject,
    /// The document ends while an array is open.
    EndInArray,
    /// The re-written document would be many times as long as the document itself.
    TooLong,
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            ErrorKind::Empty => "expected a value, but the document is empty",
            ErrorKind::ByteOrderMark => {
                "expected a value, but the document begins with a byte order mark"
            }
            ErrorKind::ExpectedValue => "expected a value",
            ErrorKind::ExpectedValueOrArrayEnd => "expected a value or `]`",
            ErrorKind::ExpectedKeyOrObjectEnd => "expected a key in double quotes or `}`",
            ErrorKind::ExpectedKey => "expected a key in double quotes",
            ErrorKind::ExpectedColon => "expected `:` after the key",
            ErrorKind::ExpectedCommaOrArrayEnd => "expected `,` or `]`",
            ErrorKind::ExpectedCommaOrObjectEnd => "expected `,` or `}`",
            ErrorKind::TrailingBytes => "expected nothing more after the value",
            ErrorKind::ExpectedWord(word) => return write!(f, "expected `{word}`"),
            ErrorKind::ExpectedDigit => "expected a digit",
            ErrorKind::LeadingZero => "expected no digit after a number's leading zero",
            ErrorKind::ControlCharacter(byte) => {
                return write!(f, "unescaped control character 0x{byte:02x} in a string");
            }
            ErrorKind::UnknownEscape => "unknown escape in a string",
            ErrorKind::ExpectedHexDigit => "expected four hexadecimal digits after `\\u`",
            ErrorKind::InvalidUtf8 => "a string is not valid UTF-8",
            ErrorKind::EndInString => "the document ends inside a string",
            ErrorKind::EndInNumber => "the document ends inside a number",
            ErrorKind::EndInWord(word) => return write!(f, "the document ends inside `{word}`"),
            ErrorKind::EndInObject => "the document ends inside an object",
            ErrorKind::EndInArray => "the document ends inside an array",
            ErrorKind::TooLong => "the re-written document grows too long",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::validate;

    fn sentence(doc: &[u8]) -> String {
        validate(doc).unwrap_err().to_string()
    }

    #[test]
    fn an_error_says_what_is_wrong_and_where() {
        let cases: [(&[u8], &str); 25] = [
            (
                b"",
                "expected a value, but the document is empty at byte 0 (line 1, column 1)",
            ),
            (
                b" \n ",
                "expected a value, but the document is empty at byte 3 (line 2, column 2)",
            ),
            (
                b"\xEF\xBB\xBF{}",
                "expected a value, but the document begins with a byte order mark at byte 0 (line 1, column 1)",
            ),
            (
                b"{\"a\":1,\"b\":}",
                "expected a value at byte 11 (line 1, column 12)",
            ),
            (b"[1,]", "expected a value at byte 3 (line 1, column 4)"),
            (
                b"[x]",
                "expected a value or `]` at byte 1 (line 1, column 2)",
            ),
            (
                b"{x}",
                "expected a key in double quotes or `}` at byte 1 (line 1, column 2)",
            ),
            (
                b"{\"a\":1,}",
                "expected a key in double quotes at byte 7 (line 1, column 8)",
            ),
            (
                b"{\"a\" 1}",
                "expected `:` after the key at byte 5 (line 1, column 6)",
            ),
            (
                b"[\"\xC3\xA9\" 1]",
                "expected `,` or `]` at byte 6 (line 1, column 6)",
            ),
            (
                b"{\n \"a\":1\n]",
                "expected `,` or `}` at byte 9 (line 3, column 1)",
            ),
            (
                b"1 2",
                "expected nothing more after the value at byte 2 (line 1, column 3)",
            ),
            (b"[nulL]", "expected `null` at byte 4 (line 1, column 5)"),
            (b"[1.]", "expected a digit at byte 3 (line 1, column 4)"),
            (
                b"[01]",
                "expected no digit after a number's leading zero at byte 2 (line 1, column 3)",
            ),
            (
                b"\"a\tb\"",
                "unescaped control character 0x09 in a string at byte 2 (line 1, column 3)",
            ),
            (
                b"\"\\x\"",
                "unknown escape in a string at byte 2 (line 1, column 3)",
            ),
            (
                b"\"\\u12g4\"",
                "expected four hexadecimal digits after `\\u` at byte 5 (line 1, column 6)",
            ),
            (
                b"\"ab\xE2\x82x\"",
                "a string is not valid UTF-8 at byte 3 (line 1, column 4)",
            ),
            (
                b"\"ab\xE2\x82",
                "the document ends inside a string at byte 5 (line 1, column 5)",
            ),
            (
                b"\"ab",
                "the document ends inside a string at byte 3 (line 1, column 4)",
            ),
            (
                b"-",
                "the document ends inside a number at byte 1 (line 1, column 2)",
            ),
            (
                b"fal",
                "the document ends inside `false` at byte 3 (line 1, column 4)",
            ),
            (
                b"{\"a\":",
                "the document ends inside an object at byte 5 (line 1, column 6)",
            ),
            (
                b"[[]",
                "the document ends inside an array at byte 3 (line 1, column 4)",
            ),
        ];
        for (doc, expected) in cases {
            assert_eq!(sentence(doc), expected, "{}", doc.escape_ascii());
        }
    }
}

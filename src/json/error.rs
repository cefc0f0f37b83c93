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
    /// An error at this offset of `doc`.
    pub(super) fn at(offset: usize, doc: &[u8], kind: ErrorKind) -> Self {
        let before = &doc[..offset.min(doc.len())];
        let line_start = before
            .iter()
            .rposition(|&byte| byte == b'\n')
            .map_or(0, |at| at + 1);
        let is_character = |byte: &&u8| **byte & 0xC0 != 0x80;
        let is_marked = offset == 0 && kind == ErrorKind::ExpectedValue && doc.starts_with(MARK);
        Error {
            offset,
            line: 1 + before.iter().filter(|&&byte| byte == b'\n').count(),
            column: 1 + before[line_start..].iter().filter(is_character).count(),
            kind: match is_marked {
                true => ErrorKind::ByteOrderMark,
                false => kind,
            },
        }
    }

    /// The same error, for a document that stands behind so many bytes of a byte order mark.
    pub fn behind(mut self, mark: usize) -> Self {
        self.offset += mark;
        self
    }
}

/// The UTF-8 form of U+FEFF, which RFC 8259 forbids at the beginning of a JSON text.
const MARK: &[u8] = b"\xEF\xBB\xBF";

/// The document without a byte order mark, for whoever is more lenient than RFC 8259, and the mark's length.
pub fn unmarked(doc: &[u8]) -> (&[u8], usize) {
    match doc.strip_prefix(MARK) {
        Some(rest) => (rest, MARK.len()),
        None => (doc, 0),
    }
}

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

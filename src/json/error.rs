//! What is wrong with a document, and where.

use std::fmt;

use crate::amount;

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
        let offset = amount::count(offset);
        write!(f, "{kind} at byte {offset} (line {line}, column {column})")
    }
}

impl std::error::Error for Error {}

macro_rules! kinds {
    ($($name:ident $sentence:literal;)*) => {
        /// The ways in which bytes are not JSON, or not what was asked for.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum ErrorKind {
            $(#[doc = $sentence] $name,)*
            /// `tru` went on otherwise; holds the whole word.
            ExpectedWord(&'static str),
            /// The document ends inside `true`, `false` or `null`; holds the whole word.
            EndInWord(&'static str),
            /// A byte below 0x20 in a string, where it must be escaped.
            ControlCharacter(u8),
        }

        impl fmt::Display for ErrorKind {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                match self {
                    $(ErrorKind::$name => f.write_str($sentence),)*
                    ErrorKind::ExpectedWord(word) => write!(f, "expected `{word}`"),
                    ErrorKind::EndInWord(word) => write!(f, "the document ends inside `{word}`"),
                    ErrorKind::ControlCharacter(byte) => {
                        write!(f, "unescaped control character 0x{byte:02x} in a string")
                    }
                }
            }
        }
    };
}

kinds! {
    Empty "expected a value, but the document is empty";
    ByteOrderMark "expected a value, but the document begins with a byte order mark";
    ExpectedValue "expected a value";
    ExpectedValueOrArrayEnd "expected a value or `]`";
    ExpectedKeyOrObjectEnd "expected a key in double quotes or `}`";
    ExpectedKey "expected a key in double quotes";
    ExpectedColon "expected `:` after the key";
    ExpectedCommaOrArrayEnd "expected `,` or `]`";
    ExpectedCommaOrObjectEnd "expected `,` or `}`";
    TrailingBytes "expected nothing more after the value";
    ExpectedDigit "expected a digit";
    LeadingZero "expected no digit after a number's leading zero";
    UnknownEscape "unknown escape in a string";
    ExpectedHexDigit "expected four hexadecimal digits after `\\u`";
    InvalidUtf8 "a string is not valid UTF-8";
    EndInString "the document ends inside a string";
    EndInNumber "the document ends inside a number";
    EndInObject "the document ends inside an object";
    EndInArray "the document ends inside an array";
    TooLong "the document, or what it is written as, grows too long";
}

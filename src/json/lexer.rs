//! The grammar of RFC 8259 over a whole document: its tokens, one after the other, judged as they are read.
//!
//! It owns what may come next and which containers are open. Nothing recurses: depth costs one bit a level.

use std::ops::Range;

use super::error::{Error, ErrorKind};

/// Whether `doc` is one JSON text and nothing else, by RFC 8259: UTF-8 without a byte order mark, one value, white
/// space around it.
pub fn validate(doc: &[u8]) -> Result<(), Error> {
    let mut tokens = Tokens::new(doc);
    while tokens.step().is_some() {}
    tokens.error.map_or(Ok(()), Err)
}

/// What a token is. A value's kind is that of its first token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// `{`
    ObjectStart,
    /// `}`
    ObjectEnd,
    /// `[`
    ArrayStart,
    /// `]`
    ArrayEnd,
    /// A member's name, with its quotes.
    Key,
    /// A string that is a value, with its quotes.
    String,
    /// A number as it is spelled.
    Number,
    /// `true`
    True,
    /// `false`
    False,
    /// `null`
    Null,
}

impl Kind {
    /// Whether a value of this kind holds other values.
    pub fn is_container(self) -> bool {
        matches!(self, Kind::ObjectStart | Kind::ArrayStart)
    }

    /// Whether it closes a container.
    pub(super) fn is_end(self) -> bool {
        matches!(self, Kind::ObjectEnd | Kind::ArrayEnd)
    }

    /// The value of this kind in words, for a sentence: `an object`, `a string`.
    pub fn noun(self) -> &'static str {
        match self {
            Kind::ObjectStart | Kind::ObjectEnd => "an object",
            Kind::ArrayStart | Kind::ArrayEnd => "an array",
            Kind::Key => "a key",
            Kind::String => "a string",
            Kind::Number => "a number",
            Kind::True => "true",
            Kind::False => "false",
            Kind::Null => "null",
        }
    }

    /// What a value is that begins with this byte, of a valid document.
    pub(super) fn of(first: u8) -> Self {
        match first {
            b'{' => Kind::ObjectStart,
            b'[' => Kind::ArrayStart,
            b'"' => Kind::String,
            b't' => Kind::True,
            b'f' => Kind::False,
            b'n' => Kind::Null,
            _ => Kind::Number,
        }
    }
}

/// One token and where it stands: `start..end` are byte offsets into the document. Strings include their quotes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token {
    /// What it is.
    pub kind: Kind,
    /// The offset of its first byte.
    pub start: usize,
    /// The offset after its last byte.
    pub end: usize,
}

impl Token {
    /// Where it stands, as a range for slicing the document.
    pub fn range(&self) -> Range<usize> {
        self.start..self.end
    }
}

/// The tokens of a document in order, judged as they are read. Commas, colons and white space are implied.
///
/// The first error ends the iteration; a document is valid if none came until the end.
#[derive(Clone, Debug)]
pub struct Tokens<'a> {
    doc: &'a [u8],
    /// How much of the document is UTF-8.
    text: usize,
    /// Where the last token began.
    start: usize,
    /// Where it ended.
    at: usize,
    expect: Expect,
    nesting: Nesting,
    error: Option<Error>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Expect {
    Value,
    ValueOrArrayEnd,
    Key,
    KeyOrObjectEnd,
    Colon,
    CommaOrEnd,
    /// White space: the value is over.
    Nothing,
    /// Nothing at all: the end was reached, or an error.
    Over,
}

impl<'a> Tokens<'a> {
    /// Begins at the start of `doc`.
    pub fn new(doc: &'a [u8]) -> Self {
        let text = std::str::from_utf8(doc).map_or_else(|error| error.valid_up_to(), str::len);
        Tokens {
            doc,
            text,
            start: 0,
            at: 0,
            expect: Expect::Value,
            nesting: Nesting::default(),
            error: None,
        }
    }

    /// Begins at the start of a text: where it ends need not be looked for.
    pub(super) fn of(text: &'a str) -> Self {
        Tokens {
            text: text.len(),
            doc: text.as_bytes(),
            ..Tokens::new(b"")
        }
    }

    /// The offset after the last token; after an error, that of the first byte of the token which is wrong.
    pub(super) fn offset(&self) -> usize {
        self.at
    }

    /// How many containers are open.
    pub(super) fn depth(&self) -> usize {
        self.nesting.depth
    }

    /// Reads the next token: its kind in a register, all else in here. None at the end, and for an error.
    #[inline]
    fn step(&mut self) -> Option<Kind> {
        loop {
            let Some(&byte) = self.doc.get(self.at) else {
                return self.end();
            };
            let in_object = self.nesting.in_object;
            match (self.expect, byte) {
                (Expect::Over, _) => return None,
                (_, b' ' | b'\t' | b'\n' | b'\r') => self.at += 1,
                (Expect::Value | Expect::ValueOrArrayEnd, b'{' | b'[') => {
                    self.nesting.push(byte == b'{');
                    self.expect = match byte {
                        b'{' => Expect::KeyOrObjectEnd,
                        _ => Expect::ValueOrArrayEnd,
                    };
                    return self.took(Kind::of(byte), self.at + 1);
                }
                (Expect::ValueOrArrayEnd | Expect::CommaOrEnd, b']') if !in_object => {
                    return self.close(Kind::ArrayEnd);
                }
                (Expect::Value | Expect::ValueOrArrayEnd, _) => return self.value(byte),
                (Expect::Colon, b':') => {
                    self.at += 1;
                    self.expect = Expect::Value;
                }
                (Expect::CommaOrEnd, b',') => {
                    self.at += 1;
                    self.expect = match in_object {
                        true => Expect::Key,
                        false => Expect::Value,
                    };
                }
                (Expect::Key | Expect::KeyOrObjectEnd, b'"') => {
                    let end = self.string()?;
                    self.expect = Expect::Colon;
                    return self.took(Kind::Key, end);
                }
                (Expect::KeyOrObjectEnd | Expect::CommaOrEnd, b'}') if in_object => {
                    return self.close(Kind::ObjectEnd);
                }
                _ => return self.unexpected(),
            }
        }
    }

    #[inline]
    fn value(&mut self, byte: u8) -> Option<Kind> {
        let end = match byte {
            b'"' => self.string(),
            b'-' | b'0'..=b'9' => self.number(),
            b't' => self.word("true"),
            b'f' => self.word("false"),
            b'n' => self.word("null"),
            _ => self.unexpected(),
        }?;
        self.value_ended();
        self.took(Kind::of(byte), end)
    }

    #[inline]
    fn took(&mut self, kind: Kind, end: usize) -> Option<Kind> {
        self.start = std::mem::replace(&mut self.at, end);
        Some(kind)
    }

    #[inline]
    fn close(&mut self, kind: Kind) -> Option<Kind> {
        self.nesting.pop();
        self.value_ended();
        self.took(kind, self.at + 1)
    }

    #[inline]
    fn value_ended(&mut self) {
        self.expect = match self.nesting.depth {
            0 => Expect::Nothing,
            _ => Expect::CommaOrEnd,
        };
    }

    /// Where the string that begins here ends.
    #[inline]
    fn string(&mut self) -> Option<usize> {
        let mut at = self.at + 1;
        loop {
            // What was read until here was text.
            at += plain_run(&self.doc[at..self.text]);
            match self.doc[..self.text].get(at) {
                Some(b'"') => return Some(at + 1),
                Some(b'\\') => at = self.escape(at)?,
                Some(&byte) => return self.fail(at, ErrorKind::ControlCharacter(byte)),
                None => return self.end_of_text(),
            }
        }
    }

    /// A string goes on where the text ends: at the document's end, if only because a character is cut there.
    #[cold]
    fn end_of_text(&mut self) -> Option<usize> {
        let rest = self.doc.get(self.text..).unwrap_or_default();
        match std::str::from_utf8(rest) {
            Err(error) if error.error_len().is_some() => {
                self.fail(self.text, ErrorKind::InvalidUtf8)
            }
            _ => self.fail(self.doc.len(), ErrorKind::EndInString),
        }
    }

    /// Where the escape at `at` ends.
    fn escape(&mut self, at: usize) -> Option<usize> {
        match self.doc.get(at + 1) {
            Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => Some(at + 2),
            Some(b'u') => match (at + 2..at + 6).find(|&at| !self.has(at, u8::is_ascii_hexdigit)) {
                None => Some(at + 6),
                Some(end) if end == self.doc.len() => self.fail(end, ErrorKind::EndInString),
                Some(odd) => self.fail(odd, ErrorKind::ExpectedHexDigit),
            },
            Some(_) => self.fail(at + 1, ErrorKind::UnknownEscape),
            None => self.fail(at + 1, ErrorKind::EndInString),
        }
    }

    /// Where the number that begins here ends.
    #[inline]
    fn number(&mut self) -> Option<usize> {
        let mut at = self.at + usize::from(self.doc[self.at] == b'-');
        if self.doc.get(at) == Some(&b'0') {
            at += 1;
            if self.has(at, u8::is_ascii_digit) {
                return self.fail(at, ErrorKind::LeadingZero);
            }
        } else {
            at = self.digits(at)?;
        }
        if self.doc.get(at) == Some(&b'.') {
            at = self.digits(at + 1)?;
        }
        if let Some(b'e' | b'E') = self.doc.get(at) {
            at += 1;
            at += usize::from(matches!(self.doc.get(at), Some(b'+' | b'-')));
            at = self.digits(at)?;
        }
        Some(at)
    }

    /// The end of at least one digit.
    #[inline]
    fn digits(&mut self, start: usize) -> Option<usize> {
        let rest = self.doc.get(start..).unwrap_or_default();
        match rest.iter().take_while(|byte| byte.is_ascii_digit()).count() {
            0 if rest.is_empty() => self.fail(start, ErrorKind::EndInNumber),
            0 => self.fail(start, ErrorKind::ExpectedDigit),
            count => Some(start + count),
        }
    }

    #[inline]
    fn word(&mut self, word: &'static str) -> Option<usize> {
        let rest = &self.doc[self.at..];
        let same = word.bytes().zip(rest).take_while(|(a, b)| a == *b).count();
        match same {
            same if same == word.len() => Some(self.at + same),
            same if same == rest.len() => self.fail(self.doc.len(), ErrorKind::EndInWord(word)),
            same => self.fail(self.at + same, ErrorKind::ExpectedWord(word)),
        }
    }

    #[inline]
    fn has(&self, at: usize, is: impl Fn(&u8) -> bool) -> bool {
        self.doc.get(at).is_some_and(is)
    }

    /// Judges the end of the document.
    fn end(&mut self) -> Option<Kind> {
        let kind = match (self.expect, self.nesting.depth) {
            (Expect::Nothing | Expect::Over, _) => return None,
            (_, 0) => ErrorKind::Empty,
            _ if self.nesting.in_object => ErrorKind::EndInObject,
            _ => ErrorKind::EndInArray,
        };
        self.fail(self.at, kind)
    }

    #[cold]
    fn unexpected<T>(&mut self) -> Option<T> {
        let kind = match self.expect {
            Expect::Value => ErrorKind::ExpectedValue,
            Expect::ValueOrArrayEnd => ErrorKind::ExpectedValueOrArrayEnd,
            Expect::Key => ErrorKind::ExpectedKey,
            Expect::KeyOrObjectEnd => ErrorKind::ExpectedKeyOrObjectEnd,
            Expect::Colon => ErrorKind::ExpectedColon,
            Expect::CommaOrEnd if self.nesting.in_object => ErrorKind::ExpectedCommaOrObjectEnd,
            Expect::CommaOrEnd => ErrorKind::ExpectedCommaOrArrayEnd,
            Expect::Nothing | Expect::Over => ErrorKind::TrailingBytes,
        };
        self.fail(self.at, kind)
    }

    #[cold]
    fn fail<T>(&mut self, offset: usize, kind: ErrorKind) -> Option<T> {
        self.error = Some(Error::at(offset, self.doc, kind));
        self.expect = Expect::Over;
        None
    }
}

impl Iterator for Tokens<'_> {
    type Item = Result<Token, Error>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        match self.step() {
            Some(kind) => Some(Ok(Token {
                kind,
                start: self.start,
                end: self.at,
            })),
            None => self.error.take().map(Err),
        }
    }
}

impl std::iter::FusedIterator for Tokens<'_> {}

/// How many leading bytes are neither quote, backslash nor control character, eight at a time.
#[inline]
fn plain_run(bytes: &[u8]) -> usize {
    const ONES: u64 = u64::MAX / 0xFF;
    const HIGHS: u64 = ONES * 0x80;
    let mut at = 0;
    while let Some((word, _)) = bytes[at..].split_first_chunk::<8>() {
        let word = u64::from_le_bytes(*word);
        let quote = word ^ (ONES * b'"' as u64);
        let backslash = word ^ (ONES * b'\\' as u64);
        // A byte's high bit ends up set where the byte is special. Borrows can only spoil bytes above a special one.
        let special = (quote.wrapping_sub(ONES) & !quote)
            | (backslash.wrapping_sub(ONES) & !backslash)
            | (word.wrapping_sub(ONES * 0x20) & !word);
        let special = special & HIGHS;
        if special != 0 {
            return at + special.trailing_zeros() as usize / 8;
        }
        at += 8;
    }
    let is_plain = |&&byte: &&u8| byte >= 0x20 && byte != b'"' && byte != b'\\';
    at + bytes[at..].iter().take_while(is_plain).count()
}

/// The open containers, one bit each: set for an object.
#[derive(Clone, Debug, Default)]
struct Nesting {
    /// Whether the innermost one is an object.
    in_object: bool,
    depth: usize,
    /// The innermost ones, the last in the lowest bit, as far as they are not in `outer`.
    inner: u64,
    outer: Vec<u64>,
}

impl Nesting {
    #[inline]
    fn push(&mut self, is_object: bool) {
        if self.depth.is_multiple_of(64) {
            self.outer.push(self.inner);
        }
        self.inner = self.inner << 1 | u64::from(is_object);
        self.in_object = is_object;
        self.depth += 1;
    }

    #[inline]
    fn pop(&mut self) {
        self.depth = self.depth.saturating_sub(1);
        self.inner >>= 1;
        if self.depth.is_multiple_of(64) {
            self.inner = self.outer.pop().unwrap_or_default();
        }
        self.in_object = self.inner & 1 == 1;
    }
}

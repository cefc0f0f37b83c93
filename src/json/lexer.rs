//! The grammar of RFC 8259 over a whole document: its tokens, one after the other, judged as they are read.
//!
//! It owns what may come next and which containers are open. Nothing recurses: depth costs one bit a level.

use std::ops::Range;

use super::error::{Error, ErrorKind};

/// Whether `doc` is one JSON text and nothing else, by RFC 8259: UTF-8 without a byte order mark, one value, white
/// space around it.
pub fn validate(doc: &[u8]) -> Result<(), Error> {
    Tokens::new(doc).try_for_each(|token| token.map(drop))
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
    at: usize,
    expect: Expect,
    nesting: Nesting,
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
            at: 0,
            expect: Expect::Value,
            nesting: Nesting::default(),
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

    fn token(&mut self) -> Result<Option<Token>, Error> {
        loop {
            let is_space = |byte: &&u8| matches!(byte, b' ' | b'\t' | b'\n' | b'\r');
            self.at += self.doc[self.at..].iter().take_while(is_space).count();
            let Some(&byte) = self.doc.get(self.at) else {
                return self.end().map(|()| None);
            };
            let in_object = self.nesting.in_object();
            match (self.expect, byte) {
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
                    let token = self.took(Kind::Key, self.string()?);
                    self.expect = Expect::Colon;
                    return Ok(Some(token));
                }
                (Expect::KeyOrObjectEnd | Expect::CommaOrEnd, b'}') if in_object => {
                    return Ok(Some(self.close(Kind::ObjectEnd)));
                }
                (Expect::ValueOrArrayEnd | Expect::CommaOrEnd, b']') if !in_object => {
                    return Ok(Some(self.close(Kind::ArrayEnd)));
                }
                (Expect::Value | Expect::ValueOrArrayEnd, _) => return self.value(byte).map(Some),
                _ => return Err(self.unexpected()),
            }
        }
    }

    #[inline]
    fn value(&mut self, byte: u8) -> Result<Token, Error> {
        let end = match byte {
            b'{' | b'[' => {
                self.nesting.push(byte == b'{');
                let token = self.took(Kind::of(byte), self.at + 1);
                self.expect = match byte {
                    b'{' => Expect::KeyOrObjectEnd,
                    _ => Expect::ValueOrArrayEnd,
                };
                return Ok(token);
            }
            b'"' => self.string(),
            b'-' | b'0'..=b'9' => self.number(),
            b't' => self.word("true"),
            b'f' => self.word("false"),
            b'n' => self.word("null"),
            _ => Err(self.unexpected()),
        }?;
        let token = self.took(Kind::of(byte), end);
        self.value_ended();
        Ok(token)
    }

    #[inline]
    fn took(&mut self, kind: Kind, end: usize) -> Token {
        let start = std::mem::replace(&mut self.at, end);
        Token { kind, start, end }
    }

    fn close(&mut self, kind: Kind) -> Token {
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
    fn string(&self) -> Result<usize, Error> {
        let mut at = self.at + 1;
        loop {
            // What was read until here was text.
            at += plain_run(&self.doc[at..self.text]);
            match self.doc[..self.text].get(at) {
                Some(b'"') => return Ok(at + 1),
                Some(b'\\') => at = self.escape(at)?,
                Some(&byte) => return Err(self.error(at, ErrorKind::ControlCharacter(byte))),
                None => return Err(self.end_of_text()),
            }
        }
    }

    /// A string goes on where the text ends: at the document's end, if only because a character is cut there.
    #[cold]
    fn end_of_text(&self) -> Error {
        let rest = self.doc.get(self.text..).unwrap_or_default();
        match std::str::from_utf8(rest) {
            Err(error) if error.error_len().is_some() => {
                self.error(self.text, ErrorKind::InvalidUtf8)
            }
            _ => self.error(self.doc.len(), ErrorKind::EndInString),
        }
    }

    /// Where the escape at `at` ends.
    fn escape(&self, at: usize) -> Result<usize, Error> {
        match self.doc.get(at + 1) {
            Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => Ok(at + 2),
            Some(b'u') => match (at + 2..at + 6).find(|&at| !self.has(at, u8::is_ascii_hexdigit)) {
                None => Ok(at + 6),
                Some(end) if end == self.doc.len() => Err(self.error(end, ErrorKind::EndInString)),
                Some(odd) => Err(self.error(odd, ErrorKind::ExpectedHexDigit)),
            },
            Some(_) => Err(self.error(at + 1, ErrorKind::UnknownEscape)),
            None => Err(self.error(at + 1, ErrorKind::EndInString)),
        }
    }

    /// Where the number that begins here ends.
    #[inline]
    fn number(&self) -> Result<usize, Error> {
        let mut at = self.at + usize::from(self.doc[self.at] == b'-');
        if self.doc.get(at) == Some(&b'0') {
            at += 1;
            if self.has(at, u8::is_ascii_digit) {
                return Err(self.error(at, ErrorKind::LeadingZero));
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
        Ok(at)
    }

    /// The end of at least one digit.
    #[inline]
    fn digits(&self, start: usize) -> Result<usize, Error> {
        let rest = self.doc.get(start..).unwrap_or_default();
        match rest.iter().take_while(|byte| byte.is_ascii_digit()).count() {
            0 if rest.is_empty() => Err(self.error(start, ErrorKind::EndInNumber)),
            0 => Err(self.error(start, ErrorKind::ExpectedDigit)),
            count => Ok(start + count),
        }
    }

    #[inline]
    fn word(&self, word: &'static str) -> Result<usize, Error> {
        let rest = &self.doc[self.at..];
        let same = word.bytes().zip(rest).take_while(|(a, b)| a == *b).count();
        match same {
            same if same == word.len() => Ok(self.at + same),
            same if same == rest.len() => {
                Err(self.error(self.doc.len(), ErrorKind::EndInWord(word)))
            }
            same => Err(self.error(self.at + same, ErrorKind::ExpectedWord(word))),
        }
    }

    #[inline]
    fn has(&self, at: usize, is: impl Fn(&u8) -> bool) -> bool {
        self.doc.get(at).is_some_and(is)
    }

    /// Judges the end of the document.
    fn end(&self) -> Result<(), Error> {
        let kind = match (self.expect, self.nesting.depth) {
            (Expect::Nothing, _) => return Ok(()),
            (_, 0) => ErrorKind::Empty,
            _ if self.nesting.in_object() => ErrorKind::EndInObject,
            _ => ErrorKind::EndInArray,
        };
        Err(self.error(self.at, kind))
    }

    #[cold]
    fn unexpected(&self) -> Error {
        let kind = match self.expect {
            Expect::Value => ErrorKind::ExpectedValue,
            Expect::ValueOrArrayEnd => ErrorKind::ExpectedValueOrArrayEnd,
            Expect::Key => ErrorKind::ExpectedKey,
            Expect::KeyOrObjectEnd => ErrorKind::ExpectedKeyOrObjectEnd,
            Expect::Colon => ErrorKind::ExpectedColon,
            Expect::CommaOrEnd if self.nesting.in_object() => ErrorKind::ExpectedCommaOrObjectEnd,
            Expect::CommaOrEnd => ErrorKind::ExpectedCommaOrArrayEnd,
            Expect::Nothing | Expect::Over => ErrorKind::TrailingBytes,
        };
        self.error(self.at, kind)
    }

    #[cold]
    fn error(&self, offset: usize, kind: ErrorKind) -> Error {
        Error::at(offset, self.doc, kind)
    }
}

impl Iterator for Tokens<'_> {
    type Item = Result<Token, Error>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        if self.expect == Expect::Over {
            return None;
        }
        let token = self.token().transpose();
        if !matches!(token, Some(Ok(_))) {
            self.expect = Expect::Over;
        }
        token
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
    words: Vec<u64>,
    depth: usize,
}

impl Nesting {
    #[inline]
    fn push(&mut self, is_object: bool) {
        let (word, place) = (self.depth / 64, self.depth % 64);
        if word == self.words.len() {
            self.words.push(0);
        }
        self.words[word] = self.words[word] & !(1 << place) | u64::from(is_object) << place;
        self.depth += 1;
    }

    fn pop(&mut self) {
        self.depth = self.depth.saturating_sub(1);
    }

    /// Whether the innermost one is an object.
    #[inline]
    fn in_object(&self) -> bool {
        let last = self.depth.wrapping_sub(1);
        self.words
            .get(last / 64)
            .is_some_and(|word| word >> (last % 64) & 1 == 1)
    }
}

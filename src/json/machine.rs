//! The grammar of RFC 8259 as a machine that is fed bytes in any portions.
//!
//! It owns what may come next, which containers are open, and what is being read; it keeps no bytes. Both the tokens of
//! a whole document and the streaming pretty form are read by it, so they can never disagree.

use super::Kind;
use super::error::{Error, ErrorKind};

/// Reads one JSON text step by step.
#[derive(Clone, Debug)]
pub(super) struct Machine {
    expect: Expect,
    inside: Inside,
    nesting: Nesting,
    offset: usize,
    line: usize,
    line_start: usize,
    /// UTF-8 continuation bytes seen in this line: they are no characters of their own.
    continuations: usize,
}

/// A run of bytes that belong together: the whole of a token, or the part of it that was there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Step {
    pub(super) what: What,
    pub(super) len: usize,
    /// Whether the token ended; if not, all bytes were used up.
    pub(super) complete: bool,
}

/// What a step's bytes are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum What {
    Space,
    Comma,
    Colon,
    Token(Kind),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Expect {
    Value,
    ValueOrArrayEnd,
    Key,
    KeyOrObjectEnd,
    Colon,
    CommaOrEnd,
    Nothing,
}

#[derive(Clone, Copy, Debug)]
enum Inside {
    Nothing,
    Text(Kind, Text),
    Number(Number),
    Word(Word),
}

#[derive(Clone, Copy, Debug)]
enum Text {
    Plain,
    Escape,
    Hex { left: u8 },
    Character(Character),
}

/// A UTF-8 sequence of which `seen` bytes came; `left` more must follow, the next within `low..=high`.
#[derive(Clone, Copy, Debug)]
struct Character {
    seen: u8,
    left: u8,
    low: u8,
    high: u8,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Number {
    Minus,
    Zero,
    Integer,
    Point,
    Fraction,
    Exponent,
    Sign,
    Power,
}

#[derive(Clone, Copy, Debug)]
struct Word {
    kind: Kind,
    word: &'static str,
    seen: usize,
}

impl Machine {
    /// Begins before the first byte, which has this offset.
    pub(super) fn new(offset: usize) -> Self {
        Machine {
            expect: Expect::Value,
            inside: Inside::Nothing,
            nesting: Nesting::default(),
            offset,
            line: 1,
            line_start: offset,
            continuations: 0,
        }
    }

    /// Takes the first bytes of `rest` that belong together. After an error the machine must not be used further but for
    /// [`Machine::inside`] and [`Machine::offset`], which still tell of the last good step.
    #[inline(always)]
    pub(super) fn step(&mut self, rest: &[u8]) -> Result<Step, Error> {
        let step = match self.inside {
            Inside::Nothing => self.between(rest),
            Inside::Text(kind, text) => self.text(kind, text, rest, 0),
            Inside::Number(number) => self.number(number, rest, 0),
            Inside::Word(word) => self.word(word, rest),
        }?;
        self.offset += step.len;
        Ok(step)
    }

    /// Judges the end of the document. Only a number ends there without having been complete before.
    pub(super) fn finish(&mut self) -> Result<Option<Kind>, Error> {
        let mut number = None;
        match self.inside {
            Inside::Nothing => {}
            Inside::Text(..) => return Err(self.error(0, ErrorKind::EndInString)),
            Inside::Word(word) => return Err(self.error(0, ErrorKind::EndInWord(word.word))),
            Inside::Number(state) if state.may_end() => {
                self.value_ended();
                number = Some(Kind::Number);
            }
            Inside::Number(_) => return Err(self.error(0, ErrorKind::EndInNumber)),
        }
        match (self.expect, self.nesting.innermost()) {
            (Expect::Nothing, _) => Ok(number),
            (_, None) => Err(self.error(0, ErrorKind::Empty)),
            (_, Some(Container::Object)) => Err(self.error(0, ErrorKind::EndInObject)),
            (_, Some(Container::Array)) => Err(self.error(0, ErrorKind::EndInArray)),
        }
    }

    /// The offset of the next byte.
    pub(super) fn offset(&self) -> usize {
        self.offset
    }

    /// How many containers are open.
    pub(super) fn depth(&self) -> usize {
        self.nesting.depth
    }

    /// The token that is being read.
    pub(super) fn inside(&self) -> Option<Kind> {
        match self.inside {
            Inside::Nothing => None,
            Inside::Text(kind, _) => Some(kind),
            Inside::Number(_) => Some(Kind::Number),
            Inside::Word(word) => Some(word.kind),
        }
    }

    /// How many of the last bytes are the beginning of a character that has not ended.
    pub(super) fn unfinished(&self) -> usize {
        match self.inside {
            Inside::Text(_, Text::Character(character)) => usize::from(character.seen),
            _ => 0,
        }
    }

    #[inline(always)]
    fn between(&mut self, rest: &[u8]) -> Result<Step, Error> {
        let Some(&byte) = rest.first() else {
            return Ok(step(What::Space, 0, true));
        };
        match (byte, self.expect) {
            (b' ' | b'\t' | b'\n' | b'\r', _) => Ok(self.space(rest)),
            (b'"', Expect::Key | Expect::KeyOrObjectEnd) => {
                self.text(Kind::Key, Text::Plain, rest, 1)
            }
            (b':', Expect::Colon) => {
                self.expect = Expect::Value;
                Ok(step(What::Colon, 1, true))
            }
            (b',' | b'}' | b']', Expect::CommaOrEnd) => self.after_value(byte),
            (b'}', Expect::KeyOrObjectEnd) => Ok(self.close(Kind::ObjectEnd)),
            (b']', Expect::ValueOrArrayEnd) => Ok(self.close(Kind::ArrayEnd)),
            (_, Expect::Value | Expect::ValueOrArrayEnd) => self.value(byte, rest),
            _ => Err(self.unexpected()),
        }
    }

    fn space(&mut self, rest: &[u8]) -> Step {
        let mut len = 0;
        for &byte in rest {
            match byte {
                b' ' | b'\t' | b'\r' => {}
                b'\n' => {
                    self.line += 1;
                    self.line_start = self.offset + len + 1;
                    self.continuations = 0;
                }
                _ => break,
            }
            len += 1;
        }
        step(What::Space, len, true)
    }

    #[inline(always)]
    fn after_value(&mut self, byte: u8) -> Result<Step, Error> {
        match (byte, self.nesting.innermost()) {
            (b',', Some(Container::Object)) => self.expect = Expect::Key,
            (b',', Some(Container::Array)) => self.expect = Expect::Value,
            (b'}', Some(Container::Object)) => return Ok(self.close(Kind::ObjectEnd)),
            (b']', Some(Container::Array)) => return Ok(self.close(Kind::ArrayEnd)),
            _ => return Err(self.unexpected()),
        }
        Ok(step(What::Comma, 1, true))
    }

    #[inline(always)]
    fn value(&mut self, byte: u8, rest: &[u8]) -> Result<Step, Error> {
        match byte {
            b'"' => self.text(Kind::String, Text::Plain, rest, 1),
            b'{' => {
                self.nesting.push(Container::Object);
                self.expect = Expect::KeyOrObjectEnd;
                Ok(step(What::Token(Kind::ObjectStart), 1, true))
            }
            b'[' => {
                self.nesting.push(Container::Array);
                self.expect = Expect::ValueOrArrayEnd;
                Ok(step(What::Token(Kind::ArrayStart), 1, true))
            }
            b'-' => self.number(Number::Minus, rest, 1),
            b'0' => self.number(Number::Zero, rest, 1),
            b'1'..=b'9' => self.number(Number::Integer, rest, 1),
            b't' => self.word(Word::of(Kind::True, "true"), rest),
            b'f' => self.word(Word::of(Kind::False, "false"), rest),
            b'n' => self.word(Word::of(Kind::Null, "null"), rest),
            _ => Err(self.unexpected()),
        }
    }

    fn close(&mut self, kind: Kind) -> Step {
        self.nesting.pop();
        self.value_ended();
        step(What::Token(kind), 1, true)
    }

    #[inline(always)]
    fn value_ended(&mut self) {
        self.inside = Inside::Nothing;
        self.expect = match self.nesting.depth {
            0 => Expect::Nothing,
            _ => Expect::CommaOrEnd,
        };
    }

    #[inline(always)]
    fn text(
        &mut self,
        kind: Kind,
        mut text: Text,
        rest: &[u8],
        mut at: usize,
    ) -> Result<Step, Error> {
        self.inside = Inside::Text(kind, text);
        loop {
            if matches!(text, Text::Plain) {
                at += plain_run(&rest[at..]);
            }
            let Some(&byte) = rest.get(at) else {
                self.inside = Inside::Text(kind, text);
                return Ok(step(What::Token(kind), at, false));
            };
            if byte == b'"' && matches!(text, Text::Plain) {
                self.text_ended(kind);
                return Ok(step(What::Token(kind), at + 1, true));
            }
            text = self.within_text(text, byte, at)?;
            at += 1;
        }
    }

    /// One byte of a string that is not plain.
    fn within_text(&mut self, text: Text, byte: u8, at: usize) -> Result<Text, Error> {
        match (text, byte) {
            (Text::Plain, b'\\') => Ok(Text::Escape),
            (Text::Plain, 0..=0x1F) => Err(self.error(at, ErrorKind::ControlCharacter(byte))),
            (Text::Plain, _) => match Character::beginning_with(byte) {
                Some(character) => Ok(Text::Character(character)),
                None => Err(self.error(at, ErrorKind::InvalidUtf8)),
            },
            (Text::Escape, b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => {
                Ok(Text::Plain)
            }
            (Text::Escape, b'u') => Ok(Text::Hex { left: 4 }),
            (Text::Escape, _) => Err(self.error(at, ErrorKind::UnknownEscape)),
            (Text::Hex { left }, byte) if byte.is_ascii_hexdigit() => Ok(match left {
                1 => Text::Plain,
                left => Text::Hex { left: left - 1 },
            }),
            (Text::Hex { .. }, _) => Err(self.error(at, ErrorKind::ExpectedHexDigit)),
            (Text::Character(character), byte) => match character.then(byte) {
                Some(text) => {
                    self.continuations += 1;
                    Ok(text)
                }
                None => {
                    let seen = usize::from(character.seen);
                    self.continuations -= seen - 1;
                    Err(self.error_at(
                        (self.offset + at).saturating_sub(seen),
                        ErrorKind::InvalidUtf8,
                    ))
                }
            },
        }
    }

    #[inline(always)]
    fn text_ended(&mut self, kind: Kind) {
        if kind == Kind::Key {
            self.inside = Inside::Nothing;
            self.expect = Expect::Colon;
        } else {
            self.value_ended();
        }
    }

    #[inline(always)]
    fn number(&mut self, mut number: Number, rest: &[u8], mut at: usize) -> Result<Step, Error> {
        self.inside = Inside::Number(number);
        while let Some(&byte) = rest.get(at) {
            number = match (number, byte) {
                (Number::Integer, b'0'..=b'9') => Number::Integer,
                (Number::Minus, b'0') => Number::Zero,
                (Number::Minus, b'1'..=b'9') => Number::Integer,
                (Number::Zero, b'0'..=b'9') => return Err(self.error(at, ErrorKind::LeadingZero)),
                (Number::Zero | Number::Integer, b'.') => Number::Point,
                (Number::Zero | Number::Integer | Number::Fraction, b'e' | b'E') => {
                    Number::Exponent
                }
                (Number::Point | Number::Fraction, b'0'..=b'9') => Number::Fraction,
                (Number::Exponent, b'+' | b'-') => Number::Sign,
                (Number::Exponent | Number::Sign | Number::Power, b'0'..=b'9') => Number::Power,
                (number, _) if number.may_end() => {
                    self.value_ended();
                    return Ok(step(What::Token(Kind::Number), at, true));
                }
                _ => return Err(self.error(at, ErrorKind::ExpectedDigit)),
            };
            at += 1;
        }
        self.inside = Inside::Number(number);
        Ok(step(What::Token(Kind::Number), at, false))
    }

    #[inline(always)]
    fn word(&mut self, mut word: Word, rest: &[u8]) -> Result<Step, Error> {
        self.inside = Inside::Word(word);
        let left = &word.word.as_bytes()[word.seen..];
        let same = left.iter().zip(rest).take_while(|(a, b)| a == b).count();
        if same == left.len() {
            self.value_ended();
            return Ok(step(What::Token(word.kind), same, true));
        }
        if same < rest.len() {
            return Err(self.error(same, ErrorKind::ExpectedWord(word.word)));
        }
        word.seen += same;
        self.inside = Inside::Word(word);
        Ok(step(What::Token(word.kind), same, false))
    }

    #[cold]
    fn unexpected(&self) -> Error {
        let in_object = self.nesting.innermost() == Some(Container::Object);
        self.error(
            0,
            match self.expect {
                Expect::Value => ErrorKind::ExpectedValue,
                Expect::ValueOrArrayEnd => ErrorKind::ExpectedValueOrArrayEnd,
                Expect::Key => ErrorKind::ExpectedKey,
                Expect::KeyOrObjectEnd => ErrorKind::ExpectedKeyOrObjectEnd,
                Expect::Colon => ErrorKind::ExpectedColon,
                Expect::CommaOrEnd if in_object => ErrorKind::ExpectedCommaOrObjectEnd,
                Expect::CommaOrEnd => ErrorKind::ExpectedCommaOrArrayEnd,
                Expect::Nothing => ErrorKind::TrailingBytes,
            },
        )
    }

    #[cold]
    fn error(&self, at: usize, kind: ErrorKind) -> Error {
        self.error_at(self.offset + at, kind)
    }

    #[cold]
    fn error_at(&self, offset: usize, kind: ErrorKind) -> Error {
        Error {
            offset,
            line: self.line,
            column: 1 + offset - self.line_start - self.continuations,
            kind,
        }
    }
}

#[inline]
fn step(what: What, len: usize, complete: bool) -> Step {
    Step {
        what,
        len,
        complete,
    }
}

impl Word {
    fn of(kind: Kind, word: &'static str) -> Self {
        Word {
            kind,
            word,
            seen: 0,
        }
    }
}

impl Number {
    fn may_end(self) -> bool {
        matches!(
            self,
            Number::Zero | Number::Integer | Number::Fraction | Number::Power
        )
    }
}

impl Character {
    /// The well-formed sequences of the Unicode Standard, table 3-7: no overlong forms, no surrogates, nothing above
    /// U+10FFFF.
    fn beginning_with(byte: u8) -> Option<Self> {
        let (left, low, high) = match byte {
            0xC2..=0xDF => (1, 0x80, 0xBF),
            0xE0 => (2, 0xA0, 0xBF),
            0xED => (2, 0x80, 0x9F),
            0xE1..=0xEF => (2, 0x80, 0xBF),
            0xF0 => (3, 0x90, 0xBF),
            0xF1..=0xF3 => (3, 0x80, 0xBF),
            0xF4 => (3, 0x80, 0x8F),
            _ => return None,
        };
        Some(Character {
            seen: 1,
            left,
            low,
            high,
        })
    }

    fn then(self, byte: u8) -> Option<Text> {
        if !(self.low..=self.high).contains(&byte) {
            return None;
        }
        Some(match self.left {
            1 => Text::Plain,
            left => Text::Character(Character {
                seen: self.seen + 1,
                left: left - 1,
                low: 0x80,
                high: 0xBF,
            }),
        })
    }
}

/// How many leading bytes are ASCII and neither quote, backslash nor control character, eight at a time.
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
            | (word.wrapping_sub(ONES * 0x20) & !word)
            | word;
        let special = special & HIGHS;
        if special != 0 {
            return at + special.trailing_zeros() as usize / 8;
        }
        at += 8;
    }
    let is_plain = |&byte: &u8| (0x20..0x80).contains(&byte) && byte != b'"' && byte != b'\\';
    at + bytes[at..].iter().take_while(|byte| is_plain(byte)).count()
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Container {
    Object,
    Array,
}

/// The open containers, one bit each: set for an object.
#[derive(Clone, Debug, Default)]
struct Nesting {
    words: Vec<u64>,
    depth: usize,
}

impl Nesting {
    fn push(&mut self, container: Container) {
        let (word, bit) = (self.depth / 64, 1_u64 << (self.depth % 64));
        if word == self.words.len() {
            self.words.push(0);
        }
        match container {
            Container::Object => self.words[word] |= bit,
            Container::Array => self.words[word] &= !bit,
        }
        self.depth += 1;
    }

    fn pop(&mut self) {
        self.depth = self.depth.saturating_sub(1);
    }

    fn innermost(&self) -> Option<Container> {
        let last = self.depth.checked_sub(1)?;
        match self.words[last / 64] >> (last % 64) & 1 {
            1 => Some(Container::Object),
            _ => Some(Container::Array),
        }
    }
}

//! Lossless JSON: what a body says, byte for byte, without ever turning it into another value.
//!
//! This room owns the strict reading of a document as [`Tokens`] (RFC 8259, any depth, any size), the lookup and
//! replacement of one value by [`Path`], the [`Outline`] for walking a document value by value, its re-writing as
//! another serialiser would have written it ([`Dialect`]), and the streaming pretty form ([`Pretty`]), which copies
//! every token as it stands. It leaves meaning, colour and making text harmless to others and knows nothing else of
//! the project.
//!
//! Nothing here recurses, so that depth costs one bit a level and no stack, and nothing panics, whatever the bytes.

mod dialect;
mod error;
mod machine;
mod number;
mod outline;
mod path;
mod pretty;
#[cfg(test)]
mod tests;
mod text;

use std::ops::Range;

pub use dialect::{Dialect, UnknownDialect, rewrite};
pub use error::{Error, ErrorKind};
pub use outline::{Node, Nodes, Outline};
pub use path::{Path, PathError, SpliceError, Step, find, splice};
pub use pretty::{Class, Pretty, Sink};
pub use text::unescape;

use machine::{Machine, What};

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
    at: usize,
    machine: Machine,
    finished: bool,
}

impl<'a> Tokens<'a> {
    /// Begins at the start of `doc`.
    pub fn new(doc: &'a [u8]) -> Self {
        Tokens {
            doc,
            at: 0,
            machine: Machine::new(0),
            finished: false,
        }
    }

    /// Reads the one value at `range`; offsets are still those of `doc`.
    fn within(doc: &'a [u8], range: &Range<usize>) -> Self {
        let end = range.end.min(doc.len());
        let at = range.start.min(end);
        Tokens {
            doc: &doc[..end],
            at,
            machine: Machine::new(at),
            finished: false,
        }
    }

    fn end(&mut self, start: usize) -> Option<Result<Token, Error>> {
        self.finished = true;
        match self.machine.finish() {
            Ok(Some(kind)) => Some(Ok(Token {
                kind,
                start,
                end: self.at,
            })),
            Ok(None) => None,
            Err(error) => Some(Err(error.located(self.doc))),
        }
    }
}

impl Iterator for Tokens<'_> {
    type Item = Result<Token, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.finished {
            return None;
        }
        loop {
            let start = self.at;
            let rest = &self.doc[start..];
            if rest.is_empty() {
                return self.end(start);
            }
            match self.machine.step(rest) {
                Ok(step) => {
                    self.at += step.len;
                    match step.what {
                        What::Token(kind) if step.complete => {
                            return Some(Ok(Token {
                                kind,
                                start,
                                end: self.at,
                            }));
                        }
                        What::Token(_) => return self.end(start),
                        What::Space | What::Comma | What::Colon => {}
                    }
                }
                Err(error) => {
                    self.finished = true;
                    return Some(Err(error.located(self.doc)));
                }
            }
        }
    }
}

impl std::iter::FusedIterator for Tokens<'_> {}

/// One member of an object, or one element of an array.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Where the member's key stands, with its quotes; see [`unescape`]. None in an array.
    pub key: Option<Range<usize>>,
    /// Where the value stands, all of it.
    pub value: Range<usize>,
    /// What the value is.
    pub kind: Kind,
}

/// The members or elements of the object or array at `range` in `doc`, in order, duplicates included; none for
/// another value. Each call reads the range anew: to walk down a whole document use an [`Outline`].
pub fn entries<'a>(doc: &'a [u8], range: &Range<usize>) -> Entries<'a> {
    let mut tokens = Tokens::within(doc, range);
    let finished = match tokens.next() {
        Some(Ok(token)) => !token.kind.is_container(),
        Some(Err(_)) => {
            tokens = Tokens::within(doc, range);
            false
        }
        None => true,
    };
    Entries { tokens, finished }
}

/// See [`entries`].
#[derive(Clone, Debug)]
pub struct Entries<'a> {
    tokens: Tokens<'a>,
    finished: bool,
}

impl Entries<'_> {
    fn entry(&mut self) -> Result<Option<Entry>, Error> {
        let Some(mut first) = self.tokens.next().transpose()? else {
            return Ok(None);
        };
        let mut key = None;
        if first.kind == Kind::Key {
            key = Some(first.range());
            match self.tokens.next().transpose()? {
                Some(value) => first = value,
                None => return Ok(None),
            }
        }
        let mut end = first.end;
        match first.kind {
            Kind::ObjectEnd | Kind::ArrayEnd => return Ok(None),
            Kind::ObjectStart | Kind::ArrayStart => end = self.skip(end)?,
            _ => {}
        }
        Ok(Some(Entry {
            key,
            value: first.start..end,
            kind: first.kind,
        }))
    }

    /// Reads on to the end of the container that was just opened.
    fn skip(&mut self, mut end: usize) -> Result<usize, Error> {
        let mut depth = 1_usize;
        while depth > 0 {
            let Some(token) = self.tokens.next().transpose()? else {
                break;
            };
            end = token.end;
            match token.kind {
                Kind::ObjectStart | Kind::ArrayStart => depth += 1,
                Kind::ObjectEnd | Kind::ArrayEnd => depth -= 1,
                _ => {}
            }
        }
        Ok(end)
    }
}

impl Iterator for Entries<'_> {
    type Item = Result<Entry, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.finished {
            return None;
        }
        let entry = self.entry().transpose();
        self.finished = !matches!(entry, Some(Ok(_)));
        entry
    }
}

/// What the value at `range` is, judged by its first byte. None if no value can begin with it.
pub fn kind_at(doc: &[u8], range: &Range<usize>) -> Option<Kind> {
    match doc.get(range.start)? {
        b'{' => Some(Kind::ObjectStart),
        b'[' => Some(Kind::ArrayStart),
        b'"' => Some(Kind::String),
        b'-' | b'0'..=b'9' => Some(Kind::Number),
        b't' => Some(Kind::True),
        b'f' => Some(Kind::False),
        b'n' => Some(Kind::Null),
        _ => None,
    }
}

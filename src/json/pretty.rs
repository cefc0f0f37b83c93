//! The form for reading: one value a line, two spaces a level, every token as it stands.
//!
//! It leaves colour, and making text harmless, to whoever takes its pieces.

use std::ops::Range;

use super::error::Error;
use super::lexer::{Kind, Token, Tokens};

/// A token of the pretty form, and what stands before it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// Comma, colon, line feed, indentation; never from the document.
    pub before: &'static str,
    /// What the bytes are; in the last piece of what is no JSON the error.
    pub kind: Result<Kind, Error>,
    /// Where the token stands in the document: whole characters of UTF-8; after an error all that follows, any bytes.
    pub range: Range<usize>,
}

/// The pieces of a document's pretty form. The last line has no line feed.
#[derive(Clone, Debug)]
pub struct Pretty<'a> {
    doc: &'a [u8],
    tokens: Tokens<'a>,
    last: Option<Token>,
}

/// How many levels are indented at most, so that a deep document does not become endless.
const DEEPEST: usize = 100;

impl<'a> Pretty<'a> {
    /// Begins a document.
    pub fn new(doc: &'a [u8]) -> Self {
        Pretty {
            doc,
            tokens: Tokens::new(doc),
            last: None,
        }
    }

    fn piece(&self, token: &Token) -> Piece {
        let depth = self.tokens.depth();
        let before = match (self.last.map(|last| last.kind), token.kind) {
            (None, _) => "",
            (Some(Kind::Key), _) => ": ",
            (Some(last), kind) if last.is_container() && kind.is_end() => "",
            (Some(_), kind) if kind.is_end() => line("", depth),
            // The one that opens here is counted already.
            (Some(last), kind) => {
                let comma = if last.is_container() { "" } else { "," };
                line(comma, depth - usize::from(kind.is_container()))
            }
        };
        Piece {
            before,
            kind: Ok(token.kind),
            range: token.range(),
        }
    }

    /// The document from the first token on that is none.
    fn rest(&self, error: Error) -> Piece {
        let start = self.tokens.offset();
        let depth = self.tokens.depth();
        let between = self.last.map(|last| &self.doc[last.end..start]);
        let before = match (between.map(<[u8]>::trim_ascii), self.last) {
            (Some(b","), _) => line(",", depth),
            (Some(b":"), _) => ": ",
            (_, Some(last)) if last.kind.is_container() => line("", depth),
            _ => "",
        };
        Piece {
            before: match start == self.doc.len() {
                true => before.trim_ascii_end(),
                false => before,
            },
            kind: Err(error),
            range: start..self.doc.len(),
        }
    }
}

impl Iterator for Pretty<'_> {
    type Item = Piece;

    #[inline]
    fn next(&mut self) -> Option<Piece> {
        match self.tokens.next()? {
            Ok(token) => {
                let piece = self.piece(&token);
                self.last = Some(token);
                Some(piece)
            }
            Err(error) => Some(self.rest(error)),
        }
    }
}

/// A line feed and the indentation of a level, after a comma or nothing.
fn line(comma: &'static str, depth: usize) -> &'static str {
    const LINE: [u8; 2 + 2 * DEEPEST] = {
        let mut line = [b' '; 2 + 2 * DEEPEST];
        (line[0], line[1]) = (b',', b'\n');
        line
    };
    const TEXT: &str = match std::str::from_utf8(&LINE) {
        Ok(text) => text,
        Err(_) => "",
    };
    &TEXT[1 - comma.len()..2 + 2 * depth.min(DEEPEST)]
}
